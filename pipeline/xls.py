"""The error values of an .xls, which the reader gives as empty cells.

An .xls is a container of streams, each a chain of sectors ([MS-CFB]); its stream `Workbook` is a row of
records ([MS-XLS]): the sheets' names and places, then the cells of each sheet.
"""

import struct
from collections.abc import Iterator

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
# Kinds of records.
BEGIN, END, SHEET, FORMULA, CONSTANT = 0x0809, 0x000A, 0x0085, 0x0006, 0x0205
WORKSHEET = 0
BIFF8 = 0x0600
# A number of a sector from here on ends a chain.
NO_SECTOR = 0xFFFFFFFA
ENTRY, STREAM = 128, 2  # bytes of an entry of the directory; its kind


def error_cells(data: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """The error values of each worksheet that has some, by row and column from 1.

    Raises ValueError, IndexError or struct.error for a container that is not whole.
    """
    book = workbook_stream(data)
    version = struct.unpack_from("<H", book, 4)[0]
    found = {}
    for kind, content in records(book, 0):
        if kind == SHEET and content[5] == WORKSHEET:
            start = struct.unpack_from("<I", content)[0]
            cells = dict(errors_of_sheet(book, start))
            if cells:
                found[sheet_name(content[6:], version)] = cells
    return found


def records(book: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records from a BEGIN to its END; what is embedded between (charts) has both of its own."""
    depth = 0
    while start < len(book):
        kind, length = struct.unpack_from("<HH", book, start)
        depth += (kind == BEGIN) - (kind == END)
        yield kind, book[start + 4 : start + 4 + length]
        if depth <= 0:
            return
        start += 4 + length
    raise ValueError("its sheets are cut off")


def errors_of_sheet(book: bytes, start: int) -> Iterator[tuple[tuple[int, int], str]]:
    """Where errors stand, written as such or as the result of a formula."""
    for kind, content in records(book, start):
        if kind == CONSTANT and content[7]:
            code = content[6]
        elif kind == FORMULA and content[6] == 2 and content[12:14] == b"\xff\xff":
            code = content[8]
        else:
            continue
        row, column = struct.unpack_from("<HH", content)
        yield (row + 1, column + 1), ERRORS.get(code, "#ERROR")


def sheet_name(text: bytes, version: int) -> str:
    """A sheet's name: its length, from Excel 97 on whether it takes two bytes a letter, the letters."""
    if version != BIFF8:
        return text[1 : 1 + text[0]].decode("cp1252", "replace")
    if text[1] & 1:
        return text[2 : 2 + 2 * text[0]].decode("utf-16-le", "replace")
    return text[2 : 2 + text[0]].decode("latin-1")


def workbook_stream(data: bytes) -> bytes:
    """The stream of the workbook, called `Book` before Excel 97."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    sectors = [data[i : i + size] for i in range(size, len(data), size)]
    following = numbers(b"".join(sectors[n] for n in sectors_of_table(data, sectors)))
    directory = chain(sectors, following, struct.unpack_from("<I", data, 48)[0])
    for at in range(0, len(directory), ENTRY):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        name = directory[at : at + max(length - 2, 0)].decode("utf-16-le", "replace")
        if kind == STREAM and name.lower() in ("workbook", "book"):
            first, n_bytes = struct.unpack_from("<II", directory, at + 116)
            if n_bytes < struct.unpack_from("<I", data, 56)[0]:
                raise ValueError("its stream Workbook is shorter than any that Excel writes")
            return chain(sectors, following, first)[:n_bytes]
    raise ValueError("it has no stream Workbook")


def sectors_of_table(data: bytes, sectors: list[bytes]) -> list[int]:
    """Where the table is that says which sector follows which: 109 places in the header, then a chain."""
    places, more = list(struct.unpack_from("<109I", data, 76)), struct.unpack_from("<I", data, 68)[0]
    for _ in sectors:
        if more >= NO_SECTOR:
            break
        *further, more = numbers(sectors[more])
        places += further
    return [n for n in places if n < NO_SECTOR]


def chain(sectors: list[bytes], following: tuple[int, ...], first: int) -> bytes:
    """A stream: its first sector and those that follow."""
    parts, at = [], first
    while at < NO_SECTOR:
        if len(parts) > len(sectors):
            raise ValueError("its sectors go round in a circle")
        parts.append(sectors[at])
        at = following[at]
    return b"".join(parts)


def numbers(data: bytes) -> tuple[int, ...]:
    """Bytes as numbers of sectors."""
    return struct.unpack(f"<{len(data) // 4}I", data)
