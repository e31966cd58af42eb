"""does each indicator of both studies go with the rating in every wave of inspections

The associations of both studies on each wave of inspections, from the single
inspections of 2013 to those of today, with the indicators known before each
inspection began; and over all waves, corrected for their number.

examples (stats is python -m python_stats):
  stats waves --out reports
  stats waves --judgement leaders --method spearman --seed 7
"""

from python_stats.commands.options import add_seed
from python_stats.results import Result
from python_stats.waves import by_wave, report


def add_options(parser) -> None:
    parser.add_argument("--judgement", choices=by_wave.JUDGEMENTS, default="overall", help="default: overall")
    parser.add_argument("--method", choices=by_wave.METHODS, default="spearman", help="default: spearman")
    add_seed(parser)


def run(args) -> Result:
    return report.report(args.judgement, args.method, args.seed)
