-- A claimed file or sheet that gives no cell, and is not ignored by name.
with filled as (
    select distinct
        file_no,
        sheet,
    from {{ ref('int_cell') }}
    union
    select
        file_no,
        sheet,
    from {{ ref('int_inspection_cell') }}
    union
    select
        file_no,
        sheet,
    from {{ ref('stg_geography__flat_cell') }}
)

select
    raw_file.path as file,
    'no figures' || if(raw_sheet.sheet <> '', ' in sheet ''' || raw_sheet.sheet || '''', '') as found,
    'rows of areas with values' as expected,
    'a table without local authorities: add it to seeds/layouts/ignored_tables.csv with its reason; a new '
    || 'return: its staging model belongs in models/intermediate/int_staged_cell.sql' as action,
from {{ source('raw', 'raw_sheet') }} as raw_sheet
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
left join filled
    on
        raw_sheet.file_no = filled.file_no
        and raw_sheet.sheet = filled.sheet
left join {{ ref('ignored_tables') }} as ignored_tables
    on
        raw_file.return_name = ignored_tables.return_name
        and raw_file.family = ignored_tables.family
        and regexp_full_match(lower(trim(raw_sheet.sheet)), ignored_tables.sheet_pattern)
where filled.file_no is null and ignored_tables.sheet_pattern is null
