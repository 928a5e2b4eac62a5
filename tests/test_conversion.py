"""Conversions: what is written is read as the same keys again, and what is lost is named.

The expectations of real lists are counted here by other means: certificates with `cryptography`,
PEM with `openssl`'s form in mind, JSON with the standard library. What we made ourselves is made of
specimens.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

import cms_maker
import foreign
import jws_maker
from vnvaxcert import TrustList
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.cose.keys import PublicKey
from vnvaxcert.errors import (
    KeyMismatchError,
    SignerKeyError,
    TrustListFormatError,
    TrustListSignatureError,
)
from vnvaxcert.trust import der
from vnvaxcert.trust.anchors import Anchors
from vnvaxcert.trust.conversion import TARGETS, Conversion, Loss, convert
from vnvaxcert.trust.entry import TrustedKey, may_vouch
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority
from vnvaxcert.trust.spki import encode_spki
from vnvaxcert.trust.usage import Usage

START = datetime(2026, 1, 5, tzinfo=UTC)
END = START + timedelta(days=7)


def key_number(number: int, curve: ec.EllipticCurve | None = None) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(number, curve or ec.SECP256R1())


AUTHORITY = SpecimenAuthority(not_before=START, key=key_number(601))
PUBLISHER = AUTHORITY.issue_signer(key=key_number(602), name="Specimen publisher")
SIGNERS = [
    AUTHORITY.issue_signer(key=key_number(610 + number), name=f"DSC {number}", usages=usages)
    for number, usages in enumerate(([], [Usage.TEST], [Usage.TEST, Usage.VACCINATION]))
]
CERTIFICATES = [*(one.certificate for one in SIGNERS), AUTHORITY.certificate]
BARE: list[PublicKey] = [
    key_number(620).public_key(),
    key_number(621, ec.SECP384R1()).public_key(),
    key_number(622, ec.BrainpoolP256R1()).public_key(),
    key_number(623, ec.SECP256K1()).public_key(),
    rsa.RSAPublicNumbers(65537, (1 << 2047) + 1).public_key(),
]

# What a key says that has to come back: all but where it was read.
Said = tuple[object, ...]


def said(key: TrustedKey) -> Said:
    material = encode_spki(key.public_key) if key.facts is None else key.facts.der
    usages = frozenset(usage.name for usage in key.usages)
    return key.kid, material, key.role, key.country, usages, key.algorithms, may_vouch(key)


def all_said(trust: TrustList) -> set[Said]:
    return {said(key) for key in trust}


def whats(conversion: Conversion) -> Counter[str]:
    """How often each thing is lost."""
    return Counter(loss.what for loss in conversion.losses)


def of_keys(conversion: Conversion) -> list[Loss]:
    return [loss for loss in conversion.losses if loss.kid]


def mixed_list() -> TrustList:
    """Certificates and bare keys of every kind; kids that are none of the certificate's."""
    trust = TrustList.from_certificates(CERTIFICATES)
    trust |= TrustList.from_keys({b"\x01": BARE[:2]}, country="VN")
    return trust | TrustList.from_keys(
        {bytes(40): BARE[4]}, usages=[Usage.TEST], country="XXH", role="signer"
    )


# --- the whole -----------------------------------------------------------------------------------


def test_the_targets_are_those_of_the_command() -> None:
    assert TARGETS == ("cbor", "gateway", "pem", "did")


@pytest.mark.parametrize("target", TARGETS)
def test_the_same_list_gives_the_same_bytes(target: str) -> None:
    first, second = convert(mixed_list(), target), convert(mixed_list(), target)
    assert first == second


@pytest.mark.parametrize("target", TARGETS)
def test_what_was_set_aside_is_lost_with_its_reason(target: str) -> None:
    trust = TrustList.from_certificates([CERTIFICATES[0], b"\x30\x00"])
    (loss,) = [one for one in convert(trust, target).losses if "set aside" in one.what]
    (aside,) = trust.set_aside
    assert loss == (
        aside.kid,
        aside.source,
        f"the entry was set aside and is not written: {aside.reason}",
    )
    assert len(TrustList.from_bytes(convert(trust, target).data)) == 1


@pytest.mark.parametrize("target", TARGETS)
def test_a_list_with_nothing_to_write_is_refused(target: str) -> None:
    with pytest.raises(TrustListFormatError, match="there is no"):
        convert(TrustList(), target)


@pytest.mark.parametrize("target", ["gateway", "pem"])
def test_a_list_of_bare_keys_alone_is_refused_where_they_cannot_stand(target: str) -> None:
    with pytest.raises(TrustListFormatError, match="no certificate in the list"):
        convert(TrustList.from_keys({b"k": BARE[0]}), target)


def key_set(**times: int) -> bytes:
    """A list signed as JWS, with any times."""
    members = {"kty": "EC", "kid": "AAEC", "crv": "P-256", **point_of(BARE[0])}
    return jws_maker.signed_json({"keys": [members], **times})


def point_of(key: PublicKey) -> dict[str, str]:
    assert isinstance(key, ec.EllipticCurvePublicKey)
    numbers = key.public_numbers()
    return {
        name: jws_maker.base64url(number.to_bytes(32, "big"))
        for name, number in (("x", numbers.x), ("y", numbers.y))
    }


def test_what_a_list_says_of_itself_is_no_mistake_of_the_caller() -> None:
    reversed_times = TrustList.from_bytes(key_set(iat=1_700_000_000, exp=1_600_000_000))
    with pytest.raises(TrustListFormatError, match="ends before it begins"):
        convert(reversed_times, "cbor")
    with pytest.raises(ValueError, match="it is before issued_at"):
        convert(reversed_times, "cbor", issued_at=START)
    assert TrustList.from_bytes(convert(reversed_times, "cbor", expires_at=END).data)

    spki = b64encode(encode_spki(BARE[0])).decode()
    signed = cms_maker.signed(
        dutch := json.dumps({"eu_keys": {"AAEC": [{"subjectPk": spki, "keyUsage": []}]}}).encode(),
        cms_maker.certify(cms_maker.ec_key(5)),
        detached=True,
        signed_at=datetime(1955, 1, 1, tzinfo=UTC),
    )
    members = {"payload": b64encode(dutch).decode(), "signature": b64encode(signed).decode()}
    old = TrustList.from_bytes(json.dumps(members).encode())
    assert old.sequence == -473385600
    made = convert(old, "cbor")
    assert {loss.what for loss in made.losses} >= {"its sequence number", "its time of issue"}
    again = TrustList.from_bytes(made.data)
    assert (len(again), again.sequence, again.issued_at) == (1, None, None)
    with pytest.raises(ValueError, match="sequence: a signed list states it"):
        convert(old, "cbor", signer=PUBLISHER.signer, issued_at=START, expires_at=END)


@pytest.mark.parametrize("target", ["gateway", "pem", "did"])
@pytest.mark.parametrize(
    "given",
    [{"signer": PUBLISHER.signer}, {"sequence": 1}, {"issued_at": START}, {"expires_at": END}],
    ids=lambda given: next(iter(given)),
)
def test_what_a_target_cannot_honour_is_refused(target: str, given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(given))):
        convert(mixed_list(), target, **given)


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"target": "xml"}, ValueError, "cbor, gateway, pem, did"),
        ({"trust": []}, TypeError, "TrustList"),
        ({"sequence": "1"}, TypeError, "sequence"),
        ({"sequence": True}, TypeError, "sequence"),
        ({"sequence": -1}, ValueError, "0 or more"),
        ({"sequence": 2**64}, ValueError, "64 bits"),
        ({"issued_at": datetime(2026, 1, 1)}, ValueError, "no time zone"),
        ({"expires_at": 5}, TypeError, "expires_at"),
        ({"issued_at": datetime(1969, 1, 1, tzinfo=UTC)}, ValueError, "before 1970"),
        ({"issued_at": END, "expires_at": START}, ValueError, "before issued_at"),
    ],
)
def test_a_mistake_of_the_caller_is_told(
    given: dict[str, Any], error: type[Exception], words: str
) -> None:
    arguments: dict[str, Any] = {"trust": mixed_list(), "target": "cbor"}
    with pytest.raises(error, match=words):
        convert(**(arguments | given))


# --- our own form --------------------------------------------------------------------------------


def test_our_own_form_takes_everything_along() -> None:
    made = convert(mixed_list(), "cbor")
    assert made.losses == ()
    assert all_said(TrustList.from_bytes(made.data)) == all_said(mixed_list())


def test_a_signed_list_states_what_the_caller_says() -> None:
    made = convert(
        mixed_list(),
        "cbor",
        signer=PUBLISHER.signer,
        sequence=2**64 - 1,
        issued_at=START + timedelta(microseconds=999_999),
        expires_at=END,
    )
    assert made.losses == ()
    read = TrustList.from_bytes(made.data, authorities=AUTHORITY.trust_list(), at=START)
    assert (read.authenticated, read.sequence) == (True, 2**64 - 1)
    assert (read.issued_at, read.expires_at) == (START, END)
    assert all_said(read) == all_said(mixed_list())


def test_number_and_times_of_the_list_are_kept() -> None:
    signed = convert(
        mixed_list(), "cbor", signer=PUBLISHER.signer, sequence=4, issued_at=START, expires_at=END
    )
    trust = TrustList.from_bytes(signed.data, signing_key=PUBLISHER.certificate)
    again = convert(trust, "cbor", signer=PUBLISHER.signer)
    assert again == signed
    unsigned = convert(trust, "cbor")
    assert [loss.what for loss in unsigned.losses] == [
        "its signature was checked; the result carries none"
    ]
    read = TrustList.from_bytes(unsigned.data)
    assert (read.sequence, read.issued_at, read.expires_at) == (4, START, END)


@pytest.mark.parametrize("missing", ["sequence", "issued_at", "expires_at"])
def test_a_list_is_not_signed_without_number_and_times(missing: str) -> None:
    stated: dict[str, Any] = {"sequence": 0, "issued_at": START, "expires_at": END}
    del stated[missing]
    with pytest.raises(ValueError, match=missing):
        convert(mixed_list(), "cbor", signer=PUBLISHER.signer, **stated)


class Remote:
    """A signer that is none of ours: a key elsewhere."""

    def __init__(self, certificate: bytes | None = None, signature: bytes | None = None) -> None:
        self.algorithm = Algorithm.ES256
        self.kid = b"remote"
        if certificate is not None:
            self.certificate = certificate
        self._signature = signature

    certificate: bytes | None = None

    def sign(self, to_be_signed: bytes) -> bytes:
        return self._signature or PUBLISHER.signer.sign(to_be_signed)


def with_an_ed25519_key() -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "UT")])
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, START, END)
    return builder.sign(key, None).public_bytes(Encoding.DER)


def signed_by(signer: Remote) -> bytes:
    return convert(
        mixed_list(), "cbor", signer=signer, sequence=0, issued_at=START, expires_at=END
    ).data


def test_a_signer_without_a_certificate_publishes_without_one() -> None:
    data = signed_by(Remote())
    assert TrustList.from_bytes(data, signing_key=PUBLISHER.certificate).authenticated
    with pytest.raises(TrustListSignatureError, match="no certificate of its signer"):
        TrustList.from_bytes(data, authorities=AUTHORITY.trust_list())


def test_a_signature_that_its_certificate_does_not_verify_is_not_published() -> None:
    with pytest.raises(KeyMismatchError):
        signed_by(Remote(PUBLISHER.certificate, bytes(64)))
    with pytest.raises(KeyMismatchError):
        signed_by(Remote(SIGNERS[0].certificate))
    with pytest.raises(KeyMismatchError):
        signed_by(Remote(AUTHORITY.issue_signer(key=KeyType.RSA2048).certificate))
    for certificate in (b"\x30\x00", with_an_ed25519_key()):
        with pytest.raises(SignerKeyError):
            signed_by(Remote(certificate))


def test_a_country_that_is_no_code_is_lost() -> None:
    trust = TrustList.from_keys({b"k": BARE[0]}, country="Viet Nam")
    (loss,) = convert(trust, "cbor").losses
    assert loss == (b"k", "memory", "its country, Viet Nam: one has two or three letters")


def restricted_key() -> TrustList:
    """An authority's bare RSA key whose own parameters ask for SHA-512."""
    sha512 = bytes.fromhex("300b0609608648016503040203")
    parameters = der.encode(der.SEQUENCE, der.encode(0xA0, sha512))
    pss = der.encode(der.SEQUENCE, bytes.fromhex("06092a864886f70d01010a"), parameters)
    plain = encode_spki(BARE[4])
    spki = der.encode(der.SEQUENCE, pss, plain[plain.index(b"\x03\x82") :])
    return TrustList.from_bytes(cbor2.dumps({1: 1, 6: [{2: [b"k", spki], 3: 1}]}))


@pytest.mark.parametrize("target", ["cbor", "did"])
def test_the_parameters_of_a_bare_key_are_lost(target: str) -> None:
    trust = restricted_key()
    assert [key.algorithms for key in trust] == [frozenset()]
    (loss,) = of_keys(convert(trust, target))
    assert loss.what == "the parameters that restrict its key to other PSS signatures"


# --- PEM -----------------------------------------------------------------------------------------


def test_pem_is_read_by_others_as_the_same_certificates() -> None:
    made = convert(mixed_list(), "pem")
    found = x509.load_pem_x509_certificates(made.data)
    assert [one.public_bytes(Encoding.DER) for one in found] == CERTIFICATES
    assert max(map(len, made.data.splitlines())) == 64


def test_pem_loses_bare_keys_and_nothing_of_certificates_alone() -> None:
    made = convert(mixed_list(), "pem")
    assert whats(made) == {"a bare key, without a certificate: it is not written": 3}
    assert all_said(TrustList.from_bytes(made.data)) == all_said(
        TrustList.from_certificates(CERTIFICATES)
    )


def gateway(*entries: dict[str, str]) -> TrustList:
    return TrustList.from_bytes(json.dumps(entries).encode())


def entry(certificate: bytes, **changes: str) -> dict[str, str]:
    return {
        "kid": b64encode(sha256(certificate).digest()[:8]).decode(),
        "country": "UT",
        "certificateType": "DSC",
        "rawData": b64encode(certificate).decode(),
    } | changes


@pytest.mark.parametrize(
    ("trust", "words"),
    [
        (gateway(entry(CERTIFICATES[0], kid="AQ==")), "its kid: that of the certificate is "),
        (gateway(entry(CERTIFICATES[0], country="VN")), "its country, VN: the certificate has UT"),
        (
            gateway(entry(CERTIFICATES[0], certificateType="CSCA")),
            "its role, authority: by its certificate it is of the role signer",
        ),
        (
            gateway(entry(AUTHORITY.certificate)),
            "its role, signer: by its certificate it is of the role authority",
        ),
    ],
    ids=["kid", "country", "authority", "signer"],
)
def test_pem_loses_what_is_not_in_the_certificate(trust: TrustList, words: str) -> None:
    (loss,) = of_keys(convert(trust, "pem"))
    assert loss.what.startswith(words)
    assert loss.source == "memory, entry 1"


def usages_of_the_list() -> TrustList:
    """A certificate for all kinds that the list restricts to tests."""
    kid = SIGNERS[0].kid
    group = {1: [kid, CERTIFICATES[0]], 5: 5}
    return TrustList.from_bytes(cbor2.dumps({1: 1, 6: [group]}))


@pytest.mark.parametrize("target", ["gateway", "pem", "did"])
def test_usages_of_the_list_are_lost(target: str) -> None:
    (loss,) = of_keys(convert(usages_of_the_list(), target))
    assert loss.what == "its usages: it may sign recovery, test, and will be read as for more"
    assert convert(usages_of_the_list(), "cbor").losses == ()


def test_a_certificate_with_two_kids_stands_once() -> None:
    trust = gateway(entry(CERTIFICATES[0]), entry(CERTIFICATES[0], kid="AQ=="))
    made = convert(trust, "pem")
    assert made.data.count(b"BEGIN CERTIFICATE") == 1
    assert len(of_keys(made)) == 1


# --- the gateway's JSON --------------------------------------------------------------------------

OF_THE_GATEWAY = "the countries' own signatures over their certificates: the result has none"


def test_the_gateway_gets_the_members_its_list_has() -> None:
    made = convert(TrustList.from_certificates(CERTIFICATES), "gateway")
    rows = json.loads(made.data)
    assert [b64decode(row["rawData"]) for row in rows] == CERTIFICATES
    assert [row["certificateType"] for row in rows] == ["DSC", "DSC", "DSC", "CSCA"]
    for row, certificate in zip(rows, CERTIFICATES, strict=True):
        digest = sha256(certificate).digest()
        assert (b64decode(row["kid"]), row["thumbprint"]) == (digest[:8], digest.hex())
        assert (row["country"], row["signature"]) == ("UT", "")


def test_the_gateway_loses_bare_keys_and_the_countries_signatures() -> None:
    made = convert(mixed_list(), "gateway")
    assert whats(made) == {
        OF_THE_GATEWAY: 1,
        "a bare key, without a certificate: it is not written": 3,
    }
    read = TrustList.from_bytes(made.data)
    expected = {said(key)[:-1] for key in TrustList.from_certificates(CERTIFICATES)}
    assert {said(key)[:-1] for key in read} == expected


def test_the_gateway_has_countries_of_two_letters() -> None:
    made = convert(gateway(entry(CERTIFICATES[0], country="XXH")), "gateway")
    assert [one.what for one in of_keys(made)] == ["its country, XXH: one has two letters there"]
    assert [key.country for key in TrustList.from_bytes(made.data)] == ["UT"]


def test_a_signer_of_its_own_making_stops_vouching_where_it_becomes_a_dsc() -> None:
    silent = self_signed()
    trust = TrustList.from_certificates([silent])
    assert len(Anchors(trust).keys) == 1
    for target in ("gateway", "did"):
        made = convert(trust, target)
        assert [one.what for one in of_keys(made)] == [
            "that it may vouch for others: as a DSC it may not"
        ]
        assert len(Anchors(TrustList.from_bytes(made.data)).keys) == 0
    assert convert(trust, "cbor").losses == ()
    published = gateway(entry(silent))
    (loss,) = of_keys(convert(published, "pem"))
    assert loss.what == "that it vouches for nobody: its certificate does not forbid it"


def self_signed() -> bytes:
    """A certificate without extensions, as a test signer of a command line tool is."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "UT")])
    key = key_number(630)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, START, END)
    return builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)


# --- DID documents -------------------------------------------------------------------------------

OF_A_DID = "a proof of who published it: the result has none"
PARTICIPANTS = "participants: a country of two letters is left to the certificate"


def test_a_did_document_has_the_members_of_the_network() -> None:
    did = "did:web:trust.example:v2:trustlist"
    document = json.loads(convert(mixed_list(), "did", did=did).data)
    assert (document["id"], document["controller"]) == (did, did)
    first, *_, last = document["verificationMethod"]
    kid = first["publicKeyJwk"]["kid"]
    assert first["id"] == f"{did}:DCC:-:DSC#{kid}"
    assert b64decode(kid) == SIGNERS[0].kid
    assert b64decode(first["publicKeyJwk"]["x5c"][0]) == CERTIFICATES[0]
    assert (first["type"], first["controller"]) == ("JsonWebKey2020", did)
    assert first["keyusage"] == {"code": "#DSC"}
    assert "participant" not in first
    assert last["participant"] == {"code": "#XXH"}
    assert last["id"].startswith(f"{did}:DCC:XXH:DSC#")
    assert {m["keyusage"]["code"] for m in document["verificationMethod"]} == {"#DSC", "#SCA"}


def test_a_did_document_carries_bare_keys() -> None:
    made = convert(mixed_list(), "did")
    assert whats(made) == {
        OF_A_DID: 1,
        PARTICIPANTS: 1,
        "its country, VN: a participant has three letters": 2,
        "its usages: it may sign test, and will be read as for more": 1,
    }
    read = TrustList.from_bytes(made.data)
    assert {said(key)[:3] for key in read} == {said(key)[:3] for key in mixed_list()}


def test_a_bare_key_without_a_name_for_its_curve_is_not_written() -> None:
    trust = TrustList.from_keys({b"k": [BARE[2], BARE[3]], b"l": BARE[0]}, role="authority")
    made = convert(trust, "did")
    (loss,) = of_keys(made)
    assert loss.what == "a bare key on a curve without a name in JWK: it is not written"
    assert len(TrustList.from_bytes(made.data)) == 2
    with pytest.raises(TrustListFormatError, match="a JWK can hold"):
        convert(TrustList.from_keys({b"k": BARE[3]}, role="authority"), "did")


def test_a_certificate_without_a_name_for_its_curve_is_written() -> None:
    authority = SpecimenAuthority(not_before=START, key=key_number(640, ec.SECP256K1()))
    made = convert(authority.trust_list(), "did")
    jwk = json.loads(made.data)["verificationMethod"][0]["publicKeyJwk"]
    assert sorted(jwk) == ["kid", "kty", "x5c"]
    (read,) = TrustList.from_bytes(made.data)
    (written,) = authority.trust_list()
    assert said(read)[:-1] == said(written)[:-1]


@pytest.mark.parametrize(
    "did",
    [
        "",
        "did:web:",
        "did:web",
        "did::x",
        "did:Web:x",
        "web:x",
        "did:web:x:",
        "did:web:x#key",
        "did:web:x?y",
        "did:web:x y",
        "did:web:é",
        "did:web:" + "x" * 2048,
    ],
)
def test_what_is_no_did_is_refused(did: str) -> None:
    with pytest.raises(ValueError, match="did: expected one such as"):
        convert(mixed_list(), "did", did=did)


# --- mixed lists ---------------------------------------------------------------------------------

KIDS = st.binary(min_size=1, max_size=12)
COUNTRIES = st.none() | st.sampled_from(["VN", "UT", "XXH", "PRT", "no code"])
USAGES = st.frozensets(st.sampled_from(list(Usage)))
PARTS = st.one_of(
    st.lists(st.sampled_from(CERTIFICATES), min_size=1).map(TrustList.from_certificates),
    st.builds(
        lambda kid, keys, usages, country, role: TrustList.from_keys(
            {kid: keys}, usages=usages, country=country, role=role
        ),
        KIDS,
        st.lists(st.sampled_from(BARE), min_size=1, max_size=3),
        USAGES,
        COUNTRIES,
        st.sampled_from(["signer", "authority"]),
    ),
    st.builds(
        lambda certificate, kid, country, kind: gateway(
            entry(certificate, country=country, certificateType=kind, kid=kid)
        ),
        st.sampled_from(CERTIFICATES),
        st.sampled_from(["AQ==", "AQIDBAUGBwg="]),
        st.sampled_from(["VN", "UT", "XXH"]),
        st.sampled_from(["DSC", "CSCA"]),
    ),
)
LISTS = st.lists(PARTS, min_size=1, max_size=4)


@given(LISTS, st.sampled_from(TARGETS))
def test_a_key_comes_back_as_it_was_unless_its_loss_was_named(
    parts: list[TrustList], target: str
) -> None:
    trust = TrustList()
    for part in parts:
        trust |= part
    try:
        made = convert(trust, target)
    except TrustListFormatError:
        assert all(key.facts is None for key in trust)
        return
    read = TrustList.from_bytes(made.data)
    # Entries that differed in what was lost are the same now.
    assert {one.reason for one in read.set_aside} <= {"repeats an earlier entry"}
    assert not read.set_aside or target in ("gateway", "did")
    harmed = {(one.kid, one.source) for one in made.losses}
    expected = {said(key) for key in trust if (key.kid, key.source) not in harmed}
    if target == "cbor":
        assert expected <= all_said(read)
    # Elsewhere a role is told that was not, or the other way round: a loss only where it counts.
    assert {one[:-1] for one in expected} <= {said(key)[:-1] for key in read}
    invented = {said(key)[1] for key in read} - {said(key)[1] for key in trust}
    assert not invented


# --- real lists ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lists() -> Path:
    return foreign.shared_vectors("trustlists")


AUTHENTICITY = "its signature was checked; the result carries none"
TIMES = ["its sequence number", "its time of issue", "the time until which it may be used"]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", ["de/dsc-list.txt", "de-2023/acceptance.dsc-list.json"])
def test_the_german_lists_come_back_whole(lists: Path, name: str, target: str) -> None:
    trust = TrustList.load(lists / name)
    made = convert(trust, target)
    read = TrustList.from_bytes(made.data)
    assert not read.set_aside
    expected: dict[str, dict[str, int]] = {
        "cbor": {},
        "gateway": {OF_THE_GATEWAY: 1},
        "did": {OF_A_DID: 1, PARTICIPANTS: 1},
    }
    if target != "pem":
        assert whats(made) == expected[target]
        assert all_said(read) == all_said(trust)
        return
    lost = {loss.kid for loss in made.losses}
    assert {one.what.partition(",")[0] for one in made.losses} <= {
        "its role",
        "that it vouches for nobody: its certificate does not forbid it",
    }
    same = {said(key)[:3] for key in trust if key.kid not in lost}
    assert same <= {said(key)[:3] for key in read}
    assert {said(key)[:2] for key in trust} == {said(key)[:2] for key in read}


def test_the_signature_of_a_real_list_is_lost(lists: Path) -> None:
    trust = TrustList.load(lists / "de/dsc-list.txt", signing_key=lists / "de/signing-key.pem")
    for target in TARGETS:
        assert AUTHENTICITY in whats(convert(trust, target))
    assert [one.what for one in convert(trust, "cbor").losses] == [AUTHENTICITY]


@pytest.mark.parametrize("target", TARGETS)
def test_the_austrian_list_loses_its_times(lists: Path, target: str) -> None:
    trust = TrustList.load(lists / "at/list-v2.json")
    made = convert(trust, target)
    read = TrustList.from_bytes(made.data)
    assert {said(key)[:2] for key in read} == {said(key)[:2] for key in trust}
    lost = [one.what for one in made.losses if not one.kid]
    if target == "cbor":
        assert lost == []
        assert (read.sequence, read.expires_at) == (0, trust.expires_at)
    else:
        assert [what for what in lost if what in TIMES] == TIMES


def test_the_swiss_list_is_of_bare_keys(lists: Path) -> None:
    folder = lists / "ch"
    trust = TrustList.load(*sorted(folder.glob("*.jwt")))
    assert (len(trust), trust.set_aside) == (131, ())
    made = convert(trust, "cbor")
    assert made.losses == ()
    assert all_said(TrustList.from_bytes(made.data)) == all_said(trust)
    with pytest.raises(TrustListFormatError, match="no certificate"):
        convert(trust, "pem")
    restricted = sum(bool(key.usages) for key in trust)
    made = convert(trust, "did")
    assert len(of_keys(made)) == restricted
    read = TrustList.from_bytes(made.data)
    written = [key for key in trust if key.usages != {Usage.LIGHT}]
    assert {said(key)[:3] for key in read} == {said(key)[:3] for key in written}


@pytest.mark.parametrize("target", TARGETS)
def test_the_archive_of_the_commission_comes_back_whole(lists: Path, target: str) -> None:
    trust = TrustList.load(lists / "ec-archive")
    assert Counter(key.role for key in trust) == {"signer": 190, "authority": 10}
    made = convert(trust, target)
    read = TrustList.from_bytes(made.data)
    assert {said(key)[:6] for key in read} == {said(key)[:6] for key in trust}
    aside = sum("set aside" in one.what for one in made.losses)
    assert aside == len(trust.set_aside)


def test_a_key_for_light_certificates_alone_is_written_only_where_its_usage_is() -> None:
    keys = {SIGNERS[0].kid: key_number(701).public_key()}
    light = TrustList.from_keys(keys, usages=[Usage.LIGHT])
    both = light | TrustList.from_certificates(CERTIFICATES[1:2])
    (again,) = TrustList.from_bytes(convert(light, "cbor").data)
    assert again.usages == {Usage.LIGHT}
    for target in ("did", "gateway", "pem"):
        conversion = convert(both, target)
        assert [key.kid for key in TrustList.from_bytes(conversion.data)] == [SIGNERS[1].kid]
        assert any(loss.kid == SIGNERS[0].kid for loss in conversion.losses)
    certified = TrustList.from_bytes(
        cbor2.dumps({**cbor2.loads(convert(both, "cbor").data), 6: [LIGHT_GROUP]})
    )
    assert [key.usages for key in certified] == [{Usage.LIGHT}]
    for target in ("did", "gateway", "pem"):
        with pytest.raises(TrustListFormatError):
            convert(certified, target)


LIGHT_GROUP = {1: [SIGNERS[0].kid, SIGNERS[0].certificate], 5: 8}
