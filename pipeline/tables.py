"""Where in a sheet the header ends and the data begin."""

import re

import pyarrow as pa

from pipeline.errors import InputError
from pipeline.grids import GRID_SCHEMA, Column, Grid, Layout, Sheet
from pipeline.headers import (
    FOOTNOTE,
    LEADING,
    column_key,
    flat_columns,
    flat_header,
    header_paths,
    unique_keys,
)

ONS_CODE = re.compile(r"[EWNSK]\d{8}")


def tables(sheets: dict[str, list[list[str]]], name: str, layout: Layout) -> tuple[Grid, pa.Table]:
    """Find in each sheet where the header ends and the data begin.

    The header of a flat table is one row. What stands above the first data row of the others, down
    from the line that tells the coverage, is the header: see `header_paths`. A sheet without the
    expected row has no data rows.
    """
    out: dict[str, list] = {"sheet": [], "row_no": [], "cells": []}
    grid = Grid([], [])
    marker, is_flat = layout.header_starts_at or layout.data_starts_at, bool(layout.header_starts_at)
    for sheet, rows in sheets.items():
        out["sheet"] += [sheet] * len(rows)
        out["row_no"] += range(1, len(rows) + 1)
        out["cells"] += rows
        start = first_row(rows, marker, 1 if is_flat else LEADING)
        title = next((c for row in rows[:8] for c in row if c.lower().startswith("table")), "")
        if start is None:
            grid.sheets.append(Sheet(sheet, title, None, None, len(rows), is_flat))
            continue
        if is_flat:
            grid.sheets.append(Sheet(sheet, title, start + 1, None, len(rows) - start, is_flat))
            grid.columns += flat_columns(sheet, flat_header(rows[:start], layout.header_rows))
            continue
        name_col = text_column(rows[start - 1 :])
        if start > 1 and is_figures(rows[start - 2][name_col:]):
            start -= 1
        grid.sheets.append(Sheet(sheet, title, start, name_col, len(rows) - start + 1, is_flat))
        grid.columns += [
            Column(sheet, i + 1, header, *column_key(header))
            for i, header in enumerate(header_paths(rows[: start - 1], name_col))
            if i >= name_col
        ]
    if not any(s.first_data_row for s in grid.sheets):
        raise InputError(
            name,
            "no table with a row for " + repr(marker),
            "tables whose header or first row begins so",
            "check that this is the publisher's file; a new layout needs a row in "
            "seeds/layouts/file_families.csv",
        )
    return Grid(grid.sheets, unique_keys(grid.columns)), pa.table(out, schema=GRID_SCHEMA)


def first_row(rows: list[list[str]], marker: str, within: int) -> int | None:
    """Number (from 1) of the first row with a `marker` among its first `within` cells, years aside."""
    markers = marker.lower().split("|")
    for number, row in enumerate(rows, start=1):
        if any(column_key(FOOTNOTE.sub("", c.lower()))[0] in markers for c in row[:within]):
            return number
    return None


def is_figures(cells: list[str]) -> bool:
    """Whether a row has nothing but figures: a data row whose name stands in the row below."""
    texts = [c for c in cells if c]
    return (
        bool(texts)
        and not any(column_key(c)[0] == "{year}" for c in texts)
        and all(c.replace(".", "", 1).isdigit() for c in texts)
    )


def text_column(rows: list[list[str]]) -> int:
    """Number (from 1) of the column of names: the one with most words, ONS codes aside."""
    counts = [
        sum(len(c) > 2 and not c[0].isdigit() and not ONS_CODE.fullmatch(c) for c in column)
        for column in zip(*((row + [""] * LEADING)[:LEADING] for row in rows), strict=True)
    ]
    return counts.index(max(counts)) + 1
