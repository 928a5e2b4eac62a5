"""The governance profile: a certificate that keeps every rule, each rule broken alone, real ones.

What the certificates of Viet Nam break was written down by hand from descriptions of them, and the
counts of the production list are those published about it; the certificates made here are built
with `cryptography`, each bad in one way.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from test_reference import rows, section
from vnvaxcert.trust import der
from vnvaxcert.trust.conversion import convert
from vnvaxcert.trust.entry import Entry, Published
from vnvaxcert.trust.profile import (
    Finding,
    Level,
    Outcome,
    check_list,
    check_profile,
    details,
    key_words,
)
from vnvaxcert.trust.profile.authority import RULES as AUTHORITY_RULES
from vnvaxcert.trust.profile.signer import RULES as SIGNER_RULES
from vnvaxcert.trust.trustlist import TrustedKey, TrustList

Vectors = Callable[[str], Path]
ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "how-to" / "check-a-trust-list.md").read_text(encoding="utf-8")

START = datetime(2022, 1, 1, tzinfo=UTC)
AT = datetime(2022, 6, 1, tzinfo=UTC)
SIGNER_END = datetime(2024, 1, 1, tzinfo=UTC)
AUTHORITY_END = datetime(2026, 1, 1, tzinfo=UTC)

AUTHORITY_KEY = ec.derive_private_key(501, ec.SECP256R1())
SIGNER_KEY = ec.derive_private_key(502, ec.SECP256R1())
OTHER_KEY = ec.derive_private_key(503, ec.SECP256R1())
P384_KEY = ec.derive_private_key(504, ec.SECP384R1())

ARC, OLD_ARC = "1.3.6.1.4.1.1847.2021.1.", "1.3.6.1.4.1.0.1847.2021.1."
VN_PRODUCTION, VN_ACCEPTANCE = bytes.fromhex("66d25512539d5a6d"), bytes.fromhex("f30da46716f7882d")


@cache
def rsa_key(size: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, size)


# --- certificates -------------------------------------------------------------------------------

Digest = hashes.SHA224 | hashes.SHA256
Names = tuple[tuple[x509.ObjectIdentifier, str], ...]
C, ORG, CN = NameOID.COUNTRY_NAME, NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME
SIGNER_NAME: Names = ((C, "UT"), (ORG, "Specimen Ministry"), (CN, "Specimen DSC"))
AUTHORITY_NAME: Names = ((C, "UT"), (ORG, "Specimen Ministry"), (CN, "Specimen CSCA"))
UNREADABLE = b"\x30\x03\x02"  # a sequence that ends too early


def usage(*names: str) -> x509.KeyUsage:
    every: tuple[str, ...] = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
    )
    every += ("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{name: name in names for name in every})


def crl(address: str) -> x509.CRLDistributionPoints:
    names = [x509.UniformResourceIdentifier(address)]
    return x509.CRLDistributionPoints([x509.DistributionPoint(names, None, None, None)])


def access(method: x509.ObjectIdentifier, address: x509.GeneralName) -> x509.ExtensionType:
    return x509.AuthorityInformationAccess([x509.AccessDescription(method, address)])


def usages(*oids: str) -> x509.ExtendedKeyUsage:
    return x509.ExtendedKeyUsage([x509.ObjectIdentifier(oid) for oid in oids])


def ski_of(key: Any) -> x509.SubjectKeyIdentifier:
    return x509.SubjectKeyIdentifier.from_public_key(key.public_key())


def aki_of(key: Any) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def build(
    names: Names,
    issuer: Names,
    key: Any,
    by: Any,
    extensions: Iterable[tuple[x509.ExtensionType, bool]],
    start: datetime,
    end: datetime,
    digest: Digest,
    pss: bool,
) -> bytes:
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(*one) for one in names]))
        .issuer_name(x509.Name([x509.NameAttribute(*one) for one in issuer]))
        .public_key(key.public_key())
        .serial_number(4711)
        .not_valid_before(start)
        .not_valid_after(end)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    scheme = padding.PSS(padding.MGF1(digest), digest.digest_size) if pss else None
    return builder.sign(by, digest, rsa_padding=scheme).public_bytes(Encoding.DER)


# By a short name, so that a test can leave one out or put another in its place.
Extensions = dict[str, tuple[x509.ExtensionType, bool] | None]


def signer(
    names: Names = SIGNER_NAME,
    *,
    key: Any = SIGNER_KEY,
    by: Any = AUTHORITY_KEY,
    start: datetime = START,
    end: datetime = SIGNER_END,
    digest: Digest | None = None,
    pss: bool = False,
    **changes: tuple[x509.ExtensionType, bool] | None,
) -> bytes:
    """A signer's certificate that keeps every rule, but for the changes asked for."""
    extensions: Extensions = {
        "key_usage": (usage("digital_signature"), True),
        "ski": (ski_of(key), False),
        "aki": (aki_of(by), False),
        "crl": (crl("http://pki.health.gov.ut/csca.crl"), False),
        **changes,
    }
    given = [one for one in extensions.values() if one]
    digest = digest or hashes.SHA256()
    return build(names, AUTHORITY_NAME, key, by, given, start, end, digest, pss)


def authority(
    names: Names = AUTHORITY_NAME,
    *,
    issuer: Names | None = None,
    key: Any = AUTHORITY_KEY,
    by: Any = None,
    start: datetime = START,
    end: datetime = AUTHORITY_END,
    digest: Digest | None = None,
    pss: bool = False,
    **changes: tuple[x509.ExtensionType, bool] | None,
) -> bytes:
    """The same of an authority."""
    extensions: Extensions = {
        "key_usage": (usage("key_cert_sign", "crl_sign"), True),
        "constraints": (x509.BasicConstraints(ca=True, path_length=0), True),
        "ski": (ski_of(key), False),
        **changes,
    }
    given = [one for one in extensions.values() if one]
    digest = digest or hashes.SHA256()
    return build(names, issuer or names, key, by or key, given, start, end, digest, pss)


def listed(certificate: bytes, kind: str = "DSC", **members: str) -> TrustList:
    """A certificate in a gateway's list, which tells role and country."""
    entry = {
        "kid": b64encode(sha256(certificate).digest()[:8]).decode(),
        "country": "UT",
        "certificateType": kind,
        "thumbprint": sha256(certificate).hexdigest(),
        "rawData": b64encode(certificate).decode(),
        **members,
    }
    return TrustList.from_bytes(json.dumps([entry]).encode())


def only(trust: TrustList) -> TrustedKey:
    (key,) = trust
    return key


AUTHORITIES = TrustList.from_certificates([authority()])


def findings(
    certificate: bytes,
    kind: str = "DSC",
    *,
    authorities: TrustList | None = AUTHORITIES,
    at: datetime = AT,
    profile: Any = "eu",
    days: int = 30,
    **members: str,
) -> dict[str, Finding]:
    key = only(listed(certificate, kind, **members))
    found = check_profile(key, at=at, authorities=authorities, profile=profile, days=days)
    assert len({one.rule for one in found}) == len(found)
    return {one.rule: one for one in found}


def broken(found: dict[str, Finding]) -> set[str]:
    return {name for name, one in found.items() if one.outcome is Outcome.BROKEN}


def with_serial(certificate: bytes, content: bytes) -> bytes:
    """A certificate with another serial number, and the signature of the old one."""
    what = "test"
    start, end = der.only(certificate, 0, len(certificate), der.SEQUENCE, what)
    tbs, *rest = der.elements(certificate, start, end, what)
    version, serial, *others = der.elements(certificate, tbs[1], tbs[2], what)
    changed = der.encode(
        der.SEQUENCE,
        certificate[tbs[1] : version[2]],
        der.encode(der.INTEGER, content),
        certificate[serial[2] : others[-1][2]],
    )
    return der.encode(der.SEQUENCE, changed, certificate[tbs[2] : rest[-1][2]])


# --- certificates that keep every rule ----------------------------------------------------------


@pytest.mark.parametrize("profile", ["eu", "who"])
def test_a_signer_can_keep_every_rule(profile: str) -> None:
    found = findings(signer(), profile=profile)
    assert broken(found) == set()
    assert list(found) == [rule.name for rule in SIGNER_RULES]
    does_not_apply = {n for n, one in found.items() if one.outcome is Outcome.NOT_APPLICABLE}
    assert does_not_apply == {
        "dsc.extended_key_usage_arc",
        "dsc.extended_key_usage_critical",
        "dsc.rsa_size",
        "dsc.signature_padding",
    }
    assert not [n for n, one in found.items() if one.outcome is Outcome.NOT_CHECKED]


@pytest.mark.parametrize("profile", ["eu", "who"])
def test_an_authority_can_keep_every_rule(profile: str) -> None:
    found = findings(authority(), "CSCA", profile=profile)
    assert broken(found) == set()
    assert list(found) == [rule.name for rule in AUTHORITY_RULES]
    assert found["csca.self_signed"].found == "self-signed"


def test_every_finding_says_what_was_found_what_is_expected_and_by_which_clause() -> None:
    for rules in (SIGNER_RULES, AUTHORITY_RULES):
        for rule in rules:
            assert rule.expected
            assert rule.clause.eu
            assert rule.clause.who
    for one in (*findings(signer()).values(), *findings(authority(), "CSCA").values()):
        assert one.found
        assert one.kids == ()


@pytest.mark.parametrize(
    ("rule", "eu", "who"),
    [
        (
            "dsc.key_usage",
            "EU certificate governance 4.3",
            "WHO certificate governance, 'Document Signer (DSC)'",
        ),
        (
            "dsc.validity",
            "EU certificate governance 3.2",
            "WHO certificate governance, 'Validity periods'",
        ),
        ("dsc.kid", "HCERT 1.0.8 appendix A.1", "HCERT 1.0.8 appendix A.1"),
    ],
)
def test_clauses_are_those_of_the_profile(rule: str, eu: str, who: str) -> None:
    assert findings(signer(), profile="eu")[rule].clause == eu
    assert findings(signer(), profile="who")[rule].clause == who


def test_what_a_document_demands_is_told_from_what_it_recommends() -> None:
    levels = {rule.name: rule.level for rule in SIGNER_RULES}
    assert levels["dsc.key_usage"] is levels["dsc.chain"] is Level.MUST
    assert levels["dsc.validity"] is levels["dsc.subject_key_identifier"] is Level.SHOULD
    assert levels["dsc.key_usage_only"] is Level.ADVICE


# --- signers, each bad in one way ---------------------------------------------------------------

BAD_SIGNERS: dict[str, tuple[Callable[[], bytes], set[str], str]] = {
    "no common name": (
        lambda: signer(((C, "UT"), (ORG, "Ministry"))),
        {"dsc.common_name"},
        "there is no common name",
    ),
    "a blank common name": (
        lambda: signer(((C, "UT"), (ORG, "Ministry"), (CN, "  "))),
        {"dsc.common_name"},
        "there is no common name",
    ),
    "no organisation": (
        lambda: signer(((C, "UT"), (CN, "Specimen"))),
        {"dsc.organisation"},
        "there is no organisation",
    ),
    "no country": (
        lambda: signer(((ORG, "Ministry"), (CN, "Specimen"))),
        {"dsc.subject_country"},
        "there is no country",
    ),
    "two countries": (
        lambda: signer(((C, "UT"), (C, "VN"), (ORG, "Ministry"), (CN, "Specimen"))),
        {"dsc.subject_country"},
        "there are 2 countries: ",
    ),
    "a country in small letters": (
        lambda: signer(((C, "ut"), (ORG, "Ministry"), (CN, "Specimen"))),
        {"dsc.subject_country"},
        "C 'ut'",
    ),
    "a name encoded twice": (
        lambda: signer(((C, "UT"), (ORG, "Bộ Y tế".encode().decode("latin-1")), (CN, "Specimen"))),
        {"dsc.name_encoding"},
        "it was meant as 'CN=Specimen,O=Bộ Y tế,C=UT'",
    ),
    "no key usage": (
        lambda: signer(key_usage=None),
        {"dsc.key_usage"},
        "there is no key usage",
    ),
    "a key usage that cannot be read": (
        lambda: signer(
            key_usage=(
                x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.15"), b"\x03\x00"),
                True,
            )
        ),
        {"dsc.key_usage", "dsc.strict_reading"},
        "none that can be read",
    ),
    "a key usage for certificates alone": (
        lambda: signer(key_usage=(usage("key_cert_sign"), True)),
        {"dsc.key_usage", "dsc.key_usage_only"},
        "keyCertSign",
    ),
    "a key usage for encryption too": (
        lambda: signer(key_usage=(usage("digital_signature", "key_encipherment"), True)),
        {"dsc.key_usage_only"},
        "also keyEncipherment",
    ),
    "a key usage that is not critical": (
        lambda: signer(key_usage=(usage("digital_signature"), False)),
        {"dsc.key_usage_critical"},
        "not critical",
    ),
    "an authority as signer": (
        lambda: signer(constraints=(x509.BasicConstraints(ca=True, path_length=None), True)),
        {"dsc.basic_constraints"},
        "CA true",
    ),
    "usages of other systems alone": (
        lambda: signer(eku=(usages("1.3.6.1.5.5.7.3.2", "1.2.3.4"), False)),
        {"dsc.extended_key_usage"},
        "none of the kinds of health certificates, but TLS client, 1.2.3.4",
    ),
    "usage of seals alone": (
        lambda: signer(eku=(usages("2.23.136.1.1.14.2"), False)),
        {"dsc.extended_key_usage"},
        "verifiers take it as one that may sign no health certificate",
    ),
    "usages of other systems too": (
        lambda: signer(eku=(usages(ARC + "2", "1.3.6.1.5.5.7.3.4"), False)),
        {"dsc.extended_key_usage"},
        "vaccination, and also e-mail protection",
    ),
    "a usage on the early arc": (
        lambda: signer(eku=(usages(ARC + "2", OLD_ARC + "1"), False)),
        {"dsc.extended_key_usage_arc"},
        "1 of 2 on the early arc",
    ),
    "usages that are critical": (
        lambda: signer(eku=(usages(ARC + "2"), True)),
        {"dsc.extended_key_usage_critical"},
        "critical",
    ),
    "P-384": (
        lambda: signer(key=P384_KEY),
        {"dsc.key", "dsc.key_recommended"},
        "P-384",
    ),
    "RSA": (lambda: signer(key=rsa_key()), {"dsc.key_recommended"}, "RSA-2048"),
    "signed over SHA-224": (
        lambda: signer(digest=hashes.SHA224()),
        {"dsc.signature_hash"},
        "signed over SHA-224",
    ),
    "no subject key identifier": (
        lambda: signer(ski=None),
        {"dsc.subject_key_identifier"},
        "there is none",
    ),
    "no authority key identifier": (
        lambda: signer(aki=None),
        {"dsc.authority_key_identifier"},
        "there is none",
    ),
    "another authority's key identifier": (
        lambda: signer(aki=(aki_of(OTHER_KEY), False)),
        {"dsc.authority_key_identifier"},
        "and its authority has ",
    ),
    "signed by nobody known": (
        lambda: signer(by=OTHER_KEY),
        {"dsc.chain"},
        "not signed with the key",
    ),
    "no revocation list": (
        lambda: signer(crl=None),
        {"dsc.crl_distribution_point"},
        "there is none",
    ),
    "a revocation list at a placeholder": (
        lambda: signer(crl=(crl("http://crl.exampledomain.example/CRL/CSCA.crl"), False)),
        {"dsc.crl_distribution_point"},
        "which is a placeholder",
    ),
    "a revocation list at a placeholder with a port": (
        lambda: signer(crl=(crl("https://PKI.example.com:8080/CSCA.crl"), False)),
        {"dsc.crl_distribution_point"},
        "which is a placeholder",
    ),
    "a revocation list by a name beside its issuer's": (
        lambda: signer(
            crl=(
                x509.CRLDistributionPoints(
                    [
                        x509.DistributionPoint(
                            None,
                            x509.RelativeDistinguishedName([x509.NameAttribute(CN, "CRL")]),
                            None,
                            None,
                        )
                    ]
                ),
                False,
            )
        ),
        {"dsc.crl_distribution_point"},
        "there is none",
    ),
    "revocation lists that cannot be read": (
        lambda: signer(
            crl=(
                x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.31"), UNREADABLE),
                False,
            )
        ),
        {"dsc.crl_distribution_point", "dsc.strict_reading"},
        "there is one that cannot be read",
    ),
    "a status service": (
        lambda: signer(
            aia=(
                access(
                    AuthorityInformationAccessOID.OCSP,
                    x509.UniformResourceIdentifier("http://ocsp.health.gov.ut"),
                ),
                False,
            )
        ),
        {"dsc.status_service"},
        "http://ocsp.health.gov.ut",
    ),
    "a status service that is no address": (
        lambda: signer(
            aia=(
                access(AuthorityInformationAccessOID.OCSP, x509.DNSName("ocsp.health.gov.ut")),
                False,
            )
        ),
        {"dsc.status_service"},
        "an address of another kind",
    ),
    "services that cannot be read": (
        lambda: signer(
            aia=(
                x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.1"), UNREADABLE),
                False,
            )
        ),
        {"dsc.status_service", "dsc.strict_reading"},
        "cannot be read",
    ),
    "three years": (
        lambda: signer(end=datetime(2025, 1, 1, tzinfo=UTC)),
        {"dsc.validity"},
        "1096 days: 2022-01-01 to 2025-01-01",
    ),
    "longer than its authority": (
        lambda: signer(start=AT - timedelta(days=30), end=AUTHORITY_END + timedelta(days=1)),
        {"dsc.within_authority", "dsc.validity"},
        "valid until 2026-01-02, its authority until 2026-01-01",
    ),
}


@pytest.mark.parametrize("case", BAD_SIGNERS)
def test_a_signer_that_is_bad_in_one_way_breaks_the_rules_about_it(case: str) -> None:
    make, rules, words = BAD_SIGNERS[case]
    found = findings(make())
    assert broken(found) == rules
    assert any(words in found[rule].found for rule in rules)


@pytest.mark.parametrize(
    "make",
    [
        lambda: signer(constraints=(x509.BasicConstraints(ca=False, path_length=None), True)),
        lambda: signer(eku=(usages(ARC + "1", ARC + "2", ARC + "3"), False)),
        lambda: signer(crl=(crl("ldap://pki.health.gov.ut/crl"), False)),
        lambda: signer(crl=(crl("http://example.community/crl"), False)),
        lambda: signer(
            aia=(
                access(
                    AuthorityInformationAccessOID.CA_ISSUERS,
                    x509.UniformResourceIdentifier("http://pki.health.gov.ut/csca.cer"),
                ),
                False,
            )
        ),
        # As long as two calendar years with a leap day in them, and the last second counted.
        lambda: signer(
            start=datetime(2022, 3, 1, tzinfo=UTC), end=datetime(2024, 3, 1, tzinfo=UTC)
        ),
    ],
    ids=["no CA", "all kinds", "ldap", "no placeholder", "issuer's certificate", "leap day"],
)
def test_what_the_profile_allows_is_no_breach(make: Callable[[], bytes]) -> None:
    assert broken(findings(make())) == set()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x00", "it is zero"),
        (b"\xff\x01", "it is negative"),
        (b"\x01" + bytes(20), "21 octets"),
        (b"\x00\x80" + bytes(19), "21 octets"),
    ],
    ids=["zero", "negative", "21 octets", "21 octets with the sign"],
)
def test_a_serial_number_is_positive_and_of_at_most_20_octets(content: bytes, words: str) -> None:
    found = findings(with_serial(signer(), content), authorities=None)
    assert found["dsc.serial_number"].outcome is Outcome.BROKEN
    assert found["dsc.serial_number"].found == words
    assert "dsc.strict_reading" not in broken(found) or "21" in words


def test_a_serial_number_of_20_octets_is_not_too_long() -> None:
    longest = with_serial(signer(), b"\x7f" + bytes(19))
    assert findings(longest, authorities=None)["dsc.serial_number"].found == "20 octets"
    assert broken(findings(longest, authorities=None)) == set()


def test_an_authority_with_rsa_should_sign_with_pss() -> None:
    for pss, rules in ((True, set()), (False, {"dsc.signature_padding"})):
        made = TrustList.from_certificates([authority(key=rsa_key(), pss=pss)])
        found = findings(signer(by=rsa_key(), pss=pss), authorities=made)
        assert broken(found) == rules


# --- times --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "rules", "renewal"),
    [
        (SIGNER_END - timedelta(days=31), set(), Outcome.MET),
        (SIGNER_END - timedelta(days=30), set(), Outcome.MET),
        (SIGNER_END - timedelta(days=29), {"dsc.renewal"}, Outcome.BROKEN),
        (SIGNER_END, {"dsc.renewal"}, Outcome.BROKEN),
        (SIGNER_END + timedelta(seconds=1), {"dsc.expired"}, Outcome.NOT_APPLICABLE),
        (START, set(), Outcome.MET),
        (START - timedelta(seconds=1), {"dsc.started", "dsc.authority_validity"}, Outcome.MET),
    ],
)
def test_the_moment_decides_what_has_expired_or_has_to_be_renewed(
    at: datetime, rules: set[str], renewal: Outcome
) -> None:
    found = findings(signer(), at=at)
    assert broken(found) == rules
    assert found["dsc.renewal"].outcome is renewal


def test_how_early_a_renewal_has_to_be_can_be_said() -> None:
    at = SIGNER_END - timedelta(days=100)
    assert broken(findings(signer(), at=at, days=101)) == {"dsc.renewal"}
    assert broken(findings(signer(), at=at, days=0)) == set()
    assert (
        findings(signer(), at=SIGNER_END - timedelta(days=1))["dsc.renewal"].found == "1 day left"
    )


def test_an_authority_that_ended_is_a_breach_of_its_signers() -> None:
    late = signer(start=datetime(2025, 6, 1, tzinfo=UTC), end=datetime(2027, 1, 1, tzinfo=UTC))
    found = findings(late, at=datetime(2026, 6, 1, tzinfo=UTC))
    assert broken(found) == {"dsc.within_authority", "dsc.authority_validity"}


def test_a_validity_that_ends_before_it_starts_is_a_breach() -> None:
    made = signer().replace(b"220101000000Z", b"250101000000Z")
    found = findings(made, authorities=None, at=datetime(2025, 1, 1, tzinfo=UTC))
    assert found["dsc.validity"].found == "it ends before it starts"
    assert {"dsc.validity", "dsc.expired", "dsc.strict_reading"} <= broken(found)


# --- what the list says -------------------------------------------------------------------------


def test_a_kid_of_another_making_is_a_breach() -> None:
    found = findings(signer(), kid=b64encode(bytes(8)).decode())
    assert broken(found) == {"dsc.kid"}
    assert found["dsc.kid"].found.startswith("published as 0000000000000000, its SHA-256 starts")


def test_a_thumbprint_of_other_bytes_is_a_breach() -> None:
    assert broken(findings(signer(), thumbprint="00" * 32)) == {"dsc.thumbprint"}


def test_a_country_that_is_not_the_subjects_is_a_breach() -> None:
    found = findings(signer(), country="VN")
    assert broken(found) == {"dsc.country"}
    assert found["dsc.country"].found == "the list has 'VN', the subject 'UT'"


def test_countries_of_two_and_three_letters_are_not_compared() -> None:
    key = only(listed(signer()))
    other = Entry(key.kid, signer(), Published("list", country="UTO")).outcome()
    assert isinstance(other, TrustedKey)
    (found,) = (one for one in check_profile(other, at=AT) if one.rule == "dsc.country")
    assert found.outcome is Outcome.NOT_CHECKED
    assert "'UTO'" in found.found


# --- authorities, each bad in one way -----------------------------------------------------------

BAD_AUTHORITIES: dict[str, tuple[Callable[[], bytes], set[str], str]] = {
    "no common name": (
        lambda: authority(((C, "UT"), (ORG, "Ministry"))),
        {"csca.common_name"},
        "no common name",
    ),
    "no key usage": (
        lambda: authority(key_usage=None),
        {"csca.key_usage", "csca.crl_sign"},
        "there is no key usage",
    ),
    "a key usage without certificates": (
        lambda: authority(key_usage=(usage("crl_sign"), True)),
        {"csca.key_usage"},
        "cRLSign",
    ),
    "a key usage without revocation lists": (
        lambda: authority(key_usage=(usage("key_cert_sign"), True)),
        {"csca.crl_sign"},
        "keyCertSign",
    ),
    "no constraints": (
        lambda: authority(constraints=None),
        {"csca.basic_constraints", "csca.path_length"},
        "absent",
    ),
    "no authority": (
        lambda: authority(constraints=(x509.BasicConstraints(ca=False, path_length=None), True)),
        {"csca.basic_constraints", "csca.path_length"},
        "CA false",
    ),
    "constraints that are not critical": (
        lambda: authority(constraints=(x509.BasicConstraints(ca=True, path_length=0), False)),
        {"csca.constraints_critical"},
        "not critical",
    ),
    "a path length of 1": (
        lambda: authority(constraints=(x509.BasicConstraints(ca=True, path_length=1), True)),
        {"csca.path_length"},
        "1",
    ),
    "RSA of 2048 bits": (
        lambda: authority(key=rsa_key(), pss=True),
        {"csca.key"},
        "RSA-2048",
    ),
    "RSA with the old padding": (
        lambda: authority(key=rsa_key()),
        {"csca.key", "csca.signature_padding"},
        "PKCS #1 v1.5",
    ),
    "P-384": (lambda: authority(key=P384_KEY), {"csca.curve"}, "P-384"),
    "signed over SHA-224": (
        lambda: authority(digest=hashes.SHA224()),
        {"csca.signature_hash"},
        "SHA-224",
    ),
    "no subject key identifier": (
        lambda: authority(ski=None),
        {"csca.subject_key_identifier"},
        "there is none",
    ),
    "an intermediate authority": (
        lambda: authority(issuer=((C, "UT"), (CN, "Specimen root")), by=OTHER_KEY),
        {"csca.self_signed"},
        "an intermediate authority, issued by CN=Specimen root,C=UT",
    ),
    "signed with another key": (
        lambda: authority(by=OTHER_KEY),
        {"csca.self_signed"},
        "its signature is not of its own key",
    ),
    "thirty years": (
        lambda: authority(end=datetime(2052, 1, 1, tzinfo=UTC)),
        {"csca.validity"},
        "10957 days",
    ),
    "expired": (
        lambda: authority(start=datetime(2020, 1, 1, tzinfo=UTC), end=START),
        {"csca.expired"},
        "valid until 2022-01-01 00:00:00 UTC",
    ),
}


@pytest.mark.parametrize("case", BAD_AUTHORITIES)
def test_an_authority_that_is_bad_in_one_way_breaks_the_rules_about_it(case: str) -> None:
    make, rules, words = BAD_AUTHORITIES[case]
    found = findings(make(), "CSCA")
    assert broken(found) == rules
    assert any(words in found[rule].found for rule in rules)


def test_a_small_public_exponent_is_a_breach() -> None:
    key = rsa.generate_private_key(3, 2048)
    found = findings(authority(key=key, pss=True), "CSCA")
    assert found["csca.key"].found == "RSA-2048 with the public exponent 3"


def test_an_authority_is_held_to_no_chain_and_a_signer_to_no_constraints() -> None:
    assert not {name for name in findings(authority(), "CSCA") if name.startswith("dsc.")}
    assert not {name for name in findings(signer()) if name.startswith("csca.")}


# --- what cannot be checked ---------------------------------------------------------------------


def test_without_authorities_the_chain_is_not_checked() -> None:
    found = findings(signer(), authorities=None)
    not_checked = {name for name, one in found.items() if one.outcome is Outcome.NOT_CHECKED}
    assert not_checked == {"dsc.chain", "dsc.within_authority", "dsc.authority_validity"}
    assert found["dsc.chain"].found == "no authorities are given"
    assert found["dsc.authority_key_identifier"].found.endswith("compared with no authority's")


def test_a_signer_under_a_bare_key_is_chained_and_no_more() -> None:
    bare = TrustList.from_keys({b"ca": AUTHORITY_KEY.public_key()}, role="authority")
    found = findings(signer(), authorities=bare)
    assert broken(found) == set()
    assert found["dsc.chain"].found == "signed by the bare key 6361"
    assert found["dsc.within_authority"].outcome is Outcome.NOT_APPLICABLE
    assert found["dsc.authority_validity"].outcome is Outcome.NOT_APPLICABLE


def test_an_authority_without_a_key_identifier_leaves_its_signers_without_one_to_match() -> None:
    silent = TrustList.from_certificates([authority(ski=None)])
    found = findings(signer(), authorities=silent)
    assert broken(found) == {"dsc.authority_key_identifier"}
    assert found["dsc.authority_key_identifier"].found.endswith("and its authority states none")


@pytest.mark.parametrize("role", ["signer", "authority"])
def test_of_a_bare_key_only_the_key_is_checked(role: Any) -> None:
    key = only(TrustList.from_keys({b"kid": P384_KEY.public_key()}, role=role))
    found = check_profile(key, at=AT, authorities=AUTHORITIES)
    checked = {one.rule for one in found if one.outcome is not Outcome.NOT_CHECKED}
    expected = {"signer": {"dsc.key", "dsc.key_recommended", "dsc.rsa_size"}}
    assert checked == expected.get(role, {"csca.key", "csca.curve"})
    assert {one.found for one in found if one.outcome is Outcome.NOT_CHECKED} == {
        "a bare key: there is no certificate"
    }


def test_a_signature_of_an_unknown_kind_is_a_breach_and_no_proof() -> None:
    made = authority().replace(bytes.fromhex("2a8648ce3d040302"), bytes.fromhex("2a8648ce3d040309"))
    found = findings(made, "CSCA")
    assert found["csca.signature_hash"].found == "unknown algorithm 1.2.840.10045.4.3.9"
    assert found["csca.self_signed"].outcome is Outcome.NOT_CHECKED


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"at": datetime(2022, 6, 1)}, ValueError),  # naive
        ({"at": "2022-06-01"}, TypeError),
        ({"profile": "icao"}, ValueError),
        ({"days": -1}, ValueError),
        ({"days": "30"}, TypeError),
        ({"days": True}, TypeError),
    ],
    ids=["naive", "text", "profile", "negative", "text days", "truth"],
)
def test_wrong_arguments_are_refused(wrong: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        check_profile(only(listed(signer())), **{"at": AT, **wrong})


@pytest.mark.parametrize(
    ("wrong", "error"),
    [({"at": datetime(2022, 6, 1)}, ValueError), ({"profile": "EU"}, ValueError)],
    ids=["naive", "profile"],
)
def test_wrong_arguments_about_a_list_are_refused(
    wrong: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        check_list(listed(signer()), **{"at": AT, **wrong})


# --- across a list ------------------------------------------------------------------------------


def across(trust: TrustList, at: datetime = AT) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for one in check_list(trust, at=at):
        found.setdefault(one.rule, []).append(one)
    return found


def breaches(found: dict[str, list[Finding]]) -> Counter[str]:
    return Counter(
        one.rule for group in found.values() for one in group if one.outcome is Outcome.BROKEN
    )


LIST_RULES = ["list.expired", "list.kid", "list.certificate", "list.role", "list.key"]
LIST_RULES += ["list.serial_number", "list.set_aside"]


def test_a_list_in_which_nothing_repeats_keeps_every_rule() -> None:
    found = across(listed(signer()) | listed(authority(), "CSCA"))
    assert list(found) == LIST_RULES
    # Both were given the same number, by the one authority: its own certificate counts.
    assert breaches(found) == Counter({"list.serial_number": 1})
    assert breaches(across(listed(signer()))) == Counter()


def test_different_keys_under_one_kid_are_told() -> None:
    kid = b64encode(b"the kid.").decode()
    made = listed(signer(), kid=kid) | listed(with_serial(signer(key=OTHER_KEY), b"\x05"), kid=kid)
    found = across(made)
    assert breaches(found) == Counter({"list.kid": 1})
    assert found["list.kid"][0].kids == (b"the kid.",)
    assert "2 entries with different keys" in found["list.kid"][0].found


def test_one_certificate_under_two_kids_is_told() -> None:
    made = signer()
    found = across(listed(made) | listed(made, kid=b64encode(b"another.").decode()))
    assert breaches(found) == Counter({"list.certificate": 1})
    assert found["list.certificate"][0].kids[1] == b"another."


def test_one_certificate_in_both_roles_is_told() -> None:
    made = authority()
    found = across(listed(made, "DSC") | listed(made, "CSCA"))
    assert breaches(found) == Counter({"list.role": 1})


def test_one_key_in_two_certificates_is_told() -> None:
    found = across(listed(signer()) | listed(with_serial(signer(), b"\x06")))
    assert breaches(found) == Counter({"list.key": 1})
    assert found["list.key"][0].found.startswith("one key in 2 certificates: ")


def test_a_bare_key_that_a_certificate_has_too_is_told() -> None:
    bare = TrustList.from_keys({b"bare": SIGNER_KEY.public_key()})
    found = across(listed(signer()) | bare)
    assert found["list.key"][0].found.startswith("one key in 1 certificate, and bare: ")


def test_one_serial_number_for_two_certificates_is_told() -> None:
    found = across(listed(signer()) | listed(signer(key=OTHER_KEY)))
    assert breaches(found) == Counter({"list.serial_number": 1})
    assert found["list.serial_number"][0].level is Level.MUST


def test_the_same_serial_number_of_two_issuers_is_no_breach() -> None:
    found = across(listed(authority()) | listed(authority(((C, "VN"), (CN, "x")), key=OTHER_KEY)))
    assert breaches(found) == Counter()


def test_each_entry_that_was_set_aside_is_told_with_its_reason() -> None:
    found = across(TrustList.from_certificates([signer(), b"\x30\x00", signer()[:-5]]))
    assert breaches(found) == Counter({"list.set_aside": 2})
    assert "memory, certificate 2: " in found["list.set_aside"][0].found
    assert len(found["list.set_aside"][0].kids) == 1


def test_a_list_that_ended_is_a_breach() -> None:
    made = listed(signer())
    assert across(made)["list.expired"][0].outcome is Outcome.NOT_APPLICABLE
    signed = convert(
        made, "cbor", sequence=1, issued_at=START, expires_at=START + timedelta(days=7)
    )
    dated = TrustList.from_bytes(signed.data)
    assert across(dated, START)["list.expired"][0].outcome is Outcome.MET
    late = across(dated, AT)["list.expired"][0]
    assert (late.outcome, late.level) == (Outcome.BROKEN, Level.MUST)
    assert late.found == "valid until 2022-01-08 00:00:00 UTC"


# --- real certificates --------------------------------------------------------------------------


def test_the_production_signer_of_viet_nam_deviates_in_what_is_known_of_it(
    shared_vectors: Vectors,
) -> None:
    lists = shared_vectors("trustlists")
    trust = TrustList.load(lists / "de-2023" / "production.dsc-list.json")
    archive = TrustList.load(lists / "ec-archive" / "CSCA" / "DCC" / "VN")
    (key,) = trust[VN_PRODUCTION]
    at = datetime(2023, 6, 1, tzinfo=UTC)
    found = {one.rule: one for one in check_profile(key, at=at, authorities=archive)}
    assert broken(found) == {
        "dsc.key_usage_only",  # also for encipherment and non-repudiation
        "dsc.extended_key_usage",  # none of the usages of health certificates
        "dsc.key_recommended",  # RSA
        "dsc.signature_padding",  # its authority signs with PKCS #1 v1.5
        "dsc.status_service",  # OCSP at ca.gov.vn
        "dsc.validity",  # 5 years instead of 2
    }
    assert not {rule for rule in broken(found) if found[rule].level is Level.MUST}
    assert "dataEncipherment, keyEncipherment, nonRepudiation" in found["dsc.key_usage_only"].found
    assert (
        "TLS client, e-mail protection, smart card logon" in found["dsc.extended_key_usage"].found
    )
    assert found["dsc.validity"].found.endswith("2021-07-15 to 2026-07-14")
    assert found["dsc.common_name"].found == "CN 'CHỨNG NHẬN TIÊM CHỦNG - CỤC Y TẾ DỰ PHÒNG'"
    assert found["dsc.chain"].found == (
        "signed by CN=CA phục vụ các cơ quan Nhà nước G2,O=Ban Cơ yếu Chính phủ,C=VN, "
        "an intermediate authority"
    )
    after = {one.rule: one for one in check_profile(key, at=datetime(2026, 8, 1, tzinfo=UTC))}
    assert "dsc.expired" in broken(after)


def test_the_authority_of_viet_nam_is_intermediate_and_lasts_thirty_years(
    shared_vectors: Vectors,
) -> None:
    archive = TrustList.load(shared_vectors("trustlists") / "ec-archive" / "CSCA" / "DCC" / "VN")
    found = {one.rule: one for one in check_profile(only(archive), at=AT, profile="who")}
    assert broken(found) == {"csca.self_signed", "csca.signature_padding", "csca.validity"}
    assert "RootCA chuyên dùng Chính phủ G2" in found["csca.self_signed"].found
    assert found["csca.key"].found == "RSA-4096"


def test_the_acceptance_signer_of_viet_nam_deviates_in_what_is_known_of_it(
    shared_vectors: Vectors,
) -> None:
    trust = TrustList.load(shared_vectors("trustlists") / "de-2023" / "acceptance.dsc-list.json")
    (key,) = trust[VN_ACCEPTANCE]
    found = {one.rule: one for one in check_profile(key, at=AT)}
    assert broken(found) == {
        "dsc.name_encoding",  # O and OU of its issuer are encoded twice
        "dsc.key_recommended",  # RSA
        "dsc.signature_padding",
        "dsc.crl_distribution_point",  # the placeholder of the guide's template
    }
    assert found["dsc.extended_key_usage"].found == "recovery, test, vaccination"
    assert "CA phục vụ các cơ quan Nhà nước G2" in found["dsc.name_encoding"].found
    assert found["dsc.validity"].outcome is Outcome.MET  # 2022-04-13 to 2024-04-12


def test_the_production_list_has_the_deviations_that_were_counted_in_it(
    shared_vectors: Vectors,
) -> None:
    trust = TrustList.load(shared_vectors("trustlists") / "de-2023" / "production.dsc-list.json")
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for key in trust:
        sizes[key_words(key.public_key)] += 1
        counts.update(
            one.rule for one in check_profile(key, at=AT) if one.outcome is Outcome.BROKEN
        )
    assert sum(sizes.values()) == 829
    assert sizes["RSA-4096"] == counts["dsc.rsa_size"] == 3
    assert sizes["RSA-2048"] + sizes["RSA-4096"] == counts["dsc.key_recommended"] == 38
    assert counts["dsc.signature_hash"] == 8  # ecdsa-with-SHA1
    assert counts["dsc.extended_key_usage_critical"] == 36
    assert counts["dsc.key_usage"] == 11  # 10 without one, 1 for certificates alone
    assert counts["dsc.strict_reading"] == 6  # FI and ES
    assert counts["dsc.key"] == counts["dsc.kid"] == counts["dsc.thumbprint"] == 0
    repeated = [one for one in check_list(trust, at=AT) if one.rule == "list.kid"]
    assert [one.outcome for one in repeated] == [Outcome.MET]


def test_a_certificate_that_strict_parsers_refuse_is_checked_all_the_same(
    shared_vectors: Vectors,
) -> None:
    trust = TrustList.load(shared_vectors("trustlists") / "de-2023" / "production.dsc-list.json")
    refused = [key for key in trust if key.certificate is None]
    assert {key.country for key in refused} == {"FI", "ES"}
    for key in refused:
        found = {one.rule: one for one in check_profile(key, at=AT)}
        assert found["dsc.strict_reading"].outcome is Outcome.BROKEN
        assert found["dsc.crl_distribution_point"].outcome is Outcome.MET
        assert found["dsc.key_usage_critical"].outcome is Outcome.MET


# --- the page about it --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "rules"),
    [
        ("## The rules for signers", SIGNER_RULES),
        ("## The rules for country authorities", AUTHORITY_RULES),
    ],
    ids=["signers", "authorities"],
)
def test_the_tables_of_the_page_have_every_rule_as_it_is(heading: str, rules: Any) -> None:
    table = [row for row in rows(section(PAGE, heading)) if len(row) == 5]
    assert [row[:3] for row in table] == [[r.name, r.level.value, r.expected] for r in rules]
    for row, rule in zip(table, rules, strict=True):
        assert rule.clause.eu.endswith(row[3].removeprefix("governance "))
        named = rule.clause.eu if row[4] == "the same" else row[4]
        assert named in rule.clause.who.replace("'", "")


def test_the_table_of_the_page_has_every_rule_across_a_list() -> None:
    table = rows(section(PAGE, "## The rules across a list"))
    made = across(listed(signer()))
    assert [(row[0], row[1]) for row in table] == [
        (name, group[0].level.value) for name, group in made.items()
    ]


# --- names and hostile bytes --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CN=a,C=VN", [("CN", "a"), ("C", "VN")]),
        ("CN=a\\,b+OU=c\\=d,C=VN", [("CN", "a,b"), ("OU", "c=d"), ("C", "VN")]),
        ("O=x=y", [("O", "x=y")]),
        ("2.5.4.5=1.2", [("2.5.4.5", "1.2")]),
        ("CN=\\\\", [("CN", "\\")]),
        ("", [("", "")]),
        ("CN", [("", "CN")]),
    ],
)
def test_a_name_is_taken_apart(name: str, expected: list[tuple[str, str]]) -> None:
    assert details.attributes(name) == expected


GOOD_BYTES = signer(
    eku=(usages(ARC + "2", ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string), False),
    aia=(
        access(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier("http://o.ut")),
        False,
    ),
)


@given(
    st.integers(0, len(GOOD_BYTES) - 1),
    st.binary(min_size=1, max_size=3),
    st.sampled_from(["eu", "who"]),
)
def test_any_certificate_that_can_be_read_at_all_is_checked(
    at: int, change: bytes, profile: Any
) -> None:
    mutated = GOOD_BYTES[:at] + change + GOOD_BYTES[at + len(change) :]
    trust = TrustList.from_certificates([mutated])
    for key in trust:
        found = check_profile(key, at=AT, authorities=AUTHORITIES, profile=profile)
        assert all(one.found and one.expected for one in found)
    assert check_list(trust, at=AT, profile=profile)


def test_an_extension_with_an_impossible_identifier_is_passed_over() -> None:
    # 2.5.29.31 with a leading zero in its last number: no rule's, and no reason to fail.
    known, impossible = bytes.fromhex("0603551d1f"), bytes.fromhex("060355801f")
    made = GOOD_BYTES.replace(known, impossible)
    assert made != GOOD_BYTES
    found = findings(made, authorities=None)
    assert found["dsc.crl_distribution_point"].found == "there is none"
