"""Each promise to the marts' readers is broken on purpose."""

import shutil

import duckdb
import pandas as pd
import pytest

from expectations.audit import Broken, audit
from expectations.frames import PROMISES
from pipeline.cli import main
from pipeline.settings import PROJECT
from tests.conftest import OFFICIAL

# Each round breaks several promises at once: the suite, words of the expectation, what breaks it.
ROUNDS = [
    [
        ("mart_la_year", "to_be_unique", "insert into mart_la_year from mart_la_year limit 1"),
        ("statuses", "be_in_set", "update fct_indicator set status = 'x' where value is null"),
        ("fct_indicator", "n_without_source", "update fct_indicator set source_file = null"),
        ("dim_indicator", "_pct$", "update dim_indicator set unit = 'percentage' where unit = 'FTE'"),
        ("fct_benchmark", "rank_beyond", "update fct_benchmark set rank = rank_n + 1"),
        ("fct_inspection", "overall_code", "update fct_inspection set overall_code = 5"),
    ],
    [
        ("mart_la_year", "match_regex", "update mart_la_year set la_code = '41' where la_code = '841'"),
        (
            "authorities by year", "most",
            "insert into mart_la_year from mart_la_year where year = 2018 limit 3",
        ),
        ("fct_indicator", "published_without", "update fct_indicator set value = null where year = 2018"),
        ("dim_indicator", "_gbp$", "update dim_indicator set unit = 'pounds' where unit = 'score'"),
        ("fct_benchmark", "crossed", "update fct_benchmark set upper_95 = lower_95 - 1"),
        ("England and the sum of its authorities", "allowed", "update fct_benchmark set value = 2 * value"),
    ],
    [
        ("mart_la_year", "in_set", "update mart_la_year set region_name = 'S' where la_code = '841'"),
        ("authorities by year", "fewest", "delete from mart_la_year where region_name = 'North East'"),
        (
            "fct_indicator", "without_published",
            "update fct_indicator set value = 0 where status = 'suppressed'",
        ),
        ("fct_benchmark", "above_ten", "update fct_benchmark set neighbours_2021_n = 11"),
        ("mart_la_year and fct_indicator", "n_wide", "update mart_la_year set looked_after_count = null"),
    ],
    [
        ("mart_la_year", "not_be_null", "update mart_la_year set la_name = null where la_code = '841'"),
        ("fct_indicator", "part_above_whole", "update fct_indicator set numerator = denominator + 1"),
        (
            "fct_indicator", "== percentage",
            "update fct_indicator set value = -1 where indicator_code like '%_pct'",
        ),
        (
            "fct_indicator", "== rate per 10,000",
            "update fct_indicator set value = 9999 where indicator_code like '%_per_10k'",
        ),
        (
            "fct_indicator", "== count",
            "update fct_indicator set value = -9 where indicator_code like '%_count'",
        ),
        ("fct_benchmark", "england", "update fct_benchmark set england_value = 101"),
        ("mart_la_year and fct_indicator", "difference", "update mart_la_year set looked_after_count = 1"),
    ],
    [("statuses", "min_to_be", "update fct_indicator set value = null, status = 'suppressed'")],
]  # fmt: skip
# The same for what the publishers' files have been like; the sample is made up.
BREAK_FILES = [
    (
        "coverage", "floor_pct",
        "update fct_indicator_edition set value = null where year = 2023 and edition = '2025'",
    ),
    (
        "shift against the edition before", "{'column_A': 'ceiling_pct",
        "update intermediate.int_indicator_edition set value = value + 10 where edition = '2025'",
    ),
    (
        "shift against the edition before", "england_ceiling",
        "update intermediate.int_indicator_edition set value = 2 * value "
        "where edition = '2025' and area_level = 'national'",
    ),
    (
        "symbols against the edition before", "changed_points",
        "update intermediate.int_cell set status = 'suppressed' "
        "where edition = '2025' and status = 'published'",
    ),
]  # fmt: skip


def is_broken(broken: list[Broken], suite: str, words: str) -> bool:
    return any(b.suite == suite and words in b.expectation for b in broken)


def broken_by(statement: str, work, folder) -> list[Broken]:
    copy = folder / "work.duckdb"
    shutil.copy(work, copy)
    with duckdb.connect(copy) as con:
        con.execute(statement)
    return audit(copy).broken


def test_the_sample_keeps_every_promise(sample_warehouse):
    found = audit(sample_warehouse / "work.duckdb")
    assert found.broken == []
    assert found.n_expectations > 30
    assert found.not_held == [p.suite().name for p in PROMISES if p.is_of_files]


@pytest.mark.parametrize("breaks", ROUNDS)
def test_a_broken_promise_is_told(breaks, sample_warehouse, tmp_path):
    statements = ";".join(statement for _, _, statement in breaks)
    broken = broken_by(statements, sample_warehouse / "work.duckdb", tmp_path)
    for suite, words, _ in breaks:
        assert is_broken(broken, suite, words), (suite, words)


def test_every_suite_is_broken_here():
    assert {p.suite().name for p in PROMISES} == {
        s for breaks in [*ROUNDS, BREAK_FILES] for s, _, _ in breaks
    }


@pytest.mark.real
def test_the_official_files_keep_every_promise(official_warehouse):
    assert OFFICIAL
    found = audit(official_warehouse / "work.duckdb")
    assert found.broken == []
    assert found.not_held == []


@pytest.mark.real
def test_what_the_files_have_been_like_is_held_against_a_new_one(official_warehouse, tmp_path):
    statements = ";".join(statement for _, _, statement in BREAK_FILES)
    broken = broken_by(statements, official_warehouse / "work.duckdb", tmp_path)
    for suite, words, _ in BREAK_FILES:
        assert is_broken(broken, suite, words), (suite, words)


@pytest.mark.parametrize("name", ["coverage_floors", "shift_exceptions", "symbol_exceptions"])
def test_every_exception_has_its_reason(name):
    frame = pd.read_csv(PROJECT / f"expectations/{name}.csv", dtype="str")
    assert frame["reason"].notna().all()
    assert not frame.duplicated().any()


def test_validate_prints_what_is_broken_and_writes_pages(sample_warehouse, tmp_path, monkeypatch, capsys):
    shutil.copy(sample_warehouse / "work.duckdb", tmp_path)
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    assert main(["validate"]) == 0
    assert "broken          0" in capsys.readouterr().out
    with duckdb.connect(tmp_path / "work.duckdb") as con:
        con.execute("update fct_inspection set overall_code = 5 where la_code = '841'")
    assert main(["validate"]) == 1
    out = capsys.readouterr().out
    assert "Broken promises" in out
    assert "inspection_id 841" in out
    assert "broken          1" in out
    pages = tmp_path / "validation/index.html"
    assert "fct_inspection" in pages.read_text("utf-8")


def test_pages_that_cannot_be_written_are_an_error(sample_warehouse, tmp_path, monkeypatch, caplog):
    """The library would log a stack trace for each and go on."""
    monkeypatch.setattr("expectations.audit.PROMISES", PROMISES[:1])
    (tmp_path / "validation").write_text("no folder can be made here")
    with pytest.raises(OSError, match="validation"):
        audit(sample_warehouse / "work.duckdb", tmp_path / "validation")
    assert "Traceback" not in caplog.text


def test_validate_without_a_build_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    assert main(["validate"]) == 1
    assert "make build" in capsys.readouterr().err


@pytest.mark.build
def test_a_broken_promise_stops_the_publishing(small_raw, small_work, monkeypatch, capsys):
    from expectations.audit import Audit

    found = Audit(1, [Broken("mart_la_year", "column_values_to_be_unique", 2, 9, ["la_code 841"])], [], None)
    monkeypatch.setenv("RAW_DIR", str(small_raw))
    monkeypatch.setenv("WAREHOUSE_DIR", str(small_work))
    # What is published, or not, is what stands there.
    monkeypatch.setattr("pipeline.build.run_dbt", lambda *args: [])
    monkeypatch.setattr("expectations.audit.audit", lambda database: found)
    assert main(["build"]) == 1
    said = capsys.readouterr().err
    assert "mart_la_year" in said
    assert "2 of 9 rows, such as la_code 841" in said
    assert not (small_work / "mart.duckdb").exists()
