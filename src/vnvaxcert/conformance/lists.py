"""Trust lists and revocation lists from the inputs of vectors."""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache, reduce
from operator import or_
from typing import Any, Final

from vnvaxcert.cose import keys
from vnvaxcert.trust.entry import Role
from vnvaxcert.trust.jwk import JwkError, read_jwk
from vnvaxcert.trust.revocation import HashType, RevocationList
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
    if not isinstance(value, kind):
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
    except Base64Error:
        raise RequestError(f"{name}: expected Base64") from None


def moment(text: object, name: str = "at") -> datetime:
    """A moment of ISO 8601 with a time zone.

    Raises:
        RequestError: Something else.
    """
    try:
        found = datetime.fromisoformat(text if isinstance(text, str) else "")
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise RequestError(f"{name}: expected a moment such as 2022-06-01T00:00:00Z")
    return found


def trust_list(given: object, name: str = "trust", *, role: Role | None = None) -> TrustList:
    """Make a trust list of keys: objects with ``kid``, ``certificate`` or ``jwk``, ``country``.

    A kid is taken as it stands: it need not be the one computed from the certificate.

    Raises:
        RequestError: Another form.
    """
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise RequestError(f"{name}: expected a list of keys")
    lists = []
    for key in given:
        if not isinstance(key, Mapping):
            raise RequestError(f"{name}: expected objects with kid and certificate or jwk")
        lists.append(_one_key(json.dumps(key, sort_keys=True), name, role))
    return reduce(or_, lists, TrustList())


@lru_cache(_REMEMBERED)
def _one_key(text: str, name: str, role: Role | None) -> TrustList:
    key = json.loads(text)
    if key.get("certificate") is not None:
        entry = {"certificate": key["certificate"], "country": key.get("country")}
        return TrustList.from_bytes(json.dumps({key.get("kid"): entry}).encode())
    try:
        public_key = keys.load_spki(read_jwk(member(key, "jwk", dict)))
    except (JwkError, ValueError) as error:
        raise RequestError(f"{name}: a jwk that is no public key") from error
    kid = from_base64(key.get("kid"), f"{name}: kid")
    country = key.get("country")
    return TrustList.from_keys({kid: public_key}, country=country, role=role or "signer")


def revocation_list(given: object) -> RevocationList:
    """Make a revocation list of ``files`` in Base64, of any format, and of ``hashes``.

    Each of ``hashes`` is an object with ``type``, ``hash`` (hexadecimal) and ``kid`` (the same;
    null: of any signer).

    Raises:
        RequestError: Another form.
        TrustListError: A file that cannot be used.
    """
    if not isinstance(given, Mapping):
        raise RequestError("revocation: expected an object")
    lists = []
    files = [from_base64(one, "revocation: files") for one in given.get("files", [])]
    if files:
        lists.append(RevocationList.from_bytes(*files))
    for one in given.get("hashes", []):
        kid = None if one.get("kid") is None else from_hex(one, "kid")
        found = HashType(member(one, "type", str)), from_hex(one, "hash")
        lists.append(RevocationList.from_hashes([found], kid=kid))
    return reduce(or_, lists, RevocationList.from_hashes([]))
