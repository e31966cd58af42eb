{# The day as of which the mart is: what was published later is left out of it. `dbt build --vars
   "{as_of: 2016-03-31}"`; without it, today. #}
{% macro as_of() -%}
    {%- if var('as_of') -%} date '{{ var('as_of') }}' {%- else -%} current_date {%- endif -%}
{%- endmacro %}


{# Of several editions the one published last comes first; of two that came out on one day, the one of the
   later year. #}
{% macro newest_first(of='') -%}
    {{ of }}known_on desc, {{ of }}edition_year desc, {{ of }}edition desc
{%- endmacro %}
