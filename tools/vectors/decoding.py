"""Part of suite ``cwt``: what a text says where nothing of it is verified (operation ``decode``).

Spec: spec/harness.md, section 7.
"""

from __future__ import annotations

from typing import Any, Final

from vectors.book import Book
from vectors.hcert import (
    ALG,
    DOSE,
    EXP,
    EXPIRES,
    HCERT,
    IAT,
    ISS,
    ISSUED,
    KID,
    LEFT_OUT,
    Made,
    flip,
    hcert,
    payload,
)
from vectors.keys import BARE, P256, P384
from vectors.seal import VACCINATED, edit, seal

SPEC: Final = "harness.md §7"


def build(book: Book) -> None:
    """Add the vectors."""
    _accepted(book)
    _nulls(book)
    _refused(book)
    _seals(book)


def said(made: Made, **others: Any) -> dict[str, Any]:
    """What a certificate of one dose says; other members replace those."""
    return {
        "envelope": "hcert",
        "algorithm": made.signer.algorithm,
        "kid": made.signer.kid.hex(),
        "issuer": "AQ",
        "issued_at": ISSUED,
        "expires_at": EXPIRES,
        "version": "1.3.0",
        "groups": ["v"],
        "warnings": [],
        **others,
    }


def _add(
    book: Book,
    case: str,
    comment: str,
    made: Made,
    accept: dict[str, Any] | None = None,
    reject: str | None = None,
) -> None:
    book.add(
        f"cwt::decode::{case}",
        spec=SPEC,
        comment=comment,
        op="decode",
        input={"text": made.text},
        accept=accept,
        reject=reject,
        intermediates=made.intermediates,
    )


def _accepted(book: Book) -> None:
    past = {EXP: 1_600_000_000, IAT: 1_590_000_000}
    moments = {"issued_at": 1_590_000_000, "expires_at": 1_600_000_000}
    halves = {"expires_at": EXPIRES + 0.5, "warnings": ["cwt.float_time"]}
    late = payload(dob="1990-02-03T00:00:00Z")
    rows: list[tuple[str, str, Made, dict[str, Any]]] = [
        ("dose", "No key and no moment are given: none is asked for.", hcert(), {}),
        ("p-384", "The algorithm is that of the header.", hcert(signer=P384), {}),
        ("test", "Its one group is of tests.", hcert(payload("t")), {"groups": ["t"]}),
        ("recovery", "Its group is of recoveries.", hcert(payload("r")), {"groups": ["r"]}),
        ("forged", "The signature is not looked at.", hcert(signature=flip(5)), {}),
        ("bare-key", "Who has the kid is not looked up.", hcert(signer=BARE), {}),
        ("expired", "No time is compared with any other.", hcert(claims=past), moments),
        ("half-second", "A moment keeps its fraction.", hcert(claims={EXP: EXPIRES + 0.5}), halves),
        (
            *("deviation", "The policy is the tolerant one."),
            *(hcert(late), {"warnings": ["schema.deviation"]}),
        ),
    ]
    for case, comment, made, others in rows:
        _add(book, case, comment, made, said(made, **others))


def _nulls(book: Book) -> None:
    right = {ALG: -7, KID: P256.kid}
    rows: list[tuple[str, str, Made, str]] = [
        ("no-iss", "Nobody says who issued it.", hcert(claims={ISS: LEFT_OUT}), "issuer"),
        ("no-iat", "Nobody says when.", hcert(claims={IAT: LEFT_OUT}), "issued_at"),
        ("no-alg", "No header names an algorithm.", hcert(protected={KID: P256.kid}), "algorithm"),
        (
            *("alg-text", "The name of an algorithm is not its number: it cannot be used."),
            *(hcert(protected={**right, ALG: "ES256"}), "algorithm"),
        ),
        (
            *("alg-eddsa", "An algorithm that no certificate here has cannot be used."),
            *(hcert(protected={**right, ALG: -8}), "algorithm"),
        ),
        ("no-kid", "No header names a key.", hcert(protected={ALG: -7}), "kid"),
        (
            *("kid-text", "A kid that is a text cannot be used."),
            *(hcert(protected={**right, KID: P256.kid.hex()}), "kid"),
        ),
    ]
    for case, comment, made, member in rows:
        _add(book, case, comment, made, said(made, **{member: None}))


def _refused(book: Book) -> None:
    rows: list[tuple[str, str, Made, str]] = [
        ("no-prefix", "It is no health certificate.", hcert(prefix=""), "hcert.prefix"),
        (
            *("no-base45", "A letter that Base45 does not have."),
            *(hcert(encoded=lambda text: "a" + text[1:]), "base45.invalid"),
        ),
        ("exp-text", "The end is no number.", hcert(claims={EXP: "2023"}), "cwt.claims"),
        ("no-certificate", "No health claim.", hcert(claims={HCERT: LEFT_OUT}), "hcert.content"),
        (
            *("broken", "A payload that no version's schema allows."),
            *(hcert(payload("v", {**DOSE, "dt": "soon"})), "schema.invalid"),
        ),
    ]
    for case, comment, made, code in rows:
        _add(book, case, comment, made, reject=code)


def _seals(book: Book) -> None:
    right = seal()
    found: dict[str, Any] = {
        "envelope": "vds-nc",
        "algorithm": "ES256",
        "kid": right.signer.kid.hex(),
        "issued_at": None,
        "expires_at": None,
        "warnings": [],
    }
    rows: list[tuple[str, str, Made, dict[str, Any]]] = [
        ("seal", "A seal states no times.", right, {}),
        ("seal-forged", "Its signature is not looked at.", seal(signature=flip(5)), {}),
        (
            *("seal-without-certificate", "It has no kid but that of its certificate."),
            *(seal(sig={"cer": LEFT_OUT}), {"kid": None}),
        ),
    ]
    for case, comment, made, others in rows:
        _add(book, case, comment, made, {**found, **others})
    broken = seal(edit(VACCINATED, "msg/uvci", LEFT_OUT))
    _add(book, "seal-broken", "The identifier is missing.", broken, reject="schema.invalid")
