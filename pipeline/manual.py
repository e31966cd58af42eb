"""Command lines whose commands are modules: the docstring of a module is the manual of its command.

The first line of a docstring stands in the list of commands, the text up to "examples:" above the options,
the rest below them. `add_options(parser)` of the module says what may be asked.
"""

import argparse
import sys
from collections.abc import Iterable
from functools import partial
from types import ModuleType

FORM = partial(argparse.RawDescriptionHelpFormatter, max_help_position=18)


class Parser(argparse.ArgumentParser):
    """One whose errors say where the manual is."""

    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: error: {message}\n  do: {self.prog} --help\n")


def name_of(module: ModuleType) -> str:
    """What a command is called: as its module, with hyphens."""
    return module.__name__.rpartition(".")[2].replace("_", "-")


def add_commands(parser: Parser, modules: Iterable[ModuleType], below: str = "") -> list[Parser]:
    """A command for each module; `module` of what is parsed is the one that was asked for.

    below : what stands at the end of every manual. Returns the parsers of the commands.
    """
    added = parser.add_subparsers(title="commands", dest="command", required=True, metavar="command")
    commands = []
    for module in modules:
        manual, _, examples = module.__doc__.partition("\n\nexamples")
        title, _, text = manual.partition("\n\n")
        command = added.add_parser(
            name_of(module),
            help=title.replace("%", "%%"),
            description=text or title,
            epilog=f"examples{examples}{below}",
            formatter_class=FORM,
        )
        module.add_options(command)
        command.set_defaults(module=module)
        commands.append(command)
    return commands
