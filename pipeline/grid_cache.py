"""A grid is kept in the cache under the file's sha256 and layout: a file is parsed once per content."""

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.csv_files import read_csv
from pipeline.grids import Column, Grid, Layout, Sheet
from pipeline.workbooks import read_workbook

# Raised when another grid is read from the same file, so that old ones are not taken.
CACHE_VERSION = 6


def load(path: Path, name: str, layout: Layout, sha256: str, cache: Path) -> Grid:
    """Return the grid of a file, parsing it only if this content was never parsed before.

    `name` is what messages call the file. Raises InputError when the file cannot be read whole.
    """
    grid_file, meta_file = grid_paths(cache, sha256, layout)
    if meta_file.exists() and grid_file.exists():
        meta = json.loads(meta_file.read_text("utf-8"))
        return Grid([Sheet(**s) for s in meta["sheets"]], [Column(**c) for c in meta["columns"]])
    read = read_workbook if layout.format == "workbook" else read_csv
    grid, table = read(path, name, layout)
    cache.mkdir(parents=True, exist_ok=True)
    write_whole(grid_file, lambda p: pq.write_table(table, p, compression="zstd"))
    meta = {"sheets": list(map(asdict, grid.sheets)), "columns": list(map(asdict, grid.columns))}
    write_whole(meta_file, lambda p: p.write_text(json.dumps(meta), "utf-8"))
    return grid


def grid_paths(cache: Path, sha256: str, layout: Layout) -> tuple[Path, Path]:
    """Where the grid of a file content, read in a layout, is kept: (rows, description)."""
    stem = f"{sha256}-{hashlib.sha256(repr(layout).encode()).hexdigest()[:8]}-v{CACHE_VERSION}"
    return cache / f"{stem}.parquet", cache / f"{stem}.json"


def write_whole(path: Path, write) -> None:
    """Write beside, then rename: a killed build leaves no half file under the final name."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    write(part)
    part.replace(path)
