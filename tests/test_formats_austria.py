"""The Austrian list: the shared one of the reference implementation, and damaged ones of our own.

What we made ourselves (everything but `shared`) follows the fact sheet; certificates and keys are
specimens. The signatures of our own are made by the backend, over bytes that cbor2 encoded.
"""

from __future__ import annotations

import base64
import contextlib
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

import foreign
from vnvaxcert import TrustList
from vnvaxcert.errors import (
    TrustListError,
    TrustListFormatError,
    TrustListRollbackError,
    TrustListSignatureError,
    TrustListStaleError,
)
from vnvaxcert.trust.formats import austria
from vnvaxcert.trust.formats.content import MAX_ENTRIES
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority

START = datetime(2022, 5, 1, tzinfo=UTC)
NOT_BEFORE = int(START.timestamp())
EXPIRES_AT = NOT_BEFORE + 48 * 3600
AUTHORITY = SpecimenAuthority(not_before=START)
SIGNERS = [
    AUTHORITY.issue_signer(key=ec.derive_private_key(number, ec.SECP256R1()), name=f"DSC {number}")
    for number in range(301, 304)
]
PUBLISHER_KEY = ec.derive_private_key(31, ec.SECP256R1())
PUBLISHER = AUTHORITY.issue_signer(key=PUBLISHER_KEY, name="Publisher")
BARE = ec.derive_private_key(32, ec.SECP256R1()).public_key()
SPKI = BARE.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
OTHER_KEY = ec.derive_private_key(33, ec.SECP256R1()).public_key()


def content_of(*entries: Any) -> bytes:
    return cbor2.dumps({"c": list(entries)})


def entry_of(certificate: bytes) -> dict[str, bytes]:
    return {"i": sha256(certificate).digest()[:8], "c": certificate}


CONTENT = content_of(*(entry_of(one.certificate) for one in SIGNERS))


def es256(to_be_signed: bytes) -> bytes:
    scheme = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    r, s = decode_dss_signature(PUBLISHER_KEY.sign(to_be_signed, scheme))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def signature_of(
    content: bytes = CONTENT,
    headers: dict[Any, Any] | None = None,
    claims: Any = None,
    changes: dict[Any, Any] | None = None,
) -> bytes:
    """The signature file as Austria writes it; a change of None takes a claim away."""
    protected = cbor2.dumps({1: -7, 42: 2, 4: PUBLISHER.kid} if headers is None else headers)
    if claims is None:
        claims = {2: sha256(content).digest(), 4: EXPIRES_AT, 5: NOT_BEFORE} | (changes or {})
        claims = {key: value for key, value in claims.items() if value is not None}
    payload = cbor2.dumps(claims)
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    return cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, es256(signed)]))


SIGNATURE = signature_of()


def refused(*files: bytes, **options: Any) -> TrustListError:
    with pytest.raises(TrustListError) as caught:
        TrustList.from_bytes(*files, **options)
    assert caught.value.format.startswith("Austrian list")
    return caught.value


# --- the shared list -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shared() -> Path:
    return foreign.shared_vectors("trustlists") / "at" / "list-v2.json"


class Parts:
    """The three parts of the shared list."""

    def __init__(self, path: Path) -> None:
        members = json.loads(path.read_bytes())
        self.content = bytes.fromhex(members["content"])
        self.signature = bytes.fromhex(members["signature"])
        self.certificate = base64.b64decode(members["certificate"])


@pytest.fixture(scope="module")
def parts(shared: Path) -> Parts:
    return Parts(shared)


def test_the_shared_list_is_good_from_0_to_172800_seconds(shared: Path) -> None:
    trust = TrustList.load(shared)
    assert (len(trust), trust.set_aside, trust.authenticated) == (2, (), False)
    assert trust.issued_at == datetime(1970, 1, 1, tzinfo=UTC)
    assert trust.expires_at == datetime(1970, 1, 3, tzinfo=UTC)
    assert trust.sequence == 0


def test_its_signature_is_that_of_its_certificate(shared: Path, parts: Parts) -> None:
    certificate = x509.load_der_x509_certificate(parts.certificate)
    assert TrustList.load(shared, signing_key=certificate).authenticated
    with pytest.raises(TrustListSignatureError, match="the key given"):
        TrustList.load(shared, signing_key=OTHER_KEY)


def test_its_certificate_signed_itself_and_is_no_authority(shared: Path, parts: Parts) -> None:
    for authorities, words in (
        (TrustList.from_certificates([parts.certificate]), "not that of an authority"),
        (AUTHORITY.trust_list(), "no authority has the key identifier or the name"),
    ):
        with pytest.raises(TrustListSignatureError, match=words):
            TrustList.load(shared, authorities=authorities)


def test_its_parts_are_one_list_in_any_order(parts: Parts, tmp_path: Path) -> None:
    (tmp_path / "content").write_bytes(parts.content)
    (tmp_path / "signature").write_bytes(parts.signature)
    for names in (("content", "signature"), ("signature", "content")):
        files = [tmp_path / name for name in names]
        trust = TrustList.load(*files, signing_key=parts.certificate)
        assert (len(trust), trust.authenticated, trust.sequence) == (2, True, 0)
        assert trust.format == "Austrian list"


def test_its_certificates_are_those_that_cbor2_finds(parts: Parts, shared: Path) -> None:
    expected = {one["i"]: one["c"] for one in cbor2.loads(parts.content)["c"]}
    found = {key.kid: key.facts.der for key in TrustList.load(shared) if key.facts}
    assert found == expected


def test_it_is_refused_outside_its_times(shared: Path) -> None:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    TrustList.load(shared, at=epoch + timedelta(days=2))
    with pytest.raises(TrustListStaleError):
        TrustList.load(shared, at=epoch + timedelta(days=2, minutes=5, seconds=1))


def test_every_changed_byte_of_its_content_is_refused_with_a_key_and_without(
    parts: Parts,
) -> None:
    for position in range(len(parts.content)):
        changed = bytearray(parts.content)
        changed[position] ^= 1 << (position % 8)
        for key in (None, parts.certificate):
            # The first bytes tell what the file is: it may be none of Austria's any more.
            with pytest.raises(TrustListError) as caught:
                TrustList.from_bytes(bytes(changed), parts.signature, signing_key=key)
            if position >= 3:
                assert isinstance(caught.value, TrustListSignatureError)


def test_every_changed_bit_of_its_signature_is_refused(parts: Parts) -> None:
    signature = parts.signature[-64:]
    key = x509.load_der_x509_certificate(parts.certificate).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    for bit in range(512):
        changed = int.from_bytes(signature, "big") ^ 1 << bit
        file = parts.signature[:-64] + changed.to_bytes(64, "big")
        with pytest.raises(TrustListSignatureError):
            TrustList.from_bytes(parts.content, file, signing_key=key)


def test_every_changed_byte_of_what_the_signature_covers_is_refused(parts: Parts) -> None:
    for position in range(len(parts.signature) - 64):
        for mask in (1, 0x80):
            changed = bytearray(parts.signature)
            changed[position] ^= mask
            with pytest.raises(TrustListError):
                TrustList.from_bytes(parts.content, bytes(changed), signing_key=parts.certificate)


# --- files of our own ----------------------------------------------------------------------------


def test_our_own_list_loads_with_its_times() -> None:
    trust = TrustList.from_bytes(CONTENT, SIGNATURE, signing_key=PUBLISHER_KEY.public_key())
    assert {key.kid for key in trust} == {one.kid for one in SIGNERS}
    assert (trust.issued_at, trust.sequence) == (START, NOT_BEFORE)
    assert trust.expires_at == START + timedelta(hours=48)


def test_a_content_of_indefinite_lengths_is_read() -> None:
    certificate = cbor2.dumps(SIGNERS[0].certificate)
    content = b"\xbf\x61c\x9f\xbf\x61i\x48" + SIGNERS[0].kid + b"\x61c" + certificate + b"\xff" * 3
    assert len(TrustList.from_bytes(content)) == 1


def test_a_content_alone_is_a_list_that_nobody_signed() -> None:
    trust = TrustList.from_bytes(CONTENT)
    assert (len(trust), trust.authenticated) == (3, False)
    assert (trust.issued_at, trust.expires_at, trust.sequence) == (None, None, None)


def test_a_content_alone_has_nothing_to_check() -> None:
    error = refused(CONTENT, signing_key=PUBLISHER_KEY.public_key())
    assert isinstance(error, TrustListSignatureError)
    assert "its signature has to be given too" in error.reason


def test_a_signature_alone_is_no_list() -> None:
    error = refused(SIGNATURE)
    assert isinstance(error, TrustListFormatError)
    assert "its content has to be given too" in error.reason


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ((CONTENT, CONTENT), "found 2 and 0"),
        ((SIGNATURE, SIGNATURE), "found 0 and 2"),
        ((CONTENT, SIGNATURE, SIGNATURE), "found 1 and 2"),
    ],
    ids=["contents", "signatures", "three"],
)
def test_one_content_and_one_signature_are_a_list(files: tuple[bytes, ...], words: str) -> None:
    assert words in refused(*files).reason


def test_the_content_has_to_be_the_one_signed_even_without_a_key() -> None:
    error = refused(content_of(entry_of(SIGNERS[0].certificate)), SIGNATURE)
    assert isinstance(error, TrustListSignatureError)
    assert "not the one that was signed" in error.reason


def test_an_older_list_is_refused() -> None:
    TrustList.from_bytes(CONTENT, SIGNATURE, last_sequence=NOT_BEFORE)
    with pytest.raises(TrustListRollbackError):
        TrustList.from_bytes(CONTENT, SIGNATURE, last_sequence=NOT_BEFORE + 1)
    with pytest.raises(TrustListRollbackError, match="no sequence number, and 0 was seen"):
        TrustList.from_bytes(CONTENT, last_sequence=0)


def test_a_key_of_another_kind_is_refused() -> None:
    rsa = AUTHORITY.issue_signer(key=KeyType.RSA2048).certificate
    error = refused(CONTENT, SIGNATURE, signing_key=rsa)
    assert isinstance(error, TrustListSignatureError)
    assert error.place == "memory, part 1 + memory, part 2, signature"


@pytest.mark.parametrize(
    ("signature", "words"),
    [
        (signature_of(headers={1: -7, 42: 1, 4: b"k"}), "expected version 2"),
        (signature_of(headers={1: -7, 42: 3, 4: b"k"}), "expected version 2"),
        (signature_of(headers={1: -7, 42: True, 4: b"k"}), "expected version 2"),
        (signature_of(headers={1: -7, 42: "2", 4: b"k"}), "expected version 2"),
        (signature_of(headers={1: -7, -65537: 1, 4: b"k"}), "this is of business rules"),
        (signature_of(headers={1: -7, -65538: 1, 4: b"k"}), "this is of value sets"),
        (
            signature_of(headers={1: -7, 42: 2, -65538: 1}),
            "this is of trust list and value sets",
        ),
        (signature_of(headers={42: 2, 4: b"k"}), "'alg' is missing"),
        (signature_of(headers={1: -7, 42: 2, 2: [42]}), "'crit'"),
        (signature_of(headers={1: -7, 42: 2, 3.5: 0}), "neither an integer nor a text"),
        (signature_of(claims=[1]), "a map of claims"),
        (signature_of(changes={2: None}), "a SHA-256 of the content, claim 2"),
        (signature_of(changes={2: bytes(31)}), "a SHA-256 of the content, claim 2"),
        (signature_of(changes={2: "0" * 32}), "a SHA-256 of the content, claim 2"),
        (signature_of(changes={4: None}), "a time in seconds, claim 4"),
        (signature_of(changes={5: None}), "a time in seconds, claim 5"),
        (signature_of(changes={4: 1.5}), "a time in seconds, claim 4"),
        (signature_of(changes={4: True}), "a time in seconds, claim 4"),
        (signature_of(changes={5: -1}), "a time in seconds, claim 5"),
        (signature_of(changes={4: 253_402_300_800}), "a time in seconds, claim 4"),
        (signature_of(changes={4: NOT_BEFORE - 1}), "it ends before it starts"),
        (signature_of() + b"\0", "after the end"),
        (signature_of()[:-1], "end early"),
        (signature_of(headers={1: -7, 42: 2, 4: bytes(17_000)}), "more than 16384 bytes"),
        (cbor2.dumps([cbor2.dumps({1: -7, 42: 2}), {}, b"\xff", bytes(64)]), "not well-formed"),
        (cbor2.dumps([cbor2.dumps({1: -7, 42: 2}), {}, None, bytes(64)]), "payload"),
        (
            cbor2.dumps(
                [cbor2.dumps({1: -7, 42: 2}), dict.fromkeys(range(2000), 0), b"", bytes(64)]
            ),
            "more than 1024 items",
        ),
    ],
)
def test_a_signature_file_is_read_strictly(signature: bytes, words: str) -> None:
    for files in ((CONTENT, signature), (signature, CONTENT)):
        error = refused(*files)
        assert isinstance(error, TrustListFormatError)
        assert words in error.reason


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (cbor2.dumps({"r": [{"i": "GR-AT-0000", "r": "{}"}]}), "this is business rules"),
        (cbor2.dumps({"v": [{"n": "vaccines", "v": "{}"}]}), "this is value sets"),
        (cbor2.dumps({"c": {}}), "expected a trust list"),
        (CONTENT + b"\0", "after the end"),
        (CONTENT[:-1], "end early"),
        (b"\xa2\x61c\x80\x61c\x80", "given twice"),
        (content_of(), "it is empty"),
        (cbor2.dumps({"c": [0] * (MAX_ENTRIES + 1)}), "more than 100000 entries"),
    ],
    ids=["rules", "value sets", "map", "tail", "cut", "twice", "empty", "too many"],
)
def test_a_content_is_read_strictly(content: bytes, words: str) -> None:
    error = refused(content)
    assert isinstance(error, TrustListFormatError)
    assert words in error.reason
    assert words in refused(content, signature_of(content)).reason


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ([1], "i: expected a kid"),
        ({"c": SIGNERS[0].certificate}, "i: expected a kid"),
        ({"i": b"", "c": SIGNERS[0].certificate}, "i: expected a kid"),
        ({"i": "text", "c": SIGNERS[0].certificate}, "i: expected a kid"),
        ({"i": b"k"}, "a certificate, c, or a public key, k"),
        ({"i": b"k", "c": SIGNERS[0].certificate, "k": SPKI}, "a certificate, c, or"),
        ({"i": b"k", "c": base64.b64encode(SIGNERS[0].certificate)}, "c: expected DER"),
        ({"i": b"k", "c": None}, "c: expected DER"),
        ({"i": b"k", "k": 1}, "k: expected DER"),
        ({"i": b"k", "k": SPKI, "nb": "now"}, "nb: expected a time"),
        ({"i": b"k", "k": SPKI, "na": -1}, "na: expected a time"),
        ({"i": b"k", "k": SPKI, "na": 2**62}, "na: expected a time"),
        ({"i": b"k", "c": b"\x30\x00"}, "certificate"),
    ],
)
def test_an_entry_that_cannot_be_used_is_set_aside(entry: object, words: str) -> None:
    trust = TrustList.from_bytes(content_of(entry, entry_of(SIGNERS[0].certificate)))
    assert len(trust) == 1
    (aside,) = trust.set_aside
    assert words in aside.reason
    assert aside.source == "memory, entry 1"


def test_a_bare_key_is_read_as_verify_ehc_writes_it() -> None:
    entry = {"i": b"\x01", "k": SPKI, "is": {"C": "UT"}, "su": {}, "nb": NOT_BEFORE}
    (key,) = TrustList.from_bytes(content_of(entry))
    assert (key.kid, key.certificate, key.not_after) == (b"\x01", None, None)
    assert key.public_key == BARE


@pytest.mark.parametrize(
    ("at", "usable"),
    [
        (START - timedelta(seconds=1), False),
        (START, True),
        (START + timedelta(days=1), True),
        (START + timedelta(days=1, seconds=1), False),
    ],
    ids=["before", "first", "last", "after"],
)
def test_the_times_of_a_bare_key_are_held_against_the_moment_of_loading(
    at: datetime, usable: bool
) -> None:
    entry = {"i": b"\x01", "k": SPKI, "nb": NOT_BEFORE, "na": NOT_BEFORE + 86_400}
    trust = TrustList.from_bytes(content_of(entry), at=at)
    assert len(trust) == usable
    assert all("valid only" in aside.reason for aside in trust.set_aside)
    assert len(trust.set_aside) == (not usable)


# --- as one JSON file ----------------------------------------------------------------------------


def as_json(**changes: Any) -> bytes:
    members = {
        "content": CONTENT.hex(),
        "signature": SIGNATURE.hex(),
        "certificate": base64.b64encode(PUBLISHER.certificate).decode(),
    } | changes
    return json.dumps(
        {name: value for name, value in members.items() if value is not None}
    ).encode()


def test_a_json_file_brings_the_certificate_of_its_signer_along() -> None:
    assert TrustList.from_bytes(as_json(), authorities=AUTHORITY.trust_list()).authenticated
    error = refused(as_json(certificate=None), authorities=AUTHORITY.trust_list())
    assert "no certificate of its signer came along" in error.reason


def test_a_json_file_without_the_certificate_is_a_list() -> None:
    trust = TrustList.from_bytes(as_json(certificate=None), signing_key=PUBLISHER.certificate)
    assert (len(trust), trust.authenticated) == (3, True)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"content": "zz"}, "content"),
        ({"content": 1}, "content"),
        ({"signature": "0"}, "signature"),
        ({"signature": []}, "signature"),
        ({"certificate": "*"}, "certificate"),
        ({"certificate": {}}, "certificate"),
        ({"content": ""}, "content"),
    ],
)
def test_a_damaged_json_file_names_the_member(changes: dict[str, Any], place: str) -> None:
    error = refused(as_json(**changes))
    assert (error.format, error.place) == ("Austrian list in JSON", place) or (
        changes == {"content": ""} and isinstance(error, TrustListSignatureError)
    )


def test_an_array_in_the_place_of_the_json_object_is_refused() -> None:
    from vnvaxcert.trust.formats.content import Content, Context

    with pytest.raises(TrustListFormatError, match="expected an object"):
        austria.read_austrian_json(Content(b"[]"), Context("x"))


# --- anything ------------------------------------------------------------------------------------


@given(st.data())
def test_any_damage_ends_in_a_list_or_a_trust_list_error(data: st.DataObject) -> None:
    files = [CONTENT, SIGNATURE]
    which = data.draw(st.integers(0, 1))
    changed = bytearray(files[which])
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(changed) - 1))
        changed[position : position + data.draw(st.integers(0, 3))] = data.draw(
            st.binary(max_size=3)
        )
        if not changed:
            break
    files[which] = bytes(changed)
    for given_files in (files, files[which : which + 1]):
        with contextlib.suppress(TrustListError):
            trust = TrustList.from_bytes(*given_files)
            assert len(trust) + len(trust.set_aside)
