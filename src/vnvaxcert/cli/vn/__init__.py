"""``vnvaxcert vn``: Viet Nam's way from dose records to passports, step by step on files."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Final

from vnvaxcert.cli.arguments import Parser
from vnvaxcert.cli.outcome import UNUSABLE, CommandError, HelpAsked, Outcome

COMMANDS: Final = {
    "specimen": "Write a fictional population with the faults that really occur, and keys for it.",
    "check": "Read, clean and check dose records; reject with reasons.",
    "match": "Compare each record with the population database's person.",
    "delegate": "Sign which unit may confirm records, for which province and period.",
    "attest": "Confirm the records that were found right, as the unit.",
    "issue": "Issue one passport for each person whose records are confirmed.",
    "show": "Show a passport in Vietnamese and English, as a page, a card or a PDF.",
    "correct": "Issue a corrected passport and revoke the old one.",
}


def run(arguments: list[str]) -> Outcome:
    """Run one of the steps.

    Raises:
        CommandError: Wrong usage, or a file that cannot be used.
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
    raise CommandError(f"there is no step{shown}; there are {', '.join(COMMANDS)}")


def overview() -> str:
    """The help: the steps, and which options each takes."""
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:<{width}}  {summary}" for name, summary in COMMANDS.items())
    takers: dict[str, list[str]] = {}
    for name in COMMANDS:
        parser: Parser = _module(name).parser()
        for option in parser.options():
            takers.setdefault(option, []).append(name)
    broad = max(map(len, takers))
    options = "\n".join(
        f"  {option:<{broad}}  {'all' if len(names) == len(COMMANDS) else ', '.join(names)}"
        for option, names in sorted(takers.items())
    )
    return (
        "usage: vnvaxcert vn COMMAND ...\n\n"
        "Viet Nam's way from dose records to vaccine passports, one step after another.\n\n"
        f"steps:\n{listed}\n\n"
        f"options, and the steps that take them:\n{options}\n\n"
        "vnvaxcert vn COMMAND --help explains a step and its exit status.\n"
    )


def _module(name: str) -> ModuleType:
    return import_module(f"vnvaxcert.cli.vn.{name}")
