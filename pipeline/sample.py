"""Synthetic files in the publishers' layouts, so that the project runs without the official ones.

Headers, row labels and table positions are those of the official files (`sample/layouts.json`); every
figure comes from `pipeline/made_up.py`.
"""

import csv
import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

import openpyxl

from pipeline.catalogue import SYNTHETIC_LIST
from pipeline.errors import InputError
from pipeline.grids import Column, cell_text, column_key, header_paths, unique_keys
from pipeline.made_up import RETURN, World, exists, seed_rows
from pipeline.settings import PROJECT

LAYOUTS = PROJECT / "sample" / "layouts.json"
LAST_LAYOUT = 2025
README = """\
# Synthetic files

Made by `la-mart sample`, not by the Department for Education. Layouts, names and codes are those of the
official SSDA903 files; every figure is made up. Nothing here says anything about any authority.
`SYNTHETIC.csv` lists the files; a build that reads one of them says so.
"""


def write_sample(out: Path, seed: int, last: int) -> str:
    """Write the sample into a new folder; return a line that says what was written.

    Raises InputError if the folder exists. Editions after 2025 repeat the layouts of 2025.
    """
    if out.exists():
        raise InputError(str(out), "a folder that exists", "a new folder", "name another, or delete it first")
    world = World(seed)
    layouts = json.loads(LAYOUTS.read_text("utf-8"))
    families = seed_rows("layouts/file_families")

    def family(name: str) -> str:
        return next(
            f["family"]
            for f in families
            if f["return_name"] == RETURN and re.fullmatch(f["file_pattern"], name, re.IGNORECASE)
        )

    for layout in layouts["wide"]:
        save(out, layout["edition"], layout["file"], wide_file(world, layout, family(layout["file"])))
    newest = [f for f in layouts["long"] if f["edition"] == str(LAST_LAYOUT)]
    later = [{**f, "edition": str(e)} for e in range(LAST_LAYOUT + 1, last + 1) for f in newest]
    for layout in layouts["long"] + later:
        if int(layout["edition"]) <= last:
            save(
                out,
                layout["edition"],
                layout["file"],
                long_file(world, layout, family(layout["file"])),
            )
    for layout in layouts["workbook"]:
        save(
            out,
            layout["edition"],
            layout["file"],
            workbook_file(world, layout, family(layout["file"])),
        )
    (out / "README.md").write_text(README, "utf-8")
    files = sorted(p for p in out.rglob("*") if p.is_file() and p.name != "README.md")
    with (out / SYNTHETIC_LIST).open("w", encoding="utf-8", newline="") as f:
        table = csv.writer(f, lineterminator="\n")
        table.writerow(["path", "sha256"])
        table.writerows(
            [p.relative_to(out).as_posix(), hashlib.sha256(p.read_bytes()).hexdigest()] for p in files
        )
    size = sum(p.stat().st_size for p in files)
    return f"{len(files)} synthetic files, {size / 1e6:.1f} MB, in {out}"


def save(out: Path, edition: str, name: str, data: bytes) -> None:
    """Write one file into its edition folder."""
    path = out / RETURN / edition / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def csv_bytes(rows: list[list[str]], bom: bool = False) -> bytes:
    """Rows as a CSV file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return (b"\xef\xbb\xbf" if bom else b"") + text.getvalue().encode()


def wide_file(world: World, layout: dict, family: str) -> bytes:
    """A codebook file: one row per area, one column per series."""
    edition = int(layout["edition"])
    header = layout["header"]
    columns = unique_keys([Column("", i, h, *column_key(h)) for i, h in enumerate(header)])
    national, regional = ("Country", "GOR") if edition == 2010 else ("NATIONAL", "REGION")
    rows = [header]
    areas = [
        (
            code,
            name.upper() if edition > 2010 else name.title(),
            region,
            region,
            national if region == "E92000001" else regional,
        )
        for code, name, region in world.region_rows(edition, coded=True)
    ]
    areas += [
        (la["la_code"], la["la_name"], la["la_code"], world.ons_code(la["la_code"], edition), "LA")
        for la in world.las
        if exists(la, edition) and not world.is_left_out(la["la_code"], edition)
    ]
    for order, (code, name, area, ons_code, level) in enumerate(areas, start=1):
        identity = {
            "la_order": str(order),
            "new_geog_code": ons_code,
            "geog_l": level,
            "geog_c": code,
            "geog_n": name,
            "geog_lev": level,
            "geog_code": code,
            "geog_name": name,
        }
        row = []
        for column in columns:
            if column.key in identity:
                row.append(identity[column.key])
            elif not column.key:
                row.append("")
            else:
                component = world.component[family, column.key, "value", edition]
                # The header of 2015 kept the year of the release before, as the official one does.
                slipped = family == "started" and edition == 2015
                year = edition if slipped else column.year or edition
                row.append(world.value(component, f"{family}_{column.key}", area, year, edition))
        rows.append(row)
    return csv_bytes(rows)


def long_file(world: World, layout: dict, family: str) -> bytes:
    """An EES file: one row per area, year and series, every authority of the release in every year."""
    edition = int(layout["edition"])
    header = layout["header"]
    years = range(edition, edition - layout["years"], -1)
    measures = {
        "number": "count",
        "children_count": "count",
        "care_leaver_count": "count",
        "percentage": "pct",
        "children_percent": "pct",
        "care_leaver_percent": "pct",
        "rate_per_10000": "rate",
        "population_estimate": "population",
    }
    roles = {
        "time_period",
        "time_identifier",
        "geographic_level",
        "country_code",
        "country_name",
        "region_code",
        "region_name",
        "old_la_code",
        "la_name",
        "new_la_code",
    }
    keys = [h for h in header if h not in roles and h not in measures]
    released = [la for la in world.las if any(exists(la, y) for y in years)]
    region_name = {r["region_code"]: r["region_name"] for r in world.regions}
    areas = []
    for region, name in region_name.items():
        level = "National" if region == "E92000001" else "Regional"
        place = {} if level == "National" else {"region_code": region, "region_name": name}
        areas.append((region, {"geographic_level": level, **place}))
    for la in released:
        region = la["sub_region_code"] or la["region_code"]
        areas.append(
            (
                la["la_code"],
                {
                    "geographic_level": "Local authority",
                    "region_code": region,
                    "region_name": region_name[region],
                    "old_la_code": la["la_code"],
                    "la_name": la["la_name"],
                    "new_la_code": world.ons_code(la["la_code"], edition),
                },
            )
        )
    rows = [header]
    for year in years:
        for area, place in areas:
            for series in layout["series"]:
                label = re.sub(r"\s+", " ", " | ".join(series)).strip().lower()
                cells = {
                    "time_period": str(year),
                    "time_identifier": "Reporting year",
                    "country_code": "E92000001",
                    "country_name": "England",
                    **place,
                    **dict(zip(keys, series, strict=True)),
                }
                for column, measure in measures.items():
                    if column in header:
                        component = world.component[family, label, measure, edition]
                        cells[column] = world.value(component, f"{label}_{measure}", area, year, edition)
                rows.append([cells.get(h, "") for h in header])
    return csv_bytes(rows, layout["bom"])


def workbook_file(world: World, layout: dict, family: str) -> bytes:
    """Local authority tables: one sheet per table, headers over several rows, names in a column."""
    edition = int(layout["edition"])
    book = openpyxl.Workbook()
    book.remove(book.active)
    index = book.create_sheet("INDEX")
    index["A1"] = "Synthetic local authority tables"
    names = {region: name for _, name, region in world.region_rows(edition, coded=False)}
    for spec in layout["sheets"]:
        sheet = book.create_sheet(spec["name"])
        sheet.cell(2, 1, f"Table {spec['name']}: synthetic figures")
        sheet.cell(spec["coverage_row"], 1, "Coverage: England")
        grid = [[""] * spec["width"] for _ in range(spec["first_data_row"] - 1)]
        for row, column, text in spec["header"]:
            sheet.cell(row, column, int(text) if text.isdigit() else text)
            grid[row - 1][column - 1] = text
        grid[spec["coverage_row"] - 1][0] = "Coverage: England"
        columns = unique_keys(
            [
                Column(spec["name"], i + 1, h, *column_key(h))
                for i, h in enumerate(header_paths(grid, spec["name_col"]))
                if i >= spec["name_col"]
            ]
        )
        by_number = {c.col_no: c for c in columns}
        row = spec["first_data_row"]
        areas = [("E92000001", "", "England")]
        for region in world.regions:
            code = region["region_code"]
            if code == "E92000001" or code not in names:
                continue
            areas.append((code, "", region["region_name"]))
            areas += [
                (la["la_code"], la["la_code"], la["la_name"])
                for la in world.las
                if exists(la, edition) and la["region_code"] == code
            ]
        for area, code, name in areas:
            sheet.cell(row, spec["name_col"], name)
            if spec["name_col"] > 1 and code:
                sheet.cell(row, spec["name_col"] - 1, int(code))
            for number in spec["value_cols"]:
                column = by_number[number]
                series = f"{spec['name'].lower()} | {column.key}"
                component = world.component[family, series, "value", edition]
                text = world.value(component, f"{series}", area, column.year or edition, edition)
                sheet.cell(row, number, float(text) if is_number(text) else text)
            row += 1
        sheet.cell(row + 2, spec["width"], "Source: SSDA 903")
    return same_bytes(book)


def is_number(text: str) -> bool:
    """Whether a cell is stored as a number."""
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", cell_text(text)))


def same_bytes(book: openpyxl.Workbook) -> bytes:
    """A workbook as bytes that do not depend on the clock."""
    saved, fixed = io.BytesIO(), io.BytesIO()
    book.save(saved)
    stamp = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(fixed, "w") as target:
        for item in source.infolist():
            data = (
                stamp.sub(b"", source.read(item))
                if item.filename.startswith("docProps")
                else source.read(item)
            )
            entry = zipfile.ZipInfo(item.filename, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, data)
    return fixed.getvalue()
