-- Every indicator of every local authority in every year, as each edition has it.
with figures as (
    select
        area_code,
        if(area_level = 'joint_return', area_code, null) as joint_code,
        year,
        indicator_code,
        return_name,
        edition,
        edition_year,
        value,
        status,
        numerator,
        denominator,
        is_derived,
        known_on,
        file_no,
    from {{ ref('int_indicator_edition') }}
    where area_level in ('local_authority', 'joint_return')
    union all by name
    select * from {{ ref('int_member_share') }}
),

carried_editions as (
    select * from {{ ref('carried_editions') }}
),

years as (
    select distinct year
    from figures
),

-- An edition of the Indices of Deprivation stands in every year it covers; without an end, in every
-- year the other returns have reached.
placed as (
    select
        figures.*,
        false as is_carried,
    from figures
    anti join carried_editions using (return_name, edition)
    union all by name
    select
        figures.* exclude (year),
        years.year,
        years.year <> figures.year as is_carried,
    from figures
    inner join carried_editions using (return_name, edition)
    inner join years
        on years.year between carried_editions.first_year and coalesce(carried_editions.last_year, 9999)
),

local_authorities as (
    select * from {{ ref('dim_local_authority') }}
),

calendars as (
    select * from {{ ref('calendars') }}
    where series is null
),

raw_file as (
    select * from {{ source('raw', 'raw_file') }}
)

select
    placed.area_code as la_code,
    placed.year::integer as year,
    placed.indicator_code,
    placed.edition,
    placed.edition_year::integer as edition_year,
    placed.known_on,
    placed.value::double as value,
    placed.status,
    placed.numerator::double as numerator,
    placed.denominator::double as denominator,
    placed.is_derived,
    placed.joint_code,
    placed.is_carried,
    raw_file.path as source_file,
from placed
inner join calendars using (return_name)
inner join local_authorities
    on
        placed.area_code = local_authorities.la_code
        -- The files hold placeholders for authorities before their first and after their last year;
        -- a test shows that nothing else is left out here.
        and {{ existed('local_authorities', 'placed.year + calendars.authorities_offset') }}
inner join raw_file on placed.file_no = raw_file.file_no
-- Where a member of a joint return has a row of its own, without a figure, the share stands.
qualify
    row_number() over (
        partition by placed.area_code, placed.year, placed.indicator_code, placed.edition
        order by
            placed.joint_code is null and placed.status = 'published' desc,
            placed.joint_code is not null desc
    ) = 1
