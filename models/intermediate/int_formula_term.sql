-- One row per term of a formula: the component, its part and its sign.
with parts as (
    unpivot (
        select
            indicator_code,
            priority,
            edition_from,
            edition_to,
            numerator,
            denominator,
        from {{ ref('formulas') }}
    )
    on numerator, denominator
    into name part value expression
),

terms as (
    select
        indicator_code,
        priority,
        edition_from,
        edition_to,
        part,
        unnest(regexp_extract_all(expression, '[-+]?\s*[a-z0-9_]+')) as term,
    from parts
)

select
    indicator_code,
    priority,
    edition_from,
    edition_to,
    part,
    regexp_extract(term, '[a-z0-9_]+') as component,
    if(starts_with(trim(term), '-'), -1, 1) as sign,
from terms
