"""Batches: one signature of a unit over many records (spec/attestation.md, section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from vnvaxcert.errors import AttestationError
from vnvaxcert.record import record
from vnvaxcert.trust.signer import Signer
from vnvaxcert.vietnam.attestation.delegation import MAX_DELEGATION_BYTES
from vnvaxcert.vietnam.attestation.envelope import (
    ContentType,
    Label,
    Opened,
    certificate_of,
    check_encoding,
    open_message,
    read_seconds,
    seal,
    seconds,
)
from vnvaxcert.vietnam.attestation.merkle import HASH_BYTES

VERSION: Final = 1

MAX_BATCH: Final = 65_536
"""Records of one batch. A proof has then 16 hashes at most, 512 bytes; a province gave some
30,000 doses on its busiest days."""

MAX_DELEGATIONS: Final = 8
"""Delegations of one batch: a unit has one as a rule, a second when it is renewed or another
authority entrusts it too."""

MAX_UNIT_CERTIFICATE_BYTES: Final = 8_192  # real ones have 1,000 to 3,000
MAX_BATCH_BYTES: Final = 163_840  # 8 delegations of 16,384, the certificate, and room for the rest

_MAX_ITEMS: Final = MAX_DELEGATIONS + 32


@record(shown=("count", "attested_at"))
class BatchStatement:
    """What a unit signed.

    Attributes:
        count: Records of the batch.
        root: Root of the tree over their leaves, 32 bytes.
        attested_at: When, by its own account, UTC.
        delegations: By what right, each as it was signed.
        certificate: The unit's, DER.
    """

    count: int
    root: bytes
    attested_at: datetime
    delegations: tuple[bytes, ...]
    certificate: bytes


def sign_batch(
    *,
    count: int,
    root: bytes,
    attested_at: datetime,
    delegations: Sequence[bytes],
    signer: Signer,
) -> bytes:
    """Sign what stands for a batch; the arguments are those of `BatchStatement`.

    Raises:
        SignerKeyError: The signer's certificate is missing, too long or cannot be used.
        KeyMismatchError: The signature made is not of the key in the signer's certificate.
    """
    return seal(
        _payload(count, root, attested_at, delegations),
        ContentType.BATCH,
        signer=signer,
        label=Label.X5CHAIN,
        identifier=certificate_of(signer).der,
    )


def open_batch(message: bytes) -> tuple[BatchStatement, Opened]:
    """Read a batch; nothing of it is trusted yet.

    Raises:
        AttestationError: It is none, or says something impossible.
        TypeError: Not bytes.
    """
    opened = open_message(
        message,
        ContentType.BATCH,
        Label.X5CHAIN,
        AttestationError,
        max_bytes=MAX_BATCH_BYTES,
        max_items=_MAX_ITEMS,
    )
    statement = _read(opened.payload, opened.identifier)
    written = _payload(
        statement.count, statement.root, statement.attested_at, statement.delegations
    )
    check_encoding(opened, written, AttestationError)
    return statement, opened


def _payload(
    count: int, root: bytes, attested_at: datetime, delegations: Sequence[bytes]
) -> dict[int, object]:
    return {
        1: VERSION,
        2: count,
        3: root,
        4: seconds(attested_at, "at"),
        5: list(delegations),
    }


def _read(payload: dict[Any, Any], certificate: bytes) -> BatchStatement:
    version, count, root = payload.get(1), payload.get(2), payload.get(3)
    if type(version) is not int or version != VERSION:
        raise AttestationError(f"expected version {VERSION}")
    if type(count) is not int or not 1 <= count <= MAX_BATCH:
        raise AttestationError(f"a batch has 1 to {MAX_BATCH} records")
    if type(root) is not bytes or len(root) != HASH_BYTES:
        raise AttestationError(f"the root of a batch has {HASH_BYTES} bytes")
    delegations = payload.get(5)
    if type(delegations) is not list or not 1 <= len(delegations) <= MAX_DELEGATIONS:
        raise AttestationError(f"expected 1 to {MAX_DELEGATIONS} delegations")
    for one in delegations:
        if type(one) is not bytes or len(one) > MAX_DELEGATION_BYTES:
            raise AttestationError("a delegation is no byte string, or too long")
    if len(certificate) > MAX_UNIT_CERTIFICATE_BYTES:
        raise AttestationError("the unit's certificate is too long")
    return BatchStatement(
        count=count,
        root=root,
        attested_at=read_seconds(payload.get(4), "the time of signing", AttestationError),
        delegations=tuple(delegations),
        certificate=certificate,
    )
