-- All authorities in one indicator and year, the best first, with what chance allows of their rank. Who has
-- no figure stands at the end with the reason.
select
    benchmark.rank,
    benchmark.rank_ties,
    dim_local_authority.la_name,
    dim_local_authority.region_name,
    benchmark.value,
    benchmark.status,
    benchmark.rank_low_95,
    benchmark.rank_high_95,
    benchmark.band,
    benchmark.rank_n as of_authorities,
from {{ ref('fct_benchmark') }} as benchmark
inner join {{ ref('dim_local_authority') }} as dim_local_authority using (la_code)
where benchmark.indicator_code = 'looked_after_3_plus_placements_pct' and benchmark.year = 2025
order by benchmark.rank nulls last, dim_local_authority.la_name
