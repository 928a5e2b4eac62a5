"""The operation ``issue``: a certificate made and signed, as an issuer would.

The payload becomes records without being judged here, so that `vnvaxcert.issue.issue` has to find
what is wrong with it.

Spec: spec/hcert.md §10, spec/dcc-payload.md §8.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from vnvaxcert import hcert
from vnvaxcert.conformance.lists import RequestError, from_base64, member, moment, objects
from vnvaxcert.cose import sign1
from vnvaxcert.issue import issue
from vnvaxcert.schema.reader import (
    HOLDER_FIELDS,
    RECOVERY_FIELDS,
    TEST_FIELDS,
    VACCINATION_FIELDS,
    Fields,
)
from vnvaxcert.schema.records import (
    HealthCertificate,
    Holder,
    PartialDate,
    Recovery,
    TestResult,
    Vaccination,
)
from vnvaxcert.trust.signer import LocalSigner

Input = Mapping[str, Any]

_ROOT: Final = ("ver", "nam", "dob", "v", "t", "r")
_DAYS: Final = frozenset({"date", "first_positive_date", "valid_from", "valid_until"})
_MOMENTS: Final = frozenset({"sample_collected_at", "result_at"})
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_BIRTH_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", re.ASCII)


def issue_certificate(given: Input) -> dict[str, Any]:
    """``issue``: sign a certificate.

    ``certificate``: the payload with its wire keys, ``fnt`` and ``gnt`` absent where they are to
    be derived; ``signer``: a key with its private half, as ``private_key`` (PKCS#8, Base64);
    ``issued_at``. Absent, where the issuer's own rule is asked for: ``expires_at``, ``issuer``.
    ``certificate_of``: the key whose certificate the signer has, by default its own.

    Returns:
        ``algorithm``, ``kid``, and in hex ``protected`` and ``claims``: of the message that was
        made. Its signature holds.

    Raises:
        IssueError: It must not be made.
        RequestError: Another form.
    """
    certificate = _certificate(member(given, "certificate", dict))
    issued_at = moment(given.get("issued_at"), "issued_at")
    signer = _signer(given)
    text = issue(
        certificate,
        signer=signer,
        issuer=member(given, "issuer", str) if "issuer" in given else None,
        issued_at=issued_at,
        expires_at=moment(given["expires_at"], "expires_at") if "expires_at" in given else None,
    )
    signed = sign1.parse(hcert.unwrap(text))
    signed.verify(signer.facts.public_key)
    return {
        "algorithm": signed.algorithm().name,
        "kid": signer.kid.hex(),
        "protected": signed.protected.hex(),
        "claims": signed.payload.hex(),
    }


def _signer(given: Input) -> LocalSigner:
    key = member(given, "signer", dict)
    shown = member(given, "certificate_of", dict) if "certificate_of" in given else key
    return LocalSigner.from_der(
        from_base64(key.get("private_key"), "signer: private_key"),
        from_base64(shown.get("certificate"), "signer: certificate"),
        kid=from_base64(key.get("kid"), "signer: kid") or None,
    )


# --- a payload as records, nothing of it judged -------------------------------------------------


def _certificate(payload: Input) -> HealthCertificate:
    _refuse_unknown(payload, _ROOT)
    names = member(payload, "nam", dict)
    _refuse_unknown(names, [key for key, _, _ in HOLDER_FIELDS])
    stated: dict[str, Any] = {name: names.get(key) for key, name, _ in HOLDER_FIELDS}
    return HealthCertificate(
        holder=Holder(**stated, birth_date=_birth_date(member(payload, "dob", str))),
        vaccinations=_entries(payload, "v", VACCINATION_FIELDS, Vaccination),
        tests=_entries(payload, "t", TEST_FIELDS, TestResult),
        recoveries=_entries(payload, "r", RECOVERY_FIELDS, Recovery),
        schema_version=member(payload, "ver", str),
    )


def _entries(
    payload: Input, group: str, fields: Fields, make: Callable[..., Any]
) -> tuple[Any, ...]:
    found = []
    for entry in objects(payload, group):
        _refuse_unknown(entry, [key for key, _, _ in fields])
        found.append(make(**{name: _value(name, entry.get(key)) for key, name, _ in fields}))
    return tuple(found)


def _refuse_unknown(members: Input, known: list[str] | tuple[str, ...]) -> None:
    """No record holds what the schema does not name: it would be left out in silence."""
    if not members.keys() <= {*known}:
        raise RequestError("certificate: a member that no record has")


def _value(name: str, value: Any) -> Any:
    """A day or a moment where the text is one; all else as it stands."""
    try:
        if name in _DAYS and isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
        if name in _MOMENTS and isinstance(value, str):
            found = datetime.fromisoformat(value)
            return found if found.tzinfo is not None else value
    except ValueError:
        pass  # it is for issuing to find that
    return value


def _birth_date(text: str) -> Any:
    match = _BIRTH_DATE.fullmatch(text)
    if match is None:
        return text or None
    year, month, day = (None if part is None else int(part) for part in match.groups())
    return PartialDate.from_digits(year or 0, month, day)
