"""The documentation that `make docs` writes: complete, without dead links, and at work from disk."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from pipeline import comments, docs_pages
from pipeline.settings import PROJECT

from .conftest import once, seed

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
BIN = Path(sys.executable).parent


@pytest.fixture(scope="session")
def documentation(tmp_path_factory) -> Path:
    """The folder that `make docs` fills, here without a build before. A warning stops it."""

    def make(folder: Path) -> None:
        env = {**os.environ, "WAREHOUSE_DIR": str(folder / "warehouse"), "DBT_TARGET_PATH": str(folder)}
        env.pop("RAW_DIR", None)
        # -o: the environment that runs this test is the one to use.
        command = ["make", "-o", ".venv/ready", "docs", f"RUN={BIN}"]
        done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    return once("documentation", "site/index.html", make, tmp_path_factory)


@pytest.fixture(scope="session")
def site(documentation) -> Path:
    return documentation / "site"


class Links(HTMLParser):
    """What a page leads to, what it loads by itself, and the places in it that can be led to."""

    def __init__(self, text: str):
        super().__init__()
        self.links, self.loaded, self.places = set(), set(), {""}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        has = dict(attributes)
        self.places.add(has.get("id"))
        if tag == "a":
            self.links.add(has.get("href"))
        else:
            self.loaded |= {has.get("src"), has.get("href") if tag == "link" else None, has.get("data")}


@pytest.fixture(scope="session")
def pages(site) -> dict[Path, Links]:
    """Every page but dbt's, which is another's, and the one that only a web server shows."""
    return {
        file: Links(file.read_text("utf-8"))
        for file in site.rglob("*.html")
        if file.name not in (docs_pages.DBT_PAGE, "404.html")
    }


def test_every_page_is_there(pages, site):
    names = {str(file.relative_to(site)) for file in pages}
    expected = {f"{file.stem}.html" for file in (PROJECT / "docs").glob("*.md")} | {"index.html"}
    expected |= {f"dictionary/{row['theme'].replace(' ', '-')}.html" for row in seed("indicators/indicators")}
    assert expected <= names


def test_no_link_is_dead(pages):
    dead, n = [], 0
    for file, page in pages.items():
        for link in (page.links | page.loaded) - {None}:
            address = urllib.parse.urlsplit(link)
            if address.scheme in ("http", "https"):
                continue
            n += 1
            target = (file.parent / urllib.parse.unquote(address.path)).resolve() if address.path else file
            if not target.is_file() or (
                target in pages and urllib.parse.unquote(address.fragment) not in pages[target].places
            ):
                dead.append((file.name, link))
    assert n > 2000
    assert dead == []


def test_no_page_loads_anything_from_the_network(pages, site):
    assert [(f.name, a) for f, page in pages.items() for a in page.loaded if a and "//" in a] == []
    styles = list(site.rglob("*.css"))
    assert styles
    found = {
        file.name: re.findall(r"(?:url\(|@import )[\"']?(?:https?:)?//", file.read_text("utf-8"))
        for file in styles
    }
    assert not any(found.values()), found


def test_search_knows_every_indicator_relation_and_status(site):
    index = json.loads((site / "search" / "search_index.json").read_text("utf-8"))["docs"]
    entries = {entry["location"]: entry["title"] + " " + entry["text"] for entry in index}
    for row in seed("indicators/indicators"):
        place = f"dictionary/{row['theme'].replace(' ', '-')}.html#{row['indicator_code']}"
        assert row["indicator_code"] in entries[place]
    for relation in comments.descriptions():
        assert relation in entries[f"dictionary/relations.html#{relation}"]
    for row in seed("reference/value_symbols"):
        assert row["status"] in entries["symbols.html"]


def words(html: str) -> str:
    """The text of a page, without marks and spaces."""
    return re.sub(r"[\W_]+", "", re.sub(r"<[^>]*>|&\w+;", "", html))


def test_the_dictionary_says_what_the_registry_and_the_descriptions_say(site):
    text = "".join(words(file.read_text("utf-8")) for file in (site / "dictionary").glob("*.html"))
    codes = set()
    for row in seed("indicators/indicators"):
        codes.add(row["indicator_code"])
        for column in ("label", "definition", "breaks"):
            assert words(row[column]) in text, row[column]
    for relation, (description, columns) in comments.descriptions().items():
        assert words(description) in text, relation
        for column, said in columns.items():
            assert column in codes or words(column + said) in text, (relation, column)


def test_tables_of_seeds_have_every_reason(site):
    text = words((site / "limits.html").read_text("utf-8"))
    tables = ["corrections/cell_statuses", "corrections/column_years", "corrections/inspection_cells"]
    tables += ["published/total_exceptions", "published/share_exceptions", "reference/la_absences"]
    for table in tables:
        for row in seed(table):
            assert words(row["reason"]) in text, row
    symbols = words((site / "symbols.html").read_text("utf-8"))
    assert all(words(row["status"] + row["source"]) in symbols for row in seed("reference/value_symbols"))


@pytest.mark.parametrize("is_synthetic", [False, True])
def test_years_are_those_of_the_official_files_alone(is_synthetic, tmp_path, monkeypatch):
    with duckdb.connect(tmp_path / "mart.duckdb") as con:
        con.execute("create table raw_file as select ? as is_synthetic", [is_synthetic])
        con.execute("create table mart_build as select 'the build' as build_id")
        con.execute(
            "create table fct_indicator as select 'looked_after_count' as indicator_code, year, value "
            "from (values (2010, null), (2011, 1), (2024, 2)) as t(year, value)"
        )
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    pages = docs_pages.dictionary()
    assert ("2011 to 2024" in pages["dictionary/looked-after-children.md"]) != is_synthetic
    assert ("the build" in pages["dictionary/index.md"]) != is_synthetic


def test_the_site_searches_from_disk_on_a_phone_and_asks_nobody(site, tmp_path):
    if not CHROMIUM:
        # 2026-11-28: a browser is no part of the project; CI installs one.
        pytest.skip("install chromium to search the pages")
    copy = shutil.copytree(site, tmp_path / "site")
    asked = ["re_referrals_pct", "low_reliability"]
    script = (PROJECT / "tests" / "docs_search.js").read_text("utf-8")
    page = (copy / "query.html").read_text("utf-8")
    page = page.replace("</body>", f"<script>const TASK = {json.dumps(asked)};\n{script}</script></body>")
    (copy / "asked.html").write_text(page, "utf-8")
    # A frame has any width; headless windows are 500 pixels wide at least.
    frame = (
        '<iframe style="border:0;width:390px;height:900px" src="asked.html"></iframe><pre id="out"></pre>'
        "<script>onmessage = (e) => { out.textContent = e.data; };</script>"
    )
    (copy / "frame.html").write_text(f"<!doctype html>{frame}", "utf-8")
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", f"--user-data-dir={tmp_path / 'me'}",
        "--virtual-time-budget=60000", "--dump-dom", f"file://{copy / 'frame.html'}",
    ]  # fmt: skip
    dom = subprocess.run(command, capture_output=True, text=True, timeout=120).stdout
    found = json.loads(urllib.parse.unquote(re.search(r'<pre id="out">(.+?)</pre>', dom)[1]))
    assert re.search(r"dictionary/children-in-need.html.*#re_referrals_pct", " ".join(found[asked[0]][:2]))
    assert any("symbols.html" in href for href in found["low_reliability"])
    assert [address for address in found["loaded"] if not address.startswith("file:")] == []
    assert found["width"] <= 390


# dbt's own page


def test_dbts_page_has_every_description(documentation):
    page = (documentation / "static_index.html").read_text("utf-8")
    for table, columns in comments.descriptions().values():
        for words in (table, *columns.values()):
            assert json.dumps(words)[1:-1] in page
    assert "Profile of one authority" in page


def test_dbts_page_shows_in_a_browser(documentation, tmp_path):
    if not CHROMIUM:
        # 2026-11-28: a browser is no part of the project; CI installs one.
        pytest.skip("install chromium to look at the page")
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", f"--user-data-dir={tmp_path}",
        "--virtual-time-budget=20000", "--dump-dom",
        f"file://{documentation / 'site' / docs_pages.DBT_PAGE}#!/model/model.la_mart.fct_indicator",
    ]  # fmt: skip
    dom = subprocess.run(command, capture_output=True, text=True, timeout=120).stdout
    assert "every authority that existed" in dom
    assert "Null with every status but published" in dom
