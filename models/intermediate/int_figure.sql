-- One row per series of a return's files as an edition maps it, numbered: what is the same figure in
-- whatever layout has one `figure_no`.
with series as (
    select distinct
        return_name,
        family,
        series,
        measure,
        component,
    from {{ ref('int_cell') }}
    where area_code is not null
),

figures as (
    select
        *,
        -- The same figure goes by its component; what has none by its series.
        coalesce(component, family || '|' || series || '|' || measure) as figure,
    from series
)

select
    return_name,
    family,
    series,
    measure,
    component,
    row_number() over (order by return_name, family, series, measure, component)::integer as series_no,
    dense_rank() over (order by return_name, figure)::integer as figure_no,
from figures
