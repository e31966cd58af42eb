"""What the README and the pages of docs/ show is what happens."""

import re

import duckdb
import pytest

from pipeline.settings import PROJECT

from .conftest import seed

README = (PROJECT / "README.md").read_text("utf-8")
PAGES = {
    str(file.relative_to(PROJECT)): file.read_text("utf-8")
    for file in [*sorted(PROJECT.glob("*.md")), *sorted(PROJECT.glob("docs/*.md"))]
}
NAMING = ["README.md", "docs/query.md", "docs/symbols.md", "docs/boundaries.md", "docs/limits.md"]
QUERIES = [
    pytest.param(sql, id=f"{page}-{i}")
    for page, text in PAGES.items()
    for i, sql in enumerate(re.findall(r'```sql\n(.*?)```|mart\.sql\("""(.*?)"""', text, re.DOTALL))
]


def test_the_summary_shown_is_the_one_printed(sample_warehouse):
    printed = (sample_warehouse / "said.txt").read_text("utf-8").replace(str(sample_warehouse), "warehouse")
    assert printed.split() == re.search(r"```\n(files read.*?)```", README, re.DOTALL)[1].split()


@pytest.mark.parametrize("sql", QUERIES)
def test_every_query_shown_answers(sql, sample_warehouse):
    with duckdb.connect(sample_warehouse / "mart.duckdb", read_only=True) as mart:
        assert mart.execute("".join(sql)).fetchall()


@pytest.mark.parametrize("page", NAMING)
def test_every_file_and_folder_named_exists(page):
    folders = "seeds|models|docs|tests|analyses|sample|pipeline|expectations"
    named = set(re.findall(rf"`((?:{folders})/[\w./-]*)`", PAGES[page]))
    assert named
    assert [n for n in named if not (PROJECT / n).exists()] == []


def test_every_link_to_a_file_of_the_repository_leads_there():
    links = [
        (page, path)
        for page, text in PAGES.items()
        for path in re.findall(r"\]\(([^)\s#:]+)(?:#[^)\s]*)?\)", text)
    ]
    assert len(links) > 50
    assert [(page, path) for page, path in links if not ((PROJECT / page).parent / path).exists()] == []


def test_the_worked_queries_are_all_named_and_ten_are_shown():
    files = {file.name for file in (PROJECT / "analyses").glob("*.sql")}
    shown = re.findall(r"^\[.*\]\(\.\./analyses/(.*)\)$", PAGES["docs/query.md"], re.MULTILINE)
    assert len(shown) == len(set(shown)) == 10
    assert files == set(shown) | set(re.findall(r"`(\w+\.sql)`", PAGES["docs/query.md"]))


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
