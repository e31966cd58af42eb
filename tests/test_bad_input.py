"""Whatever is wrong with the input: one clear message, exit code 1, the published mart untouched."""

import os
import re
import shutil
import subprocess
import sys

import duckdb
import pytest
from dbt.cli.main import dbtRunner

from pipeline.check import Report
from pipeline.cli import main
from pipeline.seeds import read_seed
from pipeline.settings import PROJECT, SAMPLE
from tests.fixtures.fail import carried, guards, reading, recipes

PUBLISHED = b"the mart of before"


@pytest.fixture
def published(tmp_path):
    """A warehouse with a published mart that a failing build must leave alone."""
    warehouse = tmp_path / "warehouse"
    warehouse.mkdir()
    (warehouse / "mart.duckdb").write_bytes(PUBLISHED)
    return warehouse


def raw_folder(tmp_path, files):
    """A folder with these files of the sample."""
    raw = tmp_path / "raw"
    for file in files:
        (raw / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLE / file, raw / file)
    return raw


def run_build(monkeypatch, capsys, raw, warehouse):
    monkeypatch.setenv("RAW_DIR", str(raw))
    monkeypatch.setenv("WAREHOUSE_DIR", str(warehouse))
    # The folder of three files is no whole collection beside the mart of the sample.
    code = main(["build", "--without-missing"])
    out = capsys.readouterr()
    return code, out.out, out.err


@pytest.mark.parametrize("case", reading.CASES, ids=lambda case: case.name)
def test_what_cannot_be_read_stops_by_name(case, tmp_path, published, monkeypatch, capsys):
    raw = raw_folder(tmp_path, [case.file])
    case.damage(raw / case.file)
    code, out, err = run_build(monkeypatch, capsys, raw, published)
    assert code == 1
    for text in [*case.words, "found:", "expected:", "do:", "Nothing was published"]:
        assert text in err
    assert "Traceback" not in out + err
    assert (published / "mart.duckdb").read_bytes() == PUBLISHED
    assert not (published / "work.duckdb").exists()


def break_files(raw, cases):
    """Apply the cases of one build, file by file."""
    by_file = {}
    for case in cases:
        by_file.setdefault(case.file, []).append(case.damage)
    for file, changes in by_file.items():
        edit = recipes.edit_book if file.endswith(".xlsx") else recipes.edit_rows
        edit(raw / file, changes)
    # So that exceptions listed for official figures are not asked for.
    shutil.copy(SAMPLE / "SYNTHETIC.csv", raw)


class EveryModelThenEveryTest:
    """dbt with all models built before the first test: in a build the first guard to fail hides others."""

    def __init__(self, callbacks):
        self.callbacks = callbacks

    def invoke(self, args):
        args = [*args, "--exclude", "tag:benchmarks"]
        dbtRunner(callbacks=self.callbacks).invoke([*args, "--exclude-resource-type", "test"])
        return dbtRunner(callbacks=self.callbacks).invoke(["test", *args[1:]])


@pytest.mark.build
def test_what_a_guard_knows_stops_by_name(tmp_path, published, monkeypatch, capsys):
    raw = raw_folder(tmp_path, {case.file for case in guards.CASES})
    break_files(raw, guards.CASES)
    # What la-mart check knows too stops there: here the guards behind it.
    monkeypatch.setattr("pipeline.check.before_dbt", lambda *args: (Report("", True, [], [], []), ""))
    monkeypatch.setattr("pipeline.build.dbtRunner", EveryModelThenEveryTest)
    monkeypatch.setattr("pipeline.build.ROWS_SHOWN", 10_000)
    code, out, err = run_build(monkeypatch, capsys, raw, published)
    assert code == 1
    blocks = [b for b in re.split(r"\n(?=\S)", err) if "found:" in b and "expected:" in b and "do:" in b]
    missed = {
        case.name: case.words
        for case in guards.CASES
        if not any(all(word in block for word in case.words) for block in blocks)
    }
    assert missed == {}
    assert err.endswith("Nothing was published.\n") and "Traceback" not in out + err
    assert (published / "mart.duckdb").read_bytes() == PUBLISHED


def figures(mart):
    """What a mart has straight from the files: nothing computed with other files."""
    with duckdb.connect(mart, read_only=True) as con:
        return con.sql(
            "select split_part(source_file, '/', -1) as file, edition_year, la_code, year, indicator_code, "
            "value, status from fct_indicator_edition "
            "where not is_derived and not is_carried and source_file is not null order by all"
        ).fetchall()


def test_what_changes_nothing_is_carried(sample_warehouse, tmp_path, monkeypatch, capsys):
    raw = raw_folder(tmp_path / 'it\'s; a "raw" folder', {case.file for case in carried.CASES})
    for case in carried.CASES:
        case.damage(raw / case.file)
    shutil.copy(SAMPLE / "SYNTHETIC.csv", raw)
    warehouse = tmp_path / 'it\'s; a "warehouse"' / ".." / "it's; another"
    (tmp_path / 'it\'s; a "warehouse"').mkdir()
    code, out, err = run_build(monkeypatch, capsys, raw / ".." / "raw", warehouse)
    assert (code, err) == (0, "")
    assert "SYNTHETIC" in out
    files = {case.file.split("/")[-1] for case in carried.CASES}
    expected = [row for row in figures(sample_warehouse / "mart.duckdb") if row[0] in files]
    assert len(expected) > 1000
    assert figures(warehouse / "mart.duckdb") == expected
    with duckdb.connect(warehouse / "mart.duckdb", read_only=True) as con:
        assert con.sql("select count(*) from dim_statistical_neighbour").fetchone() == (1530,)


@pytest.mark.parametrize("kind", ["missing", "empty", "only hidden files"])
def test_no_raw_files_stop_the_build(kind, tmp_path, published, monkeypatch, capsys):
    raw = tmp_path / "raw"
    if kind != "missing":
        raw.mkdir()
    if kind == "only hidden files":
        (raw / ".DS_Store").write_bytes(b"x")
    code, out, err = run_build(monkeypatch, capsys, raw, published)
    assert code == 1
    assert "RAW_DIR" in err and "do:" in err and "Traceback" not in out + err


@pytest.mark.build
def test_plain_dbt_build_says_the_same(tmp_path):
    """Without la-mart: the message of the catalogue reaches dbt's user, and the exit is not 0."""
    raw = raw_folder(tmp_path, [reading.WIDE])
    (raw / reading.WIDE).write_bytes(b"")
    env = {**os.environ, "RAW_DIR": str(raw), "WAREHOUSE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "dbt.cli.main", "build", "--log-path", str(tmp_path)]
    run = subprocess.run(
        [*command, "--target-path", str(tmp_path / "target")],
        env=env,
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert run.returncode != 0
    assert "no content" in run.stdout and reading.WIDE in run.stdout
    assert "Traceback" not in run.stdout + run.stderr


def test_every_return_has_broken_inputs():
    cases = [*reading.CASES, *guards.CASES, *carried.CASES]
    assert len({case.name for case in cases}) == len(cases) > 100
    assert {case.file.split("/")[0] for case in cases} == {
        family["return_name"] for family in read_seed("file_families")
    }
