"""The trust list of the EU gateway (DGCG), and the plain map of kids to certificates.

The gateway's list is a JSON array; each entry is signed by the gateway's trust anchor or by its
country's uploader (`vnvaxcert.trust.formats.gateway_signatures`), the array by nobody. The German
list has the same entries (`vnvaxcert.trust.formats.germany`).
"""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust import json_text
from vnvaxcert.trust.entry import Entry, Published, Role, SetAside, source
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context, Format
from vnvaxcert.trust.formats.members import read_country, read_kid
from vnvaxcert.trust.formats.uniform import NotUniformError, uniform_objects
from vnvaxcert.trust.reading import Reading

_ROLES: Final[dict[str | None, Role]] = {"DSC": "signer", "CSCA": "authority"}
_LONGEST_START: Final = 65_536  # a first entry with its signature has 5,000 bytes
_OTHER_TYPES: Final = ("UPLOAD", "AUTHENTICATION")

# kid, certificateType, country, rawData, thumbprint: text, or its bytes where that is ASCII.
_Text: TypeAlias = str | bytes | None
_MEMBERS: Final = ("kid", "certificateType", "country", "rawData", "thumbprint")
_SIGNED_MEMBERS: Final = (*_MEMBERS, "signature")
_LARGE: Final = 131_072  # below, making a regular expression takes longer than parsing JSON


def read_entries(content: Content, context: Context, format_name: str) -> Reading:
    """Read the gateway's array, bare or as the member ``certificates`` of an object.

    Of an entry count ``kid``, ``country``, ``certificateType``, ``thumbprint`` and ``rawData``. A
    DSC is a signer and a CSCA an authority; anything else, and whatever lacks a kid or a
    certificate, is set aside. Certificates are not looked at, and neither are the signatures of
    the entries: a list with one of its own, Germany's, is covered by that.

    Args:
        content: The JSON.
        context: What is known of the list.
        format_name: For the errors.

    Raises:
        TrustListFormatError: Not JSON, no such array, or more than `MAX_ENTRIES`.

    Spec: DGCG trust list; HCERT A.1 (kid).
    """
    if len(content.data) >= _LARGE:
        try:
            return _read_rows(uniform_objects(content.data, _MEMBERS), context.name, format_name)
        except NotUniformError:
            pass
    rows = _json_rows(content.document, _MEMBERS, format_name)
    return _read_rows(rows, context.name, format_name)


def _json_rows(
    document: object, members: tuple[str, ...], format_name: str
) -> Iterator[tuple[_Text, ...]]:
    """Certain members of each entry of a parsed list; None for what is no text."""
    if isinstance(document, dict):
        document = document.get("certificates")
    if not isinstance(document, list):
        raise TrustListFormatError(format_name, "", "expected an array of entries")
    return (_row(entry, members) for entry in document)


def _row(entry: object, members: tuple[str, ...]) -> tuple[_Text, ...]:
    if not isinstance(entry, dict):
        return (None,) * len(members)
    values = [entry.get(member) for member in members]
    return tuple(value if isinstance(value, str) else None for value in values)


def _read_rows(rows: Iterable[tuple[_Text, ...]], name: str, format_name: str) -> Reading:
    usable: list[Entry] = []
    aside: list[SetAside] = []
    known: dict[tuple[_Text, _Text], Published] = {}  # entries of one country share theirs
    for number, (kid_text, kind, country, certificate, thumbprint) in enumerate(rows, start=1):
        if number > MAX_ENTRIES:
            raise TrustListFormatError(format_name, "", f"more than {MAX_ENTRIES} entries")
        published = known.get((kind, country))
        if published is None:
            role = _ROLES.get(_as_text(kind))
            published = Published(name, role=role, country=read_country(country))
            known[kind, country] = published
        try:
            kid = a2b_base64(kid_text or b"", strict_mode=True)
        except ValueError:
            kid = read_kid(kid_text)
        if kid and certificate and published.role:
            usable.append(Entry(kid, certificate, published, number, thumbprint))
            continue
        if published.role:
            reason = "rawData: missing" if kid else "kid: missing, empty or not Base64"
        elif (text := _as_text(kind)) in _OTHER_TYPES:
            reason = f"a certificate of type {text} signs no certificates"
        else:
            reason = "certificateType: neither DSC nor CSCA"
        aside.append(SetAside(kid, published.country, source(name, number), reason))
    return Reading(usable, aside)


def _as_text(value: _Text) -> str | None:
    return value.decode("ascii") if isinstance(value, bytes) else value


def read_gateway(content: Content, context: Context) -> Reading:
    """Read the gateway's array; with the trust anchor's key, check who signed each entry.

    Raises:
        TrustListSignatureError: Something to check them with was given, and the signature of an
            entry is missing or wrong; see `vnvaxcert.trust.formats.gateway_signatures`.
        TrustListFormatError: Not an array, or too long a one.

    Spec: DGCG trust list; EU certificate governance.
    """
    if not context.asks_for_a_signature:
        return read_entries(content, context, GATEWAY.name)
    from vnvaxcert.trust.formats.gateway_signatures import SignedEntry, check_signatures

    # Read with the signatures: nobody keeps them of a list that is not checked.
    rows: list[tuple[_Text, ...]]
    try:
        rows = list(uniform_objects(content.data, _SIGNED_MEMBERS))
    except NotUniformError:
        document = json_text.parse(content.data, keep_signatures=True)
        rows = list(_json_rows(document, _SIGNED_MEMBERS, GATEWAY.name))
    if len(rows) > MAX_ENTRIES:
        raise TrustListFormatError(GATEWAY.name, "", f"more than {MAX_ENTRIES} entries")
    outcomes = check_signatures(
        [
            SignedEntry(_as_text(kind), read_country(country), certificate, signature)
            for _, kind, country, certificate, _, signature in rows
        ],
        context,
        GATEWAY.name,
    )
    # The very bytes whose signature was checked are what becomes a key, not a text that holds them.
    checked = (
        (kid, kind, country, outcome.certificate, thumbprint)
        for (kid, kind, country, _, thumbprint, _), outcome in zip(rows, outcomes, strict=True)
    )
    reading = _read_rows(checked, context.name, GATEWAY.name)
    usable, aside = [], reading.set_aside
    for entry in reading.entries:
        reason = outcomes[int(entry.place) - 1].refusal
        if reason:
            aside.append(SetAside(entry.kid, entry.published.country, entry.source, reason))
        else:
            usable.append(entry)
    return Reading(usable, aside, is_authenticated=True)


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
        country = read_country(members.get("country"))
        if kid and isinstance(certificate, str):
            published = Published(context.name, country=country)
            usable.append(Entry(kid, certificate, published, number))
            continue
        reason = "certificate: missing, or not text" if kid else "kid: empty or not Base64"
        aside.append(SetAside(kid, country, source(context.name, number), reason))
    return Reading(usable, aside)


def _is_gateway(content: Content) -> bool:
    # By its start, where that tells: a large list is not parsed as JSON only to be recognised.
    start = content.data[:_LONGEST_START]
    if json_text.looks_like_json(start) and b'"rawData"' in start:
        return start.find(b"[") < start.find(b"{") or b'"certificates"' in start
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


GATEWAY: Final = Format("EU gateway list", _is_gateway, read_gateway, is_signed=True)
KID_MAP: Final = Format("kid map", _is_kid_map, read_kid_map)
