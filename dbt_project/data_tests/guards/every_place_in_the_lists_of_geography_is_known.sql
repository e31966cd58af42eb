-- A code in the lists of neighbours, classes or districts that is no local authority of the seeds, a
-- list of neighbours that is not ten, or a column that nobody knows.
with local_authorities as (
    select la_code from {{ ref('local_authorities') }}
),

codes as (
    select
        source_file,
        la_code as code,
    from {{ ref('dim_statistical_neighbour') }}
    union
    select
        source_file,
        neighbour_la_code as code,
    from {{ ref('dim_statistical_neighbour') }}
    union
    select
        source_file,
        coalesce(la_code, ons_code) as code,
    from {{ ref('dim_rural_urban') }}
    union
    select
        source_file,
        coalesce(la_code, upper_tier_ons_code) as code,
    from {{ ref('dim_district') }}
)

select
    codes.source_file as file,
    'the unknown authority ' || coalesce(codes.code, 'without a code') as found,
    'a local authority of seeds/reference/local_authorities.csv, or its code in la_ons_codes.csv' as expected,
    'a new authority or code: add it there; else the list is damaged, fetch it again' as action,
from codes
anti join local_authorities on codes.code = local_authorities.la_code
union all
select
    districts.source_file as file,
    'the unknown upper-tier authority ' || districts.upper_tier_ons_code as found,
    'a code of seeds/reference/la_ons_codes.csv' as expected,
    'a new code: add it there; else the list is damaged, fetch it again' as action,
from {{ ref('dim_district') }} as districts
anti join {{ ref('la_ons_codes') }} as la_ons_codes on districts.upper_tier_ons_code = la_ons_codes.ons_code
-- The lookup of 2016 names metropolitan counties and Inner and Outer London.
where not regexp_matches(districts.upper_tier_ons_code, '^E1[13]')
union all
select
    source_file as file,
    format('{} neighbours of authority {}', count(distinct neighbour_la_code), la_code) as found,
    'ten others' as expected,
    'the list was cut off or edited: fetch it again' as action,
from {{ ref('dim_statistical_neighbour') }}
group by source_file, la_code
having count(distinct neighbour_la_code) filter (where neighbour_la_code <> la_code) <> 10
union all
select distinct
    raw_file.path as file,
    format('an unknown column ''{}'' in sheet ''{}''', cell.series, cell.sheet) as found,
    'the columns of the lists read before' as expected,
    'give it a role in seeds/layouts/column_roles.csv, or read it in models/marts/dim_*.sql' as action,
from {{ ref('stg_geography__flat_cell') }} as cell
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
where
    not regexp_full_match(
        cell.series,
        'sn\d+|snp( #\d+)?|rural-urban classification \{year\} \([36] fold\)|utla\d\d(cd|nm)'
    )
