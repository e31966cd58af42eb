-- What the figures of a return are divided by and another return prints, for every area the return has
-- figures of: spending per child, per child in need and per looked-after child.
with printed as (
    select * from {{ ref('int_printed_component') }}
),

-- Where its own return has no figure, the next return's; of several editions, the latest.
denominators as (
    select
        shared_denominators.return_name as borrower,
        printed.*,
    from printed
    inner join {{ ref('shared_denominators') }} as shared_denominators
        on
            printed.component = shared_denominators.component
            and list_contains(string_split(shared_denominators.from_returns, ' '), printed.return_name)
    qualify
        row_number() over (
            partition by
                shared_denominators.return_name, printed.component, printed.area_code, printed.year
            order by
                list_position(string_split(shared_denominators.from_returns, ' '), printed.return_name),
                printed.edition_year desc,
                printed.edition desc
        ) = 1
),

-- What no other return has for an authority, though it has it for others, is not available.
borrowers as (
    select distinct
        printed.return_name,
        printed.edition,
        printed.edition_year,
        printed.area_level,
        printed.area_code,
        printed.year,
        found.component,
    from printed
    inner join denominators as found
        on
            printed.return_name = found.borrower
            and printed.year = found.year
)

select
    borrowers.component,
    borrowers.area_level,
    borrowers.area_code,
    borrowers.year,
    borrowers.return_name,
    borrowers.edition,
    borrowers.edition_year,
    denominators.file_no,
    denominators.sheet,
    denominators.row_no,
    denominators.col_no,
    denominators.value,
    coalesce(denominators.status, 'not_available') as status,
    coalesce(denominators.rounding, 0) as rounding,
from borrowers
left join denominators
    on
        borrowers.return_name = denominators.borrower
        and borrowers.component = denominators.component
        and borrowers.area_code = denominators.area_code
        and borrowers.year = denominators.year
