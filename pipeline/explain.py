"""Where a figure of the mart comes from: its editions, and in each the cells of the official files behind it.

Frames in, frames out, for as many figures at once as asked: EDITIONS and CELLS follow the models back from
`fct_indicator` in the working database. `tree_of` makes one figure's rows a tree; the rest prints it.
"""

import json
from argparse import Namespace
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby

import duckdb
import numpy as np
import pandas as pd
from rich.console import Console
from rich.text import Text

from pipeline.errors import InputError
from pipeline.profile import one_that_existed
from pipeline.settings import warehouse_dir

KEY = ["la_code", "year", "indicator_code"]
EDITION_KEY = [*KEY, "edition"]
# Corrections of the area of a row, not of one cell.
OF_A_ROW = ("area_rows", "joint_rows")

# The figures asked for, as the mart has them. Who is in no edition may be known to be left out.
FIGURES = """
    select
        asked.la_code,
        authorities.la_name,
        asked.year,
        asked.indicator_code,
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
"""

# Every edition that has the figure, newest first, and why it is the one that decides, or is not. The edition
# prints it for `printed_area` (the joint return, for its members) and `printed_year` (its own, if carried).
EDITIONS = """
    with stood as (
        select
            editions.*,
            split_part(editions.source_file, '/', 1) as return_name,
            coalesce(editions.joint_code, editions.la_code) as printed_area,
        from asked
        inner join fct_indicator_edition as editions using (la_code, year, indicator_code)
    ),

    carried as (
        select distinct
            return_name,
            edition,
            figures.year,
            carried_editions.reason,
        from intermediate.int_indicator_edition as figures
        inner join seeds.carried_editions as carried_editions using (return_name, edition)
    ),

    placed as (
        select
            stood.*,
            coalesce(carried.year, stood.year) as printed_year,
            carried.reason as carried_reason,
        from stood
        left join carried using (return_name, edition)
    )

    select
        placed.la_code,
        placed.year,
        placed.indicator_code,
        placed.edition,
        placed.edition_year,
        placed.value,
        placed.status,
        placed.known_on,
        dates.published_on,
        dates.is_month_only,
        files.path as file,
        files.sha256,
        placed.return_name,
        placed.printed_area,
        placed.printed_year,
        placed.joint_code,
        if(placed.is_carried, placed.carried_reason, null) as carried_reason,
        coalesce(chosen.edition = placed.edition, false) as is_chosen,
        count(*) over (partition by placed.la_code, placed.year, placed.indicator_code) as n_editions,
        case
            when is_chosen and n_editions = 1 then 'the only edition that has it'
            when is_chosen then 'of the editions that have it the one published last: it decides, its status '
                || 'included'
            when placed.is_derived and placed.status = 'not_available'
                then 'a part to compute it from is missing: comes after the editions that have it'
            when
                chosen.edition is null
                or (placed.known_on, placed.edition_year, placed.edition)
                > (chosen.known_on, chosen.edition_year, chosen.edition)
                then 'came out after the day the mart is of'
            else 'a later edition has it'
        end as rule,
        case
            when figures.is_share_of_nobody then 'a share of nobody: the denominator is 0'
            when placed.joint_code <> placed.la_code and indicators.unit in ('count', 'FTE')
                then 'a count of the joint return: how much of it each member has is not known'
            when placed.joint_code <> placed.la_code and placed.is_derived
                then 'computed for the joint return, shared by its members'
            when placed.joint_code <> placed.la_code
                then 'as printed for the joint return, shared by its members'
            when not placed.is_derived then 'as printed'
            when placed.denominator is null and figures.denominator is null
                then 'computed: the sum of its cells'
            when figures.multiplier = 1 then 'computed: numerator / denominator'
            else format('computed: {:,} x numerator / denominator', figures.multiplier)
        end as how,
        placed.is_derived,
        figures.numerator,
        figures.denominator,
        figures.multiplier,
    from placed
    left join fct_indicator as chosen using (la_code, year, indicator_code)
    inner join intermediate.int_indicator_edition as figures
        on
            placed.indicator_code = figures.indicator_code
            and placed.printed_area = figures.area_code
            and placed.printed_year = figures.year
            and placed.return_name = figures.return_name
            and placed.edition = figures.edition
    inner join dim_indicator as indicators on placed.indicator_code = indicators.indicator_code
    inner join raw.raw_file as files on placed.source_file = files.path
    inner join dim_edition as dates
        on
            files.return_name = dates.return_name
            and files.edition = dates.edition
            and files.family = dates.family
    order by
        placed.la_code,
        placed.year,
        placed.indicator_code,
        placed.known_on desc,
        placed.edition_year desc,
        placed.edition desc
"""

# The cells behind each edition: the printed value, and the terms of the formula that int_formula_value takes
# (of those that have all their terms, the first that has a figure), wherever they are borrowed from.
CELLS = """
    with parts as (
        select
            asked.*,
            'published' as part,
            1 as sign,
            null::integer as priority,
            components.* exclude (area_level, area_code, year, return_name, edition, edition_year, known_on),
        from asked_edition as asked
        inner join intermediate.int_component as components
            on
                asked.indicator_code = components.component
                and asked.printed_area = components.area_code
                and asked.printed_year = components.year
                and asked.return_name = components.return_name
                and asked.edition = components.edition
        where not components.is_borrowed
    ),

    terms as (
        select
            asked.*,
            terms.part,
            terms.sign,
            terms.priority,
            components.* exclude (area_level, area_code, year, return_name, edition, edition_year, known_on),
        from asked_edition as asked
        inner join intermediate.int_formula_term as terms using (indicator_code)
        inner join intermediate.int_component as components
            on
                terms.component = components.component
                and asked.printed_area = components.area_code
                and asked.printed_year = components.year
                and asked.return_name = components.return_name
                and asked.edition = components.edition
        where
            components.edition_year between coalesce(terms.edition_from, 0)
            and coalesce(terms.edition_to, 9999)
    ),

    n_terms as (
        select
            indicator_code,
            priority,
            count(*) as n_terms,
        from intermediate.int_formula_term
        group by indicator_code, priority
    ),

    formulas_taken as (
        select
            terms.la_code,
            terms.year,
            terms.indicator_code,
            terms.edition,
            terms.priority,
        from terms
        inner join n_terms using (indicator_code, priority)
        group by terms.la_code, terms.year, terms.indicator_code, terms.edition, terms.priority
        having count(*) = any_value(n_terms.n_terms)
        qualify
            row_number() over (
                partition by terms.la_code, terms.year, terms.indicator_code, terms.edition
                order by not bool_and(terms.status = 'published'), terms.priority
            ) = 1
    ),

    found as (
        from parts
        union all by name
        from terms semi join formulas_taken using (la_code, year, indicator_code, edition, priority)
    ),

    -- Amounts in constant prices are printed in those of their year.
    sourced as (
        select
            *,
            is_borrowed and ends_with(component, '_real_gbp') as is_in_constant_prices,
            if(is_in_constant_prices, regexp_replace(component, '_real_gbp$', '_gbp'), component)
                as printed_component,
        from found
    ),

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

    places as (
        select distinct
            file_no,
            sheet,
            row_no,
            col_no,
        from sourced
    ),

    decoded as (
        select cells.*
        from intermediate.int_cell as cells
        semi join places using (file_no, sheet, row_no, col_no)
    ),

    as_published as (
        select cells.*
        from intermediate.int_published_cell as cells
        semi join places using (file_no, sheet, row_no, col_no)
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
        case sourced.part when 'published' then 'published value' else sourced.part end as role,
        if(sourced.sign < 0, '-', '+') as sign,
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
        as_published.published_period,
        decoded.year as cell_year,
        as_published.published_level,
        as_published.published_code,
        as_published.published_name,
        decoded.area_level,
        decoded.area_code,
        case
            when decoded.area_level = 'joint_return' then 'joint return'
            when as_published.published_code = decoded.area_code then 'DfE code and name'
            when coalesce(as_published.published_code, '') = '' then 'name alone'
            when regexp_matches(as_published.published_code, '^E\\d{8}$') then 'ONS code and name'
            when as_published.published_code is not null then 'ministry''s code and name'
        end as area_by,
        case
            when sourced.is_in_constant_prices
                then format(
                    'in prices of {}-{:02d}: x {:.4f}',
                    newest.year - 1, newest.year % 100, newest.deflator / deflators.deflator
                )
            when sourced.is_borrowed and sourced.file_no is null
                then 'no other return has it for this authority'
            when sourced.is_borrowed and shared.component is not null
                then 'another return''s: the latest then out, else the first after'
            when sourced.is_borrowed then 'the population this edition''s rates are on'
        end as borrowed,
        if(
            formulas.denominator is null,
            formulas.numerator,
            concat_ws(
                ' / ',
                -- A sum stands in brackets.
                regexp_replace(formulas.numerator, '^(.* [-+] .*)$', '(\\1)'),
                regexp_replace(formulas.denominator, '^(.* [-+] .*)$', '(\\1)')
            )
        ) as formula,
        coalesce(corrected.corrections, []) as corrections,
    from sourced
    left join decoded
        on
            sourced.file_no = decoded.file_no
            and sourced.sheet = decoded.sheet
            and sourced.row_no = decoded.row_no
            and sourced.col_no = decoded.col_no
            and sourced.printed_component = decoded.component
    left join as_published
        on
            sourced.file_no = as_published.file_no
            and sourced.sheet = as_published.sheet
            and sourced.row_no = as_published.row_no
            and sourced.col_no = as_published.col_no
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
    left join seeds.formulas as formulas
        on
            sourced.indicator_code = formulas.indicator_code
            and sourced.priority = formulas.priority
    left join seeds.shared_denominators as shared
        on
            sourced.return_name = shared.return_name
            and sourced.component = shared.component
    left join seeds.gdp_deflators as deflators on decoded.year = deflators.year
    cross join (from seeds.gdp_deflators order by year desc limit 1) as newest
    order by
        sourced.la_code,
        sourced.year,
        sourced.indicator_code,
        sourced.edition,
        sourced.part = 'published' desc,
        sourced.part = 'numerator' desc,
        sourced.sign desc,
        sourced.component
"""


@dataclass
class Explained:
    """What was found of the figures asked for.

    `figures`: one row per la_code, year, indicator_code; `editions`: one per figure and edition, newest
    first; `cells`: one per figure, edition, role and component.
    """

    figures: pd.DataFrame
    editions: pd.DataFrame
    cells: pd.DataFrame


def connect() -> duckdb.DuckDBPyConnection:
    """The working database, read-only. Raises InputError if it was never built or is being built."""
    work = warehouse_dir() / "work.duckdb"
    if not work.exists():
        raise InputError(
            str(work),
            "no working database",
            "the database that a build leaves beside the mart",
            "run make build, or set WAREHOUSE_DIR",
        )
    try:
        return duckdb.connect(work, read_only=True)
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise
        raise InputError(
            str(work),
            "a working database that another process writes to",
            "no build at the same time",
            "wait until the build has ended",
        ) from None


def explained(con: duckdb.DuckDBPyConnection, asked: pd.DataFrame) -> Explained:
    """Follow figures back to the files.

    `asked` has columns la_code (text), year (integer) and indicator_code, a row per figure of
    `fct_indicator`; others are not found. `con` is the working database.
    """
    con.register("asked", typed(asked[KEY].drop_duplicates()))
    figures, editions = con.execute(FIGURES).df(), con.execute(EDITIONS).df()
    con.register(
        "asked_edition", typed(editions[[*EDITION_KEY, "return_name", "printed_area", "printed_year"]])
    )
    cells = con.execute(CELLS).df()
    cells.insert(
        cells.columns.get_loc("col_no") + 1, "column", cells["col_no"].map(letters, na_action="ignore")
    )
    con.unregister("asked")
    con.unregister("asked_edition")
    return Explained(figures, editions, cells)


def typed(keys: pd.DataFrame) -> pd.DataFrame:
    """Text as text and years as numbers, in a frame without rows too."""
    years = [c for c in ("year", "printed_year") if c in keys]
    return keys.astype("string").astype(dict.fromkeys(years, "int64"))


def letters(column: float) -> str:
    """The letters a spreadsheet calls a column by: 1 is A, 28 is AB."""
    number, name = int(column), ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def tree_of(found: Explained) -> dict:
    """The one figure asked for as a tree: its editions, newest first, and in each the cells behind it."""
    (figure,) = records(found.figures)
    cells, editions = records(found.cells), records(found.editions)
    for edition in editions:
        edition["cells"] = [c for c in cells if c["edition"] == edition["edition"]]
        edition["formula"] = next((c["formula"] for c in edition["cells"] if c["formula"]), None)
    drop = {*EDITION_KEY, "formula"}
    for edition in editions:
        edition["cells"] = [{k: v for k, v in c.items() if k not in drop} for c in edition["cells"]]
    chosen = next((e for e in editions if e["is_chosen"]), None)
    rule = chosen["rule"] if chosen else "no edition has it, though the authority existed"
    if not chosen and editions:
        rule = "no edition that was out on the day the mart is of has it"
    drop = {*KEY, "n_editions"}
    return {
        **figure,
        "rule": rule,
        "editions": [{k: v for k, v in e.items() if k not in drop} for e in editions],
    }


def records(frame: pd.DataFrame) -> list[dict]:
    """Rows as dicts of what JSON has: None for what is missing, days in ISO form, whole numbers whole."""
    whole = [c for c in ("row_no", "col_no", "cell_year") if c in frame]
    frame = frame.astype(dict.fromkeys(whole, "Int64"))
    return [{name: plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def plain(value):
    """A value of a frame as JSON has it."""
    if isinstance(value, np.ndarray | list):
        return list(value)
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value.item() if isinstance(value, np.generic) else value


def asked_for(con: duckdb.DuckDBPyConnection, la: str, year: int, indicator: str) -> pd.DataFrame:
    """The figure as a frame of one row for `explained`.

    Raises InputError, with what comes near, if there is no such authority, indicator or figure.
    """
    authorities = con.execute("from dim_local_authority").df().set_index("la_code")
    la_code = one_that_existed(la, authorities, year)
    codes = con.execute("select indicator_code from dim_indicator").df()["indicator_code"]
    if indicator not in set(codes):
        raise InputError(
            indicator,
            "no indicator of that code",
            ", ".join(get_close_matches(indicator.lower(), codes, n=5, cutoff=0)),
            "look it up in dim_indicator",
        )
    years = con.execute(
        "select year, bool_or(la_code = $la) as has_it from fct_indicator where indicator_code = $indicator "
        "group by year order by year",
        {"la": la_code, "indicator": indicator},
    ).df()
    if year not in set(years.loc[years["has_it"], "year"]):
        has = years.loc[years["has_it"] | ~years["has_it"].any(), "year"]
        first, last = (plain(authorities.loc[la_code, column]) for column in ("first_year", "last_year"))
        existed = f"; the authority existed from {first or 'before 2010'} to {last or 'today'}"
        raise InputError(
            f"{indicator}, {authorities['la_name'][la_code]} ({la_code}), {year}",
            "no figure of that year" + (existed if first or last else ""),
            "one of " + ", ".join(map(str, has)),
            "choose another --year",
        )
    return pd.DataFrame({"la_code": [la_code], "year": [year], "indicator_code": [indicator]})


def explain(console: Console, args: Namespace) -> None:
    """Print where one figure comes from. Raises InputError if there is none of that name."""
    with connect() as con:
        tree = tree_of(explained(con, asked_for(con, args.la, args.year, args.indicator)))
    if args.json:
        console.out(json.dumps(tree, indent=2, ensure_ascii=False), highlight=False)
        return
    show(console, tree)


def show(console: Console, tree: dict) -> None:
    """A tree for people: the figure, then each edition with its files and cells."""

    def line(text: str, style: str | None = None) -> None:
        console.print(Text(text), style=style, soft_wrap=True, highlight=False)

    line(f"{tree['la_name']} ({tree['la_code']}), year ending 31 March {tree['year']}", "bold")
    line(f"{tree['indicator_code']}: {tree['label']} ({tree['unit']})")
    line(
        f"{figure_of(tree)}{', edition ' + tree['edition'] if tree['edition'] else ''}: {tree['rule']}"
        + (f" ({tree['absence_reason']})" if tree["absence_reason"] else ""),
    )
    for edition in tree["editions"]:
        line("")
        said = f"edition {edition['edition']}, {published(edition)}: {figure_of(edition)}, {edition['how']}"
        if edition["is_chosen"]:
            line(f"* {said}", "bold")
        else:
            line(f"  {said}; {edition['rule']}")
        if edition["carried_reason"]:
            line(f"    carried from {edition['printed_year']}: {edition['carried_reason']}")
        if edition["formula"]:
            beside = "" if edition["is_derived"] else ", beside the printed value"
            line(f"    {edition['formula']}{beside}{ratio_of(edition)}")
        for file, cells in groupby(by_file(edition["cells"]), key=lambda c: c["file"]):
            for text in lines_of(file, list(cells)):
                line(text)


def lines_of(file: str | None, cells: list[dict]) -> list[str]:
    """The cells of one file: what is printed where, what it stands for, and for which area."""
    rows = [
        (
            cell["role"] if cell["role"] == "published value" else f"{cell['sign']} {cell['role']}",
            cell["component"],
            "" if cell["raw_text"] is None else f'"{cell["raw_text"]}"',
            figure_of(cell),
            place_of(cell),
            " | ".join(filter(None, (cell["row_keys"], cell["column_header"])))
            + (f" ({cell['borrowed']})" if cell["borrowed"] else ""),
        )
        for cell in cells
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        f"    {file}  sha256 {cells[0]['sha256']}" if file else "    in no file",
        *(
            "      " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ),
        *dict.fromkeys(f"      {note}" for cell in cells for note in notes_of(cell)),
    ]


def by_file(cells: list[dict]) -> list[dict]:
    """Cells of one file together, files in the order in which they come first."""
    order = list(dict.fromkeys(c["file"] for c in cells))
    return sorted(cells, key=lambda c: order.index(c["file"]))


def figure_of(row: dict) -> str:
    """The value, or the status that says why there is none."""
    return row["status"] if row["value"] is None else number(row["value"])


def published(edition: dict) -> str:
    """When the edition's file came out, and when the figure was known if one of its parts came out later."""
    day = edition["published_on"]
    if day is None:
        return f"without a date: known from {edition['known_on']}"
    later = f", known on {edition['known_on']}" if edition["known_on"] != day else ""
    return f"published {day[:7] if edition['is_month_only'] else day}{later}"


def number(value: float) -> str:
    """A number to read: thousands apart, no more than four decimals."""
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def ratio_of(edition: dict) -> str:
    """Numerator and denominator in numbers, where the edition has both."""
    if edition["numerator"] is None or edition["denominator"] is None:
        return ""
    return f": {number(edition['numerator'])} / {number(edition['denominator'])}"


def place_of(cell: dict) -> str:
    """Where a person finds the cell, as a spreadsheet numbers rows and letters columns."""
    if cell["row_no"] is None:
        return ""
    sheet = f"sheet {cell['sheet']!r}, " if cell["sheet"] else ""
    return f"{sheet}row {cell['row_no']}, column {cell['column']}"


def notes_of(cell: dict) -> list[str]:
    """How the area was found and what was corrected."""
    if cell["row_no"] is None:
        return []
    row = f"row {cell['row_no']}"
    printed = " | ".join(filter(None, (cell[f"published_{name}"] for name in ("level", "code", "name"))))
    return [
        f"{row}: {printed} is {cell['area_code']}, by {cell['area_by']}",
        *(
            f"{row if c['seed'] in OF_A_ROW else place_of(cell)}: corrected ({c['seed']}): {c['reason']}; "
            f"{c['source']}"
            for c in cell["corrections"]
        ),
    ]
