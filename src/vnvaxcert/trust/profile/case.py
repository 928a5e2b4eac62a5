"""One key under examination: what the rules look at."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple, TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from vnvaxcert.errors import ChainError
from vnvaxcert.trust.anchors import Authorities
from vnvaxcert.trust.certificate import CertificateFacts
from vnvaxcert.trust.chain import find_authority
from vnvaxcert.trust.entry import TrustedKey
from vnvaxcert.trust.profile.details import Details, attributes, read_details
from vnvaxcert.trust.profile.finding import Outcome, ProfileName
from vnvaxcert.trust.signature_scheme import SchemeError, read_scheme

Verdict: TypeAlias = tuple[Outcome, str]
"""What became of a rule, and what was found, in words."""

NO_CERTIFICATE: Final = "a bare key: there is no certificate"


class Case(NamedTuple):
    """A key with a certificate, and what it is judged by.

    Attributes:
        key: The key.
        facts: Its certificate.
        details: Its extensions.
        names: The attributes of its subject, by type.
        at: The moment asked about.
        days: How many days before its end a certificate has to be renewed.
        profile: By whose rules.
        authority: Who signed it, where authorities are given and one of them did.
        chain_problem: Why none of them did; empty where one did, or none are given.
    """

    key: TrustedKey
    facts: CertificateFacts
    details: Details
    names: dict[str, list[str]]
    at: datetime
    days: int
    profile: ProfileName
    authority: TrustedKey | None
    chain_problem: str

    def subject(self, kind: str) -> list[str]:
        """The values that the subject has for one type of attribute, empty ones left out."""
        return self.names.get(kind, [])


def make_case(
    key: TrustedKey,
    facts: CertificateFacts,
    at: datetime,
    days: int,
    profile: ProfileName,
    authorities: Authorities | None,
) -> Case:
    """Gather what the rules need; the one signature check is made here."""
    authority, problem = None, ""
    if authorities is not None and key.role == "signer":
        try:
            # SHA-1 and times have rules of their own.
            authority = find_authority(facts, authorities, None, accept_sha1=True)
        except ChainError as error:
            problem = error.reason
    names: dict[str, list[str]] = {}
    for kind, value in attributes(facts.subject):
        if value.strip():
            names.setdefault(kind, []).append(value)
    return Case(key, facts, read_details(facts), names, at, days, profile, authority, problem)


def is_self_signed(facts: CertificateFacts) -> bool | None:
    """Whether a certificate is signed with its own key; None where that cannot be checked."""
    try:
        scheme = read_scheme(facts.signature_algorithm, facts.signature_parameters)
        scheme.check(facts.public_key, facts.signature, facts.tbs)
    except InvalidSignature:
        return False
    except (SchemeError, UnsupportedAlgorithm, ValueError):
        return None
    return True


def met(found: str) -> Verdict:
    """The rule is kept."""
    return Outcome.MET, found


def broken(found: str) -> Verdict:
    """It is not."""
    return Outcome.BROKEN, found


def either(is_met: bool, found: str) -> Verdict:
    """It is kept or not, and what was found reads the same."""
    return (Outcome.MET if is_met else Outcome.BROKEN), found


def not_applicable(found: str) -> Verdict:
    """The rule says nothing about this."""
    return Outcome.NOT_APPLICABLE, found


def not_checked(found: str) -> Verdict:
    """What it needs is not there."""
    return Outcome.NOT_CHECKED, found
