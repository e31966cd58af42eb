-- A table without England: nothing to hold the sum of its authorities against.
with tables as (
    select
        file_no,
        sheet,
        bool_or(area_level = 'national') as has_england,
    from {{ ref('int_cell') }}
    group by file_no, sheet
)

select
    raw_file.path as file,
    'no row for England' || if(tables.sheet <> '', ' in sheet ' || tables.sheet, '') as found,
    'England beside its local authorities' as expected,
    'the file was edited: fetch it again from the publisher' as action,
from tables
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
inner join {{ ref('file_families') }} as file_families using (return_name, family)
where file_families.has_england and not tables.has_england
