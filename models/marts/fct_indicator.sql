-- Every local authority that existed x every year of the indicator: the latest edition decides.
with indicator_edition as (
    select * from {{ ref('fct_indicator_edition') }}
),

latest as (
    select *
    from indicator_edition
    -- The edition's name sorts as its date does: 2010 .. 2025. Its status is taken with its value:
    -- the latest number that is not null would undo a later suppression.
    qualify
        row_number() over (
            partition by la_code, year, indicator_code order by edition desc
        ) = 1
),

indicator_years as (
    select distinct
        indicator_code,
        year,
    from indicator_edition
    where status <> 'not_applicable'
),

matrix as (
    select
        local_authorities.la_code,
        indicator_years.year,
        indicator_years.indicator_code,
    from indicator_years
    inner join {{ ref('local_authorities') }} as local_authorities
        on
            {{ existed('local_authorities', 'indicator_years.year') }}
)

select
    matrix.la_code,
    matrix.year,
    matrix.indicator_code,
    latest.edition,
    latest.value,
    coalesce(latest.status, 'not_returned') as status,
    latest.numerator,
    latest.denominator,
    coalesce(latest.is_derived, false) as is_derived,
    latest.source_file,
from matrix
left join latest
    on
        matrix.la_code = latest.la_code
        and matrix.year = latest.year
        and matrix.indicator_code = latest.indicator_code
