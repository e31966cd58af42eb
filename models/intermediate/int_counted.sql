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
    -- A numerator above its denominator is a slip of the file: no limits follow from it.
    dim_indicator.limits = 'poisson' or fct_indicator.numerator <= fct_indicator.denominator as is_share,
    if(is_share and fct_indicator.denominator > 0, fct_indicator.numerator, null) as numerator,
    if(is_share and fct_indicator.numerator is not null, nullif(fct_indicator.denominator, 0), null) as denominator,
    england.share as england_share,
from fct_indicator
inner join dim_indicator using (indicator_code)
inner join {{ ref('dim_local_authority') }} as dim_local_authority using (la_code)
left join england using (indicator_code, year)
where fct_indicator.value is not null and dim_local_authority.la_type <> 'joint return'
order by fct_indicator.indicator_code, fct_indicator.la_code, fct_indicator.year
