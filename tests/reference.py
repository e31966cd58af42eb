"""What the statistics are held against: R's answers, R's data, the official panel R was given."""

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings

R = Path(__file__).parent / "fixtures" / "r"

with (R / "expected.csv").open(encoding="utf-8", newline="") as f:
    ANSWERS = {}
    for row in csv.DictReader(f):
        ANSWERS.setdefault(row["case"], {})[row["name"]] = float(row["value"])

PROPERTY = settings(derandomize=True, database=None, deadline=None, max_examples=25)
"""The same examples in every run, few enough for seconds."""


def data(name: str) -> pd.DataFrame:
    """A data set of R, or one a textbook prints."""
    return pd.read_csv(R / f"{name}.csv")


def panel(mart) -> pd.DataFrame:
    """First SIF ratings beside the indicators of 2015, as R read them."""
    return mart.sql((R / "panel.sql").read_text(encoding="utf-8")).df()


def agrees_with_r(row, case: str, **renamed: str) -> None:
    """Every figure R printed for the case is in the row, to 1e-6; `renamed`: R's name to the row's."""
    expected = {renamed.get(name, name): value for name, value in ANSWERS[case].items()}
    found = {name: row[name] for name in expected}
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-6), case


def said_or_found(row, *figures: str) -> None:
    """A result has all its figures and no reason, or a reason and no figure."""
    found = [pd.notna(row[name]) for name in figures]
    assert all(found) if row["reason"] == "" else row["reason"] and not any(found), dict(row)
