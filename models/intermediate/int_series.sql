-- Every series the files of all returns publish, and the component it is.
with series as (
    select * from {{ ref('ssda903_series') }}
    union all by name
    select * from {{ ref('cin_series') }}
    union all by name
    select * from {{ ref('csww_series') }}
    union all by name
    select * from {{ ref('population_series') }}
    union all by name
    select * from {{ ref('education_series') }}
    union all by name
    select * from {{ ref('cla_outcomes_series') }}
    union all by name
    select * from {{ ref('section_251_series') }}
    union all by name
    select * from {{ ref('iod_series') }}
)

select
    return_name,
    family,
    series,
    measure,
    edition_from,
    edition_to,
    component,
    scale,
    note,
from series
