"""The embedded sample: synthetic, small, reproducible, and never mistaken for the real thing."""

import filecmp
import shutil
from datetime import date

import duckdb
import pytest

from pipeline.cli import main
from pipeline.errors import InputError
from pipeline.sample import write_sample
from pipeline.settings import SAMPLE

from .conftest import seed
from .walk import copy_of_the_project, walk


def test_the_sample_is_small():
    # About 1 MB for each of nine returns.
    assert sum(p.stat().st_size for p in SAMPLE.rglob("*") if p.is_file()) <= 9_000_000


def test_the_sample_says_that_it_is_synthetic(sample_warehouse, capsys, monkeypatch):
    assert "made up" in (SAMPLE / "README.md").read_text("utf-8")
    with duckdb.connect(sample_warehouse / "mart.duckdb", read_only=True) as mart:
        assert mart.sql("select bool_and(is_synthetic) from raw_file where family is not null").fetchone()[0]


def test_the_sample_has_every_authority_symbol_and_reorganisation(sample_warehouse):
    with duckdb.connect(sample_warehouse / "mart.duckdb", read_only=True) as mart:
        las = {r[0] for r in mart.sql("select distinct la_code from fct_indicator").fetchall()}
        joint = {r["joint_code"] for r in seed("reference/joint_returns")}
        assert las == {r["la_code"] for r in seed("reference/local_authorities")} - {"820", "875"} | joint
        years = dict(mart.sql("select la_code, max(year) from mart_la_year group by 1").fetchall())
        assert (years["836"], years["928"], years["909"]) == (2018, 2021, 2023)
        statuses = {r[0] for r in mart.sql("select distinct status from fct_indicator").fetchall()}
        assert {"published", "suppressed", "not_applicable", "negligible"} <= statuses


def test_a_folder_that_exists_is_not_written_over(tmp_path):
    with pytest.raises(InputError, match="exists"):
        write_sample(tmp_path, seed=1, last=2025)
    assert main(["sample", "--out", str(tmp_path)]) == 1


@pytest.mark.build
def test_a_year_is_added_as_its_page_says(sample_warehouse, tmp_path):
    """Files of an edition nobody has seen, in the layouts of the last; the sample is made on the way."""
    project = copy_of_the_project(tmp_path / "project")
    shutil.copytree(sample_warehouse, project / "warehouse", symlinks=True)
    walk("add-a-year.md", project)
    for path in SAMPLE.rglob("*.*"):
        if path.is_file() and path.name != "SYNTHETIC.csv":
            made = project / "official" / path.relative_to(SAMPLE)
            assert filecmp.cmp(path, made, shallow=False), f"not what the generator makes: {path}"
    with duckdb.connect(project / "warehouse" / "mart.duckdb", read_only=True) as mart:
        assert mart.sql(
            "select published_on, min(known_on = coalesce(published_on, current_date)), min(is_known) "
            "from dim_edition where edition_year = 2026 group by all order by 1 nulls last"
        ).fetchall() == [(date(2026, 10, 29), True, True), (None, True, True)]
        assert mart.sql("select max(edition_year) from indicator_as_of(date '2026-10-28')").fetchone() == (
            2025,
        )
        new = mart.sql(
            "select count(distinct la_code), count(distinct indicator_code), min(edition_year) "
            "from fct_indicator where year = 2026"
        ).fetchone()
        old = mart.sql(
            "select count(distinct la_code), count(distinct indicator_code) "
            "from fct_indicator_edition where year = 2025 and edition_year = 2025"
        ).fetchone()
        assert new == (*old, 2026)
        prices = mart.sql(
            "select max(real.value / nominal.value) from fct_indicator as nominal "
            "inner join fct_indicator as real using (la_code, year) "
            "where year = 2026 and nominal.indicator_code = 'ro3_net_total_gbp' "
            "and real.indicator_code = 'ro3_net_total_real_gbp'"
        ).fetchone()
        assert prices == (pytest.approx(100 / 103.1),)
        returns = mart.sql("select distinct return_name from raw_file where edition like '%2026'")
        assert {r for (r,) in returns.fetchall()} == {
            "ssda903", "cin", "csww", "population", "education", "section_251", "ofsted",
        }  # fmt: skip
        revised = mart.sql(
            "select distinct edition_year from fct_indicator where year = 2025 "
            "and indicator_code in ('looked_after_count', 'cin_31_march_count', 'social_workers_fte')"
        ).fetchall()
        assert revised == [(2026,)]
