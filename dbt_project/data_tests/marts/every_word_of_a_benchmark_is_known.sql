-- A word in a benchmark that readers do not know.
select
    la_code,
    year,
    indicator_code,
from {{ ref('fct_benchmark') }}
where
    england_basis not in ('published', 'sum_of_authorities', 'mean_of_authorities')
    or england_reason not in ('authorities_missing', 'too_few_authorities')
    or region_basis not in ('published', 'sum_of_authorities', 'mean_of_authorities')
    or region_reason not in ('authorities_missing', 'too_few_authorities')
    or neighbours_2021_reason not in ('no_list', 'no_neighbour_with_value')
    or neighbours_2025_reason not in ('no_list', 'no_neighbour_with_value')
    or rank_reason not in ('no_value', 'no_polarity')
    or rank_interval_reason not in ('no_value', 'no_polarity', 'no_limits', 'no_counts')
    or band not in ('A', 'B', 'C', 'D')
    or band_reason not in ('no_value', 'no_polarity', 'range_too_small', 'too_few_authorities')
    or decile_reason not in ('no_value', 'no_polarity', 'too_few_authorities')
    or limits_method not in ('wilson', 'poisson')
    or limits_reason not in ('no_value', 'no_limits', 'no_counts')
    or funnel_position not in ('below 99.8%', 'below 95%', 'within', 'above 95%', 'above 99.8%')
    or funnel_verdict not in ('better', 'worse', 'no clear difference')
    or funnel_reason not in ('no_value', 'no_limits', 'no_counts', 'no_england_share')
    or change_verdict not in ('better', 'worse', 'no clear change')
    or change_reason not in (
        'no_value', 'carried', 'no_value_before', 'break_in_series', 'no_limits', 'no_counts'
    )
    or trend_test not in ('cochran_armitage', 'poisson', 'mann_kendall')
    or trend_direction not in ('rising', 'falling', 'no clear trend')
    or trend_verdict not in ('better', 'worse', 'no clear change')
    or trend_reason not in ('no_value', 'carried', 'fewer_than_five_years', 'break_in_series')
