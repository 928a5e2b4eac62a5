"""This library's own list: CBOR in COSE_Sign1, for a country that has to publish one.

``spec/trust-list.md`` specifies it, ``spec/trust-list.cddl`` its form. A signed list is the
message; an unsigned one is the payload alone, the fastest form to load.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import IntEnum
from functools import partial
from typing import Any, Final, NamedTuple

from vnvaxcert.codec import cbor
from vnvaxcert.errors import CborError, TrustListFormatError, TrustListSignatureError
from vnvaxcert.trust.entry import Entry, Form, Published, Role, SetAside, source
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context, Format
from vnvaxcert.trust.formats.members import read_country
from vnvaxcert.trust.formats.publisher import authenticate
from vnvaxcert.trust.formats.signed_cbor import Message, check_with, peek, read_message
from vnvaxcert.trust.moment import LAST_SECOND
from vnvaxcert.trust.reading import Reading
from vnvaxcert.trust.usage import Usage

NAME: Final = "CBOR list"
VERSION: Final = 1
CONTENT_TYPE: Final = "application/vnd.vnvaxcert.trust-list+cbor"
MAX_CHAIN_CERTIFICATES: Final = 8  # signer to authority; deeper ones are nobody's

# 100,000 keys in groups of their own, with all members, are 1,200,000; one costs some 80 bytes.
_MAX_ITEMS: Final = 1_500_000
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
    GROUPS = 6

    @property
    def words(self) -> str:
        """What messages call it."""
        return self.name.lower().replace("_", " ")


class GroupKey(IntEnum):
    """Keys of a group, ``spec/trust-list.md`` §4: what its keys have in common, and they."""

    CERTIFICATES = 1
    PUBLIC_KEYS = 2
    ROLE = 3
    COUNTRY = 4
    USAGES = 5


ROLES: Final[dict[Role, int]] = {"signer": 0, "authority": 1}
USAGE_BITS: Final[dict[Usage, int]] = {
    Usage.TEST: 1,
    Usage.VACCINATION: 2,
    Usage.RECOVERY: 4,
    Usage.LIGHT: 8,
}

_ROLE_OF: Final = {number: role for role, number in ROLES.items()}


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
    chain = message.headers.get(HeaderLabel.X5CHAIN, _NO_CHAIN)
    # RFC 9360 §2: one certificate stands alone, several in an array.
    certificates = chain if isinstance(chain, list) else [chain]
    if chain is _NO_CHAIN:
        return []
    if (isinstance(chain, list) and not 1 < len(chain) <= MAX_CHAIN_CERTIFICATES) or not all(
        isinstance(one, bytes) for one in certificates
    ):
        raise TrustListFormatError(
            NAME, place, f"x5chain: expected a certificate, or 2 to {MAX_CHAIN_CERTIFICATES}"
        )
    return certificates


_NO_CHAIN: Final = object()


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
    if ListKey.PUBLISHER in members and _country(members, ListKey.PUBLISHER) is None:
        raise TrustListFormatError(NAME, "publisher", "expected two or three letters")
    reading = _read_groups(members.get(ListKey.GROUPS), context.name)
    return reading._replace(issued_at=issued_at, expires_at=expires_at, sequence=sequence)


def _problem_of_keys(members: dict[Any, Any]) -> str:
    """What is wrong with the keys of a map; empty where nothing is."""
    for key in members:
        # True and 1.0 are the same key as 1 in Python, and others in CBOR.
        if type(key) is not int and type(key) is not str:
            return "a key that is neither an integer nor text"
        if type(key) is int and key < 0:
            return f"the critical member {key}, which this version does not know"
    return ""


def _country(members: dict[Any, Any], key: int) -> str | None:
    value = members.get(key)
    return read_country(value) if isinstance(value, str) else None


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
    if seconds > LAST_SECOND:
        reason = "expected seconds since 1970, up to the year 9999"
        raise TrustListFormatError(NAME, key.words, reason)
    return datetime.fromtimestamp(seconds, UTC)


# --- its keys ----------------------------------------------------------------------------------


def _read_groups(groups: object, name: str) -> Reading:
    if not isinstance(groups, list):
        raise TrustListFormatError(NAME, "groups", "expected an array")
    entries: list[Entry] = []
    aside: list[SetAside] = []
    first = 1
    for number, group in enumerate(groups, start=1):
        try:
            published, pairs, problem = _read_group(group, name)
        except _GroupError as error:
            raise TrustListFormatError(NAME, f"group {number}", str(error)) from error
        if not pairs:
            aside.append(SetAside(b"", published.country, source(name, f"group {number}"), problem))
        if first + len(pairs) // 2 - 1 > MAX_ENTRIES:
            raise TrustListFormatError(NAME, f"group {number}", f"more than {MAX_ENTRIES} keys")
        kids_and_keys = zip(pairs[::2], pairs[1::2], strict=True)
        for place, (kid, material) in enumerate(kids_and_keys, start=first):
            if type(kid) is not bytes or not kid:
                reason, kid = "kid: expected one byte or more", b""
            elif problem:
                reason = problem
            elif type(material) is not bytes or not material.startswith(_SEQUENCE):
                reason = f"{_WORDS[published.form]}: expected DER"
            else:
                entries.append(Entry(kid, material, published, place))
                continue
            aside.append(SetAside(kid, published.country, source(name, place), reason))
        first += len(pairs) // 2
    return Reading(entries, aside)


class _GroupError(Exception):
    """A group has not the form of one."""


class _Group(NamedTuple):
    """What a group's keys have in common, they themselves, and why they cannot be used.

    There may be none where a critical member says that they are of another kind.
    """

    published: Published
    pairs: list[Any]
    problem: str


def _read_group(group: object, name: str) -> _Group:
    if not isinstance(group, dict):
        raise _GroupError("expected a map")
    problem = _problem_of_keys(group)
    kinds = [kind for kind in _FORMS if kind in group]
    if len(kinds) != 1 and not (problem and not kinds):
        raise _GroupError("expected either certificates or public keys")
    form = _FORMS[kinds[0]] if kinds else "either"
    pairs = group[kinds[0]] if kinds else []
    if not isinstance(pairs, list) or bool(pairs) != bool(kinds) or len(pairs) % 2:
        raise _GroupError(f"expected kids, each followed by its {_WORDS[form]}")
    role = usages = None
    if GroupKey.ROLE in group:
        number = group[GroupKey.ROLE]
        if type(number) is not int:
            raise _GroupError("role: expected an integer")
        role = _ROLE_OF.get(number)
        if role is None:
            problem = problem or f"role: {number} is neither signer (0) nor authority (1)"
    country = _country(group, GroupKey.COUNTRY)
    if country is None and GroupKey.COUNTRY in group:
        raise _GroupError("country: expected two or three letters")
    if GroupKey.USAGES in group:
        bits = group[GroupKey.USAGES]
        if type(bits) is not int or bits < 0:
            raise _GroupError("usages: expected an integer, 0 or more")
        usages = frozenset(usage for usage, bit in USAGE_BITS.items() if bits & bit)
        if not usages:
            problem = problem or "usages: none that this version knows"
    published = Published(name, form, role, country, usages)
    return _Group(published, pairs, problem)


_FORMS: Final[dict[GroupKey, Form]] = {
    GroupKey.CERTIFICATES: "certificate",
    GroupKey.PUBLIC_KEYS: "key",
}
_WORDS: Final[dict[Form, str]] = {"certificate": "certificate", "key": "public key"}


def _is_map(data: bytes) -> bool:
    return bool(data) and data[0] >> 5 == _MAP


def _is_cbor_list(content: Content) -> bool:
    """A map whose first key is that of the version, or a message of our content type."""
    start = content.data[:2]
    if _is_map(start):
        return start[0] <= _LONGEST_HEAD and start[1:] == bytes((ListKey.VERSION,))
    return peek(content.data).get(HeaderLabel.CONTENT_TYPE) == CONTENT_TYPE


CBOR_LIST: Final = Format(NAME, _is_cbor_list, read_cbor_list, is_signed=True)
