"""Descriptions in the published file itself: what a tool shows beside a table, a column or a macro."""

from functools import cache

import duckdb
import yaml

from pipeline.settings import PROJECT
from pipeline.sql import name, text


@cache
def descriptions() -> dict[str, tuple[str, dict[str, str]]]:
    """Of every mart its description and those of its columns, as the YAML beside the models has them."""
    found = {}
    for file in sorted((PROJECT / "models" / "marts").glob("*.yml")):
        for model in yaml.load(file.read_text("utf-8"), yaml.CSafeLoader).get("models", []):
            columns = {c["name"]: c.get("description", "").strip() for c in model.get("columns", [])}
            found[model["name"]] = (model.get("description", "").strip(), columns)
    return found


def macro_descriptions() -> dict[str, str]:
    """Of every table macro of the mart its description."""
    file = PROJECT / "dbt_project" / "macros" / "_macros.yml"
    macros = yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)["macros"]
    return {macro["name"]: macro["description"].strip() for macro in macros}


def comment(con: duckdb.DuckDBPyConnection, more: dict[str, tuple[str, dict[str, str]]]) -> None:
    """Write the descriptions, and those of tables that are no models, as comments into the database."""
    there = con.execute(
        "select table_name, list(column_name) from duckdb_columns() "
        "where database_name = current_database() and not internal group by table_name"
    ).fetchall()
    macros = con.execute(
        "select distinct function_name from duckdb_functions() "
        "where database_name = current_database() and function_type = 'table_macro' and not internal"
    ).fetchall()
    known, known_macros = descriptions() | more, macro_descriptions()
    # In one transaction: one by one each comment on a table of 900 columns writes all of them.
    con.execute("begin")
    for table, columns in there:
        of_table, of_columns = known.get(table, ("", {}))
        con.execute(f"comment on table {name(table)} is {said(of_table)}")
        for column in columns:
            con.execute(
                f"comment on column {name(table)}.{name(column)} is {said(of_columns.get(column, ''))}"
            )
    for (macro,) in macros:
        con.execute(f"comment on macro table {name(macro)} is {said(known_macros.get(macro, ''))}")
    con.execute("commit")


def said(words: str) -> str:
    """A comment as SQL writes it; null of an empty one."""
    return text(words) if words else "null"
