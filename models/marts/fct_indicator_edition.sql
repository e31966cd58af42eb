-- Every indicator of every local authority in every year, as each edition has it.
with indicator_edition as (
    select * from {{ ref('int_indicator_edition') }}
),

local_authorities as (
    select * from {{ ref('local_authorities') }}
),

raw_file as (
    select * from {{ source('raw', 'raw_file') }}
)

select
    indicator_edition.area_code as la_code,
    indicator_edition.year::integer as year,
    indicator_edition.indicator_code,
    indicator_edition.edition,
    indicator_edition.value::double as value,
    indicator_edition.status,
    indicator_edition.numerator::double as numerator,
    indicator_edition.denominator::double as denominator,
    indicator_edition.is_derived,
    raw_file.path as source_file,
from indicator_edition
inner join local_authorities
    on
        indicator_edition.area_code = local_authorities.la_code
        -- The files hold placeholders for authorities before their first and after their last year;
        -- a test shows that nothing else is left out here.
        and {{ existed('local_authorities', 'indicator_edition.year') }}
inner join raw_file on indicator_edition.file_no = raw_file.file_no
