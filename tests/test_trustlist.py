"""Trust lists: look-up by kid, merging, laziness, and keys given in every form."""

from __future__ import annotations

import base64
import copy
import gc
import json
import pickle
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import reduce
from hashlib import sha256
from operator import or_
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

import vnvaxcert.trust.entry
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import TrustListFormatError, TrustListSignatureError
from vnvaxcert.trust import der
from vnvaxcert.trust.certificate import read_certificate
from vnvaxcert.trust.entry import Entry, Published, certificate_kid, decode_base64
from vnvaxcert.trust.trustlist import SetAside, TrustedKey, TrustList
from vnvaxcert.trust.usage import Usage

KEYS = [ec.derive_private_key(number, ec.SECP256R1()) for number in range(101, 106)]
START = datetime(2022, 1, 1, tzinfo=UTC)
END = datetime(2024, 1, 1, tzinfo=UTC)
VACCINATION = "1.3.6.1.4.1.1847.2021.1.2"
RECOVERY = "1.3.6.1.4.1.1847.2021.1.3"


def certificate(
    key: Any = KEYS[0],
    *,
    usages: tuple[str, ...] = (),
    is_ca: bool | None = None,
    cert_sign: bool | None = None,
) -> bytes:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "UT"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Specimen"),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(START)
        .not_valid_after(END)
    )
    if usages:
        oids = [x509.ObjectIdentifier(oid) for oid in usages]
        builder = builder.add_extension(x509.ExtendedKeyUsage(oids), critical=False)
    if is_ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(is_ca, None), critical=True)
    if cert_sign is not None:
        bits = (True, False, False, False, False, cert_sign, False, False, False)
        builder = builder.add_extension(x509.KeyUsage(*bits), critical=True)
    signed = builder.sign(KEYS[0], hashes.SHA256(), ecdsa_deterministic=True)
    return signed.public_bytes(Encoding.DER)


DSC, OTHER = certificate(), certificate(KEYS[1])
KID, OTHER_KID = (sha256(one).digest()[:8] for one in (DSC, OTHER))


def public(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def pem(content: bytes, label: str = "CERTIFICATE") -> str:
    body = base64.encodebytes(content).decode()
    return f"-----BEGIN {label}-----\n{body}-----END {label}-----\n"


def gateway(*entries: tuple[bytes, bytes], **members: Any) -> bytes:
    """A gateway's list of kids and certificates; members are added to each entry."""
    return json.dumps(
        [
            {
                "kid": base64.b64encode(kid).decode(),
                "certificateType": "DSC",
                "rawData": base64.b64encode(content).decode(),
            }
            | members
            for kid, content in entries
        ]
    ).encode()


def only(trust: TrustList) -> TrustedKey:
    (key,) = trust
    return key


def reasons(trust: TrustList) -> list[str]:
    assert not len(trust)
    return [one.reason for one in trust.set_aside]


# --- looking up ----------------------------------------------------------------------------------


def test_a_certificate_is_found_under_its_own_kid_with_all_that_it_says() -> None:
    trust = TrustList.from_certificates([certificate(usages=(VACCINATION,))])
    key = only(trust)
    assert key.facts is not None
    assert key.kid == sha256(key.facts.der).digest()[:8]
    assert trust[key.kid] == trust.get(key.kid) == (key,)
    assert key.public_key == KEYS[0].public_key()
    assert key.algorithms == {Algorithm.ES256}
    assert (key.not_before, key.not_after) == (START, END)
    assert (key.subject, key.country) == ("CN=Specimen,C=UT", "UT")
    assert key.usages == {Usage.VACCINATION}
    assert (key.role, key.notes) == ("signer", ())
    assert key.source == "memory, certificate 1"
    assert key.certificate is not None
    assert key.certificate.serial_number == 1
    assert key.certificate is key.certificate


def test_a_kid_that_is_not_listed_finds_nothing() -> None:
    trust = TrustList.from_certificates([DSC])
    for kid in (b"", KID[:7], KID + b"\0", OTHER_KID):
        assert trust.get(kid) == ()
        assert kid not in trust
        with pytest.raises(KeyError):
            trust[kid]
    assert KID in trust
    assert KID.hex() not in trust


@pytest.mark.parametrize("kid", ["66d25512539d5a6d", None, 5])
def test_a_kid_that_is_no_bytes_is_a_mistake(kid: Any) -> None:
    for trust in (TrustList(), TrustList.from_certificates([DSC])):
        for look_up in (trust.get, trust.__getitem__):
            with pytest.raises(TypeError, match="kid: expected bytes"):
                look_up(kid)


@pytest.mark.parametrize("data", ["text", 5, None, [1]])
def test_a_list_is_read_from_bytes_alone(data: Any) -> None:
    with pytest.raises(TypeError, match="data: expected bytes"):
        TrustList.from_bytes(data)
    wrapped: Any
    for wrapped in (bytearray(DSC), memoryview(DSC)):
        assert only(TrustList.from_bytes(wrapped)).kid == KID
    number: Any = 99
    with pytest.raises(TypeError, match="PathLike"):
        TrustList.load(number)


def test_the_empty_list_trusts_nobody() -> None:
    trust = TrustList()
    assert (len(trust), list(trust), trust.set_aside) == (0, [], ())
    assert (bool(trust), trust.authenticated, trust.format) == (False, False, "none")
    assert trust.get(KID) == ()


def test_all_keys_under_one_kid_are_kept_in_order() -> None:
    trust = TrustList.from_bytes(gateway((b"same", DSC), (b"same", OTHER), (b"else", DSC)))
    assert [key.public_key for key in trust[b"same"]] == [k.public_key() for k in KEYS[:2]]
    assert len(trust) == 3
    assert trust.set_aside == ()


def test_an_entry_that_repeats_another_is_set_aside() -> None:
    trust = TrustList.from_bytes(gateway((b"same", DSC), (b"same", OTHER), (b"same", DSC)))
    assert [key.source for key in trust] == ["memory, entry 1", "memory, entry 2"]
    (repeated,) = trust.set_aside
    assert repeated == (b"same", None, "memory, entry 3", "repeats an earlier entry")


def test_entries_that_cannot_be_read_are_compared_as_they_are() -> None:
    entries = [(b"same", one) for one in (b"", b"\x30", b"\x30")]
    broken = TrustList.from_bytes(gateway(*entries)[:-1] + b"]")
    listed = json.loads(gateway((b"same", DSC), (b"same", DSC)))
    listed[0]["rawData"] = listed[1]["rawData"] = "!"
    found = reasons(TrustList.from_bytes(json.dumps(listed).encode()))
    assert found == ["repeats an earlier entry", "certificate: neither DER nor Base64"]
    assert len(reasons(broken)) == 3


def test_a_kid_of_any_length_is_used_as_published_and_one_of_another_making_is_noted() -> None:
    for kid in (b"k", b"longer than eight bytes"):
        key = only(TrustList.from_bytes(gateway((kid, DSC))))
        assert key.kid == kid
        assert key.notes == ("its kid is not the start of its certificate's SHA-256 (HCERT A.1)",)
    assert only(TrustList.from_bytes(gateway((KID, DSC)))).notes == ()


def test_a_thumbprint_that_is_not_the_certificates_is_noted() -> None:
    for thumbprint, count in ((sha256(DSC).hexdigest().upper(), 0), ("00" * 32, 1), ("ü", 1)):
        key = only(TrustList.from_bytes(gateway((KID, DSC), thumbprint=thumbprint)))
        assert len(key.notes) == count


def test_a_list_and_its_keys_cannot_be_changed() -> None:
    trust = TrustList.from_certificates([DSC])
    with pytest.raises(AttributeError, match="authenticated"):
        trust.authenticated = True
    with pytest.raises(AttributeError, match="format"):
        del trust.format
    with pytest.raises(AttributeError, match="usages"):
        only(trust).usages = frozenset()
    with pytest.raises(AttributeError, match="usages"):
        del only(trust).usages


def test_a_copy_of_a_list_or_of_what_it_holds_is_the_same_object() -> None:
    trust = TrustList.from_certificates([DSC])
    key = only(trust)
    for one in (trust, key, key.facts):
        assert copy.copy(one) is one
        assert copy.deepcopy({"one": one})["one"] is one
        with pytest.raises(TypeError, match=f"cannot pickle a {type(one).__name__}"):
            pickle.dumps(one)


def test_repr_says_what_it_is_and_nothing_about_people() -> None:
    trust = TrustList.from_certificates([DSC])
    assert repr(trust) == "TrustList(format='memory', authenticated=False, kids=1)"
    expected = f"TrustedKey(kid={KID.hex()}, ES256, signer, source='memory, certificate 1')"
    assert repr(only(trust)) == expected


# --- who may do what -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_ca", "cert_sign", "role"),
    [
        (True, True, "authority"),
        (True, None, "signer"),  # self-signed by openssl's defaults
        (True, False, "signer"),
        (False, True, "signer"),
        (None, True, "signer"),  # one real signer has this
        (None, None, "signer"),
    ],
)
def test_a_certificate_shows_whether_it_is_an_authoritys(
    is_ca: bool | None, cert_sign: bool | None, role: str
) -> None:
    content = certificate(is_ca=is_ca, cert_sign=cert_sign)
    assert only(TrustList.from_certificates([content])).role == role


def test_the_role_that_a_list_states_is_believed() -> None:
    authority = certificate(is_ca=True, cert_sign=True)
    assert only(TrustList.from_bytes(gateway((KID, authority)))).role == "signer"
    listed = TrustList.from_bytes(gateway((KID, DSC), certificateType="CSCA"))
    assert only(listed).role == "authority"


def test_the_country_is_the_published_one_or_else_the_subjects() -> None:
    assert only(TrustList.from_bytes(gateway((KID, DSC), country="XA"))).country == "XA"
    assert only(TrustList.from_bytes(gateway((KID, DSC)))).country == "UT"
    for odd in ("", "V", "VNAM", "V1", "ỦY", 5, None, ["VN"]):
        assert only(TrustList.from_bytes(gateway((KID, DSC), country=odd))).country == "UT"


def test_list_and_certificate_together_restrict_the_usages() -> None:
    def outcome(published: set[Usage], own: tuple[str, ...]) -> TrustedKey | SetAside:
        said = Published("list", usages=frozenset(published))
        return Entry(KID, certificate(usages=own), said).outcome()

    def usages(published: set[Usage], own: tuple[str, ...]) -> frozenset[Usage]:
        key = outcome(published, own)
        assert isinstance(key, TrustedKey)
        return key.usages

    assert usages(set(), ()) == frozenset()
    assert usages({Usage.TEST}, ()) == {Usage.TEST}
    assert usages(set(), (VACCINATION,)) == {Usage.VACCINATION}
    assert usages({Usage.TEST, Usage.VACCINATION}, (VACCINATION, RECOVERY)) == {Usage.VACCINATION}
    conflicting = outcome({Usage.TEST}, (VACCINATION,))
    assert isinstance(conflicting, SetAside)
    assert "different kinds" in conflicting.reason


@pytest.mark.parametrize(
    ("key", "algorithms"),
    [
        (ec.derive_private_key(3, ec.SECP384R1()), {Algorithm.ES384}),
        (ec.derive_private_key(3, ec.SECP521R1()), {Algorithm.ES512}),
        (rsa.generate_private_key(65537, 1024), {Algorithm.PS256}),  # MK has such keys
    ],
)
def test_a_key_is_bound_to_its_algorithm(key: Any, algorithms: set[Algorithm]) -> None:
    assert only(TrustList.from_certificates([certificate(key)])).algorithms == algorithms


def test_keys_that_sign_no_certificate_are_set_aside() -> None:
    brainpool = ec.derive_private_key(3, ec.BrainpoolP256R1())
    for key in (brainpool, ed25519.Ed25519PrivateKey.generate()):
        (reason,) = reasons(TrustList.from_certificates([certificate(key)]))
        assert reason.startswith("public key: ")
    (reason,) = reasons(TrustList.from_keys({b"kid": brainpool.public_key()}))
    assert reason.startswith("public key: ")


def test_an_authority_may_have_a_key_that_no_certificate_is_signed_with() -> None:
    key = ec.derive_private_key(3, ec.BrainpoolP256R1())
    for trust in (
        TrustList.from_certificates([certificate(key, is_ca=True, cert_sign=True)]),
        TrustList.from_certificates([certificate(key, is_ca=True)]),
        TrustList.from_keys({b"kid": key.public_key()}, role="authority"),
    ):
        assert only(trust).algorithms == frozenset()


RSA_PSS = bytes.fromhex("06092a864886f70d01010a")


def pss_restricted(parameters: str) -> bytes:
    """An RSA key as SubjectPublicKeyInfo of id-RSASSA-PSS (RFC 4055 §1.2)."""
    key = rsa.generate_private_key(65537, 1024).public_key()
    bits = der.encode(3, b"\0" + key.public_bytes(Encoding.DER, PublicFormat.PKCS1))
    return der.encode(0x30, der.encode(0x30, RSA_PSS, bytes.fromhex(parameters)), bits)


def test_an_rsa_key_restricted_to_sha_1_verifies_nothing() -> None:
    def outcome(spki: bytes) -> TrustedKey | SetAside:
        return Entry(b"kid", spki, Published("list", "key")).outcome()

    free = outcome(pss_restricted(""))
    assert isinstance(free, TrustedKey)
    assert free.algorithms == {Algorithm.PS256}
    restricted = outcome(pss_restricted("3000"))  # the defaults: SHA-1
    assert isinstance(restricted, SetAside)


def with_key(spki: bytes) -> bytes:
    """A certificate whose key the backend would not write; its signature is not good."""
    facts = read_certificate(DSC)
    start, end = der.only(facts.tbs, 0, len(facts.tbs), der.SEQUENCE, "")
    content = facts.tbs[start:end]
    assert content.count(facts.spki) == 1
    whole, _ = der.only(DSC, 0, len(DSC), der.SEQUENCE, "")
    behind = DSC[whole + len(facts.tbs) :]
    return der.encode(0x30, der.encode(0x30, content.replace(facts.spki, spki)), behind)


def test_a_certificate_of_a_key_restricted_to_sha_1_verifies_nothing() -> None:
    trust = TrustList.from_certificates([with_key(pss_restricted(""))])
    assert only(trust).algorithms == {Algorithm.PS256}
    assert only(trust).public_key.key_size == 1024
    (reason,) = reasons(TrustList.from_certificates([with_key(pss_restricted("3000"))]))
    assert "no signature algorithm" in reason


def test_an_entry_that_may_be_either_is_told_by_its_content() -> None:
    either = Published("list", "either")
    bare = Entry(b"kid", base64.b64encode(public(KEYS[0])).decode(), either).outcome()
    assert isinstance(bare, TrustedKey)
    assert bare.facts is None
    whole = Entry(b"kid", base64.b64encode(DSC), either).outcome()
    assert isinstance(whole, TrustedKey)
    assert whole.subject == "CN=Specimen,C=UT"
    for material in (b"", b"\x30\x00", b"\x30\x03\x30\x01\x00", "!"):
        assert isinstance(Entry(b"kid", material, either).outcome(), SetAside)


def test_a_bare_key_does_not_pass_for_a_certificate_nor_the_reverse() -> None:
    assert isinstance(Entry(b"kid", public(KEYS[0]), Published("list")).outcome(), SetAside)
    assert isinstance(Entry(b"kid", DSC, Published("list", "key")).outcome(), SetAside)


# --- laziness and threads ------------------------------------------------------------------------


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The certificates that have been parsed, in order."""
    seen: list[bytes] = []

    def recording(content: bytes) -> Any:
        seen.append(content)
        return read_certificate(content)

    monkeypatch.setattr(vnvaxcert.trust.entry, "read_certificate", recording)
    return seen


def test_nothing_is_parsed_before_it_is_asked_for_and_nothing_twice(parsed: list[bytes]) -> None:
    trust = TrustList.from_bytes(gateway((KID, DSC), (OTHER_KID, OTHER), (b"third", DSC)))
    merged = trust | TrustList.from_certificates([certificate(KEYS[2])])
    assert trust.get(b"unknown") == ()
    assert parsed == []
    (key,) = trust.get(OTHER_KID)
    assert trust.get(OTHER_KID) == merged.get(OTHER_KID) == (key,)
    assert parsed == [OTHER]
    assert bool(merged)
    assert len(parsed) == 2
    assert (len(trust), len(merged), len(list(merged))) == (3, 4, 4)
    assert (trust.set_aside, merged.set_aside) == ((), ())
    assert len(parsed) == 4


def test_threads_that_ask_at_once_get_the_same_key(parsed: list[bytes]) -> None:
    contents = {certificate_kid(one): one for one in map(certificate, KEYS)}
    trust = TrustList.from_certificates(contents.values())
    barrier = threading.Barrier(8)
    found: list[list[TrustedKey]] = []

    def look() -> None:
        barrier.wait()
        found.append([trust[kid][0] for kid in contents])

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(keys == found[0] for keys in found)
    assert len(parsed) == len(KEYS)


# --- merging -------------------------------------------------------------------------------------


def test_merging_keeps_the_keys_of_both_the_left_ones_first() -> None:
    left = TrustList.from_bytes(gateway((b"same", DSC), (b"left", DSC)), name="left")
    right = TrustList.from_bytes(gateway((b"same", OTHER), (b"right", OTHER)), name="right")
    merged = left | right
    assert [key.source for key in merged[b"same"]] == ["left, entry 1", "right, entry 1"]
    assert {key.kid for key in merged} == {b"same", b"left", b"right"}
    assert [key.source for key in (right | left)[b"same"]] == ["right, entry 1", "left, entry 1"]
    assert len(left) == len(right) == 2, "the parts stay as they are"


def test_merging_keeps_what_both_say_once_and_what_they_say_differently_twice() -> None:
    listed = TrustList.from_certificates([DSC, OTHER])
    assert len(listed | listed) == len(listed | TrustList.from_certificates([OTHER])) == 2
    assert (listed | listed).set_aside == ()
    published = TrustList.from_bytes(gateway((KID, DSC), country="XA"))
    assert [key.country for key in (listed | published)[KID]] == ["UT", "XA"]
    bare = TrustList.from_keys({KID: KEYS[0].public_key()})
    assert [key.certificate is None for key in (listed | bare)[KID]] == [False, True]


def test_merging_keeps_what_was_set_aside() -> None:
    broken = TrustList.from_bytes(gateway((b"kid", b"\x30\x00"), (KID, DSC)))
    other = TrustList.from_bytes(gateway((OTHER_KID, OTHER))[:-1] + b', {"rawData": ""}]')
    merged = broken | other
    assert len(merged) == 2
    assert len(merged.set_aside) == len(broken.set_aside) + len(other.set_aside) == 2


def test_a_merged_list_is_authenticated_only_if_every_part_is(signed: bytes) -> None:
    checked = TrustList.from_bytes(signed, signing_key=KEYS[4].public_key())
    unchecked = TrustList.from_bytes(signed)
    loose = TrustList.from_certificates([DSC])
    assert checked.authenticated
    assert (checked | checked).authenticated
    assert (checked | TrustList()).authenticated
    assert (TrustList() | checked).authenticated
    for merged in (checked | unchecked, unchecked | checked, checked | loose, loose | checked):
        assert not merged.authenticated
    assert not (TrustList() | TrustList()).authenticated


def test_a_merged_list_names_each_format_once() -> None:
    first = TrustList.from_certificates([DSC])
    second = TrustList.from_bytes(gateway((KID, DSC)))
    assert (first | second | first | TrustList()).format == "memory+EU gateway list"
    assert (TrustList() | TrustList()).format == "none"
    assert (TrustList() | second).format == "EU gateway list"


def test_only_lists_can_be_merged() -> None:
    other: Any = [DSC]
    with pytest.raises(TypeError):
        _ = TrustList() | other


# --- made in memory ------------------------------------------------------------------------------


def test_certificates_come_as_objects_der_and_pem() -> None:
    parsed = x509.load_der_x509_certificate(DSC)
    both = pem(DSC) + "some words\n" + pem(OTHER)
    for given in ([parsed], [DSC], [pem(DSC)], [pem(DSC).encode()], iter([DSC])):
        assert [key.kid for key in TrustList.from_certificates(given)] == [KID]
    trust = TrustList.from_certificates([both], name="mine")
    assert [key.source for key in trust] == [
        "mine, certificate 1, block 1",
        "mine, certificate 1, block 2",
    ]
    assert not len(TrustList.from_certificates([]))


def test_what_is_no_certificate_is_set_aside_or_refused() -> None:
    trust = TrustList.from_certificates([DSC + b"\0", b"", pem(b"\x30\x00"), "words"])
    assert len(reasons(trust)) == 4
    wrong: Any
    for wrong in (DSC, pem(DSC), x509.load_der_x509_certificate(DSC)):
        with pytest.raises(TypeError, match="several"):
            TrustList.from_certificates(wrong)
    wrong = [DSC, 5]
    with pytest.raises(TypeError, match="certificate 2"):
        TrustList.from_certificates(wrong)
    with pytest.raises(TrustListFormatError):
        TrustList.from_certificates(["{-----BEGIN "])


def test_bare_keys_have_neither_certificate_nor_validity() -> None:
    keys: dict[bytes, Any] = {b"a": KEYS[0].public_key()}
    keys[b"b"] = [key.public_key() for key in KEYS[1:3]]
    trust = TrustList.from_keys(keys, usages=[Usage.VACCINATION], country="VN", name="mine")
    assert len(trust) == 3
    assert len(trust[b"b"]) == 2
    for key in trust:
        assert (key.certificate, key.facts, key.subject) == (None, None, None)
        assert (key.not_before, key.not_after, key.notes) == (None, None, ())
        assert (key.country, key.role, key.source) == ("VN", "signer", "mine")
        assert key.usages == {Usage.VACCINATION}
        assert key.algorithms == {Algorithm.ES256}


@pytest.mark.parametrize(
    ("keys", "error"),
    [
        ({b"": KEYS[0].public_key()}, ValueError),
        ({"kid": KEYS[0].public_key()}, TypeError),
        ({b"kid": [KEYS[0]]}, TypeError),
        ({b"kid": [b"key"]}, TypeError),
    ],
)
def test_bare_keys_of_another_kind_are_refused(keys: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        TrustList.from_keys(keys)


@pytest.mark.parametrize("role", ["x", "Signer", "", None])
def test_a_role_that_does_not_exist_is_refused(role: Any) -> None:
    with pytest.raises(ValueError, match="role: expected 'signer' or 'authority'"):
        TrustList.from_keys({b"kid": KEYS[0].public_key()}, role=role)


def test_a_usage_that_does_not_exist_is_refused() -> None:
    wrong: Any = ["dancing"]
    with pytest.raises(ValueError, match="dancing"):
        TrustList.from_keys({b"kid": KEYS[0].public_key()}, usages=wrong)


@pytest.mark.parametrize("text", ["AAEC", "AA EC\r\n", "_-8", "_-8=", "/+8="])
def test_base64_is_read_as_lists_have_it(text: str) -> None:
    expected = b"\x00\x01\x02" if "A" in text else b"\xff\xef"
    assert decode_base64(text) == decode_base64(text.encode()) == expected


@pytest.mark.parametrize("text", ["A", "AAEC=A", "ü", "A!EC", "AAECA", b"\xff\xff"])
def test_what_is_no_base64_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_base64(text)


def test_material_beyond_all_bounds_is_set_aside_without_being_decoded() -> None:
    for material in ("A" * 200_000, b"A" * 200_000, b"\x30" + bytes(200_000)):
        outcome = Entry(b"kid", material, Published("list")).outcome()
        assert isinstance(outcome, SetAside)
        assert "65536" in outcome.reason


# --- the publisher's key -------------------------------------------------------------------------


def sign(key: ec.EllipticCurvePrivateKey, document: bytes) -> bytes:
    """A list in the German form, signed by the backend itself."""
    scheme = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    r, s = decode_dss_signature(key.sign(document, scheme))
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return base64.b64encode(raw) + b"\n" + document


@pytest.fixture
def signed() -> bytes:
    return sign(KEYS[4], b'{"certificates": ' + gateway((KID, DSC), country="UT") + b"}")


def forms() -> Iterator[tuple[str, Callable[[Path], Any]]]:
    spki, whole = public(KEYS[4]), certificate(KEYS[4])

    def file(content: bytes) -> Callable[[Path], Any]:
        def make(folder: Path) -> Path:
            path = folder / "key"
            path.write_bytes(content)
            return path

        return make

    yield "object", lambda _: KEYS[4].public_key()
    yield "certificate object", lambda _: x509.load_der_x509_certificate(whole)
    yield "DER key", lambda _: spki
    yield "DER certificate", lambda _: whole
    yield "PEM key", lambda _: pem(spki, "PUBLIC KEY").encode()
    yield "PEM text", lambda _: pem(spki, "PUBLIC KEY")
    yield "PEM certificate", lambda _: "words before\n" + pem(whole)
    yield "older label", lambda _: pem(whole, "X509 CERTIFICATE")
    yield "oldest label", lambda _: pem(whole, "X.509 CERTIFICATE")
    yield "behind another block", lambda _: pem(b"other", "EC PRIVATE KEY") + pem(whole)
    yield "behind a block not closed", lambda _: "-----BEGIN CERTIFICATE" + pem(whole)
    yield "path of DER", file(spki)
    yield "path of PEM", file(pem(whole).encode())
    yield "path as text", lambda folder: str(file(spki)(folder))


@pytest.mark.parametrize(("form", "make"), list(forms()))
def test_a_signing_key_comes_in_many_forms(
    form: str, make: Callable[[Path], Any], signed: bytes, tmp_path: Path
) -> None:
    assert TrustList.from_bytes(signed, signing_key=make(tmp_path)).authenticated, form


@pytest.mark.parametrize(
    "key",
    [
        b"",
        b"not a key",
        pem(b"\x30\x00", "PUBLIC KEY"),
        pem(DSC, "PRIVATE KEY"),
        pem(DSC).replace("-----END CERTIFICATE-----", ""),
        pem(DSC).replace("\n", "\nü", 1),
        "/nowhere/at/all",
        "a\0path",
        ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
        .public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    ],
)
def test_a_signing_key_that_is_none_is_refused(key: Any, signed: bytes) -> None:
    with pytest.raises(TrustListFormatError):
        TrustList.from_bytes(signed, signing_key=key)


def test_a_huge_file_for_a_key_is_refused(signed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(bytes(2**20 + 1))
    with pytest.raises(TrustListFormatError, match="signing key"):
        TrustList.from_bytes(signed, signing_key=path)


def test_a_key_for_a_list_without_signature_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dsc.pem"
    path.write_text(pem(DSC))
    key = KEYS[4].public_key()
    loads: list[Callable[[], TrustList]] = [
        lambda: TrustList.load(path, signing_key=key),
        lambda: TrustList.load(tmp_path, signing_key=key),
        lambda: TrustList.load(tmp_path, authorities=TrustList()),
        lambda: TrustList.from_bytes(gateway((KID, DSC)), signing_key=key),
        lambda: TrustList.from_bytes(gateway((KID, DSC)), authorities=TrustList()),
    ]
    for load in loads:
        with pytest.raises(TrustListSignatureError):
            load()


def test_a_moment_has_to_be_aware(signed: bytes, tmp_path: Path) -> None:
    (tmp_path / "dsc.pem").write_text(pem(DSC))
    assert TrustList.from_bytes(signed, at=START)
    assert TrustList.load(tmp_path, at=START)
    loads: list[Callable[[], TrustList]] = [
        lambda: TrustList.from_bytes(signed, at=datetime(2022, 1, 1)),
        lambda: TrustList.load(tmp_path, at=datetime(2022, 1, 1)),
    ]
    for load in loads:
        with pytest.raises(ValueError, match="time zone"):
            load()
    text: Any = "2022-01-01"
    for place in (tmp_path, tmp_path / "dsc.pem"):
        with pytest.raises(TypeError, match="at: expected a datetime, not str"):
            TrustList.load(place, at=text)


# --- memory --------------------------------------------------------------------------------------


def test_a_parsed_certificate_costs_little_besides_its_bytes(
    shared_vectors: Callable[[str], Path],
) -> None:
    path = shared_vectors("trustlists") / "de-2023" / "production.dsc-list.json"
    content = path.read_bytes()
    certificates = [
        base64.b64decode(entry["rawData"])
        for entry in json.loads(content.split(b"\n", 1)[1])["certificates"]
    ]
    for key in TrustList.from_certificates(certificates[:20]):
        assert key.subject  # what is imported and made once
    tracemalloc.start()
    trust = TrustList.from_certificates(certificates)
    loaded, _ = tracemalloc.get_traced_memory()
    for key in trust:
        assert key.facts is not None
        assert key.facts.subject  # made anew for each who asks
    gc.collect()
    parsed, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # 5,000 certificates in 25 MB are 5,000 bytes each: 1,100 of the certificate, 700 of the
    # backend's key, which are not counted here, and all the rest.
    assert len(trust) == len(certificates) == 829
    assert (parsed - loaded) / len(trust) < 900  # 670, on one release of Python
    assert loaded / len(trust) < 700


# --- many lists merged ---------------------------------------------------------------------------


def one_key(number: int, kid: bytes | None = None) -> TrustList:
    key = ec.derive_private_key(number + 2, ec.SECP256R1()).public_key()
    return TrustList.from_keys({kid or number.to_bytes(8, "big"): key}, name=f"list {number}")


def test_many_lists_merged_one_after_the_other_hold_each_entry_in_order() -> None:
    lists = [one_key(number) for number in range(300)]
    merged = reduce(or_, lists)
    assert [key.source for key in merged] == [f"list {number}" for number in range(300)]
    # Bracketed in another way, and merged in halves: the same.
    halves = reduce(or_, lists[:150]) | reduce(or_, lists[150:])
    from_the_right = reduce(lambda right, left: left | right, reversed(lists))
    for other in (halves, from_the_right):
        assert [key.source for key in other] == [key.source for key in merged]


def test_merging_looks_at_each_entry_of_a_shared_kid_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    real = vnvaxcert.trust.entry.Entry.identity

    def counting(entry: vnvaxcert.trust.entry.Entry) -> tuple[object, ...]:
        looked.append(entry)
        return real(entry)

    monkeypatch.setattr(vnvaxcert.trust.entry.Entry, "identity", counting)
    merged = reduce(or_, [one_key(number, b"one kid.") for number in range(200)])
    assert not looked, "merging itself looks at nothing"
    assert len(merged.get(b"one kid.")) == 200
    assert len(looked) == 200


def test_a_list_looked_up_before_it_is_merged_counts_for_what_it_is() -> None:
    first, second, third = (one_key(number) for number in range(3))
    both = first | second
    assert len(both) == 2
    every = both | third | both | first
    assert [key.source for key in every] == ["list 0", "list 1", "list 2"]
    assert len(both) == 2


def test_lists_nested_beyond_any_recursion_limit_are_merged() -> None:
    one = one_key(0)
    merged = one
    for _ in range(20_000):
        merged = merged | one
    assert len(merged) == 1
    deep = one
    for _ in range(20_000):
        deep = one | deep
    del deep  # never looked up, and taken apart all the same


def test_a_merged_list_is_gathered_once_however_many_threads_ask() -> None:
    for _ in range(20):
        merged = reduce(or_, [one_key(number) for number in range(20)])
        outer = merged | one_key(20)
        barrier = threading.Barrier(6)

        def ask(asked: TrustList, barrier: threading.Barrier = barrier) -> int:
            barrier.wait()
            return sum(len(asked.get(number.to_bytes(8, "big"))) for number in range(21))

        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(ask, [merged, outer] * 3))
        assert found == [20, 21] * 3


def test_what_was_set_aside_stays_with_the_merged_list_in_order() -> None:
    twice = [certificate(), certificate()]
    lists = [TrustList.from_certificates(twice, name=f"list {number}") for number in range(3)]
    merged = reduce(or_, lists)
    assert [one.source for one in merged.set_aside] == [
        f"list {number}, certificate 2" for number in range(3)
    ]
    assert len(merged) == 1
