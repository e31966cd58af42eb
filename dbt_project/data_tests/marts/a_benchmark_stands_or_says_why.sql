-- A benchmark without a value and without a reason, or with both; a rank or band outside what is possible.
select
    la_code,
    year,
    indicator_code,
from {{ ref('fct_benchmark') }}
where
    (england_value is null) = (england_reason is null)
    or (region_value is null) = (region_reason is null)
    or (neighbours_2021_mean is null) = (neighbours_2021_reason is null)
    or (neighbours_2025_mean is null) = (neighbours_2025_reason is null)
    or (rank is null) = (rank_reason is null)
    or (rank_low_95 is null) = (rank_interval_reason is null)
    or (band is null) = (band_reason is null)
    or (decile is null) = (decile_reason is null)
    or (lower_95 is null) = (limits_reason is null)
    or (funnel_position is null) = (funnel_reason is null)
    or (change_is_beyond_chance is null) = (change_reason is null)
    or (trend_direction is null) = (trend_reason is null)
    or not rank between 1 and rank_n - rank_ties + 1
    or not rank between rank_low_95 and rank_high_95
    or not lower_95 <= upper_95
    or neighbours_2021_n > 10
    or neighbours_2025_n > 10
