-- A computed percentage or rate that its own numerator and denominator do not give.
select
    fact.la_code,
    fact.year,
    fact.indicator_code,
    fact.edition,
    fact.value,
from {{ ref('fct_indicator_edition') }} as fact
inner join {{ ref('dim_indicator') }} as dim_indicator using (indicator_code)
where
    fact.is_derived
    and fact.denominator > 0
    and abs(
        fact.value
        - case dim_indicator.unit
            when 'percentage' then 100
            when 'rate per 100' then 100
            when 'rate per 10,000' then 10000
            else 1
        end
        * fact.numerator / fact.denominator
    ) > 1e-9
