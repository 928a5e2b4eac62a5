"""A name as people entered it -> the name as a register writes it, every change reported.

In this order: the encoding; Unicode's normal form; letters that only look like Vietnamese ones;
what cannot be seen; spaces; capitals; the place of the tone. What is doubtful is left alone and
said to be so. Cleaning a cleaned name changes nothing.

Spec: Unicode normalisation form C; ICAO Doc 9303-3 for what Ð and Ɖ are taken for.
"""

from __future__ import annotations

import re
from typing import Final

from vnvaxcert.record import record
from vnvaxcert.vietnam.cleaning.detection import (
    QUESTIONED,
    Detection,
    Encoding,
    decode_as,
    detect,
)
from vnvaxcert.vietnam.cleaning.letters import SPECIFIC, compose
from vnvaxcert.vietnam.cleaning.lookalikes import replace_lookalikes
from vnvaxcert.vietnam.cleaning.spaces import remove_invisible, tidy_spaces, tidy_text
from vnvaxcert.vietnam.cleaning.syllables import is_unmarked, spell, standard_words
from vnvaxcert.vietnam.cleaning.tcvn3 import restore_capitals
from vnvaxcert.vietnam.exchange import MAX_FIELD_CHARS
from vnvaxcert.vietnam.reasons import Reason


@record(shown=())
class CleanedText:
    """A text after cleaning.

    Attributes:
        text: The cleaned text.
        changes: What was changed, in the order in which it was done; each with effect "repaired".
        doubts: Why it may still be wrong; ``full_name.doubtful`` is the only one.
    """

    text: str
    changes: tuple[Reason, ...] = ()
    doubts: tuple[Reason, ...] = ()


_ROUNDS: Final = 4  # what one round uncovers another may clean; no real name needs more than two

_PARTICLES: Final = frozenset(("van", "von", "de", "da", "di", "du", "la", "le", "bin", "do", "y"))
"""Small words within foreign names; where one stands small, capitals are left as they are."""

_WORD: Final = re.compile(r"[^\W\d_]+")
_NAME: Final = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f .'’\-])*")
"""Nothing but what names have: what has more is somebody else's to judge, and left as it is."""

_ONLY_VIETNAMESE: Final = re.compile(r"[^\x00-\x7féÉ]")
_KNOWN_CASE: Final = re.compile(r"[\x00-\u00ffĂăĐđĨĩŨũƠơƯưẠ-ỹ]*")
"""Letters whose capital and small form are a pair everywhere: I is not, in a Turkish name."""


def clean_name(text: str, *, field: str = "full_name") -> CleanedText:
    """Clean a name.

    Args:
        text: As it was entered; a name in full, or a part of it that stands alone.
        field: The field that the reasons name.

    Returns:
        The name, in normalisation form C, words separated by single spaces; its changes
        (``clean.*``) and its doubts. A name of more than :data:`MAX_FIELD_CHARS` characters comes
        back as it is.

    Spec: TCVN 5712:1993, VNI for Windows, RFC 1456, code page 1258; Unicode UAX #15.
    """
    if is_plainly_clean(text) or len(text) > MAX_FIELD_CHARS:
        return CleanedText(text=text)
    codes: dict[str, None] = {}  # in order, each once
    current, is_doubtful = text, False
    for _ in range(_ROUNDS):
        before = current
        found = detect(before)
        is_doubtful = found.is_doubtful
        if is_doubtful:
            break
        current = _tidy(_converted(before, found, codes), codes, is_vietnamese=None)
        if current == before:
            break
    else:  # it never settles: no name at all
        is_doubtful = True
    if is_doubtful:
        return CleanedText(text=text, doubts=(Reason(code="full_name.doubtful", field=field),))
    return CleanedText(text=current, changes=reasons(codes, field))


def clean_part(text: str, *, field: str, whole: str) -> CleanedText:
    """Clean a family name or a given name by what the full name shows.

    One word can be Vietnamese in two encodings where the full name is in one alone, and of ``Noé``
    nobody knows whether it is Nóe.

    Args:
        text: As it was entered.
        field: ``family_name`` or ``given_name``.
        whole: The full name, cleaned.

    Returns:
        As :func:`clean_name`, but where one of the ways of cleaning leads to the beginning or the
        end of ``whole`` that way is taken.
    """
    if is_part(text, whole):
        return CleanedText(text=text)
    codes: dict[str, None] = {}
    if is_part(tidied := tidy_text(text, codes), whole):
        return CleanedText(text=tidied, changes=reasons(codes, field))
    if len(text) > MAX_FIELD_CHARS:
        return CleanedText(text=text)
    alone = clean_name(text, field=field)
    for encoding in Encoding:  # Unicode first: Ð is taken for a look-alike before anything else
        if encoding is not Encoding.UNICODE and is_part(alone.text, whole):
            return alone
        codes = {}
        decoded = decode_as(text, encoding)
        if decoded is None:
            continue
        found = Detection(encoding=encoding, confidence=1.0, text=decoded)
        cleaned = _tidy(_converted(text, found, codes), codes, is_vietnamese=True)
        if is_part(cleaned, whole):
            return CleanedText(text=cleaned, changes=reasons(codes, field))
    return alone


def is_part(text: str, whole: str) -> bool:
    """Whether a name begins or ends with some words.

    Args:
        text: The words.
        whole: The name.
    """
    return f"{whole} ".startswith(f"{text} ") or f" {whole}".endswith(f" {text}")


def reasons(codes: dict[str, None], field: str) -> tuple[Reason, ...]:
    """A reason for each code, in order, all about one field."""
    return tuple(Reason(code=code, field=field) for code in codes)


def is_plainly_clean(text: str) -> bool:
    """Whether a name consists of Vietnamese syllables as the standard spells them.

    Args:
        text: A name.

    Returns:
        True for ``Nguyễn Thị Hòa``: nothing is left to clean. False says nothing.
    """
    words = text.split(" ")
    if not standard_words().issuperset(words):
        return False
    return QUESTIONED.keys().isdisjoint(map(str.lower, words[1:-1]))


def _converted(text: str, found: Detection, codes: dict[str, None]) -> str:
    """The text read in the encoding that was found; codes of what changes are added."""
    if found.encoding is Encoding.UNICODE:
        return text
    codes[f"clean.{found.encoding}"] = None
    if found.encoding is not Encoding.TCVN3:
        return found.text
    return _noted(found.text, restore_capitals(found.text), "clean.capitals", codes)


def _tidy(text: str, codes: dict[str, None], *, is_vietnamese: bool | None) -> str:
    """All that follows the encoding. ``is_vietnamese``: None to find out."""
    text = _noted(text, compose(text), "clean.normal_form", codes)
    text = _noted(
        text, replace_lookalikes(text, is_latin=bool(is_vietnamese)), "clean.lookalike", codes
    )
    text = _noted(text, remove_invisible(text), "clean.invisible", codes)
    text = _noted(text, tidy_spaces(text), "clean.spaces", codes)
    if is_vietnamese is None:
        is_vietnamese = _is_all_vietnamese(_WORD.findall(text))
    text = _noted(text, _set_case(text, is_vietnamese), "clean.case", codes)
    if is_vietnamese and _NAME.fullmatch(text):
        text = _noted(text, _place_tones(text), "clean.tone_placement", codes)
    return text


def _noted(before: str, after: str, code: str, codes: dict[str, None]) -> str:
    if before != after:
        codes[code] = None
    return after


def _is_all_vietnamese(words: list[str]) -> bool:
    """Whether every word is a syllable and a letter shows that it is Vietnamese.

    One word with é alone may as well be French or Spanish: Noé, Chloé.
    """
    text = "".join(words)
    if SPECIFIC.isdisjoint(text) or (len(words) == 1 and not _ONLY_VIETNAMESE.search(text)):
        return False
    small = [word.lower() for word in words]
    return all(spell(word) is not None or is_unmarked(word) for word in small)


def _set_case(text: str, is_vietnamese: bool) -> str:
    """Begin each word of an all-capital or all-small name, or of a Vietnamese one, with a capital.

    Names in mixed case are somebody's choice (``McDonald``, ``Y Blôk``, ``van Gogh``) unless every
    word is a Vietnamese syllable, which has only one way; but for ``Tê-rê-sa``, which has two.
    """
    if not _NAME.fullmatch(text):
        return text
    words = _WORD.findall(text)
    is_even = text in (text.upper(), text.lower()) and len(text) > 1
    if is_even and not _KNOWN_CASE.fullmatch(text):
        return text
    if is_even or (is_vietnamese and "-" not in text and _PARTICLES.isdisjoint(words)):
        return _WORD.sub(lambda word: _capitalised(word.group()), text)
    return text


def _capitalised(word: str) -> str:
    return word[0].upper() + word[1:].lower()


def _place_tones(text: str) -> str:
    return _WORD.sub(lambda word: _with_tone_placed(word.group()), text)


def _with_tone_placed(word: str) -> str:
    standard = spell(word.lower())
    if standard is None or len(standard) != len(word):
        return word
    return "".join(
        letter.upper() if shown.isupper() else letter
        for letter, shown in zip(standard, word, strict=True)
    )
