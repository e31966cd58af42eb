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
        -- Counts that do not give the printed figure leave out authorities.
        if(
            coalesce(rounding, 1e9) >= abs(multiplier * numerator / nullif(denominator, 0) - value) - 1e-9,
            numerator / denominator,
            value / multiplier
        ) as share,
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
        -- Without the noise of dividing: the mean of 19.8 and 19.9 is 19.85 and rounds as such.
        round({{ added_up('value', 'not is_joint') }} / n_values, 9) as mean,
        min(value) as lowest,
        max(value) as highest,
        count(if(is_member, value, numerator + denominator)) filter (not is_joint) as n_counted,
        {{ added_up('numerator', 'denominator is not null and not is_member') }} as numerator,
        {{ added_up('denominator', 'numerator is not null and not is_member') }} as denominator,
        count(*) filter (value is null and not is_member) as n_without,
        {{ added_up('value', 'not is_member') }} as total,
    from authorities
    group by area_code, year, indicator_code
),

based as (
    select
        put_together.*,
        published.value as published_value,
        published.share as published_share,
        dim_indicator.aggregation,
        dim_indicator.multiplier,
        -- A rate or average beyond all that it is the average of is a slip: a region's sum, in some editions.
        -- A printed one may be rounded to whole numbers.
        dim_indicator.aggregation <> 'sum'
        and put_together.n_values = put_together.n_authorities
        and not published.value between put_together.lowest - 1 and put_together.highest + 1 as is_slip,
        case
            when published.value is not null and not is_slip then 'published'
            when dim_indicator.aggregation = 'sum' and put_together.n_without = 0 then 'sum_of_authorities'
            -- A mean of amounts would be a typical authority's, beside totals of other years.
            when dim_indicator.aggregation = 'sum' then null
            -- Who has no figure mostly has a small number: what is left is not the area. Where England is
            -- printed too, the sums of 95% of the authorities agree with it (docs/benchmarks.md).
            when
                dim_indicator.aggregation = 'ratio'
                and put_together.n_counted >= 0.95 * put_together.n_authorities
                and put_together.denominator > 0
                then 'sum_of_authorities'
            when put_together.n_values >= 0.95 * put_together.n_authorities then 'mean_of_authorities'
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
        when basis = 'published' then published_share
        when basis = 'sum_of_authorities' and aggregation = 'ratio' then numerator / denominator
    end as share,
from based
