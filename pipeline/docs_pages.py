"""What `make docs` adds to the pages of docs/: hooks of MkDocs.

The home page is the README. A link alone on its line to a seed or to a worked query shows as the table or the
SQL itself. The data dictionary is made from the registry and the descriptions beside the models. So nothing
is written twice, and every page reads well in the repository too.
"""

import csv
import posixpath
import re
from pathlib import Path

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from pipeline.comments import descriptions, macro_descriptions
from pipeline.publish import BUILD_COMMENTS, BUILD_TABLE
from pipeline.seeds import read_seed
from pipeline.settings import PROJECT, warehouse_dir

FROM_ROOT = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "DATA_LICENCE.md": "data-licence.md",
}
"""Pages that stand at the root of the repository, and what they are called on the site."""
DBT_PAGE = "dbt.html"
LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\s#:]+)(#[^)\s]*)?\)")
SHOWN = re.compile(r"^\[[^\]\n]*\]\(([^)\s#:]+\.(?:csv|sql))\)$", re.MULTILINE)
CODE = re.compile(r'<code>([a-z]\w+)</code>(?!</a>|<a class="headerlink)')
RETURNS = {
    "ssda903": "looked-after children",
    "cin": "children in need",
    "csww": "social work workforce",
    "population": "population",
    "education": "education by social-care group",
    "cla_outcomes": "outcomes of looked-after children",
    "section_251": "section 251, RO3 and RSX",
    "iod": "Indices of Deprivation",
}
templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
CODES = {"component", "indicator_code", "lait_code", "status", "symbol"}
"""Columns of seeds whose values are codes."""
YEARS = "select indicator_code, min(year), max(year) from fct_indicator where value is not null group by all"
targets: dict[str, str] = {}
"""Of every indicator, relation and macro the place in the dictionary."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not in docs/."""
    pages = dictionary()
    for source, name in FROM_ROOT.items():
        if (PROJECT / source).exists():
            pages[name] = (PROJECT / source).read_text("utf-8")
    for name, text in pages.items():
        files.append(File.generated(config, name, content=text))
    dbt_page = Path(config.site_dir).parent / "static_index.html"
    if not dbt_page.exists():
        raise PluginError(f"{dbt_page} is missing: dbt's page, which the others link to. Run `make docs`.")
    files.append(File.generated(config, DBT_PAGE, abs_src_path=str(dbt_page)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Show what stands in a file of the repository, and lead links to where their page is on the site."""
    sources = {name: source for source, name in FROM_ROOT.items()}
    source = sources.get(page.file.src_uri, f"docs/{page.file.src_uri}")
    folder = posixpath.dirname(source)

    def shown(match: re.Match) -> str:
        path = posixpath.normpath(posixpath.join(folder, match[1]))
        text = (PROJECT / path).read_text("utf-8")
        if path.endswith(".sql"):
            return f'```sql title="{path}"\n{plain_sql(text).strip()}\n```'
        return table(list(csv.DictReader(text.splitlines()))) + f"\n\n`{path}`"

    def led(match: re.Match) -> str:
        path = posixpath.normpath(posixpath.join(folder, match[2]))
        if path in FROM_ROOT:
            path = f"docs/{FROM_ROOT[path]}"
        elif not path.startswith("docs/") and (PROJECT / path).exists():
            # No page of the site: its name alone.
            return match[1]
        place = posixpath.relpath(path, posixpath.dirname(f"docs/{page.file.src_uri}"))
        return f"[{match[1]}]({place}{match[3] or ''})"

    return LINK.sub(led, SHOWN.sub(shown, markdown))


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead the code of an indicator and the name of a relation to the dictionary."""

    def led(match: re.Match) -> str:
        if match[1] not in targets:
            return match[0]
        name, anchor = targets[match[1]].split("#")
        return f'<a href="{files.src_uris[name].url_relative_to(page.file)}#{anchor}">{match[0]}</a>'

    return CODE.sub(led, html)


def plain_sql(sql: str) -> str:
    """A worked query as any DuckDB client takes it: the published mart has the names that `ref` is given."""
    return re.sub(r"\{\{ ref\('(\w+)'\) \}\}", r"\1", sql)


def table(rows: list[dict[str, str]]) -> str:
    """Rows of a seed as a Markdown table. Those that share a reason stand together."""
    found = [spans(row) for row in rows]
    if "reason" in rows[0]:
        found = together(found)
    columns = [name for name in found[0] if any(row[name] for row in found)]
    if all(row.get("rows") == ["1"] for row in found):
        columns.remove("rows")
    lines = [[name.replace("_", " ") for name in columns], ["---"] * len(columns)]
    lines += [[cell(name, row[name]) for name in columns] for row in found]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def spans(row: dict[str, str]) -> dict[str, list[str]]:
    """A row with `edition` for `edition_from` and `edition_to`; each value as a list of one, or of none."""
    out = {}
    for name, value in row.items():
        stem = re.sub("_(from|to)$", "", name)
        if f"{stem}_from" in row and f"{stem}_to" in row:
            first, last = row[f"{stem}_from"], row[f"{stem}_to"]
            value = first if first == last else f"{first} to {last}" if last else f"from {first}"
        out[stem if stem + "_from" in row else name] = [value] if value else []
    return out


def together(rows: list[dict[str, list[str]]]) -> list[dict[str, list[str]]]:
    """One row for all with the same return and reason, and how many they were."""
    groups: dict[tuple, list] = {}
    for row in rows:
        same = tuple(str(row.get(name)) for name in ("return_name", "reason", "source"))
        groups.setdefault(same, []).append(row)
    return [
        {name: list(dict.fromkeys(value for row in group for value in row[name])) for name in group[0]}
        | {"rows": [str(len(group))]}
        for group in groups.values()
    ]


def cell(column: str, values: list[str]) -> str:
    """A cell of a Markdown table: its values, or how many there are."""
    if len(values) > 4:
        return f"{len(values)} different"
    if column in CODES:
        return ", ".join(f"`{value}`" for value in values)
    return re.sub(r"([|*_<>\[\]\\])", r"\\\1", ", ".join(values))


# The data dictionary


def dictionary() -> dict[str, str]:
    """Its pages: one for each theme of the registry, one of all codes, one of the relations."""
    indicators, built = registered()
    themes: dict[str, list[dict]] = {}
    for indicator in indicators:
        themes.setdefault(indicator["theme"], []).append(indicator)
        code = indicator["indicator_code"]
        targets[code] = f"{theme_page(indicator['theme'])}#{code}"
    relations, macros = descriptions() | {BUILD_TABLE: BUILD_COMMENTS}, macro_descriptions()
    for name in [*relations, *macros]:
        targets[name] = f"dictionary/relations.md#{name}"

    def page(template: str, **values) -> str:
        return templates.get_template(f"docs_{template}.md.jinja").render(values)

    return {
        "dictionary/index.md": page("index", themes=themes, built=built),
        "dictionary/codes.md": page("codes", indicators=indicators),
        "dictionary/relations.md": page(
            "relations", relations=relations, macros=macros, indicators=indicators
        ),
    } | {
        theme_page(theme): page("theme", theme=theme, indicators=group, returns=RETURNS)
        for theme, group in themes.items()
    }


def theme_page(theme: str) -> str:
    """The page of a theme."""
    return f"dictionary/{theme.replace(' ', '-')}.md"


def registered() -> tuple[list[dict], str | None]:
    """The registry, each indicator with its formulas; and the id of the build that its years are from.

    Years are given where the published mart is of the official files: the sample has fewer.
    """
    formulas: dict[str, list[str]] = {}
    for row in read_seed("formulas", "indicators"):
        if row["numerator"]:
            said = " / ".join(part for part in (row["numerator"], row["denominator"]) if part)
            formulas.setdefault(row["indicator_code"], []).append(re.sub(r"(\w+)", r"`\1`", said))
    mart, years, built = warehouse_dir() / "mart.duckdb", {}, None
    if mart.exists():
        with duckdb.connect(mart, read_only=True) as con:
            if not con.sql("select count(*) from raw_file where is_synthetic").fetchone()[0]:
                built = con.table(BUILD_TABLE).fetchone()[0]
                years = {code: span for code, *span in con.sql(YEARS).fetchall()}
    return [
        indicator
        | {
            "formulas": list(dict.fromkeys(formulas.get(indicator["indicator_code"], []))),
            "years": years.get(indicator["indicator_code"]),
        }
        for indicator in read_seed("indicators", "indicators")
    ], built
