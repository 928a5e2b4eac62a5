"""How two texts of one item differ: not at all, by a slip that has a name, or altogether.

Each function takes cleaned texts that are not the same. The work is linear in their length.

Spec: none; the slips are those of clerks and keyboards (Công văn 9438/BYT-CNTT asks who enters
data to correct them).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from vnvaxcert.vietnam.cleaning import name_key
from vnvaxcert.vietnam.matching.results import Difference


def of_names(entered: str, reference: str) -> Difference:
    """How two names differ: in case, in marks, in the order of the words, by one slip."""
    first, second = entered.casefold(), reference.casefold()
    if first == second:
        return Difference.SAME_AFTER_CLEANING
    if name_key(entered) == name_key(reference):
        return Difference.TONE_MARKS
    if sorted(first.split()) == sorted(second.split()):
        return Difference.SWAPPED_ORDER
    return Difference.TYPING_SLIP if is_one_slip(first, second) else Difference.DIFFERENT


_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def of_dates(entered: str, reference: str) -> Difference:
    """How two dates differ: day and month exchanged, one digit, two digits side by side.

    A date with a part missing is another one: a slip does not take a part away.
    """
    if entered == reference:
        return Difference.SAME_AFTER_CLEANING
    first, second = _DAY.fullmatch(entered), _DAY.fullmatch(reference)
    if first and second and first.group(1, 2, 3) == second.group(1, 3, 2):
        return Difference.SWAPPED_ORDER
    if len(entered) == len(reference) and is_one_slip(
        entered.replace("-", ""), reference.replace("-", "")
    ):
        return Difference.TYPING_SLIP
    return Difference.DIFFERENT


def of_numbers(entered: str, reference: str) -> Difference:
    """How two identity numbers differ: two digits exchanged, wherever they stand, or one slip."""
    if entered == reference:
        return Difference.SAME_AFTER_CLEANING
    if len(entered) == len(reference):
        apart = [place for place, sign in enumerate(entered) if sign != reference[place]]
        if len(apart) == 2:
            one, other = apart
            if (entered[one], entered[other]) == (reference[other], reference[one]):
                return Difference.SWAPPED_ORDER
    return Difference.TYPING_SLIP if is_one_slip(entered, reference) else Difference.DIFFERENT


def of_sexes(entered: str, reference: str) -> Difference:
    """How two sexes differ: in how they are written, or altogether."""
    return Difference.SAME_AFTER_CLEANING if entered == reference else Difference.DIFFERENT


OF_ITEM: Final[Mapping[str, Callable[[str, str], Difference]]] = MappingProxyType(
    {
        "full_name": of_names,
        "birth_date": of_dates,
        "sex": of_sexes,
        "identity_number": of_numbers,
    }
)
"""Each item's function; takes what was entered and the reference, both cleaned."""


def is_one_slip(first: str, second: str) -> bool:
    """Whether one slip of the fingers makes one text of the other.

    A character too many, one missing, one in the place of another, or two side by side exchanged:
    an edit distance of 1 after Damerau.
    """
    if abs(len(first) - len(second)) > 1 or first == second:
        return False
    start = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        start += 1
    if len(first) == len(second):
        # Another character, or two exchanged: the rest behind them is the same.
        return first[start + 1 :] == second[start + 1 :] or (
            first[start + 2 :] == second[start + 2 :]
            and first[start : start + 2] == second[start : start + 2][::-1]
        )
    longer, shorter = (first, second) if len(first) > len(second) else (second, first)
    return longer[start + 1 :] == shorter[start:]
