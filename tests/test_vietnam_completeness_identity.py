"""Identity numbers, and the province lists that give their codes a meaning."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert.errors import NotCompleteError
from vnvaxcert.vietnam.completeness import (
    PROVINCE_LISTS,
    Identity,
    IdentityType,
    province_name,
    read_identity,
)

FACTS = Path(__file__).resolve().parents[1].parent / "shared" / "facts" / "icao-vietnam.md"
BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)


@pytest.mark.parametrize(
    ("number", "place", "sex", "year"),
    [
        ("020093001656", "020", "M", 1993),  # the example of the Python package idnumbers
        ("001000900001", "001", "M", 1900),
        ("001199900001", "001", "F", 1999),
        ("079200900001", "079", "M", 2000),
        ("079399900001", "079", "F", 2099),
        ("036400900001", "036", "M", 2100),
        ("036599900001", "036", "F", 2199),
        ("096677900001", "096", "M", 2277),
        ("096777900001", "096", "F", 2277),
        ("046899900001", "046", "M", 2399),
        ("046900900001", "046", "F", 2300),
    ],
)
def test_a_personal_number_says_place_sex_and_year(
    number: str, place: str, sex: str, year: int
) -> None:
    identity = read_identity("cccd", number)
    assert (identity.place_code, identity.sex, identity.birth_year) == (place, sex, year)
    assert identity.type is IdentityType.CCCD
    assert identity.number == number
    assert identity.is_place_known
    assert not identity.is_registered_abroad


@pytest.mark.parametrize(
    ("identity_type", "number", "nationality", "expected"),
    [
        ("", "001090900001", "", "cccd"),
        ("", "001090900001", "VN", "cccd"),
        ("", "001090900001", "FR", "cccd"),
        ("", "123456789", "", "cmnd"),
        ("", "123456789", "VN", "cmnd"),
        ("", "123456789", "GB", "passport"),  # British passports have nine digits
        ("passport", "123456789", "GB", "passport"),
        ("", "B1234567", "VN", "passport"),
        ("passport", "C12345678", "VN", "passport"),
        ("passport", "12AB34567", "FR", "passport"),
        ("passport", "C01X00T47", "DE", "passport"),  # the specimen of Germany
        ("passport", "C01X00T47", "", "passport"),
        ("passport", "L898902C3", "UT", "passport"),  # the specimen of ICAO Doc 9303
    ],
)
def test_the_kind_is_taken_as_given_or_told_by_the_shape(
    identity_type: str, number: str, nationality: str, expected: str
) -> None:
    identity = read_identity(identity_type, number, nationality=nationality)
    assert identity.type == expected
    assert identity.number == number


@pytest.mark.parametrize(
    ("identity_type", "number", "nationality"),
    [
        ("cccd", "00109090000", "VN"),
        ("cccd", "0010909000010", "VN"),
        ("cccd", "00109090000A", "VN"),
        ("cccd", "001 090 900 001", "VN"),
        ("cccd", "001090900001\n", "VN"),
        ("cccd", "٠٠١٠٩٠٩٠٠٠٠١", "VN"),  # digits, but not those of a card
        ("", "٠٠١٠٩٠٩٠٠٠٠١", "VN"),
        ("", "²²²²²²²²²", "VN"),
        ("cccd", "000000000000", "VN"),  # a filler
        ("cmnd", "111111111", "VN"),
        ("passport", "000000000", "GB"),
        ("cmnd", "12345678", "VN"),
        ("cmnd", "1234567890", "VN"),
        ("cmnd", "001090900001", "VN"),
        ("passport", "b1234567", "VN"),
        ("passport", "B123456", "VN"),
        ("passport", "B123456789", "VN"),
        ("passport", "BC1234567", "VN"),
        ("passport", "123456789", "VN"),
        ("passport", "ABCDEFG", "FR"),
        ("passport", "A123", "FR"),
        ("passport", "A12345678901", "FR"),
        ("passport", "A1234-567", "FR"),
        ("", "1234567890", "VN"),
        ("", "B" * 100_000, "VN"),
        ("bhyt", "001090900001", "VN"),
        ("CCCD", "001090900001", "VN"),
    ],
)
def test_a_number_without_the_form_of_its_kind_is_refused(
    identity_type: str, number: str, nationality: str
) -> None:
    with pytest.raises(NotCompleteError) as caught:
        read_identity(identity_type, number, nationality=nationality)
    assert caught.value.reasons == ("identity_number.malformed",)
    assert number not in str(caught.value)


@pytest.mark.parametrize("number", ["", "  ", "\t"])
def test_no_number_is_missing_rather_than_malformed(number: str) -> None:
    with pytest.raises(NotCompleteError) as caught:
        read_identity("cccd", number)
    assert caught.value.reasons == ("identity_number.missing",)


@pytest.mark.parametrize(("kind", "number"), [("cmnd", "123456789"), ("passport", "B1234567")])
def test_other_numbers_say_nothing_of_their_holder(kind: str, number: str) -> None:
    identity = read_identity(kind, number, nationality="VN")
    assert identity.sex is None
    assert identity.birth_year is None
    assert identity.place_code is None
    assert identity.province(at=BEFORE) is None
    assert identity.is_place_known
    assert not identity.is_registered_abroad


@pytest.mark.parametrize("place", ["237", "203", "100", "999"])
def test_a_number_registered_abroad_names_no_province(place: str) -> None:
    identity = read_identity("cccd", f"{place}090900001")
    assert identity.is_registered_abroad
    assert identity.is_place_known
    assert identity.place_code == place
    assert identity.province(at=BEFORE) is None


@pytest.mark.parametrize("place", ["003", "000", "099", "097"])
def test_a_province_of_no_list_is_known_to_be_unknown_and_reads_all_the_same(place: str) -> None:
    identity = read_identity("cccd", f"{place}090900001")
    assert not identity.is_place_known
    assert identity.province(at=AFTER) is None
    assert identity.birth_year == 1990


def test_the_number_is_not_in_the_repr() -> None:
    identity = read_identity("cccd", "001090900001")
    assert "0010909" not in repr(identity)
    assert identity == Identity(type=IdentityType.CCCD, number="001090900001")


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(["", "VN", "FR", "??"]))
def test_any_texts_are_read_or_refused(kind: str, number: str, nationality: str) -> None:
    try:
        identity = read_identity(kind, number, nationality=nationality)
    except NotCompleteError as error:
        reasons = error.reasons
    else:
        assert re.fullmatch("[0-9A-Z]{5,12}", identity.number)
        return
    assert reasons in (("identity_number.missing",), ("identity_number.malformed",))


# Provinces


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("01", "Hà Nội", "Hà Nội"),
        ("15", "Yên Bái", "Lào Cai"),
        ("24", "Bắc Giang", "Bắc Ninh"),
        ("44", "Quảng Bình", "Quảng Trị"),
        ("46", "Thừa Thiên Huế", "Huế"),
        ("52", "Bình Định", "Gia Lai"),
        ("80", "Long An", "Tây Ninh"),
        ("82", "Tiền Giang", "Đồng Tháp"),
        ("91", "Kiên Giang", "An Giang"),
        ("10", "Lào Cai", None),
        ("27", "Bắc Ninh", None),
        ("77", "Bà Rịa - Vũng Tàu", None),
        ("03", None, None),
        ("97", None, None),
        ("1", None, None),
        ("001", None, None),
        ("", None, None),
    ],
)
def test_a_code_means_what_it_meant_on_the_day(
    code: str, before: str | None, after: str | None
) -> None:
    assert province_name(code, at=BEFORE) == before
    assert province_name(code, at=AFTER) == after
    assert province_name(code, at=date(1990, 1, 1)) == before
    if len(code) == 2:
        identity = read_identity("cccd", f"0{code}090900001")
        assert identity.province(at=BEFORE) == before
        assert identity.province(at=AFTER) == after


def test_only_the_codes_named_above_changed_their_name() -> None:
    old, new = (listed.names for listed in PROVINCE_LISTS)
    changed = {code for code in new if new[code] != old.get(code)}
    assert changed == {"15", "24", "44", "46", "52", "80", "82", "91"}


def test_a_moment_is_refused_where_a_day_is_asked_for() -> None:
    with pytest.raises(TypeError, match=r"expected a datetime\.date"):
        province_name("01", at=datetime(2025, 7, 1, tzinfo=UTC))
    with pytest.raises(TypeError, match=r"expected a datetime\.date"):
        read_identity("cccd", "001090900001").province(at=datetime(2025, 7, 1, tzinfo=UTC))


def lists_of_facts() -> list[dict[str, str]]:
    """The two lists as the facts restate them from the papers."""
    if not FACTS.is_file():
        pytest.skip(f"{FACTS.name} is not here")
    lines = [line for line in FACTS.read_text(encoding="utf-8").splitlines() if " · " in line]
    rows = [dict(re.findall(r"(?:^|· )(\d{2,3}) ([^·]+?)(?= ·|$)", line)) for line in lines]
    return [row for row in rows if len(row) > 30]


def test_the_lists_are_those_of_the_papers() -> None:
    old, new = lists_of_facts()
    assert (len(old), len(new)) == (63, 34)
    assert {f"0{code}": name for code, name in PROVINCE_LISTS[0].names.items()} == old
    assert PROVINCE_LISTS[1].names == new


def test_the_lists_are_in_order_and_cannot_be_changed() -> None:
    assert [listed.version for listed in PROVINCE_LISTS] == ["2004", "2025"]
    assert [len(listed.names) for listed in PROVINCE_LISTS] == [63, 34]
    assert PROVINCE_LISTS[0].first_day < PROVINCE_LISTS[1].first_day == AFTER
    assert isinstance(PROVINCE_LISTS[0].names, MappingProxyType)
