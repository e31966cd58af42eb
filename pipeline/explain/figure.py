"""A figure of fct_indicator: its editions, and in each the cells of the official files behind it."""

from difflib import get_close_matches
from itertools import groupby

import duckdb
from rich.console import Console

from pipeline.errors import InputError
from pipeline.explain import words
from pipeline.explain.database import put_under, rows, sql
from pipeline.names import one_authority

KEY = ("la_code", "year", "indicator_code")
EDITION_KEY = (*KEY, "edition")
# Corrections of the area of a row, not of one cell.
OF_A_ROW = ("area_rows", "joint_rows")


def found(con: duckdb.DuckDBPyConnection, la: str, year: int, indicator: str) -> dict:
    """The figure of an authority's code or name as a tree. Raises InputError if there is none."""
    return trees(con, [key_of(con, la, year, indicator)])[0]


def trees(con: duckdb.DuckDBPyConnection, keys: list[tuple[str, int, str]]) -> list[dict]:
    """Figures as trees: editions, newest first, and in each the cells behind it.

    `keys` are la_code, year and indicator_code of figures of fct_indicator; others are left out.
    """
    ask(con, keys)
    figures, editions = rows(con, sql("figures")), editions_of(con, "figure_editions")
    put_under(figures, editions, "editions", KEY)
    for figure in figures:
        figure["rule"] = next((e["rule"] for e in figure["editions"] if e["is_chosen"]), None) or (
            "no edition that was out on the day the mart is of has it"
            if figure["editions"]
            else "no edition has it, though the authority existed"
        )
    return figures


def ask(con: duckdb.DuckDBPyConnection, keys: list[tuple[str, int, str]]) -> None:
    """Put keys where the queries look for them."""
    con.execute(
        "create or replace temp table asked as "
        "select unnest($1::varchar[]) as la_code, unnest($2::integer[]) as year, "
        "unnest($3::varchar[]) as indicator_code",
        [list(column) for column in zip(*keys, strict=True)],
    )


def editions_of(con: duckdb.DuckDBPyConnection, query: str) -> list[dict]:
    """Editions by a query on what was asked, each with its cells."""
    con.execute(sql("edition_figure"))
    con.execute(f"create or replace temp table asked_edition as {sql(query)}")
    editions, cells = rows(con, "from asked_edition"), rows(con, sql("cells"))
    for cell in cells:
        cell["column"] = words.letters(cell["col_no"])
    for edition in editions:
        edition["how"] = how(edition)
    put_under(editions, cells, "cells", EDITION_KEY)
    return editions


def how(edition: dict) -> str:
    """How the edition has the figure: as printed, computed, shared by a joint return."""
    is_derived, joint_code = edition["is_derived"], edition["joint_code"]
    if edition["is_share_of_nobody"]:
        return "a share of nobody: the denominator is 0"
    if joint_code not in (None, edition["la_code"]):
        if edition["unit"] in ("count", "FTE"):
            return "a count of the joint return: how much of it each member has is not known"
        return f"{'computed' if is_derived else 'as printed'} for the joint return, shared by its members"
    if not is_derived:
        return "as printed"
    if not edition["is_ratio"]:
        return "computed: the sum of its cells"
    times = f"{edition['multiplier']:,} x " if edition["multiplier"] != 1 else ""
    return f"computed: {times}numerator / denominator"


def key_of(con: duckdb.DuckDBPyConnection, la: str, year: int, indicator: str) -> tuple[str, int, str]:
    """The figure's key. Raises InputError, with what comes near, if there is no such figure."""
    authorities = con.execute("from dim_local_authority").df().set_index("la_code")
    offsets = dict(con.execute("select indicator_code, authorities_offset from dim_indicator").fetchall())
    if indicator not in offsets:
        raise InputError(
            indicator,
            "no indicator of that code",
            ", ".join(get_close_matches(indicator.lower(), offsets, n=5, cutoff=0)),
            "look it up with la-mart indicators",
        )
    la_code = one_authority(la, authorities, year + offsets[indicator])
    years = [
        row["year"]
        for row in rows(
            con,
            "select distinct year from fct_indicator where la_code = ? and indicator_code = ? order by year",
            [la_code, indicator],
        )
    ]
    if year not in years:
        of = rows(con, "from dim_local_authority where la_code = ?", [la_code])[0]
        existed = (
            f"the authority existed from {of['first_year'] or 'before 2010'} to {of['last_year'] or 'today'}"
        )
        raise InputError(
            f"{indicator}, {of['la_name']} ({la_code}), {year}",
            f"no figure of that year; {existed}",
            "one of " + ", ".join(map(str, years)) if years else "an indicator that the authority has",
            "choose another --year" if years else "choose another --indicator",
        )
    return la_code, year, indicator


def show(console: Console, figure: dict) -> None:
    """Print the figure, then each edition with its files and cells."""
    head(console, figure)
    absent = f" ({figure['absence_reason']})" if figure["absence_reason"] else ""
    edition = f", edition {figure['edition']}" if figure["edition"] else ""
    words.say(console, f"{words.figure(figure)}{edition}: {figure['rule']}{absent}")
    for edition in figure["editions"]:
        words.say(console, "")
        said = said_of(edition)
        if edition["is_chosen"]:
            words.say(console, f"* {said}", "bold")
        else:
            words.say(console, f"  {said}; {edition['rule']}")
        show_cells(console, edition)


def head(console: Console, figure: dict) -> None:
    """Print whose and which figure it is."""
    words.say(
        console,
        f"{figure['la_name']} ({figure['la_code']}), year ending 31 March {figure['year']}",
        "bold",
    )
    words.say(console, f"{figure['indicator_code']}: {figure['label']} ({figure['unit']})")


def said_of(edition: dict) -> str:
    """What the edition has, since when and how."""
    return (
        f"edition {edition['edition']}, {words.published(edition)}: {words.figure(edition)}, {edition['how']}"
    )


def show_cells(console: Console, edition: dict) -> None:
    """Print the formula of an edition, and its cells file by file."""
    if edition.get("carried_reason"):
        words.say(console, f"    carried from {edition['printed_year']}: {edition['carried_reason']}")
    if edition["formula"]:
        beside = "" if edition["is_derived"] else ", beside the printed value"
        parts = f": {words.ratio(edition)}" if words.ratio(edition) else ""
        words.say(console, f"    {edition['formula']}{beside}{parts}")
    files = list(dict.fromkeys(cell["file"] for cell in edition["cells"]))
    for file, cells in groupby(
        sorted(edition["cells"], key=lambda cell: files.index(cell["file"])), key=lambda cell: cell["file"]
    ):
        cells = list(cells)
        words.say(console, f"    {file}  sha256 {cells[0]['sha256']}" if file else "    in no file")
        table = [
            (
                cell["role"] if cell["role"] == "published value" else f"{cell['sign']} {cell['role']}",
                cell["component"],
                words.printed(cell),
                words.figure(cell),
                words.place(cell),
                " | ".join(filter(None, (cell["row_keys"], cell["column_header"])))
                + (f" ({cell['borrowed']})" if cell["borrowed"] else ""),
            )
            for cell in cells
        ]
        for text in words.aligned(table, "      "):
            words.say(console, text)
        for note in dict.fromkeys(note for cell in cells for note in notes_of(cell)):
            words.say(console, f"      {note}")


def notes_of(cell: dict) -> list[str]:
    """How the area was found and what was corrected."""
    if cell["row_no"] is None:
        return []
    row = f"row {cell['row_no']}"
    published = " | ".join(filter(None, (cell[f"published_{name}"] for name in ("level", "code", "name"))))
    return [
        f"{row}: {published} is {cell['area_code']}, by {cell['area_by']}",
        *(
            f"{row if c['seed'] in OF_A_ROW else words.place(cell)}: corrected ({c['seed']}): {c['reason']}; "
            f"{c['source']}"
            for c in cell["corrections"]
        ),
    ]
