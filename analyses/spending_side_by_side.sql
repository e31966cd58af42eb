-- What section 251 and RO3 say of the same service: the largest differences of 2017-18.
select
    dim_local_authority.la_name,
    reconciliation.service,
    round(reconciliation.s251_gbp / 1e6, 1) as s251_gbp_million,
    round(reconciliation.ro3_gbp / 1e6, 1) as ro3_gbp_million,
    round(reconciliation.difference_pct, 1) as difference_pct,
from {{ ref('fct_spending_reconciliation') }} as reconciliation
inner join {{ ref('dim_local_authority') }} as dim_local_authority using (la_code)
where
    reconciliation.year = 2018
    and reconciliation.measure = 'net'
    and reconciliation.service in ('total', 'looked_after')
order by abs(reconciliation.difference_gbp) desc nulls last
limit 20
