"""One dose record by itself: Công văn 9438/BYT-CNTT, Decision 5772/QĐ-BYT."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert.errors import NotCompleteError
from vnvaxcert.icao import to_icao
from vnvaxcert.schema.records import PartialDate
from vnvaxcert.vietnam.completeness import (
    EARLIEST_DOSES,
    MAX_DOSES,
    IdentityType,
    check_record,
    read_dose,
)
from vnvaxcert.vietnam.exchange import FIELDS, ExchangeRecord
from vnvaxcert.vietnam.reasons import REASONS, Effect, Reason
from vnvaxcert.vietnam.specimen import make_population

AT = date(2022, 4, 15)
CLEAN = ExchangeRecord(
    record_id="MAU-1",
    full_name="Nguyễn Thị Ngọc Hường",
    sex="F",
    birth_date="1990-02-28",
    nationality="VN",
    identity_type="cccd",
    identity_number="001190900001",
    disease="840539006",
    product="Vero Cell",
    lot="MAU123",
    dose_number="2",
    total_doses="2",
    vaccination_date="2021-10-15",
    country="VN",
    facility_code="01901",
    facility_name="Cơ sở tiêm chủng mẫu",
    province_code="01",
    signing_unit="01900",
)


def codes(record: ExchangeRecord, at: date = AT) -> list[str]:
    return [reason.code for reason in check_record(record, at=at)]


def changed(**fields: str) -> ExchangeRecord:
    return replace(CLEAN, **fields)


def test_a_complete_record_has_nothing_to_say() -> None:
    assert check_record(CLEAN, at=AT) == ()


# What is unusual and right.
UNUSUAL = {
    "a name of one word": {"full_name": "Thảo"},
    "a name of one letter": {"full_name": "Y"},
    "a name without marks": {"full_name": "Tran Van Mau"},
    "a name in capitals": {"full_name": "NGUYỄN THỊ MẪU"},
    "a name in decomposed form": {"full_name": unicodedata.normalize("NFD", "Đỗ Hữu Kỳ")},
    "an apostrophe": {"full_name": "H'Hen Mẫu"},
    "a typographic apostrophe": {"full_name": "H’Hen Mẫu"},
    "a hyphen": {"full_name": "Nguyễn-Mẫu Anh"},
    "Ê Đê letters": {"full_name": "Y Blŭk Mlô Čư Êban"},
    "a letter that has no composed form": {"full_name": "Hrŭê\u0306 Mẫu"},
    "a foreign letter": {"full_name": "Łukasz Müller-Weiß"},
    "an initial": {"full_name": "Mary J. Specimen"},
    "parts that make up the name": {"family_name": "Nguyễn Thị", "given_name": "Ngọc Hường"},
    "parts alone": {"full_name": "", "family_name": "Nguyễn", "given_name": "Mẫu"},
    "parts in another case": {"family_name": "NGUYỄN", "given_name": "Thị Ngọc Hường"},
    "a family name alone": {"full_name": "", "family_name": "Thảo"},
    "a given name alone": {"full_name": "Siti", "given_name": "Siti"},
    "80 letters in each part": {"full_name": "A" * 80 + " " + "B" * 80},
    "a year of birth": {"birth_date": "1990"},
    "a month of birth": {"birth_date": "1990-02"},
    "a leap day": {"birth_date": "1988-02-29", "identity_number": "001188900001"},
    "birth in the first year": {"birth_date": "1900-01-01", "identity_number": "001100900001"},
    "birth and dose on one day": {
        "birth_date": "2021-10-15",
        "identity_number": "001321900001",
    },
    "birth in the year of the dose": {"birth_date": "2021", "identity_number": "001321900001"},
    "birth in the month of the dose": {
        "birth_date": "2021-11",
        "identity_number": "001321900001",
        "vaccination_date": "2021-11-01",
    },
    "a dose on the first day of the year of birth": {
        "birth_date": "2021",
        "identity_number": "001321900001",
        "vaccination_date": "2021-01-01",
        "country": "GB",
    },
    "no kind of number": {"identity_type": ""},
    "a CMND": {"identity_type": "cmnd", "identity_number": "123456789"},
    "a passport": {"identity_type": "passport", "identity_number": "B1234567"},
    "a foreigner": {
        "nationality": "FR",
        "identity_type": "passport",
        "identity_number": "12AB34567",
    },
    "a personal number from abroad": {"identity_number": "237190900001"},
    "no lot": {"lot": ""},
    "no total": {"total_doses": ""},
    "a total of more": {"total_doses": "3"},
    "the most doses": {"dose_number": str(MAX_DOSES), "total_doses": str(MAX_DOSES)},
    "another name of the vaccine": {"product": "vắc xin Pfizer"},
    "the first day of the campaign": {"vaccination_date": "2021-03-08"},
    "today": {"vaccination_date": AT.isoformat()},
    "a dose abroad": {"country": "GB", "vaccination_date": "2020-12-08"},
    "Kosovo": {"country": "XK"},
    "a facility of the army": {"facility_code": "97001"},
    "no name of the facility": {"facility_name": "", "province_code": ""},
}


@pytest.mark.parametrize("what", UNUSUAL)
def test_what_is_unusual_and_right_is_not_told(what: str) -> None:
    record = changed(**UNUSUAL[what])
    assert record != CLEAN
    assert codes(record) == []
    dose = read_dose(record, at=AT)
    assert to_icao(dose.family_name)
    to_icao(dose.given_name)


# Each code with faults of one field or two that have this code and no other.
FAULTS: dict[str, list[dict[str, str]]] = {
    "record_id.missing": [{"record_id": ""}, {"record_id": " "}],
    "full_name.missing": [{"full_name": ""}, {"full_name": "\u00a0 "}],
    "full_name.characters": [
        {"full_name": "Nguy?n Th? M?u"},
        {"full_name": "Nguyễn 2"},
        {"full_name": "Nguyễn_Mẫu"},
        {"full_name": "Nguyễn Mẫu (mẹ)"},
        {"full_name": "Nguyễn, Mẫu"},
        {"full_name": "NguyÔn ThÞ M©u \u00a9"},
        {"full_name": "Nguyễn\ufffdMẫu"},
        {"full_name": "Nguyễn\nMẫu"},
        {"full_name": "Nguyễn\u200bMẫu"},
        {"full_name": "陈莫"},
        {"full_name": "Иван Мау"},
        {"full_name": "A<B"},
        {"full_name": "..."},
        {"full_name": "- '"},
        {"full_name": "- Mẫu"},
        {"full_name": "Nguyễn . Mẫu"},
        {"full_name": "Nguyễn ʼ Mẫu"},
        {"full_name": "\u0301Anh"},
        {"full_name": "A \u0301nh"},
        {"full_name": "Ⅷ Mẫu"},
        {"full_name": "Ngu\u0364yen"},
        {"family_name": "Nguyễn", "full_name": "", "given_name": "Mẫu 1"},
    ],
    "full_name.too_long": [
        {"full_name": "A" * 81},
        {"full_name": "Nguyễn " + "B" * 81},
        {"full_name": " ".join(["Mẫu"] * 22)},
        {"full_name": "A" * 100_000},
        {"full_name": "a" + "\u0301" * 100_000},
        {"full_name": "", "family_name": "A" * 81, "given_name": "B"},
    ],
    "full_name.parts": [
        {"family_name": "Trần", "given_name": "Thị Ngọc Hường"},
        {"family_name": "Nguyễn", "given_name": "Ngọc Hường"},
        {"family_name": "Nguyễn"},
        {"given_name": "Thị Ngọc Hường"},
        {"family_name": "Thị Ngọc Hường", "given_name": "Nguyễn"},
        {"family_name": "Nguyen", "given_name": "Thi Ngoc Huong"},
        {"family_name": "A" * 100_000},
    ],
    "sex.missing": [{"sex": ""}],
    "sex.unknown": [{"sex": "X"}, {"sex": "m"}, {"sex": "MF"}, {"sex": "Nữ"}],
    "birth_date.missing": [{"birth_date": ""}, {"birth_date": " "}],
    "birth_date.malformed": [
        {"birth_date": "28/02/1990"},
        {"birth_date": "1990-2-28"},
        {"birth_date": "1990-02-30"},
        {"birth_date": "1990-00"},
        {"birth_date": "1990-13"},
        {"birth_date": "19900228"},
        {"birth_date": "90"},
        {"birth_date": "1990-02-28T00:00:00"},
        {"birth_date": "1990-W09-3"},
        {"birth_date": "１９９０"},
        {"birth_date": "1990\n"},
        {"birth_date": "1" * 100_000},
        {"birth_date": "0000"},
    ],
    "birth_date.impossible": [
        {"birth_date": "1899-12-31"},
        {"birth_date": "1899"},
        {"birth_date": "0990-02-28"},
        {"birth_date": "2022-04-16"},
        {"birth_date": "2022-05"},
        {"birth_date": "2023"},
        {"birth_date": "9999-12-31"},
    ],
    "identity_number.missing": [{"identity_number": ""}, {"identity_number": " "}],
    "identity_number.malformed": [
        {"identity_number": "00119090000"},
        {"identity_number": "001190900001", "identity_type": "cmnd"},
        {"identity_number": "B1234567"},
        {"identity_type": "khác"},
        {"identity_number": "B123", "identity_type": "passport"},
    ],
    "identity_number.sex": [{"sex": "M"}, {"identity_number": "001090900001"}],
    "identity_number.birth_year": [
        {"birth_date": "1991-02-28"},
        {"birth_date": "1991"},
        {"identity_number": "001390900001"},
    ],
    "identity_number.province": [
        {"identity_number": "003190900001"},
        {"identity_number": "000190900001"},
    ],
    "nationality.missing": [{"nationality": ""}],
    "nationality.unknown": [
        {"nationality": value} for value in ("vn", "VNM", "ZZ", "EU", "UT", "K")
    ],
    "disease.missing": [{"disease": ""}],
    "disease.unknown": [{"disease": "COVID-19"}, {"disease": "6142004"}],
    "product.missing": [{"product": ""}, {"product": " "}],
    "product.unknown": [
        {"product": "Vắc xin mẫu"},
        {"product": "Nanocovax"},
        {"product": "x" * 9999},
    ],
    "product.ambiguous": [{"product": "Sinopharm"}],
    "dose_number.missing": [{"dose_number": ""}],
    "dose_number.malformed": [
        {"dose_number": value} for value in ("0", "-1", "1.0", "01", "1/2", "một", "²", "１", "1\n")
    ],
    "dose_number.over_schedule": [
        {"dose_number": "7"},
        {"dose_number": "9" * 100_000},
        {"dose_number": "1" + "0" * 5000},
        {"dose_number": "7", "total_doses": "8"},
        {"total_doses": "7"},
    ],
    "total_doses.malformed": [{"total_doses": value} for value in ("0", "-2", "2.0", " ", "hai")],
    "total_doses.too_small": [{"total_doses": "1"}],
    "vaccination_date.missing": [{"vaccination_date": ""}],
    "vaccination_date.malformed": [
        {"vaccination_date": value}
        for value in ("15/10/2021", "2021-02-30", "2021-10", "20211015", "2021-W41-5", "?")
    ],
    "vaccination_date.future": [
        {"vaccination_date": "2022-04-16"},
        {"vaccination_date": "9999-12-31"},
    ],
    "vaccination_date.before_birth": [
        {"birth_date": "2021-10-16", "identity_number": "001321900001"},
        {"birth_date": "2021-11", "identity_number": "001321900001"},
        {"vaccination_date": "1989-10-15"},
    ],
    "vaccination_date.too_early": [
        {"vaccination_date": "2021-03-07"},
        {"vaccination_date": "2020-11-30", "country": "GB"},
        {"vaccination_date": "1990-02-28"},
    ],
    "country.missing": [{"country": ""}],
    "country.unknown": [{"country": value} for value in ("vn", "VNM", "UN", "QQ")],
    "facility_code.missing": [{"facility_code": ""}],
    "facility_code.malformed": [
        {"facility_code": value} for value in ("0190", "019010", "01-901", "０１９０１")
    ],
    "signing_unit.missing": [{"signing_unit": ""}, {"signing_unit": "\t"}],
}
CASES = [
    pytest.param(code, fault, id=f"{code}-{number}")
    for code, faults in FAULTS.items()
    for number, fault in enumerate(faults)
]
OF_OTHERS = {"full_name.doubtful", "identity_number.shared"}


@pytest.mark.parametrize(("code", "fault"), CASES)
def test_a_fault_has_its_code_and_no_other(code: str, fault: dict[str, str]) -> None:
    record = changed(**fault)
    assert codes(record) == [code]
    (reason,) = check_record(record, at=AT)
    assert reason.field in FIELDS
    assert reason.detail == "" or len(reason.detail) <= 10
    if reason.effect is Effect.REFUSES:
        with pytest.raises(NotCompleteError) as caught:
            read_dose(record, at=AT)
        assert caught.value.reasons == (code,)
    else:
        assert read_dose(record, at=AT).record_id == "MAU-1"


def test_every_code_of_one_record_is_tried() -> None:
    expected = {
        code
        for code in REASONS
        if not code.startswith(("record.", "clean.", "match.", "doses.")) and code not in OF_OTHERS
    }
    assert FAULTS.keys() == expected


def test_an_empty_record_lacks_everything_that_is_mandatory() -> None:
    reasons = check_record(ExchangeRecord(), at=AT)
    mandatory = [f"{field}.missing" for field in FIELDS if f"{field}.missing" in REASONS]
    assert [reason.code for reason in reasons] == mandatory
    assert len(mandatory) == 13


def test_several_faults_are_told_in_the_order_of_the_fields() -> None:
    record = changed(signing_unit="", sex="", product="?", birth_date="1985-01-01")
    assert codes(record) == [
        "sex.missing",
        "identity_number.birth_year",
        "product.unknown",
        "signing_unit.missing",
    ]


def test_what_cannot_be_read_is_compared_with_nothing() -> None:
    # neither the sex nor the year of the number are told, nor that the dose was before the birth
    assert codes(changed(sex="?", birth_date="2050-01-01")) == [
        "sex.unknown",
        "birth_date.impossible",
    ]
    assert codes(changed(dose_number="?", total_doses="1")) == ["dose_number.malformed"]
    assert codes(changed(dose_number="?", total_doses="7")) == [
        "dose_number.malformed",
        "dose_number.over_schedule",
    ]
    # an unknown nationality does not make a passport one of Viet Nam's
    assert codes(
        changed(nationality="??", identity_type="passport", identity_number="12AB34567")
    ) == ["nationality.unknown"]


def test_a_sex_and_a_year_that_both_differ_are_both_told() -> None:
    assert codes(changed(identity_number="001085900001")) == [
        "identity_number.sex",
        "identity_number.birth_year",
    ]


@pytest.mark.parametrize(
    ("name", "detail"),
    [("Nguyễn#", "U+0023"), ("Nguyễn \u200b", "U+200B"), ("...", "no letter")],
)
def test_a_wrong_character_is_named_by_its_code_point(name: str, detail: str) -> None:
    (reason,) = check_record(changed(full_name=name), at=AT)
    assert reason.detail == detail
    assert reason.field == "full_name"


def test_a_vaccine_that_is_known_to_have_no_code_says_so() -> None:
    (reason,) = check_record(changed(product="Nanocovax"), at=AT)
    assert reason.message() == "the vaccine is not known (no code)"


def test_doubts_come_first_and_take_the_place_of_the_look_at_the_name() -> None:
    doubt = Reason(code="full_name.doubtful", field="full_name")
    other = Reason(code="clean.format", field="sex")
    record = changed(full_name="Nguy?n", sex="")
    reasons = check_record(record, at=AT, doubts=(doubt,))
    assert [reason.code for reason in reasons] == ["full_name.doubtful", "sex.missing"]
    with pytest.raises(NotCompleteError) as caught:
        read_dose(CLEAN, at=AT, doubts=[doubt])
    assert caught.value.reasons == ("full_name.doubtful",)
    assert read_dose(CLEAN, at=AT, doubts=[other]).sex == "F"


def test_nobody_is_older_than_130_years() -> None:
    record = changed(birth_date="1900-12-31", identity_number="001100900001")
    assert codes(record, date(2030, 1, 1)) == []
    assert codes(record, date(2031, 1, 1)) == ["birth_date.impossible"]


def test_a_day_is_asked_for_and_no_moment() -> None:
    with pytest.raises(TypeError, match="the day in Viet Nam"):
        check_record(CLEAN, at=datetime(2022, 4, 15, tzinfo=UTC))
    with pytest.raises(TypeError, match="the day in Viet Nam"):
        read_dose(CLEAN, at=datetime(2022, 4, 15, tzinfo=UTC))


def test_the_first_days_of_doses_are_those_of_the_campaigns() -> None:
    assert EARLIEST_DOSES["VN"] == date(2021, 3, 8)
    assert EARLIEST_DOSES["VN"] <= date(2021, 3, 18)  # in the official sample of Viet Nam
    assert EARLIEST_DOSES[""] <= date(2020, 12, 8)  # the first in the United Kingdom


# The typed dose


def test_a_dose_has_the_types_of_what_was_entered() -> None:
    dose = read_dose(CLEAN, at=AT)
    assert (dose.record_id, dose.sex, dose.nationality) == ("MAU-1", "F", "VN")
    assert (dose.family_name, dose.given_name) == ("Nguyễn", "Thị Ngọc Hường")
    assert dose.birth_date == PartialDate(1990, 2, 28)
    assert dose.identity.type is IdentityType.CCCD
    assert dose.identity.number == "001190900001"
    assert dose.product.product == "BBIBP-CorV"
    assert dose.disease == "840539006"
    assert (dose.lot, dose.dose_number, dose.total_doses) == ("MAU123", 2, 2)
    assert (dose.date, dose.country) == (date(2021, 10, 15), "VN")
    assert (dose.facility_code, dose.province_code, dose.signing_unit) == ("01901", "01", "01900")
    assert dose.facility_name == "Cơ sở tiêm chủng mẫu"


def test_a_dose_shows_nothing_of_its_record() -> None:
    assert repr(read_dose(CLEAN, at=AT)) == "Dose()"


@pytest.mark.parametrize(
    ("fields", "family", "given"),
    [
        ({}, "Nguyễn", "Thị Ngọc Hường"),
        ({"full_name": "Bảo Duy"}, "Bảo", "Duy"),
        ({"full_name": "Thảo"}, "Thảo", ""),
        ({"full_name": "  Y   Mẫu "}, "Y", "Mẫu"),
        ({"full_name": unicodedata.normalize("NFD", "Đỗ Kỳ")}, "Đỗ", "Kỳ"),
        ({"family_name": "Nguyễn Thị", "given_name": "Ngọc Hường"}, "Nguyễn Thị", "Ngọc Hường"),
        ({"full_name": "", "family_name": "Âu Dương", "given_name": "Mẫu"}, "Âu Dương", "Mẫu"),
        ({"full_name": "Âu Dương", "family_name": "Âu Dương"}, "Âu Dương", ""),
        ({"full_name": "", "given_name": "Siti"}, "Siti", ""),
    ],
)
def test_a_name_is_divided_as_the_source_has_it_or_after_the_first_word(
    fields: dict[str, str], family: str, given: str
) -> None:
    dose = read_dose(changed(**fields), at=AT)
    assert (dose.family_name, dose.given_name) == (family, given)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1990", PartialDate(1990)), ("1990-02", PartialDate(1990, 2))],
)
def test_a_birth_date_may_lack_its_end(text: str, expected: PartialDate) -> None:
    assert read_dose(changed(birth_date=text), at=AT).birth_date == expected


@pytest.mark.parametrize(
    ("fields", "total"),
    [
        ({"dose_number": "1", "total_doses": ""}, 2),  # two doses of Vero Cell
        ({"dose_number": "3", "total_doses": ""}, 3),  # a booster
        ({"dose_number": "1", "total_doses": "", "product": "Abdala"}, 3),
        ({"dose_number": "1", "total_doses": "", "product": "Janssen"}, 1),
        ({"dose_number": "1", "total_doses": "1"}, 1),  # what was entered is kept
    ],
)
def test_a_total_that_was_not_entered_is_that_of_the_schedule(
    fields: dict[str, str], total: int
) -> None:
    assert read_dose(changed(**fields), at=AT).total_doses == total


def test_what_may_be_left_out_is_none_or_follows_from_the_rest() -> None:
    dose = read_dose(changed(lot=" ", facility_name="", province_code=""), at=AT)
    assert dose.lot is None
    assert dose.facility_name == ""
    assert dose.province_code == "01"


# Properties


def test_no_clean_specimen_is_told_and_every_clean_one_is_a_dose() -> None:
    at = date(2024, 1, 1)
    lines = list(make_population(count=1500, seed=11, faults=0, at=at))
    assert len({line.record.product for line in lines}) > 5
    for line in lines:
        assert check_record(line.record, at=at) == (), line.number
        dose = read_dose(line.record, at=at)
        assert to_icao(dose.family_name)


FAULTY_SPECIMENS = FAULTS.keys() - {"identity_number.province"}


def test_a_faulty_specimen_is_told_its_fault_and_no_other() -> None:
    at = date(2024, 1, 1)
    seen = set()
    for line in make_population(count=3000, seed=12, faults=0.5, at=at):
        faults = {code for code, _ in line.faults}
        if faults <= FAULTY_SPECIMENS:  # cleaning and matching find the others
            assert set(codes(line.record, at)) == faults, line.number
            seen |= faults
    assert seen == FAULTY_SPECIMENS


texts = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["", "VN", "M", "1990-01-01", "2021-08-01", "001090900001", "1", "Vero Cell"]),
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, texts)), st.dates())
def test_any_record_is_read_as_a_dose_or_refused_for_reasons(
    fields: dict[str, str], at: date
) -> None:
    record = changed(**fields)
    reasons = check_record(record, at=at)
    assert len(set(reasons)) == len(reasons)
    refusing = tuple(reason.code for reason in reasons if reason.effect is Effect.REFUSES)
    if refusing:
        with pytest.raises(NotCompleteError) as caught:
            read_dose(record, at=at)
        assert caught.value.reasons == refusing
    else:
        dose = read_dose(record, at=at)
        assert to_icao(dose.family_name)
        assert 1 <= dose.dose_number <= dose.total_doses <= MAX_DOSES
        assert dose.date <= at


name_like = st.text("aễĐ Nư'’-.\u0301\u0306ßþ<1 ", max_size=40)


@given(name_like | st.text(max_size=40))
def test_a_name_that_is_taken_can_be_written_in_a_certificate(name: str) -> None:
    record = changed(full_name=name)
    if codes(record):
        return
    dose = read_dose(record, at=AT)
    assert to_icao(dose.family_name)
    assert bool(to_icao(dose.given_name)) == bool(dose.given_name)
    assert 1 <= len(dose.family_name) <= 80
    assert len(dose.given_name) <= 80


def test_every_single_letter_that_is_taken_has_a_form() -> None:
    taken = [
        chr(point)
        for point in range(0x20, 0x2FFF)
        if not codes(changed(full_name=f"A{chr(point)}nh"))
    ]
    assert {"ễ", "Đ", "đ", "ơ", "Ư", "ỹ", "ü", "ß", "'", "-", "."} <= set(taken)
    assert not {"<", ",", "1", "?", "\u00d7", "\u00f7", "\u0138"} & set(taken)
    for character in taken:
        assert to_icao(f"A{character}nh")


@given(st.dates(min_value=date(1900, 1, 1), max_value=AT - timedelta(days=600)))
def test_a_birth_date_and_its_month_and_year_agree_with_the_number(born: date) -> None:
    century = {19: 1, 20: 3}[born.year // 100]
    number = f"001{century}{born.year % 100:02d}900001"
    for text in (born.isoformat(), born.isoformat()[:7], born.isoformat()[:4]):
        assert codes(changed(birth_date=text, identity_number=number)) == []
