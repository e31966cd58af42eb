-- The figures that the benchmarks of the figure asked for are put together from: those of all authorities in
-- its year, and its own of the four years before.
select
    facts.la_code,
    authorities.la_name,
    facts.year,
    facts.value,
    facts.status,
    facts.numerator,
    facts.denominator,
    facts.edition,
    facts.source_file,
    authorities.la_type = 'joint return' as is_joint,
    facts.joint_code is not null and not is_joint as is_member,
    coalesce(authorities.region_code = own.region_code, false) as is_in_region,
    ranks.rank,
    ranks.band,
    ranks.decile,
from asked
inner join dim_local_authority as own on asked.la_code = own.la_code
inner join fct_indicator as facts
    on
        asked.indicator_code = facts.indicator_code
        and (
            asked.year = facts.year
            or asked.la_code = facts.la_code and facts.year between asked.year - 4 and asked.year
        )
inner join dim_local_authority as authorities on facts.la_code = authorities.la_code
left join fct_benchmark as ranks
    on
        facts.la_code = ranks.la_code
        and facts.year = ranks.year
        and facts.indicator_code = ranks.indicator_code
order by ranks.rank nulls last, facts.la_code
