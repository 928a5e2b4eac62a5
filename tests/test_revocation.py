"""Revocation hashes and lists: published hashes, the German chunk list, hostile files."""

from __future__ import annotations

import copy
import json
import operator
import pickle
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert import TrustList
from vnvaxcert.codec import base45, cbor, deflate
from vnvaxcert.cose import keys, sign1
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import RevokedError, TrustListFormatError, TrustListSignatureError
from vnvaxcert.trust import revocation
from vnvaxcert.trust.files import MAX_FILE_BYTES
from vnvaxcert.trust.revocation import Hash, HashType, RevocationList, certificate_hashes, germany

KID = bytes.fromhex("66d25512539d5a6d")
KEY = ec.derive_private_key(20220415, ec.SECP256R1())
Vectors = Callable[[str], Path]


def hashes_of(text: str) -> tuple[bytes, tuple[Hash, ...], str]:
    """Kid, hashes and issuer of a code, without any of the library above the codecs."""
    message = sign1.parse(deflate.decompress(base45.decode(text.removeprefix("HC1:"))))
    claims = cbor.decode(message.payload, where="claims")
    entries = [
        entry for group in "vtr" for entry in claims[-260][1].get(group) or () if entry is not None
    ]
    hashes = certificate_hashes(
        certificate_ids=[entry["ci"] for entry in entries],
        issuer=claims.get(1),
        countries=[entry["co"] for entry in entries],
        signature=message.signature,
        algorithm=message.algorithm(),
    )
    return message.kid(), hashes, claims.get(1)


def chunk(payload: Any, key: ec.EllipticCurvePrivateKey = KEY) -> bytes:
    """A chunk in the German form: no kid, ES256."""
    protected = cbor.encode({1: -7})
    body = cbor.encode(payload)
    signature = keys.sign(Algorithm.ES256, key, sign1.to_be_signed(protected, body))
    return b"\xd2" + cbor.encode([protected, {}, body, signature])


def published_key(shared_vectors: Vectors) -> ec.EllipticCurvePublicKey:
    pem = (shared_vectors("revocation") / "chunk-signing-key.pem").read_bytes()
    key = load_pem_public_key(pem)
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key


# --- hashes ------------------------------------------------------------------------------------


def test_the_hashes_of_the_published_samples_come_out(shared_vectors: Vectors) -> None:
    samples = json.loads((shared_vectors("revocation") / "hashes.json").read_bytes())
    assert len(samples) == 2
    for sample in samples:
        _, hashes, _ = hashes_of(sample["barcodeData"])
        for hash_type in HashType:
            expected = bytes.fromhex(sample[f"exp{hash_type.value}"])
            assert (hash_type, expected) in hashes, (sample["description"], hash_type)


def test_the_hashes_of_viet_nams_sample_come_out(shared_vectors: Vectors) -> None:
    codes = json.loads((shared_vectors("dcc-quality-assurance") / "codes.json").read_bytes())
    _, hashes, issuer = hashes_of(codes["VN/1.3.0/VAC_VN.png"])
    assert issuer == "VN"
    assert dict(hashes) == {  # from the fact sheet, measured there on the same code
        HashType.SIGNATURE: bytes.fromhex("9ba55cf9322775f58198aa8f4fbe0238"),
        HashType.UCI: bytes.fromhex("d91dfef3cc5ec8e68057151a3e62fae6"),
        HashType.COUNTRYCODEUCI: bytes.fromhex("9d65d658aa3dfac53361c6f2e99a6d9e"),
    }
    assert len(hashes) == 3, "iss and co are the same, so nothing is hashed twice"


def test_issuer_and_country_are_both_hashed_when_they_differ() -> None:
    hashes = certificate_hashes(
        certificate_ids=["URN:UVCI:01:UT:1"],
        issuer="AA",
        countries=["BB"],
        signature=bytes(64),
        algorithm=Algorithm.ES256,
    )
    found = [value for hash_type, value in hashes if hash_type is HashType.COUNTRYCODEUCI]
    assert found == [
        sha256(country + b"URN:UVCI:01:UT:1").digest()[:16] for country in (b"AA", b"BB")
    ]


def test_a_missing_issuer_and_country_leave_their_hash_out() -> None:
    hashes = certificate_hashes(
        certificate_ids=["x"],
        issuer=None,
        countries=[None],
        signature=bytes(64),
        algorithm=Algorithm.ES256,
    )
    assert [hash_type for hash_type, _ in hashes] == [HashType.SIGNATURE, HashType.UCI]


def test_without_its_signature_a_certificate_is_hashed_by_its_identifiers() -> None:
    hashes = certificate_hashes(certificate_ids=["x"], issuer="UT", countries=["UT"])
    assert [hash_type for hash_type, _ in hashes] == [HashType.UCI, HashType.COUNTRYCODEUCI]
    halves: list[dict[str, Any]] = [{"signature": bytes(64)}, {"algorithm": Algorithm.ES256}]
    for half in halves:
        with pytest.raises(ValueError, match="both"):
            certificate_hashes(certificate_ids=[], issuer=None, countries=[], **half)


@pytest.mark.parametrize(
    ("algorithm", "size", "hashed"),
    [
        (Algorithm.ES256, 64, 32),
        (Algorithm.ES384, 96, 48),
        (Algorithm.ES512, 132, 66),
        (Algorithm.PS256, 256, 256),
        (Algorithm.PS256, 128, 128),
    ],
)
def test_only_r_of_an_ecdsa_signature_is_hashed(
    algorithm: Algorithm, size: int, hashed: int
) -> None:
    signature = bytes(index % 251 for index in range(size))
    ((hash_type, value),) = certificate_hashes(
        certificate_ids=[], issuer="UT", countries=[], signature=signature, algorithm=algorithm
    )
    assert hash_type is HashType.SIGNATURE
    assert value == sha256(signature[:hashed]).digest()[:16]


def test_the_other_valid_s_does_not_escape_revocation() -> None:
    signature = keys.sign(Algorithm.ES256, KEY, b"certificate")
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    s = int.from_bytes(signature[32:], "big")
    twin = signature[:32] + (order - s).to_bytes(32, "big")
    keys.verify(Algorithm.ES256, KEY.public_key(), twin, b"certificate")
    first, second = (
        certificate_hashes(
            certificate_ids=[], issuer=None, countries=[], signature=each, algorithm=Algorithm.ES256
        )
        for each in (signature, twin)
    )
    assert first == second


def test_as_many_countries_as_identifiers_are_wanted() -> None:
    with pytest.raises(ValueError, match="zip"):
        certificate_hashes(
            certificate_ids=["x", "y"],
            issuer="UT",
            countries=["UT"],
            signature=bytes(64),
            algorithm=Algorithm.ES256,
        )


@given(st.lists(st.tuples(st.text(), st.text()), max_size=3), st.none() | st.text(), st.binary())
def test_any_text_and_signature_ends_in_hashes(
    entries: list[tuple[str, str]], issuer: str | None, signature: bytes
) -> None:
    hashes = certificate_hashes(
        certificate_ids=[identifier for identifier, _ in entries],
        issuer=issuer,
        countries=[country for _, country in entries],
        signature=signature,
        algorithm=Algorithm.ES256,
    )
    assert all(len(value) == 16 for _, value in hashes)
    assert len(set(hashes)) == len(hashes)


def test_a_lone_surrogate_in_an_identifier_is_hashed() -> None:
    hashes = certificate_hashes(
        certificate_ids=["\ud800"],
        issuer="\udfff",
        countries=["UT"],
        signature=b"",
        algorithm=Algorithm.PS256,
    )
    assert len(hashes) == 4


# --- the German chunk --------------------------------------------------------------------------


def test_the_published_chunk_revokes_the_six_codes_it_should_and_no_other(
    shared_vectors: Vectors,
) -> None:
    revocations = RevocationList.load(
        shared_vectors("revocation") / "chunk.lst", signing_key=published_key(shared_vectors)
    )
    assert revocations.authenticated
    assert len(revocations) == 586
    assert revocations.notes == (
        "entry 1: hashes of more than 16 bytes, of which the first 16 count: 1",
    )
    codes = json.loads((shared_vectors("dcc-quality-assurance") / "codes.json").read_bytes())
    assert len(codes) == 147
    revoked = {}
    for name, text in codes.items():
        kid, hashes, _ = hashes_of(text)
        try:
            revocations.check(kid, hashes)
        except RevokedError as error:
            revoked[name.removesuffix(".png")] = error.hash_type
    assert revoked == {
        "DE/1.3.0/REC_revoked01": "SIGNATURE",
        "DE/1.3.0/VAC_revoked01": "SIGNATURE",
        "DE/1.3.0/VAC_revoked02": "SIGNATURE",
        "IT/1.3.0/REC_revoked": "UCI",
        "IT/1.3.0/TEST_revoked": "UCI",
        "IT/1.3.0/VAC_revoked": "UCI",
    }


def test_the_published_chunk_loads_without_its_key_and_says_so(shared_vectors: Vectors) -> None:
    revocations = RevocationList.load(str(shared_vectors("revocation") / "chunk.lst"))
    assert not revocations.authenticated
    assert "not authenticated" in repr(revocations)
    assert "586" in repr(revocations)


def test_a_change_of_any_part_of_the_published_chunk_is_refused(shared_vectors: Vectors) -> None:
    data = (shared_vectors("revocation") / "chunk.lst").read_bytes()
    key = published_key(shared_vectors)
    for offset in (
        *range(12),
        *range(12, len(data) - 70, 97),
        *range(len(data) - 70, len(data)),
    ):
        changed = bytearray(data)
        changed[offset] ^= 1
        with pytest.raises((TrustListSignatureError, TrustListFormatError)):
            RevocationList.from_bytes(bytes(changed), signing_key=key)


def test_the_published_chunk_is_refused_under_another_key(shared_vectors: Vectors) -> None:
    path = shared_vectors("revocation") / "chunk.lst"
    with pytest.raises(TrustListSignatureError) as caught:
        RevocationList.load(path, signing_key=KEY.public_key())
    assert caught.value.code == "trustlist.signature"


def test_a_key_of_another_kind_refuses_the_chunk() -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    with pytest.raises(TrustListSignatureError, match="secp256r1"):
        RevocationList.from_bytes(chunk({}), signing_key=other)


def test_hashes_of_one_signer_do_not_revoke_another_signers_certificates() -> None:
    revocations = RevocationList.from_bytes(
        chunk({KID + b"\x0b": [bytes(16)]}), signing_key=KEY.public_key()
    )
    with pytest.raises(RevokedError):
        revocations.check(KID, [(HashType.UCI, bytes(16))])
    revocations.check(KID[::-1], [(HashType.UCI, bytes(16))])
    revocations.check(KID, [(HashType.SIGNATURE, bytes(16))])


@pytest.mark.parametrize("length", [1, 9, 16])
def test_a_kid_of_another_length_is_taken_as_published(length: int) -> None:
    kid = bytes(range(1, length + 1))
    revocations = RevocationList.from_bytes(chunk({kid + b"\x0c": [bytes(16)]}))
    with pytest.raises(RevokedError) as caught:
        revocations.check(kid, [(HashType.COUNTRYCODEUCI, bytes(16))])
    assert caught.value.hash_type == "COUNTRYCODEUCI"
    assert caught.value.code == "revoked"


def test_a_chunk_with_nothing_revoked_loads() -> None:
    revocations = RevocationList.from_bytes(chunk({}), signing_key=KEY.public_key())
    assert len(revocations) == 0
    assert revocations, "an empty list must still be asked"


@pytest.mark.parametrize(
    ("payload", "place"),
    [
        ([], "payload"),
        (None, "payload"),
        ({b"\x0b": []}, "entry 1"),
        ({b"": []}, "entry 1"),
        ({"kid\x0b": []}, "entry 1"),
        ({1: []}, "entry 1"),
        ({KID + b"\x0a": [], KID + b"\x0d": []}, "entry 2"),
        ({KID + b"\x0a": b"no array"}, "entry 1"),
        ({KID + b"\x0a": {}}, "entry 1"),
        ({KID + b"\x0a": [bytes(16), "text"]}, "entry 1"),
        ({KID + b"\x0a": [None]}, "entry 1"),
        ({KID + b"\x0a": [bytes(15)]}, "entry 1"),
        ({KID + b"\x0a": [bytes(16)], KID + b"\x0b": [bytes(16), b""]}, "entry 2"),
    ],
)
def test_a_payload_of_another_shape_is_refused_with_its_place(payload: Any, place: str) -> None:
    with pytest.raises(TrustListFormatError) as caught:
        RevocationList.from_bytes(chunk(payload), signing_key=KEY.public_key())
    assert caught.value.place == place
    assert "German" in caught.value.format
    assert caught.value.code == "trustlist.format"


@pytest.mark.parametrize(
    "data",
    [
        b"\xd2",
        b"\xd2\x84",
        b"\x84\x40\xa0\x40",
        b"\xd2\x80",
        b"\xd2" + b"\x81" * 100_000,
        b"\xd2\x84\x40\xa0\x5b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x84\x40\xa0\xf6\x40",
        b"\x84\x40\xa0\x41\xa0\x40\x00",
        b"\x84\x40\xa0\x43\xa2\x41\x0b\x40",
    ],
)
def test_a_broken_message_is_refused_as_a_chunk(data: bytes) -> None:
    with pytest.raises(TrustListFormatError) as caught:
        RevocationList.from_bytes(data)
    assert "German" in caught.value.format


@pytest.mark.parametrize("key", [None, KEY.public_key()])
def test_a_message_without_an_algorithm_is_refused_with_a_key_and_without(key: Any) -> None:
    with pytest.raises(TrustListFormatError, match="alg"):
        RevocationList.from_bytes(b"\x84\x40\xa0\x41\xa0\x40", signing_key=key)


@pytest.mark.parametrize("data", [b"", b"\x00", b"text", b" M", b"\x02\x01\x00"])
def test_other_content_is_no_known_list(data: bytes) -> None:
    with pytest.raises(TrustListFormatError, match="no known revocation list"):
        RevocationList.from_bytes(data)


def outcome(data: bytes) -> RevocationList | TrustListFormatError:
    try:
        return RevocationList.from_bytes(data)
    except TrustListFormatError as error:
        return error


@given(st.binary(max_size=300))
def test_any_bytes_end_in_a_list_or_a_trust_list_error(data: bytes) -> None:
    for start in (b"", b"\xd2\x84", b"\xd2\x84\x43\xa1\x01\x26\xa0"):
        result = outcome(start + data)
        assert isinstance(result, RevocationList) or (result.format and result.reason)


@given(
    st.dictionaries(
        st.binary(max_size=10) | st.integers(-(2**64), 2**64 - 1),
        st.lists(st.binary(min_size=15, max_size=20) | st.none(), max_size=3) | st.text(),
        max_size=4,
    )
)
def test_any_signed_payload_ends_in_a_list_or_a_trust_list_error(payload: Any) -> None:
    wrapped = b"\x84\x43\xa1\x01\x26\xa0" + cbor.encode(cbor.encode(payload)) + b"\x40"
    result = outcome(wrapped)
    if isinstance(result, RevocationList):
        assert len(result) == sum(
            len({value[:16] for value in values}) for values in payload.values()
        )
    else:
        assert result.place


@pytest.mark.parametrize("length", [16, 17, 32])
def test_of_a_longer_hash_the_first_16_bytes_count(length: int) -> None:
    # Passed over, the certificate that the publisher revoked would be accepted.
    published = sha256(b"UCI").digest()[:length]
    revocations = RevocationList.from_bytes(chunk({KID + b"\x0b": [published]}))
    assert len(revocations.notes) == (length > 16)
    with pytest.raises(RevokedError):
        revocations.check(KID, [(HashType.UCI, sha256(b"UCI").digest()[:16])])


def test_a_hash_too_short_to_revoke_anything_is_refused() -> None:
    with pytest.raises(TrustListFormatError, match="less than 16 bytes"):
        RevocationList.from_bytes(chunk({KID + b"\x0b": [bytes(16), bytes(15)]}))


def test_small_items_by_the_million_are_refused_before_they_take_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashes = chunk(
        {KID + b"\x0b": [bytes([number // 256, number % 256]) * 8 for number in range(1200)]}
    )
    assert len(RevocationList.from_bytes(hashes)) == 1200
    monkeypatch.setattr(germany, "MAX_ITEMS", 1000)
    wide = b"\x99\x10\x00" + b"\x40" * 4096  # an array of 4,096 empty byte strings
    in_a_header = b"\xd2\x84\x43\xa1\x01\x26\xa1\x00" + wide + b"\x41\xa0\x40"
    with pytest.raises(TrustListFormatError, match="more than 1000 items"):
        RevocationList.from_bytes(hashes)
    for data in (in_a_header, b"\xd2\x84" + wide + b"\xa0\x41\xa0\x40"):
        with pytest.raises(TrustListFormatError, match="more than 1024 items"):
            RevocationList.from_bytes(data)


# --- files -------------------------------------------------------------------------------------


def test_a_file_above_the_bound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "chunk.lst"
    with path.open("wb") as file:
        file.write(b"\xd2\x84")
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(TrustListFormatError, match="more than"):
        RevocationList.load(path)


@pytest.mark.parametrize("name", ["absent.lst", "null\0character"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(TrustListFormatError, match="cannot be read"):
        RevocationList.load(f"{tmp_path}/{name}")


# --- lists made and merged ---------------------------------------------------------------------


def test_hashes_without_a_kid_revoke_the_certificates_of_any_signer() -> None:
    revocations = RevocationList.from_hashes([(HashType.UCI, b"\x01" * 16)])
    with pytest.raises(RevokedError):
        revocations.check(KID, [(HashType.SIGNATURE, bytes(16)), (HashType.UCI, b"\x01" * 16)])
    revocations.check(KID, [(HashType.UCI, b"\x02" * 16)])
    revocations.check(KID, [])


@pytest.mark.parametrize("value", [b"", bytes(15), bytes(17), bytes(32)])
def test_a_hash_of_another_length_is_refused(value: bytes) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        RevocationList.from_hashes([(HashType.UCI, value)])


def test_an_empty_kid_is_refused() -> None:
    with pytest.raises(ValueError, match="kid"):
        RevocationList.from_hashes([], kid=b"")


def test_a_merged_list_revokes_what_either_does() -> None:
    one = RevocationList.from_hashes([(HashType.UCI, b"\x01" * 16)], kid=KID)
    two = RevocationList.from_hashes(
        [(HashType.UCI, b"\x01" * 16), (HashType.UCI, b"\x02" * 16)], kid=KID
    )
    signed = RevocationList.from_bytes(
        chunk({KID + b"\x0a": [b"\x03" * 16, b"\x04" * 17]}), signing_key=KEY.public_key()
    )
    merged = one | two | signed
    assert len(merged) == 4
    assert merged.notes
    assert merged.format == "hashes+revocation, German chunk"
    assert not merged.authenticated, "one of its parts was not"
    assert (signed | signed).authenticated
    assert merged.notes == signed.notes
    for hash_type, value in ((HashType.UCI, b"\x02" * 16), (HashType.SIGNATURE, b"\x03" * 16)):
        with pytest.raises(RevokedError):
            merged.check(KID, [(hash_type, value)])
    assert len(one) == 1, "its parts are as they were"


def test_without_a_kid_the_hashes_of_every_signer_count() -> None:
    one = RevocationList.from_hashes([(HashType.UCI, b"\x01" * 16)], kid=KID)
    two = RevocationList.from_hashes([(HashType.UCI, b"\x02" * 16)], kid=KID[::-1])
    general = RevocationList.from_hashes([(HashType.UCI, b"\x03" * 16)])
    for revocations, revoked in ((one, (1,)), (one | two | general, (1, 2, 3))):
        for number in (1, 2, 3, 4):
            hashes = [
                (HashType.SIGNATURE, bytes([number]) * 16),
                (HashType.UCI, bytes([number]) * 16),
            ]
            if number in revoked:
                with pytest.raises(RevokedError) as caught:
                    revocations.check(None, hashes)
                assert caught.value.hash_type == "UCI"
            else:
                revocations.check(None, hashes)
            revocations.check(None, hashes[:1])


def test_a_check_without_a_kid_takes_no_longer_with_many_signers() -> None:
    # Steps, not time: the sets of all signers are gathered once.
    class Counted(dict[Any, Any]):
        walks = 0

        def items(self) -> Any:
            Counted.walks += 1
            return super().items()

    revocations = RevocationList({(KID, HashType.UCI): frozenset()}, format="test")
    object.__setattr__(revocations, "_entries", Counted(revocations._entries))
    for _ in range(10):
        revocations.check(None, [(HashType.UCI, bytes(16))])
    assert Counted.walks == 1


def test_a_list_cannot_be_changed() -> None:
    revocations = RevocationList.from_hashes([(HashType.UCI, bytes(16))])
    changed: Any = revocations
    with pytest.raises(AttributeError, match="authenticated"):
        changed.authenticated = True
    with pytest.raises(AttributeError, match="_entries"):
        changed._entries = {}
    with pytest.raises(AttributeError, match="notes"):
        del changed.notes
    entries: dict[tuple[bytes | None, HashType], frozenset[bytes]]
    entries = {(KID, HashType.UCI): frozenset([bytes(16)])}
    given = RevocationList(entries, format="test")
    entries.clear()
    assert len(given) == 1, "nor through what it was made of"


def test_a_copy_of_a_list_is_the_list() -> None:
    revocations = RevocationList.from_hashes([(HashType.UCI, bytes(16))])
    assert copy.copy(revocations) is revocations
    assert copy.deepcopy([revocations])[0] is revocations
    with pytest.raises(TypeError, match="RevocationList"):
        pickle.dumps(revocations)


def test_wrong_types_are_named() -> None:
    text: Any = "66d25512539d5a6d"
    number: Any = 99
    revocations = RevocationList.from_hashes([])
    wrong: list[Callable[[], object]] = [
        lambda: revocations.check(text, []),
        lambda: RevocationList.from_hashes([], kid=text),
        lambda: RevocationList.from_hashes([(HashType.UCI, text)]),
        lambda: RevocationList.from_bytes(text),
        lambda: RevocationList.from_bytes(number),
        lambda: RevocationList.load(number),
    ]
    for call in wrong:
        with pytest.raises(TypeError, match=r"bytes|path"):
            call()
    data: Any
    for data in (bytearray(chunk({})), memoryview(chunk({}))):
        assert RevocationList.from_bytes(data).format == "revocation, German chunk"


def test_a_list_merges_with_lists_only() -> None:
    with pytest.raises(TypeError):
        operator.or_(RevocationList.from_hashes([]), {})


def test_a_refusal_names_the_hash_and_nothing_of_the_certificate() -> None:
    revocations = RevocationList.from_hashes([(HashType.UCI, b"\x01" * 16)])
    with pytest.raises(RevokedError) as caught:
        revocations.check(KID, [(HashType.UCI, b"\x01" * 16)])
    assert str(caught.value) == "the certificate was revoked (by its UCI hash)"


# --- the rest of the German files ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({KID: {b"\x0a": 5, b"\x0b": 7}}, "holds no hash"),  # kid.lst
        ({b"\x3f": [1655000000, 2, {b"\x01": [1655000000, 2]}]}, "holds no hash"),  # index.lst
        ([bytes(16), bytes(16)], "does not say of whose certificates"),  # a smaller chunk
        ([bytes(16), None], "expected a map"),
    ],
)
def test_the_files_that_lead_to_chunks_are_refused_for_what_they_are(
    payload: Any, reason: str
) -> None:
    with pytest.raises(TrustListFormatError, match=reason):
        RevocationList.from_bytes(chunk(payload))


def test_a_chunk_brings_no_certificate_that_an_authority_could_have_signed() -> None:
    authorities = TrustList.from_keys({b"any": KEY.public_key()}, role="authority")
    with pytest.raises(TrustListSignatureError, match="give a signing key"):
        RevocationList.from_bytes(chunk({}), authorities=authorities)


# --- the package ---------------------------------------------------------------------------------


def test_every_public_name_is_there_and_no_other() -> None:
    assert all(getattr(revocation, name) is not None for name in revocation.__all__)
    assert set(revocation.__all__) <= set(dir(revocation))
    name = "Absent"
    with pytest.raises(AttributeError, match="no attribute 'Absent'"):
        getattr(revocation, name)
