"""The commands of python -m python_stats, a module each.

The docstring of a module is its manual (`pipeline.manual`); `run` reads the published mart and returns a
Result.
"""

from python_stats.commands import (
    associate,
    chance,
    change,
    compare,
    la_valle_2016,
    model,
    ofsted_45,
    panel,
    predict,
    rank,
    reliability,
    report,
    suppression,
    waves,
)

COMMANDS = (
    rank, associate, compare, model,
    la_valle_2016, ofsted_45,
    waves, chance, reliability, change, suppression, predict, panel, report,
)  # fmt: skip
"""In the order of the help: any indicators, the two studies, beyond them."""
