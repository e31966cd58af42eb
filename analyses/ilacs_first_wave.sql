-- The inspections under ILACS that began from January 2018 to March 2019.
select
    inspection.la_code,
    dim_local_authority.la_name,
    inspection.inspection_kind,
    inspection.inspection_started_on,
    inspection.published_on,
    inspection.overall_judgement,
    inspection.overall_code,
from {{ ref('fct_inspection') }} as inspection
inner join {{ ref('dim_local_authority') }} as dim_local_authority using (la_code)
where
    inspection.framework = 'ILACS'
    and inspection.inspection_started_on between date '2018-01-01' and date '2019-03-31'
order by inspection.inspection_started_on, inspection.la_code
