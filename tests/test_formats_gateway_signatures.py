"""The gateway's list with its trust anchor's key: who signed what, entry by entry.

No list with the signatures of its anchor was ever published; these are ours, made by
``cms_maker`` from the governance of the gateway. The signatures of countries are real ones too: see
``test_cms.py``.
"""

from __future__ import annotations

import gc
import json
import tracemalloc
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

import cms_maker as maker
import foreign
from vnvaxcert import TrustList
from vnvaxcert.errors import TrustListError, TrustListFormatError, TrustListSignatureError
from vnvaxcert.trust import json_text
from vnvaxcert.trust.cms import read_signed_data
from vnvaxcert.trust.formats.content import Context
from vnvaxcert.trust.formats.gateway_signatures import SignedEntry, check_signatures

ANCHOR: Final = maker.certify(maker.ec_key(11), "Specimen anchor", country="EU", is_authority=True)
OTHER_ANCHOR: Final = maker.certify(maker.ec_key(12), "Specimen anchor", country="EU")
KEY: Final = ANCHOR.key.public_key()

CSCA: Final = maker.certify(maker.ec_key(13), "Specimen CSCA", is_authority=True)
UPLOADER: Final = maker.certify(maker.ec_key(14), "Specimen uploader")
SECOND: Final = maker.certify(maker.ec_key(15), "Specimen uploader 2", serial=6)
CONNECTION: Final = maker.certify(maker.ec_key(16), "Specimen connection")
ABROAD: Final = maker.certify(maker.ec_key(17), "Specimen uploader", country="XA")
DSCS: Final = [
    maker.certify(maker.ec_key(number), f"Specimen DSC {number}", issuer=CSCA).certificate
    for number in range(21, 26)
]


def base64_of(data: bytes) -> str:
    return b64encode(data).decode()


def entry(
    kind: str, certificate: bytes, signature: bytes | str | None, **changes: Any
) -> dict[str, Any]:
    """One entry as the gateway writes it; a change of None takes the member away."""
    members = {
        "kid": base64_of(sha256(certificate).digest()[:8]),
        "timestamp": "2022-05-16T12:21:16+02:00",
        "country": "UT",
        "certificateType": kind,
        "thumbprint": sha256(certificate).hexdigest(),
        "signature": base64_of(signature) if isinstance(signature, bytes) else signature,
        "rawData": base64_of(certificate),
    } | changes
    return {name: value for name, value in members.items() if value is not None}


def by(holder: maker.Holder, certificate: bytes, **options: Any) -> bytes:
    """A holder's detached signature over a certificate, written as the gateway's are."""
    return maker.signed(certificate, holder, detached=True, in_ber=True, **options)


def anchored(kind: str, holder: maker.Holder, **changes: Any) -> dict[str, Any]:
    return entry(kind, holder.certificate, by(ANCHOR, holder.certificate), **changes)


def uploaded(certificate: bytes, uploader: maker.Holder = UPLOADER, **changes: Any) -> Any:
    return entry("DSC", certificate, by(uploader, certificate), **changes)


WHOLE: Final = [
    uploaded(DSCS[0]),  # before its uploader: the order of a list means nothing
    anchored("AUTHENTICATION", CONNECTION),
    anchored("UPLOAD", UPLOADER),
    anchored("UPLOAD", SECOND),
    anchored("CSCA", CSCA),
    anchored("UPLOAD", ABROAD, country="XA"),
    uploaded(DSCS[1], SECOND),
    uploaded(DSCS[2], ABROAD, country="XA"),
]


def as_json(document: object) -> bytes:
    return json.dumps(document).encode()


def load(document: object, **options: Any) -> TrustList:
    data = document if isinstance(document, bytes) else as_json(document)
    return TrustList.from_bytes(data, name="list.json", **({"signing_key": KEY} | options))


def refused(document: object, **options: Any) -> TrustListSignatureError:
    with pytest.raises(TrustListSignatureError) as caught:
        load(document, **options)
    assert caught.value.format == "EU gateway list"
    return caught.value


def test_a_list_whose_entries_are_all_signed_by_whom_they_should_be_is_authenticated() -> None:
    trust = load(WHOLE)
    assert trust.authenticated
    assert {(key.role, key.country) for key in trust} == {
        ("signer", "UT"),
        ("authority", "UT"),
        ("signer", "XA"),
    }
    assert len(trust) == 4
    assert [(one.source, one.reason) for one in trust.set_aside] == [
        ("list.json, entry 2", "a certificate of type AUTHENTICATION signs no certificates"),
        *(
            (f"list.json, entry {number}", "a certificate of type UPLOAD signs no certificates")
            for number in (3, 4, 6)
        ),
    ]
    facts = {key.facts.der for key in trust if key.facts}
    assert facts == {*DSCS[:3], CSCA.certificate}


def test_without_a_key_it_is_what_it_was_and_says_that_nobody_checked() -> None:
    trust = load(WHOLE, signing_key=None)
    assert not trust.authenticated
    assert len(trust) == 4
    spoilt = [one | {"signature": "!"} for one in WHOLE]
    assert len(load(spoilt, signing_key=None)) == 4


def test_all_forms_of_a_signature_of_cms_count() -> None:
    certificate = DSCS[0]
    for signature in (
        maker.signed(certificate, UPLOADER),  # the certificate inside it too, as a third has it
        maker.signed(certificate, UPLOADER, detached=True),
        maker.signed(certificate, UPLOADER, detached=True, certificates=[]),
        maker.signed(certificate, UPLOADER, digest="sha512", in_ber=True),
        maker.message(None, [maker.signer_info(certificate, UPLOADER, attributes=None)]),
        maker.message(None, [maker.signer_info(certificate, UPLOADER, by_key=True)]),
        # As Bahrain's: it names another certificate than the one that came along.
        maker.message(
            None,
            [maker.signer_info(certificate, UPLOADER, identifier=maker.tlv(0x80, b"another"))],
            certificates=[UPLOADER.certificate],
        ),
    ):
        assert len(load([*WHOLE[1:], entry("DSC", certificate, signature)])) == 4


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(len(WHOLE)))
def test_every_entry_with_a_signature_of_somebody_else_is_refused_by_name(number: int) -> None:
    good = WHOLE[number]
    certificate = b64decode(good["rawData"])
    stranger = maker.certify(maker.ec_key(99), "Specimen stranger")
    for signature in (
        by(stranger, certificate),
        by(CSCA, certificate),
        by(CONNECTION, certificate),
        by(UPLOADER, b"another certificate"),
        by(ANCHOR, b"another certificate"),
        by(ANCHOR if good["certificateType"] == "DSC" else UPLOADER, certificate),
    ):
        document = [*WHOLE]
        document[number] = good | {"signature": base64_of(signature)}
        error = refused(document)
        assert error.place == f"entry {number + 1}"
        assert "sign" in error.reason


@pytest.mark.parametrize("number", range(len(WHOLE)))
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"signature": None}, "signature: missing"),
        ({"signature": ""}, "signature: missing"),
        ({"signature": 5}, "signature: missing"),
        ({"signature": "!!!!"}, "signature: expected a signature of CMS in Base64"),
        ({"signature": "MIü="}, "signature: expected a signature of CMS in Base64"),
        ({"signature": "MAA="}, "signature: the encoding ends too early"),
        ({"signature": "MIAAAA=="}, "signature: the encoding ends too early"),
        ({"rawData": None}, "rawData: expected a certificate in Base64"),
        ({"rawData": "!!!!"}, "rawData: expected a certificate in Base64"),
        ({"rawData": 5}, "rawData: expected a certificate in Base64"),
        ({"rawData": base64_of(b"TUlJ" * 20)}, "rawData: expected a certificate in Base64"),
        ({"rawData": base64_of(DSCS[4])}, "signature is not that of"),
    ],
)
def test_an_entry_without_a_certificate_or_a_signature_is_refused_by_name(
    number: int, changes: dict[str, Any], reason: str
) -> None:
    document = [*WHOLE]
    members = WHOLE[number] | changes
    document[number] = {name: value for name, value in members.items() if value is not None}
    error = refused(document)
    assert error.place == f"entry {number + 1}"
    assert reason in error.reason


@pytest.mark.parametrize("number", [0, 2, 4])
def test_any_changed_byte_of_a_certificate_is_refused(number: int) -> None:
    certificate = b64decode(WHOLE[number]["rawData"])
    document = [WHOLE[2], WHOLE[number]] if number == 0 else [WHOLE[number]]
    assert load(document).authenticated
    for at in range(0, len(certificate), 5):
        changed = bytearray(certificate)
        changed[at] ^= 1 << at % 8
        spoilt = document[-1] | {"rawData": base64_of(bytes(changed))}
        assert refused([*document[:-1], spoilt]).place == f"entry {len(document)}"


def test_any_changed_bit_of_a_signature_is_refused() -> None:
    holder = UPLOADER
    plain = maker.signer_info(DSCS[0], holder, attributes=None)
    message = maker.message(None, [plain], certificates=[holder.certificate])
    (signer,) = read_signed_data(message).signers
    signature = signer.signature
    start = message.index(signature)
    for bit in range(0, 8 * len(signature), 3):
        changed = bytearray(message)
        changed[start + bit // 8] ^= 1 << bit % 8
        assert refused([WHOLE[2], entry("DSC", DSCS[0], bytes(changed))]).place == "entry 2"


def test_a_signer_is_vouched_for_by_its_own_country_alone() -> None:
    for changes, reason in (
        ({"country": "XA"}, "signed by none of the UPLOAD certificates of its country"),
        ({"country": "XB"}, "there is no usable UPLOAD certificate of its country on the list"),
        ({"country": None}, "there is no usable UPLOAD certificate of its country on the list"),
        ({"country": "?"}, "there is no usable UPLOAD certificate of its country on the list"),
    ):
        error = refused([*WHOLE[1:], uploaded(DSCS[0], **changes)])
        assert (error.place, error.reason) == ("entry 8", reason)


def test_the_country_of_an_uploader_is_the_one_that_the_anchor_signed() -> None:
    """What is published beside its certificate nobody signed."""
    abroad = anchored("UPLOAD", ABROAD, country="UT")
    error = refused([abroad, uploaded(DSCS[0], ABROAD)])
    assert (error.place, error.reason[:8]) == ("entry 2", "there is")
    assert load([abroad, uploaded(DSCS[0], ABROAD, country="xa")]).authenticated
    nowhere = maker.certify(maker.ec_key(18), "Specimen", country=None)
    for country in ("UT", None, ""):
        error = refused([anchored("UPLOAD", nowhere), uploaded(DSCS[0], nowhere, country=country)])
        assert error.place == "entry 2"


def test_an_uploader_counts_only_when_the_anchor_signed_it_as_one() -> None:
    for kind in ("CSCA", "AUTHENTICATION"):
        error = refused([anchored(kind, UPLOADER), uploaded(DSCS[0])])
        assert (error.place, error.reason[:8]) == ("entry 2", "there is")
    by_itself = entry("UPLOAD", UPLOADER.certificate, by(UPLOADER, UPLOADER.certificate))
    error = refused([by_itself, uploaded(DSCS[0])])
    assert error.place == "entry 1"
    assert error.reason == ("the signature is not that of the trust anchor over this certificate")


def test_what_the_anchor_signed_as_another_is_no_authority() -> None:
    for holder in (UPLOADER, CONNECTION):
        trust = load([anchored("CSCA", holder), anchored("CSCA", CSCA), anchored("UPLOAD", SECOND)])
        assert [key.subject for key in trust] == ["C=UT,CN=Specimen CSCA"]
        assert [(one.source, one.reason) for one in trust.set_aside] == [
            ("list.json, entry 3", "a certificate of type UPLOAD signs no certificates"),
            (
                "list.json, entry 1",
                "its certificate is not that of an authority, whatever the list calls it",
            ),
        ]
        assert len(trust.anchors.keys) == 1
    broken = maker.tlv(0x30, b"\x05\x00")
    trust = load([entry("CSCA", broken, by(ANCHOR, broken)), anchored("CSCA", CSCA)])
    assert len(trust) == 1
    assert [one.source for one in trust.set_aside] == ["list.json, entry 1"]


def test_bad_signatures_before_a_good_one_do_not_multiply_the_work() -> None:
    certificate = CSCA.certificate
    good = maker.signer_info(certificate, ANCHOR)
    bad = maker.signer_info(certificate, ANCHOR, signature=b"\x30\x06\x02\x01\x01\x02\x01\x01")
    for number in (1, 2, 15):
        signature = maker.message(None, [bad] * number + [good])
        document = [entry("CSCA", certificate, signature)]
        if number == 1:
            assert load(document).authenticated
        else:
            error = refused(document)
            assert (error.place, error.reason) == ("entry 1", "signature: more than 2 signers")


def test_an_uploader_whose_certificate_or_key_cannot_be_read_vouches_for_nobody() -> None:
    broken = maker.tlv(0x30, b"\x05\x00")
    # One whose key is of a kind that there is not.
    spki = maker.spki(UPLOADER.key)
    ec_key = bytes.fromhex("2a8648ce3d0201")
    no_key = UPLOADER.certificate.replace(spki, spki.replace(ec_key, ec_key[:-1] + b"\x09"))
    assert no_key != UPLOADER.certificate
    for certificate, reason in ((broken, "there is no usable"), (no_key, "signed by none of")):
        upload = entry("UPLOAD", certificate, by(ANCHOR, certificate))
        error = refused([upload, WHOLE[0]])
        assert (error.place, reason in error.reason) == ("entry 2", True)
        assert load([upload]).authenticated


def test_a_list_with_nothing_of_the_anchors_cannot_be_checked() -> None:
    for document in (
        [WHOLE[0]],
        [WHOLE[0] | {"certificateType": "NEW"}],
        {"certificates": WHOLE[:1]},
    ):
        error = refused(document)
        assert error.place == ""
        assert "no entry is signed by the trust anchor" in error.reason


def test_what_nobody_signs_or_uses_is_set_aside_as_ever() -> None:
    document = [*WHOLE, {"certificateType": "NEW", "kid": "AAEC"}, 5, WHOLE[0] | {"kid": ""}]
    trust = load(document)
    assert len(trust) == 4
    assert [one.reason for one in trust.set_aside[-3:]] == [
        "certificateType: neither DSC nor CSCA",
        "certificateType: neither DSC nor CSCA",
        "kid: missing, empty or not Base64",
    ]


def test_another_publishers_key_or_one_of_another_kind_is_refused() -> None:
    for key in (OTHER_ANCHOR.key, UPLOADER.key, maker.rsa_key(), maker.ec_key(11, ec.SECP384R1)):
        error = refused(WHOLE, signing_key=key.public_key())
        assert (error.place, error.reason) == (
            "entry 2",
            "the signature is not that of the trust anchor over this certificate",
        )


def test_a_good_signature_over_sha1_is_set_aside_and_a_bad_one_refused() -> None:
    old = entry("DSC", DSCS[3], by(UPLOADER, DSCS[3], digest="sha1"))
    trust = load([*WHOLE, old])
    assert trust.authenticated
    assert len(trust) == 4
    assert (trust.set_aside[-1].source, trust.set_aside[-1].reason) == (
        "list.json, entry 9",
        "its signature is made over SHA-1, which is not accepted",
    )
    wrong = entry("DSC", DSCS[3], by(SECOND, DSCS[2], digest="sha1"))
    assert refused([*WHOLE, wrong]).reason == (
        "the signature is not that of an uploader of its country over this certificate"
    )
    # An uploader itself, and so all that it uploaded.
    uploader = entry(
        "UPLOAD", UPLOADER.certificate, by(ANCHOR, UPLOADER.certificate, digest="sha1")
    )
    assert refused([uploader, WHOLE[0]]).place == "entry 2"
    authority = entry("CSCA", CSCA.certificate, by(ANCHOR, CSCA.certificate, digest="sha1"))
    assert len(load([*WHOLE[:4], *WHOLE[5:], authority])) == 3


def test_a_signature_that_cannot_be_checked_says_why() -> None:
    info = maker.signer_info(DSCS[0], UPLOADER, digest_oid="1.2.840.113549.2.5")
    error = refused([WHOLE[2], entry("DSC", DSCS[0], maker.message(None, [info]))])
    assert error.reason == (
        "the signature cannot be checked: a hash that is not known, 1.2.840.113549.2.5"
    )
    unsigned = maker.message(None, [], certificates=[UPLOADER.certificate])
    error = refused([WHOLE[2], entry("DSC", DSCS[0], unsigned)])
    assert error.reason == "the signature cannot be checked: nobody signed it"


# --- an anchor that authorities certified --------------------------------------------------------


def test_the_anchors_certificate_may_be_given_as_an_authority_in_place_of_its_key() -> None:
    for authorities in ([ANCHOR.certificate], [CSCA.certificate, ANCHOR.certificate]):
        anchors = TrustList.from_certificates(authorities)
        assert load(WHOLE, signing_key=None, authorities=anchors).authenticated
        assert load(WHOLE, authorities=anchors).authenticated
    strangers = TrustList.from_certificates([CSCA.certificate])
    error = refused(WHOLE, signing_key=None, authorities=strangers)
    assert error.place == "certificate of its signer"
    anchors = TrustList.from_certificates([ANCHOR.certificate])
    mixed = [*WHOLE, entry("CSCA", CSCA.certificate, by(OTHER_ANCHOR, CSCA.certificate))]
    assert refused(mixed, signing_key=None, authorities=anchors).place == "entry 9"


def test_an_anchor_whose_certificate_did_not_come_along_needs_its_key() -> None:
    bare = [
        entry("CSCA", CSCA.certificate, by(ANCHOR, CSCA.certificate, certificates=[])),
        entry("CSCA", CSCA.certificate, maker.message(None, [], certificates=[DSCS[0]])),
    ]
    anchors = TrustList.from_certificates([ANCHOR.certificate])
    for one in bare:
        error = refused([one], signing_key=None, authorities=anchors)
        assert "no certificate of its signer came along" in error.reason
    assert load(bare[:1]).authenticated


# --- large lists, and the bytes that become keys -------------------------------------------------


def test_a_large_list_says_the_same_by_either_reader() -> None:
    """One that is uniform is not parsed as JSON, and one entry more makes it that."""
    large = WHOLE * 20
    trust = load(large)
    by_json = load([*large, {"certificateType": "NEW"}])
    assert trust.authenticated
    assert by_json.authenticated
    assert len(as_json(large)) > 131_072
    assert [key.kid for key in trust] == [key.kid for key in by_json]
    assert len(trust.set_aside) + 1 == len(by_json.set_aside)
    document = [*large, WHOLE[0] | {"rawData": WHOLE[6]["rawData"]}]
    assert refused(document).place == "entry 161"
    assert refused([*document, {}]).place == "entry 161"


def test_what_was_checked_becomes_the_key_and_not_another_reading_of_its_text() -> None:
    (entry_read,) = check_signatures(
        [
            SignedEntry(
                "CSCA", "UT", base64_of(CSCA.certificate), base64_of(by(ANCHOR, CSCA.certificate))
            )
        ],
        Context("list.json", KEY),
        "EU gateway list",
    )
    assert entry_read == (CSCA.certificate, "")
    (key,) = load([WHOLE[4]])
    assert key.facts is not None
    assert key.facts.der == CSCA.certificate
    assert key.notes == ()
    (key,) = load([WHOLE[4] | {"thumbprint": "00"}])
    assert key.notes == ("the published thumbprint is not that of the certificate",)


def test_too_many_entries_and_json_of_another_shape_are_refused_with_a_key_too() -> None:
    for data in (
        as_json([{"rawData": ""}] + [0] * 100_000),
        b'{"certificates": [5, {"rawData": 1}',
    ):
        with pytest.raises(TrustListFormatError):
            load(data)
    with pytest.raises(TrustListFormatError, match="more than 100000 entries"):
        load(as_json([{"rawData": ""}] + [0] * 100_000))


def kept_by(data: bytes, **options: Any) -> int:
    """How many bytes a list takes once it is loaded, and nothing else is left of loading it."""
    load(data, **options)  # what is loaded but once is there now
    tracemalloc.start()
    try:
        trust = load(data, **options)
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert trust.format == "EU gateway list"
    return kept


def test_signatures_are_not_kept() -> None:
    data = as_json(WHOLE * 10)
    assert kept_by(data) < 1.2 * kept_by(data, signing_key=None)
    data = b'[{"rawData": "", "signature": "x"}]'
    assert json_text.parse(data) == [{"rawData": ""}]
    assert json_text.parse(data, keep_signatures=True) == json.loads(data)


# --- real uploads under an anchor of ours --------------------------------------------------------


def test_the_real_uploads_of_2023_are_good_under_uploaders_that_our_anchor_signed() -> None:
    path = foreign.shared_vectors("trustlists") / "de-2023" / "production.dsc-list.json"
    entries = json.loads(path.read_text().partition("\n")[2])["certificates"]
    uploaders: dict[bytes, str] = {}
    for one in entries:
        found = read_signed_data(b64decode(one["signature"])).certificates
        uploaders |= dict.fromkeys(found, one["country"])
    anchored_ones = [
        entry("UPLOAD", certificate, by(ANCHOR, certificate), country=country)
        for certificate, country in uploaders.items()
    ]
    trust = load([*anchored_ones, *entries])
    assert trust.authenticated
    over_sha1 = [one.country for one in trust.set_aside if "SHA-1" in one.reason]
    assert over_sha1 == ["NO"] * 9
    assert len(trust) == 829 - 9
    assert len(trust.set_aside) == len(uploaders) + 9
    swapped = [*anchored_ones, *entries[:-1], entries[-1] | {"signature": entries[0]["signature"]}]
    assert refused(swapped).place == f"entry {len(swapped)}"


# --- hostile ones --------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=5) | st.just("MIAGCSqGSIb3"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
)


@given(
    st.integers(0, len(WHOLE) - 1),
    st.sampled_from(["kid", "country", "certificateType", "rawData", "signature", "thumbprint"]),
    JSON,
)
def test_any_value_of_any_member_ends_in_a_list_or_a_trust_list_error(
    number: int, member: str, value: Any
) -> None:
    document = [*WHOLE]
    document[number] = WHOLE[number] | {member: value}
    try:
        trust = load(document)
    except TrustListError as error:
        seen = (error.format, bool(error.place), bool(error.reason))
    else:
        seen = ("EU gateway list", True, len(trust) + len(trust.set_aside) == len(WHOLE))
    assert seen == ("EU gateway list", True, True)
