"""The files of the folder."""

import json
from collections.abc import Iterator
from pathlib import Path

import jinja2

from python_stats.explore import figures

HERE = Path(__file__).parent
ASSETS = ("style.css", "charts.js", "app.js")


def files() -> Iterator[tuple[str, str]]:
    """Path below the folder and text of every file, from the published mart; the same mart, the same text.

    Raises MartError if there is no mart.
    """
    index = figures.index()
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    yield "index.html", environment.get_template("index.html.jinja").render(index=index)
    for name in ASSETS:
        yield name, (HERE / name).read_text("utf-8")
    yield "data/index.js", f"const INDEX = {packed(index)};\n"
    for code, of in figures.figures():
        yield f"data/{code}.js", f"addFigures({packed(code)}, {packed(of)});\n"


def packed(value) -> str:
    """A value as JSON without blanks, which is JavaScript too."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
