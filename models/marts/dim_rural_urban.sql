-- The rural-urban class of every authority, by the version of the classification.
with cells as (
    select
        raw_file.edition as version,
        raw_file.path as source_file,
        cell.published_code as ons_code,
        cell.series,
        cell.raw_text,
    from {{ ref('stg_geography__flat_cell') }} as cell
    inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
    where raw_file.family = 'rural_urban'
)

select
    cells.version,
    la_ons_codes.la_code,
    cells.ons_code,
    max(cells.raw_text) filter (where contains(cells.series, '6 fold')) as six_fold_class,
    max(cells.raw_text) filter (where contains(cells.series, '3 fold')) as three_fold_class,
    any_value(cells.source_file) as source_file,
from cells
left join {{ ref('la_ons_codes') }} as la_ons_codes on cells.ons_code = la_ons_codes.ons_code
group by cells.version, la_ons_codes.la_code, cells.ons_code
