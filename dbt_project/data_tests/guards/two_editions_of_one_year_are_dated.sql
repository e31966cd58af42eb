-- Two releases of one family for one year, of which one has no date: which came first?
select
    return_name || '/' || edition as file,
    'another edition of that year and family (' || family || '), one without a date of publication' as found,
    'a day for each of them, so that the later one decides' as expected,
    'add its row to seeds/layouts/publication_dates.csv' as action,
from {{ ref('dim_edition') }}
qualify count(*) over (partition by return_name, family, edition_year) > 1 and published_on is null
