"""Each promise to the marts' readers is broken on purpose."""

import shutil

import duckdb
import pytest

from expectations.audit import audit

# Words of the line that must come, and what breaks the promise.
BREAK = [
    (["compound_columns_to_be_unique"], "insert into mart_la_year from mart_la_year limit 1"),
    (["match_regex", "la_code"], "update mart_la_year set la_code = '41' where la_code = '841'"),
    (["contain_set"], "update mart_la_year set region_name = 'South' where region_name = 'South West'"),
    (["not_be_null", "la_name"], "update mart_la_year set la_name = null where la_code = '841'"),
    (["be_between", "authorities"], "delete from mart_la_year where region_name = 'North East'"),
    (["be_in_set", "status"], "update fct_indicator set status = 'x' where value is null"),
    (["not_be_null", "status =="], "update fct_indicator set value = null where year = 2018"),
    (["to_be_null", "status !="], "update fct_indicator set value = 0 where status = 'suppressed'"),
    (["be_between", "percentage"], "update fct_indicator set value = -1 where indicator_code like '%pct'"),
    (["be_between", "rate per"], "update fct_indicator set value = 9999 where indicator_code like '%10k'"),
    (["not_be_null", "mostly"], "update fct_indicator set value = null, status = 'suppressed'"),
    (["not_be_null", "source_file"], "update fct_indicator set source_file = null"),
]  # fmt: skip


def test_the_sample_keeps_every_promise(sample_warehouse):
    assert audit(sample_warehouse / "work.duckdb") == []


@pytest.mark.parametrize(("words", "statement"), BREAK, ids=["-".join(w) for w, _ in BREAK])
def test_a_broken_promise_is_told(words, statement, sample_warehouse, tmp_path):
    copy = tmp_path / "work.duckdb"
    shutil.copy(sample_warehouse / "work.duckdb", copy)
    with duckdb.connect(copy) as con:
        con.execute(statement)
    lines = audit(copy)
    assert any(all(word in line for word in words) for line in lines), lines


def test_a_broken_promise_stops_the_publishing(small_raw, tmp_path, monkeypatch, capsys):
    from pipeline.cli import main

    monkeypatch.setenv("RAW_DIR", str(small_raw))
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    monkeypatch.setattr("expectations.audit.audit", lambda database: ["mart_la_year: broken"])
    assert main(["build"]) == 1
    assert "mart_la_year: broken" in capsys.readouterr().err
    assert not (tmp_path / "mart.duckdb").exists()
