"""Chain of a signer to its country authority: one link, DSC under CSCA (RFC 5280 §6.1).

Country authorities are trusted as they are given: an intermediate one (Viet Nam's is) is as good
an anchor as a self-signed one, and so is a bare key. Validity follows the shell model: authority
and signer both have to be valid at the moment of verification; the signer's own validity and
usages are checked elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha1
from typing import NamedTuple, TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.errors import ChainError
from vnvaxcert.trust import der
from vnvaxcert.trust.anchors import Authorities
from vnvaxcert.trust.certificate import CertificateFacts
from vnvaxcert.trust.der import DerError
from vnvaxcert.trust.entry import TrustedKey
from vnvaxcert.trust.moment import check_moment

# An authority is looked up by key identifier or name, which are anyone's to choose. Real lists
# have 2 or 3 keys under one; a hostile list may not buy thousands of signature checks.
MAX_CANDIDATES = 64

_Hash: TypeAlias = hashes.SHA1 | hashes.SHA224 | hashes.SHA256 | hashes.SHA384 | hashes.SHA512

_SHA1 = "SHA-1"


class _Scheme(NamedTuple):
    """How a certificate was signed: the hash's name, and how to check with a key."""

    hash_name: str
    check: Callable[[PublicKey, bytes, bytes], None]


class _RefusedError(Exception):
    """An algorithm or a parameter that is not supported, or does not fit the key."""


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
        scheme = _scheme(signer)
    except _RefusedError as error:
        raise ChainError(f"its certificate's signature: {error}") from error
    if scheme.hash_name == _SHA1 and not accept_sha1:
        raise ChainError("its certificate is signed over SHA-1, which is not accepted")
    reason = "no authority has the key identifier or the name of its issuer"
    for number, authority in enumerate(_candidates(signer, authorities)):
        if number == MAX_CANDIDATES:
            break
        try:
            scheme.check(authority.public_key, signer.signature, signer.tbs)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, _RefusedError):
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
        return _scheme(certificate).hash_name == _SHA1
    except _RefusedError:
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


# --- how certificates are signed ---------------------------------------------------------------

_ECDSA_WITH: dict[str, type[_Hash]] = {  # RFC 5758 §3.2; SHA-1: RFC 3279 §2.2.3
    "1.2.840.10045.4.1": hashes.SHA1,
    "1.2.840.10045.4.3.1": hashes.SHA224,
    "1.2.840.10045.4.3.2": hashes.SHA256,
    "1.2.840.10045.4.3.3": hashes.SHA384,
    "1.2.840.10045.4.3.4": hashes.SHA512,
}
_RSA_WITH: dict[str, type[_Hash]] = {  # RFC 4055 §5, RFC 8017 A.2.4
    "1.2.840.113549.1.1.5": hashes.SHA1,
    "1.2.840.113549.1.1.14": hashes.SHA224,
    "1.2.840.113549.1.1.11": hashes.SHA256,
    "1.2.840.113549.1.1.12": hashes.SHA384,
    "1.2.840.113549.1.1.13": hashes.SHA512,
}
_RSA_PSS = "1.2.840.113549.1.1.10"  # RFC 4055 §3.1
_LONGEST_SALT = 1024  # bytes: as long as the longest modulus

# Object identifiers as they stand in parameters (RFC 4055 §2.1, §2.2).
_MGF1 = bytes.fromhex("2a864886f70d010108")  # 1.2.840.113549.1.1.8
_HASHES: dict[bytes, type[_Hash]] = {
    bytes.fromhex("2b0e03021a"): hashes.SHA1,  # 1.3.14.3.2.26
    bytes.fromhex("608648016503040204"): hashes.SHA224,  # 2.16.840.1.101.3.4.2.4
    bytes.fromhex("608648016503040201"): hashes.SHA256,
    bytes.fromhex("608648016503040202"): hashes.SHA384,
    bytes.fromhex("608648016503040203"): hashes.SHA512,
}
_NAMES = {"sha1": _SHA1, "sha224": "SHA-224", "sha256": "SHA-256"}
_NAMES |= {"sha384": "SHA-384", "sha512": "SHA-512"}


def _scheme(certificate: CertificateFacts) -> _Scheme:
    oid = certificate.signature_algorithm
    if oid in _ECDSA_WITH:
        return _ecdsa(_ECDSA_WITH[oid]())
    if oid in _RSA_WITH:
        return _rsa(_RSA_WITH[oid](), padding.PKCS1v15())
    if oid == _RSA_PSS:
        try:
            return _rsa(*_pss(certificate.signature_parameters or b""))
        except DerError as error:
            raise _RefusedError(str(error)) from error
    raise _RefusedError(f"unknown algorithm {oid}")


def _ecdsa(algorithm: _Hash) -> _Scheme:
    def check(key: PublicKey, signature: bytes, data: bytes) -> None:
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise _RefusedError("made with ECDSA, and the authority's key is an RSA key")
        key.verify(signature, data, ec.ECDSA(algorithm))

    return _Scheme(_NAMES[algorithm.name], check)


def _rsa(algorithm: _Hash, scheme: padding.PKCS1v15 | padding.PSS) -> _Scheme:
    def check(key: PublicKey, signature: bytes, data: bytes) -> None:
        if not isinstance(key, rsa.RSAPublicKey):
            raise _RefusedError("made with RSA, and the authority's key is an EC key")
        key.verify(signature, data, scheme, algorithm)

    return _Scheme(_NAMES[algorithm.name], check)


def _pss(parameters: bytes) -> tuple[_Hash, padding.PSS]:
    """Read RSASSA-PSS-params (RFC 4055 §3.1): each member may be absent and has a default."""
    what = "parameters of RSASSA-PSS"
    inside = der.only(parameters, 0, len(parameters), der.SEQUENCE, what)
    members = {tag: (start, stop) for tag, start, stop in der.elements(parameters, *inside, what)}
    digest: type[_Hash] = hashes.SHA1
    mask: type[_Hash] = hashes.SHA1
    salt_length = 20
    if 0xA0 in members:
        digest = _hash(parameters, *members[0xA0])
    if 0xA1 in members:
        start, stop = der.only(parameters, *members[0xA1], der.SEQUENCE, what)
        oid, oid_end = der.expect(parameters, start, stop, der.OBJECT_IDENTIFIER, what)
        if parameters[oid:oid_end] != _MGF1:
            raise DerError(f"{what}: unknown mask generation function")
        mask = _hash(parameters, oid_end, stop)
    if 0xA2 in members:
        number = der.only(parameters, *members[0xA2], der.INTEGER, what)
        salt_length = der.integer(parameters, *number, what)
        if not 0 <= salt_length <= _LONGEST_SALT:
            raise DerError(f"{what}: impossible salt length")
    if 0xA3 in members:
        number = der.only(parameters, *members[0xA3], der.INTEGER, what)
        if der.integer(parameters, *number, what) != 1:
            raise DerError(f"{what}: unknown trailer field")
    return digest(), padding.PSS(padding.MGF1(mask()), salt_length)


def _hash(data: bytes, at: int, end: int) -> type[_Hash]:
    """The hash of an AlgorithmIdentifier; its parameters are NULL or absent (RFC 4055 §2.1)."""
    what = "parameters of RSASSA-PSS"
    start, stop = der.only(data, at, end, der.SEQUENCE, what)
    oid, oid_end = der.expect(data, start, stop, der.OBJECT_IDENTIFIER, what)
    found = _HASHES.get(data[oid:oid_end])
    if found is None:
        raise DerError(f"{what}: unknown hash")
    return found
