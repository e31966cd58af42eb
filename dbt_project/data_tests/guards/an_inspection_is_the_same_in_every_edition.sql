-- An inspection that a later edition prints otherwise, or no more.
with printed as (
    select
        inspection.inspection_id,
        inspection.edition,
        inspection.edition_year,
        split_part(inspection.inspection_id, '_', 2) as inspection_code,
        inspection.source_file,
        inspection.sheet,
        inspection.row_no,
        cell.item,
        lower(cell.text) as text,
    from {{ ref('int_printed_inspection') }} as inspection
    inner join {{ ref('int_inspection_cell') }} as cell using (file_no, sheet, row_no, inspection)
    where inspection.inspection_id is not null
),

-- What an edition has a column for.
items as (
    select distinct
        edition,
        edition_year,
        inspection_code,
        item,
    from printed
),

editions as (
    select
        earlier.*,
        items.edition as later_edition,
        later.text as later_text,
        later_list.source_file as later_file,
        later_list.sheet as later_sheet,
        later_list.row_no as later_row,
    from printed as earlier
    inner join items
        on
            earlier.inspection_code = items.inspection_code
            and earlier.item = items.item
            and earlier.edition_year < items.edition_year
    left join printed as later
        on
            earlier.inspection_id = later.inspection_id
            and earlier.item = later.item
            and items.edition = later.edition
    left join (
        select distinct
            inspection_id,
            edition,
            source_file,
            sheet,
            row_no,
        from printed
    ) as later_list
        on
            earlier.inspection_id = later_list.inspection_id
            and items.edition = later_list.edition
)

select
    coalesce(later_file, source_file) as file,
    if(
        later_row is null,
        format('inspection {} not in the edition of {}', inspection_id, later_edition),
        format(
            '{} ''{}'' of inspection {} in sheet ''{}'', row {}',
            item, coalesce(later_text, ''), inspection_id, later_sheet, later_row
        )
    ) as found,
    format('{} ''{}'', as in {}, row {}', item, text, source_file, row_no) as expected,
    'find which is right in the report itself; a slip of one belongs in '
    || 'seeds/corrections/inspection_cells.csv with its reason' as action,
from editions
where later_text is distinct from text and (later_row is not null or item = 'published_on')
