"""45 performance indicators and the ratings of 47 authorities

What the study printed beside what the files give (exact, near with why, not
reproducible with why), its sample, tables and figures, what it contradicts,
and editions and files.

examples (stats is python -m python_stats):
  stats ofsted-45 --out reports
"""

from python_stats import ofsted_45
from python_stats.results import Result


def add_options(parser) -> None:
    """It has none of its own."""


def run(args) -> Result:
    return ofsted_45.report()
