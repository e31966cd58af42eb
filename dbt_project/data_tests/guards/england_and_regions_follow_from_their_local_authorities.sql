-- A total of England or a region that its authorities do not allow, or a listed exception that is none.
select
    raw_file.path as file,
    format(
        '{} for {} in {} and area {}', reconciliation.printed, reconciliation.component, reconciliation.year,
        reconciliation.area_code
    ) as found,
    format(
        '{} from the local authorities, {} of them suppressed',
        reconciliation.la_sum, reconciliation.n_suppressed
    ) as expected,
    'find out which of the two is wrong; a slip of the publisher belongs in '
    || 'seeds/published/total_exceptions.csv with its reason' as action,
from {{ ref('int_reconciliation') }} as reconciliation
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
where reconciliation.verdict = 'unexplained'
union all
select
    any_value(raw_file.path) as file,
    format(
        'no exception for {} in {}', exceptions.component, coalesce(exceptions.year::varchar, 'any year')
    ) as found,
    'a total that does not follow: ' || exceptions.reason as expected,
    'take the row out of seeds/published/total_exceptions.csv' as action,
from {{ ref('total_exceptions') }} as exceptions
inner join {{ ref('int_reconciliation') }} as reconciliation
    on
        exceptions.component = reconciliation.component
        and exceptions.return_name = reconciliation.return_name
        and coalesce(exceptions.edition, reconciliation.edition) = reconciliation.edition
        and coalesce(exceptions.year, reconciliation.year) = reconciliation.year
        and coalesce(exceptions.area_code, reconciliation.area_code) = reconciliation.area_code
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
where not raw_file.is_synthetic
group by all
having not bool_or(reconciliation.verdict = exceptions.reason)
