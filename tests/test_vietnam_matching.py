"""Records against the population database: verdicts, differences, proposals, counts."""

from __future__ import annotations

import contextlib
import io
import json
import sqlite3
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnvaxcert.errors import RecordsError
from vnvaxcert.vietnam.exchange import MAX_FIELD_CHARS, ExchangeRecord
from vnvaxcert.vietnam.matching import (
    ITEMS,
    Difference,
    Match,
    ReferencePerson,
    References,
    StoredReferences,
    Summary,
    Verdict,
    match_record,
    open_references,
    read_references,
    store_references,
    summarise,
)
from vnvaxcert.vietnam.matching.differences import is_one_slip
from vnvaxcert.vietnam.matching.references import MAX_NAMESAKES
from vnvaxcert.vietnam.reasons import REASONS, Effect, Reason
from vnvaxcert.vietnam.specimen import make_population, make_references

PERSON = ReferencePerson(
    full_name="Nguyễn Thị Hòa",
    birth_date="1990-03-12",
    sex="F",
    identity_number="001190000123",
)
OTHER = ReferencePerson(
    full_name="Trần Văn Mẫu",
    birth_date="1985-11-30",
    sex="M",
    identity_number="079085004567",
)
RECORD = ExchangeRecord(
    record_id="R-1",
    full_name="Nguyễn Thị Hòa",
    birth_date="1990-03-12",
    sex="F",
    identity_number="001190000123",
    product="Vero Cell",
)
REFERENCES = References([PERSON, OTHER])


def differing(match: Match) -> dict[str, Difference]:
    return {item: how for item, how in match.items if how is not Difference.SAME}


def codes(match: Match) -> tuple[str, ...]:
    return tuple(reason.code for reason in match.reasons)


# --- The verdict ---------------------------------------------------------------------------------


def test_a_record_whose_items_are_the_same_is_right() -> None:
    assert match_record(RECORD, REFERENCES) == Match(
        verdict=Verdict.RIGHT, items=tuple((item, Difference.SAME) for item in ITEMS)
    )


def test_a_name_in_two_fields_is_put_together() -> None:
    entered = replace(RECORD, full_name="", family_name="Nguyễn", given_name="Thị Hòa")
    assert match_record(entered, REFERENCES).verdict is Verdict.RIGHT


@pytest.mark.parametrize(
    "changes",
    [
        {"full_name": unicodedata.normalize("NFD", PERSON.full_name)},
        {"full_name": "Nguyễn Thị Hòa "},
        {"full_name": "NGUYỄN THỊ HÒA"},
        {"full_name": "Nguyễn Thị Hoà"},
        {"birth_date": "12/03/1990"},
        {"sex": "Nữ"},
        {"identity_number": "001 190 000 123"},
        {"identity_number": "001190000123 "},
    ],
    ids=lambda changes: ascii(changes),
)
def test_cleaning_never_makes_a_verdict_right(changes: dict[str, str]) -> None:
    match = match_record(replace(RECORD, **changes), REFERENCES)
    [field] = changes
    assert match.verdict is Verdict.WRONG
    assert differing(match) == {field: Difference.SAME_AFTER_CLEANING}
    assert codes(match) == (f"match.{field}.same_after_cleaning",)
    assert match.proposal == (field,)


def test_a_reference_that_is_not_clean_is_told_too() -> None:
    references = References([replace(PERSON, full_name=PERSON.full_name.upper(), sex="Nữ")])
    match = match_record(RECORD, references)
    assert differing(match) == {
        "full_name": Difference.SAME_AFTER_CLEANING,
        "sex": Difference.SAME_AFTER_CLEANING,
    }


def test_a_record_that_is_not_complete_is_not_sent() -> None:
    match = match_record(RECORD, REFERENCES, is_complete=False)
    assert (match.verdict, codes(match)) == (Verdict.NOT_SENT, ("match.not_sent",))
    assert not match.items
    assert not match.proposal


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("nothing", ["", "  "])
def test_a_record_without_one_of_the_four_items_is_not_sent_either(item: str, nothing: str) -> None:
    """Nothing in the record and nothing in the database would be the same text."""
    changes: dict[str, Any] = {item: nothing}
    references = References([replace(PERSON, **changes)])
    match = match_record(replace(RECORD, **changes), references)
    assert match.verdict is Verdict.NOT_SENT


@pytest.mark.parametrize("full_name", [PERSON.full_name, "Nguyễn Thị Hoa"])
def test_a_person_whose_answer_is_awaited_is_pending(full_name: str) -> None:
    references = References([replace(PERSON, is_pending=True)])
    match = match_record(replace(RECORD, full_name=full_name), references)
    assert (match.verdict, codes(match)) == (Verdict.PENDING, ("match.pending",))


def test_a_person_who_is_not_known_is_wrong() -> None:
    match = match_record(RECORD, References([OTHER]))
    assert (match.verdict, codes(match)) == (Verdict.WRONG, ("match.unknown_person",))
    assert not match.items
    assert not match.proposal


# --- How an item differs -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "entered", "expected"),
    [
        ("full_name", "Nguyễn Thị Hoa", Difference.TONE_MARKS),
        ("full_name", "Nguyen Thi Hoa", Difference.TONE_MARKS),
        ("full_name", "Nguyễn Thị Hóa", Difference.TONE_MARKS),
        ("full_name", "Nguyên Thị Hòa", Difference.TONE_MARKS),
        ("full_name", "Hòa Nguyễn Thị", Difference.SWAPPED_ORDER),
        ("full_name", "Nguyễn Hòa Thị", Difference.SWAPPED_ORDER),
        ("full_name", "Nguyễnn Thị Hòa", Difference.TYPING_SLIP),
        ("full_name", "Nguyễ Thị Hòa", Difference.TYPING_SLIP),
        ("full_name", "Nguyễm Thị Hòa", Difference.TYPING_SLIP),
        ("full_name", "Ngyuễn Thị Hòa", Difference.TYPING_SLIP),
        ("full_name", "Nguyễn Hòa", Difference.DIFFERENT),
        ("full_name", "Nguyễm Thị Hóa", Difference.DIFFERENT),
        ("full_name", "Nguyễn Thị Lan", Difference.DIFFERENT),
        ("birth_date", "1990-12-03", Difference.SWAPPED_ORDER),
        ("birth_date", "03/12/1990", Difference.SWAPPED_ORDER),
        ("birth_date", "1990-03-13", Difference.TYPING_SLIP),
        ("birth_date", "1990-03-21", Difference.TYPING_SLIP),
        ("birth_date", "1991-03-12", Difference.TYPING_SLIP),
        ("birth_date", "1990-04-13", Difference.DIFFERENT),
        ("birth_date", "1990", Difference.DIFFERENT),
        ("birth_date", "1990-03", Difference.DIFFERENT),
        ("sex", "M", Difference.DIFFERENT),
        ("identity_number", "001190000132", Difference.SWAPPED_ORDER),
        ("identity_number", "001190000321", Difference.SWAPPED_ORDER),
        ("identity_number", "001190000124", Difference.TYPING_SLIP),
        ("identity_number", "01190000123", Difference.TYPING_SLIP),
        ("identity_number", "0011900001233", Difference.TYPING_SLIP),
        ("identity_number", "001190000456", Difference.DIFFERENT),
        ("identity_number", "001190000231", Difference.DIFFERENT),
    ],
)
def test_each_kind_of_difference_has_its_code(
    field: str, entered: str, expected: Difference
) -> None:
    match = match_record(replace(RECORD, **{field: entered}), REFERENCES)
    assert match.verdict is Verdict.WRONG
    assert differing(match) == {field: expected}
    assert match.reasons == (Reason(code=f"match.{field}.{expected}", field=field),)


def test_a_mononym_and_a_name_with_an_apostrophe_are_compared_like_any_other() -> None:
    references = References([replace(PERSON, full_name="H'Hen Niê")])
    match = match_record(replace(RECORD, full_name="Niê H'Hen"), references)
    assert differing(match) == {"full_name": Difference.SWAPPED_ORDER}
    references = References([replace(PERSON, full_name="Brôi")])
    match = match_record(replace(RECORD, full_name="Broi"), references)
    assert differing(match) == {"full_name": Difference.TONE_MARKS}


def test_every_difference_that_an_item_can_have_has_texts_and_refuses() -> None:
    possible = {f"match.{item}.{how}" for item in ITEMS for how in Difference} & REASONS.keys()
    assert len(possible) == 5 + 4 + 2 + 4
    assert {REASONS[code].effect for code in possible} == {Effect.REFUSES}


def distance(first: str, second: str) -> int:
    """Edits with exchanges of neighbours, by the whole table (optimal string alignment)."""
    table = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for at in range(len(first) + 1):
        table[at][0] = at
    table[0] = list(range(len(second) + 1))
    for one in range(1, len(first) + 1):
        for other in range(1, len(second) + 1):
            is_other = first[one - 1] != second[other - 1]
            table[one][other] = min(
                table[one - 1][other] + 1,
                table[one][other - 1] + 1,
                table[one - 1][other - 1] + is_other,
            )
            if one > 1 and other > 1 and first[one - 2 : one] == second[other - 2 : other][::-1]:
                table[one][other] = min(table[one][other], table[one - 2][other - 2] + 1)
    return table[-1][-1]


SHORT = st.text("abc", max_size=6)


@given(SHORT, SHORT)
def test_one_slip_is_an_edit_distance_of_one(first: str, second: str) -> None:
    assert is_one_slip(first, second) == (distance(first, second) == 1)


# --- What is proposed ----------------------------------------------------------------------------


def test_a_proposal_is_all_that_differs_where_slips_explain_it() -> None:
    entered = replace(RECORD, full_name="Nguyen Thi Hoa", birth_date="1990-12-03", sex="M")
    match = match_record(entered, REFERENCES)
    assert match.proposal == ("full_name", "birth_date", "sex")
    assert match.verdict is Verdict.WRONG


@pytest.mark.parametrize(
    "changes",
    [
        {"full_name": "Lê Thị Lan", "sex": "M"},
        {"birth_date": "1960-01-31", "full_name": "Nguyễn Thị Hoa"},
        {"identity_number": "001190000456", "full_name": "Nguyễn Thị Hoa"},
    ],
    ids=["name", "birth-date", "number"],
)
def test_nothing_is_proposed_where_an_item_is_another(changes: dict[str, str]) -> None:
    match = match_record(replace(RECORD, **changes), REFERENCES)
    assert match.verdict is Verdict.WRONG
    assert set(differing(match)) == set(changes)
    assert match.proposal == ()


# --- Who is meant --------------------------------------------------------------------------------


def test_a_number_that_is_somebody_elses_leads_to_the_person_of_that_name() -> None:
    match = match_record(replace(RECORD, identity_number=OTHER.identity_number), REFERENCES)
    assert differing(match) == {"identity_number": Difference.DIFFERENT}


def test_without_a_namesake_it_is_the_person_of_the_number() -> None:
    entered = replace(
        RECORD, full_name="Lê Văn Giả", birth_date="1970-07-07", identity_number="079085004567"
    )
    match = match_record(entered, REFERENCES)
    assert set(differing(match)) == {"full_name", "birth_date", "sex"}


def test_of_several_namesakes_the_one_whose_number_is_a_slip_away_is_meant() -> None:
    namesake = replace(PERSON, identity_number="079190009999")
    entered = replace(RECORD, identity_number="001190000124")
    match = match_record(entered, References([namesake, PERSON]))
    assert differing(match) == {"identity_number": Difference.TYPING_SLIP}
    entered = replace(RECORD, identity_number="048190005555")
    match = match_record(entered, References([namesake, PERSON]))
    assert codes(match) == ("match.unknown_person",)


def test_a_number_that_two_persons_have_is_compared_with_both() -> None:
    twin = replace(OTHER, identity_number=PERSON.identity_number)
    for persons in ([twin, PERSON], [PERSON, twin]):
        assert match_record(RECORD, References(persons)).verdict is Verdict.RIGHT
        match = match_record(replace(RECORD, full_name="Nguyen Thi Hoa"), References(persons))
        assert differing(match) == {"full_name": Difference.TONE_MARKS}


def test_no_more_namesakes_are_looked_at_than_the_bound() -> None:
    crowd = [replace(PERSON, identity_number=f"{n:012}") for n in range(MAX_NAMESAKES + 5)]
    references = References(crowd)
    assert len(references) == len(crowd)
    assert len(references.by_name(PERSON.full_name, PERSON.birth_date)) == MAX_NAMESAKES
    references = References([PERSON] * (MAX_NAMESAKES + 5))
    assert len(references.by_number(PERSON.identity_number)) == MAX_NAMESAKES


def test_the_right_person_is_right_behind_a_crowd_of_one_number() -> None:
    crowd = [
        replace(OTHER, identity_number=PERSON.identity_number, birth_date=f"{1900 + n}-01-01")
        for n in range(MAX_NAMESAKES)
    ]
    assert match_record(RECORD, References([*crowd, PERSON])).verdict is Verdict.RIGHT


TEXTS = st.sampled_from(
    [
        *("Nguyễn Thị Hòa", "Nguyễn Thị Hoà", "Nguyen Thi Hoa", "F", "M", "Nữ", "1990-03-12"),
        *("12/03/1990", "001190000123", "001190000132", "001.190.000.123", "123"),
        *("", " ", "\u0300", "ễ" * 600),
    ]
)


@given(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), st.booleans())
def test_a_verdict_is_right_only_where_all_four_texts_are_the_same(
    entered: tuple[str, ...], reference: tuple[str, ...], is_pending: bool
) -> None:
    person = ReferencePerson(
        full_name=reference[0],
        birth_date=reference[1],
        sex=reference[2],
        identity_number=reference[3],
        is_pending=is_pending,
    )
    match = match_record(
        ExchangeRecord(**dict(zip(ITEMS, entered, strict=True))), References([person])
    )
    is_same = entered == reference and all(text.strip() for text in entered)
    assert (match.verdict is Verdict.RIGHT) == (is_same and not is_pending)
    assert (not match.reasons) == (match.verdict is Verdict.RIGHT)
    assert set(match.proposal) <= set(differing(match))


@given(st.tuples(*[st.text(max_size=20)] * 4))
def test_any_text_gets_a_verdict(entered: tuple[str, ...]) -> None:
    match = match_record(ExchangeRecord(**dict(zip(ITEMS, entered, strict=True))), REFERENCES)
    assert match.verdict in (Verdict.WRONG, Verdict.NOT_SENT)


# --- On disk -------------------------------------------------------------------------------------


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[StoredReferences]:
    assert store_references([PERSON, OTHER], tmp_path / "index") == 2
    with open_references(tmp_path / "index") as references:
        yield references


def test_persons_on_disk_answer_like_those_in_memory(tmp_path: Path) -> None:
    arguments: Any = {"count": 600, "seed": 3, "faults": 0.5, "at": date(2022, 4, 15)}
    persons = [ReferencePerson(**vars(person)) for person in make_references(**arguments)]
    in_memory = References(persons)
    assert store_references(iter(persons), tmp_path / "index") == len(persons)
    verdicts = set()
    with open_references(str(tmp_path / "index")) as on_disk:
        assert len(on_disk) == len(in_memory) == len(persons)
        for line in make_population(**arguments):
            match = match_record(line.record, in_memory)
            assert match_record(line.record, on_disk) == match
            verdicts.add(match.verdict)
    assert verdicts == set(Verdict)


def test_a_person_on_disk_is_the_same_person(stored: StoredReferences) -> None:
    assert stored.by_number(" 001190000123") == (PERSON,)
    assert stored.by_name("NGUYEN THI HOA", "1990-03-12") == (PERSON,)
    assert stored.by_name("NGUYEN THI HOA", "1990-03-13") == ()
    assert stored.by_number("") == ()


def test_an_index_is_not_written_twice(stored: StoredReferences, tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="holds an index"):
        store_references([OTHER], tmp_path / "index")
    assert len(stored) == 2


def test_an_index_left_half_way_is_refused_and_made_again(tmp_path: Path) -> None:
    path = tmp_path / "index"

    def broken() -> Iterator[ReferencePerson]:
        yield PERSON
        raise RecordsError(2, "broken")

    with pytest.raises(RecordsError, match="line 2"):
        store_references(broken(), path)
    with pytest.raises(RecordsError, match="no whole file"):
        open_references(path)
    assert store_references([PERSON], path) == 1
    with open_references(path) as references:
        assert len(references) == 1


def test_no_persons_make_an_index_too(tmp_path: Path) -> None:
    assert store_references([], tmp_path / "index") == 0
    with open_references(tmp_path / "index") as references:
        assert match_record(RECORD, references).reasons[0].code == "match.unknown_person"


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_a_file_that_is_no_index_is_not_opened(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(RecordsError, match="references"):
        open_references(path)
    assert path.read_bytes() == content


def test_the_database_of_somebody_else_is_neither_read_nor_written(tmp_path: Path) -> None:
    path = tmp_path / "other"
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE theirs (x)")
    base.close()
    before = path.read_bytes()
    with pytest.raises(RecordsError, match="other data"):
        store_references([PERSON], path)
    with pytest.raises(RecordsError, match="no whole file"):
        open_references(path)
    assert path.read_bytes() == before


def test_what_cannot_be_written_or_opened_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"no database at all" * 100)
    with pytest.raises(RecordsError, match="cannot be written"):
        store_references([PERSON], tmp_path / "text")
    with pytest.raises(RecordsError, match="cannot be written"):
        store_references([PERSON], tmp_path / "absent" / "index")
    for name in ("absent", "a\0b"):
        with pytest.raises(RecordsError, match="cannot be read"):
            open_references(tmp_path / name)
    assert not (tmp_path / "absent").exists()


def test_a_damaged_index_is_an_error_when_it_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "index"
    store_references([PERSON] * 200, path)
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    with (
        open_references(path) as references,
        pytest.raises(RecordsError, match="cannot be read"),
    ):
        match_record(RECORD, references)


# --- The file of persons -------------------------------------------------------------------------


def as_json(person: ReferencePerson, **changes: object) -> bytes:
    return json.dumps({**vars(person), **changes}).encode() + b"\n"


def test_persons_are_read_from_json_lines() -> None:
    plain = json.dumps({item: getattr(OTHER, item) for item in ITEMS}).encode()
    stream = io.BytesIO(b"\xef\xbb\xbf" + as_json(PERSON) + b"\n" + plain)
    assert list(read_references(stream)) == [PERSON, OTHER]
    assert list(read_references(io.BytesIO(as_json(OTHER, is_pending=True)))) == [
        replace(OTHER, is_pending=True)
    ]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"{\n", "not valid JSON"),
        (b"[]\n", "expected an object"),
        (as_json(PERSON, x=1), "a member that no reference person has"),
        (as_json(PERSON, sex=""), "sex: expected a text of 1 to 500 characters"),
        (as_json(PERSON, sex=None), "sex: expected a text"),
        (as_json(PERSON, full_name="x" * (MAX_FIELD_CHARS + 1)), "full_name: expected a text"),
        (as_json(PERSON, full_name="\ud800"), "surrogate"),
        (as_json(PERSON, is_pending=1), "is_pending: expected true or false"),
        (b'{"sex": "M"}\n', "full_name: expected a text"),
        (as_json(PERSON).replace("ễ".encode("unicode-escape"), b"\xd5"), "not UTF-8"),
        (b" " * 40_000 + b"\n", "more than 32768 bytes"),
    ],
    ids=range(11),
)
def test_a_bad_line_of_persons_ends_the_reading(bad: bytes, reason: str) -> None:
    persons = read_references(io.BytesIO(as_json(PERSON) + bad + as_json(OTHER)))
    assert next(persons) == PERSON
    with pytest.raises(RecordsError, match=reason) as refused:
        next(persons)
    assert refused.value.line == 2
    assert "Hòa" not in str(refused.value)


@given(st.binary(max_size=60))
def test_any_bytes_are_persons_or_refused(data: bytes) -> None:
    with contextlib.suppress(RecordsError):
        assert list(read_references(io.BytesIO(data))) == []


# --- The results ---------------------------------------------------------------------------------


def test_nothing_shown_is_personal() -> None:
    assert repr(PERSON) == "ReferencePerson()"
    shown = repr(match_record(replace(RECORD, full_name="Nguyen Thi Hoa"), REFERENCES))
    assert not any(text in shown for text in ("Hoa", "Hòa", "1990", "00119", "R-1"))


@pytest.mark.parametrize(
    "parts",
    [
        {"reasons": (Reason(code="match.pending"),)},
        {"proposal": ("sex",)},
        {"items": (("sex", Difference.SAME_AFTER_CLEANING),)},
    ],
    ids=["reason", "proposal", "item"],
)
def test_no_match_is_right_although_something_differs(parts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="something differs"):
        Match(verdict=Verdict.RIGHT, **parts)
    assert Match(verdict=Verdict.WRONG, **parts)


MATCHES = st.sampled_from(
    [
        match_record(RECORD, REFERENCES),
        match_record(replace(RECORD, full_name="Nguyen", sex="M"), REFERENCES),
        match_record(RECORD, References([])),
        match_record(RECORD, References([replace(PERSON, is_pending=True)])),
        match_record(RECORD, REFERENCES, is_complete=False),
    ]
)


@given(st.lists(MATCHES), st.lists(MATCHES))
def test_the_counts_always_reconcile(first: list[Match], second: list[Match]) -> None:
    both = summarise([*first, *second])
    assert both == summarise(iter(first)) + summarise(second)
    assert both.total == len(first) + len(second)
    assert both.right + both.wrong + both.pending + both.not_sent == both.total
    assert both.sent == both.total - both.not_sent
    counted = dict(both.reasons)
    assert counted.get("match.not_sent", 0) == both.not_sent
    assert counted.get("match.pending", 0) == both.pending


def test_the_figures_of_the_roll_out_can_be_expressed() -> None:
    """The two reports of March 2022, in doses and in people, as the facts give them."""
    right, wrong = 112_569_288, 41_431_113
    doses = Summary(total=195_000_401, right=right, wrong=wrong, pending=0, not_sent=41_000_000)
    assert doses.sent == 154_000_401
    people = Summary(
        total=76_625_823, right=51_493_286, wrong=19_039_997, pending=2_579_540, not_sent=3_513_000
    )
    assert people.sent == 73_112_823
    assert (doses + people).total == 271_626_224


@pytest.mark.parametrize(
    "counts",
    [
        {"total": 1},
        {"total": 1, "right": 2},
        {"total": 0, "right": 1, "wrong": -1},
        {"total": 1, "right": True},
        {"total": 1, "wrong": 1, "reasons": (("match.pending", 2),)},
        {"total": 1, "right": 1, "reasons": (("match.pending", 1),)},
        {"total": 1, "wrong": 1, "reasons": (("match.pending", -1),)},
        {"total": 1, "wrong": 1, "reasons": (("match.none", 1),)},
    ],
    ids=range(8),
)
def test_a_summary_that_does_not_reconcile_is_refused(counts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"expected|more than"):
        Summary(**counts)


def test_a_summary_is_added_to_nothing_but_a_summary() -> None:
    nothing: Any = 1
    with pytest.raises(TypeError):
        Summary() + nothing
