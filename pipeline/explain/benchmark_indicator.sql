-- What the benchmarks of the indicator asked for go by.
select
    indicators.polarity,
    indicators.limits,
    indicators.aggregation,
    indicators.multiplier,
    indicators.break_years,
    indicators.multiplier * nullif(england.share, 0) as funnel_centre,
from asked
inner join dim_indicator as indicators using (indicator_code)
left join intermediate.int_area_benchmark as england
    on
        asked.indicator_code = england.indicator_code
        and asked.year = england.year
        and england.area_code = 'E92000001'
