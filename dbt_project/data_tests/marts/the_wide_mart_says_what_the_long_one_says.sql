-- A cell of mart_la_year that differs from fct_indicator, or an indicator without a column.
with wide as (
    unpivot (
        select
            * exclude (
                la_name,
                region_name,
                {{ columns_beside_indicators() | join(', ') }}
            ),
        from {{ ref('mart_la_year') }}
    )
    on columns(* exclude (la_code, year))
    into name indicator_code value value
),

long as (
    select
        la_code,
        year,
        indicator_code,
        value,
    from {{ ref('fct_indicator') }}
    where value is not null and (joint_code is null or la_code <> joint_code)
)

select
    coalesce(wide.la_code, long.la_code) as la_code,
    coalesce(wide.year, long.year) as year,
    coalesce(wide.indicator_code, long.indicator_code) as indicator_code,
    wide.value as wide_value,
    long.value as long_value,
from wide
full outer join long
    on
        wide.la_code = long.la_code
        and wide.year = long.year
        and wide.indicator_code = long.indicator_code
where wide.value is distinct from long.value
