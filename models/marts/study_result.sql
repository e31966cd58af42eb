-- One row per figure that a study prints.
select
    study,
    place,
    item,
    label,
    statistic,
    printed,
    why,
    row_number() over () as display_order,
from {{ ref('study_results') }}
