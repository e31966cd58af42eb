-- One row per remark on what a study prints.
select
    study,
    place,
    remark,
    row_number() over () as display_order,
from {{ ref('study_remarks') }}
