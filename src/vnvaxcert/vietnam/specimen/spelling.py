"""Names written as keyboards, fonts and converters leave them: what cleaning must undo.

The last of them cannot be undone: letters that an encoding had no room for became ``?``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from itertools import pairwise
from random import Random
from typing import Final

from vnvaxcert.vietnam.specimen.legacy import ENCODERS, to_tcvn3

Respell = Callable[[str], str]

_CYRILLIC: Final = str.maketrans("aceopxyACEHKMOPTX", "асеорхуАСЕНКМОРТХ")
_OLD_TO_NEW: Final = {  # the tone on the first vowel, as official names have it, and on the second
    old: unicodedata.normalize("NFC", pair + tone)
    for pair in ("oa", "oe", "uy")
    for tone in "\u0300\u0309\u0303\u0301\u0323"
    for old in [unicodedata.normalize("NFC", pair[0] + tone) + pair[1]]
}
_OPEN_PAIR: Final = re.compile("(?:" + "|".join(_OLD_TO_NEW) + r")(?!\w)")
_NEW_PAIR: Final = re.compile("(?:" + "|".join(_OLD_TO_NEW.values()) + r")(?!\w)", re.IGNORECASE)
_INVISIBLE: Final = "\u200b\u200c\u2060\ufeff\u200e"


def respeller(code: str, rng: Random, name: str) -> Respell | None:
    """Draw a way to misspell a name and its parts alike.

    Args:
        code: One of :data:`CODES`.
        rng: Where chance comes from.
        name: The full name.

    Returns:
        What to do with each of the fields, or ``None`` where it would not be seen on this name.
    """
    respell = _DRAW[code](rng)
    written = respell(name)
    if written == name or (code in _EVIDENT and not _is_evident(code, name, written)):
        return None
    return respell


def has_new_placement(text: str) -> bool:
    """Whether a tone stands where cleaning would move it from, as in ``Hoà``."""
    return _NEW_PAIR.search(text) is not None


def _spaces(rng: Random) -> Respell:
    gap, edge = rng.choice((("  ", ""), (" ", " "), ("   ", "  "), (" \t", ""), ("\u00a0", "")))
    return lambda text: text and text.replace(" ", gap) + edge


def _invisible(rng: Random) -> Respell:
    mark, at_start = rng.choice(_INVISIBLE), rng.random() < 0.5
    return lambda text: text and (mark + text if at_start else text[:2] + mark + text[2:])


def _case(rng: Random) -> Respell:
    return rng.choice((str.upper, str.lower))


def _lookalike(rng: Random) -> Respell:
    draw = rng.random()
    if draw < 0.3:
        return lambda text: text.replace("Đ", "\u00d0")
    if draw < 0.4:
        return lambda text: text.replace("Đ", "\u0189")
    return lambda text: text.translate(_CYRILLIC)


def _tone_placement(rng: Random) -> Respell:
    return lambda text: _OPEN_PAIR.sub(lambda found: _OLD_TO_NEW[found[0]], text)


def _capitals(rng: Random) -> Respell:
    """TCVN3's capital font: letters with a tone stay small ones under it."""
    return lambda text: to_tcvn3(text.upper())


def _doubtful(rng: Random) -> Respell:
    """Windows-1252 has no room for most letters: each became a question mark or U+FFFD."""
    mark = rng.choice(("?", "\ufffd"))
    return lambda text: text.encode("cp1252", "replace").decode("cp1252").replace("?", mark)


def _encoded(code: str) -> Callable[[Random], Respell]:
    return lambda rng: ENCODERS[code]


_DRAW: Final[Mapping[str, Callable[[Random], Respell]]] = {
    "clean.normal_form": lambda rng: lambda text: unicodedata.normalize("NFD", text),
    "clean.spaces": _spaces,
    "clean.invisible": _invisible,
    "clean.case": _case,
    "clean.lookalike": _lookalike,
    "clean.tone_placement": _tone_placement,
    "clean.capitals": _capitals,
    "full_name.doubtful": _doubtful,
    **{code: _encoded(code) for code in ENCODERS},
}
CODES: Final = tuple(_DRAW)
"""The reason codes of these misspellings."""

_ALPHABET: Final = {
    " ",
    *("abcdefghijklmnopqrstuvwxyzđ" + "abcdefghijklmnopqrstuvwxyzđ".upper()),
    *(
        unicodedata.normalize("NFC", base + tone)
        for small in ("a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y")
        for base in (small, small.upper())
        for tone in ("", *"\u0300\u0309\u0303\u0301\u0323")
    ),
}
_EVIDENT: Final = {*ENCODERS, "clean.lookalike", "clean.capitals", "full_name.doubtful"}


def _is_evident(code: str, name: str, text: str) -> bool:
    """Whether somebody who reads the text sees that it is no name.

    Some names stay names when misread: ``Hồ`` in VNI is ``Hoà``, ``Văn`` in Windows-1258 ``Vãn``.
    """
    if code == "clean.lookalike":  # in Windows-1258, Eth is Đ: another letter must be none of it
        return "\u00d0" not in text or any(letter > "\u1e9f" for letter in text)
    if code == "clean.capitals":  # some letter must have lost its capital, and be no letter now
        lost = {to_tcvn3(letter.upper()) for letter in name if letter > "~"}
        lost &= {to_tcvn3(letter.lower()) for letter in name}
        return not lost <= _ALPHABET
    if code == "clean.viqr":
        return re.search(r"[\^(+`~]", text) is not None
    if code == "full_name.doubtful":
        # Behind a vowel a question mark might be VIQR's, at the end of a word somebody's question.
        return re.search(r"\ufffd|[^\Waeiouy]\?\w", text, re.IGNORECASE) is not None
    return any(letter not in _ALPHABET for letter in text) or any(
        earlier.islower() and later.isupper() for earlier, later in pairwise(text)
    )
