"""What matching says: of one record, and of many.

Spec: Công văn 9438/BYT-CNTT (the four items; the answer is right or wrong).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from vnvaxcert.record import record
from vnvaxcert.vietnam.reasons import REASONS, Reason

ITEMS: Final = ("full_name", "birth_date", "sex", "identity_number")
"""The four items that are sent and compared, by the keys of the exchange record."""


class Verdict(StrEnum):
    """What became of a record in the population database."""

    RIGHT = "right"  # all four items are exactly those of the person
    WRONG = "wrong"  # they are not, or there is no such person
    PENDING = "pending"  # sent and not answered yet
    NOT_SENT = "not_sent"  # it lacks what must be sent


class Difference(StrEnum):
    """How an item differs from the reference. The first that fits is given."""

    SAME = "same"  # the same text, character by character
    SAME_AFTER_CLEANING = "same_after_cleaning"  # encoding, spaces, case, form of a date
    TONE_MARKS = "tone_marks"  # the same letters with other marks: Hòa, Hoa, Hoá
    SWAPPED_ORDER = "swapped_order"  # words, day and month, or two digits, the other way round
    TYPING_SLIP = "typing_slip"  # one character too many, missing, another, or two exchanged
    DIFFERENT = "different"


@record(shown=("verdict", "items", "reasons", "proposal"))
class Match:
    """What matching found for one record. Holds no value of the record or of the person.

    Attributes:
        verdict: Right only where every item is the same text; nothing else makes it so.
        items: Each of `ITEMS` with how it differs; empty where nothing was compared.
        reasons: Why it is not right, one for each item that differs; empty where it is right.
        proposal: The fields that somebody should look at and may take from the reference: where a
            slip explains everything that differs. No proposal changes a verdict.
    """

    verdict: Verdict
    items: tuple[tuple[str, Difference], ...] = ()
    reasons: tuple[Reason, ...] = ()
    proposal: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        is_same = all(difference is Difference.SAME for _, difference in self.items)
        if self.verdict is Verdict.RIGHT and (self.reasons or self.proposal or not is_same):
            raise ValueError("verdict: right, although something differs")


@record()
class Summary:
    """Counts over many records; every record is in exactly one of four.

    Attributes:
        total: Records.
        right: Of these, those whose items are all the same.
        wrong: Those where something differs, or whose person is not known.
        pending: Those that were sent and not answered.
        not_sent: Those that were not complete.
        reasons: How often each reason code was given, in the order of codes; a record that differs
            in two items is counted under two.
    """

    total: int = 0
    right: int = 0
    wrong: int = 0
    pending: int = 0
    not_sent: int = 0
    reasons: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        counts = (self.right, self.wrong, self.pending, self.not_sent)
        if any(type(count) is not int or count < 0 for count in (self.total, *counts)):
            raise ValueError("counts: expected whole numbers from 0")
        if sum(counts) != self.total:
            raise ValueError("total: expected the sum of right, wrong, pending and not sent")
        for code, count in self.reasons:
            if code not in REASONS:
                raise ValueError("reasons: expected codes of vnvaxcert.vietnam.reasons")
            if not 0 <= count <= self.total - self.right:
                raise ValueError("reasons: more than there are records that are not right")

    @property
    def sent(self) -> int:
        """How many were sent: right, wrong or pending."""
        return self.right + self.wrong + self.pending

    def __add__(self, other: Summary) -> Summary:
        """Both together, as those of two files or of two provinces."""
        if not isinstance(other, Summary):
            return NotImplemented
        reasons = Counter(dict(self.reasons))
        reasons.update(dict(other.reasons))
        return Summary(
            total=self.total + other.total,
            right=self.right + other.right,
            wrong=self.wrong + other.wrong,
            pending=self.pending + other.pending,
            not_sent=self.not_sent + other.not_sent,
            reasons=tuple(sorted(reasons.items())),
        )


def summarise(matches: Iterable[Match]) -> Summary:
    """Count what was found.

    Args:
        matches: One for each record; taken one at a time.

    Returns:
        The counts, which add up to the number of matches.
    """
    verdicts: Counter[Verdict] = Counter()
    reasons: Counter[str] = Counter()
    for match in matches:
        verdicts[match.verdict] += 1
        # A code counts once a record, so that no count is beyond the number of records.
        reasons.update({reason.code for reason in match.reasons})
    return Summary(
        total=verdicts.total(),
        right=verdicts[Verdict.RIGHT],
        wrong=verdicts[Verdict.WRONG],
        pending=verdicts[Verdict.PENDING],
        not_sent=verdicts[Verdict.NOT_SENT],
        reasons=tuple(sorted(reasons.items())),
    )
