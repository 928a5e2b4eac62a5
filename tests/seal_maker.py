"""VDS-NC seals for the tests: plainly fictional people, keys of small known numbers.

Put together from the standard library's JSON and `cryptography`, not from the library under test:
so they are a second opinion on it, and can be wrong in ways in which it would never write them.
What is sealed here is ASCII and whole numbers, of which RFC 8785 wants what ``sort_keys`` gives.
"""

from __future__ import annotations

import base64
import json
import warnings
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from specimens import PrivateKey, ec_key, raw_signature

AT: Final = datetime(2022, 6, 1, 12, tzinfo=UTC)
FROM: Final = datetime(2021, 10, 1, tzinfo=UTC)
UNTIL: Final = datetime(2031, 10, 1, tzinfo=UTC)
CSCA_FROM: Final = datetime(2020, 1, 1, tzinfo=UTC)
CSCA_UNTIL: Final = datetime(2035, 1, 1, tzinfo=UTC)

SEAL_USAGE: Final = "2.23.136.1.1.14.2"
DOCUMENT_TYPE_LIST: Final = "2.23.136.1.1.6.2"
NV, NT = bytes.fromhex("13024e56"), bytes.fromhex("13024e54")  # PrintableString, as AU and JP do

CSCA_KEY: Final = ec_key(number=40)
SIGNER_KEY: Final = ec_key(number=41)

VACCINATION: Final[dict[str, Any]] = {
    "hdr": {"t": "icao.vacc", "v": 1, "is": "VNM"},
    "msg": {
        "uvci": "VN0000000016",
        "pid": {"n": "SPECIMEN  MAU", "dob": "1990-01-02", "sex": "F", "i": "C0000000"},
        "ve": [
            {
                "des": "XM8NQ0",
                "nam": "COMIRNATY",
                "dis": "RA01.0",
                "vd": [
                    {
                        "dvc": "2022-03-18",
                        "seq": 2,
                        "ctr": "VNM",
                        "adm": "01001",
                        "lot": "SPECIMEN1",
                    }
                ],
            }
        ],
    },
}
TEST: Final[dict[str, Any]] = {
    "hdr": {"t": "icao.test", "v": 1, "is": "VNM"},
    "msg": {
        "utci": "VN0000000024",
        "pid": {"n": "SPECIMEN  MAU", "dob": "1990-01-02", "dt": "P", "dn": "C0000000"},
        "sp": {
            "spn": "Specimen Centre",
            "ctr": "VNM",
            "cd": {"p": "+840000000000", "e": "a@example.org", "a": "1 Specimen Street"},
        },
        "dat": {"sc": "2022-04-13T22:03:04+07:00", "ri": "2022-04-14T09:00:00+07:00"},
        "tr": {"tc": "molecular(PCR)", "r": "negative", "m": "saliva"},
    },
}


def data(kind: str = "icao.vacc", *, issuer: str = "VNM") -> dict[str, Any]:
    """The contents of a seal: a copy that shares nothing."""
    made: dict[str, Any] = json.loads(json.dumps(VACCINATION if kind == "icao.vacc" else TEST))
    made["hdr"]["is"] = issuer
    return made


def name(country: str | None, common: str) -> x509.Name:
    """A distinguished name; the country may be one that the standard forbids."""
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if country is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # three letters
            code = x509.NameAttribute(NameOID.COUNTRY_NAME, country, _validate=False)
        attributes.append(code)
    return x509.Name(attributes)


def document_types(*encoded: bytes) -> bytes:
    """A DocumentTypeList of types that are encoded already; a handful at most."""
    members = b"".join(encoded)
    inner = b"\x02\x01\x00\x31" + bytes([len(members)]) + members
    return b"\x30" + bytes([len(inner)]) + inner


BOTH: Final = document_types(NT, NV)


def authority(
    key: PrivateKey = CSCA_KEY,
    *,
    country: str | None = "VN",
    not_before: datetime = CSCA_FROM,
    not_after: datetime = CSCA_UNTIL,
) -> bytes:
    """A country authority's certificate, DER, signed by itself."""
    own = name(country, "Specimen CSCA")
    builder = (
        _builder(own, own, key, not_before, not_after, 1)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(), critical=True)
    )
    return _signed(builder, key)


def signer(
    key: PrivateKey = SIGNER_KEY,
    *,
    under: PrivateKey = CSCA_KEY,
    country: str | None = "VN",
    issuer_country: str | None = "VN",
    usages: Iterable[str] = (SEAL_USAGE,),
    types: Iterable[bytes] = (BOTH,),
    more: Iterable[tuple[str, bytes, bool]] = (),
    not_before: datetime = FROM,
    not_after: datetime = UNTIL,
    serial: int = 2,
) -> bytes:
    """A seal signer's certificate, DER: the extensions of Australia's and no others.

    Args:
        key: Its key.
        under: The authority's.
        country: Of its subject.
        issuer_country: Of the authority's name.
        usages: Object identifiers of the extended key usage; none: no such extension.
        types: The contents of document type lists; one in each certificate that is in order.
        more: Other extensions: object identifier, content, whether critical.
        not_before: Start of validity.
        not_after: End of validity.
        serial: Serial number.
    """
    issuer = name(issuer_country, "Specimen CSCA")
    builder = _builder(issuer, name(country, "01"), key, not_before, not_after, serial)
    oids = [x509.ObjectIdentifier(usage) for usage in usages]
    if oids:
        builder = builder.add_extension(x509.ExtendedKeyUsage(oids), critical=True)
    extensions = [*((DOCUMENT_TYPE_LIST, one, False) for one in types), *more]
    for oid, content, critical in extensions:
        unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), content)
        builder = builder.add_extension(unknown, critical=critical)
    return _signed(builder, under)


def _builder(
    issuer: x509.Name,
    subject: x509.Name,
    key: PrivateKey,
    not_before: datetime,
    not_after: datetime,
    serial: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )


def _key_usage() -> x509.KeyUsage:
    return x509.KeyUsage(False, False, False, False, False, True, True, False, False)


def _signed(builder: x509.CertificateBuilder, key: PrivateKey) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    made = builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    return made.public_bytes(Encoding.DER)


def base64url(raw: bytes, *, padded: bool = False) -> str:
    """URL-safe Base64."""
    text = base64.urlsafe_b64encode(raw).decode("ascii")
    return text if padded else text.rstrip("=")


def canonical(value: Any) -> bytes:
    """The canonical form of what this module makes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def seal(
    contents: dict[str, Any] | None = None,
    *,
    key: PrivateKey = SIGNER_KEY,
    certificate: bytes | None = None,
    alg: str = "ES256",
    signature: bytes | None = None,
) -> dict[str, Any]:
    """A whole seal as JSON values.

    Args:
        contents: ``data``; by default a vaccination.
        key: What signs it.
        certificate: ``cer``; by default `signer`, left out when it is empty.
        alg: What it says the algorithm is.
        signature: Instead of the right one.
    """
    contents = data() if contents is None else contents
    certificate = signer() if certificate is None else certificate
    raw = raw_signature(key, canonical(contents)) if signature is None else signature
    sig = {"alg": alg, "sigvl": base64url(raw)}
    if certificate:
        sig["cer"] = base64url(certificate)
    return {"data": contents, "sig": sig}


def text(contents: dict[str, Any] | None = None, **options: Any) -> str:
    """The text of a seal's code; the options are those of `seal`."""
    return json.dumps(seal(contents, **options), separators=(",", ":"))
