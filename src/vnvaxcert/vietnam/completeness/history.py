"""The doses of one person together: entered twice, numbered twice, out of order, too close.

What one record has wrong by itself is `check_record`'s matter. Here such a record still counts
with whatever of it can be read, and is left out of a comparison where the fault would fall on its
neighbour: a dose dated in the future makes no other dose out of order.

Spec: Công văn 8938/BYT-DP and 9438/BYT-CNTT (a person's doses are reviewed together before they
are sent).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Final, NamedTuple

from vnvaxcert.vietnam.cleaning import name_key
from vnvaxcert.vietnam.completeness.dates import birth_of, day_of, earliest_dose, require_day
from vnvaxcert.vietnam.completeness.identity import IdentityType, identity_of
from vnvaxcert.vietnam.completeness.names import full_name_of
from vnvaxcert.vietnam.completeness.records import MAX_DOSES, dose_count
from vnvaxcert.vietnam.exchange import MAX_FIELD_CHARS, ExchangeRecord
from vnvaxcert.vietnam.products import LocalProduct, find_product
from vnvaxcert.vietnam.reasons import Reason

_BOOSTER_INTERVAL: Final = 28
"""Least days before a dose beyond the primary series: those before an additional dose, which comes
earlier than any booster (Ministry of Health, December 2021)."""

_GRACE_DAYS: Final = 4
"""A dose up to four days early counts as in time, as immunisation programmes commonly hold."""


class _Given(NamedTuple):
    """What of a dose can be compared with others."""

    place: int  # in the sequence of records
    number: int
    day: date
    product: str  # its code, or what was entered
    interval: int | None  # least days after the dose before it, less the grace


def check_history(records: Sequence[ExchangeRecord], *, at: date) -> tuple[tuple[Reason, ...], ...]:
    """Say what is wrong with the records of one identity number, taken together.

    Args:
        records: Every cleaned record with this number, also those that `check_record` refuses, in
            the order in which they were entered.
        at: Today in Viet Nam.

    Returns:
        One tuple for each record, in their order, empty where there is nothing to say:

        - ``identity_number.shared``: on all, where two of them differ in the name and in the date
          of birth and nothing between links them. A slip in one of the two is left to matching,
          and so is the order of the words of a name. Of passports, those of one state alone.
        - ``doses.duplicate``: on each after the first with the same dose number, date and vaccine.
        - ``doses.same_number``: on each dose of a number that has two dates or two vaccines.
        - ``doses.out_of_order``: on both of two neighbours whose dates are the wrong way round.
        - ``doses.interval``: on the later of two neighbours with fewer days between them than its
          product needs, less four days of grace; none is less than no day.

        A dose that is missing is no reason: its neighbours become each other's. Nothing is said
        of a number that has not the form of its kind, for nobody knows whose it is.

    Raises:
        TypeError: ``at`` is no date, or one with a time.
        ValueError: The records do not have one and the same number.

    Spec: Công văn 8938/BYT-DP; 9438/BYT-CNTT.
    """
    require_day(at)
    if any(record.identity_number != records[0].identity_number for record in records):
        raise ValueError("records: expected those of one identity number")
    found: list[list[Reason]] = [[] for _ in records]
    holders = [_holder(record, at) for record in records] if len(records) > 1 else []
    if any(holder.has_number for holder in holders):
        persons = _persons(holders)
        for place in _sharing(holders, persons):
            found[place].append(Reason(code="identity_number.shared", field="identity_number"))
        places: dict[int, list[int]] = {}
        for place, person in enumerate(persons):
            places.setdefault(person, []).append(place)
        for own in places.values():
            _check_person(records, own, at, found)
    return tuple(map(tuple, found))


class _Holder(NamedTuple):
    """What of a record tells whose number it is.

    Attributes:
        name: The words of the name without marks, in the order of the alphabet, or ``""``.
        birth: A possible date of birth, or ``""``.
        has_number: Whether the number has the form of its kind.
        state: Whose passport it is; ``""`` for the other kinds, which are Viet Nam's.
    """

    name: str
    birth: str
    has_number: bool
    state: str


def _holder(record: ExchangeRecord, at: date) -> _Holder:
    identity = identity_of(record.identity_type, record.identity_number, record.nationality)
    is_passport = identity is not None and identity.type is IdentityType.PASSPORT
    words = name_key(full_name_of(record)[:MAX_FIELD_CHARS]).split()
    return _Holder(
        name=" ".join(sorted(words)),
        birth=record.birth_date if birth_of(record.birth_date, at) is not None else "",
        has_number=identity is not None,
        state=record.nationality if is_passport else "",
    )


def _persons(holders: Sequence[_Holder]) -> list[int]:
    """Give each record the place of one that stands for its person.

    Records are linked by the same name, and by the same date of birth, a year alone being the same
    as any day of it. Each link is one step of a union by path halving: the work grows with the
    number of records.
    """
    parent = list(range(len(holders)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = place = parent[parent[place]]
        return place

    years = {holder.birth[:4] for holder in holders if len(holder.birth) < len("YYYY-MM-DD")}
    seen: dict[tuple[str, str], int] = {}
    for place, holder in enumerate(holders):
        traits = [("name", holder.name), ("birth", holder.birth)]
        if holder.birth[:4] in years:
            traits.append(("year", holder.birth[:4]))
        for trait in traits:
            if trait[1]:
                parent[root(place)] = root(seen.setdefault(trait, place))
    return [root(place) for place in range(len(holders))]


def _sharing(holders: Sequence[_Holder], persons: Sequence[int]) -> Iterator[int]:
    """The records whose number is that of more than one person.

    Only a record with both a name and a date of birth can show a second person; where there is
    one, all records of the number are told. Two states may give two people one passport number.
    """
    shown: dict[str, set[int]] = {}
    for holder, person in zip(holders, persons, strict=True):
        if holder.name and holder.birth:
            shown.setdefault(holder.state, set()).add(person)
    for place, holder in enumerate(holders):
        if len(shown.get(holder.state, ())) > 1:
            yield place


def _check_person(
    records: Sequence[ExchangeRecord], places: list[int], at: date, found: list[list[Reason]]
) -> None:
    """Compare the doses of one person."""
    by_number: dict[int, dict[tuple[date, str], _Given]] = {}
    for place in places:
        given = _given(place, records[place], at)
        if given is None:
            continue
        same = by_number.setdefault(given.number, {})
        if same.setdefault((given.day, given.product), given) is not given:
            found[place].append(Reason(code="doses.duplicate"))
    clear: list[_Given] = []
    for number in sorted(by_number):
        doses = list(by_number[number].values())
        if len(doses) == 1:
            clear += doses
            continue
        for dose in doses:
            found[dose.place].append(Reason(code="doses.same_number"))
    for earlier, later in pairwise(clear):
        days = (later.day - earlier.day).days
        if days < 0:
            for place in (earlier.place, later.place):
                reason = Reason(code="doses.out_of_order")
                if reason not in found[place]:  # the middle one of three has two neighbours
                    found[place].append(reason)
        elif later.interval is not None and days < later.interval:
            found[later.place].append(Reason(code="doses.interval"))


def _given(place: int, record: ExchangeRecord, at: date) -> _Given | None:
    """What of a record can be compared; None where its number or its date cannot be right."""
    number = dose_count(record.dose_number)
    day = day_of(record.vaccination_date)
    if number is None or number > MAX_DOSES or day is None:
        return None
    birth = birth_of(record.birth_date, at)
    if not earliest_dose(record.country) <= day <= at or (birth and day < birth.earliest):
        return None
    product = find_product(record.product)
    if not isinstance(product, LocalProduct):  # refused by itself; what it needs is not known
        return _Given(place, number, day, record.product.casefold(), None)
    interval = product.min_interval_days if number <= product.primary_doses else None
    return _Given(
        place, number, day, product.product, (interval or _BOOSTER_INTERVAL) - _GRACE_DAYS
    )
