"""The faults that really occur, one by one, each under its reason code.

A fault is put where a careful clerk would see it and give it this name and no other: a legacy
encoding on a name that has marks to lose, a swap of two digits that differ. Where it concerns
several lines, all that must be found are marked; no other line becomes suspicious.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Final

from vnvaxcert.vietnam.specimen import spelling
from vnvaxcert.vietnam.specimen.mismatches import MISMATCHES
from vnvaxcert.vietnam.specimen.names import long_name, majority_name
from vnvaxcert.vietnam.specimen.people import EARLIEST, Case, Registry

Maker = Callable[[Random, Registry, date], Case]

_NAMES: Final = ("full_name", "family_name", "given_name")
_MISSING: Final = (
    *("record_id", "sex", "birth_date", "identity_number", "nationality", "disease", "product"),
    *("dose_number", "vaccination_date", "country", "facility_code", "signing_unit"),
)
# Faults that are one wrong text in one field.
_TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "sex.unknown": ("X", "Khác", "K", "9"),
    "birth_date.malformed": ("31/02/1985", "1985-13-01", "khoảng 1985", "19-85", "30-02-1990"),
    "nationality.unknown": ("QQ", "ZZ", "Sao Hỏa"),
    "disease.unknown": ("6142004", "Cúm mùa", "14189004"),
    "product.unknown": ("Vắc xin mẫu A", "Mẫu-19", "Không rõ"),
    "product.ambiguous": ("Sinopharm",),
    "dose_number.malformed": ("0", "-1", "1,5", "?"),
    "total_doses.malformed": ("0", "-2", "nhiều"),
    "vaccination_date.malformed": ("31/02/2022", "2021-13-05", "tháng 9", "2021-09-31"),
    "country.unknown": ("QQ", "ZZ", "Sao Hỏa"),
    "facility_code.malformed": ("0100", "010011", "01A01", "Trạm mẫu"),
}


def make_faulty(code: str, rng: Random, registry: Registry, at: date) -> Case:
    """Make a person whose doses have one fault.

    Args:
        code: The reason code that must be found; one of :data:`CODES`.
        rng: Where chance comes from.
        registry: Makes the person.
        at: The day on which the records are checked.

    Returns:
        A person, or two who share a number, with one to four lines, at least one of them marked.
    """
    return _MAKERS[code](rng, registry, at)


def _missing(field: str) -> Maker:
    def make(rng: Random, registry: Registry, at: date) -> Case:
        case = registry.make()
        line = rng.randrange(len(case.lines))
        case.lines[line][field] = ""
        case.mark(line, f"{field}.missing", field)
        return case

    return make


def _text(code: str) -> Maker:
    field = code.partition(".")[0]

    def make(rng: Random, registry: Registry, at: date) -> Case:
        case = registry.make()
        line = rng.randrange(len(case.lines))
        case.lines[line][field] = rng.choice(_TEXTS[code])
        case.mark(line, code, field)
        return case

    return make


def _malformed(rng: Random, registry: Registry, at: date) -> Case:
    """The line is broken when it is written: see `files`."""
    case = registry.make()
    case.mark(rng.randrange(len(case.lines)), "record.malformed")
    return case


# The name


def _name_missing(rng: Random, registry: Registry, at: date) -> Case:
    case = registry.make()
    line = rng.randrange(len(case.lines))
    case.lines[line].update(dict.fromkeys(_NAMES, ""))
    case.mark(line, "full_name.missing", "full_name")
    return case


def _name_characters(rng: Random, registry: Registry, at: date) -> Case:
    case = registry.make(plain=True)
    line = rng.randrange(len(case.lines))
    sign = rng.choice("0123456789@#_%=")
    name = case.name.full
    place = rng.randint(2, len(name) - 1)
    case.lines[line].update(
        full_name=name[:place] + sign + name[place:], family_name="", given_name=""
    )
    case.mark(line, "full_name.characters", "full_name")
    return case


def _name_too_long(rng: Random, registry: Registry, at: date) -> Case:
    case = registry.make(doses=1)
    name = long_name(rng, case.person.sex)
    apart = rng.random() < 0.5
    case.lines[0].update(
        full_name=name.full,
        family_name=name.family if apart else "",
        given_name=name.given if apart else "",
    )
    case.mark(0, "full_name.too_long", "full_name")
    return case


def _name_parts(rng: Random, registry: Registry, at: date) -> Case:
    case = registry.make(plain=True)
    line = rng.randrange(len(case.lines))
    other = majority_name(rng, case.person.sex)
    while set(other) & set(case.name):
        other = majority_name(rng, case.person.sex)
    case.lines[line].update(family_name=other.family, given_name=case.name.given)
    case.mark(line, "full_name.parts", "full_name")
    return case


def _respelled(code: str) -> Maker:
    """A name written in a way that cleaning undoes, or that nobody can undo."""

    def make(rng: Random, registry: Registry, at: date) -> Case:
        while True:
            case = registry.make(plain=True)
            respell = spelling.respeller(code, rng, case.name.full)
            if respell is not None:
                break
        line = rng.randrange(len(case.lines))
        for field in _NAMES:
            case.lines[line][field] = respell(case.lines[line][field])
        case.mark(line, code, "full_name")
        return case

    return make


def _format(rng: Random, registry: Registry, at: date) -> Case:
    """A field in another form than the standard one, as hands and spreadsheets leave it."""
    case = registry.make(kind="cccd", plain=True)
    line = rng.randrange(len(case.lines))
    field, write = rng.choice(_FORMS)
    case.lines[line][field] = write(case.lines[line][field])
    case.mark(line, "clean.format", field)
    return case


def _day_first(sign: str) -> Callable[[str], str]:
    return lambda text: sign.join(reversed(text.split("-")))


_FORMS: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("birth_date", _day_first("/")),
    ("birth_date", _day_first("-")),
    ("vaccination_date", _day_first("/")),
    ("vaccination_date", _day_first(".")),
    ("sex", lambda text: "Nam" if text == "M" else "Nữ"),
    ("nationality", lambda _: "VNM"),
    ("nationality", lambda _: "Việt Nam"),
    ("identity_number", lambda text: f"{text[:3]} {text[3:6]} {text[6:9]} {text[9:]}"),
    ("identity_number", lambda text: f"{text[:3]}.{text[3:6]}.{text[6:]}"),
    ("disease", lambda _: "COVID-19"),
)


# The identity number


def _number_malformed(rng: Random, registry: Registry, at: date) -> Case:
    case = registry.make(kind="cccd")
    line = rng.randrange(len(case.lines))
    number = case.person.identity_number
    wrong = rng.choice((number[:-1], number + "0", number[:8] + "A" + number[9:], number[:7]))
    case.lines[line].update(identity_type="cccd", identity_number=wrong)
    case.mark(line, "identity_number.malformed", "identity_number")
    return case


def _number_sex(rng: Random, registry: Registry, at: date) -> Case:
    case = registry.make(kind="cccd")
    line = rng.randrange(len(case.lines))
    number = case.person.identity_number
    case.lines[line]["identity_number"] = f"{number[:3]}{int(number[3]) ^ 1}{number[4:]}"
    case.mark(line, "identity_number.sex", "identity_number")
    return case


def _number_birth_year(rng: Random, registry: Registry, at: date) -> Case:
    case = registry.make(kind="cccd")
    line = rng.randrange(len(case.lines))
    number = case.person.identity_number
    digit = (int(number[5]) + rng.randint(1, 9)) % 10
    case.lines[line]["identity_number"] = f"{number[:5]}{digit}{number[6:]}"
    case.mark(line, "identity_number.birth_year", "identity_number")
    return case


def _number_shared(rng: Random, registry: Registry, at: date) -> Case:
    """Two people of one sex and year of birth: the number alone tells nobody that it is wrong."""
    case = registry.make(kind="cccd", doses=1, plain=True)
    person = case.person
    year = int(person.birth_date[:4])
    while True:
        birth = date(year, rng.randint(1, 12), rng.randint(1, 28))
        other = registry.make(kind="cccd", doses=1, plain=True, birth=birth)
        if (
            other.person.sex == person.sex
            and other.person.birth_date != person.birth_date
            and not set(other.name) & set(case.name)
        ):
            break
    for line in other.lines:
        line.update(
            identity_number=person.identity_number, identity_type=case.lines[0]["identity_type"]
        )
    case.lines += other.lines
    case.marks += other.marks
    case.people += other.people
    case.mark_all("identity_number.shared", "identity_number")
    return case


# The dates and the doses


def _birth_impossible(rng: Random, registry: Registry, at: date) -> Case:
    """Another century; the number must be of a kind that says nothing of the year."""
    case = registry.make(kind="cmnd")
    line = rng.randrange(len(case.lines))
    case.lines[line]["birth_date"] = rng.choice(("1785-03-02", "1801-11-19", "0198-05-05"))
    case.mark(line, "birth_date.impossible", "birth_date")
    return case


def _total_too_small(rng: Random, registry: Registry, at: date) -> Case:
    case = registry.make(doses=rng.randint(2, 3))
    case.lines[-1]["total_doses"] = "1"
    case.mark(-1, "total_doses.too_small", "total_doses")
    return case


def _over_schedule(rng: Random, registry: Registry, at: date) -> Case:
    case = registry.make()
    case.lines[-1].update(dose_number=str(rng.randint(12, 30)), total_doses="")
    case.mark(-1, "dose_number.over_schedule", "dose_number")
    return case


def _dated(case: Case, line: int, day: date, code: str) -> Case:
    case.lines[line]["vaccination_date"] = day.isoformat()
    case.mark(line, f"vaccination_date.{code}", "vaccination_date")
    return case


def _future(rng: Random, registry: Registry, at: date) -> Case:
    return _dated(registry.make(), -1, at + timedelta(days=rng.randint(10, 300)), "future")


def _too_early(rng: Random, registry: Registry, at: date) -> Case:
    day = date(2019, 1, 1) + timedelta(days=rng.randint(0, 500))
    return _dated(registry.make(), 0, day, "too_early")


def _before_birth(rng: Random, registry: Registry, at: date) -> Case:
    """A child born in the second half of 2021, when others had had their doses."""
    born = date(2021, 6, 1) + timedelta(days=rng.randint(0, 200))
    day = EARLIEST + timedelta(days=rng.randint(0, (born - EARLIEST).days - 10))
    return _dated(registry.make(doses=1, birth=born), 0, day, "before_birth")


def _duplicate(rng: Random, registry: Registry, at: date) -> Case:
    """The same dose again, perhaps by another facility; the one that comes later is too much."""
    case = registry.make()
    again = {**rng.choice(case.lines), "record_id": registry.next_record_id()}
    if rng.random() < 0.5:
        again["facility_name"] = "Cơ sở tiêm chủng mẫu khác"
    case.lines.append(again)
    case.marks.append([("doses.duplicate", "")])
    return case


def _neighbours(code: str) -> Maker:
    """Two doses, one after the other, contradict each other: both are marked."""

    def make(rng: Random, registry: Registry, at: date) -> Case:
        case = registry.make(doses=rng.randint(2, 3))
        second = rng.randrange(1, len(case.lines))
        earlier, later = case.lines[second - 1], case.lines[second]
        if code == "doses.same_number":
            later["dose_number"] = earlier["dose_number"]
        else:
            dates = earlier["vaccination_date"], later["vaccination_date"]
            later["vaccination_date"], earlier["vaccination_date"] = dates
        case.mark(second - 1, code)
        case.mark(second, code)
        return case

    return make


def _interval(rng: Random, registry: Registry, at: date) -> Case:
    """A second dose within a week of the first; a third is then all the later."""
    case = registry.make(doses=rng.randint(2, 3))
    first = date.fromisoformat(case.lines[0]["vaccination_date"])
    case.lines[1]["vaccination_date"] = (first + timedelta(days=rng.randint(1, 6))).isoformat()
    case.mark(1, "doses.interval")
    return case


_MAKERS: Final[Mapping[str, Maker]] = {
    "record.malformed": _malformed,
    **{f"{field}.missing": _missing(field) for field in _MISSING},
    **{code: _text(code) for code in _TEXTS},
    "full_name.missing": _name_missing,
    "full_name.characters": _name_characters,
    "full_name.too_long": _name_too_long,
    "full_name.parts": _name_parts,
    "birth_date.impossible": _birth_impossible,
    "identity_number.malformed": _number_malformed,
    "identity_number.sex": _number_sex,
    "identity_number.birth_year": _number_birth_year,
    "identity_number.shared": _number_shared,
    "dose_number.over_schedule": _over_schedule,
    "total_doses.too_small": _total_too_small,
    "vaccination_date.future": _future,
    "vaccination_date.before_birth": _before_birth,
    "vaccination_date.too_early": _too_early,
    "doses.duplicate": _duplicate,
    "doses.same_number": _neighbours("doses.same_number"),
    "doses.out_of_order": _neighbours("doses.out_of_order"),
    "doses.interval": _interval,
    "clean.format": _format,
    **{code: _respelled(code) for code in spelling.CODES},
    **MISMATCHES,
}
CODES: Final = tuple(_MAKERS)
"""Every reason code that can be put into a population."""
