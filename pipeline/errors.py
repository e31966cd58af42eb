"""What stops a build, in words for the person who started it."""

from dataclasses import dataclass


class InputError(Exception):
    """A file the build cannot go on with: which one, what is wrong, what was expected, what to do.

    Printed as it is, without a stack trace; the process ends with exit code 1.
    """

    def __init__(self, file: str, found: str, expected: str, action: str):
        self.file, self.found, self.expected, self.action = file, found, expected, action
        super().__init__(f"{file}\n  found:    {found}\n  expected: {expected}\n  do:       {action}")


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
