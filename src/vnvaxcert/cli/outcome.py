"""How a command ends."""

from __future__ import annotations

from typing import Final, NamedTuple

ACCEPTED: Final = 0  # or done
REFUSED: Final = 1
UNUSABLE: Final = 2  # wrong usage, unreadable input, bad list
INTERRUPTED: Final = 130  # what shells report for the signal behind Ctrl-C


class Outcome(NamedTuple):
    """What a command has to say when it is done.

    Attributes:
        status: Exit status, one of those above.
        output: For standard output, with its last line end.
        messages: For standard error, one line each.
    """

    status: int
    output: str = ""
    messages: tuple[str, ...] = ()


class CommandError(Exception):
    """The command cannot do its work: wrong usage, unreadable input, a bad trust list."""


class HelpAsked(Exception):
    """Somebody asked for help, which is no error; ``text`` is the answer."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
