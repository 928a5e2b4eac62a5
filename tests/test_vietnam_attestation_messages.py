"""The messages of attestation, byte by byte: one encoding, one use, and hostile ones."""

from __future__ import annotations

import contextlib
import dataclasses
import re
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cddl_verifier import Validator
from hypothesis import given
from hypothesis import strategies as st

import specimens
from attestation_maker import (
    AT,
    BATCH,
    COMMITTEE,
    DELEGATION,
    SALT,
    UNIT,
    attested,
    batch_of,
    batch_payload,
    delegation_payload,
    entrust,
    message,
    person,
)
from specimens import REMOVED
from vnvaxcert import TrustList, VnvaxcertError, verify
from vnvaxcert.errors import AttestationError, DelegationError
from vnvaxcert.vietnam.attestation import (
    AttestationVerifier,
    Attested,
    Role,
    read_unverified_delegation,
    withdraw_batch,
)
from vnvaxcert.vietnam.attestation.leaf import encode_leaf, leaf_of
from vnvaxcert.vietnam.exchange import ExchangeRecord

SPEC = Path(__file__).resolve().parents[1] / "spec"
CDDL = Validator((SPEC / "attestation.cddl").read_text(encoding="utf-8"))

TRUST = COMMITTEE.trust_list()
VERIFIER = AttestationVerifier(TRUST, AT)


def shown_with(batch: bytes) -> Attested:
    """The one record of `batch_payload`, with a batch that is to be judged."""
    return Attested(record=person(), verdict="right", salt=SALT, batch=batch, index=0, path=())


def batch_refusal(batch: bytes) -> str:
    with pytest.raises(AttestationError) as caught:
        VERIFIER.verify(shown_with(batch))
    return caught.value.reason


def delegation_refusal(delegation: bytes) -> str:
    """Read by itself, and inside a batch: refused both times with the same words."""
    with pytest.raises(DelegationError) as caught:
        read_unverified_delegation(delegation)
    with pytest.raises(DelegationError) as inside:
        VERIFIER.verify(shown_with(message(batch_payload(k5=[delegation]))))
    assert inside.value.reason == caught.value.reason
    return caught.value.reason


def delegation_message(**changes: Any) -> bytes:
    return message(delegation_payload(**changes), DELEGATION, number=102)


def test_what_is_put_together_by_hand_is_good() -> None:
    """So that each refusal below has the one reason that it is to have."""
    assert VERIFIER.verify(shown_with(message(batch_payload())))
    by_hand = delegation_message()
    assert VERIFIER.verify(shown_with(message(batch_payload(k5=[by_hand]))))
    assert by_hand == entrust()  # both sign by RFC 6979


# --- one use -------------------------------------------------------------------------------------


def test_a_signature_over_one_kind_of_message_is_none_over_another() -> None:
    assert BATCH in batch_refusal(entrust())
    assert DELEGATION in delegation_refusal(batch_of(1).message or b"")
    # The same key for both: the payload of a delegation, signed as a batch, and the other way.
    both = message(delegation_payload(), BATCH)
    assert "version" in batch_refusal(both) or "records" in batch_refusal(both)
    assert DELEGATION in delegation_refusal(both)
    other = message(batch_payload(), DELEGATION, number=102)
    assert delegation_refusal(other)
    assert BATCH in batch_refusal(other)


def test_relabelling_a_signed_message_breaks_its_signature() -> None:
    protected, _, payload, signature = cbor2.loads(delegation_message()).value
    header = cbor2.loads(protected) | {3: BATCH}
    relabelled = message(payload, BATCH, header=header, signature=signature)
    assert batch_refusal(relabelled)
    _, _, payload, signature = cbor2.loads(message(batch_payload())).value
    lifted = message(payload, number=103, header={1: -7}, signature=signature)
    assert lifted == message(batch_payload())  # the very same, to show what differs below
    moved = message(delegation_payload(), DELEGATION, signature=signature)
    with pytest.raises(DelegationError, match="not that of the authority"):
        VERIFIER.verify_delegation(moved)


@pytest.mark.parametrize("content_type", [REMOVED, "", 0, b"x", "application/cwt", None])
def test_a_message_without_its_content_type_is_refused(content_type: Any) -> None:
    header = {3: content_type}
    assert "content type" in batch_refusal(message(batch_payload(), header=header))
    made = message(delegation_payload(), DELEGATION, number=102, header=header)
    assert "content type" in delegation_refusal(made)


def test_a_health_certificate_is_no_batch_and_a_batch_is_no_health_certificate() -> None:
    certificate = specimens.message()
    assert "content type" in batch_refusal(certificate)
    assert "content type" in delegation_refusal(certificate)
    trust = TrustList.from_certificates([UNIT.certificate, COMMITTEE.certificate])
    for one in (batch_of(1).message or b"", entrust()):
        with pytest.raises(VnvaxcertError):
            verify(specimens.text(one), trust=trust, at=AT)


# --- one encoding --------------------------------------------------------------------------------


def encodings(payload: dict[Any, Any]) -> list[tuple[str, bytes]]:
    """The same payload, as others would write it."""
    first = cbor2.dumps(payload)
    items = [cbor2.dumps(key) + cbor2.dumps(value) for key, value in payload.items()]
    return [
        ("in another order", first[:1] + b"".join(reversed(items))),
        ("of indefinite length", b"\xbf" + b"".join(items) + b"\xff"),
        ("with a longer number", first[:1] + b"\x18\x01" + first[2:]),
        ("with a number that is a float", first[:2] + b"\xf9\x3c\x00" + first[3:]),
        ("with a member given twice", bytes([first[0] + 1]) + items[0] + first[1:]),
        ("with bytes after it", first + b"\x00"),
        ("cut", first[:-1]),
        ("with another member", cbor2.dumps({**payload, 99: None})),
        ("with a member by name", cbor2.dumps({**payload, "x": 1})),
        ("tagged", b"\xc1" + first),
        ("in an array", b"\x81" + first),
        ("empty", b""),
    ]


NAMES = [name for name, _ in encodings({1: 1})]


@pytest.mark.parametrize("name", NAMES)
def test_a_payload_in_another_encoding_is_refused(name: str) -> None:
    batch = dict(encodings(batch_payload()))[name]
    assert batch != cbor2.dumps(batch_payload())
    assert batch_refusal(message(batch))
    delegation = dict(encodings(delegation_payload()))[name]
    assert delegation_refusal(message(delegation, DELEGATION, number=102))


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({1: REMOVED}, "alg"),
        ({1: -999}, "unknown algorithm"),
        ({1: -7.0}, "unknown algorithm"),
        ({1: -35}, "ES384"),
        ({2: [3]}, "crit"),
        ({5: b"x"}, "other headers"),
        ({"x": 1}, "other headers"),
        ({33: REMOVED}, "x5chain"),
        ({33: b""}, "x5chain"),
        ({33: [UNIT.certificate]}, "x5chain"),
        ({33: "text"}, "x5chain"),
        ({4: b"kid"}, "other headers"),
    ],
    ids=lambda value: str(value)[:24] if isinstance(value, dict) else "",
)
def test_a_batch_with_another_header_is_refused(header: dict[Any, Any], reason: str) -> None:
    assert reason in batch_refusal(message(batch_payload(), header=header))


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({4: REMOVED}, "kid"),
        ({4: b""}, "kid"),
        ({4: "text"}, "kid"),
        ({33: UNIT.certificate}, "other headers"),
    ],
    ids=["missing", "empty", "text", "a certificate"],
)
def test_a_delegation_with_another_header_is_refused(header: dict[Any, Any], reason: str) -> None:
    made = message(delegation_payload(), DELEGATION, number=102, header=header)
    assert reason in delegation_refusal(made)


@pytest.mark.parametrize("tag", [b"", b"\xd8\x12", b"\xd8\x3d\xd2", b"\xd8\x62", b"\xd2\xd2"])
def test_a_message_without_the_one_tag_is_refused(tag: bytes) -> None:
    assert batch_refusal(message(batch_payload(), tag=tag))
    assert delegation_refusal(message(delegation_payload(), DELEGATION, number=102, tag=tag))


@pytest.mark.parametrize("unprotected", [{4: b"kid"}, {1: -7}, {"x": 0}])
def test_nothing_stands_where_the_signature_does_not_cover_it(unprotected: dict[Any, Any]) -> None:
    assert "other headers" in batch_refusal(message(batch_payload(), unprotected=unprotected))


def test_a_signature_of_another_length_is_refused() -> None:
    assert batch_refusal(message(batch_payload(), signature=bytes(63)))
    assert "signature" in batch_refusal(message(batch_payload(), signature=bytes(64)))


# --- what stands in them -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"k1": 2}, "version 1"),
        ({"k1": True}, "version 1"),
        ({"k1": REMOVED}, "version 1"),
        ({"k2": 0}, "1 to 65536"),
        ({"k2": 65537}, "1 to 65536"),
        ({"k2": True}, "1 to 65536"),
        ({"k2": REMOVED}, "1 to 65536"),
        ({"k3": bytes(31)}, "32 bytes"),
        ({"k3": "x" * 32}, "32 bytes"),
        ({"k4": -1}, "seconds"),
        ({"k4": 253_402_300_800}, "seconds"),
        ({"k4": "2022-04-10"}, "seconds"),
        ({"k5": []}, "1 to 8"),
        ({"k5": [b"x"] * 9}, "1 to 8"),
        ({"k5": b"x"}, "1 to 8"),
        ({"k5": ["x"]}, "no byte string"),
        ({"k5": [bytes(16_385)]}, "too long"),
        ({"k6": 1}, "unknown members"),
        ({"k2": 2}, "too short"),
    ],
    ids=lambda value: str(value)[:24] if isinstance(value, dict) else "",
)
def test_a_batch_that_says_something_impossible_is_refused(
    changes: dict[str, Any], reason: str
) -> None:
    assert reason in batch_refusal(message(batch_payload(**changes)))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"k1": 2}, "version 1"),
        ({"k1": True}, "version 1"),
        ({"k2": ""}, "identifier of 1 to 80"),
        ({"k2": "x" * 81}, "identifier of 1 to 80"),
        ({"k2": b"x"}, "identifier of 1 to 80"),
        ({"k2": "a\nb"}, "printed"),
        ({"k3": bytes(31)}, "SHA-256"),
        ({"k3": REMOVED}, "SHA-256"),
        ({"k4": "hospital"}, "one of the roles"),
        ({"k4": 1}, "one of the roles"),
        ({"k4": "facility"}, "only a focal unit"),
        ({"k4": "commune-committee"}, "only a focal unit"),
        ({"k5": []}, "provinces"),
        ({"k5": True}, "provinces"),
        ({"k5": ["1"]}, "2 digits"),
        ({"k5": ["٠١"]}, "2 digits"),
        ({"k5": [1]}, "2 digits"),
        ({"k5": ["02", "01"]}, "deterministic"),
        ({"k5": ["01", "01"]}, "deterministic"),
        ({"k5": ["01"] * 101}, "1 to 100"),
        ({"k6": False}, "facilities"),
        ({"k6": 1}, "facilities"),
        ({"k6": None}, "facilities"),
        ({"k6": REMOVED}, "facilities"),
        ({"k6": []}, "facilities"),
        ({"k6": ["0190"]}, "5 digits"),
        ({"k6": ["79901"]}, "none of the provinces"),
        ({"k6": ["01901"] * 2001}, "1 to 2000"),
        ({"k6": ["01902", "01901"]}, "deterministic"),
        ({"k7": ""}, "five digits"),
        ({"k7": 1900}, "five digits"),
        ({"k8": -1}, "start of the period"),
        ({"k9": 1.5}, "end of the period"),
        ({"k9": 0}, "ends before it begins"),
        ({"k10": None}, "time of signing"),
        ({"k11": 1}, "unknown members"),
    ],
    ids=lambda value: str(value)[:24] if isinstance(value, dict) else "",
)
def test_a_delegation_that_says_something_impossible_is_refused(
    changes: dict[str, Any], reason: str
) -> None:
    assert reason in delegation_refusal(delegation_message(**changes))


def test_the_longest_delegation_and_batch_are_read() -> None:
    provinces = [f"{number:02}" for number in range(100)]
    facilities = [f"{number % 100:02}{number // 100:03}" for number in range(2000)]
    largest = entrust(
        delegation_id="\N{LATIN CAPITAL LETTER D WITH STROKE}" * 80,
        province_codes=provinces,
        facility_codes=[*facilities[:-1], "01901"],
        unit_code="01900",
    )
    assert len(read_unverified_delegation(largest).facility_codes or ()) == 2000
    batch = batch_of(1, delegations=[largest] * 8)
    assert VERIFIER.verify(batch.attested[0]).role is Role.FOCAL_UNIT
    with pytest.raises(DelegationError, match="more than 16384 bytes"):
        read_unverified_delegation(bytes(16_385))
    assert "more than 163840 bytes" in batch_refusal(bytes(163_841))


# --- the CDDL and the document -------------------------------------------------------------------


def test_what_the_library_writes_is_good_by_the_cddl() -> None:
    batch = batch_of(3)
    entries = [encode_leaf(one.record, one.salt) for one in batch.attested]
    listed = entrust(role="facility", facility_codes=["01901"], unit_code="01901")
    for data in (batch.message or b"", entrust(), listed, *entries):
        assert CDDL.validate(data, require_deterministic=True)


@pytest.mark.parametrize(
    "data",
    [
        message(batch_payload(k2=0)),
        message(batch_payload(k6=1)),
        delegation_message(k4="facility"),
        delegation_message(k5=["1"]),
        cbor2.dumps([1, SALT, {"record_id": "x"}, "wrong"]),
        cbor2.dumps([1, SALT, {"someone": "x"}, "right"]),
        cbor2.dumps([1, {"record_id": "x"}, "right"]),
        cbor2.dumps([1, SALT[1:], {"record_id": "x"}, "right"]),
        cbor2.dumps([1, SALT + b"x", {"record_id": "x"}, "right"]),
        cbor2.dumps([1, SALT.hex()[:16], {"record_id": "x"}, "right"]),
    ],
    ids=[
        *("count", "member", "role", "province", "verdict", "field"),
        *("no salt", "short salt", "long salt", "salt of text"),
    ],
)
def test_what_is_refused_here_is_wrong_by_the_cddl(data: bytes) -> None:
    assert not CDDL.validate(data)


def test_the_leaf_of_the_document_is_the_one_of_the_library() -> None:
    """The document's figures were made with `cbor2` and the openssl command, not by the library."""
    page = (SPEC / "attestation.md").read_text(encoding="utf-8")
    example = page.partition("For example")[2].partition("## 5")[0]
    entry, digest = (
        text.replace("\n", "") for text in re.findall(r"^[0-9a-f\n]{64,}$", example, re.M)
    )
    record = ExchangeRecord(record_id="specimen-1", full_name="Nguyễn Văn Mẫu")
    assert encode_leaf(record, SALT).hex() == entry
    assert sha256(b"\x00" + bytes.fromhex(entry)).hexdigest() == digest
    assert leaf_of(record, SALT).hex() == digest


def test_the_document_names_the_bounds_and_content_types_of_the_code() -> None:
    page = (SPEC / "attestation.md").read_text(encoding="utf-8")
    for words in (BATCH, DELEGATION, "16,384", "163,840", "65,536", "8,192", "2,000", "1 to 100"):
        assert words in page, words
    steps = re.findall(r"^\| ([1-7]) \|", page, flags=re.MULTILINE)
    assert steps[-7:] == list("1234567")
    source = SPEC.parent / "src/vnvaxcert/vietnam/attestation/verification.py"
    assert re.findall(r"# (\d)\. ", source.read_text(encoding="utf-8")) == list("6712345")


# --- anything ------------------------------------------------------------------------------------

GOOD = attested()
GOOD_DELEGATION = entrust()


@given(st.data())
def test_every_bit_of_a_message_counts(data: st.DataObject) -> None:
    assert VERIFIER.verify(GOOD)
    at = data.draw(st.integers(0, 8 * len(GOOD.batch) - 1))
    flipped = bytearray(GOOD.batch)
    flipped[at // 8] ^= 1 << at % 8
    with pytest.raises((AttestationError, DelegationError)):
        VERIFIER.verify(dataclasses.replace(GOOD, batch=bytes(flipped)))


@given(st.data())
def test_every_bit_of_a_delegation_counts(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, 8 * len(GOOD_DELEGATION) - 1))
    flipped = bytearray(GOOD_DELEGATION)
    flipped[at // 8] ^= 1 << at % 8
    with pytest.raises(DelegationError):
        VERIFIER.verify_delegation(bytes(flipped))


KEYS = st.integers(-1, 11) | st.sampled_from([1.0, True, "x", None, 2**64 - 1])
ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.sampled_from([b"", bytes(32), "01", "01901", "facility", 1.5, GOOD_DELEGATION]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
)


@given(st.dictionaries(st.integers(1, 11), ANY, max_size=6), ANY)
def test_any_payload_ends_in_a_result_or_one_of_two_errors(
    changes: dict[int, Any], whole: Any
) -> None:
    named = {f"k{key}": value for key, value in changes.items()}
    for payload in (batch_payload(**named), whole):
        with contextlib.suppress(AttestationError, DelegationError):
            VERIFIER.verify(shown_with(message(payload)))
    for payload in (delegation_payload(**named), whole):
        with contextlib.suppress(DelegationError):
            found = read_unverified_delegation(message(payload, DELEGATION, number=102))
            assert found.province_codes


@given(st.binary(max_size=200))
def test_any_bytes_end_in_one_of_two_errors(data: bytes) -> None:
    assert batch_refusal(data)
    with pytest.raises(DelegationError):
        read_unverified_delegation(data)
    with pytest.raises(AttestationError):
        withdraw_batch(data)


@given(
    st.builds(
        person,
        full_name=st.text(max_size=30),
        facility_name=st.text(st.characters(), max_size=600),
        facility_code=st.text(max_size=7),
        signing_unit=st.text(max_size=7),
        province_code=st.text(max_size=3),
    )
)
def test_any_record_is_confirmed_and_verified_or_refused_with_a_reason(record: Any) -> None:
    batch = batch_of([record, person()])
    assert len(batch.outcomes) == 2
    for one in batch.attested:
        assert VERIFIER.verify(one)
    for refused in batch.refused:
        assert refused.code.startswith("issue.not_")
    try:
        VERIFIER.verify(dataclasses.replace(GOOD, record=record))
    except (AttestationError, DelegationError):
        assert record != person()


def test_many_items_in_a_small_message_are_refused_before_they_take_memory() -> None:
    many = b"\xa1\x05\x9a\x00\x02\x00\x00" + b"\x80" * 131_072
    assert "items" in batch_refusal(message(many))
    few = b"\xa1\x05\x99\x30\x00" + b"\x80" * 12_288
    assert "items" in delegation_refusal(message(few, DELEGATION, number=102))


def test_a_time_is_the_moment_that_was_given() -> None:
    late = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    made = read_unverified_delegation(entrust(not_after=late))
    assert made.not_after == late
    assert made.kid == specimens.kid_of(COMMITTEE.certificate)
