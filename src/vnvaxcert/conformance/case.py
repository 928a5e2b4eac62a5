"""One thing to try: an operation, its input and what must come of it.

Suites are read into cases, whoever published them, so that one runner judges them all, with this
library or with another implementation behind a harness.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from vnvaxcert.record import record


class SuiteError(Exception):
    """What was given is no suite: not found, not read, of no known form, or without the vectors.

    It is the mistake of whoever asked for the run, or of the suite; not the outcome of a vector.
    """


@record(shown=("outcome", "code"))
class Expected:
    """What must come of a case.

    Attributes:
        outcome: ``"either"`` where the suite leaves it to the implementation.
        code: Of a refusal: its code, or None where the suite does not say why it is refused.
        value: Of an acceptance: members that must be in the value of the answer, as they stand
            here. Members of lists named in `UNORDERED` may come in any order.
    """

    outcome: Literal["accept", "reject", "either"]
    code: str | None = None
    value: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        if self.outcome == "reject":
            return f"reject {self.code}" if self.code else "reject"
        return "accept" if self.outcome == "accept" else "accept or reject"


EITHER: Final = Expected(outcome="either")
ACCEPT: Final = Expected(outcome="accept")
REJECT: Final = Expected(outcome="reject")

UNORDERED: Final = frozenset({"warnings", "notes", "usable_keys", "entries_set_aside"})
"""Members of values whose lists are sets, of codes or of objects."""


@record(shown=("id", "suite", "clause", "op", "expected", "unsuitable"))
class Case:
    """One case of a suite.

    Attributes:
        id: Unique in a run, stable: ``suite::subject::case``.
        suite: The suite it belongs to.
        clause: Clause of the standard that it tests, for the summary.
        op: Operation, one of those of ``spec/harness.md`` section 7.
        input: What the operation takes, as JSON has it; keys and lists are resolved.
        expected: What must come of it.
        unsuitable: Why it cannot be tried at all, in words; empty where it can. Such a case is
            reported as skipped, never as passed.
    """

    id: str
    suite: str
    clause: str
    op: str
    input: Mapping[str, Any]
    expected: Expected
    unsuitable: str = ""
