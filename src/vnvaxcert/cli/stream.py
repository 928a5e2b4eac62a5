"""Standard output and standard error: encoding, colour, closed pipes, hostile characters."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import Final, TextIO

# Separators of words that print as nothing and are no control characters (Unicode Zs).
_SPACES: Final = frozenset("\u00a0\u1680\u202f\u205f\u3000") | {
    chr(c) for c in range(0x2000, 0x200B)
}
# More marks on one letter than any script piles up draw over the lines above.
_MAX_MARKS: Final = 4


def neutral(text: str) -> str:
    """Make a text harmless to show: one line, no control, bidi or invisible characters.

    A certificate's texts are whatever somebody signed. Escape sequences could repaint the
    verdict on a terminal, and a right-to-left override could reorder it.

    Args:
        text: Any text.

    Returns:
        The text with each such character written as ``<U+202E>``.
    """
    return rewrite_harmful(text, lambda character: f"<U+{ord(character):04X}>")


def rewrite_harmful(text: str, write: Callable[[str], str]) -> str:
    """Write each harmful character of a text in another way, and leave the rest as it is."""
    if text.isprintable() and text.isascii():
        return text
    from unicodedata import category

    shown: list[str] = []
    marks = 0
    for character in text:
        is_mark = category(character) in ("Mn", "Me")
        marks = marks + 1 if is_mark else 0
        is_harmless = character.isprintable() or character in _SPACES
        if is_harmless and marks <= _MAX_MARKS:
            shown.append(character)
        else:
            shown.append(write(character))
    return "".join(shown)


def say(message: str) -> None:
    """Write one line to standard error, if there is any."""
    if sys.stderr is None:
        return
    try:
        print(f"vnvaxcert: {neutral(message)}", file=_prepared(sys.stderr), flush=True)
    except OSError:
        _abandon(sys.stderr)


def write(text: str) -> None:
    """Write to standard output, if there is any, and see it arrive.

    Raises:
        OSError: It cannot be written; a BrokenPipeError when nobody reads any more.
    """
    stream = sys.stdout
    if stream is None or not text:
        return
    try:
        _prepared(stream).write(text)
        stream.flush()
    except OSError:
        _abandon(stream)
        raise


def is_terminal() -> bool:
    """Whether standard output is a terminal that can be drawn on."""
    stream = sys.stdout
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def is_unicode() -> bool:
    """Whether standard output takes every character."""
    stream = sys.stdout
    return stream is None or (_prepared(stream).encoding or "").lower().replace("-", "") == "utf8"


def _prepared(stream: TextIO) -> TextIO:
    """Have the stream take any text: UTF-8 into files and pipes, "?" where a terminal cannot."""
    if isinstance(stream, TextIOWrapper):
        keeps_encoding = stream.isatty() or "PYTHONIOENCODING" in os.environ
        if keeps_encoding:
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8", errors="replace")
    return stream


def _abandon(stream: TextIO) -> None:
    """Send what is left in the stream's buffer nowhere: Python flushes it again at its end."""
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
