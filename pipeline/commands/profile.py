"""one authority's indicators beside England, its neighbours and all others

One authority in one year: value, rank of N, band, neighbours, England and
trend of each indicator, from the published mart.

examples:
  la-mart profile Salford                    the mart's last year
  la-mart profile Salford --year 2023 --theme "care leavers"
  la-mart profile 355 --html salford.html    a page with charts to print or send
  la-mart profile 355 --json | jq '.figures[] | {label, value, rank}'

--json prints the columns of fct_benchmark and of the indicator, among them:
  {"la_code": "355", "la_name": "Salford", "year": 2025,
   "judgement": "inadequate (ILACS, report of 8 June 2022)",
   "is_synthetic": true, "neighbours": ["Rochdale"],
   "figures": [{"indicator_code": "looked_after_per_10k",
                "label": "Looked-after children per 10,000",
                "theme": "looked-after children", "unit": "rate per 10,000",
                "value": 112.0, "status": "published",
                "rank": null, "rank_n": null, "band": null,
                "england_value": 85.0, "neighbours_mean": 98.1,
                "trend_verdict": null, "worse_and_worsening": false}],
   "elsewhere": [{"label": "Achieved 5 GCSEs", "last_year": 2016}]}
where elsewhere are the indicators that are not published for that year.
"""

from pipeline.options import add_json, add_path, year


def add_options(parser) -> None:
    parser.add_argument("la", metavar="AUTHORITY", help="its code or name: 355, Salford")
    parser.add_argument(
        "--year", type=year, metavar="YYYY", help="year ending 31 March (default: the authority's last)"
    )
    parser.add_argument(
        "--theme",
        metavar="NAME",
        help='every indicator of a theme, such as "care leavers" '
        "(default: those of all themes that have a polarity or are in LAIT)",
    )
    instead = parser.add_mutually_exclusive_group()
    add_path(instead, "--html", help="write a self-contained page there instead")
    add_json(instead)


def run(console, args) -> None:
    from pipeline.profile import show

    show(console, args)
