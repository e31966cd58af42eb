"""Whatever is wrong with the input: one clear message, exit code 1, the published mart untouched."""

import re
import shutil

import pytest
from dbt.cli.main import dbtRunner

from pipeline.cli import main
from pipeline.settings import SAMPLE
from tests.fixtures.fail import guards, reading, recipes

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
    code = main(["build"])
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
    """dbt with all models built before the first test: in a build the first guards to fail hide the others."""

    def __init__(self, callbacks):
        self.callbacks = callbacks

    def invoke(self, args):
        dbtRunner(callbacks=self.callbacks).invoke([*args, "--exclude-resource-type", "test"])
        return dbtRunner(callbacks=self.callbacks).invoke(["test", *args[1:]])


def test_what_a_guard_knows_stops_by_name(tmp_path, published, monkeypatch, capsys):
    raw = raw_folder(tmp_path, {case.file for case in guards.CASES})
    break_files(raw, guards.CASES)
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
