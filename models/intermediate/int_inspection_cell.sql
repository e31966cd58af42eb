-- Every cell of the lists of inspections: of which inspection of its row it is, and what it tells.
with cells as (
    select * from {{ ref('stg_ofsted__flat_cell') }}
    -- The wide list repeats its header above the authorities that are no more.
    where published_name <> 'local authority name'
),

raw_file as (
    select * from {{ source('raw', 'raw_file') }}
),

inspection_columns as (
    select * from {{ ref('inspection_columns') }}
),

corrections as (
    select * from {{ ref('inspection_cells') }}
),

judgements as (
    select * from {{ ref('judgements') }}
)

select
    cells.file_no,
    raw_file.path as source_file,
    raw_file.edition,
    raw_file.edition_year,
    cells.sheet,
    cells.row_no,
    cells.col_no,
    cells.published_code,
    cells.published_name,
    cells.series as column_key,
    inspection_columns.inspection,
    inspection_columns.item,
    coalesce(corrections.text, cells.raw_text) as text,
    corrections.text is not null as is_corrected,
    judgements.judgement is not null as is_known_judgement,
    judgements.judgement_code,
from cells
inner join raw_file using (file_no)
left join inspection_columns on cells.series = inspection_columns.column_key
left join corrections
    on
        raw_file.edition = corrections.edition
        and raw_file.family = corrections.family
        and cells.published_name = corrections.published_name
        and cells.series = corrections.column_key
        and cells.raw_text = corrections.published_text
left join judgements on {{ plain_text('coalesce(corrections.text, cells.raw_text)') }} = judgements.judgement
