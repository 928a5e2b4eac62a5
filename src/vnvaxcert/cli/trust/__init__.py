"""``vnvaxcert trust``: what operators of trust lists need."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Final

from vnvaxcert.cli.arguments import Parser
from vnvaxcert.cli.outcome import UNUSABLE, CommandError, HelpAsked, Outcome

COMMANDS: Final = {
    "show": "Show a list: where it is from, what it holds, each key.",
    "check": "Hold each certificate of a list to the rules of the governance profile.",
    "diff": "Show what changed from one list to another.",
    "convert": "Write a list in another form, and say what that form cannot carry.",
}


def run(arguments: list[str]) -> Outcome:
    """Run one of the commands for trust lists.

    Raises:
        CommandError: Wrong usage, or a list that cannot be used.
        HelpAsked: For ``--help``.
    """
    if not arguments:
        return Outcome(UNUSABLE, overview())
    name, *rest = arguments
    if name in COMMANDS:
        run_command: Callable[[list[str]], Outcome] = _module(name).run
        return run_command(rest)
    if name in ("-h", "--help", "help"):
        raise HelpAsked(overview())
    shown = f" {name!r}" if len(name) <= 20 and name.isascii() and name.isalpha() else ""
    raise CommandError(f"there is no command{shown} for trust lists; there are {_names()}")


def overview() -> str:
    """The help: the commands, and which options each takes."""
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:<{width}}  {summary}" for name, summary in COMMANDS.items())
    takers: dict[str, list[str]] = {}
    for name in COMMANDS:
        parser: Parser = _module(name).parser()
        for option in parser.options():
            takers.setdefault(option, []).append(name)
    options = "\n".join(
        f"  {option:<19} {'all' if len(names) == len(COMMANDS) else ', '.join(names)}"
        for option, names in sorted(takers.items())
    )
    return (
        "usage: vnvaxcert trust COMMAND ...\n\n"
        f"What operators of trust lists need.\n\ncommands:\n{listed}\n\n"
        f"options, and the commands that take them:\n{options}\n\n"
        "vnvaxcert trust COMMAND --help explains a command and its exit status.\n"
    )


def _module(name: str) -> ModuleType:
    return import_module(f"vnvaxcert.cli.trust.{name}")


def _names() -> str:
    return ", ".join(COMMANDS)
