"""Cleaning, completeness and matching against a careful clerk: misses and false alarms by name.

A disagreement is written down in `KNOWN` with its reason. One that is not there fails, and so does
one that has gone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final, NamedTuple

import pytest

from vietnam_hand_written import HAND_WRITTEN, HandWritten
from vnvaxcert.vietnam.cleaning import clean_record
from vnvaxcert.vietnam.completeness import check_record
from vnvaxcert.vietnam.matching import ReferencePerson, References, match_record
from vnvaxcert.vietnam.reasons import REASONS, Effect, Reason
from vnvaxcert.vietnam.specimen.legacy import (
    to_misread_utf8,
    to_tcvn3,
    to_viqr,
    to_vni,
    to_windows1258,
)

AT: Final = date(2022, 4, 15)


class Opinion(NamedTuple):
    """How the library's opinion on a record differs from the clerk's.

    Attributes:
        missed: Codes that the clerk would give and the library does not; ``name`` where the name
            is not what the clerk would write.
        false_alarms: Codes that the library gives and the clerk would not.
    """

    missed: tuple[str, ...]
    false_alarms: tuple[str, ...]


KNOWN: Final[dict[str, tuple[Opinion, str]]] = {
    "tcvn3: a highland name": (
        Opinion(("clean.tcvn3", "name"), ("full_name.doubtful",)),
        "Niê is no syllable of the majority's: left alone as doubtful, and refused",
    ),
    "vni: reads as a Vietnamese name as it stands": (
        Opinion(("clean.tone_placement", "name"), ("clean.vni",)),
        "taken for VNI: Hồ Thị is likelier than Hòa Thò",
    ),
    "a dash": (
        Opinion(("full_name.missing",), ()),
        "refused, but for its character",
    ),
    "NULL": (
        Opinion(("full_name.missing", "name"), ()),
        "four letters like any name's; matching tells",
    ),
}


def reasons_for(case: HandWritten) -> list[Reason]:
    """Clean and check one record."""
    cleaned = clean_record(case.record)
    return [*cleaned.changes, *check_record(cleaned.record, at=AT, doubts=cleaned.doubts)]


def opinion_on(case: HandWritten) -> Opinion:
    """Clean, check and, where there is a reference, match one record."""
    cleaned = clean_record(case.record)
    reasons = reasons_for(case)
    is_complete = not any(reason.effect is Effect.REFUSES for reason in reasons)
    if case.reference and is_complete:
        record = case.record
        person = ReferencePerson(
            full_name=case.reference,
            birth_date=record.birth_date,
            sex=record.sex,
            identity_number=record.identity_number,
        )
        reasons += match_record(cleaned.record, References([person])).reasons
    codes = {reason.code for reason in reasons if reason.effect is not Effect.NOTED}
    missed = sorted(case.codes - codes)
    if cleaned.record.full_name != case.full_name:
        missed.append("name")
    return Opinion(tuple(missed), tuple(sorted(codes - case.codes - case.may)))


def report() -> tuple[int, int, int, dict[str, Opinion]]:
    """Count over the whole set.

    Returns:
        Records; those with a miss; those with a false alarm; the opinions that differ, by name.
    """
    opinions = {case.name: opinion_on(case) for case in HAND_WRITTEN}
    differing = {name: opinion for name, opinion in opinions.items() if any(opinion)}
    missed = sum(bool(opinion.missed) for opinion in differing.values())
    false = sum(bool(opinion.false_alarms) for opinion in differing.values())
    return len(HAND_WRITTEN), missed, false, differing


def test_the_disagreements_with_the_clerk_are_those_that_are_known(
    record_property: Callable[[str, object], None],
) -> None:
    count, missed, false, differing = report()
    summary = f"{count} records, {missed} with a miss, {false} with a false alarm"
    record_property("hand-written", summary)
    print(summary)  # seen with -s, or when this fails
    for name, opinion in differing.items():
        print(f"  {name}: missed {opinion.missed}, false alarms {opinion.false_alarms}")
    assert differing == {name: opinion for name, (opinion, _) in KNOWN.items()}


def test_what_is_known_is_refused_or_left_to_matching() -> None:
    """No disagreement makes a passport by itself: the reason says which of both it is."""
    cases = {case.name: case for case in HAND_WRITTEN}
    for name, (_, reason) in KNOWN.items():
        is_complete = not any(said.effect is Effect.REFUSES for said in reasons_for(cases[name]))
        assert is_complete != ("refused" in reason), name


def test_the_set_is_large_and_its_names_differ() -> None:
    assert len(HAND_WRITTEN) >= 200
    assert len({case.name for case in HAND_WRITTEN}) == len(HAND_WRITTEN)
    assert sum(not case.codes for case in HAND_WRITTEN) >= 60  # clean ones


def test_the_clerk_uses_the_codes_of_the_library() -> None:
    assert {code for case in HAND_WRITTEN for code in case.codes | case.may} <= REASONS.keys()


@pytest.mark.parametrize(
    ("code", "write"),
    [
        ("clean.tcvn3", to_tcvn3),
        ("clean.vni", to_vni),
        ("clean.viqr", to_viqr),
        ("clean.windows1258", to_windows1258),
        ("clean.utf8", to_misread_utf8),
    ],
)
def test_the_specimen_maker_encodes_as_the_hand_does(
    code: str, write: Callable[[str], str]
) -> None:
    written = {
        case.record.full_name: write(case.full_name)
        for case in HAND_WRITTEN
        if case.codes == {code} and case.name not in OTHER_SPELLINGS
    }
    assert len(written) >= 4
    assert {entered: entered for entered in written} == written


OTHER_SPELLINGS: Final = {
    "tcvn3: a converter's capital of two characters",
    "vni: a capital with a small mark",
    "vni: half converted",
    "viqr: Dd",
    "1258: tilde",  # ù as one byte, and í
    "1258: dot below",
    "utf-8 as 1252, twice",
}
"""What the same name may be as well."""
