-- The seeds against each other: no component without a user, no formula without its components.
with series as (
    select distinct component from {{ ref('int_series') }}
    where component is not null
),

terms as (
    select distinct component from {{ ref('int_formula_term') }}
),

indicators as (
    select indicator_code from {{ ref('indicators') }}
),

formulas as (
    select distinct indicator_code from {{ ref('formulas') }}
),

faults as (
    select 'formula component ' || component || ' that no series is mapped to' as found
    from terms
    -- An amount in constant prices is made from the one in prices of its year.
    where regexp_replace(component, '_real_gbp$', '_gbp') not in (select series.component from series)
    union all
    select 'component ' || component || ' that no indicator and no formula uses' as found
    from series
    where
        component not in (select terms.component from terms)
        and component not in (select indicators.indicator_code from indicators)
    union all
    select 'indicator ' || indicator_code || ' with neither a series nor a formula' as found
    from indicators
    where
        indicator_code not in (select formulas.indicator_code from formulas)
        and indicator_code not in (select series.component from series)
    union all
    select 'formula of an unknown indicator ' || indicator_code as found
    from formulas
    where indicator_code not in (select indicators.indicator_code from indicators)
)

select
    'seeds' as file,
    found,
    'components, formulas and indicators that fit together' as expected,
    'correct seeds/layouts or seeds/indicators' as action,
from faults
