-- A total of England or a class of authorities in RO3 or RSX that its rows do not give, or a listed
-- exception that is none.
select
    raw_file.path as file,
    format(
        '{} for {} in sheet {}, row {}, ''{}''',
        total.printed, total.total_of, total.sheet, total.row_no, total.series
    ) as found,
    format('{} from its rows, {} of them without a figure', total.row_sum, total.n_missing) as expected,
    'a row was lost or changed: fetch the file again; a slip of the publisher belongs in '
    || 'seeds/published/class_total_exceptions.csv with its reason' as action,
from {{ ref('int_class_total') }} as total
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
where total.verdict = 'unexplained'
union all
select
    raw_file.path as file,
    format('no exception for {}, ''{}''', exceptions.total_of, exceptions.series) as found,
    'a total that does not follow: ' || exceptions.reason as expected,
    'take the row out of seeds/published/class_total_exceptions.csv' as action,
from {{ ref('class_total_exceptions') }} as exceptions
inner join {{ source('raw', 'raw_file') }} as raw_file
    on
        raw_file.return_name = 'section_251'
        and exceptions.family = raw_file.family
        and exceptions.edition = raw_file.edition
left join {{ ref('int_class_total') }} as total
    on
        raw_file.file_no = total.file_no
        and exceptions.total_of = total.total_of
        and exceptions.series = total.series
where not raw_file.is_synthetic and total.verdict is distinct from exceptions.reason
