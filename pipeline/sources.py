"""The register of official files: which there are, where each is published, and its hash where known.

`seeds/sources/sources.csv` has a row for each publication of an edition, `files.csv` one for each file.
A source of edition `*` is the publisher's API, for editions without a row of their own. Kinds:

- `ees_release`: a zip of a release of Explore Education Statistics, its files under `data/`
- `ees_api`: the list of data sets of a publication there
- `govuk_asset`, `ons`: the file itself
- `by_hand`: no address is known; `page` is the publication's page (`page_known_by` pattern: not tried)
"""

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from pipeline.catalogue import content_hash
from pipeline.errors import InputError
from pipeline.seeds import read_seed

BY_HAND, RELEASE, API = "by_hand", "ees_release", "ees_api"
REGISTER = "seeds/sources/sources.csv"
# What is the case with a file.
THERE, MISSING, DIFFERS, GOT = "there", "missing", "differs", "got"


@dataclass(frozen=True)
class Source:
    """A row of `sources.csv`."""

    source: str
    return_name: str
    edition: str
    publisher: str
    publication: str
    kind: str
    address: str
    page: str
    page_known_by: str
    licence: str
    note: str

    @property
    def folder(self) -> str:
        return f"{self.return_name}/{self.edition}"


@dataclass
class Item:
    """An official file, and what is the case with it. `name` is empty where only its source is known.

    `place` is where it stands under RAW_DIR, which may be under another name than the publisher's.
    """

    source: Source
    name: str = ""
    sha256: str = ""
    bytes: int | None = None
    state: str = MISSING
    place: str = ""

    @property
    def path(self) -> str:
        return f"{self.source.folder}/{self.name}"


def select(names: list[str]) -> list[Item]:
    """The files of returns and editions (`cin`, `cin/2025`); of all of the register without a name."""
    sources = {row["source"]: Source(**row) for row in read_seed("sources", "sources")}
    items = [
        Item(sources[row["source"]], row["file_name"], row["sha256"], int(row["bytes"] or 0) or None)
        for row in read_seed("files", "sources")
    ]
    items += [Item(s) for s in sources.values() if s.edition != "*" and s not in {i.source for i in items}]
    chosen = []
    for name in names:
        return_name, _, edition = name.strip("/").partition("/")
        found = [i for i in items if name.strip("/") in (i.source.return_name, i.source.folder)]
        apis = [s for s in sources.values() if (s.return_name, s.edition) == (return_name, "*")]
        if not found and apis and re.fullmatch(r"\w*20\d\d\w*", edition):
            found = [Item(replace(apis[0], edition=edition))]
        if not found:
            raise unknown(name, return_name, sources.values())
        chosen += [i for i in found if i not in chosen]
    return chosen if names else items


def unknown(name: str, return_name: str, sources) -> InputError:
    """A return or edition that the register does not have."""
    returns = sorted({s.return_name for s in sources})
    editions = sorted(s.edition for s in sources if s.return_name == return_name)
    near = get_close_matches(return_name, returns, 1)
    return InputError(
        name,
        "no return or edition of the register" + (f"; near: {near[0]}" if near and not editions else ""),
        f"editions of {return_name}: {', '.join(editions)}" if editions else f"one of {', '.join(returns)}",
        f"name one of these; a new release: add its row to {REGISTER} (docs/release-day.md)",
    )


def look(items: list[Item], raw: Path, lock: dict[str, dict]) -> None:
    """See which files are there, by their hash where one is known, under whatever name."""
    for item in items:
        target = raw / item.path
        if not item.name:
            continue
        if target.is_file():
            known = item.sha256 or lock.get(item.path, {}).get("sha256", "")
            same = known in ("", content_hash(target, item.path))
            item.state, item.place = THERE if same else DIFFERS, item.path
        elif item.bytes and target.parent.is_dir():
            for other in sorted(target.parent.iterdir()):
                if other.is_file() and other.stat().st_size == item.bytes:
                    name = f"{item.source.folder}/{other.name}"
                    if content_hash(other, name) == item.sha256:
                        item.state, item.place = THERE, name
