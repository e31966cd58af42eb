"""Inspections: the counts printed elsewhere, the judgement in force, the shape of 2026, damaged files."""

import datetime as dt
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import openpyxl
import pytest
import python_calamine as calamine

from pipeline import sample_inspections
from pipeline.cli import main
from pipeline.made_up import World
from pipeline.sample import same_bytes
from pipeline.settings import PROJECT, SAMPLE

from .conftest import seed

LIST = "ofsted/2023/Childrens_social_care_in_England_2023_underlying_data.xlsx"
HISTORY = "ofsted/2025/LA_Inspection_Outcomes_as_at_31_March_2025.xlsx"
ANY = "ssda903/2025/cla_number_and_rate_per_10k_children.csv"
GRADES = {"Inadequate": 1, "Requires improvement to be good": 2, "Good": 3, "Outstanding": 4, "": None}
JUDGEMENTS = ["overall", "leaders", "help_and_protection", "children_in_care", "care_leavers"]


def official_sheet(raw: Path, edition: str, sheet: str) -> list[list]:
    """Rows of a sheet below its header, read without the project's own reader."""
    path = next((raw / "ofsted" / edition).iterdir())
    rows = calamine.CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()
    header = next(i for i, row in enumerate(rows) if row[0] == "Web link")
    return rows[header:]


def worked_query(name: str) -> str:
    """The SQL of a worked query, on the published mart."""
    sql = (PROJECT / "analyses" / f"{name}.sql").read_text("utf-8")
    return sql.replace("{{ ref('", "").replace("') }}", "")


def count(mart, sql: str) -> dict:
    """The second column by the first."""
    return dict(mart.sql(sql).fetchall())


# ---------------------------------------------------------------------- the official files


@pytest.mark.real
def test_the_inspections_of_each_framework(official_mart):
    by_grade = "select overall_code, count(*) from fct_inspection where {} group by 1"
    assert count(official_mart, by_grade.format("framework = 'SIF' and inspection_kind = 'first'")) == {
        4: 3, 3: 51, 2: 65, 1: 33,
    }  # fmt: skip
    assert count(official_mart, by_grade.format("framework = 'ILACS'")) == {1: 35, 2: 74, 3: 107, 4: 55}
    assert count(
        official_mart,
        "select framework || ' ' || inspection_kind, count(*) from fct_inspection group by 1",
    ) == {
        "SLAC first": 152, "SLAC re-inspection of safeguarding": 9,
        "SLAC re-inspection of looked-after services": 2, "CPI first": 50, "CPI re-inspection": 1,
        "TLAC first": 5, "SIF first": 152, "SIF re-inspection": 21, "ILACS standard": 171, "ILACS short": 100,
    }  # fmt: skip


@pytest.mark.real
@pytest.mark.parametrize(
    "name, grades",
    [
        ("la_valle_sample", {1: 21, 2: 42, 3: 20}),  # study 1: 83 authorities, none outstanding
        ("ilacs_first_wave", {1: 8, 2: 15, 3: 20, 4: 5}),  # 48 inspections
    ],
)
def test_the_samples_of_the_studies_come_out_of_a_query(name, grades, official_mart):
    sql = worked_query(name)
    assert count(official_mart, f"select overall_code, count(*) from ({sql}) group by 1") == grades  # noqa: S608


@pytest.mark.real
def test_every_printed_judgement_is_in_the_mart(official_raw, official_mart):
    """Counted by kind, grade and item from the sheets themselves."""
    printed = Counter()
    rows = official_sheet(official_raw, "2023", "LA_inspections_2009-2023")
    for row in rows[1:]:
        if row[0] != "Ofsted Local Authority Webpage":
            continue
        for group, columns in {
            "slac": {5: "safeguarding", 6: "looked_after"},
            "slac_re_safeguarding": {8: "safeguarding"},
            "slac_re_looked_after": {10: "looked_after"},
            "cpi": {12: "overall"}, "cpri": {14: "overall"}, "tlac": {16: "overall"},
            "sif": {18: "overall", 19: "help_and_protection", 20: "children_in_care", 21: "adoption",
                    22: "care_leavers", 23: "leaders", 24: "lscb"},
            "sif_re": {26: "overall", 27: "help_and_protection", 28: "children_in_care", 29: "adoption",
                       30: "care_leavers", 31: "leaders"},
        }.items():  # fmt: skip
            printed.update((group, item, row[i].strip()) for i, item in columns.items() if row[i])
    for row in official_sheet(official_raw, "2025", "ILACS_inspection_history")[1:]:
        printed.update(("ilacs", item, text) for item, text in zip(JUDGEMENTS, row[8:], strict=True) if text)
    assert sum(printed.values()) > 2500
    mart = Counter()
    items = [*JUDGEMENTS, "adoption", "lscb", "safeguarding", "looked_after"]
    for item in items:
        for inspection_id, text, code in official_mart.sql(
            f"select inspection_id, {item}_judgement, {item}_code from fct_inspection "  # noqa: S608
            f"where {item}_judgement is not null"
        ).fetchall():
            mart[inspection_id[4:].rsplit("_", 1)[0], item, text] += 1
            assert code == GRADES.get(text)
    assert mart == printed


@pytest.mark.real
@pytest.mark.parametrize(
    "edition, sheet, name, first, on, known",
    [
        ("2023", "LA_level_at_31_Mar_2023", 1, 3, "2023-03-31", "2023-04-30"),
        ("2025", "Inspections_as_at_31_March", 2, 4, "2025-03-31", "2025-06-30"),
    ],
)
def test_the_judgement_in_force_is_that_of_ofsted_s_own_snapshot(
    edition, sheet, name, first, on, known, official_raw, official_mart
):
    """Its snapshots hold the inspections by 31 March that were published by the date on the cover, and, as
    note 4 of 2023 says, South Tyneside's of 10 May."""
    codes = {}
    for row in seed("reference/la_names"):
        codes.setdefault(row["spelling"], set()).add(row["la_code"])
    columns = ", ".join(f"{judgement}_code" for judgement in JUDGEMENTS)
    in_force = {
        row[0]: row[1:]
        for row in official_mart.execute(
            f"select la_code, inspection_started_on, {columns} "  # noqa: S608
            "from judgement_in_force($on::date, $known::date) where la_code <> '393' or $on > '2023-03-31' "
            f"union all select la_code, inspection_started_on, {columns} "
            "from judgement_in_force($on::date, '2023-05-10') where la_code = '393' and $on = '2023-03-31'",
            {"on": on, "known": known},
        ).fetchall()
    }
    rows = official_sheet(official_raw, edition, sheet)[1:]
    assert len(rows) == len(in_force)
    skip = 1 if edition == "2023" else 2  # the snapshot of 2025 has the publication date too
    for row in rows:
        (code,) = codes[row[name].strip().lower()] & in_force.keys()
        printed = (row[first].date(), *(GRADES[text] for text in row[first + skip :]))
        assert in_force[code] == printed, row


@pytest.mark.real
def test_every_sheet_is_claimed_or_ignored_with_a_reason(official_work):
    sheets = official_work.sql(
        "select sheet, any_value(reason) from raw.raw_sheet inner join raw.raw_file using (file_no) "
        "left join seeds.ignored_tables as ignored on raw_file.return_name = ignored.return_name "
        "and raw_file.family = ignored.family "
        "and regexp_full_match(lower(trim(sheet)), ignored.sheet_pattern) "
        "where raw_file.return_name = 'ofsted' group by raw_file.path, sheet"
    ).fetchall()
    assert len(sheets) == 16 + 6
    assert {s for s, reason in sheets if not reason} == {
        "LA_inspections_2009-2023", "ILACS_inspection_history",
    }  # fmt: skip


@pytest.mark.real
def test_a_year_has_the_judgement_known_at_its_end_and_the_next(official_mart):
    """Northamptonshire: SIF 2016, inadequate in 2019; those that follow it begin without."""
    rows = official_mart.sql(
        "select la_code, year, judgement_framework, judgement_overall_code, judgement_published_on::varchar, "
        "next_inspection_published_on::varchar, next_inspection_overall_code, was_inspected_in_year "
        "from mart_la_year where la_code = '928' and year in (2016, 2019, 2020) "
        "or la_code in ('940', '941') and year = 2022 order by all"
    ).fetchall()
    assert rows[:3] == [
        ("928", 2016, None, None, None, "2016-04-27", 2, False),
        ("928", 2019, "SIF", 2, "2016-04-27", "2019-07-29", 1, False),
        ("928", 2020, "ILACS", 1, "2019-07-29", None, None, True),
    ]
    assert [(r[0], r[2], r[3]) for r in rows[3:]] == [("940", None, None), ("941", None, None)]


# ------------------------------------------------------------------------------- the sample


def test_the_macro_and_the_wide_mart_say_the_same(sample_warehouse):
    with duckdb.connect(sample_warehouse / "mart.duckdb", read_only=True) as mart:
        for year in (2014, 2016, 2019, 2020, 2025):
            differ = mart.execute(
                "select * from mart_la_year as wide inner join judgement_in_force(make_date(?, 3, 31)) "
                "as judgement using (la_code) where wide.year = ? and (wide.judgement_overall_code, "
                "wide.judgement_leaders_code, wide.judgement_published_on, wide.judgement_months_since) "
                "is distinct from (judgement.overall_code, judgement.leaders_code, judgement.published_on, "
                "judgement.months_since)",
                [year, year],
            ).fetchall()
            assert differ == []
        assert mart.sql("select count(distinct judgement_overall_code) from mart_la_year").fetchone() == (4,)


def test_a_second_date_says_by_when_the_report_was_out(sample_warehouse):
    with duckdb.connect(sample_warehouse / "mart.duckdb", read_only=True) as mart:
        code, started, published = mart.sql(
            "select la_code, inspection_started_on, published_on from fct_inspection "
            "where framework = 'ILACS' order by inspection_id limit 1"
        ).fetchone()
        sql = "select published_on from judgement_in_force(?::date{}) where la_code = ?"
        assert mart.execute(sql.format(""), [started, code]).fetchone() != (published,)
        assert mart.execute(sql.format(", ?::date"), [started, published, code]).fetchone() == (published,)


@pytest.fixture
def raw(tmp_path) -> Path:
    """The synthetic inspections and one file with LA-years."""
    folder = tmp_path / "raw"
    for name in (LIST, HISTORY, ANY):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLE / name, folder / name)
    return folder


def add_2026(raw: Path) -> Path:
    """The edition of 2026, made now: no overall grade."""
    path = raw / "ofsted" / "2026" / sample_inspections.file_name(2026)
    path.parent.mkdir()
    path.write_bytes(same_bytes(sample_inspections.workbook(World(903), 2026)))
    return path


def test_without_an_overall_grade_the_sub_judgements_stand(raw, work_of):
    header = header_of_history(add_2026(raw))
    assert "Overall effectiveness" not in header and len(header) == 12
    with work_of(raw, "fct_inspection") as mart:
        new = "from fct_inspection where edition = '2026' and inspection_started_on > date '2025-03-31'"
        assert mart.sql(
            "select count(*) > 10, count(overall_code), count(*) = count(leaders_code), "
            "count(*) = count(help_and_protection_code), count(*) = count(children_in_care_code), "
            f"count(*) = count(care_leavers_code) {new}"
        ).fetchone() == (True, 0, True, True, True, True)
        # What the edition of 2025 printed of earlier ones is not undone.
        assert mart.sql(
            "select count(*) > 100, count(*) = count(overall_code) from fct_inspection "
            "where edition = '2026' and inspection_started_on <= date '2025-03-31'"
        ).fetchone() == (True, True)
        newest = f"la_code in (select la_code {new} and published_on <= date '2026-03-31')"
        assert mart.sql(
            "select count(*) > 10, count(overall_code), count(leaders_code) = count(*) "  # noqa: S608
            f"from judgement_in_force(date '2026-03-31') where {newest}"
        ).fetchone() == (True, 0, True)


def header_of_history(path: Path) -> list[str]:
    """The header of the history of inspections."""
    sheet = openpyxl.load_workbook(path)["ILACS_inspection_history"]
    return [c.value for c in sheet[3]]


def test_the_mart_builds_without_inspections(finance_warehouse):
    with duckdb.connect(finance_warehouse / "mart.duckdb", read_only=True) as mart:
        assert mart.sql("select count(*) from fct_inspection").fetchone() == (0,)
        assert mart.sql(
            "select count(*) > 300, count(judgement_framework), count(was_inspected_in_year) "
            "from mart_la_year"
        ).fetchone() == (True, 0, 0)


# --------------------------------------------------------------------------------- bad input


def edit(raw: Path, name: str, change) -> None:
    """Apply `change` to the sheet of inspections of a workbook."""
    book = openpyxl.load_workbook(raw / name)
    change(book.worksheets[-1])
    book.save(raw / name)


def put(cell: str, value):
    return lambda sheet: setattr(sheet[cell], "value", value)


def move_header(sheet):
    """The header three rows down, the first authorities above it."""
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=3, max_row=6)]
    for i, row in enumerate([*rows[1:], rows[0]], start=3):
        for j, value in enumerate(row, start=1):
            sheet.cell(i, j).value = value


def copy_row(sheet):
    for cell in sheet[5]:
        sheet.cell(sheet.max_row if cell.column > 1 else sheet.max_row + 1, cell.column).value = cell.value


def other_grade(sheet):
    sheet["AI6"].value = "Good" if sheet["AI6"].value != "Good" else "Inadequate"


def rename_in_second_header(sheet):
    row = [cell.row for cell in sheet["A"] if cell.value == "Web link"][1]
    sheet[f"Y{row}"].value = "Something"


CASES = {
    "a header row that moved": (
        lambda raw: edit(raw, HISTORY, move_header),
        [HISTORY, "above the header", "'ILACS_inspection_history', row 3", "header in row 6"],
    ),
    "a header row that is gone": (
        lambda raw: edit(raw, HISTORY, put("A3", "Link")),
        [HISTORY, "no table with a row for 'web link'"],
    ),
    "a renamed column": (
        lambda raw: edit(raw, HISTORY, put("J3", "The impact of leaders on practice")),
        [HISTORY, "'the impact of leaders on practice'", "sheet 'ILACS_inspection_history', column 10",
         "nearest: 'the impact of leaders", "inspection_columns.csv"],
    ),
    "an unknown grade": (
        lambda raw: edit(raw, HISTORY, put("J5", "Splendid")),
        [HISTORY, "unknown judgement 'Splendid'", "row 5, column 10", "judgements.csv"],
    ),
    "an unknown type of inspection": (
        lambda raw: edit(raw, HISTORY, put("H5", "ILACS Long Inspection")),
        [HISTORY, "unknown type of inspection 'ILACS Long Inspection'", "row 5", "inspection_types.csv"],
    ),
    "a date that is none": (
        lambda raw: edit(raw, HISTORY, put("G5", "last spring")),
        [HISTORY, "unknown date 'last spring'", "row 5, column 7"],
    ),
    "a blanked publication date": (
        lambda raw: edit(raw, HISTORY, put("G5", None)),
        [HISTORY, "no publication date", "'ILACS_inspection_history', row 5"],
    ),
    "a publication before the inspection": (
        lambda raw: edit(raw, HISTORY, put("F5", dt.datetime(2025, 12, 1))),
        [HISTORY, "the first day 2025-12-01 after the publication", "row 5"],
    ),
    "an unknown authority": (
        lambda raw: edit(raw, HISTORY, put("C5", "Borchester")),
        [HISTORY, "name 'borchester'", "'ILACS_inspection_history', row 5", "seeds/reference"],
    ),
    "the code of another authority": (
        lambda raw: edit(raw, HISTORY, put("B5", "E06000001")),
        [HISTORY, "code 'E06000001'", "row 5"],
    ),
    "an inspection twice": (
        lambda raw: edit(raw, HISTORY, copy_row),
        [HISTORY, "more than once, in sheet 'ILACS_inspection_history', rows 5, "],
    ),
    "a file cut off": (
        lambda raw: edit(raw, HISTORY, lambda sheet: sheet.delete_rows(sheet.max_row - 2, 3)),
        [HISTORY, "no inspection of York (816)", "cut off"],
    ),
    "a grade that the later edition prints otherwise": (
        lambda raw: edit(raw, LIST, other_grade),
        [HISTORY, "overall '", "inspection_cells.csv", f"as in {LIST}, row 6"],
    ),
    "a second header that differs": (
        lambda raw: edit(raw, LIST, rename_in_second_header),
        [LIST, "the column 'Something'", "'LA_inspections_2009-2023', row 1", "column 25"],
    ),
    "a new sheet": (
        lambda raw: edit(raw, LIST, lambda sheet: sheet.parent.create_sheet("Annex")),
        [LIST, "no figures in sheet 'Annex'", "ignored_tables.csv"],
    ),
    "two files for one year": (
        lambda raw: (raw / HISTORY.replace("31_March", "30_April")).write_bytes(b"x"),
        ["of the same family and edition as", HISTORY.replace("31_March", "30_April"), "keep one"],
    ),
    "a file in the folder of another year": (
        lambda raw: (raw / "ofsted/2025").rename(raw / "ofsted/2024"),
        [HISTORY.replace("/2025/", "/2024/"), "a file of 2025 in the folder 2024"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_damaged_list_stops_the_build_by_file_sheet_and_row(
    case, raw, tmp_path, monkeypatch, capsys, built_only
):
    damage, expected = CASES[case]
    damage(raw)
    built_only("fct_inspection", "int_cell", "la_absences", "stg_geography__flat_cell", "ignored_tables")
    monkeypatch.setenv("RAW_DIR", str(raw))
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path / "warehouse"))
    assert main(["build"]) == 1
    out, err = capsys.readouterr()
    for text in [*expected, "found:", "expected:", "do:", "Nothing was published"]:
        assert text in err
    assert "Traceback" not in out + err
