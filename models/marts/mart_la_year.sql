-- One row per local authority and reporting year, one column per indicator: the value alone.
-- The list of columns is the contract in mart_la_year.yml and stands nowhere else.
{% set no_indicators = identity_columns() + columns_beside_indicators() %}
with local_authorities as (
    select * from {{ ref('dim_local_authority') }}
    where la_type <> 'joint return'
),

indicator as (
    select
        fct_indicator.la_code,
        fct_indicator.year,
        fct_indicator.indicator_code,
        fct_indicator.value,
    from {{ ref('fct_indicator') }} as fct_indicator
    inner join local_authorities using (la_code)
),

wide as (
    pivot indicator
    on indicator_code in (
        {%- for column in model.columns if column not in no_indicators %}
            '{{ column }}'{{ ',' if not loop.last }}
        {%- endfor %}
    )
    using max(value)
    group by la_code, year
),

inspection as (
    select * from {{ ref('int_la_year_inspection') }}
),

deprivation as (
    select
        la_code,
        year,
        edition as iod_edition,
        is_carried as is_iod_carried,
    from {{ ref('fct_indicator') }}
    where indicator_code = 'imd_average_rank' and edition is not null
)

select
    wide.la_code,
    local_authorities.la_name,
    local_authorities.region_name,
    wide.year,
    {%- for column in judgement_columns() %}
        inspection.{{ column }},
    {%- endfor %}
    deprivation.iod_edition,
    deprivation.is_iod_carried,
    wide.* exclude (la_code, year),  -- noqa: AM04
from wide
inner join local_authorities using (la_code)
left join inspection
    on
        wide.la_code = inspection.la_code
        and wide.year = inspection.year
left join deprivation
    on
        wide.la_code = deprivation.la_code
        and wide.year = deprivation.year
