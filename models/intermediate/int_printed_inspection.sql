-- Every inspection as each edition lists it: whose, of what type, when.
with printed as (
    select
        file_no,
        source_file,
        edition,
        edition_year,
        sheet,
        row_no,
        inspection,
        any_value(published_code) as published_code,
        any_value(published_name) as published_name,
        coalesce(max(text) filter (where item = 'inspection_type'), inspection) as published_type,
        try_cast(max(text) filter (where item = 'inspection_started_on') as timestamp)::date
            as inspection_started_on,
        try_cast(max(text) filter (where item = 'published_on') as timestamp)::date as published_on,
    from {{ ref('int_inspection_cell') }}
    where inspection is not null
    group by file_no, source_file, edition, edition_year, sheet, row_no, inspection
),

inspection_types as (
    select * from {{ ref('inspection_types') }}
),

la_names as (
    select * from {{ ref('la_names') }}
),

local_authorities as (
    select * from {{ ref('local_authorities') }}
),

la_ons_codes as (
    select * from {{ ref('la_ons_codes') }}
),

-- With a code, it decides and the name must be one of its names. Of two authorities of one name, the one
-- that existed on the first day of the inspection or, where that is not printed, of its publication.
named as (
    select distinct
        printed.file_no,
        printed.sheet,
        printed.row_no,
        printed.inspection,
        local_authorities.la_code,
    from printed
    inner join la_names on printed.published_name = la_names.spelling
    inner join local_authorities on la_names.la_code = local_authorities.la_code
    left join la_ons_codes
        on
            local_authorities.la_code = la_ons_codes.la_code
            and printed.published_code = la_ons_codes.ons_code
    where
        (coalesce(printed.published_code, '') = '' or la_ons_codes.ons_code is not null)
        and {{ existed(
            'local_authorities',
            reporting_year('coalesce(printed.inspection_started_on, printed.published_on)')
        ) }}
)

select
    named.la_code || '_' || inspection_types.inspection_code || '_' || printed.published_on as inspection_id,
    named.la_code,
    inspection_types.framework,
    inspection_types.inspection_kind,
    inspection_types.sets_judgement,
    printed.*,
from printed
left join inspection_types on printed.published_type = inspection_types.published_type
left join named
    on
        printed.file_no = named.file_no
        and printed.sheet = named.sheet
        and printed.row_no = named.row_no
        and printed.inspection = named.inspection
