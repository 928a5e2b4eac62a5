"""The key that the publisher of a list signs with, in the forms in which keys are kept."""

from __future__ import annotations

import os
from typing import Final, TypeAlias

from cryptography import x509

from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust.certificate import read_certificate
from vnvaxcert.trust.der import DerError
from vnvaxcert.trust.pem import BEGIN, CERTIFICATE_LABELS, PUBLIC_KEY_LABEL, read_blocks
from vnvaxcert.trust.spki import encode_certificate, read_spki

_MAX_KEY_FILE_BYTES: Final = 1 << 20  # a key or a certificate has a few KiB
NAME: Final = "signing key"  # in the place of a format, in errors
_WHITE_SPACE: Final = b" \t\r\n"

SigningKey: TypeAlias = PublicKey | x509.Certificate | bytes | str | os.PathLike[str]
"""A publisher's key: a key or certificate as PEM or DER, a key as JWK, or the path of a file."""


def load_signing_key(given: SigningKey) -> PublicKey:
    """Load the key that a publisher signs with.

    Args:
        given: An EC or RSA public key or a certificate of `cryptography`; PEM or DER of a public
            key or a certificate, or a public key as JWK, as bytes or (PEM, JWK) text; or the path
            of such a file.

    Raises:
        TrustListFormatError: It cannot be read, or is none of these; a private key as JWK. The
            place names the file.

    Spec: RFC 5280 §4.1, §4.1.2.7; RFC 7468 §5, §13; RFC 7517 §4.
    """
    if isinstance(given, PublicKey):
        return given
    if isinstance(given, x509.Certificate):
        given = encode_certificate(given)
    elif isinstance(given, str) and ("-----BEGIN " in given or '"kty"' in given):
        given = given.encode("utf-8", "replace")
    if isinstance(given, bytes):
        return _key_of(given)
    path = os.fspath(given)
    try:
        return _key_of(_key_file(path))
    except TrustListFormatError as error:
        place = f"{path}, {error.place}" if error.place else path
        raise TrustListFormatError(NAME, place, error.reason) from error


def _key_file(path: str) -> bytes:
    from vnvaxcert.trust.files import read_file

    content = read_file(path)
    if len(content) > _MAX_KEY_FILE_BYTES:
        raise TrustListFormatError(NAME, "", f"more than {_MAX_KEY_FILE_BYTES} bytes")
    return content


def _key_of(content: bytes) -> PublicKey:
    if content.lstrip(_WHITE_SPACE).startswith(b"{"):
        return _jwk_in(content)
    try:
        return _key_in(_unarmoured(content))
    except (DerError, ValueError) as error:
        raise TrustListFormatError(
            NAME, "", "expected a public EC or RSA key or a certificate, as PEM or DER, or a JWK"
        ) from error


def _unarmoured(content: bytes) -> bytes:
    """The DER in the first PEM block of a key or a certificate, or the content itself."""
    if BEGIN not in content:
        return content
    for block in read_blocks(content):
        if block.label in (PUBLIC_KEY_LABEL, *CERTIFICATE_LABELS):
            return block.content()
    raise ValueError("not a public key or a certificate")


def _key_in(data: bytes) -> PublicKey:
    try:
        return read_spki(data).key
    except DerError:
        return read_certificate(data).public_key


def _jwk_in(data: bytes) -> PublicKey:
    from vnvaxcert.trust import json_text
    from vnvaxcert.trust.jwk import JwkError, read_jwk

    try:
        members = json_text.parse(data)
        if not isinstance(members, dict) or "kty" not in members:
            raise TrustListFormatError(NAME, "JWK", "expected an object with the member 'kty'")
        return read_spki(read_jwk(members)).key
    except TrustListFormatError as error:
        raise TrustListFormatError(NAME, "JWK", error.reason) from error
    except JwkError as error:
        raise TrustListFormatError(NAME, "JWK", str(error)) from error
