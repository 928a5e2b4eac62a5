"""Cleaning of names: letters, spaces, capitals, tones; what is clean stays, and twice is once."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vnvaxcert.vietnam.cleaning import CleanedText, clean_name, name_key
from vnvaxcert.vietnam.cleaning.names import clean_part, is_plainly_clean
from vnvaxcert.vietnam.cleaning.syllables import is_unmarked, spell, standard_syllables
from vnvaxcert.vietnam.cleaning.texts import clean_text
from vnvaxcert.vietnam.exchange import MAX_FIELD_CHARS

SYLLABLES = sorted(standard_syllables())
HOSTILE = (
    "aAeEoOuUyYiIdDnghNtcăâêôơưĂÂÊÔƠƯđĐáàãảạắếốớứýìÌíòÒÞþÐðñÑöÖïëüéÉ^(+~`'?.*- \u00a0\u00ad\u200b"
    "\u0301\u0302\u0303\u0309ªµ¸¶·¹¨»¾®©«¬§¡¢£¤¥¦×÷AЕоＮ’´Ã¡á»…º\u0085\u00903"
)
NAMES = st.one_of(
    st.text(alphabet=HOSTILE, max_size=14),
    st.text(max_size=12),
    st.lists(
        st.one_of(st.sampled_from(SYLLABLES), st.text(alphabet=HOSTILE, max_size=3)), max_size=4
    ).map(" ".join),
)


def codes(cleaned: CleanedText) -> list[str]:
    return [reason.code for reason in cleaned.changes]


@given(NAMES)
@example("NguyÔn ThÞ Hoµ")
@example("Ã\u00a0Ã")
@example("£\u00a0Ü")
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    for clean in (clean_name, lambda text: clean_text(text, field="facility_name")):
        once = clean(text)
        twice = clean(once.text)
        assert (twice.text, twice.changes, twice.doubts) == (once.text, (), once.doubts)
        assert bool(once.changes) == (once.text != text)


@given(st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=5))
def test_a_clean_name_is_never_changed(syllables: list[str]) -> None:
    name = " ".join(syllable[0].upper() + syllable[1:] for syllable in syllables)
    cleaned = clean_name(name)
    if not {"thò", "vãn"} & set(syllables[1:-1]):
        assert cleaned == CleanedText(text=name)


def test_every_syllable_of_the_set_is_clean() -> None:
    assert len(SYLLABLES) > 15_000
    for syllable in SYLLABLES:
        assert spell(syllable) == syllable
        assert is_plainly_clean(syllable[0].upper() + syllable[1:])
        assert unicodedata.is_normalized("NFC", syllable)


@pytest.mark.parametrize(
    ("shown", "name", "code"),
    [
        (unicodedata.normalize("NFD", "Nguyễn Thị Hường"), "Nguyễn Thị Hường", "normal_form"),
        ("Nguye\u0303\u0302n An", "Nguyễn An", "normal_form"),
        ("Tra\u0300\u0306n An", "Trằn An", "normal_form"),
        ("  Lê\u00a0\u2003Văn\tA \n", "Lê Văn A", "spaces"),
        ("Lê\u3000Văn A", "Lê Văn A", "spaces"),
        ("\ufeffLê Vă\u200bn A\u200e", "Lê Văn A", "invisible"),
        ("Lê Văn\ufe0f A\u0000", "Lê Văn A", "invisible"),
        ("Ðặng Thị Ðào", "Đặng Thị Đào", "lookalike"),
        ("Ɖặng Thị ɖào".title(), "Đặng Thị Đào", "lookalike"),
        ("Trần Thị Оа", "Trần Thị Oa", "lookalike"),
        ("О'Brien", "O'Brien", "lookalike"),
        ("Τrần Βình", "Trần Bình", "lookalike"),
        ("Ｎｇｕｙｅｎ Ｖａｎ Ａｎ", "Nguyen Van An", "lookalike"),
        ("H’Hen Niê", "H'Hen Niê", "lookalike"),
        ("Điểu K‘Ré", "Điểu K'Ré", "lookalike"),
        ("NGUYỄN VĂN A", "Nguyễn Văn A", "case"),
        ("nguyễn văn a", "Nguyễn Văn A", "case"),
        ("NGUYỄN Văn an", "Nguyễn Văn An", "case"),
        ("lÊ vĂn Nam", "Lê Văn Nam", "case"),
        ("NGUYEN VAN DAT", "Nguyen Van Dat", "case"),
        ("H'MEN NIÊ", "H'Men Niê", "case"),
        ("TRẦN THỊ-MAI", "Trần Thị-Mai", "case"),
        ("Lê Thị Hoà", "Lê Thị Hòa", "tone_placement"),
        ("Lê Thuý Loè", "Lê Thúy Lòe", "tone_placement"),
        ("Lê Tóan", "Lê Toán", "tone_placement"),
        ("Qúy Gìa Qùa", "Quý Già Quà", "tone_placement"),
        ("Trừơng Văn Hừơng", "Trường Văn Hường", "tone_placement"),
        ("Nguỹên Huỳên", "Nguyễn Huyền", "tone_placement"),
    ],
)
def test_one_fault_is_repaired_and_named(shown: str, name: str, code: str) -> None:
    cleaned = clean_name(shown)
    assert cleaned.text == name
    assert codes(cleaned) == [f"clean.{code}"]
    assert not cleaned.doubts


@pytest.mark.parametrize(
    "name",
    [
        *("McDonald", "Y Blôk Êban", "Ludwig van Beethoven", "H'Hen Niê", "van der Berg Jörg"),
        *(
            "Noé",
            "Noé Carbonell",
            "Chloé",
            "Zoé Lê",
            "Иванов Иван",
            "阮文安",
            "Guðrún",
            "Mai van Đỗ",
        ),
        *("Trần Thị Hóăc", "Nguyêñ", "Qoşalı", "QOŞALI", "AYŞE", "Nguyễn Văn A (F0)", "GD479123"),
        *("4E677579E1BB856E", "Đỗ Xu3ân", "Huỳ9nh Như", "", "-", "A", "Y", "ʻOkina"),
    ],
)
def test_what_is_somebodys_choice_or_no_name_stays_as_it_is(name: str) -> None:
    assert clean_name(name) == CleanedText(text=name)


def test_several_faults_are_all_named_in_the_order_of_repair() -> None:
    shown = unicodedata.normalize("NFD", "  NGUYỄN  THỊ HOÀ\u200b")
    cleaned = clean_name(shown)
    assert cleaned.text == "Nguyễn Thị Hòa"
    assert codes(cleaned) == [
        "clean.normal_form",
        "clean.invisible",
        "clean.spaces",
        "clean.case",
        "clean.tone_placement",
    ]


def test_a_name_beyond_the_bound_comes_back_as_it_is() -> None:
    name = "NGUYỄN " * MAX_FIELD_CHARS
    assert clean_name(name) == CleanedText(text=name)
    assert clean_text(name, field="facility_name") == CleanedText(text=name)
    assert clean_part(name, field="family_name", whole="Lê") == CleanedText(text=name)


def test_a_cleaned_text_shows_nothing() -> None:
    assert repr(clean_name("NGUYỄN VĂN A")) == "CleanedText()"


# --- syllables ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    [
        "nguyễn",
        "quốc",
        "quý",
        "quỳnh",
        "gì",
        "già",
        "giếng",
        "giữa",
        "ngoài",
        "khuya",
        "khuỷu",
        "thuở",
        "huế",
        "yến",
        "uyên",
        "ông",
        "ưng",
        "nghĩa",
        "ghế",
        "kỳ",
        "kiều",
        "oanh",
        "hoằng",
        "tuân",
        "tuyết",
        "thủy",
        "thy",
        "út",
        "ý",
        "phước",
        "rượu",
    ],
)
def test_a_syllable_is_one(word: str) -> None:
    assert spell(word) == word


@pytest.mark.parametrize(
    "word",
    [
        "ngi",
        "ge",
        "gha",
        "ka",
        "ce",
        "qa",
        "q",
        "b",
        "ng",
        "dat",
        "quóc",
        "hoac",
        "hòac",
        "óa̋",
        "bưnk",
        "niê",
        "blôk",
        "đắk",
        "anna",
        "wan",
        "zoe",
        "fan",
        "jan",
        "hóăc",
        "nguyêñ",
        "hòá",
        "ngyễn",
        "uơng",
        "ươ",
    ],
)
def test_a_word_that_is_no_syllable_is_none(word: str) -> None:
    assert spell(word) is None


@pytest.mark.parametrize("word", ["nguyen", "dat", "quoc", "nam", "huong"])
def test_a_syllable_without_its_marks_is_known(word: str) -> None:
    assert is_unmarked(word)


@pytest.mark.parametrize("word", ["anna", "nguyễn", "jan", ""])
def test_another_word_is_no_syllable_without_its_marks(word: str) -> None:
    assert not is_unmarked(word)


# --- parts of a name ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "whole", "expected", "code"),
    [
        ("Bé", "Nguyễn Thị Bộ", "Bộ", "tcvn3"),
        ("Hoà", "Hồ Xuân An", "Hồ", "vni"),
        ("Hoà", "Lê Hòa", "Hòa", "tone_placement"),
        ("Noé", "Ana Noé", "Noé", ""),
        (" Noé", "Ana Noé", "Noé", "spaces"),
        ("Сао", "Cao Văn An", "Cao", "lookalike"),
        ("Ðào", "Đào Trọng Vượng", "Đào", "lookalike"),
        ("NGUYỄN", "Nguyễn Văn A", "Nguyễn", "case"),
        ("Khác", "Nguyễn Văn A", "Khác", ""),
        ("NguyÔn", "Lê Văn A", "Nguyễn", "tcvn3"),
    ],
)
def test_a_part_follows_the_whole_where_it_can(
    part: str, whole: str, expected: str, code: str
) -> None:
    cleaned = clean_part(part, field="given_name", whole=whole)
    assert cleaned.text == expected
    assert codes(cleaned) == ([f"clean.{code}"] if code else [])
    assert all(reason.field == "given_name" for reason in cleaned.changes)


# --- running text ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "expected", "code"),
    [
        ("Tr¹m Y tÕ ph\u00adêng 12, QuËn 3", "Trạm Y tế phường 12, Quận 3", "tcvn3"),
        ("Traïm Y teá phöôøng 12", "Trạm Y tế phường 12", "vni"),
        ("Bá»‡nh viá»‡n Ä\u0090a khoa", "Bệnh viện Đa khoa", "utf8"),
        ("Bệnh viện  Đa khoa", "Bệnh viện Đa khoa", "spaces"),
        ("BỆNH VIỆN (CS 2)", "BỆNH VIỆN (CS 2)", ""),
        ("Clinique Saint-Noël", "Clinique Saint-Noël", ""),
        ("Tr¹m 12", "Tr¹m 12", ""),
    ],
)
def test_a_facilitys_name_is_converted_where_two_words_show_the_encoding(
    shown: str, expected: str, code: str
) -> None:
    cleaned = clean_text(shown, field="facility_name")
    assert cleaned.text == expected
    assert codes(cleaned) == ([f"clean.{code}"] if code else [])
    assert not cleaned.doubts


# --- keys -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Nguyễn Thị Hòa", "NGUYEN THI HOA"),
        ("nguyễn  thị-hoà", "NGUYEN THI HOA"),
        (unicodedata.normalize("NFD", "Đỗ Hữu Kỳ"), "DO HUU KY"),
        ("Ðỗ", "DO"),
        ("H'Hen Niê", "HHEN NIE"),
        ("H’Hen Niê", "HHEN NIE"),
        ("Müller", "MULLER"),
        ("Straße", "STRASSE"),
        ("Иванов", "ИВАНОВ"),
        ("", ""),
    ],
)
def test_the_key_of_a_name(name: str, key: str) -> None:
    assert name_key(name) == key


@given(st.text(max_size=30))
def test_the_key_of_a_key_is_itself(text: str) -> None:
    key = name_key(text)
    assert name_key(key) == key
