-- A row whose level, code and name together are no area the seeds know.
select
    raw_file.path as file,
    format(
        'an unknown area: level ''{}'', code ''{}'', name ''{}'', first in row {}{}',
        coalesce(cell.published_level, ''), coalesce(cell.published_code, ''),
        coalesce(left(cell.published_name, 80), ''), min(cell.row_no),
        if(cell.sheet <> '', ' of sheet ' || cell.sheet, '')
    ) as found,
    'a local authority of seeds/reference/local_authorities.csv under one of its names in la_names.csv, '
    || 'or a region of region_codes.csv' as expected,
    'a new spelling: add it to la_names.csv; a new authority: add it to local_authorities.csv; a code '
    || 'without its leading zeros or in the wrong column: the file is damaged, fetch it again' as action,
from {{ ref('int_published_cell') }} as cell
inner join {{ ref('int_area') }} as area
    on
        cell.return_name = area.return_name
        and cell.edition = area.edition
        and cell.published_level is not distinct from area.published_level
        and cell.published_code is not distinct from area.published_code
        and cell.published_name is not distinct from area.published_name
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
where area.area_level is null
group by raw_file.path, cell.sheet, cell.published_level, cell.published_code, cell.published_name
