"""Examples of the COSE working group, and those of gluecose in a form of their own."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from vnvaxcert.conformance.case import REJECT, Case, Expected
from vnvaxcert.conformance.suites.document import is_object

WORKING_GROUP: Final = "cose-wg"
GLUECOSE: Final = "gluecose"

_ALGORITHMS: Final = frozenset({"ES256", "ES384", "ES512", "PS256"})
_KEY_TYPES: Final = {"EC": "EC", "EC2": "EC", "RSA": "RSA"}
_NUMBERS: Final = ("x", "y", "n", "e")
_CLAUSE: Final = "RFC 9052 §4.2, §4.4"


def is_working_group(_: Path, document: Any) -> bool:
    """Whether a file is an example of the working group."""
    return is_object(document, "title", "input", "output") and is_object(document["output"], "cbor")


def read_working_group(path: Path, document: Any) -> Iterator[Case]:
    """One case: the message of the example, under its folder and name."""
    signed = document["input"].get("sign0")
    unsuitable = "" if signed else "no COSE_Sign1"
    jwk: dict[str, str] = {}
    if signed:
        key, algorithm = signed["key"], signed.get("alg", "")
        if algorithm not in _ALGORITHMS or key["kty"] not in _KEY_TYPES:
            unsuitable = "no algorithm that certificates use"
        else:
            jwk = public_jwk(key)
    expected = REJECT
    if not document.get("fail"):
        stated = document.get("intermediates", {}).get("ToBeSign_hex")
        value = {"to_be_signed": stated.lower()} if stated else None
        expected = Expected(outcome="accept", value=value)
    yield Case(
        id=f"{WORKING_GROUP}::{path.absolute().parent.name}/{path.stem}::verify",
        suite=WORKING_GROUP,
        clause=_CLAUSE,
        op="cose.verify",
        input={
            "hex": document["output"]["cbor"].lower(),
            "jwk": jwk,
            "external": (signed or {}).get("external", "").lower(),
        },
        expected=expected,
        unsuitable=unsuitable,
    )


def is_gluecose(_: Path, document: Any) -> bool:
    """Whether a file is an example of gluecose."""
    return is_object(document, "key", "alg") and any(name.startswith("sign") for name in document)


def read_gluecose(path: Path, document: Any) -> Iterator[Case]:
    """One case: the message that signing gives, or the one to be verified."""
    is_signing = "sign1::sign" in document
    parts = document.get("sign1::sign") or document.get("sign1::verify")
    unsuitable, jwk = "", {}
    if parts is None:
        unsuitable = "no COSE_Sign1"
    elif document["alg"] not in _ALGORITHMS:
        unsuitable = "no algorithm that certificates use"
    else:
        jwk = public_jwk(document["key"])
    message, expected, external = "", REJECT, ""
    if parts is not None:
        external = parts.get("external", "")
        if is_signing:
            message = parts["expectedOutput"]["cborHex"]
            value = {"to_be_signed": parts["tbsHex"]["cborHex"].lower()}
            expected = Expected(outcome="accept", value=value)
        else:
            message = parts["taggedCOSESign1"]["cborHex"]
            expected = Expected(outcome="accept") if parts["shouldVerify"] else REJECT
    yield Case(
        id=f"{GLUECOSE}::{path.stem}::verify",
        suite=GLUECOSE,
        clause=_CLAUSE,
        op="cose.verify",
        input={"hex": message.lower(), "jwk": jwk, "external": external.lower()},
        expected=expected,
        unsuitable=unsuitable,
    )


def public_jwk(key: Mapping[str, str]) -> dict[str, str]:
    """The public half of a key as a JWK; its numbers may stand in hex, as ``x_hex``."""
    made = {"kty": _KEY_TYPES[key["kty"]]}
    if "crv" in key:
        made["crv"] = key["crv"]
    for name in _NUMBERS:
        if f"{name}_hex" in key:
            number = bytes.fromhex(key[f"{name}_hex"])
            made[name] = urlsafe_b64encode(number).rstrip(b"=").decode("ascii")
        elif name in key:
            made[name] = key[name]
    return made
