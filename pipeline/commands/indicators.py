"""look up indicators by words of their label or definition

Indicators of the published mart in which every word of TEXT stands: in label,
code, theme, definition or LAIT's code.

examples:
  la-mart indicators missing       in label, code, theme or definition
  la-mart indicators "care leavers suitable"
  la-mart indicators               all
  la-mart indicators missing --json | jq -r '.[].indicator_code'

--json prints a list:
  [{"indicator_code": "missing_in_year_pct", "label": "Missing in the year",
    "theme": "looked-after children", "unit": "percentage",
    "polarity": "none", "first_year": 2015, "last_year": 2023,
    "source_returns": "ssda903", "lait_code": null, "definition": "..."}]
"""

from pipeline.options import add_json


def add_options(parser) -> None:
    parser.add_argument("text", nargs="?", metavar="TEXT", help="what to look for (default: all)")
    add_json(parser)


def run(console, args) -> None:
    from pipeline.search import indicators

    indicators(console, args)
