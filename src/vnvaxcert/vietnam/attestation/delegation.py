"""Delegations: who may attest which records, said and signed by an authority.

A People's Committee, a department of health or the ministry entrusts a unit, known by its
certificate, with a role, provinces or single facilities, and a period. There is no delegation of a
delegation: spec/attestation.md, section 3, says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from vnvaxcert.errors import DelegationError, OutlivesSignerError, SignerKeyError
from vnvaxcert.record import record
from vnvaxcert.trust.certificate import read_certificate
from vnvaxcert.trust.moment import check_moment, utc_text
from vnvaxcert.trust.signer import Signer
from vnvaxcert.vietnam.attestation.envelope import (
    ContentType,
    Label,
    Opened,
    certificate_of,
    check_encoding,
    open_message,
    read_seconds,
    seal,
    seconds,
)
from vnvaxcert.vietnam.exchange import ExchangeRecord

VERSION: Final = 1
WHOLE: Final = True  # on the wire, in the place of the facilities: all of the provinces

MAX_PROVINCES: Final = 100  # their codes have two digits
MAX_FACILITIES: Final = 2000  # of one delegation: a province has at most 999 codes to give
MAX_DELEGATION_BYTES: Final = 16_384  # the most facilities take 12,000, a signature at most 1,024
MAX_ID_CHARS: Final = 80  # "1234/QĐ-UBND" has 12

# Facilities of the armed forces and of public security: their codes begin with these in every
# province (Decision 384/QĐ-BYT).
_IN_EVERY_PROVINCE: Final = frozenset({"97", "98"})

_MAX_ITEMS: Final = MAX_PROVINCES + MAX_FACILITIES + 32


class Role(StrEnum):
    """As what a unit attests."""

    FACILITY = "facility"
    """The vaccination facility itself, for what it gave."""

    FOCAL_UNIT = "focal-unit"
    """The department of health or the CDC of a province, for its facilities."""

    COMMUNE_COMMITTEE = "commune-committee"
    """The People's Committee of a commune (Công văn 9438), for the facilities named."""


@record(shown=("delegation_id", "role", "not_before", "not_after"))
class Delegation:
    """What a delegation says. That it was read proves nothing: `AttestationVerifier` verifies.

    Attributes:
        delegation_id: What the authority calls it, the number of its decision for one.
        unit_certificate: SHA-256 of the unit's certificate, DER; 32 bytes.
        role: As what the unit attests.
        province_codes: Of which provinces, two digits each (Decision 124/2004/QĐ-TTg).
        facility_codes: For which facilities, five digits each; None: all of these provinces.
        unit_code: The unit's own code, as records name it (``signing_unit``); ``""`` for none.
        not_before: Start of the period, UTC.
        not_after: End of the period, UTC, included.
        issued_at: When it was signed, by its own account, UTC.
        kid: Key identifier of the authority that is to have signed it.
    """

    delegation_id: str
    unit_certificate: bytes
    role: Role
    province_codes: frozenset[str]
    facility_codes: frozenset[str] | None
    unit_code: str
    not_before: datetime
    not_after: datetime
    issued_at: datetime
    kid: bytes

    def objection_to(self, record: ExchangeRecord) -> str:
        """Why it does not cover a record, in words; ``""`` when it does."""
        facility = record.facility_code
        if self.facility_codes is None:
            if not is_facility_code(facility):
                return "the record's facility has no code of five digits"
            if facility[:2] not in self.province_codes:
                return "the record's facility is in another province"
        elif facility not in self.facility_codes:
            return "the record's facility is not one of those named"
        if record.province_code not in ("", facility[:2], *self.province_codes):
            return "the record names another province"
        # Whoever acts for a facility may be named by the record, or the facility it acts for.
        if self.role is Role.FACILITY:
            named = self.facility_codes or frozenset()  # such a role always names some
        elif self.unit_code:
            named = frozenset({self.unit_code, facility})
        else:
            return ""
        return "" if record.signing_unit in named else "the record names another signing unit"


def delegate(
    *,
    delegation_id: str,
    unit_certificate: bytes,
    role: Role | str,
    province_codes: Iterable[str],
    facility_codes: Iterable[str] | None = None,
    unit_code: str = "",
    not_before: datetime,
    not_after: datetime,
    signer: Signer,
    at: datetime,
) -> bytes:
    """Entrust a unit with attesting, and sign that.

    Args:
        delegation_id: 1 to 80 characters; may be withdrawn by it, so unique to the authority.
        unit_certificate: The unit's certificate, DER.
        role: As what it is to attest.
        province_codes: Of which provinces, two digits each. More than one where provinces were
            merged: the codes of facilities kept the old ones.
        facility_codes: For which facilities, five digits each, of these provinces or of the armed
            forces or public security (97, 98); None: for all of these provinces, which only a
            focal unit can be entrusted with.
        unit_code: The unit's own code of five digits; then a record must name it, or its own
            facility, as its signing unit. Of a facility it follows from ``facility_codes``.
        not_before: Start of the period, aware; whole seconds count.
        not_after: End of the period, aware, included.
        signer: The authority's, with a certificate.
        at: The moment of signing, aware.

    Returns:
        COSE_Sign1, the form in which `attest` and verifiers take it.

    Raises:
        SignerKeyError: The unit's certificate or the signer's cannot be read or used.
        KeyMismatchError: The signature made is not of the key in the signer's certificate.
        OutlivesSignerError: The signer's certificate is not valid at ``at``.
        ValueError: A code, period, role or identifier of another form; facilities of another
            province; none at all; a period that is over at ``at``; a naive time.
        TypeError: A value of another type.

    Spec: spec/attestation.md, section 3; 1908/BYT-CNTT (focal units).
    """
    check_moment(at, "at")
    facts = certificate_of(signer)
    if not facts.not_before <= at <= facts.not_after:
        raise OutlivesSignerError(
            f"the authority's certificate is not valid at {utc_text(at)}: it signs no delegation"
        )
    if not isinstance(unit_certificate, bytes):
        raise TypeError(f"unit_certificate: expected bytes, not {type(unit_certificate).__name__}")
    try:
        read_certificate(unit_certificate)
    except ValueError as error:
        raise SignerKeyError(f"the unit's certificate cannot be read: {error}") from error
    provinces = _texts(province_codes, "province_codes")
    facilities = None if facility_codes is None else _texts(facility_codes, "facility_codes")
    payload: dict[int, object] = {
        1: VERSION,
        2: delegation_id,
        3: sha256(unit_certificate).digest(),
        4: Role(role).value,
        5: provinces,
        6: WHOLE if facilities is None else facilities,
        8: seconds(not_before, "not_before"),
        9: seconds(not_after, "not_after"),
        10: seconds(at, "at"),
    }
    if unit_code:
        payload[7] = unit_code
    if not_after < at:
        raise ValueError("not_after: it is before at, so nothing could ever be attested")
    try:
        _read(payload, signer.kid)  # one place knows what a delegation may say
    except DelegationError as error:
        raise ValueError(error.reason) from error
    return seal(
        payload, ContentType.DELEGATION, signer=signer, label=Label.KID, identifier=signer.kid
    )


def read_unverified_delegation(message: bytes) -> Delegation:
    """Read what a delegation says, without asking who signed it.

    Raises:
        DelegationError: It is none, or says something impossible.
        TypeError: Not bytes.
    """
    return open_delegation(message)[0]


def open_delegation(message: bytes) -> tuple[Delegation, Opened]:
    """As `read_unverified_delegation`, with what a verifier needs to check the signature."""
    opened = open_message(
        message,
        ContentType.DELEGATION,
        Label.KID,
        DelegationError,
        max_bytes=MAX_DELEGATION_BYTES,
        max_items=_MAX_ITEMS,
    )
    made = _read(opened.payload, opened.identifier)
    check_encoding(opened, _payload(made), DelegationError)
    return made, opened


def is_facility_code(text: str) -> bool:
    """Whether a text has the form of a facility's code: five digits (Decision 384/QĐ-BYT)."""
    return len(text) == 5 and text.isascii() and text.isdigit()


def _read(payload: dict[Any, Any], kid: bytes) -> Delegation:
    version = payload.get(1)
    if type(version) is not int or version != VERSION:
        raise DelegationError(f"expected version {VERSION}")
    identifier, digest, unit_code = payload.get(2), payload.get(3), payload.get(7, "")
    if type(identifier) is not str or not 1 <= len(identifier) <= MAX_ID_CHARS:
        raise DelegationError(f"expected an identifier of 1 to {MAX_ID_CHARS} characters")
    if not identifier.isprintable():  # half a surrogate pair among them
        raise DelegationError("the identifier has a character that cannot be printed")
    if type(digest) is not bytes or len(digest) != 32:
        raise DelegationError("expected the SHA-256 of the unit's certificate")
    if type(unit_code) is not str or (7 in payload and not is_facility_code(unit_code)):
        raise DelegationError("the unit's code is not five digits")
    stated = payload.get(4)
    if type(stated) is not str or stated not in _ROLES:
        raise DelegationError(f"expected one of the roles {', '.join(_ROLES)}")
    role = Role(stated)
    provinces = _codes(payload.get(5), 2, MAX_PROVINCES, "provinces")
    facilities = None
    if payload.get(6) is not WHOLE:
        facilities = _codes(payload.get(6), 5, MAX_FACILITIES, "facilities")
        # Else an authority could entrust another's facilities under the name of its own province.
        if any(code[:2] not in provinces | _IN_EVERY_PROVINCE for code in facilities):
            raise DelegationError("a facility is of none of the provinces")
    elif role is not Role.FOCAL_UNIT:
        raise DelegationError("only a focal unit may be entrusted with a whole province")
    not_before = read_seconds(payload.get(8), "the start of the period", DelegationError)
    not_after = read_seconds(payload.get(9), "the end of the period", DelegationError)
    if not_after < not_before:
        raise DelegationError("the period ends before it begins")
    return Delegation(
        delegation_id=identifier,
        unit_certificate=digest,
        role=role,
        province_codes=provinces,
        facility_codes=facilities,
        unit_code=unit_code,
        not_before=not_before,
        not_after=not_after,
        issued_at=read_seconds(payload.get(10), "the time of signing", DelegationError),
        kid=kid,
    )


_ROLES: Final = tuple(role.value for role in Role)


def _codes(value: object, digits: int, most: int, name: str) -> frozenset[str]:
    if type(value) is not list or not 1 <= len(value) <= most:
        raise DelegationError(f"expected 1 to {most} {name}")
    for code in value:
        if not (type(code) is str and len(code) == digits and code.isascii() and code.isdigit()):
            raise DelegationError(f"expected {name} as texts of {digits} digits")
    return frozenset(value)


def _payload(delegation: Delegation) -> dict[int, object]:
    """What a delegation is written as: codes sorted, each once."""
    facilities = delegation.facility_codes
    made: dict[int, object] = {
        1: VERSION,
        2: delegation.delegation_id,
        3: delegation.unit_certificate,
        4: delegation.role.value,
        5: sorted(delegation.province_codes),
        6: WHOLE if facilities is None else sorted(facilities),
        8: seconds(delegation.not_before, "not_before"),
        9: seconds(delegation.not_after, "not_after"),
        10: seconds(delegation.issued_at, "issued_at"),
    }
    if delegation.unit_code:
        made[7] = delegation.unit_code
    return made


def _texts(codes: Iterable[str], name: str) -> list[str]:
    if isinstance(codes, str):  # whose characters would be taken for codes
        raise TypeError(f"{name}: expected several texts, not one")
    found = set(codes)
    for code in found:
        if not isinstance(code, str):
            raise TypeError(f"{name}: expected texts, not {type(code).__name__}")
    return sorted(found)
