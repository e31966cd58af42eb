-- What each edition says of an indicator in an area and year: as published, else computed.
with published as (
    select * from {{ ref('int_component') }}
),

computed as (
    select * from {{ ref('int_formula_value') }}
),

indicators as (
    select
        *,
        {{ multiplier('unit') }} as multiplier,
    from {{ ref('indicators') }}
),

published_indicators as (
    select
        indicators.indicator_code,
        published.*,
    from published
    inner join indicators on published.component = indicators.indicator_code
    where not published.is_borrowed
)

select
    indicators.indicator_code,
    coalesce(published.area_level, computed.area_level) as area_level,
    coalesce(published.area_code, computed.area_code) as area_code,
    coalesce(published.year, computed.year) as year,
    coalesce(published.return_name, computed.return_name) as return_name,
    coalesce(published.edition, computed.edition) as edition,
    coalesce(published.edition_year, computed.edition_year) as edition_year,
    -- Some editions print 0 for a share or an average of nobody, others a symbol.
    coalesce(
        computed.is_ratio
        and computed.status = 'published'
        and computed.denominator = 0
        and (published.status is null or published.value = 0),
        false
    ) as is_share_of_nobody,
    case
        when is_share_of_nobody then null
        when published.status is not null then published.value
        when computed.is_ratio
            then indicators.multiplier * computed.numerator / nullif(computed.denominator, 0)
        else computed.numerator
    end as value,
    case
        when is_share_of_nobody then 'not_applicable'
        when published.status is not null then published.status
        else computed.status
    end as status,
    computed.numerator,
    if(computed.is_ratio, computed.denominator, null) as denominator,
    published.rounding,
    computed.numerator_rounding,
    computed.denominator_rounding,
    indicators.multiplier,
    published.status is null as is_derived,
    -- What is computed is known when the last of its parts is.
    coalesce(published.known_on, computed.known_on) as known_on,
    coalesce(published.file_no, computed.file_no) as file_no,
from published_indicators as published
full outer join computed
    on
        published.indicator_code = computed.indicator_code
        and published.area_code = computed.area_code
        and published.year = computed.year
        and published.return_name = computed.return_name
        and published.edition = computed.edition
inner join indicators
    on indicators.indicator_code = coalesce(published.indicator_code, computed.indicator_code)
where
    -- A formula may know only how many there were to take an average of.
    (published.status is not null or computed.has_numerator)
    and list_contains(
        string_split(indicators.source_returns, ' '), coalesce(published.return_name, computed.return_name)
    )
