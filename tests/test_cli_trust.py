"""The command line for trust lists: show, check, diff, convert, and how verify loads lists.

Expectations come from the descriptions of the shared lists, from certificates built by
`specimens` with `cryptography`, and from reading what was written with `cryptography` or `json`.
"""

from __future__ import annotations

import io
import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

import specimens
from test_reference import rows, section
from vnvaxcert import cli
from vnvaxcert.cli.arguments import Parser
from vnvaxcert.cli.screen import Entry, Screen
from vnvaxcert.cli.trust import COMMANDS, GROUP
from vnvaxcert.cli.trust.check import MAX_DETAILED
from vnvaxcert.errors import SignerKeyError
from vnvaxcert.trust.specimen import KeyType, SpecimenAuthority, make_key
from vnvaxcert.trust.trustlist import TrustList

pytest.importorskip("rich")

Vectors = Callable[[str], Path]
ROOT = Path(__file__).resolve().parents[1]
AT = "2022-06-01T12:00:00Z"
START = datetime(2022, 1, 1, tzinfo=UTC)


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
    """``run("show", ...)``: `vnvaxcert trust show` in this process."""

    def execute(*given: object) -> Done:
        status = cli.main(["trust", *(str(one) for one in given)])
        captured = capsys.readouterr()
        return Done(status, captured.out, captured.err)

    return execute


@pytest.fixture
def verify(capsys: pytest.CaptureFixture[str]) -> Run:
    """``verify(...)``: `vnvaxcert verify` of the specimen in this process."""

    def execute(*given: object) -> Done:
        arguments = ["verify", specimens.certificate_text(), *(str(one) for one in given)]
        status = cli.main(arguments)
        captured = capsys.readouterr()
        return Done(status, captured.out, captured.err)

    return execute


def pem(*certificates: bytes) -> str:
    loaded = (x509.load_der_x509_certificate(one) for one in certificates)
    return "".join(one.public_bytes(Encoding.PEM).decode() for one in loaded)


def entry(certificate: bytes, **members: Any) -> dict[str, Any]:
    """An entry of the gateway's list."""
    return {
        "kid": b64encode(sha256(certificate).digest()[:8]).decode(),
        "country": "VN",
        "certificateType": "DSC",
        "rawData": b64encode(certificate).decode(),
        **members,
    }


AUTHORITY = specimens.ec_key(number=21)
FIRST = specimens.dsc(specimens.ec_key(number=22), authority=AUTHORITY, serial=2)
SECOND = specimens.dsc(
    specimens.ec_key(number=23), authority=AUTHORITY, serial=3, usages=("t",), country="UT"
)
THIRD = specimens.dsc(specimens.ec_key(number=24), authority=AUTHORITY, serial=4)
FIRST_KID, SECOND_KID = specimens.kid_of(FIRST), specimens.kid_of(SECOND)

BARE = json.dumps(
    [
        {
            "kid": b64encode(b"bare key").decode(),
            "publicKey": b64encode(
                specimens.ec_key(number=25)
                .public_key()
                .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            ).decode(),
        }
    ]
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with lists and keys in it."""
    monkeypatch.chdir(tmp_path)

    def write(name: str, *entries: object) -> None:
        (tmp_path / name).write_text(json.dumps(entries))

    write("list.json", entry(FIRST), entry(SECOND, country="UT"))
    write("broken.json", entry(FIRST), entry(SECOND, rawData="MIIB"))
    (tmp_path / "list.pem").write_text(pem(FIRST, SECOND))
    (tmp_path / "trust.pem").write_text(pem(specimens.dsc()))
    (tmp_path / "csca.pem").write_text(pem(specimens.csca(AUTHORITY)))
    key = make_key(KeyType.P256, 31)
    publisher = SpecimenAuthority(not_before=START, key=make_key(KeyType.P256, 30)).issue_signer(
        key=key
    )
    (tmp_path / "publisher.pem").write_text(publisher.certificate_pem())
    (tmp_path / "publisher.key.pem").write_text(publisher.private_key_pem())
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"s3"))
    (tmp_path / "locked.key.pem").write_bytes(locked)
    (tmp_path / "password.txt").write_text("s3\n")
    return tmp_path


TO_CBOR = ("convert", "list.json", "--to", "cbor", "--out", "x")
SIGNED = ("--key", "publisher.key.pem", "--cert", "publisher.pem")


@pytest.fixture
def signed(run: Run, folder: Path) -> Path:
    """A signed list, number 7, valid for a week from `AT`."""
    given = ("list.json", "--to", "cbor", "--out", "list.cbor", *SIGNED, "--sequence", "7")
    assert run("convert", *given, "--days", "7", "--at", AT).status == 0
    return folder / "list.cbor"


# --- trust itself -------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["--help", "-h", "help"])
def test_help_names_the_commands_and_who_takes_which_option(run: Run, word: str) -> None:
    done = run(word)
    assert (done.status, done.err) == (0, "")
    assert done.out == GROUP.overview()
    assert all(f"\n  {name} " in done.out for name in COMMANDS)
    assert "\n  --json              all\n" in done.out
    assert "\n  --country           show, check\n" in done.out


def test_no_command_shows_the_help_and_is_wrong_usage(run: Run) -> None:
    done = run()
    assert (done.status, done.out, done.err) == (2, GROUP.overview(), "")


@pytest.mark.parametrize(
    ("name", "said"), [("list", "there is no command 'list'"), ("x y", "there is no command for")]
)
def test_another_command_is_wrong_usage(run: Run, name: str, said: str) -> None:
    done = run(name)
    assert (done.status, done.out) == (2, "")
    assert said in done.err
    assert "show, check, diff, convert" in done.err


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(run: Run, command: str) -> None:
    done = run(command, "--help")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(f"usage: vnvaxcert trust {command} ")
    assert "exit status" in done.out
    assert max(map(len, done.out.splitlines())) <= 100


@pytest.mark.parametrize("command", COMMANDS)
def test_the_table_of_the_page_has_the_options_of_each_command(command: str) -> None:
    page = (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    listed = rows(section(page, f"### trust {command}"))
    shown = [row[0].partition(" ")[0] for row in listed if row[0].startswith("--")]
    parser: Parser = import_module(f"vnvaxcert.cli.trust.{command}").parser()
    assert sorted(shown) == sorted(parser.options())


@pytest.mark.parametrize(
    ("given_arguments", "reason"),
    [
        (("show",), "required: LIST"),
        (("show", "nothing.json"), "nothing.json: trust list (unknown): cannot be read"),
        (("show", "list.json", "nothing.json"), "vnvaxcert: nothing.json: "),
        (("show", "list.json", "--kid", "%%"), "--kid: expected a key identifier"),
        (("show", "list.json", "--kid", ""), "--kid: expected a key identifier"),
        (("show", "list.json", "--last-sequence", "-1"), "--last-sequence: expected a number"),
        (("show", "list.json", "--last-sequence", "9" * 21), "--last-sequence: expected a number"),
        (("show", "list.json", "--last-sequence", "1"), "(trustlist.rollback)"),
        (("show", "list.pem", "--list-key", "publisher.pem"), "(trustlist.signature)"),
        (("show", "list.json", "--list-authorities", "nothing"), "nothing: trust list"),
        (("show", "HC1:NGUYEN"), "text of a QR code was given"),
        (("check", "list.json", "--profile", "icao"), "--profile: expected eu or who"),
        (("check", "list.json", "--days", "0"), "--days: expected a number of days"),
        (("check", "list.json", "--kid", "00"), "there is no key to check"),
        (("check", "list.json", "--authorities", "nothing"), "nothing: trust list"),
        (("diff", "list.json"), "required: NEW"),
        (("diff", "list.json", "nothing"), "nothing: trust list"),
        (("convert", "list.json", "--out", "x"), "required: --to"),
        (("convert", "list.json", "--to", "pem"), "required: --out"),
        (("convert", "list.json", "--to", "xml", "--out", "x"), "expected one of cbor, gateway"),
        (
            ("convert", "list.json", "--to", "pem", "--out", "x", "--sequence", "1"),
            "--sequence: a list in the form 'pem' carries none",
        ),
        (
            ("convert", "list.json", "--to", "pem", "--out", "x", *SIGNED),
            "--key: a list in the form 'pem' carries none",
        ),
        (("convert", "list.json", "--to", "did", "--out", "x", "--did", "x"), "--did: expected"),
        ((*TO_CBOR, *SIGNED), "--sequence: "),
        (
            (*TO_CBOR, *SIGNED, "--sequence", "1"),
            "--days: ",
        ),
        (
            (*TO_CBOR, "--cert", "publisher.pem"),
            "belong to --key",
        ),
        (
            (*TO_CBOR, "--key", "csca.pem"),
            "(issue.key)",
        ),
        (
            (*TO_CBOR, "--key", "locked.key.pem", "--cert", "publisher.pem", "--sequence", "1"),
            "--password-file gives its password",
        ),
        (
            (*TO_CBOR, "--days", "1", "--at", "9999-12-31"),
            "after the year 9999",
        ),
        (("convert", "list.json", "--to", "pem", "--out", "no/such/x"), "cannot write no/such/x"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_2(
    run: Run, folder: Path, given_arguments: tuple[str, ...], reason: str
) -> None:
    done = run(*given_arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("vnvaxcert: ")
    assert done.err.count("\n") == 1
    assert reason in done.err
    assert not (folder / "x").exists()


# --- show ---------------------------------------------------------------------------------------


def test_a_list_is_shown_with_its_counts_and_each_key(run: Run, folder: Path) -> None:
    done = run("show", "list.json", "--at", AT)
    assert (done.status, done.err) == (0, "")
    lines = [line.rstrip() for line in done.out.splitlines()]
    assert lines[:6] == [
        "list.json",
        "  Format     EU gateway list",
        "  Signature  NOT CHECKED (see --list-key and --list-authorities)",
        "  Entries    2 read = 2 usable + 0 set aside",
        "  Roles      2 signers",
        "  Countries  UT 1, VN 1",
    ]
    at = lines.index("Keys")
    assert lines[at + 1 : at + 5] == [
        f"· {FIRST_KID.hex()}  VN  signer  P-256  all  2022-01-01 to 2024-01-01",
        "    C=VN,CN=Specimen DSC",
        f"· {SECOND_KID.hex()}  UT  signer  P-256  t    2022-01-01 to 2024-01-01",
        "    C=UT,CN=Specimen DSC",
    ]
    assert "Signs: v vaccination, t test, r recovery certificates, l Swiss light ones" in done.out


def test_a_list_in_json_has_every_member(run: Run, folder: Path) -> None:
    done = run("show", "list.json", "--at", AT, "--json")
    document = done.document
    keys = document.pop("keys")
    assert document == {
        "list": "list.json",
        "format": "EU gateway list",
        "authenticated": False,
        "issued_at": None,
        "expires_at": None,
        "at": AT,
        "stale": False,
        "sequence": None,
        "read": 2,
        "usable": 2,
        "set_aside": 0,
        "countries": {"UT": {"signer": 1}, "VN": {"signer": 1}},
        "entries_set_aside": [],
    }
    assert keys[1] == {
        "kid": SECOND_KID.hex(),
        "country": "UT",
        "role": "signer",
        "key": "P-256",
        "algorithms": ["ES256"],
        "usages": ["test"],
        "not_before": "2022-01-01T00:00:00Z",
        "not_after": "2024-01-01T00:00:00Z",
        "subject": "C=UT,CN=Specimen DSC",
        "issuer": "CN=Specimen CSCA",
        "serial": "3",
        "source": "list.json, entry 2",
        "notes": [],
    }


@pytest.mark.parametrize(
    ("at", "state"),
    [("2024-01-02", "EXPIRED"), ("2021-12-31", "NOT YET VALID"), (AT, "")],
)
def test_a_key_that_is_not_valid_at_the_moment_says_so(
    run: Run, folder: Path, at: str, state: str
) -> None:
    shown = run("show", "list.pem", "--at", at).out
    expected = f"    {state}: C=VN" if state else "    C=VN"
    assert expected in shown


@pytest.mark.parametrize(
    "given_arguments",
    [
        ("--country", "ut"),
        ("--kid", SECOND_KID.hex()),
        ("--kid", SECOND_KID.hex().upper()),
        ("--kid", b64encode(SECOND_KID).decode()),
        ("--kid", b64encode(SECOND_KID).decode().rstrip("=")),
        ("--country", "UT", "--country", "XX", "--kid", SECOND_KID.hex()),
    ],
)
def test_only_the_entries_asked_for_are_shown(
    run: Run, folder: Path, given_arguments: tuple[str, ...]
) -> None:
    done = run("show", "list.json", *given_arguments, "--json")
    assert done.status == 0
    assert [key["kid"] for key in done.document["keys"]] == [SECOND_KID.hex()]
    assert done.document["usable"] == 2


@pytest.mark.parametrize(
    "given_arguments",
    [("--country", "XX"), ("--kid", "00"), ("--country", "VN", "--kid", SECOND_KID.hex())],
)
def test_nothing_to_show_is_status_1(
    run: Run, folder: Path, given_arguments: tuple[str, ...]
) -> None:
    done = run("show", "list.json", *given_arguments)
    assert done.status == 1
    assert "No entry is the one asked for." in done.out
    assert "Keys" not in done.out


def test_a_country_of_three_letters_is_found_by_two(
    run: Run, shared_vectors: Vectors, folder: Path
) -> None:
    sample = shared_vectors("gdhcn") / "sample-v2.json"
    done = run("show", sample, "--country", "VN", "--json")
    (key,) = done.document["keys"]
    assert (key["country"], key["kid"]) == ("VNM", "66d25512539d5a6d")
    assert run("show", sample, "--country", "VNM", "--json").document["keys"] == [key]


def test_what_was_set_aside_is_shown_with_its_reason(run: Run, folder: Path) -> None:
    done = run("show", "broken.json")
    assert "  Entries    2 read = 1 usable + 1 set aside" in done.out
    assert f"  ! broken.json, entry 2 ({SECOND_KID.hex()}, VN): " in done.out
    only = run("show", "broken.json", "--set-aside", "--json")
    assert only.status == 0
    assert only.document["keys"] == []
    (aside,) = only.document["entries_set_aside"]
    assert (aside["kid"], aside["country"]) == (SECOND_KID.hex(), "VN")
    assert aside["source"] == "broken.json, entry 2"
    assert aside["reason"]
    assert run("show", "list.json", "--set-aside").status == 1


def test_a_bare_key_is_shown_without_validity(run: Run, folder: Path) -> None:
    (folder / "bare.json").write_text(BARE)
    done = run("show", "bare.json")
    assert "  --  signer  P-256  all  no validity\n" in done.out
    assert "    a bare key, of which nothing else is known\n" in done.out
    assert "  Countries  -- 1\n" in done.out
    assert run("show", "bare.json", "--json").document["countries"] == {"": {"signer": 1}}


def test_authorities_are_counted_and_sign_no_kind(run: Run, folder: Path) -> None:
    (folder / "both.json").write_text(
        json.dumps([entry(FIRST), entry(specimens.csca(AUTHORITY), certificateType="CSCA")])
    )
    done = run("show", "both.json")
    assert "  Roles      1 signer, 1 authority\n" in done.out
    assert "  authority  P-256       2022-01-01 to 2024-01-01\n" in done.out
    assert "Signs:" not in run("show", "csca.pem", "--country", "XX").out


def test_many_countries_take_more_than_one_line(run: Run, folder: Path) -> None:
    entries = [
        entry(specimens.dsc(authority=AUTHORITY, serial=number, country=country), country=country)
        for number, country in enumerate(("AT", "BE", "CY", "DE", "ES", "FI", "GR", "HU", "IE"), 1)
    ]
    (folder / "many.json").write_text(json.dumps(entries))
    done = run("show", "many.json")
    assert "  Countries  AT 1, BE 1, CY 1, DE 1, ES 1, FI 1, GR 1, HU 1\n" in done.out
    assert "             IE 1\n" in done.out


def test_a_signature_that_was_checked_is_told_with_times_and_number(run: Run, signed: Path) -> None:
    done = run("show", signed, "--list-key", "publisher.pem", "--at", AT)
    assert done.status == 0
    for shown in (
        "  Signature  checked, and good\n",
        "  Issued     2022-06-01 12:00:00 UTC\n",
        "  Expires    2022-06-08 12:00:00 UTC\n",
        "  Sequence   7\n",
    ):
        assert shown in done.out
    wrong = run("show", signed, "--list-key", "trust.pem", "--at", AT)
    assert (wrong.status, wrong.out) == (2, "")
    assert "(trustlist.signature)" in wrong.err


def test_a_stale_list_is_shown_and_said_to_be(run: Run, signed: Path) -> None:
    later = ("--at", "2022-07-01", "--list-key", "publisher.pem")
    done = run("show", signed, *later)
    assert done.status == 0
    assert "  Expires    2022-06-08 12:00:00 UTC: STALE\n" in done.out
    assert "checked, and good" in done.out
    assert run("show", signed, *later, "--json").document["stale"] is True
    early = run("show", signed, "--at", "2022-05-01")
    assert early.status == 0
    assert "STALE" in early.out
    forged = bytearray(signed.read_bytes())
    forged[-1] ^= 1
    signed.write_bytes(forged)
    assert run("show", signed, *later).status == 2


@pytest.mark.parametrize(("last", "status"), [(6, 0), (7, 0), (8, 2)])
def test_an_older_list_than_the_last_one_is_refused(
    run: Run, signed: Path, last: int, status: int
) -> None:
    done = run("show", signed, "--last-sequence", last, "--at", AT)
    assert done.status == status
    assert ("(trustlist.rollback)" in done.err) == bool(status)


def test_several_lists_are_shown_one_after_the_other(run: Run, folder: Path) -> None:
    done = run("show", "list.json", "list.pem", "csca.pem", "--json")
    assert [one["list"] for one in done.document] == ["list.json", "list.pem", "csca.pem"]
    assert [one["format"] for one in done.document] == ["EU gateway list", "PEM", "PEM"]


def test_the_two_swiss_files_are_one_list_under_the_root(
    run: Run, shared_vectors: Vectors, folder: Path
) -> None:
    swiss = shared_vectors("trustlists") / "ch"
    pair = sorted(swiss.glob("*.jwt"))
    given = (*pair, "--list-authorities", swiss / "CH-root.crt", "--at", "2021-07-16", "--json")
    for files in (given, (pair[1], pair[0], *given[2:])):
        document = run("show", *files).document
        assert document["authenticated"] is True
        assert document["read"] == 131
    with_another = run("show", "list.pem", *pair, "--at", "2021-07-16", "--json").document
    assert [one["format"] for one in with_another] == ["PEM", "Swiss list"]
    alone = run("show", pair[0])
    assert alone.status == 2
    assert "load it together" in alone.err


def test_viet_nams_signers_are_shown_with_their_subjects_intact(
    run: Run, shared_vectors: Vectors, folder: Path
) -> None:
    lists = shared_vectors("trustlists") / "de-2023"
    key = lists / "production.signing-key.pem"
    production = run(
        "show", lists / "production.dsc-list.json", "--list-key", key, "--country", "VN"
    )
    assert "checked, and good" in production.out
    assert "829 read = 829 usable + 0 set aside" in production.out
    assert (
        "CN=CHỨNG NHẬN TIÊM CHỦNG - CỤC Y TẾ DỰ PHÒNG,OU=CỤC Y TẾ DỰ PHÒNG,O=BỘ Y TẾ,L=HÀ NỘI,C=VN"
    ) in production.out
    acceptance = run("show", lists / "acceptance.dsc-list.json", "--kid", "8w2kZxb3iC0=")
    assert "CN=NEAC,OU=NEAC,O=MIC,L=Ha Noi,ST=HN,C=VN" in acceptance.out
    assert "f30da46716f7882d  VN  signer  RSA-2048  v t r  2022-04-13 to 2024-04-12" in (
        acceptance.out
    )


# --- check --------------------------------------------------------------------------------------


@pytest.fixture
def good(folder: Path) -> Path:
    """A list of one signer that breaks no rule that a document demands."""
    authority = SpecimenAuthority(not_before=START, key=make_key(KeyType.P256, 40))
    signer = authority.issue_signer(key=make_key(KeyType.P256, 41))
    (folder / "good.csca.pem").write_text(authority.certificate_pem())
    (folder / "good.pem").write_text(signer.certificate_pem())
    return folder / "good.pem"


def test_a_list_that_breaks_no_required_rule_passes(run: Run, good: Path) -> None:
    done = run("check", good, "--authorities", "good.csca.pem", "--at", AT)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("✓ NO REQUIRED RULE IS BROKEN: 1 key\n")
    assert "  ✓ dsc.chain " in done.out
    assert "  ! dsc.crl_distribution_point " in done.out  # which is only recommended
    assert "[EU certificate governance 4.3]" in done.out
    assert "The chain was not checked" not in done.out


def test_a_broken_rule_that_a_document_demands_is_status_1(run: Run, good: Path) -> None:
    later = run("check", good, "--at", "2024-06-01")
    assert later.status == 1
    assert later.out.startswith("✗ 1 REQUIRED RULE BROKEN, BY 1 OF 1 KEY\n")
    assert "  ✗ dsc.expired " in later.out
    assert "BROKEN (must): valid until 2024-01-01 00:00:00 UTC; expected " in later.out
    assert "The chain was not checked: give country authorities" in later.out


def test_the_profile_is_the_one_asked_for(run: Run, good: Path) -> None:
    who = run("check", good, "--at", AT, "--profile", "who")
    assert "by the profile of WHO" in who.out
    assert "WHO certificate governance, 'Document Signer (DSC)'" in who.out
    assert "EU certificate" not in who.out


def test_how_early_renewal_is_due_can_be_said(run: Run, good: Path) -> None:
    given = ("check", good, "--at", "2023-10-01", "--json")

    def rules(done: Done) -> set[str]:
        return {one["rule"] for one in done.document["keys"][0]["findings"]}

    assert "dsc.renewal" not in rules(run(*given))
    assert "dsc.renewal" in rules(run(*given, "--days", "100"))


def test_the_json_of_a_check_has_the_broken_rules_or_all(run: Run, good: Path) -> None:
    done = run("check", good, "--at", AT, "--json")
    assert done.status == 0
    document = done.document
    assert (document["passed"], document["profile"], document["at"]) == (True, "eu", AT)
    assert document["keys_checked"] == 1
    (key,) = document["keys"]
    assert (
        key["kid"]
        == sha256(x509.load_pem_x509_certificate(good.read_bytes()).public_bytes(Encoding.DER))
        .digest()[:8]
        .hex()
    )
    assert key["findings"] == [
        {
            "rule": "dsc.crl_distribution_point",
            "level": "should",
            "outcome": "broken",
            "clause": "EU certificate governance 4.3",
            "found": "there is none",
            "expected": "the address of its authority's revocation list",
            "kids": [],
        }
    ]
    assert document["list"] == []
    rules = {one["rule"]: one for one in document["rules"]}
    assert rules["dsc.chain"]["not_checked"] == 1
    assert rules["dsc.key_usage"]["met"] == 1
    assert rules["dsc.crl_distribution_point"]["broken"] == 1
    assert rules["dsc.rsa_size"]["not_applicable"] == 1
    everything = run("check", good, "--at", AT, "--json", "--all").document
    assert len(everything["keys"][0]["findings"]) == 32
    assert len(everything["list"]) == 7


@pytest.fixture
def many(folder: Path) -> Path:
    """A list of more keys than are shown rule by rule."""
    made = [
        specimens.dsc(specimens.ec_key(number=50 + n), authority=AUTHORITY, serial=n)
        for n in range(1, MAX_DETAILED + 2)
    ]
    (folder / "many.pem").write_text(pem(*made))
    return folder / "many.pem"


def test_of_many_keys_the_broken_rules_are_summed_up(run: Run, many: Path) -> None:
    done = run("check", many, "--at", AT)
    assert done.status == 1
    assert "\nRequired, and broken\n" in done.out
    assert "  ✗ dsc.key_usage  " in done.out
    assert ": 6 keys: expected a key usage with" not in done.out
    assert "  6 keys: expected a key usage with digitalSignature [EU certificate" in done.out
    assert " and 3 more\n" in done.out
    assert "\nRecommended, and broken\n" in done.out
    assert "Each rule of a key: --kid KID." in done.out
    assert "dsc.common_name" not in done.out  # which is kept


def test_what_repeats_is_summed_up_by_times(run: Run, many: Path) -> None:
    again = specimens.dsc(specimens.ec_key(number=51), authority=AUTHORITY, serial=9)
    (many.parent / "again.pem").write_text(pem(again))
    done = run("check", many, "again.pem", "--at", AT)
    assert "  ! list.key " in done.out
    assert " 1 time: expected a fresh key for each certificate [" in done.out


def test_all_or_a_kid_shows_each_rule(run: Run, many: Path) -> None:
    everything = run("check", many, "--at", AT, "--all")
    assert everything.out.count("dsc.common_name") == MAX_DETAILED + 1
    assert "\nAcross the list\n" in everything.out
    kid = next(iter(TrustList.load(many))).kid.hex()
    one = run("check", many, "--at", AT, "--kid", kid)
    assert one.status == 1
    assert one.out.count("dsc.common_name") == 1
    assert "\nAcross the list\n" not in one.out


def test_what_repeats_across_lists_is_checked(run: Run, folder: Path) -> None:
    again = specimens.dsc(specimens.ec_key(number=22), authority=AUTHORITY, serial=9)
    (folder / "again.pem").write_text(pem(again))
    document = run("check", "list.json", "again.pem", "--at", AT, "--json").document
    (found,) = document["list"]
    assert (found["rule"], found["level"]) == ("list.key", "should")
    assert found["kids"] == [FIRST_KID.hex(), specimens.kid_of(again).hex()]
    by_kid = run("check", "list.json", "again.pem", "--kid", FIRST_KID.hex(), "--json").document
    assert [one["rule"] for one in by_kid["list"]] == ["list.key"]
    other = run("check", "list.json", "again.pem", "--kid", SECOND_KID.hex(), "--json").document
    assert other["list"] == []


def test_a_stale_list_breaks_a_required_rule(run: Run, signed: Path) -> None:
    document = run("check", signed, "--at", "2022-07-01", "--json").document
    assert document["passed"] is False
    assert [one["rule"] for one in document["list"]] == ["list.expired"]


def test_a_list_without_a_usable_key_cannot_be_checked(run: Run, folder: Path) -> None:
    (folder / "none.json").write_text(json.dumps([entry(FIRST, rawData="MIIB")]))
    assert run("check", "none.json").status == 2
    assert run("show", "none.json").status == 0


def test_viet_nams_signers_are_checked_against_what_is_known_of_them(
    run: Run, shared_vectors: Vectors, folder: Path
) -> None:
    lists = shared_vectors("trustlists")
    production = run(
        *("check", lists / "de-2023" / "production.dsc-list.json", "--kid", "ZtJVElOdWm0="),
        *("--authorities", lists / "ec-archive" / "CSCA", "--at", "2023-06-01"),
    )
    assert production.status == 0
    for words in (
        "1825 days: 2021-07-15 to 2026-07-14; expected at most 2 years",
        "none of the kinds of health certificates, but TLS client, e-mail protection, smart card",
        "also dataEncipherment, keyEncipherment, nonRepudiation",
        "C=VN, an intermediate authority",
        "http://ocsp.ca.gov.vn",
    ):
        assert words in production.out
    acceptance = run(
        *("check", lists / "de-2023" / "acceptance.dsc-list.json", "--kid", "f30da46716f7882d"),
        *("--at", "2023-06-01"),
    )
    assert acceptance.status == 0
    assert "http://crl.exampledomain.example/CRL/CSCA.crl, which is a placeholder" in acceptance.out
    assert "the issuer's name is UTF-8 encoded twice" in acceptance.out


# --- diff ---------------------------------------------------------------------------------------


def test_the_same_keys_in_another_form_are_no_difference(run: Run, folder: Path) -> None:
    done = run("diff", "list.json", "list.pem")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("✓ THE SAME KEYS\n  0 added, 0 removed, 0 changed, 2 the same\n")
    assert "  Format     EU gateway list  ->  PEM\n" in done.out
    document = run("diff", "list.json", "list.pem", "--json").document
    assert (document["same"], document["unchanged"]) == (True, 2)
    assert document["old"]["format"] == "EU gateway list"


def test_what_was_added_removed_and_changed_is_told(run: Run, folder: Path) -> None:
    usages = specimens.dsc(
        specimens.ec_key(number=23), authority=AUTHORITY, serial=3, usages=("v",), country="UT"
    )
    kid = b64encode(SECOND_KID).decode()
    new = [entry(usages, country="VN", kid=kid), entry(THIRD)]
    (folder / "new.json").write_text(json.dumps(new))
    done = run("diff", "list.json", "new.json")
    assert done.status == 1
    assert done.out.startswith("! DIFFERENT\n  1 added, 1 removed, 1 changed, 0 the same\n")
    changed = done.out.partition("\nChanged\n")[2]
    assert changed.startswith(f"! {SECOND_KID.hex()}  certificate, country, usages\n")
    assert "    was: UT, signer, P-256, test: C=UT,CN=Specimen DSC\n" in changed
    assert "    is:  VN, signer, P-256, vaccination: C=UT,CN=Specimen DSC\n" in changed
    document = run("diff", "list.json", "new.json", "--json").document
    assert [key["kid"] for key in document["added"]] == [specimens.kid_of(THIRD).hex()]
    assert [key["kid"] for key in document["removed"]] == [FIRST_KID.hex()]
    (change,) = document["changed"]
    assert change["what"] == ["certificate", "country", "usages"]
    assert [key["country"] for key in (*change["old"], *change["new"])] == ["UT", "VN"]


@pytest.mark.parametrize(
    ("members", "what"),
    [
        ({"certificateType": "CSCA"}, "role"),
        ({"rawData": b64encode(THIRD).decode()}, "key, certificate"),
        ({"country": "LA"}, "country"),
    ],
)
def test_each_thing_that_can_change_has_its_word(
    run: Run, folder: Path, members: dict[str, str], what: str
) -> None:
    (folder / "old.json").write_text(json.dumps([entry(FIRST)]))
    (folder / "new.json").write_text(json.dumps([{**entry(FIRST), **members}]))
    done = run("diff", "old.json", "new.json", "--json")
    assert done.status == 1
    assert ", ".join(done.document["changed"][0]["what"]) == what


def test_another_number_of_keys_under_a_kid_is_a_change(run: Run, folder: Path) -> None:
    kid = b64encode(b"same kid").decode()
    one, two = entry(FIRST, kid=kid), entry(THIRD, kid=kid)
    (folder / "one.json").write_text(json.dumps([one]))
    (folder / "two.json").write_text(json.dumps([one, two]))
    (folder / "turned.json").write_text(json.dumps([two, one]))
    changed = run("diff", "one.json", "two.json", "--json").document["changed"]
    assert changed[0]["what"] == ["number of keys"]
    assert run("diff", "two.json", "turned.json").status == 0


def test_countries_that_changed_places_under_a_kid_are_a_change(run: Run, folder: Path) -> None:
    kid = b64encode(b"same kid").decode()
    for name, countries in (("old.json", ("VN", "LA")), ("new.json", ("LA", "VN"))):
        entries = [
            entry(certificate, kid=kid, country=country)
            for certificate, country in zip((FIRST, THIRD), countries, strict=True)
        ]
        (folder / name).write_text(json.dumps(entries))
    changed = run("diff", "old.json", "new.json", "--json").document["changed"]
    assert changed[0]["what"] == ["which belongs to which"]


def test_a_new_issue_with_the_same_keys_is_no_difference_and_an_older_one_is_refused(
    run: Run, signed: Path
) -> None:
    given = ("list.json", "--to", "cbor", "--out", "next.cbor", *SIGNED, "--sequence", "8")
    assert run("convert", *given, "--days", "7", "--at", "2022-06-08").status == 0
    done = run("diff", signed, "next.cbor", "--list-key", "publisher.pem", "--at", "2022-06-09")
    assert done.status == 0
    assert "  Sequence   7  ->  8\n" in done.out
    assert run("diff", signed, "next.cbor", "--last-sequence", "8").status == 0
    assert run("diff", "next.cbor", signed, "--last-sequence", "8").status == 2


# --- convert ------------------------------------------------------------------------------------


def test_a_list_becomes_certificates_and_says_what_is_lost(run: Run, folder: Path) -> None:
    (folder / "in.json").write_text(
        json.dumps(
            [entry(FIRST, country="LA"), entry(SECOND, country="UT"), entry(THIRD, kid="AA==")]
        )
    )
    done = run("convert", "in.json", "--to", "pem", "--out", "out.pem")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("✓ WRITTEN\n  out.pem: ")
    written = x509.load_pem_x509_certificates((folder / "out.pem").read_bytes())
    assert [one.public_bytes(Encoding.DER) for one in written] == [FIRST, SECOND, THIRD]
    lost = done.out.partition("\nLost\n")[2]
    assert f"({FIRST_KID.hex()})" in lost  # its country
    assert "(00)" in lost  # its kid
    losses = run("convert", "in.json", "--to", "pem", "--out", "out.pem", "--json").document
    assert losses["converted"] is True
    assert {one["kid"] for one in losses["losses"]} >= {FIRST_KID.hex(), "00"}
    assert all(one["what"] for one in losses["losses"])


def test_a_conversion_without_losses_says_so(run: Run, folder: Path) -> None:
    done = run("convert", "list.json", "--to", "cbor", "--out", "list.cbor")
    assert "Nothing was lost." in done.out
    assert run("diff", "list.json", "list.cbor").status == 0


@pytest.mark.parametrize("form", ["cbor", "gateway", "did"])
def test_a_converted_list_has_the_same_keys(run: Run, folder: Path, form: str) -> None:
    assert run("convert", "list.json", "--to", form, "--out", "converted").status == 0
    assert run("diff", "list.json", "converted").status == 0


def test_losses_of_the_same_kind_stand_together(run: Run, many: Path) -> None:
    entries = [
        entry(key.certificate.public_bytes(Encoding.DER), country="LA")
        for key in TrustList.load(many)
        if key.certificate is not None
    ]
    (many.parent / "la.json").write_text(json.dumps(entries))
    done = run("convert", "la.json", "--to", "pem", "--out", "la.pem")
    assert "  ! 6 entries: " in done.out
    assert " and 3 more)" in done.out


def test_entries_without_a_kid_are_named_by_their_place(run: Run, folder: Path) -> None:
    (folder / "lists").mkdir()
    (folder / "lists" / "dsc.pem").write_text(pem(FIRST))
    (folder / "lists" / "readme.txt").write_text("Specimens.")
    done = run("convert", "lists", "--to", "pem", "--out", "out.pem")
    assert "  ! 1 entry: " in done.out
    assert "(readme.txt)" in done.out
    for name in "abcd":
        (folder / "lists" / f"{name}.txt").write_text("Specimens.")
    more = run("convert", "lists", "--to", "pem", "--out", "out.pem")
    assert "(a.txt; b.txt; c.txt and 2 more)" in more.out


def test_a_signed_list_is_verified_by_its_key_alone(run: Run, signed: Path) -> None:
    trust = TrustList.load(signed, signing_key=signed.parent / "publisher.pem")
    assert trust.authenticated
    assert trust.sequence == 7
    assert trust.issued_at == datetime(2022, 6, 1, 12, tzinfo=UTC)
    assert trust.expires_at == trust.issued_at + timedelta(days=7)


def test_a_locked_key_is_opened_with_its_password(run: Run, folder: Path) -> None:
    done = run(
        *("convert", "list.json", "--to", "cbor", "--out", "out", "--key", "locked.key.pem"),
        *("--cert", "publisher.pem", "--password-file", "password.txt"),
        *("--sequence", "1", "--days", "1", "--at", AT, "--json"),
    )
    assert done.status == 0
    assert done.document["signed"] is True
    assert run("show", "out", "--list-key", "publisher.pem", "--at", AT).status == 0


def test_a_stale_list_is_not_converted(run: Run, signed: Path) -> None:
    given = ("convert", signed, "--to", "pem", "--out", "out.pem")
    late = run(*given, "--at", "2022-07-01")
    assert late.status == 2
    assert "(trustlist.stale)" in late.err
    assert not (signed.parent / "out.pem").exists()
    assert run(*given, "--at", AT).status == 0


def test_a_list_with_nothing_for_the_form_is_refused(run: Run, folder: Path) -> None:
    (folder / "bare.json").write_text(BARE)
    given = ("convert", "bare.json", "--to", "gateway", "--out", "out.json")
    done = run(*given)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("vnvaxcert: not converted: ")
    assert not (folder / "out.json").exists()
    document = run(*given, "--json").document
    assert (document["converted"], document["code"]) == (False, "trustlist.format")


def test_a_signer_that_the_form_cannot_use_is_told(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise SignerKeyError("its certificate is not one")

    monkeypatch.setattr("vnvaxcert.cli.trust.convert.convert", refuse)
    done = run("convert", "list.json", "--to", "cbor", "--out", "x")
    assert (done.status, done.out) == (2, "")
    assert "(issue.key)" in done.err


@pytest.mark.parametrize(
    "out",
    ["list.json", "./list.json", "link.json", "publisher.key.pem", "publisher.pem", "csca.pem"],
)
def test_a_file_that_is_read_is_never_written_over(run: Run, folder: Path, out: str) -> None:
    (folder / "link.json").symlink_to("list.json")
    before = (folder / out).read_bytes()
    done = run(
        *("convert", "list.json", "--to", "cbor", "--out", out, *SIGNED, "--sequence", "1"),
        *("--days", "1", "--list-authorities", "csca.pem"),
    )
    assert done.status == 2
    assert "--out: names a file that the command reads" in done.err
    assert (folder / out).read_bytes() == before


def test_a_file_in_a_directory_that_is_read_is_never_written_over(run: Run, folder: Path) -> None:
    inside = folder / "lists"
    inside.mkdir()
    (inside / "dsc.pem").write_text(pem(FIRST))
    before = (inside / "dsc.pem").read_bytes()
    done = run("convert", "lists", "--to", "pem", "--out", "lists/dsc.pem")
    assert done.status == 2
    assert "in a directory that the command reads" in done.err
    assert (inside / "dsc.pem").read_bytes() == before
    assert run("convert", "lists", "--to", "pem", "--out", "lists.pem").status == 0
    assert run("convert", "lists", "--to", "pem", "--out", "lists.pem").status == 0


# --- verify and examine load lists the same way -------------------------------------------------


def test_verify_takes_the_parts_of_a_list_together(
    verify: Run, shared_vectors: Vectors, folder: Path
) -> None:
    swiss = shared_vectors("trustlists") / "ch"
    parts = [f"--trust={path}" for path in sorted(swiss.glob("*.jwt"))]
    at = ("--at", "2021-07-16", "--json")
    unknown = verify(*parts, *at)
    assert (unknown.status, unknown.document["code"]) == (1, "trust.unknown_kid")
    assert verify(parts[0], *at).status == 2
    root = ("--list-authorities", swiss / "CH-root.crt")
    assert verify(*parts, *root, *at).document["code"] == "trust.unknown_kid"
    assert verify(*parts, *at, "--list-authorities", "csca.pem").status == 2


def test_verify_refuses_a_list_older_than_the_last(verify: Run, signed: Path) -> None:
    given = ("--trust", signed, "--at", AT, "--json")
    assert verify(*given, "--last-sequence", "7").status == 1  # its signer is not on it
    older = verify(*given, "--last-sequence", "8")
    assert (older.status, older.out) == (2, "")
    assert "(trustlist.rollback)" in older.err


@pytest.mark.parametrize(
    ("given_arguments", "status", "code"),
    [
        ((), 1, "signer.expired"),
        (("--validity", "verification"), 1, "signer.expired"),
        (("--validity", "signing"), 1, "cwt.expired"),
        (("--validity", "signing", "--strict"), 1, "cwt.expired"),
    ],
)
def test_the_moment_at_which_a_signer_has_to_be_valid_can_be_chosen(
    verify: Run, folder: Path, given_arguments: tuple[str, ...], status: int, code: str
) -> None:
    done = verify("--trust", "trust.pem", "--at", "2025-01-01", "--json", *given_arguments)
    assert (done.status, done.document["code"]) == (status, code)


@pytest.mark.parametrize(
    ("given_arguments", "reason"),
    [
        (("--validity", "never"), "--validity: expected verification or signing"),
        (("--revocation-authorities", "csca.pem"), "--revocation-authorities is given, and no"),
    ],
)
def test_wrong_usage_of_the_new_options_is_told(
    verify: Run, folder: Path, given_arguments: tuple[str, ...], reason: str
) -> None:
    done = verify("--trust", "trust.pem", *given_arguments)
    assert (done.status, done.out) == (2, "")
    assert reason in done.err


def test_something_to_check_lists_with_needs_a_list(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    for option, value in (("--list-authorities", "csca.pem"), ("--last-sequence", "0")):
        assert cli.main(["examine", specimens.certificate_text(), option, value]) == 2
        assert f"{option} is given, and no list" in capsys.readouterr().err


def test_a_revocation_list_of_another_authority_is_refused(
    verify: Run, shared_vectors: Vectors, folder: Path
) -> None:
    seals = shared_vectors("vds-nc")
    given = ("--trust", "trust.pem", "--at", "2021-10-01", "--revocation", seals / "AUS.crl")
    known = verify(*given, "--revocation-authorities", seals / "csca", "--json")
    assert known.status == 1  # the certificate is from 2022
    unknown = verify(*given, "--revocation-authorities", "csca.pem")
    assert (unknown.status, unknown.out) == (2, "")
    assert "(trustlist.signature)" in unknown.err


# --- on a terminal ------------------------------------------------------------------------------


def drawn(entries: list[Entry], width: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", "1")
    screen = Screen(is_drawn=True)
    screen.entries("Keys", entries)
    ansi = screen.text()
    plain = ansi
    for code in ("\x1b[1m", "\x1b[2m", "\x1b[0m", "\x1b[33m", "\x1b[1;33m"):
        plain = plain.replace(code, "")
    assert "\x1b" not in plain
    return [line.rstrip() for line in plain.splitlines()]


@pytest.mark.parametrize("width", [80, 120])
def test_wide_subjects_wrap_under_their_key(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = "CN=CHỨNG NHẬN TIÊM CHỦNG - CỤC Y TẾ DỰ PHÒNG,OU=CỤC Y TẾ DỰ PHÒNG,O=BỘ Y TẾ,C=VN"
    entries = [
        Entry("plain", ("66d25512539d5a6d", "VN", "signer"), (subject * 2,)),
        Entry("caution", ("00", "VNM", "authority"), ("note: odd",)),
    ]
    lines = drawn(entries, width, monkeypatch)
    assert lines[:2] == ["Keys", "· 66d25512539d5a6d  VN   signer"]
    assert max(map(len, lines)) <= width
    folded = lines[2 : lines.index("! 00                VNM  authority")]
    assert len(folded) > 1
    assert all(line.startswith("    ") for line in folded)
    assert "".join(line.strip() for line in folded).replace(" ", "") == (subject * 2).replace(
        " ", ""
    )


def test_entries_of_unequal_columns_are_aligned_and_none_is_nothing() -> None:
    screen = Screen(is_drawn=False)
    screen.entries("Nothing", [])
    screen.entries("Some", [Entry("good", ("a",)), Entry("bad", ("bb", "c"))])
    assert screen.text() == "Some\n✓ a\n✗ bb  c\n\n"


def test_one_long_cell_does_not_widen_every_line() -> None:
    screen = Screen(is_drawn=False)
    screen.entries("Some", [Entry("plain", ("a", "b")), Entry("plain", ("x" * 200, "y"))])
    assert screen.text().splitlines()[1:] == [f"· a{' ' * 31}  b", f"· {'x' * 200}  y", ""]


def test_harmful_characters_of_a_subject_are_made_visible(run: Run, folder: Path) -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a\x1b[2J\u202eb")])
    key = specimens.ec_key(number=26)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, START, START.replace(year=2030))
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    (folder / "odd.pem").write_bytes(made)
    for command in ("show", "check"):
        shown = run(command, "odd.pem").out
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "<U+202E>" in shown


def test_options_of_a_parser_are_named_without_help() -> None:
    parser = Parser("x", description="", epilog="")
    parser.add_argument("--one")
    parser.add_argument("two")
    assert parser.options() == ["--one"]


# --- hostile files ------------------------------------------------------------------------------


@settings(max_examples=40)
@given(data=st.binary(max_size=300), command=st.sampled_from(["show", "check"]))
def test_any_bytes_end_in_a_report_or_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, command: str
) -> None:
    path = tmp_path_factory.mktemp("hostile") / "list"
    path.write_bytes(data)
    errors, output = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", output)
        patch.setattr("sys.stderr", errors)
        status = cli.main(["trust", command, str(path), "--json"])
    if status == 2:
        assert output.getvalue() == ""
        assert errors.getvalue().count("\n") == 1
    else:
        assert json.loads(output.getvalue())
