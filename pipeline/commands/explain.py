"""a figure, or an inspection, back to the cells of the official files

One figure of the mart: every edition that has it, why one decides, and the
cells of the official files behind each; the figures behind its benchmarks; or
an inspection in every edition of Ofsted's lists. From the working database.

examples:
  la-mart explain --la Salford --year 2015 --indicator looked_after_per_10k
  la-mart explain --la 314 --year 2025 --indicator vacancy_rate_fte_pct
  la-mart explain --la Salford --year 2015 --indicator looked_after_per_10k \\
      --benchmarks                                     what it stands beside
  la-mart explain --la Salford --inspection             all its inspections
  la-mart explain --la Salford --inspection 2015-06-22  one, by a day or id

--json prints the same as a tree; of a figure, among other keys:
  {"la_code": "355", "la_name": "Salford", "year": 2015,
   "indicator_code": "looked_after_per_10k",
   "value": 102.0, "status": "published", "edition": "2018",
   "editions": [{"edition": "2018", "known_on": "2018-11-30",
                 "file": "ssda903/2018/CLA2018.csv", "sha256": "...",
                 "value": 102.0, "is_chosen": true, "how": "as printed",
                 "cells": [{"role": "published value", "sheet": null,
                            "row_no": 64, "col_no": 17,
                            "column_header": "CLA_Rate2015",
                            "raw_text": "102", "value": 102.0}]}]}
--benchmarks prints "benchmarks" in the place of "editions"; --inspection a
list of inspections, each with "editions" and their "cells".
"""

from pipeline.options import add_json, year


def add_options(parser) -> None:
    parser.add_argument("--la", metavar="NAME", help="an authority's code or name: 355, Salford")
    parser.add_argument("--year", type=year, metavar="YYYY", help="year ending 31 March, as the mart has it")
    parser.add_argument("--indicator", metavar="CODE", help="an indicator's code, as in dim_indicator")
    parser.add_argument(
        "--benchmarks",
        action="store_true",
        help="the figures that its benchmarks in fct_benchmark are put together from, instead",
    )
    parser.add_argument(
        "--inspection",
        nargs="?",
        const="",
        metavar="ID",
        help="an inspection by its id (371_sif_2015-11-30), first day or day of publication; without one, "
        "all of the authority",
    )
    add_json(parser)


def run(console, args) -> None:
    from pipeline.explain import explain

    explain(console, args)
