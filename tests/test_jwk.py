"""JSON Web Keys: as the standard has them, as lists have them, and what is none (RFC 7517)."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)
from hypothesis import given
from hypothesis import strategies as st

from foreign import shared_vectors
from jws_maker import base64_of, base64url, jwk_of
from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust.jwk import JwkError, encode_jwk, is_private, read_jwk
from vnvaxcert.trust.signing_key import load_signing_key

CURVES: dict[str, tuple[type[ec.EllipticCurve], int]] = {
    "P-256": (ec.SECP256R1, 32),
    "P-384": (ec.SECP384R1, 48),
    "P-521": (ec.SECP521R1, 66),
    "brainpoolP256r1": (ec.BrainpoolP256R1, 32),
    "brainpoolP384r1": (ec.BrainpoolP384R1, 48),
    "brainpoolP512r1": (ec.BrainpoolP512R1, 64),
}
EC_KEY = ec.derive_private_key(7, ec.SECP256R1())
P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1


def spki(key: PublicKey) -> bytes:
    """SubjectPublicKeyInfo by the backend's own writer."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def ec_jwk(**changes: Any) -> dict[str, Any]:
    return jwk_of(EC_KEY, **changes)


def rsa_jwk(bits: int = 2048, exponent: int = 65537, **changes: Any) -> dict[str, Any]:
    """An RSA key: nobody knows the factors, and nobody needs them."""
    modulus = (3 << (bits - 2)) | 0x1234567
    made = {
        "kty": "RSA",
        "n": base64url(modulus.to_bytes((bits + 7) // 8, "big")),
        "e": base64url(exponent.to_bytes((exponent.bit_length() + 7) // 8 or 1, "big")),
    }
    return {name: value for name, value in (made | changes).items() if value is not None}


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def refusal(jwk: dict[str, Any]) -> str:
    with pytest.raises(JwkError) as caught:
        read_jwk(jwk)
    return str(caught.value)


# --- keys that are read --------------------------------------------------------------------------


@pytest.mark.parametrize("name", CURVES)
def test_an_elliptic_curve_key_is_that_of_the_backend(name: str) -> None:
    curve, size = CURVES[name]
    for number in range(1, 6):
        key = ec.derive_private_key(number, curve()).public_key()
        point = key.public_numbers()
        x, y = (base64url(value.to_bytes(size, "big")) for value in (point.x, point.y))
        assert read_jwk({"kty": "EC", "crv": name, "x": x, "y": y}) == spki(key)


@pytest.mark.parametrize("bits", [1024, 2048, 3072, 8191, 8192])
def test_an_rsa_key_is_that_of_the_backend(bits: int) -> None:
    jwk = rsa_jwk(bits)
    numbers = rsa.RSAPublicNumbers(65537, int.from_bytes(raw(jwk["n"]), "big"))
    assert read_jwk(jwk) == spki(numbers.public_key())


def test_the_names_of_the_german_health_network_are_read() -> None:
    key = ec.derive_private_key(7, ec.BrainpoolP256R1()).public_key()
    jwk = encode_jwk(key)
    assert jwk["crv"] == "brainpoolP256r1"
    assert read_jwk(jwk | {"crv": "BP-256"}) == spki(key)


@pytest.mark.parametrize(
    "write",
    [
        base64url,
        base64_of,
        lambda data: base64_of(data).rstrip("="),
        lambda data: base64.urlsafe_b64encode(data).decode(),
    ],
    ids=["url, unpadded", "padded", "unpadded", "url, padded"],
)
def test_numbers_are_read_in_either_alphabet_padded_or_not(write: Any) -> None:
    plain = ec_jwk()
    changed = plain | {name: write(raw(plain[name])) for name in ("x", "y")}
    assert read_jwk(changed) == spki(EC_KEY.public_key())
    modulus = rsa_jwk()
    assert read_jwk(modulus | {"n": write(raw(modulus["n"]))}) == read_jwk(modulus)


def test_one_leading_zero_byte_too_many_is_read() -> None:
    plain = ec_jwk()
    for names in (("x",), ("y",), ("x", "y")):
        longer = {name: base64url(b"\0" + raw(plain[name])) for name in names}
        assert read_jwk(plain | longer) == spki(EC_KEY.public_key())


def test_leading_zero_bytes_that_lack_are_read() -> None:
    found = 0
    for number in range(1, 700):
        key = ec.derive_private_key(number, ec.SECP256R1())
        plain = jwk_of(key)
        short = {name: raw(plain[name]).lstrip(b"\0") for name in ("x", "y")}
        if min(map(len, short.values())) == 32:
            continue
        found += 1
        jwk = plain | {name: base64url(value) for name, value in short.items()}
        assert read_jwk(jwk) == spki(key.public_key())
    assert found >= 2


def test_a_modulus_may_have_a_zero_byte_in_front() -> None:
    plain = rsa_jwk()
    assert read_jwk(plain | {"n": base64url(b"\0" + raw(plain["n"]))}) == read_jwk(plain)
    largest = rsa_jwk(8192)
    assert read_jwk(largest | {"n": base64url(b"\0" + raw(largest["n"]))}) == read_jwk(largest)


def test_members_that_are_no_part_of_the_key_are_left_alone() -> None:
    jwk = ec_jwk(kid="x", use="enc", alg="none", x5c=5, n="-", e=None)
    assert read_jwk(jwk) == spki(EC_KEY.public_key())


def test_the_numbers_of_the_world_list_are_those_of_its_certificates() -> None:
    compared = 0
    for name in ("sample-v1.json", "sample-v2.json"):
        text = (shared_vectors("gdhcn") / name).read_text(encoding="utf-8")
        for method in json.loads(text)["verificationMethod"]:
            jwk = method.get("publicKeyJwk") if isinstance(method, dict) else None
            if not jwk or jwk.get("crv") == "UNKNOWN CURVE":
                continue
            certificate = x509.load_der_x509_certificate(base64.b64decode(jwk["x5c"][0]))
            key = certificate.public_key()
            assert isinstance(key, PublicKey)
            assert read_jwk(jwk) == spki(key)
            compared += 1
    assert compared >= 4


# --- keys that are refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kty": None}, "kty: missing"),
        ({"kty": "OKP"}, "kty: neither EC nor RSA"),
        ({"kty": ["EC"]}, "kty: neither EC nor RSA"),
        ({"kty": "ec"}, "kty: neither EC nor RSA"),
        ({"crv": None}, "crv: missing"),
        ({"crv": "UNKNOWN CURVE"}, "did not know the curve"),
        ({"crv": "secp256k1"}, "crv: not a known curve"),
        ({"crv": "p-256"}, "crv: not a known curve"),
        ({"crv": ["P-256"]}, "crv: not a known curve"),
        ({"crv": {}}, "crv: not a known curve"),
        ({"crv": "P-384"}, "not on the curve"),
        ({"crv": "brainpoolP256r1"}, "not on the curve"),
        ({"x": None}, "x: missing"),
        ({"y": None}, "y: missing"),
        ({"x": ""}, "x: no number in Base64"),
        ({"x": 12}, "x: no number in Base64"),
        ({"y": ["AA"]}, "y: no number in Base64"),
        ({"x": "ä" * 43}, "x: not Base64"),
        ({"x": "A" * 45}, "x: not Base64"),
        ({"x": "*" * 43}, "x: not Base64"),
        ({"x": base64url(bytes(34))}, "x: more than 33 bytes"),
        ({"y": base64url(b"\1" + bytes(32))}, "y: more than 32 bytes"),
        ({"y": "A" * 100_000}, "y: more than 33 bytes"),
        ({"x": base64url(bytes(32))}, "not on the curve"),
        ({"x": "AA", "y": "AA"}, "not on the curve"),
        ({"x": base64url(P256_PRIME.to_bytes(32, "big"))}, "not on the curve"),
        ({"x": base64url(b"\xff" * 32)}, "not on the curve"),
    ],
)
def test_an_elliptic_curve_key_is_refused(changes: dict[str, Any], words: str) -> None:
    assert words in refusal(ec_jwk(**changes))


def test_a_point_is_refused_for_one_wrong_bit() -> None:
    plain = ec_jwk()
    for name in ("x", "y"):
        for bit in range(256):
            number = int.from_bytes(raw(plain[name]), "big") ^ (1 << bit)
            changed = plain | {name: base64url(number.to_bytes(32, "big"))}
            assert refusal(changed) == "the point is not on the curve"


@pytest.mark.parametrize(
    ("jwk", "words"),
    [
        (rsa_jwk(1023), "RSA key of 1023 bits"),
        (rsa_jwk(8193), "RSA key of 8193 bits"),
        (rsa_jwk(8208), "n: more than 1025 bytes"),
        (rsa_jwk(n=None), "n: missing"),
        (rsa_jwk(e=None), "e: missing"),
        (rsa_jwk(n="AA"), "public key: "),  # the backend or we, by its release
        (rsa_jwk(exponent=0), "not a usable EC or RSA key"),
        (rsa_jwk(exponent=1), "not a usable EC or RSA key"),
        (rsa_jwk(exponent=65536), "not a usable EC or RSA key"),
        (rsa_jwk(exponent=2**264 + 1), "e: more than 33 bytes"),
        (rsa_jwk(e=65537), "e: no number in Base64"),
        (rsa_jwk(n="?" * 342), "n: not Base64"),
        (rsa_jwk(n="A" * 1_000_000), "n: more than 1025 bytes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_rsa_key_is_refused(jwk: dict[str, Any], words: str) -> None:
    assert words in refusal(jwk)


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
def test_a_private_key_is_refused_and_not_repeated(member: str) -> None:
    secret = base64url(b"a very secret number of 32 bytes")
    for jwk in (ec_jwk() | {member: secret}, rsa_jwk() | {member: secret}, {member: secret}):
        assert is_private(jwk)
        assert refusal(jwk) == (
            "a private or secret key, which nobody may publish and nobody may trust"
        )


def test_a_secret_key_is_refused_even_without_its_secret() -> None:
    assert is_private({"kty": "oct"})
    assert "secret key" in refusal({"kty": "oct"})
    assert not is_private(ec_jwk())


def test_a_private_member_that_is_null_is_none() -> None:
    jwk = ec_jwk() | {"d": None, "k": None}
    assert not is_private(jwk)
    assert read_jwk(jwk) == spki(EC_KEY.public_key())


def test_no_member_is_quoted() -> None:
    marked = "QUOTED-and-gone"
    for name in ("kty", "crv", "x", "y"):
        assert marked not in refusal(ec_jwk(**{name: marked * 3}))
    for name in ("n", "e"):
        assert marked not in refusal(rsa_jwk() | {name: marked * 3})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(
    st.fixed_dictionaries(
        {"kty": st.sampled_from(["EC", "RSA", "oct", None, 1])},
        optional={
            name: JSON | st.binary(max_size=80).map(base64url)
            for name in ("crv", "x", "y", "n", "e", "d")
        }
        | {"crv": st.sampled_from([*CURVES, "BP-384", "UNKNOWN CURVE", None])},
    )
)
def test_any_members_end_in_a_key_or_a_jwk_error(jwk: dict[str, Any]) -> None:
    try:
        made = read_jwk(jwk)
    except JwkError:
        return
    assert load_der_public_key(made)


# --- keys that are written -----------------------------------------------------------------------


@pytest.mark.parametrize("name", CURVES)
def test_a_written_key_has_whole_coordinates_and_reads_back(name: str) -> None:
    curve, size = CURVES[name]
    for number in range(1, 300, 7):
        key = ec.derive_private_key(number, curve()).public_key()
        jwk = encode_jwk(key)
        assert list(jwk) == ["kty", "crv", "x", "y"]
        assert (jwk["kty"], jwk["crv"]) == ("EC", name)
        assert len(raw(jwk["x"])) == len(raw(jwk["y"])) == size
        assert not set("+/=") & set(jwk["x"] + jwk["y"])
        assert read_jwk(jwk) == spki(key)


def test_a_written_key_is_what_another_writer_makes_of_it() -> None:
    keys = json.loads((shared_vectors("hcert-testdata") / "jwks.json").read_text(encoding="utf-8"))[
        "keys"
    ]
    assert len(keys) == 4
    for jwk in keys:
        key = load_der_public_key(read_jwk(jwk))
        assert isinstance(key, ec.EllipticCurvePublicKey)
        assert encode_jwk(key) == {name: jwk[name] for name in ("kty", "crv", "x", "y")}


def test_a_written_rsa_key_has_numbers_without_zero_bytes_in_front() -> None:
    numbers = rsa.RSAPublicNumbers(65537, int.from_bytes(raw(rsa_jwk()["n"]), "big"))
    jwk = encode_jwk(numbers.public_key())
    assert jwk == {"kty": "RSA", "n": rsa_jwk()["n"], "e": "AQAB"}
    assert read_jwk(jwk) == spki(numbers.public_key())


def test_a_key_on_a_curve_without_a_name_is_not_written() -> None:
    key = ec.derive_private_key(7, ec.SECP256K1()).public_key()
    with pytest.raises(JwkError, match="its curve has no name in a JWK"):
        encode_jwk(key)


# --- a publisher's key as JWK --------------------------------------------------------------------


def test_a_publishers_key_may_be_a_jwk(tmp_path: Any) -> None:
    text = json.dumps(ec_jwk(kid="any", use="sig"))
    file = tmp_path / "key.json"
    file.write_text(f"\n {text}\n", encoding="utf-8")
    for given_key in (text, text.encode(), file, str(file)):
        assert spki(load_signing_key(given_key)) == spki(EC_KEY.public_key())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (json.dumps(ec_jwk(d="c2VjcmV0")), "a private or secret key"),
        (json.dumps(ec_jwk(crv="P-384")), "the point is not on the curve"),
        (json.dumps({"keys": [ec_jwk()]}), "expected an object with the member 'kty'"),
        ('{"kty": "EC", "kty": "EC"}', "a member given twice"),
        ('{"kty": "EC"', "not valid JSON"),
        ("{", "not valid JSON"),
    ],
)
def test_a_jwk_that_is_no_public_key_is_no_publishers_key(text: str, words: str) -> None:
    with pytest.raises(TrustListFormatError) as caught:
        load_signing_key(text.encode())
    error = caught.value
    assert (error.format, error.place) == ("signing key", "JWK")
    assert words in error.reason
    assert "c2VjcmV0" not in str(error)


def test_a_jwk_as_text_is_not_taken_for_a_path() -> None:
    with pytest.raises(TrustListFormatError, match="JWK"):
        load_signing_key('{"kty": "OKP"}')
