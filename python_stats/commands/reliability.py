"""signal and chance in each indicator, its stability over years and editions

How much of the variance between authorities is not chance, how far the order
of one year is that of later years, and what later editions changed.

examples (stats is python -m python_stats):
  stats reliability --out reports
  stats reliability --indicator dental_check_pct --indicator re_referrals_pct
"""

from python_stats import reliability
from python_stats.commands.options import add_indicators, add_seed
from python_stats.results import Result


def add_options(parser) -> None:
    add_indicators(parser)
    add_seed(parser)


def run(args) -> Result:
    return reliability.report(args.indicator, args.seed)
