-- A column of a list of inspections that no seed knows. Named with the nearest that one does.
with known as (
    select column_key from {{ ref('inspection_columns') }}
    union all
    select column_key from {{ ref('column_roles') }}
    where return_name = 'ofsted'
)

select
    raw_file.path as file,
    format(
        'an unknown column ''{}'' in sheet ''{}'', row {}, column {}',
        raw_column.column_key, raw_column.sheet, raw_sheet.first_data_row - 1, raw_column.col_no
    ) as found,
    'a column of seeds/layouts/inspection_columns.csv; nearest: '''
    || (
        select arg_max(near.column_key, jaro_winkler_similarity(near.column_key, raw_column.column_key))
        from known as near
    )
    || '''' as expected,
    'a renamed or new column: add its row there, or, if it holds no judgement, to column_roles.csv' as action,
from {{ source('raw', 'raw_column') }} as raw_column
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
inner join {{ source('raw', 'raw_sheet') }} as raw_sheet
    on
        raw_column.file_no = raw_sheet.file_no
        and raw_column.sheet = raw_sheet.sheet
anti join known on raw_column.column_key = known.column_key
left join {{ ref('ignored_tables') }} as ignored_tables
    on
        raw_file.return_name = ignored_tables.return_name
        and raw_file.family = ignored_tables.family
        and regexp_full_match(lower(trim(raw_column.sheet)), ignored_tables.sheet_pattern)
where raw_file.return_name = 'ofsted' and ignored_tables.sheet_pattern is null
