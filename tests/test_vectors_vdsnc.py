"""Seals that Australia, Japan and others published: each comes out as the README says."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import cryptography
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from test_signer_judged import judged
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import (
    ChainError,
    InvalidSignatureError,
    SignerExpiredError,
    SignerNotYetValidError,
)
from vnvaxcert.examine import STEPS_OF_A_SEAL, Outcome, examine
from vnvaxcert.results import Envelope
from vnvaxcert.schema.seal import Seal, SealType
from vnvaxcert.trust.revocation import RevocationList
from vnvaxcert.trust.trustlist import TrustList
from vnvaxcert.verify import decode_unverified

AT = datetime(2022, 6, 1, tzinfo=UTC)
CHAINED = {"au-ios-valid": "AUS", "kde-jpn-triple-vaccine": "JPN"}
STRANGERS = {"kde-single-vaccine": SealType.VACCINATION, "kde-test": SealType.TEST}
# By `openssl x509 -dates` over the certificate in each seal.
VALIDITY = {
    "au-ios-valid": (
        datetime(2021, 8, 31, 14, 0, 0, tzinfo=UTC),
        datetime(2031, 9, 30, 13, 59, 59, tzinfo=UTC),
    ),
    "kde-jpn-triple-vaccine": (
        datetime(2021, 11, 16, 2, 49, 59, tzinfo=UTC),
        datetime(2031, 11, 16, 2, 49, 59, tzinfo=UTC),
    ),
}


@pytest.fixture(scope="module")
def folder(shared_vectors: Callable[[str], Path]) -> Path:
    return shared_vectors("vds-nc")


@pytest.fixture(scope="module")
def authorities(folder: Path) -> TrustList:
    return TrustList.load(*sorted((folder / "csca").glob("*.der")))


def text_of(folder: Path, name: str) -> str:
    return (folder / f"{name}.json").read_text(encoding="utf-8")


def test_every_seal_of_the_suite_is_looked_at(folder: Path) -> None:
    known = {*CHAINED, *STRANGERS, "au-ios-tampered"}
    assert {path.stem for path in folder.glob("*.json")} == known


@pytest.mark.parametrize("name", CHAINED)
@pytest.mark.parametrize("given_as", ["authorities", "trust"])
def test_a_seal_chains_to_the_authority_of_its_country(
    folder: Path, authorities: TrustList, name: str, given_as: str
) -> None:
    lists: dict[str, Any] = {"trust": TrustList()} | {given_as: authorities}
    verified = judged(text_of(folder, name), at=AT, **lists)
    assert isinstance(verified.certificate, Seal)
    assert verified.envelope is Envelope.VDS_NC
    assert verified.issuer == verified.certificate.issuer == CHAINED[name]
    assert (verified.issued_at, verified.expires_at) == (None, None)
    assert verified.algorithm is Algorithm.ES256
    assert verified.warnings == ()
    facts = verified.signer.facts
    assert facts is not None
    assert verified.kid == sha256(facts.der).digest()[:8]


@pytest.mark.parametrize("name", CHAINED)
def test_each_authority_of_a_country_vouches_alone_root_and_link(folder: Path, name: str) -> None:
    key = {"AUS": "3617c1e7", "JPN": "6ab4f292"}[CHAINED[name]]
    others: list[Path] = []
    own: list[Path] = []
    for path in sorted((folder / "csca").glob("*.der")):
        (own if path.name.startswith(key) else others).append(path)
    assert len(own) == len(others) == 2
    for path in own:
        assert judged(text_of(folder, name), trust=TrustList.load(path), at=AT).warnings == ()
    with pytest.raises(ChainError):
        judged(text_of(folder, name), trust=TrustList.load(*others), at=AT)


@pytest.mark.parametrize("name", CHAINED)
def test_a_signer_is_valid_from_its_first_second_to_its_last(
    folder: Path, authorities: TrustList, name: str
) -> None:
    text = text_of(folder, name)
    first, last = VALIDITY[name]
    for moment in (first, last):
        assert judged(text, trust=authorities, at=moment).issuer == CHAINED[name]
    for moment in (first.replace(year=2020), first - timedelta(seconds=1)):
        with pytest.raises(SignerNotYetValidError):
            judged(text, trust=authorities, at=moment)
    # In 2040 its authority has ended as well.
    for moment in (last + timedelta(seconds=1), datetime(2040, 1, 1, tzinfo=UTC)):
        with pytest.raises(SignerExpiredError) as caught:
            judged(text, trust=authorities, at=moment)
        assert caught.value.not_after == last


@pytest.mark.parametrize("name", STRANGERS)
@pytest.mark.parametrize("year", [2019, 2022, 2040])
def test_a_good_signature_of_a_stranger_is_told_from_a_bad_one(
    folder: Path, authorities: TrustList, name: str, year: int
) -> None:
    text, at = text_of(folder, name), datetime(year, 6, 1, tzinfo=UTC)
    with pytest.raises(ChainError):
        judged(text, trust=authorities, at=at)
    examination = examine(text, trust=authorities, at=at)
    assert tuple(step.name for step in examination.steps) == STEPS_OF_A_SEAL
    assert examination.step("signature").outcome is Outcome.PASSED
    assert examination.step("signer").code == "signer.chain"
    assert examination.signer is not None
    assert examination.unverified is not None
    assert isinstance(examination.unverified.certificate, Seal)
    assert examination.unverified.certificate.type is STRANGERS[name]


def test_one_letter_of_the_name_changed_is_noticed(folder: Path, authorities: TrustList) -> None:
    text = text_of(folder, "au-ios-tampered")
    with pytest.raises(InvalidSignatureError):
        judged(text, trust=authorities, at=AT)
    examination = examine(text, trust=authorities, at=AT)
    assert examination.step("signature").outcome is Outcome.FAILED
    assert examination.step("schema").outcome is Outcome.PASSED
    assert examination.signer is None
    assert examination.verified is None


@pytest.mark.parametrize("name", [*CHAINED, *STRANGERS])
def test_any_signed_letter_changed_is_noticed(
    folder: Path, authorities: TrustList, name: str
) -> None:
    document = json.loads(text_of(folder, name))
    for path in (("hdr", "is"), ("msg", "pid", "n")):
        changed = json.loads(json.dumps(document))
        place = changed["data"]
        for member in path[:-1]:
            place = place[member]
        place[path[-1]] = place[path[-1]][:-1] + "Q"
        with pytest.raises(InvalidSignatureError):
            judged(json.dumps(changed), trust=authorities, at=AT)


@pytest.mark.parametrize("name", CHAINED)
def test_the_form_of_the_json_makes_no_difference(
    folder: Path, authorities: TrustList, name: str
) -> None:
    document = json.loads(text_of(folder, name))
    document["sig"]["sigvl"] = document["sig"]["sigvl"].rstrip("=")
    for text in (
        json.dumps([document]),
        json.dumps(document, sort_keys=True, separators=(",", ":")),
        "\ufeff\r\n " + json.dumps(document, separators=(",", ":")),
    ):
        assert judged(text, trust=authorities, at=AT).issuer == CHAINED[name]


def test_australias_list_of_revoked_certificates_is_taken_and_revokes_nothing(
    folder: Path, authorities: TrustList
) -> None:
    revocations = RevocationList.load(folder / "AUS.crl", authorities=authorities)
    (crl,) = revocations.crls
    assert (crl.number, len(crl.revoked)) == (64, 0)
    for name in CHAINED:
        text = text_of(folder, name)
        verified = judged(text, trust=authorities, at=AT, revocations=revocations)
        assert verified.issuer == CHAINED[name]


def test_the_signer_that_was_published_beside_its_seals_is_enough(folder: Path) -> None:
    trust = TrustList.load(folder / "AUS-signer.der")
    verified = judged(text_of(folder, "au-ios-valid"), trust=trust, at=AT)
    assert verified.signer in tuple(trust)
    with pytest.raises(ChainError):
        judged(text_of(folder, "kde-jpn-triple-vaccine"), trust=trust, at=AT)


def test_the_certificate_that_a_strict_parser_refuses_verifies_all_the_same(
    folder: Path, authorities: TrustList
) -> None:
    verified = judged(text_of(folder, "kde-jpn-triple-vaccine"), trust=authorities, at=AT)
    # NULL in an ECDSA algorithm identifier: a warning of the backend before 49, an error since.
    is_refused = int(cryptography.__version__.partition(".")[0]) >= 49
    assert (verified.signer.certificate is None) == is_refused
    assert any("strict parser" in note for note in verified.signer.notes) == is_refused


@pytest.mark.parametrize("name", [*CHAINED, *STRANGERS, "au-ios-tampered"])
def test_openssl_says_the_same_of_each_signature(folder: Path, tmp_path: Path, name: str) -> None:
    """The bytes that we say are signed, and the key of the certificate, given to OpenSSL."""
    examination = examine(text_of(folder, name), trust=TrustList(), at=AT)
    document = json.loads(text_of(folder, name))
    assert examination.to_be_signed is not None
    assert json.loads(examination.to_be_signed) == document["data"]
    (tmp_path / "signed").write_bytes(examination.to_be_signed)
    files = _for_openssl(document, tmp_path)
    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-verify", *files, str(tmp_path / "signed")],
        capture_output=True,
        text=True,
        check=False,
    )
    is_good = name != "au-ios-tampered"
    assert (done.returncode == 0) == is_good
    assert (examination.step("signature").outcome is Outcome.PASSED) == is_good


def _for_openssl(document: dict[str, Any], folder: Path) -> list[str]:
    """The public key as PEM and the signature as DER, cut out by hand."""

    def decoded(name: str) -> bytes:
        text = document["sig"][name].rstrip("=")
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    # A SubjectPublicKeyInfo of P-256 has one form; the head of it is the same in all.
    head = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
    certificate = decoded("cer")
    start = certificate.index(head)
    key = base64.encodebytes(certificate[start : start + 91]).decode("ascii")
    (folder / "key").write_text(f"-----BEGIN PUBLIC KEY-----\n{key}-----END PUBLIC KEY-----\n")
    raw = decoded("sigvl")
    r, s = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
    (folder / "signature").write_bytes(encode_dss_signature(r, s))
    return [str(folder / "key"), "-signature", str(folder / "signature")]


@pytest.mark.parametrize("name", [*CHAINED, *STRANGERS, "au-ios-tampered"])
def test_what_a_seal_says_is_read_without_any_list(folder: Path, name: str) -> None:
    text = text_of(folder, name)
    document = json.loads(text)
    unverified = decode_unverified(text)
    assert unverified.envelope is Envelope.VDS_NC
    assert isinstance(unverified.certificate, Seal)
    assert unverified.certificate.holder.name == document["data"]["msg"]["pid"]["n"]
    assert unverified.issuer == document["data"]["hdr"]["is"]
    shown = repr(unverified)
    for secret in document["data"]["msg"]["pid"].values():
        assert len(secret) < 3 or secret not in shown
