"""Synthetic lists of geography: made-up neighbours and classes, in the publishers' layouts."""

from pipeline.made_up import World
from pipeline.sample_spending import authorities, workbook

CLOSENESS = ("Extremely Close", "Very Close", "Close", "Somewhat close", "Not Close")
CLASSES = ("Urban with Major Conurbation", "Urban with City and Town", "Largely Rural")
PREDOMINANTLY = ("Predominantly Urban", "Predominantly Urban", "Predominantly Rural")


def neighbours(world: World, layout: dict):
    """Two rows of numbers, the header, a row for each authority with ten others in made-up order."""
    found = authorities(world, int(layout["edition"][-4:]))
    header = ["LA num", "LA Name", "LA number", "GOInd", "GOReg"]
    header += [text for n in range(1, 11) for text in (f"SN{n}", "SNP")]
    rows = [list("ABCDE"), list(range(1, len(header) + 1)), header]
    for la in found:
        code = la["la_code"]
        others = sorted(
            (other["la_code"] for other in found if other["la_code"] != code),
            key=lambda other, code=code: world.chance("neighbour", code, other),
        )
        cells = [cell for n in range(10) for cell in (int(others[n]), CLOSENESS[n // 2])]
        rows.append([int(code), la["la_name"], int(code), 1, la["region_name"], *cells])
    return workbook({"LA SN Groups": rows})


def rural_urban(world: World, layout: dict) -> list[list[str]]:
    """Three lines of text, the header, a row for each authority of April 2021."""
    header = [
        "Upper Tier Local Authority Area 2021 Code", "Upper Tier Local Authority Area 2021 Name",
        "Rural-Urban Classification 2011 (6 fold)", "Rural-Urban Classification 2011 (3 fold)",
    ]  # fmt: skip
    rows = [["Synthetic rural-urban classes", "", "", ""], ["Made-up rows", "", "", ""], [""] * 4, header]
    for la in authorities(world, 2022):
        class_ = int(3 * world.chance("rural", la["la_code"]))
        rows.append(
            [world.ons_code(la["la_code"], 2022), la["la_name"], CLASSES[class_], PREDOMINANTLY[class_]]
        )
    return rows


def districts(world: World, layout: dict) -> list[list[str]]:
    """A row for each authority as its own district, and a made-up district in each county."""
    rows = [["LTLA23CD", "LTLA23NM", "LTLA23NMW", "UTLA23CD", "UTLA23NM", "UTLA23NMW", "ObjectId"]]
    for number, la in enumerate(authorities(world, 2024), start=1):
        code, name = world.ons_code(la["la_code"], 2024), la["la_name"]
        is_county = la["la_type"] == "county council"
        district = (f"E07{number:06d}", f"Made-up district of {name}") if is_county else (code, name)
        rows.append([*district, "", code, name, "", str(number)])
    return rows


LISTS = {"rural_urban": rural_urban, "districts": districts}
