"""Trust lists and revocation lists from the inputs of vectors."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache, reduce
from operator import or_
from typing import Any, Final

from vnvaxcert.cose import keys
from vnvaxcert.trust.entry import Role
from vnvaxcert.trust.jwk import read_jwk
from vnvaxcert.trust.revocation import HASH_BYTES, Hash, HashType, RevocationList
from vnvaxcert.trust.trustlist import TrustList

_REMEMBERED: Final = 1024  # lists of one key: a suite has some dozens of signers


class RequestError(Exception):
    """An operation's input is not as it has to be: the fault of the vector."""


def member(given: Mapping[str, Any], name: str, kind: type) -> Any:
    """A member of an operation's input that has to be there.

    Raises:
        RequestError: It is missing or of another type.
    """
    value = given.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise RequestError(f"{name}: expected to be there, as {kind.__name__}")
    return value


def from_hex(given: Mapping[str, Any], name: str) -> bytes:
    """Bytes of a member in hexadecimal.

    Raises:
        RequestError: It is missing, or no hexadecimal.
    """
    try:
        return bytes.fromhex(member(given, name, str))
    except ValueError:
        raise RequestError(f"{name}: expected hexadecimal") from None


def from_base64(text: object, name: str) -> bytes:
    """Bytes of a text in Base64.

    Raises:
        RequestError: No text, or no Base64.
    """
    try:
        return b64decode(text if isinstance(text, str) else "*", validate=True)
    except ValueError:  # also for letters beyond ASCII
        raise RequestError(f"{name}: expected Base64") from None


def moment(text: object, name: str = "at") -> datetime:
    """A moment of ISO 8601 with a time zone.

    Raises:
        RequestError: Something else.
    """
    try:
        found = datetime.fromisoformat(text if isinstance(text, str) else "")
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter: years that UTC does not have
        pass
    raise RequestError(f"{name}: expected a moment such as 2022-06-01T00:00:00Z")


def objects(given: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """A member that is a list of objects; none where it is absent.

    Raises:
        RequestError: Something else.
    """
    found: list[Any] = member(given, name, list) if name in given else []
    if not all(isinstance(one, dict) for one in found):
        raise RequestError(f"{name}: expected a list of objects")
    return found


def trust_list(
    given: Mapping[str, Any], name: str = "trust", *, role: Role | None = None
) -> TrustList:
    """Make a trust list of keys: objects with ``kid``, ``certificate`` or ``jwk``, ``country``.

    A kid is taken as it stands: it need not be the one computed from the certificate.

    Args:
        given: The input of an operation.
        name: The member that has the keys.
        role: Of keys without a certificate, which tells it: signer, when not given.

    Raises:
        RequestError: Another form.
    """
    member(given, name, list)
    keys = (json.dumps(key, sort_keys=True) for key in objects(given, name))
    return reduce(or_, (_one_key(text, name, role) for text in keys), TrustList())


@lru_cache(_REMEMBERED)
def _one_key(text: str, name: str, role: Role | None) -> TrustList:
    key = json.loads(text)
    kid = from_base64(key.get("kid"), f"{name}: kid")
    country = key.get("country")
    if not kid or not isinstance(country, str | None):
        raise RequestError(f"{name}: expected a kid, and a country or null")
    if key.get("certificate") is not None:
        entry = {"certificate": member(key, "certificate", str), "country": country}
        return TrustList.from_bytes(json.dumps({key["kid"]: entry}).encode())
    try:
        public_key = keys.load_spki(read_jwk(member(key, "jwk", dict)))
    except ValueError as error:
        raise RequestError(f"{name}: a jwk that is no public key") from error
    return TrustList.from_keys({kid: public_key}, country=country, role=role or "signer")


def revocation_list(given: Mapping[str, Any]) -> RevocationList:
    """Make a revocation list of the member ``revocation``: ``files`` and ``hashes``.

    Files are in Base64, of any format. Each of ``hashes`` is an object with ``type``, ``hash``
    (hexadecimal) and ``kid`` (the same; null: of any signer).

    Raises:
        RequestError: Another form.
        TrustListError: A file that cannot be used.
    """
    revocation = member(given, "revocation", dict)
    found = RevocationList.from_hashes([])
    files = member(revocation, "files", list) if "files" in revocation else []
    if files:
        found |= RevocationList.from_bytes(*(from_base64(one, "files") for one in files))
    for one in objects(revocation, "hashes"):
        found |= RevocationList.from_hashes([hash_of(one, "type")], kid=kid_of(one))
    return found


def kid_of(given: Mapping[str, Any]) -> bytes | None:
    """The ``kid`` of a hash, in hexadecimal; null: of any signer.

    Raises:
        RequestError: It is missing, empty or no hexadecimal.
    """
    if "kid" in given and given["kid"] is None:
        return None
    kid = from_hex(given, "kid")
    if not kid:
        raise RequestError("kid: empty")
    return kid


def hash_of(given: Mapping[str, Any], name: str) -> Hash:
    """A ``hash`` of 16 bytes in hexadecimal, with its type under the name.

    Raises:
        RequestError: Another type or length.
    """
    kind, value = member(given, name, str), from_hex(given, "hash")
    if kind not in HashType.__members__ or len(value) != HASH_BYTES:
        raise RequestError(f"{name}, hash: expected a type of hash, and {HASH_BYTES} bytes")
    return HashType[kind], value
