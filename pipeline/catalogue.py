"""The raw-file catalogue: every file under RAW_DIR is claimed by one family or ignored by name.

`RAW_DIR/<return>/<edition>/<file>`: the edition is the folder's name, so a new one needs nothing.
Which file names a family claims stands in `seeds/layouts/file_families.csv`, which files are
passed over, and why, in `seeds/layouts/ignored_files.csv`.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unicodedata import category

import pandas as pd

from pipeline import grid_cache
from pipeline.errors import InputError
from pipeline.grids import Grid, Layout
from pipeline.seeds import read_seed
from pipeline.settings import SAMPLE
from pipeline.words import csv_line

SYNTHETIC_LIST = "SYNTHETIC.csv"
# The largest official file has 4 MB.
MAX_BYTES = 500_000_000
# The year a file name ends in, or part of it does: OC22018.csv, CareLeavers_19to212018.csv.
FILE_YEAR = re.compile(r"20[1-4]\d(?!\d)")
EDITION_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
# What the name of a table ends in; of one in a form that is not read; of files packed together.
TABLES = {".csv", ".xls", ".xlsx", ".ods"}
OTHER_TABLES = {".xlsm", ".xlsb", ".tsv", ".parquet"}
PACKED = {".zip", ".7z", ".rar", ".gz", ".tar", ".tgz"}
# What to do about a table in its place that no family claims: `la-mart check` knows better.
NEW_TABLE = (
    "a new edition of a known file: give it the publisher's name; a new file: add its row "
    "(la-mart check writes it)"
)


@dataclass
class RawFile:
    """One file under RAW_DIR. `family` is empty for an ignored one, whose `reason` is given."""

    file_no: int
    return_name: str
    edition: str
    path: str
    family: str
    reason: str
    layout: Layout
    sha256: str
    bytes: int
    is_synthetic: bool
    grid: Grid | None = field(default=None, repr=False)

    @property
    def edition_year(self) -> int | None:
        years = EDITION_YEAR.findall(self.edition)
        return int(years[-1]) if years else None


def stop(error: InputError) -> None:
    """What a fault of a file leads to, unless the caller collects them: the end."""
    raise error


def scan(raw_dir: Path, on_error: Callable[[InputError], None] = stop) -> list[RawFile]:
    """List and claim every file under `raw_dir`, in order of path, without opening the claimed.

    Raises InputError for a missing folder; gives `on_error` one for an empty folder, a file nobody
    claims, two files of one family in one edition, and the same content under two names.
    """
    if not raw_dir.is_dir():
        raise InputError(
            str(raw_dir),
            "no such folder",
            "RAW_DIR: a folder of <return>/<edition>/<file>",
            "set RAW_DIR to the folder of official files, or unset it to use the sample",
        )
    paths = list_files(raw_dir)
    synthetic = synthetic_hashes(raw_dir)
    families, ignored = read_seed("file_families"), read_seed("ignored_files")
    files = []
    for number, path in enumerate(paths, start=1):
        if path.name == SYNTHETIC_LIST:
            continue
        try:
            files.append(claim(number, path, raw_dir, families, ignored, synthetic))
        except InputError as error:
            on_error(error)
    claimed = [f for f in files if f.family]
    if not claimed:
        on_error(
            InputError(
                str(raw_dir),
                "no statistics file",
                "files in <return>/<edition>/ (ssda903/2025/...)",
                "put the official files there, or unset RAW_DIR to use the sample",
            )
        )
    refuse_doubles(claimed, on_error)
    return files


def list_files(raw_dir: Path) -> list[Path]:
    """Every file and every link under a folder, but the hidden ones, in order of path.

    Raises InputError for a folder that cannot be listed and for a name that is no text.
    """

    def refuse(error: OSError) -> None:
        raise InputError(
            shown(error.filename or raw_dir),
            f"a folder that cannot be listed ({error.strerror})",
            "folders that can be read",
            "give this user the right to read it",
        )

    paths = []
    for folder, folders, names in os.walk(raw_dir, onerror=refuse):
        folders[:] = [f for f in folders if not f.startswith(".")]
        links = [f for f in folders if (Path(folder) / f).is_symlink()]
        paths += [Path(folder) / n for n in names + links if not n.startswith(".")]
    for path in paths:
        name = path.relative_to(raw_dir).as_posix()
        if name != shown(name):
            raise InputError(
                shown(name),
                "a name with a control character or a byte that is not UTF-8",
                "names of printable text",
                "give it the publisher's name",
            )
    return sorted(paths)


def shown(name: str | Path) -> str:
    """A file's name as it can be printed: what is no text (control, surrogate, line end) as its code."""
    return "".join(
        c.encode("unicode_escape").decode() if category(c)[0] == "C" or category(c) in ("Zl", "Zp") else c
        for c in str(name)
    )


def content_hash(path: Path, name: str) -> str:
    """The sha256 of a file. Raises InputError for one that is too large or cannot be read."""
    if (size := path.stat().st_size) > MAX_BYTES:
        raise InputError(
            name,
            f"a file of {size / 1e6:,.0f} MB",
            f"at most {MAX_BYTES / 1e6:,.0f} MB",
            "no published file is as large: fetch it again from the publisher",
        )
    try:
        with path.open("rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            name,
            f"a file that cannot be read ({error.strerror})",
            "files that can be read",
            "give this user the right to read it",
        ) from None


def claim(number, path, raw_dir, families, ignored, synthetic) -> RawFile:
    """Find the one family, or the one reason to ignore, of a file."""
    name = path.relative_to(raw_dir).as_posix()
    if path.exists() and raw_dir.resolve() not in path.resolve().parents:
        raise InputError(
            name,
            "a link to a file or folder outside RAW_DIR",
            "files within RAW_DIR",
            "copy the file itself into the folder",
        )
    if not path.is_file():
        raise InputError(
            name,
            "a link that leads to no file" if path.is_symlink() else "neither a file nor a folder",
            "files",
            "copy the file itself into the folder, or delete the link",
        )
    parts = name.split("/")
    return_name, edition = (parts[0], parts[1]) if len(parts) > 2 else (parts[0], "")
    hits = [
        f
        for f in families
        if f["return_name"] == return_name
        and len(parts) == 3
        and re.fullmatch(f["file_pattern"], parts[2], re.IGNORECASE)
    ]
    reasons = [i for i in ignored if re.fullmatch(i["path_pattern"], name, re.IGNORECASE)]
    if len(hits) + len(reasons) != 1:
        found = ", ".join([f["family"] for f in hits] + [i["reason"] for i in reasons])
        raise InputError(
            name,
            f"claimed more than once: {found}" if found else "a file that no family claims",
            "<return>/<edition>/<file>, its name matching one row of seeds/layouts/file_families"
            ".csv or of ignored_files.csv",
            "let only one of them match the name" if found else what_to_do(path, name, families),
        )
    digest = content_hash(path, name)
    hit = hits[0] if hits else {}
    file = RawFile(
        number,
        return_name,
        edition,
        name,
        hit.get("family", ""),
        reasons[0]["reason"] if reasons else "",
        layout_of(hit),
        digest,
        path.stat().st_size,
        synthetic is True or digest in synthetic,
    )
    # A first release names the year of its publication, which may be after that of its figures.
    lag = int(hit.get("name_year_lag") or 0)
    named = {int(year) - lag for year in FILE_YEAR.findall(parts[-1])}
    if hit and named and file.edition_year is not None and file.edition_year not in named:
        raise InputError(
            name,
            f"a file of {', '.join(map(str, sorted(named)))} in the folder {edition}",
            "the year in the file's name to be that of its folder",
            "put it into the folder of its own edition",
        )
    if hit and file.edition_year is None:
        raise InputError(
            name,
            f"an edition folder without a year: {edition!r}",
            "a folder such as 2025",
            "name the folder after the reporting year of the release",
        )
    return file


def what_to_do(path: Path, name: str, families: list[dict[str, str]]) -> str:
    """What to do about a file that no family claims, as far as its name tells."""
    folder, *rest = name.split("/")
    returns = {f["return_name"] for f in families}
    suffix = path.suffix.lower()
    if suffix in PACKED:
        return f"unpack it, put the tables into the folder of their edition, and take the {suffix[1:]} out"
    if suffix in OTHER_TABLES:
        return f"save it as .xlsx or .csv, under the publisher's name, and take the {suffix[1:]} out"
    if suffix not in TABLES:
        row = csv_line({"path_pattern": pattern_of(name), "reason": "?"})
        return (
            "it is no table: take it out, or say why it stays"
            f"\n    seeds/layouts/ignored_files.csv  (path_pattern,reason)\n      {row}"
        )
    if folder not in returns and folder.lower() in returns:
        return f"rename the folder {folder} to {folder.lower()}"
    if len(rest) != 2:
        return "put it into the folder of its edition, neither above nor below"
    return NEW_TABLE


def pattern_of(name: str) -> str:
    """A pattern for a name in whatever year, as the seeds have them."""
    return re.sub(r"20\d\d", r"\\d{4}", re.escape(name).replace(r"\ ", " "))


def layout_of(family: dict[str, str]) -> Layout:
    """The layout that a row of `file_families` tells; of an ignored file, none."""
    return Layout(
        family.get("format", ""),
        family.get("header_starts_at", ""),
        family.get("data_starts_at", ""),
        int(family.get("header_rows") or 1),
    )


def synthetic_hashes(raw_dir: Path) -> set[str] | bool:
    """Contents known to be synthetic: all, if the folder says so; else those the sample lists."""
    if (raw_dir / SYNTHETIC_LIST).exists():
        return True
    sample = SAMPLE / SYNTHETIC_LIST
    if not sample.exists():
        return set()
    return set(pd.read_csv(sample, dtype=str)["sha256"])


def refuse_doubles(files: list[RawFile], on_error: Callable[[InputError], None]) -> None:
    """One content, one name; one family and edition, one file."""
    for file_key, what, action in (
        (lambda f: f.sha256, "the same content as", "delete one of the two"),
        (
            lambda f: (f.return_name, f.family, f.edition),
            "of the same family and edition as",
            "keep one; a second release of an edition has a folder of its own",
        ),
    ):
        first: dict = {}
        for file in files:
            other = first.setdefault(file_key(file), file)
            if other is not file:
                on_error(InputError(file.path, f"{what} {other.path}", "every file once", action))


def read_grids(
    raw_dir: Path,
    files: list[RawFile],
    cache: Path,
    progress: Callable[[list[RawFile]], Iterator[RawFile]] = iter,
    on_error: Callable[[InputError], None] = stop,
) -> None:
    """Parse every claimed file that was not parsed before; fill `grid`."""
    for file in progress([f for f in files if f.family]):
        try:
            file.grid = grid_cache.load(raw_dir / file.path, file.path, file.layout, file.sha256, cache)
        except InputError as error:
            on_error(error)


def summary(files: list[RawFile]) -> dict[str, int]:
    """Counts for the build summary."""
    return {
        "read": sum(bool(f.family) for f in files),
        "ignored": sum(not f.family for f in files),
    }
