"""La Valle et al. (2016): 14 indicators and first SIF ratings

What the study printed beside what the files give (exact, near with why, not
reproducible with why), under both ratings of Kingston upon Thames, its tables,
what it contradicts, and editions and files.

examples (stats is python -m python_stats):
  stats la-valle-2016 --out reports
  stats la-valle-2016 --ratings corrected --rule take-ties-in
"""

from python_stats import la_valle_2016, rankings
from python_stats.results import Result


def add_options(parser) -> None:
    parser.add_argument(
        "--ratings",
        choices=la_valle_2016.RATINGS,
        default="as-published",
        help="as the authors had them, or Kingston upon Thames as Ofsted rated it (default: as-published)",
    )
    parser.add_argument(
        "--rule",
        choices=list(rankings.EXTREME_RULES),
        default="percentile",
        help="who is among the best or worst 10%% (default: percentile); "
        + "; ".join(f"{name}: {words}" for name, words in rankings.EXTREME_RULES.items()).replace("%", "%%"),
    )


def run(args) -> Result:
    return la_valle_2016.report(args.ratings, args.rule)
