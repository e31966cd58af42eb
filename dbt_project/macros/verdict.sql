{# What a difference means: above 0 is better where high is good, worse where low is. Without a polarity, or
   where the difference is not known, nothing. #}
{% macro verdict(difference, polarity, otherwise) -%}
    case
        when {{ polarity }} = 'none' or {{ difference }} is null then null
        when {{ difference }} = 0 then '{{ otherwise }}'
        when ({{ difference }} > 0) = ({{ polarity }} = 'high') then 'better'
        else 'worse'
    end
{%- endmacro %}
