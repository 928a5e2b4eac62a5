"""Master lists of ICAO: made here of real authorities' certificates, signed by ours.

No master list is shared. These are ours: from Doc 9303-12 as the fact sheet has it, by
``cms_maker``, and by openssl where it is installed.
"""

from __future__ import annotations

import shutil
import subprocess
from base64 import b64encode, encodebytes
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

import cms_maker as maker
import foreign
from vnvaxcert import TrustList
from vnvaxcert.errors import (
    TrustListError,
    TrustListFormatError,
    TrustListRollbackError,
    TrustListSignatureError,
    TrustListStaleError,
)
from vnvaxcert.trust import formats
from vnvaxcert.trust.formats import content as bounds
from vnvaxcert.trust.formats.content import Content
from vnvaxcert.trust.formats.master_list import MASTER_LIST

SIGNED_AT: Final = datetime(2021, 3, 15, 9, 30, tzinfo=UTC)
AUTHORITY: Final = maker.certify(maker.ec_key(31), "Specimen CSCA", is_authority=True)
OTHER: Final = maker.certify(maker.ec_key(32), "Another CSCA", country="XA", is_authority=True)
USAGES: Final = [maker.MASTER_LIST_SIGNER]
SIGNER: Final = maker.certify(
    maker.ec_key(33), "Specimen list signer", issuer=AUTHORITY, serial=8, usages=USAGES
)
KEY: Final = SIGNER.key.public_key()


def inside(*certificates: bytes, version: bytes = b"\x02\x01\x00") -> bytes:
    """CscaMasterList."""
    return maker.tlv(0x30, version, maker.tlv(0x31, *certificates))


def signed(contents: bytes, holder: maker.Holder = SIGNER, **options: Any) -> bytes:
    ordinary: dict[str, Any] = {"content_type": maker.MASTER_LIST, "signed_at": SIGNED_AT}
    return maker.signed(contents, holder, **(ordinary | options))


PLAIN: Final = inside(AUTHORITY.certificate, OTHER.certificate)
LIST: Final = signed(PLAIN)


def load(data: bytes, **options: Any) -> TrustList:
    return TrustList.from_bytes(data, name="list.ml", **options)


def refused(data: bytes, **options: Any) -> TrustListError:
    with pytest.raises(TrustListError) as caught:
        load(data, **options)
    return caught.value


@cache
def real_authorities() -> list[bytes]:
    """Authorities of passports and of the health network, DER, in an order of their own."""
    seals = sorted((foreign.shared_vectors("vds-nc") / "csca").glob("*.der"))
    folder = foreign.shared_vectors("trustlists") / "ec-archive" / "CSCA"
    found = [path.read_bytes() for path in seals]
    for path in sorted(folder.rglob("*.pem")):
        parsed = x509.load_pem_x509_certificate(path.read_bytes())
        found.append(parsed.public_bytes(Encoding.DER))
    return found


# --- what is read --------------------------------------------------------------------------------


def test_the_authorities_of_a_list_are_read_in_every_form_of_it() -> None:
    for data in (
        LIST,
        signed(PLAIN, in_ber=True),
        b64encode(LIST),
        b64encode(signed(PLAIN, in_ber=True)),
        encodebytes(LIST),
        b"\r\n " + encodebytes(LIST).replace(b"\n", b"\r\n") + b"\n\n",
    ):
        trust = load(data)
        assert (trust.format, trust.authenticated) == ("ICAO master list", False)
        assert trust.issued_at == SIGNED_AT
        assert trust.sequence == int(SIGNED_AT.timestamp())
        assert [(key.role, key.country, key.kid, key.source) for key in trust] == [
            (
                "authority",
                country,
                sha256(one.certificate).digest()[:8],
                f"list.ml, entry {number}",
            )
            for number, (one, country) in enumerate([(AUTHORITY, "UT"), (OTHER, "XA")], start=1)
        ]
        assert load(data, signing_key=KEY).authenticated


def test_real_authorities_are_all_usable_under_the_kids_of_their_bytes() -> None:
    certificates = real_authorities()
    trust = load(signed(inside(*certificates), in_ber=True), signing_key=KEY)
    assert len(certificates) == 14
    assert [key.kid for key in trust] == [sha256(one).digest()[:8] for one in certificates]
    assert trust.set_aside == ()
    assert {key.role for key in trust} == {"authority"}
    # Explicit curves, NULL parameters: a strict parser refuses some of Japan's and Australia's.
    assert {"JP", "AU", "VN"} <= {key.country for key in trust}


def test_what_is_no_usable_certificate_is_set_aside_and_the_rest_is_read() -> None:
    broken = maker.tlv(0x30, b"\x05\x00")
    spki = maker.spki(OTHER.key)
    no_key = OTHER.certificate.replace(spki, spki.replace(b"\x03\x01\x07", b"\x03\x01\x7f"))
    others = [broken, no_key, b"\x05\x00", b"\x04\x04MIIB", AUTHORITY.certificate]
    trust = load(signed(inside(*others, AUTHORITY.certificate)), signing_key=KEY)
    assert len(trust) == 1
    assert [one.source for one in trust.set_aside] == [
        "list.ml, entry 6",
        *(f"list.ml, entry {number}" for number in (1, 2, 3, 4)),
    ]
    assert trust.set_aside[0].reason == "repeats an earlier entry"
    assert all(one.reason for one in trust.set_aside)


def test_a_list_without_a_time_of_signing_states_no_time() -> None:
    trust = load(signed(PLAIN, signed_at=None), signing_key=KEY)
    assert (trust.issued_at, trust.sequence) == (None, None)
    unsigned = maker.message(PLAIN, [], content_type=maker.MASTER_LIST)
    assert load(unsigned).issued_at is None


def test_the_time_is_that_of_the_signer_whose_signature_was_checked() -> None:
    late = datetime(2029, 1, 1, tzinfo=UTC)
    infos = [
        maker.signer_info(PLAIN, holder, content_type=maker.MASTER_LIST, signed_at=signed_at)
        for holder, signed_at in ((OTHER, late), (SIGNER, SIGNED_AT))
    ]
    data = maker.message(PLAIN, infos, content_type=maker.MASTER_LIST)
    assert load(data).issued_at == late
    assert load(data, signing_key=KEY).issued_at == SIGNED_AT


def test_a_list_of_the_future_and_one_older_than_the_last_are_refused() -> None:
    load(LIST, at=SIGNED_AT - timedelta(minutes=4), last_sequence=int(SIGNED_AT.timestamp()))
    error = refused(LIST, at=SIGNED_AT - timedelta(minutes=6))
    assert isinstance(error, TrustListStaleError)
    error = refused(LIST, last_sequence=int(SIGNED_AT.timestamp()) + 1)
    assert isinstance(error, TrustListRollbackError)


# --- signatures ----------------------------------------------------------------------------------


def test_any_other_key_or_content_is_refused() -> None:
    for key in (OTHER.key, AUTHORITY.key, maker.rsa_key()):
        error = refused(LIST, signing_key=key.public_key())
        assert isinstance(error, TrustListSignatureError)
        assert error.reason == "the signature is not that of the key given over this list"


def test_any_changed_byte_of_the_list_or_bit_of_its_signature_is_refused() -> None:
    contents = inside(AUTHORITY.certificate)
    data = signed(contents, certificates=[])
    start = data.index(contents)
    for at in range(start, start + len(contents)):
        changed = data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :]
        assert isinstance(refused(changed, signing_key=KEY), TrustListSignatureError)
    # The signature is the last thing in it.
    for bit in range(8 * 64):
        at = len(data) - 1 - bit // 8
        changed = data[:at] + bytes([data[at] ^ 1 << bit % 8]) + data[at + 1 :]
        assert isinstance(refused(changed, signing_key=KEY), TrustListSignatureError)


def test_a_signer_that_the_publishers_authority_certified_for_lists_is_good() -> None:
    authorities = TrustList.from_certificates([AUTHORITY.certificate])
    for certificates in ([SIGNER.certificate], [AUTHORITY.certificate, SIGNER.certificate]):
        data = signed(PLAIN, certificates=certificates)
        assert load(data, authorities=authorities).authenticated
        assert load(data, authorities=authorities, signing_key=KEY).authenticated


@pytest.mark.parametrize(
    ("usages", "issuer", "reason"),
    [
        ([], AUTHORITY, "it is not one for signing master lists (usage 2.23.136.1.1.3)"),
        (["2.23.136.1.1.8"], AUTHORITY, "it is not one for signing master lists"),
        (USAGES, OTHER, "no authority has the key identifier or the name of its issuer"),
    ],
    ids=["no usage", "usage of another list", "another authority"],
)
def test_a_signer_certified_for_something_else_or_by_somebody_else_is_refused(
    usages: list[str], issuer: maker.Holder, reason: str
) -> None:
    holder = maker.certify(maker.ec_key(34), "Specimen", issuer=issuer, usages=usages)
    authorities = TrustList.from_certificates([AUTHORITY.certificate])
    error = refused(signed(PLAIN, holder), authorities=authorities)
    assert isinstance(error, TrustListSignatureError)
    assert error.place == "certificate of its signer"
    assert error.reason.startswith(reason)
    assert load(signed(PLAIN, holder), signing_key=holder.key.public_key()).authenticated


def test_a_signers_certificate_that_is_missing_or_broken_is_refused_under_authorities() -> None:
    authorities = TrustList.from_certificates([AUTHORITY.certificate])
    for certificates, reason in (
        ([], "no certificate of its signer came along; give a signing key"),
        ([AUTHORITY.certificate, OTHER.certificate], "no certificate of its signer came along"),
        ([maker.tlv(0x30, b"\x05\x00")], "certificate: unexpected type 0x05"),
        ([AUTHORITY.certificate], "it is not one for signing master lists"),
    ):
        data = signed(PLAIN, certificates=certificates)
        error = refused(data, authorities=authorities)
        assert isinstance(error, TrustListSignatureError)
        assert error.reason.startswith(reason)
        assert load(data, signing_key=KEY).authenticated


def test_sha1_and_a_signature_over_the_content_itself_are_refused() -> None:
    """Germany's list of 2021 is signed over SHA-1; attributes are a must for a list."""
    old = signed(PLAIN, digest="sha1")
    bare = maker.signer_info(PLAIN, SIGNER, attributes=None)
    direct = maker.message(PLAIN, [bare], content_type=maker.MASTER_LIST)
    nobody = maker.message(PLAIN, [], content_type=maker.MASTER_LIST)
    for data, reason in (
        (old, "signed over SHA-1, which is not accepted"),
        (direct, "no signed attributes, which content of type 2.23.136.1.1.2 needs"),
        (nobody, "nobody signed it"),
    ):
        assert len(load(data)) == 2
        error = refused(data, signing_key=KEY)
        assert isinstance(error, TrustListSignatureError)
        assert (error.place, error.reason) == ("signature", reason)


# --- what is no list -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        (b"", "list: the encoding ends too early"),
        (b"\x31\x00", "list: unexpected type 0x31"),
        (b"\x30\x80\x02\x01\x00\x31\x00\x00\x00", "list: an indefinite length"),
        (b"\x30\x00", "version: the encoding ends too early"),
        (b"\x30\x00\x00", "list: 1 bytes behind it"),
        (inside(version=b"\x02\x01\x01"), "version: expected 0"),
        (inside(version=b"\x02\x02\x00\x00"), "version: expected 0"),
        (inside(version=b"\x02\x00"), "version: expected 0"),
        (inside(version=b""), "version: unexpected type 0x31"),
        (maker.tlv(0x30, b"\x02\x01\x00"), "certificates: the encoding ends too early"),
        (maker.tlv(0x30, b"\x02\x01\x00\x30\x00"), "certificates: unexpected type 0x30"),
        (inside() + b"\0", "list: 1 bytes behind it"),
        (inside(b"\x30"), "certificate 1: the encoding ends too early"),
        (inside(b"\x05\x00", b"\x1f\x1f\x00"), "certificate 2: a tag of several bytes"),
        (inside(b"\x30\x80\x00\x00"), "certificate 1: an indefinite length"),
        (inside(), "it is empty"),
    ],
)
def test_content_that_is_no_list_of_certificates_is_refused(contents: bytes, reason: str) -> None:
    for key in (None, KEY):
        error = refused(signed(contents), signing_key=key)
        assert isinstance(error, TrustListFormatError)
        assert error.format == "ICAO master list"
        assert error.reason.startswith(reason)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (signed(PLAIN, content_type=maker.DATA), "signed data of type 1.2.840.113549.1.7.1, exp"),
        (signed(PLAIN, detached=True), "the list itself is missing, only a signature is there"),
        (LIST[:-1], "signed data: the encoding ends too early"),
        (LIST + b"\n", "signed data: 1 bytes behind it"),
        (LIST[:40], "signed data: the encoding ends too early"),
        (b64encode(LIST)[:-8], "signed data: the encoding ends too early"),
        (b64encode(LIST)[:-7], "not Base64"),
        (b64encode(LIST) + b"!", "not Base64"),
    ],
    ids=lambda value: value if isinstance(value, str) else "_",
)
def test_other_messages_and_damaged_ones_are_refused(data: bytes, reason: str) -> None:
    error = refused(data)
    assert isinstance(error, TrustListFormatError)
    assert (error.format, error.place) == ("ICAO master list", "")
    assert error.reason.startswith(reason)
    assert refused(data, signing_key=KEY).reason.startswith(reason)


def test_a_list_of_more_certificates_than_the_bound_is_refused() -> None:
    too_many = inside(*[b"\x05\x00"] * (bounds.MAX_ENTRIES + 1))
    assert refused(signed(too_many)).reason == "more than 100000 certificates"


def test_no_content_is_taken_for_a_list_and_for_something_else() -> None:
    ours = (LIST, signed(PLAIN, in_ber=True), b64encode(LIST), encodebytes(LIST), LIST[:40])
    theirs = (
        AUTHORITY.certificate,
        b64encode(AUTHORITY.certificate),
        AUTHORITY.parsed.public_bytes(Encoding.PEM),
        b"-----BEGIN CMS-----\n" + encodebytes(LIST) + b"-----END CMS-----\n",
        b"[]",
        b"MI",
        b"MI!!",
        b"MIIM",
        b"\x30\x80",
        b"",
    )
    for data in (*ours, *theirs):
        found = [known for known in formats.FORMATS if known.recognise(Content(data))]
        assert len(found) <= 1
        assert (found == [MASTER_LIST]) == (data in ours)


@given(st.integers(0, 10_000), st.binary(max_size=3), st.integers(0, 3))
def test_a_damaged_list_ends_in_a_list_or_a_trust_list_error(
    offset: int, inserted: bytes, removed: int
) -> None:
    for whole in (LIST, b64encode(LIST)):
        at = offset % len(whole)
        data = whole[:at] + inserted + whole[at + removed :]
        for key in (None, KEY):
            try:
                trust = load(data, signing_key=key)
            except TrustListError as error:
                seen = bool(error.format and error.reason)
            else:
                seen = len(trust) + len(trust.set_aside) > 0
            assert seen


# --- openssl -------------------------------------------------------------------------------------

OPENSSL: Final = shutil.which("openssl")


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
@pytest.mark.parametrize("stream", [(), ("-stream",)], ids=["at once", "as it goes"])
def test_a_list_that_openssl_signed_is_read(stream: tuple[str, ...], tmp_path: Path) -> None:
    assert OPENSSL is not None
    (tmp_path / "signer.pem").write_bytes(SIGNER.parsed.public_bytes(Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(
        SIGNER.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    contents = inside(*real_authorities())
    arguments = ["-signer", "signer.pem", "-inkey", "key.pem", "-outform", "DER", "-nodetach"]
    arguments += ["-econtent_type", maker.MASTER_LIST, *stream]
    done = subprocess.run(
        [OPENSSL, "cms", "-sign", "-binary", *arguments],
        cwd=tmp_path,
        input=contents,
        capture_output=True,
        check=True,
    )
    trust = load(done.stdout, signing_key=KEY)
    assert trust.authenticated
    assert len(trust) == 14
    assert trust.issued_at is not None
    authorities = TrustList.from_certificates([AUTHORITY.certificate])
    assert load(done.stdout, authorities=authorities).authenticated
    at = done.stdout.index(contents[200:300])
    changed = done.stdout[:at] + b"\0" + done.stdout[at + 1 :]
    assert isinstance(refused(changed, signing_key=KEY), TrustListSignatureError)
