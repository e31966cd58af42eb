-- The figures on the boundaries of today: whoever was taken over whole counts with the successor.
{{ config(post_hook="{{ create_indicator_by_boundary() }}") }}
with fct_indicator as (
    select * from {{ ref('fct_indicator') }}
),

dim_indicator as (
    select * from {{ ref('dim_indicator') }}
),

dim_local_authority as (
    select * from {{ ref('dim_local_authority') }}
),

dim_succession as (
    select * from {{ ref('dim_succession') }}
)

select
    area_code,
    area_name,
    year,
    indicator_code,
    value,
    status,
    numerator,
    denominator,
    known_value,
    is_derived,
    is_merged,
    parts,
    parts_left_out,
    joint_code,
    is_carried,
    edition,
    known_on,
    source_file,
from ({{ indicator_by_boundary('fct_indicator', "'current'", 'null', 'null') }}) as placed
