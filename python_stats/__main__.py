"""Rankings, associations, models and published studies, from the published mart."""

import os
import sys
from pathlib import Path

import duckdb
from rich.console import Console

from pipeline.manual import FORM, Parser, add_commands
from python_stats import mart, results
from python_stats.commands import COMMANDS
from python_stats.commands.options import add_result

EXAMPLES = """\
examples:
  python -m python_stats rank --indicator dental_check_pct --year 2025
  python -m python_stats waves --judgement leaders --out reports
  python -m python_stats report --out reports
  python -m python_stats ofsted-45 --json | jq .lead

Each command has more: python -m python_stats COMMAND --help. The mart is the
published one of the folder WAREHOUSE_DIR, by default warehouse.
"""
BELOW = """
--json prints title, lead and, by the slug of its title, every table:
  {"title": "...", "lead": "...", "is_synthetic": true,
   "tables": {"a-table": [{"la_code": "355", "value": 12.3}]}}
such as: stats rank ... --json | jq '.tables | keys'
"""


def parser() -> Parser:
    """The commands and their options."""
    main_parser = Parser(
        prog="python -m python_stats", description=__doc__, epilog=EXAMPLES, formatter_class=FORM
    )
    for command in add_commands(main_parser, COMMANDS, BELOW):
        add_result(command)
    return main_parser


def main(argv: list[str] | None = None) -> int:
    """Run a command; what the mart cannot answer ends in one message and exit code 1."""
    args = parser().parse_args(argv)
    # A pipe has no width of its own: wide enough for every column.
    console = Console() if sys.stdout.isatty() else Console(width=220)
    try:
        result = args.module.run(args)
        if args.json == "-":
            print(results.as_json(result))
        else:
            results.show(result, console)
            if args.json:
                Path(args.json).write_text(results.as_json(result), encoding="utf-8")
        if args.out:
            print(results.write(result, args.out), file=sys.stderr)
        if args.csv:
            results.write_csv(result, args.csv)
        sys.stdout.flush()
    except BrokenPipeError:  # as by `| head`: who reads has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except duckdb.Error as error:
        print(f"{mart.mart_path()}: {error}\n  do: build it with this version: make build", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error}\n  do: name a file or folder that can be written", file=sys.stderr)
        return 1
    except mart.MartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
