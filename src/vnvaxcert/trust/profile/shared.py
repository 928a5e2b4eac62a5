"""Rules for signers and authorities alike: names, numbers, times, signatures, the list's word."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from vnvaxcert.trust.entry import certificate_kid
from vnvaxcert.trust.moment import utc_text
from vnvaxcert.trust.profile.case import (
    Case,
    Verdict,
    broken,
    either,
    met,
    not_applicable,
    not_checked,
)
from vnvaxcert.trust.signature_scheme import SchemeError, read_scheme

_RSA_PSS: Final = "1.2.840.113549.1.1.10"  # RFC 4055 §3.1
_RSA: Final = "1.2.840.113549.1.1."  # PKCS #1
_WEAK_HASHES: Final = ("SHA-1", "SHA-224")
_MOST_SERIAL_OCTETS: Final = 20  # RFC 5280 §4.1.2.2

# What `vnvaxcert.trust.entry` notes of a published thumbprint of other bytes.
_THUMBPRINT: Final = "thumbprint"


# --- names --------------------------------------------------------------------------------------


def common_name(case: Case) -> Verdict:
    """A common name."""
    found = case.subject("CN")
    return met(f"CN {found[0]!r}") if found else broken("there is no common name")


def organisation(case: Case) -> Verdict:
    """An organisation."""
    found = case.subject("O")
    return met(f"O {found[0]!r}") if found else broken("there is no organisation")


def subject_country(case: Case) -> Verdict:
    """Exactly one country: the gateways refuse uploads with none or with several."""
    found = case.subject("C")
    if not found:
        return broken("there is no country")
    if len(found) > 1:
        return broken(f"there are {len(found)} countries: {', '.join(found)}")
    is_code = len(found[0]) == 2 and found[0].isascii() and found[0].isalpha()
    return either(is_code and found[0].isupper(), f"C {found[0]!r}")


def published_country(case: Case) -> Verdict:
    """The country of the list is that of the subject."""
    published, own = case.key.country, case.facts.country
    if own is None or published is None:
        return not_applicable("the subject has no country")
    if len(published) != len(own):
        return not_checked(f"the list has {published!r} and the subject {own!r}, of another length")
    return either(
        published.upper() == own.upper(), f"the list has {published!r}, the subject {own!r}"
    )


def name_encoding(case: Case) -> Verdict:
    """No text was encoded as UTF-8 twice: Viet Nam's acceptance authority's name was."""
    for whose, name in (("subject", case.facts.subject), ("issuer", case.facts.issuer)):
        if name.isascii():
            continue
        try:
            meant = name.encode("latin-1").decode("utf-8")
        except UnicodeError:
            continue
        return broken(f"the {whose}'s name is UTF-8 encoded twice; it was meant as {meant!r}")
    return met("no text is encoded twice")


# --- numbers and form ---------------------------------------------------------------------------


def serial_number(case: Case) -> Verdict:
    """Positive, and of at most 20 octets."""
    serial = case.facts.serial
    octets = serial.bit_length() // 8 + 1
    if serial <= 0:
        return broken("it is zero" if serial == 0 else "it is negative")
    return either(octets <= _MOST_SERIAL_OCTETS, f"{octets} octets")


def strict_reading(case: Case) -> Verdict:
    """A strict parser takes it."""
    notes = case.facts.notes
    if case.facts.serial <= 0 and case.facts.strict is not None:
        notes = notes[:-1]  # the last one says so, and another rule does
    return broken("; ".join(notes)) if notes else met("a strict parser takes it")


def kid(case: Case) -> Verdict:
    """Published under the start of its own hash."""
    own = certificate_kid(case.facts.der)
    if case.key.kid == own:
        return met(own.hex())
    return broken(f"published as {case.key.kid.hex()}, its SHA-256 starts with {own.hex()}")


def thumbprint(case: Case) -> Verdict:
    """The published one, where there is one."""
    for note in case.key.notes:
        if _THUMBPRINT in note:
            return broken(note)
    return met("no thumbprint is published, or the right one")


# --- usages and constraints ---------------------------------------------------------------------


def may(case: Case, usage: str) -> Verdict:
    """The key usage allows something."""
    usages = case.facts.key_usage
    if usages is None:
        return broken("there is no key usage")
    return either(usage in usages, usage_words(usages))


def usage_words(usages: frozenset[str]) -> str:
    """The names of key usages, as findings show them."""
    return ", ".join(sorted(usages)) or "none that can be read"


def criticality(case: Case, extension: str, absent: str, *, wanted: bool) -> Verdict:
    """An extension is marked critical, or is not; ``absent`` says that there is none."""
    if extension not in case.details.present:
        return not_applicable(absent)
    is_critical = extension in case.details.critical
    return either(is_critical is wanted, "critical" if is_critical else "not critical")


def authority_words(is_ca: bool | None) -> str:
    """What the basic constraints say, as findings show it."""
    return {None: "absent", False: "CA false", True: "CA true"}[is_ca]


# --- times --------------------------------------------------------------------------------------


def expired(case: Case) -> Verdict:
    """Not expired: whatever is has to leave the list."""
    return either(case.at <= case.facts.not_after, f"valid until {utc_text(case.facts.not_after)}")


def started(case: Case) -> Verdict:
    """Valid already."""
    return either(case.facts.not_before <= case.at, f"valid from {utc_text(case.facts.not_before)}")


def renewal(case: Case) -> Verdict:
    """Not about to expire."""
    left = case.facts.not_after - case.at
    if left < timedelta(0):
        return not_applicable("it has expired")
    return either(left >= timedelta(days=case.days), f"{_days(left)} left")


def lasts_at_most(case: Case, years: int) -> Verdict:
    """Not longer than recommended, a day more allowed for how people count."""
    facts = case.facts
    length = facts.not_after - facts.not_before
    if length < timedelta(0):
        return broken("it ends before it starts")
    most = timedelta(days=365 * years + (years + 3) // 4 + 1)
    return either(
        length <= most,
        f"{_days(length)}: {facts.not_before:%Y-%m-%d} to {facts.not_after:%Y-%m-%d}",
    )


def _days(length: timedelta) -> str:
    return "1 day" if length.days == 1 else f"{length.days} days"


# --- the signature on the certificate -----------------------------------------------------------


def signature_hash(case: Case) -> Verdict:
    """SHA-2 of 256 bits or more."""
    try:
        scheme = read_scheme(case.facts.signature_algorithm, case.facts.signature_parameters)
    except SchemeError as error:
        return broken(str(error))
    return either(scheme.hash_name not in _WEAK_HASHES, f"signed over {scheme.hash_name}")


def signature_padding(case: Case) -> Verdict:
    """PSS, where it is RSA."""
    algorithm = case.facts.signature_algorithm
    if algorithm == _RSA_PSS:
        return met("signed with RSASSA-PSS")
    if algorithm.startswith(_RSA):
        return broken("signed with RSA and the padding of PKCS #1 v1.5")
    return not_applicable("not signed with RSA")


# --- identifiers --------------------------------------------------------------------------------


def subject_key_identifier(case: Case) -> Verdict:
    """There is one."""
    ski = case.facts.ski
    return met(ski.hex()) if ski else broken("there is none")
