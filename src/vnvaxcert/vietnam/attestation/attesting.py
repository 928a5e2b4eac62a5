"""Attesting: a unit confirms records with one signature, and says which it does not (and why)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from secrets import token_bytes
from typing import Final, Protocol, TypeAlias

from vnvaxcert.errors import (
    DelegationError,
    IssueError,
    NotAttestedError,
    NotCompleteError,
    NotMatchedError,
    OutlivesSignerError,
    SignerKeyError,
)
from vnvaxcert.record import record
from vnvaxcert.trust.moment import check_moment, utc_text
from vnvaxcert.trust.signer import Signer
from vnvaxcert.vietnam.attestation.batch import (
    MAX_BATCH,
    MAX_DELEGATIONS,
    MAX_UNIT_CERTIFICATE_BYTES,
    sign_batch,
)
from vnvaxcert.vietnam.attestation.delegation import Delegation, read_unverified_delegation
from vnvaxcert.vietnam.attestation.envelope import certificate_of, usable_key
from vnvaxcert.vietnam.attestation.leaf import RIGHT, SALT_BYTES, leaf_of
from vnvaxcert.vietnam.attestation.merkle import Tree
from vnvaxcert.vietnam.completeness import check_record
from vnvaxcert.vietnam.exchange import ExchangeRecord
from vnvaxcert.vietnam.reasons import Effect

# A record's dates are those of Viet Nam, which has had one offset since 1975.
_VIET_NAM: Final = timezone(timedelta(hours=7))

_VERDICTS: Final = frozenset({RIGHT, "wrong", "pending", "not_sent"})


class Matched(Protocol):
    """What matching says of a record: whatever has a verdict."""

    @property
    def verdict(self) -> str:
        """``right``, ``wrong``, ``pending`` or ``not_sent``."""
        ...


@record(shown=("index",))
class Attested:
    """A record with the proof that a unit confirmed it: all that a verifier needs.

    Attributes:
        record: The record as it was confirmed.
        verdict: What the population database said of it: ``right``.
        salt: The 16 random bytes of its leaf. Keep them with the record, and as safe: with them,
            a hash of the record can be told from others by guessing.
        batch: The batch that it is in, COSE_Sign1; the same for all of a batch.
        index: Its place in the batch, from 0.
        path: The hashes that lead from it to the batch's root, 32 bytes each.
    """

    record: ExchangeRecord
    verdict: str
    salt: bytes
    batch: bytes
    index: int
    path: tuple[bytes, ...]


@record(shown=("error",))
class Refused:
    """A record that was not confirmed.

    Attributes:
        record: It.
        error: Why: `NotCompleteError`, `NotMatchedError` or `NotAttestedError`, with the reasons.
    """

    record: ExchangeRecord
    error: IssueError

    @property
    def code(self) -> str:
        """``issue.not_complete``, ``issue.not_matched`` or ``issue.not_attested``."""
        return self.error.code


@record(shown=("attested_at",))
class Batch:
    """What became of the records that were to be confirmed.

    Attributes:
        message: COSE_Sign1 over the batch; None where no record was confirmed, since nothing was
            signed then.
        outcomes: For each record, in the order given, `Attested` or `Refused`.
        attested_at: The moment of signing, UTC, in whole seconds.
    """

    message: bytes | None
    outcomes: tuple[Attested | Refused, ...]
    attested_at: datetime

    @property
    def attested(self) -> tuple[Attested, ...]:
        """The records that were confirmed, in order; gathered anew each time."""
        return tuple(one for one in self.outcomes if isinstance(one, Attested))

    @property
    def refused(self) -> tuple[Refused, ...]:
        """Those that were not, likewise."""
        return tuple(one for one in self.outcomes if isinstance(one, Refused))


ToAttest: TypeAlias = tuple[ExchangeRecord, Matched | str]


def attest(
    records: Sequence[ToAttest],
    *,
    signer: Signer,
    delegations: Sequence[bytes],
    at: datetime,
) -> Batch:
    """Confirm records for a unit, with one signature over all that can be confirmed.

    A record is confirmed when it is complete, was found right by the population database, and one
    of the delegations covers its facility, its province and its signing unit. Of every other one
    the first of these that does not hold is reported. Each that is confirmed gets a salt from the
    system's source of randomness, so no two batches are the same, not even of the same records.

    Args:
        records: At most `MAX_BATCH`, each with what matching said of it: a `Match`, or its verdict.
        signer: The unit's, with its certificate.
        delegations: 1 to `MAX_DELEGATIONS`, from `delegate`, all for this certificate. That an
            authority signed them is for the verifier to find: check what you are given with
            `AttestationVerifier.verify_delegation`.
        at: The moment of signing, aware.

    Returns:
        Each record with its proof, or with the reason why it has none.

    Raises:
        DelegationError: A delegation cannot be read, is of another certificate, is of another
            period, or was signed later than ``at``.
        OutlivesSignerError: The unit's certificate is not valid at ``at``.
        SignerKeyError: The unit's certificate is missing or cannot be used.
        KeyMismatchError: The signature made is not of the key in the unit's certificate.
        ValueError: Too many records or delegations, or no delegation; a verdict that there is
            not; ``at`` is naive.
        TypeError: A value of another type.

    Spec: spec/attestation.md, sections 4 and 5; 9438/BYT-CNTT; 1908/BYT-CNTT.
    """
    check_moment(at)
    if len(records) > MAX_BATCH:
        raise ValueError(f"records: expected at most {MAX_BATCH} for one batch")
    moment = at.astimezone(UTC).replace(microsecond=0)
    rights = _rights(signer, delegations, moment)
    leaves: list[bytes] = []
    confirmed: list[tuple[ExchangeRecord, bytes]] = []
    found: list[int | Refused] = []  # for each record its index in the batch, or why it has none
    for one, matched in records:
        salt = token_bytes(SALT_BYTES)
        outcome = _check(one, salt, _verdict(matched), rights, at)
        if isinstance(outcome, IssueError):
            found.append(Refused(record=one, error=outcome))
        else:
            found.append(len(leaves))
            leaves.append(outcome)
            confirmed.append((one, salt))
    message = None
    attested: list[Attested] = []
    if leaves:
        tree = Tree(leaves)
        message = sign_batch(
            count=tree.count,
            root=tree.root,
            attested_at=moment,
            delegations=delegations,
            signer=signer,
        )
        attested = [
            Attested(
                record=one,
                verdict=RIGHT,
                salt=salt,
                batch=message,
                index=index,
                path=tree.path(index),
            )
            for index, (one, salt) in enumerate(confirmed)
        ]
    outcomes = tuple(one if isinstance(one, Refused) else attested[one] for one in found)
    return Batch(message=message, outcomes=outcomes, attested_at=moment)


def _rights(signer: Signer, delegations: Sequence[bytes], at: datetime) -> list[Delegation]:
    """The delegations, read, if the unit may use every one of them now."""
    facts = certificate_of(signer)
    if len(facts.der) > MAX_UNIT_CERTIFICATE_BYTES:
        raise SignerKeyError(f"its certificate has more than {MAX_UNIT_CERTIFICATE_BYTES} bytes")
    try:
        usable_key(facts, signer.algorithm)
    except ValueError as error:
        raise SignerKeyError(str(error)) from error
    if not facts.not_before <= at <= facts.not_after:
        raise OutlivesSignerError(
            f"the unit's certificate is not valid at {utc_text(at)}: it attests nothing"
        )
    if not 1 <= len(delegations) <= MAX_DELEGATIONS:
        raise ValueError(f"delegations: expected 1 to {MAX_DELEGATIONS}")
    rights = [read_unverified_delegation(one) for one in delegations]
    for right in rights:
        check_right(right, sha256(facts.der).digest(), at)
    return rights


def check_right(delegation: Delegation, certificate_digest: bytes, at: datetime) -> None:
    """Refuse a delegation of another unit, or one that did not hold at a moment.

    Raises:
        DelegationError: So it is.
    """
    if delegation.unit_certificate != certificate_digest:
        raise DelegationError("it was given to another unit, or to another certificate of this one")
    if delegation.issued_at > at:
        raise DelegationError("it was signed after the records were attested")
    if not delegation.not_before <= at <= delegation.not_after:
        raise DelegationError(
            f"the records were attested at {utc_text(at)}; it holds from "
            f"{utc_text(delegation.not_before)} to {utc_text(delegation.not_after)}"
        )


def objection(delegations: Sequence[Delegation], record: ExchangeRecord) -> str:
    """Why none of several delegations covers a record: what the last says; ``""``: one does."""
    words = ""
    for one in delegations:
        words = one.objection_to(record)
        if not words:
            break
    return words


def _check(
    one: ExchangeRecord, salt: bytes, verdict: str, rights: Sequence[Delegation], at: datetime
) -> bytes | IssueError:
    """The leaf of a record that can be confirmed, or why it cannot."""
    if not isinstance(one, ExchangeRecord):
        raise TypeError(f"records: expected an ExchangeRecord, not {type(one).__name__}")
    reasons = check_record(one, at=at.astimezone(_VIET_NAM).date())
    refusing = tuple(reason.code for reason in reasons if reason.effect is Effect.REFUSES)
    if refusing:
        return NotCompleteError(tuple(dict.fromkeys(refusing)))
    if verdict != RIGHT:
        return NotMatchedError(verdict)
    words = objection(rights, one)
    if words:
        return NotAttestedError(words)
    try:
        return leaf_of(one, salt)
    except ValueError as error:
        return NotAttestedError(str(error))


def _verdict(matched: Matched | str) -> str:
    verdict = matched if isinstance(matched, str) else getattr(matched, "verdict", None)
    if not isinstance(verdict, str):
        raise TypeError("records: expected a verdict, or what has one, beside each record")
    if verdict not in _VERDICTS:
        raise ValueError("records: expected right, wrong, pending or not_sent as a verdict")
    return str(verdict)
