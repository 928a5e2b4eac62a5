"""Issuing seals, judged by programs that share no line with this library.

The independent check takes the text apart with the standard library's JSON, makes the canonical
form with an encoder of this file's own, and leaves the certificate, the chain and the signature to
the command ``openssl``.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from vnvaxcert import TrustList, verify
from vnvaxcert.cose.algorithms import Algorithm
from vnvaxcert.errors import (
    IssueClaimsError,
    IssueUsageError,
    OutlivesSignerError,
    QrTooLargeError,
    SignerKeyError,
)
from vnvaxcert.render.picture import read_codes
from vnvaxcert.render.qr import BYTE_CAPACITY, make_qr
from vnvaxcert.schema.records import PartialDate
from vnvaxcert.schema.seal import (
    Seal,
    SealDose,
    SealHolder,
    SealTest,
    SealType,
    SealVaccination,
)
from vnvaxcert.sealing import issue_seal
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority, SpecimenSigner, make_key
from vnvaxcert.trust.usage import Usage

START: Final = datetime(2022, 1, 1, tzinfo=UTC)
ISSUED: Final = datetime(2022, 6, 1, tzinfo=UTC)
CURVES: Final = (KeyType.P256, KeyType.P384, KeyType.P521)
DIGESTS: Final = {"ES256": "-sha256", "ES384": "-sha384", "ES512": "-sha512"}

DOSE: Final = SealDose(
    date=date(2021, 9, 1), number=1, country="VNM", facility="01001", lot="FC9880"
)
VACCINATION: Final = SealVaccination(
    code="XM8NQ0", product="Comirnaty", disease="RA01.0", doses=(DOSE,)
)
SEAL: Final = Seal(
    type=SealType.VACCINATION,
    issuer="VNM",
    certificate_id="VN0000000013",
    holder=SealHolder(
        name="SPECIMEN  MAU THI", birth_date=PartialDate(1990, 2, 3), sex="F", document_number="C1"
    ),
    vaccinations=(VACCINATION,),
)
TEST: Final = Seal(
    type=SealType.TEST,
    issuer="VNM",
    certificate_id="VN0000000026",
    holder=SealHolder(
        name="SPECIMEN  MAU THI",
        birth_date=PartialDate(1990, 2, 3),
        document_type="P",
        document_number="C0000001",
    ),
    test=SealTest(
        provider="Specimen Laboratory",
        country="VNM",
        phone="+840000000000",
        email="specimen@example.org",
        address="1 Specimen Street",
        sampled_at=datetime(2022, 5, 1, 8, tzinfo=UTC),
        reported_at=datetime(2022, 5, 2, 8, tzinfo=timezone(timedelta(hours=7))),
        kind="molecular(PCR)",
        result="negative",
        method="nasopharyngeal",
    ),
    optional="SPECIMEN",
)
# The same as `SEAL`, written down by hand.
DATA: Final = {
    "hdr": {"t": "icao.vacc", "v": 1, "is": "VNM"},
    "msg": {
        "uvci": "VN0000000013",
        "pid": {"n": "SPECIMEN  MAU THI", "dob": "1990-02-03", "sex": "F", "i": "C1"},
        "ve": [
            {
                "des": "XM8NQ0",
                "nam": "Comirnaty",
                "dis": "RA01.0",
                "vd": [
                    {
                        "dvc": "2021-09-01",
                        "seq": 1,
                        "ctr": "VNM",
                        "adm": "01001",
                        "lot": "FC9880",
                    }
                ],
            }
        ],
    },
}


@pytest.fixture(scope="module")
def authority() -> SpecimenAuthority:
    return SpecimenAuthority(not_before=START, country="VN", key=make_key(KeyType.P384, 41))


@pytest.fixture(scope="module", params=CURVES)
def specimen(request: pytest.FixtureRequest, authority: SpecimenAuthority) -> SpecimenSigner:
    return authority.issue_seal_signer(key=make_key(request.param, 42))


@pytest.fixture(scope="module")
def p256(authority: SpecimenAuthority) -> SpecimenSigner:
    return authority.issue_seal_signer(key=make_key(KeyType.P256, 43))


class Remote:
    """A signer of somebody else's making: only what `Signer` asks for."""

    kid = b"unused"

    def __init__(self, specimen: SpecimenSigner, **changes: Any) -> None:
        signer = specimen.signer
        self.algorithm: Any = changes.get("algorithm", signer.algorithm)
        self.certificate: Any = changes.get("certificate", signer.certificate)
        self._signature = changes.get("signature")
        self._signer = signer

    def sign(self, to_be_signed: bytes) -> Any:
        return self._signer.sign(to_be_signed) if self._signature is None else self._signature


def issued(seal: Seal, signer: Any, **options: Any) -> str:
    arguments: dict[str, Any] = {"issued_at": ISSUED} | options
    return issue_seal(seal, signer=signer, **arguments)


def rules(caught: pytest.ExceptionInfo[IssueClaimsError]) -> dict[str, str]:
    return dict(caught.value.violations)


# --- the independent check ------------------------------------------------------------------------


def canonical(value: Any) -> str:
    """RFC 8785, for what seals hold: objects, arrays, texts of ASCII and integers."""
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(key)}:{canonical(one)}" for key, one in members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, str):
        assert value.isascii()
        assert value.isprintable()
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert type(value) is int
    return str(value)


def openssl(folder: Path, *arguments: str) -> tuple[int, bytes]:
    """Run a command of ``openssl``: its exit status and what it printed."""
    command = shutil.which("openssl")
    if command is None:
        pytest.skip("the command openssl is not installed")
    done = subprocess.run(
        [command, *arguments], cwd=folder, capture_output=True, timeout=60, check=False
    )
    return done.returncode, done.stdout


def from_base64url(text: str) -> bytes:
    return base64.b64decode(text, altchars=b"-_", validate=True)


def judged_independently(text: str, authority: SpecimenAuthority, folder: Path) -> bool:
    """Whether a seal's signer is the authority's, and its signature good."""
    seal = json.loads(text)
    algorithm = seal["sig"]["alg"]
    raw = from_base64url(seal["sig"]["sigvl"])
    half = len(raw) // 2
    r, s = int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
    (folder / "cer").write_bytes(from_base64url(seal["sig"]["cer"]))
    (folder / "csca.pem").write_text(authority.certificate_pem(), encoding="ascii")
    (folder / "data").write_bytes(canonical(seal["data"]).encode("ascii"))
    (folder / "signature").write_bytes(encode_dss_signature(r, s))
    assert openssl(folder, "x509", "-inform", "DER", "-in", "cer", "-out", "cer.pem")[0] == 0
    moment = str(int(ISSUED.timestamp()))
    chain = openssl(folder, "verify", "-attime", moment, "-CAfile", "csca.pem", "cer.pem")
    assert chain == (0, b"cer.pem: OK\n")
    status, key = openssl(folder, "x509", "-in", "cer.pem", "-noout", "-pubkey")
    assert status == 0
    (folder / "key.pem").write_bytes(key)
    digest = DIGESTS[algorithm]
    check = ("dgst", digest, "-verify", "key.pem", "-signature", "signature", "data")
    return openssl(folder, *check) == (0, b"Verified OK\n")


@pytest.mark.parametrize("seal", [SEAL, TEST], ids=["vaccination", "test"])
def test_openssl_verifies_a_seal_that_we_issue(
    seal: Seal, specimen: SpecimenSigner, authority: SpecimenAuthority, tmp_path: Path
) -> None:
    text = issued(seal, specimen.signer)
    assert json.loads(text)["sig"]["alg"] == specimen.signer.algorithm.name
    assert judged_independently(text, authority, tmp_path)


def test_openssl_refuses_a_seal_of_ours_with_one_letter_changed(
    specimen: SpecimenSigner, authority: SpecimenAuthority, tmp_path: Path
) -> None:
    text = issued(SEAL, specimen.signer)
    changed = text.replace("MAU THI", "MAU THU")
    assert changed != text
    assert not judged_independently(changed, authority, tmp_path)


def test_the_members_of_a_seal_may_be_moved_and_openssl_still_verifies_it(
    specimen: SpecimenSigner, authority: SpecimenAuthority, tmp_path: Path
) -> None:
    seal = json.loads(issued(SEAL, specimen.signer))
    moved = {"sig": seal["sig"], "data": dict(reversed(seal["data"].items()))}
    assert judged_independently(json.dumps(moved, indent=2), authority, tmp_path)


def test_the_seals_of_others_pass_the_same_independent_check(
    shared_vectors: Any, tmp_path: Path
) -> None:
    """Otherwise the check itself would prove nothing."""
    folder = shared_vectors("vds-nc")
    outcomes = {}
    for name in ("au-ios-valid", "au-ios-tampered"):
        seal = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        raw = from_base64url(seal["sig"]["sigvl"])
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        (tmp_path / "cer").write_bytes(from_base64url(seal["sig"]["cer"]))
        (tmp_path / "data").write_bytes(canonical(seal["data"]).encode("ascii"))
        (tmp_path / "signature").write_bytes(encode_dss_signature(r, s))
        _, key = openssl(tmp_path, "x509", "-inform", "DER", "-in", "cer", "-noout", "-pubkey")
        (tmp_path / "key.pem").write_bytes(key)
        check = ("dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "data")
        outcomes[name] = openssl(tmp_path, *check)[0]
    assert outcomes == {"au-ios-valid": 0, "au-ios-tampered": 1}


def test_we_verify_what_we_issue_and_nothing_is_reported(
    specimen: SpecimenSigner, authority: SpecimenAuthority
) -> None:
    for seal in (SEAL, TEST):
        text = issued(seal, specimen.signer)
        verified = verify(
            text,
            trust=TrustList.from_certificates([]),
            authorities=authority.trust_list(),
            at=ISSUED,
        )
        assert verified.certificate == seal
        assert verified.warnings == ()


# --- what is written ------------------------------------------------------------------------------


def test_a_seal_says_what_its_records_say_and_brings_its_signers_certificate(
    specimen: SpecimenSigner,
) -> None:
    seal = json.loads(issued(SEAL, specimen.signer))
    assert seal["data"] == DATA
    assert from_base64url(seal["sig"]["cer"]) == specimen.certificate
    assert set(seal) == {"data", "sig"}
    assert set(seal["sig"]) == {"alg", "sigvl", "cer"}


def test_the_text_is_canonical_throughout(specimen: SpecimenSigner) -> None:
    text = issued(SEAL, specimen.signer)
    assert text == canonical(json.loads(text))


def test_the_certificate_may_be_left_out(specimen: SpecimenSigner) -> None:
    with_it = json.loads(issued(SEAL, specimen.signer))
    without = json.loads(issued(SEAL, specimen.signer, with_certificate=False))
    del with_it["sig"]["cer"]
    assert without == with_it


def test_the_same_seal_and_signer_make_the_same_text(specimen: SpecimenSigner) -> None:
    assert issued(SEAL, specimen.signer) == issued(SEAL, specimen.signer)
    assert issued(SEAL, specimen.signer) == issued(
        SEAL, specimen.signer, issued_at=ISSUED + timedelta(days=1)
    )


def test_a_remote_signer_makes_the_same_seal(p256: SpecimenSigner) -> None:
    assert issued(SEAL, Remote(p256)) == issued(SEAL, p256.signer)


def test_without_a_moment_the_present_one_counts(authority: SpecimenAuthority) -> None:
    running = SpecimenAuthority(not_before=START, not_after=START + timedelta(days=36500))
    signer = running.issue_seal_signer(not_after=START + timedelta(days=36500)).signer
    assert json.loads(issue_seal(replace(SEAL, issuer="UTO"), signer=signer))["sig"]["alg"]
    ended = authority.issue_seal_signer(not_after=START + timedelta(days=1)).signer
    with pytest.raises(OutlivesSignerError):
        issue_seal(SEAL, signer=ended)


# --- who may sign ---------------------------------------------------------------------------------


def test_an_rsa_key_signs_no_seal(authority: SpecimenAuthority) -> None:
    signer = authority.issue_seal_signer(key=KeyType.RSA2048).signer
    with pytest.raises(SignerKeyError, match=r"PS256.*ES256, ES384 or ES512") as caught:
        issued(SEAL, signer)
    assert caught.value.code == "issue.key"


@pytest.mark.parametrize("usages", [(), [Usage.VACCINATION]], ids=["none", "vaccination"])
def test_a_signer_of_health_certificates_signs_no_seal(
    usages: Any, authority: SpecimenAuthority
) -> None:
    with pytest.raises((SignerKeyError, IssueUsageError)):
        issued(SEAL, authority.issue_signer(usages=usages).signer)


def test_a_signer_without_types_of_document_is_refused(authority: SpecimenAuthority) -> None:
    signer = authority.issue_seal_signer(document_types=()).signer
    with pytest.raises(SignerKeyError, match="types of document"):
        issued(SEAL, signer)


@pytest.mark.parametrize(
    ("seal", "types", "kind", "allowed"),
    [
        (SEAL, ["NT"], "icao.vacc", ("icao.test",)),
        (TEST, ["NV"], "icao.test", ("icao.vacc",)),
        (TEST, ["P"], "icao.test", ("other uses",)),
    ],
    ids=["vaccination", "test", "passport"],
)
def test_a_signer_signs_the_types_that_its_certificate_names_and_no_others(
    seal: Seal,
    types: list[str],
    kind: str,
    allowed: tuple[str, ...],
    authority: SpecimenAuthority,
) -> None:
    with pytest.raises(IssueUsageError) as caught:
        issued(seal, authority.issue_seal_signer(document_types=types).signer)
    assert (caught.value.kind, caught.value.allowed) == (kind, allowed)
    assert caught.value.code == "issue.usage"


@pytest.mark.parametrize(("seal", "types"), [(SEAL, ["NV"]), (TEST, ["NT", "P"])], ids=["v", "t"])
def test_one_type_of_document_is_enough(
    seal: Seal, types: list[str], authority: SpecimenAuthority
) -> None:
    assert issued(seal, authority.issue_seal_signer(document_types=types).signer)


@pytest.mark.parametrize("issuer", ["LAO", "VN", "XXX", "UTO"])
def test_the_issuer_is_the_state_of_the_signer(issuer: str, p256: SpecimenSigner) -> None:
    with pytest.raises(IssueClaimsError) as caught:
        issued(replace(SEAL, issuer=issuer), p256.signer)
    assert "/hdr/is" in rules(caught)


@pytest.mark.parametrize("issued_at", [START, ISSUED])
def test_a_seal_is_signed_while_its_signer_is_valid(
    issued_at: datetime, authority: SpecimenAuthority
) -> None:
    signer = authority.issue_seal_signer(not_after=ISSUED).signer
    assert issued(SEAL, signer, issued_at=issued_at)


@pytest.mark.parametrize(
    ("issued_at", "word"),
    [(START - timedelta(seconds=1), "only from"), (ISSUED + timedelta(seconds=1), "expired")],
    ids=["before", "after"],
)
def test_a_seal_is_not_signed_outside_the_validity_of_its_signer(
    issued_at: datetime, word: str, authority: SpecimenAuthority
) -> None:
    signer = authority.issue_seal_signer(not_after=ISSUED).signer
    with pytest.raises(OutlivesSignerError, match=word):
        issued(SEAL, signer, issued_at=issued_at)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"certificate": None}, "there is none"),
        ({"certificate": b"\x30\x00"}, "cannot be read"),
        ({"certificate": "text"}, "not DER bytes"),
        ({"algorithm": Algorithm.ES384}, "does not sign with ES384"),
        ({"signature": b""}, "has 64 bytes"),
        ({"signature": bytes(71)}, "has 64 bytes"),
        ({"signature": "x" * 64}, "has 64 bytes"),
        ({"signature": b"\1" * 64}, "does not fit its certificate"),
        ({"signature": bytes(64)}, "does not fit its certificate"),
    ],
    ids=["none", "damaged", "text", "algorithm", "empty", "DER", "no bytes", "wrong", "zero"],
)
def test_a_remote_signer_that_makes_no_usable_seal_is_refused(
    changes: dict[str, Any], reason: str, p256: SpecimenSigner
) -> None:
    with pytest.raises(SignerKeyError, match=reason):
        issued(SEAL, Remote(p256, **changes))


DOCUMENT_TYPES: Final = "2.23.136.1.1.6.2"


def certificate_with(public_key: Any, *types_at: str) -> bytes:
    """A certificate for seals of Viet Nam, with the types of document under these identifiers."""
    key = make_key(KeyType.P256, 45)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")])
    builder = (
        x509.CertificateBuilder()
        .issuer_name(name)
        .subject_name(name)
        .public_key(public_key)
        .serial_number(1)
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=1000))
    )
    usage = x509.ExtendedKeyUsage([x509.ObjectIdentifier("2.23.136.1.1.14.2")])
    builder = builder.add_extension(usage, critical=True)
    for oid in types_at:
        content = bytes.fromhex("3009020100310413024e56")
        types = x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), content)
        builder = builder.add_extension(types, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_a_certificate_of_another_make_serves_as_well(p256: SpecimenSigner) -> None:
    """So that the next two are refused for the one thing that is wrong with each."""
    public = make_key(KeyType.P256, 43).public_key()
    assert issued(SEAL, Remote(p256, certificate=certificate_with(public, DOCUMENT_TYPES)))


def test_a_certificate_with_a_key_of_no_use_to_seals_is_refused(p256: SpecimenSigner) -> None:
    public = ec.derive_private_key(43, ec.SECP256K1()).public_key()
    with pytest.raises(SignerKeyError, match="cannot be used"):
        issued(SEAL, Remote(p256, certificate=certificate_with(public, DOCUMENT_TYPES)))


def test_types_of_document_that_are_stated_twice_are_refused(p256: SpecimenSigner) -> None:
    public = make_key(KeyType.P256, 43).public_key()
    made = certificate_with(public, DOCUMENT_TYPES, "2.23.136.1.1.6.3")
    doubled = made.replace(bytes.fromhex("67810801010603"), bytes.fromhex("67810801010602"))
    assert doubled != made
    with pytest.raises(SignerKeyError, match="more than once"):
        issued(SEAL, Remote(p256, certificate=doubled))


# --- the size of the code -------------------------------------------------------------------------


def with_doses(count: int) -> Seal:
    doses = tuple(replace(DOSE, number=number, facility="F" * 20) for number in range(1, count + 1))
    return replace(SEAL, vaccinations=(replace(VACCINATION, doses=doses),))


def another_dose(number: int) -> str:
    """What one more dose adds to the text."""
    facility = "F" * 20
    return f',{{"adm":"{facility}","ctr":"VNM","dvc":"2021-09-01","lot":"FC9880","seq":{number}}}'


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
def test_a_seal_holds_what_fits_its_code_and_no_dose_is_left_out(
    level: str, p256: SpecimenSigner
) -> None:
    capacity = BYTE_CAPACITY[make_qr("A", level=level).level]
    size, most = len(issued(with_doses(1), p256.signer, level="L")), 1
    while (more := size + len(another_dose(most + 1))) <= capacity:
        size, most = more, most + 1
    text = issued(with_doses(most), p256.signer, level=level)
    assert len(json.loads(text)["data"]["msg"]["ve"][0]["vd"]) == most
    assert len(text) == size <= capacity
    with pytest.raises(QrTooLargeError) as caught:
        issued(with_doses(most + 1), p256.signer, level=level)
    error = caught.value
    assert (error.length, error.limit) == (more, capacity)
    assert (error.level, error.unit, error.code) == (level, "bytes", "issue.too_large")


def test_an_issued_seal_is_drawn_at_level_m_and_read_back(p256: SpecimenSigner) -> None:
    text = issued(with_doses(5), p256.signer)
    code = make_qr(text)
    assert (code.level, code.mode) == ("M", "byte")
    assert read_codes(code.to_png(scale=3)) == (text,)


@pytest.mark.parametrize(
    ("text", "level"),
    [('{"data":1}', "M"), ("[{}]", "M"), (" \n{", "M"), ("HC1:A", "Q"), ("a{", "Q")],
)
def test_the_level_of_a_code_follows_the_envelope(text: str, level: str) -> None:
    assert make_qr(text).level == level
    assert make_qr(text, level="L").level == "L"


def test_a_text_of_a_seal_that_fits_no_code_of_level_m_is_refused_whole() -> None:
    text = "{" + "a" * BYTE_CAPACITY["M"]
    with pytest.raises(QrTooLargeError, match=r"2332 bytes.*level M.*2331"):
        make_qr(text)
    assert make_qr(text, level="L").level == "L"


# --- what a seal may say --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seal", "path"),
    [
        (replace(SEAL, certificate_id="V" * 13), "/msg/uvci"),
        (replace(SEAL, certificate_id=""), "/msg/uvci"),
        (replace(SEAL, holder=replace(SEAL.holder, name="N" * 40)), "/msg/pid/n"),
        (replace(SEAL, holder=replace(SEAL.holder, name="NGUYỄN  MẪU")), "/msg/pid/n"),
        (replace(SEAL, holder=replace(SEAL.holder, sex="W")), "/msg/pid/sex"),
        (replace(SEAL, vaccinations=()), "/msg/ve"),
        (replace(SEAL, vaccinations=(replace(VACCINATION, doses=()),)), "/msg/ve/0/vd"),
        (
            replace(
                SEAL,
                vaccinations=(replace(VACCINATION, doses=(replace(DOSE, facility=None),)),),
            ),
            "/msg/ve/0/vd/0/adm",
        ),
        (
            replace(SEAL, vaccinations=(replace(VACCINATION, doses=(replace(DOSE, number=100),)),)),
            "/msg/ve/0/vd/0/seq",
        ),
        (replace(TEST, certificate_id="V" * 13), "/msg/utci"),
        (replace(TEST, optional="O" * 21), "/msg/opt"),
    ],
    ids=str,
)
def test_a_seal_that_breaks_a_limit_is_not_issued(
    seal: Seal, path: str, p256: SpecimenSigner
) -> None:
    with pytest.raises(IssueClaimsError) as caught:
        issued(seal, p256.signer)
    assert path in rules(caught)
    assert "SPECIMEN" not in str(caught.value)


# --- mistakes of the program ----------------------------------------------------------------------


def changed(**changes: Any) -> Any:
    return replace(SEAL, **changes)


@pytest.mark.parametrize(
    "wrong",
    [
        DATA,
        changed(holder=None),
        changed(vaccinations=[VACCINATION]),
        changed(vaccinations=(DOSE,)),
        changed(test=DATA),
    ],
    ids=["dict", "holder", "list", "dose", "test"],
)
def test_what_is_no_seal_is_a_type_error(wrong: Any, p256: SpecimenSigner) -> None:
    with pytest.raises(TypeError, match="expected a"):
        issued(wrong, p256.signer)


@pytest.mark.parametrize(
    "options",
    [{"signer": None}, {"issued_at": date(2022, 1, 1)}, {"with_certificate": 1}],
    ids=["signer", "date", "number"],
)
def test_an_argument_of_another_type_is_a_type_error(
    options: dict[str, Any], p256: SpecimenSigner
) -> None:
    arguments: dict[str, Any] = {"signer": p256.signer, "issued_at": ISSUED} | options
    with pytest.raises(TypeError, match="expected"):
        issue_seal(SEAL, **arguments)


@pytest.mark.parametrize(
    "options", [{"issued_at": datetime(2022, 1, 1)}, {"level": "X"}, {"level": ""}], ids=str
)
def test_a_naive_time_and_an_unknown_level_are_value_errors(
    options: dict[str, Any], p256: SpecimenSigner
) -> None:
    with pytest.raises(ValueError, match=r"time zone|level"):
        issued(SEAL, p256.signer, **options)
