"""The written forms are true: CDDL and JSON Schema take what is accepted, and refuse what is not.

The vectors were made without the library, and `cddl_verifier` and `jsonschema` judge: what a vector
accepts has to fit the written form, and what it refuses for its form must not.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import cache
from io import BytesIO
from typing import Any, Final

import cbor2
import pytest
from cddl_verifier import Validator
from jsonschema import Draft202012Validator, FormatChecker

from spec_pages import EXAMPLE, SOURCE, Node, page, schema, vectors
from vnvaxcert.schema.versions import RULES

# --- CDDL ----------------------------------------------------------------------------------------

HCERT: Final = Validator(page("hcert.cddl"))


def without(layer: str, instead: str) -> Validator:
    """The same rules with one layer taken for granted."""
    text = page("hcert.cddl")
    assert text.count(layer) == 1
    return Validator(text.replace(layer, instead))


# One after the other they say what all say at once, in a twentieth of the time.
ENVELOPE: Final = without("payload: bstr .cbor claims", "payload: bstr")
CLAIMS: Final = without("eu-dcc-v1 ^=> dcc,", "eu-dcc-v1 ^=> { * any => any },")


RULE_OF: Final = {
    version: rule
    for rule, versions in re.findall(
        r"^(dcc-[0-9-]+) = {\n  ver \^=> (.*),$", page("hcert.cddl"), flags=re.MULTILINE
    )
    for version in re.findall(r'"([0-9.]+)"', versions)
}


def test_each_version_has_a_rule() -> None:
    assert list(RULE_OF) == list(RULES)


def load(data: bytes) -> Any:
    """Decode; the tags of times and of big numbers stay what they are."""
    keep = {tag: lambda value, _, tag=tag: cbor2.CBORTag(tag, value) for tag in (0, 1, 2, 3)}
    return cbor2.CBORDecoder(BytesIO(data), semantic_decoders=keep).decode()


@cache
def fits(message: bytes) -> bool:
    """Whether a message has the form that hcert.cddl gives."""
    if not ENVELOPE.validate(message):
        return False
    parts = load(message)
    while isinstance(parts, cbor2.CBORTag):
        parts = parts.value
    return _claims_fit(parts[2])


@cache
def _claims_fit(claims: bytes) -> bool:
    if not CLAIMS.validate(claims, "claims"):
        return False
    payload = load(claims)[-260][1]
    # The rule of its version: none of the others can fit.
    rule = RULE_OF.get(payload.get("ver") if isinstance(payload.get("ver"), str) else None, "dcc")
    return bool(HCERT.validate(cbor2.dumps(payload), rule))


def test_the_layers_say_what_the_whole_says() -> None:
    some = [*with_message(True)[::40], *with_message(False)[::30]]
    answers = set()
    for vector in some:
        message = bytes.fromhex(vector["intermediates"]["cose"])
        assert bool(HCERT.validate(message)) is fits(message), vector["id"]
        answers.add(fits(message))
    assert answers == {True, False}


# What the validator refuses besides: in tag 0 it wants a whole date-time (RFC 8949 §3.4.1), while
# certificates were seen with a date.
TOO_STRICT: Final = {"payload::v-dt::tag-0"}

# What CDDL cannot say, by the comment at the head of hcert.cddl.
BEYOND_CDDL: Final = {
    *("payload::v-dt::no-such-day", "payload::t-sc::no-such-day", "payload::v-dn::fraction"),
    "payload::dob::no-such-day-before-1-1-0",
}


def with_message(is_accepted: bool, suite: str | None = None) -> list[Node]:
    """Vectors of health certificates under the strict policy whose message is known."""
    return [
        one
        for one in vectors(suite)
        if one["op"] == "verify"
        and one["input"].get("policy", "strict") == "strict"
        and "cose" in one.get("intermediates", {})
        and ("accept" in one["expect"]) is is_accepted
    ]


def test_the_cddl_accepts_the_message_of_every_certificate_that_is_accepted() -> None:
    accepted = with_message(True)
    assert len(accepted) > 100
    for vector in accepted:
        message = bytes.fromhex(vector["intermediates"]["cose"])
        assert fits(message) is (vector["id"] not in TOO_STRICT), vector["id"]


# Refusals of step 2, 6 and 7 that are about the form, and not about what fits together.
OF_FORM: Final = {
    *("schema.invalid", "cose.kid", "cose.algorithm", "cwt.claims", "hcert.content"),
    "cbor.malformed",
}
STRUCTURES: Final = ("cose::shape::*", "cose::tag::*", "cose::payload::*", "headers::crit::*")


def test_the_cddl_refuses_what_is_refused_for_its_form() -> None:
    refused = 0
    for vector in with_message(False):
        code, name = vector["expect"]["reject"], vector["id"]
        is_structure = code == "cose.structure" and any(fnmatchcase(name, p) for p in STRUCTURES)
        if (code not in OF_FORM and not is_structure) or name in BEYOND_CDDL:
            continue
        message = bytes.fromhex(vector["intermediates"]["cose"])
        assert not fits(message), name
        refused += 1
    assert refused > 150


def test_what_the_cddl_cannot_say_is_as_little_as_its_head_tells() -> None:
    by_id = {one["id"]: one for one in vectors()}
    for name in sorted(BEYOND_CDDL):
        vector = by_id[name]
        assert vector["expect"] == {"reject": "schema.invalid"}
        assert fits(bytes.fromhex(vector["intermediates"]["cose"])), "take it off the list"


def an_accepted() -> tuple[list[Any], dict[Any, Any], dict[Any, Any]]:
    """Parts of a message, its claims and its payload, to be changed."""
    vector = next(one for one in vectors("headers") if one["id"] == EXAMPLE)
    parts = list(cbor2.loads(bytes.fromhex(vector["intermediates"]["cose"])).value)
    claims = cbor2.loads(parts[2])
    return parts, claims, claims[-260][1]


def _set(place: str, value: object) -> Callable[[Node], None]:
    def change(entry: Node) -> None:
        entry[place] = value

    return change


def _drop(place: str) -> Callable[[Node], None]:
    return lambda entry: entry.pop(place)


CHANGES_OF_A_DOSE: Final = {
    **{f"{key} missing": _drop(key) for key in ("tg", "vp", "mp", "ma", "dn", "sd", "dt", "ci")},
    **{f"{key} null": _set(key, None) for key in ("co", "is", "ci", "sd")},
    **{f"{key} a number": _set(key, 5) for key in ("tg", "vp", "mp", "ma", "co", "is", "ci")},
    "issuer of 81 letters": _set("is", "ỗ" * 81),
    "no capital in the country": _set("co", "aq"),
    "dose zero": _set("dn", 0),
    "dose true": _set("dn", True),
    "month 13": _set("dt", "2022-13-01"),
    "a date with its time": _set("dt", "2022-03-01T00:00:00Z"),
}


@pytest.mark.parametrize("change", CHANGES_OF_A_DOSE.values(), ids=CHANGES_OF_A_DOSE.keys())
def test_the_cddl_refuses_a_dose_with_one_change(change: Callable[[Node], None]) -> None:
    parts, claims, payload = an_accepted()
    assert fits(cbor2.dumps(cbor2.CBORTag(18, parts)))
    change(payload["v"][0])
    parts[2] = cbor2.dumps(claims)
    assert not fits(cbor2.dumps(cbor2.CBORTag(18, parts)))


def test_the_cddl_takes_the_longest_texts_and_members_that_it_does_not_know() -> None:
    parts, claims, payload = an_accepted()
    payload["v"][0] |= {"is": "ỗ" * 80, "ci": "a\n" * 40, "later": [1]}
    payload |= {"dob": "", 5: b"", "nam": {"gnt": "A<B", "other": None}, "ver": "1.3.3"}
    claims |= {"other": 1.5, 99: [], 4: cbor2.CBORTag(1, 1.5)}
    parts[1] = {"x": 1, 3: 61}
    parts[2] = cbor2.dumps(claims)
    assert fits(cbor2.dumps(parts))
    assert not fits(cbor2.dumps(cbor2.CBORTag(98, parts)))


REVOCATION: Final = Validator(page("revocation.cddl"))


def test_the_cddl_of_chunks_takes_a_chunk_and_refuses_short_hashes() -> None:
    def chunk(payload: object) -> bytes:
        return cbor2.dumps(
            cbor2.CBORTag(18, [cbor2.dumps({1: -7}), {}, cbor2.dumps(payload), bytes(64)])
        )

    key = bytes.fromhex("51825c6383743d42") + b"\x0a"
    assert REVOCATION.validate(chunk({key: [bytes(16), bytes(32)]}))
    assert REVOCATION.validate(chunk({}))
    wrongs: list[Any] = [{key: [bytes(15)]}, {b"\x0a": []}, {"kid": []}, [bytes(16)]]
    for wrong in [*wrongs, {key: bytes(16)}]:
        assert not REVOCATION.validate(chunk(wrong))


# --- JSON Schema ---------------------------------------------------------------------------------


BATCH: Final[Node] = {
    "country": "AQ",
    "expires": "2023-04-15T00:00:00Z",
    "kid": "UYJcY4N0PUI=",
    "hashType": "UCI",
    "entries": [{"hash": base64.b64encode(bytes(16)).decode()}],
}


@pytest.mark.parametrize(
    "change",
    [
        {"kid": "UYJcY4N0PUI"},
        {"hashType": "uci"},
        {"entries": []},
        {"entries": [{"hash": base64.b64encode(bytes(15)).decode()}]},
        {"entries": [{"hash": base64.b64encode(bytes(16)).decode()}] * 1001},
        {"entries": [{}]},
        {"expires": "2023-04-15"},
        {"country": "aq"},
    ],
    ids=str,
)
def test_the_schema_of_batches_takes_a_batch_and_none_with_one_change(change: Node) -> None:
    batches = schema("revocation-batch.schema.json")
    assert batches.is_valid(BATCH)
    assert batches.is_valid(BATCH | {"kid": "UNKNOWN_KID"})
    assert not batches.is_valid(BATCH | change)


def test_the_schemas_of_the_payload_accept_every_payload_that_is_accepted() -> None:
    judged = 0
    for vector in with_message(True):
        message = load(bytes.fromhex(vector["intermediates"]["cose"]))
        while isinstance(message, cbor2.CBORTag):
            message = message.value
        payload = load(message[2])[-260][1]
        document = json.loads(
            (SOURCE / "schema" / "json" / f"dcc-{payload['ver']}.json").read_bytes()
        )
        checker = FormatChecker(["date"])
        errors = list(Draft202012Validator(document, format_checker=checker).iter_errors(payload))
        tagged = [error for error in errors if isinstance(error.instance, cbor2.CBORTag)]
        assert errors == tagged, vector["id"]
        judged += 1
    assert judged > 100
