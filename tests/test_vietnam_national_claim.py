"""The national claim, and private claims as such: harmless to others, read by us, off by default.

Messages are put together by `cbor2` and `cryptography`; `cddl_verifier` holds what is written, and
what is read, to spec/national-claim.cddl.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
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
from test_verify import accept, trusting
from test_vietnam_passport import passport, sealed
from vietnam_maker import AT, world
from vnvaxcert import IssueError, VnvaxcertError, decode_unverified, examine, issue, verify
from vnvaxcert.cwt import NO_PRIVATE_CLAIMS, PrivateClaims
from vnvaxcert.errors import IssueClaimsError, NationalClaimError
from vnvaxcert.vietnam.passport import NationalClaim, read_national_claim
from vnvaxcert.vietnam.passport.national_claim import to_claim

KEY: Final = -65704
CDDL: Final = Validator(
    (Path(__file__).resolve().parents[1] / "spec" / "national-claim.cddl").read_text("utf-8")
)


def text_with(value: Any, key: int = KEY, group: str = "v") -> str:
    """A certificate with a private claim, not made by us."""
    content = specimens.payload(group)
    return specimens.text(specimens.message({**specimens.claims(content), key: value}))


def claims_in(text: str) -> dict[Any, Any]:
    """The claims of a certificate, read without us."""
    message = cbor2.loads(zlib.decompress(base45.b45decode(text[4:])))
    decoded: dict[Any, Any] = cbor2.loads(message.value[2])
    return decoded


# --- written -------------------------------------------------------------------------------------


def test_it_is_off_by_default() -> None:
    made = passport()
    assert made.national is None
    assert list(claims_in(made.text)) == [1, 4, 6, -260]
    assert read_national_claim(decode_unverified(made.text)) is None


def test_it_stands_last_among_the_claims_and_says_nationality_and_lot() -> None:
    made = passport(has_national_claim=True)
    claims = claims_in(made.text)
    assert list(claims) == [1, 4, 6, -260, KEY]  # the order of RFC 8949 §4.2.1
    assert claims[KEY] == {1: "VN", 2: ["FK0002"]}
    assert made.national == NationalClaim(nationality="VN", lots=("FK0002",))


def test_with_it_a_passport_has_another_identifier() -> None:
    assert passport(has_national_claim=True).certificate_id != passport().certificate_id


def test_a_lot_that_nobody_entered_is_left_out() -> None:
    made = passport(world().attest([replace(maker.RECORD, lot="")]), has_national_claim=True)
    assert claims_in(made.text)[KEY] == {1: "VN"}
    assert made.national == NationalClaim(nationality="VN", lots=(None,))
    assert read_national_claim(decode_unverified(made.text)) == made.national


@pytest.mark.parametrize("lot", ["x" * 21, "lô-é", "a\tb"])
def test_a_lot_that_the_claim_has_no_place_for_is_refused(lot: str) -> None:
    history = world().attest([replace(maker.RECORD, lot=lot)])
    assert passport(history).national is None
    with pytest.raises(IssueClaimsError) as refused:
        passport(history, has_national_claim=True)
    assert refused.value.violations[0][0] == "claims/-65704"
    assert lot not in str(refused.value)


NATIONALITIES: Final = st.none() | st.sampled_from(["VN", "LA", "KH", "US"])
LOTS: Final = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20)


@given(NATIONALITIES, st.none() | LOTS)
def test_what_is_written_is_read_back_and_fits_the_cddl(
    nationality: str | None, lot: str | None
) -> None:
    claim = NationalClaim(nationality=nationality, lots=(lot,))
    value = to_claim(claim)
    assert CDDL.validate(cbor2.dumps(value, canonical=True), require_deterministic=True)
    assert read_national_claim(decode_unverified(text_with(value))) == claim


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"nationality": "vn"}, ValueError),
        ({"nationality": "VNM"}, ValueError),
        ({"nationality": ""}, ValueError),
        ({"nationality": "ÀÁ"}, ValueError),
        ({"lots": ("",)}, ValueError),
        ({"lots": ("x" * 21,)}, ValueError),
        ({"lots": ("é",)}, ValueError),
        ({"lots": ["FK0001"]}, TypeError),
        ({"lots": (1,)}, TypeError),
        ({"nationality": 704}, TypeError),
    ],
)
def test_a_claim_of_another_form_cannot_be_made(
    members: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error) as refused:
        NationalClaim(**{"nationality": "VN", "lots": ("FK0001",), **members})
    for value in ("vn", "VNM", "x" * 21):
        assert f"{value!r}" not in str(refused.value)


# --- read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({1: "VN", 2: ["FK0001"]}, ("VN", ("FK0001",))),
        ({}, (None, (None,))),
        ({1: "LA"}, ("LA", (None,))),
        ({2: [None]}, (None, (None,))),
        ({1: "VN", 3: {"a": [1]}, "x": 2, -1: b"", 99: None}, ("VN", (None,))),
    ],
)
def test_it_is_read_from_certificates_of_others(
    value: Any, expected: tuple[str | None, tuple[str | None, ...]]
) -> None:
    verified = accept(text_with(value))
    assert read_national_claim(verified) == NationalClaim(nationality=expected[0], lots=expected[1])
    assert verified.warnings == accept(specimens.text()).warnings  # it is known: no warning
    assert CDDL.validate(cbor2.dumps(value))


@pytest.mark.parametrize(
    "value",
    [
        None,
        "VN",
        [1, 2],
        {1: None},
        {1: "vn"},
        {1: "VNM"},
        {1: b"VN"},
        {1: 704},
        {2: "FK0001"},
        {2: None},
        {2: []},
        {2: [1]},
        {2: [""]},
        {2: ["x" * 21]},
        {2: ["é"]},
        {2: ["a\nb"]},
    ],
)
def test_a_claim_of_another_form_is_refused_and_the_certificate_is_still_good(value: Any) -> None:
    verified = accept(text_with(value))
    with pytest.raises(NationalClaimError) as refused:
        read_national_claim(verified)
    assert "FK0001" not in str(refused.value)
    assert not CDDL.validate(cbor2.dumps(value))


def test_it_names_as_many_lots_as_there_are_vaccinations() -> None:
    with pytest.raises(NationalClaimError, match="an array of 1, one a vaccination"):
        read_national_claim(accept(text_with({2: ["FK0001", "FK0002"]})))


def test_true_is_no_key_of_it() -> None:
    assert read_national_claim(decode_unverified(text_with({True: "VN"}))) == NationalClaim(
        nationality=None, lots=(None,)
    )


def test_a_seal_has_none() -> None:
    assert read_national_claim(decode_unverified(sealed().text)) is None


def test_it_is_read_of_a_certificate_that_was_read() -> None:
    wrong: Any = passport().text
    with pytest.raises(TypeError, match="not str"):
        read_national_claim(wrong)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.integers(0, 3), inner),
    max_leaves=8,
)


@given(json_like)
def test_whatever_the_claim_holds_it_is_read_or_refused(value: Any) -> None:
    certificate = decode_unverified(text_with(value))
    try:
        claim = read_national_claim(certificate)
    except NationalClaimError:
        assert not CDDL.validate(cbor2.dumps(value)) or len(value.get(2, [1])) != 1
    else:
        assert isinstance(claim, NationalClaim)
        assert CDDL.validate(cbor2.dumps(value))


# --- private claims in general --------------------------------------------------------------------


def test_a_private_claim_is_signed_carried_and_noted() -> None:
    text = text_with({"a": [1, "b"]}, key=-70000)
    trust = trusting()
    verified = verify(text, trust=trust, at=specimens.AT)
    assert dict(verified.private_claims) == {-70000: {"a": [1, "b"]}}
    assert [(one.code, one.path) for one in verified.warnings] == [
        ("cwt.unknown_claim", "claims/-70000")
    ]
    assert decode_unverified(text).private_claims == verified.private_claims
    seen = examine(text, trust=trust, at=specimens.AT)
    assert seen.verified == verified
    assert seen.unverified is not None
    assert seen.unverified.private_claims == verified.private_claims


@pytest.mark.parametrize("key", [-65536, -65535, 7, -261, "national"])
def test_a_claim_under_another_key_is_not_carried(key: Any) -> None:
    verified = accept(text_with({1: "VN"}, key=key))
    assert verified.private_claims is NO_PRIVATE_CLAIMS
    assert [one.code for one in verified.warnings] == ["cwt.unknown_claim"]


def test_a_claim_of_the_signed_set_that_is_given_twice_is_refused() -> None:
    once = cbor2.dumps({**specimens.claims(), KEY: {1: "VN"}})
    twice = bytes([once[0] + 1]) + once[1:] + cbor2.dumps(KEY) + cbor2.dumps({1: "US"})
    with pytest.raises(VnvaxcertError) as refused:
        accept(specimens.text(specimens.message(twice)))
    assert refused.value.code == "cbor.malformed"


def test_no_value_of_a_private_claim_is_shown() -> None:
    text = text_with({1: "VN", 2: ["SECRETLOT"]})
    for result in (accept(text), decode_unverified(text)):
        assert "SECRETLOT" not in repr(result)
        assert "PrivateClaims(keys=[-65704])" in repr(result)


def test_results_are_compared_and_hashed_with_their_private_claims() -> None:
    one, same, other = (decode_unverified(text_with({1: value})) for value in ("VN", "VN", "LA"))
    assert one == same
    assert hash(one.private_claims) == hash(same.private_claims)
    assert one != other
    assert PrivateClaims({KEY: [1]}) == {KEY: [1]}
    assert len({PrivateClaims({KEY: [1]}), PrivateClaims({KEY: [1]}), NO_PRIVATE_CLAIMS}) == 2


def signed_with(private_claims: Any) -> str:
    return issue(
        specimens.certificate(),
        signer=world().ministry.signer,
        issued_at=AT,
        private_claims=private_claims,
    )


def test_issue_signs_private_claims_in_deterministic_order() -> None:
    text = signed_with({-70000: {"bb": 1, "a": [None, b"\0"]}, -65537: True})
    payload = cbor2.loads(zlib.decompress(base45.b45decode(text[4:]))).value[2]
    assert payload == cbor2.dumps(cbor2.loads(payload), canonical=True)
    assert list(cbor2.loads(payload)) == [1, 4, 6, -260, -65537, -70000]
    verified = verify(text, trust=world().trust, at=AT)
    assert dict(verified.private_claims) == {-65537: True, -70000: {"a": [None, b"\0"], "bb": 1}}
    assert signed_with({}) == signed_with(None)


@pytest.mark.parametrize(
    ("private_claims", "error"),
    [
        ({-65536: 1}, ValueError),
        ({-260: {}}, ValueError),
        ({1: "VN"}, ValueError),
        ({-65537: 2**64}, ValueError),
        ({-(2**64) - 1: 1}, ValueError),
        ({"a": 1}, TypeError),
        ({True: 1}, TypeError),
        ({-65537: 1.5}, TypeError),
        ({-65537: object()}, TypeError),
        ([(-65537, 1)], TypeError),
    ],
)
def test_issue_refuses_claims_that_are_not_private_or_no_cbor(
    private_claims: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        signed_with(private_claims)


def test_half_a_surrogate_pair_in_a_private_claim_is_refused_with_its_path() -> None:
    with pytest.raises(IssueError) as refused:
        signed_with({KEY: {1: "\ud800"}})
    assert isinstance(refused.value, IssueClaimsError)
    assert refused.value.violations == (("claims/-65704/1", "expected Unicode text"),)
