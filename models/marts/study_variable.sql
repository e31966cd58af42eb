-- One row per variable of a study and use: the indicator, edition and year it is.
select
    variables.study,
    variables.variable_no,
    variables.variable,
    variables.polarity,
    variables.indicator_code,
    variables.edition,
    variables.year,
    variables.used_for,
    variables.rule,
from {{ ref('study_variables') }} as variables
