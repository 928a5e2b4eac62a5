"""Our JSON Schema documents of the DCC payload, held against the released ones."""

from __future__ import annotations

import copy
import json
import runpy
from collections import UserDict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cbor2 import CBORSimpleValue, CBORTag, undefined
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

import foreign
from vnvaxcert.errors import SchemaError
from vnvaxcert.schema.deviations import NO_DEVIATION
from vnvaxcert.schema.documents import MAX_VIOLATIONS, VERSIONS, schema_document, violations
from vnvaxcert.schema.payload import parse

ROOT = Path(__file__).resolve().parents[1]
GROUPS = ("v", "t", "r")

NAME = {"fn": "Nguyễn", "gn": "Bảo Duy", "fnt": "NGUYEN", "gnt": "BAO<DUY"}
COMMON = {"tg": "840539006", "co": "VN", "is": "Ministry of Examples", "ci": "URN:UVCI:01:VN:X1"}
ENTRIES: dict[str, dict[str, Any]] = {
    "v": COMMON
    | {"vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215"}
    | {"dn": 2, "sd": 2, "dt": "2021-06-11"},
    "t": COMMON
    | {"tt": "LP6464-4", "nm": "Example NAAT", "ma": "1833", "sc": "2021-06-11T07:30:00Z"}
    | {"tr": "260415000", "tc": "Example centre"},
    "r": COMMON | {"fr": "2021-05-01", "df": "2021-05-12", "du": "2021-10-28"},
}


def payload_of(group: str) -> dict[str, Any]:
    """A payload that every version accepts."""
    return copy.deepcopy(
        {"ver": "1.3.0", "nam": NAME, "dob": "1983-10-10", group: [ENTRIES[group]]}
    )


def vaccination(**changes: object) -> dict[str, Any]:
    payload = payload_of("v")
    payload["v"][0] |= changes
    return payload


@cache
def released(version: str) -> Any:
    """The released schema in a plain validator, with its formats asserted."""
    (path,) = (foreign.shared_vectors("eu-dcc-schema") / version).glob("*.json")
    formats = FormatChecker(formats=("date", "date-time"))
    return Draft202012Validator(json.loads(path.read_bytes()), format_checker=formats)


# --- the documents ------------------------------------------------------------------------------


def test_the_files_are_what_the_tool_writes() -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "make_schemas.py"))
    assert tool["VERSIONS"] == VERSIONS
    folder: Path = tool["FOLDER"]
    assert {path.name for path in folder.iterdir()} == {f"dcc-{v}.json" for v in VERSIONS}
    for version in VERSIONS:
        path = folder / f"dcc-{version}.json"
        assert path.read_text(encoding="utf-8") == tool["rendered"](version)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_document_is_a_valid_schema_of_its_version(version: str) -> None:
    document = schema_document(version)
    Draft202012Validator.check_schema(document)
    assert document["$id"] == f"urn:vnvaxcert:schema:dcc:{version}"
    assert "exactly one of v, t and r" in document["$comment"]
    assert "ECMA-262" in document["$comment"]


def test_a_document_is_the_callers_own_copy() -> None:
    schema_document("1.3.3").clear()
    assert schema_document("1.3.3")["type"] == "object"
    assert violations(payload_of("v"), "1.3.3") == ()


@pytest.mark.parametrize("version", ["", "1.3", "1.3.4", "2.0.0", "../dcc-1.3.3", "1.3.3\n"])
def test_a_version_never_released_has_no_document(version: str) -> None:
    with pytest.raises(ValueError, match="no schema of that version"):
        schema_document(version)
    with pytest.raises(ValueError, match="no schema of that version"):
        violations({}, version)


CONSTRAINTS = ["type", "required", "pattern", "format", "maxLength", "minItems", "maxItems"]
CONSTRAINTS += ["minimum", "maximum", "anyOf"]


def constraints(node: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A schema as bare constraints: references resolved, annotations dropped, order forgotten."""
    while "$ref" in node:
        node = definitions[node["$ref"].removeprefix("#/$defs/")]
    found = {key: node[key] for key in CONSTRAINTS if key in node}
    found["required"] = sorted(node.get("required", []))
    if "items" in node:
        found["items"] = constraints(node["items"], definitions)
    members = node.get("properties", {})
    found["properties"] = {k: constraints(v, definitions) for k, v in members.items()}
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_every_constraint_is_the_released_one(version: str) -> None:
    theirs = released(version).schema
    ours = schema_document(version)
    expected = constraints(theirs, theirs["$defs"])
    # From 1.3.0 on the alternatives for v, t, r repeat what all of them require.
    for choice in theirs.get("oneOf", []):
        assert choice["required"][:3] == ["ver", "nam", "dob"]
        expected["required"] = ["dob", "nam", "ver"]
    assert constraints(ours, ours["$defs"]) == expected
    assert ours["oneOf"] == [{"required": ["v"]}, {"required": ["t"]}, {"required": ["r"]}]


# --- against the released samples and schemas ---------------------------------------------------


def samples(pattern: str) -> Iterator[tuple[str, Any]]:
    folder = foreign.shared_vectors("eu-dcc-schema")
    paths = sorted(folder.glob(pattern))
    assert paths, pattern
    for path in paths:
        yield str(path.relative_to(folder)), json.loads(path.read_bytes())


def test_released_samples_are_accepted() -> None:
    found = {name: violations(payload, "1.3.3") for name, payload in samples("examples/*/*.json")}
    found |= {name: violations(payload, "1.3.3") for name, payload in samples("test/valid/*.json")}
    rejected = {name: what for name, what in found.items() if what}
    # This one tests that formats are not asserted: its offset is "+02", which RFC 3339 forbids.
    (path, rule), *others = rejected.pop("test/valid/T-rat-dates1.json")
    assert (path, others) == ("/t/0/sc", [])
    assert rule.startswith("expected a time as in RFC 3339")
    assert rejected == {}


def test_released_samples_that_break_the_schema_are_refused() -> None:
    found = {name: violations(payload, "1.3.3") for name, payload in samples("test/invalid/*.json")}
    assert {name: [path for path, _ in what] for name, what in found.items()} == {
        "test/invalid/empty.json": ["/v"],
        "test/invalid/invalid_dob2.json": ["/dob"],
        "test/invalid/missing_dob.json": ["/dob"],
    }


# Characters on which the two kinds of regular expression agree: no line ends, and no digits but
# the ASCII ones. The cases that differ have a test of their own.
TEXTS = st.text(alphabet="AZaz09<-:.+TZ ỄéĐ", max_size=12)
DATES = st.dates(date(1, 1, 1), date(2100, 12, 31)).map(date.isoformat)
PARTS = st.integers(0, 99).map("{:02}".format)
ANY_DATES = st.builds(
    "{}-{}-{}".format, st.sampled_from(["0000", "2020", "1900", "21"]), PARTS, PARTS
)
OFFSETS = st.sampled_from(["Z", "z", "", "+00:00", "-23:59", "+24:00", "+07", "+0700", "+07:60"])
FRACTIONS = st.sampled_from(["", ".", ".1", ".123456789"])
ANY_TIMES = st.builds("2021-06-11T{}:{}:{}{}{}".format, PARTS, PARTS, PARTS, FRACTIONS, OFFSETS)
LENGTHS = st.sampled_from([49, 50, 51, 79, 80, 81]).map(lambda length: "Đ" * length)
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.none() | st.booleans() | st.integers(-1, 11) | st.sampled_from([1.0, 0.5, 9.0, 10.0]),
    TEXTS | DATES | ANY_DATES | ANY_TIMES | LENGTHS | LENGTHS.map(lambda text: "A" * len(text)),
    st.sampled_from(["1950", "1950-13", "2100", "1899-01-01", "", "UNHCR", "vn", "1.3.3", "1x3x3"]),
    st.just([]) | st.just({}) | st.just([[]]) | st.just([{}]),
)
ADDED = {"v": "rtx", "t": "vrx", "r": "vtx"}


@st.composite
def changed_payloads(draw: st.DrawFn) -> dict[str, Any]:
    """A valid payload with one change: a member dropped, replaced or added, an entry repeated."""
    group = draw(st.sampled_from(GROUPS))
    payload = payload_of(group)
    kind = draw(st.sampled_from(["drop", "replace", "replace", "add", "repeat"]))
    if kind == "repeat":
        payload[group] *= draw(st.integers(0, 3))
        return copy.deepcopy(payload)
    if kind == "add":
        added = draw(st.sampled_from(ADDED[group]))
        payload[added] = draw(VALUES | st.just([ENTRIES.get(added, {})]))
        return copy.deepcopy(payload)
    place = draw(st.sampled_from([payload, payload["nam"], payload[group][0]]))
    member = draw(st.sampled_from([*place, "dr"]))
    if kind == "drop":
        place.pop(member, None)
    else:
        place[member] = draw(VALUES)
    return copy.deepcopy(payload)


@pytest.mark.parametrize("version", VERSIONS)
@settings(max_examples=250)
@given(payload=changed_payloads())
@example(payload={})
@example(payload=vaccination(dn=9, sd=10))
@example(payload=payload_of("v") | {"dob": ""})
@example(payload=payload_of("v") | {"dob": "1950"})
@example(payload=payload_of("v") | {"nam": {"gnt": "BAO"}})
def test_we_accept_what_the_released_schema_accepts(version: str, payload: dict[str, Any]) -> None:
    one_group = sum(group in payload for group in GROUPS) == 1
    expected = one_group and released(version).is_valid(payload)
    assert (violations(payload, version) == ()) == expected


@pytest.mark.parametrize("version", VERSIONS)
def test_two_groups_and_none_are_refused_in_every_version(version: str) -> None:
    message = "expected exactly one of v, t, r; there are "
    assert violations(payload_of("v") | payload_of("t"), version) == (("", f"{message}2"),)
    nothing = {"ver": "1.0.0", "nam": NAME, "dob": "1983-10-10"}
    assert violations(nothing, version) == (("", f"{message}0"),)


def test_before_1_3_0_a_group_may_have_several_entries() -> None:
    payload = payload_of("v")
    payload["v"] *= 2
    assert violations(payload, "1.2.1") == ()
    assert violations(payload, "1.3.0") == (("/v", "expected exactly one entry"),)


# --- where plain Python regular expressions differ from ECMA-262 --------------------------------


@pytest.mark.parametrize(
    ("path", "payload"),
    [
        ("/dob", payload_of("v") | {"dob": "1983-10-10\n"}),
        ("/dob", payload_of("v") | {"dob": "19٨٣"}),
        ("/ver", payload_of("v") | {"ver": "1.3.0\n"}),
        ("/ver", payload_of("v") | {"ver": "１.3.0"}),
        ("/ver", payload_of("v") | {"ver": "1\r3.0"}),
        ("/ver", payload_of("v") | {"ver": "1.3\u20280"}),
        ("/nam/fnt", payload_of("v") | {"nam": {"fnt": "NGUYEN\n"}}),
    ],
)
def test_patterns_are_those_of_ecma_262(path: str, payload: dict[str, Any]) -> None:
    ((found, rule),) = violations(payload, "1.3.3")
    assert found == path
    assert rule.startswith("expected a text matching ^")


def test_the_pattern_of_the_version_takes_any_separator_as_released() -> None:
    assert violations(payload_of("v") | {"ver": "1\U0001f6003\u00a00"}, "1.3.3") == ()


# --- formats ------------------------------------------------------------------------------------

FORMATS = FormatChecker(formats=("date", "date-time"))


def accepts_date(text: str) -> bool:
    return violations(vaccination(dt=text), "1.3.3") == ()


def accepts_date_time(text: str) -> bool:
    payload = payload_of("t")
    payload["t"][0]["sc"] = text
    return violations(payload, "1.3.3") == ()


@given(DATES | ANY_DATES | TEXTS | st.text(max_size=11))
@example("2021-02-29")
@example("2020-02-29")
@example("0000-01-01")
@example("2021-W01-1")
@example("2021-06-11\n")
@example("2021-06-1١")
@example("20210611")
@example("2021-06-11T00:00:00")
@example("")
def test_dates_are_those_of_another_checker(text: str) -> None:
    assert accepts_date(text) == FORMATS.conforms(text, "date")


@given(ANY_TIMES | st.datetimes().map(lambda moment: moment.replace(tzinfo=UTC).isoformat()))
@example("2021-06-11t07:30:00z")
@example("2021-06-11 07:30:00Z")
@example("2021-06-11T07:30Z")
@example("2021-06-11T07:30:60Z")
@example("2021-06-11T24:00:00Z")
@example("2021-02-29T07:30:00Z")
@example("2021-06-11T07:30:00-00:00")
@example("2021-06-11T07:30:00.٣Z")
@example("2021-06-11T07:30:00." + "1" * 5000 + "Z")
def test_date_times_are_those_of_another_checker(text: str) -> None:
    assert accepts_date_time(text) == FORMATS.conforms(text, "date-time")


def test_a_line_feed_after_a_date_time_is_no_part_of_it() -> None:
    assert not accepts_date_time("2021-06-11T07:30:00Z\n")  # the other checker lets it pass


# --- what is said, and what is not --------------------------------------------------------------


SAID: list[tuple[object, str, str, str]] = [
    ([], "1.3.3", "", "a map"),
    (None, "1.0.0", "", "a map"),
    (payload_of("v") | {"nam": {}}, "1.3.3", "/nam", "fnt or gnt to be there"),
    (payload_of("v") | {"nam": {"gnt": "A"}}, "1.3.1", "/nam/fnt", "to be there"),
    (payload_of("v") | {"nam": 7}, "1.3.3", "/nam", "a map"),
    (payload_of("v") | {"v": None}, "1.3.3", "/v", "an array"),
    (payload_of("v") | {"v": []}, "1.0.0", "/v", "at least one entry"),
    (payload_of("v") | {"v": [7]}, "1.3.3", "/v/0", "a map"),
    (vaccination(dn=0), "1.3.3", "/v/0/dn", "an integer from 1"),
    (vaccination(sd=10), "1.2.1", "/v/0/sd", "an integer up to 9"),
    (vaccination(dn="1"), "1.3.3", "/v/0/dn", "an integer"),
    (vaccination(dn=True), "1.3.3", "/v/0/dn", "an integer"),
    (vaccination(dn=1.5), "1.3.3", "/v/0/dn", "an integer"),
    (vaccination(co=b"VN"), "1.3.3", "/v/0/co", "a text"),
    (vaccination(co="vn"), "1.3.3", "/v/0/co", "a text matching [A-Z]{1,10}"),
    (vaccination(dt="2021-02-29"), "1.3.3", "/v/0/dt", "a date YYYY-MM-DD that exists"),
    (vaccination(ci="x" * 81), "1.3.3", "/v/0/ci", "at most 80 characters"),
    (vaccination(ci="x" * 51), "1.2.1", "/v/0/ci", "at most 50 characters"),
]


@pytest.mark.parametrize(("payload", "version", "path", "expected"), SAID)
def test_a_violation_says_where_and_what_was_expected(
    payload: object, version: str, path: str, expected: str
) -> None:
    assert violations(payload, version) == ((path, f"expected {expected}"),)


@pytest.mark.parametrize(
    "payload",
    [
        [],
        payload_of("v") | {"nam": 7},
        payload_of("v") | {"nam": {"fn": 7, "fnt": None}},
        payload_of("v") | {"nam": {}, "ver": "1.3.3"},
        payload_of("v") | {"v": None},
        payload_of("v") | {"v": []},
        payload_of("v") | {"v": [7]},
        payload_of("v") | {"v": payload_of("v")["v"] * 2},
        payload_of("v") | payload_of("t"),
        {key: value for key, value in payload_of("v").items() if key not in ("v", "dob")},
        vaccination(dn=0, sd="2", co=7, dt="2021-02-29", ci="x" * 81),
        vaccination(dn=None, dt=None),
        payload_of("t") | {"t": [{"sc": "yesterday", "tt": True, "tc": "x" * 81}]},
        payload_of("r") | {"r": [{"fr": "2021-02-31", "df": [], "du": {}}]},
    ],
    ids=lambda payload: str(payload)[-40:],
)
def test_the_typed_parser_has_the_same_words(payload: Any) -> None:
    """One refusal may list violations from both."""
    with pytest.raises(SchemaError) as caught:
        parse(payload, tolerated=NO_DEVIATION)
    worded = dict(caught.value.violations)
    found = dict(violations(payload, payload["ver"] if payload else "1.3.3"))
    both = found.keys() & worded.keys()
    assert both
    assert {path: found[path] for path in both} == {path: worded[path] for path in both}


def test_every_violation_is_listed_in_the_order_of_the_schema() -> None:
    payload = vaccination(dn=0, sd="2") | {"nam": {"fn": 7, "fnt": "Nguyen"}}
    del payload["dob"], payload["v"][0]["ci"]
    assert [path for path, _ in violations(payload, "1.3.3")] == [
        "/dob",
        "/nam/fn",
        "/nam/fnt",
        "/v/0/ci",
        "/v/0/dn",
        "/v/0/sd",
    ]


STRANGE: list[object] = [
    b"secret",
    ("secret",),
    {"secret"},
    CBORTag(0, "2021-06-11T07:30:00Z"),
    CBORSimpleValue(99),
    undefined,
    date(2021, 6, 11),
    datetime(2021, 6, 11, tzinfo=UTC),
    float("nan"),
    float("inf"),
    Decimal("sNaN"),
    Decimal(1),
    1j,
    10**5000,
    -(10**5000),
    "\ud800",
    {1: 2, b"secret": 3, None: 4},
    object(),
]


@pytest.mark.parametrize("version", ["1.0.0", "1.3.3"])
@pytest.mark.parametrize("value", STRANGE, ids=lambda value: type(value).__name__)
def test_values_that_json_does_not_know_do_no_harm(value: object, version: str) -> None:
    for group in GROUPS:
        for member in ENTRIES[group]:
            payload: dict[Any, Any] = payload_of(group)
            payload[group][0][member] = value
            found = violations(payload, version)
            assert all(path == f"/{group}/0/{member}" for path, _ in found)
            assert bool(found) == (not fits(member, value, version))
        for member in ("ver", "nam", "dob", group):
            assert violations(payload_of(group) | {member: value}, version)
        odd: dict[Any, Any] = {"x": value, 4: value, None: value}
        assert violations(payload_of(group) | odd, version) == ()


def fits(member: str, value: object, version: str) -> bool:
    """The strange values that are right: a lone surrogate is a text, a huge integer a number."""
    if member in ("dn", "sd"):
        return isinstance(value, int) and value > 0 and version == "1.3.3"
    return isinstance(value, str) and member not in ("dt", "sc", "fr", "df", "du", "co")


def test_any_mapping_is_an_object_and_whole_floats_are_integers() -> None:
    payload = UserDict(payload_of("v"))
    payload["nam"] = UserDict(NAME)
    payload["v"] = [UserDict(ENTRIES["v"] | {"dn": 2.0})]
    assert violations(payload, "1.3.3") == ()


SECRETS = st.text(alphabet="ßqµ", min_size=8, max_size=99)


@given(data=st.data(), secret=SECRETS, version=st.sampled_from(VERSIONS))
def test_no_text_of_the_payload_is_repeated(data: st.DataObject, secret: str, version: str) -> None:
    payload = data.draw(changed_payloads())
    target: Any = payload
    for step in data.draw(st.sampled_from([("nam",), ("v", 0), ("t", 0), ("r", 0), ()])):
        try:
            target = target[step]
        except (KeyError, IndexError, TypeError):
            break
    if isinstance(target, dict):
        for member in list(target):
            target[member] = secret
        target[secret] = secret
    assert secret not in repr(violations(payload, version))


def test_the_number_of_violations_is_bounded() -> None:
    payload = payload_of("v")
    payload["v"] = [{} for _ in range(10_000)]
    assert len(violations(payload, "1.0.0")) == MAX_VIOLATIONS == 50


def recursive() -> Any:
    knot: dict[str, Any] = {}
    knot["nam"] = knot["v"] = knot["x"] = knot
    return knot


def deep() -> Any:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    return value


@pytest.mark.parametrize("make", [recursive, deep])
def test_depth_costs_nothing_because_only_known_members_are_visited(
    make: Callable[[], Any],
) -> None:
    value = make()
    assert violations(value, "1.3.3")
    assert violations(payload_of("v") | {"x": value}, "1.3.3") == ()
    assert violations(payload_of("v") | {"v": [value]}, "1.3.3")
