"""The published builds: each a folder of its own; one link says which of them readers see.

builds/<build_id>/mart.duckdb     the marts, read-only
builds/<build_id>/parquet/        each mart as one Parquet file
builds/<build_id>/manifest.json   what the build holds and what it was made from
published -> builds/<build_id>    replaced by one rename, so that nobody sees half of a build
mart.duckdb, parquet              lead through `published`
"""

import fcntl
import hashlib
import json
import os
import shutil
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
from rich.console import Console

from pipeline.comments import comment
from pipeline.errors import InputError
from pipeline.settings import package_version, warehouse_dir
from pipeline.sql import name, text
from pipeline.terminal import print_json

MART = "mart.duckdb"
BUILDS, PUBLISHED, PARQUET, MANIFEST = "builds", "published", "parquet", "manifest.json"
BUILD_TABLE = "mart_build"
BUILD_COMMENTS = (
    "Grain: the published build, one row.",
    {"build_id": "Folder below builds/, the time in UTC.", "version": "Of la-mart, which built it."},
)
KEPT = 3
"""Published builds that stay, the newest included: a bad one can be taken back, and the one before it."""


@contextmanager
def only_one(warehouse: Path) -> Iterator[None]:
    """Hold the warehouse: who comes second is told who is at work, and leaves."""
    warehouse.mkdir(parents=True, exist_ok=True)
    with (warehouse / "build.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise InputError(
                str(warehouse),
                f"another build at work in this warehouse ({lock.read().strip() or 'process not known'})",
                "one build at a time",
                "wait for it to end, or set WAREHOUSE_DIR to another folder",
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, since {datetime.now():%H:%M}")
        lock.flush()
        yield


def publish(
    warehouse: Path,
    as_of: date | None = None,
    keep: int = KEPT,
    audited: Callable[[], None] = lambda: None,
) -> Path:
    """Copy the marts of the working database into a build of its own, then let readers see it.

    `audited` is called before they do, and raises if they must not.

    Whatever goes wrong before the last step, readers go on seeing the build before. Returns the path that
    readers open. Builds beyond the newest `keep` are deleted; a process that has one open goes on reading it.
    """
    builds = warehouse / BUILDS
    builds.mkdir(parents=True, exist_ok=True)
    for left_over in builds.glob(".*"):  # by a process that was killed
        shutil.rmtree(left_over)
    build_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    part = builds / f".{build_id}"
    (part / PARQUET).mkdir(parents=True)
    try:
        marts = copy_marts(warehouse / "work.duckdb", part, build_id)
        write_manifest(warehouse / "work.duckdb", part, build_id, as_of, marts)
        for path in [*part.rglob("*"), part]:
            sync(path)
        audited()
        part.rename(builds / build_id)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    sync(builds)
    point_to(warehouse, build_id)
    for old in build_ids(warehouse)[keep:]:
        shutil.rmtree(builds / old)
    return warehouse / MART


def copy_marts(work: Path, part: Path, build_id: str) -> list[dict]:
    """Copy tables and table macros of schema `main`, and each table as Parquet; say what there is."""
    source, marts = text(work), []
    with duckdb.connect(part / MART) as con:
        con.execute(f"attach {source} as work (read_only)")
        con.execute("use work.main")
        tables = con.execute(
            "select table_name from duckdb_tables() "
            "where database_name = 'work' and schema_name = 'main' order by table_name"
        ).fetchall()
        macros = con.execute(
            "select function_name, string_agg("
            "format('({}) as table ({})', array_to_string(parameters, ', '), macro_definition), ', ') "
            "from duckdb_functions() where database_name = 'work' and schema_name = 'main' "
            "and function_type = 'table_macro' and not internal group by function_name"
        ).fetchall()
        con.execute("use mart.main")
        for (table,) in tables:
            file = part / PARQUET / f"{table}.parquet"
            # In order: the same content has the same bytes, in fewer of them.
            con.execute(f"create table {name(table)} as from work.main.{name(table)} order by all")
            rows = con.execute(
                f"copy {name(table)} to {text(file)} (format parquet, compression zstd)"
            ).fetchone()[0]
            columns = con.execute(f"describe {name(table)}").fetchall()
            marts.append(
                {
                    "name": table,
                    "rows": rows,
                    "columns": [{"name": c[0], "type": c[1]} for c in columns],
                    "parquet": f"{PARQUET}/{file.name}",
                    "bytes": file.stat().st_size,
                    "sha256": sha256(file),
                }
            )
        for macro, definitions in macros:
            con.execute(f"create macro {name(macro)} {definitions}")
        con.execute(
            f"create table {BUILD_TABLE} as select ? as build_id, ? as version", [build_id, package_version()]
        )
        con.execute("detach work")
        comment(con, {BUILD_TABLE: BUILD_COMMENTS})
        # Said here, not swallowed when the file is closed: a disk that is full.
        con.execute("checkpoint")
    (part / MART).chmod(0o444)
    return marts


def write_manifest(work: Path, part: Path, build_id: str, as_of: date | None, marts: list[dict]) -> None:
    """What the build holds, by content, and the files it was made from."""
    with duckdb.connect(work, read_only=True) as con:
        inputs = con.execute(
            "select path, sha256, bytes, is_synthetic from raw.raw_file where family <> '' order by path"
        ).fetchall()
    manifest = {
        "build_id": build_id,
        "version": package_version(),
        "as_of": (as_of or date.today()).isoformat(),
        "is_synthetic": any(row[3] for row in inputs),
        "mart": {"file": MART, "bytes": (part / MART).stat().st_size, "sha256": sha256(part / MART)},
        "marts": marts,
        "inputs": [{"path": r[0], "sha256": r[1], "bytes": r[2]} for r in inputs],
    }
    (part / MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")


def point_to(warehouse: Path, build_id: str) -> None:
    """Let readers see a build: one rename of a link."""
    replace_link(warehouse / PUBLISHED, Path(BUILDS) / build_id)
    # Links that never change again; the first time they take the place of a file of that name.
    for entry in (MART, PARQUET):
        if not (warehouse / entry).is_symlink():
            replace_link(warehouse / entry, Path(PUBLISHED) / entry)
    sync(warehouse)


def replace_link(link: Path, target: Path) -> None:
    """Make `link` lead to `target`, whatever it led to before, with no moment in between."""
    new = link.with_name(f".{link.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(link)


def build_ids(warehouse: Path) -> list[str]:
    """The published builds that are kept, the one that readers see first, then the newest."""
    every = sorted(p.name for p in (warehouse / BUILDS).glob("[!.]*"))[::-1]
    return sorted(every, key=lambda name: name != published_id(warehouse))


def published_id(warehouse: Path) -> str | None:
    """The build that readers see."""
    link = warehouse / PUBLISHED
    return link.readlink().name if link.is_symlink() else None


def rollback(warehouse: Path, build_id: str | None = None) -> str:
    """Let readers see an earlier build again: the one before the published, or the one named.

    Raises InputError if there is none.
    """
    kept, published = sorted(build_ids(warehouse)), published_id(warehouse)
    earlier = [name for name in kept if published and name < published]
    target = build_id or (earlier[-1] if earlier else None)
    if target not in kept:
        raise InputError(
            f"rollback {build_id or ''}".strip(),
            "no such build" if build_id else f"no build before {published or 'the first'}",
            f"one of {', '.join(kept)}" if kept else "a build that was published",
            "name one of these, or build again",
        )
    point_to(warehouse, target)
    return target


def show_builds(console: Console, args: Namespace) -> None:
    """Take the published build back, unless only a list is asked for; print the builds that are kept."""
    warehouse = warehouse_dir().resolve()
    if not args.list:
        with only_one(warehouse):
            rollback(warehouse, args.build_id)
    builds = [described(warehouse, build_id) for build_id in sorted(build_ids(warehouse))]
    if args.json:
        print_json(builds)
        return
    for build in builds:
        mark = "<- published" if build["is_published"] else ""
        kind = "synthetic" if build["is_synthetic"] else "official"
        line = f"{build['build_id']}  as of {build['as_of']}  {kind}  {mark}".rstrip()
        console.print(line, highlight=False, soft_wrap=True)


def described(warehouse: Path, build_id: str) -> dict:
    """A build that is kept, as plain values."""
    manifest = json.loads((warehouse / BUILDS / build_id / MANIFEST).read_text("utf-8"))
    # Builds of before 0.1.0 do not say their version.
    about = {key: manifest.get(key) for key in ("version", "as_of", "is_synthetic")}
    return {"build_id": build_id, **about, "is_published": build_id == published_id(warehouse)}


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256(path: Path) -> str:
    """Hash of a file's content."""
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()
