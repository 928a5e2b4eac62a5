"""Part of suite ``vds-nc``: certificates that came along in a seal, each with one part amiss.

A stranger writes them, so each must be read to the letter: what one reader overlooks, another may
take for a permission. All are signed by the right authority over the very bytes that are amiss.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives import hashes

from vectors.book import Book, accept
from vectors.certificates import (
    ECDSA_SHA256,
    ECDSA_SHA384,
    Certified,
    ecdsa_by,
    element,
)
from vectors.keys import CSCA_AQ, Key, add
from vectors.private import der_ecdsa, ec_key
from vectors.seal import base64url, seal, unlisted, with_certificate

DER, TIME, CERTIFICATE = "X.690 §10.1", "RFC 5280 §4.1.2.5", "RFC 5280 §4.1"
EXTENSIONS, DOCUMENTS = "RFC 5280 §4.2", "Doc 9303-12 §7.1.1"
UNSUPPORTED: Final = "vdsnc.unsupported"

# Places in what is signed.
VERSION, SERIAL, ALGORITHM, ISSUER, VALIDITY, SUBJECT, KEY, EXTENSION = range(8)

BOOLEAN, INTEGER, BITS, OCTETS, OID = 0x01, 0x02, 0x03, 0x04, 0x06
UTF8, PRINTABLE, UTC, GENERALIZED, SEQUENCE, SET = 0x0C, 0x13, 0x17, 0x18, 0x30, 0x31

KEY_USAGE, CONSTRAINTS, USAGES = "551d0f", "551d13", "551d25"
DOCUMENT_TYPES: Final = "67810801010602"
SEALS: Final = bytes.fromhex("67810801010e02")  # 2.23.136.1.1.14.2
ALTERNATIVE_NAME: Final = "551d11"

Parts = list[bytes]
Change = Callable[[Parts], object]


def build(book: Book) -> None:
    """Add the vectors."""
    _lengths(book)
    _members(book)
    _times(book)
    _names(book)
    _extensions(book)
    _usages(book)
    _restrictions(book)
    _signatures(book)
    _keys(book)
    _says_nothing(book)


def _add(
    book: Book, case: str, spec: str, comment: str, change: Change, code: str | None = UNSUPPORTED
) -> None:
    signer = remade(f"seal-aq-{case}", change)
    book.verify(
        f"vds-nc::certificate-form::{case}",
        seal(signer=signer),
        spec=spec,
        comment=comment,
        reject=code,
        accept=None if code else accept(signer, envelope="vds-nc"),
        trust=(),
        authorities=(CSCA_AQ,),
    )


def remade(name: str, change: Change, *, outer: bytes = ECDSA_SHA256) -> Key:
    """A signer of seals whose certificate has parts of its own, signed as they are."""
    plain = unlisted(name)
    parts = elements(content(plain.certified.parsed.tbs_certificate_bytes))
    change(parts)
    signed = element(SEQUENCE, b"".join(parts))
    signature = element(BITS, b"\0" + ecdsa_by(CSCA_AQ.certified)(signed))
    whole = element(SEQUENCE, signed + outer + signature)
    return with_certificate(name, Certified(plain.private, whole))


def content(encoded: bytes) -> bytes:
    """The content of one element."""
    size = encoded[1]
    return encoded[2:] if size < 0x80 else encoded[2 + size - 0x80 :]


def elements(data: bytes) -> Parts:
    """Elements one after the other."""
    found = []
    while data:
        size, start = data[1], 2
        if size > 0x7F:
            start += size - 0x80
            size = int.from_bytes(data[2:start], "big")
        found.append(data[: start + size])
        data = data[start + size :]
    return found


def puts(place: int, made: bytes) -> Change:
    """What puts another part in a place."""

    def change(parts: Parts) -> None:
        parts[place] = made

    return change


def adds(*extensions: bytes, without: str = "") -> Change:
    """What adds extensions, and takes one out."""

    def change(parts: Parts) -> None:
        there = elements(content(content(parts[EXTENSION])))
        oid = bytes.fromhex(without)
        kept = [one for one in there if not without or content(elements(content(one))[0]) != oid]
        made = element(SEQUENCE, b"".join((*kept, *extensions)))
        parts[EXTENSION] = element(0xA3, made)

    return change


def extension(oid: str, value: bytes) -> bytes:
    """An extension that is not critical."""
    return element(SEQUENCE, element(OID, bytes.fromhex(oid)) + element(OCTETS, value))


# --- lengths, tags and members -------------------------------------------------------------------


def _lengths(book: Book) -> None:
    made = seal(sig={"cer": base64url(b"\x30")})
    comment = "One byte: a tag, and nothing that it is a tag of."
    book.verify(
        "vds-nc::certificate-form::one-byte",
        made,
        spec=DER,
        comment=comment,
        reject=UNSUPPORTED,
        trust=(),
        authorities=(CSCA_AQ,),
    )
    name = b"\x81" + bytes((3,)) + b"abc"
    long = element(SEQUENCE, element(SET, _attribute(bytes((UTF8,)) + name)))
    comment = "A length of three is written in two bytes, and one is enough."
    _add(book, "long-length", DER, comment, puts(SUBJECT, long))
    text = b"a" * 200
    padded = element(SET, _attribute(bytes((UTF8,)) + b"\x82\0\xc8" + text))
    comment = "A length starts with a byte of zeros."
    _add(book, "padded-length", DER, comment, puts(SUBJECT, element(SEQUENCE, padded)))
    comment = "A length that ends somewhere is BER, and certificates are DER."
    endless = element(SEQUENCE, element(SET, _attribute(bytes((UTF8,)) + b"\x80abc\0\0")))
    _add(book, "indefinite-length", DER, comment, puts(SUBJECT, endless))
    inside = element(OID, bytes.fromhex(ALTERNATIVE_NAME)) + bytes((OCTETS, 5)) + b"\x30\0"
    comment = "The last extension says that it is longer than what it stands in."
    _add(book, "beyond-its-parent", DER, comment, adds(element(SEQUENCE, inside)))
    # As one byte, the second would be a length of 31, which fits as well.
    high = b"\x9f\x1f\x1e" + b"a" * 30
    comment = "A tag of two bytes: whoever reads one takes the other for a length."
    made_of = element(SEQUENCE, element(SET, _attribute(high)))
    _add(book, "two-byte-tag", "X.690 §8.1.2", comment, puts(SUBJECT, made_of))


def _attribute(value: bytes) -> bytes:
    """A common name with an encoded value."""
    return element(SEQUENCE, element(OID, bytes.fromhex("550403")) + value)


def _members(book: Book) -> None:
    comment = "The serial number is a string of bytes."
    _add(book, "serial-type", CERTIFICATE, comment, puts(SERIAL, element(OCTETS, b"\x01")))
    comment = "A number has a byte at least."
    _add(book, "serial-empty", "X.690 §8.3.1", comment, puts(SERIAL, element(INTEGER, b"")))
    comment = "Identifiers of issuer and subject were allowed once, and are passed over."
    unique = element(0x81, b"\0\xaa") + element(0x82, b"\0\xbb")

    def identified(parts: Parts) -> None:
        parts[EXTENSION] = unique + parts[EXTENSION]

    _add(book, "unique-identifiers", "RFC 5280 §4.1.2.8", comment, identified, None)
    comment = "Nothing of that kind follows the key."

    def tagged(parts: Parts) -> None:
        parts[EXTENSION] = element(0xA4, content(parts[EXTENSION]))

    _add(book, "unknown-member", CERTIFICATE, comment, tagged)
    comment = "The extensions are the last member."

    def behind(parts: Parts) -> None:
        parts.append(element(0xA3, element(SEQUENCE, b"")))

    _add(book, "behind-the-extensions", CERTIFICATE, comment, behind)


def _times(book: Book) -> None:
    start, end = element(UTC, b"220101000000Z"), element(UTC, b"240101000000Z")

    def validity(case: str, comment: str, *times: bytes, code: str | None = UNSUPPORTED) -> None:
        made = element(SEQUENCE, b"".join(times))
        _add(book, case, TIME, comment, puts(VALIDITY, made), code)

    validity("one-time", "It says when it ends, and not when it starts.", end)
    validity("three-times", "Three times, and nothing says which is the end.", start, end, end)
    late = element(GENERALIZED, b"20240101000000Z")
    validity("generalized-time", "Both forms of a time are read.", start, late, code=None)
    validity("time-type", "A time in a string is none.", start, element(0x1A, b"20240101000000Z"))
    seconds = element(UTC, b"2401010000Z")
    validity("no-seconds", "DER's times have their seconds.", start, seconds)
    short = element(GENERALIZED, b"202401010000Z")
    validity("no-seconds-generalized", "So have those with four digits of a year.", start, short)
    validity("no-zone", "Times are in UTC, and say so.", start, element(UTC, b"2401010000000"))
    letters = element(UTC, b"2401O1000000Z")
    validity("letter-in-time", "The letter O is no digit.", start, letters)
    day = element(UTC, b"240230000000Z")
    validity("no-such-day", "February has no thirtieth day.", start, day)


def _names(book: Book) -> None:
    identifier = element(OID, bytes.fromhex("550403"))
    three = element(SEQUENCE, identifier + element(UTF8, b"a") + element(UTF8, b"b"))
    comment = "An attribute of a name has one value."
    made = element(SEQUENCE, element(SET, three))
    _add(book, "attribute-of-three", "RFC 5280 §4.1.2.4", comment, puts(SUBJECT, made))
    comment = "The issuer's name cannot be read, and its key identifier fits."
    _add(book, "issuer-unreadable", "RFC 5280 §4.1.2.4", comment, puts(ISSUER, made))
    picture = element(SEQUENCE, element(SET, _attribute(element(OCTETS, b"a"))))
    comment = "A name whose value is no text names nobody, and harms nobody."

    def shown(parts: Parts) -> None:
        parts[SUBJECT] = element(SEQUENCE, content(parts[SUBJECT]) + content(picture))

    _add(book, "value-without-text", "RFC 5280 §4.1.2.4", comment, shown, None)


# --- extensions ----------------------------------------------------------------------------------


def _extensions(book: Book) -> None:
    oid, value = element(OID, bytes.fromhex(ALTERNATIVE_NAME)), element(OCTETS, b"\x30\0")
    comment = "An extension is a sequence, and this one a set."
    _add(book, "extension-type", EXTENSIONS, comment, adds(element(SET, oid + value)))
    unknown = _oid("2b0601040181fd5901")  # 1.3.6.1.4.1.32473.1
    written = element(SEQUENCE, unknown + element(BOOLEAN, b"\0") + value)
    comment = "That it is not critical is the default, and may not be written; some write it."
    _add(book, "not-critical-written-out", EXTENSIONS, comment, adds(written), None)
    comment = "An extension has one value."
    _add(
        book,
        "extension-of-two-values",
        EXTENSIONS,
        comment,
        adds(element(SEQUENCE, oid + value * 2)),
    )


def _usages(book: Book) -> None:
    right = element(OID, SEALS)

    def usages(case: str, comment: str, *oids: bytes, code: str | None = UNSUPPORTED) -> None:
        made = extension(USAGES, element(SEQUENCE, b"".join(oids)))
        spec = "RFC 5280 §4.2.1.12, X.690 §8.19"
        _add(book, case, spec, comment, adds(made, without=USAGES), code)

    twice = adds(extension(USAGES, element(SEQUENCE, right)))
    comment = "Two lists of usages, and nothing says which holds."
    _add(book, "usages-twice", EXTENSIONS, comment, twice)
    usages("usage-type", "The usage stands in a string of bytes.", element(OCTETS, SEALS))
    usages("usage-empty", "A usage of no bytes.", right, element(OID, b""))
    comment = "The last number of a usage does not end."
    usages("usage-open", comment, right, element(OID, b"\x2a\x83"))
    comment = "A number of a usage starts with zeros: one usage could be written in many ways."
    usages("usage-padded", comment, right, element(OID, b"\x2a\x80\x03"))
    comment = "A usage of 65 bytes is none that was ever registered."
    usages("usage-too-long", comment, right, element(OID, b"\x2a" * 65))
    comment = "A usage of 64 bytes is read."
    usages("usage-longest", comment, right, element(OID, b"\x2a" * 64), code=None)


def _restrictions(book: Book) -> None:
    bits = adds(extension(KEY_USAGE, b"\x03\x02\x08\x80"), without=KEY_USAGE)
    comment = "Eight bits of the last byte are unused: then it has none, and none is set."
    code = "signer.usage"
    _add(book, "key-usage-malformed", "RFC 5280 §4.2.1.3", comment, bits, code)

    def documents(case: str, comment: str, *types: bytes, code: str | None = code) -> None:
        listed = element(INTEGER, b"\0") + element(SET, b"".join(types))
        made = extension(DOCUMENT_TYPES, element(SEQUENCE, listed))
        _add(book, case, DOCUMENTS, comment, adds(made), code)

    right = element(PRINTABLE, b"NV")
    comment = (
        "A type of document in another kind of text: the list cannot be read, and allows none."
    )
    documents("document-type-text", comment, right, element(UTF8, b"NT"))
    comment = "A type of document of one character is a passport's, and read."
    documents("document-type-short", comment, right, element(PRINTABLE, b"P"), code=None)
    comment = "A type of document has two characters at most."
    documents("document-type-long", comment, right, element(PRINTABLE, b"NTT"))
    comment = "A type of document has letters and digits alone."
    documents("document-type-sign", comment, right, element(PRINTABLE, b"N-"))
    sets = element(SEQUENCE, element(BOOLEAN, b"\xff") + element(OCTETS, b""))
    authority = _authority("csca-aq-constraints", sets)
    signer = unlisted("seal-aq-under-constraints", issuer=authority)
    book.verify(
        "vds-nc::certificate-form::authority-constraints",
        seal(signer=signer),
        spec="RFC 5280 §4.2.1.9",
        comment="The basic constraints of the authority cannot be read: then it is none.",
        reject="signer.chain",
        trust=(),
        authorities=(authority,),
    )


def _authority(name: str, constraints: bytes) -> Key:
    """An authority with basic constraints of its own."""
    key = ec_key(name)
    plain = unlisted(name, issuer=None, usages=())
    parts = elements(content(plain.certified.parsed.tbs_certificate_bytes))
    usage = extension(KEY_USAGE, b"\x03\x02\x01\x06")
    adds(usage, extension(CONSTRAINTS, constraints), without=KEY_USAGE)(parts)
    signed = element(SEQUENCE, b"".join(parts))
    signature = element(BITS, b"\0" + der_ecdsa(key, signed, hashes.SHA256()))
    made = Certified(key, element(SEQUENCE, signed + ECDSA_SHA256 + signature))
    return add(name, key, made, roles=("authority",))


# --- the signature -------------------------------------------------------------------------------


def _signatures(book: Book) -> None:
    def ends(case: str, comment: str, change: Callable[[bytes], bytes]) -> None:
        plain = unlisted(f"seal-aq-{case}")
        signed, outer, bits = elements(content(plain.certificate or b""))
        whole = element(SEQUENCE, signed + outer + element(BITS, change(content(bits))))
        signer = with_certificate(plain.name, Certified(plain.private, whole))
        book.verify(
            f"vds-nc::certificate-form::{case}",
            seal(signer=signer),
            spec="RFC 5280 §4.1.1.3",
            comment=comment,
            reject=UNSUPPORTED,
            trust=(),
            authorities=(CSCA_AQ,),
        )

    ends("signature-empty", "A string of bits has a byte at least.", lambda _: b"")
    comment = "One bit of the signature is said to be unused."
    ends("signature-of-bits", comment, lambda bits: b"\x01" + bits[1:])
    comment = "Inside what is signed another algorithm is named than the one that was used."
    signer = remade("seal-aq-two-algorithms", puts(ALGORITHM, ECDSA_SHA384))
    book.verify(
        "vds-nc::certificate-form::two-algorithms",
        seal(signer=signer),
        spec="RFC 5280 §4.1.1.2",
        comment=comment,
        reject="signer.chain",
        trust=(),
        authorities=(CSCA_AQ,),
    )
    broken = element(SEQUENCE, element(OID, b"\x2a\x83"))
    comment = "The algorithm's identifier does not end."
    _add(book, "algorithm-malformed", CERTIFICATE, comment, puts(ALGORITHM, broken))


# --- the key -------------------------------------------------------------------------------------

PRIME: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1  # of P-256
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B: Final = "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"
BASE: Final = (
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
EC_KEY, PRIME_FIELD, BINARY_FIELD = "2a8648ce3d0201", "2a8648ce3d0101", "2a8648ce3d0102"
RSA_KEY, ED25519 = "2a864886f70d010101", "2b6570"


def _keys(book: Book) -> None:
    spec = "RFC 5480, RFC 3279 §2.3.5"
    _written_out(book, "curve-written-out", spec, "P-256, written out in full.", code=None)
    comment = "The curve's last number is another: it is none that is known."
    _written_out(book, "curve-unknown", spec, comment, b=B[:-2] + "4c")
    comment = "A curve over another kind of field."
    _written_out(book, "curve-field", spec, comment, field=BINARY_FIELD)
    comment = "One coefficient of the curve stands in a number."
    _written_out(book, "curve-coefficients", spec, comment, of_b=INTEGER)
    comment = "Something follows the curve's numbers."
    _written_out(book, "curve-and-more", spec, comment, more=element(OCTETS, b"\x01"))
    bits = element(BITS, b"\0" + bytes(32))
    other = element(SEQUENCE, element(SEQUENCE, _oid(ED25519)) + bits)
    comment = "A key of Ed25519, which no certificate of this field uses."
    _add(book, "key-of-another-kind", "RFC 8410 §4", comment, puts(KEY, other))
    for case, size, comment in (
        ("rsa-of-1016-bits", 1016, "An RSA key so short that it can be broken."),
        ("rsa-of-8200-bits", 8200, "An RSA key so long that it costs whoever checks with it."),
    ):
        numbers = _number((1 << size - 1) + 1) + _number(65537)
        bits = element(BITS, b"\0" + element(SEQUENCE, numbers))
        made = element(SEQUENCE, element(SEQUENCE, _oid(RSA_KEY) + b"\x05\0") + bits)
        _add(book, case, "RFC 8230 §6.1", comment, puts(KEY, made))


def _written_out(
    book: Book,
    case: str,
    spec: str,
    comment: str,
    *,
    b: str = B,
    field: str = PRIME_FIELD,
    of_b: int = OCTETS,
    more: bytes = b"",
    code: str | None = UNSUPPORTED,
) -> None:
    """A certificate whose key has the parameters of its curve in full (RFC 3279 §2.3.5)."""
    parts = (
        _number(1),
        element(SEQUENCE, _oid(field) + _number(PRIME)),
        element(
            SEQUENCE,
            element(OCTETS, (PRIME - 3).to_bytes(32, "big")) + element(of_b, bytes.fromhex(b)),
        ),
        element(OCTETS, bytes.fromhex(BASE)),
        _number(ORDER),
        more,
    )

    def change(there: Parts) -> None:
        _, point = elements(content(there[KEY]))
        algorithm = element(SEQUENCE, _oid(EC_KEY) + element(SEQUENCE, b"".join(parts)))
        there[KEY] = element(SEQUENCE, algorithm + point)

    _add(book, case, spec, comment, change, code)


def _oid(value: str) -> bytes:
    return element(OID, bytes.fromhex(value))


def _number(value: int) -> bytes:
    """An INTEGER that is not negative."""
    return element(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _says_nothing(book: Book) -> None:
    plain = remade("seal-aq-says-nothing", adds(without=KEY_USAGE))
    listed = add(plain.name, plain.private, plain.certified, roles=("seal-signer",))
    below = unlisted("seal-aq-under-nothing-said", issuer=listed)
    book.verify(
        "vds-nc::certificate-form::under-one-that-says-nothing",
        seal(signer=below),
        spec="RFC 5280 §6.1.4",
        comment="A listed signer's certificate names no usage of its key: still it is a signer's, "
        "and vouches for nobody.",
        reject="signer.chain",
        trust=(listed,),
    )
