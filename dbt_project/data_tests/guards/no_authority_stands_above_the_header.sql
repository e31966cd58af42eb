-- A row of an authority above the header of its list: the header was moved, the row would be lost.
select
    raw_file.path as file,
    format(
        'a row of an authority above the header: sheet ''{}'', row {}, header in row {}',
        raw_sheet.sheet, line.row_no, raw_sheet.first_data_row - 1
    ) as found,
    'the header above every row' as expected,
    'the header row was moved: fetch the file again from the publisher' as action,
from {{ source('raw', 'ofsted_line') }} as line
inner join {{ source('raw', 'raw_sheet') }} as raw_sheet
    on
        line.file_no = raw_sheet.file_no
        and line.sheet = raw_sheet.sheet
        and line.row_no < raw_sheet.first_data_row - 1
inner join {{ source('raw', 'raw_file') }} as raw_file on line.file_no = raw_file.file_no
where exists (
    select 1 from {{ ref('la_names') }} as la_names
    where contains(lower('|' || array_to_string(line.cells, '|') || '|'), '|' || la_names.spelling || '|')
)
