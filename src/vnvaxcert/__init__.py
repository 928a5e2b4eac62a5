"""Signed vaccination certificates in QR codes: issue them, verify them (EU DCC, Viet Nam).

>>> from vnvaxcert import TrustList, VnvaxcertError, verify

Everything exported here is documented and stable; all else may change without notice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import (
    DecodeError,
    IssueError,
    TrustListError,
    VerificationError,
    VnvaxcertError,
)
from vnvaxcert.examine import Examination, examine
from vnvaxcert.issue import issue
from vnvaxcert.policy import DEFAULT_POLICY, STRICT_POLICY, Check, Policy, ValidityModel
from vnvaxcert.results import UnverifiedCertificate, VerifiedCertificate
from vnvaxcert.schema.deviations import Deviation
from vnvaxcert.schema.records import (
    CertificateWarning,
    HealthCertificate,
    Holder,
    PartialDate,
    Recovery,
    TestResult,
    Vaccination,
)
from vnvaxcert.trust.trustlist import TrustedKey, TrustList
from vnvaxcert.verify import decode_unverified, verify

if TYPE_CHECKING:
    from vnvaxcert.between import (
        CertificateConversion,
        NotCarried,
        SealConversion,
        from_vdsnc,
        seal_identifier,
        to_vdsnc,
    )
    from vnvaxcert.schema.seal import (
        Seal,
        SealDose,
        SealHolder,
        SealTest,
        SealType,
        SealVaccination,
    )
    from vnvaxcert.sealing import issue_seal
    from vnvaxcert.trust.conversion import Conversion, Loss, convert
    from vnvaxcert.trust.revocation import RevocationList
    from vnvaxcert.trust.signer import LocalSigner, Signer

__all__ = [
    "DEFAULT_POLICY",
    "STRICT_POLICY",
    "Algorithm",
    "CertificateConversion",
    "CertificateWarning",
    "Check",
    "Conversion",
    "DecodeError",
    "Deviation",
    "Examination",
    "HealthCertificate",
    "Holder",
    "IssueError",
    "LocalSigner",
    "Loss",
    "NotCarried",
    "PartialDate",
    "Policy",
    "Recovery",
    "RevocationList",
    "Seal",
    "SealConversion",
    "SealDose",
    "SealHolder",
    "SealTest",
    "SealType",
    "SealVaccination",
    "Signer",
    "TestResult",
    "TrustList",
    "TrustListError",
    "TrustedKey",
    "UnverifiedCertificate",
    "Vaccination",
    "ValidityModel",
    "VerificationError",
    "VerifiedCertificate",
    "VnvaxcertError",
    "convert",
    "decode_unverified",
    "examine",
    "from_vdsnc",
    "issue",
    "issue_seal",
    "seal_identifier",
    "to_vdsnc",
    "verify",
]
__version__ = "0.1.0"

# Loaded when first asked for: who only verifies pays for neither.
_LATER = {
    "CertificateConversion": "vnvaxcert.between",
    "Conversion": "vnvaxcert.trust.conversion",
    "LocalSigner": "vnvaxcert.trust.signer",
    "Loss": "vnvaxcert.trust.conversion",
    "NotCarried": "vnvaxcert.between",
    "RevocationList": "vnvaxcert.trust.revocation",
    "Seal": "vnvaxcert.schema.seal",
    "SealConversion": "vnvaxcert.between",
    "SealDose": "vnvaxcert.schema.seal",
    "SealHolder": "vnvaxcert.schema.seal",
    "SealTest": "vnvaxcert.schema.seal",
    "SealType": "vnvaxcert.schema.seal",
    "SealVaccination": "vnvaxcert.schema.seal",
    "Signer": "vnvaxcert.trust.signer",
    "convert": "vnvaxcert.trust.conversion",
    "from_vdsnc": "vnvaxcert.between",
    "issue_seal": "vnvaxcert.sealing",
    "seal_identifier": "vnvaxcert.between",
    "to_vdsnc": "vnvaxcert.between",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module 'vnvaxcert' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(_LATER[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
