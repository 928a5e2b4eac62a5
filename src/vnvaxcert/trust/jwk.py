"""JSON Web Keys, the public ones of EC and RSA (RFC 7517; RFC 7518 §6.2, §6.3).

Read as lists really have them: Base64 in either alphabet, numbers with a zero byte too many or
too few. Written as the standard has it.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Mapping
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.trust import der
from vnvaxcert.trust.der import DerError
from vnvaxcert.trust.entry import decode_base64
from vnvaxcert.trust.spki import read_spki

# The content of each curve's object identifier, and the bytes of a coordinate. P-256, P-384 and
# P-521 are RFC 7518 §6.2.1.1. No registry has the others for JWK; authorities use the curves,
# and the names are those of RFC 5639 and of Germany's health network.
_CURVES: Final = {
    "P-256": ("2a8648ce3d030107", 32),
    "P-384": ("2b81040022", 48),
    "P-521": ("2b81040023", 66),
    "brainpoolP256r1": ("2b2403030208010107", 32),
    "brainpoolP384r1": ("2b240303020801010b", 48),
    "brainpoolP512r1": ("2b240303020801010d", 64),
}
_OTHER_NAMES: Final = {
    "BP-256": "brainpoolP256r1",
    "BP-384": "brainpoolP384r1",
    "BP-512": "brainpoolP512r1",
}
_NAME_OF_CURVE: Final = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}

# What WHO's list has for P-384, P-521 and all others: its software compares with wrong names.
_NAMELESS: Final = "UNKNOWN CURVE"

_EC: Final = bytes.fromhex("06072a8648ce3d0201")  # RFC 5480 §2.1.1
_RSA: Final = bytes.fromhex("300d06092a864886f70d0101010500")  # rsaEncryption with its NULL
_UNCOMPRESSED: Final = b"\x00\x04"  # no unused bits; SEC 1 §2.3.3

# RFC 7518 §6.2.2, §6.3.2, §6.4.1. A key with any of them is nobody's to publish; some writers
# put null for what they have not.
_PRIVATE_MEMBERS: Final = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")

# A modulus of 8192 bits and the zero byte of a signed number in front of it.
_MAX_MODULUS_BYTES: Final = 1025
# FIPS 186-5 §5.1 has exponents below 2^256. A longer one only makes a verification slow.
_MAX_EXPONENT_BYTES: Final = 33


PRIVATE: Final = "a private or secret key, which nobody may publish and nobody may trust"


class JwkError(ValueError):
    """Not a public EC or RSA key in the form of a JWK. Its text says why, and quotes no member."""


def is_private(jwk: Mapping[str, object]) -> bool:
    """Whether there is more to it than a public key: then whoever has the list can sign."""
    return jwk.get("kty") == "oct" or any(jwk.get(name) is not None for name in _PRIVATE_MEMBERS)


def read_jwk(jwk: Mapping[str, object]) -> bytes:
    """Read a public key.

    ``kid``, ``use``, ``alg`` and certificates are for the caller: this is the key alone.

    Args:
        jwk: Its members. Numbers are text in Base64 of either alphabet, padded or not. Of a
            coordinate, leading zero bytes may lack, or one be too many (most keys of WHO's list
            have 33 bytes); a modulus may have one in front (Switzerland's and WHO's do).

    Returns:
        SubjectPublicKeyInfo, DER; equal for equal keys.

    Raises:
        JwkError: Neither EC nor RSA; a private or secret key; an unknown curve; a member missing,
            not Base64, or too long; a point off its curve; a modulus outside 1024 to 8192 bits.

    Spec: RFC 7517 §4; RFC 7518 §6.2.1, §6.3.1; RFC 5480 §2 (the result).
    """
    if is_private(jwk):
        raise JwkError(PRIVATE)
    kty = jwk.get("kty")
    if kty == "EC":
        spki = _ec(jwk)
    elif kty == "RSA":
        spki = _rsa(jwk)
    else:
        raise JwkError("kty: missing" if kty is None else "kty: neither EC nor RSA")
    try:
        read_spki(spki)
    except DerError as error:
        reason = "the point is not on the curve" if kty == "EC" else str(error)
        raise JwkError(reason) from error
    return spki


def _ec(jwk: Mapping[str, object]) -> bytes:
    name = jwk.get("crv")
    if name == _NAMELESS:
        raise JwkError("crv: its publisher's software did not know the curve")
    name = _OTHER_NAMES.get(name, name) if isinstance(name, str) else None
    if name not in _CURVES:
        raise JwkError("crv: missing" if "crv" not in jwk else "crv: not a known curve")
    oid, size = _CURVES[name]
    point = [_number(jwk, member, size + 1).lstrip(b"\0") for member in ("x", "y")]
    for member, coordinate in zip(("x", "y"), point, strict=True):
        if len(coordinate) > size:
            raise JwkError(f"{member}: more than {size} bytes")
    algorithm = der.encode(der.SEQUENCE, _EC, der.encode(der.OBJECT_IDENTIFIER, bytes.fromhex(oid)))
    padded = (coordinate.rjust(size, b"\0") for coordinate in point)
    return der.encode(der.SEQUENCE, algorithm, der.encode(der.BIT_STRING, _UNCOMPRESSED, *padded))


def _rsa(jwk: Mapping[str, object]) -> bytes:
    modulus = _number(jwk, "n", _MAX_MODULUS_BYTES)
    exponent = _number(jwk, "e", _MAX_EXPONENT_BYTES)
    key = der.encode(der.SEQUENCE, *map(_positive, (modulus, exponent)))
    return der.encode(der.SEQUENCE, _RSA, der.encode(der.BIT_STRING, b"\0", key))


def _positive(number: bytes) -> bytes:
    """An INTEGER of a positive number, in its shortest form (X.690 §8.3.2)."""
    number = number.lstrip(b"\0")
    sign = b"\0" if not number or number[0] & 0x80 else b""
    return der.encode(der.INTEGER, sign, number)


def _number(jwk: Mapping[str, object], member: str, most: int) -> bytes:
    """The bytes of a number, with whatever zero bytes it has in front."""
    text = jwk.get(member)
    if not isinstance(text, str) or not text:
        raise JwkError(f"{member}: missing" if text is None else f"{member}: no number in Base64")
    if len(text) > 2 * most + 4:
        raise JwkError(f"{member}: more than {most} bytes")
    try:
        number = decode_base64(text)
    except ValueError as error:
        raise JwkError(f"{member}: not Base64") from error
    if len(number) > most:
        raise JwkError(f"{member}: more than {most} bytes")
    return number


def encode_jwk(key: PublicKey) -> dict[str, str]:
    """Write a public key.

    Returns:
        ``kty`` and, of an EC key, ``crv``, ``x``, ``y``, each coordinate as long as the curve
        has it; of an RSA key ``n`` and ``e`` in as few bytes as possible. Base64url without
        padding. A ``kid`` is for the caller to add.

    Raises:
        JwkError: An EC key on a curve without a name: P-256, P-384 and P-521 have registered
            ones, and the three Brainpool curves of 256, 384 and 512 bits go by those of RFC 5639.

    Spec: RFC 7518 §6.2.1, §6.3.1; RFC 7515 §2 (Base64url).
    """
    if not isinstance(key, ec.EllipticCurvePublicKey):
        modulus, exponent = key.public_numbers().n, key.public_numbers().e
        return {"kty": "RSA", "n": _text(modulus), "e": _text(exponent)}
    name = _NAME_OF_CURVE.get(key.curve.name, key.curve.name)
    if name not in _CURVES:
        raise JwkError("its curve has no name in a JWK")
    size = _CURVES[name][1]
    point = key.public_numbers()
    return {"kty": "EC", "crv": name, "x": _text(point.x, size), "y": _text(point.y, size)}


def _text(number: int, size: int | None = None) -> str:
    content = number.to_bytes(size or (number.bit_length() + 7) // 8, "big")
    encoded = b2a_base64(content, newline=False).rstrip(b"=").decode("ascii")
    return encoded.replace("+", "-").replace("/", "_")
