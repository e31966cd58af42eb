-- A local authority printed with the nine-character code of another.
select
    raw_file.path as file,
    format(
        'local authority {} with the code ''{}'' in row {}',
        cell.published_code, cell.ons_code, min(cell.row_no)
    ) as found,
    'one of its codes in seeds/reference/la_ons_codes.csv' as expected,
    'a new code: add it with its date; else the columns are shifted: fetch the file again' as action,
from {{ ref('int_published_cell') }} as cell
inner join {{ ref('local_authorities') }} as local_authorities
    on cell.published_code = local_authorities.la_code
left join {{ ref('geographic_levels') }} as geographic_levels
    on cell.published_level = geographic_levels.published_level
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
left join {{ ref('la_ons_codes') }} as la_ons_codes
    on
        cell.published_code = la_ons_codes.la_code
        and cell.ons_code = la_ons_codes.ons_code
where
    cell.ons_code <> ''
    and la_ons_codes.la_code is null
    and coalesce(geographic_levels.level, 'local_authority') = 'local_authority'
group by raw_file.path, cell.published_code, cell.ons_code
