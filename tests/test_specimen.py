"""Specimens: certificates after the profile, the same again from the same keys."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import SignerKeyError
from vnvaxcert.schema.records import Kind
from vnvaxcert.trust.signer import LocalSigner
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority, make_key
from vnvaxcert.trust.usage import Usage

START = datetime(2022, 1, 1, tzinfo=UTC)


def fixed(scalar: int = 21, key_type: KeyType = KeyType.P256) -> SpecimenAuthority:
    return SpecimenAuthority(not_before=START, key=make_key(key_type, scalar))


def parsed(holder: Any) -> x509.Certificate:
    return x509.load_der_x509_certificate(holder.certificate)


def extension(certificate: x509.Certificate, kind: type[Any]) -> Any:
    return certificate.extensions.get_extension_for_class(kind)


@pytest.mark.parametrize("authority_type", [KeyType.P256, KeyType.P521, KeyType.RSA2048])
@pytest.mark.parametrize("key_type", list(KeyType))
def test_the_authority_signs_the_signers_certificate(
    authority_type: KeyType, key_type: KeyType
) -> None:
    authority = SpecimenAuthority(not_before=START, key=authority_type)
    signer = authority.issue_signer(key=key_type)
    parsed(signer).verify_directly_issued_by(parsed(authority))
    parsed(authority).verify_directly_issued_by(parsed(authority))


@pytest.mark.parametrize(
    ("key_type", "algorithm"),
    [
        (KeyType.P256, Algorithm.ES256),
        (KeyType.P384, Algorithm.ES384),
        (KeyType.P521, Algorithm.ES512),
        (KeyType.RSA2048, Algorithm.PS256),
    ],
)
def test_each_type_of_key_signs_with_its_algorithm(key_type: KeyType, algorithm: Algorithm) -> None:
    assert fixed().issue_signer(key=key_type).signer.algorithm is algorithm


def test_the_authority_follows_the_profile() -> None:
    certificate = parsed(fixed())
    constraints = extension(certificate, x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value == x509.BasicConstraints(ca=True, path_length=0)
    usage = extension(certificate, x509.KeyUsage)
    assert usage.critical
    assert usage.value.key_cert_sign
    assert usage.value.crl_sign
    assert not usage.value.digital_signature
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(1461)


def test_the_signer_follows_the_profile() -> None:
    authority = parsed(fixed())
    certificate = parsed(fixed().issue_signer())
    usage = extension(certificate, x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert not usage.value.key_cert_sign
    key_id = extension(authority, x509.SubjectKeyIdentifier).value.digest
    assert extension(certificate, x509.AuthorityKeyIdentifier).value.key_identifier == key_id
    assert certificate.subject.rfc4514_string() == (
        "CN=Specimen DSC,O=Specimen Health Authority,C=UT"
    )
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(730)
    for kind in (x509.BasicConstraints, x509.ExtendedKeyUsage):
        with pytest.raises(x509.ExtensionNotFound):
            extension(certificate, kind)


@pytest.mark.parametrize(
    ("legacy", "arc"), [(False, "1.3.6.1.4.1.1847"), (True, "1.3.6.1.4.1.0.1847")]
)
def test_usages_are_stated_on_the_arc_asked_for(legacy: bool, arc: str) -> None:
    every = fixed().issue_signer(
        usages=[Usage(kind.value) for kind in Kind] * 2, legacy_usage_oids=legacy
    )
    usage = extension(parsed(every), x509.ExtendedKeyUsage)
    assert not usage.critical
    assert {oid.dotted_string for oid in usage.value} == {f"{arc}.2021.1.{n}" for n in (1, 2, 3)}
    assert len(list(usage.value)) == 3
    assert every.signer.facts.usages == frozenset(Usage) - {Usage.LIGHT}
    for wanted in (Usage.TEST, Usage.VACCINATION, Usage.RECOVERY):
        one = fixed().issue_signer(usages=[wanted], legacy_usage_oids=legacy)
        assert one.signer.facts.usages == {wanted}


def test_the_signer_of_seals_follows_its_own_profile() -> None:
    authority = parsed(fixed())
    certificate = parsed(fixed().issue_seal_signer())
    stated = [(one.oid.dotted_string, one.critical) for one in certificate.extensions]
    assert stated == [
        ("2.5.29.35", False),  # authority key identifier
        ("2.23.136.1.1.6.2", False),  # document types
        ("2.5.29.37", True),  # extended key usage
    ]
    key_id = extension(authority, x509.SubjectKeyIdentifier).value.digest
    assert extension(certificate, x509.AuthorityKeyIdentifier).value.key_identifier == key_id
    (usage,) = extension(certificate, x509.ExtendedKeyUsage).value
    assert usage.dotted_string == "2.23.136.1.1.14.2"
    assert certificate.subject.rfc4514_string() == "CN=01,C=UT"
    assert certificate.not_valid_after_utc == datetime(2032, 1, 1, tzinfo=UTC)
    certificate.verify_directly_issued_by(authority)


@pytest.mark.parametrize(
    ("types", "der"),
    [
        # As the signers of Australia, Japan and the specification have it.
        (["NV"], "3009020100310413024e56"),
        (["NV", "NT", "NV"], "300d020100310813024e5413024e56"),
        (["NV", "P"], "300c020100310713015013024e56"),  # in the order of DER: shorter first
    ],
)
def test_the_types_of_document_are_stated_in_der(types: list[str], der: str) -> None:
    certificate = parsed(fixed().issue_seal_signer(document_types=types))
    (found,) = (
        one.value for one in certificate.extensions if one.oid.dotted_string == "2.23.136.1.1.6.2"
    )
    assert isinstance(found, x509.UnrecognizedExtension)
    assert found.value.hex() == der


def test_without_types_of_document_the_extension_is_left_out() -> None:
    certificate = parsed(fixed().issue_seal_signer(document_types=()))
    assert len(list(certificate.extensions)) == 2


@pytest.mark.parametrize(
    "types",
    [["nv"], [""], ["NVX"], ["Ñ"], ["N "], [f"{n}" for n in range(21)]],
    ids=["small", "empty", "long", "not ASCII", "space", "too many"],
)
def test_types_of_document_of_another_form_are_refused(types: list[str]) -> None:
    with pytest.raises(ValueError, match="document_types"):
        fixed().issue_seal_signer(document_types=types)


@pytest.mark.parametrize("key_type", list(KeyType))
def test_a_signer_of_seals_repeats_and_signs_with_the_algorithm_of_its_key(
    key_type: KeyType,
) -> None:
    key = make_key(key_type)
    authority = fixed()
    one, two = (authority.issue_seal_signer(key=key) for _ in range(2))
    assert one.certificate == two.certificate
    assert one.signer.algorithm is authority.issue_signer(key=key).signer.algorithm
    assert (
        one.certificate != authority.issue_seal_signer(key=key, document_types=["NV"]).certificate
    )


def test_a_usage_that_no_certificate_can_state_is_refused() -> None:
    with pytest.raises(ValueError, match="light"):
        fixed().issue_signer(usages=[Usage.LIGHT])


def test_the_same_keys_and_times_make_the_same_certificates() -> None:
    one, two = (fixed().issue_signer(key=make_key(KeyType.P256, 22)) for _ in range(2))
    assert fixed().certificate == fixed().certificate
    assert one.certificate == two.certificate
    assert one.signer.sign(b"vector") == two.signer.sign(b"vector")


def test_another_key_name_time_or_usage_makes_another_serial() -> None:
    key = make_key(KeyType.P256, 22)
    signers = [
        fixed().issue_signer(key=key),
        fixed().issue_signer(key=make_key(KeyType.P256, 23)),
        fixed().issue_signer(key=key, name="Specimen DSC 2"),
        fixed().issue_signer(key=key, not_after=START + timedelta(days=1)),
        fixed().issue_signer(key=key, usages=[Usage.TEST]),
        fixed(24).issue_signer(key=key),
    ]
    serials = {parsed(signer).serial_number for signer in signers}
    assert len(serials) == len(signers)
    assert all(0 < serial < 1 << 127 for serial in serials)


def test_new_keys_are_new() -> None:
    one, two = (make_key() for _ in range(2))
    assert isinstance(one, ec.EllipticCurvePrivateKey)
    assert isinstance(two, ec.EllipticCurvePrivateKey)
    assert one.private_numbers() != two.private_numbers()
    assert isinstance(make_key(KeyType.RSA2048), rsa.RSAPrivateKey)


@pytest.mark.parametrize("password", [None, "Nguyễn and more"])
def test_key_and_certificate_come_back_from_pem(password: str | None) -> None:
    specimen = fixed().issue_signer(kid=b"Key1PRO")
    pem = specimen.private_key_pem(password)
    assert ("ENCRYPTED" in pem) is (password is not None)
    again = LocalSigner.from_pem(pem, specimen.certificate_pem(), password)
    assert again.certificate == specimen.certificate
    assert specimen.kid == b"Key1PRO" == specimen.signer.kid
    load_pem_private_key(pem.encode(), password.encode() if password else None)


def test_times_are_taken_in_utc_and_whole_seconds() -> None:
    hanoi = timezone(timedelta(hours=7))
    authority = SpecimenAuthority(not_before=datetime(2022, 1, 1, 7, 0, 0, 999_999, hanoi))
    assert authority.not_before == START
    assert parsed(authority).not_valid_before_utc == START


def test_trust_lists_hold_the_one_certificate() -> None:
    authority = fixed()
    signer = authority.issue_signer()
    (anchor,) = authority.trust_list()
    assert anchor.facts is not None
    assert anchor.facts.der == authority.certificate
    (key,) = signer.trust_list().get(signer.kid)
    assert key.usages == frozenset()
    assert key.not_before == START


@pytest.mark.parametrize(
    "wrong",
    [
        {"not_before": datetime(2022, 1, 1)},
        {"not_after": datetime(2024, 1, 1)},
        {"not_after": START - timedelta(seconds=1)},
        {"country": "U"},
        {"country": "ut"},
        {"country": "UTO"},
        {"country": "U1"},
        {"country": "ÚT"},
        {"name": ""},
        {"name": "x" * 65},
    ],
    ids=str,
)
def test_a_wrong_time_country_or_name_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        SpecimenAuthority(**({"not_before": START} | wrong))


@pytest.mark.parametrize("value", [0, -1, 1 << 256])
def test_a_scalar_out_of_range_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        make_key(KeyType.P256, value)


def test_a_scalar_for_rsa_and_an_unknown_type_of_key_are_refused() -> None:
    with pytest.raises(ValueError, match="RSA"):
        make_key(KeyType.RSA2048, 1)
    wrong: Any = "P-192"
    with pytest.raises(ValueError, match="P-192"):
        make_key(wrong)


def test_a_signer_with_a_key_that_cannot_sign_is_refused() -> None:
    with pytest.raises(SignerKeyError, match="secp256k1"):
        fixed().issue_signer(key=ec.generate_private_key(ec.SECP256K1()))


def test_an_empty_password_protects_nothing_and_is_refused() -> None:
    with pytest.raises(ValueError, match="assword"):
        fixed().issue_signer().private_key_pem("")


def test_nothing_shown_of_a_specimen_holds_its_key() -> None:
    authority = fixed(0x5EC2E7)
    specimen = authority.issue_signer(key=make_key(KeyType.P256, 0x5EC2E8))
    shown = f"{authority!r} {specimen!r}"
    assert "Specimen CSCA" in shown
    assert "5ec2e" not in shown.lower()
    assert "EllipticCurve" not in shown


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on this machine")
@pytest.mark.parametrize("key_type", list(KeyType))
def test_openssl_accepts_the_chain(tmp_path: Path, key_type: KeyType) -> None:
    authority = SpecimenAuthority(not_before=START, key=key_type)
    signer = authority.issue_signer(key=key_type, usages=[Usage.VACCINATION])
    (tmp_path / "authority.pem").write_text(authority.certificate_pem())
    (tmp_path / "signer.pem").write_text(signer.certificate_pem())
    command = "openssl verify -x509_strict -check_ss_sig -attime 1654041600 -CAfile"
    run = subprocess.run(
        [*command.split(), "authority.pem", "signer.pem"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout == "signer.pem: OK\n", run.stderr
