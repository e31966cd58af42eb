-- What the figures of a return are divided by and another return prints, for every area the return has
-- figures of: spending per child, per child in need and per looked-after child.
with printed as (
    select * from {{ ref('int_printed_component') }}
),

shared_denominators as (
    select
        return_name,
        component,
        string_split(from_returns, ' ') as from_returns,
    from {{ ref('shared_denominators') }}
),

borrowers as (
    select
        return_name,
        edition,
        edition_year,
        area_level,
        area_code,
        year,
        min(known_on) as known_on,
    from printed
    where return_name in (select shared_denominators.return_name from shared_denominators)
    group by return_name, edition, edition_year, area_level, area_code, year
),

-- The figure of the time: the latest that was out when the edition came out; if there was none, the first
-- that came after. Where the first return has no figure, the next return's.
denominators as (
    select
        borrowers.return_name as borrower,
        borrowers.edition as borrower_edition,
        printed.*,
    from borrowers
    inner join shared_denominators using (return_name)
    inner join printed
        on
            shared_denominators.component = printed.component
            and borrowers.area_code = printed.area_code
            and borrowers.year = printed.year
            and list_contains(shared_denominators.from_returns, printed.return_name)
    qualify
        row_number() over (
            partition by
                borrowers.return_name,
                borrowers.edition,
                printed.component,
                printed.area_code,
                printed.year
            order by
                printed.known_on > borrowers.known_on,
                list_position(shared_denominators.from_returns, printed.return_name),
                if(printed.known_on > borrowers.known_on, printed.known_on, null),
                {{ newest_first('printed.') }}
        ) = 1
),

-- What no other return has for an authority, though it has it for others, is not available.
found as (
    select distinct
        borrower,
        borrower_edition,
        year,
        component,
    from denominators
)

select
    found.component,
    borrowers.area_level,
    borrowers.area_code,
    borrowers.year,
    borrowers.return_name,
    borrowers.edition,
    borrowers.edition_year,
    coalesce(denominators.known_on, borrowers.known_on) as known_on,
    denominators.file_no,
    denominators.sheet,
    denominators.row_no,
    denominators.col_no,
    denominators.value,
    coalesce(denominators.status, 'not_available') as status,
    coalesce(denominators.rounding, 0) as rounding,
from borrowers
inner join found
    on
        borrowers.return_name = found.borrower
        and borrowers.edition = found.borrower_edition
        and borrowers.year = found.year
left join denominators
    on
        found.borrower = denominators.borrower
        and found.borrower_edition = denominators.borrower_edition
        and found.component = denominators.component
        and borrowers.area_code = denominators.area_code
        and borrowers.year = denominators.year
