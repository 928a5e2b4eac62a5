"""`examine`: it agrees with `verify` on every certificate, and goes on past failures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

import specimens
import test_verify
from specimens import AT, ES256, REMOVED
from test_verify import ACCEPTED, KID, REFUSED, Refused, listed, trusting
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import VnvaxcertError
from vnvaxcert.examine import (
    STEP_NUMBERS,
    STEPS_OF_A_CERTIFICATE,
    Examination,
    Outcome,
    StepName,
    examine,
)
from vnvaxcert.policy import Check, Policy
from vnvaxcert.results import UnverifiedCertificate, VerifiedCertificate
from vnvaxcert.trust.revocation import RevocationList
from vnvaxcert.trust.trustlist import TrustList
from vnvaxcert.verify import decode_unverified, verify

PASSED, FAILED, SKIPPED = Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED
NEED_TRUST = {StepName.CANDIDATES, StepName.SIGNATURE, StepName.SIGNER, StepName.USAGE}


def look(text: str | None = None, **options: Any) -> Examination:
    """Examine with what is in order by default."""
    text = specimens.text() if text is None else text
    return examine(text, **{"trust": trusting(), "at": AT, **options})


def outcomes(examination: Examination) -> dict[StepName, Outcome]:
    return {step.name: step.outcome for step in examination.steps}


def failures(examination: Examination) -> dict[str, str | None]:
    return {step.name.value: step.code for step in examination.steps if step.outcome is FAILED}


# --- agreement with verify ----------------------------------------------------------------------


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_it_fails_first_where_verify_stops(case: Refused) -> None:
    examination = look(case.text(), **case.options())
    assert examination.error is not None
    assert examination.error.code == case.code
    assert examination.verified is None
    first = next(step for step in examination.steps if step.outcome is FAILED)
    assert first.error is examination.error
    assert first.number == case.step


@pytest.mark.parametrize(("why", "make", "options", "warnings"), ACCEPTED)
def test_it_gives_the_certificate_that_verify_gives(
    why: str, make: Callable[[], str], options: dict[str, Any], warnings: list[str]
) -> None:
    trust, text = trusting(), make()
    examination = look(text, trust=trust, **options)
    assert examination.error is None
    assert examination.verified == verify(text, trust=trust, at=AT, **options)
    assert examination.unverified == decode_unverified(text)
    assert sorted(warning.code for warning in examination.warnings) == sorted(warnings)


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_it_agrees_with_verify_on_damaged_messages(place: int, value: int) -> None:
    whole = bytearray(specimens.message())
    whole[place % len(whole)] = value
    _agree(specimens.text(bytes(whole)))


@given(st.text(max_size=100) | st.text(alphabet="HC1:0ABZ ", max_size=100))
def test_it_agrees_with_verify_on_any_text(text: str) -> None:
    for shown in (text, "HC1:" + text):
        _agree(shown)


@given(
    st.dictionaries(
        st.sampled_from(["iss", "exp", "iat"]),
        st.sampled_from([REMOVED, None, 0, 2**40, 1_700_000_000, 1.7e9, "x", True]),
    ),
    st.dictionaries(st.sampled_from(["dn", "dt", "co", "mp"]), st.sampled_from([1, "X", None, ""])),
    st.booleans(),
)
def test_it_agrees_with_verify_on_signed_certificates(
    changes: dict[str, Any], entry: dict[str, Any], is_forged: bool
) -> None:
    body = specimens.claims(specimens.payload(entry=entry), **changes)
    _agree(specimens.text(specimens.message(body, signature=bytes(64) if is_forged else None)))


def _agree(text: str) -> None:
    trust = trusting()
    examination = look(text, trust=trust)
    try:
        verified = verify(text, trust=trust, at=AT)
    except VnvaxcertError as error:
        refusal: VnvaxcertError | None = error
    else:
        refusal = None
        assert examination.verified == verified
    assert (examination.error is None) is (refusal is None)
    if refusal is not None:
        assert examination.verified is None
        assert type(examination.error) is type(refusal)
        assert str(examination.error) == str(refusal)


# --- the steps ----------------------------------------------------------------------------------


def test_every_step_is_reported_once_and_in_order() -> None:
    for text in ("", "HC1:", specimens.text(), "x" * 5000):
        examination = look(text)
        assert tuple(step.name for step in examination.steps) == STEPS_OF_A_CERTIFICATE
        numbers = [step.number for step in examination.steps]
        assert numbers == sorted(numbers)
        assert {step.code is None for step in examination.steps if step.outcome is not FAILED} <= {
            True
        }
    assert set(STEP_NUMBERS) == set(StepName)
    assert set(STEP_NUMBERS.values()) == set(range(1, 9))


def test_a_certificate_in_order_passes_every_step() -> None:
    examination = look(revocations=RevocationList.from_hashes([]))
    assert set(outcomes(examination).values()) == {PASSED}
    assert isinstance(examination.verified, VerifiedCertificate)
    assert isinstance(examination.unverified, UnverifiedCertificate)
    assert examination.algorithm is Algorithm.ES256
    assert examination.kid == KID
    assert examination.is_kid_protected is True
    assert examination.issuer == "VN"
    assert examination.issued_at == specimens.ISSUED_AT
    assert examination.expires_at == specimens.EXPIRES_AT
    assert examination.signer is not None
    assert examination.signer.kid == KID


def test_the_intermediate_bytes_are_those_of_the_layers() -> None:
    examination = look()
    message = specimens.message()
    protected, _, payload, _ = cbor2.loads(message).value
    assert examination.message == message
    assert examination.payload == payload
    assert examination.to_be_signed == cbor2.dumps(["Signature1", protected, b"", payload])
    assert examination.compressed is not None
    assert examination.compressed[:2] == b"\x78\x9c"


def test_without_a_trust_list_the_steps_that_need_one_are_skipped() -> None:
    examination = examine(specimens.text(), at=AT)
    assert examination.error is None
    assert examination.verified is None
    assert examination.signer is None
    skipped = {name for name, outcome in outcomes(examination).items() if outcome is SKIPPED}
    assert skipped == NEED_TRUST | {StepName.REVOCATION}
    assert examination.unverified is not None


def test_an_empty_trust_list_is_one() -> None:
    examination = look(trust=TrustList())
    assert failures(examination) == {"candidates": "trust.unknown_kid"}
    assert outcomes(examination)[StepName.TIMES] is PASSED


def test_without_revocation_lists_that_step_is_skipped_and_with_an_empty_one_it_is_not() -> None:
    assert look().step("revocation").outcome is SKIPPED
    assert look(revocations=RevocationList.from_hashes([])).step("revocation").outcome is PASSED


def test_a_step_is_found_by_its_name() -> None:
    examination = look(test_verify.with_claims(exp=0)())
    assert examination.step(StepName.TIMES) is examination.step("times")
    assert examination.step("times").code == "cwt.expired"
    assert examination.step("claims").code is None
    with pytest.raises(ValueError, match="nowhere"):
        examination.step("nowhere")


# --- past failures ------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["HC2:", "hc1:", "XX9:", ""])
def test_a_wrong_prefix_is_passed_over(prefix: str) -> None:
    examination = look(prefix + specimens.text()[4:])
    assert failures(examination) == {"prefix": "hcert.prefix"}
    assert examination.step("signature").outcome is PASSED
    assert examination.verified is None
    assert examination.unverified is not None


@pytest.mark.parametrize("tag", [b"\xd2", b"", b"\xd8\x3d\xd2"])
def test_a_message_that_is_not_compressed_is_read_as_it_is(tag: bytes) -> None:
    examination = look(test_verify.in_base45(specimens.message(tag=tag)))
    assert failures(examination) == {"zlib": "zlib.invalid"}
    assert examination.step("revocation").outcome is SKIPPED
    assert examination.step("usage").outcome is PASSED
    assert examination.verified is None
    assert examination.unverified is not None


def test_every_failure_that_can_be_seen_is_reported() -> None:
    expired = specimens.payload(entry={"dn": True})
    text = specimens.text(
        specimens.message(specimens.claims(expired, exp=0), signature=bytes(64), unprotected={})
    )
    examination = look(text)
    assert failures(examination) == {
        "signature": "signature.invalid",
        "times": "cwt.expired",
        "schema": "schema.invalid",
    }
    assert examination.step("signer").outcome is SKIPPED
    assert examination.step("content").outcome is PASSED


def test_a_signer_past_its_time_and_its_usage_is_told_both() -> None:
    der = specimens.dsc(usages=["t"], not_after=AT - timedelta(seconds=1))
    examination = look(trust=listed((KID, der)))
    assert failures(examination) == {"signer": "signer.expired", "usage": "signer.usage"}
    assert examination.signer is not None
    assert examination.signer.facts is not None
    assert examination.signer.facts.der == der


def test_a_revoked_certificate_with_a_forged_signature_is_told_both() -> None:
    revocations = RevocationList.from_hashes(test_verify.revoked_hashes())
    forged = specimens.text(specimens.message(signature=bytes(64)))
    examination = look(forged, revocations=revocations)
    assert failures(examination) == {"signature": "signature.invalid", "revocation": "revoked"}


def test_a_forged_certificate_has_no_signer() -> None:
    examination = look(specimens.text(specimens.message(signature=bytes(64))))
    assert examination.signer is None
    assert examination.verified is None
    assert examination.step("usage").outcome is PASSED  # of the key that is named
    assert "signer.no_validity" not in {each.code for each in examination.warnings}


def test_a_certificate_of_an_unknown_key_is_tried_with_the_keys_that_are_listed() -> None:
    listed = TrustList.from_keys({b"another": specimens.ec_key().public_key()})
    examination = look(specimens.text(), trust=listed)
    assert failures(examination) == {"candidates": "trust.unknown_kid"}
    assert examination.signer is not None
    assert examination.signer.kid == b"another"
    assert examination.verified is None
    forged = look(specimens.text(specimens.message(signature=bytes(64))), trust=listed)
    assert failures(forged) == {
        "candidates": "trust.unknown_kid",
        "signature": "signature.invalid",
    }


def test_headers_are_judged_one_by_one() -> None:
    text = specimens.text(specimens.message(protected={1: -8, 4: b""}))
    examination = look(text)
    assert failures(examination) == {"algorithm": "cose.algorithm", "kid": "cose.kid"}
    assert (examination.algorithm, examination.kid) == (None, None)
    assert examination.is_kid_protected is None
    assert examination.expires_at == specimens.EXPIRES_AT


def test_where_the_kid_stands_is_told() -> None:
    text = specimens.text(specimens.message(protected={1: ES256}, unprotected={4: KID}))
    assert look(text).is_kid_protected is False


def test_a_payload_that_is_no_claims_ends_the_reading_there() -> None:
    examination = look(specimens.text(specimens.message(b"\xff")))
    assert failures(examination) == {"claims": "cbor.malformed"}
    steps = STEPS_OF_A_CERTIFICATE
    after = steps[steps.index(StepName.CLAIMS) + 1 :]
    assert {examination.step(name).outcome for name in after} == {SKIPPED}
    assert examination.payload == b"\xff"
    assert examination.unverified is None
    assert examination.warnings == ()


def test_a_text_too_long_is_not_touched() -> None:
    examination = look("HC1:" + "0" * 5000)
    assert failures(examination) == {"prefix": "input.too_long"}
    assert {step.outcome for step in examination.steps[1:]} == {SKIPPED}
    assert examination.compressed is None


def test_the_policys_bounds_hold_here_too() -> None:
    small = Policy(max_inflated_bytes=10)
    assert failures(look(policy=small)) == {"zlib": "zlib.too_large"}


# --- mistakes of the caller, and what shows -----------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"trust": []}, TypeError),
        ({"at": "now"}, TypeError),
        ({"at": datetime(2022, 6, 1)}, ValueError),
        ({"policy": Policy(required_checks=frozenset({Check.CHAIN}))}, ValueError),
        ({"policy": Policy(required_checks=frozenset({Check.REVOCATION}))}, ValueError),
    ],
)
def test_mistakes_of_the_caller_are_raised(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        look(**options)


@pytest.mark.parametrize("not_text", [None, b"HC1:", 5])
def test_what_is_no_text_is_the_callers_mistake(not_text: Any) -> None:
    with pytest.raises(TypeError, match="text of a QR code"):
        examine(not_text, at=AT)


def test_without_a_moment_it_is_now() -> None:
    old = test_verify.with_claims(exp=specimens.seconds(datetime(2023, 1, 1, tzinfo=UTC)))()
    assert examine(old, trust=trusting()).step("times").code == "cwt.expired"


@pytest.mark.parametrize("text", test_verify.marked(), ids=range(len(test_verify.marked())))
def test_nothing_personal_shows_in_an_examination(text: str) -> None:
    examination = look(text)
    shown = [repr(examination), *(str(step.error) for step in examination.steps)]
    if examination.issuer != test_verify.MARKER:  # the one text of a certificate that is shown
        assert not [line for line in shown if "Geheim" in line]
    assert repr(examination.payload)[2:-1] not in repr(examination) or not examination.payload
