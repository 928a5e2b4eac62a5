"""Verifying an attestation: who confirmed a record, and by what right.

The steps have the numbers of spec/attestation.md, section 6. The first five are about the batch and
are taken once for each, whatever number of its records is verified; a record then costs as many
hashes as the size of its batch has binary digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple

from vnvaxcert.errors import (
    AttestationError,
    ChainError,
    DelegationError,
    PossiblyRevokedError,
    RevokedError,
    SignerRevokedError,
)
from vnvaxcert.policy import ValidityModel
from vnvaxcert.record import record
from vnvaxcert.trust.certificate import CertificateFacts, read_certificate
from vnvaxcert.trust.chain import check_chain
from vnvaxcert.trust.entry import certificate_kid
from vnvaxcert.trust.moment import check_moment, utc_text
from vnvaxcert.trust.revocation import HashType, RevocationList
from vnvaxcert.trust.trustlist import TrustedKey, TrustList
from vnvaxcert.vietnam.attestation.attesting import Attested, check_right, objection
from vnvaxcert.vietnam.attestation.batch import BatchStatement, open_batch
from vnvaxcert.vietnam.attestation.delegation import Delegation, Role, open_delegation
from vnvaxcert.vietnam.attestation.envelope import Opened, Refusal, check_length, usable_key
from vnvaxcert.vietnam.attestation.leaf import RIGHT, leaf_of
from vnvaxcert.vietnam.attestation.merkle import HASH_BYTES, root_of_path
from vnvaxcert.vietnam.attestation.withdrawal import identifier_hash, record_hash, signature_hash
from vnvaxcert.vietnam.exchange import ExchangeRecord

MAX_REMEMBERED: Final = 256  # batches, and delegations, whose signatures are not checked again
MAX_CANDIDATES: Final = 64  # authorities of one key identifier tried for one delegation

CLOCK_SKEW: Final = timedelta(minutes=5)  # as for the time of issue of a certificate


@record(shown=("role", "delegation_id", "attested_at"))
class Attestation:
    """What was verified: who confirmed a record, for whom, when.

    Attributes:
        unit: The unit, as its certificate names it (RFC 4514).
        role: As what it confirmed the record.
        province_code: Of the record's facility.
        facility_code: The record's facility.
        facility_codes: The facilities that the unit is entrusted with, sorted; none where it is
            all of its provinces.
        attested_at: When, by the unit's own account, UTC.
        delegation_id: The delegation by which it may.
        delegation: All that it says.
        authority: The key that signed the delegation.
        unit_certificate: The unit's certificate.
        count: Records of the batch.
    """

    unit: str
    role: Role
    province_code: str
    facility_code: str
    facility_codes: tuple[str, ...]
    attested_at: datetime
    delegation_id: str
    delegation: Delegation
    authority: TrustedKey
    unit_certificate: CertificateFacts
    count: int


class _Right(NamedTuple):
    """A delegation whose signature is good, and whose it is."""

    delegation: Delegation
    authority: TrustedKey
    facility_codes: tuple[str, ...]  # sorted once, and not for each record


class _TrustedBatch(NamedTuple):
    """A batch whose first five steps are taken."""

    statement: BatchStatement
    unit: CertificateFacts
    unit_name: str
    rights: tuple[_Right, ...]


class AttestationVerifier:
    """Verifies attestations for one set of authorities at one moment. Safe to share by threads.

    Keep one while many records are verified: it remembers the batches and delegations whose
    signatures it has checked, up to `MAX_REMEMBERED` of each.
    """

    def __init__(
        self,
        authorities: TrustList,
        at: datetime,
        *,
        revocations: RevocationList | None = None,
        unit_authorities: TrustList | None = None,
        provinces: Mapping[bytes, frozenset[str] | None] | None = None,
        validity_model: ValidityModel = ValidityModel.AT_SIGNING,
    ) -> None:
        """Say whom to trust.

        Args:
            authorities: The certificates or keys of those who may delegate: themselves, not those
                who certified them, since an authority over certificates says who somebody is and
                not what they may do.
            at: The moment of verification, aware.
            revocations: What was taken back: certificates of units and authorities (CRL),
                delegations, batches and records (`withdraw_delegation` and the others).
            unit_authorities: Who may have certified units. Where given, a unit's certificate has
                to chain to one of them besides; without, the delegation vouches for it alone.
            provinces: For each authority, by its key identifier, the province codes in which it
                may entrust units; None: in all. Who is not named may in none. Not given: every
                authority may everywhere.
            validity_model: By `ValidityModel.AT_SIGNING` a delegation and a unit's certificate
                have to hold when the unit signed, and an authority's when it delegated: what was
                confirmed stays confirmed. By `ValidityModel.AT_VERIFICATION` all of them have to
                hold at ``at`` besides.

        Raises:
            ValueError: ``at`` is naive, or outside the years 1 to 9999 in UTC.
            TypeError: A list of another kind, or ``at`` is no moment.
        """
        check_moment(at)
        for name, given in (("authorities", authorities), ("unit_authorities", unit_authorities)):
            if not isinstance(given, TrustList) and (name == "authorities" or given is not None):
                raise TypeError(f"{name}: expected a TrustList, not {type(given).__name__}")
        if not isinstance(revocations, RevocationList | None):
            raise TypeError(
                f"revocations: expected a RevocationList, not {type(revocations).__name__}"
            )
        self._authorities = authorities
        self._at = at.astimezone(UTC)
        self._revocations = revocations
        self._unit_authorities = unit_authorities
        self._provinces = provinces
        self._is_valid_now = ValidityModel(validity_model) is ValidityModel.AT_VERIFICATION
        self._batch = lru_cache(MAX_REMEMBERED)(self._judge_batch)
        self._right = lru_cache(MAX_REMEMBERED)(self._judge_delegation)

    @property
    def at(self) -> datetime:
        """The moment of verification, UTC."""
        return self._at

    def verify(self, attested: Attested) -> Attestation:
        """Verify that a unit confirmed a record, and that it may.

        Args:
            attested: The record with its proof, from anybody.

        Raises:
            AttestationError: The batch cannot be read; it is not signed by the certificate in it,
                that is not valid, not for signing, revoked, or not certified by the right
                authority; it is dated in the future; the record is not in it as it stands, or was
                never found right; the batch or the record was taken back.
            DelegationError: No delegation in it is signed by one of the authorities, is for this
                unit, and held when it signed; one was taken back; or none covers the record.
            TypeError: Not an `Attested`.

        Spec: spec/attestation.md, section 6.
        """
        if not isinstance(attested, Attested):
            raise TypeError(f"attested: expected an Attested, not {type(attested).__name__}")
        if not isinstance(attested.record, ExchangeRecord):
            raise TypeError("attested: its record is no ExchangeRecord")
        # 1 to 5. The batch, its signer, and by what right.
        trusted = self._batch(attested.batch)
        if isinstance(trusted, AttestationError | DelegationError):
            raise type(trusted)(trusted.reason)
        # 6. The record is in the batch, as it stands and found right.
        self._check_record(attested, trusted)
        # 7. A delegation covers it.
        right = _covering(trusted.rights, attested.record)
        return _attestation(attested.record, trusted, right)

    def verify_delegation(self, message: bytes) -> Delegation:
        """Verify a delegation by itself, as a unit does that was handed one.

        Raises:
            DelegationError: It cannot be read, is not signed by one of the authorities, or was
                taken back; or it does not hold at the moment of verification.
            TypeError: Not bytes.
        """
        right = self._right(message)
        if isinstance(right, DelegationError):
            raise type(right)(right.reason)
        self._check_period(right.delegation)
        return right.delegation

    # --- the batch: steps 1 to 5 ---------------------------------------------------------------

    def _judge_batch(self, message: bytes) -> _TrustedBatch | AttestationError | DelegationError:
        """The batch, or why it is refused: either is worth remembering."""
        try:
            return self._verify_batch(message)
        except (AttestationError, DelegationError) as error:
            return error.with_traceback(None)

    def _verify_batch(self, message: bytes) -> _TrustedBatch:
        # 1. One message of this kind, in the one encoding there is.
        statement, opened = open_batch(message)
        # 2. The unit's signature, by the certificate that the batch brings along.
        unit = _check_signature(statement, opened)
        # 3. The unit's certificate at the time of signing.
        self._check_unit(statement, unit)
        # 4. Nobody has taken the batch back.
        self._check_withdrawn(
            certificate_kid(unit.der), AttestationError, "the batch", signature_hash(opened)
        )
        # 5. The delegations: one at least has to hold.
        rights = self._rights(statement)
        return _TrustedBatch(statement, unit, unit.subject, rights)

    def _check_unit(self, statement: BatchStatement, unit: CertificateFacts) -> None:
        attested_at = statement.attested_at
        if attested_at - self._at > CLOCK_SKEW:
            raise AttestationError(f"the batch is dated in the future, {utc_text(attested_at)}")
        self._check_validity(unit, attested_at, AttestationError, "the unit's certificate")
        if self._unit_authorities is not None:
            try:
                check_chain(unit, self._unit_authorities, attested_at)
            except ChainError as error:
                raise AttestationError(f"the unit's certificate: {error.reason}") from error

    def _rights(self, statement: BatchStatement) -> tuple[_Right, ...]:
        digest = sha256(statement.certificate).digest()
        rights = []
        first: DelegationError | None = None
        for message in statement.delegations:
            try:
                rights.append(self._right_of_unit(message, digest, statement.attested_at))
            except DelegationError as error:
                first = first or error
        if not rights:
            raise first or DelegationError("there is none")
        return tuple(rights)

    def _right_of_unit(self, message: bytes, digest: bytes, attested_at: datetime) -> _Right:
        right = self._right(message)
        if isinstance(right, DelegationError):
            raise type(right)(right.reason)
        check_right(right.delegation, digest, attested_at)
        if self._is_valid_now:
            self._check_period(right.delegation)
        return right

    # --- a delegation --------------------------------------------------------------------------

    def _judge_delegation(self, message: bytes) -> _Right | DelegationError:
        try:
            return self._verify_delegation(message)
        except DelegationError as error:
            return error.with_traceback(None)

    def _verify_delegation(self, message: bytes) -> _Right:
        # 5a. One message of this kind, in the one encoding there is.
        delegation, opened = open_delegation(message)
        # 5b. Signed by an authority that we know.
        authority = self._authority_of(opened)
        # 5c. The authority when it signed.
        issued_at = delegation.issued_at
        if issued_at - self._at > CLOCK_SKEW:
            raise DelegationError(f"it is dated in the future, {utc_text(issued_at)}")
        if authority.facts is not None:
            name = "the authority's certificate"
            self._check_validity(authority.facts, issued_at, DelegationError, name)
        # 5d. The authority may entrust units in these provinces.
        self._check_provinces(delegation)
        # 5e. Nobody has taken it back.
        hashes = (signature_hash(opened), identifier_hash(delegation))
        self._check_withdrawn(delegation.kid, DelegationError, "it", *hashes)
        return _Right(delegation, authority, tuple(sorted(delegation.facility_codes or ())))

    def _authority_of(self, opened: Opened) -> TrustedKey:
        known = self._authorities.get(opened.identifier)
        fitting = [key for key in known if opened.algorithm in key.algorithms][:MAX_CANDIDATES]
        if not fitting:
            raise DelegationError("it is signed by no authority that is trusted to delegate")
        reason = "its signature is not that of the authority it names"
        for key in fitting:
            if not opened.is_signed_by(key.public_key):
                continue
            try:
                check_length(key.public_key, opened.algorithm)
                if key.facts is not None:
                    usable_key(key.facts, opened.algorithm)
            except ValueError as error:
                reason = f"its authority: {error}"
            else:
                return key
        raise DelegationError(reason)

    def _check_provinces(self, delegation: Delegation) -> None:
        if self._provinces is None:
            return
        allowed = self._provinces.get(delegation.kid, frozenset())
        if allowed is not None and not delegation.province_codes <= allowed:
            raise DelegationError("its authority may not entrust units in this province")

    # --- shared --------------------------------------------------------------------------------

    def _check_validity(
        self, facts: CertificateFacts, signed_at: datetime, refuse: Refusal, name: str
    ) -> None:
        moments = (signed_at, self._at) if self._is_valid_now else (signed_at,)
        for moment in moments:
            if not facts.not_before <= moment <= facts.not_after:
                raise refuse(f"{name} was not valid at {utc_text(moment)}")
        if self._revocations is not None:
            # Also of what was signed before the certificate was revoked: whoever has the key
            # writes the time.
            try:
                self._revocations.check_signer(facts)
            except SignerRevokedError as error:
                raise refuse(f"{name} was revoked at {utc_text(error.revoked_at)}") from error

    def _check_period(self, delegation: Delegation) -> None:
        if not delegation.not_before <= self._at <= delegation.not_after:
            raise DelegationError(f"it does not hold at {utc_text(self._at)}")

    def _check_withdrawn(
        self, kid: bytes, refuse: Refusal, what: str, *hashes: tuple[HashType, bytes]
    ) -> None:
        if self._revocations is None:
            return
        try:
            self._revocations.check(kid, hashes)
        except RevokedError as error:
            raise refuse(f"{what} was taken back") from error
        except PossiblyRevokedError as error:
            raise refuse(f"{what} may have been taken back: a filter holds its hash") from error

    def _check_record(self, attested: Attested, trusted: _TrustedBatch) -> None:
        verdict, index, path = attested.verdict, attested.index, attested.path
        if verdict != RIGHT:
            raise AttestationError(f"the record's verdict is not {RIGHT!r}")
        if type(index) is not int:
            raise AttestationError("the record's place in the batch is not a whole number")
        if type(path) is not tuple or not all(
            type(one) is bytes and len(one) == HASH_BYTES for one in path
        ):
            raise AttestationError(f"the path is not of hashes of {HASH_BYTES} bytes")
        statement = trusted.statement
        try:
            leaf = leaf_of(attested.record, attested.salt)
            root = root_of_path(leaf, index, statement.count, path)
        except ValueError as error:
            raise AttestationError(str(error)) from error
        if root != statement.root:
            raise AttestationError("the record is not in the batch: it, or its path, is another")
        if self._revocations is not None:
            kid = certificate_kid(statement.certificate)
            self._check_withdrawn(kid, AttestationError, "the record", record_hash(leaf))


def verify_attestation(
    attested: Attested,
    *,
    authorities: TrustList,
    at: datetime,
    revocations: RevocationList | None = None,
) -> Attestation:
    """Verify that a unit confirmed one record, and that it may; for many, keep a verifier.

    Args:
        attested: The record with its proof.
        authorities: See `AttestationVerifier`.
        at: The moment of verification, aware.
        revocations: See `AttestationVerifier`.

    Raises:
        AttestationError: See `AttestationVerifier.verify`.
        DelegationError: Likewise.
        ValueError: ``at`` is naive.
        TypeError: A value of another type.
    """
    return AttestationVerifier(authorities, at, revocations=revocations).verify(attested)


def _check_signature(statement: BatchStatement, opened: Opened) -> CertificateFacts:
    try:
        unit = read_certificate(statement.certificate)
        key = usable_key(unit, opened.algorithm)
    except ValueError as error:
        raise AttestationError(f"the unit's certificate: {error}") from error
    if not opened.is_signed_by(key):
        raise AttestationError("its signature is not that of the unit's certificate")
    return unit


def _covering(rights: tuple[_Right, ...], record: ExchangeRecord) -> _Right:
    for right in rights:
        if not right.delegation.objection_to(record):
            return right
    raise DelegationError(objection([right.delegation for right in rights], record))


def _attestation(record: ExchangeRecord, trusted: _TrustedBatch, right: _Right) -> Attestation:
    delegation = right.delegation
    return Attestation(
        unit=trusted.unit_name,
        role=delegation.role,
        province_code=record.province_code or record.facility_code[:2],
        facility_code=record.facility_code,
        facility_codes=right.facility_codes,
        attested_at=trusted.statement.attested_at,
        delegation_id=delegation.delegation_id,
        delegation=delegation,
        authority=right.authority,
        unit_certificate=trusted.unit,
        count=trusted.statement.count,
    )
