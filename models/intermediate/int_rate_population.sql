-- On which population the rates of an edition are, year by year: the file published with it
-- (population/cin_2025 for cin/2025), unless the seed says on which else.
with cells as (
    select distinct
        return_name,
        edition,
        edition_year,
        year,
    from {{ ref('int_cell') }}
    where component is not null and area_code is not null
),

editions as (
    select distinct
        return_name,
        edition,
        edition_year,
    from cells
),

rate_populations as (
    select * from {{ ref('rate_populations') }}
)

select
    editions.return_name,
    editions.edition,
    editions.edition_year,
    cells.year,
    cells.edition as population_edition,
    cells.year as population_year,
from editions
inner join cells
    on cells.return_name = 'population' and cells.edition = editions.return_name || '_' || editions.edition
anti join rate_populations
    on
        editions.return_name = rate_populations.return_name
        and editions.edition = rate_populations.edition
union
select
    editions.return_name,
    editions.edition,
    editions.edition_year,
    rate_years.year,
    rate_populations.population_edition,
    coalesce(rate_populations.population_year, rate_years.year) as population_year,
from rate_populations
inner join editions using (return_name, edition)
inner join (select distinct year from cells) as rate_years
    on rate_years.year between rate_populations.year_from and rate_populations.year_to
