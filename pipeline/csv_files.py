"""A CSV file becomes a grid, or is refused: what is not whole, rectangular UTF-8 text was damaged."""

import csv
import io
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from pipeline.errors import InputError, too_large
from pipeline.grids import GRID_SCHEMA, Grid, Layout, Sheet
from pipeline.headers import flat_columns, unique_keys
from pipeline.tables import tables

# The longest official CSV file has 27,000 lines.
MAX_ROWS = 1_000_000


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
        raise too_large(name, f"{lines:,} lines", f"at most {MAX_ROWS:,}")
    if not data.endswith(b"\n"):
        raise InputError(
            name,
            "a last line that does not end with a newline",
            "every line ended, as in every file the publisher provides",
            "the file was cut off: fetch it again from the publisher",
        )
