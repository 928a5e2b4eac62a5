"""What only shows across a list: kids, keys and serial numbers that repeat, times, leftovers."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import datetime

from vnvaxcert.trust.entry import TrustedKey
from vnvaxcert.trust.moment import utc_text
from vnvaxcert.trust.profile import clauses
from vnvaxcert.trust.profile.clauses import Clause
from vnvaxcert.trust.profile.finding import Finding, Level, Outcome, ProfileName
from vnvaxcert.trust.spki import encode_spki
from vnvaxcert.trust.trustlist import TrustList


def list_findings(
    trust: TrustList, keys: Iterable[TrustedKey], at: datetime, profile: ProfileName
) -> list[Finding]:
    """Apply the rules across a list; see `vnvaxcert.trust.profile.check_list`."""
    own: dict[Hashable, list[TrustedKey]] = {}
    kids: dict[Hashable, list[TrustedKey]] = {}
    certificates: dict[Hashable, list[TrustedKey]] = {}
    serials: dict[Hashable, list[TrustedKey]] = {}
    for key in keys:
        material = encode_spki(key.public_key)
        own.setdefault(material, []).append(key)
        kids.setdefault(key.kid, []).append(key)
        if key.facts is not None:
            certificates.setdefault(key.facts.der, []).append(key)
            issuer = key.facts.issuer_der
            serials.setdefault((issuer, key.facts.serial), []).append(key)
    return [
        _freshness(trust, at, profile),
        *_repeated(
            "list.kid",
            Level.SHOULD,
            clauses.COLLISIONS,
            "one key under each kid",
            (
                (f"{len(group)} entries with different keys", group)
                for group in kids.values()
                if len({encode_spki(key.public_key) for key in group}) > 1
            ),
            profile,
        ),
        *_repeated(
            "list.certificate",
            Level.SHOULD,
            clauses.KID,
            "each certificate under one kid",
            (
                ("one certificate under several kids", group)
                for group in certificates.values()
                if len({key.kid for key in group}) > 1
            ),
            profile,
        ),
        *_repeated(
            "list.role",
            Level.SHOULD,
            clauses.TWO_LAYERS,
            "signers that are no authorities",
            (
                ("one certificate as signer and as authority", group)
                for group in certificates.values()
                if len({key.role for key in group}) > 1
            ),
            profile,
        ),
        *_repeated(
            "list.key",
            Level.SHOULD,
            clauses.VALIDITY,
            "a fresh key for each certificate",
            (
                (_reuse(group), group)
                for group in own.values()
                if len({_material(key) for key in group}) > 1
            ),
            profile,
        ),
        *_repeated(
            "list.serial_number",
            Level.MUST,
            clauses.SERIAL,
            "serial numbers that an issuer gives once",
            (
                ("different certificates of one issuer with one serial number", group)
                for group in serials.values()
                if len({_material(key) for key in group}) > 1
            ),
            profile,
        ),
        *_leftovers(trust, profile),
    ]


def _freshness(trust: TrustList, at: datetime, profile: ProfileName) -> Finding:
    outcome, found = Outcome.NOT_APPLICABLE, "the list does not say until when it may be used"
    if trust.expires_at is not None:
        found = f"valid until {utc_text(trust.expires_at)}"
        outcome = Outcome.MET if at <= trust.expires_at else Outcome.BROKEN
    return Finding(
        "list.expired",
        Level.MUST,
        outcome,
        clauses.OURS.of(profile),
        found,
        "a list that is still valid",
    )


def _material(key: TrustedKey) -> bytes:
    """What an entry is, whatever the list calls it: the certificate, or the bare key."""
    return encode_spki(key.public_key) if key.facts is None else key.facts.der


def _reuse(group: list[TrustedKey]) -> str:
    certificates = {key.facts.der for key in group if key.facts is not None}
    bare = any(key.facts is None for key in group)
    count = f"one key in {len(certificates)} certificate{'' if len(certificates) == 1 else 's'}"
    return f"{count}, and bare" if bare else count


def _repeated(
    rule: str,
    level: Level,
    clause: Clause,
    expected: str,
    groups: Iterable[tuple[str, list[TrustedKey]]],
    profile: ProfileName,
) -> list[Finding]:
    """A finding for each group; a single one that all is well where there are none."""
    findings = []
    for words, group in groups:
        kids = tuple(dict.fromkeys(key.kid for key in group))
        where = "; ".join(dict.fromkeys(key.source for key in group))
        found = f"{words}: {where}"
        findings.append(
            Finding(rule, level, Outcome.BROKEN, clause.of(profile), found, expected, kids)
        )
    return findings or [
        Finding(rule, level, Outcome.MET, clause.of(profile), "none repeats", expected)
    ]


def _leftovers(trust: TrustList, profile: ProfileName) -> list[Finding]:
    rule, clause, expected = "list.set_aside", clauses.OURS.of(profile), "entries that can be used"
    found = [
        Finding(
            rule,
            Level.SHOULD,
            Outcome.BROKEN,
            clause,
            f"{one.source}: {one.reason}",
            expected,
            (one.kid,) if one.kid else (),
        )
        for one in trust.set_aside
    ]
    return found or [
        Finding(rule, Level.SHOULD, Outcome.MET, clause, "nothing is set aside", expected)
    ]
