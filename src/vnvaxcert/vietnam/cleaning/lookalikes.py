"""Letters that only look like the ones of a Vietnamese name, and what stands for an apostrophe.

Ð (U+00D0, Icelandic) and Ɖ (U+0189, Ewe) are drawn as Đ; a keyboard in another language gives
Cyrillic or Greek letters that no eye tells from Latin ones; input methods of East Asia give
full-width letters.

Spec: Unicode (names and forms of the letters); ICAO Doc 9303-3 takes U+00D0 for Đ.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}

_FOREIGN: Final = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухһ"  # Cyrillic
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονι",  # Greek
    "ABESIJKMHOPCTYXaesijopcyxhABEZHIKMNOPTYXovi",
)

_CROSSED_D: Final = re.compile(r"\b[ÐðƉɖ](?=[A-Za-zÀ-ỹ])")
"""At the start of a word alone: there Icelandic has no ð, and Vietnamese has đ nowhere else."""

_IN_A_WORD: Final = re.compile(r"(?<=\w)[\u2018\u2019\u02bc\u2032\u00b4`](?=\w)")
_SUSPECT: Final = re.compile(r"[\u0370-\u04ff\uff01-\uff5eÐðƉɖ\u2018\u2019\u02bc\u2032\u00b4`]")


def replace_lookalikes(text: str, *, is_latin: bool = False) -> str:
    """Put the letters that are meant in the place of those that look like them.

    Args:
        text: In normalisation form C.
        is_latin: Whether it belongs to a text in Latin letters, even if it has none itself.

    Returns:
        The text in normalisation form C. Cyrillic and Greek letters are replaced where the
        text has Latin letters too, and only in words that are Latin from then on: a name that is
        written in another script stays in it.
    """
    if not _SUSPECT.search(text):
        return text
    text = _IN_A_WORD.sub("'", text.translate(_FULL_WIDTH))
    text = _CROSSED_D.sub(lambda match: "Đ" if match.group().isupper() else "đ", text)
    if is_latin or any(_is_latin(letter) for letter in text):
        words = re.split(r"(\s+)", text)
        text = "".join(_latin_word(word) for word in words)
    return unicodedata.normalize("NFC", text)


def _latin_word(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)  # Cyrillic й is и with a breve
    replaced = decomposed.translate(_FOREIGN)
    if replaced == decomposed or not all(map(_is_latin, filter(str.isalpha, replaced))):
        return word
    return unicodedata.normalize("NFC", replaced)


def _is_latin(letter: str) -> bool:
    return letter.isalpha() and (letter < "\u0370" or "\u1e00" <= letter <= "\u1eff")
