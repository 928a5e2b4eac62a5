"""A passport as a PDF of one page, with the fonts inside that carry every Vietnamese letter.

Needs ``pip install 'vnvaxcert[pdf]'``, whose packages are imported when it is called.

Spec: Decision 5772/QĐ-BYT, annex, section 1.1; ISO 32000-1 §9.10 (text that can be extracted).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from vnvaxcert.errors import FontError
from vnvaxcert.vietnam.showing.document import (
    NOTES,
    QR_TITLE,
    SUBTITLE,
    TITLE,
    Document,
    read_document,
)
from vnvaxcert.vietnam.showing.eleven import Item
from vnvaxcert.vietnam.showing.paper import CAPTION, qr_width_mm
from vnvaxcert.vietnam.showing.words import Words

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.fonts import TTFFont

    from vnvaxcert.render.qr import QrCode

INSTALL: Final = "pip install 'vnvaxcert[pdf]'"

_FAMILY: Final = "passport"
_MARGIN: Final = 15.0  # mm
_PIXELS_PER_MODULE: Final = 8
_RED: Final = (143, 14, 23)
_SOFT: Final = (60, 60, 60)
_INK: Final = (17, 17, 17)
_NO_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)  # never the clock: one text, one PDF


class Fonts(NamedTuple):
    """Two TrueType files of one family.

    Attributes:
        regular: Path of the upright face.
        bold: Path of the bold one.
    """

    regular: str
    bold: str


def to_pdf(text: str, *, level: str | None = None, fonts: Fonts | None = None) -> bytes:
    """Return a vaccine passport as a PDF, A4; its text can be searched, copied and read aloud.

    What it shows is read from the text, its national claim included; the signature is not
    checked. The same text gives the same PDF, to the byte, as long as the packages stay the same.

    Args:
        text: The text of the QR code, ``"HC1:..."``.
        level: Error correction of the code; None: ``"Q"``, as HCERT recommends.
        fonts: Fonts to embed; None: Roboto, which carries the letters of Vietnamese and of the
            languages of Viet Nam's minorities that are written in Latin letters.

    Returns:
        The file. It has one page; names and codes of the greatest length may need a second one.

    Raises:
        DecodeError: The text is no certificate, or a damaged one.
        IssueClaimsError: It holds no vaccination, or is a seal.
        QrTooLargeError: The text is too long for this level.
        FontError: A letter is not in the fonts: it would be missing in the document.
        TypeError: Not a text.
        ValueError: No such level.
        FileNotFoundError: No such font file.
        ModuleNotFoundError: The extra ``pdf`` is not installed.

    Spec: Decision 5772/QĐ-BYT, annex, section 1.1; HCERT 1.0.8 §4.2.2.
    """
    document = read_document(text)
    code = document.qr(level)
    try:
        from fpdf import FPDF
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(INSTALL, name="fpdf") from error
    fonts = _roboto() if fonts is None else fonts
    pdf = FPDF(format="A4")
    try:
        _prepare(pdf, document, fonts)
        _check_letters(pdf, document)
        _draw(pdf, document, code)
        return bytes(pdf.output())
    finally:
        for font in _open_fonts(pdf):  # it leaves their files open
            font.close()


def _roboto() -> Fonts:
    try:
        import font_roboto
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(INSTALL, name="font_roboto") from error
    files: dict[str, str] = font_roboto.font_files
    return Fonts(files["Roboto"], files["RobotoBold"])


def _prepare(pdf: FPDF, document: Document, fonts: Fonts) -> None:
    pdf.set_creation_date(document.issued_at or _NO_TIME)
    pdf.set_title(" · ".join(TITLE))
    pdf.set_lang("vi")
    pdf.set_margins(_MARGIN, 14, _MARGIN)
    pdf.set_auto_page_break(True, margin=8)
    pdf.add_font(_FAMILY, "", fonts.regular)
    pdf.add_font(_FAMILY, "B", fonts.bold)
    pdf.add_page()


def _open_fonts(pdf: FPDF) -> list[TTFFont]:
    from fpdf.fonts import TTFFont

    return [font for font in pdf.fonts.values() if isinstance(font, TTFFont)]


def _draw(pdf: FPDF, document: Document, code: QrCode) -> None:
    _heading(pdf)
    top = pdf.get_y()
    side = qr_width_mm(code) * code.modules_with_quiet_zone / code.modules
    png = code.to_png(scale=_PIXELS_PER_MODULE)
    pdf.image(png, x=_MARGIN, y=top, w=side, h=side, alt_text=" / ".join(QR_TITLE))
    _facts(pdf, document, left=_MARGIN + side + 8)
    pdf.set_xy(_MARGIN, max(pdf.get_y(), top + side) + 4)
    _write(pdf, CAPTION, size=9, sizes_en=8)
    for item in document.items:
        _row(pdf, item)
    pdf.ln(4)
    for words in (*document.remarks, *NOTES):
        _write(pdf, words, size=8.5, sizes_en=8)
        pdf.ln(1)


def _texts(document: Document) -> Iterator[str]:
    """Everything that is written."""
    for words in (TITLE, SUBTITLE, CAPTION, *document.remarks, *NOTES):
        yield from words
    for label, value in document.facts:
        yield from (*label, *value)
    for item in document.items:
        yield from (item.label_vi, item.label_en, item.value_vi, item.value_en)


def _check_letters(pdf: FPDF, document: Document) -> None:
    """Refuse a letter that a font lacks: the file would show an empty box in a name."""
    written = sorted(set().union(*_texts(document)))
    for font in _open_fonts(pdf):
        for character in written:
            if ord(character) not in font.cmap:
                raise FontError(character)


def _heading(pdf: FPDF) -> None:
    pdf.set_text_color(*_RED)
    pdf.set_font(_FAMILY, "B", 22)
    pdf.cell(0, 10, TITLE.vi, new_x="LMARGIN", new_y="NEXT")
    pdf.set_text_color(*_SOFT)
    pdf.set_font(_FAMILY, "", 12)
    pdf.cell(0, 6, f"{TITLE.en} · {SUBTITLE.vi} / {SUBTITLE.en}", new_x="LMARGIN", new_y="NEXT")
    pdf.set_draw_color(*_RED)
    pdf.set_line_width(1)
    pdf.line(_MARGIN, pdf.get_y() + 2, pdf.w - _MARGIN, pdf.get_y() + 2)
    pdf.ln(5)


def _facts(pdf: FPDF, document: Document, *, left: float) -> None:
    pdf.set_left_margin(left)
    pdf.set_x(left)
    for label, value in document.facts:
        pdf.set_text_color(*_SOFT)
        pdf.set_font(_FAMILY, "", 9)
        pdf.multi_cell(0, 4.5, f"{label.vi} / {label.en}", align="L", new_x="LMARGIN")
        _write(pdf, value, style="B", size=11, sizes_en=9)
        pdf.ln(2)
    pdf.set_left_margin(_MARGIN)


def _row(pdf: FPDF, item: Item) -> None:
    """One item: number, label and value side by side, as high as the higher of the two."""
    if pdf.get_y() > pdf.h - 40:
        pdf.add_page()
    top, label_at, value_at = pdf.get_y(), _MARGIN + 9, _MARGIN + 72
    pdf.set_draw_color(150, 150, 150)
    pdf.set_line_width(0.2)
    pdf.line(_MARGIN, top, pdf.w - _MARGIN, top)
    pdf.set_y(top + 1)
    pdf.set_text_color(*_SOFT)
    pdf.set_font(_FAMILY, "", 10)
    pdf.cell(7, 4.8, str(item.number), align="R")
    pdf.set_left_margin(label_at)
    pdf.set_x(label_at)
    label = Words(item.label_vi, item.label_en)
    _write(pdf, label, size=10, sizes_en=8.5, width=value_at - label_at - 2)
    bottom, page = pdf.get_y(), pdf.page
    pdf.set_left_margin(value_at)
    pdf.set_xy(value_at, top + 1)
    _write(pdf, Words(item.value_vi, item.value_en), style="B", size=10.5, sizes_en=8.5)
    # A value of many lines may end on the next page, where the label's end means nothing.
    bottom = pdf.get_y() if pdf.page != page else max(bottom, pdf.get_y())
    pdf.set_left_margin(_MARGIN)
    pdf.set_xy(_MARGIN, bottom + 1)


def _write(
    pdf: FPDF,
    words: Words,
    *,
    size: float,
    sizes_en: float,
    style: str = "",
    width: float = 0,
) -> None:
    """Write both languages below each other, from the left margin; once where they are alike."""
    pdf.set_x(pdf.l_margin)
    pdf.set_text_color(*_INK)
    pdf.set_font(_FAMILY, style, size)
    _lines(pdf, words.vi, width, size)
    if words.en != words.vi:
        pdf.set_text_color(*_SOFT)
        pdf.set_font(_FAMILY, "", sizes_en)
        _lines(pdf, words.en, width, sizes_en)


def _lines(pdf: FPDF, text: str, width: float, size: float) -> None:
    pdf.multi_cell(width, size * 0.46, text, align="L", new_x="LMARGIN", new_y="NEXT")
