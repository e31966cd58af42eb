-- What the local authorities of every count add up to, and the most that their suppressed ones can hide.
with counts as (
    select * from {{ ref('int_component') }}
    where
        area_level = 'local_authority'
        and component like '%\_count' escape '\'
        and component not like 'rounded\_%' escape '\'
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

most_possible as (
    select
        totals.component,
        counts.area_code,
        counts.year,
        counts.edition,
        max(counts.value) as total_value,
    from totals
    inner join counts on totals.total = counts.component
    group by totals.component, counts.area_code, counts.year, counts.edition
),

absences as (
    select
        return_name,
        edition_from,
        edition_to,
        count(*) as n_absent,
    from {{ ref('la_absences') }}
    group by return_name, edition_from, edition_to
)

select
    counts.component,
    counts.year,
    counts.return_name,
    counts.edition,
    counts.edition_year,
    sum(counts.value) as la_sum,
    count(*) filter (where counts.status = 'suppressed') as n_suppressed,
    count(*) filter (where counts.status not in ('published', 'suppressed', 'not_applicable')) as n_missing,
    coalesce(any_value(absences.n_absent), 0) as n_absent,
    coalesce(
        sum(greatest(coalesce(most_possible.total_value, 5), 5))
        filter (where counts.status = 'suppressed'),
        0
    ) as most_suppressed,
from counts
inner join {{ ref('local_authorities') }} as local_authorities
    on
        counts.area_code = local_authorities.la_code
        and {{ existed('local_authorities', 'counts.year') }}
left join most_possible
    on
        counts.component = most_possible.component
        and counts.area_code = most_possible.area_code
        and counts.year = most_possible.year
        and counts.edition = most_possible.edition
left join absences
    on
        counts.return_name = absences.return_name
        and counts.edition_year between absences.edition_from and absences.edition_to
group by counts.component, counts.year, counts.return_name, counts.edition, counts.edition_year
