"""Suite ``corrections``: records that one passport stands in the place of another.

Spec: spec/viet-nam.md §8, spec/correction-record.cddl.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

from vectors.book import Book
from vectors.hcert import (
    ALG,
    CONTENT_TYPE,
    EXP,
    IAT,
    KID,
    LEFT_OUT,
    Change,
    Made,
    flip,
    payload,
    sig_structure,
)
from vectors.hcert import changed as with_changes
from vectors.keys import COSE_NUMBERS, P256, STRANGER, Key, add_signer
from vectors.lists import COUNTRYCODEUCI as COUNTRY_AND_UCI
from vectors.lists import SIGNATURE, UCI, Bloom, digest, in_place, listed
from vectors.private import ec_key, other_half
from vectors.viet_nam import (
    CSCA_VN,
    DSC_VN,
    DSC_VN_EC,
    EXPIRES_VN,
    ISSUED_VN,
    NAME,
    NATIONAL,
    code_of,
    deterministic,
    passport,
    signed,
)

Node = dict[str, Any]

FORM, SIGNER, OLD, NEW, ITEMS, REVOKED = (
    *("viet-nam.md §8, correction-record.cddl", "viet-nam.md §8, 1", "viet-nam.md §8, 2"),
    *("viet-nam.md §8, 3", "viet-nam.md §8, 4", "viet-nam.md §8, 5"),
)
CODE: Final = "correction.invalid"
RECORD_TYPE: Final = "application/vnd.vnvaxcert.correction-record+cbor"
DELEGATION_TYPE: Final = "application/vnd.vnvaxcert.attestation-delegation+cbor"

CORRECTED_AT: Final = "2022-05-20T02:00:00Z"
CORRECTED: Final = 1_653_012_000
A_YEAR: Final = EXPIRES_VN - ISSUED_VN
AT: Final = "2022-06-01T00:00:00Z"

_VERSION, _OLD, _NEW, _CHANGED, _TIME, _REASON, _REVOKED = range(1, 8)


class Issued(NamedTuple):
    """A passport: what it says, and its code."""

    content: Node
    made: Made

    @property
    def covered(self) -> bytes:
        """What its signature covers."""
        return bytes.fromhex(self.made.intermediates["to_be_signed"])

    @property
    def hashes(self) -> list[tuple[str, bytes]]:
        """The hashes under which it is revoked, each with its type."""
        signer, dose = self.made.signer, self.content["v"][0]
        signature = signer.sign(self.covered)
        r_or_whole = signature if signer.algorithm == "PS256" else signature[: len(signature) // 2]
        countries = dict.fromkeys((signer.country, dose["co"]))
        return [
            (SIGNATURE, digest(r_or_whole)),
            (UCI, digest(dose["ci"])),
            *((COUNTRY_AND_UCI, digest(country + dose["ci"])) for country in countries),
        ]


def issued(
    content: Node,
    at: int = ISSUED_VN,
    *,
    signer: Key = DSC_VN,
    claims: Mapping[int, Any] | None = None,
    **others: Any,
) -> Issued:
    """A passport of that moment, for a year."""
    times = {IAT: at, EXP: at + A_YEAR}
    return Issued(
        content, signed(content, signer=signer, claims={**times, **(claims or {})}, **others)
    )


FIRST: Final = issued(passport())
RENAMED: Final = passport(nam={**NAME, "gn": "Thị Mậu"})
SECOND: Final = issued(RENAMED, CORRECTED)


def record(
    old: Issued,
    new: Issued,
    changed: Sequence[str],
    *,
    signer: Key = DSC_VN,
    signed_with: Key | None = None,
    members: Mapping[int, Any] | None = None,
    protected: Mapping[int, Any] | None = None,
    unprotected: Mapping[int, Any] | None = None,
    tag: int | None = 18,
    signature: Change | None = None,
) -> bytes:
    """A record. Whatever is not said is right.

    Args:
        old: The old passport.
        new: The new one.
        changed: Names of the items that changed.
        signer: Who is said to sign.
        signed_with: Whose key signs in truth.
        members: Members of the statement to change.
        protected: Members of the protected header to change.
        unprotected: The unprotected header.
        tag: Around the message, or None.
        signature: What changes the signature.
    """
    statement = {
        _VERSION: 1,
        _OLD: sha256(old.covered).digest(),
        _NEW: sha256(new.covered).digest(),
        _CHANGED: list(changed),
        _TIME: CORRECTED,
        _REASON: "citizen_request",
        _REVOKED: [list(one) for one in old.hashes],
    }
    number = COSE_NUMBERS[signer.algorithm or ""]
    usual = {ALG: number, CONTENT_TYPE: RECORD_TYPE, KID: signer.kid}
    header = deterministic(with_changes(usual, protected or {}))
    said = deterministic(with_changes(statement, members or {}))
    made = (signed_with or signer).sign(sig_structure(header, said))
    message = [header, dict(unprotected or {}), said, signature(made) if signature else made]
    return deterministic(message) if tag is None else deterministic_tag(tag, message)


def deterministic_tag(number: int, item: list[Any]) -> bytes:
    """A tagged item in deterministic CBOR."""
    return bytes([0xC0 | number]) + deterministic(item)


def revoking(hashes: Iterable[tuple[str, bytes]], kid: bytes | None = None) -> Node:
    """A revocation list of these hashes."""
    return {"hashes": [listed(kind, value, kid)["hashes"][0] for kind, value in hashes]}


def build(book: Book) -> None:
    """Add the vectors."""
    _items(book)
    _signers(book)
    _forms(book)
    _certificates(book)
    _times(book)
    _revocation(book)


def _add(
    book: Book,
    case: str,
    spec: str,
    comment: str,
    *,
    old: Issued = FIRST,
    new: Issued = SECOND,
    changed: Sequence[str] = ("given_name",),
    made: bytes | None = None,
    signer: Key = DSC_VN,
    is_accepted: bool = False,
    trust: Sequence[Key] = (DSC_VN,),
    record_trust: Sequence[Key] | None = None,
    revocation: Node | None = None,
    at: str = AT,
    value: Node | None = None,
    **others: Any,
) -> None:
    """Add a vector; other arguments are those of `record`, unless one is there."""
    if made is None:
        made = record(old, new, changed, signer=signer, **others)
    given: Node = {
        "record": made.hex(),
        "old": old.made.text,
        "new": new.made.text,
        "trust": [key.name for key in trust],
    }
    if record_trust is not None:
        given["record_trust"] = [key.name for key in record_trust]
    given["revocation"] = revoking(old.hashes) if revocation is None else revocation
    usual = {
        "changed": list(changed),
        "reason": "citizen_request",
        "corrected_at": CORRECTED_AT,
        "signer": signer.kid.hex(),
    }
    book.add(
        f"corrections::{case}",
        spec=spec,
        comment=comment,
        op="correction.verify",
        input={**given, "at": at},
        accept={**usual, **(value or {})} if is_accepted else None,
        reject=None if is_accepted else CODE,
    )


# --- what changed --------------------------------------------------------------------------------


def _items(book: Book) -> None:
    def accepted(case: str, comment: str, **others: Any) -> None:
        _add(book, f"items::{case}", ITEMS, comment, is_accepted=True, **others)

    accepted("given-name", "A tone mark was wrong: the passport letters are the same.")
    content = passport(dob="1990-03-02", dose={"dn": 1, "dt": "2022-02-01"})
    accepted(
        "three",
        "Day and month of birth were swapped, and it was the other dose.",
        new=issued(content, CORRECTED),
        changed=("birth_date", "dose_number", "vaccination_date"),
        members={_REASON: "population_database"},
        value={"reason": "population_database"},
    )
    other = {
        "vp": "1119349007",
        "mp": "EU/1/20/1528",
        "ma": "ORG-100030215",
        "sd": 3,
        "is": "Bộ Y tế",
    }
    accepted(
        "vaccine",
        "Another vaccine has another product and maker, and may have another number of doses.",
        new=issued(passport(dose=other), CORRECTED),
        changed=("vaccine", "product", "manufacturer", "total_doses", "issuer"),
        members={_REASON: "facility"},
        value={"reason": "facility"},
    )
    claim = {1: "VN", 2: ["ABCD1234"]}
    accepted(
        "national",
        "A national claim that was missing said nothing.",
        new=issued(
            passport(ci=code_of(passport(), national=claim)), CORRECTED, claims={NATIONAL: claim}
        ),
        changed=("nationality", "lot"),
    )
    renumbered = passport(ci=code_of(passport(), identity="001090000002"))
    accepted(
        "identity-number",
        "It stands in no certificate, and shows in the identifier alone: the record's word.",
        new=issued(renumbered, CORRECTED),
        changed=("identity_number",),
    )
    abroad = issued(passport(dose={"co": "AQ"}))
    comment = "Where the dose was given counts beside the issuer: four hashes."
    accepted("country", comment, old=abroad, changed=("given_name", "country"))

    def refused(case: str, comment: str, **others: Any) -> None:
        _add(book, f"items::{case}", ITEMS, comment, **others)

    comment = "It says that the birth date changed, too."
    refused("one-too-many", comment, changed=("given_name", "birth_date"))
    comment = "The dose is another, too, and it does not say so."
    new = issued(passport(nam=RENAMED["nam"], dose={"dn": 1}), CORRECTED)
    refused("one-missing", comment, new=new)
    comment = "It names another item than the one that differs."
    refused("another", comment, changed=("family_name",))
    comment = "A national claim that is gone says that the nationality changed."
    old = issued(passport(), claims={NATIONAL: {1: "VN"}})
    refused("national-gone", comment, old=old)


# --- who signs -----------------------------------------------------------------------------------


def _signers(book: Book) -> None:
    def add(case: str, comment: str, **others: Any) -> None:
        _add(book, f"signer::{case}", SIGNER, comment, **others)

    end = datetime(2022, 5, 25, tzinfo=UTC)
    name = "dsc-vn-p256-ended"
    ended = add_signer(name, ec_key(name), CSCA_VN, "VN", not_after=end)
    name = "dsc-vn-p256-late"
    late = add_signer(name, ec_key(name), CSCA_VN, "VN", not_before=end)
    comment = "Records have signers of their own."
    both = (DSC_VN, DSC_VN_EC)
    own = {"signer": DSC_VN_EC, "record_trust": [DSC_VN_EC]}
    add("of-records", comment, is_accepted=True, **own)
    comment = "It was valid when it signed, and has ended since."
    add("ended-since", comment, is_accepted=True, signer=ended, trust=(DSC_VN, ended))
    comment = "It was not valid yet when it signed."
    add("not-yet", comment, signer=late, trust=(DSC_VN, late))
    comment = "Who signs certificates does not sign records, where these have signers of their own."
    add("of-certificates", comment, record_trust=[DSC_VN_EC])
    add("unknown", "Nobody knows who signed it.", signer=DSC_VN_EC)
    comment = "Another key made the signature."
    add("stranger", comment, signer=DSC_VN_EC, signed_with=STRANGER, trust=both)
    add("last-bit", "One bit of the signature is another.", signature=flip(-1))
    comment = "An authority certifies signers, and signs no records itself."
    add("authority", comment, signer=CSCA_VN, trust=(DSC_VN, CSCA_VN))
    comment = "No state corrects another's certificates, and lists hold the keys of many."
    add("another-state", comment, signer=P256, trust=(DSC_VN, P256))


# --- the record's form ---------------------------------------------------------------------------


def _forms(book: Book) -> None:
    def refused(case: str, comment: str, **others: Any) -> None:
        _add(book, f"form::{case}", FORM, comment, **others)

    refused("untagged", "The tag of COSE_Sign1 is part of it.", tag=None)
    comment = "A delegation is no correction, whatever is in it."
    refused("content-type", comment, protected={CONTENT_TYPE: DELEGATION_TYPE})
    comment = "What is in it has to be said where the signature covers it."
    refused("no-content-type", comment, protected={CONTENT_TYPE: LEFT_OUT})
    comment = "The signature does not cover it there."
    refused("unprotected-kid", comment, protected={KID: LEFT_OUT}, unprotected={KID: DSC_VN.kid})
    refused("further-header", "There are three headers, and no fourth.", protected={5: b"\0"})
    right = record(FIRST, SECOND, ("given_name",))
    refused("byte-behind", "A byte behind the message.", made=right + b"\0")
    comment = "An array of indefinite length is another way to write the same."
    refused("not-deterministic", comment, made=b"\xd2\x9f" + right[2:] + b"\xff")
    comment = "A certificate is no record."
    refused("certificate", comment, made=bytes.fromhex(FIRST.made.intermediates["cose"]))
    (kind, value), *rest = FIRST.hashes
    rows: list[tuple[str, str, dict[int, Any]]] = [
        ("version", "There is one version.", {_VERSION: 2}),
        ("unknown-member", "There are seven members.", {8: 0}),
        ("no-time", "When it was corrected is missing.", {_TIME: LEFT_OUT}),
        ("time-as-text", "A time is a number of seconds.", {_TIME: CORRECTED_AT}),
        ("unknown-reason", "Three reasons are known.", {_REASON: "mistake"}),
        ("no-item", "A correction changes something.", {_CHANGED: []}),
        ("unknown-item", "A name is the family's or a given one.", {_CHANGED: ["name"]}),
        ("item-twice", "Each item once.", {_CHANGED: ["given_name", "given_name"]}),
        ("31-bytes", "SHA-256 has 32 bytes.", {_OLD: sha256(FIRST.covered).digest()[:31]}),
        ("no-hashes", "What revokes the old one is missing.", {_REVOKED: []}),
        ("15-bytes", "Lists have 16 bytes of a hash.", {_REVOKED: [[kind, value[:15]], *rest]}),
        ("unknown-hash", "Three kinds of hash are known.", {_REVOKED: [["NAME", value], *rest]}),
    ]
    for case, comment, members in rows:
        refused(case, comment, members=members)
    content = passport(dob="1990-03-02", nam=RENAMED["nam"])
    new = issued(content, CORRECTED)
    comment = "The items stand in one order."
    refused("unordered", comment, new=new, changed=("birth_date", "given_name"))


# --- the two certificates ------------------------------------------------------------------------


def _certificates(book: Book) -> None:
    def accepted(case: str, spec: str, comment: str, **others: Any) -> None:
        _add(book, case, spec, comment, is_accepted=True, **others)

    comment = "An ECDSA signature has a second value that is as good: it is the same certificate."
    right, both = issued(passport(), signer=DSC_VN_EC), (DSC_VN, DSC_VN_EC)
    other = issued(passport(), signer=DSC_VN_EC, signature=other_half)
    made = record(right, SECOND, ("given_name",))
    accepted("old::other-half", OLD, comment, old=other, made=made, trust=both)
    comment = "The old code had ended before it was corrected."
    old = issued(passport(), claims={EXP: CORRECTED - 1})
    accepted("old::ended", OLD, comment, old=old)

    # The record is right, and shown with another certificate than the one it is about.
    made = record(FIRST, SECOND, ("given_name",))
    renewed = issued(passport(), ISSUED_VN + 60)
    comment = "The same passport with other times is another certificate."
    _add(book, "old::renewed", OLD, comment, old=renewed, made=made)
    forged = issued(passport(), signature=flip(0))
    _add(book, "old::forged", OLD, "Its signature does not hold.", old=forged, made=made)
    tests = Issued(FIRST.content, signed(payload("t")))
    comment = "A passport is of a vaccination."
    _add(book, "old::test", OLD, comment, old=tests, made=record(tests, SECOND, ("given_name",)))
    comment = "The hash is over what the signature covers, and not over the text."
    members = {_OLD: sha256(FIRST.made.text.encode()).digest()}
    _add(book, "old::hash-of-text", OLD, comment, members=members)
    comment = "The old one in the place of the new, and the new one in that of the old."
    _add(book, "old::swapped", OLD, comment, old=SECOND, new=FIRST, made=made)
    later = issued(RENAMED, CORRECTED - 60)
    comment = "Another certificate that says the same as the new one."
    _add(book, "new::another", NEW, comment, new=later, made=made)
    forged = issued(RENAMED, CORRECTED, signature=flip(0))
    _add(book, "new::forged", NEW, "Its signature does not hold.", new=forged, made=made)
    comment = "It was revoked, too."
    revocation = revoking([*FIRST.hashes, *SECOND.hashes])
    _add(book, "new::revoked", NEW, comment, revocation=revocation)
    comment = "A trusted key of another state signed the old one."
    abroad = issued(passport(), signer=P256)
    _add(book, "old::another-state", NEW, comment, old=abroad, trust=(DSC_VN, P256))


def _times(book: Book) -> None:
    comment = "In the second in which it was corrected."
    _add(book, "time::same-second", SIGNER, comment, is_accepted=True, at=CORRECTED_AT)
    comment = "A record is not of the future."
    _add(book, "time::to-come", SIGNER, comment, members={_TIME: 1_654_041_601})
    comment = "The last second of the new one."
    at = "2023-05-20T02:00:00Z"
    _add(book, "time::last-second", NEW, comment, is_accepted=True, at=at)
    comment = "The new one has ended."
    _add(book, "time::ended", NEW, comment, at="2023-05-20T02:00:01Z")
    comment = "The record is older than the new certificate."
    _add(book, "time::record-first", NEW, comment, members={_TIME: CORRECTED - 1})
    comment = "The certificate that is to be the new one is older than the other."
    older = issued(RENAMED, ISSUED_VN - 1)
    _add(book, "time::new-first", NEW, comment, new=older)


# --- the revocation ------------------------------------------------------------------------------


def _revocation(book: Book) -> None:
    def add(case: str, comment: str, **others: Any) -> None:
        _add(book, f"revoked::{case}", REVOKED, comment, **others)

    of_signature, of_identifier, _ = FIRST.hashes
    comment = "One hash of three is enough."
    add("identifier", comment, is_accepted=True, revocation=revoking([of_identifier]))
    comment = "A list by signers, and the old one's signer."
    revocation = revoking([of_signature], DSC_VN.kid)
    add("of-its-signer", comment, is_accepted=True, revocation=revocation)
    comment = "Nobody revoked the old one: both would hold."
    add("not-at-all", comment, revocation=revoking([(UCI, digest("URN:UVCI:01:VN:OTHER"))]))
    comment = "Its hash is on the list of another signer."
    add("of-another-signer", comment, revocation=revoking([of_signature], DSC_VN_EC.kid))
    comment = "A filter may hold it, and that is no proof."
    value = of_identifier[1]
    add("filter", comment, revocation=in_place(DSC_VN.kid, value, Bloom.of([value])))
    comment = "The hashes of the record are those of the new certificate."
    members = {_REVOKED: [list(one) for one in SECOND.hashes]}
    add("hashes-of-the-new", comment, members=members)
    comment = "One of the old certificate's three hashes is missing in the record."
    members = {_REVOKED: [list(of_signature), list(of_identifier)]}
    add("two-hashes", comment, members=members)
    comment = "A fourth hash in the record would revoke somebody else, too."
    four = [*FIRST.hashes, (UCI, digest("URN:UVCI:01:VN:OTHER"))]
    add("fourth-hash", comment, members={_REVOKED: [list(one) for one in four]})
