"""Legacy encodings: every letter, every syllable, there and back, and names that are in none."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence

import pytest

from vnvaxcert.vietnam.cleaning import (
    CleanedText,
    Encoding,
    clean_name,
    detect,
    tcvn3,
    utf8,
    viqr,
    vni,
    windows1258,
)
from vnvaxcert.vietnam.cleaning.detection import CONFIDENT, decode_as
from vnvaxcert.vietnam.cleaning.letters import SPECIFIC, without_marks
from vnvaxcert.vietnam.cleaning.syllables import standard_syllables
from vnvaxcert.vietnam.specimen import legacy

# The specimen maker writes by tables of its own, which were typed apart from those read by here.
WRITERS: dict[Encoding, Callable[[str], str]] = {
    Encoding.TCVN3: legacy.to_tcvn3,
    Encoding.VNI: legacy.to_vni,
    Encoding.VIQR: legacy.to_viqr,
    Encoding.WINDOWS1258: legacy.to_windows1258,
    Encoding.UTF8: legacy.to_misread_utf8,
}
SYLLABLES = sorted(standard_syllables())

# TCVN 5712 as a chart from A1 to FE; a stop where VN3 has nothing.
CHART = (
    "ĂÂÊÔƠƯĐăâêôơưđ......àảãáạ.ằẳẵắ......."
    ".ặầẩẫấậè.ẻẽéẹềểễếệìỉ...ĩíịò.ỏõóọồổỗốộờởỡớợù.ủũúụừửữứựỳỷỹýỵ"
)


def codes(cleaned: CleanedText) -> list[str]:
    return [reason.code for reason in cleaned.changes]


def capitalised(syllable: str) -> str:
    return syllable[0].upper() + syllable[1:]


def packs(size: int, syllables: Sequence[str] = SYLLABLES) -> Iterator[str]:
    """Every syllable once, in long names that begin as most do."""
    for at in range(0, len(syllables), size):
        yield " ".join(["Nguyễn", "Văn", *map(capitalised, syllables[at : at + size])])


# --- tables ---------------------------------------------------------------------------------------


def test_tcvn3_is_its_chart() -> None:
    letters = [letter for letter in CHART if letter != "."]
    assert len(letters) == len(set(letters)) == len(tcvn3.LETTERS) == 74
    assert sorted(tcvn3.LETTERS.values()) == sorted(letters)


def test_the_134_letters_are_those_of_the_alphabet() -> None:
    assert len(SPECIFIC) == 134
    assert {unicodedata.normalize("NFC", letter) for letter in SPECIFIC} == SPECIFIC


@pytest.mark.parametrize("encoding", [Encoding.VNI, Encoding.VIQR, Encoding.WINDOWS1258])
def test_each_of_the_134_letters_is_read(encoding: Encoding) -> None:
    write = WRITERS[encoding]
    assert {letter: decode_as(write(letter), encoding) for letter in SPECIFIC} == {
        letter: letter for letter in SPECIFIC
    }


def test_tcvn3_reads_67_small_letters_and_seven_capitals() -> None:
    small = {letter for letter in SPECIFIC if letter.islower()}
    assert len(small) == 67
    for letter in small | set("ĂÂÊÔƠƯĐ"):
        assert tcvn3.decode(legacy.to_tcvn3(letter)) == letter


@pytest.mark.parametrize(
    ("shown", "letter"),
    [("Aµ", "À"), ("¡¾", "Ắ"), ("¢Ê", "Ấ"), ("¦ø", "Ứ"), ("EÐ", "É"), ("Yþ", "Ỵ"), ("¤é", "Ộ")],
)
def test_tcvn3_reads_the_capitals_that_converters_write(shown: str, letter: str) -> None:
    assert tcvn3.decode(shown) == letter


@pytest.mark.parametrize(
    ("byte", "letter"),
    [(0xB8, "á"), (0xCE, "ẻ"), (0xD4, "ễ"), (0xD6, "ệ"), (0xDE, "ị"), (0xAD, "ư"), (0xFE, "ỵ")],
)
def test_tcvn3_bytes_are_those_of_the_standard(byte: int, letter: str) -> None:
    assert tcvn3.decode(bytes([byte]).decode("cp1252")) == letter


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        (Encoding.TCVN3, "Nguyễn"),
        (Encoding.TCVN3, "À"),
        (Encoding.VNI, "Nguyễn"),
        (Encoding.VNI, "bâ"),
        (Encoding.VNI, "ç"),
        (Encoding.VIQR, "Nguyễn"),
        (Encoding.WINDOWS1258, "¢"),
        (Encoding.UTF8, "Nguyễn"),
        (Encoding.UTF8, "Nguyen"),
        (Encoding.UTF8, "Ã"),
        (Encoding.UTF8, "Ñoã"),
    ],
)
def test_a_character_that_an_encoding_has_not_is_refused(encoding: Encoding, shown: str) -> None:
    assert decode_as(shown, encoding) is None


def test_windows1258_is_read_as_pythons_codec_reads_it() -> None:
    for byte in range(0xC0, 0x100):
        one = bytes([byte])
        expected = unicodedata.normalize("NFC", one.decode("cp1258"))
        assert windows1258.decode(one.decode("cp1252")) == expected


def test_windows1258_reads_letters_that_are_one_byte_and_the_same_with_a_tone_apart() -> None:
    assert windows1258.decode("Hà") == windows1258.decode("HaÌ") == "Hà"


def test_utf8_is_read_from_windows1252_and_from_latin1() -> None:
    name = "Đỗ Mười"
    assert utf8.decode(name.encode().decode("latin-1")) == name
    assert utf8.decode(legacy.to_misread_utf8(name)) == name


def test_viqr_leaves_marks_that_the_letter_cannot_bear() -> None:
    assert viqr.decode("A+ b( e( I^") == "A+ b( e( I^"


def test_viqr_reads_the_old_star_for_the_horn() -> None:
    assert viqr.decode("Hu*o*ng Tho*.") == "Hương Thợ"


def test_vni_takes_the_case_from_the_letter_and_not_from_its_mark() -> None:
    assert vni.decode("Aù AÙ aÙ ÖÙ Öù") == "Á Á á Ứ Ứ"


# --- there and back -------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", list(WRITERS))
def test_every_syllable_is_read_back_small_and_capital(encoding: Encoding) -> None:
    for syllable in SYLLABLES:
        for word in (syllable, capitalised(syllable), syllable.upper()):
            written = WRITERS[encoding](word)
            read = decode_as(written, encoding)
            if encoding is Encoding.TCVN3 and "oo" in without_marks(syllable) and word.isupper():
                continue  # BOßNG is a converter's BÒNG, too
            if encoding is Encoding.TCVN3:  # its capitals with a tone are small
                assert read is not None
                assert read.lower() == syllable
            else:
                assert (read or written) == word


@pytest.mark.parametrize("encoding", list(WRITERS))
def test_a_name_of_any_syllables_is_restored(encoding: Encoding) -> None:
    for name in packs(12):
        cleaned = clean_name(WRITERS[encoding](name))
        assert (cleaned.text, cleaned.doubts) == (name, ())
        assert codes(cleaned)[0] == f"clean.{encoding}"


def test_capitals_that_tcvn3_lost_are_restored_and_reported() -> None:
    without_oo = [syllable for syllable in SYLLABLES if "oo" not in without_marks(syllable)]
    for name in packs(12, without_oo):
        cleaned = clean_name(legacy.to_tcvn3(name.upper()))
        assert cleaned.text == name
        assert codes(cleaned) == ["clean.tcvn3", "clean.capitals", "clean.case"]


@pytest.mark.parametrize(
    ("shown", "name", "expected"),
    [
        ("NguyÔn ThÞ ¸nh", "Nguyễn Thị Ánh", ["clean.tcvn3", "clean.capitals"]),
        ("Hoµng øng", "Hoàng Ứng", ["clean.tcvn3", "clean.capitals"]),
        ("NGUYÔN V¡N A", "Nguyễn Văn A", ["clean.tcvn3", "clean.capitals", "clean.case"]),
        ("nguyÔn v¨n a", "Nguyễn Văn A", ["clean.tcvn3", "clean.case"]),
        ("§inh Thu", "Đinh Thu", ["clean.tcvn3"]),
        ("L\u00adu An", "Lưu An", ["clean.tcvn3"]),
    ],
)
def test_tcvn3_capitals(shown: str, name: str, expected: list[str]) -> None:
    cleaned = clean_name(shown)
    assert (cleaned.text, codes(cleaned)) == (name, expected)


@pytest.mark.parametrize(
    ("shown", "name", "code"),
    [
        ("Nguyeãn Vaên Höng", "Nguyễn Văn Hưng", "clean.vni"),
        ("Phan Thò Lan", "Phan Thị Lan", "clean.vni"),
        ("Trần Thò Lan", "Trần Thò Lan", ""),
        ("Lê Vãn Nam", "Lê Văn Nam", "clean.windows1258"),
        ("Nguye^~n Va(n Ddu+'c", "Nguyễn Văn Đức", "clean.viqr"),
        ("Ta. Thi. Ba.ch", "Tạ Thị Bạch", "clean.viqr"),
        ("Nguyá»…n VÄƒn HÃ", "Nguyễn Văn Hà", "clean.utf8"),
        ("HoÃ ng ThÃ nh", "Hoàng Thành", "clean.utf8"),
        ("FranÃ§ois MuÃ±oz", "François Muñoz", "clean.utf8"),
        ("Nguyeãn Văn Hùng", "Nguyễn Văn Hùng", "clean.vni"),
        ("NguyÔn Văn Hùng", "Nguyễn Văn Hùng", "clean.tcvn3"),
        ("HiÒn", "Hiền", "clean.tcvn3"),
        ("Töø Chí Vó", "Từ Chí Vĩ", "clean.vni"),
    ],
)
def test_names_in_each_encoding(shown: str, name: str, code: str) -> None:
    cleaned = clean_name(shown)
    assert cleaned.text == name
    assert codes(cleaned) == ([code] if code else [])


# --- what is in no encoding -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *("Muñoz Ana", "Ana Peña Núñez", "Jörg Müller", "François Noël", "José María", "Søren Åge"),
        *("Loïc", "Noé", "Zoë Lång", "Guðrún Jónsdóttir", "Þór", "Straße", "İbrahim Yıldız"),
        *("POSPÍŠIL JAN", "Mª Carmen", "Søren Ñúñez", "João", "Mäe", "Uí Néill", "Tran A. Minh"),
        *("Y Blôk Êban", "H'Hen Niê", "K'Brôi", "A Lăng Bưn", "Điểu Krứ", "Giàng A Páo", "Y Ñam"),
        *("Y VÊNG", "Y BÊNG", "A CHÔT", "Y Chôt", "Y Céng", "Tê-rê-sa"),
        *("Siu Blơh", "Rơ Châm H'Yéo", "Lò Thị Mai", "O'Brien", "D'Angelo", "Ma. Theresa", "Eddy"),
        *("Hà", "Bé", "Lê Bãi", "Lý Sóc", "Võ Út", "Hồ Sĩ Phú", "Mỹ", "Y", "Nguyen Van Dat"),
    ],
)
def test_a_name_that_is_right_is_left_alone_and_not_doubted(name: str) -> None:
    found = detect(name)
    assert (found.encoding, found.text) == (Encoding.UNICODE, name)
    assert not found.is_doubtful


@pytest.mark.parametrize(
    "name",
    [
        *("Nguy?n V?n A", "V? Bá Toàn", "Nguy\ufffdn An", "Nguyá»n Văn An", "H\u0090 Minh"),
        *("BiÒn", "HÃ Mai", "Thu? Ta?", "Le¶ Mark Smith", "½ Anh"),
    ],
)
def test_a_damaged_name_is_left_alone_and_doubted(name: str) -> None:
    cleaned = clean_name(name)
    assert (cleaned.text, cleaned.changes) == (name, ())
    assert [(doubt.code, doubt.field) for doubt in cleaned.doubts] == [
        ("full_name.doubtful", "full_name")
    ]


@pytest.mark.parametrize("name", ["HiÒn", "NguyÔn ThÞ Hoa", "Höông", "Hoa", "Jörg", "BiÒn"])
def test_a_confidence_is_a_probability_and_high_where_a_text_is_converted(name: str) -> None:
    found = detect(name)
    assert 0 <= found.confidence <= 1
    if found.encoding is not Encoding.UNICODE:
        assert found.confidence >= CONFIDENT


def test_two_encodings_that_fit_alike_convert_nothing() -> None:
    found = detect("BiÒn")  # Biền in TCVN3, Bỉn in Windows-1258
    assert found.encoding is Encoding.UNICODE
    assert found.is_doubtful


def test_a_text_beyond_the_bound_is_not_looked_at() -> None:
    assert detect("NguyÔn " * 100).encoding is Encoding.UNICODE


def test_a_detection_shows_no_name() -> None:
    assert "Nguy" not in repr(detect("NguyÔn")) + repr(clean_name("NguyÔn"))
