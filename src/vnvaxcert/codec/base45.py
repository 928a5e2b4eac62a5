"""Base45 (RFC 9285), strict: every accepted text re-encodes to itself.

Two bytes make a 16-bit number ``n = c + 45 d + 2025 e``, written as the three characters c, d, e;
a last single byte makes the two characters c, d. Python is slow at doing that group by group, so
all groups are handled at once: each sits in a lane of one large integer, and one operation on
large integers works on every lane. No lane overflows into the next: decoding stays below
44 * (1 + 45 + 2025) < 2**24, encoding below 65535 * 46604 < 2**32.
"""

from __future__ import annotations

from functools import lru_cache

from vnvaxcert.errors import Base45Error

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

_INVALID = 0xFF
_VALUE_OF = bytes(ALPHABET.find(chr(code)) & _INVALID for code in range(256))
_CHARACTER_OF = bytes(ord(ALPHABET[value]) if value < 45 else 0 for value in range(256))

# Division by 45 as a multiplication and a shift, exact for every 16-bit number (the tests try
# all of them): floor(n / 45) == n * 46604 >> 21.
_RECIPROCAL, _SHIFT = 46604, 21


def encode(data: bytes) -> str:
    """Encode bytes as Base45.

    Args:
        data: Any bytes, also none.

    Returns:
        The text, ``(len(data) * 3 + 1) // 2`` characters of the alphabet.

    Spec: RFC 9285 §4.
    """
    groups = len(data) // 2
    paired = groups * 2
    lanes = bytearray(groups * 4)
    lanes[1::4] = data[0:paired:2]
    lanes[0::4] = data[1:paired:2]
    numbers = int.from_bytes(lanes, "little")
    mask = _quotients(groups)
    over_45 = numbers * _RECIPROCAL >> _SHIFT & mask
    over_2025 = over_45 * _RECIPROCAL >> _SHIFT & mask
    # c + 256 d + 65536 e, with c = n - 45 (n / 45), d = n / 45 - 45 (n / 2025), e = n / 2025.
    values = (numbers + (256 - 45) * over_45 + (65536 - 45 * 256) * over_2025).to_bytes(
        groups * 4, "little"
    )
    out = bytearray(groups * 3)
    out[0::3] = values[0::4]
    out[1::3] = values[1::4]
    out[2::3] = values[2::4]
    if paired < len(data):
        high, low = divmod(data[paired], 45)
        out += bytes((low, high))
    return out.translate(_CHARACTER_OF).decode("ascii")


def decode(text: str) -> bytes:
    """Decode Base45 text.

    Args:
        text: Characters of RFC 9285 (space is one of them), without a prefix. The caller bounds
            its length; work is linear in it.

    Returns:
        The decoded bytes, ``len(text) * 2 // 3`` of them.

    Raises:
        Base45Error: A foreign character, a length of 1 modulo 3, or a group above its maximum;
            ``offset`` gives the 0-based position in ``text``.

    Spec: RFC 9285 §4, §6 (no group may be ignored or repaired).
    """
    foreign = -1
    try:
        values = text.encode("latin-1").translate(_VALUE_OF)
    except UnicodeEncodeError as error:
        foreign = error.start
    if foreign >= 0:  # raised here: that error holds the whole text and must not be its context
        raise Base45Error("character outside the alphabet", foreign)
    if _INVALID in values:
        raise Base45Error("character outside the alphabet", values.index(_INVALID))
    groups, rest = divmod(len(values), 3)
    if rest == 1:
        raise Base45Error(
            "one character is left over; expected groups of 3 or a last 2", groups * 3
        )
    whole = groups * 3
    # Three characters are three bytes are one lane: c in its lowest byte, d and e above.
    lanes = int.from_bytes(values[:whole], "little")
    lowest, highest = _bytes_of_lanes(groups)
    total = (lanes & lowest) + 45 * (lanes >> 8 & lowest) + 2025 * (lanes >> 16 & lowest)
    numbers = total.to_bytes(whole, "little")
    if total & highest:
        group = next(index for index, bits in enumerate(numbers[2::3]) if bits)
        raise Base45Error("group of 3 characters exceeds 65535", group * 3)
    out = bytearray(groups * 2)
    out[0::2] = numbers[1::3]
    out[1::2] = numbers[0::3]
    if rest:
        last = values[whole] + 45 * values[whole + 1]
        if last > 0xFF:
            raise Base45Error("last group of 2 characters exceeds 255", whole)
        out.append(last)
    return bytes(out)


@lru_cache(maxsize=64)
def _quotients(groups: int) -> int:
    """The mask of the 11 bits that a quotient takes in each 32-bit lane."""
    return int.from_bytes(b"\xff\x07\x00\x00" * groups, "little")


@lru_cache(maxsize=64)
def _bytes_of_lanes(groups: int) -> tuple[int, int]:
    """The masks of the lowest and of the highest byte of each 24-bit lane."""
    lowest = int.from_bytes(b"\xff\x00\x00" * groups, "little")
    return lowest, lowest << 16
