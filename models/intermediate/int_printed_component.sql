-- One row per component, area, year and edition: what that edition prints of it, in whole units.
with cells as (
    select * from {{ ref('int_cell') }}
    where component is not null and area_code is not null
),

components as (
    select
        cells.component,
        cells.area_level,
        cells.area_code,
        cells.year,
        cells.return_name,
        cells.edition,
        cells.edition_year,
        editions.known_on,
        cells.file_no,
        cells.sheet,
        cells.row_no,
        cells.col_no,
        cells.value * coalesce(cells.scale, 1) as value,
        cells.status,
        cells.area_level not in ('local_authority', 'joint_return')
        and regexp_matches(cells.component, '_(count|fte)$') as is_total,
        -- England and the regions are rounded further as they grow, 4,850 to 10 and 65,500 to 100; a
        -- total that ends in 0 may be rounded.
        coalesce(cells.scale, 1) * case
            when
                is_total
                and cells.value % 100 = 0
                and (cells.value > 10000 or (cells.value > 1000 and precision.is_rounded_by_size))
                then 50
            when is_total and cells.value % 10 = 0 then greatest(5, coalesce(precision.rounding, 0))
            else coalesce(precision.rounding, 0)
        end as rounding,
    from cells
    inner join {{ ref('dim_edition') }} as editions
        on
            cells.return_name = editions.return_name
            and cells.edition = editions.edition
            and cells.family = editions.family
    left join {{ ref('int_precision') }} as precision
        on
            cells.file_no = precision.file_no
            and cells.component = precision.component
            and cells.area_level = precision.area_level
    -- Files of one release repeat each other's totals.
    qualify
        row_number() over (
            partition by
                cells.component, cells.area_code, cells.year, cells.return_name, cells.edition
            order by cells.file_no, cells.sheet, cells.row_no, cells.col_no
        ) = 1
)

select
    component,
    area_level,
    area_code,
    year,
    return_name,
    edition,
    edition_year,
    known_on,
    file_no,
    sheet,
    row_no,
    col_no,
    value,
    status,
    rounding,
from components
