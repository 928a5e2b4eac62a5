"""The runner can fail: wrong verdicts, wrong reasons, empty suites, disagreements old and new."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from vnvaxcert.conformance import Report, SuiteError, Verdict, run
from vnvaxcert.conformance.case import ACCEPT, REJECT, Case, Expected
from vnvaxcert.conformance.divergences import Divergence
from vnvaxcert.conformance.judging import Kind
from vnvaxcert.conformance.report import Result
from vnvaxcert.conformance.suites import FORMATS, find

GOOD: Mapping[str, Any] = {"op": "base45.decode", "input": {"text": "BB8"}}  # RFC 9285 §4.3
BAD: Mapping[str, Any] = {"op": "base45.decode", "input": {"text": "BB"}}
TURNED: Mapping[str, Any] = {"op": "base45.decode", "input": {"text": "GGW"}}  # RFC 9285 §6


def vector(name: str, expect: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """A vector of suite ``sample``."""
    return {
        "id": f"sample::base45::{name}",
        "spec": "RFC 9285 §4",
        "comment": "For the test of the runner.",
        **GOOD,
        "expect": expect,
        **changes,
    }


def suite(folder: Path, *vectors: Mapping[str, Any], name: str = "sample") -> Path:
    """A suite in a folder of its own."""
    folder.mkdir(exist_ok=True)
    document = {"suite": name, "vectors": vectors}
    (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def only(report: Report) -> Result:
    (result,) = report.results
    return result


AB = {"accept": {"hex": "4142"}}  # "AB"


# --- verdicts -------------------------------------------------------------------------------------


def test_what_comes_out_as_stated_passes(tmp_path: Path) -> None:
    refused = vector("refused", {"reject": "base45.invalid"}, **TURNED)
    report = run(suite(tmp_path, vector("good", AB), refused))
    assert [result.verdict for result in report.results] == [Verdict.PASS, Verdict.PASS]
    assert (report.passed, report.failed, report.skipped) == (2, 0, 0)
    assert report.is_as_expected
    assert report.kinds == {Kind.AGREES: 2}


@pytest.mark.parametrize(
    ("expect", "asked", "kind", "actual"),
    [
        ({"reject": "base45.invalid"}, GOOD, Kind.ACCEPTS_INVALID, "accept"),
        ({"reject": "zlib.invalid"}, TURNED, Kind.OTHER_REASON, "reject base45.invalid"),
        (AB, TURNED, Kind.REFUSES_VALID, "reject base45.invalid"),
        ({"accept": {"hex": "4143"}}, GOOD, Kind.OTHER_VALUE, "accept"),
        ({"accept": {"hex": "4142", "more": 1}}, GOOD, Kind.OTHER_VALUE, "accept"),
    ],
)
def test_anything_else_fails_the_run(
    tmp_path: Path, expect: Mapping[str, Any], asked: Mapping[str, Any], kind: Kind, actual: str
) -> None:
    report = run(suite(tmp_path, vector("wrong", expect, **asked)))
    result = only(report)
    assert (result.verdict, result.kind, result.actual) == (Verdict.FAIL, kind, actual)
    assert result.reason.startswith(kind.value)
    assert not report.is_as_expected


def test_a_value_that_differs_is_named_and_not_shown(tmp_path: Path) -> None:
    result = only(run(suite(tmp_path, vector("wrong", {"accept": {"hex": "53454352"}}))))
    assert result.reason.endswith(": hex")
    assert "53454352" not in repr(result)
    assert "4142" not in repr(result)


def test_this_library_has_to_say_all_that_a_verification_is_expected_to_say(tmp_path: Path) -> None:
    """Others may keep to the verdict; here a member that is not told is a failure."""
    path = Path(__file__).resolve().parents[1] / "test_vectors" / "times.json"
    document = json.loads(path.read_bytes())
    accepted = next(one for one in document["vectors"] if "accept" in one["expect"])
    accepted["expect"]["accept"]["more"] = "x"
    suite(tmp_path, accepted)
    (tmp_path / "keys.json").write_bytes((path.parent / "keys.json").read_bytes())
    result = only(run(tmp_path))
    assert (result.verdict, result.kind) == (Verdict.FAIL, Kind.OTHER_VALUE)
    assert result.reason.endswith(": more")


def test_an_operation_that_there_is_not_fails_beside_good_vectors(tmp_path: Path) -> None:
    """Passing over a misspelt operation would hide a vector that nobody runs."""
    misspelt = vector("misspelt", AB, op="base54.decode")
    report = run(suite(tmp_path, vector("good", AB), misspelt))
    assert (report.passed, report.failed, report.skipped) == (1, 1, 0)
    assert report.results[1].reason == "the vector cannot be run: no such operation"
    assert not report.is_as_expected


def test_a_vector_with_an_unusable_input_fails(tmp_path: Path) -> None:
    result = only(run(suite(tmp_path, vector("none", {"reject": "base45.invalid"}, input={}))))
    assert (result.verdict, result.kind, result.actual) == (Verdict.FAIL, None, "")
    assert result.reason == "the vector cannot be run: text: expected to be there, as str"


# --- suites that prove nothing --------------------------------------------------------------------


def test_an_empty_suite_fails_beside_a_good_one(tmp_path: Path) -> None:
    suite(tmp_path, vector("good", AB))
    suite(tmp_path, name="hollow")
    report = run(tmp_path)
    assert (report.passed, report.failed) == (1, 1)
    (failed,) = [result for result in report.results if result.verdict is Verdict.FAIL]
    assert failed.reason == "the suite is empty"
    assert "hollow" in failed.suite


def test_an_empty_folder_of_canonical_json_fails(tmp_path: Path) -> None:
    (tmp_path / "input").mkdir()
    (tmp_path / "output").mkdir()
    assert only(run(tmp_path)).reason == "the suite is empty"


@pytest.mark.parametrize("text", [None, "{}", "[]", "no json", "", '{"suite": "sample"}'])
def test_a_folder_without_a_suite_is_an_error_and_no_success(
    tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "file.json").write_text(text, encoding="utf-8")
    with pytest.raises(SuiteError, match="no suite of a known form"):
        run(tmp_path)


def test_a_path_that_leads_nowhere_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="no such file or folder"):
        run(tmp_path / "missing")


def test_a_pattern_that_no_id_has_is_an_error(tmp_path: Path) -> None:
    folder = suite(tmp_path, vector("good", AB))
    assert len(run(folder, only="sample::*::good").results) == 1
    with pytest.raises(SuiteError, match="no vector"):
        run(folder, only="times::*")


def test_only_the_vectors_asked_for_are_run(tmp_path: Path) -> None:
    folder = suite(tmp_path, vector("good", AB), vector("wrong", {"reject": "base45.invalid"}))
    suite(tmp_path, name="hollow")
    report = run(folder, only="*::good")
    assert [result.id for result in report.results] == ["sample::base45::good"]
    assert report.is_as_expected


def test_an_id_that_stands_twice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="sample::base45::good: two vectors"):
        run(suite(tmp_path, vector("good", AB), vector("good", AB)))


@pytest.mark.parametrize(
    "changes",
    [
        {"expect": {}},
        {"expect": {"accept": {}, "reject": "base45.invalid"}},
        {"expect": {"reject": None}},
        {"expect": None},
        {"input": {"trust": ["nobody"]}},
        {"input": None},
        {"id": None},
        {"id": 5},
        {"id": ["a"]},
        {"spec": 5},
        {"op": ["verify"]},
    ],
)
def test_a_vector_of_another_form_is_an_error(tmp_path: Path, changes: Mapping[str, Any]) -> None:
    broken = {**vector("broken", AB), **changes}
    if broken["id"] is None:
        del broken["id"]
    with pytest.raises(SuiteError, match=r"breaks its form|expects neither|no key of the name"):
        run(suite(tmp_path, broken))


@pytest.mark.parametrize(
    "text",
    ["", '{"suite": "times", "vec', "[" * 100_000, "\ufeff\ufeff{}", b"\xff\xfe{\x00}\x00"],
    ids=["empty", "cut", "deep", "two-marks", "utf-16"],
)
def test_half_a_file_beside_vectors_is_an_error_and_not_passed_over(
    tmp_path: Path, text: str | bytes
) -> None:
    suite(tmp_path, vector("good", AB))
    data = text.encode() if isinstance(text, str) else text
    (tmp_path / "times.json").write_bytes(data)
    with pytest.raises(SuiteError, match=r"times\.json: no JSON, and there are vectors beside it"):
        run(tmp_path)


def test_a_file_that_is_no_json_and_lies_elsewhere_is_passed_over(tmp_path: Path) -> None:
    """Published trust lists are such: JSON with a signature before it."""
    suite(tmp_path, vector("good", AB))
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "list.json").write_text("c2lnbmF0dXJl\n{}", encoding="utf-8")
    assert len(run(tmp_path).results) == 1


def test_a_suite_that_says_its_form_and_has_no_vectors_is_an_error(tmp_path: Path) -> None:
    suite(tmp_path, vector("good", AB))
    document = {"$schema": "vectors.schema.json", "suite": "times", "vectros": []}
    (tmp_path / "times.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(SuiteError, match=r"times\.json: breaks its form"):
        run(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    suite(tmp_path, vector("good", AB))
    assert len(run(tmp_path).results) == 1
    with pytest.raises(SuiteError, match="there is no such file"):
        run(tmp_path / "pipe.json")


def test_a_format_that_there_is_not_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="format"):
        run(suite(tmp_path, vector("good", AB)), format="limbo")


def test_another_format_than_asked_for_is_passed_over(tmp_path: Path) -> None:
    folder = suite(tmp_path, vector("good", AB))
    assert FORMATS[0] == "auto"
    assert len(run(folder, format="vnvaxcert").results) == 1
    for format in FORMATS[1:]:
        if format != "vnvaxcert":
            with pytest.raises(SuiteError, match=f"of the form {format}"):
                run(folder, format=format)


# --- known disagreements --------------------------------------------------------------------------

WRONG = "sample::base45::wrong"
REASON = "For the sake of the test it is taken to be right."


def divergent(tmp_path: Path, actual: str, expect: Mapping[str, Any]) -> Report:
    folder = suite(tmp_path, vector("wrong", expect, **TURNED))
    return run(folder, divergences={WRONG: Divergence(actual=actual, reason=REASON)})


def test_a_listed_disagreement_passes_and_is_counted(tmp_path: Path) -> None:
    report = divergent(tmp_path, "reject base45.invalid", AB)
    result = only(report)
    assert (result.verdict, result.kind) == (Verdict.PASS, Kind.REFUSES_VALID)
    assert result.reason == f"known to diverge: {REASON}"
    assert (report.passed, report.diverging) == (1, 1)


def test_a_disagreement_that_is_gone_fails(tmp_path: Path) -> None:
    report = divergent(tmp_path, "reject base45.invalid", {"reject": "base45.invalid"})
    assert only(report).verdict is Verdict.FAIL
    assert "no longer does" in only(report).reason
    assert report.diverging == 0


@pytest.mark.parametrize("actual", ["accept", "reject zlib.invalid", "reject"])
def test_a_disagreement_that_comes_out_otherwise_fails(tmp_path: Path, actual: str) -> None:
    report = divergent(tmp_path, actual, AB)
    assert only(report).verdict is Verdict.FAIL
    assert "comes out otherwise" in only(report).reason


def test_a_disagreement_that_is_not_listed_fails(tmp_path: Path) -> None:
    folder = suite(tmp_path, vector("wrong", AB, **TURNED))
    other = {"sample::base45::other": Divergence(actual="accept", reason=REASON)}
    assert only(run(folder, divergences=other)).verdict is Verdict.FAIL


# --- folders --------------------------------------------------------------------------------------


def test_suites_are_found_in_folders_of_folders_but_not_through_links(tmp_path: Path) -> None:
    inner = suite(tmp_path / "inner", vector("good", AB))
    (tmp_path / "again").symlink_to(inner, target_is_directory=True)
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert len(run(tmp_path).results) == 1


def test_files_of_one_suite_are_counted_together(tmp_path: Path) -> None:
    suite(tmp_path / "one", vector("good", AB))
    suite(tmp_path / "two", vector("refused", {"reject": "base45.invalid"}, **BAD))
    (found,) = find(tmp_path)
    assert (found.name, len(found.cases)) == ("sample", 2)


def test_too_many_files_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vnvaxcert.conformance.suites import finding

    monkeypatch.setattr(finding, "MAX_FILES", 2)
    for number in range(3):
        suite(tmp_path, vector(f"good-{number}", AB), name=f"sample-{number}")
    with pytest.raises(SuiteError, match="more than 2 files"):
        run(tmp_path)


def test_a_file_that_is_too_large_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vnvaxcert.conformance.suites import document

    monkeypatch.setattr(document, "MAX_FILE_BYTES", 64)
    with pytest.raises(SuiteError, match=r"sample\.json: more than"):
        run(suite(tmp_path, vector("good", AB)))


def test_a_folder_that_cannot_be_read_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    folder = suite(tmp_path, vector("good", AB))
    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(SuiteError, match="cannot be read: Permission denied"):
        run(folder)


# --- words ----------------------------------------------------------------------------------------


def test_an_expectation_is_told_in_words() -> None:
    assert str(ACCEPT) == "accept"
    assert str(REJECT) == "reject"
    assert str(Expected(outcome="reject", code="cwt.expired")) == "reject cwt.expired"
    assert str(Expected(outcome="either")) == "accept or reject"


def test_a_case_does_not_show_its_input() -> None:
    case = Case(id="a", suite="b", clause="c", op="d", input={"text": "SECRET"}, expected=ACCEPT)
    assert "SECRET" not in repr(case)
