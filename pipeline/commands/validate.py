"""hold the last build against the promises to its readers

Hold the working database of the last build against its Great Expectations
suites, print what is broken with the first rows, and write pages of the
results to WAREHOUSE_DIR/validation. Exit code 1 if anything is broken.

examples:
  la-mart validate
  la-mart validate && echo every promise is kept
  WAREHOUSE_DIR=~/mart la-mart validate --json | jq '.broken[].expectation'

--json prints the same; not_held are suites that are not for made-up files:
  {"expectations": 1016, "not_held": ["..."],
   "broken": [{"suite": "fct_indicator", "expectation": "...", "n_rows": 2,
               "of_rows": 1000, "rows": ["la_code 355, year 2025"]}],
   "pages": "warehouse/validation/index.html"}
"""

from pipeline.options import add_json


def add_options(parser) -> None:
    add_json(parser)


def run(console, args) -> bool:
    from pipeline.validate import validate

    return validate(console, args.json)
