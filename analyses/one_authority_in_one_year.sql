-- Everything known of one authority in one year, with its rank (1 is best) among those with a figure.
with standing as (
    select
        fact.*,
        dim_indicator.theme,
        dim_indicator.label,
        count(fact.value) over (partition by fact.indicator_code) as n,
        case dim_indicator.polarity
            when 'high'
                then rank() over (
                    partition by fact.indicator_code order by fact.value desc nulls last
                )
            when 'low' then rank() over (
                partition by fact.indicator_code order by fact.value asc nulls last
            )
        end as place,
    from {{ ref('fct_indicator') }} as fact
    inner join {{ ref('dim_indicator') }} as dim_indicator using (indicator_code)
    where fact.year = 2025 and fact.la_code is distinct from fact.joint_code
)

select
    standing.theme,
    standing.label,
    standing.value,
    standing.status,
    standing.edition,
    if(standing.is_derived, 'computed from counts', 'as published') as form,
    if(standing.value is null, null, standing.place) as place,
    standing.n,
from standing
inner join {{ ref('dim_local_authority') }} as dim_local_authority using (la_code)
where dim_local_authority.la_name = 'Salford'
order by standing.theme, standing.label
