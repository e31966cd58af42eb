{{ config(post_hook="{{ create_judgement_in_force() }}") }}
-- The table macro reads it too.
-- depends_on: {{ ref('dim_local_authority') }}
-- One row per local authority and inspection. Of what several editions print, the latest decides.
with printed as (
    select * from {{ ref('int_printed_inspection') }}
),

cells as (
    select
        file_no,
        sheet,
        row_no,
        inspection,
        item,
        text,
        judgement_code as code,
    from {{ ref('int_inspection_cell') }}
),

-- Item by item: an edition without a column says nothing on what an earlier one printed there.
inspection_item as (
    select
        printed.inspection_id,
        cells.item,
        arg_max(cells.text, printed.edition_year) as text,
        arg_max(coalesce(cells.code, 0), printed.edition_year) as code,
    from printed
    inner join cells using (file_no, sheet, row_no, inspection)
    group by all
),

judgement as (
    select
        inspection_id,
        max(text) filter (where item = 'overall') as overall_judgement,
        max(text) filter (where item = 'leaders') as leaders_judgement,
        max(text) filter (where item = 'help_and_protection') as help_and_protection_judgement,
        max(text) filter (where item = 'children_in_care') as children_in_care_judgement,
        max(text) filter (where item = 'care_leavers') as care_leavers_judgement,
        max(text) filter (where item = 'adoption') as adoption_judgement,
        max(text) filter (where item = 'lscb') as lscb_judgement,
        max(text) filter (where item = 'safeguarding') as safeguarding_judgement,
        max(text) filter (where item = 'looked_after') as looked_after_judgement,
        nullif(max(code) filter (where item = 'overall'), 0) as overall_code,
        nullif(max(code) filter (where item = 'leaders'), 0) as leaders_code,
        nullif(max(code) filter (where item = 'help_and_protection'), 0) as help_and_protection_code,
        nullif(max(code) filter (where item = 'children_in_care'), 0) as children_in_care_code,
        nullif(max(code) filter (where item = 'care_leavers'), 0) as care_leavers_code,
        nullif(max(code) filter (where item = 'adoption'), 0) as adoption_code,
        nullif(max(code) filter (where item = 'lscb'), 0) as lscb_code,
        nullif(max(code) filter (where item = 'safeguarding'), 0) as safeguarding_code,
        nullif(max(code) filter (where item = 'looked_after'), 0) as looked_after_code,
    from inspection_item
    group by inspection_id
),

latest as (
    select
        inspection_id,
        la_code,
        framework,
        inspection_kind,
        sets_judgement,
        max(inspection_started_on) over (partition by inspection_id) as inspection_started_on,
        published_on,
        edition,
        edition_year,
        source_file,
        sheet as source_sheet,
        row_no as source_row,
    from printed
    qualify row_number() over (partition by inspection_id order by edition_year desc) = 1
)

select
    latest.inspection_id,
    latest.la_code,
    latest.framework,
    latest.inspection_kind,
    latest.sets_judgement,
    latest.inspection_started_on,
    latest.published_on,
    judgement.* exclude (inspection_id),
    latest.edition,
    latest.edition_year::integer as edition_year,
    latest.source_file,
    latest.source_sheet,
    latest.source_row,
from latest
inner join judgement using (inspection_id)
