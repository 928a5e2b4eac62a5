"""What real issuers wrote although the schema forbids it, and this library reads all the same.

This is the whole list. Under the default policy each of them is read, with the warning
``schema.deviation`` naming it; under the strict policy each is a violation (but for white space
around a text that the schema does not restrict, which stays as it is). What is not listed is
refused under both.
"""

from __future__ import annotations

from enum import StrEnum


class Deviation(StrEnum):
    """The tolerated deviations, with the issuers that shipped them."""

    NULL_MEMBER = "null stands for an absent member"  # BG: v, t, r; IE, LV: ma, nm
    TIME_IN_DATE = "a date carries a time of day"  # BG, CO, DE, JO, LB, PL, SG
    ZONE_MISSING = "a time names no zone; read as UTC"  # several test certificates
    ZONE_SHORT = "a time's zone is not written +hh:mm"  # several test certificates
    DOSE_RANGE = "a dose number is outside the range"  # LV: negative; 12/12 before 1.3.0
    OUTER_SPACE = "a text starts or ends with white space"  # CO, FR, GR, IE, RO
    NAME_CHARACTERS = "a transliterated name has characters other than A-Z and <"  # NO
    DOB_EMPTY = "the birth date is empty"  # LU, RO; allowed from 1.3.0 on


EVERY_DEVIATION = frozenset(Deviation)
NO_DEVIATION: frozenset[Deviation] = frozenset()
