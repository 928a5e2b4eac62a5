"""A DCC payload to typed records and back (DCC schema 1.0.0 to 1.3.3).

The parser is the validator: under the strict reading it accepts exactly what the JSON Schema of
the payload's ``ver`` accepts, formats asserted, and the tests hold the two equal. It does not
call that schema, because validating by it costs several times the signature check.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from vnvaxcert.errors import IssueClaimsError
from vnvaxcert.schema.deviations import EVERY_DEVIATION, Deviation
from vnvaxcert.schema.ordinary import read_ordinary
from vnvaxcert.schema.reader import (
    HOLDER_FIELDS,
    RECOVERY_FIELDS,
    TEST_FIELDS,
    VACCINATION_FIELDS,
    Fields,
    Reader,
    to_utc,
)
from vnvaxcert.schema.records import CertificateWarning, HealthCertificate

_DAYS: Final = frozenset({"date", "first_positive_date", "valid_from", "valid_until"})
_MAX_TEXT: Final = 4296  # characters of the largest QR code, ISO/IEC 18004


def parse(
    payload: object, *, tolerated: frozenset[Deviation] = EVERY_DEVIATION
) -> tuple[HealthCertificate, tuple[CertificateWarning, ...]]:
    """Parse a DCC payload.

    Args:
        payload: The decoded map under claim -260, key 1 (or the same from JSON).
        tolerated: Deviations that are read although the schema forbids them, each with a
            warning. With none of them exactly what the JSON Schema of the payload's ``ver``
            accepts is accepted (the strict reading).

    Returns:
        The certificate, and warnings in the order they were met. Codes outside the value sets
        are warnings under both readings: value sets are no part of the schema.

    Raises:
        SchemaError: The payload breaks the schema; all violations are listed, up to 50.

    Spec: DCC schema 1.0.0 to 1.3.3; HCERT §3.3.1.
    """
    if type(payload) is dict:
        certificate = read_ordinary(payload)
        if certificate is not None:
            return certificate, ()
    return Reader(tolerated).read(payload)


def serialize(certificate: HealthCertificate) -> dict[str, Any]:
    """Make the DCC payload of a certificate, with its wire keys.

    Args:
        certificate: Any certificate; nothing is checked here, `parse` does that.

    Returns:
        A new dict of text, integers, dicts and lists, ready for CBOR or JSON. What is None is
        left out; an absent birth date is the empty text. Texts are in Unicode normal form C
        (HCERT §3.3.7), the members of every map in the order of deterministic CBOR.

    Raises:
        IssueClaimsError: A text of more characters than a QR code can hold.
        ValueError: A time without a time zone.
        TypeError: A time where a date belongs.

    Spec: DCC schema 1.3.3; RFC 8949 §4.2.1.
    """
    payload: dict[str, Any] = {}
    for key, entries, fields in (
        ("r", certificate.recoveries, RECOVERY_FIELDS),
        ("t", certificate.tests, TEST_FIELDS),
        ("v", certificate.vaccinations, VACCINATION_FIELDS),
    ):
        if entries:
            payload[key] = [_serialize_record(entry, fields) for entry in entries]
    holder = certificate.holder
    payload["dob"] = "" if holder.birth_date is None else str(holder.birth_date)
    payload["nam"] = _serialize_record(holder, HOLDER_FIELDS)
    payload["ver"] = certificate.schema_version
    return payload


def _serialize_record(record: object, fields: Fields) -> dict[str, Any]:
    values: dict[str, Any] = {}
    attributes = vars(record)
    for key, attribute, _ in fields:
        value = attributes[attribute]
        if type(value) is str:
            values[key] = value if value.isascii() else _composed(value)
        elif isinstance(value, datetime):
            if attribute in _DAYS:
                raise TypeError(f"{attribute}: expected a date, not a datetime")
            if value.utcoffset() is None:
                raise ValueError(f"{attribute}: expected a datetime with a time zone")
            values[key] = to_utc(value).isoformat().replace("+00:00", "Z")
        elif isinstance(value, date):
            values[key] = value.isoformat()
        elif value is not None:
            values[key] = value
    return values


def _composed(text: str) -> str:
    # Composing takes quadratic time on piles of marks; no code holds a text of this length.
    if len(text) > _MAX_TEXT:
        expected = f"expected texts of at most {_MAX_TEXT} characters"
        raise IssueClaimsError((("", expected),))
    from unicodedata import normalize  # a shared library that verifying never needs

    return normalize("NFC", text)
