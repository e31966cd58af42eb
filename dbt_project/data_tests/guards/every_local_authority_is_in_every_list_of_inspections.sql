-- An authority that existed at the 31 March of an edition and has no inspection in it: a file cut off, a
-- row lost.
with editions as (
    select distinct
        source_file,
        edition_year,
    from {{ ref('int_printed_inspection') }}
)

select
    editions.source_file as file,
    format('no inspection of {} ({})', local_authorities.la_name, local_authorities.la_code) as found,
    'every authority that existed at 31 March ' || editions.edition_year as expected,
    'the file was cut off, or the authority is new and not inspected yet: then add it to '
    || 'seeds/reference/la_absences.csv' as action,
from editions
inner join {{ ref('local_authorities') }} as local_authorities
    on
        {{ existed('local_authorities', 'editions.edition_year') }}
anti join {{ ref('int_printed_inspection') }} as printed
    on
        editions.source_file = printed.source_file
        and local_authorities.la_code = printed.la_code
left join {{ ref('la_absences') }} as la_absences
    on
        la_absences.return_name = 'ofsted'
        and local_authorities.la_code = la_absences.la_code
        and editions.edition_year between la_absences.edition_from
        and coalesce(la_absences.edition_to, 9999)
where la_absences.la_code is null
