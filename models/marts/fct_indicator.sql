-- Every local authority that existed x every year of the indicator: the latest edition decides.
with indicator_edition as (
    select * from {{ ref('fct_indicator_edition') }}
),

latest as (
    select *
    from indicator_edition
    -- An edition's status is taken with its value: the latest number that is not null would undo a
    -- later suppression. Of two releases of one year, the later name (cin_2025 before mye2025). What
    -- could not be computed, as no population is there, is not said by an edition: it comes last.
    qualify
        row_number() over (
            partition by la_code, year, indicator_code
            order by is_derived and status = 'not_available', edition_year desc, edition desc
        ) = 1
),

indicator_years as (
    select distinct
        indicator_edition.indicator_code,
        indicator_edition.year,
        calendars.authorities_offset,
    from indicator_edition
    inner join {{ ref('indicators') }} as indicators using (indicator_code)
    inner join {{ ref('calendars') }} as calendars
        on
            calendars.return_name = split_part(indicators.source_returns, ' ', 1)
            and calendars.series is null
    where indicator_edition.status <> 'not_applicable'
),

matrix as (
    select
        local_authorities.la_code,
        indicator_years.year,
        indicator_years.indicator_code,
    from indicator_years
    inner join {{ ref('local_authorities') }} as local_authorities
        on
            {{ existed('local_authorities', 'indicator_years.year + indicator_years.authorities_offset') }}
    union
    -- A joint return has a row where a file has one.
    select
        la_code,
        year,
        indicator_code,
    from indicator_edition
    where la_code = joint_code
)

select
    matrix.la_code,
    matrix.year,
    matrix.indicator_code,
    latest.edition,
    latest.edition_year,
    latest.value,
    coalesce(latest.status, 'not_returned') as status,
    latest.numerator,
    latest.denominator,
    coalesce(latest.is_derived, false) as is_derived,
    latest.joint_code,
    coalesce(latest.is_carried, false) as is_carried,
    latest.source_file,
from matrix
left join latest
    on
        matrix.la_code = latest.la_code
        and matrix.year = latest.year
        and matrix.indicator_code = latest.indicator_code
