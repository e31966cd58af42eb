"""The official files, from their publishers into RAW_DIR/<return>/<edition>/.

What is there is never overwritten. Beside the files, in the hidden folder RAW_DIR/.fetch: `lock.json`
(address, sha256 and version of each file got), release zips as they came, beginnings of files, and
contents that are not the ones known (`changed`) or that no family claims (`unclaimed`).
"""

import fcntl
import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from shutil import copyfileobj
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import DownloadColumn, TimeRemainingColumn

from pipeline.archives import files_within
from pipeline.catalogue import SYNTHETIC_LIST, content_hash
from pipeline.download import Answer, Downloader, Manners, forget, page_instead
from pipeline.errors import InputError
from pipeline.fetch_report import changed, differs, not_in_zip, report, shown, unclaimed
from pipeline.seeds import read_seed, seed_of
from pipeline.settings import SAMPLE, local_server, raw_dir
from pipeline.sources import API, BY_HAND, DIFFERS, GOT, MISSING, RELEASE, THERE, Item, look, select
from pipeline.terminal import print_json, progress_bar

STATE = ".fetch"
API_DATA_SETS = "https://api.education.gov.uk/statistics/v1/data-sets"
PAGE_SIZE = 20  # the most that the API gives of data sets
MAX_PAGES = 50
STARTS = {".xlsx": b"PK", ".ods": b"PK", ".zip": b"PK", ".xls": b"\xd0\xcf\x11\xe0"}


def fetch(
    console: Console,
    names: list[str],
    dry_run: bool = False,
    offline: bool = False,
    as_json: bool = False,
) -> bool:
    """Get what is missing, or say what would be; return whether all that was asked for is in place.

    A dry run is all right whatever is missing. Faults of single files are printed at the end.
    """
    raw = official_dir(dry_run)
    items, lock, errors = select(names), read_lock(raw), []
    look(items, raw, lock)
    if not (dry_run or offline):
        with alone(raw), progress_bar(console, DownloadColumn(), TimeRemainingColumn()) as progress:
            task = progress.add_task("fetch")

            def tell(done: int, total: int | None) -> None:
                progress.update(task, completed=done, total=total)

            fetcher = Fetcher(raw, lock, downloader(tell), partial(progress.reset, task))
            items, errors = fetcher.run(items), fetcher.errors
    else:
        errors = [differs(i) for i in items if i.state == DIFFERS]
    if as_json:
        print_json({"files": [shown(i) for i in items], "errors": [vars(e) for e in errors]})
    else:
        lines = report(items, raw, long=bool(names)) + [line for e in errors for line in ["", str(e)]]
        console.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)
    return dry_run or (not errors and all(i.state in (THERE, GOT) for i in items))


def official_dir(may_be_missing: bool) -> Path:
    """RAW_DIR, which must not be the sample or another folder of synthetic files."""
    raw = raw_dir()
    if may_be_missing and raw == SAMPLE:
        return Path("RAW_DIR (not set)")
    if raw == SAMPLE or (raw / SYNTHETIC_LIST).exists():
        raise InputError(
            str(raw),
            "the folder of synthetic files",
            "a folder for official files",
            "say where to put them: RAW_DIR=official la-mart fetch",
        )
    return raw


class Fetcher:
    """Gets files into `raw`, one address after the other; collects the faults in `errors`."""

    def __init__(self, raw: Path, lock: dict[str, dict], downloader: Downloader, next_one: Callable):
        self.raw, self.lock, self.downloader, self.next_one = raw, lock, downloader, next_one
        self.errors: list[InputError] = []

    def run(self, items: list[Item]) -> list[Item]:
        """Get what has an address; return the items, with the names that only the publisher knew."""
        groups: dict[tuple[str, str], list[Item]] = {}
        for item in items:
            if item.state == DIFFERS:
                self.errors.append(differs(item))
            elif item.source.kind != BY_HAND:
                groups.setdefault((item.source.kind, item.source.address), []).append(item)
        for n, ((kind, address), group) in enumerate(groups.items(), start=1):
            self.next_one(description=f"fetch {n}/{len(groups)}")
            get = {RELEASE: self.get_release, API: self.get_data_sets}.get(kind, self.get_file)
            with self.faults():
                items = items + (get(address, group) or [])
        return [i for i in items if i.name or i.state == MISSING]

    @contextmanager
    def faults(self):
        """A fault of one file does not keep the others from being got."""
        try:
            yield
        except InputError as error:
            self.errors.append(error)

    def get_file(self, address: str, group: list[Item]) -> None:
        """An address that is the file itself."""
        item, validators = group[0], self.validators(group[0].path)
        if item.state == THERE and not validators:
            return
        part = self.part(address)
        answer = self.downloader.get(address, part, validators if item.state == THERE else None)
        if answer:
            self.put(item, part, address, answer)

    def get_release(self, address: str, group: list[Item]) -> list[Item]:
        """A release's zip, kept as it came, and the files out of it."""
        part = self.part(address)
        key = f"{STATE}/zips/{part.stem}.zip"
        kept, validators = self.raw / key, self.validators(key)
        whole = all(i.state == THERE for i in group)
        if whole and not validators:
            return []
        answer = self.downloader.get(address, part, validators if whole or kept.exists() else None)
        if not answer and whole:
            return []
        if answer:
            refuse_other_content(part, "release.zip", address)
        came, faults = part if answer else kept, len(self.errors)
        try:
            with zipfile.ZipFile(came) as archive:
                more = self.unpack(archive, address, group)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            forget(came)
            raise InputError(
                address, f"a zip that cannot be unpacked ({error})", "a whole zip", "fetch it again"
            ) from None
        except InputError:
            forget(part)
            raise
        # One with a fault is not kept, so that it is asked for and told again.
        if answer and len(self.errors) == faults:
            self.note(key, part, address, answer)
            move(part, kept)
        forget(part)
        return more

    def unpack(self, archive: zipfile.ZipFile, address: str, group: list[Item]) -> list[Item]:
        """The files that the register lists; where it lists none, those that a family claims."""
        files, out = files_within(archive, address, "data"), self.part(f"{address} unpacked")
        unlisted = [
            replace(item, name=name) for item in group if not item.name
            for name in files if claimed(item.source.return_name, name)
        ]  # fmt: skip
        for item in group:
            if not item.name and any(i.source == item.source for i in unlisted):
                item.state = GOT
        try:
            for item in group + unlisted:
                with self.faults():
                    if item.name in files:
                        with archive.open(files[item.name]) as packed, out.open("wb") as plain:
                            copyfileobj(packed, plain)
                        self.put(item, out, address, Answer("", "", ""))
                    elif item.state == MISSING:
                        raise not_in_zip(address, item, list(files))
        finally:
            forget(out)
        return unlisted

    def get_data_sets(self, address: str, group: list[Item]) -> list[Item]:
        """The data sets of a publication's release, as the API has them, that a family claims."""
        source, got, others, before = group[0].source, [], [], len(self.errors)
        for data_set in self.pages(address):
            version = self.newest_version(data_set.get("id", ""), re.findall(r"20\d\d", source.edition)[-1])
            if not version:
                continue
            csv = f"{API_DATA_SETS}/{data_set.get('id')}/csv?dataSetVersion={version}"
            part, title = self.part(csv), re.sub(r"\W+", "_", str(data_set.get("title"))).strip("_").lower()
            known = next(
                (k for k, e in self.lock.items() if e["address"] == csv and (self.raw / k).exists()), ""
            )
            with self.faults():
                answer = self.downloader.get(csv, part, self.validators(known))
                name = (answer.file_name or f"{title}.csv") if answer else Path(known).name
                item = Item(source, name, state=MISSING if answer else THERE)
                if claimed(source.return_name, name):
                    got.append(item)
                    if answer:
                        self.put(item, part, csv, answer)
                else:
                    others.append(name)
                    move(part, self.raw / STATE / "unclaimed" / item.path)
        if others or (not got and len(self.errors) == before):
            self.errors.append(unclaimed(source, others, self.raw / STATE / "unclaimed" / source.folder))
        group[0].state = GOT if got else MISSING
        return got

    def newest_version(self, data_set: str, year: str) -> str:
        """The last version of a data set that came with the release of a year; empty without one."""
        versions = [
            v.get("version", "") for v in self.pages(f"{API_DATA_SETS}/{data_set}/versions")
            if year in re.findall(r"\d+", str(v.get("release"))) and v.get("status") != "Withdrawn"
        ]  # fmt: skip
        return max(versions, key=lambda v: [int(n) for n in re.findall(r"\d+", v)], default="")

    def pages(self, address: str):
        """Every result of a list of the API."""
        page = last = 1
        while page <= last:
            answer = self.downloader.json(f"{address}?page={page}&pageSize={PAGE_SIZE}", self.part(address))
            try:
                results = [dict(result) for result in answer["results"]]
                last = int(answer["paging"]["totalPages"])
            except (KeyError, TypeError, ValueError):
                results, last = [], MAX_PAGES + 1
            if last > MAX_PAGES:
                raise InputError(
                    address, "no list, or one too long", "results, paging.totalPages", "the API has changed"
                )
            yield from results
            page += 1

    def put(self, item: Item, part: Path, address: str, answer: Answer) -> None:
        """Put a file that came in its place; where another content is known, beside it, and say so."""
        refuse_other_content(part, item.name, address)
        digest, target = content_hash(part, item.path), self.raw / (item.place or item.path)
        known = item.sha256 or self.lock.get(item.path, {}).get("sha256", "")
        if not known and target.exists():
            known = content_hash(target, item.path)
        if known and digest != known:
            beside = self.raw / STATE / "changed" / item.path
            move(part, beside)
            raise changed(item, address, digest, known, beside)
        self.note(item.path, part, address, answer)
        if target.exists():
            forget(part)
            item.state = THERE
        else:
            move(part, target)
            item.state = GOT

    def part(self, address: str) -> Path:
        """Where what comes from an address is kept until it is whole."""
        path = self.raw / STATE / "parts" / f"{hashlib.sha256(address.encode()).hexdigest()[:16]}.part"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def validators(self, key: str) -> dict[str, str]:
        """Headers that ask for a file only if it changed since it was got."""
        entry = self.lock.get(key, {})
        headers = {"If-None-Match": entry.get("etag"), "If-Modified-Since": entry.get("last_modified")}
        return {name: value for name, value in headers.items() if value}

    def note(self, key: str, part: Path, address: str, answer: Answer) -> None:
        """Write down what was got: the lock file is replaced whole."""
        self.lock[key] = {
            "address": address,
            "sha256": content_hash(part, key),
            "bytes": part.stat().st_size,
            "etag": answer.etag,
            "last_modified": answer.last_modified,
            "got_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        }
        new = self.raw / STATE / "lock.json.part"
        new.write_text(json.dumps(self.lock, indent=2, sort_keys=True) + "\n", "utf-8")
        new.replace(self.raw / STATE / "lock.json")


def move(part: Path, target: Path) -> None:
    """Put a whole file in its place in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with part.open("rb") as f:
        os.fsync(f.fileno())
    part.replace(target)


def claimed(return_name: str, name: str) -> bool:
    """Whether a family of the return claims a file of this name."""
    rows = seed_of("file_families", return_name)
    return any(re.fullmatch(row["file_pattern"], name, re.IGNORECASE) for row in rows)


def refuse_other_content(part: Path, name: str, address: str) -> None:
    """Refuse what is plainly no file of its kind: a web page, another format, nothing."""
    with part.open("rb") as f:
        start = f.read(512).lstrip(b"\xef\xbb\xbf \t\r\n")
    suffix = Path(name).suffix.lower()
    fault = None
    if re.match(rb"<(!doctype|html|\?xml|head)", start, re.IGNORECASE):
        fault = page_instead(address)
    elif not start.startswith(STARTS.get(suffix, b"")) or not start or (suffix == ".csv" and b"\0" in start):
        fault = InputError(
            address,
            "another kind of file, or an empty one",
            f"a {suffix} file",
            "look at the address in a browser",
        )
    if fault:
        forget(part)
        raise fault


def downloader(tell: Callable[[int, int | None], None]) -> Downloader:
    """One that may ask the hosts of the register, or a server on this machine in their place."""
    local = local_server()
    if local and not re.fullmatch(r"http://127\.0\.0\.1:\d+", local):
        raise InputError(
            f"FETCH_LOCAL_SERVER={local}",
            "not a server on this machine",
            "http://127.0.0.1:<port>; it is for tests",
            "unset FETCH_LOCAL_SERVER",
        )
    hosts = {urlsplit(row["address"]).netloc for row in read_seed("sources", "sources") if row["address"]}
    return Downloader(hosts, Manners(), local, tell)


def read_lock(raw: Path) -> dict[str, dict]:
    """What was got before. Raises InputError for a lock file that cannot be read."""
    path = raw / STATE / "lock.json"
    try:
        found = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return {key: dict(entry) for key, entry in found.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError(
            str(path), f"no lock file ({error})", "what la-mart fetch wrote", "delete it: files stay"
        ) from None


@contextmanager
def alone(raw: Path):
    """One fetch at a time into a folder."""
    (raw / STATE).mkdir(parents=True, exist_ok=True)
    with (raw / STATE / "busy").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(str(raw), "another fetch at work", "one at a time", "wait for it") from None
        yield
