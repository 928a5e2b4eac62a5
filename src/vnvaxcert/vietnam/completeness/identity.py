"""Identity numbers: CCCD and personal number, CMND, passport.

A personal number (on the CCCD) says where its holder's birth was registered, the sex and the year
of birth, and then counts; it has no check digit. The number of a CMND says nothing that could be
checked, a passport's belongs to the state that issued it.

Spec: Decree 137/2015/NĐ-CP, article 13; Circular 07/2016/TT-BCA, article 7, and 59/2021/TT-BCA,
article 4; ICAO Doc 9303-4 and the Technical Report on VDS-NC (a document's number).
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Final

from vnvaxcert.errors import NotCompleteError
from vnvaxcert.record import record
from vnvaxcert.vietnam.completeness.provinces import is_known_province, province_name


class IdentityType(StrEnum):
    """Whose number it is."""

    CCCD = "cccd"  # citizen's card: the personal number, 12 digits
    CMND = "cmnd"  # people's identity card, the one before: 9 digits
    PASSPORT = "passport"


@record(shown=("type",))
class Identity:
    """An identity number that has the form of its kind.

    Attributes:
        type: The kind of document.
        number: The number, without spaces, letters as capitals.
    """

    type: IdentityType
    number: str

    @property
    def sex(self) -> str | None:
        """``"M"`` or ``"F"``, as a personal number says it; None of other kinds."""
        if self.type is not IdentityType.CCCD:
            return None
        return "F" if int(self.number[3]) % 2 else "M"

    @property
    def birth_year(self) -> int | None:
        """1900 to 2399, as a personal number says it; None of other kinds."""
        if self.type is not IdentityType.CCCD:
            return None
        return 1900 + 100 * (int(self.number[3]) // 2) + int(self.number[4:6])

    @property
    def place_code(self) -> str | None:
        """Three digits of a personal number: where the birth was registered; None of others."""
        return self.number[:3] if self.type is IdentityType.CCCD else None

    @property
    def is_registered_abroad(self) -> bool:
        """Whether a personal number has a country in place of a province.

        Every province's code begins with 0. The list of the countries' codes could not be
        confirmed, so a code from 100 up counts as a country's, and has no name here.
        """
        return self.type is IdentityType.CCCD and self.number[0] != "0"

    @property
    def is_place_known(self) -> bool:
        """Whether nothing speaks against the place: a province of any list, or a country.

        True of other kinds of numbers, which name none.
        """
        if self.type is not IdentityType.CCCD or self.number[0] != "0":
            return True
        return is_known_province(self.number[1:3])

    def province(self, *, at: date) -> str | None:
        """Name the province where the birth was registered, by the list of a day.

        Args:
            at: The day on which the number was given.

        Returns:
            The name in Vietnamese; None where the number names no province of that list.

        Raises:
            TypeError: ``at`` is no date, or one with a time.
        """
        if self.type is not IdentityType.CCCD or self.number[0] != "0":
            return None
        return province_name(self.number[1:3], at=at)


_CCCD: Final = re.compile("[0-9]{12}")
_CMND: Final = re.compile("[0-9]{9}")
_PASSPORT: Final = re.compile("(?=.*[0-9])[A-Z0-9]{5,11}")
"""Of any state: nine characters at most in a passport, eleven where a seal of ICAO carries it."""
_PASSPORT_OF_VIET_NAM: Final = re.compile("[A-Z][0-9]{7,8}")
_TYPES: Final = {kind.value: kind for kind in IdentityType}


def identity_of(identity_type: str, number: str, nationality: str) -> Identity | None:
    """What `read_identity` returns, or None where it raises."""
    is_foreign = nationality not in ("", "VN")
    if not identity_type:
        kind = _kind_by_shape(number, is_foreign)
    else:
        known = _TYPES.get(identity_type)
        if known is None:
            return None
        kind = known
    if kind is IdentityType.CCCD:
        form = _CCCD
    elif kind is IdentityType.CMND:
        form = _CMND
    else:
        form = _PASSPORT if is_foreign or not nationality else _PASSPORT_OF_VIET_NAM
    if form.fullmatch(number) is None or number.count(number[0]) == len(number):
        return None  # one digit over and over stands for a number that nobody had at hand
    return Identity(type=kind, number=number)


def _kind_by_shape(number: str, is_foreign: bool) -> IdentityType:
    if number.isdecimal():
        if len(number) == 12:
            return IdentityType.CCCD
        if not is_foreign and len(number) == 9:  # a foreigner has no CMND: some passports look so
            return IdentityType.CMND
    return IdentityType.PASSPORT


def read_identity(identity_type: str, number: str, *, nationality: str = "") -> Identity:
    """Read an identity number.

    Args:
        identity_type: ``"cccd"``, ``"cmnd"`` or ``"passport"``; ``""`` to tell it by its shape:
            12 digits are a personal number, 9 a CMND unless the holder is a foreigner, the rest a
            passport's.
        number: The number, cleaned: no spaces, capitals.
        nationality: The holder's, ISO 3166-1 alpha-2. A passport of Viet Nam (``"VN"``) has a
            letter and 7 or 8 digits, another state's 5 to 11 capitals and digits, one digit at
            least; ``""`` takes
            either.

    Returns:
        The number with what it says. Whether it is true of its holder is `check_record`'s matter.

    Raises:
        NotCompleteError: ``identity_number.missing``, or ``identity_number.malformed`` for a
            number that has not the form of its kind, repeats one digit throughout, or for a kind
            of document that is not known.

    Spec: Circular 59/2021/TT-BCA, article 4; ICAO Doc 9303-4; VDS-NC, ``pid.i``.
    """
    if not number or number.isspace():
        raise NotCompleteError(("identity_number.missing",))
    identity = identity_of(identity_type, number, nationality)
    if identity is None:
        raise NotCompleteError(("identity_number.malformed",))
    return identity
