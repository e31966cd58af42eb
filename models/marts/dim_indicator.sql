-- One row per indicator: what it is, what it is made from, and where it stands in the studies and in LAIT.
with indicators as (
    select
        *,
        row_number() over () as display_order,
    from {{ ref('indicators') }}
),

terms as (
    select * from {{ ref('int_formula_term') }}
),

parts as (
    select
        indicator_code,
        string_agg(distinct component, ' ' order by component) as components,
        count(*) filter (where part = 'numerator') > 0 as has_numerator,
        count(*) filter (where part = 'denominator') > 0 as has_denominator,
    from terms
    group by indicator_code
),

calendars as (
    select * from {{ ref('calendars') }}
    where series is null
)

select
    indicators.indicator_code,
    indicators.label,
    indicators.definition,
    indicators.unit,
    indicators.decimals,
    indicators.polarity,
    indicators.theme,
    indicators.kind,
    indicators.source_returns,
    parts.components,
    -- What becomes of it when areas are put together.
    case
        when parts.has_numerator and parts.has_denominator then 'ratio'
        when indicators.unit in ('count', 'FTE', 'pounds') then 'sum'
        else 'none'
    end as aggregation,
    {{ multiplier('indicators.unit') }} as multiplier,
    calendars.authorities_offset,
    indicators.la_valle_no,
    indicators.ofsted45_no,
    indicators.lait_code,
    indicators.lait_has_bands,
    indicators.limits,
    indicators.breaks,
    indicators.break_years,
    indicators.display_order,
from indicators
left join parts using (indicator_code)
inner join calendars on split_part(indicators.source_returns, ' ', 1) = calendars.return_name
