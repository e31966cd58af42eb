-- Every cell that an edition printed differently from the last edition before it.
with reprinted as (
    select
        *,
        -- What the file prints in: 1, or a thousand pounds.
        coalesce(value_from / nullif(try_cast(replace(raw_from, ',', '') as double), 0), 1) as unit_from,
        coalesce(value_to / nullif(try_cast(replace(raw_to, ',', '') as double), 0), 1) as unit_to,
    from {{ ref('int_reprinted_cell') }}
    where value_from is distinct from value_to or status_from <> status_to
),

figures as (
    select * from {{ ref('int_figure') }}
),

precision as (
    select * from {{ ref('int_precision') }}
),

raw_file as (
    select * from {{ ref('raw_file') }}
)

select
    figures.return_name,
    figures.family,
    figures.series,
    figures.measure,
    figures.component,
    reprinted.area_level,
    reprinted.area_code,
    reprinted.year::integer as year,
    reprinted.edition_from,
    reprinted.edition_to,
    case
        when reprinted.status_from = 'published' and reprinted.status_to = 'published' then 'revised'
        else reprinted.status_from || ' to ' || reprinted.status_to
    end as change,
    reprinted.value_from::double as value_from,
    reprinted.value_to::double as value_to,
    reprinted.value_to - reprinted.value_from as difference,
    -- 12 that becomes 12.4 may be the same figure, printed more finely.
    abs(reprinted.value_to - reprinted.value_from)
    <= {{ half_a_step('precision_from', 'reprinted.value_from', 'reprinted.unit_from') }}
    + {{ half_a_step('precision_to', 'reprinted.value_to', 'reprinted.unit_to') }}
    + 1e-9 as is_within_rounding,
    reprinted.status_from,
    reprinted.status_to,
    reprinted.raw_from,
    reprinted.raw_to,
    file_from.path as source_file_from,
    file_to.path as source_file_to,
from reprinted
inner join figures using (series_no)
inner join raw_file as file_from on reprinted.file_no_from = file_from.file_no
inner join raw_file as file_to on reprinted.file_no_to = file_to.file_no
left join precision as precision_from
    on
        reprinted.file_no_from = precision_from.file_no
        and figures.component = precision_from.component
        and reprinted.area_level = precision_from.area_level
left join precision as precision_to
    on
        reprinted.file_no_to = precision_to.file_no
        and figures.component = precision_to.component
        and reprinted.area_level = precision_to.area_level
