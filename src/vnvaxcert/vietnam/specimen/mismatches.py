"""Records and the population database at odds: by a slip in the record, or as the database has it.

Where the record slipped, one line is marked and the person's other doses stay right; where the
database differs, all of the person's lines are.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from random import Random
from typing import Final

from vnvaxcert.vietnam.specimen.legacy import split_letter
from vnvaxcert.vietnam.specimen.names import majority_name
from vnvaxcert.vietnam.specimen.people import Case, Registry, SpecimenPerson, unused_number
from vnvaxcert.vietnam.specimen.spelling import has_new_placement

Maker = Callable[[Random, Registry, date], Case]

_TONES: Final = "\u0300\u0309\u0303\u0301"
_KEYS: Final = dict(  # neighbours on the keyboard
    zip("qwertyuioasdfghjklzxcvbnm", "wertyuiopsdfghjklkxcvbnmn", strict=True)
)


def _database(field: str, kind: str, write: Callable[[Random, str], str]) -> Maker:
    """The database has one item otherwise."""

    def make(rng: Random, registry: Registry, at: date) -> Case:
        case = registry.make(kind="cccd", plain=True)
        text = write(rng, getattr(case.person, field))
        case.people = [SpecimenPerson(**{**vars(case.person), field: text})]
        case.mark_all(f"match.{field}.{kind}", field)
        return case

    return make


def _slip(field: str, kind: str, write: Callable[[Random, str], str], holds: str = "") -> Maker:
    """One record has one item otherwise; `write` answers ``""`` where that cannot be shown."""

    def make(rng: Random, registry: Registry, at: date) -> Case:
        text = ""
        while not text:
            case = registry.make(kind=holds or "cccd", plain=True)
            text = write(rng, getattr(case.person, field))
        line = rng.randrange(len(case.lines))
        case.lines[line][field] = text
        if field == "full_name":  # the parts are left to whoever reads the whole
            case.lines[line].update(family_name="", given_name="")
        case.mark(line, f"match.{field}.{kind}", field)
        return case

    return make


def _pending(rng: Random, registry: Registry, at: date) -> Case:
    case = registry.make()
    case.people = [dataclasses.replace(case.person, is_pending=True)]
    case.mark_all("match.pending")
    return case


def _unknown(rng: Random, registry: Registry, at: date) -> Case:
    case = registry.make()
    case.people = []
    case.mark_all("match.unknown_person")
    return case


# The name


def _name_unclean(rng: Random, name: str) -> str:
    decomposed = unicodedata.normalize("NFD", name)
    return rng.choice((decomposed, name.replace(" ", "  "), name.upper()))


def _bare(text: str) -> str:
    """Without any mark, Đ as D."""
    letters = (split_letter(letter)[0] for letter in text)
    return "".join({"đ": "d", "Đ": "D"}.get(letter, letter) for letter in letters)


def tone_marks(rng: Random, name: str) -> str:
    """All marks lost, those of one word, or one tone taken for another."""
    words = name.split(" ")
    marked = [at for at, word in enumerate(words) if _bare(word) != word]
    at = rng.choice(marked)
    draw = rng.random()
    if draw < 0.4:
        return _bare(name)
    if draw < 0.7:
        words[at] = _bare(words[at])
        return " ".join(words)
    return _other_tone(rng, words)


def _other_tone(rng: Random, words: list[str]) -> str:
    """One tone changed, in a word that may have any: one that ends in no c, p, t or h."""
    places = [
        (at, place)
        for at, word in enumerate(words)
        for place, letter in enumerate(word)
        if split_letter(letter)[2] and _bare(word)[-1] not in "cpth"
    ]
    if not places:
        return ""
    at, place = rng.choice(places)
    word = words[at]
    base, shape, tone = split_letter(word[place])
    other = rng.choice([mark for mark in _TONES if mark != tone])
    letter = unicodedata.normalize("NFC", base + shape + other)
    return " ".join([*words[:at], word[:place] + letter + word[place + 1 :], *words[at + 1 :]])


def name_swapped(rng: Random, name: str) -> str:
    """The given name first, as in a Western form; or the family name last."""
    words = name.split(" ")
    other = rng.choice(([words[-1], *words[:-1]], [*words[1:], words[0]]))
    return " ".join(other) if _bare(" ".join(other)) != _bare(name) else ""


def name_slip(rng: Random, name: str) -> str:
    """One letter doubled, left out, or its neighbour's key; never the first of a word."""
    places = [
        at
        for at, letter in enumerate(name)
        if letter in _KEYS and name[at - 1] != " " and name[at - 1 : at + 1] != letter * 2
    ]
    if not places:
        return ""
    at = rng.choice(places)
    letter = name[at]
    written = rng.choice((letter * 2, "", _KEYS[letter]))
    slipped = name[:at] + written + name[at + 1 :]
    # The bare words must tell (`an` for `ân` would be a mark lost), and nothing else may be wrong.
    if _bare(slipped) == _bare(name) or min(map(len, slipped.split(" "))) < 2:
        return ""
    if any(map(_ends_in_open_a, slipped.split(" "))):
        return ""
    return "" if has_new_placement(slipped) else slipped


def _ends_in_open_a(word: str) -> bool:
    """Whether a word ends in ă or â, as no syllable does: a clerk would doubt the encoding."""
    letter, shape, _ = split_letter(word[-1].lower())
    return letter == "a" and shape != ""


def _name_different(rng: Random, name: str) -> str:
    words = set(_bare(name).split())
    while True:
        other = majority_name(rng, rng.choice("MF")).full
        if other.count(" ") and not words & set(_bare(other).split()):
            return other


# The date of birth


def _day_first(rng: Random, day: str) -> str:
    return "/".join(reversed(day.split("-")))


def day_swapped(rng: Random, day: str) -> str:
    year, month, of_month = day.split("-")
    return f"{year}-{of_month}-{month}" if month != of_month <= "12" else ""


def _days_apart(day: str, least: int, most: int) -> list[str]:
    """Days of the same year whose text differs in so many digits, and not by a swap."""
    days = (f"{day[:4]}-{month:02d}-{of:02d}" for month in range(1, 13) for of in range(1, 29))
    swapped = sorted(day[5:])
    return [
        other
        for other in days
        if least <= sum(ours != theirs for ours, theirs in zip(day, other, strict=True)) <= most
        and sorted(other[5:]) != swapped
    ]


def _day_slip(rng: Random, day: str) -> str:
    return rng.choice(_days_apart(day, 1, 1))


def _day_different(rng: Random, day: str) -> str:
    return rng.choice(_days_apart(day, 3, 4))


# Sex and number


def _sex_word(rng: Random, sex: str) -> str:
    return "Nam" if sex == "M" else "Nữ"


def _other_sex(rng: Random, sex: str) -> str:
    return "F" if sex == "M" else "M"


def _number_unclean(rng: Random, number: str) -> str:
    sign = rng.choice(" .-")
    return sign.join((number[:3], number[3:6], number[6:9], number[9:]))


def number_swapped(rng: Random, number: str) -> str:
    """Two neighbours of the running part; what goes before says sex and year."""
    places = [at for at in range(6, 11) if number[at] != number[at + 1]]
    if not places:
        return ""
    at = rng.choice(places)
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def _number_slip(rng: Random, number: str) -> str:
    at = rng.randint(6, 11)
    return f"{number[:at]}{(int(number[at]) + rng.randint(1, 9)) % 10}{number[at + 1 :]}"


MISMATCHES: Final[Mapping[str, Maker]] = {
    "match.pending": _pending,
    "match.unknown_person": _unknown,
    **{
        f"match.{field}.{kind}": _database(field, kind, write)
        for field, kind, write in (
            ("full_name", "same_after_cleaning", _name_unclean),
            ("birth_date", "same_after_cleaning", _day_first),
            ("sex", "same_after_cleaning", _sex_word),
            ("identity_number", "same_after_cleaning", _number_unclean),
        )
    },
    **{
        f"match.{field}.{kind}": _slip(field, kind, write)
        for field, kind, write in (
            ("full_name", "tone_marks", tone_marks),
            ("full_name", "swapped_order", name_swapped),
            ("full_name", "typing_slip", name_slip),
            ("full_name", "different", _name_different),
            ("birth_date", "swapped_order", day_swapped),
            ("birth_date", "typing_slip", _day_slip),
            ("birth_date", "different", _day_different),
            ("identity_number", "swapped_order", number_swapped),
            ("identity_number", "typing_slip", _number_slip),
            ("identity_number", "different", unused_number),
        )
    },
    # A citizen's number says the sex; the old one does not.
    "match.sex.different": _slip("sex", "different", _other_sex, holds="cmnd"),
}
"""How to make each."""
