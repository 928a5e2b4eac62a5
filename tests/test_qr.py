"""QR codes written and read: ISO/IEC 18004, HCERT §4.2.2.

What we draw with one library is read with another; what others drew must read as they said.
"""

from __future__ import annotations

import base64
import io
import json
import math
import random
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vnvaxcert.errors import PictureError, QrTooLargeError
from vnvaxcert.render import picture, scan
from vnvaxcert.render.picture import read_codes
from vnvaxcert.render.qr import (
    ALPHANUMERIC,
    ALPHANUMERIC_CAPACITY,
    BYTE_CAPACITY,
    DIAGONAL_MM,
    MAX_SCALE,
    Level,
    QrCode,
    make_qr,
)

pytest.importorskip("segno")
zxingcpp = pytest.importorskip("zxingcpp")
if TYPE_CHECKING:
    from PIL import Image, ImageFilter, ImageOps
else:
    Image = pytest.importorskip("PIL.Image")
    ImageFilter = pytest.importorskip("PIL.ImageFilter")
    ImageOps = pytest.importorskip("PIL.ImageOps")

LEVELS: tuple[Level, ...] = ("L", "M", "Q", "H")
BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def certificate_like(length: int = 550, seed: int = 1) -> str:
    """A text as long and as dense as a certificate's, of no one."""
    rng = random.Random(seed)
    return "HC1:" + "".join(rng.choices(BASE45, k=length - 4))


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def drawn(text: str, *, level: str = "Q", scale: int = 3) -> Image.Image:
    return opened(make_qr(text, level=level).to_png(scale=scale)).convert("L")


def reason_of(data: bytes) -> str:
    with pytest.raises(PictureError) as caught:
        read_codes(data)
    return caught.value.reason


def outcome_of(
    read: Callable[[bytes], tuple[str, ...]], data: bytes
) -> tuple[str, ...] | PictureError:
    """The texts or the refusal; any other error ends the test."""
    try:
        return read(data)
    except PictureError as error:
        return error


# --- writing: what the symbol is ---------------------------------------------------------------


@pytest.mark.parametrize("level", LEVELS)
def test_another_reader_finds_the_text_and_the_level_asked_for(level: str) -> None:
    text = certificate_like()
    (code,) = zxingcpp.read_barcodes(opened(make_qr(text, level=level).to_png()))
    assert code.text == text
    assert code.ec_level == level


def test_short_texts_do_not_get_a_higher_level_than_asked() -> None:
    (code,) = zxingcpp.read_barcodes(opened(make_qr("HC1:A", level="L").to_png(scale=8)))
    assert code.ec_level == "L"


# ISO/IEC 18004:2015, table 7: the capacities of version 1.
@pytest.mark.parametrize(
    ("character", "mode", "level", "capacity"),
    [
        ("A", "alphanumeric", "L", 25),
        ("A", "alphanumeric", "M", 20),
        ("A", "alphanumeric", "Q", 16),
        ("A", "alphanumeric", "H", 10),
        ("a", "byte", "L", 17),
        ("a", "byte", "M", 14),
        ("a", "byte", "Q", 11),
        ("a", "byte", "H", 7),
    ],
)
def test_the_smallest_version_that_fits_is_drawn(
    character: str, mode: str, level: str, capacity: int
) -> None:
    full, over = (
        make_qr(character * capacity, level=level),
        make_qr(character * (capacity + 1), level=level),
    )
    assert (full.version, full.modules, full.mode) == (1, 21, mode)
    assert (over.version, over.modules, over.modules_with_quiet_zone) == (2, 25, 33)


def test_every_character_of_base45_keeps_the_alphanumeric_mode() -> None:
    assert frozenset(BASE45) == ALPHANUMERIC
    assert make_qr(BASE45 * 3).mode == "alphanumeric"


def test_digits_alone_are_alphanumeric_too() -> None:
    assert make_qr("0123456789").mode == "alphanumeric"


@pytest.mark.parametrize("text", ["hc1:ABC", 'HC1:{"a":1}', "HC1:A\n", "HC1:Đ"])
def test_a_character_outside_the_set_makes_it_bytes(text: str) -> None:
    assert make_qr(text).mode == "byte"


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("character", "capacities"), [("A", ALPHANUMERIC_CAPACITY), ("a", BYTE_CAPACITY)]
)
def test_version_40_is_filled_to_the_last_character_and_no_further(
    character: str, capacities: dict[Level, int], level: Level
) -> None:
    limit = capacities[level]
    assert make_qr(character * limit, level=level).version == 40
    with pytest.raises(QrTooLargeError) as caught:
        make_qr(character * (limit + 1), level=level)
    error = caught.value
    assert (error.length, error.limit, error.level) == (limit + 1, limit, level)
    assert error.code == "issue.too_large"


def test_the_length_of_other_texts_counts_in_bytes() -> None:
    with pytest.raises(QrTooLargeError) as caught:
        make_qr("Đ" * 832)  # two bytes each
    assert (caught.value.length, caught.value.limit) == (1664, 1663)


def test_the_repr_holds_nothing_of_the_text() -> None:
    assert repr(make_qr("HC1:SECRET")) == ("QrCode(version=1, level='Q', mode='alphanumeric')")


def test_equal_texts_make_equal_codes_and_they_hash() -> None:
    assert len({make_qr("A"), make_qr("A"), make_qr("B")}) == 2


@pytest.mark.parametrize("level", ["", "q", "X", "LM"])
def test_an_unknown_level_is_refused(level: str) -> None:
    with pytest.raises(ValueError, match="level must be"):
        make_qr("A", level=level)


def test_an_empty_text_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        make_qr("")


def test_half_a_surrogate_pair_is_refused_without_quoting_the_text() -> None:
    with pytest.raises(ValueError, match="surrogate pair at offset 6") as caught:
        make_qr("secret\ud800")
    assert "secret" not in str(caught.value)


def test_bytes_are_no_text() -> None:
    not_text: Any = b"HC1:"
    with pytest.raises(TypeError, match="str"):
        make_qr(not_text)


# --- writing: sizes ----------------------------------------------------------------------------


def test_sizes_in_millimetres_follow_from_pixels_and_dpi() -> None:
    code = make_qr("A" * 25, level="L")  # version 1: 21 modules, 29 with the quiet zone
    assert code.size_mm(scale=10, dpi=254) == pytest.approx(21.0)
    assert code.size_with_quiet_zone_mm(scale=10, dpi=254) == pytest.approx(29.0)
    assert code.diagonal_mm(scale=10, dpi=254) == pytest.approx(math.hypot(21, 21))


def test_the_scale_is_the_smallest_that_reaches_the_width() -> None:
    code = make_qr(certificate_like())
    for width, dpi in ((35.0, 200), (35.0, 300), (25.0, 600), (42.0, 96)):
        scale = code.scale_for(width_mm=width, dpi=dpi)
        assert code.size_mm(scale=scale, dpi=dpi) >= width - 1e-6
        assert scale == 1 or code.size_mm(scale=scale - 1, dpi=dpi) < width


@given(scale=st.integers(1, MAX_SCALE), dpi=st.integers(36, 4800), length=st.integers(1, 1000))
def test_a_size_asked_for_again_gives_its_scale_back(scale: int, dpi: int, length: int) -> None:
    code = fake_code(length % 40 + 1)
    assert code.scale_for(width_mm=code.size_mm(scale=scale, dpi=dpi), dpi=dpi) == scale


def fake_code(version: int) -> QrCode:
    """A code of a given version, cheaply: 40 of them serve all examples."""
    if version not in _CODES:
        _CODES[version] = make_qr("A" * _LENGTH_L[version - 1], level="L")
        assert _CODES[version].version == version
    return _CODES[version]


_CODES: dict[int, QrCode] = {}
# ISO/IEC 18004:2015, table 7: alphanumeric characters at level L, versions 1 to 40.
_LENGTH_L = (
    *(25, 47, 77, 114, 154, 195, 224, 279, 335, 395, 468, 535, 619, 667, 758, 854, 938, 1046),
    *(1153, 1249, 1352, 1460, 1588, 1704, 1853, 1990, 2132, 2223, 2369, 2520, 2677, 2840, 3009),
    *(3183, 3351, 3537, 3729, 3927, 4087, 4296),
)


def test_a_certificate_at_300_dpi_has_the_diagonal_that_hcert_recommends() -> None:
    code = make_qr(certificate_like())
    low, high = DIAGONAL_MM
    scale = code.scale_for(width_mm=low / math.sqrt(2), dpi=300)
    assert low <= code.diagonal_mm(scale=scale, dpi=300) <= high


@pytest.mark.parametrize("bad", [0, -1, MAX_SCALE + 1])
def test_a_scale_out_of_range_is_refused(bad: int) -> None:
    code = make_qr("A")
    with pytest.raises(ValueError, match="scale"):
        code.to_png(scale=bad)
    with pytest.raises(ValueError, match="scale"):
        code.size_mm(scale=bad, dpi=300)


@pytest.mark.parametrize("bad", [1.5, True, "4", None])
def test_a_scale_that_is_no_whole_number_is_refused(bad: Any) -> None:
    with pytest.raises(TypeError, match="scale must be a whole number"):
        make_qr("A").to_png(scale=bad)


@pytest.mark.parametrize("bad", [0, -72, 20_000])
def test_a_dpi_out_of_range_is_refused(bad: int) -> None:
    with pytest.raises(ValueError, match="dpi"):
        make_qr("A").to_png(dpi=bad)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.inf, math.nan])
def test_a_width_or_dpi_that_is_no_size_is_refused(bad: float) -> None:
    code = make_qr("A")
    with pytest.raises(ValueError, match="positive"):
        code.scale_for(width_mm=bad, dpi=300)
    with pytest.raises(ValueError, match="positive"):
        code.size_mm(scale=1, dpi=bad)
    with pytest.raises(ValueError, match="positive"):
        code.to_svg(width_mm=bad)


def test_a_width_beyond_the_largest_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 64"):
        make_qr("A").scale_for(width_mm=1000, dpi=300)


# --- writing: the drawings ---------------------------------------------------------------------


def test_a_png_has_square_modules_a_quiet_zone_and_its_dpi() -> None:
    code = make_qr("HC1:A", level="L")
    image = opened(code.to_png(scale=3, dpi=300))
    assert image.size == (29 * 3, 29 * 3)
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.02)
    grey = image.convert("L")
    for y in range(29):
        for x in range(29):
            inside = 4 <= x < 25 and 4 <= y < 25
            dark = inside and code.matrix[y - 4][x - 4] == 1
            block = grey.crop((3 * x, 3 * y, 3 * x + 3, 3 * y + 3))
            assert block.getextrema() == ((0, 0) if dark else (255, 255))


def test_a_png_without_dpi_claims_none() -> None:
    assert "dpi" not in opened(make_qr("A").to_png()).info


SVG = "{http://www.w3.org/2000/svg}"


def painted(svg: str, scale: int = 4) -> Image.Image:
    """Paint the little of SVG that we use: a white square and one path of M, h, v, h, z."""
    root = ElementTree.fromstring(svg)
    side = int(root.attrib["viewBox"].split()[2])
    image = Image.new("L", (side * scale, side * scale), 255)
    (path,) = root.iter(f"{SVG}path")
    pattern = r"M(\d+) (\d+)h(\d+)v1h-(\d+)z"
    d = path.attrib["d"]
    assert re.fullmatch(f"({pattern})+", d)
    for x, y, width, back in re.findall(pattern, d):
        assert width == back
        left, top, right = int(x) * scale, int(y) * scale, (int(x) + int(width)) * scale
        image.paste(0, (left, top, right, top + scale))
    return image


def test_an_svg_paints_the_same_picture_as_the_png() -> None:
    code = make_qr(certificate_like())
    assert painted(code.to_svg()).tobytes() == opened(code.to_png(scale=4)).convert("L").tobytes()


def test_an_svg_is_one_standalone_document_with_a_title() -> None:
    root = ElementTree.fromstring(make_qr("A").to_svg())
    assert root.tag == f"{SVG}svg"
    assert root.attrib["shape-rendering"] == "crispEdges"
    assert root.attrib["viewBox"] == "0 0 29 29"
    assert "width" not in root.attrib
    assert root.findtext(f"{SVG}title") == "QR code"
    assert root.find(f"{SVG}rect") is not None


def test_the_width_of_an_svg_is_the_symbol_and_its_document_is_larger() -> None:
    root = ElementTree.fromstring(make_qr("A").to_svg(width_mm=42))
    assert root.attrib["width"] == root.attrib["height"] == "58.000mm"  # 42 * 29 / 21


@given(title=st.text(max_size=20))
def test_any_title_keeps_the_svg_well_formed(title: str) -> None:
    root = ElementTree.fromstring(fake_code(1).to_svg(title=title).encode())
    found = root.findtext(f"{SVG}title") or ""
    if all(" " <= c < "\x7f" for c in title):
        assert found == title


def test_a_title_cannot_add_elements() -> None:
    root = ElementTree.fromstring(make_qr("A").to_svg(title="</title><script>&\x00"))
    assert root.findtext(f"{SVG}title") == "</title><script>&\ufffd"
    assert [child.tag for child in root] == [f"{SVG}title", f"{SVG}rect", f"{SVG}path"]


def test_the_terminal_drawing_reads_on_any_ground() -> None:
    text = certificate_like()
    code = make_qr(text)
    lines = code.to_terminal().splitlines()
    side = code.modules_with_quiet_zone
    image = Image.new("L", (side * 4, len(lines) * 8), 128)
    for row, line in enumerate(lines):
        # Both colours are set on each line and reset at its end: the theme decides nothing.
        match = re.fullmatch("\x1b\\[38;5;16;48;5;231m([ \u2580\u2584\u2588]+)\x1b\\[0m", line)
        assert match is not None
        assert len(match[1]) == side
        for column, character in enumerate(match[1]):
            x, y = column * 4, row * 8
            image.paste(0 if character in "\u2580\u2588" else 255, (x, y, x + 4, y + 4))
            image.paste(0 if character in "\u2584\u2588" else 255, (x, y + 4, x + 4, y + 8))
    assert read_codes(saved(image)) == (text,)


# --- reading: round trips ----------------------------------------------------------------------


@settings(max_examples=60)
@given(text=st.text(BASE45, min_size=1, max_size=200), level=st.sampled_from(LEVELS))
def test_alphanumeric_texts_come_back_with_every_space(text: str, level: str) -> None:
    assert read_codes(make_qr(text, level=level).to_png()) == (text,)


@settings(max_examples=60)
@given(text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=100))
def test_other_texts_come_back_as_unicode(text: str) -> None:
    assert read_codes(make_qr(text).to_png()) == (text,)


@pytest.mark.parametrize("text", [" HC1: A ", "   ", "HC1:AB  CD ", "0", " "])
def test_spaces_at_the_ends_survive(text: str) -> None:
    assert read_codes(make_qr(text).to_png()) == (text,)


def test_the_longest_text_of_each_level_is_read() -> None:
    for level, limit in ALPHANUMERIC_CAPACITY.items():
        text = certificate_like(limit)
        assert read_codes(make_qr(text, level=level).to_png(scale=3)) == (text,)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_a_turned_and_blurred_code_is_read(scale: int) -> None:
    # At 200 dpi a scale of 3 is 34 mm wide; 2 is a third less and needs the second attempt.
    text = certificate_like()
    code = make_qr(text)
    assert code.size_mm(scale=3, dpi=200) == pytest.approx(35, abs=1.2)
    image = opened(code.to_png(scale=scale, dpi=200)).convert("L")
    turned = image.rotate(7, expand=True, fillcolor=255).filter(ImageFilter.GaussianBlur(1))
    assert read_codes(saved(turned)) == (text,)


def test_a_printed_code_of_at_least_35_mm_is_read_turned_and_blurred() -> None:
    text = certificate_like()
    code = make_qr(text)
    scale = code.scale_for(width_mm=35, dpi=200)
    image = opened(code.to_png(scale=scale, dpi=200)).convert("L")
    turned = image.rotate(7, expand=True, fillcolor=255).filter(ImageFilter.GaussianBlur(1))
    assert read_codes(saved(turned)) == (text,)


def test_each_attempt_reads_what_the_one_before_cannot() -> None:
    text = certificate_like()
    blurred = drawn(text, scale=2).rotate(7, expand=True, fillcolor=255)
    blurred = blurred.filter(ImageFilter.GaussianBlur(1))
    assert scan._texts(scan._as_it_is(blurred)) == ()
    assert scan._texts(scan._sharpened(blurred)) == (text,)
    noisy = saved(spoilt(drawn(text, scale=3)))
    grey = opened(noisy)
    assert scan._texts(scan._as_it_is(grey)) == scan._texts(scan._sharpened(grey)) == ()
    assert scan._texts(scan._smoothed(grey)) == (text,)
    assert read_codes(noisy) == (text,)


def spoilt(image: Image.Image) -> Image.Image:
    """Add noise, the same every time."""
    rng = random.Random(3)
    noisy = (min(255, max(0, v * 3 // 4 + 32 + int(rng.gauss(0, 80)))) for v in image.tobytes())
    return Image.frombytes("L", image.size, bytes(noisy))


@pytest.mark.parametrize("turn", [90, 180, 270, 45])
def test_a_code_is_read_at_any_angle(turn: int) -> None:
    text = certificate_like()
    image = drawn(text, scale=4).rotate(turn, expand=True, fillcolor=255)
    assert read_codes(saved(image)) == (text,)


def test_light_on_dark_and_mirrored_codes_are_read() -> None:
    text = certificate_like()
    assert read_codes(saved(ImageOps.invert(drawn(text)))) == (text,)
    assert read_codes(saved(ImageOps.mirror(drawn(text)))) == (text,)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_every_kind_of_png_pixels_is_read(mode: str) -> None:
    text = certificate_like()
    image = drawn(text)
    if mode == "I;16":  # grey of 16 bits: dark 20 % and light 80 %, both beyond 8 bits
        wide = b"".join(b"\xcc\xcc" if v else b"\x33\x33" for v in image.tobytes())
        image = Image.frombytes("I;16", image.size, wide)
    else:
        image = image.convert(mode)
    assert read_codes(saved(image)) == (text,)


@pytest.mark.parametrize("ink", [0, 255])
def test_a_code_drawn_on_nothing_is_read(ink: int) -> None:
    text = certificate_like()
    ground = drawn(text)
    if ink:  # a light code for a dark page
        ground = ImageOps.invert(ground)
    alpha = ground.point([255 if v == ink else 0 for v in range(256)])
    image = Image.merge("LA", (Image.new("L", ground.size, ink), alpha))
    assert read_codes(saved(image)) == (text,)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpegs_are_read_whatever_their_name(mode: str, progressive: bool) -> None:
    text = certificate_like()
    image = drawn(text).convert(mode)
    assert read_codes(saved(image, "JPEG", quality=40, progressive=progressive)) == (text,)


# --- reading: several codes --------------------------------------------------------------------


def pasted(places: dict[tuple[int, int], str], size: tuple[int, int]) -> Image.Image:
    page = Image.new("L", size, 255)
    for place, text in places.items():
        page.paste(drawn(text), place)
    return page


def test_codes_are_returned_in_reading_order_each_once() -> None:
    # Side by side but not level to the pixel: the right one of the first row sits higher.
    page = pasted(
        {
            (20, 430): "FOURTH",
            (300, 5): "SECOND",
            (20, 25): "FIRST",
            (150, 220): "THIRD",
            (420, 430): "FIRST",
        },
        (560, 600),
    )
    assert read_codes(saved(page)) == ("FIRST", "SECOND", "THIRD", "FOURTH")


# Its successor is missing in the oldest release we support.
made_by_zxing = pytest.mark.filterwarnings("ignore:write_barcode:DeprecationWarning")


def other_code(kind: str, text: str) -> Image.Image:
    made = memoryview(zxingcpp.write_barcode(getattr(zxingcpp.BarcodeFormat, kind), text, 200, 200))
    assert made.shape is not None
    height, width = made.shape
    return Image.frombytes("L", (width, height), made.tobytes())


@made_by_zxing
def test_other_bar_codes_in_the_picture_are_passed_over() -> None:
    page = pasted({(20, 20): "HC1:ABC"}, (700, 400))
    page.paste(other_code("Code128", "SOMETHING ELSE"), (200, 20))
    assert len(zxingcpp.read_barcodes(page)) == 2
    assert read_codes(saved(page)) == ("HC1:ABC",)


@made_by_zxing
def test_a_picture_of_only_another_bar_code_holds_nothing_for_us() -> None:
    page = Image.new("L", (700, 400), 255)
    page.paste(other_code("Code128", "SOMETHING ELSE"), (100, 100))
    assert "no QR or Aztec code" in reason_of(saved(page))


@made_by_zxing
def test_aztec_codes_are_read() -> None:
    page = Image.new("L", (400, 400), 255)
    page.paste(other_code("Aztec", "HC1:A B  C "), (100, 100))
    assert read_codes(saved(page)) == ("HC1:A B  C ",)


def test_more_codes_than_anyone_needs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(pasted({(10 + 120 * n, 10): f"CODE {n}" for n in range(3)}, (400, 130)))
    assert read_codes(data) == ("CODE 0", "CODE 1", "CODE 2")
    monkeypatch.setattr(scan, "MAX_CODES", 2)
    assert reason_of(data) == "more than 2 codes found"


# --- reading: what others drew -----------------------------------------------------------------


def test_the_national_samples_read_as_published(shared_vectors: Callable[[str], Path]) -> None:
    folder = shared_vectors("dcc-quality-assurance")
    codes = json.loads((folder / "codes.json").read_text(encoding="utf-8"))
    by_name = {path.replace("/", "_"): text for path, text in codes.items()}
    pictures = sorted((folder / "pictures").iterdir())
    wrong = [p.name for p in pictures if read_codes(p.read_bytes()) != (by_name[p.name],)]
    assert not wrong
    assert len(pictures) >= 31


def test_the_pictures_of_the_eu_test_data_read_as_expected(
    shared_vectors: Callable[[str], Path],
) -> None:
    read = refused = 0
    for path in sorted(shared_vectors("dgc-testdata").glob("*/2DCode/raw/*.json")):
        vector = json.loads(path.read_text(encoding="utf-8"))
        if "2DCODE" not in vector:
            continue
        data = base64.b64decode(vector["2DCODE"])
        if vector["EXPECTEDRESULTS"].get("EXPECTEDPICTUREDECODE", True):
            assert read_codes(data) == (vector["PREFIX"],), path.name
            read += 1
        else:
            reason_of(data)
            refused += 1
    assert read >= 36
    assert refused >= 1


def test_the_first_published_sample_is_read(shared_vectors: Callable[[str], Path]) -> None:
    (text,) = read_codes((shared_vectors("hcert-testdata") / "test1.png").read_bytes())
    assert text.startswith("HC1:")


# --- reading: refusals -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [b"GIF89a\x01\x00\x01\x00", b"HC1:NCF", b"RIFF\x00\x00\x00\x00WEBP", b"II*\x00", b"\x00"],
)
def test_other_kinds_of_file_are_refused(data: bytes) -> None:
    assert reason_of(data) == "expected a PNG, a JPEG or a PDF, found something else"
    with pytest.raises(PictureError, match="expected a PNG"):
        scan.open_picture(data)


def test_an_empty_file_is_refused() -> None:
    assert reason_of(b"") == "the file is empty"


@pytest.mark.parametrize("data", ["HC1:", None, bytearray(b"x")])
def test_only_bytes_are_a_file(data: Any) -> None:
    with pytest.raises(TypeError, match="bytes"):
        read_codes(data)


def test_a_file_beyond_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(drawn("A"))
    monkeypatch.setattr(picture, "MAX_FILE_BYTES", len(data))
    assert read_codes(data) == ("A",)
    monkeypatch.setattr(picture, "MAX_FILE_BYTES", len(data) - 1)
    assert reason_of(data) == f"the file has {len(data)} bytes; at most {len(data) - 1} are read"


def test_a_picture_without_a_code_is_refused() -> None:
    assert "no QR or Aztec code" in reason_of(saved(Image.new("L", (50, 50), 255)))
    assert "no QR or Aztec code" in reason_of(saved(Image.effect_noise((200, 200), 60)))


def png_claiming(width: int, height: int) -> bytes:
    """A well-formed PNG header with hardly any pixels behind it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))
        )

    header = struct.pack(">LLBBBBB", width, height, 1, 0, 0, 0, 0)
    start = scan.PNG_START + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", zlib.compress(bytes(64))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(60_000, 60_000), (2**31 - 1, 2**31 - 1), (50_000_001, 1)])
def test_a_png_that_claims_too_many_pixels_is_refused_undecoded(size: tuple[int, int]) -> None:
    assert "large; at most 50,000,000 are read" in reason_of(png_claiming(*size))


def test_a_jpeg_that_claims_too_many_pixels_is_refused_undecoded() -> None:
    data = bytearray(saved(drawn("A"), "JPEG"))
    at = data.index(b"\xff\xc0") + 5  # SOF0: length, precision, then height and width
    data[at : at + 4] = b"\xff\xff\xff\xff"
    assert "65535 x 65535 pixels large" in reason_of(bytes(data))


def test_a_png_with_fewer_pixels_than_it_claims_shows_no_code() -> None:
    assert "no QR or Aztec code" in reason_of(png_claiming(500, 500))


def test_a_second_attempt_enlarges_small_pictures_only() -> None:
    sizes = {side: scan._sharpened(Image.new("L", (side, side))).size[0] for side in (600, 900)}
    assert sizes == {600: 1800, 900: 1800}
    assert scan._sharpened(Image.new("L", (1500, 1500))).size == (1500, 1500)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_cut_anywhere_is_refused(kind: str) -> None:
    data = saved(drawn(certificate_like()), kind)
    for length in range(8, len(data) - 200, len(data) // 50):
        assert "damaged" in reason_of(data[:length])


@pytest.mark.parametrize("start", [scan.PNG_START, scan.JPEG_START])
@given(rest=st.binary(max_size=300))
def test_anything_behind_a_known_start_ends_in_a_picture_error(start: bytes, rest: bytes) -> None:
    assert reason_of(start + rest)


@settings(max_examples=200)
@given(
    kind=st.sampled_from(["PNG", "JPEG"]),
    at=st.floats(0, 1, exclude_max=True),
    by=st.binary(min_size=1, max_size=8),
)
def test_a_spoilt_picture_ends_in_a_result_or_a_picture_error(
    kind: str, at: float, by: bytes
) -> None:
    data = bytearray(SPOILT[kind])
    place = int(at * len(data))
    data[place : place + len(by)] = by
    outcome = outcome_of(read_codes, bytes(data))
    assert outcome == ("SECRET",) or "SECRET" not in str(outcome)


SPOILT = {kind: saved(drawn("SECRET"), kind) for kind in ("PNG", "JPEG")}


def test_a_jpeg_with_a_damaged_exif_block_is_refused_even_if_warnings_are_errors() -> None:
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x1a\x01\x05\0\xff\xff\xff\0\xff\xff\0\0\0\0\0\0"
    plain = saved(drawn("HC1:A"), "JPEG")
    at = plain.index(b"\xff\xdb")  # in place of the JFIF block
    segment = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    assert reason_of(plain[:2] + segment + plain[at:]) == "the picture's header is damaged"


def test_a_jpeg_with_endless_scans_is_refused_undecoded() -> None:
    data = saved(drawn("HC1:A"), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    few = data[:-2] + last * 20 + data[-2:]
    assert read_codes(few) == ("HC1:A",)
    assert reason_of(data[:-2] + last * 100 + data[-2:]) == "the JPEG has more than 100 scans"


# --- reading: large pictures, in the helper process --------------------------------------------


def test_a_large_photograph_is_read() -> None:
    page = Image.new("L", (1500, 1100), 200)
    page.paste(drawn("HC1:A B "), (900, 700))
    assert read_codes(saved(page, "JPEG")) == ("HC1:A B ",)


def test_a_large_picture_without_a_code_says_why_like_a_small_one() -> None:
    assert "no QR or Aztec code" in reason_of(saved(Image.new("1", (1001, 1000), 1)))


def corner_marks(side: int) -> bytes:
    """A picture full of what looks like the corner marks of codes: slow to search."""
    mark = Image.new("1", (9, 9), 1)
    for size, ink in ((7, 0), (5, 1), (3, 0)):
        mark.paste(ink, (4 - size // 2, 4 - size // 2, 5 + size // 2, 5 + size // 2))
    tiled = Image.new("1", (side, side), 1)
    for y in range(0, side, 9):
        for x in range(0, side, 9):
            tiled.paste(mark, (x, y))
    return saved(tiled)


def test_a_picture_that_is_slow_on_purpose_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "HELPER_SECONDS", 1)
    assert reason_of(corner_marks(4500)) in (
        "reading it took more than 1 seconds",
        "the reader failed on this file",  # the system's own limit came first
    )


def test_a_helper_that_fails_is_a_picture_error(monkeypatch: pytest.MonkeyPatch) -> None:
    large = saved(Image.new("1", (1001, 1000), 1))
    monkeypatch.setattr(picture, "_HELPER", "import os; os.abort()")
    assert reason_of(large) == "the reader failed on this file"
    monkeypatch.setattr(picture, "_HELPER", "print('no JSON')")
    assert reason_of(large) == "the reader failed on this file"
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    assert reason_of(large) == "the reader failed on this file"


@pytest.mark.parametrize(("name", "value"), [("executable", ""), ("frozen", True)])
def test_without_an_interpreter_large_pictures_are_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    monkeypatch.setattr(sys, name, value, raising=False)
    assert "need a Python interpreter" in reason_of(saved(Image.new("1", (1001, 1000), 1)))
    assert read_codes(saved(drawn("A"))) == ("A",)


def test_the_helper_runs_out_of_memory_before_the_machine_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(picture, "HELPER_MEMORY_BYTES", 300 * 1024 * 1024)
    reason = reason_of(saved(Image.new("RGBA", (7000, 7000))))
    assert reason in ("reading it needs too much memory", "the reader failed on this file")


def test_the_answer_of_the_helper_is_json() -> None:
    assert json.loads(scan.answer(saved(drawn("A ")))) == {"texts": ["A "]}
    assert json.loads(scan.answer(SPOILT["PNG"][:-40])) == {
        "reason": "the picture is truncated or damaged"
    }


def test_the_helper_says_when_memory_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr(scan, "open_picture", full)
    assert json.loads(scan.answer(SPOILT["PNG"])) == {"reason": "reading it needs too much memory"}


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
def test_the_helper_goes_on_where_a_limit_cannot_be_set(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    import resource

    asked = []

    def refuse(limit: int, values: tuple[int, int]) -> None:
        asked.append((limit, values))
        raise ValueError

    monkeypatch.setattr(resource, "setrlimit", refuse)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SPOILT["PNG"])))
    scan.main(7, 10**9)
    assert json.loads(capsysbinary.readouterr().out) == {"texts": ["SECRET"]}
    assert asked == [(resource.RLIMIT_CPU, (7, 7)), (resource.RLIMIT_AS, (10**9, 10**9))]


# --- reading: documents ------------------------------------------------------------------------


needs_pdf = pytest.mark.usefixtures("pdf_reader")


@pytest.fixture
def pdf_reader() -> None:
    pytest.importorskip("pypdfium2")


def pdf_of(*bodies: str, trailer: str = "") -> bytes:
    """A PDF of the given objects, numbered from 1; the first is the catalogue."""
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    end = (
        f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}"
        f"trailer<</Size {len(bodies) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{len(out)}\n%%EOF"
    )
    return out + end.encode()


def page_of(code: QrCode, unit: float, media: str) -> bytes:
    """A page with a code drawn as squares of ``unit`` points, as reporting tools draw it."""
    side = code.modules
    squares = "".join(
        f"{(x + 4) * unit} {(side + 4 - y) * unit} {unit} {-unit} re "
        for y, row in enumerate(code.matrix)
        for x, dark in enumerate(row)
        if dark
    )
    content = f"{squares}f"
    return pdf_of(
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[{media}]/Contents 4 0 R>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
    )


A4 = "0 0 595 842"


@needs_pdf
@pytest.mark.parametrize(
    ("unit", "media"),
    [
        (1.5, A4),
        (0.4, A4),  # a module is about one pixel at 200 dpi: read at 400
        (0.3, "0 0 40 40"),  # a page that is nothing but the code, 14 mm wide
        (100.0, "0 0 14000 14000"),  # a page of five metres
    ],
)
def test_a_code_drawn_on_a_page_is_read(unit: float, media: str) -> None:
    text = certificate_like()
    assert read_codes(page_of(make_qr(text), unit, media)) == (text,)


@needs_pdf
def test_all_pages_are_read_in_order_each_text_once() -> None:
    first, second = drawn("FIRST PAGE"), drawn("SECOND PAGE")
    data = saved(first, "PDF", save_all=True, append_images=[second, first])
    assert read_codes(data) == ("FIRST PAGE", "SECOND PAGE")
    assert scan.document_texts(data) == ("FIRST PAGE", "SECOND PAGE")


@needs_pdf
def test_a_pdf_may_begin_after_other_bytes() -> None:
    data = page_of(make_qr("A"), 3, A4)
    assert read_codes(b"\r\n" * 40 + data) == ("A",)
    assert "something else" in reason_of(b"\n" * 2000 + data)


EMPTY_PAGE = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>"


def blank_pages(count: int) -> bytes:
    kids = " ".join(f"{number} 0 R" for number in range(3, 3 + count))
    return pdf_of(
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {count}>>",
        *[EMPTY_PAGE] * count,
    )


LOCKED = "/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{0}>/U<{0}>>>/ID[<00><00>]".format("41" * 32)


@needs_pdf
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-", "the PDF is damaged or has no pages"),
        (b"%PDF-1.7\n" + b"\xff" * 5000, "the PDF is damaged or has no pages"),
        (blank_pages(0), "the PDF is damaged or has no pages"),
        (blank_pages(1), "no QR or Aztec code found on the pages of the PDF"),
        (blank_pages(21), "the PDF has 21 pages; at most 20 are read"),
        (
            pdf_of("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 0>>", trailer=LOCKED),
            "the PDF is locked with a password",
        ),
    ],
    ids=["start only", "garbage", "no page", "blank page", "21 pages", "password"],
)
def test_a_pdf_that_cannot_be_used_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    assert reason_of(data) == reason
    assert json.loads(scan.answer(data)) == {"reason": reason}


@needs_pdf
def test_a_pdf_with_more_codes_than_anyone_needs_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = saved(drawn("FIRST"), "PDF", save_all=True, append_images=[drawn("SECOND")])
    monkeypatch.setattr(scan, "MAX_CODES", 1)
    with pytest.raises(PictureError, match="more than 1 codes"):
        scan.document_texts(data)


@needs_pdf
def test_a_pdf_of_nested_forms_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    # Ten times ten times ... twelve deep: a million million squares from three kilobytes.
    tenfold = "/X Do " * 10
    forms = [
        "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]"
        f"/Resources<</XObject<</X {number + 1} 0 R>>>>/Length {len(tenfold)}>>"
        f"stream\n{tenfold}\nendstream"
        for number in range(5, 17)
    ]
    data = pdf_of(
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R"
        "/Resources<</XObject<</X 5 0 R>>>>>>",
        f"<</Length {len(tenfold)}>>stream\n{tenfold}\nendstream",
        *forms,
        "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 12>>stream\n0 0 9 9 re f\nendstream",
    )
    monkeypatch.setattr(picture, "HELPER_SECONDS", 2)
    assert reason_of(data) in (
        "reading it took more than 2 seconds",
        "the reader failed on this file",
    )


@needs_pdf
@settings(max_examples=100)
@given(at=st.floats(0, 1, exclude_max=True), by=st.binary(min_size=1, max_size=30))
def test_a_spoilt_pdf_ends_in_a_result_or_a_picture_error(at: float, by: bytes) -> None:
    data = bytearray(PDF)
    place = int(at * len(data))
    data[place : place + len(by)] = by
    outcome = outcome_of(scan.document_texts, bytes(data))
    assert outcome == ("SECRET",) or "SECRET" not in str(outcome)


PDF = page_of(make_qr("SECRET", level="H"), 3, "0 0 200 200")


# --- without the extra -------------------------------------------------------------------------


def read_a_pdf() -> object:
    return read_codes(PDF)


@pytest.mark.parametrize(
    ("package", "use"),
    [
        ("segno", lambda: make_qr("A")),
        ("PIL", lambda: read_codes(SPOILT["PNG"])),
        ("zxingcpp", lambda: read_codes(SPOILT["PNG"])),
        ("PIL", lambda: read_codes(PDF)),
        ("pypdfium2", lambda: read_codes(PDF)),
        ("pypdfium2", lambda: scan.document_texts(PDF)),
        ("zxingcpp", read_a_pdf),
    ],
)
def test_a_missing_package_is_answered_with_the_command_to_install_it(
    monkeypatch: pytest.MonkeyPatch, package: str, use: Callable[[], object]
) -> None:
    if package == "zxingcpp" and use is read_a_pdf:
        pytest.importorskip("pypdfium2")  # else that one is missed first
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModuleNotFoundError) as caught:
        use()
    assert str(caught.value) == "pip install 'vnvaxcert[qr]'"
    assert caught.value.name == package


def test_importing_the_modules_imports_none_of_the_packages() -> None:
    script = (
        "import sys, vnvaxcert.render.picture, vnvaxcert.render.qr, vnvaxcert.render.scan\n"
        "print({'PIL', 'segno', 'zxingcpp', 'pypdfium2', 'subprocess'} & sys.modules.keys())"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_a_small_picture_in_a_large_file_is_read_by_the_second_process() -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return len(content).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)

    drawn = make_qr("HELLO").to_png(scale=4)
    at = drawn.index(b"IDAT") - 4
    filling = chunk(b"tEXt", b"a\0" + bytes(1 << 20)) * 3
    large = drawn[:at] + filling + drawn[at:]
    assert len(large) > picture.MAX_BYTES_IN_PROCESS
    assert picture.read_codes(large) == ("HELLO",)
