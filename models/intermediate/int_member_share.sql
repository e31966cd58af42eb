-- The figures of a joint return given to its members: a rate may be shared, a count may not. How many
-- social workers two authorities have between them does not say how many each has; the share of them
-- that left is the best there is for both.
with joint as (
    select * from {{ ref('int_indicator_edition') }}
    where area_level = 'joint_return'
),

indicators as (
    select
        indicator_code,
        unit in ('count', 'FTE') as is_amount,
    from {{ ref('indicators') }}
)

select
    joint_returns.member_la_code as area_code,
    joint.area_code as joint_code,
    joint.year,
    joint.indicator_code,
    joint.return_name,
    joint.edition,
    joint.edition_year,
    if(indicators.is_amount, null, joint.value) as value,
    if(indicators.is_amount, 'not_available', joint.status) as status,
    joint.is_derived,
    joint.known_on,
    joint.file_no,
from joint
inner join indicators using (indicator_code)
inner join {{ ref('joint_returns') }} as joint_returns
    on
        joint.return_name = joint_returns.return_name
        and joint.area_code = joint_returns.joint_code
        and joint.year between joint_returns.first_year and coalesce(joint_returns.last_year, 9999)
