"""Signed messages of CMS: those of openssl, `cryptography` and 1,561 real ones, and hostile ones.

Messages that no software writes are made by ``cms_maker``, from RFC 5652; they are ours.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
)
from hypothesis import given
from hypothesis import strategies as st

import cms_maker as maker
import foreign
from vnvaxcert.errors import InvalidSignatureError
from vnvaxcert.trust import ber, cms
from vnvaxcert.trust.ber import to_der
from vnvaxcert.trust.certificate import read_certificate
from vnvaxcert.trust.cms import CmsError, SignedData, read_signed_data
from vnvaxcert.trust.der import DerError

CONTENT: Final = b'{"list": ["of", "keys"]}\n' * 100
SIGNED_AT: Final = datetime(2022, 5, 16, 10, 21, 16, tzinfo=UTC)
EC: Final = maker.certify(maker.ec_key(1))
OTHER: Final = maker.certify(maker.ec_key(2), "Specimen other", serial=6)


@cache
def rsa_holder() -> maker.Holder:
    return maker.certify(maker.rsa_key(), "Specimen RSA uploader", serial=7)


def number_only(value: object) -> str:
    """No name for a parameter whose bytes, signatures among them, are others in each run."""
    return value if isinstance(value, str) else "_"


def public(holder: maker.Holder) -> Any:
    return holder.key.public_key()


# --- BER -----------------------------------------------------------------------------------------

DER_SPECIMEN: Final = maker.signed(CONTENT, EC)


def test_what_is_der_comes_out_as_the_very_object_that_went_in() -> None:
    for data in (
        DER_SPECIMEN,
        EC.certificate,
        b"\x05\x00",
        b"\x30\x00",
        b"\x04\x81\x80" + bytes(128),
    ):
        assert to_der(data, "it") is data


def test_open_ended_lengths_and_strings_in_pieces_become_what_they_are_in_der() -> None:
    info = [maker.signer_info(CONTENT, EC)]
    for content in (CONTENT, b"", None):
        written = [
            maker.message(content, info, certificates=[EC.certificate], in_ber=in_ber)
            for in_ber in (True, False)
        ]
        assert written[0] != written[1]
        assert to_der(written[0], "it") == written[1]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("30 80 00 00", "30 00"),
        ("30 80 30 80 05 00 00 00 00 00", "30 04 30 02 05 00"),
        ("30 81 02 05 00", "30 02 05 00"),
        ("30 88 00 00 00 00 00 00 00 02 05 00", "30 02 05 00"),
        ("04 81 01 aa", "04 01 aa"),
        ("24 00", "04 00"),
        ("24 80 00 00", "04 00"),
        ("24 06 04 01 aa 04 01 bb", "04 02 aa bb"),
        ("24 80 04 01 aa 24 80 04 01 bb 24 00 00 00 04 00 00 00", "04 02 aa bb"),
        # X.690 §8.23.6: the VisibleString "Jones" in two pieces.
        ("3a 09 04 03 4a 6f 6e 04 02 65 73", "1a 05 4a 6f 6e 65 73"),
        (
            "37 80 04 0d 32 31 30 31 30 31 30 30 30 30 30 30 5a 00 00",
            "17 0d" + b"210101000000Z".hex(),
        ),
        ("a0 80 80 01 aa 00 00", "a0 03 80 01 aa"),
        # Contents of primitive elements are anybody's.
        ("30 80 04 04 30 80 00 00 00 00", "30 06 04 04 30 80 00 00"),
        ("30 80 03 02 00 80 01 01 7f 00 00", "30 07 03 02 00 80 01 01 7f"),
    ],
)
def test_each_form_of_ber_has_its_der(data: str, expected: str) -> None:
    assert to_der(bytes.fromhex(data), "it") == bytes.fromhex(expected)


def test_a_length_that_gets_longer_than_short_form_is_written_in_long_form() -> None:
    for size in (126, 127, 128, 255, 256, 65_535, 65_536):
        octets = maker.tlv(0x04, bytes(size))
        assert to_der(maker.open_ended(0x30, octets), "it") == maker.tlv(0x30, octets)
        assert to_der(maker.in_pieces(bytes(size), 100), "it") == octets


Tree = tuple[int, Any]
TREES: Final = st.recursive(
    st.tuples(st.sampled_from([0x02, 0x04, 0x0C, 0x80, 0x13]), st.binary(max_size=140)),
    lambda inner: st.tuples(st.sampled_from([0x30, 0x31, 0xA0]), st.lists(inner, max_size=4)),
    max_leaves=12,
)


def as_der(tree: Tree) -> bytes:
    tag, inside = tree
    return maker.tlv(tag, inside if isinstance(inside, bytes) else b"".join(map(as_der, inside)))


def as_ber(tree: Tree, draw: Callable[[st.SearchStrategy[Any]], Any]) -> bytes:
    """The tree in any of the forms that BER allows."""
    tag, inside = tree
    form = draw(st.sampled_from(["short", "long", "open"]))
    if isinstance(inside, bytes):
        if form == "open" and tag in (0x04, 0x0C, 0x13):
            cut = draw(st.integers(0, len(inside)))
            pieces = (as_ber((0x04, part), draw) for part in (inside[:cut], inside[cut:]))
            return maker.open_ended(tag | 0x20, *pieces)
        content = inside
    else:
        content = b"".join(as_ber(one, draw) for one in inside)
        if form == "open":
            return maker.open_ended(tag, content)
    octets = draw(st.integers(3, 8)) if form == "long" else 0
    return bytes((tag,)) + maker.length(len(content), octets) + content


@given(TREES, st.data())
def test_any_tree_written_in_any_form_of_ber_becomes_its_der(tree: Tree, data: Any) -> None:
    assert to_der(as_ber(tree, data.draw), "it") == as_der(tree)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "ends too early"),
        ("30", "ends too early"),
        ("30 05 05 00", "ends too early"),
        ("30 80 05 00", "ends too early"),
        ("30 80 05 00 00", "ends too early"),
        ("30 82 00", "ends too early"),
        ("30 88 ff ff ff ff ff ff ff ff", "ends too early"),
        ("30 02 04 01 aa", "ends too early"),
        ("30 03 30 80 00 00 00", "ends too early"),
        ("30 89 00 00 00 00 00 00 00 00 00", "a length beyond all bounds"),
        ("30 ff 00", "a length beyond all bounds"),
        ("1f 81 01 00", "a tag of several bytes"),
        ("04 80 04 01 aa 00 00", "an indefinite length where none is allowed"),
        ("30 00 00", "1 bytes behind it"),
        ("30 80 00 00 05 00", "2 bytes behind it"),
        ("00 00", "an end mark where none belongs"),
        ("30 02 00 00", "an end mark where none belongs"),
        ("30 80 00 81 00 00 00", "an end mark where none belongs"),
        ("30 80 00 01 aa 00 00", "an end mark where none belongs"),
        ("24 80 02 01 aa 00 00", "unexpected type 0x02 in a string of several pieces"),
        ("2c 03 0c 01 61", "unexpected type 0x0c in a string of several pieces"),
        ("23 80 03 02 00 aa 00 00", "a BIT STRING in several pieces"),
    ],
)
def test_bytes_that_are_no_ber_are_refused_for_what_is_wrong(data: str, reason: str) -> None:
    with pytest.raises(DerError, match=f"^it: .*{reason}"):
        to_der(bytes.fromhex(data), "it")


def test_depth_and_number_of_elements_have_bounds() -> None:
    deepest = b"\x30\x80" * ber.MAX_DEPTH + b"\0\0" * ber.MAX_DEPTH
    assert to_der(deepest, "it")[:2] == b"\x30\x3e"
    for opening in (b"\x30\x80", b"\xa0\x80", b"\x24\x80", b"\x30\x84\x01\x00\x00\x00"):
        with pytest.raises(DerError, match=r"nested more than 32 deep|ends too early"):
            to_der(opening * 5_000_000, "it")
    assert len(to_der(maker.tlv(0x30, b"\x05\x00" * (ber.MAX_ELEMENTS - 1)), "it")) > 0
    with pytest.raises(DerError, match="more than 200000 elements"):
        to_der(maker.tlv(0x30, b"\x05\x00" * ber.MAX_ELEMENTS), "it")


def test_the_work_grows_with_the_size_and_not_with_its_square() -> None:
    def seconds(pieces: int) -> float:
        data = maker.open_ended(0x24, *[b"\x24\x80\x04\x01a\0\0"] * pieces)
        start = time.process_time()
        assert to_der(data, "it")[-1:] == b"a"
        return time.process_time() - start

    small = min(seconds(4_000) for _ in range(3))
    large = min(seconds(32_000) for _ in range(3))
    assert large < 32 * small  # 8 when linear, 64 when quadratic


# --- openssl -------------------------------------------------------------------------------------

OPENSSL: Final = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")


class Files(NamedTuple):
    """Files of one signer for openssl."""

    folder: Path
    holder: maker.Holder

    def run(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        assert OPENSSL is not None
        return subprocess.run(
            [OPENSSL, *arguments], cwd=self.folder, input=given, capture_output=True, check=False
        )

    def sign(self, *arguments: str) -> bytes:
        done = self.run(
            *("cms", "-sign", "-binary", "-signer", "signer.pem", "-inkey", "key.pem"),
            *("-outform", "DER", *arguments),
            given=CONTENT,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def accepts(self, message: bytes, *arguments: str) -> bool:
        done = self.run(
            *("cms", "-verify", "-binary", "-noverify", "-inform", "DER", *arguments),
            given=message,
        )
        return done.returncode == 0


@pytest.fixture(params=["EC", "RSA"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    holder = EC if request.param == "EC" else rsa_holder()
    pem = holder.parsed.public_bytes(Encoding.PEM)
    (tmp_path / "signer.pem").write_bytes(pem)
    key = holder.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "content").write_bytes(CONTENT)
    return Files(tmp_path, holder)


SHAPES: Final[dict[str, tuple[str, ...]]] = {
    "attached": ("-nodetach",),
    "detached": (),
    "no attributes": ("-nodetach", "-noattr"),
    "detached, no attributes": ("-noattr",),
    "named by key": ("-nodetach", "-keyid"),
    "no certificate": ("-nodetach", "-nocerts"),
    "no capabilities": ("-nodetach", "-nosmimecap"),
    "SHA-384": ("-nodetach", "-md", "sha384"),
    "SHA-512": ("-nodetach", "-md", "sha512"),
    "SHA-224": ("-nodetach", "-md", "sha224"),
    "written as it goes": ("-nodetach", "-stream"),
    "PSS": ("-nodetach", "-keyopt", "rsa_padding_mode:pss"),
    "PSS, SHA-384": ("-nodetach", "-md", "sha384", "-keyopt", "rsa_padding_mode:pss"),
    "of another type": ("-nodetach", "-econtent_type", maker.MASTER_LIST),
}


@needs_openssl
@pytest.mark.parametrize("shape", SHAPES)
def test_what_openssl_signs_is_good_and_any_other_content_or_key_is_not(
    shape: str, files: Files
) -> None:
    key = public(files.holder)
    if "PSS" in shape and not isinstance(key, rsa.RSAPublicKey):
        return
    written = files.sign(*SHAPES[shape])
    message = read_signed_data(written)
    detached = "detached" in shape
    assert message.content == (None if detached else CONTENT)
    assert message.content_type == (maker.MASTER_LIST if "type" in shape else maker.DATA)
    signer = message.verify(key, CONTENT)
    assert (signer.attributes is None) == ("no attributes" in shape)
    assert (signer.signing_time is None) == ("no attributes" in shape)
    assert (signer.key_identifier is not None) == (shape == "named by key")
    expected = None if shape == "no certificate" else files.holder.certificate
    assert message.signer_certificate() == expected
    if not detached:
        assert message.verify(key) == signer
    for changed in (CONTENT[:-1], CONTENT + b"\0", b"", bytes([CONTENT[0] ^ 1]) + CONTENT[1:]):
        with pytest.raises(InvalidSignatureError):
            message.verify(key, changed)
    for other in (OTHER.key, maker.ec_key(1, ec.SECP384R1)):
        with pytest.raises(InvalidSignatureError):
            message.verify(other.public_key(), CONTENT)


@needs_openssl
def test_sha1_is_refused_unless_it_is_asked_for(files: Files) -> None:
    key = public(files.holder)
    for extra in ((), ("-noattr",)):
        message = read_signed_data(files.sign("-nodetach", "-md", "sha1", *extra))
        with pytest.raises(CmsError, match="signed over SHA-1, which is not accepted"):
            message.verify(key)
        message.verify(key, accept_sha1=True)
        with pytest.raises(InvalidSignatureError):
            message.verify(public(OTHER), accept_sha1=True)


@needs_openssl
def test_what_openssl_writes_as_it_goes_is_in_der_what_it_writes_at_once(files: Files) -> None:
    if files.holder is EC:
        return  # ECDSA gives another signature each time
    arguments = ("-nodetach", "-noattr")
    streamed, whole = files.sign("-stream", *arguments), files.sign(*arguments)
    assert streamed[:2] == b"\x30\x80"
    assert to_der(streamed, "it") == whole


@needs_openssl
def test_the_messages_of_these_tests_are_good_to_openssl_as_well(files: Files) -> None:
    for in_ber in (False, True):
        for attributes in ((), None):
            for by_key in (False, True):
                info = maker.signer_info(
                    CONTENT, files.holder, attributes=attributes, by_key=by_key
                )
                for content in (CONTENT, None):
                    message = maker.message(
                        content, [info], certificates=[files.holder.certificate], in_ber=in_ber
                    )
                    beside = () if content else ("-content", "content")
                    assert files.accepts(message, *beside)
                    read_signed_data(message).verify(public(files.holder), CONTENT)
    if files.holder is not EC:
        info = maker.signer_info(CONTENT, files.holder, salt=32)
        assert files.accepts(
            maker.message(CONTENT, [info], certificates=[files.holder.certificate])
        )


# --- another writer ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["EC", "RSA"])
@pytest.mark.parametrize("option", [None, "NoAttributes", "DetachedSignature", "NoCerts"])
def test_what_cryptography_signs_is_good(kind: str, option: str | None) -> None:
    holder = EC if kind == "EC" else rsa_holder()
    options = [pkcs7.PKCS7Options.Binary]
    if option:
        options.append(pkcs7.PKCS7Options[option])
    written = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(CONTENT)
        .add_signer(holder.parsed, holder.key, hashes.SHA256())
        .sign(Encoding.DER, options)
    )
    message = read_signed_data(written)
    assert message.content == (None if option == "DetachedSignature" else CONTENT)
    message.verify(public(holder), CONTENT)
    assert message.signer_certificate() == (None if option == "NoCerts" else holder.certificate)
    with pytest.raises(InvalidSignatureError):
        message.verify(public(holder), CONTENT + b" ")


# --- real ones -----------------------------------------------------------------------------------

GERMAN: Final = (
    "de/dsc-list.txt",
    "de-2023/acceptance.dsc-list.json",
    "de-2023/production.dsc-list.json",
)


class Upload(NamedTuple):
    country: str
    signature: bytes
    certificate: bytes


@cache
def uploads() -> list[Upload]:
    """Every entry of the German lists: what a country uploaded, and its signature over it."""
    folder = foreign.shared_vectors("trustlists")
    found = []
    for name in GERMAN:
        document = json.loads((folder / name).read_text().partition("\n")[2])
        found += [
            Upload(one["country"], b64decode(one["signature"]), b64decode(one["rawData"]))
            for one in document["certificates"]
        ]
    return found


def key_of(message: SignedData) -> Any:
    certificate = message.signer_certificate()
    assert certificate is not None
    return x509.load_der_x509_certificate(certificate).public_key()


def test_the_real_uploads_are_refused_for_another_certificate() -> None:
    for one, other in zip(uploads()[::40], uploads()[1::40], strict=False):
        message = read_signed_data(one.signature)
        with pytest.raises(InvalidSignatureError):
            message.verify(key_of(message), other.certificate, accept_sha1=True)
        with pytest.raises(InvalidSignatureError):
            read_signed_data(other.signature).verify(
                public(EC), other.certificate, accept_sha1=True
            )


@pytest.mark.slow
def test_the_1561_real_uploads_are_signed_with_the_certificates_beside_them() -> None:
    refused = []
    for country, signature, certificate in uploads():
        message = read_signed_data(signature)
        key = key_of(message)
        try:
            message.verify(key, certificate)
        except CmsError as error:
            refused.append((country, str(error)))
            message.verify(key, certificate, accept_sha1=True)
    assert len(uploads()) == 1561
    assert refused == [("NO", "signed over SHA-1, which is not accepted")] * 12


# --- every byte and bit --------------------------------------------------------------------------


def test_every_byte_of_the_content_and_every_bit_of_the_signature_counts() -> None:
    content = CONTENT[:60]
    for attributes in ((), None):
        info = maker.signer_info(content, EC, attributes=attributes)
        message = read_signed_data(maker.message(content, [info]))
        signer = message.verify(public(EC))
        for at in range(len(content)):
            changed = content[:at] + bytes([content[at] ^ 0x40]) + content[at + 1 :]
            with pytest.raises(InvalidSignatureError):
                message._replace(content=changed).verify(public(EC))
        signature = int.from_bytes(signer.signature)
        for bit in range(8 * len(signer.signature)):
            bad = (signature ^ 1 << bit).to_bytes(len(signer.signature))
            with pytest.raises(InvalidSignatureError):
                message._replace(signers=(signer._replace(signature=bad),)).verify(public(EC))


def test_no_change_to_the_signed_attributes_passes() -> None:
    plain = maker.signed(b"content", EC, signed_at=SIGNED_AT)
    (signer,) = read_signed_data(plain).signers
    assert signer.signing_time == SIGNED_AT
    assert signer.attributes is not None
    written = signer.attributes.signed[0]
    inside = written[2:]
    start = plain.index(inside)
    for at in range(start, start + len(inside)):
        changed = plain[:at] + bytes([plain[at] ^ 0x01]) + plain[at + 1 :]
        with pytest.raises((InvalidSignatureError, CmsError)):
            read_signed_data(changed).verify(public(EC))


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_byte_ends_in_a_refusal_or_leaves_the_content_as_it_was(
    offset: int, difference: int
) -> None:
    for plain in (maker_message(False), maker_message(True)):
        at = offset % len(plain)
        changed = plain[:at] + bytes([plain[at] ^ difference]) + plain[at + 1 :]
        try:
            message = read_signed_data(changed)
            message.verify(public(EC))
        except (InvalidSignatureError, CmsError):
            continue
        assert message.content == CONTENT
        assert message.content_type == maker.DATA


@cache
def maker_message(in_ber: bool) -> bytes:
    return maker.signed(CONTENT, EC, in_ber=in_ber)


# --- signers and certificates --------------------------------------------------------------------


def test_one_good_signature_of_the_key_counts_whoever_signed_besides() -> None:
    ours, theirs = maker.signer_info(CONTENT, EC), maker.signer_info(CONTENT, OTHER)
    forged = maker.signer_info(CONTENT, EC, signature=b"\x30\x06\x02\x01\x01\x02\x01\x01")
    old = maker.signer_info(CONTENT, EC, digest="sha1")
    for signers in ([ours], [ours, theirs], [theirs, ours], [forged, old, theirs, ours]):
        message = read_signed_data(maker.message(CONTENT, signers))
        assert message.verify(public(EC)) == message.signers[signers.index(ours)]
    for signers in ([theirs], [theirs, forged], [forged, old]):
        with pytest.raises(InvalidSignatureError):
            read_signed_data(maker.message(CONTENT, signers)).verify(public(EC))


def test_the_time_of_signing_is_that_of_the_signature_that_is_good() -> None:
    early = maker.signer_info(CONTENT, OTHER, signed_at=datetime(2020, 1, 1, tzinfo=UTC))
    ours = maker.signer_info(CONTENT, EC, signed_at=SIGNED_AT)
    message = read_signed_data(maker.message(CONTENT, [early, ours]))
    assert message.verify(public(EC)).signing_time == SIGNED_AT


def test_each_signer_finds_its_certificate_by_either_name() -> None:
    signers = [
        maker.signer_info(CONTENT, EC),
        maker.signer_info(CONTENT, OTHER, by_key=True),
        maker.signer_info(CONTENT, rsa_holder()),
    ]
    broken = maker.tlv(0x30, b"\x05\x00")
    certificates = [broken, OTHER.certificate, EC.certificate]
    message = read_signed_data(maker.message(CONTENT, signers, certificates=certificates))
    assert message.certificates == tuple(certificates)
    assert message.signer_certificate() == EC.certificate
    assert message.signer_certificate(1) == OTHER.certificate
    assert message.signer_certificate(2) is None
    with pytest.raises(IndexError):
        message.signer_certificate(3)
    assert message.signers[0].is_of(read_certificate(EC.certificate))
    assert not message.signers[0].is_of(read_certificate(OTHER.certificate))
    assert not message.signers[1].is_of(read_certificate(EC.certificate))


def test_a_certificate_that_came_along_alone_is_the_signers_whatever_it_names() -> None:
    info = maker.signer_info(CONTENT, EC, identifier=maker.tlv(0x80, b"nobody"))
    message = read_signed_data(maker.message(CONTENT, [info], certificates=[EC.certificate]))
    assert message.signer_certificate() == EC.certificate
    assert read_signed_data(maker.message(CONTENT, [info])).signer_certificate() is None


def test_other_things_that_come_along_are_passed_over() -> None:
    info = maker.signer_info(
        CONTENT, EC, unsigned=maker.tlv(0xA1, maker.attribute("1.2.3", b"\x05\x00"))
    )
    revocations = maker.tlv(0xA1, maker.tlv(0x30, b"\x05\x00"))
    others = [maker.tlv(0xA2, b"\x05\x00"), EC.certificate, maker.tlv(0xA1, b"\x05\x00")]
    written = maker.message(CONTENT, [info], certificates=others, extra=revocations)
    message = read_signed_data(written)
    assert message.certificates == (EC.certificate,)
    message.verify(public(EC))
    alone = read_signed_data(maker.message(CONTENT, [info], extra=revocations))
    assert alone.certificates == ()
    alone.verify(public(EC))


@pytest.mark.parametrize("digest", ["sha224", "sha256", "sha384", "sha512"])
def test_an_algorithm_that_names_the_key_alone_takes_the_hash_from_beside_it(digest: str) -> None:
    for holder, name, whole in (
        (EC, maker.EC_PUBLIC_KEY, maker.ECDSA_WITH),
        (rsa_holder(), maker.RSA_ENCRYPTION, maker.RSA_WITH),
    ):
        for oid in (name, whole[digest]):
            info = maker.signer_info(
                CONTENT, holder, digest=digest, signature_algorithm=maker.algorithm(oid)
            )
            read_signed_data(maker.message(CONTENT, [info])).verify(public(holder))


def test_attributes_that_were_signed_in_another_order_are_accepted_and_only_those() -> None:
    ordered = maker.attributes_for(CONTENT, signed_at=SIGNED_AT)
    mixed = ordered[::-1]
    for written in (ordered, mixed):
        for signed in (ordered, written):
            info = maker.signer_info(
                CONTENT, EC, attributes=written, signed=maker.tlv(0x31, *signed)
            )
            read_signed_data(maker.message(CONTENT, [info])).verify(public(EC))
    # Neither as they were written nor in order; nor with the tag that they are written with.
    for other in (maker.tlv(0x31, *mixed), maker.tlv(0xA0, *ordered)):
        info = maker.signer_info(CONTENT, EC, attributes=ordered, signed=other)
        with pytest.raises(InvalidSignatureError):
            read_signed_data(maker.message(CONTENT, [info])).verify(public(EC))


# --- messages that are refused -------------------------------------------------------------------


def test_a_detached_signature_needs_its_content_and_an_attached_one_has_its_own() -> None:
    detached = read_signed_data(maker.signed(CONTENT, EC, detached=True))
    with pytest.raises(CmsError, match="the signature is detached, and its content was not given"):
        detached.verify(public(EC))
    attached = read_signed_data(maker.signed(CONTENT, EC))
    attached.verify(public(EC), CONTENT)
    with pytest.raises(InvalidSignatureError):
        attached.verify(public(EC), b"something else")


def test_nobodys_signature_is_no_signature() -> None:
    message = read_signed_data(maker.message(CONTENT, [], certificates=[EC.certificate]))
    assert message.signers == ()
    with pytest.raises(CmsError, match="nobody signed it"):
        message.verify(public(EC))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"digest_oid": "1.2.840.113549.2.5"}, "a hash that is not known, 1.2.840.113549.2.5"),
        ({"signature_algorithm": maker.algorithm("1.2.3.4")}, "unknown algorithm 1.2.3.4"),
        (
            {"signature_algorithm": maker.algorithm("1.2.840.113549.1.1.10", b"\x05\x00")},
            "parameters of RSASSA-PSS",
        ),
        (
            {"signature_algorithm": maker.algorithm(maker.ECDSA_WITH["sha384"])},
            "signed over SHA-384, with a digest of SHA-256",
        ),
        (
            {"signature_algorithm": maker.algorithm(maker.ECDSA_WITH["sha1"])},
            "signed over SHA-1",
        ),
        ({"digest": "sha1"}, "signed over SHA-1"),
    ],
    ids=number_only,
)
def test_an_algorithm_that_is_not_accepted_is_named(options: dict[str, Any], reason: str) -> None:
    message = read_signed_data(maker.message(CONTENT, [maker.signer_info(CONTENT, EC, **options)]))
    with pytest.raises(CmsError, match=reason):
        message.verify(public(EC))


def test_a_key_too_small_for_the_hash_or_of_another_kind_did_not_sign_it() -> None:
    written = maker.message(CONTENT, [maker.signer_info(CONTENT, EC)])
    with pytest.raises(InvalidSignatureError):
        read_signed_data(written).verify(public(rsa_holder()))
    written = maker.message(CONTENT, [maker.signer_info(CONTENT, rsa_holder())])
    with pytest.raises(InvalidSignatureError):
        read_signed_data(written).verify(public(EC))


def test_attributes_of_another_content_or_type_are_refused() -> None:
    for found in (
        maker.attributes_for(b"another content"),
        maker.attributes_for(CONTENT, content_type=maker.MASTER_LIST),
        maker.attributes_for(CONTENT, digest="sha512"),
    ):
        info = maker.signer_info(CONTENT, EC, attributes=found)
        with pytest.raises(InvalidSignatureError):
            read_signed_data(maker.message(CONTENT, [info])).verify(public(EC))


def test_signed_attributes_are_no_content_of_another_type() -> None:
    """A signature over attributes is one over their bytes: only data may do without them."""
    attributes = maker.tlv(0x31, *maker.attributes_for(CONTENT))
    info = maker.signer_info(attributes, EC, attributes=None)
    kind = maker.MASTER_LIST
    message = read_signed_data(maker.message(attributes, [info], content_type=kind))
    with pytest.raises(CmsError, match=r"no signed attributes, which content of type 2\.23\.136"):
        message.verify(public(EC))


CONTENT_TYPE_ATTRIBUTE, DIGEST_ATTRIBUTE = sorted(maker.attributes_for(CONTENT), key=len)


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ([CONTENT_TYPE_ATTRIBUTE], r"1\.9\.4 is missing"),
        ([DIGEST_ATTRIBUTE], r"1\.9\.3 is missing"),
        ([maker.attribute("1.2.3", b"\x05\x00")], "is missing"),
        ([CONTENT_TYPE_ATTRIBUTE, DIGEST_ATTRIBUTE, DIGEST_ATTRIBUTE], "not there once"),
        (
            [CONTENT_TYPE_ATTRIBUTE, maker.attribute(maker.MESSAGE_DIGEST)],
            "not there once with one value",
        ),
        (
            [CONTENT_TYPE_ATTRIBUTE, maker.attribute(maker.MESSAGE_DIGEST, b"\x04\0", b"\x04\0")],
            "not there once with one value",
        ),
        (
            [CONTENT_TYPE_ATTRIBUTE, maker.attribute(maker.MESSAGE_DIGEST, b"\x05\x00")],
            "unexpected type 0x05",
        ),
        (
            [DIGEST_ATTRIBUTE, maker.attribute(maker.CONTENT_TYPE, b"\x05\x00")],
            "unexpected type 0x05",
        ),
        ([DIGEST_ATTRIBUTE, maker.attribute(maker.CONTENT_TYPE, b"\x06\x00")], "malformed object"),
        ([b"\x04\x00"], "unexpected type 0x04"),
        ([maker.tlv(0x30, maker.oid(maker.MESSAGE_DIGEST), b"\x30\x00")], "unexpected type 0x30"),
        ([maker.tlv(0x30, b"\x05\x00")], "unexpected type 0x05"),
    ],
    ids=number_only,
)
def test_signed_attributes_without_type_and_digest_once_each_are_refused(
    attributes: list[bytes], reason: str
) -> None:
    info = maker.signer_info(CONTENT, EC, attributes=attributes)
    with pytest.raises(CmsError, match=f"^it, signer 1, signed attributes: .*{reason}"):
        read_signed_data(maker.message(CONTENT, [info]), "it")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (maker.tlv(0x17, b"220516102116Z"), SIGNED_AT),
        (maker.tlv(0x17, b"500101000000Z"), datetime(1950, 1, 1, tzinfo=UTC)),
        (maker.tlv(0x18, b"20500101000000Z"), datetime(2050, 1, 1, tzinfo=UTC)),
        (maker.tlv(0x17, b"2205161021Z"), "signing time: not a time of the two forms"),
        (maker.tlv(0x18, b"20220516102116.5Z"), "signing time: not a time of the two forms"),
        (maker.tlv(0x04, b"220516102116Z"), "signing time: not a time of the two forms"),
        (maker.tlv(0x17, b"2205161021+01"), "signing time: not a time in UTC with seconds"),
        (maker.tlv(0x17, b"22051610211 Z"), "signing time: not a time in UTC with seconds"),
        (maker.tlv(0x17, b"221316102116Z"), "signing time: no such day or time"),
        (maker.tlv(0x18, b"00000101000000Z"), "signing time: no such day or time"),
    ],
)
def test_a_time_of_signing_is_read_or_refused(value: bytes, expected: datetime | str) -> None:
    attributes = [*maker.attributes_for(CONTENT), maker.attribute(maker.SIGNING_TIME, value)]
    written = maker.message(CONTENT, [maker.signer_info(CONTENT, EC, attributes=attributes)])
    if isinstance(expected, datetime):
        assert read_signed_data(written).verify(public(EC)).signing_time == expected
    else:
        with pytest.raises(CmsError, match=expected):
            read_signed_data(written)


def rebuilt(*members: bytes, kind: str = maker.SIGNED_DATA) -> bytes:
    """A message of other members than there are."""
    return maker.tlv(0x30, maker.oid(kind), maker.tlv(0xA0, maker.tlv(0x30, *members)))


VERSION: Final = maker.integer(1)
DIGESTS: Final = maker.tlv(0x31, maker.algorithm(maker.HASHES["sha256"]))
DETACHED: Final = maker.tlv(0x30, maker.oid(maker.DATA))
NONE: Final = maker.tlv(0x31)
CERTIFICATES: Final = maker.tlv(0xA0, EC.certificate)


def signers(*members: bytes) -> bytes:
    return rebuilt(VERSION, DIGESTS, DETACHED, maker.tlv(0x31, maker.tlv(0x30, *members)))


IDENTIFIER: Final = maker.tlv(0x80, b"some")
SHA256: Final = maker.algorithm(maker.HASHES["sha256"])
ECDSA: Final = maker.algorithm(maker.ECDSA_WITH["sha256"])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it: the encoding ends too early"),
        (b"\x05\x00", "it: unexpected type 0x05"),
        (maker.signed(CONTENT, EC)[:-1], "it: the encoding ends too early"),
        (maker.signed(CONTENT, EC) + b"\0", "it: 1 bytes behind it"),
        (EC.certificate, "it: unexpected type 0x30"),
        (
            rebuilt(kind="1.2.840.113549.1.7.3"),
            r"it: content of type 1\.2\.840\.113549\.1\.7\.3, not signed data",
        ),
        (rebuilt(), "it, version: the encoding ends too early"),
        (rebuilt(VERSION, DETACHED), "it, digest algorithms: unexpected type 0x30"),
        (rebuilt(VERSION, DIGESTS, NONE), "it, content: unexpected type 0x31"),
        (rebuilt(VERSION, DIGESTS, DETACHED), "it: no set of signers at its end"),
        (
            rebuilt(VERSION, DIGESTS, DETACHED, CERTIFICATES),
            "it: no set of signers at its end",
        ),
        (
            rebuilt(VERSION, DIGESTS, DETACHED, CERTIFICATES, CERTIFICATES, NONE),
            "it: certificates or revocation lists twice",
        ),
        (
            rebuilt(VERSION, DIGESTS, DETACHED, maker.tlv(0xA1), CERTIFICATES, NONE),
            "it: certificates or revocation lists twice, or in another order",
        ),
        (rebuilt(VERSION, DIGESTS, DETACHED, NONE, NONE), "it: unexpected type 0x31"),
        (
            rebuilt(VERSION, DIGESTS, maker.tlv(0x30, maker.oid("1.2"), b"\x04\x00"), NONE),
            "it, content: unexpected type 0x04",
        ),
        (
            # Content of PKCS #7, which need not be octets.
            rebuilt(VERSION, DIGESTS, maker.tlv(0x30, maker.oid("1.2"), b"\xa0\x02\x30\x00"), NONE),
            "it, content: unexpected type 0x30",
        ),
        (
            rebuilt(
                *(VERSION, DIGESTS, DETACHED),
                maker.tlv(0xA0, *[b"\x30\x00"] * (cms.MAX_CERTIFICATES + 1)),
                NONE,
            ),
            "it, certificates: more than 64",
        ),
        (
            rebuilt(
                *(VERSION, DIGESTS, DETACHED),
                maker.tlv(0x31, *[b"\x30\x00"] * (cms.MAX_SIGNERS + 1)),
            ),
            "it: more than 16 signers",
        ),
        (
            rebuilt(VERSION, DIGESTS, DETACHED, b"\x31\x02\x05\x00"),
            "it, signer 1: unexpected type 0x05",
        ),
        (signers(), "it, signer 1, version: the encoding ends too early"),
        (signers(VERSION), "it, signer 1, identifier: the encoding ends too early"),
        (signers(VERSION, b"\x05\x00"), "it, signer 1, identifier: unexpected type 0x05"),
        (signers(VERSION, b"\x30\x02\x05\x00"), "it, signer 1, issuer: unexpected type 0x05"),
        (signers(VERSION, b"\x30\x02\x30\x00"), "it, signer 1, serial number: the encoding ends"),
        (
            signers(VERSION, b"\x30\x04\x30\x00\x02\x00"),
            "it, signer 1, serial number: an integer of no bytes",
        ),
        (signers(VERSION, IDENTIFIER), "it, signer 1, digest algorithm: the encoding ends"),
        (signers(VERSION, IDENTIFIER, SHA256), "it, signer 1: the encoding ends too early"),
        (
            signers(VERSION, IDENTIFIER, SHA256, b"\x05\x00"),
            "it, signer 1, signature algorithm: unexpected type 0x05",
        ),
        (signers(VERSION, IDENTIFIER, SHA256, ECDSA), "it, signer 1, signature: the encoding"),
        (
            signers(VERSION, IDENTIFIER, SHA256, ECDSA, b"\x03\x01\x00"),
            "it, signer 1, signature: unexpected type 0x03",
        ),
        (
            signers(VERSION, IDENTIFIER, SHA256, ECDSA, b"\x04\x00\x05\x00"),
            "it, signer 1, unsigned attributes: unexpected type 0x05",
        ),
        (
            signers(VERSION, IDENTIFIER, SHA256, ECDSA, b"\x04\x00\xa1\x00\xa1\x00"),
            "it, signer 1, unsigned attributes: 2 bytes behind it",
        ),
    ],
    ids=number_only,
)
def test_a_message_of_another_structure_is_refused_for_what_is_wrong(
    data: bytes, reason: str
) -> None:
    with pytest.raises(CmsError, match=f"^({reason})"):
        read_signed_data(data, "it")


def test_as_many_signers_and_certificates_as_the_bounds_allow_are_read() -> None:
    infos = [maker.signer_info(CONTENT, OTHER)] * (cms.MAX_SIGNERS - 1)
    written = maker.message(
        CONTENT,
        [*infos, maker.signer_info(CONTENT, EC)],
        certificates=[OTHER.certificate] * (cms.MAX_CERTIFICATES - 1) + [EC.certificate],
    )
    message = read_signed_data(written)
    assert [len(message.signers), len(message.certificates)] == [16, 64]
    message.verify(public(EC))
    assert message.signer_certificate(cms.MAX_SIGNERS - 1) == EC.certificate


def outcome(data: bytes) -> str:
    """What reading it ends in: nothing but a message or a `CmsError`."""
    try:
        message = read_signed_data(data)
    except CmsError as error:
        return str(error)
    for number in range(len(message.signers)):
        message.signer_certificate(number)
    return repr(message)


@given(st.binary(max_size=200))
def test_any_bytes_end_in_a_message_or_an_error_of_cms(data: bytes) -> None:
    for start in (b"", maker_message(True)[:40], maker_message(False)[:60]):
        assert outcome(start + data).startswith(("CMS message", "SignedData"))


@given(st.integers(0, 10_000), st.binary(max_size=4), st.integers(0, 4))
def test_a_damaged_message_ends_in_a_message_or_an_error_of_cms(
    offset: int, inserted: bytes, removed: int
) -> None:
    for whole in (maker_message(False), maker_message(True)):
        at = offset % len(whole)
        damaged = whole[:at] + inserted + whole[at + removed :]
        assert outcome(damaged).startswith(("CMS message", "SignedData"))


def test_content_and_signatures_are_not_shown() -> None:
    message = read_signed_data(maker.signed(b"secret content", EC))
    assert repr(message) == (
        "SignedData(content_type=1.2.840.113549.1.7.1, signers=(Signer("
        "digest=2.16.840.1.101.3.4.2.1, signature=1.2.840.10045.4.3.2),))"
    )
