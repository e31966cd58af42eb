-- England and the region as published: of the editions known on the day of the mart the one that
-- int_area_benchmark takes.
select
    figures.printed_area as la_code,
    asked.year,
    asked.indicator_code,
    figures.* exclude (indicator_code),
    indicators.unit,
    null as joint_code,
    count(*) over (partition by figures.printed_area, asked.year, asked.indicator_code) as n_editions,
from asked
inner join dim_local_authority as authorities using (la_code)
inner join dim_indicator as indicators using (indicator_code)
inner join edition_figure as figures
    on
        asked.indicator_code = figures.indicator_code
        and asked.year = figures.printed_year
        and figures.printed_area in ('E92000001', authorities.region_code)
where figures.known_on <= (select max(known_on) from dim_edition where is_known)
qualify
    row_number() over (
        partition by figures.printed_area, asked.year, asked.indicator_code
        order by
            figures.is_derived and figures.status = 'not_available',
            figures.known_on desc,
            figures.edition_year desc,
            figures.edition desc
    ) = 1
