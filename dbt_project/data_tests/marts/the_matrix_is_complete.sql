-- An authority that existed in a year of an indicator, without its cell in fct_indicator.
with years as (
    select distinct
        fact.indicator_code,
        fact.year,
        calendars.authorities_offset,
    from {{ ref('fct_indicator') }} as fact
    inner join {{ ref('indicators') }} as indicators using (indicator_code)
    inner join {{ ref('calendars') }} as calendars
        on
            calendars.return_name = split_part(indicators.source_returns, ' ', 1)
            and calendars.series is null
)

select
    local_authorities.la_code,
    years.year,
    years.indicator_code,
from years
inner join {{ ref('local_authorities') }} as local_authorities
    on
        {{ existed('local_authorities', 'years.year + years.authorities_offset') }}
left join {{ ref('fct_indicator') }} as fact
    on
        years.indicator_code = fact.indicator_code
        and years.year = fact.year
        and local_authorities.la_code = fact.la_code
where fact.la_code is null
