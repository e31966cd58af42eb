"""An .xlsx or .ods looked into before it is opened: what would exhaust the memory, or be read as empty.

The reader lays every sheet out as one rectangle and gives an error value (`#REF!`) or a formula that was
never computed as an empty cell. So the archive is measured first, and such cells are told apart.
"""

import re
import zipfile
from html import unescape
from pathlib import PurePosixPath

from pipeline.errors import InputError, protected, too_large, unreadable

# The largest official workbook unpacks to 40 MB, its largest sheet has 3 million cells.
MAX_UNPACKED = 400_000_000
MAX_CELLS = 10_000_000
MAX_COLUMNS = 16_384
# The row of a cell; where a cell is; where one that is not empty is.
ANY_ROW = re.compile(rb' r="[A-Z]{1,3}(\d{1,7})"')
ANY_PLACE = re.compile(rb' r="([A-Z]{1,3})(\d{1,7})"')
PLACE = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>')
SUSPECT = re.compile(rb'\st="e"|<(?:\w+:)?f[\s/>]')
VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]+)</")
FORMULA = re.compile(rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>([^<]*)</)")
SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
Unread = dict[str, dict[tuple[int, int], str]]


def measure(parts: list[zipfile.ZipInfo], name: str, what: str) -> None:
    """Refuse parts of an archive that would fill the memory or the disk, or that need a password."""
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED:
        raise too_large(
            name,
            f"a {what} that unpacks to {unpacked / 1e6:,.0f} MB",
            f"at most {MAX_UNPACKED / 1e6:,.0f} MB",
        )
    if any(part.flag_bits & 1 for part in parts):
        raise protected(name, what)


def files_within(archive: zipfile.ZipFile, name: str, folder: str) -> dict[str, zipfile.ZipInfo]:
    """The files of one folder of an archive, by file name. Refuse one that would write anywhere else."""
    files = {}
    for part in archive.infolist():
        path = PurePosixPath(part.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            raise InputError(
                name,
                f"a path that leads out of the folder: {part.filename!r}",
                "a zip of files within it",
                "do not unpack it: look on the publication's page",
            )
        if path.parent == PurePosixPath(folder) and not part.is_dir():
            files[path.name] = part
    measure(list(files.values()), name, "zip")
    return files


def look_into_archive(archive: zipfile.ZipFile, name: str) -> Unread:
    """Measure an .xlsx or .ods, check that its parts are whole, and look at its cells."""
    measure(archive.infolist(), name, "workbook")
    content = {part: archive.read(part) for part in archive.namelist() if part.endswith((".xml", ".rels"))}
    if "content.xml" in content:
        if b"encryption-data" in content.get("META-INF/manifest.xml", b""):
            raise protected(name)
        look_into_ods(content["content.xml"], name)
        return {}
    listed = sheet_parts(content)
    for part, xml in content.items():
        if part.startswith("xl/worksheets/") and part not in listed.values() and PLACE.search(xml):
            raise unreadable(name, f"{part} belongs to no sheet")
    return {
        sheet: look_into_sheet(content[part], sheet, name)
        for sheet, part in listed.items()
        if part in content and PLACE.search(content[part])
    }


def sheet_parts(content: dict[str, bytes]) -> dict[str, str]:
    """Where in an .xlsx each sheet is kept."""
    book = content["xl/workbook.xml"].decode("utf-8")
    relations = content["xl/_rels/workbook.xml.rels"].decode("utf-8")
    targets = {}
    for text in RELATION.findall(relations):
        known = attributes(text)
        if "Id" in known and "Target" in known:
            target = known["Target"]
            targets[known["Id"]] = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    sheets = {}
    for text in SHEET.findall(book):
        known = attributes(text)
        relation = next((v for k, v in known.items() if k.endswith(":id")), "")
        if relation in targets:
            sheets[known.get("name", "")] = targets[relation]
    return sheets


def attributes(text: str) -> dict[str, str]:
    """The attributes of an XML element, entities resolved."""
    return {k: unescape(v) for k, v in re.findall(r'([\w:]+)="([^"]*)"', text)}


def look_into_sheet(xml: bytes, sheet: str, name: str) -> dict[tuple[int, int], str]:
    """Refuse a sheet whose rectangle is too large; find error values and formulas without a result."""
    # No sheet has more than 16,384 columns: only a long one is measured across.
    if max(map(int, set(ANY_ROW.findall(xml))), default=0) * MAX_COLUMNS > MAX_CELLS:
        for place in (ANY_PLACE, PLACE):
            places = place.findall(xml)
            rows = max((int(row) for row in {row for _, row in places}), default=0)
            columns = max((column_number(letters) for letters in {c for c, _ in places}), default=0)
            if rows * columns <= MAX_CELLS:
                break
        refuse_large(rows, columns, sheet, name)
    if b't="e"' not in xml and b"<f" not in xml and b":f" not in xml:
        return {}
    cells = {}
    for suspect in SUSPECT.finditer(xml):
        start = max(xml.rfind(b"<c ", 0, suspect.start() + 1), xml.rfind(b":c ", 0, suspect.start() + 1))
        end = xml.find(b"c>", suspect.end())
        place = ANY_PLACE.search(xml, start, xml.find(b">", start))
        if start < 0 or place is None:
            continue
        cell = xml[start:end]
        head, value, formula = cell[: cell.find(b">")], VALUE.search(cell), FORMULA.search(cell)
        if b't="e"' in head:
            text = value[1] if value else b"#ERROR"
        # A formula may give an empty text (t="str"): that one was computed.
        elif formula and not value and b't="str"' not in head:
            text = b"=" + (formula[1] or b"")
        else:
            continue
        cells[int(place[2]), column_number(place[1])] = unescape(text.decode("utf-8", "replace"))
    return cells


def look_into_ods(xml: bytes, name: str) -> None:
    """Refuse a table of an .ods whose rectangle is too large, and formulas without a result."""
    for table in xml.split(b"<table:table ")[1:]:
        rows = columns = row_no = 0
        for row in table.split(b"<table:table-row")[1:]:
            head = row[: row.find(b">") + 1]
            repeated = re.search(rb'number-rows-repeated="(\d{1,9})"', head)
            row_no += int(repeated[1]) if repeated else 1
            if not any(mark in row for mark in (b"<text:p", b"value-type", b"table:formula")):
                continue
            width = 0
            for cell in re.finditer(rb"<table:(?:covered-)?table-cell([^>]*)>", row):
                many = re.search(rb'number-columns-repeated="(\d{1,9})"', cell[1])
                width += int(many[1]) if many else 1
                if b"value-type" in cell[1] or b"<text:p" in row[cell.end() : cell.end() + 7]:
                    columns = max(columns, width)
                elif b"table:formula" in cell[1]:
                    raise InputError(
                        name,
                        f"a formula without its result in row {row_no}",
                        "cells with values",
                        "open the file, let it compute and save it, or fetch it again from the publisher",
                    )
            rows = row_no
        sheet = re.search(rb'table:name="([^"]*)"', table)
        refuse_large(rows, columns, sheet[1].decode("utf-8", "replace") if sheet else "", name)


def refuse_large(rows: int, columns: int, sheet: str, name: str) -> None:
    """Refuse a sheet of more cells than any published one."""
    if rows * columns > MAX_CELLS:
        raise too_large(
            name,
            f"a sheet {sheet!r} of {rows:,} rows and {columns:,} columns",
            f"at most {MAX_CELLS:,} cells in a sheet",
        )


def column_number(letters: bytes) -> int:
    """A column's number: A is 1, XFD 16,384."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
