"""What changed in RAW_DIR since the last build, and what of it would stop the next one.

The last build is the published mart's relation `raw_file`; the headers and rows of files that were since
changed or taken away are in the cache. Told: files new, changed, renamed, missing, headers not seen
before. Harm, before dbt begins: a missing file, a header column that no seed knows, a file without a
figure of any authority, authorities lost. What the cells say is left to dbt's guards.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path

import duckdb
import pandas as pd
from rich.console import Console

from pipeline import catalogue, grids
from pipeline.catalogue import RawFile, read_seed
from pipeline.errors import BuildError, Failure, InputError
from pipeline.publish import MART
from pipeline.settings import raw_dir, warehouse_dir

ORDER = ["missing", "changed", "renamed", "new"]
SHOWN = 20  # lines of a list; the rest is counted
PASTE = 40  # rows to paste into a seed: more than that is another layout, not a drift
ALIKE = 0.6  # difflib's own measure of a close match
# What may stand for a ? in the rows to paste.
HINTS = {
    "column_roles": "; role: key if it tells rows apart, value with a measure, none if it tells nothing",
    "inspection_columns": "; which inspection and which item of it, as in the rows there",
    "file_families": "; family: a new name; data_starts_at or header_starts_at of a workbook",
}
SERIES_HINT = "; component: as in indicators.csv or formulas.csv, or empty, with a note that says why"
PAIRS = 10_000  # two headers further apart than this have no renamed columns: they are two layouts

# A row of the grid is of the authority that the last filled of its area columns names.
CONTENT = """
    with area as (
        select
            place.file_no,
            list_transform(
                list_select(line.cells, place.value_cols), lambda c: (trim(c) <> '')::integer
            ) as filled,
            regexp_replace(
                regexp_replace(
                    lower(trim(list_last(list_filter(
                        list_select(line.cells, place.area_cols), lambda c: trim(c) <> ''
                    )))),
                    '\\s+', ' ', 'g'
                ),
                '([a-z)])\\d{1,2}(,\\d{1,2})*$', '\\1'
            ) as spelling
        from read_parquet($grids, filename = true) as line
        inner join place
            on line.filename = place.grid and line.sheet = place.sheet and line.row_no >= place.first_row
    )
    select file_no, list(distinct la_code) as authorities, sum(list_sum(filled)) as cells
    from area
    inner join authority using (spelling)
    group by file_no
"""
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


@dataclass
class Change:
    """One file that is not as in the last build: `file` is empty for a missing, `was` for a new one."""

    status: str
    file: RawFile | None
    was: dict | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return self.file.path if self.file else self.was["path"]


@dataclass
class Report:
    """What `la-mart check` prints; `harms` is what stops a build."""

    last: str
    compared: bool
    changes: list[Change]
    headers: list[str]
    harms: list[InputError]


def check(console: Console, without_missing: bool = False) -> bool:
    """Print what changed since the last build; return whether a build would go on.

    Faults that stop a build while it reads files are collected, not raised one by one.
    """
    warehouse, faults = warehouse_dir(), []
    with console.status("reading files"):
        files = catalogue.scan(raw_dir(), faults.append)
        catalogue.read_grids(raw_dir(), files, warehouse / "cache", on_error=faults.append)
        report = compare(files, warehouse, without_missing)
        faults = [with_row(fault, files, warehouse / "cache") for fault in faults]
    harms = faults + report.harms
    counts = Counter(change.status for change in report.changes)
    same = len(files) - sum(n for status, n in counts.items() if status != "missing")
    said = [f"{same} the same" if report.compared else f"{len(files)}"]
    said += [f"{counts[status]} {status}" for status in ORDER if counts[status]]
    said += [f"{len(faults)} not read"] if faults else []
    lines = [
        f"last build  {report.last}",
        f"RAW_DIR     {raw_dir()}",
        f"files       {', '.join(said)}",
    ]
    for block in (lines, change_lines(report.changes), report.headers, *(str(h).splitlines() for h in harms)):
        if block:
            console.print("\n".join([*block, ""]), highlight=False, markup=False, soft_wrap=True)
    verdict = (
        f"{counted(len(harms), 'thing')} would stop a build: see what to do above."
        if harms
        else "Nothing here would stop a build."
    )
    console.print(verdict, highlight=False, soft_wrap=True)
    return not harms


def before_dbt(files: list[RawFile], warehouse: Path, without_missing: bool) -> list[str]:
    """Lines that tell a build's summary what changed; raise BuildError for harm."""
    report = compare(files, warehouse, without_missing)
    if report.harms:
        rows = [{k: getattr(h, k) for k in ("file", "found", "expected", "action")} for h in report.harms]
        raise BuildError([Failure("la-mart check", "", rows[:SHOWN], len(rows))])
    return change_lines(report.changes)


def compare(files: list[RawFile], warehouse: Path, without_missing: bool) -> Report:
    """Hold the files read (with their grids) against the last build in `warehouse`."""
    cache = warehouse / "cache"
    last, said = last_build(warehouse, files)
    changes = changes_of(files, last) if last is not None else []
    read = [f for f in files if f.grid]
    before = files_before(last or [], files, cache)
    changed = [c.file for c in changes if c.file and c.file.grid] if last is not None else read
    unknown = unknown_columns(read, cache)
    harms = [] if without_missing else missing_files(changes, warehouse)
    headers = []
    prints = {(r["return_name"], r["family"], r["header_fingerprint"]) for r in last or []}
    for file in read:
        columns = unknown.get(file.file_no, [])
        is_new_header = last is not None and file in changed
        is_new_header &= (
            file.return_name, file.family, catalogue.header_fingerprint(file.grid)
        ) not in prints  # fmt: skip
        if not columns and not is_new_header:
            continue
        others = [
            f for f in read + before
            if (f.return_name, f.family) == (file.return_name, file.family) and f is not file
        ]  # fmt: skip
        near = nearest(file, others)
        found, renamed = header_diff(near.grid, file.grid) if near else ([], {})
        if near:
            headers += headed(file, near, near in before, found)
        if columns:
            harms.append(unknown_harm(file, columns, renamed))
    notes = {c.path: c.notes for c in changes}
    known = [f for f in changed if f.file_no not in unknown]
    harms += content_harms(known, read, before, notes, cache)
    return Report(
        said, last is not None, changes, ["headers not seen before", *headers] if headers else [], harms
    )


# --------------------------------------------------------------------------------- the last build


def last_build(warehouse: Path, files: list[RawFile]) -> tuple[list[dict] | None, str]:
    """Rows of the published `raw_file`, and what to say of them; None without a build to compare with."""
    mart = warehouse / MART
    if not mart.exists():
        return None, f"no mart in {warehouse}: headers and areas are checked, nothing to compare with"
    try:
        with duckdb.connect(mart, read_only=True) as con:
            rows = con.execute(
                "select path, sha256, return_name, edition, family, header_fingerprint, is_synthetic "
                "from raw_file order by path"
            ).df()
    except duckdb.Error as error:
        return None, f"{mart} cannot be read, so nothing to compare with ({str(error).splitlines()[0]})"
    last = rows.astype(object).where(rows.notna(), None).to_dict("records")
    claimed = [r for r in last if r["family"]]
    # The first official build beside the sample's mart: one collection does not follow from the other.
    if all(r["is_synthetic"] for r in claimed) and not any(f.is_synthetic for f in files if f.family):
        return None, f"{mart} is of synthetic files, these are not: nothing to compare with"
    return last, f"{mart}, {len(claimed)} files read, {len(last) - len(claimed)} ignored"


def changes_of(files: list[RawFile], last: list[dict]) -> list[Change]:
    """Files by path and sha256; a file of the same family and edition under another name is changed."""
    before = {r["path"]: r for r in last}
    gone = {path: r for path, r in before.items() if path not in {f.path for f in files}}
    changes = []
    for file in files:
        was, status = before.get(file.path), "changed"
        if was and was["sha256"] == file.sha256:
            continue
        if not was:
            was = next((r for r in gone.values() if r["sha256"] == file.sha256), None)
            status = "renamed"
        if not was and file.family:
            key = (file.return_name, file.family, file.edition)
            was = next(
                (r for r in gone.values() if (r["return_name"], r["family"], r["edition"]) == key), None
            )
            status = "changed"
        if was:
            gone.pop(was["path"], None)
        changes.append(Change(status if was else "new", file, was))
        if was and was["path"] != file.path:
            changes[-1].notes.append(f"was {was['path']}")
    return changes + [Change("missing", None, r) for r in gone.values()]


def change_lines(changes: list[Change]) -> list[str]:
    """One aligned line a file, in order of status and path."""
    rows = [
        (c.status, c.path, (c.file.family if c.file else c.was["family"]) or "ignored", "; ".join(c.notes))
        for c in sorted(changes, key=lambda c: (ORDER.index(c.status), c.path))
    ]
    return table(rows)


def missing_files(changes: list[Change], warehouse: Path) -> list[InputError]:
    """One message for all files that the last build read and that are no more."""
    paths = [c.path for c in changes if c.status == "missing" and c.was["family"]]
    if not paths:
        return []
    return [
        InputError(
            some(paths, ", ", 5),
            f"not in RAW_DIR ({raw_dir()})",
            f"every file that the last build read ({warehouse / MART})",
            "put back what is missing; if it is meant to go: la-mart build --without-missing; if RAW_DIR is "
            "another collection: set WAREHOUSE_DIR to a folder of its own",
        )
    ]


def files_before(last: list[dict], files: list[RawFile], cache: Path) -> list[RawFile]:
    """Files of the last build whose content is no more in RAW_DIR, as far as the cache has them."""
    families = {(f["return_name"], f["family"]): f for f in read_seed("file_families")}
    present = {f.sha256 for f in files}
    before = []
    for row in last:
        family = families.get((row["return_name"], row["family"]))
        if not family or row["sha256"] in present:
            continue
        layout = catalogue.layout_of(family)
        if all(p.exists() for p in grids.grid_paths(cache, row["sha256"], layout)):
            file = RawFile(
                -len(before) - 1, row["return_name"], row["edition"], row["path"], row["family"], "",
                layout, row["sha256"], 0, bool(row["is_synthetic"]),
            )  # fmt: skip
            file.grid = grids.load(Path(), file.path, layout, file.sha256, cache)
            before.append(file)
    return before


# ----------------------------------------------------------------------------------------- headers


def keys(grid: grids.Grid) -> list[str]:
    """The header as a list of texts, years aside; of a workbook with the sheet."""
    return [f"{grids.column_key(c.sheet.strip())[0]} | {c.key}" if c.sheet else c.key for c in grid.columns]


def likeness(old: grids.Grid, new: grids.Grid) -> float:
    """From 0 to 1: the share of columns that two headers have in common, in order."""
    return SequenceMatcher(None, keys(old), keys(new), autojunk=False).ratio()


def nearest(file: RawFile, others: Iterable[RawFile]) -> RawFile | None:
    """The file whose header is most alike; of several the newest edition."""
    return max(others, key=lambda f: (likeness(f.grid, file.grid), f.edition_year or 0), default=None)


def header_diff(
    old_grid: grids.Grid, new_grid: grids.Grid
) -> tuple[list[tuple[str, str, str]], dict[str, str]]:
    """Rows (what, where, text) that turn one header into another, and the renamed keys, new to old."""
    old, new = keys(old_grid), keys(new_grid)
    gone, come = (list((Counter(a) - Counter(b)).elements()) for a, b in ((old, new), (new, old)))
    renamed: dict[str, str] = {}
    if len(gone) * len(come) <= PAIRS:
        for key in come:
            left = [g for g in gone if g not in renamed.values()]
            close = get_close_matches(key, left, 1, ALIKE)
            in_place = [g for g in left if len(old) == len(new) and old.index(g) == new.index(key)]
            for match in (close or in_place)[:1]:
                renamed[key] = match
    kept_old = [k for k in old if k not in gone]
    kept_new = [k for k in new if k not in come]
    blocks = SequenceMatcher(None, kept_old, kept_new, autojunk=False).get_matching_blocks()
    in_order = {i for b in blocks for i in range(b.b, b.b + b.size)}
    rows = [("renamed", at(new, n), f"'{o}' -> '{n}'") for n, o in renamed.items()]
    rows += [("added", at(new, k), f"'{k}'") for k in come if k not in renamed]
    rows += [("removed", at(old, k, "was "), f"'{k}'") for k in gone if k not in renamed.values()]
    rows += [
        ("reordered", at(new, k), f"'{k}', {at(old, k, 'was ')}")
        for i, k in enumerate(kept_new)
        if i not in in_order
    ]
    return rows, renamed


def at(header: list[str], key: str, before: str = "") -> str:
    """Where a column stands in the whole header."""
    return f"{before}column {header.index(key) + 1}"


def headed(file: RawFile, near: RawFile, is_before: bool, rows: list[tuple[str, str, str]]) -> list[str]:
    """The diff of one file under a line that says what it is compared with."""
    beside = f"{near.path}{' of the last build' if is_before else ''}"
    if not rows:
        return [f"  {file.path}: the columns of {beside}, other years"]
    n_old, n_new = len(near.grid.columns), len(file.grid.columns)
    return [
        f"  {file.path} ({file.family}, {counted(n_new, 'column')})",
        f"  beside {beside} ({counted(n_old, 'column')})",
        *(f"  {line}" for line in table(rows)),
    ]


def known_series(return_name: str) -> list[dict[str, str]]:
    """The series seed of a return; empty where its columns stand elsewhere."""
    try:
        return read_seed(f"{return_name}_series")
    except FileNotFoundError:
        return []


def unknown_columns(files: list[RawFile], cache: Path) -> dict[int, list[grids.Column]]:
    """Columns with content that no seed knows, by file_no."""
    roles = {(r["return_name"], r["column_key"]) for r in read_seed("column_roles")}
    ignored = [(r["return_name"], re.compile(r["column_pattern"])) for r in read_seed("ignored_columns")]
    inspections = {r["column_key"] for r in read_seed("inspection_columns")}
    series = {name: known_series(name) for name in {f.return_name for f in files}}
    candidates: dict[int, list[grids.Column]] = {}
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


def series_of(column: grids.Column) -> str:
    """A column's series as the staging models name it: in a workbook's own layout, with the sheet."""
    return f"{column.sheet.strip().lower()} | {column.key}"


@dataclass
class Table:
    """A sheet that is read: where its data begin, its area columns, its value columns."""

    sheet: str
    is_flat: bool
    first_row: int
    area_cols: list[int]
    columns: list[grids.Column]
    value_cols: list[int]


def tables_of(file: RawFile) -> list[Table]:
    """The sheets of a file that `ignored_tables` leaves, with the columns that may hold figures."""
    roles = {r["column_key"]: r["role"] for r in seed_of("column_roles", file.return_name)}
    ignored = [r for r in seed_of("ignored_tables", file.return_name) if r["family"] == file.family]
    tables = []
    for sheet in file.grid.sheets:
        rules = [r for r in ignored if re.fullmatch(r["sheet_pattern"], sheet.sheet.strip().lower())]
        if sheet.first_data_row is None or any(not r["from_column"] for r in rules):
            continue
        columns = [c for c in file.grid.columns if c.sheet == sheet.sheet]
        if sheet.is_flat:
            rank = ["ons_code", "area_code", "area_name"]
            areas = sorted((rank.index(roles[c.key]), c.col_no) for c in columns if roles.get(c.key) in rank)
            area_cols = [n for _, n in areas]
        else:
            last = min([int(r["from_column"]) for r in rules], default=1000)
            columns = [c for c in columns if sheet.name_col < c.col_no < last]
            area_cols = list(range(1, sheet.name_col + 1))
        values = [c.col_no for c in columns if not sheet.is_flat or roles.get(c.key, "value") == "value"]
        tables.append(Table(sheet.sheet, sheet.is_flat, sheet.first_data_row, area_cols, columns, values))
    return tables


def seed_of(name: str, return_name: str) -> list[dict[str, str]]:
    """Rows of a layout seed that are of one return."""
    return [r for r in read_seed(name) if r["return_name"] == return_name]


def unknown_harm(file: RawFile, columns: list[grids.Column], renamed: dict[str, str]) -> InputError:
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
        old = renamed.get(keys(grids.Grid([], [column]))[0])
        near += [f"'{n}'" for n in ([old] if old else get_close_matches(name, pool, 1, ALIKE))]
        seed, lines = claiming_rows(file, name, old, series, roles)
        rows.setdefault(seed, []).extend(lines)
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
    return dict.fromkeys(read_seed(seed)[0], "")


def with_row(fault: InputError, files: list[RawFile], cache: Path) -> InputError:
    """A file that no family claims, with the row of `file_families` that would claim it."""
    parts = fault.file.split("/")
    if fault.found != "a file that no family claims" or len(parts) != 3:
        return fault
    path, kind = raw_dir() / fault.file, "csv" if parts[2].lower().endswith(".csv") else "workbook"
    families = [f for f in seed_of("file_families", parts[0]) if f["format"] == kind]
    best, near = 0.0, None
    for layout in dict.fromkeys(map(catalogue.layout_of, families)):
        try:
            grid = grids.load(path, fault.file, layout, catalogue.content_hash(path, fault.file), cache)
        except InputError:
            continue
        for other in files:
            if other.grid and other.return_name == parts[0] and other.layout == layout:
                ratio = likeness(other.grid, grid)
                if (ratio, other.edition_year) > (best, near.edition_year if near else 0):
                    best, near = ratio, other
    pattern = re.sub(r"20\d\d", r"\\d{4}", re.escape(parts[2]).replace(r"\ ", " "))
    if not near or best < ALIKE:
        said = "a header like none of its return: a new family, add its row"
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


# ------------------------------------------------------------------------------------------- areas


def content_harms(files, read, before, notes, cache) -> list[InputError]:
    """Files without a figure of any authority, and files that lost authorities.

    Each is held against its content in the last build, else against the edition before.
    """
    older = {f.file_no: predecessor(f, read, before) for f in files}
    needed = {f.file_no: f for f in [*files, *older.values()] if f}
    found = {n: (set(codes), cells) for n, codes, cells in ask(CONTENT, list(needed.values()), cache)}
    harms = []
    for file in files:
        codes, cells = found.get(file.file_no, (set(), 0))
        if not cells and tables_of(file):
            harms.append(
                InputError(
                    file.path,
                    f"no figure of any local authority in {sum(s.rows for s in file.grid.sheets)} rows",
                    "rows of authorities with figures",
                    "the file is empty, cut off or no table of authorities: fetch it again, take it out, or "
                    "add its tables to seeds/layouts/ignored_tables.csv with the reason",
                )
            )
        if not cells:
            continue
        notes.get(file.path, []).append(counted(len(codes), "authority"))
        other = older[file.file_no]
        if not other:
            continue
        codes_before = found.get(other.file_no, (set(), 0))[0]
        notes.get(file.path, []).append(
            f"{len(codes_before)} in {other.edition if other in read else 'the last build'}"
        )
        lost = sorted(codes_before - codes - excused(file))
        if lost:
            harms.append(fall(file, other, other in before, codes, codes_before, lost))
    return harms


def predecessor(file: RawFile, read: list[RawFile], before: list[RawFile]) -> RawFile | None:
    """What to hold a file against: its own content in the last build, else the edition before."""
    own = [
        f
        for f in before
        if (f.return_name, f.family, f.edition) == (file.return_name, file.family, file.edition)
    ]
    earlier = [
        f for f in read
        if (f.return_name, f.family) == (file.return_name, file.family) and f.edition_year < file.edition_year
    ]  # fmt: skip
    return own[0] if own else max(earlier, key=lambda f: (f.edition_year, f.edition), default=None)


def excused(file: RawFile) -> set[str]:
    """Authorities that may be left out of a file: those that had ended, and the listed absences."""
    calendars = [r for r in seed_of("calendars", file.return_name) if not r["series"]]
    offsets = sum(int(r["year_offset"]) + int(r["authorities_offset"]) for r in calendars)
    year = file.edition_year + offsets
    ended = {
        r["la_code"] for r in read_seed("local_authorities", "reference")
        if r["last_year"] and int(r["last_year"]) < year
    }  # fmt: skip
    absent = {
        r["la_code"] for r in read_seed("la_absences", "reference")
        if r["return_name"] == file.return_name
        and int(r["edition_from"]) <= file.edition_year <= int(r["edition_to"])
    }  # fmt: skip
    return ended | absent


def fall(file, other, is_before, codes, codes_before, lost) -> InputError:
    """The authorities that a file lost, with the rows that would excuse them."""
    names = {r["la_code"]: r["la_name"] for r in read_seed("local_authorities", "reference")}
    rows = [f"{file.return_name},{c},{file.edition_year},{file.edition_year},?" for c in lost]
    return InputError(
        file.path,
        f"{counted(len(codes), 'authority')}; no row for local authority "
        + some([f"{c} ({names[c]})" for c in lost], ", ", 8),
        f"{len(codes_before)}, as in {'the last build of it' if is_before else other.path}",
        "the file was cut off or edited: fetch it again; if the publisher leaves them out, say why\n"
        "    seeds/reference/la_absences.csv  (return_name,la_code,edition_from,edition_to,reason)\n      "
        + some(rows, "\n      ", PASTE),
    )


def ask(query: str, files: list[RawFile], cache: Path, **frames: pd.DataFrame) -> list[tuple]:
    """Run a query over the grids of files; `place` says where their rows, areas and values stand."""
    place = pd.DataFrame(
        [
            (f.file_no, grid_of(f, cache), t.sheet, t.first_row, t.area_cols, t.value_cols)
            for f in files
            for t in tables_of(f)
        ],
        columns=["file_no", "grid", "sheet", "first_row", "area_cols", "value_cols"],
    )
    if place.empty:
        return []
    with duckdb.connect() as con:
        for name, frame in {"place": place, "authority": authorities(), **frames}.items():
            con.register(name, frame)
        return con.execute(query, {"grids": sorted(set(place["grid"]))}).fetchall()


def grid_of(file: RawFile, cache: Path) -> str:
    return grids.grid_paths(cache, file.sha256, file.layout)[0].resolve().as_posix()


def authorities() -> pd.DataFrame:
    """Every name and code that a file may call an authority by; a joint return names its members.

    Of two authorities of one name (old and new Dorset) the later stands for both.
    """
    names = sorted(read_seed("la_names", "reference"), key=lambda r: r["la_code"])
    last_of = {r["spelling"]: r["la_code"] for r in names}
    same = {}
    for row in names:
        same[row["la_code"]] = max(last_of[row["spelling"]], same.get(row["la_code"], ""))
    pairs = {(r["spelling"], same[r["la_code"]]) for r in names} | set(same.items())
    for seed, column in (("la_ons_codes", "ons_code"), ("la_e_codes", "e_code")):
        pairs |= {(r[column].lower(), same[r["la_code"]]) for r in read_seed(seed, "reference")}
    for row in read_seed("joint_returns", "reference"):
        pairs |= {(row[c].lower(), row["member_la_code"]) for c in ("joint_name", "joint_code")}
    return pd.DataFrame(sorted(pairs), columns=["spelling", "la_code"])


# -------------------------------------------------------------------------------------------- words


def table(rows: list[tuple[str, ...]]) -> list[str]:
    """Aligned lines of which the first `SHOWN` are shown."""
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))] if rows else []
    lines = ["  " + "  ".join(t.ljust(w) for t, w in zip(r, widths, strict=True)).rstrip() for r in rows]
    return lines[:SHOWN] + ([f"  ... and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else [])


def some(texts: list[str], between: str, shown: int) -> str:
    """The first texts, and how many more there are."""
    more = [f"... and {len(texts) - shown} more"] if len(texts) > shown else []
    return between.join(texts[:shown] + more)


def counted(n: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{n:,} {noun if n == 1 else plural}"


def csv_line(row: dict[str, str]) -> str:
    """A seed row as it stands in the file."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(row.values())
    return out.getvalue()
