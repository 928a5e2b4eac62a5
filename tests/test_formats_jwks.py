"""JWK sets, bare and signed: the first test data of HCERT, and sets we made."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

import jws_maker
from foreign import shared_vectors
from jws_maker import base64_of, base64url, jwk_of, key_for, rsa_key, signed_json
from vnvaxcert import TrustList
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import (
    TrustListError,
    TrustListFormatError,
    TrustListSignatureError,
    TrustListStaleError,
)
from vnvaxcert.trust.formats.content import Content, Context
from vnvaxcert.trust.formats.jwks import JWK_SET
from vnvaxcert.trust.formats.signed_json import payload_start
from vnvaxcert.trust.formats.sweden import SWEDISH_LIST
from vnvaxcert.trust.formats.switzerland import SWISS_LIST, read_swiss_list
from vnvaxcert.trust.specimen import SpecimenAuthority
from vnvaxcert.trust.usage import Usage

PUBLISHER = key_for("ES256")
KEY = ec.derive_private_key(21, ec.SECP256R1())
SIGNER = SpecimenAuthority(not_before=datetime(2022, 1, 1, tzinfo=UTC)).issue_signer(
    key=KEY, usages=[Usage.TEST]
)
FIRST = datetime(2021, 4, 16, 6, 5, 52, tzinfo=UTC)


def jwk(key: jws_maker.PrivateKey = KEY, **changes: Any) -> dict[str, Any]:
    return jwk_of(key, **({"kid": base64url(b"12345678")} | changes))


def key_set(*keys: Any, **members: Any) -> dict[str, Any]:
    return {"keys": list(keys), **members}


def bare(*keys: Any) -> bytes:
    return json.dumps(key_set(*keys)).encode()


def signed(*keys: Any, members: dict[str, Any] | None = None, **header: Any) -> bytes:
    return signed_json(key_set(*keys, **(members or {})), key=PUBLISHER, header=header)


def refusal(data: bytes, **options: Any) -> TrustListError:
    with pytest.raises(TrustListError) as caught:
        TrustList.from_bytes(data, **options)
    return caught.value


# --- the first test data -------------------------------------------------------------------------


@cache
def folder() -> Path:
    return shared_vectors("hcert-testdata")


def test_the_first_test_data_are_the_keys_of_their_certificates() -> None:
    trust = TrustList.load(folder() / "jwks.json")
    assert (trust.format, len(trust), trust.set_aside) == ("JWK set", 4, ())
    for number in range(1, 5):
        text = (folder() / f"issuer{number}.crt").read_bytes()
        certificate = x509.load_pem_x509_certificate(text)
        (key,) = trust.get(certificate.fingerprint(hashes.SHA256())[:8])
        assert key.public_key == certificate.public_key()
        assert key.facts is None
        assert key.algorithms == {Algorithm.ES256}


def test_the_signed_set_of_the_first_test_data_verifies_with_its_jwk() -> None:
    signer = folder() / "jwks_signer_public.json"
    trust = TrustList.load(folder() / "jwks_signed.json", signing_key=signer)
    assert (trust.authenticated, len(trust)) == (True, 4)
    assert (trust.issued_at, trust.expires_at) == (FIRST, FIRST + timedelta(hours=1))
    assert trust.sequence == int(FIRST.timestamp())
    plain = TrustList.load(folder() / "jwks.json")
    assert [(key.kid, key.public_key) for key in trust] == [
        (key.kid, key.public_key) for key in plain
    ]
    at = FIRST + timedelta(minutes=30)
    assert TrustList.load(folder() / "jwks_signed.json", signing_key=signer, at=at).authenticated


def test_the_signed_set_is_refused_out_of_its_time() -> None:
    data = (folder() / "jwks_signed.json").read_bytes()
    for at in (FIRST - timedelta(hours=1), FIRST + timedelta(hours=2)):
        assert isinstance(refusal(data, at=at), TrustListStaleError)


def test_the_signed_set_is_refused_for_any_bit_of_its_signature() -> None:
    document = json.loads((folder() / "jwks_signed.json").read_bytes())
    key = (folder() / "jwks_signer_public.json").read_bytes()
    one = document["signatures"][0]
    raw = base64.urlsafe_b64decode(one["signature"] + "==")
    for bit in range(8 * len(raw)):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        one["signature"] = base64url(bytes(changed))
        error = refusal(json.dumps(document).encode(), signing_key=key)
        assert isinstance(error, TrustListSignatureError)


@pytest.mark.parametrize("member", ["payload", "protected", "signature"])
def test_the_signed_set_is_refused_for_a_change_of_its_text(member: str) -> None:
    document = json.loads((folder() / "jwks_signed.json").read_bytes())
    key = (folder() / "jwks_signer_public.json").read_bytes()
    holder = document if member == "payload" else document["signatures"][0]
    text = holder[member]
    for place in range(len(text)):
        other = "B" if text[place] == "A" else "A"
        holder[member] = text[:place] + other + text[place + 1 :]
        refusal(json.dumps(document).encode(), signing_key=key)


def test_the_bare_set_cannot_be_checked_and_says_so() -> None:
    signer = folder() / "jwks_signer_public.json"
    with pytest.raises(TrustListSignatureError, match="this list is not signed"):
        TrustList.load(folder() / "jwks.json", signing_key=signer)
    with pytest.raises(TrustListSignatureError, match="this list is not signed"):
        TrustList.load(folder() / "jwks.json", authorities=SIGNER.trust_list())


# --- sets we made --------------------------------------------------------------------------------


@pytest.mark.parametrize("alg", jws_maker.ALGORITHMS)
def test_a_set_may_be_signed_with_any_algorithm(alg: str) -> None:
    data = signed_json(key_set(jwk()), alg=alg)
    assert TrustList.from_bytes(data, signing_key=key_for(alg).public_key()).authenticated
    other = key_for("ES384" if alg == "ES256" else "ES256")
    error = refusal(data, signing_key=other.public_key())
    assert isinstance(error, TrustListSignatureError)
    assert f"{alg} needs a" in error.reason


def test_keys_of_every_kind_are_read() -> None:
    keys = [
        jwk(kid="AQ"),
        jwk(key_for("ES384"), kid="Ag=="),
        jwk(key_for("ES512"), kid="-_8", alg="ES512"),
        jwk(rsa_key(), kid="+/8=", alg="RS256", use="sig", key_ops=["verify"]),
    ]
    trust = TrustList.from_bytes(bare(*keys))
    assert [(key.kid, set(key.algorithms)) for key in trust] == [
        (b"\1", {Algorithm.ES256}),
        (b"\2", {Algorithm.ES384}),
        (b"\xfb\xff", {Algorithm.ES512}),
        (b"\xfb\xff", {Algorithm.PS256}),
    ]
    assert not trust.set_aside


def test_a_key_with_a_certificate_has_its_usages_and_times() -> None:
    thumbprint = base64url(sha256(SIGNER.certificate).digest())
    published = jwk(x5c=[base64_of(SIGNER.certificate)]) | {"x5t#S256": thumbprint}
    (found,) = TrustList.from_bytes(bare(published))
    assert found.facts is not None
    assert found.usages == {Usage.TEST}
    (without,) = TrustList.from_bytes(bare(jwk(x5c=[base64_of(SIGNER.certificate)])))
    for key in (found, without):
        assert "the published thumbprint is not that of the certificate" not in key.notes


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (jwk(kid=None), "kid: missing, empty or not Base64"),
        (jwk(kid="key 1!"), "kid: missing, empty or not Base64"),
        (jwk(kid=5), "kid: missing, empty or not Base64"),
        (jwk(use="enc"), "use: it is not a key for signatures"),
        (jwk(key_ops=["sign"]), "key_ops: it does not verify signatures"),
        (jwk(alg="none"), "alg: no algorithm for signatures with such a key"),
        (jwk(alg="HS256"), "alg: no algorithm for signatures with such a key"),
        (jwk(alg="PS256"), "alg: no algorithm for signatures with such a key"),
        (jwk(rsa_key(), alg="ES256"), "alg: no algorithm for signatures with such a key"),
        (jwk(kty="OKP", crv="Ed25519", y=None), "kty: neither EC nor RSA"),
        (jwk(crv="UNKNOWN CURVE"), "crv: its publisher's software did not know the curve"),
        (jwk(x5c=""), "x5c: expected a list of certificates"),
        (jwk(crv="BP-256"), "the point is not on the curve"),
    ],
)
def test_a_key_that_cannot_be_used_is_set_aside(key: object, reason: str) -> None:
    for data in (bare(jwk(), key), signed(jwk(), key)):
        trust = TrustList.from_bytes(data)
        assert [(one.source, one.reason) for one in trust.set_aside] == [
            ("memory, entry 2", reason)
        ]
        assert len(trust) == 1


def test_a_private_key_is_refused_and_not_repeated() -> None:
    secret = base64url(b"a very secret number of 32 bytes")
    for private in (jwk(d=secret), {"kty": "oct", "k": secret}, {"kty": "RSA", "p": secret}):
        for data in (bare(jwk(), private), signed(jwk(), private)):
            error = refusal(data)
            assert isinstance(error, TrustListFormatError)
            assert (error.format, error.place) == ("JWK set", "entry 2")
            assert error.reason.startswith("a private or secret key")
            for part in (error, error.__cause__, error.__context__):
                assert secret not in repr(part)
                assert secret not in str(part)


def test_what_is_no_key_at_all_is_set_aside() -> None:
    trust = TrustList.from_bytes(signed(5, None, "key", [], {}))
    assert [one.reason for one in trust.set_aside] == ["kid: missing, empty or not Base64"] * 5


@pytest.mark.parametrize(
    ("data", "place", "reason"),
    [
        (bare(), "", "it is empty"),
        (signed(), "", "it is empty"),
        (signed_json({"keys": {}}), "keys", "expected an array of keys"),
        (signed_json({"keys": [0] * 100_001}), "keys", "more than 100000 entries"),
        (bare(*[{"kty": "EC"}] * 100_001), "keys", "more than 100000 entries"),
        (signed(jwk(), exp="soon"), "exp", "expected a time in seconds since 1970"),
        (signed(jwk(), iat=None), "iat", "expected a time in seconds since 1970"),
        (signed(jwk(), nbf=-1), "nbf", "expected a time in seconds since 1970"),
        (signed(jwk(), members={"exp": []}), "exp", "expected a time in seconds since 1970"),
        (signed(jwk(), crit=["other"], other=1), "JWS", "crit: it asks for something that"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_set_of_another_structure_is_refused(data: bytes, place: str, reason: str) -> None:
    error = refusal(data)
    assert isinstance(error, TrustListFormatError)
    assert (error.format, error.place) == ("JWK set", place)
    assert error.reason.startswith(reason)


def test_times_of_header_and_payload_both_hold() -> None:
    start = 1_650_000_000
    data = signed(
        jwk(),
        members={"iat": start - 60, "exp": start + 3600},
        iat=start,
        nbf=start + 600,
        exp=start + 7200,
        crit=["exp", "nbf"],
    )
    trust = TrustList.from_bytes(data)
    assert trust.issued_at == datetime.fromtimestamp(start + 600, UTC)
    assert trust.expires_at == datetime.fromtimestamp(start + 3600, UTC)
    assert trust.sequence == start
    undated = TrustList.from_bytes(signed(jwk()))
    assert (undated.issued_at, undated.expires_at, undated.sequence) == (None, None, None)
    only_start = TrustList.from_bytes(signed(jwk(), nbf=start))
    assert only_start.issued_at == datetime.fromtimestamp(start, UTC)
    assert only_start.sequence is None


def test_a_certificate_in_the_header_has_to_chain_to_an_authority() -> None:
    authority = SpecimenAuthority(not_before=datetime(2022, 1, 1, tzinfo=UTC))
    publisher = authority.issue_signer(key=PUBLISHER)
    data = signed_json(key_set(jwk()), key=PUBLISHER, certificates=[publisher.certificate])
    assert TrustList.from_bytes(data, authorities=authority.trust_list()).authenticated
    stranger = SpecimenAuthority(not_before=datetime(2022, 1, 1, tzinfo=UTC))
    error = refusal(data, authorities=stranger.trust_list())
    assert isinstance(error, TrustListSignatureError)


def test_a_certificate_in_the_header_has_to_be_valid_at_the_moment_too() -> None:
    start, end = datetime(2022, 1, 1, tzinfo=UTC), datetime(2022, 2, 1, tzinfo=UTC)
    authority = SpecimenAuthority(not_before=datetime(2021, 1, 1, tzinfo=UTC))
    publisher = authority.issue_signer(key=PUBLISHER, not_before=start, not_after=end)
    data = signed_json(key_set(jwk()), key=PUBLISHER, certificates=[publisher.certificate])
    given: dict[str, Any] = {"authorities": authority.trust_list()}
    for at in (None, start, datetime(2022, 1, 15, tzinfo=UTC), end):
        assert TrustList.from_bytes(data, at=at, **given).authenticated
    second = timedelta(seconds=1)
    for at, reason in (
        (end + second, "it expired on 2022-02-01"),
        (start - second, "it is valid only from 2022-01-01 on"),
        (datetime.max.replace(tzinfo=UTC), "it expired on 2022-02-01"),
        (datetime.min.replace(tzinfo=UTC), "it is valid only from"),
    ):
        error = refusal(data, at=at, **given)
        assert isinstance(error, TrustListSignatureError)
        assert error.place == "certificate of its signer"
        assert error.reason.startswith(reason)
        # Whose key is given by itself is the caller's to judge.
        assert TrustList.from_bytes(data, at=at, signing_key=PUBLISHER.public_key()).authenticated

    # No message could say such a moment in UTC: that is the caller's mistake, told at once.
    late, early = timezone(-timedelta(hours=23)), timezone(timedelta(hours=23))
    for beyond in (datetime.max.replace(tzinfo=late), datetime.min.replace(tzinfo=early)):
        with pytest.raises(ValueError, match="outside the years 1 to 9999 in UTC"):
            TrustList.from_bytes(data, at=beyond, **given)


# --- which format it is --------------------------------------------------------------------------

LISTS = {
    "JWK set": bare(jwk()),
    "signed JWK set": signed(jwk()),
    "Swedish list": signed_json({"dsc_trust_list": {"UT": {"keys": []}}}),
    "Swiss list": signed_json({"certs": []}),
    "active keys": signed_json({"activeKeyIds": []}),
}


def test_a_list_is_of_one_format_alone() -> None:
    expected = {
        "JWK set": [JWK_SET],
        "signed JWK set": [JWK_SET],
        "Swedish list": [SWEDISH_LIST],
        "Swiss list": [SWISS_LIST],
        "active keys": [SWISS_LIST],
    }
    for name, data in LISTS.items():
        formats = (SWEDISH_LIST, SWISS_LIST, JWK_SET)
        assert [one for one in formats if one.recognise(Content(data))] == expected[name]


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"eyJ", b"eyJhbGciOiJFUzI1NiJ9", b"eyJhbGciOiJFUzI1NiJ9.", b"eyJh..", b"a.b.c"),
        *(b"{}", b"[]", b'{"payload": "eyJrZXlzIjpbXX0", "signature": ""}', b"\xff\xfe"),
        *(b'{"payload": 5, "protected": ""}', b'{"keys": {}}', b'{"keys": [{"crv": "P-256"}]}'),
        *(
            b'{"keys": 5}',
            b'{"keys": ["kty"]}',
            b'{"payload": "\xc3\xa9\xc3\xa9", "protected": ""}',
        ),
    ],
)
def test_other_content_is_none_of_them(data: bytes) -> None:
    for one in (SWEDISH_LIST, SWISS_LIST, JWK_SET):
        assert not one.recognise(Content(data))


def test_a_payload_is_recognised_by_its_start_only() -> None:
    """So that no list is decoded several times; the start is 48 KiB."""
    spaces = b" " * 200_000
    late = jws_maker.compact(b'{"pad": "' + spaces + b'", "keys": []}')
    assert payload_start(Content(late)) == b'{"pad": "' + b" " * (49_152 - 9)
    assert refusal(late).format == "unknown"
    padded_header = signed_json(key_set(jwk()), header={"pad": "x" * 60_000})
    assert JWK_SET.recognise(Content(padded_header))


def test_white_space_around_a_jws_does_not_matter() -> None:
    data = b"\r\n " + signed(jwk()) + b"\n"
    trust = TrustList.from_bytes(data, signing_key=PUBLISHER.public_key())
    assert trust.authenticated


@given(st.data())
def test_a_damaged_list_ends_in_a_list_or_an_error(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([name for name in LISTS if name != "JWK set"]))
    content = LISTS[name]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content)))
        taken = data.draw(st.integers(0, 40))
        content = content[:place] + data.draw(st.binary(max_size=4)) + content[place + taken :]
    try:
        TrustList.from_bytes(content, signing_key=PUBLISHER.public_key())
    except TrustListError:
        return
    assert b"".join(content.split()) == b"".join(LISTS[name].split())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "kid",
                    "keyId",
                    "kty",
                    "crv",
                    "x",
                    "y",
                    "n",
                    "e",
                    "x5c",
                    "use",
                    "alg",
                    "keys",
                    "eku",
                ]
            ),
            inner,
        )
    ),
    max_leaves=20,
)


@given(
    st.dictionaries(
        st.sampled_from(["keys", "certs", "activeKeyIds", "dsc_trust_list", "iat", "exp"]), JSON
    )
)
def test_any_payload_ends_in_a_list_or_an_error(document: dict[str, Any]) -> None:
    text = json.dumps(document, allow_nan=True).encode()
    content = Content(jws_maker.compact(text))
    for known in (SWEDISH_LIST, SWISS_LIST, JWK_SET):
        try:
            reading = known.read(content, Context("any"))
        except TrustListError:
            continue
        assert all(one.reason for one in reading.set_aside)
    active = Content(jws_maker.signed_json({"activeKeyIds": ["AAAA"]}))
    try:
        reading = read_swiss_list((content, active), Context("any"))
    except TrustListError:
        return
    assert len(reading.entries) + len(reading.set_aside) >= 1
