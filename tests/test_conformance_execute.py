"""The operations of vectors: examples of the standards, and inputs that are none."""

from __future__ import annotations

import io
import json
import re
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import attestation_maker
import seal_maker
from test_documents import CLAIMS
from vnvaxcert.codec import base45
from vnvaxcert.conformance import Outcome, execute, serve
from vnvaxcert.conformance.execute import supported
from vnvaxcert.conformance.lists import RequestError
from vnvaxcert.conformance.suites import find
from vnvaxcert.trust.specimen import SpecimenSigner
from vnvaxcert.vietnam.reading import to_json

OWN = Path(__file__).resolve().parents[1] / "test_vectors"
ZLIB_OF_HELLO = "789ccb48cdc9c907000 62c0215".replace(" ", "")  # by the standard library's zlib


def accepted(op: str, **given: Any) -> dict[str, Any]:
    answer = execute(op, given)
    assert answer.outcome is Outcome.ACCEPT, answer
    return dict(answer.value or {})


def refused(op: str, **given: Any) -> str | None:
    answer = execute(op, given)
    assert answer.outcome is Outcome.REJECT, answer
    return answer.code


# --- examples of the standards --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("op", "given_", "value"),
    [
        ("base45.encode", {"hex": b"Hello!!".hex()}, {"text": "%69 VD92EX0"}),  # RFC 9285 §4.3
        ("base45.decode", {"text": "QED8WEX0"}, {"hex": b"ietf!".hex()}),  # RFC 9285 §4.4
        ("zlib.inflate", {"hex": ZLIB_OF_HELLO}, {"hex": b"hello".hex()}),
        ("cbor.check", {"hex": "83010203"}, {}),  # RFC 8949 appendix A
        ("jcs.canonical", {"json": "[1.50, 1E30]"}, {"hex": b"[1.5,1e+30]".hex()}),
        ("name.transliterate", {"name": "Đặng Thị Hường"}, {"icao": "DANG<THI<HUONG"}),
        (
            "name.mrz",
            {"family_name": "Eriksson", "given_name": "Anna Maria"},
            {"line": "ERIKSSON<<ANNA<MARIA".ljust(39, "<")},  # Doc 9303-4, the specimen
        ),
        ("name.mrz", {"family_name": "Arkfreith"}, {"line": "ARKFREITH".ljust(39, "<")}),
        ("name.seal", {"family_name": "Eriksson", "given_name": "Anna"}, {"n": "ERIKSSON  ANNA"}),
        ("check-digit", {"field": "L898902C3"}, {"digit": 6}),  # Doc 9303-4, the specimen
        ("check-digit", {"field": "D23145890734"}, {"digit": 9}),  # Doc 9303-5
        ("uvci.check", {"text": "URN:UVCI:01:SE:EHM/V12907267LAJW"}, {"character": "E"}),
        (
            "uvci.parse",
            {"text": "URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813#B"},
            {
                "version": "01",
                "country": "AT",
                "issuer": None,
                "vaccine": None,
                "opaque": "10807843F94AEE0EE5093FBC254BD813",
                "check": "B",
                "notes": [],
            },
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_example_of_the_standard_comes_out(
    op: str, given_: dict[str, Any], value: dict[str, Any]
) -> None:
    assert accepted(op, **given_) == value


@pytest.mark.parametrize(
    ("op", "given_", "code"),
    [
        ("base45.decode", {"text": "GGW"}, "base45.invalid"),
        ("zlib.inflate", {"hex": ZLIB_OF_HELLO + "00"}, "zlib.invalid"),
        ("cbor.check", {"hex": "a2010101 02".replace(" ", "")}, "cbor.malformed"),
        ("jcs.canonical", {"json": '{"a": 1, "a": 2}'}, "json.invalid"),
        ("jcs.canonical", {"json": "9007199254740993"}, "json.invalid"),
        ("name.transliterate", {"name": "R2D2"}, "issue.name"),
        ("check-digit", {"field": "a"}, "check-digit.invalid"),
        ("uvci.check", {"text": "URN:UVCI:01:SE:É"}, "uvci.invalid"),
        ("national.read", {"text": "HC2:"}, "hcert.prefix"),
        ("decode", {"text": "{}"}, "vdsnc.malformed"),
        ("trustlist.load", {"files": ["AA=="]}, "trustlist.format"),
        ("revocationlist.load", {"files": ["AA=="]}, "trustlist.format"),
    ],
)
def test_a_refusal_has_its_code(op: str, given_: dict[str, Any], code: str) -> None:
    assert refused(op, **given_) == code


def test_an_unknown_operation_is_not_supported() -> None:
    answer = execute("base46.decode", {})
    assert (answer.outcome, answer.code, answer.value) == (Outcome.UNSUPPORTED, None, None)


# --- inputs that are none -------------------------------------------------------------------------

KEY = {"kid": "AQ==", "certificate": None, "jwk": {"kty": "EC"}, "country": None}
AT = "2022-06-01T00:00:00Z"


@pytest.mark.parametrize(
    ("op", "given_"),
    [
        ("verify", {"text": "HC1:", "trust": []}),
        ("verify", {"text": "HC1:", "at": AT}),
        ("verify", {"text": "HC1:", "trust": [], "at": "2022-06-01T00:00:00"}),
        ("verify", {"text": "HC1:", "trust": [], "at": "yesterday"}),
        ("verify", {"text": "HC1:", "trust": [], "at": "0001-01-01T00:00:00+23:59"}),
        ("trustlist.load", {"files": ["\u0663\u0663\u0663\u0663"]}),
        ("verify", {"text": "HC1:", "trust": ["dsc"], "at": AT}),
        ("verify", {"text": "HC1:", "trust": [KEY], "at": AT}),
        ("verify", {"text": "HC1:", "trust": [{**KEY, "kid": ""}], "at": AT}),
        ("verify", {"text": "HC1:", "trust": [{**KEY, "kid": "?"}], "at": AT}),
        ("verify", {"text": "HC1:", "trust": [{**KEY, "certificate": 1}], "at": AT}),
        ("verify", {"text": "HC1:", "trust": [{**KEY, "country": 84}], "at": AT}),
        ("verify", {"text": "HC1:", "trust": [], "at": AT, "policy": "lenient"}),
        ("verify", {"text": "HC1:", "trust": [], "at": AT, "policy": []}),
        ("verify", {"text": "HC1:", "trust": [], "at": AT, "revocation": []}),
        ("verify", {"text": "HC1:", "trust": [], "at": AT, "revocation": {"files": [1]}}),
        ("verify", {"text": "HC1:", "trust": [], "at": AT, "revocation": {"hashes": [1]}}),
        (
            "verify",
            {
                "text": "HC1:",
                "trust": [],
                "at": AT,
                "revocation": {"hashes": [{"type": "UCI", "hash": "00", "kid": None}]},
            },
        ),
        (
            "verify",
            {
                "text": "HC1:",
                "trust": [],
                "at": AT,
                "revocation": {"hashes": [{"type": "UCI", "hash": "00" * 16, "kid": ""}]},
            },
        ),
        ("base45.encode", {"hex": "0"}),
        ("base45.decode", {"text": 1}),
        ("name.mrz", {"family_name": "Eriksson", "given_name": None}),
        ("cose.verify", {"hex": "8443a10126a04041 00".replace(" ", ""), "jwk": {}}),
        ("signature.verify", {"algorithm": "ES256K"}),
        ("signature.verify", {"algorithm": "ES256", "spki": "AA=="}),
        ("trustlist.load", {"files": []}),
        ("trustlist.load", {"files": ["AA=="], "last_sequence": True}),
        ("revocationlist.load", {"files": "AA=="}),
        ("passport.identifier", {"payload": []}),
        ("attestation.verify", {"record": {"full_name": 1}}),
        ("attestation.verify", {"record": {}, "verdict": "right", "salt": "0"}),
        ("dgc.flag", {"flag": "VERIFIED", "vector": {}}),
        ("dgc.flag", {"flag": "VERIFY", "vector": {}}),
    ],
)
def test_an_input_of_another_form_is_the_vectors_fault(op: str, given_: dict[str, Any]) -> None:
    with pytest.raises(RequestError):
        execute(op, given_)


def test_a_mistake_of_the_library_is_not_taken_for_a_refusal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def mistaken(_: str) -> bytes:
        raise ValueError("not meant to happen")

    monkeypatch.setattr(base45, "decode", mistaken)
    with pytest.raises(ValueError, match="not meant to happen"):
        execute("base45.decode", {"text": "BB8"})


def test_a_signer_that_is_asked_about_is_one_certificate() -> None:
    folder = OWN / "trust-lists"
    crl = b64encode((folder / "revocation" / "signers.crl").read_bytes()).decode()
    pem = (folder / "revocation" / "signer-good.crt.pem").read_bytes()
    good, none = (b64encode(data).decode() for data in (pem, b"0"))
    found = accepted("revocationlist.load", files=[crl], signers=[good])
    assert found["signers"] == [{"reject": None, "revoked_at": None}]
    other = (folder / "revocation" / "signer-revoked.crt.pem").read_bytes()
    for wrong in (none, b64encode(pem + other).decode()):
        with pytest.raises(RequestError, match="a certificate each"):
            execute("revocationlist.load", {"files": [crl], "signers": [wrong]})


DGC: dict[str, Any] = {
    "PREFIX": "HC1:BB8",
    "CBOR": "a0",
    "JSON": {},
    "TESTCTX": {"CERTIFICATE": "AA==", "VALIDATIONCLOCK": AT},
}


@pytest.mark.parametrize("flag", ["DECODE", "VALIDJSON", "VALIDOBJECT", "VERIFY"])
def test_a_step_of_a_broken_code_does_not_succeed(flag: str) -> None:
    assert accepted("dgc.flag", flag=flag, vector=DGC) == {"succeeds": False}


def test_what_no_code_carries_is_not_taken_for_what_it_should_carry() -> None:
    """A code that cannot be read carries nothing, and nothing is not the null of a vector."""
    assert accepted("dgc.flag", flag="ENCODE", vector=DGC) == {"succeeds": True}
    vector = {**DGC, "JSON": None, "CBOR": "f6"}
    with pytest.raises(RequestError):
        execute("dgc.flag", {"flag": "DECODE", "vector": vector})


MEMBERS = st.sampled_from(
    [
        *("text", "trust", "at", "policy", "authorities", "revocation", "hex", "json", "name"),
        *("family_name", "field", "files", "hashes", "flag", "vector", "jwk", "spki", "kid"),
        *("algorithm", "signature", "message", "external", "record", "salt", "batch", "path"),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from([AT, "00", "AA==", "ES256"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(MEMBERS, inner, max_size=2),
    max_leaves=5,
)


@given(st.sampled_from(supported()), st.dictionaries(MEMBERS, VALUES, max_size=5))
def test_any_input_ends_in_an_answer_or_is_refused_as_an_input(
    op: str, given_: dict[str, Any]
) -> None:
    try:
        answer = execute(op, given_)
    except RequestError:
        return
    assert answer.outcome in (Outcome.ACCEPT, Outcome.REJECT)
    json.dumps(answer.value)


def of_each_operation() -> dict[str, dict[str, Any]]:
    """An input of every operation that our vectors ask for."""
    return {case.op: dict(case.input) for suite in find(OWN) for case in suite.cases}


REAL = of_each_operation()


@given(st.sampled_from(sorted(REAL)), st.data())
def test_one_member_of_a_real_input_changed_ends_likewise(op: str, data: st.DataObject) -> None:
    changed = json.loads(json.dumps(REAL[op]))
    place = changed
    while True:
        name = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else [0]))
        inner = place[name]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            break
        place = inner
    place[name] = data.draw(VALUES)
    try:
        answer = execute(op, changed)
    except RequestError:
        return
    assert answer.outcome in (Outcome.ACCEPT, Outcome.REJECT)
    json.dumps(answer.value)


# --- keys and lists -------------------------------------------------------------------------------


def first_acceptance() -> dict[str, Any]:
    """The input of a vector that is accepted, and by which key."""
    cases = next(suite for suite in find(OWN / "times.json")).cases
    return dict(next(case.input for case in cases if case.expected.outcome == "accept"))


def test_a_key_counts_under_the_kid_it_is_given_with() -> None:
    asked = first_acceptance()
    assert accepted("verify", **asked)["envelope"] == "hcert"
    (key,) = asked["trust"]
    other = {**key, "kid": "AQIDBAUGBwg="}
    assert refused("verify", **{**asked, "trust": [other]}) == "trust.unknown_kid"
    assert accepted("verify", **{**asked, "trust": [other, key]}) == accepted("verify", **asked)


def test_a_bare_key_verifies_with_the_warning_that_it_has_no_end() -> None:
    asked = first_acceptance()
    (key,) = asked["trust"]
    bare = {**asked, "trust": [{**key, "certificate": None}]}
    assert accepted("verify", **bare)["warnings"] == ["signer.no_validity"]


def test_a_bare_key_of_an_authority_is_no_signer() -> None:
    asked = first_acceptance()
    (key,) = asked["trust"]
    chained = {**asked, "authorities": [{**key, "certificate": None}]}
    assert refused("verify", **chained) == "signer.chain"


def test_what_a_hash_revokes_is_revoked_for_its_signer_alone() -> None:
    asked = first_acceptance()
    hashes = accepted("revocation.hashes", text=asked["text"])
    assert hashes.keys() == {"UCI", "COUNTRYCODEUCI", "SIGNATURE"}
    kid = accepted("verify", **asked)["kid"]
    for kind, digest in hashes.items():
        for given_kid, code in ((kid, "revoked"), (None, "revoked"), ("00" * 8, None)):
            one = {"type": kind, "hash": digest, "kid": given_kid}
            question = {**asked, "revocation": {"hashes": [one]}}
            answer = execute("verify", question)
            assert answer.code == code


def test_a_seal_has_no_hashes_of_a_certificate() -> None:
    with pytest.raises(RequestError, match="health certificate"):
        execute("revocation.hashes", {"text": seal_maker.text()})


def test_what_a_seal_says_is_decoded_without_groups() -> None:
    found = accepted("decode", text=seal_maker.text())
    assert (found["envelope"], found["issuer"]) == ("vds-nc", "VNM")
    assert (found["issued_at"], found["expires_at"]) == (None, None)
    assert "groups" not in found


# --- Viet Nam's own -------------------------------------------------------------------------------


def attestation(**changes: Any) -> dict[str, Any]:
    """The question about a record that a unit confirmed."""
    attested = attestation_maker.attested()
    return {
        "record": to_json(attested.record),
        "verdict": attested.verdict,
        "salt": attested.salt.hex(),
        "batch": attested.batch.hex(),
        "index": attested.index,
        "path": [one.hex() for one in attested.path],
        "authorities": [key_of(attestation_maker.COMMITTEE)],
        "at": f"{attestation_maker.AT:%Y-%m-%dT%H:%M:%SZ}",
        **changes,
    }


def key_of(signer: SpecimenSigner) -> dict[str, Any]:
    certificate = b64encode(signer.certificate).decode()
    kid = b64encode(signer.kid).decode()
    return {"kid": kid, "certificate": certificate, "jwk": None, "country": "VN"}


def test_a_confirmed_record_is_told_with_who_confirmed_it() -> None:
    assert accepted("attestation.verify", **attestation()) == {
        "role": "focal-unit",
        "province": "01",
        "facility": "01901",
        "attested_at": "2022-04-10T03:00:00Z",
        "delegation": "01/QĐ-UBND",
        "authority": attestation_maker.COMMITTEE.kid.hex(),
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"salt": "00" * 16}, "attestation.invalid"),
        ({"verdict": "pending"}, "attestation.invalid"),
        ({"index": 1}, "attestation.invalid"),
        ({"path": ["00" * 32]}, "attestation.invalid"),
        ({"batch": "80"}, "attestation.invalid"),
        ({"authorities": []}, "attestation.delegation"),
        ({"authorities": [key_of(attestation_maker.STRANGER)]}, "attestation.delegation"),
        ({"provinces": {attestation_maker.COMMITTEE.kid.hex(): ["02"]}}, "attestation.delegation"),
        (
            {"unit_authorities": [key_of(attestation_maker.STRANGER)]},
            "attestation.invalid",
        ),
        ({"at": "2022-12-31T23:59:59.500Z", "validity": "verification"}, "attestation.delegation"),
    ],
)
def test_each_part_of_an_attestation_counts(changes: dict[str, Any], code: str) -> None:
    assert refused("attestation.verify", **attestation(**changes)) == code


@pytest.mark.parametrize(
    "changes",
    [
        {"provinces": {attestation_maker.COMMITTEE.kid.hex(): ["01"]}},
        {"provinces": {attestation_maker.COMMITTEE.kid.hex(): None}},
        {"at": "2023-01-15T00:00:00Z", "validity": "signing"},
        {"revocation": {"hashes": []}},
    ],
)
def test_what_is_allowed_stays_allowed(changes: dict[str, Any]) -> None:
    accepted("attestation.verify", **attestation(**changes))


@pytest.mark.parametrize(
    "changes", [{"provinces": {"00": "01"}}, {"provinces": []}, {"validity": "always"}]
)
def test_an_attestation_asked_for_in_another_form_is_the_vectors_fault(
    changes: dict[str, Any],
) -> None:
    with pytest.raises(RequestError):
        execute("attestation.verify", attestation(**changes))


DOSES: dict[str, Any] = dict(CLAIMS)
PASSPORT: dict[str, Any] = {
    "key": "5a" * 32,
    "identity_number": "001090000001",
    "payload": DOSES,
}


def test_an_identifier_depends_on_the_key_the_person_and_the_contents() -> None:
    national = {"nationality": "VN", "lots": ["SPECIMEN1"]}
    dose = {**DOSES, "v": [{**DOSES["v"][0], "dn": 1}]}
    questions = [
        PASSPORT,
        {**PASSPORT, "key": "5b" * 32},
        {**PASSPORT, "identity_number": "001090000002"},
        {**PASSPORT, "payload": dose},
        {**PASSPORT, "national": national},
        {**PASSPORT, "country": "LA"},
    ]
    found = [accepted("passport.identifier", **one)["identifier"] for one in questions]
    assert len({*found}) == len(found)
    assert all(re.fullmatch(r"URN:UVCI:01:(VN|LA):[0-9A-F]{32}#.", one) for one in found)
    unlike = {**DOSES, "v": [{**DOSES["v"][0], "ci": "URN:UVCI:01:VN:OTHER"}]}
    assert (
        accepted("passport.identifier", **{**PASSPORT, "payload": unlike})["identifier"]
        == (found[0])
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"key": "5a" * 31}, "identifier.invalid"),
        ({"country": "V"}, "identifier.invalid"),
        ({"payload": {**DOSES, "dob": "yesterday"}}, "schema.invalid"),
        ({"national": {"nationality": "vn", "lots": []}}, "identifier.invalid"),
    ],
)
def test_an_identifier_that_cannot_be_made_is_refused(changes: dict[str, Any], code: str) -> None:
    assert refused("passport.identifier", **{**PASSPORT, **changes}) == code


@pytest.mark.parametrize(
    "national", [{"nationality": 5, "lots": []}, {"nationality": "VN", "lots": [["A"]]}]
)
def test_a_national_claim_of_other_types_is_the_vectors_fault(national: dict[str, Any]) -> None:
    with pytest.raises(RequestError, match="national"):
        execute("passport.identifier", {**PASSPORT, "national": national})


def test_a_certificate_without_a_national_claim_says_so() -> None:
    text = first_acceptance()["text"]
    assert accepted("national.read", text=text) == {"claim": None}


# --- the line protocol ----------------------------------------------------------------------------


def answers_to(*lines: str) -> list[dict[str, Any]]:
    written = io.StringIO()
    serve(lines, written)
    text = written.getvalue()
    assert text == "" or text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def test_a_greeting_tells_what_can_be_asked() -> None:
    (answer,) = answers_to('{"hello": {"protocol": 1, "ops": []}}')
    assert answer["hello"]["protocol"] == 1
    assert answer["hello"]["name"] == "vnvaxcert"
    assert set(answer["hello"]["ops"]) == {*supported()}


def test_each_question_has_one_answer_in_order() -> None:
    good, bad, strange = answers_to(
        '{"id": "a", "op": "base45.decode", "input": {"text": "BB8"}}\n',
        "\n",
        '{"id": "b", "op": "base45.decode", "input": {"text": "GGW"}}\n',
        '{"id": "c", "op": "base46.decode", "input": {}}\n',
    )
    assert good == {"id": "a", "outcome": "accept", "value": {"hex": "4142"}}
    assert bad == {"id": "b", "outcome": "reject", "code": "base45.invalid"}
    assert strange == {"id": "c", "outcome": "unsupported"}


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        "1",
        "[" * 100_000,
        '{"id": "a"}',
        '{"id": "a", "op": 1, "input": {}}',
        '{"id": "a", "op": "base45.decode", "input": []}',
        '{"id": "a", "op": "base45.decode", "input": {}}',
    ],
)
def test_what_is_no_question_is_answered_and_does_not_end_it(line: str) -> None:
    answer, after = answers_to(line, '{"id": "b", "op": "cbor.check", "input": {"hex": "00"}}')
    assert answer["outcome"] == "unsupported"
    assert after == {"id": "b", "outcome": "accept", "value": {}}


def test_a_copy_that_is_not_installed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import PackageNotFoundError

    from vnvaxcert.conformance import serving

    def missing(_: str) -> str:
        raise PackageNotFoundError

    monkeypatch.setattr(serving, "version", missing)
    assert serving.release() == "not installed"
