"""What the README shows is what happens."""

import re

import duckdb
import pytest

from pipeline.cli import main
from pipeline.settings import PROJECT

README = (PROJECT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_summary_shown_is_the_one_printed(sample_warehouse, monkeypatch, capsys):
    monkeypatch.setenv("WAREHOUSE_DIR", str(sample_warehouse))
    monkeypatch.delenv("RAW_DIR", raising=False)
    assert main(["build"]) == 0
    printed = capsys.readouterr().out.replace(str(sample_warehouse), "warehouse")
    assert printed.split() == re.search(r"```\n(files read.*?)```", README, re.DOTALL)[1].split()


@pytest.mark.parametrize("sql", blocks("sql") + re.findall(r'mart\.sql\("""(.*?)"""', README, re.DOTALL))
def test_every_query_shown_answers(sql, sample_warehouse):
    with duckdb.connect(sample_warehouse / "mart.duckdb", read_only=True) as mart:
        assert mart.execute(sql).fetchall()


def test_every_file_and_folder_named_exists():
    named = set(
        re.findall(r"`((?:seeds|models|docs|tests|analyses|sample|pipeline|expectations)/[\w./-]*)`", README)
    )
    assert named
    assert [n for n in named if not (PROJECT / n).exists()] == []
