"""What reading a certificate gives. Verified and unverified are types that share no base."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.cwt import NO_PRIVATE_CLAIMS, PrivateClaims
from vnvaxcert.record import record
from vnvaxcert.schema.records import CertificateWarning, HealthCertificate
from vnvaxcert.trust.trustlist import TrustedKey

if TYPE_CHECKING:
    from vnvaxcert.schema.seal import Seal  # its records are for those who read a seal


class Envelope(StrEnum):
    """The wire forms of a certificate."""

    HCERT = "hcert"
    VDS_NC = "vds-nc"


@record()
class VerifiedCertificate:
    """A certificate that passed every step of `verify`.

    Attributes:
        certificate: What it says. Its ``repr`` shows no personal data.
        envelope: In which form it came.
        issuer: ``iss``, or None; of a seal ``hdr.is``, a code of Doc 9303-3.
        issued_at: ``iat``, aware UTC, or None; a seal does not say it.
        expires_at: ``exp``, aware UTC; None for a seal, which has no end of its own.
        algorithm: Of the signature.
        kid: Key identifier, as in the certificate; of a seal, which states none, the start of
            the SHA-256 of its signer's certificate.
        signer: The trusted key that made the signature.
        warnings: What a verifier should know and does not make the certificate invalid.
        private_claims: Signed claims whose keys are for private use, such as a national one;
            nothing here checked what they say.
    """

    certificate: HealthCertificate | Seal
    envelope: Envelope
    issuer: str | None
    issued_at: datetime | None
    expires_at: datetime | None
    algorithm: Algorithm
    kid: bytes
    signer: TrustedKey
    warnings: tuple[CertificateWarning, ...]
    private_claims: PrivateClaims = NO_PRIVATE_CLAIMS


@record()
class UnverifiedCertificate:
    """What a text says, with nothing checked: anybody can have written it.

    Attributes:
        certificate: What it says. Its ``repr`` shows no personal data.
        envelope: In which form it came.
        issuer: ``iss``, or None; of a seal ``hdr.is``.
        issued_at: ``iat``, aware UTC, or None.
        expires_at: ``exp``, aware UTC, or None.
        algorithm: Of the signature, or None when it is missing or unknown.
        kid: Key identifier, or None when it is missing or malformed; of a seal that of the
            certificate in it.
        warnings: Deviations met while reading.
        private_claims: Claims whose keys are for private use.
    """

    certificate: HealthCertificate | Seal
    envelope: Envelope
    issuer: str | None
    issued_at: datetime | None
    expires_at: datetime | None
    algorithm: Algorithm | None
    kid: bytes | None
    warnings: tuple[CertificateWarning, ...]
    private_claims: PrivateClaims = NO_PRIVATE_CLAIMS
