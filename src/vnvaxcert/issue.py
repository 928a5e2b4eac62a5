"""Issuing: a health certificate to the text of its QR code (HCERT §3, §4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from vnvaxcert import cwt, hcert
from vnvaxcert.codec.deflate import MAX_INFLATED_BYTES
from vnvaxcert.cose import sign1
from vnvaxcert.errors import (
    CoseStructureError,
    IssueClaimsError,
    IssueUsageError,
    OutlivesSignerError,
    QrTooLargeError,
    SchemaError,
    SignerKeyError,
)
from vnvaxcert.schema import payload as dcc
from vnvaxcert.schema.deviations import NO_DEVIATION
from vnvaxcert.schema.records import (
    HealthCertificate,
    Holder,
    Recovery,
    TestResult,
    Vaccination,
)
from vnvaxcert.trust.moment import check_moment, utc_text
from vnvaxcert.trust.usage import SEAL_USAGE, USAGE_OF_KIND

# Keys are read where they are used: who verifies never needs that.
if TYPE_CHECKING:
    from vnvaxcert.trust.certificate import CertificateFacts
    from vnvaxcert.trust.signer import Signer

# Decision 5772/QĐ-BYT: a code expires 12 months after it was made. EU issuers mostly do the same.
DEFAULT_LIFETIME = timedelta(days=365)
_MAX_ISSUER = 80  # characters, as of any other issuer in a certificate; a country code has 2
_LATEST = datetime.max.replace(microsecond=0, tzinfo=UTC)


def issue(
    certificate: HealthCertificate,
    *,
    signer: Signer,
    issuer: str | None = None,
    issued_at: datetime | None = None,
    expires_at: datetime | None = None,
    may_outlive_signer: bool = False,
    private_claims: Mapping[int, Any] | None = None,
) -> str:
    """Sign a certificate and make the text of its QR code.

    ICAO names that are None are derived from the names beside them. Texts are written in Unicode
    normal form C. The same certificate, times and deterministic signer give the same text.

    Args:
        certificate: What is certified. It must fit the schema of its ``schema_version`` strictly.
        signer: Makes the signature; its certificate, where it has one, says who it is, how long
            it may sign and what.
        issuer: ``iss``, ISO 3166-1 alpha-2; by default the country of the signer's subject.
        issued_at: ``iat``, aware; now, when not given. Fractions of a second are dropped.
        expires_at: ``exp``, aware; 365 days after ``issued_at``, when not given.
        may_outlive_signer: Issue even if the times leave the validity of the signer's
            certificate, which HCERT forbids.
        private_claims: More claims to sign, by keys below -65536, which are for private use: any
            verifier passes them over, and results carry them. Values are integers, texts, bytes,
            truth values, None, and lists and maps of these.

    Returns:
        ``HC1:...``, all characters in the alphanumeric set of QR codes.

    Raises:
        IssueClaimsError: The certificate breaks its schema, has a birth date that does not
            exist, expires before it is issued, or no issuer is known.
        TransliterationError: An ICAO name cannot be derived from a name.
        OutlivesSignerError: It would be valid when its signer's certificate is not.
        IssueUsageError: The signer may not sign this kind of certificate.
        QrTooLargeError: The text is longer than any QR code can hold.
        SignerKeyError: The signer's certificate cannot be read, its key identifier is no byte
            string or empty, or its signature has the wrong length.
        TypeError: An argument of the wrong type, or a private claim with such a value.
        ValueError: A time without a time zone, or a private claim under another key.

    Spec: HCERT 1.0.8 §3.3, §4, A.1, A.4; DCC schema 1.3.3; RFC 8949 §4.2.
    """
    _check_types(certificate, signer, issuer)
    private_claims = _checked_private_claims(private_claims)
    from vnvaxcert.trust.signer import signer_facts

    facts = signer_facts(signer)
    if not isinstance(signer.kid, bytes) or not signer.kid:
        raise SignerKeyError("its key identifier is not a byte string of at least one byte")
    issued_at, expires_at = _times(issued_at, expires_at)
    if issuer is None and facts is not None:
        issuer = facts.country
    if issuer is None:
        raise IssueClaimsError((("claims/1", "expected an issuer: the signer names no country"),))
    if not 1 <= len(issuer) <= _MAX_ISSUER:
        expected = f"expected an issuer of 1 to {_MAX_ISSUER} characters"
        raise IssueClaimsError((("claims/1", expected),))
    if facts is not None:
        _check_signer(facts, certificate, issued_at, expires_at, may_outlive_signer)
    payload = _payload(certificate)
    claims = _encode_claims(issuer, issued_at, expires_at, payload, private_claims)
    try:
        message = sign1.sign(
            claims, algorithm=signer.algorithm, kid=signer.kid, sign_bytes=signer.sign
        )
    except CoseStructureError as error:
        raise SignerKeyError(error.reason) from None
    if len(message) > MAX_INFLATED_BYTES:  # a verifier stops there, however small the code
        expected = f"expected at most {MAX_INFLATED_BYTES} bytes before compression"
        raise IssueClaimsError((("", expected),))
    text = hcert.wrap(message)
    if len(text) > hcert.MAX_QR_CHARS:
        raise QrTooLargeError(len(text), hcert.MAX_QR_CHARS, "L")
    return text


def _check_types(certificate: HealthCertificate, signer: Signer, issuer: str | None) -> None:
    if not isinstance(certificate, HealthCertificate):
        raise TypeError(f"expected a HealthCertificate, not {type(certificate).__name__}")
    if not isinstance(certificate.holder, Holder):
        raise TypeError(f"holder: expected a Holder, not {type(certificate.holder).__name__}")
    for name, entries, record in (
        ("vaccinations", certificate.vaccinations, Vaccination),
        ("tests", certificate.tests, TestResult),
        ("recoveries", certificate.recoveries, Recovery),
    ):
        if type(entries) is not tuple or not all(type(entry) is record for entry in entries):
            raise TypeError(f"{name}: expected a tuple of {record.__name__}")
    if not (hasattr(signer, "sign") and hasattr(signer, "kid") and hasattr(signer, "algorithm")):
        raise TypeError(f"signer: expected a Signer, not {type(signer).__name__}")
    if issuer is not None and not isinstance(issuer, str):
        raise TypeError(f"issuer: expected a text, not {type(issuer).__name__}")


def _checked_private_claims(private_claims: Mapping[int, Any] | None) -> Mapping[int, Any]:
    if private_claims is None:
        return cwt.NO_PRIVATE_CLAIMS
    if not isinstance(private_claims, Mapping):
        raise TypeError(f"private_claims: expected a mapping, not {type(private_claims).__name__}")
    for key in private_claims:
        if type(key) is not int:
            raise TypeError(f"private_claims: expected integers as keys, not {type(key).__name__}")
        if key >= cwt.PRIVATE_USE_BELOW:
            raise ValueError(f"private_claims: expected keys below {cwt.PRIVATE_USE_BELOW}")
    return private_claims


def _encode_claims(
    issuer: str,
    issued_at: datetime,
    expires_at: datetime,
    payload: dict[str, Any],
    private_claims: Mapping[int, Any],
) -> bytes:
    from unicodedata import normalize  # a shared library that verifying never needs

    try:
        return cwt.serialize(
            issuer=normalize("NFC", issuer),
            issued_at=issued_at,
            expires_at=expires_at,
            dcc=payload,
            private_claims=private_claims,
        )
    except UnicodeEncodeError:
        pass  # that error holds the text and must not be the context of ours
    raise IssueClaimsError(
        (
            *_half_pairs(issuer, "claims/1"),
            *_half_pairs(payload, ""),
            *_half_pairs(dict(private_claims), "claims"),
        )
    )


def _times(issued_at: datetime | None, expires_at: datetime | None) -> tuple[datetime, datetime]:
    issued_at = datetime.now(UTC) if issued_at is None else _aware("issued_at", issued_at)
    issued_at = issued_at.replace(microsecond=0)
    if expires_at is None:
        expires_at = min(issued_at, _LATEST - DEFAULT_LIFETIME) + DEFAULT_LIFETIME
    expires_at = _aware("expires_at", expires_at).replace(microsecond=0)
    if expires_at <= issued_at:
        raise IssueClaimsError((("claims/4", "expected an expiry after the time of issue"),))
    return issued_at, expires_at


def _aware(name: str, moment: datetime) -> datetime:
    check_moment(moment, name)
    return moment.astimezone(UTC)


def _check_signer(
    facts: CertificateFacts,
    certificate: HealthCertificate,
    issued_at: datetime,
    expires_at: datetime,
    may_outlive_signer: bool,
) -> None:
    if not may_outlive_signer:
        if issued_at < facts.not_before:
            raise OutlivesSignerError(
                f"the certificate would be issued at {utc_text(issued_at)}; its signer's "
                f"certificate is valid only from {utc_text(facts.not_before)}"
            )
        if expires_at > facts.not_after:
            raise OutlivesSignerError(
                f"the certificate would expire at {utc_text(expires_at)}; its signer's certificate "
                f"expires at {utc_text(facts.not_after)}"
            )
    if facts.usages and USAGE_OF_KIND[certificate.kind] not in facts.usages:
        raise IssueUsageError(certificate.kind, tuple(sorted(facts.usages)))
    if not facts.usages and SEAL_USAGE in facts.extended_key_usages:
        raise IssueUsageError(certificate.kind, ("seals",))


def _payload(certificate: HealthCertificate) -> dict[str, Any]:
    """The payload, complete and checked strictly."""
    complete = HealthCertificate(
        holder=_with_icao_names(certificate.holder),
        vaccinations=certificate.vaccinations,
        tests=certificate.tests,
        recoveries=certificate.recoveries,
        schema_version=certificate.schema_version,
    )
    payload = dcc.serialize(complete)
    try:
        written, warnings = dcc.parse(payload, tolerated=NO_DEVIATION)
    except SchemaError as error:
        raise IssueClaimsError(error.violations) from None
    if warnings:  # a whole float where an integer belongs, which the schema lets pass, is one
        payload = dcc.serialize(written)
        birth_date = written.holder.birth_date
        if birth_date is not None and not birth_date.exists:
            raise IssueClaimsError((("/dob", "expected a date that exists"),))
    for index, entry in enumerate(written.vaccinations):
        for key, dose in (("dn", entry.dose_number), ("sd", entry.total_doses)):
            if dose >= 2**63:
                raise IssueClaimsError(((f"/v/{index}/{key}", "expected at most 63 bits"),))
    return payload


def _with_icao_names(holder: Holder) -> Holder:
    # Imported here: who verifies never needs them.
    from vnvaxcert.icao.names import to_icao

    def derived(icao: str | None, name: str | None) -> str | None:
        return to_icao(name) if icao is None and name else icao

    return Holder(
        family_name=holder.family_name,
        given_name=holder.given_name,
        family_name_icao=derived(holder.family_name_icao, holder.family_name),
        given_name_icao=derived(holder.given_name_icao, holder.given_name),
        birth_date=holder.birth_date,
    )


def _half_pairs(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Where texts hold half a surrogate pair, which no encoding of Unicode can express."""
    if isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" for character in value):
            yield path, "expected Unicode text"
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from _half_pairs(member, f"{path}/{key}")
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _half_pairs(member, f"{path}/{index}")
