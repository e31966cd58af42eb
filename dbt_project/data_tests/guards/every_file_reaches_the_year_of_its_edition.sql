-- A long file whose last year is not that of its folder: last year's file in this year's folder.
select
    raw_file.path as file,
    format('figures up to {} only', max(cell.year)) as found,
    format('figures up to {}', raw_file.edition_year - any_value(file_families.may_lag)) as expected,
    'put the file into the folder of its own edition; if the publisher is late with it, say by how many '
    || 'years in seeds/layouts/file_families.csv (may_lag)' as action,
from {{ ref('int_cell') }} as cell
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
inner join {{ ref('file_families') }} as file_families
    on
        raw_file.return_name = file_families.return_name
        and raw_file.family = file_families.family
group by raw_file.path, raw_file.edition_year
having max(cell.year) < raw_file.edition_year - any_value(file_families.may_lag)
