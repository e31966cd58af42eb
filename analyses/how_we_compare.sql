-- How one authority compares in one year: the indicators whose difference from England is more than chance.
select
    dim_indicator.theme,
    dim_indicator.label,
    round(benchmark.value, 1) as value,
    round(benchmark.england_value, 1) as england,
    round(benchmark.neighbours_2025_mean, 1) as neighbours,
    benchmark.neighbours_2025_n as of_neighbours,
    benchmark.rank,
    benchmark.rank_n as of_authorities,
    benchmark.rank_low_95,
    benchmark.rank_high_95,
    benchmark.band,
    benchmark.funnel_position,
    benchmark.trend_verdict,
from {{ ref('fct_benchmark') }} as benchmark
inner join {{ ref('dim_indicator') }} as dim_indicator using (indicator_code)
where benchmark.la_code = '355' and benchmark.year = 2025 and benchmark.funnel_verdict in ('better', 'worse')
order by benchmark.funnel_verdict desc, dim_indicator.theme asc, benchmark.rank desc
