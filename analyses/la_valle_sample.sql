-- The authorities of La Valle et al. (2016), Table A2a: first SIF report published by 11 March 2016.
select
    inspection.la_code,
    dim_local_authority.la_name,
    inspection.published_on,
    inspection.overall_judgement,
    inspection.overall_code,
from {{ ref('fct_inspection') }} as inspection
inner join {{ ref('dim_local_authority') }} as dim_local_authority using (la_code)
where
    inspection.framework = 'SIF'
    and inspection.inspection_kind = 'first'
    and inspection.published_on <= date '2016-03-11'
order by inspection.published_on, inspection.la_code
