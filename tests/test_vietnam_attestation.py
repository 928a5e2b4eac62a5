"""Attestation: who confirmed a record, by what right; what is confirmed, and what never is."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, cast

import cbor2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import attestation_maker as maker
import specimens
from attestation_maker import (
    AT,
    ATTESTED_AT,
    CA,
    COMMITTEE,
    FROM,
    STRANGER,
    UNIT,
    UNTIL,
    attested,
    batch_of,
    entrust,
    person,
    signer,
)
from vnvaxcert import RevocationList, TrustList
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import (
    AttestationError,
    DelegationError,
    KeyMismatchError,
    NotAttestedError,
    NotCompleteError,
    NotMatchedError,
    OutlivesSignerError,
    SignerKeyError,
)
from vnvaxcert.policy import ValidityModel
from vnvaxcert.trust import der
from vnvaxcert.trust.certificate import read_certificate
from vnvaxcert.trust.revocation import HashType
from vnvaxcert.trust.signer import LocalSigner
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority, SpecimenSigner, make_key
from vnvaxcert.vietnam.attestation import (
    MAX_BATCH,
    Attestation,
    AttestationVerifier,
    Attested,
    Refused,
    Role,
    attest,
    delegate,
    read_unverified_delegation,
    verify_attestation,
    withdraw_batch,
    withdraw_delegation,
    withdraw_record,
)

TRUST = COMMITTEE.trust_list()
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def verified(
    one: Attested | None = None, *, trust: TrustList = TRUST, at: datetime = AT, **options: Any
) -> Attestation:
    return AttestationVerifier(trust, at, **options).verify(attested() if one is None else one)


def refusal(
    one: Attested | None = None,
    error: type[AttestationError | DelegationError] | None = None,
    **options: Any,
) -> str:
    with pytest.raises((AttestationError, DelegationError)) as caught:
        verified(one, **options)
    assert type(caught.value) is (error or AttestationError)
    return caught.value.reason


def changed(one: Attested, **changes: Any) -> Attested:
    return dataclasses.replace(one, **changes)


# --- what is confirmed ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [KeyType.P256, KeyType.P384, KeyType.P521, KeyType.RSA2048])
def test_a_record_is_confirmed_with_every_kind_of_key(kind: KeyType) -> None:
    unit = maker.signer_of(kind)
    authority = maker.signer_of(kind, "Specimen People's Committee")
    batch = batch_of(5, unit=unit, delegations=[entrust(unit, by=authority)])
    assert [one.index for one in batch.attested] == [0, 1, 2, 3, 4]
    for number, one in enumerate(batch.attested, start=1):
        found = verified(one, trust=authority.trust_list())
        assert found.role is Role.FOCAL_UNIT
        assert found.count == 5
        assert one.record == person(number)
        assert found.unit_certificate.der == unit.certificate


def test_an_attestation_says_who_confirmed_for_whom_and_when() -> None:
    message = entrust(
        role="commune-committee",
        facility_codes=["01903", "01901", "01901"],
        province_codes=["01", "02"],
        unit_code="01900",
    )
    found = verified(batch_of(1, delegations=[message]).attested[0])
    assert found.unit == "CN=Specimen CDC,O=Specimen Health Authority,C=VN"
    assert found.role == "commune-committee"
    assert (found.province_code, found.facility_code) == ("01", "01901")
    assert found.facility_codes == ("01901", "01903")
    assert found.attested_at == ATTESTED_AT
    assert found.delegation_id == "01/QĐ-UBND"
    assert found.delegation == read_unverified_delegation(message)
    assert found.delegation.province_codes == {"01", "02"}
    assert (found.delegation.not_before, found.delegation.not_after) == (FROM, UNTIL)
    assert found.authority.kid == COMMITTEE.kid


def test_the_province_follows_from_the_facility_where_the_record_names_none() -> None:
    (one,) = batch_of([person(province_code="")]).attested
    assert verified(one).province_code == "01"


def test_the_moment_is_that_of_any_time_zone_in_whole_seconds() -> None:
    local = timezone(7 * HOUR)
    at = ATTESTED_AT.astimezone(local) + timedelta(microseconds=999_999)
    batch = batch_of(1, at=at)
    assert batch.attested_at == ATTESTED_AT
    assert verified(batch.attested[0], at=AT.astimezone(local)).attested_at == ATTESTED_AT


def test_one_signature_is_checked_for_all_records_of_a_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from vnvaxcert.cose import keys

    calls: list[Algorithm] = []

    def counting(algorithm: Algorithm, *rest: Any, real: Any = keys.verify) -> None:
        calls.append(algorithm)
        real(algorithm, *rest)

    batch, later = batch_of(100), batch_of(50, at=ATTESTED_AT + SECOND)
    forged = changed(batch.attested[0], batch=maker.message(maker.batch_payload(k2=7), number=104))
    monkeypatch.setattr(keys, "verify", counting)
    verifier = AttestationVerifier(TRUST, AT)
    for one in batch.attested:
        # As it comes out of a file: equal bytes, and not the same ones.
        verifier.verify(changed(one, batch=bytes(bytearray(one.batch))))
    assert len(calls) == 2  # that of the batch, that of the delegation
    for one in later.attested:
        verifier.verify(one)
    assert len(calls) == 3  # the delegation is known
    for _ in range(5):
        with pytest.raises(AttestationError, match="signature"):
            verifier.verify(forged)
    assert len(calls) == 4  # what was refused is remembered too


def test_the_leaf_is_the_one_of_the_specification() -> None:
    """Put together from `cbor2` and a hash function alone, batch and delegation too."""
    by_hand = Attested(
        record=person(),
        verdict="right",
        salt=maker.SALT,
        batch=maker.message(
            maker.batch_payload(
                k5=[maker.message(maker.delegation_payload(), maker.DELEGATION, number=102)]
            )
        ),
        index=0,
        path=(),
    )
    assert verified(by_hand).role is Role.FOCAL_UNIT
    by_us = attested()
    leaf = maker.leaf_hash(person(), salt=by_us.salt)
    assert cbor2.loads(cbor2.loads(by_us.batch).value[2])[3] == leaf


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
@pytest.mark.parametrize("which", ["batch", "delegation"])
def test_the_signatures_are_good_by_openssl(which: str, tmp_path: Path) -> None:
    message, by = (attested().batch, UNIT) if which == "batch" else (entrust(), COMMITTEE)
    protected, _, payload, signature = cbor2.loads(message).value
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    key = x509.load_der_x509_certificate(by.certificate).public_key()
    (tmp_path / "key.pem").write_bytes(
        key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    (tmp_path / "signature").write_bytes(encode_dss_signature(r, s))
    covered = cbor2.dumps(["Signature1", protected, b"", payload])
    (tmp_path / "data").write_bytes(covered)
    (tmp_path / "other").write_bytes(covered + b"\x00")
    for name, answer in (("data", 0), ("other", 1)):
        command = ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "signature"]
        done = subprocess.run([*command, name], cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == answer


# --- what is not confirmed -----------------------------------------------------------------------


class Judged(NamedTuple):
    """Whatever has a verdict is taken from matching."""

    verdict: str


def test_every_record_is_reported_and_only_the_good_ones_are_signed() -> None:
    given: list[tuple[Any, Any]] = [
        (person(1), "right"),
        (person(2, birth_date=""), "right"),
        (person(3), "wrong"),
        (person(4), Judged("pending")),
        (person(5, facility_code="79901", province_code="79"), "right"),
        (person(6), Judged("right")),
        (person(7, sex="", product="nobody knows"), "not_sent"),
    ]
    batch = attest(given, signer=UNIT.signer, delegations=[entrust()], at=ATTESTED_AT)
    assert [one.record.record_id[-1] for one in batch.outcomes] == list("1234567")
    assert [one.code if isinstance(one, Refused) else one.index for one in batch.outcomes] == [
        0,
        "issue.not_complete",
        "issue.not_matched",
        "issue.not_matched",
        "issue.not_attested",
        1,
        "issue.not_complete",
    ]
    assert len(batch.attested) + len(batch.refused) == len(given)
    errors = [one.error for one in batch.refused]
    assert isinstance(errors[0], NotCompleteError)
    assert errors[0].reasons == ("birth_date.missing",)
    assert isinstance(errors[1], NotMatchedError)
    assert errors[1].verdict == "wrong"
    assert isinstance(errors[2], NotMatchedError)
    assert errors[2].verdict == "pending"
    assert isinstance(errors[3], NotAttestedError)
    assert "another province" in errors[3].reason
    assert isinstance(errors[4], NotCompleteError)
    assert set(errors[4].reasons) == {"sex.missing", "product.unknown"}
    assert [verified(one).count for one in batch.attested] == [2, 2]


@pytest.mark.parametrize("records", [[], [(person(), "wrong")]], ids=["none given", "none good"])
def test_nothing_is_signed_where_nothing_is_confirmed(records: list[Any]) -> None:
    batch = attest(records, signer=UNIT.signer, delegations=[entrust()], at=ATTESTED_AT)
    assert batch.message is None
    assert batch.attested == ()
    assert len(batch.refused) == len(records)


def test_a_dose_of_tomorrow_is_judged_by_the_date_of_viet_nam() -> None:
    late = datetime(2022, 4, 9, 17, 30, tzinfo=UTC)  # half past midnight of the 10th
    for day, is_good in (("2022-04-10", True), ("2022-04-11", False)):
        batch = batch_of([person(vaccination_date=day)], at=late)
        assert bool(batch.attested) == is_good


@pytest.mark.parametrize(
    "text", ["x" * 501, "half \ud83d"], ids=["too long", "half a surrogate pair"]
)
def test_a_text_that_cannot_be_signed_is_refused_by_the_name_of_its_field(text: str) -> None:
    batch = batch_of([person(facility_name=text)])
    (one,) = batch.refused
    assert one.code == "issue.not_attested"
    assert "facility_name" in str(one.error)
    assert text not in str(one.error)


def test_a_field_that_is_no_text_is_in_no_batch() -> None:
    odd = dataclasses.replace(person(), facility_name=cast(Any, 7))
    assert "facility_name is not a text" in refusal(changed(attested(), record=odd))


def test_no_personal_data_is_in_a_repr_or_a_message() -> None:
    batch = batch_of(
        [person(), person(2, birth_date="1990-99-99"), person(3, signing_unit="79001")]
    )
    shown = repr(batch) + repr(batch.outcomes) + repr(verified(batch.attested[0]))
    shown += repr(read_unverified_delegation(entrust()))
    shown += "".join(str(one.error) for one in batch.refused)
    forged = changed(batch.attested[0], record=person(9))
    shown += refusal(forged) + repr(forged)
    for private in ("Nguyễn", "Mẫu", "1990", "001090", "specimen-0", "SPECIMEN1"):
        assert private not in shown


# --- who may sign --------------------------------------------------------------------------------


def test_a_delegation_of_somebody_unknown_is_refused() -> None:
    one = batch_of(1, delegations=[entrust(by=STRANGER)]).attested[0]
    assert "no authority" in refusal(one, DelegationError)
    assert "no authority" in refusal(attested(), DelegationError, trust=TrustList())


def test_an_authority_over_certificates_is_no_authority_over_records() -> None:
    """Everybody here has a certificate of that authority: none may delegate because of it."""
    assert "no authority" in refusal(attested(), DelegationError, trust=CA.trust_list())


def test_a_unit_cannot_entrust_another_unit() -> None:
    """There is no delegation of a delegation."""
    own = entrust(STRANGER, by=UNIT)
    one = batch_of(1, unit=STRANGER, delegations=[own]).attested[0]
    assert "no authority" in refusal(one, DelegationError)


def test_a_delegation_under_the_kid_of_an_authority_needs_its_signature() -> None:
    forged = maker.message(maker.delegation_payload(), maker.DELEGATION, number=104)
    one = batch_of(1, delegations=[forged]).attested[0]
    assert "not that of the authority" in refusal(one, DelegationError)


def test_of_several_authorities_under_one_kid_the_one_that_signed_is_found() -> None:
    keys = [make_key(private_value=number).public_key() for number in (104, 102)]
    found = verified(trust=TrustList.from_keys({COMMITTEE.kid: keys}, role="authority"))
    assert found.authority.facts is None
    only = TrustList.from_keys({COMMITTEE.kid: keys[:1]})
    assert "not that of the authority" in refusal(None, DelegationError, trust=only)
    other = make_key(KeyType.P384, 5).public_key()
    misfit = TrustList.from_keys({COMMITTEE.kid: other})
    assert "no authority" in refusal(None, DelegationError, trust=misfit)


def test_an_authority_whose_certificate_is_for_other_things_delegates_nothing() -> None:
    key = make_key(private_value=101)
    by = LocalSigner.from_keys(key, CA.certificate)  # keyCertSign and cRLSign alone
    with pytest.raises(SignerKeyError, match="key usage"):
        delegate(**delegation_arguments(), signer=by)
    header = {4: by.kid}
    forged = maker.message(maker.delegation_payload(), maker.DELEGATION, number=101, header=header)
    one = batch_of(1, delegations=[forged]).attested[0]
    reason = refusal(one, DelegationError, trust=TrustList.from_certificates([CA.certificate]))
    assert "key usage" in reason


def test_an_authority_entrusts_units_in_its_own_provinces() -> None:
    for provinces, is_good in (
        ({COMMITTEE.kid: frozenset({"01"})}, True),
        ({COMMITTEE.kid: frozenset({"01", "02"})}, True),
        ({COMMITTEE.kid: None}, True),
        ({COMMITTEE.kid: frozenset({"79"})}, False),
        ({STRANGER.kid: None}, False),
        ({}, False),
    ):
        if is_good:
            assert verified(provinces=provinces)
        else:
            assert "this province" in refusal(None, DelegationError, provinces=provinces)


def test_a_unit_can_check_the_delegation_it_was_handed() -> None:
    verifier = AttestationVerifier(TRUST, AT.astimezone(timezone(7 * HOUR)))
    assert verifier.at == AT
    assert verifier.verify_delegation(entrust()).role is Role.FOCAL_UNIT
    for message, reason in (
        (entrust(by=STRANGER), "no authority"),
        (entrust(not_after=FROM), "does not hold"),
        (entrust(at=AT + HOUR), "in the future"),
        (b"\xd2", "cannot be read"),
    ):
        with pytest.raises(DelegationError, match=reason):
            verifier.verify_delegation(message)


def test_a_batch_of_another_certificate_than_the_delegation_names_is_refused() -> None:
    """The same key and the same name, certified again: another certificate all the same."""
    renewed = signer(103, "Specimen CDC", not_after=UNTIL)
    assert renewed.certificate != UNIT.certificate
    with pytest.raises(DelegationError, match="another certificate"):
        batch_of(1, unit=renewed, delegations=[entrust()])
    forged = maker.message(maker.batch_payload(), header={33: renewed.certificate})
    assert "another certificate" in refusal(by_hand(forged), DelegationError)


def by_hand(batch: bytes) -> Attested:
    return Attested(
        record=person(), verdict="right", salt=maker.SALT, batch=batch, index=0, path=()
    )


def test_the_certificate_in_a_batch_has_to_be_the_signers() -> None:
    forged = maker.message(maker.batch_payload(), number=104)
    assert "signature" in refusal(by_hand(forged))
    other = maker.message(maker.batch_payload(), number=104, header={33: STRANGER.certificate})
    assert "another unit" in refusal(by_hand(other), DelegationError)


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        (b"no certificate", "certificate"),
        (UNIT.certificate[:-1], "certificate"),
        (CA.certificate, "key usage"),
        (maker.signer_of(KeyType.P384).certificate, "signature"),
        (b"\x30" * 8193, "too long"),
    ],
    ids=["none", "cut", "an authority's", "another curve", "too long"],
)
def test_a_unit_certificate_that_cannot_sign_is_refused(certificate: bytes, reason: str) -> None:
    forged = maker.message(maker.batch_payload(), header={33: certificate})
    assert reason in refusal(by_hand(forged))


def with_key(spki: bytes) -> bytes:
    """The unit's certificate with another key; its own signature is not good any more."""
    facts = read_certificate(UNIT.certificate)
    start, end = der.only(facts.tbs, 0, len(facts.tbs), der.SEQUENCE, "")
    content = facts.tbs[start:end].replace(facts.spki, spki)
    whole, _ = der.only(facts.der, 0, len(facts.der), der.SEQUENCE, "")
    behind = facts.der[whole + len(facts.tbs) :]
    return der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, content), behind)


def test_a_short_key_signs_neither_a_batch_nor_a_delegation() -> None:
    short = specimens.rsa_key("RSA-1024")
    spki = short.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    forged = maker.message(maker.batch_payload(), key=short, header={1: -37, 33: with_key(spki)})
    assert "fewer than 2048 bits" in refusal(by_hand(forged))
    payload = maker.delegation_payload()
    message = maker.message(payload, maker.DELEGATION, key=short, header={1: -37})
    one = attested(delegations=[message])
    trust = TrustList.from_keys({COMMITTEE.kid: short.public_key()})
    assert "fewer than 2048 bits" in refusal(one, DelegationError, trust=trust)


def test_a_key_that_its_certificate_restricts_to_another_hash_signs_nothing() -> None:
    key = specimens.rsa_key()
    bits = der.encode(3, b"\0" + key.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1))
    sha1 = bytes.fromhex("06092a864886f70d01010a3000")  # id-RSASSA-PSS with its defaults
    restricted = der.encode(der.SEQUENCE, der.encode(der.SEQUENCE, sha1), bits)
    header = {1: -37, 33: with_key(restricted)}
    forged = maker.message(maker.batch_payload(), key=key, header=header)
    assert "does not allow its key to sign PS256" in refusal(by_hand(forged))


def test_a_unit_has_to_be_certified_where_certification_authorities_are_given() -> None:
    assert verified(unit_authorities=CA.trust_list())
    other = SpecimenAuthority(not_before=FROM, country="VN", key=make_key(private_value=9))
    assert "authority" in refusal(unit_authorities=other.trust_list())
    assert "authority" in refusal(unit_authorities=TrustList())


# --- what a delegation covers --------------------------------------------------------------------

FACILITY: dict[str, Any] = {"role": "facility", "facility_codes": ["01901", "01902", "97001"]}
COVERED: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("all of a province", {}, {"facility_code": "01555", "signing_unit": "01900"}),
    (
        "several provinces",
        {"province_codes": ["06", "19"]},
        {"facility_code": "06901", "province_code": "19"},
    ),
    ("the facility itself", FACILITY, {}),
    ("one site for another", FACILITY, {"signing_unit": "01902"}),
    ("of the armed forces", FACILITY, {"facility_code": "97001", "signing_unit": "97001"}),
    (
        "of the armed forces, by its own code",
        FACILITY,
        {"facility_code": "97001", "province_code": "97", "signing_unit": "97001"},
    ),
    ("the unit named", {"unit_code": "01900"}, {"signing_unit": "01900"}),
    ("the facility named", {"unit_code": "01900"}, {"signing_unit": "01901"}),
    ("no province named", {}, {"province_code": ""}),
]
NOT_COVERED: list[tuple[str, dict[str, Any], dict[str, str], str]] = [
    ("another province", {}, {"facility_code": "79901", "province_code": "79"}, "another province"),
    ("another province that it names", {}, {"province_code": "79"}, "names another province"),
    ("the province alone", {}, {"facility_code": "79901"}, "facility is in another province"),
    ("the armed forces in a province", {}, {"facility_code": "97001"}, "in another province"),
    ("another facility", FACILITY, {"facility_code": "01903"}, "not one of those named"),
    ("another signing unit", FACILITY, {"signing_unit": "01900"}, "another signing unit"),
    ("another focal unit", {"unit_code": "01900"}, {"signing_unit": "79900"}, "signing unit"),
    ("another site", {"unit_code": "01900"}, {"signing_unit": "01902"}, "signing unit"),
]


@pytest.mark.parametrize(
    ("delegation", "record"), [row[1:] for row in COVERED], ids=[row[0] for row in COVERED]
)
def test_a_record_that_a_delegation_covers_is_confirmed(
    delegation: dict[str, Any], record: dict[str, str]
) -> None:
    batch = batch_of([person(**record)], delegations=[entrust(**delegation)])
    assert batch.refused == ()
    assert verified(batch.attested[0]).role == delegation.get("role", "focal-unit")


@pytest.mark.parametrize(
    ("delegation", "record", "reason"),
    [row[1:] for row in NOT_COVERED],
    ids=[row[0] for row in NOT_COVERED],
)
def test_a_record_that_no_delegation_covers_is_refused_on_both_sides(
    delegation: dict[str, Any], record: dict[str, str], reason: str
) -> None:
    one = person(**record)
    (refused,) = batch_of([one], delegations=[entrust(**delegation)]).refused
    assert refused.code == "issue.not_attested"
    # A unit whose program does not look is found out all the same.
    payload = maker.batch_payload(k3=maker.leaf_hash(one), k5=[entrust(**delegation)])
    forged = changed(by_hand(maker.message(payload)), record=one)
    assert reason in refusal(forged, DelegationError)


@pytest.mark.parametrize("code", ["", "0190", "0190A", "٠١٩٠١", "019011"])
def test_a_facility_code_of_another_form_is_in_no_province(code: str) -> None:
    one = person(facility_code=code)
    forged = changed(
        by_hand(maker.message(maker.batch_payload(k3=maker.leaf_hash(one)))), record=one
    )
    assert "five digits" in refusal(forged, DelegationError)


def test_several_delegations_cover_what_any_of_them_does() -> None:
    both = [entrust(), entrust(province_codes=["79"], delegation_id="79/QĐ-UBND")]
    south = person(2, facility_code="79901", province_code="79", signing_unit="79901")
    nowhere = person(3, facility_code="48901", province_code="48", signing_unit="48901")
    batch = batch_of([person(), south, nowhere], delegations=both)
    assert [verified(one).delegation_id for one in batch.attested] == ["01/QĐ-UBND", "79/QĐ-UBND"]
    assert [one.code for one in batch.refused] == ["issue.not_attested"]


def test_a_delegation_that_does_not_hold_does_not_spoil_another() -> None:
    one = batch_of(1, delegations=[entrust(by=STRANGER), entrust()]).attested[0]
    assert verified(one).authority.kid == COMMITTEE.kid
    # Nor does it help where the other does not cover the record.
    far = person(facility_code="79901", province_code="79", signing_unit="79901")
    unknown = entrust(province_codes=["79"], by=STRANGER)
    one = batch_of([far], delegations=[unknown, entrust()]).attested[0]
    assert "another province" in refusal(one, DelegationError)


# --- when ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", [FROM, UNTIL], ids=["first", "last"])
def test_a_period_includes_its_ends(moment: datetime) -> None:
    assert verified(attested(at=moment), at=moment)


@pytest.mark.parametrize("moment", [FROM - SECOND, UNTIL + SECOND], ids=["before", "after"])
def test_a_record_is_confirmed_within_the_period_alone(moment: datetime) -> None:
    early = entrust(at=FROM - HOUR)
    with pytest.raises(DelegationError, match="it holds from 2022-04-08 00:00:00 UTC to"):
        batch_of(1, delegations=[early], at=moment)
    payload = maker.batch_payload(k4=maker.seconds(moment), k5=[early])
    reason = refusal(by_hand(maker.message(payload)), DelegationError, at=UNTIL + 9 * HOUR)
    assert "it holds from" in reason


def test_a_delegation_of_later_does_not_cover_what_was_signed_before() -> None:
    late = entrust(at=ATTESTED_AT + SECOND)
    with pytest.raises(DelegationError, match="after the records were attested"):
        batch_of(1, delegations=[late])
    forged = by_hand(maker.message(maker.batch_payload(k5=[late])))
    assert "after the records were attested" in refusal(forged, DelegationError)


def test_a_batch_of_the_future_is_refused_beyond_what_clocks_differ() -> None:
    one = attested()
    assert verified(one, at=ATTESTED_AT - timedelta(minutes=5))
    assert "future" in refusal(one, at=ATTESTED_AT - timedelta(minutes=5, seconds=1))


def test_what_was_confirmed_stays_confirmed_when_the_period_is_over() -> None:
    later = datetime(2024, 1, 1, tzinfo=UTC)  # every certificate has expired by then
    assert verified(at=later).attested_at == ATTESTED_AT
    now = ValidityModel.AT_VERIFICATION
    assert verified(validity_model=now)
    assert "unit's certificate was not valid" in refusal(at=later, validity_model=now)
    after = UNTIL + SECOND
    assert "does not hold" in refusal(None, DelegationError, at=after, validity_model=now)


def test_a_unit_whose_certificate_does_not_hold_confirms_nothing() -> None:
    expired = signer(105, "Specimen CDC", not_after=FROM + HOUR)
    message = entrust(expired)
    with pytest.raises(OutlivesSignerError, match="unit's certificate is not valid"):
        batch_of(1, unit=expired, delegations=[message])
    payload = maker.batch_payload(k5=[message])
    forged = maker.message(payload, number=105, header={33: expired.certificate})
    assert "was not valid at 2022-04-10" in refusal(by_hand(forged))


def test_an_authority_whose_certificate_does_not_hold_entrusts_nobody() -> None:
    expired = signer(106, "Specimen People's Committee", not_after=FROM + HOUR)
    assert verified(attested(delegations=[entrust(by=expired)]), trust=expired.trust_list())
    with pytest.raises(OutlivesSignerError, match="authority's certificate"):
        entrust(by=expired, at=FROM + 2 * HOUR)
    payload = maker.delegation_payload(k10=maker.seconds(FROM + 2 * HOUR))
    forged = maker.message(payload, maker.DELEGATION, number=106, header={4: expired.kid})
    one = attested(delegations=[forged])
    reason = refusal(one, DelegationError, trust=expired.trust_list())
    assert "authority's certificate was not valid" in reason


# --- the place in the batch ----------------------------------------------------------------------


@pytest.mark.parametrize("field", [*vars(person())])
def test_a_record_of_which_one_byte_was_changed_is_in_no_batch(field: str) -> None:
    one = batch_of(4).attested[2]
    text = getattr(one.record, field)
    other = dataclasses.replace(one.record, **{field: text[:-1] + "X" if text else "X"})
    assert "not in the batch" in refusal(changed(one, record=other))


def test_a_text_in_another_normal_form_is_another_text() -> None:
    import unicodedata

    one = attested()
    decomposed = unicodedata.normalize("NFD", one.record.full_name)
    other = dataclasses.replace(one.record, full_name=decomposed)
    assert "not in the batch" in refusal(changed(one, record=other))


@pytest.mark.parametrize("verdict", ["wrong", "pending", "not_sent", "", "RIGHT", None, True])
def test_only_what_was_found_right_is_confirmed(verdict: Any) -> None:
    assert "verdict" in refusal(changed(attested(), verdict=verdict))


def test_a_unit_that_signs_a_wrong_record_signs_no_leaf() -> None:
    """Its signature would be over another leaf than the one that a verifier makes."""
    payload = maker.batch_payload(k3=maker.leaf_hash(person(), verdict="wrong"))
    forged = by_hand(maker.message(payload))
    assert "not in the batch" in refusal(forged)
    assert "verdict" in refusal(changed(forged, verdict="wrong"))


def test_a_leaf_of_another_version_is_another_leaf() -> None:
    payload = maker.batch_payload(k3=maker.leaf_hash(person(), version=2))
    assert "not in the batch" in refusal(by_hand(maker.message(payload)))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"index": 1}, "not in the batch"),
        ({"index": -1}, "no record at this place"),
        ({"index": 5}, "no record at this place"),
        ({"index": 2**80}, "no record at this place"),
        ({"index": True}, "whole number"),
        ({"index": 2.0}, "whole number"),
        ({"index": "2"}, "whole number"),
        ({"index": None}, "whole number"),
        ({"path": ()}, "too short"),
        ({"path": (bytes(32),)}, "too short"),
        ({"path": (bytes(32),) * 3}, "not in the batch"),
        ({"path": (bytes(32),) * 4}, "too long"),
        ({"path": (bytes(32),) * 100_000}, "too long"),
        ({"path": (bytes(31),) * 3}, "32 bytes"),
        ({"path": [bytes(32)] * 3}, "32 bytes"),
        ({"path": ("x" * 32,) * 3}, "32 bytes"),
        ({"path": None}, "32 bytes"),
        ({"salt": maker.SALT}, "not in the batch"),
        ({"salt": b""}, "salt is not of 16 bytes"),
        ({"salt": bytes(15)}, "salt is not of 16 bytes"),
        ({"salt": bytes(17)}, "salt is not of 16 bytes"),
        ({"salt": bytearray(16)}, "salt is not of 16 bytes"),
        ({"salt": "0" * 16}, "salt is not of 16 bytes"),
        ({"salt": None}, "salt is not of 16 bytes"),
    ],
    ids=str,
)
def test_a_proof_that_leads_elsewhere_is_refused(changes: dict[str, Any], reason: str) -> None:
    one = batch_of(5).attested[2]
    assert verified(one)
    assert reason in refusal(changed(one, **changes))


def test_a_record_is_in_its_own_batch_alone() -> None:
    one, other = batch_of(4).attested[1], batch_of(4, at=ATTESTED_AT + SECOND).attested[2]
    assert "not in the batch" in refusal(changed(one, batch=other.batch))
    strange = batch_of([person(9), person(8), person(7), person(6)]).attested[1]
    assert "not in the batch" in refusal(changed(one, batch=strange.batch))
    assert "not in the batch" in refusal(changed(one, record=other.record))


# --- the salt ------------------------------------------------------------------------------------


def test_every_record_has_sixteen_random_bytes_of_its_own() -> None:
    """Drawn from the system each time: the same records twice have nothing in common."""
    batch, again = batch_of(50), batch_of(50)
    salts = [one.salt for one in (*batch.attested, *again.attested)]
    assert {len(salt) for salt in salts} == {16}
    assert len(set(salts)) == 100
    assert len({salt[at : at + 4] for salt in salts for at in (0, 4, 8, 12)}) > 390  # nowhere fixed
    roots = [cbor2.loads(cbor2.loads(one.message or b"").value[2])[3] for one in (batch, again)]
    assert roots[0] != roots[1]


def test_the_salt_is_from_the_source_for_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    import secrets

    from vnvaxcert.vietnam.attestation import attesting

    assert vars(attesting)["token_bytes"] is secrets.token_bytes
    drawn = iter([b"first specimen !", b"second specimen!"])
    monkeypatch.setattr(attesting, "token_bytes", lambda count: next(drawn)[:count])
    first, second = batch_of(2).attested
    assert (first.salt, second.salt) == (b"first specimen !", b"second specimen!")
    assert first.path == (maker.leaf_hash(second.record, salt=second.salt),)


def test_whoever_has_one_proof_cannot_tell_a_guess_at_the_next_record_from_the_record() -> None:
    """All that its holder knows, and the whole neighbour: no hash of that is in the proof."""
    one, neighbour = batch_of(2).attested
    assert one.path == (maker.leaf_hash(neighbour.record, salt=neighbour.salt),)
    right_guess = neighbour.record
    known = [one.salt, b"", bytes(16), one.path[0][:16], sha256(one.salt).digest()[:16]]
    assert one.path[0] not in {maker.leaf_hash(right_guess, salt=salt) for salt in known}
    unsalted = cbor2.dumps([1, {k: v for k, v in vars(right_guess).items() if v}, "right"])
    assert one.path[0] != sha256(b"\x00" + unsalted).digest()


def test_the_salt_of_another_record_is_no_salt_of_this_one() -> None:
    one, neighbour = batch_of(2).attested
    assert "not in the batch" in refusal(changed(one, salt=neighbour.salt))
    for at in range(128):
        flipped = bytearray(one.salt)
        flipped[at // 8] ^= 1 << at % 8
        assert "not in the batch" in refusal(changed(one, salt=bytes(flipped)))


def test_a_leaf_without_a_salt_is_none() -> None:
    """Not even where a unit signed it: the salt is the second member, and never left out."""
    members = {name: text for name, text in vars(person()).items() if text}
    for entry in ([1, members, "right"], [1, b"", members, "right"], [1, None, members, "right"]):
        root = sha256(b"\x00" + cbor2.dumps(entry, canonical=True)).digest()
        forged = by_hand(maker.message(maker.batch_payload(k3=root)))
        assert "not in the batch" in refusal(forged)
        assert "salt" in refusal(changed(forged, salt=b""))


# --- taking back ---------------------------------------------------------------------------------


def revoked(withdrawal: Any) -> RevocationList:
    return RevocationList.from_hashes([withdrawal.hash], kid=withdrawal.kid)


def test_a_record_is_taken_back_alone() -> None:
    first, second = batch_of(2).attested
    entry = withdraw_record(first)
    assert entry.kid == UNIT.kid
    leaf = maker.leaf_hash(first.record, salt=first.salt)
    digest = sha256(leaf.hex().encode()).digest()[:16]
    assert entry.hash == (HashType.UCI, digest)
    assert "the record was taken back" in refusal(first, revocations=revoked(entry))
    assert verified(second, revocations=revoked(entry))
    assert verified(first, revocations=RevocationList.from_hashes([entry.hash], kid=b"other"))
    anew = batch_of([first.record]).attested[0]
    assert verified(anew, revocations=revoked(entry)), "each attestation is taken back by itself"


def test_a_batch_is_taken_back_with_all_of_its_records() -> None:
    batch, other = batch_of(2), batch_of(2, at=ATTESTED_AT + SECOND)
    entry = withdraw_batch(batch.message or b"")
    signature = cbor2.loads(batch.message or b"").value[3]
    assert entry.hash == (HashType.SIGNATURE, sha256(signature[:32]).digest()[:16])
    for one in batch.attested:
        assert "the batch was taken back" in refusal(one, revocations=revoked(entry))
    assert verified(other.attested[0], revocations=revoked(entry))


def test_a_delegation_is_taken_back_with_all_that_rests_on_it() -> None:
    entry = withdraw_delegation(entrust())
    assert entry.kid == COMMITTEE.kid
    assert entry.hash[0] is HashType.SIGNATURE
    assert "it was taken back" in refusal(None, DelegationError, revocations=revoked(entry))
    with pytest.raises(DelegationError, match="taken back"):
        AttestationVerifier(TRUST, AT, revocations=revoked(entry)).verify_delegation(entrust())
    other = attested(delegations=[entrust(unit_code="01900")])
    assert verified(other, revocations=revoked(entry))


def test_a_delegation_is_taken_back_by_its_identifier() -> None:
    digest = sha256("01/QĐ-UBND".encode()).digest()[:16]
    listed = RevocationList.from_hashes([(HashType.UCI, digest)], kid=COMMITTEE.kid)
    assert "taken back" in refusal(None, DelegationError, revocations=listed)
    strange = RevocationList.from_hashes([(HashType.UCI, digest)], kid=STRANGER.kid)
    assert verified(revocations=strange)


def test_what_a_filter_may_hold_is_refused() -> None:
    from vnvaxcert.trust.revocation import SliceKind, make_slices

    one = attested()
    entry = withdraw_record(one)
    slices = make_slices(
        [entry.hash[1]], kid=entry.kid, kind=SliceKind.BLOOMFILTER, hash_types=[HashType.UCI]
    )
    listed = RevocationList.from_slices(slices)
    assert "may have been taken back" in refusal(one, revocations=listed)


def crl(*certificates: bytes) -> RevocationList:
    authority = x509.load_der_x509_certificate(CA.certificate)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.subject)
        .last_update(FROM)
        .next_update(UNTIL)
        .add_extension(x509.CRLNumber(1), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(
                cast(ec.EllipticCurvePublicKey, authority.public_key())
            ),
            critical=False,
        )
    )
    for one in certificates:
        serial = x509.load_der_x509_certificate(one).serial_number
        entry = x509.RevokedCertificateBuilder().serial_number(serial)
        builder = builder.add_revoked_certificate(entry.revocation_date(AT - HOUR).build())
    key = cast(ec.EllipticCurvePrivateKey, make_key(private_value=101))
    return RevocationList.from_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER))


def test_a_revoked_certificate_ends_all_that_rests_on_it() -> None:
    """Of before its revocation too: whoever has the key writes the time."""
    assert "revoked at 2022-04-14 23:00:00" in refusal(revocations=crl(UNIT.certificate))
    reason = refusal(None, DelegationError, revocations=crl(COMMITTEE.certificate))
    assert "authority's certificate was revoked" in reason
    assert verified(revocations=crl(STRANGER.certificate))


# --- how it is called ----------------------------------------------------------------------------


def delegation_arguments(**changes: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "delegation_id": "1",
        "unit_certificate": UNIT.certificate,
        "role": "focal-unit",
        "province_codes": ["01"],
        "not_before": FROM,
        "not_after": UNTIL,
        "at": FROM,
    }
    return {**arguments, **changes}


@pytest.mark.parametrize(
    ("changes", "error", "reason"),
    [
        ({"delegation_id": ""}, ValueError, "identifier of 1 to 80"),
        ({"delegation_id": "x" * 81}, ValueError, "identifier of 1 to 80"),
        ({"delegation_id": "a\x00b"}, ValueError, "printed"),
        ({"delegation_id": "\ud83d"}, ValueError, "printed"),
        ({"delegation_id": 7}, ValueError, "identifier"),
        ({"unit_certificate": b"none"}, SignerKeyError, "unit's certificate"),
        ({"unit_certificate": "PEM"}, TypeError, "unit_certificate"),
        ({"role": "hospital"}, ValueError, "hospital"),
        ({"role": "facility"}, ValueError, "only a focal unit"),
        ({"role": "commune-committee"}, ValueError, "only a focal unit"),
        ({"province_codes": []}, ValueError, "provinces"),
        ({"province_codes": "01"}, TypeError, "several texts"),
        ({"province_codes": ["1"]}, ValueError, "2 digits"),
        ({"province_codes": [1]}, TypeError, "texts"),
        ({"facility_codes": []}, ValueError, "facilities"),
        ({"facility_codes": "01901"}, TypeError, "several texts"),
        ({"facility_codes": ["0190"]}, ValueError, "5 digits"),
        ({"facility_codes": ["79901"]}, ValueError, "none of the provinces"),
        (
            {
                "facility_codes": [f"01{n:03}" for n in range(1000)] * 2
                + [f"97{n:03}" for n in range(1000)]
                + ["98001"]
            },
            ValueError,
            "1 to 2000",
        ),
        ({"unit_code": "CDC"}, ValueError, "five digits"),
        ({"not_after": FROM - SECOND}, ValueError, "it is before at"),
        ({"not_before": UNTIL + SECOND}, ValueError, "ends before"),
        ({"at": UNTIL + SECOND}, ValueError, "it is before at"),
        ({"not_before": datetime(2022, 1, 1)}, ValueError, "aware"),
        ({"not_after": datetime(2022, 1, 1)}, ValueError, "aware"),
        ({"at": datetime(2022, 1, 1)}, ValueError, "aware"),
        ({"at": "now"}, TypeError, "datetime"),
        ({"not_before": datetime(1969, 1, 1, tzinfo=UTC)}, ValueError, "before 1970"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else "",
)
def test_a_delegation_that_says_something_impossible_is_not_made(
    changes: dict[str, Any], error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        delegate(**delegation_arguments(**changes), signer=COMMITTEE.signer)


class Remote:
    """A signer that is not local, and says of itself what it likes."""

    def __init__(self, of: SpecimenSigner, by: SpecimenSigner, certificate: bytes | None) -> None:
        self.algorithm, self.kid = of.signer.algorithm, of.kid
        self.certificate = certificate
        self.sign: Callable[[bytes], bytes] = by.signer.sign


def test_a_signer_in_a_module_of_its_own_signs_as_well() -> None:
    remote = Remote(UNIT, UNIT, UNIT.certificate)
    batch = attest([(person(), "right")], signer=remote, delegations=[entrust()], at=ATTESTED_AT)
    assert verified(batch.attested[0])


@pytest.mark.parametrize(
    ("remote", "error"),
    [
        (Remote(UNIT, UNIT, None), SignerKeyError),
        (Remote(UNIT, UNIT, b"none"), SignerKeyError),
        (Remote(UNIT, STRANGER, UNIT.certificate), KeyMismatchError),
    ],
    ids=["no certificate", "a broken one", "another key"],
)
def test_a_signature_that_nobody_could_verify_is_not_handed_out(
    remote: Remote, error: type[Exception]
) -> None:
    with pytest.raises(error):
        attest([(person(), "right")], signer=remote, delegations=[entrust()], at=ATTESTED_AT)
    with pytest.raises(error):
        delegate(**delegation_arguments(), signer=remote)


def test_a_unit_with_a_certificate_for_other_things_attests_nothing() -> None:
    remote = Remote(UNIT, UNIT, CA.certificate)
    with pytest.raises(SignerKeyError, match="key usage"):
        attest([(person(), "right")], signer=remote, delegations=[entrust()], at=ATTESTED_AT)


def test_the_bounds_of_a_call_are_held() -> None:
    given = {"signer": UNIT.signer, "at": ATTESTED_AT}
    calls: list[tuple[type[Exception], str, dict[str, Any]]] = [
        (ValueError, "at most 65536", {"records": [(person(), "right")] * (MAX_BATCH + 1)}),
        (ValueError, "1 to 8", {"delegations": []}),
        (ValueError, "1 to 8", {"delegations": [entrust()] * 9}),
        (TypeError, "bytes", {"delegations": ["text"]}),
        (DelegationError, "cannot be read", {"delegations": [b""]}),
        (ValueError, "right, wrong, pending or not_sent", {"records": [(person(), "yes")]}),
        (TypeError, "a verdict", {"records": [(person(), 1)]}),
        (TypeError, "a verdict", {"records": [(person(), Judged(cast(Any, None)))]}),
        (TypeError, "ExchangeRecord", {"records": [("text", "right")]}),
        (ValueError, "aware", {"at": datetime(2022, 4, 10)}),
    ]
    for error, reason, changes in calls:
        arguments: dict[str, Any] = {"records": [], "delegations": [entrust()], **given, **changes}
        records = arguments.pop("records")
        with pytest.raises(error, match=reason):
            attest(records, **arguments)


def test_a_certificate_that_a_batch_cannot_carry_attests_nothing() -> None:
    long_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Specimen CDC")])
    key = cast(ec.EllipticCurvePrivateKey, make_key(private_value=103))
    padding = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.999.1"), bytes(8192))
    large = (
        x509.CertificateBuilder(long_name, long_name, key.public_key(), 1)
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
        .add_extension(padding, critical=False)
        .sign(key, hashes.SHA256())
    )
    with pytest.raises(SignerKeyError, match="more than 8192 bytes"):
        attest(
            [], signer=LocalSigner.from_keys(key, large), delegations=[entrust()], at=ATTESTED_AT
        )


def test_a_verifier_is_not_made_of_something_else() -> None:
    wrong: list[tuple[type[Exception], tuple[Any, Any], dict[str, Any]]] = [
        (TypeError, ([], AT), {}),
        (TypeError, (None, AT), {}),
        (TypeError, (TRUST, AT), {"unit_authorities": []}),
        (TypeError, (TRUST, AT), {"revocations": []}),
        (TypeError, (TRUST, "now"), {}),
        (ValueError, (TRUST, datetime(2022, 6, 1)), {}),
        (ValueError, (TRUST, AT), {"validity_model": "sometimes"}),
    ]
    for error, arguments, options in wrong:
        with pytest.raises(error):
            AttestationVerifier(*arguments, **options)
    verifier = AttestationVerifier(TRUST, AT)
    for one in (None, "text", changed(attested(), record=cast(Any, {}))):
        with pytest.raises(TypeError):
            verifier.verify(cast(Any, one))
    with pytest.raises(TypeError):
        verifier.verify_delegation(cast(Any, "text"))


def test_one_record_can_be_verified_without_a_verifier() -> None:
    one = attested()
    found = verify_attestation(one, authorities=TRUST, at=AT)
    assert found.facility_code == "01901"
    entry = revoked(withdraw_record(one))
    with pytest.raises(AttestationError, match="taken back"):
        verify_attestation(one, authorities=TRUST, at=AT, revocations=entry)


def test_what_is_no_message_cannot_be_taken_back() -> None:
    for withdraw, error in (
        (withdraw_batch, AttestationError),
        (withdraw_delegation, DelegationError),
    ):
        with pytest.raises(error):
            withdraw(b"none")
    with pytest.raises(AttestationError):
        withdraw_record(changed(attested(), batch=b"none"))
    with pytest.raises(ValueError, match="salt"):
        withdraw_record(changed(attested(), salt=b"none"))
