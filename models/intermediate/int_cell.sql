-- Every cell decoded: area, year, value and status, and the component of the indicators it is.
with cells as (
    select * from {{ ref('int_published_cell') }}
),

areas as (
    select * from {{ ref('int_area') }}
),

value_symbols as (
    select * from {{ ref('value_symbols') }}
),

series as (
    select * from {{ ref('int_series') }}
),

numbers as (
    select
        *,
        -- A number, with or without thousands separators; never `nan`, a date, or so large that it is `inf`.
        if(
            regexp_full_match(
                raw_text, '[-+]?(\d+|\d{1,3}(,\d{3})+)?(\.\d+)?([eE][-+]?\d+)?'
            ),
            nullif(abs(try_cast(replace(raw_text, ',', '') as double)), 'inf'::double)
            * if(starts_with(raw_text, '-'), -1, 1),
            null
        ) as value,
    from cells
)

select
    numbers.return_name,
    numbers.edition,
    numbers.edition_year,
    numbers.family,
    numbers.file_no,
    numbers.sheet,
    numbers.row_no,
    numbers.col_no,
    areas.area_level,
    areas.area_code,
    numbers.year,
    numbers.series,
    numbers.measure,
    numbers.raw_text,
    if(cell_statuses.status is null, numbers.value, null) as value,
    case
        when cell_statuses.status is not null then cell_statuses.status
        when numbers.value is not null then 'published'
        else value_symbols.status
    end as status,
    cell_statuses.status is not null as is_status_corrected,
    series.component,
    series.scale,
    series.series is not null as is_known_series,
from numbers
inner join areas
    on
        numbers.return_name = areas.return_name
        and numbers.edition = areas.edition
        and numbers.published_level is not distinct from areas.published_level
        and numbers.published_code is not distinct from areas.published_code
        and numbers.published_name is not distinct from areas.published_name
left join value_symbols
    on
        numbers.return_name = value_symbols.return_name
        and numbers.edition_year between value_symbols.edition_from
        and coalesce(value_symbols.edition_to, 9999)
        and lower(numbers.raw_text) = lower(value_symbols.symbol)
left join {{ ref('cell_statuses') }} as cell_statuses
    on
        numbers.return_name = cell_statuses.return_name
        and numbers.edition = cell_statuses.edition
        and numbers.family = cell_statuses.family
        and areas.area_code = cell_statuses.la_code
        and numbers.year = cell_statuses.year
        and numbers.raw_text = cell_statuses.raw_text
left join series
    on
        numbers.return_name = series.return_name
        and numbers.family = series.family
        and numbers.series = series.series
        and numbers.measure = series.measure
        and numbers.edition_year between coalesce(series.edition_from, 0)
        and coalesce(series.edition_to, 9999)
