"""An inspection of fct_inspection: the editions of Ofsted's lists that have it, and its cells in each."""

from difflib import get_close_matches

import duckdb
from rich.console import Console

from pipeline.errors import InputError
from pipeline.explain import words
from pipeline.explain.database import put_under, rows, sql
from pipeline.names import LAST, one_authority


def found(con: duckdb.DuckDBPyConnection, la: str | None, which: str) -> list[dict]:
    """Inspections as trees, newest first: all of the authority `la`, or the one that `which` names.

    `which` is an inspection_id, its first day or the day of its publication, or empty for all. Raises
    InputError, with what comes near, if there is none.
    """
    inspections = rows(con, "from fct_inspection order by inspection_id")
    if la is not None:
        authorities = con.execute("from dim_local_authority").df().set_index("la_code")
        of_year = int(which[:4]) if which[:4].isdigit() else LAST
        la_code = one_authority(la, authorities, of_year)
        inspections = [row for row in inspections if row["la_code"] == la_code]
    elif not which:
        raise InputError(
            "--inspection",
            "neither an authority nor an inspection's id",
            "--la, or an id as in fct_inspection: 371_sif_2015-11-30",
            "name the authority with --la",
        )
    names = ("inspection_id", "inspection_started_on", "published_on")
    ids = [row["inspection_id"] for row in inspections if which in ("", *(row[name] for name in names))]
    if not ids:
        of = f" of {authorities['la_name'][la_code]} ({la_code})" if la is not None else ""
        every = [row["inspection_id"] for row in inspections]
        near = every if la is not None else get_close_matches(which, every, n=5, cutoff=0)
        raise InputError(
            f"--inspection {which}".rstrip(),
            f"no such inspection{of}",
            ", ".join(near) or "an authority that is in Ofsted's lists",
            "give an id of fct_inspection, its first day or the day of its publication",
        )
    return trees(con, ids)


def trees(con: duckdb.DuckDBPyConnection, ids: list[str]) -> list[dict]:
    """Inspections as trees: the editions that list each, latest first, and in each its cells."""
    con.execute(
        "create or replace temp table asked_inspection as select unnest($1::varchar[]) as inspection_id",
        [ids],
    )
    inspections, editions, cells = (
        rows(con, sql(name)) for name in ("inspections", "inspection_editions", "inspection_cells")
    )
    for cell in cells:
        cell["column"] = words.letters(cell["col_no"])
    put_under(editions, cells, "cells", ("inspection_id", "edition"))
    for edition in editions:
        edition["rule"] = rule(edition)
    put_under(inspections, editions, "editions", ("inspection_id",))
    return inspections


def rule(edition: dict) -> str:
    """On which of its items the edition decides."""
    if edition["n_editions"] == 1:
        return "the only edition that lists it"
    if edition["is_chosen"]:
        return "the latest edition that lists it: it decides on all that it prints"
    alone = ", ".join(cell["item"] for cell in edition["cells"] if cell["is_chosen"])
    return "a later edition lists it" + (f"; decides on {alone}, which that does not print" if alone else "")


def show(console: Console, inspections: list[dict]) -> None:
    """Print inspections, each with its editions and cells; those that decide are marked."""
    first = inspections[0]
    words.say(console, f"{first['la_name']} ({first['la_code']}), inspections: {len(inspections)}", "bold")
    for inspection in inspections:
        began = inspection["inspection_started_on"]
        words.say(console, "")
        words.say(
            console,
            f"{inspection['inspection_id']}: {inspection['framework']}, {inspection['inspection_kind']}, "
            + (f"began {began}, " if began else "")
            + f"published {inspection['published_on']}; "
            + ("sets" if inspection["sets_judgement"] else "does not set")
            + " the judgement in force",
            "bold",
        )
        for edition in inspection["editions"]:
            show_edition(console, inspection, edition)


def show_edition(console: Console, inspection: dict, edition: dict) -> None:
    """Print where an edition lists an inspection, and what it prints there."""
    mark = "*" if edition["is_chosen"] else " "
    words.say(console, f"{mark} edition {edition['edition']}, {words.published(edition)}: {edition['rule']}")
    words.say(console, f"    {edition['file']}  sha256 {edition['sha256']}")
    table = [
        (
            "*" if cell["is_chosen"] else " ",
            cell["item"],
            words.printed(cell),
            cell["decoded"],
            words.place(cell),
            " ".join(cell["column_header"].split()),
        )
        for cell in edition["cells"]
    ]
    for text in words.aligned(table, "    "):
        words.say(console, text)
    printed = " | ".join(filter(None, (edition["published_code"], edition["published_name"])))
    row = f"row {edition['row_no']}"
    words.say(console, f"      {row}: {printed} is {inspection['la_code']}, by {edition['area_by']}")
    words.say(console, f"      type: {edition['published_type']}, by {edition['type_by']}")
    for cell in edition["cells"]:
        if cell["correction_reason"]:
            words.say(
                console,
                f'      {words.place(cell)}: corrected (inspection_cells) to "{cell["text"]}": '
                f"{cell['correction_reason']}; {cell['correction_source']}",
            )
