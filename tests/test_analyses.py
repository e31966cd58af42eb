"""The worked queries run and answer."""

import duckdb
import pytest

from pipeline.settings import PROJECT


@pytest.mark.parametrize("name", sorted(p.stem for p in (PROJECT / "analyses").glob("*.sql")))
def test_a_worked_query_answers(name, sample_warehouse):
    """On the published mart, where a relation has the name that `ref` is given."""
    sql = (PROJECT / "analyses" / f"{name}.sql").read_text("utf-8")
    sql = sql.replace("{{ ref('", "").replace("') }}", "")
    with duckdb.connect(sample_warehouse / "mart.duckdb", read_only=True) as mart:
        assert mart.execute(sql).fetchall()
