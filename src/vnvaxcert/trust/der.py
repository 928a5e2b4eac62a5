"""DER, as much as certificates need (X.690 §8.1, §10.1): a reader that never leaves its bounds.

Certificates are walked here and not by a strict parser alone, because real signers use
certificates that strict parsers refuse (a default value written out, an empty extended key
usage), and because one walk gives the same answers for all of them. The reader knows lengths and
tags, and the two types that stand everywhere, times and algorithm identifiers; it does not
recurse and copies nothing that is not asked for.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, TypeAlias

# Universal tags (X.690 §8; the ones certificates use), constructed ones with their bit set.
BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OBJECT_IDENTIFIER: Final = 0x06
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31

# An identifier of 64 bytes holds any that was ever registered; a longer one is a way to make
# somebody compute with a number of a million digits.
MAX_OID_BYTES: Final = 64

Element: TypeAlias = tuple[int, int, int]
"""Tag byte, and where the content starts and ends (exclusive)."""


class DerError(ValueError):
    """The bytes are not DER, or not the structure expected. Its text says which part of it."""


def element(data: bytes, at: int, end: int, what: str) -> Element:
    """Read the tag and the length of one element.

    Args:
        data: The whole encoding.
        at: Where the element starts, 0-based.
        end: Where the surrounding element ends, at most ``len(data)``.
        what: The part of the structure this is, for the message.

    Raises:
        DerError: Nothing there, a tag of several bytes, an indefinite or not minimal length, or
            one that leads beyond ``end``.

    Spec: X.690 §8.1.2, §8.1.3, §10.1.
    """
    if at + 2 > end:
        raise DerError(f"{what}: the encoding ends too early")
    tag, size = data[at], data[at + 1]
    if tag & 0x1F == 0x1F:
        raise DerError(f"{what}: a tag of several bytes")
    start = at + 2
    if size > 0x7F:
        octets = size - 0x80
        start += octets
        if not 1 <= octets <= 4 or start > end:
            raise DerError(f"{what}: an indefinite length, or one beyond all bounds")
        size = int.from_bytes(data[at + 2 : start], "big")
        if size < 0x80 or size >> (8 * (octets - 1)) == 0:
            raise DerError(f"{what}: a length that is not in its shortest form")
    stop = start + size
    if stop > end:
        raise DerError(f"{what}: the encoding ends too early")
    return tag, start, stop


def expect(data: bytes, at: int, end: int, tag: int, what: str) -> tuple[int, int]:
    """Read an element that must have a certain tag; gives where its content starts and ends.

    Raises:
        DerError: As `element`, or another tag.
    """
    found, start, stop = element(data, at, end, what)
    if found != tag:
        raise DerError(f"{what}: unexpected type {found:#04x}")
    return start, stop


def only(data: bytes, at: int, end: int, tag: int, what: str) -> tuple[int, int]:
    """Read an element that must have a certain tag and fill the space up to ``end``.

    Raises:
        DerError: As `expect`, or bytes behind the element.
    """
    start, stop = expect(data, at, end, tag, what)
    if stop != end:
        raise DerError(f"{what}: {end - stop} bytes behind it")
    return start, stop


def elements(data: bytes, at: int, end: int, what: str) -> list[Element]:
    """Read the elements that fill the space from ``at`` to ``end``, none inside another.

    Raises:
        DerError: As `element`.
    """
    found = []
    while at < end:
        one = element(data, at, end, what)
        found.append(one)
        at = one[2]
    return found


def integer(data: bytes, start: int, stop: int, what: str) -> int:
    """Decode the content of an INTEGER, of either sign (X.690 §8.3).

    Raises:
        DerError: No content.
    """
    if start == stop:
        raise DerError(f"{what}: an integer of no bytes")
    return int.from_bytes(data[start:stop], "big", signed=True)


def object_identifier(content: bytes, what: str) -> str:
    """Decode the content of an OBJECT IDENTIFIER to its dotted form (X.690 §8.19).

    Raises:
        DerError: Empty, longer than `MAX_OID_BYTES`, ending inside a number, or a number with
            leading zeros.
    """
    if not content or len(content) > MAX_OID_BYTES or content[-1] > 0x7F:
        raise DerError(f"{what}: malformed object identifier")
    arcs: list[int] = []
    value = 0
    for byte in content:
        if byte == 0x80 and not value:
            raise DerError(f"{what}: malformed object identifier")
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            if not arcs:
                first = min(value // 40, 2)
                arcs.append(first)
                value -= 40 * first
            arcs.append(value)
            value = 0
    return ".".join(map(str, arcs))


def algorithm(data: bytes, at: int, end: int, what: str) -> tuple[str, bytes | None, int]:
    """Read an AlgorithmIdentifier (RFC 5280 §4.1.1.2).

    Returns:
        Its object identifier, dotted; its parameters, DER with header, or None; where it ends.

    Raises:
        DerError: As `expect` and `object_identifier`.
    """
    start, stop = expect(data, at, end, SEQUENCE, what)
    oid, oid_end = expect(data, start, stop, OBJECT_IDENTIFIER, what)
    return object_identifier(data[oid:oid_end], what), data[oid_end:stop] or None, stop


def time(data: bytes, place: Element, what: str) -> datetime:
    """Decode a UTCTime or GeneralizedTime of whole seconds in UTC; aware.

    Raises:
        DerError: Another type or form, or a day or time that there is not.

    Spec: RFC 5280 §4.1.2.5, which CRLs (§5.1.2.4) and signed messages (RFC 5652 §11.3) share.
    """
    tag, start, stop = place
    digits = data[start : stop - 1]
    if tag == UTC_TIME and len(digits) == 12:
        # §4.1.2.5.1: 50 to 99 are of the last century.
        digits = (b"19" if digits[:1] >= b"5" else b"20") + digits
    elif tag != GENERALIZED_TIME or len(digits) != 14:
        raise DerError(f"{what}: not a time of the two forms allowed")
    if data[stop - 1 : stop] != b"Z" or not digits.isdigit():
        raise DerError(f"{what}: not a time in UTC with seconds")
    parts = (digits[:4], digits[4:6], digits[6:8], digits[8:10], digits[10:12], digits[12:])
    year, month, day, hour, minute, second = map(int, parts)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise DerError(f"{what}: no such day or time") from error


def encode(tag: int, *contents: bytes) -> bytes:
    """Encode one element with the contents joined, its length in the shortest form."""
    content = b"".join(contents)
    return header(tag, len(content)) + content


def header(tag: int, size: int) -> bytes:
    """Encode the header of an element with so many bytes of content."""
    if size < 0x80:
        return bytes((tag, size))
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets
