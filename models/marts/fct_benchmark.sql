-- Every figure of every authority beside England, its region, its neighbours, all others, and itself before.
with fct_indicator as (
    select * from {{ ref('fct_indicator') }}
),

dim_local_authority as (
    select * from {{ ref('dim_local_authority') }}
    where la_type <> 'joint return'
),

dim_indicator as (
    select * from {{ ref('dim_indicator') }}
),

areas as (
    select * from {{ ref('int_area_benchmark') }}
),

neighbours as (
    select * from {{ ref('int_neighbour_benchmark') }}
),

ranks as (
    select * from {{ ref('int_rank') }}
),

funnels as (
    select * from {{ ref('int_funnel') }}
),

trends as (
    select * from {{ ref('int_trend') }}
)

select
    fct_indicator.la_code,
    fct_indicator.year,
    fct_indicator.indicator_code,
    fct_indicator.value,
    fct_indicator.status,
    england.value as england_value,
    england.basis as england_basis,
    england.n::integer as england_n,
    england.reason as england_reason,
    region.value as region_value,
    region.basis as region_basis,
    region.n::integer as region_n,
    region.reason as region_reason,
    neighbours.sn_2021_mean as neighbours_2021_mean,
    neighbours.sn_2021_median as neighbours_2021_median,
    neighbours.sn_2021_n::integer as neighbours_2021_n,
    {{ neighbours_reason('neighbours.sn_2021_n') }} as neighbours_2021_reason,
    neighbours.sn_2025_mean as neighbours_2025_mean,
    neighbours.sn_2025_median as neighbours_2025_median,
    neighbours.sn_2025_n::integer as neighbours_2025_n,
    {{ neighbours_reason('neighbours.sn_2025_n') }} as neighbours_2025_reason,
    ranks.rank,
    ranks.n as rank_n,
    ranks.ties as rank_ties,
    case
        when fct_indicator.value is null then 'no_value'
        when dim_indicator.polarity = 'none' then 'no_polarity'
    end as rank_reason,
    ranks.rank_low_95,
    ranks.rank_high_95,
    ranks.rank_interval_n,
    coalesce(rank_reason, ranks.interval_reason) as rank_interval_reason,
    ranks.band,
    coalesce(rank_reason, ranks.band_reason) as band_reason,
    ranks.decile,
    coalesce(rank_reason, ranks.decile_reason) as decile_reason,
    funnels.limits as limits_method,
    if(funnels.limits is null, null, fct_indicator.denominator) as limits_n,
    funnels.lower_95,
    funnels.upper_95,
    case
        when fct_indicator.value is null then 'no_value'
        when dim_indicator.limits is null then 'no_limits'
        when funnels.lower_95 is null then 'no_counts'
    end as limits_reason,
    funnels.funnel_lower_95,
    funnels.funnel_upper_95,
    funnels.funnel_lower_99_8,
    funnels.funnel_upper_99_8,
    funnels.funnel_position,
    funnels.funnel_verdict,
    coalesce(limits_reason, if(funnels.funnel_position is null, 'no_england_share', null)) as funnel_reason,
    trends.change,
    trends.change_lower_95,
    trends.change_upper_95,
    trends.change_is_beyond_chance,
    trends.change_verdict,
    if(fct_indicator.value is null, 'no_value', trends.change_reason) as change_reason,
    coalesce(trends.trend_n, 0) as trend_n,
    trends.trend_test,
    trends.trend_direction,
    trends.trend_verdict,
    if(fct_indicator.value is null, 'no_value', trends.trend_reason) as trend_reason,
    -- Worse than England beyond chance; without limits, worse than England and in the last quarter.
    coalesce(
        funnels.funnel_verdict = 'worse',
        {{ verdict('fct_indicator.value - england.value', 'dim_indicator.polarity', 'equal') }} = 'worse'
        and ranks.band = 'D'
    )
    and trends.trend_verdict = 'worse' as worse_and_worsening,
from fct_indicator
inner join dim_local_authority using (la_code)
inner join dim_indicator using (indicator_code)
left join neighbours using (la_code, year, indicator_code)
left join ranks using (la_code, year, indicator_code)
left join funnels using (la_code, year, indicator_code)
left join trends using (la_code, year, indicator_code)
left join areas as england
    on
        fct_indicator.year = england.year
        and fct_indicator.indicator_code = england.indicator_code
        and england.area_code = 'E92000001'
left join areas as region
    on
        fct_indicator.year = region.year
        and fct_indicator.indicator_code = region.indicator_code
        and dim_local_authority.region_code = region.area_code
