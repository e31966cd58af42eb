-- One row per figure that a study prints.
select
    study,
    place,
    item,
    label,
    statistic,
    printed,
    why,
from {{ ref('study_results') }}
