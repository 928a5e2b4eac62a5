"""The specimen population: repeatable, as faulty as asked, and true to what it says of itself."""

from __future__ import annotations

import ast
import csv
import gc
import json
import shutil
import subprocess
import tracemalloc
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from vnvaxcert.vietnam import specimen
from vnvaxcert.vietnam.cleaning import clean_record
from vnvaxcert.vietnam.completeness import check_history, check_record
from vnvaxcert.vietnam.exchange import FIELDS
from vnvaxcert.vietnam.matching import ReferencePerson, References, match_record
from vnvaxcert.vietnam.reading import read_records
from vnvaxcert.vietnam.reasons import REASONS, Effect, Reason
from vnvaxcert.vietnam.specimen import (
    COUNT_AT_MOST,
    SpecimenLine,
    SpecimenPerson,
    make_population,
    make_references,
    mismatches,
    write_population,
)
from vnvaxcert.vietnam.specimen.legacy import to_tcvn3, to_viqr, to_vni, to_windows1258
from vnvaxcert.vietnam.specimen.people import check_digit

AT: Final = date(2022, 4, 15)
COUNT: Final = 20_000
# No code of reading, cleaning, completeness or matching: it would agree with itself.
MAY_IMPORT: Final = {"vnvaxcert.record", "vnvaxcert.vietnam.exchange"}
LETTERS: Final = [
    letter
    for number in (*range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA))
    if (letter := chr(number)) in "ĂÂÊÔƠƯĐăâêôơưđÀÁÃÈÉÌÍÒÓÕÙÚÝĨŨàáãèéìíòóõùúýĩũ" or number >= 0x1EA0
]


@pytest.fixture(scope="module")
def lines() -> list[SpecimenLine]:
    return list(make_population(count=COUNT, seed=20220415, faults=0.2, at=AT))


@pytest.fixture(scope="module")
def people() -> list[SpecimenPerson]:
    return list(make_references(count=COUNT, seed=20220415, faults=0.2, at=AT))


def codes_of(line: SpecimenLine) -> set[str]:
    return {code for code, _ in line.faults}


def with_code(lines: list[SpecimenLine], code: str) -> list[SpecimenLine]:
    found = [line for line in lines if code in codes_of(line)]
    assert found
    return found


# What is made


def test_the_same_seed_gives_the_same_lines_and_another_gives_others() -> None:
    def make(seed: int) -> list[SpecimenLine]:
        return list(make_population(count=300, seed=seed, faults=0.2, at=AT))

    assert make(1) == make(1)
    assert make(1) != make(2)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 17, 999])
@pytest.mark.parametrize("faults", [0, 0.2, 0.5])
def test_there_are_as_many_lines_as_asked_for_numbered_from_1(count: int, faults: float) -> None:
    made = list(make_population(count=count, seed=3, faults=faults, at=AT))
    assert [line.number for line in made] == list(range(1, count + 1))
    share = sum(bool(line.faults) for line in made) / max(1, count)
    assert abs(share - faults) < 0.02 + 4 / max(4, count)


def test_without_faults_every_line_is_clean_and_every_person_known() -> None:
    made = list(make_population(count=500, seed=4, faults=0, at=AT))
    people = list(make_references(count=500, seed=4, faults=0, at=AT))
    assert not any(line.faults for line in made)
    numbers = {line.record.identity_number for line in made}
    assert {person.identity_number for person in people} == numbers


def test_each_code_is_there_and_as_often_as_the_next(lines: list[SpecimenLine]) -> None:
    codes = Counter(code for line in lines for code in codes_of(line))
    assert set(codes) == set(specimen.CODES)
    assert min(codes.values()) >= COUNT / 500  # 200 in 100,000
    assert all(len(line.faults) <= 1 for line in lines)


def test_every_reason_that_refuses_or_repairs_can_be_put_in() -> None:
    reasons = {code for code, texts in REASONS.items() if texts.effect is not Effect.NOTED}
    # What is incomplete is not sent: nothing is put in for that.
    assert set(specimen.CODES) == reasons - {"match.not_sent"}


def test_the_fields_of_faults_are_fields(lines: list[SpecimenLine]) -> None:
    assert {field for line in lines for _, field in line.faults} <= {"", *FIELDS}


def test_doses_of_one_person_stay_in_order_among_others(lines: list[SpecimenLine]) -> None:
    places = defaultdict(list)
    for line in lines:
        if not line.faults:
            places[line.record.identity_number].append(line)
    several = [doses for doses in places.values() if len(doses) > 1]
    for doses in several:
        numbers = [int(line.record.dose_number) for line in doses]
        assert numbers == sorted(numbers)
    assert sum(doses[1].number - doses[0].number > 10 for doses in several) > len(several) / 2


def test_memory_does_not_grow_with_the_population() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        for line in make_population(count=count, seed=5, faults=0.2, at=AT):
            if line.number % 250 == 0:
                gc.collect()  # garbage that only waits to be collected is no growth
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(500)  # what is made once
    assert peak(4000) < 1.3 * peak(1000)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"count": -1}, "count"),
        ({"count": 5_000_001}, "count"),
        ({"faults": -0.1}, "faults"),
        ({"faults": 0.51}, "faults"),
        ({"faults": float("nan")}, "faults"),
        ({"at": date(2021, 12, 31)}, "at"),
    ],
)
def test_arguments_out_of_range_are_refused_before_the_first_line(
    wrong: dict[str, Any], message: str, tmp_path: Path
) -> None:
    arguments = {"count": 10, "seed": 1, "faults": 0.2, "at": AT, **wrong}
    with pytest.raises(ValueError, match=message):
        make_population(**arguments)
    with pytest.raises(ValueError, match=message):
        make_references(**arguments)
    with pytest.raises(ValueError, match=message):
        write_population(tmp_path / "new", **arguments)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("wrong", [{"count": 1.5}, {"seed": None}, {"at": "2022-04-15"}])
def test_arguments_of_another_type_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        make_population(**{"count": 10, "seed": 1, "faults": 0.2, "at": AT, **wrong})


def test_the_numbers_last_for_the_largest_population(people: list[SpecimenPerson]) -> None:
    used = [int(person.identity_number[1:8]) for person in people if is_cmnd(person)]
    assert max(used) * COUNT_AT_MOST / COUNT < COUNT_AT_MOST


def is_cmnd(person: SpecimenPerson) -> bool:
    return len(person.identity_number) == 9 and person.identity_number.isdigit()


def test_the_earliest_day_and_a_much_later_one_will_do() -> None:
    for at in (date(2022, 1, 1), date(2030, 1, 1)):
        made = make_population(count=800, seed=6, faults=0.3, at=at)
        dates = [
            line.record.vaccination_date
            for line in made
            if not codes_of(line) & {"vaccination_date.future", "vaccination_date.malformed"}
            and "clean.format" not in codes_of(line)
        ]
        assert max(dates) <= at.isoformat()


def test_nothing_personal_is_shown(lines: list[SpecimenLine], people: list[SpecimenPerson]) -> None:
    assert repr(people[0]) == "SpecimenPerson()"
    assert repr(lines[0]) == f"SpecimenLine(number=1, faults={lines[0].faults!r})"


# People


def test_no_two_people_have_a_number_or_one_slip_apart(people: list[SpecimenPerson]) -> None:
    plain = {
        person.identity_number for person in people if not set(person.identity_number) & set(" .-")
    }
    cccd = [number for number in plain if len(number) == 12 and number.isdigit()]
    assert len(cccd) > 7000
    for number in cccd[:1500]:
        near = {
            number[:at] + digit + number[at + 1 :] for at in range(12) for digit in "0123456789"
        }
        swaps = {number[:at] + number[at + 1] + number[at] + number[at + 2 :] for at in range(11)}
        assert (near | swaps) & plain == {number}


@pytest.mark.parametrize(("digits", "check"), [("236", "3"), ("12345", "1"), ("142857", "0")])
def test_the_check_digit_is_verhoeffs(digits: str, check: str) -> None:
    assert check_digit(digits) == check


def test_a_number_says_the_sex_and_the_year(people: list[SpecimenPerson]) -> None:
    for person in people:
        number = person.identity_number
        if len(number) == 12 and number.isdigit() and person.birth_date[2] != "/":
            year = 1900 + 100 * (int(number[3]) // 2) + int(number[4:6])
            assert person.birth_date.startswith(str(year))
            assert number[6] == "9"  # where no register has come
            assert person.sex in ("FNữ" if int(number[3]) % 2 else "MNam")


def test_names_are_of_the_majority_of_minorities_of_one_word_and_foreign(
    lines: list[SpecimenLine],
) -> None:
    names = {line.record.full_name for line in lines if not line.faults}
    assert all(name == unicodedata.normalize("NFC", name) for name in names)
    assert any(name.startswith("H'") for name in names)
    assert any(name.startswith("Y ") for name in names)
    assert any(" " not in name for name in names)
    assert any("ñ" in name for name in names)
    assert len(names) > 5000


# What faults say of themselves: read from the lines alone


@pytest.fixture(scope="module")
def by_number(lines: list[SpecimenLine]) -> dict[str, list[SpecimenLine]]:
    numbers = defaultdict(list)
    for line in lines:
        numbers[line.record.identity_number].append(line)
    return numbers


def test_a_duplicate_follows_the_same_dose(
    lines: list[SpecimenLine], by_number: dict[str, list[SpecimenLine]]
) -> None:
    for line in with_code(lines, "doses.duplicate"):
        same = [
            other.number
            for other in by_number[line.record.identity_number]
            if other.record.dose_number == line.record.dose_number
            and other.record.vaccination_date == line.record.vaccination_date
            and other.record.product == line.record.product
        ]
        assert len(same) == 2
        assert max(same) == line.number


def test_both_doses_of_one_number_are_marked(
    lines: list[SpecimenLine], by_number: dict[str, list[SpecimenLine]]
) -> None:
    for line in with_code(lines, "doses.same_number"):
        same = [
            other
            for other in by_number[line.record.identity_number]
            if other.record.dose_number == line.record.dose_number
        ]
        assert len(same) == 2
        assert same[0].record.vaccination_date != same[1].record.vaccination_date
        assert same[0].faults == same[1].faults


def test_both_doses_out_of_order_are_marked_and_a_third_is_not(
    lines: list[SpecimenLine], by_number: dict[str, list[SpecimenLine]]
) -> None:
    for line in with_code(lines, "doses.out_of_order"):
        doses = sorted(
            by_number[line.record.identity_number], key=lambda dose: dose.record.dose_number
        )
        for earlier, later in pairwise(doses):
            is_wrong = earlier.record.vaccination_date > later.record.vaccination_date
            assert is_wrong == bool(earlier.faults and later.faults)


def test_a_dose_too_soon_is_marked_alone(
    lines: list[SpecimenLine], by_number: dict[str, list[SpecimenLine]]
) -> None:
    for line in with_code(lines, "doses.interval"):
        doses = by_number[line.record.identity_number]
        first = next(dose for dose in doses if dose.record.dose_number == "1")
        days = date.fromisoformat(line.record.vaccination_date) - date.fromisoformat(
            first.record.vaccination_date
        )
        assert 1 <= days.days <= 6
        assert not first.faults


def test_all_lines_of_two_people_with_one_number_are_marked(
    lines: list[SpecimenLine], by_number: dict[str, list[SpecimenLine]]
) -> None:
    for line in with_code(lines, "identity_number.shared"):
        doses = by_number[line.record.identity_number]
        assert len({dose.record.full_name for dose in doses}) == 2
        assert len({dose.record.birth_date for dose in doses}) == 2
        assert all(dose.faults == line.faults for dose in doses)


def test_a_fault_of_one_line_leaves_the_other_doses_clean(
    lines: list[SpecimenLine], by_number: dict[str, list[SpecimenLine]]
) -> None:
    for line in with_code(lines, "match.full_name.typing_slip"):
        others = [dose for dose in by_number[line.record.identity_number] if dose is not line]
        assert not any(dose.faults for dose in others)
        assert all(dose.record.full_name != line.record.full_name for dose in others)


def test_the_database_differs_as_it_is_said(
    lines: list[SpecimenLine], people: list[SpecimenPerson]
) -> None:
    known = {person.identity_number: person for person in people}
    for line in with_code(lines, "match.unknown_person"):
        assert line.record.identity_number not in known
    for line in with_code(lines, "match.pending"):
        assert known[line.record.identity_number].is_pending
    for line in with_code(lines, "match.sex.same_after_cleaning"):
        assert known[line.record.identity_number].sex in ("Nam", "Nữ")
    for line in lines:
        if not line.faults:  # a clean record is right, item by item
            person, record = known[line.record.identity_number], line.record
            assert (person.full_name, person.birth_date) == (record.full_name, record.birth_date)
            assert (person.sex, person.is_pending) == (record.sex, False)


@pytest.mark.parametrize(
    ("write", "text"),
    [
        (mismatches.number_swapped, "001085999999"),
        (mismatches.name_slip, "Ơ Ý"),
        (mismatches.name_slip, "Ly"),
        (mismatches.name_slip, "Hoài"),  # all its slips: Hoaài, Hài, Hoà and the like
        (mismatches.name_swapped, "Lê Lê"),
        (mismatches.tone_marks, "Tác"),
        (mismatches.day_swapped, "1985-02-13"),
        (mismatches.day_swapped, "1985-02-02"),
    ],
)
def test_what_cannot_be_shown_on_a_text_is_not_put_in(
    write: Callable[[Random, str], str], text: str
) -> None:
    written = {write(Random(seed), text) for seed in range(40)}
    assert "" in written


def test_no_slip_leaves_a_word_that_ends_as_no_syllable_does() -> None:
    slips = {mismatches.name_slip(Random(seed), "Tô Công Tâm") for seed in range(400)}
    assert "" in slips
    assert len(slips) > 4
    assert not any(slip.endswith("â") for slip in slips)


# Legacy encodings


def test_tcvn3_is_what_iconv_reads() -> None:
    iconv = shutil.which("iconv")
    if iconv is None:
        pytest.skip("iconv is not installed")
    small = "".join(letter for letter in LETTERS if letter.islower())
    read = subprocess.run(
        [iconv, "-f", "TCVN5712-1", "-t", "UTF-8"],
        input=to_tcvn3(small).encode("latin-1"),
        capture_output=True,
        check=True,
    ).stdout.decode()
    assert unicodedata.normalize("NFC", read) == small
    assert len(small) == 67


def test_windows_1258_is_what_python_reads() -> None:
    text = "".join(LETTERS)
    read = to_windows1258(text).encode("cp1252").decode("cp1258")
    assert unicodedata.normalize("NFC", read) == text
    assert len(text) == 134


def test_no_two_letters_are_written_alike() -> None:
    for write in (to_vni, to_viqr, to_windows1258):
        assert len({write(letter) for letter in LETTERS}) == 134
    # Tone capitals have none of their own in TCVN3; the seven letters with a shape have.
    assert len({to_tcvn3(letter) for letter in LETTERS}) == 67 + 7


# Files


@pytest.mark.parametrize("file_format", ["jsonl", "csv"])
def test_the_files_are_the_population(file_format: str, tmp_path: Path) -> None:
    arguments: dict[str, Any] = {"count": 1500, "seed": 7, "faults": 0.3, "at": AT}
    made = list(make_population(**arguments))
    seen: list[int] = []
    written = write_population(tmp_path, **arguments, file_format=file_format, progress=seen.append)
    assert seen == list(range(1, 1501))
    assert (written.count, written.faulty) == (1500, sum(bool(line.faults) for line in made))
    assert written.codes == Counter(code for line in made for code in codes_of(line))

    references = json_rows(written.references)
    assert [SpecimenPerson(**row) for row in references] == list(make_references(**arguments))
    assert len(references) == written.people

    rows = written.records.read_text(encoding="utf-8").split("\n")
    assert rows.pop() == ""
    is_csv = file_format == "csv"
    assert len(rows) == 1500 + is_csv
    truth = {entry["line"]: entry for entry in json_rows(written.truth)}
    assert len(truth) == written.faulty
    for line in made:
        number = line.number + is_csv
        found = truth.get(number, {"record_id": line.record.record_id, "faults": []})
        assert found["record_id"] == line.record.record_id
        assert [tuple(fault) for fault in found["faults"]] == list(line.faults)
        fields = read_row(rows[number - 1], is_csv)
        if "record.malformed" in codes_of(line):
            assert fields is None
        else:
            assert fields == {name: text for name, text in vars(line.record).items() if text}


def json_rows(path: Path) -> list[Any]:
    return [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines()]


def read_row(row: str, is_csv: bool) -> dict[str, str] | None:
    """The fields of one line, or None where it is no record."""
    if is_csv:
        cells = next(csv.reader([row]))
        filled = {name: text for name, text in zip(FIELDS, cells, strict=False) if text}
        return filled if len(cells) == len(FIELDS) else None
    try:
        value = json.loads(row)
    except json.JSONDecodeError:
        return None
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        return None
    return value


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    def write(folder: str) -> list[bytes]:
        made = write_population(tmp_path / folder, count=200, seed=8, faults=0.2, at=AT)
        return [path.read_bytes() for path in (made.records, made.references, made.truth)]

    assert write("one") == write("two")
    assert write("one") == write("one")  # written over


def test_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="file_format"):
        write_population(tmp_path / "new", count=1, seed=1, faults=0, at=AT, file_format="xlsx")
    assert not (tmp_path / "new").exists()


# Against the library


def test_the_maker_imports_nothing_that_finds_faults() -> None:
    folder = Path(specimen.__file__).parent
    modules = list(folder.glob("*.py"))
    assert len(modules) > 5
    for module in modules:
        for name in imported(module):
            assert (
                name in MAY_IMPORT
                or name.startswith("vnvaxcert.vietnam.specimen")
                or not name.startswith("vnvaxcert")
            ), (module.name, name)


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield node.module or ""


def found_by_the_library(folder: Path, count: int, file_format: str) -> dict[int, set[str]]:
    """Read, clean, check and match a population: the codes of each line, without those noted."""
    written = write_population(
        folder, count=count, seed=9, faults=0.2, at=AT, file_format=file_format
    )
    references = References(ReferencePerson(**row) for row in json_rows(written.references))
    reasons: dict[int, list[Reason]] = {}
    records = {}
    groups = defaultdict(list)
    for line in read_records(written.records):
        reasons[line.number] = list(line.reasons)
        if line.record is not None:
            cleaned = clean_record(line.record)
            records[line.number] = cleaned.record
            reasons[line.number] += cleaned.changes
            reasons[line.number] += check_record(cleaned.record, at=AT, doubts=cleaned.doubts)
            groups[cleaned.record.identity_number or line.number].append(line.number)
    for numbers in groups.values():
        history = check_history([records[number] for number in numbers], at=AT)
        for number, more in zip(numbers, history, strict=True):
            reasons[number] += more
    for number, record in records.items():
        if not any(reason.effect is Effect.REFUSES for reason in reasons[number]):
            reasons[number] += match_record(record, references).reasons
    return {
        number: {reason.code for reason in said if reason.effect is not Effect.NOTED}
        for number, said in reasons.items()
    }


@pytest.mark.parametrize(("file_format", "count"), [("jsonl", 3000), ("csv", 1000)])
def test_every_fault_is_found_and_nothing_clean_is_flagged(
    file_format: str, count: int, tmp_path: Path
) -> None:
    found = found_by_the_library(tmp_path, count, file_format)
    truth = {
        entry["line"]: {code for code, _ in entry["faults"]}
        for entry in json_rows(tmp_path / "truth.jsonl")
    }
    assert len(found) == count
    missed = {number: codes for number, codes in truth.items() if not codes <= found[number]}
    false = {number: codes for number, codes in found.items() if codes and number not in truth}
    assert (missed, false) == ({}, {})
    # A repaired record is issued: nothing else may refuse it.
    assert {
        number: found[number]
        for number, codes in truth.items()
        if any(code.startswith("clean.") for code in codes)
        and any(REASONS[code].effect is Effect.REFUSES for code in found[number])
    } == {}
