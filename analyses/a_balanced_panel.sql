-- Children looked after in every area and year from 2013 to 2025: the areas that nothing crossed in those
-- years, so each has all of them. Areas of several authorities have their codes joined by +; `parts` are
-- the authorities that the figure of that year is made from.
select
    area_code,
    area_name,
    year,
    value,
    status,
    parts,
from indicator_by_boundary('constant', 2013, 2025)
where indicator_code = 'looked_after_count'
order by area_code, year
