"""JWS and JWK made from `cryptography` and the standard library, not from the library under test.

So they are a second opinion on it, and can be wrong in ways in which it would never write them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeAlias

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

ALGORITHMS: Final = (
    *("ES256", "ES384", "ES512"),
    *("PS256", "PS384", "PS512"),
    *("RS256", "RS384", "RS512"),
)
_CURVES: Final[dict[str, type[ec.EllipticCurve]]] = {
    "ES256": ec.SECP256R1,
    "ES384": ec.SECP384R1,
    "ES512": ec.SECP521R1,
}
_HASHES: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "256": hashes.SHA256,
    "384": hashes.SHA384,
    "512": hashes.SHA512,
}


def base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def base64_of(data: bytes) -> str:
    """Base64 with padding, as ``x5c`` and most kids have it."""
    return base64.b64encode(data).decode()


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """One RSA key of that size for all tests."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def key_for(alg: str, number: int = 7) -> PrivateKey:
    """A key of the kind an algorithm needs."""
    curve = _CURVES.get(alg)
    return rsa_key() if curve is None else ec.derive_private_key(number, curve())


def raw_signature(alg: str, key: PrivateKey, data: bytes) -> bytes:
    """Sign as RFC 7518 §3.3 to §3.5 say."""
    digest = _HASHES[alg[2:]]()
    if isinstance(key, rsa.RSAPrivateKey):
        if alg.startswith("RS"):
            return key.sign(data, padding.PKCS1v15(), digest)
        return key.sign(data, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(digest)))
    size = (key.curve.key_size + 7) // 8
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def parts(
    payload: bytes,
    *,
    alg: str = "ES256",
    key: PrivateKey | None = None,
    certificates: Sequence[bytes] = (),
    header: Mapping[str, Any] | None = None,
) -> tuple[str, str, str]:
    """Protected header, payload and signature, each in Base64url."""
    members: dict[str, Any] = {"alg": alg, **(header or {})}
    if certificates:
        members["x5c"] = [base64_of(certificate) for certificate in certificates]
    protected = base64url(json.dumps(members).encode())
    body = base64url(payload)
    signed = f"{protected}.{body}".encode()
    return protected, body, base64url(raw_signature(alg, key or key_for(alg), signed))


def compact(payload: bytes, **options: Any) -> bytes:
    """A JWS in the compact serialisation (RFC 7515 §3.1); see `parts`."""
    return ".".join(parts(payload, **options)).encode()


def signed_json(document: object, **options: Any) -> bytes:
    """A document as JSON in a compact JWS; see `parts`."""
    return compact(json.dumps(document).encode(), **options)


def jwk_of(key: PrivateKey, **members: Any) -> dict[str, Any]:
    """The public key as a JWK, as the RFC writes it; a member of None is left out."""
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        numbers = public.public_numbers()
        size = (numbers.n.bit_length() + 7) // 8
        made = {"kty": "RSA", "n": base64url(numbers.n.to_bytes(size, "big")), "e": "AQAB"}
    else:
        point = public.public_numbers()
        size = (public.curve.key_size + 7) // 8
        made = {
            "kty": "EC",
            "crv": {256: "P-256", 384: "P-384", 521: "P-521"}[public.curve.key_size],
            "x": base64url(point.x.to_bytes(size, "big")),
            "y": base64url(point.y.to_bytes(size, "big")),
        }
    return {name: value for name, value in (made | members).items() if value is not None}
