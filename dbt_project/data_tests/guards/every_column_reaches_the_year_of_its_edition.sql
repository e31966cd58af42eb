-- A column whose newest year is older than its edition: a header kept from the release before.
with columns as (
    select
        file_no,
        series,
        max(year) as year,
    from {{ ref('int_cell') }}
    where sheet = '' and component is not null and contains(series, '{year}')
    group by file_no, series
)

select
    raw_file.path as file,
    format('the column ''{}'' up to {} only', columns.series, columns.year) as found,
    format('a figure for {}', raw_file.edition_year - file_families.may_lag) as expected,
    'compare its England with the release before: a header that was kept belongs in '
    || 'seeds/corrections/column_years.csv' as action,
from columns
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
inner join {{ ref('file_families') }} as file_families
    on
        raw_file.return_name = file_families.return_name
        and raw_file.family = file_families.family
where columns.year < raw_file.edition_year - file_families.may_lag
