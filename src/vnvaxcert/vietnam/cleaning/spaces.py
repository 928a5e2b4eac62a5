"""Spaces of every width, and characters that nobody sees.

Spec: Unicode: White_Space, and the general categories Cc and Cf.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SPACES: Final = re.compile(r"[\s\u2800\u3164\uffa0]+")
"""White space, and blanks that Unicode counts as letters or symbols."""

_INVISIBLE: Final = frozenset("\u034f\u180b\u180c\u180d\u180e\u115f\u1160\ufe0e\ufe0f")
"""Joiners and selectors that are no format characters."""


def tidy_spaces(text: str) -> str:
    """Leave one plain space between words and none around them.

    Args:
        text: Any text.

    Returns:
        The text without line ends and tabs as well.
    """
    return _SPACES.sub(" ", text).strip(" ")


def remove_invisible(text: str) -> str:
    """Remove what takes no room: zero-width characters, direction marks, control characters.

    Args:
        text: Any text.

    Returns:
        The text; white space stays. The control characters U+0080 to U+009F stay too: they are
        bytes of a wrong encoding and not for us to drop.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(letter for letter in text if not _is_invisible(letter))


def _is_invisible(letter: str) -> bool:
    if letter.isspace() or "\u0080" <= letter <= "\u009f":
        return False
    return letter in _INVISIBLE or unicodedata.category(letter) in ("Cc", "Cf")


def tidy_text(text: str, codes: dict[str, None]) -> str:
    """Bring a text to normalisation form C, without invisible characters and superfluous spaces.

    Args:
        text: Any text.
        codes: Takes the codes of what was changed, in order.
    """
    before = text
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", before)
        if text != before:
            codes["clean.normal_form"] = None
        before, text = text, remove_invisible(text)
        if text != before:
            codes["clean.invisible"] = None
        # What was apart may combine now.
        text = unicodedata.normalize("NFC", text)
    before, text = text, tidy_spaces(text)
    if text != before:
        codes["clean.spaces"] = None
    return text
