"""Cleaning of whole records: the standard form of every field, and what is left alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date as Date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert.vietnam.cleaning import clean_record, fields
from vnvaxcert.vietnam.exchange import FIELDS, MAX_FIELD_CHARS, ExchangeRecord
from vnvaxcert.vietnam.reasons import Effect

CLEAN = ExchangeRecord(
    record_id="R-000001",
    full_name="Nguyễn Thị Mẫu",
    family_name="Nguyễn",
    given_name="Thị Mẫu",
    sex="F",
    birth_date="1990-05-11",
    nationality="VN",
    identity_type="cccd",
    identity_number="001190000001",
    disease="840539006",
    product="AstraZeneca",
    lot="AB 123",
    dose_number="1",
    total_doses="2",
    vaccination_date="2021-10-15",
    country="VN",
    facility_code="01001",
    facility_name="Trạm Y tế mẫu",
    province_code="01",
    signing_unit="01001",
)
ENTERED = st.one_of(
    st.text(max_size=10),
    st.text(alphabet="0123456789/-. T:Z+ngàythámă", max_size=16),
    st.text(alphabet="aNVOễÔµ\u00ad\u00a0 'Ã…ª\u0301\u0080ПоÐ", max_size=10),
    st.sampled_from(["Nam", "Nữ", "Việt Nam", "VNM", "Mũi 2", "02", "001 0900 00001", "NguyÔn"]),
)


def test_a_clean_record_is_the_same_object() -> None:
    cleaned = clean_record(CLEAN)
    assert cleaned.record is CLEAN
    assert (cleaned.changes, cleaned.doubts) == ((), ())


def test_an_empty_record_is_clean() -> None:
    assert clean_record(ExchangeRecord()).changes == ()


@given(st.fixed_dictionaries({field: st.one_of(st.just(""), ENTERED) for field in FIELDS}))
def test_cleaning_a_record_twice_is_cleaning_it_once(values: dict[str, str]) -> None:
    once = clean_record(ExchangeRecord(**values))
    twice = clean_record(once.record)
    assert twice.record == once.record
    assert (twice.changes, twice.doubts) == ((), once.doubts)
    changed = {field for field in FIELDS if getattr(once.record, field) != values[field]}
    assert {reason.field for reason in once.changes} == changed
    assert all(reason.effect is Effect.REPAIRED for reason in once.changes)


def test_each_change_names_its_field_in_the_order_of_the_columns() -> None:
    cleaned = clean_record(
        ExchangeRecord(
            record_id=" 7 ",
            full_name="NGUYÔN V¡N A",
            sex="Nam",
            birth_date="11/05/1990",
            nationality="Việt Nam",
            identity_type="CCCD",
            identity_number="001 090 000 001",
            disease="Covid-19",
            dose_number="Mũi 2",
            vaccination_date="15.10.2021",
            country="VNM",
        )
    )
    assert cleaned.record == ExchangeRecord(
        record_id="7",
        full_name="Nguyễn Văn A",
        sex="M",
        birth_date="1990-05-11",
        nationality="VN",
        identity_type="cccd",
        identity_number="001090000001",
        disease="840539006",
        dose_number="2",
        vaccination_date="2021-10-15",
        country="VN",
    )
    assert [(reason.field, reason.code) for reason in cleaned.changes] == [
        ("record_id", "clean.spaces"),
        ("full_name", "clean.tcvn3"),
        ("full_name", "clean.capitals"),
        ("full_name", "clean.case"),
        *((field, "clean.format") for field in ("sex", "birth_date", "nationality")),
        *((field, "clean.format") for field in ("identity_type", "identity_number", "disease")),
        *((field, "clean.format") for field in ("dose_number", "vaccination_date", "country")),
    ]


def test_the_parts_of_a_name_are_cleaned_by_the_whole_or_by_each_other() -> None:
    for full in ("NguyÔn ThÞ Bé", ""):
        cleaned = clean_record(
            ExchangeRecord(full_name=full, family_name="NguyÔn", given_name="ThÞ Bé")
        )
        assert cleaned.record.family_name == "Nguyễn"
        assert cleaned.record.given_name == "Thị Bộ"
        assert not cleaned.doubts


def test_a_doubt_names_its_field_and_leaves_the_record_alone() -> None:
    record = ExchangeRecord(full_name="Nguy?n Văn A", family_name="Nguy?n", given_name="Văn A")
    cleaned = clean_record(record)
    assert cleaned.record is record
    assert [(doubt.code, doubt.field) for doubt in cleaned.doubts][:1] == [
        ("full_name.doubtful", "full_name")
    ]


def test_a_field_beyond_the_bound_stays_as_it_is() -> None:
    long = " " * (MAX_FIELD_CHARS + 1)
    record = ExchangeRecord(**dict.fromkeys(FIELDS, long))
    assert clean_record(record).record is record


def test_a_result_shows_no_personal_data() -> None:
    shown = repr(clean_record(ExchangeRecord(full_name="NGUYỄN VĂN MẪU", birth_date="1/5/1990")))
    assert "clean.case" in shown
    assert "ẫu" not in shown
    assert "1990" not in shown


# --- dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entered", "iso"),
    [
        ("11/05/1990", "1990-05-11"),
        ("5-11-1990", "1990-11-05"),
        ("05.11.1990", "1990-11-05"),
        ("5 / 11 / 1990", "1990-11-05"),
        ("ngày 5 tháng 11 năm 1990", "1990-11-05"),
        ("1990/11/5", "1990-11-05"),
        ("1990-1-5", "1990-01-05"),
        ("19901105", "1990-11-05"),
        ("05111990", "1990-11-05"),
        ("20012012", "2012-01-20"),
        ("11/1990", "1990-11"),
        ("00/00/1985", "1985"),
        ("00/05/1985", "1985-05"),
        ("1985/00/00", "1985"),
        ("15/10/2021 08:30", "2021-10-15"),
        ("15/10/2021 08:30:01", "2021-10-15"),
        ("2021-10-15T08:30:00", "2021-10-15"),
        ("2021-10-15 08:30", "2021-10-15"),
        ("2021-10-15T00:00:00Z", "2021-10-15"),
        ("2021-10-14T17:00:00Z", "2021-10-15"),
        ("2021-10-14T16:59:59.999Z", "2021-10-14"),
        ("2021-10-15T23:30:00+07:00", "2021-10-15"),
        ("29/02/2000", "2000-02-29"),
        ("１１／０５／１９９０", "1990-05-11"),
    ],
)
def test_a_date_is_brought_to_iso_day_first(entered: str, iso: str) -> None:
    assert fields.date(entered) == iso


@pytest.mark.parametrize(
    "entered",
    [
        *("1990-11-05", "1990-11", "1990", "31/02/1990", "29/02/1900", "10/15/2021", "13/1990"),
        *(
            "5/11/90",
            "44484",
            "99999999",
            "5/0/1990",
            "2021-10-15T25:00:00",
            "hôm qua",
            "0/13/1990",
        ),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00Z", "01/01/0000", "2021-13-45", "5/11"),
    ],
)
def test_what_is_iso_already_or_no_date_stays(entered: str) -> None:
    assert fields.date(entered) == entered


@given(st.dates(min_value=Date(1900, 1, 1), max_value=Date(2099, 12, 31)))
def test_every_way_of_writing_a_day_gives_that_day(day: Date) -> None:
    for form in ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d%m%Y", "%Y%m%d", "%Y/%m/%d", "%Y-%m-%d"):
        assert fields.date(day.strftime(form)) == day.isoformat()


# --- the other fields -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "entered", "standard"),
    [
        *((fields.sex, text, "M") for text in ("M", "m", "Nam", "NAM", "male")),
        *((fields.sex, text, "F") for text in ("F", "Nữ", "nu", "NỮ", "Female")),
        *((fields.country, text, "VN") for text in ("VN", "vn", "VNM", "vnm", "Việt Nam")),
        *((fields.country, text, "VN") for text in ("Vietnam", "VIET NAM", "CHXHCN Việt Nam")),
        (fields.country, "Mỹ", "US"),
        (fields.country, "MY", "MY"),
        (fields.country, "Đức", "DE"),
        (fields.country, "DEU", "DE"),
        (fields.country, "Hàn Quốc", "KR"),
        (fields.identity_type, "Căn cước công dân", "cccd"),
        (fields.identity_type, "CMND", "cmnd"),
        (fields.identity_type, "Hộ chiếu", "passport"),
        (fields.identity_number, "001.090.000.001", "001090000001"),
        (fields.identity_number, "001 090-000 001", "001090000001"),
        (fields.identity_number, "'001090000001", "001090000001"),
        (fields.identity_number, "c1234567", "C1234567"),
        (fields.identity_number, "００１０９０００", "00109000"),
        *((fields.disease, text, "840539006") for text in ("COVID-19", "covid 19", "Covid19")),
        *((fields.disease, text, "840539006") for text in ("SARS-CoV-2", "RA01")),
        *((fields.number, text, "2") for text in ("2", "02", "2.0", "Mũi 2", "mũi số 2", "２")),
    ],
)
def test_the_standard_form(form: Callable[[str], str], entered: str, standard: str) -> None:
    assert form(entered) == standard
    assert form(standard) == standard


@pytest.mark.parametrize(
    ("form", "entered"),
    [
        *((fields.sex, text) for text in ("", "0", "1", "khác", "X", "Nam Nữ")),
        *((fields.country, text) for text in ("Kinh", "Atlantis", "ABC", "V", "VN1")),
        *((fields.identity_type, text) for text in ("BHYT", "", "giấy khai sinh")),
        *((fields.identity_number, text) for text in ("79123456789.0", "7,9123E+10", "", "--")),
        *((fields.identity_number, text) for text in ("1.2.3", "001/090", "số 12")),
        *((fields.disease, text) for text in ("cúm", "", "COVID-91")),
        *((fields.number, text) for text in ("0", "00", "-1", "2/2", "1.5", "II", "100")),
    ],
)
def test_what_has_no_standard_form_stays(form: Callable[[str], str], entered: str) -> None:
    assert form(entered) == entered
