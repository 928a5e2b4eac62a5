"""Province codes of Viet Nam, list by list: a code means what it meant when it was written.

There are two lists. On 1 July 2025 the 63 provinces became 34; seven codes then passed to another
province (15 was Yên Bái and is Lào Cai), so a code has a name only together with a date. A personal
number keeps the code it was given. Which list the numbers follow that are given after that day
could not be confirmed, so a code of either list is a known one, and one of neither is noted and
refuses nothing.

A facility's code has two digits, a personal number the same two after a 0.

Spec: Decision 124/2004/QĐ-TTg; Circular 07/2016/TT-BCA, annex; Decision 19/2025/QĐ-TTg.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from vnvaxcert.record import record


@record(shown=("version",))
class ProvinceList:
    """The provinces of a time.

    Attributes:
        version: The year from which the list holds: ``"2004"``, ``"2025"``.
        first_day: The first day on which it holds.
        names: Code of two digits -> name in Vietnamese, without "tỉnh" or "thành phố".
    """

    version: str
    first_day: date
    names: Mapping[str, str]


def _list_of(version: str, first_day: date, table: str) -> ProvinceList:
    rows = (row.strip() for part in table.splitlines() for row in part.split("·"))
    names = {row[:2]: row[3:] for row in rows if row}
    return ProvinceList(version=version, first_day=first_day, names=MappingProxyType(names))


# The first list has changed since 2004 (Hà Tây joined Hà Nội in 2008); it is given as it was when
# personal numbers began, in 2016, and until its end.
_OF_2004: Final = """
01 Hà Nội · 02 Hà Giang · 04 Cao Bằng · 06 Bắc Kạn · 08 Tuyên Quang · 10 Lào Cai · 11 Điện Biên
12 Lai Châu · 14 Sơn La · 15 Yên Bái · 17 Hòa Bình · 19 Thái Nguyên · 20 Lạng Sơn · 22 Quảng Ninh
24 Bắc Giang · 25 Phú Thọ · 26 Vĩnh Phúc · 27 Bắc Ninh · 30 Hải Dương · 31 Hải Phòng · 33 Hưng Yên
34 Thái Bình · 35 Hà Nam · 36 Nam Định · 37 Ninh Bình · 38 Thanh Hóa · 40 Nghệ An · 42 Hà Tĩnh
44 Quảng Bình · 45 Quảng Trị · 46 Thừa Thiên Huế · 48 Đà Nẵng · 49 Quảng Nam · 51 Quảng Ngãi
52 Bình Định · 54 Phú Yên · 56 Khánh Hòa · 58 Ninh Thuận · 60 Bình Thuận · 62 Kon Tum · 64 Gia Lai
66 Đắk Lắk · 67 Đắk Nông · 68 Lâm Đồng · 70 Bình Phước · 72 Tây Ninh · 74 Bình Dương · 75 Đồng Nai
77 Bà Rịa - Vũng Tàu · 79 Hồ Chí Minh · 80 Long An · 82 Tiền Giang · 83 Bến Tre · 84 Trà Vinh
86 Vĩnh Long · 87 Đồng Tháp · 89 An Giang · 91 Kiên Giang · 92 Cần Thơ · 93 Hậu Giang
94 Sóc Trăng · 95 Bạc Liêu · 96 Cà Mau
"""
_OF_2025: Final = """
01 Hà Nội · 04 Cao Bằng · 08 Tuyên Quang · 11 Điện Biên · 12 Lai Châu · 14 Sơn La · 15 Lào Cai
19 Thái Nguyên · 20 Lạng Sơn · 22 Quảng Ninh · 24 Bắc Ninh · 25 Phú Thọ · 31 Hải Phòng
33 Hưng Yên · 37 Ninh Bình · 38 Thanh Hóa · 40 Nghệ An · 42 Hà Tĩnh · 44 Quảng Trị · 46 Huế
48 Đà Nẵng · 51 Quảng Ngãi · 52 Gia Lai · 56 Khánh Hòa · 66 Đắk Lắk · 68 Lâm Đồng · 75 Đồng Nai
79 Hồ Chí Minh · 80 Tây Ninh · 82 Đồng Tháp · 86 Vĩnh Long · 91 An Giang · 92 Cần Thơ · 96 Cà Mau
"""

PROVINCE_LISTS: Final = (
    _list_of("2004", date(2004, 7, 8), _OF_2004),  # signed then; nothing is older here
    _list_of("2025", date(2025, 7, 1), _OF_2025),
)
"""The lists, the oldest first; each holds until the day before the next begins."""

_KNOWN: Final = frozenset(code for listed in PROVINCE_LISTS for code in listed.names)


def is_known_province(code: str) -> bool:
    """Whether any list has a province of this code, of two digits."""
    return code in _KNOWN


def province_name(code: str, *, at: date) -> str | None:
    """Say which province a code meant on a day.

    Args:
        code: Two digits.
        at: The day on which the code was written: of the dose for a facility's. Days before the
            first list are answered from it.

    Returns:
        The name in Vietnamese (``"Lào Cai"``), or None for a code that the list of that day has
        not.

    Raises:
        TypeError: ``at`` is no date, or one with a time.

    Spec: Decision 124/2004/QĐ-TTg; Decision 19/2025/QĐ-TTg.
    """
    if not isinstance(at, date) or isinstance(at, datetime):
        raise TypeError("at: expected a datetime.date")
    current = PROVINCE_LISTS[0]
    for listed in PROVINCE_LISTS:
        if listed.first_day <= at:
            current = listed
    return current.names.get(code)
