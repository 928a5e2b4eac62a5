"""The payload vectors against the schemas, by a judge that shares no code with the library.

`jsonschema` judges the payload of each vector twice: by our restatement of the schema, of which
each rule must have refused something and each bound must have vectors on both of its sides, and by
the released schema, where its suite is there.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import cbor2
import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from vectors.payload_fields import FIELDS, NEWEST, VERSIONS
from vnvaxcert.schema.documents import schema_document

FILE: Final = Path(__file__).resolve().parents[1] / "test_vectors" / "payload.json"

NOT_JSON: Final = {
    "payload::nam-fn::bytes": "a byte string",
    "payload::t-tc::undefined": "undefined",
    "payload::t-sc::tag-0": "a tag",
    "payload::v-dt::tag-0": "a tag",
    "payload::t-sc::tag-1": "a tag",
    "payload::t-sc::tag-1-around-a-text": "a tag",
    "payload::nam-fn::tag-0": "a tag",
    "payload::t-tc::undefined-tolerated": "undefined",
    "payload::groups::second-is-undefined-tolerated": "undefined",
    "payload::v-dn::tag-2": "a tag",
    "payload::root::member-twice": "a member given twice",
    "payload::nam-gn::half-a-pair": "half a surrogate pair",
}
"""What CBOR can say and JSON cannot: no JSON Schema judges these."""

OF_TWO_RULES: Final = {
    "payload::dob::month-alone-before-1-1-0": ["format", "pattern"],
    "payload::groups::second-is-null": ["oneOf", "type"],
    "payload::groups::second-is-empty": ["minItems", "oneOf"],
}
"""Refusals in which one defect breaks several rules; each other one breaks exactly one."""

NEVER_RELEASED: Final = {
    f"payload::ver::{case}"
    for case in ("missing", "wrong-type", "never-released", "two-numbers", "empty")
} | {"payload::ver::letters-for-points", "payload::ver::line-feed-after-it"}
"""Refusals for a version without a schema."""

STRICTER_THAN_RELEASED: Final = {
    "payload::groups::v-and-r-before-1-3-0",
    "payload::groups::none-before-1-3-0",
}
"""The schemas before 1.3.0 have no rule for this: spec/dcc-payload.md, section 1."""

Vector = dict[str, Any]


@cache
def vectors() -> tuple[Vector, ...]:
    """All that a JSON Schema can judge."""
    every = json.loads(FILE.read_text(encoding="utf-8"))["vectors"]
    return tuple(one for one in every if one["id"] not in NOT_JSON)


def strict() -> Iterator[Vector]:
    return (one for one in vectors() if "policy" not in one["input"])


def payload_of(vector: Vector) -> Any:
    return cbor2.loads(bytes.fromhex(vector["intermediates"]["claims"]))[-260][1]


def is_refused(vector: Vector) -> bool:
    return "reject" in vector["expect"]


def after_ecma(schema: Any) -> Any:
    """The schema with patterns that mean in Python what they mean in ECMA-262."""
    if isinstance(schema, list):
        return [after_ecma(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: value.replace("$", r"\Z").replace(r"\d", "[0-9]")
        if key == "pattern" and isinstance(value, str)
        else after_ecma(value)
        for key, value in schema.items()
    }


def judge(schema: Any) -> Draft202012Validator:
    checker = FormatChecker(formats=["date", "date-time"])
    assert set(checker.checkers) == {"date", "date-time"}
    return Draft202012Validator(after_ecma(schema), format_checker=checker)


@cache
def our_judge(version: str) -> Draft202012Validator:
    return judge(schema_document(version))


def errors(vector: Vector) -> list[ValidationError]:
    payload = payload_of(vector)
    return list(our_judge(payload["ver"]).iter_errors(payload))


# --- the rules of a schema ------------------------------------------------------------------------


class Rule(NamedTuple):
    """One rule.

    Attributes:
        place: Of what it is about, in a payload: ``/v/*/ci``.
        home: Where it is written, in the schema: ``#/$defs/identifier``.
        keyword: Of JSON Schema.
        value: Of the keyword; of ``required`` the name of one member.
    """

    place: str
    home: str
    keyword: str
    value: Any


def rules(schema: Any, node: Any = None, place: str = "", home: str = "#") -> Iterator[Rule]:
    node = schema if node is None else node
    while "$ref" in node:
        home = node["$ref"]
        node = schema["$defs"][home.removeprefix("#/$defs/")]
    for keyword, value in node.items():
        if keyword == "properties":
            for name, inner in value.items():
                yield from rules(schema, inner, f"{place}/{name}", f"{home}/{name}")
        elif keyword == "items":
            yield from rules(schema, value, f"{place}/*", f"{home}/*")
        elif keyword == "required":
            for name in value:
                yield Rule(f"{place}/{name}", home, keyword, name)
        elif keyword in ("oneOf", "anyOf"):
            yield Rule(place, home, keyword, None)
        elif not keyword.startswith("$") and keyword != "title":
            yield Rule(place, home, keyword, value)


@cache
def rules_of(version: str) -> tuple[Rule, ...]:
    return tuple(rules(schema_document(version)))


def broken(error: ValidationError, version: str) -> Rule:
    """The rule that an error is about."""
    place = "".join(f"/{'*' if isinstance(one, int) else one}" for one in error.absolute_path)
    if error.validator == "required":
        (missing,) = (one for one in error.validator_value if f"'{one}'" in error.message)
        place += f"/{missing}"
    (found,) = (
        rule for rule in rules_of(version) if (rule.place, rule.keyword) == (place, error.validator)
    )
    return found


def values_at(payload: Any, place: str) -> list[Any]:
    found = [payload]
    for step in place.split("/")[1:]:
        if step == "*":
            found = [item for one in found if isinstance(one, list) for item in one]
        else:
            found = [one[step] for one in found if isinstance(one, dict) and step in one]
    return found


class Sides(NamedTuple):
    """Values on both sides of a rule: those of acceptances, and those that it refused."""

    within: list[Any]
    beyond: list[Any]


@cache
def all_sides() -> tuple[dict[Rule, Sides], dict[tuple[str, str, str], Sides]]:
    """The sides of each rule of the newest schema, and of each rule of any by where it is written.

    A rule that several fields share (``#/$defs/issuer``) is in the first once for each field.
    """
    newest: dict[Rule, Sides] = defaultdict(lambda: Sides([], []))
    of_any: dict[tuple[str, str, str], Sides] = defaultdict(lambda: Sides([], []))
    for vector in strict():
        if vector["id"] in NEVER_RELEASED:
            continue
        payload = payload_of(vector)
        version = payload["ver"]
        found = errors(vector)
        touched = {broken(found[0], version)} if len(found) == 1 else set()
        for rule in touched if found else rules_of(version):
            values = values_at(payload, rule.place) or ["missing"] * len(found)
            for sides in (newest[rule], of_any[key_of(rule)]):
                (sides.beyond if found else sides.within).extend(values)
    return newest, of_any


def key_of(rule: Rule) -> tuple[str, str, str]:
    return rule.home, rule.keyword, repr(rule.value)


AT_THE_BOUND: Final[dict[str, tuple[Callable[[Any], Any], int]]] = {
    "maxLength": (len, 1),
    "maxItems": (len, 1),
    "minItems": (len, -1),
    "minimum": (int, -1),
    "maximum": (int, 1),
}
"""How the number that a keyword bounds is found, and on which side of it is too much."""


def lacking(rule: Rule, sides: Sides) -> str:
    """What a rule lacks: a refusal, an acceptance, or the values right at its bound."""
    if not sides.beyond:
        return "nothing refused"
    if not sides.within:
        return "nothing accepted"
    if rule.keyword in AT_THE_BOUND:
        number, step = AT_THE_BOUND[rule.keyword]
        if rule.value not in map(number, sides.within):
            return f"no {rule.value} accepted"
        if rule.value + step not in map(number, sides.beyond):
            return f"no {rule.value + step} refused"
    return ""


# --- the tests ------------------------------------------------------------------------------------


def test_what_json_cannot_say_is_named_and_there() -> None:
    every = {one["id"] for one in json.loads(FILE.read_text(encoding="utf-8"))["vectors"]}
    assert every > set(NOT_JSON) | set(OF_TWO_RULES) | NEVER_RELEASED | STRICTER_THAN_RELEASED


def test_each_refusal_breaks_one_rule_and_each_acceptance_none() -> None:
    for vector in strict():
        if vector["id"] in NEVER_RELEASED:
            continue
        found = sorted(str(error.validator) for error in errors(vector))
        if vector["id"] in OF_TWO_RULES:
            assert found == OF_TWO_RULES[vector["id"]], vector["id"]
        else:
            assert len(found) == is_refused(vector), (vector["id"], found)


def test_refusals_of_versions_have_a_version_without_a_schema() -> None:
    for vector in strict():
        is_released = payload_of(vector).get("ver") in VERSIONS
        assert is_released == (vector["id"] not in NEVER_RELEASED)


def test_each_rule_of_the_newest_schema_has_vectors_on_both_sides() -> None:
    newest, _ = all_sides()
    without = {
        f"{rule.place} {rule.keyword}": missing
        for rule in rules_of(NEWEST)
        if (missing := lacking(rule, newest[rule]))
    }
    # A payload that is no map is `hcert.content`, in the suite `cwt`; of the version no rule is
    # left to judge by: see the test above.
    assert without == {
        " type": "nothing refused",
        "/ver required": "nothing refused",
        "/ver type": "nothing refused",
        "/ver pattern": "nothing refused",
    }


@pytest.mark.parametrize("version", VERSIONS[:-1])
def test_each_rule_of_an_older_schema_has_vectors_on_both_sides(version: str) -> None:
    _, of_any = all_sides()
    judged = [rule for rule in rules_of(version) if rule.place not in ("", "/ver")]
    assert judged
    assert not {key_of(rule) for rule in judged if lacking(rule, of_any[key_of(rule)])}


@pytest.mark.parametrize(
    ("rule", "sides", "missing"),
    [
        (Rule("", "", "type", "string"), Sides(["a"], []), "nothing refused"),
        (Rule("", "", "type", "string"), Sides([], [1]), "nothing accepted"),
        (Rule("", "", "maxLength", 2), Sides(["a"], ["abc"]), "no 2 accepted"),
        (Rule("", "", "maxLength", 2), Sides(["ab"], ["abcd"]), "no 3 refused"),
        (Rule("", "", "minimum", 1), Sides([1], [-1]), "no 0 refused"),
        (Rule("", "", "minimum", 1), Sides([1], [0]), ""),
    ],
)
def test_a_bound_without_a_side_is_found(rule: Rule, sides: Sides, missing: str) -> None:
    assert lacking(rule, sides) == missing


def test_the_table_of_fields_is_that_of_the_newest_schema() -> None:
    lengths = {r.place: r.value for r in rules_of(NEWEST) if r.keyword == "maxLength"}
    required = {r.place for r in rules_of(NEWEST) if r.keyword == "required"}
    fields = {rule.place for rule in rules_of(NEWEST) if rule.keyword == "type"}
    fields -= {"", *(f"/{group}{rest}" for group in "vtr" for rest in ("", "/*"))}
    listed = {}
    for field in FIELDS:
        first, _, second = field.place.partition(".")
        listed[
            "/" + "/".join([first, "*", second] if first in "vtr" else field.place.split("."))
        ] = field
    assert listed.keys() == fields
    assert {place for place, field in listed.items() if field.is_required} == required
    assert {
        place: len(field.longest) for place, field in listed.items() if field.longest is not None
    } == lengths


def test_what_is_tolerated_breaks_the_schema() -> None:
    tolerant = [one for one in vectors() if one["input"].get("policy") == "tolerant"]
    assert len(tolerant) > 8
    for vector in tolerant:
        is_broken = not vector["id"].endswith("::outer-space-tolerated")
        assert bool(errors(vector)) == is_broken, vector["id"]


def test_the_released_schemas_judge_each_vector_alike(
    shared_vectors: Callable[[str], Path],
) -> None:
    folder = shared_vectors("eu-dcc-schema")
    judges = {}
    for version in VERSIONS:
        (path,) = (folder / version).glob("*.json")
        judges[version] = judge(json.loads(path.read_text(encoding="utf-8")))
    judged = 0
    for vector in strict():
        payload = payload_of(vector)
        by = judges.get(payload.get("ver") if isinstance(payload.get("ver"), str) else "")
        refused = by is None or not by.is_valid(payload)
        expected = is_refused(vector) and vector["id"] not in STRICTER_THAN_RELEASED
        assert refused == expected, vector["id"]
        judged += 1
    assert judged > 250
