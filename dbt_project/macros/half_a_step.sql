{# How far a printed figure may be from the exact one, null where nobody measured it: `precision` is a row of
int_precision, `unit` what the file prints in (a million), `value` the figure in whole units. #}
{% macro half_a_step(precision, value, unit) -%}
    case when {{ precision }}.rounding is not null then
        {{ unit }} * greatest(
            {{ precision }}.rounding,
            0.5 * power(
                10,
                floor(log10(nullif(abs({{ value }} / {{ unit }}), 0))) + 1 - {{ precision }}.significant_digits
            )
        )
    end
{%- endmacro %}
