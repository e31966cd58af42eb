-- The figures of a year that the next edition revised, suppressed or gave at last.
select
    newer.la_code,
    newer.year,
    newer.indicator_code,
    older.edition as old_edition,
    older.value as old_value,
    older.status as old_status,
    newer.edition as new_edition,
    newer.value as new_value,
    newer.status as new_status,
from {{ ref('fct_indicator_edition') }} as newer
asof inner join {{ ref('fct_indicator_edition') }} as older
    on
        newer.la_code = older.la_code
        and newer.year = older.year
        and newer.indicator_code = older.indicator_code
        and newer.edition_year > older.edition_year
where newer.value is distinct from older.value or newer.status <> older.status
order by newer.indicator_code, newer.la_code, newer.year, newer.edition
