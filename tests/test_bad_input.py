"""Whatever is wrong with the input: one clear message, exit code 1, the published mart untouched."""

import shutil

import pytest

from pipeline.cli import main
from pipeline.settings import SAMPLE
from tests.fixtures.fail import reading

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
