"""Suite ``viet-nam``, second part: attestations, their records and batches.

Spec: spec/attestation.md; RFC 9052 §4.2, RFC 9162 §2.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from vectors.attested import (
    ALG,
    ATTESTED_AT,
    COMMITTEE,
    CONTENT_TYPE,
    DELEGATION,
    ENTRUSTED,
    KID,
    RECORD,
    UNIT,
    X5CHAIN,
    Proof,
    batch,
    delegation,
    encode_leaf,
    leaf_hash,
    node,
    prove,
    salt_of,
    unit,
    verify,
)
from vectors.book import Book
from vectors.cbor import Tag, encode
from vectors.certificates import serial_of
from vectors.hcert import LEFT_OUT, changed, flip
from vectors.keys import CSCA_AQ, RSA1024, Key
from vectors.lists import SIGNATURE, UCI, crl, digest, files, listed
from vectors.private import ec_key, other_half, rsa_key

MESSAGE, RECORDS, STEPS = "attestation.md §2", "attestation.md §4", "attestation.md §6"
BACK: Final = "attestation.md §7"
INVALID: Final = "attestation.invalid"


def add_batches(book: Book) -> None:
    """Add these vectors."""
    _records(book)
    _trees(book)
    _messages(book)
    _contents(book)
    _units(book)
    _withdrawn(book)


def _records(book: Book) -> None:
    usual = prove(UNIT, [ENTRUSTED])
    verify(book, "record::usual", RECORDS, "A facility confirmed what it gave.", usual)
    verify(
        book,
        "record::empty-text",
        RECORDS,
        "An empty text is as good as none.",
        usual,
        given={"record": {**RECORD, "nationality": ""}},
    )
    comment = "A record of a few texts has a leaf of a few texts."
    few = {name: LEFT_OUT for name in RECORD if name not in _FEW}
    verify(book, "record::few-texts", RECORDS, comment, prove(UNIT, [ENTRUSTED], record=few))
    changes: list[tuple[str, Mapping[str, Any], str]] = [
        ("other-name", {"full_name": "Nguyễn Thị Mậu"}, "Another person's name."),
        ("other-number", {"identity_number": "001090000002"}, "Another person's number."),
        ("other-dose", {"dose_number": "2"}, "Another dose."),
        ("other-lot", {"lot": "SPECIMEN2"}, "Another lot."),
        ("text-added", {"total_doses": "2"}, "A text that nobody confirmed."),
        ("text-removed", {"lot": LEFT_OUT}, "A text that was confirmed is gone."),
        ("space-behind", {"full_name": "Nguyễn Thị Mẫu "}, "A space more is another text."),
        (
            *("decomposed", {"full_name": "Nguye\u0302\u0303n Thi\u0323 Ma\u0302\u0303u"}),
            "The same letters in another form of Unicode: nothing is normalized.",
        ),
    ]
    for case, change, comment in changes:
        record = changed(RECORD, change)
        verify(book, f"record::{case}", RECORDS, comment, usual, INVALID, given={"record": record})
    of_proofs: list[tuple[str, Mapping[str, Any], str]] = [
        ("other-salt", {"salt": salt_of(1).hex()}, "The salt is part of the leaf."),
        ("15-bytes-of-salt", {"salt": salt_of(0)[:15].hex()}, "A salt has 16 bytes."),
        ("17-bytes-of-salt", {"salt": (salt_of(0) + b"\0").hex()}, "A salt has 16 bytes."),
        ("no-salt", {"salt": ""}, "Without a salt everything could be guessed."),
        ("verdict-beside", {"verdict": "wrong"}, "What was not found right is not confirmed."),
        ("verdict-capitals", {"verdict": "RIGHT"}, "The word is right."),
    ]
    for case, given, comment in of_proofs:
        verify(book, f"record::{case}", RECORDS, comment, usual, INVALID, given=given)
    for size in (15, 17):
        proof = prove(UNIT, [ENTRUSTED], salt=bytes(size))
        comment = f"A unit that took a salt of {size} bytes has confirmed nothing."
        verify(book, f"record::confirmed-salt-{size}", RECORDS, comment, proof, INVALID)
    for verdict in ("wrong", "pending", "not_sent"):
        proof = prove(UNIT, [ENTRUSTED], verdict=verdict)
        comment = "A unit that confirmed it all the same: only what was found right counts."
        name = verdict.replace("_", "-")
        verify(book, f"record::confirmed-{name}", RECORDS, comment, proof, INVALID)
    longest = prove(UNIT, [ENTRUSTED], record={"facility_name": "M" * 500})
    verify(book, "record::500-characters", RECORDS, "500 characters are the most.", longest)


_FEW: Final = ("record_id", "full_name", "facility_code", "signing_unit")


def _trees(book: Book) -> None:
    for count, index in ((2, 0), (2, 1), (3, 2), (5, 4), (6, 3), (7, 6), (8, 5)):
        proof = prove(UNIT, [ENTRUSTED], count=count, index=index)
        size = len(proof.path)
        comment = f"Place {index} of {count}: a path of {size}."
        verify(book, f"tree::{index}-of-{count}", "RFC 9162 §2.1.3", comment, proof)
    # A batch of the most records, of which one is known: any hashes beside its way will do.
    leaf = encode_leaf(RECORD, salt_of(0))
    path = [salt_of(number) * 2 for number in range(16)]
    root = leaf_hash(leaf)
    for beside in path:
        root = node(root, beside)
    largest = batch(UNIT, 65_536, root, [ENTRUSTED])
    proof = Proof(RECORD, "right", salt_of(0), largest, 0, path, leaf)
    verify(book, "tree::65536-records", RECORDS, "The most records, and 16 hashes.", proof)
    too_large = batch(UNIT, 65_537, node(root, path[0]), [ENTRUSTED])
    proof = proof._replace(batch=too_large, path=[*path, path[0]])
    verify(book, "tree::65537-records", RECORDS, "One record more.", proof, INVALID)
    usual = prove(UNIT, [ENTRUSTED], count=5, index=2)
    hexes = [one.hex() for one in usual.path]
    rows: list[tuple[str, Mapping[str, Any], str]] = [
        ("other-place", {"index": 3}, "The place decides on which side each hash is."),
        ("beyond-the-end", {"index": 5}, "There are five records."),
        ("before-the-start", {"index": -1}, "Places count from 0."),
        ("path-too-short", {"path": hexes[:-1]}, "The last hash is missing."),
        ("path-too-long", {"path": [*hexes, hexes[0]]}, "A hash follows the root."),
        ("no-path", {"path": []}, "Only the one record of a batch has no path."),
        ("other-order", {"path": hexes[::-1]}, "The path goes from below."),
        ("31-bytes", {"path": [hexes[0][:-2], *hexes[1:]]}, "A hash has 32 bytes."),
        ("other-bit", {"path": [flip(0)(usual.path[0]).hex(), *hexes[1:]]}, "Another bit."),
    ]
    for case, given, comment in rows:
        spec = "RFC 9162 §2.1.3.2"
        verify(book, f"tree::{case}", spec, comment, usual, INVALID, given=given)
    leaf = encode_leaf(RECORD, salt_of(0))
    made = batch(UNIT, 1, sha256(leaf).digest(), [ENTRUSTED])
    proof = Proof(RECORD, "right", salt_of(0), made, 0, [], leaf)
    comment = "A leaf is hashed behind a byte 0."
    verify(book, "tree::leaf-without-its-byte", "RFC 9162 §2.1.1", comment, proof, INVALID)
    beside = leaf_hash(encode_leaf(RECORD, salt_of(1)))
    made = batch(UNIT, 2, sha256(leaf_hash(leaf) + beside).digest(), [ENTRUSTED])
    proof = Proof(RECORD, "right", salt_of(0), made, 0, [beside], leaf)
    comment = "A node is hashed behind a byte 1."
    verify(book, "tree::node-without-its-byte", "RFC 9162 §2.1.1", comment, proof, INVALID)


def _messages(book: Book) -> None:
    def made(case: str, comment: str, code: str | None = INVALID, **others: Any) -> None:
        proof = prove(others.pop("confirming", UNIT), [ENTRUSTED], **others)
        verify(book, f"batch::{case}", MESSAGE, comment, proof, code)

    bare: Callable[[list[Any]], Any] = list
    made("untagged", "A message has tag 18.", whole=bare)
    made("other-tag", "Tag 98 is of several signatures.", whole=lambda parts: Tag(98, parts))
    made("two-tags", "Tag 61 is of CWT.", whole=lambda parts: Tag(61, Tag(18, parts)))
    made("detached", "The payload is attached.", whole=lambda p: Tag(18, [p[0], p[1], None, p[3]]))
    comment = "Nothing stands in the unprotected header: no signature covers it."
    made("unprotected", comment, whole=lambda p: Tag(18, [p[0], {99: 1}, *p[2:]]))
    made("no-algorithm", "Nothing says how it is signed.", header={ALG: LEFT_OUT})
    made("unknown-algorithm", "RSA with PKCS #1 v1.5.", header={ALG: -257})
    made("other-algorithm", "A key of P-256 makes no ES384.", header={ALG: -35})
    made("no-content-type", "Nothing says what it is.", header={CONTENT_TYPE: LEFT_OUT})
    comment = "A delegation is no batch, whoever signed it."
    made("content-type-of-delegation", comment, header={CONTENT_TYPE: DELEGATION})
    made(
        "content-type-number",
        "A number of the registry is another type.",
        header={CONTENT_TYPE: 60},
    )
    made("no-certificate", "Nothing says who signed.", header={X5CHAIN: LEFT_OUT})
    chain = [UNIT.certificate, COMMITTEE.certificate]
    made("chain", "One certificate, and not several.", header={X5CHAIN: chain})
    made("kid-as-well", "No other header than the three.", header={KID: UNIT.kid})
    made("noise-as-certificate", "No certificate.", header={X5CHAIN: bytes(range(100))})
    made("signature", "One bit of the signature is another.", signature=flip(-1))
    made("63-bytes", "s lacks its last byte.", signature=lambda right: right[:-1])
    comment = "The other s is as good, and the message is another: it is read."
    made("other-s", comment, None, signature=other_half)
    made("other-key", "Signed with another key.", signed_with=COMMITTEE)
    made("byte-behind", "A byte follows.", changed_bytes=lambda data: data + b"\0")
    made("cut-off", "The last byte is missing.", changed_bytes=lambda data: data[:-1])
    comment = "A longer head than need be: everything has one form."
    made("longer-head", comment, changed_bytes=_longer_head)
    certificate = UNIT.certificate or b""
    protected = encode({X5CHAIN: certificate, ALG: -7, CONTENT_TYPE: "x"})
    comment = "Members of the header out of order, and another type."
    made("unordered-header", comment, whole=lambda p: Tag(18, [protected, *p[1:]]))
    curves: list[tuple[str, Key]] = [
        ("es384", unit("unit-vn-p384", ec_key("unit-vn-p384", ec.SECP384R1))),
        ("es512", unit("unit-vn-p521", ec_key("unit-vn-p521", ec.SECP521R1))),
        ("ps256", unit("dsc-aq-rsa2048", rsa_key("dsc-aq-rsa2048"))),
    ]
    for case, key in curves:
        proof = prove(key, [delegation(COMMITTEE, key)])
        verify(book, f"batch::{case}", MESSAGE, f"Signed with {key.algorithm}.", proof)
    short = unit("dsc-aq-rsa1024", RSA1024.private)
    proof = prove(short, [delegation(COMMITTEE, short)])
    comment = "An RSA key of 1,024 bits is too short to be believed."
    verify(book, "batch::rsa1024", MESSAGE, comment, proof, INVALID)


def _longer_head(data: bytes) -> bytes:
    """The tag of the message in two bytes."""
    return b"\xd8\x12" + data[1:]


def _contents(book: Book) -> None:
    def made(
        case: str,
        comment: str,
        payload: Mapping[Any, Any] | None = None,
        code: str | None = INVALID,
        **others: Any,
    ) -> None:
        proof = prove(UNIT, others.pop("delegations", [ENTRUSTED]), payload=payload, **others)
        verify(book, f"batch-content::{case}", RECORDS, comment, proof, code)

    root = leaf_hash(encode_leaf(RECORD, salt_of(0)))
    made("version-0", "Version 1 is the only one.", {1: 0})
    made("version-2", "Version 1 is the only one.", {1: 2})
    made("version-true", "True is no number.", {1: True})
    made("no-version", "Nothing says of which version it is.", {1: LEFT_OUT})
    made("count-0", "A batch of nothing.", {2: 0})
    made("count-text", "A number of records.", {2: "1"})
    made("31-bytes", "A root has 32 bytes.", {3: root[:31]})
    made("33-bytes", "A root has 32 bytes.", {3: root + b"\0"})
    made("root-text", "A root is a byte string.", {3: root.hex()})
    made("no-time", "Nothing says when.", {4: LEFT_OUT})
    made("time-float", "Whole seconds.", {4: ATTESTED_AT + 0.5})
    made("time-negative", "From 1970 on.", {4: -1})
    made("time-text", "Seconds since 1970.", {4: "2022-05-01T03:00:00Z"})
    made("time-beyond-9999", "To the end of the year 9999.", {4: 253_402_300_800})
    made("no-delegation", "Nothing says by what right.", {5: []})
    others = [delegation(COMMITTEE, UNIT, payload={2: f"{number}/QĐ"}) for number in range(8)]
    made("8-delegations", "Eight are the most.", {5: [ENTRUSTED, *others[1:]]}, None)
    made("9-delegations", "Nine.", {5: [*others, ENTRUSTED]})
    made("delegation-text", "A delegation is a byte string.", {5: [ENTRUSTED.hex()]})
    made("unknown-member", "A new member needs a new version.", {6: 1})
    made("not-a-map", "A batch is a map.", payload_bytes=lambda _: encode([1, 1, root]))
    made("unordered", "Members in the order of their keys.", payload_bytes=_backwards)
    made("twice", "A member given twice.", payload_bytes=_first_member_twice)


def _backwards(data: bytes) -> bytes:
    """The same map with its first member, the version, behind all others."""
    return data[:1] + data[3:] + data[1:3]


def _first_member_twice(data: bytes) -> bytes:
    return bytes([data[0] + 1]) + data[1:3] + data[1:]


def _units(book: Book) -> None:
    def by(case: str, comment: str, who: Key, code: str | None, **others: Any) -> None:
        payload = others.pop("payload", None)
        proof = prove(who, [delegation(COMMITTEE, who)], payload=payload)
        verify(book, f"unit::{case}", STEPS, comment, proof, code, **others)

    end = datetime(2022, 5, 1, 3, tzinfo=UTC)
    comment = "Its certificate ends in the second in which it signed."
    by("ends-when-signing", comment, unit("unit-vn-ends", not_after=end), None)
    early = unit("unit-vn-ended", not_after=datetime(2022, 5, 1, 2, 59, 59, tzinfo=UTC))
    by("ended-before", "It had ended a second before.", early, INVALID)
    late = unit("unit-vn-late", not_before=datetime(2022, 5, 1, 3, 0, 1, tzinfo=UTC))
    by("starts-after", "It started a second later.", late, INVALID)
    comment = "What was confirmed stays confirmed when the certificate has ended."
    ended = unit("unit-vn-ends", not_after=end)
    by("ended-since-model-signing", comment, ended, None, validity="signing")
    comment = "Asked for both moments, it is not enough that it was valid then."
    by("ended-since-model-verification", comment, ended, INVALID, validity="verification")
    agreeing = unit("unit-vn-agreeing", key_usage=["key_agreement"])
    by("key-agreement", "A key to agree on others signs nothing.", agreeing, INVALID)
    committed = unit("unit-vn-committed", key_usage=["content_commitment"])
    by("non-repudiation", "Commitment is signing, too.", committed, None)
    comment = "A batch may be dated five minutes ahead: clocks differ."
    by("five-minutes-ahead", comment, UNIT, None, at="2022-05-01T02:55:00Z")
    comment = "One second more is the future."
    by("further-ahead", comment, UNIT, INVALID, at="2022-05-01T02:54:59Z")
    certified = unit("unit-vn-certified", issuer=CSCA_AQ)
    authorities = {"unit_authorities": ["csca-aq"]}
    by("under-its-authority", "Certified by who is given.", certified, None, **authorities)
    comment = "Certified by nobody who is given."
    by("under-another-authority", comment, UNIT, INVALID, **authorities)
    revoked = files(crl(CSCA_AQ, serial_of("unit-vn-certified")))
    comment = "Its certificate was taken back: whoever has the key writes the time."
    by("revoked", comment, certified, INVALID, revocation=revoked)


def _withdrawn(book: Book) -> None:
    proof = prove(UNIT, [ENTRUSTED], count=3, index=1)
    leaf = leaf_hash(proof.leaf).hex()
    signature = proof.batch[-64:]
    rows: list[tuple[str, Any, str | None, str]] = [
        (
            *("batch", listed(SIGNATURE, digest(signature[:32]), UNIT.kid), INVALID),
            "The whole batch was taken back.",
        ),
        (
            *("batch-whole-signature", listed(SIGNATURE, digest(signature), UNIT.kid), None),
            "Of ECDSA r alone is hashed: this is another entry.",
        ),
        ("record", listed(UCI, digest(leaf), UNIT.kid), INVALID, "The record was taken back."),
        (
            *("record-capitals", listed(UCI, digest(leaf.upper()), UNIT.kid), None),
            "Hexadecimal digits have small letters: this is another entry.",
        ),
        (
            *("record-of-another-unit", listed(UCI, digest(leaf), COMMITTEE.kid), None),
            "The entry stands under another kid.",
        ),
        (
            *("record-id", listed(UCI, digest(RECORD["record_id"]), UNIT.kid), None),
            "What is taken back is an attestation, and no number of a record.",
        ),
        (
            *("other-record", listed(UCI, digest(leaf[::-1]), UNIT.kid), None),
            "Another record of the batch.",
        ),
    ]
    for case, given, code, comment in rows:
        verify(book, f"withdrawn::{case}", BACK, comment, proof, code, revocation=given)
    again = prove(UNIT, [ENTRUSTED], salt=salt_of(99))
    comment = "Confirmed once more, with another salt, it is confirmed."
    given = listed(UCI, digest(leaf), UNIT.kid)
    verify(book, "withdrawn::confirmed-again", BACK, comment, again, revocation=given)
