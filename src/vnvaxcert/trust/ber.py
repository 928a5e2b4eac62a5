"""BER to DER (X.690 §8.1.3, §8.7.3), as far as signed messages are written in BER.

Software that writes a message while it reads the content does not know lengths beforehand: it
leaves them open until an end mark, and cuts the content into pieces. All signatures of the EU
gateway have that form ("MIA…" in Base64). Here it is rewritten, so that one reader of DER
(`vnvaxcert.trust.der`) reads everything. What is DER already comes out as it went in, byte for
byte: certificates inside a message keep the bytes that were signed.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from vnvaxcert.trust import der
from vnvaxcert.trust.der import BIT_STRING, OCTET_STRING, DerError

# A message with 64 certificates has some 10,000; the content of a message counts as one.
MAX_ELEMENTS: Final = 200_000
MAX_DEPTH: Final = 32  # names inside the certificate of a signer are 9 deep

_CONSTRUCTED: Final = 0x20
_INDEFINITE: Final = -1
_MAX_LENGTH_BYTES: Final = 8

# Strings that may come in pieces, each an OCTET STRING (X.690 §8.7.3, §8.23.6, §8.25): octets,
# text, times. Nobody cuts a BIT STRING up.
_IN_PIECES: Final = frozenset(
    _CONSTRUCTED | number for number in (OCTET_STRING, 12, *range(18, 29), 30)
)


_PIECES: Final = (OCTET_STRING, _CONSTRUCTED | OCTET_STRING)


class _Edit(NamedTuple):
    """From where to where the bytes are replaced, and by what."""

    start: int
    stop: int
    text: bytes


class _Open:
    """An element whose end was not reached yet.

    Attributes:
        tag: Its first byte.
        at: Where its header starts.
        start: Where its content starts.
        limit: Where it ends; of an indefinite length, where what surrounds it does.
        is_indefinite: Whether it goes on up to an end mark.
        growth: By how much its content gets longer as DER; mostly below zero.
    """

    __slots__ = ("at", "growth", "is_indefinite", "limit", "start", "tag")

    def __init__(self, tag: int, at: int, start: int, limit: int, is_indefinite: bool) -> None:
        self.tag, self.at, self.start, self.limit = tag, at, start, limit
        self.is_indefinite = is_indefinite
        self.growth = 0


def to_der(data: bytes, what: str) -> bytes:
    """Rewrite one element with all in it: definite lengths in their shortest form, whole strings.

    Nothing else is put right: the contents of primitive elements, the order of a SET and defaults
    written out stay as they are.

    Args:
        data: BER, nothing before or behind it.
        what: The part of the structure this is, for the message.

    Returns:
        The element; ``data`` itself where there was nothing to rewrite.

    Raises:
        DerError: Not one whole element; more than `MAX_ELEMENTS` in it, or nested more than
            `MAX_DEPTH` deep; a tag of several bytes; a BIT STRING in pieces.

    Spec: X.690 §8.1, §8.7.3, §10.1, §10.2.
    """
    # Edits of the text, not a new text: what stays as it is costs nothing.
    edits: list[_Edit] = []
    around: list[_Open] = []
    inner = _Open(0, 0, 0, len(data), False)
    at = 0
    for _ in range(MAX_ELEMENTS):
        tag, start, size = _header(data, at, inner.limit, what)
        if tag == 0:
            if start - at != 2 or size or not inner.is_indefinite:
                raise DerError(f"{what}: an end mark where none belongs")
            edits.append(_Edit(at, start, b""))
            closed, inner = inner, around.pop()
            _close(data, closed, at, inner, edits)
            inner.growth -= start - at
            at = start
        elif inner.tag in _IN_PIECES and tag not in _PIECES:
            raise DerError(f"{what}: unexpected type {tag:#04x} in a string of several pieces")
        elif tag & _CONSTRUCTED:
            if tag == BIT_STRING | _CONSTRUCTED:
                raise DerError(f"{what}: a BIT STRING in several pieces")
            if len(around) == MAX_DEPTH:
                raise DerError(f"{what}: nested more than {MAX_DEPTH} deep")
            around.append(inner)
            is_indefinite = size == _INDEFINITE
            inner = _Open(
                tag, at, start, inner.limit if is_indefinite else start + size, is_indefinite
            )
            at = start
        else:
            if start - at > 2 or inner.tag in _IN_PIECES:
                _put_right(data, tag, at, start, size, inner, edits)
            at = start + size
        while around and at == inner.limit and not inner.is_indefinite:
            closed, inner = inner, around.pop()
            _close(data, closed, at, inner, edits)
        if not around:
            if at != len(data):
                raise DerError(f"{what}: {len(data) - at} bytes behind it")
            return _edited(data, edits)
    raise DerError(f"{what}: more than {MAX_ELEMENTS} elements")


def _header(data: bytes, at: int, limit: int, what: str) -> tuple[int, int, int]:
    """Tag, start of the content, and its size, which is within bounds, or `_INDEFINITE`."""
    if at + 2 > limit:
        raise DerError(f"{what}: the encoding ends too early")
    tag, size = data[at], data[at + 1]
    if tag & 0x1F == 0x1F:
        raise DerError(f"{what}: a tag of several bytes")
    start = at + 2
    if size == 0x80:
        if not tag & _CONSTRUCTED:
            raise DerError(f"{what}: an indefinite length where none is allowed")
        return tag, start, _INDEFINITE
    if size > 0x80:
        octets = size - 0x80
        if octets > _MAX_LENGTH_BYTES:
            raise DerError(f"{what}: a length beyond all bounds")
        start += octets
        # Slices end where the data do; the sum below is then beyond the limit in any case.
        size = int.from_bytes(data[at + 2 : start], "big")
    if start + size > limit:
        raise DerError(f"{what}: the encoding ends too early")
    return tag, start, size


def _close(data: bytes, closed: _Open, stop: int, around: _Open, edits: list[_Edit]) -> None:
    size = stop - closed.start + closed.growth
    around.growth += closed.growth
    tag = closed.tag & ~_CONSTRUCTED if closed.tag in _IN_PIECES else closed.tag
    _put_right(data, tag, closed.at, closed.start, size, around, edits)


def _put_right(
    data: bytes, tag: int, at: int, start: int, size: int, around: _Open, edits: list[_Edit]
) -> None:
    """Give an element the header that it has in DER; a piece of a string has none."""
    header = b"" if around.tag in _IN_PIECES else der.header(tag, size)
    if header != data[at:start]:
        edits.append(_Edit(at, start, header))
        around.growth += len(header) - (start - at)


def _edited(data: bytes, edits: list[_Edit]) -> bytes:
    if not edits:
        return data
    edits.sort()  # headers were written when their elements ended
    parts: list[bytes] = []
    at = 0
    for start, stop, text in edits:
        parts += (data[at:start], text)
        at = stop
    parts.append(data[at:])
    return b"".join(parts)
