"""Suite ``names``: names in machine-readable letters (ICAO Doc 9303-3 and 9303-4), check digits."""

from __future__ import annotations

import unicodedata
from typing import Final

from vectors.book import Book

LETTERS, TABLE, DIGITS = (
    "ICAO Doc 9303-3 §4.6",
    "ICAO Doc 9303-3 §6 table A",
    "ICAO Doc 9303-3 §4.9",
)
FIELD: Final = "ICAO Doc 9303-4 §4.2"
LINE: Final = 39  # characters of a name in a passport (Doc 9303-4 §4.2.2)
DCC_NAME: Final = 80  # characters of fnt and gnt (DCC schema 1.3.x)

# Rows of table A with one letter, by that letter; each gives as many as there are.
ROWS: Final = {
    "A": "ÀÁÂÃĀĂĄ",
    "C": "ÇĆĈĊČ",
    "D": "ÐĎĐ",
    "E": "ÈÉÊËĒĔĖĘĚ",
    "G": "ĜĞĠĢ",
    "H": "ĤĦ",
    "I": "ÌÍÎÏĨĪĬĮİ",
    "J": "Ĵ",
    "K": "Ķ",
    "L": "ĹĻĽĿŁ",
    "N": "ŃŅŇŊ",
    "O": "ÒÓÔÕŌŎŐ",
    "R": "ŔŖŘ",
    "S": "ŚŜŞŠ",
    "T": "ŢŤŦ",
    "U": "ÙÚÛŨŪŬŮŰŲ",
    "W": "Ŵ",
    "Y": "ÝŶŸ",
    "Z": "ŹŻŽ",
}

# Rows with several letters, or with a choice of which the first is taken.
SPECIAL: Final = (
    ("a-diaeresis", "Ä", "AE"),
    ("a-ring", "Å", "AA"),
    ("ae", "Æ", "AE"),
    ("n-tilde", "Ñ", "N"),
    ("o-diaeresis", "Ö", "OE"),
    ("o-stroke", "Ø", "OE"),
    ("u-diaeresis", "Ü", "UE"),
    ("thorn", "Þ", "TH"),
    ("ij", "Ĳ", "IJ"),
    ("oe", "Œ", "OE"),
    ("sharp-s", "ẞ", "SS"),
)

# The letters that the table lacks are those that Vietnamese needs most: U+01A0 to U+1EF9.
VIETNAMESE: Final = {
    "A": "àáảãạăằắẳẵặâầấẩẫậ",
    "D": "đ",
    "E": "èéẻẽẹêềếểễệ",
    "I": "ìíỉĩị",
    "O": "òóỏõọôồốổỗộơờớởỡợ",
    "U": "ùúủũụưừứửữự",
    "Y": "ỳýỷỹỵ",
}

# Sorting the marks of one letter takes quadratic time, so in names of more than 512 characters a
# letter has at most the 30 of Unicode's stream-safe text (UAX #15, section 13).
_LONG: Final = "M" * 500 + "a"
STREAM_SAFE: Final = "UAX #15 §13"
MARKS: Final = 30

# Name, clause, name as written, in machine-readable letters, why.
WRITTEN: Final = (
    ("plain", LETTERS, "Nguyen", "NGUYEN", "Small letters go as capitals."),
    ("two-parts", LETTERS, "Thị Đào", "THI<DAO", "A space divides parts."),
    ("hyphen", LETTERS, "Smith-Jones", "SMITH<JONES", "A hyphen goes as a filler."),
    (
        "dash",
        LETTERS,
        "Smith\u2013Jones",
        "SMITH<JONES",
        "A dash is a hyphen somebody's program made.",
    ),
    ("comma", LETTERS, "Nguyễn, Mẫu", "NGUYEN<MAU", "A comma goes as a filler."),
    ("apostrophe", LETTERS, "D'Artagnan", "DARTAGNAN", "An apostrophe joins its parts."),
    ("typographic-apostrophe", LETTERS, "O\u2019Connor", "OCONNOR", "However it is drawn."),
    ("letter-apostrophe", LETTERS, "O\u02bcConnor", "OCONNOR", "To Unicode this one is a letter."),
    ("full-stop", LETTERS, "J. R.", "J<R", "Other punctuation is left out."),
    ("parentheses", LETTERS, "Thử (Mẫu)", "THU<MAU", "Other punctuation is left out."),
    (
        "hyphen-with-spaces",
        LETTERS,
        "Smith - Jones",
        "SMITH<JONES",
        "One filler between two parts.",
    ),
    ("outer-space", LETTERS, "  Mẫu  ", "MAU", "No filler begins or ends a name."),
    ("no-break-space", LETTERS, "Thị\u00a0Thử", "THI<THU", "A space that does not break is one."),
    ("its-own-form", LETTERS, "NGUYEN<MAU", "NGUYEN<MAU", "What is transliterated stays so."),
    ("small-sharp-s", TABLE, "Groß", "GROSS", "The table's row is that of the capital."),
    ("small-dotless-i", TABLE, "Işık", "ISIK", "Its capital is the plain I."),
    (
        "african-d",
        TABLE,
        "\u0189ặng",
        "DANG",
        "Drawn like the Vietnamese letter, and typed for it.",
    ),
    ("eth-for-d", TABLE, "\u00d0ặng", "DANG", "So is this one, which has a row itself."),
    ("several-marks", LETTERS, "A\u0302\u0301\u0323", "A", "All marks go, in whatever order."),
    ("empty", LETTERS, "", "", "A name may be missing."),
    ("punctuation-alone", LETTERS, "-", "", "Then no letter is left, and the caller decides."),
    ("longest", "DCC schema 1.3.3", "M" * DCC_NAME, "M" * DCC_NAME, "It fits, and is not cut."),
    ("too-long", "DCC schema 1.3.3", "M" * 81, "M" * DCC_NAME, "The field has 80 characters."),
    (
        "cut-at-a-filler",
        "DCC schema 1.3.3",
        "M" * 79 + " Thử",
        "M" * 79,
        "A filler at the end tells nothing, and does not stay.",
    ),
    (
        "many-marks",
        STREAM_SAFE,
        _LONG + "\u0323" * MARKS,
        "M" * DCC_NAME,
        "30 marks on one letter of a long name are within the bound.",
    ),
    (
        "longer-by-its-letters",
        "DCC schema 1.3.3",
        "Ö" * 41,
        "OE" * 40,
        "41 letters take 82 places.",
    ),
)

REFUSED: Final = (
    (
        "pile-of-marks",
        STREAM_SAFE,
        _LONG + "\u0323" * (MARKS + 1),
        "No language has 31 on a letter.",
    ),
    ("digit", LETTERS, "Nguyễn 2", "A name has no digits, and none may be lost."),
    ("chinese", TABLE, "阮", "The table has no row for it."),
    ("greek", TABLE, "Αλφα", "The table for Latin has no row for it."),
    ("cyrillic", TABLE, "Нгуен", "The standard's table B is for it, which is not read here."),
    ("capital-that-looks-latin", TABLE, "\u0410nna", "A Cyrillic letter drawn like A is another."),
    ("arabic-digits", LETTERS, "Mẫu ٢", "Digits of other scripts are digits, too."),
    ("fullwidth-letters", TABLE, "\uff2d\uff21\uff35", "Programs pass them off as letters."),
    ("ordinal", TABLE, "M\u00aa", "A raised letter is a sign."),
    ("tab", LETTERS, "Thị\tThử", "A control character is no space."),
    ("line-feed", LETTERS, "Thị\nThử", "A control character is no space."),
    ("zero-width-space", LETTERS, "Thị\u200bThử", "Nobody sees it; two names may be one."),
    ("zero-width-joiner", LETTERS, "Thị\u200dThử", "Nobody sees it."),
    ("right-to-left-override", LETTERS, "Thị\u202eThử", "What is seen is not what is there."),
    ("emoji", LETTERS, "Thử \U0001f600", "A picture is no letter."),
    ("plus-sign", LETTERS, "A+B", "A symbol is no punctuation."),
    ("replacement-character", LETTERS, "Nguy\ufffdn", "Somebody's program lost a letter."),
)

# Family name, given name, the line without the fillers at its end, why. The first are the
# standard's own examples, of the state of Utopia.
LINES: Final = (
    ("two-given-names", "Eriksson", "Anna Maria", "ERIKSSON<<ANNA<MARIA", "The usual case."),
    ("three-given-names", "Heng", "Deborah Ming Lo", "HENG<<DEBORAH<MING<LO", "One filler each."),
    ("hyphen", "Smith-Jones", "Susie Margaret", "SMITH<JONES<<SUSIE<MARGARET", "In the first."),
    ("apostrophe", "O'Connor", "Enya Siobhan", "OCONNOR<<ENYA<SIOBHAN", "It joins."),
    ("prefixes", "Van Der Muellen", "Martin", "VAN<DER<MUELLEN<<MARTIN", "They are parts of it."),
    ("one-name", "Arkfreith", "", "ARKFREITH", "A name that is not divided stands first."),
    ("given-name-alone", "", "Arkfreith", "ARKFREITH", "Whichever part it was called."),
    ("vietnamese", "Nguyễn", "Thị Đào", "NGUYEN<<THI<DAO", "Letters of each part."),
    ("fills-the-line", "A" * 20, "B" * 17, "A" * 20 + "<<" + "B" * 17, "All 39 characters."),
    (
        "cut-in-a-given-name",
        "Nilavadhanananda",
        "Arnpol Petch Charonguang",
        "NILAVADHANANANDA<<ARNPOL<PETCH<CHARONGU",
        "What does not fit is left out at the end, as the standard has it.",
    ),
    (
        "cut-after-an-initial",
        "Nilavadhanananda",
        "Chayapa Dejthamrong Krasuang",
        "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K",
        "The last place is a letter, as the standard has it.",
    ),
    ("one-name-too-long", "A" * 40, "", "A" * 39, "A line has 39 characters."),
)

BAD_PARTS: Final = (
    ("digit-in-the-family-name", "Nguyễn 2", "Thử", "Either part is looked at."),
    ("chinese-given-name", "Nguyễn", "試", "Either part is looked at."),
)

# Field and digit. Those of the specimen passport and card of Doc 9303-3 to 9303-5.
CHECKED: Final = (
    ("date", "520727", 3, "A birth date of the standard."),
    ("letters-and-fillers", "AB2134<<<", 5, "Letters count from 10, fillers are 0."),
    ("passport-number", "L898902C3", 6, "The specimen passport's number."),
    ("passport-birth-date", "740812", 2, "The specimen passport's birth date."),
    ("passport-expiry", "120415", 9, "The day on which it expires."),
    ("personal-number", "ZE184226B<<<<<", 1, "The specimen's number of the person."),
    (
        "whole-line",
        "L898902C3674081221204159ZE184226B<<<<<1",
        0,
        "The last digit of the line is over the others, digits included.",
    ),
    ("card-number", "D23145890", 7, "The specimen card's number."),
    ("fillers", "<<<<<<", 0, "A date that is unknown."),
    ("seal", "VB000999003", 8, "The identifier of a seal, made in the manner of Australia."),
)

UNCHECKED: Final = (
    ("small-letter", "l898902c3", "Small letters have no value."),
    ("space", "AB 2134", "A space is no filler."),
    ("hyphen", "52-07-27", "A date has digits alone."),
    ("vietnamese-letter", "Đ12345", "It is not transliterated."),
    ("other-digits", "５２０７２７", "Digits of other widths have no value."),
)


def build(book: Book) -> None:
    """Add the vectors."""
    for letter, row in ROWS.items():
        _written(book, f"table-{letter}", TABLE, row, letter * len(row), f"All rows with {letter}.")
    for case, one, form in SPECIAL:
        _written(book, f"table-{case}", TABLE, f"M{one}U", f"M{form}U", f"The row of {one}.")
    for letter, group in VIETNAMESE.items():
        made = letter * len(group)
        why = f"The table has few rows for these; without their marks all are {letter}."
        _written(book, f"vietnamese-{letter}", LETTERS, group, made, why)
    parts = unicodedata.normalize("NFD", "Nguyễn Thị Đường")
    _written(
        book, "decomposed", LETTERS, parts, "NGUYEN<THI<DUONG", "A letter may come with its marks."
    )
    for case, clause, name, form, why in WRITTEN:
        _written(book, case, clause, name, form, why)
    for case, clause, name, why in REFUSED:
        _add(book, f"letters::{case}", clause, why, "name.transliterate", {"name": name}, None)
    for case, family, given, line, why in LINES:
        names = {"family_name": family, "given_name": given}
        whole = {"line": line.ljust(LINE, "<")}
        _add(book, f"line::{case}", FIELD, why, "name.mrz", names, whole)
    for case, family, given, why in BAD_PARTS:
        names = {"family_name": family, "given_name": given}
        _add(book, f"line::{case}", LETTERS, why, "name.mrz", names, None)
        _add(book, f"seal::{case}", LETTERS, why, "name.seal", names, None)
    for case in ("vietnamese", "one-name", "prefixes", "fills-the-line", "cut-after-an-initial"):
        family, given, line = next(row[1:4] for row in LINES if row[0] == case)
        _add(
            book,
            f"seal::{case}",
            "ICAO VDS-NC, pid.n",
            "A seal has a space for each filler, and none at its end.",
            "name.seal",
            {"family_name": family, "given_name": given},
            {"n": line.replace("<", " ")},
        )
    for case, field, digit, why in CHECKED:
        found = {"digit": digit}
        _add(book, f"check-digit::{case}", DIGITS, why, "check-digit", {"field": field}, found)
    for case, field, why in UNCHECKED:
        _add(
            book,
            f"check-digit::{case}",
            DIGITS,
            why,
            "check-digit",
            {"field": field},
            None,
            "check-digit.invalid",
        )


def _written(book: Book, case: str, clause: str, name: str, form: str, why: str) -> None:
    given, made = {"name": name}, {"icao": form}
    _add(book, f"letters::{case.lower()}", clause, why, "name.transliterate", given, made)


def _add(
    book: Book,
    name: str,
    clause: str,
    why: str,
    op: str,
    given: dict[str, str],
    made: dict[str, str] | dict[str, int] | None,
    code: str = "issue.name",
) -> None:
    book.add(
        f"names::{name}",
        spec=clause,
        comment=why,
        op=op,
        input=given,
        accept=made,
        reject=code if made is None else None,
    )
