"""Specimen certificates for the tests: plainly fictional people, keys of small known numbers.

Messages are put together here from `cbor2`, `cryptography`, the standard library's zlib and the
`base45` package, not from the library under test: so they are a second opinion on what it writes,
and can be wrong in ways in which it would never write them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any, Final, TypeAlias

import base45
import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from vnvaxcert.schema.records import (
    HealthCertificate,
    Holder,
    PartialDate,
    Recovery,
    TestResult,
    Vaccination,
)

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

AT: Final = datetime(2022, 6, 1, 12, tzinfo=UTC)
ISSUED_AT: Final = datetime(2022, 4, 15, tzinfo=UTC)
EXPIRES_AT: Final = datetime(2023, 4, 15, tzinfo=UTC)
DSC_FROM: Final = datetime(2022, 1, 1, tzinfo=UTC)
DSC_UNTIL: Final = datetime(2024, 1, 1, tzinfo=UTC)


class _Removed:
    """Stands for a member to be left out."""


REMOVED: Final = _Removed()

# --- payloads, with their wire keys -------------------------------------------------------------

NAME: Final = {"fn": "Nguyễn", "gn": "Văn Mẫu", "fnt": "NGUYEN", "gnt": "VAN<MAU"}
BIRTH_DATE: Final = "1990-01-02"
ENTRIES: Final[Mapping[str, Mapping[str, Any]]] = {
    "v": {
        "tg": "840539006",
        "vp": "1119349007",
        "mp": "EU/1/20/1528",
        "ma": "ORG-100030215",
        "dn": 2,
        "sd": 2,
        "dt": "2022-03-18",
        "co": "VN",
        "is": "Specimen Ministry",
        "ci": "URN:UVCI:01:VN:SPECIMEN0001",
    },
    "t": {
        "tg": "840539006",
        "tt": "LP6464-4",
        "nm": "Specimen PCR",
        "sc": "2022-04-13T22:03:04Z",
        "tr": "260415000",
        "tc": "Specimen Centre",
        "co": "VN",
        "is": "Specimen Ministry",
        "ci": "URN:UVCI:01:VN:SPECIMEN0002",
    },
    "r": {
        "tg": "840539006",
        "fr": "2022-02-03",
        "co": "VN",
        "is": "Specimen Ministry",
        "df": "2022-02-14",
        "du": "2022-08-02",
        "ci": "URN:UVCI:01:VN:SPECIMEN0003",
    },
}
GROUPS: Final = ("v", "t", "r")


def payload(
    group: str = "v",
    *,
    name: Mapping[Any, Any] | None = None,
    entry: Mapping[Any, Any] | None = None,
    more: Mapping[Any, Any] | None = None,
    **members: Any,
) -> dict[Any, Any]:
    """A DCC payload in order, but for the changes asked for; `REMOVED` leaves a member out.

    Args:
        group: Which of v, t and r it has.
        name: Changes of ``nam``.
        entry: Changes of the entry.
        more: Changes of the payload itself; so are the other arguments.
        members: See ``more``.
    """
    made = {
        "ver": "1.3.0",
        "nam": _changed(NAME, name or {}),
        "dob": BIRTH_DATE,
        group: [_changed(ENTRIES[group], entry or {})],
    }
    copied: dict[Any, Any] = fresh(_changed(made, {**members, **(more or {})}))
    return copied


def fresh(value: Any) -> Any:
    """A copy that shares no map or list; `copy.deepcopy` cannot copy tags."""
    if isinstance(value, dict):
        return {key: fresh(member) for key, member in value.items()}
    return [fresh(member) for member in value] if isinstance(value, list) else value


def _changed(members: Mapping[Any, Any], changes: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: value for key, value in {**members, **changes}.items() if value is not REMOVED}


# --- the same as records ------------------------------------------------------------------------

HOLDER: Final = Holder(
    family_name="Nguyễn",
    given_name="Văn Mẫu",
    family_name_icao="NGUYEN",
    given_name_icao="VAN<MAU",
    birth_date=PartialDate(1990, 1, 2),
)
VACCINATION: Final = Vaccination(
    disease="840539006",
    vaccine="1119349007",
    product="EU/1/20/1528",
    manufacturer="ORG-100030215",
    dose_number=2,
    total_doses=2,
    date=date(2022, 3, 18),
    country="VN",
    issuer="Specimen Ministry",
    certificate_id="URN:UVCI:01:VN:SPECIMEN0001",
)
TEST_RESULT: Final = TestResult(
    disease="840539006",
    test_type="LP6464-4",
    test_name="Specimen PCR",
    sample_collected_at=datetime(2022, 4, 13, 22, 3, 4, tzinfo=UTC),
    result="260415000",
    testing_centre="Specimen Centre",
    country="VN",
    issuer="Specimen Ministry",
    certificate_id="URN:UVCI:01:VN:SPECIMEN0002",
)
RECOVERY: Final = Recovery(
    disease="840539006",
    first_positive_date=date(2022, 2, 3),
    country="VN",
    issuer="Specimen Ministry",
    valid_from=date(2022, 2, 14),
    valid_until=date(2022, 8, 2),
    certificate_id="URN:UVCI:01:VN:SPECIMEN0003",
)


def certificate(group: str = "v", *, holder: Holder = HOLDER) -> HealthCertificate:
    """The record of `payload` for a group."""
    if group == "v":
        return HealthCertificate(holder=holder, vaccinations=(VACCINATION,), schema_version="1.3.0")
    if group == "t":
        return HealthCertificate(holder=holder, tests=(TEST_RESULT,), schema_version="1.3.0")
    return HealthCertificate(holder=holder, recoveries=(RECOVERY,), schema_version="1.3.0")


# --- keys and signers' certificates -------------------------------------------------------------

CURVES: Final[Mapping[str, type[ec.EllipticCurve]]] = {
    "P-256": ec.SECP256R1,
    "P-384": ec.SECP384R1,
    "P-521": ec.SECP521R1,
    "P-256K": ec.SECP256K1,
}
HASHES: Final[Mapping[str, hashes.HashAlgorithm]] = {
    "secp256r1": hashes.SHA256(),
    "secp384r1": hashes.SHA384(),
    "secp521r1": hashes.SHA512(),
    "secp256k1": hashes.SHA256(),
}
ES256, ES384, ES512, PS256 = -7, -35, -36, -37


@cache
def key(kind: str = "P-256", number: int = 1) -> PrivateKey:
    """A private key: EC of a known number, or ``"RSA-2048"``, new in each run."""
    if kind.startswith("RSA-"):
        return rsa.generate_private_key(65537, int(kind.removeprefix("RSA-")))
    return ec.derive_private_key(int.from_bytes(sha256(b"%d" % number).digest()), CURVES[kind]())


def ec_key(kind: str = "P-256", number: int = 1) -> ec.EllipticCurvePrivateKey:
    """`key`, where it is known to be an EC key."""
    made = key(kind, number)
    assert isinstance(made, ec.EllipticCurvePrivateKey)
    return made


def rsa_key(kind: str = "RSA-2048", number: int = 1) -> rsa.RSAPrivateKey:
    """`key`, where it is known to be an RSA key."""
    made = key(kind, number)
    assert isinstance(made, rsa.RSAPrivateKey)
    return made


USAGE_OIDS: Final = {"t": "1", "v": "2", "r": "3"}
ARC, OLD_ARC = "1.3.6.1.4.1.1847.2021.1.", "1.3.6.1.4.1.0.1847.2021.1."


def dsc(
    signer: PrivateKey | None = None,
    *,
    usages: Iterable[str] = (),
    arc: str = ARC,
    not_before: datetime = DSC_FROM,
    not_after: datetime = DSC_UNTIL,
    country: str | None = "VN",
    authority: PrivateKey | None = None,
    serial: int = 1,
) -> bytes:
    """A signer's certificate, DER. Without an authority it is signed by the key itself."""
    signer = key() if signer is None else signer
    subject = [x509.NameAttribute(NameOID.COMMON_NAME, "Specimen DSC")]
    if country is not None:
        subject.append(x509.NameAttribute(NameOID.COUNTRY_NAME, country))
    builder = _builder("Specimen CSCA", x509.Name(subject), signer, not_before, not_after, serial)
    oids = [x509.ObjectIdentifier(arc + USAGE_OIDS[usage]) for usage in usages]
    if oids:
        builder = builder.add_extension(x509.ExtendedKeyUsage(oids), critical=False)
    return _signed(builder, authority or signer)


def csca(
    authority: PrivateKey,
    *,
    not_before: datetime = DSC_FROM,
    not_after: datetime = DSC_UNTIL,
) -> bytes:
    """A country authority's certificate, DER, signed by itself."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Specimen CSCA")])
    builder = _builder("Specimen CSCA", name, authority, not_before, not_after, 1)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return _signed(builder, authority)


def _builder(
    issuer: str,
    subject: x509.Name,
    holder: PrivateKey,
    not_before: datetime,
    not_after: datetime,
    serial: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .subject_name(subject)
        .public_key(holder.public_key())
        .serial_number(serial)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )


def _signed(builder: x509.CertificateBuilder, authority: PrivateKey) -> bytes:
    if isinstance(authority, rsa.RSAPrivateKey):
        return builder.sign(authority, hashes.SHA256()).public_bytes(Encoding.DER)
    made = builder.sign(authority, hashes.SHA256(), ecdsa_deterministic=True)
    return made.public_bytes(Encoding.DER)


def kid_of(certificate: bytes) -> bytes:
    """The key identifier of a signer's certificate (HCERT A.1)."""
    return sha256(certificate).digest()[:8]


# --- messages, put together by hand -------------------------------------------------------------


def algorithm_of(signer: PrivateKey) -> int:
    """The COSE algorithm of a key."""
    if isinstance(signer, rsa.RSAPrivateKey):
        return PS256
    return {"secp256r1": ES256, "secp384r1": ES384, "secp521r1": ES512}.get(
        signer.curve.name, ES256
    )


def raw_signature(signer: PrivateKey, data: bytes, *, salt: int = 32) -> bytes:
    """A raw COSE signature: r || s, or PSS."""
    if isinstance(signer, rsa.RSAPrivateKey):
        scheme = padding.PSS(padding.MGF1(hashes.SHA256()), salt)
        return signer.sign(data, scheme, hashes.SHA256())
    digest = HASHES[signer.curve.name]
    r, s = decode_dss_signature(signer.sign(data, ec.ECDSA(digest, deterministic_signing=True)))
    size = (signer.curve.key_size + 7) // 8
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def seconds(moment: datetime) -> int:
    """A NumericDate."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def claims(contents: Any = None, **changes: Any) -> dict[Any, Any]:
    """The claims of a certificate; ``iss``, ``exp`` and ``iat`` may be changed or `REMOVED`."""
    contents = payload() if contents is None else contents
    members = {"iss": "VN", "exp": seconds(EXPIRES_AT), "iat": seconds(ISSUED_AT)}
    members = _changed(members, changes)
    numbers = {"iss": 1, "exp": 4, "iat": 6}
    made: dict[Any, Any] = {numbers[name]: value for name, value in members.items()}
    return made | {-260: {1: contents}}


def message(
    content: Any = None,
    *,
    signer: PrivateKey | None = None,
    kid: Any = None,
    protected: Any = None,
    unprotected: Any = None,
    signature: bytes | None = None,
    tag: bytes = b"\xd2",
) -> bytes:
    """A COSE_Sign1 message.

    Args:
        content: Claims, or the payload as bytes.
        signer: The key; by default that of `key`.
        kid: By default that of `dsc` for this key.
        protected: Instead of alg and kid: a map, or the bytes as they are.
        unprotected: Instead of the empty map.
        signature: Instead of the right one.
        tag: Bytes in front.
    """
    signer = key() if signer is None else signer
    if protected is None:
        protected = {1: algorithm_of(signer), 4: kid_of(dsc(signer)) if kid is None else kid}
    encoded = protected if isinstance(protected, bytes) else cbor2.dumps(protected)
    content = claims() if content is None else content
    body = content if isinstance(content, bytes) else cbor2.dumps(content)
    covered = b"" if encoded == b"\xa0" else encoded
    if signature is None:
        signature = raw_signature(signer, cbor2.dumps(["Signature1", covered, b"", body]))
    return tag + cbor2.dumps([encoded, {} if unprotected is None else unprotected, body, signature])


def text(encoded: bytes | None = None) -> str:
    """The text of a QR code around a message."""
    encoded = message() if encoded is None else encoded
    body: str = base45.b45encode(zlib.compress(encoded)).decode("ascii")
    return "HC1:" + body


def certificate_text(contents: Any = None, **options: Any) -> str:
    """The text of a certificate around a DCC payload; the options are those of `message`."""
    return text(message(claims(contents), **options))
