"""Edges that no other test stands on: what loading and searching do when two things meet."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from test_chain import ECDSA_SHA256
from test_chain_between import certificate, reason, root
from vnvaxcert import TrustList
from vnvaxcert.errors import TrustListRollbackError
from vnvaxcert.trust.certificate import read_certificate


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
