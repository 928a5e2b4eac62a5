"""Whether a passport and a certificate name the same person, by the rules of Doc 9303.

Two issuers may write one name differently and both be right: table 6.A offers a choice for five
letters (``MUELLER``, ``MULLER`` and ``MUXXLLER`` are all ``Müller``), a name too long for its field
may be cut in several ways (Doc 9303-4, section 4.2.3), and where the family name ends is for the
state to decide (Doc 9303-3, section 3.4). The comparison allows for just that and says what it
allowed for. It does not guess: words in another order, left out or spelt otherwise do not agree.

What the alternatives of a letter may be depends on what is known. When the certificate has the
name in national letters (``fn``, ``gn``), only these have alternatives. When not, every place that
could come from one of the five letters has: ``MICHAEL`` and ``MICHAL`` then agree, as forms of
``MICHÄL``. That is why such an agreement has a name of its own.

Work is bounded whatever the names hold: places are compared one after the other and alternatives
never multiplied out, each letter of the passport's 39 can be reached once from each place of a
word, and a certificate's name of more than 512 characters agrees with none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, TypeAlias

from vnvaxcert.errors import TransliterationError
from vnvaxcert.icao.fields import MRZ_NAME_LENGTH, SEAL_NAME_LENGTH
from vnvaxcert.icao.names import alternatives, transliterate
from vnvaxcert.icao.table import TABLE_6A
from vnvaxcert.record import record

# A letter at the end of these fields may stand for more: fnt and gnt of the DCC schemas (50
# characters before 1.3.0), n of a seal.
_FULL_DCC_NAMES: Final = (50, 80)
_FULL_SEAL_PRIMARY: Final = 31  # Australia's issuer cuts the first part of n at 31 of 39

_MAX_COMPARED: Final = 512  # characters; six times what a schema allows

# The first line of a passport or visa: its kind in two characters, the state in three, the name.
_LINE_LENGTH: Final = 44
_KINDS: Final = ("P", "V")
_NAME_IN_LINE: Final = 5


class NameAgreement(StrEnum):
    """How far two names agree, the best first."""

    MATCH = "match"
    ALTERNATIVE = "alternative match"
    TRUNCATED = "truncated match"
    NONE = "no match"


class NameDifference(StrEnum):
    """What had to be allowed for."""

    LETTERS = "letters"  # another form of table 6.A
    DIVISION = "division"  # the family name ends at another word
    TRUNCATION = "truncation"  # a full field goes on in the other name


@record()
class NameComparison:
    """What a comparison found.

    Attributes:
        agreement: The verdict. ``TRUNCATED`` when anything was left out on one side, else
            ``ALTERNATIVE`` when anything else differs, else ``MATCH``.
        differences: What was allowed for; empty for ``MATCH`` and for ``NONE``.
        is_field_full: Whether the name fills the passport's field to its last position. Such a
            name may go on where nobody can see it, even if it matches (Doc 9303-4 §4.2.3).
    """

    agreement: NameAgreement
    differences: frozenset[NameDifference]
    is_field_full: bool


# For each place in a word: where a step from there ends, and the forms that fit in between.
_Steps: TypeAlias = tuple[tuple[tuple[int, tuple[str, ...]], ...], ...]


@record(shown=())
class _Word:
    text: str
    steps: _Steps


@record(shown=())
class _Part:
    words: tuple[_Word, ...]
    may_go_on: bool
    is_own: bool  # the certificate's own transliteration


_Found: TypeAlias = frozenset[NameDifference]
_NOTHING: Final[_Found] = frozenset()
_CUT: Final[_Found] = frozenset({NameDifference.TRUNCATION})


def compare_with_dcc(
    passport: str,
    family_name_icao: str | None,
    given_name_icao: str | None,
    *,
    family_name: str | None = None,
    given_name: str | None = None,
    field_length: int = MRZ_NAME_LENGTH,
) -> NameComparison:
    """Compare the name in a passport's machine-readable zone with that of a DCC.

    Args:
        passport: The name field, fillers at its end or not: ``"NGUYEN<<THI<DAO<<<<"``. The whole
            first line of a passport, 44 characters, is understood too.
        family_name_icao: ``fnt``; None or empty when there is none.
        given_name_icao: ``gnt``; likewise.
        family_name: ``fn``, in national letters: narrows the alternatives to letters that have any.
        given_name: ``gn``; likewise.
        field_length: Characters of the name field: 39 in a passport, 30 or 31 on a card.

    Returns:
        The verdict. A name without a letter on either side matches nothing.

    Raises:
        TransliterationError: ``passport``, ``family_name_icao`` or ``given_name_icao`` holds a
            character that no such field can hold. (``family_name`` and ``given_name`` in another
            script than Latin are allowed: their own forms are then the only ones.)
        ValueError: ``passport`` is longer than its field.

    Spec: ICAO Doc 9303-3 §3.4, §4.6, §6; 9303-4 §4.2.3.
    """
    shown = _Passport(passport, field_length)
    given = (family_name_icao, given_name_icao, family_name, given_name)
    if sum(len(one) for one in given if one) > _MAX_COMPARED:
        return shown.verdict(None)
    found = None
    for primary in _parts(family_name_icao, family_name):
        for secondary in _parts(given_name_icao, given_name):
            one = shown.compare(primary, secondary)
            if one is not None and not (primary.is_own and secondary.is_own):
                one |= {NameDifference.LETTERS}
            found = _better(found, one)
    return shown.verdict(found)


def compare_with_seal(
    passport: str, name: str, *, field_length: int = MRZ_NAME_LENGTH
) -> NameComparison:
    """Compare the name in a passport's machine-readable zone with that of a VDS-NC seal.

    Args:
        passport: As for :func:`compare_with_dcc`.
        name: ``pid.n``. Two spaces end the family name; where there are none (Japan's seals), the
            name is compared as one row of words, wherever the passport divides it.
        field_length: As for :func:`compare_with_dcc`.

    Returns:
        The verdict.

    Raises:
        TransliterationError: ``passport`` or ``name`` holds a character that has no form.
        ValueError: ``passport`` is longer than its field.

    Spec: ICAO Doc 9303-3 §3.4, §4.6, §6; 9303-4 §4.2.3; VDS-NC ``pid.n``.
    """
    shown = _Passport(passport, field_length)
    if len(name) > _MAX_COMPARED:
        return shown.verdict(None)
    primary, secondary = _divided(name)
    length = len(primary) + (len("<<") + len(secondary) if secondary else 0)
    is_full = length >= SEAL_NAME_LENGTH or len(primary) == _FULL_SEAL_PRIMARY
    parts = [
        _Part(words=_inferred(text), may_go_on=is_full, is_own=True)
        for text in (primary, secondary)
    ]
    if secondary:
        return shown.verdict(shown.compare(*parts))
    return shown.verdict(shown.compare_undivided(parts[0]))


class _Passport:
    """The name of a passport, and the comparison with parts of another."""

    def __init__(self, text: str, field_length: int) -> None:
        is_line = len(text) == _LINE_LENGTH and text.startswith(_KINDS)
        if is_line and field_length == MRZ_NAME_LENGTH:
            text = text[_NAME_IN_LINE:]
        filled = text.rstrip("< ")
        if len(filled) > field_length:
            raise ValueError(f"a name field of {field_length} characters cannot hold the name")
        primary, secondary = _divided(filled)
        self.primary = tuple(filter(None, primary.split("<")))
        self.secondary = tuple(filter(None, secondary.split("<")))
        self.is_full = len(filled) == field_length

    def compare(self, primary: _Part, secondary: _Part) -> _Found | None:
        """What differs from a name in two parts; None if it is another name."""
        first = self._words(self.primary, primary.words, primary.may_go_on)
        second = self._words(self.secondary, secondary.words, secondary.may_go_on)
        if first is not None and second is not None:
            return first | second
        row = self._words(
            self.primary + self.secondary,
            primary.words + secondary.words,
            primary.may_go_on or secondary.may_go_on,
        )
        return None if row is None else row | {NameDifference.DIVISION}

    def compare_undivided(self, whole: _Part) -> _Found | None:
        """What differs from a name of which nobody says where the family name ends."""
        found = self._words(self.primary + self.secondary, whole.words, whole.may_go_on)
        if found is not None or not (self.is_full and self.secondary):
            return found
        # Words may be missing at the end of the primary identifier, which may be anywhere.
        for end in range(len(self.primary), len(whole.words)):
            first = self._words(self.primary, whole.words[:end], False)
            second = self._words(self.secondary, whole.words[end:], whole.may_go_on)
            if first is not None and second is not None:
                return first | second
        return None

    def verdict(self, found: _Found | None) -> NameComparison:
        if found is None or not self.primary + self.secondary:
            agreement, found = NameAgreement.NONE, _NOTHING
        elif NameDifference.TRUNCATION in found:
            agreement = NameAgreement.TRUNCATED
        else:
            agreement = NameAgreement.ALTERNATIVE if found else NameAgreement.MATCH
        return NameComparison(agreement=agreement, differences=found, is_field_full=self.is_full)

    def _words(
        self, mine: tuple[str, ...], theirs: tuple[_Word, ...], may_go_on: bool
    ) -> _Found | None:
        found = _NOTHING
        if len(mine) != len(theirs):
            if not (self.is_full if len(mine) < len(theirs) else may_go_on):
                return None
            found = _CUT
        for text, word in zip(mine, theirs, strict=False):
            one = _compare(text, word, self.is_full, may_go_on)
            if one is None:
                return None
            found |= one
        return found


def _compare(text: str, word: _Word, is_full: bool, may_go_on: bool) -> _Found | None:
    """Compare two words; ``is_full`` and ``may_go_on`` tell which of them may have been cut."""
    if text == word.text:
        return _NOTHING
    if (is_full and word.text.startswith(text)) or (may_go_on and text.startswith(word.text)):
        best: _Found | None = _CUT
    else:
        best = None
    end = len(word.steps)
    reached = {(0, 0)}
    waiting = [(0, 0)]
    while waiting:
        at, place = waiting.pop()
        if place == end:
            if at == len(text):
                return frozenset({NameDifference.LETTERS})
            if may_go_on:
                best = best or _CUT | {NameDifference.LETTERS}
            continue
        if at == len(text):
            if is_full:
                best = best or _CUT | {NameDifference.LETTERS}
            continue
        for following, forms in word.steps[place]:
            for form in forms:
                state = (at + len(form), following)
                if text.startswith(form, at) and state not in reached:
                    reached.add(state)
                    waiting.append(state)
    return best


def _better(one: _Found | None, other: _Found | None) -> _Found | None:
    """The one that had less to allow for; to leave something out counts most."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other, key=lambda found: (NameDifference.TRUNCATION in found, len(found)))


def _divided(name: str) -> tuple[str, str]:
    """The two parts of a name in one field, transliterated; fillers may be spaces."""
    transliterate(name)  # refuses what cannot stand in a name, with its place in the whole
    primary, _, secondary = name.strip("< ").replace(" ", "<").partition("<<")
    return transliterate(primary), transliterate(secondary)


def _parts(icao: str | None, national: str | None) -> Iterable[_Part]:
    """The ways in which a part of a DCC's name may be read."""
    own = transliterate(icao or "")
    may_go_on = len(own) in _FULL_DCC_NAMES
    if not national:
        yield _Part(words=_inferred(own), may_go_on=may_go_on, is_own=True)
        return
    yield _Part(words=_exact(own), may_go_on=may_go_on, is_own=True)
    try:
        words = _national(national)
    except TransliterationError:
        return  # in another script: there is no telling what else it might give
    yield _Part(words=words, may_go_on=False, is_own=False)


def _exact(name: str) -> tuple[_Word, ...]:
    """Words of which nothing but what they say is known."""
    return tuple(
        _Word(text=text, steps=tuple(((at + 1, (text[at],)),) for at in range(len(text))))
        for text in name.split("<")
        if text
    )


def _inferred(name: str) -> tuple[_Word, ...]:
    """Words in which any place that can come from a letter with alternatives is taken for one."""
    rows = {forms for forms in TABLE_6A.values() if len(forms) > 1}
    endings = [(form, forms) for forms in sorted(rows) for form in forms]
    return tuple(
        _Word(
            text=text,
            steps=tuple(
                (
                    (at + 1, (text[at],)),
                    *((at + len(f), forms) for f, forms in endings if text.startswith(f, at)),
                )
                for at in range(len(text))
            ),
        )
        for text in name.split("<")
        if text
    )


def _national(name: str) -> tuple[_Word, ...]:
    """Words in national letters, with what table 6.A offers for each."""
    transliterate(name)  # refuses what has no form, and piles of marks
    words = []
    letters: list[tuple[str, ...]] = []
    for character in f"{unicodedata.normalize('NFC', name)}<":
        forms = alternatives(character)
        if forms == ("<",):
            if letters:
                steps = tuple(((at, one),) for at, one in enumerate(letters, start=1))
                words.append(_Word(text="".join(one[0] for one in letters), steps=steps))
            letters = []
        elif forms != ("",):
            letters.append(forms)
    return tuple(words)
