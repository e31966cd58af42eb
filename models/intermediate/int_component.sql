-- One row per component, area, year and edition: what the edition prints of it, and beside that what it
-- needs and does not print (`is_borrowed`): the population its rates are on, what spending is divided
-- by, and spending in constant prices.
with printed as (
    select * from {{ ref('int_printed_component') }}
),

-- Where its own return has no figure, the next return's; of several editions, the latest.
denominators as (
    select
        shared_denominators.return_name as borrower,
        printed.*,
    from printed
    inner join {{ ref('shared_denominators') }} as shared_denominators
        on
            printed.component = shared_denominators.component
            and list_contains(string_split(shared_denominators.from_returns, ' '), printed.return_name)
    qualify
        row_number() over (
            partition by
                shared_denominators.return_name, printed.component, printed.area_code, printed.year
            order by
                list_position(string_split(shared_denominators.from_returns, ' '), printed.return_name),
                printed.edition_year desc,
                printed.edition desc
        ) = 1
),

-- What no other return has for an authority, though it has it for others, is not available.
borrowers as (
    select distinct
        printed.return_name,
        printed.edition,
        printed.edition_year,
        printed.area_level,
        printed.area_code,
        printed.year,
        found.component,
    from printed
    inner join (select distinct borrower, component, year from denominators) as found
        on
            printed.return_name = found.borrower
            and printed.year = found.year
),

deflators as (
    select
        year,
        max_by(deflator, year) over () / deflator as to_newest_prices,
    from {{ ref('gdp_deflators') }}
)

select
    *,
    false as is_borrowed,
from printed
union all by name
select
    printed.* exclude (year, return_name, edition, edition_year),
    populations.year,
    populations.return_name,
    populations.edition,
    populations.edition_year,
    true as is_borrowed,
from {{ ref('int_rate_population') }} as populations
inner join printed
    on
        printed.return_name = 'population'
        and printed.component = 'population_0_17_count'
        and populations.population_edition = printed.edition
        and populations.population_year = printed.year
union all by name
select
    borrowers.*,
    denominators.* exclude (
        borrower, component, area_level, area_code, year, return_name, edition, edition_year, status, rounding
    ),
    coalesce(denominators.status, 'not_available') as status,
    coalesce(denominators.rounding, 0) as rounding,
    true as is_borrowed,
from borrowers
left join denominators
    on
        borrowers.return_name = denominators.borrower
        and borrowers.component = denominators.component
        and borrowers.area_code = denominators.area_code
        and borrowers.year = denominators.year
union all by name
select
    printed.* exclude (component, value),
    regexp_replace(printed.component, '_gbp$', '_real_gbp') as component,
    printed.value * deflators.to_newest_prices as value,
    true as is_borrowed,
from printed
inner join deflators using (year)
where ends_with(printed.component, '_gbp')
