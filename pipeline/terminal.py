"""What all commands print by: JSON, tables as wide as the terminal, and how far a long step is."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import pandas as pd
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text


def print_json(found: object) -> None:
    """Print plain values as JSON; what is not there is null."""
    print(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False))


def records(frame: pd.DataFrame) -> list[dict]:
    """The rows of a frame as plain values: days in ISO form, None where there is none."""
    return json.loads(frame.to_json(orient="records", date_format="iso", double_precision=15))


@contextmanager
def progress_bar(console: Console, *columns) -> Iterator[Progress]:
    """A bar with the time passed and left, on a terminal; nothing elsewhere."""
    columns = columns or (TextColumn("{task.fields[done]}"), TimeElapsedColumn(), TimeRemainingColumn())
    columns = (TextColumn("{task.description:<14}"), BarColumn(), *columns)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield progress


def track(progress: Progress, items: Iterable, words: str, total: int | None = None) -> Iterator:
    """The items one after the other, counted by the bar; `total` of those that have no length."""
    total = total or len(items)
    task = progress.add_task(words, total=total, done=f"0/{total}")
    for n, item in enumerate(items, start=1):
        yield item
        progress.update(task, completed=n, done=f"{n}/{total}")


def print_table(
    console: Console,
    title: str,
    frame: pd.DataFrame,
    heads: dict[str, str],
    droppable: Sequence[str],
) -> None:
    """A frame as a table, numbers to the right.

    heads : headings of columns whose names are none. droppable : columns that a narrow terminal goes without,
        the first of them first, until the words of the others fit.
    """
    if frame.empty:
        console.print(f"{title}: none", highlight=False)
        return
    left = list(droppable)
    while left and width_needed(frame, heads) > console.width:
        frame = frame.drop(columns=left.pop(0))
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in frame.columns:
        is_number = pd.api.types.is_numeric_dtype(frame[name]) and name != "year"
        _, _, wraps = widths(frame[name], heads.get(name, name))
        table.add_column(
            heads.get(name, name),
            justify="right" if is_number else "left",
            no_wrap=not wraps,
        )
    for row in frame.itertuples(index=False):
        table.add_row(*(text(value) for value in row))
    if gone := droppable[: len(droppable) - len(left)]:
        table.caption = f"on a wider terminal, or with --json: {', '.join(heads.get(c, c) for c in gone)}"
        table.caption_justify = "left"
    print_whole(console, table)


def print_whole(console: Console, table: Table) -> None:
    """Print a table with no figure and no word cut; where the terminal is too narrow its lines run over."""
    for column in table.columns:
        texts = [Text.from_markup(it).plain for it in (column.header, *column.cells)]
        parts = texts if column.no_wrap else " ".join(texts).split()
        column.min_width = max(column.min_width or 0, *map(len, parts))
    least = sum(column.min_width + 3 for column in table.columns)
    table.width = least if least > console.width else None
    console.print(table, crop=False)


def width_needed(frame: pd.DataFrame, heads: dict[str, str]) -> int:
    """Columns of a terminal in which no word of a table is broken.

    The library makes columns that wrap as narrow as each other, where they are not narrower by themselves.
    """
    every = [widths(frame[name], heads.get(name, name)) for name in frame.columns]
    level = max((word for _, word, wraps in every if wraps), default=0)
    return sum(min(full, level) if wraps else full for full, _, wraps in every) + 3 * len(every)


def widths(column: pd.Series, heading: str) -> tuple[int, int, bool]:
    """Length of the longest text of a column and of its longest word, and whether it wraps at blanks."""
    texts = [heading, *map(text, column)]
    full = max(map(len, texts))
    word = max(len(word) for it in texts for word in it.split(" "))
    return full, word, full > word


def text(value) -> str:
    """A value as people read it."""
    if pd.isna(value):
        return ""
    if isinstance(value, float):
        return f"{value:,.1f}" if value % 1 else f"{value:,.0f}"
    return f"{value}"
