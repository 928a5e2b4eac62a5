"""The correction record: one certificate stands in the place of another, signed (COSE_Sign1).

It holds hashes and names of items: nothing of what the certificates say.

Spec: spec/viet-nam.md §8 and spec/correction-record.cddl; RFC 9052 §4.2; RFC 8949 §4.2.1.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from vnvaxcert import hcert
from vnvaxcert.cose import sign1
from vnvaxcert.cose.sign1 import Sign1
from vnvaxcert.errors import CorrectionRecordError
from vnvaxcert.record import record
from vnvaxcert.trust.revocation import HASH_BYTES, Hash, HashType
from vnvaxcert.trust.signer import Signer
from vnvaxcert.vietnam.attestation.envelope import (
    ContentType,
    Label,
    Opened,
    check_encoding,
    open_message,
    read_seconds,
    seal,
    seconds,
)
from vnvaxcert.vietnam.correction.comparison import CHANGEABLE

VERSION: Final = 1

MAX_RECORD_BYTES: Final = 4_096  # an RSA signature of 8,192 bits has 1,024, all else some 600
_MAX_ITEMS: Final = 64  # of the payload in CBOR: 15 names of items and 4 hashes are 44

_VERSION, _OLD, _NEW, _CHANGED, _CORRECTED_AT, _REASON, _REVOKED = range(1, 8)

_MAX_HASHES: Final = 4  # signature, identifier, and country and identifier for ``iss`` and ``co``


class CorrectionReason(StrEnum):
    """On whose word a certificate was corrected."""

    CITIZEN_REQUEST = "citizen_request"  # Công văn 9458/BYT-CNTT
    FACILITY = "facility"  # the facility, or its focal unit, found the fault
    POPULATION_DATABASE = "population_database"  # the police's answer was another than before


@record(shown=("changed", "corrected_at", "reason"))
class CorrectionStatement:
    """What a correction record says.

    Attributes:
        old: SHA-256 over what the signature of the old certificate covers (`fingerprint`).
        new: The same of the new one.
        changed: Names of the items that changed, of `CHANGEABLE`, in its order.
        corrected_at: When, UTC, in whole seconds.
        reason: On whose word.
        revoked: The hashes under which the old certificate is revoked.
    """

    old: bytes
    new: bytes
    changed: tuple[str, ...]
    corrected_at: datetime
    reason: CorrectionReason
    revoked: tuple[Hash, ...]


def parts_of(text: str) -> Sign1:
    """The COSE message in the text of a certificate's code.

    Raises:
        DecodeError: It is none.
        VerificationError: As `vnvaxcert.cose.sign1.parse`.
    """
    return sign1.parse(hcert.unwrap(text))


def fingerprint(signed: Sign1) -> bytes:
    """What names a certificate in a correction record: SHA-256 over its ``Sig_structure``.

    Not over the text nor the message: both can be written in other ways, by anybody, and an ECDSA
    signature has a second value that is as good. What the signature covers has one form.
    """
    return sha256(signed.to_be_signed()).digest()


def sign_record(statement: CorrectionStatement, *, signer: Signer) -> bytes:
    """Sign a correction record.

    Returns:
        COSE_Sign1 in deterministic CBOR, tagged 18; `MAX_RECORD_BYTES` at most.

    Raises:
        SignerKeyError: The signer has no certificate, or one whose key cannot be used.
        KeyMismatchError: The signature made is not of the key in the certificate.
    """
    return seal(
        _payload(statement),
        ContentType.CORRECTION,
        signer=signer,
        label=Label.KID,
        identifier=signer.kid,
    )


def _payload(statement: CorrectionStatement) -> dict[int, Any]:
    return {
        _VERSION: VERSION,
        _OLD: statement.old,
        _NEW: statement.new,
        _CHANGED: list(statement.changed),
        _CORRECTED_AT: seconds(statement.corrected_at, "corrected_at"),
        _REASON: statement.reason.value,
        _REVOKED: [[kind.value, value] for kind, value in statement.revoked],
    }


def open_record(message: bytes) -> tuple[Opened, CorrectionStatement]:
    """Read a correction record. Nothing of it is trusted yet.

    Raises:
        CorrectionRecordError: It is none, or not in the one form that it may have.
        TypeError: No bytes.
    """
    opened = open_message(
        message,
        ContentType.CORRECTION,
        Label.KID,
        CorrectionRecordError,
        max_bytes=MAX_RECORD_BYTES,
        max_items=_MAX_ITEMS,
    )
    statement = _statement(opened.payload)
    check_encoding(opened, _payload(statement), CorrectionRecordError)
    return opened, statement


def _statement(payload: dict[Any, Any]) -> CorrectionStatement:
    version = payload.get(_VERSION)
    if type(version) is not int or version != VERSION:
        raise CorrectionRecordError(f"expected version {VERSION}")
    changed = payload.get(_CHANGED)
    if type(changed) is not list or not changed or not all(type(one) is str for one in changed):
        raise CorrectionRecordError("expected the names of the items that changed")
    if changed != [name for name in CHANGEABLE if name in changed]:
        raise CorrectionRecordError("expected known names of items, in their order, each once")
    reason = payload.get(_REASON)
    if type(reason) is not str or reason not in set(CorrectionReason):
        raise CorrectionRecordError("expected one of the known reasons")
    return CorrectionStatement(
        old=_digest(payload.get(_OLD)),
        new=_digest(payload.get(_NEW)),
        changed=tuple(changed),
        corrected_at=read_seconds(
            payload.get(_CORRECTED_AT), "the time of the correction", CorrectionRecordError
        ),
        reason=CorrectionReason(reason),
        revoked=_hashes(payload.get(_REVOKED)),
    )


def _digest(value: object) -> bytes:
    if type(value) is not bytes or len(value) != sha256().digest_size:
        raise CorrectionRecordError("expected SHA-256 hashes of the old and the new certificate")
    return value


def _hashes(value: object) -> tuple[Hash, ...]:
    if type(value) is not list or not 1 <= len(value) <= _MAX_HASHES:
        raise CorrectionRecordError(f"expected 1 to {_MAX_HASHES} hashes of the old certificate")
    found: list[Hash] = []
    for one in value:
        if type(one) is not list or len(one) != 2:
            raise CorrectionRecordError("expected each hash as its type and its value")
        kind, content = one
        if type(kind) is not str or kind not in set(HashType):
            raise CorrectionRecordError("expected one of the known types of hash")
        if type(content) is not bytes or len(content) != HASH_BYTES:
            raise CorrectionRecordError(f"expected hashes of {HASH_BYTES} bytes")
        found.append((HashType(kind), content))
    return tuple(found)
