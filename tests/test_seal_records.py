"""The contents of seals: read as wide as the sources go, written as narrow as the strictest.

The limits are those of the fact sheet: ICAO VDS-NC 1.1 as paper-cred, the WHO's model and
Australia's issuer have it. The seals here are our own but for the five foreign ones.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert import vdsnc
from vnvaxcert.errors import IssueClaimsError, SchemaError
from vnvaxcert.schema import seal_reader, seal_writer
from vnvaxcert.schema.deviations import EVERY_DEVIATION, NO_DEVIATION, Deviation
from vnvaxcert.schema.records import PartialDate
from vnvaxcert.schema.seal import (
    Seal,
    SealDose,
    SealHolder,
    SealTest,
    SealType,
    SealVaccination,
)

VACCINATION: dict[str, Any] = {
    "hdr": {"t": "icao.vacc", "v": 1, "is": "VNM"},
    "msg": {
        "uvci": "VN0000000017",
        "pid": {
            "n": "NGUYEN  THI MAU",
            "dob": "1990-12-31",
            "sex": "F",
            "i": "B00000000",
            "ai": "MAU.0001",
        },
        "ve": [
            {
                "des": "XM68M6",
                "nam": "Vaccine Mau",
                "dis": "RA01.0",
                "vd": [
                    {
                        "dvc": "2021-09-01",
                        "seq": 1,
                        "ctr": "VNM",
                        "adm": "01001",
                        "lot": "MAU1",
                        "dvn": "2021-10-01",
                    },
                    {"dvc": "2021-10-02", "seq": 2, "ctr": "VNM", "adm": "01001", "lot": "MAU2"},
                ],
            }
        ],
    },
}
TEST: dict[str, Any] = {
    "hdr": {"t": "icao.test", "v": 1, "is": "D"},
    "msg": {
        "utci": "DE0000000012",
        "pid": {"n": "MUSTERMANN ERIKA", "dob": "1964-08-12", "dt": "P", "dn": "C01X00T47"},
        "sp": {
            "spn": "Testzentrum Muster",
            "ctr": "D",
            "cd": {"p": "+4930000000", "e": "muster@example.org", "a": "Musterstrasse 1"},
        },
        "dat": {"sc": "2021-12-01T09:30:00+01:00", "ri": "2021-12-01T21:00:00Z"},
        "tr": {"tc": "molecular(PCR)", "r": "negative", "m": "saliva"},
        "opt": "MUSTER-1",
    },
}
BASES = {"vacc": VACCINATION, "test": TEST}
ABSENT: Any = object()


def place(data: dict[str, Any], path: str) -> tuple[Any, Any]:
    """The object or array that a path ends in, and the name or index there."""
    *parents, last = (int(part) if part.isdigit() else part for part in path.split("/")[1:])
    inside: Any = data
    for part in parents:
        inside = inside[part]
    return inside, last


def at(data: dict[str, Any], path: str) -> Any:
    inside, last = place(data, path)
    return inside[last]


def changed(base: str, path: str, value: Any) -> dict[str, Any]:
    """The data of a seal with one value set, or taken out."""
    data = copy.deepcopy(BASES[base])
    inside, last = place(data, path)
    if value is ABSENT:
        del inside[last]
    else:
        inside[last] = value
    return data


def read(data: object, tolerated: frozenset[Deviation] = EVERY_DEVIATION) -> Seal:
    """A seal that gives no warning."""
    seal, warnings = seal_reader.parse(data, tolerated=tolerated)
    assert warnings == ()
    return seal


def violations(data: object, tolerated: frozenset[Deviation] = EVERY_DEVIATION) -> dict[str, str]:
    with pytest.raises(SchemaError) as caught:
        seal_reader.parse(data, tolerated=tolerated)
    assert len(dict(caught.value.violations)) == len(caught.value.violations)
    return dict(caught.value.violations)


def warned(
    data: object, tolerated: frozenset[Deviation] = EVERY_DEVIATION
) -> list[tuple[str, str]]:
    _, warnings = seal_reader.parse(data, tolerated=tolerated)
    return [(code, path) for code, path, _ in warnings]


def refused(seal: Seal) -> dict[str, str]:
    with pytest.raises(IssueClaimsError) as caught:
        seal_writer.serialize(seal)
    assert len(dict(caught.value.violations)) == len(caught.value.violations)
    return dict(caught.value.violations)


# --- foreign seals -----------------------------------------------------------------------------

SEALS = (
    "au-ios-tampered",
    "au-ios-valid",
    "kde-jpn-triple-vaccine",
    "kde-single-vaccine",
    "kde-test",
)


def by_hand(data: dict[str, Any]) -> Seal:
    """What the JSON of one of the foreign seals says, read without the library's reader."""
    header, message = data["hdr"], data["msg"]
    person = message["pid"]
    year, month, day = person["dob"].split("-")
    is_test = header["t"] == "icao.test"
    holder = SealHolder(
        name=person["n"],
        birth_date=PartialDate(int(year), int(month), int(day)),
        sex=person.get("sex"),
        document_number=person["dn"] if is_test else person["i"],
        document_type=person.get("dt"),
        other_number=person.get("ai"),
    )
    events = [
        SealVaccination(
            code=event["des"],
            product=event["nam"],
            disease=event["dis"],
            doses=tuple(
                SealDose(
                    date=date.fromisoformat(dose["dvc"]),
                    number=int(dose["seq"]),
                    country=dose["ctr"],
                    facility=dose["adm"],
                    lot=dose["lot"],
                    next_date=date.fromisoformat(dose["dvn"]) if "dvn" in dose else None,
                )
                for dose in event["vd"]
            ),
        )
        for event in message.get("ve", [])
    ]
    test = None
    if is_test:
        test = SealTest(
            provider=message["sp"]["spn"],
            country=message["sp"]["ctr"],
            phone=message["sp"]["cd"]["p"],
            email=message["sp"]["cd"]["e"],
            address=message["sp"]["cd"]["a"],
            sampled_at=datetime.fromisoformat(message["dat"]["sc"]),
            reported_at=datetime.fromisoformat(message["dat"]["ri"]),
            kind=message["tr"]["tc"],
            result=message["tr"]["r"],
            method=message["tr"]["m"],
        )
    return Seal(
        type=SealType(header["t"]),
        version=header["v"],
        issuer=header["is"],
        certificate_id=message["utci" if is_test else "uvci"],
        holder=holder,
        vaccinations=tuple(events),
        test=test,
        optional=message.get("opt"),
    )


@pytest.mark.parametrize("tolerated", [EVERY_DEVIATION, NO_DEVIATION], ids=["default", "strict"])
@pytest.mark.parametrize("name", SEALS)
def test_a_foreign_seal_says_what_its_json_says(
    shared_vectors: Callable[[str], Path], name: str, tolerated: frozenset[Deviation]
) -> None:
    text = (shared_vectors("vds-nc") / f"{name}.json").read_text(encoding="utf-8")
    data = json.loads(text)["data"]
    seal, warnings = seal_reader.parse(vdsnc.unwrap(text).data, tolerated=tolerated)
    assert seal == by_hand(data)
    # The sample of the standard writes its dose number as a text.
    expected = [("schema.text_integer", "/msg/ve/0/vd/0/seq")] if name == SEALS[3] else []
    assert [(code, path) for code, path, _ in warnings] == expected
    if seal.test is not None:
        assert (seal.test.sampled_at.tzinfo, seal.test.reported_at.tzinfo) == (UTC, UTC)


@pytest.mark.parametrize("name", SEALS)
def test_what_foreign_seals_say_can_be_written(
    shared_vectors: Callable[[str], Path], name: str
) -> None:
    data = json.loads((shared_vectors("vds-nc") / f"{name}.json").read_bytes())["data"]
    written = seal_writer.serialize(by_hand(data))
    for dose in (dose for event in data["msg"].get("ve", []) for dose in event["vd"]):
        dose["seq"] = int(dose["seq"])
    assert written == data


# --- limits, each side of them -----------------------------------------------------------------

EMPTY = "expected a text that is not empty"
THERE = "expected to be there"
COUNTRY = "expected a code of Doc 9303-3: three capitals, or D for Germany"
DAY = "expected a date YYYY-MM-DD that exists"
BIRTH = "expected a date YYYY-MM-DD, YYYY-MM or YYYY that exists, from 1900 to 2099"
MOMENT = "expected a time as in RFC 3339, with its zone"

LENGTHS = (
    ("vacc", "/msg/uvci", 12),
    ("vacc", "/msg/pid/n", 39),
    ("vacc", "/msg/pid/i", 11),
    ("vacc", "/msg/pid/ai", 24),
    ("vacc", "/msg/ve/0/des", 6),
    ("vacc", "/msg/ve/0/dis", 6),
    ("vacc", "/msg/ve/0/vd/1/adm", 20),
    ("vacc", "/msg/ve/0/vd/1/lot", 20),
    ("test", "/msg/utci", 12),
    ("test", "/msg/opt", 20),
    ("test", "/msg/pid/n", 39),
    ("test", "/msg/pid/dn", 24),
    ("test", "/msg/sp/spn", 20),
    ("test", "/msg/sp/cd/p", 19),
)


@pytest.mark.parametrize(("base", "path", "most"), LENGTHS)
def test_a_text_has_its_length_and_not_one_more(base: str, path: str, most: int) -> None:
    data = changed(base, path, "A" * most)
    seal = read(data, NO_DEVIATION)
    assert at(seal_writer.serialize(seal), path) == "A" * most
    too_long = changed(base, path, "A" * (most + 1))
    assert violations(too_long) == {path: f"expected at most {most} characters"}


TEXTS = (
    *((base, path) for base, path, _ in LENGTHS),
    ("vacc", "/msg/ve/0/nam"),
    ("test", "/msg/pid/dt"),
    ("test", "/msg/sp/cd/e"),
    ("test", "/msg/sp/cd/a"),
    ("test", "/msg/tr/tc"),
    ("test", "/msg/tr/r"),
    ("test", "/msg/tr/m"),
)


@pytest.mark.parametrize(("base", "path"), TEXTS)
def test_a_text_is_a_text_and_not_empty(base: str, path: str) -> None:
    for value in ("", 1, 1.5, True, ["A"], {"A": 1}):
        assert violations(changed(base, path, value)) == {path: EMPTY}


REQUIRED = (
    *(("vacc", path) for path in ("/hdr", "/msg", "/hdr/v", "/hdr/is", "/msg/uvci", "/msg/pid")),
    *(("vacc", path) for path in ("/msg/pid/n", "/msg/ve", "/msg/ve/0/des", "/msg/ve/0/nam")),
    *(("vacc", path) for path in ("/msg/ve/0/vd", "/msg/ve/0/vd/0/dvc", "/msg/ve/0/vd/1/seq")),
    *(("vacc", path) for path in ("/msg/ve/0/vd/0/ctr", "/msg/ve/0/vd/0/lot", "/hdr/t")),
    *(("test", path) for path in ("/msg/utci", "/msg/pid", "/msg/pid/n", "/msg/pid/dt")),
    *(("test", path) for path in ("/msg/pid/dn", "/msg/sp", "/msg/sp/spn", "/msg/sp/ctr")),
    *(("test", path) for path in ("/msg/sp/cd", "/msg/sp/cd/p", "/msg/dat", "/msg/dat/sc")),
    *(("test", path) for path in ("/msg/dat/ri", "/msg/tr", "/msg/tr/tc", "/msg/tr/r")),
)


@pytest.mark.parametrize(("base", "path"), REQUIRED)
def test_what_every_source_requires_must_be_there(base: str, path: str) -> None:
    assert violations(changed(base, path, ABSENT)) == {path: THERE}
    assert list(violations(changed(base, path, None))) == [path]


OPTIONAL = (
    *(("vacc", path) for path in ("/msg/pid/dob", "/msg/pid/sex", "/msg/pid/i", "/msg/pid/ai")),
    *(("vacc", path) for path in ("/msg/ve/0/dis", "/msg/ve/0/vd/0/adm", "/msg/ve/0/vd/0/dvn")),
    *(("test", path) for path in ("/msg/pid/dob", "/msg/sp/cd/e", "/msg/sp/cd/a", "/msg/tr/m")),
    ("test", "/msg/opt"),
)
DISPUTED = {
    *("/msg/ve/0/dis", "/msg/ve/0/vd/0/adm"),
    *("/msg/sp/cd/e", "/msg/sp/cd/a"),
}


@pytest.mark.parametrize(("base", "path"), OPTIONAL)
def test_what_one_source_leaves_open_may_be_absent_when_read(base: str, path: str) -> None:
    absent = read(changed(base, path, ABSENT), NO_DEVIATION)
    assert absent != read(BASES[base])
    is_disputed = path in DISPUTED or (base, path) == ("test", "/msg/pid/dob")
    if is_disputed:  # and has to be there when written, since another one requires it
        assert refused(absent) == {path: THERE}
    else:
        written = seal_writer.serialize(absent)
        assert written["msg"]["pid"] == changed(base, path, ABSENT)["msg"]["pid"]
        assert read(written, NO_DEVIATION) == absent


@pytest.mark.parametrize(("base", "path"), OPTIONAL)
def test_null_stands_for_an_absent_member_where_that_is_tolerated(base: str, path: str) -> None:
    data = changed(base, path, None)
    seal, warnings = seal_reader.parse(data)
    assert seal == read(changed(base, path, ABSENT))
    assert warnings == (("schema.deviation", path, str(Deviation.NULL_MEMBER)),)
    others = EVERY_DEVIATION - {Deviation.NULL_MEMBER}
    for tolerated in (NO_DEVIATION, others):
        assert violations(data, tolerated) == {path: "expected a value, not null"}


def test_a_proof_of_vaccination_has_a_birth_date_or_a_document_number() -> None:
    data = changed("vacc", "/msg/pid", {"n": "NGUYEN  THI MAU", "ai": "1"})
    assert violations(data) == {"/msg/pid": "expected dob or i to be there"}
    data["msg"]["pid"]["dob"] = None
    assert violations(data) == {"/msg/pid": "expected dob or i to be there"}
    data["msg"]["pid"]["dob"] = "31.12.1990"  # there is one, and it is wrong: that is said alone
    assert violations(data) == {"/msg/pid/dob": BIRTH}
    holder = SealHolder(name="NGUYEN  THI MAU", other_number="1")
    seal = replace(read(VACCINATION), holder=holder)
    assert refused(seal) == {"/msg/pid": "expected dob or i to be there"}


@pytest.mark.parametrize("kind", ["icao.vac", "ICAO.VACC", "icao.vacc ", "", None, 1, [], {}])
def test_another_type_of_seal_is_refused(kind: object) -> None:
    expected = "expected a value, not null" if kind is None else "expected icao.vacc or icao.test"
    assert violations(changed("vacc", "/hdr/t", kind)) == {"/hdr/t": expected}


def test_the_members_of_one_type_do_not_make_the_other() -> None:
    assert set(violations(changed("vacc", "/hdr/t", "icao.test"))) == {
        *("/msg/utci", "/msg/pid/dt", "/msg/pid/dn", "/msg/sp", "/msg/dat", "/msg/tr"),
    }
    assert set(violations(changed("test", "/hdr/t", "icao.vacc"))) == {"/msg/uvci", "/msg/ve"}


@pytest.mark.parametrize("version", [0, 2, -1, "1", 1.5, True, [1], 10**30])
def test_another_version_is_refused(version: object) -> None:
    (reason,) = violations(changed("vacc", "/hdr/v", version)).values()
    assert reason in ("expected 1", "expected an integer")


@pytest.mark.parametrize("path", ["/hdr/is", "/msg/ve/0/vd/0/ctr"])
def test_a_country_is_a_code_of_doc_9303(path: str) -> None:
    for code in ("AUS", "D", "UTO", "UNO", "RKS"):
        assert seal_writer.serialize(read(changed("vacc", path, code)))
    assert warned(changed("vacc", path, "QQQ")) == [("valueset.unknown", path)]
    for text in ("", "V", "VN", "VNMM", "vnm", "VN1", "D<<", "ĐĐĐ", "D "):
        assert violations(changed("vacc", path, text)) == {path: COUNTRY}
    for other in ([1], ["VNM"], {"VNM": 1}, 1, True):
        assert violations(changed("vacc", path, other)) == {path: COUNTRY}


def test_the_sex_is_one_of_three_letters() -> None:
    for sex in "MFX":
        assert read(changed("vacc", "/msg/pid/sex", sex)).holder.sex == sex
    for other in ("", "m", "O", "<", "MF", "Nam", 1, ["M"]):
        assert violations(changed("vacc", "/msg/pid/sex", other)) == {
            "/msg/pid/sex": "expected M, F or X"
        }


CODES = {
    "/msg/pid/dt": ("P", "A", "C", "I", "AC", "V", "D"),
    "/msg/tr/tc": ("molecular(PCR)", "molecular(other)", "antigen", "antibody"),
    "/msg/tr/r": ("normal", "abnormal", "positive", "negative"),
    "/msg/tr/m": ("nasopharyngeal", "oropharyngeal", "saliva", "blood", "other"),
}


@pytest.mark.parametrize("path", CODES)
def test_a_code_of_no_list_is_read_with_a_warning_and_not_written(path: str) -> None:
    for code in CODES[path]:
        assert at(seal_writer.serialize(read(changed("test", path, code))), path) == code
    unknown = changed("test", path, "Z")
    assert warned(unknown, NO_DEVIATION) == [("valueset.unknown", path)]
    expected = f"expected one of {', '.join(sorted(CODES[path]))}"
    assert refused(seal_reader.parse(unknown)[0]) == {path: expected}


def test_a_document_type_has_two_characters_at_most() -> None:
    path = "/msg/pid/dt"
    assert violations(changed("test", path, "PPP")) == {path: "expected at most 2 characters"}


SEQ = "/msg/ve/0/vd/0/seq"


def test_a_dose_number_is_from_1_to_99() -> None:
    for number in (1, 99):
        seal = read(changed("vacc", SEQ, number))
        assert seal.vaccinations[0].doses[0].number == number
    for outside in (0, -1, 100, 10**30, "0", "00"):
        assert violations(changed("vacc", SEQ, outside)) == {
            SEQ: "expected an integer from 1 to 99"
        }
    others: list[Any] = [True, "", "100", "-1", "1.0", " 1", "１", "²", "one", 1.5, [1], {}]
    for other in others:
        assert violations(changed("vacc", SEQ, other)) == {SEQ: "expected an integer"}


@pytest.mark.parametrize(
    ("value", "code"),
    [("1", "text_integer"), ("01", "text_integer"), (1.0, "float_integer")],
)
@pytest.mark.parametrize("tolerated", [EVERY_DEVIATION, NO_DEVIATION], ids=["default", "strict"])
def test_a_dose_number_in_another_type_is_read_with_a_warning(
    value: object, code: str, tolerated: frozenset[Deviation]
) -> None:
    data = changed("vacc", SEQ, value)
    assert seal_reader.parse(data)[0] == read(VACCINATION)
    assert warned(data, tolerated) == [(f"schema.{code}", SEQ)]


@pytest.mark.parametrize("path", ["/msg/ve/0/vd/0/dvc", "/msg/ve/0/vd/0/dvn"])
def test_a_date_is_whole_and_exists(path: str) -> None:
    assert read(changed("vacc", path, "2024-02-29"))
    for value in (
        *("", "2023-02-29", "2021-13-01", "2021-00-01", "2021-9-1", "20210901", "2021-09-01 "),
        *("01-09-2021", "2021-W35-3", "2021-09-01T00:00:00Z", "２０２１-09-01", "0000-01-01"),
        *("2021-09-XX", "2021", 20210901, 1.5, True, ["2021-09-01"]),
    ):
        assert violations(changed("vacc", path, value)) == {path: DAY}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1990-12-31", PartialDate(1990, 12, 31)),
        ("1990-12-XX", PartialDate(1990, 12)),
        ("1990-XX-XX", PartialDate(1990)),
        ("1990-12", PartialDate(1990, 12)),
        ("1990", PartialDate(1990)),
    ],
)
@pytest.mark.parametrize("base", BASES)
def test_a_birth_date_may_be_known_in_part(base: str, written: str, meant: PartialDate) -> None:
    seal = read(changed(base, "/msg/pid/dob", written), NO_DEVIATION)
    assert seal.holder.birth_date == meant
    dob = seal_writer.serialize(seal)["msg"]["pid"]["dob"]
    assert len(dob) == 10  # what is not known is filled up, as Australia's issuer does
    assert dob == (written + "-XX-XX")[:10]


@pytest.mark.parametrize(
    "value",
    [
        *("", "XXXX-XX-XX", "1990-XX-31", "1990-XX", "1990-12-X", "1990-xx-xx", "1990-02-30"),
        *("1990-13-01", "1990-00-01", "1990-12-00", "1899-12-31", "2100-01-01", "1990-12-31T"),
        *("31-12-1990", "1990-1-1", "１９９０", "1990\n", 1990, 1.5, True, ["1990"]),
    ],
)
def test_a_birth_date_that_is_none_is_refused(value: object) -> None:
    assert violations(changed("vacc", "/msg/pid/dob", value)) == {"/msg/pid/dob": BIRTH}


SAMPLED = "/msg/dat/sc"


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("2021-12-01T09:30:00+01:00", 8),
        ("2021-12-01T08:30:00Z", 8),
        ("2021-12-01t08:30:00z", 8),
        ("2021-12-01T08:30:00-00:00", 8),
        ("2021-12-01T08:30:00.0000000001Z", 8),
        ("2021-11-30T23:30:00-09:00", 8),
    ],
)
def test_a_time_is_read_in_utc(written: str, hour: int) -> None:
    test = read(changed("test", SAMPLED, written), NO_DEVIATION).test
    assert test is not None
    assert test.sampled_at == datetime(2021, 12, 1, hour, 30, tzinfo=UTC)
    assert test.sampled_at.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        *("", "2021-12-01", "2021-12-01T08:30Z", "2021-12-01 08:30:00Z", "2021-12-01T24:00:00Z"),
        *(
            "2021-02-30T08:30:00Z",
            "2021-12-01T08:30:60Z",
            "20211201T083000Z",
            "2021-12-01T08:30:00.",
        ),
        *("2021-12-01T08:30:00+1:00", "2021-12-01T08:30:00+25:00", "２021-12-01T08:30:00Z"),
        *("0000-12-01T08:30:00Z", 1638347400, 1.5, True, ["2021-12-01T08:30:00Z"]),
    ],
)
def test_a_time_that_is_none_is_refused(value: object) -> None:
    for path in (SAMPLED, "/msg/dat/ri"):
        assert violations(changed("test", path, value)) == {path: MOMENT}


@pytest.mark.parametrize(
    ("written", "deviation"),
    [
        ("2021-12-01T08:30:00", Deviation.ZONE_MISSING),
        ("2021-12-01T09:30:00+0100", Deviation.ZONE_SHORT),
        ("2021-12-01T09:30:00+01", Deviation.ZONE_SHORT),
    ],
)
def test_a_time_without_a_proper_zone_deviates(written: str, deviation: Deviation) -> None:
    data = changed("test", SAMPLED, written)
    for tolerated in (EVERY_DEVIATION, frozenset({deviation})):
        seal, warnings = seal_reader.parse(data, tolerated=tolerated)
        assert seal == read(TEST)
        assert warnings == (("schema.deviation", SAMPLED, str(deviation)),)
    for tolerated in (NO_DEVIATION, EVERY_DEVIATION - {deviation}):
        assert violations(data, tolerated) == {SAMPLED: MOMENT}


def test_a_time_at_the_end_of_the_calendar_stays_where_it_is() -> None:
    test = read(changed("test", SAMPLED, "0001-01-01T00:00:00+14:00")).test
    assert test is not None
    assert test.sampled_at.isoformat() == "0001-01-01T00:00:00+14:00"


@pytest.mark.parametrize("name", ["utvi", "ucvi", "ucti"])
@pytest.mark.parametrize(("base", "right"), [("vacc", "uvci"), ("test", "utci")])
def test_a_misspelt_identifier_is_read_with_a_warning(base: str, right: str, name: str) -> None:
    data = copy.deepcopy(BASES[base])
    data["msg"][name] = data["msg"].pop(right)
    seal, warnings = seal_reader.parse(data)
    assert seal == read(BASES[base])
    assert warnings == (("schema.misspelt_member", f"/msg/{name}", f"{right} is meant"),)
    assert violations(data, NO_DEVIATION) == {f"/msg/{right}": THERE}
    data["msg"][name] = "A" * 13
    assert violations(data) == {f"/msg/{name}": "expected at most 12 characters"}


def test_a_misspelt_identifier_beside_the_right_one_is_an_unknown_member() -> None:
    data = changed("vacc", "/msg/utvi", "OTHER")
    seal, _ = seal_reader.parse(data)
    assert seal == read(VACCINATION)
    assert warned(data) == [("schema.unknown_member", "/msg/utvi")]


@pytest.mark.parametrize(
    ("base", "path"),
    [
        *(("vacc", path) for path in ("", "/hdr", "/msg", "/msg/pid", "/msg/ve/0")),
        *(("test", path) for path in ("", "/msg", "/msg/sp", "/msg/sp/cd", "/msg/dat", "/msg/tr")),
        ("vacc", "/msg/ve/0/vd/1"),
    ],
)
def test_an_unknown_member_is_noted(base: str, path: str) -> None:
    assert warned(changed(base, f"{path}/extra", 1), NO_DEVIATION) == [
        ("schema.unknown_member", f"{path}/extra")
    ]
    # A name that could be somebody's data is not shown.
    assert warned(changed(base, f"{path}/NGUYEN VAN A", 1)) == [("schema.unknown_member", path)]


def test_of_many_unknown_members_some_are_noted() -> None:
    data = changed(
        "vacc", "/msg/pid", VACCINATION["msg"]["pid"] | dict.fromkeys(map(str, range(500)))
    )
    assert len(warned(data)) == 20


@pytest.mark.parametrize("path", ["/hdr", "/msg", "/msg/pid"])
@pytest.mark.parametrize("value", [{}, [], "", 1, None, True])
def test_what_has_to_be_an_object_is_one(path: str, value: object) -> None:
    assert violations(changed("vacc", path, value)) == {path: "expected an object with members"}


@pytest.mark.parametrize("path", ["/msg/ve", "/msg/ve/0/vd"])
@pytest.mark.parametrize("value", [{}, [], "", 1, None, True])
def test_what_has_to_be_an_array_has_entries(path: str, value: object) -> None:
    assert violations(changed("vacc", path, value)) == {path: "expected an array with entries"}


@pytest.mark.parametrize("path", ["/msg/ve/0", "/msg/ve/0/vd/1"])
@pytest.mark.parametrize("value", [[], "", 1, None, True])
def test_an_entry_is_an_object(path: str, value: object) -> None:
    assert violations(changed("vacc", path, value)) == {path: "expected an object"}


@pytest.mark.parametrize("data", [None, [], "", 1, [VACCINATION]])
def test_data_are_an_object(data: object) -> None:
    assert violations(data) == {"": "expected an object"}


def test_every_violation_is_listed_up_to_a_bound() -> None:
    data = changed("vacc", "/msg/pid/n", 1)
    data["msg"]["ve"][0]["vd"][1]["lot"] = "A" * 21
    data["hdr"]["is"] = "vn"
    assert violations(data) == {
        "/hdr/is": COUNTRY,
        "/msg/pid/n": EMPTY,
        "/msg/ve/0/vd/1/lot": "expected at most 20 characters",
    }
    many: list[Any] = [[1] * 1000, [{"vd": [{"adm": 1}] * 100}] * 100]
    for hostile in many:
        assert len(violations(changed("vacc", "/msg/ve", hostile))) == 50


# --- the set of characters ---------------------------------------------------------------------

IN_THE_SET = "azAZ09 !@#$%&'*+/=?^_`{|}~.-"
OUTSIDE = ',:;"\\()<>[]\t\n\x00éĐ\U0001f600'


@pytest.mark.parametrize(("base", "path"), [entry for entry in TEXTS if entry[1] not in CODES])
def test_characters_outside_the_set_are_read_with_a_warning_and_not_written(
    base: str, path: str
) -> None:
    for start in range(0, len(IN_THE_SET), 6):
        data = changed(base, path, IN_THE_SET[start : start + 6])
        assert at(seal_writer.serialize(read(data)), path) == at(data, path)
    for character in OUTSIDE:
        data = changed(base, path, f"A{character}")
        assert warned(data, NO_DEVIATION) == [("schema.characters", path)]
        expected = "expected only letters A to Z, digits, spaces and !@#$%&'*+/=?^_`{|}~.-"
        assert refused(seal_reader.parse(data)[0]) == {path: expected}


# --- writing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("base", BASES)
def test_what_is_written_is_what_was_read(base: str) -> None:
    seal = read(BASES[base])
    written = seal_writer.serialize(seal)
    assert read(written) == seal
    written["msg"].pop("dat", None)  # times come out in UTC
    expected = copy.deepcopy(BASES[base])
    expected["msg"].pop("dat", None)
    assert written == expected


def test_a_time_is_written_with_its_own_zone() -> None:
    seal = read(TEST)
    assert seal.test is not None
    local = datetime(2021, 12, 1, 15, 30, tzinfo=timezone(timedelta(hours=7)))
    test = replace(seal.test, sampled_at=local)
    dat = seal_writer.serialize(replace(seal, test=test))["msg"]["dat"]
    assert dat == {"sc": "2021-12-01T15:30:00+07:00", "ri": "2021-12-01T21:00:00+00:00"}


def vaccination(**changes: Any) -> Seal:
    return replace(read(VACCINATION), **changes)


def dose(**changes: Any) -> Seal:
    seal = read(VACCINATION)
    (event,) = seal.vaccinations
    first, second = event.doses
    return replace(seal, vaccinations=(replace(event, doses=(first, replace(second, **changes))),))


def event(**changes: Any) -> Seal:
    seal = read(VACCINATION)
    return replace(seal, vaccinations=(replace(seal.vaccinations[0], **changes),))


def holder(**changes: Any) -> Seal:
    seal = read(VACCINATION)
    return replace(seal, holder=replace(seal.holder, **changes))


def with_test(**changes: Any) -> Seal:
    seal = read(TEST)
    assert seal.test is not None
    return replace(seal, test=replace(seal.test, **changes))


NUMBER = "expected an integer from 1 to 99"
ZONE = "expected a datetime with a time zone of whole minutes"
_ANY: Any = "x"
NO_DATE = PartialDate.from_digits(1990, 2, 31)


@pytest.mark.parametrize(
    ("make", "path", "expected"),
    [
        (lambda: vaccination(version=2), "/hdr/v", "expected 1"),
        (lambda: vaccination(version=True), "/hdr/v", "expected 1"),
        (lambda: vaccination(issuer="VN"), "/hdr/is", "expected a code of Doc 9303-3 (VNM)"),
        (lambda: vaccination(issuer="QQQ"), "/hdr/is", "expected a code of Doc 9303-3 (VNM)"),
        (lambda: vaccination(issuer=5), "/hdr/is", "expected a code of Doc 9303-3 (VNM)"),
        (lambda: vaccination(issuer=None), "/hdr/is", THERE),
        (lambda: vaccination(type="icao.vacc"), "/hdr/t", "expected icao.vacc or icao.test"),
        (lambda: vaccination(type=[]), "/hdr/t", "expected icao.vacc or icao.test"),
        (
            lambda: vaccination(certificate_id="A" * 13),
            "/msg/uvci",
            "expected at most 12 characters",
        ),
        (lambda: vaccination(certificate_id=b"A"), "/msg/uvci", EMPTY),
        (lambda: vaccination(certificate_id=""), "/msg/uvci", EMPTY),
        (lambda: vaccination(optional="1"), "/msg/opt", "expected none in a proof of vaccination"),
        (
            lambda: vaccination(test=read(TEST).test),
            "/msg/tr",
            "expected no test in a proof of vaccination",
        ),
        (lambda: vaccination(holder=None), "/msg/pid", "expected a SealHolder"),
        (
            lambda: vaccination(vaccinations=()),
            "/msg/ve",
            "expected a tuple with a SealVaccination in it",
        ),
        (
            lambda: vaccination(vaccinations=[1]),
            "/msg/ve",
            "expected a tuple with a SealVaccination in it",
        ),
        (lambda: vaccination(vaccinations=(1,)), "/msg/ve/0", "expected a SealVaccination"),
        (lambda: event(doses=()), "/msg/ve/0/vd", "expected a tuple with a SealDose in it"),
        (lambda: event(doses=None), "/msg/ve/0/vd", "expected a tuple with a SealDose in it"),
        (lambda: event(doses=("1",)), "/msg/ve/0/vd/0", "expected a SealDose"),
        (lambda: event(code="XM68M61"), "/msg/ve/0/des", "expected at most 6 characters"),
        (lambda: event(disease="RA01.01"), "/msg/ve/0/dis", "expected at most 6 characters"),
        (lambda: event(product=""), "/msg/ve/0/nam", EMPTY),
        (lambda: holder(name="A" * 40), "/msg/pid/n", "expected at most 39 characters"),
        (lambda: holder(name=None), "/msg/pid/n", THERE),
        (lambda: holder(sex="O"), "/msg/pid/sex", "expected one of F, M, X"),
        (lambda: holder(document_number="A" * 12), "/msg/pid/i", "expected at most 11 characters"),
        (lambda: holder(other_number="A" * 25), "/msg/pid/ai", "expected at most 24 characters"),
        (
            lambda: holder(document_type="P"),
            "/msg/pid/dt",
            "expected none in a proof of vaccination",
        ),
        (
            lambda: holder(birth_date=date(1990, 1, 1)),
            "/msg/pid/dob",
            "expected a PartialDate that the calendar has",
        ),
        (
            lambda: holder(birth_date=NO_DATE),
            "/msg/pid/dob",
            "expected a PartialDate that the calendar has",
        ),
        (lambda: dose(number=0), "/msg/ve/0/vd/1/seq", NUMBER),
        (lambda: dose(number=100), "/msg/ve/0/vd/1/seq", NUMBER),
        (lambda: dose(number="2"), "/msg/ve/0/vd/1/seq", NUMBER),
        (lambda: dose(number=True), "/msg/ve/0/vd/1/seq", NUMBER),
        (
            lambda: dose(date=datetime(2021, 1, 1, tzinfo=UTC)),
            "/msg/ve/0/vd/1/dvc",
            "expected a date",
        ),
        (lambda: dose(date="2021-01-01"), "/msg/ve/0/vd/1/dvc", "expected a date"),
        (lambda: dose(next_date="2021-01-01"), "/msg/ve/0/vd/1/dvn", "expected a date"),
        (lambda: dose(country="VN"), "/msg/ve/0/vd/1/ctr", "expected a code of Doc 9303-3 (VNM)"),
        (lambda: dose(facility="A" * 21), "/msg/ve/0/vd/1/adm", "expected at most 20 characters"),
        (lambda: dose(facility=None), "/msg/ve/0/vd/1/adm", THERE),
        (lambda: dose(lot="A" * 21), "/msg/ve/0/vd/1/lot", "expected at most 20 characters"),
        (lambda: dose(lot=None), "/msg/ve/0/vd/1/lot", THERE),
        (lambda: replace(read(TEST), test=None), "/msg/tr", "expected a test in a proof of test"),
        (lambda: replace(read(TEST), test=_ANY), "/msg/tr", "expected a test in a proof of test"),
        (
            lambda: replace(read(TEST), vaccinations=read(VACCINATION).vaccinations),
            "/msg/ve",
            "expected no vaccinations in a proof of test",
        ),
        (
            lambda: replace(read(TEST), optional="A" * 21),
            "/msg/opt",
            "expected at most 20 characters",
        ),
        (
            lambda: replace(read(TEST), certificate_id="A" * 13),
            "/msg/utci",
            "expected at most 12 characters",
        ),
        (
            lambda: replace(read(TEST), holder=replace(read(TEST).holder, sex="F")),
            "/msg/pid/sex",
            "expected none in a proof of test",
        ),
        (
            lambda: replace(read(TEST), holder=replace(read(TEST).holder, other_number="1")),
            "/msg/pid/ai",
            "expected none in a proof of test",
        ),
        (
            lambda: replace(
                read(TEST), holder=replace(read(TEST).holder, document_number="A" * 25)
            ),
            "/msg/pid/dn",
            "expected at most 24 characters",
        ),
        (
            lambda: replace(read(TEST), holder=replace(read(TEST).holder, document_type="PP")),
            "/msg/pid/dt",
            "expected one of A, AC, C, D, I, P, V",
        ),
        (lambda: with_test(provider="A" * 21), "/msg/sp/spn", "expected at most 20 characters"),
        (lambda: with_test(country="D<<"), "/msg/sp/ctr", "expected a code of Doc 9303-3 (VNM)"),
        (lambda: with_test(phone="+" * 20), "/msg/sp/cd/p", "expected at most 19 characters"),
        (lambda: with_test(email=None), "/msg/sp/cd/e", THERE),
        (lambda: with_test(sampled_at=datetime(2021, 12, 1)), "/msg/dat/sc", ZONE),
        (lambda: with_test(sampled_at=date(2021, 12, 1)), "/msg/dat/sc", ZONE),
        (lambda: with_test(reported_at="2021-12-01T21:00:00Z"), "/msg/dat/ri", ZONE),
        (
            lambda: with_test(
                reported_at=datetime(1900, 1, 1, tzinfo=timezone(timedelta(seconds=25590)))
            ),
            "/msg/dat/ri",
            ZONE,
        ),
        (
            lambda: with_test(kind="pcr"),
            "/msg/tr/tc",
            "expected one of antibody, antigen, molecular(PCR), molecular(other)",
        ),
        (lambda: with_test(result=None), "/msg/tr/r", THERE),
        (
            lambda: with_test(result=[]),
            "/msg/tr/r",
            "expected one of abnormal, negative, normal, positive",
        ),
    ],
)
def test_a_seal_that_breaks_one_rule_is_not_written(
    make: Callable[[], Seal], path: str, expected: str
) -> None:
    assert refused(make()) == {path: expected}


def test_every_violation_of_a_seal_is_listed_up_to_a_bound() -> None:
    broken = replace(dose(lot=None, number=0), issuer="VN")
    assert set(refused(broken)) == {"/hdr/is", "/msg/ve/0/vd/1/lot", "/msg/ve/0/vd/1/seq"}
    (event,) = read(VACCINATION).vaccinations
    many = tuple(replace(one, lot="", facility="", country="") for one in event.doses * 100)
    assert len(refused(vaccination(vaccinations=(replace(event, doses=many),) * 9))) == 50


def test_no_error_or_repr_shows_what_a_seal_holds() -> None:
    secret = "NGUYEN SECRET"
    seal = holder(name=secret + "," * 40, document_number=secret)
    with pytest.raises(IssueClaimsError) as not_written:
        seal_writer.serialize(seal)
    with pytest.raises(SchemaError) as not_read:
        seal_reader.parse(changed("vacc", "/msg/uvci", secret))
    for shown in (seal, seal.holder, seal.vaccinations, read(TEST).test):
        assert "NGUYEN" not in repr(shown)
        assert "MAU" not in repr(shown)
    for error in (not_written.value, not_read.value):
        assert "NGUYEN" not in f"{error} {error.args}"
    assert repr(read(TEST)) == (f"Seal(type={SealType.TEST!r}, version=1, issuer='D')")


# --- hostile data ------------------------------------------------------------------------------

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["1", "1.0", "2021-01-01", "VNM", "icao.vacc", "icao.test", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every object and array with each of its names or indices."""
    keys = (
        list(value)
        if isinstance(value, dict)
        else range(len(value) if isinstance(value, list) else 0)
    )
    return [found for key in keys for found in ((value, key), *places(value[key]))]


@given(st.lists(st.tuples(st.integers(0, 10_000), ANYTHING), min_size=1, max_size=3), st.data())
def test_any_change_ends_in_a_seal_or_a_schema_error(
    changes: list[tuple[int, object]], draw: st.DataObject
) -> None:
    base = draw.draw(st.sampled_from(sorted(BASES)))
    data = copy.deepcopy(BASES[base])
    for number, value in changes:
        everywhere = places(data)
        inside, last = everywhere[number % len(everywhere)]
        inside[last] = value
    tolerated = draw.draw(st.sampled_from([EVERY_DEVIATION, NO_DEVIATION]))
    try:
        seal, _ = seal_reader.parse(data, tolerated=tolerated)
    except SchemaError:
        return
    try:
        written = seal_writer.serialize(seal)
    except IssueClaimsError:
        return
    assert read(written, NO_DEVIATION) == seal


@given(ANYTHING)
def test_any_data_end_in_a_schema_error(data: object) -> None:
    with pytest.raises(SchemaError):
        seal_reader.parse(data)
