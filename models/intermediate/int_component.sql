-- One row per component, area, year and edition: what that edition says of it.
with own as (
    select
        component,
        area_level,
        area_code,
        year,
        return_name,
        edition,
        edition_year,
        file_no,
        sheet,
        row_no,
        col_no,
        value,
        status,
    from {{ ref('int_cell') }}
    where component is not null and area_code is not null
),

rate_populations as (
    select * from {{ ref('rate_populations') }}
),

editions as (
    select distinct
        return_name,
        edition,
        edition_year,
    from own
),

-- A release's rates are on the population file published with it (population/cin_2025 for cin/2025),
-- unless the seed says on which else.
populations as (
    select
        editions.return_name,
        editions.edition,
        editions.edition_year,
        own.edition as population_edition,
        own.year,
        own.year as population_year,
    from editions
    inner join own
        on own.return_name = 'population' and own.edition = editions.return_name || '_' || editions.edition
    anti join rate_populations
        on
            editions.return_name = rate_populations.return_name
            and editions.edition = rate_populations.edition
    union
    select
        editions.return_name,
        editions.edition,
        editions.edition_year,
        rate_populations.population_edition,
        rate_years.year,
        coalesce(rate_populations.population_year, rate_years.year) as population_year,
    from rate_populations
    inner join editions using (return_name, edition)
    inner join (select distinct year from own) as rate_years
        on rate_years.year between rate_populations.year_from and rate_populations.year_to
)

select * from own
union all by name
select
    own.* replace (
        populations.year as year,
        populations.return_name as return_name,
        populations.edition as edition,
        populations.edition_year as edition_year
    ),
from populations
inner join own
    on
        own.return_name = 'population'
        and own.component = 'population_0_17_count'
        and populations.population_edition = own.edition
        and populations.population_year = own.year
