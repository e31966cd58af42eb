-- One row per local authority, by the 3-digit code, and per joint return of two of them.
with local_authorities as (
    select * from {{ ref('local_authorities') }}
),

latest_ons_code as (
    select
        la_code,
        max_by(ons_code, coalesce(valid_to, date '9999-12-31')) as ons_code,
    from {{ ref('la_ons_codes') }}
    group by la_code
),

successors as (
    select
        predecessor_code as la_code,
        string_agg(successor_code, ' ' order by successor_code) as successor_codes,
    from {{ ref('la_successions') }}
    group by predecessor_code
),

predecessors as (
    select
        successor_code as la_code,
        string_agg(predecessor_code, ' ' order by predecessor_code) as predecessor_codes,
    from {{ ref('la_successions') }}
    group by successor_code
)

select
    local_authorities.la_code,
    local_authorities.la_name,
    local_authorities.la_type,
    local_authorities.region_code,
    local_authorities.region_name,
    local_authorities.sub_region_code,
    local_authorities.sub_region_name,
    latest_ons_code.ons_code,
    local_authorities.first_year,
    local_authorities.last_year,
    predecessors.predecessor_codes,
    successors.successor_codes,
from local_authorities
left join latest_ons_code using (la_code)
left join successors using (la_code)
left join predecessors using (la_code)
union all by name
select
    joint_returns.joint_code as la_code,
    any_value(joint_returns.joint_name) as la_name,
    'joint return' as la_type,
    any_value(members.region_code) as region_code,
    any_value(members.region_name) as region_name,
    any_value(members.sub_region_code) as sub_region_code,
    any_value(members.sub_region_name) as sub_region_name,
    any_value(joint_returns.first_year) as first_year,
    any_value(joint_returns.last_year) as last_year,
from {{ ref('joint_returns') }} as joint_returns
inner join local_authorities as members on joint_returns.member_la_code = members.la_code
group by joint_returns.joint_code
