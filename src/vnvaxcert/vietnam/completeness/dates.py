"""Dates of a dose record: the whole day of a dose, the day, month or year of a birth.

Spec: ISO 8601; DCC schema 1.3.3 ``dob`` (a birth date may lack its day, or its month and day).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from vnvaxcert.schema.records import PartialDate

_DAY_FORM: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BIRTH_FORM: Final = re.compile("([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")

# The DCC's birth dates and the first century of personal numbers begin with 1900, and the DCC's end
# with 2099.
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2099
_OLDEST_AGE: Final = 130  # years; nobody has reached 123

EARLIEST_DOSES: Final[Mapping[str, date]] = MappingProxyType(
    {
        "VN": date(2021, 3, 8),  # the campaign's first day
        "": date(2020, 12, 1),  # elsewhere: the first approvals and campaigns were that month
    }
)
"""Country -> the first day on which a dose can have been given there, trials and emergency
programmes before any approval left out; ``""`` for all other countries."""


class Birth(NamedTuple):
    """The days on which somebody may have been born.

    Attributes:
        earliest: The first of them.
        latest: The last; the same where the whole date is known.
    """

    earliest: date
    latest: date


def require_day(at: date) -> None:
    """Refuse a moment, or anything else, where a day is expected.

    Raises:
        TypeError: It is no date, or one with a time: which day that is depends on a time zone.
    """
    if not isinstance(at, date) or isinstance(at, datetime):
        raise TypeError("at: expected a datetime.date, the day in Viet Nam")


def day_of(text: str) -> date | None:
    """The day that ``YYYY-MM-DD`` says; None for another form or a day no calendar has."""
    if _DAY_FORM.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_birth(text: str) -> Birth | None:
    """The days that ``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY`` names.

    Returns:
        None for another form, and for a day or month that no calendar has.
    """
    form = _BIRTH_FORM.fullmatch(text)
    if form is None:
        return None
    year, month, day = form.groups()
    try:
        earliest = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    if day:
        return Birth(earliest, earliest)
    if month:
        return Birth(earliest, earliest.replace(day=monthrange(earliest.year, earliest.month)[1]))
    return Birth(earliest, date(earliest.year, 12, 31))


def is_possible(birth: Birth, at: date) -> bool:
    """Whether somebody may have been born then who lives on a day.

    Args:
        birth: When.
        at: That day; whoever is born after it is not, nor who would be older than 130 years.
    """
    return (
        _FIRST_YEAR <= birth.earliest.year <= _LAST_YEAR
        and birth.earliest <= at
        and at.year - birth.latest.year <= _OLDEST_AGE
    )


def birth_of(text: str, at: date) -> Birth | None:
    """The days on which somebody may have been born, None where it can be none of them."""
    birth = read_birth(text)
    return birth if birth is not None and is_possible(birth, at) else None


def earliest_dose(country: str) -> date:
    """The first day on which a dose can have been given in a country, ISO 3166-1 alpha-2."""
    return EARLIEST_DOSES.get(country, EARLIEST_DOSES[""])


def partial_date_of(text: str) -> PartialDate:
    """A birth date that `birth_of` found possible, in the form of a certificate."""
    year, *rest = (int(part) for part in text.split("-"))
    return PartialDate(year, *rest)
