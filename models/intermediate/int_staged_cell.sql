{{ config(materialized='view') }}
-- The staging models of all returns, one under another.
with cells as (
    select * from {{ ref('stg_ssda903__flat_cell') }}
    union all by name
    select * from {{ ref('stg_ssda903__workbook_cell') }}
    union all by name
    select * from {{ ref('stg_cin__flat_cell') }}
    union all by name
    select * from {{ ref('stg_csww__flat_cell') }}
    union all by name
    select * from {{ ref('stg_population__flat_cell') }}
    union all by name
    select * from {{ ref('stg_education__flat_cell') }}
    union all by name
    select * from {{ ref('stg_cla_outcomes__flat_cell') }}
    union all by name
    select * from {{ ref('stg_cla_outcomes__workbook_cell') }}
    union all by name
    select * from {{ ref('stg_section_251__flat_cell') }}
    union all by name
    select * from {{ ref('stg_section_251__workbook_cell') }}
    union all by name
    select * from {{ ref('stg_iod__flat_cell') }}
)

select
    file_no,
    sheet,
    row_no,
    col_no,
    published_level,
    published_code,
    published_name,
    ons_code,
    published_period,
    series,
    measure,
    raw_text,
from cells
