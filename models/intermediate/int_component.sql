-- One row per component, area, year and edition: what the edition prints of it, and beside that what it
-- needs and does not print (`is_borrowed`): the population its rates are on, what spending is divided
-- by, and spending in constant prices.
with printed as (
    select
        component,
        area_level,
        area_code,
        year,
        return_name,
        edition,
        edition_year,
        known_on,
        file_no,
        sheet,
        row_no,
        col_no,
        value,
        status,
        rounding,
    from {{ ref('int_printed_component') }}
),

deflators as (
    select
        year,
        -- 100 in the year whose prices the indicators are in.
        100 / deflator as to_constant_prices,
    from {{ ref('gdp_deflators') }}
),

components as (
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
        *,
        true as is_borrowed,
    from {{ ref('int_shared_denominator') }}
    union all by name
    select
        printed.* exclude (component, value),
        regexp_replace(printed.component, '_gbp$', '_real_gbp') as component,
        printed.value * deflators.to_constant_prices as value,
        true as is_borrowed,
    from printed
    inner join deflators using (year)
    where ends_with(printed.component, '_gbp')
)

select
    component,
    area_level,
    area_code,
    year,
    return_name,
    edition,
    edition_year,
    known_on,
    file_no,
    sheet,
    row_no,
    col_no,
    value,
    status,
    rounding,
    is_borrowed,
from components
