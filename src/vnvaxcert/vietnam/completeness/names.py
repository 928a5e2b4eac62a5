"""Names of a dose record: what a name may be written with, and its two parts.

A certificate has the family name apart from the given names; most sources have one field. Where a
source keeps them apart, that is taken. Else the first word is the family name and the rest the
given name, which is right for the order and the one-word family names that nearly all Vietnamese
names have, and a guess for all others (double family names, names of ethnic minorities, foreign
names). A name of one word is a family name alone: ICAO Doc 9303-3 has the whole name as the
primary identifier where it cannot be divided.

Spec: Công văn 9438/BYT-CNTT; DCC schema 1.3.3 ``nam``; ICAO Doc 9303-3 §3.4, §4.6.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from vnvaxcert.icao import MAX_DCC_NAME, alternatives
from vnvaxcert.vietnam.exchange import MAX_FIELD_CHARS, ExchangeRecord
from vnvaxcert.vietnam.reasons import Reason

_PUNCTUATION: Final = frozenset("'\u2019\u02bc-\u2010\u2011.")
"""What a word has besides letters: apostrophes (H'Hen), hyphens, and the stop of initials."""

# Letters of Viet Nam and of Western Europe, which Doc 9303-3 has forms for. A name of such words is
# done with at once; others are looked at letter by letter.
_LETTER: Final = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0137\u0139-\u017eƠơƯư\u1ea0-\u1ef9"
_WORD: Final = f"[{_LETTER}][{_LETTER}'.-]*"
_USUAL: Final = re.compile(f"{_WORD}(?: {_WORD})*")


class Name(NamedTuple):
    """A name in its two parts, NFC, words separated by one space.

    Attributes:
        family: Family name; the whole of a name that is not divided.
        given: Middle and given names; ``""`` where there is none.
    """

    family: str
    given: str


def full_name_of(record: ExchangeRecord) -> str:
    """The whole name, from its one field or from its two parts; ``""`` where none was entered."""
    full = record.full_name
    if full and not full.isspace():
        return full
    return f"{record.family_name} {record.given_name}".strip()


def check_name(record: ExchangeRecord) -> Reason | None:
    """Say what keeps a name from standing in a certificate.

    Args:
        record: A cleaned record.

    Returns:
        The first that applies of ``full_name.missing``, ``.too_long``, ``.characters`` (with the
        first such character's code point) and ``.parts``; None for a usable name.
    """
    full = full_name_of(record)
    if not full:
        return Reason(code="full_name.missing", field="full_name")
    if len(full) > MAX_FIELD_CHARS:
        return Reason(code="full_name.too_long", field="full_name")
    if _USUAL.fullmatch(full) is None:
        wrong = _wrong_character(unicodedata.normalize("NFC", full))
        if wrong is not None:
            return Reason(code="full_name.characters", field="full_name", detail=wrong)
    if record.family_name or record.given_name:
        parts = f"{record.family_name} {record.given_name}"
        if len(parts) > MAX_FIELD_CHARS or _folded(parts) != _folded(full):
            return Reason(code="full_name.parts", field="full_name")
    if len(full) > MAX_DCC_NAME and any(len(part) > MAX_DCC_NAME for part in split_name(record)):
        return Reason(code="full_name.too_long", field="full_name")
    return None


def split_name(record: ExchangeRecord) -> Name:
    """Divide a name that `check_name` found usable, or any of bounded length.

    Args:
        record: A cleaned record.

    Returns:
        The parts as the source has them, else the first word and the rest.
    """
    if record.family_name and record.given_name:
        return Name(_spaced(record.family_name), _spaced(record.given_name))
    if record.family_name or record.given_name:  # one alone is the whole name
        return Name(_spaced(full_name_of(record)), "")
    family, _, given = _spaced(full_name_of(record)).partition(" ")
    return Name(family, given)


def _spaced(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _folded(text: str) -> str:
    return _spaced(text).casefold()


def _wrong_character(name: str) -> str | None:
    """The first character of an NFC name that no name has, as a code point; None for none.

    A word without a letter is wrong too: one of the two parts could have nothing else in it.
    """
    for word in name.split(" "):
        is_letter_before = has_letter = False
        for character in word:
            if _is_letter(character):
                is_letter_before = has_letter = True
            elif character in _PUNCTUATION:
                is_letter_before = False
            elif not (
                # A mark that no composed letter has, as on the ê̆ of the Ê Đê.
                is_letter_before and unicodedata.combining(character) and alternatives(character)
            ):
                return f"U+{ord(character):04X}"
        if word and not has_letter:
            return "no letter"
    return None


def _is_letter(character: str) -> bool:
    """Whether it is a letter that Doc 9303-3 can write, as every name in a certificate must be."""
    if not unicodedata.category(character).startswith("L"):
        return False
    forms = alternatives(character)
    return bool(forms) and forms[0].isalpha()
