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
        file_no,
    from {{ ref('int_indicator_edition') }}
    where area_level in ('local_authority', 'joint_return')
    union all by name
    select * from {{ ref('int_member_share') }}
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
    figures.area_code as la_code,
    figures.year::integer as year,
    figures.indicator_code,
    figures.edition,
    figures.edition_year::integer as edition_year,
    figures.value::double as value,
    figures.status,
    figures.numerator::double as numerator,
    figures.denominator::double as denominator,
    figures.is_derived,
    figures.joint_code,
    raw_file.path as source_file,
from figures
inner join calendars using (return_name)
inner join local_authorities
    on
        figures.area_code = local_authorities.la_code
        -- The files hold placeholders for authorities before their first and after their last year;
        -- a test shows that nothing else is left out here.
        and {{ existed('local_authorities', 'figures.year + calendars.authorities_offset') }}
inner join raw_file on figures.file_no = raw_file.file_no
-- Where a member of a joint return has a row of its own, without a figure, the share stands.
qualify
    row_number() over (
        partition by figures.area_code, figures.year, figures.indicator_code, figures.edition
        order by
            figures.joint_code is null and figures.status = 'published' desc,
            figures.joint_code is not null desc
    ) = 1
