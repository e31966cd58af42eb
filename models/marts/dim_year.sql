-- One row per reporting year of the mart: the year ending 31 March.
select distinct
    year::integer as year,
    make_date(year - 1, 4, 1) as starts_on,
    make_date(year, 3, 31) as ends_on,
    (year - 1)::varchar || '-' || right(year::varchar, 2) as label,
from {{ ref('fct_indicator_edition') }}
