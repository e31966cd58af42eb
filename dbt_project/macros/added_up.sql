{# The sum of an expression, exact to nine decimals: in doubles it would depend on the order of the rows, and two
builds of the same files would differ in the last digits. `condition`: which rows. #}
{% macro added_up(expression, condition="true") -%}
    cast(sum(cast({{ expression }} as decimal(38, 9))) filter (where {{ condition }}) as double)
{%- endmacro %}
