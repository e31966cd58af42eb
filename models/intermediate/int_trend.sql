-- How a figure moved: on the year and over five years, and whether chance alone could have moved it so.
with figures as (
    select
        fct_indicator.la_code,
        fct_indicator.year,
        fct_indicator.indicator_code,
        fct_indicator.value,
        fct_indicator.is_carried,
        dim_indicator.polarity,
        dim_indicator.limits,
        list_transform(string_split(dim_indicator.break_years, ' '), lambda y: y::integer) as break_years,
    from {{ ref('fct_indicator') }} as fct_indicator
    inner join {{ ref('dim_indicator') }} as dim_indicator using (indicator_code)
    inner join {{ ref('dim_local_authority') }} as dim_local_authority using (la_code)
    where dim_local_authority.la_type <> 'joint return' and fct_indicator.value is not null
),

chance as (
    select * from {{ ref('int_chance') }}
),

stepped as (
    select
        *,
        value - any_value(value) over (
            partition by la_code, indicator_code
            order by year
            range between 1 preceding and 1 preceding
        ) as change,
    from figures
),

windowed as (
    select
        *,
        count(*) over five_years as n,
        sum(sign(change)) over four_steps as steps,
    from stepped
    window
        five_years as (
            partition by la_code, indicator_code
            order by year
            range between 4 preceding and current row
        ),
        four_steps as (
            partition by la_code, indicator_code
            order by year
            range between 3 preceding and current row
        )
),

tested as (
    select
        windowed.*,
        chance.change_lower_95,
        chance.change_upper_95,
        if(windowed.is_carried, 'carried', null) as carried_reason,
        coalesce(
            carried_reason,
            case
                when windowed.change is null then 'no_value_before'
                when list_contains(windowed.break_years, windowed.year) then 'break_in_series'
                when windowed.limits is null then 'no_limits'
                when chance.change_lower_95 is null then 'no_counts'
            end
        ) as change_reason,
        coalesce(
            carried_reason,
            case
                when windowed.n < 5 then 'fewer_than_five_years'
                when list_has_any(windowed.break_years, range(windowed.year - 3, windowed.year + 1))
                    then 'break_in_series'
            end
        ) as trend_reason,
        chance.trend_z is not null as has_counts,
        case
            when trend_reason is not null then null
            when has_counts and chance.trend_p < 0.05 then sign(chance.trend_z)
            -- Each year above (or below) the one before: of five figures the only orders that the exact test
            -- of Mann and Kendall calls a trend at 5% (2 of 120).
            when not has_counts and abs(windowed.steps) = 4 then sign(windowed.steps)
            else 0
        end as trend_sign,
        case
            when change_reason is not null then null
            when chance.change_lower_95 > 0 then 1
            when chance.change_upper_95 < 0 then -1
            else 0
        end as change_sign,
    from windowed
    left join chance using (la_code, year, indicator_code)
)

select
    la_code,
    year,
    indicator_code,
    if(is_carried, null, change) as change,
    if(change_reason is null, change_lower_95, null) as change_lower_95,
    if(change_reason is null, change_upper_95, null) as change_upper_95,
    change_sign <> 0 as change_is_beyond_chance,
    {{ verdict('change_sign', 'polarity', 'no clear change') }} as change_verdict,
    change_reason,
    n::integer as trend_n,
    case
        when trend_reason is not null then null
        when not has_counts then 'mann_kendall'
        when limits = 'wilson' then 'cochran_armitage'
        else 'poisson'
    end as trend_test,
    case trend_sign
        when 1 then 'rising'
        when -1 then 'falling'
        when 0 then 'no clear trend'
    end as trend_direction,
    {{ verdict('trend_sign', 'polarity', 'no clear change') }} as trend_verdict,
    trend_reason,
from tested
