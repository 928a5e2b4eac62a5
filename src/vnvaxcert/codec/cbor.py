"""CBOR (RFC 8949): bounded decoding of hostile bytes, deterministic encoding (§4.2).

Decoding is `cbor2` with its limits set. Of the semantic tags only those that certificates use
are read: 18 (COSE_Sign1) and 61 (CWT) come out as `Tagged`, 0 and 1 (times) as `Tagged` around
the untouched text or number, every other tag is refused. So no value is ever turned into a
Python object that the sender chose.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any, NoReturn

import cbor2

from vnvaxcert.errors import CborError

# The deepest certificate seen has 6 levels (COSE array, claims, hcert, DCC, group, entry).
MAX_DEPTH = 16

Tagged = cbor2.CBORTag
UNDEFINED = cbor2.undefined

TAG_DATE_TIME = 0  # RFC 8949 §3.4.1
TAG_EPOCH_TIME = 1  # RFC 8949 §3.4.2
TAG_COSE_SIGN1 = 18  # RFC 9052 §2
TAG_CWT = 61  # RFC 8392 §6


class _RefusedTagError(Exception):
    """Raised inside the decoder to stop at a tag that must not be read."""


def _keep(tag: int) -> Any:
    return lambda value, immutable: Tagged(tag, value)


def _refuse(*_: object) -> NoReturn:
    raise _RefusedTagError


# cbor2 gives these tags a meaning of its own (big numbers, shared references, regular
# expressions, sets, ...); tags without one go to `tag_hook`.
_BUILT_IN = (
    *(2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100),
    *(256, 258, 260, 261, 1004, 43000, 55799),
)
_SEMANTIC: Mapping[int, Any] = {
    TAG_DATE_TIME: _keep(TAG_DATE_TIME),
    TAG_EPOCH_TIME: _keep(TAG_EPOCH_TIME),
    TAG_COSE_SIGN1: _keep(TAG_COSE_SIGN1),
    TAG_CWT: _keep(TAG_CWT),
    **dict.fromkeys(_BUILT_IN, _refuse),
}


def decode(
    data: bytes, *, where: str, max_depth: int = MAX_DEPTH, max_items: int | None = None
) -> Any:
    """Decode exactly one CBOR item.

    Indefinite lengths, any order of map keys and non-shortest integers are accepted, as RFC 8949
    §5.1 asks of a decoder.

    Args:
        data: The encoded item and nothing else. The caller bounds its length.
        where: What the bytes are, for the message (``"COSE message"``).
        max_depth: Nesting of arrays, maps and tags that is accepted.
        max_items: Items that are accepted, counting each in each container; for data that are
            larger than a certificate, since an item of one byte takes some 80 in memory.

    Returns:
        int, float, bytes, str, bool, None, list, dict, `UNDEFINED`, a cbor2 simple value, or
        `Tagged` for the tags 0, 1, 18 and 61.

    Raises:
        CborError: Not well-formed, a map key given twice, too deep, too many items, a tag that
            is not read, in large data a map key that is itself a map or an array, or bytes after
            the item.

    Spec: RFC 8949 §3, §5.3, §5.6.
    """
    if len(data) > _UNGUARDED_BYTES:
        _walk(data, where, max_items)
    stream = BytesIO(data)
    reason = ""
    try:
        item = cbor2.CBORDecoder(
            stream,
            max_depth=max_depth,
            allow_duplicate_keys=False,
            semantic_decoders=_SEMANTIC,
            tag_hook=_refuse,
        ).decode()
    except cbor2.CBORError as error:
        reason = _reason(error)
    # Raised out here: the decoder's error quotes the data, and must not be the context of ours.
    if reason:
        raise CborError(where, reason)
    if stream.tell() != len(data):
        raise CborError(where, "there are bytes after the end of the item")
    return item


# Python hashes -1 and -2 alike, so arrays of them as map keys can all collide, and a map of n such
# keys takes n * n comparisons: seconds for 64 KiB, 3 ms for this much. Certificates are smaller.
_UNGUARDED_BYTES = 1024


def _walk(data: bytes, where: str, max_items: int | None) -> None:
    """Refuse too many items, and an array, a map or a tag as a key, in one pass over the heads.

    Data that are not well-formed are left for the decoder to report.
    """
    # For each open container: items still to come (None: until a break), and whether a key of a
    # map comes next (None: not a map).
    open_items: list[tuple[int | None, bool | None]] = []
    at, end, left = 0, len(data), len(data) if max_items is None else max_items
    while at < end:
        if not left:
            raise CborError(where, f"more than {max_items} items")
        left -= 1
        major, argument = data[at] >> 5, data[at] & 0x1F
        at += 1
        is_key = open_items and open_items[-1][1]
        if is_key and major in (4, 5, 6):
            raise CborError(where, "a map key is an array, a map or a tag")
        if argument == 31:
            if major == 7:  # break
                if not open_items:
                    return
                open_items.pop()
            else:
                open_items.append((None, major == 5 or None))
                continue
        else:
            value = argument
            if argument >= 24:
                size = _ARGUMENT_BYTES.get(argument, end)
                value = int.from_bytes(data[at : at + size], "big")
                at += size
            if major in (2, 3):
                at += value
            elif major == 6:
                continue  # the tagged item follows
            elif value and major in (4, 5):
                open_items.append((value if major == 4 else 2 * value, major == 5 or None))
                continue
        # One item is complete, and with it perhaps the containers around it.
        while open_items:
            remaining, key_next = open_items.pop()
            if remaining != 1:
                flipped = None if key_next is None else not key_next
                open_items.append((None if remaining is None else remaining - 1, flipped))
                break


def split_tags(data: bytes) -> tuple[tuple[int, ...], bytes]:
    """Split the tags in front of an item from the item itself.

    Args:
        data: An encoded item.

    Returns:
        The tag numbers, outermost first, at most 4; and the bytes after their heads.

    Raises:
        CborError: A tag head that is cut off or not well-formed, or more than 4 tags.

    Spec: RFC 8949 §3.4.
    """
    tags: list[int] = []
    start = 0
    while start < len(data) and data[start] >> 5 == 6:
        if len(tags) == 4:
            raise CborError("tag", "nested too deeply")
        number = data[start] & 0x1F
        start += 1
        if number >= 24:
            size = _ARGUMENT_BYTES.get(number)
            if size is None or start + size > len(data):
                raise CborError("tag", "not well-formed")
            number = int.from_bytes(data[start : start + size], "big")
            start += size
        tags.append(number)
    return tuple(tags), data[start:]


_ARGUMENT_BYTES = {24: 1, 25: 2, 26: 4, 27: 8}


def encode(item: object) -> bytes:
    """Encode an item deterministically: shortest forms, definite lengths, sorted map keys.

    Args:
        item: int of at most 64 bits, bytes, str, bool, None, `Tagged`, and lists, tuples and
            dicts of these. No floats: nothing this library writes needs them.

    Returns:
        The same bytes for the same item, always.

    Raises:
        TypeError: A value of another type (a mistake in the calling program).
        ValueError: An int of more than 64 bits.

    Spec: RFC 8949 §4.2.1.
    """
    return cbor2.dumps(_ordered(item))


def encode_ordered(item: object) -> bytes:
    """`encode` for an item whose maps have their keys in order already, without floats.

    Args:
        item: As for `encode`; the caller has put the keys of every map in the order of RFC 8949
            §4.2.1. Sorting them would take five times as long as encoding them.

    Returns:
        The same bytes as `encode`.

    Raises:
        UnicodeEncodeError: A text with half a surrogate pair.
    """
    return cbor2.dumps(item)


def _ordered(item: object) -> object:
    if isinstance(item, dict):
        return {
            key: value if type(value) is str else _ordered(value)
            for key, value in _ordered_members(item)
        }
    if isinstance(item, list | tuple):
        return [_ordered(member) for member in item]
    if isinstance(item, int):
        if not -(2**64) <= item < 2**64:
            raise ValueError("an integer in CBOR has at most 64 bits here")
        return item
    if isinstance(item, str | bytes) or item is None:
        return item
    if isinstance(item, Tagged):
        return Tagged(item.tag, _ordered(item.value))
    raise TypeError(f"cannot encode a value of type {type(item).__name__}")


def _ordered_members(item: dict[Any, Any]) -> list[tuple[Any, Any]]:
    """The members of a map, by their keys' encodings, byte by byte (RFC 8949 §4.2.1)."""
    if all(type(key) is str for key in item) and "".join(item).isascii():
        # Of ASCII texts the shorter comes first, as its head does: sort twice in C.
        return [(key, item[key]) for key in sorted(sorted(item), key=len)]
    return sorted(item.items(), key=lambda member: encode(member[0]))


def _reason(error: cbor2.CBORError) -> str:
    """Say what was wrong without quoting the data, which cbor2's own messages do."""
    if isinstance(error.__cause__, _RefusedTagError):
        return "a semantic tag that is not read here"
    text = str(error)
    for part, reason in _REASONS.items():
        if part in text:
            return reason
    return "not well-formed"


_REASONS = {
    "premature end": "the data end early",
    "uplicate map key": "a map key is given twice",
    "nesting depth": "nested too deeply",
    "text string": "a text string is not UTF-8",
}
