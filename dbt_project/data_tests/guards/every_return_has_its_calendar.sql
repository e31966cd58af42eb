-- Indicators of a return whose periods stand in no LA-year, as nobody said in which.
with sources as (
    select
        unnest(string_split(source_returns, ' ')) as return_name,
        indicator_code,
    from {{ ref('indicators') }}
)

select
    'seeds/indicators/indicators.csv' as file,
    'indicators of the return ' || sources.return_name || ', which has no calendar: '
    || min(sources.indicator_code) || if(count(*) > 1, format(' and {} more', count(*) - 1), '') as found,
    'a row of seeds/layouts/calendars.csv that says in which LA-year its periods stand' as expected,
    'add it, or correct source_returns' as action,
from sources
left join {{ ref('calendars') }} as calendars
    on
        sources.return_name = calendars.return_name
        and calendars.series is null
where calendars.return_name is null
group by sources.return_name
