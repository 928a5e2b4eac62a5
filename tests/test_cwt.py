"""CWT claims (RFC 8392, HCERT §3.3): each claim missing, of another type, and at its bounds."""

from __future__ import annotations

import contextlib
import math
import struct
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import cbor2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import specimens
from vnvaxcert import cwt
from vnvaxcert.errors import ClaimsError, ContentError, CoseStructureError, DecodeError

ISS, EXP, NBF, IAT, HCERT = 1, 4, 5, 6, -260
WHOLE = {ISS: "VN", EXP: 1_680_000_000, IAT: 1_650_000_000, HCERT: {1: {"ver": "1.3.0"}}}


def parse(claims: Any) -> cwt.Claims:
    return cwt.parse(claims if isinstance(claims, bytes) else cbor2.dumps(claims))


def codes(claims: cwt.Claims) -> list[str]:
    return [warning.code for warning in claims.warnings]


def test_a_whole_set_is_read_without_a_warning() -> None:
    claims = parse(WHOLE)
    assert claims.issuer == "VN"
    assert claims.expires_at == datetime(2023, 3, 28, 10, 40, tzinfo=UTC)
    assert claims.issued_at == datetime(2022, 4, 15, 5, 20, tzinfo=UTC)
    assert claims.dcc() == {"ver": "1.3.0"}
    assert claims.warnings == ()
    assert cwt.require_expiry(claims) == claims.expires_at


def test_the_order_of_the_claims_means_nothing() -> None:
    for order in ([HCERT, IAT, ISS, EXP], [EXP, IAT, ISS, HCERT], [IAT, EXP, ISS, HCERT]):
        claims = parse({key: WHOLE[key] for key in order})
        assert (claims.issuer, claims.dcc()) == ("VN", {"ver": "1.3.0"})


def test_an_empty_set_is_read_and_lacks_everything() -> None:
    claims = parse({})
    assert (claims.issuer, claims.expires_at, claims.issued_at) == (None, None, None)
    assert claims.not_before is None
    with pytest.raises(ClaimsError, match=r"4 \(exp\)"):
        cwt.require_expiry(claims)
    with pytest.raises(ContentError, match="missing"):
        claims.dcc()


@pytest.mark.parametrize("missing", [ISS, IAT])
def test_iss_and_iat_may_be_missing(missing: int) -> None:
    claims = parse({key: value for key, value in WHOLE.items() if key != missing})
    assert (claims.issuer is None) == (missing == ISS)
    assert (claims.issued_at is None) == (missing == IAT)
    assert claims.expires_at is not None


@pytest.mark.parametrize("item", [0, 1.5, "text", b"bytes", None, True, cbor2.undefined])
def test_what_is_no_map_is_refused(item: object) -> None:
    with pytest.raises(ClaimsError, match="expected a map") as caught:
        cwt.parse(cbor2.dumps(item))
    assert caught.value.code == "cwt.claims"


@pytest.mark.parametrize(
    "item",
    [
        [],
        [b"", {}, b"", b""],
        cbor2.CBORTag(18, [b"", {}, b"", b""]),
        cbor2.CBORTag(61, {EXP: 1}),
        cbor2.CBORTag(0, {EXP: 1}),
    ],
)
def test_a_message_inside_the_message_is_refused_as_a_structure(item: object) -> None:
    with pytest.raises(CoseStructureError, match="inside the message"):
        parse(item)


@pytest.mark.parametrize("claim", [ISS, EXP, IAT, HCERT, 99])
@pytest.mark.parametrize("longer", [b"\x18", b"\x19\x00"])
def test_a_claim_given_twice_is_malformed(claim: int, longer: bytes) -> None:
    if claim in (HCERT, 99):
        head = cbor2.dumps(claim)
        again = head
    else:
        head, again = cbor2.dumps(claim), longer + bytes([claim])
    with pytest.raises(DecodeError) as caught:
        parse(b"\xa2" + head + b"\x00" + again + b"\x00")
    assert caught.value.code == "cbor.malformed"


@pytest.mark.parametrize("tail", [b"\x00", b"\xa0"])
def test_bytes_after_the_claims_are_malformed(tail: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        parse(cbor2.dumps(WHOLE) + tail)
    assert caught.value.code == "cbor.malformed"


# --- claim keys ---------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [True, 4.0, 1.0, b"\x04", None, (4,), cbor2.undefined])
def test_a_claim_key_that_is_neither_integer_nor_text_is_refused(key: Any) -> None:
    with pytest.raises(ClaimsError, match="claim key"):
        parse({key: 1, HCERT: {}})


@pytest.mark.parametrize(
    ("key", "path"),
    [
        (2, "claims/2"),
        (7, "claims/7"),
        (-65537, "claims/-65537"),
        (2**64 - 1, f"claims/{2**64 - 1}"),
        (0, "claims/0"),
        ("exp", "claims"),
        ("4", "claims"),
        ("Nguyen", "claims"),
    ],
)
def test_an_unknown_claim_is_passed_over_with_a_warning(key: Any, path: str) -> None:
    claims = parse({**WHOLE, key: "Nguyen"})
    assert [(warning.code, warning.path) for warning in claims.warnings] == [
        ("cwt.unknown_claim", path)
    ]
    assert "Nguyen" not in repr(claims.warnings)
    assert claims.dcc() == {"ver": "1.3.0"}


def test_unknown_claims_are_not_counted_without_end() -> None:
    claims = parse({**WHOLE, **dict.fromkeys(range(100, 5000), 0)})
    assert len(claims.warnings) == 20


def test_names_of_claims_do_not_stand_for_their_numbers() -> None:
    claims = parse({"iss": "VN", "exp": 1, "iat": 1, "4": 1, "-260": {1: {}}})
    assert (claims.issuer, claims.expires_at, claims.issued_at) == (None, None, None)
    with pytest.raises(ContentError):
        claims.dcc()


# --- iss ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("iss", ["VN", "", "CH BAG", "a sentence of an issuer", "Bộ Y tế"])
def test_iss_may_be_any_text(iss: str) -> None:
    assert parse({**WHOLE, ISS: iss}).issuer == iss


@pytest.mark.parametrize("iss", [None, 84, b"VN", ["VN"], {}, True, 1.0, cbor2.CBORTag(0, "VN")])
def test_iss_of_another_type_is_refused(iss: object) -> None:
    with pytest.raises(ClaimsError, match=r"1 \(iss\)"):
        parse({**WHOLE, ISS: iss})


# --- exp and iat --------------------------------------------------------------------------------

TIMES = [
    (EXP, "expires_at", r"4 \(exp\)"),
    (IAT, "issued_at", r"6 \(iat\)"),
    (NBF, "not_before", r"5 \(nbf\)"),
]
FIRST = datetime(1, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(("claim", "attribute", "shown"), TIMES)
def test_a_time_lies_between_the_years_1_and_9999(claim: int, attribute: str, shown: str) -> None:
    for moment in (FIRST, EPOCH - timedelta(seconds=1), EPOCH, LAST):
        claims = parse({**WHOLE, claim: (moment - EPOCH) // timedelta(seconds=1)})
        assert getattr(claims, attribute) == moment
        assert claims.warnings == ()
    too_early = (FIRST - EPOCH) // timedelta(seconds=1) - 1
    too_late = (LAST - EPOCH) // timedelta(seconds=1) + 1
    for number in (too_early, too_late, 2**63, 2**64 - 1, -(2**64), 1_680_000_000_000):
        with pytest.raises(ClaimsError, match=shown):
            parse({**WHOLE, claim: number})
        if abs(number) < 2**60:  # beyond, a float is another number, and refused too
            with pytest.raises(ClaimsError, match=shown):
                parse({**WHOLE, claim: float(number)})


@pytest.mark.parametrize(("claim", "attribute", "shown"), TIMES)
@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, "1680000000", "2023-01-01T00:00:00Z", b"\x00", [], [1], {}),
        *(math.nan, math.inf, -math.inf, 1e300, -1e300, cbor2.undefined),
        *(cbor2.CBORTag(0, "2023-01-01T00:00:00Z"), cbor2.CBORTag(0, 1)),
        *(cbor2.CBORTag(1, "1680000000"), cbor2.CBORTag(1, math.nan), cbor2.CBORTag(1, True)),
        *(cbor2.CBORTag(1, cbor2.CBORTag(1, 1)), cbor2.CBORTag(1, 2**64 - 1)),
    ],
)
def test_a_time_of_another_type_or_not_finite_is_refused(
    claim: int, attribute: str, shown: str, value: object
) -> None:
    with pytest.raises(ClaimsError, match=shown) as caught:
        parse({**WHOLE, claim: value})
    assert caught.value.code == "cwt.claims"
    with pytest.raises(ClaimsError):  # alone, so that no other claim is to blame
        parse({claim: value})


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_the_refusal_of_a_time_that_is_not_finite_says_so(value: float) -> None:
    with pytest.raises(ClaimsError, match="finite"):
        parse({EXP: value})


@pytest.mark.parametrize("tag", [2, 3, 4, 5])
def test_big_numbers_are_no_times(tag: int) -> None:
    with pytest.raises(DecodeError) as caught:
        parse(b"\xa1\x04" + bytes([0xC0 + tag]) + b"\x41\x01")
    assert caught.value.code == "cbor.malformed"


@pytest.mark.parametrize(("claim", "attribute", "shown"), TIMES)
def test_a_float_is_read_with_a_warning(claim: int, attribute: str, shown: str) -> None:
    for value, micro in ((1.65e9, 0), (1650000000.25, 250_000), (-0.5, 500_000)):
        claims = parse({**WHOLE, claim: value})
        moment = getattr(claims, attribute)
        assert moment == EPOCH + timedelta(seconds=value)
        assert moment.microsecond == micro
        assert [(w.code, w.path) for w in claims.warnings] == [
            ("cwt.float_time", f"claims/{claim}")
        ]


@pytest.mark.parametrize("width", ["e", "f", "d"])
def test_a_float_of_any_width_is_read(width: str) -> None:
    head = {"e": b"\xf9", "f": b"\xfa", "d": b"\xfb"}[width]
    claims = parse(b"\xa1\x04" + head + struct.pack(">" + width, 1536.0))
    assert claims.expires_at == EPOCH + timedelta(seconds=1536)


@pytest.mark.parametrize(("claim", "attribute", "shown"), TIMES)
def test_tag_1_is_read_with_a_warning(claim: int, attribute: str, shown: str) -> None:
    claims = parse({**WHOLE, claim: cbor2.CBORTag(1, 1_650_000_000)})
    assert getattr(claims, attribute) == datetime(2022, 4, 15, 5, 20, tzinfo=UTC)
    assert [(w.code, w.path) for w in claims.warnings] == [("cwt.tagged_time", f"claims/{claim}")]
    assert codes(parse({**WHOLE, claim: cbor2.CBORTag(1, 1.5)})) == [
        "cwt.tagged_time",
        "cwt.float_time",
    ]


@given(st.floats() | st.floats(-7e10, 3e11))
@example(253402300799.99997)
@example(253402300800.0)
@example(-62135596800.0)
@example(-62135596800.00001)
@example(5e-324)
def test_any_float_is_a_time_or_refused(value: float) -> None:
    with contextlib.suppress(ClaimsError):
        moment = parse({EXP: value}).expires_at
        assert moment is not None
        assert moment.utcoffset() == timedelta(0)
        assert abs((moment - EPOCH) / timedelta(seconds=1) - value) < 1e-4


# --- the health claim ---------------------------------------------------------------------------


@pytest.mark.parametrize("claim", [0, "text", b"bytes", [1], True, 1.5, cbor2.CBORTag(0, {})])
def test_a_health_claim_that_is_no_map_is_refused(claim: object) -> None:
    with pytest.raises(ContentError, match="not a map") as caught:
        parse({**WHOLE, HCERT: claim}).dcc()
    assert caught.value.code == "hcert.content"


@pytest.mark.parametrize("dcc", [None, 0, "text", b"\xa0", [{}], True])
def test_a_dcc_that_is_no_map_is_refused(dcc: object) -> None:
    with pytest.raises(ContentError, match=r"DCC \(key 1\) is not a map"):
        parse({**WHOLE, HCERT: {1: dcc}}).dcc()


@pytest.mark.parametrize("key", [0, 2, 3, -1, "1", b"\x01", True, 1.0])
def test_another_content_type_is_refused(key: Any) -> None:
    with pytest.raises(ContentError, match="expected a DCC"):
        parse({**WHOLE, HCERT: {key: {}}}).dcc()


def test_the_refusal_names_content_types_by_number_only() -> None:
    claims = parse({**WHOLE, HCERT: {3: {}, "Nguyen": {}, -1: {}}})
    with pytest.raises(ContentError, match="there is 3, -1") as caught:
        claims.dcc()
    assert "Nguyen" not in str(caught.value)
    with pytest.raises(ContentError, match="none with a number"):
        parse({**WHOLE, HCERT: {}}).dcc()


def test_a_missing_health_claim_or_null_is_refused() -> None:
    for claims in ({EXP: 1}, {EXP: 1, HCERT: None}):
        with pytest.raises(ContentError, match="missing"):
            parse(claims).dcc()


def test_other_content_beside_the_dcc_has_no_effect() -> None:
    claims = parse({**WHOLE, HCERT: {5: "x", 1: {"ver": "1.0.0"}, "y": None}})
    assert claims.dcc() == {"ver": "1.0.0"}


# --- any bytes, and writing ---------------------------------------------------------------------


@given(
    st.binary(max_size=50)
    | st.dictionaries(
        st.sampled_from([ISS, EXP, IAT, HCERT, 2, "4"]),
        st.none() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=5),
    ).map(cbor2.dumps)
)
def test_any_bytes_end_in_claims_or_a_decode_error(data: bytes) -> None:
    with contextlib.suppress(DecodeError):
        assert isinstance(cwt.parse(data), cwt.Claims)


@given(
    st.text(max_size=5) | st.none(),
    st.datetimes(datetime(1970, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)),
    st.datetimes(datetime(1900, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)),
)
def test_what_is_written_is_read_in_whole_seconds(
    issuer: str | None, issued_at: datetime, expires_at: datetime
) -> None:
    contents = specimens.payload()
    encoded = cwt.serialize(issuer=issuer, issued_at=issued_at, expires_at=expires_at, dcc=contents)
    claims = cwt.parse(encoded)
    assert claims.issuer == issuer
    assert claims.dcc() == contents
    for read, given_time in ((claims.issued_at, issued_at), (claims.expires_at, expires_at)):
        assert read is not None
        assert abs(read - given_time) < timedelta(seconds=1)
        assert read.microsecond == 0
    assert claims.warnings == ()


def test_the_claims_are_written_in_the_order_of_rfc_8949() -> None:
    local = timezone(timedelta(hours=7))
    encoded = cwt.serialize(
        issuer="VN",
        issued_at=datetime(2022, 4, 15, 7, tzinfo=local),
        expires_at=datetime(2023, 4, 15, 7, tzinfo=local),
        dcc={"z": 1, "aa": 2},
    )
    assert encoded.hex() == (
        "a4"
        "0162564e"  # 1: "VN"
        "041a6439e900"  # 4: 2023-04-15T00:00:00Z
        "061a6258b580"  # 6: 2022-04-15T00:00:00Z
        "390103a101a2617a0162616102"  # -260: {1: {"z": 1, "aa": 2}}, bytewise
    )
    without = cwt.serialize(issuer=None, issued_at=EPOCH, expires_at=EPOCH, dcc={})
    assert cbor2.loads(without) == {4: 0, 6: 0, -260: {1: {}}}
