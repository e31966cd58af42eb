"""look up local authorities by name or code, however typed

Local authorities of the published mart that TEXT may mean: a name in any
spelling that a publisher has used, a part of it, a three-digit code or an ONS
code of any year.

examples:
  la-mart las dorset               the old one and the new one
  la-mart las "st helens"          as St. Helens, ST-HELENS
  la-mart las E08000006            ONS codes, of any year; or 355
  la-mart las                      all
  la-mart las north --json | jq -r '.[].la_code'

--json prints a list:
  [{"la_code": "838", "la_name": "Dorset", "la_type": "unitary authority",
    "region_name": "South West", "ons_code": "E06000059",
    "first_year": 2020, "last_year": null}]
"""

from pipeline.options import add_json


def add_options(parser) -> None:
    parser.add_argument("text", nargs="?", metavar="TEXT", help="what to look for (default: all)")
    add_json(parser)


def run(console, args) -> None:
    from pipeline.search import las

    las(console, args)
