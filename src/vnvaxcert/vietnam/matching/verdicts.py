"""Matching a record against the population database: the verdict, and how each item differs.

The verdict is the database's: right where the four items are the same texts, wrong where they are
not. Cleaning decides nothing here. It tells *how* an item differs, so that whoever corrects the
record knows whether to mend a tone mark or to ask the citizen; what matching proposes, somebody
has to accept.

Spec: Công văn 9438/BYT-CNTT; facts of the roll-out: 41,431,113 doses were found wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeAlias

from vnvaxcert.vietnam.cleaning import clean_record
from vnvaxcert.vietnam.exchange import ExchangeRecord
from vnvaxcert.vietnam.matching.differences import OF_ITEM
from vnvaxcert.vietnam.matching.references import Index, ReferencePerson
from vnvaxcert.vietnam.matching.results import ITEMS, Difference, Match, Verdict
from vnvaxcert.vietnam.reasons import Reason

_Differences: TypeAlias = tuple[Difference, ...]

_ALL_SAME: Final = tuple((item, Difference.SAME) for item in ITEMS)
_RIGHT: Final = Match(verdict=Verdict.RIGHT, items=_ALL_SAME)
_NOT_SENT: Final = Match(verdict=Verdict.NOT_SENT, reasons=(Reason(code="match.not_sent"),))
_PENDING: Final = Match(verdict=Verdict.PENDING, reasons=(Reason(code="match.pending"),))
_UNKNOWN: Final = Match(verdict=Verdict.WRONG, reasons=(Reason(code="match.unknown_person"),))

# How far an item is off, to pick the closest of several persons.
_FAR: Final = {difference: place for place, difference in enumerate(Difference)}


class _Items(NamedTuple):
    """The four items of a record or a person, in the order of `ITEMS`."""

    full_name: str
    birth_date: str
    sex: str
    identity_number: str


def match_record(entered: ExchangeRecord, references: Index, *, is_complete: bool = True) -> Match:
    """Match one record against the persons of the population database.

    The person is looked up by number. Where nobody has it, or somebody with another name and
    another birth date, the person is the one with the record's name, marks apart, and birth date;
    of several such, the one whose number is a slip away.

    Args:
        entered: As it was entered, or cleaned: what is given is what is compared. The full name is
            ``full_name``, or the family name and the given name where it is empty.
        references: A `References`, or what `open_references` gives.
        is_complete: Whether completeness found nothing that refuses the record. One that lacks one
            of the four items is never sent.

    Returns:
        The verdict: right only where the four items are exactly those of one person. For a wrong
        one, how each item differs, with a reason for each, and what is proposed: everything that
        differs, where it differs by a slip or in the sex alone, else nothing.

    Raises:
        RecordsError: The file behind the references is damaged.

    Spec: Công văn 9438/BYT-CNTT.
    """
    items = _items_of(entered)
    if not is_complete or not all(map(str.strip, items)):
        return _NOT_SENT
    found = references.by_number(items.identity_number)
    for person in found:
        if items == _items_of(person):
            return _PENDING if person.is_pending else _RIGHT
    cleaned = _cleaned(items)
    closest = _closest(items, cleaned, found)
    if closest is None or _is_somebody_else(closest[1]):
        named = _namesake(items, cleaned, references)
        closest = named or closest
    if closest is None:
        return _UNKNOWN
    person, differences = closest
    if person.is_pending:
        return _PENDING
    items_found = tuple(zip(ITEMS, differences, strict=True))
    return _RIGHT if items_found == _ALL_SAME else _wrong(items_found)


def _items_of(source: ExchangeRecord | ReferencePerson) -> _Items:
    full_name = source.full_name
    if not full_name and isinstance(source, ExchangeRecord):
        full_name = f"{source.family_name} {source.given_name}".strip()
    return _Items(full_name, source.birth_date, source.sex, source.identity_number)


def _cleaned(items: _Items) -> _Items:
    return _items_of(clean_record(ExchangeRecord(**items._asdict())).record)


def _compare(items: _Items, cleaned: _Items, person: ReferencePerson) -> _Differences:
    """How each item differs from a person's."""
    reference = _items_of(person)
    reference_cleaned = _cleaned(reference)
    return tuple(
        Difference.SAME
        if items[place] == reference[place]
        else OF_ITEM[item](cleaned[place], reference_cleaned[place])
        for place, item in enumerate(ITEMS)
    )


def _closest(
    items: _Items, cleaned: _Items, persons: Sequence[ReferencePerson]
) -> tuple[ReferencePerson, _Differences] | None:
    """The person from whom the record differs least, the first of equals."""
    compared = [(person, _compare(items, cleaned, person)) for person in persons]
    return min(compared, key=lambda one: sum(_FAR[how] for how in one[1]), default=None)


def _is_somebody_else(differences: _Differences) -> bool:
    """Whether the number alone connects the record with the person."""
    name, birth_date, *_ = differences
    return name is birth_date is Difference.DIFFERENT


def _namesake(
    items: _Items, cleaned: _Items, references: Index
) -> tuple[ReferencePerson, _Differences] | None:
    """The one person of this name and birth date, if it is clear who that is."""
    persons = references.by_name(cleaned.full_name, cleaned.birth_date)
    compared = [(person, _compare(items, cleaned, person)) for person in persons]
    if len(compared) > 1:
        number = ITEMS.index("identity_number")
        compared = [one for one in compared if one[1][number] is not Difference.DIFFERENT]
    return compared[0] if len(compared) == 1 else None


def _wrong(items: tuple[tuple[str, Difference], ...]) -> Match:
    differing = [item for item, how in items if how is not Difference.SAME]
    is_slip = all(how is not Difference.DIFFERENT for item, how in items if item != "sex")
    return Match(
        verdict=Verdict.WRONG,
        items=items,
        reasons=tuple(
            Reason(code=f"match.{item}.{how}", field=item)
            for item, how in items
            if how is not Difference.SAME
        ),
        proposal=tuple(differing) if is_slip else (),
    )
