"""This library's own list: held to bytes that cbor2 and the backend made, and to its CDDL.

Everything here is ours: there is no other implementation. The messages are built by hand from
``spec/trust-list.md``; `cddl_verifier` holds them, and what the library writes, to the CDDL.
"""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cddl_verifier import Validator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert import TrustList
from vnvaxcert.errors import (
    TrustListError,
    TrustListFormatError,
    TrustListRollbackError,
    TrustListSignatureError,
    TrustListStaleError,
)
from vnvaxcert.trust.conversion import convert
from vnvaxcert.trust.formats import cbor_list
from vnvaxcert.trust.formats.cbor_list import CBOR_LIST, CONTENT_TYPE, MAX_CHAIN_CERTIFICATES
from vnvaxcert.trust.formats.content import Content, Context
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority
from vnvaxcert.trust.usage import Usage

SPEC = Path(__file__).resolve().parents[1] / "spec"
CDDL = Validator((SPEC / "trust-list.cddl").read_text(encoding="utf-8"))

START = datetime(2026, 1, 5, tzinfo=UTC)
END = START + timedelta(days=7)
ISSUED_AT, EXPIRES_AT = int(START.timestamp()), int(END.timestamp())
AUTHORITY = SpecimenAuthority(not_before=START, key=ec.derive_private_key(501, ec.SECP256R1()))
PUBLISHER_KEY = ec.derive_private_key(502, ec.SECP256R1())
PUBLISHER = AUTHORITY.issue_signer(key=PUBLISHER_KEY, name="Specimen publisher")
DSC = AUTHORITY.issue_signer(key=ec.derive_private_key(503, ec.SECP256R1()))
BARE = ec.derive_private_key(504, ec.SECP256R1()).public_key()
SPKI = BARE.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
OTHER_KEY = ec.derive_private_key(505, ec.SECP256R1()).public_key()

GROUPS: list[dict[int, Any]] = [
    {1: [DSC.kid, DSC.certificate]},
    {2: [b"\x01", SPKI], 3: 0, 4: "UT", 5: 2},
]
HEADERS = {1: -7, 3: CONTENT_TYPE, 4: PUBLISHER.kid, 33: PUBLISHER.certificate}
LIST = {1: 1, 2: 7, 3: ISSUED_AT, 4: EXPIRES_AT, 5: "UT", 6: GROUPS}


def with_changes(members: dict[Any, Any], changes: dict[Any, Any]) -> dict[Any, Any]:
    """Members with others in their place; a change of Ellipsis takes one away."""
    return {key: value for key, value in (members | changes).items() if value is not ...}


def unsigned(**changes: Any) -> bytes:
    """A list without a signature; names are ``k`` and the number of the member."""
    numbered = {int(name.removeprefix("k")): value for name, value in changes.items()}
    return cbor2.dumps(with_changes({1: 1, 6: GROUPS}, numbered), canonical=True)


def es256(data: bytes) -> bytes:
    scheme = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    r, s = decode_dss_signature(PUBLISHER_KEY.sign(data, scheme))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def signed(
    headers: dict[Any, Any] | None = None,
    members: dict[Any, Any] | None = None,
    *,
    unprotected: Any = None,
    payload: bytes | None = None,
    tag: int = 18,
) -> bytes:
    """A signed list, with changes of the headers and of the members."""
    protected = cbor2.dumps(with_changes(HEADERS, headers or {}), canonical=True)
    if payload is None:
        payload = cbor2.dumps(with_changes(LIST, members or {}), canonical=True)
    signature = es256(cbor2.dumps(["Signature1", protected, b"", payload]))
    parts = [protected, {} if unprotected is None else unprotected, payload, signature]
    return cbor2.dumps(cbor2.CBORTag(tag, parts))


SIGNED = signed()
UNSIGNED = unsigned()


def refused(data: bytes, **options: Any) -> TrustListError:
    with pytest.raises(TrustListError) as caught:
        TrustList.from_bytes(data, **options)
    assert caught.value.format == "CBOR list"
    return caught.value


# --- reading -------------------------------------------------------------------------------------


def test_a_signed_list_is_read_with_all_it_says() -> None:
    trust = TrustList.from_bytes(SIGNED, signing_key=PUBLISHER.certificate, at=START)
    assert (trust.format, trust.authenticated, trust.sequence) == ("CBOR list", True, 7)
    assert (trust.issued_at, trust.expires_at) == (START, END)
    (signer,) = trust[DSC.kid]
    assert signer.facts is not None
    assert (signer.facts.der, signer.role, signer.country) == (DSC.certificate, "signer", "UT")
    (bare,) = trust[b"\x01"]
    assert (bare.public_key, bare.facts, bare.country) == (BARE, None, "UT")
    assert bare.usages == {Usage.VACCINATION}
    assert bare.source == "memory, entry 2"


def test_the_chain_that_comes_along_is_taken_to_the_authorities() -> None:
    assert TrustList.from_bytes(SIGNED, authorities=AUTHORITY.trust_list()).authenticated
    other = SpecimenAuthority(not_before=START, name="Another")
    error = refused(SIGNED, authorities=other.trust_list())
    assert error.place == "certificate of its signer"
    error = refused(signed({33: ...}), authorities=AUTHORITY.trust_list())
    assert "no certificate of its signer came along" in error.reason


def test_a_chain_of_several_certificates_is_read() -> None:
    data = signed({33: [PUBLISHER.certificate, AUTHORITY.certificate]})
    assert CDDL.validate(data, require_deterministic=True)
    assert TrustList.from_bytes(data, authorities=AUTHORITY.trust_list()).authenticated


def test_without_a_key_a_signed_list_is_read_and_not_authenticated() -> None:
    assert not TrustList.from_bytes(SIGNED).authenticated


def test_an_unsigned_list_states_what_it_likes() -> None:
    trust = TrustList.from_bytes(UNSIGNED)
    assert (len(trust), trust.authenticated) == (2, False)
    assert (trust.issued_at, trust.expires_at, trust.sequence) == (None, None, None)
    trust = TrustList.from_bytes(unsigned(k2=3, k3=ISSUED_AT))
    assert (trust.issued_at, trust.expires_at, trust.sequence) == (START, None, 3)


def test_an_unsigned_list_has_no_signature_to_check() -> None:
    for options in ({"signing_key": OTHER_KEY}, {"authorities": AUTHORITY.trust_list()}):
        error = refused(UNSIGNED, **options)
        assert isinstance(error, TrustListSignatureError)
        assert error.reason == "the list is not signed"


def test_kids_have_any_length_and_several_keys() -> None:
    long = bytes(1000)
    trust = TrustList.from_bytes(
        unsigned(
            k6=[{1: [long, DSC.certificate, b"\x00", PUBLISHER.certificate]}, {2: [long, SPKI]}]
        )
    )
    assert [len(trust.get(kid)) for kid in (long, b"\x00")] == [2, 1]


def test_roles_are_as_stated_or_as_the_certificate_shows() -> None:
    authority = AUTHORITY.certificate
    for group, role in (({}, "authority"), ({3: 1}, "authority"), ({3: 0}, "signer")):
        (key,) = TrustList.from_bytes(unsigned(k6=[{1: [b"k", authority], **group}]))
        assert key.role == role
    (bare,) = TrustList.from_bytes(unsigned(k6=[{2: [b"k", SPKI], 3: 1}]))
    assert bare.role == "authority"


def test_usages_are_those_that_list_and_certificate_both_allow() -> None:
    limited = AUTHORITY.issue_signer(usages=[Usage.TEST, Usage.VACCINATION])
    (key,) = TrustList.from_bytes(unsigned(k6=[{1: [b"k", limited.certificate], 5: 6}]))
    assert key.usages == {Usage.VACCINATION}
    (key,) = TrustList.from_bytes(unsigned(k6=[{2: [b"k", SPKI], 5: 16 + 1}]))
    assert key.usages == {Usage.TEST}  # the bit of 16 is of a later version


def test_what_a_later_version_adds_is_passed_over() -> None:
    group = {1: [DSC.kid, DSC.certificate], 6: "six", "text": [1], 2**63: None}
    data = signed(members={7: {}, "x": {"y": [None]}, 6: [group]})
    assert CDDL.validate(data, require_deterministic=True)
    trust = TrustList.from_bytes(data, signing_key=PUBLISHER.certificate)
    assert (len(trust), trust.set_aside) == (1, ())


def test_headers_that_have_no_effect_here_are_passed_over() -> None:
    data = signed({99: [1], "text": None, -5: 0})
    assert len(TrustList.from_bytes(data, signing_key=PUBLISHER.certificate)) == 2


def test_every_algorithm_of_certificates_may_sign() -> None:
    trust = TrustList.from_certificates([DSC.certificate])
    for kind in KeyType:
        signer = AUTHORITY.issue_signer(key=kind)
        data = convert(
            trust, "cbor", signer=signer.signer, sequence=0, issued_at=START, expires_at=END
        ).data
        assert TrustList.from_bytes(data, signing_key=signer.certificate).authenticated
        assert isinstance(refused(data, signing_key=OTHER_KEY), TrustListSignatureError)
        assert CDDL.validate(data, require_deterministic=True)


# --- time and sequence ---------------------------------------------------------------------------


@pytest.mark.parametrize("at", [START - timedelta(hours=1), END + timedelta(hours=1)])
def test_a_list_outside_its_times_is_stale(at: datetime) -> None:
    assert isinstance(refused(SIGNED, at=at), TrustListStaleError)


def test_an_older_list_is_refused() -> None:
    assert TrustList.from_bytes(SIGNED, last_sequence=7).sequence == 7
    assert isinstance(refused(SIGNED, last_sequence=8), TrustListRollbackError)
    assert isinstance(refused(UNSIGNED, last_sequence=0), TrustListRollbackError)


# --- refusals ------------------------------------------------------------------------------------


def test_every_changed_byte_is_refused_with_the_key() -> None:
    for position in range(len(SIGNED)):
        changed = bytearray(SIGNED)
        changed[position] ^= 1 << position % 8
        with pytest.raises(TrustListError):
            TrustList.from_bytes(bytes(changed), signing_key=PUBLISHER_KEY.public_key())


def test_every_changed_bit_of_the_signature_is_refused() -> None:
    for bit in range(512):
        changed = int.from_bytes(SIGNED[-64:], "big") ^ 1 << bit
        data = SIGNED[:-64] + changed.to_bytes(64, "big")
        with pytest.raises(TrustListSignatureError):
            TrustList.from_bytes(data, signing_key=PUBLISHER.certificate)


def test_a_list_cut_short_anywhere_is_refused() -> None:
    for data in (SIGNED, UNSIGNED):
        for length in range(len(data)):
            with pytest.raises(TrustListError):
                TrustList.from_bytes(data[:length])


BAD_MESSAGES = {
    "two certificates too few": (signed({33: [PUBLISHER.certificate]}), "x5chain"),
    "no certificates": (signed({33: []}), "x5chain"),
    "too many certificates": (signed({33: [b"0"] * (MAX_CHAIN_CERTIFICATES + 1)}), "x5chain"),
    "a certificate as text": (signed({33: "0"}), "x5chain"),
    "null for a certificate": (signed({33: None}), "x5chain"),
    "something unprotected": (signed(unprotected={4: b"k"}), "expected an empty one"),
    "no kid": (signed({4: ...}), "kid"),
    "an empty kid": (signed({4: b""}), "kid"),
    "kid as text": (signed({4: "k"}), "kid"),
    "crit": (signed({2: [99], 99: 1}), "crit"),
    "no alg": (signed({1: ...}), "'alg' is missing"),
    "no sequence": (signed(members={2: ...}), "missing; a signed list states it"),
    "no time of issue": (signed(members={3: ...}), "missing; a signed list states it"),
    "no end": (signed(members={4: ...}), "missing; a signed list states it"),
    "a payload that is no map": (signed(payload=b"\x80"), "expected a map"),
    "another content type": (signed({3: "application/cbor"}), "content type"),
    "too long a header": (signed({99: bytes(70_000)}), "more than 65536 bytes"),
}


@pytest.mark.parametrize("name", BAD_MESSAGES)
def test_a_message_is_read_strictly(name: str) -> None:
    data, words = BAD_MESSAGES[name]
    if name != "too long a header":  # CDDL has no bound for it
        assert not CDDL.validate(data)
    with pytest.raises(TrustListFormatError, match=words):
        cbor_list.read_cbor_list(Content(data), Context("x"))
    assert not CBOR_LIST.recognise(Content(data)) or words in refused(data).reason


@pytest.mark.parametrize(
    "data",
    [
        signed({3: "application/cbor"}),
        signed({3: 60}),
        signed({3: ...}),
        signed(tag=98),
        signed()[2:],
        b"\xd2\x84\x40",
        b"\xd2\x84\x5b" + b"\xff" * 8,
        b"\xd2\x84\x5f",
        b"\xd2\x84",
        b"\xd2\x84\x41\x80",
    ],
    ids=lambda data: data[:6].hex() + str(len(data)),
)
def test_another_message_is_no_list(data: bytes) -> None:
    with pytest.raises(TrustListFormatError) as caught:
        TrustList.from_bytes(data)
    assert caught.value.format == "unknown"
    assert not CDDL.validate(data)


BAD_LISTS = {
    "version 2": (unsigned(k1=2), "version", "expected 1"),
    "version true": (unsigned(k1=True), "version", "expected 1"),
    "version as text": (unsigned(k1="1"), "version", "expected 1"),
    "a negative sequence": (unsigned(k2=-1), "sequence", "0 or more"),
    "a sequence as text": (unsigned(k2="1"), "sequence", "0 or more"),
    "a true sequence": (unsigned(k2=True), "sequence", "0 or more"),
    "no sequence after all": (unsigned(k2=None), "sequence", "0 or more"),
    "a fraction of a second": (unsigned(k3=1.5), "issued at", "0 or more"),
    "before 1970": (unsigned(k4=-1), "expires at", "0 or more"),
    "after 9999": (unsigned(k4=253_402_300_800), "expires at", "year 9999"),
    "a publisher of one letter": (unsigned(k5="U"), "publisher", "two or three letters"),
    "a publisher in bytes": (unsigned(k5=b"\xff\xfe"), "publisher", "two or three letters"),
    "no groups": (unsigned(k6=...), "groups", "an array"),
    "a map of groups": (unsigned(k6={}), "groups", "an array"),
    "a group that is none": (unsigned(k6=[GROUPS[0], 1]), "group 2", "a map"),
    "an empty group": (unsigned(k6=[{}]), "group 1", "either certificates or public keys"),
    "a group of both": (
        unsigned(k6=[{1: [DSC.kid, DSC.certificate], 2: [b"k", SPKI]}]),
        "group 1",
        "either certificates or public keys",
    ),
    "a kid without a key": (unsigned(k6=[{2: [b"k"]}]), "group 1", "followed by its public key"),
    "no kids": (unsigned(k6=[{1: []}]), "group 1", "followed by its certificate"),
    "a map of kids": (unsigned(k6=[{1: {}}]), "group 1", "followed by its certificate"),
    "a role as text": (unsigned(k6=[{**GROUPS[0], 3: "0"}]), "group 1", "role: expected"),
    "a true role": (unsigned(k6=[{**GROUPS[0], 3: True}]), "group 1", "role: expected"),
    "a country of digits": (unsigned(k6=[{**GROUPS[0], 4: "U1"}]), "group 1", "letters"),
    "a country in bytes": (unsigned(k6=[{**GROUPS[0], 4: b"\xc3\xa9"}]), "group 1", "letters"),
    "no country after all": (unsigned(k6=[{**GROUPS[0], 4: None}]), "group 1", "letters"),
    "usages in an array": (unsigned(k6=[{**GROUPS[0], 5: [1]}]), "group 1", "usages: expected"),
    "negative usages": (unsigned(k6=[{**GROUPS[0], 5: -1}]), "group 1", "usages: expected"),
    "a critical member": (unsigned(**{"k-1": 0}), "list", "the critical member -1"),
}


@pytest.mark.parametrize("name", BAD_LISTS)
def test_a_list_is_read_strictly(name: str) -> None:
    data, place, words = BAD_LISTS[name]
    error = refused(data)
    assert isinstance(error, TrustListFormatError)
    assert (error.place, words in error.reason) == (place, True), error
    assert not CDDL.validate(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xa2\x01\x01\xf5\x00\x06\x80", "given twice"),
        (b"\xa2\x01\x01\xf9\x40\x00\x00", "a key that is neither an integer nor text"),
        (b"\xa2\x01\x01\x01\x01", "given twice"),
        (b"\xa2\x01\x01\x06\x9f", "end early"),
        (UNSIGNED + b"\x00", "after the end"),
        (b"\xa2\x01\x01\x06" + b"\x81" * 40 + b"\x00", "nested too deeply"),
        (b"\xa2\x01\x01\x06\xc2\x41\x01", "a semantic tag"),
        (b"\xa2\x01\x01\x06\xdb" + b"\xff" * 8 + b"\x00", "a semantic tag"),
    ],
)
def test_hostile_cbor_is_refused(data: bytes, words: str) -> None:
    error = refused(data)
    assert isinstance(error, TrustListFormatError)
    assert words in error.reason
    assert not CDDL.validate(data)


def test_a_reversed_pair_of_times_is_refused() -> None:
    error = refused(unsigned(k3=EXPIRES_AT, k4=ISSUED_AT))
    assert (error.place, error.reason) == ("expires at", "it is before the time of issue")


def test_lists_have_no_more_keys_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cbor_list, "MAX_ENTRIES", 4)
    group = {1: [DSC.kid, DSC.certificate, b"k", PUBLISHER.certificate]}
    assert len(TrustList.from_bytes(unsigned(k6=[group, {2: [b"l", SPKI, b"m", SPKI]}]))) == 4
    error = refused(unsigned(k6=[group, group, GROUPS[0]]))
    assert (error.place, error.reason) == ("group 3", "more than 4 keys")


def test_lists_have_no_more_items_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cbor_list._MAX_ITEMS == 1_500_000
    monkeypatch.setattr(cbor_list, "_MAX_ITEMS", 2000)
    data = b"\xa2\x01\x01\x06\x9a" + (2000).to_bytes(4, "big") + b"\x00" * 2000
    assert "more than 2000 items" in refused(data).reason


def test_the_signature_is_checked_before_the_list_is_looked_at() -> None:
    data = signed(members={1: 99})
    assert isinstance(refused(data, signing_key=OTHER_KEY), TrustListSignatureError)
    assert isinstance(refused(data, signing_key=PUBLISHER.certificate), TrustListFormatError)


# --- what is set aside ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ({1: [b"", DSC.certificate]}, "kid: expected"),
        ({1: ["k", DSC.certificate]}, "kid: expected"),
        ({1: [b"k", "MII="]}, "certificate: expected DER"),
        ({1: [b"k", b"MII="]}, "certificate: expected DER"),
        ({2: [b"k", b""]}, "public key: expected DER"),
        ({2: [b"k", None]}, "public key: expected DER"),
        ({1: [b"k", DSC.certificate], 3: 2}, "role: 2 is neither"),
        ({1: [b"k", DSC.certificate], 3: -1}, "role: -1 is neither"),
        ({1: [b"k", DSC.certificate], 5: 0}, "usages: none that this version knows"),
        ({1: [b"k", DSC.certificate], 5: 16}, "usages: none that this version knows"),
        ({1: [b"k", DSC.certificate], -1: 0}, "the critical member -1"),
        ({1: [b"k", DSC.certificate], 2.5: 0}, "a key that is neither"),
        ({-7: [b"k", b"a key of a new kind"]}, "the critical member -7"),
        ({1: [b"k", DSC.certificate[:-1]]}, "certificate"),
        ({2: [b"k", DSC.certificate]}, "public key"),
    ],
)
def test_a_key_that_cannot_be_used_is_set_aside_alone(group: object, words: str) -> None:
    trust = TrustList.from_bytes(unsigned(k6=[group, {1: [DSC.kid, DSC.certificate]}]))
    assert [key.kid for key in trust] == [DSC.kid]
    (aside,) = trust.set_aside
    assert words in aside.reason
    assert aside.source in ("memory, entry 1", "memory, group 1")


def test_each_key_of_a_group_that_cannot_be_used_is_set_aside() -> None:
    group = {1: [b"1", DSC.certificate, b"2", DSC.certificate], 3: 9, 4: "UT"}
    trust = TrustList.from_bytes(unsigned(k6=[group]))
    found = [(one.kid, one.country, one.source) for one in trust.set_aside]
    assert found == [(b"1", "UT", "memory, entry 1"), (b"2", "UT", "memory, entry 2")]


# --- the CDDL and the document -------------------------------------------------------------------


def test_what_is_good_here_is_good_by_the_cddl() -> None:
    for data in (SIGNED, UNSIGNED):
        assert CDDL.validate(data, require_deterministic=True)


def hex_of_the_example() -> bytes:
    """The annotated bytes of the specification: comments and white space taken off."""
    page = (SPEC / "trust-list.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```text\n(d2 .*?)```", page, flags=re.DOTALL)
    return bytes.fromhex("".join(line.partition("#")[0] for line in block.splitlines()))


def test_the_example_of_the_specification_is_made_again() -> None:
    trust = TrustList.from_certificates([DSC.certificate])
    trust |= TrustList.from_keys({b"\x01": BARE}, usages=[Usage.VACCINATION], country="UT")
    made = convert(
        trust, "cbor", signer=PUBLISHER.signer, sequence=7, issued_at=START, expires_at=END
    )
    assert made.losses == ()
    assert made.data == SIGNED == hex_of_the_example()


# --- anything ------------------------------------------------------------------------------------

KEYS = st.integers(-2, 8) | st.sampled_from([33, 1.0, True, "x", None, 2**64 - 1])
ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.sampled_from(
        [b"", b"k", b"\x30\x80", SPKI, DSC.certificate, "UT", "\x00", 1.5, ISSUED_AT]
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
)


@given(st.dictionaries(KEYS, ANY, max_size=4), st.dictionaries(KEYS, ANY, max_size=4))
def test_any_members_end_in_a_list_or_a_trust_list_error(
    members: dict[Any, Any], group: dict[Any, Any]
) -> None:
    for changed in ({1: 1, 6: GROUPS} | members, {1: 1, 6: [GROUPS[0] | group, group]}):
        data = cbor2.dumps(changed)
        with contextlib.suppress(TrustListError):
            trust = TrustList.from_bytes(data)
            assert len(trust) + len(trust.set_aside)


@given(st.data())
def test_any_damage_ends_in_a_list_or_a_trust_list_error(data: st.DataObject) -> None:
    changed = bytearray(data.draw(st.sampled_from([SIGNED, UNSIGNED])))
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(changed)))
        changed[position : position + data.draw(st.integers(0, 3))] = data.draw(
            st.binary(max_size=3)
        )
    with contextlib.suppress(TrustListError):
        trust = TrustList.from_bytes(bytes(changed))
        assert len(trust) + len(trust.set_aside)
