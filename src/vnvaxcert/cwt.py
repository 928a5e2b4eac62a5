"""CBOR Web Token claims of a health certificate (RFC 8392, HCERT §3.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import IntEnum
from math import isfinite
from typing import Any, Final

from vnvaxcert.codec import cbor
from vnvaxcert.errors import ClaimsError, ContentError, CoseStructureError
from vnvaxcert.schema.records import CertificateWarning


class Claim(IntEnum):
    """Claim keys: the IANA registry "CBOR Web Token Claims", and HCERT §3.3.1 for -260."""

    ISS = 1
    EXP = 4
    NBF = 5
    IAT = 6
    HCERT = -260


EU_DCC_V1: Final = 1  # the DCC under claim -260 (HCERT §3.3.1)

PRIVATE_USE_BELOW: Final = -65536
"""Claim keys less than this are for private use (RFC 8392 §9.1)."""

NATIONAL_CLAIM: Final = -65704
"""Viet Nam's national claim (spec/viet-nam.md §5): known, so without a warning."""

_MAX_WARNINGS: Final = 20  # more explain nothing; a hostile claim set can hold thousands

# Year 1 and the end of year 9999, in seconds: what `datetime` can hold.
_EARLIEST, _AFTER_LATEST = -62135596800, 253402300800

# As plain integers: comparing with a member of an IntEnum costs several times as much.
_ISS, _EXP, _NBF, _IAT, _HCERT = (claim.value for claim in Claim)


class PrivateClaims(Mapping[int, Any]):
    """The claims for private use that a certificate has, by key: their values, only decoded.

    What they mean, and whether they are well-formed, their own specification says. ``repr`` shows
    the keys: the values may be personal data. Immutable, but for lists and maps in the values.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[int, Any]) -> None:
        """Take the decoded values by their keys."""
        self._values = dict(values)

    def __getitem__(self, key: int) -> Any:
        return self._values[key]

    def __iter__(self) -> Iterator[int]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(frozenset(self._values))  # values may be lists; equal ones have equal keys

    def __repr__(self) -> str:
        return f"PrivateClaims(keys={sorted(self._values, reverse=True)!r})"


NO_PRIVATE_CLAIMS: Final = PrivateClaims({})


class Claims:
    """The claims of one certificate, checked for form only.

    Attributes:
        issuer: ``iss``, an ISO 3166-1 alpha-2 code where the issuer follows the rules, or None.
        expires_at: ``exp``, aware UTC, or None where it is missing.
        issued_at: ``iat``, likewise.
        not_before: ``nbf``, likewise. HCERT does not use it, RFC 8392 §3.1.5 gives it force.
        health_claim: The value of claim -260 as decoded, or None.
        warnings: Deviations and unknown claims.
        private_claims: The claims whose keys are for private use.
    """

    __slots__ = (
        *("expires_at", "health_claim", "issued_at", "issuer", "not_before", "private_claims"),
        "warnings",
    )

    def __init__(
        self,
        issuer: str | None,
        expires_at: datetime | None,
        issued_at: datetime | None,
        not_before: datetime | None,
        health_claim: Any,
        warnings: tuple[CertificateWarning, ...],
        private_claims: PrivateClaims = NO_PRIVATE_CLAIMS,
    ) -> None:
        self.issuer = issuer
        self.expires_at = expires_at
        self.issued_at = issued_at
        self.not_before = not_before
        self.health_claim = health_claim
        self.warnings = warnings
        self.private_claims = private_claims

    def dcc(self) -> dict[Any, Any]:
        """The DCC payload of the health claim, not yet checked against its schema.

        Raises:
            ContentError: No health claim, or none with a DCC in it.

        Spec: HCERT §3.3.1.
        """
        claim = self.health_claim
        if claim is None:
            raise ContentError("the claim is missing")
        if not isinstance(claim, dict):
            raise ContentError("the claim is not a map")
        for key in claim:
            if key == EU_DCC_V1 and type(key) is int:
                payload = claim[key]
                if not isinstance(payload, dict):
                    raise ContentError("the DCC (key 1) is not a map")
                return payload
        shown = ", ".join(str(key) for key in list(claim)[:5] if type(key) is int)
        raise ContentError(f"expected a DCC (key 1); there is {shown or 'none with a number'}")


def parse(payload: bytes) -> Claims:
    """Parse the claim set of a certificate.

    Args:
        payload: The payload of the COSE_Sign1 message. The caller bounds its length.

    Returns:
        The claims. Times may be fractional; a missing ``exp`` is left to `require_expiry`.

    Raises:
        CborError: Not one CBOR item within the bounds, or a claim given twice.
        CoseStructureError: Another COSE message instead of claims.
        ClaimsError: Not a map, a claim key of another type, ``iss`` that is no text, or a time
            that is no number, not finite, or outside the years 1 to 9999.

    Spec: RFC 8392 §3, §4; HCERT §3.3.
    """
    claims = cbor.decode(payload, where="CWT claims")
    if type(claims) is not dict:
        if isinstance(claims, cbor.Tagged | list):
            raise CoseStructureError("a message inside the message; expected a map of claims")
        raise ClaimsError("set", "expected a map")
    warnings: list[CertificateWarning] = []
    private: dict[int, Any] | None = None
    issuer = expires_at = issued_at = not_before = health_claim = None
    for key, value in claims.items():
        # Compared by type too: True and 1.0 equal 1 and are no claim keys.
        if type(key) is not int and type(key) is not str:
            raise ClaimsError("set", "a claim key is neither an integer nor a text")
        if key == _HCERT:
            health_claim = value
        elif key == _EXP:
            expires_at = _time(Claim.EXP, value, warnings)
        elif key == _IAT:
            issued_at = _time(Claim.IAT, value, warnings)
        elif key == _NBF:
            not_before = _time(Claim.NBF, value, warnings)
        elif key == _ISS:
            if type(value) is not str:
                raise ClaimsError("1 (iss)", "expected a text")
            issuer = value
        else:
            if type(key) is int and key < PRIVATE_USE_BELOW:
                private = {} if private is None else private
                private[key] = value
                if key == NATIONAL_CLAIM:
                    continue
            if len(warnings) < _MAX_WARNINGS:
                shown = f"claims/{key}" if type(key) is int else "claims"
                warnings.append(
                    CertificateWarning("cwt.unknown_claim", shown, "a claim without effect")
                )
    carried = NO_PRIVATE_CLAIMS if private is None else PrivateClaims(private)
    noted = tuple(warnings)
    return Claims(issuer, expires_at, issued_at, not_before, health_claim, noted, carried)


def require_expiry(claims: Claims) -> datetime:
    """``exp``, which every certificate must have.

    Raises:
        ClaimsError: ``exp`` is missing.

    Spec: HCERT §3.3.5.
    """
    if claims.expires_at is None:
        raise ClaimsError("4 (exp)", "expected to be there")
    return claims.expires_at


def serialize(
    *,
    issuer: str | None,
    issued_at: datetime,
    expires_at: datetime,
    dcc: dict[str, Any],
    private_claims: Mapping[int, Any] = NO_PRIVATE_CLAIMS,
) -> bytes:
    """Encode the claim set of a DCC in deterministic CBOR.

    Args:
        issuer: ``iss``, or None to leave it out.
        issued_at: ``iat``, aware; whole seconds are written.
        expires_at: ``exp``, likewise.
        dcc: The DCC payload with its wire keys, in the order of deterministic CBOR.
        private_claims: More claims, by keys below `PRIVATE_USE_BELOW`.

    Raises:
        TypeError: A private claim that CBOR cannot hold here, or a float.
        UnicodeEncodeError: A text with half a surrogate pair.
        ValueError: In a private claim, an integer of more than 64 bits.

    Spec: RFC 8392 §3; HCERT §3.3; RFC 8949 §4.2.1.
    """
    claims: dict[int, Any] = {} if issuer is None else {_ISS: issuer}
    claims[_EXP] = int(expires_at.timestamp())
    claims[_IAT] = int(issued_at.timestamp())
    claims[_HCERT] = {EU_DCC_V1: dcc}
    if private_claims:
        return cbor.encode({**claims, **private_claims})
    return cbor.encode_ordered(claims)


def _time(claim: Claim, value: Any, warnings: list[CertificateWarning]) -> datetime:
    if type(value) is int and 0 <= value < _AFTER_LATEST:
        return datetime.fromtimestamp(value, UTC)
    name, path = f"{claim.value} ({claim.name.lower()})", f"claims/{claim.value}"
    if type(value) is cbor.Tagged and value.tag == cbor.TAG_EPOCH_TIME:
        warnings.append(CertificateWarning("cwt.tagged_time", path, "a time carries CBOR tag 1"))
        value = value.value
    if type(value) is float:
        if not isfinite(value):
            raise ClaimsError(name, "expected a finite number of seconds")
        warnings.append(CertificateWarning("cwt.float_time", path, "a time is written as a float"))
    elif type(value) is not int:
        raise ClaimsError(name, "expected a number of seconds since 1970")
    if not _EARLIEST <= value < _AFTER_LATEST:
        raise ClaimsError(name, "expected a time between the years 1 and 9999")
    return datetime.fromtimestamp(value, UTC)
