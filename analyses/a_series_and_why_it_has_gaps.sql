-- One indicator of one authority over the years: figure, or the reason why there is none.
select
    fact.year,
    fact.value,
    fact.status,
    fact.edition,
    fact.source_file,
    dim_indicator.breaks,
from {{ ref('fct_indicator') }} as fact
inner join {{ ref('dim_indicator') }} as dim_indicator using (indicator_code)
inner join {{ ref('dim_local_authority') }} as dim_local_authority using (la_code)
where
    dim_local_authority.la_name = 'Rutland'
    and fact.indicator_code = 'leavers_19_to_21_eet_pct'
order by fact.year
