"""The rules for document signers (DSC): certificate governance §4.1, §4.3; HCERT appendix A."""

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
    met,
    not_applicable,
    not_checked,
)
from vnvaxcert.trust.profile.details import EXTENDED_KEY_USAGE, KEY_USAGE
from vnvaxcert.trust.profile.finding import Level
from vnvaxcert.trust.profile.rule import KeyRule, Rule, key_words
from vnvaxcert.trust.profile.shared import usage_words
from vnvaxcert.trust.usage import SEAL_USAGE, USAGE_OF_OID

_LEGACY_ARC: Final = "1.3.6.1.4.1.0.1847."
_YEARS: Final = 2
_LEAST_RSA_BITS, _MOST_RSA_BITS = 2048, 3072
_SIGNING: Final = "digitalSignature"
_NO_AUTHORITIES: Final = "no authorities are given"

# Names of usages that other systems' certificates have.
_USAGE_NAMES: Final = {
    "2.5.29.37.0": "any usage",
    "1.3.6.1.5.5.7.3.1": "TLS server",
    "1.3.6.1.5.5.7.3.2": "TLS client",
    "1.3.6.1.5.5.7.3.4": "e-mail protection",
    "1.3.6.1.5.5.7.3.9": "OCSP signing",
    "1.3.6.1.4.1.311.20.2.2": "smart card logon",
    "2.23.136.1.1.14.2": "VDS-NC signer",
}

# Names that stand for no host (RFC 2606, RFC 6761): a template was filled in by nobody.
_PLACEHOLDER_DOMAINS: Final = (".example", ".invalid", ".test", ".localhost")
_PLACEHOLDER_HOSTS: Final = ("example.com", "example.org", "example.net")


# --- usages -------------------------------------------------------------------------------------


def key_usage(case: Case) -> Verdict:
    """May sign data."""
    return shared.may(case, _SIGNING)


def key_usage_only(case: Case) -> Verdict:
    """And nothing else."""
    usages = case.facts.key_usage
    if usages is None:
        return not_applicable("there is no key usage")
    more = usages - {_SIGNING}
    return broken(f"also {usage_words(more)}") if more else met(usage_words(usages))


def key_usage_critical(case: Case) -> Verdict:
    """Marked critical."""
    return shared.criticality(case, KEY_USAGE, "there is no key usage", wanted=True)


def extended_key_usage(case: Case) -> Verdict:
    """None but those of health certificates."""
    oids = case.facts.extended_key_usages
    others = [_USAGE_NAMES.get(oid, oid) for oid in oids if oid not in USAGE_OF_OID]
    kinds = sorted({USAGE_OF_OID[oid].value for oid in oids if oid in USAGE_OF_OID})
    if not others:
        return met(", ".join(kinds) or "none: it may sign all kinds")
    if kinds:
        return broken(f"{', '.join(kinds)}, and also {', '.join(others)}")
    may_sign = "no health certificate" if SEAL_USAGE in oids else "all kinds"
    return broken(
        f"none of the kinds of health certificates, but {', '.join(others)}; verifiers take it as "
        f"one that may sign {may_sign}"
    )


def extended_key_usage_arc(case: Case) -> Verdict:
    """By their registered object identifiers."""
    oids = [oid for oid in case.facts.extended_key_usages if oid in USAGE_OF_OID]
    if not oids:
        return not_applicable("it names no kind of health certificate")
    old = sum(oid.startswith(_LEGACY_ARC) for oid in oids)
    return either(not old, f"{old} of {len(oids)} on the early arc, 1.3.6.1.4.1.0.1847")


def extended_key_usage_critical(case: Case) -> Verdict:
    """Not critical."""
    return shared.criticality(
        case, EXTENDED_KEY_USAGE, "there is no extended key usage", wanted=False
    )


def basic_constraints(case: Case) -> Verdict:
    """No authority."""
    is_ca = case.facts.is_ca
    return either(not is_ca, shared.authority_words(is_ca))


# --- the authority above it ---------------------------------------------------------------------


def chain(case: Case) -> Verdict:
    """Signed by a country authority."""
    authority = case.authority
    if case.chain_problem:
        return broken(case.chain_problem)
    if authority is None:
        return not_checked(_NO_AUTHORITIES)
    if authority.facts is None:
        return met(f"signed by the bare key {authority.kid.hex()}")
    is_root = authority.facts.subject_der == authority.facts.issuer_der
    kind = "" if is_root else ", an intermediate authority"
    return met(f"signed by {authority.subject}{kind}")


def authority_key_identifier(case: Case) -> Verdict:
    """That of the authority's certificate."""
    aki = case.facts.aki
    if not aki:
        return broken("there is none")
    authority = case.authority
    if authority is None or authority.facts is None:
        return met(f"{aki.hex()}, which was compared with no authority's")
    ski = authority.facts.ski
    if ski is None:
        return broken(f"{aki.hex()}, and its authority states none")
    return either(aki == ski, f"{aki.hex()}, and its authority has {ski.hex()}")


def within_authority(case: Case) -> Verdict:
    """Not longer valid than the authority."""
    authority = case.authority
    if authority is None:
        return not_checked(case.chain_problem or _NO_AUTHORITIES)
    if authority.not_after is None:
        return not_applicable("its authority is a bare key")
    return either(
        case.facts.not_after <= authority.not_after,
        f"valid until {case.facts.not_after:%Y-%m-%d}, its authority until "
        f"{authority.not_after:%Y-%m-%d}",
    )


def authority_validity(case: Case) -> Verdict:
    """The authority is valid too."""
    authority = case.authority
    if authority is None:
        return not_checked(case.chain_problem or _NO_AUTHORITIES)
    if authority.not_before is None or authority.not_after is None:
        return not_applicable("its authority is a bare key")
    return either(
        authority.not_before <= case.at <= authority.not_after,
        f"its authority is valid from {authority.not_before:%Y-%m-%d} to "
        f"{authority.not_after:%Y-%m-%d}",
    )


# --- revocation ---------------------------------------------------------------------------------


def crl_distribution_point(case: Case) -> Verdict:
    """Says where its authority's revocation list is."""
    addresses = case.details.crl_addresses
    if addresses is None:
        return broken("there is one that cannot be read")
    if not addresses:
        return broken("there is none")
    for address in addresses:
        if _is_placeholder(address):
            return broken(f"{address}, which is a placeholder")
    return met(", ".join(addresses))


def status_service(case: Case) -> Verdict:
    """Names no OCSP responder, which would learn who shows a certificate where."""
    addresses = case.details.ocsp_addresses
    if addresses is None:
        return broken("it names services that cannot be read")
    return broken(", ".join(addresses)) if addresses else met("it names none")


def _is_placeholder(address: str) -> bool:
    host = address.partition("://")[2].partition("/")[0].partition(":")[0].lower()
    if host.endswith(_PLACEHOLDER_DOMAINS):
        return True
    return any(host == name or host.endswith(f".{name}") for name in _PLACEHOLDER_HOSTS)


def validity(case: Case) -> Verdict:
    """Two years."""
    return shared.lasts_at_most(case, _YEARS)


# --- the key, which a list may have without a certificate ---------------------------------------


def key(public_key: PublicKey) -> Verdict:
    """P-256, or RSA."""
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        return either(isinstance(public_key.curve, ec.SECP256R1), key_words(public_key))
    return either(public_key.key_size >= _LEAST_RSA_BITS, key_words(public_key))


def key_is_recommended(public_key: PublicKey) -> Verdict:
    """ECDSA and P-256, because signatures with RSA make large codes."""
    is_p256 = isinstance(public_key, ec.EllipticCurvePublicKey) and isinstance(
        public_key.curve, ec.SECP256R1
    )
    return either(is_p256, key_words(public_key))


def rsa_size(public_key: PublicKey) -> Verdict:
    """From 2048 to 3072 bits."""
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        return not_applicable(key_words(public_key))
    return either(_LEAST_RSA_BITS <= public_key.key_size <= _MOST_RSA_BITS, key_words(public_key))


_MUST, _SHOULD, _ADVICE = Level.MUST, Level.SHOULD, Level.ADVICE

RULES: Final = (
    Rule("dsc.common_name", _MUST, clauses.SIGNER, shared.common_name, "a common name"),
    Rule("dsc.organisation", _SHOULD, clauses.SIGNER, shared.organisation, "an organisation"),
    Rule(
        "dsc.subject_country",
        _MUST,
        clauses.SIGNER,
        shared.subject_country,
        "one country, of two capital letters",
    ),
    Rule(
        "dsc.country",
        _MUST,
        clauses.SIGNER,
        shared.published_country,
        "the same country in list and subject",
    ),
    Rule(
        "dsc.name_encoding",
        _ADVICE,
        clauses.NAMES,
        shared.name_encoding,
        "names whose texts are encoded once",
    ),
    Rule(
        "dsc.serial_number",
        _MUST,
        clauses.SERIAL,
        shared.serial_number,
        "a positive serial number of at most 20 octets",
    ),
    Rule("dsc.key_usage", _MUST, clauses.SIGNER, key_usage, "a key usage with digitalSignature"),
    Rule(
        "dsc.key_usage_only",
        _ADVICE,
        clauses.OURS,
        key_usage_only,
        "no other key usage: a key that does more is exposed more",
    ),
    Rule(
        "dsc.key_usage_critical",
        _SHOULD,
        clauses.KEY_USAGE,
        key_usage_critical,
        "the key usage marked critical",
    ),
    Rule(
        "dsc.basic_constraints",
        _SHOULD,
        clauses.TWO_LAYERS,
        basic_constraints,
        "no authority: basic constraints absent, or CA false",
    ),
    Rule(
        "dsc.extended_key_usage",
        _SHOULD,
        clauses.USAGES,
        extended_key_usage,
        "none, or the kinds of health certificates it signs",
    ),
    Rule(
        "dsc.extended_key_usage_arc",
        _SHOULD,
        clauses.USAGES,
        extended_key_usage_arc,
        "kinds on the registered arc, 1.3.6.1.4.1.1847",
    ),
    Rule(
        "dsc.extended_key_usage_critical",
        _MUST,
        clauses.USAGES,
        extended_key_usage_critical,
        "an extended key usage that is not critical",
    ),
    KeyRule("dsc.key", _MUST, clauses.SIGNER_KEYS, key, "P-256, or RSA of 2048 bits or more"),
    KeyRule(
        "dsc.key_recommended",
        _SHOULD,
        clauses.SIGNER_KEYS,
        key_is_recommended,
        "P-256, because RSA makes large codes",
    ),
    KeyRule("dsc.rsa_size", _SHOULD, clauses.SIGNER_KEYS, rsa_size, "RSA of 2048 to 3072 bits"),
    Rule(
        "dsc.signature_hash",
        _MUST,
        clauses.AUTHORITY_KEYS,
        shared.signature_hash,
        "a signature over SHA-2 of 256 bits or more",
    ),
    Rule(
        "dsc.signature_padding",
        _SHOULD,
        clauses.AUTHORITY_KEYS,
        shared.signature_padding,
        "RSASSA-PSS, where an RSA key signed it",
    ),
    Rule(
        "dsc.subject_key_identifier",
        _SHOULD,
        clauses.SIGNER,
        shared.subject_key_identifier,
        "a subject key identifier",
    ),
    Rule(
        "dsc.authority_key_identifier",
        _MUST,
        clauses.SIGNER,
        authority_key_identifier,
        "the key identifier of its authority",
    ),
    Rule("dsc.chain", _MUST, clauses.SIGNER, chain, "a signature of a country authority"),
    Rule(
        "dsc.within_authority",
        _MUST,
        clauses.SHELL,
        within_authority,
        "an end no later than its authority's",
    ),
    Rule(
        "dsc.authority_validity",
        _MUST,
        clauses.SHELL,
        authority_validity,
        "an authority that is valid at the moment",
    ),
    Rule(
        "dsc.crl_distribution_point",
        _SHOULD,
        clauses.SIGNER,
        crl_distribution_point,
        "the address of its authority's revocation list",
    ),
    Rule(
        "dsc.status_service",
        _SHOULD,
        clauses.REVOCATION,
        status_service,
        "no OCSP responder, which would learn who shows a certificate where",
    ),
    Rule("dsc.validity", _SHOULD, clauses.VALIDITY, validity, "at most 2 years"),
    Rule(
        "dsc.expired",
        _MUST,
        clauses.VALIDITY,
        shared.expired,
        "one that has not expired: others leave the list",
    ),
    Rule("dsc.started", _ADVICE, clauses.SHELL, shared.started, "a validity that has begun"),
    Rule("dsc.renewal", _SHOULD, clauses.VALIDITY, shared.renewal, "a renewal well before its end"),
    Rule(
        "dsc.strict_reading",
        _MUST,
        clauses.CERTIFICATE,
        shared.strict_reading,
        "a certificate that strict parsers take",
    ),
    Rule("dsc.kid", _MUST, clauses.KID, shared.kid, "the first 8 bytes of its SHA-256"),
    Rule(
        "dsc.thumbprint",
        _MUST,
        clauses.THUMBPRINT,
        shared.thumbprint,
        "a published thumbprint that is the certificate's",
    ),
)
