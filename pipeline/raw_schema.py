"""The catalogue as relations of schema `raw`, which dbt's staging models begin with."""

import hashlib
from pathlib import Path

import duckdb
import pandas as pd

from pipeline import grid_cache
from pipeline.catalogue import RawFile
from pipeline.grids import header_fingerprint
from pipeline.seeds import read_seed
from pipeline.sql import text

NO_ROWS = "(select '' as sheet, 0 as row_no, ['']::varchar[] as cells, '' as filename where false)"


def frames(files: list[RawFile]) -> dict[str, pd.DataFrame]:
    """The catalogue as frames: `raw_file` (a row a file), `raw_sheet`, `raw_column`."""
    claimed = [f for f in files if f.family]
    return {
        "raw_file": pd.DataFrame(
            [
                (
                    f.file_no,
                    f.return_name,
                    f.edition,
                    f.edition_year,
                    f.path,
                    f.family,
                    f.reason or None,
                    f.sha256,
                    f.bytes,
                    header_fingerprint(f.grid),
                    sum(s.rows for s in f.grid.sheets) if f.grid else None,
                    f.is_synthetic,
                )
                for f in files
            ],
            columns=[
                "file_no",
                "return_name",
                "edition",
                "edition_year",
                "path",
                "family",
                "ignored_reason",
                "sha256",
                "bytes",
                "header_fingerprint",
                "rows",
                "is_synthetic",
            ],
        ).astype(
            {
                "edition_year": "Int32",
                "rows": "Int64",
                "ignored_reason": "string",
                "header_fingerprint": "string",
            }
        ),
        "raw_sheet": pd.DataFrame(
            [
                (f.file_no, s.sheet, s.title, s.first_data_row, s.name_col, s.is_flat)
                for f in claimed
                for s in f.grid.sheets
            ],
            columns=["file_no", "sheet", "title", "first_data_row", "name_col", "is_flat"],
        ).astype({"first_data_row": "Int32", "name_col": "Int32"}),
        "raw_column": pd.DataFrame(
            [
                (f.file_no, c.sheet, c.col_no, c.header, c.key, c.year)
                for f in claimed
                for c in f.grid.columns
            ],
            columns=["file_no", "sheet", "col_no", "header", "column_key", "column_year"],
        ).astype({"column_year": "Int32"}),
    }


def load_raw_schema(con: duckdb.DuckDBPyConnection, files: list[RawFile], cache: Path) -> None:
    """Leave schema `raw`: the catalogue's tables, and one view `<return>_line` for each return."""
    tables = frames(files)
    returns = sorted({f["return_name"] for f in read_seed("file_families")})
    content = "".join(t.to_csv() for t in tables.values()) + f"{cache.resolve()} {returns}"
    digest = hashlib.sha256(content.encode()).hexdigest()
    con.execute("create schema if not exists raw")
    con.execute("create table if not exists raw.catalogue (digest varchar)")
    if con.execute("select digest from raw.catalogue").fetchall() == [(digest,)]:
        return
    con.execute("begin")
    con.execute("delete from raw.catalogue")
    for name, frame in tables.items():
        con.register("incoming", frame)
        con.execute(f"create or replace table raw.{name} as select * from incoming")  # noqa: S608
        con.unregister("incoming")
    grid_of = {
        f.file_no: grid_cache.grid_paths(cache, f.sha256, f.layout)[0].resolve().as_posix()
        for f in files
        if f.family
    }
    grid_files = pd.DataFrame(grid_of.items(), columns=["file_no", "grid"])
    con.register("incoming", grid_files)
    con.execute("create or replace table raw.grid_file as select * from incoming")
    con.unregister("incoming")
    for return_name in returns:
        # Only paths of our own making stand here: cache folder, sha256, version.
        listed = ", ".join(
            text(grid_of[f.file_no]) for f in files if f.family and f.return_name == return_name
        )
        rows = f"read_parquet([{listed}], filename = true)" if listed else NO_ROWS
        con.execute(
            f"create or replace view raw.{return_name}_line as "  # noqa: S608
            "select grid_file.file_no, line.sheet, line.row_no, line.cells "
            f"from {rows} as line inner join raw.grid_file on line.filename = grid_file.grid"
        )
    con.execute("insert into raw.catalogue values (?)", [digest])
    con.execute("commit")
