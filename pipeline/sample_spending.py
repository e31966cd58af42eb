"""Synthetic workbooks of spending and deprivation, in the publishers' layouts (`sample/layouts.json`).

Amounts are made up from the made-up population; the lines of a workbook add up to its totals, and the
rows of authorities to England's and the classes' rows, as in the official ones.
"""

import openpyxl

from pipeline.made_up import World, exists
from pipeline.seeds import read_seed

CLASSES = {
    "unitary authority": "UA", "metropolitan district": "MD", "London borough": "L", "county council": "SC",
}  # fmt: skip
CLASS_TOTALS = {
    "UA": "UNITARY AUTHORITIES", "MD": "METROPOLITAN DISTRICTS", "L": "LONDON BOROUGHS",
    "SC": "SHIRE COUNTIES", "SD": "SHIRE DISTRICTS",
}  # fmt: skip
# The one authority whose return has not been received in the newest made-up RO3.
NOT_RECEIVED = "211"


def workbook(sheets: dict[str, list[list]]) -> openpyxl.Workbook:
    """Rows of each sheet as a workbook."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
    return book


def authorities(world: World, year: int) -> list[dict[str, str]]:
    """The authorities of a 31 March."""
    return [la for la in world.las if exists(la, year)]


def amount(world: World, source: str, line: str, la: str, year: int) -> float:
    """Made-up net current expenditure on a line, in pounds."""
    per_child = 20 + 180 * world.chance("line", line) ** 2
    children = world.count("population_0_17_count", la, year, False)
    return round(children * per_child * (0.6 + 0.8 * world.chance(source, line, la, year)), 2)


def table_a1(world: World, layout: dict) -> openpyxl.Workbook:
    """Section 251 Table A1: a row for each authority and line, the totals of lines at the end."""
    rows = [layout["header"]]
    year = int(layout["edition"][-4:])
    for la in authorities(world, year):
        net: dict[str, float] = {}
        for order, (group, description, line, parts) in enumerate(layout["lines"], start=1):
            if parts:
                net[line] = sum(net[part] for part in parts)
            else:
                net[line] = amount(world, "s251", line, la["la_code"], year)
            gross, income = round(1.1 * net[line], 2), round(0.1 * net[line], 2)
            rows.append(
                [
                    int(la["la_code"]), la["la_name"], group, order, description, line,
                    *(round(share * gross, 2) for share in (0.6, 0.2, 0.1, 0.1)),
                    gross, income, round(net[line], 2), 0, 0, round(net[line], 2),
                ]
            )  # fmt: skip
    return workbook({"Table A1": rows})


def ro3(world: World, layout: dict) -> openpyxl.Workbook:
    """Revenue Outturn RO3: a row for each authority, seven columns for each service, totals below."""
    year, services, columns = int(layout["edition"][-4:]), layout["services"], layout["columns"]
    is_later = layout["header_rows"] == 1
    codes = {r["la_code"]: r["e_code"] for r in read_seed("la_e_codes", "reference")}
    rows, sums = [], {}
    for la in [*authorities(world, year), *layout["districts"]]:
        code = la["la_code"]
        class_ = CLASSES.get(la["la_type"], "UA" if code == "420" else "L")
        if la["la_type"] == "district":
            class_ = "SD"
        missing = is_later and code == NOT_RECEIVED
        figures: list = []
        total = [0] * len(columns)
        for service in services:
            net = 0 if class_ == "SD" else round(amount(world, "ro3", service, code, year) / 1000)
            income = round(0.1 * net)
            figure = [round(0.7 * net), net + income - round(0.7 * net), net + income, 0, income, income, net]
            total = [a + b for a, b in zip(total, figure, strict=True)]
            figures += figure
        figures += total
        for group in ("", class_):
            before = sums.setdefault(group, [0] * len(figures))
            sums[group] = [a + b for a, b in zip(before, figures, strict=True)]
        ons = la.get("ons_code") or world.ons_code(code, year)
        place = [la.get("e_code") or codes[code], ons, la["la_name"], "M" if missing else "", class_]
        place += [class_, "[x]" if missing else "Y"] if is_later else []
        rows.append(place + (["[x]"] * len(figures) if missing else figures))
    named = [*services, "Total Children Social Care"]
    if is_later:
        head = ["E-code", "ONS Code", "Local authority", "Notes", "Class", "Detailed Class", "Certification"]
        header = [head + [f"{service} - {column}" for service in named for column in columns]]
        england = ["Eng", "E92000001", "ENGLAND", "", "Eng", "Eng", "[Y]"]
        totals = [
            ["[Y]", "", name.title(), "", class_, class_, ""] + sums[class_]
            for class_, name in CLASS_TOTALS.items()
        ]
        body = [*rows, england + sums[""], header[0], *totals]
        title = [["Worksheet 2: synthetic Revenue Outturn (RO3)"]]
        other = {"Front_Page": [["Synthetic"]], "Notes": [["Notes"]], "LA_drop-down": [["One authority"]]}
    else:
        head = ["E-code", "ONS Code", "Local authority", "", "Class"]
        blank = [""] * (len(columns) - 1)
        header = [
            [""] * 5 + [cell for service in named for cell in [service, *blank]],
            [],
            head + columns * len(named),
        ]
        totals = [["", "", name, "", class_] + sums[class_] for class_, name in CLASS_TOTALS.items()]
        body = [*rows, [], ["", "", "ENGLAND", "", ""] + sums[""], [], ["", "", "CLASS BREAKDOWN"], *totals]
        title = [["Synthetic Revenue Outturn (RO3)"], ["£ thousand"]]
        other = {"Front Page": [["Synthetic"]], "LA drop-down": [["One authority"]]}
    return workbook({**other, layout["sheet"]: [*title, *header, *body]})


def deprivation(world: World, layout: dict) -> openpyxl.Workbook:
    """Indices of Deprivation, upper-tier summaries: a sheet for each index, a row for each authority."""
    sheets = {"Notes": [["Synthetic summary measures"]]}
    # An edition is on the authorities of the LA-year in which it is published.
    year = int(layout["edition"]) + world.offset("iod")
    found = authorities(world, year)
    for name, measures in layout["sheets"].items():
        rows = [[*layout["area_columns"], *measures]]
        made_up = {
            (la["la_code"], measure): round(
                world.chance("iod", name, la["la_code"], measure) * (1 if "roportion" in measure else 30_000),
                4,
            )
            for la in found
            for measure in measures
        }
        for la in found:
            cells = []
            for before, measure in zip(["", *measures], measures, strict=False):
                if "Rank of" in measure:
                    mine = made_up[la["la_code"], before]
                    cells.append(1 + sum(made_up[other["la_code"], before] > mine for other in found))
                else:
                    value = made_up[la["la_code"], measure]
                    cells.append(round(value / 30_000, 4) if "xtent" in measure else value)
            rows.append([world.ons_code(la["la_code"], year), la["la_name"], *cells])
        sheets[name] = rows
    return workbook(sheets)


WRITERS = {"table_a1": table_a1, "ro3": ro3, "deprivation": deprivation}
