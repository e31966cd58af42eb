-- Which families of files an edition revised most: cells it printed again, and how they fared.
select
    return_name,
    family,
    edition_from,
    edition_to,
    sum(n_cells) as n_cells,
    sum(n_revised) as n_revised,
    100 * sum(n_revised) / nullif(sum(n_figures), 0) as revised_pct,
    sum(n_suppressed) as n_suppressed,
    sum(n_unsuppressed) as n_unsuppressed,
from {{ ref('fct_revision_summary') }}
where area_level = 'local_authority'
group by return_name, family, edition_from, edition_to
order by revised_pct desc nulls last
