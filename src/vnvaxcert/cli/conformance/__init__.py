"""``vnvaxcert conformance``: suites of vectors, for this library and for others."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Final

from vnvaxcert.cli.arguments import Parser
from vnvaxcert.cli.outcome import UNUSABLE, CommandError, HelpAsked, Outcome

COMMANDS: Final = {
    "run": "Run suites of vectors against this library, or against another implementation.",
    "serve": "Answer the runner's questions on standard input, as a harness does.",
}

# Not called as their commands are: a module would take the place of the function `run`.
_MODULES: Final = {"run": "running", "serve": "serving"}


def run(arguments: list[str]) -> Outcome:
    """Run one of the commands for conformance.

    Raises:
        CommandError: Wrong usage, or no suite.
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
    names = ", ".join(COMMANDS)
    raise CommandError(f"there is no command{shown} for conformance; there are {names}")


def overview() -> str:
    """The help: the commands, and which options each takes."""
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:<{width}}  {summary}" for name, summary in COMMANDS.items())
    takers: dict[str, list[str]] = {}
    for name in COMMANDS:
        made: Parser = _module(name).parser()
        for option in made.options():
            takers.setdefault(option, []).append(name)
    options = "\n".join(
        f"  {option:<12} {', '.join(names)}" for option, names in sorted(takers.items())
    )
    return (
        "usage: vnvaxcert conformance COMMAND ...\n\n"
        "Find out what an implementation accepts, what it refuses, and for which reason.\n\n"
        f"commands:\n{listed}\n\n"
        f"options, and the commands that take them:\n{options}\n\n"
        "vnvaxcert conformance COMMAND --help explains a command and its exit status.\n"
    )


def _module(name: str) -> ModuleType:
    return import_module(f"vnvaxcert.cli.conformance.{_MODULES[name]}")
