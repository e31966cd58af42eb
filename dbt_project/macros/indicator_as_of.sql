{# Every figure as it was known on a date: of the editions out by then, the one published last, its status
   included; every authority that existed in every year an indicator had reached by then.

   The one definition, over relations or CTEs of the names `fct_indicator_edition`, `dim_indicator` and
   `dim_local_authority`. #}
{% macro indicator_as_of(on_date) %}
    with out_by_then as (
        select * from fct_indicator_edition
        where known_on <= {{ on_date }}
    ),

    -- What is carried goes as far as the other figures do.
    known as (
        select * from out_by_then
        where
            not is_carried
            or year <= (select max(others.year) from out_by_then as others where not others.is_carried)
    ),

    latest as (
        select *
        from known
        -- An edition's status is taken with its value: the latest number that is not null would undo a
        -- later suppression. What could not be computed, as no population is there, is not said by an
        -- edition: it comes last.
        qualify
            row_number() over (
                partition by la_code, year, indicator_code
                order by is_derived and status = 'not_available', {{ newest_first() }}
            ) = 1
    ),

    indicator_years as (
        select distinct
            known.indicator_code,
            known.year,
            dim_indicator.authorities_offset,
        from known
        inner join dim_indicator using (indicator_code)
        where known.status <> 'not_applicable'
    ),

    matrix as (
        select
            dim_local_authority.la_code,
            indicator_years.year,
            indicator_years.indicator_code,
        from indicator_years
        inner join dim_local_authority
            on
                {{ existed('dim_local_authority', 'indicator_years.year + indicator_years.authorities_offset') }}
        where dim_local_authority.la_type <> 'joint return'
        union
        -- A joint return has a row where a file has one.
        select
            la_code,
            year,
            indicator_code,
        from known
        where la_code = joint_code
    )

    select
        matrix.la_code,
        matrix.year,
        matrix.indicator_code,
        latest.edition,
        latest.edition_year,
        latest.known_on,
        latest.value,
        coalesce(latest.status, 'not_returned') as status,
        latest.numerator,
        latest.denominator,
        coalesce(latest.is_derived, false) as is_derived,
        latest.joint_code,
        coalesce(latest.is_carried, false) as is_carried,
        latest.source_file,
    from matrix
    left join latest
        on
            matrix.la_code = latest.la_code
            and matrix.year = latest.year
            and matrix.indicator_code = latest.indicator_code
{% endmacro %}


{# The same for whoever queries the mart: indicator_as_of(date '2016-03-31'). #}
{% macro create_indicator_as_of() %}
    create or replace macro {{ target.schema }}.indicator_as_of(on_date)
    as table ({{ indicator_as_of('on_date') }})
{% endmacro %}
