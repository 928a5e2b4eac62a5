"""Signers: keys and certificates from PEM, DER and PKCS#12, and every way they do not fit."""

from __future__ import annotations

import base64
import copy
import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert.cose import keys
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import InvalidSignatureError, KeyMismatchError, SignerKeyError
from vnvaxcert.trust.entry import certificate_kid
from vnvaxcert.trust.signer import (
    MAX_KEY_FILE_BYTES,
    LocalSigner,
    Signer,
    signer_facts,
)
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority, SpecimenSigner, make_key
from vnvaxcert.trust.usage import Usage

Vectors = Callable[[str], Path]
START = datetime(2022, 1, 1, tzinfo=UTC)
PASSWORD = "mật khẩu, never shown"
AUTHORITY = SpecimenAuthority(not_before=START, key=make_key(KeyType.P256, 11))


@pytest.fixture(scope="module", params=list(KeyType), ids=str)
def specimen(request: pytest.FixtureRequest) -> SpecimenSigner:
    """A signer of each type of key."""
    return AUTHORITY.issue_signer(key=request.param, deterministic=False)


@pytest.fixture(scope="module")
def p256() -> SpecimenSigner:
    """A signer whose private scalar is known."""
    return AUTHORITY.issue_signer(
        key=make_key(KeyType.P256, 12), usages=[Usage.VACCINATION, Usage.TEST]
    )


def key_bytes(
    key: Any,
    encoding: Encoding = Encoding.PEM,
    form: PrivateFormat = PrivateFormat.PKCS8,
    password: str | None = None,
) -> bytes:
    protection: KeySerializationEncryption = NoEncryption()
    if password is not None:
        protection = BestAvailableEncryption(password.encode())
    encoded: bytes = key.private_bytes(encoding, form, protection)
    return encoded


def certificate_for(public_key: Any, name: str = "Specimen") -> bytes:
    """A certificate of any public key, also of a kind that no specimen has."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .issuer_name(subject)
        .subject_name(subject)
        .public_key(public_key)
        .serial_number(1)
        .not_valid_before(START)
        .not_valid_after(START.replace(year=2024))
    )
    return builder.sign(make_key(KeyType.P256, 13), SHA256()).public_bytes(Encoding.DER)


def pem_of(certificate: bytes) -> str:
    body = base64.encodebytes(certificate).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"


# --- what is accepted --------------------------------------------------------------------------


def test_the_key_decides_the_algorithm(specimen: SpecimenSigner) -> None:
    signer = LocalSigner.from_pem(specimen.private_key_pem(), specimen.certificate_pem())
    public_key = x509.load_der_x509_certificate(specimen.certificate).public_key()
    expected = {
        "secp256r1": Algorithm.ES256,
        "secp384r1": Algorithm.ES384,
        "secp521r1": Algorithm.ES512,
    }
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        assert signer.algorithm is expected[public_key.curve.name]
    else:
        assert signer.algorithm is Algorithm.PS256


def test_a_signature_verifies_with_the_certificates_key(specimen: SpecimenSigner) -> None:
    signer = LocalSigner.from_pem(specimen.private_key_pem(), specimen.certificate_pem())
    signature = signer.sign(b"to be signed")
    public_key = x509.load_der_x509_certificate(specimen.certificate).public_key()
    assert isinstance(public_key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
    keys.verify(signer.algorithm, public_key, signature, b"to be signed")
    with pytest.raises(InvalidSignatureError):
        keys.verify(signer.algorithm, public_key, signature, b"to be signed!")


def test_the_kid_is_the_start_of_the_certificates_hash(p256: SpecimenSigner) -> None:
    signer = LocalSigner.from_pem(p256.private_key_pem(), p256.certificate_pem())
    assert signer.kid == sha256(p256.certificate).digest()[:8]
    assert signer.certificate == p256.certificate


def test_the_kids_of_published_certificates_come_out(shared_vectors: Vectors) -> None:
    path = shared_vectors("trustlists") / "de-2023" / "production.dsc-list.json"
    published = json.loads(path.read_bytes().split(b"\n", 1)[1])["certificates"]
    assert len(published) == 829
    for entry in published:
        kid = certificate_kid(base64.b64decode(entry["rawData"]))
        assert base64.b64encode(kid).decode() == entry["kid"]


def test_a_kid_of_the_callers_own_is_taken(p256: SpecimenSigner) -> None:
    signer = LocalSigner.from_pem(
        p256.private_key_pem(), p256.certificate_pem(), kid=b"Key1PRO", algorithm=Algorithm.ES256
    )
    assert signer.kid == b"Key1PRO"


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("password", [None, PASSWORD])
@pytest.mark.parametrize("key_type", [KeyType.P256, KeyType.RSA2048])
def test_each_pem_form_of_a_key_is_read(
    form: PrivateFormat, password: str | None, key_type: KeyType
) -> None:
    key = make_key(key_type)
    certificate = AUTHORITY.issue_signer(key=key).certificate_pem()
    pem = key_bytes(key, form=form, password=password)
    for given_as in (pem, pem.decode()):
        signer = LocalSigner.from_pem(given_as, certificate.encode(), password)
        assert signer.facts.country == "UT"
    if password is not None:
        assert LocalSigner.from_pem(pem, certificate, password.encode()).kid == signer.kid


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_der_is_read(form: PrivateFormat, p256: SpecimenSigner) -> None:
    key = make_key(KeyType.P256, 12)
    signer = LocalSigner.from_der(key_bytes(key, Encoding.DER, form), p256.certificate)
    assert signer.kid == p256.kid


def test_encrypted_der_is_read(p256: SpecimenSigner) -> None:
    der = key_bytes(make_key(KeyType.P256, 12), Encoding.DER, password=PASSWORD)
    assert LocalSigner.from_der(der, p256.certificate, PASSWORD).kid == p256.kid


def test_paths_are_read(tmp_path: Path, p256: SpecimenSigner) -> None:
    key, certificate, der = tmp_path / "k.pem", tmp_path / "c.pem", tmp_path / "c.der"
    key.write_text(p256.private_key_pem())
    certificate.write_text(p256.certificate_pem())
    der.write_bytes(p256.certificate)
    assert LocalSigner.from_pem(key, certificate).kid == p256.kid
    key.write_bytes(key_bytes(make_key(KeyType.P256, 12), Encoding.DER))
    assert LocalSigner.from_der(key, der).kid == p256.kid


def test_key_and_chain_may_share_one_file(p256: SpecimenSigner) -> None:
    both = (
        "Bag Attributes\n"
        + AUTHORITY.certificate_pem()
        + "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
        + p256.private_key_pem()
        + "-----BEGIN CERTIFICATE-----\nnever closed\n"
        + p256.certificate_pem()
        + p256.certificate_pem()
    )
    for text in (both, both.replace("\n", "\r\n")):
        assert LocalSigner.from_pem(text, text).kid == p256.kid


def test_pkcs12_is_read_with_its_chain(p256: SpecimenSigner) -> None:
    key = make_key(KeyType.P256, 12)
    own, authority = map(x509.load_der_x509_certificate, (p256.certificate, AUTHORITY.certificate))
    protection = BestAvailableEncryption(PASSWORD.encode())
    data = pkcs12.serialize_key_and_certificates(b"name", key, own, [authority], protection)
    for password in (PASSWORD, PASSWORD.encode()):
        assert LocalSigner.from_pkcs12(data, password).kid == p256.kid
    loose = pkcs12.serialize_key_and_certificates(None, key, None, [authority, own], NoEncryption())
    assert LocalSigner.from_pkcs12(loose, None).kid == p256.kid


def test_pkcs12_without_a_certificate_takes_one_beside_it(
    p256: SpecimenSigner, tmp_path: Path
) -> None:
    key = make_key(KeyType.P256, 12)
    data = pkcs12.serialize_key_and_certificates(None, key, None, None, NoEncryption())
    path = tmp_path / "key.p12"
    path.write_bytes(data)
    signer = LocalSigner.from_pkcs12(path, None, certificate=p256.certificate_pem())
    assert signer.kid == p256.kid
    with pytest.raises(SignerKeyError, match="no certificate"):
        LocalSigner.from_pkcs12(path, None)


def test_a_certificate_a_strict_parser_refuses_still_signs(p256: SpecimenSigner) -> None:
    # The default of `critical` written out, which DER forbids and issuers do.
    refused = p256.certificate.replace(
        b"\x06\x03\x55\x1d\x0f\x01\x01\xff", b"\x06\x03\x55\x1d\x0f\x01\x01\x00"
    )
    assert refused != p256.certificate
    with pytest.raises(ValueError, match="EncodedDefault"):
        _ = x509.load_der_x509_certificate(refused).extensions
    signer = LocalSigner.from_keys(make_key(KeyType.P256, 12), refused)
    assert signer.kid == sha256(refused).digest()[:8]
    assert signer.facts.usages == {Usage.VACCINATION, Usage.TEST}


@pytest.mark.parametrize(
    ("key_type", "scalar", "r", "s"),
    [
        (
            KeyType.P256,
            "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
            "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
        ),
        (
            KeyType.P384,
            "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D8"
            "96D5724E4C70A825F872C9EA60D2EDF5",
            "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C"
            "81A648152E44ACF96E36DD1E80FABE46",
            "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94F"
            "A329C145786E679E7B82C71A38628AC8",
        ),
    ],
    ids=["RFC 6979 A.2.5", "RFC 6979 A.2.6"],
)
def test_deterministic_signatures_are_those_of_rfc_6979(
    key_type: KeyType, scalar: str, r: str, s: str
) -> None:
    key = make_key(key_type, int(scalar, 16))
    certificate = AUTHORITY.issue_signer(key=key).certificate
    signer = LocalSigner.from_keys(key, certificate, deterministic=True)
    assert signer.sign(b"sample") == bytes.fromhex(r + s)


def test_signatures_are_random_unless_asked_otherwise(p256: SpecimenSigner) -> None:
    signer = LocalSigner.from_keys(make_key(KeyType.P256, 12), p256.certificate)
    assert signer.sign(b"sample") != signer.sign(b"sample")


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize(
    ("password", "reason"),
    [(None, "give its password"), ("", "give its password"), ("wrong password", "wrong password")],
)
def test_a_wrong_or_missing_password_is_refused_and_never_shown(
    form: PrivateFormat, password: str | None, reason: str, p256: SpecimenSigner
) -> None:
    pem = key_bytes(make_key(KeyType.P256, 12), form=form, password=PASSWORD)
    with pytest.raises(SignerKeyError, match=reason) as caught:
        LocalSigner.from_pem(pem, p256.certificate_pem(), password)
    assert caught.value.code == "issue.key"
    chained = caught.value.__cause__
    assert PASSWORD not in f"{caught.value!r} {chained!r}"
    assert "MIG" not in str(caught.value)


def test_a_wrong_password_of_pkcs12_is_refused_and_never_shown(p256: SpecimenSigner) -> None:
    key = make_key(KeyType.P256, 12)
    own = x509.load_der_x509_certificate(p256.certificate)
    protection = BestAvailableEncryption(PASSWORD.encode())
    data = pkcs12.serialize_key_and_certificates(None, key, own, None, protection)
    for password in (None, "", "sesame"):
        with pytest.raises(SignerKeyError, match="wrong password") as caught:
            LocalSigner.from_pkcs12(data, password)
        assert "sesame" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_a_password_that_is_not_wanted_is_refused(p256: SpecimenSigner) -> None:
    with pytest.raises(SignerKeyError, match="not encrypted"):
        LocalSigner.from_pem(p256.private_key_pem(), p256.certificate_pem(), "sesame")


def test_a_password_that_is_no_text_is_refused_without_a_trace_of_it(
    p256: SpecimenSigner,
) -> None:
    with pytest.raises(SignerKeyError, match="UTF-8") as caught:
        LocalSigner.from_pem(p256.private_key_pem(), p256.certificate_pem(), "sesame\ud800")
    assert caught.value.__cause__ is None
    assert "sesame" not in repr(caught.value)
    number: Any = 1234
    with pytest.raises(TypeError, match="int"):
        LocalSigner.from_pem(p256.private_key_pem(), p256.certificate_pem(), number)


def test_the_key_of_another_certificate_is_refused(p256: SpecimenSigner) -> None:
    for other in (make_key(KeyType.P256, 99), make_key(KeyType.P384, 12)):
        with pytest.raises(KeyMismatchError) as caught:
            LocalSigner.from_keys(other, p256.certificate)
        assert caught.value.code == "issue.key_mismatch"


def test_the_key_of_none_of_several_certificates_is_refused(p256: SpecimenSigner) -> None:
    several = AUTHORITY.certificate_pem() + p256.certificate_pem()
    with pytest.raises(SignerKeyError, match="none of the 2"):
        LocalSigner.from_pem(key_bytes(make_key(KeyType.P256, 99)), several)


def test_two_certificates_of_one_key_have_to_be_chosen_from(p256: SpecimenSigner) -> None:
    renewed = AUTHORITY.issue_signer(key=make_key(KeyType.P256, 12), name="Specimen, renewed")
    with pytest.raises(SignerKeyError, match="2 of the certificates"):
        LocalSigner.from_pem(
            p256.private_key_pem(), p256.certificate_pem() + renewed.certificate_pem()
        )


UNFIT: dict[str, Callable[[], Any]] = {
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
    "brainpool": lambda: ec.generate_private_key(ec.BrainpoolP256R1()),
    "secp256k1": lambda: ec.generate_private_key(ec.SECP256K1()),
    "P-224": lambda: ec.generate_private_key(ec.SECP224R1()),
    "RSA-1024": lambda: rsa.generate_private_key(public_exponent=65537, key_size=1024),
    "DSA": lambda: dsa.generate_private_key(key_size=1024),
}


@pytest.mark.parametrize("kind", UNFIT)
def test_a_type_of_key_that_cannot_sign_is_refused(kind: str, p256: SpecimenSigner) -> None:
    key = UNFIT[kind]()
    pem = key_bytes(key)
    with pytest.raises(SignerKeyError, match="cannot sign with"):
        LocalSigner.from_pem(pem, p256.certificate_pem())
    with pytest.raises(SignerKeyError, match="cannot sign with"):
        LocalSigner.from_keys(key, p256.certificate)


def test_a_key_on_a_curve_nobody_knows_is_refused(p256: SpecimenSigner) -> None:
    known = key_bytes(make_key(KeyType.P256, 12), Encoding.DER)
    p_256, unknown = bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d03017f")
    assert known.count(p_256) == 1
    with pytest.raises(SignerKeyError, match="cannot sign with"):
        LocalSigner.from_der(known.replace(p_256, unknown), p256.certificate)


def test_a_certificate_of_the_backend_is_taken(p256: SpecimenSigner) -> None:
    certificate = x509.load_der_x509_certificate(p256.certificate)
    assert LocalSigner.from_keys(make_key(KeyType.P256, 12), certificate).kid == p256.kid


@pytest.mark.parametrize("algorithm", [Algorithm.PS256, Algorithm.ES384])
def test_an_algorithm_the_key_cannot_make_is_refused(
    algorithm: Algorithm, p256: SpecimenSigner
) -> None:
    with pytest.raises(SignerKeyError, match=algorithm.name):
        LocalSigner.from_keys(make_key(KeyType.P256, 12), p256.certificate, algorithm=algorithm)


def test_deterministic_signatures_of_rsa_are_refused() -> None:
    key = make_key(KeyType.RSA2048)
    certificate = AUTHORITY.issue_signer(key=key).certificate
    with pytest.raises(SignerKeyError, match="never deterministic"):
        LocalSigner.from_keys(key, certificate, deterministic=True)


def test_an_empty_kid_is_a_mistake(p256: SpecimenSigner) -> None:
    key = make_key(KeyType.P256, 12)
    with pytest.raises(ValueError, match="kid"):
        LocalSigner.from_keys(key, p256.certificate, kid=b"")
    mutable: Any = bytearray(8)
    with pytest.raises(TypeError, match="kid"):
        LocalSigner.from_keys(key, p256.certificate, kid=mutable)


GOOD_KEY = key_bytes(make_key(KeyType.P256, 12)).decode()


@pytest.mark.parametrize(
    ("pem", "reason"),
    [
        ("", "no private key"),
        ("/etc/keys/signer.pem", "pathlib.Path"),
        ("-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n", "no private key"),
        ("-----BEGIN PRIVATE KEY-----\nMIGH", "no private key"),
        ("-----BEGIN PRIVATE KEY", "no private key"),
        ("-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n", "damaged"),
        ("-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----\n", "damaged"),
        (GOOD_KEY.replace("PRIVATE KEY", "EC PRIVATE KEY"), "damaged"),
        (GOOD_KEY + GOOD_KEY, "several private keys"),
    ],
)
def test_pem_without_a_good_key_is_refused(pem: str, reason: str, p256: SpecimenSigner) -> None:
    with pytest.raises(SignerKeyError, match=reason):
        LocalSigner.from_pem(pem, p256.certificate_pem())


@pytest.mark.parametrize("label", ["CERTIFICATE", "X509 CERTIFICATE", "X.509 CERTIFICATE"])
def test_each_label_of_a_certificate_is_read(label: str, p256: SpecimenSigner) -> None:
    certificate = p256.certificate_pem().replace(" CERTIFICATE-", f" {label}-")
    assert LocalSigner.from_pem(p256.private_key_pem(), certificate).kid == p256.kid


@pytest.mark.parametrize(
    ("pem", "reason"),
    [
        ("", "no certificate"),
        (GOOD_KEY, "no certificate"),
        (pem_of(b""), "cannot be read"),
        (pem_of(b"\x30\x03\x02\x01\x00"), "cannot be read"),
        (pem_of(AUTHORITY.certificate[:-1]), "cannot be read"),
        (pem_of(AUTHORITY.certificate + b"\x00"), "cannot be read"),
        ("-----BEGIN CERTIFICATE-----\nAAAAA\n-----END CERTIFICATE-----\n", "Base64"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n", "no certificate"),
    ],
)
def test_pem_without_a_good_certificate_is_refused(pem: str, reason: str) -> None:
    with pytest.raises(SignerKeyError, match=reason):
        LocalSigner.from_pem(GOOD_KEY, pem)


@pytest.mark.parametrize("name", ["absent.pem", ".", "null\0character"])
def test_a_file_that_cannot_be_read_is_refused(
    tmp_path: Path, name: str, p256: SpecimenSigner
) -> None:
    with pytest.raises(SignerKeyError, match="cannot be read"):
        LocalSigner.from_pem(tmp_path / name, p256.certificate_pem())
    with pytest.raises(SignerKeyError, match="cannot be read"):
        LocalSigner.from_pkcs12(tmp_path / name, None)


def test_a_file_far_too_large_is_refused(tmp_path: Path, p256: SpecimenSigner) -> None:
    path = tmp_path / "key.pem"
    with path.open("wb") as file:
        file.truncate(MAX_KEY_FILE_BYTES + 1)
    with pytest.raises(SignerKeyError, match="more than"):
        LocalSigner.from_pem(path, p256.certificate_pem())


def test_der_given_as_text_is_a_mistake(p256: SpecimenSigner) -> None:
    text: Any = p256.private_key_pem()
    with pytest.raises(TypeError, match="str"):
        LocalSigner.from_der(text, p256.certificate)


def test_a_certificate_of_an_unknown_type_of_key_is_not_the_keys() -> None:
    certificate = certificate_for(ed25519.Ed25519PrivateKey.generate().public_key())
    with pytest.raises(KeyMismatchError):
        LocalSigner.from_keys(make_key(KeyType.P256, 12), certificate)


@pytest.mark.parametrize("data", [b"", b"\x30\x80", b"not PKCS#12"])
def test_bytes_that_are_not_pkcs12_are_refused(data: bytes) -> None:
    with pytest.raises(SignerKeyError, match="PKCS#12"):
        LocalSigner.from_pkcs12(data, PASSWORD)


def test_pkcs12_without_a_key_is_refused() -> None:
    authority = x509.load_der_x509_certificate(AUTHORITY.certificate)
    data = pkcs12.serialize_key_and_certificates(None, None, None, [authority], NoEncryption())
    with pytest.raises(SignerKeyError, match="no private key"):
        LocalSigner.from_pkcs12(data, None)


def outcome(read: Callable[[], LocalSigner]) -> LocalSigner | SignerKeyError | KeyMismatchError:
    try:
        return read()
    except (SignerKeyError, KeyMismatchError) as error:
        return error


@given(st.binary(max_size=200), st.integers(0, len(GOOD_KEY)), st.integers(0, 3))
def test_any_key_and_certificate_end_in_a_signer_or_a_signer_error(
    noise: bytes, cut: int, removed: int
) -> None:
    pem = GOOD_KEY.encode()
    certificate = AUTHORITY.certificate_pem().encode()
    damaged = pem[:cut] + noise + pem[cut + removed :]
    assert outcome(lambda: LocalSigner.from_pem(damaged, certificate))
    assert outcome(lambda: LocalSigner.from_pem(pem, certificate[:cut] + noise + certificate[cut:]))
    assert outcome(lambda: LocalSigner.from_der(noise, noise))
    assert outcome(lambda: LocalSigner.from_pkcs12(noise, None))


def test_a_long_row_of_begin_lines_is_read_in_one_pass(p256: SpecimenSigner) -> None:
    hostile = "-----BEGIN CERTIFICATE-----\n" * 30_000
    with pytest.raises(SignerKeyError, match="no certificate"):
        LocalSigner.from_pem(p256.private_key_pem(), hostile)


# --- what a signer gives away ------------------------------------------------------------------


def test_a_signer_shows_its_kid_algorithm_and_subject_and_not_its_key(
    p256: SpecimenSigner,
) -> None:
    shown = f"{p256.signer!r} {p256.signer} {p256!r}"
    assert p256.kid.hex() in shown
    assert "ES256" in shown
    assert "Specimen DSC" in shown
    for secret in ("12", f"{12:064x}", "PRIVATE", "0x"):
        assert secret not in shown.replace(p256.kid.hex(), "")


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_signer_is_neither_pickled_nor_copied(
    take: Callable[[object], object], p256: SpecimenSigner
) -> None:
    for holder in (p256.signer, p256, AUTHORITY):
        with pytest.raises(TypeError, match="private key"):
            take(holder)


def test_a_signer_is_immutable(p256: SpecimenSigner) -> None:
    with pytest.raises(AttributeError, match="immutable"):
        p256.signer.kid = b"other"
    with pytest.raises(AttributeError, match="immutable"):
        del p256.signer.kid
    assert not hasattr(p256.signer, "__dict__")


def test_a_signer_is_made_by_its_constructors_only() -> None:
    with pytest.raises(TypeError, match="from_pem"):
        LocalSigner()


# --- any other signer --------------------------------------------------------------------------


class RemoteSigner:
    """A signer whose key is somewhere else; it inherits nothing."""

    algorithm = Algorithm.ES256
    kid = b"12345678"

    def __init__(self, certificate: bytes | None) -> None:
        self.certificate = certificate

    def sign(self, to_be_signed: bytes) -> bytes:
        raise NotImplementedError


def test_the_facts_of_a_local_and_of_a_remote_signer_are_the_same(p256: SpecimenSigner) -> None:
    remote: Signer = RemoteSigner(p256.certificate)
    facts = signer_facts(remote)
    assert facts is not None
    assert facts.country == "UT"
    assert facts.not_before == START
    assert facts.usages == {Usage.VACCINATION, Usage.TEST}
    assert signer_facts(remote) is facts, "parsed once"
    local = signer_facts(p256.signer)
    assert local is not None
    assert local.der == facts.der


def test_a_signer_without_a_certificate_has_no_facts() -> None:
    assert signer_facts(RemoteSigner(None)) is None


def test_a_remote_signers_bad_certificate_is_refused() -> None:
    text: Any = "-----BEGIN CERTIFICATE-----"
    with pytest.raises(SignerKeyError, match="cannot be read"):
        signer_facts(RemoteSigner(b"\x30\x00"))
    with pytest.raises(SignerKeyError, match="DER"):
        signer_facts(RemoteSigner(text))


def test_a_password_that_cannot_be_encoded_is_not_carried_by_the_error(
    p256: SpecimenSigner,
) -> None:
    locked = p256.private_key_pem("specimen")
    with pytest.raises(SignerKeyError, match="not text") as caught:
        LocalSigner.from_pem(locked, p256.certificate_pem(), "secret\ud800")
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
