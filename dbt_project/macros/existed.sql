{# Whether a local authority existed on 31 March of a reporting year: open ends are blank in the seed. #}
{% macro existed(authority, year) -%}
    {{ year }} between coalesce({{ authority }}.first_year, 0) and coalesce({{ authority }}.last_year, 9999)
{%- endmacro %}


{# The reporting year of a date, 1 April to 31 March; authorities begin and end with it. #}
{% macro reporting_year(date) -%}
    year({{ date }} + interval 9 month)
{%- endmacro %}
