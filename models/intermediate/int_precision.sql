-- How finely each file prints a component: half of the step between its figures.
--
-- Measured, as no file says it: what is a multiple of 10 (100, 5) in every row was rounded to it. A
-- whole number of children is exact; a whole percentage is not.
with cells as (
    select
        file_no,
        component,
        area_level,
        value,
        length(split_part(raw_text, '.', 2)) as decimals,
        length(regexp_replace(raw_text, '\D', '', 'g')) as digits,
        regexp_matches(component, '_(count|fte)$') as is_amount,
        ends_with(component, '_count') as is_count,
    from {{ ref('int_cell') }}
    where component is not null and area_code is not null and value is not null
),

as_printed as (
    select
        file_no,
        component,
        area_level,
        any_value(is_amount) as is_amount,
        any_value(is_count) as is_count,
        count(distinct value) filter (where value <> 0) as n_values,
        bool_and(value % 100 = 0) as in_hundreds,
        bool_and(value % 10 = 0) as in_tens,
        bool_and(value % 5 = 0) as in_fives,
        bool_and(value % 1 = 0) as is_whole,
        -- By chance one in ten: a file that mixes whole and finer figures is taken to be whole.
        count(*) filter (where value % 1 = 0 and value <> 0) > 0.3 * count(*) filter (where value <> 0)
            as is_mostly_whole,
        max(decimals) as decimals,
    from cells
    group by file_no, component, area_level
),

-- England is one row: whether its large numbers are rounded further shows in all of them together.
of_file as (
    select
        file_no,
        area_level,
        bool_and(value % 100 = 0) as large_in_hundreds,
    from cells
    where is_amount and value > 1000
    group by file_no, area_level
),

-- 96.5194 beside 100.949: so many digits, wherever the point is. Of figures with so many decimals the longest
-- all have them.
by_digits as (
    select
        file_no,
        component,
        area_level,
        digits,
        count(distinct decimals) as n_decimals,
    from cells
    where decimals > 0 and abs(value) >= 1
    group by file_no, component, area_level, digits
),

in_digits as (
    select
        file_no,
        component,
        area_level,
        max(digits) as significant_digits,
    from by_digits
    group by file_no, component, area_level
    having arg_max(n_decimals, digits) > 1
)

select
    as_printed.file_no,
    as_printed.component,
    as_printed.area_level,
    in_digits.significant_digits,
    coalesce(of_file.large_in_hundreds, false) as is_rounded_by_size,
    case
        when as_printed.n_values >= 10 and as_printed.in_hundreds then 50
        when as_printed.n_values >= 10 and as_printed.in_tens then 5
        when as_printed.n_values >= 10 and as_printed.in_fives and as_printed.is_amount then 2.5
        when as_printed.is_count and as_printed.is_whole then 0
        when as_printed.n_values >= 10 and as_printed.is_mostly_whole then 0.5
        else 0.5 * power(10, -as_printed.decimals)
    end as rounding,
from as_printed
left join of_file using (file_no, area_level)
left join in_digits using (file_no, component, area_level)
