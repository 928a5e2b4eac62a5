"""Clean people and their clean doses, before anything goes wrong with them.

Every identity number has the form of its kind and cannot be a real one's neighbour: the running
part begins with 9, where no register has come, and ends in a check digit of ours, so that one
wrong or two swapped digits never give the number of another specimen.

Spec: Circular 59/2021/TT-BCA, article 4 (CCCD); Decision 384/QĐ-BYT (facility codes).
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from vnvaxcert.record import record
from vnvaxcert.vietnam.specimen.names import Name, foreign_name, majority_name, minority_name, words

EARLIEST: Final = date(2021, 3, 15)  # the roll-out began on 8 March 2021
_LATEST: Final = date(2023, 6, 30)  # hardly a dose was given later
DOSES: Final = (1, 2, 2, 3)  # of one person, drawn from these
_COVID_19: Final = "840539006"  # SNOMED CT
_SERIALS: Final = 5_000_000  # the people whom the numbers below keep apart

# The 63 provinces before July 2025: Decision 124/2004 for facilities, with a 0 before it for CCCD.
_PROVINCES: Final = words(
    "01 02 04 06 08 10 11 12 14 15 17 19 20 22 24 25 26 27 30 31 33 34 35 36 37 38 40 42 44 "
    "45 46 48 49 51 52 54 56 58 60 62 64 66 67 68 70 72 74 75 77 79 80 82 83 84 86 87 89 91 "
    "92 93 94 95 96"
)
# Local name, doses of the first course.
_PRODUCTS: Final = (
    *(("AstraZeneca", 2),) * 4,
    *(("Pfizer", 2),) * 3,
    *(("Vero Cell", 2),) * 3,
    *(("Moderna", 2),) * 2,
    *(("Comirnaty", 2), ("Spikevax", 2), ("Vaxzevria", 2), ("Covishield", 2)),
    *(("Hayat-Vax", 2), ("Sputnik V", 2), ("Abdala", 3), ("Janssen", 1)),
)
_COUNTRIES: Final = ("FR", "JP", "KR", "DE", "US", "PL", "TR", "BR", "IE", "SE", "IN", "CN")
_KINDS: Final = ("cccd",) * 40 + ("cmnd",) * 4 + ("passport",) * 2


@record(shown=())
class SpecimenPerson:
    """One person as the specimen population database has them; ``repr`` shows nothing.

    The attributes are those of a reference person in matching, and may be handed to it by name.

    Attributes:
        full_name: As the database writes it, which is not always the clean form.
        birth_date: ISO 8601, a year alone where no more is known; likewise.
        sex: ``M`` or ``F``; likewise.
        identity_number: Likewise.
        is_pending: The database has not answered for this person.
    """

    full_name: str
    birth_date: str
    sex: str
    identity_number: str
    is_pending: bool = False


class Case:
    """What is written of one person, or of two who share a number, while it is being made.

    Attributes:
        lines: Per dose, the fields of the exchange record.
        marks: Per dose, what is wrong with it: code and field.
        person: The first of them, as they are.
        people: Who of them is in the population database, and how.
        name: The first person's, in its parts.
        kind: What their identity number is: ``cccd``, ``cmnd``, ``passport`` or ``foreign`` (a
            passport too).
    """

    def __init__(self, name: Name, kind: str, person: SpecimenPerson) -> None:
        self.name = name
        self.kind = kind
        self.lines: list[dict[str, str]] = []
        self.marks: list[list[tuple[str, str]]] = []
        self.person = person
        self.people = [person]

    def mark(self, line: int, code: str, field: str = "") -> None:
        """Say what is wrong with one line."""
        self.marks[line].append((code, field))

    def mark_all(self, code: str, field: str = "") -> None:
        """Say what is wrong with every line."""
        for line in range(len(self.lines)):
            self.mark(line, code, field)


class Registry:
    """Makes people and doses, each with a number of its own.

    Args:
        rng: Where chance comes from.
        at: The last day on which a dose may have been given.
    """

    def __init__(self, rng: Random, at: date) -> None:
        self._rng = rng
        self._latest = min(at, _LATEST)
        self._people = 0
        self._records = 0

    def make(
        self, *, kind: str = "", doses: int = 0, plain: bool = False, birth: date | None = None
    ) -> Case:
        """Make a person with clean doses.

        Args:
            kind: As in :class:`Case`; drawn when ``""``.
            doses: How many, 1 to 3; drawn when 0.
            plain: Whether to make a majority name, with at least three letters that can lose
                their marks, and a whole date of birth.
            birth: Date of birth; drawn when not given, and then sometimes a year alone.
        """
        case = self._person(kind, plain, birth)
        self._add_doses(case, doses or self._rng.choice(DOSES))
        return case

    def _person(self, kind: str, plain: bool, birth: date | None) -> Case:
        rng = self._rng
        serial = self._people = (self._people + 1) % _SERIALS
        kind = kind or rng.choice(_KINDS if plain else (*_KINDS, "foreign", "foreign"))
        sex = rng.choice("MF")
        if kind == "foreign":
            name = foreign_name(rng, sex)
        elif plain:
            name = majority_name(rng, sex)
            while count_marked(name.full) < 3:
                name = majority_name(rng, sex)
        else:
            name = (minority_name if rng.random() < 0.06 else majority_name)(rng, sex)
        day = birth or self._birth(serial)
        year_alone = birth is None and not plain and rng.random() < 0.02
        person = SpecimenPerson(
            full_name=name.full,
            birth_date=str(day.year) if year_alone else day.isoformat(),
            sex=sex,
            identity_number=_number(kind, serial, day.year, sex),
        )
        return Case(name, kind, person)

    def _birth(self, serial: int) -> date:
        """A birthday from 1932 to 2011.

        The year modulo 8 tells people with the same running number apart: see `_number`.
        """
        turn, within = divmod(serial, len(_PROVINCES) * 10_000)
        year = 1932 + 8 * self._rng.randrange(10) + (turn + within * 5 // 8) % 8
        return date(year, 1, 1) + timedelta(days=self._rng.randrange(365))

    def _add_doses(self, case: Case, count: int) -> None:
        """Write down doses of one person, at intervals that every product allows."""
        rng = self._rng
        product, course = rng.choice(_PRODUCTS)
        waits = [0, *(rng.randint(28, 70) for _ in range(1, min(count, course)))]
        waits += [rng.randint(91, 130) for _ in range(len(waits), count)]
        start = max(EARLIEST, date.fromisoformat(_whole(case.person.birth_date)))
        room = (self._latest - start).days - sum(waits)
        day = start + timedelta(days=rng.randint(0, room))
        province, seat = rng.choice(_PROVINCES), rng.randint(901, 949)
        states_schedule = rng.random() < 0.8
        for number in range(1, count + 1):
            day += timedelta(days=waits[number - 1])
            if number > course:
                product = rng.choice(("Pfizer", "AstraZeneca", "Moderna"))
            self._add(
                case,
                product=product,
                dose_number=str(number),
                total_doses=str(max(course, number)) if states_schedule else "",
                vaccination_date=day.isoformat(),
                facility_code=f"{province}{seat}",
                facility_name=f"Cơ sở tiêm chủng mẫu {province}-{seat}",
                province_code=province,
                signing_unit=f"{province}{seat if rng.random() < 0.7 else 900}",
            )

    def _add(self, case: Case, **dose: str) -> None:
        person, rng = case.person, self._rng
        apart = rng.random() < 0.4
        case.lines.append(
            {
                "record_id": self.next_record_id(),
                "full_name": person.full_name,
                "family_name": case.name.family if apart else "",
                "given_name": case.name.given if apart else "",
                "sex": person.sex,
                "birth_date": person.birth_date,
                "nationality": rng.choice(_COUNTRIES) if case.kind == "foreign" else "VN",
                "identity_type": _TYPES[case.kind] if rng.random() < 0.8 else "",
                "identity_number": person.identity_number,
                "disease": _COVID_19,
                "lot": f"MAU{rng.randint(100, 999)}" if rng.random() < 0.7 else "",
                "country": "VN",
                **dose,
            }
        )
        if len(case.lines) > 1:  # one nationality for all doses
            case.lines[-1]["nationality"] = case.lines[0]["nationality"]
        case.marks.append([])

    def next_record_id(self) -> str:
        """A record id that no other record has."""
        self._records += 1
        return f"MAU-{self._records:08d}"


_TYPES: Final = {"cccd": "cccd", "cmnd": "cmnd", "passport": "passport", "foreign": "passport"}


def _whole(birth_date: str) -> str:
    return birth_date if len(birth_date) == 10 else f"{birth_date}-12-31"


def _number(kind: str, serial: int, year: int, sex: str) -> str:
    """An identity number: of five million people no two of a kind have the same."""
    if kind == "cccd":
        within, province = divmod(serial, len(_PROVINCES))
        century = 2 * (year // 100 - 19) + (sex == "F")
        return _checked(f"0{_PROVINCES[province]}{century}{year % 100:02d}9{within % 10_000:04d}")
    if kind == "cmnd":
        return _checked(f"9{serial:07d}")
    letter = "QUWXZ"[serial // 1_000_000]
    return letter + ("MAU" if kind == "foreign" else "") + _checked(f"{serial % 1_000_000:06d}")


def unused_number(rng: Random, number: str) -> str:
    """A CCCD number of the same sex and year as another's that no specimen person has.

    Args:
        rng: Where chance comes from.
        number: The other's; province, running part and check digit all change.
    """
    province = rng.choice([code for code in _PROVINCES if f"0{code}" != number[:3]])
    running = f"{rng.randrange(10_000):04d}"
    right = _checked(f"0{province}{number[3:6]}9{running}")
    return right[:-1] + str((int(right[-1]) + rng.randint(1, 9)) % 10)


def _checked(digits: str) -> str:
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """The digit that tells every wrong digit and every swap of neighbours.

    Args:
        digits: Digits without it.

    Spec: J. Verhoeff, Error detecting decimal codes (1969): the symmetries of a pentagon.
    """
    check = 0
    for place, digit in enumerate(reversed(digits), start=1):
        value = int(digit)
        for _ in range(place % 8):
            value = _TURN[value]
        check = _compose(check, value)
    return str(check if check >= 5 else -check % 5)


_TURN: Final = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def _compose(first: int, second: int) -> int:
    """Two symmetries of a pentagon one after the other: 0 to 4 turn it, 5 to 9 turn it over."""
    turned = (first + (second if first < 5 else -second)) % 5
    return turned + 5 * ((first >= 5) != (second >= 5))


def count_marked(text: str) -> int:
    """The letters that are none of ASCII."""
    return sum(not letter.isascii() for letter in text)
