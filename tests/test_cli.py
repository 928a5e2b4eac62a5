"""The command line: what each command says, its exit status, and what it never says.

Expectations come from the specimens that `specimens` puts together by hand, from the pictures and
lists of the foreign suites, and, for what we issue, from `cbor2` and `cryptography` directly.
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import base45
import cbor2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)
from hypothesis import given, settings
from hypothesis import strategies as st

import specimens
from foreign import shared_vectors
from vnvaxcert import cli
from vnvaxcert.cli import arguments, as_json, as_text, demo, source
from vnvaxcert.cli.screen import MAX_SHOWN, Screen
from vnvaxcert.cli.stream import neutral
from vnvaxcert.trust.specimen import SpecimenAuthority

pytest.importorskip("rich")
pytest.importorskip("segno")
pytest.importorskip("zxingcpp")

AT = "2022-06-01T12:00:00Z"
ESCAPES = "Mẫu\x1b[2J\u202eLAVALID\u2066\x07"


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


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, with ``trust.pem`` of the specimens' signer in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trust.pem").write_bytes(pem(specimens.dsc()))
    return tmp_path


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """``stdin(b"...")``: what standard input gives."""

    def give(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return give


def pem(der: bytes) -> bytes:
    """A certificate as PEM."""
    body = base64.encodebytes(der)
    return b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"


def claims_file(path: Path, document: object) -> Path:
    """A file for `issue`."""
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def process(*given: str, code: str = "", **variables: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own."""
    start = code or "import sys; from vnvaxcert.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", start, *given],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": SOURCE, **variables},
    )


SOURCE = str(Path(cli.__file__).parents[2])
GOOD = specimens.certificate_text()
FORGED = specimens.certificate_text(signature=bytes(64))
BROKEN_AND_FORGED = specimens.certificate_text(
    specimens.payload(entry={"dn": "x"}), signature=bytes(64)
)
VERIFY = ("--trust", "trust.pem", "--at", AT)


# --- verify: the verdict ------------------------------------------------------------------------


def test_an_accepted_certificate_is_shown_with_its_holder_and_what_that_does_not_prove(
    run: Run, folder: Path
) -> None:
    done = run("verify", GOOD, *VERIFY)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("✓ VALID vaccination certificate\n  at 2022-06-01 12:00:00 UTC\n")
    for shown in ("Nguyễn", "Văn Mẫu", "NGUYEN", "VAN MAU", "1990-01-02", "2 of 2", "2022-03-18"):
        assert shown in done.out
    for shown in ("Comirnaty (EU/1/20/1528)", "COVID-19 (840539006)", "Viet Nam (VN)", "ES256"):
        assert shown in done.out
    assert "does not prove who is showing it" in done.out
    assert "has no signature that can be checked: it is as good as" in done.out


@pytest.mark.parametrize(
    ("group", "shown"),
    [
        ("t", ["✓ VALID test certificate", "Not detected", "Specimen PCR", "Specimen Centre"]),
        ("r", ["✓ VALID certificate of recovery", "2022-02-03", "2022-02-14", "2022-08-02"]),
    ],
)
def test_tests_and_recoveries_are_shown_too(
    run: Run, folder: Path, group: str, shown: list[str]
) -> None:
    text = specimens.certificate_text(specimens.payload(group))
    done = run("verify", text, *VERIFY)
    assert done.status == 0
    assert [one for one in shown if one not in done.out] == []


def test_a_birth_date_left_empty_is_said_to_be_not_stated(run: Run, folder: Path) -> None:
    done = run("verify", specimens.certificate_text(specimens.payload(dob="")), *VERIFY)
    assert done.status == 0
    assert "not stated" in done.out


def test_the_json_of_an_accepted_certificate_has_every_member_of_the_contract(
    run: Run, folder: Path
) -> None:
    done = run("verify", GOOD, *VERIFY, "--json")
    entry = specimens.ENTRIES["v"]
    assert (done.status, done.err) == (0, "")
    assert done.document == {
        "valid": True,
        "code": None,
        "message": None,
        "envelope": "hcert",
        "algorithm": "ES256",
        "kid": specimens.kid_of(specimens.dsc()).hex(),
        "issuer": "VN",
        "issued_at": "2022-04-15T00:00:00Z",
        "expires_at": "2023-04-15T00:00:00Z",
        "signer": {
            "subject": "C=VN,CN=Specimen DSC",
            "not_before": "2022-01-01T00:00:00Z",
            "not_after": "2024-01-01T00:00:00Z",
        },
        "certificate": {
            "holder": {
                "family_name": "Nguyễn",
                "given_name": "Văn Mẫu",
                "family_name_icao": "NGUYEN",
                "given_name_icao": "VAN<MAU",
                "birth_date": "1990-01-02",
            },
            "vaccinations": [
                {
                    "disease": entry["tg"],
                    "vaccine": entry["vp"],
                    "product": entry["mp"],
                    "manufacturer": entry["ma"],
                    "dose_number": 2,
                    "total_doses": 2,
                    "date": "2022-03-18",
                    "country": "VN",
                    "issuer": entry["is"],
                    "certificate_id": entry["ci"],
                }
            ],
            "tests": [],
            "recoveries": [],
            "schema_version": "1.3.0",
        },
        "warnings": [],
        "authenticated": {"trust": False, "authorities": None, "revocations": None},
    }
    assert list(done.document)[:5] == ["valid", "code", "message", "envelope", "algorithm"]
    assert "Nguyễn" in done.out


def test_times_of_a_test_are_written_in_utc_with_z(run: Run, folder: Path) -> None:
    changed = specimens.payload("t", entry={"sc": "2022-04-14T05:03:04+07:00"})
    done = run("verify", specimens.certificate_text(changed), *VERIFY, "--json")
    (test,) = done.document["certificate"]["tests"]
    assert test["sample_collected_at"] == "2022-04-13T22:03:04Z"
    assert test["device"] is None


def test_a_certificate_that_expired_is_refused_with_all_that_was_reached(
    run: Run, folder: Path
) -> None:
    done = run("verify", GOOD, "--trust", "trust.pem", "--at", "2023-04-16", "--json")
    assert (done.status, done.err) == (1, "")
    found = done.document
    assert (found["valid"], found["code"]) == (False, "cwt.expired")
    assert found["message"] == "the certificate expired at 2023-04-15 00:00:00 UTC"
    assert found["signer"]["subject"] == "C=VN,CN=Specimen DSC"
    assert found["certificate"]["holder"]["family_name"] == "Nguyễn"
    assert found["issued_at"] == "2022-04-15T00:00:00Z"
    assert found["warnings"] == []


def test_a_refused_certificate_with_a_good_signature_is_shown_under_its_refusal(
    run: Run, folder: Path
) -> None:
    done = run("verify", GOOD, "--trust", "trust.pem", "--at", "2023-04-16")
    assert done.status == 1
    assert done.out.startswith("✗ REFUSED\n  the certificate expired at 2023-04-15 00:00:00 UTC")
    assert "refused all the same" in done.out
    assert "Nguyễn" in done.out
    assert "VALID " not in done.out


@pytest.mark.parametrize(
    ("text", "code", "reached"),
    [
        ("HC2:ABC", "hcert.prefix", {}),
        ("", "hcert.prefix", {}),
        ("HC1:a", "base45.invalid", {"envelope": "hcert"}),
        (FORGED, "signature.invalid", {"envelope": "hcert", "algorithm": "ES256"}),
    ],
)
def test_nothing_is_repeated_of_a_certificate_without_a_good_signature(
    run: Run, folder: Path, text: str, code: str, reached: dict[str, str]
) -> None:
    found = run("verify", text, *VERIFY, "--json").document
    assert (found["valid"], found["code"]) == (False, code)
    for member in ("issuer", "issued_at", "expires_at", "signer", "certificate", "warnings"):
        assert found[member] is None
    for member in ("envelope", "algorithm"):
        assert found[member] == reached.get(member)
    shown = run("verify", text, *VERIFY)
    assert shown.status == 1
    assert code in shown.out
    assert "Nguyễn" not in shown.out


@pytest.mark.parametrize("is_drawn", [False, True])
@pytest.mark.parametrize(
    ("text", "given_arguments"),
    [
        (FORGED, ()),
        (FORGED, ("--at", "2030-01-01")),
        (FORGED, ("--strict",)),
        (GOOD, ("--trust", "other.pem")),
        (BROKEN_AND_FORGED, ()),
    ],
)
def test_people_are_shown_nothing_that_no_good_signature_covers(
    run: Run,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    given_arguments: tuple[str, ...],
    is_drawn: bool,
) -> None:
    monkeypatch.setattr("vnvaxcert.cli.screen.is_terminal", lambda: is_drawn)
    (folder / "other.pem").write_bytes(pem(specimens.dsc(specimens.key(number=2))))
    trust = () if "--trust" in given_arguments else ("--trust", "trust.pem")
    done = run("verify", text, "--at", AT, *trust, *given_arguments)
    assert done.status == 1
    assert "signed as follows" not in done.out
    holder = ("Nguy", "NGUYEN", "Văn", "VAN MAU", "1990", "Holder", "2 of 2", "Issued", "Specimen")
    assert [one for one in holder if one in done.out] == []
    assert str(specimens.ENTRIES["v"]["ci"]) not in done.out


def test_an_unknown_signer_is_refused_with_advice(run: Run, folder: Path) -> None:
    (folder / "other.pem").write_bytes(pem(specimens.dsc(specimens.key(number=2))))
    done = run("verify", GOOD, "--trust", "other.pem", "--at", AT)
    assert done.status == 1
    assert "trust.unknown_kid" in done.out
    assert "may be old or of another network" in done.out
    assert "`vnvaxcert decode` shows it" in done.out


def test_every_violation_of_the_schema_is_listed(run: Run, folder: Path) -> None:
    entry = {"dn": "x", "sd": "x", "dt": "x", "tg": 1, "vp": 1, "mp": 1, "ma": 1}
    broken = specimens.certificate_text(specimens.payload(entry=entry))
    done = run("verify", broken, *VERIFY)
    assert done.status == 1
    assert "schema.invalid" in done.out
    listed = done.out.partition("What breaks the schema\n")[2]
    assert [key for key in entry if f"/v/0/{key}: expected" not in listed] == []


def test_warnings_are_told_in_words_with_their_codes(run: Run, folder: Path) -> None:
    entry = {"vp": "J07BX03", "ma": "ORG-100001699", "mp": "EU/1/20/1528", "zz": 1}
    text = specimens.certificate_text(
        specimens.payload(entry=entry), protected={1: -7, 4: specimens.kid_of(specimens.dsc())}
    )
    done = run("verify", text, *VERIFY)
    assert done.status == 0
    for line in (
        "! kind of vaccine: this code is no longer in use (valueset.deprecated, /v/0/vp)",
        "! manufacturer: it is not the one that belongs to the vaccine (valueset.mismatch,",
        "(schema.unknown_member, /v/0/zz)",
    ):
        assert line in done.out


def test_the_strict_policy_refuses_what_the_default_one_warns_of(run: Run, folder: Path) -> None:
    text = specimens.certificate_text(specimens.payload(entry={"dt": "2022-03-18T00:00:00Z"}))
    assert run("verify", text, *VERIFY).status == 0
    strict = run("verify", text, *VERIFY, "--strict", "--json")
    assert (strict.status, strict.document["code"]) == (1, "schema.invalid")


# --- verify: what it is judged by ---------------------------------------------------------------


def test_lists_given_one_after_the_other_count_together(run: Run, folder: Path) -> None:
    (folder / "other.pem").write_bytes(pem(specimens.dsc(specimens.key(number=2))))
    for lists in (("trust.pem", "other.pem"), ("other.pem", "trust.pem")):
        both = [part for one in lists for part in ("--trust", one)]
        assert run("verify", GOOD, *both, "--at", AT).status == 0


def test_a_directory_of_certificates_is_a_trust_list(run: Run, folder: Path) -> None:
    (folder / "lists").mkdir()
    (folder / "lists" / "vn.cer").write_bytes(specimens.dsc())
    assert run("verify", GOOD, "--trust", "lists", "--at", AT).status == 0


def test_country_authorities_decide_about_the_signer(run: Run, folder: Path) -> None:
    authority, stranger = specimens.key(number=7), specimens.key(number=8)
    signer = specimens.key(number=1)
    certificate = specimens.dsc(signer, authority=authority)
    (folder / "dsc.pem").write_bytes(pem(certificate))
    (folder / "csca.pem").write_bytes(pem(specimens.csca(authority)))
    (folder / "stranger.pem").write_bytes(pem(specimens.csca(stranger)))
    text = specimens.certificate_text(kid=specimens.kid_of(certificate))
    given = ("verify", text, "--trust", "dsc.pem", "--at", AT, "--json", "--authorities")
    assert run(*given, "csca.pem").status == 0
    refused = run(*given, "stranger.pem")
    assert (refused.status, refused.document["code"]) == (1, "signer.chain")


def german_list(key: ec.EllipticCurvePrivateKey, certificate: bytes) -> bytes:
    """A list in the German form: the signature over the JSON in the line above it."""
    entry = {
        "certificateType": "DSC",
        "country": "VN",
        "kid": base64.b64encode(specimens.kid_of(certificate)).decode(),
        "rawData": base64.b64encode(certificate).decode(),
        "signature": "",
        "thumbprint": "",
        "timestamp": "2022-01-01T00:00:00Z",
    }
    body = json.dumps({"certificates": [entry]}).encode()
    return base64.b64encode(specimens.raw_signature(key, body)) + b"\n" + body


def test_a_list_of_authorities_is_held_to_its_own_key(run: Run, folder: Path) -> None:
    authority = specimens.key(number=7)
    publisher = ec.derive_private_key(8, ec.SECP256R1())
    signer = specimens.key(number=1)
    certificate = specimens.dsc(signer, authority=authority)
    (folder / "dsc.pem").write_bytes(pem(certificate))
    listed = german_list(publisher, specimens.csca(authority)).replace(b'"DSC"', b'"CSCA"')
    body = listed.partition(b"\n")[2]
    signature = base64.b64encode(specimens.raw_signature(publisher, body))
    (folder / "csca.txt").write_bytes(signature + b"\n" + body)
    (folder / "right.pem").write_bytes(pem(specimens.csca(publisher)))
    (folder / "wrong.pem").write_bytes(pem(specimens.csca(signer)))
    text = specimens.certificate_text(kid=specimens.kid_of(certificate))
    given = ("verify", text, "--trust", "dsc.pem", "--at", AT, "--authorities", "csca.txt")
    assert run(*given, "--authorities-key", "right.pem").status == 0
    refused = run(*given, "--authorities-key", "wrong.pem")
    assert (refused.status, "csca.txt" in refused.err) == (2, True)
    assert "trustlist.signature" in refused.err
    assert run(*given[:-2], "--authorities-key", "right.pem").status == 2


def test_the_signature_of_a_list_is_checked_with_its_key(run: Run, folder: Path) -> None:
    publisher, stranger = specimens.ec_key(number=5), specimens.ec_key(number=6)
    (folder / "list").write_bytes(german_list(publisher, specimens.dsc()))
    for name, key in (("right", publisher), ("wrong", stranger)):
        spki = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (folder / name).write_bytes(spki)
    checked = run("verify", GOOD, "--trust", "list", "--at", AT, "--list-key", "right")
    assert checked.status == 0
    assert "not checked" not in checked.out
    assert "not checked" not in run("verify", GOOD, "--trust", "trust.pem", "--at", AT).out
    for command in ("verify", "examine"):
        unchecked = run(command, GOOD, "--trust", "list", "--at", AT)
        assert "own signature was not checked (see --list-key)" in unchecked.out
        unchecked = run(command, GOOD, "--trust", "list", "--at", AT, "--json")
        assert unchecked.document["authenticated"]["trust"] is False
    wrong = run("verify", GOOD, "--trust", "list", "--at", AT, "--list-key", "wrong", "--json")
    assert (wrong.status, wrong.out) == (2, "")
    assert wrong.err.startswith("vnvaxcert: list: ")
    assert "(trustlist.signature)" in wrong.err


def test_a_list_without_a_signer_is_a_bad_list_and_no_refusal(run: Run, folder: Path) -> None:
    key = specimens.ec_key().public_key()
    spki = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "publisher.pem").write_bytes(spki)
    authority = SpecimenAuthority(not_before=datetime(2022, 1, 1, tzinfo=UTC))
    (folder / "csca.pem").write_text(authority.certificate_pem(), encoding="ascii")
    for name, why in (
        ("publisher.pem", "publisher.pem, block 1: a PEM block of another kind"),
        ("csca.pem", "its keys are authorities"),
    ):
        done = run("verify", GOOD, "--trust", name, "--at", AT, "--json")
        assert (done.status, done.out) == (2, "")
        assert f"the trust list holds no signer that can be used: {why}" in done.err
    (folder / "words.txt").write_bytes(b"no list")
    words = run("verify", GOOD, "--trust", "words.txt", "--at", AT)
    assert words.err.startswith("vnvaxcert: words.txt: trust list (unknown): no known trust list; ")
    both = run("verify", GOOD, "--trust", "csca.pem", "--trust", "trust.pem", "--at", AT)
    assert both.status == 0


@pytest.mark.parametrize(
    ("key", "reason"),
    [("missing", "cannot be read: "), ("list", "expected a public EC or RSA key")],
)
def test_a_key_for_lists_that_cannot_be_used_is_named_and_not_the_list(
    run: Run, folder: Path, key: str, reason: str
) -> None:
    publisher = specimens.ec_key(number=5)
    (folder / "list").write_bytes(german_list(publisher, specimens.dsc()))
    (folder / "revoked").write_bytes(revocation_chunk(publisher, "URN:UVCI:01:VN:ANOTHER"))
    named = f"vnvaxcert: trust list (signing key, {key}): {reason}"
    for options in (
        ("--trust", "list", "--list-key", key),
        ("--trust", "list", "--revocation", "revoked", "--revocation-key", key),
    ):
        done = run("verify", GOOD, *options, "--at", AT)
        assert (done.status, done.out) == (2, "")
        assert done.err.startswith(named)
        assert done.err.endswith("(trustlist.format)\n")


@pytest.mark.parametrize("lists", [("trust.pem",), ("list", "trust.pem"), ("lists",)])
def test_no_key_is_asked_for_where_a_list_cannot_be_signed(
    run: Run, folder: Path, lists: tuple[str, ...]
) -> None:
    """Who then gave the key would be refused."""
    (folder / "list").write_bytes(german_list(specimens.ec_key(number=5), specimens.dsc()))
    (folder / "lists").mkdir()
    (folder / "lists" / "list").write_bytes((folder / "list").read_bytes())
    shown = run("verify", GOOD, *(w for one in lists for w in ("--trust", one)), "--at", AT).out
    assert "VALID " in shown
    assert "--list-key" not in shown
    assert "has no signature that can be checked: it is as good as" in shown


def test_a_revocation_list_that_cannot_be_read_is_status_2(run: Run, folder: Path) -> None:
    (folder / "revoked").write_bytes(b"no list")
    done = run("verify", GOOD, *VERIFY, "--revocation", "revoked")
    assert (done.status, done.out) == (2, "")
    assert "(trustlist.format)" in done.err
    assert done.err.count("\n") == 1


def test_a_certificate_on_any_of_the_revocation_lists_is_refused(run: Run, folder: Path) -> None:
    publisher = specimens.ec_key(number=5)
    (folder / "hit").write_bytes(revocation_chunk(publisher, specimens.ENTRIES["v"]["ci"]))
    (folder / "other").write_bytes(revocation_chunk(publisher, "URN:UVCI:01:VN:ANOTHER"))
    assert run("verify", GOOD, *VERIFY, "--revocation", "other").status == 0
    both = run("verify", GOOD, *VERIFY, "--revocation", "other", "--revocation", "hit", "--json")
    assert (both.status, both.document["code"]) == (1, "revoked")


@pytest.mark.parametrize("command", ["verify", "examine"])
def test_a_revocation_list_whose_signature_was_not_checked_is_said_to_be_so(
    run: Run, folder: Path, command: str
) -> None:
    publisher = specimens.ec_key(number=5)
    (folder / "list").write_bytes(revocation_chunk(publisher, "URN:UVCI:01:VN:ANOTHER"))
    spki = publisher.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "key").write_bytes(spki)
    given = (command, GOOD, *VERIFY, "--revocation", "list")
    assert "No signature over the revocation lists was checked" in run(*given).out
    assert run(*given, "--json").document["authenticated"]["revocations"] is False
    checked = (*given, "--revocation-key", "key")
    assert "revocation list" not in run(*checked).out
    assert run(*checked, "--json").document["authenticated"]["revocations"] is True


def test_a_hit_of_a_filter_is_a_refusal_with_words_of_its_own(run: Run, folder: Path) -> None:
    from vnvaxcert.trust.revocation import make_slices, write_slices

    hit = sha256(str(specimens.ENTRIES["v"]["ci"]).encode()).digest()[:16]
    made = make_slices([hit], kid=specimens.kid_of(specimens.dsc()))
    (folder / "filter.tar.gz").write_bytes(write_slices(made))
    given = ("verify", GOOD, *VERIFY, "--revocation", "filter.tar.gz")
    shown = run(*given)
    assert shown.status == 1
    assert shown.out.startswith("✗ REFUSED: IT MAY BE REVOKED\n")
    assert "(revoked.possible)" in shown.out
    assert "Only the issuer can tell" in shown.out
    assert run(*given, "--json").document["code"] == "revoked.possible"


def revocation_chunk(key: ec.EllipticCurvePrivateKey, identifier: str) -> bytes:
    """A list in the German form that revokes one certificate of the specimens' signer."""
    scope = specimens.kid_of(specimens.dsc()) + b"\x0b"
    protected = cbor2.dumps({1: -7})
    payload = cbor2.dumps({scope: [sha256(identifier.encode()).digest()[:16]]})
    signature = specimens.raw_signature(key, cbor2.dumps(["Signature1", protected, b"", payload]))
    return cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]))


@pytest.mark.parametrize("command", ["verify", "examine"])
def test_the_signature_of_a_revocation_list_is_checked_with_its_key(
    run: Run, folder: Path, command: str
) -> None:
    publisher, stranger = specimens.ec_key(number=5), specimens.ec_key(number=6)
    (folder / "hit").write_bytes(revocation_chunk(publisher, specimens.ENTRIES["v"]["ci"]))
    (folder / "other").write_bytes(revocation_chunk(publisher, "URN:UVCI:01:VN:ANOTHER"))
    for name, key in (("right", publisher), ("wrong", stranger)):
        spki = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (folder / name).write_bytes(spki)
    given = (command, GOOD, *VERIFY, "--json", "--revocation", "other")
    assert run(*given, "--revocation-key", "right").status == 0
    revoked = run(*given, "--revocation", "hit", "--revocation-key", "right")
    assert (revoked.status, revoked.document["code"]) == (1, "revoked")
    wrong = run(*given, "--revocation-key", "wrong")
    assert (wrong.status, wrong.out) == (2, "")
    assert wrong.err.startswith("vnvaxcert: other: ")
    assert "(trustlist.signature)" in wrong.err


@pytest.mark.parametrize(
    ("given_arguments", "reason"),
    [
        (("verify", "--trust", "trust.pem", "--revocation-key", "k"), "--revocation-key is given"),
        (("examine", "--list-key", "k"), "--list-key is given, and no list"),
    ],
)
def test_a_key_without_a_list_is_wrong_usage(
    run: Run, folder: Path, given_arguments: tuple[str, ...], reason: str
) -> None:
    command, *rest = given_arguments
    done = run(command, GOOD, *rest, "--at", AT)
    assert (done.status, done.out) == (2, "")
    assert reason in done.err


def test_now_is_the_moment_when_none_is_given(run: Run, folder: Path) -> None:
    done = run("verify", GOOD, "--trust", "trust.pem", "--json")  # its signer ended in 2024
    assert done.document["code"] == "signer.expired"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022-06-01T12:00:00Z", datetime(2022, 6, 1, 12, tzinfo=UTC)),
        ("2022-06-01T12:00:00+07:00", datetime(2022, 6, 1, 5, tzinfo=UTC)),
        ("2022-06-01 12:00Z", datetime(2022, 6, 1, 12, tzinfo=UTC)),
        ("2022-06-01", datetime(2022, 6, 1, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_with_its_offset_and_a_date_is_its_first_second(
    text: str, moment: datetime
) -> None:
    assert arguments.parse_moment(text) == moment


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2022-06-01T12:00:00", "no zone"),
        ("yesterday", "expected a time as"),
        ("2022-02-30", "expected a time as"),
        ("0001-01-01T00:00:00+14:00", "expected a time as"),
        ("", "expected a time as"),
    ],
)
def test_a_moment_without_zone_or_that_does_not_exist_is_wrong_usage(
    run: Run, folder: Path, text: str, reason: str
) -> None:
    done = run("verify", GOOD, "--trust", "trust.pem", "--at", text)
    assert (done.status, done.out) == (2, "")
    assert "argument --at: " in done.err
    assert reason in done.err


@pytest.mark.parametrize("name", ["missing.pem", "empty.pem", "folder", "trust.pem/below"])
def test_a_trust_list_that_cannot_be_used_is_one_line_and_status_2(
    run: Run, folder: Path, name: str
) -> None:
    (folder / "empty.pem").touch()
    (folder / "folder").mkdir()
    done = run("verify", GOOD, "--trust", name, "--json")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"vnvaxcert: {name}: trust list (")
    assert done.err.endswith("(trustlist.format)\n")
    assert done.err.count("\n") == 1


# --- INPUT --------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n", b"\r\n   \n"])
def test_the_end_of_a_line_is_no_part_of_a_text(
    run: Run, folder: Path, stdin: Callable[[bytes], None], end: bytes
) -> None:
    (folder / "code.txt").write_bytes(GOOD.encode() + end)
    assert run("verify", "code.txt", *VERIFY).status == 0
    stdin(GOOD.encode() + end)
    assert run("verify", "-", *VERIFY).status == 0


def test_spaces_at_the_end_of_a_line_belong_to_the_text(run: Run, folder: Path) -> None:
    (folder / "code.txt").write_text("HC1:AB \r\n")
    assert source.read_codes("code.txt") == (source.Code("HC1:AB "),)
    (folder / "code.txt").write_text(GOOD + " \n")
    assert run("verify", "code.txt", *VERIFY).status == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_text_file_may_have_a_byte_order_mark(run: Run, folder: Path, encoding: str) -> None:
    (folder / "code.txt").write_text(GOOD + "\r\n", encoding=encoding)
    assert run("verify", "code.txt", *VERIFY).status == 0


def test_each_line_of_a_text_is_a_code_and_one_bad_one_refuses_the_file(
    run: Run, folder: Path
) -> None:
    (folder / "codes.txt").write_text(f"{GOOD}\n\n{FORGED}\n{GOOD}\n")
    done = run("verify", "codes.txt", *VERIFY)
    assert done.status == 1
    assert [line for line in done.out.splitlines() if line.startswith("==")] == [
        "== line 1 ==",
        "== line 3 ==",
        "== line 4 ==",
    ]
    assert "3 codes: 2 accepted, 1 refused." in done.out
    as_json = run("verify", "codes.txt", *VERIFY, "--json")
    assert as_json.status == 1
    assert [one["valid"] for one in as_json.document] == [True, False, True]
    examined = run("examine", "codes.txt", *VERIFY, "--json")
    assert [one["code"] for one in examined.document] == [None, "signature.invalid", None]
    assert [one["verified"] for one in run("decode", "codes.txt", "--json").document] == [False] * 3


def drawn(text: str, form: str = "PNG") -> bytes:
    """A picture of a code, redrawn by another library than ours where the form asks for it."""
    from PIL import Image

    from vnvaxcert.render.qr import make_qr

    png = make_qr(text).to_png(scale=4)
    if form == "PNG":
        return png
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("L").save(out, form)
    return out.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "PDF"])
def test_pictures_and_documents_are_told_by_their_content(
    run: Run, folder: Path, stdin: Callable[[bytes], None], form: str
) -> None:
    if form == "PDF":
        pytest.importorskip("pypdfium2")
    (folder / "code").write_bytes(drawn(GOOD, form))
    assert run("verify", "code", *VERIFY).status == 0
    stdin(drawn(GOOD, form))
    assert run("verify", "-", *VERIFY, "--json").document["valid"] is True


def test_several_codes_in_one_picture_are_each_judged(run: Run, folder: Path) -> None:
    from PIL import Image

    pictures = [Image.open(io.BytesIO(drawn(text))) for text in (GOOD, FORGED)]
    sheet = Image.new("L", (pictures[0].width * 2 + 60, pictures[0].height + 40), 255)
    sheet.paste(pictures[0], (10, 20))
    sheet.paste(pictures[1], (pictures[0].width + 40, 20))
    sheet.save(folder / "sheet.png")
    done = run("verify", "sheet.png", *VERIFY)
    assert done.status == 1
    assert done.out.index("== code 1 ==") < done.out.index("✓ VALID")
    assert done.out.index("== code 2 ==") < done.out.index("✗ REFUSED")
    assert len(run("verify", "sheet.png", *VERIFY, "--json").document) == 2


def test_a_text_that_names_no_file_is_refused_with_a_hint(run: Run, folder: Path) -> None:
    for name in ("certificate.png", "no/such/file", "x" * 5000):
        done = run("verify", name, *VERIFY)
        assert (done.status, done.err) == (1, "")
    assert "There is no file of this name either." in run("verify", "nofile.png", *VERIFY).out
    assert "There is no file" in run("decode", "nofile.png").out


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\r\n \n", "is empty"),
        (b"GIF89a\x00\x01", "is neither a text nor a PNG, JPEG or PDF"),
        (b"\xff\xfe\x00", "is neither a text nor a PNG, JPEG or PDF"),
        (b"\x89PNG\r\n\x1a\n", "(qr.unreadable)"),
    ],
)
@pytest.mark.parametrize("command", ["verify", "examine", "decode"])
def test_a_file_without_a_code_is_unreadable_input(
    run: Run, folder: Path, content: bytes, reason: str, command: str
) -> None:
    (folder / "input").write_bytes(content)
    options = VERIFY if command == "verify" else ()
    done = run(command, "input", *options, "--json")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("vnvaxcert: input")
    assert reason in done.err
    assert done.err.count("\n") == 1


def test_a_damaged_pdf_is_unreadable_input(run: Run, folder: Path) -> None:
    pytest.importorskip("pypdfium2")
    (folder / "input").write_bytes(b"%PDF-1.4\n")
    done = run("decode", "input")
    assert (done.status, done.out) == (2, "")
    assert "(qr.unreadable)" in done.err


def test_a_picture_that_shows_no_code_is_unreadable_input(run: Run, folder: Path) -> None:
    from PIL import Image

    Image.new("L", (60, 60), 255).save(folder / "white.png")
    done = run("verify", "white.png", *VERIFY)
    assert (done.status, done.out) == (2, "")


def test_a_directory_is_no_input(run: Run, folder: Path) -> None:
    done = run("verify", ".", *VERIFY)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("vnvaxcert: cannot read .: ")


def test_a_file_too_large_is_not_read_to_its_end(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (folder / "large").open("wb") as file:
        file.truncate(source.MAX_INPUT_BYTES + 1)
    done = run("decode", "large")
    assert done.status == 2
    assert "too large" in done.err


def test_a_text_with_the_start_of_a_pdf_in_it_stays_a_text(run: Run, folder: Path) -> None:
    (folder / "code.txt").write_text("HC1:%PDF-1.4")
    assert source.read_codes("code.txt") == (source.Code("HC1:%PDF-1.4"),)


def test_a_missing_standard_input_is_said_to_be_missing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    done = run("decode", "-")
    assert (done.status, done.err) == (2, "vnvaxcert: there is no standard input\n")


# --- examine and decode -------------------------------------------------------------------------


def test_examine_goes_on_past_a_failed_step(run: Run, folder: Path) -> None:
    done = run("examine", FORGED, *VERIFY)
    assert done.status == 1
    assert done.out.startswith("✗ A STEP FAILED\n")
    lines = [line.split() for line in done.out.splitlines()]
    assert ["✓", "3", "key", "on", "the", "trust", "list", "passed"] in lines
    assert ["✓", "7", "schema", "passed"] in lines
    assert ["·", "8", "not", "revoked", "skipped"] in lines
    assert any(line[:4] == ["✗", "4", "signature", "failed:"] for line in lines)
    assert "Nguyễn" in done.out
    assert "Unverified: anybody can have written" in done.out


def test_examine_passes_what_verify_accepts(run: Run, folder: Path) -> None:
    done = run("examine", GOOD, *VERIFY)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("✓ EVERY STEP PASSED\n")
    assert "Unverified" not in done.out
    document = run("examine", GOOD, *VERIFY, "--json").document
    assert (document["valid"], document["code"], document["kid_protected"]) == (True, None, True)


def test_examine_without_a_list_says_that_nothing_was_verified(run: Run, folder: Path) -> None:
    done = run("examine", GOOD, "--at", AT)
    assert done.status == 0
    assert done.out.startswith("! NO STEP FAILED, SOME WERE NOT RUN\n  It is not verified.\n")
    document = run("examine", GOOD, "--at", AT, "--json").document
    assert document["valid"] is None
    outcomes = {step["name"]: step["outcome"] for step in document["steps"]}
    assert (outcomes["schema"], outcomes["signature"]) == ("passed", "skipped")


def test_examine_shows_a_text_that_holds_no_certificate(run: Run, folder: Path) -> None:
    done = run("examine", "HC1:a")
    assert done.status == 1
    assert "✗ 1 Base45" in done.out
    assert "Holder" not in done.out
    assert "Certificate\n" not in done.out


def test_examine_gives_each_step_with_number_and_code(run: Run, folder: Path) -> None:
    document = run("examine", "HC1:a", "--json").document
    assert document["steps"][:3] == [
        {"number": 1, "name": "prefix", "outcome": "passed", "code": None, "message": None},
        {
            "number": 1,
            "name": "base45",
            "outcome": "failed",
            "code": "base45.invalid",
            "message": document["message"],
        },
        {"number": 1, "name": "zlib", "outcome": "skipped", "code": None, "message": None},
    ]
    assert document["unverified_certificate"] is None
    assert document["valid"] is None


def test_decode_says_unverified_before_and_after_the_contents(run: Run, folder: Path) -> None:
    done = run("decode", FORGED)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("! UNVERIFIED vaccination certificate\n  Nothing was checked")
    assert done.out.rindex("! UNVERIFIED\n") > done.out.index("Nguyễn")
    assert "VALID " not in done.out


def test_the_json_of_decode_cannot_be_taken_for_a_verdict(run: Run, folder: Path) -> None:
    document = run("decode", FORGED, "--json").document
    assert document["verified"] is False
    assert "valid" not in document
    assert "certificate" not in document
    assert document["unverified_certificate"]["holder"]["given_name"] == "Văn Mẫu"


def test_decode_refuses_what_cannot_be_read(run: Run, folder: Path) -> None:
    done = run("decode", "HC1:a")
    assert done.status == 1
    assert done.out.startswith("✗ CANNOT BE READ\n")
    document = run("decode", "HC1:a", "--json").document
    assert (document["verified"], document["code"]) == (False, "base45.invalid")
    assert document["unverified_certificate"] is None
    assert set(document) == set(run("decode", GOOD, "--json").document)


# --- hostile texts ------------------------------------------------------------------------------


def test_escape_sequences_and_bidi_marks_of_a_certificate_are_written_out(
    run: Run, folder: Path
) -> None:
    changed = specimens.payload(
        name={"fn": ESCAPES, "gn": "✓ VALID\n✓ VALID"}, entry={"is": "a\tb"}
    )
    text = specimens.certificate_text(changed)
    for done in (run("verify", text, *VERIFY), run("examine", text, *VERIFY), run("decode", text)):
        assert done.status == 0
        assert "<U+001B>[2J<U+202E>LAVALID<U+2066><U+0007>" in done.out
        assert "✓ VALID<U+000A>✓ VALID" in done.out
        assert "a<U+0009>b" in done.out
        assert {"\x1b", "\u202e", "\u2066", "\x07", "\t"}.isdisjoint(done.out)
    document = run("verify", text, *VERIFY, "--json").document
    assert document["certificate"]["holder"]["family_name"] == ESCAPES


REPAINTING = "A\x7fB\x9b2JC\u202eD\u2028E\ufeffF\U000e0041G\U0001f600Ễ" + "e" + "\u0301" * 6


def test_json_holds_no_character_that_could_repaint_a_terminal(run: Run, folder: Path) -> None:
    changed = specimens.payload(
        name={"fn": REPAINTING, "gn": "Thị Mẫu"}, entry={"is": f"Sở{REPAINTING}"}
    )
    text = specimens.certificate_text(changed)
    for done in (
        run("verify", text, *VERIFY, "--json"),
        run("verify", text, "--trust", "trust.pem", "--at", "2023-04-16", "--json"),
        run("examine", text, *VERIFY, "--json"),
        run("decode", text, "--json"),
    ):
        assert done.out.replace("\n", "").isprintable()
        escaped = r"A\u007fB\u009b2JC\u202eD\u2028E\ufeffF\udb40\udc41G"
        marks = "\u0301" * 4 + r"\u0301" * 2
        assert f'"{escaped}😀Ễe{marks}"' in done.out
        assert '"Thị Mẫu"' in done.out
        found = done.document.get("certificate") or done.document["unverified_certificate"]
        assert found["holder"]["family_name"] == REPAINTING
        assert found["vaccinations"][0]["issuer"] == f"Sở{REPAINTING}"


@given(st.dictionaries(st.text(), st.text()))
def test_whatever_is_escaped_stays_the_same_json(texts: dict[str, str]) -> None:
    written = as_json.dump([texts])
    assert json.loads(written) == texts
    assert all(c.isprintable() or c.isspace() for c in written)
    assert not any(0x7F <= ord(c) < 0xA0 or c in "\u2028\u2029\u0085" for c in written)


def test_the_name_of_a_file_cannot_break_the_line_of_an_error(run: Run, folder: Path) -> None:
    done = run("verify", GOOD, "--trust", "a\nb\x1b[2J", "--at", AT)
    assert done.status == 2
    assert done.err.count("\n") == 1
    assert "\x1b" not in done.err
    assert "a<U+000A>b<U+001B>[2J" in done.err


def test_a_text_of_any_length_is_cut_for_people_and_whole_for_programs(
    run: Run, folder: Path
) -> None:
    long = "Q" * (MAX_SHOWN + 50)
    text = specimens.certificate_text(specimens.payload(entry={"mp": long}))
    shown = run("verify", text, *VERIFY).out
    assert f"{'Q' * MAX_SHOWN}…" in shown
    assert long not in shown
    document = run("verify", text, *VERIFY, "--json").document
    assert document["certificate"]["vaccinations"][0]["product"] == long


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Nguyễn Thị Mẫu", "Nguyễn Thị Mẫu"),
        ("Nguye\u0302\u0303n", "Nguye\u0302\u0303n"),
        ("山田\u3000太郎", "山田\u3000太郎"),
        ("محمد", "محمد"),
        ("a\u200bb", "a<U+200B>b"),
        ("a\x00b\r\n", "a<U+0000>b<U+000D><U+000A>"),
        ("a\u2028b", "a<U+2028>b"),
        ("\udcff", "<U+DCFF>"),
        ("e" + "\u0301" * 6, "e" + "\u0301" * 4 + "<U+0301>" * 2),
    ],
)
def test_names_of_every_script_are_left_intact_and_invisible_characters_shown(
    text: str, shown: str
) -> None:
    assert neutral(text) == shown


@given(st.text())
def test_whatever_is_shown_is_one_line_without_control_characters(text: str) -> None:
    shown = neutral(text)
    assert shown.splitlines() in ([], [shown])
    assert all(character.isprintable() or character.isspace() for character in shown)
    assert not any(ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0 for character in shown)


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_any_text_ends_in_a_verdict(text: str) -> None:
    buffer = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        out = io.TextIOWrapper(buffer, encoding="utf-8")
        patch.setattr(sys, "stdout", out)
        status = cli.main(["decode", "HC1:" + text.replace("\0", " "), "--json"])
        out.detach()
    assert status == 1
    assert json.loads(buffer.getvalue())["code"] is not None


# --- issue --------------------------------------------------------------------------------------


@pytest.fixture
def signing(folder: Path) -> tuple[str, ...]:
    """Arguments that sign: ``key.pem`` and ``dsc.pem``, and a time within the signer's."""
    key = specimens.ec_key()
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(plain)
    (folder / "dsc.pem").write_bytes(pem(specimens.dsc()))
    return ("--key", "key.pem", "--cert", "dsc.pem", "--at", AT)


def signed_parts(text: str) -> tuple[dict[int, Any], dict[int, Any]]:
    """Protected header and claims of a text, its signature checked without our library."""
    message = cbor2.loads(zlib.decompress(base45.b45decode(text.removeprefix("HC1:"))))
    protected, _, body, signature = message.value
    covered = cbor2.dumps(["Signature1", protected, b"", body])
    r, s = (int.from_bytes(half) for half in (signature[:32], signature[32:]))
    public_key = specimens.ec_key().public_key()
    public_key.verify(encode_dss_signature(r, s), covered, ec.ECDSA(hashes.SHA256()))
    return cbor2.loads(protected), cbor2.loads(body)


def test_issue_prints_the_text_alone_and_it_is_signed(
    run: Run, folder: Path, signing: tuple[str, ...]
) -> None:
    claims_file(folder / "claims.json", specimens.payload())
    done = run("issue", "claims.json", *signing, "--days", "30")
    assert (done.status, done.err) == (0, "")
    assert done.out.endswith("\n")
    protected, claims = signed_parts(done.out.rstrip("\n"))
    assert protected == {1: -7, 4: specimens.kid_of(specimens.dsc())}
    issued_at = int(datetime(2022, 6, 1, 12, tzinfo=UTC).timestamp())
    assert (claims[1], claims[6], claims[4]) == ("VN", issued_at, issued_at + 30 * 86400)
    assert claims[-260][1] == specimens.payload()


def test_issue_derives_the_names_as_in_a_passport_that_are_missing(
    run: Run, folder: Path, signing: tuple[str, ...], stdin: Callable[[bytes], None]
) -> None:
    removed = {"fnt": specimens.REMOVED, "gnt": specimens.REMOVED}
    changed = specimens.payload(name={"fn": "Đặng", "gn": "Thị Hường", **removed})
    stdin(json.dumps(changed).encode())
    done = run("issue", "-", *signing, "--issuer", "XX")
    _, claims = signed_parts(done.out.rstrip("\n"))
    assert claims[1] == "XX"
    names = {"fn": "Đặng", "fnt": "DANG", "gn": "Thị Hường", "gnt": "THI<HUONG"}
    assert claims[-260][1]["nam"] == names


def test_the_json_of_issue_holds_the_text_and_its_times(
    run: Run, folder: Path, signing: tuple[str, ...]
) -> None:
    claims_file(folder / "claims.json", specimens.payload(entry={"co": "ZZ"}))
    done = run("issue", "claims.json", *signing, "--days", "1", "--json")
    document = done.document
    assert (done.status, done.err, document["issued"]) == (0, "", True)
    assert document["expires_at"] == "2022-06-02T12:00:00Z"
    assert document["kid"] == specimens.kid_of(specimens.dsc()).hex()
    assert [one["code"] for one in document["warnings"]] == ["valueset.unknown"]
    signed_parts(document["text"])
    warned = run("issue", "claims.json", *signing)
    assert warned.status == 0
    assert warned.out.startswith("HC1:")
    assert warned.out.count("\n") == 1
    assert warned.err.startswith("vnvaxcert: warning: co is no code")


@pytest.mark.parametrize("name", ["code.png", "code.SVG"])
def test_issue_draws_the_code(run: Run, folder: Path, signing: tuple[str, ...], name: str) -> None:
    claims_file(folder / "claims.json", specimens.payload())
    done = run("issue", "claims.json", *signing, "--qr", name)
    assert done.status == 0
    written = (folder / name).read_bytes()
    if name.endswith("png"):
        (code,) = source.read_codes(name)
        assert code.text == done.out.rstrip("\n")
    else:
        assert written.startswith(b"<?xml")
        assert b"<svg" in written


def key_files(folder: Path) -> None:
    """The key of the specimens in every form."""
    key, certificate = specimens.ec_key(), x509.load_der_x509_certificate(specimens.dsc())
    secret = BestAvailableEncryption(b"M\xe1\xba\xadt kh\xe1\xba\xa9u")
    plain = NoEncryption()
    old = (
        PrivateFormat.PKCS12.encryption_builder()
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .build(b"M\xe1\xba\xadt kh\xe1\xba\xa9u")
    )
    sec1 = PrivateFormat.TraditionalOpenSSL
    forms = {
        "key.der": key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, plain),
        "locked.der": key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, secret),
        "sec1.der": key.private_bytes(Encoding.DER, sec1, plain),
        "sec1.pem": key.private_bytes(Encoding.PEM, sec1, plain),
        "locked.pem": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret),
        "locked.p12": pkcs12.serialize_key_and_certificates(b"", key, certificate, None, secret),
        "bare.p12": pkcs12.serialize_key_and_certificates(b"", key, None, None, plain),
        "old.p12": pkcs12.serialize_key_and_certificates(b"", key, certificate, None, old),
        "old.pem": key.private_bytes(Encoding.PEM, sec1, secret),
        "dsc.der": specimens.dsc(),
        "password": b"M\xe1\xba\xadt kh\xe1\xba\xa9u\r\nnot this",
    }
    for name, content in forms.items():
        (folder / name).write_bytes(content)
    joined = (folder / "key.pem").read_bytes() + (folder / "dsc.pem").read_bytes()
    (folder / "both.pem").write_bytes(joined)


@pytest.mark.parametrize(
    "given_files",
    [
        ("--key", "key.pem", "--cert", "dsc.pem"),
        ("--key", "key.pem", "--cert", "dsc.der"),
        ("--key", "both.pem"),
        ("--key", "sec1.pem", "--cert", "dsc.pem"),
        ("--key", "key.der", "--cert", "dsc.der"),
        ("--key", "key.der", "--cert", "dsc.pem"),
        ("--key", "sec1.der", "--cert", "dsc.der"),
        ("--key", "locked.der", "--cert", "dsc.der", "--password-file", "password"),
        ("--key", "locked.pem", "--cert", "dsc.der", "--password-file", "password"),
        ("--key", "locked.p12", "--password-file", "password"),
        ("--key", "old.p12", "--password-file", "password"),
        ("--key", "old.pem", "--cert", "dsc.pem", "--password-file", "password"),
        ("--key", "bare.p12", "--cert", "dsc.der"),
        ("--key", "bare.p12", "--cert", "dsc.pem"),
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("signing")
def test_keys_are_read_in_every_form(run: Run, folder: Path, given_files: tuple[str, ...]) -> None:
    key_files(folder)
    claims_file(folder / "claims.json", specimens.payload())
    done = run("issue", "claims.json", *given_files, "--at", AT)
    assert (done.status, done.err) == (0, "")
    signed_parts(done.out.rstrip("\n"))


@pytest.mark.parametrize(
    ("given_files", "reason"),
    [
        (("--key", "key.der"), "give it with --cert"),
        (("--key", "key.pem"), "no certificate in the PEM"),
        (("--key", "missing"), "cannot read missing"),
        (("--key", "."), "cannot read ."),
        (("--key", "locked.pem", "--cert", "dsc.pem"), "--password-file gives its password"),
        (("--key", "locked.p12"), "--password-file gives its password"),
        (
            ("--key", "locked.pem", "--cert", "dsc.pem", "--password-file", "wrong"),
            "wrong password",
        ),
        (("--key", "key.pem", "--cert", "dsc.pem", "--password-file", "wrong"), "not encrypted"),
        (("--key", "key.pem", "--cert", "dsc.pem", "--password-file", "empty"), "is empty"),
        (("--key", "key.pem", "--cert", "wrong"), "(issue.key)"),
        (("--key", "key.der", "--cert", "broken.pem"), "no readable PEM"),
        (("--key", "empty", "--cert", "dsc.pem"), "(issue.key)"),
        (("--key", "large", "--cert", "dsc.pem"), "too large"),
    ],
    ids=str,
)
@pytest.mark.usefixtures("signing")
def test_a_key_that_cannot_be_read_is_unreadable_input(
    run: Run, folder: Path, given_files: tuple[str, ...], reason: str
) -> None:
    key_files(folder)
    (folder / "wrong").write_bytes(b"hunter2\n")
    (folder / "empty").touch()
    (folder / "broken.pem").write_bytes(
        b"-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----"
    )
    (folder / "large").write_bytes(bytes((1 << 20) + 1))
    claims_file(folder / "claims.json", specimens.payload())
    done = run("issue", "claims.json", *given_files, "--at", AT)
    assert (done.status, done.out) == (2, "")
    assert reason in done.err
    assert done.err.count("\n") == 1
    assert "hunter2" not in done.err


@pytest.mark.parametrize(
    ("given_files", "is_hinted"),
    [
        (("--key", "locked.pem", "--cert", "dsc.pem"), True),
        (("--key", "old.pem", "--cert", "dsc.pem"), True),
        (("--key", "locked.der", "--cert", "dsc.der"), True),
        (("--key", "locked.p12"), True),
        (("--key", "old.p12"), True),
        (("--key", "locked.p12", "--password-file", "wrong"), False),
        (("--key", "key.pem"), False),
        (("--key", "dsc.pem"), False),
        (("--key", "dsc.der", "--cert", "dsc.der"), False),
        (("--key", "key.pem", "--cert", "wrong"), False),
        (("--key", "key.der", "--cert", "wrong"), False),
        (("--key", "bare.p12"), False),
        (("--key", "wrong", "--cert", "dsc.pem"), False),
    ],
    ids=str,
)
def test_a_password_is_asked_for_only_where_the_key_is_encrypted(
    run: Run, folder: Path, signing: tuple[str, ...], given_files: tuple[str, ...], is_hinted: bool
) -> None:
    key_files(folder)
    (folder / "wrong").write_bytes(b"hunter2\n")
    claims_file(folder / "claims.json", specimens.payload())
    done = run("issue", "claims.json", *given_files, "--at", AT)
    assert (done.status, done.out) == (2, "")
    assert "(issue.key)" in done.err
    assert ("--password-file gives its password" in done.err) == is_hinted


def test_a_key_of_another_certificate_is_refused(
    run: Run, folder: Path, signing: tuple[str, ...]
) -> None:
    (folder / "dsc.pem").write_bytes(pem(specimens.dsc(specimens.key(number=2))))
    claims_file(folder / "claims.json", specimens.payload())
    done = run("issue", "claims.json", *signing)
    assert (done.status, done.out) == (1, "")
    assert "(issue.key_mismatch)" in done.err


REFUSED_CLAIMS: list[tuple[Any, str, list[str]]] = [
    ([], "issue.claims", [""]),
    ({}, "issue.claims", ["/ver"]),
    (specimens.payload(ver="9.9.9"), "issue.claims", ["/ver"]),
    (specimens.payload(name={"fnt": "Nguyen"}), "issue.claims", ["/nam/fnt"]),
    (specimens.payload(nam="Nguyễn"), "issue.claims", ["/nam"]),
    (specimens.payload(entry={"dn": 0, "dt": "2022"}), "issue.claims", ["/v/0/dn", "/v/0/dt"]),
    (specimens.payload(entry={"dm": 2}), "issue.claims", ["/v/0/dm"]),
    (specimens.payload(vv=[]), "issue.claims", ["/vv"]),
    (
        specimens.payload(vv=[], name={"x": 1}, entry={"dn": 0, "extra": 1, "tg": {"a": 1}}),
        "issue.claims",
        ["/v/0/dn", "/v/0/tg", "/vv", "/nam/x", "/v/0/extra"],
    ),
    (specimens.payload(entry={"dn": 0, "Nguyễn": 1}), "issue.claims", ["/v/0/dn", "/v/0"]),
    (specimens.payload(dob="1983-02-31"), "issue.claims", ["/dob"]),
    (
        specimens.payload(name={"fn": "Nguyễn 2", "fnt": specimens.REMOVED}),
        "issue.name",
        [],
    ),
]


@pytest.mark.parametrize(("document", "code", "paths"), REFUSED_CLAIMS)
def test_claims_that_make_no_certificate_are_refused_with_every_reason(
    run: Run,
    folder: Path,
    signing: tuple[str, ...],
    document: Any,
    code: str,
    paths: list[str],
) -> None:
    claims_file(folder / "claims.json", document)
    done = run("issue", "claims.json", *signing, "--qr", "code.png")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("vnvaxcert: not issued: ")
    assert done.err.count("\n") == 1
    assert f"({code})" in done.err
    assert "Nguy" not in done.err
    assert not (folder / "code.png").exists()
    refused = run("issue", "claims.json", *signing, "--json")
    found = refused.document
    assert (refused.status, refused.err, found["issued"]) == (1, "", False)
    assert (found["code"], found["text"]) == (code, None)
    assert {one["path"] for one in found["violations"]} == set(paths)


def test_an_unknown_member_is_named_alike_alone_and_beside_other_reasons(
    run: Run, folder: Path, signing: tuple[str, ...]
) -> None:
    found = []
    for changes in ({"extra": 1}, {"extra": 1, "dn": 0}):
        claims_file(folder / "claims.json", specimens.payload(entry=changes))
        document = run("issue", "claims.json", *signing, "--json").document
        found.append([one for one in document["violations"] if one["path"] == "/v/0/extra"])
    assert len(found[0]) == 1
    assert found[0] == found[1]


def test_of_thousands_of_unknown_members_fifty_are_named(
    run: Run, folder: Path, signing: tuple[str, ...]
) -> None:
    many = {f"x{number}": 1 for number in range(5000)}
    claims_file(folder / "claims.json", specimens.payload(entry={"dn": 0, **many}))
    document = run("issue", "claims.json", *signing, "--json").document
    assert len(document["violations"]) == 51


def test_reasons_are_given_in_words_for_people(
    run: Run, folder: Path, signing: tuple[str, ...]
) -> None:
    claims_file(folder / "claims.json", specimens.payload(dob="Mẫu"))
    done = run("issue", "claims.json", *signing)
    assert "/dob: expected a date YYYY, YYYY-MM or YYYY-MM-DD from 1900 to 2099" in done.err


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "line 1, column 2"),
        (b"", "line 1, column 1"),
        (b'{"ver": "1.3.0", "ver": "1.3.0"}', "a member twice"),
        (b'{"nam": {"fn": "a", "fn": "b"}}', "a member twice"),
        (b'{"dob": NaN}', "NaN is not a number of JSON"),
        (b'{"fn": "\xff"}', "not UTF-8"),
        (rb'{"fn": "\ud800"}', "half of a surrogate pair"),
        (b"[" * 200_000, "nested too deeply"),
        (b"1" * 10_000, "digits"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_claims_that_are_no_usable_json_are_unreadable_input(
    run: Run, folder: Path, signing: tuple[str, ...], content: bytes, reason: str
) -> None:
    (folder / "claims.json").write_bytes(content)
    done = run("issue", "claims.json", *signing, "--json")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("vnvaxcert: claims.json is not usable JSON: ")
    assert reason in done.err


def test_a_certificate_does_not_outlive_its_signer(
    run: Run, folder: Path, signing: tuple[str, ...]
) -> None:
    claims_file(folder / "claims.json", specimens.payload())
    done = run("issue", "claims.json", *signing, "--days", "1000", "--json")
    assert (done.status, done.document["code"]) == (1, "issue.outlives_signer")


def test_a_certificate_cannot_expire_after_the_last_year(
    run: Run, folder: Path, signing: tuple[str, ...]
) -> None:
    claims_file(folder / "claims.json", specimens.payload())
    done = run("issue", "claims.json", *signing[:-1], "9999-12-01", "--days", "1000")
    assert (done.status, done.out) == (2, "")
    assert "after the year 9999" in done.err


@pytest.mark.parametrize("days", ["0", "-1", "1.5", "x", "36526", "9" * 30, "٣"])
def test_days_are_a_whole_number_from_1_to_a_century(
    run: Run, folder: Path, signing: tuple[str, ...], days: str
) -> None:
    claims_file(folder / "claims.json", specimens.payload())
    done = run("issue", "claims.json", *signing, f"--days={days}")
    assert (done.status, done.out) == (2, "")
    assert "argument --days: expected a number of days from 1 to 36525" in done.err


def test_a_drawing_goes_into_a_png_or_svg_that_can_be_written(
    run: Run, folder: Path, signing: tuple[str, ...]
) -> None:
    claims_file(folder / "claims.json", specimens.payload())
    other = run("issue", "claims.json", *signing, "--qr", "code.gif")
    assert (other.status, other.out) == (2, "")
    assert ".png or .svg" in other.err
    nowhere = run("issue", "claims.json", *signing, "--qr", "no/code.png")
    assert (nowhere.status, nowhere.out) == (2, "")
    assert "cannot write no/code.png: " in nowhere.err


def test_a_drawing_never_goes_over_a_file_that_is_read(
    run: Run, folder: Path, signing: tuple[str, ...]
) -> None:
    claims_file(folder / "claims.json", specimens.payload())
    (folder / "code.png").symlink_to("key.pem")
    key = (folder / "key.pem").read_bytes()
    done = run("issue", "claims.json", *signing, "--qr", "code.png")
    assert (done.status, done.out) == (2, "")
    assert "--qr: names a file that the command reads" in done.err
    assert (folder / "key.pem").read_bytes() == key


def test_a_certificate_too_long_for_a_code_of_level_q_is_refused(
    run: Run, folder: Path, signing: tuple[str, ...]
) -> None:
    noise = base64.b85encode(os.urandom(1400)).decode()
    claims_file(folder / "claims.json", specimens.payload(entry={"mp": noise}))
    done = run("issue", "claims.json", *signing, "--qr", "code.png")
    assert (done.status, done.out) == (1, "")
    assert "(issue.too_large)" in done.err
    assert run("issue", "claims.json", *signing).status == 0


# --- demo ---------------------------------------------------------------------------------------


def blurred(png: bytes, *, width: int | None = None) -> bytes:
    """A picture as scanned: resampled, rotated by 7 degrees, blurred by a pixel."""
    from PIL import Image, ImageFilter

    image = Image.open(io.BytesIO(png)).convert("L")
    if width is not None:
        image = image.resize((width, width), Image.Resampling.BILINEAR)
    turned = image.rotate(7, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    out = io.BytesIO()
    turned.filter(ImageFilter.GaussianBlur(1)).save(out, "PNG")
    return out.getvalue()


def test_the_demonstration_goes_the_whole_way_and_leaves_its_files(run: Run, folder: Path) -> None:
    done = run("demo", "--out", "deep/demo")
    assert (done.status, done.err) == (0, "")
    steps = [line.split()[:2] for line in done.out.splitlines()[1:6]]
    assert steps == [["✓", word] for word in ("issued", "drawn", "read", "verified", "tampered")]
    assert "one bit of the contents changed: signature.invalid" in done.out
    assert "✓ VALID vaccination certificate" in done.out
    assert "Thị Mẫu" in done.out
    made = folder / "deep" / "demo"
    names = {"certificate.png", "certificate.txt", "tampered.txt", "trust.pem"}
    assert {path.name for path in made.iterdir()} == names
    assert {path.name for path in folder.iterdir()} == {"deep", "trust.pem"}
    assert not any(b"PRIVATE" in path.read_bytes() for path in made.iterdir())
    trust = ("--trust", made / "trust.pem", "--json")
    for name in ("certificate.png", "certificate.txt"):
        again = run("verify", made / name, *trust)
        assert (again.status, again.document["warnings"]) == (0, [])
    tampered = run("verify", made / "tampered.txt", *trust)
    assert (tampered.status, tampered.document["code"]) == (1, "signature.invalid")


def test_the_picture_of_the_demonstration_is_read_small_rotated_and_blurred(
    run: Run, folder: Path
) -> None:
    from PIL import Image

    assert run("demo", "--out", ".").status == 0
    png = (folder / "certificate.png").read_bytes()
    image = Image.open(io.BytesIO(png))
    modules = image.width // demo.SCALE - 8
    printed_mm = modules * demo.SCALE / image.info["dpi"][0] * 25.4
    assert printed_mm == pytest.approx(35, abs=0.1)
    at_200_dpi = round(image.width * 200 / image.info["dpi"][0])
    for width in (None, at_200_dpi, 276):  # 276: 35 mm with the quiet zone
        (folder / "scan.png").write_bytes(blurred(png, width=width))
        assert run("verify", "scan.png", "--trust", "trust.pem").status == 0


def test_the_tampered_copy_differs_in_one_bit_of_the_contents() -> None:
    changed = demo.flip_payload_bit(GOOD)
    before, after = (zlib.decompress(base45.b45decode(text[4:])) for text in (GOOD, changed))
    assert len(before) == len(after)
    bits = int.from_bytes(before) ^ int.from_bytes(after)
    assert bits.bit_count() == 1
    payload = cbor2.loads(before).value[2]
    assert cbor2.loads(after).value[2] != payload


def test_the_demonstration_fails_when_a_step_does(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "flip_payload_bit", lambda text: text)
    done = run("demo", "--out", "demo")
    assert done.status == 1
    assert "✗ tampered   one bit of the contents changed: accepted" in done.out


def test_a_demonstration_that_reads_back_another_text_fails(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "read_codes", lambda _: ("HC1:",))
    done = run("demo", "--out", "demo")
    assert done.status == 1
    assert "✗ read back" in done.out
    assert "✗ verified   refused" in done.out


def test_a_demonstration_that_cannot_write_says_so(run: Run, folder: Path) -> None:
    (folder / "file").touch()
    for out in ("file", "file/below"):
        done = run("demo", "--out", out)
        assert (done.status, done.out) == (2, "")
        assert done.err.startswith(f"vnvaxcert: cannot write into {out}: ")


# --- usage --------------------------------------------------------------------------------------


@pytest.mark.parametrize("given_arguments", [["--help"], ["-h"], ["help"]])
def test_help_lists_every_command(run: Run, given_arguments: list[str]) -> None:
    done = run(*given_arguments)
    assert (done.status, done.err) == (0, "")
    assert all(f"\n  {name} " in done.out for name in cli.COMMANDS)
    assert "pip install" not in done.out


def test_no_command_at_all_is_wrong_usage_and_shows_the_help(run: Run) -> None:
    done = run()
    assert (done.status, done.err) == (2, "")
    assert "commands:" in done.out


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_each_command_explains_itself(run: Run, command: str) -> None:
    done = run(command, "--help")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(f"usage: vnvaxcert {command} ")
    assert "exit status" in done.out
    assert max(map(len, done.out.splitlines())) <= 100


def test_the_release_is_told(run: Run) -> None:
    done = run("--version")
    assert done.status == 0
    assert done.out.startswith("vnvaxcert ")


@pytest.mark.parametrize(
    ("given_arguments", "reason"),
    [
        (("verify",), "required: INPUT, --trust"),
        (("verify", GOOD), "required: --trust"),
        (("verify", "--trust"), "expected one argument"),
        (("verify", GOOD, "--trust", "x", "--no-such=Nguyen"), "there is no option --no-such"),
        (("verify", GOOD, "--tru", "x", "--trust", "x"), "there is no option --tru"),
        (("verify", "HC1:NGUYEN", "VAN MAU", "--trust", "x"), "put it in quotes"),
        (("decode", "HC1:NGUYEN", "-VAN MAU"), "put it in quotes"),
        (("decode", "HC1:A", "-NGUYEN"), "put it in quotes"),
        (("decode", "HC1:A", "--json=HC1:NGUYEN"), "argument --json: takes no value"),
        (("decode", "HC1:A", "--json=HC1:\"NGUYEN'MAU: X"), "argument --json: takes no value"),
        (("decode", "HC1:A", "--json=MAU\nNGUYEN"), "argument --json: takes no value"),
        (("verify", "--strict=NGUYEN", "--trust", "x"), "argument --strict: takes no value"),
        (("decode", "--help=NGUYEN"), "argument -h/--help: takes no value"),
        (("verify", GOOD, "--trust", "x", "--at", "NGUYEN"), "argument --at: expected a time as"),
        (("verify", GOOD, "--trust", "x", "--at=2022-01-01T00:00"), "argument --at: the time has"),
        (("issue", "c", "--key", "k", "--days", "NGUYEN"), "argument --days: expected a number"),
        (("verify", "certificate.png", "--trust", "HC1:NGUYEN"), "text of a QR code was given"),
        (("verify", GOOD, "--trust", "x", "--list-key=HC1:NGUYEN"), "text of a QR code was given"),
        (("issue", "HC1:NGUYEN", "--key", "k"), "text of a QR code was given"),
        (("issue", "claims.json"), "required: --key"),
        (("nguyen",), "there is no command 'nguyen'; there are demo, issue,"),
        (("HC1:NGUYEN",), "name a command first"),
        (("verify\0", "x"), "null character"),
        (("x" * 1000,), "there is no command; there are"),
    ],
)
def test_wrong_usage_is_one_line_that_repeats_no_certificate(
    run: Run, given_arguments: tuple[str, ...], reason: str
) -> None:
    done = run(*given_arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("vnvaxcert: ")
    assert done.err.count("\n") == 1
    assert reason in done.err
    assert "NGUYEN" not in done.err
    assert "MAU" not in done.err
    assert "Nguyen" not in done.err


def test_without_the_extra_the_command_says_how_to_install_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rich", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    done = run("decode", GOOD)
    assert (done.status, done.out) == (2, "")
    assert "pip install 'vnvaxcert[cli]'" in done.err
    assert done.err.count("\n") == 1


def test_a_missing_reader_of_pictures_is_one_line(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "code.png").write_bytes(drawn(GOOD))
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    done = run("decode", "code.png")
    assert (done.status, done.out) == (2, "")
    assert "pip install" in done.err
    assert done.err.count("\n") == 1


def test_the_module_is_imported_without_the_packages_of_the_extra() -> None:
    script = (
        "import sys, vnvaxcert.cli\n"
        "heavy = {'rich', 'argparse', 'segno', 'zxingcpp', 'PIL', 'jsonschema'}\n"
        "sys.exit(bool(heavy & set(sys.modules)))"
    )
    assert process(code=script).returncode == 0


def test_a_verification_imports_nothing_that_it_does_not_need(folder: Path) -> None:
    script = (
        "import sys\nfrom vnvaxcert.cli import main\nstatus = main()\n"
        "heavy = {'rich', 'shutil', 'segno', 'zxingcpp', 'PIL', 'jsonschema', 'subprocess'}\n"
        "heavy.add('vnvaxcert.trust.revocation')\n"
        "print(*(heavy & set(sys.modules)), file=sys.stderr)\nsys.exit(status)"
    )
    done = process("verify", GOOD, *VERIFY, code=script)
    assert (done.returncode, done.stderr.split()) == (0, [])


# --- the process --------------------------------------------------------------------------------


def test_an_interruption_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vnvaxcert.cli.decode.read_codes", interrupt)
    done = run("decode", GOOD)
    assert (done.status, done.out, done.err) == (130, "", "vnvaxcert: interrupted\n")


def test_python_m_is_the_same_command(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vnvaxcert", "verify", "-", *VERIFY],
        input=FORGED.encode(),
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": SOURCE},
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.decode().startswith("✗ REFUSED")


def test_the_module_behind_python_m_ends_with_the_status(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import runpy

    import vnvaxcert.__main__

    monkeypatch.setattr(sys, "argv", ["vnvaxcert", "decode", "HC1:a"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(vnvaxcert.__main__.__file__), run_name="__main__")
    assert ended.value.code == 1
    assert "CANNOT BE READ" in capsys.readouterr().out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_output_that_cannot_be_written_is_one_line_and_status_2(folder: Path) -> None:
    script = "import sys\nfrom vnvaxcert.cli import main\nsys.exit(main())"
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", script, "verify", GOOD, *VERIFY],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            env={**os.environ, "PYTHONPATH": SOURCE},
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"vnvaxcert: cannot write the output: ")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(("text", "status"), [(GOOD, 0), (FORGED, 1)])
def test_a_reader_that_went_away_does_not_change_the_verdict(
    folder: Path, text: str, status: int
) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    script = "import sys\nfrom vnvaxcert.cli import main\nsys.exit(main())"
    try:
        done = subprocess.run(
            [sys.executable, "-c", script, "verify", text, *VERIFY],
            stdout=write_end,
            stderr=subprocess.PIPE,
            check=False,
            env={**os.environ, "PYTHONPATH": SOURCE},
        )
    finally:
        os.close(write_end)
    assert (done.returncode, done.stderr) == (status, b"")


def test_output_is_utf_8_whatever_the_locale(folder: Path) -> None:
    done = process("verify", GOOD, *VERIFY, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 0
    assert "Nguyễn" in done.stdout.decode("utf-8")


def test_an_encoding_that_was_asked_for_gets_question_marks_and_escaped_json(folder: Path) -> None:
    asked: dict[str, Any] = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = process("verify", GOOD, *VERIFY, **asked)
    assert done.returncode == 0
    assert b"? VALID vaccination certificate" in done.stdout
    assert b"Nguy?n" in done.stdout
    as_json = process("verify", GOOD, *VERIFY, "--json", **asked)
    assert json.loads(as_json.stdout)["certificate"]["holder"]["family_name"] == "Nguyễn"
    assert as_json.stdout.isascii()


@pytest.mark.parametrize(("text", "status"), [(GOOD, 0), (FORGED, 1)])
def test_a_closed_pipe_is_left_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, status: int
) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    with os.fdopen(write_end, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        assert cli.main(["verify", text, *VERIFY]) == status
        monkeypatch.undo()


def test_a_full_disk_is_said_and_status_2(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())
    assert cli.main(["verify", GOOD, *VERIFY]) == 2
    said = "vnvaxcert: cannot write the output: No space left on device\n"
    assert capsys.readouterr().err == said


def test_an_encoding_that_was_asked_for_is_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = io.BytesIO()
    with io.TextIOWrapper(buffer, encoding="ascii") as asked:
        monkeypatch.setenv("PYTHONIOENCODING", "ascii")
        monkeypatch.setattr(sys, "stdout", asked)
        assert cli.main(["decode", GOOD]) == 0
        assert b"Nguy?n" in buffer.getvalue()
        monkeypatch.undo()


def test_without_standard_streams_the_status_still_tells(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert cli.main(["verify", GOOD, *VERIFY]) == 0
    assert cli.main(["verify", FORGED, *VERIFY, "--json"]) == 1
    assert cli.main(["verify"]) == 2


def test_a_standard_error_that_is_closed_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Closed())
    assert cli.main(["verify"]) == 2


def test_warnings_of_other_packages_stay_off_unless_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        monkeypatch.setattr(sys, "warnoptions", ["always"])
        cli.main(["--help"])
        warnings.warn("shown", UserWarning, stacklevel=1)
        monkeypatch.setattr(sys, "warnoptions", [])
        cli.main(["--help"])
        warnings.warn("hidden", UserWarning, stacklevel=1)
    assert [str(one.message) for one in caught] == ["shown"]


# --- a terminal ---------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """Standard output that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def drawn_by(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """``drawn_by("verify", ...)``: what the command draws on a terminal 100 columns wide."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")

    def draw(*given: str, **variables: str) -> str:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        screen = Terminal()
        monkeypatch.setattr(sys, "stdout", screen)
        cli.main(given)
        return screen.getvalue()

    return draw


@pytest.mark.parametrize(
    ("command", "text", "colour", "word"),
    [
        ("verify", GOOD, "\x1b[1;32m", "✓ VALID"),
        ("verify", FORGED, "\x1b[1;31m", "✗ REFUSED"),
        ("examine", FORGED, "\x1b[1;31m", "✗ 4 signature"),
        ("decode", GOOD, "\x1b[1;33m", "! UNVERIFIED"),
    ],
)
def test_a_terminal_is_drawn_on_in_colour_and_in_words(
    drawn_by: Callable[..., str], command: str, text: str, colour: str, word: str
) -> None:
    shown = drawn_by(command, text, *(() if command == "decode" else VERIFY))
    assert colour in shown
    assert word in shown
    assert max(len(line) for line in without_styles(shown).splitlines()) <= 100


def without_styles(text: str) -> str:
    """A drawing without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_no_color_is_honoured_on_a_terminal(drawn_by: Callable[..., str]) -> None:
    shown = drawn_by("verify", GOOD, *VERIFY, NO_COLOR="1")
    assert "✓ VALID" in shown
    assert not re.search(r"\x1b\[[0-9;]*(3|4|9|10)[0-7][m;]", shown)


def test_a_dumb_terminal_gets_plain_text(drawn_by: Callable[..., str]) -> None:
    shown = drawn_by("verify", GOOD, *VERIFY, TERM="dumb")
    assert shown.startswith("✓ VALID vaccination certificate\n")
    assert "\x1b" not in shown


def test_markup_and_escapes_of_a_certificate_do_not_reach_a_terminal(
    folder: Path, drawn_by: Callable[..., str]
) -> None:
    name = {"fn": ESCAPES, "gn": "[red]Văn[/red] :smile: [link=http://x]y"}
    changed = specimens.payload(name=name, entry={"zz": 1})
    several = f"{specimens.certificate_text(changed)}\n{FORGED}\n"
    (folder / "codes.txt").write_text(several)
    shown = drawn_by("verify", "codes.txt", *VERIFY)
    assert "\x1b[2J" not in shown
    assert "\u202e" not in shown
    assert "<U+001B>[2J" in shown
    assert "[red]Văn[/red] :smile: [link=http://x]y" in shown
    assert "line 2" in shown


def test_what_is_drawn_and_what_is_plain_say_the_same() -> None:
    words = []
    for is_drawn in (True, False):
        screen = Screen(is_drawn=is_drawn)
        screen.heading("")
        screen.verdict("good", "VALID", "at noon")
        screen.heading("line 2")
        screen.section("Holder", [("Name", "Mẫu"), ("Nothing", None), ("Empty", "")])
        screen.section("Nothing here", [("Nothing", None)])
        screen.marks("Steps", [("bad", "1 prefix", "failed"), ("plain", "2", "skipped")])
        screen.marks("Nothing here", [])
        screen.listing("Warnings", "caution", ["careful"])
        screen.listing("Nothing here", "caution", [])
        screen.remark("That was it.")
        words.append(re.findall(r"[^\W_]+|[✓✗!·]", without_styles(screen.text())))
    assert words[0] == words[1]
    assert words[1][:4] == ["✓", "VALID", "at", "noon"]
    assert {"Nothing", "Empty"}.isdisjoint(words[1])


# --- words --------------------------------------------------------------------------------------


def test_advice_is_given_only_for_codes_that_exist() -> None:
    from vnvaxcert import errors

    codes = {getattr(one, "code", None) for one in vars(errors).values()}
    assert set(as_text.ADVICE) <= codes


def test_a_bare_key_and_its_lack_of_validity_are_told(run: Run, folder: Path) -> None:
    from vnvaxcert.cli.verify import show_acceptance
    from vnvaxcert.trust.trustlist import TrustList
    from vnvaxcert.verify import verify

    keys = TrustList.from_keys({specimens.kid_of(specimens.dsc()): specimens.ec_key().public_key()})
    result = verify(GOOD, trust=keys, at=specimens.AT)
    screen = Screen(is_drawn=False)
    show_acceptance(screen, result, specimens.AT)
    assert "a bare key, of which nothing else is known" in screen.text()
    assert "Signer valid" not in screen.text()
    assert "(signer.no_validity)" in screen.text()
    document = as_json.accepted(result)
    assert document["signer"] == {"subject": None, "not_before": None, "not_after": None}


# --- real certificates --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def viet_nam() -> tuple[str, ...]:
    """The picture of Viet Nam's own certificate and the list of 2023 it is on."""
    picture = shared_vectors("dcc-quality-assurance") / "pictures" / "VN_1.3.0_VAC_VN.png"
    listed = shared_vectors("trustlists") / "de-2023" / "acceptance.dsc-list.json"
    return (str(picture), "--trust", str(listed))


def test_viet_nams_own_certificate_is_accepted_with_its_warnings(
    run: Run, viet_nam: tuple[str, ...]
) -> None:
    done = run("verify", *viet_nam, "--at", "2022-06-01T00:00:00Z", "--json")
    assert done.status == 0
    assert done.document["algorithm"] == "PS256"
    assert {one["code"] for one in done.document["warnings"]} == {
        "valueset.mismatch",
        "valueset.deprecated",
        "cwt.outlives_signer",
    }
    shown = run("verify", *viet_nam, "--at", "2022-06-01")
    assert shown.status == 0
    assert "Vaxzevria" in shown.out


def test_viet_nams_own_certificate_is_refused_after_its_signer(
    run: Run, viet_nam: tuple[str, ...]
) -> None:
    done = run("verify", *viet_nam, "--at", "2026-11-22T00:00:00Z", "--json")
    assert (done.status, done.document["code"]) == (1, "signer.expired")


def test_the_key_of_the_german_list_authenticates_it(run: Run, viet_nam: tuple[str, ...]) -> None:
    key = Path(viet_nam[2]).with_name("acceptance.signing-key.pem")
    done = run("verify", *viet_nam, "--at", "2022-06-01", "--list-key", key)
    assert done.status == 0
    assert "not checked" not in done.out
    other = Path(viet_nam[2]).with_name("production.signing-key.pem")
    assert run("verify", *viet_nam, "--at", "2022-06-01", "--list-key", other).status == 2


def test_viet_nams_certificate_with_one_bit_changed_is_refused(
    run: Run, viet_nam: tuple[str, ...]
) -> None:
    (code,) = source.read_codes(viet_nam[0])
    tampered = demo.flip_payload_bit(code.text)
    done = run("verify", tampered, *viet_nam[1:], "--at", "2022-06-01", "--json")
    assert (done.status, done.document["code"]) == (1, "signature.invalid")
