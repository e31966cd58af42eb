-- An inspection that stands twice in an edition.
select
    any_value(source_file) as file,
    format(
        'inspection {} more than once, in sheet ''{}'', rows {}',
        inspection_id, any_value(sheet), string_agg(row_no, ', ' order by row_no)
    ) as found,
    'one row for each inspection' as expected,
    'a row or column was copied: fetch the file again from the publisher' as action,
from {{ ref('int_printed_inspection') }}
where inspection_id is not null
group by inspection_id, edition
having count(*) > 1
