"""what the hidden small counts could change in both studies

Every headline of both studies over all that the hidden counts can be: what
stands whatever they are, and what is open.

examples (stats is python -m python_stats):
  stats suppression --out reports
"""

from python_stats import la_valle_2016, suppression
from python_stats.commands.options import add_seed
from python_stats.results import Result


def add_options(parser) -> None:
    parser.add_argument(
        "--ratings", choices=la_valle_2016.RATINGS, default="corrected", help="default: corrected"
    )
    add_seed(parser)


def run(args) -> Result:
    return suppression.report(args.ratings, args.seed)
