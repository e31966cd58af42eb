-- A percentage outside its range: a wrong denominator, or a count under a percentage's name.
select
    fact.source_file as file,
    format(
        '{} for {} of authority {} in {}', fact.value, fact.indicator_code, fact.la_code, fact.year
    ) as found,
    'a percentage from 0 to 100' as expected,
    'a column holds something else than its header says: fetch the file again from the publisher; else the '
    || 'formula in seeds/indicators/formulas.csv has the wrong denominator' as action,
from {{ ref('fct_indicator_edition') }} as fact
inner join {{ ref('dim_indicator') }} as dim_indicator using (indicator_code)
where dim_indicator.unit = 'percentage' and fact.value not between 0 and 100
