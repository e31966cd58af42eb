-- What each edition has of the indicators asked for, in every area, England and the regions too: when it came
-- out, in which file, and what the figure is made of.
create or replace temp view edition_figure as
select
    figures.indicator_code,
    figures.area_level,
    figures.area_code as printed_area,
    figures.year as printed_year,
    figures.return_name,
    figures.edition,
    figures.edition_year,
    figures.value,
    figures.status,
    figures.known_on,
    dates.published_on,
    dates.is_month_only,
    files.path as file,
    files.sha256,
    figures.is_derived,
    figures.is_share_of_nobody,
    coalesce(formula_values.is_ratio, false) as is_ratio,
    figures.numerator,
    figures.denominator,
    figures.multiplier,
    -- A sum stands in brackets.
    if(
        formulas.denominator is null,
        formulas.numerator,
        concat_ws(
            ' / ',
            regexp_replace(formulas.numerator, '^(.* [-+] .*)$', '(\1)'),
            regexp_replace(formulas.denominator, '^(.* [-+] .*)$', '(\1)')
        )
    ) as formula,
from (from intermediate.int_indicator_edition semi join asked using (indicator_code)) as figures
inner join raw.raw_file as files using (file_no)
inner join dim_edition as dates
    on
        files.return_name = dates.return_name
        and files.edition = dates.edition
        and files.family = dates.family
left join intermediate.int_formula_value as formula_values
    on
        figures.indicator_code = formula_values.indicator_code
        and figures.area_code = formula_values.area_code
        and figures.year = formula_values.year
        and figures.return_name = formula_values.return_name
        and figures.edition = formula_values.edition
left join seeds.formulas as formulas
    on
        formula_values.indicator_code = formulas.indicator_code
        and formula_values.priority = formulas.priority
