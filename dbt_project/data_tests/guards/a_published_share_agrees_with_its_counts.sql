-- A published percentage, rate or average that is not its counts divided, each as finely as printed.
with shares as (
    select
        *,
        multiplier * numerator / denominator as computed,
        rounding
        + multiplier * numerator_rounding / denominator
        + multiplier * numerator * denominator_rounding / denominator
        / greatest(denominator - denominator_rounding, 1) as allowed,
    from {{ ref('int_indicator_edition') }}
    where
        not is_derived
        and value is not null
        and numerator is not null
        and denominator > 0
        and area_level in ('local_authority', 'joint_return')
),

wrong as (
    select *
    from shares
    where abs(value - computed) > allowed + 1e-6
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
