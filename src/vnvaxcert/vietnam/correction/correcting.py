"""Correcting a passport: the new one, the revocation of the old one, the record that links them.

Spec: Công văn 9458/BYT-CNTT (requests for correction); Decision 5772/QĐ-BYT; spec/viet-nam.md §8.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vnvaxcert.errors import CorrectionError
from vnvaxcert.record import record
from vnvaxcert.results import VerifiedCertificate
from vnvaxcert.schema import uvci
from vnvaxcert.schema.records import HealthCertificate
from vnvaxcert.trust.revocation import Hash, RevocationList, certificate_hashes
from vnvaxcert.vietnam.correction.comparison import IDENTITY_NUMBER, compare, is_same_name
from vnvaxcert.vietnam.correction.signed import (
    CorrectionReason,
    CorrectionStatement,
    fingerprint,
    parts_of,
    sign_record,
)
from vnvaxcert.vietnam.passport.identifier import opaque_part
from vnvaxcert.vietnam.passport.issuing import Draft, Passport, make_draft, sign_draft
from vnvaxcert.vietnam.passport.renewal import OldPassport, read_passport

if TYPE_CHECKING:
    from vnvaxcert.cose.sign1 import Sign1
    from vnvaxcert.trust.signer import Signer
    from vnvaxcert.trust.trustlist import TrustList
    from vnvaxcert.vietnam.attestation import Attested
    from vnvaxcert.vietnam.passport.history import Authorities, DoseChoice


@record(shown=("changed", "reason", "corrected_at", "kid"))
class Correction:
    """A correction, complete. ``repr`` shows what changed, not how.

    Attributes:
        passport: The new one.
        changed: Names of the items that changed, of `CHANGEABLE`.
        reason: On whose word.
        corrected_at: When, UTC.
        kid: Key identifier of the old certificate's signer, under which lists keep its hashes.
        revoked: The hashes of the old certificate, to be published. Those of its identifier
            revoke every code it was ever renewed with.
        record: The correction record, COSE_Sign1.
    """

    passport: Passport
    changed: tuple[str, ...]
    reason: CorrectionReason
    corrected_at: datetime
    kid: bytes
    revoked: tuple[Hash, ...]
    record: bytes

    def revocations(self) -> RevocationList:
        """A revocation list of the old certificate, whoever signed its code."""
        return RevocationList.from_hashes(self.revoked)


def correct(
    text: str,
    history: Sequence[Attested],
    *,
    signer: Signer,
    authorities: Authorities,
    trust: TrustList,
    identifier_key: bytes,
    at: datetime,
    reason: CorrectionReason,
    dose: DoseChoice | None = None,
    revocations: RevocationList | None = None,
    expires_at: datetime | None = None,
    issuer_name: str | None = None,
    record_signer: Signer | None = None,
    is_person_confirmed: bool = False,
) -> Correction:
    """Issue a passport in the place of one that says something wrong.

    The history is the corrected one: attested anew, as every history. The old certificate may
    have expired. It must be the same person's: where the old identifier comes out of the
    history's identity number and the key, anything may have been wrong. Where it comes out of a
    number that is one typing slip from it, of name and birth date not both. Where it does not come
    out at all, neither: else a namesake's passport could be revoked.

    Args:
        text: Of the old code.
        history: The person's corrected records.
        signer: Of the new certificate, as of `issue_passport`.
        authorities: As of `issue_passport`.
        trust: Who signed certificates when the old one was made.
        identifier_key: As of `issue_passport`; the one that the old one was made with.
        at: When it is corrected, and the new one issued; aware.
        reason: On whose word.
        dose: Which dose the new one certifies; by default the number that the old one has.
        revocations: Revoked certificates; who corrects one of them would do it twice.
        expires_at: As of `issue_passport`.
        issuer_name: ``is``; by default the one that the old one has.
        record_signer: Signs the correction record; by default ``signer``. It needs a certificate.
        is_person_confirmed: Somebody has seen by other means, as in the register, that both are
            one person: a number that is quite another, or an identifier that was made in another
            way, then leaves name or birth date free, too, not both.

    Returns:
        The new passport, what to publish, and the signed record. Publish the hashes first.

    Raises:
        CorrectionError: Nothing changed (that is a renewal), it is another person, or the old
            certificate is of another state or was issued later.
        VerificationError: The old certificate was not signed by a trusted key, or is revoked.
        DecodeError: It is none, is a seal, or cannot be read.
        IssueError: As `issue_passport`.
        TypeError: An argument of the wrong type.
        ValueError: A time without a time zone, no known reason, or a key that is too short.

    Spec: spec/viet-nam.md §8.
    """
    reason = CorrectionReason(reason)
    old = read_passport(text, trust=trust, revocations=revocations)
    entry = old.contents.vaccinations[0]
    draft = make_draft(
        history,
        signer=signer,
        authorities=authorities,
        identifier_key=identifier_key,
        at=at,
        dose=entry.dose_number if dose is None else dose,
        has_national_claim=old.national is not None,
        issuer_name=entry.issuer if issuer_name is None else issuer_name,
    )
    if old.verified.issuer != draft.country:
        raise CorrectionError("the certificate to be corrected is of another state")
    changed = _changes(old, draft, identifier_key, is_person_confirmed)
    corrected_at = at.astimezone(UTC).replace(microsecond=0)
    if old.verified.issued_at is None or corrected_at < old.verified.issued_at:
        raise CorrectionError("the certificate to be corrected was issued later than that")
    passport = sign_draft(draft, signer=signer, at=at, expires_at=expires_at)
    before = parts_of(text)
    revoked = hashes_of(before, old.verified)
    statement = CorrectionStatement(
        old=fingerprint(before),
        new=fingerprint(parts_of(passport.text)),
        changed=changed,
        corrected_at=corrected_at,
        reason=reason,
        revoked=revoked,
    )
    return Correction(
        passport=passport,
        changed=changed,
        reason=reason,
        corrected_at=corrected_at,
        kid=old.verified.kid,
        revoked=revoked,
        record=sign_record(statement, signer=signer if record_signer is None else record_signer),
    )


def _changes(
    old: OldPassport, draft: Draft, identifier_key: bytes, is_person_confirmed: bool
) -> tuple[str, ...]:
    """What changes; refuses nothing at all, and another person."""
    changed = compare(
        old.contents,
        draft.certificate,
        old_national=old.national,
        new_national=draft.national,
    )

    # The number is in no certificate. But who has the key can tell whether the old identifier was
    # made of the number that the history has now.
    def is_made_of(number: str) -> bool:
        made = opaque_part(number, old.contents, key=identifier_key, national=old.national)
        return made == identifier.opaque

    identifier = uvci.parse(old.contents.vaccinations[0].certificate_id)
    if not is_made_of(draft.identity_number):
        changed = (*changed, IDENTITY_NUMBER)
        has_other_name = not is_same_name(old.contents.holder, draft.certificate.holder)
        others = has_other_name + ("birth_date" in changed)
        is_near = is_person_confirmed or any(map(is_made_of, _slips(draft.identity_number)))
        if others > (1 if is_near else 0):
            raise CorrectionError(
                "it is another person: the identity number is another, and so "
                + ("are name and birth date" if others > 1 else "is the name or the birth date")
            )
    if not changed:
        raise CorrectionError("nothing changed: a code that has expired is renewed, not corrected")
    return changed


def _slips(number: str) -> Iterator[str]:
    """What one may have meant to type: another digit in one place, or two neighbours swapped."""
    for at, digit in enumerate(number):
        if digit.isdigit():
            for other in "0123456789".replace(digit, ""):
                yield number[:at] + other + number[at + 1 :]
        if number[at + 1 : at + 2] not in ("", digit):
            yield number[:at] + number[at + 1] + digit + number[at + 2 :]


def hashes_of(signed: Sign1, certificate: VerifiedCertificate) -> tuple[Hash, ...]:
    """The hashes under which a certificate is revoked.

    Spec: spec/revocation.md.
    """
    contents = certificate.certificate
    entries = contents.entries if isinstance(contents, HealthCertificate) else ()
    return certificate_hashes(
        certificate_ids=[entry.certificate_id for entry in entries],
        issuer=certificate.issuer,
        countries=[entry.country for entry in entries],
        signature=signed.signature,
        algorithm=certificate.algorithm,
    )
