-- An inspection without its publication or without a judgement, or out of the time it can be of: a cell
-- blanked, a column shifted.
with judgements as (
    select
        file_no,
        sheet,
        row_no,
        inspection,
        count(*) as n,
    from {{ ref('int_inspection_cell') }}
    where item not in ('inspection_started_on', 'published_on', 'inspection_type')
    group by file_no, sheet, row_no, inspection
),

faults as (
    select
        printed.*,
        case
            when printed.published_on is null then 'no publication date'
            when judgements.n is null then 'no judgement'
            when printed.inspection_started_on > printed.published_on
                then format(
                    'the first day {} after the publication {}',
                    printed.inspection_started_on::varchar, printed.published_on::varchar
                )
            -- The first reports are of August 2009; an edition holds what was out when it was made.
            when
                printed.published_on < date '2009-04-01'
                or year(printed.published_on) > printed.edition_year
                then 'a publication on ' || printed.published_on
        end as fault,
    from {{ ref('int_printed_inspection') }} as printed
    left join judgements
        on
            printed.file_no = judgements.file_no
            and printed.sheet = judgements.sheet
            and printed.row_no = judgements.row_no
            and printed.inspection = judgements.inspection
)

select
    source_file as file,
    format(
        '{} of {} in sheet ''{}'', row {} ({})', fault, inspection, sheet, row_no, published_name
    ) as found,
    'a publication date from April 2009 to the year of the edition, and at least one judgement' as expected,
    'a cell was blanked or moved: fetch the file again from the publisher' as action,
from faults
where fault is not null
