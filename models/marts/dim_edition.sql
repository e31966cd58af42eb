-- One row per edition of a file family: when it came out, and where it stands among the editions.
with families as (
    select distinct
        return_name,
        edition,
        edition_year,
        family,
    from {{ source('raw', 'raw_file') }}
    where family <> ''
),

publication_dates as (
    select * from {{ ref('publication_dates') }}
),

dated as (
    select
        families.*,
        coalesce(of_family.published_on, of_edition.published_on) as published_on,
        coalesce(of_family.is_month_only, of_edition.is_month_only) as is_month_only,
        coalesce(of_family.source, of_edition.source) as date_source,
        -- An edition without a date is known on the day it is first read, and not before.
        coalesce(of_family.published_on, of_edition.published_on, current_date) as known_on,
    from families
    left join publication_dates as of_family
        on
            families.return_name = of_family.return_name
            and families.edition = of_family.edition
            and families.family = of_family.family
    left join publication_dates as of_edition
        on
            families.return_name = of_edition.return_name
            and families.edition = of_edition.edition
            and of_edition.family is null
)

select
    return_name,
    family,
    edition,
    edition_year::integer as edition_year,
    published_on,
    is_month_only,
    date_source,
    known_on,
    known_on <= {{ as_of() }} as is_known,
    row_number() over (
        partition by return_name, family
        order by known_on, edition_year, edition
    )::integer as edition_no,
from dated
