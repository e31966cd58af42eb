-- The figures asked for, as the mart has them. Who is in no edition may be known to be left out.
select
    facts.la_code,
    authorities.la_name,
    facts.year,
    facts.indicator_code,
    indicators.label,
    indicators.definition,
    indicators.unit,
    facts.value,
    facts.status,
    facts.edition,
    facts.known_on,
    facts.numerator,
    facts.denominator,
    facts.is_derived,
    facts.joint_code,
    facts.is_carried,
    facts.source_file,
    any_value(absences.reason) as absence_reason,
from asked
inner join fct_indicator as facts using (la_code, year, indicator_code)
inner join dim_local_authority as authorities using (la_code)
inner join dim_indicator as indicators using (indicator_code)
left join seeds.la_absences as absences
    on
        facts.status = 'not_returned'
        and facts.la_code = absences.la_code
        and list_contains(string_split(indicators.source_returns, ' '), absences.return_name)
        and facts.year between absences.edition_from and absences.edition_to
group by all
