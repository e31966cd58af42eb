-- A column, a row label or a table column that no seed knows. Named with the nearest that one does.
with unknown as (
    select
        file_no,
        return_name,
        family,
        -- The longest known one has 283 letters; a cell as long as a page is not worth a comparison.
        left(series, 300) as series,
        measure,
        count(*) as n_cells,
    from {{ ref('int_cell') }}
    where not is_known_series and area_level is distinct from 'not_an_area'
    group by file_no, return_name, family, left(series, 300), measure
),

nearest as (
    select
        unknown.*,
        arg_min(known.series, levenshtein(known.series, unknown.series)) as nearest_series,
    from unknown
    left join {{ ref('int_series') }} as known
        on unknown.return_name = known.return_name and unknown.family = known.family
    group by all
)

select
    raw_file.path as file,
    format(
        'an unknown column or series ''{}'' (measure {}), {} cells',
        nearest.series, nearest.measure, nearest.n_cells
    ) as found,
    format(
        'the series of family {} in seeds/layouts/{}_series.csv; nearest: ''{}''',
        nearest.family, nearest.return_name, coalesce(nearest.nearest_series, 'none')
    ) as expected,
    'add a row for it there (without a component if no indicator uses it), or a role for its column '
    || 'in column_roles.csv' as action,
from nearest
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
