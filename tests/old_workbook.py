"""A workbook in the format of before 2007 (.xls), written by hand: no library here writes one."""

import struct

ERRORS = {"#NULL!": 0x00, "#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#N/A": 0x2A}
LONGEST = 3000  # letters of a cell, so that it fits into one record
SECTOR = 512
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def text(words: str, length: str) -> bytes:
    return struct.pack(f"<{length}B", len(words.encode("utf-16-le")) // 2, 1) + words.encode("utf-16-le")


def cell(row: int, column: int, value) -> bytes:
    """A cell: an error by its name, a formula that gives one (`=#N/A`), a truth, a number or text."""
    place = struct.pack("<HHH", row, column, 0)
    if value in ERRORS:
        return record(0x0205, place + bytes([ERRORS[value], 1]))
    if isinstance(value, str) and value.removeprefix("=") in ERRORS:
        result = bytes([2, 0, ERRORS[value[1:]], 0, 0, 0, 0xFF, 0xFF])
        return record(0x0006, place + result + bytes(6) + bytes([2, 0, 0x1C, ERRORS[value[1:]]]))
    if isinstance(value, bool):
        return record(0x0205, place + bytes([value, 0]))
    if isinstance(value, int | float):
        return record(0x0203, place + struct.pack("<d", value))
    return record(0x0204, place + text(str(value)[:LONGEST], "H"))


def old_workbook(sheets: dict[str, list[list]]) -> bytes:
    """The bytes of an .xls; a cell that is None or empty is left out."""

    def begin(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))

    bodies = [
        begin(0x0010)
        + b"".join(
            cell(i, j, value)
            for i, row in enumerate(rows)
            for j, value in enumerate(row)
            if value not in (None, "")
        )
        + record(0x000A)
        for rows in sheets.values()
    ]
    names = [text(name, "B") for name in sheets]
    at = len(begin(0x0005)) + sum(10 + len(name) for name in names) + len(record(0x000A))
    book = begin(0x0005)
    for name, body in zip(names, bodies, strict=True):
        book += record(0x0085, struct.pack("<IBB", at, 0, 0) + name)
        at += len(body)
    return in_compound_file(book + record(0x000A) + b"".join(bodies))


def in_compound_file(book: bytes) -> bytes:
    """A stream `Workbook` in the container of Office files: its directory, its sectors, then their table."""
    book = book.ljust(8 * SECTOR, b"\0")
    book += bytes(-len(book) % SECTOR)
    n = len(book) // SECTOR
    n_table = -(-(n + 1) // (SECTOR // 4 - 1))
    table = [END, *range(2, n + 1), END, *[TABLE] * n_table]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, n_table, 0, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", *(n + 1 + i if i < n_table else FREE for i in range(109)))

    def entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
        letters = (name + "\0").encode("utf-16-le")
        head = letters.ljust(64, b"\0") + struct.pack("<HBBIII", len(letters), kind, 1, FREE, FREE, child)
        return head + bytes(36) + struct.pack("<IQ", first, size)

    directory = entry("Root Entry", 5, 1, END, 0) + entry("Workbook", 2, FREE, 1, len(book))
    fat = struct.pack(f"<{len(table)}I", *table).ljust(n_table * SECTOR, b"\xff")
    return header + directory.ljust(SECTOR, b"\0") + book + fat
