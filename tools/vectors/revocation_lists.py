"""Suite ``revocation``, second part: batches, chunks, filters and lists of revoked signers.

Spec: spec/revocation.md; for lists of revoked signers RFC 5280 §5.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from cryptography import x509

from vectors.book import Book
from vectors.hcert import flip, hcert
from vectors.keys import CSCA_AQ, CSCA_XA, P256
from vectors.lists import (
    COUNTRYCODEUCI,
    GERMAN_TYPES,
    SIGNATURE,
    UCI,
    Bloom,
    Prefixes,
    batch,
    bit_numbers,
    crl,
    digest,
    files,
    german_chunk,
    in_place,
    slices,
)
from vectors.revoked import CI, OF_CI, OTHER_KID, POSSIBLE, REVOKED, SERIAL, SIGNER, load, verify

BATCHES, GERMAN, BLOOM = "DGCG revocation API", "CovPass chunk.lst", "BloomFilterImpl"
VARIABLE, SLICES, CRL = "PartialVariableHashFilter", "distribution service slices", "RFC 5280 §5"
LOOKING = "revocation.md §2"


def add_lists(book: Book) -> None:
    """Add these vectors."""
    _batches(book)
    _german(book)
    _bloom(book)
    _bloom_fields(book)
    _prefixes(book)
    _prefix_fields(book)
    _places(book)
    _signers(book)


# --- lists of hashes -----------------------------------------------------------------------------


def _batches(book: Book) -> None:
    def verified(case: str, data: bytes, code: str | None, comment: str) -> None:
        verify(book, f"batch::{case}", BATCHES, comment, files(data), code)

    kid = P256.kid
    other = digest("another")
    verified("listed", batch(UCI, [other, OF_CI], kid=kid), REVOKED, "The second entry is its.")
    verified("of-others", batch(UCI, [other], kid=kid), None, "Nothing of it is in the batch.")
    verified("of-any-signer", batch(UCI, [OF_CI], kid=None), REVOKED, "UNKNOWN_KID is every kid.")
    past = batch(UCI, [OF_CI], kid=kid, expires="2022-05-01T00:00:00Z")
    comment = "expires says how long to keep a batch, not that it no longer counts."
    verified("past-its-end", past, REVOKED, comment)
    verified(
        "several",
        b"[%s,%s]" % (batch(UCI, [other], kid=kid), batch(UCI, [OF_CI], kid=kid)),
        REVOKED,
        "An array of batches: every one counts.",
    )
    long = b64encode(OF_CI + b"\x55" * 16).decode()
    comment = "Longer hashes occur; their first 16 bytes count."
    verified("32-bytes", batch(UCI, [], kid=kid, entries=[{"hash": long}]), REVOKED, comment)
    rows: list[tuple[str, dict[str, Any], str]] = [
        ("15-bytes", {"entries": [{"hash": b64encode(OF_CI[:15]).decode()}]}, "15 bytes."),
        ("no-base64", {"entries": [{"hash": "*" * 24}]}, "An entry that cannot be read."),
        ("entry-without-hash", {"entries": [{}]}, "An entry without its hash."),
        ("entry-text", {"entries": [b64encode(OF_CI).decode()]}, "A text in place of an object."),
        ("unknown-type", {"hashType": "PAYLOAD"}, "Nobody knows what these hashes are of."),
        ("no-type", {"hashType": None}, "Nothing says what these hashes are of."),
        ("small-type", {"hashType": "uci"}, "Types are written in capitals."),
        ("empty-kid", {"kid": b""}, "Nothing says whose certificates these are."),
        ("no-entries", {"entries": None}, "Without its entries it is no batch."),
        ("no-date", {"expires": "soon"}, "What is no time is damaged."),
    ]
    for case, others, comment in rows:
        data = batch(UCI, [OF_CI], **{"kid": kid, **others})
        load(book, f"batch::{case}", BATCHES, f"{comment} The whole list is refused.", data)
    load(book, "batch::empty-array", BATCHES, "An array without a batch says nothing.", b"[]")


def _german(book: Book) -> None:
    kid = P256.kid
    asked: list[tuple[str, bytes]] = [
        (SIGNATURE, digest("s")), (UCI, OF_CI), (COUNTRYCODEUCI, digest("AQ" + CI))
    ]  # fmt: skip
    chunk = german_chunk(
        {kid + bytes([GERMAN_TYPES[kind]]): [value] for kind, value in asked}, CSCA_AQ
    )
    found: list[tuple[bytes, str, bytes, str | None]] = [
        (kid, kind, value, REVOKED) for kind, value in asked
    ]
    found += [(kid, UCI, digest("s"), None), (OTHER_KID, UCI, OF_CI, None)]
    comment = "0a, 0b and 0c behind a kid say what the hashes are of."
    load(book, "german::types", GERMAN, comment, chunk, asked=found)
    verify(book, "german::listed", GERMAN, "Its ci is in the chunk.", files(chunk), REVOKED)
    key = kid + b"\x0b"
    rows: list[tuple[str, Any, str]] = [
        ("unknown-type", {kid + b"\x0d": [OF_CI]}, "0d is no type of hash."),
        ("15-bytes", {key: [OF_CI[:15]]}, "A hash of 15 bytes revokes nothing."),
        ("text-key", {key.hex(): [OF_CI]}, "A key is a byte string."),
        ("type-alone", {b"\x0b": [OF_CI]}, "There is no kid before the type."),
        ("no-array", {key: OF_CI}, "A hash outside of an array."),
        ("text-hash", {key: [OF_CI.hex()]}, "A hash in hexadecimal is no byte string."),
        ("bare-array", [OF_CI], "A chunk that says by its address alone whose it is."),
    ]
    for case, content, comment in rows:
        data = german_chunk({}, CSCA_AQ, payload=content)
        load(book, f"german::{case}", GERMAN, comment, data)


# --- filters -------------------------------------------------------------------------------------


def _bloom(book: Book) -> None:
    kid = P256.kid
    others = [digest(f"other {n}") for n in range(3)]

    def verified(case: str, one: Bloom, code: str | None, comment: str) -> None:
        verify(book, f"bloom::{case}", BLOOM, comment, in_place(kid, OF_CI, one), code)

    comment = "All its bits are set: it may be revoked, and nobody can be certain."
    verified("held", Bloom.of([*others, OF_CI], words=16), POSSIBLE, comment)
    verified("not-held", Bloom.of(others, words=16), None, "One bit at least is not set.")
    near = Bloom.of([flip(-1)(OF_CI)], words=16)
    verified("near-miss", near, None, "A hash that differs in one bit sets other bits.")
    # One bit out of 32, which some other element sets as well.
    (wanted,) = bit_numbers(OF_CI, 1, 1)
    alike = next(
        one
        for one in (digest(f"alike {n}") for n in range(1000))
        if bit_numbers(one, 1, 1) == [wanted]
    )
    comment = "Another's only bit is its bit, too: that is what possible means."
    verified("false-positive", Bloom.of([alike], k=1, words=1), POSSIBLE, comment)
    one = Bloom.of([OF_CI], k=1, words=1)
    reverse = one._replace(bits=(1 << wanted).to_bytes(4, "big"))
    comment = "Counted from the least significant bit, a filter would hold it."
    verified("bits-from-the-other-end", reverse, None, comment)
    missing = Bloom.of([OF_CI], k=20, words=16)
    lowest = int.from_bytes(missing.bits, "big")
    fewer = missing._replace(bits=(lowest & (lowest - 1)).to_bytes(64, "big"))
    verified("one-bit-missing", fewer, None, "Of its bits all but one are set.")
    value = digest(bytes.fromhex(hcert().intermediates["cose"])[-64:-32])
    given = in_place(kid, value, Bloom.of([value]))
    verify(book, "bloom::signature-held", BLOOM, "Hashes of all types are in it.", given, POSSIBLE)
    given = in_place(OTHER_KID, OF_CI, Bloom.of([OF_CI]))
    verify(book, "bloom::of-another-signer", LOOKING, "A filter of another signer.", given, None)


def _bloom_fields(book: Book) -> None:
    kid, right = P256.kid, Bloom.of([OF_CI])
    largest = right._replace(k=127, bits=Bloom.of([OF_CI], k=127).bits)
    good: list[tuple[str, Bloom, str]] = [
        ("k-1", Bloom.of([OF_CI], k=1), "One bit for each element is the fewest."),
        ("k-127", largest, "127 fit into a signed byte."),
        ("rate-1", right._replace(rate=1.0), "It may be wrong every time."),
        ("room-for-more", right._replace(made_for=9), "It was made for more than it holds."),
        ("more-than-made-for", right._replace(made_for=1, held=9), "It was added to."),
    ]
    for case, one, comment in good:
        data = slices(kid, (OF_CI.hex()[0], one.file()))
        asked: list[tuple[bytes, str, bytes, str | None]] = [(kid, UCI, OF_CI, POSSIBLE)]
        load(book, f"bloom-field::{case}", BLOOM, comment, data, asked=asked)
    bad: list[tuple[str, Bloom, str]] = [
        ("version-0", right._replace(version=0), "Version 1 is the only one."),
        ("version-2", right._replace(version=2), "Version 1 is the only one."),
        ("k-0", right._replace(k=0), "Without a hash function everything would be found."),
        ("k-128", right._replace(k=128), "Programs in use read 128 as a negative number."),
        ("function-1", right._replace(function=1), "SHA-256 has the number 0."),
        ("rate-0", right._replace(rate=0.0), "No filter is always right."),
        ("rate-above-1", right._replace(rate=1.5), "Nothing is wrong more often than always."),
        ("rate-negative", right._replace(rate=-0.5), "A rate is a share."),
        ("rate-no-number", right._replace(rate=float("nan")), "No number is no rate."),
        ("made-for-0", right._replace(made_for=0), "Made for nothing."),
        ("no-words", right._replace(words=0, bits=b""), "Without a bit nothing is held."),
        ("a-word-missing", right._replace(bits=right.bits[:-4]), "Cut short by a word."),
        ("a-byte-more", right._replace(bits=right.bits + b"\0"), "A byte follows the words."),
        (
            "too-many-bits",
            right._replace(bits=b"\xff" * 16),
            "One element sets 20 bits at most, and 128 are set: it is damaged.",
        ),
        ("no-bits", right._replace(bits=bytes(16)), "It has an element and no bit: it is damaged."),
    ]
    for case, one, comment in bad:
        data = slices(kid, (OF_CI.hex()[0], one.file()))
        load(book, f"bloom-field::{case}", BLOOM, comment, data)


def _prefixes(book: Book) -> None:
    kid = P256.kid
    others = [digest(f"other {n}") for n in range(5)]

    def verified(case: str, one: Prefixes, code: str | None, comment: str) -> None:
        verify(book, f"prefix::{case}", VARIABLE, comment, in_place(kid, OF_CI, one), code)

    verified("held", Prefixes.of([*others, OF_CI]), POSSIBLE, "Its first four bytes are there.")
    verified("not-held", Prefixes.of(others), None, "Its first four bytes are not there.")
    near = Prefixes.of([flip(3)(OF_CI)])
    verified("near-miss", near, None, "The fourth byte differs in one bit.")
    alike = Prefixes.of([OF_CI[:4] + bytes(12)])
    verified("same-start", alike, POSSIBLE, "Another hash with these four bytes looks the same.")
    verified("whole", Prefixes.of([OF_CI], 16), REVOKED, "All 16 bytes are there: it is certain.")
    near = Prefixes.of([flip(15)(OF_CI)], 16)
    verified("whole-near-miss", near, None, "The last byte differs in one bit.")
    verified("15-bytes", Prefixes.of([OF_CI], 15), POSSIBLE, "15 bytes are not all.")


def _prefix_fields(book: Book) -> None:
    kid, right = P256.kid, Prefixes.of([OF_CI])
    values = [bytes.fromhex(start) + bytes(12) for start in ("00000001", "7fffffff", "80000000")]
    for case, value, comment in (
        ("greatest", values[1], "The last in a signed order, in the middle of an unsigned one."),
        ("least", values[2], "The first in a signed order."),
        ("first-above-zero", values[0], "The first that is not negative."),
        ("high-bits", bytes.fromhex("ff800000") + bytes(12), "A start of ff80 is negative."),
        ("all-ones", b"\xff" * 16, "The start ffffffff is -1."),
    ):
        others = [*values, bytes.fromhex("ff800000") + bytes(12), b"\xff" * 16]
        listed_here = Prefixes.of(others)
        data = slices(kid, (value.hex()[0], listed_here.file()))
        near = value[:3] + bytes([value[3] ^ 2]) + value[4:]
        asked: list[tuple[bytes, str, bytes, str | None]] = [
            (kid, UCI, value, POSSIBLE), (kid, UCI, near, None)
        ]  # fmt: skip
        load(book, f"prefix-order::{case}", VARIABLE, comment, data, asked=asked)
    # As the program in use writes ff80aabb: without its ff, where it belongs.
    value = bytes.fromhex("ff80aabb") + bytes(12)
    deployed = Prefixes(1, 1e-6, 2, 4, bytes.fromhex("80000000" + "0080aabb"))
    data = slices(kid, ("f", deployed.file()))
    comment = (
        "Written as 0080aabb by a mistake in use; behind a negative number it can be ff80aabb."
    )
    asked = [(kid, UCI, value, POSSIBLE)]
    load(book, "prefix-order::lost-ff", VARIABLE, comment, data, asked=asked)
    good: list[tuple[str, Prefixes, str, str]] = [
        ("1-byte", Prefixes.of([OF_CI], 1), POSSIBLE, "One byte is the least."),
        ("16-bytes", Prefixes.of([OF_CI], 16), REVOKED, "16 bytes are the most, and exact."),
        ("rate-1", right._replace(rate=1.0), POSSIBLE, "It may be wrong every time."),
        (
            *("more-than-announced", Prefixes.of([bytes([0x80]) * 16, OF_CI])._replace(held=1)),
            *(POSSIBLE, "It was added to."),
        ),
    ]
    for case, one, code, comment in good:
        data = slices(kid, (OF_CI.hex()[0], one.file()))
        asked = [(kid, UCI, OF_CI, code)]
        load(book, f"prefix-field::{case}", VARIABLE, comment, data, asked=asked)
    two = Prefixes.of([OF_CI, digest("other")])
    bad: list[tuple[str, Prefixes, str]] = [
        ("version-0", right._replace(version=0), "Version 1 is the only one."),
        ("version-2", right._replace(version=2), "Version 1 is the only one."),
        ("rate-0", right._replace(rate=0.0), "No list of prefixes is always right."),
        ("rate-above-1", right._replace(rate=1.5), "Nothing is wrong more often than always."),
        ("0-bytes", right._replace(size=0, content=b""), "The start of every hash is empty."),
        ("17-bytes", Prefixes(1, 1e-6, 1, 17, OF_CI + b"\0"), "Hashes have 16 bytes."),
        ("none", right._replace(held=0, content=b""), "A list of nothing is not made."),
        ("one-missing", two._replace(content=two.content[:4]), "Two are announced."),
        ("part-of-one", two._replace(content=two.content[:6]), "The second has two bytes."),
        (
            "descending",
            two._replace(content=two.content[4:] + two.content[:4]),
            "Whoever searches by halves would find neither.",
        ),
    ]
    for case, one, comment in bad:
        data = slices(kid, (OF_CI.hex()[0], one.file()))
        load(book, f"prefix-field::{case}", VARIABLE, comment, data)


def _places(book: Book) -> None:
    kid, held = P256.kid, Bloom.of([OF_CI])
    digits = OF_CI.hex()
    for mode, count in (("point", 1), ("vector", 2), ("coordinate", 3)):
        given = in_place(kid, OF_CI, held, count)
        comment = f"{count} of its digits say in which partition and chunk it is looked up."
        verify(book, f"place::{mode}", SLICES, comment, given, POSSIBLE)
        last = f"{int(digits[count - 1], 16) ^ 1:x}"
        given = files(slices(kid, (digits[: count - 1] + last, held.file())))
        comment = "The filter of another chunk says nothing of it."
        verify(book, f"place::{mode}-another-chunk", SLICES, comment, given, None)
    other = Bloom.of([digest("other")])
    given = files(slices(kid, (digits[0], other.file()), (digits[0], held.file())))
    comment = "Filters of one chunk that end at different times all count."
    verify(book, "place::two-of-one-chunk", SLICES, comment, given, POSSIBLE)


# --- lists of signers ----------------------------------------------------------------------------


def _signers(book: Book) -> None:
    def verified(case: str, data: bytes, code: str | None, comment: str, **others: Any) -> None:
        verify(book, f"signer::{case}", CRL, comment, files(data), code, **others)

    verified("listed", crl(CSCA_AQ, SERIAL), SIGNER, "Its authority took the signer back.")
    comment = "One of several numbers is its own."
    verified("among-others", crl(CSCA_AQ, 7, SERIAL, 9), SIGNER, comment)
    verified("of-others", crl(CSCA_AQ, SERIAL + 2), None, "Another serial number is listed.")
    verified("nobody", crl(CSCA_AQ), None, "The list is empty.")
    comment = "Numbers are of an issuer: another authority's list is of others."
    verified("of-another-authority", crl(CSCA_XA, SERIAL), None, comment)
    on_hold = crl(CSCA_AQ, SERIAL, reason=x509.ReasonFlags.certificate_hold)
    verified("on-hold", on_hold, SIGNER, "On hold counts as revoked.")
    comment = "Its chain is good, and it was revoked all the same."
    verified("under-its-authority", crl(CSCA_AQ, SERIAL), SIGNER, comment, authorities=[CSCA_AQ])
    delta = x509.DeltaCRLIndicator(2)
    point = x509.IssuingDistributionPoint(
        full_name=None,
        relative_name=None,
        only_contains_user_certs=True,
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.32473.1"), b"\x05\0")
    other_issuer = x509.CertificateIssuer([x509.DirectoryName(CSCA_XA.certified.parsed.subject)])
    rows: list[tuple[str, bytes, str]] = [
        (
            "delta",
            crl(CSCA_AQ, 7, extensions=[(delta, True)]),
            "It only adds to another list: what it does not name may be revoked.",
        ),
        (
            "part",
            crl(CSCA_AQ, 7, extensions=[(point, True)]),
            "A list of a part of the certificates says nothing of the others.",
        ),
        (
            "unknown-critical",
            crl(CSCA_AQ, 7, extensions=[(unknown, True)]),
            "What a critical extension means, and nobody knows, may change everything.",
        ),
        (
            "unknown-critical-in-entry",
            crl(CSCA_AQ, 7, entry_extensions=[(unknown, True)]),
            "The same inside an entry.",
        ),
        (
            "entry-of-another-authority",
            crl(CSCA_AQ, 7, entry_extensions=[(other_issuer, True)]),
            "An entry about another authority's certificate.",
        ),
        (
            "removed",
            crl(CSCA_AQ, 7, reason=x509.ReasonFlags.remove_from_crl),
            "On the list and taken off it at once.",
        ),
        ("cut-short", crl(CSCA_AQ, 7)[:-1], "Its last byte is missing."),
        ("byte-behind-it", crl(CSCA_AQ, 7) + b"\0", "A byte follows."),
    ]
    for case, data, comment in rows:
        load(book, f"crl::{case}", f"{CRL}.2", comment, data)
    harmless = crl(CSCA_AQ, SERIAL, extensions=[(unknown, False)])
    comment = "An unknown extension that is not critical is passed over."
    verified("unknown-extension", harmless, SIGNER, comment)
