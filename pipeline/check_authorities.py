"""Files without a figure of any authority, and files that lost authorities."""

from pipeline.catalogue import RawFile
from pipeline.check_tables import ask, tables_of
from pipeline.errors import InputError
from pipeline.seeds import read_seed, seed_of
from pipeline.words import PASTE, counted, some

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
