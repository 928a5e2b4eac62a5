"""COSE_Sign1 and CWT examples of the COSE working group and of gluecose.

External data are an argument here; a health certificate never has any. The examples' keys are
read by `cryptography` from their numbers, not by this library.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any, Final

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from foreign import shared_vectors
from vnvaxcert import cwt
from vnvaxcert.cose import keys, sign1
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import (
    AlgorithmError,
    ClaimsError,
    CoseStructureError,
    InvalidSignatureError,
    VnvaxcertError,
)

VALID: Final = (
    "sign1-tests/sign-pass-01",
    "sign1-tests/sign-pass-02",
    "sign1-tests/sign-pass-03",
    "ecdsa-examples/ecdsa-sig-01",
    "CWT/A_3",
)
# What each refused example has wrong decides the error it must end in.
REFUSED: Final = {
    "sign1-tests/sign-fail-01": CoseStructureError,  # tag 998
    "sign1-tests/sign-fail-02": InvalidSignatureError,  # one bit of the payload
    "sign1-tests/sign-fail-03": AlgorithmError,  # alg -999
    "sign1-tests/sign-fail-04": AlgorithmError,  # alg "unknown"
    "sign1-tests/sign-fail-06": InvalidSignatureError,  # a protected header was added
    "sign1-tests/sign-fail-07": InvalidSignatureError,  # a protected header was taken away
}
GLUECOSE_SIGN: Final = ("sign1-sign-0000", "sign1-sign-0004")
GLUECOSE_VERIFY: Final = ("sign1-verify-0000",)
OTHER: Final = ("rsa-pss-examples/rsa-pss-01",)  # COSE_Sign, tag 98


def load(name: str) -> dict[str, Any]:
    """One example, by its path without ``.json``."""
    text = (shared_vectors("cose") / f"{name}.json").read_text(encoding="utf-8")
    example: dict[str, Any] = json.loads(text)
    return example


def number(key: dict[str, str], member: str) -> int:
    """A number of a key, given in base64url or, as ``member_hex``, in hex."""
    if f"{member}_hex" in key:
        return int(key[f"{member}_hex"], 16)
    text = key[member]
    return int.from_bytes(urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def public_key(key: dict[str, str]) -> keys.PublicKey:
    """The public key of an example."""
    if key["kty"] == "RSA":
        return rsa.RSAPublicNumbers(number(key, "e"), number(key, "n")).public_key()
    assert key["crv"] == "P-256"
    point = ec.EllipticCurvePublicNumbers(number(key, "x"), number(key, "y"), ec.SECP256R1())
    return point.public_key()


def external(example: dict[str, Any]) -> bytes:
    """The externally supplied data of an example, mostly none."""
    return bytes.fromhex(example["input"]["sign0"].get("external", ""))


def test_every_shared_example_is_in_one_of_the_tables() -> None:
    folder = shared_vectors("cose")
    found = {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.json")}
    gluecose = {f"gluecose/{name}" for name in (*GLUECOSE_SIGN, *GLUECOSE_VERIFY)}
    assert found == {*VALID, *REFUSED, *OTHER, *gluecose}
    assert len(found) == 15


@pytest.mark.parametrize("name", VALID)
def test_a_valid_example_verifies_over_the_bytes_it_states(name: str) -> None:
    example = load(name)
    message = sign1.parse(bytes.fromhex(example["output"]["cbor"]))
    stated = bytes.fromhex(example["intermediates"]["ToBeSign_hex"])
    assert message.to_be_signed(external(example)) == stated
    message.verify(public_key(example["input"]["sign0"]["key"]), external(example))
    assert message.algorithm() is Algorithm.ES256


@pytest.mark.parametrize("name", VALID)
def test_a_valid_example_is_refused_with_other_external_data(name: str) -> None:
    example = load(name)
    message = sign1.parse(bytes.fromhex(example["output"]["cbor"]))
    key = public_key(example["input"]["sign0"]["key"])
    other = b"" if external(example) else b"\x11"
    with pytest.raises(InvalidSignatureError):
        message.verify(key, other)


@pytest.mark.parametrize(("name", "error"), REFUSED.items())
def test_an_example_that_must_fail_is_refused_for_its_reason(
    name: str, error: type[VnvaxcertError]
) -> None:
    example = load(name)
    assert example["fail"] is True
    encoded = bytes.fromhex(example["output"]["cbor"])
    key = public_key(example["input"]["sign0"]["key"])
    with pytest.raises(error):
        sign1.parse(encoded).verify(key, external(example))


def test_an_encoded_empty_map_counts_as_an_empty_protected_header() -> None:
    message = sign1.parse(bytes.fromhex(load("sign1-tests/sign-pass-01")["output"]["cbor"]))
    assert message.protected == b""
    assert not message.is_algorithm_protected
    assert not message.is_kid_protected
    assert message.kid() == b"11"


def test_a_message_without_its_tag_reads_as_with_it() -> None:
    bare = load("sign1-tests/sign-pass-03")
    encoded = bytes.fromhex(bare["output"]["cbor"])
    assert encoded[0] == 0x84
    key = public_key(bare["input"]["sign0"]["key"])
    for form in (encoded, b"\xd2" + encoded, b"\xd8\x3d\xd2" + encoded):
        sign1.parse(form).verify(key)
    for form in (b"\xd8\x3d" + encoded, b"\xd2\xd2" + encoded, b"\xd8\x62" + encoded):
        with pytest.raises(CoseStructureError):
            sign1.parse(form)


# --- gluecose -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GLUECOSE_SIGN)
def test_gluecose_states_the_bytes_that_we_sign(name: str) -> None:
    example = load(f"gluecose/{name}")
    parts = example["sign1::sign"]
    protected = bytes.fromhex(parts["protectedHeaders"]["cborHex"])
    payload = bytes.fromhex(parts["payload"])
    aad = bytes.fromhex(parts.get("external", ""))
    stated = bytes.fromhex(parts["tbsHex"]["cborHex"])
    assert sign1.to_be_signed(protected, payload, aad) == stated

    message = sign1.parse(bytes.fromhex(parts["expectedOutput"]["cborHex"]))
    assert (message.protected, message.payload) == (protected, payload)
    assert message.algorithm() is Algorithm[example["alg"]]
    key = public_key(example["key"])
    message.verify(key, aad)
    with pytest.raises(InvalidSignatureError):
        message.verify(key, aad + b"\0")


@pytest.mark.parametrize("name", GLUECOSE_VERIFY)
def test_gluecose_messages_verify_as_stated(name: str) -> None:
    example = load(f"gluecose/{name}")
    parts = example["sign1::verify"]
    encoded = bytes.fromhex(parts["taggedCOSESign1"]["cborHex"])
    key, aad = public_key(example["key"]), bytes.fromhex(parts["external"])
    assert parts["shouldVerify"] is True
    sign1.parse(encoded).verify(key, aad)
    for changed in (
        encoded[:-1] + bytes([encoded[-1] ^ 1]),
        encoded.replace(b"content", b"Content"),
    ):
        with pytest.raises(InvalidSignatureError):
            sign1.parse(changed).verify(key, aad)


# --- COSE_Sign and CWT ----------------------------------------------------------------------------


def test_a_message_with_several_signers_is_no_sign1_though_its_signature_is_ps256() -> None:
    example = load("rsa-pss-examples/rsa-pss-01")
    encoded = bytes.fromhex(example["output"]["cbor"])
    with pytest.raises(CoseStructureError, match="tagged 98"):
        sign1.parse(encoded)

    # Signature_structure of RFC 9052 §4.4 with five members, put together by another encoder.
    protected, _, payload, signers = cbor2.loads(encoded).value
    ((signer_protected, _, signature),) = signers
    structure = ["Signature", protected, signer_protected, b"", payload]
    to_be_signed = cbor2.dumps(structure)
    (stated,) = example["intermediates"]["signers"]
    assert to_be_signed == bytes.fromhex(stated["ToBeSign_hex"])
    key = public_key(example["input"]["sign"]["signers"][0]["key"])
    keys.verify(Algorithm.PS256, key, signature, to_be_signed)
    with pytest.raises(InvalidSignatureError):
        keys.verify(Algorithm.PS256, key, signature, to_be_signed + b"\0")
    # The same members without its own header make another structure: that must not verify.
    with pytest.raises(InvalidSignatureError):
        keys.verify(Algorithm.PS256, key, signature, sign1.to_be_signed(protected, payload))


def test_the_token_of_rfc_8392_has_the_claims_it_prints() -> None:
    message = sign1.parse(bytes.fromhex(load("CWT/A_3")["output"]["cbor"]))
    claims = cwt.parse(message.payload)
    assert claims.issuer == "coap://as.example.com"
    assert claims.expires_at is not None
    assert claims.issued_at is not None
    assert (claims.expires_at.timestamp(), claims.issued_at.timestamp()) == (1444064944, 1443944944)
    assert [warning.path for warning in claims.warnings] == [
        f"claims/{claim}" for claim in (2, 3, 7)
    ]
    assert claims.health_claim is None
    assert claims.not_before is not None
    assert claims.not_before.timestamp() == 1443944944


def test_the_token_of_rfc_8392_is_refused_when_a_claim_has_another_type() -> None:
    message = sign1.parse(bytes.fromhex(load("CWT/A_3")["output"]["cbor"]))
    claims = cbor2.loads(message.payload)
    for claim, value in ((1, b"coap"), (4, "1444064944"), (6, True), (4, None), (6, float("nan"))):
        with pytest.raises(ClaimsError):
            cwt.parse(cbor2.dumps({**claims, claim: value}))
