"""What analyses start from: panels of figures, inspections, studies; typed frames from the published mart."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from python_stats.mart import MartError, indicator, query

BOUNDARIES = ("as_reported", "current", "constant")


def load_panel(
    indicators: Iterable[str],
    years: Iterable[int],
    as_of: date | None = None,
    boundary: str = "as_reported",
) -> pd.DataFrame:
    """Figures of several indicators and years, of every local authority that existed.

    Parameters
    ----------
    indicators : codes in `dim_indicator`.
    years : LA-years.
    as_of : what was known on that day; the day the mart is of if not given.
    boundary : "as_reported" (the authorities as they were), "current" (merged authorities as one in all
        years) or "constant" (the finest areas that nothing crossed between the first and the last year).

    Returns
    -------
    A row per area, year and indicator, no joint returns: la_code, la_name, year, indicator_code, value
    (float, in the indicator's unit, NaN without a figure), status, numerator, denominator, edition, known_on,
    is_derived, joint_code, source_file. What no edition has by that day has no row.

    Raises MartError for an unknown code or boundary, and if there is no figure at all.
    """
    codes, years = sorted(set(indicators)), sorted(set(years))
    for code in codes:
        indicator(code)
    if boundary not in BOUNDARIES:
        raise MartError(f"no boundary {boundary!r}\n  expected: {', '.join(BOUNDARIES)}")
    if not codes or not years:
        raise MartError("no indicator or no year asked for\n  do: name at least one of each")
    asked = {"codes": codes, "years": years, "boundary": boundary, "first": years[0], "last": years[-1]}
    known, asked = (KNOWN_NOW, asked) if as_of is None else (KNOWN_THEN, asked | {"as_of": as_of})
    frame = query(known + CHOSEN, asked)
    if frame.empty:
        raise MartError(f"no figure of {', '.join(codes)} in {', '.join(map(str, years))}")
    return frame


KNOWN_NOW = "with known as (from indicator_by_boundary($boundary, $first, $last)) "
KNOWN_THEN = "with known as (from indicator_by_boundary($boundary, $first, $last, $as_of)) "
CHOSEN = """
    select
        area_code as la_code, area_name as la_name, year, indicator_code, value, status, numerator,
        denominator, edition, known_on, is_derived, joint_code, source_file
    from known
    where
        list_contains($codes, indicator_code)
        and list_contains($years, year)
        and area_code not in (select la_code from dim_local_authority where la_type = 'joint return')
    order by indicator_code, year, area_code
"""


def wide(panel: pd.DataFrame) -> pd.DataFrame:
    """A panel with a row per authority and year (index la_code, year), a column of values per indicator."""
    return panel.pivot(index=["la_code", "year"], columns="indicator_code", values="value")


def load_inspections(
    frameworks: Iterable[str] = ("SIF", "ILACS"),
    kinds: Iterable[str] | None = None,
    published_from: date | None = None,
    published_to: date | None = None,
) -> pd.DataFrame:
    """Inspections of some frameworks, by publication.

    Returns a row per inspection: the columns of `fct_inspection` and la_name; `…_code` are 1 (inadequate) to
    4 (outstanding), NaN if not judged. Raises MartError if there is none.
    """
    frame = query(
        "select la_name, inspection.* from fct_inspection as inspection "
        "inner join dim_local_authority using (la_code) "
        "where list_contains($frameworks, framework) "
        "and ($kinds is null or list_contains($kinds, inspection_kind)) "
        "and published_on between coalesce($first, date '1900-01-01') and coalesce($last, date '2999-12-31') "
        "order by published_on, la_code",
        {
            "frameworks": list(frameworks),
            "kinds": None if kinds is None else list(kinds),
            "first": published_from,
            "last": published_to,
        },
    )
    if frame.empty:
        raise MartError(
            f"no inspection of {', '.join(frameworks)} published from {published_from or 'the first'} "
            f"to {published_to or 'the last'}\n  do: look in relation fct_inspection"
        )
    codes = [column for column in frame if column.endswith("_code") and column != "la_code"]
    return frame.astype(dict.fromkeys(codes, float))


def load_study(study: str) -> dict[str, pd.DataFrame]:
    """What the mart holds of a published study.

    Returns frames by name: `variables`, `authorities`, `results` and `remarks` (relations study_variable to
    study_remark), and `figures`: la_code, la_name, variable_no, indicator_code, year, edition, value, status,
    numerator, denominator, source_file of every variable, in the edition the study had, no joint returns.
    """
    frames = {
        "variables": query(
            "select * exclude (study) from study_variable "
            "where study = ? order by variable_no, indicator_code",
            [study],
        ),
        "authorities": query(
            "select * exclude (study) from study_authority where study = ? order by la_code", [study]
        ),
        "results": query(
            "select * exclude (study, display_order) from study_result "
            "where study = ? order by display_order",
            [study],
        ),
        "remarks": query(
            "select * exclude (study, display_order) from study_remark "
            "where study = ? order by display_order",
            [study],
        ),
    }
    frames["figures"] = query(
        "select la_code, la_name, variable_no, facts.indicator_code, facts.year, facts.edition, facts.value, "
        "facts.status, facts.numerator, facts.denominator, facts.source_file "
        "from study_variable as variables inner join fct_indicator_edition as facts "
        "using (indicator_code, edition, year) inner join dim_local_authority using (la_code) "
        "where variables.study = $study and la_type <> 'joint return' "
        "order by variable_no, facts.indicator_code, la_code",
        {"study": study},
    )
    return frames


def load_formulas() -> pd.DataFrame:
    """How shares are made of counts: indicator_code (index), numerator, denominator (lists of counts added).

    The first formula of each indicator; one that subtracts has none here.
    """
    return query(
        "select indicator_code, string_split(numerator, ' + ') as numerator, "
        "string_split(denominator, ' + ') as denominator from dim_formula "
        "where numerator is not null and denominator is not null "
        "qualify row_number() over (partition by indicator_code order by priority) = 1 "
        "and not contains(numerator || denominator, ' - ')"
    ).set_index("indicator_code")


def load_edition(indicators: Iterable[str], edition: str, year: int) -> pd.DataFrame:
    """Figures as one edition has them, no joint returns: la_code, indicator_code, value, status."""
    return query(
        "select la_code, indicator_code, value, status from fct_indicator_edition "
        "where list_contains($codes, indicator_code) and edition = $edition and year = $year "
        "and la_code not in (select la_code from dim_local_authority where la_type = 'joint return')",
        {"codes": list(indicators), "edition": edition, "year": year},
    )


def load_indicators(codes: Iterable[str] | None = None) -> pd.DataFrame:
    """The rows of `dim_indicator` of some codes, of all that the studies used if none are given.

    Returns a row per indicator (index indicator_code), in the order asked, else that of the studies; with
    `breaks_at`, the set of first years of a new basis. Raises MartError for an unknown code.
    """
    if codes is None:
        used = query("select indicator_code from study_variable order by study, variable_no, indicator_code")
        codes = used["indicator_code"]
    codes = list(dict.fromkeys(codes))
    out = query("from dim_indicator where list_contains($codes, indicator_code)", {"codes": codes})
    out = out.set_index("indicator_code")
    for code in codes:
        if code not in out.index:
            indicator(code)
    out = out.loc[codes]
    years = out["break_years"].fillna("").astype(str)
    return out.assign(breaks_at=[{int(year) for year in text.split()} for text in years])


def load_editions(indicators: Iterable[str]) -> pd.DataFrame:
    """Figures of all years as every edition has them, no joint returns, in the order of publication.

    Returns a row per indicator, authority, year and edition: indicator_code, la_code, year, edition,
    edition_year, known_on, value (NaN without a figure), status, numerator, denominator, is_carried.
    """
    return query(
        "select indicator_code, la_code, year, edition, edition_year, known_on, value, status, numerator, "
        "denominator, is_carried from fct_indicator_edition where list_contains($codes, indicator_code) "
        "and la_code not in (select la_code from dim_local_authority where la_type = 'joint return') "
        "order by indicator_code, year, la_code, known_on, edition_year, edition",
        {"codes": list(indicators)},
    )


WEEKS_BEFORE_REPORT = 12
"""What is taken for the first day of an inspection that prints none (SIF): where both days are printed, of
six re-inspections under SIF, the report came 10 to 14 weeks after it."""
OLDEST = 3
"""How many years before the inspection's own the figures may be of."""
WAVES = {
    "SIF 2013-15": ("SIF", 2013, 2015),
    "SIF 2016-18": ("SIF", 2016, 2018),
    "ILACS 2018-19": ("ILACS", 2018, 2019),
    "ILACS 2020-21": ("ILACS", 2020, 2021),
    "ILACS 2022-23": ("ILACS", 2022, 2023),
    "ILACS 2024-25": ("ILACS", 2024, 2025),
}
"""Framework, and first and last calendar year of publication of the reports."""


def load_at_inspections(indicators: Iterable[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What was published on an authority before each of its inspections under SIF and ILACS began.

    Parameters
    ----------
    indicators : codes in `dim_indicator`.

    Returns
    -------
    inspections : a row per inspection (index inspection_id), in the order of publication: la_code, la_name,
        region_name, framework, inspection_kind, wave (a category of WAVES), began_on (without a printed first
        day WEEKS_BEFORE_REPORT before publication), published_on, `…_code` (1 to 4, NaN if not judged) and
        previous_overall_code (of the authority's inspection before, under either framework).
    known : a row per inspection and indicator: inspection_id, indicator_code, year (the last full year that
        was published by then, no more than OLDEST years back), edition (the last one out by then), known_on,
        value (NaN without a figure), status, numerator, denominator. What was not out has no row.

    Raises MartError for an unknown code.
    """
    codes = sorted(set(indicators))
    for code in codes:
        indicator(code)
    inspections = load_inspections().merge(
        query("select la_code, region_name from dim_local_authority"), on="la_code", validate="many_to_one"
    )
    began = pd.to_datetime(inspections["inspection_started_on"])
    inspections["began_on"] = began.fillna(
        inspections["published_on"] - pd.Timedelta(weeks=WEEKS_BEFORE_REPORT)
    )
    inspections["wave"] = pd.Categorical([None] * len(inspections), list(WAVES), ordered=True)
    for wave, (framework, first, last) in WAVES.items():
        within = inspections["published_on"].dt.year.between(first, last)
        inspections.loc[within & inspections["framework"].eq(framework), "wave"] = wave
    judged = inspections.dropna(subset=["overall_code"])
    before = judged.groupby("la_code")["overall_code"].shift()
    inspections["previous_overall_code"] = before.reindex(inspections.index)
    named = ["inspection_id", "la_code", "la_name", "region_name", "framework", "inspection_kind", "wave"]
    days = ["began_on", "published_on"]
    grades = [c for c in inspections if c.endswith("_code") and c not in ("la_code", "previous_overall_code")]
    inspections = inspections[[*named, *days, *grades, "previous_overall_code"]].set_index("inspection_id")
    known = query(
        KNOWN_BEFORE,
        {"codes": codes, "days": WEEKS_BEFORE_REPORT * 7, "oldest": OLDEST},
    )
    return inspections, known


KNOWN_BEFORE = """
    with inspected as (
        select
            inspection_id, la_code,
            coalesce(inspection_started_on, published_on - to_days($days::integer))::date as began_on,
            year(began_on + interval 9 month) as reporting_year
        from fct_inspection
        where sets_judgement
    )
    select
        inspected.inspection_id, facts.indicator_code, facts.year, facts.edition, facts.known_on, facts.value,
        facts.status, facts.numerator, facts.denominator
    from inspected
    inner join fct_indicator_edition as facts using (la_code)
    where
        list_contains($codes, facts.indicator_code)
        and facts.known_on <= inspected.began_on
        and facts.year between inspected.reporting_year - $oldest and inspected.reporting_year - 1
    qualify
        row_number() over (
            partition by inspected.inspection_id, facts.indicator_code
            order by
                facts.year desc, facts.is_derived and facts.status = 'not_available', facts.known_on desc,
                facts.edition_year desc, facts.edition desc
        ) = 1
    order by inspected.inspection_id, facts.indicator_code
"""
