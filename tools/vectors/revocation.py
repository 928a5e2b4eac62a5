"""Suite ``revocation``: hashes of certificates, and the lists and filters that hold them.

Spec: spec/revocation.md; for lists of revoked signers RFC 5280 §5.
"""

from __future__ import annotations

from typing import Any, Final

from vectors.book import Book
from vectors.hcert import DOSE, EXP, IAT, ILLNESS, ISS, LEFT_OUT, SAMPLE, Made, flip, hcert, payload
from vectors.keys import CSCA_AQ, P256, P384, P521, RSA2048, add
from vectors.lists import (
    COUNTRYCODEUCI,
    SIGNATURE,
    UCI,
    Bloom,
    crl,
    digest,
    files,
    in_place,
    listed,
)
from vectors.private import ec_key, other_half
from vectors.revocation_lists import add_lists
from vectors.revoked import CI, OF_CI, OTHER_KID, REVOKED, SERIAL, SIGNER, verify

HASHES, LOOKING = "gateway RevocationHashType", "revocation.md §2"

# Trusted under a kid that is not the one computed from its certificate.
RENAMED: Final = add("dsc-aq-p256-renamed", ec_key("dsc-aq-p256"), P256.certified, kid=b"\x11" * 8)


def build(book: Book) -> None:
    """Add the vectors."""
    _hashes(book)
    _identifiers(book)
    _countries(book)
    _signatures(book)
    _kids(book)
    _order(book)
    add_lists(book)


# --- what is hashed ------------------------------------------------------------------------------


def _signature_of(made: Made) -> bytes:
    """The signature: what stands last in the message."""
    size = {"ES256": 64, "ES384": 96, "ES512": 132, "PS256": 256}[made.signer.algorithm or ""]
    return bytes.fromhex(made.intermediates["cose"])[-size:]


def _covered(made: Made) -> bytes:
    """What of a signature is hashed."""
    signature = _signature_of(made)
    return signature if made.signer.algorithm == "PS256" else signature[: len(signature) // 2]


def _hashes(book: Book) -> None:
    rows: list[tuple[str, str, Made, str, str]] = [
        ("es256", "Of ECDSA r alone, the first 32 bytes.", hcert(), CI, "AQ"),
        ("es384", "r has 48 bytes.", hcert(signer=P384), CI, "AQ"),
        ("es512", "r has 66 bytes.", hcert(signer=P521), CI, "AQ"),
        ("ps256", "An RSA signature has no halves.", hcert(signer=RSA2048), CI, "AQ"),
        (
            *("s-replaced", "The other s, which anybody can work out, changes no hash."),
            *(hcert(signature=other_half), CI, "AQ"),
        ),
        (
            *("without-iss", "Where the issuer does not say its country, that of the entry."),
            *(hcert(claims={ISS: LEFT_OUT}), CI, "AQ"),
        ),
        (
            *("of-a-test", "A test has a ci like a dose."),
            *(hcert(payload("t")), SAMPLE["ci"], "AQ"),
        ),
        (
            *("of-a-recovery", "So has a recovery."),
            *(hcert(payload("r")), ILLNESS["ci"], "AQ"),
        ),
    ]
    texts = {
        "check-character": (f"{CI}#J", "The check character belongs to the ci as it is."),
        "without-prefix": (CI.removeprefix("URN:UVCI:"), "No prefix is added where there is none."),
        "small-letters": (CI.lower(), "Letters are hashed as they are."),
        "letters-beyond-ascii": ("URN:UVCI:01:AQ:MẪU", "A ci is hashed in UTF-8."),
    }
    for case, (text, comment) in texts.items():
        rows.append((case, comment, hcert(payload("v", {**DOSE, "ci": text})), text, "AQ"))
    for case, comment, made, text, country in rows:
        book.add(
            f"revocation::hashes::{case}",
            spec=HASHES,
            comment=comment,
            op="revocation.hashes",
            input={"text": made.text},
            accept={
                UCI: digest(text).hex(),
                COUNTRYCODEUCI: digest(country + text).hex(),
                SIGNATURE: digest(_covered(made)).hex(),
            },
            intermediates=made.intermediates,
        )


def _identifiers(book: Book) -> None:
    rows: list[tuple[str, str, bytes, str | None, str]] = [
        ("listed", UCI, OF_CI, REVOKED, "The hash of its ci is on the list."),
        ("last-byte", UCI, flip(-1)(OF_CI), None, "The hash of another differs in its last bit."),
        ("first-byte", UCI, flip(0, 7)(OF_CI), None, "The first bit is another."),
        ("as-signature", SIGNATURE, OF_CI, None, "Listed as the hash of a signature, it is none."),
        (
            *("as-country-and-ci", COUNTRYCODEUCI, OF_CI, None),
            "Listed as the hash of a country and a ci, it is none.",
        ),
        ("small-letters", UCI, digest(CI.lower()), None, "Nobody folds letters: another ci."),
        (
            *("without-prefix", UCI, digest(CI.removeprefix("URN:UVCI:")), None),
            "The prefix is part of the ci.",
        ),
        ("space-behind", UCI, digest(CI + " "), None, "A space more is another ci."),
        ("sha256-of-the-hash", UCI, digest(OF_CI), None, "A hash is not hashed again."),
    ]
    for case, kind, value, code, comment in rows:
        verify(book, f"identifier::{case}", HASHES, comment, listed(kind, value, P256.kid), code)
    spaced = hcert(payload("v", {**DOSE, "ci": f" {CI} "}))
    for case, text, code, comment in (
        ("spaces-kept", f" {CI} ", REVOKED, "White space of the certificate is hashed with it."),
        ("spaces-stripped", CI, REVOKED, "Its issuer may have listed the ci without them."),
        ("spaces-in-front-kept", f" {CI}", None, "Half of the white space is no ci of it."),
    ):
        given = listed(UCI, digest(text), P256.kid)
        verify(book, f"identifier::{case}", HASHES, comment, given, code, spaced)
    for group, entry in (("t", SAMPLE), ("r", ILLNESS)):
        given = listed(UCI, digest(entry["ci"]), P256.kid)
        case = "identifier::" + {"t": "of-a-test", "r": "of-a-recovery"}[group]
        comment = "Certificates of every kind can be revoked."
        verify(book, case, HASHES, comment, given, REVOKED, hcert(payload(group)))


def _countries(book: Book) -> None:
    abroad = hcert(claims={ISS: "XA"})
    without = hcert(claims={ISS: LEFT_OUT})
    rows: list[tuple[str, str, Made, str | None, str]] = [
        ("of-both", "AQ", hcert(), REVOKED, "iss and co are one country."),
        ("of-iss", "XA", abroad, REVOKED, "Most programs take iss."),
        ("of-co", "AQ", abroad, REVOKED, "Some take co: a verifier has to try both."),
        ("of-neither", "XB", abroad, None, "Neither iss nor co."),
        ("of-co-without-iss", "AQ", without, REVOKED, "Without iss there is co."),
        ("small-letters", "aq", hcert(), None, "The code is hashed as it is."),
        ("with-a-colon", "AQ:", hcert(), None, "Nothing stands between country and ci."),
    ]
    for case, country, made, code, comment in rows:
        value = listed(COUNTRYCODEUCI, digest(country + CI), P256.kid)
        verify(book, f"country::{case}", HASHES, comment, value, code, made)
    value = listed(UCI, digest("AQ" + CI), P256.kid)
    comment = "Listed as the hash of a ci alone, which it is not."
    verify(book, "country::as-ci", HASHES, comment, value, None)


def _signatures(book: Book) -> None:
    def add_row(case: str, made: Made, over: bytes, code: str | None, comment: str) -> None:
        value = listed(SIGNATURE, digest(over), made.signer.kid)
        verify(book, f"signature::{case}", HASHES, comment, value, code, made)

    for signer in (P256, P384, P521):
        made = hcert(signer=signer)
        case = f"{signer.algorithm}-r".lower()
        add_row(case, made, _covered(made), REVOKED, "r of its signature is on the list.")
    usual, rsa = hcert(), hcert(signer=RSA2048)
    whole = _signature_of(usual)
    add_row("es256-whole", usual, whole, None, "Of ECDSA the whole signature is not hashed.")
    add_row("es256-s", usual, whole[32:], None, "s is not hashed.")
    comment = "Who replaces s to hide a revoked certificate does not change r."
    add_row("es256-s-replaced", hcert(signature=other_half), whole[:32], REVOKED, comment)
    add_row("ps256-whole", rsa, _signature_of(rsa), REVOKED, "An RSA signature is hashed whole.")
    half = _signature_of(rsa)[:128]
    add_row("ps256-first-half", rsa, half, None, "An RSA signature has no halves.")
    value = listed(SIGNATURE, digest(whole[:31] + b"\0"), P256.kid)
    verify(
        book, "signature::es256-near-miss", HASHES, "The last byte of r is another.", value, None
    )


# --- where it is looked up -----------------------------------------------------------------------


def _kids(book: Book) -> None:
    rows: list[tuple[str, bytes | None, str | None, str]] = [
        ("of-nobody", None, REVOKED, "A hash under no kid counts for every signer."),
        ("of-another-signer", OTHER_KID, None, "The same hash under another kid is another's."),
        ("near-miss", flip(7)(P256.kid), None, "One bit of the kid is another."),
        ("cut-short", P256.kid[:7], None, "The first bytes of a kid are no kid."),
    ]
    for case, kid, code, comment in rows:
        verify(book, f"kid::{case}", LOOKING, comment, listed(UCI, OF_CI, kid), code)
    unprotected = hcert(protected={1: -7}, unprotected={4: P256.kid})
    comment = "Anybody can write a kid where no signature covers it: all lists count."
    value = listed(UCI, OF_CI, OTHER_KID)
    verify(book, "kid::unprotected", LOOKING, comment, value, REVOKED, unprotected)
    renamed = hcert(signer=RENAMED)
    for case, kid, comment in (
        ("as-trusted", RENAMED.kid, "Listed by the kid that the header has."),
        ("as-computed", P256.kid, "Listed by the kid that the signer's certificate gives."),
    ):
        verify(book, f"kid::{case}", LOOKING, comment, listed(UCI, OF_CI, kid), REVOKED, renamed)


def _order(book: Book) -> None:
    """Of several reasons the first by the order of the steps; of several lists the surest."""
    exact, signers = listed(UCI, OF_CI, P256.kid), files(crl(CSCA_AQ, SERIAL))
    possible = in_place(P256.kid, OF_CI, Bloom.of([OF_CI]))
    spec = "verification.md §2, step 8"
    rows: list[tuple[str, Any, str, str]] = [
        ("exact-and-filter", possible | exact, REVOKED, "An exact hash says more than a filter."),
        ("exact-and-signer", signers | exact, REVOKED, "Its own revocation says more."),
        (
            *("signer-and-filter", {"files": signers["files"] + possible["files"]}, SIGNER),
            "A revoked signer is certain, a hit of a filter is not.",
        ),
    ]
    for case, given, code, comment in rows:
        verify(book, f"order::{case}", spec, comment, given, code)
    expired = hcert(claims={EXP: 1_653_000_000, IAT: 1_652_000_000})
    comment = "Step 6 comes before step 8."
    verify(book, "order::expired-and-listed", spec, comment, exact, "cwt.expired", expired)
    forged = hcert(signature=flip(5))
    comment = "Nothing of a certificate is looked up before its signature is known to be good."
    verify(book, "order::forged-and-listed", spec, comment, exact, "signature.invalid", forged)
    broken = hcert(payload("v", {**DOSE, "dn": 0}))
    comment = "Step 7 comes before step 8."
    verify(book, "order::broken-and-listed", spec, comment, exact, "schema.invalid", broken)
