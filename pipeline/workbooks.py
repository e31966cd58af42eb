"""A workbook becomes a grid: every sheet as text, with what the reader takes for empty though it is not."""

import datetime as dt
import zipfile
from pathlib import Path

import pyarrow as pa
import python_calamine as calamine

from pipeline import xls
from pipeline.archives import Unread, look_into_archive
from pipeline.errors import InputError, protected, unreadable
from pipeline.grids import Grid, Layout
from pipeline.tables import tables

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def look_into(path: Path, name: str) -> Unread:
    """Refuse a workbook that cannot be opened safely.

    Returns, for each sheet that has cells, the text of those that the reader takes for empty though they
    are not, by row and column.
    """
    data = path.read_bytes()
    if not data:
        raise unreadable(name, "no content")
    try:
        if data.startswith(OLE):
            if "EncryptedPackage".encode("utf-16-le") in data:
                raise protected(name)
            return xls.error_cells(data)
        with zipfile.ZipFile(path) as archive:
            return look_into_archive(archive, name)
    except InputError:
        raise
    except Exception as error:  # zipfile, zlib, lzma, struct: each raises classes of its own
        raise unreadable(name, error) from None


def read_workbook(path: Path, name: str, layout: Layout) -> tuple[Grid, pa.Table]:
    """Read every sheet of an .xls, .xlsx or .ods as text."""
    unread = look_into(path, name)
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        sheets = {s: book.get_sheet_by_name(s).to_python(skip_empty_area=False) for s in book.sheet_names}
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # one class per format, and its panics are no Exception
        raise unreadable(name, error) from None
    texts = {sheet: [[cell_text(c) for c in row] for row in rows] for sheet, rows in sheets.items()}
    for sheet, cells in unread.items():
        if sheet not in texts:
            raise unreadable(name, f"sheet {sheet!r} is damaged")
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


def cell_text(value) -> str:
    """A spreadsheet cell as text: whole numbers without a point, dates in ISO form."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value).strip()
