-- The England row of every count against its local authorities, by year and edition.
--
-- A suppressed count is 1 to 5. It can be more, where a second figure of a breakdown is suppressed so
-- that the first cannot be worked out, but never more than the total it is a part of; and in long
-- files it can be 0. What England allows beyond that stands in `england_exceptions` with its reason.
with counts as (
    select * from {{ ref('int_component') }}
    where component like '%\_count' escape '\' and component not like 'rounded\_%' escape '\'
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
),

local_authorities as (
    select
        counts.*,
        most_possible.total_value,
        coalesce(absences.n_absent, 0) as n_absent,
    from counts
    inner join {{ ref('local_authorities') }} as local_authorities
        on
            counts.area_code = local_authorities.la_code
            and counts.year between coalesce(local_authorities.first_year, 0)
            and coalesce(local_authorities.last_year, 9999)
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
    where counts.area_level = 'local_authority'
),

sums as (
    select
        component,
        year,
        return_name,
        edition,
        edition_year,
        sum(value) as la_sum,
        count(*) filter (where status = 'suppressed') as n_suppressed,
        any_value(n_absent) as n_absent,
        count(*) filter (where status not in ('published', 'suppressed', 'not_applicable')) as n_missing,
        coalesce(sum(greatest(coalesce(total_value, 5), 5)) filter (where status = 'suppressed'), 0)
            as most_suppressed,
    from local_authorities
    group by component, year, return_name, edition, edition_year
),

compared as (
    select
        sums.*,
        england.value as england,
        england.file_no,
        -- England is rounded to 10; in 2010 to 100 above 1,000.
        if(sums.edition_year = 2010 and england.value > 1000, 50, 5) as rounding,
        england.value - sums.la_sum as difference,
    from sums
    inner join counts as england using (component, year, return_name, edition)
    where england.area_level = 'national' and england.value is not null
)

select
    compared.component,
    compared.year,
    compared.return_name,
    compared.edition,
    compared.file_no,
    compared.england,
    compared.la_sum,
    compared.n_suppressed,
    compared.n_missing,
    compared.difference,
    case
        when
            difference between n_suppressed - rounding
            and 5 * (n_suppressed + n_absent) + rounding
            then 'within 1 to 5 for each suppressed count'
        when
            n_suppressed > 0 and difference between -rounding and n_suppressed
            then 'some of the suppressed counts are 0'
        when
            n_suppressed > 0 and difference between 0 and most_suppressed + 5 * n_absent + rounding
            then 'second figures of a breakdown are suppressed too'
        when n_missing > 0 and difference > 0 then 'figures of some authorities are not available'
        else coalesce(exceptions.reason, 'unexplained')
    end as verdict,
from compared
left join {{ ref('england_exceptions') }} as exceptions
    on
        compared.component = exceptions.component
        and compared.return_name = exceptions.return_name
        and compared.edition = exceptions.edition
        and compared.year = exceptions.year
