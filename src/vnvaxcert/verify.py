"""Verification, step by step (HCERT §6.3; the order and its codes are in docs and design).

The steps are those of a health certificate (HCERT); `vnvaxcert.verify_seal` has those of a seal.

1. Unwrap: prefix, Base45, bounded inflate.
2. COSE_Sign1 and its headers.
3. Candidates: every trusted key with this ``kid`` that fits ``alg``.
4. Signature over the bytes received.
5. The signer: valid at the moment (or, by a policy, when it signed), under a country authority
   where these are given.
6. The claims: ``exp`` and ``iat`` against the moment.
7. The payload: content type, schema, and whether the signer may sign this kind.
8. Revocation, where lists are given.

Anything untrusted is touched as late as possible: the payload is not even decoded before its
signature has been verified.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vnvaxcert import cwt, hcert
from vnvaxcert.cose import keys, sign1
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.cose.sign1 import Sign1
from vnvaxcert.cwt import Claims
from vnvaxcert.errors import (
    AlgorithmError,
    AlgorithmMismatchError,
    ClaimsError,
    CoseStructureError,
    ExpiredError,
    InvalidSignatureError,
    KeyIdError,
    NotYetValidError,
    PossiblyRevokedError,
    SignerExpiredError,
    SignerNotYetValidError,
    SignerUsageError,
    UnknownKeyError,
    VerificationError,
)
from vnvaxcert.policy import DEFAULT_POLICY, Check, Policy, ValidityModel
from vnvaxcert.results import Envelope, UnverifiedCertificate, VerifiedCertificate
from vnvaxcert.schema import payload as dcc
from vnvaxcert.schema.records import CertificateWarning, HealthCertificate
from vnvaxcert.trust.entry import certificate_kid
from vnvaxcert.trust.trustlist import TrustedKey, TrustList
from vnvaxcert.trust.usage import SEAL_USAGE, USAGE_OF_KIND

# Chains and revocation are imported where they are asked for: most processes verify without.
if TYPE_CHECKING:
    from vnvaxcert.trust.revocation import RevocationList

# Keys that share one key identifier: by chance 2 of thousands do. A hostile list may not buy
# thousands of signature checks for each certificate.
MAX_CANDIDATES = 64


def verify(
    text: str,
    *,
    trust: TrustList,
    at: datetime | None = None,
    authorities: TrustList | None = None,
    revocations: RevocationList | None = None,
    policy: Policy = DEFAULT_POLICY,
) -> VerifiedCertificate:
    """Verify the text of a certificate's QR code: a health certificate (``HC1:``) or a seal.

    A text that starts with ``{`` or ``[`` is a VDS-NC seal. It brings its signer's certificate
    along, and that is trusted when it is on ``trust`` as a signer, or signed by one of the
    ``authorities``; where none are given, by an authority that is on ``trust``.

    Args:
        text: The text exactly as read from the code.
        trust: The keys that are trusted to sign certificates.
        at: The moment for which the answer holds, aware; now, when not given.
        authorities: Country signing authorities. When given, the signer's certificate must be
            signed by one of them; a seal's only where it is not on ``trust`` itself, or the
            policy requires the chain.
        revocations: Revoked certificates, and revoked signers; of seals only the latter.
        policy: What is tolerated and what is insisted on.

    Returns:
        The certificate, only if every step passed.

    Raises:
        DecodeError: The text is no certificate, or a damaged one.
        VerificationError: It must not be trusted; ``code`` says why.
        TypeError: An argument of the wrong type.
        ValueError: ``at`` without a time zone, or a check that the policy requires and whose
            data were not given.

    Spec: HCERT 1.0.8 §3, §4, §6.3, appendix A; ICAO VDS-NC 1.1, Doc 9303-12 and 9303-13.
    """
    at = moment(at)
    if trust is None:
        raise TypeError("trust: expected a TrustList, not NoneType")
    check_arguments(trust, authorities, revocations, policy)
    if is_seal(text):
        from vnvaxcert.verify_seal import verify_seal

        return verify_seal(
            text,
            trust=trust,
            at=at,
            authorities=authorities,
            revocations=revocations,
            policy=policy,
        )
    # 1. Unwrap HC1, Base45, zlib. Nothing is trusted yet.
    message = hcert.unwrap(text, max_inflated_bytes=policy.max_inflated_bytes)
    # 2. COSE_Sign1 and its headers.
    signed = sign1.parse(message)
    algorithm = read_algorithm(signed, policy)
    kid = signed.kid()
    # 3. Candidates: every key with this kid; 8-byte kids collide (HCERT §3.3.3).
    candidates = find_candidates(trust, kid, algorithm)
    # 4. Signature over the received bytes; alg fits the key.
    signers = check_signature(signed, algorithm, candidates)
    # 5. The signer is valid when the policy wants, under an authority where these are given.
    when = signer_moment(signed.payload, at, policy)
    signers = check_signers(signers, when, authorities, policy)
    # 6. exp is not before the moment, iat not after it.
    claims = cwt.parse(signed.payload)
    expires_at = check_times(claims, at, policy)
    # 7. Only now: content type, schema, value sets; the signer may sign this kind.
    certificate, warnings = dcc.parse(claims.dcc(), tolerated=policy.tolerated)
    signer = check_usage(signers, certificate)
    # 8. Revocation.
    if revocations is not None:
        check_revocation(revocations, kid, algorithm, signed, claims, certificate, signer)
    return VerifiedCertificate(
        certificate=certificate,
        envelope=Envelope.HCERT,
        issuer=claims.issuer,
        issued_at=claims.issued_at,
        expires_at=expires_at,
        algorithm=algorithm,
        kid=kid,
        signer=signer,
        warnings=(
            signing_warnings(signed, signer, claims, authorities) + claims.warnings + warnings
        ),
        private_claims=claims.private_claims,
    )


def decode_unverified(text: str) -> UnverifiedCertificate:
    """Read the text of a certificate's or seal's QR code without checking anything.

    For display, debugging and statistics. Never decide about a person by it.

    Args:
        text: The text exactly as read from the code.

    Raises:
        DecodeError: The text is no certificate, or a damaged one.
        TypeError: Not a text.

    Spec: HCERT 1.0.8 §3, §4; ICAO VDS-NC 1.1.
    """
    if is_seal(text):
        from vnvaxcert.verify_seal import decode_seal

        return decode_seal(text)
    signed = sign1.parse(hcert.unwrap(text))
    claims = cwt.parse(signed.payload)
    certificate, warnings = dcc.parse(claims.dcc())
    return unverified(signed, claims, certificate, claims.warnings + warnings)


# White space of JSON, and the mark that some files start with. No certificate starts with these.
_BEFORE_A_SEAL = frozenset("\ufeff \t\r\n")


def is_seal(text: object) -> bool:
    """Whether a text is to be read as a VDS-NC seal: its first character is ``{`` or ``[``."""
    if not isinstance(text, str):
        return False
    start = text[:1]
    if start == "{" or start == "[":
        return True
    if start not in _BEFORE_A_SEAL:
        return False
    from vnvaxcert.vdsnc import looks_like_seal  # and the JSON parser: for those who read seals

    return looks_like_seal(text)


# --- the steps, in order -------------------------------------------------------------------------


def moment(at: datetime | None) -> datetime:
    """The moment asked for, or now.

    Raises:
        TypeError: Not a datetime.
        ValueError: Without a time zone.
    """
    if at is None:
        return datetime.now(UTC)
    if not isinstance(at, datetime):
        raise TypeError(f"at: expected a datetime, not {type(at).__name__}")
    if at.utcoffset() is None:
        raise ValueError("at: expected an aware datetime, this one has no time zone")
    return at


def check_arguments(
    trust: TrustList | None,
    authorities: TrustList | None,
    revocations: RevocationList | None,
    policy: Policy,
) -> None:
    """Refuse wrong types, and leaving out what the policy requires.

    Raises:
        TypeError: An argument of the wrong type.
        ValueError: A required check lacks its data.
    """
    if not isinstance(policy, Policy):
        raise TypeError(f"policy: expected a Policy, not {type(policy).__name__}")
    if trust is not None and not isinstance(trust, TrustList):
        raise TypeError(f"trust: expected a TrustList, not {type(trust).__name__}")
    if authorities is not None and not isinstance(authorities, TrustList):
        raise TypeError(f"authorities: expected a TrustList, not {type(authorities).__name__}")
    if revocations is not None:
        from vnvaxcert.trust.revocation import RevocationList

        if not isinstance(revocations, RevocationList):
            raise TypeError(
                f"revocations: expected a RevocationList, not {type(revocations).__name__}"
            )
    if policy.required_checks:
        if authorities is None and Check.CHAIN in policy.required_checks:
            raise ValueError("the policy requires the chain check: give authorities")
        if revocations is None and Check.REVOCATION in policy.required_checks:
            raise ValueError("the policy requires the revocation check: give revocations")


def read_algorithm(signed: Sign1, policy: Policy) -> Algorithm:
    """Step 2: ``alg``, where the policy lets it stand.

    Raises:
        AlgorithmError: Missing, unknown, or unprotected under a policy that refuses that.
        CoseStructureError: The signature has the wrong length for it, or the two headers name
            different algorithms.
    """
    if not policy.is_unprotected_algorithm_read and not signed.is_algorithm_protected:
        raise AlgorithmError("expected the header 'alg' in the protected header")
    return signed.algorithm()


def find_candidates(trust: TrustList, kid: bytes, algorithm: Algorithm) -> tuple[TrustedKey, ...]:
    """Step 3: the trusted signing keys with this ``kid`` that ``alg`` fits.

    Raises:
        UnknownKeyError: None has this ``kid``.
        AlgorithmMismatchError: Some have, of another kind than ``alg`` needs.
    """
    known = trust.get(kid)
    fitting = [key for key in known if algorithm in key.algorithms and key.role == "signer"]
    if fitting:
        return tuple(fitting[:MAX_CANDIDATES])
    if any(key.role == "signer" for key in known):
        raise AlgorithmMismatchError(kid, algorithm.name)
    raise UnknownKeyError(kid)


def check_signature(
    signed: Sign1, algorithm: Algorithm, candidates: tuple[TrustedKey, ...]
) -> tuple[TrustedKey, ...]:
    """Step 4: those candidates under which the signature is valid.

    Raises:
        InvalidSignatureError: There is none.
    """
    to_be_signed = signed.to_be_signed()
    signers = []
    for key in candidates:
        try:
            keys.verify_bound(algorithm, key.public_key, signed.signature, to_be_signed)
        except InvalidSignatureError:
            continue
        signers.append(key)
    if not signers:
        raise InvalidSignatureError
    return tuple(signers)


def signer_moment(payload: bytes, at: datetime, policy: Policy) -> datetime:
    """Step 5: the moment at which the signer has to be valid.

    The payload's signature is good by now, so its claims may be read early.

    Raises:
        CborError: By the model "at signing": as `cwt.parse`.
        CoseStructureError: Likewise.
        ClaimsError: Likewise; and where ``iat`` is missing.
    """
    if policy.validity_model is ValidityModel.AT_VERIFICATION:
        return at
    issued_at = cwt.parse(payload).issued_at
    if issued_at is None:
        raise ClaimsError("6 (iat)", "expected to be there: the signer is judged by that moment")
    return issued_at


def check_signers(
    signers: tuple[TrustedKey, ...],
    at: datetime,
    authorities: TrustList | None,
    policy: Policy = DEFAULT_POLICY,
) -> tuple[TrustedKey, ...]:
    """Step 5: those signers that are valid at the moment and under an authority.

    Raises:
        SignerExpiredError: The signer's certificate had expired.
        SignerNotYetValidError: It was not yet valid.
        ChainError: It is not signed by one of the authorities.
    """
    valid = []
    first_error: VerificationError | None = None
    for key in signers:
        try:
            check_signer(key, at, authorities, policy)
        except VerificationError as error:
            first_error = first_error or error
        else:
            valid.append(key)
    if not valid and first_error is not None:
        raise first_error
    return tuple(valid)


def check_signer(
    key: TrustedKey, at: datetime, authorities: TrustList | None, policy: Policy
) -> None:
    """Step 5 for one signer. A bare key has no validity of its own (a warning says so).

    Raises:
        SignerExpiredError: The signer's certificate had expired.
        SignerNotYetValidError: It was not yet valid.
        ChainError: It is not signed by one of the authorities.
    """
    if key.not_after is not None and at > key.not_after:
        raise SignerExpiredError(key.not_after, at)
    if key.not_before is not None and at < key.not_before:
        raise SignerNotYetValidError(key.not_before, at)
    if authorities is not None:
        from vnvaxcert.trust.chain import check_chain

        check_chain(key.facts, authorities, at, accept_sha1=policy.is_sha1_accepted)


def check_times(claims: Claims, at: datetime, policy: Policy) -> datetime:
    """Step 6: ``exp``, ``iat`` and ``nbf`` against the moment; gives ``exp``.

    Raises:
        ClaimsError: ``exp`` is missing.
        ExpiredError: ``exp`` lies before the moment.
        NotYetValidError: ``iat`` or ``nbf`` lies after it.
    """
    expires_at = cwt.require_expiry(claims)
    # Subtracted, not added to: near the years 1 and 9999 a sum would overflow.
    if at > expires_at and at - expires_at > policy.expiry_skew:
        raise ExpiredError(expires_at, at)
    for start in (claims.issued_at, claims.not_before):
        if start is not None and start > at and start - at > policy.issue_skew:
            raise NotYetValidError(start, at)
    return expires_at


def check_usage(signers: tuple[TrustedKey, ...], certificate: HealthCertificate) -> TrustedKey:
    """Step 7: the first signer whose extended key usage allows this kind of certificate.

    Raises:
        SignerUsageError: None does. A certificate for seals that names no kind of health
            certificate is for those alone.
    """
    kind = certificate.kind
    usage = USAGE_OF_KIND[kind]
    for key in signers:
        if usage in key.usages or not (key.usages or _is_for_seals(key)):
            return key
    raise SignerUsageError(kind, tuple(sorted(signers[0].usages)) or ("seals",))


def _is_for_seals(key: TrustedKey) -> bool:
    return key.facts is not None and SEAL_USAGE in key.facts.extended_key_usages


def check_revocation(
    revocations: RevocationList,
    kid: bytes,
    algorithm: Algorithm,
    signed: Sign1,
    claims: Claims,
    certificate: HealthCertificate,
    signer: TrustedKey | None,
) -> None:
    """Step 8: neither the certificate, by its hashes, nor its signer's is on the lists.

    Lists are kept by the signer's key identifier. It is looked up as the certificate gives it and
    as the signer's certificate computes it; where the signature does not cover it, under every
    key identifier, since anybody can have written another one there.

    Raises:
        RevokedError: One of its hashes is.
        SignerRevokedError: The signer's certificate is.
        PossiblyRevokedError: A filter may hold one of its hashes, and no list says for certain.
    """
    from vnvaxcert.trust.revocation import certificate_hashes

    entries = certificate.entries
    # An issuer that wrote white space around an identifier may have listed it with or without.
    identifiers = [
        (identifier, entry.country)
        for entry in entries
        for identifier in {entry.certificate_id, entry.certificate_id.strip()}
    ]
    hashes = certificate_hashes(
        certificate_ids=[identifier for identifier, _ in identifiers],
        issuer=claims.issuer,
        countries=[country for _, country in identifiers],
        signature=signed.signature,
        algorithm=algorithm,
    )
    facts = None if signer is None else signer.facts
    scopes: tuple[bytes | None, ...] = (None,)
    if signed.is_kid_protected:
        scopes = (kid,) if facts is None else (kid, certificate_kid(facts.der))
    possible: PossiblyRevokedError | None = None
    for scope in dict.fromkeys(scopes):
        try:
            revocations.check(scope, hashes)
        except PossiblyRevokedError as error:
            if possible is None or error.false_positive_rate < possible.false_positive_rate:
                possible = error
    if facts is not None:
        revocations.check_signer(facts)
    if possible is not None:
        raise possible


def signing_warnings(
    signed: Sign1, signer: TrustedKey, claims: Claims, authorities: TrustList | None
) -> tuple[CertificateWarning, ...]:
    """What a verifier should know about how the certificate, and its signer's, was signed."""
    warnings: tuple[CertificateWarning, ...] = ()
    if not signed.is_algorithm_protected:
        warnings += (_ALGORITHM_UNPROTECTED,)
    if signer.not_after is None or signer.not_before is None:
        return (*warnings, _NO_VALIDITY)
    if claims.expires_at is not None and claims.expires_at > signer.not_after:
        warnings += (_OUTLIVES_SIGNER,)
    if claims.issued_at is not None and claims.issued_at < signer.not_before:
        warnings += (_PREDATES_SIGNER,)
    # Where no chain is checked, nothing rests on the signature of the signer's certificate.
    if authorities is not None and signer.facts is not None:
        from vnvaxcert.trust.chain import uses_sha1

        if uses_sha1(signer.facts):
            warnings += (_SHA1,)
    return warnings


_ALGORITHM_UNPROTECTED = CertificateWarning(
    "cose.algorithm_unprotected", "", "the algorithm is named outside what the signature covers"
)
_NO_VALIDITY = CertificateWarning(
    "signer.no_validity", "", "the trust list gives no validity for the signer's key"
)
_OUTLIVES_SIGNER = CertificateWarning(
    "cwt.outlives_signer", "claims/4", "the certificate expires after its signer's certificate"
)
_PREDATES_SIGNER = CertificateWarning(
    "cwt.predates_signer", "claims/6", "the certificate was issued before its signer was valid"
)
_SHA1 = CertificateWarning(
    "signer.sha1", "", "the signer's certificate is signed over SHA-1, which can be forged"
)


def unverified(
    signed: Sign1,
    claims: Claims,
    certificate: HealthCertificate,
    warnings: tuple[CertificateWarning, ...],
) -> UnverifiedCertificate:
    """Gather what was read, whatever its headers are worth."""
    try:
        algorithm = signed.algorithm()
    except (AlgorithmError, CoseStructureError):
        algorithm = None
    try:
        kid = signed.kid()
    except KeyIdError:
        kid = None
    return UnverifiedCertificate(
        certificate=certificate,
        envelope=Envelope.HCERT,
        issuer=claims.issuer,
        issued_at=claims.issued_at,
        expires_at=claims.expires_at,
        algorithm=algorithm,
        kid=kid,
        warnings=warnings,
        private_claims=claims.private_claims,
    )
