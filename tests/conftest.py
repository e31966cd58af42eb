"""Marts the tests share: one from the sample, one from the official files if RAW_DIR names them."""

import csv
import fcntl
import gc
import json
import os
import re
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from dbt.cli.main import dbtRunner
from rich.console import Console
from rich.progress import Progress

import pipeline.build
from pipeline.build import build
from pipeline.made_up import World
from pipeline.sample import LAYOUTS, same_bytes
from pipeline.sample_spending import deprivation, ro3
from pipeline.settings import PROJECT, SAMPLE, SEEDS
from pipeline.sql import text

OFFICIAL = os.environ.get("RAW_DIR")
RO3_NEWEST = "RO3_LA_Data_2024-25_data_by_LA.xlsx"
# For tests of statistics. dbt, where a test has to build first, leaves sockets open.
NO_WARNINGS = ["error", "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"]


# The tests of `make test-fast`.
FAST = "not build"
# Who uses one of these fixtures waits for a build.
BUILDING = {"sample_warehouse", "finance_warehouse", "official_raw", "built_only", "documentation"}


def pytest_addoption(parser):
    """The option that runs the long simulations."""
    parser.addoption("--slow", action="store_true", help="also run the long simulations")


def pytest_collection_modifyitems(config, items):
    """Tests on the official files skip only where no RAW_DIR was given, long simulations without --slow.

    2026-11-21: the files are not part of the project, so a clone alone cannot run these tests; CI sets
    RAW_DIR, and there none of them skips for want of it.
    2026-11-28: the long simulations, and the report of the official files, take longer than CI may; CI runs
    shorter tests of their parts. Whoever changes a method runs them.
    """
    for item in items:
        if BUILDING & set(item.fixturenames):
            item.add_marker(pytest.mark.build)
    # First, as their mart takes longest to build: with several workers the others do the rest meanwhile.
    items.sort(key=lambda item: item.get_closest_marker("real") is None)
    if not OFFICIAL:
        for item in items:
            if item.get_closest_marker("real"):
                # 2026-11-21: a clone alone has no official files.
                item.add_marker(pytest.mark.skip(reason="set RAW_DIR to the folder of official files"))
    if not config.getoption("--slow"):
        for item in items:
            if item.get_closest_marker("slow"):
                # 2026-11-28: together longer than all of CI may take.
                item.add_marker(pytest.mark.skip(reason="a long simulation: run with --slow"))


@pytest.fixture(scope="session", autouse=True)
def project_parsed_once(request, tmp_path_factory):
    """dbt parses the project once for all builds of a worker: it is the same in each.

    What stays is no garbage to look through: builds, and every correction by statsmodels, collect it.
    """
    parsed = []
    gc.freeze()

    def runner(callbacks):
        if request.config.option.markexpr == FAST:
            pytest.fail("a test that builds by itself needs the mark build")
        if not parsed:
            folder = str(tmp_path_factory.mktemp("parsed"))
            args = ["parse", "--quiet", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
            parsed.append(dbtRunner().invoke([*args, "--target-path", folder, "--log-path", folder]).result)
            gc.freeze()
        return dbtRunner(callbacks=callbacks, manifest=parsed[0])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.build.dbtRunner", runner)
        yield


@pytest.fixture
def built_only(monkeypatch, sample_warehouse):
    """Builds of a test go no further than the models it is about, with the tests that need no others.

    The seeds are those of the sample's build.
    """

    def only(*models: str) -> None:
        runner = pipeline.build.dbtRunner

        class Selecting:
            def __init__(self, callbacks):
                self.inner = runner(callbacks=callbacks)

            def invoke(self, args):
                copy_seeds(sample_warehouse / "work.duckdb", Path(os.environ["WAREHOUSE_DIR"]))
                chosen = ["--select", *(f"+{model}" for model in models), "--exclude-resource-type", "seed"]
                return self.inner.invoke(
                    [*args, *chosen, "--indirect-selection", "buildable", "--no-write-json"]
                )

        monkeypatch.setattr("pipeline.build.dbtRunner", Selecting)

    return only


def copy_seeds(work: Path, warehouse: Path) -> None:
    """The tables of seeds of a working database, into that of another warehouse."""
    with duckdb.connect(warehouse / "work.duckdb") as con:
        con.execute(f"attach {text(work)} as built (read_only)")
        con.execute("create schema seeds")
        tables = con.execute(
            "select table_name from duckdb_tables() where database_name = 'built' and schema_name = 'seeds'"
        ).fetchall()
        for (table,) in tables:
            con.execute(f"create table seeds.{table} as from built.seeds.{table}")


@pytest.fixture
def work_of(built_only, monkeypatch, tmp_path):
    """Builds models of a folder of files, nothing that they do not need; gives a connection to them."""

    def built(raw: Path, *models: str) -> duckdb.DuckDBPyConnection:
        built_only(*models)
        monkeypatch.setenv("RAW_DIR", str(raw))
        monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
        pipeline.build.run_dbt(tmp_path, Progress(disable=True), None)
        return duckdb.connect(tmp_path / "work.duckdb", read_only=True)

    return built


def build_at(raw: Path, warehouse: Path) -> Path:
    """Build `raw` into `warehouse`, as `la-mart build` does, and return the mart's path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAW_DIR", str(raw))
        patch.setenv("WAREHOUSE_DIR", str(warehouse))
        # What the build says stays beside what it made.
        warehouse.mkdir(parents=True, exist_ok=True)
        with (warehouse / "said.txt").open("w", encoding="utf-8") as said, warnings.catch_warnings():
            warnings.simplefilter("default")
            return build(Console(file=said, width=160))


def once(name: str, made: str, make: Callable[[Path], object], tmp_path_factory) -> Path:
    """The folder that `make` fills, filled by the first worker that asks and shared by all: it is only read.
    `made` is in it at the end."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder = root / name
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / made).exists():
            make(folder)
    return folder


def built_once(raw: Path, name: str, tmp_path_factory) -> Path:
    """The warehouse of `raw`."""
    return once(name, "mart.duckdb", lambda warehouse: build_at(raw, warehouse), tmp_path_factory)


def seed(name: str) -> list[dict[str, str]]:
    """Rows of a seed, all text."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


@pytest.fixture(scope="session")
def sample_warehouse(tmp_path_factory) -> Path:
    """A warehouse built from the embedded sample: the one that `make build` has just made, if it is named."""
    if made := os.environ.get("SAMPLE_WAREHOUSE"):
        return Path(made).resolve()
    return built_once(SAMPLE, "sample", tmp_path_factory)


def two_releases(raw: Path, first: str) -> None:
    """RO3 of 2024-25 under `raw`, and beside it, in the folder `first`, with other made-up figures."""
    layouts = json.loads(LAYOUTS.read_text("utf-8"))["spending"]
    layout = next(one for one in layouts if one["file"] == RO3_NEWEST)
    shutil.copytree(SAMPLE / "section_251/ye2025", raw / "section_251/ye2025")
    (raw / "section_251" / first).mkdir()
    ro3(World(904), layout).save(raw / "section_251" / first / RO3_NEWEST)


def indices_of_2025(raw: Path) -> None:
    """File 11 of the Indices of 2025, made up: the layout of 2019 with the years of 2025."""
    layouts = json.loads(LAYOUTS.read_text("utf-8"))["spending"]
    layout = next(one for one in layouts if one["return_name"] == "iod" and one["edition"] == "2019")
    later = {
        **layout,
        "edition": "2025",
        "sheets": json.loads(json.dumps(layout["sheets"]).replace("2019", "2025")),
        "area_columns": [re.sub(r"\(\d{4}\)", "(2024)", c) for c in layout["area_columns"]],
    }
    name = "File_11_-_IoD2025_Local_Authority_District_Summaries__upper-tier__v2.xlsx"
    (raw / "iod/2025").mkdir(parents=True)
    (raw / "iod/2025" / name).write_bytes(same_bytes(deprivation(World(1), later)))


@pytest.fixture(scope="session")
def finance_warehouse(tmp_path_factory) -> Path:
    """A warehouse of RO3 of 2024-25 in two releases and the Indices of 2025: no children, no inspections."""

    def make(warehouse: Path) -> None:
        raw = warehouse / "raw"
        raw.mkdir(parents=True)
        two_releases(raw, "ye2025_first_release")
        indices_of_2025(raw)
        build_at(raw, warehouse)

    return once("finance", "mart.duckdb", make, tmp_path_factory)


@pytest.fixture(scope="session")
def official_raw() -> Path:
    """The folder of official files."""
    folder = Path(OFFICIAL).resolve()
    assert folder.is_dir(), f"RAW_DIR={OFFICIAL} is no folder"
    return folder


@pytest.fixture(scope="session")
def official_warehouse(official_raw, tmp_path_factory) -> Path:
    """A warehouse built from the official files."""
    return built_once(official_raw, "official", tmp_path_factory)


@pytest.fixture(scope="session")
def official_mart(official_warehouse):
    """Connection to the mart of the official files."""
    with duckdb.connect(official_warehouse / "mart.duckdb", read_only=True) as con:
        yield con


@pytest.fixture(scope="session")
def official_work(official_warehouse):
    """Connection to the working database of the official files."""
    with duckdb.connect(official_warehouse / "work.duckdb", read_only=True) as con:
        yield con


@pytest.fixture
def small_raw(tmp_path) -> Path:
    """A folder with three files of the sample: one wide, one long, one workbook."""
    raw = tmp_path / "raw"
    for name in (
        "2018/OC22018.csv",
        "2025/cla_number_and_rate_per_10k_children.csv",
        "2015/SFR34_2015_Local_Authority_Tables.xlsx",
    ):
        target = raw / "ssda903" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLE / "ssda903" / name, target)
    return raw


@pytest.fixture
def small_work(tmp_path):
    """A warehouse whose working database has next to nothing in it: a publish takes milliseconds."""
    with duckdb.connect(tmp_path / "work.duckdb") as con:
        con.execute("create schema raw")
        con.execute(
            "create table raw.raw_file as select 'ssda903/2025/a.csv' as path, 'ab' as sha256, 3 as bytes, "
            "true as is_synthetic, 'stability' as family "
            "union all select 'README.md', 'cd', 4, true, ''"  # found, and ignored
        )
        con.execute('create table "fct it\'s" as select range as n, \'x\' as "odd name" from range(1000)')
        con.execute("create table dim_small as select 1 as n")
        con.execute('create macro above(least) as table (from "fct it\'s" where n > least)')
    return tmp_path
