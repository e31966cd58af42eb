"""how many authorities chance puts among the best or worst 10% of several indicators

The counts of study 1 beside those of simulations that keep which figures are
missing and which are tied, for its year and every year of the mart.

examples (stats is python -m python_stats):
  stats chance --out reports
  stats chance --keep nothing --simulations 1000 --seed 7
"""

from pipeline.options import count
from python_stats import chance, rankings
from python_stats.commands.options import add_seed
from python_stats.results import Result


def add_options(parser) -> None:
    parser.add_argument(
        "--rule", choices=list(rankings.EXTREME_RULES), default="percentile", help="as for la-valle-2016"
    )
    parser.add_argument(
        "--keep",
        choices=list(chance.KEEP),
        default="twins",
        help="which indicators are dealt out together (default: twins); "
        + "; ".join(f"{name}: {words}" for name, words in chance.KEEP.items()),
    )
    parser.add_argument(
        "--simulations", type=count, default=chance.SIMULATIONS, metavar="N", help="default: %(default)s"
    )
    add_seed(parser)


def run(args) -> Result:
    return chance.report(args.rule, args.keep, args.simulations, args.seed)
