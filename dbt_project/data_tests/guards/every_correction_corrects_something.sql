-- A correction of a file that is here, but of a column or row that is not.
with raw_file as (
    select * from {{ source('raw', 'raw_file') }}
),

used_years as (
    select distinct
        raw_column.file_no,
        lower(trim(raw_column.sheet)) as sheet,
        raw_column.column_key,
        raw_column.column_year,
    from {{ source('raw', 'raw_column') }} as raw_column
),

used_rows as (
    select distinct
        file_no,
        lower(trim(sheet)) as sheet,
        row_no,
    from {{ ref('int_published_cell') }}
    where is_area_corrected
),

used_cells as (
    select distinct
        file_no,
        area_code,
        year,
    from {{ ref('int_cell') }}
    where is_status_corrected
),

unused as (
    select
        raw_file.path,
        format('column ''{}'' with the year {}', correction.column_key, correction.published_year) as place,
    from {{ ref('column_years') }} as correction
    inner join raw_file using (return_name, edition, family)
    anti join used_years
        on
            raw_file.file_no = used_years.file_no
            and coalesce(correction.sheet, '') = used_years.sheet
            and correction.column_key = used_years.column_key
            and correction.published_year = used_years.column_year
    where not raw_file.is_synthetic
    union all
    select
        raw_file.path,
        format('row {} {}', correction.row_no, coalesce('of sheet ' || correction.sheet, '')) as place,
    from {{ ref('area_rows') }} as correction
    inner join raw_file using (return_name, edition, family)
    anti join used_rows
        on
            raw_file.file_no = used_rows.file_no
            and coalesce(correction.sheet, '') = used_rows.sheet
            and correction.row_no = used_rows.row_no
    where not raw_file.is_synthetic
    union all
    select
        raw_file.path,
        format(
            'the {} of authority {} in {}', correction.raw_text, correction.la_code, correction.year
        ) as place,
    from {{ ref('cell_statuses') }} as correction
    inner join raw_file using (return_name, edition, family)
    anti join used_cells
        on
            raw_file.file_no = used_cells.file_no
            and correction.la_code = used_cells.area_code
            and correction.year = used_cells.year
    where not raw_file.is_synthetic
    union all
    select
        raw_file.path,
        format('the row of authority {}', correction.published_code) as place,
    from {{ ref('joint_rows') }} as correction
    inner join raw_file using (return_name, edition)
    anti join {{ ref('int_published_cell') }} as cell
        on
            raw_file.file_no = cell.file_no
            and correction.published_code = cell.published_code
    where not raw_file.is_synthetic
    union all
    select
        raw_file.path,
        format('column ''{}'' of {}', correction.column_key, correction.published_name) as place,
    from {{ ref('inspection_cells') }} as correction
    inner join raw_file using (edition, family)
    anti join {{ ref('int_inspection_cell') }} as cell
        on
            cell.is_corrected
            and raw_file.file_no = cell.file_no
            and correction.published_name = cell.published_name
            and correction.column_key = cell.column_key
    where raw_file.return_name = 'ofsted' and not raw_file.is_synthetic
)

select
    path as file,
    'nothing to correct at ' || place as found,
    'the slip that seeds/corrections describes' as expected,
    'the publisher has changed the file: check it and take the row out of seeds/corrections' as action,
from unused
