"""Run the suites on the working database. A build is published only if nothing here fails."""

import logging
import os
from pathlib import Path

import duckdb
import pandas as pd

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import great_expectations as gx

from expectations import suites

FRAMES = {
    suites.mart_la_year: "select la_code, la_name, region_name, year from mart_la_year",
    suites.la_years: "select year, count(*) as authorities from mart_la_year group by year",
    suites.fct_indicator: (
        "select fact.value, fact.status, fact.source_file, dim_indicator.unit from fct_indicator as fact "
        "inner join dim_indicator using (indicator_code)"
    ),
}
ROWS_SHOWN = 3


def audit(database: Path) -> list[str]:
    """Check every mart of a working database against its suite.

    Returns one line per broken promise: the mart, the expectation, how many rows, the first of them.
    """
    with duckdb.connect(database, read_only=True) as con:
        frames = {suite: con.sql(sql).df() for suite, sql in FRAMES.items()}
    logging.disable(logging.INFO)  # the library tells of every folder it makes
    try:
        return [line for suite, frame in frames.items() for line in broken(suite(), frame)]
    finally:
        logging.disable(logging.NOTSET)


def broken(suite: gx.ExpectationSuite, frame: pd.DataFrame) -> list[str]:
    """The expectations of a suite that a frame breaks, one line each."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("frames").add_dataframe_asset(suite.name)
    batch = source.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    result = batch.validate(suite, result_format={"result_format": "BASIC", "partial_unexpected_count": 3})
    return [describe(suite.name, r, frame) for r in result.results if not r.success]


def describe(mart: str, result, frame: pd.DataFrame) -> str:
    """One broken promise in words."""
    config = result.expectation_config
    settings = {k: v for k, v in config.kwargs.items() if k != "batch_id" and v is not None}
    condition = settings.pop("row_condition", None)
    where = (
        f" where {condition['column']['name']} {condition['operator']} {condition['parameter']}"
        if condition
        else ""
    )
    count = result.result.get("unexpected_count", "some")
    first = result.result.get("partial_unexpected_list", [])[:ROWS_SHOWN]
    raised = result.exception_info.get("exception_message") or ""
    return (
        f"{mart}: {config.type} {settings}{where}: {count} of {len(frame)} rows, such as {first} {raised}"
    ).strip()
