"""Wycheproof: signatures, most of them hostile, each with its verdict.

ECDSA comes as DER there and as r || s in COSE (RFC 9053 §2.1): what is not DER of two numbers of
the right size cannot be written in COSE at all, and is skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from vnvaxcert.conformance.case import ACCEPT, EITHER, Case, Expected
from vnvaxcert.conformance.suites.document import b64, is_object

SUITE: Final = "wycheproof"

# By curve and hash: the algorithm of COSE and the bytes of each of its two numbers.
_ECDSA: Final = {
    ("secp256r1", "SHA-256"): ("ES256", 32),
    ("secp384r1", "SHA-384"): ("ES384", 48),
    ("secp521r1", "SHA-512"): ("ES512", 66),
}
_EXPECTED: Final = {
    "valid": ACCEPT,
    "acceptable": EITHER,
    "invalid": Expected(outcome="reject", code="signature.invalid"),
}
_NOT_COSE: Final = "no algorithm of COSE that certificates use"


def is_file(_: Path, document: Any) -> bool:
    """Whether a file is of Wycheproof: whichever subject it has."""
    return is_object(document, "algorithm", "testGroups")


def read(path: Path, document: Any) -> Iterator[Case]:
    """The tests of a file."""
    for group in document["testGroups"]:
        algorithm, size = _algorithm(group)
        for test in group["tests"]:
            signature, unsuitable = test.get("sig", ""), _NOT_COSE if not algorithm else ""
            if size and group["type"] == "EcdsaVerify":
                raw = raw_signature(bytes.fromhex(signature), size)
                signature = "" if raw is None else raw.hex()
                if raw is None:
                    # A valid one that cannot be written would be our mistake: it is not skipped.
                    is_valid = test["result"] == "valid"
                    unsuitable = "" if is_valid else "its signature cannot be written as r || s"
            yield Case(
                id=f"{SUITE}::{path.stem}::{test['tcId']}",
                suite=SUITE,
                clause="RFC 8230 §2" if algorithm == "PS256" else "RFC 9053 §2.1",
                op="signature.verify",
                input={
                    "algorithm": algorithm,
                    "spki": b64(bytes.fromhex(group.get("publicKeyDer", ""))),
                    "message": test.get("msg", ""),
                    "signature": signature,
                },
                expected=_EXPECTED[test["result"]],
                unsuitable=unsuitable,
            )


def _algorithm(group: Mapping[str, Any]) -> tuple[str, int]:
    """The algorithm of COSE that a group is about; empty where there is none."""
    if group["type"] in ("EcdsaVerify", "EcdsaP1363Verify"):
        return _ECDSA.get((group["publicKey"]["curve"], group["sha"]), ("", 0))
    is_pss = group["type"] == "RsassaPssVerify"
    parameters = tuple(group.get(name) for name in ("sha", "mgf", "mgfSha", "sLen"))
    is_ps256 = is_pss and parameters == ("SHA-256", "MGF1", "SHA-256", 32)
    return ("PS256", 0) if is_ps256 else ("", 0)


def raw_signature(der: bytes, size: int) -> bytes | None:
    """r || s of a DER signature, or None where that form cannot express it.

    Args:
        der: SEQUENCE of two INTEGER, in DER and nothing else.
        size: Bytes of each number.
    """
    head = 3 if der[1:2] == b"\x81" else 2  # two numbers of 66 bytes need the longer length
    if len(der) < head or der[0] != 0x30 or der[head - 1] != len(der) - head:
        return None
    if head == 3 and der[2] < 0x80:
        return None
    first = _integer(der[head:], size)
    second = None if first is None else _integer(first[1], size)
    if first is None or second is None or second[1]:
        return None
    return first[0].to_bytes(size, "big") + second[0].to_bytes(size, "big")


def _integer(data: bytes, size: int) -> tuple[int, bytes] | None:
    """Read one DER INTEGER that fits and is not negative; None where it is none."""
    if len(data) < 3 or data[0] != 0x02 or not 1 <= data[1] <= size + 1:
        return None
    content, rest = data[2 : 2 + data[1]], data[2 + data[1] :]
    if len(content) != data[1] or content[0] & 0x80:
        return None
    if len(content) > 1 and content[0] == 0 and not content[1] & 0x80:
        return None
    number = int.from_bytes(content, "big")
    return (number, rest) if number.bit_length() <= 8 * size else None
