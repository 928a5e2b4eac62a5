"""The work of reading codes from a picture or a PDF page; `vnvaxcert.render.picture` calls it.

QR (ISO/IEC 18004) is what HCERT §4.2.2 prescribes, and its FAQ allows Aztec (ISO/IEC 24778);
other bar codes in the same picture are passed over. Run as a program (`main`) it reads one file
from standard input: that is how `picture` gives work that cannot be bounded from inside, such as
drawing a hostile PDF, a bound in time and memory.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from vnvaxcert.errors import PictureError
from vnvaxcert.render.extra import not_installed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import zxingcpp
    from PIL import Image

PNG_START: Final = b"\x89PNG\r\n\x1a\n"
JPEG_START: Final = b"\xff\xd8\xff"

# An A4 page scanned at 600 dpi has 34.8 million pixels, a large telephone camera 48 million;
# beyond that a small file can ask for gigabytes (a PNG may claim 60,000 x 60,000).
MAX_PIXELS: Final = 50_000_000
# Every scan of a JPEG visits each of its blocks: 20 bytes cost 10 ms at 16 million pixels.
# Progressive encoders write about ten; an embedded preview and a colour profile may add a few.
MAX_JPEG_SCANS: Final = 100
# A vaccination passport has one or two pages; a family's stays below. Twenty pages without
# a code take six seconds, since each is drawn twice.
MAX_PAGES: Final = 20
# A page at 200 dpi has 3.9 (A4) to 15.5 million pixels (A2).
MAX_PAGE_PIXELS: Final = 16_000_000
# More codes than this in one file is an attack on whoever verifies them all.
MAX_CODES: Final = 100

_PAGE_DPI = (200, 400)  # the second only where the first shows nothing
_POINTS_PER_INCH = 72
_MIN_PAGE_SIDE = 1000  # pixels: a page that is nothing but a code may be a few points wide
_ENLARGED_PIXELS = 4_000_000  # up to here a second attempt may enlarge the picture


def open_picture(data: bytes) -> Image.Image:
    """Open a PNG or JPEG and check its size; its pixels are not decoded yet.

    Args:
        data: The file, told apart by its first bytes.

    Raises:
        PictureError: neither a PNG nor a JPEG, a damaged header, more than `MAX_PIXELS` pixels
            or more than `MAX_JPEG_SCANS` scans.
        ModuleNotFoundError: the extra ``qr`` is not installed.
    """
    import io

    try:
        from PIL import JpegImagePlugin, PngImagePlugin
    except ModuleNotFoundError as error:
        raise not_installed("PIL") from error

    # Not Image.open: it would try other formats, and warn about sizes before we can refuse them.
    image: Image.Image
    try:
        if data.startswith(PNG_START):
            image = PngImagePlugin.PngImageFile(io.BytesIO(data))
        elif data.startswith(JPEG_START):
            if data.count(b"\xff\xda") > MAX_JPEG_SCANS:
                raise PictureError(f"the JPEG has more than {MAX_JPEG_SCANS} scans")
            image = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
        else:
            raise PictureError("expected a PNG, a JPEG or a PDF, found something else")
    except _damage() as error:
        raise PictureError("the picture's header is damaged") from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise PictureError(
            f"the picture is {width} x {height} pixels large; at most {MAX_PIXELS:,} are read"
        )
    return image


def picture_texts(image: Image.Image) -> tuple[str, ...]:
    """Return the texts of the codes in a picture, in reading order, each once.

    Args:
        image: What `open_picture` returned; it is decoded here, once.

    Raises:
        PictureError: the picture is truncated or damaged, shows no code, or shows more than
            `MAX_CODES`.
        ModuleNotFoundError: the extra ``qr`` is not installed.
    """
    try:
        grounds = _flatten(image)
    except _damage() as error:
        raise PictureError("the picture is truncated or damaged") from error
    for attempt in (_as_it_is, _sharpened, _smoothed):
        for ground in grounds:
            found = _texts(attempt(ground))
            if found:
                return found
    raise PictureError(
        "no QR or Aztec code found in the picture: "
        "expected a whole, sharp code with a white margin, at least 2 pixels per module"
    )


def document_texts(data: bytes) -> tuple[str, ...]:
    """Return the texts of the codes on the pages of a PDF, page by page, each once.

    Bounded in pages and pixels, but not in the work a page may ask for: one kilobyte of nested
    forms can draw ten thousand million squares. For input from others call
    `vnvaxcert.render.picture.read_codes`, which runs this under a limit.

    Raises:
        PictureError: no PDF that can be opened without a password, no page, more than
            `MAX_PAGES` pages, no code, or more than `MAX_CODES`.
        ModuleNotFoundError: the extra ``qr`` is not installed.
    """
    import contextlib

    try:
        import pypdfium2 as pdfium
    except ModuleNotFoundError as error:
        raise not_installed("pypdfium2") from error
    try:
        with contextlib.closing(pdfium.PdfDocument(data)) as document:
            if len(document) > MAX_PAGES:
                raise PictureError(
                    f"the PDF has {len(document)} pages; at most {MAX_PAGES} are read"
                )
            for dpi in _PAGE_DPI:
                found: dict[str, None] = {}
                for image in _pages(document, dpi):
                    found.update(dict.fromkeys(_texts(image)))
                    if len(found) > MAX_CODES:
                        raise PictureError(f"more than {MAX_CODES} codes found")
                if found:
                    return tuple(found)
    except pdfium.PdfiumError as error:
        if "password" in str(error):  # releases before 5 tell the cause in words only
            raise PictureError("the PDF is locked with a password") from error
        raise PictureError("the PDF is damaged or has no pages") from error
    raise PictureError("no QR or Aztec code found on the pages of the PDF")


def _pages(document: Any, dpi: int) -> Iterator[Image.Image]:
    """Draw each page in grey, at ``dpi`` as far as the bounds on its pixels allow."""
    for page in document:
        # A page may claim any size, so neither bound may be left to the file.
        width, height = (max(1.0, float(side)) for side in page.get_size())
        scale = max(dpi / _POINTS_PER_INCH, _MIN_PAGE_SIDE / min(width, height))
        scale = min(scale, (MAX_PAGE_PIXELS / (width * height)) ** 0.5)
        yield page.render(scale=scale, grayscale=True).to_pil()
        page.close()


def _damage() -> tuple[type[Exception], ...]:
    """What Pillow's readers raise on damaged files: OSError and its kin, and slips of theirs.

    ``Warning`` because they warn of a damaged EXIF block, and a program may have made warnings
    errors.
    """
    import struct

    return (OSError, SyntaxError, ValueError, EOFError, LookupError, struct.error, Warning)


def _flatten(image: Image.Image) -> list[Image.Image]:
    """Decode into grey pictures without transparency: on white and, where it differs, on black.

    On black because a light code drawn on nothing, for a dark page, vanishes on white.
    """
    from PIL import Image

    if image.mode.startswith("I;16"):
        # Pillow would clip 16-bit grey to 8 bits; the upper byte of each pixel is what we want.
        return [Image.frombytes("L", image.size, image.tobytes()[1::2])]
    if not image.has_transparency_data:
        return [image.convert("L")]
    layered = image.convert("LA")
    grey, alpha = layered.getchannel("L"), layered.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return [grey]
    return [Image.composite(grey, Image.new("L", image.size, ground), alpha) for ground in (255, 0)]


# The attempts, in order. Over 960 drawings damaged by rotation, blur, noise, shadow, low contrast
# or a missing margin the first reads two thirds, the second and third each a twentieth more.


def _as_it_is(grey: Image.Image) -> Image.Image:
    """The first attempt: the reader itself tries turned, inverted and smaller pictures."""
    return grey


def _sharpened(grey: Image.Image) -> Image.Image:
    """The second: blurred codes with two or three pixels per module come apart again."""
    from PIL import Image, ImageFilter

    larger = _enlarged(grey, 3, Image.Resampling.LANCZOS)
    return larger.filter(ImageFilter.UnsharpMask(radius=3, percent=200, threshold=0))


def _smoothed(grey: Image.Image) -> Image.Image:
    """The third: noise and the traces of JPEG compression melt into their modules."""
    from PIL import Image, ImageFilter

    larger = _enlarged(grey, 2, Image.Resampling.BICUBIC)
    return larger.filter(ImageFilter.GaussianBlur(1.5))


def _enlarged(grey: Image.Image, most: int, resampling: Image.Resampling) -> Image.Image:
    width, height = grey.size
    while most > 1 and width * height * most * most > _ENLARGED_PIXELS:
        most -= 1
    return grey.resize((width * most, height * most), resampling) if most > 1 else grey


def _texts(image: Image.Image) -> tuple[str, ...]:
    """Read one picture in grey: texts in reading order, each once, characters untouched."""
    try:
        import zxingcpp
    except ModuleNotFoundError as error:
        raise not_installed("zxingcpp") from error

    formats = zxingcpp.barcode_formats_from_str("QRCode,Aztec")
    # Plain: the readable form would rewrite texts that look like GS1 data.
    codes = zxingcpp.read_barcodes(image, formats=formats, text_mode=zxingcpp.TextMode.Plain)
    texts = dict.fromkeys(code.text for code in _reading_order(codes))
    if len(texts) > MAX_CODES:
        raise PictureError(f"more than {MAX_CODES} codes found")
    return tuple(texts)


def _reading_order(codes: Sequence[zxingcpp.Barcode]) -> list[zxingcpp.Barcode]:
    """Order by rows from the top, and in a row from the left.

    A code belongs to a row if its middle lies above the lower edge of the row's highest code:
    two codes side by side are rarely level to the pixel.
    """

    def box(code: zxingcpp.Barcode) -> tuple[int, int, int]:
        place = code.position
        corners = (place.top_left, place.top_right, place.bottom_left, place.bottom_right)
        return (
            min(corner.y for corner in corners),
            max(corner.y for corner in corners),
            min(corner.x for corner in corners),
        )

    keyed: list[tuple[int, int, zxingcpp.Barcode]] = []
    row, lower_edge = -1, -1
    for (top, bottom, left), code in sorted(
        ((box(code), code) for code in codes), key=lambda item: item[0]
    ):
        if (top + bottom) // 2 > lower_edge:
            row, lower_edge = row + 1, bottom
        keyed.append((row, left, code))
    return [code for _, _, code in sorted(keyed, key=lambda item: item[:2])]


def answer(data: bytes) -> bytes:
    """Read any file: JSON ``{"texts": [...]}``, or ``{"reason": "..."}`` of a PictureError."""
    import json

    try:
        if data.startswith((PNG_START, JPEG_START)):
            texts = picture_texts(open_picture(data))
        else:
            texts = document_texts(data)
    except PictureError as error:
        return json.dumps({"reason": error.reason}).encode()
    except MemoryError:
        return json.dumps({"reason": "reading it needs too much memory"}).encode()
    return json.dumps({"texts": texts}).encode()


def main(seconds: int, memory: int) -> None:
    """Answer for the file on standard input, under limits of its own where the system has them.

    Args:
        seconds: Processor time after which the system ends this process.
        memory: Bytes of address space it may use.
    """
    if sys.platform != "win32":
        import resource

        for limit, value in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, memory)):
            try:
                resource.setrlimit(limit, (value, value))
            except (OSError, ValueError):
                continue  # not on this system, or a lower limit is in force already
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()))
