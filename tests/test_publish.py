"""The published mart is there whole, or as it was."""

import fcntl
import os
import subprocess
import sys

import duckdb
import pytest

from pipeline.cli import main
from pipeline.publish import publish
from pipeline.settings import PROJECT


def test_only_the_marts_are_published(sample_warehouse):
    with duckdb.connect(sample_warehouse / "mart.duckdb", read_only=True) as mart:
        tables = {
            (s, t) for s, t in mart.sql("select schema_name, table_name from duckdb_tables()").fetchall()
        }
    assert tables == {
        ("main", t) for t in (
            "dim_district", "dim_edition", "dim_indicator", "dim_local_authority", "dim_rural_urban",
            "dim_statistical_neighbour", "dim_succession", "dim_year", "fct_benchmark", "fct_indicator",
            "fct_indicator_current", "fct_indicator_edition", "fct_revision", "fct_revision_summary",
            "fct_inspection", "fct_spending_reconciliation", "mart_la_year", "raw_file",
        )
    }  # fmt: skip


def test_column_names_and_types_are_those_readers_rely_on(sample_warehouse):
    fact = [
        ("la_code", "VARCHAR"), ("year", "INTEGER"), ("indicator_code", "VARCHAR"), ("edition", "VARCHAR"),
        ("edition_year", "INTEGER"), ("known_on", "DATE"), ("value", "DOUBLE"), ("status", "VARCHAR"),
        ("numerator", "DOUBLE"),
        ("denominator", "DOUBLE"), ("is_derived", "BOOLEAN"), ("joint_code", "VARCHAR"),
        ("is_carried", "BOOLEAN"), ("source_file", "VARCHAR"),
    ]  # fmt: skip
    with duckdb.connect(sample_warehouse / "mart.duckdb", read_only=True) as mart:

        def columns(table):
            return [(c[0], c[1]) for c in mart.sql(f"describe {table}").fetchall()]

        assert columns("fct_indicator") == columns("fct_indicator_edition") == fact
        assert columns("mart_la_year")[:4] == [
            ("la_code", "VARCHAR"), ("la_name", "VARCHAR"), ("region_name", "VARCHAR"), ("year", "INTEGER"),
        ]  # fmt: skip
        assert [c for c, _ in columns("dim_indicator")] == [
            "indicator_code", "label", "definition", "unit", "decimals", "polarity", "theme", "kind",
            "source_returns", "components", "aggregation", "multiplier", "authorities_offset",
            "la_valle_no", "ofsted45_no", "lait_code", "lait_has_bands", "limits", "breaks", "break_years",
        ]  # fmt: skip
        assert {"return_name", "edition", "path", "sha256", "bytes", "header_fingerprint", "rows"} <= {
            c for c, _ in columns("raw_file")
        }


def test_a_reader_keeps_its_version_while_another_is_published(sample_warehouse, tmp_path):
    (tmp_path / "work.duckdb").write_bytes((sample_warehouse / "work.duckdb").read_bytes())
    mart = publish(tmp_path)
    with duckdb.connect(mart, read_only=True) as reader:
        before = reader.sql("select count(*) from fct_indicator").fetchone()
        publish(tmp_path)
        assert reader.sql("select count(*) from fct_indicator").fetchone() == before
    assert [p.name for p in tmp_path.glob("mart*")] == ["mart.duckdb"]


def test_a_publish_that_fails_leaves_the_mart(tmp_path):
    (tmp_path / "mart.duckdb").write_bytes(b"the last good one")
    with pytest.raises(duckdb.Error):
        publish(tmp_path)
    assert (tmp_path / "mart.duckdb").read_bytes() == b"the last good one"


def test_a_second_build_says_who_is_at_work(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    monkeypatch.delenv("RAW_DIR", raising=False)
    with (tmp_path / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert main(["build"]) == 1
    assert "another build at work" in capsys.readouterr().err


def test_plain_dbt_build_works_at_the_root(tmp_path):
    env = {**os.environ, "WAREHOUSE_DIR": str(tmp_path)}
    env.pop("RAW_DIR", None)
    run = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "--warn-error", "build", "--show-all-deprecations",
         "--target-path", str(tmp_path / "target"), "--log-path", str(tmp_path)],
        cwd=PROJECT, env=env, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout
    assert "WARN=0 ERROR=0 SKIP=0" in run.stdout
    assert "eprecat" not in run.stdout


def test_help_names_the_commands_and_the_environment(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    out = capsys.readouterr().out
    for text in (
        "build",
        "check",
        "revisions",
        "profile",
        "sample",
        "bench",
        "RAW_DIR",
        "WAREHOUSE_DIR",
        "examples",
    ):
        assert text in out
