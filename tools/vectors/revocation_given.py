"""Part of suite ``revocation``: files that are taken as given, and signers of which several fit.

Spec: spec/harness.md, section 7; spec/verification.md, section 4; spec/revocation.md.
"""

from __future__ import annotations

import json

from vectors.book import Book
from vectors.certificates import TEST, certify, serial_of
from vectors.hcert import ISS, flip, hcert, payload
from vectors.keys import CSCA_AQ, P256, add
from vectors.lists import (
    COUNTRYCODEUCI,
    SIGNATURE,
    UCI,
    Bloom,
    Prefixes,
    batch,
    crl,
    digest,
    files,
)
from vectors.revoked import CI, OF_CI, SERIAL, SIGNER, load, verify

GIVEN, SEVERAL = "harness.md §7", "verification.md §4"


def build(book: Book) -> None:
    """Add the vectors."""
    _given(book)
    _several(book)
    _batches(book)
    _hashes(book)
    _sequence(book)


def _given(book: Book) -> None:
    forged = flip(-1)(crl(CSCA_AQ, SERIAL))
    comment = "Who gives a list to verify has checked it: its signature is not looked at again."
    verify(book, "given::crl-forged", GIVEN, comment, files(forged), SIGNER)
    comment = "Nor is it asked whether the list is still the newest."
    given = files(crl(CSCA_AQ, SERIAL))
    at = "2022-08-01T00:00:00Z"
    verify(book, "given::crl-past-its-end", GIVEN, comment, given, SIGNER, at=at)
    comment = "Not even where its authority is given."
    name, given = "given::crl-forged-and-authority", files(forged)
    verify(book, name, GIVEN, comment, given, SIGNER, authorities=(CSCA_AQ,))
    for case, data, comment in (
        ("bare-filter", Bloom.of([OF_CI]).file(), "A filter alone does not say whose hashes."),
        ("bare-prefixes", Prefixes.of([OF_CI]).file(), "Nor do prefixes without an archive."),
    ):
        load(book, f"given::{case}", "revocation.md §7", comment, data)


def _several(book: Book) -> None:
    """Two certificates over one key, under one kid: the first that is left decides."""
    kid = P256.kid
    tests_only = certify(P256.private, "dsc-aq-p256-tests", issuer=CSCA_AQ.certified, usages=[TEST])
    narrow = add("dsc-aq-p256-tests", P256.private, tests_only, kid=kid)
    first, second = files(crl(CSCA_AQ, SERIAL)), files(crl(CSCA_AQ, serial_of(narrow.name)))
    test, dose = hcert(payload("t")), hcert()
    rows = (
        ("first-listed", test, (P256, narrow), first, SIGNER, "The first one's is on a list."),
        (
            *("second-listed", test, (P256, narrow), second, None),
            "Whether another one's certificate was revoked does not matter.",
        ),
        (
            *("first-listed-turned", test, (narrow, P256), second, SIGNER),
            "The first is who stands first on the list of keys.",
        ),
        (
            *("first-dropped", dose, (narrow, P256), second, None),
            "The first may not sign doses: the second is the first that is left.",
        ),
        (
            *("second-left-and-listed", dose, (narrow, P256), first, SIGNER),
            "Who is left is revoked.",
        ),
    )
    for case, made, trust, given, code, comment in rows:
        name = f"several-signers::{case}"
        verify(book, name, SEVERAL, comment, given, code, made, trust=trust)


def _batches(book: Book) -> None:
    spec = "DGCG revocation API"
    whole = json.loads(batch(UCI, [OF_CI], kid=P256.kid))
    comment = "A batch without a hash revokes nobody, and is one all the same."
    given = files(batch(UCI, [], kid=P256.kid))
    verify(book, "batch::no-hash", spec, comment, given, None)
    for member, comment in (
        ("kid", "It does not say whose certificates these are."),
        ("hashType", "It does not say what the hashes are of."),
        ("entries", "It has no array of hashes."),
    ):
        data = {name: value for name, value in whole.items() if name != member}
        load(
            book,
            f"batch::without-{member.lower()}",
            spec,
            f"{comment} The whole list is refused.",
            json.dumps(data).encode(),
        )


def _hashes(book: Book) -> None:
    made = hcert(claims={ISS: "XA"})
    r = bytes.fromhex(made.intermediates["cose"])[-64:-32]
    book.add(
        "revocation::hashes::iss-of-another-country",
        spec=GIVEN,
        comment="Where iss and co differ, the country of the hash is iss.",
        op="revocation.hashes",
        input={"text": made.text},
        accept={
            UCI: digest(CI).hex(),
            COUNTRYCODEUCI: digest("XA" + CI).hex(),
            SIGNATURE: digest(r).hex(),
        },
        intermediates=made.intermediates,
    )


def _sequence(book: Book) -> None:
    numbered, unnumbered = crl(CSCA_AQ, SERIAL), crl(CSCA_AQ, SERIAL, number=None)
    for case, data, last, code, comment in (
        ("same", numbered, 3, None, "The list of the last time, once more."),
        ("lower", numbered, 4, "trustlist.rollback", "An older list hides who was revoked since."),
        (
            *("none", unnumbered, 1, "trustlist.rollback"),
            "Without a number it may be older than the last one.",
        ),
    ):
        book.add(
            f"revocation::crl-number::{case}",
            spec="RFC 5280 §5.2.3",
            comment=comment,
            op="revocationlist.load",
            input={**files(data), "last_sequence": last},
            accept=None if code else {"format": "revocation, CRL", "sequence": 3, "entries": 1},
            reject=code,
        )
