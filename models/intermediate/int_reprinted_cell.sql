-- Every cell that an earlier edition printed too, beside what the last one before it printed. Names are
-- numbers here: five million cells are put in order.
with cells as (
    select
        figures.series_no,
        figures.figure_no,
        cells.area_level,
        cells.area_code,
        cells.year::smallint as year,
        cells.edition,
        cells.edition_year,
        editions.known_on,
        cells.file_no,
        cells.raw_text,
        cells.value * coalesce(cells.scale, 1) as value,
        cells.status,
    from {{ ref('int_cell') }} as cells
    inner join {{ ref('int_figure') }} as figures
        on
            cells.return_name = figures.return_name
            and cells.family = figures.family
            and cells.series = figures.series
            and cells.measure = figures.measure
            and cells.component is not distinct from figures.component
    inner join {{ ref('dim_edition') }} as editions
        on
            cells.return_name = editions.return_name
            and cells.family = editions.family
            and cells.edition = editions.edition
    where cells.area_code is not null
),

-- An edition may print one figure several times: its first stands beside the first, and so on.
numbered as (
    select
        *,
        row_number() over (
            partition by figure_no, area_code, year, edition
            order by series_no
        ) as print_no,
    from cells
)

select
    series_no,
    area_level,
    area_code,
    year,
    lag(edition) over earlier as edition_from,
    edition as edition_to,
    lag(file_no) over earlier as file_no_from,
    file_no as file_no_to,
    lag(raw_text) over earlier as raw_from,
    raw_text as raw_to,
    lag(value) over earlier as value_from,
    value as value_to,
    lag(status) over earlier as status_from,
    status as status_to,
from numbered
window
    earlier as (
        partition by figure_no, print_no, area_code, year
        order by known_on, edition_year, edition
    )
qualify edition_from is not null
