"""The command ``vnvaxcert``.

Each command is a module of this package with a function ``run``; only the one that was asked for
is imported, because a process that verifies one certificate spends most of its time on imports.
``run`` returns everything it has to say, so that a closed pipe cannot change a verdict.

Exit status: 0 accepted (or done), 1 refused, 2 usage, unreadable input or bad trust list, 130
interrupted. Errors are one line on standard error. With ``--json``, standard output holds one
JSON document for status 0 and 1 and nothing for 2.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Final

from vnvaxcert.cli.outcome import (
    ACCEPTED,
    INTERRUPTED,
    UNUSABLE,
    CommandError,
    HelpAsked,
    Outcome,
)
from vnvaxcert.cli.stream import say, write

INSTALL: Final = "pip install 'vnvaxcert[cli]'"

COMMANDS: Final = {
    "demo": "Show the whole way on a specimen: issue, draw, read back, verify, tamper.",
    "issue": "Sign a certificate and print the text of its QR code.",
    "verify": "Say whether a certificate can be trusted.",
    "examine": "Run every check, past a failed one too, and show each result.",
    "decode": "Show what a certificate says, with nothing checked.",
    "name": "Show how a name stands in a DCC, a passport and a seal; compare two.",
    "trust": "Show, check, compare and convert trust lists.",
    "conformance": "Run suites of vectors against this library or another implementation.",
    "vn": "Go Viet Nam's way from dose records to passports.",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: What follows the command's name; by default those of the process.

    Returns:
        The exit status.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not _is_extra_installed():
        say(f"the command line needs more packages; install them with: {INSTALL}")
        return UNUSABLE
    _ignore_warnings()
    try:
        outcome = _run(given)
    except HelpAsked as asked:
        outcome = Outcome(ACCEPTED, asked.text)
    except CommandError as error:
        outcome = Outcome(UNUSABLE, messages=(str(error),))
    except ModuleNotFoundError as error:
        # The library's own text is the command that installs the missing package.
        outcome = Outcome(UNUSABLE, messages=(f"a package is missing; install it with: {error}",))
    except KeyboardInterrupt:
        outcome = Outcome(INTERRUPTED, messages=("interrupted",))
    return _deliver(outcome)


def _run(given: list[str]) -> Outcome:
    if any("\0" in argument for argument in given):
        raise CommandError("an argument holds a null character")
    if not given:
        return Outcome(UNUSABLE, _help())
    name = given[0]
    if name in COMMANDS:
        return _command(name)(given[1:])
    if name in ("-h", "--help", "help"):
        return Outcome(ACCEPTED, _help())
    if name == "--version":
        return Outcome(ACCEPTED, f"vnvaxcert {_release()}\n")
    if name.startswith(("HC1:", "{", "[")):
        raise CommandError("name a command first, as in: vnvaxcert verify 'HC1:...' --trust LIST")
    # Repeated only when it cannot be somebody's certificate.
    shown = f" {name!r}" if len(name) <= 20 else ""
    raise CommandError(f"there is no command{shown}; there are {', '.join(COMMANDS)}")


def _command(name: str) -> Callable[[list[str]], Outcome]:
    from importlib import import_module

    run: Callable[[list[str]], Outcome] = import_module(f"vnvaxcert.cli.{name}").run
    return run


def _help() -> str:
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:<{width}}  {summary}" for name, summary in COMMANDS.items())
    return (
        "Issue, read and verify signed vaccination certificates in QR codes.\n\n"
        f"usage: vnvaxcert COMMAND ...\n\ncommands:\n{listed}\n\n"
        "vnvaxcert COMMAND --help explains a command; vnvaxcert --version tells the release.\n"
        "Exit status: 0 accepted or done, 1 refused, 2 wrong usage, unreadable input or bad\n"
        "trust list.\n"
    )


def _release() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("vnvaxcert")
    except PackageNotFoundError:  # run from a copy of the source
        return "of unknown release: it is not installed"


def _is_extra_installed() -> bool:
    from importlib.util import find_spec

    return find_spec("rich") is not None


def _ignore_warnings() -> None:
    """Keep the warnings of other packages off standard error, unless they were asked for."""
    if not sys.warnoptions:
        import warnings

        warnings.simplefilter("ignore")


def _deliver(outcome: Outcome) -> int:
    try:
        write(outcome.output)
    except BrokenPipeError:
        return outcome.status  # whoever read has seen enough; the verdict stands
    except OSError as error:
        say(f"cannot write the output: {error.strerror}")
        return UNUSABLE
    for message in outcome.messages:
        say(message)
    return outcome.status
