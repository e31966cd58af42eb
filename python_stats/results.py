"""What a command found - words, tables, figures - on the terminal, as CSV and JSON, and as one page.

A Result is made once; every way of giving it out says the same, and says so if the data are synthetic.
"""

import base64
import io
import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import jinja2
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.text import Text
from rich.console import Console
from rich.progress import track
from rich.table import Table

from python_stats.mart import MartError

SYNTHETIC = "SYNTHETIC DATA: made-up figures; no number here is real."
# Columns that are shown with other than three decimals; p-values below are never shown as 0.
WHOLE = re.compile(
    r"^(n|n_.*|m|(hl_)?df\d?|rank|times|ties|within|variable_no|year|events|step|n_authorities|categories|groups"
    r"|observed|passed|holm|bh)$"
)
WRAPPED = 24
"""Letters of a text that a terminal has room for beside others; longer ones wrap."""
SHORTEST_P = 0.0001


@dataclass(frozen=True)
class Part:
    """One section: a title, words, a table or a figure (with a text for who cannot see it).

    `decimals` of its figures, one for all or one for each row; columns that are `hidden` are in the CSV and
    JSON alone; a part that is `folded` opens when asked on the page.
    """

    title: str
    text: str = ""
    table: pd.DataFrame | None = None
    figure: Figure | None = None
    alt: str = ""
    decimals: int | list[int] = 3
    hidden: tuple[str, ...] = ()
    folded: bool = False


@dataclass(frozen=True)
class Result:
    """What a command found; `name` names its files."""

    name: str
    title: str
    lead: str
    is_synthetic: bool
    parts: list[Part] = field(default_factory=list)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by the file name of their part."""
        return {slug(part.title): part.table for part in self.parts if part.table is not None}


def progress(items: Iterable, words: str, total: int | None = None) -> Iterable:
    """The items, with a bar that says how far they are, on a terminal alone."""
    console = Console(stderr=True)
    return track(items, words, total=total, console=console, transient=True, disable=not sys.stderr.isatty())


def slug(title: str) -> str:
    """A title as a file name: "Table A2a: regressions" is "table-a2a-regressions"."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def named(frame: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """A table with the indicator's label beside its code, in front."""
    out = frame.copy()
    out.insert(0, "label", out["indicator"].map(labels))
    return out


def worded(terms: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """A table of a model's terms, an indicator's label in place of its code."""
    return terms.assign(term=[labels.get(term, term) for term in terms["term"]])


def shown(value, column: str, decimals: int) -> str:
    """A cell as text: numbers to some decimals, p-values never 0, nothing where there is nothing."""
    if isinstance(value, str):
        return value
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float) and not hasattr(value, "dtype"):
        return str(value)
    if column == "p" or column.startswith(("p_", "model_p")) or column.endswith("_p"):
        return f"<{SHORTEST_P}" if value < SHORTEST_P else f"{value:.4f}"
    if WHOLE.match(column) and float(value).is_integer():
        return f"{int(value):,}" if column != "year" else str(int(value))
    return f"{float(value):z,.{decimals}f}"


def heading(column: str) -> str:
    """A column's name as a heading."""
    return column.replace("_", " ")


def rows(part: Part) -> list[list[str]]:
    """The table of a part as text; a column that is empty throughout is left out."""
    names, n = columns(part), len(part.table)
    decimals = part.decimals if isinstance(part.decimals, list) else [part.decimals] * n
    return [
        [shown(value, column, of_row) for column, value in zip(names, row, strict=True)]
        for row, of_row in zip(part.table[names].itertuples(index=False, name=None), decimals, strict=True)
    ]


def columns(part: Part) -> list[str]:
    """The columns of a part's table that hold anything."""
    shown_ones = part.table.drop(columns=list(part.hidden))
    return [c for c in shown_ones if shown_ones[c].notna().any() and (shown_ones[c].astype(str) != "").any()]


def words(part: Part) -> str:
    """The text of a part; of a table without anything in it at least that."""
    return part.text or ("None." if part.table is not None and not columns(part) else "")


def is_number(table: pd.DataFrame, column: str) -> bool:
    """Whether a column stands to the right."""
    return pd.api.types.is_numeric_dtype(table[column]) and not pd.api.types.is_bool_dtype(table[column])


def show(result: Result, console: Console) -> None:
    """Print words and tables; figures and what is folded are only in files."""
    console.print(result.title, style="bold")
    console.print(result.lead, highlight=False)
    for part in result.parts:
        if part.folded or (part.figure is not None and part.table is None):
            continue
        if part.table is None or not columns(part):
            console.print(f"\n[bold]{part.title}[/bold]")
            console.print(words(part), highlight=False)
            continue
        print_table(part, console)
    if result.is_synthetic:
        console.print(SYNTHETIC, style="bold")


def print_table(part: Part, console: Console) -> None:
    """The table of a part; what is too wide for the terminal is continued below, beside the first words."""
    names, cells = columns(part), rows(part)
    numeric = [is_number(part.table, name) for name in names]
    widths = [
        min(max(map(len, texts)), max(map(len, texts)) if is_numeric else WRAPPED) + 3
        for is_numeric, *texts in zip(numeric, map(heading, names), *cells, strict=True)
    ]
    key = numeric.index(False) if False in numeric else 0
    blocks = [[]]
    for i in range(len(names)):
        if len(blocks[-1]) > 1 and sum(widths[j] for j in [*blocks[-1], i]) + 1 > console.width:
            blocks.append([key])
        blocks[-1].append(i)
    console.print()
    for n, block in enumerate(blocks):
        table = Table(title=part.title if n == 0 else None, title_justify="left", caption_justify="left")
        table.caption = part.text if n == len(blocks) - 1 else None
        for i in block:
            side = "right" if numeric[i] else "left"
            table.add_column(heading(names[i]), justify=side, no_wrap=numeric[i], overflow="fold")
        for row in cells:
            table.add_row(*(row[i] for i in block))
        console.print(table)


def as_json(result: Result) -> str:
    """Title, words and all tables, every row an object; what is not there is null."""
    return json.dumps(
        {
            "title": result.title,
            "lead": result.lead,
            "is_synthetic": result.is_synthetic,
            "tables": {
                name: json.loads(table.to_json(orient="records", date_format="iso", double_precision=15))
                for name, table in result.tables.items()
            },
        },
        indent=1,
        ensure_ascii=False,
    )


def write_csv(result: Result, path: Path) -> None:
    """The first table, with `is_synthetic` in every row. Raises MartError if it has no rows."""
    first = next(iter(result.tables.values()))
    if first.empty:
        raise MartError(f"{path}: not written, as the first table has no rows: the text says why")
    _write_table(first, result, path)


def _write_table(table: pd.DataFrame, result: Result, path: Path) -> None:
    table.assign(is_synthetic=result.is_synthetic).to_csv(path, index=False)


def write(result: Result, folder: Path) -> Path:
    """Write page, Markdown, tables and figures into a folder; return the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in result.tables.items():
        path = folder / f"{result.name}-{name}.csv"
        if not table.empty:
            _write_table(table, result, path)
            continue
        # Without rows it could not say whether it is synthetic; that of a run before is not of this one.
        path.unlink(missing_ok=True)
        print(f"{path}: no such table, as it has no rows", file=sys.stderr)
    for part in result.parts:
        if part.figure is not None:
            (folder / f"{result.name}-{slug(part.title)}.svg").write_bytes(drawn(part, result))
    page = folder / f"{result.name}.html"
    page.write_text(html(result), encoding="utf-8")
    (folder / f"{result.name}.md").write_text(markdown(result), encoding="utf-8")
    (folder / f"{result.name}.json").write_text(as_json(result), encoding="utf-8")
    return page


def drawn(part: Part, result: Result) -> bytes:
    """The figure of a part as SVG, the same bytes each time; below it, that it is synthetic."""
    stream, notes, title = io.BytesIO(), [], part.alt
    if result.is_synthetic:
        notes, title = [_synthetic_below(part.figure)], f"{SYNTHETIC} {part.alt}"
    part.figure.savefig(stream, format="svg", bbox_inches="tight", metadata={"Date": None, "Title": title})
    for note in notes:
        note.remove()
    return stream.getvalue()


def _synthetic_below(figure: Figure) -> Text:
    """The words below all that is drawn."""
    figure.draw_without_rendering()  # so that the layout is settled
    inches = figure.get_tightbbox()
    left, bottom = inches.x0 / figure.get_figwidth(), (inches.y0 - 0.1) / figure.get_figheight()
    return figure.text(left, bottom, SYNTHETIC, va="top", weight="bold")


def html(result: Result) -> str:
    """One page that needs no other file."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("result.html.jinja").render(
        result=result,
        synthetic=SYNTHETIC,
        version=version("la-mart"),
        parts=[
            {
                "part": part,
                "id": slug(part.title),
                "text": words(part),
                "columns": []
                if part.table is None
                else [(heading(c), is_number(part.table, c)) for c in columns(part)],
                "rows": [] if part.table is None else rows(part),
                "image": None
                if part.figure is None
                else base64.b64encode(drawn(part, result)).decode("ascii"),
            }
            for part in result.parts
        ],
    )


def markdown(result: Result) -> str:
    """The same as Markdown; figures are the files beside it."""
    lines = [f"# {result.title}", "", result.lead, ""]
    if result.is_synthetic:
        lines += [f"**{SYNTHETIC}**", ""]
    for part in result.parts:
        lines += [f"## {part.title}", ""]
        if words(part):
            lines += [words(part), ""]
        if part.figure is not None:
            lines += [f"![{part.alt}]({result.name}-{slug(part.title)}.svg)", ""]
        if part.table is not None and (names := columns(part)):
            lines += ["| " + " | ".join(heading(c) for c in names) + " |"]
            sides = ["---:" if is_number(part.table, c) else "---" for c in names]
            lines += ["| " + " | ".join(sides) + " |"]
            lines += ["| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in rows(part)]
            lines += [""]
    return "\n".join(lines)
