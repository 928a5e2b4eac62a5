"""A name as people entered it -> the name as a register writes it, every change reported.

In this order: the encoding; Unicode's normal form; letters that only look like Vietnamese ones;
what cannot be seen; spaces; capitals; the place of the tone. What is doubtful is left alone and
said to be so. Cleaning a cleaned name changes nothing.

Spec: Unicode normalisation form C; ICAO Doc 9303-3 for what Ð and Ɖ are taken for.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from vnvaxcert.record import record
from vnvaxcert.vietnam.cleaning.detection import Encoding, detect
from vnvaxcert.vietnam.cleaning.letters import SPECIFIC, SPLIT
from vnvaxcert.vietnam.cleaning.lookalikes import replace_lookalikes
from vnvaxcert.vietnam.cleaning.spaces import remove_invisible, tidy_spaces
from vnvaxcert.vietnam.cleaning.syllables import is_unmarked, spell
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


def clean_name(text: str, *, field: str = "full_name") -> CleanedText:
    """Clean a name.

    Args:
        text: As it was entered; a name in full or a part of it.
        field: The field that the reasons name.

    Returns:
        The name, in normalisation form C, words separated by single spaces; its changes
        (``clean.*``) and its doubts. A name of more than :data:`MAX_FIELD_CHARS` characters comes
        back as it is.

    Spec: facts of the module; TCVN 5712, VNI, RFC 1456, code page 1258.
    """
    if is_plainly_clean(text) or len(text) > MAX_FIELD_CHARS:
        return CleanedText(text=text)
    codes: dict[str, None] = {}  # in order, each once
    current, is_doubtful = text, False
    for _ in range(_ROUNDS):
        cleaned, is_doubtful = _clean_once(current, codes)
        if cleaned == current:
            break
        current = cleaned
    else:  # it never settles: no name at all
        current, is_doubtful = text, True
        codes = {}
    doubts = (Reason(code="full_name.doubtful", field=field),) if is_doubtful else ()
    changes = tuple(Reason(code=code, field=field) for code in codes)
    return CleanedText(text=current, changes=changes, doubts=doubts)


def is_plainly_clean(text: str) -> bool:
    """Whether a name consists of Vietnamese syllables as the standard spells them.

    Args:
        text: A name.

    Returns:
        True for ``Nguyễn Thị Hòa``: nothing is left to clean. False says nothing.
    """
    for word in text.split(" "):
        small = word[:1].lower() + word[1:]
        if small == word or spell(small) != small:
            return False
    return True


def _clean_once(text: str, codes: dict[str, None]) -> tuple[str, bool]:
    """One round; the codes of what it changed are added to ``codes``."""

    def note(before: str, after: str, code: str) -> str:
        if before != after:
            codes[code] = None
        return after

    found = detect(text)
    if found.encoding is not Encoding.UNICODE:
        text = note(text, found.text, f"clean.{found.encoding}")
        if found.encoding is Encoding.TCVN3:
            text = note(text, _restore_capitals(text), "clean.capitals")
    elif found.is_doubtful:
        return text, True
    text = note(text, unicodedata.normalize("NFC", text), "clean.normal_form")
    text = note(text, replace_lookalikes(text), "clean.lookalike")
    text = note(text, remove_invisible(text), "clean.invisible")
    text = note(text, tidy_spaces(text), "clean.spaces")
    text = note(text, _set_case(text), "clean.case")
    return note(text, _place_tones(text), "clean.tone_placement"), False


def _restore_capitals(text: str) -> str:
    """Make capitals of the small letters that TCVN3 has no capital for.

    ``NGUYễN`` was drawn in a font of capitals; a word that starts with such a letter in a name
    whose other words start with capitals (``Hoàng ứng``) lost its first one.
    """
    with_capital = [letter for letter in text if letter.isupper()]
    if not with_capital:
        return text  # all small: no letter says that there were capitals
    without = [letter for letter in text if letter.islower() and not _has_capital(letter)]
    small = [letter for letter in text if letter.islower()]
    if len(without) == len(small) and len(with_capital) > 1:
        return text.upper()
    return " ".join(
        word[0].upper() + word[1:] if word and not _has_capital(word[0]) else word
        for word in text.split(" ")
    )


def _has_capital(letter: str) -> bool:
    """Whether TCVN3 has the capital of a letter: it bears no tone."""
    return not SPLIT.get(letter.lower(), ("", 0))[1]


def _set_case(text: str) -> str:
    """Begin each word of an all-capital or all-small name, or of a Vietnamese one, with a capital.

    Names in mixed case are somebody's choice (``McDonald``, ``Y Blôk``, ``van Gogh``) unless every
    word is a Vietnamese syllable, which has only one way.
    """
    words = _WORD.findall(text)
    is_even = text in (text.upper(), text.lower()) and sum(map(len, words)) > 1
    if is_even or (_is_all_vietnamese(words) and not _PARTICLES.intersection(words)):
        return _WORD.sub(lambda word: _capitalised(word.group()), text)
    return text


def _capitalised(word: str) -> str:
    return word[0].upper() + word[1:].lower()


def _is_all_vietnamese(words: list[str]) -> bool:
    if SPECIFIC.isdisjoint("".join(words)):
        return False  # nothing tells an unmarked Vietnamese name from another
    small = [word.lower() for word in words]
    return all(spell(word) is not None or is_unmarked(word) for word in small)


def _place_tones(text: str) -> str:
    return _WORD.sub(lambda word: _with_tone_placed(word.group()), text)


def _with_tone_placed(word: str) -> str:
    small = word.lower()
    standard = spell(small)
    if standard is None or standard == small or len(standard) != len(word):
        return word
    return "".join(
        letter.upper() if shown.isupper() else letter
        for letter, shown in zip(standard, word, strict=True)
    )
