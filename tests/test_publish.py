"""The published mart is there whole, or as it was."""

import json
import os
import random
import subprocess
import sys
import time
from datetime import date

import duckdb
import pytest

from pipeline.cli import main
from pipeline.publish import build_ids, only_one, publish, published_id, sha256
from pipeline.settings import PROJECT


def test_only_the_marts_are_published(sample_warehouse):
    with duckdb.connect(sample_warehouse / "mart.duckdb", read_only=True) as mart:
        tables = {
            (s, t) for s, t in mart.sql("select schema_name, table_name from duckdb_tables()").fetchall()
        }
    assert tables == {
        ("main", t) for t in (
            "dim_district", "dim_edition", "dim_formula", "dim_indicator", "dim_local_authority",
            "dim_rural_urban", "dim_statistical_neighbour", "dim_succession", "dim_year", "fct_benchmark",
            "fct_indicator",
            "fct_indicator_current", "fct_indicator_edition", "fct_revision", "fct_revision_summary",
            "fct_inspection", "fct_spending_reconciliation", "mart_la_year", "raw_file", "mart_build",
            "study_authority", "study_remark", "study_result", "study_variable",
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
            "display_order",
        ]  # fmt: skip
        assert {"return_name", "edition", "path", "sha256", "bytes", "header_fingerprint", "rows"} <= {
            c for c, _ in columns("raw_file")
        }


def test_the_manifest_says_what_is_in_a_build(small_work):
    publish(small_work, date(2016, 3, 31))
    folder = small_work / "published"
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["build_id"] == folder.readlink().name
    assert manifest["as_of"] == "2016-03-31"
    assert manifest["is_synthetic"] is True
    assert manifest["inputs"] == [{"path": "ssda903/2025/a.csv", "sha256": "ab", "bytes": 3}]
    assert sha256(folder / "mart.duckdb") == manifest["mart"]["sha256"]
    with duckdb.connect(small_work / "mart.duckdb", read_only=True) as mart:
        assert mart.table("mart_build").fetchone() == (manifest["build_id"], manifest["version"])
        assert mart.sql("select count(*) from above(997)").fetchone() == (2,)
    for table in manifest["marts"]:
        file = folder / table["parquet"]
        assert sha256(file) == table["sha256"]
        rows = duckdb.read_parquet(str(file))
        assert rows.count("*").fetchone()[0] == table["rows"]
        assert [{"name": c, "type": str(t)} for c, t in zip(rows.columns, rows.types, strict=True)] == table[
            "columns"
        ]
    assert [t["name"] for t in manifest["marts"]] == ["dim_small", "fct it's"]
    assert sorted(p.name for p in (small_work / "parquet").iterdir()) == [
        "dim_small.parquet",
        "fct it's.parquet",
    ]


def test_a_reader_keeps_its_version_while_another_is_published(small_work):
    mart = publish(small_work)
    with duckdb.connect(mart, read_only=True) as reader:
        before = reader.sql("select build_id from mart_build").fetchone()
        for _ in range(5):
            publish(small_work)
        assert reader.sql("select build_id from mart_build").fetchone() == before
        assert reader.sql("select count(*) from dim_small").fetchone() == (1,)


def test_the_last_builds_are_kept_and_can_be_taken_back(small_work, monkeypatch, capsys):
    monkeypatch.setenv("WAREHOUSE_DIR", str(small_work))
    ids = []
    for _ in range(4):
        publish(small_work)
        ids.append(published_id(small_work))
    assert sorted(build_ids(small_work)) == ids[1:]
    assert main(["rollback"]) == 0
    assert published_id(small_work) == ids[2]
    assert f"{ids[2]}  as of" in capsys.readouterr().out
    assert main(["rollback"]) == 0
    assert published_id(small_work) == ids[1]
    # What readers see is not deleted, old as it is, until another is published.
    with duckdb.connect(small_work / "mart.duckdb", read_only=True) as mart:
        assert mart.sql("select build_id from mart_build").fetchone() == (ids[1],)
    assert main(["rollback"]) == 1
    assert "no build before" in capsys.readouterr().err
    assert main(["rollback", ids[3]]) == 0
    assert published_id(small_work) == ids[3]
    assert main(["rollback", "2020"]) == 1
    assert ids[1] in capsys.readouterr().err
    assert main(["rollback", "--list"]) == 0
    assert capsys.readouterr().out.count("published") == 1


POLL = r"""
import json, pathlib, sys, time
import duckdb
warehouse, stop, seen = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), []
while not stop.exists():
    with duckdb.connect(str(warehouse / "mart.duckdb"), read_only=True) as mart:
        build, = mart.sql("select build_id from mart_build").fetchone()
        rows, = mart.sql('select count(*) from "fct it\'s"').fetchone()
    assert rows == 1000
    folder = (warehouse / "published").resolve()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["build_id"] == folder.name
    assert duckdb.read_parquet(str(folder / "parquet" / "dim_small.parquet")).fetchall() == [(1,)]
    seen.append(build)
    time.sleep(0.01)
assert seen == sorted(seen), "an older build after a newer one"
print(len(seen), len(set(seen)))
"""


@pytest.mark.build
def test_who_polls_during_fifty_publishes_never_sees_half_of_one(small_work, tmp_path):
    publish(small_work)
    stop = tmp_path / "stop"
    reader = subprocess.Popen(
        [sys.executable, "-c", POLL, str(small_work), str(stop)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    for _ in range(50):
        publish(small_work, keep=20)
    stop.touch()
    out, errors = reader.communicate(timeout=60)
    assert reader.returncode == 0, errors
    polls, versions = map(int, out.split())
    assert polls > 20
    assert versions > 5


PUBLISH = """
import pathlib, sys
from pipeline.publish import build_ids, only_one, publish, published_id, sha256
print("ready", flush=True)
while True:
    publish(pathlib.Path(sys.argv[1]))
"""


@pytest.mark.build
def test_a_publish_that_is_killed_leaves_a_whole_mart_and_nothing_behind(small_work):
    publish(small_work)
    pause = random.Random(903)
    for _ in range(12):
        child = subprocess.Popen(
            [sys.executable, "-c", PUBLISH, str(small_work)], stdout=subprocess.PIPE, cwd=PROJECT
        )
        child.stdout.readline()
        time.sleep(pause.uniform(0.01, 0.4))
        child.kill()
        child.wait()
        with duckdb.connect(small_work / "mart.duckdb", read_only=True) as mart:
            assert mart.sql("select build_id from mart_build").fetchone() == (published_id(small_work),)
            assert mart.sql('select count(*) from "fct it\'s"').fetchone() == (1000,)
    publish(small_work)
    assert list((small_work / "builds").glob(".*")) == []
    assert 1 <= len(build_ids(small_work)) <= 3


def test_a_publish_that_fails_leaves_the_mart(tmp_path):
    (tmp_path / "mart.duckdb").write_bytes(b"the last good one")
    with pytest.raises(duckdb.Error):
        publish(tmp_path)
    assert (tmp_path / "mart.duckdb").read_bytes() == b"the last good one"
    assert list((tmp_path / "builds").iterdir()) == []


def test_a_second_build_says_who_is_at_work(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    monkeypatch.delenv("RAW_DIR", raising=False)
    with only_one(tmp_path):
        assert main(["build"]) == 1
        assert main(["rollback"]) == 1
    said = capsys.readouterr().err
    assert said.count(f"another build at work in this warehouse (process {os.getpid()}, since ") == 2


def test_help_names_the_commands_and_the_environment(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    out = capsys.readouterr().out
    for text in (
        "build",
        "revisions",
        "profile",
        "validate",
        "rollback",
        "check",
        "sample",
        "bench",
        "RAW_DIR",
        "WAREHOUSE_DIR",
        "examples",
    ):
        assert text in out
