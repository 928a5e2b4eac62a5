"""What an answer is worth beside what a vector expects: ``spec/harness.md`` section 5."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from .case import UNORDERED, Case
from .harness import Answer, Outcome


class Kind(StrEnum):
    """How an answer and a vector agree or differ. Reports count these."""

    AGREES = "agrees"
    UNTOLD = "refuses, and does not say why"
    ACCEPTS_INVALID = "accepts what must be refused"
    REFUSES_VALID = "refuses what must be accepted"
    OTHER_REASON = "refuses for another reason"
    OTHER_VALUE = "accepts, and reads something else"
    UNSUPPORTED = "unsupported"
    CRASH = "crash"
    TIME_OUT = "time-out"
    GARBLED = "garbled answer"


PASSING: Final = frozenset({Kind.AGREES, Kind.UNTOLD})
"""The kinds that count as passed. ``UNSUPPORTED`` is skipped, and everything else is failed."""

JUDGED_BY_OUTCOME: Final = frozenset({"verify", "attestation.verify", "trustlist.load"})
"""Here the verdict is the answer: a member of the value that is not given is not compared."""

_MISHAPS: Final = {
    Outcome.UNSUPPORTED: Kind.UNSUPPORTED,
    Outcome.CRASH: Kind.CRASH,
    Outcome.TIME_OUT: Kind.TIME_OUT,
    Outcome.GARBLED: Kind.GARBLED,
}


def judge(case: Case, answer: Answer) -> Kind:
    """Compare an answer with what a case expects.

    Args:
        case: The case, with its operation and what must come of it.
        answer: What the implementation said.

    Returns:
        The kind of agreement or difference; the first that applies.
    """
    if (mishap := _MISHAPS.get(answer.outcome)) is not None:
        return mishap
    expected = case.expected
    is_accepted = answer.outcome is Outcome.ACCEPT
    match expected.outcome:
        case "reject" if is_accepted:
            return Kind.ACCEPTS_INVALID
        case "reject" if expected.code is not None and answer.code is None:
            return Kind.UNTOLD
        case "reject" if expected.code not in (None, answer.code):
            return Kind.OTHER_REASON
        case "accept" if not is_accepted:
            return Kind.REFUSES_VALID
        case "accept" if not _reads(case.op, expected.value or {}, answer.value or {}):
            return Kind.OTHER_VALUE
    return Kind.AGREES


def _reads(operation: str, members: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Whether a value has what the case names; further members are nobody's business."""
    if operation in JUDGED_BY_OUTCOME:
        members = {name: member for name, member in members.items() if name in given}
    return all(
        name in given and _form(name, given[name]) == _form(name, member)
        for name, member in members.items()
    )


def _form(name: str, member: object) -> str:
    """A member as it is compared: as JSON, so that 1 is not true; sets in any order."""
    if isinstance(member, float) and member.is_integer():
        member = int(member)  # 1.0 and 1 are one number in JSON, and JavaScript writes the latter
    if name in UNORDERED and isinstance(member, list):
        return json.dumps(sorted(json.dumps(one, sort_keys=True) for one in member))
    return json.dumps(member, sort_keys=True)
