-- A judgement, a type of inspection or a date that is none the seeds know.
select
    cell.source_file as file,
    format(
        'an unknown {} ''{}'' in {} cells of sheet ''{}'', first in row {}, column {}',
        case
            when cell.item = 'inspection_type' then 'type of inspection'
            when cell.item in ('inspection_started_on', 'published_on') then 'date'
            else 'judgement'
        end,
        left(cell.text, 60), count(*), cell.sheet, min(cell.row_no), arg_min(cell.col_no, cell.row_no)
    ) as found,
    case
        when cell.item = 'inspection_type' then 'a type of seeds/reference/inspection_types.csv'
        when cell.item in ('inspection_started_on', 'published_on') then 'a date cell'
        else 'a judgement of seeds/reference/judgements.csv'
    end as expected,
    'a new word: add what it means there, from the publisher''s notes; else the columns are shifted: fetch '
    || 'the file again' as action,
from {{ ref('int_inspection_cell') }} as cell
left join {{ ref('inspection_types') }} as inspection_types on cell.text = inspection_types.published_type
where
    case
        when cell.item = 'inspection_type' then inspection_types.published_type is null
        when cell.item in ('inspection_started_on', 'published_on')
            then try_cast(cell.text as timestamp) is null
        else not cell.is_known_judgement
    end
group by cell.source_file, cell.sheet, cell.item, cell.text
