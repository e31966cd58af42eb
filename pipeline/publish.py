"""The published mart: a file of its own, replaced whole, so that no reader sees half of it."""

import os
from pathlib import Path

import duckdb

from pipeline.comments import comment

MART = "mart.duckdb"


def publish(warehouse: Path) -> Path:
    """Copy the marts (tables and table macros of schema `main`) beside, then rename over the old file."""
    mart = warehouse / MART
    part = warehouse / f"{MART}.part"
    part.unlink(missing_ok=True)
    source = str(warehouse / "work.duckdb").replace("'", "''")
    with duckdb.connect(part) as con:
        con.execute(f"attach '{source}' as work (read_only)")
        tables = con.execute(
            "select table_name from duckdb_tables() "
            "where database_name = 'work' and schema_name = 'main' order by table_name"
        ).fetchall()
        for (table,) in tables:
            con.execute(f'create table "{table}" as from work.main."{table}"')
        macros = con.execute(
            "select function_name, string_agg("
            "format('({}) as table ({})', array_to_string(parameters, ', '), macro_definition), ', ') "
            "from duckdb_functions() where database_name = 'work' and schema_name = 'main' "
            "and function_type = 'table_macro' and not internal group by function_name"
        ).fetchall()
        for macro, definitions in macros:
            con.execute(f'create macro "{macro}" {definitions}')
        con.execute("detach work")
        comment(con)
    part.chmod(0o444)
    with part.open("rb") as f:
        os.fsync(f.fileno())
    part.replace(mart)
    return mart
