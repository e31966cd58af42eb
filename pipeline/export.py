"""A query's rows as a CSV file that a spreadsheet opens rightly."""

import csv
from difflib import get_close_matches
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
    if to.is_dir() or not to.parent.is_dir():
        raise InputError(
            str(to),
            "a folder" if to.is_dir() else f"no folder {to.parent}",
            "a file to write, in a folder that is there",
            "name a file in it" if to.is_dir() else "make the folder, or choose another",
        )
    part = to.with_name(f"{to.name}.part")
    try:
        with mart.connect() as con:
            names = [
                name for (name,) in con.sql("select table_name from duckdb_tables() order by 1").fetchall()
            ]
            if query.isidentifier() and query not in names:
                raise InputError(
                    query,
                    "no relation of that name",
                    ", ".join(get_close_matches(query, names, 5) or names),
                    "name one of these, or give a query in SQL",
                )
            found = con.table(query) if query.isidentifier() else con.sql(one_query(con, query))
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
            "look up columns with: la-mart export 'describe fct_benchmark' columns.csv, "
            "indicators with: la-mart indicators; names are in dim_local_authority, joined by la_code",
        ) from None
    finally:
        part.unlink(missing_ok=True)
    return n


def one_query(con: duckdb.DuckDBPyConnection, query: str) -> str:
    """The query if it does nothing but give rows; to DuckDB `from` and `describe` are a SELECT too.

    Raises InvalidInputException before anything runs: a read-only mart does not keep COPY from writing files.
    """
    # A PIVOT comes with a CREATE of its own, which has no text.
    asked = [it.type.name for it in con.extract_statements(query) if it.query or it.type.name != "CREATE"]
    if asked != ["SELECT"]:
        raise duckdb.InvalidInputException(f"not one query that gives rows: {', '.join(asked) or 'nothing'}")
    return query
