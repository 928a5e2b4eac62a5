"""Suite ``issuing``: certificates to be made, and those that must not be.

What comes out is stated as the claims, byte for byte, by the encoder of these tools. A signature
is another one each time, and a stream of zlib another with each program: neither is compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from vectors.book import Book
from vectors.certificates import RECOVERY, TEST, VACCINATION
from vectors.hcert import (
    ALG,
    DOSE,
    EXP,
    EXPIRES,
    HCERT,
    IAT,
    ILLNESS,
    ISS,
    ISSUED,
    KID,
    LEFT_OUT,
    NAME,
    SAMPLE,
    changed,
    payload,
)
from vectors.keys import (
    COSE_NUMBERS,
    CSCA_AQ,
    P256,
    P384,
    P521,
    RSA1024,
    RSA2048,
    Key,
    add_signer,
)
from vectors.private import ec_key
from vectors.viet_nam import DSC_VN, deterministic

Node = dict[str, Any]

HEADER, CLAIMS, TIMES = "hcert.md §6, §10", "hcert.md §8, §10", "HCERT 1.0.8 §3.3.5, §3.3.6"
SCHEMA, WRITTEN, USAGE = "DCC schema 1.3.3", "dcc-payload.md §8", "HCERT 1.0.8 A.4"
NAMES, SIZE, KEYS = "Doc 9303-3 §6", "HCERT 1.0.8 §4.2.2", "HCERT 1.0.8 §3.3.2"

REFUSED, MISMATCH, OUTLIVES = "issue.claims", "issue.key_mismatch", "issue.outlives_signer"

ISSUED_AT, EXPIRES_AT = "2022-04-15T08:30:00Z", "2023-04-15T08:30:00Z"
SEALS: Final = "2.23.136.1.1.14.2"


def build(book: Book) -> None:
    """Add the vectors."""
    _whole(book)
    _signers(book)
    _names(book)
    _times(book)
    _issuers(book)
    _contents(book)
    _sizes(book)


def newest(group: str = "v", entry: Mapping[str, Any] | None = None, **others: Any) -> Node:
    """A payload of the version that is written."""
    return payload(group, entry, **{"ver": "1.3.3", **others})


def _issue(
    book: Book,
    case: str,
    spec: str,
    comment: str,
    code: str | None = None,
    *,
    content: Node | None = None,
    written: Node | None = None,
    signer: Key = P256,
    certificate_of: Key | None = None,
    issued_at: str = ISSUED_AT,
    expires_at: str | None = EXPIRES_AT,
    times: tuple[int, int] = (ISSUED, EXPIRES),
    issuer: str | None = None,
) -> None:
    """Add a vector.

    Args:
        book: The book.
        case: The id behind the suite.
        spec: The clause.
        comment: Why.
        code: Of the refusal.
        content: The payload that is given; by default a dose.
        written: The payload that has to be signed, where it is another.
        signer: Who signs.
        certificate_of: Whose certificate the signer has, where not its own.
        issued_at: When.
        expires_at: Until when; None: nothing is said.
        times: ``iat`` and ``exp`` that have to be signed.
        issuer: ``iss``; None: nothing is said.
    """
    content = newest() if content is None else content
    given: Node = {"certificate": content, "signer": signer.name, "issued_at": issued_at}
    if expires_at is not None:
        given["expires_at"] = expires_at
    if issuer is not None:
        given["issuer"] = issuer
    if certificate_of is not None:
        given["certificate_of"] = certificate_of.name
    accepted = None
    if code is None:
        claims = {
            ISS: issuer or signer.country,
            EXP: times[1],
            IAT: times[0],
            HCERT: {1: content if written is None else written},
        }
        number = COSE_NUMBERS[signer.algorithm or ""]
        accepted = {
            "algorithm": signer.algorithm,
            "kid": signer.kid.hex(),
            "protected": deterministic({ALG: number, KID: signer.kid}).hex(),
            "claims": deterministic(claims).hex(),
        }
    book.add(
        f"issuing::{case}",
        spec=spec,
        comment=comment,
        op="issue",
        input=given,
        accept=accepted,
        reject=code,
    )


# --- the whole of it -----------------------------------------------------------------------------


def _whole(book: Book) -> None:
    for group, kind in (("v", "vaccination"), ("t", "test"), ("r", "recovery")):
        comment = f"A {kind}, its members in the order of deterministic CBOR."
        _issue(book, f"kind::{kind}", CLAIMS, comment, content=newest(group))
    for signer, algorithm in ((P384, "es384"), (P521, "es512"), (RSA2048, "ps256")):
        comment = "The kind of key says which algorithm, and that stands in the protected header."
        _issue(book, f"algorithm::{algorithm}", HEADER, comment, signer=signer)


def _signers(book: Book) -> None:
    def signer(name: str, *usages: str) -> Key:
        return add_signer(f"dsc-aq-{name}", ec_key(f"dsc-aq-{name}"), CSCA_AQ, usages=usages)

    for_doses, for_tests = signer("vaccinations", VACCINATION), signer("tests", TEST)
    both, seals = signer("tests-and-recoveries", TEST, RECOVERY), signer("seals", SEALS)
    code = "issue.usage"
    comment = "The signer's certificate names vaccinations."
    _issue(book, "usage::allowed", USAGE, comment, signer=for_doses)
    comment = "Who has none of the usages of health certificates signs every kind."
    _issue(book, "usage::none-of-them", USAGE, comment, signer=DSC_VN, content=newest("t"))
    comment = "The second of two usages allows it."
    _issue(book, "usage::second", USAGE, comment, signer=both, content=newest("r"))
    comment = "Every verifier would refuse a vaccination of a signer for tests."
    _issue(book, "usage::tests-alone", USAGE, comment, code, signer=for_tests)
    comment = "Every verifier would refuse a recovery of a signer for vaccinations."
    content = newest("r")
    _issue(
        book, "usage::vaccinations-alone", USAGE, comment, code, signer=for_doses, content=content
    )
    comment = "A signer of seals signs no health certificates."
    _issue(book, "usage::seals-alone", USAGE, comment, code, signer=seals)

    comment = "The certificate is another signer's: nobody could verify the signature by it."
    _issue(book, "key::of-another", HEADER, comment, MISMATCH, certificate_of=for_tests)
    comment = "The certificate is over an RSA key, the private key is on a curve."
    _issue(book, "key::of-another-kind", HEADER, comment, MISMATCH, certificate_of=RSA2048)
    comment = "1024 bits are too few to sign with."
    _issue(book, "key::rsa-1024", KEYS, comment, "issue.key", signer=RSA1024)
    name = "dsc-aq-secp256k1"
    odd = add_signer(name, ec_key(name, ec.SECP256K1), CSCA_AQ)
    _issue(book, "key::curve", KEYS, "No algorithm here has its curve.", "issue.key", signer=odd)


# --- names ---------------------------------------------------------------------------------------


def _names(book: Book) -> None:
    def name(case: str, comment: str, given: Node, written: Node | None) -> None:
        _issue(
            book,
            f"name::{case}",
            NAMES,
            comment,
            "issue.name" if written is None else None,
            content=newest(nam=given),
            written=None if written is None else newest(nam=written),
        )

    local = {"fn": "Đặng", "gn": "Thị Thử"}
    derived = {"fnt": "DANG", "gnt": "THI<THU"}
    comment = "Passport letters that are not given follow from the letters of the name."
    name("derived", comment, local, local | derived)
    comment = "Passport letters that are given stay as they are: so the passport may have it."
    given = local | {"fnt": "DJANG", "gnt": "THI<THU"}
    name("given", comment, given, given)
    comment = "Each of the two by itself."
    name("one-given", comment, local | {"fnt": "DJANG"}, given)
    name("family-alone", "Who has one name has a family name.", {"fn": "Thử"}, _alone("Thử", "THU"))
    comment = "A name that comes decomposed is written composed (Unicode normal form C)."
    decomposed = NAME | {"fn": "Nguye\u0302\u0303n Ma\u0302\u0303u"}
    name("decomposed", comment, decomposed, NAME)
    given = {"fn": "王", "fnt": "WANG"}
    comment = "A letter without a form stands as it is, where the passport's are given."
    name("letter-without-a-form", comment, given, given)
    name(
        "ideograph",
        "No table of Doc 9303 has ideographs: the passport says it.",
        {"fn": "王"},
        None,
    )
    name("digits", "A name in a passport has no digits.", {"fn": "R2D2"}, None)
    comment = "Of the given name as of the family name."
    name("given-name", comment, {"fn": "Thử", "gn": "И"}, None)


def _alone(name: str, icao: str) -> Node:
    return {"fn": name, "fnt": icao}


# --- times ---------------------------------------------------------------------------------------


def _times(book: Book) -> None:
    start, end = 1_640_995_200, 1_704_067_200  # of the signer: the years 2022 and 2023
    comment = "The first second of the signer."
    at = "2022-01-01T00:00:00Z"
    _issue(book, "time::signer-starts", TIMES, comment, issued_at=at, times=(start, EXPIRES))
    comment = "The last second of the signer."
    at = "2024-01-01T00:00:00Z"
    _issue(book, "time::signer-ends", TIMES, comment, expires_at=at, times=(ISSUED, end))
    comment = "Issued a second before its signer may sign."
    at = "2021-12-31T23:59:59Z"
    _issue(book, "time::before-signer", TIMES, comment, OUTLIVES, issued_at=at)
    comment = "Valid a second longer than its signer."
    at = "2024-01-01T00:00:01Z"
    _issue(book, "time::after-signer", TIMES, comment, OUTLIVES, expires_at=at)
    comment = "Where no end is given it is 365 days later."
    end = ISSUED + 365 * 86_400
    _issue(book, "time::default", TIMES, comment, expires_at=None, times=(ISSUED, end))
    comment = "365 days from the 2nd of January 2023 are a day more than the signer has."
    at = "2023-01-02T00:00:00Z"
    _issue(book, "time::default-outlives", TIMES, comment, OUTLIVES, issued_at=at, expires_at=None)
    comment = "Fractions of a second are dropped: times are integers."
    at = "2022-04-15T08:30:00.999Z"
    _issue(book, "time::fraction", CLAIMS, comment, issued_at=at)
    comment = "15:30 of Viet Nam's clocks is 8:30 UTC."
    _issue(book, "time::zone", CLAIMS, comment, issued_at="2022-04-15T15:30:00+07:00")
    comment = "It would expire in the second in which it is issued."
    _issue(book, "time::no-time", TIMES, comment, REFUSED, expires_at=ISSUED_AT)
    comment = "It would have expired before it is issued."
    at = "2022-04-15T08:29:59Z"
    _issue(book, "time::backwards", TIMES, comment, REFUSED, expires_at=at)


def _issuers(book: Book) -> None:
    spec = "HCERT 1.0.8 §3.3.4"
    comment = "Who issues for another says so."
    _issue(book, "issuer::given", spec, comment, issuer="XA")
    _issue(book, "issuer::empty", spec, "An empty text names nobody.", REFUSED, issuer="")


# --- contents ------------------------------------------------------------------------------------


def _contents(book: Book) -> None:
    def refused(case: str, comment: str, content: Node, spec: str = SCHEMA) -> None:
        _issue(book, f"content::{case}", spec, comment, REFUSED, content=content)

    def dose(**changes: Any) -> Node:
        return newest("v", changed(DOSE, changes))

    for case, dob, comment in (
        ("year-of-birth", "1950", "Where the year alone is known."),
        ("no-date-of-birth", "", "Where nothing is known an empty text is written."),
    ):
        _issue(book, f"content::{case}", SCHEMA, comment, content=newest(dob=dob))
    comment = "An integer that came as 2.0 is written as an integer."
    _issue(book, "content::whole-float", WRITTEN, comment, content=dose(dn=2.0), written=dose(dn=2))
    comment = "Times of samples are written in UTC, with Z."
    abroad = {**SAMPLE, "sc": "2022-04-14T17:00:00+07:00"}
    content = newest("t", abroad)
    _issue(book, "content::time-abroad", WRITTEN, comment, content=content, written=newest("t"))
    comment = "Before 1.3.0 a certificate may have several entries."
    second = {**DOSE, "dn": 1, "dt": "2022-02-01", "ci": "URN:UVCI:01:AQ:SPECIMEN0004"}
    two = payload("v", ver="1.2.1") | {"v": [second, DOSE]}
    _issue(book, "content::two-doses", "DCC schema 1.2.1", comment, content=two)

    refused("two-entries", "From 1.3.0 on there is exactly one.", newest() | {"v": [second, DOSE]})
    comment = "One kind in each certificate."
    refused("two-groups", comment, newest() | {"r": [ILLNESS]})
    refused("no-group", "Nothing is certified.", newest(v=LEFT_OUT))
    refused("version", "No such version was ever released.", newest(ver="1.4.0"))
    refused("no-name", "Of whom is not said.", newest(nam={}))
    comment = "fnt has the letters of passports."
    refused("passport-letters", comment, newest(nam={**NAME, "fnt": "NGUYỄN"}))
    comment = "The calendar has no such date; a reader warns, a writer does not write it."
    refused("birth-date", comment, newest(dob="1990-02-30"), WRITTEN)
    refused("birth-year", "1900 is the first year.", newest(dob="1899-12-31"))
    refused("dose-0", "The first dose is 1.", dose(dn=0))
    refused("no-identifier", "Nobody could revoke it by its identifier.", dose(ci=LEFT_OUT))
    refused("day", "February has no 30th.", dose(dt="2022-02-30"))
    refused("day-of-a-week", "A date of ISO 8601, and not one of RFC 3339.", dose(dt="2022-W09-2"))
    refused("81-characters", "80 are the most.", dose(**{"is": "A" * 81}))
    comment = "Without a zone nobody knows when it was; a writer knows its zone."
    refused("time-without-zone", comment, newest("t", {**SAMPLE, "sc": "2022-04-14T10:00:00"}))


def _sizes(book: Book) -> None:
    def product(characters: int) -> Node:
        """A product whose name no compression makes much shorter."""
        letters, state = "", 1
        for _ in range(characters):
            state = state * 48_271 % 0x7FFFFFFF  # Lehmer's generator, as in C++'s minstd_rand
            letters += chr(0x4E00 + state % 20_000)
        return newest("v", {**DOSE, "mp": letters})

    comment = "3,000 bytes of text fit, for they are compressed."
    _issue(book, "size::compressed", SIZE, comment, content=product(1000))
    comment = "No QR code holds more than 4,296 characters."
    _issue(book, "size::too-large", SIZE, comment, "issue.too_large", content=product(2000))
