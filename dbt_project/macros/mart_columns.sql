{# The columns of mart_la_year that are no indicators: the key and names, and what stands beside the indicators. #}
{% macro identity_columns() %}
    {{ return(['la_code', 'la_name', 'region_name', 'year']) }}
{% endmacro %}

{% macro columns_beside_indicators() %}
    {{ return(judgement_columns() + ['iod_edition', 'is_iod_carried']) }}
{% endmacro %}

{% macro judgement_columns() %}
    {{ return([
        'judgement_framework',
        'judgement_overall_code',
        'judgement_leaders_code',
        'judgement_help_and_protection_code',
        'judgement_children_in_care_code',
        'judgement_care_leavers_code',
        'judgement_published_on',
        'judgement_months_since',
        'next_inspection_published_on',
        'next_inspection_overall_code',
        'next_inspection_leaders_code',
        'next_inspection_help_and_protection_code',
        'next_inspection_children_in_care_code',
        'next_inspection_care_leavers_code',
        'was_inspected_in_year',
    ]) }}
{% endmacro %}
