-- The statistical neighbours of the authority asked for in each version of their list, nearest first, with
-- their figures.
select
    neighbours.list_version,
    neighbours.neighbour_rank,
    neighbours.closeness,
    neighbours.neighbour_la_code as la_code,
    authorities.la_name,
    asked.year,
    facts.value,
    coalesce(facts.status, 'did not exist in that year') as status,
    facts.numerator,
    facts.denominator,
    facts.edition,
    facts.source_file,
    files.path as list_file,
    files.sha256 as list_sha256,
    -- The cell of the list that names the neighbour.
    cells.sheet,
    cells.row_no,
    cells.col_no,
    cells.raw_text,
from asked
inner join dim_statistical_neighbour as neighbours using (la_code)
inner join raw.raw_file as files on neighbours.source_file = files.path
inner join staging.stg_geography__flat_cell as cells
    on
        files.file_no = cells.file_no
        and asked.la_code = cells.published_code
        and cells.series = 'sn' || neighbours.neighbour_rank
inner join dim_local_authority as authorities on neighbours.neighbour_la_code = authorities.la_code
left join fct_indicator as facts
    on
        neighbours.neighbour_la_code = facts.la_code
        and asked.year = facts.year
        and asked.indicator_code = facts.indicator_code
order by neighbours.list_version, neighbours.neighbour_rank
