"""Seals of our own making, each bad in one way: who vouches for the signer, and for what.

Each case goes through `verify` and through `examine`, which must say the same.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

import seal_maker
from seal_maker import AT, CSCA_KEY, FROM, NT, NV, SIGNER_KEY, UNTIL, base64url
from specimens import ec_key, kid_of, rsa_key
from test_chain import ECDSA_SHA256, SHA1_ECDSA, der
from test_signer_judged import judged
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import (
    AlgorithmMismatchError,
    ChainError,
    DecodeError,
    InputTooLongError,
    InvalidSignatureError,
    SchemaError,
    SealError,
    SealUnsupportedError,
    SignerExpiredError,
    SignerNotYetValidError,
    SignerRevokedError,
    SignerUsageError,
    VnvaxcertError,
)
from vnvaxcert.examine import Outcome, examine
from vnvaxcert.policy import DEFAULT_POLICY, STRICT_POLICY, Check, Policy, ValidityModel
from vnvaxcert.results import Envelope, VerifiedCertificate
from vnvaxcert.schema.seal import Seal, SealType
from vnvaxcert.trust import anchors as anchors_module
from vnvaxcert.trust import seal_signer
from vnvaxcert.trust.anchors import Anchors
from vnvaxcert.trust.certificate import read_certificate
from vnvaxcert.trust.revocation import RevocationList
from vnvaxcert.trust.trustlist import TrustList
from vnvaxcert.verify import decode_unverified, is_seal, verify

SECOND = timedelta(seconds=1)
AT_SIGNING = Policy(validity_model=ValidityModel.AT_SIGNING)
CHAIN_REQUIRED = Policy(required_checks=frozenset({Check.CHAIN}))
NOBODY = TrustList()
CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}


def authority(**options: Any) -> TrustList:
    """A list of one country authority."""
    return TrustList.from_certificates([seal_maker.authority(**options)])


def listed(*certificates: bytes) -> TrustList:
    """A list of certificates that does not say what they are."""
    return TrustList.from_certificates([*certificates])


def published(certificate: bytes, country: str = "VN", kind: str = "DSC") -> TrustList:
    """A list that says what its one entry is."""
    entry = {
        "kid": "AAAAAAAAAAA=",
        "country": country,
        "certificateType": kind,
        "rawData": b64encode(certificate).decode(),
    }
    return TrustList.from_bytes(json.dumps([entry]).encode())


CSCA = authority()


def accepted(text: str, **options: Any) -> Seal:
    """What a seal says that passed every step, and with no warning."""
    verified = judged(text, **{"trust": NOBODY, "authorities": CSCA, "at": AT, **options})
    assert verified.warnings == ()
    assert isinstance(verified.certificate, Seal)
    return verified.certificate


def refused(text: str, error: type[VnvaxcertError], **options: Any) -> VnvaxcertError:
    """The error with which a seal is refused; its text gives nothing away."""
    with pytest.raises(error) as caught:
        judged(text, **{"trust": NOBODY, "authorities": CSCA, "at": AT, **options})
    assert type(caught.value) is error
    assert str(caught.value).isprintable()
    assert "SPECIMEN" not in str(caught.value)
    return caught.value


# --- who vouches ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["icao.vacc", "icao.test"])
def test_a_seal_under_an_authority_is_accepted(kind: str) -> None:
    seal = accepted(seal_maker.text(seal_maker.data(kind)))
    assert seal.type is SealType(kind)
    assert seal.holder.name == "SPECIMEN  MAU"


@pytest.mark.parametrize("alg", CURVES)
def test_each_algorithm_of_seals_is_verified(alg: str) -> None:
    key = ec_key(CURVES[alg], number=43)
    text = seal_maker.text(key=key, certificate=seal_maker.signer(key), alg=alg)
    verified = judged(text, trust=NOBODY, authorities=CSCA, at=AT)
    assert verified.algorithm is Algorithm[alg]
    document = json.loads(text)
    document["data"]["msg"]["uvci"] = "VN0000000017"
    refused(json.dumps(document), InvalidSignatureError)


def test_the_authority_may_be_on_the_trust_list_where_none_are_given_besides() -> None:
    text = seal_maker.text()
    assert accepted(text, trust=CSCA, authorities=None).issuer == "VNM"
    refused(text, ChainError, trust=CSCA, authorities=NOBODY)
    refused(text, ChainError, trust=CSCA, authorities=authority(key=ec_key(number=50)))


def test_a_signer_that_nobody_vouches_for_is_a_stranger() -> None:
    for lists in ({"authorities": NOBODY}, {"authorities": None}):
        refused(seal_maker.text(), ChainError, **lists)
    own = seal_maker.signer(under=SIGNER_KEY)
    error = refused(seal_maker.text(certificate=own), ChainError)
    assert "not signed with the key" in str(error)


def test_a_signer_that_is_listed_itself_needs_no_authority() -> None:
    certificate = seal_maker.signer(under=ec_key(number=51))
    text = seal_maker.text(certificate=certificate)
    trust = listed(certificate)
    for authorities in (None, NOBODY, CSCA):
        verified = judged(text, trust=trust, authorities=authorities, at=AT)
        assert verified.signer is trust.get(kid_of(certificate))[0]
        assert verified.kid == kid_of(certificate)
    refused(text, ChainError, trust=trust, authorities=CSCA, policy=CHAIN_REQUIRED)
    with pytest.raises(ValueError, match="chain check"):
        verify(text, trust=trust, at=AT, policy=CHAIN_REQUIRED)


def test_a_policy_that_requires_the_chain_has_it_checked_for_a_listed_signer_too() -> None:
    trust = listed(seal_maker.signer())
    verified = judged(
        seal_maker.text(), trust=trust, authorities=CSCA, at=AT, policy=CHAIN_REQUIRED
    )
    assert verified.signer in tuple(trust)


def test_a_listed_signer_makes_no_signers_of_its_own() -> None:
    """As Australia's signer, it says neither that it is an authority nor that it is none."""
    below_key = ec_key(number=52)
    below = seal_maker.signer(below_key, under=SIGNER_KEY)
    issuer = x509.load_der_x509_certificate(seal_maker.signer()).subject
    assert issuer.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value == "01"
    above = _renamed(seal_maker.signer(), "Specimen CSCA")
    text = seal_maker.text(key=below_key, certificate=below)
    for trust in (listed(above), published(above)):
        refused(text, ChainError, trust=trust, authorities=None)
        refused(text, ChainError, trust=trust, authorities=CSCA)
    assert accepted(text, trust=published(above, kind="CSCA"), authorities=None)


def _renamed(certificate: bytes, common: str) -> bytes:
    """A signer's certificate of another name, signed by itself."""
    read = x509.load_der_x509_certificate(certificate)
    key = SIGNER_KEY
    name = seal_maker.name("VN", common)
    builder = x509.CertificateBuilder().issuer_name(name).subject_name(name)
    builder = builder.public_key(key.public_key()).serial_number(9)
    builder = builder.not_valid_before(read.not_valid_before_utc)
    builder = builder.not_valid_after(read.not_valid_after_utc)
    for extension in read.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_what_is_listed_is_the_certificate_and_not_its_key_or_name() -> None:
    other = seal_maker.signer(serial=3, under=ec_key(number=51))
    text = seal_maker.text(certificate=other)
    refused(text, ChainError, trust=listed(seal_maker.signer()))
    keys = TrustList.from_keys({kid_of(other): SIGNER_KEY.public_key()})
    refused(text, ChainError, trust=keys)


def test_a_bare_key_vouches_as_an_authority_for_its_country_or_for_any() -> None:
    text = seal_maker.text()
    for country in (None, "VN", "VNM"):
        keys = TrustList.from_keys(
            {b"csca": CSCA_KEY.public_key()}, role="authority", country=country
        )
        assert accepted(text, authorities=keys).issuer == "VNM"
    keys = TrustList.from_keys({b"csca": CSCA_KEY.public_key()}, role="authority", country="JP")
    refused(text, ChainError, authorities=keys)


def test_an_authority_vouches_for_signers_of_its_own_country_only() -> None:
    for country, issuer in (("JP", "JPN"), (None, "VNM")):
        certificate = seal_maker.signer(country=country)
        text = seal_maker.text(seal_maker.data(issuer=issuer), certificate=certificate)
        error = refused(text, ChainError)
        assert "another country" in str(error)


def test_the_signature_comes_first_and_the_chain_before_the_dates() -> None:
    stranger = seal_maker.signer(under=ec_key(number=51), not_after=AT - SECOND)
    refused(seal_maker.text(certificate=stranger), ChainError)
    refused(seal_maker.text(certificate=stranger, signature=b"\x01" * 64), InvalidSignatureError)
    broken = seal_maker.data()
    del broken["msg"]["ve"]
    refused(seal_maker.text(broken, certificate=stranger), ChainError)
    refused(seal_maker.text(broken), SchemaError)
    refused(seal_maker.text(broken, signature=b"\x01" * 64), InvalidSignatureError)


def test_a_chain_over_sha_1_is_a_warning_and_by_the_strict_policy_a_refusal() -> None:
    changed = resigned(seal_maker.signer(), ECDSA_SHA256, SHA1_ECDSA, hashes.SHA1())
    text = seal_maker.text(certificate=changed)
    verified = judged(text, trust=NOBODY, authorities=CSCA, at=AT)
    assert [warning.code for warning in verified.warnings] == ["signer.sha1"]
    assert "SHA-1" in str(refused(text, ChainError, policy=STRICT_POLICY))
    # Listed itself, nothing rests on that signature.
    assert accepted(text, trust=listed(changed), policy=STRICT_POLICY)
    assert "SHA-1" in str(refused(text, ChainError, policy=STRICT_POLICY))


# --- when ----------------------------------------------------------------------------------------


def test_the_signer_is_valid_from_its_first_moment_to_its_last() -> None:
    text = seal_maker.text()
    for moment in (FROM, AT, UNTIL):
        assert accepted(text, at=moment)
    refused(text, SignerNotYetValidError, at=FROM - SECOND)
    refused(text, SignerExpiredError, at=UNTIL + SECOND)
    trust = listed(seal_maker.signer())
    refused(text, SignerExpiredError, trust=trust, at=UNTIL + SECOND)
    refused(text, SignerNotYetValidError, trust=trust, at=FROM - SECOND)


def test_the_authority_is_valid_at_the_moment_too_known_or_not() -> None:
    for _ in range(2):  # the second time, the authority is known
        ended = authority(not_after=AT)
        for _ in range(2):
            assert accepted(seal_maker.text(), authorities=ended)
            refused(seal_maker.text(), ChainError, authorities=ended, at=AT + SECOND)
        later = authority(not_before=AT)
        for _ in range(2):
            assert accepted(seal_maker.text(), authorities=later)
            refused(seal_maker.text(), ChainError, authorities=later, at=AT - SECOND)


def test_where_signer_and_authority_have_both_ended_the_signer_is_named() -> None:
    ended = authority(not_after=AT)
    refused(seal_maker.text(), SignerExpiredError, authorities=ended, at=UNTIL + SECOND)


def test_by_the_model_at_signing_an_old_seal_stays_good() -> None:
    for kind in ("icao.vacc", "icao.test"):
        text = seal_maker.text(seal_maker.data(kind))
        late = UNTIL + timedelta(days=999)
        assert accepted(text, at=late, policy=AT_SIGNING)
        refused(text, SignerExpiredError, at=late)
        # The authority, too, is judged by that moment.
        ended = authority(not_after=AT)
        assert accepted(text, at=late, policy=AT_SIGNING, authorities=ended)
        ended = authority(not_after=datetime(2022, 3, 1, tzinfo=UTC))
        refused(text, ChainError, at=late, policy=AT_SIGNING, authorities=ended)


def test_by_the_model_at_signing_doses_may_be_older_than_the_signer() -> None:
    data = seal_maker.data()
    data["msg"]["ve"][0]["vd"][0]["dvc"] = "2021-01-01"
    assert accepted(seal_maker.text(data), policy=AT_SIGNING)
    refused(seal_maker.text(data), SignerNotYetValidError, policy=AT_SIGNING, at=FROM - SECOND)


def test_by_the_model_at_signing_nothing_newer_than_the_signer_was_sealed() -> None:
    data = seal_maker.data()
    doses = data["msg"]["ve"][0]["vd"]
    doses.append({**doses[0], "dvc": "2031-10-02", "seq": 3})
    late = UNTIL + timedelta(days=999)
    refused(seal_maker.text(data), SignerExpiredError, at=late, policy=AT_SIGNING)
    doses[1]["dvc"] = "2031-10-01"
    assert accepted(seal_maker.text(data), at=late, policy=AT_SIGNING)


@pytest.mark.parametrize("name", ["sc", "ri"])
def test_by_the_model_at_signing_neither_time_of_a_test_is_newer_than_the_signer(name: str) -> None:
    data = seal_maker.data("icao.test")
    late = UNTIL + timedelta(days=999)
    data["msg"]["dat"][name] = "2031-10-01T00:00:00Z"
    assert accepted(seal_maker.text(data), at=late, policy=AT_SIGNING)
    data["msg"]["dat"][name] = "2031-10-01T00:00:01Z"
    refused(seal_maker.text(data), SignerExpiredError, at=late, policy=AT_SIGNING)


def test_by_the_model_at_signing_a_seal_without_its_dates_is_refused_for_its_form() -> None:
    data = seal_maker.data()
    del data["msg"]["ve"][0]["vd"][0]["dvc"]
    refused(seal_maker.text(data), SchemaError, policy=AT_SIGNING)


# --- what for ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("types", "kind"), [([NV], "icao.vacc"), ([NT], "icao.test"), ([NT, NV], "icao.test")]
)
def test_a_signer_seals_the_types_its_document_types_name(types: list[bytes], kind: str) -> None:
    certificate = seal_maker.signer(types=[seal_maker.document_types(*types)])
    assert accepted(seal_maker.text(seal_maker.data(kind), certificate=certificate))


def test_a_signer_without_document_types_seals_all_types() -> None:
    for kind in ("icao.vacc", "icao.test"):
        text = seal_maker.text(seal_maker.data(kind), certificate=seal_maker.signer(types=[]))
        assert accepted(text).type == kind


@pytest.mark.parametrize(
    ("types", "kind", "allowed"),
    [
        ([NV], "icao.test", ("icao.vacc",)),
        ([NT], "icao.vacc", ("icao.test",)),
        ([b"\x13\x01P"], "icao.vacc", ("other uses",)),
        ([], "icao.vacc", ("other uses",)),
        ([b"\x13\x02nv"], "icao.vacc", ("other uses",)),
    ],
)
def test_a_signer_of_other_types_is_refused(
    types: list[bytes], kind: str, allowed: tuple[str, ...]
) -> None:
    certificate = seal_maker.signer(types=[seal_maker.document_types(*types)])
    text = seal_maker.text(seal_maker.data(kind), certificate=certificate)
    error = refused(text, SignerUsageError)
    assert vars(error) == {"kind": kind, "allowed": allowed}


UNREADABLE = {
    "empty": b"",
    "no sequence": b"\x02\x01\x00",
    "bytes behind": seal_maker.BOTH + b"\x00",
    "no version": b"\x30\x06\x31\x04" + NV,
    "no set": b"\x30\x07\x02\x01\x00" + NV,
    "another text": seal_maker.document_types(b"\x0c\x02NV"),
    "an empty text": seal_maker.document_types(NV, b"\x13\x00"),
    "a long text": seal_maker.document_types(b"\x13\x03NVX"),
    "no letters": seal_maker.document_types(b"\x13\x02\xff\xfe"),
    "cut off": seal_maker.BOTH[:-1],
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_document_types_that_cannot_be_read_allow_nothing(name: str) -> None:
    certificate = seal_maker.signer(types=[UNREADABLE[name]])
    for kind in ("icao.vacc", "icao.test"):
        text = seal_maker.text(seal_maker.data(kind), certificate=certificate)
        refused(text, SignerUsageError)
        refused(text, SignerUsageError, trust=listed(certificate))


def test_document_types_given_twice_allow_nothing() -> None:
    certificate = seal_maker.signer(more=[("2.23.136.1.1.6.3", seal_maker.BOTH, False)])
    other = bytes.fromhex("060767810801010603")
    twice = resigned(certificate, other, other[:-1] + b"\x02", hashes.SHA256())
    refused(seal_maker.text(certificate=twice), SignerUsageError)


def resigned(certificate: bytes, old: bytes, new: bytes, digest: hashes.HashAlgorithm) -> bytes:
    """A certificate with one part replaced, signed again by the authority."""
    signed = x509.load_der_x509_certificate(certificate).tbs_certificate_bytes
    content = signed[2 + (signed[1] & 0x7F if signed[1] > 0x7F else 0) :]
    assert content.count(old) == 1
    tbs = der(0x30, content.replace(old, new))
    identifier = SHA1_ECDSA if isinstance(digest, hashes.SHA1) else ECDSA_SHA256
    signature = CSCA_KEY.sign(tbs, ec.ECDSA(digest))
    return der(0x30, tbs + identifier + der(0x03, b"\x00" + signature))


@pytest.mark.parametrize(
    "usages", [(), ("1.3.6.1.4.1.1847.2021.1.2",), ("2.23.136.1.1.14.1",), ("2.5.29.37.0",)]
)
def test_a_signer_of_anything_else_seals_nothing(usages: tuple[str, ...]) -> None:
    """A passport's signer has no usage at all; "any" usage is not the one asked for either."""
    certificate = seal_maker.signer(usages=usages)
    text = seal_maker.text(certificate=certificate)
    for trust in (NOBODY, listed(certificate)):
        error = refused(text, SignerUsageError, trust=trust)
        assert str(error) == "the signer's certificate is for other uses, not for icao.vacc"


@pytest.mark.parametrize(
    ("bits", "may"),
    [("0780", True), ("0640", True), ("0520", False), ("0204", False), ("", False)],
    ids=["digitalSignature", "nonRepudiation", "keyEncipherment", "keyCertSign", "unreadable"],
)
def test_a_key_usage_has_to_leave_signing_in(bits: str, may: bool) -> None:
    content = bytes.fromhex("0302" + bits) if bits else b"\x05\x00"
    certificate = seal_maker.signer(more=[("2.5.29.15", content, True)])
    text = seal_maker.text(certificate=certificate)
    if may:
        assert accepted(text)
    else:
        refused(text, SignerUsageError)


def test_the_usage_may_be_one_of_several() -> None:
    certificate = seal_maker.signer(usages=("1.3.6.1.4.1.1847.2021.1.2", seal_maker.SEAL_USAGE))
    assert accepted(seal_maker.text(certificate=certificate))


@pytest.mark.parametrize(
    ("country", "issuer"),
    [
        *[("VN", "VNM"), ("vn", "VNM"), ("VNM", "VNM"), ("DE", "D"), ("UT", "UTO")],
        *[("XK", "RKS"), ("KS", "RKS"), ("GB", "GBD"), ("EU", "EUE"), ("UN", "UNO")],
    ],
)
def test_two_letters_and_three_are_one_state(country: str, issuer: str) -> None:
    certificate = seal_maker.signer(country=country, issuer_country=country)
    text = seal_maker.text(seal_maker.data(issuer=issuer), certificate=certificate)
    authorities = authority(country=country.upper() if len(country) == 2 else country)
    assert accepted(text, authorities=authorities).issuer == issuer


@pytest.mark.parametrize(
    ("country", "issuer", "allowed"),
    [
        *[("VN", "AUS", ("VNM",)), ("AU", "VNM", ("AUS",)), ("DE", "DNK", ("D",))],
        *[("VN", "XYZ", ("VNM",)), ("ZZ", "ZZZ", ("ZZ",))],
    ],
)
def test_a_signer_of_one_state_seals_for_no_other(
    country: str, issuer: str, allowed: tuple[str, ...]
) -> None:
    certificate = seal_maker.signer(country=country, issuer_country=country)
    text = seal_maker.text(seal_maker.data(issuer=issuer), certificate=certificate)
    error = refused(text, SignerUsageError, authorities=authority(country=country))
    assert vars(error) == {"kind": issuer, "allowed": allowed}


@pytest.mark.parametrize(
    "encoded",
    [b"\x0c\x02\xc3\x9f", b"\x13\x02\x1b[", b"\x0c\x06Vi\xe1\xbb\x87t", b"\x13\x08VIET NAM"],
    ids=["sharp s", "an escape", "not ASCII", "a name"],
)
def test_a_country_that_is_no_code_seals_for_nobody_and_is_not_shown(encoded: bytes) -> None:
    """The capital of a sharp s is "SS", which is South Sudan."""
    wrapped = [der(0x31, der(0x30, b"\x06\x03\x55\x04\x06" + c)) for c in (b"\x13\x02QQ", encoded)]
    plain, strange = (der(0x30, COMMON_NAME + one) for one in wrapped)
    certificate = resigned(seal_maker.signer(country="QQ"), plain, strange, hashes.SHA256())
    for issuer in ("VNM", "SSD"):
        text = seal_maker.text(seal_maker.data(issuer=issuer), certificate=certificate)
        error = refused(text, SignerUsageError, trust=listed(certificate))
        assert str(error) == f"the signer's certificate is for no known state, not for {issuer}"
        refused(text, ChainError)


COMMON_NAME = der(0x31, der(0x30, b"\x06\x03\x55\x04\x03" + b"\x0c\x0201"))


def test_a_signer_without_a_country_seals_for_nobody_unless_its_list_names_one() -> None:
    certificate = seal_maker.signer(country=None, issuer_country=None)
    text = seal_maker.text(certificate=certificate)
    error = refused(text, SignerUsageError, trust=listed(certificate))
    assert vars(error) == {"kind": "VNM", "allowed": ("no known state",)}
    refused(text, SignerUsageError, authorities=authority(country=None))
    refused(text, ChainError)


# --- certificates and keys that cannot be used ---------------------------------------------------


@pytest.mark.parametrize("certificate", [b"\x00", b"no certificate", b"\x30\x03\x02\x01\x00"])
def test_a_certificate_that_is_none_is_unsupported(certificate: bytes) -> None:
    for _ in range(2):
        error = refused(seal_maker.text(certificate=certificate), SealUnsupportedError)
        assert "cannot be used" in str(error)


def test_a_key_on_a_curve_that_seals_do_not_use_is_unsupported() -> None:
    for curve in (ec.BrainpoolP256R1(), ec.SECP256K1()):
        key = ec.derive_private_key(77, curve)
        text = seal_maker.text(certificate=seal_maker.signer(key))
        refused(text, SealUnsupportedError)


def test_an_unknown_critical_extension_is_unsupported_and_any_other_is_not() -> None:
    for critical in (True, False):
        certificate = seal_maker.signer(more=[("1.2.3.4", b"\x05\x00", critical)])
        text = seal_maker.text(certificate=certificate)
        if critical:
            refused(text, SealUnsupportedError)
            refused(text, SealUnsupportedError, trust=listed(certificate))
        else:
            assert accepted(text)


def test_a_critical_list_of_document_types_is_known() -> None:
    more = [(seal_maker.DOCUMENT_TYPE_LIST, seal_maker.BOTH, True)]
    assert accepted(seal_maker.text(certificate=seal_maker.signer(types=[], more=more)))


def test_a_key_that_does_not_fit_the_algorithm_is_a_mismatch() -> None:
    other = seal_maker.signer(ec_key("P-384", number=44))
    refused(seal_maker.text(certificate=other), AlgorithmMismatchError)
    rsa = seal_maker.signer(rsa_key())
    refused(seal_maker.text(certificate=rsa), AlgorithmMismatchError)


@pytest.mark.parametrize("alg", ["ES256K", "PS256", "RS256", "none", "es256", "HS256", ""])
def test_an_unknown_algorithm_is_unsupported_and_the_contents_are_read_all_the_same(
    alg: str,
) -> None:
    text = seal_maker.text(alg=alg)
    refused(text, SealUnsupportedError)
    for form in (text, f"[{text}]"):
        examination = examine(form, trust=CSCA, at=AT)
        assert examination.step("seal").outcome is Outcome.PASSED
        assert examination.step("candidates").code == "vdsnc.unsupported"
        assert examination.step("signature").outcome is Outcome.SKIPPED
        assert examination.step("schema").outcome is Outcome.PASSED
        assert (examination.algorithm, examination.kid) == (None, None)
        unverified = decode_unverified(form)
        assert isinstance(unverified.certificate, Seal)
        assert (unverified.algorithm, unverified.kid) == (None, None)


# --- seals without a certificate -----------------------------------------------------------------


def test_a_seal_without_a_certificate_is_verified_by_those_listed() -> None:
    text = seal_maker.text(certificate=b"")
    others = [seal_maker.signer(ec_key(number=number), serial=number) for number in range(60, 64)]
    trust = listed(*others, seal_maker.signer(), seal_maker.authority())
    verified = judged(text, trust=trust, at=AT)
    assert verified.kid == kid_of(seal_maker.signer())
    assert isinstance(verified.certificate, Seal)
    assert examine(text, trust=trust, at=AT).kid == verified.kid
    assert decode_unverified(text).kid is None


@pytest.mark.parametrize(
    "options",
    [
        {"country": "JP"},
        {"usages": ()},
        {"usages": ("1.3.6.1.4.1.1847.2021.1.2",)},
        {"more": [("1.2.3.4", b"\x05\x00", True)]},
        {"key": ec_key("P-384", number=45)},
    ],
    ids=["country", "no usage", "other usage", "critical", "curve"],
)
def test_a_seal_without_a_certificate_is_unsupported_where_no_listed_signer_fits(
    options: dict[str, Any],
) -> None:
    text = seal_maker.text(certificate=b"")
    error = refused(text, SealUnsupportedError, trust=listed(seal_maker.signer(**options)))
    assert "brings no signer's certificate" in str(error)


def test_a_seal_without_a_certificate_needs_a_list() -> None:
    text = seal_maker.text(certificate=b"")
    refused(text, SealUnsupportedError)
    refused(text, SealUnsupportedError, trust=CSCA)
    keys = TrustList.from_keys({b"k": SIGNER_KEY.public_key()}, country="VN")
    refused(text, SealUnsupportedError, trust=keys)
    nameless = seal_maker.data()
    del nameless["hdr"]
    refused(
        seal_maker.text(nameless, certificate=b""),
        SealUnsupportedError,
        trust=listed(seal_maker.signer()),
    )
    assert examine(text, at=AT).step("candidates").outcome is Outcome.SKIPPED
    other = listed(seal_maker.signer(ec_key(number=66)))
    refused(text, InvalidSignatureError, trust=other)


def test_of_several_listed_signers_of_one_key_the_one_that_may_is_taken() -> None:
    text = seal_maker.text(certificate=b"")
    ended = seal_maker.signer(not_after=AT - SECOND, serial=7)
    tests_only = seal_maker.signer(types=[seal_maker.document_types(NT)], serial=8)
    refused(text, SignerExpiredError, trust=listed(ended))
    refused(text, SignerUsageError, trust=listed(ended, tests_only))
    verified = judged(text, trust=listed(ended, tests_only, seal_maker.signer()), at=AT)
    assert verified.kid == kid_of(seal_maker.signer())


def test_a_hostile_list_buys_no_more_checks_of_signatures_than_the_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seal_signer, "MAX_SEAL_CANDIDATES", 3)
    others = [seal_maker.signer(ec_key(number=n), serial=n) for n in range(60, 63)]
    text = seal_maker.text(certificate=b"")
    refused(text, InvalidSignatureError, trust=listed(*others, seal_maker.signer()))
    assert judged(text, trust=listed(*others[1:], seal_maker.signer()), at=AT)


# --- revocation ----------------------------------------------------------------------------------


def revoked(*serials: int) -> RevocationList:
    """The list of the specimen authority, with certificates of these serial numbers on it."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(seal_maker.name("VN", "Specimen CSCA"))
        .last_update(AT)
        .next_update(AT + timedelta(days=90))
    )
    for serial in serials:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(AT)
        builder = builder.add_revoked_certificate(entry.build())
    signed = builder.sign(CSCA_KEY, hashes.SHA256()).public_bytes(Encoding.DER)
    return RevocationList.from_bytes(signed, authorities=CSCA)


def test_a_signer_that_its_authority_has_taken_back_is_refused() -> None:
    text = seal_maker.text()
    assert accepted(text, revocations=revoked())
    assert accepted(text, revocations=revoked(3))
    refused(text, SignerRevokedError, revocations=revoked(2, 3))
    refused(text, SignerRevokedError, revocations=revoked(2), trust=listed(seal_maker.signer()))
    refused(
        seal_maker.text(certificate=b""),
        SignerRevokedError,
        revocations=revoked(2),
        trust=listed(seal_maker.signer()),
    )


def test_examine_looks_up_a_signer_that_failed_before() -> None:
    examination = examine(
        seal_maker.text(), trust=NOBODY, at=AT, authorities=NOBODY, revocations=revoked(2)
    )
    assert examination.step("signer").code == "signer.chain"
    assert examination.step("revocation").code == "signer.revoked"


# --- texts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        *[("{", True), ("[", True), (" \r\n\t{", True), ("\ufeff{", True), ("\ufeff[", True)],
        *[("", False), ("HC1:", False), (" HC1:", False), ("x{", False), (" ", False)],
        *[("\u00a0{", False), ("\x00{", False), ("((", False)],
    ],
)
def test_a_text_is_told_by_its_first_character(text: str, answer: bool) -> None:
    assert is_seal(text) is answer
    assert (examine(text, at=AT).envelope is Envelope.VDS_NC) is answer


def test_what_is_no_text_is_a_mistake_of_the_caller() -> None:
    data: Any = b"{}"
    for call in (partial(verify, trust=NOBODY), decode_unverified, examine):
        with pytest.raises(TypeError, match="expected the text of a QR code"):
            call(data)


@pytest.mark.parametrize("text", ["{" + " " * 2953, '{"\u1ea0":"' + "\u1ea0" * 1000 + '"}'])
def test_a_text_that_no_code_can_hold_is_not_read(text: str) -> None:
    refused(text, InputTooLongError)
    examination = examine(text, at=AT)
    assert examination.step("size").code == "input.too_long"
    assert {step.outcome for step in examination.steps[1:]} == {Outcome.SKIPPED}


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", "[{},{}]", '{"data":{},"sig":1}', '{"data":{"a":1e400},"sig":{}}']
)
def test_a_text_that_only_starts_as_a_seal_is_malformed(text: str) -> None:
    refused(text, SealError)
    with pytest.raises(SealError):
        decode_unverified(text)


def test_half_a_surrogate_pair_is_refused_and_not_counted_wrongly() -> None:
    refused('{"\ud800": 1}', SealError)


def test_without_a_list_the_signature_is_checked_and_nobody_is_trusted() -> None:
    examination = examine(seal_maker.text(), at=AT)
    assert examination.step("signature").outcome is Outcome.PASSED
    assert examination.step("signer").outcome is Outcome.SKIPPED
    assert examination.verified is None
    assert examination.error is None
    with pytest.raises(ValueError, match="no step 'base45'"):
        examination.step("base45")
    with pytest.raises(ValueError, match="no step 'seal'"):
        examine("HC1:", at=AT).step("seal")


def test_nothing_that_a_seal_says_of_a_person_shows() -> None:
    text = seal_maker.text()
    verified = judged(text, trust=NOBODY, authorities=CSCA, at=AT)
    examination = examine(text, trust=CSCA, at=AT)
    for shown in (repr(verified), repr(examination), repr(decode_unverified(text))):
        for secret in ("SPECIMEN  MAU", "1990", "C0000000", "VN0000000016", "SPECIMEN1"):
            assert secret not in shown


# --- hostile input -------------------------------------------------------------------------------


LISTS: dict[str, Any] = {"trust": CSCA, "at": AT}


def outcome(text: str) -> str:
    """ "accepted", or the code of the error; `examine` says the same, and `decode` never more."""
    examination = examine(text, **LISTS)
    refusal: VnvaxcertError | None = None
    try:
        verified = verify(text, **LISTS)
    except VnvaxcertError as error:
        refusal = error
    if refusal is None:
        assert examination.verified == verified
        return "accepted"
    assert str(refusal).isprintable()
    assert examination.verified is None
    assert examination.error is not None
    assert examination.error.code == refusal.code
    if isinstance(refusal, DecodeError):
        with pytest.raises(DecodeError):
            decode_unverified(text)
    return refusal.code


def test_changed_bytes_are_never_accepted() -> None:
    random = Random(7)
    original = seal_maker.text()
    signed = json.loads(original)
    for _ in range(400):
        changed = bytearray(original, "utf-8")
        for _ in range(random.randint(1, 3)):
            place = random.randrange(len(changed))
            match random.randrange(3):
                case 0:
                    changed[place] = random.randrange(32, 127)
                case 1:
                    del changed[place : place + random.randint(1, 9)]
                case _:
                    changed[place:place] = bytes([random.randrange(32, 127)])
        text = changed.decode()
        if outcome(text) == "accepted":
            # Only where what was changed is not signed and makes no difference.
            assert json.loads(text)["data"] == signed["data"]


def test_every_start_of_a_seal_is_refused() -> None:
    text = seal_maker.text()
    for length in range(1, len(text), 7):
        assert outcome(text[:length]) == "vdsnc.malformed"


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "data missing": lambda seal: seal.pop("data"),
    "sig missing": lambda seal: seal.pop("sig"),
    "data a list": lambda seal: seal.update(data=[]),
    "alg a number": lambda seal: seal["sig"].update(alg=-7),
    "cer empty": lambda seal: seal["sig"].update(cer=""),
    "cer null": lambda seal: seal["sig"].update(cer=None),
    "sigvl short": lambda seal: seal["sig"].update(sigvl=base64url(b"\x01" * 63)),
    "sigvl long": lambda seal: seal["sig"].update(sigvl=base64url(b"\x01" * 96)),
    "sigvl null": lambda seal: seal["sig"].update(sigvl=None),
    "a huge number": lambda seal: seal["data"].update(n=1 << 60),
}


@pytest.mark.parametrize("name", CHANGES)
def test_members_of_another_form_are_malformed(name: str) -> None:
    document = seal_maker.seal()
    CHANGES[name](document)
    assert outcome(json.dumps(document)) == "vdsnc.malformed"


@pytest.mark.parametrize("value", [0, "s", True, None, [], {}, [[]], {"t": {}}, 1.5])
def test_contents_of_any_form_signed_by_a_good_signer_are_a_matter_of_the_schema(
    value: object,
) -> None:
    for data in ({"hdr": value}, {"hdr": value, "msg": value}, {"msg": value, "x": value}):
        assert outcome(seal_maker.text(data)) == "schema.invalid"


@pytest.mark.parametrize(
    "text",
    [
        '{"data":' + "[" * 1400 + "]" * 1400 + "}",
        "[" * 2900,
        '{"data":{' + '"a":{' * 400 + "}" * 401 + ',"sig":{}}',
        '{"data":{},"data":{},"sig":{"alg":"ES256","sigvl":"AA"}}',
    ],
    ids=["arrays", "open", "objects", "twice"],
)
def test_deep_and_double_members_are_malformed(text: str) -> None:
    assert outcome(text) == "vdsnc.malformed"


@given(st.text(max_size=200), st.sampled_from(["", "{", "[", '{"data":', '{"sig":{"alg":']))
def test_any_text_ends_in_an_error_of_ours(text: str, start: str) -> None:
    assert outcome(start + text) != "accepted"


def test_certificates_with_changed_bytes_are_never_trusted() -> None:
    random = Random(11)
    good = seal_maker.signer()
    seen = set()
    for _ in range(300):
        changed = bytearray(good)
        place = random.randrange(len(changed))
        changed[place] ^= 1 << random.randrange(8)
        seen.add(outcome(seal_maker.text(certificate=bytes(changed))))
    assert seen <= {
        *("vdsnc.unsupported", "signature.invalid", "signer.chain", "trust.algorithm_mismatch")
    }
    assert {"vdsnc.unsupported", "signer.chain"} <= seen


def test_what_was_found_by_the_country_of_one_list_does_not_hold_for_another() -> None:
    certificate = seal_maker.signer(country=None)
    text = seal_maker.text(seal_maker.data(issuer="JPN"), certificate=certificate)
    above = authority()
    options: dict[str, Any] = {"authorities": above, "policy": CHAIN_REQUIRED}
    kid = b64encode(kid_of(certificate)).decode()
    lists = {}
    for country in ("VN", "JP"):
        entry = {
            "kid": kid,
            "country": country,
            "certificateType": "DSC",
            "rawData": b64encode(certificate).decode(),
        }
        lists[country] = TrustList.from_bytes(json.dumps([entry]).encode())
    refused(text, ChainError, trust=lists["JP"], **options)
    own = seal_maker.text(certificate=certificate)
    assert accepted(own, trust=lists["VN"], **options)
    refused(text, ChainError, trust=lists["JP"], **options)


def test_what_is_remembered_of_certificates_stays_within_its_bound() -> None:
    for number in range(300):
        outcome(seal_maker.text(certificate=b"\x30" + number.to_bytes(2, "big")))
    cached = seal_signer._read_once.cache_info()
    assert cached.maxsize is not None
    assert cached.currsize <= cached.maxsize == 256


def test_what_is_remembered_of_authorities_stays_within_its_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    facts = [read_certificate(seal_maker.signer(serial=serial)) for serial in range(2, 8)]
    (key,) = CSCA.anchors.keys
    anchors = Anchors([key])
    monkeypatch.setattr(anchors_module, "MAX_REMEMBERED", 3)
    for one in facts[:5]:
        anchors.remember_vouching(one, True, key)
    kept = [anchors.vouching_for(one, True) is key for one in facts[:5]]
    assert kept == [False, False, True, True, True]
    assert anchors.vouching_for(facts[4], False) is None
    monkeypatch.setattr(anchors_module, "MAX_REMEMBERED_BYTES", len(facts[5].der) - 1)
    anchors.remember_vouching(facts[5], True, key)
    assert anchors.vouching_for(facts[5], True) is None
    assert anchors.vouching_for(facts[4], True) is key


def test_several_threads_may_verify_under_one_list() -> None:
    texts = [seal_maker.text(certificate=seal_maker.signer(serial=n)) for n in range(20, 30)]
    authorities = authority()

    def accepts(number: int) -> bool:
        text = texts[number % len(texts)]
        verified = verify(text, trust=NOBODY, authorities=authorities, at=AT)
        return isinstance(verified.certificate, Seal)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(accepts, range(80)))


def test_what_is_remembered_under_one_policy_does_not_count_under_another() -> None:
    changed = resigned(seal_maker.signer(), ECDSA_SHA256, SHA1_ECDSA, hashes.SHA1())
    text = seal_maker.text(certificate=changed)
    authorities = authority()
    for _ in range(2):
        assert judged(text, trust=NOBODY, authorities=authorities, at=AT)
        refused(text, ChainError, authorities=authorities, policy=STRICT_POLICY)


def test_an_accepted_seal_is_a_verified_certificate() -> None:
    verified = verify(seal_maker.text(), trust=CSCA, at=AT, policy=DEFAULT_POLICY)
    assert isinstance(verified, VerifiedCertificate)
    assert verified.signer.source == "the seal"
    assert verified.signer.role == "signer"
