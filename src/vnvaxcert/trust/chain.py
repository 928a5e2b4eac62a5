"""Chain of a signer to its country authority: DSC under CSCA (RFC 5280 §6.1).

Country authorities are trusted as they are given: an intermediate one (Viet Nam's is) is as good
an anchor as a self-signed one, and so is a bare key. Between signer and authority there is mostly
nothing; what came along with a message, link certificates among them, is followed where there is.

Authority, signer and all between have to be valid at one moment, which the caller chooses; the
signer's own validity and usages are checked elsewhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from vnvaxcert.errors import ChainError
from vnvaxcert.trust.anchors import Authorities, issuers_among
from vnvaxcert.trust.certificate import CertificateFacts
from vnvaxcert.trust.entry import TrustedKey
from vnvaxcert.trust.moment import check_moment, utc_text
from vnvaxcert.trust.signature_scheme import SHA1, Scheme, SchemeError, read_scheme

# An authority is looked up by key identifier or name, which are anyone's to choose. Real lists
# have 2 or 3 keys under one; a hostile one may not buy thousands of signature checks. For the
# whole of one chain.
MAX_CANDIDATES = 64

# Certificates between a signer and an authority. Real chains have 0 or 1; one link certificate
# more for each time an authority has changed its key since the one that is trusted, every 3 to 5
# years.
MAX_BETWEEN = 8


def check_chain(
    signer: CertificateFacts | None,
    authorities: Authorities,
    at: datetime,
    *,
    between: Sequence[CertificateFacts] = (),
    accept_sha1: bool = False,
) -> TrustedKey:
    """Find the country authority over a signer's certificate, and check that it may vouch for it.

    Who may have signed a certificate: all authorities with the key identifier that it names
    (AKI), or, when there is none, all with the name of its issuer; of those, one whose key
    verifies it. What a list published as a signer is never one of them. Where no authority did,
    the same is asked of the certificates between, and of each that did, in turn.

    Args:
        signer: The signer's certificate; ``None``, a bare key, chains to nobody.
        authorities: The anchors. Certificates and bare keys; a bare key has neither validity nor
            constraints, and stands under the key identifier computed from it. A gateway's list
            may be given whole: its signers (DSC) are passed over.
        at: The moment at which authority and all between have to be valid, aware.
        between: Certificates that may stand between the signer and an authority, in any order:
            those that came along, or link certificates (the new key of an authority, signed with
            its old one). They are not trusted, only followed, at most `MAX_BETWEEN` to an
            authority. Each has to say that it is an authority's, and as many of them may follow
            as path lengths allow; a link certificate does not count, nor does any that has its
            issuer's name.
        accept_sha1: Accept certificates signed over SHA-1, which can be forged at some expense.
            8 of 832 production certificates are. `uses_sha1` tells.

    Returns:
        The authority.

    Raises:
        ChainError: No authority has that identifier or name; none of them made the signature;
            the one that did, or a certificate between, was not valid at ``at``, or is no
            authority by its own certificate, or has more authorities below it than it allows; a
            certificate between has name constraints or another critical extension not read here;
            a signature's algorithm is unknown, refused, or not the one that was signed.
        ValueError: ``at`` is naive.
        TypeError: ``at`` is no moment.

    Spec: RFC 5280 §4.2.1.1, §6.1.3, §6.1.4; RFC 4055; RFC 5758; EU certificate governance,
    "shell"; ICAO Doc 9303-12 (link certificates).
    """
    check_moment(at)
    return find_authority(signer, authorities, at, between=between, accept_sha1=accept_sha1)


def find_authority(
    signer: CertificateFacts | None,
    authorities: Authorities,
    at: datetime | None,
    *,
    between: Sequence[CertificateFacts] = (),
    accept_sha1: bool = False,
) -> TrustedKey:
    """As `check_chain`; with None for the moment, whether they were valid does not matter."""
    if signer is None:
        raise ChainError("it is a bare key, without a certificate that an authority signed")
    search = _Search(authorities, at, accept_sha1)
    link = _Link(signer, 0, 0)
    found = search.authority_over(link)
    if found is None and between:
        found = search.follow(link, between)
    if found is None:
        raise ChainError(search.reason)
    return found


def uses_sha1(certificate: CertificateFacts) -> bool:
    """Whether a certificate is signed over SHA-1, so that its signature proves little."""
    try:
        return _scheme_of(certificate).hash_name == SHA1
    except SchemeError:
        return False


class _Link(NamedTuple):
    """A certificate that is on the way from a signer to an authority.

    Attributes:
        certificate: It.
        depth: How many certificates lie between it and the signer, itself included.
        counted: How many of these a path length counts.
    """

    certificate: CertificateFacts
    depth: int
    counted: int

    @property
    def name(self) -> str:
        """What messages call it."""
        return "a certificate between it and an authority" if self.depth else "its certificate"


class _Search:
    """A search for an authority, and the best reason so far why there is none."""

    def __init__(self, authorities: Authorities, at: datetime | None, accept_sha1: bool) -> None:
        self._anchors = authorities.anchors
        self._at = at
        self._accept_sha1 = accept_sha1
        self._left = MAX_CANDIDATES
        self._rank = _NOBODY
        self.reason = "no authority has the key identifier or the name of its issuer"

    def authority_over(self, link: _Link) -> TrustedKey | None:
        """The authority that signed a certificate and may have, if there is one."""
        certificate = link.certificate
        scheme = self._scheme_of(link)
        if scheme is None:
            return None
        for key in self._anchors.over(certificate):
            if not self._may_try():
                break
            if not self._anchors.has_signed(key, certificate):
                if not _has_signed(key, certificate, scheme):
                    self._note(
                        _UNSIGNED,
                        f"{link.name} is not signed with the key of the authority it names",
                    )
                    continue
                self._anchors.remember(key, certificate)
            refusal = self._refusal_of_authority(key, link)
            if refusal is None:
                return key
            self._note(_REFUSED, refusal)
        return None

    def follow(self, first: _Link, between: Sequence[CertificateFacts]) -> TrustedKey | None:
        """The authority over any certificate that lies above the first one."""
        issuers = issuers_among(between)
        followed: set[CertificateFacts] = set()
        # Those that path lengths do not count go first, so that each is left by the way that
        # counts the least, and once is enough.
        waiting = deque([first])
        while waiting:
            link = waiting.popleft()
            scheme = self._scheme_of(link)
            if scheme is None or link.certificate in followed:
                continue
            followed.add(link.certificate)
            for issuer in issuers.of(link.certificate):
                if issuer in followed:
                    continue
                if not self._may_try():
                    return None
                above = self._above(link, issuer, scheme)
                if above is None:
                    continue
                found = self.authority_over(above)
                if found is not None:
                    return found
                if above.counted == link.counted:
                    waiting.appendleft(above)
                else:
                    waiting.append(above)
        return None

    def _scheme_of(self, link: _Link) -> Scheme | None:
        try:
            scheme = _scheme_of(link.certificate)
        except SchemeError as error:
            whose = f"the signature of {link.name}" if link.depth else f"{link.name}'s signature"
            self._note(_REFUSED, f"{whose}: {error}")
            return None
        if scheme.hash_name == SHA1 and not self._accept_sha1:
            self._note(_REFUSED, f"{link.name} is signed over SHA-1, which is not accepted")
            return None
        return scheme

    def _may_try(self) -> bool:
        self._left -= 1
        return self._left >= 0

    def _above(self, link: _Link, issuer: CertificateFacts, scheme: Scheme) -> _Link | None:
        """The next link, if that certificate signed this one and may have."""
        if not _has_signed(issuer, link.certificate, scheme):
            self._note(
                _UNSIGNED, f"{link.name} is not signed with the key of the certificate above it"
            )
            return None
        above = _Link(issuer, link.depth + 1, link.counted + (not _is_link(issuer)))
        refusal = self._refusal_of_between(above, link)
        if refusal is not None:
            self._note(_REFUSED, refusal)
            return None
        self._note(_FOLLOWED, "none of the certificates that came along leads to an authority")
        return above

    def _refusal_of_authority(self, authority: TrustedKey, below: _Link) -> str | None:
        """Why an authority must not vouch for what it signed; ``None`` when it may."""
        facts = authority.facts
        if facts is not None:
            # Who gives an authority says that it is one; only its own word against that counts.
            if facts.is_ca is False or facts.key_cert_sign is False:
                return "the certificate that signed it is not that of an authority"
            if not _is_long_enough(facts.path_length, below):
                return "there are more authorities below its authority than that one allows"
        return self._refusal_of_time(authority.not_before, authority.not_after, "its authority")

    def _refusal_of_between(self, link: _Link, below: _Link) -> str | None:
        """Why a certificate that nobody trusts must not be followed; ``None`` when it may."""
        facts = link.certificate
        if link.depth > MAX_BETWEEN:
            return f"more than {MAX_BETWEEN} certificates lie between it and an authority"
        if not facts.is_ca or facts.key_cert_sign is False:
            return f"{link.name} is not that of an authority"
        if facts.is_restricted:
            return f"{link.name} has constraints that are not supported"
        if not _is_long_enough(facts.path_length, below):
            return f"{link.name} allows fewer authorities below it than there are"
        return self._refusal_of_time(facts.not_before, facts.not_after, link.name)

    def _refusal_of_time(
        self, not_before: datetime | None, not_after: datetime | None, name: str
    ) -> str | None:
        at = self._at
        if at is None:
            return None
        if not_before is not None and at < not_before:
            return f"{name} is valid only from {utc_text(not_before)}"
        if not_after is not None and at > not_after:
            return f"{name} expired at {utc_text(not_after)}"
        return None

    def _note(self, rank: int, reason: str) -> None:
        if rank > self._rank:
            self._rank, self.reason = rank, reason


# What a failure says, in rising order: who signed and is not in order says more than who did not.
_NOBODY, _FOLLOWED, _UNSIGNED, _REFUSED = range(4)


@lru_cache(maxsize=64)
def _scheme(oid: str, parameters: bytes | None) -> Scheme:
    return read_scheme(oid, parameters)


def _scheme_of(certificate: CertificateFacts) -> Scheme:
    if not certificate.is_algorithm_signed:
        raise SchemeError("another algorithm is named inside what is signed")
    return _scheme(certificate.signature_algorithm, certificate.signature_parameters)


def _has_signed(
    issuer: TrustedKey | CertificateFacts, certificate: CertificateFacts, scheme: Scheme
) -> bool:
    try:
        scheme.check(issuer.public_key, certificate.signature, certificate.tbs)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, SchemeError):
        # The backend may lack a hash or a curve, a modulus be too short for the hash, and a key
        # that came along unusable.
        return False
    return True


def _is_link(facts: CertificateFacts) -> bool:
    """Whether path lengths do not count it: self-issued, or an authority's under its new name.

    An authority that changed its name cannot write a self-issued link certificate, and its own
    path length is 0 by ICAO's profile; the extension NameChange says what it is. Whoever can write
    that one can write a self-issued one too (RFC 5280 §6.1.4 (l); Doc 9303-12).
    """
    return facts.is_name_change or facts.subject.casefold() == facts.issuer.casefold()


def _is_long_enough(path_length: int | None, below: _Link) -> bool:
    return path_length is None or below.counted <= path_length
