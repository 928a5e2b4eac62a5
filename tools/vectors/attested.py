"""Attestations made step by step, with a place for a defect in each (spec/attestation.md).

records -> leaves -> tree -> batch of a unit, in it the delegations of authorities
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

from vectors.book import Book
from vectors.cbor import Tag, encode
from vectors.certificates import certify
from vectors.hcert import Change, changed, sig_structure
from vectors.keys import COSE_NUMBERS, Key, add
from vectors.private import PrivateKey, ec_key

ALG, CONTENT_TYPE, KID, X5CHAIN = 1, 3, 4, 33
DELEGATION: Final = "application/vnd.vnvaxcert.attestation-delegation+cbor"
BATCH: Final = "application/vnd.vnvaxcert.attestation-batch+cbor"

RECORD: Final[dict[str, str]] = {
    "record_id": "specimen-1",
    "full_name": "Nguyễn Thị Mẫu",
    "sex": "F",
    "birth_date": "1990-02-03",
    "identity_type": "cccd",
    "identity_number": "001090000001",
    "disease": "840539006",
    "product": "AstraZeneca",
    "lot": "SPECIMEN1",
    "dose_number": "1",
    "vaccination_date": "2022-03-01",
    "country": "VN",
    "facility_code": "01001",
    "facility_name": "Trạm Y tế Mẫu",
    "province_code": "01",
    "signing_unit": "01001",
}


def seconds(moment: str) -> int:
    """Seconds since 1970 of a moment of ISO 8601."""
    return int(datetime.fromisoformat(moment).timestamp())


DELEGATED_AT: Final = seconds("2022-02-01T00:00:00Z")
STARTS: Final = seconds("2022-02-10T00:00:00Z")
ENDS: Final = seconds("2022-12-31T16:59:59Z")
ATTESTED_AT: Final = seconds("2022-05-01T03:00:00Z")


def deterministic(item: Any) -> bytes:
    """Deterministic CBOR (RFC 8949 §4.2.1): members in the order of their encoded keys."""
    return encode(_in_order(item))


def _in_order(item: Any) -> Any:
    if isinstance(item, Mapping):
        return {key: _in_order(item[key]) for key in sorted(item, key=encode)}
    if isinstance(item, Tag):
        return Tag(item.number, _in_order(item.item))
    return [_in_order(one) for one in item] if isinstance(item, list) else item


# --- messages ------------------------------------------------------------------------------------


def message(
    content: bytes,
    header: Mapping[Any, Any],
    signer: Key,
    *,
    signed_with: Key | None = None,
    signature: Change | None = None,
    whole: Callable[[list[Any]], Any] | None = None,
    changed_bytes: Change | None = None,
) -> bytes:
    """A signed message. Whatever is not said is right.

    Args:
        content: What is signed.
        header: The protected header.
        signer: Whose algorithm stands there.
        signed_with: Whose key signs in truth.
        signature: Made of the right one.
        whole: Makes the item to encode of the four parts; by default their array, with tag 18.
        changed_bytes: Makes the bytes handed out of the right ones.
    """
    protected = deterministic(header)
    made = (signed_with or signer).sign(sig_structure(protected, content))
    if signature is not None:
        made = signature(made)
    parts: list[Any] = [protected, {}, content, made]
    encoded = encode(Tag(18, parts) if whole is None else whole(parts))
    return encoded if changed_bytes is None else changed_bytes(encoded)


def delegation(
    entrusting: Key,
    entrusted: Key,
    *,
    role: str = "facility",
    provinces: Any = ("01",),
    facilities: Any = ("01001",),
    payload: Mapping[Any, Any] | None = None,
    payload_bytes: Change | None = None,
    header: Mapping[Any, Any] | None = None,
    **others: Any,
) -> bytes:
    """An authority entrusts a unit.

    Args:
        entrusting: The authority.
        entrusted: The unit: its certificate.
        role: As what.
        provinces: Their codes.
        facilities: Their codes; True: all of these provinces.
        payload: Members to change, to add or to leave out (`LEFT_OUT`).
        payload_bytes: Makes what is signed of the right bytes.
        header: Members of the protected header to change.
        others: As `message` has them.
    """
    content = {
        1: 1,
        2: "1234/QĐ-UBND",
        3: sha256(entrusted.certificate or b"").digest(),
        4: role,
        5: list(provinces),
        6: facilities if isinstance(facilities, bool) else list(facilities),
        8: STARTS,
        9: ENDS,
        10: DELEGATED_AT,
    }
    signed = deterministic(changed(content, payload or {}))
    if payload_bytes is not None:
        signed = payload_bytes(signed)
    right = {
        ALG: COSE_NUMBERS[entrusting.algorithm or ""],
        CONTENT_TYPE: DELEGATION,
        KID: entrusting.kid,
    }
    return message(signed, changed(right, header or {}), entrusting, **others)


def batch(
    confirming: Key,
    count: int,
    root: bytes,
    delegations: Sequence[bytes],
    *,
    payload: Mapping[Any, Any] | None = None,
    payload_bytes: Change | None = None,
    header: Mapping[Any, Any] | None = None,
    **others: Any,
) -> bytes:
    """A unit confirms records, by the root of their tree; arguments as those of `delegation`."""
    content = {1: 1, 2: count, 3: root, 4: ATTESTED_AT, 5: list(delegations)}
    signed = deterministic(changed(content, payload or {}))
    if payload_bytes is not None:
        signed = payload_bytes(signed)
    right = {
        ALG: COSE_NUMBERS[confirming.algorithm or ""],
        CONTENT_TYPE: BATCH,
        X5CHAIN: confirming.certificate,
    }
    return message(signed, changed(right, header or {}), confirming, **others)


# --- records -------------------------------------------------------------------------------------


def salt_of(number: int) -> bytes:
    """A salt; that of a vector follows from a number, and is not random."""
    return sha256(f"salt {number}".encode()).digest()[:16]


def encode_leaf(record: Mapping[str, str], salt: bytes, verdict: str = "right") -> bytes:
    """The leaf of a record: its texts, those that are empty left out."""
    texts = {name: text for name, text in record.items() if text}
    return deterministic([1, salt, texts, verdict])


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf (RFC 9162 §2.1.1)."""
    return sha256(b"\0" + leaf).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of a node (RFC 9162 §2.1.1)."""
    return sha256(b"\1" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaves that are hashed already, by the definition (RFC 9162 §2.1.1)."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node(root_of(leaves[:split]), root_of(leaves[split:]))


def path_of(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The path of a leaf, from below, by the definition (RFC 9162 §2.1.3.1)."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*path_of(leaves[:split], index), root_of(leaves[split:])]
    return [*path_of(leaves[split:], index - split), root_of(leaves[:split])]


class Proof(NamedTuple):
    """A record and the proof that it was confirmed, with what stood on the way.

    Attributes:
        record: Its texts.
        verdict: Of the population database.
        salt: Of its leaf.
        batch: The message.
        place: Where it is in the batch, from 0.
        path: The hashes beside its way to the root.
        leaf: Its encoded leaf.
    """

    record: Mapping[str, str]
    verdict: str
    salt: bytes
    batch: bytes
    place: int
    path: Sequence[bytes]
    leaf: bytes

    def given(self) -> dict[str, Any]:
        """As a vector carries it."""
        return {
            "record": {**self.record},
            "verdict": self.verdict,
            "salt": self.salt.hex(),
            "batch": self.batch.hex(),
            "index": self.place,
            "path": [one.hex() for one in self.path],
        }


def prove(
    confirming: Key,
    delegations: Sequence[bytes],
    *,
    record: Mapping[str, Any] | None = None,
    verdict: str = "right",
    salt: bytes | None = None,
    count: int = 1,
    index: int = 0,
    **others: Any,
) -> Proof:
    """A record among others, confirmed by a unit.

    Args:
        confirming: The unit.
        delegations: By what right.
        record: Members that differ from the specimen's, or are left out.
        verdict: In the leaf and beside it.
        salt: Of the record.
        count: Records of the batch.
        index: Place of the record.
        others: As `batch` has them.
    """
    own = changed(RECORD, record or {})
    own_salt = salt_of(index) if salt is None else salt
    leaf = encode_leaf(own, own_salt, verdict)
    leaves = [
        leaf_hash(leaf)
        if number == index
        else leaf_hash(encode_leaf({**RECORD, "record_id": f"other-{number}"}, salt_of(number)))
        for number in range(count)
    ]
    made = batch(confirming, count, root_of(leaves), delegations, **others)
    return Proof(own, verdict, own_salt, made, index, path_of(leaves, index), leaf)


# --- authorities and units -----------------------------------------------------------------------


def unit(name: str, private: PrivateKey | None = None, **options: Any) -> Key:
    """A unit: it stands in no list, and its certificate comes along. Options are `certify`'s."""
    issuer: Key | None = options.pop("issuer", None)
    certified_by = issuer.certified if issuer else None
    made = certify(private or ec_key(name), name, "VN", issuer=certified_by, **options)
    return Key(
        name=name,
        private=made.key,
        kid=sha256(made.certificate).digest()[:8],
        country="VN",
        roles=("attesting-unit",),
        certificate=made.certificate,
    )


def authority(name: str, private: PrivateKey | None = None, **options: Any) -> Key:
    """Who may entrust units: verifiers know it."""
    made = unit(name, private, **options)
    roles = ("delegating-authority",)
    return add(name, made.private, made.certified, country="VN", roles=roles)


COMMITTEE: Final = authority("authority-vn-01")
OTHER_COMMITTEE: Final = authority("authority-vn-79")

UNIT: Final = unit("unit-vn-01001")
ENTRUSTED: Final = delegation(COMMITTEE, UNIT)


def verify(
    book: Book,
    case: str,
    spec: str,
    comment: str,
    proof: Proof,
    code: str | None = None,
    *,
    authorities: Sequence[Key] = (COMMITTEE,),
    at: str = "2022-06-01T00:00:00Z",
    value: Mapping[str, Any] | None = None,
    given: Mapping[str, Any] | None = None,
    **others: Any,
) -> None:
    """Add a vector of an attestation.

    Args:
        book: The book.
        case: The id behind the suite.
        spec: The clause.
        comment: Why.
        proof: The record with its proof.
        code: Of the refusal.
        authorities: Whom the verifier knows.
        at: The moment.
        value: Where it differs from what is found of the specimen's.
        given: Members of the proof to change.
        others: Members of the input.
    """
    usual = {
        "role": "facility",
        "province": "01",
        "facility": "01001",
        "attested_at": "2022-05-01T03:00:00Z",
        "delegation": "1234/QĐ-UBND",
        "authority": COMMITTEE.kid.hex(),
    }
    book.add(
        f"viet-nam::{case}",
        spec=spec,
        comment=comment,
        op="attestation.verify",
        input={
            **changed(proof.given(), given or {}),
            "authorities": [key.name for key in authorities],
            "at": at,
            **others,
        },
        accept=None if code else {**usual, **(value or {})},
        reject=code,
        intermediates={"leaf": proof.leaf.hex(), "leaf_hash": leaf_hash(proof.leaf).hex()},
    )
