"""The profile of certificates: which rules of the governance a list's certificates keep.

Rules come from the EU's certificate governance and HCERT appendix A, and from WHO's certificate
governance for its network, which carries most of them on. A broken rule does not make a key
unusable: of the production certificates of 2023 few keep them all, and verifiers take them. The
check is for who publishes a list, or wants to know what one contains.
"""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from vnvaxcert.trust.anchors import Authorities
from vnvaxcert.trust.entry import TrustedKey
from vnvaxcert.trust.moment import check_moment
from vnvaxcert.trust.profile import authority, signer
from vnvaxcert.trust.profile.across import list_findings
from vnvaxcert.trust.profile.case import NO_CERTIFICATE, make_case
from vnvaxcert.trust.profile.finding import Finding, Level, Outcome, ProfileName
from vnvaxcert.trust.profile.rule import KeyRule, key_words
from vnvaxcert.trust.trustlist import TrustList

__all__ = [
    "RENEWAL_DAYS",
    "Finding",
    "Level",
    "Outcome",
    "ProfileName",
    "check_list",
    "check_profile",
    "key_words",
]

RENEWAL_DAYS = 30  # governance §3.2: a month before; WHO's own checks ask for 30 days


def check_profile(
    key: TrustedKey,
    *,
    at: datetime,
    authorities: Authorities | None = None,
    profile: ProfileName = "eu",
    days: int = RENEWAL_DAYS,
) -> tuple[Finding, ...]:
    """Hold one key and its certificate to every rule for its role.

    Args:
        key: A signer or an authority, as a list has it.
        at: The moment asked about, aware.
        authorities: Country authorities; without them the chain is not checked.
        profile: ``"eu"`` or ``"who"``.
        days: How many days before its end a certificate has to be renewed; 0 or more.

    Returns:
        A finding for each rule, in a fixed order. Of a bare key the rules about certificates are
        not checked. Rules for signers are called ``dsc.``, those for authorities ``csca.``.

    Raises:
        ValueError: ``at`` is naive, ``days`` negative, or another profile.
        TypeError: ``at`` is no moment, or ``days`` no number.

    Spec: EU certificate governance 2.3, 3.2, 3.3, 4.1 to 4.3; HCERT 1.0.8 appendix A; WHO
        certificate governance (concepts_certificate_governance); RFC 5280 §4.
    """
    _check_profile_name(profile)
    check_moment(at)
    if type(days) is not int:
        raise TypeError(f"days: expected an int, not {type(days).__name__}")
    if days < 0:
        raise ValueError("days: expected 0 or more")
    facts = key.facts
    case = None if facts is None else make_case(key, facts, at, days, profile, authorities)
    findings = []
    for rule in signer.RULES if key.role == "signer" else authority.RULES:
        if isinstance(rule, KeyRule):
            outcome, found = rule.look(key.public_key)
        elif case is None:
            outcome, found = Outcome.NOT_CHECKED, NO_CERTIFICATE
        else:
            outcome, found = rule.look(case)
        clause = rule.clause.of(profile)
        findings.append(Finding(rule.name, rule.level, outcome, clause, found, rule.expected))
    return tuple(findings)


def check_list(
    trust: TrustList, *, at: datetime, profile: ProfileName = "eu"
) -> tuple[Finding, ...]:
    """Look across a list: its validity, and what repeats where it should not.

    Args:
        trust: The list. All of it is parsed.
        at: The moment asked about, aware.
        profile: ``"eu"`` or ``"who"``.

    Returns:
        For each rule a finding that it is met, or one for each breach: a kid with different keys,
        a certificate under several kids or in both roles, a key in several certificates, a serial
        number given twice, and every entry that was set aside.

    Raises:
        ValueError: ``at`` is naive, or another profile.
        TypeError: ``at`` is no moment.

    Spec: HCERT 1.0.8 §3.3.3, appendix A; RFC 5280 §4.1.2.2.
    """
    _check_profile_name(profile)
    check_moment(at)
    return tuple(list_findings(trust, trust, at, profile))


def _check_profile_name(profile: str) -> None:
    if profile not in get_args(ProfileName):
        raise ValueError("profile: expected 'eu' or 'who'")
