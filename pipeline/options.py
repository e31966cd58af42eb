"""What options of several commands have in common."""

import argparse
from datetime import date
from pathlib import Path

# How shtab's scripts complete the names of files and of folders (shtab.FILE, .DIRECTORY: its import takes
# longer than all of the help).
FILE = {"bash": "_shtab_compgen_files", "zsh": "_files", "tcsh": "f"}
FOLDER = {"bash": "_shtab_compgen_dirs", "zsh": "_files -/", "tcsh": "d"}


def day(text: str) -> date:
    """A day as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2016-03-31") from None


def count(text: str) -> int:
    """A number of 1 or more."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no count; give a whole number of 1 or more")
    return int(text)


def year(text: str) -> int:
    """A year of four digits."""
    if not text.isdecimal() or len(text) != 4:
        raise argparse.ArgumentTypeError(f"{text!r} is no year; write it as 2016")
    return int(text)


def add_path(parser, *names: str, is_folder: bool = False, **settings) -> None:
    """An option or argument that names a file, or a folder; a shell completes it as such."""
    settings = {"metavar": "DIR" if is_folder else "FILE", "type": Path} | settings
    parser.add_argument(*names, **settings).complete = FOLDER if is_folder else FILE


def add_json(parser) -> None:
    """The option to print JSON instead; the manual shows its form."""
    parser.add_argument("--json", action="store_true", help="print JSON instead, as shown below")
