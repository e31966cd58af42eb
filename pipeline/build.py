"""The main job: raw files -> dbt build -> published mart, with one summary or one clear error."""

import errno
import gc
import json
import logging
import os
import shutil
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from rich.console import Console
from rich.progress import Progress

from pipeline import catalogue, check
from pipeline.errors import BuildError, Failure
from pipeline.publish import only_one, publish
from pipeline.settings import PROJECT, package_version, raw_dir, warehouse_dir
from pipeline.terminal import print_json, progress_bar, track

# A guard that fails on a wrong file can fail on each of its rows: the first few say enough.
ROWS_SHOWN = 5
# Counts of a return that is divided by the population released with it, without that population.
WITHOUT_POPULATION = """
    with divided as (
        select numerator.component
        from intermediate.int_formula_term as numerator
        inner join intermediate.int_formula_term as denominator using (indicator_code, priority)
        where numerator.part = 'numerator' and denominator.part = 'denominator'
        and denominator.component = 'population_0_17_count'
    )
    select return_name || '/' || edition as name
    from intermediate.int_component
    where return_name in (select return_name from seeds.rate_populations)
    and (return_name, edition) not in (select (return_name, edition) from seeds.rate_populations)
    group by return_name, edition
    having count(*) filter (component in (from divided)) > 0
    and count(*) filter (component = 'population_0_17_count') = 0
    order by name
"""


def build(
    console: Console, as_of: date | None = None, without_missing: bool = False, as_json: bool = False
) -> Path:
    """Build the mart from RAW_DIR and publish it; return the path of the published file.

    The marts hold what was known on `as_of`; without it, today. Files that the last build read may be
    missing only if `without_missing` says so.

    Raises InputError or BuildError; then the mart published before is untouched.
    """
    warehouse = warehouse_dir().resolve()
    os.environ["WAREHOUSE_DIR"] = str(warehouse)
    os.environ["RAW_DIR"] = str(raw_dir().resolve())
    with only_one(warehouse), progress_bar(console) as progress:
        discard_if_broken(warehouse / "work.duckdb")
        files = catalogue.scan(raw_dir())
        catalogue.read_grids(
            raw_dir(),
            files,
            warehouse / "cache",
            lambda todo: track(progress, todo, "read files"),
        )
        report, not_compared = check.before_dbt(files, warehouse, without_missing)
        warnings = run_dbt(warehouse, progress, as_of)
        progress.add_task("audit, publish", total=None, done="")
        # The marts are copied while the audit reads them; nobody sees the copy before it has passed.
        with ThreadPoolExecutor(1) as pool:
            mart = publish(warehouse, as_of, audited=pool.submit(run_audit, warehouse).result)
    made = summary(files, mart, warnings, as_of)
    if as_json:
        print_json(
            made
            | {
                "changes": check.plain(report.changes),
                "headers": report.headers,
                "not_compared": not_compared or None,
            }
        )
        return mart
    print_summary(console, made, as_of)
    lines = [f"  not known: {not_compared}"] if not_compared else check.change_lines(report.changes)
    if lines:
        said = "\n".join(["since the last build", *lines, *report.headers])
        console.print(said, highlight=False, markup=False, soft_wrap=True)
    return mart


def discard_if_broken(work: Path) -> None:
    """Delete a working database that a killed process left unreadable: everything in it is built anew."""
    try:
        if work.exists():
            duckdb.connect(work).close()
    except duckdb.Error as error:
        if "lock" in str(error):  # somebody reads it: it is whole
            return
        for path in work.parent.glob(f"{work.name}*"):
            path.unlink() if path.is_file() else shutil.rmtree(path)


def run_dbt(warehouse: Path, progress: Progress, as_of: date | None) -> list[str]:
    """`dbt build` in this process; return its warnings, raise BuildError if anything failed."""
    args = [
        "build",
        # Rules on made-up rows say nothing about the files: `make test` runs them.
        "--exclude-resource-type",
        "unit_test",
        "--log-level",
        "none",
        "--log-level-file",
        "info",
        "--project-dir",
        str(PROJECT),
        "--profiles-dir",
        str(PROJECT),
        "--target-path",
        str(warehouse / "target"),
        "--log-path",
        str(warehouse / "logs"),
    ]
    if as_of:
        args += ["--vars", json.dumps({"as_of": as_of.isoformat()})]
    interrupted = []

    def on_interrupt(number, frame) -> None:
        interrupted.append(number)
        signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGINT, on_interrupt)
    # On a full disk the build fails by itself: a line of the log that cannot be written is no stack trace.
    logging.raiseExceptions = False
    try:
        outcome = dbtRunner(callbacks=[nodes_told(progress, seconds_before(warehouse))]).invoke(args)
    finally:
        signal.signal(signal.SIGINT, before)
        logging.raiseExceptions = True
    DuckDBConnectionManager.close_all_connections()
    gc.collect()
    if interrupted:  # dbt turns it into errors of its own
        raise KeyboardInterrupt
    if isinstance(outcome.exception, OSError):
        raise outcome.exception
    if outcome.exception is not None:
        raise BuildError([Failure("dbt", str(outcome.exception), [], 0)])
    failed = [r for r in outcome.result if r.status in ("error", "fail", "runtime error")]
    if any(os.strerror(errno.ENOSPC) in (r.message or "") for r in failed):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(warehouse))
    if failed:
        with duckdb.connect(warehouse / "work.duckdb", read_only=True) as con:
            raise BuildError([failure(con, r) for r in failed])
    return [f"{r.node.name}: {r.message}" for r in outcome.result if r.status == "warn"]


def nodes_told(progress: Progress, before: dict[str, float]) -> Callable:
    """What tells a bar of dbt's nodes; of the same nodes as before, they count by the seconds they took."""
    task = progress.add_task("build models", total=None, done="")
    n, finished = 0, 0

    def on_event(event) -> None:
        nonlocal n, finished
        if event.info.name == "LogStartLine" and not n:
            n = event.data.total
            progress.update(task, total=sum(before.values()) if len(before) == n else n)
        elif event.info.name == "NodeFinished":
            finished += 1
            counts = before.get(event.data.node_info.unique_id, 0) if len(before) == n else 1
            progress.update(task, advance=counts, done=f"{finished}/{n}")

    return on_event


def seconds_before(warehouse: Path) -> dict[str, float]:
    """Seconds of each node in the last build; nothing where it did not get through."""
    try:
        results = json.loads((warehouse / "target" / "run_results.json").read_text("utf-8"))["results"]
        if not any(r["status"] in ("error", "fail", "runtime error", "skipped") for r in results):
            return {r["unique_id"]: r["execution_time"] for r in results}
    except (OSError, ValueError, KeyError, TypeError):
        pass  # no build before, or one that was killed while it wrote
    return {}


def run_audit(warehouse: Path) -> None:
    """The promises to the marts' readers; raise BuildError if one is broken."""
    from expectations.audit import audit  # its import takes seconds: not for a build that failed before

    broken = audit(warehouse / "work.duckdb").broken
    if broken:
        raise BuildError(
            [
                Failure(
                    f"expectations: {b.suite}",
                    f"{b.expectation}: {b.n_rows} of {b.of_rows} rows, such as {'; '.join(b.rows)}",
                    [],
                    0,
                )
                for b in broken
            ]
        )


def failure(con: duckdb.DuckDBPyConnection, result) -> Failure:
    """What a failed node says; of a test, the first rows that failed it."""
    if result.status != "fail" or not result.node.relation_name:
        return Failure(result.node.name, result.message or "failed", [], 0)
    # A view, which `table` does not find.
    rows = con.sql(f"from {result.node.relation_name.split('.', 1)[1]}")
    frame = rows.limit(ROWS_SHOWN).df().astype(str)
    count = rows.count("*").fetchone()[0]
    return Failure(result.node.name, result.message, frame.to_dict("records"), count)


def summary(files, mart: Path, warnings: list[str], as_of: date | None) -> dict:
    """What the build read and made, as plain values."""
    counts = catalogue.summary(files)
    with duckdb.connect(mart.parent / "work.duckdb", read_only=True) as con:
        cells = con.sql("select count(*) from intermediate.int_cell").fetchone()[0]
        without_population = con.sql(WITHOUT_POPULATION).fetchall()
    with duckdb.connect(mart, read_only=True) as con:
        indicators, la_years, first, last = con.sql(
            "select (select count(*) from dim_indicator), count(*), min(year), max(year) from mart_la_year"
        ).fetchone()
        undated = con.sql(
            "select distinct return_name || '/' || edition from dim_edition "
            "where published_on is null and return_name <> 'geography' order by 1"
        ).fetchall()
    return {
        "version": package_version(),
        "as_of": (as_of or date.today()).isoformat(),
        "is_synthetic": any(f.is_synthetic for f in files),
        "files_read": counts["read"],
        "files_ignored": counts["ignored"],
        "cells": cells,
        "indicators": indicators,
        "la_years": la_years,
        "first_year": first,
        "last_year": last,
        "warnings": warnings,
        "undated_editions": [name for (name,) in undated],
        "editions_without_population": [name for (name,) in without_population],
        "mart": str(mart),
    }


def print_summary(console: Console, made: dict, as_of: date | None) -> None:
    """The same for people."""
    lines = [
        ("files read", f"{made['files_read']:,}"),
        ("files ignored", f"{made['files_ignored']:,}  (reasons in relation raw_file)"),
        ("cells", f"{made['cells']:,}"),
        ("indicators", f"{made['indicators']:,}"),
        ("LA-years", f"{made['la_years']:,}  ({made['first_year']} to {made['last_year']})"),
        ("warnings", f"{len(made['warnings']):,}"),
        ("mart", made["mart"]),
    ]
    if as_of:
        lines.insert(0, ("as of", made["as_of"]))
    for name, value in lines:
        console.print(f"{name:<16}{value}", highlight=False, soft_wrap=True)
    if made["undated_editions"]:
        console.print(
            f"no publication date, so taken as known from today: {', '.join(made['undated_editions'])}"
            " (add rows to seeds/layouts/publication_dates.csv)",
            highlight=False,
            soft_wrap=True,
        )
    if made["editions_without_population"]:
        console.print(
            "no population, so no rates per 10,000 or none with counts and limits: "
            f"{', '.join(made['editions_without_population'])} (add the release's population file, such as "
            "population/cin_2025 of cin/2025, or rows to seeds/layouts/rate_populations.csv)",
            highlight=False,
            soft_wrap=True,
        )
    for warning in made["warnings"]:
        console.print(f"  {warning}", highlight=False)
    if made["is_synthetic"]:
        console.print(
            "SYNTHETIC DATA: made-up figures in the publishers' layouts; no number here is real.",
            style="bold",
            highlight=False,
            soft_wrap=True,
        )
