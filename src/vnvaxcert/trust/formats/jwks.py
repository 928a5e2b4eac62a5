"""JWK sets (RFC 7517 §5), bare or in a JWS: how the first test data of HCERT published keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from vnvaxcert.errors import TrustListFormatError, TrustListSignatureError
from vnvaxcert.trust.entry import Entry, Published, SetAside, decode_base64, source
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context, Format
from vnvaxcert.trust.formats.members import read_kid
from vnvaxcert.trust.formats.signed_json import (
    SignedJson,
    payload_start,
    read_signed_json,
    read_time,
)
from vnvaxcert.trust.jwk import PRIVATE, JwkError, is_private, read_jwk
from vnvaxcert.trust.reading import Reading

_NAME: Final = "JWK set"
_THUMBPRINT_BYTES: Final = 32
_NO_THUMBPRINT: Final = "unreadable"  # equal to none

# RFC 7518 §3.1: the algorithms of signatures. Lists write RS256 for RSA keys whose certificates
# are signed with PS256, so which of them it is does not matter.
_EC: Final = ("ES256", "ES384", "ES512")
_RSA: Final = ("PS256", "PS384", "PS512", "RS256", "RS384", "RS512")

# Times stand in the header of the signed test data, which calls `exp` critical.
_UNDERSTOOD: Final = frozenset({"exp", "nbf", "iat"})


def read_key(
    jwk: Mapping[str, object], kid: bytes, published: Published, place: str | int
) -> Entry | SetAside:
    """Make an entry of one JWK: of its certificate where it has one, else of its numbers.

    The certificate is what counts: it alone has validity and usages. It is parsed when it is
    looked up; numbers are checked at once. A thumbprint (``x5t#S256``) of something else
    becomes a note of the key.

    Args:
        jwk: Its members; those that are null count as absent.
        kid: Its key identifier; empty where it has none.
        published: What the list says of it; its form is set here.
        place: Where it stands in the list.

    Spec: RFC 7517 §4; RFC 7518 §6.2, §6.3.
    """
    jwk = {name: value for name, value in jwk.items() if value is not None}
    reason = _refusal(jwk) if kid else "kid: missing, empty or not Base64"
    if not reason and "x5c" in jwk:
        chain = jwk["x5c"]
        if isinstance(chain, list) and chain and isinstance(chain[0], str):
            thumbprint = _thumbprint(jwk.get("x5t#S256", ""))
            return Entry(kid, chain[0], published, place, thumbprint)
        # Not taken for a bare key: its restrictions would be lost with the certificate.
        reason = "x5c: expected a list of certificates"
    if not reason:
        try:
            return Entry(kid, read_jwk(jwk), published._replace(form="key"), place)
        except JwkError as error:
            reason = str(error)
    return SetAside(kid, published.country, source(published.origin, place), reason)


def _refusal(jwk: Mapping[str, object]) -> str:
    """Why a key must not verify signatures; empty where it may (RFC 7517 §4.2 to §4.4)."""
    if is_private(jwk):
        return PRIVATE
    if jwk.get("use", "sig") != "sig":
        return "use: it is not a key for signatures"
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        return "key_ops: it does not verify signatures"
    if "alg" in jwk and jwk["alg"] not in (_EC if jwk.get("kty") == "EC" else _RSA):
        return "alg: no algorithm for signatures with such a key"
    return ""


def _thumbprint(value: object) -> str:
    """A thumbprint in hex; nothing where there is none, and no thumbprint's where unreadable."""
    if value == "":
        return ""
    try:
        digest = decode_base64(value) if isinstance(value, str) else b""
    except ValueError:
        digest = b""
    return digest.hex() if len(digest) == _THUMBPRINT_BYTES else _NO_THUMBPRINT


def read_jwks(content: Content, context: Context) -> Reading:
    """Read a JWK set, or one in a JWS; times are those of its header or payload.

    Args:
        content: The JSON, or the JWS.
        context: What is known of the list.

    Raises:
        TrustListFormatError: Neither; no array of keys, or more than `MAX_ENTRIES`; a private key
            in it, which is a mistake and no list; a time that is none.
        TrustListSignatureError: See `read_signed_json`; a key is given and it is not signed.

    Spec: RFC 7517 §5; RFC 7519 §4.1.4 to §4.1.6, §5.3.
    """
    if _has_keys(content.document):
        if context.asks_for_a_signature:
            raise TrustListSignatureError(
                _NAME, "", "a signing key was given, and this list is not signed"
            )
        return _read(content.document, context)
    signed = read_signed_json(content, context, _NAME, understood=_UNDERSTOOD)
    issued_at, not_before, expires_at = (_time(signed, name) for name in ("iat", "nbf", "exp"))
    start = max(filter(None, (issued_at, not_before)), default=None)
    return _read(signed.members, context)._replace(
        is_authenticated=signed.is_authenticated,
        issued_at=start,
        expires_at=expires_at,
        sequence=None if issued_at is None else int(issued_at.timestamp()),
    )


def _time(signed: SignedJson, name: str) -> datetime | None:
    """A time of header and payload; of two the one that leaves less time to use the list."""
    parts = [part for part in (signed.jws.header, signed.members) if name in part]
    times = [read_time(part, name, _NAME) for part in parts]
    return (min if name == "exp" else max)(times, default=None)


def _read(document: object, context: Context) -> Reading:
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list):
        raise TrustListFormatError(_NAME, "keys", "expected an array of keys")
    if len(keys) > MAX_ENTRIES:
        raise TrustListFormatError(_NAME, "keys", f"more than {MAX_ENTRIES} entries")
    reading = Reading([], [])
    published = Published(context.name)
    for number, jwk in enumerate(keys, start=1):
        members = jwk if isinstance(jwk, dict) else {}
        if is_private(members):
            raise TrustListFormatError(_NAME, f"entry {number}", PRIVATE)
        found = read_key(members, read_kid(members.get("kid")), published, number)
        reading.add(found)
    return reading


def _has_keys(document: object) -> bool:
    keys = document.get("keys") if isinstance(document, dict) else None
    return isinstance(keys, list) and all(
        isinstance(one, dict) and "kty" in one for one in keys[:16]
    )


def _is_jwks(content: Content) -> bool:
    if _has_keys(content.document):
        return True
    start = payload_start(content)
    return b'"keys"' in start and b'"dsc_trust_list"' not in start  # which has such arrays inside


JWK_SET: Final = Format(_NAME, _is_jwks, read_jwks, is_signed=True)
