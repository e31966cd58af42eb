"""What a command is asked for, and the frame that it asks of the mart."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from python_stats import mart, panels

JUDGEMENTS = ["overall", "leaders", "help_and_protection", "children_in_care", "care_leavers"]
HIGH, LOW = "good or outstanding", "below good"


@dataclass(frozen=True)
class Asked:
    """Which figures and which inspections a command is of."""

    indicators: list[str]
    year: int
    as_of: date | None = None
    judgement: str = "overall"
    frameworks: tuple[str, ...] = ("SIF", "ILACS")
    published_from: date | None = None
    published_to: date | None = None
    first: bool = False


def chosen(
    asked: Asked, left_out: str = "a figure is left out of that indicator alone"
) -> tuple[pd.DataFrame, dict[str, str], str]:
    """The frame of a command, the indicators' labels, and in words what it is.

    The frame has a row per authority (la_code) inspected in the window and with a judgement: `rating`
    (1 to 4), `level` (HIGH or LOW) and a column per indicator. Of several inspections the last counts, or
    the first. left_out : what becomes of an authority without a figure, in the words.
    Raises MartError if nobody is left.
    """
    labels = {code: mart.indicator(code).label for code in asked.indicators}
    inspections = panels.load_inspections(
        asked.frameworks, published_from=asked.published_from, published_to=asked.published_to
    )
    rated = (
        inspections.dropna(subset=[f"{asked.judgement}_code"])
        .drop_duplicates("la_code", keep="first" if asked.first else "last")
        .set_index("la_code")[f"{asked.judgement}_code"]
    )
    panel = panels.load_panel(asked.indicators, [asked.year], asked.as_of)
    values = panels.wide(panel).droplevel("year").reindex(columns=asked.indicators)
    frame = values.loc[values.index.isin(rated.index)].copy()
    if frame.empty:
        raise mart.MartError(
            f"no authority has both a figure of {asked.year} and such an inspection\n"
            "  do: choose another year, or a wider window of publication"
        )
    frame["rating"] = rated.reindex(frame.index).astype(int)
    frame["level"] = pd.Categorical(frame["rating"].ge(3).map({True: HIGH, False: LOW}), [LOW, HIGH])
    known = f"as known on {asked.as_of}" if asked.as_of else "latest editions"
    which = f"{'first' if asked.first else 'last'} {' or '.join(asked.frameworks)} inspection"
    window = f"from {asked.published_from or 'the beginning'} to {asked.published_to or 'now'}"
    words = (
        f"{len(frame)} authorities; judgement: {asked.judgement.replace('_', ' ')}, 1 inadequate to 4 "
        f"outstanding, of the {which} published {window}; indicators of {asked.year}, {known}; an authority "
        f"without {left_out}."
    )
    return frame, labels, words
