-- A percentage outside its range: a wrong denominator, or a count under a percentage's name.
select
    fact.la_code,
    fact.year,
    fact.indicator_code,
    fact.edition,
    fact.value,
from {{ ref('fct_indicator_edition') }} as fact
inner join {{ ref('dim_indicator') }} as dim_indicator using (indicator_code)
where dim_indicator.unit = 'percentage' and fact.value not between 0 and 100
