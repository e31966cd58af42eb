-- Every area as the files print it (level, code and name together), resolved once.
with printed as (
    select distinct
        return_name,
        edition,
        edition_year,
        published_level,
        published_code,
        published_name,
    from {{ ref('int_published_cell') }}
),

published as (
    select
        printed.*,
        row_number() over () as published_no,
        geographic_levels.level,
    from printed
    left join {{ ref('geographic_levels') }} as geographic_levels using (published_level)
),

-- A row of two authorities that make one return together, under a code of its own or, in some
-- editions, under that of one of them.
as_joint_return as (
    select distinct
        published.published_no,
        joint_returns.joint_code,
    from published
    inner join {{ ref('joint_returns') }} as joint_returns
        on
            published.return_name = joint_returns.return_name
            and published.published_code = joint_returns.joint_code
            and published.published_name = lower(joint_returns.joint_name)
    union all
    select
        published.published_no,
        joint_rows.joint_code,
    from published
    inner join {{ ref('joint_rows') }} as joint_rows
        on
            published.return_name = joint_rows.return_name
            and published.edition = joint_rows.edition
            and published.published_code = joint_rows.published_code
),

-- With a code (the DfE's, the ONS's or that of the ministry for local government), the code decides and
-- the name must be one of its names. With a name alone, the name decides: of two authorities of one
-- name, the one of that year.
as_local_authority as (
    select
        published.published_no,
        local_authorities.la_code,
    from published
    inner join {{ ref('la_names') }} as la_names on published.published_name = la_names.spelling
    inner join {{ ref('local_authorities') }} as local_authorities
        on la_names.la_code = local_authorities.la_code
    left join {{ ref('la_ons_codes') }} as la_ons_codes
        on
            local_authorities.la_code = la_ons_codes.la_code
            and published.published_code = la_ons_codes.ons_code
    left join {{ ref('la_e_codes') }} as la_e_codes
        on
            local_authorities.la_code = la_e_codes.la_code
            and published.published_code = la_e_codes.e_code
    where
        (published.published_level is null or published.level = 'local_authority')
        and (
            published.published_code = local_authorities.la_code
            or la_ons_codes.ons_code is not null
            or la_e_codes.e_code is not null
            or (published.published_level is null and coalesce(published.published_code, '') = '')
        )
    qualify
        row_number() over (
            partition by published.published_no
            order by
                {{ existed('local_authorities', 'published.edition_year') }} desc,
                local_authorities.la_code asc
        ) = 1
),

as_region as (
    select
        published.published_no,
        regions.region_code,
        regions.level,
    from published
    inner join {{ ref('region_codes') }} as region_codes
        on
            published.return_name = region_codes.return_name
            and published.edition_year between region_codes.edition_from
            and coalesce(region_codes.edition_to, 9999)
            and coalesce(published.published_code, '') = coalesce(region_codes.published_code, '')
            and published.published_name = region_codes.published_name
    inner join {{ ref('regions') }} as regions on region_codes.region_code = regions.region_code
    where published.level is distinct from 'local_authority'
),

elsewhere as (
    select distinct published.published_no
    from published
    inner join {{ ref('not_areas') }} as not_areas
        on
            published.return_name = not_areas.return_name
            and regexp_full_match(
                coalesce(published.published_name, ''), coalesce(not_areas.name_pattern, '.*')
            )
            and regexp_full_match(
                coalesce(published.published_code, ''), coalesce(not_areas.code_pattern, '.*')
            )
    where published.published_level is null or not_areas.code_pattern is not null
)

select
    published.return_name,
    published.edition,
    published.published_level,
    published.published_code,
    published.published_name,
    case
        when as_joint_return.joint_code is not null then 'joint_return'
        when as_local_authority.la_code is not null then 'local_authority'
        when as_region.level is not null then as_region.level
        when elsewhere.published_no is not null or published.level = 'not_an_area' then 'not_an_area'
    end as area_level,
    coalesce(as_joint_return.joint_code, as_local_authority.la_code, as_region.region_code) as area_code,
from published
left join as_joint_return using (published_no)
left join as_local_authority using (published_no)
left join as_region using (published_no)
left join elsewhere using (published_no)
