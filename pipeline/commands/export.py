"""write a relation or a query's rows to a CSV file for a spreadsheet

A relation of the published mart, or the answer to a query, as CSV that Excel
reads rightly (UTF-8 with a byte-order mark). A file of that name is replaced.

examples:
  la-mart export mart_la_year la_year.csv
  la-mart export "from mart_la_year where year = 2025" la_2025.csv
  la-mart export "from dim_indicator where theme = 'finance'" spending.csv
  la-mart export "describe mart_la_year" columns.csv
"""

from pipeline.options import add_path


def add_options(parser) -> None:
    parser.add_argument("query", metavar="QUERY", help="a relation's name, or a query in SQL")
    add_path(parser, "file", help="the file to write")


def run(console, args) -> None:
    from pipeline.export import export

    n = export(args.query, args.file)
    console.print(f"{n:,} rows: {args.file}", highlight=False, soft_wrap=True)
