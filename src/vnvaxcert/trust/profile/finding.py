"""What a check of a profile gives: rules, how binding they are, and what was found."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, NamedTuple, TypeAlias

ProfileName: TypeAlias = Literal["eu", "who"]
"""The EU's certificate governance, or that of WHO's network (GDHCN), which grew out of it."""


class Level(StrEnum):
    """How binding a rule is."""

    MUST = "must"  # also SHALL and REQUIRED
    SHOULD = "should"  # also RECOMMENDED
    ADVICE = "advice"  # no document demands it; an operator wants to know


class Outcome(StrEnum):
    """What became of a rule."""

    MET = "met"
    BROKEN = "broken"
    NOT_APPLICABLE = "not_applicable"  # it says nothing about such a key or certificate
    NOT_CHECKED = "not_checked"  # what it needs is not there: authorities, or a certificate


class Finding(NamedTuple):
    """One rule, and what was found.

    Attributes:
        rule: Stable name: ``"dsc.key_usage"``, ``"csca.path_length"``, ``"list.kid"``.
        level: How binding it is.
        outcome: What became of it.
        clause: Document and section that demand it.
        found: What there is, in words. Subjects, dates and other values of certificates are
            public and may stand in it.
        expected: What the rule asks for, in words.
        kids: Of a rule across a list, the key identifiers concerned; empty for a single key.
    """

    rule: str
    level: Level
    outcome: Outcome
    clause: str
    found: str
    expected: str
    kids: tuple[bytes, ...] = ()
