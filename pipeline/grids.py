"""A raw file becomes a grid: numbered rows of text cells, nothing interpreted.

CSV files and workbook sheets end in the same Parquet layout (`sheet`, `row_no`, `cells`), so that
one SQL model reads them all and every cell can be found again at its row and column. A grid is
kept in the cache under the file's sha256 and layout: a file is parsed once per content.
"""

import csv
import datetime as dt
import hashlib
import io
import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import python_calamine as calamine

from pipeline import workbooks
from pipeline.errors import InputError

# Raised when the layout of the cached files changes, so that old ones are not read.
CACHE_VERSION = 5

# The longest official CSV file has 27,000 lines.
MAX_ROWS = 1_000_000

# Codes and names of an area stand within the first columns of a published table.
LEADING = 6

GRID_SCHEMA = pa.schema([("sheet", pa.string()), ("row_no", pa.int32()), ("cells", pa.list_(pa.string()))])
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
ONS_CODE = re.compile(r"[EWNSK]\d{8}")


@dataclass(frozen=True)
class Layout:
    """How a family's files are laid out, as `seeds/layouts/file_families.csv` says.

    `format` is csv or workbook. A flat table names its columns in one row: the first row of a CSV file,
    or the one whose first cell is `header_starts_at` (one of several, separated by |), to which the
    `header_rows` - 1 rows above it belong. The other tables of a workbook have headers over several
    rows and begin with the row whose leading cells hold `data_starts_at`.
    """

    format: str
    header_starts_at: str = ""
    data_starts_at: str = ""
    header_rows: int = 1


@dataclass
class Column:
    """One column of one sheet, as its header names it.

    `key` is the header in lower case, years replaced by `{year}`; `year` the year it names.
    """

    sheet: str
    col_no: int
    header: str
    key: str
    year: int | None


@dataclass
class Sheet:
    """One table: the sheet ('' for CSV), where its data rows begin, which column holds the name."""

    sheet: str
    title: str
    first_data_row: int | None
    name_col: int | None
    rows: int
    is_flat: bool


@dataclass
class Grid:
    """What is known of a file without interpreting it."""

    sheets: list[Sheet]
    columns: list[Column]


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


def load(path: Path, name: str, layout: Layout, sha256: str, cache: Path) -> Grid:
    """Return the grid of a file, parsing it only if this content was never parsed before.

    `name` is what messages call the file. Raises InputError when the file cannot be read whole.
    """
    grid_file, meta_file = grid_paths(cache, sha256, layout)
    if meta_file.exists() and grid_file.exists():
        meta = json.loads(meta_file.read_text("utf-8"))
        return Grid([Sheet(**s) for s in meta["sheets"]], [Column(**c) for c in meta["columns"]])
    read = read_workbook if layout.format == "workbook" else read_csv
    grid, table = read(path, name, layout)
    cache.mkdir(parents=True, exist_ok=True)
    write_whole(grid_file, lambda p: pq.write_table(table, p, compression="zstd"))
    meta = {"sheets": list(map(asdict, grid.sheets)), "columns": list(map(asdict, grid.columns))}
    write_whole(meta_file, lambda p: p.write_text(json.dumps(meta), "utf-8"))
    return grid


def grid_paths(cache: Path, sha256: str, layout: Layout) -> tuple[Path, Path]:
    """Where the grid of a file content, read in a layout, is kept: (rows, description)."""
    stem = f"{sha256}-{hashlib.sha256(repr(layout).encode()).hexdigest()[:8]}-v{CACHE_VERSION}"
    return cache / f"{stem}.parquet", cache / f"{stem}.json"


def write_whole(path: Path, write) -> None:
    """Write beside, then rename: a killed build leaves no half file under the final name."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    write(part)
    part.replace(path)


# ---------------------------------------------------------------------------------------- CSV


def read_csv(path: Path, name: str, layout: Layout) -> tuple[Grid, pa.Table]:
    """Parse a CSV strictly: UTF-8, as many cells in each row as in the header, a final newline.

    A file with lines of text above its header is cut into rows of cells without the check of width.
    """
    data = path.read_bytes()
    check_text(data, name)
    if layout.header_starts_at:
        rows = csv_rows(data, name)
        grid, table = tables({"": rows}, name, layout)
        refuse_cells_beyond_header(rows, grid.sheets[0].first_data_row - 1, name)
        return grid, table
    n_columns = len(csv_rows(data, name, first=True)[0])
    if n_columns == 1:
        raise InputError(
            name,
            f"a header of one column: {data.splitlines()[0].decode('utf-8-sig')[:80]!r}",
            "columns separated by commas",
            "save it as CSV with commas, or fetch it again from the publisher",
        )
    try:
        table = pacsv.read_csv(
            pa.BufferReader(data),
            read_options=pacsv.ReadOptions(autogenerate_column_names=True, use_threads=True),
            parse_options=pacsv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pacsv.ConvertOptions(
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
                null_values=[],
                column_types={f"f{i}": pa.string() for i in range(n_columns)},
            ),
        )
    except pa.ArrowException as error:
        message = re.sub(r"\s+", " ", str(error))[:300]
        raise InputError(
            name,
            message,
            "as many cells in every row as in the header",
            "the file is damaged or cut off: fetch it again from the publisher",
        ) from None
    if table.num_rows < 2:
        raise InputError(
            name,
            f"{table.num_rows} rows",
            "a header and at least one row of data",
            "the file is empty: fetch it again from the publisher",
        )
    refuse_line_breaks(table, name)
    n, m = table.num_rows, table.num_columns
    by_row = np.arange(n * m).reshape(m, n).T.ravel()
    values = pa.concat_arrays([c.combine_chunks() for c in table.columns]).take(pa.array(by_row))
    cells = pa.ListArray.from_arrays(pa.array(np.arange(n + 1, dtype=np.int32) * m), values)
    rows = pa.table(
        [pa.array([""] * n), pa.array(np.arange(1, n + 1, dtype=np.int32)), cells],
        schema=GRID_SCHEMA,
    )
    columns = flat_columns("", cells[0].as_py())
    return Grid([Sheet("", "", 2, None, n - 1, True)], unique_keys(columns)), rows


def csv_rows(data: bytes, name: str, first: bool = False) -> list[list[str]]:
    """Cut a CSV into rows of cells, or its `first` row alone, without the check of width."""
    reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    try:
        rows = [next(reader)] if first else list(reader)
    except csv.Error as error:
        raise InputError(
            name,
            f"{error} in line {reader.line_num}",
            "a CSV file",
            "the file is damaged: fetch it again from the publisher",
        ) from None
    for number, row in enumerate(rows, start=1):
        for cell in row:
            if "\n" in cell or "\r" in cell:
                raise line_break(name, number, cell)
    return rows


def refuse_line_breaks(table: pa.Table, name: str) -> None:
    """Refuse a cell of several lines: a quotation mark opened by mistake swallows whole rows."""
    for column in table.columns:
        found = pc.index(pc.match_substring_regex(column, "[\r\n]"), True).as_py()
        if found >= 0:
            raise line_break(name, found + 1, column[found].as_py())


def line_break(name: str, row: int, cell: str) -> InputError:
    """A cell that goes on over the end of its line."""
    return InputError(
        name,
        f"a line break within a cell in row {row}: {cell[:60]!r}",
        "every row in one line, as in every file the publisher provides",
        "a quotation mark is out of place: fetch the file again from the publisher",
    )


def refuse_cells_beyond_header(rows: list[list[str]], header_row: int, name: str) -> None:
    """Refuse a row that has texts beyond the last column of the header: nobody could say what they are."""
    width = len(rows[header_row - 1])
    for number, row in enumerate(rows[header_row:], start=header_row + 1):
        if any(cell.strip() for cell in row[width:]):
            raise InputError(
                name,
                f"{len(row)} cells in row {number}",
                f"{width}, as in the header in row {header_row}",
                "the file is damaged: fetch it again from the publisher",
            )


def check_text(data: bytes, name: str) -> None:
    """Refuse what is not whole UTF-8 text of a publisher's size, saying at which byte or line."""
    if not data.strip():
        raise InputError(
            name,
            "no content",
            "a CSV file with a header and rows",
            "the file is empty: fetch it again from the publisher",
        )
    if b"\x00" in data:
        raise InputError(
            name,
            f"a NUL byte at byte {data.index(0) + 1}",
            "UTF-8 text",
            "the file is UTF-16 or not text: save it as UTF-8 CSV, or fetch it again",
        )
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            name,
            f"a byte that is not UTF-8 in line {line} ({data[error.start]:#04x})",
            "UTF-8 text, as the publisher provides",
            "save it as UTF-8, or fetch it again",
        ) from None
    if data.count(b'"') % 2:
        raise InputError(
            name,
            "a quotation mark that is never closed",
            "quotation marks in pairs",
            "the file is damaged: fetch it again from the publisher",
        )
    if (lines := data.count(b"\n")) > MAX_ROWS:
        raise workbooks.too_large(name, f"{lines:,} lines", f"at most {MAX_ROWS:,}")
    if not data.endswith(b"\n"):
        raise InputError(
            name,
            "a last line that does not end with a newline",
            "every line ended, as in every file the publisher provides",
            "the file was cut off: fetch it again from the publisher",
        )


# ----------------------------------------------------------------------------------- workbooks


def read_workbook(path: Path, name: str, layout: Layout) -> tuple[Grid, pa.Table]:
    """Read every sheet of an .xls, .xlsx or .ods as text."""
    unread = workbooks.look_into(path, name)
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        sheets = {s: book.get_sheet_by_name(s).to_python(skip_empty_area=False) for s in book.sheet_names}
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # one class per format, and its panics are no Exception
        raise workbooks.unreadable(name, error) from None
    texts = {sheet: [[cell_text(c) for c in row] for row in rows] for sheet, rows in sheets.items()}
    for sheet, cells in unread.items():
        if sheet not in texts:
            raise workbooks.unreadable(name, f"sheet {sheet!r} is damaged")
        for (row, column), text in cells.items():
            put(texts[sheet], row, column, text)
    return tables(texts, name, layout)


def put(rows: list[list[str]], row: int, column: int, text: str) -> None:
    """Set a cell of a sheet, which grows if it lies beyond its end."""
    width = max(column, len(rows[0]) if rows else 0)
    rows += [[] for _ in range(row - len(rows))]
    for cells in rows:
        cells += [""] * (width - len(cells))
    rows[row - 1][column - 1] = text


def tables(sheets: dict[str, list[list[str]]], name: str, layout: Layout) -> tuple[Grid, pa.Table]:
    """Find in each sheet where the header ends and the data begin.

    The header of a flat table is one row. What stands above the first data row of the others, down
    from the line that tells the coverage, is the header: see `header_paths`. A sheet without the
    expected row has no data rows.
    """
    out: dict[str, list] = {"sheet": [], "row_no": [], "cells": []}
    grid = Grid([], [])
    marker, is_flat = layout.header_starts_at or layout.data_starts_at, bool(layout.header_starts_at)
    for sheet, rows in sheets.items():
        out["sheet"] += [sheet] * len(rows)
        out["row_no"] += range(1, len(rows) + 1)
        out["cells"] += rows
        start = first_row(rows, marker, 1 if is_flat else LEADING)
        title = next((c for row in rows[:8] for c in row if c.lower().startswith("table")), "")
        if start is None:
            grid.sheets.append(Sheet(sheet, title, None, None, len(rows), is_flat))
            continue
        if is_flat:
            grid.sheets.append(Sheet(sheet, title, start + 1, None, len(rows) - start, is_flat))
            grid.columns += flat_columns(sheet, flat_header(rows[:start], layout.header_rows))
            continue
        name_col = text_column(rows[start - 1 :])
        if start > 1 and is_figures(rows[start - 2][name_col:]):
            start -= 1
        grid.sheets.append(Sheet(sheet, title, start, name_col, len(rows) - start + 1, is_flat))
        grid.columns += [
            Column(sheet, i + 1, header, *column_key(header))
            for i, header in enumerate(header_paths(rows[: start - 1], name_col))
            if i >= name_col
        ]
    if not any(s.first_data_row for s in grid.sheets):
        raise InputError(
            name,
            "no table with a row for " + repr(marker),
            "tables whose header or first row begins so",
            "check that this is the publisher's file; a new layout needs a row in "
            "seeds/layouts/file_families.csv",
        )
    return Grid(grid.sheets, unique_keys(grid.columns)), pa.table(out, schema=GRID_SCHEMA)


def cell_text(value) -> str:
    """A spreadsheet cell as text: whole numbers without a point, dates in ISO form."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value).strip()


def first_row(rows: list[list[str]], marker: str, within: int) -> int | None:
    """Number (from 1) of the first row with a `marker` among its first `within` cells, years aside."""
    markers = marker.lower().split("|")
    for number, row in enumerate(rows, start=1):
        if any(column_key(FOOTNOTE.sub("", c.lower()))[0] in markers for c in row[:within]):
            return number
    return None


def is_figures(cells: list[str]) -> bool:
    """Whether a row has nothing but figures: a data row whose name stands in the row below."""
    texts = [c for c in cells if c]
    return (
        bool(texts)
        and not any(column_key(c)[0] == "{year}" for c in texts)
        and all(c.replace(".", "", 1).isdigit() for c in texts)
    )


def text_column(rows: list[list[str]]) -> int:
    """Number (from 1) of the column of names: the one with most words, ONS codes aside."""
    counts = [
        sum(len(c) > 2 and not c[0].isdigit() and not ONS_CODE.fullmatch(c) for c in column)
        for column in zip(*((row + [""] * LEADING)[:LEADING] for row in rows), strict=True)
    ]
    return counts.index(max(counts)) + 1


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
