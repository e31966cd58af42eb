-- The row of England and of every region for every count against its local authorities.
--
-- A suppressed count is 1 to 5. It can be more, where a second figure of a breakdown is suppressed so
-- that the first cannot be worked out, but not more than the total it is a part of or, without one, than
-- the authority has in another year; and in long files it can be 0. What a printed total allows beyond
-- that stands in `total_exceptions` with its reason.
with absences as (
    select * from {{ ref('la_absences') }}
),

n_absent as (
    select
        absences.return_name,
        years.edition_year,
        absences.la_code,
    from absences
    inner join (select distinct edition_year from {{ ref('int_la_sum') }}) as years
        on years.edition_year between absences.edition_from and absences.edition_to
),

absent as (
    select
        n_absent.return_name,
        n_absent.edition_year,
        memberships.area_code,
        count(*) as n_absent,
    from n_absent
    inner join (
        select
            la_code,
            unnest(['E92000001', region_code, sub_region_code]) as area_code,
        from {{ ref('local_authorities') }}
    ) as memberships using (la_code)
    where memberships.area_code is not null
    group by n_absent.return_name, n_absent.edition_year, memberships.area_code
),

compared as (
    select
        la_sum.component,
        la_sum.area_code,
        la_sum.year,
        la_sum.return_name,
        la_sum.edition,
        la_sum.edition_year,
        la_sum.la_sum,
        la_sum.n_suppressed,
        la_sum.n_missing,
        la_sum.most_suppressed,
        printed.value as printed,
        printed.file_no,
        printed.area_level,
        printed.rounding + la_sum.rounding as rounding,
        coalesce(absent.n_absent, 0) as n_absent,
        printed.value - la_sum.la_sum as difference,
    from {{ ref('int_la_sum') }} as la_sum
    inner join {{ ref('int_component') }} as printed
        using (component, area_code, year, return_name, edition)
    left join absent
        on
            la_sum.return_name = absent.return_name
            and la_sum.edition_year = absent.edition_year
            and la_sum.area_code = absent.area_code
    where printed.value is not null and not printed.is_borrowed
)

select
    compared.component,
    compared.area_code,
    compared.year,
    compared.return_name,
    compared.edition,
    compared.edition_year,
    compared.la_sum,
    compared.n_suppressed,
    compared.n_missing,
    compared.most_suppressed,
    compared.printed,
    compared.file_no,
    compared.area_level,
    compared.rounding,
    compared.n_absent,
    compared.difference,
    case
        when
            difference between n_suppressed - rounding - 1e-6
            and 5 * (n_suppressed + n_absent) + rounding + 1e-6
            then 'within 1 to 5 for each suppressed count'
        when
            n_suppressed > 0 and difference between -rounding and n_suppressed
            then 'some of the suppressed counts are 0'
        when
            n_suppressed > 0 and difference between 0 and most_suppressed + 5 * n_absent + rounding
            then 'second figures of a breakdown are suppressed too'
        when
            n_suppressed > 0
            and difference > 0
            and regexp_matches(compared.component, '_(sessions|absence|days_lost)_count$')
            then 'what is suppressed are days or half days of a few, not a number from 1 to 5'
        when n_missing > 0 and difference > 0 then 'figures of some authorities are not available'
        else coalesce(exceptions.reason, 'unexplained')
    end as verdict,
from compared
left join {{ ref('total_exceptions') }} as exceptions
    on
        compared.component = exceptions.component
        and compared.area_code = coalesce(exceptions.area_code, compared.area_code)
        and compared.return_name = exceptions.return_name
        and compared.edition = coalesce(exceptions.edition, compared.edition)
        and compared.year = coalesce(exceptions.year, compared.year)
        -- A reason for any year is for a small difference.
        and (exceptions.year is not null or abs(compared.difference) <= 0.05 * compared.printed)
