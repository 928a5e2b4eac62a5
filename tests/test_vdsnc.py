"""The VDS-NC envelope: five foreign seals, and every way in which a seal's text can be wrong."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert import vdsnc
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import (
    DecodeError,
    InputTooLongError,
    SealError,
    SealUnsupportedError,
    VerificationError,
)
from vnvaxcert.vdsnc import MAX_SEAL_BYTES, SealParts, looks_like_seal, unwrap, wrap

SEALS = (
    "au-ios-tampered",
    "au-ios-valid",
    "kde-jpn-triple-vaccine",
    "kde-single-vaccine",
    "kde-test",
)
P256_KEY = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")  # then the point


@pytest.fixture(scope="module")
def seals(shared_vectors: Callable[[str], Path]) -> Path:
    return shared_vectors("vds-nc")


@pytest.mark.parametrize("name", SEALS)
def test_the_parts_of_a_foreign_seal_are_those_of_its_json(seals: Path, name: str) -> None:
    text = (seals / f"{name}.json").read_text(encoding="utf-8")
    seal = json.loads(text)
    parts = unwrap(text)
    assert parts.data == seal["data"]
    assert list(parts.data) == list(seal["data"])
    assert parts.algorithm is Algorithm.ES256
    assert parts.signature == urlsafe_b64decode(seal["sig"]["sigvl"] + "==")
    assert parts.certificate == urlsafe_b64decode(seal["sig"]["cer"] + "==")
    assert parts.warnings == ()


@pytest.mark.parametrize("name", SEALS)
def test_the_signature_is_over_the_canonical_form_of_data(seals: Path, name: str) -> None:
    parts = unwrap((seals / f"{name}.json").read_text(encoding="utf-8"))
    assert parts.certificate is not None
    # Found by its first bytes: the parser of the backend refuses Japan's certificate.
    start = parts.certificate.index(P256_KEY)
    key = load_der_public_key(parts.certificate[start : start + len(P256_KEY) + 65])
    assert isinstance(key, ec.EllipticCurvePublicKey)
    r, s = (int.from_bytes(half, "big") for half in (parts.signature[:32], parts.signature[32:]))
    signature, hashed = encode_dss_signature(r, s), ec.ECDSA(hashes.SHA256())
    if name == "au-ios-tampered":
        with pytest.raises(InvalidSignature):
            key.verify(signature, parts.to_be_signed, hashed)
    else:
        key.verify(signature, parts.to_be_signed, hashed)


# --- seals of our own --------------------------------------------------------------------------

DATA: dict[str, Any] = {"msg": {"uvci": "A1"}, "hdr": {"v": 1, "t": "icao.vacc", "is": "UTO"}}
CANONICAL = b'{"hdr":{"is":"UTO","t":"icao.vacc","v":1},"msg":{"uvci":"A1"}}'
RAW = bytes(range(64))
SIZES = {Algorithm.ES256: 64, Algorithm.ES384: 96, Algorithm.ES512: 132}


def in_base64url(data: bytes, *, padded: bool = True) -> str:
    text = urlsafe_b64encode(data).decode()
    return text if padded else text.rstrip("=")


def seal(*, data: object = DATA, without: str = "", **sig: object) -> dict[str, Any]:
    members = {"alg": "ES256", "sigvl": in_base64url(RAW), **sig}
    members.pop(without, None)
    return {"data": data, "sig": members}


def refused(text: str) -> str:
    with pytest.raises(SealError) as caught:
        unwrap(text)
    assert caught.value.code == "vdsnc.malformed"
    assert isinstance(caught.value, DecodeError)
    return caught.value.reason


def test_a_seal_is_read_whatever_the_order_and_white_space() -> None:
    text = "\r\n\t " + json.dumps(seal(cer="MAA="), indent=2) + "\n"
    parts = unwrap(text)
    assert parts == SealParts(
        data=DATA,
        to_be_signed=CANONICAL,
        algorithm=Algorithm.ES256,
        signature=RAW,
        certificate=b"\x30\x00",
        warnings=(),
    )


def test_what_is_signed_is_what_was_received_and_no_record() -> None:
    for value, written in (('"1"', b'"1"'), ("1", b"1"), ("1.0", b"1"), ("1e0", b"1")):
        text = json.dumps(seal()).replace('"A1"', value)
        assert unwrap(text).to_be_signed == CANONICAL.replace(b'"A1"', written)


def test_an_array_with_the_one_seal_in_it_is_read() -> None:
    assert unwrap(json.dumps([seal()])) == unwrap(json.dumps(seal()))


@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("certificate", [b"0", b"00", b"000", b"\xff\xfe\xfb" * 9])
def test_base64_is_read_with_its_padding_or_without(padded: bool, certificate: bytes) -> None:
    members = {
        "sigvl": in_base64url(RAW, padded=padded),
        "cer": in_base64url(certificate, padded=padded),
    }
    parts = unwrap(json.dumps(seal(**members)))
    assert (parts.signature, parts.certificate) == (RAW, certificate)


def test_a_seal_without_a_certificate_is_read() -> None:
    assert unwrap(json.dumps(seal())).certificate is None


@pytest.mark.parametrize("algorithm", SIZES)
def test_each_algorithm_has_its_length_of_signature(algorithm: Algorithm) -> None:
    size = SIZES[algorithm]
    parts = unwrap(json.dumps(seal(alg=algorithm.name, sigvl=in_base64url(bytes(size)))))
    assert (parts.algorithm, len(parts.signature)) == (algorithm, size)
    for wrong in (1, size - 1, size + 1, 64 if size != 64 else 96):
        reason = refused(json.dumps(seal(alg=algorithm.name, sigvl=in_base64url(bytes(wrong)))))
        assert reason == f"sig.sigvl: expected {size} bytes for {algorithm.name}, not {wrong}"


@pytest.mark.parametrize(
    "alg", ["PS256", "RS256", "EdDSA", "none", "es256", "ES256 ", "", "ES256K"]
)
def test_another_algorithm_is_unsupported_and_not_malformed(alg: str) -> None:
    with pytest.raises(SealUnsupportedError) as caught:
        unwrap(json.dumps(seal(alg=alg)))
    assert isinstance(caught.value, VerificationError)
    assert caught.value.code == "vdsnc.unsupported"
    assert caught.value.reason == "its algorithm is none of ES256, ES384, ES512"


def test_members_that_are_not_signed_are_noted_without_their_names() -> None:
    text = json.dumps({**seal(x5c=1), "Jane Citizen": {}})
    warnings = unwrap(text).warnings
    assert [(code, path) for code, path, _ in warnings] == [("schema.unknown_member", "")] * 2
    assert "Citizen" not in str(warnings)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not valid JSON (line 1, column 1)"),
        ("HC1:6BF", "not valid JSON"),
        ("{", "not valid JSON"),
        ("5", "expected a JSON object, or an array with one in it"),
        ('"{}"', "expected a JSON object"),
        ("null", "expected a JSON object"),
        ("[]", "expected a JSON object"),
        ("{}", "data: expected an object; it is missing"),
        (json.dumps([seal(), seal()]), "expected a JSON object"),
        (json.dumps([[seal()]]), "expected a JSON object"),
        (json.dumps(seal()) + json.dumps(seal()), "not valid JSON"),
        (json.dumps({"data": DATA}), "sig: expected an object; it is missing"),
        (json.dumps({**seal(), "sig": None}), "sig: expected an object; it is something else"),
        (json.dumps({**seal(), "sig": []}), "sig: expected an object; it is something else"),
        (json.dumps(seal(data=None)), "data: expected an object; it is something else"),
        (json.dumps(seal(data="{}")), "data: expected an object; it is something else"),
        (json.dumps(seal(data=[DATA])), "data: expected an object; it is something else"),
        (json.dumps(seal(without="alg")), "sig.alg: expected a text; it is missing"),
        (json.dumps(seal(without="sigvl")), "sig.sigvl: expected a text; it is missing"),
        (json.dumps(seal(alg=-7)), "sig.alg: expected a text; it is something else"),
        (json.dumps(seal(alg=None)), "sig.alg: expected a text; it is something else"),
        (json.dumps(seal(alg=["ES256"])), "sig.alg: expected a text; it is something else"),
        (json.dumps(seal(sigvl=None)), "sig.sigvl: expected a text; it is something else"),
        (json.dumps(seal(sigvl=0)), "sig.sigvl: expected a text; it is something else"),
        (json.dumps(seal(cer=None)), "sig.cer: expected a text; it is something else"),
        (json.dumps(seal(cer={})), "sig.cer: expected a text; it is something else"),
        (json.dumps(seal(cer="")), "sig.cer: it is empty"),
        (json.dumps(seal(sigvl="")), "sig.sigvl: it is empty"),
    ],
)
def test_a_text_that_is_no_seal_is_refused(text: str, reason: str) -> None:
    assert refused(text).startswith(reason)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("MA+A", "expected the URL-safe alphabet"),
        ("MA/A", "expected the URL-safe alphabet"),
        ("MAÀA", "expected the URL-safe alphabet"),
        ("MA A", "not Base64"),
        ("MA\nAA", "not Base64"),
        ("M", "not Base64"),
        ("MAAAM", "not Base64"),
        ("MA=", "not Base64"),
        ("MA===", "not Base64"),
        ("MAA==", "not Base64"),
        ("=MAA", "not Base64"),
        ("MA==MA==", "not Base64"),
        ("====", "not Base64"),
        ("MB", "bits are left over in its last character"),
        ("MB==", "bits are left over in its last character"),
        ("MAB", "bits are left over in its last character"),
        ("MAB=", "bits are left over in its last character"),
    ],
)
def test_base64_that_is_not_the_url_safe_one_is_refused(value: str, reason: str) -> None:
    assert refused(json.dumps(seal(cer=value))) == f"sig.cer: {reason}"
    assert refused(json.dumps(seal(sigvl=value))) == f"sig.sigvl: {reason}"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ('{"a":1,"a":1}', "an object with a member given twice"),
        ('{"a":{"b":1,"b":2}}', "an object with a member given twice"),
        ('{"a":NaN}', "a number that is infinite or none at all"),
        ('{"a":1e999}', "a number that is too large"),
        ('{"a":' + "9" * 40 + "}", "a number of more than 32 characters"),
        ('{"a":9007199254740992}', "data: an integer of more than 53 bits"),
        ('{"a":"\\ud800"}', "a text with half a surrogate pair"),
        ('{"\\udfff":1}', "a text with half a surrogate pair"),
        ('{"a":"\ud800"}', "a text with half a surrogate pair"),
        ('{"a":' + "[" * 40 + "]" * 40 + "}", "nested too deeply"),
        ('{"a":' + "[" * 31 + "]" * 31 + "}", "nested too deeply"),
        ('{"a":' * 1_00 + "1" + "}" * 1_00, "nested too deeply"),
    ],
)
def test_json_that_is_ambiguous_or_without_bounds_is_refused(data: str, reason: str) -> None:
    text = '{"data":' + data + ',"sig":' + json.dumps(seal()["sig"]) + "}"
    assert refused(text) == reason


def test_a_member_given_twice_is_refused_in_the_envelope_too() -> None:
    body = json.dumps(seal())[1:-1]
    assert refused("{" + body + ',"data":{}}') == "an object with a member given twice"


@pytest.mark.parametrize("character", ["a", "é", "€", "😀"])
def test_the_bound_is_in_bytes(character: str) -> None:
    empty = len(json.dumps(seal(note="")).encode())
    room = MAX_SEAL_BYTES - empty
    count, rest = divmod(room, len(character.encode()))
    text = json.dumps(seal(note=character * count + "a" * rest), ensure_ascii=False)
    assert len(text.encode()) == MAX_SEAL_BYTES == 2953
    assert unwrap(text).data == DATA
    with pytest.raises(InputTooLongError) as caught:
        unwrap(text + " ")
    assert (caught.value.length, caught.value.limit) == (MAX_SEAL_BYTES + 1, MAX_SEAL_BYTES)
    assert "bytes" in str(caught.value)


def test_a_text_of_any_length_is_refused_before_it_is_read() -> None:
    for text in ("[" * 50_000_000, "é" * 3_000):
        with pytest.raises(InputTooLongError) as caught:
            unwrap(text)
        assert caught.value.length == len(text)


@pytest.mark.parametrize("text", [None, b"{}", 5, {"data": {}}])
def test_what_is_no_text_is_a_mistake_of_the_program(text: Any) -> None:
    with pytest.raises(TypeError, match="expected the text of a QR code"):
        unwrap(text)


@pytest.mark.parametrize("text", ["{", "[", " {", "\n\t\r [", "\ufeff{", '{"data"'])
def test_a_seal_is_known_by_its_first_character(text: str) -> None:
    assert looks_like_seal(text)


@pytest.mark.parametrize("text", ["", "HC1:{", "x{", '"{"', "\u00a0{", " " * MAX_SEAL_BYTES + "{"])
def test_all_else_is_no_seal(text: str) -> None:
    assert not looks_like_seal(text)


def test_nothing_of_the_payload_is_in_repr_or_errors() -> None:
    data = {"n": "NGUYEN VAN A"}
    parts = unwrap(json.dumps(seal(data=data)))
    assert repr(parts) == f"SealParts(algorithm={Algorithm.ES256!r})"
    for text in (json.dumps(seal(data=data))[:-1], json.dumps(seal(data={**data, "x": 2**60}))):
        with pytest.raises(SealError) as caught:
            unwrap(text)
        error: BaseException | None = caught.value
        while error is not None:  # what a traceback shows, and what a tracker of errors keeps
            assert "NGUYEN" not in str(error) + repr(error.args)
            error = error.__cause__ or error.__context__


# --- writing -----------------------------------------------------------------------------------


def test_a_seal_is_written_compact_and_in_canonical_form() -> None:
    text = wrap(DATA, algorithm=Algorithm.ES256, signature=RAW, certificate=b"\xfb\xff0")
    expected = {"alg": "ES256", "cer": "-_8w", "sigvl": in_base64url(RAW)}
    sig = json.dumps(expected, separators=(",", ":"))
    assert text == f'{{"data":{CANONICAL.decode()},"sig":{sig}}}'
    assert vdsnc.to_be_signed(DATA) == CANONICAL


@pytest.mark.parametrize("algorithm", SIZES)
@pytest.mark.parametrize("certificate", [None, b"0" * 100])
def test_what_is_written_is_read_back(algorithm: Algorithm, certificate: bytes | None) -> None:
    signature = bytes(reversed(range(SIZES[algorithm])))
    parts = unwrap(wrap(DATA, algorithm=algorithm, signature=signature, certificate=certificate))
    assert (parts.data, parts.to_be_signed) == (DATA, CANONICAL)
    assert (parts.algorithm, parts.signature, parts.certificate) == (
        algorithm,
        signature,
        certificate,
    )


@pytest.mark.parametrize(
    ("algorithm", "size"),
    [(Algorithm.PS256, 64), (Algorithm.PS256, 256), (Algorithm.ES256, 63), (Algorithm.ES384, 64)],
)
def test_a_signature_that_no_seal_has_is_not_written(algorithm: Algorithm, size: int) -> None:
    with pytest.raises(ValueError, match="no signature of"):
        wrap(DATA, algorithm=algorithm, signature=bytes(size))


def test_data_without_a_canonical_form_are_not_written() -> None:
    with pytest.raises(SealError, match="53 bits"):
        wrap({"a": 2**53}, algorithm=Algorithm.ES256, signature=RAW)
    with pytest.raises(TypeError):
        vdsnc.to_be_signed({"a": b""})


# --- hostile texts -----------------------------------------------------------------------------

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.text() | st.text(alphabet='{}[]",:\\u0d8 1e-datasigvlcer'))
def test_any_text_ends_in_an_error_of_ours(text: str) -> None:
    with pytest.raises((DecodeError, VerificationError)):
        unwrap(text)


@given(st.sampled_from(["data", "alg", "sigvl", "cer"]), JSON_VALUES)
def test_any_value_of_a_member_is_read_or_refused(name: str, value: object) -> None:
    changed = seal()
    (changed if name == "data" else changed["sig"])[name] = value
    try:
        parts = unwrap(json.dumps(changed))
    except (SealError, SealUnsupportedError):
        return
    assert parts.to_be_signed


@given(st.data())
def test_a_damaged_text_is_read_or_refused(draw: st.DataObject) -> None:
    text = json.dumps(seal(cer="MAA="))
    start = draw.draw(st.integers(0, len(text)))
    end = draw.draw(st.integers(start, min(len(text), start + 8)))
    damaged = text[:start] + draw.draw(st.text(max_size=4)) + text[end:]
    try:
        parts = unwrap(damaged)
    except (SealError, SealUnsupportedError):
        return
    assert parts.to_be_signed
