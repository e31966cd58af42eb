-- Need, protection plans, looked-after children, workforce and school of one authority, year by year.
select
    mart.year,
    mart.population_0_17_count,
    mart.cin_31_march_per_10k,
    mart.cpp_31_march_per_10k,
    mart.looked_after_per_10k,
    mart.re_referrals_pct,
    mart.social_worker_turnover_fte_pct,
    mart.agency_rate_fte_pct,
    mart.cino_persistent_absentee_pct,
    mart.looked_after_persistent_absentee_pct,
from {{ ref('mart_la_year') }} as mart
where mart.la_name = 'Salford'
order by mart.year
