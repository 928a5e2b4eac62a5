"""The Austrian list: certificates in CBOR, and a file with its signature, a COSE_Sign1.

The signature is over the SHA-256 of the content, with the times between which it is good. The
Austrian service publishes business rules and value sets in the same two files; they are told apart
by the label under which the signature states its version, and are refused here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Any, Final, NamedTuple

from vnvaxcert.codec import cbor
from vnvaxcert.errors import CborError, TrustListFormatError, TrustListSignatureError
from vnvaxcert.trust.entry import Entry, Form, Published, SetAside, decode_base64, source
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context, Format
from vnvaxcert.trust.formats.publisher import authenticate
from vnvaxcert.trust.formats.signed_cbor import Message, check_with, peek, read_message
from vnvaxcert.trust.moment import LAST_SECOND, utc_text
from vnvaxcert.trust.reading import Reading

_NAME: Final = "Austrian list"
_JSON_NAME: Final = "Austrian list in JSON"
MAX_SIGNATURE_BYTES: Final = 16_384  # real ones have 132; a header may hold a certificate

# Labels of the protected header under which each kind of content states its version.
_LIST_LABEL: Final = 42
_KINDS: Final = {_LIST_LABEL: "trust list", -65537: "business rules", -65538: "value sets"}
_VERSION: Final = 2
# Members of the three kinds of content.
_CONTENTS: Final = {"c": "trust list", "r": "business rules", "v": "value sets"}

_SUBJECT, _EXPIRES_AT, _NOT_BEFORE = 2, 4, 5  # claims of RFC 8392 §3.1; the subject is the hash

# An entry has 5 items, one of a bare key with its names and times up to 30.
_MAX_ITEMS: Final = 1_500_000
# A map of 1 to 15 members or of indefinite length, then a text of one letter.
_HEADS: Final = (*range(0xA1, 0xB0), 0xBF)
_LETTER: Final = 0x61


class _Signature(NamedTuple):
    """A signature file: what it says of the content, and until when."""

    message: Message
    digest: bytes
    not_before: int
    expires_at: int


def read_austrian_list(content: Content, context: Context) -> Reading:
    """Read a content alone, which nobody has signed; refuse a signature alone.

    Raises:
        TrustListFormatError: The file is a signature; or no trust list, or damaged.
        TrustListSignatureError: There is something to check a signature with, and none to check.

    Spec: Austrian trust list, version 2, as its reference implementation reads it.
    """
    if _is_signature(content):
        _read_signature(content.data, _NAME)
        raise TrustListFormatError(
            _NAME, "", "this is the signature of a list; its content has to be given too"
        )
    if context.asks_for_a_signature:
        raise TrustListSignatureError(
            _NAME, "", "this is the content of a list; its signature has to be given too"
        )
    return _read_content(content.data, context, _NAME)


def join_austrian_list(contents: Sequence[Content], context: Context) -> Reading:
    """Read a content and its signature, in any order.

    The content has to be the one that was signed, whether the signature itself is checked or not.

    Raises:
        TrustListFormatError: Not one content and one signature; either is damaged, of another
            version, or no trust list.
        TrustListSignatureError: The content is not the one signed; the signature is not of what
            was given to check it with.

    Spec: as `read_austrian_list`; RFC 9052 §4.4; RFC 8392 §3.1.
    """
    signatures = [content for content in contents if _is_signature(content)]
    others = [content for content in contents if not _is_signature(content)]
    if len(signatures) != 1 or len(others) != 1:
        raise TrustListFormatError(
            _NAME,
            "",
            f"expected one content and one signature, found {len(others)} and {len(signatures)}",
        )
    return _read_signed(others[0].data, signatures[0].data, [], context, _NAME)


def read_austrian_json(content: Content, context: Context) -> Reading:
    """Read a content, its signature and its signer's certificate from one JSON object.

    ``content`` and ``signature`` are in hexadecimal, ``certificate``, which may be missing, is in
    Base64.

    Raises:
        TrustListFormatError: A member is missing or not so encoded; and as
            `join_austrian_list`, as are the others.
        TrustListSignatureError: See there.

    Spec: the tests of the reference implementation hold a list in this form.
    """
    members = content.document
    if not isinstance(members, dict):
        raise TrustListFormatError(_JSON_NAME, "", "expected an object")
    data, signature = (_from_hex(members, name) for name in ("content", "signature"))
    certificates = []
    if "certificate" in members:
        certificates.append(_from_base64(members, "certificate"))
    return _read_signed(data, signature, certificates, context, _JSON_NAME)


def _from_hex(members: dict[Any, Any], name: str) -> bytes:
    value = members.get(name)
    try:
        return bytes.fromhex(value if isinstance(value, str) else "-")
    except ValueError as error:
        raise TrustListFormatError(_JSON_NAME, name, "expected hexadecimal digits") from error


def _from_base64(members: dict[Any, Any], name: str) -> bytes:
    value = members[name]
    try:
        return decode_base64(value if isinstance(value, str) else "-")
    except ValueError as error:
        raise TrustListFormatError(_JSON_NAME, name, "expected Base64") from error


# --- the signature -----------------------------------------------------------------------------


def _read_signed(
    content: bytes, signature: bytes, certificates: list[bytes], context: Context, name: str
) -> Reading:
    signed = _read_signature(signature, name)
    check = partial(check_with, signed.message, name)
    is_authenticated = authenticate(context, name, check, certificates)
    if sha256(content).digest() != signed.digest:
        raise TrustListSignatureError(name, "", "the content is not the one that was signed")
    reading = _read_content(content, context, name)
    return reading._replace(
        is_authenticated=is_authenticated,
        issued_at=datetime.fromtimestamp(signed.not_before, UTC),
        expires_at=datetime.fromtimestamp(signed.expires_at, UTC),
        sequence=signed.not_before,
    )


def _read_signature(data: bytes, name: str) -> _Signature:
    place = "signature"
    if len(data) > MAX_SIGNATURE_BYTES:
        raise TrustListFormatError(name, place, f"more than {MAX_SIGNATURE_BYTES} bytes")
    message = read_message(data, name)
    labels = [label for label in _KINDS if label in message.headers]
    if labels != [_LIST_LABEL]:
        found = " and ".join(_KINDS[label] for label in labels) or "something else"
        raise TrustListFormatError(
            name, place, f"expected that of a trust list, this is of {found}"
        )
    version = message.headers[_LIST_LABEL]
    if type(version) is not int or version != _VERSION:
        raise TrustListFormatError(name, place, f"expected version {_VERSION} of the format")
    try:
        claims = cbor.decode(message.sign1.payload, where="signature")
    except CborError as error:
        raise TrustListFormatError(name, place, error.reason) from error
    if not isinstance(claims, dict):
        raise TrustListFormatError(name, place, "expected a map of claims")
    digest = claims.get(_SUBJECT)
    if not isinstance(digest, bytes) or len(digest) != sha256().digest_size:
        raise TrustListFormatError(name, place, "expected a SHA-256 of the content, claim 2")
    not_before, expires_at = (_seconds(claims, claim, name) for claim in (_NOT_BEFORE, _EXPIRES_AT))
    if expires_at < not_before:
        raise TrustListFormatError(name, place, "it ends before it starts")
    return _Signature(message, digest, not_before, expires_at)


def _seconds(claims: dict[Any, Any], claim: int, name: str) -> int:
    value = claims.get(claim)
    if type(value) is not int or not 0 <= value <= LAST_SECOND:
        raise TrustListFormatError(name, "signature", f"expected a time in seconds, claim {claim}")
    return value


# --- the content -------------------------------------------------------------------------------


def _read_content(data: bytes, context: Context, name: str) -> Reading:
    place = "content"
    try:
        members = cbor.decode(data, where=place, max_items=_MAX_ITEMS)
    except CborError as error:
        raise TrustListFormatError(name, error.where, error.reason) from error
    found = members.get("c") if isinstance(members, dict) else None
    if not isinstance(found, list):
        other = [
            _CONTENTS[key] for key in _CONTENTS if isinstance(members, dict) and key in members
        ]
        shown = f", this is {other[0]}" if other and other[0] != _CONTENTS["c"] else ""
        raise TrustListFormatError(name, place, f"expected a trust list{shown}")
    if len(found) > MAX_ENTRIES:
        raise TrustListFormatError(name, place, f"more than {MAX_ENTRIES} entries")
    forms = {member: Published(context.name, form) for member, form in _FORMS.items()}
    entries: list[Entry] = []
    aside: list[SetAside] = []
    for number, members in enumerate(found, start=1):
        read = _read_entry(members, number, forms, context)
        if isinstance(read, Entry):
            entries.append(read)
        else:
            aside.append(read)
    return Reading(entries, aside)


def _read_entry(
    entry: object, number: int, forms: Mapping[str, Published], context: Context
) -> Entry | SetAside:
    members = entry if isinstance(entry, dict) else {}
    kid = members.get("i")
    kinds = [kind for kind in _FORMS if kind in members]
    if not isinstance(kid, bytes) or not kid:
        kid, reason = b"", "i: expected a kid of one byte or more"
    elif len(kinds) != 1:
        reason = "expected a certificate, c, or a public key, k"
    elif type(material := members[kinds[0]]) is not bytes or not material.startswith(_SEQUENCE):
        reason = f"{kinds[0]}: expected DER"
    elif kinds == ["k"] and (problem := _problem_of_times(members, context.at)):
        reason = problem
    else:
        return Entry(kid, material, forms[kinds[0]], number)
    return SetAside(kid, None, source(context.name, number), reason)


# A bare key, k, is an addition of the tool verify-ehc, which writes and reads the same content.
_FORMS: Final[dict[str, Form]] = {"c": "certificate", "k": "key"}
_SEQUENCE: Final = b"\x30"  # a certificate and a key are one, DER


def _problem_of_times(members: dict[Any, Any], at: datetime | None) -> str:
    """Why a bare key cannot be used by the times it may state, nb and na.

    They are held against the moment of loading, where there is one: keys have no times of their
    own when they are used.
    """
    for member, word in (("nb", "from"), ("na", "until")):
        if member not in members:
            continue
        value = members[member]
        if type(value) is not int or not 0 <= value <= LAST_SECOND:
            return f"{member}: expected a time in seconds"
        moment = datetime.fromtimestamp(value, UTC)
        if at is not None and (at < moment if member == "nb" else at > moment):
            return f"a public key that is valid only {word} {utc_text(moment)}"
    return ""


# --- telling it ----------------------------------------------------------------------------------


def _is_signature(content: Content) -> bool:
    return bool(_KINDS.keys() & peek(content.data).keys())


def _is_austrian_list(content: Content) -> bool:
    start = content.data[:3]
    is_content = (
        len(start) == 3
        and start[0] in _HEADS
        and start[1] == _LETTER
        and chr(start[2]) in _CONTENTS
    )
    return is_content or _is_signature(content)


def _is_austrian_json(content: Content) -> bool:
    document = content.document
    return isinstance(document, dict) and {"content", "signature"} <= document.keys()


AUSTRIAN_LIST: Final = Format(
    _NAME, _is_austrian_list, read_austrian_list, is_signed=True, join=join_austrian_list
)
AUSTRIAN_JSON: Final = Format(_JSON_NAME, _is_austrian_json, read_austrian_json, is_signed=True)
