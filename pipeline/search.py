"""Looking up what the mart calls things: `la-mart indicators` and `la-mart las`."""

from argparse import Namespace
from difflib import get_close_matches

import pandas as pd
from rich.console import Console

from pipeline.errors import InputError
from pipeline.names import matches, near, plain
from pipeline.terminal import print_json, print_table, records
from python_stats import mart

HEADS = {
    "indicator_code": "indicator", "source_returns": "returns", "la_code": "code", "la_name": "authority",
    "la_type": "type", "region_name": "region", "ons_code": "ONS code", "first_year": "from",
    "last_year": "to",
}  # fmt: skip
# What a narrow terminal goes without, the first first.
DROPPABLE = ["unit", "polarity", "source_returns", "theme", "la_type", "ons_code"]
INDICATORS = """
    with years as (
        select indicator_code, min(year) as first_year, max(year) as last_year
        from fct_indicator
        where value is not null
        group by indicator_code
    )

    select
        indicator_code,
        label,
        theme,
        unit,
        polarity,
        first_year,
        last_year,
        source_returns,
        lait_code,
        definition
    from dim_indicator
    left join years using (indicator_code)
    order by display_order
"""
AUTHORITIES = """
    select la_code, la_name, la_type, region_name, ons_code, first_year, last_year
    from dim_local_authority
    order by la_name, la_code
"""


def indicators(console: Console, args: Namespace) -> None:
    """Print the indicators in which every word of `args.text` stands.

    First those whose label begins with the text, then those that have it in the label or code, then their
    words in any order, then those with them in theme or definition alone.

    Raises InputError if there are none, MartError if there is no mart.
    """
    every = mart.query(INDICATORS)
    asked = plain(args.text or "")

    def text(columns: list[str]) -> pd.Series:
        return every[columns].fillna("").agg(" ".join, axis=1).str.replace("_", " ").map(plain)

    def has_all(of: pd.Series) -> pd.Series:
        return of.map(lambda it: all(word in it for word in asked.split()))

    named, label = text(["indicator_code", "label"]), text(["label"])
    about = text(["indicator_code", "label", "theme", "definition", "lait_code"])
    nearness = [label.str.startswith(asked), named.str.contains(asked, regex=False), has_all(named)]
    every["nearness"] = sum(near.astype(int) for near in nearness)
    found = every[has_all(about)].sort_values("nearness", ascending=False, kind="stable")
    found = found.drop(columns="nearness")
    if found.empty:
        labels = every["label"].map(plain)
        close = get_close_matches(plain(args.text), labels, n=5, cutoff=0.3)
        raise InputError(
            args.text,
            "no indicator with all of these words",
            "; ".join(every["label"][labels.isin(close)]) or "words of a label, a code or a definition",
            "try fewer words, or la-mart indicators without any for the whole list",
        )
    show(console, found, args.json, f"{len(found)} of {len(every)} indicators", ["lait_code", "definition"])


def las(console: Console, args: Namespace) -> None:
    """Print the local authorities that `args.text` may mean, in any of the ways that commands take a name.

    Raises InputError if there are none, MartError if there is no mart.
    """
    every = mart.query(AUTHORITIES).set_index("la_code", drop=False)
    codes = {code for way in matches(args.text, every) for code in way} if args.text else set(every.index)
    found = every[every["la_code"].isin(codes)]
    if found.empty:
        names = [f"{code} {every['la_name'][code]}" for code in near(args.text, every)]
        raise InputError(
            args.text,
            "no authority of that name",
            ", ".join(names) or "a part of a name, or a code",
            "try a part of the name, or la-mart las without any for the whole list",
        )
    show(console, found, args.json, f"{len(found)} of {len(every)} authorities", [])


def show(console: Console, frame: pd.DataFrame, as_json: bool, title: str, long: list[str]) -> None:
    """A frame as JSON, or as a table without its `long` columns; years read as years."""
    if as_json:
        print_json(records(frame))
        return
    frame = frame.drop(columns=long)
    for name in ("first_year", "last_year"):
        frame[name] = frame[name].astype("Int64").astype("string")
    print_table(console, title, frame, HEADS, [c for c in DROPPABLE if c in frame])
