"""What the header of a table calls its columns: keys with the years taken out."""

import re

from pipeline.grids import Column

# Codes and names of an area stand within the first columns of a published table.
LEADING = 6
# A year in a header, as a calendar year (2014), a split year (2013-14, 2013/14, 201314, 1314) or the
# day it ends on (310314). What looks like one but is an age (1920&21) is told by what follows.
YEAR = re.compile(
    r"(?<!\d)(?:(?P<split>20[0-4]\d[-/]?[0-4]\d)|(?P<calendar>20[0-4]\d)|3103(?P<day>[0-4]\d)"
    r"|(?P<short>[0-4]\d[0-4]\d))(?![\d&])"
)
# A footnote's number at the end of a text, or of a year that stands alone (20132 is 2013).
FOOTNOTE = re.compile(r"(?:(?<=[a-z)])\d{1,2}(?:,\d{1,2})*|(?<=^20[0-4]\d)\d)$")
UNIT = re.compile(r"(numbers?|percentages?|rates?)( and (percentages?|rates?).*)?", re.IGNORECASE)
TABLE_UNIT = re.compile(r"£ thousands?", re.IGNORECASE)


def column_key(header: str) -> tuple[str, int | None]:
    """Split a header into its key (lower case, `{year}` for every year) and the last year named.

    A split year is the year it ends in: 2013-14 is 2014.
    """
    years: list[int] = []

    def take(match: re.Match) -> str:
        text = match.group()
        if match["split"] or match["short"]:
            begins, ends = int(text.removeprefix("20")[:2]), int(text[-2:])
            if (begins + 1) % 100 != ends:
                return text
        years.append(2000 + int(text[-2:]))
        return "{year}"

    key = YEAR.sub(take, header)
    return re.sub(r"\s+", " ", key).strip().lower(), years[-1] if years else None


def flat_columns(sheet: str, headers: list[str]) -> list[Column]:
    """The columns of a table with one header row; one without a header is called by its number."""
    columns = [Column(sheet, i, header, *column_key(header)) for i, header in enumerate(headers, start=1)]
    for column in columns:
        column.key = column.key or f"unnamed {column.col_no}"
    return columns


def unique_keys(columns: list[Column]) -> list[Column]:
    """Number repeated keys of a sheet (`la_noinf`, `la_noinf #2`): headers do repeat."""
    seen: dict[tuple, int] = {}
    for column in columns:
        n = seen[(column.sheet, column.key, column.year)] = (
            seen.get((column.sheet, column.key, column.year), 0) + 1
        )
        if n > 1 and column.key:
            column.key = f"{column.key} #{n}"
    return columns


def flat_header(rows: list[list[str]], header_rows: int) -> list[str]:
    """The headers of a flat table, of which the last of `rows` names the columns.

    With more than one header row, the texts above a column are joined as in `header_paths`; the unit
    of the whole table, printed above its first columns, is no part of them.
    """
    if header_rows == 1:
        return rows[-1]
    header = [["" if TABLE_UNIT.fullmatch(c) else c for c in row] for row in rows[-header_rows:]]
    return header_paths(header, 0)


def header_paths(rows: list[list[str]], name_col: int) -> list[str]:
    """The header of each column: the texts above it, top down, joined by ' / '.

    A merged cell has its text in its leftmost column only, so a text reaches right until the next
    text of its row or until a group of a row above it ends. Units printed flush right, in the last
    column of what they stand for, reach left; a single one tells no columns apart and is left out.
    Footnote numbers are taken off.
    """
    coverage = [
        i for i, row in enumerate(rows) if any(c.lower().startswith("coverage") for c in row[:LEADING])
    ]
    rows = rows[coverage[-1] + 1 :] if coverage else rows
    width = max((len(r) for r in rows), default=0)
    paths: list[list[str]] = [[] for _ in range(width)]
    breaks: set[int] = set()
    for row in rows:
        texts = {
            i: FOOTNOTE.sub("", " ".join(c.split())) for i, c in enumerate(row) if c.strip() and i >= name_col
        }
        if is_flush_right(texts, width):
            texts = {} if len(texts) == 1 else reach_left(texts, name_col)
        current = ""
        for i in range(width):
            if i in texts:
                current = texts[i]
            elif i in breaks:
                current = ""
            if current:
                paths[i].append(current)
        breaks |= texts.keys()
    return [" / ".join(p) for p in paths]


def is_flush_right(texts: dict[int, str], width: int) -> bool:
    """Whether a header row holds only units, the last of them in the last column."""
    return width - 1 in texts and all(UNIT.fullmatch(t) for t in texts.values())


def reach_left(texts: dict[int, str], name_col: int) -> dict[int, str]:
    """Move each text to the first column it stands for."""
    ends = sorted(texts)
    starts = [name_col] + [e + 1 for e in ends[:-1]]
    return {start: texts[end] for start, end in zip(starts, ends, strict=True)}
