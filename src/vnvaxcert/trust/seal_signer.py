"""Signers of VDS-NC seals: which certificate made a seal, and who vouches for it (Doc 9303-12).

A seal brings its signer's certificate along. That proves nothing: anybody can make a certificate.
It is trusted when the verifier has listed it as a signer, or when an authority that the verifier
trusts has signed it; and then it has to be one for seals. The same authorities sign the
certificates of passport chips, whose keys must not make health certificates.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import (
    AlgorithmMismatchError,
    ChainError,
    SealUnsupportedError,
    SignerExpiredError,
    SignerNotYetValidError,
    SignerUsageError,
)
from vnvaxcert.icao.countries import alpha2, alpha3, is_same_state
from vnvaxcert.schema.seal import SealType
from vnvaxcert.trust import extensions
from vnvaxcert.trust.anchors import Anchors
from vnvaxcert.trust.certificate import CertificateFacts
from vnvaxcert.trust.chain import check_chain, find_authority, uses_sha1
from vnvaxcert.trust.der import DerError
from vnvaxcert.trust.entry import Entry, Published, SetAside, TrustedKey, certificate_kid
from vnvaxcert.trust.trustlist import TrustList
from vnvaxcert.trust.usage import SEAL_USAGE

# Listed signers of one country that are tried for a seal without a certificate. A country has a
# handful; a hostile list may not buy thousands of signature checks for each seal.
MAX_SEAL_CANDIDATES: Final = 64

# What a type of document is called in a DocumentTypeList; N is reserved for seals of health.
_TYPE_OF_DOCUMENT: Final = {"NV": SealType.VACCINATION, "NT": SealType.TEST}
_DOCUMENT_OF_TYPE: Final = {seal: document for document, seal in _TYPE_OF_DOCUMENT.items()}

_PUBLISHED: Final = Published("the seal", "certificate", "signer")


class SealSigner(NamedTuple):
    """A certificate that may have made a seal.

    Attributes:
        key: It; from the seal, or as it is listed.
        facts: Its certificate.
        kid: The key identifier that this has by its own bytes; a list may use another.
        is_listed: Whether the verifier's trust list has it as a signer.
    """

    key: TrustedKey
    facts: CertificateFacts
    kid: bytes
    is_listed: bool


# --- step 3: candidates --------------------------------------------------------------------------


def find_candidates(
    certificate: bytes | None, issuer: object, algorithm: Algorithm, trust: TrustList | None
) -> tuple[SealSigner, ...]:
    """The certificates that may have made a seal: the one in it, or those listed.

    Args:
        certificate: The one in the seal, DER, or None.
        issuer: ``hdr.is`` as received, whatever it is.
        algorithm: Of the signature; the keys fit it.
        trust: The verifier's list, or None.

    Returns:
        At least one, in the order of the list; of a seal without a certificate the signers for
        seals of its issuer's country, at most `MAX_SEAL_CANDIDATES`.

    Raises:
        SealUnsupportedError: The certificate cannot be read, its key not be used, or it has a
            critical extension that is not known; there is none, and none is listed either.
        AlgorithmMismatchError: Its key is of another kind than ``algorithm`` needs.

    Spec: VDS-NC 1.1 (``sig.cer``); ICAO Doc 9303-12 §7.1.
    """
    if certificate is None:
        return _listed_for(issuer, algorithm, trust)
    key, facts = _read(certificate)
    if algorithm not in key.algorithms:
        raise AlgorithmMismatchError(key.kid, algorithm.name)
    if trust is not None:
        for listed in trust.get(key.kid):
            if listed.role == "signer" and listed.facts == facts:
                return (SealSigner(listed, facts, key.kid, True),)
    return (SealSigner(key, facts, key.kid, False),)


def _listed_for(
    issuer: object, algorithm: Algorithm, trust: TrustList | None
) -> tuple[SealSigner, ...]:
    found = []
    if trust is not None and isinstance(issuer, str):
        for key in trust.anchors.signers_for(SEAL_USAGE):
            facts = key.facts
            if facts is None or algorithm not in key.algorithms or facts.is_restricted:
                continue
            if _is_of(issuer, _country(key)):
                found.append(SealSigner(key, facts, certificate_kid(facts.der), True))
    if not found:
        raise SealUnsupportedError(
            "it brings no signer's certificate along, and no signer of seals is listed for its "
            f"issuer and {algorithm.name}"
        )
    return tuple(found[:MAX_SEAL_CANDIDATES])


def _read(certificate: bytes) -> tuple[TrustedKey, CertificateFacts]:
    """A certificate of a seal and its key.

    Raises:
        SealUnsupportedError: It cannot be read or used.
    """
    outcome = _read_once(certificate)
    if isinstance(outcome, str):
        raise SealUnsupportedError(outcome)
    return outcome


# A country's seals come from a handful of certificates, and reading one costs about as much as
# checking a signature. Whoever shows others to a verifier gains nothing but that it reads again;
# each is no longer than a seal.
@lru_cache(maxsize=256)
def _read_once(certificate: bytes) -> tuple[TrustedKey, CertificateFacts] | str:
    """The certificate and its key, or why it cannot be used."""
    key = Entry(certificate_kid(certificate), certificate, _PUBLISHED).outcome()
    if isinstance(key, SetAside):
        return f"its signer's certificate cannot be used ({key.reason})"
    facts = key.facts
    if facts is None or facts.is_restricted:
        return "its signer's certificate has a critical extension that is not known"
    return key, facts


# --- step 5: the signer --------------------------------------------------------------------------


def check_signer(
    signer: SealSigner,
    at: datetime,
    trust: TrustList,
    authorities: TrustList | None,
    *,
    accept_sha1: bool,
    must_chain: bool,
) -> None:
    """Check that somebody vouches for a signer, and that it was valid.

    In this order: the dates of a certificate for which nobody vouches mean nothing.

    Args:
        signer: Whose signature is good.
        at: The moment at which signer and authority have to be valid, aware.
        trust: A signer listed there, under the key identifier computed from its certificate,
            needs no authority. Where no ``authorities`` are given, what is an authority there by
            its own account or the list's may vouch for others.
        authorities: Country signing authorities.
        accept_sha1: Whether the certificate may be signed over SHA-1.
        must_chain: Whether it needs an authority: whoever is not listed does.

    Raises:
        ChainError: It is neither listed nor signed by an authority that may have; or it names
            another country than that one.
        SignerExpiredError: It had expired.
        SignerNotYetValidError: It was not yet valid.

    Spec: ICAO Doc 9303-12 §7.1; RFC 5280 §6.1.
    """
    if must_chain:
        above = trust.anchors.in_name if authorities is None else authorities.anchors
        known = above.vouching_for(signer.facts, accept_sha1)
        if known is None or not _is_valid(known, at):
            _check_chain(signer, above, at, accept_sha1)
    _check_validity(signer.facts, at)


def _check_chain(signer: SealSigner, above: Anchors, at: datetime, accept_sha1: bool) -> None:
    facts, held = signer.facts, _Held(above)
    try:
        authority = check_chain(facts, held, at, accept_sha1=accept_sha1)
    except ChainError:
        # An authority may have ended with its signer; of the two, the signer says more.
        find_authority(facts, held, None, accept_sha1=accept_sha1)
        _check_validity(facts, at)
        raise
    _check_country(signer.key, authority)
    # What only the list says of its country may be otherwise in the next one.
    if facts.country:
        above.remember_vouching(facts, accept_sha1, authority)


class _Held(NamedTuple):
    """Anchors, as `vnvaxcert.trust.chain` takes them."""

    anchors: Anchors


def _is_valid(authority: TrustedKey, at: datetime) -> bool:
    """Whether an authority that may vouch but for the moment is valid at it."""
    not_before, not_after = authority.not_before, authority.not_after
    return (not_before is None or at >= not_before) and (not_after is None or at <= not_after)


def _check_validity(facts: CertificateFacts, at: datetime) -> None:
    if at > facts.not_after:
        raise SignerExpiredError(facts.not_after, at)
    if at < facts.not_before:
        raise SignerNotYetValidError(facts.not_before, at)


def _check_country(signer: TrustedKey, authority: TrustedKey) -> None:
    """An authority vouches for signers of its own country, and no other (Doc 9303-12 §7.1).

    A bare key that was listed without a country vouches for any.
    """
    theirs, own = _country(authority), _country(signer)
    if theirs is not None and (own is None or _state(theirs) != _state(own)):
        raise ChainError("its certificate names another country than its authority's")


@lru_cache(maxsize=256)
def is_sha1_signed(facts: CertificateFacts) -> bool:
    """Whether a signer's certificate is signed over SHA-1."""
    return uses_sha1(facts)


# --- step 7: what it may sign --------------------------------------------------------------------


def check_usage(signers: Sequence[SealSigner], seal_type: SealType, issuer: str) -> SealSigner:
    """The first signer that may sign this type of seal, and for this issuer.

    Args:
        signers: Those left, at least one.
        seal_type: ``hdr.t``.
        issuer: ``hdr.is``, a code of Doc 9303-3.

    Returns:
        That signer.

    Raises:
        SignerUsageError: The extended key usage is not that of a signer of seals, which one must
            state (`SEAL_USAGE`); the key usage, where there is one, leaves signing out; a list of
            document types leaves this type out, or cannot be read; the certificate is of another
            country than the issuer, or of none. ``kind`` is then the issuer.

    Spec: ICAO Doc 9303-12 §7.1.3 (bar code signer); Doc 9303-3 §5 (codes of states);
    RFC 5280 §4.2.1.3.
    """
    refusals = []
    for signer in signers:
        refusal = _refusal(signer, seal_type, issuer)
        if refusal is None:
            return signer
        refusals.append(refusal)
    raise refusals[0]


def _refusal(signer: SealSigner, seal_type: SealType, issuer: str) -> SignerUsageError | None:
    allowed = _seals_of(signer.facts)
    if seal_type not in allowed:
        return SignerUsageError(seal_type.value, tuple(sorted(allowed)) or _OTHER)
    country = _country(signer.key)
    if not _is_of(issuer, country):
        return SignerUsageError(issuer, (_shown(country),))
    return None


_OTHER: Final = ("other uses",)
_SIGNING: Final = frozenset({"digitalSignature", "nonRepudiation"})


@lru_cache(maxsize=256)
def _seals_of(facts: CertificateFacts) -> frozenset[str]:
    """The types of seal a certificate may sign, by its usages and its types of document."""
    if SEAL_USAGE not in facts.extended_key_usages:
        return frozenset()
    if facts.key_usage is not None and not facts.key_usage & _SIGNING:
        return frozenset()
    try:
        content = facts.extension(extensions.DOCUMENT_TYPE_LIST)
        if content is None:
            return frozenset(_DOCUMENT_OF_TYPE)
        listed = extensions.document_types(content)
    except DerError:
        return frozenset()
    return frozenset(_TYPE_OF_DOCUMENT[one] for one in listed if one in _TYPE_OF_DOCUMENT)


# --- countries -----------------------------------------------------------------------------------


def _country(key: TrustedKey) -> str | None:
    """What its certificate says; where that says nothing, what the list does."""
    return (key.facts.country if key.facts else None) or key.country


def _is_of(issuer: str, country: str | None) -> bool:
    """Whether the code in a seal and that of a certificate are of one state, both known."""
    if country is None:
        return False
    # A few certificates, and some lists, have three letters.
    return is_same_state(issuer, country if len(country) == 2 else alpha2(country) or "")


def _state(country: str) -> str:
    """One code for each state, however a certificate or a list writes it."""
    if not country.isascii():  # capitals of others may be ASCII
        return country
    code = country.upper()
    return alpha3(code if len(code) == 2 else alpha2(code) or "") or code


def _shown(country: str | None) -> str:
    """The code of a country for a message; a stranger may have put any text in its place."""
    code = "" if country is None else _state(country)
    return code if code.isalnum() and code.isascii() and len(code) <= 3 else "no known state"
