-- A header repeated below the first that names other columns: the rows below it would be misread.
select
    raw_file.path as file,
    format(
        'the column ''{}'' in sheet ''{}'', row {}, column {}',
        cell.raw_text, cell.sheet, cell.row_no, cell.col_no
    ) as found,
    format('''{}'', as in the header of the sheet', cell.series) as expected,
    'columns were moved in one of the two tables: fetch the file again from the publisher' as action,
from {{ ref('stg_ofsted__flat_cell') }} as cell
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
where
    cell.published_name = 'local authority name'
    -- Of authorities that are no more the first inspection under ILACS was the only one.
    and {{ plain_text('cell.raw_text') }} not in (cell.series, replace(cell.series, 'first ilacs', 'ilacs'))
