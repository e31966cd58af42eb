"""Synthetic lists of inspections in Ofsted's layouts: the frameworks, types, dates and sheets are as
published, every inspection and every grade is made up.
"""

import datetime as dt
import json

import openpyxl

from pipeline.made_up import World, exists
from pipeline.seeds import read_seed
from pipeline.settings import PROJECT

HEADERS = PROJECT / "sample" / "inspection_headers.json"
GRADES = {4: "Outstanding", 3: "Good", 2: "Requires improvement to be good", 1: "Inadequate"}
LIST_EDITION, LAST_WITH_OVERALL = 2023, 2025
MERTON = "315"
SHORT, STANDARD = "ILACS Short Inspection", "ILACS Standard Inspection"
LINK = "Ofsted Local Authority Webpage"
# First and last publication of each type, and the share of authorities inspected.
TYPES = {
    "SLAC": ("2009-08-07", "2012-08-24", 1),
    "SLAC re-inspection of safeguarding": ("2011-02-25", "2012-04-23", 0.06),
    "SLAC re-inspection of looked-after services": ("2011-02-25", "2011-02-25", 0.02),
    "CPI": ("2012-09-01", "2013-06-30", 0.33),
    "CPRI": ("2013-07-26", "2013-07-26", 0.03),
    "TLAC": ("2013-08-02", "2013-08-23", 0.04),
    "SIF first": ("2014-02-11", "2016-12-31", 1),
    "SIF re-inspection": ("2017-01-15", "2018-03-31", 0.14),
}
FIRST_ILACS = dt.date(2018, 6, 1)


def editions(last: int) -> list[int]:
    """The editions of a sample that ends with `last`."""
    return [LIST_EDITION, *range(LAST_WITH_OVERALL, last + 1)]


def file_name(edition: int) -> str:
    """The publisher's name of an edition's file, as a workbook of Excel."""
    if edition == LIST_EDITION:
        return "Childrens_social_care_in_England_2023_underlying_data.xlsx"
    if edition <= LAST_WITH_OVERALL:
        return f"LA_Inspection_Outcomes_as_at_31_March_{edition}.xlsx"
    return f"local_authority_inspection_outcomes_as_at_31_march_{edition}_underlying_data.xlsx"


def workbook(world: World, edition: int) -> openpyxl.Workbook:
    """The file of an edition. From 2026 it has no overall grade."""
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    book.active["A1"] = "Synthetic inspections: made up, of no authority"
    headers = json.loads(HEADERS.read_text("utf-8"))
    if edition == LIST_EDITION:
        write_list(world, book.create_sheet("LA_inspections_2009-2023"), headers)
    else:
        write_history(world, book.create_sheet("ILACS_inspection_history"), headers["history"], edition)
    return book


def day(world: World, first: str, last: str, *key) -> dt.date:
    """A day from `first` to `last`."""
    begin, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return begin + dt.timedelta(int(world.chance("day", *key) * ((end - begin).days + 1)))


def grades(world: World, *key) -> dict[str, str]:
    """A judgement for each item of an inspection."""
    items = sorted(
        {r["item"] for r in read_seed("inspection_columns")}
        - {"inspection_started_on", "published_on", "inspection_type"}
    )
    limits = (0.15, 0.5, 0.9)  # inadequate, requires improvement, good
    return {
        item: GRADES[1 + sum(world.chance("grade", item, *key) > limit for limit in limits)] for item in items
    }


def inspections(world: World, la: dict[str, str], last: dt.date) -> list[dict]:
    """The inspections of an authority begun by `last`: type, dates, judgements."""
    code, found = la["la_code"], []
    for name, (first, until, share) in TYPES.items():
        published = day(world, first, until, code, name)
        if existed_on(la, published) and world.chance("inspected", code, name) < share:
            found.append({"type": name, "published_on": published, **grades(world, code, name)})
    if code == "420":  # Isles of Scilly had nobody to judge it on
        found[0]["looked_after"] = " -"
    begin = max(FIRST_ILACS, dt.date(int(la["first_year"] or 2018) - 1, 7, 1))
    started = begin + dt.timedelta(int(world.chance("ilacs", code) * 500))
    while started <= last and existed_on(la, started + dt.timedelta(60)):
        # Merton's is printed as a standard inspection in the list of 2023, as in the official one.
        is_short = code == MERTON or world.chance("kind", code, started) < 0.4
        found.append(
            {
                "type": SHORT if is_short else STANDARD,
                "inspection_started_on": started,
                "published_on": started + dt.timedelta(35 + int(world.chance("report", code, started) * 25)),
                **grades(world, code, started),
            }
        )
        if started < dt.date(2023, 1, 1):
            del found[-1]["care_leavers"]
        started += dt.timedelta(1100 + int(world.chance("gap", code, started) * 300))
    return found


def existed_on(la: dict[str, str], date: dt.date) -> bool:
    """Whether an authority existed on a date."""
    return exists(la, date.year + (date >= dt.date(date.year, 4, 1)))


def cell(inspection: dict, item: str):
    """What is printed for an item of an inspection."""
    return inspection.get("type" if item == "inspection_type" else item, "")


def write_list(world: World, sheet, headers: dict[str, list[str]]) -> None:
    """The list of 2009 to 2023: a row for each authority, a group of columns for each inspection; those
    that are no more in a second table below."""
    columns = [column_of(header) for header in headers["list"]]
    for text in ("Synthetic list of inspections", "", "", ""):
        sheet.append([text])
    sheet.append(headers["list"])
    gone = []
    for la in world.las:
        done = inspections(world, la, dt.date(2023, 2, 15))
        ilacs = [i for i in done if i["type"] in (SHORT, STANDARD)]
        if la["la_code"] == MERTON:
            ilacs[0]["type"] = STANDARD
        groups = {i["type"]: i for i in done}
        groups |= dict(zip(("ILACS first", "ILACS second"), ilacs, strict=False))
        if not groups:
            continue
        row = [LINK, la["la_name"], la["region_name"], la["la_type"]]
        row += [cell(groups.get(group, {}), item) for group, item in columns[4:]]
        # Cumbria still stands among the others: it ended on the day after.
        sheet.append(row) if exists(la, 2023) else gone.append(row)
    sheet.append([""])
    sheet.append(["Table 11: inspections of local authorities that are no more"])
    sheet.append(headers["list_repeated"])
    for row in gone:
        sheet.append(row)


def write_history(world: World, sheet, header: list[str], edition: int) -> None:
    """The history of ILACS: a row for each inspection."""
    if edition > LAST_WITH_OVERALL:
        header = [text for text in header if text != "Overall effectiveness"]
    for text in ("Synthetic inspection history", ""):
        sheet.append([text])
    sheet.append(header)
    for la in sorted(world.las, key=lambda la: la["la_name"]):
        for inspection in inspections(world, la, dt.date(edition, 3, 31)):
            if inspection["type"] not in (SHORT, STANDARD):
                continue
            place = {
                "Web link": LINK,
                "Local authority area code": world.ons_code(la["la_code"], edition),
                "Local authority name": la["la_name"],
                "Local authority status": "Current" if exists(la, edition) else "No longer exists",
                "Ofsted region": la["region_name"],
            }
            sheet.append([place[h] if h in place else cell(inspection, column_of(h)[1]) for h in header])


def column_of(header: str) -> tuple[str, str]:
    """Of which inspection of a row, and which item, a header's column is."""
    key = " ".join(header.split()).lower()
    return next(
        ((r["inspection"], r["item"]) for r in read_seed("inspection_columns") if r["column_key"] == key),
        ("", ""),
    )
