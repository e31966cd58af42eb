-- Where an authority stands among all that have a figure, by the rules of the Local Authority Interactive
-- Tool.
with figures as (
    select
        fct_indicator.la_code,
        fct_indicator.year,
        fct_indicator.indicator_code,
        fct_indicator.value,
        dim_indicator.polarity,
        dim_indicator.lait_has_bands,
        dim_indicator.limits,
    from {{ ref('fct_indicator') }} as fct_indicator
    inner join {{ ref('dim_indicator') }} as dim_indicator using (indicator_code)
    inner join {{ ref('dim_local_authority') }} as dim_local_authority using (la_code)
    where
        fct_indicator.value is not null
        and dim_indicator.polarity <> 'none'
        and dim_local_authority.la_type <> 'joint return'
),

chance as (
    select * from {{ ref('int_chance') }}
),

-- Quantiles of R's type 7 lie on an authority or between it and the next: whoever is above that authority is
-- above the quantile. So nothing is interpolated, and no rounding decides.
cuts as (
    select
        year,
        indicator_code,
        count(*) as n,
        list(value order by value) as ordered,
        list_transform(range(1, 4), lambda i: ordered[1 + (n - 1) * i // 4]) as quarters,
        list_transform(range(1, 10), lambda i: ordered[1 + (n - 1) * i // 10]) as tenths,
    from figures
    group by year, indicator_code
),

placed as (
    select
        figures.*,
        cuts.n,
        rank() over (
            partition by figures.indicator_code, figures.year
            order by if(figures.polarity = 'high', -figures.value, figures.value)
        ) as place,
        count(*) over (partition by figures.indicator_code, figures.year, figures.value) as ties,
        -- 1 is the lowest; a value on a cut belongs below it, whatever the polarity.
        1 + len(list_filter(cuts.quarters, lambda cut: cut < figures.value)) as quarter,
        1 + len(list_filter(cuts.tenths, lambda cut: cut < figures.value)) as tenth,
        case
            when figures.lait_has_bands = 'no' then 'range_too_small'
            -- Four bands need four authorities.
            when cuts.n < 4 then 'too_few_authorities'
        end as band_reason,
        if(cuts.n < 10, 'too_few_authorities', null) as decile_reason,
    from figures
    inner join cuts using (year, indicator_code)
)

select
    placed.la_code,
    placed.year,
    placed.indicator_code,
    placed.place::integer as rank,
    placed.n::integer as n,
    placed.ties::integer as ties,
    -- Of a tie the rank is the smallest; drawn without rounding, its authorities come apart.
    case when chance.rank_low_95 is not null then least(placed.place, chance.rank_low_95) end::integer
        as rank_low_95,
    case when chance.rank_high_95 is not null then greatest(placed.place, chance.rank_high_95) end::integer
        as rank_high_95,
    chance.rank_interval_n::integer as rank_interval_n,
    case
        when placed.limits is null then 'no_limits'
        when chance.rank_low_95 is null then 'no_counts'
    end as interval_reason,
    case
        when placed.band_reason is null
            then substr(if(placed.polarity = 'low', 'ABCD', 'DCBA'), placed.quarter, 1)
    end as band,
    placed.band_reason,
    case
        when placed.decile_reason is null then if(placed.polarity = 'low', placed.tenth, 11 - placed.tenth)
    end::integer as decile,
    placed.decile_reason,
from placed
left join chance using (la_code, year, indicator_code)
