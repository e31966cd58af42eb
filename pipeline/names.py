"""Which authority a loosely typed name or code is."""

import re
import unicodedata
from difflib import get_close_matches
from functools import cache

import pandas as pd

from pipeline.errors import InputError
from pipeline.seeds import read_seed

LAST = 9999
"""A year in which every authority that has not ended exists."""


@cache
def plain(text: str) -> str:
    """A name without accents, capitals and punctuation: St. Helens and st-helens are one."""
    letters = unicodedata.normalize("NFKD", text).casefold().replace("&", " and ")
    letters = "".join(c for c in letters if not unicodedata.combining(c) and c not in "'\u2019")
    return " ".join(re.findall(r"\w+", letters))


def matches(text: str, authorities: pd.DataFrame) -> list[list[str]]:
    """Codes of the authorities that a text may mean: a list for each way to mean one, strictest first.

    text : a three-digit code, an ONS code of any year, a name in any spelling that a publisher has used,
        its words in any order, some of them or their beginnings, or a part of it.
    authorities : la_name by la_code.
    """
    asked = plain(text)
    words = asked.split()
    if not words:
        return []
    by_ons = {row["ons_code"].casefold(): row["la_code"] for row in read_seed("la_ons_codes", "reference")}
    spelt = [(code, plain(name)) for code, name in authorities["la_name"].items()]
    spelt += [(row["la_code"], plain(row["spelling"])) for row in read_seed("la_names", "reference")]
    ways = (
        lambda code, name: text.strip() == code or by_ons.get(asked) == code,
        lambda code, name: name == asked,
        lambda code, name: sorted(name.split()) == sorted(words),
        lambda code, name: all(any(have.startswith(word) for have in name.split()) for word in words),
        lambda code, name: asked in name,
    )
    found = [{code for code, name in spelt if code in authorities.index and way(code, name)} for way in ways]
    return [sorted(codes) for codes in found if codes]


def exists_in(authorities: pd.DataFrame, year: int) -> pd.Series:
    """Whether each authority existed in a year: a flag by la_code."""
    return (authorities["first_year"].fillna(0) <= year) & (authorities["last_year"].fillna(LAST) >= year)


def one_authority(text: str, authorities: pd.DataFrame, year: int | None = None) -> str:
    """The code of the one authority that a text means; of several, the one that existed in `year`.

    A joint return is meant where no member is. authorities : la_name, la_type, first_year, last_year by
    la_code. Raises InputError if there is none, naming those that come near, or several, listing them to
    choose from.
    """
    # What is named exactly is meant: Northamptonshire, not North Northamptonshire.
    found = next(iter(matches(text, authorities)), [])
    found = [code for code in found if authorities["la_type"][code] != "joint return"] or found
    if len(found) > 1 and year is not None:
        # A year tells apart two of one name; where all have ended, or all exist, it does not.
        of_year = [code for code in found if exists_in(authorities.loc[[code]], year).all()]
        found = of_year if len(of_year) == 1 else found
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(
            text,
            "several authorities of that name",
            ", ".join(described(authorities.loc[code]) for code in found[:12])
            + (f" and {len(found) - 12} more" if len(found) > 12 else ""),
            "give its three-digit code, or more of its name",
        )
    raise InputError(
        text,
        "no authority of that name",
        ", ".join(described(authorities.loc[code]) for code in near(text, authorities))
        or "a code or a name of dim_local_authority",
        "look it up with la-mart las",
    )


def joint_return(la_code: str, la_name: str) -> InputError:
    """A joint return where benchmarks are asked for."""
    return InputError(
        f"{la_name} ({la_code})",
        "a joint return, which has no benchmarks",
        "one of its members: " + la_code.replace(" / ", ", "),
        "name a member",
    )


def near(text: str, authorities: pd.DataFrame) -> list[str]:
    """Codes of the authorities whose names are most like a text."""
    names = authorities["la_name"].map(plain)
    close = get_close_matches(plain(text), names.unique(), n=5, cutoff=0.5)
    return [code for name in close for code in names.index[names == name]]


def described(authority: pd.Series) -> str:
    """Code, name and, where it began or ended, its years: 835 Dorset (to 2019)."""
    return f"{authority.name} {authority['la_name']}{years_words(authority)}"


def years_words(authority: pd.Series) -> str:
    """Such as ` (from 2020)`; empty for an authority that has always existed."""
    first, last = authority["first_year"], authority["last_year"]
    parts = [f"from {first:.0f}"] if pd.notna(first) else []
    parts += [f"to {last:.0f}"] if pd.notna(last) else []
    return f" ({' '.join(parts)})" if parts else ""
