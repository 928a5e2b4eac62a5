"""Conformance: suites of vectors, run against this library or any other implementation.

`run` reads the suites in a file or folder, asks for each vector, and reports what agrees and what
does not. `serve` is the other side: this library answering the same questions over a line protocol.
"""

from vnvaxcert.conformance.case import Case, Expected, SuiteError
from vnvaxcert.conformance.execute import execute
from vnvaxcert.conformance.harness import Answer, Harness, HarnessError, Outcome
from vnvaxcert.conformance.report import Count, Report, Result, Subject, Verdict
from vnvaxcert.conformance.runner import run
from vnvaxcert.conformance.serving import serve

__all__ = [
    "Answer",
    "Case",
    "Count",
    "Expected",
    "Harness",
    "HarnessError",
    "Outcome",
    "Report",
    "Result",
    "Subject",
    "SuiteError",
    "Verdict",
    "execute",
    "run",
    "serve",
]
