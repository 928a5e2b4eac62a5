"""``vnvaxcert conformance run``: suites of vectors against an implementation."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from vnvaxcert.cli.arguments import Parser
from vnvaxcert.cli.outcome import ACCEPTED, REFUSED, CommandError, Outcome
from vnvaxcert.cli.screen import Entry, Screen
from vnvaxcert.conformance.case import SuiteError
from vnvaxcert.conformance.documents import to_json, to_junit
from vnvaxcert.conformance.execute import supported
from vnvaxcert.conformance.harness import ANSWER_SECONDS, Harness, HarnessError
from vnvaxcert.conformance.report import Count, Report, Verdict
from vnvaxcert.conformance.runner import run as run_suites
from vnvaxcert.conformance.suites import FORMATS

MAX_SHOWN: Final = 40  # failures that are listed; the files have all
MAX_SECONDS: Final = 3600

DESCRIPTION = """\
Run suites of vectors and say which come out as expected: the vectors of this project
(test_vectors), the EU's dgc-testdata, national samples (dcc-quality-assurance, seals), Wycheproof,
the COSE working group, gluecose, and folders of canonical JSON. A suite is recognised by what is
in a file or folder; a folder may hold several.
"""
EPILOG = f"""\
Where this library disagrees with a suite of others on purpose, the disagreement is listed in the
library with its reason; one that is not listed fails the run, and so does one that is no longer
there. Against a harness nothing is listed. What an implementation does not support is skipped, and
never counts as passed.

A harness is a command that answers questions on its standard input (spec/harness.md). It is ended
and started again when it crashes or takes longer than --timeout.

--format is one of {", ".join(FORMATS)}.

The exit status is 0 when something passed and nothing failed, 1 when a vector did not come out as
expected or a suite is empty, 2 for wrong usage, no suite, or a harness that cannot be started.

examples:
  vnvaxcert conformance run test_vectors
  vnvaxcert conformance run test_vectors --only 'times::*' --json results.json
  vnvaxcert conformance run test_vectors --harness 'node verifier.js' --junit results.xml
"""


def parser() -> Parser:
    """The arguments."""
    made = Parser("conformance run", description=DESCRIPTION, epilog=EPILOG)
    made.add_argument("path", metavar="PATH", help="a suite, or a folder with suites in it")
    made.add_argument(
        "--format",
        metavar="NAME",
        type=_format,
        default="auto",
        help="only suites of this form; recognised, when not given",
    )
    made.add_argument(
        "--only", metavar="GLOB", help="only vectors whose id matches, such as 'times::*'"
    )
    made.add_argument("--json", metavar="FILE", help="write every result to a file as JSON")
    made.add_argument("--junit", metavar="FILE", help="write every result to a file as JUnit's XML")
    made.add_argument(
        "--harness", metavar="CMD", help="test the implementation behind this command"
    )
    made.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=_seconds,
        help=f"for one answer of a harness; {ANSWER_SECONDS:g}, when not given",
    )
    return made


def run(arguments: list[str]) -> Outcome:
    """Run suites.

    Raises:
        CommandError: Wrong usage, no suite, a harness that cannot be started, or a file that
            cannot be written.
        HelpAsked: For ``--help``.
    """
    values = parser().read(arguments)
    if values.timeout is not None and values.harness is None:
        raise CommandError("--timeout is given, and no --harness to wait for")
    with ExitStack() as stack:
        try:
            harness = stack.enter_context(_harness(values)) if values.harness else None
            report = run_suites(
                values.path, format=values.format, only=values.only, harness=harness
            )
        except (SuiteError, HarnessError) as error:
            raise CommandError(str(error)) from error
    for path, text in ((values.json, to_json), (values.junit, to_junit)):
        if path is not None:
            _write(path, text(report))
    status = ACCEPTED if report.is_as_expected else REFUSED
    return Outcome(status, _shown(report))


def _harness(values: Namespace) -> Harness:
    timeout = ANSWER_SECONDS if values.timeout is None else values.timeout
    return Harness(values.harness, timeout=timeout, operations=supported())


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path}: cannot be written: {error.strerror}") from error


def _shown(report: Report) -> str:
    screen = Screen()
    failed = [result for result in report.results if result.verdict is Verdict.FAIL]
    entries = [
        Entry(
            "bad",
            (result.id,),
            (
                f"{result.clause}; expected {result.expected}, got {result.actual or 'nothing'}",
                result.reason,
            ),
        )
        for result in failed[:MAX_SHOWN]
    ]
    screen.entries("Not as expected", entries)
    if len(failed) > MAX_SHOWN:
        screen.remark(f"and {len(failed) - MAX_SHOWN} more; --json and --junit have all of them")
        screen.gap()
    screen.entries("By suite", _rows(report.suites))
    screen.entries("By clause", _rows(report.clauses))
    skipped = sorted({one.reason for one in report.results if one.verdict is Verdict.SKIP})
    screen.listing("Skipped, because", "caution", skipped)
    if report.subject is not None:
        kinds = [(kind.value, str(count)) for kind, count in report.kinds.items()]
        screen.section(f"Answers of {report.subject.name} {report.subject.version}", kinds)
    counts = f"{report.passed} passed, {report.failed} failed, {report.skipped} skipped"
    known = f"{report.diverging} of them known to disagree with their suite, each with a reason"
    lines = [known] if report.diverging else []
    if report.is_as_expected:
        screen.verdict("good", f"AS EXPECTED: {counts}", *lines)
    else:
        screen.verdict("bad", f"NOT AS EXPECTED: {counts}", *lines)
    return screen.text()


def _rows(counts: Iterable[Count]) -> list[Entry]:
    return [
        Entry(
            "bad" if one.failed else "good" if one.passed else "caution",
            (
                f"{one.passed:>5} passed",
                f"{one.failed} failed" if one.failed else "",
                f"{one.skipped} skipped" if one.skipped else "",
                one.name,
            ),
        )
        for one in counts
    ]


def _format(text: str) -> str:
    if text not in FORMATS:
        raise argparse.ArgumentTypeError("expected one of those that --help names")
    return text


def _seconds(text: str) -> float:
    """Read a number of seconds, 0.1 to an hour.

    Raises:
        argparse.ArgumentTypeError: Another text.
    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if 0.1 <= seconds <= MAX_SECONDS:  # and not NaN, which is no number
        return seconds
    raise argparse.ArgumentTypeError(f"expected seconds, 0.1 to {MAX_SECONDS}")
