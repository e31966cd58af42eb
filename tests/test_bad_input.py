"""Whatever is wrong with the input: one clear message, exit code 1, the published mart untouched."""

import csv
import io
import os
import subprocess
import sys

import openpyxl
import pytest

from pipeline.cli import main
from pipeline.settings import PROJECT

LONG = "ssda903/2025/cla_number_and_rate_per_10k_children.csv"
WIDE = "ssda903/2018/OC22018.csv"
BOOK = "ssda903/2015/SFR34_2015_Local_Authority_Tables.xlsx"


def edit(raw, name, change):
    """Apply `change` to the rows of a CSV (header first)."""
    path = raw / name
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows(rows)


def edit_sheet(raw, sheet, change):
    book = openpyxl.load_workbook(raw / BOOK)
    change(book[sheet])
    book.save(raw / BOOK)


def first_la(rows):
    """Number of the first row of a local authority."""
    return next(i for i, r in enumerate(rows) if "Local authority" in r or "LA" in r)


def set_cell(column, value):
    def change(rows):
        rows[first_la(rows)][rows[0].index(column)] = value

    return change


def rename(old, new):
    def change(rows):
        rows[0][rows[0].index(old)] = new

    return change


def repeat_la(rows):
    rows.insert(first_la(rows), list(rows[first_la(rows)]))


def drop_la(rows):
    """Take one authority out altogether."""
    code = rows[first_la(rows)][rows[0].index("old_la_code")]
    rows[:] = [r for r in rows if r[rows[0].index("old_la_code")] != code]


def keep_half(path):
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def rename_cell(sheet, old, new):
    next(c for row in sheet.iter_rows() for c in row if c.value == old).value = new


CASES = {
    "unknown file": (
        lambda raw: (raw / "ssda903/2025/la_cla_new_topic.csv").write_text("a,b\n1,2\n"),
        ["ssda903/2025/la_cla_new_topic.csv", "no family claims", "file_families"],
    ),
    "file in no edition": (
        lambda raw: (raw / "ssda903/CLA2018.csv").write_text("a,b\n1,2\n"),
        ["ssda903/CLA2018.csv", "<return>/<edition>/<file>"],
    ),
    "edition without a year": (
        lambda raw: (raw / "ssda903/2018").rename(raw / "ssda903/latest"),
        ["ssda903/latest/OC22018.csv", "edition folder without a year"],
    ),
    "the same content twice": (
        lambda raw: (raw / "ssda903/2018/CLA2018.csv").write_bytes((raw / WIDE).read_bytes()),
        ["ssda903/2018/OC22018.csv", "the same content as", "delete one"],
    ),
    "two files of one family": (
        lambda raw: (raw / "ssda903/2018/SFR1_OC22018.csv").write_text("a,b\n1,2\n"),
        ["ssda903/2018/SFR1_OC22018.csv", "same family and edition", "OC22018.csv"],
    ),
    "empty file": (
        lambda raw: (raw / WIDE).write_bytes(b""),
        [WIDE, "no content", "fetch it again"],
    ),
    "truncated file": (
        lambda raw: keep_half(raw / LONG),
        [LONG, "the file was cut off"],
    ),
    "truncated after a whole line": (
        lambda raw: edit(raw, WIDE, lambda rows: rows.__delitem__(slice(100, None))),
        [WIDE, "no row for local authority", "cut off"],
    ),
    "wrong encoding": (
        lambda raw: (raw / WIDE).write_bytes((raw / WIDE).read_text("utf-8").encode("utf-16")),
        [WIDE, "NUL byte", "UTF-8"],
    ),
    "another wrong encoding": (
        lambda raw: (raw / WIDE).write_bytes((raw / WIDE).read_bytes().replace(b"Hereford", b"H\xe9re", 1)),
        [WIDE, "not UTF-8 in line", "0xe9"],
    ),
    "unreadable workbook": (
        lambda raw: keep_half(raw / BOOK),
        [BOOK, "cannot be opened", "fetch it again"],
    ),
    "unknown column": (
        lambda raw: edit(raw, WIDE, rename("OC2_convicted", "OC2_convictd")),
        [WIDE, "'oc2_convictd'", "nearest: 'oc2_convicted'", "ssda903_series.csv"],
    ),
    "unknown key column": (
        lambda raw: edit(raw, LONG, rename("population_type", "kind_of_population")),
        [LONG, "kind_of_population", "column_roles.csv"],
    ),
    "unknown series": (
        lambda raw: edit(raw, LONG, set_cell("population_type", "Children on the moon each year")),
        [LONG, "'children on the moon each year'", "add a row for it"],
    ),
    "unknown symbol": (
        lambda raw: edit(raw, LONG, set_cell("children_count", "n/k")),
        [LONG, "unknown symbol 'n/k'", "value_symbols.csv"],
    ),
    "symbol of another edition": (
        lambda raw: edit(raw, LONG, set_cell("children_count", "..")),
        [LONG, "unknown symbol '..'", "ssda903 2025"],
    ),
    "unknown LA code": (
        lambda raw: edit(raw, LONG, set_cell("old_la_code", "999")),
        [LONG, "unknown area", "code '999'", "local_authorities.csv"],
    ),
    "code that lost its zeros": (
        lambda raw: edit(raw, WIDE, set_cell("geog_c", "21")),
        [WIDE, "unknown area", "code '21'"],
    ),
    "unknown spelling": (
        lambda raw: edit(raw, LONG, set_cell("la_name", "Borchester")),
        [LONG, "unknown area", "name 'borchester'", "la_names.csv"],
    ),
    "ONS code of another authority": (
        lambda raw: edit(raw, LONG, set_cell("new_la_code", "E06000046")),
        [LONG, "with the code 'E06000046'", "la_ons_codes.csv"],
    ),
    "an LA twice": (
        lambda raw: edit(raw, WIDE, repeat_la),
        [WIDE, "more than once", "one row for each area"],
    ),
    "last year's file in this year's folder": (
        lambda raw: (raw / "ssda903/2025").rename(raw / "ssda903/2026"),
        ["ssda903/2026", "figures up to 2025 only", "may_lag"],
    ),
    "a file of another year by its name": (
        lambda raw: (raw / "ssda903/2018").rename(raw / "ssda903/2017"),
        ["ssda903/2017/OC22018.csv", "a file of 2018 in the folder 2017"],
    ),
    "a link to nowhere": (
        lambda raw: (raw / "ssda903/2018/CLA2018.csv").symlink_to(raw / "nowhere.csv"),
        ["ssda903/2018/CLA2018.csv", "leads to no file"],
    ),
    "a cell blanked": (
        lambda raw: edit(raw, WIDE, set_cell("OC2_12mths", "")),
        ["OC22018.csv", "no figure of looked_after_12_months_count", "blanked"],
    ),
    "no England": (
        lambda raw: edit(raw, WIDE, lambda rows: rows.__delitem__(1)),
        [WIDE, "no row for England"],
    ),
    "an LA missing": (
        lambda raw: edit(raw, LONG, drop_la),
        [LONG, "no row for local authority", "la_absences.csv"],
    ),
    "a year to come": (
        lambda raw: edit(raw, LONG, set_cell("time_period", "2027")),
        [LONG, "the period '2027'", "2025"],
    ),
    "a period that is no year": (
        lambda raw: edit(raw, LONG, set_cell("time_period", "last")),
        [LONG, "the period 'last'"],
    ),
    "England that does not follow": (
        lambda raw: edit(raw, WIDE, lambda rows: rows[1].__setitem__(rows[0].index("OC2_12mths"), "999990")),
        [WIDE, "999990.0 for looked_after_12_months_count", "E92000001", "total_exceptions.csv"],
    ),
    "unknown spelling in a workbook": (
        lambda raw: edit_sheet(raw, "LAG1", lambda s: rename_cell(s, "Darlington", "Borchester")),
        [BOOK, "name 'borchester'", "sheet LAG1"],
    ),
    "unknown heading in a workbook": (
        lambda raw: edit_sheet(raw, "LAI1", lambda s: setattr(s["E6"], "value", "Something new")),
        [BOOK, "lai1 | something new"],
    ),
    "a new sheet": (
        lambda raw: edit_sheet(raw, "LAI1", lambda s: s.parent.create_sheet("LAZ9")),
        [BOOK, "no figures in sheet 'LAZ9'", "ignored_tables.csv"],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def published(sample_warehouse, tmp_path_factory):
    """A warehouse with a published mart that a failing build must leave alone."""
    warehouse = tmp_path_factory.mktemp("warehouse")
    (warehouse / "mart.duckdb").write_bytes((sample_warehouse / "mart.duckdb").read_bytes())
    return warehouse


def run_build(monkeypatch, capsys, raw, warehouse):
    monkeypatch.setenv("RAW_DIR", str(raw))
    monkeypatch.setenv("WAREHOUSE_DIR", str(warehouse))
    # The folder of three files is no whole collection beside the mart of the sample.
    code = main(["build", "--without-missing"])
    out = capsys.readouterr()
    return code, out.out, out.err


@pytest.mark.parametrize("case", CASES)
def test_bad_input_stops_the_build_by_name(case, small_raw, published, monkeypatch, capsys):
    damage, expected = CASES[case]
    damage(small_raw)
    before = (published / "mart.duckdb").read_bytes()
    code, out, err = run_build(monkeypatch, capsys, small_raw, published)
    assert code == 1
    for text in [*expected, "found:", "expected:", "do:", "Nothing was published"]:
        assert text in err
    assert "Traceback" not in out + err
    assert (published / "mart.duckdb").read_bytes() == before


@pytest.mark.parametrize("kind", ["missing", "empty", "only hidden files"])
def test_no_raw_files_stop_the_build(kind, tmp_path, published, monkeypatch, capsys):
    raw = tmp_path / "raw"
    if kind != "missing":
        raw.mkdir()
    if kind == "only hidden files":
        (raw / ".DS_Store").write_bytes(b"x")
    code, out, err = run_build(monkeypatch, capsys, raw, published)
    assert code == 1
    assert "RAW_DIR" in err and "do:" in err and "Traceback" not in out + err


def test_the_undamaged_files_build(small_raw, tmp_path, monkeypatch, capsys):
    """So that the cases above fail for their own reason."""
    code, out, err = run_build(monkeypatch, capsys, small_raw, tmp_path / "warehouse")
    assert (code, err) == (0, "")
    assert "SYNTHETIC" in out


def test_plain_dbt_build_says_the_same(small_raw, tmp_path):
    """Without la-mart: the message of the catalogue reaches dbt's user, and the exit is not 0."""
    (small_raw / WIDE).write_bytes(b"")
    env = {**os.environ, "RAW_DIR": str(small_raw), "WAREHOUSE_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "dbt.cli.main", "build", "--log-path", str(tmp_path)]
    run = subprocess.run(
        [*command, "--target-path", str(tmp_path / "target")],
        env=env,
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert run.returncode != 0
    assert "no content" in run.stdout and WIDE in run.stdout
    assert "Traceback" not in run.stdout + run.stderr
