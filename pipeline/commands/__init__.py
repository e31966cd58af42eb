"""The commands of la-mart, a module each.

The docstring of a module is its manual (`pipeline.manual`), `run` does it and returns False where the exit
code is to be 1. What takes long to import waits until it runs.
"""

from pipeline.commands import (
    bench,
    build,
    check,
    completion,
    explain,
    explore,
    export,
    fetch,
    indicators,
    las,
    profile,
    revisions,
    rollback,
    sample,
    validate,
)

COMMANDS = (
    fetch, check, build, validate, rollback,
    indicators, las, profile, explain, revisions, explore, export,
    sample, bench, completion,
)  # fmt: skip
"""In the order of the help: up to the mart, out of the mart, around it."""
