"""One authority in one year, on the terminal or as a page."""

from argparse import Namespace

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from pipeline.names import LAST, joint_return, one_authority
from pipeline.terminal import print_json, print_whole, records
from python_stats import mart, profile
from python_stats.page import page
from python_stats.results import SYNTHETIC

WIDE = ("value", "rank", "band", "neighbours", "England", "beside England", "five years")
NARROW = ("value", "rank", "band", "England", "five years")
WIDE_ENOUGH, WORDS_FIT = 140, 100
"""Columns of a terminal that leave the names of the indicators room beside all of WIDE; beside NARROW with
the trend in words, not as an arrow alone."""


def show(console: Console, args: Namespace) -> None:
    """Print the profile of `args.la`, or write it as a page to `args.html`.

    Raises InputError or MartError if the mart, the authority, the year or the theme is not there, InputError
    of a joint return.
    """
    authorities = mart.query("from dim_local_authority").set_index("la_code")
    la_code = one_authority(args.la, authorities, args.year or LAST)
    if authorities["la_type"][la_code] == "joint return":
        raise joint_return(la_code, authorities["la_name"][la_code])
    of = profile.profile_of(la_code, args.year, args.theme)
    if args.json:
        print_json(plain(of))
        return
    if args.html:
        args.html.write_text(page(of), encoding="utf-8")
        console.print(f"{args.html}: {len(of.figures)} indicators", highlight=False, soft_wrap=True)
        return
    console.print(
        f"[bold]{of.authority['la_name']}[/bold] ({of.authority['la_code']}, {of.authority['region_name']}), "
        f"year ending 31 March {of.year}. Ofsted: {profile.judgement_words(of.judgement)}.",
        highlight=False,
    )
    for theme, figures in of.figures.groupby("theme", sort=False):
        print_whole(console, table_of(theme, figures, console.width))
    if len(of.elsewhere):
        console.print(
            f"{len(of.elsewhere)} more indicators are not published for {of.year} (their last years are "
            f"{of.elsewhere['last_year'].min()} to {of.elsewhere['last_year'].max()}); choose --year.",
            highlight=False,
        )
    words = "Rank: 1 is best, = is shared. Band: quarters, A best. !!: worse than England and worsening."
    if console.width >= WIDE_ENOUGH:
        words += (
            " In brackets: of ranks what chance allows (95%), of the neighbours' mean (list of "
            f"{profile.NEIGHBOURS}) how many have a figure. Beside England: what chance does not explain, "
            "and at which level."
        )
    else:
        words += (
            f" With {WIDE_ENOUGH} columns, or as --html or --json: the neighbours, what chance allows, and "
            "trends in words."
        )
    console.print(
        words,
        style="dim",
        highlight=False,
    )
    if of.is_synthetic:
        console.print(SYNTHETIC, style="bold")


def plain(of: profile.Profile) -> dict:
    """The profile as plain values, its tables as lists of objects."""
    return {
        "la_code": of.authority["la_code"],
        "la_name": of.authority["la_name"],
        "year": of.year,
        "judgement": profile.judgement_words(of.judgement),
        "is_synthetic": of.is_synthetic,
        "neighbours": of.neighbours,
        "figures": records(of.figures.drop(columns="display_order")),
        "elsewhere": records(of.elsewhere),
    }


def table_of(theme: str, figures: pd.DataFrame, width: int) -> Table:
    """The indicators of a theme, a line each; a narrow terminal has the names and the chief columns."""
    table = Table(
        title=theme.capitalize(),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    is_wide = width >= WIDE_ENOUGH
    table.add_column("indicator", overflow="fold", min_width=22)
    right = ("value", "rank", "neighbours", "England")
    for name in NARROW if not is_wide else WIDE:
        table.add_column(
            name if is_wide else name.replace(" ", "\n"),
            justify="right" if name in right else "left",
            no_wrap=is_wide or name not in ("value", "five years"),
        )
    for figure in figures.itertuples():
        interval = profile.interval_words(figure)
        neighbours = profile.number(figure.neighbours_mean, figure)
        trend = profile.trend_words(figure)
        cells = {
            "value": profile.value_words(figure),
            "rank": profile.rank_words(figure) + (f" ({interval})" if interval and is_wide else ""),
            "band": figure.band if isinstance(figure.band, str) else "",
            "neighbours": f"{neighbours} ({int(figure.neighbours_n)})" if neighbours else "",
            "England": profile.number(figure.england_value, figure),
            "beside England": profile.against_england(figure),
            "five years": shortened(trend, width)
            + (" [bold]!![/bold]" if figure.worse_and_worsening else ""),
        }
        table.add_row(figure.label, *(cells[name] for name in (WIDE if is_wide else NARROW)))
    return table


def shortened(trend: str, width: int) -> str:
    """A trend in words as far as there is room for them: why there is none goes first, then what it means."""
    if width >= WIDE_ENOUGH or (width >= WORDS_FIT and trend[:1] in ("↗", "↘")):
        return trend
    return trend[:1] if trend[:1] in ("↗", "↘", "→") else ""
