"""COSE_Sign1 (RFC 9052): headers, tags and structure one by one, and every algorithm (RFC 9053)."""

from __future__ import annotations

import contextlib
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import example, given
from hypothesis import strategies as st

import specimens
from specimens import ES256, ES384, ES512, PS256
from vnvaxcert.cose import keys, sign1
from vnvaxcert.cose.algorithms import ECDSA_SIGNATURE_BYTES, Algorithm
from vnvaxcert.errors import (
    AlgorithmError,
    CborError,
    CoseStructureError,
    DecodeError,
    InvalidSignatureError,
    KeyIdError,
)

KID = b"8 bytes."
SIGNATURE = bytes(64)
KINDS = {"P-256": ES256, "P-384": ES384, "P-521": ES512, "RSA-2048": PS256}


def message(
    protected: Any = None,
    unprotected: Any = None,
    *,
    payload: Any = b"payload",
    signature: Any = SIGNATURE,
    tag: bytes = b"\xd2",
) -> bytes:
    protected = {1: ES256, 4: KID} if protected is None else protected
    encoded = cbor2.dumps(protected) if isinstance(protected, dict) else protected
    return tag + cbor2.dumps(
        [encoded, {} if unprotected is None else unprotected, payload, signature]
    )


def parse_protected(encoded: str) -> sign1.Sign1:
    return sign1.parse(message(bytes.fromhex(encoded)))


# --- tags and the array -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tag",
    ["", "d2", "d812", "d90012", "da00000012", "db0000000000000012", "d83dd2", "d9003dd812"],
)
def test_untagged_tag_18_and_61_around_18_are_read_in_any_length(tag: str) -> None:
    parsed = sign1.parse(message(tag=bytes.fromhex(tag)))
    assert parsed.payload == b"payload"
    assert parsed.kid() == KID


@pytest.mark.parametrize(
    "tag",
    [
        *("d83d", "d83dd83dd2", "d2d83d", "d2d2", "d83dd2d2", "d2d812", "d812d812"),
        *("d862", "d83dd862", "d903e6", "d9d9f7d2", "d9d9f7", "c0", "c1d2", "d2c0", "d1", "d3"),
    ],
)
def test_any_other_tags_are_refused(tag: str) -> None:
    with pytest.raises(CoseStructureError) as caught:
        sign1.parse(message(tag=bytes.fromhex(tag)))
    assert caught.value.code == "cose.structure"


def test_tag_98_is_named_in_the_refusal() -> None:
    with pytest.raises(CoseStructureError, match="tagged 98"):
        sign1.parse(message(tag=b"\xd8\x62"))
    with pytest.raises(CoseStructureError, match="tagged 61 around 98"):
        sign1.parse(message(tag=b"\xd8\x3d\xd8\x62"))


@pytest.mark.parametrize("tag", ["d8", "d9", "dc", "d2d2d2d2d2"])
def test_a_broken_or_bottomless_tag_is_malformed(tag: str) -> None:
    with pytest.raises(DecodeError):
        sign1.parse(bytes.fromhex(tag))


@pytest.mark.parametrize(
    "item",
    [
        [],
        [b"", {}, b""],
        [b"", {}, b"", SIGNATURE, b""],
        {0: b"", 1: {}, 2: b"", 3: b""},
        b"",
        "text",
        0,
        None,
        [[b"", {}, b"", SIGNATURE]],
    ],
)
def test_what_is_no_array_of_four_is_refused(item: object) -> None:
    for tag in (b"", b"\xd2", b"\xd8\x3d\xd2"):
        with pytest.raises(CoseStructureError, match="array of four"):
            sign1.parse(tag + cbor2.dumps(item))


@pytest.mark.parametrize(
    ("place", "part", "reason"),
    [
        (0, {1: ES256}, "protected header is not a byte string"),
        (0, None, "protected header is not a byte string"),
        (0, "a", "protected header is not a byte string"),
        (1, b"\xa0", "unprotected header is not a map"),
        (1, None, "unprotected header is not a map"),
        (1, [], "unprotected header is not a map"),
        (2, None, "payload is not a byte string"),  # detached
        (2, "payload", "payload is not a byte string"),
        (2, {1: 2}, "payload is not a byte string"),
        (3, None, "signature is not a byte string"),
        (3, [SIGNATURE], "signature is not a byte string"),
        (3, "signature", "signature is not a byte string"),
    ],
)
def test_a_part_of_another_type_is_refused(place: int, part: object, reason: str) -> None:
    parts: list[object] = [cbor2.dumps({1: ES256, 4: KID}), {}, b"payload", SIGNATURE]
    parts[place] = part
    with pytest.raises(CoseStructureError, match=reason):
        sign1.parse(b"\xd2" + cbor2.dumps(parts))


@pytest.mark.parametrize("head", [b"\x84", b"\x98\x04", b"\x99\x00\x04", b"\x9f"])
def test_the_array_and_its_strings_may_be_of_any_encoding(head: bytes) -> None:
    protected = cbor2.dumps({1: ES256, 4: KID})
    parts = (
        b"\x5f\x41"
        + protected[:1]
        + b"\x59"
        + (len(protected) - 1).to_bytes(2, "big")
        + protected[1:]
        + b"\xff"
        b"\xbf\xff"
        b"\x5f\x43pay\x44load\xff" + cbor2.dumps(SIGNATURE)
    )
    parsed = sign1.parse(b"\xd2" + head + parts + (b"\xff" if head == b"\x9f" else b""))
    # What the signature covers are the contents: RFC 9052 §4.4 encodes them anew.
    assert parsed.to_be_signed() == cbor2.dumps(["Signature1", protected, b"", b"payload"])


@pytest.mark.parametrize("tail", [b"\x00", b"\xd2", b"\xf6"])
def test_bytes_after_the_message_are_malformed(tail: bytes) -> None:
    with pytest.raises(CborError, match="after the end"):
        sign1.parse(message() + tail)


def test_a_message_cut_off_anywhere_is_malformed() -> None:
    whole = message()
    for size in range(len(whole)):
        with pytest.raises(DecodeError):
            sign1.parse(whole[:size])


@given(st.binary(max_size=60))
@example(b"\xd2")
@example(b"\xd2\x84\x40\xa0\x40\x40")
def test_any_bytes_end_in_a_message_or_a_decode_error(data: bytes) -> None:
    for tag in (b"", b"\xd2", b"\xd8\x3d\xd2"):
        with contextlib.suppress(DecodeError):
            assert isinstance(sign1.parse(tag + data), sign1.Sign1)


@given(st.binary(max_size=30))
def test_any_protected_header_ends_in_a_message_or_a_decode_error(header: bytes) -> None:
    with contextlib.suppress(DecodeError):
        assert sign1.parse(message(header)).protected in (header, b"")


# --- headers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("protected", "unprotected", "expected"),
    [
        ({1: ES256, 4: KID}, {}, KID),
        ({1: ES256}, {4: KID}, KID),
        ({1: ES256, 4: KID}, {4: b"another"}, KID),  # the protected one wins, HCERT §3.3.3
        ({1: ES256, 4: KID}, {4: None}, KID),
        ({1: ES256, 4: b"x"}, {}, b"x"),
        ({1: ES256, 4: bytes(100)}, {}, bytes(100)),
    ],
)
def test_kid_is_read_in_either_header(protected: Any, unprotected: Any, expected: bytes) -> None:
    parsed = sign1.parse(message(protected, unprotected))
    assert parsed.kid() == expected
    assert parsed.is_kid_protected == (4 in protected)


@pytest.mark.parametrize("kid", [b"", "text", 7, None, [KID], True, 1.5, cbor2.CBORTag(0, KID)])
def test_a_kid_that_is_no_byte_string_or_empty_is_refused_in_both_headers(kid: object) -> None:
    for parsed in (
        sign1.parse(message({1: ES256, 4: kid})),
        sign1.parse(message({1: ES256}, {4: kid})),
        sign1.parse(message({1: ES256, 4: kid}, {4: KID})),  # no falling back: protected wins
    ):
        with pytest.raises(KeyIdError) as caught:
            parsed.kid()
        assert caught.value.code == "cose.kid"


def test_a_missing_kid_is_refused() -> None:
    with pytest.raises(KeyIdError, match="missing"):
        sign1.parse(message({1: ES256})).kid()
    with pytest.raises(KeyIdError, match="missing"):
        sign1.parse(message({1: ES256, "kid": KID, "4": KID})).kid()


@pytest.mark.parametrize(
    ("protected", "unprotected", "is_protected"),
    [
        ({1: ES256}, {}, True),
        ({1: ES256}, {1: ES256}, True),
        ({}, {1: ES256}, False),  # vector CO20
        (b"", {1: ES256}, False),
        (b"\xa0", {1: ES256}, False),
        ({4: KID}, {1: ES256}, False),
    ],
)
def test_alg_is_read_in_either_header(protected: Any, unprotected: Any, is_protected: bool) -> None:
    parsed = sign1.parse(message(protected, unprotected))
    assert parsed.algorithm() is Algorithm.ES256
    assert parsed.is_algorithm_protected is is_protected


@pytest.mark.parametrize("other", [PS256, None, "ES256", -7.0, True])
def test_headers_that_name_different_algorithms_are_refused(other: object) -> None:
    with pytest.raises(CoseStructureError, match="different algorithms"):
        sign1.parse(message({1: ES256, 4: KID}, {1: other})).algorithm()


@pytest.mark.parametrize(
    "alg",
    [
        *(None, True, False, -7.0, "ES256", b"\x26", [ES256], {ES256: 1}, cbor2.CBORTag(1, ES256)),
        *(0, 7, 1, -1, -8, -38, -39, -47, -257, -65535, 2**64 - 1, -(2**64), 5, -9),
    ],
)
def test_an_alg_that_is_not_one_of_the_four_is_refused(alg: object) -> None:
    for parsed in (
        sign1.parse(message({1: alg, 4: KID})),
        sign1.parse(message({4: KID}, {1: alg})),
        sign1.parse(message({1: alg, 4: KID}, {1: ES256})),  # no falling back
    ):
        with pytest.raises(AlgorithmError, match="unknown algorithm") as caught:
            parsed.algorithm()
        assert caught.value.code == "cose.algorithm"


def test_a_missing_alg_is_refused() -> None:
    for protected in ({4: KID}, {"1": ES256}, {"alg": ES256}, b"", b"\xa0"):
        with pytest.raises(AlgorithmError, match="missing"):
            sign1.parse(message(protected)).algorithm()


def test_an_unknown_algorithm_that_is_no_integer_is_not_quoted() -> None:
    with pytest.raises(AlgorithmError) as caught:
        sign1.parse(message({1: "Nguyen"})).algorithm()
    assert "Nguyen" not in str(caught.value)


@pytest.mark.parametrize("place", ["protected", "unprotected"])
@pytest.mark.parametrize("value", [[1], [4], [], None, 0, ["anything"]])
def test_crit_is_refused_in_both_headers(place: str, value: object) -> None:
    header: dict[Any, Any] = {1: ES256, 4: KID, 2: value}
    encoded = message(header) if place == "protected" else message(None, header)
    with pytest.raises(CoseStructureError, match="crit"):
        sign1.parse(encoded)


@pytest.mark.parametrize("label", ["f5", "f4", "f6", "f7", "f93c00", "fb3ff0000000000000", "4104"])
@pytest.mark.parametrize("place", ["protected", "unprotected"])
def test_a_label_that_is_neither_integer_nor_text_is_refused(label: str, place: str) -> None:
    header = b"\xa1" + bytes.fromhex(label) + b"\x26"
    protected, unprotected = (header, b"\xa0") if place == "protected" else (b"", header)
    encoded = (
        b"\xd2\x84" + cbor2.dumps(protected) + unprotected + cbor2.dumps(b"x") + cbor2.dumps(b"y")
    )
    with pytest.raises(CoseStructureError, match="label"):
        sign1.parse(encoded)


def test_labels_that_are_no_integer_do_not_stand_for_one() -> None:
    # True and 1.0 equal 1 in Python; beside a real 1 they are refused too.
    for label in ("f5", "f93c00"):
        with pytest.raises(DecodeError):
            parse_protected("a20126" + label + "26")


@pytest.mark.parametrize(
    "encoded",
    [
        "a201260448382062797465732e",
        "a20448382062797465732e0126",  # another order
        "a2180138060448382062797465732e",
        "b90002190001380619000448382062797465732e",
        "bf01260448382062797465732eff",
        "bf01390006045f4438206279447465732effff",
    ],
)
def test_headers_may_be_of_any_encoding_and_order(encoded: str) -> None:
    parsed = parse_protected(encoded)
    assert parsed.algorithm() is Algorithm.ES256
    assert parsed.kid() == KID
    assert parsed.protected == bytes.fromhex(encoded)  # and are covered as they came


@pytest.mark.parametrize(
    ("encoded", "error"),
    [
        ("a201260126", CborError),
        ("a20126180126", CborError),
        ("a20126", CborError),
        ("a1012600", CborError),  # bytes after the map
        ("00", CoseStructureError),
        ("80", CoseStructureError),
        ("f6", CoseStructureError),
        ("4101", CoseStructureError),
        ("d2a0", CoseStructureError),
    ],
)
def test_a_protected_header_that_is_no_single_map_is_refused(
    encoded: str, error: type[DecodeError]
) -> None:
    with pytest.raises(error):
        parse_protected(encoded)


def test_other_headers_have_no_effect() -> None:
    more = {3: 61, "x": [1, {2: 3}], 33: b"certificate", -65537: None, 2**63: 1}
    parsed = sign1.parse(message({1: ES256, 4: KID, **more}, more))
    assert parsed.kid() == KID
    assert parsed.algorithm() is Algorithm.ES256


def test_a_long_protected_header_is_read_alike() -> None:
    parsed = sign1.parse(message({1: ES256, 4: KID, 100: bytes(5000)}))
    assert parsed.kid() == KID


# --- Sig_structure ------------------------------------------------------------------------------


@given(st.binary(max_size=300), st.binary(max_size=400), st.binary(max_size=30))
@example(b"", b"", b"")
@example(bytes(23), bytes(24), b"")
@example(bytes(255), bytes(256), b"")
@example(bytes(65535), bytes(65536), b"")
@example(bytes(65536), bytes(65537), b"")
def test_the_bytes_that_are_signed_are_those_of_the_standard(
    protected: bytes, payload: bytes, external: bytes
) -> None:
    expected = cbor2.dumps(["Signature1", protected, external, payload])
    assert sign1.to_be_signed(protected, payload, external) == expected


def test_the_bytes_that_are_signed_by_hand() -> None:
    parsed = sign1.parse(message({1: ES256}, payload=b"abc"))
    assert parsed.to_be_signed().hex() == (
        "84"  # array of four
        "6a5369676e617475726531"  # "Signature1"
        "43a10126"  # the protected header as it came
        "40"  # no external data
        "43616263"
    )


@pytest.mark.parametrize("empty", ["", "a0", "bfff", "b800", "b90000"])
def test_an_empty_map_counts_as_zero_length_however_encoded(empty: str) -> None:
    parsed = sign1.parse(message(bytes.fromhex(empty), {1: ES256, 4: KID}))
    assert parsed.to_be_signed() == cbor2.dumps(["Signature1", b"", b"", b"payload"])


# --- signature lengths --------------------------------------------------------------------------


@pytest.mark.parametrize(("alg", "size"), [(ES256, 64), (ES384, 96), (ES512, 132)])
def test_an_ecdsa_signature_has_one_length(alg: int, size: int) -> None:
    good = sign1.parse(message({1: alg}, signature=bytes(size)))
    assert good.algorithm() == alg
    for wrong in {0, 1, 3, 63, 65, 64, 70, 71, 72, 95, 96, 97, 131, 132, 133} - {size}:
        parsed = sign1.parse(message({1: alg}, signature=bytes(wrong)))
        with pytest.raises(CoseStructureError, match=f"{size} bytes, not {wrong}"):
            parsed.algorithm()


def test_a_pss_signature_may_have_any_length_until_the_key_is_known() -> None:
    for size in (0, 1, 64, 128, 256, 1024):
        parsed = sign1.parse(message({1: PS256}, signature=bytes(size)))
        assert parsed.algorithm() is Algorithm.PS256
        with pytest.raises(InvalidSignatureError):
            parsed.verify(specimens.rsa_key().public_key())


# --- algorithms and keys ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_signed_here_verifies_by_the_backend_and_back(kind: str) -> None:
    key, algorithm = specimens.key(kind), Algorithm(KINDS[kind])
    ours = keys.sign(algorithm, key, b"data")
    _verify_by_hand(key, ours, b"data")
    keys.verify(algorithm, key.public_key(), ours, b"data")
    keys.verify(algorithm, key.public_key(), specimens.raw_signature(key, b"data"), b"data")


def _verify_by_hand(key: specimens.PrivateKey, signature: bytes, data: bytes) -> None:
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        key.public_key().verify(signature, data, scheme, hashes.SHA256())
        return
    half = len(signature) // 2
    encoded = _der(signature[:half]) + _der(signature[half:])
    der = b"\x30" + (b"\x81" if len(encoded) > 127 else b"") + bytes([len(encoded)]) + encoded
    key.public_key().verify(der, data, ec.ECDSA(specimens.HASHES[key.curve.name]))


def _der(number: bytes) -> bytes:
    body = number.lstrip(b"\x00") or b"\x00"
    body = (b"\x00" if body[0] & 0x80 else b"") + body
    return b"\x02" + bytes([len(body)]) + body


@pytest.mark.parametrize("kind", KINDS)
def test_any_change_to_the_data_or_the_signature_is_refused(kind: str) -> None:
    key, algorithm = specimens.key(kind), Algorithm(KINDS[kind])
    signature = specimens.raw_signature(key, b"data")
    for place in range(0, len(signature), 7):
        changed = bytearray(signature)
        changed[place] ^= 1
        with pytest.raises(InvalidSignatureError):
            keys.verify(algorithm, key.public_key(), bytes(changed), b"data")
    for data in (b"", b"Data", b"data\x00"):
        with pytest.raises(InvalidSignatureError):
            keys.verify(algorithm, key.public_key(), signature, data)


@pytest.mark.parametrize("kind", [*KINDS, "P-256K"])
@pytest.mark.parametrize("algorithm", Algorithm)
def test_an_algorithm_is_bound_to_one_kind_of_key(kind: str, algorithm: Algorithm) -> None:
    key = specimens.key(kind)
    size = ECDSA_SIGNATURE_BYTES.get(algorithm, 256)
    fits = KINDS.get(kind) == algorithm
    assert (algorithm in keys.algorithms_for(key.public_key())) is fits
    if fits:
        with pytest.raises(InvalidSignatureError):
            keys.verify(algorithm, key.public_key(), bytes(size), b"data")
        return
    with pytest.raises(AlgorithmError, match="needs"):
        keys.verify(algorithm, key.public_key(), bytes(size), b"data")
    with pytest.raises(AlgorithmError, match="needs"):
        keys.sign(algorithm, key, b"data")


ORDERS = {
    "P-256": int("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16),
    "P-384": int(
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
        "581a0db248b0a77aecec196accc52973",
        16,
    ),
    "P-521": int(
        "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa"
        "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
        16,
    ),
}


@pytest.mark.parametrize("kind", ORDERS)
def test_r_and_s_must_lie_between_zero_and_the_order(kind: str) -> None:
    key, algorithm, order = specimens.ec_key(kind), Algorithm(KINDS[kind]), ORDERS[kind]
    signature = specimens.raw_signature(key, b"data")
    half = len(signature) // 2
    r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
    limit = 256**half
    numbers = [0, order, order + 1, limit - 1]
    pairs = [(bad, s) for bad in numbers] + [(r, bad) for bad in numbers] + [(0, 0), (order, order)]
    # The same residues above the order, where they fit: never the same signature.
    pairs += [(r + order, s)] * (r + order < limit) + [(r, s + order)] * (s + order < limit)
    for bad_r, bad_s in pairs:
        raw = bad_r.to_bytes(half, "big") + bad_s.to_bytes(half, "big")
        with pytest.raises(InvalidSignatureError):
            keys.verify(algorithm, key.public_key(), raw, b"data")
    # High s is read: signatures of certificates are not unique (HCERT asks for no low s).
    twin = signature[:half] + (order - s).to_bytes(half, "big")
    keys.verify(algorithm, key.public_key(), twin, b"data")


@pytest.mark.parametrize("size", [0, 1, 32, 63, 65, 72, 96, 128])
def test_a_raw_signature_of_another_length_is_invalid(size: int) -> None:
    signature = (specimens.raw_signature(specimens.key(), b"data") + bytes(64))[:size]
    with pytest.raises(InvalidSignatureError):
        keys.verify(Algorithm.ES256, specimens.ec_key().public_key(), signature, b"data")


@pytest.mark.parametrize("kind", ORDERS)
def test_zeros_in_front_of_s_or_after_it_make_another_signature(kind: str) -> None:
    # r || 00 || s has the same two numbers, and must not be a second form of one signature.
    key, algorithm = specimens.ec_key(kind), Algorithm(KINDS[kind])
    signature = specimens.raw_signature(key, b"data")
    r, s = signature[: len(signature) // 2], signature[len(signature) // 2 :]
    for padded in (r + b"\0" + s, b"\0" + r + s, b"\0" + r + b"\0" + s, r + s + b"\0"):
        with pytest.raises(InvalidSignatureError):
            keys.verify(algorithm, key.public_key(), padded, b"data")


def test_a_der_signature_is_no_cose_signature() -> None:
    key = specimens.ec_key()
    der = key.sign(b"data", ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignatureError):
        keys.verify(Algorithm.ES256, key.public_key(), der, b"data")


@pytest.mark.parametrize("salt", [0, 20, 31, 33, 222])
def test_a_pss_salt_of_another_length_than_32_is_refused(salt: int) -> None:
    key = specimens.rsa_key()
    signature = specimens.raw_signature(key, b"data", salt=salt)  # 222: the longest that fits
    with pytest.raises(InvalidSignatureError):
        keys.verify(Algorithm.PS256, key.public_key(), signature, b"data")


def test_other_paddings_and_hashes_of_rsa_are_refused() -> None:
    key, sha256, sha384 = specimens.rsa_key(), hashes.SHA256(), hashes.SHA384()
    for signature in (
        key.sign(b"data", padding.PKCS1v15(), sha256),
        key.sign(b"data", padding.PSS(padding.MGF1(sha384), 32), sha256),
        key.sign(b"data", padding.PSS(padding.MGF1(sha384), 48), sha384),
        b"\x00" + specimens.raw_signature(key, b"data"),
        specimens.raw_signature(key, b"data")[:-1],
        key.public_key().public_numbers().n.to_bytes(256, "big"),
    ):
        with pytest.raises(InvalidSignatureError):
            keys.verify(Algorithm.PS256, key.public_key(), signature, b"data")


@pytest.mark.parametrize("bits", [1024, 2048, 4096])
def test_ps256_verifies_with_rsa_keys_of_all_sizes_in_use(bits: int) -> None:
    key = specimens.rsa_key(f"RSA-{bits}")
    signature = specimens.raw_signature(key, b"data")
    assert len(signature) == bits // 8
    keys.verify(Algorithm.PS256, key.public_key(), signature, b"data")
    with pytest.raises(InvalidSignatureError):
        keys.verify(Algorithm.PS256, key.public_key(), signature, b"Data")


def test_an_ecdsa_signature_over_another_hash_is_refused() -> None:
    key = specimens.ec_key()
    r, s = decode_dss_signature(key.sign(b"data", ec.ECDSA(hashes.SHA384())))
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    with pytest.raises(InvalidSignatureError):
        keys.verify(Algorithm.ES256, key.public_key(), raw, b"data")


# RFC 6979, appendices A.2.5, A.2.6 and A.2.7: x, and r and s for each curve's hash.
RFC_6979 = {
    "P-256": (
        "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
        {
            b"sample": (
                "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
                "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
            ),
            b"test": (
                "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
                "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
            ),
        },
    ),
    "P-384": (
        "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8"
        "96d5724e4c70a825f872c9ea60d2edf5",
        {
            b"sample": (
                "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
                "81a648152e44acf96e36dd1e80fabe46",
                "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"
                "a329c145786e679e7b82c71a38628ac8",
            ),
        },
    ),
}


@pytest.mark.parametrize("kind", RFC_6979)
def test_deterministic_signatures_are_those_printed_in_rfc_6979(kind: str) -> None:
    private, signatures = RFC_6979[kind]
    key = ec.derive_private_key(int(private, 16), specimens.CURVES[kind]())
    for data, expected in signatures.items():
        made = keys.sign(Algorithm(KINDS[kind]), key, data, deterministic=True)
        assert made.hex() == "".join(expected)
        keys.verify(Algorithm(KINDS[kind]), key.public_key(), made, data)


def test_signatures_are_random_unless_asked_otherwise() -> None:
    key = specimens.key()
    assert keys.sign(Algorithm.ES256, key, b"x") != keys.sign(Algorithm.ES256, key, b"x")


# --- keys from their DER ------------------------------------------------------------------------


def _spki(key: Any) -> bytes:
    encoded: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return encoded


@pytest.mark.parametrize("kind", [*KINDS, "P-256K", "RSA-1024", "RSA-4096"])
def test_a_key_is_loaded_from_its_spki(kind: str) -> None:
    encoded = _spki(specimens.key(kind).public_key())
    assert _spki(keys.load_spki(encoded)) == encoded


def test_a_spki_that_is_no_usable_key_is_a_value_error() -> None:
    good = _spki(specimens.key().public_key())
    off_curve = good[:-1] + bytes([good[-1] ^ 1])
    edwards = _spki(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key())
    montgomery = _spki(x25519.X25519PrivateKey.from_private_bytes(bytes(32)).public_key())
    other_curve = good.replace(bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d030102"))
    assert other_curve != good  # prime192v2, which the backend does not know
    for der in (b"", b"\x30", good[:-1], off_curve, other_curve, edwards, montgomery, bytes(91)):
        with pytest.raises(ValueError, match=r".+"):
            keys.load_spki(der)


@pytest.mark.parametrize(("bits", "fits"), [(1024, True), (8192, True), (8193, False)])
def test_an_rsa_modulus_is_bounded(bits: int, fits: bool) -> None:
    modulus = (1 << bits) - 1  # a multiple of 3: only its size matters here
    encoded = _spki(rsa.RSAPublicNumbers(65537, modulus).public_key())
    if fits:
        assert isinstance(keys.load_spki(encoded), rsa.RSAPublicKey)
    else:
        with pytest.raises(ValueError, match="1024 to 8192"):
            keys.load_spki(encoded)


# --- making a message ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_made_here_reads_in_another_package_and_verifies(kind: str) -> None:
    key = specimens.key(kind)
    made = sign1.sign(
        b"payload",
        algorithm=Algorithm(KINDS[kind]),
        kid=KID,
        sign_bytes=lambda data: specimens.raw_signature(key, data),
    )
    item = cbor2.loads(made)
    protected, unprotected, payload, signature = item.value
    assert item.tag == 18
    assert cbor2.loads(protected) == {1: KINDS[kind], 4: KID}
    assert (unprotected, payload) == ({}, b"payload")
    _verify_by_hand(key, signature, cbor2.dumps(["Signature1", protected, b"", b"payload"]))
    assert made == cbor2.dumps(item)  # shortest forms throughout
    sign1.parse(made).verify(key.public_key())


@pytest.mark.parametrize("size", [0, 23, 24, 255, 256, 65535, 65536])
def test_a_message_is_well_formed_for_a_payload_of_any_size(size: int) -> None:
    made = sign1.sign(
        bytes(size), algorithm=Algorithm.ES256, kid=KID, sign_bytes=lambda _: SIGNATURE
    )
    assert made == cbor2.dumps(cbor2.loads(made))
    assert sign1.parse(made).payload == bytes(size)


@pytest.mark.parametrize("size", [0, 63, 65, 70, 96])
def test_a_signer_that_makes_signatures_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(CoseStructureError, match=f"not {size}"):
        sign1.sign(b"x", algorithm=Algorithm.ES256, kid=KID, sign_bytes=lambda _: bytes(size))


def test_a_message_verifies_only_with_its_key_and_its_external_data() -> None:
    parsed = sign1.parse(specimens.message())
    parsed.verify(specimens.ec_key().public_key())
    with pytest.raises(InvalidSignatureError):
        parsed.verify(specimens.ec_key(number=2).public_key())
    with pytest.raises(InvalidSignatureError):
        parsed.verify(specimens.ec_key().public_key(), b"external")
    with pytest.raises(AlgorithmError):
        parsed.verify(specimens.ec_key("P-384").public_key())
    with pytest.raises(AlgorithmError):
        parsed.verify(specimens.rsa_key().public_key())


def test_flipping_any_signed_bit_is_refused() -> None:
    parts = cbor2.loads(specimens.message()).value
    public_key = specimens.ec_key().public_key()
    for part in (0, 2, 3):
        for bit in range(0, len(parts[part]) * 8, 5):
            changed = bytearray(parts[part])
            changed[bit // 8] ^= 1 << bit % 8
            message_parts = [*parts[:part], bytes(changed), *parts[part + 1 :]]
            with pytest.raises((DecodeError, AlgorithmError, InvalidSignatureError)):
                sign1.parse(b"\xd2" + cbor2.dumps(message_parts)).verify(public_key)
