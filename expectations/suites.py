"""The promises, mart by mart, as Great Expectations suites on frames.

What was expected of a row (a floor, a ceiling, a number) stands in the frame as a column, with the reason for
it; `frames.py` puts it there.
"""

import great_expectations as gx
from great_expectations.expectations.row_conditions import Column

STATUSES = [
    "published", "suppressed", "not_applicable", "not_available", "negligible", "low_reliability",
    "not_returned",
]  # fmt: skip
REGIONS = [
    "North East", "North West", "Yorkshire and The Humber", "East Midlands", "West Midlands",
    "East of England", "London", "South East", "South West",
]  # fmt: skip
# How an indicator's code ends tells its unit; rates per 100 are percentages of something else than a share.
SUFFIXES = {
    "percentage": "_pct", "rate per 100": "_pct", "rate per 10,000": "_per_10k", "pounds": "_gbp",
    "count": "_count", "FTE": "_fte",
}  # fmt: skip
JUDGED = ["overall", "leaders", "help_and_protection", "children_in_care", "care_leavers", "adoption"]
E = gx.expectations


def mart_la_year() -> gx.ExpectationSuite:
    """One row per authority and year, in a region of England."""
    return suite(
        "mart_la_year",
        E.ExpectCompoundColumnsToBeUnique(column_list=["la_code", "year"]),
        E.ExpectColumnValuesToMatchRegex(column="la_code", regex=r"^\d{3}$"),
        E.ExpectColumnValuesToNotBeNull(column="la_name"),
        E.ExpectColumnValuesToNotBeNull(column="region_name"),
        E.ExpectColumnValuesToBeInSet(column="region_name", value_set=REGIONS),
    )


def authorities_by_year() -> gx.ExpectationSuite:
    """As many authorities as reorganisation had made, year by year."""
    return suite(
        "authorities by year",
        E.ExpectColumnPairValuesAToBeGreaterThanB(column_A="n", column_B="fewest", or_equal=True),
        E.ExpectColumnPairValuesAToBeGreaterThanB(column_A="most", column_B="n", or_equal=True),
    )


def statuses() -> gx.ExpectationSuite:
    """Every status is one that readers know; most figures are numbers."""
    return suite(
        "statuses",
        E.ExpectColumnValuesToBeInSet(column="status", value_set=STATUSES),
        # Two figures of three without a number would be another publication.
        E.ExpectColumnMinToBeBetween(column="published_pct", min_value=30),
    )


def fct_indicator() -> gx.ExpectationSuite:
    """A value or a reason; a unit's range; a part of a whole; where a figure came from."""
    share = Column("unit") == "percentage"
    return suite(
        "fct_indicator",
        *(
            E.ExpectColumnValuesToBeInSet(column=f"n_{wrong}", value_set=[0])
            for wrong in ("published_without_value", "value_without_published", "without_source")
        ),
        E.ExpectColumnValuesToBeInSet(column="n_part_above_whole", value_set=[0], row_condition=share),
        *(
            E.ExpectColumnValuesToBeBetween(
                column=end, min_value=0, max_value=most, row_condition=Column("unit") == unit
            )
            # More than every tenth child, each counted several times, would be another kind of figure.
            for unit, most in (("percentage", 100), ("rate per 10,000", 5000), ("count", None))
            for end in ("lowest", "highest")
        ),
    )


def dim_indicator() -> gx.ExpectationSuite:
    """The unit is in the name."""
    return suite(
        "dim_indicator",
        *(
            E.ExpectColumnValuesToMatchRegex(
                column="indicator_code", regex=f"{suffix}$", row_condition=Column("unit") == unit
            )
            for unit, suffix in SUFFIXES.items()
        ),
    )


def fct_benchmark() -> gx.ExpectationSuite:
    """A rank among those ranked, limits in order, no more than ten neighbours, England within its unit."""
    return suite(
        "fct_benchmark",
        *(
            E.ExpectColumnValuesToBeInSet(column=f"n_{wrong}", value_set=[0])
            for wrong in ("rank_beyond_n", "limits_crossed", "neighbours_above_ten")
        ),
        E.ExpectColumnValuesToBeBetween(
            column="england", min_value=0, max_value=100, row_condition=Column("unit") == "percentage"
        ),
    )


def fct_inspection() -> gx.ExpectationSuite:
    """Judgements from 1 (inadequate) to 4 (outstanding)."""
    return suite(
        "fct_inspection",
        *(E.ExpectColumnValuesToBeInSet(column=f"{name}_code", value_set=[1, 2, 3, 4]) for name in JUDGED),
    )


def england() -> gx.ExpectationSuite:
    """What is printed for England is what its authorities add up to, where all have a figure."""
    return suite(
        "England and the sum of its authorities",
        E.ExpectColumnPairValuesAToBeGreaterThanB(column_A="allowed", column_B="difference", or_equal=True),
    )


def wide_and_long() -> gx.ExpectationSuite:
    """The wide mart says what the long one says: as many figures, and as large."""
    return suite(
        "mart_la_year and fct_indicator",
        E.ExpectColumnPairValuesToBeEqual(
            column_A="n_wide", column_B="n_long", ignore_row_if="both_values_are_missing"
        ),
        E.ExpectColumnPairValuesAToBeGreaterThanB(column_A="allowed", column_B="difference", or_equal=True),
    )


def coverage() -> gx.ExpectationSuite:
    """As many authorities have a figure as ever had in that indicator and year."""
    return suite(
        "coverage",
        E.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="coverage_pct", column_B="floor_pct", or_equal=True
        ),
    )


def shift() -> gx.ExpectationSuite:
    """An edition does not print most authorities' figures anew."""
    return suite(
        "shift against the edition before",
        E.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="ceiling_pct", column_B="moved_pct", or_equal=True
        ),
        E.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="england_ceiling_pct", column_B="england_moved_pct", or_equal=True
        ),
    )


def symbols() -> gx.ExpectationSuite:
    """A family of files has as many symbols as in the edition before."""
    return suite(
        "symbols against the edition before",
        E.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="ceiling_points", column_B="changed_points", or_equal=True
        ),
    )


def suite(name: str, *expectations) -> gx.ExpectationSuite:
    """A suite of expectations."""
    return gx.ExpectationSuite(name=name, expectations=list(expectations))
