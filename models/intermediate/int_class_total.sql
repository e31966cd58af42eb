-- Every total of England, a region or a class of authorities that RO3 and RSX print, against its rows.
--
-- The rows are all authorities of the file, districts, police and fire among them: England's total is of
-- all. An authority printed again below, as the Greater London Authority is, counts once.
with raw_file as (
    select file_no from {{ source('raw', 'raw_file') }}
    where return_name = 'section_251' and regexp_matches(family, '^(ro3|rsx)')
),

cells as (
    select
        published.file_no,
        published.sheet,
        published.col_no,
        published.row_no,
        published.series,
        published.published_level,
        published.published_code,
        published.published_name,
        cell.value,
        cell.status,
        cell.area_level,
        cell.area_code,
        coalesce(regexp_full_match(published.published_code, 'E\d{4}'), false) as is_authority,
    from {{ ref('int_published_cell') }} as published
    inner join raw_file using (file_no)
    inner join {{ ref('int_cell') }} as cell
        using (file_no, sheet, row_no, col_no)
),

authorities as (
    select
        cells.*,
        local_authorities.region_code,
    from cells
    left join {{ ref('local_authorities') }} as local_authorities
        on cells.area_code = local_authorities.la_code
    where cells.is_authority
    qualify
        row_number() over (
            partition by cells.file_no, cells.sheet, cells.col_no, cells.published_code
            order by cells.row_no
        ) = 1
),

printed as (
    select
        cells.*,
        authority_classes.class_name,
    from cells
    left join {{ ref('authority_classes') }} as authority_classes using (published_name)
    where
        not cells.is_authority
        and cells.value is not null
        and (authority_classes.class_name is not null or cells.area_level in ('national', 'regional'))
),

members as (
    select
        printed.*,
        authorities.value as part,
        authorities.region_code is null as is_district,
        printed.area_level = 'national'
        or coalesce(printed.area_code = authorities.region_code, false)
        or coalesce(printed.class_name = classes.class_name, false) as is_member,
    from printed
    inner join authorities
        on
            printed.file_no = authorities.file_no
            and printed.sheet = authorities.sheet
            and printed.col_no = authorities.col_no
    left join {{ ref('authority_classes') }} as classes
        on authorities.published_level = classes.published_level
),

compared as (
    select
        file_no,
        sheet,
        row_no,
        col_no,
        series,
        published_name as total_of,
        area_level,
        value as printed,
        coalesce(sum(part) filter (where is_member), 0) as row_sum,
        count(*) filter (where is_member and part is null) as n_missing,
        -- Half a thousand for each row of a sheet in whole thousands; figures not rounded add up.
        if(bool_or(part % 1 <> 0), 0.05, 0.5 * count(*) filter (where is_member and part <> 0)) as rounding,
        coalesce(sum(part) filter (where is_district), 0) as district_sum,
        printed - row_sum as difference,
    from members
    group by file_no, sheet, row_no, col_no, series, published_name, area_level, value
)

select
    compared.*,
    case
        when abs(compared.difference) <= compared.rounding + 1e-6 then 'the sum of its rows'
        when compared.n_missing > 0 then 'with the publisher''s estimate for authorities without a figure'
        when compared.area_level = 'regional' and compared.difference between 0 and compared.district_sum
            then 'with the districts of the region'
        else coalesce(exceptions.reason, 'unexplained')
    end as verdict,
from compared
inner join {{ source('raw', 'raw_file') }} as files using (file_no)
left join {{ ref('class_total_exceptions') }} as exceptions
    on
        files.family = exceptions.family
        and files.edition = exceptions.edition
        and compared.total_of = exceptions.total_of
        and compared.series = exceptions.series
