{# Every table of a return with headers over several rows, one row per non-empty cell right of the area's name.

   A row's area is the last text of its leading cells (the name: the codes before it are not
   always the local authority's). A series is the sheet and the column's header path. #}
{% macro workbook_cells(return_name) %}

    with sheets as (
        select
            raw_sheet.*,
            coalesce(ignored_tables.from_column, 1000) as ignored_from,
        from {{ source('raw', 'raw_sheet') }} as raw_sheet
        inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
        left join {{ ref('ignored_tables') }} as ignored_tables
            on
                raw_file.return_name = ignored_tables.return_name
                and raw_file.family = ignored_tables.family
                and regexp_full_match(lower(trim(raw_sheet.sheet)), ignored_tables.sheet_pattern)
        where
            raw_file.return_name = '{{ return_name }}'
            and not raw_sheet.is_flat
            and raw_sheet.name_col is not null
            and (ignored_tables.sheet_pattern is null or ignored_tables.from_column is not null)
    ),

    lines as (
        select
            line.file_no,
            line.sheet,
            line.row_no,
            line.cells,
            sheets.name_col,
            sheets.ignored_from,
            -- A row without a name is called by its first text. Footnote numbers are taken off.
            regexp_replace(
                {{ plain_text(
                    "coalesce("
                    "list_last(list_filter(line.cells[1:sheets.name_col], lambda c: c <> '')), "
                    "list_first(list_filter(line.cells, lambda c: c <> '')))"
                ) }},
                '([a-z)])\d{1,2}(,\d{1,2})*$',
                '\1'
            ) as published_name,
        from {{ source('raw', return_name ~ '_line') }} as line
        inner join sheets
            on
                line.file_no = sheets.file_no
                and line.sheet = sheets.sheet
                and line.row_no >= sheets.first_data_row
    )

    select
        lines.file_no,
        lines.sheet,
        lines.row_no,
        raw_column.col_no,
        null::varchar as published_level,
        null::varchar as published_code,
        lines.published_name,
        null::varchar as ons_code,
        raw_column.column_year::varchar as published_period,
        lower(trim(lines.sheet)) || ' | ' || raw_column.column_key as series,
        'value' as measure,
        trim(lines.cells[raw_column.col_no]) as raw_text,
    from lines
    inner join {{ source('raw', 'raw_column') }} as raw_column
        on
            lines.file_no = raw_column.file_no
            and lines.sheet = raw_column.sheet
            and lines.name_col < raw_column.col_no
            and lines.ignored_from > raw_column.col_no
    where trim(lines.cells[raw_column.col_no]) <> ''

{% endmacro %}
