"""A person's attested history, judged record by record before anything is made of it.

A passport rests on every record it is given: each must be complete, found right by the population
database, and confirmed by a unit that may confirm it; together they must be one person's, and
possible.

Spec: Công văn 9438/BYT-CNTT; Decision 5772/QĐ-BYT, steps 1 to 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from vnvaxcert.errors import (
    AttestationError,
    DelegationError,
    IssueClaimsError,
    NotAttestedError,
    NotCompleteError,
    NotMatchedError,
)
from vnvaxcert.icao.names import to_icao
from vnvaxcert.schema.records import HealthCertificate, Holder, Vaccination
from vnvaxcert.vietnam.attestation import AttestationVerifier, Attested
from vnvaxcert.vietnam.completeness import Dose, check_history, read_dose
from vnvaxcert.vietnam.exchange import ExchangeRecord
from vnvaxcert.vietnam.passport.expiry import local_date
from vnvaxcert.vietnam.passport.national_claim import NationalClaim

if TYPE_CHECKING:
    from vnvaxcert.trust.trustlist import TrustList

Authorities: TypeAlias = "TrustList | AttestationVerifier"
"""Whom to believe about attestations: those who delegate, or a verifier that is kept for many
histories, with what else it was told."""

DoseChoice: TypeAlias = int | Literal["latest"]
"""Which dose of a history is certified: its number, or the one with the highest."""

_RIGHT = "right"  # the verdict of the population database


def check_attested(
    history: Sequence[Attested], *, authorities: Authorities, at: datetime
) -> tuple[Dose, ...]:
    """Refuse a history of which no certificate may be made.

    Args:
        history: One person's records, at least one, in any order.
        authorities: Who may entrust units with confirming records, or a verifier of ``at``.
        at: The moment, aware.

    Returns:
        The doses, by number.

    Raises:
        NotCompleteError: A record is not complete, or impossible beside the others.
        NotMatchedError: The population database did not find it right.
        NotAttestedError: It is not confirmed by a unit that may confirm it.
        IssueClaimsError: There is no record, or they are not all of one person.
        TypeError: An argument of the wrong type.
        ValueError: A moment without a time zone, or a verifier of another moment.
    """
    if not isinstance(history, Sequence) or not all(
        isinstance(one, Attested) and isinstance(one.record, ExchangeRecord) for one in history
    ):
        raise TypeError("history: expected a sequence of Attested, each with an ExchangeRecord")
    today = local_date(at)
    verifier = authorities
    if not isinstance(verifier, AttestationVerifier):
        verifier = AttestationVerifier(verifier, at)
    elif verifier.at != at:
        # Kept from yesterday, it would find good what has been revoked or has ended since.
        raise ValueError("authorities: the verifier is of another moment than the time of issue")
    if not history:
        raise IssueClaimsError((("/history", "expected at least one record"),))
    doses = [
        _dose(attested, number, verifier, today) for number, attested in enumerate(history, start=1)
    ]
    _check_one_person(doses)
    together = check_history([attested.record for attested in history], at=today)
    for number, reasons in enumerate(together, start=1):
        if codes := tuple(dict.fromkeys(reason.code for reason in reasons)):
            raise NotCompleteError(codes, number)
    return tuple(sorted(_named_alike(doses, history), key=lambda dose: dose.dose_number))


def _dose(attested: Attested, number: int, verifier: AttestationVerifier, today: date) -> Dose:
    try:
        dose = read_dose(attested.record, at=today)
    except NotCompleteError as error:
        raise NotCompleteError(error.reasons, number) from None
    if attested.verdict != _RIGHT:
        raise NotMatchedError(str(attested.verdict), number)
    try:
        attestation = verifier.verify(attested)
    except AttestationError as error:
        raise NotAttestedError(error.reason, number) from error
    except DelegationError as error:
        raise NotAttestedError(str(error), number) from error
    if dose.date > local_date(attestation.attested_at):
        raise NotAttestedError("it was confirmed before the day of the dose", number)
    return dose


def _check_one_person(doses: Sequence[Dose]) -> None:
    wanted = _person(doses[0])
    strangers = tuple(
        (f"/history/{index}", "expected a record of the same person as the first one")
        for index, dose in enumerate(doses)
        if _person(dose) != wanted
    )
    if strangers:
        raise IssueClaimsError(strangers)


def _person(dose: Dose) -> tuple[object, ...]:
    # The whole name: one record keeps its parts apart, and the next is divided by guess.
    name = f"{dose.family_name} {dose.given_name}".strip()
    return dose.identity.number, name, dose.birth_date, dose.sex


def _named_alike(doses: Sequence[Dose], history: Sequence[Attested]) -> list[Dose]:
    """The doses, with the name divided in all as the latest record that says so divides it."""
    stated = [
        dose
        for dose, attested in zip(doses, history, strict=True)
        if attested.record.family_name or attested.record.given_name
    ]
    if not stated:
        return list(doses)
    latest = max(stated, key=lambda dose: dose.dose_number)
    parts = {"family_name": latest.family_name, "given_name": latest.given_name}
    return [Dose(**{**vars(dose), **parts}) for dose in doses]


def chosen_dose(doses: Sequence[Dose], choice: DoseChoice) -> Dose:
    """The dose to certify.

    Args:
        doses: By number; of `check_attested`.
        choice: Its number, or ``"latest"``.

    Raises:
        IssueClaimsError: There is none of that number.
        TypeError: Another choice.
    """
    if choice == "latest":
        return doses[-1]
    if type(choice) is not int:
        raise TypeError("dose: expected 'latest' or a number")
    for dose in doses:
        if dose.dose_number == choice:
            return dose
    raise IssueClaimsError((("/history", "expected a record of the dose that is asked for"),))


def to_certificate(
    doses: Sequence[Dose], *, issuer_name: str, certificate_id: str = ""
) -> HealthCertificate:
    """The certificate of one or several doses, ICAO names included.

    Args:
        doses: Of one person.
        issuer_name: ``is``.
        certificate_id: ``ci``.

    Raises:
        TransliterationError: A name cannot be written in the letters of a passport.
    """
    holder = doses[0]
    return HealthCertificate(
        holder=Holder(
            family_name=holder.family_name,
            given_name=holder.given_name or None,  # a name that is not divided is all family name
            family_name_icao=to_icao(holder.family_name),
            given_name_icao=to_icao(holder.given_name) if holder.given_name else None,
            birth_date=holder.birth_date,
        ),
        vaccinations=tuple(_vaccination(dose, issuer_name, certificate_id) for dose in doses),
    )


def _vaccination(dose: Dose, issuer_name: str, certificate_id: str) -> Vaccination:
    product = dose.product
    return Vaccination(
        disease=dose.disease,
        vaccine=product.vaccine,
        product=product.product,
        manufacturer=product.manufacturer,
        dose_number=dose.dose_number,
        total_doses=dose.total_doses,
        date=dose.date,
        country=dose.country,
        issuer=issuer_name,
        certificate_id=certificate_id,
    )


def national_claim_of(doses: Sequence[Dose]) -> NationalClaim:
    """What the EU's schema cannot carry of these doses.

    Raises:
        IssueClaimsError: A lot number has no place in the claim: too long, or other characters.
    """
    try:
        return NationalClaim(
            nationality=doses[0].nationality, lots=tuple(dose.lot or None for dose in doses)
        )
    except ValueError as error:
        raise IssueClaimsError((("claims/-65704", str(error)),)) from None
