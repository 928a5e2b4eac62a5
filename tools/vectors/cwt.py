"""Suite ``cwt``: the claims (RFC 8392 §3, HCERT §3.3.4 to §3.3.7), but for their times."""

from __future__ import annotations

from math import inf, nan
from typing import Any, Final

from vectors.book import Book, Warnings, accept
from vectors.cbor import (
    ARRAY,
    MAP,
    NULL,
    TEXT,
    UNDEFINED,
    Endless,
    Pairs,
    Raw,
    Tag,
    double,
    encode,
    head,
)
from vectors.hcert import EXP, EXPIRES, HCERT, IAT, ISS, ISSUED, LEFT_OUT, NBF, Made, hcert, payload
from vectors.keys import P256

ISSUER, EXPIRY, ISSUE, HEALTH = (f"HCERT 1.0.8 §3.3.{number}" for number in (4, 5, 6, 7))
FORM, SET = "RFC 8392 §2", "RFC 8392 §3"
UNKNOWN: Final = ("cwt.unknown_claim",)

CLAIMS: Final = {ISS: "AQ", EXP: EXPIRES, IAT: ISSUED, HCERT: {1: payload()}}
YEAR_10000, YEAR_1 = 253_402_300_800, -62_135_596_800


def build(book: Book) -> None:
    """Add the vectors."""
    _issuer(book)
    _times(book)
    _health(book)
    _other_claims(book)
    _keys(book)
    _the_set(book)
    _encodings(book)


def _issuer(book: Book) -> None:
    for case, value, comment in (
        ("missing", LEFT_OUT, "iss is optional; the key says who signed."),
        ("sentence", "Specimen Health Authority", "States have written their office's name."),
        ("another-state", "XA", "It need not be the signer's state; territories differ."),
    ):
        _add(book, f"iss::{case}", ISSUER, comment, hcert(claims={ISS: value}))
    for case, bad, comment in (
        ("number", 1, "A number is no text."),
        ("null", NULL, "A null is there, and is no text."),
        ("bytes", b"AQ", "A byte string is no text."),
        ("array", ["AQ"], "An array is no text."),
    ):
        made = hcert(claims={ISS: bad})
        _add(book, f"iss::{case}", "RFC 8392 §3.1.1", comment, made, "cwt.claims")


def _times(book: Book) -> None:
    made = hcert(claims={EXP: LEFT_OUT})
    comment = "Without an end it would be good for ever."
    _add(book, "exp::missing", EXPIRY, comment, made, "cwt.claims")
    forms: list[tuple[str, Any, str]] = [
        ("null", NULL, "A null is there, and is no time."),
        ("undefined", UNDEFINED, "Undefined is no time."),
        ("text", "1681547400", "Digits in a text are no number."),
        ("date-text", Tag(0, "2023-04-15T08:30:00Z"), "A NumericDate is a number, not a text."),
        ("bytes", bytes.fromhex("643a6088"), "The bytes of a number are no number."),
        ("array", [EXPIRES], "An array of one number is no number."),
        ("boolean", True, "True equals 1 in some languages, and is no number."),
        ("tag-1-around-text", Tag(1, "1681547400"), "Tag 1 goes around a number."),
        ("not-a-number", double(nan), "No moment is after NaN: it would never expire."),
        ("infinity", double(inf), "It would never expire."),
        ("minus-infinity", double(-inf), "Infinity is no time."),
        ("half-precision-infinity", Raw(b"\xf9\x7c\x00"), "Infinity in two bytes is infinity."),
        ("year-10000", YEAR_10000, "The first second after the last year of four digits."),
        ("largest-number", (1 << 64) - 1, "The largest integer of CBOR is beyond any calendar."),
        ("huge-float", double(1e300), "A float beyond any calendar."),
        ("year-0", YEAR_1 - 1, "The last second before the first year."),
        ("milliseconds", EXPIRES * 1000, "Milliseconds would make it good for 51,000 years."),
    ]
    for case, value, comment in forms:
        made = hcert(claims={EXP: value})
        _add(book, f"exp::{case}", EXPIRY, comment, made, "cwt.claims")
    made = hcert(claims={EXP: Tag(2, EXPIRES.to_bytes(4, "big"))})
    comment = "A big number is a tag of its own, and not among those that are read."
    _add(book, "exp::big-number", EXPIRY, comment, made, "cbor.malformed")
    made = hcert(claims={EXP: YEAR_10000 - 1})
    comment = "The last second of the year 9999 can be told."
    _add(book, "exp::year-9999", EXPIRY, comment, made, warnings=("cwt.outlives_signer",))
    made = hcert(claims={EXP: Raw(head(0, EXPIRES, size=8))})
    comment = "A number may take eight bytes: the shortest form is asked of no reader."
    _add(book, "exp::longer-form", "RFC 8949 §4", comment, made)
    made = hcert(claims={EXP: Raw(b"\xfa\x4e\xc8\x74\xc1")})  # 1681547392 in 32 bits
    comment = "A float of 32 bits is a number, though it holds times to 128 seconds only."
    _add(book, "exp::float-of-32-bits", FORM, comment, made, warnings=("cwt.float_time",))
    for claim, name, spec in ((IAT, "iat", ISSUE), (NBF, "nbf", "RFC 8392 §3.1.5")):
        for case, value, comment in (
            ("text", "1650011400", "Digits in a text are no number."),
            ("null", NULL, "A null is there, and is no time."),
            ("not-a-number", double(nan), "No moment is before NaN."),
            ("year-10000", YEAR_10000, "The first second after the last year of four digits."),
        ):
            made = hcert(claims={claim: value})
            _add(book, f"{name}::{case}", spec, comment, made, "cwt.claims")
    made = hcert(claims={IAT: YEAR_1})
    comment = "The first second that can be told; it is before the signer's time."
    _add(book, "iat::year-1", ISSUE, comment, made, warnings=("cwt.predates_signer",))
    made = hcert(claims={IAT: YEAR_1 - 1})
    comment = "The second before the first that can be told."
    _add(book, "iat::year-0", ISSUE, comment, made, "cwt.claims")


def _health(book: Book) -> None:
    content = payload()
    rows: list[tuple[str, Any, str]] = [
        ("missing", LEFT_OUT, "A signed token without a health claim certifies nothing here."),
        ("null", NULL, "A null holds no content."),
        ("array", [content], "The claim is a map of contents by their numbers."),
        ("text", "DCC", "A text is no map."),
        ("bytes", encode({1: content}), "Early test data put the map into a byte string."),
        ("empty", {}, "A map of no content."),
        ("payload-without-its-number", content, "The payload stands under the number 1."),
        ("another-number", {2: content}, "Only 1 is a digital COVID certificate."),
        ("minus-one", {-1: content}, "Negative numbers are for trials."),
        ("number-as-text", {"1": content}, "The text 1 is not the number 1."),
        ("number-as-float", Pairs([(double(1.0), content)]), "1.0 is not the number 1."),
        ("number-as-boolean", Pairs([(True, content)]), "True is not the number 1."),
        ("payload-null", {1: NULL}, "A null is no payload."),
        ("payload-array", {1: [content]}, "The payload is a map."),
        ("payload-bytes", {1: encode(content)}, "The payload is a map, not its bytes."),
        ("payload-json", {1: "{}"}, "The payload is a map, not a text of JSON."),
    ]
    for case, value, comment in rows:
        made = hcert(claims={HCERT: value})
        _add(book, f"hcert::{case}", HEALTH, comment, made, "hcert.content")
    made = hcert(claims={HCERT: Pairs([(1, content), (1, content)])})
    comment = "A content given twice, if only alike, may be read twice."
    _add(book, "hcert::content-twice", HEALTH, comment, made, "cbor.malformed")
    made = hcert(claims={HCERT: {1: content, 2: {}}})
    comment = "Another content beside it is for other readers."
    _add(book, "hcert::another-content-beside-it", HEALTH, comment, made)
    made = hcert(claims={HCERT: LEFT_OUT, -259: {1: content}})
    comment = "The number beside it is another claim."
    _add(book, "hcert::another-claim", HEALTH, comment, made, "hcert.content")


def _other_claims(book: Book) -> None:
    rows: list[tuple[str, dict[Any, Any], str]] = [
        ("sub", {2: "specimen"}, "A state adds sub; it has no effect."),
        ("aud", {3: "somebody"}, "aud names whom it is for; no verifier is named in a code."),
        ("cti", {7: bytes(12)}, "A state adds cti; it has no effect."),
        ("unknown-number", {99: "x"}, "Unknown claims must be ignored."),
        ("unknown-text", {"note": "x"}, "A claim's key may be a text."),
        ("private-use", {-70000: {1: 2}}, "A private claim says nothing to others."),
        ("text-of-exp", {"4": 1}, "The text 4 is not the number 4."),
        ("text-of-a-name", {"exp": 1}, "The name of JWT is not the number of CWT."),
    ]
    for case, claims, comment in rows:
        made = hcert(claims=claims)
        _add(book, f"claim::{case}", SET, comment, made, warnings=UNKNOWN)
    made = hcert(claims={EXP: LEFT_OUT, "exp": EXPIRES})
    comment = "The name of JWT in the place of the number: exp is missing."
    _add(book, "claim::jwt-names", SET, comment, made, "cwt.claims")


def _keys(book: Book) -> None:
    pairs = list(CLAIMS.items())
    for case, key, comment in (
        ("float", double(99.5), "A claim key is an integer or a text."),
        ("bytes", b"\4", "A claim key is an integer or a text."),
        ("null", NULL, "A claim key is an integer or a text."),
    ):
        made = hcert(claims_item=Pairs([*pairs, (key, 5)]))
        _add(book, f"key::{case}", SET, comment, made, "cwt.claims")
    instead: list[tuple[str, int, Any, str]] = [
        ("float-for-exp", EXP, double(4.0), "4.0 equals 4 in some languages, and is no claim key."),
        ("boolean-for-iss", ISS, True, "True equals 1 in some languages, and is no claim key."),
    ]
    for case, claim, another, comment in instead:
        others = [(name, value) for name, value in pairs if name != claim]
        made = hcert(claims_item=Pairs([*others, (another, CLAIMS[claim])]))
        _add(book, f"key::{case}", SET, comment, made, "cwt.claims")
    for case, pair, comment in (
        ("exp", (EXP, EXPIRES + 86_400), "Of two ends a reader might take the later one."),
        ("exp-in-two-forms", (Raw(b"\x18\x04"), 1), "4 in two bytes is the same key."),
        ("iss", (ISS, "AQ"), "A claim given twice, if only alike."),
        ("health", (HCERT, {1: payload("t")}), "Of two health claims one is not shown."),
        ("unknown", (99, 1), "Not even a claim without effect may be given twice."),
    ):
        more = [(99, 1)] if case == "unknown" else []
        made = hcert(claims_item=Pairs([*pairs, *more, pair]))
        _add(book, f"twice::{case}", SET, comment, made, "cbor.malformed")


def _the_set(book: Book) -> None:
    rows: list[tuple[str, Any, str, str]] = [
        ("number", 1, "cwt.claims", "A number is no set of claims."),
        ("text", "claims", "cwt.claims", "A text is no set of claims."),
        ("null", NULL, "cwt.claims", "A null is no set of claims."),
        ("bytes", encode(CLAIMS), "cwt.claims", "The map was put into a byte string twice."),
        ("empty", {}, "cwt.claims", "exp is missing, and everything else."),
        ("array", list(CLAIMS.values()), "cose.structure", "Arrays are messages, not claims."),
        ("tag-61", Tag(61, CLAIMS), "cose.structure", "Tag 61 goes around the message."),
    ]
    for case, item, code, comment in rows:
        made = hcert(claims_item=item)
        _add(book, f"set::{case}", SET, comment, made, code)
    rows_of_bytes: list[tuple[str, Any, str]] = [
        ("byte-behind-it", lambda data: data + b"\0", "One item is signed, and no more."),
        ("cut-off", lambda data: data[:-1], "The last byte is missing, and so it was signed."),
        (
            "one-pair-too-few",
            lambda data: b"\xa5" + data[1:],
            "The head of the map promises a pair more than there is.",
        ),
        (
            "break-in-a-map",
            lambda data: data[:1] + b"\xff" + data[1:],
            "A break ends what has no length, and nothing else.",
        ),
        (
            "not-utf-8",
            lambda data: data.replace(b"Specimen", b"Specim\xffn"),
            "A text of CBOR is UTF-8; this one has the byte FF.",
        ),
        (
            "surrogate",
            lambda data: data.replace(b"Specimen", b"Spec\xed\xa0\x80n"),
            "Half a surrogate pair is not UTF-8.",
        ),
        (
            "overlong-utf-8",
            lambda data: data.replace(b"Specimen", b"Specim\xc1\xae"),
            "A letter in two bytes that has one is not UTF-8.",
        ),
    ]
    for case, change, comment in rows_of_bytes:
        made = hcert(claims_bytes=change)
        _add(book, f"set::{case}", "RFC 8949 §5.3", comment, made, "cbor.malformed")


def _encodings(book: Book) -> None:
    order: list[tuple[str, list[int], str]] = [
        ("exp-first", [EXP, IAT, ISS, HCERT], "About a quarter of all issuers."),
        ("iat-before-exp", [ISS, IAT, EXP, HCERT], "Some issuers."),
        ("health-first", [HCERT, EXP, IAT, ISS], "A few issuers."),
    ]
    for case, keys, comment in order:
        made = hcert(claims_item={key: CLAIMS[key] for key in keys})
        comment += " No order of claims is prescribed."
        _add(book, f"order::{case}", "HCERT 1.0.8 §3.3", comment, made)
    made = hcert(claims_item=Endless(MAP, list(CLAIMS.items())))
    comment = "A map of indefinite length is a map."
    _add(book, "encoding::endless-map", "RFC 8949 §3.2.2", comment, made)
    pieces = Endless(TEXT, ["Specimen ", "Health Authority"])
    made = hcert(claims={ISS: pieces})
    comment = "A text may come in pieces."
    _add(book, "encoding::text-in-pieces", "RFC 8949 §3.2.3", comment, made)
    (entry,) = payload()["v"]
    made = hcert(payload(v=Endless(ARRAY, [entry])))
    comment = "An array of indefinite length is an array."
    _add(book, "encoding::endless-array", "RFC 8949 §3.2.2", comment, made)
    made = hcert(claims={HCERT: Pairs([(Raw(b"\x18\x01"), payload())])})
    comment = "1 in two bytes is 1: the shortest form is asked of no reader."
    _add(book, "encoding::longer-number-of-the-content", "RFC 8949 §4", comment, made)
    made = hcert(claims={ISS: Raw(b"\x62A\xcc")})
    comment = "A text that ends within a letter is not UTF-8."
    _add(book, "encoding::letter-cut-off", "RFC 8949 §5.3.1", comment, made, "cbor.malformed")


def _add(
    book: Book,
    case: str,
    spec: str,
    comment: str,
    made: Made,
    reject: str | None = None,
    *,
    warnings: Warnings = (),
) -> None:
    book.verify(
        f"cwt::{case}",
        made,
        spec=spec,
        comment=comment,
        reject=reject,
        accept=None if reject else accept(P256, warnings=warnings),
    )
