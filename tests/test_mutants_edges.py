"""Edges that no other test stands on: what loading and searching do when two things meet."""

from __future__ import annotations

import ssl
from pathlib import Path

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import seal_maker
from test_chain import ECDSA_SHA256, NOW
from test_chain_between import KEYS, certificate, reason, root
from vnvaxcert import TrustList, cwt, decode_unverified
from vnvaxcert.cose.keys import load_spki
from vnvaxcert.errors import ChainError, TrustListRollbackError
from vnvaxcert.trust.certificate import read_certificate
from vnvaxcert.trust.chain import check_chain
from vnvaxcert.trust.entry import certificate_kid
from vnvaxcert.trust.signature_scheme import read_scheme


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A list of one certificate."""
    path = tmp_path / "one.pem"
    path.write_text(ssl.DER_cert_to_PEM_cert(root(2).der), encoding="ascii")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A directory with a certificate by its key identifier, in the folder of its country."""
    path = tmp_path / "lists" / "AQ"
    path.mkdir(parents=True)
    (path / "another.pem").write_text(ssl.DER_cert_to_PEM_cert(root(3).der), encoding="ascii")
    return path.parent


def test_a_directory_states_no_sequence_that_could_be_asked_for(folder: Path) -> None:
    assert len(TrustList.load(folder)) == 1
    with pytest.raises(TrustListRollbackError):
        TrustList.load(folder, last_sequence=0)


def test_files_and_directories_are_loaded_whatever_their_order(file: Path, folder: Path) -> None:
    assert len(TrustList.load(file, folder)) == 2
    assert len(TrustList.load(folder, file)) == 2


def test_a_signer_signed_in_an_unknown_way_is_not_followed_to_what_came_along() -> None:
    unknown = bytes.fromhex("300a06082a8648ce3d040309")
    signer = read_certificate(certificate(0).der.replace(ECDSA_SHA256, unknown))
    assert "unknown algorithm" in reason(signer, [certificate(1)], root(2))


@pytest.mark.parametrize(
    ("oid", "name"),
    [
        ("1.2.840.113549.1.1.5", "SHA-1"),
        ("1.2.840.113549.1.1.14", "SHA-224"),
        ("1.2.840.113549.1.1.11", "SHA-256"),
        ("1.2.840.10045.4.3.3", "SHA-384"),
        ("1.2.840.10045.4.3.4", "SHA-512"),
    ],
)
def test_the_hash_of_a_signature_is_named_as_the_standards_name_it(oid: str, name: str) -> None:
    assert read_scheme(oid, None).hash_name == name


def test_what_stands_behind_the_national_claim_is_read() -> None:
    claims = cwt.parse(cbor2.dumps({cwt.NATIONAL_CLAIM: {}, 4: 1_681_547_400, 999: "unknown"}))
    assert claims.expires_at is not None
    assert [warning.path for warning in claims.warnings] == ["claims/999"]


def test_an_rsa_key_of_exponent_3_is_used() -> None:
    modulus = (1 << 2047) + 1
    key = rsa.RSAPublicNumbers(3, modulus).public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    loaded = load_spki(spki)
    assert isinstance(loaded, rsa.RSAPublicKey)
    assert loaded.public_numbers().e == 3


def test_a_seal_that_is_not_verified_says_whose_certificate_it_brings() -> None:
    text = seal_maker.text()
    assert decode_unverified(text).kid == certificate_kid(seal_maker.signer())


def test_a_bare_key_that_was_listed_as_a_signer_vouches_for_nobody() -> None:
    key, signer = {b"\x01" * 8: KEYS[1].public_key()}, certificate(0)
    check_chain(signer, TrustList.from_keys(key, role="authority"), NOW)
    with pytest.raises(ChainError):
        check_chain(signer, TrustList.from_keys(key, role="signer"), NOW)
