"""Sweden's list: the specification's own example, and lists we made in the same form."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import jws_maker
from foreign import shared_vectors
from jws_maker import base64_of, base64url, jwk_of, signed_json
from vnvaxcert import TrustList
from vnvaxcert.errors import (
    TrustListError,
    TrustListFormatError,
    TrustListRollbackError,
    TrustListSignatureError,
    TrustListStaleError,
)
from vnvaxcert.trust.formats import sweden
from vnvaxcert.trust.formats.content import MAX_ENTRIES
from vnvaxcert.trust.specimen import SpecimenAuthority, SpecimenSigner
from vnvaxcert.trust.usage import USAGE_OF_OID, Usage

ISSUED_AT = datetime(2022, 5, 1, tzinfo=UTC)
EXPIRES_AT = datetime(2022, 5, 3, tzinfo=UTC)
AUTHORITY = SpecimenAuthority(not_before=datetime(2022, 1, 1, tzinfo=UTC))
PUBLISHER_KEY = ec.derive_private_key(11, ec.SECP256R1())
PUBLISHER = AUTHORITY.issue_signer(key=PUBLISHER_KEY, name="List publisher")
KEYS = [ec.derive_private_key(number, ec.SECP256R1()) for number in range(21, 26)]

VACCINATION, TEST, RECOVERY = (
    *("1.3.6.1.4.1.1847.2021.1.2", "1.3.6.1.4.1.1847.2021.1.1"),
    "1.3.6.1.4.1.0.1847.2021.1.3",  # on the wrong arc
)


@cache
def signer(number: int = 0, *usages: Usage) -> SpecimenSigner:
    return AUTHORITY.issue_signer(key=KEYS[number], name=f"DSC {number}", usages=usages)


def jwk(number: int = 0, *usages: Usage, **changes: Any) -> dict[str, Any]:
    """A key as the list has it; a change of None takes a member away."""
    made = signer(number, *usages)
    members = {
        "x5t#S256": base64url(sha256(made.certificate).digest()),
        "kid": base64_of(made.kid),
        "x5c": [base64_of(made.certificate)],
        "use": "sig",
    }
    return jwk_of(KEYS[number], **(members | changes))


def country(*keys: Any, eku: Any = None) -> dict[str, Any]:
    return {"eku": {} if eku is None else eku, "keys": list(keys)}


def payload(**changes: Any) -> dict[str, Any]:
    made = {
        "iss": "https://list.example",
        "id": "5b",
        "aud": ["verifiers"],
        "iat": int(ISSUED_AT.timestamp()),
        "exp": int(EXPIRES_AT.timestamp()),
        "dsc_trust_list": {"UT": country(jwk())},
    }
    return {name: value for name, value in (made | changes).items() if value is not None}


def list_of(countries: Any, **options: Any) -> bytes:
    return list_with({"dsc_trust_list": countries}, **options)


def list_with(changes: dict[str, Any], **options: Any) -> bytes:
    options = {"key": PUBLISHER_KEY, "certificates": [PUBLISHER.certificate]} | options
    return signed_json(payload(**changes), header={"typ": "JOSE"}, **options)


def refusal(data: bytes, **options: Any) -> TrustListError:
    with pytest.raises(TrustListError) as caught:
        TrustList.from_bytes(data, **options)
    return caught.value


def reasons(data: bytes) -> list[tuple[str, str]]:
    return [(one.source, one.reason) for one in TrustList.from_bytes(data).set_aside]


# --- the example of the specification ------------------------------------------------------------


@cache
def example() -> tuple[bytes, dict[str, Any]]:
    """Its section 4: the JWS, and the payload as the document shows it."""
    text = (shared_vectors("trustlists") / "se" / "trust-list.md").read_text(encoding="utf-8")
    blocks = [text.partition(f"### 4.{n}")[2].split("```")[1].strip() for n in (1, 3)]
    return blocks[0].encode(), json.loads(blocks[1])


def example_signer() -> bytes:
    header = example()[0].partition(b".")[0]
    members = json.loads(base64.urlsafe_b64decode(header + b"=="))
    return base64.b64decode(members["x5c"][0])


def test_the_example_of_the_specification_verifies_with_its_own_certificate() -> None:
    data, shown = example()
    trust = TrustList.from_bytes(data, signing_key=example_signer())
    assert (trust.format, trust.authenticated) == ("Swedish list", True)
    assert trust.issued_at == datetime(2021, 5, 3, 8, 35, 37, tzinfo=UTC)
    assert trust.expires_at == datetime(2021, 5, 4, 8, 35, 37, tzinfo=UTC)
    assert trust.sequence == shown["iat"]
    assert not trust.set_aside


def test_the_example_has_every_key_the_document_shows() -> None:
    data, shown = example()
    expected = set()
    for code, value in shown["dsc_trust_list"].items():
        for key in value["keys"]:
            certificate = base64.b64decode(key["x5c"][0])
            oids = value["eku"].get(key["kid"], [])
            usages = frozenset(USAGE_OF_OID[oid] for oid in oids)
            expected.add((code, base64.b64decode(key["kid"]), certificate, usages))
    found = set()
    for key in TrustList.from_bytes(data):
        assert key.facts is not None
        assert not key.notes
        assert key.role == "signer"
        found.add((key.country, key.kid, key.facts.der, key.usages))
    assert len(expected) == 5
    assert found == expected
    assert len(TrustList.from_bytes(data).get(base64.b64decode("i4y+9ze+kjE="))) == 2


def test_the_example_is_refused_for_any_bit_of_its_signature() -> None:
    data, _ = example()
    signed, _, signature = data.rpartition(b".")
    raw = base64.urlsafe_b64decode(signature + b"==")
    for bit in range(8 * len(raw)):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        damaged = signed + b"." + base64url(bytes(changed)).encode()
        error = refusal(damaged, signing_key=example_signer())
        assert isinstance(error, TrustListSignatureError), f"bit {bit}"


def test_the_example_is_refused_for_a_change_of_its_text() -> None:
    data, _ = example()
    key = example_signer()
    places = [*range(0, data.rindex(b"."), 37), *range(data.rindex(b"."), len(data))]
    for place in places:
        other = b"B" if data[place : place + 1] == b"A" else b"A"
        refusal(data[:place] + other + data[place + 1 :], signing_key=key)


def test_a_certificate_that_signed_itself_for_a_list_is_no_authority() -> None:
    """The example's signer is self-signed: whoever has no key for it cannot trust it."""
    error = refusal(example()[0], authorities=AUTHORITY.trust_list())
    assert isinstance(error, TrustListSignatureError)
    assert error.place == "certificate of its signer"


# --- lists we made -------------------------------------------------------------------------------


def test_a_list_is_authenticated_with_key_certificate_or_authority() -> None:
    data = list_of({"UT": country(jwk())})
    public = PUBLISHER_KEY.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for options in (
        {"signing_key": public},
        {"signing_key": pem},
        {"signing_key": PUBLISHER.certificate},
        {"signing_key": json.dumps(jwk_of(PUBLISHER_KEY))},
        {"authorities": AUTHORITY.trust_list()},
        {"authorities": AUTHORITY.trust_list(), "signing_key": public},
    ):
        assert TrustList.from_bytes(data, **options).authenticated
    assert not TrustList.from_bytes(data).authenticated


def test_a_list_is_refused_with_another_key_or_authority() -> None:
    data = list_of({"UT": country(jwk())})
    stranger = ec.derive_private_key(12, ec.SECP256R1())
    other = SpecimenAuthority(not_before=datetime(2022, 1, 1, tzinfo=UTC))
    for options in (
        {"signing_key": stranger.public_key()},
        {"authorities": other.trust_list()},
        {"authorities": AUTHORITY.trust_list(), "signing_key": stranger.public_key()},
    ):
        assert isinstance(refusal(data, **options), TrustListSignatureError)
    # Signed by a stranger, with the publisher's certificate put beside it.
    forged = list_of({"UT": country(jwk())}, key=stranger)
    error = refusal(forged, authorities=AUTHORITY.trust_list())
    assert "not that of the certificate that came along" in str(error)
    bare = list_of({"UT": country(jwk())}, certificates=[])
    error = refusal(bare, authorities=AUTHORITY.trust_list())
    assert "no certificate of its signer came along" in str(error)


def test_a_key_of_another_kind_is_named() -> None:
    data = list_of({"UT": country(jwk())})
    error = refusal(data, signing_key=jws_maker.rsa_key().public_key())
    assert isinstance(error, TrustListSignatureError)
    assert (
        error.reason == "ES256 needs a key on the curve secp256r1, and the key is of another kind"
    )


def test_the_times_of_a_list_are_heeded() -> None:
    data = list_of({"UT": country(jwk())})
    trust = TrustList.from_bytes(data, at=ISSUED_AT, last_sequence=int(ISSUED_AT.timestamp()))
    assert (trust.issued_at, trust.expires_at) == (ISSUED_AT, EXPIRES_AT)
    day = timedelta(days=1)
    for at in (ISSUED_AT - day, EXPIRES_AT + day):
        assert isinstance(refusal(data, at=at), TrustListStaleError)
    error = refusal(data, last_sequence=int(ISSUED_AT.timestamp()) + 1)
    assert isinstance(error, TrustListRollbackError)


@pytest.mark.parametrize(
    ("own", "listed", "expected"),
    [
        ((), None, ()),
        ((), [], ()),
        ((), [VACCINATION], (Usage.VACCINATION,)),
        ((), [TEST, RECOVERY], (Usage.TEST, Usage.RECOVERY)),
        ((), ["1.3.6.1.5.5.7.3.2"], ()),
        ((Usage.TEST,), None, (Usage.TEST,)),
        ((Usage.TEST,), [], (Usage.TEST,)),
        ((Usage.TEST, Usage.RECOVERY), [TEST, VACCINATION], (Usage.TEST,)),
    ],
)
def test_usages_of_list_and_certificate_both_hold(
    own: tuple[Usage, ...], listed: list[str] | None, expected: tuple[Usage, ...]
) -> None:
    key = jwk(0, *own)
    eku = {} if listed is None else {key["kid"]: listed}
    (found,) = TrustList.from_bytes(list_of({"UT": country(key, eku=eku)}))
    assert found.usages == frozenset(expected)


def test_usages_that_have_nothing_in_common_set_a_key_aside() -> None:
    key = jwk(0, Usage.TEST)
    data = list_of({"UT": country(key, eku={key["kid"]: [VACCINATION]})})
    assert reasons(data) == [
        ("memory, country UT, key 1", "list and certificate allow different kinds of certificates")
    ]


def test_the_certificate_counts_and_not_the_numbers_beside_it() -> None:
    stranger = jwk_of(KEYS[1])
    key = jwk(0) | {"x": stranger["x"], "y": stranger["y"]}
    (found,) = TrustList.from_bytes(list_of({"UT": country(key)}))
    assert found.public_key == KEYS[0].public_key()
    assert found.facts is not None


def test_a_key_without_a_certificate_stands_as_a_bare_key() -> None:
    key = jwk(0, **{"x5c": None, "x5t#S256": None})
    eku = {key["kid"]: [RECOVERY]}
    (found,) = TrustList.from_bytes(list_of({"UT": country(key, eku=eku)}))
    assert found.facts is None
    assert found.public_key == KEYS[0].public_key()
    assert (found.country, found.usages) == ("UT", frozenset({Usage.RECOVERY}))


@pytest.mark.parametrize(
    "thumbprint",
    [base64url(bytes(32)), base64url(bytes(31)), "*", 5, [], "ä"],
)
def test_a_wrong_thumbprint_is_noted(thumbprint: object) -> None:
    (found,) = TrustList.from_bytes(list_of({"UT": country(jwk(0, **{"x5t#S256": thumbprint}))}))
    assert "the published thumbprint is not that of the certificate" in found.notes


def test_a_thumbprint_in_ordinary_base64_is_the_same_thumbprint() -> None:
    thumbprint = base64_of(sha256(signer().certificate).digest())
    (found,) = TrustList.from_bytes(list_of({"UT": country(jwk(0, **{"x5t#S256": thumbprint}))}))
    assert found.notes == ()


def test_a_signer_of_the_list_vouches_for_nobody() -> None:
    """What the list calls a signer is none, even where its certificate is an authority's."""
    key = jwk(0, x5c=[base64_of(AUTHORITY.certificate)])
    data = list_of({"UT": country(key)})
    as_authorities = TrustList.from_bytes(data)
    error = refusal(data, authorities=as_authorities)
    assert isinstance(error, TrustListSignatureError)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (jwk(0, kid=None), "kid: missing, empty or not Base64"),
        (jwk(0, kid=""), "kid: missing, empty or not Base64"),
        (jwk(0, kid=17), "kid: missing, empty or not Base64"),
        (jwk(0, kid="*"), "kid: missing, empty or not Base64"),
        (jwk(0, x5c=[]), "x5c: expected a list of certificates"),
        (jwk(0, x5c="MII"), "x5c: expected a list of certificates"),
        (jwk(0, x5c=[5]), "x5c: expected a list of certificates"),
        (jwk(0, x5c=["MII*"]), "certificate: neither DER nor Base64"),
        (jwk(0, x5c=["A" * 140_000]), "certificate: more than 65536 bytes"),
        (jwk(0, x5c=None, y=None), "y: missing"),
        (jwk(0, x5c=None, crv="P-384"), "the point is not on the curve"),
        (jwk(0, x5c=None, kty="OKP"), "kty: neither EC nor RSA"),
        (jwk(0, use="enc"), "use: it is not a key for signatures"),
        (jwk(0, use=""), "use: it is not a key for signatures"),
        (jwk(0, key_ops=["encrypt"]), "key_ops: it does not verify signatures"),
        (jwk(0, key_ops="verify"), "key_ops: it does not verify signatures"),
        (jwk(0, alg="ECDH-ES"), "alg: no algorithm for signatures with such a key"),
        (jwk(0, alg="RS256"), "alg: no algorithm for signatures with such a key"),
        (jwk(0, alg=[]), "alg: no algorithm for signatures with such a key"),
        (
            jwk(0, d="c2VjcmV0"),
            "a private or secret key, which nobody may publish and nobody may trust",
        ),
        ("text", "kid: missing, empty or not Base64"),
        (None, "kid: missing, empty or not Base64"),
    ],
)
def test_a_key_that_cannot_be_used_is_set_aside(key: object, reason: str) -> None:
    data = list_of({"UT": country(jwk(1), key)})
    assert reasons(data) == [("memory, country UT, key 2", reason)]
    assert len(TrustList.from_bytes(data)) == 1


def test_a_key_says_what_it_is_for_in_more_ways_than_one() -> None:
    key = jwk(0, use=None, key_ops=["verify"], alg="ES256")
    assert len(TrustList.from_bytes(list_of({"UT": country(key)}))) == 1


def test_a_member_that_is_null_counts_as_absent() -> None:
    nulls = dict.fromkeys(("use", "key_ops", "alg", "x5c", "x5t#S256", "d", "n", "e"))
    (found,) = TrustList.from_bytes(list_of({"UT": country(jwk(0) | nulls)}))
    assert (found.public_key, found.facts) == (KEYS[0].public_key(), None)


@pytest.mark.parametrize(
    ("eku", "reason"),
    [
        ([], "eku: what the keys of its country may sign cannot be read"),
        ("", "eku: what the keys of its country may sign cannot be read"),
        ({jwk()["kid"]: VACCINATION}, "eku: expected an array of object identifiers"),
        ({jwk()["kid"]: [5]}, "eku: expected an array of object identifiers"),
        ({jwk()["kid"]: {}}, "eku: expected an array of object identifiers"),
        (
            {jwk()["kid"]: [TEST], jwk()["kid"].rstrip("="): [TEST, VACCINATION]},
            "eku: there more than once for this key",
        ),
    ],
)
def test_a_restriction_that_cannot_be_read_sets_its_key_aside(eku: object, reason: str) -> None:
    data = list_of({"UT": {"eku": eku, "keys": [jwk()]}})
    assert reasons(data) == [("memory, country UT, key 1", reason)]


def test_a_restriction_of_a_key_that_is_not_there_is_reported() -> None:
    key = jwk()
    eku = {key["kid"]: [TEST], base64_of(b"elsewhere"): [TEST], "*": [TEST]}
    assert reasons(list_of({"UT": country(key, eku=eku)})) == [
        ("memory, country UT", "eku: of a key that is not there"),
        ("memory, country UT", "eku: of a key that is not there"),
    ]
    only = {"UT": {"keys": [key]}}
    assert reasons(list_of(only)) == []


@pytest.mark.parametrize("code", ["", "U", "UTOPIA", "U1", "Đ1", "U T", "\x1b[31m"])
def test_keys_of_a_country_that_is_none_are_set_aside(code: str) -> None:
    data = list_of({"UT": country(jwk(1)), code: country(jwk(0))})
    assert reasons(data) == [
        ("memory, country 2, key 1", "country: expected a code of two letters")
    ]


@pytest.mark.parametrize("value", [None, [], "x", {}, {"eku": {}}, {"keys": {}}, {"keys": None}])
def test_a_country_without_keys_is_set_aside(value: object) -> None:
    data = list_of({"UT": country(jwk()), "XX": value})
    assert reasons(data) == [("memory, country XX", "keys: expected an array")]


def test_one_kid_may_be_that_of_several_countries() -> None:
    key = jwk()
    trust = TrustList.from_bytes(list_of({"UT": country(key), "UU": country(key)}))
    assert [one.country for one in trust.get(signer().kid)] == ["UT", "UU"]


@pytest.mark.parametrize(
    ("changes", "place", "reason"),
    [
        ({"iat": None}, "iat", "expected a time in seconds since 1970"),
        ({"exp": None}, "exp", "expected a time in seconds since 1970"),
        ({"exp": "2022-05-03"}, "exp", "expected a time in seconds since 1970"),
        ({"iat": True}, "iat", "expected a time in seconds since 1970"),
        ({"iat": -1}, "iat", "expected a time in seconds since 1970"),
        ({"exp": 1e300}, "exp", "expected a time in seconds since 1970"),
        ({"dsc_trust_list": []}, "dsc_trust_list", "expected an object of countries"),
        ({"dsc_trust_list": {}}, "", "it is empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_list_of_another_structure_is_refused(
    changes: dict[str, Any], place: str, reason: str
) -> None:
    error = refusal(list_with(changes))
    assert isinstance(error, TrustListFormatError)
    assert (error.format, error.place, error.reason) == ("Swedish list", place, reason)


def test_no_list_has_more_keys_in_all_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    assert vars(sweden)["MAX_ENTRIES"] == MAX_ENTRIES
    monkeypatch.setattr(sweden, "MAX_ENTRIES", 10)
    many = {"UT": country(*[5] * 6), "UU": country(*[5] * 6)}
    error = refusal(list_with({"dsc_trust_list": many}))
    assert isinstance(error, TrustListFormatError)
    assert (error.place, error.reason) == ("dsc_trust_list", "more than 10 entries")


def test_a_payload_that_is_damaged_json_is_refused_by_place() -> None:
    text = json.dumps(payload())
    broken = jws_maker.compact(text[:-3].encode(), key=PUBLISHER_KEY)
    error = refusal(broken)
    assert isinstance(error, TrustListFormatError)
    assert (error.format, error.reason) == ("Swedish list", "not valid JSON")
    assert error.place.startswith("payload, line 1")
    array = jws_maker.compact(f"[{text}]".encode(), key=PUBLISHER_KEY)
    assert (refusal(array).place, refusal(array).reason) == ("payload", "expected a JSON object")
    twice = jws_maker.compact((text[:-1] + ', "iat": 1}').encode(), key=PUBLISHER_KEY)
    assert "a member given twice" in refusal(twice).reason


def test_the_signature_is_checked_before_the_payload_is_parsed() -> None:
    stranger = ec.derive_private_key(12, ec.SECP256R1())
    broken = jws_maker.compact(json.dumps(payload())[:-3].encode(), key=stranger)
    error = refusal(broken, signing_key=PUBLISHER_KEY.public_key())
    assert isinstance(error, TrustListSignatureError)


def test_a_damaged_list_is_still_a_swedish_list() -> None:
    data = list_of({"UT": country(jwk())})
    start = data.index(b".") + 100
    for changed in (
        data[:start] + b"*" + data[start + 1 :],
        data.rpartition(b".")[0],
        data + b".AAAA",
        data[:-1] + b"=",
    ):
        error = refusal(changed)
        assert isinstance(error, TrustListFormatError)
        assert (error.format, error.place) == ("Swedish list", "JWS")


def test_the_certificates_are_those_that_x509_reads() -> None:
    data = list_of({"UT": country(*(jwk(number) for number in range(5)))})
    for number, key in enumerate(TrustList.from_bytes(data)):
        parsed = x509.load_der_x509_certificate(signer(number).certificate)
        assert key.public_key == parsed.public_key()
        assert key.not_before == parsed.not_valid_before_utc
