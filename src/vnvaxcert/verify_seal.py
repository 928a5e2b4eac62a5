"""Verification of VDS-NC seals, step by step (ICAO VDS-NC 1.1, Doc 9303-12 and 9303-13).

The numbers are those of `vnvaxcert.verify`; a seal has nothing to look at in step 6.

1. Size: no more than a QR code holds.
2. JSON, its members and encodings.
3. Candidates: the certificate in the seal, or those listed for its issuer; they fit ``alg``.
4. Signature over the canonical form of the data received.
5. The signer: somebody vouches for it, and it was valid.
7. The contents: schema; whether the signer may sign this type of seal, for this issuer.
8. Revocation of the signer, where lists are given.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple

from vnvaxcert import vdsnc
from vnvaxcert.codec import json_text
from vnvaxcert.cose import keys
from vnvaxcert.errors import (
    InvalidSignatureError,
    SealError,
    SealUnsupportedError,
    VerificationError,
)
from vnvaxcert.policy import Check, Policy, ValidityModel
from vnvaxcert.results import Envelope, UnverifiedCertificate, VerifiedCertificate
from vnvaxcert.schema import seal_reader
from vnvaxcert.schema.records import CertificateWarning
from vnvaxcert.schema.seal import Seal
from vnvaxcert.trust import seal_signer
from vnvaxcert.trust.entry import certificate_kid
from vnvaxcert.trust.seal_signer import SealSigner
from vnvaxcert.trust.trustlist import TrustList
from vnvaxcert.vdsnc import SealParts

if TYPE_CHECKING:
    from vnvaxcert.trust.revocation import RevocationList


def verify_seal(
    text: str,
    *,
    trust: TrustList,
    at: datetime,
    authorities: TrustList | None,
    revocations: RevocationList | None,
    policy: Policy,
) -> VerifiedCertificate:
    """Verify the text of a seal; `vnvaxcert.verify.verify` has looked at the arguments.

    Raises:
        DecodeError: The text is no seal, or a damaged one.
        VerificationError: It must not be trusted, or cannot be checked; ``code`` says why.
    """
    # 1. Size, 2. JSON. Nothing is trusted yet.
    parts = vdsnc.unwrap(text)
    # 3. Candidates: the certificate that came along, or those listed.
    candidates = seal_signer.find_candidates(
        parts.certificate, stated_issuer(parts.data), parts.algorithm, trust
    )
    # 4. Signature over the canonical form of what was received.
    signers = check_signature(parts, candidates)
    # 5. Somebody vouches for the signer, and it was valid when the policy wants.
    signers = check_signers(signers, parts.data, at, trust, authorities, policy)
    # 7. Only now: schema; the signer may sign this type of seal, for this issuer.
    seal, warnings = seal_reader.parse(parts.data, tolerated=policy.tolerated)
    signer = check_usage(signers, seal)
    # 8. Revocation.
    if revocations is not None:
        check_revocation(revocations, signer)
    warnings = signing_warnings(signer, policy) + parts.warnings + warnings
    return verified(parts, seal, signer, warnings)


def decode_seal(text: str) -> UnverifiedCertificate:
    """Read the text of a seal without checking anything.

    Raises:
        DecodeError: The text is no seal, or a damaged one.
        TypeError: Not a text.
    """
    opened = open_seal(text)
    seal, warnings = seal_reader.parse(opened.data)
    return unverified(opened, seal, warnings)


class Opened(NamedTuple):
    """A seal taken apart as far as possible.

    Attributes:
        data: As received.
        parts: All of it; None where the algorithm is not known.
        refusal: Then, the error that says so.
    """

    data: dict[str, Any]
    parts: SealParts | None
    refusal: SealUnsupportedError | None


# --- the steps, in order -------------------------------------------------------------------------


def check_size(text: str) -> str:
    """Step 1: the text, which is no longer than what fits in a QR code.

    Raises:
        InputTooLongError: It is.
    """
    with suppress(SealError, SealUnsupportedError):  # which are for the step after this
        vdsnc.unwrap(text)
    return text


def open_seal(text: str) -> Opened:
    """Step 2, where the contents are of interest even if nobody can check them.

    Raises:
        InputTooLongError: As `vdsnc.unwrap`.
        SealError: Likewise.
    """
    try:
        parts = vdsnc.unwrap(text)
    except SealUnsupportedError as error:
        # All else about the JSON is in order.
        document: Any = json_text.parse(text.encode("utf-8"))
        seal = document[0] if isinstance(document, list) else document
        return Opened(seal["data"], None, error)
    return Opened(parts.data, parts, None)


def find_candidates(opened: Opened, trust: TrustList | None) -> tuple[SealSigner, ...]:
    """Step 3: the certificates that may have made the seal.

    Raises:
        SealUnsupportedError: Its algorithm is not known; as `seal_signer.find_candidates`.
        AlgorithmMismatchError: As that.
    """
    parts = opened.parts
    if parts is None:
        raise opened.refusal or SealUnsupportedError("its algorithm is not known")
    return seal_signer.find_candidates(
        parts.certificate, stated_issuer(parts.data), parts.algorithm, trust
    )


def stated_issuer(data: dict[str, Any]) -> object:
    """``hdr.is`` as received, whatever it is; None where there is none."""
    header = data.get("hdr")
    return header.get("is") if isinstance(header, dict) else None


def check_signature(parts: SealParts, candidates: tuple[SealSigner, ...]) -> tuple[SealSigner, ...]:
    """Step 4: those candidates under which the signature is valid.

    Raises:
        InvalidSignatureError: There is none.
    """
    signers = []
    for signer in candidates:
        try:
            keys.verify_bound(
                parts.algorithm, signer.key.public_key, parts.signature, parts.to_be_signed
            )
        except InvalidSignatureError:
            continue
        signers.append(signer)
    if not signers:
        raise InvalidSignatureError
    return tuple(signers)


def check_signers(
    signers: tuple[SealSigner, ...],
    data: dict[str, Any],
    at: datetime,
    trust: TrustList,
    authorities: TrustList | None,
    policy: Policy,
) -> tuple[SealSigner, ...]:
    """Step 5: those signers for whom somebody vouches, and that were valid.

    Raises:
        ChainError: As `seal_signer.check_signer`.
        SignerExpiredError: Likewise.
        SignerNotYetValidError: Likewise.
        SchemaError: By the model "at signing", where the dates in the seal are asked for: as
            `seal_reader.parse`.
    """
    latest = None
    if policy.validity_model is ValidityModel.AT_SIGNING:
        # The signature is good by now, so the data may be read early.
        latest = latest_event(seal_reader.parse(data, tolerated=policy.tolerated)[0])
    valid = []
    first_error: VerificationError | None = None
    for signer in signers:
        try:
            seal_signer.check_signer(
                signer,
                at if latest is None else signing_moment(latest, signer, at),
                trust,
                authorities,
                accept_sha1=policy.is_sha1_accepted,
                must_chain=must_chain(signer, policy),
            )
        except VerificationError as error:
            first_error = first_error or error
        else:
            valid.append(signer)
    if not valid and first_error is not None:
        raise first_error
    return tuple(valid)


def latest_event(seal: Seal) -> datetime:
    """The start of the latest day, or the latest moment, a seal tells of: it was made later."""
    if seal.test is not None:
        return max(seal.test.sampled_at, seal.test.reported_at)
    days = [dose.date for vaccination in seal.vaccinations for dose in vaccination.doses]
    return datetime.combine(max(days), time(), UTC)


def signing_moment(latest: datetime, signer: SealSigner, at: datetime) -> datetime:
    """The earliest moment at which a signer may have made a seal.

    A seal does not say when it was made. It was after all that it tells, and Australia's samples
    tell of doses from before their signer's certificate; so it was after that began, too.
    """
    return min(max(latest, signer.facts.not_before), at)


def check_usage(signers: tuple[SealSigner, ...], seal: Seal) -> SealSigner:
    """Step 7: the first signer that may sign this type of seal, for this issuer.

    Raises:
        SignerUsageError: None does.
    """
    return seal_signer.check_usage(signers, seal.type, seal.issuer)


def check_revocation(revocations: RevocationList, signer: SealSigner) -> None:
    """Step 8: the signer's certificate is on no list of its authority.

    Lists of hashes are of health certificates by the EU's definition; a seal has none.

    Raises:
        SignerRevokedError: It is.
    """
    revocations.check_signer(signer.facts)


def signing_warnings(signer: SealSigner, policy: Policy) -> tuple[CertificateWarning, ...]:
    """What a verifier should know about how the signer's certificate was signed."""
    # Where it is listed itself, nothing rests on the signature of its authority.
    return (
        (_SHA1,) if must_chain(signer, policy) and seal_signer.is_sha1_signed(signer.facts) else ()
    )


def must_chain(signer: SealSigner, policy: Policy) -> bool:
    """Whether a signer needs an authority that vouches for it."""
    return not signer.is_listed or Check.CHAIN in policy.required_checks


_SHA1 = CertificateWarning(
    "signer.sha1", "", "the signer's certificate is signed over SHA-1, which can be forged"
)


def verified(
    parts: SealParts,
    seal: Seal,
    signer: SealSigner,
    warnings: tuple[CertificateWarning, ...],
) -> VerifiedCertificate:
    """Gather what every step has passed."""
    return VerifiedCertificate(
        certificate=seal,
        envelope=Envelope.VDS_NC,
        issuer=seal.issuer,
        issued_at=None,
        expires_at=None,
        algorithm=parts.algorithm,
        kid=signer.kid,
        signer=signer.key,
        warnings=warnings,
    )


def unverified(
    opened: Opened, seal: Seal, warnings: tuple[CertificateWarning, ...]
) -> UnverifiedCertificate:
    """Gather what was read, whatever it is worth."""
    parts = opened.parts
    return UnverifiedCertificate(
        certificate=seal,
        envelope=Envelope.VDS_NC,
        issuer=seal.issuer,
        issued_at=None,
        expires_at=None,
        algorithm=None if parts is None else parts.algorithm,
        kid=kid_of(parts),
        warnings=warnings if parts is None else parts.warnings + warnings,
    )


def kid_of(parts: SealParts | None) -> bytes | None:
    """The key identifier of the certificate in a seal, of which nothing has been read."""
    if parts is None or parts.certificate is None:
        return None
    return certificate_kid(parts.certificate)
