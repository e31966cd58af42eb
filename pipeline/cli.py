"""la-mart: the one command line of the project."""

import argparse
import sys
from pathlib import Path

import duckdb
from rich.console import Console

from pipeline.errors import BuildError, InputError

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
            from pipeline.build import build

            build(console)
        elif args.command == "sample":
            from pipeline.sample import write_sample

            with console.status("writing synthetic files"):
                said = write_sample(args.out, args.seed, args.last)
            console.print(said, highlight=False)
        else:
            from pipeline.bench import bench

            bench(console)
    except (InputError, BuildError) as error:
        message = str(error)
    except (OSError, duckdb.Error) as error:
        # A full disk, a folder that cannot be written: the system's own words say which.
        message = str(
            InputError(
                str(getattr(error, "filename", None) or "disk or database"),
                str(getattr(error, "strerror", None) or error),
                "folders that can be read (RAW_DIR) and written (WAREHOUSE_DIR)",
                "free some space, or choose another folder",
            )
        )
    except KeyboardInterrupt:
        errors.print("stopped; nothing was published")
        return 130
    else:
        return 0
    errors.print(f"{message}\n\nNothing was published.", markup=False, highlight=False, soft_wrap=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
