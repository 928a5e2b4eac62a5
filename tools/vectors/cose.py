"""Suite ``cose``: the message, its tags and its signature (RFC 9052 §2, §4.2, §4.4, RFC 9053)."""

from __future__ import annotations

from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from vectors.book import Book, accept
from vectors.cbor import ARRAY, BYTES, MAP, NULL, TAG, Endless, Raw, Tag, encode, head
from vectors.hcert import ALG, KID, Change, Made, flip, hcert, payload, sig_structure
from vectors.keys import P256, P384, P521, RSA1024, RSA2048, RSA3072, STRANGER
from vectors.private import (
    ORDER_P256,
    der_ecdsa,
    ec_key,
    ecdsa_parts,
    other_half,
    pss,
    rsa_key,
)

TAGS, STRUCTURE, SIGNED = "RFC 9052 §2", "RFC 9052 §4.2", "RFC 9052 §4.4"
ECDSA, PSS = "RFC 9053 §2.1", "RFC 8230 §2"

P256_KEY: Final = ec_key("dsc-aq-p256")
RSA_KEY: Final = rsa_key("dsc-aq-rsa2048")


def build(book: Book) -> None:
    """Add the vectors."""
    _algorithms(book)
    _tags(book)
    _shape(book)
    _parts(book)
    _encodings(book)
    _lengths_of_ecdsa(book)
    _values_of_ecdsa(book)
    _what_is_signed(book)
    _changed_afterwards(book)
    _pss(book)


def _algorithms(book: Book) -> None:
    for signer, spec in (
        *((P256, ECDSA), (P384, ECDSA), (P521, ECDSA)),
        *((RSA2048, PSS), (RSA3072, PSS), (RSA1024, PSS)),
    ):
        case = signer.name.rpartition("-")[2]
        comment = f"{signer.algorithm} with a key of {signer.private.key_size} bits."
        _add(book, f"algorithm::{case}", spec, comment, hcert(payload("t"), signer=signer))


def _tags(book: Book) -> None:
    good: list[tuple[str, tuple[int, ...], str]] = [
        ("none", (), "RFC 9052 allows it where the message is known to be a COSE_Sign1."),
        ("61-around-18", (61, 18), "A CWT may be tagged as such (RFC 8392 §6)."),
    ]
    for case, tags, comment in good:
        _add(book, f"tag::{case}", TAGS, comment, hcert(tags=tags))
    longer = hcert(tags=(), cose=lambda data: head(TAG, 18, size=1) + data)
    comment = "18 with a byte of its own is 18: the shortest form is asked of no reader."
    _add(book, "tag::18-in-a-longer-form", "RFC 8949 §4", comment, longer)
    bad: list[tuple[str, tuple[int, ...], str]] = [
        ("61-alone", (61,), "Tag 61 goes around a tagged COSE message."),
        ("18-twice", (18, 18), "A tagged item is no array."),
        ("18-around-61", (18, 61), "The two tags are the wrong way round."),
        ("61-twice", (61, 61, 18), "A CWT within a CWT has no meaning here."),
        ("98-cose-sign", (98,), "COSE_Sign has another structure; it must not be taken for one."),
        ("17-mac0", (17,), "A MAC proves nothing to who holds the key."),
        ("16-encrypt0", (16,), "Encryption is no signature."),
        ("24-encoded-cbor", (24,), "Tag 24 belongs around a byte string."),
        ("55799-self-described", (55799, 18), "Self-described CBOR is not among the tags read."),
        ("19-next-to-18", (19,), "One off is another tag."),
    ]
    for case, tags, comment in bad:
        _add(book, f"tag::{case}", TAGS, comment, hcert(tags=tags), "cose.structure")
    made = hcert(tags=(61, 61, 61, 61, 18))
    comment = "More tags than any message has; a reader must not follow them without end."
    _add(book, "tag::five-of-them", TAGS, comment, made, "cbor.malformed")


def _shape(book: Book) -> None:
    def shape(case: str, comment: str, change: Any) -> None:
        made = hcert(message=change)
        _add(book, f"shape::{case}", STRUCTURE, comment, made, "cose.structure")

    shape("three-parts", "The signature is missing.", lambda parts: parts[:3])
    shape("five-parts", "One part too many.", lambda parts: [*parts, b""])
    shape("no-part", "An array of nothing.", lambda parts: [])
    shape("map", "A map of the four is no array.", lambda parts: dict(enumerate(parts)))
    shape("byte-string", "The message was put into a byte string.", encode)
    shape("nested-array", "The array is in an array.", lambda parts: [parts])
    shape(
        "cose-sign",
        "The array of COSE_Sign, a list of signatures in the fourth place, under tag 18.",
        lambda parts: [b"", {}, parts[2], [[parts[0], {}, parts[3]]]],
    )
    for case, tags, comment in (
        ("claims-alone", (), "Claims that nobody signed: the message is the claim set itself."),
        ("claims-under-61", (61,), "A CWT without a COSE message in it; nobody signed it."),
    ):
        made = hcert(message=lambda parts: Raw(parts[2]), tags=tags)
        _add(book, f"shape::{case}", "RFC 8392 §7.2", comment, made, "cose.structure")
    made = hcert(tags=(), cose=bytes.fromhex("01"))
    _add(book, "shape::number", STRUCTURE, "A number is no message.", made, "cose.structure")
    made = hcert(cose=b"")
    _add(book, "shape::nothing", STRUCTURE, "No bytes are no item.", made, "cbor.malformed")


def _parts(book: Book) -> None:
    def part(case: str, number: int, value: Any, comment: str) -> None:
        made = hcert(message=lambda parts: [*parts[:number], value, *parts[number + 1 :]])
        _add(book, case, STRUCTURE, comment, made, "cose.structure")

    comment = "A detached payload is not in the code, so nothing was certified."
    part("payload::null", 2, NULL, comment)
    part("payload::text", 2, "claims", "A text is no byte string.")
    part("payload::map", 2, {1: "AQ"}, "The claims stand in a byte string.")
    part("payload::tagged-byte-string", 2, Tag(0, "x"), "A tagged item is no byte string.")
    part("signature::null", 3, NULL, "A null is no byte string.")
    part("signature::text", 3, "A" * 64, "A text of 64 characters is no byte string.")
    part("signature::number", 3, 0, "A number is no byte string.")
    part("signature::array-of-r-and-s", 3, [bytes(32), bytes(32)], "r and s are one byte string.")
    inner = bytes.fromhex(hcert().intermediates["cose"])
    comment = "The payload is a signed message itself; the outer signature says nothing of it."
    for case, data in (("tagged", inner), ("untagged", inner[1:])):
        made = hcert(claims_bytes=data)
        name = f"payload::message-{case}"
        _add(book, name, "RFC 8392 §7.2", comment, made, "cose.structure")
    made = hcert(claims_bytes=b"")
    comment = "The signature is good, and nothing was signed."
    _add(book, "payload::empty", STRUCTURE, comment, made, "cbor.malformed")


def _encodings(book: Book) -> None:
    spec = "RFC 8949 §3.2"
    made = hcert(message=lambda parts: Endless(ARRAY, parts))
    _add(book, "encoding::endless-array", spec, "Indefinite lengths are CBOR.", made)
    made = hcert(
        message=lambda parts: [*parts[:2], Endless(BYTES, [parts[2][:9], parts[2][9:]]), parts[3]]
    )
    comment = "A byte string may come in pieces; what is signed is the whole."
    _add(book, "encoding::payload-in-pieces", spec, comment, made)
    made = hcert(message=lambda parts: [parts[0], Endless(MAP, []), *parts[2:]])
    comment = "An endless map without a member is empty."
    _add(book, "encoding::endless-empty-map", spec, comment, made)
    made = hcert(
        message=lambda parts: [
            *parts[:3],
            Raw(head(BYTES, 64, size=8) + parts[3]),
        ]
    )
    comment = "A length may take eight bytes: the shortest form is asked of no reader."
    _add(book, "encoding::longer-length", "RFC 8949 §4", comment, made)
    cases: list[tuple[str, Change, str]] = [
        ("byte-behind-it", lambda data: data + b"\0", "The stream holds one item, and no more."),
        ("message-behind-it", lambda data: data + data, "Of two messages neither is the one."),
        ("cut-off", lambda data: data[:-1], "The last byte of the signature is missing."),
        ("head-alone", lambda data: data[:2], "Nothing follows the head of the array."),
        (
            "length-beyond-the-end",
            lambda data: data.replace(b"\x58\x40", b"\x58\x41"),
            "The signature says that it is one byte longer than what is there.",
        ),
        (
            "huge-length",
            lambda data: data.replace(b"\x58\x40", b"\x5b" + b"\x7f" + b"\xff" * 7),
            "A length of 2^63 must be refused before anything is set aside for it.",
        ),
        (
            "array-without-its-end",
            lambda data: data[:1] + b"\x9f" + data[2:],
            "An endless array without a break is not finished.",
        ),
        (
            "reserved-information",
            lambda data: data[:1] + b"\x9c" + data[2:],
            "28 is no additional information of CBOR.",
        ),
    ]
    for case, change, comment in cases:
        made = hcert(cose=change)
        _add(book, f"encoding::{case}", "RFC 8949 §3", comment, made, "cbor.malformed")


def _lengths_of_ecdsa(book: Book) -> None:
    spec = ECDSA
    cases: list[tuple[str, Change | bytes, str]] = [
        ("empty", b"", "No bytes are no signature."),
        ("3-bytes", b"\1\2\3", "Far too short to hold r and s."),
        ("one-byte-short", lambda made: made[:-1], "s lacks its last byte."),
        ("one-byte-more", lambda made: made + b"\0", "One byte follows s."),
        ("leading-zero", lambda made: b"\0" + made, "A zero byte stands before r."),
        ("r-alone", lambda made: made[:32], "s is missing."),
        ("96-bytes", lambda made: made + made[:32], "As long as one of ES384."),
        ("128-bytes", lambda made: made + made, "r and s follow once more."),
    ]
    for case, signature, comment in cases:
        made = hcert(signature=signature)
        _add(book, f"ecdsa-length::{case}", spec, comment, made, "cose.structure")
    made = hcert(to_be_signed=None, signature=_in_der)
    comment = "DER is what X.509 and many libraries write; COSE has r and s alone."
    _add(book, "ecdsa-length::der", spec, comment, made, "cose.structure")
    for signer, size in ((P384, 96), (P521, 132)):
        made = hcert(signer=signer, signature=lambda right: right[1:])
        comment = f"{signer.algorithm} has {size} bytes, zeros in front included."
        case = f"ecdsa-length::{signer.algorithm}-one-byte-short".lower()
        _add(book, case, spec, comment, made, "cose.structure")


def _in_der(raw: bytes) -> bytes:
    return encode_dss_signature(*ecdsa_parts(raw))


def _values_of_ecdsa(book: Book) -> None:
    right = bytes.fromhex(hcert().intermediates["cose"])[-64:]
    assert ecdsa_parts(right)[1] <= ORDER_P256 // 2, "the others are of the lower s"
    comment = "Whether s is the lower or the higher of two values is asked by nobody."
    _add(book, "ecdsa::high-s", ECDSA, comment, hcert(signature=other_half))
    order, zero = ORDER_P256.to_bytes(32, "big"), bytes(32)
    cases: list[tuple[str, Change | bytes, str]] = [
        ("all-zeros", bytes(64), "r = s = 0 satisfies a careless equation for every message."),
        ("r-zero", lambda made: zero + made[32:], "r must not be 0."),
        ("s-zero", lambda made: made[:32] + zero, "s must not be 0."),
        ("r-order", lambda made: order + made[32:], "r must be below the order of the curve."),
        ("s-order", lambda made: made[:32] + order, "s must be below the order of the curve."),
        ("both-order", order + order, "The order stands for 0, and the equation is careless."),
        ("all-ones", b"\xff" * 64, "Both are beyond the order."),
        ("one-and-one", (zero[1:] + b"\1") * 2, "r = s = 1 is in range, and a guess."),
        ("s-and-r", lambda made: made[32:] + made[:32], "r comes first."),
        (
            "little-endian",
            lambda made: made[:32][::-1] + made[32:][::-1],
            "Numbers are big-endian.",
        ),
        ("first-bit-of-r", flip(0, 7), "One bit of r is another."),
        ("last-bit-of-s", flip(-1), "One bit of s is another."),
    ]
    for case, signature, comment in cases:
        made = hcert(signature=signature)
        _add(book, f"ecdsa::{case}", ECDSA, comment, made, "signature.invalid")


def _what_is_signed(book: Book) -> None:
    right = hcert()
    claims = bytes.fromhex(right.intermediates["claims"])
    protected = encode({ALG: -7, KID: P256.kid})
    cases: list[tuple[str, bytes, str]] = [
        (
            "context-signature",
            sig_structure(protected, claims, "Signature"),
            "The context of COSE_Sign: a signature must not move from one to the other.",
        ),
        (
            "context-counter-signature",
            sig_structure(protected, claims, "CounterSignature"),
            "The context of a counter-signature.",
        ),
        (
            "external-data",
            encode(["Signature1", protected, b"x", claims]),
            "Certificates have no external data; this one was made over some.",
        ),
        (
            "external-data-left-out",
            encode(["Signature1", protected, claims]),
            "The empty external data are a member of the structure.",
        ),
        ("payload-alone", claims, "Without the structure the header is not covered."),
        (
            "header-left-out",
            sig_structure(b"", claims),
            "The protected header is not covered.",
        ),
        (
            "header-of-another-order",
            sig_structure(encode({KID: P256.kid, ALG: -7}), claims),
            "The header was encoded again in another order: the bytes received count.",
        ),
        (
            "body-protected",
            encode(["Signature1", protected, b"", b"", claims]),
            "The structure of COSE_Sign has one member more.",
        ),
        (
            "in-a-byte-string",
            encode(sig_structure(protected, claims)),
            "The structure was wrapped once more.",
        ),
    ]
    for case, data, comment in cases:
        made = hcert(to_be_signed=data)
        _add(book, f"signed::{case}", SIGNED, comment, made, "signature.invalid")
    made = hcert(signed_with=STRANGER)
    comment = "Somebody else's signature under a known key identifier: a plain forgery."
    _add(book, "signed::by-a-stranger", SIGNED, comment, made, "signature.invalid")
    for case, hashed in (("sha-384", hashes.SHA384()), ("sha-1", hashes.SHA1())):
        made = hcert(signature=_hashed_with(right, hashed))
        comment = "ES256 hashes with SHA-256 and nothing else."
        _add(book, f"signed::{case}", ECDSA, comment, made, "signature.invalid")


def _hashed_with(made: Made, hashed: hashes.HashAlgorithm) -> bytes:
    der = der_ecdsa(P256_KEY, bytes.fromhex(made.intermediates["to_be_signed"]), hashed)
    return b"".join(part.to_bytes(32, "big") for part in decode_dss_signature(der))


def _changed_afterwards(book: Book) -> None:
    right = hcert()
    structure = bytes.fromhex(right.intermediates["to_be_signed"])

    def after(case: str, comment: str, **changes: Any) -> None:
        made = hcert(to_be_signed=structure, **changes)
        _add(book, f"tampered::{case}", SIGNED, comment, made, "signature.invalid")

    claims = bytes.fromhex(right.intermediates["claims"])
    exp = claims.index(bytes.fromhex("041a")) + 2
    after("exp-raised", "exp was raised by 2^24 seconds.", claims_bytes=flip(exp))
    comment = "A letter of the name was changed."
    after("name", comment, claims_bytes=claims.replace(b"NGUYEN", b"NGUYEM"))
    comment = "The number of the dose was changed."
    after("dose", comment, claims_bytes=claims.replace(b"bdn\x02", b"bdn\x01"))
    comment = "The claims say the same in other bytes; the bytes are signed."
    after("longer-form", comment, claims_bytes=lambda data: b"\xb8\x04" + data[1:])
    comment = "A header was added to the protected ones."
    after("header-added", comment, protected={ALG: -7, KID: P256.kid, 3: 61})
    comment = "The protected header was put in another order."
    after("header-order", comment, protected={KID: P256.kid, ALG: -7})
    comment = "The key identifier was moved to where nothing is signed."
    after("kid-moved", comment, protected={ALG: -7}, unprotected={KID: P256.kid})
    made = hcert(unprotected={99: "added later"})
    comment = "The unprotected header is not signed: whoever adds to it breaks nothing."
    _add(book, "tampered::unprotected-header", SIGNED, comment, made)


def _pss(book: Book) -> None:
    structure = bytes.fromhex(hcert(signer=RSA2048).intermediates["to_be_signed"])
    modulus = RSA_KEY.public_key().public_numbers().n
    other_salt = pss(RSA_KEY, structure, salt=bytes(32))
    made = hcert(signer=RSA2048, signature=other_salt)
    comment = "A salt may be any 32 bytes, zeros included."
    _add(book, "pss::salt-of-zeros", PSS, comment, made)
    for size, comment in (
        (0, "Without a salt the signature is another scheme's."),
        (20, "20 bytes are the default of RFC 8017; PS256 has 32, as many as its hash."),
        (31, "One byte less than PS256 has."),
        (33, "One byte more than PS256 has."),
        (222, "The longest salt that fits, as some programs take it by themselves."),
    ):
        made = hcert(signer=RSA2048, signature=pss(RSA_KEY, structure, salt=bytes(size)))
        _add(book, f"pss::salt-of-{size}", PSS, comment, made, "signature.invalid")
    sha384 = pss(RSA_KEY, structure, hash_name="sha384")
    pkcs1 = RSA_KEY.sign(structure, padding.PKCS1v15(), hashes.SHA256())
    cases: list[tuple[str, Change | bytes, str]] = [
        ("sha-384", sha384, "PS256 hashes with SHA-256 and nothing else."),
        ("pkcs1-v1-5", pkcs1, "RSASSA-PKCS1-v1_5 is another scheme."),
        ("one-byte-short", lambda right: right[:-1], "As long as the modulus, no shorter."),
        ("leading-zero", lambda right: b"\0" + right, "As long as the modulus, no longer."),
        (
            "modulus-added",
            lambda right: (int.from_bytes(right, "big") + modulus).to_bytes(257, "big"),
            "The same number for the equation, and not below the modulus.",
        ),
        ("one", bytes(255) + b"\1", "1 to any power is 1."),
        ("zero", bytes(256), "0 to any power is 0."),
        ("one-bit", flip(100, 6), "One bit is another."),
        ("empty", b"", "No bytes are no signature."),
        ("64-bytes", P256.sign(structure), "A signature of ES256."),
    ]
    for case, signature, comment in cases:
        made = hcert(signer=RSA2048, signature=signature)
        _add(book, f"pss::{case}", PSS, comment, made, "signature.invalid")


def _add(
    book: Book, case: str, spec: str, comment: str, made: Made, reject: str | None = None
) -> None:
    book.verify(
        f"cose::{case}",
        made,
        spec=spec,
        comment=comment,
        reject=reject,
        accept=None if reject else accept(made.signer),
    )
