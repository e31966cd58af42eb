"""Where what the mart says comes from: `la-mart explain`.

`figure` follows a figure of fct_indicator back to the cells of the official files, `inspection` an inspection
of fct_inspection, `benchmark` the figures beside a figure in fct_benchmark. Each makes a tree of plain values
from the working database, by the SQL files in this folder, and prints it.
"""

from argparse import Namespace

from rich.console import Console

from pipeline.errors import UsageError
from pipeline.explain import benchmark, figure, inspection
from pipeline.explain.database import connect
from pipeline.terminal import print_json


def explain(console: Console, args: Namespace) -> None:
    """Print where a figure, its benchmarks or inspections come from.

    Raises UsageError if the options do not go together, InputError if the mart has nothing of that name.
    """
    of_figure = (args.la, args.year, args.indicator)
    is_inspection = args.inspection is not None
    beside = args.year or args.indicator or args.benchmarks
    if not is_inspection and any(of_figure) and None in of_figure:
        missing = [
            o for o, value in zip(("--la", "--year", "--indicator"), of_figure, strict=True) if not value
        ]
        raise UsageError(
            "la-mart explain",
            f"no {' and no '.join(missing)}",
            "--la, --year and --indicator together",
            "la-mart indicators and la-mart las look up what to give",
        )
    if beside if is_inspection else None in of_figure:
        raise UsageError(
            "la-mart explain",
            "options that name no figure and no inspection",
            "--la, --year and --indicator, with or without --benchmarks; or --inspection with --la or an id",
            "see the examples of la-mart explain --help",
        )
    with connect() as con:
        if is_inspection:
            found, show = inspection.found(con, args.la, args.inspection), inspection.show
        elif args.benchmarks:
            found, show = benchmark.found(con, *of_figure), benchmark.show
        else:
            found, show = figure.found(con, *of_figure), figure.show
    if args.json:
        print_json(found)
    else:
        show(console, found)
