"""A query's rows as a CSV file that a spreadsheet opens rightly."""

import csv
from pathlib import Path

import duckdb

from pipeline.errors import InputError
from pipeline.publish import MART
from pipeline.settings import warehouse_dir

ROWS_AT_A_TIME = 50_000


def export(query: str, to: Path) -> int:
    """Write a relation of the mart, or the answer to a query, to a CSV file; return the number of rows.

    UTF-8 with a byte-order mark: without it Excel takes the file for another encoding. No value is an
    empty cell. Raises InputError if there is no mart or it cannot answer; then the file is as it was.
    """
    mart = warehouse_dir() / MART
    if not mart.exists():
        raise InputError(
            str(mart), "no mart", "a mart that was built", "run make build, or set WAREHOUSE_DIR"
        )
    part = to.with_name(f"{to.name}.part")
    try:
        with duckdb.connect(mart, read_only=True) as con:
            found = con.table(query) if query.isidentifier() else con.sql(query)
            if found is None:
                raise duckdb.InvalidInputException("this asks for no rows")
            n = 0
            with part.open("w", encoding="utf-8-sig", newline="") as f:
                writer = csv.writer(f)
                writer.writerow(found.columns)
                while rows := found.fetchmany(ROWS_AT_A_TIME):
                    writer.writerows(rows)
                    n += len(rows)
        part.replace(to)
    except duckdb.Error as error:
        raise InputError(
            query,
            str(error).strip(),
            "a relation of the mart, or one query on it",
            "look up the names of relations in README.md, of indicators in relation dim_indicator",
        ) from None
    finally:
        part.unlink(missing_ok=True)
    return n
