"""Files in the publishers' layouts, damaged at random: read with every cell, or stopped with a reason."""

import csv
import io
import random
import shutil
import time
from collections import Counter

import duckdb
import openpyxl
import pytest

from pipeline import catalogue
from pipeline.cli import main
from pipeline.csv_files import read_csv
from pipeline.errors import InputError
from pipeline.grids import Layout, header_fingerprint
from pipeline.headers import flat_columns, unique_keys
from pipeline.seeds import read_seed
from pipeline.settings import SAMPLE
from pipeline.workbooks import read_workbook
from tests import mutator

CSV_MUTATIONS, WORKBOOK_MUTATIONS, ARCHIVE_MUTATIONS = 1500, 150, 150
SLOW = 10  # seconds that no file of this size may take


def layouts() -> dict[str, Layout]:
    return {f.path: f.layout for f in catalogue.scan(SAMPLE)}


def texts(table) -> dict[tuple, str]:
    """Every cell of a grid that is not empty, by sheet, row and column."""
    rows = zip(*(table.column(c).to_pylist() for c in ("sheet", "row_no", "cells")), strict=True)
    return {
        (sheet, row_no, column): text
        for sheet, row_no, cells in rows
        for column, text in enumerate(cells, start=1)
        if text.strip()
    }


def texts_of_csv(data: bytes) -> dict[tuple, str]:
    """The same, counted by another reader."""
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return {
        ("", row_no, column): text
        for row_no, row in enumerate(rows, start=1)
        for column, text in enumerate(row, start=1)
        if text.strip()
    }


def places_of_workbook(path) -> set[tuple]:
    """Where a workbook has a value, an error or a formula, found by another reader."""
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.row, cell.column)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None and str(cell.value).strip()
    }


def outcome(path, name: str, layout: Layout):
    """What became of a file: its grid's rows, or the reason it was refused for. Nothing else may come."""
    begun = time.monotonic()
    try:
        read = read_workbook if layout.format == "workbook" else read_csv
        grid, table = read(path, name, layout)
        header_fingerprint(grid)
    except InputError as error:
        assert error.file == name and error.found and error.expected and error.action
        return None
    finally:
        assert time.monotonic() - begun < SLOW
    assert all(s.first_data_row is None or s.first_data_row >= 1 for s in grid.sheets)
    return table


def fuzz_csv(seed: int, n: int, path) -> Counter:
    rng, files, known, seen = random.Random(seed), mutator.csv_files(), layouts(), Counter()
    for number in range(n):
        name = rng.choice(list(files))
        data = mutator.mutate_csv(rng, files[name])
        path.write_bytes(data)
        table = outcome(path, name, known[name])
        seen["read" if table else "refused"] += 1
        if table:
            assert texts(table) == texts_of_csv(data), (seed, number, name)
    return seen


def fuzz_workbook(seed: int, n: int, path, damage_archive: bool) -> Counter:
    rng, files, known, seen = random.Random(seed), mutator.workbook_files(), layouts(), Counter()
    for number in range(n):
        name = rng.choice(list(files))
        sheets = files[name] if damage_archive else mutator.mutate_sheets(rng, files[name])
        data = mutator.workbook_bytes(rng, sheets)
        if damage_archive:
            data = mutator.mutate_archive(rng, data)
        path.write_bytes(data)
        table = outcome(path, name, known[name])
        seen["read" if table else "refused"] += 1
        if not table:
            continue
        try:
            expected = places_of_workbook(path)
        except Exception:
            assert damage_archive, (seed, number, name)
            seen["uncounted"] += 1
            continue
        lost = expected - set(texts(table))
        assert not lost, (seed, number, name, lost)
        # In damaged XML the other reader may give up some cells itself.
        assert damage_archive or set(texts(table)) == expected, (seed, number, name)
    return seen


@pytest.mark.parametrize("seed", [1, 2])
def test_a_damaged_csv_is_read_whole_or_refused(seed, tmp_path):
    seen = fuzz_csv(seed, CSV_MUTATIONS, tmp_path / "file.csv")
    assert min(seen["read"], seen["refused"]) > CSV_MUTATIONS / 10


def test_a_damaged_sheet_is_read_whole_or_refused(tmp_path):
    seen = fuzz_workbook(3, WORKBOOK_MUTATIONS, tmp_path / "file.xlsx", damage_archive=False)
    assert seen["read"] > WORKBOOK_MUTATIONS / 4


def test_a_damaged_archive_is_read_whole_or_refused(tmp_path):
    seen = fuzz_workbook(4, ARCHIVE_MUTATIONS, tmp_path / "file.xlsx", damage_archive=True)
    assert min(seen["read"], seen["refused"]) > ARCHIVE_MUTATIONS / 10


BUILT = [
    "ssda903/2018/ADM2018_amended.csv", "ssda903/2015/SFR34_ADP2015.csv", "education/2022/fsm_la.csv",
    "cin/2022/d6_cpps_reviewed_within_timescales_2013_to_2022.csv",
    "cla_outcomes/2018/2018_CLA_outcomes_SEN_final.csv", "csww/2025/csww_indicators_2017_to_2025.csv",
]  # fmt: skip
CELLS = [
    mutator.set_cells,
    mutator.swap_columns,
    mutator.delete_row,
    mutator.repeat_column,
    mutator.blank_row,
]


def damaged_folder(rng: random.Random, raw) -> set[str]:
    """The files of BUILT, some of them damaged in their rows alone: what only the guards can tell."""
    damaged = set()
    for file in BUILT:
        (raw / file).parent.mkdir(parents=True, exist_ok=True)
        rows = list(csv.reader(io.StringIO((SAMPLE / file).read_text("utf-8-sig"))))
        if rng.random() < 0.5:
            damaged.add(file)
            rng.choice(CELLS)(rng, rows)
        with (raw / file).open("w", encoding="utf-8", newline="") as f:
            csv.writer(f, lineterminator="\n").writerows(rows)
    shutil.copy(SAMPLE / "SYNTHETIC.csv", raw)
    return damaged


def cells_of_values(raw, files: list[str]) -> int:
    """Cells of the columns of values that are not empty, counted by another reader."""
    roles = {(r["return_name"], r["column_key"]): r["role"] for r in read_seed("column_roles")}
    count = 0
    for file in files:
        header, *rows = csv.reader(io.StringIO((raw / file).read_text("utf-8")))
        keys = unique_keys(flat_columns("", header))
        values = [i for i, c in enumerate(keys) if roles.get((file.split("/")[0], c.key), "value") == "value"]
        count += sum(bool(row[i].strip(" ")) for row in rows if row for i in values)
    return count


# Of these seeds one leaves nothing to stop the build, the others break rows, columns and cells.
@pytest.mark.parametrize("seed", [1, 2])
def test_a_damaged_folder_is_built_whole_or_stopped(seed, tmp_path, monkeypatch, capsys):
    raw, warehouse = tmp_path / "raw", tmp_path / "warehouse"
    damaged = damaged_folder(random.Random(seed), raw)
    warehouse.mkdir()
    (warehouse / "mart.duckdb").write_bytes(b"the mart of before")
    monkeypatch.setenv("RAW_DIR", str(raw))
    monkeypatch.setenv("WAREHOUSE_DIR", str(warehouse))
    code = main(["build"])
    err = capsys.readouterr().err
    if code:
        assert (warehouse / "mart.duckdb").read_bytes() == b"the mart of before"
        assert "Traceback" not in err and "found:" in err and "do:" in err
        assert any(file in err for file in damaged), err
    if (warehouse / "work.duckdb").exists():
        with duckdb.connect(warehouse / "work.duckdb", read_only=True) as con:
            staged = con.sql("select count(*) from intermediate.int_staged_cell").fetchone()[0]
        assert staged == cells_of_values(raw, BUILT)
