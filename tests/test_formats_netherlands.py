"""The Dutch list. None is shared: these are ours, made from the fact sheet by ``cms_maker``."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

import cms_maker as maker
from vnvaxcert import TrustList
from vnvaxcert.errors import (
    TrustListError,
    TrustListFormatError,
    TrustListRollbackError,
    TrustListSignatureError,
    TrustListStaleError,
)
from vnvaxcert.trust import formats
from vnvaxcert.trust.formats import netherlands
from vnvaxcert.trust.formats.content import Content
from vnvaxcert.trust.usage import Usage

SIGNED_AT: Final = datetime(2022, 5, 1, 7, tzinfo=UTC)
ROOT: Final = maker.certify(maker.ec_key(41), "Specimen root", country="NL", is_authority=True)
SIGNER: Final = maker.certify(maker.ec_key(42), "Specimen list signer", country="NL", issuer=ROOT)
KEY: Final = SIGNER.key.public_key()
KEYS: Final = [maker.ec_key(number) for number in range(43, 47)]


def base64_of(data: bytes) -> str:
    return b64encode(data).decode()


def kid(number: int) -> str:
    return base64_of(bytes([number]) * 8)


def one(key: maker.PrivateKey = KEYS[0], **changes: Any) -> dict[str, Any]:
    """One key as the list has it; a change of None takes the member away."""
    members = {
        "subjectPk": base64_of(maker.spki(key)),
        "keyUsage": [],
        "ian": "VN",
        "san": "",
    } | changes
    return {name: value for name, value in members.items() if value is not None}


WHOLE: Final[dict[str, Any]] = {
    "cl_keys": [{"id": "VWS-CC-1", "public_key": "PD94bWw="}],
    "nl_keys": {"VWS-CC-2": {"public_key": "PD94bWw="}},
    "eu_keys": {
        kid(1): [one()],
        kid(2): [one(KEYS[1], keyUsage=["t", "v"], ian="NLD"), one(KEYS[2], ian="")],
        kid(3): [one(maker.rsa_key(), keyUsage=["r"])],
    },
}


def packed(document: object, *, payload: bytes | None = None, **options: Any) -> bytes:
    """The list with its signature, detached."""
    inner = json.dumps(document).encode() if payload is None else payload
    ordinary: dict[str, Any] = {"detached": True, "in_ber": True, "signed_at": SIGNED_AT}
    signature = maker.signed(inner, options.pop("holder", SIGNER), **(ordinary | options))
    return json.dumps({"signature": base64_of(signature), "payload": base64_of(inner)}).encode()


LIST: Final = packed(WHOLE)


def load(data: bytes, **options: Any) -> TrustList:
    return TrustList.from_bytes(data, name="keys.json", **options)


def refused(data: bytes, **options: Any) -> TrustListError:
    with pytest.raises(TrustListError) as caught:
        load(data, **options)
    return caught.value


# --- what is read --------------------------------------------------------------------------------


def test_its_keys_are_read_and_those_of_the_domestic_scheme_set_aside() -> None:
    trust = load(LIST)
    assert (trust.format, trust.authenticated) == ("Dutch list", False)
    assert [(key.kid[0], key.country, key.usages, key.source) for key in trust] == [
        (1, "VN", frozenset(), "keys.json, entry 1"),
        (2, "NLD", {Usage.TEST, Usage.VACCINATION}, "keys.json, entry 2"),
        (2, None, frozenset(), "keys.json, entry 3"),
        (3, "VN", {Usage.RECOVERY}, "keys.json, entry 4"),
    ]
    first, second, third, fourth = trust
    for key, made in ((first, KEYS[0]), (second, KEYS[1]), (third, KEYS[2])):
        assert isinstance(key.public_key, ec.EllipticCurvePublicKey)
        assert key.public_key == made.public_key()
        assert (key.facts, key.not_after, key.role) == (None, None, "signer")
    assert isinstance(fourth.public_key, rsa.RSAPublicKey)
    assert [(one.source, one.reason) for one in trust.set_aside] == [
        (
            "keys.json, entry 5",
            "a key of the domestic scheme (nl_keys) signs no health certificates",
        ),
        (
            "keys.json, entry 6",
            "a key of the domestic scheme (cl_keys) signs no health certificates",
        ),
    ]


def test_empty_domestic_schemes_are_no_entries() -> None:
    trust = load(packed(WHOLE | {"cl_keys": [], "nl_keys": {}}))
    assert (len(trust), trust.set_aside) == (4, ())
    (aside,) = load(packed({"eu_keys": {kid(1): [one()], kid(2): []}})).set_aside
    assert (aside.kid[0], aside.reason) == (2, "subjectPk: missing, or not text")


def test_the_time_of_signing_is_that_of_issue() -> None:
    for key in (None, KEY):
        trust = load(LIST, signing_key=key)
        assert trust.issued_at == SIGNED_AT
        assert trust.sequence == int(SIGNED_AT.timestamp())
    bare = load(packed(WHOLE, signed_at=None), signing_key=KEY)
    assert (bare.issued_at, bare.sequence) == (None, None)
    error = refused(LIST, at=SIGNED_AT - timedelta(minutes=6))
    assert isinstance(error, TrustListStaleError)
    error = refused(LIST, last_sequence=int(SIGNED_AT.timestamp()) + 1)
    assert isinstance(error, TrustListRollbackError)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"subjectPk": None}, "subjectPk: missing, or not text"),
        ({"subjectPk": 5}, "subjectPk: missing, or not text"),
        ({"subjectPk": ""}, "public key: the encoding ends too early"),
        ({"subjectPk": "!"}, "certificate: neither DER nor Base64"),
        ({"subjectPk": "MAA="}, "public key: the encoding ends too early"),
        ({"keyUsage": None}, "keyUsage: missing, or no array"),
        ({"keyUsage": "v"}, "keyUsage: missing, or no array"),
        ({"keyUsage": ["x"]}, "keyUsage: none of the letters t, v, r"),
        ({"keyUsage": [["v"]]}, "keyUsage: none of the letters t, v, r"),
        ({"keyUsage": [None]}, "keyUsage: none of the letters t, v, r"),
    ],
)
def test_a_key_that_is_bad_in_one_way_is_set_aside_for_it(
    members: dict[str, Any], reason: str
) -> None:
    trust = load(packed({"eu_keys": {kid(1): [one()], kid(2): [one(**members)]}}))
    assert len(trust) == 1
    (aside,) = trust.set_aside
    assert (aside.kid, aside.country, aside.source) == (b"\x02" * 8, "VN", "keys.json, entry 2")
    assert aside.reason == reason


@pytest.mark.parametrize("value", [None, 5, "text", [], [5], [[one()]], {}, True])
def test_a_kid_without_keys_is_set_aside(value: object) -> None:
    trust = load(packed({"eu_keys": {kid(1): [one()], kid(2): value}}))
    assert [one.reason for one in trust.set_aside] == ["subjectPk: missing, or not text"]


def test_a_kid_that_is_none_is_set_aside_and_a_single_key_needs_no_array() -> None:
    keys = {"": one(), "?": one(), "AAECAwQFBgc": one(KEYS[1]), "AAEC": one(KEYS[2])}
    trust = load(packed({"eu_keys": keys}))
    assert [key.kid.hex() for key in trust] == ["0001020304050607", "000102"]
    assert [one.reason for one in trust.set_aside] == ["kid: empty or not Base64"] * 2


def test_letters_we_do_not_know_beside_ones_we_do_restrict_to_those() -> None:
    (key,) = load(packed({"eu_keys": {kid(1): one(keyUsage=["v", "x", 5, "v"])}}))
    assert key.usages == {Usage.VACCINATION}


def test_a_country_of_another_form_is_none() -> None:
    for country in ("", "V", "VIET", "V1", "Ü1", 5, None, ["VN"]):
        (key,) = load(packed({"eu_keys": {kid(1): one(ian=country)}}))
        assert key.country is None


# --- signatures ----------------------------------------------------------------------------------


def test_the_signature_is_checked_with_a_key_or_the_authority_of_its_signer() -> None:
    assert load(LIST, signing_key=KEY).authenticated
    authorities = TrustList.from_certificates([ROOT.certificate])
    assert load(LIST, authorities=authorities).authenticated
    attached = packed(WHOLE, detached=False, in_ber=False)
    assert load(attached, signing_key=KEY).authenticated
    for holder in (ROOT, maker.certify(maker.rsa_key(), "Specimen")):
        error = refused(packed(WHOLE, holder=holder), signing_key=KEY)
        assert isinstance(error, TrustListSignatureError)
        assert error.reason == "the signature is not that of the key given over this list"
    stranger = packed(WHOLE, holder=maker.certify(maker.ec_key(48), "Specimen"))
    error = refused(stranger, authorities=authorities)
    assert isinstance(error, TrustListSignatureError)
    assert error.place == "certificate of its signer"
    error = refused(packed(WHOLE, certificates=[]), authorities=authorities)
    assert "no certificate of its signer came along" in error.reason
    error = refused(packed(WHOLE, digest="sha1"), signing_key=KEY)
    assert error.reason == "signed over SHA-1, which is not accepted"


def test_any_changed_byte_of_the_payload_or_bit_of_the_signature_is_refused() -> None:
    data = packed({"eu_keys": {kid(1): [one()]}}, certificates=[])
    document = json.loads(data)
    payload, signature = b64decode(document["payload"]), b64decode(document["signature"])
    assert load(data, signing_key=KEY).authenticated
    for at in range(len(payload)):
        changed = payload[:at] + bytes([payload[at] ^ 1 << at % 7]) + payload[at + 1 :]
        spoilt = json.dumps(document | {"payload": base64_of(changed)}).encode()
        assert isinstance(refused(spoilt, signing_key=KEY), TrustListSignatureError)
    # Before three end marks, the signature is the last thing in it.
    for bit in range(8 * 64):
        at = len(signature) - 7 - bit // 8
        changed = signature[:at] + bytes([signature[at] ^ 1 << bit % 8]) + signature[at + 1 :]
        spoilt = json.dumps(document | {"signature": base64_of(changed)}).encode()
        assert isinstance(refused(spoilt, signing_key=KEY), TrustListSignatureError)


def test_a_signature_that_is_none_is_refused_with_a_key_and_without() -> None:
    for text, reason in (
        ("", "signed data: the encoding ends too early"),
        ("!", "not Base64"),
        ("MAA=", "signed data: the encoding ends too early"),
        (base64_of(SIGNER.certificate), "signed data: unexpected type 0x30"),
    ):
        data = json.dumps(json.loads(LIST) | {"signature": text}).encode()
        for kind, key in ((TrustListFormatError, None), (TrustListSignatureError, KEY)):
            error = refused(data, signing_key=key)
            assert isinstance(error, kind)
            assert (error.format, error.place, error.reason) == ("Dutch list", "signature", reason)


# --- what is no list -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "place", "reason"),
    [
        (b"", "payload, line 1, column 1", "not valid JSON"),
        (b"\xff", "payload, byte 0", "not UTF-8"),
        (b'{"eu_keys": {}, "eu_keys": {}}', "payload", "an object with a member given twice"),
        (b'{"eu_keys": {"a": NaN}}', "payload", "a number that is infinite or none at all"),
        (b"[" * 100_000, "payload", "nested too deeply"),
        (b"[" + b"{}," * 600_000, "payload", "more than 1000000 values"),
        (b"[]", "payload", "expected an object with eu_keys"),
        (b"{}", "payload", "expected an object with eu_keys"),
        (b'{"eu_keys": []}', "payload", "expected an object with eu_keys"),
        (b'{"eu_keys": {}}', "", "it is empty"),
    ],
    ids=range(10),
)
def test_a_payload_that_is_no_list_is_refused_even_when_signed(
    payload: bytes, place: str, reason: str
) -> None:
    data = packed(None, payload=payload)
    for key in (None, KEY):
        error = refused(data, signing_key=key)
        assert isinstance(error, TrustListFormatError)
        assert (error.format, error.place, error.reason) == ("Dutch list", place, reason)


def test_a_signature_is_checked_before_the_payload_is_read() -> None:
    data = json.loads(LIST) | {"payload": base64_of(b"no JSON")}
    error = refused(json.dumps(data).encode(), signing_key=KEY)
    assert isinstance(error, TrustListSignatureError)


def test_members_of_another_type_are_refused() -> None:
    values: list[object] = [None, 5, ["a"], {}]
    for member in ("signature", "payload"):
        for value in values:
            data = json.dumps(json.loads(LIST) | {member: value}).encode()
            error = refused(data)
            assert error.reason == "expected the members signature and payload, as text"
    error = refused(json.dumps(json.loads(LIST) | {"payload": "!"}).encode())
    assert (error.place, error.reason) == ("payload", "not Base64")


def test_more_keys_than_the_bound_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(netherlands, "MAX_ENTRIES", 6)
    assert len(load(LIST)) == 4
    monkeypatch.setattr(netherlands, "MAX_ENTRIES", 5)
    assert refused(LIST).reason == "more than 5 keys"


def test_no_content_is_taken_for_this_list_and_for_another() -> None:
    plain = json.loads(LIST)
    jws = {"payload": "e30", "signature": "x", "protected": "e30"}
    several = {"payload": "e30", "signatures": []}
    for document, ours in (
        (plain, True),
        (plain | {"more": 1}, True),
        (plain | {"payload": 5}, True),
        (jws, False),
        (several, False),
        ({"payload": "e30"}, False),
        ([plain], False),
    ):
        content = Content(json.dumps(document).encode())
        found = [known for known in formats.FORMATS if known.recognise(content)]
        assert len(found) <= 1
        assert (found == [netherlands.DUTCH_LIST]) == ours


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=3) | st.just(one()),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["subjectPk", "keyUsage", "ian", "AAEC", ""]), inner)
    ),
)


@given(st.fixed_dictionaries({"eu_keys": JSON}, optional={"nl_keys": JSON, "cl_keys": JSON}) | JSON)
def test_any_json_signed_ends_in_a_list_or_a_trust_list_error(document: object) -> None:
    try:
        trust = load(packed(document), signing_key=KEY)
    except TrustListFormatError as error:
        seen = bool(error.reason) and error.format == "Dutch list"
    else:
        seen = trust.authenticated and len(trust) + len(trust.set_aside) > 0
    assert seen
