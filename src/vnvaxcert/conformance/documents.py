"""A report as JSON and as JUnit's XML, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final
from xml.etree import ElementTree

from vnvaxcert.conformance.report import Count, Report, Result, Verdict

NAME: Final = "vnvaxcert"


def to_json(report: Report) -> str:
    """A report as one JSON object, with a line end.

    ``suite`` names the suites of the run, with commas between them; ``harness`` whom it was
    about, null for this library; ``suites`` and ``clauses`` have the counts of each, ``kinds``
    how answers agree or differ.
    """
    harness = report.subject
    document = {
        "suite": ", ".join(count.name for count in report.suites),
        "harness": harness and {"name": harness.name, "version": harness.version},
        "total": len(report.results),
        "passed": report.passed,
        "failed": report.failed,
        "skipped": report.skipped,
        "diverging": report.diverging,
        "suites": _counts(report.suites, "suite"),
        "clauses": _counts(report.clauses, "clause"),
        "kinds": {kind.value: count for kind, count in report.kinds.items()},
        "results": [
            {
                "id": result.id,
                "suite": result.suite,
                "clause": result.clause,
                "op": result.op,
                "outcome": result.verdict.value,
                "expected": result.expected,
                "actual": result.actual,
                "kind": None if result.kind is None else result.kind.value,
                "reason": result.reason,
            }
            for result in report.results
        ],
    }
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    # Half a surrogate pair has no UTF-8. As it happens, Python and JSON escape it alike.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _counts(counts: Iterable[Count], name: str) -> list[dict[str, object]]:
    return [
        {
            name: one.name,
            "total": one.total,
            "passed": one.passed,
            "failed": one.failed,
            "skipped": one.skipped,
        }
        for one in counts
    ]


def to_junit(report: Report) -> str:
    """A report in the XML that programs of continuous integration read, with a line end.

    A suite is a ``testsuite``; the clause of a vector is its ``classname``.
    """
    name = NAME if report.subject is None else f"{report.subject.name} {report.subject.version}"
    root = ElementTree.Element("testsuites", name=_text(name))
    by_suite: dict[str, list[Result]] = {}
    for result in report.results:
        by_suite.setdefault(result.suite, []).append(result)
    for name, results in by_suite.items():
        suite = ElementTree.SubElement(root, "testsuite", name=_text(name))
        _number(suite, results)
        for result in results:
            _case(suite, result)
    _number(root, report.results)
    ElementTree.indent(root, " ")
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _number(element: ElementTree.Element, results: Iterable[Result]) -> None:
    found = list(results)
    element.set("tests", str(len(found)))
    element.set("failures", str(sum(one.verdict is Verdict.FAIL for one in found)))
    element.set("errors", "0")
    element.set("skipped", str(sum(one.verdict is Verdict.SKIP for one in found)))
    element.set("time", f"{sum(one.seconds for one in found):.3f}")


def _case(suite: ElementTree.Element, result: Result) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        name=_text(result.id),
        classname=_text(result.clause),
        time=f"{result.seconds:.6f}",
    )
    if result.verdict is Verdict.FAIL:
        failure = ElementTree.SubElement(case, "failure", message=_text(result.reason))
        failure.text = _text(f"expected: {result.expected}\nactual: {result.actual or '-'}")
    elif result.verdict is Verdict.SKIP:
        ElementTree.SubElement(case, "skipped", message=_text(result.reason))


def _text(text: str) -> str:
    """A text without the characters that XML 1.0 does not have (§2.2)."""
    return "".join(c if c in "\t\n" or (c.isprintable() and c < "\ufffe") else "?" for c in text)
