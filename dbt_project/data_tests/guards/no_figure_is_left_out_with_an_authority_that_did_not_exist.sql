-- The marts hold an authority only for the years it existed: outside them the files may hold no number.
select
    raw_file.path as file,
    format(
        'the value {} of {} for local authority {} in {}',
        indicator_edition.value, indicator_edition.indicator_code,
        indicator_edition.area_code, indicator_edition.year
    ) as found,
    'a placeholder, as the authority did not exist' as expected,
    'correct first_year or last_year in seeds/reference/local_authorities.csv' as action,
from {{ ref('int_indicator_edition') }} as indicator_edition
inner join {{ ref('local_authorities') }} as local_authorities
    on indicator_edition.area_code = local_authorities.la_code
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
inner join {{ ref('calendars') }} as calendars
    on
        indicator_edition.return_name = calendars.return_name
        and calendars.series is null
inner join {{ ref('file_families') }} as file_families
    on
        raw_file.return_name = file_families.return_name
        and raw_file.family = file_families.family
where
    not file_families.is_recast
    and not (
        {{ existed('local_authorities', 'indicator_edition.year + calendars.authorities_offset') }}
    )
    and indicator_edition.value is not null
    -- An academic year begun before a reorganisation is printed for the authorities that followed.
    and not (
        calendars.source_calendar = 'academic year'
        and local_authorities.first_year = indicator_edition.year + 1
    )
