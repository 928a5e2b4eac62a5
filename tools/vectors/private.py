"""Private keys that follow from their names, and signatures without chance.

Whoever reads this can sign with them, and nobody should trust them. ECDSA is deterministic
(RFC 6979); the salt of RSASSA-PSS is fixed, so that signature is worked out here (RFC 8017 §9.1.1).
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from functools import cache
from hashlib import new as new_hash
from hashlib import sha256
from typing import Any, Final, TypeAlias

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

LABEL: Final = "vnvaxcert test vector, throw-away key: "
SALT: Final = bytes(range(32))

_HASH_OF_SIZE: Final[dict[int, hashes.HashAlgorithm]] = {
    32: hashes.SHA256(),
    48: hashes.SHA384(),
    66: hashes.SHA512(),
}

# Bits of each factor, and how far it lies behind its start: the first prime from there on. The
# backend refuses a number that is none.
_FACTORS: Final = {
    "dsc-aq-rsa1024": (512, 380, 174),
    "dsc-aq-rsa2048": (1024, 370, 1448),
    "dsc-aq-rsa3072": (1536, 2084, 3250),
    "dsc-vn-rsa2048": (1024, 1496, 1166),
    "csca-vn-rsa2048": (1024, 42, 72),
    "csca-aq-rsa2048": (1024, 238, 598),
}


@cache
def ec_key(name: str, curve: type[ec.EllipticCurve] = ec.SECP256R1) -> ec.EllipticCurvePrivateKey:
    """The key of a name: the scalar is the first 31 bytes of the SHA-256 of label and name."""
    scalar = int.from_bytes(sha256((LABEL + name).encode()).digest()[:31], "big")
    return ec.derive_private_key(scalar, curve())


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """The RSA key of a name: each factor is the first prime from its start on.

    The start is the first bytes of the SHA-256 of label, name, ``p`` or ``q`` and a number from 0
    on, as many as it takes, the two highest bits and the lowest one set.
    """
    bits, *offsets = _FACTORS[name]
    p, q = (rsa_start(name, letter, bits) + one for letter, one in zip("pq", offsets, strict=True))
    exponent = 65537
    d = pow(exponent, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(exponent, p * q)
    return rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), rsa.rsa_crt_iqmp(p, q), public
    ).private_key()


def rsa_start(name: str, letter: str, bits: int) -> int:
    """Where the search for a factor starts."""
    hashed = (
        sha256(f"{LABEL}{name} {letter}{n}".encode()).digest() for n in range(bits // 256 + 1)
    )
    start = int.from_bytes(b"".join(hashed)[: bits // 8], "big")
    return start | 3 << bits - 2 | 1


# --- signatures ----------------------------------------------------------------------------------


def coordinate_bytes(key: PrivateKey) -> int:
    """Bytes of a coordinate of its curve, or of an RSA key's modulus."""
    return -(-key.key_size // 8)


def der_ecdsa(key: ec.EllipticCurvePrivateKey, data: bytes, hashed: hashes.HashAlgorithm) -> bytes:
    """A deterministic signature in DER, as certificates have it."""
    return key.sign(data, ec.ECDSA(hashed, deterministic_signing=True))


def raw_signature(key: PrivateKey, data: bytes) -> bytes:
    """A signature as COSE has it: r and s, or RSASSA-PSS with SHA-256 and the fixed salt."""
    if isinstance(key, rsa.RSAPrivateKey):
        return pss(key, data)
    size = coordinate_bytes(key)
    r, s = decode_dss_signature(der_ecdsa(key, data, _HASH_OF_SIZE[size]))
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def pss(
    key: rsa.RSAPrivateKey, data: bytes, *, salt: bytes = SALT, hash_name: str = "sha256"
) -> bytes:
    """RSASSA-PSS (RFC 8017 §8.1.1), mask by MGF1 with the same hash."""
    numbers = key.private_numbers()
    bits = key.key_size - 1
    encoded = int.from_bytes(_pss_encode(data, bits, salt, hash_name), "big")
    made = pow(encoded, numbers.d, numbers.public_numbers.n)
    return made.to_bytes(coordinate_bytes(key), "big")


def _pss_encode(data: bytes, bits: int, salt: bytes, hash_name: str) -> bytes:
    """EMSA-PSS-ENCODE (RFC 8017 §9.1.1)."""
    hashed = _hash(hash_name, bytes(8) + _hash(hash_name, data) + salt)
    size = -(-bits // 8)
    block = bytes(size - len(salt) - len(hashed) - 2) + b"\x01" + salt
    mask = b"".join(
        _hash(hash_name, hashed + counter.to_bytes(4, "big"))
        for counter in range(-(-len(block) // len(hashed)))
    )[: len(block)]
    masked = int.from_bytes(block, "big") ^ int.from_bytes(mask, "big")
    masked &= (1 << 8 * len(block) - (8 * size - bits)) - 1
    return masked.to_bytes(len(block), "big") + hashed + b"\xbc"


def _hash(name: str, data: bytes) -> bytes:
    return new_hash(name, data).digest()


def ecdsa_parts(signature: bytes) -> tuple[int, int]:
    """r and s of a signature as COSE has it."""
    half = len(signature) // 2
    return int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")


ORDER_P256: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def other_half(signature: bytes) -> bytes:
    """The other signature that is as good: s replaced by the order less s (ES256)."""
    r, s = ecdsa_parts(signature)
    return r.to_bytes(32, "big") + (ORDER_P256 - s).to_bytes(32, "big")


def jwk(key: PrivateKey) -> dict[str, Any]:
    """The public key as RFC 7518 §6 has it."""

    def text(number: int, size: int) -> str:
        return urlsafe_b64encode(number.to_bytes(size, "big")).rstrip(b"=").decode("ascii")

    size = coordinate_bytes(key)
    if isinstance(key, rsa.RSAPrivateKey):
        return {"kty": "RSA", "n": text(key.public_key().public_numbers().n, size), "e": "AQAB"}
    point = key.public_key().public_numbers()
    curve = {"secp256k1": "secp256k1", "brainpoolP256r1": "BP-256"}.get(
        point.curve.name, f"P-{key.key_size}"
    )
    return {"kty": "EC", "crv": curve, "x": text(point.x, size), "y": text(point.y, size)}
