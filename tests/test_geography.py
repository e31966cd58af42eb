"""Lists of geography: neighbours, rural-urban classes, districts."""

import csv
import shutil

import openpyxl
import pytest
import python_calamine

from pipeline.cli import main
from pipeline.settings import SAMPLE

from .conftest import duckdb

NEIGHBOURS = "geography/sn_2025/sn_may_2025.xlsx"
CLASSES = next(SAMPLE.glob("geography/ruc2011/*.csv")).relative_to(SAMPLE).as_posix()


def test_every_authority_has_ten_neighbours_and_a_class(sample_warehouse):
    with duckdb.connect(sample_warehouse / "mart.duckdb", read_only=True) as mart:
        assert mart.sql(
            "select list_version, count(distinct la_code), count(*) from dim_statistical_neighbour group by 1"
        ).fetchall() == [("sn_2025", 153, 1530)]
        assert mart.sql("select count(*), count(la_code) from dim_rural_urban").fetchone() == (152, 152)
        assert mart.sql("select count(distinct la_code) from dim_district").fetchone() == (153,)


def edit_book(raw, change):
    book = openpyxl.load_workbook(raw / NEIGHBOURS)
    change(book["LA SN Groups"])
    book.save(raw / NEIGHBOURS)


def edit_text(raw, old, new):
    path = raw / CLASSES
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")


BAD = {
    "an authority that nobody knows": (
        lambda raw: edit_book(raw, lambda s: setattr(s["F4"], "value", 999)),
        [NEIGHBOURS, "the unknown authority 999", "local_authorities.csv"],
    ),
    "nine neighbours": (
        lambda raw: edit_book(raw, lambda s: setattr(s["F4"], "value", None)),
        [NEIGHBOURS, "9 neighbours of authority", "ten others"],
    ),
    "a renamed column": (
        lambda raw: edit_text(raw, "(6 fold)", "(7 fold)"),
        [CLASSES, "an unknown column 'rural-urban classification {year} (7 fold)'"],
    ),
    "a moved header": (
        lambda raw: edit_text(raw, "Upper Tier Local Authority Area 2021 Code", "Code"),
        [CLASSES, "no table with a row for"],
    ),
    "a code that nobody knows": (
        lambda raw: edit_text(raw, "E06000001", "E06999999"),
        [CLASSES, "the unknown authority E06999999"],
    ),
    "two lists of one version": (
        lambda raw: (raw / NEIGHBOURS).with_name("sn_june_2025.xlsx").write_bytes(b"x"),
        ["geography/sn_2025", "of the same family and edition as"],
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_damaged_list_stops_the_build_by_name(case, tmp_path, monkeypatch, capsys, built_only):
    built_only("dim_statistical_neighbour", "dim_rural_urban", "dim_district", "int_cell")
    damage, expected = BAD[case]
    raw = tmp_path / "raw"
    for name in (NEIGHBOURS, CLASSES):
        (raw / name).parent.mkdir(parents=True)
        shutil.copy(SAMPLE / name, raw / name)
    damage(raw)
    monkeypatch.setenv("RAW_DIR", str(raw))
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path / "warehouse"))
    assert main(["build"]) == 1
    said = capsys.readouterr().err
    for text in [*expected, "found:", "expected:", "do:", "Nothing was published"]:
        assert text in said


@pytest.mark.real
@pytest.mark.parametrize(
    ("version", "book", "text", "first", "n"),
    [
        ("sn_2021", "sn_april_2021.xlsx", "New_Statistical_Neighbour_Groupings_April_2021.csv", 5, 156),
        ("sn_2025", "sn_may_2025.xlsx", "sn_model_2025_wide.csv", 4, 158),
    ],
)
def test_neighbours_are_those_of_the_workbook_and_of_the_csv(
    version, book, text, first, n, official_raw, official_mart
):
    folder = official_raw / "geography" / version
    rows = (
        python_calamine.CalamineWorkbook.from_path(str(folder / book))
        .get_sheet_by_name("LA SN Groups")
        .to_python()
    )
    printed = {
        (str(int(row[0])), rank): (str(int(row[3 + 2 * rank])), row[4 + 2 * rank].strip().lower())
        for row in rows
        if isinstance(row[0], float) and row[0] > 100
        for rank in range(1, 11)
        if row[3 + 2 * rank] != "-"
    }
    ours = {
        (la, rank): (neighbour, closeness)
        for la, rank, neighbour, closeness in official_mart.execute(
            "select la_code, neighbour_rank, neighbour_la_code, closeness from dim_statistical_neighbour "
            "where list_version = ?",
            [version],
        ).fetchall()
    }
    assert ours == printed
    assert len(ours) == 10 * n
    with (folder / text).open(encoding="utf-8-sig", newline="") as f:
        for row in list(csv.reader(f))[1:]:
            for rank in range(1, 11):
                if row[0]:
                    place = first + 2 * (rank - 1)
                    assert ours[row[0], rank] == (row[place], row[place + 1].strip().lower())


@pytest.mark.real
def test_classes_and_districts_are_those_of_the_files(official_raw, official_mart):
    assert official_mart.sql("select count(*), count(la_code) from dim_rural_urban").fetchone() == (152, 152)
    for version, name in (
        ("2016", "Lower_Tier_Local_Authority_to_Upper_Tier_Local_Authority_(December_2016)_Lookup_in_EW.csv"),
        ("2021", "ltla-utla-lookup.csv"),
        ("2023", "LTLA-UTLA_Apr23_Lookup_England-Wales.csv"),
    ):
        with (official_raw / "geography" / version / name).open(encoding="utf-8-sig", newline="") as f:
            codes = [next(c for c in row if c[:2] in ("E0", "W0")) for row in list(csv.reader(f))[1:]]
        ours = official_mart.execute(
            "select district_code, la_code from dim_district where version = ?", [version]
        ).fetchall()
        assert sorted(code for code, _ in ours) == sorted(c for c in codes if c.startswith("E"))
        assert all(la for _, la in ours)
    rutland = official_mart.sql(
        "select six_fold_class from dim_rural_urban inner join dim_local_authority using (la_code) "
        "where la_name = 'Rutland'"
    ).fetchone()
    assert rutland[0].lower().startswith(("mainly rural", "largely rural"))
