{# The judgement in force for every authority that existed on a date: its last inspection by that date, of
   those that set the judgement of an authority, whose report was published by `known_on`.

   The one definition, over relations or CTEs of the names `fct_inspection` and `dim_local_authority`. An
   inspection whose first day is not printed counts from its publication. A successor has no judgement until
   it is inspected itself. #}
{% macro judgement_in_force(on_date, known_on) %}
    select
        authority.la_code,
        inspection.inspection_id,
        inspection.framework,
        inspection.inspection_kind,
        inspection.inspection_started_on,
        inspection.published_on,
        date_sub('month', inspection.published_on, {{ on_date }}) as months_since,
        inspection.overall_code,
        inspection.leaders_code,
        inspection.help_and_protection_code,
        inspection.children_in_care_code,
        inspection.care_leavers_code,
        inspection.adoption_code,
    from dim_local_authority as authority
    left join (
        select *
        from fct_inspection
        where
            sets_judgement
            and coalesce(inspection_started_on, published_on) <= {{ on_date }}
            and published_on <= {{ known_on }}
    ) as inspection on authority.la_code = inspection.la_code
    where
        authority.la_type <> 'joint return'
        and {{ existed('authority', reporting_year(on_date)) }}
    qualify
        row_number() over (
            partition by authority.la_code
            order by
                inspection.published_on desc nulls last,
                inspection.inspection_id asc
        ) = 1
{% endmacro %}


{# The same for whoever queries the mart: judgement_in_force(date '2016-03-31'), or with a second date by
   which the report was out. #}
{% macro create_judgement_in_force() %}
    create or replace macro {{ target.schema }}.judgement_in_force
        (on_date) as table ({{ judgement_in_force('on_date', 'on_date') }}),
        (on_date, known_on) as table ({{ judgement_in_force('on_date', 'known_on') }})
{% endmacro %}
