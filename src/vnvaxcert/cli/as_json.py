"""``--json``: what programs read. The members are a contract; new ones may be added.

Members that were not reached are null. In a verdict, contents count as reached once the signature
was found good, and made by a signer that is listed or, of a seal, under a trusted authority: of any
other certificate nothing is repeated but its headers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from vnvaxcert.cli.stream import is_unicode, rewrite_harmful
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import SignerExpiredError, SignerNotYetValidError, VnvaxcertError
from vnvaxcert.results import Envelope, UnverifiedCertificate, VerifiedCertificate
from vnvaxcert.schema.records import CertificateWarning, HealthCertificate, PartialDate
from vnvaxcert.trust.trustlist import TrustedKey

if TYPE_CHECKING:
    from vnvaxcert.examine import Examination
    from vnvaxcert.schema.seal import Seal

Document: TypeAlias = dict[str, Any]


def dump(documents: Sequence[Document]) -> str:
    """Write one document as an object, several as an array.

    What could repaint or reorder a terminal (see `neutral`) is escaped, which JSON reads as the
    same text: RFC 8259 §7 asks it of the controls below U+0020 alone.
    """
    import json

    whole = documents[0] if len(documents) == 1 else list(documents)
    layout = json.dumps(whole, indent=2, ensure_ascii=not is_unicode())
    # A line feed is layout here. All other harmful characters stand inside the quotes of a text.
    lines = [
        rewrite_harmful(line, lambda character: json.dumps(character)[1:-1])
        for line in layout.split("\n")
    ]
    return "\n".join(lines) + "\n"


def accepted(result: VerifiedCertificate) -> Document:
    """The verdict on a certificate that passed."""
    return {
        "valid": True,
        "code": None,
        "message": None,
        **_headers(result.envelope, result.algorithm, result.kid),
        **_claims(result.issuer, result.issued_at, result.expires_at),
        "signer": _signer(result.signer),
        "certificate": _certificate(result.certificate),
        "warnings": _warnings(result.warnings),
    }


def refused(error: VnvaxcertError, found: Examination) -> Document:
    """The verdict on a certificate that did not, with what was reached."""
    document: Document = {
        "valid": False,
        "code": error.code,
        "message": str(error),
        **_headers(_stated_envelope(found), found.algorithm, found.kid),
        **_claims(None, None, None),
        "signer": None,
        "certificate": None,
        "warnings": None,
    }
    if is_vouched_for(found) and found.signer is not None:
        document |= _claims(found.issuer, found.issued_at, found.expires_at)
        document["signer"] = _signer(found.signer)
        document["certificate"] = _contents(found.unverified)
        document["warnings"] = _warnings(found.warnings)
    return document


def examined(found: Examination, *, is_judged: bool) -> Document:
    """Every step, and all that could be read, whatever it is worth.

    Args:
        found: The examination.
        is_judged: Whether there was a trust list to judge by; without one ``valid`` is null.
    """
    error = found.error
    return {
        "valid": found.verified is not None if is_judged else None,
        "code": None if error is None else error.code,
        "message": None if error is None else str(error),
        **_headers(_stated_envelope(found), found.algorithm, found.kid),
        "kid_protected": found.is_kid_protected,
        **_claims(found.issuer, found.issued_at, found.expires_at),
        "signer": None if found.signer is None else _signer(found.signer),
        "unverified_certificate": _contents(found.unverified),
        "warnings": _warnings(found.warnings),
        "steps": [
            {
                "number": step.number,
                "name": step.name,
                "outcome": step.outcome,
                "code": step.code,
                "message": None if step.error is None else str(step.error),
            }
            for step in found.steps
        ],
    }


def decoded(result: UnverifiedCertificate) -> Document:
    """What a text says, with nothing checked."""
    return {
        "verified": False,
        "code": None,
        "message": None,
        **_headers(result.envelope, result.algorithm, result.kid),
        **_claims(result.issuer, result.issued_at, result.expires_at),
        "unverified_certificate": _certificate(result.certificate),
        "warnings": _warnings(result.warnings),
    }


def undecodable(error: VnvaxcertError) -> Document:
    """The same for a text that cannot be read."""
    return {
        "verified": False,
        "code": error.code,
        "message": str(error),
        **_headers(None, None, None),
        **_claims(None, None, None),
        "unverified_certificate": None,
        "warnings": None,
    }


def utc(moment: datetime | None) -> str | None:
    """A time as ISO 8601 with Z."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def _stated_envelope(found: Examination) -> Envelope | None:
    """The envelope, where the text names one."""
    return found.envelope if found.steps[0].error is None else None


def is_vouched_for(found: Examination) -> bool:
    """Whether the signature is good and was made by somebody that the verifier knows of.

    A seal brings the certificate of its signer along. One that no trusted authority has signed may
    be anybody's own, so that a good signature says nothing yet.
    """
    if found.signer is None or found.envelope is Envelope.HCERT:
        return found.signer is not None
    step = found.step("signer")
    # Only of a signer that somebody vouches for are the dates looked at.
    was_known = isinstance(step.error, SignerExpiredError | SignerNotYetValidError)
    return was_known or step.outcome == "passed"


def _headers(envelope: Envelope | None, algorithm: Algorithm | None, kid: bytes | None) -> Document:
    return {
        "envelope": envelope,
        "algorithm": None if algorithm is None else algorithm.name,
        "kid": None if kid is None else kid.hex(),
    }


def _claims(
    issuer: str | None, issued_at: datetime | None, expires_at: datetime | None
) -> Document:
    return {"issuer": issuer, "issued_at": utc(issued_at), "expires_at": utc(expires_at)}


def _signer(key: TrustedKey) -> Document:
    return {
        "subject": key.subject or None,
        "not_before": utc(key.not_before),
        "not_after": utc(key.not_after),
    }


def _warnings(warnings: Sequence[CertificateWarning]) -> list[Document]:
    return [warning._asdict() for warning in warnings]


def _contents(result: UnverifiedCertificate | None) -> Document | None:
    return None if result is None else _certificate(result.certificate)


def _certificate(certificate: HealthCertificate | Seal) -> Document:
    if not isinstance(certificate, HealthCertificate):
        return _record(certificate)
    return {
        "holder": _record(certificate.holder),
        "vaccinations": [_record(entry) for entry in certificate.vaccinations],
        "tests": [_record(entry) for entry in certificate.tests],
        "recoveries": [_record(entry) for entry in certificate.recoveries],
        "schema_version": certificate.schema_version,
    }


def _record(record: object) -> Document:
    return {name: _value(value) for name, value in vars(record).items()}


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, date | PartialDate):
        return str(value)
    if isinstance(value, tuple):  # of records, as the members of a seal are
        return [_record(entry) for entry in value]
    if hasattr(value, "__dataclass_fields__"):
        return _record(value)
    return value
