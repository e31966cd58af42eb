"""The promises to the marts' readers, held against the working database."""

from functools import partial

from rich import box
from rich.console import Console
from rich.table import Table

from pipeline.errors import InputError
from pipeline.settings import warehouse_dir
from pipeline.terminal import print_json, progress_bar, track


def validate(console: Console, as_json: bool = False) -> bool:
    """Print what the suites found, write the library's pages, and say whether every promise is kept.

    Raises InputError without a working database.
    """
    work = warehouse_dir() / "work.duckdb"
    if not work.exists():
        raise InputError(
            str(work), "no working database", "one that was built", "run make build, or set WAREHOUSE_DIR"
        )
    with progress_bar(console) as progress:
        begin = progress.add_task("begin", total=None, done="")
        from expectations.audit import SITE, audit  # its import takes seconds

        progress.remove_task(begin)
        suites = partial(track, progress, words="hold suites")
        found = audit(work, warehouse_dir() / SITE, suites)
    if as_json:
        print_json(
            {
                "expectations": found.n_expectations,
                "not_held": found.not_held,
                "broken": [vars(broken) for broken in found.broken],
                "pages": str(found.pages),
            }
        )
        return not found.broken
    if found.broken:
        table = Table(title="Broken promises", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for name, side in (
            ("suite", "left"),
            ("expectation", "left"),
            ("rows", "right"),
            ("such as", "left"),
        ):
            table.add_column(name, justify=side, overflow="fold")
        for broken in found.broken:
            rows = f"{broken.n_rows:,} of {broken.of_rows:,}"
            table.add_row(broken.suite, broken.expectation, rows, "\n".join(broken.rows), end_section=True)
        console.print(table)
    lines = [
        ("expectations", f"{found.n_expectations}"),
        ("broken", f"{len(found.broken)}"),
        ("pages", str(found.pages)),
    ]
    if found.not_held:
        lines.insert(2, ("not held", f"{', '.join(found.not_held)}  (the files are made up)"))
    for name, value in lines:
        console.print(f"{name:<16}{value}", highlight=False, soft_wrap=True)
    return not found.broken
