"""The eleven items, the page, the card and the PDF of a vaccine passport.

The items' order and names are those of Decision 5772/QĐ-BYT, annex 1.1, typed here from the
Decision; the letters are counted from the alphabet; what a drawing says is read back from it with
the packages of readers: an HTML parser, PDFium, ZXing.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import seal_maker
import specimens
from vnvaxcert import HealthCertificate, Holder, PartialDate, Vaccination, decode_unverified
from vnvaxcert.errors import (
    DecodeError,
    FontError,
    IssueClaimsError,
    QrTooLargeError,
    VnvaxcertError,
)
from vnvaxcert.render.picture import read_codes
from vnvaxcert.schema import valuesets
from vnvaxcert.vietnam.passport.national_claim import NationalClaim
from vnvaxcert.vietnam.showing import items, to_html_card, to_html_page, to_pdf
from vnvaxcert.vietnam.showing import names as tables
from vnvaxcert.vietnam.showing.document import read_document
from vnvaxcert.vietnam.showing.eleven import visible
from vnvaxcert.vietnam.showing.moments import say_moment
from vnvaxcert.vietnam.showing.names import name_of
from vnvaxcert.vietnam.showing.pdf import Fonts

NAME = ("Nguyễn", "Thị Ngọc Hường, Đỗ Hữu Kỳ")
DECISION = (
    "Họ và tên",
    "Ngày tháng năm sinh",
    "Quốc tịch",
    "Bệnh dịch mà chứng nhận nhắm tới",
    "Số mũi tiêm đã nhận",
    "Ngày tiêm",
    "Liều số",
    "Vắc xin",
    "Sản phẩm vắc xin",
    "Nhà cung cấp hoặc sản xuất vắc xin",
    "Mã số của chứng nhận",
)
MISSING = ("không có trong chứng nhận", "not in the certificate")
DRAWINGS = [to_html_page, to_html_card]
IDS = ["page", "card"]

DOSE = Vaccination(
    disease="840539006",
    vaccine="1157024006",
    product="BBIBP-CorV",
    manufacturer="ORG-100020693",
    dose_number=2,
    total_doses=2,
    date=dt.date(2022, 3, 18),
    country="VN",
    issuer="Specimen Ministry",
    certificate_id="URN:UVCI:01:VN:SPECIMEN0001#W",
)
HOLDER = Holder(
    family_name=NAME[0],
    given_name=NAME[1],
    family_name_icao="NGUYEN",
    given_name_icao="THI<NGOC<HUONG<DO<HUU<KY",
    birth_date=PartialDate(1983, 10, 9),
)
CERTIFICATE = HealthCertificate(holder=HOLDER, vaccinations=(DOSE,))


def values(certificate: HealthCertificate = CERTIFICATE, national: Any = None) -> list[Any]:
    return [(item.value_vi, item.value_en) for item in items(certificate, national)]


def of(holder: Holder = HOLDER, **changes: Any) -> HealthCertificate:
    return HealthCertificate(holder=holder, vaccinations=(replace(DOSE, **changes),))


def text_of(name: tuple[str, str] = NAME, *, national: Any = None, **entry: Any) -> str:
    """The text of a code, put together without the library under test."""
    holder = {"fn": name[0], "gn": name[1], "fnt": "NGUYEN", "gnt": "THI<MAU"}
    contents = specimens.payload("v", nam=holder, entry=entry)
    more = {} if national is None else {-65704: national}
    claims = {**specimens.claims(contents), **more}
    return specimens.text(specimens.message(claims))


# --- the items -----------------------------------------------------------------------------------


def test_the_items_are_the_eleven_of_the_decision_in_its_order() -> None:
    shown = items(CERTIFICATE)
    assert [item.label_vi for item in shown] == list(DECISION)
    assert [item.number for item in shown] == list(range(1, 12))
    assert len({item.label_en for item in shown}) == 11


def test_each_item_says_what_the_certificate_says_in_both_languages() -> None:
    assert values(national="VN") == [
        (" ".join(NAME), "NGUYEN THI NGOC HUONG DO HUU KY"),
        ("09/10/1983", "1983-10-09"),
        ("Việt Nam", "Viet Nam"),
        ("COVID-19", "COVID-19"),
        ("2", "2"),
        ("18/03/2022", "2022-03-18"),
        ("2 (số liều của phác đồ: 2)", "2 (doses of the schedule: 2)"),
        ("Vắc xin SARS-CoV-2 toàn hạt bất hoạt", "Inactivated whole SARS-CoV-2 antigen vaccine"),
        ("BBIBP-CorV (Vero Cell, Sinopharm Bắc Kinh)", "BBIBP-CorV"),
        (
            "Tập đoàn Sinopharm Trung Quốc, cơ sở Bắc Kinh",
            "China Sinopharm International Corp. - Beijing location",
        ),
        ("URN:UVCI:01:VN:SPECIMEN0001#W", "URN:UVCI:01:VN:SPECIMEN0001#W"),
    ]


@pytest.mark.parametrize(
    "national",
    [None, "", NationalClaim(nationality=None, lots=(None,))],
    ids=["no claim", "empty", "a claim without one"],
)
def test_a_nationality_that_is_not_there_is_not_guessed(national: Any) -> None:
    item = items(CERTIFICATE, national)[2]
    assert (item.value_vi, item.value_en) == MISSING
    assert not item.is_present


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("JP", ("Nhật Bản", "Japan")),
        ("CI", ("Bờ Biển Ngà", "Côte d'Ivoire")),
        ("VI", ("Quần đảo Virgin thuộc Mỹ", "Virgin Islands, U.S.")),
        ("BR", ("Brazil", "Brazil")),
        ("ZZ", ("ZZ (mã không có trong danh mục)", "ZZ (not a known code)")),
    ],
)
def test_a_nationality_is_named_or_said_to_be_unknown(code: str, expected: tuple[str, str]) -> None:
    assert values(national=NationalClaim(nationality=code, lots=(None,)))[2] == expected


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (None, MISSING),
        (PartialDate(1950), ("1950", "1950")),
        (PartialDate(1950, 7), ("07/1950", "1950-07")),
        (
            PartialDate.from_digits(1983, 2, 31),
            ("31/02/1983 (ngày không có trong lịch)", "1983-02-31 (no day of the calendar)"),
        ),
    ],
    ids=["none", "year", "month", "impossible"],
)
def test_a_birth_date_is_shown_as_far_as_it_is_known(date: Any, expected: Any) -> None:
    assert values(of(replace(HOLDER, birth_date=date)))[1] == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"family_name": "Y Ƀlă"}, ("Y Ƀlă", "Y Ƀlă")),
        ({"given_name": "Hoà"}, ("Hoà", "Hoà")),
        ({"family_name": "A", "given_name": " "}, ("A", "A")),
        ({"family_name_icao": "NGUYEN", "given_name_icao": "A<B"}, ("NGUYEN A B",) * 2),
        ({"given_name": "Hường", "given_name_icao": "HUONG"}, ("Hường", "HUONG")),
        ({"family_name": " "}, MISSING),
        ({}, MISSING),
    ],
)
def test_a_name_is_shown_in_the_forms_it_has(names: dict[str, str], expected: Any) -> None:
    assert values(of(Holder(birth_date=None, **names)))[0] == expected


def test_a_booster_says_its_number_and_the_doses_of_the_schedule() -> None:
    shown = values(of(dose_number=3, total_doses=2))
    assert shown[4] == ("3", "3")
    assert shown[6][0].startswith("3 (")
    assert shown[6][0].endswith(": 2)")


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"disease": "1"}, 4),
        ({"vaccine": "1"}, 8),
        ({"product": "Vero Cell"}, 9),
        ({"manufacturer": "X"}, 10),
    ],
)
def test_a_code_of_no_value_set_is_shown_and_said_to_be_unknown(
    changes: dict[str, Any], number: int
) -> None:
    (code,) = changes.values()
    assert values(of(HOLDER, **changes))[number - 1] == (
        f"{code} (mã không có trong danh mục)",
        f"{code} (not a known code)",
    )


def test_an_empty_code_is_not_in_the_certificate() -> None:
    shown = values(of(disease="", vaccine=" ", certificate_id=""))
    assert [shown[number - 1] for number in (4, 8, 11)] == [MISSING] * 3


def test_a_deprecated_code_is_said_to_be_that_in_both_languages() -> None:
    name = name_of(valuesets.VACCINES, "J07BX03")
    assert name.vi.endswith("(mã không còn dùng)")
    assert name.en.endswith("(deprecated)")
    assert name.is_known


@pytest.mark.parametrize(
    ("table", "set_id"),
    [
        (tables.VACCINES, valuesets.VACCINES),
        (tables.PRODUCTS, valuesets.PRODUCTS),
        (tables.HOLDERS, valuesets.HOLDERS),
        (tables.COUNTRIES, valuesets.COUNTRIES),
    ],
    ids=["vaccines", "products", "holders", "countries"],
)
def test_every_vietnamese_name_is_of_a_code_there_is_and_in_normal_form_c(
    table: Any, set_id: str
) -> None:
    assert set(table) <= set(valuesets.VALUE_SETS[set_id].entries)
    assert all(unicodedata.is_normalized("NFC", name) and name.strip() for name in table.values())


def test_every_kind_of_vaccine_has_a_vietnamese_name() -> None:
    assert set(tables.VACCINES) == set(valuesets.VALUE_SETS[valuesets.VACCINES].entries)


def test_beijing_and_wuhan_are_told_apart() -> None:
    beijing = name_of(valuesets.PRODUCTS, "BBIBP-CorV").vi
    wuhan = name_of(valuesets.PRODUCTS, "WIBP-CorV").vi
    assert "Bắc Kinh" in beijing
    assert "Vero Cell" in beijing
    assert "Vũ Hán" in wuhan
    assert "Vero Cell" not in wuhan


def test_of_several_doses_the_latest_is_shown_and_any_can_be_asked_for() -> None:
    doses = tuple(
        replace(DOSE, dose_number=n, date=dt.date(2021, month, 1)) for n, month in ((2, 9), (1, 6))
    )
    certificate = HealthCertificate(holder=HOLDER, vaccinations=doses)
    assert items(certificate)[4].value_en == "2"
    assert items(certificate, entry=1)[4].value_en == "1"
    for entry in (2, -1):
        with pytest.raises(ValueError, match="0 to 1"):
            items(certificate, entry=entry)


@pytest.mark.parametrize("group", ["t", "r"])
def test_only_vaccinations_have_the_items(group: str) -> None:
    with pytest.raises(IssueClaimsError, match="vaccination"):
        items(specimens.certificate(group))


def test_no_item_shows_its_value_in_its_repr() -> None:
    shown = repr(items(CERTIFICATE, "VN")) + repr(read_document(text_of()))
    for secret in (*NAME, "NGUYEN", "1983", "1990", "SPECIMEN0001", "Việt", "HC1:"):
        assert secret not in shown


# --- hostile texts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("An\u202eiuH", "An‹U+202E›iuH"),
        ("An\nHuệ", "An‹U+000A›Huệ"),
        ("An\u200bHuệ", "An‹U+200B›Huệ"),
        ("Hue\u0302\u0323", "Huệ"),
        ("Nguyễn Thị", "Nguyễn Thị"),
    ],
)
def test_what_cannot_be_seen_is_named(text: str, expected: str) -> None:
    assert visible(text) == expected


class Seen(HTMLParser):
    """Elements, attributes and texts of a page, as a browser would take them."""

    VOID = frozenset({"meta", "rect", "path", "circle", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.languages: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.texts.append(data)


HOSTILE = ("<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>&amp;")


@pytest.mark.parametrize("draw", DRAWINGS, ids=IDS)
def test_markup_in_a_name_is_text_and_nothing_else(draw: Any) -> None:
    plain, hostile = Seen(draw(text_of())), Seen(draw(text_of(HOSTILE)))
    assert hostile.elements == plain.elements
    assert [name for name, _ in hostile.attributes] == [name for name, _ in plain.attributes]
    assert " ".join(HOSTILE) in "".join(hostile.texts)


@settings(max_examples=25)
@given(st.lists(st.text(max_size=80), min_size=2, max_size=2))
def test_any_name_becomes_a_page_or_a_refusal(names: list[str]) -> None:
    try:
        text = text_of((names[0], names[1]))
    except UnicodeEncodeError:
        return  # half a surrogate pair: no CBOR text can hold it
    try:
        page = to_html_page(text, level="L")
    except VnvaxcertError:
        return
    shown = items(decode_unverified(text).certificate)[0].value_vi
    assert shown in "".join(Seen(page).texts)


# --- page and card -------------------------------------------------------------------------------


@pytest.mark.parametrize("draw", DRAWINGS, ids=IDS)
def test_a_drawing_holds_every_item_and_every_value(draw: Any) -> None:
    text = text_of(national={1: "VN"})
    seen = "".join(Seen(draw(text)).texts)
    for item in items(decode_unverified(text).certificate, "VN"):
        for part in (item.label_vi, item.label_en, item.value_vi, item.value_en):
            assert part in seen
    for fact in ("15/04/2022 07:00:00", "2023-04-15 07:00:00", "Việt Nam"):
        assert fact in seen


@pytest.mark.parametrize("draw", DRAWINGS, ids=IDS)
def test_a_drawing_needs_nothing_but_a_browser(draw: Any) -> None:
    html = draw(text_of())
    seen = Seen(html)
    assert not {"script", "link", "img", "iframe", "object", "embed", "form"} & set(seen.elements)
    names = {name for name, _ in seen.attributes}
    assert not {"src", "href", "srcset", "data", "action", "style"} & names
    assert not [name for name in names if name.startswith("on")]
    for outside in ("url(", "@import", "javascript:", "@font-face"):
        assert outside not in html
    assert html.replace("http://www.w3.org/2000/svg", "").count("http") == 1  # http-equiv
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
            "form-action 'none'") in seen.attributes  # fmt: skip


@pytest.mark.parametrize("draw", DRAWINGS, ids=IDS)
def test_a_drawing_marks_its_languages_and_names_its_code_and_no_person(draw: Any) -> None:
    html = draw(text_of())
    seen = Seen(html)
    assert ("lang", "vi") in seen.attributes
    assert seen.attributes.count(("lang", "en")) > 11
    assert "<title>Mã QR của chứng nhận / QR code of the certificate</title>" in html
    assert "<title>Hộ chiếu vắc xin · Vaccine passport</title>" in html
    assert seen.elements.count("h1") == 1
    assert "@page" in html or "@media print" in html


def painted(html: str) -> bytes:
    """A PNG of the SVG in a page: a white ground, and dark runs one module high."""
    svg = html[html.index("<svg") : html.index("</svg>")]
    (side,) = {int(side) for side in re.findall(r'viewBox="0 0 (\d+) ', svg)}
    assert f'<rect width="{side}" height="{side}" fill="#fff"/>' in svg
    scale = 4
    image = Image.new("1", (side * scale, side * scale), 1)
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        left, top = int(x) * scale, int(y) * scale
        image.paste(0, (left, top, left + int(run) * scale, top + scale))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("level", [None, "L", "H"])
@pytest.mark.parametrize("draw", DRAWINGS, ids=IDS)
def test_the_code_of_a_drawing_reads_back_when_it_is_painted(draw: Any, level: Any) -> None:
    text = text_of()
    assert read_codes(painted(draw(text, level=level))) == (text,)


def test_the_code_of_the_card_is_dark_on_white_in_any_theme() -> None:
    html = to_html_card(text_of())
    svg = html[html.index("<svg") : html.index("</svg>")]
    assert 'fill="#fff"' in svg
    assert 'fill="#000"' in svg
    assert "prefers-color-scheme:dark" in html
    assert "invert" not in html


def test_the_code_of_the_page_has_the_size_that_hcert_recommends() -> None:
    html = to_html_page(text_of())
    width = float(html[html.index('width="') + 7 :].partition("mm")[0])
    modules = int(html[html.index('viewBox="0 0 ') + 13 :].partition(" ")[0])
    diagonal = width * (modules - 8) / modules * 2**0.5
    assert 35 <= diagonal <= 60.01


def test_a_code_of_many_modules_is_printed_larger_than_that() -> None:
    long = text_of(("Nguyễn" * 13, "Mẫu" * 26), **{"is": "X" * 80, "ci": "C" * 80})
    html = to_html_page(long, level="H")
    width = float(html[html.index('width="') + 7 :].partition("mm")[0])
    modules = int(html[html.index('viewBox="0 0 ') + 13 :].partition(" ")[0])
    assert width / modules >= 0.3499


@pytest.mark.parametrize("draw", [*DRAWINGS, to_pdf], ids=[*IDS, "pdf"])
def test_the_same_text_gives_the_same_drawing(draw: Any) -> None:
    text = text_of()
    assert draw(text) == draw(text)


@pytest.mark.parametrize("draw", [*DRAWINGS, to_pdf], ids=[*IDS, "pdf"])
def test_what_is_no_vaccination_is_not_drawn(draw: Any) -> None:
    with pytest.raises(IssueClaimsError, match="vaccination"):
        draw(specimens.certificate_text(specimens.payload("t")))
    with pytest.raises(DecodeError):
        draw("HC1:no certificate")
    with pytest.raises(ValueError, match="level"):
        draw(text_of(), level="X")
    with pytest.raises(TypeError):
        draw(b"HC1:")


@pytest.mark.parametrize("draw", [*DRAWINGS, to_pdf], ids=[*IDS, "pdf"])
def test_a_text_that_is_too_long_for_a_level_is_refused(draw: Any) -> None:
    ids = [sha256(bytes([n])).hexdigest()[:32].upper() for n in range(60)]
    entry = specimens.ENTRIES["v"]
    contents = {
        **specimens.payload("v"),
        "ver": "1.0.0",
        "v": [{**entry, "ci": f"URN:UVCI:01:VN:{ci}"} for ci in ids],
    }
    text = specimens.certificate_text(contents)
    assert len(text) > 1852
    with pytest.raises(QrTooLargeError):
        draw(text, level="H")
    assert draw(text, level="L")


@pytest.mark.parametrize("draw", DRAWINGS, ids=IDS)
def test_the_nationality_is_that_of_the_national_claim(draw: Any) -> None:
    assert "Nhật Bản" in draw(text_of(national={1: "JP"}))
    assert MISSING[0] in draw(text_of(national={2: ["LOT1"]}))
    assert MISSING[0] in draw(text_of())


@pytest.mark.parametrize("draw", DRAWINGS, ids=IDS)
def test_a_malformed_national_claim_is_left_out_and_said_to_be(draw: Any) -> None:
    html = draw(text_of(national={1: "<b>"}))
    assert "Phần thông tin riêng của Việt Nam sai định dạng" in html
    assert MISSING[0] in html
    assert "sai định dạng" not in draw(text_of(national={1: "VN"}))


def test_a_certificate_of_several_doses_says_that_the_latest_is_shown() -> None:
    first = specimens.ENTRIES["v"]
    contents = {
        **specimens.payload("v", ver="1.0.0"),
        "v": [{**first, "dn": 1, "dt": "2021-06-01"}, dict(first)],
    }
    document = read_document(specimens.certificate_text(contents))
    assert len(document.remarks) == 1
    assert "2 mũi tiêm" in document.remarks[0].vi
    assert document.items[5].value_en == first["dt"]
    assert not read_document(text_of()).remarks


def test_a_seal_has_no_such_items() -> None:
    with pytest.raises(IssueClaimsError, match="seal"):
        to_html_page(seal_maker.text())


# --- moments -------------------------------------------------------------------------------------


def test_a_moment_is_told_in_the_time_of_viet_nam() -> None:
    moment = dt.datetime(2022, 4, 14, 17, 30, tzinfo=dt.UTC)
    said = say_moment(moment)
    assert said == ("15/04/2022 00:30:00 (giờ Việt Nam)", "2022-04-15 00:30:00 (UTC+7)")


def test_the_last_hours_of_the_calendar_are_told_in_utc() -> None:
    said = say_moment(dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC))
    assert said.en == "9999-12-31 23:59:59 (UTC)"
    with pytest.raises(ValueError, match="time zone"):
        say_moment(dt.datetime(2022, 1, 1))


# --- PDF -----------------------------------------------------------------------------------------

BASES = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
LETTERS = [unicodedata.normalize("NFC", base + tone) for base in BASES for tone in TONES] + ["đ"]
SPECIAL = [letter for letter in LETTERS if not letter.isascii()]


def pages_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def test_the_pdf_carries_all_134_letters_as_text_that_can_be_copied() -> None:
    letters = SPECIAL + [letter.upper() for letter in SPECIAL]
    assert len(letters) == 134
    half = len(letters) // 2
    pdf = to_pdf(text_of(("".join(letters[:half]), "".join(letters[half:]))))
    extracted = "".join("".join(pages_of(pdf)).split())
    assert "".join(letters[:half]) in extracted
    assert "".join(letters[half:]) in extracted


def test_the_pdf_says_the_name_and_every_item_on_one_page() -> None:
    text = text_of(national={1: "VN"})
    (page,) = pages_of(to_pdf(text))
    said = " ".join(page.split())
    assert "Nguyễn Thị Ngọc Hường, Đỗ Hữu Kỳ" in said
    for item in items(decode_unverified(text).certificate, "VN"):
        assert item.label_vi in said
        assert item.value_vi in said
        assert item.value_en in said


@pytest.mark.parametrize("level", [None, "L", "H"])
def test_the_code_of_the_pdf_reads_back_from_its_drawing(level: Any) -> None:
    text = text_of()
    assert read_codes(to_pdf(text, level=level)) == (text,)


def test_the_fonts_are_inside_the_pdf() -> None:
    document = to_pdf(text_of())
    # ISO 32000-1, 9.8: a font's descriptor leads to its program; the dictionaries stand in plain.
    descriptors = re.findall(rb"<<[^<>]*/Type /FontDescriptor\b[^<>]*>>", document)
    names = re.findall(rb"/BaseFont /([^\s/]+)", document)
    assert descriptors
    assert names
    assert all(b"/FontFile2 " in descriptor for descriptor in descriptors)
    assert all(b"Roboto" in name for name in names)


def test_names_and_codes_of_the_greatest_length_are_drawn_whole() -> None:
    family, given = "Nguyễn" * 13, "Hường " * 13
    text = text_of((family, given), **{"ci": "C" * 80, "is": "X" * 80})
    extracted = "".join("".join(pages_of(to_pdf(text))).split())
    assert family + given.replace(" ", "") in extracted
    assert "C" * 80 in extracted


@pytest.mark.parametrize("words", [80, 300])
def test_a_value_of_many_lines_goes_on_over_pages_and_loses_nothing(words: int) -> None:
    product = " ".join(f"N{n:04}" for n in range(words))
    text = specimens.certificate_text(specimens.payload("v", entry={"mp": product}))
    pages = pages_of(to_pdf(text, level="L"))
    assert len(pages) > 1
    said = " ".join(" ".join(pages).split())
    assert f"{product} (not a known code)" in said
    assert said.index("Mã số của chứng nhận") > said.index(f"N{words - 1:04}")
    for number in range(1, 12):
        assert DECISION[number - 1] in said


def test_an_issuer_that_is_not_stated_is_said_not_to_be() -> None:
    text = specimens.text(specimens.message(specimens.claims(iss=specimens.REMOVED)))
    (label, value), *_ = read_document(text).facts
    assert label.en == "Issued by"
    assert value == MISSING
    assert MISSING[0] in to_html_card(text)


@pytest.mark.parametrize("name", ["Y Ƀlă Č̆", "H'Ŏ Ñuôi", "Nay Ơ̆ Ư̆", "‹O’Ñ›"])
def test_names_of_minorities_are_drawn(name: str) -> None:
    assert to_pdf(text_of((name, "Mẫu"))).startswith(b"%PDF")


@pytest.mark.parametrize("letter", ["李", "ا", "𝕹", "\U0010fffd"])
def test_a_letter_that_the_fonts_lack_is_refused_and_not_left_out(letter: str) -> None:
    with pytest.raises(FontError) as caught:
        to_pdf(text_of((f"Mẫu{letter}", "An")))
    assert caught.value.character == letter
    assert f"U+{ord(letter):04X}" in str(caught.value)
    assert "Mẫu" not in str(caught.value)


def test_other_fonts_can_be_handed_in() -> None:
    import font_roboto

    regular, italic = font_roboto.font_files["Roboto"], font_roboto.font_files["RobotoItalic"]
    assert to_pdf(text_of(), fonts=Fonts(regular, italic)) != to_pdf(text_of())
    with pytest.raises(FileNotFoundError):
        to_pdf(text_of(), fonts=Fonts("no such file.ttf", italic))


def test_a_name_of_control_characters_is_drawn_with_their_names() -> None:
    (page,) = pages_of(to_pdf(text_of(("An\u202e", "Ma\nMẫu"))))
    assert "‹U+202E›" in page
    assert "‹U+000A›" in page


@pytest.mark.parametrize("package", ["fpdf", "font_roboto"])
def test_a_missing_package_is_named_with_the_command_that_installs_it(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModuleNotFoundError) as caught:
        to_pdf(text_of())
    assert str(caught.value) == "pip install 'vnvaxcert[pdf]'"
    assert caught.value.name == package
