"""la-mart: the one command line of the project."""

import argparse
import sys
from datetime import date
from pathlib import Path

import duckdb
from rich.console import Console

from pipeline.errors import BuildError, InputError
from pipeline.settings import warehouse_dir
from python_stats.mart import MartError

DESCRIPTION = """\
English children's social care statistics as one tested local-authority-by-year mart.

  RAW_DIR        folder of official files, <return>/<edition>/<file>   (default: the synthetic sample)
  WAREHOUSE_DIR  where the databases are written                       (default: warehouse/)
"""

EXAMPLES = """\
examples:
  la-mart build                              the mart from the embedded sample
  RAW_DIR=~/official la-mart build           the mart from the official files
  la-mart build --as-of 2016-03-31           what was known on that day
  la-mart fetch --dry-run                    which official files would be got, and from where
  la-mart check                              what changed since, and what would stop a build
  la-mart revisions --edition 2023           what the editions of 2023 changed
  la-mart explain --la Salford --year 2015 --indicator looked_after_per_10k    which cells of which files
  la-mart explain --la Salford --inspection      its inspections, in every edition of Ofsted's lists
  la-mart profile Salford --html salford.html    one authority beside its benchmarks
  la-mart explore --out site                 pages to explore the mart in a browser, without a server
  la-mart indicators missing                 indicators by words of their label or definition
  la-mart las dorset                         authorities by name or code, however typed
  la-mart export mart_la_year la_year.csv    a relation, or a query's rows, for a spreadsheet
  la-mart sample --out /tmp/raw --last 2027  synthetic files up to edition 2027
  RAW_DIR=~/official la-mart bench           seconds and memory, beside a plain DuckDB script
"""


REVISIONS_EXAMPLES = """\
examples:
  la-mart revisions                                          every return and edition
  la-mart revisions --return education --edition 2023        one release
  la-mart revisions --la Salford --indicator looked_after_per_10k
  la-mart revisions --return ssda903 --csv changed.csv       every changed cell
"""


EXPLAIN_EXAMPLES = """\
examples:
  la-mart explain --la Salford --year 2015 --indicator looked_after_per_10k
  la-mart explain --la 314 --year 2025 --indicator vacancy_rate_fte_pct    a share of a joint return
  la-mart explain --la Salford --year 2015 --indicator looked_after_per_10k --benchmarks --json
  la-mart explain --la Salford --inspection                                all its inspections
  la-mart explain --la Salford --inspection 2015-06-22                     one, by a day or its id
"""


PROFILE_EXAMPLES = """\
examples:
  la-mart profile Salford                                    the mart's last year
  la-mart profile Salford --year 2023 --theme "care leavers"
  la-mart profile 355 --html salford.html                    a page with charts, to print or send
"""


EXPLORE_EXAMPLES = """\
examples:
  la-mart explore --out site                 then open site/index.html, or put the folder on a web server
  WAREHOUSE_DIR=~/mart la-mart explore --out ~/public/explore
"""


INDICATORS_EXAMPLES = """\
examples:
  la-mart indicators missing                 in label, code, theme or definition
  la-mart indicators "care leavers suitable" --json
  la-mart indicators                         all
"""


LAS_EXAMPLES = """\
examples:
  la-mart las dorset                         the old one and the new one
  la-mart las "st helens"                    as St. Helens, ST-HELENS
  la-mart las E08000006                      ONS codes, of any year; or 355
  la-mart las --json                         all
"""


EXPORT_EXAMPLES = """\
examples:
  la-mart export mart_la_year la_year.csv
  la-mart export "from mart_la_year where year = 2025" la_2025.csv
  la-mart export "select * from fct_indicator where indicator_code = 'looked_after_per_10k'" rates.csv
"""


BUILD_EXAMPLES = """\
examples:
  RAW_DIR=~/official la-mart build
  la-mart build --as-of 2016-03-31    what was known on that day
  la-mart build --without-missing     files that the last build read were taken away on purpose
"""


FETCH_EXAMPLES = """\
examples:
  RAW_DIR=~/official la-mart fetch --dry-run      what would be got, what by hand, and from where
  RAW_DIR=~/official la-mart fetch                everything whose address is known
  RAW_DIR=~/official la-mart fetch cin csww/2025  a return, or one of its editions
  RAW_DIR=~/official la-mart fetch cin/2026       a new release, from the publisher's API
  RAW_DIR=~/official la-mart fetch --offline      hold the folder against the register, ask nobody

exit code 0: all files asked for are in place (or --dry-run); 1: some are not, and why
"""


CHECK_EXAMPLES = """\
examples:
  RAW_DIR=~/official la-mart check    after putting in a new release, before building
  la-mart check && la-mart build      exit code 0: nothing found that would stop a build; else 1
  la-mart check --without-missing     as la-mart build with the same option
"""


def day(text: str) -> date:
    """A day as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2016-03-31") from None


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    raw = argparse.RawDescriptionHelpFormatter
    main_parser = argparse.ArgumentParser(
        prog="la-mart", description=DESCRIPTION, epilog=EXAMPLES, formatter_class=raw
    )
    commands = main_parser.add_subparsers(dest="command", required=True, metavar="command")
    build = commands.add_parser(
        "build",
        help="build the mart from RAW_DIR, test it and publish it",
        description="Build the mart from RAW_DIR, test it and publish it.",
        epilog=BUILD_EXAMPLES,
        formatter_class=raw,
    )
    build.add_argument(
        "--as-of",
        type=day,
        metavar="YYYY-MM-DD",
        help="leave out what was published after this day (default: nothing)",
    )
    fetch = commands.add_parser(
        "fetch",
        help="get the official files from their publishers into RAW_DIR",
        description="Get the official files of seeds/sources into RAW_DIR/<return>/<edition>/. What is there "
        "is not overwritten; what was cut off is resumed; a content other than the one known is told, and "
        "kept beside.",
        epilog=FETCH_EXAMPLES,
        formatter_class=raw,
    )
    fetch.add_argument(
        "names",
        nargs="*",
        metavar="RETURN[/EDITION]",
        help="cin, cin/2025 ... (default: all of the register)",
    )
    how = fetch.add_mutually_exclusive_group()
    how.add_argument("--dry-run", action="store_true", help="say what would be got, ask nobody")
    how.add_argument("--offline", action="store_true", help="say what is missing or differs, ask nobody")
    fetch.add_argument("--json", action="store_true", help="print every file as JSON")
    check = commands.add_parser(
        "check",
        help="what changed in RAW_DIR since the last build, and what would stop the next one",
        description="Hold RAW_DIR against the last build: files new, changed, renamed and missing, headers "
        "not seen before with the seed rows that would claim them, authorities lost, files without figures.",
        epilog=CHECK_EXAMPLES,
        formatter_class=raw,
    )
    for command in (build, check):
        command.add_argument(
            "--without-missing",
            action="store_true",
            help="let go of files that the last build read and that are no more in RAW_DIR",
        )
    revisions = commands.add_parser(
        "revisions",
        help="what each edition changed of what earlier ones had printed",
        description="What each edition changed of what earlier ones had printed, from the published mart.",
        epilog=REVISIONS_EXAMPLES,
        formatter_class=raw,
    )
    revisions.add_argument(
        "--return", dest="return_name", metavar="NAME", help="a return: ssda903, cin, education ..."
    )
    revisions.add_argument("--edition", metavar="NAME", help="the edition that changed it: 2023, ye2025 ...")
    revisions.add_argument("--la", metavar="NAME", help="an authority's code or name: 355, Salford")
    revisions.add_argument(
        "--indicator", metavar="CODE", help="an indicator as the mart has it, computed values included"
    )
    revisions.add_argument(
        "--limit", type=int, default=20, metavar="N", help="rows of each table shown (default 20)"
    )
    revisions.add_argument("--csv", type=Path, metavar="FILE", help="write every change to this file")
    revisions.add_argument("--json", action="store_true", help="print the tables as JSON")
    explain = commands.add_parser(
        "explain",
        help="a figure, its benchmarks or an inspection, back to the cells of the official files",
        description="One figure of the mart: every edition that has it, why one decides, and the cells of "
        "the official files behind each; the figures behind its benchmarks; or an inspection in every "
        "edition of Ofsted's lists. From the working database.",
        epilog=EXPLAIN_EXAMPLES,
        formatter_class=raw,
    )
    explain.add_argument("--la", metavar="NAME", help="an authority's code or name: 355, Salford")
    explain.add_argument("--year", type=int, metavar="YYYY", help="year ending 31 March, as the mart has it")
    explain.add_argument("--indicator", metavar="CODE", help="an indicator's code, as in dim_indicator")
    explain.add_argument(
        "--benchmarks",
        action="store_true",
        help="the figures that its benchmarks in fct_benchmark are put together from, instead",
    )
    explain.add_argument(
        "--inspection",
        nargs="?",
        const="",
        metavar="ID",
        help="an inspection by its id (371_sif_2015-11-30), first day or day of publication; without one, "
        "all of the authority",
    )
    explain.add_argument("--json", action="store_true", help="print the same as JSON")
    profile = commands.add_parser(
        "profile",
        help="one authority's indicators beside England, its neighbours and all others",
        description="One authority in one year: value, rank of N, band, neighbours, England and trend of "
        "each indicator, from the published mart.",
        epilog=PROFILE_EXAMPLES,
        formatter_class=raw,
    )
    profile.add_argument("la", metavar="AUTHORITY", help="its code or name: 355, Salford")
    profile.add_argument(
        "--year", type=int, metavar="YYYY", help="year ending 31 March (default: the authority's last)"
    )
    profile.add_argument(
        "--theme",
        metavar="NAME",
        help='every indicator of a theme, such as "care leavers" '
        "(default: those of all themes that have a polarity or are in LAIT)",
    )
    profile.add_argument(
        "--html", type=Path, metavar="FILE", help="write a self-contained page there instead"
    )
    explore = commands.add_parser(
        "explore",
        help="write pages to explore the mart in a browser, without a server",
        description="A folder of pages from the published mart: choose indicator, year, region, authority; "
        "see distribution, time series, neighbours, table and where the figures come from. Opens from disk "
        "and from any web server; needs no network.",
        epilog=EXPLORE_EXAMPLES,
        formatter_class=raw,
    )
    explore.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder to write; one that this command wrote before is replaced",
    )
    indicators = commands.add_parser(
        "indicators",
        help="look up indicators by words of their label or definition",
        description="Indicators of the published mart in which every word of TEXT stands: in label, code, "
        "theme, definition or LAIT's code.",
        epilog=INDICATORS_EXAMPLES,
        formatter_class=raw,
    )
    las = commands.add_parser(
        "las",
        help="look up local authorities by name or code, however typed",
        description="Local authorities of the published mart that TEXT may mean: a name in any spelling that "
        "a publisher has used, a part of it, a three-digit code or an ONS code of any year.",
        epilog=LAS_EXAMPLES,
        formatter_class=raw,
    )
    for command in (indicators, las):
        command.add_argument("text", nargs="?", metavar="TEXT", help="what to look for (default: all)")
        command.add_argument("--json", action="store_true", help="print the same as JSON")
    export = commands.add_parser(
        "export",
        help="write a relation or a query's rows to a CSV file for a spreadsheet",
        description="A relation of the published mart, or the answer to a query, as CSV that Excel reads "
        "rightly (UTF-8 with a byte-order mark).",
        epilog=EXPORT_EXAMPLES,
        formatter_class=raw,
    )
    export.add_argument("query", metavar="QUERY", help="a relation's name, or a query in SQL")
    export.add_argument("file", type=Path, metavar="FILE", help="the file to write")
    sample = commands.add_parser("sample", help="write synthetic files in the publishers' layouts")
    sample.add_argument("--out", type=Path, required=True, help="folder to write, must not exist")
    sample.add_argument("--seed", type=int, default=903, help="same seed, same files (default 903)")
    sample.add_argument("--last", type=int, default=2025, help="last edition (default 2025)")
    commands.add_parser(
        "validate",
        help="hold the last build against the promises to its readers",
        description="Hold the working database of the last build against its Great Expectations suites, "
        "print what is broken with the first rows, and write pages of the results to "
        "WAREHOUSE_DIR/validation. Exit code 1 if anything is broken.",
    )
    rollback = commands.add_parser(
        "rollback",
        help="let readers see an earlier build again",
        description="Let readers see an earlier published build again: the one before, or the one named.",
    )
    rollback.add_argument("build_id", nargs="?", metavar="BUILD", help="a build; without it, the one before")
    rollback.add_argument("--list", action="store_true", help="list the builds that are kept")
    commands.add_parser("bench", help="measure a build: seconds, memory, ratio to a plain script")
    return main_parser


def main(argv: list[str] | None = None) -> int:
    """Run a command; errors of input end in one message and exit code 1."""
    args = parser().parse_args(argv)
    # A pipe has no width of its own: wide enough for every column.
    console, errors = Console(width=None if sys.stdout.isatty() else 160), Console(stderr=True)
    # Imports wait until a command needs them: dbt alone takes seconds.
    try:
        if args.command == "build":
            from pipeline.build import build

            build(console, args.as_of, args.without_missing)
        elif args.command == "fetch":
            from pipeline.fetch import fetch

            return 0 if fetch(console, args.names, args.dry_run, args.offline, args.json) else 1
        elif args.command == "check":
            from pipeline.check import check

            return 0 if check(console, args.without_missing) else 1
        elif args.command == "sample":
            from pipeline.sample import write_sample

            with console.status("writing synthetic files"):
                said = write_sample(args.out, args.seed, args.last)
            console.print(said, highlight=False)
        elif args.command == "validate":
            from pipeline.validate import validate

            return 0 if validate(console) else 1
        elif args.command == "rollback":
            from pipeline.publish import show_builds

            show_builds(console, args)
        elif args.command == "revisions":
            from pipeline.revisions import revisions

            revisions(console, args)
        elif args.command == "explain":
            from pipeline.explain import explain

            explain(console, args)
        elif args.command == "profile":
            from pipeline.profile import show

            show(console, args)
        elif args.command == "explore":
            from pipeline.explore import explore

            explore(console, args)
        elif args.command == "indicators":
            from pipeline.search import indicators

            indicators(console, args)
        elif args.command == "las":
            from pipeline.search import las

            las(console, args)
        elif args.command == "export":
            from pipeline.export import export

            n = export(args.query, args.file)
            console.print(f"{n:,} rows: {args.file}", highlight=False, soft_wrap=True)
        else:
            from pipeline.bench import bench

            bench(console)
    except (InputError, BuildError, MartError) as error:
        message = str(error)
    except (OSError, duckdb.Error) as error:
        # A full disk, a folder that cannot be written: the system's own words say which.
        message = str(
            InputError(
                str(getattr(error, "filename", None) or f"the disk, or a database in {warehouse_dir()}"),
                str(getattr(error, "strerror", None) or error),
                "folders that can be read (RAW_DIR) and written (WAREHOUSE_DIR)",
                "free some space, or choose another folder",
            )
        )
    except KeyboardInterrupt:
        fetching = args.command == "fetch"
        errors.print("stopped; " + ("fetch again to go on" if fetching else "nothing was published"))
        return 130
    else:
        return 0
    if args.command == "build":
        message += "\n\nNothing was published."
    errors.print(message, markup=False, highlight=False, soft_wrap=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
