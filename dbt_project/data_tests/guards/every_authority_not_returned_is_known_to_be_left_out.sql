-- A cell that is missing although its authority is in the release: blanked, or its row lost. What a later
-- edition than those of the day the mart is of has is not lost.
select
    string_agg(distinct raw_file.path, ', ') as file,
    format(
        'no figure of {} for local authority {} in {}', fact.indicator_code, fact.la_code, fact.year
    ) as found,
    'a figure or a symbol for every authority that existed' as expected,
    'a cell was blanked or a row lost: fetch the file again; if the publisher leaves the authority out, '
    || 'add it to seeds/reference/la_absences.csv' as action,
from {{ ref('fct_indicator') }} as fact
inner join {{ ref('indicators') }} as indicators using (indicator_code)
left join {{ ref('la_absences') }} as la_absences
    on
        list_contains(string_split(indicators.source_returns, ' '), la_absences.return_name)
        and fact.la_code = la_absences.la_code
        and fact.year between la_absences.edition_from and la_absences.edition_to
left join {{ ref('int_indicator_edition') }} as others
    on
        fact.indicator_code = others.indicator_code
        and fact.year = others.year
left join {{ ref('fct_indicator_edition') }} as editions
    on
        fact.la_code = editions.la_code
        and fact.indicator_code = editions.indicator_code
        and fact.year = editions.year
left join {{ source('raw', 'raw_file') }} as raw_file on others.file_no = raw_file.file_no
-- A return that the publisher says it has not received is a status of its edition.
where
    fact.status = 'not_returned'
    and fact.edition is null
    and editions.la_code is null
    and la_absences.la_code is null
group by fact.indicator_code, fact.la_code, fact.year
