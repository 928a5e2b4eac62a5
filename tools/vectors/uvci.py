"""Suite ``uvci``: identifiers of certificates, taken apart, and their check characters.

Issuers wrote what they liked, so reading refuses nothing: it notes what differs.
"""

from __future__ import annotations

from typing import Any, Final

from vectors.book import Book

REGISTRATION: Final = "URN namespace uvci 1.01"
ANNEX: Final = "eHealth Network, vaccination proof, annex 2"

PREFIX: Final = "URN:UVCI:"
ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:"


def luhn(text: str) -> str:
    """The check character: Luhn's algorithm modulo 38, from the right, the first value doubled."""
    total = 0
    for place, character in enumerate(reversed(text.upper())):
        value = ALPHABET.index(character) * (1 if place % 2 else 2)
        total += value // 38 + value % 38
    return ALPHABET[(38 - total % 38) % 38]


# Worked out by hand, or published; `luhn` has to find the same.
CHECKED: Final = (
    ("published", "URN:UVCI:01:NL:187/37512422923", "Z", "The example of the schema's authors."),
    (
        "published-opaque",
        "URN:UVCI:01:NL:DADFCC47C7334E45A906DB12FD859FB7",
        "1",
        "An identifier of an issuer in use.",
    ),
    ("without-prefix", "01:NL:187/37512422923", "T", "The prefix counts; this is without it."),
    ("small-letters", "urn:uvci:01:nl:187/37512422923", "Z", "Identifiers are without case."),
    ("empty", "", "A", "Nothing adds up to zero."),
    ("zero-value", "AAAA", "A", "A has the value 0."),
    ("greatest-value", ":", "B", "37 doubled is 1 and 36 by the base: 37, so 1 is left to 38."),
    ("second-place", "BA", ":", "From the right, every other character is not doubled."),
    ("slash", "/", "D", "36 doubled is 1 and 34, and 3 are left to 38."),
)

NO_CHECK: Final = (
    ("number-sign", "URN:UVCI:01:AQ:SPECIMEN0001#", "The sign stands before the character."),
    ("space", "URN:UVCI:01:AQ:SPECIMEN 0001", "A space has no value."),
    ("hyphen", "URN:UVCI:01:AQ:SPECIMEN-0001", "A hyphen has no value."),
    ("vietnamese-letter", "URN:UVCI:01:VN:ĐẶNG", "Letters are A to Z."),
    ("long-s", "URN:UVCI:01:AQ:\u017fPECIMEN", "Its capital is S, and it is none."),
    ("fullwidth-digit", "URN:UVCI:01:AQ:\uff11", "Digits are those of ASCII."),
)


class Parts(dict[str, Any]):
    """What is expected of an identifier; what is not said is absent."""

    def __init__(self, opaque: str, *notes: str, **parts: str) -> None:
        absent = dict.fromkeys(("country", "issuer", "vaccine", "opaque", "check"))
        super().__init__({"version": "01", **absent, "opaque": opaque, **parts})
        if self["version"] == "":
            self["version"] = None
        self["notes"] = sorted(notes)


# Name, identifier, parts, why. Those with ``#`` have the character that belongs there.
IN_ORDER: Final = (
    ("opaque", "URN:UVCI:01:AQ:A1B2", Parts("A1B2", country="AQ"), "Option 1."),
    (
        "issuer",
        "URN:UVCI:01:AQ:187/A1B2",
        Parts("A1B2", country="AQ", issuer="187"),
        "Option 2: an issuer in the country.",
    ),
    (
        "vaccine",
        "URN:UVCI:01:AQ:187/V7/A1B2",
        Parts("A1B2", country="AQ", issuer="187", vaccine="V7"),
        "Option 3: the vaccine as well.",
    ),
    (
        "check-character",
        "URN:UVCI:01:NL:187/37512422923#Z",
        Parts("37512422923", country="NL", issuer="187", check="Z"),
        "The check character follows a number sign.",
    ),
    (
        "without-prefix",
        "01:AQ:A1B2",
        Parts("A1B2", country="AQ"),
        "The prefix may be left out of a certificate.",
    ),
    (
        "without-prefix-checked",
        "01:NL:187/37512422923#Z",
        Parts("37512422923", country="NL", issuer="187", check="Z"),
        "The check character counts the prefix all the same.",
    ),
    (
        "small-letters",
        "urn:uvci:01:aq:a1b2",
        Parts("a1b2", country="AQ"),
        "Identifiers are without case; the rest stays as it is written.",
    ),
    (
        "organisation",
        "URN:UVCI:01:UNHCR:A1B2",
        Parts("A1B2", country="UNHCR"),
        "An organisation has a longer code.",
    ),
    (
        "longest-country",
        "URN:UVCI:01:ABCDEFGHIJ:A1B2",
        Parts("A1B2", country="ABCDEFGHIJ"),
        "The schema counts to ten letters.",
    ),
)

OUT_OF_ORDER: Final = (
    (
        "another-prefix",
        "URN:UCI:01:AQ:A1B2",
        Parts("A1B2", "prefix", country="AQ"),
        "A letter of the prefix is lost: many certificates have it so.",
    ),
    (
        "prefix-with-slashes",
        "URN/UVCI/01/AQ/A1B2",
        Parts("A1B2", "prefix", "separator", country="AQ"),
        "Slashes for colons.",
    ),
    (
        "version-v1",
        "URN:UVCI:V1:AQ:A1B2",
        Parts("A1B2", "version", country="AQ", version="V1"),
        "A version of its issuer's own.",
    ),
    (
        "country-without-colon",
        "URN:UVCI:01AQ:A1B2",
        Parts("A1B2", "separator", country="AQ"),
        "The colon before the country is lost.",
    ),
    (
        "slash-after-the-country",
        "URN:UVCI:01:AQ/A1B2",
        Parts("A1B2", "separator", country="AQ"),
        "A slash for the colon after the country.",
    ),
    (
        "wrong-check-character",
        "URN:UVCI:01:NL:187/37512422923#A",
        Parts("37512422923", "check", country="NL", issuer="187", check="A"),
        "Many issuers' do not fit, so it refuses nothing.",
    ),
    (
        "wrong-character",
        "URN:UVCI:01:AQ:A1-B2",
        Parts("A1-B2", "characters", country="AQ"),
        "Hyphens of a UUID, as some issuers leave them.",
    ),
    (
        "four-parts",
        "URN:UVCI:01:AQ:A/B/C/D",
        Parts("A/B/C/D", "structure", country="AQ"),
        "Nothing says what four parts would be.",
    ),
    (
        "empty-part",
        "URN:UVCI:01:AQ:187//A1B2",
        Parts("A1B2", "structure", country="AQ", issuer="187", vaccine=""),
        "A part is empty.",
    ),
    (
        "country-of-digits",
        "URN:UVCI:01:99:A1B2",
        Parts("99:A1B2", "country", "structure"),
        "Digits are no country, so all of it is what identifies.",
    ),
    (
        "country-too-long",
        "URN:UVCI:01:ABCDEFGHIJK:A1B2",
        Parts("ABCDEFGHIJK:A1B2", "country", "structure"),
        "Eleven letters are no country.",
    ),
    (
        "country-of-one-letter",
        "URN:UVCI:01:A:A1B2",
        Parts("A:A1B2", "country", "structure"),
        "One letter is no country.",
    ),
    (
        "version-02",
        "URN:UVCI:02:AQ:A1B2",
        Parts("A1B2", "version", country="AQ", version="02"),
        "A version that may come.",
    ),
    (
        "number-sign-inside",
        "URN:UVCI:01:AQ:A1#B2C3",
        Parts("A1#B2C3", "structure", country="AQ"),
        "What follows the sign is more than a check character.",
    ),
    (
        "long-s",
        "URN:UVCI:01:AQ:\u017fPECIMEN",
        Parts("\u017fPECIMEN", "characters", country="AQ"),
        "Its capital is S, and it is none.",
    ),
    (
        "no-structure",
        "SPECIMEN0001",
        Parts("SPECIMEN0001", "structure", "version", version=""),
        "A number of the issuer's own.",
    ),
)


def build(book: Book) -> None:
    """Add the vectors."""
    for case, text, character, why in CHECKED:
        if luhn(text) != character:
            raise ValueError(f"{case}: {luhn(text)}")
        _add(book, f"check::{case}", ANNEX, why, "uvci.check", text, {"character": character})
    for case, text, why in NO_CHECK:
        _add(book, f"check::{case}", ANNEX, why, "uvci.check", text, None)
    for group, rows in (("in-order", IN_ORDER), ("out-of-order", OUT_OF_ORDER)):
        for case, text, parts, why in rows:
            _add(book, f"{group}::{case}", REGISTRATION, why, "uvci.parse", text, parts)


def _add(
    book: Book, name: str, clause: str, why: str, op: str, text: str, made: dict[str, Any] | None
) -> None:
    book.add(
        f"uvci::{name}",
        spec=clause,
        comment=why,
        op=op,
        input={"text": text},
        accept=made,
        reject="uvci.invalid" if made is None else None,
    )
