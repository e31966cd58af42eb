-- The latest rate of looked-after children that was out before each inspection began (or, where its first
-- day is not printed, before its report): the last year known, and what was printed of it then.
select
    inspection.inspection_id,
    inspection.published_on,
    inspection.overall_code,
    figure.year,
    figure.value,
    figure.status,
    figure.edition,
    figure.known_on,
from {{ ref('fct_inspection') }} as inspection
left join {{ ref('fct_indicator_edition') }} as figure
    on
        inspection.la_code = figure.la_code
        and figure.indicator_code = 'looked_after_per_10k'
        and figure.known_on < coalesce(inspection.inspection_started_on, inspection.published_on)
where inspection.sets_judgement
qualify
    row_number() over (
        partition by inspection.inspection_id
        order by figure.year desc nulls last, figure.known_on desc
    ) = 1
order by inspection.published_on, inspection.inspection_id
