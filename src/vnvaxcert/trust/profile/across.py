"""What only shows across a list: kids, keys and serial numbers that repeat, times, leftovers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from typing import Final, NamedTuple

from vnvaxcert.trust.entry import TrustedKey
from vnvaxcert.trust.moment import utc_text
from vnvaxcert.trust.profile import clauses
from vnvaxcert.trust.profile.clauses import Clause
from vnvaxcert.trust.profile.finding import Finding, Level, Outcome, ProfileName
from vnvaxcert.trust.spki import encode_spki
from vnvaxcert.trust.trustlist import TrustList


class _Repetition(NamedTuple):
    """A rule on what entries that have one thing in common must have in common too.

    Attributes:
        rule: Its name.
        level: How strong it is.
        clause: Where it stands.
        expected: What keeps it.
        shared: What the entries of a group have in common; None of an entry in no group.
        same: What all of a group must share besides.
        words: What is found where they do not.
    """

    rule: str
    level: Level
    clause: Clause
    expected: str
    shared: Callable[[TrustedKey], Hashable]
    same: Callable[[TrustedKey], Hashable]
    words: Callable[[list[TrustedKey]], str]


def list_findings(
    trust: TrustList, keys: Iterable[TrustedKey], at: datetime, profile: ProfileName
) -> list[Finding]:
    """Apply the rules across a list; see `vnvaxcert.trust.profile.check_list`."""
    known = tuple(keys)
    repeated = (found for rule in _REPETITIONS for found in _repeated(rule, known, profile))
    return [_freshness(trust, at, profile), *repeated, *_leftovers(trust, profile)]


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


def _repeated(
    repetition: _Repetition, keys: Iterable[TrustedKey], profile: ProfileName
) -> list[Finding]:
    """A finding for each group that breaks it; a single one that all is well without any."""
    rule, level, clause, expected, shared, same, words = repetition
    groups: dict[Hashable, list[TrustedKey]] = {}
    for key in keys:
        common = shared(key)
        if common is not None:
            groups.setdefault(common, []).append(key)
    findings = []
    for group in groups.values():
        if len(group) > 1 and len(set(map(same, group))) > 1:
            kids = tuple(dict.fromkeys(key.kid for key in group))
            where = "; ".join(dict.fromkeys(key.source for key in group))
            found = f"{words(group)}: {where}"
            findings.append(
                Finding(rule, level, Outcome.BROKEN, clause.of(profile), found, expected, kids)
            )
    return findings or [
        Finding(rule, level, Outcome.MET, clause.of(profile), "none repeats", expected)
    ]


def _kid(key: TrustedKey) -> bytes:
    return key.kid


def _public_key(key: TrustedKey) -> bytes:
    return encode_spki(key.public_key)


def _certificate(key: TrustedKey) -> bytes | None:
    return None if key.facts is None else key.facts.der


def _serial(key: TrustedKey) -> tuple[bytes, int] | None:
    return None if key.facts is None else (key.facts.issuer_der, key.facts.serial)


def _role(key: TrustedKey) -> str:
    return key.role


def _material(key: TrustedKey) -> bytes:
    """What an entry is, whatever the list calls it: the certificate, or the bare key."""
    return _public_key(key) if key.facts is None else key.facts.der


def _reuse(group: list[TrustedKey]) -> str:
    certificates = {key.facts.der for key in group if key.facts is not None}
    bare = any(key.facts is None for key in group)
    count = f"one key in {len(certificates)} certificate{'' if len(certificates) == 1 else 's'}"
    return f"{count}, and bare" if bare else count


_REPETITIONS: Final = (
    _Repetition(
        "list.kid",
        Level.SHOULD,
        clauses.COLLISIONS,
        "one key under each kid",
        _kid,
        _public_key,
        lambda group: f"{len(group)} entries with different keys",
    ),
    _Repetition(
        "list.certificate",
        Level.SHOULD,
        clauses.KID,
        "each certificate under one kid",
        _certificate,
        _kid,
        lambda _: "one certificate under several kids",
    ),
    _Repetition(
        "list.role",
        Level.SHOULD,
        clauses.TWO_LAYERS,
        "signers that are no authorities",
        _certificate,
        _role,
        lambda _: "one certificate as signer and as authority",
    ),
    _Repetition(
        "list.key",
        Level.SHOULD,
        clauses.VALIDITY,
        "a fresh key for each certificate",
        _public_key,
        _material,
        _reuse,
    ),
    _Repetition(
        "list.serial_number",
        Level.MUST,
        clauses.SERIAL,
        "serial numbers that an issuer gives once",
        _serial,
        _material,
        lambda _: "different certificates of one issuer with one serial number",
    ),
)


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
