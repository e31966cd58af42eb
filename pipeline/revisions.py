"""What editions changed of what earlier ones had printed: tables from the published mart."""

from argparse import Namespace
from difflib import get_close_matches

import duckdb
import pandas as pd
from rich.console import Console

from pipeline.errors import InputError
from pipeline.names import one_authority
from pipeline.terminal import print_json, print_table, records
from python_stats import mart

HEADS = {
    "return_name": "return", "edition_from": "from", "edition_to": "to", "la_code": "code",
    "la_name": "authority", "value_from": "was", "value_to": "is", "revised_pct": "%",
}  # fmt: skip
# What a narrow terminal goes without, the first first.
DROPPABLE = ["other", "unsuppressed", "suppressed", "difference", "la_code", "change", "cells", "return_name"]
COUNTS = ["n_cells", "n_figures", "n_revised", "n_suppressed", "n_unsuppressed", "n_other"]

# How the cells printed again fared, by family, authority and pair of editions.
CELLS_COUNTED = """
    select return_name, family, area_code as la_code, edition_from, edition_to, columns('^n_')
    from fct_revision_summary
    where area_level in ('local_authority', 'joint_return')
"""
CELLS_CHANGED = """
    select
        return_name,
        edition_from,
        edition_to,
        area_code as la_code,
        year,
        coalesce(component, trim(replace(series, '|', ' ') || ' ' || measure)) as figure,
        value_from,
        value_to,
        difference,
        change
    from fct_revision
    where area_level in ('local_authority', 'joint_return')
"""
# An indicator is compared as the mart has it, computed values included. What one edition prints and another
# gives the counts of is not revised if the counts are the same, or the one printed is the other rounded.
OF_INDICATOR = """
    select
        split_part(source_file, '/', 1) as return_name,
        la_code,
        year,
        indicator_code as figure,
        lag(edition) over earlier as edition_from,
        edition as edition_to,
        lag(value) over earlier as value_from,
        value as value_to,
        value - value_from as difference,
        lag(is_derived) over earlier as is_derived_from,
        if(is_derived, value_from, value) as printed,
        is_derived <> is_derived_from and (
            (numerator, denominator) = (lag(numerator) over earlier, lag(denominator) over earlier)
            or abs(difference) <= 0.5 * power(
                10, -if(printed % 1 = 0, 0, length(split_part(printed::varchar, '.', 2)))
            ) + 1e-9
        ) as is_the_same,
        lag(status) over earlier as status_from,
        status as status_to,
        if(status_from = status_to, 'revised', status_from || ' to ' || status_to) as change
    from fct_indicator_edition
    where indicator_code = $indicator and not is_carried
    window earlier as (partition by la_code, year order by known_on, edition_year, edition)
    qualify edition_from is not null
"""


def revisions(console: Console, args: Namespace) -> None:
    """Print what editions changed: by family, by authority, and the largest changes.

    Raises MartError without a mart, InputError if it has no such return, edition, authority or indicator.
    """
    with mart.connect() as con:
        tables = tables_of(con, args.return_name, args.edition, args.la, args.indicator)
        once = once_only(con, args.la, args.indicator) if args.la and args.indicator else None
    if args.csv:
        with args.csv.open("w", encoding="utf-8", newline="") as file:
            tables["changes"].to_csv(file, index=False)
    tables = {name: frame if name == "editions" else frame.head(args.limit) for name, frame in tables.items()}
    if args.json:
        print_json({name: records(frame) for name, frame in tables.items()} | {"years_in_one_edition": once})
        return
    for title, name in (
        ("What each edition changed, most revised first", "editions"),
        ("Authorities most affected", "authorities"),
        ("Largest changes (by difference squared over size)", "changes"),
    ):
        print_table(console, title, tables[name], HEADS, [c for c in DROPPABLE if c in tables[name]])
    if once:
        years = ", ".join(str(year) for year in once)
        console.print(f"in one edition alone, so never revised: {years}", highlight=False)
    if args.csv:
        console.print(f"all changes: {args.csv}", highlight=False)


def once_only(con: duckdb.DuckDBPyConnection, la: str, indicator: str) -> list[int]:
    """The years of an authority that a single edition has the indicator of."""
    la_code = one_authority(la, con.table("dim_local_authority").df().set_index("la_code"))
    found = con.execute(
        "select year from fct_indicator_edition where la_code = ? and indicator_code = ? and not is_carried "
        "group by year having count(*) = 1 order by year",
        [la_code, indicator],
    )
    return [year for (year,) in found.fetchall()]


def tables_of(
    con: duckdb.DuckDBPyConnection,
    return_name: str | None = None,
    edition: str | None = None,
    la: str | None = None,
    indicator: str | None = None,
) -> dict[str, pd.DataFrame]:
    """What was changed, narrowed to a return, a later edition, an authority or an indicator.

    `editions`: one row per family and pair of editions; `authorities`: one per authority with a change;
    `changes`: one per changed figure. Counts are of figures; revised_pct is of those that are numbers in
    both editions.
    """
    editions = con.table("dim_edition").df()
    known("return", return_name, editions["return_name"])
    known("edition", edition, editions["edition"])
    authorities = con.table("dim_local_authority").df().set_index("la_code")
    names = authorities["la_name"]
    la_code = one_authority(la, authorities) if la else None
    if indicator:
        known("indicator", indicator, con.table("dim_indicator").df()["indicator_code"])
        compared = con.execute(OF_INDICATOR, {"indicator": indicator}).df()
        counted = compared.assign(family=indicator, **count(compared))
        is_changed = counted[["n_revised", "n_suppressed", "n_unsuppressed", "n_other"]].any(axis=1)
        changed = compared[is_changed]
    else:
        counted = con.execute(CELLS_COUNTED).df()
        changed = con.execute(CELLS_CHANGED).df()

    def chosen(frame: pd.DataFrame) -> pd.DataFrame:
        keep = pd.Series(True, index=frame.index)
        for column, value in (("return_name", return_name), ("edition_to", edition), ("la_code", la_code)):
            if value is not None:
                keep &= frame[column] == value
        return frame[keep]

    counted, changed = chosen(counted), chosen(changed)
    by_edition = totals(counted, ["return_name", "family", "edition_from", "edition_to"])
    by_authority = totals(counted, ["la_code"])
    by_authority.insert(1, "la_name", by_authority["la_code"].map(names))
    changes = by_authority.columns.intersection(["revised", "suppressed", "unsuppressed", "other"])
    size = changed[["value_from", "value_to"]].abs().max(axis=1)
    changed = changed.assign(
        la_name=changed["la_code"].map(names), weight=changed["difference"] ** 2 / size.where(size > 0)
    ).sort_values(["weight", "figure", "la_code", "year"], ascending=[False, True, True, True])
    order = [
        "return_name", "edition_from", "edition_to", "la_code", "la_name", "year", "value_from", "value_to",
        "difference", "change", "figure",
    ]  # fmt: skip
    return {
        "editions": by_edition,
        "authorities": by_authority[by_authority[changes].any(axis=1)].reset_index(drop=True),
        "changes": changed[order].reset_index(drop=True),
    }


def count(compared: pd.DataFrame) -> dict[str, pd.Series]:
    """0 or 1 for each row: how it fared."""
    before, after = compared["status_from"], compared["status_to"]
    both = compared["value_from"].notna() & compared["value_to"].notna()
    hidden = (before == "published") & (after == "suppressed")
    shown = (before == "suppressed") & (after == "published")
    flags = {
        "n_cells": pd.Series(True, index=compared.index),
        "n_figures": both,
        "n_revised": both
        & (compared["value_from"] != compared["value_to"])
        & ~compared["is_the_same"].fillna(False).astype(bool),
        "n_suppressed": hidden,
        "n_unsuppressed": shown,
        "n_other": (before != after) & ~hidden & ~shown,
    }
    return {name: flag.astype(int) for name, flag in flags.items()}


def totals(counted: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Counts summed by `by`, most revised first."""
    frame = counted.groupby(by, as_index=False)[COUNTS].sum()
    frame["revised_pct"] = 100 * frame["n_revised"] / frame["n_figures"].where(frame["n_figures"] > 0)
    frame = frame.sort_values(["revised_pct", *by], ascending=[False] + [True] * len(by))
    frame = frame[[*by, "n_cells", "n_revised", "revised_pct", "n_suppressed", "n_unsuppressed", "n_other"]]
    return frame.rename(columns=lambda name: name.removeprefix("n_")).reset_index(drop=True)


def known(name: str, value: str | None, have: pd.Series) -> None:
    """Refuse a value the mart does not have."""
    if value is None or (have == value).any():
        return
    every = sorted(set(have))
    near = [text for text in every if value.lower() in text.lower()] or get_close_matches(value, every, 5)
    near = near or every
    raise InputError(
        f"--{name} {value}",
        f"no such {name} in the mart",
        ", ".join(near[:12]) + (" ..." if len(near) > 12 else ""),
        "look it up with la-mart indicators" if name == "indicator" else "name one of these",
    )
