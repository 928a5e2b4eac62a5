"""Keys and raw signatures: ECDSA (RFC 9053 §2.1) and RSASSA-PSS (RFC 8230 §2).

An algorithm is bound to one kind of key: ES256 to P-256, ES384 to P-384, ES512 to P-521, PS256
to RSA. Nothing else ever verifies, whatever the message claims.
"""

from __future__ import annotations

from functools import cache
from typing import TypeAlias, cast

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from vnvaxcert.cose.algorithms import ECDSA_SIGNATURE_BYTES, Algorithm
from vnvaxcert.errors import AlgorithmError, InvalidSignatureError

PublicKey: TypeAlias = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

# 1024 bits: certificates of North Macedonia were signed with such keys. Above 8192 bits a
# single verification costs milliseconds, a gift to whoever writes a hostile list.
MIN_RSA_BITS, MAX_RSA_BITS = 1024, 8192

_CURVE_OF = {
    Algorithm.ES256: "secp256r1",
    Algorithm.ES384: "secp384r1",
    Algorithm.ES512: "secp521r1",
}
_ALGORITHMS_OF_CURVE = {curve: frozenset({alg}) for alg, curve in _CURVE_OF.items()}
_KEY_FOR = {alg: f"a key on the curve {curve}" for alg, curve in _CURVE_OF.items()}
_KEY_FOR[Algorithm.PS256] = "an RSA key"
_ALGORITHMS_OF_RSA = frozenset({Algorithm.PS256})
_NO_ALGORITHMS: frozenset[Algorithm] = frozenset()

_SHA256 = hashes.SHA256()
_HASH_OF: dict[Algorithm, hashes.HashAlgorithm] = {
    Algorithm.ES256: _SHA256,
    Algorithm.ES384: hashes.SHA384(),
    Algorithm.ES512: hashes.SHA512(),
}
_PSS = padding.PSS(mgf=padding.MGF1(_SHA256), salt_length=32)


@cache
def _ecdsa(algorithm: Algorithm, deterministic: bool = False) -> ec.ECDSA:
    # Made on first use: it loads the backend's binding, 4 ms that an import need not take.
    return ec.ECDSA(_HASH_OF[algorithm], deterministic_signing=deterministic)


def load_spki(der: bytes) -> PublicKey:
    """Load a public key from its DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).

    Raises:
        ValueError: Not a key, not one of the two kinds, a point off its curve, an RSA modulus
            outside 1024 to 8192 bits, or an RSA exponent that is even or below 3.
    """
    # Imported here: the package brings every key format there is along, 10 ms of them.
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(der)
    except UnsupportedAlgorithm as error:
        raise ValueError("unsupported key type or curve") from error
    if isinstance(key, rsa.RSAPublicKey):
        if not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
            raise ValueError(f"RSA key of {key.key_size} bits; {MIN_RSA_BITS} to {MAX_RSA_BITS}")
        exponent = key.public_numbers().e
        if exponent < 3 or exponent % 2 == 0:  # older backends load it: with 1 anybody can sign
            raise ValueError("unusable exponent of an RSA key")
        return key
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key
    raise ValueError("neither an elliptic curve key nor an RSA key")


def algorithms_for(public_key: PublicKey) -> frozenset[Algorithm]:
    """The algorithms this key may verify: one at most, none for a curve COSE does not use."""
    if isinstance(public_key, rsa.RSAPublicKey):
        return _ALGORITHMS_OF_RSA
    return _ALGORITHMS_OF_CURVE.get(public_key.curve.name, _NO_ALGORITHMS)


def verify(algorithm: Algorithm, public_key: PublicKey, signature: bytes, data: bytes) -> None:
    """Verify a raw COSE signature.

    Args:
        algorithm: What the message says it is.
        public_key: The key it must have been made with.
        signature: r || s, each as long as the curve's order, or the PSS signature.
        data: The signed bytes.

    Raises:
        AlgorithmError: The key is of another kind than the algorithm needs.
        InvalidSignatureError: The signature is not valid; r or s is zero or not below the
            order of the curve; the length is wrong.

    Spec: RFC 9053 §2.1, RFC 8230 §2 (salt of 32 bytes).
    """
    if algorithm not in algorithms_for(public_key):
        raise AlgorithmError(f"{algorithm.name} needs {_KEY_FOR[algorithm]}")
    verify_bound(algorithm, public_key, signature, data)


def verify_bound(
    algorithm: Algorithm, public_key: PublicKey, signature: bytes, data: bytes
) -> None:
    """`verify` for a key that is known to be of the kind the algorithm needs.

    Args:
        algorithm: One of ``algorithms_for(public_key)``; the caller has made sure.
        public_key: As in `verify`.
        signature: As in `verify`.
        data: As in `verify`.

    Raises:
        InvalidSignatureError: As in `verify`.
    """
    try:
        size = ECDSA_SIGNATURE_BYTES.get(algorithm)
        if size is None:
            cast(rsa.RSAPublicKey, public_key).verify(signature, data, _PSS, _SHA256)
            return
        if len(signature) != size:
            raise InvalidSignatureError
        half = size // 2
        r = int.from_bytes(signature[:half], "big")
        s = int.from_bytes(signature[half:], "big")
        cast(ec.EllipticCurvePublicKey, public_key).verify(
            encode_dss_signature(r, s), data, _ecdsa(algorithm)
        )
    except InvalidSignature:
        raise InvalidSignatureError from None


def sign(
    algorithm: Algorithm, private_key: PrivateKey, data: bytes, *, deterministic: bool = False
) -> bytes:
    """Make a raw COSE signature.

    Args:
        algorithm: One of ``algorithms_for(private_key.public_key())``.
        private_key: The signer's key.
        data: The bytes to be signed.
        deterministic: Derive ECDSA's secret number from key and data (RFC 6979), so that the
            same input gives the same signature. PSS has a random salt and ignores this.

    Returns:
        r || s, each as long as the curve's order, or the PSS signature.

    Raises:
        AlgorithmError: The key is of another kind than the algorithm needs.

    Spec: RFC 9053 §2.1, RFC 8230 §2.
    """
    if algorithm is Algorithm.PS256:
        if not isinstance(private_key, rsa.RSAPrivateKey):
            raise AlgorithmError(f"{algorithm.name} needs {_KEY_FOR[algorithm]}")
        return private_key.sign(data, _PSS, _SHA256)
    if isinstance(private_key, rsa.RSAPrivateKey) or (
        private_key.curve.name != _CURVE_OF[algorithm]
    ):
        raise AlgorithmError(f"{algorithm.name} needs {_KEY_FOR[algorithm]}")
    r, s = decode_dss_signature(private_key.sign(data, _ecdsa(algorithm, deterministic)))
    half = ECDSA_SIGNATURE_BYTES[algorithm] // 2
    return r.to_bytes(half, "big") + s.to_bytes(half, "big")
