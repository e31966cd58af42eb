-- Two series of one edition that are mapped to the same component and differ.
select
    string_agg(distinct raw_file.path, ', ') as file,
    format(
        'component {} as {} and {} for area {}, {}, edition {}',
        cell.component, min(cell.raw_text), max(cell.raw_text), cell.area_code, cell.year, cell.edition
    ) as found,
    'one figure for each component in an edition' as expected,
    'map only one of the series in seeds/layouts' as action,
from {{ ref('int_cell') }} as cell
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
where cell.component is not null and cell.area_code is not null
group by cell.component, cell.area_code, cell.year, cell.return_name, cell.edition
having min(cell.value) <> max(cell.value) or min(cell.status) <> max(cell.status)
