-- One row per authority and each that took over from it, on which day and whether whole or in part.
select
    predecessor_code,
    successor_code,
    effective_date::date as effective_date,
    extent,
    note,
from {{ ref('la_successions') }}
