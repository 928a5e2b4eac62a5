"""Corrections: what is compared, issued, revoked and recorded, and the chain that holds or breaks.

Fingerprints and hashes are computed here by `cbor2`, `base45` and the standard library; records
that are bad in one way are put together by hand and signed with the right key.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import base45
import cbor2
import pytest
from cddl_verifier import Validator
from hypothesis import given
from hypothesis import strategies as st

import specimens
import vietnam_maker as maker
from test_vietnam_passport import passport, renewed, sealed, unmatched
from vietnam_maker import AT, IDENTIFIER_KEY, records, world
from vnvaxcert import (
    HealthCertificate,
    RevocationList,
    verify,
)
from vnvaxcert.errors import (
    ClaimsError,
    CorrectionError,
    CorrectionRecordError,
    IssueClaimsError,
    NotAttestedError,
    NotMatchedError,
    RevokedError,
    SignerKeyError,
    UnknownKeyError,
)
from vnvaxcert.trust.revocation import make_slices
from vnvaxcert.trust.specimen import SpecimenAuthority, SpecimenSigner, make_key
from vnvaxcert.vietnam.correction import (
    CHANGEABLE,
    Correction,
    CorrectionReason,
    VerifiedCorrection,
    compare,
    correct,
    verify_correction,
)
from vnvaxcert.vietnam.passport import NationalClaim

WHEN: Final = datetime(2022, 5, 20, 8, tzinfo=UTC)
NOW: Final = datetime(2022, 6, 1, tzinfo=UTC)
RIGHT_NAME: Final = "Nguyễn Thị Thư"
CDDL: Final = Validator(
    (Path(__file__).resolve().parents[1] / "spec" / "correction-record.cddl").read_text("utf-8")
)


@cache
def old_text() -> str:
    """The certificate with the wrong name."""
    return passport().text


def corrected(text: str | None = None, history: Any = None, **changes: Any) -> Correction:
    """Correct the name of the specimen, but for changes."""
    arguments: dict[str, Any] = {
        "signer": world().ministry.signer,
        "authorities": world().authorities,
        "trust": world().trust,
        "identifier_key": IDENTIFIER_KEY,
        "at": WHEN,
        "reason": CorrectionReason.CITIZEN_REQUEST,
    }
    history = world().attest(records(full_name=RIGHT_NAME)) if history is None else history
    text = old_text() if text is None else text
    return correct(text, history, **{**arguments, **changes})


@cache
def one() -> Correction:
    """The correction that most tests are about."""
    return corrected()


def verified(**changes: Any) -> VerifiedCorrection:
    """Verify the correction, but for changes."""
    made = one()
    arguments: dict[str, Any] = {
        "record": made.record,
        "old": old_text(),
        "new": made.passport.text,
        "trust": world().trust,
        "revocations": made.revocations(),
        "at": NOW,
    }
    arguments.update(changes)
    return verify_correction(arguments.pop("record"), **arguments)


def refused(**changes: Any) -> str:
    """Why a correction is refused."""
    with pytest.raises(CorrectionRecordError) as error:
        verified(**changes)
    return error.value.reason


def message_in(text: str) -> Any:
    """The COSE_Sign1 message in a text, taken apart without us."""
    return cbor2.loads(zlib.decompress(base45.b45decode(text[4:]))).value


def fingerprint_of(text: str) -> bytes:
    protected, _, payload, _ = message_in(text)
    return sha256(cbor2.dumps(["Signature1", protected, b"", payload])).digest()


def hashes_of(text: str) -> set[tuple[str, bytes]]:
    """Facts of revocation: ES256 hashes r alone."""
    _, _, payload, signature = message_in(text)
    claims = cbor2.loads(payload)
    (entry,) = claims[-260][1]["v"]
    contents = {
        "SIGNATURE": [signature[:32]],
        "UCI": [entry["ci"].encode()],
        "COUNTRYCODEUCI": [
            (country + entry["ci"]).encode() for country in (claims[1], entry["co"])
        ],
    }
    return {
        (kind, sha256(content).digest()[:16]) for kind, all_ in contents.items() for content in all_
    }


# --- comparing -----------------------------------------------------------------------------------


CERTIFICATE: Final = specimens.certificate()
CHANGES: Final[dict[str, Callable[[HealthCertificate], HealthCertificate]]] = {
    "family_name": lambda c: replace(c, holder=replace(c.holder, family_name="Nguyên")),
    "given_name": lambda c: replace(c, holder=replace(c.holder, given_name_icao="VAN")),
    "birth_date": lambda c: replace(c, holder=replace(c.holder, birth_date=None)),
    "disease": lambda c: entry_changed(c, disease="x"),
    "vaccine": lambda c: entry_changed(c, vaccine="x"),
    "product": lambda c: entry_changed(c, product="x"),
    "manufacturer": lambda c: entry_changed(c, manufacturer="x"),
    "dose_number": lambda c: entry_changed(c, dose_number=9),
    "total_doses": lambda c: entry_changed(c, total_doses=9),
    "vaccination_date": lambda c: entry_changed(c, date=datetime(2022, 1, 1).date()),
    "country": lambda c: entry_changed(c, country="LA"),
    "issuer": lambda c: entry_changed(c, issuer="x"),
}


def entry_changed(certificate: HealthCertificate, **changes: Any) -> HealthCertificate:
    (entry,) = certificate.vaccinations
    return replace(certificate, vaccinations=(replace(entry, **changes),))


@pytest.mark.parametrize("name", CHANGES)
def test_each_item_that_changed_is_named(name: str) -> None:
    assert compare(CERTIFICATE, CHANGES[name](CERTIFICATE)) == (name,)


def test_items_are_named_in_their_order_and_no_other_member_is_one() -> None:
    other = CERTIFICATE
    for change in reversed(CHANGES.values()):
        other = change(other)
    assert compare(CERTIFICATE, other) == tuple(CHANGES)
    same = replace(entry_changed(CERTIFICATE, certificate_id="x"), schema_version="1.3.3")
    assert compare(CERTIFICATE, same) == ()
    national = {"nationality", "lot", "identity_number"}
    assert set(CHANGEABLE) - set(CHANGES) == national


def test_a_national_claim_is_compared_too() -> None:
    claim = NationalClaim(nationality="VN", lots=("FK0001",))
    for other, names in (
        (NationalClaim(nationality="LA", lots=("FK0001",)), ("nationality",)),
        (NationalClaim(nationality="VN", lots=("FK0002",)), ("lot",)),
        (NationalClaim(nationality="VN", lots=(None,)), ("lot",)),
        (None, ("nationality", "lot")),
        (claim, ()),
    ):
        found = compare(CERTIFICATE, CERTIFICATE, old_national=claim, new_national=other)
        assert found == names


def test_only_certificates_of_one_vaccination_are_compared() -> None:
    for other in (specimens.certificate("r"), replace(CERTIFICATE, vaccinations=())):
        with pytest.raises(ValueError, match="one vaccination"):
            compare(CERTIFICATE, other)


# --- correcting ----------------------------------------------------------------------------------


def test_a_correction_gives_another_identifier_and_names_what_changed() -> None:
    made = one()
    assert made.changed == ("given_name",)
    assert made.passport.certificate_id != passport().certificate_id
    assert made.passport.issued_at == made.corrected_at == WHEN
    (entry,) = made.passport.certificate.vaccinations
    assert entry.dose_number == 2
    again = verify(made.passport.text, trust=world().trust, at=NOW, revocations=made.revocations())
    assert again.certificate == made.passport.certificate


def test_the_old_certificate_is_revoked_by_each_of_its_hashes() -> None:
    made = one()
    assert {(kind.value, value) for kind, value in made.revoked} == hashes_of(old_text())
    assert made.kid == world().ministry.kid
    for entry in made.revoked:
        with pytest.raises(RevokedError):
            verify(
                old_text(),
                trust=world().trust,
                at=NOW,
                revocations=RevocationList.from_hashes([entry], kid=made.kid),
            )


def test_the_list_of_a_correction_revokes_every_renewal_of_the_old_one() -> None:
    next_signer = world().csca.issue_signer(not_after=maker.END, key=make_key(private_value=120))
    renewal = renewed(old_text(), at=datetime(2022, 5, 1, tzinfo=UTC), signer=next_signer.signer)
    trust = world().trust | next_signer.trust_list()
    verify(renewal.text, trust=trust, at=NOW)
    with pytest.raises(RevokedError):
        verify(renewal.text, trust=trust, at=NOW, revocations=one().revocations())


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({"full_name": "Trần Thị Thử"}, ("family_name",)),
        ({"full_name": "Thị Thử Nguyễn"}, ("family_name", "given_name")),
        ({"birth_date": "1990-05-18"}, ("birth_date",)),
        ({"product": "Moderna"}, ("product", "manufacturer")),
        ({"total_doses": "3"}, ("total_doses",)),
        ({"country": "LA"}, ("country",)),
        ({"full_name": RIGHT_NAME, "birth_date": "1991-05-17"}, None),
        ({"identity_number": "001190000002"}, ("identity_number",)),
        (
            {"identity_number": "001190000002", "full_name": RIGHT_NAME, "product": "Moderna"},
            ("given_name", "product", "manufacturer", "identity_number"),
        ),
        (
            {"identity_number": "001190000002", "birth_date": "1990-05-18"},
            ("birth_date", "identity_number"),
        ),
    ],
)
def test_the_items_that_changed_are_named(
    change: dict[str, str], changed: tuple[str, ...] | None
) -> None:
    if changed is None:  # with the year of birth in it, the number is another too
        change = {**change, "identity_number": "001191000001"}
        changed = ("given_name", "birth_date", "identity_number")
    made = corrected(history=world().attest(records(**change)))
    assert made.changed == changed
    assert (
        verified(record=made.record, new=made.passport.text, revocations=made.revocations()).changed
        == changed
    )


def test_name_and_birth_date_may_both_be_wrong_where_the_number_stays() -> None:
    change = {"full_name": "Trần Văn Mẫu", "birth_date": "1990-06-18"}
    made = corrected(history=world().attest(records(**change)))
    assert made.changed == ("family_name", "given_name", "birth_date")


def test_a_certificate_is_not_corrected_into_another_person() -> None:
    change = {
        "full_name": "Trần Thị Mẫu",
        "birth_date": "1990-06-18",
        "identity_number": "001190000002",
    }
    with pytest.raises(CorrectionError, match="another person"):
        corrected(history=world().attest(records(**change)))


FAR_NUMBER: Final = "001190777777"  # of the same sex and year, and no slip


@pytest.mark.parametrize("change", [{"full_name": "Trần Thị Mẫu"}, {"birth_date": "1990-06-18"}])
def test_a_namesake_with_quite_another_number_is_another_person(change: dict[str, str]) -> None:
    history = world().attest(records(**change, identity_number=FAR_NUMBER))
    with pytest.raises(CorrectionError, match="the name or the birth date"):
        corrected(history=history)
    made = corrected(history=history, is_person_confirmed=True)
    assert made.changed[-1] == "identity_number"


def test_no_confirmation_makes_another_person_of_one() -> None:
    change = {"full_name": "Trần Thị Mẫu", "birth_date": "1990-06-18"}
    history = world().attest(records(**change, identity_number=FAR_NUMBER))
    with pytest.raises(CorrectionError, match="are name and birth date"):
        corrected(history=history, is_person_confirmed=True)


def test_quite_another_number_of_the_same_person_is_a_correction() -> None:
    made = corrected(history=world().attest(records(identity_number=FAR_NUMBER)))
    assert made.changed == ("identity_number",)


@pytest.mark.parametrize("number", ["001190000010", "001190000007", "011190000001"])
def test_a_slip_in_the_number_leaves_the_name_free(number: str) -> None:
    made = corrected(
        history=world().attest(records(full_name="Trần Thị Mẫu", identity_number=number))
    )
    assert made.changed == ("family_name", "given_name", "identity_number")


def test_nothing_that_changed_is_no_correction() -> None:
    with pytest.raises(CorrectionError, match="nothing changed"):
        corrected(history=world().attest())
    with pytest.raises(CorrectionError, match="nothing changed"):  # the code does not name it
        corrected(history=world().attest(records(lot="FK0009")))


def test_another_lot_or_nationality_is_a_correction_where_the_code_names_it() -> None:
    text = passport(has_national_claim=True).text
    made = corrected(text, world().attest(records(lot="FK0009")))
    assert made.changed == ("lot",)
    assert made.passport.national == NationalClaim(nationality="VN", lots=("FK0009",))
    found = verified(
        record=made.record, old=text, new=made.passport.text, revocations=made.revocations()
    )
    assert found.changed == ("lot",)


def test_the_dose_number_itself_may_have_been_wrong() -> None:
    first, second = records()
    history = world().attest([first, replace(second, dose_number="3")])
    with pytest.raises(IssueClaimsError):  # there is no dose 2 any more
        corrected(history=history)
    assert corrected(history=history, dose=3).changed == ("dose_number", "total_doses")
    assert corrected(history=history, dose="latest").changed == ("dose_number", "total_doses")


def test_an_expired_certificate_is_corrected_too() -> None:
    made = corrected(at=datetime(2023, 6, 1, tzinfo=UTC))
    assert made.changed == ("given_name",)


def test_a_correction_says_on_whose_word_and_by_whom_it_was_recorded() -> None:
    clerk = world().csca.issue_signer(not_after=maker.END, key=make_key(private_value=121))
    made = corrected(reason=CorrectionReason.FACILITY, record_signer=clerk.signer)
    arguments: dict[str, Any] = {
        "record": made.record,
        "new": made.passport.text,
        "revocations": made.revocations(),
    }
    found = verified(**arguments, record_trust=clerk.trust_list())
    assert (found.reason, found.signer.kid) == (CorrectionReason.FACILITY, clerk.kid)
    assert "its signature does not hold" in refused(**arguments)


def test_an_rsa_signer_corrects_too() -> None:
    ministry = world().rsa_ministry()
    made = corrected(signer=ministry.signer)
    found = verified(
        record=made.record,
        new=made.passport.text,
        revocations=made.revocations(),
        trust=world().trust | ministry.trust_list(),
    )
    assert found.new.algorithm.name == "PS256"


def test_only_a_history_that_makes_a_passport_corrects_one() -> None:
    history = world().attest(records(full_name=RIGHT_NAME))
    with pytest.raises(NotMatchedError):
        corrected(history=unmatched(history, "wrong"))
    last = history[-1]
    unconfirmed = replace(last, record=replace(last.record, full_name="Nguyễn Thị Thú"))
    with pytest.raises(NotAttestedError):
        corrected(history=[unconfirmed])


def test_what_is_no_passport_of_a_trusted_signer_is_not_corrected() -> None:
    stranger = SpecimenAuthority(not_before=maker.START, country="VN").issue_signer()
    with pytest.raises(UnknownKeyError):
        corrected(passport(signer=stranger.signer).text)
    with pytest.raises(ClaimsError):
        corrected(sealed().text)
    with pytest.raises(RevokedError):
        corrected(revocations=one().revocations())
    with pytest.raises(CorrectionError, match="issued later"):
        corrected(at=AT - timedelta(seconds=1))


def utopia() -> SpecimenSigner:
    """A signer of another state."""
    authority = SpecimenAuthority(not_before=maker.START, not_after=maker.END, country="UT")
    return authority.issue_signer(not_after=maker.END)


def test_no_state_corrects_the_certificate_of_another() -> None:
    foreign = utopia()
    with pytest.raises(CorrectionError, match="another state"):
        corrected(passport(signer=foreign.signer).text, trust=foreign.trust_list())
    with pytest.raises(CorrectionError, match="another state"):
        corrected(signer=foreign.signer)
    both = world().trust | foreign.trust_list()
    made = corrected(record_signer=foreign.signer)
    assert "key of another state" in refused(
        record=made.record,
        new=made.passport.text,
        revocations=made.revocations(),
        trust=both,
    )
    # A record of ours that links a certificate of theirs with one of ours:
    theirs = passport(signer=foreign.signer, dose=1).text
    record = signed({2: fingerprint_of(theirs)})
    assert "different states" in refused(record=record, old=theirs, trust=both)


def test_mistakes_of_the_program_are_told_apart() -> None:
    with pytest.raises(ValueError, match="citizen"):
        corrected(reason="because the citizen asked")
    held = world().ministry.signer

    class Bare:
        algorithm, kid, certificate = held.algorithm, held.kid, None

        def sign(self, to_be_signed: bytes) -> bytes:
            return held.sign(to_be_signed)

    with pytest.raises(SignerKeyError):
        corrected(record_signer=Bare())


def test_neither_a_correction_nor_its_record_shows_a_person() -> None:
    made, found = one(), verified()
    shown = repr(made) + repr(found)
    record = cbor2.loads(cbor2.loads(made.record).value[2])
    for secret in ("Nguy", "Th", "NGUYEN", "1990", "URN", "HC1", "specimen", "FK000"):
        assert secret not in shown
        assert secret not in str(record)
    assert list(record) == [1, 2, 3, 4, 5, 6, 7]


# --- the record ----------------------------------------------------------------------------------


def test_the_record_links_what_the_two_signatures_cover_and_fits_its_cddl() -> None:
    made = one()
    message = cbor2.loads(made.record).value
    assert cbor2.loads(message[2]) == {
        1: 1,
        2: fingerprint_of(old_text()),
        3: fingerprint_of(made.passport.text),
        4: ["given_name"],
        5: int(WHEN.timestamp()),
        6: "citizen_request",
        7: [[kind.value, value] for kind, value in made.revoked],
    }
    assert CDDL.validate(made.record, require_deterministic=True)


def signed(changes: dict[Any, Any], signer: SpecimenSigner | None = None) -> bytes:
    """The record with members changed, and signed all the same; None leaves one out."""
    protected, _, payload, _ = cbor2.loads(one().record).value
    members = {**cbor2.loads(payload), **changes}
    members = {key: value for key, value in members.items() if value is not None}
    return signed_bytes(cbor2.dumps(members, canonical=True), protected, signer)


def signed_bytes(
    payload: bytes, protected: bytes | None = None, signer: SpecimenSigner | None = None
) -> bytes:
    signer = world().ministry if signer is None else signer
    protected = cbor2.loads(one().record).value[0] if protected is None else protected
    to_be_signed = cbor2.dumps(["Signature1", protected, b"", payload])
    signature = signer.signer.sign(to_be_signed)
    return b"\xd2" + cbor2.dumps([protected, {}, payload, signature])


def test_the_record_that_is_put_together_here_is_the_one_that_is_made() -> None:
    assert verified(record=signed({})).changed == ("given_name",)


BAD_MEMBERS: Final[list[dict[Any, Any]]] = [
    {1: 2},
    {1: True},
    {1: None},
    {2: b"x" * 31},
    {2: "x" * 32},
    {3: None},
    {4: []},
    {4: "given_name"},
    {4: [1]},
    {4: ["mother"]},
    {4: ["given_name", "given_name"]},
    {4: ["given_name", "family_name"]},
    {5: -1},
    {5: 1.5},
    {5: 253402300800},
    {5: None},
    {6: "a whim"},
    {6: 1},
    {7: []},
    {7: [["UCI", b"x" * 15]]},
    {7: [["MD5", b"x" * 16]]},
    {7: [["UCI", "x" * 16]]},
    {7: [["UCI"]]},
    {7: ["UCI"]},
    {7: [["UCI", b"x" * 16]] * 5},
    {7: None},
]


@pytest.mark.parametrize("changes", BAD_MEMBERS, ids=lambda changes: str(list(changes)))
def test_a_record_of_another_form_is_refused_and_does_not_fit_the_cddl(
    changes: dict[Any, Any],
) -> None:
    record = signed(changes)
    assert refused(record=record)
    if changes not in (
        {4: ["given_name", "given_name"]},  # what CDDL cannot say
        {4: ["given_name", "family_name"]},
        {1: True},  # this tool takes true for 1
    ):
        assert not CDDL.validate(record)


@pytest.mark.parametrize("changes", [{8: 1}, {"x": 1}, {-1: 1}])
def test_a_record_with_a_member_more_is_refused(changes: dict[Any, Any]) -> None:
    assert "unknown members" in refused(record=signed(changes))


def test_a_record_in_another_encoding_is_refused() -> None:
    payload = cbor2.loads(cbor2.loads(one().record).value[2])
    backwards = cbor2.dumps(dict(reversed(payload.items())))
    assert "deterministic" in refused(record=signed_bytes(backwards))
    assert "deterministic" in refused(record=b"\xd8\x12" + one().record[1:])


def test_another_message_of_the_same_signer_is_no_record() -> None:
    message = zlib.decompress(base45.b45decode(old_text()[4:]))
    assert refused(record=message)
    assert refused(record=world().delegation)
    assert refused(record=world().attest()[0].batch)


@pytest.mark.parametrize("record", [b"", b"\xd2", b"\x00" * 100, b"\xd2\x84" * 3000])
def test_what_is_no_message_is_no_record(record: bytes) -> None:
    assert refused(record=record)


@given(st.binary(max_size=60) | st.integers(0, 330).map(lambda n: one().record[:n]))
def test_arbitrary_bytes_are_refused(record: bytes) -> None:
    assert refused(record=record)


@given(st.integers(0, 8 * 330))
def test_a_record_with_a_flipped_bit_is_refused(bit: int) -> None:
    record = bytearray(one().record)
    at = bit % (8 * len(record))
    record[at // 8] ^= 1 << at % 8
    with pytest.raises(CorrectionRecordError):
        verified(record=bytes(record))


def test_a_record_has_to_be_bytes() -> None:
    with pytest.raises(TypeError):
        verified(record="text")


# --- the chain -----------------------------------------------------------------------------------


def test_the_whole_chain_is_verified() -> None:
    found = verified()
    assert found.changed == ("given_name",)
    assert (found.reason, found.corrected_at) == (CorrectionReason.CITIZEN_REQUEST, WHEN)
    assert found.signer.kid == world().ministry.kid
    assert found.new.certificate == one().passport.certificate
    assert found.old.certificate == passport().certificate


def test_a_chain_whose_old_certificate_expired_holds() -> None:
    when = datetime(2023, 6, 1, tzinfo=UTC)
    made = corrected(at=when)
    found = verified(
        record=made.record,
        new=made.passport.text,
        revocations=made.revocations(),
        at=when + timedelta(days=1),
    )
    assert found.changed == ("given_name",)


def test_an_old_certificate_that_is_not_revoked_breaks_the_chain() -> None:
    empty = RevocationList.from_hashes([])
    assert "not on the revocation list" in refused(revocations=empty)
    other_signer = RevocationList.from_hashes(one().revoked, kid=b"another.")
    assert "not on the revocation list" in refused(revocations=other_signer)


def test_a_filter_is_no_proof_of_revocation() -> None:
    slices = make_slices([value for _, value in one().revoked], kid=one().kid)
    assert "filter" in refused(revocations=RevocationList.from_slices(slices))


def test_a_new_certificate_that_is_revoked_or_expired_breaks_the_chain() -> None:
    again = corrected(
        one().passport.text, world().attest(records(full_name="Nguyễn Thị Thứ")), at=NOW
    )
    both = one().revocations() | again.revocations()
    assert "the new certificate does not hold" in refused(revocations=both)
    assert "expired" in refused(at=datetime(2024, 1, 1, tzinfo=UTC))
    # The second correction is a chain of its own.
    second = verified(
        record=again.record,
        old=one().passport.text,
        new=again.passport.text,
        revocations=both,
    )
    assert second.changed == ("given_name",)


def test_the_certificates_of_another_correction_break_the_chain() -> None:
    other = passport(dose=1)
    assert "not about this old" in refused(old=other.text)
    assert "not about this new" in refused(new=other.text)
    assert "not about this old" in refused(old=one().passport.text, new=old_text())


def test_a_certificate_that_nobody_trusted_signed_breaks_the_chain() -> None:
    stranger = SpecimenAuthority(not_before=maker.START, country="VN").issue_signer()
    forged = passport(signer=stranger.signer).text
    assert "the old certificate does not hold" in refused(old=forged)
    assert "the new certificate does not hold" in refused(new=forged)
    assert "the old certificate does not hold" in refused(old=sealed().text)
    assert "its signature does not hold" in refused(trust=stranger.trust_list())
    assert "its signature does not hold" in refused(record=signed({}, stranger))


def test_a_record_from_the_future_breaks_the_chain() -> None:
    assert "after the moment" in refused(at=WHEN - timedelta(seconds=1))
    late = int((NOW + timedelta(days=1)).timestamp())
    assert "after the moment" in refused(record=signed({5: late}))


def test_a_signer_that_was_not_valid_then_breaks_the_chain() -> None:
    late = world().csca.issue_signer(
        not_before=NOW, not_after=maker.END, key=make_key(private_value=122)
    )
    made = corrected(record_signer=late.signer)
    assert "valid only from" in refused(
        record=made.record,
        new=made.passport.text,
        revocations=made.revocations(),
        record_trust=late.trust_list(),
    )


def test_a_record_that_tells_another_story_breaks_the_chain() -> None:
    early = int((AT - timedelta(days=1)).timestamp())
    assert "order of their times" in refused(record=signed({5: early}))
    assert "other items" in refused(record=signed({4: ["birth_date"]}))
    assert "other items" in refused(record=signed({4: ["family_name", "given_name"]}))
    uci = [["UCI", sha256(b"another").digest()[:16]]]
    assert "hashes are not those" in refused(record=signed({7: uci}))
    some = [[kind.value, value] for kind, value in one().revoked][:1]
    assert "hashes are not those" in refused(record=signed({7: some}))


def test_that_the_identity_number_changed_is_the_word_of_the_record() -> None:
    found = verified(record=signed({4: ["given_name", "identity_number"]}))
    assert found.changed == ("given_name", "identity_number")


def test_a_chain_is_verified_at_a_moment() -> None:
    with pytest.raises(ValueError, match="time zone"):
        verified(at=datetime(2022, 6, 1))


def test_no_refusal_repeats_what_a_certificate_says() -> None:
    reasons = [
        refused(record=signed({4: ["birth_date"]})),
        refused(old=passport(dose=1).text),
        refused(revocations=RevocationList.from_hashes([])),
    ]
    for reason in reasons:
        for secret in ("Nguy", "1990", "URN", "FK000"):
            assert secret not in reason
