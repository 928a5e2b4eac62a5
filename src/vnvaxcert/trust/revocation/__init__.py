"""Revocation: hashes of certificates, lists and filters of them, lists of revoked signers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vnvaxcert.trust.revocation.hashes import HASH_BYTES, Hash, HashType, certificate_hashes
from vnvaxcert.trust.revocation.revocation_list import RevocationList

if TYPE_CHECKING:
    from vnvaxcert.trust.revocation.bloom import BloomFilter
    from vnvaxcert.trust.revocation.crl import CertificateRevocationList, read_crl
    from vnvaxcert.trust.revocation.distribution import (
        ListedKid,
        ListedSlice,
        read_kid_list,
        read_partitions,
    )
    from vnvaxcert.trust.revocation.gateway import (
        Batch,
        BatchList,
        ListedBatch,
        read_batch,
        read_batch_list,
        sign_batch,
        write_batches,
    )
    from vnvaxcert.trust.revocation.slices import (
        Place,
        Slice,
        SliceKind,
        SliceMode,
        make_slices,
        read_slices,
        slice_place,
        write_slices,
    )
    from vnvaxcert.trust.revocation.variable_hash import VariableHashList

__all__ = [
    "HASH_BYTES",
    "Batch",
    "BatchList",
    "BloomFilter",
    "CertificateRevocationList",
    "Hash",
    "HashType",
    "ListedBatch",
    "ListedKid",
    "ListedSlice",
    "Place",
    "RevocationList",
    "Slice",
    "SliceKind",
    "SliceMode",
    "VariableHashList",
    "certificate_hashes",
    "make_slices",
    "read_batch",
    "read_batch_list",
    "read_crl",
    "read_kid_list",
    "read_partitions",
    "read_slices",
    "sign_batch",
    "slice_place",
    "write_batches",
    "write_slices",
]

# Loaded when first asked for: a verifier needs the formats of the lists it loads and no others.
_LATER = {
    "bloom": ("BloomFilter",),
    "crl": ("CertificateRevocationList", "read_crl"),
    "distribution": ("ListedKid", "ListedSlice", "read_kid_list", "read_partitions"),
    "gateway": (
        *("Batch", "BatchList", "ListedBatch", "read_batch", "read_batch_list"),
        *("sign_batch", "write_batches"),
    ),
    "slices": (
        *("Place", "Slice", "SliceKind", "SliceMode"),
        *("make_slices", "read_slices", "slice_place", "write_slices"),
    ),
    "variable_hash": ("VariableHashList",),
}
_MODULE_OF = {name: module for module, names in _LATER.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF})
