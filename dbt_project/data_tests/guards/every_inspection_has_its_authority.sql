-- A row of a list of inspections whose name, code and date together are no authority the seeds know.
select
    source_file as file,
    format(
        'an unknown area in sheet ''{}'', row {}: name ''{}'', code ''{}'', on {}',
        sheet, row_no, published_name, coalesce(published_code, ''),
        coalesce(inspection_started_on, published_on)::varchar
    ) as found,
    'a name of seeds/reference/la_names.csv and a code of la_ons_codes.csv, of an authority that existed '
    || 'on that date' as expected,
    'a new spelling, code or authority: add it to seeds/reference' as action,
from {{ ref('int_printed_inspection') }}
where la_code is null and coalesce(inspection_started_on, published_on) is not null
