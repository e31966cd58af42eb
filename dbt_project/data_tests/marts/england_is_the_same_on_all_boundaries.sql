-- An amount whose sum over England depends on the boundaries.
with facts as (
    select
        'as_reported' as boundary,
        * exclude (known_on),
    from {{ target.schema }}.indicator_by_boundary('as_reported', null, null)
    union all by name
    select
        'current' as boundary,
        * exclude (known_on),
    from {{ ref('fct_indicator_current') }}
    union all by name
    select
        'constant' as boundary,
        * exclude (known_on),
    from {{ target.schema }}.indicator_by_boundary('constant', null, null)
),

totals as (
    select
        facts.boundary,
        facts.indicator_code,
        facts.year,
        coalesce(sum(facts.known_value), 0) as total,
    from facts
    inner join {{ ref('dim_indicator') }} as dim_indicator using (indicator_code)
    where
        dim_indicator.aggregation = 'sum'
        -- What the members of a joint return have together stands in its own row.
        and (facts.joint_code is null or facts.joint_code = facts.area_code)
    group by facts.boundary, facts.indicator_code, facts.year
)

select
    indicator_code,
    year,
    min(total) as least,
    max(total) as most,
    count(*) as boundaries,
from totals
group by indicator_code, year
having most - least > 1e-9 * greatest(abs(least), abs(most)) or boundaries <> 3
