"""Operations of Viet Nam's own steps: the national claim, identifiers, attestations, corrections.

Spec: spec/viet-nam.md, spec/attestation.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from vnvaxcert.conformance import lists
from vnvaxcert.conformance.lists import RequestError, from_hex, member, moment
from vnvaxcert.errors import RecordsError
from vnvaxcert.policy import ValidityModel
from vnvaxcert.schema import payload as dcc
from vnvaxcert.verify import decode_unverified
from vnvaxcert.vietnam.attestation import AttestationVerifier, Attested
from vnvaxcert.vietnam.correction import verify_correction
from vnvaxcert.vietnam.passport.identifier import certificate_id
from vnvaxcert.vietnam.passport.national_claim import NationalClaim, read_national_claim
from vnvaxcert.vietnam.reading import from_json

Input = Mapping[str, Any]

_MODELS: Final[Mapping[str, ValidityModel]] = {
    "signing": ValidityModel.AT_SIGNING,
    "verification": ValidityModel.AT_VERIFICATION,
}


def read_claim(given: Input) -> dict[str, Any]:
    """``national.read``: the national claim of a ``text``, or ``claim`` null.

    Raises:
        DecodeError: The text is no certificate.
        NationalClaimError: The claim has another form.
    """
    found = read_national_claim(decode_unverified(member(given, "text", str)))
    if found is None:
        return {"claim": None}
    return {"nationality": found.nationality, "lots": list(found.lots)}


def passport_identifier(given: Input) -> dict[str, Any]:
    """``passport.identifier``: ``ci`` of a passport, computed from what is certified and whose.

    ``key``: the issuer's secret, in hex; ``identity_number``; ``payload``: the certificate with
    its wire keys; ``country``, VN when absent; ``national``: ``nationality`` and ``lots``, absent
    where there is no national claim.

    Raises:
        SchemaError: The payload breaks its schema.
        ValueError: The key is too short, or a value has another form.
    """
    certificate, _ = dcc.parse(member(given, "payload", dict))
    national = None
    if "national" in given:
        claim = member(given, "national", dict)
        lots, nationality = tuple(member(claim, "lots", list)), claim.get("nationality")
        if not all(isinstance(one, str | None) for one in (nationality, *lots)):
            raise RequestError("national: expected a text or null, and a list of such")
        national = NationalClaim(nationality=nationality, lots=lots)
    identifier = certificate_id(
        member(given, "identity_number", str),
        certificate,
        key=from_hex(given, "key"),
        country=member(given, "country", str) if "country" in given else "VN",
        national=national,
    )
    return {"identifier": identifier}


def verify_attestation(given: Input) -> dict[str, Any]:
    """``attestation.verify``: whether a unit confirmed a record, and whether it may.

    ``record``: its texts by name; ``verdict``, ``salt``, ``batch`` (hex), ``index`` and ``path``
    (hex): its proof; ``authorities``: keys of those who may delegate; ``at``. Absent, where they
    are not asked about: ``unit_authorities`` (keys), ``revocation`` as in ``verify``,
    ``provinces`` (codes by kid in hex, or null for all), ``validity`` (``signing``, or
    ``verification``).

    Raises:
        AttestationError: It was not confirmed.
        DelegationError: The unit may not.
    """
    try:
        record = from_json(member(given, "record", dict))
    except RecordsError as error:
        raise RequestError("record: no exchange record") from error
    attested = Attested(
        record=record,
        verdict=member(given, "verdict", str),
        salt=from_hex(given, "salt"),
        batch=from_hex(given, "batch"),
        index=member(given, "index", int),
        path=tuple(from_hex({"path": one}, "path") for one in member(given, "path", list)),
    )
    found = _verifier(given).verify(attested)
    return {
        "role": found.role.value,
        "province": found.province_code,
        "facility": found.facility_code,
        "attested_at": f"{found.attested_at:%Y-%m-%dT%H:%M:%SZ}",
        "delegation": found.delegation_id,
        "authority": found.authority.kid.hex(),
    }


def verify_record(given: Input) -> dict[str, Any]:
    """``correction.verify``: whether one certificate stands in the place of another.

    ``record``: the correction record, in hex; ``old`` and ``new``: texts; ``trust``: who signs
    certificates; ``revocation`` as in ``verify``; ``at``. ``record_trust``: who signs records,
    absent where those of ``trust`` do.

    Raises:
        CorrectionRecordError: A link does not hold.
    """
    record_trust = None
    if "record_trust" in given:
        record_trust = lists.trust_list(given, "record_trust")
    found = verify_correction(
        from_hex(given, "record"),
        old=member(given, "old", str),
        new=member(given, "new", str),
        trust=lists.trust_list(given),
        revocations=lists.revocation_list(given),
        at=moment(given.get("at")),
        record_trust=record_trust,
    )
    return {
        "changed": list(found.changed),
        "reason": found.reason.value,
        "corrected_at": f"{found.corrected_at:%Y-%m-%dT%H:%M:%SZ}",
        "signer": found.signer.kid.hex(),
    }


def _verifier(given: Input) -> AttestationVerifier:
    unit_authorities = revocations = provinces = None
    if "unit_authorities" in given:
        unit_authorities = lists.trust_list(given, "unit_authorities", role="authority")
    if "revocation" in given:
        revocations = lists.revocation_list(given)
    if "provinces" in given:
        provinces = {
            from_hex({"kid": kid}, "kid"): None if codes is None else _codes(codes)
            for kid, codes in member(given, "provinces", dict).items()
        }
    model = member(given, "validity", str) if "validity" in given else "signing"
    if model not in _MODELS:
        raise RequestError("validity: expected signing or verification")
    return AttestationVerifier(
        lists.trust_list(given, "authorities"),
        moment(given.get("at")),
        revocations=revocations,
        unit_authorities=unit_authorities,
        provinces=provinces,
        validity_model=_MODELS[model],
    )


def _codes(codes: object) -> frozenset[str]:
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise RequestError("provinces: expected lists of codes, or null")
    return frozenset(codes)
