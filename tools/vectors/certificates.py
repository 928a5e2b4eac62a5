"""Throw-away certificates: always the same bytes, right or with one defect (RFC 5280)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from vectors.private import PrivateKey, der_ecdsa

FROM: Final = datetime(2022, 1, 1, tzinfo=UTC)
UNTIL: Final = datetime(2024, 1, 1, tzinfo=UTC)

TEST, VACCINATION, RECOVERY = (f"1.3.6.1.4.1.1847.2021.1.{number}" for number in (1, 2, 3))
EARLY_TEST, EARLY_VACCINATION, EARLY_RECOVERY = (  # the arc with a 0 too many, in use to this day
    f"1.3.6.1.4.1.0.1847.2021.1.{number}" for number in (1, 2, 3)
)

ECDSA_SHA256: Final = bytes.fromhex("300a06082a8648ce3d040302")
ECDSA_SHA384: Final = bytes.fromhex("300a06082a8648ce3d040303")
ECDSA_SHA1: Final = bytes.fromhex("300906072a8648ce3d0401")

_BITS: Final = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
    *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


@dataclass(frozen=True)
class Certified:
    """A private key with the certificate of its public one, DER."""

    key: PrivateKey
    certificate: bytes

    @property
    def parsed(self) -> x509.Certificate:
        """The certificate as `cryptography` has it."""
        return x509.load_der_x509_certificate(self.certificate)


def serial_of(name: str) -> int:
    """The serial number of the certificate of that name: 8 bytes, positive."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], "big") >> 1 | 1


def certify(
    key: PrivateKey,
    name: str,
    country: str = "AQ",
    *,
    issuer: Certified | None = None,
    not_before: datetime = FROM,
    not_after: datetime = UNTIL,
    usages: Iterable[str] = (),
    is_authority: bool = False,
    ca: bool | None = None,
    path_length: int | None = 0,
    key_usage: Iterable[str] | None = None,
    has_aki: bool = True,
    title: str | None = None,
    extensions: Iterable[tuple[x509.ExtensionType, bool]] = (),
) -> Certified:
    """Certify a key, by itself where there is no issuer.

    Args:
        key: Whose public key it is about.
        name: Of the vectors' key; the serial number follows from it.
        country: ``C`` of the subject.
        issuer: Who signs.
        not_before: Start of validity.
        not_after: End of validity.
        usages: Extended key usages, dotted; none: no extension.
        is_authority: Basic constraints and key usage of an authority.
        ca: ``cA`` of the basic constraints; by default as ``is_authority`` says, and no extension
            where that is false.
        path_length: Of an authority.
        key_usage: Bits of the key usage; by default as ``is_authority`` says.
        has_aki: Whether it names its issuer's key.
        title: ``CN`` of the subject; by default the name.
        extensions: More of them, each with whether it is critical.
    """
    parts = ((NameOID.COUNTRY_NAME, country), (NameOID.COMMON_NAME, title or f"Throw-away {name}"))
    subject = x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])
    public_key, authority = key.public_key(), issuer.key if issuer else key
    if key_usage is None:
        key_usage = ("key_cert_sign", "crl_sign") if is_authority else ("digital_signature",)
    bits = dict.fromkeys(_BITS, False) | dict.fromkeys(key_usage, True)
    builder = (
        x509.CertificateBuilder()
        .issuer_name(issuer.parsed.subject if issuer else subject)
        .subject_name(subject)
        .public_key(public_key)
        .serial_number(serial_of(name))
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.KeyUsage(**bits), critical=True)
    )
    if has_aki:
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
        builder = builder.add_extension(identifier, critical=False)
    if is_authority or ca is not None:
        is_ca = is_authority if ca is None else ca
        constraints = x509.BasicConstraints(ca=is_ca, path_length=path_length if is_ca else None)
        builder = builder.add_extension(constraints, critical=True)
    oids = [x509.ObjectIdentifier(one) for one in usages]
    if oids:
        builder = builder.add_extension(x509.ExtendedKeyUsage(oids), critical=False)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    if isinstance(authority, rsa.RSAPrivateKey):
        made = builder.sign(authority, hashes.SHA256())
    else:
        made = builder.sign(authority, hashes.SHA256(), ecdsa_deterministic=True)
    return Certified(key, made.public_bytes(Encoding.DER))


def signed_again(
    certified: Certified,
    *,
    sign: Callable[[bytes], bytes],
    was: bytes = ECDSA_SHA256,
    inner: bytes = ECDSA_SHA256,
    outer: bytes | None = None,
) -> Certified:
    """The same certificate with another signature.

    Args:
        certified: A certificate.
        sign: Makes the signature over the part that is signed.
        was: The algorithm that is named there now, DER.
        inner: The algorithm that is named inside what is signed.
        outer: The one that is named beside the signature; by default the same.
    """
    tbs = certified.parsed.tbs_certificate_bytes
    inside = tbs[4:].replace(was, inner)  # of 256 bytes or more: two bytes of length
    tbs = element(0x30, inside)
    signature = element(0x03, b"\0" + sign(tbs))
    return Certified(certified.key, element(0x30, tbs + (outer or inner) + signature))


def element(tag: int, content: bytes) -> bytes:
    """An element of DER."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = (size.bit_length() + 7) // 8
    return bytes((tag, 0x80 | octets)) + size.to_bytes(octets, "big") + content


def ecdsa_by(
    issuer: Certified, hashed: hashes.HashAlgorithm | None = None
) -> Callable[[bytes], bytes]:
    """What signs with the key of an authority on a curve."""
    key = issuer.key
    if isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("an RSA key")
    return lambda data: der_ecdsa(key, data, hashed or hashes.SHA256())
