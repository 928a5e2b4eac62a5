"""The key and certificate that a command signs with."""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from typing import Final

from vnvaxcert.cli.outcome import CommandError
from vnvaxcert.cli.source import read_file
from vnvaxcert.errors import SignerKeyError
from vnvaxcert.trust.signer import LocalSigner

MAX_KEY_BYTES: Final = 1 << 20

# Object identifiers, in DER, of the encryption in a PKCS#12 file.
_ENCRYPTIONS: Final = (
    bytes.fromhex("06092a864886f70d01050d"),  # id-PBES2 (RFC 8018 A.4)
    bytes.fromhex("060a2a864886f70d010c01"),  # pkcs-12PbeIds, less the last arc (RFC 7292 C)
)


def load_signer(
    key_path: str, certificate_path: str | None, password_path: str | None
) -> LocalSigner:
    """Load a key and its certificate.

    Args:
        key_path: PEM, DER or PKCS#12.
        certificate_path: PEM or DER; None where the file of the key holds it.
        password_path: File whose first line is the password of the key, or None.

    Raises:
        CommandError: A file cannot be read, or is none of these; the password is wrong or missing.
    """
    key = read_file(key_path, limit=MAX_KEY_BYTES)
    certificate = None
    if certificate_path is not None:
        certificate = read_file(certificate_path, limit=MAX_KEY_BYTES)
    password = None if password_path is None else _password(password_path)
    try:
        return _signer_of(key, certificate, password)
    except SignerKeyError as error:
        is_locked = password is None and _is_encrypted(key)
        hint = "; --password-file gives its password" if is_locked else ""
        raise CommandError(f"{error} ({error.code}){hint}") from error


def _signer_of(key: bytes, certificate: bytes | None, password: bytes | None) -> LocalSigner:
    if _is_pem(key):
        return LocalSigner.from_pem(
            key, _as_pem(key if certificate is None else certificate), password
        )
    if _is_pkcs12(key):
        pem = None if certificate is None else _as_pem(certificate)
        return LocalSigner.from_pkcs12(key, password, certificate=pem)
    if certificate is None:
        raise CommandError("a key in DER needs the signer's certificate: give it with --cert")
    return LocalSigner.from_der(key, _as_der(certificate), password)


def _is_pem(content: bytes) -> bool:
    return b"-----BEGIN " in content


def _is_pkcs12(content: bytes) -> bool:
    """Whether it begins as a PFX: a sequence whose first member is the integer 3 (RFC 7292 §4)."""
    return _first_member(content).startswith(b"\x02\x01\x03")


def _first_member(content: bytes) -> bytes:
    """What is inside a sequence of DER, from its first member on; empty for anything else."""
    if len(content) < 2 or content[0] != 0x30:
        return b""
    length_bytes = content[1] & 0x7F if content[1] & 0x80 else 0
    return content[2 + length_bytes :]


def _is_encrypted(key: bytes) -> bool:
    """Whether a password is needed, as far as the outermost layer of a key file tells."""
    if _is_pem(key):
        return b"-----BEGIN ENCRYPTED " in key or b"Proc-Type: 4,ENCRYPTED" in key
    if _is_pkcs12(key):
        return any(identifier in key for identifier in _ENCRYPTIONS)
    # EncryptedPrivateKeyInfo begins with an algorithm (RFC 5958 §3), plain keys with a version.
    return _first_member(_first_member(key))[:1] == b"\x06"


def _as_pem(certificate: bytes) -> bytes:
    if _is_pem(certificate):
        return certificate
    body = b2a_base64(certificate)
    return b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"


def _as_der(certificate: bytes) -> bytes:
    """The first certificate of a PEM, or what is DER already."""
    _, begin, rest = certificate.partition(b"-----BEGIN CERTIFICATE-----")
    if not begin:
        return certificate
    try:
        return a2b_base64(rest.partition(b"-----END ")[0])
    except Base64Error as error:
        raise SignerKeyError("the certificate is no readable PEM") from error


def _password(path: str) -> bytes:
    first = read_file(path, limit=MAX_KEY_BYTES).partition(b"\n")[0].removesuffix(b"\r")
    if not first:
        raise CommandError(f"{path}: the first line, which should be the password, is empty")
    return first
