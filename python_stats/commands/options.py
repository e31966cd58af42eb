"""What options of several commands have in common."""

import argparse

from pipeline.options import add_path, day, year
from python_stats.asked import JUDGEMENTS, Asked


def seed(text: str) -> int:
    """A number of 0 or more."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no seed; give a whole number of 0 or more")
    return int(text)


def add_seed(parser, default: int = 0) -> None:
    """The option that makes random numbers reproducible."""
    parser.add_argument(
        "--seed", type=seed, default=default, metavar="N", help="of the random numbers; default: %(default)s"
    )


def add_indicators(parser) -> None:
    """The option of commands on the indicators of both studies, or on others."""
    parser.add_argument(
        "--indicator",
        action="append",
        metavar="CODE",
        help="code in dim_indicator; give it as often as wanted (default: those of both studies)",
    )


def add_choice(parser) -> None:
    """The options that choose figures and inspections."""
    figures = parser.add_argument_group("which figures")
    figures.add_argument(
        "--indicator",
        required=True,
        action="append",
        metavar="CODE",
        help="code in dim_indicator; give it as often as wanted",
    )
    figures.add_argument("--year", required=True, type=year, metavar="YYYY", help="year ending 31 March")
    figures.add_argument("--as-of", type=day, metavar="DAY", help="as known on that day, such as 2016-04-01")
    ratings = parser.add_argument_group("which inspections")
    ratings.add_argument("--judgement", choices=JUDGEMENTS, default="overall", help="default: overall")
    ratings.add_argument("--framework", choices=["SIF", "ILACS"], action="append", help="default: both")
    ratings.add_argument("--published-from", type=day, metavar="DAY", help="reports published from that day")
    ratings.add_argument("--published-to", type=day, metavar="DAY", help="until that day")
    ratings.add_argument(
        "--first",
        action="store_true",
        help="of an authority inspected more than once in the window the first counts, not the last",
    )


def asked(args: argparse.Namespace) -> Asked:
    """What the options of `add_choice` choose."""
    return Asked(
        indicators=list(dict.fromkeys(args.indicator)),
        year=args.year,
        as_of=args.as_of,
        judgement=args.judgement,
        frameworks=tuple(args.framework or ("SIF", "ILACS")),
        published_from=args.published_from,
        published_to=args.published_to,
        first=args.first,
    )


def add_result(parser) -> None:
    """The options of every command: where its result goes."""
    given = parser.add_argument_group("where the result goes, besides the terminal")
    add_path(given, "--csv", help="the first table; exit code 1 if it has no rows")
    given.add_argument(
        "--json",
        metavar="FILE",
        nargs="?",
        const="-",
        help="words and all tables; without FILE, or with -, printed instead",
    )
    add_path(given, "--out", is_folder=True, help="a page, Markdown, all tables and figures")
