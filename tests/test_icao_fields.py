"""ICAO Doc 9303-4, section 4.2: a whole name in one field, whole or cut; and check digits.

The examples of the standard (state UTO) are restated from Doc 9303-4 and 9303-5.
"""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from vnvaxcert.errors import TransliterationError
from vnvaxcert.icao.check_digit import check_digit, has_check_digit
from vnvaxcert.icao.fields import (
    MRZ_NAME_LENGTH,
    SEAL_NAME_LENGTH,
    NameField,
    to_dcc_name,
    to_mrz_name,
    to_seal_name,
)
from vnvaxcert.icao.names import alternatives, transliterate

LATIN = "".join(chr(c) for c in range(0x10000) if unicodedata.name(chr(c), "").startswith("LATIN "))
NAMES = st.text(alphabet=st.sampled_from("AÄäĐđễNgñ'-. ,ßŒ"), max_size=60)


# --- fields ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family_name", "given_name", "expected"),
    [
        ("Eriksson", "Anna Maria", "ERIKSSON<<ANNA<MARIA"),  # Doc 9303-4 §4.2.3
        ("Heng", "Deborah Ming Lo", "HENG<<DEBORAH<MING<LO"),
        ("Smith-Jones", "Susie Margaret", "SMITH<JONES<<SUSIE<MARGARET"),
        ("O'Connor", "Enya Siobhan", "OCONNOR<<ENYA<SIOBHAN"),
        ("Van Der Muellen", "Martin", "VAN<DER<MUELLEN<<MARTIN"),
        ("Arkfreith", "", "ARKFREITH"),
        ("Satriya Sudarpa", "", "SATRIYA<SUDARPA"),
        ("Papandropoulous", "Jonathon Warren Trevor", "PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR"),
        ("Nguyễn", "Thị Đào", "NGUYEN<<THI<DAO"),
        ("Đặng", "Văn Ðức", "DANG<<VAN<DUC"),
        ("", "Arkfreith", "ARKFREITH"),  # a name of one part is the primary identifier
        ("'", "Arkfreith", "ARKFREITH"),
        ("Arkfreith", "-", "ARKFREITH"),
        ("", "", ""),
        ("...", "-", ""),
    ],
)
def test_a_name_that_fits_stands_whole(family_name: str, given_name: str, expected: str) -> None:
    field = to_mrz_name(family_name, given_name)
    assert field.text == expected + "<" * (39 - len(expected))
    assert not field.is_truncated
    assert to_seal_name(family_name, given_name).text == expected.replace("<", " ")


@pytest.mark.parametrize(
    ("family_name", "given_name", "length", "expected"),
    [
        # These come out as the standard prints them.
        (
            "Nilavadhanananda",
            "Chayapa Dejthamrong Krasuang",
            39,
            "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K",
        ),
        (
            "Nilavadhanananda",
            "Arnpol Petch Charonguang",
            39,
            "NILAVADHANANANDA<<ARNPOL<PETCH<CHARONGU",
        ),
        # The rest is ours: the standard leaves the way open.
        (
            "Bennelong Wooloomooloo Warrandyte Warnambool",
            "Dingo Potoroo",
            39,
            "BENNELONG<WOOLOOMO<WARRANDY<WARNAMBO<<D",
        ),
        (
            "Bennelong Wooloomooloo Warrandyte Warnambool",
            "Dingo Potoroo",
            30,
            "BENNEL<WOOLOO<WARRAN<WARNAM<<D",
        ),
        # A filler would stand last: the longest component of the given names gives up a letter.
        (
            "Nilavadhanananda",
            "Chayapa Dejthamrongs Krasuang",
            39,
            "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K",
        ),
        # All initials after it: the family name gives it.
        ("Nguyen", "A B C D", 10, "NGUYE<<A<B"),
        ("Nguyen Van", "A B C", 14, "NGUYE<VAN<<A<B"),
        # Nothing but initials: no letter can stand last.
        ("B", "C D E", 6, "B<<C<D"),
        ("B", "C D E", 7, "B<<C<D<"),
        ("A B C D", "", 4, "A<B<"),
        ("A B C D", "", 5, "A<B<C"),
        ("Aaaaaa B", "", 4, "AA<B"),
    ],
)
def test_a_name_that_overflows_is_cut(
    family_name: str, given_name: str, length: int, expected: str
) -> None:
    field = to_mrz_name(family_name, given_name, length=length)
    assert field.is_truncated
    assert field.text == expected
    assert len(field.text) == length


def test_a_name_that_fills_its_field_exactly_is_not_cut() -> None:
    assert not to_mrz_name("A" * 20, "B" * 17).is_truncated
    assert to_mrz_name("A" * 20, "B" * 18).is_truncated
    assert not to_mrz_name("A" * 39).is_truncated
    assert to_mrz_name("A" * 40).is_truncated
    assert not to_dcc_name("A" * 80).is_truncated
    assert to_dcc_name("A" * 81) == NameField(text="A" * 80, is_truncated=True)


def test_the_name_of_a_seal_has_two_spaces_between_its_parts() -> None:
    assert to_seal_name("Nguyễn", "Thị Đào").text == "NGUYEN  THI DAO"
    long = to_seal_name("Nilavadhanananda", "Chayapa Dejthamrong Krasuang")
    assert long == NameField(text="NILAVADHANANANDA  CHAYAPA DEJTHAMRONG K", is_truncated=True)


def test_seals_of_australia_have_the_name_that_we_would_write(
    shared_vectors: Callable[[str], Path],
) -> None:
    path = shared_vectors("vds-nc") / "au-ios-valid.json"
    message = json.loads(path.read_text(encoding="utf-8"))["data"]["msg"]
    assert to_seal_name("Citizen", "Jane Catherine").text == message["pid"]["n"]


@pytest.mark.parametrize("length", [3, 0, -1])
def test_a_field_without_room_for_two_parts_is_a_mistake_of_the_program(length: int) -> None:
    with pytest.raises(ValueError, match="at least four characters"):
        to_mrz_name("A", "B", length=length)


@pytest.mark.parametrize(
    ("family_name", "given_name", "code_point"),
    [
        ("Иванов", "Иван", "U+0418"),
        ("محمد", "", "U+0645"),
        ("Nguyễn", "Дào", "U+0414"),
        ("陳", "大文", "U+9673"),
        ("Nguyễn", "An 2", "U+0032"),
    ],
)
def test_other_scripts_and_numerals_are_refused_in_every_form(
    family_name: str, given_name: str, code_point: str
) -> None:
    for form in (to_mrz_name, to_seal_name):
        with pytest.raises(TransliterationError) as caught:
            form(family_name, given_name)
        assert code_point in str(caught.value)
        assert caught.value.code == "issue.name"


def test_a_name_that_was_transliterated_before_is_taken_as_it_is() -> None:
    assert to_mrz_name("IVANOV", "IVAN").text.rstrip("<") == "IVANOV<<IVAN"
    assert to_mrz_name("AL<BASRI", "HUDA<MUHAMMAD").text.rstrip("<") == "AL<BASRI<<HUDA<MUHAMMAD"


def test_a_field_does_not_show_the_name_when_printed() -> None:
    assert repr(to_mrz_name("Nguyễn", "Đào")) == "NameField(is_truncated=False)"


@given(NAMES, NAMES, st.integers(4, 45))
@example("a b", "c d e f", 7)
@example("ab" * 30 + " c", "d e", 39)
def test_every_form_keeps_to_its_letters_and_its_length(
    family_name: str, given_name: str, length: int
) -> None:
    field = to_mrz_name(family_name, given_name, length=length)
    assert re.fullmatch("([A-Z]+(<[A-Z]+)*(<<[A-Z]+(<[A-Z]+)*)?)?<*", field.text)
    assert len(field.text) == length
    sealed = to_seal_name(family_name, given_name)
    assert re.fullmatch("([A-Z]+( [A-Z]+)*(  [A-Z]+( [A-Z]+)*)?)?", sealed.text)
    assert len(sealed.text) <= SEAL_NAME_LENGTH
    dcc = to_dcc_name(family_name)
    assert re.fullmatch("([A-Z]+(<[A-Z]+)*)?", dcc.text)
    assert len(dcc.text) <= 80


@given(NAMES, NAMES, st.integers(4, 45))
def test_nothing_is_left_out_without_saying_so(
    family_name: str, given_name: str, length: int
) -> None:
    family, given_ = transliterate(family_name), transliterate(given_name)
    field = to_mrz_name(family_name, given_name, length=length)
    whole = f"{family}<<{given_}".strip("<")
    assert field.is_truncated == (len(whole) > length)
    if not field.is_truncated:
        assert field.text.rstrip("<") == whole


LONG_NAMES = st.lists(st.text(alphabet="ABC", min_size=1, max_size=30), min_size=1, max_size=8).map(
    " ".join
)


@given(LONG_NAMES, LONG_NAMES, st.integers(4, 45))
def test_a_cut_name_has_both_parts_and_ends_in_a_letter(
    family_name: str, given_name: str, length: int
) -> None:
    family, given_ = transliterate(family_name), transliterate(given_name)
    field = to_mrz_name(family_name, given_name, length=length)
    assume(field.is_truncated)
    primary, _, secondary = field.text.partition("<<")
    assert primary
    assert secondary.rstrip("<")
    for cut, whole in ((primary, family), (secondary.rstrip("<"), given_)):
        # Every component is the beginning of the one that stood there.
        for shown, word in zip(cut.split("<"), whole.split("<"), strict=False):
            assert word.startswith(shown)
    if any(len(word) > 1 for word in (*primary.split("<"), *secondary.split("<"))):
        assert field.text[-1] != "<"


def test_a_long_name_is_cut_in_little_time() -> None:
    field = to_mrz_name("Lê " * 20_000, "Văn " * 20_000)
    assert field.text == "LE" + "<L" * 17 + "<<V"
    assert len(field.text) == MRZ_NAME_LENGTH
    assert to_seal_name("A" * 100_000, "B" * 100_000).text == "A" * 36 + "  B"


def test_every_row_of_the_facts_comes_out_in_every_form() -> None:
    path = Path(__file__).resolve().parents[1].parent / "shared" / "facts"
    path /= "icao9303-transliteration.csv"
    if not path.is_file():
        pytest.skip(f"{path.name} is not here")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(row["source"] == "ICAO-9303-3-8ed-6A" for row in rows) == 95
    assert sum(row["vietnamese_letter"] == "yes" for row in rows) == 134
    for row in rows:
        character = chr(int(row["codepoint"][2:], 16))
        form = row["mrz"] if row["unicode_name"] != "COMMA" else "<"
        for normal in ("NFC", "NFD"):
            name = unicodedata.normalize(normal, f"A{character}B")
            assert to_dcc_name(name).text == f"A{form}B"
            assert to_mrz_name(name, name).text == f"A{form}B<<A{form}B".ljust(39, "<")
            assert to_seal_name(name, name).text == f"A{form}B  A{form}B".replace("<", " ")


def test_every_assigned_latin_letter_has_a_form_or_is_refused_by_its_code_point() -> None:
    assert len(LATIN) > 1000
    mapped = 0
    for letter in LATIN:
        if all(alternatives(one) for one in unicodedata.normalize("NFC", letter)):
            assert re.fullmatch("[A-Z]{1,3}<{36,38}", to_mrz_name(letter).text)
            mapped += 1
        else:
            with pytest.raises(TransliterationError, match=f"U\\+{ord(letter):04X} at offset 0"):
                to_mrz_name(letter)
    assert mapped > 500


# --- check digits ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "digit"),
    [
        ("520727", 3),  # Doc 9303-3 §4.9
        ("AB2134<<<", 5),
        ("L898902C3", 6),  # the specimen passport of Doc 9303-4
        ("740812", 2),
        ("120415", 9),
        ("ZE184226B<<<<<", 1),
        ("L898902C3674081221204159ZE184226B<<<<<1", 0),
        ("", 0),
        ("<<<<<<", 0),
    ],
)
def test_check_digits_are_those_of_the_standard(text: str, digit: int) -> None:
    assert check_digit(text) == digit
    assert has_check_digit(f"{text}{digit}") == bool(text)
    assert not has_check_digit(f"{text}{(digit + 1) % 10}")


def test_identifiers_of_australia_end_in_their_check_digit(
    shared_vectors: Callable[[str], Path],
) -> None:
    folder = shared_vectors("vds-nc")
    seal = json.loads((folder / "au-ios-valid.json").read_text(encoding="utf-8"))
    identifier = seal["data"]["msg"]["uvci"]
    assert has_check_digit(identifier)
    assert check_digit(identifier[:-1]) == int(identifier[-1])
    assert not has_check_digit(identifier[:-2] + "44")


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("a", 0),
        ("12 3", 2),
        ("1٣", 1),
        ("Đ", 0),
        ("AB-1", 2),
        ("²", 0),
        ("\ud800", 0),
        ("A\x00", 1),
    ],
)
def test_other_characters_have_no_check_digit(text: str, offset: int) -> None:
    with pytest.raises(ValueError, match=f"at offset {offset} "):
        check_digit(text)
    assert not has_check_digit(f"{text}0")


@pytest.mark.parametrize("text", ["", "0", "A", "12٣", "12<", "123x"])
def test_a_text_without_a_digit_at_its_end_has_no_check_digit(text: str) -> None:
    assert not has_check_digit(text)


@given(st.text(alphabet="ABCXYZ0123456789<", min_size=1, max_size=20), st.data())
def test_another_digit_in_a_place_is_noticed(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text) - 1))
    assume(text[at].isdigit())
    other = data.draw(st.sampled_from("0123456789"))
    changed = text[:at] + other + text[at + 1 :]
    assert (check_digit(changed) == check_digit(text)) == (other == text[at])
