"""write synthetic files in the publishers' layouts

Made-up files in the layouts of the official ones, as in sample/raw: to try a
change, or a year to come. The same options make the same files.

examples:
  la-mart sample --out /tmp/raw
  la-mart sample --out /tmp/raw --last 2027      with two editions more
  la-mart sample --out /tmp/raw --seed 1
  RAW_DIR=/tmp/raw WAREHOUSE_DIR=/tmp/mart la-mart build
"""

from pipeline.options import add_path, year


def add_options(parser) -> None:
    add_path(parser, "--out", is_folder=True, required=True, help="folder to write, must not exist")
    parser.add_argument(
        "--seed", type=int, default=903, metavar="N", help="same seed, same files (default: 903)"
    )
    parser.add_argument(
        "--last", type=year, default=2025, metavar="YYYY", help="last edition (default: 2025)"
    )


def run(console, args) -> None:
    from pipeline.sample import write_sample

    with console.status("writing synthetic files"):
        said = write_sample(args.out, args.seed, args.last)
    console.print(said, highlight=False)
