"""Seals on the command line: verdicts, what is shown of whom, and issuing.

The seals are put together here: JSON by the standard library (for ASCII without floats, sorted
and compact is what RFC 8785 asks for), signatures by `cryptography`. Foreign ones come from the
shared suite, and what they say from its README and their own JSON.
"""

from __future__ import annotations

import base64
import io
import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

import specimens
from vnvaxcert import cli
from vnvaxcert.cli import source
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority, SpecimenSigner

pytest.importorskip("rich")
pytest.importorskip("segno")
pytest.importorskip("zxingcpp")

START = datetime(2021, 1, 1, tzinfo=UTC)
AT = ("--at", "2022-06-01T12:00:00Z")
AUTHORITY = SpecimenAuthority(not_before=START)
SIGNER = AUTHORITY.issue_seal_signer()
STRANGER = SpecimenAuthority(not_before=START, name="Another").issue_seal_signer(name="99")
VERIFY = ("--trust", "csca.pem", *AT)

VACCINATED: dict[str, Any] = {
    "hdr": {"t": "icao.vacc", "v": 1, "is": "UTO"},
    "msg": {
        "uvci": "UT0000000010",
        "pid": {"n": "NGUYEN  THI MAU", "dob": "1990-02-28", "sex": "F", "i": "C1234567"},
        "ve": [
            {
                "des": "XM8NQ0",
                "nam": "Specimen Brand",
                "dis": "RA01.0",
                "vd": [
                    {"dvc": "2021-10-15", "seq": 1, "ctr": "VNM", "adm": "Ward 1", "lot": "LOT1"},
                    {
                        "dvc": "2021-11-16",
                        "seq": 2,
                        "ctr": "D",
                        "adm": "Ward 2",
                        "lot": "LOT2",
                        "dvn": "2022-05-17",
                    },
                ],
            }
        ],
    },
}
TESTED: dict[str, Any] = {
    "hdr": {"t": "icao.test", "v": 1, "is": "UTO"},
    "msg": {
        "utci": "UT0000000023",
        "pid": {"n": "NGUYEN  VAN MAU", "dob": "1990-02-28", "dt": "AC", "dn": "E1234567P"},
        "sp": {
            "spn": "Specimen Laboratory",
            "ctr": "VNM",
            "cd": {"p": "+0000", "e": "lab@example.org", "a": "12 Utopia Street"},
        },
        "dat": {"sc": "2022-05-30T12:00:00+07:00", "ri": "2022-05-30T20:00:00+07:00"},
        "tr": {"tc": "antigen", "r": "negative", "m": "saliva"},
        "opt": "ID12345",
    },
}
PERSONAL = ("NGUYEN", "THI MAU", "1990", "C1234567", "UT0000000010", "LOT1", "2021-10-15")


class Done(NamedTuple):
    """How a run ended."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """``run("verify", ...)``: the command in this process."""

    def execute(*given: object) -> Done:
        status = cli.main([str(one) for one in given])
        captured = capsys.readouterr()
        return Done(status, captured.out, captured.err)

    return execute


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the authority, the signer and its key."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "csca.pem").write_text(AUTHORITY.certificate_pem())
    (tmp_path / "bcsc.pem").write_text(SIGNER.certificate_pem())
    (tmp_path / "key.pem").write_text(SIGNER.private_key_pem())
    return tmp_path


def canonical(data: object) -> bytes:
    """RFC 8785 of data that are ASCII without floats."""
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode("ascii")


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()


def sealed(
    data: dict[str, Any],
    signer: SpecimenSigner = SIGNER,
    *,
    algorithm: str = "ES256",
    has_certificate: bool = True,
    indent: int | None = None,
) -> str:
    """A seal over data, signed without our library."""
    key = load_pem_private_key(signer.private_key_pem().encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    r, s = decode_dss_signature(key.sign(canonical(data), ec.ECDSA(hashes.SHA256())))
    signature = {"alg": algorithm, "sigvl": base64url(r.to_bytes(32) + s.to_bytes(32))}
    if has_certificate:
        signature["cer"] = base64url(signer.certificate)
    return json.dumps({"data": data, "sig": signature}, indent=indent)


def changed(data: dict[str, Any], **members: object) -> dict[str, Any]:
    """A copy with other members of ``msg``; those of ``hdr`` by their names with ``hdr_``."""
    copy: dict[str, Any] = json.loads(json.dumps(data))
    for name, value in members.items():
        part, _, key = name.rpartition("_")
        copy["hdr" if part == "hdr" else "msg"][key] = value
    return copy


GOOD = sealed(VACCINATED)
FORGED = GOOD.replace("THI MAU", "THI MAI")


# --- verify ---------------------------------------------------------------------------------------


def test_a_proof_of_vaccination_is_shown_dose_by_dose(run: Run) -> None:
    done = run("verify", GOOD, *VERIFY)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("✓ VALID proof of vaccination\n  at 2022-06-01 12:00:00 UTC\n")
    rows = [line.split(maxsplit=1) for line in done.out.splitlines() if line]
    for row in (
        ["Born", "1990-02-28"],
        ["Sex", "female (F)"],
        ["Against", "COVID-19 (RA01.0)"],
        ["Vaccine", "Specimen Brand"],
        ["Country", "Viet Nam (VNM)"],
        ["Country", "Germany (D)"],
        ["Lot", "LOT2"],
        ["Issuer", "UTO"],
        ["Signature", "ES256"],
    ):
        assert row in rows
    for words in (
        "Name, as in a passport  NGUYEN  THI MAU",
        "Number of document      C1234567",
        "Coded as  Comirnaty (XM8NQ0)",
        "Given at       Ward 2",
        "Next dose due  2022-05-17",
        "Number of this proof  UT0000000010",
        "Expires         a seal states no end: it ends with its signer",
        "Signed by       CN=01,C=UT",
    ):
        assert words in done.out
    assert done.out.index("Dose 1") < done.out.index("LOT1") < done.out.index("Dose 2")
    assert "compare name, birth date and number with the travel document" in done.out


def test_a_proof_of_test_is_shown(run: Run) -> None:
    done = run("verify", sealed(TESTED), *VERIFY)
    assert done.status == 0
    assert done.out.startswith("✓ VALID proof of test\n")
    for words in (
        "Kind of document        crew member certificate (AC)",
        "Number of document      E1234567P",
        "Result           negative",
        "Sample from      saliva",
        "Sample taken     2022-05-30 05:00:00 UTC",
        "Result reported  2022-05-30 13:00:00 UTC",
        "Testing centre   Specimen Laboratory",
        "Country          Viet Nam (VNM)",
        "Telephone        +0000",
        "E-mail           lab@example.org",
        "Address          12 Utopia Street",
        "Number of this proof  UT0000000023",
        "Issuer's own data     ID12345",
    ):
        assert words in done.out


def test_codes_that_nobody_knows_are_shown_as_they_are(run: Run) -> None:
    event = {**VACCINATED["msg"]["ve"][0], "des": "XM0000", "dis": "XX00"}
    event["vd"] = [{**event["vd"][0], "ctr": "XXZ"}]
    person = {"n": "MAU", "i": "C1234567"}
    done = run("verify", sealed(changed(VACCINATED, ve=[event], pid=person)), *VERIFY)
    assert done.status == 0
    for words in ("Coded as  ICD-11 (XM0000)", "Against   ICD-11 (XX00)", "Country   XXZ"):
        assert words in done.out
    assert "Born                    not stated" in done.out
    assert "country: this code is in no value set known here (valueset.unknown" in done.out


def test_a_code_for_several_products_names_each_and_one_for_a_kind_the_kind(run: Run) -> None:
    event = VACCINATED["msg"]["ve"][0]
    for code, shown in (("XM9T65", "Nuvaxovid or Covovax"), ("XM1NL1", "Inactivated whole SARS")):
        data = changed(VACCINATED, ve=[{**event, "des": code}])
        assert re.search(
            rf"Coded as .*{shown}.*\({code}\)", run("verify", sealed(data), *VERIFY).out
        )


def test_the_json_of_a_seal_has_every_member_of_the_contract(run: Run) -> None:
    document = run("verify", GOOD, *VERIFY, "--json").document
    dose = {"country": "VNM", "date": "2021-10-15", "facility": "Ward 1", "lot": "LOT1"}
    assert document == {
        "valid": True,
        "code": None,
        "message": None,
        "envelope": "vds-nc",
        "algorithm": "ES256",
        "kid": specimens.kid_of(SIGNER.certificate).hex(),
        "issuer": "UTO",
        "issued_at": None,
        "expires_at": None,
        "signer": {
            "subject": "CN=01,C=UT",
            "not_before": "2021-01-01T00:00:00Z",
            "not_after": "2031-01-01T00:00:00Z",
        },
        "certificate": {
            "type": "icao.vacc",
            "version": 1,
            "issuer": "UTO",
            "certificate_id": "UT0000000010",
            "holder": {
                "name": "NGUYEN  THI MAU",
                "birth_date": "1990-02-28",
                "sex": "F",
                "document_number": "C1234567",
                "document_type": None,
                "other_number": None,
            },
            "vaccinations": [
                {
                    "code": "XM8NQ0",
                    "product": "Specimen Brand",
                    "disease": "RA01.0",
                    "doses": [
                        {**dose, "number": 1, "next_date": None},
                        {
                            "date": "2021-11-16",
                            "number": 2,
                            "country": "D",
                            "facility": "Ward 2",
                            "lot": "LOT2",
                            "next_date": "2022-05-17",
                        },
                    ],
                }
            ],
            "test": None,
            "optional": None,
        },
        "warnings": [],
        "authenticated": {"trust": False, "authorities": None, "revocations": None},
    }


def test_the_json_of_a_test_has_its_times_in_utc(run: Run) -> None:
    certificate = run("verify", sealed(TESTED), *VERIFY, "--json").document["certificate"]
    assert certificate["vaccinations"] == []
    assert certificate["test"] == {
        "provider": "Specimen Laboratory",
        "country": "VNM",
        "phone": "+0000",
        "email": "lab@example.org",
        "address": "12 Utopia Street",
        "sampled_at": "2022-05-30T05:00:00Z",
        "reported_at": "2022-05-30T13:00:00Z",
        "kind": "antigen",
        "result": "negative",
        "method": "saliva",
    }


def test_a_warning_about_a_seal_is_told_with_its_place(run: Run) -> None:
    data = changed(VACCINATED)
    data["msg"]["ve"][0]["vd"][0]["seq"] = "1"
    done = run("verify", sealed(data), *VERIFY)
    assert done.status == 0
    assert "(schema.text_integer, /msg/ve/0/vd/0/seq)" in done.out
    assert "Dose 1" in done.out


@pytest.mark.parametrize("option", ["--trust", "--authorities"])
def test_an_authority_vouches_for_a_signer_from_either_list(run: Run, option: str) -> None:
    trust = ("--trust", "bcsc.pem") if option == "--authorities" else ()
    assert run("verify", GOOD, option, "csca.pem", *trust, *AT).status == 0


@pytest.mark.parametrize("has_certificate", [True, False])
def test_a_listed_signer_needs_no_authority(run: Run, has_certificate: bool) -> None:
    text = sealed(VACCINATED, has_certificate=has_certificate)
    done = run("verify", text, "--trust", "bcsc.pem", *AT, "--json")
    assert (done.status, done.document["valid"]) == (0, True)


REFUSED = [
    ("forged", FORGED, "signature.invalid"),
    ("stranger", sealed(VACCINATED, STRANGER), "signer.chain"),
    ("no certificate", sealed(VACCINATED, has_certificate=False), "vdsnc.unsupported"),
    ("algorithm", sealed(VACCINATED, algorithm="ES256K"), "vdsnc.unsupported"),
    ("no DER", GOOD.replace("MII", "AII"), "vdsnc.unsupported"),
    ("cut off", GOOD[:-10], "vdsnc.malformed"),
    ("twice", GOOD.replace('"data":', '"data": 1, "data":'), "vdsnc.malformed"),
    ("two", f"[{GOOD}, {GOOD}]", "vdsnc.malformed"),
    ("depth", "[" * 1000, "vdsnc.malformed"),
    ("long", '{"' + "x" * 5000, "input.too_long"),
    ("stripped", re.sub('"', "", GOOD), "vdsnc.malformed"),
]


@pytest.mark.parametrize(
    ("text", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
@pytest.mark.parametrize("at", ["2022-06-01", "2050-01-01"])
def test_nothing_is_repeated_of_a_seal_that_nobody_vouches_for(
    run: Run, text: str, code: str, at: str
) -> None:
    found = run("verify", text, "--trust", "csca.pem", "--at", at, "--json")
    assert (found.status, found.err, found.document["code"]) == (1, "", code)
    assert found.document["valid"] is False
    for member in ("issuer", "issued_at", "expires_at", "signer", "certificate", "warnings"):
        assert found.document[member] is None
    shown = run("verify", text, "--trust", "csca.pem", "--at", at)
    assert shown.status == 1
    assert f"({code})" in shown.out
    assert "signed as follows" not in shown.out
    for output in (found.out, found.err, shown.out, shown.err):
        assert [one for one in PERSONAL if one in output] == []
        assert "CN=99" not in output


def test_a_refused_seal_whose_signer_is_known_is_shown_under_its_refusal(run: Run) -> None:
    late = run("verify", GOOD, "--trust", "csca.pem", "--at", "2033-01-01")
    assert late.status == 1
    assert late.out.startswith("✗ REFUSED\n")
    assert "(signer.expired)" in late.out
    assert "refused all the same" in late.out
    assert "NGUYEN  THI MAU" in late.out
    early = run("verify", GOOD, "--trust", "csca.pem", "--at", "2020-01-01", "--json").document
    assert early["code"] == "signer.not_yet_valid"
    assert early["certificate"]["holder"]["name"] == "NGUYEN  THI MAU"


def test_a_signer_for_another_type_of_seal_is_refused_and_named(run: Run) -> None:
    tests_only = AUTHORITY.issue_seal_signer(document_types=["NT"])
    done = run("verify", sealed(VACCINATED, tests_only), *VERIFY, "--json")
    assert (done.status, done.document["code"]) == (1, "signer.usage")
    assert done.document["signer"]["subject"] == "CN=01,C=UT"


def test_the_contents_of_a_stranger_stay_hidden_when_signing_is_asked_about(run: Run) -> None:
    broken = changed(VACCINATED, uvci="TOO LONG 12345")
    for data in (broken, VACCINATED):
        text = sealed(data, STRANGER)
        done = run("verify", text, *VERIFY, "--validity", "signing")
        assert done.status == 1
        assert "CN=99" not in done.out
        assert "NGUYEN" not in done.out


def test_every_violation_of_a_seal_is_listed(run: Run) -> None:
    broken = changed(VACCINATED, uvci="TOO LONG 12345", ve=[], hdr_v=2)
    done = run("verify", sealed(broken), *VERIFY)
    assert done.status == 1
    listed = done.out.partition("What breaks the schema\n")[2]
    for path in ("/hdr/v", "/msg/uvci", "/msg/ve"):
        assert f"{path}: expected" in listed


def test_three_answers_about_a_seal_come_with_their_own_advice(run: Run) -> None:
    told = {
        text: run("verify", text, *VERIFY).out
        for text in (FORGED, sealed(VACCINATED, algorithm="ES256K"), GOOD[:-10])
    }
    forged, unsupported, cut = told.values()
    assert "was changed" in forged
    assert "says nothing about the certificate, good or bad" in unsupported
    assert "passed without single quotes" in cut


def test_a_list_that_holds_nothing_usable_is_a_bad_list_for_a_seal_too(
    run: Run, folder: Path
) -> None:
    listed = {"keys": [{"kty": "EC", "crv": "P-192", "x": "AA", "y": "AA", "kid": "AAAAAAAAAAA="}]}
    (folder / "list.json").write_text(json.dumps(listed))
    done = run("verify", GOOD, "--trust", "list.json", *AT)
    assert (done.status, done.out) == (2, "")
    assert done.err.count("\n") == 1


def test_a_revoked_signer_is_refused_by_its_authoritys_list(run: Run, folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    authority = SpecimenAuthority(not_before=START, key=key)
    signer = authority.issue_seal_signer()
    issuer = x509.load_der_x509_certificate(authority.certificate)
    revoked = (
        x509.RevokedCertificateBuilder()
        .serial_number(x509.load_der_x509_certificate(signer.certificate).serial_number)
        .revocation_date(datetime(2022, 1, 1, tzinfo=UTC))
        .build()
    )
    crl = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(datetime(2022, 5, 1, tzinfo=UTC))
        .next_update(datetime(2022, 7, 1, tzinfo=UTC))
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False)
        .add_extension(x509.CRLNumber(1), False)
        .add_revoked_certificate(revoked)
        .sign(key, hashes.SHA256())
    )
    (folder / "list.crl").write_bytes(crl.public_bytes(Encoding.DER))
    (folder / "authority.pem").write_text(authority.certificate_pem())
    checked = ("--revocation", "list.crl", "--revocation-authorities", "authority.pem")
    text = sealed(VACCINATED, signer)
    assert run("verify", text, "--trust", "authority.pem", *AT).status == 0
    done = run("verify", text, "--trust", "authority.pem", *checked, *AT, "--json")
    assert (done.status, done.document["code"]) == (1, "signer.revoked")
    assert done.document["authenticated"]["revocations"] is True


# --- INPUT ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [GOOD, f"[{GOOD}]", f"\n {GOOD} \n", sealed(VACCINATED, indent=1)],
    ids=["compact", "array", "white space", "indented"],
)
def test_a_seal_is_taken_from_an_argument_a_file_and_standard_input(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    assert run("verify", text, *VERIFY).status == 0
    (folder / "seal.json").write_text(text)
    assert run("verify", "seal.json", *VERIFY).status == 0
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert run("verify", "-", *VERIFY, "--json").document["valid"] is True


@pytest.mark.parametrize("form", ["PNG", "PDF"])
def test_a_seal_is_read_from_a_picture_and_a_document(run: Run, folder: Path, form: str) -> None:
    from PIL import Image

    from vnvaxcert.render.qr import make_qr

    png = make_qr(json.dumps(json.loads(GOOD), separators=(",", ":"))).to_png(scale=4)
    if form == "PDF":
        pytest.importorskip("pypdfium2")
        Image.open(io.BytesIO(png)).convert("L").save(folder / "code", form)
    else:
        (folder / "code").write_bytes(png)
    done = run("verify", "code", *VERIFY, "--json")
    assert (done.status, done.document["envelope"]) == (0, "vds-nc")


def test_certificates_and_seals_in_one_file_are_each_judged(run: Run, folder: Path) -> None:
    dsc = base64.encodebytes(specimens.dsc()).decode()
    pem = f"-----BEGIN CERTIFICATE-----\n{dsc}-----END CERTIFICATE-----\n"
    (folder / "dsc.pem").write_text(pem)
    codes = [specimens.certificate_text(), GOOD, FORGED, sealed(TESTED, indent=2)]
    (folder / "codes.txt").write_text("\n".join(codes))
    done = run("verify", "codes.txt", "--trust", "dsc.pem", *VERIFY, "--json")
    assert done.status == 1
    assert [one["envelope"] for one in done.document] == ["hcert", "vds-nc", "vds-nc", "vds-nc"]
    assert [one["code"] for one in done.document] == [None, None, "signature.invalid", None]
    shown = run("verify", "codes.txt", "--trust", "dsc.pem", *VERIFY).out
    for heading in ("== line 1 ==", "== line 2 ==", "== line 3 ==", "== line 4 =="):
        assert heading in shown
    assert "4 codes: 3 accepted, 1 refused." in shown


@pytest.mark.parametrize(
    ("given_arguments", "reason"),
    [
        (("verify", "certificate.png", "--trust", GOOD), "text of a QR code was given"),
        (("verify", GOOD, "--trust", "x", f"--list-key={GOOD}"), "text of a QR code was given"),
        (("issue", GOOD, "--key", "k"), "text of a QR code was given"),
        ((GOOD,), "name a command first"),
        (('{"n":"THI MAU"}',), "name a command first"),
        (("verify", '{"data":{"n":"NGUYEN', "THI MAU", "--trust", "x"), "too many arguments"),
        (("verify", '{"n":"X', "-nguyen", "--trust", "x"), "too many arguments"),
        (("issue", "c", "--key", "k", "--envelope", GOOD), "expected hcert or vds-nc"),
        (("issue", "c", "--key", "k", "--envelope", "NGUYEN"), "expected hcert or vds-nc"),
    ],
)
def test_wrong_usage_is_one_line_that_repeats_no_seal(
    run: Run, given_arguments: tuple[str, ...], reason: str
) -> None:
    done = run(*given_arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert reason in done.err
    assert [one for one in (*PERSONAL, "nguyen") if one in done.err] == []


def test_braces_that_name_no_file_are_a_damaged_seal(run: Run) -> None:
    done = run("verify", "{data:{hdr:x}}", *VERIFY)
    assert done.status == 1
    assert "(vdsnc.malformed)" in done.out


# --- examine and decode ---------------------------------------------------------------------------


def test_examine_passes_the_seal_that_verify_accepts(run: Run) -> None:
    done = run("examine", GOOD, *VERIFY)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("✓ EVERY STEP PASSED\n")
    assert "begins with HC1" not in done.out
    document = run("examine", GOOD, *VERIFY, "--json").document
    assert (document["valid"], document["envelope"]) == (True, "vds-nc")
    assert document["kid_protected"] is None
    assert [(step["number"], step["name"]) for step in document["steps"]] == [
        (1, "size"),
        (2, "seal"),
        (3, "candidates"),
        (4, "signature"),
        (5, "signer"),
        (7, "schema"),
        (7, "usage"),
        (8, "revocation"),
    ]


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        (FORGED, "✗ 4 signature"),
        (sealed(VACCINATED, STRANGER), "✗ 5 signer vouched for and valid"),
        (sealed(VACCINATED, algorithm="ES256K"), "✗ 3 certificate of the signer"),
        (GOOD[:-10], "✗ 2 JSON of a seal"),
        ("{" * 5000, "✗ 1 no longer than a code holds"),
    ],
    ids=["forged", "stranger", "unsupported", "malformed", "long"],
)
def test_examine_tells_the_ways_of_failing_apart(run: Run, text: str, failed: str) -> None:
    done = run("examine", text, *VERIFY)
    assert done.status == 1
    assert failed in done.out
    assert done.out.count("✗ ") == 2  # the headline and one step


def test_examine_says_what_a_stranger_says_of_itself(run: Run) -> None:
    stranger = run("examine", sealed(VACCINATED, STRANGER), *VERIFY).out
    assert "Signer, it says  CN=99,C=UT" in stranger
    assert "Unverified: anybody can have written" in stranger
    without = run("examine", GOOD, *AT)
    assert without.status == 0
    assert "Signer, it says  CN=01,C=UT" in without.out
    assert "It is not verified." in without.out
    assert "Signed by " in run("examine", GOOD, *VERIFY).out


def test_decode_says_unverified_of_a_seal(run: Run) -> None:
    done = run("decode", FORGED)
    assert done.status == 0
    assert done.out.startswith("! UNVERIFIED proof of vaccination\n")
    assert "THI MAI" in done.out
    document = run("decode", sealed(VACCINATED, algorithm="none"), "--json").document
    assert (document["verified"], document["envelope"]) == (False, "vds-nc")
    assert (document["algorithm"], document["issuer"]) == (None, "UTO")
    assert "signer" not in document


@pytest.mark.parametrize("text", ["{", "{}", "[]", '{"data":{},"sig":1}', '{"data":1e999}'])
def test_decode_refuses_what_is_no_seal(run: Run, text: str) -> None:
    done = run("decode", text, "--json")
    assert (done.status, done.document["code"]) == (1, "vdsnc.malformed")
    assert "CANNOT BE READ" in run("decode", text).out


def test_escape_sequences_in_a_seal_are_written_out(run: Run) -> None:
    data = changed(VACCINATED, pid={"n": "MAU \x1b[2J\u202e", "i": "C1"})
    text = sealed(data)
    for command, options in (("decode", ()), ("examine", AT)):
        shown = run(command, text, *options).out
        assert "MAU <U+001B>[2J<U+202E>" in shown
        machine = run(command, text, *options, "--json").out
        assert "\x1b" not in shown + machine
        assert "\u202e" not in shown + machine


# --- issue ----------------------------------------------------------------------------------------


ISSUE = ("--envelope", "vds-nc", "--key", "key.pem", "--cert", "bcsc.pem", *AT)


def claims(folder: Path, document: object) -> str:
    (folder / "data.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return "data.json"


@pytest.mark.parametrize("data", [VACCINATED, TESTED], ids=["vaccination", "test"])
def test_issue_prints_a_seal_alone_and_it_is_signed(
    run: Run, folder: Path, data: dict[str, Any]
) -> None:
    done = run("issue", claims(folder, data), *ISSUE)
    assert (done.status, done.err, done.out.count("\n")) == (0, "", 1)
    made = json.loads(done.out)
    # A test's times are written in UTC: the same moments.
    expected = json.loads(json.dumps(data).replace("T12:00:00+07:00", "T05:00:00+00:00"))
    expected = json.loads(json.dumps(expected).replace("T20:00:00+07:00", "T13:00:00+00:00"))
    assert made["data"] == expected
    assert set(made["sig"]) == {"alg", "sigvl", "cer"}
    certificate = base64.urlsafe_b64decode(made["sig"]["cer"])
    assert certificate == SIGNER.certificate
    raw = base64.urlsafe_b64decode(made["sig"]["sigvl"])
    signature = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public_key = x509.load_der_x509_certificate(certificate).public_key()
    assert isinstance(public_key, ec.EllipticCurvePublicKey)
    public_key.verify(signature, canonical(made["data"]), ec.ECDSA(hashes.SHA256()))
    assert run("verify", done.out.rstrip("\n"), *VERIFY).status == 0


def test_the_json_of_issue_names_the_envelope_and_no_times(run: Run, folder: Path) -> None:
    document = run("issue", claims(folder, VACCINATED), *ISSUE, "--json").document
    assert (document["issued"], document["envelope"]) == (True, "vds-nc")
    assert (document["issued_at"], document["expires_at"]) == (None, None)
    assert document["kid"] == specimens.kid_of(SIGNER.certificate).hex()
    assert run("verify", document["text"], *VERIFY).status == 0


def test_issue_draws_a_seal_at_level_m(run: Run, folder: Path) -> None:
    done = run("issue", claims(folder, VACCINATED), *ISSUE, "--qr", "seal.png")
    assert done.status == 0
    (code,) = source.read_codes("seal.png")
    assert code.text == done.out.rstrip("\n")
    assert run("verify", "seal.png", *VERIFY).status == 0


@pytest.mark.parametrize(
    ("document", "code", "paths"),
    [
        (changed(VACCINATED, uvci="UT00000000105"), "issue.claims", ["/msg/uvci"]),
        (changed(VACCINATED, hdr_is="VNM"), "issue.claims", ["/hdr/is"]),
        (changed(VACCINATED, ve=[]), "issue.claims", ["/msg/ve"]),
        (changed(VACCINATED, zz=1), "issue.claims", ["/msg/zz"]),
        (changed(VACCINATED, pid={"n": "Nguyễn", "i": "C1"}), "issue.claims", ["/msg/pid/n"]),
        (changed(VACCINATED, hdr_t="icao.none"), "issue.claims", ["/hdr/t"]),
        (changed(TESTED, utci=None), "issue.claims", ["/msg/utci"]),
        ({"data": VACCINATED}, "issue.claims", ["/hdr", "/msg"]),
        ([VACCINATED], "issue.claims", [""]),
        ("NGUYEN", "issue.claims", [""]),
    ],
)
def test_data_that_make_no_seal_are_refused_with_their_paths(
    run: Run, folder: Path, document: object, code: str, paths: list[str]
) -> None:
    done = run("issue", claims(folder, document), *ISSUE, "--json")
    assert (done.status, done.err, done.document["issued"]) == (1, "", False)
    assert done.document["code"] == code
    assert [one["path"] for one in done.document["violations"]] == paths
    assert (done.document["text"], done.document["envelope"]) == (None, None)
    told = run("issue", "data.json", *ISSUE)
    assert (told.status, told.out, told.err.count("\n")) == (1, "", 1)
    assert [one for one in (*PERSONAL, "Nguy") if one in done.out + told.err] == []


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--days", "30"), "--days: a seal states no end"),
        (("--issuer", "VN"), "--issuer: the issuer of a seal is hdr.is"),
    ],
)
def test_options_that_a_seal_has_no_use_for_are_wrong_usage(
    run: Run, folder: Path, options: tuple[str, ...], reason: str
) -> None:
    done = run("issue", claims(folder, VACCINATED), *ISSUE, *options)
    assert (done.status, done.out) == (2, "")
    assert reason in done.err


def test_a_seal_is_not_issued_before_its_signer_is_valid(run: Run, folder: Path) -> None:
    done = run("issue", claims(folder, VACCINATED), *ISSUE, "--at", "2020-12-31")
    assert (done.status, done.out) == (1, "")
    assert "(issue.outlives_signer)" in done.err


@pytest.mark.parametrize(
    ("signer", "code"),
    [
        (AUTHORITY.issue_seal_signer(document_types=["NT"]), "issue.usage"),
        (AUTHORITY.issue_signer(), "issue.key"),
        (AUTHORITY.issue_signer(key=KeyType.RSA2048), "issue.key"),
    ],
    ids=["tests only", "of certificates", "RSA"],
)
def test_a_signer_that_is_none_of_seals_is_refused(
    run: Run, folder: Path, signer: SpecimenSigner, code: str
) -> None:
    (folder / "key.pem").write_text(signer.private_key_pem())
    (folder / "bcsc.pem").write_text(signer.certificate_pem())
    done = run("issue", claims(folder, VACCINATED), *ISSUE, "--json")
    assert (done.status, done.document["code"]) == (1, code)


def test_a_seal_too_large_for_a_code_is_refused_and_nothing_left_out(
    run: Run, folder: Path
) -> None:
    event = VACCINATED["msg"]["ve"][0]
    doses = [{**event["vd"][0], "seq": number} for number in range(1, 30)]
    document = changed(VACCINATED, ve=[{**event, "vd": doses}])
    done = run("issue", claims(folder, document), *ISSUE, "--json")
    assert (done.status, done.document["code"]) == (1, "issue.too_large")


# --- the foreign seals ----------------------------------------------------------------------------


FOREIGN = {  # outcome by the README of the suite, at a moment within all certificates
    "au-ios-valid": None,
    "kde-jpn-triple-vaccine": None,
    "au-ios-tampered": "signature.invalid",
    "kde-single-vaccine": "signer.chain",
    "kde-test": "signer.chain",
}


@pytest.mark.parametrize(("name", "code"), FOREIGN.items())
def test_foreign_seals_come_out_as_their_readme_says(
    run: Run, shared_vectors: Callable[[str], Path], name: str, code: str | None
) -> None:
    suite = shared_vectors("vds-nc")
    path = suite / f"{name}.json"
    message = json.loads(path.read_text())["data"]["msg"]
    given = ("--trust", suite / "csca", "--at", "2022-06-01", "--json")
    done = run("verify", path, *given)
    assert (done.status, done.document["code"]) == (0 if code is None else 1, code)
    examined = run("examine", path, *given).document
    assert examined["valid"] is (code is None)
    contents = examined["unverified_certificate"]
    assert contents["holder"]["name"] == message["pid"]["n"]
    lots = [dose["lot"] for event in contents["vaccinations"] for dose in event["doses"]]
    assert lots == [dose["lot"] for event in message.get("ve", []) for dose in event["vd"]]
    shown = run("decode", path).out
    texts = [message["pid"]["n"], message.get("uvci") or message["utci"], *lots]
    assert [one for one in texts if one not in shown] == []


@pytest.mark.parametrize(
    ("name", "at", "code"),
    [
        ("au-ios-valid", "2021-08-31", "signer.not_yet_valid"),
        ("au-ios-valid", "2021-09-01", None),
        ("au-ios-valid", "2031-09-30", None),
        ("au-ios-valid", "2031-10-01", "signer.expired"),
        ("kde-jpn-triple-vaccine", "2021-11-16", "signer.not_yet_valid"),
        ("kde-jpn-triple-vaccine", "2031-11-16", None),
        ("kde-jpn-triple-vaccine", "2031-11-17", "signer.expired"),
    ],
)
def test_foreign_seals_end_with_their_signers(
    run: Run, shared_vectors: Callable[[str], Path], name: str, at: str, code: str | None
) -> None:
    suite = shared_vectors("vds-nc")
    given = ("--trust", suite / "csca", "--at", at, "--json")
    assert run("verify", suite / f"{name}.json", *given).document["code"] == code


def test_australias_revocation_list_counts_while_it_is_fresh(
    run: Run, shared_vectors: Callable[[str], Path]
) -> None:
    suite = shared_vectors("vds-nc")
    given = (suite / "au-ios-valid.json", "--trust", suite / "csca", "--revocation")
    lists = (suite / "AUS.crl", "--revocation-authorities", suite / "csca")
    fresh = run("verify", *given, *lists, "--at", "2021-10-01", "--json")
    assert (fresh.status, fresh.document["authenticated"]["revocations"]) == (0, True)
    assert run("verify", *given, *lists, "--at", "2021-12-01").status == 2
