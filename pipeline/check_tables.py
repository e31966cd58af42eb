"""The tables of files before dbt reads them: where rows, areas and values stand, and queries over them."""

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from pipeline import grid_cache
from pipeline.catalogue import RawFile
from pipeline.grids import Column
from pipeline.seeds import read_seed, seed_of


@dataclass
class Table:
    """A sheet that is read: where its data begin, its area columns, its value columns."""

    sheet: str
    is_flat: bool
    first_row: int
    area_cols: list[int]
    columns: list[Column]
    value_cols: list[int]


def tables_of(file: RawFile) -> list[Table]:
    """The sheets of a file that `ignored_tables` leaves, with the columns that may hold figures.

    Columns that `ignored_columns` names hold none.
    """
    roles = {r["column_key"]: r["role"] for r in seed_of("column_roles", file.return_name)}
    ignored = [r for r in seed_of("ignored_tables", file.return_name) if r["family"] == file.family]
    passed_over = [r["column_pattern"] for r in seed_of("ignored_columns", file.return_name)]
    tables = []
    for sheet in file.grid.sheets:
        rules = [r for r in ignored if re.fullmatch(r["sheet_pattern"], sheet.sheet.strip().lower())]
        if sheet.first_data_row is None or any(not r["from_column"] for r in rules):
            continue
        columns = [c for c in file.grid.columns if c.sheet == sheet.sheet]
        if sheet.is_flat:
            rank = ["ons_code", "area_code", "area_name"]
            areas = sorted((rank.index(roles[c.key]), c.col_no) for c in columns if roles.get(c.key) in rank)
            area_cols = [n for _, n in areas]
        else:
            last = min([int(r["from_column"]) for r in rules], default=1000)
            columns = [c for c in columns if sheet.name_col < c.col_no < last]
            area_cols = list(range(1, sheet.name_col + 1))
        values = [
            c.col_no for c in columns
            if not sheet.is_flat
            or (roles.get(c.key, "value") == "value" and not any(re.fullmatch(p, c.key) for p in passed_over))
        ]  # fmt: skip
        tables.append(Table(sheet.sheet, sheet.is_flat, sheet.first_data_row, area_cols, columns, values))
    return tables


def ask(query: str, files: list[RawFile], cache: Path, **frames: pd.DataFrame) -> list[tuple]:
    """Run a query over the grids of files; `place` says where their rows, areas and values stand."""
    place = pd.DataFrame(
        [
            (f.file_no, grid_of(f, cache), t.sheet, t.first_row, t.area_cols, t.value_cols)
            for f in files
            for t in tables_of(f)
        ],
        columns=["file_no", "grid", "sheet", "first_row", "area_cols", "value_cols"],
    )
    if place.empty:
        return []
    with duckdb.connect() as con:
        for name, frame in {"place": place, "authority": authorities(), **frames}.items():
            con.register(name, frame)
        return con.execute(query, {"grids": sorted(set(place["grid"]))}).fetchall()


def grid_of(file: RawFile, cache: Path) -> str:
    return grid_cache.grid_paths(cache, file.sha256, file.layout)[0].resolve().as_posix()


def authorities() -> pd.DataFrame:
    """Every name and code that a file may call an authority by; a joint return names its members.

    Of two authorities of one name (old and new Dorset) the later stands for both.
    """
    names = sorted(read_seed("la_names", "reference"), key=lambda r: r["la_code"])
    last_of = {r["spelling"]: r["la_code"] for r in names}
    same = {}
    for row in names:
        same[row["la_code"]] = max(last_of[row["spelling"]], same.get(row["la_code"], ""))
    pairs = {(r["spelling"], same[r["la_code"]]) for r in names} | set(same.items())
    for seed, column in (("la_ons_codes", "ons_code"), ("la_e_codes", "e_code")):
        pairs |= {(r[column].lower(), same[r["la_code"]]) for r in read_seed(seed, "reference")}
    for row in read_seed("joint_returns", "reference"):
        pairs |= {(row[c].lower(), row["member_la_code"]) for c in ("joint_name", "joint_code")}
    return pd.DataFrame(sorted(pairs), columns=["spelling", "la_code"])
