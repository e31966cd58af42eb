{# The status of something computed from several cells: it is only as good as its worst part. What is
   suppressed may be anything from 1 to 5, so one suppressed part suppresses the whole. #}
{% macro worst_status(expression) -%}
    case
        when bool_or({{ expression }} = 'suppressed') then 'suppressed'
        when bool_or({{ expression }} = 'not_returned') then 'not_returned'
        when bool_or({{ expression }} = 'not_available') then 'not_available'
        when bool_or({{ expression }} = 'not_applicable') then 'not_applicable'
        when bool_or({{ expression }} = 'negligible') then 'negligible'
        when bool_or({{ expression }} = 'low_reliability') then 'low_reliability'
        else 'published'
    end
{%- endmacro %}
