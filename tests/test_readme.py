"""What the README shows is what happens."""

import re

import duckdb
import pytest

from pipeline.settings import PROJECT

from .conftest import seed

README = (PROJECT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_summary_shown_is_the_one_printed(sample_warehouse):
    printed = (sample_warehouse / "said.txt").read_text("utf-8").replace(str(sample_warehouse), "warehouse")
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


def test_the_table_of_calendars_has_every_rule_of_the_seed():
    table = (PROJECT / "docs/calendar.md").read_text("utf-8")
    lines = [line for line in table.splitlines() if line.startswith("| ")][1:]
    rules = seed("layouts/calendars")
    assert len(lines) == len(rules)
    for rule in rules:
        words = [rule["source_calendar"], rule["reason"], rule["series"]]
        words += [" + 1 |"] if rule["year_offset"] == "1" else []
        words += ["of the 31 March after"] if rule["authorities_offset"] == "1" else ["of 31 March |"]
        assert any(all(word in line for word in words) for line in lines), rule
