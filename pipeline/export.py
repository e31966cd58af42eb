"""A query's rows as a CSV file that a spreadsheet opens rightly."""

import csv
from pathlib import Path

import duckdb

from pipeline.errors import InputError
from python_stats import mart

ROWS_AT_A_TIME = 50_000


def export(query: str, to: Path) -> int:
    """Write a relation of the mart, or the answer to a query, to a CSV file; return the number of rows.

    UTF-8 with a byte-order mark: without it Excel takes the file for another encoding. No value is an
    empty cell. Raises MartError if there is no mart, InputError if it cannot answer; then the file is as it
    was.
    """
    part = to.with_name(f"{to.name}.part")
    try:
        with mart.connect() as con:
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
