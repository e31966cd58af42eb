-- A figure below 0 where there can be none: counts, shares, rates. Spending, scores of progress or
-- deprivation and the net gain of children placed may be negative.
select
    raw_file.path as file,
    format(
        'the figure ''{}'' in row {}, column {}{}, series ''{}''',
        cell.raw_text, cell.row_no, cell.col_no, if(cell.sheet <> '', ' of sheet ' || cell.sheet, ''),
        cell.series
    ) as found,
    'no figure below 0' as expected,
    'a sign was added or a column moved: fetch the file again from the publisher' as action,
from {{ ref('int_cell') }} as cell
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
where
    cell.value < 0
    and cell.component is not null
    and not regexp_matches(cell.component, '(_score|_gbp)$|^net_gain_count$')
