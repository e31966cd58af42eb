"""python -m python_stats: tables from the published mart."""

import argparse
import sys
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from python_stats import mart, rankings

EXAMPLES = """\
examples:
  python -m python_stats rank --indicator looked_after_3_plus_placements_pct --year 2025
  python -m python_stats rank --indicator convicted_pct --year 2015 --csv convicted.csv
"""


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    main_parser = argparse.ArgumentParser(
        prog="python -m python_stats",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = main_parser.add_subparsers(dest="command", required=True, metavar="command")
    rank = commands.add_parser("rank", help="authorities in order of one indicator in one year")
    rank.add_argument("--indicator", required=True, metavar="CODE", help="code in dim_indicator")
    rank.add_argument("--year", required=True, type=int, metavar="YYYY", help="year ending 31 March")
    rank.add_argument("--csv", type=Path, metavar="FILE", help="write the table there as well")
    return main_parser


def print_rank(frame: pd.DataFrame, about: pd.Series, year: int, console: Console) -> None:
    """The ranked table, values with the indicator's decimals, equal ranks marked."""
    n = int(frame["n"].iloc[0])
    best = {"high": "highest is best", "low": "lowest is best", "none": "no polarity, so no ranks"}
    table = Table(
        title=f"{about.label}, {year}",
        title_justify="left",
        caption=f"N = {n} of {len(frame)} authorities; {best[about.polarity]}; = marks a shared rank; "
        f"{about.unit}; edition {', '.join(sorted(frame.edition.dropna().unique()))}",
        caption_justify="left",
    )
    for name, side in (
        ("rank", "right"),
        ("code", "left"),
        ("local authority", "left"),
        ("region", "left"),
        ("value", "right"),
        ("note", "left"),
    ):
        table.add_column(name, justify=side, no_wrap=True)
    for row in frame.itertuples():
        shared = "=" if pd.notna(row.ties) and row.ties > 1 else ""
        table.add_row(
            f"{shared}{row.rank}" if pd.notna(row.rank) else "",
            row.la_code,
            row.la_name,
            row.region_name,
            f"{row.value:,.{about.decimals}f}" if pd.notna(row.value) else "",
            row.note or ("computed" if row.is_derived else ""),
        )
    console.print(table)
    if mart.is_synthetic():
        console.print("SYNTHETIC DATA: made-up figures; no number here is real.", style="bold")


def main(argv: list[str] | None = None) -> int:
    """Run a command; what the mart cannot answer ends in one message and exit code 1."""
    args = parser().parse_args(argv)
    # A pipe has no width of its own: wide enough for every column.
    console = Console() if sys.stdout.isatty() else Console(width=120)
    try:
        about = mart.indicator(args.indicator)
        frame = rankings.rank(mart.indicator_year(args.indicator, args.year), about.polarity)
        print_rank(frame, about, args.year, console)
        if args.csv:
            columns = [
                "rank",
                "n",
                "ties",
                "la_code",
                "la_name",
                "region_name",
                "value",
                "status",
                "edition",
                "is_derived",
            ]
            table = frame[columns].assign(
                indicator_code=args.indicator, year=args.year, is_synthetic=mart.is_synthetic()
            )
            table.to_csv(args.csv, index=False)
    except (mart.MartError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
