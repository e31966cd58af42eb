-- A row that stands twice in a file, or two rows that came to mean the same.
select
    raw_file.path as file,
    format(
        'area {} more than once for {}, rows {} and {}, series ''{}''',
        cell.area_code, cell.year, min(cell.row_no), max(cell.row_no), cell.series
    ) as found,
    'one row for each area, year and series' as expected,
    'the file is damaged or two layouts are mixed: fetch it again' as action,
from {{ ref('int_cell') }} as cell
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
where cell.area_code is not null
group by raw_file.path, cell.sheet, cell.area_code, cell.year, cell.series, cell.measure
having count(*) > 1
