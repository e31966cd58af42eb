"""authorities in order of one indicator in one year

Ranks as LAIT gives them (equal values share one), each value with its 95%
limits of chance and the edition it is from, or why there is no value.

examples (stats is python -m python_stats):
  stats rank --indicator looked_after_3_plus_placements_pct --year 2025
  stats rank --indicator dental_check_pct --year 2025 --csv dental.csv
"""

from pipeline.options import year
from python_stats import figures, mart, rankings
from python_stats.results import Part, Result


def add_options(parser) -> None:
    parser.add_argument("--indicator", required=True, metavar="CODE", help="code in dim_indicator")
    parser.add_argument("--year", required=True, type=year, metavar="YYYY", help="year ending 31 March")


def run(args) -> Result:
    return rank(args.indicator, args.year)


def rank(code: str, year: int) -> Result:
    """Authorities in order of one indicator in one year, LAIT's ranks, each with its 95% limits."""
    about = mart.indicator(code)
    frame = rankings.rank(mart.indicator_year(code, year), about.polarity)
    limits = mart.query(
        "select la_code, lower_95 as low, upper_95 as high from fct_benchmark "
        "where indicator_code = ? and year = ?",
        [code, year],
    )
    frame = frame.merge(limits, on="la_code", how="left", validate="one_to_one")
    table = frame.assign(
        note=frame["note"].where(frame["note"].ne("") | ~frame["is_derived"].eq(True), "computed"),
        indicator_code=code,
        year=year,
    )[
        [
            "rank", "la_code", "la_name", "region_name", "value", "low", "high", "note", "ties", "n",
            "status", "edition", "is_derived", "indicator_code", "year",
        ]
    ]  # fmt: skip
    best = {"high": "highest is best", "low": "lowest is best", "none": "no polarity, so no ranks"}
    editions = ", ".join(sorted(frame["edition"].dropna().unique()))
    lead = (
        f"{about.definition} N = {int(frame['n'].iloc[0])} of {len(frame)} authorities; "
        f"{best[about.polarity]}; equal values share a rank; {about.unit}; edition {editions}; low and high: "
        "95% limits of chance, where the counts are known."
    )
    drawn, alt = figures.ranking(frame, about.label, about.unit)
    hidden = ("n", "status", "edition", "is_derived", "indicator_code", "year")
    parts = [
        Part("Ranking", "", table, decimals=int(about.decimals), hidden=hidden),
        Part("Ranking with intervals", "", figure=drawn, alt=alt),
    ]
    return Result(f"rank-{code}-{year}", f"{about.label}, {year}", lead, mart.is_synthetic(), parts)
