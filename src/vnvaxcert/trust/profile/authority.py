"""The rules for country authorities (CSCA, at WHO SCA): certificate governance §4.1, §4.2."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.trust.profile import clauses, shared
from vnvaxcert.trust.profile.case import (
    Case,
    Verdict,
    broken,
    either,
    is_self_signed,
    met,
    not_applicable,
    not_checked,
)
from vnvaxcert.trust.profile.details import BASIC_CONSTRAINTS
from vnvaxcert.trust.profile.finding import Level
from vnvaxcert.trust.profile.rule import KeyRule, Rule, key_words

_YEARS: Final = 4
_LEAST_EC_BITS, _LEAST_RSA_BITS = 250, 3000
_LEAST_EXPONENT: Final = 1 << 16


def key_usage(case: Case) -> Verdict:
    """May sign certificates."""
    return shared.may(case, "keyCertSign")


def signs_revocation_lists(case: Case) -> Verdict:
    """May sign revocation lists."""
    return shared.may(case, "cRLSign")


def basic_constraints(case: Case) -> Verdict:
    """CA true."""
    is_ca = case.facts.is_ca
    return either(is_ca is True, shared.authority_words(is_ca))


def constraints_critical(case: Case) -> Verdict:
    """Marked critical."""
    return shared.criticality(
        case, BASIC_CONSTRAINTS, "there are no basic constraints", wanted=True
    )


def path_length(case: Case) -> Verdict:
    """Signers below it, and no further authority."""
    length = case.facts.path_length
    return either(length == 0, "absent" if length is None else str(length))


def self_signed(case: Case) -> Verdict:
    """Self-signed, as authorities typically are."""
    facts = case.facts
    if facts.subject_der != facts.issuer_der:
        return broken(f"an intermediate authority, issued by {facts.issuer}")
    found = is_self_signed(facts)
    if found is None:
        return not_checked("its signature is of a kind that cannot be checked here")
    return met("self-signed") if found else broken("its signature is not of its own key")


def validity(case: Case) -> Verdict:
    """Four years."""
    return shared.lasts_at_most(case, _YEARS)


def key(public_key: PublicKey) -> Verdict:
    """Strong enough for years."""
    words = key_words(public_key)
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        return either(public_key.key_size >= _LEAST_EC_BITS, words)
    exponent = public_key.public_numbers().e
    if exponent <= _LEAST_EXPONENT:
        return broken(f"{words} with the public exponent {exponent}")
    return either(public_key.key_size >= _LEAST_RSA_BITS, words)


def curve(public_key: PublicKey) -> Verdict:
    """P-256 among the curves."""
    if not isinstance(public_key, ec.EllipticCurvePublicKey):
        return not_applicable(key_words(public_key))
    return either(isinstance(public_key.curve, ec.SECP256R1), key_words(public_key))


_MUST, _SHOULD, _ADVICE = Level.MUST, Level.SHOULD, Level.ADVICE

RULES: Final = (
    Rule("csca.common_name", _MUST, clauses.AUTHORITY, shared.common_name, "a common name"),
    Rule("csca.organisation", _SHOULD, clauses.AUTHORITY, shared.organisation, "an organisation"),
    Rule(
        "csca.subject_country",
        _MUST,
        clauses.AUTHORITY,
        shared.subject_country,
        "one country, of two capital letters",
    ),
    Rule(
        "csca.country",
        _MUST,
        clauses.AUTHORITY,
        shared.published_country,
        "the same country in list and subject",
    ),
    Rule(
        "csca.name_encoding",
        _ADVICE,
        clauses.NAMES,
        shared.name_encoding,
        "names whose texts are encoded once",
    ),
    Rule(
        "csca.serial_number",
        _MUST,
        clauses.SERIAL,
        shared.serial_number,
        "a positive serial number of at most 20 octets",
    ),
    Rule("csca.key_usage", _MUST, clauses.AUTHORITY, key_usage, "a key usage with keyCertSign"),
    Rule(
        "csca.crl_sign",
        _SHOULD,
        clauses.AUTHORITY,
        signs_revocation_lists,
        "a key usage with cRLSign",
    ),
    Rule(
        "csca.basic_constraints",
        _MUST,
        clauses.AUTHORITY,
        basic_constraints,
        "basic constraints with CA true",
    ),
    Rule("csca.path_length", _MUST, clauses.AUTHORITY, path_length, "a path length of 0"),
    Rule(
        "csca.constraints_critical",
        _MUST,
        clauses.BASIC_CONSTRAINTS,
        constraints_critical,
        "basic constraints marked critical",
    ),
    KeyRule(
        "csca.key",
        _MUST,
        clauses.AUTHORITY_KEYS,
        key,
        "EC of 250 bits or more, or RSA of 3000 or more with an exponent above 65536",
    ),
    KeyRule("csca.curve", _SHOULD, clauses.AUTHORITY_KEYS, curve, "P-256, where it is an EC key"),
    Rule(
        "csca.signature_hash",
        _MUST,
        clauses.AUTHORITY_KEYS,
        shared.signature_hash,
        "a signature over SHA-2 of 256 bits or more",
    ),
    Rule(
        "csca.signature_padding",
        _SHOULD,
        clauses.AUTHORITY_KEYS,
        shared.signature_padding,
        "RSASSA-PSS, where an RSA key signed it",
    ),
    Rule(
        "csca.self_signed",
        _ADVICE,
        clauses.TWO_LAYERS,
        self_signed,
        "a self-signed certificate, as authorities typically have",
    ),
    Rule(
        "csca.subject_key_identifier",
        _MUST,
        clauses.AUTHORITY,
        shared.subject_key_identifier,
        "a subject key identifier",
    ),
    Rule("csca.validity", _SHOULD, clauses.VALIDITY, validity, "at most 4 years"),
    Rule(
        "csca.expired",
        _MUST,
        clauses.VALIDITY,
        shared.expired,
        "one that has not expired: others leave the list",
    ),
    Rule("csca.started", _ADVICE, clauses.SHELL, shared.started, "a validity that has begun"),
    Rule(
        "csca.renewal", _SHOULD, clauses.VALIDITY, shared.renewal, "a renewal well before its end"
    ),
    Rule(
        "csca.strict_reading",
        _MUST,
        clauses.CERTIFICATE,
        shared.strict_reading,
        "a certificate that strict parsers take",
    ),
    Rule("csca.kid", _MUST, clauses.KID, shared.kid, "the first 8 bytes of its SHA-256"),
    Rule(
        "csca.thumbprint",
        _MUST,
        clauses.THUMBPRINT,
        shared.thumbprint,
        "a published thumbprint that is the certificate's",
    ),
)
