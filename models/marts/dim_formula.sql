-- One row per indicator and formula that it is computed by.
select
    indicator_code,
    priority,
    edition_from as first_edition_year,
    edition_to as last_edition_year,
    numerator,
    denominator,
from {{ ref('formulas') }}
