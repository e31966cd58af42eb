"""get the official files from their publishers into RAW_DIR

Get the official files of seeds/sources into RAW_DIR/<return>/<edition>/. What
is there is not overwritten; what was cut off is resumed; a content other than
the one known is told, and kept beside. Exit code 1 if not all files asked for
are in place.

examples:
  la-mart fetch --dry-run         what would be got, what by hand, from where
  la-mart fetch                   everything whose address is known
  la-mart fetch cin csww/2025     a return, or one of its editions
  la-mart fetch cin/2026          a new release, from the publisher's API
  la-mart fetch --offline         hold the folder against the register
  la-mart fetch --dry-run --json | jq -r '.files[] | select(.by_hand) | .page'
each with RAW_DIR=~/official, the folder of official files.

--json prints every file and every fault:
  {"files": [{"return_name": "cin", "edition": "2025", "publisher": "DfE",
              "publication": "...", "kind": "ees_release",
              "address": "https://...", "page": "https://...",
              "licence": "OGL v3.0", "file": "b1_children_in_need.csv",
              "sha256": "...", "bytes": 334495, "state": "missing",
              "by_hand": false, "place": ""}],
   "errors": []}
where state is there, got, missing or differs, and an error has file, found,
expected and action.
"""

from pipeline.options import add_json

STOPPED = "stopped; fetch again to go on"


def add_options(parser) -> None:
    parser.add_argument(
        "names",
        nargs="*",
        metavar="RETURN[/EDITION]",
        help="cin, cin/2025 ... (default: all of the register)",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--dry-run", action="store_true", help="say what would be got, ask nobody")
    how.add_argument("--offline", action="store_true", help="say what is missing or differs, ask nobody")
    add_json(parser)


def run(console, args) -> bool:
    from pipeline.fetch import fetch

    return fetch(console, args.names, args.dry_run, args.offline, args.json)
