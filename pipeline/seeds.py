"""The seeds as rows of text, for what runs before dbt."""

import csv

from pipeline.settings import SEEDS


def read_seed(name: str, folder: str = "layouts") -> list[dict[str, str]]:
    """Rows of a seed, all text."""
    with (SEEDS / folder / f"{name}.csv").open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def columns_of(name: str) -> list[str]:
    """The columns of a layout seed; of a new return's series, those that such a seed begins with."""
    path = SEEDS / "layouts" / f"{name}.csv"
    if not path.exists():
        return [
            "return_name",
            "family",
            "series",
            "measure",
            "edition_from",
            "edition_to",
            "component",
            "note",
        ]
    with path.open(encoding="utf-8", newline="") as f:
        return next(csv.reader(f))


def seed_of(name: str, return_name: str) -> list[dict[str, str]]:
    """Rows of a layout seed that are of one return."""
    return [r for r in read_seed(name) if r["return_name"] == return_name]


def known_series(return_name: str) -> list[dict[str, str]]:
    """The series seed of a return; empty where its columns stand elsewhere."""
    try:
        return read_seed(f"{return_name}_series")
    except FileNotFoundError:
        return []
