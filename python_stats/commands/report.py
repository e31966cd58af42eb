"""every analysis on one page, the answer first

The answer, its pictures and limits first, then the tables of all commands on
the indicators of both studies. It takes some minutes.

examples (stats is python -m python_stats):
  stats report --out reports
  stats report --full --out reports
"""

from python_stats import report
from python_stats.results import Result


def add_options(parser) -> None:
    parser.add_argument(
        "--full", action="store_true", help="cross-validation repeated as often as by predict"
    )


def run(args) -> Result:
    return report.report(args.full)
