"""Sample files cut short and then damaged at random, always the same way for the same seed."""

import csv
import io
import random
import zipfile

import openpyxl

from pipeline.settings import SAMPLE

NASTY = [
    "", " ", "0", "-5", "1,234", "1 234", "12.5%", "#REF!", "#N/A", "#DIV/0!", "=1+1", "2025-01-09", "09-Jan",
    "1e400", "nan", "inf", "TRUE", "x" * 300, "x" * 40_000, "'; drop table raw.raw_file; --",
    "NULL", ":", "c",
    "[/red]", "{}", "{0}", "%s", "\\", "é", "\u00a0", "\u200b", "\u202e", "😀", "England",
    "<script>a</script>",
    "2014", "201415", "999", "E92000001", '"', '""', 'a"b', "a\tb", "../../etc/passwd", "Coverage: England",
]  # fmt: skip


def csv_files() -> dict[str, bytes]:
    """Header and first rows of every CSV file of the sample, by path."""
    return {
        p.relative_to(SAMPLE).as_posix(): b"".join(p.read_bytes().splitlines(keepends=True)[:40])
        for p in sorted(SAMPLE.rglob("*/*/*.csv"))
    }


def workbook_files() -> dict[str, dict[str, list[list]]]:
    """The upper left corner of the first sheets of every workbook of the sample, by path."""
    found = {}
    for path in sorted(SAMPLE.rglob("*.xlsx")):
        book = openpyxl.load_workbook(path, read_only=True)
        found[path.relative_to(SAMPLE).as_posix()] = {
            sheet: [list(row) for row in book[sheet].iter_rows(max_row=18, max_col=9, values_only=True)]
            for sheet in book.sheetnames[:3]
        }
    return found


# ------------------------------------------------------------------------------------ bytes


def flip_byte(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]


def insert_bytes(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    some = rng.choice(
        [b'"', b",", b"\n", b"\r", b"\r\n", b"\x00", b"\xef\xbb\xbf", b"\xff", b";", b"\t", b"''"]
    )
    return data[:at] + some * rng.choice([1, 1, 2, 5]) + data[at:]


def delete_bytes(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.choice([1, 2, 10, 200]) :]


def repeat_bytes(rng: random.Random, data: bytes) -> bytes:
    first, last = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[:last] + data[first:]


def cut_off(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def zero_bytes(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes(20) + data[at + 20 :]


BYTES = [flip_byte, insert_bytes, delete_bytes, repeat_bytes, cut_off, zero_bytes]


# ------------------------------------------------------------------------------------- text


def other_encoding(rng: random.Random, text: str) -> bytes:
    return text.encode(rng.choice(["utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "cp037"]), "replace")


def other_line_ends(rng: random.Random, text: str) -> bytes:
    ends = rng.choice([["\r\n"], ["\r"], ["\n", "\r\n"], ["\n", "\r"], ["\n\n"], ["\u2028"]])
    return "".join(line + rng.choice(ends) for line in text.splitlines()).encode()


def other_separator(rng: random.Random, text: str) -> bytes:
    separator = rng.choice([";", "\t", "|", ", ", ",,"])
    if rng.random() < 0.5:
        return text.replace(",", separator).encode()
    at = rng.randrange(len(text))
    return (text[:at] + text[at:].replace(",", separator, rng.choice([1, 5]))).encode()


def byte_order_mark(rng: random.Random, text: str) -> bytes:
    return b"\xef\xbb\xbf" * rng.choice([1, 2]) + text.encode()


def stray_quotes(rng: random.Random, text: str) -> bytes:
    for _ in range(rng.choice([1, 2, 2, 2, 3, 4])):
        places = [i for i, c in enumerate(text) if c in ",\n"] or [0]
        at = rng.choice(places) + rng.choice([0, 1, 1, 2])
        text = text[:at] + '"' + text[at:]
    return text.encode()


TEXT = [other_encoding, other_line_ends, other_separator, byte_order_mark, stray_quotes, stray_quotes]


# -------------------------------------------------------------------------------------- rows


def set_cells(rng: random.Random, rows: list[list]) -> None:
    for _ in range(rng.choice([1, 3, 10])):
        row = rng.choice(rows)
        if row:
            row[rng.randrange(len(row))] = rng.choice(NASTY)


def change_header(rng: random.Random, rows: list[list]) -> None:
    at = rng.randrange(len(rows[0])) if rows[0] else 0
    rows[0][at : at + 1] = [rng.choice([*NASTY, str(rows[0][at]).upper() + "2019", "a b"])] if rows[0] else []


def delete_row(rng: random.Random, rows: list[list]) -> None:
    if len(rows) > 1:
        del rows[rng.randrange(len(rows))]


def repeat_row(rng: random.Random, rows: list[list]) -> None:
    rows.insert(rng.randrange(len(rows) + 1), list(rng.choice(rows)))


def blank_row(rng: random.Random, rows: list[list]) -> None:
    rows.insert(rng.randrange(len(rows) + 1), rng.choice([[], [""] * len(rows[0])]))


def ragged_row(rng: random.Random, rows: list[list]) -> None:
    row = rng.choice(rows)
    if rng.random() < 0.5:
        row += ["x"] * rng.choice([1, 2, 30])
    else:
        del row[-rng.choice([1, 2]) :]


def delete_column(rng: random.Random, rows: list[list]) -> None:
    at = rng.randrange(max(map(len, rows)) or 1)
    for row in rows:
        del row[at : at + 1]


def repeat_column(rng: random.Random, rows: list[list]) -> None:
    width = max(map(len, rows)) or 1
    source, target = rng.randrange(width), rng.randrange(width + 1)
    for row in rows:
        row[target:target] = row[source : source + 1]


def swap_columns(rng: random.Random, rows: list[list]) -> None:
    width = min(map(len, rows))
    if width > 1:
        one, other = rng.sample(range(width), 2)
        for row in rows[rng.choice([0, 1, len(rows) // 2]) :]:
            row[one], row[other] = row[other], row[one]


def second_table(rng: random.Random, rows: list[list]) -> None:
    rows += [list(row) for row in rows[: rng.choice([1, 2, len(rows)])]]


def shuffle_rows(rng: random.Random, rows: list[list]) -> None:
    rng.shuffle(rows)


ROWS = [
    set_cells, set_cells, change_header, delete_row, repeat_row, blank_row, ragged_row, delete_column,
    repeat_column, swap_columns, second_table, shuffle_rows,
]  # fmt: skip


def mutate_csv(rng: random.Random, data: bytes) -> bytes:
    """One to three damages to a CSV file."""
    for _ in range(rng.choice([1, 1, 2, 3])):
        if not data:
            break
        kind = rng.choice([BYTES, TEXT, ROWS, ROWS])
        change = rng.choice(kind)
        if kind is BYTES:
            data = change(rng, data)
            continue
        text = data.decode("utf-8", "replace")
        if kind is TEXT:
            data = change(rng, text)
            continue
        rows = list(csv.reader(io.StringIO(text.replace("\x00", ""), newline="")))
        if not rows:
            continue
        change(rng, rows)
        out = io.StringIO()
        csv.writer(
            out,
            lineterminator=rng.choice(["\n", "\n", "\r\n"]),
            quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        ).writerows(rows)
        data = out.getvalue().encode("utf-8", "replace")
    return data


def workbook_bytes(rng: random.Random, sheets: dict[str, list[list]]) -> bytes:
    """A workbook of these sheets, some cells of them formulas, errors, merged or hidden."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                if value in (None, ""):
                    continue
                cell = sheet.cell(number, column)
                cell.value = value
        if rng.random() < 0.1:
            sheet.merge_cells(start_row=3, end_row=rng.choice([3, 5]), start_column=2, end_column=4)
        if rng.random() < 0.1 and len(sheets) > 1:
            sheet.sheet_state = rng.choice(["hidden", "veryHidden", "visible"])
        if rng.random() < 0.05:
            sheet.cell(60, 20).value = "far off"
    if all(s.sheet_state != "visible" for s in book):
        book.active.sheet_state = "visible"
        book[book.sheetnames[0]].sheet_state = "visible"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def mutate_sheets(rng: random.Random, sheets: dict[str, list[list]]) -> dict[str, list[list]]:
    """One to three damages to the cells or the names of a workbook's sheets."""
    sheets = {name: [list(row) for row in rows] for name, rows in sheets.items()}
    for _ in range(rng.choice([1, 2, 3])):
        name = rng.choice(list(sheets))
        kind = rng.random()
        if kind < 0.1:
            sheets[rng.choice(["S'1", "<b>&amp;", "x" * 31, "é 😀", "a.b", name + " "])] = sheets.pop(name)
        elif kind < 0.15:
            sheets["copy"] = [list(row) for row in sheets[name]]
        elif kind < 0.2 and len(sheets) > 1:
            del sheets[name]
        elif sheets[name]:
            rng.choice(ROWS)(rng, sheets[name])
    return sheets


def mutate_archive(rng: random.Random, data: bytes) -> bytes:
    """Damage to a workbook's archive, or to the XML of one of its parts."""
    if rng.random() < 0.4:
        for _ in range(rng.choice([1, 1, 3])):
            data = rng.choice(BYTES)(rng, data) if data else data
        return data
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        parts = source.namelist()
        damaged = rng.choice([p for p in parts if "sheet" in p or "xl/workbook" in p or "_rels" in p])
        for part in parts:
            content = source.read(part)
            if part == damaged:
                if rng.random() < 0.15:
                    continue
                content = rng.choice([*BYTES, xml_words, xml_words])(rng, content) if content else content
            target.writestr(part, content)
    return out.getvalue()


def xml_words(rng: random.Random, data: bytes) -> bytes:
    """Change what the XML of a sheet says without breaking it, as other programs write it."""
    old, new = rng.choice(
        [
            (b' t="n"', b' t="s"'), (b' t="n"', b' t="e"'), (b' t="n"', b' t="str"'), (b' t="n"', b' t="d"'),
            (b' t="n"', b' t="b"'), (b' t="inlineStr"', b' t="n"'), (b"<v>", b"<f>1+1</f><v>"),
            (b"</v>", b"</v> "), (b"<v>", b"<v>x"), (b'r="A', b'r="ZZ'), (b'r="B', b'r="A'),
            (b"<row ", b"<row hidden='1' "), (b"<c ", b"<x:c "), (b"<sheetData>", b"<sheetData><row/>"),
            (b"rId1", b"rId9"), (b"worksheet", b"chartsheet"), (b'ref="A1', b'ref="C9'),
            (b"<t>", b"<t xml:space='preserve'> "), (b"&", b"&amp;"), (b"<is>", b"<is><r><t>y</t></r>"),
        ]
    )  # fmt: skip
    count = data.count(old)
    if not count:
        return data
    if rng.random() < 0.5:
        return data.replace(old, new)
    at = -1
    for _ in range(rng.randrange(count) + 1):
        at = data.index(old, at + 1)
    return data[:at] + new + data[at + len(old) :]
