-- How the cells of each area that an edition printed again fared, counted by family.
with reprinted as (
    select * from {{ ref('int_reprinted_cell') }}
),

figures as (
    select * from {{ ref('int_figure') }}
)

select
    figures.return_name,
    figures.family,
    reprinted.area_level,
    reprinted.area_code,
    reprinted.edition_from,
    reprinted.edition_to,
    count(*)::integer as n_cells,
    count(*) filter (where value_from is not null and value_to is not null)::integer as n_figures,
    count(*) filter (where value_from <> value_to)::integer as n_revised,
    count(*) filter (where status_from = 'published' and status_to = 'suppressed')::integer as n_suppressed,
    count(*) filter (where status_from = 'suppressed' and status_to = 'published')::integer as n_unsuppressed,
    count(*) filter (
        where
        status_from <> status_to
        and (status_from, status_to) not in (('published', 'suppressed'), ('suppressed', 'published'))
    )::integer as n_other,
from reprinted
inner join figures using (series_no)
group by
    figures.return_name,
    figures.family,
    reprinted.area_level,
    reprinted.area_code,
    reprinted.edition_from,
    reprinted.edition_to
