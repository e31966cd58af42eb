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

from pipeline import sample_inspections
from pipeline.catalogue import SYNTHETIC_LIST
from pipeline.errors import InputError
from pipeline.grids import Column
from pipeline.headers import column_key, flat_columns, header_paths, unique_keys
from pipeline.made_up import World, exists
from pipeline.sample_geography import LISTS, neighbours
from pipeline.sample_spending import WRITERS
from pipeline.seeds import read_seed
from pipeline.settings import PROJECT
from pipeline.workbooks import cell_text

LAYOUTS = PROJECT / "sample" / "layouts.json"
LAST_LAYOUT = 2025
WORKBOOKS = {**WRITERS, "neighbours": neighbours}
FILE_ENDS = re.compile(r"20\d\d(?=\.csv$)")
# What the files call England's, a region's and an authority's row.
LEVELS = {
    "2010": ("Country", "GOR", "LA"),
    "wide": ("NATIONAL", "REGION", "LA"),
    "long": ("National", "Regional", "Local authority"),
}
README = """\
# Synthetic files

Made by `la-mart sample`, not by the publishers. Layouts, names and codes are those of the
official files; every figure is made up. Nothing here says anything about any authority.
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
    newest = [f for f in layouts["flat"] if f["edition"].endswith(str(LAST_LAYOUT)) and f["years"]]
    later = [
        {
            **layout,
            "edition": layout["edition"].replace(str(LAST_LAYOUT), str(edition)),
            "file": FILE_ENDS.sub(
                lambda year, edition=edition: str(int(year[0]) + edition - LAST_LAYOUT), layout["file"]
            ),
        }
        for edition in range(LAST_LAYOUT + 1, last + 1)
        for layout in newest
    ]
    for layout in layouts["flat"] + later:
        if edition_year(layout) <= last:
            save(out, layout, flat_file(world, layout))
    for layout in layouts["workbook"]:
        save(out, layout, workbook_file(world, layout))
    for layout in layouts["spending"] + later_spending(layouts["spending"], last):
        save(out, layout, same_bytes(WORKBOOKS[layout["kind"]](world, layout)))
    for layout in layouts["lists"]:
        save(out, layout, csv_bytes(LISTS[layout["kind"]](world, layout)))
    for edition in sample_inspections.editions(last):
        book = sample_inspections.workbook(world, edition)
        place = {
            "return_name": "ofsted",
            "edition": str(edition),
            "file": sample_inspections.file_name(edition),
        }
        save(out, place, same_bytes(book))
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


def later_spending(layouts: list[dict], last: int) -> list[dict]:
    """Spending workbooks of the editions after the last layout: the same with their own years."""
    newest = [one for one in layouts if one["edition"] == f"ye{LAST_LAYOUT}"]
    return [
        {
            **layout,
            "edition": f"ye{year}",
            "file": layout["file"].replace("2024-25", f"{year - 1}-{year % 100}"),
            "sheet": layout["sheet"].replace("202425", f"{year - 1}{year % 100}"),
        }
        for year in range(LAST_LAYOUT + 1, last + 1)
        for layout in newest
    ]


def edition_year(layout: dict) -> int:
    """The year of a layout's edition folder (cin_2025 is 2025)."""
    return int(layout["edition"][-4:])


def family(layout: dict) -> dict[str, str]:
    """The file family that claims a layout's file."""
    return next(
        f
        for f in read_seed("file_families")
        if f["return_name"] == layout["return_name"]
        and re.fullmatch(f["file_pattern"], layout["file"], re.IGNORECASE)
    )


def save(out: Path, layout: dict, data: bytes) -> None:
    """Write one file into its edition folder."""
    path = out / layout["return_name"] / layout["edition"] / layout["file"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def csv_bytes(rows: list[list[str]], bom: bool = False) -> bytes:
    """Rows as a CSV file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return (b"\xef\xbb\xbf" if bom else b"") + text.getvalue().encode()


def flat_file(world: World, layout: dict) -> bytes:
    """A table with one header row: a row for each area and, in long files, year and series keys."""
    return_name, edition = layout["return_name"], edition_year(layout)
    claimed = family(layout)
    roles = {r["column_key"]: r for r in read_seed("column_roles") if r["return_name"] == return_name}
    columns = unique_keys(flat_columns("", layout["header"]))
    newest = edition - int(claimed["may_lag"])
    years = range(newest, newest - layout["years"], -1) if layout["years"] else [edition]
    keyed = [c.key for c in columns if roles.get(c.key, {}).get("role") == "key"]
    rows = [layout["header"]]
    for year in years:
        for area, place in areas(world, layout, roles, years):
            for keys in layout["keys"]:
                known = {**place, "period": period(world, return_name, year)}
                labels = dict(zip(keyed, keys, strict=True))
                row = []
                for column in columns:
                    role = roles.get(column.key, {"role": "value", "measure": ""})
                    if role["role"] != "value":
                        row.append(labels.get(column.key, known.get(role["role"], "")))
                        continue
                    series = [" | ".join(keys)] if any(keys) else []
                    series += [] if role["measure"] else [column.key]
                    label = re.sub(r"\s+", " ", " | ".join(series)).strip().lower()
                    measure = role["measure"] or "value"
                    # The header of 2015 kept the year of the release before, as the official one does.
                    slipped = claimed["family"] == "started" and edition == 2015
                    of = column.year + world.offset(return_name, label) if column.year else year
                    row.append(
                        world.value(
                            return_name,
                            world.component[return_name, claimed["family"], label, measure, edition],
                            f"{label}_{measure}",
                            area,
                            edition if slipped else of,
                            edition,
                        )
                        if column.header
                        else ""
                    )
                rows.append(row)
    return csv_bytes(rows, layout["bom"])


def period(world: World, return_name: str, year: int) -> str:
    """The period of an LA-year as its source writes it."""
    pattern = world.calendars[return_name, ""]["period_pattern"]
    if pattern == r"20\d{4}":
        return f"{year - 1}{year % 100:02d}"
    if "/" in pattern:
        return f"{year - 1}/{year % 100:02d}"
    return str(year - world.offset(return_name))


def areas(world: World, layout: dict, roles: dict, years) -> list[tuple[str, dict[str, str]]]:
    """Every area of a file, England first: its code here, and what stands in the columns of each role."""
    return_name, edition = layout["return_name"], edition_year(layout)
    names = {role["role"] for key, role in roles.items() if key in map(str.lower, layout["header"])}
    levels = LEVELS["wide"] if "geog_l" in map(str.lower, layout["header"]) else LEVELS["long"]
    levels = LEVELS["2010"] if edition == 2010 else levels
    found = []
    country = {"country_code": "E92000001", "country_name": "England"}
    by_code = {r["region_code"]: r["region_name"] for r in world.regions}
    coded = world.region_rows(return_name, edition, coded=True)
    for code, name, region in coded or world.region_rows(return_name, edition, coded=False):
        is_national = region == "E92000001"
        place = {"level": levels[0] if is_national else levels[1], "ons_code": region}
        if "country_code" not in names:
            place |= {"area_code": code, "area_name": name.title()}
        elif not is_national:
            place |= {"region_code": code, "region_name": name.title()}
        found.append((region, {**country, **place}))
    joint = {
        r["member_la_code"]: r
        for r in world.joint_returns
        if r["return_name"] == return_name and int(r["first_year"]) <= edition
    }
    done = set()
    for la in world.las:
        if not any(exists(la, world.day(return_name, year)) for year in years) or world.is_left_out(
            return_name, la["la_code"], edition
        ):
            continue
        together = joint.get(la["la_code"])
        code = together["joint_code"] if together else la["la_code"]
        if code in done:
            continue
        done.add(code)
        region = la["sub_region_code"] or la["region_code"]
        region = region if region in {r for _, _, r in coded} else la["region_code"]
        found.append(
            (
                code,
                {
                    **country,
                    "level": levels[2],
                    "region_code": region,
                    "region_name": by_code[region],
                    "area_code": code,
                    "area_name": together["joint_name"] if together else la["la_name"],
                    "ons_code": " / ".join(world.ons_code(c, edition) for c in code.split(" / ")),
                },
            )
        )
    return found


def workbook_file(world: World, layout: dict) -> bytes:
    """Local authority tables: one sheet per table, headers over several rows, names in a column."""
    return_name, edition = layout["return_name"], edition_year(layout)
    book = openpyxl.Workbook()
    book.remove(book.active)
    index = book.create_sheet("INDEX")
    index["A1"] = "Synthetic local authority tables"
    names = {region: name for _, name, region in world.region_rows(return_name, edition, coded=False)}
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
                component = world.component[return_name, family(layout)["family"], series, "value", edition]
                text = world.value(return_name, component, series, area, column.year or edition, edition)
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
