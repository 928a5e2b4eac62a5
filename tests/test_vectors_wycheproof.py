"""Wycheproof: hostile ECDSA and RSA-PSS signatures through the raw verification of COSE.

Its ECDSA signatures are DER, those of COSE are r || s: only what is strict DER of two 256-bit
numbers can be expressed there, the rest is counted and tested no further.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from foreign import shared_vectors
from vnvaxcert.cose import keys
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import InvalidSignatureError

ECDSA: Final = "ecdsa_secp256r1_sha256_test.json"
RSA_PSS: Final = {
    "rsa_pss_2048_sha256_mgf1_32_test.json": 2048,
    "rsa_pss_3072_sha256_mgf1_32_test.json": 3072,
}


def vectors(name: str) -> Iterator[tuple[keys.PublicKey, dict[str, Any]]]:
    """Every test of a file with its public key."""
    suite = json.loads((shared_vectors("wycheproof") / name).read_text(encoding="utf-8"))
    for group in suite["testGroups"]:
        key = keys.load_spki(bytes.fromhex(group["publicKeyDer"]))
        for test in group["tests"]:
            yield key, test


def strict_integer(data: bytes) -> tuple[int, bytes] | None:
    """Read one DER INTEGER of 0 to 2**256 - 1 from the front, or None if it is not one."""
    if len(data) < 3 or data[0] != 0x02 or not 1 <= data[1] <= 33:
        return None
    size = data[1]
    content, rest = data[2 : 2 + size], data[2 + size :]
    if len(content) != size or content[0] & 0x80:
        return None
    if size > 1 and content[0] == 0 and not content[1] & 0x80:
        return None
    number = int.from_bytes(content, "big")
    return (number, rest) if number < 2**256 else None


def raw_signature(der: bytes) -> bytes | None:
    """r || s of a DER signature, or None where that form cannot express it."""
    if len(der) < 2 or der[0] != 0x30 or der[1] != len(der) - 2:
        return None
    first = strict_integer(der[2:])
    second = None if first is None else strict_integer(first[1])
    if first is None or second is None or second[1]:
        return None
    return first[0].to_bytes(32, "big") + second[0].to_bytes(32, "big")


def is_accepted(
    algorithm: Algorithm, key: keys.PublicKey, signature: bytes, message: bytes
) -> bool:
    """Whether our verification accepts; anything but a refusal of the signature is an error."""
    try:
        keys.verify(algorithm, key, signature, message)
    except InvalidSignatureError:
        return False
    return True


def test_every_expressible_ecdsa_signature_is_judged_as_stated() -> None:
    outcomes: Counter[tuple[str, bool]] = Counter()
    not_expressible = Counter[str]()
    wrong = []
    for key, test in vectors(ECDSA):
        signature = raw_signature(bytes.fromhex(test["sig"]))
        if signature is None:
            not_expressible[test["result"]] += 1
            continue
        accepted = is_accepted(Algorithm.ES256, key, signature, bytes.fromhex(test["msg"]))
        outcomes[test["result"], accepted] += 1
        if accepted != (test["result"] == "valid"):
            wrong.append((test["tcId"], test["comment"]))
    assert not wrong
    assert outcomes == {("valid", True): 174, ("invalid", False): 75}
    # All that cannot be written as r || s is invalid in DER already: nothing valid is left out.
    assert not_expressible == {"invalid": 484 - 249}


def test_ecdsa_signatures_with_a_byte_more_or_less_are_refused() -> None:
    refused = 0
    for key, test in vectors(ECDSA):
        signature = raw_signature(bytes.fromhex(test["sig"]))
        if signature is None or test["result"] != "valid":
            continue
        message = bytes.fromhex(test["msg"])
        for changed in (signature[:-1], signature[1:], signature + b"\0", b"\0" + signature, b""):
            assert not is_accepted(Algorithm.ES256, key, changed, message), test["tcId"]
            refused += 1
    assert refused == 174 * 5


@pytest.mark.parametrize(("name", "bits"), RSA_PSS.items())
def test_every_rsa_pss_signature_is_judged_as_stated(name: str, bits: int) -> None:
    outcomes: Counter[tuple[str, bool]] = Counter()
    wrong = []
    for key, test in vectors(name):
        assert isinstance(key, rsa.RSAPublicKey)
        assert key.key_size == bits
        signature, message = bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"])
        accepted = is_accepted(Algorithm.PS256, key, signature, message)
        outcomes[test["result"], accepted] += 1
        if accepted != (test["result"] == "valid"):
            wrong.append((test["tcId"], test["comment"]))
    assert not wrong
    # None is "acceptable" in these files, so that nothing is left to judgement.
    assert outcomes == {("valid", True): 63, ("invalid", False): 45}


def test_the_keys_of_the_ecdsa_file_are_all_on_p256_and_usable() -> None:
    groups = {id(key): key for key, _ in vectors(ECDSA)}
    assert all(isinstance(key, ec.EllipticCurvePublicKey) for key in groups.values())
    assert {keys.algorithms_for(key) for key in groups.values()} == {frozenset({Algorithm.ES256})}
