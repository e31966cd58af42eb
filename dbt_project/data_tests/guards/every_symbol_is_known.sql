-- A value that is neither a number nor a symbol the return is known to use in that edition.
select
    raw_file.path as file,
    format(
        'an unknown symbol ''{}'' in {} cells, first in row {}, column {}, series ''{}''',
        left(cell.raw_text, 60), count(*), min(cell.row_no), arg_min(cell.col_no, cell.row_no),
        arg_min(cell.series, cell.row_no)
    ) as found,
    format('a number or a symbol of {} {}', cell.return_name, cell.edition) as expected,
    'add what it means to seeds/reference/value_symbols.csv, from the publisher''s notes' as action,
from {{ ref('int_cell') }} as cell
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
where cell.status is null and cell.area_level is distinct from 'not_an_area'
group by raw_file.path, cell.raw_text, cell.return_name, cell.edition
