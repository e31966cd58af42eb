-- The same service in the two finance returns side by side: they define it differently and are never
-- spliced.
with spending as (
    select
        fact.la_code,
        fact.year,
        fact.value,
        fact.status,
        fact.edition,
        regexp_extract(
            fact.indicator_code, '^(s251|ro3)_(net|gross)_(.*)_gbp$', ['source', 'measure', 'service']
        ) as name,
    from {{ ref('fct_indicator') }} as fact
    inner join {{ ref('indicators') }} as indicators using (indicator_code)
    where
        indicators.unit = 'pounds'
        and not regexp_matches(fact.indicator_code, '_(real|per_[a-z_]+)_gbp$')
)

select
    table_a1.la_code,
    table_a1.year,
    table_a1.name.service,
    table_a1.name.measure,
    table_a1.value as s251_gbp,
    table_a1.status as s251_status,
    table_a1.edition as s251_edition,
    ro3.value as ro3_gbp,
    ro3.status as ro3_status,
    ro3.edition as ro3_edition,
    ro3.value - table_a1.value as difference_gbp,
    100 * (ro3.value - table_a1.value) / nullif(table_a1.value, 0) as difference_pct,
from spending as table_a1
inner join spending as ro3
    on
        table_a1.la_code = ro3.la_code
        and table_a1.year = ro3.year
        and table_a1.name.service = ro3.name.service
        and table_a1.name.measure = ro3.name.measure
        and ro3.name.source = 'ro3'
where table_a1.name.source = 's251'
