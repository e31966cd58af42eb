"""The promises, mart by mart, as Great Expectations suites on frames."""

import great_expectations as gx
from great_expectations.expectations.row_conditions import Column

STATUSES = [
    "published", "suppressed", "not_applicable", "not_available", "negligible", "low_reliability",
    "not_returned",
]  # fmt: skip
E = gx.expectations


def mart_la_year() -> gx.ExpectationSuite:
    """One row per authority and year; as many authorities a year as there have ever been."""
    return gx.ExpectationSuite(
        name="mart_la_year",
        expectations=[
            E.ExpectCompoundColumnsToBeUnique(column_list=["la_code", "year"]),
            E.ExpectColumnValuesToMatchRegex(column="la_code", regex=r"^\d{3}$"),
            E.ExpectColumnValuesToNotBeNull(column="la_name"),
            E.ExpectColumnDistinctValuesToContainSet(
                column="region_name",
                value_set=[
                    "North East",
                    "North West",
                    "Yorkshire and The Humber",
                    "East Midlands",
                    "West Midlands",
                    "East of England",
                    "London",
                    "South East",
                    "South West",
                ],
            ),
        ],
    )


def la_years() -> gx.ExpectationSuite:
    """Authorities by year. England had 150 before 2009, 152 from then, 151 from 2020 (Dorset), 152 from
    2022 (Northamptonshire), 153 from 2024 (Cumbria). In the year before, the two that follow stand beside
    those they follow, as the workforce of 30 September is theirs: 154. The next reorganisation changes
    the upper bound."""
    return gx.ExpectationSuite(
        name="authorities by year",
        expectations=[
            E.ExpectColumnValuesToBeBetween(column="authorities", min_value=150, max_value=154),
        ],
    )


def fct_indicator() -> gx.ExpectationSuite:
    """A value or a reason; a unit's range; where a file came from."""
    return gx.ExpectationSuite(
        name="fct_indicator",
        expectations=[
            E.ExpectColumnValuesToBeInSet(column="status", value_set=STATUSES),
            E.ExpectColumnValuesToNotBeNull(
                column="value",
                row_condition=Column("status") == "published",
            ),
            E.ExpectColumnValuesToBeNull(
                column="value",
                row_condition=Column("status") != "published",
            ),
            E.ExpectColumnValuesToBeBetween(
                column="value",
                min_value=0,
                max_value=100,
                row_condition=Column("unit") == "percentage",
            ),
            # More than every tenth child, each counted several times, would be another kind of figure.
            E.ExpectColumnValuesToBeBetween(
                column="value",
                min_value=0,
                max_value=5000,
                row_condition=Column("unit") == "rate per 10,000",
            ),
            # Two children of three with a figure suppressed would be another publication.
            E.ExpectColumnValuesToNotBeNull(column="value", mostly=0.3),
            E.ExpectColumnValuesToNotBeNull(
                column="source_file",
                row_condition=Column("status") != "not_returned",
            ),
        ],
    )
