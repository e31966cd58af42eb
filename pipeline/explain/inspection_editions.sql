-- Every edition that lists an inspection asked for, latest first: where, and how its authority and type were
-- found.
with names as (
    select
        spelling as published_name,
        count(distinct la_code) as n_authorities,
    from seeds.la_names
    group by spelling
)

select
    printed.inspection_id,
    printed.edition,
    dates.published_on,
    dates.is_month_only,
    dates.known_on,
    files.path as file,
    files.sha256,
    printed.sheet,
    printed.row_no,
    printed.published_code,
    printed.published_name,
    case
        when printed.published_code <> '' then 'ONS code and name'
        when names.n_authorities = 1 then 'name alone'
        else 'name alone: of those of this name the one that existed on the day'
    end as area_by,
    printed.published_type,
    if(printed.published_type = printed.inspection, 'the group of its columns', 'its cell') as type_by,
    printed.edition = inspections.edition as is_chosen,
    count(*) over (partition by printed.inspection_id) as n_editions,
from asked_inspection
inner join fct_inspection as inspections using (inspection_id)
inner join intermediate.int_printed_inspection as printed using (inspection_id)
inner join names on printed.published_name = names.published_name
inner join raw.raw_file as files on printed.file_no = files.file_no
inner join dim_edition as dates
    on
        files.return_name = dates.return_name
        and files.edition = dates.edition
        and files.family = dates.family
order by printed.inspection_id, printed.edition_year desc
