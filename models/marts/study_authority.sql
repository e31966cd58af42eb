-- One row per authority that a study needs named.
select
    study,
    la_code,
    rating_as_published,
    note,
from {{ ref('study_authorities') }}
