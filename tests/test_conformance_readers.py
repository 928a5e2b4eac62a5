"""Suites of others in forms that the shared samples do not have: what is skipped, what is told."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from vnvaxcert.conformance import Case, SuiteError, Verdict, run
from vnvaxcert.conformance.suites import find
from vnvaxcert.conformance.suites.dgc_testdata import vector_name
from vnvaxcert.conformance.suites.wycheproof import raw_signature


def write(path: Path, document: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def cases(path: Path) -> tuple[Case, ...]:
    (suite,) = find(path)
    return suite.cases


# --- dgc-testdata ---------------------------------------------------------------------------------

VECTOR: dict[str, Any] = {
    "PREFIX": "HC1:BB8",
    "BASE45": "BB8",
    "COMPRESSED": "4142",
    "TESTCTX": {"CERTIFICATE": "AA==", "VALIDATIONCLOCK": "2021-05-03T18:00:00Z"},
    "EXPECTEDRESULTS": {"EXPECTEDB45DECODE": True, "EXPECTEDCOMPRESSION": False},
}


def without(name: str) -> dict[str, Any]:
    """The vector without a member, or without one of its context."""
    changed = json.loads(json.dumps(VECTOR))
    (changed["TESTCTX"] if name in changed["TESTCTX"] else changed)[name] = None
    return dict(changed)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("common/2DCode/raw/CO1", "common/CO1"),
        ("PL/1.3.0/2DCode/raw/1", "PL/1.3.0/1"),
        ("PL/2DCode/raw/1.3.0/1", "PL/1.3.0/1"),
        ("LU/2DCODE/raw/1", "LU/1"),
        ("collected/one", "collected/one"),
    ],
)
def test_a_vector_is_named_by_its_place_in_the_collection(place: str, name: str) -> None:
    assert vector_name(Path(f"/somewhere/{place}.json")) == name


def test_each_flag_is_judged_and_a_refusal_follows_from_one_that_is_false(tmp_path: Path) -> None:
    path = write(tmp_path / "XX" / "2DCode" / "raw" / "1.json", {**VECTOR, "COSE": "00"})
    report = run(path)
    assert {one.id: (one.verdict, one.expected, one.actual) for one in report.results} == {
        "dgc-testdata::XX/1::B45DECODE": (Verdict.PASS, "accept", "accept"),
        "dgc-testdata::XX/1::COMPRESSION": (Verdict.PASS, "accept", "accept"),
        "dgc-testdata::XX/1::verify": (Verdict.PASS, "reject", "reject zlib.invalid"),
    }


@pytest.mark.parametrize("name", ["PREFIX", "COMPRESSED", "CERTIFICATE", "VALIDATIONCLOCK"])
def test_a_flag_whose_data_are_missing_is_skipped(tmp_path: Path, name: str) -> None:
    vector = without(name)
    vector["EXPECTEDRESULTS"] = {"EXPECTEDB45DECODE": True}
    (result,) = run(write(tmp_path / "1.json", vector)).results
    assert (result.verdict, result.reason) == (Verdict.SKIP, f"the vector has no {name}")


def test_a_flag_that_nobody_knows_is_skipped_and_one_that_is_null_is_none(tmp_path: Path) -> None:
    flags = {"EXPECTEDFAME": True, "EXPECTEDB45DECODE": None}
    path = write(tmp_path / "1.json", {**VECTOR, "EXPECTEDRESULTS": flags})
    (result,) = run(path).results
    assert (result.verdict, result.reason) == (Verdict.SKIP, "an unknown flag")


def test_flags_that_do_not_decide_make_no_case_of_the_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "1.json", {**VECTOR, "EXPECTEDRESULTS": {"EXPECTEDB45DECODE": True}})
    assert [case.op for case in cases(path)] == ["dgc.flag"]


# --- Wycheproof -----------------------------------------------------------------------------------


def der_of(r: int, s: int) -> bytes:
    """SEQUENCE of two INTEGER, by another library."""
    return utils.encode_dss_signature(r, s)


@pytest.mark.parametrize("size", [32, 48, 66])
def test_a_der_signature_of_each_size_becomes_r_and_s(size: int) -> None:
    for r, s in ((1, 2), (2 ** (8 * size) - 1, 2 ** (8 * size - 1)), (0, 127), (128, 255)):
        raw = raw_signature(der_of(r, s), size)
        assert raw == r.to_bytes(size, "big") + s.to_bytes(size, "big")


@pytest.mark.parametrize(
    "der",
    [
        "",
        "30",
        "3006020101020101 00",  # something behind it
        "3105020101020101",  # no SEQUENCE
        "3081060201010201 01",  # a length in a longer form than needed
        "300702020001020101",  # a leading zero
        "3006020181020101",  # negative
        "300602000201 0101",  # empty
        "300603010102 0101",  # no INTEGER
        "3009020101020101020101",  # three numbers
        "30030201 01",  # one number
        "300602050102 0101",  # a length beyond the end
    ],
)
def test_what_is_no_strict_der_of_two_numbers_cannot_be_written(der: str) -> None:
    assert raw_signature(bytes.fromhex(der.replace(" ", "")), 32) is None


def test_a_number_that_is_too_large_for_the_curve_cannot_be_written() -> None:
    assert raw_signature(der_of(2**256, 1), 32) is None
    assert raw_signature(der_of(1, 2**264), 32) is None


def wycheproof(folder: Path, **group: Any) -> Path:
    return write(folder / "test.json", {"algorithm": "X", "testGroups": [group]})


KEY = ec.derive_private_key(7, ec.SECP384R1())
SPKI = KEY.public_key().public_bytes(
    serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
)


def signed(message: bytes) -> bytes:
    return KEY.sign(message, ec.ECDSA(hashes.SHA384()))


def test_a_signature_of_another_curve_or_in_the_form_of_ieee_p1363_is_tried(
    tmp_path: Path,
) -> None:
    der = signed(b"abc")
    raw = raw_signature(der, 48)
    assert raw is not None
    common = {
        "publicKey": {"curve": "secp384r1"},
        "sha": "SHA-384",
        "publicKeyDer": SPKI.hex(),
    }
    for kind, signature in (("EcdsaVerify", der), ("EcdsaP1363Verify", raw)):
        tests = [
            {"tcId": number, "msg": message.hex(), "sig": signature.hex(), "result": result}
            for number, (message, result) in enumerate(
                [(b"abc", "valid"), (b"abd", "invalid"), (b"abd", "acceptable")]
            )
        ]
        report = run(wycheproof(tmp_path, type=kind, tests=tests, **common))
        assert [(one.verdict, one.actual) for one in report.results] == [
            (Verdict.PASS, "accept"),
            (Verdict.PASS, "reject signature.invalid"),
            (Verdict.PASS, "reject signature.invalid"),
        ]
        assert report.results[2].expected == "accept or reject"


def test_a_valid_signature_that_cannot_be_written_is_not_passed_over(tmp_path: Path) -> None:
    test = {"tcId": 1, "msg": "", "sig": "3000", "result": "valid"}
    path = wycheproof(
        tmp_path,
        type="EcdsaVerify",
        publicKey={"curve": "secp384r1"},
        sha="SHA-384",
        publicKeyDer=SPKI.hex(),
        tests=[test],
    )
    (result,) = run(path).results
    assert (result.verdict, result.actual) == (Verdict.FAIL, "reject signature.invalid")


@pytest.mark.parametrize(
    "group",
    [
        {"type": "EcdsaVerify", "publicKey": {"curve": "secp256k1"}, "sha": "SHA-256"},
        {"type": "EcdsaVerify", "publicKey": {"curve": "secp256r1"}, "sha": "SHA-512"},
        {"type": "RsassaPssVerify", "sha": "SHA-1", "mgf": "MGF1", "mgfSha": "SHA-1", "sLen": 20},
        {"type": "AeadTest"},
    ],
)
def test_an_algorithm_that_certificates_do_not_use_is_skipped(
    tmp_path: Path, group: dict[str, Any]
) -> None:
    tests = [{"tcId": 1, "msg": "", "sig": "00", "result": "valid"}]
    report = run(wycheproof(tmp_path, **group, tests=tests))
    (result,) = report.results
    assert (result.verdict, result.reason) == (
        Verdict.SKIP,
        "no algorithm of COSE that certificates use",
    )
    assert not report.is_as_expected


# --- COSE -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signed_by", "reason"),
    [
        ({"mac0": {}}, "no COSE_Sign1"),
        ({"sign0": {"key": {"kty": "OKP"}, "alg": "EdDSA"}}, "no algorithm that certificates use"),
    ],
)
def test_a_message_of_another_kind_is_skipped(
    tmp_path: Path, signed_by: dict[str, Any], reason: str
) -> None:
    example = {"title": "x", "input": signed_by, "output": {"cbor": "D1"}}
    (result,) = run(write(tmp_path / "a.json", example)).results
    assert (result.verdict, result.reason) == (Verdict.SKIP, reason)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"alg": "ES256", "sign::verify": {}}, "no COSE_Sign1"),
        (
            {
                "alg": "EdDSA",
                "sign1::verify": {"taggedCOSESign1": {"cborHex": ""}, "shouldVerify": True},
            },
            "no algorithm that certificates use",
        ),
    ],
)
def test_an_example_of_gluecose_of_another_kind_is_skipped(
    tmp_path: Path, members: dict[str, Any], reason: str
) -> None:
    (result,) = run(write(tmp_path / "a.json", {"key": {"kty": "EC"}, **members})).results
    assert (result.verdict, result.reason) == (Verdict.SKIP, reason)


def test_an_example_that_should_not_verify_has_to_be_refused(tmp_path: Path) -> None:
    numbers = KEY.public_key().public_numbers()
    key = {"kty": "EC", "crv": "P-384", "x_hex": f"{numbers.x:096x}", "y_hex": f"{numbers.y:096x}"}
    message = "84" + "44a1013822" + "a0" + "4141" + "5860" + "01" * 96
    parts = {"taggedCOSESign1": {"cborHex": message}, "shouldVerify": False}
    example = {"key": key, "alg": "ES384", "sign1::verify": parts}
    (result,) = run(write(tmp_path / "a.json", example)).results
    assert (result.verdict, result.actual) == (Verdict.PASS, "reject signature.invalid")


# --- seals, national samples, lists ---------------------------------------------------------------


def seals(folder: Path, readme: str | None) -> Path:
    write(folder / "one.json", {"data": {}, "sig": {}})
    write(folder / "notes.json", {"note": "no seal"})
    (folder / "csca").mkdir()
    (folder / "csca" / "a.der").write_bytes(b"0")
    if readme is not None:
        (folder / "README.md").write_text(readme, encoding="utf-8")
    return folder


@pytest.mark.parametrize("readme", [None, "", "one must fail", "| `two` | must fail |"])
def test_a_seal_of_which_nothing_is_said_is_skipped(tmp_path: Path, readme: str | None) -> None:
    (result,) = run(seals(tmp_path, readme)).results
    assert result.verdict is Verdict.SKIP
    assert "README" in result.reason


@pytest.mark.parametrize(
    ("words", "expected", "verdict"),
    [
        ("one letter changed: must fail", "reject", Verdict.PASS),
        ("verifies; its issuer is no trusted CSCA", "reject signer.chain", Verdict.FAIL),
        ("verifies, chains to a", "accept", Verdict.FAIL),
    ],
)
def test_the_words_of_the_readme_decide(
    tmp_path: Path, words: str, expected: str, verdict: Verdict
) -> None:
    readme = f"| file | expected |\n|---|---|\n| `zero`, `one` | {words} |\n"
    (result,) = run(seals(tmp_path, readme)).results
    assert (result.expected, result.actual) == (expected, "reject vdsnc.malformed")
    assert result.verdict is verdict


@pytest.mark.parametrize(
    ("signature", "is_listed", "expected"),
    [
        ("verified", True, "accept"),
        ("failed", True, "reject"),
        ("no key", False, "reject trust.unknown_kid"),
    ],
)
def test_a_national_sample_is_expected_to_come_out_as_the_other_program_says(
    tmp_path: Path, signature: str, is_listed: bool, expected: str
) -> None:
    kid = b64encode(bytes(8)).decode()
    found: dict[str, Any] = {
        "alg": -7,
        "kid": kid,
        "claims": {"1": "XX", "4": 2, "6": 1},
        "ver": "1.3.0",
        "kinds": ["v"],
        "signature": signature,
    }
    write(tmp_path / "codes.json", {"XX/1.png": "HC1:"})
    write(tmp_path / "expected.json", {"XX/1.png": found})
    key = {"certificate": "AA==", "country": "XX"}
    write(tmp_path / "trust.json", {kid: key} if is_listed else {})
    decode, verify = cases(tmp_path)
    assert (decode.op, verify.op, str(verify.expected)) == ("decode", "verify", expected)
    assert verify.input["at"] == "1970-01-01T00:00:01+00:00"

    del found["claims"]["6"]
    write(tmp_path / "expected.json", {"XX/1.png": found})
    decode, verify = cases(tmp_path)
    assert decode.expected.value is not None
    assert decode.expected.value["issued_at"] is None
    assert verify.unsuitable == "it does not say when it was issued"


LIST: dict[str, Any] = {
    "id": "list",
    "kind": "trust list",
    "format": "PEM",
    "made_from": "-",
    "files": ["list.pem"],
    "issued_at": None,
    "expires_at": None,
    "sequence": None,
    "usable_keys": [],
    "entries_set_aside": [],
    "loads": [{"id": "plain", "authenticated": False}],
    "refusals": [],
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"files": ["../list.pem"]}, "outside the folder"),
        ({"files": ["missing.pem"]}, "cannot be read"),
        (
            {
                "loads": [],
                "refusals": [
                    {
                        "id": "changed",
                        "reject": "trustlist.signature",
                        "change": {"file": "list.pem", "offset": 0, "from": "00", "to": "01"},
                    }
                ],
            },
            "the change does not fit",
        ),
    ],
)
def test_a_list_whose_files_are_not_as_stated_is_an_error(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    folder = tmp_path / "lists"
    write(folder / "expected.json", {"vectors": [{**LIST, **changes}]})
    (folder / "list.pem").write_text("x", encoding="utf-8")
    (tmp_path / "list.pem").write_text("x", encoding="utf-8")
    with pytest.raises(SuiteError, match=message):
        run(folder)


def test_a_list_that_holds_something_else_than_stated_fails(tmp_path: Path) -> None:
    own = Path(__file__).resolve().parents[1] / "test_vectors" / "trust-lists"
    data = (own / "own" / "unsigned.cbor").read_bytes()
    (tmp_path / "list.pem").write_bytes(data)
    write(tmp_path / "expected.json", {"vectors": [LIST]})
    (result,) = run(tmp_path).results
    assert result.verdict is Verdict.FAIL
    assert "usable_keys" in result.reason


def test_a_table_of_lists_runs_as_a_file_too() -> None:
    own = Path(__file__).resolve().parents[1] / "test_vectors" / "trust-lists"
    assert len(cases(own / "expected.json")) == len(cases(own)) > 100


@pytest.mark.parametrize("text", ["", "no json", '{"vectors": [{"id": "a"}, {"id"'])
def test_a_table_of_lists_that_is_no_json_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "expected.json").write_text(text, encoding="utf-8")
    with pytest.raises(SuiteError, match=r"expected\.json: no JSON"):
        run(tmp_path)


def test_a_table_of_which_one_vector_breaks_the_form_is_an_error(tmp_path: Path) -> None:
    vectors = [{"id": "a", "kind": "trust list", "loads": [], "refusals": []}, {"id": "b"}]
    write(tmp_path / "expected.json", {"vectors": vectors})
    with pytest.raises(SuiteError, match="breaks its form"):
        run(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_list_that_is_a_pipe_is_an_error(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    refusal = {"id": "a", "reject": "trustlist.format"}
    vector = {"id": "a", "kind": "trust list", "made_from": "-", "files": ["pipe"], "loads": []}
    write(tmp_path / "expected.json", {"vectors": [{**vector, "refusals": [refusal]}]})
    with pytest.raises(SuiteError, match="pipe: no file"):
        cases(tmp_path)


def test_canonical_json_without_its_input_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "input").mkdir()
    write(tmp_path / "output" / "a.json", {})
    with pytest.raises(SuiteError, match=r"output/a\.json: without its input"):
        run(tmp_path)


def test_canonical_json_without_its_output_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "input" / "a.json", {})
    (tmp_path / "output").mkdir()
    with pytest.raises(SuiteError, match=r"a\.json: cannot be read"):
        run(tmp_path)
