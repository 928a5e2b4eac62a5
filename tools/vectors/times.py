"""Suite ``times``: each edge of each time, from both sides.

Claims: HCERT §3.3.5, §3.3.6 and RFC 8392 §3.1.5. Signers: RFC 5280 §4.1.2.5.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from vectors.book import Book, Warnings, accept
from vectors.cbor import Tag
from vectors.hcert import EXP, EXPIRES, IAT, ISSUED, LEFT_OUT, NBF, hcert
from vectors.keys import BARE, CSCA_AQ, P256, Key, add_signer
from vectors.private import ec_key

EXPIRY, ISSUE, NOT_BEFORE = "HCERT 1.0.8 §3.3.5", "HCERT 1.0.8 §3.3.6", "RFC 8392 §3.1.5"
FORM, VALIDITY = "RFC 8392 §2", "RFC 5280 §4.1.2.5"

SHORT: Final = add_signer(
    "dsc-aq-short",
    ec_key("dsc-aq-short"),
    CSCA_AQ,
    not_before=datetime(2022, 5, 1, tzinfo=UTC),
    not_after=datetime(2022, 9, 1, tzinfo=UTC),
)
STARTS, ENDS = 1_651_363_200, 1_661_990_400
UNTIL_2049: Final = add_signer(
    "dsc-aq-until-2049",
    ec_key("dsc-aq-until-2049"),
    CSCA_AQ,
    not_before=datetime(1995, 1, 1, tzinfo=UTC),
    not_after=datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC),
)
UNTIL_2050: Final = add_signer(
    "dsc-aq-until-2050",
    ec_key("dsc-aq-until-2050"),
    CSCA_AQ,
    not_after=datetime(2050, 1, 1, tzinfo=UTC),
)
FROM_2050: Final = add_signer(
    "dsc-aq-from-2050",
    ec_key("dsc-aq-from-2050"),
    CSCA_AQ,
    not_before=datetime(2050, 1, 1, tzinfo=UTC),
    not_after=datetime(2051, 1, 1, tzinfo=UTC),
)


def build(book: Book) -> None:
    """Add the vectors."""
    _expiry(book)
    _issue(book)
    _not_before(book)
    _forms(book)
    _signer(book)
    _signer_and_claims(book)


def _expiry(book: Book) -> None:
    rows = [
        ("one-second-before", "2023-04-15T08:29:59Z", None, "One second of validity is left."),
        ("at-the-second", "2023-04-15T08:30:00Z", None, "exp itself is the last valid moment."),
        ("half-a-second-after", "2023-04-15T08:30:00.5Z", "cwt.expired", "The moment is past exp."),
        ("one-second-after", "2023-04-15T08:30:01Z", "cwt.expired", "The moment is past exp."),
        ("years-after", "2023-12-31T00:00:00Z", "cwt.expired", "The signer is still valid."),
    ]
    for case, at, code, comment in rows:
        _add(book, f"exp::{case}", EXPIRY, comment, at=at, reject=code)
    _add(
        book,
        "exp::one-second-after-tolerant",
        EXPIRY,
        "Tolerance is for what issuers wrote wrongly: the end is the end.",
        at="2023-04-15T08:30:01Z",
        policy="tolerant",
        reject="cwt.expired",
    )
    for case, value in (("in-1969", -1), ("at-the-epoch", 0)):
        _add(
            book,
            f"exp::{case}",
            EXPIRY,
            "A time of long ago is a time, and it is past.",
            claims={EXP: value, IAT: LEFT_OUT},
            reject="cwt.expired",
        )


def _issue(book: Book) -> None:
    rows: list[tuple[str, str, str, str | None, str]] = [
        (
            "at-the-second",
            "08:30:00",
            "strict",
            None,
            "The moment of issue is the first valid one.",
        ),
        ("one-second-before", "08:29:59", "strict", "cwt.not_yet_valid", "iat lies ahead."),
        (
            "five-minutes-before",
            "08:25:00",
            "tolerant",
            None,
            "Issuers' clocks may be fast by 300 s.",
        ),
        (
            "one-second-more",
            "08:24:59",
            "tolerant",
            "cwt.not_yet_valid",
            "Fast by 301 s is too fast.",
        ),
    ]
    for case, clock, policy, code, comment in rows:
        _add(
            book,
            f"iat::{case}",
            ISSUE,
            comment,
            at=f"2022-04-15T{clock}Z",
            policy=policy,
            reject=code,
        )
    _add(
        book,
        "iat::missing",
        ISSUE,
        "Nothing asks for iat to be there; exp bounds the certificate.",
        claims={IAT: LEFT_OUT},
    )


def _not_before(book: Book) -> None:
    rows = [
        ("at-the-second", "2022-05-10T00:00:00Z", None, "nbf itself is the first valid moment."),
        (
            "one-second-before",
            "2022-05-09T23:59:59Z",
            "cwt.not_yet_valid",
            "HCERT does not name nbf, and the CWT it is forbids to accept it earlier.",
        ),
    ]
    for case, at, code, comment in rows:
        claims = {NBF: 1_652_140_800}
        _add(book, f"nbf::{case}", NOT_BEFORE, comment, claims=claims, at=at, reject=code)


def _forms(book: Book) -> None:
    written = ("cwt.float_time",)
    rows: list[tuple[str, str, Any, str, str | None, Warnings, str]] = [
        (
            *("exp::float-before-its-fraction", FORM, {EXP: EXPIRES + 0.5}),
            *("2023-04-15T08:30:00Z", None, written),
            "Issuers have written floats: half a second is left, and the form is reported.",
        ),
        (
            *("exp::float-after-its-fraction", FORM, {EXP: EXPIRES + 0.5}),
            *("2023-04-15T08:30:01Z", "cwt.expired", ()),
            "A float is not rounded up: half a second has passed.",
        ),
        (
            *("iat::float-before-its-fraction", FORM, {IAT: ISSUED + 0.5}),
            *("2022-04-15T08:30:00Z", "cwt.not_yet_valid", ()),
            "A float is not rounded down: half a second is missing.",
        ),
        (
            *("iat::float-after-its-fraction", FORM, {IAT: ISSUED + 0.5}),
            *("2022-04-15T08:30:01Z", None, written),
            "The moment is past the fraction.",
        ),
        (
            *("exp::tagged-at-the-second", FORM, {EXP: Tag(1, EXPIRES)}),
            *("2023-04-15T08:30:00Z", None, ("cwt.tagged_time",)),
            "RFC 8392 leaves tag 1 out; with it the number means the same.",
        ),
        (
            *("exp::tagged-one-second-after", FORM, {EXP: Tag(1, EXPIRES)}),
            *("2023-04-15T08:30:01Z", "cwt.expired", ()),
            "A tag does not hide the end.",
        ),
    ]
    for case, spec, claims, at, code, warnings, comment in rows:
        _add(book, case, spec, comment, claims=claims, at=at, reject=code, warnings=warnings)


def _signer(book: Book) -> None:
    """The signer's certificate against the moment; the claims have no edge near it."""
    later = {IAT: STARTS - 86_400, EXP: ENDS + 86_400}
    around = ("cwt.predates_signer", "cwt.outlives_signer")
    rows: list[tuple[str, str, str | None, str]] = [
        ("start", "2022-05-01T00:00:00Z", None, "notBefore is the first valid moment."),
        (
            *("one-second-before-its-start", "2022-04-30T23:59:59Z", "signer.not_yet_valid"),
            "The certificate was not yet valid.",
        ),
        ("end", "2022-09-01T00:00:00Z", None, "notAfter is the last valid moment, inclusive."),
        (
            *("half-a-second-after-its-end", "2022-09-01T00:00:00.5Z", "signer.expired"),
            "Half a second after notAfter is after it.",
        ),
        (
            *("one-second-after-its-end", "2022-09-01T00:00:01Z", "signer.expired"),
            "By the shell model nothing outlives its signer, whatever exp says.",
        ),
    ]
    for case, at, code, comment in rows:
        _add(
            *(book, f"signer::{case}", VALIDITY, comment),
            signer=SHORT,
            claims=later,
            at=at,
            reject=code,
            warnings=around,
        )
    rows_of_forms: list[tuple[str, Key, int, str, str | None, str]] = [
        (
            *("utc-time-of-2049", UNTIL_2049, 2_524_607_999, "2049-12-31T23:59:59Z", None),
            "Two digits from 50 on are of the 1900s, those below of the 2000s.",
        ),
        (
            *("utc-time-of-2049-over", UNTIL_2049, 4_000_000_000, "2050-01-01T00:00:00Z"),
            *("signer.expired", "One second after the last UTCTime."),
        ),
        (
            *("generalized-time-of-2050", UNTIL_2050, 2_524_608_000, "2050-01-01T00:00:00Z", None),
            "From 2050 on times have four digits of the year.",
        ),
        (
            *("generalized-time-of-2050-over", UNTIL_2050, 4_000_000_000, "2050-01-01T00:00:01Z"),
            *("signer.expired", "One second after a GeneralizedTime."),
        ),
    ]
    made = {EXP: 2_540_000_000, IAT: 2_520_000_000}
    for case, at, code, comment in (
        (
            *("from-2050", "2050-01-01T00:00:00Z", None),
            "The first moment of a certificate that starts with a GeneralizedTime.",
        ),
        (
            *("before-2050", "2049-12-31T23:59:59Z", "signer.not_yet_valid"),
            "The second before a GeneralizedTime.",
        ),
    ):
        _add(
            *(book, f"signer::{case}", f"{VALIDITY}.2", comment),
            signer=FROM_2050,
            claims=made,
            at=at,
            reject=code,
            warnings=("cwt.predates_signer",),
        )
    for case, signer, expires, at, code, comment in rows_of_forms:
        claims = {EXP: expires}
        _add(
            *(book, f"signer::{case}", f"{VALIDITY}.1", comment),
            signer=signer,
            claims=claims,
            at=at,
            reject=code,
        )
    _add(
        book,
        "signer::bare-key-has-no-end",
        "HCERT 1.0.8 §3.3.3",
        "Nothing says until when a bare key may be used; that is reported.",
        signer=BARE,
        claims={EXP: 4_000_000_000},
        at="2090-01-01T00:00:00Z",
        warnings=("signer.no_validity",),
    )


def _signer_and_claims(book: Book) -> None:
    """The claims against the signer: no reason to refuse, and reported."""
    rows: list[tuple[str, str, Any, Warnings, str]] = [
        ("exp::end-of-the-signer", EXPIRY, {EXP: ENDS}, (), "exp may be as late as notAfter."),
        (
            *("exp::one-second-past-the-signer", EXPIRY, {EXP: ENDS + 1}, ("cwt.outlives_signer",)),
            "The issuer promised more than its certificate holds; until then it is good.",
        ),
        ("iat::start-of-the-signer", ISSUE, {IAT: STARTS}, (), "iat may be as early as notBefore."),
        (
            *("iat::one-second-ahead-of-the-signer", ISSUE),
            *({IAT: STARTS - 1}, ("cwt.predates_signer",)),
            "The certificate says that it is older than its signer.",
        ),
    ]
    for case, spec, claims, warnings, comment in rows:
        within = {IAT: STARTS + 60, EXP: ENDS - 60, **claims}
        _add(book, case, spec, comment, signer=SHORT, claims=within, warnings=warnings)


def _add(
    book: Book,
    case: str,
    spec: str,
    comment: str,
    *,
    signer: Key = P256,
    claims: Any = None,
    at: str = "2022-06-01T00:00:00Z",
    policy: str = "strict",
    reject: str | None = None,
    warnings: Warnings = (),
) -> None:
    book.verify(
        f"times::{case}",
        hcert(signer=signer, claims=claims),
        spec=spec,
        comment=comment,
        at=at,
        policy=policy,
        reject=reject,
        accept=None if reject else accept(signer, warnings=warnings),
    )
