-- One row per remark on what a study prints.
select
    study,
    place,
    remark,
from {{ ref('study_remarks') }}
