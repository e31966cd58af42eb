-- A release without a date counts as known from today: it would decide over one of its year, or over a
-- later one that has a date, in whatever family: the same figures change their layout from year to year.
with editions as (
    select * from {{ ref('dim_edition') }}
)

select
    editions.return_name || '/' || editions.edition as file,
    'an edition without a date of publication, beside '
    || max(others.edition) || ' (family ' || editions.family || ')' as found,
    'a day for it, so that the one published later decides' as expected,
    'add its row to seeds/layouts/publication_dates.csv' as action,
from editions
inner join editions as others
    on
        editions.return_name = others.return_name
        and editions.edition <> others.edition
        and (
            (editions.edition_year = others.edition_year and editions.family = others.family)
            or (editions.edition_year < others.edition_year and others.published_on is not null)
        )
where editions.published_on is null
group by editions.return_name, editions.edition, editions.family
