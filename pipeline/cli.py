"""la-mart: the one command line of the project."""

import argparse
import os
import sys

from pipeline.commands import COMMANDS
from pipeline.manual import FORM, Parser, add_commands
from pipeline.settings import package_version, warehouse_dir

DESCRIPTION = """\
English children's social care statistics as one tested mart of local
authorities by year.

  RAW_DIR        folder of official files, <return>/<edition>/<file>
                 (default: the synthetic sample)
  WAREHOUSE_DIR  where the databases are written (default: warehouse/)
"""
EPILOG = """\
examples:
  la-mart build                       the mart from the embedded sample
  RAW_DIR=~/official la-mart fetch    get the official files
  RAW_DIR=~/official la-mart build    the mart from them
  la-mart las dorset                  what the mart calls an authority
  la-mart indicators missing          and what an indicator
  la-mart profile Salford             one authority beside its benchmarks
  la-mart explore --out site          pages to explore the mart in a browser
  la-mart explain --la Salford --year 2015 --indicator looked_after_per_10k

la-mart COMMAND --help is the manual of a command, with examples.
Statistics on the mart: python -m python_stats --help.

exit code: 0 done; 1 not done, or something found; 2 options that do not go;
130 stopped by Ctrl-C. Colours and bars are for terminals alone; NO_COLOR=1
takes the colours away there too.
"""


class Version(argparse.Action):
    """Prints the version of the package, looked up only where it is asked for."""

    def __call__(self, parser, *_):
        print("la-mart", package_version())
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    main_parser = Parser(prog="la-mart", description=DESCRIPTION, epilog=EPILOG, formatter_class=FORM)
    main_parser.add_argument("--version", action=Version, nargs=0, help="print the version and go")
    add_commands(main_parser, COMMANDS)
    return main_parser


def faults() -> tuple[type[Exception], ...]:
    """What ends in a message; only looked up when something went wrong."""
    import duckdb

    from pipeline.errors import BuildError, InputError
    from python_stats.mart import MartError

    return InputError, BuildError, MartError, OSError, duckdb.Error


def message(error: Exception) -> str:
    """What is wrong and what to do, of a fault that may speak in the system's or the database's words."""
    import duckdb

    from pipeline.errors import InputError

    where = f"the disk, or a database in {warehouse_dir()}"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        expected, action = "a folder that is there", "make the folder, or choose another"
    elif isinstance(error, IsADirectoryError):
        expected, action = "a file", "name a file in it"
    elif isinstance(error, OSError):
        expected = "folders that can be read (RAW_DIR) and written (WAREHOUSE_DIR)"
        action = "free some space, or choose another folder"
    elif isinstance(error, duckdb.Error):
        expected = "a whole database of this version that nobody writes to, and room on the disk"
        action = "free some space if the disk is full, wait if a build is at work, or else build again"
    else:
        return str(error)
    found = getattr(error, "strerror", None) or str(error).strip()
    return str(InputError(str(getattr(error, "filename", None) or where), found, expected, action))


def main(argv: list[str] | None = None) -> int:
    """Run a command; what is wrong ends in one message and exit code 1."""
    args = parser().parse_args(argv)
    module = args.module
    try:
        from rich.console import Console

        # A pipe has no width of its own: wide enough for every column.
        console, errors = Console(width=None if sys.stdout.isatty() else 160), Console(stderr=True)
        done = module.run(console, args) is not False
        sys.stdout.flush()
    except BrokenPipeError:  # as by `| head`: who reads has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print(getattr(module, "STOPPED", "stopped"), file=sys.stderr)
        return 130
    except faults() as error:
        said = "\n\n".join([message(error), *([module.FAILED] if hasattr(module, "FAILED") else [])])
        errors.print(said, markup=False, highlight=False, soft_wrap=True)
        return getattr(error, "exit_code", 1)
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
