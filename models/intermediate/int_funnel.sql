-- How sure a figure is, and whether it differs from England's by more than chance.
with counted as (
    select
        *,
        multiplier * numerator / denominator as counted_value,
    from {{ ref('int_counted') }}
),

chance as (
    select * from {{ ref('int_chance') }}
),

positioned as (
    select
        counted.la_code,
        counted.year,
        counted.indicator_code,
        counted.limits,
        counted.polarity,
        chance.lower_95,
        chance.upper_95,
        chance.funnel_lower_95,
        chance.funnel_upper_95,
        chance.funnel_lower_99_8,
        chance.funnel_upper_99_8,
        case
            when chance.funnel_lower_95 is null then null
            when counted.counted_value < chance.funnel_lower_99_8 then -2
            when counted.counted_value < chance.funnel_lower_95 then -1
            when counted.counted_value > chance.funnel_upper_99_8 then 2
            when counted.counted_value > chance.funnel_upper_95 then 1
            else 0
        end as position,
    from counted
    inner join chance using (la_code, year, indicator_code)
    where counted.numerator is not null
)

select
    la_code,
    year,
    indicator_code,
    limits,
    lower_95,
    upper_95,
    funnel_lower_95,
    funnel_upper_95,
    funnel_lower_99_8,
    funnel_upper_99_8,
    case position
        when -2 then 'below 99.8%'
        when -1 then 'below 95%'
        when 0 then 'within'
        when 1 then 'above 95%'
        when 2 then 'above 99.8%'
    end as funnel_position,
    {{ verdict('position', 'polarity', 'no clear difference') }} as funnel_verdict,
from positioned
