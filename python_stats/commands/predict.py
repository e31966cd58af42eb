"""do indicators published before an inspection foretell its grade, out of sample

Grades foretold by cross-validation and in time, with the indicators known
before each inspection began, against the base rate and deprivation alone.

examples (stats is python -m python_stats):
  stats predict --repeats 10 --out reports
"""

from pipeline.options import count
from python_stats.commands.options import add_seed
from python_stats.prediction import report, trials
from python_stats.results import Result


def add_options(parser) -> None:
    parser.add_argument(
        "--repeats",
        type=count,
        default=trials.REPEATS,
        metavar="N",
        help="of the cross-validation; default: %(default)s",
    )
    add_seed(parser, 1)


def run(args) -> Result:
    return report.report(args.repeats, args.seed)
