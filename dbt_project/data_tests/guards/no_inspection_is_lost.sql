-- Inspections in = inspections out: a printed inspection that is not in fct_inspection.
select
    printed.source_file as file,
    format(
        '{} of sheet ''{}'', row {} ({}) not in fct_inspection',
        printed.inspection, printed.sheet, printed.row_no, printed.published_name
    ) as found,
    'every printed inspection' as expected,
    'a join in models/intermediate loses it' as action,
from {{ ref('int_printed_inspection') }} as printed
left join {{ ref('fct_inspection') }} as inspection using (inspection_id)
where inspection.inspection_id is null
