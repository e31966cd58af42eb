"""What the page knows, as plain values: the index, and the figures of an indicator.

Authorities are places in one list, statuses letters, sources places in a list of the indicator's own.
"""

from collections.abc import Iterator
from itertools import groupby

import pandas as pd

from python_stats import mart
from python_stats.page import BASIS_NOTES
from python_stats.profile import NEIGHBOURS
from python_stats.rankings import STATUS_WORDS

STATUSES = {
    "suppressed": ("s", "the publisher hides a small number, or a figure that would reveal one"),
    "not_applicable": ("a", "nobody to take a share of, or nothing that could be counted"),
    "not_available": ("v", "the publisher says that it has no figure"),
    "negligible": ("n", ""),
    "low_reliability": ("l", "the publisher holds the figure back as unreliable"),
    "not_returned": ("r", "the authority is not in the file, or its return had not been received"),
}
"""The letter that stands for a status, and why there is no figure."""

POLARITY_WORDS = {
    "high": "high is good: rank 1 is the highest",
    "low": "low is good: rank 1 is the lowest",
    "none": "neither high nor low is good: not ranked",
}
PREFERRED = "looked_after_per_10k"
"""The indicator shown first, where the mart has it: the one most asked for."""

FIGURES = f"""
    select
        fct_indicator.indicator_code,
        fct_indicator.year,
        fct_indicator.la_code,
        fct_indicator.value,
        fct_indicator.status,
        fct_indicator.edition,
        fct_indicator.known_on::varchar as known_on,
        fct_indicator.source_file,
        fct_indicator.is_derived,
        fct_indicator.is_carried,
        fct_indicator.joint_code,
        fct_benchmark.england_value,
        fct_benchmark.england_basis,
        fct_benchmark.region_value,
        fct_benchmark.region_basis,
        fct_benchmark.neighbours_{NEIGHBOURS}_mean as neighbours_mean,
        fct_benchmark.rank
    from fct_indicator
    inner join dim_indicator using (indicator_code)
    left join fct_benchmark using (la_code, year, indicator_code)
    where dim_indicator.theme = $theme
    order by all
"""  # noqa: S608


def index() -> dict:
    """Everything that is not a figure, as the page's first script has it.

    las : code, ONS code, name (of two of one name with its years), region, first and last year, places of the
        statistical neighbours, nearest first. indicators : rows of dim_indicator with first and last year.
    """
    las = authorities()
    place = {code: i for i, code in enumerate(las["la_code"])}
    lists = mart.query(
        "select la_code, neighbour_la_code from dim_statistical_neighbour where list_version = 'sn_' || ? "
        "order by la_code, neighbour_rank",
        [NEIGHBOURS],
    )
    near = lists.groupby("la_code")["neighbour_la_code"].apply(lambda codes: [place[code] for code in codes])
    regions = sorted(las["region_name"].unique())
    indicators = mart.query(
        "with years as (select indicator_code, min(year) as first, max(year) as last from fct_indicator "
        "group by indicator_code) "
        "select indicator_code as code, label, theme, definition, unit, decimals, polarity, kind, "
        "source_returns as returns, lait_code as lait, la_valle_no as la_valle, ofsted45_no as ofsted_45, "
        "breaks, break_years, first, last "
        "from dim_indicator inner join years using (indicator_code) order by display_order"
    )
    codes = indicators["code"].tolist()
    return {
        "build": " of version ".join(mart.query("from mart_build").iloc[0]),
        "is_synthetic": mart.is_synthetic(),
        "first_indicator": PREFERRED if PREFERRED in codes else codes[0],
        "regions": regions,
        "las": [
            {
                "code": la.la_code,
                "ons": la.ons_code,
                "name": la.la_name,
                "region": regions.index(la.region_name),
                "first": la.first_year,
                "last": la.last_year,
                "neighbours": near.get(la.la_code, []),
            }
            for la in las.itertuples()
        ],
        "indicators": with_none(indicators).to_dict("records"),
        "statuses": {
            letter: {"code": status, "short": STATUS_WORDS[status], "why": why}
            for status, (letter, why) in STATUSES.items()
        },
        "polarities": POLARITY_WORDS,
        "bases": BASIS_NOTES,
        "neighbour_list": NEIGHBOURS,
    }


def authorities() -> pd.DataFrame:
    """The local authorities in the order of the page's list; no joint returns."""
    las = mart.query(
        "from dim_local_authority where la_type <> 'joint return' order by lower(la_name), la_code"
    )
    return with_none(las)


def with_none(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame of plain values, None where there is none."""
    return frame.astype(object).where(frame.notna(), None)


def figures() -> Iterator[tuple[str, dict]]:
    """Code and figures of every indicator, theme by theme."""
    las = authorities()
    place = {code: i for i, code in enumerate(las["la_code"])}
    regions = sorted(las["region_name"].unique())
    region = [regions.index(name) for name in las["region_name"]]
    decimals = mart.query("select indicator_code, decimals from dim_indicator")
    decimals = dict(decimals.itertuples(index=False))
    for theme in mart.query("select distinct theme from dim_indicator order by theme")["theme"]:
        frame = with_none(mart.query(FIGURES, {"theme": theme}))
        frame = frame[frame["la_code"].isin(place)]
        for code, rows in groupby(frame.itertuples(index=False), key=lambda row: row.indicator_code):
            yield code, figures_of(list(rows), place, region, decimals[code])


def figures_of(rows: list, place: dict[str, int], region: list[int], decimals: int) -> dict:
    """The figures of one indicator; each list has a place per year, in it one per authority or region.

    Parameters
    ----------
    rows : rows of FIGURES. place : of each authority's code in the index's list. region : of each
        authority. decimals : of the indicator; means are rounded to two more, figures not at all.

    Returns
    -------
    years : those with figures. values : a number, the letter of a status, or None where the authority has no
        row. ranks, neighbours : a number or None; ranks are None altogether without a polarity.
    england, regions : value and basis. sources : edition, known_on, file, is_derived, is_carried, joint
        return. source : a place in `sources` per authority, or one for all of them.
    """
    years = sorted({row.year for row in rows})
    values, ranks, neighbours, source = ([[None] * len(place) for _ in years] for _ in range(4))
    england, regions, sources = [None] * len(years), [{} for _ in years], {}
    for row in rows:
        y, la = years.index(row.year), place[row.la_code]
        values[y][la] = STATUSES[row.status][0] if row.value is None else whole(row.value)
        ranks[y][la] = row.rank
        neighbours[y][la] = rounded(row.neighbours_mean, decimals)
        if row.england_value is not None:
            england[y] = (rounded(row.england_value, decimals), row.england_basis)
        if row.region_value is not None:
            regions[y][region[la]] = (rounded(row.region_value, decimals), row.region_basis)
        flags = int(row.is_derived), int(row.is_carried)
        told = (row.edition, row.known_on, row.source_file, *flags, row.joint_code)
        source[y][la] = sources.setdefault(told, len(sources))
    return {
        "years": years,
        "values": values,
        "ranks": ranks if any(rank is not None for row in ranks for rank in row) else None,
        "neighbours": neighbours,
        "england": england,
        "regions": regions,
        "sources": list(sources),
        "source": [one_for_all(numbers) for numbers in source],
    }


def whole(value: float) -> float | int:
    """A number without a fraction where it has none."""
    return int(value) if value == int(value) else value


def rounded(value: float | None, decimals: int) -> float | int | None:
    """A mean with two decimals more than its indicator is shown with."""
    return None if value is None else whole(round(value, decimals + 2))


def one_for_all(numbers: list[int | None]) -> list[int | None] | int:
    """One number where all that there are agree, else the list."""
    have = set(numbers) - {None}
    return have.pop() if len(have) == 1 else numbers
