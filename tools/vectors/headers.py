"""Suite ``headers``: the protected and the unprotected header (RFC 9052 §3, HCERT §3.3.2, §3.3.3).

Where both name a thing the protected one wins, since only that is signed.
"""

from __future__ import annotations

from typing import Any, Final

from vectors.book import Book, Warnings, accept
from vectors.cbor import (
    MAP,
    NULL,
    UNDEFINED,
    Endless,
    Pairs,
    Raw,
    Tag,
    double,
    encode,
    head,
)
from vectors.hcert import ALG, CONTENT_TYPE, CRIT, KID, Made, hcert
from vectors.keys import ABROAD, P256, RSA2048, Key, add
from vectors.private import ec_key

ES256, PS256, ES384 = -7, -37, -35
ALGORITHM, IDENTIFIER, FORM = "HCERT 1.0.8 §3.3.2", "HCERT 1.0.8 §3.3.3", "RFC 9052 §3"

RIGHT: Final = {ALG: ES256, KID: P256.kid}
FOREIGN: Final = b"foo"

# Lists have had key identifiers of 1 to 16 bytes that follow from no certificate.
LONG_KID: Final = add("dsc-aq-kid-of-16", ec_key("dsc-aq-kid-of-16"), kid=bytes(range(16)))
SHORT_KID: Final = add("dsc-aq-kid-of-1", ec_key("dsc-aq-kid-of-1"), kid=b"\0")
TEXT_KID: Final = add("dsc-aq-kid-of-text", ec_key("dsc-aq-kid-of-text"), kid=b"Key1AQ")


def build(book: Book) -> None:
    """Add the vectors."""
    _places_of_kid(book)
    _forms_of_kid(book)
    _places_of_alg(book)
    _forms_of_alg(book)
    _other_labels(book)
    _forms_of_the_protected(book)
    _forms_of_the_unprotected(book)


def _places_of_kid(book: Book) -> None:
    kid = P256.kid
    place = "kid-place"
    _add(book, f"{place}::protected", IDENTIFIER, "Where it should stand.", hcert(signer=ABROAD))
    made = hcert(protected={ALG: ES256}, unprotected={KID: kid})
    _add(book, f"{place}::unprotected", IDENTIFIER, "It may, and must be accepted there.", made)
    made = hcert(unprotected={KID: kid})
    _add(book, f"{place}::both-alike", IDENTIFIER, "Said twice, and alike.", made)
    made = hcert(unprotected={KID: FOREIGN})
    comment = "The protected one wins; the other is not signed, and anybody may have changed it."
    _add(book, f"{place}::foreign-unprotected", IDENTIFIER, comment, made)
    made = hcert(unprotected={KID: 7})
    comment = "What loses is not looked at."
    _add(book, f"{place}::number-unprotected", IDENTIFIER, comment, made)
    made = hcert(protected={ALG: ES256, KID: FOREIGN}, unprotected={KID: kid})
    comment = "The protected one wins, and nobody has it."
    _add(book, f"{place}::foreign-protected", IDENTIFIER, comment, made, "trust.unknown_kid")
    made = hcert(protected={ALG: ES256, KID: b""}, unprotected={KID: kid})
    comment = "An empty protected one is one, and wins."
    _add(book, f"{place}::empty-protected", IDENTIFIER, comment, made, "cose.kid")
    made = hcert(protected={ALG: ES256, KID: NULL}, unprotected={KID: kid})
    comment = "A null is there, and is no key identifier."
    _add(book, f"{place}::null-protected", IDENTIFIER, comment, made, "cose.kid")
    made = hcert(protected={ALG: ES256})
    _add(book, f"{place}::nowhere", IDENTIFIER, "Nothing says who signed.", made, "cose.kid")
    book.verify(
        f"headers::{place}::nowhere-and-one-key",
        made,
        spec=IDENTIFIER,
        comment="That the one trusted key would fit is a guess: without kid it is not tried.",
        reject="cose.kid",
        policy="tolerant",
    )


def _forms_of_kid(book: Book) -> None:
    bare = ("signer.no_validity",)
    for case, signer in (("16-bytes", LONG_KID), ("1-byte", SHORT_KID), ("ascii-text", TEXT_KID)):
        made = hcert(signer=signer)
        comment = "The rule for its making binds issuers; a reader compares bytes."
        _add(book, f"kid::{case}", IDENTIFIER, comment, made, warnings=bare)
    forms: list[tuple[str, Any, str]] = [
        ("empty", b"", "No bytes identify nobody."),
        ("text", "51825c63", "A text is no byte string."),
        ("number", 5, "A number is no byte string."),
        ("array", [P256.kid], "An array of one is no byte string."),
        ("boolean", True, "A boolean is no byte string."),
    ]
    for case, kid, comment in forms:
        made = hcert(protected={ALG: ES256, KID: kid})
        _add(book, f"kid::{case}", IDENTIFIER, comment, made, "cose.kid")
    made = hcert(protected={ALG: ES256}, unprotected={KID: "51825c63"})
    comment = "In the unprotected header it is a byte string, too."
    _add(book, "kid::text-unprotected", IDENTIFIER, comment, made, "cose.kid")
    made = hcert(protected={ALG: ES256, KID: Tag(24, P256.kid)})
    comment = "A state once wrapped it in a tag; tags are not read in headers."
    _add(book, "kid::tagged", IDENTIFIER, comment, made, "cbor.malformed")
    rows = [
        ("7-bytes-of-8", P256.kid[:7], "The start of a key identifier is another one."),
        ("9-bytes-with-the-8", P256.kid + b"\0", "A longer one is another one."),
        ("last-bit-other", P256.kid[:7] + bytes([P256.kid[7] ^ 1]), "One bit off is another one."),
        ("hex-digits-of-it", P256.kid.hex().encode(), "Its hex digits in ASCII are another one."),
    ]
    for case, kid_bytes, comment in rows:
        made = hcert(protected={ALG: ES256, KID: kid_bytes})
        _add(book, f"kid::{case}", IDENTIFIER, comment, made, "trust.unknown_kid")


def _places_of_alg(book: Book) -> None:
    place = "alg-place"
    unsigned = hcert(protected={KID: P256.kid}, unprotected={ALG: ES256})
    comment = "The signature does not cover it there; the strict policy refuses that."
    _add(book, f"{place}::unprotected", ALGORITHM, comment, unsigned, "cose.algorithm")
    warnings = ("cose.algorithm_unprotected",)
    comment = "It is read under the tolerant policy: the key still has to fit it."
    case = f"{place}::unprotected-tolerant"
    _add(book, case, ALGORITHM, comment, unsigned, warnings=warnings, policy="tolerant")
    nothing = hcert(protected=b"", unprotected=RIGHT)
    comment = "A protected header of no bytes is the empty map, and signed as no bytes."
    case = f"{place}::empty-bytes-protected-tolerant"
    _add(book, case, FORM, comment, nothing, warnings=warnings, policy="tolerant")
    comment = "The same under the strict policy."
    _add(book, f"{place}::empty-bytes-protected", FORM, comment, nothing, "cose.algorithm")
    empty = hcert(protected=b"\xa0", unprotected=RIGHT)
    comment = "An encoded empty map counts as no bytes in what is signed."
    case = f"{place}::empty-map-protected-tolerant"
    spec = "RFC 9052 §4.4"
    _add(book, case, spec, comment, empty, warnings=warnings, policy="tolerant")
    as_it_is = encode(["Signature1", b"\xa0", b"", _claims()])
    made = hcert(protected=b"\xa0", unprotected=RIGHT, to_be_signed=as_it_is)
    comment = "The empty map was signed as one byte, which RFC 9052 does not."
    case = f"{place}::empty-map-signed-as-it-is"
    _add(book, case, spec, comment, made, "signature.invalid", policy="tolerant")
    made = hcert(unprotected={ALG: ES256})
    _add(book, f"{place}::both-alike", ALGORITHM, "Said twice, and alike.", made)
    made = hcert(unprotected={ALG: PS256})
    comment = "The two headers contradict each other; one of them was put there later."
    _add(book, f"{place}::both-and-different", FORM, comment, made, "cose.structure")
    made = hcert(unprotected={ALG: double(-7.0)})
    comment = "A float is another value than the integer that it equals."
    _add(book, f"{place}::both-and-float", FORM, comment, made, "cose.structure")
    made = hcert(protected={KID: P256.kid})
    _add(book, f"{place}::nowhere", ALGORITHM, "Nothing says how.", made, "cose.algorithm")
    comment = "No algorithm is taken for granted, under no policy."
    case = f"{place}::nowhere-tolerant"
    _add(book, case, ALGORITHM, comment, made, "cose.algorithm", policy="tolerant")


def _claims() -> bytes:
    return bytes.fromhex(hcert().intermediates["claims"])


def _forms_of_alg(book: Book) -> None:
    rows: list[tuple[str, Any, str]] = [
        ("none", 0, "Reserved: no algorithm, and so no signature."),
        ("eddsa", -8, "EdDSA is no algorithm of health certificates."),
        ("es256k", -47, "ES256K is no algorithm of health certificates."),
        ("ps384", -38, "PS384 is no algorithm of health certificates."),
        ("rs256", -257, "RSASSA-PKCS1-v1_5 is no algorithm of health certificates."),
        ("hmac", 5, "HMAC with a public key as its secret is the oldest forgery of all."),
        ("text", "ES256", "The name of JOSE is not the number of COSE."),
        ("float", double(-7.0), "A float that equals the number is not the number."),
        ("boolean", True, "A boolean is no number."),
        ("null", NULL, "A null is there, and is no algorithm."),
        ("array", [ES256], "A list to choose from is no algorithm."),
        ("positive", 7, "The sign matters."),
        ("beyond-64-bits", Raw(b"\x3b" + b"\xff" * 8), "The least number of CBOR is unknown."),
    ]
    for case, alg, comment in rows:
        made = hcert(protected={ALG: alg, KID: P256.kid})
        _add(book, f"alg::{case}", ALGORITHM, comment, made, "cose.algorithm")
    long_form = Raw(head(1, 6, size=1))
    made = hcert(protected={ALG: long_form, KID: P256.kid})
    comment = "-7 in two bytes is -7: the shortest form is asked of no reader."
    _add(book, "alg::longer-form", "RFC 8949 §4", comment, made)


def _other_labels(book: Book) -> None:
    rows: list[tuple[str, Made, str]] = [
        (
            "content-type",
            hcert(protected={**RIGHT, CONTENT_TYPE: 61}),
            "States write 61 (CWT); it has no effect.",
        ),
        (
            "unknown-protected",
            hcert(protected={**RIGHT, 99: [1, "x"]}),
            "What is not in crit may be passed over.",
        ),
        (
            "unknown-unprotected",
            hcert(unprotected={99: b"\1", -70000: {1: 2}}),
            "What is not signed has no effect.",
        ),
        ("of-text", hcert(protected={**RIGHT, "note": "x"}), "A label may be a text."),
        (
            "alg-as-text-beside-it",
            hcert(protected={**RIGHT, "1": PS256}),
            "The text 1 is not the number 1.",
        ),
        (
            "kid-first",
            hcert(protected={KID: P256.kid, ALG: ES256}),
            "No order is prescribed.",
        ),
    ]
    for case, made, comment in rows:
        _add(book, f"label::{case}", f"{FORM}.1", comment, made)
    crit = "RFC 9052 §3.1"
    comment = "Whoever does not understand a label in crit must refuse."
    made = hcert(protected={**RIGHT, CRIT: [99], 99: 1})
    _add(book, "crit::unknown-label", crit, comment, made, "cose.structure")
    made = hcert(protected={**RIGHT, CRIT: [ALG]})
    comment = "Labels that everybody understands do not belong in crit; it is refused as a whole."
    _add(book, "crit::known-label", crit, comment, made, "cose.structure")
    made = hcert(protected={**RIGHT, CRIT: []})
    _add(book, "crit::empty", crit, "crit has at least one label.", made, "cose.structure")
    made = hcert(unprotected={CRIT: [99], 99: 1})
    comment = "crit belongs into the protected header alone."
    _add(book, "crit::unprotected", crit, comment, made, "cose.structure")
    labels: list[tuple[str, Any, str]] = [
        ("float", double(1.5), "A label is an integer or a text."),
        ("bytes", b"\1", "A label is an integer or a text."),
        ("boolean", True, "True equals 1 in some languages, and is no label."),
        ("float-that-equals-alg", double(1.0), "1.0 equals 1 in some languages, and is no label."),
    ]
    for case, label, comment in labels:
        pairs = [(KID, P256.kid), (label, ES256)]
        made = hcert(protected=encode(Pairs(pairs)), unprotected={ALG: ES256})
        policy = "tolerant"
        _add(book, f"label::{case}", FORM, comment, made, "cose.structure", policy=policy)
    made = hcert(unprotected=Pairs([(double(4.0), P256.kid)]))
    comment = "The rule for labels holds in the unprotected header, too."
    _add(book, "label::float-unprotected", FORM, comment, made, "cose.structure")


def _forms_of_the_protected(book: Book) -> None:
    twice = Pairs([(ALG, ES256), (KID, P256.kid), (ALG, ES256)])
    kinds: list[tuple[str, Any, str, str]] = [
        (
            *("alg-twice", encode(twice), "cbor.malformed"),
            "A label given twice lets two readers see two algorithms.",
        ),
        (
            "alg-twice-in-two-forms",
            encode(Pairs([(ALG, ES256), (KID, P256.kid), (Raw(b"\x18\x01"), PS256)])),
            "cbor.malformed",
            "1 in two bytes is the same label as 1 in one.",
        ),
        (
            "kid-twice",
            encode(Pairs([(ALG, ES256), (KID, P256.kid), (KID, FOREIGN)])),
            "cbor.malformed",
            "A label given twice lets two readers see two signers.",
        ),
        ("array", encode([ALG, ES256]), "cose.structure", "The header is a map."),
        ("null", b"\xf6", "cose.structure", "A null is no map."),
        ("undefined", UNDEFINED.encoded, "cose.structure", "Undefined is no map."),
        (
            *("bytes-in-bytes", encode(encode(RIGHT)), "cose.structure"),
            "The map was put into a byte string twice.",
        ),
        ("cut-off", encode(RIGHT)[:-1], "cbor.malformed", "The map ends early."),
        (
            *("byte-behind-it", encode(RIGHT) + b"\0", "cbor.malformed"),
            "The byte string holds one map and nothing else.",
        ),
        ("no-cbor", b"\x1c\x1c", "cbor.malformed", "28 is no additional information of CBOR."),
        ("map-itself", Raw(encode(RIGHT)), "cose.structure", "The map stands in a byte string."),
        (
            *("text-string", Raw(encode("alg")), "cose.structure"),
            "A text string is no byte string.",
        ),
        ("null-itself", NULL, "cose.structure", "A null is no byte string."),
    ]
    for case, protected, code, comment in kinds:
        unprotected = RIGHT if code == "cose.structure" else None
        made = hcert(protected=protected, unprotected=unprotected)
        _add(book, f"protected::{case}", FORM, comment, made, code)
    endless = encode(Endless(MAP, [(ALG, ES256), (KID, P256.kid)]))
    comment = "A map of indefinite length is a map; the bytes as they came are signed."
    made = hcert(protected=endless)
    _add(book, "protected::indefinite-length", "RFC 8949 §3.2.2", comment, made)


def _forms_of_the_unprotected(book: Book) -> None:
    kinds: list[tuple[str, Any, str, str]] = [
        ("array", [], "cose.structure", "The header is a map."),
        ("null", NULL, "cose.structure", "A null is no map."),
        ("bytes", b"\xa0", "cose.structure", "This map stands in no byte string."),
        (
            *("kid-twice", Pairs([(KID, P256.kid), (KID, FOREIGN)]), "cbor.malformed"),
            "A label given twice lets two readers see two signers.",
        ),
    ]
    for case, unprotected, code, comment in kinds:
        made = hcert(unprotected=unprotected)
        _add(book, f"unprotected::{case}", FORM, comment, made, code)
    made = hcert(signer=RSA2048, unprotected={KID: P256.kid})
    comment = "With PS256 the protected kid wins, too."
    book.verify(
        "headers::kid-place::another-signer-unprotected",
        made,
        spec=IDENTIFIER,
        comment=comment,
        trust=(P256, RSA2048),
        accept=accept(RSA2048),
    )


def _add(
    book: Book,
    case: str,
    spec: str,
    comment: str,
    made: Made,
    reject: str | None = None,
    *,
    warnings: Warnings = (),
    policy: str = "strict",
) -> None:
    signer: Key = made.signer
    book.verify(
        f"headers::{case}",
        made,
        spec=spec,
        comment=comment,
        reject=reject,
        policy=policy,
        accept=None if reject else accept(signer, warnings=warnings),
    )
