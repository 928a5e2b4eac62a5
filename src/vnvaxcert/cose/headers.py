"""COSE headers (RFC 9052 §3): what a certificate's two header maps say.

Only ``alg`` and ``kid`` matter here; other headers are allowed and have no effect, but for
``crit``, which asks that a header be understood that this library does not know.
"""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
from typing import Any, Final

from vnvaxcert.codec import cbor
from vnvaxcert.errors import CoseStructureError


class Label(IntEnum):
    """Header labels of the IANA registry "COSE Header Parameters"."""

    ALG = 1
    CRIT = 2
    CONTENT_TYPE = 3
    KID = 4


class _Missing:
    """The header is not in the map (which is not the same as null)."""


MISSING: Final = _Missing()


class Header:
    """One header map, read: ``alg`` and ``kid`` as they are, or `MISSING`."""

    __slots__ = ("alg", "is_empty", "kid")

    def __init__(self, labels: dict[Any, Any]) -> None:
        self.is_empty = not labels
        for label in labels:
            if type(label) is not int and type(label) is not str:
                raise CoseStructureError("a header label is neither an integer nor a text")
        if Label.CRIT in labels:
            raise CoseStructureError("the header 'crit' asks for something unknown")
        self.alg: Any = labels.get(Label.ALG, MISSING)
        self.kid: Any = labels.get(Label.KID, MISSING)


def read_protected(encoded: bytes) -> Header:
    """Read the protected header from its byte string; a zero-length one is the empty map.

    Raises:
        CborError: Not one CBOR item.
        CoseStructureError: Not a map, a label of another type, or ``crit``.

    Spec: RFC 9052 §3, §3.1.
    """
    # One signer's certificates all carry the same few bytes; a long header is not kept, so that
    # hostile ones cannot fill the memory.
    return _read_short(encoded) if len(encoded) <= _LONGEST_KEPT else _read(encoded)


_LONGEST_KEPT = 64  # alg, kid and content type take 17 bytes


def _read(encoded: bytes) -> Header:
    labels = cbor.decode(encoded, where="protected header") if encoded else {}
    if not isinstance(labels, dict):
        raise CoseStructureError("the protected header is not a map")
    return Header(labels)


_read_short = lru_cache(maxsize=1024)(_read)
