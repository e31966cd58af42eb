"""The frames that the suites look at: rows of the marts, and what was expected of them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import great_expectations as gx
import pandas as pd

from expectations import suites

HERE = Path(__file__).parent
# England's authorities on 31 March from that year on: those that followed Bedfordshire and Cheshire (1 April
# 2009), Dorset (2019), Northamptonshire (2021), Cumbria (2023). The next reorganisation has its entry here.
REORGANISED = {0: 150, 2010: 152, 2020: 151, 2022: 152, 2024: 153}
# In the year before, the workforce of 30 September is already that of the two that follow.
BEFOREHAND = {2019, 2021, 2023}
COVERED_PCT = 90
"""Where nothing else is known one authority in ten may be without a figure: the smallest are suppressed."""
MOVED_PCT = 10
"""An edition corrects a few authorities' earlier figures; the indicators that moved more are in the file."""
SYMBOL_POINTS = 5
"""Shares of suppressed and of missing figures hardly change from edition to edition; 7 times they did."""


@dataclass(frozen=True)
class Promise:
    """A suite, the frame it looks at, and the columns that name a row.

    `is_of_files`: it tells how the publishers' files have been; made-up files it does not hold for.
    """

    suite: Callable[[], gx.ExpectationSuite]
    frame: Callable[[duckdb.DuckDBPyConnection], pd.DataFrame]
    keys: list[str]
    is_of_files: bool = False


def query(sql: str) -> Callable[[duckdb.DuckDBPyConnection], pd.DataFrame]:
    """A frame that is a query's result."""
    return lambda con: con.sql(sql).df()


def authorities_by_year(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """year, n, fewest, most."""
    frame = con.sql("select year, count(*) as n from mart_la_year group by year order by year").df()
    frame["fewest"] = frame["year"].map(lambda year: REORGANISED[max(y for y in REORGANISED if y <= year)])
    frame["most"] = frame["fewest"] + 2 * frame["year"].isin(BEFOREHAND)
    return frame


def wide_and_long(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """indicator_code, n_wide, n_long, sum_wide, sum_long, difference, allowed."""
    wide = con.sql("select * exclude (la_name, region_name) from mart_la_year").df()
    codes = con.sql("select indicator_code from dim_indicator").df()["indicator_code"]
    long = con.sql(
        "select indicator_code, count(value) as n_long, coalesce(sum(value), 0) as sum_long "
        "from fct_indicator where la_code is distinct from joint_code group by indicator_code"
    ).df()
    columns = wide[[code for code in codes if code in wide]]
    frame = pd.DataFrame({"n_wide": columns.count(), "sum_wide": columns.sum()})
    frame = frame.rename_axis("indicator_code").reset_index().merge(long, how="left", on="indicator_code")
    frame = frame.fillna({"n_long": 0, "sum_long": 0})
    # Added up in another order, sums differ in their last digits.
    frame["difference"] = (frame["sum_wide"] - frame["sum_long"]).abs()
    frame["allowed"] = 1e-9 * frame["sum_long"].abs()
    return frame


def seeded(name: str, sql: str, default: float) -> Callable[[duckdb.DuckDBPyConnection], pd.DataFrame]:
    """A query beside `seed`, a file of exceptions in this folder; $default where it has none."""

    def frame(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
        con.register("seed", pd.read_csv(HERE / f"{name}.csv", dtype="str"))
        try:
            return con.execute(sql, {"default": default}).df()
        finally:
            con.unregister("seed")

    return frame


STATUSES = """
    select
        status,
        count(*) as n,
        100 * sum(count(*)) filter (status = 'published') over () / sum(count(*)) over () as published_pct
    from fct_indicator
    group by status
"""
FCT_INDICATOR = """
    select
        indicator_code,
        year,
        -- Children who came less those who went may be fewer than none.
        if(indicator_code = 'net_gain_count', 'difference', any_value(unit)) as unit,
        min(value) as lowest,
        arg_min(la_code, value) as lowest_of,
        max(value) as highest,
        arg_max(la_code, value) as highest_of,
        count(*) filter (status = 'published' and value is null) as n_published_without_value,
        count(*) filter (status <> 'published' and value is not null) as n_value_without_published,
        count(*) filter (status <> 'not_returned' and source_file is null) as n_without_source,
        count(*) filter (numerator > denominator) as n_part_above_whole
    from fct_indicator
    inner join dim_indicator using (indicator_code)
    group by indicator_code, year
"""
FCT_BENCHMARK = """
    select
        indicator_code,
        year,
        any_value(unit) as unit,
        any_value(england_value) as england,
        count(*) filter (rank > rank_n) as n_rank_beyond_n,
        count(*) filter (lower_95 > upper_95) as n_limits_crossed,
        count(*) filter (neighbours_2021_n > 10 or neighbours_2025_n > 10) as n_neighbours_above_ten
    from fct_benchmark
    inner join dim_indicator using (indicator_code)
    group by indicator_code, year
"""
COVERAGE = """
    with matrix as (
        select indicator_code, year, count(*) as n
        from fct_indicator
        where la_code is distinct from joint_code
        group by all
    ), editions as (
        select indicator_code, year, edition, count(value) as n
        from fct_indicator_edition
        where la_code is distinct from joint_code
        group by all
    )
    select
        editions.indicator_code,
        editions.year,
        edition,
        100 * editions.n / matrix.n as coverage_pct,
        coalesce(floor_pct::double, $default) as floor_pct,
        coalesce(reason, 'no more than one authority in ten is missing') as reason
    from editions
    inner join matrix using (indicator_code, year)
    left join seed
        on editions.indicator_code = seed.indicator_code
        and editions.year between first_year::integer and coalesce(last_year::integer, 9999)
"""
# Of at least 50 figures that both editions print; a tenth of a figure, or 2, is a correction.
SHIFT = """
    with figures as (
        select
            indicator_code, year, area_level = 'national' as is_england, edition, value,
            lag(value) over earlier as before
        from intermediate.int_indicator_edition
        where area_level in ('local_authority', 'national') and value is not null
        window earlier as (
            partition by indicator_code, area_code, year order by known_on, edition_year, edition
        )
    ), moved as (
        select
            indicator_code,
            edition,
            count(*) filter (not is_england) as n,
            100 * avg((abs(value - before) > greatest(0.1 * abs(before), 2))::integer)
                filter (not is_england) as moved_pct,
            coalesce(
                max(100 * abs(value - before) / greatest(abs(before), 20)) filter (is_england), 0
            ) as england_moved_pct
        from figures
        where before is not null
        group by indicator_code, edition
    )
    select
        moved.indicator_code,
        moved.edition,
        moved_pct,
        coalesce(ceiling_pct::double, $default) as ceiling_pct,
        england_moved_pct,
        coalesce(england_ceiling_pct::double, $default) as england_ceiling_pct,
        reason
    from moved
    left join seed using (indicator_code, edition)
    where n >= 50
"""
SYMBOLS = """
    with shares as (
        select
            return_name, family, edition, edition_year,
            100 * avg((status = 'suppressed')::integer) as suppressed,
            100 * avg((status not in ('published', 'suppressed'))::integer) as other
        from intermediate.int_cell
        where component is not null and area_level in ('local_authority', 'joint_return')
        group by all
    ), changed as (
        select
            *,
            greatest(
                abs(suppressed - lag(suppressed) over earlier), abs(other - lag(other) over earlier)
            ) as changed_points
        from shares
        window earlier as (partition by return_name, family order by edition_year, edition)
    )
    select
        changed.return_name,
        changed.family,
        changed.edition,
        changed_points,
        coalesce(ceiling_points::double, $default) as ceiling_points,
        reason
    from changed
    left join seed using (return_name, family, edition)
    where changed_points is not null
"""
# Authorities' counts are printed to 5 or 10: that adds up to a tenth of a per cent. England's RO3 is without
# what one or two authorities sent late: half a per cent.
ENGLAND = """
    select
        indicator_code,
        year,
        any_value(england_value) as england,
        sum(value) as authorities,
        abs(sum(value) - any_value(england_value)) as difference,
        greatest(10, if(any_value(unit) = 'pounds', 0.005, 0.001) * abs(any_value(england_value))) as allowed
    from fct_benchmark
    inner join dim_indicator using (indicator_code)
    where aggregation = 'sum' and england_basis = 'published'
    group by indicator_code, year
    having count(*) = count(value)
"""

PROMISES = [
    Promise(
        suites.mart_la_year,
        query("select la_code, la_name, region_name, year from mart_la_year"),
        ["la_code", "year"],
    ),
    Promise(suites.authorities_by_year, authorities_by_year, ["year"]),
    Promise(suites.statuses, query(STATUSES), ["status"]),
    Promise(suites.fct_indicator, query(FCT_INDICATOR), ["indicator_code", "year"]),
    Promise(
        suites.dim_indicator, query("select indicator_code, unit from dim_indicator"), ["indicator_code"]
    ),
    Promise(suites.fct_benchmark, query(FCT_BENCHMARK), ["indicator_code", "year"]),
    Promise(suites.fct_inspection, query("from fct_inspection"), ["inspection_id"]),
    Promise(suites.england, query(ENGLAND), ["indicator_code", "year"]),
    Promise(suites.wide_and_long, wide_and_long, ["indicator_code"]),
    Promise(
        suites.coverage,
        seeded("coverage_floors", COVERAGE, COVERED_PCT),
        ["indicator_code", "year", "edition"],
        is_of_files=True,
    ),
    Promise(
        suites.shift,
        seeded("shift_exceptions", SHIFT, MOVED_PCT),
        ["indicator_code", "edition"],
        is_of_files=True,
    ),
    Promise(
        suites.symbols,
        seeded("symbol_exceptions", SYMBOLS, SYMBOL_POINTS),
        ["return_name", "family", "edition"],
        is_of_files=True,
    ),
]
