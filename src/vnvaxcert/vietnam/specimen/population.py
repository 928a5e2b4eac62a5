"""A population of any size, line by line, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from operator import index
from random import Random
from typing import Final, TypeAlias

from vnvaxcert.record import record
from vnvaxcert.vietnam.exchange import ExchangeRecord
from vnvaxcert.vietnam.specimen.faults import CODES, make_faulty
from vnvaxcert.vietnam.specimen.people import DOSES, Case, Registry, SpecimenPerson

FAULTS_AT_MOST: Final = 0.5
"""Share of lines with a fault; a faulty person has clean doses too."""

COUNT_AT_MOST: Final = 5_000_000
"""Lines of one population: so many people have numbers of their own."""

_EARLIEST_AT: Final = date(2022, 1, 1)  # three doses in their intervals fit before it
_OPEN: Final = 200  # people whose lines are mixed: doses of one person are lines apart


@record(shown=("number", "faults"))
class SpecimenLine:
    """One record of the population and what is wrong with it.

    Attributes:
        number: 1 for the first.
        record: As it was entered. A malformed one is still whole here: it is broken when it is
            written to a file.
        faults: Reason code and field of each fault, at most one; empty for a clean record.
    """

    number: int
    record: ExchangeRecord
    faults: tuple[tuple[str, str], ...]


def make_population(*, count: int, seed: int, faults: float, at: date) -> Iterator[SpecimenLine]:
    """Make the records of a fictional population, with the faults that really occur.

    A person has one to three doses, whose lines keep their order among the lines of others. The
    faults take turns, so that each is as frequent as the next; at a fifth of faulty lines, each
    is found 200 times or more in 100,000. Memory does not grow with the count.

    Args:
        count: Number of lines, 0 to 5,000,000.
        seed: The same seed with the same other arguments gives the same lines.
        faults: Share of the lines with a fault, 0 to 0.5.
        at: The day on which the records are checked, 2022-01-01 or later; no dose of a clean
            record is later.

    Returns:
        The lines, in order.

    Raises:
        TypeError: The count or the seed is no whole number.
        ValueError: An argument is out of range.
    """
    return (
        made
        for made in walk(count=count, seed=seed, faults=faults, at=at)
        if isinstance(made, SpecimenLine)
    )


def make_references(*, count: int, seed: int, faults: float, at: date) -> Iterator[SpecimenPerson]:
    """Make the population database that goes with :func:`make_population`.

    Args:
        count: As there.
        seed: As there.
        faults: As there.
        at: As there.

    Returns:
        Each person once, but for those whom the database does not know.

    Raises:
        TypeError: The count or the seed is no whole number.
        ValueError: An argument is out of range.
    """
    return (
        made
        for made in walk(count=count, seed=seed, faults=faults, at=at)
        if isinstance(made, SpecimenPerson)
    )


def walk(
    *, count: int, seed: int, faults: float, at: date
) -> Iterator[SpecimenLine | SpecimenPerson]:
    """Make lines and people in one go.

    Args:
        count: As in :func:`make_population`.
        seed: As there.
        faults: As there.
        at: As there.

    Returns:
        Each person of the database some time before their first line.

    Raises:
        TypeError: The count or the seed is no whole number.
        ValueError: An argument is out of range.
    """
    count, seed = index(count), index(seed)
    if not 0 <= count <= COUNT_AT_MOST:
        raise ValueError(f"count: expected 0 to {COUNT_AT_MOST}")
    if not 0 <= faults <= FAULTS_AT_MOST:
        raise ValueError(f"faults: expected 0 to {FAULTS_AT_MOST}")
    if at < _EARLIEST_AT:
        raise ValueError(f"at: expected {_EARLIEST_AT} or later")
    return _walk(count, seed, faults, at)


def _walk(
    count: int, seed: int, faults: float, at: date
) -> Iterator[SpecimenLine | SpecimenPerson]:
    rng = Random(seed)
    opened: list[_Waiting] = []
    number = 0
    for case in _cases(rng, count, faults, at):
        yield from case.people
        opened.append(list(zip(case.lines, case.marks, strict=True))[::-1])
        while len(opened) == _OPEN:
            number += 1
            yield _take(rng, opened, number)
    while opened:
        number += 1
        yield _take(rng, opened, number)


_Waiting: TypeAlias = list[tuple[dict[str, str], list[tuple[str, str]]]]


def _take(rng: Random, opened: list[_Waiting], number: int) -> SpecimenLine:
    """The next line of somebody."""
    chosen = rng.randrange(len(opened))
    fields, marks = opened[chosen].pop()
    if not opened[chosen]:
        opened[chosen] = opened[-1]
        opened.pop()
    return SpecimenLine(number=number, record=ExchangeRecord(**fields), faults=tuple(marks))


def _cases(rng: Random, count: int, faults: float, at: date) -> Iterator[Case]:
    """People with as many lines together as asked for."""
    registry = Registry(rng, at)
    codes: list[str] = []
    made = faulty = 0
    while made < count:
        owed = faults * made - faulty
        case = None
        if owed > 4 * rng.random():  # it evens out, and does not come at every fifth line
            if not codes:
                codes = rng.sample(CODES, len(CODES))
            case = make_faulty(codes[-1], rng, registry, at)
            if made + len(case.lines) <= count:
                codes.pop()
            else:
                case = None
        if case is None:
            case = registry.make(doses=min(rng.choice(DOSES), count - made))
        made += len(case.lines)
        faulty += sum(map(bool, case.marks))
        yield case
