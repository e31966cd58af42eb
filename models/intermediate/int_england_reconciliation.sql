-- The England row of every count against its local authorities, by year and edition.
--
-- A suppressed count is 1 to 5. It can be more, where a second figure of a breakdown is suppressed so
-- that the first cannot be worked out, but never more than the total it is a part of; and in long
-- files it can be 0. What England allows beyond that stands in `england_exceptions` with its reason.
with compared as (
    select
        la_sum.*,
        england.value as england,
        england.file_no,
        -- England is rounded to 10; in 2010 to 100 above 1,000.
        if(la_sum.edition_year = 2010 and england.value > 1000, 50, 5) as rounding,
        england.value - la_sum.la_sum as difference,
    from {{ ref('int_la_sum') }} as la_sum
    inner join {{ ref('int_component') }} as england using (component, year, return_name, edition)
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
