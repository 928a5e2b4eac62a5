"""The runner: suites in, a report out; with this library, or with another one behind a harness."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from time import perf_counter
from typing import Final, TypeAlias

from vnvaxcert.conformance import judging
from vnvaxcert.conformance.case import Case, Expected, SuiteError
from vnvaxcert.conformance.divergences import Divergence, known_divergences
from vnvaxcert.conformance.execute import execute, supported
from vnvaxcert.conformance.harness import Answer, Harness, Outcome
from vnvaxcert.conformance.judging import Kind
from vnvaxcert.conformance.lists import RequestError
from vnvaxcert.conformance.report import Report, Result, Subject, Verdict
from vnvaxcert.conformance.suites import Suite, find

Ask: TypeAlias = Callable[[Case], Answer]

OPERATIONS: Final = frozenset(supported())
"""Those of the protocol; this library answers all of them."""


def run(
    path: str | os.PathLike[str],
    *,
    format: str = "auto",
    only: str | None = None,
    harness: Harness | None = None,
    divergences: Mapping[str, Divergence] | None = None,
) -> Report:
    """Run the suites in a file or folder.

    Args:
        path: File or folder; suites are recognised by what is in it.
        format: One of `vnvaxcert.conformance.suites.FORMATS`.
        only: Pattern of ids to run, as in file names: ``times::*``. All, when not given.
        harness: Another implementation; this library, when not given.
        divergences: Known disagreements, by id of the case; for this library those that come with
            it, for a harness none.

    Returns:
        What was found. An empty suite is a failure in it.

    Raises:
        SuiteError: No suite was found, it breaks its form, an id stands in it twice, or no id
            matches.
        ValueError: An unknown format.
    """
    suites = find(path, format=format)
    _check_ids(suites)
    if only is not None:
        suites = [_selected(suite, only) for suite in suites]
        suites = [suite for suite in suites if suite.cases]
        if not suites:
            raise SuiteError("no vector has an id of that pattern")
    if divergences is None:
        divergences = known_divergences() if harness is None else {}
    ask: Ask = _ask_library
    subject: Subject | None = None
    if harness is not None:
        ask = _asking(harness)
        subject = Subject(name=harness.name, version=harness.version)
    results = [
        result for suite in suites for result in _results(suite, ask, divergences, harness is None)
    ]
    return Report(subject=subject, results=tuple(results))


def _check_ids(suites: Iterable[Suite]) -> None:
    seen: set[str] = set()
    for suite in suites:
        for case in suite.cases:
            if case.id in seen:
                raise SuiteError(f"{case.id}: two vectors of this id")
            seen.add(case.id)


def _selected(suite: Suite, pattern: str) -> Suite:
    return suite._replace(cases=tuple(c for c in suite.cases if fnmatchcase(c.id, pattern)))


def _ask_library(case: Case) -> Answer:
    return execute(case.op, case.input)


def _asking(harness: Harness) -> Ask:
    def ask(case: Case) -> Answer:
        return harness.ask({"id": case.id, "op": case.op, "input": dict(case.input)})

    return ask


def _results(
    suite: Suite, ask: Ask, divergences: Mapping[str, Divergence], is_own: bool
) -> Iterable[Result]:
    if not suite.cases:
        yield Result(
            id=suite.name,
            suite=suite.name,
            clause="-",
            op="",
            verdict=Verdict.FAIL,
            kind=None,
            expected="vectors",
            actual="none",
            reason="the suite is empty",
        )
    for case in suite.cases:
        yield _result(case, ask, divergences.get(case.id), is_own)


def _result(case: Case, ask: Ask, known: Divergence | None, is_own: bool) -> Result:
    def made(verdict: Verdict, kind: Kind | None, actual: str, reason: str) -> Result:
        return Result(
            id=case.id,
            suite=case.suite,
            clause=case.clause,
            op=case.op,
            verdict=verdict,
            kind=kind,
            expected=str(case.expected),
            actual=actual,
            reason=reason,
            seconds=perf_counter() - start,
        )

    start = perf_counter()
    if case.unsuitable:
        return made(Verdict.SKIP, None, "", case.unsuitable)
    if case.op not in OPERATIONS:  # misspelt, most likely: skipping it would hide that
        return made(Verdict.FAIL, None, "", "the vector cannot be run: no such operation")
    try:
        answer = ask(case)
    except RequestError as error:
        return made(Verdict.FAIL, None, "", f"the vector cannot be run: {error}")
    kind = judge(case, answer, is_own=is_own)
    actual = _in_words(answer)
    if known is not None:
        return made(*_beside_known(kind, actual, known))
    if kind is Kind.UNSUPPORTED:
        return made(Verdict.SKIP, kind, actual, "the operation is not supported")
    if kind in judging.PASSING:
        return made(Verdict.PASS, kind, actual, "" if kind is Kind.AGREES else kind.value)
    differing = _differing(case.expected, answer) if kind is Kind.OTHER_VALUE else ""
    return made(Verdict.FAIL, kind, actual, answer.detail or f"{kind.value}{differing}")


def _beside_known(
    kind: Kind, actual: str, known: Divergence
) -> tuple[Verdict, Kind | None, str, str]:
    if kind in judging.PASSING:
        reason = "listed as diverging, and no longer does: take it off the list"
        return Verdict.FAIL, kind, actual, reason
    if actual != known.actual:
        reason = f"listed as diverging with {known.actual}, and comes out otherwise"
        return Verdict.FAIL, kind, actual, reason
    return Verdict.PASS, kind, actual, f"known to diverge: {known.reason}"


def judge(case: Case, answer: Answer, *, is_own: bool) -> Kind:
    """Compare an answer with what a case expects.

    Args:
        case: The case.
        answer: What was said.
        is_own: Whether this library said it: then every member that is expected has to be there.
            Another implementation need not tell what it found beside a verdict.
    """
    kind = judging.judge(case, answer)
    missing = (case.expected.value or {}).keys() - (answer.value or {}).keys()
    if is_own and kind is Kind.AGREES and answer.outcome is Outcome.ACCEPT and missing:
        return Kind.OTHER_VALUE
    return kind


def _differing(expected: Expected, answer: Answer) -> str:
    """The names of the members that differ, never their values."""
    wanted, given = expected.value or {}, answer.value or {}
    names = sorted(name for name in wanted if wanted[name] != given.get(name))
    return f": {', '.join(names)}"


def _in_words(answer: Answer) -> str:
    return f"{answer.outcome.value} {answer.code}" if answer.code else answer.outcome.value
