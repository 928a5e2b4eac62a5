"""Zlib streams (RFC 1950, RFC 1951): the same bytes with every Python and every library.

The compressors in use differ from each other in what they write for the same data. Here repeats
are found in the simplest way, and written with the fixed Huffman codes.
"""

from __future__ import annotations

from typing import Final
from zlib import adler32

HEADER: Final = b"\x78\xda"  # deflate, window of 32 KiB, no dictionary (RFC 1950 §2.2)

_SHORTEST, _LONGEST, _FARTHEST = 3, 258, 32768

# RFC 1951 §3.2.5: the first length, or distance, of each code, and its extra bits.
_LENGTHS: Final = [(3 + n, 0) for n in range(8)] + [
    (11, 1), (13, 1), (15, 1), (17, 1), (19, 2), (23, 2), (27, 2), (31, 2),
    (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4), (99, 4), (115, 4),
    (131, 5), (163, 5), (195, 5), (227, 5), (258, 0),
]  # fmt: skip
_DISTANCES: Final = [(1, 0), (2, 0), (3, 0), (4, 0)] + [
    ((2 + half << bits) + 1, bits) for bits in range(1, 14) for half in (0, 1)
]


class _Bits:
    """Bits, the first of each byte the lowest (RFC 1951 §3.1.1)."""

    def __init__(self) -> None:
        self.value = self.count = 0

    def add(self, value: int, count: int) -> None:
        """A number, from its lowest bit on."""
        self.value |= value << self.count
        self.count += count

    def add_code(self, code: int, count: int) -> None:
        """A Huffman code, from its highest bit on."""
        self.add(int(f"{code:0{count}b}"[::-1], 2), count)

    def to_bytes(self) -> bytes:
        """All of them, the last byte filled up with zeros."""
        return self.value.to_bytes(-(-self.count // 8), "little")


def _add_symbol(bits: _Bits, symbol: int) -> None:
    """A literal, a length or the end, in the fixed codes (RFC 1951 §3.2.6)."""
    if symbol < 144:
        bits.add_code(0b00110000 + symbol, 8)
    elif symbol < 256:
        bits.add_code(0b110010000 + symbol - 144, 9)
    elif symbol < 280:
        bits.add_code(symbol - 256, 7)
    else:
        bits.add_code(0b11000000 + symbol - 280, 8)


def _row(table: list[tuple[int, int]], value: int) -> tuple[int, int, int]:
    number = max(n for n, (first, _) in enumerate(table) if first <= value)
    return number, value - table[number][0], table[number][1]


def compress(data: bytes) -> bytes:
    """A whole zlib stream of one block with the fixed codes."""
    bits = _Bits()
    bits.add(1, 1)  # the last block
    bits.add(1, 2)  # of the fixed codes
    places: dict[bytes, int] = {}  # where three bytes stood last
    at = 0
    while at < len(data):
        start = places.get(data[at : at + _SHORTEST], -_FARTHEST - 1)
        length = 0
        if at - start <= _FARTHEST:
            longest = min(_LONGEST, len(data) - at)
            while length < longest and data[start + length] == data[at + length]:
                length += 1
        if length >= _SHORTEST:
            number, rest, extra = _row(_LENGTHS, length)
            _add_symbol(bits, 257 + number)
            bits.add(rest, extra)
            number, rest, extra = _row(_DISTANCES, at - start)
            bits.add_code(number, 5)
            bits.add(rest, extra)
        else:
            length = 1
            _add_symbol(bits, data[at])
        for passed in range(at, at + length):
            places[data[passed : passed + _SHORTEST]] = passed
        at += length
    _add_symbol(bits, 256)
    return HEADER + bits.to_bytes() + adler32(data).to_bytes(4, "big")
