"""Issuing a vaccine passport from an attested history, by Decision 5772/QĐ-BYT."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from vnvaxcert.cwt import NATIONAL_CLAIM
from vnvaxcert.errors import IssueClaimsError
from vnvaxcert.issue import issue
from vnvaxcert.record import record
from vnvaxcert.schema.records import HealthCertificate
from vnvaxcert.trust.moment import check_moment
from vnvaxcert.vietnam.passport.expiry import twelve_months_after
from vnvaxcert.vietnam.passport.history import (
    Authorities,
    DoseChoice,
    check_attested,
    chosen_dose,
    national_claim_of,
    to_certificate,
)
from vnvaxcert.vietnam.passport.identifier import certificate_id, check_identifier_key
from vnvaxcert.vietnam.passport.national_claim import NationalClaim, to_claim

if TYPE_CHECKING:
    from vnvaxcert.trust.signer import Signer
    from vnvaxcert.vietnam.attestation import Attested

ISSUER_NAME: Final = "Cục Y tế dự phòng"
"""``is``: the department that signs centrally (Decision 5772, step 3), as its certificate says."""

COUNTRY: Final = "VN"


@record(shown=("issued_at", "expires_at", "is_shortened"))
class Passport:
    """A vaccine passport: a signed certificate and what it was made of. ``repr`` shows its times.

    Attributes:
        text: Of its QR code: ``HC1:...``.
        certificate_id: Item 11, ``ci``.
        issued_at: ``iat``, UTC.
        expires_at: ``exp``, UTC.
        is_shortened: Whether it ends before its 12 months, with its signer's certificate.
        record_ids: Identifiers of the records it was made of, by number of the dose.
        certificate: What it says.
        national: The national claim in it, or None.
    """

    text: str
    certificate_id: str
    issued_at: datetime
    expires_at: datetime
    is_shortened: bool
    record_ids: tuple[str, ...]
    certificate: HealthCertificate
    national: NationalClaim | None


@record(shown=("country",))
class Draft:
    """All that is certified, before it is signed.

    Attributes:
        certificate: What is certified, with its identifier.
        national: The national claim, or None.
        identity_number: Of the holder; it goes into the identifier and nowhere else.
        record_ids: See `Passport`.
        country: ``iss``.
    """

    certificate: HealthCertificate
    national: NationalClaim | None
    identity_number: str
    record_ids: tuple[str, ...]
    country: str

    @property
    def certificate_id(self) -> str:
        """``ci``."""
        return self.certificate.vaccinations[0].certificate_id


def issue_passport(
    history: Sequence[Attested],
    *,
    signer: Signer,
    authorities: Authorities,
    identifier_key: bytes,
    at: datetime,
    dose: DoseChoice = "latest",
    has_national_claim: bool = False,
    expires_at: datetime | None = None,
    issuer_name: str = ISSUER_NAME,
) -> Passport:
    """Make the vaccine passport of one person.

    The same history, key and deterministic signer give the same passport at the same moment, and
    the same certificate identifier at any.

    Args:
        history: The person's attested records, at least one, in any order. Each must hold.
        signer: Signs with ES256 or PS256. ``iss`` is the country of its certificate, ``VN`` where
            that names none.
        authorities: Who may entrust units with confirming records; or an `AttestationVerifier`
            of the moment ``at``, which knows besides what was withdrawn, and checks a batch once
            for many histories.
        identifier_key: The issuer's secret for certificate identifiers, 32 bytes or more.
        at: When it is issued, aware; fractions of a second are dropped.
        dose: Which dose is certified: a number, or the latest.
        has_national_claim: Put nationality and lot number into the code (spec/viet-nam.md §5).
        expires_at: ``exp``, aware, at most 12 months after ``at``. By default 12 calendar months
            later in Viet Nam, or when the signer's certificate ends, if that is sooner.
        issuer_name: ``is``, at most 80 characters.

    Returns:
        The passport.

    Raises:
        NotCompleteError: A record is not complete, or impossible beside the others.
        NotMatchedError: The population database did not find one right.
        NotAttestedError: One is not confirmed by a unit that may confirm it.
        IssueClaimsError: No record, records of several persons, no record of that dose, a lot
            number that the claim has no place for, or an end more than 12 months away; and as
            `issue`.
        IssueError: As `issue`.
        TypeError: An argument of the wrong type.
        ValueError: A time without a time zone, a key that is too short, or a verifier of another
            moment.

    Spec: Decision 5772/QĐ-BYT; HCERT 1.0.8; spec/viet-nam.md.
    """
    draft = make_draft(
        history,
        signer=signer,
        authorities=authorities,
        identifier_key=identifier_key,
        at=at,
        dose=dose,
        has_national_claim=has_national_claim,
        issuer_name=issuer_name,
    )
    return sign_draft(draft, signer=signer, at=at, expires_at=expires_at)


def make_draft(
    history: Sequence[Attested],
    *,
    signer: Signer,
    authorities: Authorities,
    identifier_key: bytes,
    at: datetime,
    dose: DoseChoice,
    has_national_claim: bool,
    issuer_name: str,
) -> Draft:
    """What `issue_passport` signs; its arguments and errors."""
    check_identifier_key(identifier_key)
    doses = check_attested(history, authorities=authorities, at=at)
    chosen = chosen_dose(doses, dose)
    national = national_claim_of((chosen,)) if has_national_claim else None
    country = _country_of(signer)
    unnumbered = to_certificate((chosen,), issuer_name=issuer_name)
    identifier = certificate_id(
        chosen.identity.number, unnumbered, key=identifier_key, country=country, national=national
    )
    return Draft(
        certificate=to_certificate((chosen,), issuer_name=issuer_name, certificate_id=identifier),
        national=national,
        identity_number=chosen.identity.number,
        record_ids=tuple(one.record_id for one in doses),
        country=country,
    )


def sign_draft(
    draft: Draft, *, signer: Signer, at: datetime, expires_at: datetime | None
) -> Passport:
    """Sign what was drafted; arguments and errors as of `issue_passport`."""
    issued_at = at.astimezone(UTC).replace(microsecond=0)
    latest = twelve_months_after(issued_at)
    is_shortened = False
    if expires_at is None:
        from vnvaxcert.trust.signer import signer_facts

        facts = signer_facts(signer)
        # A signer that has ended already is left to issue(), which says so.
        is_shortened = facts is not None and issued_at < facts.not_after < latest
        expires_at = facts.not_after if facts is not None and is_shortened else latest
    else:
        check_moment(expires_at, "expires_at")
        if expires_at > latest:
            expected = "expected an expiry at most 12 months after the time of issue"
            raise IssueClaimsError((("claims/4", expected),))
    national = draft.national
    text = issue(
        draft.certificate,
        signer=signer,
        issuer=draft.country,
        issued_at=issued_at,
        expires_at=expires_at,
        private_claims=None if national is None else {NATIONAL_CLAIM: to_claim(national)},
    )
    return Passport(
        text=text,
        certificate_id=draft.certificate_id,
        issued_at=issued_at,
        expires_at=expires_at.astimezone(UTC).replace(microsecond=0),
        is_shortened=is_shortened,
        record_ids=draft.record_ids,
        certificate=draft.certificate,
        national=national,
    )


def _country_of(signer: Signer) -> str:
    from vnvaxcert.trust.signer import signer_facts

    facts = signer_facts(signer)
    return COUNTRY if facts is None or facts.country is None else facts.country
