"""Passports: what is issued of which history, what is refused, renewal, the seal of it.

Expected contents are written down by hand from Decision 5772's items and the value sets, and put
into CBOR by `cbor2`; times are compared with the table of time zones.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

import specimens
import vietnam_maker as maker
import vnvaxcert.vietnam.passport
from vietnam_maker import AT, IDENTIFIER_KEY, records, world
from vnvaxcert import (
    HealthCertificate,
    RevocationList,
    Seal,
    TrustList,
    VerifiedCertificate,
    VnvaxcertError,
    issue,
    verify,
)
from vnvaxcert.codec import base45, deflate
from vnvaxcert.errors import (
    ClaimsError,
    ContentError,
    ExpiredError,
    InvalidSignatureError,
    IssueClaimsError,
    NotAttestedError,
    NotCompleteError,
    NotMatchedError,
    OutlivesSignerError,
    RevokedError,
    SignerKeyError,
    UnknownKeyError,
)
from vnvaxcert.schema import uvci
from vnvaxcert.trust.revocation import HashType
from vnvaxcert.trust.specimen import SpecimenAuthority, make_key
from vnvaxcert.vietnam.attestation import AttestationVerifier, Attested, withdraw_record
from vnvaxcert.vietnam.exchange import ExchangeRecord
from vnvaxcert.vietnam.passport import (
    Passport,
    PassportSeal,
    certificate_id,
    issue_passport,
    passport_seal,
    renew,
    twelve_months_after,
)

# What the second dose of the specimen makes, written by hand: only `ci` is missing.
CONTENT: Final[dict[str, Any]] = {
    "nam": {"fn": "Nguyễn", "gn": "Thị Thử", "fnt": "NGUYEN", "gnt": "THI<THU"},
    "dob": "1990-05-17",
    "v": [
        {
            "tg": "840539006",
            "vp": "1119349007",
            "mp": "EU/1/20/1528",
            "ma": "ORG-100030215",
            "dn": 2,
            "sd": 2,
            "dt": "2021-10-15",
            "co": "VN",
            "is": "Cục Y tế dự phòng",
        }
    ],
}
LATER: Final = datetime(2023, 4, 16, tzinfo=UTC)  # after the end of what is issued at AT


def passport(history: Any = None, **changes: Any) -> Passport:
    """Issue the passport of the specimen, but for changes."""
    arguments: dict[str, Any] = {
        "signer": world().ministry.signer,
        "authorities": world().authorities,
        "identifier_key": IDENTIFIER_KEY,
        "at": AT,
    }
    history = world().attest() if history is None else history
    return issue_passport(history, **{**arguments, **changes})


def renewed(text: str, history: Any = None, **changes: Any) -> Passport:
    """Renew a passport a year later, but for changes."""
    arguments: dict[str, Any] = {
        "signer": world().ministry.signer,
        "authorities": world().authorities,
        "trust": world().trust,
        "identifier_key": IDENTIFIER_KEY,
        "at": LATER,
    }
    history = world().attest() if history is None else history
    return renew(text, history, **{**arguments, **changes})


def sealed(history: Any = None, **changes: Any) -> PassportSeal:
    """Seal the specimen's doses, but for changes."""
    arguments: dict[str, Any] = {
        "signer": world().csca.issue_seal_signer(key=make_key(private_value=110)).signer,
        "authorities": world().authorities,
        "number": 1,
        "at": AT,
    }
    history = world().attest() if history is None else history
    return passport_seal(history, **{**arguments, **changes})


def read(text: str, *, at: datetime = AT, trust: TrustList | None = None) -> VerifiedCertificate:
    return verify(text, trust=world().trust if trust is None else trust, at=at)


def contents(text: str) -> HealthCertificate:
    certificate = read(text).certificate
    assert isinstance(certificate, HealthCertificate)
    return certificate


def unmatched(attested: tuple[Attested, ...], verdict: str) -> tuple[Attested, ...]:
    """The same history, its last record with another verdict."""
    return (*attested[:-1], replace(attested[-1], verdict=verdict))


def altered(attested: tuple[Attested, ...], **changes: str) -> tuple[Attested, ...]:
    """The same history, its last record changed after it was confirmed."""
    last = attested[-1]
    return (*attested[:-1], replace(last, record=replace(last.record, **changes)))


# --- what is issued ------------------------------------------------------------------------------


def test_a_passport_says_of_the_latest_dose_what_the_decision_lists() -> None:
    made = passport()
    assert made.certificate == contents(made.text)
    holder, (entry,) = made.certificate.holder, made.certificate.vaccinations
    names = CONTENT["nam"]
    assert (holder.family_name, holder.given_name) == (names["fn"], names["gn"])
    assert (holder.family_name_icao, holder.given_name_icao) == (names["fnt"], names["gnt"])
    assert str(holder.birth_date) == CONTENT["dob"]
    (wanted,) = CONTENT["v"]
    assert (entry.disease, entry.vaccine) == (wanted["tg"], wanted["vp"])
    assert (entry.product, entry.manufacturer) == (wanted["mp"], wanted["ma"])
    assert (entry.dose_number, entry.total_doses) == (wanted["dn"], wanted["sd"])
    assert entry.date.isoformat() == wanted["dt"]
    assert (entry.country, entry.issuer) == (wanted["co"], wanted["is"])
    assert made.record_ids == ("specimen-1", "specimen-2")
    assert read(made.text).issuer == "VN"
    assert read(made.text).warnings == ()


def test_the_order_of_the_records_does_not_count() -> None:
    assert passport(tuple(reversed(world().attest()))) == passport()


def test_an_earlier_dose_is_certified_on_request_under_an_identifier_of_its_own() -> None:
    first = passport(dose=1)
    (entry,) = first.certificate.vaccinations
    assert (entry.dose_number, entry.date.isoformat()) == (1, "2021-09-10")
    assert first.certificate_id != passport().certificate_id


@pytest.mark.parametrize(
    ("product", "dose", "total", "expected"),
    [
        ("Pfizer", "1", "", 2),  # the primary series
        ("Janssen", "1", "", 1),
        ("Abdala", "1", "", 3),
        ("Pfizer", "3", "", 3),  # a booster
        ("Pfizer", "3", "4", 4),  # as the record has it
    ],
)
def test_total_doses_come_from_the_record_or_else_from_the_product(
    product: str, dose: str, total: str, expected: int
) -> None:
    one = replace(maker.RECORD, product=product, dose_number=dose, total_doses=total)
    (entry,) = passport(world().attest([one])).certificate.vaccinations
    assert (entry.dose_number, entry.total_doses) == (int(dose), expected)


def test_a_name_in_one_word_and_a_year_of_birth_alone_make_a_passport() -> None:
    one = replace(
        maker.RECORD,
        full_name="Siu",
        birth_date="1961",
        identity_number="064161000002",
    )
    holder = passport(world().attest([one])).certificate.holder
    assert (holder.family_name, holder.given_name) == ("Siu", None)
    assert (holder.family_name_icao, holder.given_name_icao) == ("SIU", None)
    assert str(holder.birth_date) == "1961"


def test_an_rsa_key_like_the_real_one_signs_too() -> None:
    ministry = world().rsa_ministry()
    made = passport(signer=ministry.signer)
    verified = read(made.text, trust=ministry.trust_list())
    assert verified.algorithm.name == "PS256"
    assert made.certificate_id == passport().certificate_id


def test_nothing_of_the_person_is_shown_by_any_repr() -> None:
    made = passport(has_national_claim=True)
    shown = repr(made) + repr(made.national) + repr(sealed())
    for secret in ("Nguy", "NGUYEN", "1990", "001190000001", "URN", "HC1", "FK000", "specimen"):
        assert secret not in shown


# --- the identifier ------------------------------------------------------------------------------


def test_the_identifier_is_what_a_second_program_computes() -> None:
    # Core deterministic and canonical order are the same here: all keys are texts of 2 or 3 bytes.
    content = cbor2.dumps([maker.RECORD.identity_number, CONTENT], canonical=True)
    digest = hmac.new(IDENTIFIER_KEY, content, "sha256").hexdigest()
    made = passport().certificate_id
    assert made.startswith(f"URN:UVCI:01:VN:{digest[:32].upper()}#")
    assert len(made) == 49
    assert uvci.check_character_matches(made)
    assert uvci.parse(made).notes == ()


def test_the_identifier_is_the_same_at_another_time_and_by_another_signer() -> None:
    ministry = world().csca.issue_signer(not_after=maker.END, key=make_key(private_value=111))
    other = passport(at=AT + timedelta(days=90), signer=ministry.signer)
    assert other.certificate_id == passport().certificate_id


@pytest.mark.parametrize(
    "change",
    [
        {"full_name": "Nguyễn Thị Thư"},
        {"birth_date": "1990-05-18"},
        {"identity_number": "001190000002"},
        {"product": "Moderna"},
    ],
)
def test_the_identifier_is_another_when_something_is_corrected(change: dict[str, str]) -> None:
    other = passport(world().attest(records(**change)))
    assert other.certificate_id != passport().certificate_id


def test_the_identifier_is_another_under_another_key() -> None:
    other = passport(identifier_key=b"another specimen key for ids 002")
    assert other.certificate_id != passport().certificate_id


def test_only_a_content_with_vaccinations_has_an_identifier() -> None:
    with pytest.raises(ValueError, match="vaccinations"):
        certificate_id("001190000001", specimens.certificate("r"), key=IDENTIFIER_KEY)
    assert not hasattr(vnvaxcert.vietnam.passport, "revoke")


@pytest.mark.parametrize("key", [b"", b"x" * 31])
def test_a_short_key_is_refused(key: bytes) -> None:
    with pytest.raises(ValueError, match="at least 32 bytes"):
        passport(identifier_key=key)
    with pytest.raises(TypeError, match="expected bytes, not str"):
        passport(identifier_key="x" * 32)


# --- until when ----------------------------------------------------------------------------------


def hanoi() -> ZoneInfo:
    try:
        return ZoneInfo("Asia/Ho_Chi_Minh")
    except ZoneInfoNotFoundError:
        pytest.skip("this machine has no table of time zones")


@given(st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_twelve_months_are_those_of_the_calendar_in_viet_nam(at: datetime) -> None:
    zone = hanoi()
    before, after = at.astimezone(zone), twelve_months_after(at).astimezone(zone)
    assert after.year == before.year + 1
    assert (after.hour, after.minute, after.second) == (before.hour, before.minute, before.second)
    assert after.microsecond == 0
    if (before.month, before.day) == (2, 29):
        assert (after.month, after.day) == (2, 28)
    else:
        assert (after.month, after.day) == (before.month, before.day)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2022-04-15T03:30:00+00:00", "2023-04-15T03:30:00+00:00"),
        ("2024-02-29T10:00:00+07:00", "2025-02-28T10:00:00+07:00"),
        # Still the 28th in London, the 29th in Hà Nội:
        ("2024-02-28T17:30:00+00:00", "2025-02-27T17:30:00+00:00"),
        # Still the 29th in London, March in Hà Nội:
        ("2024-02-29T17:00:00+00:00", "2025-02-28T17:00:00+00:00"),
        ("2023-03-01T00:00:00+07:00", "2024-03-01T00:00:00+07:00"),
        ("2022-12-31T17:00:00+00:00", "2023-12-31T17:00:00+00:00"),
    ],
)
def test_a_year_ends_on_the_same_day_in_viet_nam(at: str, expected: str) -> None:
    assert twelve_months_after(datetime.fromisoformat(at)) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("at", "error"),
    [
        (datetime(2022, 1, 1), ValueError),
        (datetime(9999, 1, 1, tzinfo=UTC), ValueError),
        (datetime(9998, 12, 31, 20, tzinfo=UTC), ValueError),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), ValueError),
        ("2022-01-01", TypeError),
    ],
)
def test_a_moment_that_has_no_such_year_after_it_is_refused(
    at: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        twelve_months_after(at)
    with pytest.raises(error):
        passport(at=at)


def test_a_passport_ends_twelve_months_later_and_says_so_in_its_claims() -> None:
    made = passport(at=AT + timedelta(microseconds=5))
    assert (made.issued_at, made.expires_at) == (AT, datetime(2023, 4, 15, 3, 30, tzinfo=UTC))
    assert not made.is_shortened
    verified = read(made.text)
    assert (verified.issued_at, verified.expires_at) == (made.issued_at, made.expires_at)
    with pytest.raises(ExpiredError):
        read(made.text, at=made.expires_at + timedelta(seconds=1))


def test_a_passport_never_outlives_its_signer_and_says_that_it_was_shortened() -> None:
    until = datetime(2022, 12, 31, 23, 59, 59, tzinfo=UTC)
    ministry = world().csca.issue_signer(not_after=until, key=make_key(private_value=112))
    made = passport(signer=ministry.signer)
    assert (made.expires_at, made.is_shortened) == (until, True)
    assert read(made.text, trust=ministry.trust_list()).warnings == ()


@pytest.mark.parametrize(
    "at", [datetime(2022, 4, 14, tzinfo=UTC), datetime(2022, 6, 1, tzinfo=UTC)]
)
def test_a_signer_that_is_not_valid_signs_no_passport(at: datetime) -> None:
    ministry = world().csca.issue_signer(
        not_before=datetime(2022, 4, 15, tzinfo=UTC),
        not_after=datetime(2022, 5, 1, tzinfo=UTC),
        key=make_key(private_value=113),
    )
    with pytest.raises(OutlivesSignerError):
        passport(signer=ministry.signer, at=at)


def test_an_earlier_end_may_be_asked_for_and_a_later_one_not() -> None:
    end = datetime(2022, 7, 1, tzinfo=timezone(timedelta(hours=7)))
    made = passport(expires_at=end)
    assert (made.expires_at, made.is_shortened) == (end, False)
    assert read(made.text).expires_at == end
    latest = datetime(2023, 4, 15, 3, 30, tzinfo=UTC)
    assert passport(expires_at=latest).expires_at == latest
    with pytest.raises(IssueClaimsError) as refused:
        passport(expires_at=latest + timedelta(seconds=1))
    assert refused.value.violations[0][0] == "claims/4"
    with pytest.raises(IssueClaimsError):
        passport(expires_at=AT)
    with pytest.raises(ValueError, match="expires_at"):
        passport(expires_at=datetime(2022, 7, 1))


def test_a_signer_without_a_certificate_signs_for_viet_nam_for_the_whole_year() -> None:
    held = world().ministry.signer

    class Bare:
        algorithm, kid, certificate = held.algorithm, held.kid, None

        def sign(self, to_be_signed: bytes) -> bytes:
            return held.sign(to_be_signed)

    made = passport(signer=Bare())
    assert (read(made.text).issuer, made.is_shortened) == ("VN", False)
    assert made.certificate_id == passport().certificate_id


def test_the_issuer_and_the_identifier_name_the_country_of_the_signer() -> None:
    utopia = SpecimenAuthority(not_before=maker.START, not_after=maker.END).issue_signer(
        not_after=maker.END
    )
    made = passport(signer=utopia.signer)
    assert read(made.text, trust=utopia.trust_list()).issuer == "UT"
    assert made.certificate_id.startswith("URN:UVCI:01:UT:")


# --- what is refused -----------------------------------------------------------------------------


def test_no_record_makes_no_passport() -> None:
    with pytest.raises(IssueClaimsError) as refused:
        passport(())
    assert refused.value.violations[0][0] == "/history"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"full_name": ""}, "full_name.missing"),
        ({"sex": ""}, "sex.missing"),
        ({"birth_date": ""}, "birth_date.missing"),
        ({"identity_number": ""}, "identity_number.missing"),
        ({"product": "Sinopharm"}, "product.ambiguous"),
        ({"vaccination_date": "2022-13-01"}, "vaccination_date.malformed"),
    ],
)
def test_a_record_that_is_not_complete_makes_no_passport_and_is_named(
    change: dict[str, str], code: str
) -> None:
    with pytest.raises(NotCompleteError) as refused:
        passport(altered(world().attest(), **change))
    assert code in refused.value.reasons
    assert refused.value.number == 2
    assert str(refused.value).startswith("record 2 of the history is not complete: ")


@pytest.mark.parametrize("verdict", ["wrong", "pending", "not_sent", "", "Right"])
def test_a_record_that_was_not_found_right_makes_no_passport(verdict: str) -> None:
    with pytest.raises(NotMatchedError) as refused:
        passport(unmatched(world().attest(), verdict))
    assert (refused.value.verdict, refused.value.number) == (verdict, 2)


@pytest.mark.parametrize(
    "change",
    [{"full_name": "Nguyễn Thị Thư"}, {"lot": "FK0003"}, {"vaccination_date": "2021-10-16"}],
)
def test_a_record_that_was_changed_after_it_was_confirmed_makes_no_passport(
    change: dict[str, str],
) -> None:
    with pytest.raises(NotAttestedError) as refused:
        passport(altered(world().attest(), **change))
    assert refused.value.number == 2
    assert "record 2 of the history is not attested: the record is not in the batch" in str(
        refused.value
    )


def test_a_batch_of_whom_nobody_entrusted_makes_no_passport() -> None:
    stranger = SpecimenAuthority(not_before=maker.START, country="VN").issue_signer()
    with pytest.raises(NotAttestedError, match=r"record 1 .* delegation: "):
        passport(authorities=stranger.trust_list())


def test_a_verifier_of_another_moment_makes_no_passport() -> None:
    """Else what ended, or was revoked, after its moment would pass."""
    verifier = AttestationVerifier(world().authorities, AT)
    elsewhere = AT.astimezone(timezone(timedelta(hours=7)))
    for at in (AT, elsewhere):
        assert passport(authorities=verifier, at=at).issued_at == AT
    made = passport(authorities=verifier)
    for at in (AT - timedelta(days=1), AT + timedelta(microseconds=1), LATER):
        for make in (passport, sealed):
            with pytest.raises(ValueError, match="verifier is of another moment"):
                make(authorities=verifier, at=at)
    with pytest.raises(ValueError, match="verifier is of another moment"):
        renewed(made.text, authorities=verifier)


def test_a_record_that_was_withdrawn_makes_no_passport() -> None:
    first, second = history = world().attest()
    withdrawn = withdraw_record(second)
    revocations = RevocationList.from_hashes([withdrawn.hash], kid=withdrawn.kid)
    verifier = AttestationVerifier(world().authorities, AT, revocations=revocations)
    assert passport([first], authorities=verifier).record_ids == ("specimen-1",)
    with pytest.raises(NotAttestedError, match=r"record 2 .* taken back"):
        passport(history, authorities=verifier)


@pytest.mark.parametrize(
    "change",
    [
        {"identity_number": "001190000002"},
        {"full_name": "Nguyễn Thị Thư"},
        {"birth_date": "1990-05-18"},
        {"sex": "M", "identity_number": "001090000001"},
    ],
)
def test_records_of_two_persons_make_no_passport(change: dict[str, str]) -> None:
    first, second = records()
    history = world().attest([first, replace(second, **change)])
    with pytest.raises(IssueClaimsError) as refused:
        passport(history)
    assert refused.value.violations == (
        ("/history/1", "expected a record of the same person as the first one"),
    )


@pytest.mark.parametrize(
    ("change", "code", "number"),
    [
        ({"vaccination_date": "2021-09-12"}, "doses.interval", 2),
        ({"dose_number": "1"}, "doses.same_number", 1),
        ({"dose_number": "1", "vaccination_date": "2021-09-10"}, "doses.duplicate", 2),
        ({"vaccination_date": "2021-08-01"}, "doses.out_of_order", 1),
    ],
)
def test_doses_that_are_impossible_together_make_no_passport(
    change: dict[str, str], code: str, number: int
) -> None:
    first, second = records()
    with pytest.raises(NotCompleteError) as refused:
        passport(world().attest([first, replace(second, **change)]))
    assert code in refused.value.reasons
    assert refused.value.number == number


def test_a_dose_that_is_not_in_the_history_is_not_certified() -> None:
    for dose in (0, 3, -1):
        with pytest.raises(IssueClaimsError) as refused:
            passport(dose=dose)
        assert refused.value.violations[0][0] == "/history"
    for wrong in ("first", True, 1.0, None):
        with pytest.raises(TypeError):
            passport(dose=wrong)


NO_RECORD: Final[Any] = None
WITHOUT_RECORD: Final = Attested(
    record=NO_RECORD, verdict="right", salt=b"", batch=b"", index=0, path=()
)


@pytest.mark.parametrize("history", [None, "text", [1], {}, [maker.RECORD], [WITHOUT_RECORD]])
def test_a_history_of_anything_else_is_a_mistake_of_the_program(history: Any) -> None:
    with pytest.raises(TypeError):
        issue_passport(
            history,
            signer=world().ministry.signer,
            authorities=world().authorities,
            identifier_key=IDENTIFIER_KEY,
            at=AT,
        )


@pytest.mark.parametrize("issuer_name", ["", "x" * 81])
def test_an_issuer_name_that_the_schema_does_not_allow_is_refused(issuer_name: str) -> None:
    if issuer_name:
        with pytest.raises(IssueClaimsError):
            passport(issuer_name=issuer_name)
    else:  # the schema sets no least length
        assert passport(issuer_name=issuer_name).certificate.vaccinations[0].issuer == ""


# --- renewal -------------------------------------------------------------------------------------


@pytest.mark.parametrize("has_claim", [False, True])
def test_a_renewed_passport_has_other_times_and_nothing_else(has_claim: bool) -> None:
    old = passport(has_national_claim=has_claim)
    with pytest.raises(ExpiredError):
        read(old.text, at=LATER)
    new = renewed(old.text)
    assert (new.certificate_id, new.certificate, new.national) == (
        old.certificate_id,
        old.certificate,
        old.national,
    )
    assert (new.issued_at, new.expires_at) == (LATER, datetime(2024, 4, 16, tzinfo=UTC))
    assert read(new.text, at=LATER).certificate == new.certificate


def test_a_passport_is_renewed_by_the_next_signer_when_the_old_one_has_ended() -> None:
    first = world().csca.issue_signer(
        not_after=datetime(2022, 12, 31, tzinfo=UTC), key=make_key(private_value=114)
    )
    old = passport(signer=first.signer)
    new = renewed(old.text, trust=first.trust_list())
    assert new.certificate_id == old.certificate_id
    assert read(new.text, at=LATER).kid == world().ministry.kid


def test_a_passport_of_an_earlier_dose_stays_one_of_it() -> None:
    old = passport(dose=1, issuer_name="Specimen")
    new = renewed(old.text)
    assert new.certificate == old.certificate


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        ({"full_name": "Nguyễn Thị Thư"}, ["/nam/gn"]),  # the letters of a passport are the same
        ({"full_name": "Trần Thị Thử"}, ["/nam/fn", "/nam/fnt"]),
        ({"birth_date": "1990"}, ["/dob"]),
        ({"product": "Moderna"}, ["/v/0/ma", "/v/0/mp"]),
        ({"identity_number": "001190000002"}, ["/v/0/ci"]),
    ],
)
def test_a_correction_is_no_renewal(change: dict[str, str], paths: list[str]) -> None:
    with pytest.raises(IssueClaimsError) as refused:
        renewed(passport().text, world().attest(records(**change)))
    assert sorted(path for path, _ in refused.value.violations) == paths


def test_another_lot_is_a_correction_where_the_code_names_it() -> None:
    history = world().attest(records(lot="FK0009"))
    assert renewed(passport().text, history).certificate_id == passport().certificate_id
    with pytest.raises(IssueClaimsError) as refused:
        renewed(passport(has_national_claim=True).text, history)
    assert [path for path, _ in refused.value.violations] == ["claims/-65704"]


def test_a_passport_is_not_renewed_under_another_key() -> None:
    with pytest.raises(IssueClaimsError) as refused:
        renewed(passport().text, identifier_key=b"another specimen key for ids 002")
    assert [path for path, _ in refused.value.violations] == ["/v/0/ci"]


def test_a_revoked_passport_is_not_renewed() -> None:
    old = passport()
    uci = sha256(old.certificate_id.encode()).digest()[:16]  # facts of revocation: UCI
    revocations = RevocationList.from_hashes([(HashType.UCI, uci)])
    assert renewed(old.text).certificate_id == old.certificate_id
    with pytest.raises(RevokedError):
        renewed(old.text, revocations=revocations)


def test_only_a_passport_of_a_trusted_signer_is_renewed() -> None:
    stranger = SpecimenAuthority(not_before=maker.START, country="VN").issue_signer()
    with pytest.raises(UnknownKeyError):
        renewed(passport().text, trust=stranger.trust_list())
    forged = passport(signer=stranger.signer).text
    with pytest.raises(UnknownKeyError):
        renewed(forged)
    text = passport().text
    other = text[:-1] + ("0" if text[-1] != "0" else "1")
    with pytest.raises(VnvaxcertError):
        renewed(other)


def test_a_seal_which_does_not_say_when_it_was_made_is_not_renewed() -> None:
    with pytest.raises(ClaimsError, match="iat"):
        renewed(sealed().text)


def test_a_certificate_that_is_none_of_a_vaccination_is_not_renewed() -> None:
    text = issue(
        specimens.certificate("r"), signer=world().ministry.signer, issuer="VN", issued_at=AT
    )
    with pytest.raises(ContentError):
        renewed(text)


# --- the seal ------------------------------------------------------------------------------------


def test_the_seal_of_the_same_history_holds_every_dose_with_lot_and_facility() -> None:
    made = sealed()
    data = json.loads(made.text)["data"]
    assert data["hdr"] == {"t": "icao.vacc", "v": 1, "is": "VNM"}
    assert data["msg"] == {
        "uvci": made.certificate_id,
        "pid": {"n": "NGUYEN  THI THU", "dob": "1990-05-17", "sex": "F"},
        "ve": [
            {
                "des": "XM8NQ0",
                "nam": "Comirnaty",
                "dis": "RA01.0",
                "vd": [
                    {"seq": 1, "dvc": "2021-09-10", "ctr": "VNM", "adm": "01001", "lot": "FK0001"},
                    {"seq": 2, "dvc": "2021-10-15", "ctr": "VNM", "adm": "01001", "lot": "FK0002"},
                ],
            }
        ],
    }
    assert maker.RECORD.identity_number not in made.text
    assert made.record_ids == ("specimen-1", "specimen-2")
    assert {loss.path for loss in made.losses} >= {"/nam/fn", "/v/0/sd", "/v/1/ci"}
    verified = verify(made.text, trust=world().csca.trust_list(), at=AT)
    assert isinstance(verified.certificate, Seal)


def test_a_passport_number_stands_in_the_seal_only_when_it_is_asked_for() -> None:
    one = replace(
        maker.RECORD, identity_type="passport", identity_number="B1234567", birth_date="1990"
    )
    history = world().attest([one])
    assert "B1234567" not in sealed(history).text
    pid = json.loads(sealed(history, document_number="B1234567").text)["data"]["msg"]["pid"]
    assert (pid["i"], pid["dob"]) == ("B1234567", "1990-XX-XX")


@pytest.mark.parametrize("lot", ["", "  "])
def test_a_seal_without_a_lot_is_refused_and_the_record_named(lot: str) -> None:
    first, second = records()
    with pytest.raises(IssueClaimsError) as refused:
        sealed(world().attest([first, replace(second, lot=lot)]))
    assert [path for path, _ in refused.value.violations] == ["/history/1"]


def test_the_rsa_key_of_health_certificates_cannot_seal_and_is_told_so() -> None:
    with pytest.raises(SignerKeyError, match="needs an EC key"):
        sealed(signer=world().rsa_ministry().signer)
    with pytest.raises(SignerKeyError):  # nor can an EC key whose certificate is not for seals
        sealed(signer=world().ministry.signer)


@pytest.mark.parametrize("number", [-1, 10**9, True, "1"])
def test_a_number_that_no_seal_may_have_is_refused(number: Any) -> None:
    with pytest.raises(ValueError, match="number"):
        sealed(number=number)


def test_a_history_that_makes_no_passport_makes_no_seal() -> None:
    with pytest.raises(NotMatchedError):
        sealed(unmatched(world().attest(), "wrong"))
    with pytest.raises(NotAttestedError):
        sealed(altered(world().attest(), lot="FK0003"))


# --- whatever comes in ---------------------------------------------------------------------------


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: st.text(max_size=30) for name in ("full_name", "birth_date", "lot", "product")
        },
    )
)
def test_a_changed_record_ends_in_an_error_of_ours(change: dict[str, str]) -> None:
    history = altered(world().attest(), **change)
    if history[-1].record == world().attest()[-1].record:
        return
    with pytest.raises(VnvaxcertError) as refused:
        passport(history)
    assert isinstance(refused.value, NotCompleteError | NotAttestedError | IssueClaimsError)


def test_a_flipped_bit_of_a_passport_is_refused() -> None:
    message = deflate.decompress(base45.decode(passport().text[4:]))
    position = message.index(b"NGUYEN")
    flipped = bytearray(message)
    flipped[position] ^= 1
    with pytest.raises(InvalidSignatureError):
        read("HC1:" + base45.encode(deflate.compress(bytes(flipped))))


def test_an_exchange_record_is_left_as_it_was() -> None:
    record: ExchangeRecord = maker.RECORD
    before = vars(record).copy()
    passport(world().attest([record]))
    assert vars(record) == before
