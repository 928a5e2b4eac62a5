"""JWS: what the RFC and the backend sign is read, all else is refused by name (RFC 7515)."""

from __future__ import annotations

import base64
import json
import operator
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from hypothesis import given
from hypothesis import strategies as st

import jws_maker
from jws_maker import (
    ALGORITHMS,
    PrivateKey,
    base64_of,
    base64url,
    compact,
    key_for,
    parts,
    rsa_key,
)
from vnvaxcert.errors import AlgorithmError, InvalidSignatureError, TrustListFormatError
from vnvaxcert.trust.certificate import MAX_CERTIFICATE_BYTES
from vnvaxcert.trust.formats.signed_json import read_time
from vnvaxcert.trust.jwk import read_jwk
from vnvaxcert.trust.jws import (
    MAX_CERTIFICATES,
    MAX_HEADER_BYTES,
    Jws,
    JwsAlgorithm,
    JwsError,
    read_jws,
)

PAYLOAD = b'{"keys": []}'

# RFC 7515 appendices A.2 and A.3: header, payload, signature, and the key.
RFC_PAYLOAD = (
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
)
RFC_RS256 = (
    "eyJhbGciOiJSUzI1NiJ9",
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
    "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
    "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
    "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    {
        "kty": "RSA",
        "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPME"
        "zP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaS"
        "HSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_"
        "I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
        "e": "AQAB",
    },
)
RFC_ES256 = (
    "eyJhbGciOiJFUzI1NiJ9",
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    {
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    },
)


def refusal(data: bytes, **options: Any) -> str:
    with pytest.raises(JwsError) as caught:
        read_jws(data, **options)
    return str(caught.value)


def with_header(header: object, payload: bytes = PAYLOAD) -> bytes:
    """A JWS with any header, and a signature of 64 bytes that nobody made."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return f"{base64url(text)}.{base64url(payload)}.{base64url(bytes(64))}".encode()


def flattened(**changes: Any) -> dict[str, Any]:
    protected, payload, signature = parts(PAYLOAD)
    made = {"payload": payload, "protected": protected, "signature": signature} | changes
    return {name: value for name, value in made.items() if value is not None}


def general(*signatures: dict[str, Any], **changes: Any) -> dict[str, Any]:
    whole = flattened()
    payload = whole.pop("payload")
    return {"payload": payload, "signatures": list(signatures or [whole]), **changes}


def as_json(document: object) -> bytes:
    return json.dumps(document).encode()


def is_signed_by(jws: Jws, key: Any) -> bool:
    try:
        jws.verify(key)
    except InvalidSignatureError:
        return False
    return True


# --- signatures ----------------------------------------------------------------------------------


@pytest.mark.parametrize("example", [RFC_RS256, RFC_ES256], ids=["A.2 RS256", "A.3 ES256"])
def test_the_examples_of_the_rfc_verify(example: tuple[str, str, dict[str, str]]) -> None:
    header, signature, jwk = example
    jws = read_jws(f"{header}.{RFC_PAYLOAD}.{signature}".encode())
    assert json.loads(jws.payload) == {
        "iss": "joe",
        "exp": 1300819380,
        "http://example.com/is_root": True,
    }
    key = load_der_public_key(read_jwk(jwk))
    assert isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
    jws.verify(key)
    changed = read_jws(f"{header}.{base64url(b'{}')}.{signature}".encode())
    assert not is_signed_by(changed, key)


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_what_the_backend_signs_verifies_with_its_key_alone(alg: str) -> None:
    jws = read_jws(compact(PAYLOAD, alg=alg))
    assert (jws.payload, jws.algorithm) == (PAYLOAD, JwsAlgorithm(alg))
    jws.verify(key_for(alg).public_key())
    other = rsa_key(2049) if alg[0] != "E" else key_for(alg, 8)
    assert not is_signed_by(jws, other.public_key())


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_an_algorithm_is_bound_to_its_kind_of_key(alg: str) -> None:
    jws = read_jws(compact(PAYLOAD, alg=alg))
    wrong: list[PrivateKey] = [ec.derive_private_key(7, ec.SECP256K1()), rsa_key(1024)]
    wrong += [key_for(other) for other in ("ES256", "ES384", "ES512") if other != alg]
    if alg[0] == "E":
        wrong.append(rsa_key())
    for key in wrong:
        with pytest.raises(AlgorithmError, match=f"{alg} needs a"):
            jws.verify(key.public_key())


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_every_other_algorithm_of_rsa_or_the_curve_is_refused(alg: str) -> None:
    """The signature of one algorithm under the name of another, over the header as it stands."""
    key = key_for(alg)
    for claimed in ALGORITHMS:
        if claimed == alg or (claimed[0] == "E") != (alg[0] == "E"):
            continue
        protected, payload = base64url(as_json({"alg": claimed})), base64url(PAYLOAD)
        signed = f"{protected}.{payload}"
        signature = base64url(jws_maker.raw_signature(alg, key, signed.encode()))
        data = f"{signed}.{signature}".encode()
        if alg[0] == "E":
            assert f"its length is not one of {claimed}" in refusal(data)
        else:
            assert not is_signed_by(read_jws(data), key.public_key())


@pytest.mark.parametrize("length", [0, 31, 33, 64, 222])
def test_a_salt_of_another_length_is_refused(length: int) -> None:
    protected, payload = base64url(as_json({"alg": "PS256"})), base64url(PAYLOAD)
    signed = f"{protected}.{payload}"
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), length)
    signature = rsa_key().sign(signed.encode(), pss, hashes.SHA256())
    jws = read_jws(f"{signed}.{base64url(signature)}".encode())
    assert not is_signed_by(jws, rsa_key().public_key())


@pytest.mark.parametrize("alg", ["ES256", "ES512", "PS256", "RS256"])
def test_no_bit_of_the_signature_may_change(alg: str) -> None:
    protected, payload, signature = parts(PAYLOAD, alg=alg)
    raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    key = key_for(alg).public_key()
    for bit in range(8 * len(raw)):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        jws = read_jws(f"{protected}.{payload}.{base64url(bytes(changed))}".encode())
        assert not is_signed_by(jws, key), f"bit {bit}"


def test_no_byte_of_the_text_may_change() -> None:
    """Not the signed part, and not the text of the signature: one text for one signature."""
    data = compact(PAYLOAD)
    key = key_for("ES256").public_key()
    accepted = []
    for place in range(len(data)):
        for byte in (0x20, 0x2B, 0x2E, 0x3D, 0x41, 0x42, 0x5F, 0x77, 0x78, 0xFF):
            changed = data[:place] + bytes((byte,)) + data[place + 1 :]
            try:
                is_good = is_signed_by(read_jws(changed), key)
            except JwsError:
                continue
            if is_good and changed != data:
                accepted.append((place, byte))
    assert accepted == []


@pytest.mark.parametrize("raw", [bytes(64), b"\xff" * 64], ids=["zero", "beyond the order"])
def test_numbers_out_of_range_are_no_signature(raw: bytes) -> None:
    protected, payload, _ = parts(PAYLOAD)
    jws = read_jws(f"{protected}.{payload}.{base64url(raw)}".encode())
    assert not is_signed_by(jws, key_for("ES256").public_key())


@pytest.mark.parametrize(("alg", "size"), [("ES256", 64), ("ES384", 96), ("ES512", 132)])
def test_an_ecdsa_signature_has_its_exact_length(alg: str, size: int) -> None:
    protected, payload, signature = parts(PAYLOAD, alg=alg)
    raw = base64.urlsafe_b64decode(signature + "==")
    assert len(raw) == size
    for other in (b"", raw[:-1], raw + b"\0", b"\0" + raw, raw * 2):
        data = f"{protected}.{payload}.{base64url(other)}".encode()
        assert refusal(data) == f"signature: its length is not one of {alg}"


def test_an_rsa_signature_of_another_length_does_not_verify() -> None:
    protected, payload, signature = parts(PAYLOAD, alg="RS256")
    raw = base64.urlsafe_b64decode(signature + "==")
    for other in (raw[:-1], raw + b"\0", b"\0" + raw):
        jws = read_jws(f"{protected}.{payload}.{base64url(other)}".encode())
        assert not is_signed_by(jws, rsa_key().public_key())
    assert "its length is not one of RS256" in refusal(f"{protected}.{payload}.".encode())


# --- forms ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        compact(PAYLOAD),
        b" \r\n" + compact(PAYLOAD) + b"\n",
        as_json(flattened()),
        b"\n" + as_json(flattened()) + b"\n",
        as_json(general()),
        as_json(flattened(header={"kid": "anything", "typ": "JOSE"})),
        as_json(flattened(unknown=[1, 2])),
    ],
    ids=[
        *("compact", "compact, white space around", "flattened", "flattened, white space around"),
        *("general", "unprotected header", "unknown member"),
    ],
)
def test_every_serialisation_is_read(data: bytes) -> None:
    jws = read_jws(data)
    assert jws.payload == PAYLOAD
    jws.verify(key_for("ES256").public_key())


def test_an_empty_payload_is_a_payload() -> None:
    jws = read_jws(compact(b""))
    jws.verify(key_for("ES256").public_key())
    assert jws.payload == b""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "expected three parts"),
        (b"a.b", "expected three parts"),
        (b"a.b.c.d", "expected three parts"),
        (b"." * 1000, "expected three parts"),
        (b"..", "protected header: not valid JSON"),
        (b"[]", "expected a JSON object"),
        (b"{", "not valid JSON"),
        (b"{}", "protected: missing"),
        (b'{"payload": "", "payload": ""}', "a member given twice"),
        (as_json(flattened(payload=None)), "payload: missing"),
        (as_json(flattened(payload=5)), "payload: not Base64url"),
        (as_json(flattened(payload="é")), "payload: not Base64url"),
        (as_json(flattened(payload="A===")), "payload: not Base64url"),
        (as_json(flattened(protected=None)), "protected: missing"),
        (as_json(flattened(protected={"alg": "ES256"})), "protected: not Base64url"),
        (as_json(flattened(protected="")), "protected header: not valid JSON"),
        (as_json(flattened(signature=None)), "signature: missing"),
        (as_json(flattened(signature=[])), "signature: not Base64url"),
        (as_json(flattened(header=[])), "header: expected a JSON object"),
        (as_json(flattened(header={"alg": "ES256"})), "header: it repeats members"),
        (as_json(flattened(header={"crit": ["exp"], "exp": 1})), "crit: it has to be protected"),
        (as_json(flattened(header={"b64": False})), "b64: a payload that is not in Base64url"),
        (as_json(flattened(signatures=[])), "members of both JSON serialisations"),
        (as_json(general(protected="e30")), "members of both JSON serialisations"),
        (as_json({"payload": "", "signatures": []}), "signatures: expected exactly one"),
        (as_json({"payload": "", "signatures": {}}), "signatures: expected exactly one"),
        (as_json({"payload": "", "signatures": ["a"]}), "signatures: expected an object"),
        (as_json(general({}, {})), "signatures: expected exactly one"),
        (as_json(general({})), "protected: missing"),
    ],
)
def test_another_structure_is_refused(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_the_algorithm_counts_in_the_protected_header_alone() -> None:
    protected = base64url(b"{}")
    data = as_json(flattened(protected=protected, header={"alg": "ES256"}))
    assert refusal(data) == "alg: missing"


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text + "=",
        lambda text: text + "==",
        lambda text: text[:-4] + "\n" + text[-4:],
        lambda text: text[:-4] + " " + text[-4:],
        lambda text: text[:2] + "+" + text[3:],
        lambda text: text[:2] + "/" + text[3:],
        lambda text: text[:2] + "%" + text[3:],
        lambda text: text[:2] + "\0" + text[3:],
        lambda text: text + "A" * (-(len(text) - 1) % 4),
    ],
    ids=[
        *("one =", "two =", "line feed", "space", "plus", "slash", "percent", "null"),
        "one character too many",
    ],
)
def test_only_base64url_is_base64url(damage: Any) -> None:
    for part in range(3):
        texts = list(parts(PAYLOAD * 3))
        texts[part] = damage(texts[part])
        assert "not Base64url without padding" in refusal(".".join(texts).encode())


def test_bits_that_belong_to_no_byte_are_zero() -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    accepted = set()
    for size in (16, 17):
        protected, payload, signature = parts(bytes(size))
        for last in alphabet:
            try:
                read_jws(f"{protected}.{payload[:-1]}{last}.{signature}".encode())
            except JwsError:
                continue
            accepted.add((size, last))
    # 16 bytes leave 4 bits of the last character, 17 bytes 2.
    assert accepted == {(16, c) for c in alphabet[::16]} | {(17, c) for c in alphabet[::4]}


# --- headers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({}, "alg: missing"),
        ({"alg": None}, "alg: missing"),
        ({"alg": 5}, "alg: not a known algorithm"),
        ({"alg": ["ES256"]}, "alg: not a known algorithm"),
        ({"alg": "es256"}, "alg: not a known algorithm"),
        ({"alg": "EC"}, "alg: not a known algorithm"),
        ({"alg": "ES256K"}, "alg: not a known algorithm"),
        ({"alg": "EdDSA"}, "alg: not a known algorithm"),
        ({"alg": "none"}, "alg: 'none' means that it is not signed"),
        ({"alg": "nOnE"}, "alg: 'none' means that it is not signed"),
        ({"alg": "HS256"}, "alg: a shared secret does not show who signed"),
        ({"alg": "HS512"}, "alg: a shared secret does not show who signed"),
        ([], "protected header: expected a JSON object"),
        ("ES256", "protected header: expected a JSON object"),
        (b"", "protected header: not valid JSON"),
        (b"{", "protected header: not valid JSON"),
        (b"\xff", "protected header: not UTF-8"),
        (b'{"alg": "ES256", "alg": "ES256"}', "protected header: an object with a member given"),
        (b'{"alg": "ES256", "a": NaN}', "protected header: a number that is infinite"),
        (b'{"a": ' + b"[" * 90_000 + b"}", "protected header: n"),
        ({"alg": "ES256", "crit": ["exp"], "exp": 1}, "not understood here"),
        ({"alg": "ES256", "crit": []}, "crit: expected a list of names"),
        ({"alg": "ES256", "crit": "exp"}, "crit: expected a list of names"),
        ({"alg": "ES256", "crit": None}, "crit: expected a list of names"),
        ({"alg": "ES256", "crit": ["b64"], "b64": False}, "b64: a payload that is not"),
        ({"alg": "ES256", "b64": True}, "b64: a payload that is not"),
        ({"alg": "ES256", "x5c": []}, "x5c: expected a list"),
        ({"alg": "ES256", "x5c": "MIIB"}, "x5c: expected a list"),
        ({"alg": "ES256", "x5c": None}, "x5c: expected a list"),
        ({"alg": "ES256", "x5c": ["AAAA"] * (MAX_CERTIFICATES + 1)}, "x5c: more than 10"),
        ({"alg": "ES256", "x5c": [""]}, "x5c: expected certificates of 1 to 65536 bytes"),
        ({"alg": "ES256", "x5c": [None]}, "x5c: expected certificates of 1 to 65536 bytes"),
        ({"alg": "ES256", "x5c": [{}]}, "x5c: expected certificates of 1 to 65536 bytes"),
        ({"alg": "ES256", "x5c": ["MII-_A=="]}, "x5c: not Base64"),
        ({"alg": "ES256", "x5c": ["AAA"]}, "x5c: not Base64"),
        ({"alg": "ES256", "x5c": ["AA\nAA"]}, "x5c: not Base64"),
        ({"alg": "ES256", "x5c": ["äöü"]}, "x5c: not Base64"),
        (
            {"alg": "ES256", "x5c": [base64_of(bytes(MAX_CERTIFICATE_BYTES + 1))]},
            "x5c: expected certificates of 1 to 65536 bytes",
        ),
        ({"alg": "ES256", "a": "x" * MAX_HEADER_BYTES}, "protected header: more than 131072"),
    ],
)
def test_a_header_is_refused(header: object, words: str) -> None:
    assert words in refusal(with_header(header))


def test_a_critical_member_is_read_by_who_understands_it() -> None:
    understood = frozenset({"exp", "nbf"})
    header = {"crit": ["exp"], "exp": 1}
    jws = read_jws(compact(PAYLOAD, header=header), understood=understood)
    assert dict(jws.header) == {"alg": "ES256", "crit": ["exp"], "exp": 1}
    for crit in (["nbf"], ["exp", "iat"], ["exp", 5], [["exp"]]):
        data = compact(PAYLOAD, header=header | {"crit": crit})
        assert "not understood here" in refusal(data, understood=understood)


def test_certificates_come_as_they_are_in_order() -> None:
    certificates = [b"\x30\x03\x02\x01\x05", bytes(MAX_CERTIFICATE_BYTES), b"\xff"]
    jws = read_jws(compact(PAYLOAD, certificates=certificates))
    assert jws.certificates == tuple(certificates)
    assert read_jws(compact(PAYLOAD)).certificates == ()


def test_a_key_in_the_header_is_not_believed() -> None:
    """``jwk`` names the key that signed, and whoever signs may write it (RFC 7515 §10.7)."""
    stranger = key_for("ES256", 9)
    jws = read_jws(compact(PAYLOAD, key=stranger, header={"jwk": jws_maker.jwk_of(stranger)}))
    assert jws.certificates == ()
    assert not is_signed_by(jws, key_for("ES256").public_key())


def test_nothing_in_it_can_be_changed_or_shown() -> None:
    jws = read_jws(compact(b"a payload nobody shows"))
    assert repr(jws) == "Jws(ES256, 22 bytes)"
    with pytest.raises(AttributeError, match="immutable"):
        jws.payload = b""
    with pytest.raises(TypeError):
        operator.setitem(cast(Any, jws.header), "alg", "none")


# --- anything ------------------------------------------------------------------------------------

SPECIMENS = [compact(PAYLOAD, certificates=[b"0"]), as_json(flattened()), as_json(general())]


@given(st.binary(max_size=200) | st.text(alphabet='.eyJA-_=+{}[]":,').map(str.encode))
def test_any_bytes_end_in_a_jws_error(data: bytes) -> None:
    with pytest.raises(JwsError):
        read_jws(data)


@given(
    st.sampled_from(SPECIMENS),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 3), st.binary(max_size=3))),
)
def test_a_damaged_jws_is_refused_or_not_signed(
    data: bytes, damages: list[tuple[int, int, bytes]]
) -> None:
    whole = data
    for place, taken, added in damages:
        data = data[:place] + added + data[place + taken :]
    try:
        jws = read_jws(data)
    except JwsError:
        return
    same = read_jws(whole)
    if (jws.payload, dict(jws.header)) != (same.payload, dict(same.header)):
        assert not is_signed_by(jws, key_for("ES256").public_key())


# --- times ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (1618553152, datetime(2021, 4, 16, 6, 5, 52, tzinfo=UTC)),
        (1618553152.9, datetime(2021, 4, 16, 6, 5, 52, tzinfo=UTC)),
        (253402300799, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_time_is_seconds_since_1970(value: float, expected: datetime) -> None:
    assert read_time({"iat": value}, "iat", "some list") == expected


@pytest.mark.parametrize(
    "value", [None, True, "1618553152", -1, 253402300800, 10**31, float("inf"), float("nan"), []]
)
def test_a_time_of_another_form_is_refused(value: object) -> None:
    with pytest.raises(TrustListFormatError, match="expected a time in seconds since 1970") as one:
        read_time({"exp": value}, "exp", "some list")
    assert (one.value.format, one.value.place) == ("some list", "exp")
