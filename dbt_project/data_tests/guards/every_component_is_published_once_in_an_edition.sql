-- Two series of one edition that are mapped to the same component.
select
    string_agg(distinct raw_file.path, ', ') as file,
    format(
        'component {} more than once for area {}, {}, edition {}',
        component.component, component.area_code, component.year, component.edition
    ) as found,
    'one series for each component in an edition' as expected,
    'map only one of the series in seeds/layouts' as action,
from {{ ref('int_component') }} as component
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
group by component.component, component.area_code, component.year, component.edition
having count(*) > 1
