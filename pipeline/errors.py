"""What stops a build, in words for the person who started it."""

from dataclasses import dataclass


class InputError(Exception):
    """A file the build cannot go on with: which one, what is wrong, what was expected, what to do.

    Printed as it is, without a stack trace; the process ends with exit code 1.
    """

    exit_code = 1

    def __init__(self, file: str, found: str, expected: str, action: str):
        self.file, self.found, self.expected, self.action = file, found, expected, action
        super().__init__(f"{file}\n  found:    {found}\n  expected: {expected}\n  do:       {action}")


class UsageError(InputError):
    """Options that do not go together."""

    exit_code = 2


@dataclass
class Failure:
    """A node of dbt's build that did not pass: an error's text, or the first rows of a test."""

    name: str
    message: str
    rows: list[dict[str, str]]
    n_rows: int


class BuildError(Exception):
    """The build did not pass; nothing was published."""

    def __init__(self, failures: list[Failure]):
        self.failures = failures
        super().__init__("\n\n".join(describe(f) for f in failures))


def describe(failure: Failure) -> str:
    """A failure as text: guards speak for themselves, other tests show their rows."""
    if not failure.rows:
        return f"{failure.name}\n  {failure.message}"
    blocks = []
    for row in failure.rows:
        if set(row) == {"file", "found", "expected", "action"}:
            blocks.append(str(InputError(*(row[k] for k in ("file", "found", "expected", "action")))))
        else:
            blocks.append(f"{failure.name}: " + ", ".join(f"{k}={v}" for k, v in row.items()))
    if failure.n_rows > len(failure.rows):
        blocks.append(f"... and {failure.n_rows - len(failure.rows)} more ({failure.name})")
    return "\n".join(blocks)


def unreadable(name: str, why) -> InputError:
    """A workbook that cannot be opened."""
    return InputError(
        name,
        f"a workbook that cannot be opened ({why})",
        "a readable .xls, .xlsx or .ods",
        "the file is damaged, cut off or protected: fetch it again from the publisher",
    )


def protected(name: str, what: str = "workbook") -> InputError:
    """A workbook or zip that only opens with a password."""
    return InputError(
        name,
        f"a {what} protected by a password",
        f"a {what} that anybody can open",
        "save it without the password, or fetch it again from the publisher",
    )


def too_large(name: str, found: str, expected: str) -> InputError:
    """A file that would take all memory."""
    return InputError(
        name, found, expected, "no published file is as large: fetch it again from the publisher"
    )
