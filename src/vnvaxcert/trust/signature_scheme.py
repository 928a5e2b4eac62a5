"""How certificates, lists of them and other ASN.1 messages are signed (RFC 5280 §4.1.1.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.trust import der
from vnvaxcert.trust.der import DerError

_Hash: TypeAlias = hashes.SHA1 | hashes.SHA224 | hashes.SHA256 | hashes.SHA384 | hashes.SHA512

SHA1: Final = "SHA-1"


class SchemeError(Exception):
    """An algorithm or a parameter that is not supported, or does not fit the key."""


class Scheme(NamedTuple):
    """How something was signed.

    Attributes:
        hash_name: Of the hash, as people write it.
        check: Checks a signature with a key: ``check(key, signature, data)``. Raises
            `SchemeError` for a key of another kind, and what the backend raises: its
            `InvalidSignature`; `UnsupportedAlgorithm` or `ValueError` for a hash or a key that
            it cannot use.
    """

    hash_name: str
    check: Callable[[PublicKey, bytes, bytes], None]


_ECDSA_WITH: dict[str, type[_Hash]] = {  # RFC 5758 §3.2; SHA-1: RFC 3279 §2.2.3
    "1.2.840.10045.4.1": hashes.SHA1,
    "1.2.840.10045.4.3.1": hashes.SHA224,
    "1.2.840.10045.4.3.2": hashes.SHA256,
    "1.2.840.10045.4.3.3": hashes.SHA384,
    "1.2.840.10045.4.3.4": hashes.SHA512,
}
_RSA_WITH: dict[str, type[_Hash]] = {  # RFC 4055 §5, RFC 8017 A.2.4
    "1.2.840.113549.1.1.5": hashes.SHA1,
    "1.2.840.113549.1.1.14": hashes.SHA224,
    "1.2.840.113549.1.1.11": hashes.SHA256,
    "1.2.840.113549.1.1.12": hashes.SHA384,
    "1.2.840.113549.1.1.13": hashes.SHA512,
}
_RSA_PSS = "1.2.840.113549.1.1.10"  # RFC 4055 §3.1
_LONGEST_SALT = 1024  # bytes: as long as the longest modulus

# Object identifiers as they stand in parameters (RFC 4055 §2.1, §2.2).
_MGF1 = bytes.fromhex("2a864886f70d010108")  # 1.2.840.113549.1.1.8
_HASHES: dict[bytes, type[_Hash]] = {
    bytes.fromhex("2b0e03021a"): hashes.SHA1,  # 1.3.14.3.2.26
    bytes.fromhex("608648016503040204"): hashes.SHA224,  # 2.16.840.1.101.3.4.2.4
    bytes.fromhex("608648016503040201"): hashes.SHA256,
    bytes.fromhex("608648016503040202"): hashes.SHA384,
    bytes.fromhex("608648016503040203"): hashes.SHA512,
}
_NAMES = {"sha1": SHA1, "sha224": "SHA-224", "sha256": "SHA-256"}
_NAMES |= {"sha384": "SHA-384", "sha512": "SHA-512"}


def read_scheme(oid: str, parameters: bytes | None) -> Scheme:
    """What an AlgorithmIdentifier of a signature means.

    Args:
        oid: Its object identifier, dotted.
        parameters: Its parameters, DER with header; None when there are none. They matter to
            RSASSA-PSS alone; real certificates have NULL where there should be nothing.

    Raises:
        SchemeError: Unknown, or with parameters that are not supported.

    Spec: RFC 4055 §3.1, §5; RFC 5758 §3.2; RFC 8017 A.2.
    """
    if oid in _ECDSA_WITH:
        return _ecdsa(_ECDSA_WITH[oid]())
    if oid in _RSA_WITH:
        return _rsa(_RSA_WITH[oid](), padding.PKCS1v15())
    if oid == _RSA_PSS:
        try:
            return _rsa(*_pss(parameters or b""))
        except DerError as error:
            raise SchemeError(str(error)) from error
    raise SchemeError(f"unknown algorithm {oid}")


def _ecdsa(algorithm: _Hash) -> Scheme:
    def check(key: PublicKey, signature: bytes, data: bytes) -> None:
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise SchemeError("made with ECDSA, and the authority's key is an RSA key")
        key.verify(signature, data, ec.ECDSA(algorithm))

    return Scheme(_NAMES[algorithm.name], check)


def _rsa(algorithm: _Hash, scheme: padding.PKCS1v15 | padding.PSS) -> Scheme:
    def check(key: PublicKey, signature: bytes, data: bytes) -> None:
        if not isinstance(key, rsa.RSAPublicKey):
            raise SchemeError("made with RSA, and the authority's key is an EC key")
        key.verify(signature, data, scheme, algorithm)

    return Scheme(_NAMES[algorithm.name], check)


def _pss(parameters: bytes) -> tuple[_Hash, padding.PSS]:
    """Read RSASSA-PSS-params (RFC 4055 §3.1): each member may be absent and has a default."""
    what = "parameters of RSASSA-PSS"
    inside = der.only(parameters, 0, len(parameters), der.SEQUENCE, what)
    members = {tag: (start, stop) for tag, start, stop in der.elements(parameters, *inside, what)}
    digest: type[_Hash] = hashes.SHA1
    mask: type[_Hash] = hashes.SHA1
    salt_length = 20
    if 0xA0 in members:
        digest = _hash(parameters, *members[0xA0])
    if 0xA1 in members:
        start, stop = der.only(parameters, *members[0xA1], der.SEQUENCE, what)
        oid, oid_end = der.expect(parameters, start, stop, der.OBJECT_IDENTIFIER, what)
        if parameters[oid:oid_end] != _MGF1:
            raise DerError(f"{what}: unknown mask generation function")
        mask = _hash(parameters, oid_end, stop)
    if 0xA2 in members:
        number = der.only(parameters, *members[0xA2], der.INTEGER, what)
        salt_length = der.integer(parameters, *number, what)
        if not 0 <= salt_length <= _LONGEST_SALT:
            raise DerError(f"{what}: impossible salt length")
    if 0xA3 in members:
        number = der.only(parameters, *members[0xA3], der.INTEGER, what)
        if der.integer(parameters, *number, what) != 1:
            raise DerError(f"{what}: unknown trailer field")
    return digest(), padding.PSS(padding.MGF1(mask()), salt_length)


def _hash(data: bytes, at: int, end: int) -> type[_Hash]:
    """The hash of an AlgorithmIdentifier; its parameters are NULL or absent (RFC 4055 §2.1)."""
    what = "parameters of RSASSA-PSS"
    start, stop = der.only(data, at, end, der.SEQUENCE, what)
    oid, oid_end = der.expect(data, start, stop, der.OBJECT_IDENTIFIER, what)
    found = _HASHES.get(data[oid:oid_end])
    if found is None:
        raise DerError(f"{what}: unknown hash")
    return found
