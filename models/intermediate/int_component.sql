-- One row per component, area, year and edition: what that edition says of it.
select
    component,
    area_level,
    area_code,
    year,
    return_name,
    edition,
    edition_year,
    file_no,
    sheet,
    row_no,
    col_no,
    value,
    status,
from {{ ref('int_cell') }}
where component is not null and area_code is not null
