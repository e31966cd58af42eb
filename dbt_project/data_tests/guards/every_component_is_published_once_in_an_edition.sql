-- Two series of one edition that are mapped to the same component and differ.
with cells as (
    select * from {{ ref('int_cell') }}
    where component is not null and area_code is not null
),

places as (
    select distinct
        component,
        return_name,
        edition,
        file_no,
        sheet,
        series,
        measure,
    from cells
),

-- Few components stand in more than one place: only their cells are compared.
doubled as (
    select
        component,
        return_name,
        edition,
    from places
    group by component, return_name, edition
    having count(*) > 1
)

select
    string_agg(distinct raw_file.path, ', ') as file,
    format(
        'component {} as {} and {} for area {}, {}, edition {}',
        cells.component, min(cells.raw_text), max(cells.raw_text), cells.area_code, cells.year, cells.edition
    ) as found,
    'one figure for each component in an edition' as expected,
    'map only one of the series in seeds/layouts' as action,
from cells
inner join doubled
    on
        cells.component = doubled.component
        and cells.return_name = doubled.return_name
        and cells.edition = doubled.edition
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
group by cells.component, cells.area_code, cells.year, cells.return_name, cells.edition
having min(cells.value) <> max(cells.value) or min(cells.status) <> max(cells.status)
