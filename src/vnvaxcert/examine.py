"""`examine`: the steps of `verify`, each with a result of its own.

For testers and support desks: where `verify` stops at the first failure, this goes on as far as
the data allow. It runs the very functions `verify` runs, so the two cannot disagree; only a
certificate that passes every step comes out as a `VerifiedCertificate`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from vnvaxcert import cwt, hcert
from vnvaxcert.codec import base45, deflate
from vnvaxcert.cose import sign1
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.cose.sign1 import Sign1
from vnvaxcert.cwt import Claims
from vnvaxcert.errors import VnvaxcertError
from vnvaxcert.policy import DEFAULT_POLICY, Policy
from vnvaxcert.record import record
from vnvaxcert.results import Envelope, UnverifiedCertificate, VerifiedCertificate
from vnvaxcert.schema import payload as dcc
from vnvaxcert.schema.records import CertificateWarning
from vnvaxcert.trust.trustlist import TrustedKey, TrustList
from vnvaxcert.verify import (
    MAX_CANDIDATES,
    check_arguments,
    check_revocation,
    check_signature,
    check_signers,
    check_times,
    check_usage,
    find_candidates,
    is_seal,
    moment,
    read_algorithm,
    signer_moment,
    signing_warnings,
    unverified,
)

if TYPE_CHECKING:
    from vnvaxcert.trust.revocation import RevocationList


class StepName(StrEnum):
    """The steps, in the order of `verify`; its numbers stand in `STEP_NUMBERS`.

    A certificate and a seal have some each: `STEPS_OF_A_CERTIFICATE`, `STEPS_OF_A_SEAL`.
    """

    SIZE = "size"
    PREFIX = "prefix"
    BASE45 = "base45"
    ZLIB = "zlib"
    COSE = "cose"
    ALGORITHM = "algorithm"
    KID = "kid"
    SEAL = "seal"
    CANDIDATES = "candidates"
    SIGNATURE = "signature"
    SIGNER = "signer"
    CLAIMS = "claims"
    TIMES = "times"
    CONTENT = "content"
    SCHEMA = "schema"
    USAGE = "usage"
    REVOCATION = "revocation"


STEP_NUMBERS = {
    StepName.SIZE: 1,
    StepName.PREFIX: 1,
    StepName.BASE45: 1,
    StepName.ZLIB: 1,
    StepName.COSE: 2,
    StepName.ALGORITHM: 2,
    StepName.KID: 2,
    StepName.SEAL: 2,
    StepName.CANDIDATES: 3,
    StepName.SIGNATURE: 4,
    StepName.SIGNER: 5,
    StepName.CLAIMS: 6,
    StepName.TIMES: 6,
    StepName.CONTENT: 7,
    StepName.SCHEMA: 7,
    StepName.USAGE: 7,
    StepName.REVOCATION: 8,
}
STEPS_OF_A_SEAL = (
    *(StepName.SIZE, StepName.SEAL, StepName.CANDIDATES, StepName.SIGNATURE, StepName.SIGNER),
    *(StepName.SCHEMA, StepName.USAGE, StepName.REVOCATION),
)
STEPS_OF_A_CERTIFICATE = tuple(
    name for name in StepName if name not in (StepName.SIZE, StepName.SEAL)
)


class Outcome(StrEnum):
    """How a step ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"  # its data were not given, or an earlier step left none


@record()
class Step:
    """One step and how it ended.

    Attributes:
        name: Which step.
        outcome: How it ended.
        error: Why it failed, or None.
    """

    name: StepName
    outcome: Outcome
    error: VnvaxcertError | None = None

    @property
    def number(self) -> int:
        """The number of the step in the order of verification, 1 to 8."""
        return STEP_NUMBERS[self.name]

    @property
    def code(self) -> str | None:
        """The code of its error, or None."""
        return None if self.error is None else self.error.code


@record(
    shown=(
        *("envelope", "steps", "verified", "unverified", "algorithm", "kid", "is_kid_protected"),
        *("issuer", "issued_at", "expires_at", "signer", "warnings"),
    )
)
class Examination:
    """Everything that could be found out about a text.

    Attributes:
        envelope: What the text was taken for.
        steps: All steps of its kind, in order.
        verified: The certificate, if and only if `verify` would have returned it.
        unverified: What the text says, whatever it is worth, as far as it could be read.
        algorithm: Of the signature, or None.
        kid: Key identifier, or None; of a seal that of the certificate in it.
        is_kid_protected: Whether the key identifier stands in the protected header, or None; a seal
            has no header.
        issuer: ``iss``, or of a seal ``hdr.is``; unverified, or None.
        issued_at: ``iat``, unverified, or None.
        expires_at: ``exp``, unverified, or None.
        signer: The listed key that made the signature, or None. Under another key identifier
            than the certificate's where the step `candidates` failed. Of a seal the key of the
            certificate in it, whoever vouches for that.
        warnings: Of all steps that were reached.
        compressed: What the Base45 text decodes to, or None.
        message: The COSE message, or None.
        to_be_signed: The bytes the signature covers, or None.
        payload: The encoded claims, or None.
    """

    envelope: Envelope
    steps: tuple[Step, ...]
    verified: VerifiedCertificate | None
    unverified: UnverifiedCertificate | None
    algorithm: Algorithm | None
    kid: bytes | None
    is_kid_protected: bool | None
    issuer: str | None
    issued_at: datetime | None
    expires_at: datetime | None
    signer: TrustedKey | None
    warnings: tuple[CertificateWarning, ...]
    compressed: bytes | None
    message: bytes | None
    to_be_signed: bytes | None
    payload: bytes | None

    @property
    def error(self) -> VnvaxcertError | None:
        """The first failure: what `verify` would have raised. None when nothing failed."""
        return next((step.error for step in self.steps if step.error is not None), None)

    def step(self, name: StepName | str) -> Step:
        """The step of this name.

        Raises:
            ValueError: There is no such step, or not for this envelope.
        """
        wanted = StepName(name)
        for step in self.steps:
            if step.name is wanted:
                return step
        raise ValueError(f"an examination of this envelope has no step {wanted.value!r}")


_Result = TypeVar("_Result")


def examine(
    text: str,
    *,
    trust: TrustList | None = None,
    at: datetime | None = None,
    authorities: TrustList | None = None,
    revocations: RevocationList | None = None,
    policy: Policy = DEFAULT_POLICY,
) -> Examination:
    """Run every step of `verify` on a text and report on each.

    Args:
        text: The text exactly as read from the code.
        trust: The trusted keys; without them the steps that need a key are skipped.
        at: The moment for which the answer holds, aware; now, when not given.
        authorities: As in `verify`.
        revocations: As in `verify`.
        policy: As in `verify`.

    Returns:
        An examination, whatever the text holds.

    Raises:
        TypeError: An argument of the wrong type.
        ValueError: As in `verify`.

    Spec: HCERT 1.0.8 §3, §4, §6.3, appendix A; ICAO VDS-NC 1.1, Doc 9303-12 and 9303-13.
    """
    if not isinstance(text, str):
        raise TypeError(f"expected the text of a QR code, not {type(text).__name__}")
    at = moment(at)
    check_arguments(trust, authorities, revocations, policy)
    if is_seal(text):
        return _examine_seal(text, trust, at, authorities, revocations, policy)
    run = _Run()
    # 1. Unwrap. A wrong prefix is passed over; data that are not compressed are read as they are.
    body = run.attempt(StepName.PREFIX, hcert.strip_prefix, text)
    if body is None and len(text) <= hcert.MAX_QR_CHARS:
        body = text[4:] if text[3:4] == ":" else text
    compressed = run.attempt(StepName.BASE45, base45.decode, body)
    inflate = partial(deflate.decompress, max_bytes=policy.max_inflated_bytes)
    message = run.attempt(StepName.ZLIB, inflate, compressed)
    if message is None and compressed is not None and compressed[:1] in _COSE_STARTS:
        message = compressed
    # 2. COSE_Sign1 and its headers.
    signed = run.attempt(StepName.COSE, sign1.parse, message)
    algorithm = run.attempt(StepName.ALGORITHM, read_algorithm, signed, policy)
    kid = run.attempt(StepName.KID, Sign1.kid, signed)
    # 3. Candidates, 4. signature, 5. signer.
    candidates = run.attempt(StepName.CANDIDATES, find_candidates, trust, kid, algorithm)
    if candidates is None and trust is not None and algorithm is not None:
        # No key of this kid: go on with the first of the others, to tell whether one of them made
        # the signature. The failed step stands, so nothing is accepted by it.
        others = (key for key in trust if key.role == "signer" and algorithm in key.algorithms)
        candidates = tuple(islice(others, MAX_CANDIDATES)) or None
    signers = run.attempt(StepName.SIGNATURE, check_signature, signed, algorithm, candidates)
    encoded = None if signed is None else signed.payload
    judge_signers = partial(_judge_signers, at=at, authorities=authorities, policy=policy)
    valid = run.attempt(StepName.SIGNER, judge_signers, signers, encoded)
    # 6. The claims. From here on nothing may be trusted if a step has failed.
    claims = run.attempt(StepName.CLAIMS, cwt.parse, encoded)
    expires_at = run.attempt(StepName.TIMES, check_times, claims, at, policy)
    # 7. The payload. Without a good signature, the usage is that of the keys it was tried with.
    content = run.attempt(StepName.CONTENT, Claims.dcc, claims)
    parse = partial(dcc.parse, tolerated=policy.tolerated)
    certificate, schema_warnings = run.attempt(StepName.SCHEMA, parse, content) or (None, ())
    signer = run.attempt(StepName.USAGE, check_usage, valid or signers or candidates, certificate)
    # 8. Revocation.
    run.attempt(
        StepName.REVOCATION,
        partial(check_revocation, signer=signer),
        *(revocations, kid, algorithm, signed, claims, certificate),
    )

    warnings = () if claims is None else claims.warnings + schema_warnings
    verified = contents = None
    if signed is not None and claims is not None and certificate is not None:
        contents = unverified(signed, claims, certificate, warnings)
        if signer is not None and signers is not None:
            warnings = signing_warnings(signed, signer, claims, authorities) + warnings
    if (
        not run.has_failed
        and contents is not None
        and expires_at is not None
        and algorithm is not None
        and kid is not None
        and signer is not None
    ):
        verified = VerifiedCertificate(
            certificate=contents.certificate,
            envelope=Envelope.HCERT,
            issuer=contents.issuer,
            issued_at=contents.issued_at,
            expires_at=expires_at,
            algorithm=algorithm,
            kid=kid,
            signer=signer,
            warnings=warnings,
            private_claims=contents.private_claims,
        )
    return Examination(
        envelope=Envelope.HCERT,
        steps=tuple(run.steps),
        verified=verified,
        unverified=contents,
        algorithm=algorithm,
        kid=kid,
        is_kid_protected=None if signed is None or kid is None else signed.is_kid_protected,
        issuer=None if claims is None else claims.issuer,
        issued_at=None if claims is None else claims.issued_at,
        expires_at=None if claims is None else claims.expires_at,
        signer=None if signers is None else signer or signers[0],
        warnings=warnings,
        compressed=compressed,
        message=message,
        to_be_signed=None if signed is None else signed.to_be_signed(),
        payload=encoded,
    )


def _examine_seal(
    text: str,
    trust: TrustList | None,
    at: datetime,
    authorities: TrustList | None,
    revocations: RevocationList | None,
    policy: Policy,
) -> Examination:
    """`examine` for a seal."""
    from vnvaxcert import verify_seal as seals
    from vnvaxcert.schema import seal_reader

    run = _Run()
    # 1. Size. 2. JSON, its members and encodings.
    body = run.attempt(StepName.SIZE, seals.check_size, text)
    opened = run.attempt(StepName.SEAL, seals.open_seal, body)
    parts = None if opened is None else opened.parts
    # 3. Candidates. A certificate that came along can be read without any list.
    needs_list = parts is not None and parts.certificate is None
    judged = None if needs_list and trust is None else opened
    find = partial(seals.find_candidates, trust=trust)
    candidates = run.attempt(StepName.CANDIDATES, find, judged)
    # 4. Signature, 5. signer.
    signers = run.attempt(StepName.SIGNATURE, seals.check_signature, parts, candidates)
    judge = partial(seals.check_signers, authorities=authorities, policy=policy)
    data = None if opened is None else opened.data
    valid = run.attempt(StepName.SIGNER, judge, signers, data, at, trust)
    # 7. The contents. From here on nothing may be trusted if a step has failed.
    parse = partial(seal_reader.parse, tolerated=policy.tolerated)
    seal, warnings = run.attempt(StepName.SCHEMA, parse, data) or (None, ())
    left = valid or signers or candidates
    signer = run.attempt(StepName.USAGE, seals.check_usage, left, seal)
    # 8. Revocation, also of a signer that may not sign this.
    suspect = signer or (left[0] if left else None)
    run.attempt(StepName.REVOCATION, seals.check_revocation, revocations, suspect)

    verified = contents = None
    if opened is not None and seal is not None:
        contents = seals.unverified(opened, seal, warnings)
        warnings = contents.warnings
        if signer is not None and signers is not None:
            warnings = seals.signing_warnings(signer, policy) + warnings
        if not run.has_failed and parts is not None and signer is not None and valid is not None:
            verified = seals.verified(parts, seal, signer, warnings)
    made = (signer or signers[0]) if signers else None
    return Examination(
        envelope=Envelope.VDS_NC,
        steps=tuple(run.steps),
        verified=verified,
        unverified=contents,
        algorithm=None if parts is None else parts.algorithm,
        kid=seals.kid_of(parts) if made is None else made.kid,
        is_kid_protected=None,
        issuer=None if seal is None else seal.issuer,
        issued_at=None,
        expires_at=None,
        signer=None if made is None else made.key,
        warnings=warnings,
        compressed=None,
        message=None,
        to_be_signed=None if parts is None else parts.to_be_signed,
        payload=None,
    )


def _judge_signers(
    signers: tuple[TrustedKey, ...],
    payload: bytes,
    at: datetime,
    authorities: TrustList | None,
    policy: Policy,
) -> tuple[TrustedKey, ...]:
    """Step 5, as `verify` takes it: the moment that the policy wants may be the payload's."""
    return check_signers(signers, signer_moment(payload, at, policy), authorities, policy)


_COSE_STARTS = (b"\xd2", b"\x84", b"\xd8")  # tag 18, an array of four, a longer tag


class _Run:
    """Collects the steps of one examination."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.has_failed = False

    def attempt(
        self, name: StepName, function: Callable[..., _Result], *needed: object
    ) -> _Result | None:
        """Run one step; skip it when something it needs is missing. None unless it passed."""
        if any(item is None for item in needed):
            self.steps.append(Step(name=name, outcome=Outcome.SKIPPED))
            return None
        try:
            result = function(*needed)
        except VnvaxcertError as error:
            self.has_failed = True
            self.steps.append(Step(name=name, outcome=Outcome.FAILED, error=error))
            return None
        self.steps.append(Step(name=name, outcome=Outcome.PASSED))
        return result
