"""The Vietnamese alphabet: 12 vowels, 6 tones, and đ; 134 letters beyond plain A to Z.

A letter is a vowel (with its own mark: ă, ê, ơ) under one of six tones. Everything else in this
package is said in these terms.

Spec: TCVN 5712:1993 (the repertoire); Unicode, normalisation form C.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from typing import Final

VOWELS: Final = "aăâeêioôơuưy"


class Tone(IntEnum):
    """The six tones, in the order of dictionaries."""

    NGANG = 0  # level: no mark
    HUYEN = 1  # grave
    HOI = 2  # hook above
    NGA = 3  # tilde
    SAC = 4  # acute
    NANG = 5  # dot below


MARKS: Final = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
"""The combining mark of each tone."""

TONED: Final = {
    (vowel, tone): unicodedata.normalize("NFC", vowel + MARKS[tone])
    for vowel in VOWELS
    for tone in Tone
}
"""(vowel, tone) -> the small letter, one code point."""

SPLIT: Final = {letter: parts for parts, letter in TONED.items()}
"""Small letter -> (vowel, tone)."""

SPECIFIC: Final = frozenset(
    letter for small in [*SPLIT, "đ"] if not small.isascii() for letter in (small, small.upper())
)
"""The 134 letters beyond A to Z, small and capital."""

_PLAIN: Final = {
    ord(letter): plain
    for small in [*SPLIT, "đ"]
    if not small.isascii()
    for letter, plain in (
        (small, unicodedata.normalize("NFD", small)[0] if small != "đ" else "d"),
        (small.upper(), unicodedata.normalize("NFD", small)[0].upper() if small != "đ" else "D"),
    )
}


def without_marks(text: str) -> str:
    """The same text with each Vietnamese letter as its plain one from A to Z.

    Args:
        text: In normalisation form C.

    Returns:
        As many characters; other letters with marks (``ñ``) stay.
    """
    return text.translate(_PLAIN)


_SWAPPED: Final = re.compile("([aeoAEO])([\u0300\u0301\u0303\u0309])([\u0302\u0306])")
"""A tone before the vowel's own mark: Unicode keeps their order, and no letter comes of it."""


def compose(text: str) -> str:
    """Bring a text to normalisation form C, marks in the wrong order included.

    Args:
        text: Any text; ``e`` with a tilde and then a circumflex is ễ here.
    """
    composed = unicodedata.normalize("NFC", text)
    if "\u0302" not in composed and "\u0306" not in composed:
        return composed
    ordered = _SWAPPED.sub(r"\1\3\2", unicodedata.normalize("NFD", composed))
    return unicodedata.normalize("NFC", ordered)
