{# The figures on the boundaries asked for, over relations or CTEs of the names `dim_indicator`,
   `dim_local_authority` and `dim_succession`:

   as_reported  the authorities as they were;
   current      an authority that was taken over whole is part of its successor in all years; one that was
                split stays itself before the split and is copied to nobody;
   constant     the finest areas that nothing crossed between the two years: whoever gave or took is one.

   An indicator whose census comes after 31 March (workforce) sees new authorities a year early, and so do
   its constant areas. #}
{% macro indicator_by_boundary(facts, boundary, first_year, last_year) %}
    with recursive fact as (
        select
            facts.*,
            dim_indicator.aggregation,
            dim_indicator.multiplier,
            dim_indicator.authorities_offset,
        from {{ facts }} as facts
        inner join dim_indicator using (indicator_code)
        where
            facts.year between coalesce({{ first_year }}, 0) and coalesce({{ last_year }}, 9999)
            -- A name that is none would otherwise leave everything as reported, unsaid.
            and if(
                coalesce({{ boundary }}, '') in ('as_reported', 'current', 'constant'),
                true,
                error('boundaries are as_reported, current or constant')
            )
    ),

    offsets as (
        select distinct authorities_offset from dim_indicator
    ),

    links as (
        select
            offsets.authorities_offset,
            dim_succession.predecessor_code,
            dim_succession.successor_code,
        from dim_succession
        cross join offsets
        where
            ({{ boundary }} = 'current' and dim_succession.extent = 'whole')
            or (
                {{ boundary }} = 'constant'
                and {{ reporting_year('dim_succession.effective_date') }} - offsets.authorities_offset
                between coalesce({{ first_year }}, 0) + 1 and coalesce({{ last_year }}, 9999)
            )
    ),

    both_ways as (
        select
            authorities_offset,
            predecessor_code as la_code,
            successor_code as other_code,
        from links
        union
        select
            authorities_offset,
            successor_code as la_code,
            predecessor_code as other_code,
        from links
    ),

    reach as (
        select
            authorities_offset,
            la_code,
            la_code as other_code,
        from both_ways
        union
        select
            reach.authorities_offset,
            reach.la_code,
            both_ways.other_code,
        from reach
        inner join both_ways
            on
                reach.authorities_offset = both_ways.authorities_offset
                and reach.other_code = both_ways.la_code
    ),

    -- An area is called after its authorities that nobody took over from.
    areas as (
        select
            reach.authorities_offset,
            reach.la_code,
            string_agg(reach.other_code, '+' order by reach.other_code) as area_code,
            string_agg(names.la_name, ' + ' order by reach.other_code) as area_name,
        from reach
        inner join dim_local_authority as names on reach.other_code = names.la_code
        anti join links
            on
                reach.authorities_offset = links.authorities_offset
                and reach.other_code = links.predecessor_code
        group by reach.authorities_offset, reach.la_code
    ),

    -- A joint return whose members are in one area is in it, and stands for them.
    joint_members as (
        select
            la_code as joint_code,
            unnest(string_split(la_code, ' / ')) as la_code,
        from dim_local_authority
        where la_type = 'joint return'
    ),

    joint_areas as (
        select
            areas.authorities_offset,
            joint_members.joint_code,
            any_value(areas.area_code) as area_code,
            any_value(areas.area_name) as area_name,
        from joint_members
        inner join areas using (la_code)
        group by areas.authorities_offset, joint_members.joint_code
        having count(distinct areas.area_code) = 1 and count(*) > 1
    ),

    placed as (
        select
            fact.*,
            coalesce(joint_areas.area_code, areas.area_code) as area_code,
            coalesce(joint_areas.area_name, areas.area_name) as area_name,
        from fact
        left join areas
            on
                fact.authorities_offset = areas.authorities_offset
                and fact.la_code = areas.la_code
        left join joint_areas
            on
                fact.authorities_offset = joint_areas.authorities_offset
                and fact.joint_code = joint_areas.joint_code
        where joint_areas.joint_code is null or fact.la_code = fact.joint_code
    ),

    -- A part of a split authority that belongs to the area and cannot be told from the rest.
    left_out as (
        select
            areas.authorities_offset,
            areas.area_code,
            {{ reporting_year('dim_succession.effective_date') }} as taken_over_in,
            string_agg(dim_succession.predecessor_code, ' ' order by dim_succession.predecessor_code) as parts,
        from areas
        inner join dim_succession
            on
                areas.la_code = dim_succession.successor_code
                and dim_succession.extent = 'part'
        where {{ boundary }} = 'current'
        group by areas.authorities_offset, areas.area_code, dim_succession.effective_date
    ),

    merged as (
        select
            area_code,
            any_value(area_name) as area_name,
            year,
            indicator_code,
            any_value(authorities_offset) as authorities_offset,
            any_value(aggregation) as aggregation,
            any_value(multiplier) as multiplier,
            count(*) as n_parts,
            string_agg(la_code, ' ' order by la_code) as parts,
            string_agg(distinct edition, ' ' order by edition) as edition,
            max(known_on) as known_on,
            coalesce(bool_or(is_carried), false) as is_carried,
            string_agg(distinct source_file, ' | ' order by source_file) as source_file,
            {{ worst_status('status') }} as parts_status,
            bool_and(
                status in ('published', 'not_applicable') and numerator is not null and denominator is not null
            ) as has_all_terms,
            if(has_all_terms, {{ added_up('numerator') }}, null) as numerator,
            if(has_all_terms, {{ added_up('denominator') }}, null) as denominator,
            any_value(value) as only_value,
            bool_or(is_derived) as only_is_derived,
            {{ added_up('value') }} as known_value,
        from placed
        where area_code is not null
        group by area_code, year, indicator_code
    )

    select
        la_code as area_code,
        dim_local_authority.la_name as area_name,
        placed.year,
        placed.indicator_code,
        placed.value,
        placed.status,
        placed.numerator,
        placed.denominator,
        placed.value as known_value,
        placed.is_derived,
        false as is_merged,
        placed.la_code as parts,
        null as parts_left_out,
        placed.joint_code,
        placed.is_carried,
        placed.edition,
        placed.known_on,
        placed.source_file,
    from placed
    inner join dim_local_authority using (la_code)
    where placed.area_code is null
    union all
    select
        merged.area_code,
        merged.area_name,
        merged.year,
        merged.indicator_code,
        case
            when merged.n_parts = 1 then merged.only_value
            when merged.aggregation = 'ratio' then merged.multiplier * merged.numerator / nullif(merged.denominator, 0)
            when merged.aggregation = 'sum' and merged.parts_status = 'published' then merged.known_value
        end as value,
        case
            when merged.n_parts = 1 then merged.parts_status
            when merged.aggregation = 'none' and merged.parts_status = 'published' then 'not_additive'
            when merged.aggregation = 'ratio' and merged.has_all_terms
                then if(merged.denominator = 0, 'not_applicable', 'published')
            when merged.aggregation = 'ratio' and merged.parts_status = 'published' then 'not_additive'
            else merged.parts_status
        end as status,
        merged.numerator,
        merged.denominator,
        if(merged.n_parts = 1 or merged.aggregation = 'sum', merged.known_value, null) as known_value,
        merged.n_parts > 1 or merged.only_is_derived as is_derived,
        merged.n_parts > 1 as is_merged,
        merged.parts,
        left_out.parts as parts_left_out,
        null as joint_code,
        merged.is_carried,
        merged.edition,
        merged.known_on,
        merged.source_file,
    from merged
    left join left_out
        on
            merged.authorities_offset = left_out.authorities_offset
            and merged.area_code = left_out.area_code
            and merged.year + merged.authorities_offset < left_out.taken_over_in
{% endmacro %}


{# The same for whoever queries the mart: indicator_by_boundary('constant', 2013, 2025), or with a date as of
   which the figures are to be. #}
{% macro create_indicator_by_boundary() %}
    create or replace macro {{ target.schema }}.indicator_by_boundary
        (boundary, from_year, to_year) as table (
            {{ indicator_by_boundary('fct_indicator', 'boundary', 'from_year', 'to_year') }}
        ),
        (boundary, from_year, to_year, on_date) as table (
            {#- Written out: the published mart takes macros in any order. #}
            {{ indicator_by_boundary('(' ~ indicator_as_of('on_date') ~ ')', 'boundary', 'from_year', 'to_year') }}
        )
{% endmacro %}
