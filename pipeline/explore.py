"""`la-mart explore`: the pages written into a folder that is only ever replaced whole."""

import shutil
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console

from pipeline.errors import InputError
from pipeline.terminal import progress_bar, track
from python_stats import mart
from python_stats.explore import site

MARK = Path("data") / "index.js"
"""The file by which a folder is known for one that this command wrote."""


def explore(console: Console, args: Namespace) -> None:
    """Write the pages to `args.out`.

    Raises InputError if another folder or file is there, MartError if there is no mart; OSError, as when
    the disk is full, leaves the pages that were there.
    """
    indicators = mart.query("select count(distinct indicator_code) as n from fct_indicator")["n"].iloc[0]
    total = int(indicators) + len(site.ASSETS) + 2  # two more: the page and its index
    with progress_bar(console) as progress:
        n, size = write(args.out, track(progress, site.files(), "write pages", total))
    console.print(
        f"{args.out / 'index.html'}: {n:,} files, {size / 1e6:,.0f} MB", highlight=False, soft_wrap=True
    )


def write(out: Path, files: Iterable[tuple[str, str]]) -> tuple[int, int]:
    """Write files (path below the folder, text) to a new folder, then let it take the place of `out`.

    Returns the number of files and of bytes.
    """
    out = out.resolve()
    part, old = (out.with_name(f".{out.name}.{ending}") for ending in ("part", "old"))
    if old.exists() and not out.exists():
        old.rename(out)  # a run was killed between its two renames
    if out.exists() and not (out / MARK).exists() and not (out.is_dir() and not any(out.iterdir())):
        raise InputError(
            str(out),
            "something else than pages of la-mart explore",
            "a new or empty folder, or one that this command wrote",
            "choose another folder",
        )
    for folder in (part, old):
        shutil.rmtree(folder, ignore_errors=True)
    n = size = 0
    try:
        for name, text in files:
            file = part / name
            file.parent.mkdir(parents=True, exist_ok=True)
            n, size = n + 1, size + file.write_bytes(text.encode())
        if out.exists():
            out.rename(old)
        try:
            part.rename(out)
        except OSError:
            if old.exists():
                old.rename(out)
            raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)
    return n, size
