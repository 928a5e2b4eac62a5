"""ICAO Doc 9303-4, section 4.2: a whole name in a field of fixed length.

A name has a primary and a secondary identifier, for most people family name and given names. A
passport joins them by ``<<`` and fills its 39 characters up; the name of a VDS-NC seal (``n``) has
39 characters too, with spaces for the fillers, two between the identifiers, and none at its end.
The two names of a DCC are fields of their own.

A name that does not fit is cut, and the result says so:

1. the primary identifier leaves room for ``<<`` and one letter of the secondary one. What it must
   give up is taken from its longest components, so that none of them is lost as long as each can
   keep a letter;
2. the secondary identifier is cut at the end of the field;
3. a letter stands in the last position, the standard's sign for a name that may go on. Where a
   filler would stand there, a component before it gives up one more letter.

Doc 9303-4 leaves the choice among this and other ways (initials, components of a fixed length) to
the issuer: two correct passports of one person may differ. :mod:`vnvaxcert.icao.comparison` knows.
"""

from __future__ import annotations

from typing import Final

from vnvaxcert.icao.names import MAX_DCC_NAME, transliterate, truncate
from vnvaxcert.record import record

MRZ_NAME_LENGTH: Final = 39
"""Characters of the name in a passport (TD3): Doc 9303-4 §4.2.2. A card has 30 (TD1), 31 (TD2)."""

SEAL_NAME_LENGTH: Final = 39
"""Characters of ``pid.n`` in a VDS-NC seal, at most."""

_MIN_LENGTH: Final = 4  # a letter, the two fillers, a letter


@record(shown=("is_truncated",))
class NameField:
    """A name as a field holds it.

    Attributes:
        text: The field, fillers included where it has them.
        is_truncated: Whether the name was too long and letters were left out.
    """

    text: str
    is_truncated: bool


def to_dcc_name(name: str) -> NameField:
    """Give the ``fnt`` or ``gnt`` of a DCC, and whether it was cut.

    Args:
        name: ``fn`` or ``gn``, in any Unicode form.

    Returns:
        Text that matches ``^[A-Z<]*$``, at most 80 characters, unfilled. Empty when the name is
        nothing but separators and punctuation.

    Raises:
        TransliterationError: A character has no form.

    Spec: ICAO Doc 9303-3 §4.6, §6; DCC schema 1.3.3, ``person_name``.
    """
    whole = transliterate(name)
    return NameField(text=truncate(whole), is_truncated=len(whole) > MAX_DCC_NAME)


def to_mrz_name(
    family_name: str, given_name: str = "", *, length: int = MRZ_NAME_LENGTH
) -> NameField:
    """Give the name field of a machine-readable zone.

    Args:
        family_name: What the issuing state takes as primary identifier, in any Unicode form.
        given_name: The secondary identifier; empty for a name that is not divided.
        length: Characters of the field: 39 in a passport, 30 on a card of size TD1, 31 of TD2.

    Returns:
        Text that matches ``^[A-Z<]*$``, of exactly ``length`` characters:
        ``"NGUYEN<<THI<DAO<<<..."``. A name of one part stands as the primary identifier, whichever
        it was given as. Nothing but fillers when no letter was given: the caller refuses that.

    Raises:
        TransliterationError: A character has no form; ``offset`` counts in the part it is in.
        ValueError: ``length`` is below 4.

    Spec: ICAO Doc 9303-3 §4.6, §6; 9303-4 §4.2.2, §4.2.3.
    """
    if length < _MIN_LENGTH:
        raise ValueError("a name field holds at least four characters")
    field = _joined(transliterate(family_name), transliterate(given_name), length)
    return NameField(text=field.text.ljust(length, "<"), is_truncated=field.is_truncated)


def to_seal_name(family_name: str, given_name: str = "") -> NameField:
    """Give the name (``pid.n``) of a VDS-NC seal.

    Args:
        family_name: As for :func:`to_mrz_name`.
        given_name: As for :func:`to_mrz_name`.

    Returns:
        Text that matches ``^[A-Z ]*$``, at most 39 characters, two spaces between the parts:
        ``"NGUYEN  THI DAO"``. Empty when no letter was given: the caller refuses that.

    Raises:
        TransliterationError: A character has no form; ``offset`` counts in the part it is in.

    Spec: ICAO VDS-NC for proof of vaccination, ``pid.n``; Doc 9303-3 §4.6, 9303-4 §4.2.3.
    """
    field = _joined(transliterate(family_name), transliterate(given_name), SEAL_NAME_LENGTH)
    return NameField(text=field.text.replace("<", " "), is_truncated=field.is_truncated)


def _joined(primary: str, secondary: str, limit: int) -> NameField:
    """Both parts in one field, without fillers at its end."""
    if not primary:
        primary, secondary = secondary, ""
    if not secondary:
        return NameField(text=_shortened(primary, limit), is_truncated=len(primary) > limit)
    whole = f"{primary}<<{secondary}"
    if len(whole) <= limit:
        return NameField(text=whole, is_truncated=False)
    primary = _shortened(primary, limit - len("<<") - 1)
    room = limit - len(primary) - len("<<")
    if secondary[room - 1 : room] == "<":
        primary, secondary = _with_a_letter_less(primary, secondary, room)
        room = limit - len(primary) - len("<<")
    return NameField(text=f"{primary}<<{secondary[:room]}".rstrip("<"), is_truncated=True)


def _shortened(text: str, limit: int) -> str:
    """Take letters from the longest components until the text fits, the first ones last."""
    if len(text) <= limit:
        return text
    words = text.split("<", limit)[: (limit + 1) // 2]  # with a letter each, more cannot stay
    letters = limit - (len(words) - 1)
    share = max(n for n in range(1, limit + 1) if sum(min(len(w), n) for w in words) <= letters)
    left = letters - sum(min(len(word), share) for word in words)
    kept = []
    for word in words:
        more = 1 if left and len(word) > share else 0
        left -= more
        kept.append(word[: share + more])
    return "<".join(kept)


def _with_a_letter_less(primary: str, secondary: str, room: int) -> tuple[str, str]:
    """Have a letter stand last, where the secondary identifier would be cut at a filler."""
    words = secondary[: room - 1].split("<")
    longest = max(words, key=len)
    if len(longest) > 1:
        at = words.index(longest)
        words[at] = longest[:-1]
        return primary, "<".join(words) + secondary[room - 1 :]
    # All initials: the primary identifier can still help. If it is made of initials as well, no
    # way of cutting ends in a letter at the last position, and the field ends one before it.
    if any(len(word) > 1 for word in primary.split("<")):
        primary = _shortened(primary, len(primary) - 1)
    return primary, secondary
