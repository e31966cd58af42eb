"""what each edition changed of what earlier ones had printed

What each edition changed of what earlier ones had printed, from the published
mart: by file family, by authority, and the largest changes.

examples:
  la-mart revisions                                     every edition
  la-mart revisions --return education --edition 2023   one release
  la-mart revisions --la Salford --indicator looked_after_per_10k
  la-mart revisions --return ssda903 --csv changed.csv  every changed cell
  la-mart revisions --limit 500 --json | jq .changes

--json prints the three tables and, asked for an authority and an
indicator, the years that one edition alone has (else null):
  {"editions": [{"return_name": "ssda903", "family": "stability",
                 "edition_from": "2023", "edition_to": "2025",
                 "cells": 1672, "revised": 215, "revised_pct": 12.9,
                 "suppressed": 8, "unsuppressed": 4, "other": 0}],
   "authorities": [{"la_code": "354", "la_name": "Rochdale",
                    "cells": 28, "revised": 7, "revised_pct": 25.0,
                    "suppressed": 0, "unsuppressed": 0, "other": 0}],
   "changes": [{"return_name": "ssda903",
                "edition_from": "2023", "edition_to": "2025",
                "la_code": "806", "la_name": "Middlesbrough", "year": 2023,
                "value_from": 1695.0, "value_to": 1544.0,
                "difference": -151.0, "change": "revised",
                "figure": "looked_after_2_years_count"}],
   "years_in_one_edition": null}
"""

from pipeline.options import add_json, add_path, count


def add_options(parser) -> None:
    parser.add_argument(
        "--return", dest="return_name", metavar="NAME", help="a return: ssda903, cin, education ..."
    )
    parser.add_argument("--edition", metavar="NAME", help="the edition that changed it: 2023, ye2025 ...")
    parser.add_argument("--la", metavar="NAME", help="an authority's code or name: 355, Salford")
    parser.add_argument(
        "--indicator", metavar="CODE", help="an indicator as the mart has it, computed values included"
    )
    parser.add_argument(
        "--limit",
        type=count,
        default=20,
        metavar="N",
        help="rows of authorities and changes (default: 20)",
    )
    add_path(parser, "--csv", help="write every change to this file")
    add_json(parser)


def run(console, args) -> None:
    from pipeline.revisions import revisions

    revisions(console, args)
