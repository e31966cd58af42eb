"""Columns and files that no seed knows, each with the row that would claim it, to paste into the seed."""

import re
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from pipeline import catalogue, grid_cache
from pipeline.catalogue import RawFile
from pipeline.check_headers import ALIKE, keys, likeness
from pipeline.check_tables import ask, tables_of
from pipeline.errors import InputError
from pipeline.grids import Column, Grid
from pipeline.seeds import columns_of, known_series, read_seed, seed_of
from pipeline.settings import raw_dir
from pipeline.words import PASTE, counted, csv_line, some

# What may stand for a ? in the rows to paste.
HINTS = {
    "column_roles": "; role: key if it tells rows apart, value with a measure, none if it tells nothing",
    "inspection_columns": "; which inspection and which item of it, as in the rows there",
    "file_families": "; family: a new name; data_starts_at or header_starts_at of a workbook",
    "ignored_tables": "; instead, if the sheet repeats another or lists visits: the reason",
}
SERIES_HINT = "; component: as in indicators.csv or formulas.csv, or empty, with a note that says why"
# A column no seed knows, but with nothing in it, harms nobody.
FILLED = """
    select place.file_no, place.sheet, candidate.col_no
    from read_parquet($grids, filename = true) as line
    inner join place
        on line.filename = place.grid and line.sheet = place.sheet and line.row_no >= place.first_row
    inner join candidate on place.file_no = candidate.file_no and place.sheet = candidate.sheet
    where trim(line.cells[candidate.col_no]) <> ''
    group by all
"""


def unknown_columns(files: list[RawFile], cache: Path) -> dict[int, list[Column]]:
    """Columns with content that no seed knows, by file_no."""
    roles = {(r["return_name"], r["column_key"]) for r in read_seed("column_roles")}
    ignored = [(r["return_name"], re.compile(r["column_pattern"])) for r in read_seed("ignored_columns")]
    inspections = {r["column_key"] for r in read_seed("inspection_columns")}
    series = {name: known_series(name) for name in {f.return_name for f in files}}
    candidates: dict[int, list[Column]] = {}
    for file in files:
        # The lists of geography have no series: their own guard knows the columns.
        if file.return_name == "geography":
            continue
        known = {
            text
            for r in series[file.return_name]
            if r["family"] == file.family
            and int(r["edition_from"] or 0) <= file.edition_year <= int(r["edition_to"] or 9999)
            for text in (r["series"], r["series"].rsplit(" | ", 1)[-1])
        }
        known |= inspections if file.return_name == "ofsted" else set()
        for sheet in tables_of(file):
            for column in sheet.columns:
                if sheet.is_flat:
                    is_known = (
                        column.key in known
                        or (file.return_name, column.key) in roles
                        or any(n == file.return_name and p.fullmatch(column.key) for n, p in ignored)
                    )
                else:
                    is_known = series_of(column) in known
                if not is_known:
                    candidates.setdefault(file.file_no, []).append(column)
    if not candidates:
        return {}
    frame = pd.DataFrame(
        [(n, c.sheet, c.col_no) for n, columns in candidates.items() for c in columns],
        columns=["file_no", "sheet", "col_no"],
    )
    some_files = [f for f in files if f.file_no in candidates]
    filled = set(ask(FILLED, some_files, cache, candidate=frame))
    kept = {n: [c for c in columns if (n, c.sheet, c.col_no) in filled] for n, columns in candidates.items()}
    return {n: columns for n, columns in kept.items() if columns}


def what_is_read(file: RawFile) -> dict[str, str]:
    """The components and roles that the columns of a file stand for, each with a column of it.

    Columns that are read and tell nothing are left out.
    """
    roles = {r["column_key"]: r["role"] for r in seed_of("column_roles", file.return_name)}
    components: dict[str, set[str]] = {}
    for row in known_series(file.return_name):
        if (
            row["family"] == file.family
            and int(row["edition_from"] or 0) <= file.edition_year <= int(row["edition_to"] or 9999)
        ):  # fmt: skip
            for name in {row["series"], row["series"].rsplit(" | ", 1)[-1]}:
                components.setdefault(name, set()).add(row["component"])
    inspections = {r["column_key"] for r in read_seed("inspection_columns")}
    found = {}
    for sheet in tables_of(file):
        for column in sheet.columns:
            name = column.key if sheet.is_flat else series_of(column)
            told = components.get(name, set()) - {""}
            if roles.get(name, "none") != "none" or (file.return_name == "ofsted" and name in inspections):
                told = {name}
            found |= dict.fromkeys(told, name)
    return found


def series_of(column: Column) -> str:
    """A column's series as the staging models name it: in a workbook's own layout, with the sheet."""
    return f"{column.sheet.strip().lower()} | {column.key}"


def unknown_harm(file: RawFile, columns: list[Column], renamed: dict[str, str]) -> InputError:
    """The columns of a file that no seed knows, each with the row that would claim it."""
    is_flat = {s.sheet: s.is_flat for s in file.grid.sheets}
    series = [r for r in known_series(file.return_name) if r["family"] == file.family]
    roles = seed_of("column_roles", file.return_name)
    pool = {r["series"] for r in series} | {r["column_key"] for r in roles}
    pool |= (
        {r["column_key"] for r in read_seed("inspection_columns")} if file.return_name == "ofsted" else set()
    )
    rows: dict[str, list[str]] = {}
    names, near = [], []
    for column in columns:
        name = column.key if is_flat[column.sheet] else series_of(column)
        place = f" (sheet '{column.sheet}', column {column.col_no})" if column.sheet else ""
        names.append(f"'{name}'{place}")
        old = renamed.get(keys(Grid([], [column]))[0])
        near += [f"'{n}'" for n in ([old] if old else get_close_matches(name, pool, 1, ALIKE))]
        seed, lines = claiming_rows(file, name, old, series, roles)
        rows.setdefault(seed, []).extend(lines)
        if file.return_name == "ofsted":
            sheet = catalogue.pattern_of(column.sheet.strip().lower())
            ignored = {"return_name": "ofsted", "family": file.family, "sheet_pattern": sheet}
            line = csv_line({**blank("ignored_tables"), **ignored, "reason": "?"})
            rows.setdefault("ignored_tables", []).append(line)
    return InputError(
        file.path,
        f"{counted(len(names), 'unknown column')}: {some(names, ', ', 8)}",
        f"the columns that the seeds know of family {file.family}"
        + (f"; nearest: {some(list(dict.fromkeys(near)), ', ', 8)}" if near else ""),
        "columns shifted or lost: fetch the file again; renamed or new ones: add their rows"
        + "".join(paste(seed, list(dict.fromkeys(lines))) for seed, lines in rows.items()),
    )


def claiming_rows(file, name, old, series, roles) -> tuple[str, list[str]]:
    """The seed, and its rows as text, that would make a column known; as those of the `old` one, if renamed.

    What only a person can say is ?.
    """
    role = next((r for r in roles if r["column_key"] == old), None)
    if role:
        return "column_roles", [csv_line({**role, "column_key": name})]
    if file.return_name == "ofsted":
        seed = "inspection_columns"
        was = next((r for r in read_seed(seed) if r["column_key"] == old), {"inspection": "?", "item": "?"})
        return seed, [csv_line({**blank(seed), **was, "column_key": name})]
    seed = f"{file.return_name}_series"
    was = [r for r in series if old and (r["series"] == old or r["series"].endswith(f" | {old}"))]
    if was:
        open_ended = {"edition_from": "", "edition_to": ""}
        new = [{**r, **open_ended, "series": r["series"].removesuffix(old) + name} for r in was]
        return seed, list(map(csv_line, new))
    row = {"return_name": file.return_name}
    elsewhere = {r["role"] for r in read_seed("column_roles") if r["column_key"] == name} - {"value"}
    if elsewhere:
        # As in every return that has it, such as time_period; ? where they differ.
        role = elsewhere.pop() if len(elsewhere) == 1 else "?"
        return "column_roles", [csv_line({**blank("column_roles"), **row, "column_key": name, "role": role})]
    key_columns = {r["column_key"] for r in roles if r["role"] == "key"}
    if key_columns & {c.key for c in file.grid.columns}:
        # A long file: its rows name the series, so a new column is a key of them, or a value.
        return "column_roles", [csv_line({**blank("column_roles"), **row, "column_key": name, "role": "?"})]
    row |= {"family": file.family, "series": name, "measure": "value", "component": "?"}
    return seed, [csv_line({**blank(seed), **row})]


def paste(seed: str, rows: list[str]) -> str:
    """Rows under the name and the columns of their seed, and what may stand for a ?."""
    hint = HINTS.get(seed, SERIES_HINT) if any("?" in r for r in rows) else ""
    return f"\n    seeds/layouts/{seed}.csv  ({','.join(blank(seed))}){hint}\n      " + some(
        rows, "\n      ", PASTE
    )


def blank(seed: str) -> dict[str, str]:
    """A row of a layout seed with nothing in it."""
    return dict.fromkeys(columns_of(seed), "")


def with_row(fault: InputError, files: list[RawFile], cache: Path) -> InputError:
    """A file that no family claims, with the row of `file_families` that would claim it."""
    parts = fault.file.split("/")
    if fault.action != catalogue.NEW_TABLE:
        return fault
    path, kind = raw_dir() / fault.file, "csv" if parts[2].lower().endswith(".csv") else "workbook"
    families = [f for f in seed_of("file_families", parts[0]) if f["format"] == kind]
    best, near, unread = 0.0, None, ""
    for layout in dict.fromkeys(map(catalogue.layout_of, families)):
        try:
            grid = grid_cache.load(path, fault.file, layout, catalogue.content_hash(path, fault.file), cache)
        except InputError as error:
            unread = error.found
            continue
        for other in files:
            if other.grid and other.return_name == parts[0] and other.layout == layout:
                ratio = likeness(other.grid, grid)
                if (ratio, other.edition_year) > (best, near.edition_year if near else 0):
                    best, near = ratio, other
    pattern = catalogue.pattern_of(parts[2])
    if not near or best < ALIKE:
        if near:
            said = "a header like none of its return: a new family, add its row"
        elif unread:
            said = f"read as its return is, it shows: {unread}; if it is whole, a new family: add its row"
        else:
            said = f"no {kind} of its return is read, nothing to compare it with; a new family: add its row"
        row = {"return_name": parts[0], "family": "?", "file_pattern": pattern, "format": kind}
        row |= {"may_lag": "0", "name_year_lag": "0", "has_england": "yes", "is_recast": "no"}
        row = {**blank("file_families"), **row, **({"data_starts_at": "?"} if kind == "workbook" else {})}
    elif other := next((f for f in files if (f.family, f.edition) == (near.family, parts[1])), None):
        action = f"it looks like {other.path}: keep one; a second release has a folder of its own"
        return InputError(fault.file, fault.found, fault.expected, action)
    else:
        said = (
            f"a header as in {near.path} ({best:.0%} alike): give it that name, or replace the family's row"
        )
        row = next(f for f in families if f["family"] == near.family)
        row |= {"file_pattern": f"({row['file_pattern']}|{pattern})"}
    action = said + paste("file_families", [csv_line(row)])
    return InputError(fault.file, fault.found, fault.expected, action)
