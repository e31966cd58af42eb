"""repeated inspections of an authority: grade on deprivation, spend and indicators

Logistic, ordinal, linear and mixed models with errors by authority, beside
what Webb et al. (2022) print of preventative spend and deprivation.

examples (stats is python -m python_stats):
  stats panel --out reports
"""

from python_stats.panel_models import report
from python_stats.results import Result


def add_options(parser) -> None:
    """It has none of its own."""


def run(args) -> Result:
    return report.report()
