"""Specimen authorities and signers: throw-away keys for demonstrations, tests and vectors.

The certificates follow the profile of the EU's certificate governance (facts of CSCA and DSC;
HCERT 1.0.8 appendix A), those of seal signers the one of Doc 9303-12, with names that say what
they are, under the code of ICAO's fictional Utopia. Nothing here reads the clock or, but for new
keys, a source of randomness: the same keys, names and times make the same certificates (ECDSA by
RFC 6979), so vectors can be made again.

Never for real certificates: keys are not protected, and nobody keeps a register of serials.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import NoReturn

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

from vnvaxcert.cose.keys import PrivateKey, PublicKey
from vnvaxcert.trust.moment import check_moment
from vnvaxcert.trust.signer import LocalSigner
from vnvaxcert.trust.trustlist import TrustList
from vnvaxcert.trust.usage import USAGE_OF_OID, Usage

COUNTRY = "UT"  # Utopia, ICAO Doc 9303's fictional state
AUTHORITY_DAYS = 4 * 365 + 1  # governance: a CSCA for 4 years,
SIGNER_DAYS = 2 * 365  # a DSC for 2

SEAL_SIGNER_DAYS = 10 * 365 + 2  # seals have no end of their own: their signers live long

# ICAO Doc 9303-12: who signs VDS-NC, and which types of document; NV and NT stand for the seals.
_SEAL_SIGNER = x509.ObjectIdentifier("2.23.136.1.1.14.2")
_DOCUMENT_TYPE_LIST = x509.ObjectIdentifier("2.23.136.1.1.6.2")
SEAL_DOCUMENT_TYPES = ("NV", "NT")
_MOST_DOCUMENT_TYPES = 20  # keeps every length in the extension below 128, one byte of DER

# Where an extended key usage stands: on the registered arc, or on the one with an extra 0.
_ARC, _LEGACY_ARC = "1.3.6.1.4.1.1847.", "1.3.6.1.4.1.0.1847."


class KeyType(StrEnum):
    """Kinds of keys a specimen can have, and the algorithm they sign certificates with."""

    P256 = "P-256"  # ES256
    P384 = "P-384"  # ES384
    P521 = "P-521"  # ES512
    RSA2048 = "RSA-2048"  # PS256


_CURVES: dict[KeyType, type[ec.EllipticCurve]] = {
    KeyType.P256: ec.SECP256R1,
    KeyType.P384: ec.SECP384R1,
    KeyType.P521: ec.SECP521R1,
}


def make_key(key_type: KeyType = KeyType.P256, private_value: int | None = None) -> PrivateKey:
    """Make a private key: a new one, or the one of a given scalar.

    Args:
        key_type: What to make. An RSA key takes some 50 ms or more, the others microseconds.
        private_value: The private scalar, 1 to the curve's order less 1, for vectors that must
            come out the same again. Whoever knows it can sign.

    Raises:
        ValueError: The scalar is out of range, or given for RSA.
    """
    curve = _CURVES.get(KeyType(key_type))
    if curve is None:
        if private_value is not None:
            raise ValueError("an RSA key has no private scalar; pass a key object to reuse one")
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    if private_value is None:
        return ec.generate_private_key(curve())
    return ec.derive_private_key(private_value, curve())


class SpecimenAuthority:
    """A fictional country signing certificate authority (CSCA), self-signed.

    Attributes:
        certificate: Its certificate, DER.
        country: ``C`` of its name and of its signers' names.
        not_before: Start of validity, UTC.
        not_after: End of validity, UTC.
    """

    __slots__ = ("_key", "_name", "certificate", "country", "not_after", "not_before")

    def __init__(
        self,
        *,
        not_before: datetime,
        not_after: datetime | None = None,
        country: str = COUNTRY,
        name: str = "Specimen CSCA",
        key: KeyType | PrivateKey = KeyType.P256,
    ) -> None:
        """Make the authority.

        Args:
            not_before: Start of validity, aware; fractions of a second are dropped.
            not_after: End of validity, aware; by default 4 years later.
            country: Two upper-case letters.
            name: Common name, 1 to 64 characters.
            key: A type of key to make, or a key to use.

        Raises:
            ValueError: A naive or reversed time, a country or a name of another form.
        """
        self._key = make_key(key) if isinstance(key, KeyType) else key
        self._name = _subject(country, name)
        self.country = country
        self.not_before, self.not_after = _validity(not_before, not_after, AUTHORITY_DAYS)
        self.certificate = self._certify(
            self._name,
            self._key.public_key(),
            (self.not_before, self.not_after),
            [
                (x509.BasicConstraints(ca=True, path_length=0), True),
                (_key_usage(authority=True), True),
            ],
        )

    def issue_signer(
        self,
        *,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        name: str = "Specimen DSC",
        key: KeyType | PrivateKey = KeyType.P256,
        usages: Iterable[Usage] = (),
        legacy_usage_oids: bool = False,
        kid: bytes | None = None,
        deterministic: bool = True,
    ) -> SpecimenSigner:
        """Make a document signer certificate (DSC) under this authority.

        Args:
            not_before: Start of validity, aware; by default the authority's.
            not_after: End of validity, aware; by default 2 years later. May lie beyond the
                authority's, as it does in certificates that exist.
            name: Common name, 1 to 64 characters.
            key: A type of key to make, or a key to use.
            usages: What it may sign; none at all means no extended key usage, so everything.
            legacy_usage_oids: State the usages on the early, wrong arc of object identifiers.
            kid: A key identifier other than the certificate's own.
            deterministic: Sign by RFC 6979 where the key is an EC key.

        Raises:
            SignerKeyError: A key that cannot sign certificates.
            ValueError: A naive or reversed time, a name of another form, or a usage that
                certificates cannot state.

        Spec: HCERT 1.0.8 §A.2-A.4.
        """
        private_key = make_key(key) if isinstance(key, KeyType) else key
        arc = _LEGACY_ARC if legacy_usage_oids else _ARC
        wanted = frozenset(map(Usage, usages))
        if Usage.LIGHT in wanted:
            raise ValueError("usages: no extended key usage stands for light certificates")
        oids = [
            x509.ObjectIdentifier(oid)
            for oid, usage in USAGE_OF_OID.items()
            if usage in wanted and oid.startswith(arc)
        ]
        extensions: list[tuple[x509.ExtensionType, bool]] = [(_key_usage(authority=False), True)]
        if oids:
            extensions.append((x509.ExtendedKeyUsage(oids), False))
        certificate = self._certify(
            _subject(self.country, name),
            private_key.public_key(),
            _validity(not_before or self.not_before, not_after, SIGNER_DAYS),
            extensions,
        )
        return SpecimenSigner(
            private_key,
            certificate,
            kid=kid,
            deterministic=deterministic and isinstance(private_key, ec.EllipticCurvePrivateKey),
        )

    def issue_seal_signer(
        self,
        *,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        name: str = "01",
        key: KeyType | PrivateKey = KeyType.P256,
        document_types: Iterable[str] = SEAL_DOCUMENT_TYPES,
        deterministic: bool = True,
    ) -> SpecimenSigner:
        """Make the certificate of a signer of VDS-NC seals (BCSC) under this authority.

        It has what the bar-code signer profile asks for and no more: the authority's key
        identifier, the types of document, and the critical extended key usage; no subject key
        identifier, no key usage, country and common name as its subject.

        Args:
            not_before: Start of validity, aware; by default the authority's.
            not_after: End of validity, aware; by default 10 years later.
            name: Common name, 1 to 64 characters; the profile wants two.
            key: A type of key to make, or a key to use; an RSA key makes a signer that no seal
                may have.
            document_types: What it may seal, one or two characters each: ``NV`` vaccinations,
                ``NT`` tests. None at all leaves the extension out.
            deterministic: Sign by RFC 6979 where the key is an EC key.

        Raises:
            SignerKeyError: A key that cannot sign certificates.
            ValueError: A naive or reversed time, a name or a type of document of another form.

        Spec: ICAO Doc 9303-12 §7.1.3; VDS-NC Technical Report 1.1.
        """
        private_key = make_key(key) if isinstance(key, KeyType) else key
        types = sorted(set(document_types))
        extensions: list[tuple[x509.ExtensionType, bool]] = []
        if types:
            content = _document_type_list(types)
            extensions.append((x509.UnrecognizedExtension(_DOCUMENT_TYPE_LIST, content), False))
        extensions.append((x509.ExtendedKeyUsage([_SEAL_SIGNER]), True))
        certificate = self._certify(
            _subject(self.country, name, organization=None),
            private_key.public_key(),
            _validity(not_before or self.not_before, not_after, SEAL_SIGNER_DAYS),
            extensions,
            names_own_key=False,
        )
        is_elliptic = isinstance(private_key, ec.EllipticCurvePrivateKey)
        return SpecimenSigner(
            private_key, certificate, kid=None, deterministic=deterministic and is_elliptic
        )

    def certificate_pem(self) -> str:
        """The authority's certificate as PEM."""
        return _certificate_pem(self.certificate)

    def trust_list(self) -> TrustList:
        """A trust list of this one authority, as `verify(authorities=)` takes it."""
        return TrustList.from_certificates([self.certificate])

    def _certify(
        self,
        subject: x509.Name,
        public_key: PublicKey,
        validity: tuple[datetime, datetime],
        extensions: list[tuple[x509.ExtensionType, bool]],
        *,
        names_own_key: bool = True,
    ) -> bytes:
        own = self._key.public_key()
        builder = (
            x509.CertificateBuilder()
            .issuer_name(self._name)
            .subject_name(subject)
            .public_key(public_key)
            .serial_number(_serial(own, public_key, subject, validity, extensions))
            .not_valid_before(validity[0])
            .not_valid_after(validity[1])
        )
        if names_own_key:
            identifier = x509.SubjectKeyIdentifier.from_public_key(public_key)
            builder = builder.add_extension(identifier, critical=False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(own), critical=False
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical=critical)
        if isinstance(self._key, rsa.RSAPrivateKey):
            # PKCS#1 v1.5, as real RSA authorities (Viet Nam's too) and, unlike PSS, repeatable.
            signed = builder.sign(self._key, hashes.SHA256())
        else:
            signed = builder.sign(self._key, _hash_for(self._key), ecdsa_deterministic=True)
        return signed.public_bytes(Encoding.DER)

    def __repr__(self) -> str:
        return f"SpecimenAuthority({self._name.rfc4514_string()!r})"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a specimen authority holds a private key: it is not pickled")


class SpecimenSigner:
    """A fictional document signer (DSC): ready to sign, and to be written to files.

    Attributes:
        signer: What `issue()` takes.
        certificate: Its certificate, DER.
        kid: Its key identifier.
    """

    __slots__ = ("_key", "certificate", "kid", "signer")

    def __init__(
        self, key: PrivateKey, certificate: bytes, *, kid: bytes | None, deterministic: bool
    ) -> None:
        """Join a key and its DER certificate; made by `SpecimenAuthority.issue_signer`."""
        self._key = key
        self.certificate = certificate
        self.signer = LocalSigner.from_keys(key, certificate, kid=kid, deterministic=deterministic)
        self.kid = self.signer.kid

    def certificate_pem(self) -> str:
        """The certificate as PEM."""
        return _certificate_pem(self.certificate)

    def private_key_pem(self, password: str | None = None) -> str:
        """The private key as PEM (PKCS#8), encrypted where a password is given.

        Raises:
            ValueError: The password is empty or too long for the backend.
        """
        protection = NoEncryption() if password is None else _encryption(password)
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)
        return pem.decode("ascii")

    def trust_list(self) -> TrustList:
        """A trust list of this one signer, as `verify(trust=)` takes it."""
        return TrustList.from_certificates([self.certificate])

    def __repr__(self) -> str:
        return f"SpecimenSigner({self.signer!r})"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a specimen signer holds a private key: it is not pickled")


def _encryption(password: str) -> BestAvailableEncryption:
    return BestAvailableEncryption(password.encode())


def _certificate_pem(certificate: bytes) -> str:
    parsed = x509.load_der_x509_certificate(certificate)
    return parsed.public_bytes(Encoding.PEM).decode("ascii")


def _hash_for(key: ec.EllipticCurvePrivateKey) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512:
    """The hash of the strength of the curve (FIPS 186-5 §6.1.1)."""
    if key.key_size <= 256:
        return hashes.SHA256()
    return hashes.SHA384() if key.key_size <= 384 else hashes.SHA512()


def _document_type_list(types: list[str]) -> bytes:
    """DER of ``SEQUENCE { version INTEGER (0), SET OF PrintableString }`` (Doc 9303-12)."""
    if len(types) > _MOST_DOCUMENT_TYPES:
        raise ValueError(f"document_types: expected at most {_MOST_DOCUMENT_TYPES}")
    for one in types:
        if not (1 <= len(one) <= 2 and one.isascii() and one.isalnum() and one == one.upper()):
            raise ValueError("document_types: expected one or two upper-case letters or digits")
    # All are of one or two bytes, so DER's order of a SET OF is the shorter first, then by text.
    ordered = sorted(types, key=lambda one: (len(one), one))
    members = b"".join(b"\x13" + bytes([len(one)]) + one.encode("ascii") for one in ordered)
    listed = b"\x31" + bytes([len(members)]) + members
    return b"\x30" + bytes([3 + len(listed)]) + b"\x02\x01\x00" + listed


def _subject(
    country: str, name: str, *, organization: str | None = "Specimen Health Authority"
) -> x509.Name:
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        raise ValueError("country: expected two upper-case letters")
    attributes = [x509.NameAttribute(NameOID.COUNTRY_NAME, country)]
    if organization is not None:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    return x509.Name([*attributes, x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _validity(
    not_before: datetime, not_after: datetime | None, days: int
) -> tuple[datetime, datetime]:
    start = _whole_second(not_before, "not_before")
    end = (
        start + timedelta(days=days) if not_after is None else _whole_second(not_after, "not_after")
    )
    if end < start:
        raise ValueError("not_after is before not_before")
    return start, end


def _whole_second(moment: datetime, name: str) -> datetime:
    check_moment(moment, name)
    return moment.astimezone(UTC).replace(microsecond=0)


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _serial(
    issuer_key: PublicKey,
    subject_key: PublicKey,
    subject: x509.Name,
    validity: tuple[datetime, datetime],
    extensions: list[tuple[x509.ExtensionType, bool]],
) -> int:
    """A serial that follows from the content, so that it repeats and is unique all the same."""
    digest = sha256()
    for key in (issuer_key, subject_key):
        digest.update(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    digest.update(subject.public_bytes())
    digest.update("/".join(moment.isoformat() for moment in validity).encode())
    for extension, _ in extensions:
        digest.update(extension.public_bytes())
    # 127 bits, never 0: positive, and within the 20 bytes of RFC 5280 §4.1.2.2.
    return (int.from_bytes(digest.digest()[:16], "big") >> 1) | 1
