-- A published percentage, rate or average that is not its counts divided, rounded as it is printed.
with shares as (
    select
        share.*,
        indicators.unit,
        case indicators.unit when 'percentage' then 100 when 'rate per 10,000' then 10000 else 1 end
        * share.numerator / share.denominator as computed,
        if(indicators.unit = 'average', 0.05, 0.5) as rounding,
    from {{ ref('int_indicator_edition') }} as share
    inner join {{ ref('indicators') }} as indicators using (indicator_code)
    where
        not share.is_derived
        and share.value is not null
        and share.numerator is not null
        and share.denominator > 0
        and share.area_level = 'local_authority'
),

wrong as (
    select *
    from shares
    where abs(value - computed) > rounding + 1e-9
)

select
    raw_file.path as file,
    format(
        '{} of {} for authority {} in {}', wrong.value, wrong.indicator_code, wrong.area_code, wrong.year
    ) as found,
    format('{} / {} = {}', wrong.numerator, wrong.denominator, wrong.computed) as expected,
    'a column is mapped to the wrong component, or the publisher slipped: then add it to '
    || 'seeds/published/share_exceptions.csv with its reason' as action,
from wrong
inner join {{ source('raw', 'raw_file') }} as raw_file using (file_no)
left join {{ ref('share_exceptions') }} as exceptions
    on
        wrong.indicator_code = exceptions.indicator_code
        and wrong.edition = exceptions.edition
        and wrong.year = exceptions.year
        and wrong.area_code = exceptions.la_code
where exceptions.la_code is null
