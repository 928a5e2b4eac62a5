"""Bloom filters of revoked hashes, byte for byte as the EU's distribution service has them.

All numbers are big-endian: version (2 bytes), number of hash functions k (1), hash function
(1), false-positive rate (float32), elements it was made for (4), elements in it (4), number of
32-bit words (4), the words. The layout is that of the code in use (`BloomFilterImpl`); the
comment and the page that come with it describe another one.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable
from hashlib import sha256
from typing import Final, Self

from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust.immutable import Immutable, set_once

MAX_FILTER_BYTES: Final = 64 << 20  # as for any list; enough for 9 million hashes at 1e-12
MAX_HASH_FUNCTIONS: Final = 127  # the programs in use keep k in a signed byte

_FORMAT: Final = "revocation, Bloom filter"
_HEADER: Final = struct.Struct(">HBBfIII")
_VERSION: Final = 1
_SHA256: Final = 0
_WORD_BYTES: Final = 4


class BloomFilter(Immutable):
    """A Bloom filter. Immutable; what is in it is found, and now and then what is not.

    Attributes:
        hash_functions: k, how many bits an element sets, 1 to 127.
        declared_rate: The false-positive rate it was made for, above 0 and at most 1.
        capacity: How many elements it was made for.
        count: How many elements are in it, by its own account.
        bits: Its bits, the first one the most significant of the first byte.
        false_positive_rate: How often something that is not in it is found: what it was made
            for, or what the share of bits that are set gives where that is more, as in a filter
            with more elements than it was made for.
    """

    __slots__ = (
        "bits",
        "capacity",
        "count",
        "declared_rate",
        "false_positive_rate",
        "hash_functions",
    )

    hash_functions: int
    declared_rate: float
    capacity: int
    count: int
    bits: bytes
    false_positive_rate: float

    def __init__(
        self, *, hash_functions: int, declared_rate: float, capacity: int, count: int, bits: bytes
    ) -> None:
        """Take what is consistent; callers use `from_bytes` and `from_elements`."""
        filled = int.from_bytes(bits, "big").bit_count() / (8 * len(bits))
        set_once(
            self,
            hash_functions=hash_functions,
            declared_rate=declared_rate,
            capacity=capacity,
            count=count,
            bits=bits,
            false_positive_rate=max(declared_rate, math.pow(filled, hash_functions)),
        )

    @classmethod
    def from_elements(
        cls,
        elements: Iterable[bytes],
        *,
        false_positive_rate: float = 1e-12,
        capacity: int | None = None,
    ) -> Self:
        """Make a filter of elements, with the size and k that the service would give it.

        Args:
            elements: Hashes of certificates; any bytes.
            false_positive_rate: Above 0 and below 1; becomes a float32.
            capacity: How many elements to make room for; by default as many as there are.

        Raises:
            ValueError: No element and no capacity, or a capacity below 1; a rate out of range,
                or one so small for so few elements that it takes more than 127 hash functions;
                a filter of more than `MAX_FILTER_BYTES`.
        """
        distinct = dict.fromkeys(elements)
        made_for = len(distinct) if capacity is None else capacity
        rate, words, hash_functions = _size(made_for, false_positive_rate)
        bits = bytearray(words * _WORD_BYTES)
        for element in distinct:
            for index in _indices(element, hash_functions, 8 * len(bits)):
                bits[index >> 3] |= 0x80 >> (index & 7)
        return cls(
            hash_functions=hash_functions,
            declared_rate=rate,
            capacity=made_for,
            count=len(distinct),
            bits=bytes(bits),
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read a filter.

        Raises:
            TrustListFormatError: Cut short or too long; another version or hash function; k, the
                rate or the number of words out of range; made for no elements; more bits set
                than its elements can set, or none at all although it has elements.
        """
        if len(data) < _HEADER.size:
            raise TrustListFormatError(
                _FORMAT, "header", f"{len(data)} bytes, expected {_HEADER.size} or more"
            )
        if len(data) > MAX_FILTER_BYTES:
            raise TrustListFormatError(_FORMAT, "", f"more than {MAX_FILTER_BYTES} bytes")
        version, k, function, rate, capacity, count, words = _HEADER.unpack_from(data)
        if version != _VERSION:
            raise TrustListFormatError(_FORMAT, "version", f"{version}, expected {_VERSION}")
        if not 1 <= k <= MAX_HASH_FUNCTIONS:
            raise TrustListFormatError(
                _FORMAT, "number of hash functions", f"{k}, expected 1 to {MAX_HASH_FUNCTIONS}"
            )
        if function != _SHA256:
            raise TrustListFormatError(
                _FORMAT, "hash function", f"{function}, expected {_SHA256} (SHA-256)"
            )
        if not 0 < rate <= 1:
            raise TrustListFormatError(
                _FORMAT, "false-positive rate", f"{rate}, expected more than 0 and at most 1"
            )
        if not capacity:
            raise TrustListFormatError(_FORMAT, "declared elements", "0, expected 1 or more")
        bits = data[_HEADER.size :]
        if not words or len(bits) != words * _WORD_BYTES:
            raise TrustListFormatError(
                _FORMAT, "words", f"{words} words are announced, and {len(bits)} bytes are there"
            )
        ones = int.from_bytes(bits, "big").bit_count()
        if ones > k * count or (count and not ones):
            raise TrustListFormatError(
                _FORMAT, "words", f"{ones} bits are set, which {count} elements cannot have done"
            )
        return cls(hash_functions=k, declared_rate=rate, capacity=capacity, count=count, bits=bits)

    def to_bytes(self) -> bytes:
        """The filter as a file."""
        header = _HEADER.pack(
            *(_VERSION, self.hash_functions, _SHA256, self.declared_rate),
            *(self.capacity, self.count, len(self.bits) // _WORD_BYTES),
        )
        return header + self.bits

    def might_contain(self, element: bytes) -> bool:
        """Whether an element is in the filter, or looks as if it were."""
        bits = self.bits
        return all(
            bits[index >> 3] << (index & 7) & 0x80
            for index in _indices(element, self.hash_functions, 8 * len(bits))
        )

    def __repr__(self) -> str:
        return (
            f"BloomFilter({self.count} elements, {len(self.bits)} bytes, "
            f"rate {self.false_positive_rate:.2g})"
        )


def looks_like_bloom(data: bytes) -> bool:
    """Whether data have the layout of a Bloom filter: its hash function, and its size."""
    if len(data) < _HEADER.size:
        return False
    _, _, function, _, _, _, words = _HEADER.unpack_from(data)
    return bool(function == _SHA256 and len(data) == _HEADER.size + words * _WORD_BYTES)


_COUNTERS: Final = tuple(bytes((number,)) for number in range(MAX_HASH_FUNCTIONS))


def _indices(element: bytes, hash_functions: int, size: int) -> Iterable[int]:
    """The bits of an element: SHA-256 of it and a counter, as a signed number, modulo the size."""
    for counter in _COUNTERS[:hash_functions]:
        yield int.from_bytes(sha256(element + counter).digest(), "big", signed=True) % size


def _size(count: int, rate: float) -> tuple[float, int, int]:
    """The rate as float32, the number of words and k, by the formulas of the code in use.

    The number of words is not the ceiling of a division but the quotient plus the remainder, so
    a filter may have up to two words more than it needs. Kept, as two makers of one filter
    should make the same bytes.
    """
    if count < 1:
        raise ValueError("a filter is made for 1 element or more")
    if not 0 < rate < 1:
        raise ValueError(f"a false-positive rate is more than 0 and less than 1, not {rate}")
    (rate,) = struct.unpack(">f", struct.pack(">f", rate))
    if not 0 < rate < 1:
        raise ValueError("the false-positive rate is too near to 0 or 1 for a float32")
    bits = math.ceil(count * math.log(rate) / math.log(1 / math.pow(2, math.log(2))))
    size = bits // 8 + 1
    words = size // _WORD_BYTES + size % _WORD_BYTES
    if _HEADER.size + words * _WORD_BYTES > MAX_FILTER_BYTES:
        raise ValueError(f"the filter would have more than {MAX_FILTER_BYTES} bytes")
    hash_functions = max(1, math.floor(8 * _WORD_BYTES * words / count * math.log(2) + 0.5))
    if hash_functions > MAX_HASH_FUNCTIONS:
        raise ValueError(
            f"so small a rate for so few elements takes {hash_functions} hash functions, "
            f"and a filter has at most {MAX_HASH_FUNCTIONS}"
        )
    return rate, words, hash_functions
