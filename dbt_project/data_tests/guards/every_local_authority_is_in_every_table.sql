-- An authority that existed in the last year of a table and is not in it: a file cut off, a row lost.
with tables as (
    select
        return_name,
        edition_year,
        file_no,
        sheet,
        max(year) as last_year,
    from {{ ref('int_cell') }}
    where area_level = 'local_authority'
    group by return_name, edition_year, file_no, sheet
),

present as (
    select distinct
        file_no,
        sheet,
        area_code,
    from {{ ref('int_cell') }}
    union
    -- An authority is in a table that holds its joint return.
    select
        int_cell.file_no,
        int_cell.sheet,
        joint_returns.member_la_code as area_code,
    from {{ ref('int_cell') }} as int_cell
    inner join {{ ref('joint_returns') }} as joint_returns on int_cell.area_code = joint_returns.joint_code
)

select
    raw_file.path as file,
    format(
        'no row for local authority {} ({}){}',
        local_authorities.la_code, local_authorities.la_name,
        if(tables.sheet <> '', ' in sheet ' || tables.sheet, '')
    ) as found,
    format('every authority that existed in {}', tables.last_year) as expected,
    'the file was cut off or edited: fetch it again; if the publisher leaves the authority out, add it '
    || 'to seeds/reference/la_absences.csv' as action,
from tables
inner join {{ ref('calendars') }} as calendars
    on
        tables.return_name = calendars.return_name
        and calendars.series is null
inner join {{ ref('local_authorities') }} as local_authorities
    on
        {{ existed('local_authorities', 'tables.last_year + calendars.authorities_offset') }}
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
left join present
    on
        tables.file_no = present.file_no
        and tables.sheet = present.sheet
        and local_authorities.la_code = present.area_code
left join {{ ref('la_absences') }} as la_absences
    on
        tables.return_name = la_absences.return_name
        and local_authorities.la_code = la_absences.la_code
        and tables.edition_year between la_absences.edition_from and la_absences.edition_to
where present.area_code is null and la_absences.la_code is null
