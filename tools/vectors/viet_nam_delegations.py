"""Suite ``viet-nam``, third part: delegations, and what they cover.

Spec: spec/attestation.md, sections 3, 6 and 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from vectors.attested import (
    ALG,
    ATTESTED_AT,
    BATCH,
    COMMITTEE,
    CONTENT_TYPE,
    DELEGATED_AT,
    ENDS,
    ENTRUSTED,
    KID,
    OTHER_COMMITTEE,
    STARTS,
    UNIT,
    X5CHAIN,
    authority,
    delegation,
    prove,
    unit,
    verify,
)
from vectors.book import Book
from vectors.cbor import Tag, encode
from vectors.certificates import serial_of
from vectors.hcert import LEFT_OUT, flip
from vectors.keys import CSCA_AQ, RSA1024, Key
from vectors.lists import SIGNATURE, UCI, crl, digest, files, listed
from vectors.private import other_half, rsa_key

MESSAGE, CONTENT, STEPS = "attestation.md §2", "attestation.md §3", "attestation.md §6"
BACK: Final = "attestation.md §7"
REFUSED: Final = "attestation.delegation"

FOCAL: Final[dict[str, Any]] = {"role": "focal-unit", "facilities": True}
OF_FOCAL: Final = {"role": "focal-unit"}


def add_delegations(book: Book) -> None:
    """Add these vectors."""
    _roles(book)
    _coverage(book)
    _bounds(book)
    _contents(book)
    _messages(book)
    _periods(book)
    _authorities(book)
    _withdrawn(book)


def _add(
    book: Book,
    case: str,
    spec: str,
    comment: str,
    code: str | None = REFUSED,
    *,
    record: Mapping[str, Any] | None = None,
    given: Mapping[str, Any] | None = None,
    value: Mapping[str, Any] | None = None,
    entrusting: Key = COMMITTEE,
    **options: Any,
) -> None:
    """A record under one delegation; ``options`` are `delegation`'s."""
    proof = prove(UNIT, [delegation(entrusting, UNIT, **options)], record=record)
    verify(book, case, spec, comment, proof, code, value=value, **(given or {}))


def _roles(book: Book) -> None:
    comment = "A focal unit, for all facilities of its province."
    named: dict[str, Any] = {"record": {"signing_unit": LEFT_OUT}, "value": OF_FOCAL}
    _add(book, "role::focal-unit", CONTENT, comment, None, **FOCAL, **named)
    comment = "A focal unit, for facilities that are named."
    _add(book, "role::focal-unit-of-one", CONTENT, comment, None, role="focal-unit", **named)
    comment = "A commune's committee, for facilities that are named."
    commune: dict[str, Any] = {"value": {"role": "commune-committee"}}
    _add(book, "role::commune", CONTENT, comment, None, role="commune-committee", **commune)
    comment = "A facility speaks for itself, and for no province."
    _add(book, "role::facility-of-province", CONTENT, comment, facilities=True)
    comment = "A commune is no province."
    _add(
        *(book, "role::commune-of-province", CONTENT, comment),
        role="commune-committee",
        facilities=True,
    )
    for case, role in (
        ("unknown", "hospital"),
        ("capitals", "FACILITY"),
        ("underscore", "focal_unit"),
    ):
        _add(book, f"role::{case}", CONTENT, "There are three roles.", role=role)
    _add(book, "role::number", CONTENT, "A role is a text.", payload={4: 1})
    _add(book, "role::missing", CONTENT, "Nothing says as what.", payload={4: LEFT_OUT})


def _coverage(book: Book) -> None:
    def record(**texts: Any) -> dict[str, Any]:
        return {"facility_code": "01002", "signing_unit": "01002", **texts}

    rows: list[tuple[str, str, str | None, Mapping[str, Any], Mapping[str, Any]]] = [
        ("facility-not-named", "Not one of the facilities named.", REFUSED, record(), {}),
        (
            *("facility-among-others", "One of those named.", None),
            *(record(), {"facilities": ["01001", "01002"]}),
        ),
        ("whole-province", "Its code begins with the province's.", None, record(), FOCAL),
        (
            *("other-province", "Its code begins with another's.", REFUSED),
            *(record(facility_code="79001", province_code="79"), FOCAL),
        ),
        (
            *("merged-province", "Facilities kept the codes of provinces that were merged.", None),
            *(
                record(facility_code="02001", province_code="01"),
                {**FOCAL, "provinces": ["01", "02"]},
            ),
        ),
        (
            *("no-facility-code", "Without a code it is of no province.", REFUSED),
            *(record(facility_code=LEFT_OUT), FOCAL),
        ),
        (
            *("four-digits", "A facility's code has five digits.", REFUSED),
            *(record(facility_code="0100"), FOCAL),
        ),
        (
            *("no-province-code", "The facility's code says which province.", None),
            *({"province_code": LEFT_OUT}, {}),
        ),
        (
            *("other-province-code", "The record says that it is of another province.", REFUSED),
            *({"province_code": "79"}, {}),
        ),
        (
            *("armed-forces", "Facilities of the armed forces lie in every province.", None),
            *(
                {"facility_code": "97001", "signing_unit": "97001"},
                {"facilities": ["97001"]},
            ),
        ),
        (
            *(
                "armed-forces-unnamed",
                "All of a province are not those of the armed forces.",
                REFUSED,
            ),
            *({"facility_code": "97001"}, FOCAL),
        ),
        (
            *("signing-unit-missing", "Of a facility the record names the signing unit.", REFUSED),
            *({"signing_unit": LEFT_OUT}, {}),
        ),
        (
            *("signing-unit-other", "The record names another signing unit.", REFUSED),
            *({"signing_unit": "01002"}, {}),
        ),
        (
            *("unit-code", "The record names the focal unit by its code.", None),
            *({"signing_unit": "01999"}, {**FOCAL, "payload": {7: "01999"}}),
        ),
        (
            *("unit-code-and-facility", "Or the facility for which that acts.", None),
            *({}, {**FOCAL, "payload": {7: "01999"}}),
        ),
        (
            *("unit-code-other", "Neither of the two.", REFUSED),
            *({"signing_unit": "01998"}, {**FOCAL, "payload": {7: "01999"}}),
        ),
        (
            *("no-unit-code", "Without a code of the unit any signing unit will do.", None),
            *({"signing_unit": "01998"}, FOCAL),
        ),
    ]
    for case, comment, code, texts, options in rows:
        value: dict[str, Any] = {"role": options.get("role", "facility")}
        if "facility_code" in texts:
            value["facility"] = texts["facility_code"]
        _add(book, f"covers::{case}", CONTENT, comment, code, record=texts, value=value, **options)
    proof = prove(UNIT, [delegation(OTHER_COMMITTEE, UNIT), ENTRUSTED])
    comment = "One that does not hold is passed over where another does."
    verify(book, "covers::second-delegation", STEPS, comment, proof)
    other = delegation(COMMITTEE, UNIT, facilities=["01003"], payload={2: "1/QĐ"})
    proof = prove(UNIT, [other, ENTRUSTED])
    comment = "One that covers others is passed over, too."
    verify(book, "covers::second-covers", STEPS, comment, proof)


def _bounds(book: Book) -> None:
    facilities = [f"01{number:03}" for number in range(1000)]
    more = [f"02{number:03}" for number in range(1001)]
    rows: list[tuple[str, str, str | None, Mapping[str, Any]]] = [
        ("no-province", "One at least.", REFUSED, {"provinces": []}),
        (
            *("100-provinces", "As many as two digits can tell.", None),
            {"provinces": [f"{number:02}" for number in range(100)]},
        ),
        ("no-facility", "One at least.", REFUSED, {"facilities": []}),
        (
            *("2000-facilities", "The most.", None),
            {"provinces": ["01", "02"], "facilities": facilities + more[:1000]},
        ),
        (
            *("2001-facilities", "One more.", REFUSED),
            {
                "provinces": ["01", "02", "03"],
                "facilities": [*facilities, *more[:1000], "03000"],
            },
        ),
        (
            "facility-of-no-province",
            "Each is of one of the provinces.",
            REFUSED,
            {"facilities": ["01001", "79001"]},
        ),
        ("provinces-unordered", "Sorted.", REFUSED, {"provinces": ["02", "01"]}),
        ("provinces-twice", "Each once.", REFUSED, {"provinces": ["01", "01"]}),
        ("facilities-unordered", "Sorted.", REFUSED, {"facilities": ["01002", "01001"]}),
        ("facilities-twice", "Each once.", REFUSED, {"facilities": ["01001", "01001"]}),
        ("province-of-three-digits", "Two digits.", REFUSED, {"provinces": ["001", "01"]}),
        ("province-number", "A code is a text.", REFUSED, {"provinces": [1]}),
        ("facility-of-four-digits", "Five digits.", REFUSED, {"facilities": ["0100", "01001"]}),
        ("facility-letters", "Digits.", REFUSED, {"facilities": ["01001", "0100A"]}),
        (
            "facilities-false",
            "True, or codes.",
            REFUSED,
            {"role": "focal-unit", "facilities": False},
        ),
        ("facilities-text", "An array of codes.", REFUSED, {"payload": {6: "01001"}}),
        ("unit-code-of-four-digits", "Five digits.", REFUSED, {"payload": {7: "0199"}}),
        ("unit-code-empty", "Left out where there is none.", REFUSED, {"payload": {7: ""}}),
        ("no-id", "Nothing to withdraw it by.", REFUSED, {"payload": {2: LEFT_OUT}}),
        ("empty-id", "One character at least.", REFUSED, {"payload": {2: ""}}),
        ("81-characters-of-id", "80 are the most.", REFUSED, {"payload": {2: "Q" * 81}}),
        ("unprintable-id", "Characters that can be shown.", REFUSED, {"payload": {2: "1\n2"}}),
        ("id-number", "A text.", REFUSED, {"payload": {2: 1234}}),
        ("31-bytes", "A SHA-256 has 32 bytes.", REFUSED, {"payload": {3: bytes(31)}}),
    ]
    for case, comment, code, options in rows:
        _add(book, f"delegation-bound::{case}", CONTENT, comment, code, **options)
    for size in (1, 80):
        name = "Q" * size
        comment = f"An id of {size} characters."
        options = {"payload": {2: name}, "value": {"delegation": name}}
        _add(book, f"delegation-bound::id-of-{size}", CONTENT, comment, None, **options)


def _contents(book: Book) -> None:
    rows: list[tuple[str, str, Mapping[str, Any]]] = [
        ("version-0", "Version 1 is the only one.", {"payload": {1: 0}}),
        ("version-2", "Version 1 is the only one.", {"payload": {1: 2}}),
        ("version-float", "1.0 is another item than 1.", {"payload": {1: 1.0}}),
        ("unknown-member", "A new member needs a new version.", {"payload": {11: 1}}),
        ("other-unit", "It names another certificate.", {"payload": {3: bytes(32)}}),
        ("no-unit", "It names nobody.", {"payload": {3: LEFT_OUT}}),
        ("no-start", "Nothing says from when on.", {"payload": {8: LEFT_OUT}}),
        ("no-end", "Nothing says until when.", {"payload": {9: LEFT_OUT}}),
        ("no-issue", "Nothing says when it was signed.", {"payload": {10: LEFT_OUT}}),
        ("time-float", "Whole seconds.", {"payload": {8: float(STARTS)}}),
        ("time-negative", "From 1970 on.", {"payload": {8: -1}}),
        ("time-beyond-9999", "To the end of the year 9999.", {"payload": {9: 253_402_300_800}}),
        (
            "ends-before-it-starts",
            "A period ends after its start.",
            {"payload": {8: ENDS, 9: STARTS}},
        ),
        ("no-map", "A delegation is a map.", {"payload_bytes": lambda _: encode([1])}),
        (
            *("unordered", "Members in the order of their keys."),
            {"payload_bytes": lambda data: data[:1] + data[3:] + data[1:3]},
        ),
        ("byte-behind", "A byte follows.", {"payload_bytes": lambda data: data + b"\0"}),
    ]
    for case, comment, options in rows:
        _add(book, f"delegation-content::{case}", CONTENT, comment, **options)


def _messages(book: Book) -> None:
    rows: list[tuple[str, str, Mapping[str, Any]]] = [
        ("untagged", "A message has tag 18.", {"whole": list}),
        (
            *("unprotected", "Nothing stands in the unprotected header."),
            {"whole": lambda parts: Tag(18, [parts[0], {99: 1}, *parts[2:]])},
        ),
        ("content-type-of-batch", "A batch is none.", {"header": {CONTENT_TYPE: BATCH}}),
        ("no-content-type", "Nothing says what it is.", {"header": {CONTENT_TYPE: LEFT_OUT}}),
        ("no-kid", "Nothing says who signed.", {"header": {KID: LEFT_OUT}}),
        ("kid-text", "A kid is a byte string.", {"header": {KID: COMMITTEE.kid.hex()}}),
        ("empty-kid", "An empty kid is nobody's.", {"header": {KID: b""}}),
        ("certificate-as-well", "No other header.", {"header": {X5CHAIN: COMMITTEE.certificate}}),
        ("other-algorithm", "A key of P-256 makes no PS256.", {"header": {ALG: -37}}),
        ("signature", "One bit of it is another.", {"signature": flip(-1)}),
        ("other-key", "Signed by another authority.", {"signed_with": OTHER_COMMITTEE}),
        ("by-the-unit", "A unit entrusts nobody, itself least of all.", {"signed_with": UNIT}),
        ("cut-off", "Its last byte is missing.", {"changed_bytes": lambda data: data[:-1]}),
    ]
    for case, comment, options in rows:
        _add(book, f"delegation::{case}", MESSAGE, comment, **options)
    comment = "The other s is as good."
    _add(book, "delegation::other-s", MESSAGE, comment, None, signature=other_half)
    _add(
        *(book, "delegation::empty", MESSAGE, "No bytes are no message."),
        changed_bytes=lambda _: b"",
    )


def _periods(book: Book) -> None:
    at = ATTESTED_AT
    rows: list[tuple[str, str, str | None, Mapping[int, int]]] = [
        ("starts-with-it", "The period starts in the second of the batch.", None, {8: at}),
        ("starts-later", "It starts a second later.", REFUSED, {8: at + 1}),
        ("ends-with-it", "The period ends in the second of the batch.", None, {9: at}),
        ("ended-before", "It had ended a second before.", REFUSED, {9: at - 1}),
        ("issued-with-it", "Signed in the second of the batch.", None, {10: at}),
        ("issued-later", "Signed a second after the batch.", REFUSED, {10: at + 1}),
        ("before-its-period", "Signed before its period starts.", None, {10: DELEGATED_AT}),
    ]
    for case, comment, code, payload in rows[:-1]:
        _add(book, f"period::{case}", STEPS, comment, code, payload=payload)
    ended = {9: at + 86_400}
    comment = "What was confirmed stays confirmed when the period is over."
    _add(book, "period::over-model-signing", STEPS, comment, None, payload=ended)
    comment = "Asked for both moments, it is not enough that it held then."
    given = {"validity": "verification"}
    _add(book, "period::over-model-verification", STEPS, comment, payload=ended, given=given)
    comment = "It holds at both moments."
    _add(book, "period::model-verification", STEPS, comment, None, given=given)


def _authorities(book: Book) -> None:
    def by(case: str, comment: str, who: Key, code: str | None, **given: Any) -> None:
        value = {"authority": who.kid.hex()}
        given = {"authorities": (who,), **given}
        _add(
            book,
            f"authority::{case}",
            STEPS,
            comment,
            code,
            entrusting=who,
            value=value,
            given=given,
        )

    by(
        "unknown",
        "A verifier that does not know it.",
        OTHER_COMMITTEE,
        REFUSED,
        authorities=(COMMITTEE,),
    )
    by("none-known", "A verifier that knows none.", COMMITTEE, REFUSED, authorities=())
    by("the-unit-itself", "It has entrusted itself.", UNIT, REFUSED, authorities=(COMMITTEE,))
    comment = "Of several authorities the one that its kid names."
    by("of-several", comment, OTHER_COMMITTEE, None, authorities=(COMMITTEE, OTHER_COMMITTEE))
    rsa = authority("authority-vn-rsa2048", rsa_key("csca-vn-rsa2048"))
    by("ps256", "An authority with an RSA key.", rsa, None)
    short = authority("authority-vn-rsa1024", RSA1024.private)
    by("rsa1024", "A key of 1,024 bits is too short to be believed.", short, REFUSED)
    issued = datetime.fromtimestamp(DELEGATED_AT, UTC)
    ended = authority("authority-vn-ended", not_after=issued)
    by("ended-when-issuing", "Its certificate ends in the second in which it signed.", ended, None)
    comment = "Asked for both moments, its certificate has ended."
    by("ended-model-verification", comment, ended, REFUSED, validity="verification")
    late = authority("authority-vn-late", not_before=datetime(2022, 2, 1, 0, 0, 1, tzinfo=UTC))
    by("started-after-issuing", "Its certificate started a second later.", late, REFUSED)
    agreeing = authority("authority-vn-agreeing", key_usage=["key_agreement"])
    by("key-agreement", "A key to agree on others signs nothing.", agreeing, REFUSED)
    kid = COMMITTEE.kid.hex()
    provinces: list[tuple[str, str, str | None, Any]] = [
        ("of-the-province", "It may entrust units in this province.", None, {kid: ["01", "02"]}),
        ("of-all-provinces", "It may in all.", None, {kid: None}),
        ("of-another-province", "It may in another.", REFUSED, {kid: ["79"]}),
        ("of-no-province", "Who is not named may in none.", REFUSED, {}),
        ("of-an-empty-list", "Named, and without a province.", REFUSED, {kid: []}),
    ]
    for case, comment, code, given in provinces:
        by(case, comment, COMMITTEE, code, provinces=given)
    both = {"provinces": {kid: ["01"]}}
    comment = "One of the two provinces is not its own."
    _add(
        *(book, "authority::one-of-two-provinces", STEPS, comment),
        provinces=["01", "02"],
        given=both,
    )
    certified = authority("authority-vn-certified", issuer=CSCA_AQ)
    given = {"revocation": files(crl(CSCA_AQ, serial_of("authority-vn-certified")))}
    by("revoked", "Its certificate was taken back.", certified, REFUSED, **given)
    inner = unit("unit-vn-sub")
    first = delegation(COMMITTEE, UNIT)
    second = delegation(UNIT, inner)
    proof = prove(inner, [first, second])
    comment = "There is no delegation of a delegation."
    verify(book, "authority::of-a-delegation", CONTENT, comment, proof, REFUSED)


def _withdrawn(book: Book) -> None:
    signature, name = digest(ENTRUSTED[-64:-32]), digest("1234/QĐ-UBND")
    rows: list[tuple[str, Any, str | None, str]] = [
        ("signature", listed(SIGNATURE, signature, COMMITTEE.kid), REFUSED, "It was taken back."),
        (
            *("id", listed(UCI, name, COMMITTEE.kid), REFUSED),
            "All that have this id were taken back.",
        ),
        (
            *("id-of-another-authority", listed(UCI, name, OTHER_COMMITTEE.kid), None),
            "Another authority's of the same id.",
        ),
        (
            *("id-as-signature", listed(SIGNATURE, name, COMMITTEE.kid), None),
            "Listed as the hash of a signature, which it is not.",
        ),
        (
            *("other-id", listed(UCI, digest("1235/QĐ-UBND"), COMMITTEE.kid), None),
            "Another id.",
        ),
    ]
    proof = prove(UNIT, [ENTRUSTED])
    for case, given, code, comment in rows:
        name_of_case = f"delegation-withdrawn::{case}"
        verify(book, name_of_case, BACK, comment, proof, code, revocation=given)
    other = delegation(COMMITTEE, UNIT, payload={2: "1235/QĐ-UBND"})
    proof = prove(UNIT, [ENTRUSTED, other])
    comment = "Another delegation covers the record, and was not taken back."
    value = {"delegation": "1235/QĐ-UBND"}
    given = listed(SIGNATURE, signature, COMMITTEE.kid)
    case = "delegation-withdrawn::other-holds"
    verify(book, case, BACK, comment, proof, value=value, revocation=given)
