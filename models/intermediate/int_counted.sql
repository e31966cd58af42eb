-- The figures whose numerator and denominator can tell how sure they are, beside England's.
with fct_indicator as (
    select * from {{ ref('fct_indicator') }}
),

dim_indicator as (
    select * from {{ ref('dim_indicator') }}
    where limits is not null
),

england as (
    select * from {{ ref('int_area_benchmark') }}
    where area_code = 'E92000001'
)

select
    fct_indicator.la_code,
    fct_indicator.indicator_code,
    fct_indicator.year::integer as year,
    dim_indicator.limits,
    dim_indicator.polarity,
    dim_indicator.multiplier::double as multiplier,
    fct_indicator.value / dim_indicator.multiplier as share,
    -- Limits follow from counts that are those of the figure: not from a share of more than all, nor from
    -- counts that a slip of the file sets apart from it by more than printing in whole numbers can.
    fct_indicator.denominator > 0
    and (dim_indicator.limits = 'poisson' or fct_indicator.numerator <= fct_indicator.denominator)
    and abs(
        dim_indicator.multiplier * fct_indicator.numerator / fct_indicator.denominator - fct_indicator.value
    ) <= greatest(1, 0.05 * fct_indicator.value) as is_counted,
    if(is_counted, fct_indicator.numerator, null) as numerator,
    if(is_counted, fct_indicator.denominator, null) as denominator,
    -- Around nothing there is no funnel: a printed 0 is mostly a small share in whole numbers.
    nullif(england.share, 0) as england_share,
from fct_indicator
inner join dim_indicator using (indicator_code)
inner join {{ ref('dim_local_authority') }} as dim_local_authority using (la_code)
left join england using (indicator_code, year)
where fct_indicator.value is not null and dim_local_authority.la_type <> 'joint return'
order by fct_indicator.indicator_code, fct_indicator.la_code, fct_indicator.year
