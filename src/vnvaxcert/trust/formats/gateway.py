"""The trust list of the EU gateway (DGCG), and the plain map of kids to certificates.

The gateway's list is a JSON array; each entry is signed by its country's uploader, the array by
nobody. The German list has the same entries (`vnvaxcert.trust.formats.germany`).
"""

from __future__ import annotations

from typing import Final

from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust.entry import Entry, Role, SetAside, decode_base64, source
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context, Format, Reading

_ROLES: Final[dict[object, Role]] = {"DSC": "signer", "CSCA": "authority"}
_OTHER_TYPES: Final = ("UPLOAD", "AUTHENTICATION")


def read_entries(entries: list[object], context: Context, format_name: str) -> Reading:
    """Read entries ``{kid, country, certificateType, thumbprint, rawData}``; others are ignored.

    A DSC is a signer and a CSCA an authority; anything else, and whatever lacks a kid or a
    certificate, is set aside. Certificates are not looked at.

    Args:
        entries: Values of a JSON array.
        context: What is known of the list.
        format_name: For the error.

    Raises:
        TrustListFormatError: More than `MAX_ENTRIES`.

    Spec: DGCG trust list; HCERT A.1 (kid).
    """
    if len(entries) > MAX_ENTRIES:
        raise TrustListFormatError(format_name, "", f"more than {MAX_ENTRIES} entries")
    name = context.name
    usable: list[Entry] = []
    aside: list[SetAside] = []
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            aside.append(SetAside(b"", None, source(name, number), "not an object"))
            continue
        country = entry.get("country")
        country = country if is_country(country) else None
        kid = read_kid(entry.get("kid"))
        certificate = entry.get("rawData")
        role = _role(entry.get("certificateType"))
        if kid and role and isinstance(certificate, str):
            thumbprint = entry.get("thumbprint")
            usable.append(
                Entry(
                    kid,
                    certificate,
                    origin=name,
                    place=number,
                    role=role,
                    country=country,
                    thumbprint=thumbprint if isinstance(thumbprint, str) else None,
                )
            )
        else:
            kind = entry.get("certificateType")
            if role is None and kind in _OTHER_TYPES:
                reason = f"a certificate of type {kind} signs no certificates"
            elif role is None:
                reason = "certificateType: neither DSC nor CSCA"
            else:
                reason = "rawData: not text" if kid else "kid: missing, empty or not Base64"
            aside.append(SetAside(kid, country, source(name, number), reason))
    return Reading(usable, aside)


def read_kid(value: object) -> bytes:
    """The bytes of a kid in Base64; empty where it is missing, empty or not Base64."""
    if not isinstance(value, str):
        return b""
    try:
        return decode_base64(value)
    except ValueError:
        return b""


def is_country(value: object) -> bool:
    """Whether a value has the form of a country code: two or three ASCII letters."""
    return isinstance(value, str) and 2 <= len(value) <= 3 and value.isascii() and value.isalpha()


def _role(kind: object) -> Role | None:
    return _ROLES.get(kind) if isinstance(kind, str) else None


def read_gateway(content: Content, context: Context) -> Reading:
    """Read the gateway's array.

    Raises:
        TrustListFormatError: Not an array, or too long a one.
    """
    document = content.document
    if isinstance(document, dict):
        document = document.get("certificates")
    if not isinstance(document, list):
        raise TrustListFormatError(GATEWAY.name, "", "expected an array of entries")
    return read_entries(document, context, GATEWAY.name)


def read_kid_map(content: Content, context: Context) -> Reading:
    """Read an object from kid in Base64 to ``{certificate, country}``, the former in Base64.

    Raises:
        TrustListFormatError: Not an object, or more than `MAX_ENTRIES` members.
    """
    document = content.document
    if not isinstance(document, dict):
        raise TrustListFormatError(KID_MAP.name, "", "expected an object of kids")
    if len(document) > MAX_ENTRIES:
        raise TrustListFormatError(KID_MAP.name, "", f"more than {MAX_ENTRIES} entries")
    usable: list[Entry] = []
    aside: list[SetAside] = []
    for number, (key, value) in enumerate(document.items(), start=1):
        kid = read_kid(key)
        members = value if isinstance(value, dict) else {}
        certificate = members.get("certificate")
        country = members.get("country")
        country = country if is_country(country) else None
        if kid and isinstance(certificate, str):
            usable.append(
                Entry(kid, certificate, origin=context.name, place=number, country=country)
            )
            continue
        reason = "certificate: missing, or not text" if kid else "kid: empty or not Base64"
        aside.append(SetAside(kid, country, source(context.name, number), reason))
    return Reading(usable, aside)


def _is_gateway(content: Content) -> bool:
    document = content.document
    if isinstance(document, dict):  # the German list without its signature
        return isinstance(document.get("certificates"), list)
    return isinstance(document, list) and any(
        isinstance(entry, dict) and "rawData" in entry for entry in document[:16]
    )


def _is_kid_map(content: Content) -> bool:
    document = content.document
    if not isinstance(document, dict) or not document:
        return False
    first = next(iter(document.values()))
    return isinstance(first, dict) and "certificate" in first


GATEWAY: Final = Format("gateway", _is_gateway, read_gateway)
KID_MAP: Final = Format("kid map", _is_kid_map, read_kid_map)
