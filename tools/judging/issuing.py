"""What packages of others say of certificates to be issued: their claims, and their signers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from unicodedata import normalize

import cbor2
from cryptography import x509

from judging.case import Case

_KIND: Final = {"t": 1, "v": 2, "r": 3}
_SEALS: Final = "2.23.136.1.1.14.2"
_ARCS: Final = ("", "0.")
_COSE: Final = {"ES256": -7, "ES384": -35, "ES512": -36, "PS256": -37}
_SMALL: Final = 2000  # bytes that fit in a QR code uncompressed, too


def by_cbor2(case: Case) -> bool:
    """`cbor2`, told to write canonically: the same bytes, and what was given stands in them.

    Only where that is all: not of names that are to be derived, nor of what is large.
    """
    if case.op != "issue" or case.code is not None or _fault(case):
        return False
    encoded = [bytes.fromhex(case.value[name]) for name in ("protected", "claims")]
    if any(cbor2.dumps(cbor2.loads(one), canonical=True) != one for one in encoded):
        return False
    header, claims = map(cbor2.loads, encoded)
    signer, (start, end) = case.signers[-1], _times(case)
    expected = {
        1: case.input.get("issuer", signer.country),
        4: int(end.timestamp()),
        6: int(start.timestamp()),
        -260: {1: _composed(case.input["certificate"])},
    }
    fits = len(encoded[1]) < _SMALL
    return (
        fits
        and claims == expected
        and header == {1: _COSE[signer.algorithm or ""], 4: bytes.fromhex(signer.kid)}
    )


def _composed(given: Any) -> Any:
    """What was given, its texts in Unicode normal form C."""
    if isinstance(given, dict):
        return {key: _composed(value) for key, value in given.items()}
    if isinstance(given, list):
        return [_composed(one) for one in given]
    return normalize("NFC", given) if isinstance(given, str) else given


def by_cryptography(case: Case) -> bool:
    """Its X.509 parser: whose key a certificate has, what for, and from when to when."""
    return case.op == "issue" and case.code is not None and case.code == _fault(case)


def _fault(case: Case) -> str | None:
    """What is wrong with the signer's certificate."""
    own, shown = [
        x509.load_der_x509_certificate(one.certificate or b"")
        for one in (case.signers[0], case.signers[-1])
    ]
    start, end = _times(case)
    if own.public_key() != shown.public_key():
        return "issue.key_mismatch"
    if start < shown.not_valid_before_utc or end > shown.not_valid_after_utc:
        return "issue.outlives_signer"
    return None if _may_sign(shown, case.input["certificate"]) else "issue.usage"


def _may_sign(certificate: x509.Certificate, payload: Any) -> bool:
    """Whether the extended key usage names the kind, or none and not that of seals either."""
    try:
        usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    oids = {one.dotted_string for one in usages}
    known = {f"1.3.6.1.4.1.{arc}1847.2021.1.{kind}" for arc in _ARCS for kind in _KIND.values()}
    numbers = [number for group, number in _KIND.items() if group in payload]
    allowed = {f"1.3.6.1.4.1.{arc}1847.2021.1.{kind}" for arc in _ARCS for kind in numbers}
    return bool(oids & allowed) or not oids & (known | {_SEALS})


def _times(case: Case) -> tuple[datetime, datetime]:
    """From when to when it holds; for 365 days where no end is given."""
    start = datetime.fromisoformat(case.input["issued_at"])
    end = case.input.get("expires_at")
    return start, datetime.fromisoformat(end) if end else start + timedelta(days=365)
