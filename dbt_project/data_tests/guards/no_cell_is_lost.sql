-- Cells in = cells out, file by file: from the staging models to the decoded cells.
with cells_in as (
    select
        file_no,
        count(*) as n_in,
    from {{ ref('int_staged_cell') }}
    group by file_no
),

cells_out as (
    select
        file_no,
        count(*) as n_out,
    from {{ ref('int_cell') }}
    group by file_no
)

select
    raw_file.path as file,
    coalesce(cells_out.n_out, 0) || ' cells decoded' as found,
    cells_in.n_in || ' cells read' as expected,
    'a join in models/intermediate loses or multiplies cells: two seed rows match one cell' as action,
from cells_in
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
left join cells_out using (file_no)
where cells_in.n_in is distinct from cells_out.n_out
