"""What `la-mart fetch` prints: the files asked for, and what is wrong with one."""

from collections import Counter
from pathlib import Path

from pipeline.errors import InputError
from pipeline.sources import BY_HAND, DIFFERS, GOT, MISSING, REGISTER, THERE, Item, Source
from pipeline.words import some

NAMES = 3  # file names of a source on a line; --json, or naming the edition, gives all
REVISED = (
    "if the publisher revised it, move it into an edition folder of its own ({folder}_revised), with its "
    "date in seeds/layouts/publication_dates.csv; if it is meant to take the place of the known one, mend "
    "sha256 and bytes in seeds/sources/files.csv and move it there by hand"
)


def report(items: list[Item], raw: Path, long: bool) -> list[str]:
    """How many files there are in which state, and by source what is missing."""
    by_hand = [i for i in items if i.state == MISSING and i.source.kind == BY_HAND]
    others = [i for i in items if i.state == MISSING and i.source.kind != BY_HAND]
    counts = Counter(i.state for i in items)
    said = [f"{counts[state]:,} {state}" for state in (THERE, GOT, DIFFERS) if counts[state]]
    said += [f"{len(others):,} to get"] if others else []
    said += [f"{len(by_hand):,} to get by hand"] if by_hand else []
    lines = [f"RAW_DIR  {raw}", f"files    {', '.join(said)}"]
    for title, chosen in (("got", [i for i in items if i.state == GOT]), ("to get", others)):
        lines += ["", title] if chosen else []
        for source, names in by_source(chosen):
            shown_names = some(names, ", ", len(names) if long else NAMES) or "what the project reads of it"
            lines.append(f"  {source.folder}  {shown_names}")
            lines.append(f"    {source.kind} {source.address}")
    lines += ["", "to get by hand, into the folder named first"] if by_hand else []
    for source, names in by_source(by_hand):
        lines.append(f"  {source.folder}  {some(names, ', ', len(names) if long else NAMES)}")
        lines.append(f"    {source.publisher}: {source.publication}")
        lines.append(f"    {page_of(source)}")
    return lines


def by_source(items: list[Item]) -> list[tuple[Source, list[str]]]:
    """File names of each source, in order."""
    names: dict[Source, list[str]] = {}
    for item in items:
        names.setdefault(item.source, []).extend([item.name] if item.name else [])
    return list(names.items())


def page_of(source: Source) -> str:
    """Where a publication is found."""
    if not source.page:
        return "page not known: search for the title"
    return source.page + (" (address by pattern, not tried)" if source.page_known_by == "pattern" else "")


def shown(item: Item) -> dict:
    """An item as JSON."""
    source = {k: v for k, v in vars(item.source).items() if k != "source"}
    return {
        **source,
        "file": item.name,
        "sha256": item.sha256,
        "bytes": item.bytes,
        "state": item.state,
        "by_hand": item.source.kind == BY_HAND,
        "place": item.place,
    }


def differs(item: Item) -> InputError:
    """A file of RAW_DIR that is not the one known."""
    return InputError(
        item.path,
        "another content than the one known",
        f"sha256 {item.sha256}" if item.sha256 else "the content that was fetched (.fetch/lock.json)",
        "it is kept; to have the publisher's, move it away and fetch again",
    )


def changed(item: Item, address: str, digest: str, known: str, beside: Path) -> InputError:
    """A file that the publisher serves is not the one known."""
    note = f" ({item.source.note})" if item.source.note else ""
    return InputError(
        item.path,
        f"CHANGED at the publisher's: sha256 {digest} at {address}",
        f"sha256 {known}{note}",
        f"what was there is kept, the new content is {beside}: {REVISED.format(folder=item.source.folder)}",
    )


def not_in_zip(address: str, item: Item, files: list[str]) -> InputError:
    """A file that a release does not have (any more)."""
    return InputError(
        address,
        f"no data/{item.name} in the zip" if item.name else "no file that a family claims in the zip",
        f"one of its {len(files)} files: {some(files, ', ', 10)}",
        "if the publisher renamed it, mend its row in seeds/sources/files.csv; a file that no family claims "
        "needs a row in seeds/layouts/file_families.csv",
    )


def unclaimed(source: Source, names: list[str], folder: Path) -> InputError:
    """Data sets of a release that no family claims, or none at all."""
    if not names:
        return InputError(
            source.folder,
            f"no data set of that release at {source.address}",
            "the data sets of a release that is out",
            f"see whether it is out ({source.page}); a release's zip needs a row in {REGISTER}",
        )
    return InputError(
        source.folder,
        f"{len(names)} data sets that no family claims: {some(names, ', ', 10)} (kept in {folder})",
        "file names of seeds/layouts/file_families.csv",
        f"take the files from the release's page ({source.page}) under the publisher's names, or add the "
        f"release's zip to {REGISTER}; a new table needs a row in file_families.csv",
    )
