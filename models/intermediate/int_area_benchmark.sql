-- England and the regions beside their authorities: as published, else put together from the authorities.
with editions as (
    select * from {{ ref('int_indicator_edition') }}
    where area_level in ('national', 'regional') and known_on <= {{ as_of() }}
),

fct_indicator as (
    select * from {{ ref('fct_indicator') }}
),

dim_local_authority as (
    select * from {{ ref('dim_local_authority') }}
),

dim_indicator as (
    select * from {{ ref('dim_indicator') }}
),

published as (
    select
        area_code,
        year,
        indicator_code,
        value,
        numerator,
        denominator,
    from editions
    qualify
        row_number() over (
            partition by area_code, year, indicator_code
            order by is_derived and status = 'not_available', {{ newest_first() }}
        ) = 1
),

-- A joint return has the amounts of its members; they have its rates.
authorities as (
    select
        fct_indicator.year,
        fct_indicator.indicator_code,
        fct_indicator.value,
        fct_indicator.numerator,
        fct_indicator.denominator,
        dim_local_authority.la_type = 'joint return' as is_joint,
        fct_indicator.joint_code is not null and not is_joint as is_member,
        unnest([dim_local_authority.region_code, 'E92000001']) as area_code,
    from fct_indicator
    inner join dim_local_authority using (la_code)
),

put_together as (
    select
        area_code,
        year,
        indicator_code,
        count(*) filter (not is_joint) as n_authorities,
        count(value) filter (not is_joint) as n_values,
        avg(value) filter (not is_joint) as mean,
        count(*) filter (not is_joint and (if(is_member, value, numerator + denominator) is not null)) as n_counted,
        sum(numerator) filter (denominator is not null and not is_member) as numerator,
        sum(denominator) filter (numerator is not null and not is_member) as denominator,
        count(*) filter (value is null and not is_member) as n_without,
        sum(value) filter (not is_member) as total,
    from authorities
    group by area_code, year, indicator_code
),

based as (
    select
        put_together.*,
        published.value as published_value,
        published.numerator as published_numerator,
        published.denominator as published_denominator,
        dim_indicator.aggregation,
        dim_indicator.multiplier,
        case
            when published.value is not null then 'published'
            when dim_indicator.aggregation = 'sum' and put_together.n_without = 0 then 'sum_of_authorities'
            -- A mean of amounts would be a typical authority's, beside totals of other years.
            when dim_indicator.aggregation = 'sum' then null
            -- Of fewer than half of the authorities it would not be of the area.
            when
                dim_indicator.aggregation = 'ratio'
                and 2 * put_together.n_counted >= put_together.n_authorities
                and put_together.denominator > 0
                then 'sum_of_authorities'
            when 2 * put_together.n_values >= put_together.n_authorities then 'mean_of_authorities'
        end as basis,
    from put_together
    left join published using (area_code, year, indicator_code)
    inner join dim_indicator using (indicator_code)
)

select
    area_code,
    year,
    indicator_code,
    case
        when basis = 'published' then published_value
        when basis = 'mean_of_authorities' then mean
        when basis = 'sum_of_authorities' and aggregation = 'sum' then total
        when basis = 'sum_of_authorities' then multiplier * numerator / denominator
    end as value,
    basis,
    case
        when basis = 'published' or aggregation = 'sum' then n_authorities
        when basis = 'sum_of_authorities' then n_counted
        else n_values
    end as n,
    case
        when basis is not null then null
        when aggregation = 'sum' then 'authorities_missing'
        else 'too_few_authorities'
    end as reason,
    -- Of 1, not rounded where the counts behind it are known.
    case
        when basis = 'published'
            then coalesce(published_numerator / nullif(published_denominator, 0), published_value / multiplier)
        when basis = 'sum_of_authorities' and aggregation = 'ratio' then numerator / denominator
    end as share,
from based
