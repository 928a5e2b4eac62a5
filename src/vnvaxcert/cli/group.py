"""Commands that have commands of their own, as ``vnvaxcert trust show``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from vnvaxcert.cli.arguments import Parser
from vnvaxcert.cli.outcome import UNUSABLE, CommandError, HelpAsked, Outcome


class Group(NamedTuple):
    """A command and those below it, each a module with ``run`` and ``parser``.

    Attributes:
        name: Of the command, and of its package in `vnvaxcert.cli`.
        purpose: What its commands are for, a sentence.
        commands: Each command with a sentence on it.
        modules: The module of a command that is not called as the command is.
        noun: What one of them is called: ``"command"``.
        scope: What follows the noun in an error: ``" for trust lists"``.
    """

    name: str
    purpose: str
    commands: Mapping[str, str]
    modules: Mapping[str, str] = {}
    noun: str = "command"
    scope: str = ""

    def run(self, arguments: list[str]) -> Outcome:
        """Run one of the commands; only its module is imported.

        Raises:
            CommandError: Wrong usage, or what the command cannot use.
            HelpAsked: For ``--help``.
        """
        if not arguments:
            return Outcome(UNUSABLE, self.overview())
        name, *rest = arguments
        if name in self.commands:
            run_command: Callable[[list[str]], Outcome] = self._module(name).run
            return run_command(rest)
        if name in ("-h", "--help", "help"):
            raise HelpAsked(self.overview())
        # Repeated only when it cannot be somebody's certificate.
        shown = f" {name!r}" if len(name) <= 20 and name.isascii() and name.isalpha() else ""
        names = ", ".join(self.commands)
        raise CommandError(f"there is no {self.noun}{shown}{self.scope}; there are {names}")

    def overview(self) -> str:
        """The help: the commands, and which options each takes."""
        width = max(map(len, self.commands))
        listed = "\n".join(f"  {name:<{width}}  {words}" for name, words in self.commands.items())
        takers: dict[str, list[str]] = {}
        for name in self.commands:
            parser: Parser = self._module(name).parser()
            for option in parser.options():
                takers.setdefault(option, []).append(name)
        broad = max(map(len, takers))
        options = "\n".join(
            f"  {option:<{broad}}  {'all' if names == [*self.commands] else ', '.join(names)}"
            for option, names in sorted(takers.items())
        )
        return (
            f"usage: vnvaxcert {self.name} COMMAND ...\n\n{self.purpose}\n\n"
            f"{self.noun}s:\n{listed}\n\n"
            f"options, and the {self.noun}s that take them:\n{options}\n\n"
            f"vnvaxcert {self.name} COMMAND --help explains a {self.noun} and its exit status.\n"
        )

    def _module(self, name: str) -> ModuleType:
        return import_module(f"vnvaxcert.cli.{self.name}.{self.modules.get(name, name)}")
