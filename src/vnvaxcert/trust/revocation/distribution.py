"""What the EU's distribution service says of its slices: which there are, so that none is missed.

A slice that was not fetched revokes nothing, and nobody notices. The service lists the kids it has
hashes of, and for each kid and partition the slices with their ids.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust import json_text
from vnvaxcert.trust.revocation.hashes import HashType
from vnvaxcert.trust.revocation.members import UNKNOWN_KID, read_kid, read_time
from vnvaxcert.trust.revocation.slices import Place, SliceKind, SliceMode, read_place

_KIDS: Final = "revocation, list of kids"
_PARTITIONS: Final = "revocation, partitions"
_SHA256_DIGITS: Final = 64


class ListedKid(NamedTuple):
    """A signer of whose certificates the service has hashes.

    Attributes:
        kid: Its key identifier; None: hashes that count for any signer.
        mode: How finely its hashes are cut.
        hash_types: What the hashes are of.
        updated_at: When that last changed, aware, UTC.
        expires_at: Until when they have to be kept, aware, UTC.
    """

    kid: bytes | None
    mode: SliceMode
    hash_types: frozenset[HashType]
    updated_at: datetime
    expires_at: datetime


class ListedSlice(NamedTuple):
    """A slice that the service has.

    Attributes:
        kid: Key identifier of the signer; None: any.
        place: Its partition and chunk.
        expires_at: Until when it has to be kept, aware, UTC.
        kind: Which kind of filter it is.
        id: Its name: the SHA-256 of its bytes, lower-case hexadecimal, as `Slice.id`.
    """

    kid: bytes | None
    place: Place
    expires_at: datetime
    kind: SliceKind
    id: str


def read_kid_list(data: bytes) -> tuple[ListedKid, ...]:
    """Read the service's list of kids.

    Args:
        data: JSON, UTF-8: an array of ``{kid, mode, hashTypes, expires, lastUpdated}``.

    Raises:
        TrustListFormatError: Not that; a mode or type of hash that is not known: whoever passed
            over it would accept what was revoked.

    Spec: distribution service, GET /lists.
    """
    document = json_text.parse(data)
    if not isinstance(document, list):
        raise TrustListFormatError(_KIDS, "", "expected an array")
    found = []
    for number, one in enumerate(document, start=1):
        where = f"entry {number}"
        members = one if isinstance(one, dict) else {}
        types = members.get("hashTypes")
        mode = members.get("mode")
        if not isinstance(mode, str) or mode not in SliceMode.__members__:
            raise TrustListFormatError(
                _KIDS, f"{where}, mode", f"expected one of {', '.join(SliceMode)}"
            )
        if not isinstance(types, list) or not types or not all(map(_is_hash_type, types)):
            raise TrustListFormatError(
                _KIDS, f"{where}, hashTypes", f"expected some of {', '.join(HashType)}"
            )
        found.append(
            ListedKid(
                kid=_kid(members, _KIDS, where),
                mode=SliceMode(mode),
                hash_types=frozenset(map(HashType, types)),
                updated_at=_time(members.get("lastUpdated"), _KIDS, f"{where}, lastUpdated"),
                expires_at=_time(members.get("expires"), _KIDS, f"{where}, expires"),
            )
        )
    return tuple(found)


def read_partitions(data: bytes) -> tuple[ListedSlice, ...]:
    """Read the service's description of one partition, or of all of a kid: their slices.

    Args:
        data: JSON, UTF-8: an object ``{kid, id, chunks: {chunk: {expiry: {type, hash}}}}``, or an
            array of them.

    Raises:
        TrustListFormatError: Not that; a kind of filter that is not known.

    Spec: distribution service, GET /lists/{kid}/partitions, GET /lists/{kid}/partitions/{id}.
    """
    document = json_text.parse(data)
    found: list[ListedSlice] = []
    for number, one in enumerate(document if isinstance(document, list) else [document], start=1):
        where = f"partition {number}"
        members = one if isinstance(one, dict) else {}
        kid = _kid(members, _PARTITIONS, where)
        chunks = members.get("chunks")
        if not isinstance(chunks, dict):
            raise TrustListFormatError(_PARTITIONS, f"{where}, chunks", "expected an object")
        for chunk, slices in chunks.items():
            place = read_place(members.get("id"), chunk)
            if place is None or not isinstance(slices, dict):
                raise TrustListFormatError(
                    _PARTITIONS,
                    f"{where}, chunks",
                    "expected 0 to 2 digits for the partition, 1 for a chunk, and an object",
                )
            found += (
                _slice(kid, place, expiry, given, f"{where}, chunk {place.chunk}")
                for expiry, given in slices.items()
            )
    return tuple(found)


def _slice(kid: bytes | None, place: Place, expiry: str, given: object, where: str) -> ListedSlice:
    members = given if isinstance(given, dict) else {}
    kind, identifier = members.get("type"), members.get("hash")
    if not isinstance(kind, str) or kind not in SliceKind.__members__:
        raise TrustListFormatError(
            _PARTITIONS, f"{where}, type", f"expected one of {', '.join(SliceKind)}"
        )
    if not isinstance(identifier, str) or not _is_sha256(identifier):
        raise TrustListFormatError(_PARTITIONS, f"{where}, hash", "expected a SHA-256 in hex")
    expires_at = _time(expiry, _PARTITIONS, where)
    return ListedSlice(kid, place, expires_at, SliceKind(kind), identifier.lower())


def _is_sha256(text: str) -> bool:
    return len(text) == _SHA256_DIGITS and set(text.lower()) <= set("0123456789abcdef")


def _is_hash_type(value: object) -> bool:
    return isinstance(value, str) and value in HashType.__members__


def _kid(members: dict[str, object], format_name: str, where: str) -> bytes | None:
    kid = read_kid(members.get("kid"))
    if kid == b"":
        raise TrustListFormatError(
            format_name, f"{where}, kid", f"expected Base64 or {UNKNOWN_KID}"
        )
    return kid


def _time(value: object, format_name: str, where: str) -> datetime:
    moment = read_time(value)
    if moment is None:
        raise TrustListFormatError(format_name, where, "not a time with its offset from UTC")
    return moment
