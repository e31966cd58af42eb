"""A raw file becomes a grid: numbered rows of text cells, nothing interpreted.

CSV files and workbook sheets end in the same Parquet layout (`sheet`, `row_no`, `cells`), so that
one SQL model reads them all and every cell can be found again at its row and column.
"""

import hashlib
from dataclasses import dataclass

import pyarrow as pa

GRID_SCHEMA = pa.schema([("sheet", pa.string()), ("row_no", pa.int32()), ("cells", pa.list_(pa.string()))])


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


def header_fingerprint(grid: Grid | None) -> str | None:
    """Short hash of sheets and headers, years aside: the same for the same layout."""
    if grid is None:
        return None
    text = "\n".join(f"{c.sheet}\t{c.col_no}\t{c.key}" for c in grid.columns)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
