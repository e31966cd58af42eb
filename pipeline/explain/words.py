"""How explanations read: numbers, days and places, and rows one below another."""

from collections.abc import Iterable

from openpyxl.utils import get_column_letter
from rich.console import Console
from rich.text import Text


def say(console: Console, text: str, style: str | None = None) -> None:
    """Print a line whole, however narrow the terminal."""
    console.print(Text(text), style=style, soft_wrap=True, highlight=False)


def aligned(table: list[tuple[str, ...]], indent: str) -> Iterable[str]:
    """Rows of texts as lines, columns one below another; columns without a text are left out."""
    columns = [column for column in zip(*table, strict=True) if any(column)]
    padded = [[text.ljust(max(map(len, column))) for text in column] for column in columns]
    for row in zip(*padded, strict=True):
        yield (indent + "  ".join(row)).rstrip()


def number(value: float) -> str:
    """A number to read: thousands apart, no more than four decimals."""
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def figure(row: dict) -> str:
    """The value, or the status that says why there is none."""
    return row["status"] if row["value"] is None else number(row["value"])


def ratio(row: dict) -> str:
    """Numerator and denominator in numbers, where there are both."""
    if row["numerator"] is None or row["denominator"] is None:
        return ""
    return f"{number(row['numerator'])} / {number(row['denominator'])}"


def published(edition: dict) -> str:
    """When the edition's file came out, and when the figure was known if one of its parts came out later."""
    day = edition["published_on"]
    if day is None:
        return f"without a date: known from {edition['known_on']}"
    later = f", known on {edition['known_on']}" if edition["known_on"] != day else ""
    return f"published {day[:7] if edition['is_month_only'] else day}{later}"


def printed(cell: dict) -> str:
    """The text of a cell."""
    return "" if cell["raw_text"] is None else f'"{cell["raw_text"]}"'


def letters(col_no: int | None) -> str | None:
    """The letters a spreadsheet calls a column by: 1 is A, 28 is AB."""
    return None if col_no is None else get_column_letter(col_no)


def place(cell: dict) -> str:
    """Where a person finds the cell, as a spreadsheet numbers rows and letters columns."""
    if cell["row_no"] is None:
        return ""
    sheet = f"sheet {cell['sheet']!r}, " if cell["sheet"] else ""
    return f"{sheet}row {cell['row_no']}, column {cell['column']}"
