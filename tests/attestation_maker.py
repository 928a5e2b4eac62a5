"""Attestations for the tests: plainly fictional people, keys of small known numbers.

The messages of `message` are put together from `cbor2` and `cryptography` alone, not by the library
under test, and so can be wrong in ways in which it would never write them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any, Final

import cbor2

import specimens
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority, SpecimenSigner, make_key
from vnvaxcert.vietnam.attestation import Attested, Batch, attest, delegate
from vnvaxcert.vietnam.exchange import ExchangeRecord

FROM: Final = datetime(2022, 4, 8, tzinfo=UTC)
"""The first day on which records were signed."""
UNTIL: Final = datetime(2022, 12, 31, 23, 59, 59, tzinfo=UTC)
ATTESTED_AT: Final = datetime(2022, 4, 10, 3, tzinfo=UTC)
AT: Final = datetime(2022, 4, 15, tzinfo=UTC)

SALT: Final = bytes(range(16))
"""Of leaves that are put together by hand."""

BATCH: Final = "application/vnd.vnvaxcert.attestation-batch+cbor"
DELEGATION: Final = "application/vnd.vnvaxcert.attestation-delegation+cbor"

CA: Final = SpecimenAuthority(
    not_before=datetime(2021, 1, 1, tzinfo=UTC), country="VN", key=make_key(private_value=101)
)


@cache
def signer(number: int, name: str = "Specimen", **options: Any) -> SpecimenSigner:
    """A signer with the key of a small number."""
    return CA.issue_signer(name=name, key=make_key(private_value=number), **options)


@cache
def signer_of(kind: KeyType, name: str = "Specimen unit") -> SpecimenSigner:
    """A signer with a key of a kind; an RSA key is new in each run."""
    key = make_key(kind) if kind is KeyType.RSA2048 else make_key(kind, 777)
    return CA.issue_signer(name=name, key=key)


COMMITTEE: Final = signer(102, "Specimen People's Committee")
UNIT: Final = signer(103, "Specimen CDC")
STRANGER: Final = signer(104, "Specimen stranger")


def person(number: int = 1, /, **changes: str) -> ExchangeRecord:
    """A complete record of somebody who does not exist."""
    fields = {
        "record_id": f"specimen-{number:06d}",
        "full_name": "Nguyễn Văn Mẫu",
        "sex": "M",
        "birth_date": "1990-01-02",
        "nationality": "VN",
        "identity_type": "cccd",
        "identity_number": f"001090{number:06d}",
        "disease": "840539006",
        "product": "AstraZeneca",
        "lot": "SPECIMEN1",
        "dose_number": "1",
        "total_doses": "2",
        "vaccination_date": "2021-09-01",
        "country": "VN",
        "facility_code": "01901",
        "facility_name": "Cơ sở tiêm chủng mẫu 01-901",
        "province_code": "01",
        "signing_unit": "01901",
    }
    return ExchangeRecord(**{**fields, **changes})


def entrust(
    unit: SpecimenSigner = UNIT, *, by: SpecimenSigner = COMMITTEE, **changes: Any
) -> bytes:
    """A delegation: a focal unit for all of province 01, but for the changes."""
    arguments: dict[str, Any] = {
        "delegation_id": "01/QĐ-UBND",
        "unit_certificate": unit.certificate,
        "role": "focal-unit",
        "province_codes": ["01"],
        "not_before": FROM,
        "not_after": UNTIL,
        "at": FROM,
    }
    return delegate(**{**arguments, **changes}, signer=by.signer)


def batch_of(
    records: int | Sequence[ExchangeRecord] = 3,
    *,
    unit: SpecimenSigner = UNIT,
    delegations: Sequence[bytes] | None = None,
    at: datetime = ATTESTED_AT,
) -> Batch:
    """Records that are attested, as many as asked for."""
    if isinstance(records, int):
        records = [person(number) for number in range(1, records + 1)]
    given = [entrust(unit)] if delegations is None else delegations
    return attest([(one, "right") for one in records], signer=unit.signer, delegations=given, at=at)


def attested(**options: Any) -> Attested:
    """One attested record."""
    return batch_of(1, **options).attested[0]


# --- put together by hand -----------------------------------------------------------------------


def seconds(moment: datetime) -> int:
    """Whole seconds since 1970."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def delegation_payload(**changes: Any) -> dict[Any, Any]:
    """The payload of `entrust`; ``k4=...`` changes member 4, `specimens.REMOVED` leaves it out."""
    made: dict[Any, Any] = {
        1: 1,
        2: "01/QĐ-UBND",
        3: sha256(UNIT.certificate).digest(),
        4: "focal-unit",
        5: ["01"],
        6: True,
        8: seconds(FROM),
        9: seconds(UNTIL),
        10: seconds(FROM),
    }
    return _changed(made, changes)


def batch_payload(**changes: Any) -> dict[Any, Any]:
    """The payload of a batch of `person` alone, changed likewise."""
    made: dict[Any, Any] = {
        1: 1,
        2: 1,
        3: leaf_hash(person()),
        4: seconds(ATTESTED_AT),
        5: [entrust()],
    }
    return _changed(made, changes)


def _changed(made: dict[Any, Any], changes: Mapping[str, Any]) -> dict[Any, Any]:
    merged = {**made, **{int(name[1:]): value for name, value in changes.items()}}
    kept = {key: value for key, value in merged.items() if value is not specimens.REMOVED}
    return dict(sorted(kept.items()))


def leaf_hash(
    record: ExchangeRecord, verdict: str = "right", version: int = 1, salt: bytes = SALT
) -> bytes:
    """The hash of a leaf, by the words of the specification."""
    members = {name: value for name, value in vars(record).items() if value}
    entry = cbor2.dumps([version, salt, members, verdict], canonical=True)
    return sha256(b"\x00" + entry).digest()


def message(
    payload: Any,
    content_type: Any = BATCH,
    *,
    number: int = 103,
    key: specimens.PrivateKey | None = None,
    header: Mapping[Any, Any] | None = None,
    unprotected: Mapping[Any, Any] | None = None,
    tag: bytes = b"\xd2",
    signature: bytes | None = None,
) -> bytes:
    """A COSE_Sign1 message, signed ES256 if no other key is given.

    Args:
        payload: The map, or bytes as they are.
        content_type: Header 3.
        number: Whose key; 103 is the unit's, 102 the committee's.
        key: A key instead of one of a number; ``header`` then has to name its algorithm.
        header: Changes of the protected header.
        unprotected: Instead of the empty map.
        tag: Bytes in front.
        signature: Instead of the right one.
    """
    identity = {33: UNIT.certificate} if content_type == BATCH else {4: COMMITTEE.kid}
    members = {1: -7, 3: content_type, **identity, **(header or {})}
    kept = {key: value for key, value in members.items() if value is not specimens.REMOVED}
    protected = cbor2.dumps(kept, canonical=True)
    body = payload if isinstance(payload, bytes) else cbor2.dumps(payload)
    key = make_key(private_value=number) if key is None else key
    if signature is None:
        covered = cbor2.dumps(["Signature1", protected, b"", body])
        signature = specimens.raw_signature(key, covered)
    return tag + cbor2.dumps([protected, dict(unprotected or {}), body, signature])
