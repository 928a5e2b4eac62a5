"""Suite ``codecs``: the way from the text of a code to the message in it (HCERT §4.2)."""

from __future__ import annotations

import zlib
from typing import Final
from zlib import adler32

from vectors.book import Book, accept
from vectors.hcert import Made, flip, hcert
from vectors.keys import P256

PREFIX, BASE45, ZLIB = "HCERT 1.0.8 §4.2.2", "RFC 9285 §4", "HCERT 1.0.8 §4.2.1"

LONGEST: Final = 4296  # characters of the largest QR code: ISO/IEC 18004, 40-L, alphanumeric
LARGEST: Final = 65536  # bytes that may come out of a stream: spec/hcert.md, section 4

_FILLER = 99  # a label without effect


def build(book: Book) -> None:
    """Add the vectors."""
    _prefix(book)
    _length(book)
    _base45(book)
    _zlib(book)


def _prefix(book: Book) -> None:
    for case, prefix, comment in (
        (
            "missing",
            "",
            "Readers in use accept that; the version of the container is unknown then.",
        ),
        ("next-version", "HC2:", "A later version may mean anything."),
        ("small-letters", "hc1:", "The alphanumeric set of QR codes has capitals alone."),
        ("without-colon", "HC1", "The colon is part of it."),
        ("space-before-it", " HC1:", "Nothing is trimmed: spaces are characters of Base45."),
        ("another-scheme", "NL2:", "Another state's own scheme."),
    ):
        _add(book, f"prefix::{case}", PREFIX, comment, hcert(prefix=prefix), "hcert.prefix")
    comment = "An empty text is no code."
    book.verify(
        "codecs::prefix::empty-text",
        "",
        spec=PREFIX,
        comment=comment,
        trust=(P256,),
        reject="hcert.prefix",
    )


def _length(book: Book) -> None:
    """Streams of stored blocks, since their length can be told beforehand."""
    # Of 4292 characters after the prefix two are the last byte's, and three make two bytes.
    fits = (LONGEST - 4) // 3 * 2 + 1
    made = _of_stream_bytes(fits)
    assert len(made.text) == LONGEST
    comment = "As long as the largest QR code."
    _add(book, "length::4296-characters", "ISO/IEC 18004", comment, made)
    made = _of_stream_bytes(fits + 1)
    assert len(made.text) == LONGEST + 1
    comment = "One character more than any QR code holds: it was not read from one."
    _add(book, "length::4297-characters", "ISO/IEC 18004", comment, made, "input.too_long")
    made = Made(_of_stream_bytes(20_000).text, {}, P256)
    comment = "Far more than any QR code holds: refused before any work is done on it."
    _add(book, "length::30000-characters", "ISO/IEC 18004", comment, made, "input.too_long")


def _of_stream_bytes(size: int) -> Made:
    """A code whose stream has that many bytes, with a filler that does not matter."""
    frame = len(_stored(b""))
    without = len(_message_with(1000)) - 1000
    return hcert(unprotected={_FILLER: bytes(size - frame - without)}, stream=_of_one_block)


def _of_one_block(stream: bytes) -> bytes:
    return _stored(zlib.decompress(stream))


def _stored(data: bytes) -> bytes:
    """A zlib stream that compresses nothing (RFC 1951 §3.2.4)."""
    size = len(data)
    block = b"\x01" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little")
    return b"\x78\x01" + block + data + adler32(data).to_bytes(4, "big")


def _message_with(filler: int) -> bytes:
    made = hcert(unprotected={_FILLER: bytes(filler)})
    return bytes.fromhex(made.intermediates["cose"])


def _base45(book: Book) -> None:
    made = hcert(encoded=lambda text: text[:60] + text[60].lower() + text[61:])
    comment = "A small letter stands in the text."
    code = "base45.invalid"
    _add(book, "unwrap-base45::small-letter", BASE45, comment, made, code)
    made = hcert(encoded=lambda text: text + "0" * (1 + -len(text) % 3))
    comment = "A character follows the last whole group."
    _add(book, "unwrap-base45::character-too-many", BASE45, comment, made, code)
    made = hcert(encoded=lambda text: text[:60] + ":::" + text[63:])
    comment = "A group in the middle stands for more than two bytes can hold."
    _add(book, "unwrap-base45::group-too-great", BASE45, comment, made, code)
    made = hcert(encoded=lambda text: text + "\n")
    comment = "A line feed came along from a file; the text of a code has none."
    _add(book, "unwrap-base45::line-feed-at-the-end", BASE45, comment, made, code)


def _zlib(book: Book) -> None:
    message = bytes.fromhex(hcert().intermediates["cose"])
    code = "zlib.invalid"
    comment = "The message was not compressed; compression is compulsory."
    _add(book, "unwrap-zlib::none", ZLIB, comment, hcert(stream=message), code)
    made = hcert(stream=lambda stream: stream[2:-4])
    comment = "Deflate without its header and its checksum is another format."
    _add(book, "unwrap-zlib::raw-deflate", ZLIB, comment, made, code)
    made = hcert(stream=flip(-1))
    comment = "The checksum is wrong by a bit."
    _add(book, "unwrap-zlib::checksum", ZLIB, comment, made, code)
    made = hcert(stream=lambda stream: stream[:-1])
    comment = "The last byte of the checksum is missing."
    _add(book, "unwrap-zlib::cut-off", ZLIB, comment, made, code)
    made = hcert(stream=lambda stream: stream + b"\0")
    comment = "A byte follows the stream: two texts would be one certificate."
    _add(book, "unwrap-zlib::byte-behind-it", ZLIB, comment, made, code)
    comment = "A stream that compresses nothing is one."
    _add(book, "unwrap-zlib::stored", "RFC 1951 §3.2.4", comment, hcert(stream=_stored(message)))
    spec = "spec/hcert.md, section 4"
    made = _of_message_bytes(LARGEST)
    _add(book, "unwrap-zlib::65536-bytes", spec, "As much as may come out of a stream.", made)
    code = "zlib.too_large"
    made = _of_message_bytes(LARGEST + 1)
    comment = "One byte more than may come out of a stream."
    _add(book, "unwrap-zlib::65537-bytes", spec, comment, made, code)
    made = _of_message_bytes(1 << 18)
    comment = "Two thousand characters that would become a quarter of a million bytes."
    _add(book, "unwrap-zlib::262144-bytes", spec, comment, made, code)


def _of_message_bytes(size: int) -> Made:
    """A code whose message has that many bytes, with a filler that does not matter."""
    fixed = len(_message_with(1 << 16)) - (1 << 16)
    if size - fixed < 1 << 16:
        fixed -= 2  # its length takes two bytes and not four
    made = hcert(unprotected={_FILLER: bytes(size - fixed)})
    # Hundreds of hex digits of one zero after the other help nobody.
    return Made(made.text, {"zlib": made.intermediates["zlib"]}, made.signer)


def _add(
    book: Book, case: str, spec: str, comment: str, made: Made, reject: str | None = None
) -> None:
    book.verify(
        f"codecs::{case}",
        made,
        spec=spec,
        comment=comment,
        reject=reject,
        accept=None if reject else accept(P256),
    )
