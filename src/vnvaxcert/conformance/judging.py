"""What an answer is worth beside what a vector expects: ``spec/harness.md`` section 5."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

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


def judge(operation: str, expect: Mapping[str, Any], answer: Answer) -> Kind:
    """Compare an answer with the ``expect`` of a vector.

    Args:
        operation: The vector's ``op``.
        expect: ``{"accept": {...}}`` or ``{"reject": code}``.
        answer: What the implementation said.

    Returns:
        The kind of agreement or difference; the first that applies.

    Raises:
        ValueError: ``expect`` has neither form.
    """
    if (mishap := _MISHAPS.get(answer.outcome)) is not None:
        return mishap
    match expect:
        case {"reject": str(code)}:
            if answer.outcome is Outcome.ACCEPT:
                return Kind.ACCEPTS_INVALID
            if answer.code is None:
                return Kind.UNTOLD
            return Kind.AGREES if answer.code == code else Kind.OTHER_REASON
        case {"accept": dict(members)}:
            if answer.outcome is Outcome.REJECT:
                return Kind.REFUSES_VALID
            return Kind.AGREES if _reads(operation, members, answer.value) else Kind.OTHER_VALUE
    raise ValueError("a vector expects either accept or reject")


def _reads(operation: str, members: Mapping[str, Any], value: Mapping[str, Any] | None) -> bool:
    """Whether a value has what the vector names; further members are nobody's business."""
    given = value or {}
    if operation in JUDGED_BY_OUTCOME:
        members = {name: member for name, member in members.items() if name in given}
    return all(
        name in given and _form(name, given[name]) == _form(name, member)
        for name, member in members.items()
    )


def _form(name: str, member: object) -> str:
    """A member as it is compared: as JSON, so that 1 is not true; warnings in any order."""
    if name == "warnings" and isinstance(member, list):
        return json.dumps(sorted(json.dumps(warning, sort_keys=True) for warning in member))
    return json.dumps(member, sort_keys=True)
