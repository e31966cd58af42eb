-- A figure of an authority that is not in fct_benchmark as it is in fct_indicator.
with figures as (
    select fct_indicator.*
    from {{ ref('fct_indicator') }} as fct_indicator
    inner join {{ ref('dim_local_authority') }} as dim_local_authority using (la_code)
    where dim_local_authority.la_type <> 'joint return'
),

benchmarks as (
    select * from {{ ref('fct_benchmark') }}
)

select
    la_code,
    year,
    indicator_code,
from figures
full outer join benchmarks using (la_code, year, indicator_code)
where figures.value is distinct from benchmarks.value or figures.status is distinct from benchmarks.status
