"""ICAO Doc 9303-3, sections 4.6 and 6: a name as machine-readable text.

The standardised names of a DCC (``fnt``, ``gnt``) follow these rules, without the filling
and the double ``<<`` of a passport's machine-readable zone. For each character of the NFC
form of the name, the first rule that fits decides:

1. A to Z and ``<`` stay; a small letter goes as its capital;
2. a capital of table 6.A gives that row's form (:mod:`vnvaxcert.icao.table`), and a
   look-alike of Đ gives ``D``;
3. a letter that Unicode composes of a letter and a mark goes as the letter without it.
   The table stops at 20 of the 67 Vietnamese letters; section 4.3, which admits no
   diacritical mark, decides for the rest (ễ, ơ, ư, ...);
4. spaces, hyphens and commas separate, apostrophes and any other punctuation vanish
   (section 4.6), and so do combining marks, unless they are letters over others;
5. all else is refused: digits (section 4.6), other scripts, symbols, control and invisible
   characters. A name is never shortened by leaving out what could not be read.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from vnvaxcert.errors import TransliterationError
from vnvaxcert.icao.table import LOOK_ALIKES, TABLE_6A

MAX_DCC_NAME: Final = 80
"""Characters of ``fnt`` or ``gnt``: ``maxLength`` of the DCC schema from 1.3.0 on."""

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_REPERTOIRE: Final = _LETTERS + "<"

_SEPARATED: Final = ("<",)
_REMOVED: Final = ("",)

# Apostrophes as people and programs write them. Most are letters or symbols to Unicode, not
# punctuation, so the rule for punctuation would miss them.
_APOSTROPHES: Final = frozenset(
    "'`"
    "\u00b4"  # acute accent
    "\u02b9\u02bb\u02bc\u02bd\u02c8"  # modifier letters
    "\u2018\u2019\u201b"  # single quotation marks
    "\u2032"  # prime
    "\uff07"  # fullwidth apostrophe
)

# Sorting the marks of one letter is quadratic in their number inside NFC. Short names need no
# guard; in longer ones no letter may carry more marks than Unicode's Stream-Safe Text Format
# (UAX #15, section 13) allows, which is far beyond any language.
_UNGUARDED_CHARACTERS: Final = 512
_MAX_MARKS: Final = 30

# Code points whose form is kept once computed: Latin, combining marks and the punctuation of
# names lie below. The bound is on memory, whatever text comes in.
_KEPT_BELOW: Final = 0x2100


def alternatives(character: str) -> tuple[str, ...]:
    """Return every form that Doc 9303-3 allows for one character, the default first.

    Args:
        character: One character, of a name in NFC.

    Returns:
        Forms over ``A`` to ``Z``; ``("<",)`` for a separator, ``("",)`` for what is left out,
        ``()`` for a character that has no form and must be refused.

    Spec: ICAO Doc 9303-3 §4.6, §6 table A.
    """
    if character in _REPERTOIRE:
        return (character,)
    capital = character.upper()
    if capital != character:
        return _joined(capital)
    code_point = ord(character)
    row = TABLE_6A.get(LOOK_ALIKES.get(code_point, code_point))
    if row is not None:
        return row
    if character in _APOSTROPHES:
        return _REMOVED
    category = unicodedata.category(character)
    if character == "," or category in ("Zs", "Pd"):
        return _SEPARATED
    if category[0] == "P":
        return _REMOVED
    if unicodedata.combining(character):
        # Letters over others, as in old prints (u with a small e), are no mere marks.
        return () if " LETTER " in unicodedata.name(character, "") else _REMOVED
    composed_of = unicodedata.decomposition(character)
    if composed_of and composed_of[0] != "<":  # "<...>" marks a mere compatibility form
        parts = [chr(int(part, 16)) for part in composed_of.split()]
        if all(unicodedata.combining(part) for part in parts[1:]):
            return alternatives(parts[0])
    return ()


def _joined(capitals: str) -> tuple[str, ...]:
    """Give the forms of a small letter's capitals; there can be several (``ŉ`` is ``ʼN``)."""
    forms: tuple[str, ...] = ("",)
    for capital in capitals:
        # A capital that is still not upper-case has no case to lose: stop here.
        more = alternatives(capital) if capital.upper() == capital else ()
        forms = tuple(form + one for form in forms for one in more)
    return forms


class _Forms(dict[int, str]):
    """What ``str.translate`` asks: code point -> default form, filled as characters come."""

    def __missing__(self, code_point: int) -> str:
        forms = alternatives(chr(code_point))
        if not forms:
            raise KeyError(code_point)  # tells str.translate to leave the character
        if code_point < _KEPT_BELOW:
            self[code_point] = forms[0]
        return forms[0]


_FORMS: Final = _Forms()


def transliterate(name: str) -> str:
    """Write a name, or one part of it, with the letters of a machine-readable zone.

    The NFC and the NFD form of a name give one result, and so does the result itself.

    Args:
        name: Family name or given names as the holder writes them, in any Unicode form.

    Returns:
        Components of ``A`` to ``Z`` joined by one ``<``, with none at either end, of whatever
        length: ``"Đặng Thị Hường"`` gives ``"DANG<THI<HUONG"``. Empty when nothing but
        separators and punctuation was given.

    Raises:
        TransliterationError: a character has no form; ``offset`` is its place in the NFC form.

    Spec: ICAO Doc 9303-3 §4.3, §4.6, §6 table A.
    """
    if len(name) > _UNGUARDED_CHARACTERS:
        _refuse_piles_of_marks(name)
    composed = unicodedata.normalize("NFC", name)
    text = "<".join(filter(None, composed.translate(_FORMS).split("<")))
    if text.strip(_REPERTOIRE):
        offset = next(i for i, character in enumerate(composed) if not alternatives(character))
        raise TransliterationError(composed[offset], offset)
    return text


def _refuse_piles_of_marks(name: str) -> None:
    marks = 0
    for offset, character in enumerate(name):
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MAX_MARKS:
            raise TransliterationError(character, offset)


def truncate(text: str, limit: int = MAX_DCC_NAME) -> str:
    """Cut transliterated text to a field's length, only if it overflows.

    Args:
        text: What :func:`transliterate` gave.
        limit: Characters of the field, at least 1.

    Returns:
        ``text`` itself if it fits, else its beginning, ending in a letter. As Doc 9303-4 warns,
        a name that fills its field exactly may have been cut by somebody else.

    Raises:
        ValueError: ``limit`` is below 1.

    Spec: ICAO Doc 9303-3 §4.6 (no truncation unless the field overflows).
    """
    if limit < 1:
        raise ValueError("a name field holds at least one character")
    return text if len(text) <= limit else text[:limit].rstrip("<")


def to_icao(name: str) -> str:
    """Give the standardised form of a name for ``fnt`` or ``gnt`` of a DCC.

    The same as :func:`transliterate`, cut by :func:`truncate` to the 80 characters that the
    schema allows; compare the lengths of both to learn whether anything was cut.

    Args:
        name: ``fn`` or ``gn``: the name as the holder writes it, in any Unicode form.

    Returns:
        Text that matches ``^[A-Z<]*$``, at most 80 characters: ``"Bảo Duy"`` gives
        ``"BAO<DUY"``.

    Raises:
        TransliterationError: a character has no form; ``offset`` is its place in the NFC form.

    Spec: ICAO Doc 9303-3 §4.6 and §6; DCC schema 1.3.3, ``person_name``.
    """
    return truncate(transliterate(name))
