"""Signed messages of CMS made from `cryptography` and a few lines of DER and BER of their own.

Nothing here is of the library under test, so they are a second opinion on what it reads, and can be
wrong in ways in which no software would write them. `openssl` says in ``test_cms.py`` that
they are what they should be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import new as new_hash
from typing import Final, NamedTuple, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

FROM: Final = datetime(2021, 1, 1, tzinfo=UTC)
UNTIL: Final = datetime(2030, 1, 1, tzinfo=UTC)

DATA: Final = "1.2.840.113549.1.7.1"
SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
MASTER_LIST: Final = "2.23.136.1.1.2"
MASTER_LIST_SIGNER: Final = "2.23.136.1.1.3"
CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
SIGNING_TIME: Final = "1.2.840.113549.1.9.5"
RSA_ENCRYPTION: Final = "1.2.840.113549.1.1.1"
EC_PUBLIC_KEY: Final = "1.2.840.10045.2.1"

HASHES: Final = {
    "sha1": "1.3.14.3.2.26",
    "sha224": "2.16.840.1.101.3.4.2.4",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
RSA_WITH: Final = {
    "sha1": "1.2.840.113549.1.1.5",
    "sha224": "1.2.840.113549.1.1.14",
    "sha256": "1.2.840.113549.1.1.11",
    "sha384": "1.2.840.113549.1.1.12",
    "sha512": "1.2.840.113549.1.1.13",
}
ECDSA_WITH: Final = {
    "sha1": "1.2.840.10045.4.1",
    "sha224": "1.2.840.10045.4.3.1",
    "sha256": "1.2.840.10045.4.3.2",
    "sha384": "1.2.840.10045.4.3.3",
    "sha512": "1.2.840.10045.4.3.4",
}
_ALGORITHMS: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


# --- encodings -----------------------------------------------------------------------------------


def length(size: int, octets: int = 0) -> bytes:
    """A length in its shortest form, or with so many bytes behind the first."""
    if size < 0x80 and not octets:
        return bytes((size,))
    octets = octets or (size.bit_length() + 7) // 8
    return bytes((0x80 | octets,)) + size.to_bytes(octets, "big")


def tlv(tag: int, *contents: bytes) -> bytes:
    """An element of definite length."""
    content = b"".join(contents)
    return bytes((tag,)) + length(len(content)) + content


def open_ended(tag: int, *contents: bytes) -> bytes:
    """An element that goes on until an end mark."""
    return bytes((tag, 0x80)) + b"".join(contents) + b"\0\0"


def in_pieces(content: bytes, size: int = 1000) -> bytes:
    """An OCTET STRING in pieces, as software writes one that it does not hold whole."""
    pieces = (content[at : at + size] for at in range(0, len(content), size))
    return open_ended(0x24, *(tlv(0x04, piece) for piece in pieces))


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    first, second, *others = map(int, dotted.split("."))
    content = b""
    for arc in (40 * first + second, *others):
        octets = [arc & 0x7F]
        while arc := arc >> 7:
            octets.append(0x80 | arc & 0x7F)
        content += bytes(reversed(octets))
    return tlv(0x06, content)


def integer(number: int) -> bytes:
    """An INTEGER that is not negative."""
    return tlv(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def algorithm(dotted: str, parameters: bytes = b"") -> bytes:
    """An AlgorithmIdentifier."""
    return tlv(0x30, oid(dotted), parameters)


def utc_time(moment: datetime) -> bytes:
    """A UTCTime."""
    return tlv(0x17, f"{moment.astimezone(UTC):%y%m%d%H%M%SZ}".encode())


# --- keys and certificates -----------------------------------------------------------------------


@cache
def ec_key(number: int = 1, curve: type[ec.EllipticCurve] = ec.SECP256R1) -> PrivateKey:
    """A private key of a known number."""
    return ec.derive_private_key(700_000 + number, curve())


@cache
def rsa_key(bits: int = 2048) -> PrivateKey:
    """An RSA key, new in each run."""
    return rsa.generate_private_key(65537, bits)


class Holder(NamedTuple):
    """A key with its certificate, DER."""

    key: PrivateKey
    certificate: bytes

    @property
    def parsed(self) -> x509.Certificate:
        """The certificate as `cryptography` has it."""
        return x509.load_der_x509_certificate(self.certificate)


def certify(
    key: PrivateKey,
    name: str = "Specimen uploader",
    *,
    country: str | None = "UT",
    issuer: Holder | None = None,
    serial: int = 5,
    usages: Iterable[str] = (),
    is_authority: bool = False,
) -> Holder:
    """Certify a key, by itself where there is no issuer."""
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if country is not None:
        parts.append(x509.NameAttribute(NameOID.COUNTRY_NAME, country))
    subject = x509.Name(parts)
    public_key, authority = key.public_key(), issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .issuer_name(issuer.parsed.subject if issuer else subject)
        .subject_name(subject)
        .public_key(public_key)
        .serial_number(serial)
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()),
            critical=False,
        )
    )
    if is_authority:
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        builder = builder.add_extension(constraints, critical=True)
    oids = [x509.ObjectIdentifier(usage) for usage in usages]
    if oids:
        builder = builder.add_extension(x509.ExtendedKeyUsage(oids), critical=True)
    made = builder.sign(authority, hashes.SHA256())
    return Holder(key, made.public_bytes(Encoding.DER))


# --- messages ------------------------------------------------------------------------------------


def attribute(dotted: str, *values: bytes) -> bytes:
    """An Attribute."""
    return tlv(0x30, oid(dotted), tlv(0x31, *values))


def attributes_for(
    content: bytes,
    *,
    content_type: str = DATA,
    digest: str = "sha256",
    signed_at: datetime | None = None,
) -> list[bytes]:
    """The signed attributes of a content, in the order of DER."""
    found = [
        attribute(CONTENT_TYPE, oid(content_type)),
        attribute(MESSAGE_DIGEST, tlv(0x04, new_hash(digest, content).digest())),
    ]
    if signed_at is not None:
        found.append(attribute(SIGNING_TIME, utc_time(signed_at)))
    return sorted(found)


def raw_signature(key: PrivateKey, data: bytes, digest: str, *, salt: int | None = None) -> bytes:
    """A signature; with a salt's length, RSASSA-PSS."""
    hash_algorithm = _ALGORITHMS[digest]
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(hash_algorithm))
    if salt is None:
        return key.sign(data, padding.PKCS1v15(), hash_algorithm)
    return key.sign(data, padding.PSS(padding.MGF1(hash_algorithm), salt), hash_algorithm)


def pss_parameters(digest: str, salt: int) -> bytes:
    """RSASSA-PSS-params (RFC 4055 §3.1), with every member written out."""
    hashed = algorithm(HASHES[digest], tlv(0x05))
    mask = algorithm("1.2.840.113549.1.1.8", hashed)
    return tlv(0x30, tlv(0xA0, hashed), tlv(0xA1, mask), tlv(0xA2, integer(salt)))


def signer_info(
    content: bytes,
    holder: Holder,
    *,
    content_type: str = DATA,
    digest: str = "sha256",
    digest_oid: str | None = None,
    attributes: Sequence[bytes] | None = (),
    signed: bytes | None = None,
    signed_at: datetime | None = None,
    signature_algorithm: bytes | None = None,
    signature: bytes | None = None,
    salt: int | None = None,
    by_key: bool = False,
    identifier: bytes | None = None,
    unsigned: bytes = b"",
) -> bytes:
    """A SignerInfo (RFC 5652 §5.3).

    Args:
        content: What is signed.
        holder: Who signs.
        content_type: What it is.
        digest: The hash over content and signed bytes.
        digest_oid: What the message says the hash is; the truth by default.
        attributes: The signed ones, in the order in which they are written; the ordinary ones
            by default, None for none.
        signed: What is signed; by default what should be.
        signed_at: Time of signing, among the ordinary attributes.
        signature_algorithm: AlgorithmIdentifier; that of the key and hash by default.
        signature: By default a good one.
        salt: RSASSA-PSS with a salt of that length, in bytes.
        by_key: Name the certificate by its key identifier.
        identifier: Of the certificate; by default the right one.
        unsigned: Unsigned attributes.
    """
    if attributes is not None and not attributes:
        attributes = attributes_for(
            content, content_type=content_type, digest=digest, signed_at=signed_at
        )
    if signed is None:
        signed = content if attributes is None else tlv(0x31, *sorted(attributes))
    certificate = holder.parsed
    if identifier is None and by_key:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
        identifier = tlv(0x80, extension.value.digest)
    elif identifier is None:
        issuer = certificate.issuer.public_bytes()
        identifier = tlv(0x30, issuer, integer(certificate.serial_number))
    if signature_algorithm is None:
        if isinstance(holder.key, ec.EllipticCurvePrivateKey):
            signature_algorithm = algorithm(ECDSA_WITH[digest])
        elif salt is None:
            signature_algorithm = algorithm(RSA_ENCRYPTION, tlv(0x05))
        else:
            signature_algorithm = algorithm("1.2.840.113549.1.1.10", pss_parameters(digest, salt))
    if signature is None:
        signature = raw_signature(holder.key, signed, digest, salt=salt)
    return tlv(
        0x30,
        integer(3 if by_key else 1),
        identifier,
        algorithm(digest_oid or HASHES[digest]),
        b"" if attributes is None else tlv(0xA0, *attributes),
        signature_algorithm,
        tlv(0x04, signature),
        unsigned,
    )


def message(
    content: bytes | None,
    signers: Sequence[bytes],
    *,
    certificates: Sequence[bytes] = (),
    content_type: str = DATA,
    digest: str = "sha256",
    extra: bytes = b"",
    in_ber: bool = False,
) -> bytes:
    """A whole message (RFC 5652 §3, §5.1); without content its signatures are detached.

    Args:
        content: Put inside; None for a detached signature.
        signers: Each a SignerInfo.
        certificates: DER of each that comes along.
        content_type: What the content is.
        digest: Named as the hash of all signers.
        extra: Stands between the certificates and the signers.
        in_ber: With open-ended lengths and the content in pieces.
    """
    wrap = open_ended if in_ber else tlv
    inside = b""
    if content is not None:
        inside = wrap(0xA0, in_pieces(content) if in_ber else tlv(0x04, content))
    return wrap(
        0x30,
        oid(SIGNED_DATA),
        wrap(
            0xA0,
            wrap(
                0x30,
                integer(1 if content_type == DATA else 3),
                tlv(0x31, algorithm(HASHES[digest])),
                wrap(0x30, oid(content_type), inside),
                wrap(0xA0, *certificates) if certificates else b"",
                extra,
                tlv(0x31, *signers),
            ),
        ),
    )


def signed(
    content: bytes,
    holder: Holder,
    *,
    detached: bool = False,
    certificates: Sequence[bytes] | None = None,
    content_type: str = DATA,
    in_ber: bool = False,
    signed_at: datetime | None = None,
    digest: str = "sha256",
) -> bytes:
    """An ordinary message of one signer, whose certificate comes along unless others do."""
    info = signer_info(
        content, holder, content_type=content_type, signed_at=signed_at, digest=digest
    )
    return message(
        None if detached else content,
        [info],
        certificates=[holder.certificate] if certificates is None else certificates,
        content_type=content_type,
        digest=digest,
        in_ber=in_ber,
    )


def spki(key: PrivateKey) -> bytes:
    """The public key, DER."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
