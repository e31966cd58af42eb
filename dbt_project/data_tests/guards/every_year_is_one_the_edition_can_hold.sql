-- A period that is no year, lies after its edition, or more than nine years before it.
select
    raw_file.path as file,
    format('the period ''{}'', first in row {}', cell.published_period, min(cell.row_no)) as found,
    format('a year from {} to {}', raw_file.edition_year - 9, raw_file.edition_year) as expected,
    'check that the file stands in the folder of its own edition; a column with a wrong year belongs '
    || 'in seeds/corrections/column_years.csv' as action,
from {{ ref('int_published_cell') }} as cell
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
where
    cell.published_period is not null
    and (
        try_cast(cell.published_period as integer) is null
        or cell.year not between raw_file.edition_year - 9 and raw_file.edition_year
    )
group by raw_file.path, cell.published_period, raw_file.edition_year
