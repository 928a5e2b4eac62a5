"""The standard form of each field that is no name.

Each function takes a text without superfluous spaces and gives the standard form, or the text as
it is where it has none: nothing is guessed, and what stays is judged elsewhere.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Final

from vnvaxcert.icao.countries import alpha2
from vnvaxcert.vietnam.cleaning.keys import name_key

COVID_19: Final = "840539006"
"""SNOMED CT: the disease COVID-19, as the value set of the certificates has it."""

_VIET_NAM: Final = timezone(timedelta(hours=7))  # no summer time since 1975

_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}

ISO_DATE: Final = "[0-9]{4}(?:-[0-9]{2}){0,2}"
"""The form of a date, or of a month or a year alone: a pattern, no check of the calendar."""

_DAY_FIRST: Final = re.compile(
    r"(?:ngày )?([0-9]{1,2})(?: ?[/.\-] ?| tháng )([0-9]{1,2})(?: ?[/.\-] ?| năm )([0-9]{4})"
    r"(?: [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?",
    re.IGNORECASE,
)
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})[/.\-]([0-9]{1,2})[/.\-]([0-9]{1,2})")
_MONTH_AND_YEAR: Final = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{4})")
_RUN_TOGETHER: Final = re.compile(r"[0-9]{8}")
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}[0-9:.Z+\-]*")

_SEXES: Final = {"NAM": "M", "M": "M", "MALE": "M", "NU": "F", "F": "F", "FEMALE": "F"}

_DISEASES: Final = frozenset(
    {
        *("COVID 19", "COVID19", "COVID", "BENH COVID 19", "NCOV", "RA01"),
        *("SARS COV 2", "SARSCOV2", "COVID 19 SARS COV 2"),
    }
)

_IDENTITY_TYPES: Final = {
    "CCCD": "cccd",
    "CAN CUOC CONG DAN": "cccd",
    "CAN CUOC": "cccd",
    "THE CAN CUOC": "cccd",
    "CMND": "cmnd",
    "CMTND": "cmnd",
    "CHUNG MINH NHAN DAN": "cmnd",
    "HO CHIEU": "passport",
    "PASSPORT": "passport",
}

_IDENTITY_NUMBER: Final = re.compile(r"'?[A-Za-z0-9]+(?:[ \-][A-Za-z0-9]+|\.[A-Za-z0-9]{2,})*")

_NUMBER: Final = re.compile(r"(?:mũi|mui|liều|dose)?(?: số)? ?0*([1-9][0-9]?)(?:\.0+)?", re.I)

_COUNTRIES: Final = {
    "VIET NAM": "VN",
    "VIETNAM": "VN",
    "CHXHCN VIET NAM": "VN",
    "LAO": "LA",
    "CAMPUCHIA": "KH",
    "CAMBODIA": "KH",
    "THAI LAN": "TH",
    "THAILAND": "TH",
    "TRUNG QUOC": "CN",
    "CHINA": "CN",
    "DAI LOAN": "TW",
    "TAIWAN": "TW",
    "HAN QUOC": "KR",
    "KOREA": "KR",
    "SOUTH KOREA": "KR",
    "NHAT BAN": "JP",
    "JAPAN": "JP",
    "AN DO": "IN",
    "INDIA": "IN",
    "SINGAPORE": "SG",
    "MALAYSIA": "MY",
    "INDONESIA": "ID",
    "PHILIPPINES": "PH",
    "HOA KY": "US",
    "MY": "US",
    "UNITED STATES": "US",
    "ANH": "GB",
    "UNITED KINGDOM": "GB",
    "PHAP": "FR",
    "FRANCE": "FR",
    "DUC": "DE",
    "GERMANY": "DE",
    "NGA": "RU",
    "RUSSIA": "RU",
    "UC": "AU",
    "AUSTRALIA": "AU",
    "CANADA": "CA",
}
"""Names of countries that are met in Viet Nam's records, as :func:`name_key` has them."""


def sex(text: str) -> str:
    """``M`` or ``F`` for a word in Vietnamese or English."""
    return text if text in ("M", "F") else _SEXES.get(name_key(text), text)


def date(text: str) -> str:
    """ISO 8601 for a date as people write it.

    Args:
        text: Day first (``05/11/1990``, ``5-11-1990``, ``05.11.1990``, ``05111990``, ``ngày 5
            tháng 11 năm 1990``), year first (``1990/11/5``, ``19901105``), a month of a year
            (``11/1990``), zeros for what is unknown (``00/00/1990``), or a moment
            (``1990-11-04T17:00:00Z``: the day it is in Viet Nam).

    Returns:
        ``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``; the text as it is where it is no such date, where
        it is no day of the calendar (``31/02/1990``), has a year of two digits, or is a number of
        days as a spreadsheet counts them.
    """
    if re.fullmatch(ISO_DATE, text):
        return text
    text_before, text = text, text.translate(_FULL_WIDTH)
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = match.groups()
    elif match := _YEAR_FIRST.fullmatch(text):
        year, month, day = match.groups()
    elif match := _MONTH_AND_YEAR.fullmatch(text):
        month, year = match.groups()
        is_month = 1 <= int(month) <= 12
        return f"{year}-{int(month):02}" if is_month else text_before
    elif _RUN_TOGETHER.fullmatch(text):
        # 19 or 20 is no month, so a text that is a date in one order is none in the other.
        if text[4:6] in ("19", "20"):
            day, month, year = text[:2], text[2:4], text[4:]
        else:
            year, month, day = text[:4], text[4:6], text[6:]
    elif _MOMENT.fullmatch(text):
        return _day_of_moment(text) or text_before
    else:
        return text_before
    if int(day) == 0 and int(month) <= 12:  # unknown, as registers write it
        return f"{year}-{int(month):02}" if int(month) else year
    try:
        return f"{datetime(int(year), int(month), int(day)):%Y-%m-%d}"
    except ValueError:
        return text_before


def _day_of_moment(text: str) -> str | None:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            moment = moment.astimezone(_VIET_NAM)
    except (ValueError, OverflowError):
        return None
    return f"{moment.year:04}-{moment.month:02}-{moment.day:02}"


def country(text: str) -> str:
    """ISO 3166-1 alpha-2 for another form of the code, or for a country's name.

    ``vn``, ``VNM``, ``Việt Nam`` and ``Vietnam`` are ``VN``; ``Mỹ`` is the United States. Two
    letters of ASCII are a code, never a name.
    """
    if len(text) == 2 and text.isascii() and text.isalpha():
        return text.upper()
    key = name_key(text)
    return _COUNTRIES.get(key) or alpha2(key if len(key) == 3 else "") or text


def identity_type(text: str) -> str:
    """``cccd``, ``cmnd`` or ``passport`` for its name."""
    if text in ("cccd", "cmnd", "passport"):
        return text
    return _IDENTITY_TYPES.get(name_key(text), text)


def identity_number(text: str) -> str:
    """The number without spaces, dots and hyphens between its groups, letters as capitals.

    The apostrophe by which a spreadsheet keeps leading zeros goes too. ``79123456789.0`` stays:
    there a spreadsheet has lost them.
    """
    narrow = text.translate(_FULL_WIDTH)
    if not _IDENTITY_NUMBER.fullmatch(narrow):
        return text
    return "".join(letter for letter in narrow if letter.isalnum()).upper()


def disease(text: str) -> str:
    """The SNOMED CT code for COVID-19 by any of its names."""
    return COVID_19 if name_key(text) in _DISEASES else text


def number(text: str) -> str:
    """A number from 1 to 99 in plain digits: ``Mũi 2``, ``02`` and ``2.0`` are ``2``."""
    match = _NUMBER.fullmatch(text.translate(_FULL_WIDTH))
    return match[1] if match else text
