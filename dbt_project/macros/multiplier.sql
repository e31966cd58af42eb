{# What numerator over denominator is multiplied by to be in its unit. #}
{% macro multiplier(unit) -%}
    case {{ unit }}
        when 'percentage' then 100
        when 'rate per 100' then 100
        when 'rate per 10,000' then 10000
        else 1
    end
{%- endmacro %}
