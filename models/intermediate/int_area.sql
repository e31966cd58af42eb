-- Every area as the files print it (level, code and name together), resolved once.
with published as (
    select distinct
        return_name,
        edition,
        edition_year,
        published_level,
        published_code,
        published_name,
    from {{ ref('int_published_cell') }}
),

levels as (
    select
        published.*,
        geographic_levels.level,
    from published
    left join {{ ref('geographic_levels') }} as geographic_levels using (published_level)
),

local_authorities as (
    select * from {{ ref('local_authorities') }}
),

la_names as (
    select * from {{ ref('la_names') }}
),

-- With a code, the code decides and the name must be one of its names. With a name alone (the
-- workbooks), the name decides: of two authorities of one name, the one of that year.
as_local_authority as (
    select
        levels.return_name,
        levels.edition,
        levels.published_level,
        levels.published_code,
        levels.published_name,
        local_authorities.la_code,
    from levels
    inner join la_names on levels.published_name = la_names.spelling
    inner join local_authorities on la_names.la_code = local_authorities.la_code
    where
        (levels.level = 'local_authority' and levels.published_code = local_authorities.la_code)
        or levels.published_level is null
    qualify
        row_number() over (
            partition by
                levels.return_name, levels.edition, levels.published_level,
                levels.published_code, levels.published_name
            order by
                levels.edition_year between coalesce(local_authorities.first_year, 0)
                and coalesce(local_authorities.last_year, 9999) desc,
                local_authorities.la_code asc
        ) = 1
),

as_region as (
    select
        levels.return_name,
        levels.edition,
        levels.published_level,
        levels.published_code,
        levels.published_name,
        regions.region_code,
        regions.level,
    from levels
    inner join {{ ref('region_codes') }} as region_codes
        on
            levels.return_name = region_codes.return_name
            and levels.edition_year between region_codes.edition_from
            and coalesce(region_codes.edition_to, 9999)
            and coalesce(levels.published_code, '') = coalesce(region_codes.published_code, '')
            and levels.published_name = region_codes.published_name
    inner join {{ ref('regions') }} as regions on region_codes.region_code = regions.region_code
    where levels.level is distinct from 'local_authority'
),

elsewhere as (
    select distinct
        levels.return_name,
        levels.published_name,
        'not_an_area' as level,
    from levels
    inner join {{ ref('not_areas') }} as not_areas
        on
            levels.return_name = not_areas.return_name
            and regexp_full_match(levels.published_name, not_areas.name_pattern)
    where levels.published_level is null
)

select
    levels.return_name,
    levels.edition,
    levels.published_level,
    levels.published_code,
    levels.published_name,
    case
        when as_local_authority.la_code is not null then 'local_authority'
        else coalesce(as_region.level, elsewhere.level)
    end as area_level,
    coalesce(as_local_authority.la_code, as_region.region_code) as area_code,
from levels
left join as_local_authority
    on
        levels.return_name = as_local_authority.return_name
        and levels.edition = as_local_authority.edition
        and levels.published_level is not distinct from as_local_authority.published_level
        and levels.published_code is not distinct from as_local_authority.published_code
        and levels.published_name = as_local_authority.published_name
left join as_region
    on
        levels.return_name = as_region.return_name
        and levels.edition = as_region.edition
        and levels.published_level is not distinct from as_region.published_level
        and levels.published_code is not distinct from as_region.published_code
        and levels.published_name = as_region.published_name
left join elsewhere
    on
        levels.return_name = elsewhere.return_name
        and levels.published_name = elsewhere.published_name
        and levels.published_level is null
