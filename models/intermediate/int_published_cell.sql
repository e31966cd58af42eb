-- Cells of all returns, as published, with the corrections of area and year applied.
with cells as (
    select * from {{ ref('int_staged_cell') }}
),

calendars as (
    select * from {{ ref('calendars') }}
),

raw_file as (
    select * from {{ source('raw', 'raw_file') }}
),

raw_column as (
    select * from {{ source('raw', 'raw_column') }}
),

area_rows as (
    select * from {{ ref('area_rows') }}
),

column_years as (
    select * from {{ ref('column_years') }}
),

corrected_columns as (
    select
        raw_column.file_no,
        raw_column.sheet,
        raw_column.col_no,
        column_years.year,
    from raw_column
    inner join raw_file using (file_no)
    inner join column_years
        on
            raw_file.return_name = column_years.return_name
            and raw_file.edition = column_years.edition
            and raw_file.family = column_years.family
            and lower(trim(raw_column.sheet)) = coalesce(column_years.sheet, '')
            and raw_column.column_key = column_years.column_key
            and raw_column.column_year = column_years.published_year
),

corrected_rows as (
    select
        raw_file.file_no,
        coalesce(area_rows.sheet, '') as sheet,
        area_rows.row_no,
        area_rows.published_level,
        area_rows.published_name,
    from area_rows
    inner join raw_file
        on
            area_rows.return_name = raw_file.return_name
            and area_rows.edition = raw_file.edition
            and area_rows.family = raw_file.family
)

select
    raw_file.return_name,
    raw_file.edition,
    raw_file.edition_year,
    raw_file.family,
    cells.file_no,
    cells.sheet,
    cells.row_no,
    cells.col_no,
    coalesce(corrected_rows.published_level, cells.published_level) as published_level,
    cells.published_code,
    coalesce(corrected_rows.published_name, cells.published_name) as published_name,
    cells.ons_code,
    -- A period is the year it ends in (201718 and 2017/18 are 2018), and stands in the LA-year its
    -- calendar says. A column or row without a period is of its edition, or as much older as its
    -- family's newest figures are.
    coalesce(
        corrected_columns.year,
        coalesce(
            2000 + try_cast(right(cells.published_period, 2) as integer),
            raw_file.edition_year - file_families.may_lag
        )
        + coalesce(series_calendars.year_offset, return_calendars.year_offset)
    ) as year,
    cells.published_period,
    cells.series,
    cells.measure,
    cells.raw_text,
    corrected_rows.row_no is not null as is_area_corrected,
    corrected_columns.year is not null as is_year_corrected,
from cells
inner join raw_file using (file_no)
inner join {{ ref('file_families') }} as file_families
    on
        raw_file.return_name = file_families.return_name
        and raw_file.family = file_families.family
left join calendars as return_calendars
    on
        raw_file.return_name = return_calendars.return_name
        and return_calendars.series is null
left join calendars as series_calendars
    on
        raw_file.return_name = series_calendars.return_name
        and cells.series = series_calendars.series
left join corrected_columns
    on
        cells.file_no = corrected_columns.file_no
        and cells.sheet = corrected_columns.sheet
        and cells.col_no = corrected_columns.col_no
left join corrected_rows
    on
        cells.file_no = corrected_rows.file_no
        and lower(trim(cells.sheet)) = corrected_rows.sheet
        and cells.row_no = corrected_rows.row_no
