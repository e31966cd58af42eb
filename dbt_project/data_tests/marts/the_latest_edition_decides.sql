-- A cell of fct_indicator that is not what the newest edition carrying it says, its status included;
-- what could not be computed is not said.
with editions as (
    select
        *,
        not is_derived or status <> 'not_available' as is_said,
    from {{ ref('fct_indicator_edition') }}
    where known_on <= {{ as_of() }}
),

latest as (
    select
        la_code,
        year,
        indicator_code,
        arg_max(edition, (is_said, known_on, edition_year, edition)) as edition,
        arg_max(status, (is_said, known_on, edition_year, edition)) as status,
    from editions
    group by la_code, year, indicator_code
)

select
    latest.la_code,
    latest.year,
    latest.indicator_code,
    latest.edition as newest_edition,
    fact.edition as edition_taken,
from latest
inner join {{ ref('fct_indicator') }} as fact
    on
        latest.la_code = fact.la_code
        and latest.year = fact.year
        and latest.indicator_code = fact.indicator_code
where latest.edition <> fact.edition or latest.status <> fact.status
