"""Switzerland's list: the pair of July 2021, and lists we made in the same form."""

from __future__ import annotations

import base64
import json
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import jws_maker
from foreign import shared_vectors
from jws_maker import base64_of, base64url, compact, jwk_of, rsa_key, signed_json
from vnvaxcert import TrustList
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import (
    InvalidSignatureError,
    TrustListError,
    TrustListFormatError,
    TrustListRollbackError,
    TrustListSignatureError,
)
from vnvaxcert.schema.records import Kind
from vnvaxcert.trust.formats import switzerland
from vnvaxcert.trust.jws import read_jws
from vnvaxcert.trust.specimen import SpecimenAuthority
from vnvaxcert.trust.usage import Usage

PUBLISHER = ec.derive_private_key(11, ec.SECP256R1())
KEYS = [ec.derive_private_key(number, ec.SECP256R1()) for number in range(21, 26)]
JULY_2021 = datetime(2021, 7, 15, 19, 44, tzinfo=UTC)


# --- the pair that was published -----------------------------------------------------------------


@cache
def folder() -> Path:
    return shared_vectors("trustlists") / "ch"


@cache
def published() -> tuple[bytes, bytes]:
    """The keys, and which of them are active."""
    names = ("CH-20210715at1944-updates.jwt", "CH-20210715at1944-keylist.jwt")
    keys, active = ((folder() / name).read_bytes() for name in names)
    return keys, active


def decoded(data: bytes, part: int) -> Any:
    return json.loads(base64.urlsafe_b64decode(data.split(b".")[part] + b"=="))


@cache
def publisher() -> bytes:
    return base64.b64decode(decoded(published()[0], 0)["x5c"][0])


@cache
def root() -> TrustList:
    return TrustList.load(folder() / "CH-root.crt")


def test_the_pair_is_read_as_one_list_in_either_order() -> None:
    certs = decoded(published()[0], 1)["certs"]
    expected = Counter((base64.b64decode(one["keyId"]), one["alg"]) for one in certs)
    assert len(certs) == 131
    for files in (published(), published()[::-1]):
        trust = TrustList.from_bytes(*files)
        found = Counter(
            (key.kid, "ES256" if Algorithm.ES256 in key.algorithms else "RS256") for key in trust
        )
        assert found == expected
        assert trust.set_aside == ()
        assert (trust.format, trust.authenticated) == ("Swiss list", False)


def test_each_key_may_sign_what_its_letters_say() -> None:
    certs = {
        base64.b64decode(one["keyId"]): one["use"] for one in decoded(published()[0], 1)["certs"]
    }
    meaning = {
        "sig": frozenset[Usage](),
        "tvr": frozenset({Usage.TEST, Usage.VACCINATION, Usage.RECOVERY}),
        "t": frozenset({Usage.TEST}),
        "v": frozenset({Usage.VACCINATION}),
        "r": frozenset({Usage.RECOVERY}),
        "l": frozenset({Usage.LIGHT}),
    }
    keys = list(TrustList.from_bytes(*published()))
    assert len(keys) == 131
    for key in keys:
        assert key.usages == meaning[certs[key.kid]]
        assert (key.facts, key.country, key.role) == (None, None, "signer")
        assert key.algorithms in ({Algorithm.ES256}, {Algorithm.PS256})


def test_the_keys_are_those_of_the_certificates_that_others_publish() -> None:
    trust = TrustList.from_bytes(*published())
    folder = shared_vectors("trustlists")
    german = TrustList.load(folder / "de" / "dsc-list.txt")
    german |= TrustList.load(folder / "de-2023" / "production.dsc-list.json")
    compared = Counter[Algorithm]()
    for key in trust:
        theirs = [one.public_key for one in german.get(key.kid) if one.role == "signer"]
        assert not theirs or key.public_key in theirs
        compared[min(key.algorithms)] += bool(theirs)
    assert compared[Algorithm.ES256] >= 100
    assert compared[Algorithm.PS256] >= 1


def test_the_pair_is_authenticated_by_its_publisher_or_by_the_root() -> None:
    options: list[dict[str, Any]] = [
        {"signing_key": publisher()},
        {"authorities": root()},
        {"authorities": root(), "at": JULY_2021},
        {"authorities": root(), "signing_key": publisher()},
    ]
    for one in options:
        for files in (published(), published()[::-1]):
            assert TrustList.from_bytes(*files, **one).authenticated


def test_the_pair_is_refused_with_another_key_authority_or_moment() -> None:
    stranger = SpecimenAuthority(not_before=datetime(2021, 1, 1, tzinfo=UTC)).trust_list()
    expired = datetime(2035, 3, 1, tzinfo=UTC)
    options: list[dict[str, Any]] = [
        {"signing_key": PUBLISHER.public_key()},
        {"signing_key": rsa_key().public_key()},
        {"authorities": stranger},
        {"authorities": root(), "at": expired},
        {"authorities": root(), "signing_key": rsa_key().public_key()},
    ]
    for one in options:
        with pytest.raises(TrustListSignatureError):
            TrustList.from_bytes(*published(), **one)


def test_the_pair_loads_from_files_and_from_a_folder_of_them(tmp_path: Path) -> None:
    for name, data in zip(("b.jwt", "a.jwt"), published(), strict=True):
        (tmp_path / name).write_bytes(data + b"\n")
    trust = TrustList.load(tmp_path / "a.jwt", tmp_path / "b.jwt", signing_key=publisher())
    assert (len(trust), trust.authenticated) == (131, True)
    assert trust.get(bytes.fromhex("2e5dcd3f4df33b16"))[0].source == "a.jwt + b.jwt, key 1"
    assert len(TrustList.load(tmp_path)) == 131


@pytest.mark.parametrize("which", [0, 1], ids=["keys", "active keys"])
def test_no_bit_of_a_signature_may_change(which: int) -> None:
    files = list(published())
    signed, _, signature = files[which].rpartition(b".")
    raw = base64.urlsafe_b64decode(signature + b"==")
    assert len(raw) == 256
    certificate = x509.load_der_x509_certificate(publisher())
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    read_jws(files[which]).verify(key)
    for bit in range(8 * len(raw)):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        files[which] = signed + b"." + base64url(bytes(changed)).encode()
        with pytest.raises(InvalidSignatureError):
            read_jws(files[which]).verify(key)
        if bit % 64 == 0:
            with pytest.raises(TrustListSignatureError):
                TrustList.from_bytes(*files, signing_key=key)


@pytest.mark.parametrize(("which", "step"), [(0, 173), (1, 97)], ids=["keys", "active keys"])
def test_no_byte_of_a_part_may_change(which: int, step: int) -> None:
    """A sample of the signed text, and all of the text of the signature."""
    files = list(published())
    whole = files[which]
    places = [*range(0, whole.rindex(b"."), step), *range(whole.rindex(b"."), len(whole))]
    key = publisher()
    for place in places:
        other = b"B" if whole[place : place + 1] == b"A" else b"A"
        files[which] = whole[:place] + other + whole[place + 1 :]
        with pytest.raises(TrustListError):
            TrustList.from_bytes(*files, signing_key=key)


# --- lists we made -------------------------------------------------------------------------------


def kid_of(number: int) -> bytes:
    return bytes((number,)) * 8


def cert(number: int = 0, **changes: Any) -> dict[str, Any]:
    """A key as the list writes it: standard Base64, and null for what it has not."""
    numbers = jwk_of(KEYS[number])
    made: dict[str, Any] = {
        "keyId": base64_of(kid_of(number)),
        "use": "sig",
        "alg": "ES256",
        **dict.fromkeys(("n", "e", "subjectPublicKeyInfo")),
        "crv": "P-256",
        **{name: standard(numbers[name]) for name in ("x", "y")},
    }
    return made | changes


def rsa_cert(number: int = 0, **changes: Any) -> dict[str, Any]:
    numbers = rsa_key().public_key().public_numbers()
    made = {
        "alg": "RS256",
        "n": base64_of(numbers.n.to_bytes(257, "big")),
        "e": "AQAB",
        **dict.fromkeys(("crv", "x", "y")),
    }
    return cert(number) | made | changes


def standard(text: str) -> str:
    return base64_of(base64.urlsafe_b64decode(text + "=="))


def keys_part(*certs: Any, **options: Any) -> bytes:
    return signed_json({"certs": list(certs)}, **({"key": PUBLISHER} | options))


def active_part(*numbers: Any, **options: Any) -> bytes:
    names = [base64_of(kid_of(one)) if type(one) is int else one for one in numbers]
    document = {"activeKeyIds": names, "validDuration": 172_800_000, "upTo": 5}
    return signed_json(document, **({"key": PUBLISHER} | options))


def refusal(*data: bytes, **options: Any) -> TrustListError:
    with pytest.raises(TrustListError) as caught:
        TrustList.from_bytes(*data, **options)
    return caught.value


def reasons(*data: bytes) -> list[tuple[str, str]]:
    source = " + ".join(f"memory, part {number}" for number in range(1, len(data) + 1))
    aside = TrustList.from_bytes(*data).set_aside
    assert all(one.source.startswith(f"{source}, ") for one in aside)
    return [(one.source.removeprefix(f"{source}, "), one.reason) for one in aside]


def test_a_key_that_is_not_active_is_set_aside() -> None:
    files = keys_part(cert(0), cert(1), cert(2)), active_part(0, 2)
    assert reasons(*files) == [("key 2", "it is not on the list of active keys")]
    trust = TrustList.from_bytes(*files)
    assert [key.kid for key in trust] == [kid_of(0), kid_of(2)]
    assert trust.get(kid_of(1)) == ()


def test_an_active_key_that_is_not_there_is_set_aside() -> None:
    files = keys_part(cert(0)), active_part(0, 7, "*", None, 8)
    assert reasons(*files) == [
        ("active key 2", "it is active, and has no key"),
        ("active key 3", "kid: not Base64"),
        ("active key 4", "kid: not Base64"),
        ("active key 5", "it is active, and has no key"),
    ]
    assert TrustList.from_bytes(*files).set_aside[0].kid == kid_of(7)


def test_an_active_key_that_is_unusable_is_reported_once() -> None:
    files = keys_part(cert(0), cert(1, y="AA==")), active_part(0, 1)
    assert reasons(*files) == [("key 2", "the point is not on the curve")]


def test_an_identifier_is_compared_by_its_bytes() -> None:
    kid = base64url(b"\xff\xfb\xff\x01\x02\x03\x04\x05")
    files = keys_part(cert(0, keyId=standard(kid))), active_part(kid)
    assert reasons(*files) == []
    assert len(TrustList.from_bytes(*files)) == 1


def test_no_active_key_means_no_key() -> None:
    assert not TrustList.from_bytes(keys_part(cert(0)), active_part())


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("sig", ()),
        ("t", (Usage.TEST,)),
        ("vr", (Usage.VACCINATION, Usage.RECOVERY)),
        ("rtv", (Usage.VACCINATION, Usage.RECOVERY, Usage.TEST)),
        ("tl", (Usage.TEST, Usage.LIGHT)),
        ("vv", (Usage.VACCINATION,)),
    ],
)
def test_letters_are_usages(use: str, expected: tuple[Usage, ...]) -> None:
    (key,) = TrustList.from_bytes(keys_part(cert(0, use=use)), active_part(0))
    assert key.usages == frozenset(expected)


@pytest.mark.parametrize("use", [None, "", "x", "tvx", "SIG", "sign", "derive", 5, ["t"], {}])
def test_a_use_of_no_known_kind_sets_a_key_aside(use: object) -> None:
    files = keys_part(cert(0, use=use)), active_part(0)
    assert reasons(*files) == [("key 1", "use: expected 'sig', or letters out of t, v, r and l")]


@pytest.mark.parametrize("use", ["l", "ll"])
def test_a_key_for_light_certificates_alone_may_sign_nothing_else(use: str) -> None:
    (key,) = TrustList.from_bytes(keys_part(cert(0, use=use)), active_part(0))
    assert key.usages == {Usage.LIGHT}
    assert not set(Kind) & key.usages


def test_rsa_keys_are_for_ps256() -> None:
    public = rsa_key().public_key()
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pkcs1 = public.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    forms: list[dict[str, Any]] = [
        {},
        {"n": None, "e": None, "subjectPublicKeyInfo": base64_of(spki)},
        {"n": None, "e": None, "subjectPublicKeyInfo": base64_of(pkcs1)},
    ]
    for changes in forms:
        (key,) = TrustList.from_bytes(keys_part(rsa_cert(0, **changes)), active_part(0))
        assert key.public_key == public
        assert key.algorithms == {Algorithm.PS256}


EC_SPKI = KEYS[0].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
NOT_RSA = {"n": None, "e": None}


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (cert(0, keyId=None), "keyId: missing, empty or not Base64"),
        (cert(0, keyId=""), "keyId: missing, empty or not Base64"),
        (cert(0, keyId="*"), "keyId: missing, empty or not Base64"),
        (cert(0, alg=None), "alg: neither ES256 nor RS256"),
        (cert(0, alg="PS256"), "alg: neither ES256 nor RS256"),
        (cert(0, alg=[]), "alg: neither ES256 nor RS256"),
        (cert(0, alg="RS256"), "n: missing"),
        (cert(0, crv=None), "crv: missing"),
        (cert(0, crv="P-384"), "the point is not on the curve"),
        (cert(0, x=None), "x: missing"),
        (cert(0, y=5), "y: no number in Base64"),
        (
            cert(0, d="c2VjcmV0"),
            "a private or secret key, which nobody may publish and nobody may trust",
        ),
        (rsa_cert(0, alg="ES256"), "crv: missing"),
        (rsa_cert(0, e=None), "e: missing"),
        (rsa_cert(0, e="AQ=="), "public key: not a usable EC or RSA key"),
        (rsa_cert(0, **NOT_RSA), "n: missing"),
        (
            rsa_cert(0, **NOT_RSA, subjectPublicKeyInfo=5),
            "subjectPublicKeyInfo: expected a key in Base64",
        ),
        (
            rsa_cert(0, **NOT_RSA, subjectPublicKeyInfo="A" * 5000),
            "subjectPublicKeyInfo: expected a key in Base64",
        ),
        *(
            (
                rsa_cert(0, **NOT_RSA, subjectPublicKeyInfo=text),
                "subjectPublicKeyInfo: no RSA key that can be used",
            )
            for text in ("", "*", "MAA=", "MAMCAQE=", "MIIB")
        ),
        (
            rsa_cert(0, **NOT_RSA, subjectPublicKeyInfo=base64_of(EC_SPKI)),
            "subjectPublicKeyInfo: not an RSA key",
        ),
        ("text", "use: expected 'sig', or letters out of t, v, r and l"),
        (None, "use: expected 'sig', or letters out of t, v, r and l"),
    ],
)
def test_a_key_that_cannot_be_used_is_set_aside(key: object, reason: str) -> None:
    files = keys_part(cert(1), key), active_part(1)
    assert reasons(*files) == [("key 2", reason)]


def test_several_batches_of_keys_are_one_list() -> None:
    files = keys_part(cert(0), cert(1)), active_part(0, 2), keys_part(cert(2), cert(3))
    trust = TrustList.from_bytes(*files, signing_key=PUBLISHER.public_key())
    assert [key.kid for key in trust] == [kid_of(0), kid_of(2)]
    assert reasons(*files) == [
        ("batch 1, key 2", "it is not on the list of active keys"),
        ("batch 2, key 2", "it is not on the list of active keys"),
    ]


def test_every_part_has_to_be_signed_by_the_publisher() -> None:
    key = PUBLISHER.public_key()
    stranger = ec.derive_private_key(12, ec.SECP256R1())
    good = keys_part(cert(0)), active_part(0), keys_part(cert(1))
    assert TrustList.from_bytes(*good, signing_key=key).authenticated
    forged = (
        keys_part(cert(0), key=stranger),
        active_part(0, key=stranger),
        keys_part(cert(1), key=stranger),
    )
    for number in range(3):
        files = [*good[:number], forged[number], *good[number + 1 :]]
        assert isinstance(refusal(*files, signing_key=key), TrustListSignatureError)


def test_one_part_alone_says_what_is_missing() -> None:
    error = refusal(keys_part(cert(0)))
    assert isinstance(error, TrustListFormatError)
    assert "load it together with the file of 'activeKeyIds'" in error.reason
    error = refusal(active_part(0))
    assert isinstance(error, TrustListFormatError)
    assert "load it together with the file of 'certs'" in error.reason
    for parts in ((keys_part(cert(0)), keys_part(cert(1))), (active_part(0), active_part(0))):
        assert "is missing" in refusal(*parts).reason or "are missing" in refusal(*parts).reason
    both = refusal(keys_part(cert(0)), active_part(0), active_part(1))
    assert both.reason == "more than one list of active keys"


def test_one_part_alone_is_refused_for_its_signature_first() -> None:
    error = refusal(keys_part(cert(0)), signing_key=rsa_key().public_key())
    assert isinstance(error, TrustListSignatureError)


def test_another_list_beside_the_pair_is_merged() -> None:
    own = ec.derive_private_key(31, ec.SECP256R1())
    other = json.dumps({"keys": [jwk_of(own, kid="AQID")]}).encode()
    trust = TrustList.from_bytes(keys_part(cert(0)), other, active_part(0))
    assert [key.kid for key in trust] == [kid_of(0), b"\1\2\3"]
    assert trust.format == "Swiss list+JWK set"


@pytest.mark.parametrize(
    ("documents", "place", "reason"),
    [
        (({"certs": {}}, {"activeKeyIds": []}), "certs", "expected an array"),
        (({"certs": []}, {"activeKeyIds": {}}), "activeKeyIds", "expected an array"),
        (({"certs": []}, {"activeKeyIds": []}), "", "it is empty"),
        (
            ({"certs": []}, {"activeKeyIds": [""] * 100_001}),
            "activeKeyIds",
            "more than 100000 entries",
        ),
        (({"certs": [0] * 100_001}, {"activeKeyIds": []}), "certs", "more than 100000 entries"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_list_of_another_structure_is_refused(
    documents: tuple[dict[str, Any], ...], place: str, reason: str
) -> None:
    error = refusal(*(signed_json(document) for document in documents))
    assert isinstance(error, TrustListFormatError)
    assert (error.format, error.reason) == ("Swiss list", reason)
    assert error.place.endswith(place)


def test_all_batches_together_have_no_more_keys_than_the_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(switzerland, "MAX_ENTRIES", 10)
    batch = signed_json({"certs": [0] * 6})
    error = refusal(batch, batch, signed_json({"activeKeyIds": []}))
    assert isinstance(error, TrustListFormatError)
    assert error.place.endswith(", certs")
    assert error.reason == "more than 10 entries"


def test_it_states_no_time_and_no_sequence() -> None:
    files = keys_part(cert(0)), active_part(0)
    trust = TrustList.from_bytes(*files, at=JULY_2021)
    assert (trust.issued_at, trust.expires_at, trust.sequence) == (None, None, None)
    assert isinstance(refusal(*files, last_sequence=1), TrustListRollbackError)


def test_a_damaged_part_is_still_of_the_swiss_list() -> None:
    good = active_part(0)
    part = keys_part(cert(0))
    place = part.index(b".") + 60
    for damaged in (part[:place] + b"~" + part[place + 1 :], part[:-2], part + b"="):
        error = refusal(good, damaged)
        assert isinstance(error, TrustListFormatError)
        assert error.format == "Swiss list"
    unknown = compact(b'{"other": []}')
    assert refusal(unknown).format == "unknown"


def test_a_swiss_list_may_come_as_json() -> None:
    protected, payload, signature = jws_maker.parts(
        json.dumps({"certs": [cert(0)]}).encode(), key=PUBLISHER
    )
    as_json = {"payload": payload, "protected": protected, "signature": signature}
    trust = TrustList.from_bytes(
        json.dumps(as_json).encode(), active_part(0), signing_key=PUBLISHER.public_key()
    )
    assert len(trust) == 1
