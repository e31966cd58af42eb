"""indicators in the years before and after a rating changes

The course of each indicator around inspections that raised, lowered or kept
the rating, against what it was before, with tests for a shift before and after.

examples (stats is python -m python_stats):
  stats change --indicator re_referrals_pct --baseline own-mean
"""

from python_stats import change
from python_stats.commands.options import add_indicators, add_seed
from python_stats.results import Result


def add_options(parser) -> None:
    add_indicators(parser)
    parser.add_argument(
        "--baseline",
        choices=list(change.BASELINES),
        default="year-before",
        help="what the courses are drawn against; default: year-before",
    )
    add_seed(parser)


def run(args) -> Result:
    return change.report(args.indicator, args.baseline, args.seed)
