"""Walks a page of docs: what it says to write, to change and to run is done in a copy of the project.

The sentence above a block names last, between backticks, the file that the block is the end of ("at the
end"), the whole of ("a new file") or a change of (a diff). A block of sh is run; the block without a language
that follows must be what it prints, `...` standing for what is left out. "Exit code 1" above a block of sh
expects that.
"""

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from markdown_it import MarkdownIt

from pipeline.settings import PROJECT

# What is made in a checkout or put into it, and its history.
MADE = [".git", ".venv", "warehouse", "official", "target", "logs", "reports", "__pycache__", ".*_cache"]
SAME = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def copy_of_the_project(folder: Path) -> Path:
    """A copy of the checkout as it is after `make .venv/ready`: nothing is built."""
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns(*MADE))
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """Every fenced block of a page: its language, its content, the sentence above it."""
    found, above = [], ""
    for token in MarkdownIt().parse(page.read_text("utf-8")):
        if token.type == "fence":
            found.append((token.info, token.content, above))
            above = ""
        elif token.type == "inline":
            above = " ".join(token.content.split())
    return found


def walk(page: str, folder: Path) -> None:
    """Do what a page of docs says, in a copy of the project; fail where it does not come out."""
    printed = None
    for language, content, above in blocks(folder / "docs" / page):
        if language == "sh":
            printed = run(content, folder, 1 if "xit code 1" in above else 0)
        elif not language:
            assert printed is not None, f"{page}: no command prints\n{content}"
            assert doctest.OutputChecker().check_output(content, printed, SAME), (
                f"{page} shows\n{content}\nand this is printed\n{printed}"
            )
            printed = None
        else:
            write(folder / re.findall("`([^`]*/[^`]*)`", above)[-1], language, content, above)


def run(commands: str, folder: Path, code: int) -> str:
    """What commands print, run at the root of the copy."""
    env = {k: v for k, v in os.environ.items() if k not in ("RAW_DIR", "WAREHOUSE_DIR")}
    env |= {"PYTHONPATH": str(folder), "COLUMNS": "160"}
    done = subprocess.run(
        ["sh", "-eu", "-c", commands],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    assert done.returncode == code, f"{commands}\nexit code {done.returncode}\n{done.stdout}"
    return done.stdout


def write(path: Path, language: str, content: str, above: str) -> None:
    """Make, lengthen or change a file."""
    if language == "diff":
        lines = [(line[:1], line[1:] + "\n") for line in content.splitlines()]
        old, new = ("".join(text for mark, text in lines if mark != other) for other in "+-")
        before = path.read_text("utf-8")
        assert before.count(old) == 1, f"not once in {path}:\n{old}"
        path.write_text(before.replace(old, new), "utf-8")
    elif "at the end" in above:
        with path.open("a", encoding="utf-8") as file:
            file.write(content)
    else:
        assert "a new file" in above and not path.exists(), f"what to do with {path}? {above}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
