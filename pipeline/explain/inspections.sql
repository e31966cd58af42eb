-- The inspections asked for, newest first.
select
    inspections.inspection_id,
    inspections.la_code,
    authorities.la_name,
    inspections.framework,
    inspections.inspection_kind,
    inspections.sets_judgement,
    inspections.inspection_started_on,
    inspections.published_on,
from asked_inspection
inner join fct_inspection as inspections using (inspection_id)
inner join dim_local_authority as authorities using (la_code)
order by inspections.published_on desc, inspections.inspection_id
