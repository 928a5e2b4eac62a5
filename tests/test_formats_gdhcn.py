"""WHO's DID documents: the shared samples counted, documents of our own bent one way each.

The samples are of the shared suite, in the form of the real lists. All other documents are ours,
of throw-away keys; the numbers of their JWKs are written by the standard library here.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.errors import (
    ChainError,
    TrustListError,
    TrustListFormatError,
    TrustListSignatureError,
)
from vnvaxcert.trust.chain import find_authority
from vnvaxcert.trust.formats import FORMATS, gdhcn
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority, make_key
from vnvaxcert.trust.trustlist import TrustList

DID = "did:web:trust.example:v2:trustlist"
AUTHORITY = SpecimenAuthority(
    not_before=datetime(2022, 1, 1, tzinfo=UTC), key=make_key(KeyType.P384, 500)
)
CSCA = AUTHORITY.certificate
CSCA_KEY = make_key(KeyType.P384, 500).public_key()
KEY = make_key(KeyType.P256, 501).public_key()
DSC = AUTHORITY.issue_signer(key=make_key(KeyType.P256, 501)).certificate
OTHER_KEY = make_key(KeyType.P256, 502).public_key()
KID, CSCA_KID = (sha256(one).digest()[:8] for one in (DSC, CSCA))
VIET_NAM = bytes.fromhex("66d25512539d5a6d")


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def b64url(number: int, size: int, *, padded: bool = False) -> str:
    text = base64.urlsafe_b64encode(number.to_bytes(size, "big")).decode()
    return text if padded else text.rstrip("=")


def numbers(key: PublicKey, crv: str = "P-256", size: int = 32) -> dict[str, Any]:
    """The numbers of a key as the standard has them."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        point = key.public_numbers()
        x, y = b64url(point.x, size), b64url(point.y, size)
        return {"kty": "EC", "crv": crv, "x": x, "y": y}
    rsa = key.public_numbers()
    return {"kty": "RSA", "n": b64url(rsa.n, 256), "e": b64url(rsa.e, 3)}


def without_none(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def method(
    certificate: bytes | None = DSC,
    key: PublicKey = KEY,
    *,
    kid: bytes = KID,
    usage: str = "DSC",
    jwk: dict[str, Any] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """An entry of version 2; a change of None takes a member away."""
    size = (key.key_size + 7) // 8
    members = numbers(key, "P-256" if size == 32 else "P-384", size) | {"kid": b64(kid)}
    if certificate is not None:
        members["x5c"] = [b64(certificate), b64(CSCA)]
    return without_none(
        {
            "id": f"{DID}:DCC:UTO:{usage}#{b64(kid)}",
            "type": "JsonWebKey2020",
            "controller": DID,
            "publicKeyJwk": without_none(members | (jwk or {})),
            "domain": {"code": "#DCC"},
            "participant": {"code": "#UTO"},
            "keyusage": {"code": f"#{usage}"},
        }
        | changes
    )


def method_1(kid: bytes = KID, **changes: Any) -> dict[str, Any]:
    """An entry of version 1: only its id tells the participant."""
    jwk = numbers(KEY) | {"x5c": [b64(DSC), b64(CSCA)]}
    members = {
        "id": f"did:web:trust.example:trustlist:uto#{b64(kid)}",
        "type": "JsonWebKey2020",
        "controller": "did:web:trust.example:trustlist:uto",
        "publicKeyJwk": jwk,
    }
    return without_none(members | changes)


def authority(**changes: Any) -> dict[str, Any]:
    """An authority on P-384, named as the publisher's software names such a curve."""
    jwk = numbers(CSCA_KEY, "UNKNOWN CURVE", 48) | {"x5c": [b64(CSCA)]}
    return method(usage="SCA", kid=CSCA_KID, jwk=jwk, **changes)


def document(*methods: object, **others: Any) -> bytes:
    members = {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": DID,
        "controller": DID,
        "verificationMethod": list(methods),
    }
    return json.dumps(members | others).encode()


def load(*methods: object) -> TrustList:
    return TrustList.from_bytes(document(*methods), name="did.json")


def only_reason(entry: object) -> str:
    trust = load(entry)
    assert not len(trust)
    (one,) = trust.set_aside
    assert one.source == "did.json, entry 1"
    return one.reason


# --- the shared samples --------------------------------------------------------------------------


def sample(folder: Path, version: int) -> tuple[TrustList, list[Any]]:
    path = folder / f"sample-v{version}.json"
    methods = json.loads(path.read_text(encoding="utf-8"))["verificationMethod"]
    return TrustList.load(path), methods


@pytest.mark.parametrize(("version", "count", "aside"), [(1, 12, 2), (2, 12, 0)])
def test_the_samples_load_and_every_method_is_accounted_for(
    shared_vectors: Callable[[str], Path], version: int, count: int, aside: int
) -> None:
    trust, methods = sample(shared_vectors("gdhcn"), version)
    named = [one for one in methods if isinstance(one, dict)]
    good = [one for one in named if one["publicKeyJwk"].get("crv") != "UNKNOWN CURVE"]
    assert (len(good), len(methods) - len(good)) == (count, aside)
    assert (len(trust), len(trust.set_aside)) == (count, aside)
    assert (trust.format, trust.authenticated) == ("GDHCN DID document", False)
    assert (trust.issued_at, trust.sequence) == (None, None)
    for one in good:
        (key,) = trust[base64.b64decode(one["id"].partition("#")[2])]
        certificate = base64.b64decode(one["publicKeyJwk"]["x5c"][0])
        parsed = x509.load_der_x509_certificate(certificate)  # the second opinion
        assert key.facts is not None
        assert key.facts.der == certificate
        assert key.public_key == parsed.public_key()
        assert key.kid == parsed.fingerprint(hashes.SHA256())[:8]
        assert key.role == "signer"


@pytest.mark.parametrize("version", [1, 2])
def test_viet_nam_stands_in_the_samples_under_its_three_letters(
    shared_vectors: Callable[[str], Path], version: int
) -> None:
    trust, _ = sample(shared_vectors("gdhcn"), version)
    (key,) = trust[VIET_NAM]
    assert key.country == "VNM"
    assert key.facts is not None
    assert key.facts.country == "VN"
    assert sum(key.country == "SGP" for key in trust) == 10


def test_a_reference_and_a_curve_that_contradicts_its_certificate_are_passed_over(
    shared_vectors: Callable[[str], Path],
) -> None:
    trust, _ = sample(shared_vectors("gdhcn"), 1)
    assert [(one.kid, one.country, one.reason) for one in trust.set_aside] == [
        (b"", None, "a reference to another document, which is not followed"),
        # "ABCDEFGH" in Base64: a made-up kid for a certificate that stands there under its own.
        (bytes.fromhex("001083105187"), "XXU", "its JWK contradicts its certificate: crv"),
    ]


def test_the_numbers_alone_give_the_same_keys_as_the_certificates(
    shared_vectors: Callable[[str], Path],
) -> None:
    for version in (1, 2):
        trust, methods = sample(shared_vectors("gdhcn"), version)
        for one in methods:
            if isinstance(one, dict):
                one["publicKeyJwk"].pop("x5c")
        bare = TrustList.from_bytes(document(*methods))
        assert (len(bare), len(bare.set_aside)) == (12, len(trust.set_aside))
        for key in bare:
            assert (key.facts, key.not_after) == (None, None)
            assert key.public_key == trust[key.kid][0].public_key
            assert key.country == trust[key.kid][0].country


def test_both_samples_merge_to_one_list_of_the_same_keys(
    shared_vectors: Callable[[str], Path],
) -> None:
    folder = shared_vectors("gdhcn")
    trust = TrustList.load(folder / "sample-v1.json", folder / "sample-v2.json")
    assert len(trust) == 12


# --- usages, domains, participants ---------------------------------------------------------------


@pytest.mark.parametrize("usage", ["SCA", "CSCA"])
def test_authorities_are_authorities_whatever_their_curve_is_called(usage: str) -> None:
    trust = load(authority(keyusage={"code": f"#{usage}"}), method())
    (found,) = trust[CSCA_KID]
    assert (found.role, found.public_key, found.country) == ("authority", CSCA_KEY, "UTO")
    assert trust[KID][0].role == "signer"


def test_a_signer_chains_to_an_authority_of_the_same_document() -> None:
    signer = load(method())[KID][0].facts
    assert signer is not None
    at = datetime(2022, 6, 1, tzinfo=UTC)
    assert find_authority(signer, load(authority()), at).public_key == CSCA_KEY
    with pytest.raises(ChainError):  # who was published as a signer vouches for nobody
        find_authority(signer, load(method(CSCA, CSCA_KEY, kid=CSCA_KID)), at)


def test_the_issuer_behind_a_certificate_is_no_entry() -> None:
    trust = load(method())
    assert (len(trust), trust.set_aside) == (1, ())
    assert CSCA_KID not in trust


@pytest.mark.parametrize("usage", ["DECA", "DESC", "UP", "TLS", "", "DSC2", "x" * 99])
def test_keys_for_other_uses_are_set_aside(usage: str) -> None:
    shown = ascii(usage[:32].upper())
    assert only_reason(method(keyusage={"code": f"#{usage}"})) == (
        f"neither signer nor authority: keyusage {shown}"
    )


@pytest.mark.parametrize("usage", ["DSC", "#dsc", "https://codes.example/KeyUsage#DSC"])
def test_a_code_is_what_stands_behind_the_last_number_sign(usage: str) -> None:
    assert KID in load(method(keyusage={"code": usage}))


@pytest.mark.parametrize("usage", [None, "DSC", ["DSC"], {}, {"code": 5}, {"code": ["#DSC"]}])
def test_a_usage_in_another_form_is_none(usage: object) -> None:
    entry = method()
    if usage is None:
        del entry["keyusage"]
    else:
        entry["keyusage"] = usage
    assert only_reason(entry) == "neither signer nor authority: keyusage ''"


@pytest.mark.parametrize("domain", ["#PH4H", "#DDCC", "", "#RACSEL-DDVC\x1b", "#IPS-PILGRIMAGE"])
def test_keys_of_other_domains_are_set_aside(domain: str) -> None:
    shown = ascii(domain.lstrip("#"))
    assert only_reason(method(domain={"code": domain})) == f"for another domain: {shown}"


@pytest.mark.parametrize("domain", ["DCC", 5, None, []])
def test_a_domain_in_another_form_is_another_domain(domain: object) -> None:
    assert only_reason({**method(), "domain": domain}) == "for another domain: ''"


@pytest.mark.parametrize("domain", [None, {"code": "-"}, {"code": "#-"}, {"code": "#dcc"}])
def test_keys_of_all_domains_count(domain: object) -> None:
    assert KID in load(method(domain=domain))


@pytest.mark.parametrize(
    ("participant", "country"),
    [
        ({"code": "#VNM"}, "VNM"),
        ({"code": "xxh"}, "XXH"),
        ({"code": "#UT"}, "UT"),
        ({"code": "#1OM"}, AUTHORITY.country),
        ({"code": 5}, AUTHORITY.country),
        ("#VNM", AUTHORITY.country),
    ],
)
def test_the_participant_is_the_country_as_published(participant: object, country: str) -> None:
    assert load(method(participant=participant))[KID][0].country == country


def test_the_same_certificate_as_signer_and_as_authority_is_two_entries() -> None:
    trust = load(method(), method(usage="SCA"))
    assert [key.role for key in trust[KID]] == ["signer", "authority"]
    assert trust.set_aside == ()


def test_a_method_that_is_there_twice_is_set_aside_once() -> None:
    trust = load(method(), method())
    assert len(trust) == 1
    assert [one.reason for one in trust.set_aside] == ["repeats an earlier entry"]


# --- version 1 -----------------------------------------------------------------------------------


def test_version_1_tells_the_participant_in_its_id() -> None:
    trust = load(method_1())
    (key,) = trust[KID]
    assert (key.country, key.role, key.public_key) == ("UTO", "signer", KEY)


@pytest.mark.parametrize(
    "name",
    [
        None,
        5,
        "",
        f"#{b64(KID)}",
        f"did:web:trust.example#{b64(KID)}",
        f"did:web:trust.example:trustlist#{b64(KID)}",
        f"did:web:trust.example:trustlist:signerinfo#{b64(KID)}",
        f"did:web:trust.example:WHO:signing:DID#{b64(KID)}",
        f"did:web:trust.example:v2:trustlist:DCC:UTO:DSC#{b64(KID)}",
    ],
)
def test_a_method_that_says_nothing_of_its_use_is_a_signer_in_version_1_only(name: object) -> None:
    assert only_reason(method_1(id=name)) == (
        "neither a keyusage nor an id of version 1 of the lists"
    )


@pytest.mark.parametrize("member", ["domain", "participant"])
def test_a_method_of_version_2_needs_its_usage(member: str) -> None:
    entry = method_1() | {member: {"code": "#DCC"}}
    assert only_reason(entry) == "neither signer nor authority: keyusage ''"


# --- kids ----------------------------------------------------------------------------------------

ODD_KID = bytes.fromhex("fbefbefffff0f0f0")  # "++++///w8PA=": every character that URLs reserve


@pytest.mark.parametrize("fragment", [b64(ODD_KID), quote(b64(ODD_KID), safe="")])
@pytest.mark.parametrize("of_key", [None, b64(ODD_KID), b64(ODD_KID).rstrip("=")])
def test_the_kid_is_the_fragment_percent_encoded_or_not(fragment: str, of_key: str | None) -> None:
    entry = method(id=f"{DID}:DCC:UTO:DSC#{fragment}", jwk={"kid": of_key})
    assert ODD_KID in load(entry)


@pytest.mark.parametrize("name", [None, DID, f"{DID}#", 5])
def test_the_kid_of_the_key_stands_where_the_id_has_none(name: object) -> None:
    assert KID in load(method(id=name))


def test_a_kid_may_have_any_length() -> None:
    assert b"\x07" in load(method(kid=b"\x07"))
    assert bytes(32) in load(method(kid=bytes(32)))


@pytest.mark.parametrize("of_key", ["AQ==", "*", "", 5])
def test_kids_that_differ_are_set_aside(of_key: object) -> None:
    trust = load(method(jwk={"kid": of_key}))
    (one,) = trust.set_aside
    assert (one.kid, one.country) == (KID, "UTO")
    assert one.reason == "the kid of its id and that of its JWK differ"


@pytest.mark.parametrize("of_key", [None, "", "*", 5])
@pytest.mark.parametrize("name", [None, DID, f"{DID}#", f"{DID}#*", f"{DID}#%FF"])
def test_a_method_without_a_kid_is_set_aside(name: str | None, of_key: object) -> None:
    assert only_reason(method(id=name, jwk={"kid": of_key})) == (
        "kid: missing, empty or not Base64"
    )


# --- certificate and numbers ---------------------------------------------------------------------


def test_a_key_without_certificate_is_a_bare_one() -> None:
    (key,) = load(method(None))[KID]
    assert (key.facts, key.public_key, key.country, key.role) == (None, KEY, "UTO", "signer")
    (vouching,) = load(method(None, CSCA_KEY, usage="SCA"))
    assert (vouching.facts, vouching.public_key) == (None, CSCA_KEY)
    assert vouching.role == "authority"


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("certificate", [DSC, None])
def test_coordinates_may_have_a_byte_too_many_or_lack_one(
    certificate: bytes | None, padded: bool
) -> None:
    privates = (ec.derive_private_key(value, ec.SECP256R1()) for value in range(600, 5000))
    private = next(one for one in privates if one.public_key().public_numbers().y >> 248 == 0)
    point = private.public_key().public_numbers()
    if certificate is not None:
        certificate = AUTHORITY.issue_signer(key=private).certificate
    jwk = {"x": b64url(point.x, 33, padded=padded), "y": b64url(point.y, 31, padded=padded)}
    trust = load(method(certificate, jwk=jwk))
    assert trust[KID][0].public_key == private.public_key()


def test_a_modulus_may_have_a_zero_byte_in_front() -> None:
    private = make_key(KeyType.RSA2048)
    certificate = AUTHORITY.issue_signer(key=private).certificate
    rsa = numbers(private.public_key())
    n = base64.urlsafe_b64encode(b"\0" + base64.urlsafe_b64decode(rsa["n"] + "==")).decode()
    jwk = rsa | {"n": n, "crv": None, "x": None, "y": None}
    for one in (certificate, None):
        (key,) = load(method(one, jwk=jwk))[KID]
        assert key.public_key == private.public_key()
    assert only_reason(method(certificate, jwk=jwk | {"e": "Aw"})) == (
        "its JWK contradicts its certificate: e"
    )
    assert only_reason(method(jwk=jwk)) == "its JWK contradicts its certificate: kty, n, e"


@pytest.mark.parametrize(
    ("jwk", "members"),
    [
        (numbers(OTHER_KEY), "x, y"),
        ({"x": "AQ"}, "x"),
        ({"y": ""}, "y"),
        ({"y": "*"}, "y"),
        ({"y": "ä"}, "y"),
        ({"y": 5}, "y"),
        ({"y": "A" * 5000}, "y"),
        ({"kty": "RSA"}, "kty"),
        ({"kty": ["EC"]}, "kty"),
        ({"kty": "x" * 5000}, "kty"),
        ({"crv": "P-384"}, "crv"),
        ({"crv": "UNKNOWN CURVE"}, "crv"),
        ({"crv": "secp256r1"}, "crv"),
        ({"crv": {}}, "crv"),
        ({"e": "AQAB"}, "e"),
        ({"n": "AQAB"}, "n"),
    ],
)
def test_numbers_that_contradict_the_certificate_set_it_aside(
    jwk: dict[str, Any], members: str
) -> None:
    trust = load(method(jwk=jwk))
    assert not len(trust)
    (one,) = trust.set_aside
    assert (one.kid, one.country) == (KID, "UTO")
    assert one.reason == f"its JWK contradicts its certificate: {members}"


@pytest.mark.parametrize("name", ["P-256", "P-521"])
def test_the_name_of_another_curve_contradicts_an_authority_too(name: str) -> None:
    entry = authority()
    entry["publicKeyJwk"]["crv"] = name
    assert only_reason(entry) == "its JWK contradicts its certificate: crv"


@pytest.mark.parametrize("name", ["P-384", "UNKNOWN CURVE", None, "brainpoolP384r1"])
def test_an_authority_s_curve_may_have_its_name_or_none(name: str | None) -> None:
    entry = authority()
    entry["publicKeyJwk"]["crv"] = name
    assert CSCA_KID in load(entry)


@pytest.mark.parametrize("name", ["kty", "crv", "x", "y"])
def test_what_a_jwk_does_not_say_contradicts_nothing(name: str) -> None:
    assert KID in load(method(jwk={name: None}))


def test_a_certificate_that_is_contradicted_does_not_stand_in_the_way_of_a_good_one() -> None:
    trust = load(method(jwk={"x": "AQ"}), method())
    assert [key.source for key in trust] == ["did.json, entry 2"]
    assert [one.reason for one in trust.set_aside] == ["its JWK contradicts its certificate: x"]


@pytest.mark.parametrize("certificate", [DSC, None])
@pytest.mark.parametrize("private", [b64url(501, 32), None, 0])
def test_a_private_key_is_set_aside_and_not_shown(
    certificate: bytes | None, private: object
) -> None:
    entry = method(certificate)
    entry["publicKeyJwk"]["d"] = private
    assert only_reason(entry) == "publicKeyJwk: a private key"


@pytest.mark.parametrize("chain", [[], "text", [5], [""], {}, [[b64(DSC)]], 0])
def test_an_x5c_in_another_form_is_set_aside(chain: object) -> None:
    assert only_reason(method(jwk={"x5c": chain})) == "x5c: not an array of certificates"


@pytest.mark.parametrize("text", ["*", "ä", b64(b"text"), b64(DSC[:-1]), b64(DSC) + "AA"])
def test_an_x5c_that_is_no_certificate_is_set_aside(text: str) -> None:
    assert only_reason(method(jwk={"x5c": [text]}))


@pytest.mark.parametrize("jwk", [None, "text", [], 5])
def test_a_method_without_a_jwk_is_set_aside(jwk: object) -> None:
    reason = "publicKeyJwk: missing, or not an object"
    assert only_reason({**method(), "publicKeyJwk": jwk}) == reason


@pytest.mark.parametrize(
    ("jwk", "reason"),
    [
        ({"crv": "UNKNOWN CURVE"}, "crv: "),
        ({"x": None}, "x: missing"),
        ({"kty": "OKP"}, "kty: neither EC nor RSA"),
        ({"x": b64url(1, 32)}, "the point is not on the curve"),
        ({"p": "AQ"}, "a private or secret key"),
    ],
)
def test_numbers_alone_that_are_no_key_are_set_aside(jwk: dict[str, Any], reason: str) -> None:
    assert only_reason(method(None, jwk=jwk)).startswith(f"publicKeyJwk: {reason}")


def test_bare_keys_that_say_the_same_are_one() -> None:
    padded = {name: numbers(KEY)[name] + "=" for name in ("x", "y")}
    trust = load(method(None), method(None, jwk=padded), method(None, OTHER_KEY))
    assert [key.public_key for key in trust[KID]] == [KEY, OTHER_KEY]
    assert [one.reason for one in trust.set_aside] == ["repeats an earlier entry"]


# --- the document --------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", [None, 5, [], True])
def test_a_method_that_is_no_object_is_set_aside_and_counted(entry: object) -> None:
    assert only_reason(entry) == "not an object"


def test_a_document_of_references_trusts_nobody_and_follows_none() -> None:
    names = [f"{DID}-ref:DCC:VNM:DSC", "did:web:trust.example:trustlist"]
    trust = load(*names)
    assert not trust
    assert {one.reason for one in trust.set_aside} == {
        "a reference to another document, which is not followed"
    }
    assert len(trust.set_aside) == 2


@pytest.mark.parametrize("given", ["signing_key", "authorities"])
def test_its_proof_cannot_be_checked_and_a_key_for_it_is_refused(given: str) -> None:
    options: dict[str, Any] = {"signing_key": KEY, "authorities": AUTHORITY.trust_list()}
    proof = {"type": "JsonWebSignature2020", "created": "2026-08-22T00:00:00Z", "jws": "e30..AA"}
    data = document(method(), proof=proof)
    with pytest.raises(TrustListSignatureError) as caught:
        TrustList.from_bytes(data, **{given: options[given]})
    assert str(caught.value) == (
        "trust list (GDHCN DID document): "
        "there is something to check a signature with, and this format has none that can be"
    )


def test_a_time_that_only_the_proof_vouches_for_is_not_believed() -> None:
    data = document(method(), proof={"created": "2026-08-22T00:00:00Z"})
    trust = TrustList.from_bytes(data, at=datetime(2022, 1, 1, tzinfo=UTC))
    assert trust.issued_at is None
    assert not trust.authenticated


@pytest.mark.parametrize("methods", [None, {}, "text", 5])
def test_a_document_without_its_array_is_refused(methods: object) -> None:
    with pytest.raises(TrustListFormatError, match=r"verificationMethod.*: expected an array"):
        TrustList.from_bytes(document(verificationMethod=methods))


def test_a_document_without_methods_is_refused() -> None:
    with pytest.raises(TrustListFormatError, match="it is empty"):
        load()


def test_more_methods_than_any_list_has_are_refused() -> None:
    data = document(*[5] * (MAX_ENTRIES + 1))
    with pytest.raises(TrustListFormatError, match=f"more than {MAX_ENTRIES} methods"):
        TrustList.from_bytes(data)


@pytest.mark.parametrize("entry", [method(), method_1(), authority(), DID])
def test_a_did_document_is_recognised_as_that_alone(entry: object) -> None:
    content = Content(document(entry))
    assert [known for known in FORMATS if known.recognise(content)] == [gdhcn.GDHCN]


@pytest.mark.parametrize("data", [b"{}", b"[]", b'["verificationMethod"]', b"text", b"5"])
def test_other_content_is_no_did_document(data: bytes) -> None:
    assert not gdhcn.GDHCN.recognise(Content(data))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@given(st.data())
def test_any_member_may_be_anything_and_the_method_is_accounted_for(data: st.DataObject) -> None:
    entry = data.draw(st.sampled_from([method(), method(None), method_1(), authority()]))
    places = [(entry, name) for name in entry]
    places += [(entry["publicKeyJwk"], name) for name in entry["publicKeyJwk"]]
    for place, name in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=3)):
        place[name] = data.draw(JSON)
    content = Content(document(entry, "did:web:trust.example"))
    reading = gdhcn.read_document(content, Context("did.json"))
    assert len(reading.entries) + len(reading.set_aside) == 2
    assert all(str(one.outcome()) and one.identity() for one in reading.entries)


@given(st.data())
def test_any_damage_ends_in_a_list_or_in_an_error_of_lists(data: st.DataObject) -> None:
    text = bytearray(document(method(), method(None), authority(), "did:web:trust.example"))
    for _ in range(data.draw(st.integers(1, 3))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    try:
        trust = TrustList.from_bytes(bytes(text))
    except TrustListError:
        return
    assert len(trust) + len(trust.set_aside)
