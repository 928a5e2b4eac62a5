"""Which encoding a name is in, with what confidence.

A text is taken for a legacy one when it is no Vietnamese name as it stands, and each of its words
becomes one Vietnamese syllable when it is read in that encoding. From the odds of all encodings
against "right as it stands" follow the confidences, which sum up to 1: see `odds`.

One name that is Vietnamese as it stands is questioned: ``Thò`` and ``Vãn`` in the middle are hardly
names, but what VNI makes of Thị and Windows-1258 of Văn.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from vnvaxcert.record import record
from vnvaxcert.vietnam.cleaning import tcvn3, utf8, viqr, vni, windows1258
from vnvaxcert.vietnam.cleaning.letters import compose
from vnvaxcert.vietnam.cleaning.lookalikes import replace_lookalikes
from vnvaxcert.vietnam.cleaning.odds import (
    has_strange_word,
    is_common,
    is_vietnamese,
    odds_as_it_stands,
    odds_of,
    words,
)
from vnvaxcert.vietnam.exchange import MAX_FIELD_CHARS

CONFIDENT: Final = 0.95
"""From here on a text is converted."""

DOUBTFUL: Final = 0.5
"""A text that is right as it stands with less than this confidence is doubtful."""


class Encoding(StrEnum):
    """What a text is in."""

    UNICODE = "unicode"  # right as it stands, or nothing that is known
    UTF8 = "utf8"
    TCVN3 = "tcvn3"
    VNI = "vni"
    VIQR = "viqr"
    WINDOWS1258 = "windows1258"


@record(shown=("encoding", "confidence"))
class Detection:
    """What a text seems to be.

    Attributes:
        encoding: ``UNICODE`` where no other one reaches :data:`CONFIDENT`.
        confidence: In ``encoding``, 0 to 1. ``UNICODE`` below :data:`DOUBTFUL`: damaged, or two
            encodings fit; it is better left alone and looked at.
        text: Read in ``encoding``, in normalisation form C.
    """

    encoding: Encoding
    confidence: float
    text: str

    @property
    def is_doubtful(self) -> bool:
        """Whether the text is left as it stands, and is rather damaged than right."""
        return self.encoding is Encoding.UNICODE and self.confidence < DOUBTFUL


_LEGACY: Final[dict[Encoding, Callable[[str], str | None]]] = {
    Encoding.TCVN3: tcvn3.decode,
    Encoding.VNI: vni.decode,
    Encoding.WINDOWS1258: windows1258.decode,
    Encoding.VIQR: viqr.decode,
}

QUESTIONED: Final = {"thò": "thị", "vãn": "văn"}
_QUESTIONED_ODDS: Final = 0.1  # for an encoding, before its own odds, that speak for a common word

_VIQR_EVIDENCE: Final = re.compile(r"[(^+~`'.*]|(?i:dd)")
"""A question mark alone stands for any letter that was lost: ``Nguy?n`` is not Nguỷn."""

_LETTER: Final = "A-Za-zÀ-ÖØ-öø-ƿẠ-ỹ"
_MARK: Final = "\u0300-\u0303\u0306\u0309\u031b\u0323"
_NAME: Final = re.compile(rf"[{_LETTER}][{_LETTER}{_MARK}' ’.\-]*")
"""What UTF-8 must come to: other letters would be an accident (``ÍŠ`` is U+034A)."""
_UTF8_CONFIDENCE: Final = 0.999  # of two accented capitals in a row hardly any are UTF-8 as well

_WORD_OR_SPACE: Final = re.compile(r"[ \-]+|[^ \-]+")
_BEYOND_LATIN1: Final = re.compile(r"[ĂăĐđĨĩŨũƠơƯưẠ-ỹ]")

_LOST_SPACE: Final = re.compile(r"Ã (?=[a-z])|Ã(?= |$)")
_OF_UTF8: Final = re.compile(r"[ÃÂÄÅÆ][\u0080-\u00bf\u0192-\u2122]|á[º»]|[a-z]Ã(?: |$)")

_DAMAGED: Final = re.compile(
    # no name has these: control characters, what stands for lost ones, symbols of Latin-1
    r"[\u0080-\u009f\ufffd¡-©«-³¶¸¹»-¿µ×÷]|(?<!M)ª|\w\?|\?\w|[ÃÂ][\u201a-\u203a€]"
)
_LOST_A: Final = re.compile(r"\b[A-Z]+Ã(?= |$)")
"""``HÃ Mai``: Hà in UTF-8 without its no-break space, or Hã with a key held down."""
_DAMAGED_CONFIDENCE: Final = 0.05


def detect(text: str) -> Detection:
    """Find out which encoding a name is in.

    Args:
        text: A name as it came: bytes of any of the encodings taken for Windows-1252 or Latin-1,
            VIQR in ASCII, or Unicode in any normal form.

    Returns:
        The encoding, the confidence and the text read in it. Nothing is cleaned but the normal
        form. A name in another language is ``UNICODE``, and so is what cannot be told or has more
        than :data:`MAX_FIELD_CHARS` characters.

    Spec: TCVN 5712:1993 VN3; VNI for Windows; RFC 1456; code page 1258; RFC 3629.
    """
    composed = compose(text)
    if len(text) > MAX_FIELD_CHARS or (text.isascii() and not viqr.MARKED.search(text)):
        return _as_it_stands(composed)
    if (repaired := _from_utf8(text)) is not None:
        return Detection(encoding=Encoding.UTF8, confidence=_UTF8_CONFIDENCE, text=repaired)
    if "\u00ad" in text and _BEYOND_LATIN1.search(composed):
        # No TCVN3, where it is the letter ư: a mere place to divide the word.
        seen = _as_it_stands(composed.replace("\u00ad", ""))
        return Detection(encoding=Encoding.UNICODE, confidence=seen.confidence, text=composed)
    is_right = is_vietnamese(composed) and "\u00ad" not in text
    questioned = QUESTIONED.keys() & set(words(composed.lower())[1:-1])
    if is_right and not questioned:
        return _as_it_stands(composed)
    found: dict[str, tuple[float, Encoding]] = {}  # by what it comes to: two may agree
    for encoding, decode in _LEGACY.items():
        decoded = decode(text)
        if decoded is None or decoded == composed:
            continue
        if encoding is Encoding.VIQR and not _VIQR_EVIDENCE.search(text):
            continue
        odds = odds_of(text, decoded)
        if is_right:
            small = words(decoded.lower())
            odds *= _QUESTIONED_ODDS * any(QUESTIONED[word] in small for word in questioned)
        if odds:
            found[decoded] = max(found.get(decoded, (0.0, encoding)), (odds, encoding))
    if not found and not is_right:
        found = _half_converted(composed)
    standing_odds = odds_as_it_stands(composed)
    total = standing_odds + sum(odds for odds, _ in found.values())
    for decoded, (odds, encoding) in found.items():
        if odds / total >= CONFIDENT:
            return Detection(encoding=encoding, confidence=odds / total, text=decoded)
    standing = _as_it_stands(composed)
    if not found and any(has_strange_word(composed, decode) for decode in _LEGACY.values()):
        total = standing_odds / _DAMAGED_CONFIDENCE
    return Detection(
        encoding=Encoding.UNICODE,
        confidence=min(standing_odds / total, standing.confidence),
        text=composed,
    )


def _half_converted(text: str) -> dict[str, tuple[float, Encoding]]:
    """The words that do not stand, read in each encoding beside those that do.

    Only where a letter shows that the rest is Vietnamese in Unicode, which no encoding becomes by
    accident; and not where look-alikes alone are in the way.
    """
    if not _BEYOND_LATIN1.search(text) or is_vietnamese(replace_lookalikes(text)):
        return {}
    found: dict[str, tuple[float, Encoding]] = {}
    for encoding, decode in _LEGACY.items():
        parts = _WORD_OR_SPACE.findall(text)
        read = [part if is_vietnamese(part) else decode(part) or "" for part in parts]
        changed = [(part, word) for part, word in zip(parts, read, strict=True) if part != word]
        if changed and encoding is not Encoding.VIQR and all(is_common(w) for _, w in changed):
            decoded = "".join(read)
            found[decoded] = (odds_of(text, decoded), encoding)
    return found


def decode_as(text: str, encoding: Encoding) -> str | None:
    """Read a text in a given encoding.

    Args:
        text: As for :func:`detect`.
        encoding: Any; ``UNICODE`` gives the text in normalisation form C.

    Returns:
        The text, or None where it cannot be in the encoding.
    """
    if encoding is Encoding.UNICODE:
        return compose(text)
    return utf8.decode(text) if encoding is Encoding.UTF8 else _LEGACY[encoding](text)


def _as_it_stands(text: str) -> Detection:
    is_damaged = _DAMAGED.search(text) or (_LOST_A.search(text) and not text.isupper())
    confidence = _DAMAGED_CONFIDENCE if is_damaged else 1.0
    return Detection(encoding=Encoding.UNICODE, confidence=confidence, text=text)


def _from_utf8(text: str) -> str | None:
    """Read as UTF-8, once or twice, what comes to a name; None where it does not."""
    once = utf8.decode(text)
    for decoded in (once, utf8.decode(once) if once else None):
        if decoded is not None and _NAME.fullmatch(decoded):
            return decoded
    if not _OF_UTF8.search(text):
        return None
    # The second byte of à is a no-break space to Windows-1252, and somebody tidied the spaces.
    decoded = utf8.decode(_LOST_SPACE.sub("Ã\u00a0", text))
    return decoded if decoded is not None and is_vietnamese(decoded) else None
