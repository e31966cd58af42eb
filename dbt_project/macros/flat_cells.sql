{# Every table of a return with one header row, one row per non-empty value cell, as published.

   Which column tells the area, the period or a series key, and which holds values, is data
   (`column_roles`); a column without a role is a value column that names its own series (the wide
   files), within the keys of its row if there are any. #}
{% macro flat_cells(return_name) %}

    with sheets as (
        select raw_sheet.*
        from {{ source('raw', 'raw_sheet') }} as raw_sheet
        inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
        left join {{ ref('ignored_tables') }} as ignored_tables
            on
                raw_file.return_name = ignored_tables.return_name
                and raw_file.family = ignored_tables.family
                and regexp_full_match(lower(trim(raw_sheet.sheet)), ignored_tables.sheet_pattern)
        where
            raw_file.return_name = '{{ return_name }}'
            and raw_sheet.is_flat
            and raw_sheet.first_data_row is not null
            and ignored_tables.sheet_pattern is null
    ),

    lines as (
        select line.*
        from {{ source('raw', return_name ~ '_line') }} as line
        inner join sheets
            on
                line.file_no = sheets.file_no
                and line.sheet = sheets.sheet
                and line.row_no >= sheets.first_data_row
    ),

    columns as (
        select
            raw_column.file_no,
            raw_column.sheet,
            raw_column.col_no,
            raw_column.column_key,
            raw_column.column_year,
            coalesce(column_roles.role, 'value') as role,
            coalesce(column_roles.measure, 'value') as measure,
            column_roles.role is null as names_its_series,
        from {{ source('raw', 'raw_column') }} as raw_column
        inner join sheets
            on
                raw_column.file_no = sheets.file_no
                and raw_column.sheet = sheets.sheet
        left join {{ ref('column_roles') }} as column_roles
            on
                column_roles.return_name = '{{ return_name }}'
                and raw_column.column_key = column_roles.column_key
        left join {{ ref('ignored_columns') }} as ignored_columns
            on
                ignored_columns.return_name = '{{ return_name }}'
                and regexp_full_match(raw_column.column_key, ignored_columns.column_pattern)
        where ignored_columns.column_pattern is null
    ),

    places as (
        select
            file_no,
            sheet,
            max(col_no) filter (where role = 'level') as level_col,
            max(col_no) filter (where role = 'area_code') as area_code_col,
            max(col_no) filter (where role = 'area_name') as area_name_col,
            max(col_no) filter (where role = 'ons_code') as ons_code_col,
            max(col_no) filter (where role = 'region_code') as region_code_col,
            max(col_no) filter (where role = 'region_name') as region_name_col,
            max(col_no) filter (where role = 'country_code') as country_code_col,
            max(col_no) filter (where role = 'country_name') as country_name_col,
            max(col_no) filter (where role = 'period') as period_col,
            list(col_no order by col_no) filter (where role = 'key') as key_cols,
        from columns
        group by file_no, sheet
    ),

    rows_placed as (
        select
            lines.file_no,
            lines.sheet,
            lines.row_no,
            lines.cells,
            {{ plain_text('lines.cells[places.level_col]') }} as published_level,
            coalesce(
                nullif(trim(lines.cells[places.area_code_col]), ''),
                nullif(trim(lines.cells[places.region_code_col]), ''),
                trim(lines.cells[places.country_code_col])
            ) as published_code,
            coalesce(
                nullif({{ plain_text('lines.cells[places.area_name_col]') }}, ''),
                nullif({{ plain_text('lines.cells[places.region_name_col]') }}, ''),
                {{ plain_text('lines.cells[places.country_name_col]') }}
            ) as published_name,
            trim(lines.cells[places.ons_code_col]) as ons_code,
            trim(lines.cells[places.period_col]) as published_period,
            {{ plain_text("array_to_string(list_select(lines.cells, places.key_cols), ' | ')") }}
                as series_keys,
        from lines
        inner join places
            on
                lines.file_no = places.file_no
                and lines.sheet = places.sheet
    )

    select
        rows_placed.file_no,
        rows_placed.sheet,
        rows_placed.row_no,
        columns.col_no,
        rows_placed.published_level,
        rows_placed.published_code,
        rows_placed.published_name,
        rows_placed.ons_code,
        coalesce(rows_placed.published_period, columns.column_year::varchar) as published_period,
        concat_ws(
            ' | ',
            nullif(rows_placed.series_keys, ''),
            if(columns.names_its_series, columns.column_key, null)
        ) as series,
        columns.measure,
        trim(rows_placed.cells[columns.col_no]) as raw_text,
    from rows_placed
    inner join columns
        on
            rows_placed.file_no = columns.file_no
            and rows_placed.sheet = columns.sheet
            and columns.role = 'value'
    where trim(rows_placed.cells[columns.col_no]) <> ''

{% endmacro %}


{# Text compared without regard to case, to spaces at the ends or to runs of them. #}
{% macro plain_text(expression) -%}
    regexp_replace(lower(trim({{ expression }})), '\s+', ' ', 'g')
{%- endmacro %}
