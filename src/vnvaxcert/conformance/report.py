"""What a run found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from enum import StrEnum

from vnvaxcert.conformance.judging import PASSING, Kind
from vnvaxcert.record import record


class Verdict(StrEnum):
    """What became of a case."""

    PASS = "pass"
    FAIL = "fail"
    SKIP = "skip"


@record()
class Result:
    """What became of one case. It holds no text, name or identifier of a certificate.

    Attributes:
        id: Of the case.
        suite: Its suite.
        clause: Clause of the standard that it tests.
        op: Its operation; empty of a failure that is of a suite as a whole.
        verdict: Pass, fail or skip.
        kind: How answer and expectation agree or differ; None where nothing was asked.
        expected: ``accept``, ``reject CODE`` and the like.
        actual: The answer in the same words; empty where nothing was asked.
        reason: Why it failed or was skipped, or a remark on a pass; may be empty.
        seconds: From asking to the answer.
    """

    id: str
    suite: str
    clause: str
    op: str
    verdict: Verdict
    kind: Kind | None
    expected: str
    actual: str
    reason: str
    seconds: float = 0.0


@record()
class Count:
    """How many results there are of a suite, or of a clause.

    Attributes:
        name: Of the suite or clause.
        total: All results.
        passed: Those that passed.
        failed: Those that failed.
        skipped: Those that were skipped.
    """

    name: str
    total: int
    passed: int
    failed: int
    skipped: int


@record()
class Subject:
    """Another implementation that was tested, as it calls itself.

    Attributes:
        name: Its name.
        version: Its version.
    """

    name: str
    version: str


@record(shown=("subject",))
class Report:
    """What a run found.

    Attributes:
        subject: Whom the harness speaks for; None where this library was tested.
        results: In the order of the suites.
    """

    subject: Subject | None
    results: tuple[Result, ...]

    @property
    def passed(self) -> int:
        """How many passed."""
        return self._of(Verdict.PASS)

    @property
    def failed(self) -> int:
        """How many failed."""
        return self._of(Verdict.FAIL)

    @property
    def skipped(self) -> int:
        """How many were skipped."""
        return self._of(Verdict.SKIP)

    @property
    def diverging(self) -> int:
        """How many passed only because their disagreement is known and listed."""
        return sum(
            result.verdict is Verdict.PASS and result.kind not in PASSING for result in self.results
        )

    @property
    def is_as_expected(self) -> bool:
        """Whether something passed and nothing failed: skipping everything proves nothing."""
        return self.passed > 0 and self.failed == 0

    @property
    def suites(self) -> tuple[Count, ...]:
        """Counts by suite, in the order of the run."""
        return _counts(self.results, lambda result: result.suite)

    @property
    def clauses(self) -> tuple[Count, ...]:
        """Counts by clause, in the order of their texts."""
        return tuple(
            sorted(_counts(self.results, lambda result: result.clause), key=lambda one: one.name)
        )

    @property
    def kinds(self) -> dict[Kind, int]:
        """How often answers agree or differ, and how; those that occur."""
        found = Counter(result.kind for result in self.results)
        return {kind: found[kind] for kind in Kind if found[kind]}

    def _of(self, verdict: Verdict) -> int:
        return sum(result.verdict is verdict for result in self.results)


def _counts(results: Iterable[Result], name_of: Callable[[Result], str]) -> tuple[Count, ...]:
    found: dict[str, Counter[Verdict]] = {}
    for result in results:
        found.setdefault(name_of(result), Counter())[result.verdict] += 1
    return tuple(
        Count(
            name=name,
            total=count.total(),
            passed=count[Verdict.PASS],
            failed=count[Verdict.FAIL],
            skipped=count[Verdict.SKIP],
        )
        for name, count in found.items()
    )
