"""Files in the publishers' layouts, damaged at random: taken with every cell, or stopped with a reason."""

import csv
import gc
import io
import random
import shutil
import time
from collections import Counter
from pathlib import Path

import duckdb
import openpyxl
from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from pipeline import build, catalogue
from pipeline.check_tables import tables_of
from pipeline.csv_files import read_csv
from pipeline.errors import InputError
from pipeline.grids import Layout, header_fingerprint
from pipeline.settings import PROJECT, SAMPLE
from pipeline.workbooks import read_workbook
from tests import mutator
from tests.old_workbook import old_workbook

CSV_MUTATIONS, WORKBOOK_MUTATIONS, ARCHIVE_MUTATIONS = 1500, 300, 150
SLOW = 10  # seconds that no file of this size may take

Places = set[tuple[str, int, int]]


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


class Mutants:
    """Damaged files that were read, in a folder of raw files, and where each has cells by another reader."""

    def __init__(self, raw: Path):
        self.raw, self.seen, self.places = raw, Counter(), {}

    def read(self, path: Path, name: str, layout: Layout) -> dict[tuple, str] | None:
        """The cells of a damaged file, or None if it is refused."""
        table = outcome(path, name, layout)
        self.seen["read" if table else "refused"] += 1
        return texts(table) if table else None

    def keep(self, path: Path, name: str, places: Places) -> None:
        """Put a file that was read into an edition of its own: of the same year, so in the same layout."""
        return_name, edition, file = name.split("/")
        kept = f"{return_name}/{edition}_0{len(self.places)}/{Path(file).stem}{path.suffix}"
        (self.raw / kept).parent.mkdir(parents=True)
        shutil.copy(path, self.raw / kept)
        self.places[kept] = places


def fuzz_csv(seed: int, n: int, folder: Path) -> Mutants:
    rng, files, known, mutants = random.Random(seed), mutator.csv_files(), layouts(), Mutants(folder / "raw")
    path = folder / "file.csv"
    for number in range(n):
        name = rng.choice(list(files))
        data = mutator.mutate_csv(rng, files[name])
        path.write_bytes(data)
        found = mutants.read(path, name, known[name])
        if found is None:
            continue
        expected = texts_of_csv(data)
        assert found == expected, (seed, number, name)
        mutants.keep(path, name, set(expected))
    return mutants


def fuzz_sheets(mutants: Mutants, seed: int, n: int, folder: Path) -> None:
    """Damaged sheets in workbooks of the new format and of the old."""
    rng, files, known = random.Random(seed), mutator.workbook_files(), layouts()
    for number in range(n):
        name = rng.choice(list(files))
        sheets = mutator.mutate_sheets(rng, files[name])
        is_old = number % 2 == 1
        path = folder / ("file.xls" if is_old else "file.xlsx")
        path.write_bytes(old_workbook(sheets) if is_old else mutator.workbook_bytes(rng, sheets))
        found = mutants.read(path, name, known[name])
        if found is None:
            continue
        expected = places_of_sheets(sheets) if is_old else places_of_workbook(path)
        assert set(found) == expected, (seed, number, name)
        mutants.keep(path, name, expected)


def fuzz_archives(seed: int, n: int, path: Path) -> Counter:
    rng, files, known, seen = random.Random(seed), mutator.workbook_files(), layouts(), Counter()
    for number in range(n):
        name = rng.choice(list(files))
        data = mutator.mutate_archive(rng, mutator.workbook_bytes(rng, files[name]))
        path.write_bytes(data)
        table = outcome(path, name, known[name])
        seen["read" if table else "refused"] += 1
        if not table:
            continue
        try:
            expected = places_of_workbook(path)
        except Exception:
            seen["uncounted"] += 1
            continue
        # In damaged XML the other reader may give up some cells itself.
        lost = expected - set(texts(table))
        assert not lost, (seed, number, name, lost)
    return seen


def places_of_sheets(sheets: dict[str, list[list]]) -> Places:
    """Where sheets have something to show."""
    return {
        (name, row_no, column)
        for name, rows in sheets.items()
        for row_no, row in enumerate(rows, start=1)
        for column, value in enumerate(row, start=1)
        if value is not None and str(value).strip()
    }


def test_a_damaged_csv_is_read_whole_or_refused(tmp_path):
    seen = fuzz_csv(2, CSV_MUTATIONS // 2, tmp_path).seen
    assert min(seen["read"], seen["refused"]) > CSV_MUTATIONS / 20


def test_a_damaged_archive_is_read_whole_or_refused(tmp_path):
    seen = fuzz_archives(4, ARCHIVE_MUTATIONS, tmp_path / "file.xlsx")
    assert min(seen["read"], seen["refused"]) > ARCHIVE_MUTATIONS / 10


def test_a_damaged_old_workbook_is_read_or_refused(tmp_path):
    """What its bytes come to mean nobody else here can read: nothing but a reason may come of it."""
    rng, files, known, seen = random.Random(5), mutator.workbook_files(), layouts(), Counter()
    path = tmp_path / "file.xls"
    for _ in range(ARCHIVE_MUTATIONS):
        name = rng.choice(list(files))
        path.write_bytes(rng.choice(mutator.BYTES)(rng, old_workbook(files[name])))
        seen["read" if outcome(path, name, known[name]) else "refused"] += 1
    assert min(seen["read"], seen["refused"]) > ARCHIVE_MUTATIONS / 10


DECODED = ["int_published_cell", "int_area", "int_cell", "int_inspection_cell"]
NAMED = [
    "every_area_is_known", "every_symbol_is_known", "every_series_is_known", "every_table_has_cells",
    "every_year_is_one_the_edition_can_hold",
]  # fmt: skip
# Lists of another kind: their cells are no figures of the long table, and have guards of their own.
OTHERS = ("geography", "ofsted")


def cells_of_values(file: catalogue.RawFile, places: Places) -> int:
    """How many cells of a file hold values, by where its tables begin and which columns are no values."""
    count = 0
    for table in tables_of(file):
        told = {c.col_no for c in file.grid.columns if c.sheet == table.sheet}
        values = set(table.value_cols)
        count += sum(
            sheet == table.sheet and row_no >= table.first_row and (column in values or column > max(told))
            for sheet, row_no, column in places
        )
    return count


def test_a_damaged_file_is_decoded_whole_or_named(sample_warehouse, tmp_path, monkeypatch):
    """Files damaged in a thousand ways, each an edition of its own, in one working database.

    Every cell that another reader finds is among the header and the areas, ignored by a seed, or a decoded
    cell; where one was not understood, a guard names the file.
    """
    mutants = fuzz_csv(1, CSV_MUTATIONS, tmp_path)
    fuzz_sheets(mutants, 3, WORKBOOK_MUTATIONS, tmp_path)
    faults: list[InputError] = []
    catalogue.scan(mutants.raw, faults.append)  # the same content twice, an .xls that no family claims
    for fault in faults:
        (mutants.raw / fault.file).unlink()
    warehouse = tmp_path / "warehouse"
    warehouse.mkdir()
    shutil.copy(sample_warehouse / "work.duckdb", warehouse)  # for its seeds
    monkeypatch.setenv("RAW_DIR", str(mutants.raw))
    monkeypatch.setenv("WAREHOUSE_DIR", str(warehouse))
    where = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--quiet"]
    where += ["--target-path", str(warehouse / "target"), "--log-path", str(warehouse)]
    assert build.dbtRunner(callbacks=[]).invoke(["run", "--select", *DECODED, *where]).success
    build.dbtRunner(callbacks=[]).invoke(["test", "--select", "no_cell_is_lost", *NAMED, *where])
    DuckDBConnectionManager.close_all_connections()
    gc.collect()
    files = catalogue.scan(mutants.raw)
    catalogue.read_grids(mutants.raw, files, warehouse / "cache")
    expected = {
        f.path: cells_of_values(f, mutants.places[f.path]) for f in files if f.return_name not in OTHERS
    }
    with duckdb.connect(warehouse / "work.duckdb", read_only=True) as con:
        decoded = dict(con.sql(
            "select path, count(*) from intermediate.int_cell inner join raw.raw_file using (file_no) "
            "group by path"
        ).fetchall())  # fmt: skip
        not_understood = con.sql(
            "select distinct path from intermediate.int_cell inner join raw.raw_file using (file_no) "
            "where area_level is null or year is null "
            "or (area_level <> 'not_an_area' and (status is null or not is_known_series))"
        ).fetchall()
        named = {file for guard in NAMED for (file,) in con.sql(f"from audit.{guard}")["file"].fetchall()}
        assert con.sql("from audit.no_cell_is_lost").fetchall() == []
    assert decoded == {path: n for path, n in expected.items() if n}
    assert {path for (path,) in not_understood} | {path for path, n in expected.items() if not n} <= named
    carried = set(expected) - named
    assert min(len(carried), len(set(expected) & named)) > len(expected) / 10
    assert {Path(path).suffix for path in carried} == {".csv", ".xls", ".xlsx"}
