"""Which encoding a name is in, with what confidence.

A text is taken for a legacy one when it is no Vietnamese name as it stands, and each of its words
becomes one Vietnamese syllable when it is read in that encoding. How far that may be an accident
is counted word by word, and the odds are multiplied:

| what the word shows as it stands | odds for the encoding |
|---|---|
| a character that no name has (``µ``, ``^``), a capital after a small letter (``NguyÔn``) | 1000 |
| it becomes one of the words that most names have (Nguyễn, Thị) | 200 |
| two vowels with marks or a mark on the second (``Höông``, ``Leâ``) | 30 |
| Ñ at its start, or þ or ð | 15 |
| anything else: a letter that other languages have too (``Jörg``) | 0.6 |

A word that most names have counts three times more, one with a rare rhyme a tenth; and an
unchanged word of the first kind speaks three times more for a Vietnamese name. From the odds of
all encodings against "right as it stands" follow the confidences, which sum up to 1.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from vnvaxcert.record import record
from vnvaxcert.vietnam.cleaning import tcvn3, utf8, viqr, vni, windows1258
from vnvaxcert.vietnam.cleaning.syllables import has_rare_rhyme, is_unmarked, spell

MIN_CONFIDENCE: Final = 0.95
"""From here on a text is converted."""

DOUBT: Final = 0.5
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
        encoding: ``UNICODE`` where no other one reaches :data:`MIN_CONFIDENCE`.
        confidence: In ``encoding``, 0 to 1. ``UNICODE`` below one half: damaged, or two encodings
            fit; it is better left alone and looked at.
        text: Read in ``encoding``, in normalisation form C.
    """

    encoding: Encoding
    confidence: float
    text: str

    @property
    def is_doubtful(self) -> bool:
        """Whether the text may well be in another encoding than the one it was left in."""
        return self.encoding is Encoding.UNICODE and self.confidence < DOUBT


_LEGACY: Final[dict[Encoding, Callable[[str], str | None]]] = {
    Encoding.TCVN3: tcvn3.decode,
    Encoding.VNI: vni.decode,
    Encoding.WINDOWS1258: windows1258.decode,
    Encoding.VIQR: viqr.decode,
}

_FAMILIAR: Final = frozenset(
    {
        *("nguyễn", "trần", "lê", "phạm", "hoàng", "huỳnh", "phan", "vũ", "võ", "đặng", "bùi"),
        *("đỗ", "hồ", "ngô", "dương", "lý", "đinh", "đoàn", "lâm", "trịnh", "mai", "đào"),
        *("trương", "cao", "tô", "tạ", "lương", "thái", "châu", "phùng", "vương", "hà"),
        *("văn", "thị", "hữu", "đức", "minh", "ngọc"),
    }
)
"""The commonest family names, and the words that stand in most names."""

_WORDS: Final = re.compile(r"[ \-]+")

_NO_LETTER: Final = re.compile(r"[\u0080-\u009f¡-©«-´¶-¹»-¿µªº×÷^(+~`*…†‡‰‹›€™\u00ad\ufffd]")
_CAPITAL_INSIDE: Final = re.compile(r"[a-zß-öø-ÿ][À-ÖØ-Þ]")
_MARKED_VOWELS: Final = re.compile(r"(?i)[aeiouyà-öø-ÿ][à-öø-ÿ](?<![çñðþ])")
_FEW_LANGUAGES: Final = re.compile(r"(?i)\b(?:ñ|dd)|[þð]")
_MARK_INSIDE: Final = re.compile(r"[aeiouyAEIOUY][.'?][a-z]")

_VIQR_EVIDENCE: Final = re.compile(r"[(^+~`'.*]|(?i:dd)")
"""A question mark alone stands for any letter that was lost: ``Nguy?n`` is not Nguỷn."""

_LOST_SPACE: Final = re.compile(r"Ã (?=[a-z])|Ã(?= |$)")

_DAMAGED: Final = re.compile(
    # no name has these: control characters, what stands for lost ones, symbols of Latin-1
    r"[\u0080-\u009f\ufffd¡-©«-´¶¸¹»-¿µ×÷]|(?<!M)ª|\w\?\w|á[»º]|[ÃÂ][\u2018-\u203a€]"
)
_LETTER: Final = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ\u0300-\u036f"
_NAME: Final = re.compile(rf"[{_LETTER}]+(?:[ '’.\-]+[{_LETTER}]+)*[ .]*")
_DAMAGED_CONFIDENCE: Final = 0.05


def detect(text: str) -> Detection:
    """Find out which encoding a name is in.

    Args:
        text: A name as it came: bytes of any of the encodings taken for Windows-1252 or Latin-1,
            VIQR in ASCII, or Unicode in any normal form.

    Returns:
        The encoding, the confidence and the text read in it. Nothing is cleaned but the normal
        form. A name in another language is ``UNICODE``, and so is what cannot be told.

    Spec: TCVN 5712:1993 VN3; VNI for Windows; RFC 1456; code page 1258; RFC 3629.
    """
    composed = unicodedata.normalize("NFC", text)
    if text.isascii() and not viqr.MARKED.search(text):
        return _as_it_stands(composed)
    if (repaired := _from_utf8(text)) is not None:
        return Detection(encoding=Encoding.UTF8, confidence=0.999, text=repaired)
    if _is_vietnamese(composed) and "\u00ad" not in text:
        return Detection(encoding=Encoding.UNICODE, confidence=1.0, text=composed)
    odds: dict[Encoding, float] = {}
    texts: dict[Encoding, str] = {}
    for encoding, decode in _LEGACY.items():
        decoded = decode(text)
        if decoded is not None and decoded != composed:
            if encoding is Encoding.VIQR and not _VIQR_EVIDENCE.search(text):
                continue
            weight = _odds(_WORDS.split(text), _WORDS.split(decoded))
            if weight:
                odds[encoding], texts[encoding] = weight, decoded
    total = 1 + sum({texts[encoding]: weight for encoding, weight in odds.items()}.values())
    best = max(odds, key=lambda encoding: odds[encoding], default=Encoding.UNICODE)
    if odds and odds[best] / total >= MIN_CONFIDENCE:
        return Detection(encoding=best, confidence=odds[best] / total, text=texts[best])
    if not odds and _is_partly_legacy(composed):
        total = 1 / _DAMAGED_CONFIDENCE
    standing = _as_it_stands(composed)
    return Detection(
        encoding=Encoding.UNICODE, confidence=min(1 / total, standing.confidence), text=composed
    )


def _as_it_stands(text: str) -> Detection:
    confidence = _DAMAGED_CONFIDENCE if _DAMAGED.search(text) else 1.0
    return Detection(encoding=Encoding.UNICODE, confidence=confidence, text=text)


def _is_vietnamese(text: str) -> bool:
    """Whether each word is a syllable, with its marks or without any."""
    return all(_is_syllable(word) or is_unmarked(word.lower()) for word in _words(text))


def _is_syllable(word: str) -> bool:
    return spell(word.lower()) is not None


def _words(text: str) -> list[str]:
    return [word for word in _WORDS.split(text) if word]


def _odds(shown: list[str], decoded: list[str]) -> float:
    """The odds that words are in an encoding, 0 where one of them becomes no syllable."""
    if len(shown) != len(decoded):
        return 0.0
    odds, is_familiar = 1.0, False
    ethnic = shown[0].upper() in ("Y", "A")  # Y Ñam: a letter of Êđê, no VNI
    for before, after in zip(shown, decoded, strict=True):
        if not after:
            continue
        small = after.lower()
        if spell(small) is None:
            return 0.0
        if before == after:
            is_familiar |= small in _FAMILIAR
            continue
        odds *= max(_evidence(before, ethnic), 200 if small in _FAMILIAR else 0)
        odds *= 3 if small in _FAMILIAR else 0.1 if has_rare_rhyme(small) else 1
    return odds * (3 if is_familiar else 1)


def _evidence(word: str, ethnic: bool) -> float:
    """How much rather a word is in a legacy encoding than right as it stands."""
    if _NO_LETTER.search(word) or _CAPITAL_INSIDE.search(word) or _MARK_INSIDE.search(word):
        return 1000
    if _MARKED_VOWELS.search(word):
        return 30
    if _FEW_LANGUAGES.search(word) and not ethnic:
        return 15
    return 0.6


def _is_partly_legacy(text: str) -> bool:
    """Whether a word is plainly in a legacy encoding while the name as a whole is not."""
    for word in _words(text):
        if word.isascii() or _is_syllable(word) or _evidence(word, ethnic=False) < 1000:
            continue
        for decode in _LEGACY.values():
            decoded = decode(word)
            if decoded is not None and _is_syllable(decoded):
                return True
    return False


def _from_utf8(text: str) -> str | None:
    """Read as UTF-8, once or twice, what comes to a name; None where it does not."""
    found = None
    for _ in range(2):
        decoded = utf8.decode(text)
        if decoded is None or not _NAME.fullmatch(decoded):
            break
        found = text = decoded
    if found is not None:
        return found
    # The second byte of à is a no-break space to Windows-1252, and somebody tidied the spaces.
    restored = _LOST_SPACE.sub("Ã\u00a0", text)
    decoded = utf8.decode(restored) if restored != text else None
    return decoded if decoded is not None and _is_vietnamese(decoded) else None
