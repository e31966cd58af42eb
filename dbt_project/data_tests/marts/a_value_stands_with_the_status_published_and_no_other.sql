-- A number that is not published, or a published cell without a number.
select
    la_code,
    year,
    indicator_code,
    edition,
    value,
    status,
from {{ ref('fct_indicator_edition') }}
where (value is not null) is distinct from (status = 'published')
