-- The cells of an inspection asked for in every edition, and which of them decides: item by item the one of
-- the latest edition that prints it.
select
    printed.inspection_id,
    printed.edition,
    cells.item,
    if(cells.is_corrected, corrections.published_text, cells.text) as raw_text,
    cells.text,
    cells.judgement_code,
    case
        when cells.item = 'inspection_type'
            then lower(concat_ws(', ', printed.framework, printed.inspection_kind))
        when ends_with(cells.item, '_on') then try_cast(cells.text as timestamp)::date::varchar
        else coalesce(cells.judgement_code::varchar, 'not judged')
    end as decoded,
    cells.sheet,
    cells.row_no,
    cells.col_no,
    columns.header as column_header,
    row_number() over (
        partition by printed.inspection_id, cells.item
        order by cells.edition_year desc
    ) = 1 as is_chosen,
    corrections.reason as correction_reason,
    corrections.source as correction_source,
from asked_inspection
inner join intermediate.int_printed_inspection as printed using (inspection_id)
inner join intermediate.int_inspection_cell as cells
    on
        printed.file_no = cells.file_no
        and printed.sheet = cells.sheet
        and printed.row_no = cells.row_no
        and printed.inspection = cells.inspection
inner join raw.raw_file as files on cells.file_no = files.file_no
inner join raw.raw_column as columns
    on
        cells.file_no = columns.file_no
        and cells.sheet = columns.sheet
        and cells.col_no = columns.col_no
left join seeds.inspection_cells as corrections
    on
        cells.is_corrected
        and files.edition = corrections.edition
        and files.family = corrections.family
        and cells.published_name = corrections.published_name
        and cells.column_key = corrections.column_key
        and cells.text = corrections.text
order by printed.inspection_id, cells.edition_year desc, cells.col_no
