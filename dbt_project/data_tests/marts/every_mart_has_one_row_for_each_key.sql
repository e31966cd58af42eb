-- Two rows of a mart with the same key.
select
    'fct_indicator_edition' as mart,
    la_code || ' ' || year || ' ' || indicator_code || ' ' || edition as key,
from {{ ref('fct_indicator_edition') }}
group by la_code, year, indicator_code, edition
having count(*) > 1
union all
select
    'fct_indicator' as mart,
    la_code || ' ' || year || ' ' || indicator_code as key,
from {{ ref('fct_indicator') }}
group by la_code, year, indicator_code
having count(*) > 1
union all
select
    'fct_indicator_current' as mart,
    area_code || ' ' || year || ' ' || indicator_code as key,
from {{ ref('fct_indicator_current') }}
group by area_code, year, indicator_code
having count(*) > 1
union all
select
    'mart_la_year' as mart,
    la_code || ' ' || year as key,
from {{ ref('mart_la_year') }}
group by la_code, year
having count(*) > 1
union all
select
    'dim_statistical_neighbour' as mart,
    list_version || ' ' || la_code || ' ' || neighbour_rank as key,
from {{ ref('dim_statistical_neighbour') }}
group by list_version, la_code, neighbour_rank
having count(*) > 1
union all
select
    'dim_rural_urban' as mart,
    version || ' ' || ons_code as key,
from {{ ref('dim_rural_urban') }}
group by version, ons_code
having count(*) > 1
union all
select
    'dim_district' as mart,
    version || ' ' || district_code as key,
from {{ ref('dim_district') }}
group by version, district_code
having count(*) > 1
union all
select
    'fct_benchmark' as mart,
    la_code || ' ' || year || ' ' || indicator_code as key,
from {{ ref('fct_benchmark') }}
group by la_code, year, indicator_code
having count(*) > 1
