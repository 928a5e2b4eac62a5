"""This library's own list: CBOR in COSE_Sign1, for a country that has to publish one.

``spec/trust-list.md`` specifies it, ``spec/trust-list.cddl`` its form. A signed list is the
message; an unsigned one is the payload alone, the fastest form to load.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import IntEnum
from functools import partial
from typing import Any, Final, TypeAlias

from vnvaxcert.codec import cbor
from vnvaxcert.errors import CborError, TrustListFormatError, TrustListSignatureError
from vnvaxcert.trust.entry import Entry, Form, Published, Role, SetAside, source
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context, Format
from vnvaxcert.trust.formats.gateway import read_country
from vnvaxcert.trust.formats.publisher import authenticate
from vnvaxcert.trust.formats.signed_cbor import Message, check_with, peek, read_message
from vnvaxcert.trust.reading import Reading
from vnvaxcert.trust.usage import Usage

NAME: Final = "CBOR list"
VERSION: Final = 1
CONTENT_TYPE: Final = "application/vnd.vnvaxcert.trust-list+cbor"
MAX_CHAIN_CERTIFICATES: Final = 8  # signer to authority; deeper ones are nobody's

# Of 100,000 entries with all their members each is 13 items, and the rest is for unknown ones.
_MAX_ITEMS: Final = 1_500_000
_LAST_SECOND: Final = 253_402_300_799  # 9999-12-31T23:59:59Z
_LONGEST_HEAD: Final = 0xB7  # a map of up to 23 members; their number is in its first byte
_MAP: Final = 5  # major type
_SEQUENCE: Final = b"\x30"  # a certificate and a key are one, DER


class HeaderLabel(IntEnum):
    """Labels of the protected header (IANA "COSE Header Parameters")."""

    ALG = 1
    CONTENT_TYPE = 3
    KID = 4
    X5CHAIN = 33  # RFC 9360 §2


class ListKey(IntEnum):
    """Keys of the list, ``spec/trust-list.md`` §3."""

    VERSION = 1
    SEQUENCE = 2
    ISSUED_AT = 3
    EXPIRES_AT = 4
    PUBLISHER = 5
    ENTRIES = 6

    __hash__ = int.__hash__

    @property
    def words(self) -> str:
        """What messages call it."""
        return self.name.lower().replace("_", " ")


class EntryKey(IntEnum):
    """Keys of an entry, ``spec/trust-list.md`` §4."""

    KID = 1
    CERTIFICATE = 2
    PUBLIC_KEY = 3
    ROLE = 4
    COUNTRY = 5
    USAGES = 6

    __hash__ = int.__hash__  # an Enum's own is a Python function; a list looks up thousands


ROLES: Final[dict[Role, int]] = {"signer": 0, "authority": 1}
USAGE_BITS: Final[dict[Usage, int]] = {Usage.TEST: 1, Usage.VACCINATION: 2, Usage.RECOVERY: 4}

_ROLE_OF: Final[dict[object, Role]] = {number: role for role, number in ROLES.items()}

# What entries may have in common: form, and role, country and usages as they stand.
_Common: TypeAlias = tuple[Form, object, object, object]
_ABSENT: Final = object()


class _EntryError(Exception):
    """Why an entry cannot be used."""


def read_cbor_list(content: Content, context: Context) -> Reading:
    """Read a list, signed or not.

    With a signing key or authorities the signature is checked before the payload is looked at.
    Certificates and keys are not looked at. An entry that cannot be read is set aside.

    Raises:
        TrustListFormatError: Not CBOR; another version or content type; a member missing, of
            another type, unknown and critical, or twice; times that are none or reversed; more
            than `MAX_ENTRIES`.
        TrustListSignatureError: The signature is not of what was given to check it with; or the
            list is not signed, and something was given.

    Spec: ``spec/trust-list.md``; RFC 8949; RFC 9052 §4.2; RFC 9360 §2.
    """
    if _is_map(content.data):
        if context.asks_for_a_signature:
            raise TrustListSignatureError(NAME, "", "the list is not signed")
        return _read_payload(content.data, context, is_signed=False)
    message = read_message(content.data, NAME)
    certificates = _check_headers(message)
    check = partial(check_with, message, NAME)
    is_authenticated = authenticate(context, NAME, check, certificates)
    reading = _read_payload(message.sign1.payload, context, is_signed=True)
    return reading._replace(is_authenticated=is_authenticated)


# --- the envelope ------------------------------------------------------------------------------


def _check_headers(message: Message) -> list[bytes]:
    """Check the headers; returns the certificates that came along."""
    place = "protected header"
    if message.headers.get(HeaderLabel.CONTENT_TYPE) != CONTENT_TYPE:
        raise TrustListFormatError(NAME, place, f"expected the content type {CONTENT_TYPE}")
    kid = message.headers.get(HeaderLabel.KID)
    if not isinstance(kid, bytes) or not kid:
        raise TrustListFormatError(NAME, place, "kid: expected one byte or more")
    if not message.sign1.unprotected_header.is_empty:
        raise TrustListFormatError(NAME, "unprotected header", "expected an empty one")
    chain = message.headers.get(HeaderLabel.X5CHAIN, [])
    certificates = chain if isinstance(chain, list) else [chain]
    if len(certificates) > MAX_CHAIN_CERTIFICATES or not all(
        isinstance(one, bytes) for one in certificates
    ):
        raise TrustListFormatError(
            NAME, place, f"x5chain: expected 1 to {MAX_CHAIN_CERTIFICATES} certificates"
        )
    return certificates


# --- the list ----------------------------------------------------------------------------------


def _read_payload(payload: bytes, context: Context, *, is_signed: bool) -> Reading:
    try:
        members = cbor.decode(payload, where="list", max_items=_MAX_ITEMS)
    except CborError as error:
        raise TrustListFormatError(NAME, error.where, error.reason) from error
    if not isinstance(members, dict):
        raise TrustListFormatError(NAME, "list", "expected a map")
    version = members.get(ListKey.VERSION)
    if type(version) is not int or version != VERSION:
        raise TrustListFormatError(NAME, "version", f"expected {VERSION}")
    if problem := _problem_of_keys(members):
        raise TrustListFormatError(NAME, "list", problem)
    sequence = _number(members, ListKey.SEQUENCE, is_signed)
    issued_at = _time(members, ListKey.ISSUED_AT, is_signed)
    expires_at = _time(members, ListKey.EXPIRES_AT, is_signed)
    if issued_at is not None and expires_at is not None and expires_at < issued_at:
        raise TrustListFormatError(NAME, "expires at", "it is before the time of issue")
    if ListKey.PUBLISHER in members and read_country(members[ListKey.PUBLISHER]) is None:
        raise TrustListFormatError(NAME, "publisher", "expected two or three letters")
    found = members.get(ListKey.ENTRIES)
    if not isinstance(found, list):
        raise TrustListFormatError(NAME, "entries", "expected an array")
    if len(found) > MAX_ENTRIES:
        raise TrustListFormatError(NAME, "entries", f"more than {MAX_ENTRIES}")
    entries, aside = _read_entries(found, context.name)
    return Reading(entries, aside, issued_at=issued_at, expires_at=expires_at, sequence=sequence)


def _problem_of_keys(members: dict[Any, Any]) -> str:
    """What is wrong with the keys of a map; empty where nothing is."""
    for key in members:
        # True and 1.0 are the same key as 1 in Python, and others in CBOR.
        if type(key) is not int and type(key) is not str:
            return "a key that is neither an integer nor text"
        if type(key) is int and key < 0:
            return f"the critical member {key}, which this version does not know"
    return ""


def _number(members: dict[Any, Any], key: ListKey, is_required: bool) -> int | None:
    if key not in members:
        if is_required:
            raise TrustListFormatError(NAME, key.words, "missing; a signed list states it")
        return None
    value = members[key]
    if type(value) is not int or value < 0:
        raise TrustListFormatError(NAME, key.words, "expected an integer, 0 or more")
    return value


def _time(members: dict[Any, Any], key: ListKey, is_required: bool) -> datetime | None:
    seconds = _number(members, key, is_required)
    if seconds is None:
        return None
    if seconds > _LAST_SECOND:
        reason = "expected seconds since 1970, up to the year 9999"
        raise TrustListFormatError(NAME, key.words, reason)
    return datetime.fromtimestamp(seconds, UTC)


# --- its entries -------------------------------------------------------------------------------


def _read_entries(found: list[Any], name: str) -> tuple[list[Entry], list[SetAside]]:
    entries: list[Entry] = []
    aside: list[SetAside] = []
    known: dict[_Common, Published] = {}  # entries of one country share theirs
    for number, members in enumerate(found, start=1):
        try:
            entries.append(_read_entry(members, number, name, known))
        except _EntryError as error:
            shown = members if type(members) is dict else {}
            kid = shown.get(EntryKey.KID)
            country = read_country(shown.get(EntryKey.COUNTRY))
            place = source(name, number)
            aside.append(SetAside(kid if type(kid) is bytes else b"", country, place, str(error)))
    return entries, aside


def _read_entry(members: Any, number: int, name: str, known: dict[_Common, Published]) -> Entry:
    if type(members) is not dict:
        raise _EntryError("expected a map")
    if problem := _problem_of_keys(members):
        raise _EntryError(problem)
    kid = members.get(EntryKey.KID)
    if type(kid) is not bytes or not kid:
        raise _EntryError("kid: expected one byte or more")
    form: Form = "certificate" if EntryKey.CERTIFICATE in members else "key"
    if form == "key":
        material = members.get(EntryKey.PUBLIC_KEY)
    elif EntryKey.PUBLIC_KEY in members:
        raise _EntryError("a certificate and a public key; expected one of them")
    else:
        material = members[EntryKey.CERTIFICATE]
    if type(material) is not bytes or not material.startswith(_SEQUENCE):
        raise _EntryError(f"{'public key' if form == 'key' else form}: expected DER")
    role = members.get(EntryKey.ROLE, _ABSENT)
    country = members.get(EntryKey.COUNTRY, _ABSENT)
    usages = members.get(EntryKey.USAGES, _ABSENT)
    # Before they are looked up: True is equal to 1, and an array cannot be looked up at all.
    if type(role) is not int and role is not _ABSENT:
        raise _EntryError("role: expected an integer")
    if type(country) is not str and country is not _ABSENT:
        raise _EntryError("country: expected text")
    if type(usages) is not int and usages is not _ABSENT:
        raise _EntryError("usages: expected an integer")
    common = (form, role, country, usages)
    published = known.get(common)
    if published is None:
        published = known[common] = _published(name, *common)
    return Entry(kid, material, published, number)


def _published(name: str, form: Form, role: object, country: object, usages: object) -> Published:
    if role is not _ABSENT and role not in _ROLE_OF:
        raise _EntryError("role: neither signer (0) nor authority (1)")
    if country is not _ABSENT and read_country(country) is None:
        raise _EntryError("country: expected two or three letters")
    allowed = None
    if isinstance(usages, int):
        allowed = frozenset(usage for usage, bit in USAGE_BITS.items() if usages & bit)
        if usages < 0 or not allowed:
            raise _EntryError("usages: none that this version knows")
    return Published(
        name,
        form,
        _ROLE_OF.get(role),
        country if isinstance(country, str) else None,
        allowed,
    )


def _is_map(data: bytes) -> bool:
    return bool(data) and data[0] >> 5 == _MAP


def _is_cbor_list(content: Content) -> bool:
    """A map whose first key is that of the version, or a message of our content type."""
    start = content.data[:2]
    if _is_map(start):
        return start[0] <= _LONGEST_HEAD and start[1:] == bytes((ListKey.VERSION,))
    return peek(content.data).get(HeaderLabel.CONTENT_TYPE) == CONTENT_TYPE


CBOR_LIST: Final = Format(NAME, _is_cbor_list, read_cbor_list, is_signed=True)
