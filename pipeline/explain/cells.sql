-- The cells behind the figures of `asked_edition`: the printed value, and the terms of the formula taken,
-- wherever they are borrowed from.
with wanted as (
    select
        *,
        'published value' as role,
        '+' as sign,
        indicator_code as component,
    from asked_edition
    union all by name
    select
        asked_edition.*,
        terms.part as role,
        if(terms.sign < 0, '-', '+') as sign,
        terms.component,
    from asked_edition
    inner join intermediate.int_formula_value as formula_values
        on
            asked_edition.indicator_code = formula_values.indicator_code
            and asked_edition.printed_area = formula_values.area_code
            and asked_edition.printed_year = formula_values.year
            and asked_edition.return_name = formula_values.return_name
            and asked_edition.edition = formula_values.edition
    inner join intermediate.int_formula_term as terms
        on
            formula_values.indicator_code = terms.indicator_code
            and formula_values.priority = terms.priority
),

sourced as (
    select
        wanted.la_code,
        wanted.year,
        wanted.indicator_code,
        wanted.edition,
        wanted.return_name,
        wanted.role,
        wanted.sign,
        components.component,
        components.value,
        components.status,
        components.is_borrowed,
        components.file_no,
        components.sheet,
        components.row_no,
        components.col_no,
        components.is_borrowed and ends_with(components.component, '_real_gbp') as is_in_constant_prices,
        -- Amounts in constant prices are printed in those of their year.
        if(
            is_in_constant_prices,
            regexp_replace(components.component, '_real_gbp$', '_gbp'),
            components.component
        ) as printed_component,
    from wanted
    inner join intermediate.int_component as components
        on
            wanted.component = components.component
            and wanted.printed_area = components.area_code
            and wanted.printed_year = components.year
            and wanted.return_name = components.return_name
            and wanted.edition = components.edition
    where wanted.role <> 'published value' or not components.is_borrowed
),

-- Few: looked up among all cells, not joined with them.
places as materialized (
    select distinct
        file_no,
        sheet,
        row_no,
        col_no,
    from sourced
),

decoded as (
    select
        cells.*,
        published.published_level,
        published.published_code,
        published.published_name,
        published.published_period,
    from (from intermediate.int_cell semi join places using (file_no, sheet, row_no, col_no)) as cells
    inner join (
        from intermediate.int_published_cell semi join places using (file_no, sheet, row_no, col_no)
    ) as published
        on
            cells.file_no = published.file_no
            and cells.sheet = published.sheet
            and cells.row_no = published.row_no
            and cells.col_no = published.col_no
),

-- A correction is of the cells in all that it names; what it leaves empty may be any.
corrections as (
    select
        'area_rows' as correction,
        files.file_no,
        coalesce(rows.sheet, '') as sheet,
        rows.row_no,
        null as col_no,
        null as area_code,
        null as year,
        null as raw_text,
        rows.reason,
        rows.source,
    from seeds.area_rows as rows
    inner join raw.raw_file as files using (return_name, edition, family)
    union all by name
    select
        'column_years' as correction,
        files.file_no,
        lower(trim(columns.sheet)) as sheet,
        columns.col_no,
        years.reason,
        years.source,
    from seeds.column_years as years
    inner join raw.raw_file as files using (return_name, edition, family)
    inner join raw.raw_column as columns
        on
            files.file_no = columns.file_no
            and coalesce(years.sheet, '') = lower(trim(columns.sheet))
            and years.column_key = columns.column_key
            and years.published_year = columns.column_year
    union all by name
    select
        'cell_statuses' as correction,
        files.file_no,
        statuses.la_code as area_code,
        statuses.year,
        statuses.raw_text,
        statuses.reason,
        statuses.source,
    from seeds.cell_statuses as statuses
    inner join raw.raw_file as files using (return_name, edition, family)
    union all by name
    select
        'joint_rows' as correction,
        files.file_no,
        joint.joint_code as area_code,
        joint.reason,
        joint.source,
    from seeds.joint_rows as joint
    inner join raw.raw_file as files using (return_name, edition)
),

corrected as (
    select
        decoded.file_no,
        decoded.sheet,
        decoded.row_no,
        decoded.col_no,
        list(
            distinct {
                'seed': corrections.correction,
                'reason': corrections.reason,
                'source': corrections.source
            }
        ) as corrections,
    from decoded
    inner join corrections
        on
            decoded.file_no = corrections.file_no
            and lower(trim(decoded.sheet)) = coalesce(corrections.sheet, lower(trim(decoded.sheet)))
            and decoded.row_no = coalesce(corrections.row_no, decoded.row_no)
            and decoded.col_no = coalesce(corrections.col_no, decoded.col_no)
            and decoded.area_code = coalesce(corrections.area_code, decoded.area_code)
            and decoded.year = coalesce(corrections.year, decoded.year)
            and decoded.raw_text = coalesce(corrections.raw_text, decoded.raw_text)
    group by all
)

select
    sourced.la_code,
    sourced.year,
    sourced.indicator_code,
    sourced.edition,
    sourced.role,
    sourced.sign,
    sourced.component,
    sourced.value,
    sourced.status,
    files.path as file,
    files.sha256,
    nullif(sourced.sheet, '') as sheet,
    sourced.row_no,
    sourced.col_no,
    columns.header as column_header,
    decoded.raw_text,
    decoded.value as decoded_value,
    decoded.scale,
    decoded.series,
    -- What the series says beside the sheet and the header of its column.
    nullif(
        nullif(
            rtrim(
                if(
                    ends_with(decoded.series, columns.column_key),
                    left(decoded.series, -length(columns.column_key)),
                    decoded.series
                ),
                ' |'
            ),
            ''
        ),
        lower(trim(decoded.sheet))
    ) as row_keys,
    decoded.measure,
    decoded.published_period,
    decoded.year as cell_year,
    decoded.published_level,
    decoded.published_code,
    decoded.published_name,
    decoded.area_level,
    decoded.area_code,
    case
        when decoded.area_level = 'joint_return' then 'joint return'
        when regexp_matches(decoded.published_code, '^E\d{8}$') then 'ONS code and name'
        when decoded.published_code = decoded.area_code then 'DfE code and name'
        when coalesce(decoded.published_code, '') <> '' then 'publisher''s code and name'
        when decoded.area_code is not null then 'name alone'
    end as area_by,
    case
        when sourced.is_in_constant_prices
            then format(
                'in prices of {}-{:02d}: x {:.4f}',
                base.year - 1, base.year % 100, 100 / deflators.deflator
            )
        when sourced.is_borrowed and sourced.file_no is null
            then 'no other return has it for this authority'
        when sourced.is_borrowed and shared.component is not null
            then 'another return''s: the latest then out, else the first after'
        when sourced.is_borrowed then 'the population this edition''s rates are on'
    end as borrowed,
    coalesce(corrected.corrections, []) as corrections,
from sourced
left join decoded
    on
        sourced.file_no = decoded.file_no
        and sourced.sheet = decoded.sheet
        and sourced.row_no = decoded.row_no
        and sourced.col_no = decoded.col_no
        and sourced.printed_component = decoded.component
left join corrected
    on
        sourced.file_no = corrected.file_no
        and sourced.sheet = corrected.sheet
        and sourced.row_no = corrected.row_no
        and sourced.col_no = corrected.col_no
left join raw.raw_file as files on sourced.file_no = files.file_no
left join raw.raw_column as columns
    on
        sourced.file_no = columns.file_no
        and sourced.sheet = columns.sheet
        and sourced.col_no = columns.col_no
left join seeds.shared_denominators as shared
    on
        sourced.return_name = shared.return_name
        and sourced.component = shared.component
left join seeds.gdp_deflators as deflators on decoded.year = deflators.year
left join seeds.gdp_deflators as base on base.deflator = 100
order by
    sourced.la_code,
    sourced.year,
    sourced.indicator_code,
    sourced.edition,
    sourced.role = 'published value' desc,
    sourced.role = 'numerator' desc,
    sourced.sign,
    sourced.component
