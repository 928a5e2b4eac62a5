"""Our vectors of corrections and of issuing: each refused for its own defect, each form as written.

All refusals of a record have one code, so the code alone would not tell a defect from another.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any, Final

import base45
import cbor2
import pytest
from cddl_verifier import Validator

from spec_pages import VECTORS, Node, page, vectors
from vnvaxcert.conformance import Outcome, SuiteError, execute
from vnvaxcert.conformance.lists import RequestError
from vnvaxcert.conformance.national import verify_record
from vnvaxcert.conformance.suites import find
from vnvaxcert.errors import CorrectionRecordError

RECORD: Final = Validator(page("correction-record.cddl"))
BY_ID: Final = {
    case.id: case
    for name in ("corrections", "issuing")
    for suite in find(VECTORS / f"{name}.json")
    for case in suite.cases
}

# By id, without the suite: what the refusal has to say.
ABOUT: Final = {
    **dict.fromkeys(
        ("items::one-too-many", "items::one-missing", "items::another", "items::national-gone"),
        "differ in other items",
    ),
    "signer::not-yet": "valid only from 2022-05-25",
    **dict.fromkeys(
        ("signer::of-certificates", "signer::unknown", "signer::authority"), "no key on the trust"
    ),
    **dict.fromkeys(("signer::stranger", "signer::last-bit"), "the signature is not valid"),
    "signer::another-state": "a key of another state",
    **dict.fromkeys(("form::untagged", "form::further-header"), "other headers"),
    "form::not-deterministic": "not in deterministic CBOR",
    **dict.fromkeys(
        ("form::content-type", "form::no-content-type", "form::certificate"), "content type"
    ),
    "form::unprotected-kid": "the header kid",
    "form::byte-behind": "after the end",
    "form::version": "version 1",
    "form::unknown-member": "unknown members",
    **dict.fromkeys(("form::no-time", "form::time-as-text"), "the time of the correction"),
    "form::unknown-reason": "known reasons",
    "form::no-item": "names of the items",
    **dict.fromkeys(
        ("form::unknown-item", "form::item-twice", "form::unordered"), "in their order"
    ),
    "form::31-bytes": "SHA-256",
    "form::no-hashes": "1 to 4 hashes",
    "form::15-bytes": "16 bytes",
    "form::unknown-hash": "types of hash",
    **dict.fromkeys(
        ("old::renewed", "old::hash-of-text", "old::swapped"), "about this old certificate"
    ),
    "old::forged": "the old certificate does not hold: the signature",
    "old::test": "of one vaccination",
    "old::another-state": "of different states",
    "new::another": "about this new certificate",
    "new::forged": "the new certificate does not hold: the signature",
    "new::revoked": "the new certificate does not hold: the certificate was revoked",
    "time::to-come": "after the moment asked for",
    "time::ended": "the certificate expired",
    **dict.fromkeys(("time::record-first", "time::new-first"), "order of their times"),
    **dict.fromkeys(("revoked::not-at-all", "revoked::of-another-signer"), "not on the revocation"),
    "revoked::filter": "a filter may hold",
    **dict.fromkeys(
        ("revoked::hashes-of-the-new", "revoked::two-hashes", "revoked::fourth-hash"),
        "its hashes are not those",
    ),
}
# What CDDL cannot say: order and repetition of items, and what leaves the form alone.
OF_A_FORM: Final = "corrections::form::"
BEYOND_CDDL: Final = {"corrections::form::unordered", "corrections::form::item-twice"}


def test_each_record_is_refused_for_its_own_defect() -> None:
    refused = [one["id"] for one in vectors("corrections") if "reject" in one["expect"]]
    assert {f"corrections::{name}" for name in ABOUT} == set(refused)
    for name, about in ABOUT.items():
        with pytest.raises(CorrectionRecordError, match=about):
            verify_record(BY_ID[f"corrections::{name}"].input)


def test_the_cddl_of_records_takes_all_but_those_of_another_form() -> None:
    for one in vectors("corrections"):
        record = bytes.fromhex(one["input"]["record"])
        fits = bool(RECORD.validate(record, "signed-correction", require_deterministic=True))
        is_of_a_form = one["id"].startswith(OF_A_FORM) and one["id"] not in BEYOND_CDDL
        assert fits is not is_of_a_form, one["id"]


def message_of(text: str) -> Any:
    return cbor2.loads(zlib.decompress(base45.b45decode(text[4:])))


def test_the_claims_to_be_issued_are_read_elsewhere_as_they_were_given() -> None:
    issued = [one for one in vectors("issuing") if "accept" in one["expect"]]
    assert len(issued) > 25
    for one in issued:
        given, expected = one["input"], one["expect"]["accept"]
        claims = bytes.fromhex(expected["claims"])
        read = cbor2.loads(claims)
        assert cbor2.dumps(read, canonical=True, date_as_datetime=False)  # one item, and no more
        assert list(read) == [1, 4, 6, -260], one["id"]
        payload = read[-260][1]
        assert payload["ver"] == given["certificate"]["ver"]
        assert {*payload} == {*given["certificate"]}, one["id"]
        header = cbor2.loads(bytes.fromhex(expected["protected"]))
        assert header[4].hex() == expected["kid"], one["id"]


@pytest.mark.parametrize("member", ["signer", "certificate_of"])
def test_a_signer_that_no_key_is_called_is_the_fault_of_the_suite(
    tmp_path: Path, member: str
) -> None:
    suite = json.loads((VECTORS / "issuing.json").read_bytes())
    suite["vectors"] = suite["vectors"][:1]
    suite["vectors"][0]["input"][member] = "nobody"
    (tmp_path / "issuing.json").write_text(json.dumps(suite), encoding="utf-8")
    (tmp_path / "keys.json").write_bytes((VECTORS / "keys.json").read_bytes())
    with pytest.raises(SuiteError, match="no key of the name nobody"):
        find(tmp_path)


def signing() -> Node:
    return dict(BY_ID["issuing::kind::vaccination"].input)


def certificate() -> Node:
    found: Node = signing()["certificate"]
    return found


@pytest.mark.parametrize(
    "changed",
    [
        {"certificate": []},
        {"signer": "dsc-aq-p256"},
        {"signer": {}},
        {"issued_at": "yesterday"},
        {"expires_at": None},
        {"issuer": 1},
        {"certificate_of": "dsc-aq-p256"},
        {"certificate": {**certificate(), "extra": 1}},
        {"certificate": {**certificate(), "nam": {"fnx": "A"}}},
        {"certificate": {**certificate(), "nam": None}},
        {"certificate": {**certificate(), "dob": None}},
        {"certificate": {**certificate(), "v": [1]}},
        {"certificate": {**certificate(), "v": [{"lot": "A"}]}},
    ],
)
def test_an_input_that_is_none_is_the_fault_of_the_vector(changed: Node) -> None:
    with pytest.raises(RequestError):
        execute("issue", signing() | changed)


@pytest.mark.parametrize("sample", ["yesterday", "2022-04-14T25:00:00Z", 5])
def test_a_moment_that_is_none_is_for_the_issuer_to_refuse(sample: object) -> None:
    given = dict(BY_ID["issuing::kind::test"].input)
    (test,) = given["certificate"]["t"]
    given["certificate"] = given["certificate"] | {"t": [test | {"sc": sample}]}
    answer = execute("issue", given)
    assert (answer.outcome, answer.code) == (Outcome.REJECT, "issue.claims")
