-- One indicator of one authority over the years, beside England, its region and its statistical neighbours.
select
    benchmark.year,
    benchmark.value,
    benchmark.status,
    round(benchmark.england_value, 1) as england,
    benchmark.england_basis,
    round(benchmark.region_value, 1) as region,
    round(benchmark.neighbours_2025_mean, 1) as neighbours,
    benchmark.neighbours_2025_n as of_neighbours,
    benchmark.change_verdict,
    benchmark.trend_verdict,
from {{ ref('fct_benchmark') }} as benchmark
inner join {{ ref('dim_local_authority') }} as dim_local_authority using (la_code)
where
    dim_local_authority.la_name = 'Salford'
    and benchmark.indicator_code = 'looked_after_3_plus_placements_pct'
order by benchmark.year
