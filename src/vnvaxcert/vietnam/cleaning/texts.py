"""Running text that is no name, above all the names of facilities.

Figures, abbreviations and punctuation stand among its words, so only the words with letters beyond
ASCII are asked which encoding they are in; VIQR, whose marks are punctuation, is not looked for.
"""

from __future__ import annotations

from typing import Final

from vnvaxcert.vietnam.cleaning.detection import Encoding, decode_as, detect
from vnvaxcert.vietnam.cleaning.names import CleanedText, reasons
from vnvaxcert.vietnam.cleaning.spaces import tidy_text
from vnvaxcert.vietnam.exchange import MAX_FIELD_CHARS

_PUNCTUATION: Final = ".,;:()[]-–\"'/"
_ROUNDS: Final = 4  # tidying may show what an encoding is; no real text needs more than two
_MIN_WORDS: Final = 2  # one word alone proves no encoding


def clean_text(text: str, *, field: str) -> CleanedText:
    """Clean a text: its encoding, normal form, what cannot be seen, and spaces.

    Args:
        text: As it was entered.
        field: The field that the reasons name.

    Returns:
        The text and its changes; capitals, punctuation and tone marks stay, and no doubt is
        raised. A text of more than :data:`MAX_FIELD_CHARS` characters comes back as it is.
    """
    if len(text) > MAX_FIELD_CHARS:
        return CleanedText(text=text)
    codes: dict[str, None] = {}
    current = text
    for _ in range(_ROUNDS):
        before = current
        current = tidy_text(_decoded(before, codes), codes)
        if current == before:
            return CleanedText(text=current, changes=reasons(codes, field))
    return CleanedText(text=text)  # it never settles: no text at all


def _decoded(text: str, codes: dict[str, None]) -> str:
    words = [word.strip(_PUNCTUATION) for word in text.split() if not word.isascii()]
    if len(words) < _MIN_WORDS:
        return text
    encoding = detect(" ".join(words)).encoding
    decoded = decode_as(text, encoding)
    if encoding is Encoding.UNICODE or decoded is None:
        return text
    codes[f"clean.{encoding}"] = None
    return decoded
