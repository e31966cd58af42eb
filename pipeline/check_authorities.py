"""Files without a figure of any authority, without an authority of their year, or with an unknown symbol."""

from pathlib import Path

from pipeline.catalogue import RawFile
from pipeline.check_tables import ask, authorities, tables_of
from pipeline.errors import InputError
from pipeline.seeds import read_seed, seed_of
from pipeline.words import PASTE, counted, csv_line, some

# A row of the grid is of the authority that the last filled of its area columns names.
AREA = """
    with area as (
        select
            place.file_no,
            line.row_no,
            list_filter(
                list_transform(list_select(line.cells, place.value_cols), lambda c: trim(c)),
                lambda c: c <> ''
            ) as texts,
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
"""
CONTENT = """
    select file_no, list(distinct la_code) as authorities, sum(len(texts)) as cells
    from area
    inner join authority using (spelling)
    group by file_no
"""
# What is no number, as int_cell has it.
NO_NUMBERS = """
    , cell as (
        select file_no, row_no, unnest(list_filter(texts, lambda c: not regexp_full_match(
            c, '[-+]?(\\d+|\\d{1,3}(,\\d{3})+)?(\\.\\d+)?([eE][-+]?\\d+)?'
        ))) as text
        from area
        semi join authority using (spelling)
    )
    select file_no, text, count(*) as cells, min(row_no) as first_row
    from cell
    group by all
    order by all
"""


def content_harms(files, read, before, notes, cache) -> list[InputError]:
    """Files without a figure of any authority, files that lack authorities, and unknown symbols.

    Each is held against the authorities of its year, and against its content in the last build, else
    against the edition before.
    """
    older = {f.file_no: predecessor(f, read, before) for f in files}
    stands_for = dict(authorities().itertuples(index=False))
    needed = {f.file_no: f for f in [*files, *older.values()] if f}
    found = {n: (set(codes), cells) for n, codes, cells in ask(AREA + CONTENT, list(needed.values()), cache)}
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
        other, codes_before, beside = older[file.file_no], set(), ""
        if other:
            codes_before = found.get(other.file_no, (set(), 0))[0]
            place = other.edition if other in read else "the last build"
            notes.get(file.path, []).append(f"{len(codes_before)} in {place}")
            beside = f" ({len(codes_before)} in {other.path if other in read else 'the last build of it'})"
        lost = sorted((codes_before | {stands_for[c] for c in existing(file)}) - codes - excused(file))
        if lost:
            harms.append(fall(file, codes, lost, beside))
    return harms + unknown_symbols(files, cache)


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


def calendar(file: RawFile) -> dict[str, str] | None:
    """The calendar of a file's return; none where it has no figures by year, as the lists of inspections."""
    return next((r for r in seed_of("calendars", file.return_name) if not r["series"]), None)


def last_year(file: RawFile) -> int:
    """The latest year on whose authorities a file can be."""
    row = calendar(file)
    return file.edition_year + (int(row["year_offset"]) + int(row["authorities_offset"]) if row else 0)


def existing(file: RawFile) -> set[str]:
    """Authorities of every year that may be the last of a file: its tables have them all."""
    if not calendar(file):
        return set()
    family = next(r for r in seed_of("file_families", file.return_name) if r["family"] == file.family)
    earliest, latest = file.edition_year - int(family["may_lag"]), last_year(file)
    return {
        r["la_code"] for r in read_seed("local_authorities", "reference")
        if int(r["first_year"] or 0) <= earliest and latest <= int(r["last_year"] or 9999)
    }  # fmt: skip


def excused(file: RawFile) -> set[str]:
    """Authorities that may be left out of a file: those that had ended, and the listed absences."""
    latest = last_year(file)
    ended = {
        r["la_code"] for r in read_seed("local_authorities", "reference")
        if r["last_year"] and int(r["last_year"]) < latest
    }  # fmt: skip
    absent = {
        r["la_code"] for r in read_seed("la_absences", "reference")
        if r["return_name"] == file.return_name
        and int(r["edition_from"]) <= file.edition_year <= int(r["edition_to"])
    }  # fmt: skip
    return ended | absent


def fall(file, codes, lost, beside) -> InputError:
    """The authorities that a file lacks, with the rows that would excuse them."""
    names = {r["la_code"]: r["la_name"] for r in read_seed("local_authorities", "reference")}
    rows = [f"{file.return_name},{c},{file.edition_year},{file.edition_year},?" for c in lost]
    return InputError(
        file.path,
        f"{counted(len(codes), 'authority')}; no row for local authority "
        + some([f"{c} ({names[c]})" for c in lost], ", ", 8),
        f"every authority that existed in {file.edition_year}{beside}",
        "the file was cut off or edited: fetch it again; if the publisher leaves them out, say why\n"
        "    seeds/reference/la_absences.csv  (return_name,la_code,edition_from,edition_to,reason)\n      "
        + some(rows, "\n      ", PASTE),
    )


def unknown_symbols(files: list[RawFile], cache: Path) -> list[InputError]:
    """Files with cells of an authority that are neither a number nor a symbol of their edition."""
    odd: dict[int, list] = {}
    for file_no, *cells in ask(AREA + NO_NUMBERS, [f for f in files if calendar(f)], cache):
        odd.setdefault(file_no, []).append(cells)
    harms = []
    for file in (f for f in files if f.file_no in odd):
        known = {
            r["symbol"].lower() for r in read_seed("value_symbols", "reference")
            if r["return_name"] == file.return_name
            and int(r["edition_from"]) <= file.edition_year <= int(r["edition_to"] or 9999)
        }  # fmt: skip
        known |= {
            r["raw_text"].lower() for r in read_seed("cell_statuses", "corrections")
            if (r["return_name"], r["edition"], r["family"]) == (file.return_name, file.edition, file.family)
        }  # fmt: skip
        unknown = [(text, n, row) for text, n, row in odd[file.file_no] if text.lower() not in known]
        if not unknown:
            continue
        found = [f"'{text[:60]}' in {counted(n, 'cell')}, first in row {row}" for text, n, row in unknown]
        row = {"return_name": file.return_name, "edition_from": str(file.edition_year), "edition_to": ""}
        lines = [csv_line({**row, "symbol": text, "status": "?", "source": "?"}) for text, *_ in unknown]
        harms.append(
            InputError(
                file.path,
                f"{counted(len(unknown), 'unknown symbol')}: {some(found, '; ', 8)}",
                f"a number or a symbol of {file.return_name} {file.edition}",
                "columns shifted: fetch the file again; else add what it means, from the publisher's notes\n"
                "    seeds/reference/value_symbols.csv  "
                "(return_name,edition_from,edition_to,symbol,status,source)\n      "
                + some(lines, "\n      ", PASTE),
            )
        )
    return harms
