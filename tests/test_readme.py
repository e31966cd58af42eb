"""What README and the pages of docs/ show is what happens, and every command there is run."""

import re
import shlex
from itertools import pairwise

import duckdb
import pytest

from pipeline import cli
from pipeline.settings import PROJECT
from python_stats import __main__ as python_stats

from .conftest import NO_WARNINGS, seed
from .walk import blocks

README = (PROJECT / "README.md").read_text("utf-8")
PAGES = {
    str(file.relative_to(PROJECT)): file.read_text("utf-8")
    for file in [*sorted(PROJECT.glob("*.md")), *sorted(PROJECT.glob("docs/*.md"))]
}
NAMING = ["README.md", "docs/query.md", "docs/symbols.md", "docs/boundaries.md", "docs/limits.md"]
QUERIES = [
    pytest.param(sql, id=f"{page}-{i}")
    for page, text in PAGES.items()
    # A block of that page is a model to write.
    if page != "docs/add-a-source.md"
    for i, sql in enumerate(re.findall(r'```sql\n(.*?)```|mart\.sql\("""(.*?)"""', text, re.DOTALL))
]
# Pages whose commands other tests run, each of them.
ELSEWHERE = {
    "bi.md": "tests/test_bi.py",
    "add-a-year.md": "tests/test_sample.py",
    "add-an-indicator.md": "tests/test_journeys.py",
    "add-a-source.md": "tests/test_journeys.py",
}
# Commands that are not run here, and why; the whole command matches.
NOT_RUN = {
    r"make (build|test)": "what .ci/run does, in a fresh clone and here",
    r"RAW_DIR=official make (build|test)": ".ci/run tests with the official files",
    r"RAW_DIR=official make bench": "builds twice: a measurement, not a promise",
    r"(RAW_DIR=official )?\.venv/bin/la-mart fetch.*": "tests/test_fetch.py, without a network",
    r"RAW_DIR=official \.venv/bin/la-mart build --as-of 2016-03-31": "builds: tests/test_editions.py",
    r"\.venv/bin/la-mart build": "builds: every mart of these tests is built by it",
    r"export RAW_DIR=official( WAREHOUSE_DIR=warehouse_official)?": "says where the files are, and the mart",
    r"RAW_DIR=official \.venv/bin/la-mart check && RAW_DIR=official make build": "walked in add-a-year.md",
    r"\.venv/bin/la-mart revisions --return cin --edition 2026.*": "the edition is made in add-a-year.md",
    r"\.venv/bin/la-mart validate": "writes into the warehouse: tests/test_expectations.py",
    r"\.venv/bin/la-mart rollback": "changes the warehouse: tests/test_publish.py",
    r"(\.venv/bin/)?la-mart explore --out site": "tests/test_explore.py looks at the pages it writes",
    r"\.venv/bin/duckdb -readonly warehouse/mart\.duckdb": "opens a prompt: tests/test_bi.py",
    r"\.venv/bin/dbt show -s one_authority_in_one_year .*": "tests/test_analyses.py runs what it shows",
    r".* -m python_stats report --out reports": "takes minutes: tests/test_studies.py, its parts in theirs",
}


def commands() -> list[str]:
    """Every command of the blocks of sh of README and docs, without its comment, once."""
    found = []
    for page in [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]:
        if page.name not in ELSEWHERE:
            for language, content, _ in blocks(page):
                lines = content.replace("\\\n", "").splitlines() if language == "sh" else []
                found += [re.sub(r"\s+# .*", "", line) for line in lines]
    return list(dict.fromkeys(found))


COMMANDS = commands()
RUN = [command for command in COMMANDS if not any(re.fullmatch(known, command) for known in NOT_RUN)]


def test_the_summary_shown_is_the_one_printed(sample_warehouse):
    printed = (sample_warehouse / "said.txt").read_text("utf-8").replace(str(sample_warehouse), "warehouse")
    assert printed.split() == re.search(r"```\n(files read.*?)```", README, re.DOTALL)[1].split()


@pytest.mark.parametrize("command", RUN)
@pytest.mark.filterwarnings(*NO_WARNINGS)
def test_every_command_shown_answers(command, sample_warehouse, tmp_path, monkeypatch, capsys):
    """As it stands there, on the sample, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RAW_DIR", raising=False)
    monkeypatch.setenv("WAREHOUSE_DIR", str(sample_warehouse))
    words = shlex.split(command)
    if words[:1] == [".venv/bin/la-mart"]:
        code = cli.main(words[1:])
    else:
        assert words[:3] == [".venv/bin/python", "-m", "python_stats"], "run it, or say in NOT_RUN why not"
        code = python_stats.main(words[3:])
    printed = capsys.readouterr()
    assert code == 0, printed.err
    assert printed.out
    for option, name in pairwise(words):
        if option in ("--csv", "--html", "--out"):
            assert (tmp_path / name).exists()


def test_no_reason_is_kept_for_a_command_that_is_not_shown():
    assert [known for known in NOT_RUN if not any(re.fullmatch(known, c) for c in COMMANDS)] == []
    assert [page for page in ELSEWHERE if not (PROJECT / "docs" / page).exists()] == []


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
