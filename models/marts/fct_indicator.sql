-- Every local authority that existed x every year of the indicator: the latest edition decides.
{{ config(post_hook="{{ create_indicator_as_of() }}") }}
with fct_indicator_edition as (
    select * from {{ ref('fct_indicator_edition') }}
),

dim_indicator as (
    select * from {{ ref('dim_indicator') }}
),

dim_local_authority as (
    select * from {{ ref('dim_local_authority') }}
)

select
    la_code,
    year,
    indicator_code,
    edition,
    edition_year,
    known_on,
    value,
    status,
    numerator,
    denominator,
    is_derived,
    joint_code,
    is_carried,
    source_file,
from ({{ indicator_as_of(as_of()) }}) as known
