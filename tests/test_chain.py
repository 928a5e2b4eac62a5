"""Chains: signers under country authorities, real and made, and every link that must not hold."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert.errors import ChainError
from vnvaxcert.trust.certificate import CertificateFacts, read_certificate
from vnvaxcert.trust.chain import MAX_CANDIDATES, check_chain, uses_sha1
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority, make_key
from vnvaxcert.trust.trustlist import TrustList

Vectors = Callable[[str], Path]
START = datetime(2022, 1, 1, tzinfo=UTC)
NOW = datetime(2022, 6, 1, tzinfo=UTC)
END = datetime(2024, 1, 1, tzinfo=UTC)
EC_KEY = ec.derive_private_key(31, ec.SECP256R1())
DSC_KEY = make_key(KeyType.P256, 32)
OTHER_KEY = make_key(KeyType.P256, 33)
P384_KEY = make_key(KeyType.P384, 34)
RSA_KEY, OTHER_RSA, SHORT_RSA = (
    rsa.generate_private_key(public_exponent=65537, key_size=size) for size in (2048, 2048, 1024)
)
VN_KID = "ZtJVElOdWm0="
NAME_CHANGE = x509.ObjectIdentifier("2.23.136.1.1.6.1")


def name(text: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "UT"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, text),
        ]
    )


def made(
    *,
    key: Any,
    by: Any,
    subject: str = "Specimen DSC",
    issuer: str = "Specimen CSCA",
    ski: bytes | None = None,
    aki: bytes | None = None,
    ca: bool | None = None,
    path_length: int | None = None,
    name_change: bool = False,
    cert_sign: bool | None = None,
    more: Iterable[tuple[x509.ExtensionType, bool]] = (),
    algorithm: Any = None,
    rsa_padding: Any = None,
    not_before: datetime = START,
    not_after: datetime = END,
) -> bytes:
    """A certificate, DER, with exactly the parts named."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(4711)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )
    if ski is not None:
        builder = builder.add_extension(x509.SubjectKeyIdentifier(ski), critical=False)
    if aki is not None:
        identifier = x509.AuthorityKeyIdentifier(aki, None, None)
        builder = builder.add_extension(identifier, critical=False)
    if ca is not None:
        constraints = x509.BasicConstraints(ca=ca, path_length=path_length)
        builder = builder.add_extension(constraints, critical=True)
    if name_change:
        # Doc 9303-12: NameChange is a NULL, not critical.
        change = x509.UnrecognizedExtension(NAME_CHANGE, b"\x05\x00")
        builder = builder.add_extension(change, critical=False)
    if cert_sign is not None:
        usage = x509.KeyUsage(
            digital_signature=not cert_sign,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=cert_sign,
            crl_sign=False,
            encipher_only=False,
            decipher_only=False,
        )
        builder = builder.add_extension(usage, critical=True)
    for extension, critical in more:
        builder = builder.add_extension(extension, critical=critical)
    algorithm = algorithm or hashes.SHA256()
    certificate = builder.sign(
        by,
        algorithm,
        rsa_padding=rsa_padding,
        ecdsa_deterministic=True if isinstance(by, ec.EllipticCurvePrivateKey) else None,
    )
    return certificate.public_bytes(Encoding.DER)


def authority(key: Any = EC_KEY, **changes: Any) -> bytes:
    parts: dict[str, Any] = {"subject": "Specimen CSCA", "ski": b"anchor", "ca": True}
    return made(**(parts | {"key": key, "by": key} | changes))


def signer(by: Any = EC_KEY, **changes: Any) -> CertificateFacts:
    return read_certificate(made(**({"key": DSC_KEY, "by": by, "aki": b"anchor"} | changes)))


def anchors(*certificates: bytes) -> TrustList:
    return TrustList.from_certificates(certificates)


def refused(facts: CertificateFacts, authorities: TrustList, at: datetime = NOW) -> str:
    with pytest.raises(ChainError) as caught:
        check_chain(facts, authorities, at)
    assert caught.value.code == "signer.chain"
    return caught.value.reason


def der_of(pem: bytes) -> bytes:
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


# --- Viet Nam ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def production(request: pytest.FixtureRequest) -> dict[str, bytes]:
    vectors: Vectors = request.getfixturevalue("shared_vectors")
    path = vectors("trustlists") / "de-2023" / "production.dsc-list.json"
    listed = json.loads(path.read_bytes().split(b"\n", 1)[1])["certificates"]
    return {entry["kid"]: base64.b64decode(entry["rawData"]) for entry in listed}


@pytest.fixture(scope="module")
def archive(request: pytest.FixtureRequest) -> list[bytes]:
    vectors: Vectors = request.getfixturevalue("shared_vectors")
    folder = vectors("trustlists") / "ec-archive" / "CSCA"
    return [der_of(path.read_bytes()) for path in sorted(folder.rglob("*.pem"))]


def test_viet_nams_production_signer_chains_to_its_archived_authority(
    production: dict[str, bytes], archive: list[bytes]
) -> None:
    facts = read_certificate(production[VN_KID])
    found = check_chain(facts, TrustList.from_certificates(archive), NOW)
    assert found.facts is not None
    assert found.facts.subject == facts.issuer
    assert found.country == "VN"
    assert found.facts.issuer != found.facts.subject, "an intermediate authority is an anchor"
    assert not uses_sha1(facts)


def test_viet_nams_archived_signer_is_the_production_signer_and_chains_too(
    shared_vectors: Vectors, production: dict[str, bytes]
) -> None:
    archived = shared_vectors("trustlists") / "ec-archive"
    [signer_file] = (archived / "DSC" / "DCC" / "VN").glob("*.pem")
    [authority_file] = (archived / "CSCA" / "DCC" / "VN").glob("*.pem")
    signer_der = der_of(signer_file.read_bytes())
    assert signer_der == production[VN_KID]
    found = check_chain(
        read_certificate(signer_der), anchors(der_of(authority_file.read_bytes())), NOW
    )
    assert found.subject == ("CN=CA phục vụ các cơ quan Nhà nước G2,O=Ban Cơ yếu Chính phủ,C=VN")
    # Signer and authority as files of two trust lists, as an application has them.
    folder = TrustList.load(archived / "DSC" / "DCC" / "VN")
    authorities = TrustList.load(archived / "CSCA" / "DCC" / "VN")
    [key] = folder
    assert check_chain(key.facts, authorities, NOW).subject == found.subject


def test_any_change_of_viet_nams_signed_certificate_breaks_the_chain(
    production: dict[str, bytes], archive: list[bytes]
) -> None:
    der = production[VN_KID]
    facts = read_certificate(der)
    authorities = TrustList.from_certificates(archive)
    tried = 0
    for offset in range(der.index(facts.tbs), len(der), 41):
        changed = bytearray(der)
        changed[offset] ^= 0x01
        try:
            tampered = read_certificate(bytes(changed))
        except ValueError:
            continue  # no certificate any more
        if tampered.tbs == facts.tbs and tampered.signature == facts.signature:
            continue  # the unsigned copy of the algorithm
        tried += 1
        with pytest.raises(ChainError):
            check_chain(tampered, authorities, NOW)
    assert tried > 25


def test_viet_nams_signer_chains_to_no_other_countrys_authority(
    production: dict[str, bytes], archive: list[bytes]
) -> None:
    facts = read_certificate(production[VN_KID])
    others = [der for der in archive if read_certificate(der).country != "VN"]
    assert len(others) == 9
    assert "no authority" in refused(facts, TrustList.from_certificates(others))


def test_viet_nams_signer_is_refused_outside_its_authoritys_validity(
    production: dict[str, bytes], archive: list[bytes]
) -> None:
    facts = read_certificate(production[VN_KID])
    authorities = TrustList.from_certificates(archive)
    last = datetime(2048, 8, 14, 7, 36, 39, tzinfo=UTC)
    first = datetime(2018, 8, 22, 8, 6, 36, tzinfo=UTC)
    for at in (first, last):
        assert check_chain(facts, authorities, at).country == "VN"
    assert "expired at 2048-08-14 07:36:39 UTC" in refused(
        facts, authorities, last + timedelta(seconds=1)
    )
    assert "valid only from 2018-08-22" in refused(facts, authorities, first - timedelta(seconds=1))


def test_the_archives_chains_agree_with_another_implementation(
    shared_vectors: Vectors, archive: list[bytes]
) -> None:
    authorities = TrustList.from_certificates(archive)
    parsed = [x509.load_der_x509_certificate(der) for der in archive]
    folder = shared_vectors("trustlists") / "ec-archive" / "DSC"
    chained = total = 0
    for path in sorted(folder.rglob("*.pem")):
        der = der_of(path.read_bytes())
        certificate = x509.load_der_x509_certificate(der)
        expected = any(issued(certificate, candidate) for candidate in parsed)
        try:
            check_chain(read_certificate(der), authorities, NOW, accept_sha1=True)
        except ChainError as error:
            if "expired" in error.reason or "valid only" in error.reason:
                continue
            actual = False
        else:
            actual = True
        assert actual is expected, path.name
        chained += actual
        total += 1
    assert total > 100
    assert chained > 50


def issued(certificate: x509.Certificate, candidate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(candidate)
    except (InvalidSignature, TypeError, ValueError):
        return False
    return True


# --- made: what holds --------------------------------------------------------------------------


@pytest.mark.parametrize("key_type", list(KeyType))
def test_a_specimen_signer_chains_to_its_authority(key_type: KeyType) -> None:
    maker = SpecimenAuthority(not_before=START, key=key_type)
    facts = maker.issue_signer().signer.facts
    found = check_chain(facts, maker.trust_list(), NOW)
    assert found.facts is not None
    assert found.facts.der == maker.certificate


RSA_SCHEMES = [
    (algorithm, scheme)
    for algorithm in (hashes.SHA256(), hashes.SHA384(), hashes.SHA512())
    for scheme in (
        padding.PKCS1v15(),
        padding.PSS(padding.MGF1(algorithm), algorithm.digest_size),
        padding.PSS(padding.MGF1(algorithm), 20),
        padding.PSS(padding.MGF1(algorithm), 0),
    )
]


@pytest.mark.parametrize(("algorithm", "scheme"), RSA_SCHEMES, ids=lambda part: part.name)
def test_each_rsa_signature_of_a_certificate_is_checked(algorithm: Any, scheme: Any) -> None:
    facts = signer(by=RSA_KEY, algorithm=algorithm, rsa_padding=scheme)
    assert check_chain(facts, anchors(authority(RSA_KEY)), NOW).country == "UT"
    reason = refused(facts, anchors(authority(OTHER_RSA)))
    assert "not signed with the key of the authority it names" in reason


@pytest.mark.parametrize(
    "algorithm", [hashes.SHA224(), hashes.SHA256(), hashes.SHA384(), hashes.SHA512()]
)
@pytest.mark.parametrize("key", [EC_KEY, P384_KEY], ids=["P-256", "P-384"])
def test_each_ecdsa_signature_of_a_certificate_is_checked(key: Any, algorithm: Any) -> None:
    facts = signer(by=key, algorithm=algorithm)
    assert check_chain(facts, anchors(authority(key)), NOW).country == "UT"
    assert "not signed" in refused(facts, anchors(authority(OTHER_KEY)))


def test_the_key_identifier_finds_one_of_several_authorities_of_one_name() -> None:
    facts = signer()
    right, wrong = authority(), authority(OTHER_KEY, ski=b"another")
    for listed in ((right, wrong), (wrong, right)):
        found = check_chain(facts, anchors(*listed), NOW)
        assert found.facts is not None
        assert found.facts.der == right


def test_of_several_authorities_with_one_key_identifier_each_is_tried() -> None:
    facts = signer()
    right, wrong = authority(), authority(OTHER_KEY)
    for listed in ((right, wrong), (wrong, right)):
        found = check_chain(facts, anchors(*listed), NOW)
        assert found.facts is not None
        assert found.facts.der == right


def test_the_name_finds_the_authority_of_a_signer_without_key_identifier() -> None:
    facts = signer(aki=None)
    right, wrong = authority(ski=None), authority(OTHER_KEY)
    assert check_chain(facts, anchors(wrong, right), NOW).country == "UT"
    assert "no authority" in refused(facts, anchors(authority(subject="Another CSCA")))


def test_the_name_is_used_where_no_authority_has_the_key_identifier() -> None:
    assert check_chain(signer(aki=b"mistaken"), anchors(authority()), NOW).country == "UT"


def test_a_name_in_another_spelling_or_string_type_is_the_same_name() -> None:
    certificate = authority(ski=None, subject="SPECIMEN csca")
    assert check_chain(signer(aki=None), anchors(certificate), NOW).country == "UT"


def test_an_expired_and_a_renewed_certificate_of_one_authority_may_be_listed_together() -> None:
    old = authority(not_after=NOW - timedelta(days=1))
    new = authority()
    for listed in ((old, new), (new, old)):
        found = check_chain(signer(), anchors(*listed), NOW)
        assert found.facts is not None
        assert found.facts.der == new


@pytest.mark.parametrize("key", [EC_KEY, RSA_KEY], ids=["EC", "RSA"])
def test_a_bare_key_is_an_authority_by_its_computed_identifier(key: Any) -> None:
    # SubjectKeyIdentifier.from_public_key is another implementation of the same computation.
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest
    facts = signer(by=key, aki=identifier)
    bare = TrustList.from_keys({b"csca-key": key.public_key()}, role="authority")
    assert check_chain(facts, bare, NOW).not_after is None
    assert check_chain(signer(by=key, aki=None), bare, NOW).facts is None
    assert "no authority" in refused(signer(by=key, aki=b"another"), bare)


def test_an_authority_is_also_found_by_the_identifier_computed_from_its_key() -> None:
    identifier = x509.SubjectKeyIdentifier.from_public_key(EC_KEY.public_key()).digest
    renamed = authority(subject="Renamed CSCA", ski=b"its own")
    assert check_chain(signer(aki=identifier), anchors(renamed), NOW).country == "UT"
    assert "no authority" in refused(signer(aki=b"another"), anchors(renamed))


def test_an_authority_that_says_nothing_of_constraints_may_sign() -> None:
    assert check_chain(signer(), anchors(authority(ca=None)), NOW).country == "UT"
    assert check_chain(signer(), anchors(authority(ca=True, cert_sign=True)), NOW).country == "UT"


# --- made: what does not -----------------------------------------------------------------------


def test_no_authorities_at_all_vouch_for_nobody() -> None:
    assert "no authority" in refused(signer(), TrustList())


def test_a_bare_key_chains_to_nobody() -> None:
    with pytest.raises(ChainError, match="bare key"):
        check_chain(None, anchors(authority()), NOW)


def test_an_authority_of_the_same_name_and_identifier_with_another_key_is_refused() -> None:
    assert "not signed with the key of the authority it names" in refused(
        signer(), anchors(authority(OTHER_KEY))
    )


def test_an_authority_with_another_kind_of_key_is_refused() -> None:
    assert "not signed" in refused(signer(), anchors(authority(RSA_KEY)))
    assert "not signed" in refused(signer(by=RSA_KEY), anchors(authority()))


def test_an_authority_whose_key_is_too_short_for_the_hash_is_refused() -> None:
    long_hash = padding.PSS(padding.MGF1(hashes.SHA512()), 64)
    facts = signer(by=RSA_KEY, algorithm=hashes.SHA512(), rsa_padding=long_hash)
    assert "not signed" in refused(facts, anchors(authority(SHORT_RSA)))


def test_an_algorithm_that_was_not_signed_is_refused() -> None:
    # The name behind the signed part is anyone's to change; here it gains parameters.
    facts, anchor = signer(), anchors(authority())
    assert facts.is_algorithm_signed
    check_chain(facts, anchor, NOW)
    ecdsa = bytes.fromhex("06082a8648ce3d040302")
    for parameters in (b"\x05\x00", ecdsa):
        behind = tlv(0x30, ecdsa + parameters)
        signature = tlv(0x03, b"\0" + facts.signature)
        changed = read_certificate(tlv(0x30, facts.tbs + behind + signature))
        assert changed.tbs == facts.tbs
        assert not changed.is_algorithm_signed
        assert "another algorithm is named inside" in refused(changed, anchor)
        assert not uses_sha1(changed)


def tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    header = bytes((size,)) if size < 128 else bytes((0x80 | len(octets),)) + octets
    return bytes((tag,)) + header + content


def test_an_authority_outside_its_validity_is_refused() -> None:
    facts = signer()
    expired = anchors(authority(not_after=NOW - timedelta(seconds=1)))
    assert refused(facts, expired) == "its authority expired at 2022-05-31 23:59:59 UTC"
    early = anchors(authority(not_before=NOW + timedelta(seconds=1)))
    assert refused(facts, early) == "its authority is valid only from 2022-06-01 00:00:01 UTC"


def test_the_reason_is_the_true_authoritys_whatever_stands_beside_it() -> None:
    expired = authority(not_after=NOW - timedelta(seconds=1))
    for listed in ((expired, authority(OTHER_KEY)), (authority(OTHER_KEY), expired)):
        assert "expired" in refused(signer(), anchors(*listed))


def test_a_certificate_that_is_no_authoritys_vouches_for_nobody() -> None:
    reason = "the certificate that signed it is not that of an authority"
    assert refused(signer(), anchors(authority(ca=False))) == reason
    assert refused(signer(), anchors(authority(ca=True, cert_sign=False))) == reason
    assert refused(signer(), anchors(authority(ca=None, cert_sign=False))) == reason


def test_a_document_signer_does_not_vouch_for_another() -> None:
    maker = SpecimenAuthority(not_before=START, key=EC_KEY)
    specimen = maker.issue_signer(key=DSC_KEY)
    identifier = x509.SubjectKeyIdentifier.from_public_key(DSC_KEY.public_key()).digest
    forged = signer(by=DSC_KEY, key=OTHER_KEY, aki=identifier)
    assert "not that of an authority" in refused(forged, anchors(specimen.certificate))


def gateway_list(certificate: bytes, certificate_type: str) -> TrustList:
    entry = {
        "kid": base64.b64encode(b"8 bytes.").decode(),
        "certificateType": certificate_type,
        "rawData": base64.b64encode(certificate).decode(),
    }
    return TrustList.from_bytes(json.dumps([entry]).encode())


@pytest.mark.parametrize("constraints", [None, True])
def test_what_a_list_published_as_a_signer_vouches_for_nobody(constraints: bool | None) -> None:
    # Without constraints and key usage a certificate does not say that it is no authority's.
    candidate = authority(ca=constraints)
    for facts in (signer(), signer(aki=None)):
        published = gateway_list(candidate, "DSC")
        assert "no authority" in refused(facts, published)
        assert check_chain(facts, anchors(candidate), NOW).role == "signer"  # a guess
        assert check_chain(facts, gateway_list(candidate, "CSCA"), NOW).role == "authority"
        # A list that does not tell changes nothing, wherever it stands; one that tells does.
        for merged in (published | anchors(candidate), anchors(candidate) | published):
            assert "no authority" in refused(facts, merged)
            both = merged | gateway_list(candidate, "CSCA")
            assert check_chain(facts, both, NOW).role == "authority"


def test_a_bare_key_published_as_a_signers_vouches_for_nobody() -> None:
    identifier = x509.SubjectKeyIdentifier.from_public_key(EC_KEY.public_key()).digest
    bare = TrustList.from_keys({b"key": EC_KEY.public_key()}, role="signer")
    for facts in (signer(aki=identifier), signer(aki=None)):
        assert "no authority" in refused(facts, bare)


def test_sha_1_among_the_production_signers_is_reported(production: dict[str, bytes]) -> None:
    reported = [der for der in production.values() if uses_sha1(read_certificate(der))]
    assert len(reported) == 8, "as many as the fact sheet counted"
    for der in reported:
        oid = x509.load_der_x509_certificate(der).signature_algorithm_oid
        assert oid.dotted_string == "1.2.840.10045.4.1"


# DER of AlgorithmIdentifiers, by the standards' own notation.
SHA1_RSA = bytes.fromhex("300d06092a864886f70d0101050500")
SHA1_ECDSA = bytes.fromhex("300906072a8648ce3d0401")
PSS_DEFAULTS = bytes.fromhex("300d06092a864886f70d01010a3000")  # SHA-1, MGF1 of SHA-1, salt 20
PSS_SHA256 = bytes.fromhex(
    "304106092a864886f70d01010a3034"
    "a00f300d06096086480165030402010500"
    "a11c301a06092a864886f70d010108300d06096086480165030402010500"
    "a203020120"
)
ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")


def der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def assembled(identifier: bytes, sign: Callable[[bytes], bytes]) -> CertificateFacts:
    """A signer's certificate whose algorithm the backend would not write."""
    template = x509.load_der_x509_certificate(made(key=DSC_KEY, by=EC_KEY, aki=b"anchor"))
    content = template.tbs_certificate_bytes[3:]
    assert der(0x30, content) == template.tbs_certificate_bytes
    assert content.count(ECDSA_SHA256) == 1
    tbs = der(0x30, content.replace(ECDSA_SHA256, identifier))
    return read_certificate(der(0x30, tbs + identifier + der(0x03, b"\x00" + sign(tbs))))


def pss_signed(identifier: bytes) -> CertificateFacts:
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    return assembled(identifier, lambda tbs: RSA_KEY.sign(tbs, scheme, hashes.SHA256()))


SHA1_SIGNED: dict[str, tuple[Any, bytes, Callable[[bytes], bytes]]] = {
    "ECDSA": (EC_KEY, SHA1_ECDSA, lambda tbs: EC_KEY.sign(tbs, ec.ECDSA(hashes.SHA1()))),
    "PKCS#1": (RSA_KEY, SHA1_RSA, lambda t: RSA_KEY.sign(t, padding.PKCS1v15(), hashes.SHA1())),
    "PSS by default": (
        RSA_KEY,
        PSS_DEFAULTS,
        lambda t: RSA_KEY.sign(t, padding.PSS(padding.MGF1(hashes.SHA1()), 20), hashes.SHA1()),
    ),
}


@pytest.mark.parametrize("kind", SHA1_SIGNED)
def test_sha_1_is_refused_unless_asked_for_and_always_reported(kind: str) -> None:
    key, identifier, sign = SHA1_SIGNED[kind]
    facts = assembled(identifier, sign)
    assert uses_sha1(facts)
    listed = anchors(authority(key))
    assert "SHA-1" in refused(facts, listed)
    assert check_chain(facts, listed, NOW, accept_sha1=True).country == "UT"
    forged = assembled(identifier, lambda tbs: sign(tbs + b"."))
    with pytest.raises(ChainError, match="not signed"):
        check_chain(forged, listed, NOW, accept_sha1=True)


def test_pss_parameters_are_read_as_written() -> None:
    facts = pss_signed(PSS_SHA256)
    assert check_chain(facts, anchors(authority(RSA_KEY)), NOW).country == "UT"
    assert not uses_sha1(facts)


def changed_parameters(old: str, new: str) -> bytes:
    """PSS_SHA256 with its parameters changed, and the lengths around them made right."""
    parameters = PSS_SHA256[15:].replace(bytes.fromhex(old), bytes.fromhex(new))
    assert parameters != PSS_SHA256[15:]
    return der(0x30, PSS_SHA256[2:13] + der(0x30, parameters))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("0402010500a1", "0402070500a1", "unknown hash"),
        ("a00f300d0609608648016503040201", "a00f300d0409608648016503040201", "parameters"),
        ("a00f300d", "a00f310d", "parameters"),
        ("2a864886f70d010108", "2a864886f70d010109", "mask generation"),
        ("301a06092a", "301a05092a", "parameters"),
        ("a203020120", "a20402020401", "salt"),
        ("a203020120", "a20102", "parameters"),
        ("a203020120", "a203040120", "parameters"),
        ("a203020120", "a2060201200201" + "20", "parameters"),
        ("a203020120", "a203020120a303020102", "trailer"),
        ("a203020120", "a203020120a3", "parameters"),
        ("a203020120", "a2800201200000", "parameters"),
        ("a00f300d06096086480165030402010500", "a000", "parameters"),
        (
            "a00f300d06096086480165030402010500",
            "a011300d060960864801650304020105000500",
            "parameters",
        ),
        ("a00f300d06096086480165030402010500", "a0023000", "parameters"),
        ("a11c301a06092a864886f70d010108300d06096086480165030402010500", "a100", "parameters"),
        (
            "a11c301a06092a864886f70d010108300d06096086480165030402010500",
            "a10d300b06092a864886f70d010108",
            "parameters",
        ),
    ],
)
def test_pss_parameters_that_make_no_sense_are_refused(old: str, new: str, reason: str) -> None:
    facts = pss_signed(changed_parameters(old, new))
    assert reason in refused(facts, anchors(authority(RSA_KEY)))
    assert not uses_sha1(facts)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a203020120", "a203020114"),  # salt of 20, made with 32
        ("a203020120", ""),  # the same by default
        ("0402010500a1", "0402030500a1"),  # SHA-512
        ("300d06096086480165030402010500a2", "300d06096086480165030402020500a2"),  # MGF1 of SHA-384
    ],
)
def test_pss_parameters_that_were_not_used_are_refused(old: str, new: str) -> None:
    facts = pss_signed(changed_parameters(old, new))
    assert "not signed" in refused(facts, anchors(authority(RSA_KEY)))


def test_the_trailer_field_may_be_written_out() -> None:
    facts = pss_signed(changed_parameters("a203020120", "a203020120a303020101"))
    assert check_chain(facts, anchors(authority(RSA_KEY)), NOW).country == "UT"


@pytest.mark.parametrize(
    "identifier",
    [
        "300a06082a8648ce3d040309",  # no such algorithm
        "300506032b6570",  # Ed25519
        "300d06092a864886f70d0101040500",  # MD5 with RSA
        "300b06092a864886f70d01010a",  # PSS without parameters at all
    ],
)
def test_a_certificate_signed_in_an_unknown_way_is_refused(identifier: str) -> None:
    facts = pss_signed(bytes.fromhex(identifier))
    assert "signature: " in refused(facts, anchors(authority(RSA_KEY), authority()))
    assert not uses_sha1(facts)


@given(st.binary(max_size=60))
def test_any_pss_parameters_end_in_a_refusal(parameters: bytes) -> None:
    identifier = der(0x30, bytes.fromhex("06092a864886f70d01010a") + der(0x30, parameters))
    facts = pss_signed(identifier)
    assert refused(facts, anchors(authority(RSA_KEY)))


class Undecided(tzinfo):
    """A zone that tells no offset, so that its times are naive after all."""

    def utcoffset(self, when: datetime | None) -> None:
        return None

    dst = utcoffset

    def tzname(self, when: datetime | None) -> None:
        return None


def test_a_naive_time_is_a_mistake() -> None:
    for naive in (datetime(2022, 6, 1), datetime(2022, 6, 1, tzinfo=Undecided())):
        with pytest.raises(ValueError, match=r"at: .* time zone"):
            check_chain(signer(), anchors(authority()), naive)
    for wrong in ("2022-06-01", date(2022, 6, 1), None):
        moment: Any = wrong
        with pytest.raises(TypeError, match="at: expected a datetime"):
            check_chain(signer(), anchors(authority()), moment)


def test_only_so_many_candidates_are_tried() -> None:
    wrong: Iterable[bytes] = (
        authority(OTHER_KEY, not_after=END + timedelta(days=number))
        for number in range(MAX_CANDIDATES)
    )
    assert "not signed" in refused(signer(), anchors(*wrong, authority()))


def test_the_message_says_where_it_stands() -> None:
    with pytest.raises(ChainError) as caught:
        check_chain(signer(), TrustList(), NOW)
    assert str(caught.value).startswith("the signer does not chain to a trusted country authority")
