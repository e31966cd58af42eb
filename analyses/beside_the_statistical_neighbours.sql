-- Looked-after children per 10,000 in 2025 beside the mean and median of the statistical neighbours.
with figures as (
    select
        la_code,
        value,
    from {{ ref('fct_indicator') }}
    where indicator_code = 'looked_after_per_10k' and year = 2025
)

select
    dim_local_authority.la_name,
    figures.value,
    round(avg(of_neighbour.value), 1) as neighbours_mean,
    median(of_neighbour.value) as neighbours_median,
    count(of_neighbour.value) as n_neighbours,
from figures
inner join {{ ref('dim_local_authority') }} as dim_local_authority using (la_code)
inner join {{ ref('dim_statistical_neighbour') }} as neighbour
    on figures.la_code = neighbour.la_code and neighbour.list_version = 'sn_2025'
left join figures as of_neighbour on neighbour.neighbour_la_code = of_neighbour.la_code
group by dim_local_authority.la_name, figures.value
order by dim_local_authority.la_name
