"""Run the suites on the working database. A build is published only if nothing here fails."""

import logging
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

import great_expectations as gx

from expectations.frames import PROMISES, Promise

ROWS_SHOWN = 3
SITE = "validation"


@dataclass(frozen=True)
class Broken:
    """A broken promise: what was expected, how many rows break it, the first of them."""

    suite: str
    expectation: str
    n_rows: int
    of_rows: int
    rows: list[str]


@dataclass(frozen=True)
class Audit:
    """How many expectations were held, which are broken, which suites were left out, where the pages are."""

    n_expectations: int
    broken: list[Broken]
    not_held: list[str]
    pages: Path | None


def audit(
    database: Path,
    site: Path | None = None,
    progress: Callable[[Sequence[Promise]], Iterable[Promise]] = iter,
) -> Audit:
    """Hold every mart of a working database against its suite.

    With `site`, a folder, the library's pages of the results (data docs) are written there. Suites that tell
    how the publishers' files have been are not held against made-up ones.
    """
    logging.disable(logging.INFO)  # the library tells of every folder it makes
    try:
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False}
        source = context.data_sources.add_pandas("marts")
        broken, not_held, count = [], [], 0
        with duckdb.connect(database, read_only=True) as con:
            is_synthetic = con.sql("select coalesce(bool_or(is_synthetic), false) from raw_file").fetchone()[
                0
            ]
            for promise in progress(PROMISES):
                suite = context.suites.add(promise.suite())
                if promise.is_of_files and is_synthetic:
                    not_held.append(suite.name)
                    continue
                frame = promise.frame(con)
                count += len(suite.expectations)
                broken += validate(context, source, suite, promise, frame)
        pages = None
        if site:
            # By way of another folder: the library swallows what the disk says when it cannot write.
            with TemporaryDirectory() as folder:
                context.add_data_docs_site(SITE, site_config(Path(folder)))
                context.build_data_docs(site_names=[SITE])
                shutil.copytree(folder, site, dirs_exist_ok=True)
            pages = site / "index.html"
        return Audit(count, broken, not_held, pages)
    finally:
        logging.disable(logging.NOTSET)


def validate(
    context, source, suite: gx.ExpectationSuite, promise: Promise, frame: pd.DataFrame
) -> list[Broken]:
    """The expectations of a suite that a frame breaks."""
    batch = source.add_dataframe_asset(suite.name).add_batch_definition_whole_dataframe("all")
    definition = gx.ValidationDefinition(name=suite.name, data=batch, suite=suite)
    result = context.validation_definitions.add(definition).run(
        batch_parameters={"dataframe": frame},
        result_format={
            "result_format": "SUMMARY",
            "partial_unexpected_count": ROWS_SHOWN,
            "unexpected_index_column_names": promise.keys,
        },
    )
    return [describe(suite.name, r, len(frame), promise.keys) for r in result.results if not r.success]


def describe(suite: str, result, of_rows: int, keys: list[str]) -> Broken:
    """One broken promise in words."""
    config = result.expectation_config
    settings = {k: v for k, v in config.kwargs.items() if k != "batch_id" and v is not None}
    condition = settings.pop("row_condition", None)
    where = (
        f" where {condition['column']['name']} {condition['operator']} {condition['parameter']}"
        if condition
        else ""
    )
    rows = result.result.get("partial_unexpected_index_list") or []
    shown = [", ".join(f"{k} {v}" for k, v in row.items()) for row in rows] or [
        str(value) for value in result.result.get("partial_unexpected_list", [])
    ]
    raised = result.exception_info.get("exception_message")
    return Broken(
        suite=suite,
        expectation=f"{config.type.removeprefix('expect_')} {settings}{where}",
        n_rows=result.result.get("unexpected_count") or 0,
        of_rows=of_rows,
        rows=[*([raised] if raised else []), *shown[:ROWS_SHOWN]],
    )


def site_config(site: Path) -> dict:
    """Where the library writes its pages."""
    return {
        "class_name": "SiteBuilder",
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(site)},
    }
