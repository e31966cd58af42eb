"""write pages to explore the mart in a browser, without a server

A folder of pages from the published mart: choose indicator, year, region,
authority; see distribution, time series, neighbours, table and where the
figures come from. Opens from disk and from any web server; needs no network.

examples:
  la-mart explore --out site       open site/index.html, or serve the folder
  WAREHOUSE_DIR=~/mart la-mart explore --out ~/public/explore
"""

from pipeline.options import add_path


def add_options(parser) -> None:
    add_path(
        parser,
        "--out",
        is_folder=True,
        required=True,
        help="folder to write; one that this command wrote before is replaced",
    )


def run(console, args) -> None:
    from pipeline.explore import explore

    explore(console, args)
