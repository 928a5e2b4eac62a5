"""Suite ``codecs``: Base45, zlib and CBOR by themselves; canonical JSON is in `vectors.jcs`."""

from __future__ import annotations

from typing import Final
from zlib import adler32

from vectors import deflate, jcs
from vectors.book import Book
from vectors.codecs_cbor import build as build_cbor
from vectors.hcert import base45

BASE45, ZLIB, DEFLATE = "RFC 9285 §", "RFC 1950 §", "RFC 1951 §"
LARGEST: Final = 65536  # bytes that may come out of a stream: spec/hcert.md, section 4


def build(book: Book) -> None:
    """Add the vectors."""
    _base45(book)
    _zlib(book)
    build_cbor(book)
    jcs.build(book)


# --- Base45 --------------------------------------------------------------------------------------

PAIRS: Final = (
    ("4.3", "ab", "AB", "BB8", "The first example of the standard."),
    ("4.3", "hello", "Hello!!", "%69 VD92EX0", "An odd number of bytes; a space in the text."),
    ("4.3", "base-45", "base-45", "UJCLQE7W581", "The third example of the standard."),
    ("4.4", "ietf", "ietf!", "QED8WEX0", "The example that the standard decodes."),
    ("4", "nothing", "", "", "No bytes are no characters."),
    ("4", "zeros", "\0\0\0", "00000", "Zero bytes are not lost."),
    ("4", "greatest-pair", "\xff\xff", "FGW", "65535 is the greatest number of a group."),
    ("4", "greatest-byte", "\xff", "U5", "255 is the greatest number of two characters."),
    ("4", "space-first", "\x59\x16", " BB", "A space is a digit; a reader trims nothing."),
)
EACH: Final = "".join(f"{one}00" for one in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")

NOT_BASE45: Final = (
    ("4", "pair-too-great", "GGW", "The group says 65536, which two bytes cannot."),
    ("4", "pair-far-too-great", ":::", "Three colons say 91124."),
    ("4", "byte-too-great", "V5", "Two characters say 256, which a byte cannot."),
    ("4", "byte-far-too-great", "BB8::", "The last two characters say 2024."),
    ("4", "second-pair-too-great", "BB8GGW", "Each group is looked at, not the first alone."),
    ("4", "one-character", "B", "One character is less than a byte."),
    ("4", "four-characters", "BB8B", "A character is left over after a group of three."),
    ("4", "space-at-the-end", "BB8 ", "A space at the end is a digit too many, and not trimmed."),
    ("4.2", "small-letters", "bb8", "The alphabet has capitals alone."),
    ("4.2", "comma", "BB,", "A comma is no character of the alphabet."),
    ("4.2", "equals-sign", "BB8=", "Base45 has no padding."),
    ("4.2", "line-feed", "BB8\n", "A line feed is none of the alphabet."),
    ("4.2", "tab-for-space", "\tBB", "Only the space itself is in the alphabet."),
    ("4.2", "no-break-space", "\u00a0BB", "Only the space itself is in the alphabet."),
    ("4.2", "fullwidth", "\uff22\uff22\uff18", "Letters of other widths are other characters."),
    ("4.2", "capital-after-case-folding", "\u0131B8", "Dotless i is no I before its capital."),
    ("4.2", "null-character", "BB\0", "A null does not end a text."),
)


def _base45(book: Book) -> None:
    for section, name, data, text, comment in PAIRS:
        encoded = data.encode("latin-1").hex()
        for op, given, made in (
            ("decode", {"text": text}, {"hex": encoded}),
            ("encode", {"hex": encoded}, {"text": text}),
        ):
            book.add(
                f"codecs::base45-{op}::{name}",
                spec=BASE45 + section,
                comment=comment,
                op=f"base45.{op}",
                input=given,
                accept=made,
            )
    book.add(
        "codecs::base45-decode::each-character",
        spec=f"{BASE45}4.2",
        comment="Each of the 45 characters as a first digit has its value from 0 to 44.",
        op="base45.decode",
        input={"text": EACH},
        accept={"hex": "".join(f"{value:04x}" for value in range(45))},
    )
    every = bytes(range(256))
    book.add(
        "codecs::base45-encode::each-byte",
        spec=f"{BASE45}4",
        comment="Each byte, in one text.",
        op="base45.encode",
        input={"hex": every.hex()},
        accept={"text": base45(every)},
    )
    for section, name, text, comment in NOT_BASE45:
        book.add(
            f"codecs::base45-decode::{name}",
            spec=BASE45 + section,
            comment=comment,
            op="base45.decode",
            input={"text": text},
            reject="base45.invalid",
        )


# --- zlib ----------------------------------------------------------------------------------------

DATA: Final = b"Specimen, specimen, specimen."


def stream(blocks: bytes, data: bytes = DATA, header: bytes = deflate.HEADER) -> bytes:
    """A zlib stream of blocks that give data."""
    return header + blocks + adler32(data).to_bytes(4, "big")


def bits(*parts: str) -> bytes:
    """Bits in the order in which they are sent, the first of each byte the lowest."""
    text = "".join(parts).replace(" ", "")
    return int(text[::-1], 2).to_bytes(-(-len(text) // 8), "little")


def stored(data: bytes, *, is_last: bool = True) -> bytes:
    """A block that is not compressed (RFC 1951 §3.2.4)."""
    size = len(data).to_bytes(2, "little")
    return bytes([is_last]) + size + bytes(one ^ 0xFF for one in size) + data


def header(window: int, level: int = 3, *, method: int = 8, flags: int = 0) -> bytes:
    """A header whose check bits are right (RFC 1950 §2.2)."""
    first = window << 4 | method
    second = level << 6 | flags
    return bytes([first, second + -(first << 8 | second) % 31])


# Huffman codes of its own, as zlib made them when asked for nothing but codes (Z_HUFFMAN_ONLY).
OWN_CODES_TEXT: Final = b"specimen, vaccine, specimen, passport, specimen, certificate, specimen"
WITH_OWN_CODES: Final = bytes.fromhex(
    "780105c1d109c0400803d05532804b4948211f5a398fcedff77644973af025e956"
    "604774a90393bbf39e1bd8115dea0075ae1f33af023ba24bfd0395af19f1"
)

LAST, FIXED, OWN_CODES, RESERVED = "1", "10", "01", "11"
LETTER_A, LENGTH_3, END = "01110001", "0000001", "0000000"


def _zlib(book: Book) -> None:
    right = deflate.compress(DATA)
    fixed = right[2:-4]
    half = len(DATA) // 2
    good = (
        ("fixed-codes", "D", "3.2.6", right, DATA, "One block with the fixed codes."),
        ("stored", "D", "3.2.4", stream(stored(DATA)), DATA, "A block that is not compressed."),
        (
            "two-blocks",
            "D",
            "3.2.3",
            stream(stored(DATA[:half], is_last=False) + stored(DATA[half:])),
            DATA,
            "Blocks follow each other until the last.",
        ),
        (
            "empty-block-between",
            "D",
            "3.2.4",
            stream(
                stored(DATA[:half], is_last=False)
                + stored(b"", is_last=False)
                + stored(DATA[half:])
            ),
            DATA,
            "An empty stored block is what a flush leaves behind.",
        ),
        (
            "own-codes",
            "D",
            "3.2.7",
            WITH_OWN_CODES,
            OWN_CODES_TEXT,
            "A block with codes of its own.",
        ),
        ("nothing", "D", "3.2.4", stream(stored(b""), b""), b"", "A stream may hold no bytes."),
        (
            "level-0",
            "Z",
            "2.2",
            stream(fixed, header=header(7, 0)),
            DATA,
            "What the header says of the level is no matter to a reader.",
        ),
        (
            "small-window",
            "Z",
            "2.2",
            stream(fixed, header=header(0)),
            DATA,
            "A window of 256 bytes is enough for these, and allowed.",
        ),
        (
            "greatest",
            "Z",
            "2.3",
            deflate.compress(bytes(LARGEST)),
            bytes(LARGEST),
            "As many bytes come out as may.",
        ),
    )
    for name, kind, section, given, data, comment in good:
        book.add(
            f"codecs::zlib::{name}",
            spec=(ZLIB if kind == "Z" else DEFLATE) + section,
            comment=comment,
            op="zlib.inflate",
            input={"hex": given.hex()},
            accept={"hex": data.hex()},
        )
    wrong_sum = right[:-1] + bytes([right[-1] ^ 1])
    bad = (
        ("no-bytes", "Z", "2.2", b"", "There is no header."),
        ("one-byte", "Z", "2.2", right[:1], "Half a header is none."),
        ("header-alone", "Z", "2.2", right[:2], "After the header there is nothing."),
        ("cut-in-a-block", "D", "3.2.3", right[:10], "The last block does not end."),
        ("checksum-missing", "Z", "2.2", right[:-4], "The checksum is not there."),
        ("checksum-cut", "Z", "2.2", right[:-1], "The checksum has four bytes."),
        ("checksum-wrong", "Z", "2.2", wrong_sum, "The checksum is of other data."),
        ("checksum-of-nothing", "Z", "2.2", right[:-4] + bytes(4), "It is never left open."),
        (
            "checksum-little-endian",
            "Z",
            "2.2",
            right[:-4] + right[:-5:-1],
            "The checksum has its highest byte first.",
        ),
        ("byte-after-it", "Z", "2.2", right + b"\0", "A code is one stream and nothing else."),
        ("second-stream", "Z", "2.2", right + right, "Of two streams nothing says which counts."),
        ("header-check", "Z", "2.2", b"\x78\xdb" + right[2:], "A header is a multiple of 31."),
        (
            "another-method",
            "Z",
            "2.2",
            header(7, method=7) + right[2:],
            "Method 8 is deflate; no other is known.",
        ),
        (
            "window-too-large",
            "Z",
            "2.2",
            header(8) + right[2:],
            "Windows above 32 KiB are not allowed.",
        ),
        (
            "preset-dictionary",
            "Z",
            "2.2",
            header(7, flags=0x20) + adler32(b"dictionary").to_bytes(4, "big") + right[2:],
            "A dictionary that nobody has agreed on.",
        ),
        ("raw-deflate", "Z", "2.2", fixed, "A deflate stream without header and checksum."),
        (
            "gzip",
            "Z",
            "2.2",
            bytes.fromhex("1f8b08000000000000ff") + fixed,
            "Another wrapping of deflate.",
        ),
        ("not-compressed", "Z", "2.2", bytes.fromhex("d28443a10126"), "A message as it is."),
        ("reserved-block", "D", "3.2.3", stream(bits(LAST, RESERVED)), "Block type 3 is none."),
        (
            "stored-length-wrong",
            "D",
            "3.2.4",
            stream(b"\x01\x1d\x00\xe3\xff" + DATA),
            "A stored length and its complement do not fit.",
        ),
        (
            "before-the-start",
            "D",
            "3.2.3",
            stream(bits(LAST, FIXED, LETTER_A, LENGTH_3, "00001", END), b"AAAA"),
            "A repeat starts two bytes back where there is one.",
        ),
        (
            "length-code-286",
            "D",
            "3.2.6",
            stream(bits(LAST, FIXED, LETTER_A, "11000110", "00000", END)),
            "Codes 286 and 287 never occur.",
        ),
        (
            "distance-code-30",
            "D",
            "3.2.6",
            stream(bits(LAST, FIXED, LETTER_A, LENGTH_3, "11110", END)),
            "Codes 30 and 31 never occur.",
        ),
        (
            "too-many-codes",
            "D",
            "3.2.7",
            stream(bits(LAST, OWN_CODES, "00000", "00000", "0000", "100" * 4, "0" * 32)),
            "Four codes of one bit are two too many.",
        ),
    )
    for name, kind, section, given, comment in bad:
        book.add(
            f"codecs::zlib::{name}",
            spec=(ZLIB if kind == "Z" else DEFLATE) + section,
            comment=comment,
            op="zlib.inflate",
            input={"hex": given.hex()},
            reject="zlib.invalid",
        )
    bomb = deflate.compress(bytes(2**20))
    large = (
        ("one-byte-too-large", deflate.compress(bytes(LARGEST + 1)), "One byte above the bound."),
        ("bomb", bomb, "A megabyte out of six kilobytes."),
        ("bomb-without-an-end", bomb[:-9], "The bound is met long before the stream breaks off."),
    )
    for name, given, comment in large:
        book.add(
            f"codecs::zlib::{name}",
            spec="hcert.md §4",
            comment=comment,
            op="zlib.inflate",
            input={"hex": given.hex()},
            reject="zlib.too_large",
        )
