"""build the mart from RAW_DIR, test it and publish it

Read the files of RAW_DIR, build the mart from them, hold it against its tests
and promises, and let readers see it. If anything is wrong, say what and leave
them the mart they have.

examples:
  la-mart build                      the mart from the embedded sample
  RAW_DIR=~/official la-mart build   the mart from the official files
  la-mart build --as-of 2016-03-31   what was known on that day
  la-mart build --without-missing    files or columns went on purpose
  la-mart build --json | jq .warnings

--json prints what was read and made:
  {"version": "0.1.0", "as_of": "2026-11-28", "is_synthetic": true,
   "files_read": 79, "files_ignored": 1, "cells": 578070, "indicators": 892,
   "la_years": 2280, "first_year": 2010, "last_year": 2025,
   "warnings": [], "undated_editions": [],
   "editions_without_population": [],
   "changes": [{"status": "new", "path": "cin/2025/a.csv",
                "family": "children_in_need", "notes": []}],
   "headers": [],
   "mart": "warehouse/mart.duckdb"}
"""

from pipeline.options import add_json, day

FAILED = "Nothing was published."
STOPPED = "stopped; nothing was published"


def add_options(parser) -> None:
    parser.add_argument(
        "--as-of",
        type=day,
        metavar="YYYY-MM-DD",
        help="leave out what was published after this day (default: nothing)",
    )
    add_without_missing(parser)
    add_json(parser)


def add_without_missing(parser) -> None:
    """The option that a check has too."""
    parser.add_argument(
        "--without-missing",
        action="store_true",
        help="let go of files, and of columns, that the last build read and that are no more in RAW_DIR",
    )


def run(console, args) -> None:
    from pipeline.build import build

    build(console, args.as_of, args.without_missing, args.json)
