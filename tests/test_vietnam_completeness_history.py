"""The dose records of one identity number, taken together."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert.vietnam.completeness import check_history, check_record
from vnvaxcert.vietnam.exchange import ExchangeRecord
from vnvaxcert.vietnam.products import PRODUCTS
from vnvaxcert.vietnam.reasons import REASONS
from vnvaxcert.vietnam.specimen import make_population

AT = date(2023, 4, 15)
FIRST = ExchangeRecord(
    record_id="MAU-1",
    full_name="Nguyễn Thị Ngọc Mẫu",
    sex="F",
    birth_date="1990-02-28",
    nationality="VN",
    identity_type="cccd",
    identity_number="001190900001",
    disease="840539006",
    product="Pfizer",
    dose_number="1",
    vaccination_date="2021-08-01",
    country="VN",
    facility_code="01901",
    signing_unit="01900",
)
DUPLICATE, SAME, ORDER, SOON, SHARED = (
    "doses.duplicate",
    "doses.same_number",
    "doses.out_of_order",
    "doses.interval",
    "identity_number.shared",
)


def dose(number: int, day: str, product: str = "Pfizer", **fields: str) -> ExchangeRecord:
    return replace(FIRST, dose_number=str(number), vaccination_date=day, product=product, **fields)


def found(*records: ExchangeRecord, at: date = AT) -> list[list[str]]:
    return [[reason.code for reason in reasons] for reasons in check_history(records, at=at)]


def test_doses_in_order_have_nothing_to_say() -> None:
    doses = [dose(1, "2021-08-01"), dose(2, "2021-08-22"), dose(3, "2022-01-30", "Moderna")]
    for record in doses:
        assert check_record(record, at=AT) == ()
    assert found(*doses) == [[], [], []]
    assert found(*reversed(doses)) == [[], [], []]
    assert found(doses[0]) == [[]]
    assert found() == []


def test_a_missing_dose_is_no_reason() -> None:
    assert found(dose(2, "2021-08-22"), dose(3, "2022-01-30")) == [[], []]
    assert found(dose(1, "2021-08-01"), dose(4, "2022-08-01")) == [[], []]


# Entered twice, numbered twice


def test_every_line_after_the_first_is_the_duplicate() -> None:
    assert found(FIRST, FIRST, dose(2, "2021-09-01"), FIRST) == [
        [],
        [DUPLICATE],
        [],
        [DUPLICATE],
    ]


def test_two_names_of_one_vaccine_are_one_dose() -> None:
    assert found(FIRST, dose(1, "2021-08-01", "Comirnaty")) == [[], [DUPLICATE]]
    assert found(FIRST, dose(1, "2021-08-01", lot="MAU2", facility_name="khác"))[1] == [DUPLICATE]


def test_a_duplicate_counts_though_its_record_is_refused_for_something_else() -> None:
    assert found(replace(FIRST, full_name=""), FIRST) == [[], [DUPLICATE]]
    assert found(replace(FIRST, product="?"), replace(FIRST, product="?")) == [[], [DUPLICATE]]


@pytest.mark.parametrize(
    "other",
    [dose(1, "2021-08-02"), dose(1, "2021-08-01", "Moderna"), dose(1, "2021-10-01", "AZ")],
)
def test_two_doses_of_one_number_are_both_told(other: ExchangeRecord) -> None:
    assert found(FIRST, other) == [[SAME], [SAME]]
    assert found(other, FIRST, FIRST) == [[SAME], [SAME], [DUPLICATE]]


def test_a_number_given_twice_makes_no_other_dose_suspicious() -> None:
    assert found(
        dose(1, "2021-08-01"),
        dose(2, "2021-06-01"),
        dose(2, "2022-03-01"),
        dose(3, "2022-03-05"),
    ) == [[], [SAME], [SAME], []]


@pytest.mark.parametrize("day", ["2021-03-08", AT.isoformat(), "2021-10-15"])
def test_the_first_and_the_last_possible_day_count(day: str) -> None:
    newborn = dose(1, day, birth_date="2021-10-15") if day == "2021-10-15" else dose(1, day)
    assert found(newborn, newborn) == [[], [DUPLICATE]]


# Out of order, too close


def test_both_neighbours_that_are_the_wrong_way_round_are_told() -> None:
    assert found(dose(1, "2021-09-01"), dose(2, "2021-08-01"), dose(3, "2022-01-30")) == [
        [ORDER],
        [ORDER],
        [],
    ]


def test_a_dose_between_two_wrong_neighbours_is_told_once() -> None:
    assert (
        found(dose(1, "2022-09-01"), dose(2, "2022-05-01"), dose(3, "2022-01-30")) == [[ORDER]] * 3
    )


@pytest.mark.parametrize("product", [known.name for known in PRODUCTS])
def test_a_dose_is_too_soon_below_the_interval_of_its_product_less_four_days(product: str) -> None:
    # from the makers' leaflets and the campaign's guidance, not from the table of products
    weeks = {"Comirnaty": 3, "Sputnik V": 3, "Vero Cell": 3, "WIBP-CorV": 3, "Hayat-Vax": 3}
    least = 7 * (weeks | {"Abdala": 2}).get(product, 4) - 4
    start = date(2021, 8, 1)
    for days in (0, 1, least - 1, least, least + 1, 400):
        later = dose(2, (start + timedelta(days=days)).isoformat(), product)
        expected = [SOON] if days < least else []
        assert found(dose(1, "2021-08-01", product), later) == [[], expected], days


@pytest.mark.parametrize(
    ("number", "day", "expected"), [(3, 23, [SOON]), (3, 24, []), (4, 10, [SOON])]
)
def test_a_dose_beyond_the_primary_series_waits_28_days_less_four(
    number: int, day: int, expected: list[str]
) -> None:
    later = dose(number, (date(2021, 9, 1) + timedelta(days=day)).isoformat())
    assert found(dose(1, "2021-08-01"), dose(2, "2021-09-01"), later)[2] == expected


def test_the_interval_of_a_vaccine_that_is_not_known_is_not_known_either() -> None:
    assert found(FIRST, dose(2, "2021-08-02", "Vắc xin mẫu")) == [[], []]
    assert found(FIRST, dose(2, "2021-07-02", "Vắc xin mẫu")) == [[ORDER], [ORDER]]


@pytest.mark.parametrize(
    "faulty",
    [
        dose(1, "2024-08-01"),  # in the future
        dose(1, "1989-08-01"),  # before the birth
        dose(1, "2020-08-01"),  # before there was a vaccine
        dose(1, "2021-08-32"),
        dose(1, ""),
        replace(FIRST, dose_number="?"),
        replace(FIRST, dose_number=""),
        replace(FIRST, dose_number="17"),
    ],
)
def test_what_is_refused_for_its_date_or_number_does_not_fall_on_its_neighbour(
    faulty: ExchangeRecord,
) -> None:
    assert check_record(faulty, at=AT)
    clean = dose(2, "2021-08-22"), dose(3, "2022-01-30")
    assert found(faulty, *clean) == [[], [], []]
    assert found(*clean, faulty, faulty) == [[], [], [], []]


# Whose number it is

OTHER = {"full_name": "Trần Văn Khác", "birth_date": "1985-05-05"}


def test_a_number_of_two_people_is_told_on_all_their_records() -> None:
    mine = [dose(1, "2021-08-01"), dose(2, "2021-08-22")]
    theirs = [dose(1, "2021-08-01", **OTHER), dose(2, "2021-09-22", **OTHER)]
    assert found(*mine, *theirs) == [[SHARED]] * 4
    assert found(theirs[0], mine[1]) == [[SHARED]] * 2


def test_people_who_share_a_number_do_not_share_their_doses() -> None:
    assert found(
        dose(1, "2021-08-01"), dose(1, "2021-08-02", **OTHER), dose(2, "2021-07-01", **OTHER)
    ) == [[SHARED], [SHARED, ORDER], [SHARED, ORDER]]


@pytest.mark.parametrize(
    "fields",
    [
        {"full_name": "Trần Văn Khác"},  # the date links them
        {"birth_date": "1985-05-05"},  # the name does
        {"full_name": "NGUYEN THI NGOC MAU", "birth_date": "1985-05-05"},
        {"full_name": "Ngọc Mẫu Nguyễn Thị", "birth_date": "1985-05-05"},
        {
            "full_name": "",
            "family_name": "Nguyễn",
            "given_name": "Thị Ngọc Mẫu",
            "birth_date": "1985-05-05",
        },
        {"full_name": "Trần Văn Khác", "birth_date": "1990"},
        {"full_name": "Trần Văn Khác", "birth_date": "1990-02"},
        {"full_name": "Trần Văn Khác", "birth_date": ""},
        {"full_name": "Trần Văn Khác", "birth_date": "2990-02-28"},
        {"full_name": "", "birth_date": "1985-05-05"},
    ],
)
def test_a_slip_in_the_name_or_the_date_alone_is_no_second_person(fields: dict[str, str]) -> None:
    later = dose(2, "2021-08-22", **fields)
    assert found(FIRST, later) == [[], []]
    assert found(later, FIRST) == [[], []]


def test_a_record_between_two_that_differ_links_them() -> None:
    slips = (
        dose(2, "2021-08-22", full_name="Nguyễn Thị Ngọc Mậu Sai"),
        dose(3, "2022-01-30", birth_date="1990-02-27"),
    )
    assert found(*slips) == [[SHARED], [SHARED]]
    assert found(*slips, FIRST) == [[], [], []]
    assert found(FIRST, *slips) == [[], [], []]


def test_names_that_no_certificate_can_hold_are_compared_all_the_same() -> None:
    odd = {"full_name": "Nguy?n 3", "birth_date": "1985-05-05"}
    assert found(FIRST, dose(2, "2021-08-22", **odd)) == [[SHARED], [SHARED]]
    assert found(dose(1, "2021-08-01", full_name="Nguy?n 3"), dose(2, "2021-08-22", **odd)) == [
        [],
        [],
    ]


def test_a_record_without_name_or_date_is_told_with_the_others_and_links_nobody() -> None:
    bare = dose(3, "2022-01-30", full_name="", birth_date="")
    assert found(FIRST, bare) == [[], []]
    assert found(FIRST, bare, dose(2, "2021-08-22", **OTHER)) == [[SHARED]] * 3


def test_two_states_may_give_one_passport_number() -> None:
    passport = {"identity_type": "passport", "identity_number": "A1234567"}
    french = dose(1, "2021-08-01", nationality="FR", **passport)
    indian = dose(1, "2021-08-05", nationality="IN", **passport, **OTHER)
    assert found(french, indian) == [[], []]
    another = dose(2, "2021-10-05", nationality="FR", **passport, **OTHER)
    assert found(french, indian, another) == [[SHARED], [], [SHARED]]


@pytest.mark.parametrize("number", ["", "00119", "000000000000"])
def test_nothing_is_told_of_a_number_that_is_nobodys(number: str) -> None:
    records = [replace(FIRST, identity_number=number)] * 2
    assert found(*records, replace(records[0], **OTHER)) == [[], [], []]


def test_records_of_two_numbers_are_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="one identity number") as caught:
        found(FIRST, replace(FIRST, identity_number="001190900002"))
    assert "0011909" not in str(caught.value)


def test_a_day_is_asked_for_and_no_moment() -> None:
    with pytest.raises(TypeError, match="the day in Viet Nam"):
        check_history([FIRST], at=datetime(2022, 4, 15, tzinfo=UTC))


# Properties


def told(records: Iterable[ExchangeRecord], at: date) -> dict[str, set[str]]:
    """What the histories of a population say, by record id."""
    by_number = defaultdict(list)
    for record in records:
        by_number[record.identity_number].append(record)
    said: dict[str, set[str]] = defaultdict(set)
    for own in by_number.values():
        for record, reasons in zip(own, check_history(own, at=at), strict=True):
            said[record.record_id] |= {reason.code for reason in reasons}
    return said


def test_specimens_are_told_the_faults_of_their_history_and_no_other() -> None:
    at = date(2024, 1, 1)
    lines = list(make_population(count=4000, seed=21, faults=0.5, at=at))
    said = told((line.record for line in lines), at)
    of_history = {code for code in REASONS if code.startswith("doses.")} | {SHARED}
    seen = set()
    for line in lines:
        faults = {code for code, _ in line.faults}
        if any(code.startswith("clean.") for code in faults) or "full_name.doubtful" in faults:
            continue  # not cleaned here
        assert said[line.record.record_id] == faults & of_history, line.number
        seen |= faults & of_history
    assert seen == of_history


days = st.dates(date(2021, 3, 8), AT).map(date.isoformat) | st.sampled_from(["", "2021-02-30"])
histories = st.lists(
    st.builds(
        dose,
        st.integers(0, 8),
        days,
        st.sampled_from(["Pfizer", "AZ", "Abdala", "Sinopharm", ""]),
        full_name=st.sampled_from(["Nguyễn Mẫu", "Mẫu Nguyễn", "Trần Khác", ""]),
        birth_date=st.sampled_from(["1990-02-28", "1990", "1985-05-05", "?"]),
    ),
    max_size=8,
)


@given(histories)
def test_what_is_told_does_not_depend_on_the_order_but_for_duplicates(
    records: list[ExchangeRecord],
) -> None:
    records = [replace(record, record_id=str(n)) for n, record in enumerate(records)]
    said = told(records, AT)
    other = told(records[::-1], AT)
    if not any(DUPLICATE in codes for codes in said.values()):
        assert said == other
    assert sum(DUPLICATE in codes for codes in said.values()) == sum(
        DUPLICATE in codes for codes in other.values()
    )


@given(histories)
def test_nothing_is_told_twice_and_a_lone_record_never(records: list[ExchangeRecord]) -> None:
    for reasons in check_history(records, at=AT):
        assert len(set(reasons)) == len(reasons)
    for record in records:
        assert found(record) == [[]]


def test_work_grows_with_the_number_of_records() -> None:
    def seconds(count: int) -> float:
        records = [
            dose(1 + n % 6, "2021-08-01", full_name=f"Mẫu {chr(97 + n % 26) * (n % 50)}")
            for n in range(count)
        ]
        records = [
            replace(record, birth_date=(date(1930, 1, 1) + timedelta(days=n % 20_000)).isoformat())
            for n, record in enumerate(records)
        ]
        start = time.process_time()
        check_history(records, at=AT)
        return time.process_time() - start

    small = min(seconds(1000) for _ in range(3))
    assert seconds(16_000) < 16 * small * 4
