-- What the local authorities of England and of each region add up to, count by count, and the most
-- that their suppressed figures can hide.
with counts as (
    select * from {{ ref('int_component') }}
    where
        area_level in ('local_authority', 'joint_return')
        and regexp_matches(component, '_(count|fte)$')
        and not starts_with(component, 'rounded_')
        and not is_borrowed
),

calendars as (
    select * from {{ ref('calendars') }}
    where series is null
),

raw_file as (
    select * from {{ source('raw', 'raw_file') }}
),

authorities as (
    select * from {{ ref('dim_local_authority') }}
),

-- Every authority is in England, in its region and, in London, in Inner or Outer London.
memberships as (
    select
        la_code,
        first_year,
        last_year,
        unnest(['E92000001', region_code, sub_region_code]) as area_code,
    from authorities
),

-- The totals a component is a part of: what the formulas it stands in divide by.
totals as (
    select distinct
        terms.component,
        denominators.component as total,
    from {{ ref('int_formula_term') }} as terms
    inner join {{ ref('int_formula_term') }} as denominators
        on
            terms.indicator_code = denominators.indicator_code
            and denominators.part = 'denominator'
            and terms.component <> denominators.component
),

suppressed as (
    select * from counts
    where status = 'suppressed'
),

most_possible as (
    select
        suppressed.component,
        suppressed.area_code,
        suppressed.year,
        suppressed.return_name,
        suppressed.edition,
        max(counts.value) as total_value,
    from suppressed
    inner join totals using (component)
    inner join counts
        on
            totals.total = counts.component
            and suppressed.area_code = counts.area_code
            and suppressed.year = counts.year
            and suppressed.return_name = counts.return_name
            and suppressed.edition = counts.edition
    group by
        suppressed.component,
        suppressed.area_code,
        suppressed.year,
        suppressed.return_name,
        suppressed.edition
),

most_in_a_year as (
    select
        component,
        area_code,
        max(value) as value,
    from counts
    group by component, area_code
)

select
    counts.component,
    memberships.area_code,
    counts.year,
    counts.return_name,
    counts.edition,
    counts.edition_year,
    coalesce(sum(counts.value), 0) as la_sum,
    coalesce(sum(counts.rounding), 0) as rounding,
    count(*) filter (where counts.status = 'suppressed') as n_suppressed,
    count(*) filter (where counts.status not in ('published', 'suppressed', 'not_applicable')) as n_missing,
    coalesce(
        sum(greatest(coalesce(most_possible.total_value, most_in_a_year.value, 5), 5))
        filter (where counts.status = 'suppressed'),
        0
    ) as most_suppressed,
from counts
inner join calendars using (return_name)
inner join raw_file using (file_no)
inner join {{ ref('file_families') }} as file_families
    on
        raw_file.return_name = file_families.return_name
        and raw_file.family = file_families.family
inner join memberships
    on
        counts.area_code = memberships.la_code
        and (
            file_families.is_recast
            or {{ existed('memberships', 'counts.year + calendars.authorities_offset') }}
        )
left join most_possible
    on
        counts.component = most_possible.component
        and counts.area_code = most_possible.area_code
        and counts.year = most_possible.year
        and counts.return_name = most_possible.return_name
        and counts.edition = most_possible.edition
left join most_in_a_year
    on
        counts.component = most_in_a_year.component
        and counts.area_code = most_in_a_year.area_code
where memberships.area_code is not null
group by
    counts.component,
    memberships.area_code,
    counts.year,
    counts.return_name,
    counts.edition,
    counts.edition_year
