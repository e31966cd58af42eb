"""One shape for everything that is wrong with the input."""


class InputError(Exception):
    """A file the build cannot go on with: which one, what is wrong, what was expected, what to do.

    Printed as it is, without a stack trace; the process ends with exit code 1.
    """

    def __init__(self, file: str, found: str, expected: str, action: str):
        self.file, self.found, self.expected, self.action = file, found, expected, action
        super().__init__(f"{file}\n  found:    {found}\n  expected: {expected}\n  do:       {action}")
