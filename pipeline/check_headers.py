"""Two headers held against each other: columns added, removed, renamed and moved."""

from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

from pipeline.catalogue import RawFile
from pipeline.grids import Grid
from pipeline.headers import column_key
from pipeline.words import aligned, counted

ALIKE = 0.6  # difflib's own measure of a close match
PAIRS = 10_000  # two headers further apart than this have no renamed columns: they are two layouts


def keys(grid: Grid) -> list[str]:
    """The header as a list of texts, years aside; of a workbook with the sheet."""
    return [f"{column_key(c.sheet.strip())[0]} | {c.key}" if c.sheet else c.key for c in grid.columns]


def likeness(old: Grid, new: Grid) -> float:
    """From 0 to 1: the share of columns that two headers have in common, in order."""
    return SequenceMatcher(None, keys(old), keys(new), autojunk=False).ratio()


def nearest(file: RawFile, others: Iterable[RawFile]) -> RawFile | None:
    """The file whose header is most alike; of several the newest edition."""
    return max(others, key=lambda f: (likeness(f.grid, file.grid), f.edition_year or 0), default=None)


def header_diff(old_grid: Grid, new_grid: Grid) -> tuple[list[tuple[str, str, str]], dict[str, str]]:
    """Rows (what, where, text) that turn one header into another, and the renamed keys, new to old."""
    old, new = keys(old_grid), keys(new_grid)
    gone, come = (list((Counter(a) - Counter(b)).elements()) for a, b in ((old, new), (new, old)))
    renamed: dict[str, str] = {}
    if len(gone) * len(come) <= PAIRS:
        for key in come:
            left = [g for g in gone if g not in renamed.values()]
            close = get_close_matches(key, left, 1, ALIKE)
            in_place = [g for g in left if len(old) == len(new) and old.index(g) == new.index(key)]
            for match in (close or in_place)[:1]:
                renamed[key] = match
    kept_old = [k for k in old if k not in gone]
    kept_new = [k for k in new if k not in come]
    blocks = SequenceMatcher(None, kept_old, kept_new, autojunk=False).get_matching_blocks()
    in_order = {i for b in blocks for i in range(b.b, b.b + b.size)}
    rows = [("renamed", at(new, n), f"'{o}' -> '{n}'") for n, o in renamed.items()]
    rows += [("added", at(new, k), f"'{k}'") for k in come if k not in renamed]
    rows += [("removed", at(old, k, "was "), f"'{k}'") for k in gone if k not in renamed.values()]
    rows += [
        ("reordered", at(new, k), f"'{k}', {at(old, k, 'was ')}")
        for i, k in enumerate(kept_new)
        if i not in in_order
    ]
    return rows, renamed


def at(header: list[str], key: str, before: str = "") -> str:
    """Where a column stands in the whole header."""
    return f"{before}column {header.index(key) + 1}"


def headed(file: RawFile, near: RawFile, is_before: bool, rows: list[tuple[str, str, str]]) -> list[str]:
    """The diff of one file under a line that says what it is compared with."""
    beside = f"{near.path}{' of the last build' if is_before else ''}"
    if not rows:
        return [f"  {file.path}: the columns of {beside}, other years"]
    n_old, n_new = len(near.grid.columns), len(file.grid.columns)
    return [
        f"  {file.path} ({file.family}, {counted(n_new, 'column')})",
        f"  beside {beside} ({counted(n_old, 'column')})",
        *(f"  {line}" for line in aligned(rows)),
    ]
