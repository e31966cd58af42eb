-- Numerator and denominator of every indicator that an edition's components can make.
with terms as (
    select * from {{ ref('int_formula_term') }}
),

components as (
    select * from {{ ref('int_component') }}
),

n_terms as (
    select
        indicator_code,
        priority,
        count(*) as n_terms,
    from terms
    group by indicator_code, priority
),

editions as (
    select distinct
        component,
        year,
        return_name,
        edition,
        edition_year,
    from components
),

edition_terms as (
    select
        terms.*,
        editions.year,
        editions.return_name,
        editions.edition,
        n_terms.n_terms,
    from terms
    inner join editions
        on
            terms.component = editions.component
            and editions.edition_year between coalesce(terms.edition_from, 0)
            and coalesce(terms.edition_to, 9999)
    inner join n_terms
        on
            terms.indicator_code = n_terms.indicator_code
            and terms.priority = n_terms.priority
    -- Only what can be made: most formulas lack a term in most editions.
    qualify
        count(*) over (
            partition by
                terms.indicator_code, terms.priority, editions.year, editions.return_name, editions.edition
        ) = n_terms.n_terms
),

sums as (
    select
        terms.indicator_code,
        terms.priority,
        components.area_level,
        components.area_code,
        components.year,
        components.return_name,
        components.edition,
        components.edition_year,
        any_value(terms.n_terms) as n_terms,
        count(*) as n_found,
        -- A sum with a term that is not a number has no value, and the status of the worst term.
        if(
            count(components.value) filter (where terms.part = 'numerator')
            = count(*) filter (where terms.part = 'numerator'),
            {{ added_up('terms.sign * components.value', "terms.part = 'numerator'") }},
            null
        ) as numerator,
        if(
            count(components.value) filter (where terms.part = 'denominator')
            = count(*) filter (where terms.part = 'denominator'),
            {{ added_up('terms.sign * components.value', "terms.part = 'denominator'") }},
            null
        ) as denominator,
        coalesce(sum(components.rounding) filter (where terms.part = 'numerator'), 0) as numerator_rounding,
        coalesce(sum(components.rounding) filter (where terms.part = 'denominator'), 0)
            as denominator_rounding,
        count(*) filter (where terms.part = 'numerator') > 0 as has_numerator,
        count(*) filter (where terms.part = 'denominator') > 0 as is_ratio,
        {{ worst_status('components.status') }} as status,
        max(components.known_on) as known_on,
        coalesce(
            min(components.file_no) filter (where terms.part = 'numerator'),
            min(components.file_no)
        ) as file_no,
    from edition_terms as terms
    inner join components
        on
            terms.component = components.component
            and terms.year = components.year
            and terms.return_name = components.return_name
            and terms.edition = components.edition
    group by
        terms.indicator_code,
        terms.priority,
        components.area_level,
        components.area_code,
        components.year,
        components.return_name,
        components.edition,
        components.edition_year
)

select
    indicator_code,
    priority,
    area_level,
    area_code,
    year,
    return_name,
    edition,
    edition_year,
    numerator,
    denominator,
    numerator_rounding,
    denominator_rounding,
    has_numerator,
    is_ratio,
    status,
    known_on,
    file_no,
from sums
where n_terms = n_found
-- Formulas of one indicator are the same figure in other words: the first that has one decides.
qualify
    row_number() over (
        partition by indicator_code, area_code, year, return_name, edition
        order by status <> 'published', priority asc
    ) = 1
