"""Suite ``viet-nam``: passports, the national claim, certificate codes; then attestations.

Spec: Decision 5772/QĐ-BYT; spec/viet-nam.md.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from vectors.book import Book, accept
from vectors.cbor import Raw, encode
from vectors.hcert import EXP, IAT, LEFT_OUT, Change, Made, changed, flip, hcert, payload
from vectors.keys import CSCA_AQ, Key, add_authority, add_signer
from vectors.private import ec_key, pss, raw_signature, rsa_key
from vectors.seal import seal
from vectors.uvci import luhn
from vectors.viet_nam_batches import add_batches
from vectors.viet_nam_delegations import add_delegations

Node = dict[str, Any]

DECISION, CODE, CLAIM, TIMES = (
    *("Decision 5772/QĐ-BYT, viet-nam.md §3", "viet-nam.md §4"),
    *("viet-nam.md §5", "viet-nam.md §6"),
)
SAMPLE: Final = "viet-nam.md §9"
MALFORMED: Final = "national.malformed"
NATIONAL: Final = -65704

# As the production signer has them: none of those for health certificates.
USAGES: Final = ("1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4", "1.3.6.1.4.1.311.20.2.2")

CSCA_VN: Final = add_authority("csca-vn-rsa2048", rsa_key("csca-vn-rsa2048"), "VN")
DSC_VN: Final = add_signer(
    "dsc-vn-rsa2048",
    rsa_key("dsc-vn-rsa2048"),
    CSCA_VN,
    "VN",
    not_before=datetime(2021, 7, 15, tzinfo=UTC),
    usages=USAGES,
    key_usage=("digital_signature", "content_commitment", "key_encipherment"),
)
DSC_VN_EC: Final = add_signer("dsc-vn-p256", ec_key("dsc-vn-p256"), CSCA_VN, "VN")

DEPARTMENT: Final = "Cục Y tế dự phòng"
NAME: Final[Node] = {"fn": "Nguyễn", "gn": "Thị Mẫu", "fnt": "NGUYEN", "gnt": "THI<MAU"}
DOSE: Final[Node] = {
    "tg": "840539006",
    "vp": "29061000087103",
    "mp": "EU/1/21/1529",
    "ma": "ORG-100001699",
    "dn": 2,
    "sd": 2,
    "dt": "2022-03-01",
    "co": "VN",
    "is": DEPARTMENT,
}
# 15 April 2022, 8:30 in Viet Nam; and 12 calendar months later.
ISSUED_VN: Final = 1_649_986_200
EXPIRES_VN: Final = 1_681_522_200

KEY: Final = bytes(range(32))
IDENTITY: Final = "001090000001"


def build(book: Book) -> None:
    """Add the vectors."""
    _passports(book)
    _times(book)
    _signers(book)
    _codes(book)
    _claims(book)
    add_batches(book)
    add_delegations(book)


# --- the code of a certificate -------------------------------------------------------------------


def deterministic(item: Any) -> bytes:
    """Deterministic CBOR (RFC 8949 §4.2.1): members in the order of their encoded keys."""
    return encode(_in_order(item))


def _in_order(item: Any) -> Any:
    if isinstance(item, Mapping):
        return {key: _in_order(item[key]) for key in sorted(item, key=encode)}
    return [_in_order(one) for one in item] if isinstance(item, list) else item


def code_of(
    payload: Node,
    *,
    key: bytes = KEY,
    identity: str = IDENTITY,
    national: Mapping[int, Any] | None = None,
) -> str:
    """``ci``: out of what is certified, and whose it is, under the issuer's secret."""
    certified = {name: value for name, value in payload.items() if name != "ver"}
    certified["v"] = [{k: v for k, v in dose.items() if k != "ci"} for dose in payload["v"]]
    content: list[Any] = [identity, certified]
    if national is not None:
        content.append(national)
    digest = hmac.digest(key, deterministic(content), "sha256")
    text = "URN:UVCI:01:VN:" + digest.hex().upper()[:32]
    return f"{text}#{luhn(text)}"


def passport(
    *, ci: str | None = None, dose: Mapping[str, Any] | None = None, **others: Any
) -> Node:
    """The payload of a passport; with its own ``ci``, unless another is given."""
    made = changed(
        {"ver": "1.3.3", "nam": NAME, "dob": "1990-02-03", "v": [changed(DOSE, dose or {})]},
        others,
    )
    made["v"] = [{**one, "ci": code_of(made) if ci is None else ci} for one in made["v"]]
    return made


def signed(
    content: Node | None = None,
    *,
    signer: Key = DSC_VN,
    claims: Mapping[int, Any] | None = None,
    signature: Change | bytes | None = None,
) -> Made:
    """A passport, signed."""
    times = {IAT: ISSUED_VN, EXP: EXPIRES_VN}
    return hcert(
        passport() if content is None else content,
        signer=signer,
        claims={**times, **(claims or {})},
        signature=signature,
    )


def _verify(
    book: Book,
    case: str,
    spec: str,
    comment: str,
    made: Made,
    code: str | None = None,
    warnings: Iterable[str] = (),
    **others: Any,
) -> None:
    book.verify(
        f"viet-nam::{case}",
        made,
        spec=spec,
        comment=comment,
        reject=code,
        accept=None if code else accept(made.signer, warnings=warnings),
        **others,
    )


# --- passports -----------------------------------------------------------------------------------


def _passports(book: Book) -> None:
    rows: list[tuple[str, Node, list[str], str]] = [
        ("usual", passport(), [], "The eleven items but for the nationality, which has no place."),
        ("year-of-birth", passport(dob="1950"), [], "Where the year alone is known."),
        (
            *("undivided-name", passport(nam={"fn": "Nguyễn Thị Mẫu", "fnt": "NGUYEN<THI<MAU"})),
            *([], "A name that is not divided is all family name."),
        ),
        (
            *("one-letter-name", passport(nam={**NAME, "gn": "Ý", "gnt": "Y"})),
            *([], "Some given names have one letter."),
        ),
        (
            *("third-dose", passport(dose={"dn": 3, "sd": 3})),
            *([], "A dose beyond the first series counts on."),
        ),
        (
            *("vero-cell", passport(dose={"vp": "1157024006", "mp": "BBIBP-CorV"} | _SINOPHARM)),
            *([], "Given to millions; a product of the value sets."),
        ),
    ]
    for case, content, warnings, comment in rows:
        _verify(book, f"passport::{case}", DECISION, comment, signed(content), None, warnings)
    sample = passport(
        ci="URN:UVCI:01:VN:0123456789ABCDEF0123456789ABCDEF",
        ver="1.3.0",
        dose={"vp": "J07BX03", "ma": "ORG-100030215", "is": "Ban Co Yeu"},
    )
    made = signed(sample, claims={EXP: ISSUED_VN + 1022 * 86_400})
    comment = "Of the shape of the EU's one sample: an old code, another maker, and 33 months."
    warnings = ["cwt.outlives_signer", "valueset.deprecated", "valueset.mismatch"]
    _verify(book, "passport::official-shape", SAMPLE, comment, made, None, warnings)
    bad: list[tuple[str, Node, str]] = [
        (
            *("no-certificate-code", passport(dose={})),
            "Item 11 has to be there.",
        ),
        ("dose-0", passport(dose={"dn": 0}), "The first dose is 1."),
        ("no-name-for-borders", passport(nam={"fn": "Nguyễn"}), "fnt has to be there."),
        (
            *("local-letters-for-borders", passport(nam={**NAME, "fnt": "NGUYỄN"})),
            "fnt has the letters of passports.",
        ),
        ("date-of-viet-nam", passport(dose={"dt": "01/03/2022"}), "Dates are of ISO 8601."),
        ("birth-date-of-viet-nam", passport(dob="03/02/1990"), "Dates are of ISO 8601."),
    ]
    for case, content, comment in bad:
        if case == "no-certificate-code":
            content = {**content, "v": [DOSE]}
        code = "schema.invalid"
        _verify(book, f"passport::{case}", DECISION, comment, signed(content), code)


_SINOPHARM: Final[Node] = {"vp": "1157024006", "ma": "ORG-100020693"}


def _times(book: Book) -> None:
    made = signed()
    rows: list[tuple[str, str, str | None, str]] = [
        ("issued", "2022-04-15T01:30:00Z", None, "From the second of its issue on."),
        ("before", "2022-04-15T01:29:59Z", "cwt.not_yet_valid", "One second too early."),
        ("12-months", "2023-04-15T01:30:00Z", None, "The last second of 12 calendar months."),
        ("a-second-later", "2023-04-15T01:30:01Z", "cwt.expired", "12 months are over: renew it."),
    ]
    for case, at, code, comment in rows:
        _verify(book, f"times::{case}", TIMES, comment, made, code, at=at)
    comment = "8:30 in the evening of Viet Nam is not 8:30 of Greenwich: seven hours are between."
    at = "2022-04-14T20:30:00Z"
    _verify(book, "times::evening-before", TIMES, comment, made, "cwt.not_yet_valid", at=at)


def _signers(book: Book) -> None:
    made = signed()
    comment = "Its authority is an RSA key, too."
    _verify(book, "signer::under-its-authority", DECISION, comment, made, authorities=(CSCA_VN,))
    comment = "Another country's authority did not sign it."
    code = "signer.chain"
    _verify(
        book, "signer::foreign-authority", DECISION, comment, made, code, authorities=(CSCA_AQ,)
    )
    comment = "ES256 would do as well, and makes a smaller code."
    _verify(book, "signer::es256", DECISION, comment, signed(signer=DSC_VN_EC))
    for group in ("t", "r"):
        name = {"t": "tests", "r": "recoveries"}[group]
        comment = "With none of the usages of health certificates it may sign every kind."
        _verify(book, f"signer::{name}", "HCERT 1.0.8 A.4", comment, signed(payload(group)))
    to_sign = bytes.fromhex(made.intermediates["to_be_signed"])
    rows: list[tuple[str, bytes | Change, str]] = [
        ("last-bit", flip(-1), "One bit of the signature is another."),
        ("other-key", pss(rsa_key("csca-vn-rsa2048"), to_sign), "Its authority's key made it."),
        ("255-bytes", lambda right: right[:-1], "A byte of the signature is missing."),
        (
            *("ecdsa", raw_signature(ec_key("dsc-vn-p256"), to_sign)),
            "A good ECDSA signature of another key, where PS256 is said.",
        ),
    ]
    for case, signature, comment in rows:
        made = signed(signature=signature)
        _verify(book, f"signature::{case}", "RFC 8230 §2", comment, made, "signature.invalid")


# --- certificate codes ---------------------------------------------------------------------------


def _codes(book: Book) -> None:
    usual = passport()
    right = code_of(usual)

    def identify(
        case: str,
        comment: str,
        content: Node,
        *,
        key: bytes = KEY,
        identity: str = IDENTITY,
        national: Node | None = None,
        country: str | None = None,
        code: str | None = None,
        expected: str | None = None,
    ) -> None:
        given: Node = {"key": key.hex(), "identity_number": identity, "payload": content}
        claim = None
        if national is not None:
            given["national"] = national
            claim = _claim_of(national)
        if country is not None:
            given["country"] = country
        if code is None and expected is None:
            expected = code_of(content, key=key, identity=identity, national=claim)
        book.add(
            f"viet-nam::code::{case}",
            spec=CODE,
            comment=comment,
            op="passport.identifier",
            input=given,
            accept=None if code else {"identifier": expected},
            reject=code,
        )

    identify("usual", "The first 16 bytes of an HMAC, and a check character.", usual)
    comment = "A newer version of the schema is no other certificate."
    identify("other-version", comment, {**usual, "ver": "1.3.0"}, expected=right)
    comment = "The code does not count for itself."
    renewed = {**usual, "v": [{**usual["v"][0], "ci": "URN:UVCI:01:VN:OTHER"}]}
    identify("other-code", comment, renewed, expected=right)
    comment = "The same certificate of another person has another code."
    identify("other-person", comment, usual, identity="001090000002")
    comment = "An old number of nine digits is another number."
    identify("old-number", comment, usual, identity="100000001")
    comment = "A correction of the name gives another code."
    corrected = passport(ci="X", nam={**NAME, "gn": "Thị Mậu", "gnt": "THI<MAU"})
    identify("corrected-name", comment, corrected)
    identify("corrected-dose", "So does one of the dose.", passport(ci="X", dose={"dn": 1}))
    identify("year-of-birth", "A year is a text of four digits.", passport(ci="X", dob="1950"))
    undivided = passport(ci="X", nam={"fn": "Nguyễn Thị Mẫu", "fnt": "NGUYEN<THI<MAU"})
    identify("undivided-name", "What is absent is left out.", undivided)
    for case, national, comment in (
        ("national", {"nationality": "VN", "lots": ["ABCD1234"]}, "The national claim counts."),
        ("nationality", {"nationality": "VN", "lots": [None]}, "Unknown lots are left out."),
        ("lot", {"nationality": None, "lots": ["ABCD1234"]}, "The lot alone."),
    ):
        identify(f"with-{case}", comment, usual, national=national)
    identify("other-secret", "Another secret gives other codes.", usual, key=bytes(range(1, 33)))
    comment = "HMAC takes a secret of more than a block of SHA-256, too."
    identify("secret-of-65-bytes", comment, usual, key=bytes(65))
    comment = "32 bytes are the fewest."
    identify("secret-of-31-bytes", comment, usual, key=KEY[:31], code="identifier.invalid")
    identify(
        "no-secret",
        "Without a secret anybody could find whose it is.",
        usual,
        key=b"",
        code="identifier.invalid",
    )
    comment = "A passport is of a vaccination."
    identify("of-a-test", comment, payload("t"), code="identifier.invalid")
    comment = "Two letters, as in ISO 3166-1."
    identify(
        "long-nationality",
        comment,
        usual,
        national={"nationality": "VNM", "lots": [None]},
        code="identifier.invalid",
    )
    comment = "21 characters have no place in a seal."
    identify(
        "long-lot",
        comment,
        usual,
        national={"nationality": None, "lots": ["A" * 21]},
        code="identifier.invalid",
    )
    text = right.partition("#")[0]
    rows: list[tuple[str, str, str]] = [
        ("check-character", text, "Luhn's algorithm modulo 38, over all in front of #."),
        ("misread-digit", _misread(text), "A misread digit asks for another check character."),
        ("digits-swapped", text[:-2] + text[:-3:-1], "So do two digits in each other's place."),
    ]
    for case, value, comment in rows:
        book.add(
            f"viet-nam::code::{case}",
            spec="eHealth Network, vaccination proof, annex 2",
            comment=comment,
            op="uvci.check",
            input={"text": value},
            accept={"character": luhn(value)},
        )


def _misread(text: str) -> str:
    """The text with another last digit."""
    return text[:-1] + ("0" if text[-1] != "0" else "1")


def _claim_of(national: Node) -> dict[int, Any]:
    """The national claim, in its form on the wire."""
    made: dict[int, Any] = {}
    if national["nationality"] is not None:
        made[1] = national["nationality"]
    if any(lot is not None for lot in national["lots"]):
        made[2] = national["lots"]
    return made


# --- the national claim --------------------------------------------------------------------------


def _claims(book: Book) -> None:
    def read(
        case: str,
        claim: Any,
        comment: str,
        value: Node | None = None,
        content: Node | None = None,
    ) -> None:
        made = signed(content, claims={} if claim is LEFT_OUT else {NATIONAL: claim})
        book.add(
            f"viet-nam::claim::{case}",
            spec=CLAIM,
            comment=comment,
            op="national.read",
            input={"text": made.text},
            accept=value,
            reject=MALFORMED if value is None else None,
            intermediates=made.intermediates,
        )

    def said(nationality: str | None, *lots: str | None) -> Node:
        return {"nationality": nationality, "lots": list(lots)}

    usual = {1: "VN", 2: ["ABCD1234"]}
    two = {**passport(), "ver": "1.2.1", "v": passport()["v"] * 2}
    read("none", LEFT_OUT, "Most certificates have none.", {"claim": None})
    read("both", usual, "Nationality and the lot of the dose.", said("VN", "ABCD1234"))
    read("nationality-alone", {1: "VN"}, "The lot is not known.", said("VN", None))
    read("lot-alone", {2: ["ABCD1234"]}, "The nationality is not known.", said(None, "ABCD1234"))
    read("nothing", {}, "Both members may be absent.", said(None, None))
    read("lot-null", {2: [None]}, "Null: this dose's is not known.", said(None, None))
    read("foreigner", {1: "AQ"}, "Not everybody vaccinated in Viet Nam is of it.", said("AQ", None))
    comment = "One for each dose, in their order."
    read("two-lots", {2: ["A1", "B2"]}, comment, said(None, "A1", "B2"), two)
    read("one-of-two-lots", {2: [None, "B2"]}, comment, said(None, None, "B2"), two)
    read("20-characters", {2: ["A" * 20]}, "The longest lot.", said(None, "A" * 20))
    signs = " !\"#$%&'()*+,-./:;~"
    read("signs", {2: [signs]}, "Every printable sign of ASCII.", said(None, signs))
    comment = "Members that nobody knows are passed over, whatever their key."
    for name, key in (("number", 3), ("zero", 0), ("negative", -1), ("text", "lots")):
        read(f"unknown-{name}", {**usual, key: [1]}, comment, said("VN", "ABCD1234"))
    rows: list[tuple[str, Any, str]] = [
        ("array", ["VN", ["ABCD1234"]], "It is a map."),
        ("text", "VN", "It is a map."),
        ("null", None, "Null is no map; without anything to say it is left out."),
        ("three-letters", {1: "VNM"}, "Two letters, as in ISO 3166-1."),
        ("one-letter", {1: "V"}, "Two letters, as in ISO 3166-1."),
        ("small-letters", {1: "vn"}, "Capitals."),
        ("digits", {1: "70"}, "A code of letters."),
        ("nationality-number", {1: 704}, "A text, and not the number of ISO 3166-1."),
        ("nationality-null", {1: None}, "What is not known is left out."),
        ("letters-beyond-ascii", {1: "VÑ"}, "A to Z."),
        ("lots-text", {2: "ABCD1234"}, "An array, for one dose as well."),
        ("lots-map", {2: {0: "ABCD1234"}}, "An array."),
        ("no-lots", {2: []}, "One for each dose."),
        ("too-many-lots", {2: ["A1", "B2"]}, "Two for one dose."),
        ("21-characters", {2: ["A" * 21]}, "20 are the most."),
        ("empty-lot", {2: [""]}, "An empty text is no lot."),
        ("lot-number", {2: [1234]}, "A lot is a text."),
        ("lot-bytes", {2: [b"ABCD1234"]}, "A lot is a text."),
        ("lot-letters-beyond-ascii", {2: ["LÔ 1"]}, "Printable ASCII alone."),
        ("lot-line-end", {2: ["A1\n"]}, "A line end is not printable."),
        ("lot-delete", {2: ["A1\x7f"]}, "Nor is the last character of ASCII."),
    ]
    for case, claim, comment in rows:
        read(case, claim, comment)
    read(
        "one-lot-of-two",
        {2: ["A1"]},
        "One for two doses is of nobody knows which.",
        None,
        two,
    )
    made = seal()
    book.add(
        "viet-nam::claim::of-a-seal",
        spec=CLAIM,
        comment="A seal has no claims.",
        op="national.read",
        input={"text": made.text},
        accept={"claim": None},
    )
    # Whatever it says, it never decides whether a certificate is valid.
    for case, claim, comment in (
        ("known", usual, "Known, so without a warning."),
        ("malformed", {1: 704}, "A malformed claim refuses no certificate."),
        ("no-map", Raw(b"\x00"), "Nor does one that is no map."),
        ("float-key", {3.5: 1}, "Nor does an odd key."),
    ):
        made = signed(claims={NATIONAL: claim})
        _verify(book, f"claim-and-certificate::{case}", CLAIM, comment, made)
    made = signed(claims={NATIONAL + 1: usual})
    comment = "The key beside it is nobody's."
    warnings = ["cwt.unknown_claim"]
    _verify(book, "claim-and-certificate::key-beside", CLAIM, comment, made, None, warnings)
