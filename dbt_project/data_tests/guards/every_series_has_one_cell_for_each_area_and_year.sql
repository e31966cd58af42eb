-- A row that stands twice in a file, or two rows that came to mean the same.
with cells as (
    select
        *,
        hash(file_no, sheet, area_code, year, series, measure) as key_hash,
    from {{ ref('int_cell') }}
    -- Without a year there is no calendar, which another guard says.
    where area_code is not null and year is not null
),

-- Numbers are counted faster than names; what stands twice is then looked at by name.
suspects as (
    select key_hash
    from cells
    group by key_hash
    having count(*) > 1
)

select
    raw_file.path as file,
    format(
        'area {} more than once for {}, rows {} and {}, series ''{}''',
        cells.area_code, cells.year, min(cells.row_no), max(cells.row_no), cells.series
    ) as found,
    'one row for each area, year and series' as expected,
    'the file is damaged or two layouts are mixed: fetch it again' as action,
from cells
inner join suspects using (key_hash)
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
group by raw_file.path, cells.sheet, cells.area_code, cells.year, cells.series, cells.measure
having count(*) > 1
