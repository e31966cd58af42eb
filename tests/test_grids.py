"""Raw files to grids of text."""

import openpyxl
import pytest

from pipeline import grid_cache, headers
from pipeline.csv_files import read_csv
from pipeline.errors import InputError
from pipeline.grids import Column, Layout
from pipeline.workbooks import read_workbook
from tests.old_workbook import old_workbook

TABLES = Layout("workbook", data_starts_at="England")


def read(tmp_path, content: bytes):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    return read_csv(path, "file.csv", Layout("csv"))


def test_a_csv_keeps_every_cell_as_text_and_its_row_number(tmp_path):
    grid, rows = read(tmp_path, b'\xef\xbb\xbfcode,"name, full",2015\r\n001,"A, B",1.0\r\n002,,x\r\n')
    assert rows.column("cells").to_pylist() == [
        ["code", "name, full", "2015"], ["001", "A, B", "1.0"], ["002", "", "x"],
    ]  # fmt: skip
    assert rows.column("row_no").to_pylist() == [1, 2, 3]
    assert [(c.key, c.year) for c in grid.columns] == [
        ("code", None), ("name, full", None), ("{year}", 2015),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "no content"),
        (b"a,b\n", "1 rows"),
        (b"a,b\n1,2\n3\n", "CSV parse error"),
        (b"a,b\n1,2\n3,4", "does not end with a newline"),
        ("a,b\n1,é\n".encode("latin-1"), "not UTF-8 in line 2"),
        ("a,b\n1,2\n".encode("utf-16"), "NUL byte"),
        (b'a,b\n1,"2\n3,4\n', "never closed"),
    ],
    ids=["empty", "header only", "short row", "cut off", "latin-1", "utf-16", "open quote"],
)
def test_a_damaged_csv_is_refused(tmp_path, content, found):
    with pytest.raises(InputError) as error:
        read(tmp_path, content)
    assert error.value.file == "file.csv"
    assert found in error.value.found


@pytest.mark.parametrize(
    ("header", "key", "year"),
    [
        ("CLA_Mar2018", "cla_mar{year}", 2018),
        ("CLA_taken2018_pc", "cla_taken{year}_pc", 2018),
        ("Mid2009Pop0-17", "mid{year}pop0-17", 2009),
        ("Act_HE1920&21", "act_he1920&21", None),
        ("CL_Act_EET19to21", "cl_act_eet19to21", None),
        ("CLA_NetGain ", "cla_netgain", None),
        ("CPPAt310314RatePer10k", "cppat{year}rateper10k", 2014),
        ("%ReferralsWithin12mths1415", "%referralswithin12mths{year}", 2015),
        ("Absence, 2009/10", "absence, {year}", 2010),
        ("CPPduring201314", "cppduring{year}", 2014),
        ("CLA_cea1015", "cla_cea1015", None),
    ],
)
def test_years_are_taken_out_of_headers_and_ages_are_not(header, key, year):
    assert headers.column_key(header) == (key, year)


def test_a_header_that_stands_twice_is_numbered():
    columns = [Column("", i, "LA_Noinf", "la_noinf", None) for i in (1, 2)]
    assert [c.key for c in headers.unique_keys(columns)] == ["la_noinf", "la_noinf #2"]


def test_a_merged_heading_reaches_right_to_the_end_of_its_group():
    rows = [
        ["Table X", "", "", "", "", ""],
        ["Coverage: England", "", "", "", "", ""],
        ["", "", "Numbers", "", "", "Net gain3"],
        ["", "", "All", "Aged", "", ""],
        ["", "", "", "1 to 42", "5 to 9", ""],
    ]
    assert headers.header_paths(rows, 2)[2:] == [
        "Numbers / All", "Numbers / Aged / 1 to 42", "Numbers / Aged / 5 to 9", "Net gain",
    ]  # fmt: skip


def test_units_printed_flush_right_reach_left():
    rows = [["Coverage: England"] + [""] * 5, ["", "", "", "numbers", "", "percentages"],
            ["", "", "A", "B", "A", "B"]]  # fmt: skip
    assert headers.header_paths(rows, 2)[2:] == [
        "numbers / A", "numbers / B", "percentages / A", "percentages / B",
    ]  # fmt: skip


def workbook(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def test_a_workbook_tells_where_its_data_begin_and_which_column_holds_the_names(tmp_path):
    path = tmp_path / "book.xlsx"
    workbook(path, [["Coverage: England"], [None, None, None, 2015], [None, None, "England4", 10],
                    [841, "E06000005", "Darlington", "x"], [840, "E06000047", "Durham", 2.5]])  # fmt: skip
    grid, rows = read_workbook(path, "book.xlsx", TABLES)
    assert (grid.sheets[0].first_data_row, grid.sheets[0].name_col) == (3, 3)
    assert rows.column("cells").to_pylist()[3] == ["841", "E06000005", "Darlington", "x"]
    assert [(c.col_no, c.key, c.year) for c in grid.columns] == [(4, "{year}", 2015)]


def test_figures_one_row_above_their_name_are_data(tmp_path):
    path = tmp_path / "book.xlsx"
    workbook(path, [["Coverage: England"], [None, None, "Children"], [None, None, 48490],
                    [None, "England"], [841, "Darlington", 130]])  # fmt: skip
    grid, _ = read_workbook(path, "book.xlsx", TABLES)
    assert grid.sheets[0].first_data_row == 3
    assert grid.columns[0].key == "children"


def test_a_file_is_parsed_once_for_each_content(tmp_path, monkeypatch):
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\n1,2\n")
    first = grid_cache.load(path, "file.csv", Layout("csv"), "hash", tmp_path / "cache")
    monkeypatch.setattr(grid_cache, "read_csv", None)
    assert grid_cache.load(path, "file.csv", Layout("csv"), "hash", tmp_path / "cache") == first


ENGLAND = [["Coverage: England"], [None, None, 2015], ["England", None, 10]]


def test_the_errors_of_an_old_workbook_are_read_as_they_are_shown(tmp_path):
    """As those of a new one: a symbol that nobody knows, not an empty cell."""
    path = tmp_path / "book.xls"
    shown = [[841, "#N/A", 1.5, "#DIV/0!"], [840, "=#REF!", None, True, None, "#NULL!"]]
    path.write_bytes(old_workbook({"Other": [["England", 1]], "Tabelle é": [*ENGLAND, *shown]}))
    _, rows = read_workbook(path, "book.xls", TABLES)
    assert rows.column("cells").to_pylist()[-2:] == [
        ["841", "#N/A", "1.5", "#DIV/0!", "", ""], ["840", "#REF!", "", "TRUE", "", "#NULL!"],
    ]  # fmt: skip


@pytest.mark.parametrize("at", [3, 1600, 4900])
def test_an_old_workbook_cut_off_is_refused(at, tmp_path):
    path = tmp_path / "book.xls"
    path.write_bytes(old_workbook({"LA": ENGLAND})[:at])
    with pytest.raises(InputError, match="cannot be opened"):
        read_workbook(path, "book.xls", TABLES)


@pytest.mark.parametrize("content", [b"not a zip", b""], ids=["text", "empty"])
def test_a_workbook_that_cannot_be_opened_is_refused(tmp_path, content):
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError, match="cannot be opened"):
        read_workbook(path, "book.xlsx", TABLES)


def test_a_workbook_without_the_expected_tables_is_refused(tmp_path):
    path = tmp_path / "book.xlsx"
    workbook(path, [["Something else"]])
    with pytest.raises(InputError, match="no table with a row for 'England'"):
        read_workbook(path, "book.xlsx", TABLES)
