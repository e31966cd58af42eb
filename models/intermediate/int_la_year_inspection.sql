-- What Ofsted had said of each local authority by each 31 March, and what it said next.
with fct_inspection as (
    select * from {{ ref('fct_inspection') }}
),

dim_local_authority as (
    select * from {{ ref('dim_local_authority') }}
),

covered as (
    select
        {{ reporting_year('min(published_on)') }} as first_year,
        max(edition_year) as last_year,
    from fct_inspection
),

-- Before the first report and after the newest edition a year has no row: what was said then is not here.
years as (
    select dim_year.*
    from {{ ref('dim_year') }} as dim_year
    inner join covered on dim_year.year between covered.first_year and covered.last_year
    where dim_year.ends_on <= {{ as_of() }}
),

in_force as (
    select
        years.year,
        judgement.*,
    from years
    cross join lateral ({{ judgement_in_force('years.ends_on', 'years.ends_on') }}) as judgement
),

-- The first report after 31 March, of an inspection that may have begun before.
next_inspection as (
    select
        years.year,
        inspection.*,
    from years
    inner join fct_inspection as inspection on years.ends_on < inspection.published_on
    where inspection.sets_judgement and inspection.published_on <= {{ as_of() }}
    qualify
        row_number() over (
            partition by years.year, inspection.la_code
            order by inspection.published_on asc, inspection.inspection_id asc
        ) = 1
),

inspected as (
    select distinct
        la_code,
        {{ reporting_year('coalesce(inspection_started_on, published_on)') }} as year,
    from fct_inspection
    where published_on <= {{ as_of() }}
)

select
    in_force.la_code,
    in_force.year,
    in_force.framework as judgement_framework,
    in_force.overall_code as judgement_overall_code,
    in_force.leaders_code as judgement_leaders_code,
    in_force.help_and_protection_code as judgement_help_and_protection_code,
    in_force.children_in_care_code as judgement_children_in_care_code,
    in_force.care_leavers_code as judgement_care_leavers_code,
    in_force.published_on as judgement_published_on,
    in_force.months_since::integer as judgement_months_since,
    next_inspection.published_on as next_inspection_published_on,
    next_inspection.overall_code as next_inspection_overall_code,
    next_inspection.leaders_code as next_inspection_leaders_code,
    next_inspection.help_and_protection_code as next_inspection_help_and_protection_code,
    next_inspection.children_in_care_code as next_inspection_children_in_care_code,
    next_inspection.care_leavers_code as next_inspection_care_leavers_code,
    inspected.la_code is not null as was_inspected_in_year,
from in_force
left join next_inspection
    on
        in_force.la_code = next_inspection.la_code
        and in_force.year = next_inspection.year
left join inspected
    on
        in_force.la_code = inspected.la_code
        and in_force.year = inspected.year
