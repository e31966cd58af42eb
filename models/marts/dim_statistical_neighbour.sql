-- The ten statistical neighbours of every authority, by the version of the list.
with cells as (
    select
        raw_file.edition as list_version,
        raw_file.path as source_file,
        cell.published_code as la_code,
        cell.series,
        cell.raw_text,
    from {{ ref('stg_geography__flat_cell') }} as cell
    inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
    where raw_file.family = 'neighbours'
),

neighbours as (
    select
        *,
        regexp_extract(series, '^sn(\d+)$', 1)::integer as neighbour_rank,
    from cells
    -- A hyphen: the list gives the authority no neighbours.
    where regexp_full_match(series, 'sn\d+') and raw_text <> '-'
),

-- The columns of closeness all have one header; the reader numbers them.
closeness as (
    select
        *,
        coalesce(nullif(regexp_extract(series, '^snp #(\d+)$', 1), ''), '1')::integer as neighbour_rank,
    from cells
    where regexp_full_match(series, 'snp( #\d+)?')
)

select
    neighbours.list_version,
    neighbours.la_code,
    neighbours.neighbour_rank,
    neighbours.raw_text as neighbour_la_code,
    lower(closeness.raw_text) as closeness,
    neighbours.source_file,
from neighbours
left join closeness
    on
        neighbours.list_version = closeness.list_version
        and neighbours.la_code = closeness.la_code
        and neighbours.neighbour_rank = closeness.neighbour_rank
