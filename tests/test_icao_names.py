"""ICAO Doc 9303-3, sections 4.6 and 6: names as machine-readable text."""

from __future__ import annotations

import csv
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vnvaxcert.errors import TransliterationError
from vnvaxcert.icao import MAX_DCC_NAME, alternatives, to_icao, transliterate, truncate
from vnvaxcert.icao.table import LOOK_ALIKES, TABLE_6A

FACTS = Path(__file__).resolve().parents[1].parent / "shared" / "facts"

# The Vietnamese alphabet's vowels and their five tones, put together here from the rules of
# the script (quốc ngữ), not from the library: 12 vowels x 6 tones - 5 bare ones + đ = 67 + a e
# i o u y bare, which are ASCII.
VOWELS = {"a": "A", "ă": "A", "â": "A", "e": "E", "ê": "E", "i": "I", "o": "O", "ô": "O"}
VOWELS |= {"ơ": "O", "u": "U", "ư": "U", "y": "Y"}
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
VIETNAMESE = {
    unicodedata.normalize("NFC", vowel + tone): capital
    for vowel, capital in VOWELS.items()
    for tone in TONES
}
VIETNAMESE = {letter: capital for letter, capital in VIETNAMESE.items() if not letter.isascii()}
VIETNAMESE["đ"] = "D"


def test_there_are_67_vietnamese_letters() -> None:
    assert len(VIETNAMESE) == 67


@pytest.mark.parametrize(("letter", "capital"), VIETNAMESE.items())
def test_every_vietnamese_letter_gives_one_letter_in_both_cases_and_forms(
    letter: str, capital: str
) -> None:
    for cased in (letter, letter.upper()):
        for form in ("NFC", "NFD"):
            assert to_icao(unicodedata.normalize(form, cased)) == capital


def rows_of_facts() -> list[dict[str, str]]:
    path = FACTS / "icao9303-transliteration.csv"
    if not path.is_file():
        pytest.skip(f"{path.name} is not here")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_table_is_the_one_restated_from_the_standard() -> None:
    expected = {
        int(row["codepoint"][2:], 16): (
            row["mrz"],
            *filter(None, row["mrz_alternatives"].split("|")),
        )
        for row in rows_of_facts()
        if row["source"] == "ICAO-9303-3-8ed-6A"
    }
    assert len(expected) == 95
    assert expected == TABLE_6A


def test_every_row_of_the_facts_is_followed() -> None:
    rows = rows_of_facts()
    assert len(rows) > 200
    for row in rows:
        form = row["mrz"] if row["unicode_name"] != "COMMA" else "<"
        character = chr(int(row["codepoint"][2:], 16))
        assert transliterate(f"A{character}B") == f"A{form}B", row["codepoint"]


def test_the_table_holds_capitals_of_the_latin_script_only() -> None:
    for code_point, forms in TABLE_6A.items():
        assert unicodedata.name(chr(code_point)).startswith("LATIN ")
        assert all(re.fullmatch("[A-Z]{1,3}", form) for form in forms)
        assert len(set(forms)) == len(forms)
    assert not LOOK_ALIKES.keys() & TABLE_6A.keys()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Nguyễn", "NGUYEN"),  # the Vietnamese sample of the EU's quality assurance
        ("Bảo Duy", "BAO<DUY"),
        ("d'Červenková Panklová", "DCERVENKOVA<PANKLOVA"),  # the DCC schema's own examples
        ("Jiřina-Maria Alena", "JIRINA<MARIA<ALENA"),
        ("d'Arsøns - van Halen", "DARSOENS<VAN<HALEN"),  # samples write ARSONS: Ø is OE in 6.A
        ("François-Joan", "FRANCOIS<JOAN"),
        ("D’ARTAGNAN", "DARTAGNAN"),  # Doc 9303-3 §4.6
        ("Đặng Thị Hường", "DANG<THI<HUONG"),
        ("Y Điêng Niê Kdăm", "Y<DIENG<NIE<KDAM"),
        ("H'Hen Niê", "HHEN<NIE"),
        ("Müller-Groß", "MUELLER<GROSS"),
        ("GROẞ", "GROSS"),
        ("Ýmir Þór", "YMIR<THOR"),
        ("O\u02bcConnor", "OCONNOR"),  # the apostrophe that Unicode calls a letter
        ("Nu\u02bbu", "NUU"),
        ("Sant.", "SANT"),
        ("Gal·la", "GALLA"),
        ("Smith, John", "SMITH<JOHN"),
        ("Nguyễn\u00a0Văn\u2011An", "NGUYEN<VAN<AN"),
        ("  - Lê - ", "LE"),
        ("BAO<DUY", "BAO<DUY"),
        ("ŉ", "N"),
        ("ﬁ", "FI"),
        ("ıI", "II"),
        ("Ǻ Ǽ Ǿ Ǘ", "AA<AE<OE<UE"),  # a mark on a letter that has a row
        ("\u212b", "AA"),  # ANGSTROM SIGN is canonically Å
        ("", ""),
        ("...", ""),
        ("- ' -", ""),
    ],
)
def test_names_follow_the_standard(name: str, expected: str) -> None:
    assert to_icao(name) == expected


@pytest.mark.parametrize("look_alike", ["Đ", "đ", "Ð", "ð", "Ɖ", "ɖ"])
def test_look_alikes_of_d_with_stroke_give_d(look_alike: str) -> None:
    assert to_icao(look_alike + "ỗ") == "DO"


@pytest.mark.parametrize(
    ("name", "offset"),
    [
        ("An 2", 3),
        ("٣", 0),
        ("Ⅷ", 0),
        ("²", 0),
        ("Иван", 0),
        ("陳", 0),
        ("Nguyễn Αλέξης", 7),
        ("Ng\u0303uye\u0302\u0303n陳", 7),  # counted in NFC: the first tilde composes with nothing
        ("a\u200bb", 1),
        ("\ufeffLê", 0),
        ("Lê\n", 2),
        ("Lê\tAn", 2),
        ("Lê\x00", 2),
        ("\ud800", 0),
        ("Lê \U0010ffff", 3),
        ("a+b", 1),
        ("€", 0),
        ("µ", 0),
        ("ª", 0),
        ("Ａ", 0),
        ("Ǆ", 0),
        ("Ə", 0),
        ("Ŧ\u20dd", 1),
        ("ΐ", 0),
        ("\u09cb", 0),  # composed, but not of a letter and a mark
    ],
)
def test_a_character_without_a_form_is_refused_with_its_place(name: str, offset: int) -> None:
    with pytest.raises(TransliterationError) as caught:
        to_icao(name)
    assert caught.value.offset == offset
    assert caught.value.character == unicodedata.normalize("NFC", name)[offset]
    assert caught.value.code == "issue.name"


def test_the_refusal_does_not_repeat_the_name() -> None:
    with pytest.raises(TransliterationError) as caught:
        to_icao("Nguyễn陳")
    assert "Nguy" not in str(caught.value)
    assert "U+9673" in str(caught.value)


def test_alternatives_keep_the_order_of_the_standard() -> None:
    assert alternatives("Ä") == ("AE", "A")
    assert alternatives("ñ") == ("N", "NXX")
    assert alternatives("ü") == ("UE", "UXX", "U")
    assert alternatives("ǘ") == ("UE", "UXX", "U")
    assert alternatives("ß") == ("SS",)
    assert alternatives(" ") == ("<",)
    assert alternatives("'") == ("",)
    assert alternatives("7") == ()
    assert alternatives("ﬁ") == ("FI",)
    assert alternatives("ΐ") == ()


def test_nothing_is_cut_unless_the_field_overflows() -> None:
    assert MAX_DCC_NAME == 80
    assert transliterate("Ä" * 60) == "AE" * 60
    assert to_icao("Ä" * 60) == "AE" * 40
    assert to_icao("A" * 80) == "A" * 80
    assert to_icao("A" * 79 + " Bình") == "A" * 79
    assert truncate("ANNA<MARIA", 5) == "ANNA"
    assert truncate("ANNA<MARIA", 10) == "ANNA<MARIA"


@pytest.mark.parametrize("limit", [0, -1])
def test_a_field_without_room_is_a_mistake_of_the_program(limit: int) -> None:
    with pytest.raises(ValueError, match="at least one character"):
        truncate("A", limit)


def test_piles_of_marks_are_refused_before_they_cost_time() -> None:
    pile = "a" + "\u0323\u0301" * 100_000  # NFC would sort these marks in quadratic time
    with pytest.raises(TransliterationError) as caught:
        to_icao(pile)
    assert caught.value.offset == 31


def test_a_long_name_is_only_long() -> None:
    assert transliterate("Nguyễn " * 10_000) == "<".join(["NGUYEN"] * 10_000)
    assert transliterate(("e" + "\u0302\u0303" * 15) * 20) == "E" * 20


@pytest.mark.parametrize("mark", ["\u0364", "\u036f", "\u1ddf", "\u2de0"])
def test_a_letter_that_stands_over_another_is_not_left_out(mark: str) -> None:
    with pytest.raises(TransliterationError) as caught:
        to_icao(f"Mu{mark}ller")
    assert caught.value.character == mark
    assert caught.value.offset == 2


@given(st.text())
@example("\ud800")
@example("<<a<<")
def test_any_text_gives_machine_readable_text_or_a_refusal(name: str) -> None:
    try:
        result = to_icao(name)
    except TransliterationError:
        return
    assert re.fullmatch("([A-Z]+(<[A-Z]+)*)?", result)
    assert len(result) <= MAX_DCC_NAME
    assert to_icao(result) == result


@given(
    st.lists(
        st.sampled_from(sorted(VIETNAMESE) + [chr(c) for c in TABLE_6A] + list("abcXYZ -'")),
        max_size=30,
    ).map("".join)
)
def test_the_unicode_form_of_a_name_makes_no_difference(name: str) -> None:
    composed = transliterate(unicodedata.normalize("NFC", name))
    assert transliterate(unicodedata.normalize("NFD", name)) == composed


@given(st.lists(st.sampled_from(sorted(VIETNAMESE) + list("abcdghklmnpqrstvx")), min_size=1))
def test_a_vietnamese_word_keeps_its_length(letters: list[str]) -> None:
    assert len(transliterate("".join(letters))) == len(letters)
