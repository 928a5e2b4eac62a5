"""`vnvaxcert conformance`: exit status, what is shown, files of results, harnesses."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from test_conformance_runner import AB, TURNED, suite, vector
from vnvaxcert.cli import main
from vnvaxcert.conformance import Report, Result, Subject, Verdict, run, runner
from vnvaxcert.conformance.documents import to_json, to_junit
from vnvaxcert.conformance.judging import Kind

OWN = Path(__file__).resolve().parents[1] / "test_vectors"
SERVE = f"{sys.executable} -m vnvaxcert conformance serve"

GOOD = vector("good", AB)
REFUSED = vector("refused", {"reject": "base45.invalid"}, **TURNED)
WRONG = vector("wrong", {"reject": "zlib.invalid"}, **TURNED)
UNSUPPORTED = vector("unsupported", AB, op="base46.decode")


@pytest.fixture
def more_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    """One operation more in the protocol, which nobody answers."""
    monkeypatch.setattr(runner, "OPERATIONS", runner.OPERATIONS | {"base46.decode"})


class Done:
    """How a command ended."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err


def conformance(capsys: pytest.CaptureFixture[str], *arguments: str) -> Done:
    status = main(["conformance", *arguments])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return Done(status, out, err)


def test_vectors_as_expected_are_status_0_and_counted_by_suite_and_clause(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    done = conformance(capsys, "run", str(suite(tmp_path, GOOD, REFUSED)))
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines() == [
        "By suite",
        "✓     2 passed      sample",
        "",
        "By clause",
        "✓     2 passed      RFC 9285 §4",
        "",
        "✓ AS EXPECTED: 2 passed, 0 failed, 0 skipped",
        "",
    ]


def test_a_vector_that_is_not_as_expected_is_status_1_and_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    done = conformance(capsys, "run", str(suite(tmp_path, GOOD, WRONG)))
    assert done.status == 1
    assert done.out.startswith(
        "Not as expected\n"
        "✗ sample::base45::wrong\n"
        "    RFC 9285 §4; expected reject zlib.invalid, got reject base45.invalid\n"
        "    refuses for another reason\n"
    )
    assert "✗     1 passed  1 failed    sample" in done.out
    assert "✗ NOT AS EXPECTED: 1 passed, 1 failed, 0 skipped" in done.out


@pytest.mark.usefixtures("more_operations")
def test_what_is_skipped_is_told_with_the_reason_and_never_a_success(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    done = conformance(capsys, "run", str(suite(tmp_path, UNSUPPORTED)))
    assert done.status == 1
    assert "!     0 passed    1 skipped  sample" in done.out
    assert "  ! the operation is not supported" in done.out
    assert "NOT AS EXPECTED: 0 passed, 0 failed, 1 skipped" in done.out


def test_an_empty_suite_is_status_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    done = conformance(capsys, "run", str(suite(tmp_path)))
    assert done.status == 1
    assert "the suite is empty" in done.out


def test_of_many_failures_the_first_are_listed_and_the_rest_counted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    wrong = [{**WRONG, "id": f"sample::base45::wrong-{number}"} for number in range(50)]
    done = conformance(capsys, "run", str(suite(tmp_path, *wrong)))
    assert done.out.count("✗ sample::") == 40
    assert "and 10 more; --json and --junit have all of them" in done.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run"], "required"),
        (["run", "missing"], "there is no such file or folder"),
        (["run", ".", "--format", "limbo"], "expected one of those"),
        (["run", ".", "--only", "times::*"], "no suite of a known form"),
        (["run", ".", "--timeout", "5"], "no --harness"),
        (["run", ".", "--timeout", "0", "--harness", "x"], "expected seconds"),
        (["run", ".", "--timeout", "nan", "--harness", "x"], "expected seconds"),
        (["run", ".", "--timeout", "soon", "--harness", "x"], "expected seconds"),
        (["run", ".", "--harness", "no-such-program-at-all"], "cannot start"),
        (["serve", "more"], "too many arguments"),
        (["verify"], "there is no command 'verify' for conformance"),
        (["HC1:6BF"], "there is no command for conformance"),
    ],
)
def test_wrong_usage_is_status_2_and_one_line(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    if "--harness" in arguments:
        suite(tmp_path, GOOD)
    done = conformance(capsys, *arguments)
    assert (done.status, done.out) == (2, "")
    assert message in done.err
    assert done.err.count("\n") == 1


def test_help_names_the_commands_and_their_options(capsys: pytest.CaptureFixture[str]) -> None:
    done = conformance(capsys, "--help")
    assert done.status == 0
    for word in ("run", "serve", "--harness", "--junit", "--only"):
        assert word in done.out
    assert conformance(capsys, "run", "--help").status == 0
    assert conformance(capsys, "serve", "--help").status == 0
    nothing = conformance(capsys)
    assert (nothing.status, nothing.out) == (2, done.out)


def test_a_file_that_cannot_be_written_is_status_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = suite(tmp_path, GOOD)
    done = conformance(capsys, "run", str(folder), "--json", str(tmp_path / "no" / "file.json"))
    assert done.status == 2
    assert "cannot be written" in done.err


# --- files of results -----------------------------------------------------------------------------


@pytest.mark.usefixtures("more_operations")
def test_the_json_has_the_form_of_the_contract(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = suite(tmp_path / "vectors", GOOD, WRONG, UNSUPPORTED)
    file = tmp_path / "results.json"
    assert conformance(capsys, "run", str(folder), "--json", str(file)).status == 1
    document = json.loads(file.read_bytes())
    results = document.pop("results")
    assert document == {
        "suite": "sample",
        "harness": None,
        "total": 3,
        "passed": 1,
        "failed": 1,
        "skipped": 1,
        "diverging": 0,
        "suites": [{"suite": "sample", "total": 3, "passed": 1, "failed": 1, "skipped": 1}],
        "clauses": [{"clause": "RFC 9285 §4", "total": 3, "passed": 1, "failed": 1, "skipped": 1}],
        "kinds": {"agrees": 1, "refuses for another reason": 1, "unsupported": 1},
    }
    assert [one["outcome"] for one in results] == ["pass", "fail", "skip"]
    assert results[1] == {
        "id": "sample::base45::wrong",
        "suite": "sample",
        "clause": "RFC 9285 §4",
        "op": "base45.decode",
        "outcome": "fail",
        "expected": "reject zlib.invalid",
        "actual": "reject base45.invalid",
        "kind": "refuses for another reason",
        "reason": "refuses for another reason",
    }


@pytest.mark.usefixtures("more_operations")
def test_the_xml_is_what_programs_of_continuous_integration_read(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = suite(tmp_path / "vectors", GOOD, WRONG, UNSUPPORTED)
    file = tmp_path / "results.xml"
    conformance(capsys, "run", str(folder), "--junit", str(file))
    root = ElementTree.fromstring(file.read_text(encoding="utf-8"))
    (found,) = root
    for element in (root, found):
        counts = {name: element.get(name) for name in ("tests", "failures", "errors", "skipped")}
        assert counts == {"tests": "3", "failures": "1", "errors": "0", "skipped": "1"}
        assert float(element.get("time", "x")) >= 0
    assert found.get("name") == "sample"
    good, wrong, unknown = found
    assert (good.get("name"), good.get("classname"), len(good)) == (
        "sample::base45::good",
        "RFC 9285 §4",
        0,
    )
    (failure,) = wrong
    assert (failure.tag, failure.get("message")) == ("failure", "refuses for another reason")
    assert failure.text == "expected: reject zlib.invalid\nactual: reject base45.invalid"
    (skipped,) = unknown
    assert (skipped.tag, skipped.get("message")) == (
        "skipped",
        "the operation is not supported",
    )


def test_half_a_surrogate_in_an_id_is_written_as_json_escapes_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = suite(tmp_path / "vectors", vector("half \ud83d", AB))
    files = tmp_path / "results.json", tmp_path / "results.xml"
    written = ("--json", str(files[0]), "--junit", str(files[1]))
    assert conformance(capsys, "run", str(folder), *written).status == 0
    assert json.loads(files[0].read_bytes())["results"][0]["id"] == "sample::base45::half \ud83d"
    (found,) = ElementTree.fromstring(files[1].read_bytes()).iter("testcase")
    assert found.get("name") == "sample::base45::half ?"


def result(**changes: Any) -> Result:
    plain: Mapping[str, Any] = {
        "id": "sample::a::b",
        "suite": "sample",
        "clause": "-",
        "op": "verify",
        "verdict": Verdict.FAIL,
        "kind": Kind.CRASH,
        "expected": "accept",
        "actual": "",
        "reason": "ended",
    }
    return Result(**{**plain, **changes})


def test_characters_that_xml_does_not_have_do_not_break_the_file() -> None:
    strange = 'a\x00\x1b[31m\ud800\uffff<&>"]]>'
    report = Report(
        subject=Subject(name=strange, version="1"),
        results=(result(id=strange, reason=strange, suite=strange),),
    )
    text = to_junit(report)
    (found,) = ElementTree.fromstring(text)
    assert found.get("name") == 'a??[31m??<&>"]]>'
    text.encode("utf-8")


def test_a_report_of_a_harness_names_it() -> None:
    report = Report(subject=Subject(name="other", version="2.1"), results=(result(),))
    assert json.loads(to_json(report))["harness"] == {"name": "other", "version": "2.1"}
    assert ElementTree.fromstring(to_junit(report)).get("name") == "other 2.1"


# --- harnesses ------------------------------------------------------------------------------------


def test_this_library_behind_its_own_harness_finds_what_it_finds_itself(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pattern = "t*::*::*"  # times, trust, trust-lists
    inside, outside = tmp_path / "inside.json", tmp_path / "outside.json"
    arguments = ["run", str(OWN), "--only", pattern, "--json"]
    assert conformance(capsys, *arguments, str(inside)).status == 0
    done = conformance(capsys, *arguments, str(outside), "--harness", SERVE, "--timeout", "60")
    assert done.status == 0
    assert "Answers of vnvaxcert " in done.out
    ours, theirs = (json.loads(path.read_bytes()) for path in (inside, outside))
    assert theirs["harness"]["name"] == "vnvaxcert"
    assert len(ours["results"]) > 200
    assert ours["results"] == theirs["results"]


OTHER = """
import json, sys
for line in sys.stdin:
    question = json.loads(line)
    if "hello" in question:
        answer = {"hello": {"protocol": 1, "name": "yes-man", "version": "0", "ops": ["verify"]}}
    else:
        answer = {"id": question["id"], "outcome": "accept"}
    print(json.dumps(answer), flush=True)
"""


def test_a_verifier_that_accepts_everything_is_found_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    program = tmp_path / "yes man.py"
    program.write_text(OTHER, encoding="utf-8")
    file = tmp_path / "results.json"
    command = f"{sys.executable} '{program}'"
    only = ["--only", "t*::*::*", "--json", str(file)]
    done = conformance(capsys, "run", str(OWN), *only, "--harness", command)
    assert done.status == 1
    document = json.loads(file.read_bytes())
    assert document["harness"] == {"name": "yes-man", "version": "0"}
    for one in document["results"]:
        if one["op"] != "verify":
            expected: tuple[str, str] = ("skip", "unsupported")
        elif one["expected"] == "accept":
            expected = ("pass", "agrees")
        else:
            expected = ("fail", "accepts what must be refused")
        assert (one["outcome"], one["kind"]) == expected, one["id"]
    assert document["kinds"].keys() == {"agrees", "accepts what must be refused", "unsupported"}


def test_known_disagreements_of_this_library_are_no_excuse_for_another(tmp_path: Path) -> None:
    """What diverges here on purpose is judged by the suite alone when somebody else is asked."""
    from vnvaxcert.conformance import Harness, divergences
    from vnvaxcert.conformance.execute import supported

    identifier = next(iter(divergences.known_divergences()))
    folder = suite(tmp_path, {**WRONG, "id": identifier})
    with Harness(SERVE, timeout=60, operations=supported()) as harness:
        report = run(folder, harness=harness)
    (one,) = report.results
    assert (one.verdict, one.kind) == (Verdict.FAIL, Kind.OTHER_REASON)
    assert report.diverging == 0


def test_serving_answers_line_by_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    question = b'{"id": "a", "op": "base45.encode", "input": {"hex": "4142"}}\n'
    stream = io.TextIOWrapper(io.BytesIO(question + b"\xff\n"))
    monkeypatch.setattr(sys, "stdin", stream)
    done = conformance(capsys, "serve")
    assert done.status == 0
    first, second = map(json.loads, done.out.splitlines())
    assert first == {"id": "a", "outcome": "accept", "value": {"text": "BB8"}}
    assert second["outcome"] == "unsupported"


def test_who_only_verifies_does_not_import_the_runner() -> None:
    script = "import sys, vnvaxcert, vnvaxcert.cli; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "vnvaxcert.verify" in done.stdout.split()
    assert not [name for name in done.stdout.split() if name.startswith("vnvaxcert.conformance")]
