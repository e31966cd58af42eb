"""One authority in one year: every indicator beside its benchmarks."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from python_stats import mart
from python_stats.figures import RATING_WORDS
from python_stats.rankings import STATUS_WORDS

NEIGHBOURS = "2025"
"""The list of statistical neighbours shown: the newest."""

REASON_WORDS = {
    "no_polarity": "neither high nor low is good",
    "range_too_small": "range too small for bands",
    "too_few_authorities": "too few authorities have a figure",
    "authorities_missing": "some authorities have no figure",
    "no_limits": "no count of persons or events",
    "no_counts": "numerator or denominator not known",
    "no_england_share": "no figure for England",
    "no_list": "not in the list of neighbours",
    "no_neighbour_with_value": "no neighbour has a figure",
    "no_value_before": "no figure the year before",
    "break_in_series": "break in the series",
    "fewer_than_five_years": "fewer than five years",
    "carried": "carried from another year",
}
UNIT_WORDS = {"rate per 10,000": "per 10,000", "rate per 100": "per 100"}


@dataclass(frozen=True)
class Profile:
    """What is known of one authority in one year.

    authority : row of dim_local_authority. judgement : row of judgement_in_force at 31 March, or None.
    figures : a row per indicator, fct_benchmark with label, unit, decimals, polarity, theme, breaks and
        neighbours_mean, _median, _n, _reason of the list shown; in the order of the registry.
    peers : those indicators in that year, all authorities: indicator_code, la_code, value, numerator,
        denominator, is_neighbour.
    history : those indicators of the authority in all years: indicator_code, year, value, status,
        england_value, neighbours_mean.
    neighbours : names of the statistical neighbours, nearest first. elsewhere : labels of indicators of the
        same choice that have other years only, with the last of them.
    """

    authority: pd.Series
    year: int
    theme: str | None
    judgement: pd.Series | None
    figures: pd.DataFrame
    peers: pd.DataFrame
    history: pd.DataFrame
    neighbours: list[str]
    elsewhere: pd.DataFrame
    is_synthetic: bool


def profile_of(la_code: str, year: int | None = None, theme: str | None = None) -> Profile:
    """Read the profile of an authority from the published mart.

    Parameters
    ----------
    la_code : three-digit code. year : year ending 31 March; without it the last with figures of it.
    theme : all indicators of a theme of dim_indicator; without it those with a polarity or in LAIT, save
        study forms computed from counts.

    Raises MartError if the mart has no such authority, year or theme.
    """
    authorities = mart.query("from dim_local_authority where la_code = ?", [la_code])
    if authorities.empty:
        raise mart.MartError(f"no authority {la_code!r}\n  do: look it up with la-mart las")
    authority = authorities.iloc[0]
    last = mart.query(
        "select max(year) as it from fct_benchmark where la_code = ? and value is not null", [la_code]
    )["it"].iloc[0]
    year = int(last) if year is None and pd.notna(last) else year
    themes = mart.query("select distinct theme from dim_indicator order by theme")["theme"].tolist()
    if theme is not None:
        theme = theme.lower()
        if theme not in themes:
            raise mart.MartError(
                f"no theme {theme!r}\n  there are: {', '.join(themes)}\n  do: choose one of these"
            )
    chosen = mart.query(
        "from dim_indicator where theme = $theme "
        # The same shares in the form of a study stand beside those that are published.
        "or ($theme is null and (polarity <> 'none' or lait_code is not null) "
        "and not contains(indicator_code, '_from_counts_'))",
        {"theme": theme},
    )
    codes = chosen["indicator_code"].tolist()
    figures = mart.query(
        "select * from fct_benchmark where la_code = ? and year = ? and list_contains(?, indicator_code)",
        [la_code, year, codes],
    )
    if figures.empty:
        years = mart.query(
            "select min(year) as first, max(year) as last from fct_benchmark "
            "where la_code = ? and value is not null and list_contains(?, indicator_code)",
            [la_code, codes],
        ).iloc[0]
        had = "no year" if pd.isna(years["last"]) else f"{years['first']} to {years['last']}"
        raise mart.MartError(
            f"nothing of {authority['la_name']} ({la_code}){f' on {theme}' if theme else ''} "
            f"in {year or 'any year'}\n"
            f"  the mart has such figures of it for {had}; it {existence(authority)}\n"
            "  do: choose another --year or authority"
        )
    about = ["indicator_code", "label", "definition", "unit", "decimals", "multiplier", "polarity", "theme"]
    figures = figures.merge(
        chosen[[*about, "limits", "breaks", "break_years", "display_order"]], on="indicator_code"
    )
    figures = figures.sort_values("display_order", ignore_index=True)
    figures["break_years"] = figures["break_years"].fillna("")
    flag = figures["worse_and_worsening"].astype("boolean")
    figures["worse_and_worsening"] = flag.fillna(False).astype(bool)  # not known is not flagged
    for name in ("mean", "median", "n", "reason"):
        figures[f"neighbours_{name}"] = figures[f"neighbours_{NEIGHBOURS}_{name}"]
    listed = mart.query(
        "select neighbour_la_code as la_code, la_name from dim_statistical_neighbour "
        "inner join dim_local_authority on neighbour_la_code = dim_local_authority.la_code "
        "where list_version = 'sn_' || ? and dim_statistical_neighbour.la_code = ? order by neighbour_rank",
        [NEIGHBOURS, la_code],
    )
    codes = figures["indicator_code"].tolist()
    peers = mart.query(
        "select indicator_code, la_code, value, numerator, denominator from fct_indicator "
        "inner join dim_local_authority using (la_code) "
        "where year = ? and list_contains(?, indicator_code) and la_type <> 'joint return' "
        "and value is not null order by indicator_code, la_code",
        [year, codes],
    )
    peers["is_neighbour"] = peers["la_code"].isin(listed["la_code"])
    history = mart.query(
        "select indicator_code, year, value, status, england_value, columns('^neighbours_.*_mean$') "
        "from fct_benchmark where la_code = ? and list_contains(?, indicator_code) "
        "order by indicator_code, year",
        [la_code, codes],
    )
    history["neighbours_mean"] = history[f"neighbours_{NEIGHBOURS}_mean"]
    elsewhere = mart.query(
        "select indicator_code, max(year) as last_year from fct_benchmark "
        "where list_contains(?, indicator_code) and value is not null group by indicator_code",
        [sorted(set(chosen["indicator_code"]) - set(codes))],
    )
    elsewhere = chosen[["indicator_code", "label", "display_order"]].merge(elsewhere, on="indicator_code")
    judgement = mart.query(
        "select * from judgement_in_force(make_date(?::integer, 3, 31)) where la_code = ?", [year, la_code]
    )
    return Profile(
        authority=authority,
        year=year,
        theme=theme,
        judgement=None if judgement.empty else judgement.iloc[0],
        figures=figures,
        peers=peers,
        history=history,
        neighbours=listed["la_name"].tolist(),
        elsewhere=elsewhere.sort_values("display_order")[["label", "last_year"]],
        is_synthetic=mart.is_synthetic(),
    )


def existence(authority: pd.Series) -> str:
    """In which years an authority existed and which came after it, in words."""
    first, last = authority["first_year"], authority["last_year"]
    if pd.isna(last):
        return "has always existed" if pd.isna(first) else f"exists from {int(first)}"
    began = "" if pd.isna(first) else f"from {int(first)} "
    return f"existed {began}until {int(last)}, then {' and '.join(authority['successor_codes'].split())}"


def number(value: float, figure) -> str:
    """A value with its indicator's decimals and unit; empty without one."""
    if pd.isna(value):
        return ""
    # A tie goes up, as on the pages to explore: by the figure as it reads, not as the machine holds it.
    places = Decimal(1).scaleb(-int(figure.decimals))
    text = f"{Decimal(repr(float(abs(value)))).quantize(places, ROUND_HALF_UP):,f}"
    sign = "-" if value < 0 and float(text.replace(",", "")) else ""
    if figure.unit == "pounds":
        return f"{sign}£{text}"
    return f"{sign}{text}%" if figure.unit == "percentage" else sign + text


def value_words(figure) -> str:
    """The value, or in words why there is none."""
    return number(figure.value, figure) or STATUS_WORDS[figure.status]


def rank_words(figure) -> str:
    """Such as =40 of 151; the sign tells a shared rank."""
    if pd.isna(figure.rank):
        return ""
    return f"{'=' if figure.rank_ties > 1 else ''}{int(figure.rank)} of {int(figure.rank_n)}"


def interval_words(figure) -> str:
    """The ranks that chance allows, such as 17 to 100."""
    return "" if pd.isna(figure.rank_low_95) else f"{int(figure.rank_low_95)} to {int(figure.rank_high_95)}"


def trend_words(figure) -> str:
    """An arrow and what it means; in words why there is none."""
    if pd.isna(figure.trend_direction):
        return "" if figure.trend_reason == "no_value" else REASON_WORDS[figure.trend_reason]
    arrow = {"rising": "↗", "falling": "↘", "no clear trend": "→"}[figure.trend_direction]
    return f"{arrow} {figure.trend_direction if pd.isna(figure.trend_verdict) else figure.trend_verdict}"


def against_england(figure) -> str:
    """Such as worse (95%), where chance does not explain the difference from England; else empty."""
    if pd.isna(figure.funnel_position) or figure.funnel_position == "within":
        return ""
    side, confidence = figure.funnel_position.split()
    return f"{side if pd.isna(figure.funnel_verdict) else figure.funnel_verdict} ({confidence})"


def judgement_words(judgement: pd.Series | None) -> str:
    """Ofsted's judgement in force, in words."""
    if judgement is None or pd.isna(judgement["published_on"]):
        return "not inspected under SIF or ILACS by then"
    grade = judgement["overall_code"]
    said = RATING_WORDS[int(grade)] if pd.notna(grade) else "no overall grade"
    return f"{said} ({judgement['framework']}, report of {judgement['published_on']:%-d %B %Y})"
