"""Switzerland's list: bare keys in one JWS, and in another which of them are active.

Keys come in batches, so there may be several of the first kind. Neither kind states a time: a
reader is told how long to use a list after fetching it, and that is for the caller to heed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric import rsa

from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust import der
from vnvaxcert.trust.entry import Entry, Published, SetAside, decode_base64, source
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context, Format
from vnvaxcert.trust.formats.members import read_kid
from vnvaxcert.trust.formats.signed_json import SignedJson, payload_start, read_signed_json
from vnvaxcert.trust.jwk import PRIVATE, JwkError, is_private, read_jwk
from vnvaxcert.trust.reading import Reading
from vnvaxcert.trust.spki import read_spki
from vnvaxcert.trust.usage import UNRESTRICTED, Usage

_NAME: Final = "Swiss list"
_KEYS: Final = "certs"
_ACTIVE: Final = "activeKeyIds"

# `use` is "sig" for all kinds, or letters.
_ALL: Final = "sig"
_USAGES: Final = {
    "t": Usage.TEST,
    "v": Usage.VACCINATION,
    "r": Usage.RECOVERY,
    "l": Usage.LIGHT,
}

# What a key is; certificates signed with RSA are PS256, whatever this says.
_KEY_TYPES: Final = {"ES256": "EC", "RS256": "RSA"}
_RSA: Final = bytes.fromhex("300d06092a864886f70d0101010500")  # rsaEncryption with its NULL
_LONGEST_KEY: Final = 4096  # characters; RSA of 8192 bits has some 1,400


class _UnusableError(ValueError):
    """A key that may not be used; its text says why."""


class _Parts(NamedTuple):
    """The files of a list, by what they hold."""

    keys: list[SignedJson]
    active: SignedJson


def read_swiss_part(content: Content, context: Context) -> Reading:
    """Refuse a part without the others; see `read_swiss_list`."""
    return read_swiss_list((content,), context)


def read_swiss_list(contents: Sequence[Content], context: Context) -> Reading:
    """Read the batches of keys and the list of active ones, in any order.

    A key that is not active or cannot be read is set aside, and so is an identifier that is
    active and has no key. A key for light certificates alone is a key, and may sign nothing else.

    Args:
        contents: The JWS of one or more batches, and of one list of active keys.
        context: What is known of the list. Key or authorities have to fit all its parts.

    Raises:
        TrustListFormatError: A part is missing, there twice, no JWS, or without its array; more
            than `MAX_ENTRIES` keys.
        TrustListSignatureError: See `read_signed_json`.

    Spec: API of the Swiss verifier service, keys/updates and keys/list; RFC 7515.
    """
    parts = _sorted([read_signed_json(content, context, _NAME) for content in contents])
    names = _array(parts.active, _ACTIVE)
    active = {read_kid(name) for name in names}
    reading = Reading([], [], context.asks_for_a_signature)
    known = set()
    for found in _keys(parts, active, context.name):
        known.add(found.kid)
        reading.add(found)
    for number, name in enumerate(names, start=1):
        kid = read_kid(name)
        if not kid or kid not in known:
            reason = "it is active, and has no key" if kid else "kid: not Base64"
            place = source(context.name, f"active key {number}")
            reading.set_aside.append(SetAside(kid, None, place, reason))
    return reading


def _sorted(signed: list[SignedJson]) -> _Parts:
    keys = [part for part in signed if _KEYS in part.members]
    active = [part for part in signed if _KEYS not in part.members]
    if not keys:
        raise TrustListFormatError(
            _NAME, "", "the keys are missing: load it together with the file of 'certs'"
        )
    if not active:
        raise TrustListFormatError(
            _NAME,
            "",
            "which keys are active is missing: load it together with the file of 'activeKeyIds'",
        )
    if len(active) > 1:
        raise TrustListFormatError(_NAME, "", "more than one list of active keys")
    return _Parts(keys, active[0])


def _array(part: SignedJson, name: str) -> list[object]:
    value = part.members.get(name)
    if not isinstance(value, list):
        raise TrustListFormatError(_NAME, name, "expected an array")
    if len(value) > MAX_ENTRIES:
        raise TrustListFormatError(_NAME, name, f"more than {MAX_ENTRIES} entries")
    return value


def _keys(parts: _Parts, active: set[bytes], origin: str) -> Iterator[Entry | SetAside]:
    """All keys of all batches; those that may not be used are set aside."""
    published: dict[frozenset[Usage], Published] = {}
    count = 0
    for batch, part in enumerate(parts.keys, start=1):
        prefix = f"batch {batch}, " if len(parts.keys) > 1 else ""
        for number, one in enumerate(_array(part, _KEYS), start=1):
            count += 1
            if count > MAX_ENTRIES:
                raise TrustListFormatError(_NAME, _KEYS, f"more than {MAX_ENTRIES} entries")
            place = f"{prefix}key {number}"
            members = one if isinstance(one, dict) else {}
            kid = read_kid(members.get("keyId"))
            try:
                usages = _usages(members.get("use"))
                spki = _key(members)
                if not kid:
                    raise _UnusableError("keyId: missing, empty or not Base64")
                if kid not in active:
                    raise _UnusableError("it is not on the list of active keys")
            except (JwkError, _UnusableError) as error:
                yield SetAside(kid, None, source(origin, place), str(error))
                continue
            shared = published.setdefault(usages, Published(origin, "key", "signer", usages=usages))
            yield Entry(kid, spki, shared, place)


def _usages(use: object) -> frozenset[Usage]:
    """What a key may sign; empty: all kinds."""
    if use == _ALL:
        return UNRESTRICTED
    if not isinstance(use, str) or not use or not set(use) <= {*_USAGES}:
        raise _UnusableError("use: expected 'sig', or letters out of t, v, r and l")
    return frozenset(_USAGES[letter] for letter in use)


def _key(members: Mapping[str, object]) -> bytes:
    """SubjectPublicKeyInfo of a key: of its numbers, or as the list for iPhones has RSA."""
    if is_private(members):
        raise _UnusableError(PRIVATE)
    alg = members.get("alg")
    kty = _KEY_TYPES.get(alg) if isinstance(alg, str) else None
    if kty is None:
        raise _UnusableError("alg: neither ES256 nor RS256")
    encoded = members.get("subjectPublicKeyInfo")
    if kty == "RSA" and members.get("n") is None and encoded is not None:
        return _rsa(encoded)
    names = ("crv", "x", "y") if kty == "EC" else ("n", "e")
    numbers = {name: members[name] for name in names if members.get(name) is not None}
    return read_jwk({"kty": kty, **numbers})


def _rsa(encoded: object) -> bytes:
    """SubjectPublicKeyInfo of an RSA key in DER: that itself, or its inner RSAPublicKey.

    The API names the one; what iOS builds keys from is the other. No sample is known.
    """
    what = "subjectPublicKeyInfo"
    if not isinstance(encoded, str) or len(encoded) > _LONGEST_KEY:
        raise _UnusableError(f"{what}: expected a key in Base64")
    try:
        spki = decode_base64(encoded)
        start, end = der.only(spki, 0, len(spki), der.SEQUENCE, what)
        if der.element(spki, start, end, what)[0] == der.INTEGER:  # RFC 8017 A.1.1
            spki = der.encode(der.SEQUENCE, _RSA, der.encode(der.BIT_STRING, b"\0", spki))
        key = read_spki(spki).key
    except ValueError as error:
        raise _UnusableError(f"{what}: no RSA key that can be used") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise _UnusableError(f"{what}: not an RSA key")
    return spki


def _is_swiss_list(content: Content) -> bool:
    start = payload_start(content)
    return b'"certs"' in start or b'"activeKeyIds"' in start


SWISS_LIST: Final = Format(
    _NAME, _is_swiss_list, read_swiss_part, is_signed=True, join=read_swiss_list
)
