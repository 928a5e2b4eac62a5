"""What was read of a revocation list, before it is indexed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from vnvaxcert.trust.revocation.hashes import HashType

if TYPE_CHECKING:
    from vnvaxcert.trust.revocation.crl import CertificateRevocationList
    from vnvaxcert.trust.revocation.slices import Slice

Entries: TypeAlias = Mapping[tuple[bytes | None, HashType], frozenset[bytes]]
"""Hashes of 16 bytes, by the kid of the signer (None: any signer) and what was hashed."""


class Contents(NamedTuple):
    """What a format found.

    Attributes:
        entries: Exact hashes.
        slices: Filters.
        crls: Lists of revoked certificates of signers.
        notes: What is odd, in words, with how many.
        is_authenticated: Whether the list's own signature was checked, and is good.
        issued_at: When it was published, where it says so; aware, UTC.
        expires_at: Until when it may be used, where it says so; aware, UTC.
        sequence: A number that grows with each list published, where it has one.
    """

    entries: Entries = MappingProxyType({})
    slices: tuple[Slice, ...] = ()
    crls: tuple[CertificateRevocationList, ...] = ()
    notes: tuple[str, ...] = ()
    is_authenticated: bool = False
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    sequence: int | None = None


def joined(parts: Iterable[Entries]) -> Entries:
    """The hashes of all parts; the work is linear in their number."""
    collected: dict[tuple[bytes | None, HashType], frozenset[bytes] | set[bytes]] = {}
    for entries in parts:
        for key, values in entries.items():
            known = collected.get(key)
            if known is None:
                collected[key] = values
            elif isinstance(known, set):
                known |= values
            else:
                collected[key] = {*known, *values}
    return {key: frozenset(values) for key, values in collected.items()}
