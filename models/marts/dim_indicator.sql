-- One row per indicator: what it is, and where it stands in the studies and in LAIT.
select
    indicator_code,
    label,
    definition,
    unit,
    decimals,
    polarity,
    theme,
    kind,
    source_returns,
    la_valle_no,
    ofsted45_no,
    lait_code,
    breaks,
from {{ ref('indicators') }}
