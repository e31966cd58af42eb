-- An England figure that its local authorities do not allow, or a listed exception that is none.
select
    raw_file.path as file,
    format(
        'England {} for {} in {}', reconciliation.england, reconciliation.component, reconciliation.year
    ) as found,
    format(
        '{} from the local authorities, {} of them suppressed',
        reconciliation.la_sum, reconciliation.n_suppressed
    ) as expected,
    'find out which of the two is wrong; a slip of the publisher belongs in '
    || 'seeds/published/england_exceptions.csv with its reason' as action,
from {{ ref('int_england_reconciliation') }} as reconciliation
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
where reconciliation.verdict = 'unexplained'
union all
select
    raw_file.path as file,
    format('no exception for {} in {}', exceptions.component, exceptions.year) as found,
    'an England figure that does not follow: ' || exceptions.reason as expected,
    'take the row out of seeds/published/england_exceptions.csv' as action,
from {{ ref('england_exceptions') }} as exceptions
inner join {{ ref('int_england_reconciliation') }} as reconciliation
    using (component, return_name, edition, year)
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
where reconciliation.verdict <> exceptions.reason and not raw_file.is_synthetic
