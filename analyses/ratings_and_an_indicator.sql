-- Ofsted's rating in force on 31 March 2025 and an indicator of that year: how the figures lie by rating.
select
    judgement.overall_code,
    count(*) as authorities,
    count(fact.value) as with_a_figure,
    round(quantile_cont(fact.value, 0.25), 1) as lower_quartile,
    round(median(fact.value), 1) as median,
    round(quantile_cont(fact.value, 0.75), 1) as upper_quartile,
from judgement_in_force(date '2025-03-31') as judgement
inner join {{ ref('fct_indicator') }} as fact using (la_code)
where fact.indicator_code = 'agency_rate_fte_pct' and fact.year = 2025
group by judgement.overall_code
order by judgement.overall_code nulls last
