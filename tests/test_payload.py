"""The payload parser: equal to the JSON Schemas when strict, and each tolerated deviation alone."""

from __future__ import annotations

import calendar
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache, partial
from typing import Any, Final

import cbor2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

import foreign
import specimens
from specimens import GROUPS, REMOVED
from vnvaxcert.codec import cbor
from vnvaxcert.errors import SchemaError
from vnvaxcert.schema import documents
from vnvaxcert.schema import payload as dcc
from vnvaxcert.schema.deviations import EVERY_DEVIATION, NO_DEVIATION, Deviation
from vnvaxcert.schema.records import (
    CertificateWarning,
    HealthCertificate,
    Holder,
    Kind,
    PartialDate,
    Recovery,
    TestResult,
    Vaccination,
)

VERSIONS: Final = ("1.0.0", "1.0.1", "1.1.0", "1.2.0", "1.2.1", "1.3.0", "1.3.1", "1.3.2", "1.3.3")


def parse_strictly(payload: object) -> HealthCertificate:
    return dcc.parse(payload, tolerated=NO_DEVIATION)[0]


def is_accepted(payload: object, tolerated: frozenset[Deviation] = NO_DEVIATION) -> bool:
    try:
        dcc.parse(payload, tolerated=tolerated)
    except SchemaError:
        return False
    return True


# --- the released schemas, by a plain validator -------------------------------------------------

# Formats from RFC 3339's grammar and the calendar, with none of the library's code. Two things of
# that grammar no record can hold: the year 0 and the leap second. Both are refused.
_FULL_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_FULL_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})([.][0-9]+)?([Zz]|[+-]([0-9]{2}):([0-9]{2}))\Z"
)


def _is_full_date(value: object) -> bool:
    if not isinstance(value, str):
        return True
    match = _FULL_DATE.match(value)
    if match is None:
        return False
    year, month, day = map(int, match.groups())
    return year > 0 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def _is_date_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    match = _FULL_TIME.match(value[11:])
    if match is None or value[10:11].upper() != "T" or not _is_full_date(value[:10]):
        return False
    hour, minute, second, zone_hour, zone_minute = (int(match[n] or 0) for n in (1, 2, 3, 6, 7))
    return max(hour, zone_hour) < 24 and max(minute, second, zone_minute) < 60


_FORMATS = FormatChecker(formats=())
_FORMATS.checks("date")(_is_full_date)
_FORMATS.checks("date-time")(_is_date_time)


@cache
def released(version: str) -> Any:
    """The released schema; its patterns as ECMA-262 reads them, which Python's `re` does not."""
    (path,) = (foreign.shared_vectors("eu-dcc-schema") / version).glob("*.json")
    document = json.loads(path.read_bytes())
    return Draft202012Validator(_ecma(document), format_checker=_FORMATS)


def _ecma(document: Any) -> Any:
    if isinstance(document, dict):
        return {
            key: member.replace(r"\d", "[0-9]").replace("$", r"\Z")
            if key == "pattern"
            else _ecma(member)
            for key, member in document.items()
        }
    return [_ecma(member) for member in document] if isinstance(document, list) else document


def released_accepts(payload: dict[str, Any], version: str) -> bool:
    # In releases before 1.3.0 no group or several would do; this library asks for one always.
    return sum(group in payload for group in GROUPS) == 1 and released(version).is_valid(payload)


# --- near-valid payloads ------------------------------------------------------------------------

ODD: Final[tuple[Any, ...]] = (
    *(None, True, False, [], {}, [1], {"a": 1}, b"", b"bytes", cbor.UNDEFINED),
    *(0, 1, 2, 9, 10, -1, 2**63, 2**64, 2**70),
    *(1.0, 9.0, 10.0, 2.5, 0.0, -0.0, -1.0, 1e300, float("nan"), float("inf"), float("-inf")),
    *("", " ", "x", "A", "<", "VN", "vn", "Vn", "vnV", "UNHCR", "ÀÉÔ", "ÀA", "ⅤＮ", "Ａ", "ǅ", "1"),
    *(" VN", "VN ", "VN\n", "\nVN", "A\u00a0", "\u2003A", "A\x1c", "A\x85", "A\u200b", "A\x00"),
    *(
        "NGUYEN<<VAN",
        "Nguyen",
        "NGUYEN VAN",
        "NGUYEN\n",
        "NGUYEN<",
        "ＮＧＵＹＥＮ",
        "N1",
        "-",
        "['",
    ),
    *("A" * 49, "A" * 50, "A" * 51, "A" * 79, "A" * 80, "A" * 81, "A" * 5000),
    *("😀" * 49, "😀" * 50, "😀" * 51, "😀" * 80, "😀" * 81, "e\u0301" * 25, "e\u0301" * 40),
    *(" " + "A" * 50, "A" * 50 + " ", " " + "A" * 80, "A" * 80 + "\n", "A" * 79 + " "),
    *("1990", "1990-", "1990-01", "1990-01-", "1990-01-02", "1990-01-02-03", "1990-1-2", "199"),
    *("1899", "1900", "2099", "2100", "1899-12-31", "1900-01-01", "2099-12-31", "2100-01-01"),
    *("1990-00", "1990-13", "1990-99-99", "1990-02-30", "2000-02-29", "1900-02-29", "2023-02-29"),
    *("1990-01-02\n", " 1990-01-02", "1990-01-02 ", "1990/01/02", "19900102", "1990-W01-2"),
    *("1990W012", "1990-W01", "1990-002", "0000-01-01", "0001-01-01", "9999-12-31", "+1990-01-02"),
    *("١٩٩٠-٠١-٠٢", "１９９０-01-02", "1990-01-0２", "1990-01-0²", "1990‐01‐02", "1990-01-02T"),
    *("1990-01-02T00:00:00", "1990-01-02T00:00:00Z", "1990-01-02T00:00:00+07:00", "1990-01-02T00"),
    *("1990-01-02T00:00", "1990-01-02 00:00:00", "1990-01-02 00:00:00Z", "1990-01-02t00:00:00z"),
    *("2022-04-13T22:03:04Z", "2022-04-13T22:03:04.5Z", "2022-04-13T22:03:04.123456789Z"),
    *("2022-04-13T22:03:04+0700", "2022-04-13T22:03:04+07", "2022-04-13T22:03:04+07:00"),
    *("2022-04-13T22:03:04-00:00", "2022-04-13T22:03:04+23:59", "2022-04-13T22:03:04+24:00"),
    *("2022-04-13T22:03:04+07:60", "2022-04-13T24:00:00Z", "2022-04-13T23:60:00Z", "2022-04-13T1"),
    *("2016-12-31T23:59:60Z", "2022-04-13T22:03:61Z", "2022-02-30T22:03:04Z", "2022-04-13T22:03Z"),
    *("0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-07:00", "0000-01-01T00:00:00Z"),
    *("2022-04-13T22:03:04.Z", "2022-04-13T22:03:04,5Z", "2022-04-13T22:03:04Z\n", "T22:03:04Z"),
    *("2022-04-13T2２:03:04Z", "2022-04-13T22:03:04", "2022-04-13T22:03:04z", "20220413T220304Z"),
)
FIELDS: Final[tuple[tuple[str, str, str], ...]] = (
    *((group, "nam", field) for group in GROUPS for field in ("fn", "gn", "fnt", "gnt", "other")),
    *((group, "", field) for group in GROUPS for field in ("nam", "dob", *GROUPS, "other")),
    *(("v", "v", field) for field in (*specimens.ENTRIES["v"], "other", "nm")),
    *(("t", "t", field) for field in (*specimens.ENTRIES["t"], "ma", "dr", "other")),
    *(("r", "r", field) for field in (*specimens.ENTRIES["r"], "other")),
)


def changed(payload: dict[str, Any], place: str, field: str, value: object) -> None:
    """Change one member of a payload, where its place still exists."""
    target: Any = payload.get(place) if place else payload
    if place in GROUPS:
        target = target[0] if isinstance(target, list) and target else None
    if not isinstance(target, dict):
        return
    if value is REMOVED:
        target.pop(field, None)
    else:
        target[field] = specimens.fresh(value)


@st.composite
def near_valid(draw: st.DrawFn) -> dict[str, Any]:
    group = draw(st.sampled_from(GROUPS))
    payload = specimens.payload(group, ver=draw(st.sampled_from(VERSIONS)))
    places = [(place, field) for of, place, field in FIELDS if of == group]
    values = st.sampled_from(ODD) | st.just(REMOVED) | st.text(max_size=12)
    for _ in range(draw(st.integers(0, 3))):
        place, field = draw(st.sampled_from(places))
        changed(payload, place, field, draw(values))
    for _ in range(draw(st.sampled_from([0, 0, 0, 1]))):
        another = draw(st.sampled_from(GROUPS))
        entries = [dict(specimens.ENTRIES[another])]
        payload[another] = draw(st.sampled_from([entries, entries * 2, [*entries, None], {}]))
    return payload


@given(near_valid())
@settings(max_examples=500)
def test_the_strict_parser_accepts_what_the_schema_of_that_version_accepts(
    payload: dict[str, Any],
) -> None:
    expected = not documents.violations(payload, payload["ver"])
    assert is_accepted(payload) is expected


@given(near_valid())
@settings(max_examples=300)
def test_the_strict_parser_accepts_what_the_released_schema_accepts(
    payload: dict[str, Any],
) -> None:
    assert is_accepted(payload) is released_accepts(payload, payload["ver"])


@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.0.0", "1.3.3"])
def test_each_odd_value_in_each_field_is_judged_as_the_schema_judges_it(version: str) -> None:
    differing = []
    for group, place, field in FIELDS:
        for value in (*ODD, REMOVED):
            payload = specimens.payload(group, ver=version)
            changed(payload, place, field, value)
            if is_accepted(payload) is bool(documents.violations(payload, version)):
                differing.append((group, place, field, value))
    assert differing == []


def test_what_the_schema_accepts_the_default_reading_accepts_too() -> None:
    for group, place, field in FIELDS:
        for value in (*ODD, REMOVED):
            payload = specimens.payload(group, ver="1.3.3")
            changed(payload, place, field, value)
            if is_accepted(payload) and not is_accepted(payload, EVERY_DEVIATION):
                pytest.fail(f"only the strict reading accepts {value!r} as {place}/{field}")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("group", GROUPS)
def test_an_ordinary_payload_of_each_version_is_accepted_without_a_warning(
    version: str, group: str
) -> None:
    payload = specimens.payload(group, ver=version)
    before = specimens.fresh(payload)
    certificate, warnings = dcc.parse(payload, tolerated=NO_DEVIATION)
    assert warnings == ()
    assert certificate.schema_version == version
    assert certificate.holder == specimens.HOLDER
    assert certificate.entries == specimens.certificate(group).entries
    assert dcc.parse(payload) == (certificate, ())
    assert payload == before


@pytest.mark.parametrize(
    ("group", "kind"), [("v", Kind.VACCINATION), ("t", Kind.TEST), ("r", Kind.RECOVERY)]
)
def test_the_kind_is_that_of_the_group(group: str, kind: Kind) -> None:
    assert parse_strictly(specimens.payload(group)).kind is kind


@pytest.mark.parametrize("payload", [None, [], "text", b"", 1, cbor.UNDEFINED, True])
def test_a_payload_that_is_no_map_is_refused(payload: object) -> None:
    with pytest.raises(SchemaError) as caught:
        dcc.parse(payload)
    assert caught.value.violations == (("", "expected a map"),)
    assert caught.value.code == "schema.invalid"


@pytest.mark.parametrize(
    "version",
    [
        *("", "1", "1.3", "1.3.4", "1.4.0", "2.0.0", "0.1.0", "1.3.0 ", " 1.3.0", "1.3.0\n"),
        *(
            "1.3.00",
            "1x3x0",
            "１.３.０",
            "v1.3.0",
            None,
            1.3,
            130,
            b"1.3.0",
            ["1.3.0"],
            {},
            REMOVED,
        ),
    ],
)
def test_a_version_that_was_never_released_is_refused(version: object) -> None:
    for tolerated in (NO_DEVIATION, EVERY_DEVIATION):
        with pytest.raises(SchemaError) as caught:
            dcc.parse(specimens.payload(ver=version), tolerated=tolerated)
        ((path, expected),) = caught.value.violations
        assert path == "/ver"
        assert "1.3.0" in expected


# --- groups -------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_two_groups_or_none_are_refused_in_every_version(version: str) -> None:
    entries = {group: [dict(specimens.ENTRIES[group])] for group in GROUPS}
    for absent, present in (("v", {}), ("", {"t": entries["t"]}), ("", entries)):
        payload = specimens.payload(ver=version, more=present)
        payload.pop(absent, None)
        for tolerated in (NO_DEVIATION, EVERY_DEVIATION):
            with pytest.raises(SchemaError, match="exactly one of v, t, r"):
                dcc.parse(payload, tolerated=tolerated)


@pytest.mark.parametrize("version", VERSIONS)
def test_several_entries_are_read_before_1_3_0_only(version: str) -> None:
    entries = [dict(specimens.ENTRIES["v"]), {**specimens.ENTRIES["v"], "dn": 1}]
    payload = specimens.payload(ver=version, v=entries)
    if version < "1.3.0":
        certificate, warnings = dcc.parse(payload, tolerated=NO_DEVIATION)
        assert [entry.dose_number for entry in certificate.vaccinations] == [2, 1]
        assert [(w.code, w.path) for w in warnings] == [("schema.several_entries", "/v")]
    else:
        with pytest.raises(SchemaError, match="exactly one entry"):
            dcc.parse(payload)


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("entries", [[], {}, "text", 0, [None], [[]], ["text"], [b""]])
def test_a_group_that_is_no_list_of_maps_is_refused(group: str, entries: object) -> None:
    payload = specimens.payload(group)
    payload[group] = entries
    for tolerated in (NO_DEVIATION, EVERY_DEVIATION):
        with pytest.raises(SchemaError, match=f"/{group}"):
            dcc.parse(payload, tolerated=tolerated)


# --- each deviation, alone ----------------------------------------------------------------------

Change = tuple[str, dict[str, Any]]
DEVIATIONS: Final[tuple[tuple[Deviation, str, dict[str, Any], str], ...]] = (
    (Deviation.NULL_MEMBER, "v", {"t": None}, "/t"),
    (Deviation.NULL_MEMBER, "v", {"r": cbor.UNDEFINED}, "/r"),
    (Deviation.NULL_MEMBER, "t", {"entry": {"ma": None}}, "/t/0/ma"),
    (Deviation.NULL_MEMBER, "t", {"entry": {"nm": None}}, "/t/0/nm"),
    (Deviation.NULL_MEMBER, "t", {"entry": {"tc": None}}, "/t/0/tc"),
    (Deviation.NULL_MEMBER, "v", {"name": {"fn": None}}, "/nam/fn"),
    (Deviation.NULL_MEMBER, "v", {"name": {"gn": cbor.UNDEFINED}}, "/nam/gn"),
    (Deviation.NULL_MEMBER, "v", {"name": {"gnt": None}}, "/nam/gnt"),
    (Deviation.NULL_MEMBER, "v", {"name": {"fnt": None}, "ver": "1.3.2"}, "/nam/fnt"),
    (Deviation.NULL_MEMBER, "t", {"entry": {"dr": None}, "ver": "1.0.0"}, "/t/0/dr"),
    (Deviation.TIME_IN_DATE, "v", {"dob": "1990-01-02T00:00:00"}, "/dob"),
    (Deviation.TIME_IN_DATE, "v", {"dob": "1990-01-02T00:00:00Z", "ver": "1.0.0"}, "/dob"),
    (Deviation.TIME_IN_DATE, "v", {"entry": {"dt": "2022-03-18T00:00:00"}}, "/v/0/dt"),
    (Deviation.TIME_IN_DATE, "v", {"entry": {"dt": "2022-03-18T23:59:59.999Z"}}, "/v/0/dt"),
    (Deviation.TIME_IN_DATE, "v", {"entry": {"dt": "2022-03-18T00:00:00+07:00"}}, "/v/0/dt"),
    (Deviation.TIME_IN_DATE, "v", {"entry": {"dt": "2022-03-18t00:00z"}}, "/v/0/dt"),
    (Deviation.TIME_IN_DATE, "r", {"entry": {"fr": "2022-02-03T01:02:03Z"}}, "/r/0/fr"),
    (Deviation.TIME_IN_DATE, "r", {"entry": {"df": "2022-02-14T01:02:03+0100"}}, "/r/0/df"),
    (Deviation.TIME_IN_DATE, "r", {"entry": {"du": "2022-08-02T01:02:03+01"}}, "/r/0/du"),
    (Deviation.ZONE_MISSING, "t", {"entry": {"sc": "2022-04-13T22:03:04"}}, "/t/0/sc"),
    (Deviation.ZONE_MISSING, "t", {"entry": {"sc": "2022-04-13T22:03:04.000"}}, "/t/0/sc"),
    (Deviation.ZONE_SHORT, "t", {"entry": {"sc": "2022-04-14T05:03:04+0700"}}, "/t/0/sc"),
    (Deviation.ZONE_SHORT, "t", {"entry": {"sc": "2022-04-14T05:03:04+07"}}, "/t/0/sc"),
    (Deviation.DOSE_RANGE, "v", {"entry": {"dn": 0}}, "/v/0/dn"),
    (Deviation.DOSE_RANGE, "v", {"entry": {"sd": -1}}, "/v/0/sd"),
    (Deviation.DOSE_RANGE, "v", {"entry": {"dn": 12}, "ver": "1.2.1"}, "/v/0/dn"),
    (Deviation.OUTER_SPACE, "v", {"entry": {"dt": " 2022-03-18"}}, "/v/0/dt"),
    (Deviation.OUTER_SPACE, "v", {"dob": "1990-01-02 "}, "/dob"),
    (Deviation.OUTER_SPACE, "t", {"entry": {"sc": "2022-04-13T22:03:04Z "}}, "/t/0/sc"),
    (Deviation.NAME_CHARACTERS, "v", {"name": {"fnt": "Nguyen"}}, "/nam/fnt"),
    (Deviation.NAME_CHARACTERS, "v", {"name": {"gnt": "VAN MAU"}}, "/nam/gnt"),
    (Deviation.NAME_CHARACTERS, "v", {"name": {"fnt": "ØRSTED"}}, "/nam/fnt"),
    (Deviation.DOB_EMPTY, "v", {"dob": "", "ver": "1.0.0"}, "/dob"),
    (Deviation.DOB_EMPTY, "v", {"dob": "", "ver": "1.2.1"}, "/dob"),
)


def test_every_deviation_has_a_test() -> None:
    assert {deviation for deviation, *_ in DEVIATIONS} == set(Deviation) == EVERY_DEVIATION


@pytest.mark.parametrize(("deviation", "group", "change", "path"), DEVIATIONS)
def test_a_deviation_is_read_with_its_warning_or_refused(
    deviation: Deviation, group: str, change: dict[str, Any], path: str
) -> None:
    payload = specimens.payload(group, **change)
    expected = CertificateWarning("schema.deviation", path, str(deviation))
    for tolerated in (EVERY_DEVIATION, frozenset({deviation})):
        warnings = dcc.parse(payload, tolerated=tolerated)[1]
        assert [w for w in warnings if not w.code.startswith("valueset")] == [expected] or (
            expected in warnings and {w.code for w in warnings} <= _SIDE_EFFECTS
        )
    for tolerated in (NO_DEVIATION, EVERY_DEVIATION - {deviation}):
        with pytest.raises(SchemaError) as caught:
            dcc.parse(payload, tolerated=tolerated)
        paths = {place for place, _ in caught.value.violations}
        assert path in paths or paths == {path.rpartition("/")[0]} or paths == {path, ""}


# A test whose name is null is also implausible.
_SIDE_EFFECTS = {"schema.deviation", "schema.plausibility"}


def test_outer_space_of_an_identifier_stays_because_its_hash_may_be_revoked() -> None:
    payload = specimens.fresh(specimens.payload("v"))
    payload["v"][0]["ci"] = " URN:UVCI:01:VN:1 "
    for tolerated in (EVERY_DEVIATION, NO_DEVIATION):
        certificate, warnings = dcc.parse(payload, tolerated=tolerated)
        assert certificate.vaccinations[0].certificate_id == " URN:UVCI:01:VN:1 "
        assert warnings == ()


@pytest.mark.parametrize(
    ("place", "field", "text", "stripped"),
    [
        ("nam", "fn", "Nguyễn ", "Nguyễn"),
        ("v", "mp", "EU/1/20/1528\n", "EU/1/20/1528"),
        ("v", "co", "\u00a0VN", "VN"),
        ("v", "is", "A" * 80 + " ", "A" * 80),
    ],
)
def test_outer_space_is_taken_off_with_a_warning_and_left_alone_when_strict(
    place: str, field: str, text: str, stripped: str
) -> None:
    # The schema allows it: so it is no violation, but for the length.
    payload = specimens.payload()
    changed(payload, place, field, text)
    certificate, warnings = dcc.parse(payload)
    rewritten = dcc.serialize(certificate)
    assert (rewritten[place] if place == "nam" else rewritten["v"][0])[field] == stripped
    path = f"/{place}/{field}" if place == "nam" else f"/v/0/{field}"
    assert CertificateWarning("schema.deviation", path, Deviation.OUTER_SPACE) in warnings
    if len(text) > 80:
        assert not is_accepted(payload)
        return
    strict, strict_warnings = dcc.parse(payload, tolerated=NO_DEVIATION)
    assert dcc.serialize(strict) == payload
    assert "schema.deviation" not in [w.code for w in strict_warnings]


def test_outer_space_around_a_transliterated_name_is_refused_when_strict() -> None:
    payload = specimens.payload(name={"gnt": " VAN<MAU"})
    assert dcc.parse(payload)[0].holder.given_name_icao == "VAN<MAU"
    assert not is_accepted(payload)


@pytest.mark.parametrize(
    ("group", "change", "read", "expected"),
    [
        ("v", {"dob": "1990-01-02T00:00:00"}, "holder.birth_date", PartialDate(1990, 1, 2)),
        ("v", {"entry": {"dt": "2022-03-18T23:59:59-11:00"}}, "date", date(2022, 3, 18)),
        ("v", {"entry": {"dn": -1}}, "dose_number", -1),
        ("v", {"entry": {"dn": 3.0}}, "dose_number", 3),
        ("v", {"entry": {"mp": "\tEU/1/20/1528 "}}, "product", "EU/1/20/1528"),
        ("v", {"name": {"fnt": "Ørsted"}}, "holder.family_name_icao", "Ørsted"),
        ("v", {"name": {"fn": " \n"}}, "holder.family_name", ""),
        ("v", {"name": {"fn": None}}, "holder.family_name", None),
        ("v", {"dob": ""}, "holder.birth_date", None),
        ("v", {"dob": "1990"}, "holder.birth_date", PartialDate(1990)),
        ("v", {"dob": "1990-12"}, "holder.birth_date", PartialDate(1990, 12)),
        ("t", {"entry": {"ma": None}}, "device", None),
        ("t", {"entry": {"tc": ""}}, "testing_centre", ""),
        ("t", {"entry": {"tc": REMOVED}}, "testing_centre", None),
    ],
)
def test_an_odd_value_is_read_as_what_it_means(
    group: str, change: dict[str, Any], read: str, expected: object
) -> None:
    certificate = dcc.parse(specimens.payload(group, **change))[0]
    record: Any = certificate if "." in read else certificate.entries[0]
    for attribute in read.split("."):
        record = getattr(record, attribute)
    assert record == expected
    assert type(record) is type(expected)


SAMPLED_AT = datetime(2022, 4, 13, 22, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022-04-13T22:03:04Z", SAMPLED_AT),
        ("2022-04-13t22:03:04z", SAMPLED_AT),
        ("2022-04-14T05:03:04+07:00", SAMPLED_AT),
        ("2022-04-13T22:03:04-00:00", SAMPLED_AT),
        ("2022-04-13T22:03:04", SAMPLED_AT),
        ("2022-04-14T05:03:04+0700", SAMPLED_AT),
        ("2022-04-14T05:03:04+07", SAMPLED_AT),
        ("2022-04-13T17:33:04-04:30", SAMPLED_AT),
        ("2022-04-13T22:03:04.5Z", SAMPLED_AT + timedelta(milliseconds=500)),
        ("2022-04-13T22:03:04.123456Z", SAMPLED_AT + timedelta(microseconds=123456)),
        ("2022-04-13T22:03:04.123456999Z", SAMPLED_AT + timedelta(microseconds=123456)),
    ],
)
def test_a_moment_is_read_as_utc(text: str, moment: datetime) -> None:
    certificate = dcc.parse(specimens.payload("t", entry={"sc": text}))[0]
    read = certificate.tests[0].sample_collected_at
    assert read == moment
    assert read.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "text",
    [
        *("", "2022-04-13", "22:03:04Z", "2022-04-13T22:03Z", "2022-04-13 22:03:04Z"),
        *("2022-04-13T22:03:04 Z", "2022-04-13T22:03:04+7", "2022-04-13T22:03:04+07:0"),
        *("2022-04-13T22:03:04+24:00", "2022-04-13T22:03:04+07:60", "2022-04-13T24:00:00Z"),
        *("2022-13-13T22:03:04Z", "2022-02-29T22:03:04Z", "2022-04-13T22:03:60Z", "now"),
        *("2022-04-13T22:03:04.Z", "2022-04-13T22:03:04,5Z", "٢٠٢٢-04-13T22:03:04Z", "1649887384"),
    ],
)
def test_a_moment_of_another_form_is_refused_even_by_default(text: str) -> None:
    with pytest.raises(SchemaError, match="/t/0/sc"):
        dcc.parse(specimens.payload("t", entry={"sc": text}))


@pytest.mark.parametrize(
    "text",
    [
        *("", "2022", "2022-03", "2022-3-18", "18-03-2022", "20220318", "2022-W11-5", "2022-077"),
        *("2022-02-29", "2022-04-31", "2022-13-01", "2022-00-01", "0000-01-01", "2022-03-18T"),
        *("2022-03-18T1", "2022-03-18 00:00:00", "2022-03-18Z", "2022-03-1８", "2022-03-18x"),
        *("2022-03-18T00:00:00x", "2022-02-29T00:00:00Z", "x2022-03-18", "--2022-03-18"),
    ],
)
def test_a_date_of_another_form_is_refused_even_by_default(text: str) -> None:
    for group, field in (("v", "dt"), ("r", "fr"), ("r", "df"), ("r", "du")):
        with pytest.raises(SchemaError, match=f"/{group}/0/{field}"):
            dcc.parse(specimens.payload(group, entry={field: text}))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "199",
            "1899",
            "2100",
            "1990-1",
            "1990-01-2",
            "1990-01-02-03",
            "01-02-1990",
            "1990/01/02",
        ),
        *("1899-12-31", "2100-01-01", "19900102", "١٩٩٠", "1990-", "1990-01-", "unknown", "XXXX"),
        *("1990-01-02T25", "1990T00:00:00", "-1990", "1990-W01-1", "1990-001"),
    ],
)
@pytest.mark.parametrize("version", ["1.0.0", "1.1.0", "1.3.3"])
def test_a_birth_date_of_another_form_is_refused_even_by_default(version: str, text: str) -> None:
    with pytest.raises(SchemaError, match="/dob"):
        dcc.parse(specimens.payload(dob=text, ver=version))


@pytest.mark.parametrize(
    "text", ["1990-02-30", "1990-99-99", "1990-13", "1990-00-00", "1900-02-29"]
)
def test_a_birth_date_that_does_not_exist_is_read_from_1_1_0_on_with_a_warning(text: str) -> None:
    for version in VERSIONS:
        payload = specimens.payload(dob=text, ver=version)
        if version < "1.1.0":
            with pytest.raises(SchemaError, match="/dob"):
                dcc.parse(payload)
            continue
        certificate, warnings = dcc.parse(payload, tolerated=NO_DEVIATION)
        birth_date = certificate.holder.birth_date
        assert birth_date is not None
        assert not birth_date.exists
        assert str(birth_date) == text
        assert [(w.code, w.path) for w in warnings] == [("schema.impossible_date", "/dob")]


@pytest.mark.parametrize("text", ["1990", "1990-01", ""])
def test_a_birth_date_is_whole_before_1_1_0(text: str) -> None:
    assert is_accepted(specimens.payload(dob=text, ver="1.3.0"))
    assert not is_accepted(specimens.payload(dob=text, ver="1.0.0"))
    assert not is_accepted(specimens.payload(dob="", ver="1.1.0"))


@pytest.mark.parametrize(
    ("group", "field", "text"),
    [
        ("v", "dt", "2022-03-18"),
        ("t", "sc", "2022-04-13T22:03:04Z"),
        ("r", "fr", "2022-02-03"),
    ],
)
def test_cbor_tag_0_around_a_date_is_read_under_both_readings(
    group: str, field: str, text: str
) -> None:
    tagged = specimens.payload(group, entry={field: cbor2.CBORTag(0, text)})
    for tolerated in (NO_DEVIATION, EVERY_DEVIATION):
        certificate, warnings = dcc.parse(tagged, tolerated=tolerated)
        assert certificate.entries == dcc.parse(specimens.payload(group))[0].entries
        assert [(w.code, w.path) for w in warnings] == [
            ("schema.tagged_time", f"/{group}/0/{field}")
        ]
    for value in (cbor2.CBORTag(1, text), cbor2.CBORTag(0, 1), cbor2.CBORTag(0, None)):
        with pytest.raises(SchemaError, match=f"/{group}/0/{field}"):
            dcc.parse(specimens.payload(group, entry={field: value}))


@pytest.mark.parametrize("field", ["tg", "mp", "co", "is", "ci", "dn"])
def test_cbor_tag_0_around_anything_else_is_refused(field: str) -> None:
    value = cbor2.CBORTag(0, specimens.ENTRIES["v"][field])
    with pytest.raises(SchemaError, match=f"/v/0/{field}"):
        dcc.parse(specimens.payload(entry={field: value}))


@pytest.mark.parametrize("group", GROUPS)
def test_each_required_member_is_missed_by_its_path(group: str) -> None:
    for field in specimens.ENTRIES[group]:
        payload = specimens.payload(group, entry={field: REMOVED})
        if field in ("nm", "tc"):
            assert is_accepted(payload)
            continue
        for value in (REMOVED, None):
            with pytest.raises(SchemaError) as caught:
                dcc.parse(specimens.payload(group, entry={field: value}))
            assert caught.value.violations == ((f"/{group}/0/{field}", "expected to be there"),)
    for member in ("nam", "dob"):
        with pytest.raises(SchemaError, match=f"/{member}: expected to be there"):
            dcc.parse(specimens.payload(group, more={member: REMOVED}))


def test_either_transliterated_name_suffices_from_1_3_2_on() -> None:
    only_gnt = {"fnt": REMOVED}
    only_fnt = {"gnt": REMOVED}
    neither = {"fnt": REMOVED, "gnt": REMOVED}
    for version in VERSIONS:
        assert is_accepted(specimens.payload(name=only_fnt, ver=version))
        assert is_accepted(specimens.payload(name=only_gnt, ver=version)) is (version >= "1.3.2")
        with pytest.raises(SchemaError, match="/nam: expected fnt"):
            dcc.parse(specimens.payload(name=neither, ver=version))


@pytest.mark.parametrize(("version", "limit"), [("1.0.0", 50), ("1.2.1", 50), ("1.3.0", 80)])
@pytest.mark.parametrize(
    ("group", "place", "field"),
    [
        *(("v", "nam", "fn"), ("v", "nam", "gn"), ("v", "nam", "fnt"), ("v", "nam", "gnt")),
        *(("v", "v", "is"), ("v", "v", "ci"), ("t", "t", "tc"), ("t", "t", "is"), ("r", "r", "ci")),
    ],
)
def test_a_bounded_text_has_at_most_the_characters_of_its_version(
    version: str, limit: int, group: str, place: str, field: str
) -> None:
    character = "A" if field.endswith("nt") else "😀"  # one character, four bytes
    for length, fits in ((limit, True), (limit + 1, False)):
        payload = specimens.payload(group, ver=version)
        changed(payload, place, field, character * length)
        assert is_accepted(payload) is fits
        assert is_accepted(payload, EVERY_DEVIATION) is fits
        if not fits:
            with pytest.raises(SchemaError, match=f"at most {limit} characters"):
                dcc.parse(payload)


def test_the_name_of_a_test_is_bounded_from_1_3_0_on() -> None:
    for version in VERSIONS:
        long = specimens.payload("t", entry={"nm": "x" * 81}, ver=version)
        assert is_accepted(long) is (version < "1.3.0")
    assert is_accepted(specimens.payload("t", entry={"nm": "x" * 80}))


@pytest.mark.parametrize("field", ["dn", "sd"])
def test_doses_run_to_9_before_1_3_0_and_without_a_limit_since(field: str) -> None:
    for version in VERSIONS:
        for dose in (1, 9, 9.0):
            assert is_accepted(specimens.payload(entry={field: dose}, ver=version))
        for dose in (10, 255, 2**64, 10.0):
            accepted = is_accepted(specimens.payload(entry={field: dose}, ver=version))
            assert accepted is (version >= "1.3.0")
        for wrong in (True, 1.5, "1", b"\x01", [1], float("nan"), float("inf"), None):
            assert not is_accepted(
                specimens.payload(entry={field: wrong}, ver=version), EVERY_DEVIATION
            )


def test_a_whole_float_is_an_integer_with_a_warning_under_both_readings() -> None:
    for tolerated in (NO_DEVIATION, EVERY_DEVIATION):
        _, warnings = dcc.parse(specimens.payload(entry={"dn": 2.0}), tolerated=tolerated)
        assert [(w.code, w.path) for w in warnings] == [("schema.float_integer", "/v/0/dn")]


def test_the_time_of_the_result_is_a_member_before_1_2_0_only() -> None:
    for version in VERSIONS:
        payload = specimens.payload("t", entry={"dr": "2022-04-14T00:00:00Z"}, ver=version)
        certificate, warnings = dcc.parse(payload, tolerated=NO_DEVIATION)
        if version < "1.2.0":
            assert certificate.tests[0].result_at == datetime(2022, 4, 14, tzinfo=UTC)
            assert warnings == ()
        else:
            assert certificate.tests[0].result_at is None
            assert [w.code for w in warnings] == ["schema.unknown_member"]
        nonsense = specimens.payload("t", entry={"dr": "yesterday"}, ver=version)
        assert is_accepted(nonsense) is (version >= "1.2.0")


# --- members the schema does not name -----------------------------------------------------------


def test_unknown_members_are_passed_over_with_a_warning() -> None:
    payload = specimens.payload(
        name={"middle": "x"},
        entry={"lot": "x", 5: "x", b"k": "x"},
        more={"extra": {"a": 1}, "ic": 1, 7: "x", None: "x", "a name that is long and odd": "x"},
    )
    certificate, warnings = dcc.parse(payload, tolerated=NO_DEVIATION)
    assert certificate.vaccinations == (specimens.VACCINATION,)
    assert {w.code for w in warnings} == {"schema.unknown_member"}
    assert sorted(w.path for w in warnings) == sorted(
        ["/nam/middle", "/v/0/lot", "/v/0", "/v/0", "/extra", "/ic", "", "", ""]
    )


def test_unknown_members_are_not_counted_without_end() -> None:
    payload = specimens.payload(more={f"x{number}": 1 for number in range(5000)})
    assert len(dcc.parse(payload)[1]) <= 20


def test_the_number_of_violations_is_bounded() -> None:
    payload = specimens.payload(ver="1.0.0", v=[{}] * 5000)
    with pytest.raises(SchemaError) as caught:
        dcc.parse(payload)
    assert 50 <= len(caught.value.violations) <= 60
    assert len(str(caught.value)) < 1000


def test_every_violation_is_listed() -> None:
    payload = specimens.payload(
        dob=7, name={"fnt": 1, "fn": "x" * 81}, entry={"dn": "one", "dt": "today", "co": "vn"}
    )
    with pytest.raises(SchemaError) as caught:
        dcc.parse(payload)
    paths = [path for path, _ in caught.value.violations]
    assert sorted(paths) == ["/dob", "/nam/fn", "/nam/fnt", "/v/0/co", "/v/0/dn", "/v/0/dt"]


# --- warnings about codes -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "entry", "code", "path"),
    [
        ("v", {"mp": "Unheard-of"}, "valueset.unknown", "/v/0/mp"),
        ("v", {"co": "XX"}, "valueset.unknown", "/v/0/co"),
        ("v", {"vp": "J07BX03"}, "valueset.deprecated", "/v/0/vp"),
        ("t", {"tr": "1"}, "valueset.unknown", "/t/0/tr"),
        ("t", {"nm": REMOVED}, "schema.plausibility", "/t/0/nm"),
        ("t", {"tt": "LP217198-3", "nm": REMOVED}, "schema.plausibility", "/t/0/ma"),
        ("r", {"tg": "1"}, "valueset.unknown", "/r/0/tg"),
    ],
)
def test_codes_outside_the_value_sets_are_warnings_under_both_readings(
    group: str, entry: Mapping[str, Any], code: str, path: str
) -> None:
    for tolerated in (NO_DEVIATION, EVERY_DEVIATION):
        warnings = dcc.parse(specimens.payload(group, entry=entry), tolerated=tolerated)[1]
        assert (code, path) in [(w.code, w.path) for w in warnings]


def test_the_mismatched_pair_of_viet_nams_sample_is_a_warning() -> None:
    # Vaxzevria with BioNTech as its maker: the pair of the published sample of Viet Nam.
    warnings = dcc.parse(specimens.payload(entry={"mp": "EU/1/21/1529"}))[1]
    assert "valueset.mismatch" in [w.code for w in warnings]


# --- personal data ------------------------------------------------------------------------------

MARKER = "Zyxwvut-Geheim-9"


def _marked(draw: st.DrawFn) -> dict[str, Any]:
    group = draw(st.sampled_from(GROUPS))
    payload = specimens.payload(group, ver=draw(st.sampled_from(VERSIONS)))
    for of, place, field in FIELDS:
        if of == group and draw(st.booleans()):
            before = draw(st.sampled_from(["", " ", "2022-01-01T", "1990-"]))
            text = before + MARKER
            values: list[Any] = [text, [text], {text: text}, text.encode()]
            changed(payload, place, field, draw(st.sampled_from(values)))
    return payload


@given(st.composite(_marked)())
def test_no_value_appears_in_an_error_a_warning_or_a_repr(payload: dict[str, Any]) -> None:
    for tolerated in (EVERY_DEVIATION, NO_DEVIATION):
        try:
            certificate, warnings = dcc.parse(payload, tolerated=tolerated)
        except SchemaError as error:
            shown = f"{error} {error!r} {error.violations}"
        else:
            shown = f"{certificate} {certificate!r} {warnings} {certificate.entries}"
        assert MARKER not in shown
        assert "Geheim" not in shown


def test_records_show_nothing_of_what_they_hold() -> None:
    for group in GROUPS:
        certificate = specimens.certificate(group)
        shown = repr(certificate) + repr(certificate.entries) + repr(certificate.holder.birth_date)
        held = [*specimens.NAME.values(), "1990", *map(str, specimens.ENTRIES[group].values())]
        assert not [value for value in held if len(value) > 1 and value in shown]


# --- round trip ---------------------------------------------------------------------------------

TEXTS = (  # in normal form C, as they are written
    st.text(st.characters(codec="utf-8"), max_size=80)
    .map(partial(unicodedata.normalize, "NFC"))
    .filter(lambda text: len(text) <= 80)
)
ICAO = st.text("ABCXYZ<", max_size=80)
CODES = st.text(st.characters(codec="utf-8"), max_size=20)
COUNTRIES = st.sampled_from(["VN", "DE", "UNHCR", "xK", "A"])
MOMENTS = st.datetimes(
    datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)
) | st.datetimes(
    datetime(2020, 1, 1),
    datetime(2030, 1, 1),
    timezones=st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours))),
)
BIRTH_DATES = (
    st.none()
    | st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(PartialDate.from_date)
    | st.builds(PartialDate, st.integers(1900, 2099))
    | st.builds(PartialDate, st.integers(1900, 2099), st.integers(1, 12))
)
HOLDERS = st.builds(
    Holder,
    family_name=st.none() | TEXTS,
    given_name=st.none() | TEXTS,
    family_name_icao=ICAO,
    given_name_icao=st.none() | ICAO,
    birth_date=BIRTH_DATES,
)
VACCINATIONS = st.builds(
    Vaccination,
    **dict.fromkeys(("disease", "vaccine", "product", "manufacturer"), CODES),
    dose_number=st.integers(1, 2**70),
    total_doses=st.integers(1, 2**70),
    date=st.dates(),
    country=COUNTRIES,
    issuer=TEXTS,
    certificate_id=TEXTS,
)
TESTS = st.builds(
    TestResult,
    **dict.fromkeys(("disease", "test_type", "result"), CODES),
    **dict.fromkeys(("test_name", "device", "testing_centre"), st.none() | TEXTS),
    sample_collected_at=MOMENTS,
    country=COUNTRIES,
    issuer=TEXTS,
    certificate_id=TEXTS,
)
RECOVERIES = st.builds(
    Recovery,
    disease=CODES,
    country=COUNTRIES,
    issuer=TEXTS,
    certificate_id=TEXTS,
    **dict.fromkeys(("first_positive_date", "valid_from", "valid_until"), st.dates()),
)


def _certificates(
    group: str, records: st.SearchStrategy[Any]
) -> st.SearchStrategy[HealthCertificate]:
    return st.builds(
        HealthCertificate,
        holder=HOLDERS,
        schema_version=st.sampled_from([version for version in VERSIONS if version >= "1.3.0"]),
        **{group: records.map(lambda record: (record,))},
    )


@given(
    _certificates("vaccinations", VACCINATIONS)
    | _certificates("tests", TESTS)
    | _certificates("recoveries", RECOVERIES)
)
def test_what_is_serialized_is_parsed_as_it_was(certificate: HealthCertificate) -> None:
    payload = dcc.serialize(certificate)
    assert parse_strictly(payload) == certificate
    assert documents.violations(payload, certificate.schema_version) == ()
    assert json.loads(json.dumps(payload)) == payload
    assert dcc.serialize(parse_strictly(payload)) == payload


@pytest.mark.parametrize("group", GROUPS)
def test_the_wire_keys_are_those_of_the_schema(group: str) -> None:
    assert dcc.serialize(specimens.certificate(group)) == specimens.payload(group)


def test_what_is_none_is_left_out_but_for_the_birth_date() -> None:
    holder = Holder(family_name_icao="NGUYEN", birth_date=None)
    payload = dcc.serialize(specimens.certificate(holder=holder))
    assert payload["nam"] == {"fnt": "NGUYEN"}
    assert payload["dob"] == ""


def test_a_local_time_is_written_in_utc() -> None:
    local = SAMPLED_AT.astimezone(timezone(timedelta(hours=7)))
    record = replace(specimens.TEST_RESULT, sample_collected_at=local, result_at=local)
    payload = dcc.serialize(HealthCertificate(holder=specimens.HOLDER, tests=(record,)))
    assert payload["t"][0]["sc"] == payload["t"][0]["dr"] == "2022-04-13T22:03:04Z"


def test_a_time_without_a_zone_is_the_callers_mistake() -> None:
    naive = replace(specimens.TEST_RESULT, sample_collected_at=datetime(2022, 4, 13))
    certificate = HealthCertificate(holder=specimens.HOLDER, tests=(naive,))
    with pytest.raises(ValueError, match="time zone"):
        dcc.serialize(certificate)


# --- partial dates ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "text"),
    [((1990,), "1990"), ((1990, 1), "1990-01"), ((1990, 1, 2), "1990-01-02"), ((2099,), "2099")],
)
def test_a_partial_date_is_written_as_far_as_it_is_known(parts: tuple[int, ...], text: str) -> None:
    made = PartialDate(*parts)
    assert str(made) == text
    assert made.exists
    assert text not in repr(made)


@pytest.mark.parametrize(
    "parts",
    [
        *((1899,), (2100,), (0,), (1990, 0), (1990, 13), (1990, 2, 30), (1990, 1, 0)),
        *((1990, None, 2), (1900, 2, 29), (-1990,)),
    ],
)
def test_a_partial_date_that_does_not_exist_is_refused(parts: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        PartialDate(*parts)


@pytest.mark.parametrize("parts", [("1990",), (1990.0,), (True,), (1990, 1.0), (1990, 1, "2")])
def test_a_partial_date_of_other_types_is_a_mistake(parts: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match="integers"):
        PartialDate(*parts)


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
@example(date(2000, 2, 29))
def test_a_whole_date_makes_a_partial_date_with_its_iso_form(day: date) -> None:
    assert str(PartialDate.from_date(day)) == day.isoformat()
    assert PartialDate.from_digits(day.year, day.month, day.day) == PartialDate.from_date(day)
