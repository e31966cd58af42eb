"""What changed in RAW_DIR since the last build, and what of it would stop the next one.

The last build is the published mart's relation `raw_file`; the headers and rows of files that were since
changed or taken away are in the cache. Told: files new, changed, renamed, missing, headers not seen
before. Harm, before dbt begins: a missing file, a header column that no seed knows, a file without a
figure of any authority or without an authority of its year, a symbol that no seed knows. The rest of what
the cells say is left to dbt's guards.
"""

import os
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb
from rich.console import Console

from pipeline import catalogue, grid_cache
from pipeline.catalogue import RawFile
from pipeline.check_authorities import content_harms
from pipeline.check_columns import unknown_columns, unknown_harm, what_is_read, with_row
from pipeline.check_headers import headed, header_diff, nearest
from pipeline.errors import BuildError, Failure, InputError
from pipeline.grids import header_fingerprint
from pipeline.publish import MART
from pipeline.seeds import read_seed
from pipeline.settings import raw_dir, warehouse_dir
from pipeline.terminal import print_json, progress_bar, track
from pipeline.words import SHOWN, aligned, counted, some

ORDER = ["missing", "changed", "renamed", "new"]


@dataclass
class Change:
    """One file that is not as in the last build: `file` is empty for a missing, `was` for a new one."""

    status: str
    file: RawFile | None
    was: dict | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return self.file.path if self.file else self.was["path"]


@dataclass
class Report:
    """What `la-mart check` prints; `harms` is what stops a build."""

    last: str
    compared: bool
    changes: list[Change]
    headers: list[str]
    harms: list[InputError]


def check(console: Console, without_missing: bool = False, as_json: bool = False) -> bool:
    """Print what changed since the last build; return whether nothing was found that would stop the next.

    Faults that stop a build while it reads files are collected, not raised one by one.
    """
    warehouse, faults = warehouse_dir(), []
    with progress_bar(console) as progress:
        files = catalogue.scan(raw_dir(), faults.append)
        reading = partial(track, progress, words="read files")
        catalogue.read_grids(raw_dir(), files, warehouse / "cache", reading, faults.append)
        progress.add_task("compare", total=None, done="")
        report = compare(files, warehouse, without_missing)
        faults = [with_row(fault, files, warehouse / "cache") for fault in faults]
    harms = faults + report.harms
    counts = Counter(change.status for change in report.changes)
    same = len(files) - sum(n for status, n in counts.items() if status != "missing")
    if as_json:
        print_json(
            {
                "would_build": not harms,
                "last_build": report.last,
                "raw_dir": str(raw_dir()),
                "files": {"all": len(files), **{s: counts[s] for s in ORDER}, "not_read": len(faults)},
                "changes": plain(report.changes),
                "headers": report.headers,
                "harms": [vars(harm) for harm in harms],
            }
        )
        return not harms
    said = [f"{same} the same" if report.compared else f"{len(files)}"]
    said += [f"{counts[status]} {status}" for status in ORDER if counts[status]]
    said += [f"{len(faults)} not read"] if faults else []
    lines = [
        f"last build  {report.last}",
        f"RAW_DIR     {raw_dir()}",
        f"files       {', '.join(said)}",
    ]
    for block in (lines, change_lines(report.changes), report.headers, *(str(h).splitlines() for h in harms)):
        if block:
            console.print("\n".join([*block, ""]), highlight=False, markup=False, soft_wrap=True)
    verdict = (
        f"{counted(len(harms), 'thing')} would stop a build: see what to do above."
        if harms
        else "Nothing found that would stop a build. What the figures say, only a build tests."
    )
    console.print(verdict, highlight=False, soft_wrap=True)
    return not harms


def before_dbt(files: list[RawFile], warehouse: Path, without_missing: bool) -> tuple[Report, str]:
    """What changed, and where there is a mart that cannot tell, why; raise BuildError for harm."""
    report = compare(files, warehouse, without_missing)
    if report.harms:
        rows = [{k: getattr(h, k) for k in ("file", "found", "expected", "action")} for h in report.harms]
        raise BuildError([Failure("la-mart check", "", rows[:SHOWN], len(rows))])
    has_mart = os.path.lexists(warehouse / MART)
    return report, report.last if has_mart and not report.compared else ""


def compare(files: list[RawFile], warehouse: Path, without_missing: bool) -> Report:
    """Hold the files read (with their grids) against the last build in `warehouse`."""
    cache = warehouse / "cache"
    last, said = last_build(warehouse, files)
    changes = changes_of(files, last) if last is not None else []
    read = [f for f in files if f.grid]
    before = files_before(last or [], files, cache)
    changed = [c.file for c in changes if c.file and c.file.grid] if last is not None else read
    unknown = unknown_columns(read, cache)
    harms = []
    if not without_missing:
        known_headers = [c for c in changes if not (c.file and c.file.file_no in unknown)]
        harms = missing_files(changes, warehouse) + missing_columns(known_headers, before)
    headers = []
    prints = {(r["return_name"], r["family"], r["header_fingerprint"]) for r in last or []}
    for file in read:
        columns = unknown.get(file.file_no, [])
        is_new_header = last is not None and file in changed
        is_new_header &= (
            file.return_name, file.family, header_fingerprint(file.grid)
        ) not in prints  # fmt: skip
        if not columns and not is_new_header:
            continue
        others = [
            f for f in read + before
            if (f.return_name, f.family) == (file.return_name, file.family) and f is not file
        ]  # fmt: skip
        near = nearest(file, others)
        found, renamed = header_diff(near.grid, file.grid) if near else ([], {})
        if near:
            headers += headed(file, near, near in before, found)
        if columns:
            harms.append(unknown_harm(file, columns, renamed))
    notes = {c.path: c.notes for c in changes}
    known = [f for f in changed if f.file_no not in unknown]
    harms += content_harms(known, read, before, notes, cache)
    return Report(
        said, last is not None, changes, ["headers not seen before", *headers] if headers else [], harms
    )


def last_build(warehouse: Path, files: list[RawFile]) -> tuple[list[dict] | None, str]:
    """Rows of the published `raw_file`, and what to say of them; None without a build to compare with."""
    mart = warehouse / MART
    if not os.path.lexists(mart):
        return None, f"no mart in {warehouse}: headers and areas are checked, nothing to compare with"
    try:
        with duckdb.connect(mart, read_only=True) as con:
            rows = con.execute(
                "select path, sha256, return_name, edition, family, header_fingerprint, is_synthetic "
                "from raw_file order by path"
            ).df()
    except duckdb.Error as error:
        return None, f"{mart} cannot be read, so nothing to compare with ({str(error).splitlines()[0]})"
    last = rows.astype(object).where(rows.notna(), None).to_dict("records")
    claimed = [r for r in last if r["family"]]
    # The first official build beside the sample's mart: one collection does not follow from the other.
    if all(r["is_synthetic"] for r in claimed) and not any(f.is_synthetic for f in files if f.family):
        return None, f"{mart} is of synthetic files, these are not: nothing to compare with"
    return last, f"{mart}, {len(claimed)} files read, {len(last) - len(claimed)} ignored"


def changes_of(files: list[RawFile], last: list[dict]) -> list[Change]:
    """Files by path and sha256; a file of the same family and edition under another name is changed."""
    before = {r["path"]: r for r in last}
    gone = {path: r for path, r in before.items() if path not in {f.path for f in files}}
    changes = []
    for file in files:
        was, status = before.get(file.path), "changed"
        if was and was["sha256"] == file.sha256:
            continue
        if not was:
            was = next((r for r in gone.values() if r["sha256"] == file.sha256), None)
            status = "renamed"
        if not was and file.family:
            key = (file.return_name, file.family, file.edition)
            was = next(
                (r for r in gone.values() if (r["return_name"], r["family"], r["edition"]) == key), None
            )
            status = "changed"
        if was:
            gone.pop(was["path"], None)
        changes.append(Change(status if was else "new", file, was))
        if was and was["path"] != file.path:
            changes[-1].notes.append(f"was {was['path']}")
    return changes + [Change("missing", None, r) for r in gone.values()]


def plain(changes: list[Change]) -> list[dict]:
    """Changes as plain values, in order of status and path."""
    return [
        {
            "status": c.status,
            "path": c.path,
            "family": c.file.family if c.file else c.was["family"],
            "notes": c.notes,
        }
        for c in sorted(changes, key=lambda c: (ORDER.index(c.status), c.path))
    ]


def change_lines(changes: list[Change]) -> list[str]:
    """One aligned line a file, in order of status and path."""
    return aligned(
        [(c["status"], c["path"], c["family"] or "ignored", "; ".join(c["notes"])) for c in plain(changes)]
    )


def missing_files(changes: list[Change], warehouse: Path) -> list[InputError]:
    """One message for all files that the last build read and that are no more."""
    paths = [c.path for c in changes if c.status == "missing" and c.was["family"]]
    if not paths:
        return []
    return [
        InputError(
            some(paths, ", ", 5),
            f"not in RAW_DIR ({raw_dir()})",
            f"every file that the last build read ({warehouse / MART})",
            "put back what is missing; if it is meant to go: la-mart build --without-missing; if RAW_DIR is "
            "another collection: set WAREHOUSE_DIR to a folder of its own",
        )
    ]


def missing_columns(changes: list[Change], before: list[RawFile]) -> list[InputError]:
    """Files released again without something that the last build read of them.

    Where only the header of then is known, that it is another one is noted.
    """
    harms = []
    for change in changes:
        if change.status != "changed" or not change.file.grid:
            continue
        was = next((f for f in before if f.path == change.was["path"]), None)
        if not was:
            if change.was["header_fingerprint"] != header_fingerprint(change.file.grid):
                change.notes.append(
                    "another header than in the last build; its columns are no more in the cache"
                )
            continue
        has = what_is_read(change.file)
        gone = [f"'{name}'" for what, name in what_is_read(was).items() if what not in has]
        if gone:
            harms.append(
                InputError(
                    change.path,
                    f"{counted(len(gone), 'column')} of the last build's file no more there: "
                    + some(gone, ", ", 8),
                    "every column that the last build read of it",
                    "fetch it again; if the publisher took them out: la-mart build --without-missing",
                )
            )
    return harms


def files_before(last: list[dict], files: list[RawFile], cache: Path) -> list[RawFile]:
    """Files of the last build whose content is no more in RAW_DIR, as far as the cache has them."""
    families = {(f["return_name"], f["family"]): f for f in read_seed("file_families")}
    present = {f.sha256 for f in files}
    before = []
    for row in last:
        family = families.get((row["return_name"], row["family"]))
        if not family or row["sha256"] in present:
            continue
        layout = catalogue.layout_of(family)
        if all(p.exists() for p in grid_cache.grid_paths(cache, row["sha256"], layout)):
            file = RawFile(
                -len(before) - 1, row["return_name"], row["edition"], row["path"], row["family"], "",
                layout, row["sha256"], 0, bool(row["is_synthetic"]),
            )  # fmt: skip
            file.grid = grid_cache.load(Path(), file.path, layout, file.sha256, cache)
            before.append(file)
    return before
