"""CBOR items by themselves (RFC 8949), for the suite ``codecs``."""

from __future__ import annotations

from typing import Final

from vectors.book import Book

RFC, OURS = "RFC 8949 §", "hcert.md §5"
DEEPEST: Final = 16  # arrays, maps and tags around an item

# Name, section, hex, comment. Examples of appendix A have its section.
READ: Final = (
    ("zero", "A", "00", "The smallest item."),
    ("greatest-integer", "A", "1bffffffffffffffff", "64 bits without a sign."),
    (
        "least-integer",
        "A",
        "3bffffffffffffffff",
        "64 bits below zero: less than most languages have.",
    ),
    ("longer-than-need-be", "5.1", "1b0000000000000000", "A reader takes a zero in nine bytes."),
    ("length-longer-than-need-be", "5.1", "7a0000000161", "A reader takes a length in five bytes."),
    ("float-of-16-bits", "A", "f93c00", "1.0 in half precision."),
    ("float-of-32-bits", "A", "fa47c35000", "100000.0 in single precision."),
    ("float-of-64-bits", "A", "fb3ff199999999999a", "1.1 in double precision."),
    ("infinity", "A", "f97c00", "Well-formed; what may be infinite is another question."),
    ("not-a-number", "A", "f97e00", "Well-formed; what may be no number is another question."),
    ("undefined", "A", "f7", "A simple value that JSON has not."),
    ("simple-value-255", "A", "f8ff", "A simple value without a meaning yet."),
    ("empty-text", "A", "60", "A text of no characters."),
    ("four-bytes-of-utf-8", "A", "64f0908591", "A character beyond 16 bits."),
    ("null-in-a-text", "3.1", "6100", "A text may hold any character."),
    ("bytes-in-pieces", "A", "5f42010243030405ff", "A byte string of indefinite length."),
    ("text-in-pieces", "A", "7f657374726561646d696e67ff", "A text of indefinite length."),
    ("text-of-no-pieces", "3.2.3", "7fff", "An indefinite length may be zero."),
    ("endless-array", "A", "9f018202039f0405ffff", "An array of indefinite length in another."),
    ("endless-map", "A", "bf61610161629f0203ffff", "A map of indefinite length."),
    ("keys-of-several-types", "3.1", "a20102613103", "1 and the text 1 are two keys."),
    ("keys-in-any-order", "5.1", "a2616202616101", "A reader takes keys in any order."),
    ("tag-0", "A", "c074323031332d30332d32315432303a30343a30305a", "A date and time in text."),
    ("tag-1", "A", "c11a514b67b0", "A date and time as a number."),
    ("tag-18", "3.4", "d28440a040f6", "The tag of COSE_Sign1, whatever is inside."),
    ("tag-61", "3.4", "d83dd280", "The tag of a CWT around another."),
)

MALFORMED: Final = (
    ("nothing", "5.3.1", "", "No bytes are no item."),
    ("head-cut", "5.3.1", "1901", "A head of three bytes has two."),
    ("text-cut", "5.3.1", "656869", "A text of five bytes has two."),
    ("array-cut", "5.3.1", "8301", "An array of three has one."),
    ("map-without-a-value", "5.3.1", "a101", "A key has no value."),
    ("endless-array-cut", "5.3.1", "9f0102", "An array of indefinite length does not end."),
    ("tag-without-an-item", "5.3.1", "c1", "A tag has nothing inside."),
    ("byte-after-it", "5.3.1", "0000", "One item, and no byte after it."),
    ("reserved-28", "3", "1c", "Additional information 28 has no meaning."),
    ("reserved-30-of-a-text", "3", "7e", "Additional information 30 has no meaning."),
    ("integer-of-indefinite-length", "3", "1f", "Integers have no indefinite length."),
    ("tag-of-indefinite-length", "3", "df00ff", "Tags have no indefinite length."),
    ("break-alone", "3.2.1", "ff", "There is nothing that it could end."),
    ("break-in-an-array-of-two", "3.2.1", "8201ff", "An array that says its length has no break."),
    ("break-for-a-value", "3.2.2", "bf6161ff", "A key has no value before the break."),
    ("simple-value-in-two-bytes", "3.3", "f818", "Simple values below 32 have one byte."),
    ("piece-of-another-type", "3.2.3", "5f6161ff", "Pieces of a byte string are byte strings."),
    ("piece-in-pieces", "3.2.3", "7f7f6161ffff", "Pieces have a definite length."),
    ("not-utf-8", "3.1", "61ff", "A text is UTF-8."),
    ("utf-8-cut", "3.1", "61c3", "A character of two bytes has one."),
    ("utf-8-overlong", "3.1", "62c0af", "A slash in two bytes is no UTF-8."),
    ("half-a-pair", "3.1", "63eda080", "UTF-8 has no code for half a surrogate pair."),
    ("beyond-unicode", "3.1", "64f4908080", "Unicode ends with U+10FFFF."),
    ("character-in-two-pieces", "3.2.3", "7f61c361bcff", "Each piece is a text of its own."),
    ("key-twice", "5.6", "a201000100", "Nothing says which of the two counts, equal or not."),
    ("text-key-twice", "5.6", "a2616100616101", "Nothing says which of the two counts."),
    ("key-twice-in-other-lengths", "5.6", "a20100180100", "1 in two bytes is the same key."),
    ("key-twice-in-an-endless-map", "5.6", "bf01000101ff", "Nothing says which of the two counts."),
    ("key-twice-inside", "5.6", "81a10aa201000100", "The same deeper inside."),
    ("huge-text", "5.3.1", "7b7fffffffffffffff61", "The length is beyond all memory."),
    ("huge-byte-string", "5.3.1", "5bffffffffffffffff", "The length is beyond all memory."),
    ("huge-array", "5.3.1", "9bffffffffffffffff", "The length is beyond all memory."),
    ("huge-map", "5.3.1", "bbffffffffffffffff", "The length is beyond all memory."),
    ("million-of-nothing", "5.3.1", "9a000f4240", "Room is made for items when they come."),
)

# Well-formed, and refused here: of the tags only those that certificates have are read.
REFUSED_TAGS: Final = (
    ("bignum", "c249010000000000000000", "Tag 2: a big number."),
    ("negative-bignum", "c349010000000000000000", "Tag 3: a big number below zero."),
    ("decimal-fraction", "c48221196ab3", "Tag 4: a decimal fraction."),
    ("encoded-cbor", "d818456449455446", "Tag 24: an item in a byte string."),
    ("shared-reference", "82d81c80d81d00", "Tags 28 and 29: a value that refers to another."),
    ("cyclic-reference", "d81c81d81d00", "Tags 28 and 29: an array that holds itself."),
    ("regular-expression", "d8236161", "Tag 35: a pattern somebody else chose."),
    ("bigfloat", "c5822003", "Tag 5: a number of two parts."),
    ("rational", "d81e820103", "Tag 30: a fraction."),
    ("mime-message", "d8246161", "Tag 36: a message of mail."),
    ("uuid", "d82550eaffeeddccbbaa998877665544332211", "Tag 37: a universal identifier."),
    ("address", "d83444c0a80001", "Tag 52: an address of the network."),
    ("days", "d8641903e8", "Tag 100: a date in days."),
    ("string-references", "d90100826161d81900", "Tags 25 and 256: texts that refer to others."),
    ("network", "d9010444c0a80001", "Tag 260: an address, in the early form."),
    ("date", "d903ec6a323032322d30332d3031", "Tag 1004: a date in text, other than tag 0."),
    ("set", "d90102820102", "Tag 258: a set."),
    ("self-described", "d9d9f700", "Tag 55799: a mark for files."),
    ("without-a-meaning", "d9126700", "Tag 4711: a tag nobody knows."),
    ("inside-a-map", "a101c24101", "Wherever it stands."),
)

# Two items of more than 1,024 bytes: bytes that would be a map with an array for a key, were they
# no string; and an array of items of many kinds, which a reader has to step over one by one.
AHEAD: Final = (
    f"590402{'a18101' * 342}"
    "9f60616178036162639800a0a10102804043818181f6f93c00fb3ff199999999999a8201029fffbfff"
    "bf01820203ff1bffffffffffffffffc11a514b67b07f6161ff5f4181ffd83d81a1016161a101a10281039a0000000101ff"
)


def build(book: Book) -> None:
    """Add the vectors."""
    for name, section, item, comment in READ:
        _add(book, name, RFC + section, comment, item, is_read=True)
    for name, section, item, comment in MALFORMED:
        _add(book, name, RFC + section, comment, item, is_read=False)
    for name, item, comment in REFUSED_TAGS:
        _add(book, f"tag-{name}", OURS, comment, item, is_read=False)
    for name, one, end in (
        ("arrays", "81", "00"),
        ("maps", "a100", "00"),
        ("tags", "d2", "00"),
        ("endless-arrays", "9f", "ff"),
    ):
        for case, times in (("deepest", DEEPEST), ("too-deep", DEEPEST + 1)):
            inside = "" if name.startswith("endless") else end
            around = end * times if name.startswith("endless") else ""
            _add(
                book,
                f"{case}-{name}",
                OURS,
                f"{times} levels of {name.replace('-', ' ')}.",
                one * times + inside + around,
                is_read=times == DEEPEST,
            )
    _add(
        book,
        "ten-thousand-levels",
        OURS,
        "Each level may cost a call in a reader that recurses.",
        "81" * 10_000 + "00",
        is_read=False,
    )
    for case, key, is_read in (
        ("array", "8101", False),
        ("map", "a10001", False),
        ("tag", "c100", False),
        ("number", "01", True),
    ):
        for form, start, end in (("", "a1", ""), ("-of-an-endless-map", "bf", "ff")):
            _add(
                book,
                f"{case}-as-a-key{form}",
                OURS,
                "In more than 1,024 bytes keys that hold others would take quadratic time."
                if not is_read
                else "An ordinary key after a thousand bytes.",
                f"83{AHEAD}{start}{key}02{end}",
                is_read=is_read,
            )
    _add(
        book,
        "array-as-a-key-in-few-bytes",
        OURS,
        "In few bytes a key may be an array.",
        "a1810102",
        is_read=True,
    )


def _add(book: Book, name: str, spec: str, comment: str, item: str, *, is_read: bool) -> None:
    book.add(
        f"codecs::cbor::{name}",
        spec=spec,
        comment=comment,
        op="cbor.check",
        input={"hex": item},
        accept={} if is_read else None,
        reject=None if is_read else "cbor.malformed",
    )
