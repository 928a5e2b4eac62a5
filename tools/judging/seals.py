"""Seals: the canonical form by `rfc8785`, signature and certificates by `cryptography`."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import rfc8785
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from jsonschema import Draft202012Validator, FormatChecker

from judging.case import Case, TrustedKey

SCHEMA: Final = Path(__file__).resolve().parents[2] / "spec" / "vds-nc.schema.json"

_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "ES256": hashes.SHA256(),
    "ES384": hashes.SHA384(),
    "ES512": hashes.SHA512(),
}


def is_seal(case: Case) -> bool:
    """Whether it asks for the verification of a text that is a seal, or should be one."""
    return case.op == "verify" and case.input["text"].lstrip("\ufeff \t\r\n")[:1] in ("{", "[")


def by_cryptography(case: Case) -> bool:
    """Whether signature and certificates say what the vector does; False where they cannot."""
    if not is_seal(case):
        return False
    seal = _seal(case.input["text"])
    is_signed = seal is not None and _is_signed(seal, case)
    if case.code == "signature.invalid":
        return seal is not None and is_signed is False
    if seal is None or not is_signed:
        return False
    certificate = _certificate(seal)
    if certificate is None:
        return False
    der, moment = _der(seal), datetime.fromtimestamp(case.at, UTC)
    if case.code == "signer.expired":
        return moment > certificate.not_valid_after_utc
    if case.code == "signer.not_yet_valid":
        return moment < certificate.not_valid_before_utc
    if case.code not in (None, "signer.chain"):
        return False
    is_valid = certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc
    is_known = any(key.certificate == der for key in case.trust) or any(
        _vouches(key, certificate) for key in (*case.authorities, *case.trust)
    )
    return is_known and is_valid if case.code is None else not is_known


def by_jsonschema(case: Case) -> bool:
    """Whether the written form of seals is broken where the vector says so."""
    if not is_seal(case) or case.code != "schema.invalid" or "policy" in case.input:
        return False
    try:
        document = json.loads(case.input["text"].removeprefix("\ufeff"))
    except ValueError:
        return False
    return not _validator().is_valid(document)


def by_json(case: Case) -> bool:
    """Whether the standard library's parser refuses a text that is no JSON."""
    if not is_seal(case) or case.code != "vdsnc.malformed":
        return False
    try:
        json.loads(case.input["text"].removeprefix("\ufeff"), parse_constant=_no_constant)
    except ValueError:
        return True
    return False


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_bytes()), format_checker=FormatChecker())


def _seal(text: str) -> dict[str, Any] | None:
    """The one seal in a text; None where there is none that can be taken apart."""
    try:
        document = json.loads(text.removeprefix("\ufeff"))
        seal = document[0] if isinstance(document, list) else document
        rfc8785.dumps(seal["data"])
        _decoded(seal["sig"]["sigvl"])
        is_usable = seal["sig"]["alg"] in _HASHES
    except (ValueError, KeyError, TypeError, IndexError, rfc8785.CanonicalizationError):
        return None
    return seal if is_usable else None


def _decoded(text: object) -> bytes:
    if not isinstance(text, str):
        raise ValueError("no text")
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def _der(seal: dict[str, Any]) -> bytes:
    return _decoded(seal["sig"].get("cer"))


def _certificate(seal: dict[str, Any]) -> x509.Certificate | None:
    try:
        return x509.load_der_x509_certificate(_der(seal))
    except ValueError:
        return None


def _is_signed(seal: dict[str, Any], case: Case) -> bool | None:
    """Whether its signature is good; None where no key or no form of one can be told."""
    certificate = _certificate(seal)
    if certificate is None:
        return None
    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return None
    signature, data = _decoded(seal["sig"]["sigvl"]), rfc8785.dumps(seal["data"])
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return None
    if len(signature) != 2 * (-(-key.key_size // 8)):
        return None
    half = len(signature) // 2
    r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
    hashed = ec.ECDSA(_HASHES[seal["sig"]["alg"]])
    try:
        key.verify(encode_dss_signature(r, s), data, hashed)
    except InvalidSignature:
        return False
    return True


def _vouches(authority: TrustedKey, certificate: x509.Certificate) -> bool:
    """Whether an authority's certificate stands directly over another, by name and signature."""
    if authority.certificate is None:
        return False
    try:
        certificate.verify_directly_issued_by(x509.load_der_x509_certificate(authority.certificate))
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
