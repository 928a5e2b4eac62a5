"""Canonical JSON (RFC 8785), for the suite ``codecs``: JSON texts and the bytes they become."""

from __future__ import annotations

from typing import Final

from vectors.book import Book

RFC = "RFC 8785 §"

# Name, section, JSON text, its canonical form, comment.
CANONICAL: Final = (
    (
        "white-space",
        "3.2.1",
        ' { "b" : [ 1 ,\n\t2 ] } ',
        '{"b":[1,2]}',
        "White space between values is left out.",
    ),
    (
        "literals",
        "3.2.2.1",
        "[true, false, null]",
        "[true,false,null]",
        "The three literals stand as they are.",
    ),
    (
        "order",
        "3.2.3",
        '{"b":1,"a":{"d":2,"c":3}}',
        '{"a":{"c":3,"d":2},"b":1}',
        "Members are sorted at each level.",
    ),
    (
        "order-of-prefixes",
        "3.2.3",
        '{"aa":1,"a":2,"":3}',
        '{"":3,"a":2,"aa":1}',
        "A name goes before those that begin with it.",
    ),
    (
        "order-of-cases",
        "3.2.3",
        '{"a":1,"B":2,"_":3}',
        '{"B":2,"_":3,"a":1}',
        "Names are sorted by their units, not as words are.",
    ),
    ("array-order", "3.2.3", '["b","a"]', '["b","a"]', "Arrays keep their order."),
    (
        "order-by-utf-16",
        "3.2.3",
        '{"\\ue000":1,"\\ud800\\udc00":2}',
        '{"\U00010000":2,"\ue000":1}',
        "U+10000 begins with the unit D800, which is less than E000.",
    ),
    (
        "escapes-that-stay",
        "3.2.2.2",
        '"\\b\\t\\n\\f\\r\\"\\\\"',
        '"\\b\\t\\n\\f\\r\\"\\\\"',
        "These seven escapes stay.",
    ),
    ("slash", "3.2.2.2", '"a\\/b"', '"a/b"', "A slash needs no escape."),
    (
        "control-character",
        "3.2.2.2",
        '"\\u001F\\u0000"',
        '"\\u001f\\u0000"',
        "Other control characters have four small hex digits.",
    ),
    ("escaped-letter", "3.2.2.2", '"\\u0041\\u1ec5"', '"Aễ"', "Letters stand as they are."),
    (
        "line-separator",
        "3.2.2.2",
        '"\\u2028\\u007f"',
        '"\u2028\u007f"',
        "Only ASCII control characters are escaped.",
    ),
    (
        "surrogate-pair",
        "3.2.2.2",
        '"\\ud83d\\ude00"',
        '"\U0001f600"',
        "Two escapes are one character, of four bytes.",
    ),
    ("no-normal-form", "3.1", '"e\u0302\u0303"', '"e\u0302\u0303"', "Texts are not normalised."),
    (
        "whole-numbers",
        "3.2.2.3",
        "[0, -1, 100]",
        "[0,-1,100]",
        "Whole numbers have no fraction and no exponent.",
    ),
    ("zero-fraction", "3.2.2.3", "[1.0, 4.50, 1e2]", "[1,4.5,100]", "One number has one form."),
    ("negative-zero", "3.2.2.3", "[-0.0]", "[0]", "Zero has no sign."),
    (
        "greatest-whole",
        "3.2.2.3",
        "[9007199254740991, -9007199254740991]",
        "[9007199254740991,-9007199254740991]",
        "The ends of what a double tells apart.",
    ),
    (
        "below-exponents",
        "3.2.2.3",
        "[1e20, 1e-6]",
        "[100000000000000000000,0.000001]",
        "Up to 21 digits, and down to six places, there is no exponent.",
    ),
    ("exponents", "3.2.2.3", "[1e21, 1e-7]", "[1e+21,1e-7]", "From here on with an exponent."),
    (
        "shortest-digits",
        "3.2.2.3",
        "[0.10000000000000001, 333333333.33333329]",
        "[0.1,333333333.3333333]",
        "As few digits as tell the double from its neighbours.",
    ),
    (
        "least-and-greatest",
        "B",
        "[5e-324, 1.7976931348623157e308]",
        "[5e-324,1.7976931348623157e+308]",
        "The ends of the doubles.",
    ),
)

NO_JSON: Final = (
    ("nothing", "3.1", "", "No text is no JSON."),
    ("member-twice", "3.1", '{"a":1,"a":1}', "A member is given twice (RFC 7493 §2.3)."),
    ("member-twice-escaped", "3.1", '{"a":1,"\\u0061":1}', "Escaped it is the same member."),
    ("half-a-pair", "3.2.2.2", '"\\ud800"', "Half a surrogate pair has no UTF-8."),
    ("half-a-pair-in-a-name", "3.2.2.2", '{"\\udc00":1}', "The same in a member's name."),
    ("not-a-number", "3.2.2.3", "[NaN]", "JSON has no such number."),
    ("infinity", "3.2.2.3", "[-Infinity]", "JSON has no such number."),
    ("beyond-doubles", "3.2.2.3", "[1e400]", "The number is infinite as a double."),
    ("beyond-53-bits", "3.2.2.3", "[9007199254740993]", "As a double it would be another number."),
    ("leading-zero", "3.1", "[01]", "Numbers have no zeros before them."),
    ("comma-at-the-end", "3.1", "[1,]", "After a comma comes a value."),
    ("comment", "3.1", "[1/**/]", "JSON has no comments."),
    ("single-quotes", "3.1", "['a']", "Texts stand in double quotes."),
    ("line-feed-in-a-text", "3.1", '"a\nb"', "Control characters are escaped."),
    ("two-texts", "3.1", "{}{}", "One value, and nothing after it."),
)


def build(book: Book) -> None:
    """Add the vectors."""
    for name, section, text, canonical, comment in CANONICAL:
        book.add(
            f"codecs::jcs::{name}",
            spec=RFC + section,
            comment=comment,
            op="jcs.canonical",
            input={"json": text},
            accept={"hex": canonical.encode().hex()},
        )
    for name, section, text, comment in NO_JSON:
        book.add(
            f"codecs::jcs::{name}",
            spec=RFC + section,
            comment=comment,
            op="jcs.canonical",
            input={"json": text},
            reject="json.invalid",
        )
