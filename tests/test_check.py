"""What changed since the last build is told; what would harm the mart stops a build before dbt begins."""

import csv
import io
import os
import shutil
from pathlib import Path

import openpyxl
import pytest

from pipeline import (
    catalogue,
    check_authorities,
    check_columns,
    check_headers,
    check_tables,
    seeds,
    words,
)
from pipeline.cli import main
from pipeline.grids import Grid, Layout
from pipeline.headers import flat_columns, unique_keys
from pipeline.settings import SAMPLE

from .conftest import seed

WIDE = "ssda903/2018/OC22018.csv"
LONG = "ssda903/2025/cla_number_and_rate_per_10k_children.csv"
BOOK = "ssda903/2015/SFR34_2015_Local_Authority_Tables.xlsx"
PLANS = "cin/2025/d5_cpps_at31march_by_duration_2013_to_2025.csv"
RO3 = "section_251/ye2020/RO3_2019-20_data_by_LA.xlsx"
NEXT = "ssda903/2026/cla_number_and_rate_per_10k_children.csv"
LIST = "ofsted/2025/LA_Inspection_Outcomes_as_at_31_March_2025.xlsx"


@pytest.fixture
def raw(tmp_path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "raw"))


@pytest.fixture
def warehouse(sample_warehouse, tmp_path) -> Path:
    """A warehouse that has built the sample: its mart, and the cache of what it read."""
    folder = tmp_path / "warehouse"
    shutil.copytree(sample_warehouse / "cache", folder / "cache", copy_function=os.link)
    shutil.copy(sample_warehouse / "mart.duckdb", folder)
    return folder


@pytest.fixture
def run(raw, warehouse, monkeypatch, capsys):
    """Run a command on the two; return exit code and what it printed."""

    def run(*words: str, warehouse=warehouse, raw=raw) -> tuple[int, str]:
        monkeypatch.setenv("RAW_DIR", str(raw))
        monkeypatch.setenv("WAREHOUSE_DIR", str(warehouse))
        code = main(list(words))
        out = capsys.readouterr()
        assert "Traceback" not in out.out + out.err
        return code, out.out + out.err

    return run


def edit(raw, name, change):
    """Apply `change` to the rows of a CSV (header first)."""
    rows = list(csv.reader(io.StringIO((raw / name).read_text("utf-8-sig"))))
    change(rows)
    with (raw / name).open("w", encoding="utf-8", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows(rows)


def edit_book(raw, name, sheet, change):
    book = openpyxl.load_workbook(raw / name)
    change(book[sheet])
    book.save(raw / name)


def rename(old, new):
    return lambda rows: rows[0].__setitem__(rows[0].index(old), new)


def drop_rows(text):
    return lambda rows: rows.__setitem__(slice(None), [r for r in rows if text not in r])


def blank_figures(rows):
    """Every figure taken out: the header and the areas stay."""
    first = rows[0].index("population_estimate")
    for row in rows[1:]:
        row[first:] = [""] * len(row[first:])


def add_column(name, value):
    return lambda rows: [row.append(value if i else name) for i, row in enumerate(rows)]


def move_last_first(rows):
    for row in rows:
        row.insert(0, row.pop())


def inspections_of_2024(raw):
    """The list of 2025 under the names of 2024: of the file, and of its sheets."""
    book = openpyxl.load_workbook(raw / LIST)
    history = book["ILACS_inspection_history"]
    for name in ("Inspections_31_March_2024", "Inspections_in_year_2023-24"):
        sheet = book.copy_worksheet(history)
        sheet.title = name
        sheet["N3"], sheet["N4"] = "Visit theme", "Front door"
    history.title = "ILACS_inspections_2018-2024"
    (raw / "ofsted/2024").mkdir()
    book.save(raw / "ofsted/2024/LA_Inspection_Outcomes_as_at_March_2024.xlsx")


def rename_year(raw):
    """The last long file under the next edition, its year one later."""
    (raw / NEXT).parent.mkdir()
    shutil.copy(raw / LONG, raw / NEXT)
    edit(raw, NEXT, lambda rows: [r.__setitem__(0, str(int(r[0]) + 1)) for r in rows[1:]])


# What is told and harms nothing: the damage, and the texts of what is printed.
TOLD = {
    "nothing": (lambda raw: None, ["80 the same"]),
    "a new edition": (rename_year, ["80 the same, 1 new", f"new  {NEXT}  number_and_rate", "in 2025"]),
    "a list of inspections under other names": (
        inspections_of_2024, ["80 the same, 1 new", "LA_Inspection_Outcomes_as_at_March_2024.xlsx"]
    ),
    "a changed file": (
        lambda raw: edit(raw, WIDE, lambda rows: rows[5].__setitem__(8, "1")),
        ["79 the same, 1 changed", f"changed  {WIDE}  health", "151 authorities; 151 in the last build"],
    ),
    "a renamed file": (
        lambda raw: (raw / WIDE).rename(raw / "ssda903/2018/SFR1_OC22018.csv"),
        ["79 the same, 1 renamed", "renamed  ssda903/2018/SFR1_OC22018.csv", f"was {WIDE}"],
    ),
    "a renamed and changed file": (
        lambda raw: (
            edit(raw, WIDE, lambda rows: rows[5].__setitem__(8, "1")),
            (raw / WIDE).rename(raw / "ssda903/2018/OC22018_amended.csv"),
        ),
        ["79 the same, 1 changed", "changed  ssda903/2018/OC22018_amended.csv", f"was {WIDE}"],
    ),
    "an ignored file gone": (lambda raw: (raw / "README.md").unlink(), ["missing  README.md  ignored"]),
    "columns in another order": (
        lambda raw: edit(raw, LONG, move_last_first),
        ["headers not seen before", LONG, "of the last build", "reordered  column 1", "was column 14"],
    ),
    "a column under another name that is known": (
        lambda raw: edit(raw, WIDE, rename("OC2_convicted", "CLA_convicted")),
        ["headers not seen before", "renamed  column 8  'oc2_convicted' -> 'cla_convicted'"],
    ),
    "a sheet gone that is not read": (
        lambda raw: edit_book(raw, LIST, "Cover", lambda sheet: sheet.parent.remove(sheet)),
        ["79 the same, 1 changed", LIST],
    ),
    "an edition without a column of the one before": (
        lambda raw: (rename_year(raw), edit(raw, NEXT, lambda rows: [r.pop() for r in rows])),
        ["headers not seen before", NEXT, "13 columns)", "(14 columns)", "removed  was column 14"],
    ),
    "an unknown column with nothing in it": (
        lambda raw: edit(raw, WIDE, add_column("left_over", "")),
        ["headers not seen before", "added  column 35  'left_over'"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TOLD)
def test_what_harms_nothing_is_told(case, raw, run):
    damage, expected = TOLD[case]
    damage(raw)
    code, said = run("check")
    assert code == 0, said
    assert "Nothing found that would stop a build." in said
    for text in expected:
        assert text in said
    if case == "nothing":
        assert len(said.strip().splitlines()) == 5


SERIES = "seeds/layouts/ssda903_series.csv  (return_name,family,series,measure"
# What stops a build: the damage, the file that the message is of, and texts of found, expected and do.
HARM = {
    "a missing file": (
        lambda raw: (raw / WIDE).unlink(),
        WIDE,
        ["1 missing", "not in RAW_DIR", "the last build read", "--without-missing", "WAREHOUSE_DIR"],
    ),
    "a column taken out": (
        lambda raw: edit(raw, WIDE, lambda rows: [r.pop() for r in rows]),
        WIDE,
        ["1 column of the last build's file no more there: 'oc2_sdqaverage'",
         "every column that the last build read of it", "la-mart build --without-missing"],
    ),
    "a column in the place of another": (
        lambda raw: edit(raw, WIDE, rename("OC2_SDQaverage", "CLA_teethcheck")),
        WIDE,
        ["1 column of the last build's file no more there: 'oc2_sdqaverage'",
         "every column that the last build read of it", "la-mart build --without-missing"],
    ),
    "a renamed column": (
        lambda raw: edit(raw, WIDE, rename("OC2_convicted", "OC2_convictd")),
        WIDE,
        ["renamed  column 8  'oc2_convicted' -> 'oc2_convictd'", "1 unknown column: 'oc2_convictd'",
         "nearest: 'oc2_convicted'", SERIES, "ssda903,health,oc2_convictd,value,,,convicted_count,"],
    ),
    "a new column": (
        lambda raw: edit(raw, WIDE, add_column("OC2_on_the_moon", "5")),
        WIDE,
        ["added  column 35  'oc2_on_the_moon'", "1 unknown column", SERIES, "; component:",
         "ssda903,health,oc2_on_the_moon,value,,,?,"],
    ),
    "a renamed key": (
        lambda raw: edit(raw, LONG, rename("population_type", "kind_of_population")),
        LONG,
        ["'population_type' -> 'kind_of_population'", "seeds/layouts/column_roles.csv",
         "ssda903,kind_of_population,key,"],
    ),
    "a new key": (
        lambda raw: edit(raw, LONG, add_column("moon", "far side")),
        LONG,
        ["added  column 15  'moon'", "seeds/layouts/column_roles.csv", "; role:", "ssda903,moon,?,"],
    ),
    "a new heading in a workbook": (
        lambda raw: edit_book(raw, BOOK, "LAI1", lambda s: setattr(s["E6"], "value", "Something new")),
        BOOK,
        ["headers not seen before", "'lai1 | something new", SERIES],
    ),
    "a new column in a list of inspections": (
        lambda raw: edit_book(raw, LIST, "ILACS_inspection_history", lambda s: [
            s.cell(row, s.max_column + (row == 3), "Moon landing" if row == 3 else "Good")
            for row in range(3, s.max_row + 1)
        ]),
        LIST,
        ["'moon landing'", "seeds/layouts/inspection_columns.csv", "moon landing,?,?,",
         "ignored_tables.csv", "ofsted,inspection_outcomes,ilacs_inspection_history,,?"],
    ),
    "an authority less": (
        lambda raw: edit(raw, PLANS, drop_rows("Darlington")),
        PLANS,
        ["no row for local authority 841 (Darlington)", "(153 in the last build of it)", "fetch it again",
         "seeds/reference/la_absences.csv", "cin,841,2025,2025,?"],
    ),
    "an authority less than in the edition before": (
        lambda raw: (rename_year(raw), edit(raw, NEXT, drop_rows("Darlington"))),
        NEXT,
        ["new  ", "no row for local authority 841 (Darlington)", f"that existed in 2026 (154 in {LONG})"],
    ),
    "an authority that is new in the year of the edition": (
        lambda raw: (
            (raw / RO3).parent.mkdir(),
            shutil.copy(raw / "section_251/ye2018/RO3_2017-18_data_by_LA.xlsx", raw / RO3),
            edit_book(raw, RO3, "RO3 LA Data 2017-18", lambda s: setattr(s["A1"], "value", "2019-20")),
        ),
        RO3,
        ["no row for local authority 839 (Bournemouth, Christchurch and Poole)",
         "every authority that existed in 2020", "section_251,839,2020,2020,?"],
    ),
    "an unknown symbol": (
        lambda raw: edit(raw, LONG, lambda rows: [r.__setitem__(-1, "~") for r in rows[-3:]]),
        LONG,
        ["1 unknown symbol: '~' in 3 cells, first in row", "a number or a symbol of ssda903 2025",
         "value_symbols.csv  (return_name,edition_from", "ssda903,2025,,~,?,?"],
    ),
    "no figures": (
        lambda raw: edit(raw, LONG, blank_figures),
        LONG,
        ["no figure of any local authority in", "rows of authorities", "ignored_tables.csv"],
    ),
    "no authorities": (
        lambda raw: edit(raw, LONG, lambda rows: rows.__setitem__(
            slice(None), [r for r in rows if "Local authority" not in r])),
        LONG,
        ["no figure of any local authority in", "fetch it again"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("command", ["check", "build"])
@pytest.mark.parametrize("case", HARM)
def test_what_harms_stops_by_name_before_dbt(case, command, raw, warehouse, run, monkeypatch):
    damage, file, expected = HARM[case]
    damage(raw)
    monkeypatch.setattr("pipeline.build.run_dbt", lambda *args: pytest.fail("dbt began"))
    before = (warehouse / "mart.duckdb").read_bytes()
    code, said = run(command)
    assert code == 1
    message = said[said.index(f"\n{file}\n  found:") if command == "check" else 0 :]
    assert message.strip().startswith(f"{file}\n  found:")
    for text in ["  expected:", "  do:", *(expected if command == "check" else [expected[-1]])]:
        assert text in said
    assert ("1 thing would stop a build" if command == "check" else "Nothing was published") in said
    assert (warehouse / "mart.duckdb").read_bytes() == before
    assert not (warehouse / "work.duckdb").exists()


def test_another_header_is_noted_where_the_cache_has_not_the_one_before(raw, warehouse, run):
    shutil.rmtree(warehouse / "cache")
    edit(raw, WIDE, lambda rows: [r.pop() for r in rows])
    code, said = run("check")
    assert code == 0, said
    assert "another header than in the last build; its columns are no more in the cache" in said


def test_files_that_cannot_be_read_are_all_named(raw, run):
    (raw / WIDE).write_bytes(b"")
    (raw / BOOK).write_bytes(b"x")
    (raw / "ssda903/2025/surprise.csv").write_text("a,b\n1,2\n")
    code, said = run("check")
    assert code == 1
    assert "3 not read" in said and "3 things would stop a build" in said
    for text in (f"{WIDE}\n", f"{BOOK}\n", "no content", "cannot be opened", "ssda903/2025/surprise.csv\n"):
        assert text in said


@pytest.mark.parametrize(
    ("folder", "name", "source", "expected"),
    [
        ("ssda903/2025", "surprise.csv", None,
         ["none of its return", r"ssda903,?,surprise\.csv,csv,,,,0,0,yes,no"]),
        ("new/2025", "surprise.csv", None, ["no csv of its return is read", r"new,?,surprise\.csv,csv"]),
        ("ssda903/2025", "new.xlsx", None, ["shows: a workbook that cannot be opened", "ssda903,?,new"]),
        ("ssda903/2025", "release.zip", None, ["do:       unpack it"]),
        ("ssda903/2026", "new_2026.csv", LONG, [f"a header as in {LONG} (100% alike)",
         r"ssda903,number_and_rate,(cla_number_and_rate_per_10k_children\.csv|new_\d{4}\.csv),csv,,,,0,0,yes,no"]),
        ("ssda903/2025", "copy_2025.csv", LONG, [f"it looks like {LONG}", "a folder of its own"]),
    ],
)  # fmt: skip
def test_a_file_nobody_claims_comes_with_its_row(folder, name, source, expected, raw, run):
    path = raw / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("a,b\n1,2\n")
    if source:
        shutil.copy(raw / source, path)
        edit(raw, f"{folder}/{name}", lambda rows: rows[3].__setitem__(10, "changed"))
    code, said = run("check")
    assert code == 1
    for text in [f"{folder}/{name}\n  found:    a file that no family claims", *expected]:
        assert text in said


def test_the_row_shown_claims_the_column(raw, run, monkeypatch):
    """Pasted into the seed, it silences the check."""
    edit(raw, WIDE, rename("OC2_convicted", "OC2_convictd"))
    line = next(x for x in run("check")[1].splitlines() if ",oc2_convictd," in x).strip()
    rows = seed("layouts/ssda903_series")
    added = dict(zip(rows[0], next(csv.reader([line])), strict=True))
    known = check_columns.known_series
    monkeypatch.setattr(check_columns, "known_series", lambda name: [*known(name), added])
    assert run("check")[0] == 0


def test_a_listed_absence_is_no_loss(raw, run, monkeypatch):
    """The row shown, with a reason, lets the build go on."""
    edit(raw, PLANS, drop_rows("Darlington"))
    absence = {"return_name": "cin", "la_code": "841", "edition_from": "2025", "edition_to": "2025"}
    read = seeds.read_seed
    monkeypatch.setattr(
        check_authorities,
        "read_seed",
        lambda name, *folder: read(name, *folder) + ([absence] if name == "la_absences" else []),
    )
    assert run("check")[0] == 0


def test_a_file_whose_tables_are_ignored_by_name_may_be_without_figures(raw, run, monkeypatch):
    """The row that the message asks for lets the build go on."""
    edit(raw, LONG, blank_figures)
    rule = {"return_name": "ssda903", "family": "number_and_rate", "sheet_pattern": ".*", "from_column": ""}
    read = seeds.read_seed
    monkeypatch.setattr(
        seeds,
        "read_seed",
        lambda name, *folder: read(name, *folder) + ([rule] if name == "ignored_tables" else []),
    )
    assert run("check")[0] == 0


def test_authorities_that_ended_are_no_loss(raw, run):
    """Bournemouth, Poole and old Dorset are in the Indices of 2015 and not in those of 2019."""
    shutil.rmtree(raw / "iod/2019")
    shutil.copytree(SAMPLE / "iod/2019", raw / "iod/2019")
    assert run("check", warehouse=raw.parent / "empty")[0] == 0


def test_missing_files_go_when_told(raw, run, without_dbt):
    (raw / WIDE).unlink()
    assert run("check")[0] == 1
    code, said = run("check", "--without-missing")
    assert (code, "missing  " + WIDE in said) == (0, True)
    assert run("build")[0] == 1 and not without_dbt
    code, said = run("build", "--without-missing")
    assert code == 0 and without_dbt
    assert f"since the last build\n  missing  {WIDE}  health" in said


def test_without_a_mart_it_says_so_and_checks_the_rest(raw, run, tmp_path):
    code, said = run("check", warehouse=tmp_path / "empty")
    assert code == 0
    assert "no mart in" in said and "files       80\n" in said
    edit(raw, WIDE, rename("OC2_convicted", "OC2_convictd"))
    code, said = run("check", warehouse=tmp_path / "empty")
    assert code == 1
    assert "'oc2_convictd'" in said and "missing" not in said


@pytest.fixture
def without_dbt(monkeypatch):
    """A build that stops at nothing after the checks; the list tells whether it came so far."""
    begun = []
    monkeypatch.setattr("pipeline.build.run_dbt", lambda *args: begun.append(args) or [])
    monkeypatch.setattr("pipeline.build.run_audit", lambda *args: None)
    monkeypatch.setattr("pipeline.build.publish", lambda warehouse, *args, **named: warehouse / "mart.duckdb")
    monkeypatch.setattr("pipeline.build.summary", lambda *args: {})
    monkeypatch.setattr("pipeline.build.print_summary", lambda *args: None)
    return begun


@pytest.mark.parametrize("is_there", [True, False], ids=["no database", "its build was deleted"])
def test_a_mart_that_cannot_be_read_is_no_last_build(is_there, raw, run, warehouse, without_dbt):
    """Check and build say that nothing is compared, a missing file included; the build goes on."""
    (raw / WIDE).unlink()
    mart = warehouse / "mart.duckdb"
    mart.unlink()
    if is_there:
        mart.write_bytes(b"no database")
    else:
        mart.symlink_to("published/mart.duckdb")
    code, said = run("check")
    assert code == 0
    assert "cannot be read, so nothing to compare with" in said
    code, said = run("build")
    assert code == 0 and without_dbt
    assert f"since the last build\n  not known: {mart} cannot be read, so nothing to compare with (" in said


def test_official_files_after_the_sample_do_not_lack_its_files(raw, run):
    """The first official build in the warehouse of the sample; a sample cut short still does."""
    for path in [p for p in raw.rglob("*") if p.is_file() and p != raw / WIDE]:
        path.unlink()
    assert run("check")[0] == 1
    edit(raw, WIDE, lambda rows: rows[5].__setitem__(8, "1"))  # nobody knows this content as synthetic
    code, said = run("check")
    assert code == 0
    assert "is of synthetic files, these are not" in said


def test_a_joint_return_stands_for_its_members():
    names = check_tables.authorities()
    joint = names[names.spelling == "kingston upon thames / richmond upon thames"]
    assert sorted(joint.la_code) == ["314", "318"]
    assert set(names[names.spelling.isin(["dorset", "835", "838"])].la_code) == {"838"}


def test_two_headers_differ_by_what_was_added_removed_renamed_and_moved():
    def grid(text):
        return Grid([], unique_keys(flat_columns("", text.split(","))))

    rows, renamed = check_headers.header_diff(
        grid("code,name,count_2019,per cent,old"), grid("name,code,count_2020,percent,quite different,new")
    )
    assert renamed == {"percent": "per cent"}
    assert [(what, text) for what, _, text in rows] == [
        ("renamed", "'per cent' -> 'percent'"),
        ("added", "'quite different'"),
        ("added", "'new'"),
        ("removed", "'old'"),
        ("reordered", "'name', was column 2"),
    ]


def test_the_newest_edition_most_alike_is_the_nearest():
    def file(edition, text):
        columns = unique_keys(flat_columns("", text.split(",")))
        return catalogue.RawFile(
            1, "r", edition, edition, "f", "", Layout("csv"), "", 0, True, Grid([], columns)
        )

    old, same, new = file("2018", "a,b,c"), file("2019", "a,b,c"), file("2020", "a,x,y")
    assert check_headers.nearest(file("2021", "a,b,d"), [old, same, new]) is same
    assert check_headers.nearest(file("2021", "a,x,z"), [old, same, new]) is new
    assert check_headers.nearest(file("2021", "a"), []) is None


def test_a_long_list_is_cut_and_counted():
    lines = words.aligned([("new", f"file {i}") for i in range(words.SHOWN + 3)])
    assert len(lines) == words.SHOWN + 1 and lines[-1].endswith("... and 3 more")


@pytest.mark.real
def test_the_official_files_are_silent_beside_their_own_mart(official_raw, official_warehouse, run, tmp_path):
    code, said = run("check", raw=official_raw, warehouse=official_warehouse)
    assert code == 0
    assert "the same\n\nNothing" in said
    # And without a mart, each edition beside the one before.
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (fresh / "cache").symlink_to((official_warehouse / "cache").resolve())
    assert run("check", raw=official_raw, warehouse=fresh)[0] == 0


@pytest.mark.real
def test_every_edition_of_the_official_files_would_have_passed_as_new(official_raw, official_warehouse):
    """Each beside the edition before: no authority lost, no column unknown."""
    files = catalogue.scan(official_raw)
    catalogue.read_grids(official_raw, files, official_warehouse / "cache")
    read = [f for f in files if f.grid]
    assert check_authorities.content_harms(read, read, [], {}, official_warehouse / "cache") == []
    assert check_columns.unknown_columns(read, official_warehouse / "cache") == {}
