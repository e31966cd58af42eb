-- One row per local authority and reporting year, one column per indicator: the value alone.
-- The list of columns is the contract in mart_la_year.yml and stands nowhere else.
{% set identity = ['la_code', 'la_name', 'region_name', 'year'] %}
with indicator as (
    select * from {{ ref('fct_indicator') }}
),

local_authorities as (
    select * from {{ ref('dim_local_authority') }}
)

select
    indicator.la_code,
    local_authorities.la_name,
    local_authorities.region_name,
    indicator.year,
    {%- for column in model.columns if column not in identity %}
        max(indicator.value) filter (where indicator.indicator_code = '{{ column }}') as {{ column }},
    {%- endfor %}
from indicator
inner join local_authorities using (la_code)
where local_authorities.la_type <> 'joint return'
group by indicator.la_code, local_authorities.la_name, local_authorities.region_name, indicator.year
