"""Files in the publishers' layouts, damaged at random: read with every cell, or stopped with a reason."""

import csv
import io
import random
import time
from collections import Counter

import openpyxl
import pytest

from pipeline import catalogue, grids
from pipeline.errors import InputError
from pipeline.settings import SAMPLE
from tests import mutator

CSV_MUTATIONS, WORKBOOK_MUTATIONS, ARCHIVE_MUTATIONS = 1500, 150, 150
SLOW = 10  # seconds that no file of this size may take


def layouts() -> dict[str, grids.Layout]:
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


def outcome(path, name: str, layout: grids.Layout):
    """What became of a file: its grid's rows, or the reason it was refused for. Nothing else may come."""
    begun = time.monotonic()
    try:
        read = grids.read_workbook if layout.format == "workbook" else grids.read_csv
        grid, table = read(path, name, layout)
        catalogue.header_fingerprint(grid)
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
