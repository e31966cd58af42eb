-- Which upper-tier authority each lower-tier authority of England is in, by the version of the lookup.
-- The rows of Wales are left out: its authorities are not those of the mart. The lookup of 2016 puts
-- metropolitan districts and London boroughs under their former county and Inner or Outer London: they
-- are the upper-tier authorities themselves.
with cells as (
    select
        raw_file.edition as version,
        raw_file.path as source_file,
        cell.published_code as district_code,
        cell.published_name as district_name,
        cell.series,
        cell.raw_text,
    from {{ ref('stg_geography__flat_cell') }} as cell
    inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
    where raw_file.family = 'districts' and starts_with(cell.published_code, 'E')
),

districts as (
    select
        version,
        district_code,
        any_value(district_name) as district_name,
        max(raw_text) filter (where regexp_full_match(series, 'utla\d\dcd')) as upper_tier_ons_code,
        any_value(source_file) as source_file,
    from cells
    group by version, district_code
)

select
    districts.version,
    districts.district_code,
    districts.district_name,
    districts.upper_tier_ons_code,
    coalesce(upper_tier.la_code, district.la_code) as la_code,
    districts.source_file,
from districts
left join {{ ref('la_ons_codes') }} as upper_tier on districts.upper_tier_ons_code = upper_tier.ons_code
left join {{ ref('la_ons_codes') }} as district on districts.district_code = district.ons_code
