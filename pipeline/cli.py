"""la-mart: the one command line of the project."""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from pipeline.errors import InputError

DESCRIPTION = """\
English children's social care statistics as one tested local-authority-by-year mart.

  RAW_DIR        folder of official files, <return>/<edition>/<file>   (default: the synthetic sample)
  WAREHOUSE_DIR  where the databases are written                       (default: warehouse/)
"""

EXAMPLES = """\
examples:
  la-mart build                              the mart from the embedded sample
  RAW_DIR=~/official la-mart build           the mart from the official files
  la-mart sample --out /tmp/raw --last 2027  synthetic files up to edition 2027
  RAW_DIR=~/official la-mart bench           seconds and memory, beside a plain DuckDB script
"""


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    raw = argparse.RawDescriptionHelpFormatter
    main_parser = argparse.ArgumentParser(
        prog="la-mart", description=DESCRIPTION, epilog=EXAMPLES, formatter_class=raw
    )
    commands = main_parser.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("build", help="build the mart from RAW_DIR, test it and publish it")
    sample = commands.add_parser("sample", help="write synthetic files in the publishers' layouts")
    sample.add_argument("--out", type=Path, required=True, help="folder to write, must not exist")
    sample.add_argument("--seed", type=int, default=903, help="same seed, same files (default 903)")
    sample.add_argument("--last", type=int, default=2025, help="last edition (default 2025)")
    commands.add_parser("bench", help="measure a build: seconds, memory, ratio to a plain script")
    return main_parser


def main(argv: list[str] | None = None) -> int:
    """Run a command; errors of input end in one message and exit code 1."""
    args = parser().parse_args(argv)
    console, errors = Console(), Console(stderr=True)
    # Imports wait until a command needs them: dbt alone takes seconds.
    try:
        if args.command == "build":
            from pipeline.build import BuildError, build

            try:
                build(console)
            except BuildError as error:
                errors.print(
                    f"{error}\n\nNothing was published.",
                    markup=False,
                    highlight=False,
                    soft_wrap=True,
                )
                return 1
        elif args.command == "sample":
            from pipeline.sample import write_sample

            console.print(write_sample(args.out, args.seed, args.last), highlight=False)
        else:
            from pipeline.bench import bench

            bench(console)
    except InputError as error:
        errors.print(f"{error}\n\nNothing was published.", markup=False, highlight=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        errors.print("stopped; nothing was published")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
