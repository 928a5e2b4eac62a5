"""The EU's verifier service, and Italy's: certificates one by one, and a list of those valid.

The service hands out every certificate it ever had, the removed ones too, and says in another
answer which kids are valid. So its list is two files or more, in any order:

- certificates as they come one by one: the answers to ``GET /signercertificateUpdate`` (Italy:
  ``/v1/dgc/signercertificate/update``) one behind the other, each as ``curl -i`` leaves it: status
  line, headers, an empty line, and with status 200 the certificate in Base64. ``X-KID`` is its
  kid; ``X-RESUME-TOKEN`` goes into the next request. 204 says that there are no more for now; it
  may be missing, or stand in the middle where somebody went on downloading a day later;
- certificates asked for by kid: the answer to ``POST /signercertificateUpdate``,
  ``{country: [{kid, rawData}]}``;
- the status, once: the answer to ``GET /signercertificateStatus`` (Italy:
  ``/v1/dgc/signercertificate/status``), an array of the kids that are valid;
- changes of the status: answers of ``/signercertificateStatus/delta``, ``{updated, deleted}``.
  They only take away. No file says when it was made, so a kid that a delta adds may have been
  removed since, and the status is what counts.

Without the status nothing is read, and with it, what it does not name is set aside. A token grows
with every certificate and not with a removal, so it is no sequence number of the list.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, Literal, NamedTuple, TypeAlias

from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust.entry import Entry, Published, SetAside, source
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context, Format
from vnvaxcert.trust.formats.members import read_country, read_kid
from vnvaxcert.trust.reading import Reading

_NAME: Final = "EU verifier service list"
_START: Final = b"HTTP/"
_WHITE_SPACE: Final = b" \t\r\n"
_LOOKED_AT: Final = 16  # entries, to recognise a file when the first are damaged
_OK: Final = b"200"
_NO_MORE: Final = b"204"
_INTERIM: Final = b"1"  # 1xx only announces the real response (RFC 9110 §15.2)
_DELTA: Final = {"updated", "deleted"}
_KID_CHARACTERS: Final = 12  # of 8 bytes

_Part: TypeAlias = Literal["responses", "lookup", "status", "delta"]


class _Response(NamedTuple):
    """One HTTP response: its three digits, the values of its ``X-KID`` headers, and its body."""

    code: bytes
    kids: list[bytes]
    body: bytes


def read_service(content: Content, context: Context) -> Reading:
    """Read a single file of the service: there is none that is enough.

    Raises:
        TrustListFormatError: Always; it says what is missing, or what is wrong with the file.
    """
    return join_service([content], context)


def join_service(contents: Sequence[Content], context: Context) -> Reading:
    """Read the certificates and the status, in any order.

    Usable is what is on the status and not in ``deleted`` of a delta. A certificate that is not,
    and a kid of the status whose certificate is not there, is set aside. A body may be a bare
    public key; which of the two it is shows when the key is looked up.

    Args:
        contents: One file of certificates or more, one status, any number of deltas.
        context: What is known of them all.

    Raises:
        TrustListFormatError: No status, two, or no certificates; a response that is an error; a
            delta that holds something else than kids; more than `MAX_ENTRIES` certificates,
            kids in a status or in a delta.

    Spec: dgca-verifier-service, REST interface; RFC 9112 §2.1 (form of a response).
    """
    parts = [(number, _part_of(content), content) for number, content in enumerate(contents, 1)]
    kinds = [kind for _, kind, _ in parts]
    if kinds.count("status") > 1:
        raise TrustListFormatError(_NAME, "", "two lists of valid kids; give the newest alone")
    of_certificates = kinds.count("responses") + kinds.count("lookup")
    if not of_certificates:
        raise TrustListFormatError(
            _NAME, "", "no certificates; load the answers of signercertificateUpdate with it"
        )
    if "status" not in kinds:
        raise TrustListFormatError(
            _NAME, "", "no list of valid kids; load the answer of signercertificateStatus with it"
        )
    found: list[Entry | SetAside] = []
    deleted: set[bytes] = set()
    for number, kind, content in parts:
        prefix = f"file {number}, " if of_certificates > 1 else ""
        if kind == "responses":
            found += _read_responses(content.data, context.name, prefix)
        elif kind == "lookup":
            found += _read_lookup(content.document, context.name, prefix)
        elif kind == "delta":
            deleted |= _read_deleted(content.document)
        if len(found) > MAX_ENTRIES:
            raise TrustListFormatError(_NAME, "", f"more than {MAX_ENTRIES} certificates")
    status = parts[kinds.index("status")][2].document
    valid, aside = _read_status(status, context.name)
    return _intersect(found, valid, deleted, aside, context.name)


def _intersect(
    found: Sequence[Entry | SetAside],
    valid: dict[bytes, str],
    deleted: set[bytes],
    unreadable: list[SetAside],
    origin: str,
) -> Reading:
    usable: list[Entry] = []
    aside: list[SetAside] = []
    for one in found:
        if isinstance(one, SetAside):
            aside.append(one)
        elif one.kid in valid and one.kid not in deleted:
            usable.append(one)
        else:
            reason = "removed, says a delta" if one.kid in deleted else "removed: not on the status"
            aside.append(SetAside(one.kid, one.published.country, one.source, reason))
    there = {one.kid for one in found}
    for kid, place in valid.items():
        if kid not in there:
            reason = "valid, says the status, but its certificate is missing"
            aside.append(SetAside(kid, None, source(origin, place), reason))
    return Reading(usable, aside + unreadable)


def _part_of(content: Content) -> _Part | None:
    """What a file of the service is; None where it is none of it.

    Raises:
        TrustListFormatError: It looks like JSON and is not.
    """
    if content.data[:4096].lstrip(_WHITE_SPACE).startswith(_START):
        return "responses"
    document = content.document
    if isinstance(document, list):
        # An array of texts may be anything. Kids have 8 bytes, but for a few.
        return "status" if any(map(_is_common_kid, document[:_LOOKED_AT])) else None
    if not isinstance(document, dict):
        return None
    if document.keys() == _DELTA and all(isinstance(kids, list) for kids in document.values()):
        return "delta"
    members = list(document.items())[:_LOOKED_AT]
    is_by_country = all(read_country(name) and isinstance(value, list) for name, value in members)
    if not is_by_country:
        return None
    entries = [entry for _, value in members for entry in value[:_LOOKED_AT]]
    has_certificate = any(isinstance(entry, dict) and "rawData" in entry for entry in entries)
    return "lookup" if has_certificate else None


def _is_common_kid(value: object) -> bool:
    if not isinstance(value, str) or len(value) != _KID_CHARACTERS:
        return False
    try:
        return len(a2b_base64(value, strict_mode=True)) == 8
    except ValueError:
        return False


def _read_status(document: object, origin: str) -> tuple[dict[bytes, str], list[SetAside]]:
    """The kids that are valid, each with its first place; and what is none."""
    valid: dict[bytes, str] = {}
    aside: list[SetAside] = []
    for number, text in enumerate(_kids(document, "status"), start=1):
        place = f"status, entry {number}"
        kid = read_kid(text)
        if kid:
            valid.setdefault(kid, place)
        else:
            aside.append(SetAside(b"", None, source(origin, place), "not a kid in Base64"))
    return valid, aside


def _read_deleted(document: object) -> set[bytes]:
    """The kids that a delta takes away. One that cannot be read may be any, so none may be."""
    members = document if isinstance(document, dict) else {}
    deleted = set()
    for number, text in enumerate(_kids(members.get("deleted"), "delta, deleted"), start=1):
        kid = read_kid(text)
        if not kid:
            place = f"delta, deleted, entry {number}"
            raise TrustListFormatError(_NAME, place, "not a kid in Base64")
        deleted.add(kid)
    return deleted


def _kids(value: object, place: str) -> list[object]:
    kids = value if isinstance(value, list) else []
    if len(kids) > MAX_ENTRIES:
        raise TrustListFormatError(_NAME, place, f"more than {MAX_ENTRIES} kids")
    return kids


# --- certificates ------------------------------------------------------------------------------


def _read_lookup(document: object, origin: str, prefix: str) -> Iterator[Entry | SetAside]:
    members = document.items() if isinstance(document, dict) else ()
    for number, (name, entries) in enumerate(members, start=1):
        country = read_country(name)
        where = f"{prefix}{country or f'member {number}'}"
        if not isinstance(entries, list):
            yield SetAside(b"", country, source(origin, where), "not an array of certificates")
            continue
        published = Published(origin, "either", "signer", country)
        for position, entry in enumerate(entries, start=1):
            place = f"{where}, entry {position}"
            if not isinstance(entry, dict):
                yield SetAside(b"", country, source(origin, place), "not an object")
                continue
            kid, certificate = read_kid(entry.get("kid")), entry.get("rawData")
            if kid and isinstance(certificate, str) and certificate:
                yield Entry(kid, certificate, published, place)
                continue
            reason = "rawData: missing, or not text" if kid else "kid: missing, or not Base64"
            yield SetAside(kid, country, source(origin, place), reason)


def _read_responses(data: bytes, origin: str, prefix: str) -> Iterator[Entry | SetAside]:
    published = Published(origin, "either", "signer")
    for number, (code, kids, body) in enumerate(_responses(data), start=1):
        place = f"{prefix}response {number}"
        if number > 2 * MAX_ENTRIES:
            raise TrustListFormatError(_NAME, place, "too many responses")
        if not body and (code == _NO_MORE or code.startswith(_INTERIM)):
            continue
        if code != _OK:
            shown = code.decode("ascii")
            reason = f"HTTP status {shown}; expected 200 with a certificate, or 204 without"
            raise TrustListFormatError(_NAME, place, reason)
        kid = read_kid(_ascii(kids[0])) if len(kids) == 1 else b""
        if kid and body:
            yield Entry(kid, body, published, place)
            continue
        if len(kids) > 1:
            reason = "X-KID: there more than once"
        else:
            reason = "body: missing" if kid else "X-KID: missing, empty or not Base64"
        yield SetAside(kid, None, source(origin, place), reason)


def _responses(data: bytes) -> Iterator[_Response]:
    """Split a file into responses.

    A body ends where the next status line starts: its length may be stated for another encoding
    than the one it was written in. Base64 holds no space, so it never looks like such a line.
    """
    status_line, end_of_headers, kid = _patterns()
    found = status_line.match(data.lstrip(_WHITE_SPACE))
    if found is None:
        raise TrustListFormatError(_NAME, "response 1", "no HTTP status line")
    data = found.string
    while found is not None:
        headers = end_of_headers.search(data, found.end())
        start = len(data) if headers is None else headers.end()
        kids = kid.findall(data, found.end(), start)
        following = status_line.search(data, start)
        end = len(data) if following is None else following.start()
        yield _Response(found[1], kids, data[start:end].strip(_WHITE_SPACE))
        found = following


@cache
def _patterns() -> tuple[re.Pattern[bytes], re.Pattern[bytes], re.Pattern[bytes]]:
    """A status line, the end of the headers, and a header X-KID (RFC 9112 §4, §5)."""
    return (
        re.compile(rb"HTTP/[0-9](?:\.[0-9])? ([0-9]{3})(?![0-9])[^\r\n]*"),
        re.compile(rb"\r?\n\r?\n"),
        re.compile(rb"(?i)\nx-kid:[ \t]*([^\r\n]*)"),
    )


def _ascii(value: bytes) -> str | None:
    return value.strip().decode("ascii") if value.isascii() else None


def _is_of_service(content: Content) -> bool:
    return _part_of(content) is not None


EU_SERVICE: Final = Format(_NAME, _is_of_service, read_service, join=join_service)
