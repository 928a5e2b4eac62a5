"""Verifying a correction from end to end: the record, both certificates and the revocation.

1. The record, signed by a trusted key that was valid then.
2. The old certificate: signed by a trusted key, and the one that the record names.
3. The new certificate: valid now, not revoked, and the one that the record names.
4. The changes: what differs between the two, by their contents.
5. The revocation: the hashes of the record are those of the old one, and the list has them.

Spec: spec/viet-nam.md §8.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from vnvaxcert.cose.sign1 import Sign1
from vnvaxcert.errors import (
    CorrectionRecordError,
    DecodeError,
    PossiblyRevokedError,
    RevokedError,
    VerificationError,
)
from vnvaxcert.policy import DEFAULT_POLICY
from vnvaxcert.record import record
from vnvaxcert.results import VerifiedCertificate
from vnvaxcert.trust.moment import check_moment
from vnvaxcert.trust.trustlist import TrustedKey
from vnvaxcert.verify import check_signature, check_signers, find_candidates, verify
from vnvaxcert.vietnam.correction.comparison import IDENTITY_NUMBER, compare
from vnvaxcert.vietnam.correction.correcting import hashes_of
from vnvaxcert.vietnam.correction.signed import (
    CorrectionReason,
    CorrectionStatement,
    fingerprint,
    open_record,
    parts_of,
)
from vnvaxcert.vietnam.passport.renewal import OldPassport, read_passport

if TYPE_CHECKING:
    from vnvaxcert.trust.revocation import RevocationList
    from vnvaxcert.trust.trustlist import TrustList


@record(shown=("changed", "reason", "corrected_at", "signer"))
class VerifiedCorrection:
    """A correction of which every link holds.

    Attributes:
        changed: Names of the items that changed. ``identity_number`` stands in no certificate:
            that it changed is what the record says.
        reason: On whose word.
        corrected_at: When, UTC.
        signer: The trusted key that signed the record.
        old: The old certificate, as it was when it was issued.
        new: The new one, as it is at the moment asked for.
    """

    changed: tuple[str, ...]
    reason: CorrectionReason
    corrected_at: datetime
    signer: TrustedKey
    old: VerifiedCertificate
    new: VerifiedCertificate


def verify_correction(
    record: bytes,
    *,
    old: str,
    new: str,
    trust: TrustList,
    revocations: RevocationList,
    at: datetime,
    record_trust: TrustList | None = None,
) -> VerifiedCorrection:
    """Verify that one certificate was corrected into another.

    Args:
        record: The correction record.
        old: Text of the old code. Its signer may have expired since.
        new: Text of the new code.
        trust: Who signs certificates.
        revocations: What was revoked; the old certificate must be in it.
        at: The moment for which the answer holds, aware: when the new one has to be valid.
        record_trust: Who signs correction records; by default ``trust``.

    Returns:
        What was corrected, only if every link holds.

    Raises:
        CorrectionRecordError: A link does not hold; the message says which.
        TypeError: An argument of the wrong type.
        ValueError: A moment without a time zone.

    Spec: spec/viet-nam.md §8.
    """
    check_moment(at)
    # 1. The record, and whether its signer may be believed.
    signer, statement = _check_record(record, trust if record_trust is None else record_trust, at)
    # 2. The old certificate, as it was when it was issued.
    before, old_parts = _old(old, trust)
    if fingerprint(old_parts) != statement.old:
        raise CorrectionRecordError("it is not about this old certificate")
    # 3. The new one, now.
    after, new_parts = _new(new, trust, revocations, at)
    if fingerprint(new_parts) != statement.new:
        raise CorrectionRecordError("it is not about this new certificate")
    _check_issuers(before.verified, after.verified, signer)
    _check_times(before.verified, after.verified, statement)
    # 4. What changed.
    changed = compare(
        before.contents,
        after.contents,
        old_national=before.national,
        new_national=after.national,
    )
    if changed != tuple(name for name in statement.changed if name != IDENTITY_NUMBER):
        raise CorrectionRecordError("the certificates differ in other items than it says")
    # 5. The revocation.
    _check_revoked(before.verified, old_parts, statement, revocations)
    return VerifiedCorrection(
        changed=statement.changed,
        reason=statement.reason,
        corrected_at=statement.corrected_at,
        signer=signer,
        old=before.verified,
        new=after.verified,
    )


def _check_record(
    record: bytes, trust: TrustList, at: datetime
) -> tuple[TrustedKey, CorrectionStatement]:
    opened, statement = open_record(record)
    if statement.corrected_at > at:
        raise CorrectionRecordError("it was made after the moment asked for")
    try:
        candidates = find_candidates(trust, opened.identifier, opened.algorithm)
        signers = check_signature(opened.signed, opened.algorithm, candidates)
        (signer, *_) = check_signers(signers, statement.corrected_at, None, DEFAULT_POLICY)
    except VerificationError as error:
        raise CorrectionRecordError(f"its signature does not hold: {error}") from error
    return signer, statement


def _old(text: str, trust: TrustList) -> tuple[OldPassport, Sign1]:
    try:
        return read_passport(text, trust=trust), parts_of(text)
    except (DecodeError, VerificationError) as error:
        raise CorrectionRecordError(f"the old certificate does not hold: {error}") from error


def _new(
    text: str, trust: TrustList, revocations: RevocationList, at: datetime
) -> tuple[OldPassport, Sign1]:
    try:
        verify(text, trust=trust, at=at, revocations=revocations)
        return read_passport(text, trust=trust), parts_of(text)
    except (DecodeError, VerificationError) as error:
        raise CorrectionRecordError(f"the new certificate does not hold: {error}") from error


def _check_issuers(old: VerifiedCertificate, new: VerifiedCertificate, signer: TrustedKey) -> None:
    """A list may hold the keys of many states: none of them corrects another's certificates."""
    if old.issuer != new.issuer:
        raise CorrectionRecordError("the two certificates are of different states")
    if signer.country is not None and signer.country != new.issuer:
        raise CorrectionRecordError("it is signed by a key of another state")


def _check_times(
    old: VerifiedCertificate, new: VerifiedCertificate, statement: CorrectionStatement
) -> None:
    first, second = old.issued_at, new.issued_at
    if first is None or second is None or not first <= second <= statement.corrected_at:
        raise CorrectionRecordError("the certificates are not in the order of their times")


def _check_revoked(
    old: VerifiedCertificate,
    parts: Sign1,
    statement: CorrectionStatement,
    revocations: RevocationList,
) -> None:
    hashes = hashes_of(parts, old)
    if set(hashes) != set(statement.revoked):
        raise CorrectionRecordError("its hashes are not those of the old certificate")
    try:
        revocations.check(old.kid, hashes)
    except RevokedError:
        return
    except PossiblyRevokedError as error:
        raise CorrectionRecordError(
            "a filter may hold the old certificate, and no list does for certain"
        ) from error
    raise CorrectionRecordError("the old certificate is not on the revocation list")
