-- Every edition that has a figure asked for, newest first, and why it is the one that decides, or is not. The
-- edition prints it for `printed_area` (the joint return, for its members) and `printed_year` (its own, if
-- carried).
select
    editions.la_code,
    editions.year,
    editions.indicator_code,
    figures.* exclude (indicator_code, area_level, value, status, is_derived),
    -- A count of a joint return has no value for its members.
    editions.value,
    editions.status,
    editions.is_derived,
    indicators.unit,
    editions.joint_code,
    if(editions.is_carried, carried.reason, null) as carried_reason,
    coalesce(chosen.edition = editions.edition, false) as is_chosen,
    count(*) over (partition by editions.la_code, editions.year, editions.indicator_code) as n_editions,
    case
        when is_chosen and n_editions = 1 then 'the only edition that has it'
        when is_chosen
            then 'of the editions that have it the one published last: it decides, its status included'
        when editions.is_derived and editions.status = 'not_available'
            then 'a part to compute it from is missing: comes after the editions that have it'
        when
            chosen.edition is null
            or (editions.known_on, editions.edition_year, editions.edition)
            > (chosen.known_on, chosen.edition_year, chosen.edition)
            then 'came out after the day the mart is of'
        else 'a later edition has it'
    end as rule,
from asked
inner join fct_indicator_edition as editions using (la_code, year, indicator_code)
left join fct_indicator as chosen using (la_code, year, indicator_code)
inner join dim_indicator as indicators using (indicator_code)
inner join edition_figure as figures
    on
        editions.indicator_code = figures.indicator_code
        and coalesce(editions.joint_code, editions.la_code) = figures.printed_area
        and split_part(editions.source_file, '/', 1) = figures.return_name
        and editions.edition = figures.edition
        and (editions.year = figures.printed_year or editions.is_carried)
left join seeds.carried_editions as carried
    on
        figures.return_name = carried.return_name
        and figures.edition = carried.edition
order by
    editions.la_code,
    editions.year,
    editions.indicator_code,
    editions.known_on desc,
    editions.edition_year desc,
    editions.edition desc
