"""let readers see an earlier build again

Let readers see an earlier published build again: the one before, or the one
named. Then, or with --list instead, print the builds that are kept.

examples:
  la-mart rollback --list                    builds kept; which readers see
  la-mart rollback                           the build before that one
  la-mart rollback 20261128T111001.615802Z   that build, older or newer
  la-mart rollback --list --json

--json prints the builds that are kept, oldest first:
  [{"build_id": "20261128T111001.615802Z", "version": "0.1.0",
    "as_of": "2026-11-28", "is_synthetic": false, "is_published": true}]
"""

from pipeline.options import add_json


def add_options(parser) -> None:
    parser.add_argument("build_id", nargs="?", metavar="BUILD", help="a build; without it, the one before")
    parser.add_argument("--list", action="store_true", help="list the builds that are kept, change nothing")
    add_json(parser)


def run(console, args) -> None:
    from pipeline.publish import show_builds

    show_builds(console, args)
