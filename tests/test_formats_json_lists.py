"""The French, British, Norwegian and Polish lists: plain JSON, which nobody signs.

No sample of them is shared: all vectors here are ours, made in the form of the fact sheet of
throw-away keys, with the standard library and the backend.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert.errors import TrustListError, TrustListFormatError, TrustListSignatureError
from vnvaxcert.trust import formats
from vnvaxcert.trust.formats import eu_service, france, gdhcn, poland, united_kingdom
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context, Format
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority, make_key
from vnvaxcert.trust.trustlist import TrustList

AUTHORITY = SpecimenAuthority(
    not_before=datetime(2022, 1, 1, tzinfo=UTC), key=make_key(KeyType.P256, 498)
)
PRIVATE_KEY = ec.derive_private_key(301, ec.SECP256R1())
DSC = AUTHORITY.issue_signer(key=PRIVATE_KEY).certificate
OTHER_DSC = AUTHORITY.issue_signer(key=ec.derive_private_key(302, ec.SECP384R1())).certificate
KID, OTHER_KID = (sha256(one).digest()[:8] for one in (DSC, OTHER_DSC))
SPKI = PRIVATE_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
SECP224 = ec.derive_private_key(7, ec.SECP224R1()).public_key()

CONTEXT = Context("list.json")
FORMATS = {
    "french": france.FRENCH_LIST,
    "british": united_kingdom.KEY_LIST,
    "polish": poland.POLISH_LIST,
}


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def twice(data: bytes) -> str:
    return b64(base64.b64encode(data))


def load(document: object) -> TrustList:
    return TrustList.from_bytes(json.dumps(document).encode(), name="list.json")


def refused(document: object) -> TrustListError:
    with pytest.raises(TrustListFormatError) as caught:
        load(document)
    return caught.value


def only_reason(trust: TrustList) -> str:
    assert not len(trust)
    (one,) = trust.set_aside
    return one.reason


def french(entries: object, **others: object) -> dict[str, object]:
    return {"certificatesDCC": entries, **others}


def polish(*entries: object, **others: object) -> dict[str, object]:
    return {"noweCertyfikaty": list(entries), **others}


def polish_entry(certificate: bytes = DSC, **changes: object) -> dict[str, object]:
    return {
        "identyfikator": sha256(certificate).hexdigest(),
        "identyfikatorKlucza": b64(sha256(certificate).digest()[:8]),
        "certyfikat": b64(certificate),
    } | changes


# --- France --------------------------------------------------------------------------------------


def test_the_french_list_holds_certificates_and_bare_keys_in_base64_twice() -> None:
    bare_kid = b"\x01\x02\x03\x04\x05\x06\x07\x08"
    trust = load(
        french({b64(KID): twice(DSC), b64(bare_kid): twice(SPKI)}, certificates2DDoc={"FR01": "x"})
    )
    assert (trust.format, len(trust), trust.set_aside) == ("French list", 2, ())
    assert not trust.authenticated
    (certified,), (bare,) = trust[KID], trust[bare_kid]
    assert certified.facts is not None
    assert certified.facts.der == DSC
    assert (bare.facts, bare.not_after) == (None, None)
    assert bare.public_key == certified.public_key == PRIVATE_KEY.public_key()
    assert certified.role == bare.role == "signer"
    assert certified.source == "list.json, entry 1"


def test_a_french_kid_without_padding_is_read() -> None:
    assert KID in load(french({b64(KID).rstrip("="): twice(DSC)}))


def test_a_certificate_in_base64_once_is_read_in_the_french_list_too() -> None:
    assert load(french({b64(KID): b64(DSC)}))[KID][0].public_key == PRIVATE_KEY.public_key()


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ({"": twice(DSC)}, "kid: empty or not Base64"),
        ({"no base64!": twice(DSC)}, "kid: empty or not Base64"),
        ({b64(KID): None}, "certificate: missing, or not text"),
        ({b64(KID): ""}, "certificate: missing, or not text"),
        ({b64(KID): [twice(DSC)]}, "certificate: missing, or not text"),
        ({b64(KID): "*"}, "certificate: not Base64"),
        ({b64(KID): "ä"}, "certificate: not Base64"),
        ({b64(KID): b64(b"no base64!")}, "certificate: neither DER nor Base64"),
        ({b64(KID): b64("ä".encode())}, "certificate: neither DER nor Base64"),
        ({b64(KID): twice(b"no DER")}, "certificate or key: the encoding ends too early"),
        ({b64(KID): twice(DSC[:-1])}, "certificate or key: the encoding ends too early"),
    ],
)
def test_what_the_french_list_holds_besides_keys_is_set_aside(
    entries: dict[str, object], reason: str
) -> None:
    assert only_reason(load(french(entries))) == reason


@pytest.mark.parametrize("entries", [[], "text", None, 1])
def test_a_french_list_without_its_object_is_refused(entries: object) -> None:
    error = refused(french(entries))
    assert (error.format, error.place) == ("French list", "certificatesDCC")
    assert error.reason == "expected an object of kids"


# --- United Kingdom, Norway ----------------------------------------------------------------------


def key_entry(kid: object = b64(KID), key: object = b64(SPKI)) -> dict[str, object]:
    return {"kid": kid, "publicKey": key}


def test_the_british_list_holds_bare_keys_under_names_in_ascii() -> None:
    names = [b"Key1RE", b"Key1PRO", b"sprdkey1"]  # the fact sheet's: 6, 7 and 8 bytes
    trust = load([key_entry(b64(name)) for name in names])
    assert (trust.format, len(trust), trust.set_aside) == ("British or Norwegian list", 3, ())
    for name in names:
        (key,) = trust[name]
        assert key.public_key == PRIVATE_KEY.public_key()
        assert (key.facts, key.country, key.role) == (None, None, "signer")
    assert trust[b"Key1PRO"][0].source == "list.json, entry 2"


def test_the_norwegian_list_holds_keys_of_eight_byte_kids() -> None:
    (key,) = load([key_entry()])[KID]
    assert key.public_key == PRIVATE_KEY.public_key()


def test_one_kid_may_have_several_keys() -> None:
    other = ec.derive_private_key(303, ec.SECP256R1()).public_key()
    spki = other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    trust = load([key_entry(), key_entry(key=b64(spki)), key_entry()])
    assert [key.public_key for key in trust[KID]] == [PRIVATE_KEY.public_key(), other]
    assert [one.reason for one in trust.set_aside] == ["repeats an earlier entry"]


def test_a_name_that_is_not_base64_is_the_kid_itself() -> None:
    trust = load([key_entry("Key1PRO")])
    assert b"Key1PRO" in trust
    assert base64.b64decode("Key1PRO=") not in trust


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (key_entry(""), "kid: missing, or not ASCII"),
        (key_entry("kłucz"), "kid: missing, or not ASCII"),
        (key_entry(7), "kid: missing, or not ASCII"),
        ({"publicKey": b64(SPKI)}, "kid: missing, or not ASCII"),
        (key_entry(key=None), "publicKey: missing, or not text"),
        (key_entry(key=""), "publicKey: missing, or not text"),
        (key_entry(key="*"), "certificate: neither DER nor Base64"),
        (key_entry(key=b64(DSC)), "public key: unexpected type 0xa0"),
        (
            key_entry(
                key=b64(SECP224.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
            ),
            "public key: no signature algorithm of certificates uses such a key",
        ),
    ],
)
def test_what_is_no_key_with_a_kid_is_set_aside(entry: dict[str, Any], reason: str) -> None:
    assert only_reason(load([{**entry, "publicKey": entry.get("publicKey")}])) == reason


@pytest.mark.parametrize("entry", ["text", None, 3, ["kid", "publicKey"]])
def test_an_entry_that_is_no_object_is_set_aside_and_counted(entry: object) -> None:
    trust = load([entry, key_entry()])
    assert len(trust) == 1
    assert [(one.source, one.reason) for one in trust.set_aside] == [
        ("list.json, entry 1", "not an object")
    ]


# --- Poland --------------------------------------------------------------------------------------


def test_the_polish_list_holds_certificates() -> None:
    trust = load(polish(polish_entry(), polish_entry(OTHER_DSC)))
    assert (trust.format, len(trust), trust.set_aside) == ("Polish list", 2, ())
    (key,) = trust[KID]
    assert (key.public_key, key.country) == (PRIVATE_KEY.public_key(), AUTHORITY.country)
    assert (key.role, key.notes) == ("signer", ())
    assert trust[OTHER_KID][0].source == "list.json, entry 2"


@pytest.mark.parametrize("thumbprint", [sha256(OTHER_DSC).hexdigest(), "text", "ü"])
def test_the_identifier_of_another_certificate_is_noted(thumbprint: str) -> None:
    (key,) = load(polish(polish_entry(identyfikator=thumbprint)))
    assert key.notes == ("the published thumbprint is not that of the certificate",)


def test_a_polish_identifier_may_be_in_capitals_or_missing() -> None:
    capitals = polish_entry(identyfikator=sha256(DSC).hexdigest().upper())
    trust = load(polish(capitals, polish_entry(OTHER_DSC, identyfikator=None)))
    assert [key.notes for key in trust] == [(), ()]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"identyfikatorKlucza": None}, "identyfikatorKlucza: missing, empty or not Base64"),
        ({"identyfikatorKlucza": "*"}, "identyfikatorKlucza: missing, empty or not Base64"),
        ({"certyfikat": None}, "certyfikat: missing, or not text"),
        ({"certyfikat": ""}, "certyfikat: missing, or not text"),
        ({"certyfikat": {}}, "certyfikat: missing, or not text"),
        ({"certyfikat": "*"}, "certificate: neither DER nor Base64"),
        ({"certyfikat": b64(SPKI)}, "signature algorithm: unexpected type 0x03"),
        ({"identyfikator": 5}, "identyfikator: not text"),
    ],
)
def test_what_is_no_polish_certificate_is_set_aside(
    changes: dict[str, object], reason: str
) -> None:
    assert only_reason(load(polish(polish_entry() | changes))) == reason


@pytest.mark.parametrize("entry", ["text", None, [], 1])
def test_a_polish_entry_that_is_no_object_is_set_aside(entry: object) -> None:
    assert only_reason(load(polish(entry))) == "not an object"


def test_what_else_the_polish_answer_holds_is_reported() -> None:
    withdrawn = {"usunieteCertyfikaty\x1b" + "x" * 99: [sha256(DSC).hexdigest()]}
    trust = load(polish(polish_entry(), **withdrawn, data="2021-07-01", puste=[], inne={"a": 1}))
    assert len(trust) == 1
    assert [(one.source, one.reason) for one in trust.set_aside] == [
        (
            r"list.json, member 'usunieteCertyfikaty\x1bxxxxxxxxxxxx'",
            "it is not known what this member holds",
        ),
        ("list.json, member 'inne'", "it is not known what this member holds"),
    ]


@pytest.mark.parametrize("entries", [{}, "text", None, 1])
def test_a_polish_list_without_its_array_is_refused(entries: object) -> None:
    error = refused({"noweCertyfikaty": entries})
    assert (error.format, error.place) == ("Polish list", "noweCertyfikaty")


# --- all of them ---------------------------------------------------------------------------------

SAMPLES: dict[str, object] = {
    "french": french({b64(KID): twice(DSC)}),
    "british": [key_entry()],
    "polish": polish(polish_entry()),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_each_list_is_recognised_as_itself_alone(name: str) -> None:
    content = Content(json.dumps(SAMPLES[name]).encode())
    assert [known for known in formats.FORMATS if known.recognise(content)] == [FORMATS[name]]
    assert len(load(SAMPLES[name])) == 1


def test_no_real_list_of_another_form_is_taken_for_one_that_nobody_signs(
    shared_vectors: Callable[[str], Path],
) -> None:
    """Else a signed list could be read as one without a signature."""
    ours = [*FORMATS.values(), eu_service.EU_SERVICE, gdhcn.GDHCN]
    looked_at = 0
    for path in sorted(shared_vectors("trustlists").rglob("*")):
        if not path.is_file() or path.stat().st_size > 200_000:
            continue
        content = Content(path.read_bytes())
        try:
            taken_for = [known.name for known in ours if known.recognise(content)]
        except TrustListFormatError:  # looks like JSON and is not: no format takes it
            continue
        assert not taken_for, path.name
        looked_at += 1
    assert looked_at > 10


@pytest.mark.parametrize("name", SAMPLES)
def test_a_signing_key_is_refused_where_nothing_is_signed(name: str) -> None:
    data = json.dumps(SAMPLES[name]).encode()
    with pytest.raises(TrustListSignatureError, match="this format has none that can be"):
        TrustList.from_bytes(data, signing_key=PRIVATE_KEY.public_key())


@pytest.mark.parametrize(
    ("name", "empty"),
    [("french", french({})), ("polish", polish())],
)
def test_a_list_of_nothing_is_refused(name: str, empty: object) -> None:
    error = refused(empty)
    assert (error.format, error.reason) == (FORMATS[name].name, "it is empty")


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("french", french({f"kid {number}": "" for number in range(MAX_ENTRIES + 1)})),
        ("british", [{}] * (MAX_ENTRIES + 1)),
        ("polish", polish(*[{}] * (MAX_ENTRIES + 1))),
    ],
    ids=["french", "british", "polish"],
)
def test_more_entries_than_any_list_has_are_refused(name: str, document: object) -> None:
    data = json.dumps(document).encode()
    with pytest.raises(TrustListFormatError, match=f"more than {MAX_ENTRIES} entries"):
        FORMATS[name].read(Content(data), CONTEXT)


@pytest.mark.parametrize("document", [{}, [], ["text"], [{"key": 1}], {"certificates": {}}, 7])
@pytest.mark.parametrize("name", FORMATS)
def test_other_json_is_none_of_these_lists(name: str, document: object) -> None:
    content = Content(json.dumps(document).encode())
    assert not FORMATS[name].recognise(content)


def test_a_british_list_is_read_only_from_an_array() -> None:
    with pytest.raises(TrustListFormatError, match="expected an array of entries"):
        united_kingdom.read_key_list(Content(b'{"publicKey": 1}'), CONTEXT)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


def accounted_for(known: Format, document: object, count: int) -> None:
    """Every entry of a list comes out once, as usable or as set aside."""
    reading = known.read(Content(json.dumps(document).encode()), CONTEXT)
    assert len(reading.entries) + len(reading.set_aside) == count
    outcomes = [entry.outcome() for entry in reading.entries]
    assert all(str(outcome) for outcome in outcomes)


@given(st.dictionaries(st.text(max_size=12), JSON | st.just(twice(DSC)), max_size=4))
def test_every_french_entry_is_accounted_for(entries: dict[str, object]) -> None:
    accounted_for(france.FRENCH_LIST, french(entries), len(entries))


@given(
    st.lists(
        JSON
        | st.fixed_dictionaries(
            {}, optional={"kid": JSON | st.just("Key1"), "publicKey": JSON | st.just(b64(SPKI))}
        ),
        max_size=4,
    )
)
def test_every_british_entry_is_accounted_for(entries: list[object]) -> None:
    accounted_for(united_kingdom.KEY_LIST, entries, len(entries))


@given(
    st.lists(
        JSON
        | st.fixed_dictionaries(
            {},
            optional={
                "identyfikator": JSON,
                "identyfikatorKlucza": JSON | st.just(b64(KID)),
                "certyfikat": JSON | st.just(b64(DSC)),
            },
        ),
        max_size=4,
    )
)
def test_every_polish_entry_is_accounted_for(entries: list[object]) -> None:
    accounted_for(poland.POLISH_LIST, polish(*entries), len(entries))


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_any_damage_ends_in_a_list_or_in_an_error_of_lists(name: str, data: st.DataObject) -> None:
    text = bytearray(json.dumps(SAMPLES[name]).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    try:
        trust = TrustList.from_bytes(bytes(text))
    except TrustListError:
        return
    assert len(trust) + len(trust.set_aside)


def test_an_authority_in_a_list_of_signers_is_a_signer_only() -> None:
    authority = SpecimenAuthority(
        not_before=datetime(2022, 1, 1, tzinfo=UTC), key=KeyType.P384
    ).certificate
    (key,) = load(polish(polish_entry(authority)))
    assert key.role == "signer"
