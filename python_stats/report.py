"""Do the indicators agree with Ofsted's ratings? Every analysis on one page, the answer first."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from python_stats import (
    chance,
    change,
    la_valle_2016,
    mart,
    ofsted_45,
    reliability,
    suppression,
)
from python_stats.panel_models import report as panel_report
from python_stats.prediction import report as prediction_report
from python_stats.results import Part, Result, progress
from python_stats.waves import report as waves_report

NAME = "report"
TITLE = "Do the indicators agree with Ofsted's ratings?"


@dataclass(frozen=True)
class Analysis:
    """A question, what answers it in full, and what answers it in less time: the same with fewer repeats."""

    question: str
    full: Callable[[], Result]
    quick: Callable[[], Result] | None = None


ANALYSES = {
    "waves": Analysis("Does any of it hold, wave after wave?", waves_report.report),
    "prediction": Analysis(
        "Can a rating be foretold?", prediction_report.report, partial(prediction_report.report, repeats=2)
    ),
    "panel": Analysis("What of deprivation and spend?", panel_report.report),
    "change": Analysis("Do the figures move when a rating changes?", change.report),
    "reliability": Analysis("Could the figures agree with anything?", reliability.report),
    "chance": Analysis("Is an authority among the best more often than by chance?", chance.report),
    "suppression": Analysis("What could the hidden counts change?", suppression.report),
    "first": Analysis(
        "What did the study of 2016 find, done again?", partial(la_valle_2016.report, "corrected")
    ),
    "second": Analysis("What did the study of 45 indicators find, done again?", ofsted_45.report),
}
LIMITS = (
    "Figures that go with a rating need not be its reason, and an inspection sees what no figure counts. "
    "Ofsted's frameworks differ; grades of few authorities are outstanding; small counts are hidden; the "
    "first day of an inspection under SIF is not printed and is taken to be 12 weeks before its report. "
    "Definitions change from year to year. Many tests were made: what is called beyond chance is so after "
    "correction for their number."
)


def report(full: bool = False) -> Result:
    """Every analysis from the mart: answer, pictures, limits, data, and all tables behind them.

    full : cross-validation repeated as often as by the command itself; else less often, to save time.
    """
    found = {
        name: (analysis.full if full or analysis.quick is None else analysis.quick)()
        for name, analysis in progress(ANALYSES.items(), "analyses", total=len(ANALYSES))
    }
    parts = []
    for name, analysis in ANALYSES.items():
        parts.append(Part(analysis.question, found[name].lead))
        drawn = [part for part in found[name].parts if part.figure is not None]
        parts += [replace(part, table=None) for part in drawn[:1]]
    parts.append(Part("What is not known", LIMITS))
    for name, analysis in ANALYSES.items():
        parts += [
            replace(part, title=f"{analysis.question} {part.title}", figure=None, folded=True)
            for part in found[name].parts
            if part.table is not None
        ]
    return Result(NAME, TITLE, answer(found), mart.is_synthetic(), parts)


def answer(found: dict[str, Result]) -> str:
    """The answer in a few sentences, from the numbers found."""
    foretold = found["prediction"].lead.partition("\n")[0].partition("? ")[2]
    verdicts = found["waves"].tables["verdicts"]
    holding = ", ".join(verdicts.loc[verdicts["verdict"].eq("holds"), "variable"].str.lower())
    return (
        f"{foretold or found['prediction'].lead}\n"
        f"Of {len(verdicts)} indicators of two published studies these go with the overall grade wave after "
        f"wave: {holding or 'none'}.\n"
        "Below: the questions one by one with their answers and pictures, then what is not known, then every "
        "table."
    )
