"""VIQR: plain ASCII, marks after their letter: ``Nguye^~n Va(n Ddu+'c``.

Spec: RFC 1456 §2 (Viet-Std VIQR 1.1).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_VOWEL_MARKS: Final = {"(": "\u0306", "^": "\u0302", "+": "\u031b", "*": "\u031b"}
"""Breve, circumflex, horn; ``*`` for the horn is an old habit beside the standard's ``+``."""

_TONE_MARKS: Final = {"'": "\u0301", "`": "\u0300", "?": "\u0309", "~": "\u0303", ".": "\u0323"}

MARKED: Final = re.compile(
    r"(?:[Aa][(^]|[Ee]\^|[Oo][\^+*]|[Uu][+*])[.'`?~]?|[AEIOUYaeiouy][.'`?~]|[Dd][Dd]"
)
"""One letter with its marks, or đ."""


def _letter(match: re.Match[str]) -> str:
    letter, marks = match.group()[0], match.group()[1:]
    if letter in "Dd":
        return "Đ" if letter == "D" else "đ"
    combining = (_VOWEL_MARKS.get(mark) or _TONE_MARKS[mark] for mark in marks)
    return unicodedata.normalize("NFC", letter + "".join(combining))


def decode(text: str) -> str | None:
    """Read a text as VIQR.

    Args:
        text: ASCII.

    Returns:
        The text in normalisation form C. A mark that its letter cannot bear stays as it is. None
        where the text is not ASCII.
    """
    return MARKED.sub(_letter, text) if text.isascii() else None
