"""A certificate in words for people: sections of named values, warnings, advice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from vnvaxcert.cli.screen import Screen
from vnvaxcert.errors import PrefixError, VnvaxcertError
from vnvaxcert.results import Envelope, UnverifiedCertificate, VerifiedCertificate
from vnvaxcert.schema import valuesets
from vnvaxcert.schema.records import (
    CertificateWarning,
    HealthCertificate,
    Holder,
    Kind,
    Recovery,
    TestResult,
    Vaccination,
)
from vnvaxcert.trust.trustlist import TrustedKey

# What is about seals is imported where there is one: most processes read a DCC.
if TYPE_CHECKING:
    from vnvaxcert.examine import Examination
    from vnvaxcert.schema.seal import Seal

Rows = Sequence[tuple[str, str | None]]

NO_PROOF_OF_IDENTITY: Final = (
    "A good signature proves who issued this and that nothing was changed. It does not prove who "
    "is showing it: compare name and birth date with an identity document."
)
NO_PROOF_OF_IDENTITY_OF_A_SEAL: Final = (
    "A good signature proves who issued this and that nothing was changed. It does not prove who "
    "is showing it: compare name, birth date and number with the travel document."
)

# What to do about a refusal, where its message alone would leave somebody helpless.
ADVICE: Final = {
    "hcert.prefix": "Is it the certificate's own code? Other codes may be printed beside it.",
    "base45.invalid": "A text that was typed, trimmed or passed without quotes looks like this. "
    "Scan again.",
    "zlib.invalid": "A text that was cut off or changed on its way looks like this. Scan again.",
    "vdsnc.malformed": "A text that was cut off, changed on its way or passed without single "
    "quotes looks like this. Scan again, or name a file that holds it.",
    "vdsnc.unsupported": "This says nothing about the certificate, good or bad: ask for another "
    "proof.",
    "trust.unknown_kid": "The trust list may be old or of another network. If it is the right "
    "one, the signer is not trusted.",
    "signer.expired": "To ask about an earlier day, give it with --at.",
    "cwt.expired": "Its holder can ask the issuer for a new one.",
    "revoked.possible": "Some such hits are wrong. Only the issuer can tell: until then it counts "
    "as revoked.",
    "cwt.not_yet_valid": "Is the clock of this machine right?",
}

_KINDS: Final = {
    Kind.VACCINATION: "vaccination certificate",
    Kind.TEST: "test certificate",
    Kind.RECOVERY: "certificate of recovery",
}


def kind(certificate: HealthCertificate | Seal) -> str:
    """What sort of certificate it is: ``"vaccination certificate"``, ``"proof of test"``."""
    if isinstance(certificate, HealthCertificate):
        return _KINDS[certificate.kind]
    from vnvaxcert.cli.seal_text import KINDS

    return KINDS[certificate.type]


def no_proof_of_identity(certificate: HealthCertificate | Seal) -> str:
    """What a good signature does not prove, and with what to compare."""
    is_dcc = isinstance(certificate, HealthCertificate)
    return NO_PROOF_OF_IDENTITY if is_dcc else NO_PROOF_OF_IDENTITY_OF_A_SEAL


def explain(error: VnvaxcertError, is_argument: bool = False) -> tuple[str, ...]:
    """Why something is refused, and what to do about it where that helps.

    Args:
        error: Why.
        is_argument: Whether the text is an argument that may have been meant as a file's name.
    """
    advice = ADVICE.get(error.code)
    if is_argument and isinstance(error, PrefixError):
        advice = "There is no file of this name either."
    return (f"{error} ({error.code})", *([advice] if advice else []))


def show_contents(screen: Screen, certificate: HealthCertificate | Seal) -> None:
    """The holder and each entry."""
    if not isinstance(certificate, HealthCertificate):
        from vnvaxcert.cli.seal_text import show_seal

        show_seal(screen, certificate)
        return
    screen.section("Holder", _holder(certificate.holder))
    for vaccination in certificate.vaccinations:
        screen.section("Vaccination", _vaccination(vaccination))
    for test in certificate.tests:
        screen.section("Test", _test(test))
    for recovery in certificate.recoveries:
        screen.section("Recovery", _recovery(recovery))


def show_envelope(
    screen: Screen,
    result: VerifiedCertificate | UnverifiedCertificate | Examination,
    signer: TrustedKey | None = None,
    *,
    is_vouched_for: bool = True,
) -> None:
    """Who issued and signed it, and from when until when it is valid.

    Args:
        screen: Where to.
        result: What was read.
        signer: Who signed it, where that is known.
        is_vouched_for: Whether that is more than what a certificate in a seal says of itself.
    """
    is_seal = result.envelope is Envelope.VDS_NC
    rows: list[tuple[str, str | None]] = [
        ("Issuer", result.issuer and _issuer(result.issuer, is_seal=is_seal)),
        ("Issued", moment(result.issued_at)),
        ("Expires", _NO_END if is_seal and result.issuer else moment(result.expires_at)),
        ("Signature", None if result.algorithm is None else result.algorithm.name),
        ("Key identifier", None if result.kid is None else result.kid[:32].hex()),
    ]
    if signer is not None:
        rows += [
            (
                "Signed by" if is_vouched_for else "Signer, it says",
                signer.subject or "a bare key, of which nothing else is known",
            ),
            ("Signer valid", _period(signer.not_before, signer.not_after)),
        ]
    screen.section("Seal" if is_seal else "Certificate", rows)


def show_warnings(screen: Screen, warnings: Sequence[CertificateWarning]) -> None:
    """The warnings, in words."""
    screen.listing("Warnings", "caution", [_warning(one) for one in warnings])


def _warning(warning: CertificateWarning) -> str:
    """One warning; those about codes without the names of wire keys and value sets."""
    subject = _CODED_KEYS.get(warning.path.rpartition("/")[2])
    remark = _ON_CODES.get(warning.code)
    words = warning.message if subject is None or remark is None else f"{subject}: {remark}"
    place = f", {warning.path}" if warning.path else ""
    return f"{words} ({warning.code}{place})"


_CODED_KEYS: Final = {
    "tg": "disease",
    "vp": "kind of vaccine",
    "mp": "vaccine",
    "ma": "manufacturer",
    "tt": "kind of test",
    "tr": "result",
    "co": "country",
    # Of a seal, whose members are never of the value sets above.
    "ctr": "country",
    "is": "issuer",
    "dt": "kind of document",
    "tc": "kind of test",
    "r": "result",
    "m": "sample",
}
_ON_CODES: Final = {
    "valueset.unknown": "this code is in no value set known here",
    "valueset.deprecated": "this code is no longer in use",
    "valueset.mismatch": "it is not the one that belongs to the vaccine",
}


def moment(value: datetime | None) -> str | None:
    """A time for people, to the second."""
    return None if value is None else f"{value.replace(tzinfo=None).isoformat(' ')[:19]} UTC"


_NO_END: Final = "a seal states no end: it ends with its signer"


def _issuer(code: str, *, is_seal: bool) -> str:
    if not is_seal:
        return _coded(valuesets.COUNTRIES, code)
    from vnvaxcert.cli.seal_text import country

    return country(code)


def _period(start: datetime | None, end: datetime | None) -> str | None:
    if start is None or end is None:
        return None
    return f"{start.date()} to {end.date()}"


def _coded(value_set: str, code: str) -> str:
    shown = valuesets.display(value_set, code)
    return code if shown is None else f"{shown} ({code})"


def _holder(holder: Holder) -> Rows:
    return (
        ("Family name", holder.family_name),
        ("Given name", holder.given_name),
        ("Family name, as in a passport", _passport(holder.family_name_icao)),
        ("Given name, as in a passport", _passport(holder.given_name_icao)),
        ("Born", "not stated" if holder.birth_date is None else str(holder.birth_date)),
    )


def _passport(name: str | None) -> str | None:
    return None if name is None else name.replace("<", " ").strip()


def _vaccination(entry: Vaccination) -> Rows:
    return (
        ("Against", _coded(valuesets.DISEASES, entry.disease)),
        ("Vaccine", _coded(valuesets.PRODUCTS, entry.product)),
        ("Kind of vaccine", _coded(valuesets.VACCINES, entry.vaccine)),
        ("Manufacturer", _coded(valuesets.HOLDERS, entry.manufacturer)),
        ("Dose", f"{entry.dose_number} of {entry.total_doses}"),
        ("Date", str(entry.date)),
        *_origin(entry),
    )


def _test(entry: TestResult) -> Rows:
    return (
        ("For", _coded(valuesets.DISEASES, entry.disease)),
        ("Result", _coded(valuesets.TEST_RESULTS, entry.result)),
        ("Kind of test", _coded(valuesets.TEST_TYPES, entry.test_type)),
        ("Name of test", entry.test_name),
        ("Device", entry.device),
        ("Sample taken", moment(entry.sample_collected_at)),
        ("Result known", moment(entry.result_at)),
        ("Testing centre", entry.testing_centre),
        *_origin(entry),
    )


def _recovery(entry: Recovery) -> Rows:
    return (
        ("From", _coded(valuesets.DISEASES, entry.disease)),
        ("First positive test", str(entry.first_positive_date)),
        ("Counts from", str(entry.valid_from)),
        ("Counts until", str(entry.valid_until)),
        *_origin(entry),
    )


def _origin(entry: Vaccination | TestResult | Recovery) -> Rows:
    return (
        ("Country", _coded(valuesets.COUNTRIES, entry.country)),
        ("Issued by", entry.issuer),
        ("Certificate number", entry.certificate_id),
    )
