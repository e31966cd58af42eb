{# Why there is nothing of the neighbours: the authority is not in that list, or none of them has a figure. #}
{% macro neighbours_reason(n) -%}
    case
        when {{ n }} is null then 'no_list'
        when {{ n }} = 0 then 'no_neighbour_with_value'
    end
{%- endmacro %}
