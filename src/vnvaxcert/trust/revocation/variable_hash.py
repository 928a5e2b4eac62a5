"""Partial variable hash lists: sorted starts of revoked hashes, as the EU's service has them.

All numbers are big-endian: version (2 bytes), false-positive rate (float32), number of elements
(4), bytes per prefix (1), the prefixes, ascending as signed integers (two's complement).

The program in use writes a prefix as the fewest bytes of its signed integer, with zeros in front.
For one from ``FF80..`` to ``FFFF..`` that drops the leading ``FF``, and the zeros in its place make
another number of it: the program never finds it again. Here prefixes are written as they are, and
of one that may have been changed in that way both meanings are found.
"""

from __future__ import annotations

import math
import struct
from bisect import bisect_left
from collections.abc import Iterable
from typing import Final, Self

from vnvaxcert.errors import TrustListFormatError
from vnvaxcert.trust.immutable import Immutable, set_once
from vnvaxcert.trust.revocation.hashes import HASH_BYTES, check_hash

# A slice has some 6,000 in the mode with the largest ones; reading this much takes a second.
MAX_PREFIXES: Final = 1_000_000

_FORMAT: Final = "revocation, variable hash list"
_HEADER: Final = struct.Struct(">HfIB")
_VERSION: Final = 1


class VariableHashList(Immutable):
    """Starts of hashes. Immutable.

    Attributes:
        prefix_bytes: How many bytes of each hash it holds, 1 to 16; with 16 nothing is found
            that is not there.
        declared_rate: The false-positive rate it was made for, above 0 and at most 1.
    """

    # Packed, because an object for each prefix would take 15 times the room.
    __slots__ = ("_ordered", "_restored", "_searched", "declared_rate", "prefix_bytes")

    prefix_bytes: int
    declared_rate: float
    _ordered: bytes  # as in the file
    _restored: bytes
    _searched: bytes  # both, each once, as unsigned numbers ascending

    def __init__(
        self, *, prefix_bytes: int, declared_rate: float, ordered: bytes, restored: Iterable[bytes]
    ) -> None:
        """Take what is consistent; callers use `from_bytes` and `from_hashes`."""
        found = set(restored)
        set_once(
            self,
            prefix_bytes=prefix_bytes,
            declared_rate=declared_rate,
            _ordered=ordered,
            _restored=b"".join(found),
            _searched=b"".join(sorted(found.union(_pieces(ordered, prefix_bytes)))),
        )

    @classmethod
    def from_hashes(
        cls,
        hashes: Iterable[bytes],
        *,
        coordinates: int = 0,
        min_prefix_bytes: int = 4,
        false_positive_rate: float = 1e-12,
    ) -> Self:
        """Make a list of the starts of hashes, as long as the service would make them.

        Args:
            hashes: 16 bytes each, one or more.
            coordinates: What the service takes off the length for the hexadecimal digits that
                hashes of one partition have in common: 0 (POINT), 1 (VECTOR) or 2 (COORDINATE).
            min_prefix_bytes: Bytes per prefix at least, 1 to 16.
            false_positive_rate: Above 0 and below 1. It is written down, and has next to no
                influence on the length: `false_positive_rate` of the list tells the truth.

        Raises:
            ValueError: No hashes or more than `MAX_PREFIXES`, one that has not 16 bytes; a
                number out of range.
            TypeError: A hash that is no bytes.
        """
        distinct = dict.fromkeys(hashes)
        for value in distinct:
            check_hash(value)
        if not 1 <= len(distinct) <= MAX_PREFIXES:
            raise ValueError(f"a list has 1 to {MAX_PREFIXES} hashes, not {len(distinct)}")
        if not 1 <= min_prefix_bytes <= HASH_BYTES or coordinates not in (0, 1, 2):
            raise ValueError("prefixes have 1 to 16 bytes, and partitions 0 to 2 coordinates")
        if not 0 < false_positive_rate < 1:
            raise ValueError(f"a rate is more than 0 and less than 1, not {false_positive_rate}")
        (rate,) = struct.unpack(">f", struct.pack(">f", false_positive_rate))
        if not rate:
            raise ValueError("the false-positive rate is too near to 0 for a float32")
        size = max(min_prefix_bytes, _prefix_bytes(len(distinct), coordinates, rate))
        ordered = sorted((value[:size] for value in distinct), key=_signed)
        return cls(prefix_bytes=size, declared_rate=rate, ordered=b"".join(ordered), restored=())

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read a list.

        Raises:
            TrustListFormatError: Cut short: fewer prefixes than announced, or a part of one;
                another version; the rate, the number of elements or the bytes per prefix out of
                range; prefixes that ascend in no reading.
        """
        if len(data) < _HEADER.size:
            raise TrustListFormatError(
                _FORMAT, "header", f"{len(data)} bytes, expected {_HEADER.size} or more"
            )
        version, rate, announced, size = _HEADER.unpack_from(data)
        if version != _VERSION:
            raise TrustListFormatError(_FORMAT, "version", f"{version}, expected {_VERSION}")
        if not 0 < rate <= 1:
            raise TrustListFormatError(
                _FORMAT, "false-positive rate", f"{rate}, expected more than 0 and at most 1"
            )
        if not 1 <= size <= HASH_BYTES:
            raise TrustListFormatError(
                _FORMAT, "bytes per prefix", f"{size}, expected 1 to {HASH_BYTES}"
            )
        ordered = data[_HEADER.size :]
        count, rest = divmod(len(ordered), size)
        if count > MAX_PREFIXES:
            raise TrustListFormatError(_FORMAT, "", f"more than {MAX_PREFIXES} prefixes")
        # More than announced is a list that was added to; the program in use warns and goes on.
        if rest or not announced or count < announced:
            raise TrustListFormatError(
                _FORMAT,
                "elements",
                f"{announced} prefixes of {size} bytes are announced, "
                f"and {len(ordered)} bytes are there",
            )
        return cls(
            prefix_bytes=size,
            declared_rate=rate,
            ordered=ordered,
            restored=_restored(_pieces(ordered, size)),
        )

    def to_bytes(self) -> bytes:
        """The list as a file, each prefix as it is."""
        return _HEADER.pack(_VERSION, self.declared_rate, self.count, self.prefix_bytes) + (
            self._ordered
        )

    @property
    def count(self) -> int:
        """How many prefixes it holds, repeated ones included."""
        return len(self._ordered) // self.prefix_bytes

    @property
    def prefixes(self) -> frozenset[bytes]:
        """The prefixes, as written."""
        return frozenset(_pieces(self._ordered, self.prefix_bytes))

    @property
    def restored(self) -> frozenset[bytes]:
        """What some of them were, if the program in use has written them; see above."""
        return frozenset(_pieces(self._restored, self.prefix_bytes))

    @property
    def is_exact(self) -> bool:
        """Whether it holds whole hashes, so that what is found is there."""
        return self.prefix_bytes == HASH_BYTES

    @property
    def false_positive_rate(self) -> float:
        """How often a hash that is not in it is found: the share of all prefixes it holds.

        Of hashes of which nothing is known. Those of one partition begin alike, and among them
        it is 16 times that for each hexadecimal digit they share.
        """
        return math.ldexp(len(self._searched) // self.prefix_bytes, -8 * self.prefix_bytes)

    def might_contain(self, value: bytes) -> bool:
        """Whether a hash begins with one of the prefixes."""
        size, searched = self.prefix_bytes, self._searched
        start = value[:size]
        numbers = range(len(searched) // size)
        at = size * bisect_left(numbers, start, key=lambda n: searched[n * size : (n + 1) * size])
        return searched[at : at + size] == start

    def __repr__(self) -> str:
        return f"VariableHashList({self.count} prefixes of {self.prefix_bytes} bytes)"


def _pieces(ordered: bytes, size: int) -> list[bytes]:
    return [ordered[at : at + size] for at in range(0, len(ordered), size)]


def _signed(prefix: bytes) -> int:
    return int.from_bytes(prefix, "big", signed=True)


def _prefix_bytes(count: int, coordinates: int, rate: float) -> int:
    """The formula of the code in use; the logarithm is taken by way of that to the base 10."""
    number = math.ceil(math.log10(count) / math.log10(2))
    return math.ceil(number / 8 + number % 8 - coordinates + rate)


def _restored(prefixes: list[bytes]) -> list[bytes]:
    """What prefixes were before the program in use took a leading ``FF`` for a sign.

    The order tells: in it the changed ones stand where they stood before, behind the negative
    numbers and before zero. Where it allows either meaning, both count; no revocation is lost.

    Raises:
        TrustListFormatError: The prefixes do not ascend, whichever were changed.
    """
    found = []
    last = _signed(b"\x80" + bytes(HASH_BYTES))
    for number, prefix in enumerate(prefixes, start=1):
        value = _signed(prefix)
        if prefix[0] == 0 and value and prefix.lstrip(b"\0")[0] > 0x7F:
            kept = prefix.lstrip(b"\0")
            was = _signed(kept)  # the number the kept bytes stand for
            if was >= last:
                found.append(kept.rjust(len(prefix), b"\xff"))
                value = was
        if value < last:
            raise TrustListFormatError(
                _FORMAT, f"prefix {number}", "smaller than the one before it; expected ascending"
            )
        last = value
    return found
