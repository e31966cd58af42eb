"""The working database, read: rows as plain values, one under another."""

from collections import defaultdict
from datetime import date
from pathlib import Path

import duckdb

from pipeline.errors import InputError
from pipeline.settings import warehouse_dir


def connect() -> duckdb.DuckDBPyConnection:
    """The working database, read-only. Raises InputError if it was never built or is being built."""
    work = warehouse_dir() / "work.duckdb"
    if not work.exists():
        raise InputError(
            str(work),
            "no working database",
            "the database that a build leaves beside the mart",
            "run make build, or set WAREHOUSE_DIR",
        )
    try:
        return duckdb.connect(work, read_only=True)
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise
        raise InputError(
            str(work),
            "a working database that another process writes to",
            "no build at the same time",
            "wait until the build has ended",
        ) from None


def sql(name: str) -> str:
    """The query of a file in this folder."""
    return (Path(__file__).parent / f"{name}.sql").read_text("utf-8")


def rows(con: duckdb.DuckDBPyConnection, query: str, parameters: object = None) -> list[dict]:
    """The answer to a query, of what JSON has: None for what is missing, days in ISO form."""
    answer = con.execute(query, parameters)
    names = [column[0] for column in answer.description]
    return [
        {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in zip(names, row, strict=True)
        }
        for row in answer.fetchall()
    ]


def put_under(parents: list[dict], children: list[dict], name: str, key: tuple[str, ...]) -> None:
    """Give each of `parents` the list `name` of its children, which lose the key that both have."""
    under = defaultdict(list)
    for child in children:
        under[tuple(child.pop(part) for part in key)].append(child)
    for parent in parents:
        parent[name] = under[tuple(parent[part] for part in key)]
