"""A made-up England: a count for every component, authority and year, the same for the same seed.

Authorities, their codes, names and reorganisations, suppression and the rounding of England and the
regions are as published; no figure is.
"""

import hashlib
import re
from functools import cache
from itertools import pairwise

from pipeline.seeds import read_seed


class World:
    """Made-up truth: a count for every component, authority and year, the same for the same seed."""

    def __init__(self, seed: int):
        self.seed = seed
        self.las = read_seed("local_authorities", "reference")
        self.ons_codes = read_seed("la_ons_codes", "reference")
        self.absences = read_seed("la_absences", "reference")
        self.regions = read_seed("regions", "reference")
        self.larger_areas = {r["region_code"] for r in self.regions}
        self.region_codes = read_seed("region_codes", "reference")
        self.joint_returns = read_seed("joint_returns", "reference")
        self.calendars = {(c["return_name"], c["series"]): c for c in read_seed("calendars")}
        self.component = {
            (r["return_name"], r["family"], r["series"], r["measure"], year): r["component"]
            for return_name in {name for name, _ in self.calendars}
            for r in read_seed(f"{return_name}_series")
            for year in range(int(r["edition_from"] or 2009), int(r["edition_to"] or 2040) + 1)
        }
        self.symbols = {
            (r["return_name"], r["status"], year): r["symbol"]
            for r in reversed(read_seed("value_symbols", "reference"))
            for year in range(int(r["edition_from"]), int(r["edition_to"] or 2040) + 1)
        }
        self.formulas: dict[str, list[dict[str, str]]] = {}
        # The total a count is a part of, and into how many parts a formula divides that total.
        self.total: dict[str, str] = {}
        self.parts: dict[str, int] = {}
        self.unit = {r["indicator_code"]: r["unit"] for r in read_seed("indicators", "indicators")}
        # Spending is made up by itself (sample_spending.py).
        formulas = [
            f for f in read_seed("formulas", "indicators") if self.unit[f["indicator_code"]] != "pounds"
        ]
        summed = {
            (row["indicator_code"], term)
            for row in formulas
            if not row["denominator"]
            for term, _ in terms(row["numerator"])
        }
        for row in sorted(formulas, key=lambda f: len(terms(f["numerator"]))):
            numerator = terms(row["numerator"])
            for term, _ in numerator:
                whole = terms(row["denominator"])[0][0] if row["denominator"] else ""
                if whole not in ("", term) and (whole, term) not in summed:
                    self.total.setdefault(term, whole)
                self.parts[term] = max(self.parts.get(term, 1), len(numerator))
        # Of several totals an indicator is divided by, each is a part of the next.
        chains: dict[str, list[str]] = {}
        for row in formulas:
            denominator = terms(row["denominator"])
            if len(denominator) == 1 or (denominator and denominator[-1][1] < 0):
                chains.setdefault(row["indicator_code"], []).append(denominator[0][0])
            # What is taken off a total is little of it.
            self.parts.update({term: 20 for term, sign in denominator if sign < 0})
        for chain in chains.values():
            for part, whole in pairwise(chain):
                if part != whole:
                    self.total.setdefault(part, whole)
        self.totals = {term for row in formulas for term, _ in terms(row["denominator"])[:1]}
        for row in sorted(formulas, key=lambda f: int(f["priority"])):
            self.formulas.setdefault(row["indicator_code"], []).append(row)

    def chance(self, *key) -> float:
        """A number in [0, 1) that depends on the seed and the key alone."""
        digest = hashlib.blake2b(repr((self.seed, *key)).encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64

    @cache  # noqa: B019 - one World lives as long as the files take to write
    def members(self, area: str, year: int) -> list[str]:
        """The authorities an area consists of on 31 March; an authority consists of itself."""
        level = next((r["level"] for r in self.regions if r["region_code"] == area), None)
        return [
            la["la_code"]
            for la in self.las
            if exists(la, year)
            and (
                la["la_code"] in area.split(" / ")
                or level == "national"
                or area in (la["region_code"], la["sub_region_code"])
            )
        ]

    @cache  # noqa: B019 - one World lives as long as the files take to write
    def count(self, component: str, la: str, year: int, revised: bool) -> int:
        """The made-up count of a component in one authority, as first published or as revised."""
        if component == "population_0_17_count":
            return 400 if la == "420" else int(8_000 + 220_000 * self.chance("size", la) ** 2)
        if component == "looked_after_count":
            rate = 0.003 + 0.009 * self.chance("rate", la) + 0.0001 * (year - 2010)
            return round(self.count("population_0_17_count", la, year, revised) * rate)
        sums = [f for f in self.formulas.get(component, []) if not f["denominator"]]
        if sums:
            return sum(sign * self.count(c, la, year, revised) for c, sign in terms(sums[0]["numerator"]))
        total = self.total.get(component.removeprefix("rounded_"), "looked_after_count")
        if total == component or self.unit.get(component) == "rate per 10,000":
            total = "looked_after_count"
        if total == "population_0_17_count":
            total = "looked_after_count"
        # What others are shares of is kept large enough to take shares of.
        base = self.chance("share", component)
        base = 0.3 + 0.4 * base if component in self.totals else 0.003 + 0.5 * base**2
        change = 0.1 if revised and self.chance("revised", component, la, year) < 0.1 else 0
        share = base * (0.6 + 0.8 * self.chance(component, la, year) - change)
        return int(self.count(total, la, year, revised) * share / self.parts.get(component, 1))

    def offset(self, return_name: str, series: str = "") -> int:
        """Years from a source's period to the LA-year it stands in."""
        calendar = self.calendars.get((return_name, series)) or self.calendars[return_name, ""]
        return int(calendar["year_offset"])

    def day(self, return_name: str, year: int) -> int:
        """The year on whose 31 March the authorities of a source's LA-year are those that existed."""
        return year + int(self.calendars[return_name, ""]["authorities_offset"])

    def symbol(self, return_name: str, status: str, edition: int) -> str | None:
        """What stands for a status in an edition, if anything does."""
        return self.symbols.get((return_name, status, edition))

    def value(
        self, return_name: str, component: str, fallback: str, area: str, year: int, edition: int
    ) -> str:
        """The cell that stands for a component (or for an unused series) in an area and LA-year."""
        suppressed = self.symbol(return_name, "suppressed", edition)
        nobody = (
            self.symbol(return_name, "not_applicable", edition)
            or self.symbol(return_name, "not_available", edition)
            or "0"
        )
        members = [
            la
            for la in self.members(area, self.day(return_name, year))
            if not self.is_left_out(return_name, la, edition)
        ]
        if not members:
            return nobody
        is_la = area not in self.larger_areas
        revised = edition > year

        def summed(expression: str) -> int:
            return sum(
                sign * self.count(component, la, year, revised)
                for component, sign in terms(expression)
                for la in members
            )

        def hidden(expression: str) -> bool:
            return bool(
                is_la
                and suppressed
                and any(1 <= sum(self.count(c, la, year, revised) for la in members) <= 5
                        for c, _ in terms(expression))
            )  # fmt: skip

        if component.endswith("_fte"):
            return f"{summed(component):.1f}"
        if component.endswith("_count") or not component:
            number = summed(component or fallback)
            if is_la:
                if hidden(component or fallback):
                    return suppressed
                return str(5 * round(number / 5) if component.startswith("rounded_") else number)
            return str(10 * round(number / 10))
        formula = self.formulas.get(component, [{"numerator": ""}])[0]
        if not formula["numerator"]:
            return f"{8 + 12 * self.chance(component, area, year):.1f}"
        if hidden(formula["numerator"]) or hidden(formula["denominator"]):
            return suppressed
        numerator, denominator = summed(formula["numerator"]), summed(formula["denominator"])
        if denominator == 0:
            return nobody
        if self.unit[component] == "average":
            return f"{numerator / denominator:.1f}"
        scale = 10_000 if self.unit[component] == "rate per 10,000" else 100
        share = scale * numerator / denominator
        negligible = self.symbol(return_name, "negligible", edition)
        return negligible if negligible and 0 < share < 0.5 and scale == 100 else str(round(share))

    @cache  # noqa: B019 - one World lives as long as the files take to write
    def is_left_out(self, return_name: str, la: str, edition: int) -> bool:
        """Whether the files of an edition leave an authority out."""
        return any(
            a["return_name"] == return_name
            and a["la_code"] == la
            and int(a["edition_from"]) <= edition <= int(a["edition_to"])
            for a in self.absences
        )

    def ons_code(self, la: str, year: int) -> str:
        """The ONS code of an authority on 31 March of a year."""
        day = f"{year}-03-31"
        codes = [c for c in self.ons_codes if c["la_code"] == la]
        valid = [c for c in codes if (c["valid_from"] or "0") <= day <= (c["valid_to"] or "9")]
        return (valid or codes)[0]["ons_code"]

    def region_rows(self, return_name: str, edition: int, coded: bool) -> list[tuple[str, str, str]]:
        """England and regions as printed in an edition: (published code, name, region code)."""
        rows: dict[str, tuple[str, str, str]] = {}
        for r in self.region_codes:
            if (
                r["return_name"] == return_name
                and int(r["edition_from"]) <= edition <= int(r["edition_to"] or 9999)
                and bool(r["published_code"]) == coded
            ):
                rows.setdefault(
                    r["region_code"], (r["published_code"], r["published_name"], r["region_code"])
                )
        return sorted(rows.values(), key=lambda row: (row[2] != "E92000001", row[2]))


def exists(la: dict[str, str], year: int) -> bool:
    """Whether an authority existed on 31 March of the year."""
    return int(la["first_year"] or 0) <= year <= int(la["last_year"] or 9999)


@cache
def terms(expression: str) -> list[tuple[str, int]]:
    """Components of a formula's expression with their signs."""
    found = re.findall(r"([-+]?)\s*([a-z0-9_]+)", expression)
    return [(name, -1 if sign == "-" else 1) for sign, name in found]
