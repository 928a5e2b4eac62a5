"""An encoder of CBOR (RFC 8949) that writes what it is told, right or wrong.

A vector needs one exact defect: a key given twice, a head longer than need be, a float where a
whole number belongs. So maps keep their order, and any place can hold bytes as they are.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple


class Raw(NamedTuple):
    """Bytes that stand for an item, and are written as they are."""

    encoded: bytes


class Pairs(NamedTuple):
    """A map by its pairs, in which a key may be given twice."""

    pairs: Sequence[tuple[Any, Any]]


class Tag(NamedTuple):
    """A tagged item."""

    number: int
    item: Any


class Endless(NamedTuple):
    """A text, byte string, array or map of indefinite length, by its pieces or pairs."""

    major: int
    items: Sequence[Any]


NULL: Final = Raw(b"\xf6")
UNDEFINED: Final = Raw(b"\xf7")
BREAK: Final = b"\xff"

UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG = range(7)


def head(major: int, argument: int, *, size: int | None = None) -> bytes:
    """The head of an item.

    Args:
        major: Its major type.
        argument: Its value, length or tag number.
        size: Bytes of the argument; the fewest by default.
    """
    if size is None:
        if argument < 24:
            return bytes([major << 5 | argument])
        size = next(one for one in (1, 2, 4, 8) if argument < 1 << 8 * one)
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[size]]) + argument.to_bytes(size, "big")


def double(value: float) -> Raw:
    """A floating-point number of 64 bits."""
    return Raw(b"\xfb" + struct.pack(">d", value))


def encode(item: Any) -> bytes:
    """Encode an item; lists and maps in the order in which they are given."""
    match item:
        case Raw(encoded):
            return encoded
        case bool():
            return b"\xf5" if item else b"\xf4"
        case None:
            return NULL.encoded
        case int():
            return head(UNSIGNED, item) if item >= 0 else head(NEGATIVE, -1 - item)
        case float():
            return double(item).encoded
        case bytes():
            return head(BYTES, len(item)) + item
        case str():
            data = item.encode("utf-8")
            return head(TEXT, len(data)) + data
        case Tag(number, inner):
            return head(TAG, number) + encode(inner)
        case Pairs(pairs):
            return head(MAP, len(pairs)) + _pairs(pairs)
        case Endless(major, items):
            content = _pairs(items) if major == MAP else b"".join(map(encode, items))
            return bytes([major << 5 | 31]) + content + BREAK
        case Mapping():
            return head(MAP, len(item)) + _pairs(item.items())
        case Sequence():
            return head(ARRAY, len(item)) + b"".join(map(encode, item))
    raise TypeError(f"no form of CBOR for {type(item).__name__}")


def _pairs(pairs: Iterable[tuple[Any, Any]]) -> bytes:
    return b"".join(encode(key) + encode(value) for key, value in pairs)
