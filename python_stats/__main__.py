"""Rankings, associations, models and published studies, from the published mart."""

import argparse
import os
import sys
from datetime import date
from pathlib import Path

import duckdb
from rich.console import Console

from python_stats import (
    chance,
    change,
    commands,
    la_valle_2016,
    mart,
    ofsted_45,
    rankings,
    reliability,
    report,
    results,
    suppression,
)
from python_stats.panel_models import report as panel_report
from python_stats.prediction import report as prediction_report
from python_stats.prediction import trials
from python_stats.waves import by_wave
from python_stats.waves import report as waves_report

EXAMPLES = """\
examples:
  python -m python_stats rank --indicator dental_check_pct --year 2025
  python -m python_stats waves --judgement leaders --out reports
  python -m python_stats report --out reports
  python -m python_stats ofsted-45 --json | jq .lead

Each command has more: python -m python_stats COMMAND --help. The mart is the
published one of the folder WAREHOUSE_DIR, by default warehouse.
"""
# Below the options of each command; in each, `stats` is python -m python_stats.
EXAMPLES_OF = {
    "rank": """
  stats rank --indicator looked_after_3_plus_placements_pct --year 2025
  stats rank --indicator dental_check_pct --year 2025 --csv dental.csv""",
    "associate": """
  stats associate --indicator agency_rate_headcount_pct \\
      --indicator re_referrals_pct --year 2015 --as-of 2016-04-01 \\
      --framework SIF --first --published-to 2016-03-11
  stats associate --indicator re_referrals_pct --year 2015 --method pearson""",
    "compare": """
  stats compare --indicator dental_check_pct --year 2018 \\
      --published-from 2018-01-01""",
    "model": """
  stats model --indicator dental_check_pct --indicator imd_average_score \\
      --year 2018 --published-from 2018-01-01 --kind ordinal""",
    "la-valle-2016": """
  stats la-valle-2016 --out reports
  stats la-valle-2016 --ratings corrected --rule take-ties-in""",
    "ofsted-45": """
  stats ofsted-45 --out reports""",
    "waves": """
  stats waves --out reports
  stats waves --judgement leaders --method spearman --seed 7""",
    "chance": """
  stats chance --out reports
  stats chance --keep nothing --simulations 1000 --seed 7""",
    "reliability": """
  stats reliability --out reports
  stats reliability --indicator dental_check_pct --indicator re_referrals_pct""",
    "change": """
  stats change --indicator re_referrals_pct --baseline own-mean""",
    "suppression": """
  stats suppression --out reports""",
    "predict": """
  stats predict --repeats 10 --out reports""",
    "panel": """
  stats panel --out reports""",
    "report": """
  stats report --out reports
  stats report --full --out reports""",
}
JSON = """
  stats {name} ... --json | jq '.tables | keys'

--json prints title, lead and, by the slug of its title, every table:
  {{"title": "...", "lead": "...", "is_synthetic": true,
   "tables": {{"a-table": [{{"la_code": "355", "value": 12.3}}]}}}}
"""


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    main_parser = argparse.ArgumentParser(
        prog="python -m python_stats",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found = main_parser.add_subparsers(dest="command", required=True, metavar="command")

    def command(name: str, words: str, run) -> argparse.ArgumentParser:
        added = found.add_parser(
            name,
            help=words,
            description=f"{words[0].upper()}{words[1:]}.".replace("%%", "%"),
            epilog=f"examples (stats is python -m python_stats):{EXAMPLES_OF[name]}{JSON.format(name=name)}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        added.set_defaults(run=run)
        given = added.add_argument_group("where the result goes, besides the terminal")
        given.add_argument("--csv", type=Path, metavar="FILE", help="the first table")
        given.add_argument(
            "--json",
            metavar="FILE",
            nargs="?",
            const="-",
            help="words and all tables; without FILE, or with -, printed instead",
        )
        given.add_argument("--out", type=Path, metavar="DIR", help="a page, Markdown, all tables and figures")
        return added

    rank = command(
        "rank",
        "authorities in order of one indicator in one year",
        lambda a: commands.rank(a.indicator, a.year),
    )
    rank.add_argument("--indicator", required=True, metavar="CODE", help="code in dim_indicator")
    rank.add_argument("--year", required=True, type=int, metavar="YYYY", help="year ending 31 March")

    associate = command(
        "associate",
        "correlation or regression of the rating with each indicator",
        lambda a: commands.associate(asked(a), a.method),
    )
    choice(associate)
    associate.add_argument(
        "--method",
        choices=["spearman", "pearson", "regression"],
        default="spearman",
        help="default: spearman",
    )
    choice(
        command(
            "compare",
            "authorities rated good or outstanding against the others",
            lambda a: commands.compare(asked(a)),
        )
    )

    def fitted(args: argparse.Namespace) -> results.Result:
        if (args.kind, args.interval) == ("ordinal", "profile"):
            model.error("argument --interval: 'profile' with --kind ordinal: expected wald")
        return commands.model(asked(args), args.kind, args.interval)

    model = command(
        "model",
        "a logistic or ordinal model of the rating",
        fitted,
    )
    choice(model)
    model.add_argument(
        "--kind",
        choices=["logistic", "stepwise", "ordinal"],
        default="logistic",
        help="of good or outstanding; the same, selected forward; of all four ratings (default: logistic)",
    )
    model.add_argument(
        "--interval",
        choices=["wald", "profile"],
        default="wald",
        help="profile: of a logistic or stepwise model only; default: wald",
    )
    study = command(
        la_valle_2016.NAME,
        "La Valle et al. (2016): 14 indicators and first SIF ratings",
        lambda a: la_valle_2016.report(a.ratings, a.rule),
    )
    study.add_argument(
        "--ratings",
        choices=la_valle_2016.RATINGS,
        default="as-published",
        help="as the authors had them, or Kingston upon Thames as Ofsted rated it (default: as-published)",
    )
    study.add_argument(
        "--rule",
        choices=list(rankings.EXTREME_RULES),
        default="percentile",
        help="who is among the best or worst 10%% (default: percentile); "
        + "; ".join(f"{name}: {words}" for name, words in rankings.EXTREME_RULES.items()).replace("%", "%%"),
    )
    command(
        ofsted_45.NAME,
        "45 performance indicators and the ratings of 47 authorities",
        lambda _: ofsted_45.report(),
    )
    over_waves = command(
        waves_report.NAME,
        "does each indicator of both studies go with the rating in every wave of inspections",
        lambda a: waves_report.report(a.judgement, a.method, a.seed),
    )
    over_waves.add_argument(
        "--judgement", choices=by_wave.JUDGEMENTS, default="overall", help="default: overall"
    )
    over_waves.add_argument("--method", choices=by_wave.METHODS, default="spearman", help="default: spearman")
    seed(over_waves)
    by_chance = command(
        chance.NAME,
        "how many authorities chance puts among the best or worst 10%% of several indicators",
        lambda a: chance.report(a.rule, a.keep, a.simulations, a.seed),
    )
    by_chance.add_argument(
        "--rule", choices=list(rankings.EXTREME_RULES), default="percentile", help="as for la-valle-2016"
    )
    by_chance.add_argument(
        "--keep",
        choices=list(chance.KEEP),
        default="twins",
        help="which indicators are dealt out together (default: twins); "
        + "; ".join(f"{name}: {words}" for name, words in chance.KEEP.items()),
    )
    by_chance.add_argument(
        "--simulations",
        type=positive,
        default=chance.SIMULATIONS,
        metavar="N",
        help="default: %(default)s",
    )
    seed(by_chance)
    for_indicators = command(
        reliability.NAME,
        "signal and chance in each indicator, its stability over years and editions",
        lambda a: reliability.report(a.indicator, a.seed),
    )
    of_studies(for_indicators)
    around = command(
        change.NAME,
        "indicators in the years before and after a rating changes",
        lambda a: change.report(a.indicator, a.baseline, a.seed),
    )
    of_studies(around)
    around.add_argument(
        "--baseline",
        choices=list(change.BASELINES),
        default="year-before",
        help="what the courses are drawn against; default: year-before",
    )
    hidden = command(
        suppression.NAME,
        "what the hidden small counts could change in both studies",
        lambda a: suppression.report(a.ratings, a.seed),
    )
    hidden.add_argument(
        "--ratings", choices=la_valle_2016.RATINGS, default="corrected", help="default: corrected"
    )
    seed(hidden)
    predict = command(
        "predict",
        "do indicators published before an inspection foretell its grade, out of sample",
        lambda a: prediction_report.report(a.repeats, a.seed),
    )
    predict.add_argument(
        "--repeats",
        type=positive,
        default=trials.REPEATS,
        metavar="N",
        help=f"of the cross-validation; default: {trials.REPEATS}",
    )
    seed(predict, 1)
    command(
        "panel",
        "repeated inspections of an authority: grade on deprivation, spend and indicators",
        lambda _: panel_report.report(),
    )
    together = command(
        report.NAME, "every analysis on one page, the answer first", lambda a: report.report(a.full)
    )
    together.add_argument(
        "--full", action="store_true", help="cross-validation repeated as often as by predict"
    )
    return main_parser


def seed(added: argparse.ArgumentParser, default: int = 0) -> None:
    """The option that makes random numbers reproducible."""
    added.add_argument(
        "--seed", type=whole, default=default, metavar="N", help="of the random numbers; default: %(default)s"
    )


def of_studies(added: argparse.ArgumentParser) -> None:
    """The options of commands on the indicators of both studies."""
    added.add_argument(
        "--indicator",
        action="append",
        metavar="CODE",
        help="code in dim_indicator; give it as often as wanted (default: those of both studies)",
    )
    seed(added)


def choice(added: argparse.ArgumentParser) -> None:
    """The options that choose figures and inspections."""
    figures = added.add_argument_group("which figures")
    figures.add_argument(
        "--indicator",
        required=True,
        action="append",
        metavar="CODE",
        help="code in dim_indicator; give it as often as wanted",
    )
    figures.add_argument("--year", required=True, type=int, metavar="YYYY", help="year ending 31 March")
    figures.add_argument("--as-of", type=day, metavar="DAY", help="as known on that day, such as 2016-04-01")
    ratings = added.add_argument_group("which inspections")
    ratings.add_argument(
        "--judgement", choices=commands.JUDGEMENTS, default="overall", help="default: overall"
    )
    ratings.add_argument("--framework", choices=["SIF", "ILACS"], action="append", help="default: both")
    ratings.add_argument("--published-from", type=day, metavar="DAY", help="reports published from that day")
    ratings.add_argument("--published-to", type=day, metavar="DAY", help="until that day")
    ratings.add_argument(
        "--first",
        action="store_true",
        help="of an authority inspected more than once in the window the first counts, not the last",
    )


def positive(text: str) -> int:
    """A number of 1 or more from the command line."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a number of 1 or more")
    return int(text)


def whole(text: str) -> int:
    """A number of 0 or more from the command line."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number of 0 or more")
    return int(text)


def day(text: str) -> date:
    """A day from the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: expected one such as 2016-03-31") from None


def asked(args: argparse.Namespace) -> commands.Asked:
    """What the options choose."""
    return commands.Asked(
        indicators=commands.unique(args.indicator),
        year=args.year,
        as_of=args.as_of,
        judgement=args.judgement,
        frameworks=tuple(args.framework or ("SIF", "ILACS")),
        published_from=args.published_from,
        published_to=args.published_to,
        first=args.first,
    )


def main(argv: list[str] | None = None) -> int:
    """Run a command; what the mart cannot answer ends in one message and exit code 1."""
    args = parser().parse_args(argv)
    # A pipe has no width of its own: wide enough for every column.
    console = Console() if sys.stdout.isatty() else Console(width=220)
    try:
        result = args.run(args)
        if args.json == "-":
            print(results.as_json(result))
        else:
            results.show(result, console)
            if args.json:
                Path(args.json).write_text(results.as_json(result), encoding="utf-8")
        if args.csv:
            results.write_csv(result, args.csv)
        if args.out:
            print(results.write(result, args.out), file=sys.stderr)
        sys.stdout.flush()
    except BrokenPipeError:  # as by `| head`: who reads has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except duckdb.Error as error:
        print(f"{mart.mart_path()}: {error}\n  do: build it with this version: make build", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error}\n  do: name a file or folder that can be written", file=sys.stderr)
        return 1
    except mart.MartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
