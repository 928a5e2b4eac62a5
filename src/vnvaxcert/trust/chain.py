"""Chain of a signer to its country authority: one link, DSC under CSCA (RFC 5280 §6.1).

Country authorities are trusted as they are given: an intermediate one (Viet Nam's is) is as good
an anchor as a self-signed one, and so is a bare key. Validity follows the shell model: authority
and signer both have to be valid at the moment of verification; the signer's own validity and
usages are checked elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha1

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa

from vnvaxcert.errors import ChainError
from vnvaxcert.trust.anchors import Authorities
from vnvaxcert.trust.certificate import CertificateFacts
from vnvaxcert.trust.entry import TrustedKey
from vnvaxcert.trust.moment import check_moment
from vnvaxcert.trust.signature_scheme import SHA1, SchemeError, read_scheme

# An authority is looked up by key identifier or name, which are anyone's to choose. Real lists
# have 2 or 3 keys under one; a hostile list may not buy thousands of signature checks.
MAX_CANDIDATES = 64


def check_chain(
    signer: CertificateFacts | None,
    authorities: Authorities,
    at: datetime,
    *,
    between: Sequence[CertificateFacts] = (),
    accept_sha1: bool = False,
) -> TrustedKey:
    """Find the country authority that signed a signer's certificate, and check that it may.

    Candidates are all authorities with the key identifier the signer names (AKI), or, when there
    is none, all with the name of its issuer; of those, one whose key verifies the certificate.
    What a list published as a signer is never one of them.

    Args:
        signer: The signer's certificate; ``None``, a bare key, chains to nobody.
        authorities: The anchors. Certificates and bare keys; a bare key has neither validity nor
            constraints, and stands under the key identifier computed from it. A gateway's list
            may be given whole: its signers (DSC) are passed over.
        at: The moment of verification, aware.
        between: Certificates that may stand between the signer and an authority: they are not
            trusted, only followed.
        accept_sha1: Accept certificates signed over SHA-1, which can be forged at some expense.
            8 of 832 production certificates are. `uses_sha1` tells.

    Returns:
        The authority.

    Raises:
        ChainError: No authority has that identifier or name; none of them made the signature;
            the one that did was not valid at ``at``, or is no authority by its own certificate;
            the signature's algorithm is unknown or refused.
        ValueError: ``at`` is naive.
        TypeError: ``at`` is no moment.

    Spec: RFC 5280 §4.2.1.1, §6.1.3; RFC 4055; RFC 5758; EU certificate governance, "shell".
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
    try:
        scheme = read_scheme(signer.signature_algorithm, signer.signature_parameters)
    except SchemeError as error:
        raise ChainError(f"its certificate's signature: {error}") from error
    if scheme.hash_name == SHA1 and not accept_sha1:
        raise ChainError("its certificate is signed over SHA-1, which is not accepted")
    reason = "no authority has the key identifier or the name of its issuer"
    for number, authority in enumerate(_candidates(signer, authorities)):
        if number == MAX_CANDIDATES:
            break
        try:
            scheme.check(authority.public_key, signer.signature, signer.tbs)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, SchemeError):
            # The backend may lack a hash or a curve, and a modulus be too short for the hash.
            if not number:
                reason = "its certificate is not signed with the key of the authority it names"
            continue
        refusal = _refusal(authority, at)
        if refusal is None:
            return authority
        # The authority itself, but not in order: says more than any other candidate's failure.
        reason = refusal
    raise ChainError(reason)


def uses_sha1(certificate: CertificateFacts) -> bool:
    """Whether a certificate is signed over SHA-1, so that its signature proves little."""
    try:
        return (
            read_scheme(certificate.signature_algorithm, certificate.signature_parameters).hash_name
            == SHA1
        )
    except SchemeError:
        return False


def _candidates(signer: CertificateFacts, authorities: Authorities) -> Iterator[TrustedKey]:
    wanted = signer.aki
    anchors = authorities.anchors.keys
    if wanted is not None:
        found = [key for key in anchors if _stated_or_computed(key) == wanted]
        # Some authorities state an identifier of their own, and write the computed one into
        # what they sign.
        found = found or [key for key in anchors if _computed(key) == wanted]
        if found:
            yield from found
            return
    for key in anchors:
        if key.facts is None:
            # A bare key has no name. It is tried where the signer names no key either.
            if wanted is None:
                yield key
        elif key.facts.subject_der == signer.issuer_der or _same_name(key.facts, signer):
            yield key


def _same_name(authority: CertificateFacts, signer: CertificateFacts) -> bool:
    # Authorities write one name as PrintableString here and UTF8String there; the name only
    # proposes a key, the signature decides.
    return authority.subject.casefold() == signer.issuer.casefold()


def _stated_or_computed(key: TrustedKey) -> bytes:
    stated = None if key.facts is None else key.facts.ski
    return _computed(key) if stated is None else stated


def _computed(key: TrustedKey) -> bytes:
    """The key identifier of RFC 5280 §4.2.1.2 (1): SHA-1 over the key's bits."""
    # Imported here because it takes 10 ms, which only a check of a chain should cost.
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public_key = key.public_key
    if isinstance(public_key, rsa.RSAPublicKey):
        content = public_key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    else:
        content = public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return sha1(content, usedforsecurity=False).digest()


def _refusal(authority: TrustedKey, at: datetime | None) -> str | None:
    """Why the authority must not vouch for a signer at that moment; ``None`` when it may."""
    if authority.facts is not None and not _may_certify(authority.facts):
        return "the certificate that signed it is not that of an authority"
    if at is None:
        return None
    if authority.not_before is not None and at < authority.not_before:
        return f"its authority is valid only from {_utc(authority.not_before)}"
    if authority.not_after is not None and at > authority.not_after:
        return f"its authority expired at {_utc(authority.not_after)}"
    return None


def _may_certify(facts: CertificateFacts) -> bool:
    """Neither constraints nor key usage say otherwise (RFC 5280 §6.1.4 (k), (n))."""
    return facts.is_ca is not False and facts.key_cert_sign is not False


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
