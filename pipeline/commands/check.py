"""what changed in RAW_DIR since the last build, and what would stop a build

Hold RAW_DIR against the last build: files new, changed, renamed and missing,
headers not seen before with the seed rows that would claim them, files without
figures or without an authority of their year, unknown symbols. Exit code 1 if
something was found that would stop a build, 0 if not. The rest only a build
tests: areas and years, the rows of England, each sheet by itself, totals and
shares, and what the lists of inspections and of geography say.

examples:
  RAW_DIR=~/official la-mart check   after putting in a new release
  la-mart check && la-mart build     build if nothing was found
  la-mart check --without-missing    as la-mart build with that option
  la-mart check --json | jq -r '.harms[].action'

--json prints the same, "would_build" true if nothing was found, "headers" as
lines of text, "files" also new, renamed, missing and not_read:
  {"would_build": false, "last_build": "mart.duckdb, 79 files read, 1 ignored",
   "raw_dir": "official", "files": {"all": 80, "changed": 1},
   "changes": [{"status": "changed", "path": "cin/2025/a.csv",
                "family": "children_in_need", "notes": []}],
   "headers": [],
   "harms": [{"file": "cin/2025/a.csv", "found": "...", "expected": "...",
              "action": "..."}]}
"""

from pipeline.commands.build import add_without_missing
from pipeline.options import add_json


def add_options(parser) -> None:
    add_without_missing(parser)
    add_json(parser)


def run(console, args) -> bool:
    from pipeline.check import check

    return check(console, args.without_missing, args.json)
