-- A period that is not one of its calendar, lies after its edition, or further back than editions go.
with periods as (
    select
        file_no,
        published_period,
        year,
        min(row_no) as row_no,
    from {{ ref('int_published_cell') }}
    where published_period is not null
    group by file_no, published_period, year
)

select
    raw_file.path as file,
    format('the period ''{}'', first in row {}', periods.published_period, min(periods.row_no)) as found,
    format(
        '{} ({}), in the LA-years {} to {}',
        any_value(calendars.source_calendar), any_value(calendars.period_pattern),
        raw_file.edition_year - any_value(calendars.years_back),
        raw_file.edition_year + any_value(calendars.year_offset)
    ) as expected,
    'check that the file stands in the folder of its own edition; a column with a wrong year belongs '
    || 'in seeds/corrections/column_years.csv; a new calendar in seeds/layouts/calendars.csv' as action,
from periods
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
inner join {{ ref('calendars') }} as calendars
    on
        raw_file.return_name = calendars.return_name
        and calendars.series is null
where
    not regexp_full_match(periods.published_period, calendars.period_pattern)
    or periods.year not between raw_file.edition_year - calendars.years_back
    and raw_file.edition_year + calendars.year_offset
group by raw_file.path, periods.published_period, raw_file.edition_year
