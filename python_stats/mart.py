"""Reading the published mart. The only module here that opens DuckDB; always read-only."""

import os
from pathlib import Path

import duckdb
import pandas as pd


class MartError(Exception):
    """The mart cannot answer: it is missing, or does not hold what was asked for."""


def mart_path() -> Path:
    """The published mart: `$WAREHOUSE_DIR/mart.duckdb`, by default `warehouse/mart.duckdb`."""
    project = Path(__file__).resolve().parent.parent
    return Path(os.environ.get("WAREHOUSE_DIR") or project / "warehouse") / "mart.duckdb"


def query(sql: str, parameters: list | dict | None = None) -> pd.DataFrame:
    """Run one query on the published mart.

    Raises MartError when no mart has been published, or it cannot be read.
    """
    with connect() as con:
        return con.execute(sql, parameters or []).df()


def connect() -> duckdb.DuckDBPyConnection:
    """The published mart, read-only. Raises MartError when there is none, or it cannot be read."""
    path = mart_path()
    if not path.exists():
        raise MartError(f"no published mart at {path}\n  do: make build, or set WAREHOUSE_DIR")
    try:
        return duckdb.connect(path, read_only=True)
    except duckdb.Error as error:
        raise MartError(
            f"{path} cannot be read: {str(error).splitlines()[0]}\n"
            "  do: la-mart rollback to let the build before take its place, or make build"
        ) from None


def indicator(code: str) -> pd.Series:
    """The row of `dim_indicator` for a code.

    Raises MartError for an unknown code, naming the nearest known ones.
    """
    found = query("from dim_indicator where indicator_code = ?", [code])
    if found.empty:
        near = query(
            "select indicator_code from dim_indicator "
            "order by jaro_winkler_similarity(indicator_code, ?) desc limit 3",
            [code],
        )
        raise MartError(
            f"no indicator {code!r}\n  nearest: {', '.join(near.indicator_code)}\n"
            "  do: look it up with la-mart indicators"
        )
    return found.iloc[0]


def indicator_year(code: str, year: int) -> pd.DataFrame:
    """One indicator in one year, all local authorities that existed; no joint returns.

    Returns a row per authority: la_code, la_name, region_name, value (float, NaN without a figure),
    status, edition, is_derived, joint_code (of the joint return the figure is of, else None). Raises
    MartError if the mart has no such year.
    """
    indicator(code)
    frame = query(
        "select la_code, la_name, region_name, value, status, edition, is_derived, joint_code "
        "from fct_indicator inner join dim_local_authority using (la_code) "
        "where indicator_code = ? and year = ? and la_type <> 'joint return' order by la_name, la_code",
        [code, year],
    )
    if frame.empty:
        years = query(
            "select distinct year from fct_indicator where indicator_code = ? order by year", [code]
        )
        have = ", ".join(map(str, years.year)) or "none"
        raise MartError(f"no {code} in {year}\n  years it has: {have}\n  do: choose one of these")
    return frame


def is_synthetic() -> bool:
    """Whether any file behind the mart is synthetic."""
    return bool(query("select bool_or(is_synthetic) as it from raw_file")["it"].iloc[0])
