"""Revocation: hashes of certificates, lists and filters of them, lists of revoked signers."""

from __future__ import annotations

from vnvaxcert.trust.revocation.revocation_list import (
    HASH_BYTES,
    MAX_FILE_BYTES,
    MAX_ITEMS,
    Hash,
    HashType,
    RevocationList,
    certificate_hashes,
)

__all__ = [
    "HASH_BYTES",
    "MAX_FILE_BYTES",
    "MAX_ITEMS",
    "Hash",
    "HashType",
    "RevocationList",
    "certificate_hashes",
]
