"""QR codes, written: ISO/IEC 18004 with the choices of HCERT §4.2.2, and of VDS-NC for seals.

A text of the alphanumeric set is always written in alphanumeric mode, as HCERT demands; any
other text (VDS-NC is JSON) as its UTF-8 bytes. The symbol is the smallest version that holds the
text at the asked level, and the level is never raised silently: what was asked is what is drawn.
Nor is anything left out of a text that does not fit: it is refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from vnvaxcert.errors import QrTooLargeError
from vnvaxcert.render.extra import not_installed

if TYPE_CHECKING:
    import segno

Level = Literal["L", "M", "Q", "H"]

# ISO/IEC 18004:2015, table 7: what version 40 holds at each level of error correction.
ALPHANUMERIC_CAPACITY: Final[dict[Level, int]] = {"L": 4296, "M": 3391, "Q": 2420, "H": 1852}
BYTE_CAPACITY: Final[dict[Level, int]] = {"L": 2953, "M": 2331, "Q": 1663, "H": 1273}

# ISO/IEC 18004:2015, table 5: the characters that alphanumeric mode can write. Base45 uses them.
ALPHANUMERIC: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")

_LEVEL: Final = "Q"  # HCERT §4.2.2
_SEAL_LEVEL: Final = "M"  # as Australia prints seals; three doses do not fit at level Q
_STARTS_OF_SEALS: Final = ("{", "[")

QUIET_ZONE: Final = 4  # modules on each side, ISO/IEC 18004 §6.3.8
DIAGONAL_MM: Final = (35.0, 60.0)  # what HCERT §4.2.2 recommends for the symbol's diagonal
MAX_SCALE: Final = 64  # pixels per module: version 40 is then 12,352 pixels wide, 19 MB of bits
MAX_DPI: Final = 10_000  # pixels per inch; image setters for film end at half of that

_MM_PER_INCH = 25.4
# Black on white from the fixed part of the 256 colours: a theme may change the first sixteen.
_BLACK_ON_WHITE = "\x1b[38;5;16;48;5;231m"
_RESET = "\x1b[0m"
_HALF_BLOCKS = " \u2580\u2584\u2588"  # by upper module + 2 * lower module
_DEFAULT_TITLE = "QR code"


def _check_level(level: str) -> Level:
    if level not in ALPHANUMERIC_CAPACITY:
        raise ValueError("the error correction level must be 'L', 'M', 'Q' or 'H'")
    return level


def _check_whole(name: str, value: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be a whole number")
    if not 1 <= value <= most:
        raise ValueError(f"{name} must be 1 to {most}")
    return value


def _check_positive(name: str, value: float) -> float:
    if not (value > 0 and math.isfinite(value)):
        raise ValueError(f"{name} must be a positive number")
    return value


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code, ready to be drawn; made by `make_qr`.

    Sizes in millimetres are those of the symbol alone, without its quiet zone, as HCERT §4.2.2
    counts them, unless a name says otherwise. The drawings all include the quiet zone.

    Attributes:
        version: 1 to 40, ISO/IEC 18004 §6.3; decides the number of modules.
        level: Error correction, ``"L"``, ``"M"``, ``"Q"`` or ``"H"``.
        mode: ``"alphanumeric"`` or ``"byte"``.
        matrix: The modules by rows from the top, without quiet zone: one byte each, 1 is dark.
    """

    version: int
    level: Level
    mode: Literal["alphanumeric", "byte"]
    matrix: tuple[bytes, ...] = field(repr=False)
    _symbol: segno.QRCode = field(repr=False, compare=False)

    @property
    def modules(self) -> int:
        """Modules along one side, without quiet zone: 21 (version 1) to 177 (version 40)."""
        return len(self.matrix)

    @property
    def modules_with_quiet_zone(self) -> int:
        """Modules along one side of every drawing: `modules` and four more on each side."""
        return self.modules + 2 * QUIET_ZONE

    def size_mm(self, *, scale: int, dpi: float) -> float:
        """Return the side of the symbol in mm, without quiet zone.

        Args:
            scale: Pixels per module, 1 to `MAX_SCALE`.
            dpi: Pixels per inch of the printer or screen, above 0.

        Raises:
            TypeError: ``scale`` is no whole number.
            ValueError: ``scale`` or ``dpi`` is out of range.
        """
        pixels = self.modules * _check_whole("scale", scale, MAX_SCALE)
        return pixels * _MM_PER_INCH / _check_positive("dpi", dpi)

    def size_with_quiet_zone_mm(self, *, scale: int, dpi: float) -> float:
        """Return the side of the whole drawing in mm: the room it needs on the paper.

        Args and errors as for `size_mm`.
        """
        return self.size_mm(scale=scale, dpi=dpi) * self.modules_with_quiet_zone / self.modules

    def diagonal_mm(self, *, scale: int, dpi: float) -> float:
        """Return the symbol's diagonal in mm, which should lie within `DIAGONAL_MM`.

        Args and errors as for `size_mm`.

        Spec: HCERT §4.2.2.
        """
        return self.size_mm(scale=scale, dpi=dpi) * math.sqrt(2)

    def scale_for(self, *, width_mm: float, dpi: float) -> int:
        """Return the smallest scale that makes the symbol at least ``width_mm`` wide.

        Only whole pixels per module: a symbol stretched by a fraction has uneven modules. The
        real width is `size_mm` at this scale, up to ``modules / dpi`` inches above the wish.

        Args:
            width_mm: Wished width of the symbol in mm, without quiet zone, above 0.
            dpi: Pixels per inch of the printer or screen, above 0.

        Returns:
            Pixels per module, 1 to `MAX_SCALE`.

        Raises:
            ValueError: an argument is not positive, or the scale would be above `MAX_SCALE`.
        """
        pixels = _check_positive("width_mm", width_mm) * _check_positive("dpi", dpi) / _MM_PER_INCH
        per_module = pixels / self.modules
        if per_module > MAX_SCALE:
            raise ValueError(f"this width needs more than {MAX_SCALE} pixels per module")
        # A width that came from size_mm must give its scale back despite rounding.
        return max(1, math.ceil(per_module - 1e-9))

    def to_png(self, *, scale: int = 4, dpi: int | None = None) -> bytes:
        """Return a PNG, one bit per pixel, with quiet zone.

        Args:
            scale: Pixels per module, 1 to `MAX_SCALE`.
            dpi: Pixels per inch, 1 to `MAX_DPI`, written into the file (its ``pHYs`` chunk, as
                whole pixels per metre), so that it is printed at `size_mm`; None leaves the
                size to the program that prints.

        Raises:
            TypeError: ``scale`` or ``dpi`` is no whole number.
            ValueError: ``scale`` or ``dpi`` is out of range.
        """
        import io

        _check_whole("scale", scale, MAX_SCALE)
        if dpi is not None:
            _check_whole("dpi", dpi, MAX_DPI)
        out = io.BytesIO()
        self._symbol.save(out, kind="png", scale=scale, border=QUIET_ZONE, dpi=dpi)
        return out.getvalue()

    def to_svg(self, *, width_mm: float | None = None, title: str = _DEFAULT_TITLE) -> str:
        """Return a standalone SVG document: white ground, one path of dark runs, quiet zone.

        Args:
            width_mm: Width of the symbol in mm, without quiet zone; the document's own width
                and height are larger by the quiet zone. None leaves the size to the page.
            title: Read aloud to people who do not see the picture. Name no person in it unless
                the picture may be seen as personal data.

        Raises:
            ValueError: ``width_mm`` is not positive.

        Spec: SVG 1.1 §5.4 (title), §7.7 (viewBox), §11.7.3 (crisp edges).
        """
        side = self.modules_with_quiet_zone
        size = ""
        if width_mm is not None:
            mm = _check_positive("width_mm", width_mm) * side / self.modules
            size = f' width="{mm:.3f}mm" height="{mm:.3f}mm"'
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<svg xmlns="http://www.w3.org/2000/svg"{size} viewBox="0 0 {side} {side}" '
            'role="img" shape-rendering="crispEdges">'
            f"<title>{_xml_text(title)}</title>"
            f'<rect width="{side}" height="{side}" fill="#fff"/>'
            f'<path fill="#000" d="{self._path()}"/></svg>\n'
        )

    def to_terminal(self) -> str:
        """Return lines for a terminal of 256 colours, two rows of modules in each.

        The colours are set, black on white, so that the code scans on a dark terminal as on a
        light one. It is `modules_with_quiet_zone` columns wide; a narrower terminal breaks it.
        """
        side = self.modules_with_quiet_zone
        edge = bytes(QUIET_ZONE)
        blank = [bytes(side)] * QUIET_ZONE
        rows = [*blank, *(edge + row + edge for row in self.matrix), *blank]
        rows.append(bytes(side))  # an odd number of rows: the last line's lower half is white
        lines = (
            "".join(_HALF_BLOCKS[above + 2 * below] for above, below in zip(*pair, strict=True))
            for pair in zip(rows[::2], rows[1::2], strict=True)
        )
        return "".join(f"{_BLACK_ON_WHITE}{line}{_RESET}\n" for line in lines)

    def _path(self) -> str:
        runs: list[str] = []
        for y, row in enumerate(self.matrix, QUIET_ZONE):
            start = row.find(1)
            while start >= 0:
                end = row.find(0, start)
                end = len(row) if end < 0 else end
                runs.append(f"M{start + QUIET_ZONE} {y}h{end - start}v1h{start - end}z")
                start = row.find(1, end)
        return "".join(runs)


def _xml_text(text: str) -> str:
    """Escape a text for XML 1.0; characters that XML cannot hold (§2.2) become U+FFFD."""
    allowed = "".join(
        c
        if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
        else "\ufffd"
        for c in text
    )
    return allowed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def make_qr(text: str, *, level: str | None = None) -> QrCode:
    """Make the QR code of a text, at the smallest version that holds it.

    Args:
        text: What the code says, for a certificate ``"HC1:..."`` or a VDS-NC document. Texts of
            the alphanumeric set are written in alphanumeric mode, others as UTF-8 bytes without
            an ECI.
        level: Error correction ``"L"`` (7 % of the codewords can be restored), ``"M"`` (15 %),
            ``"Q"`` (25 %) or ``"H"`` (30 %). When not given, what the envelope is printed at:
            ``"M"`` for a seal, which begins with ``{`` or ``[``, and ``"Q"``, recommended by
            HCERT, for all else.

    Returns:
        The code, of exactly that level.

    Raises:
        QrTooLargeError: the text is longer than version 40 holds at this level; ``length`` and
            ``limit`` are characters in alphanumeric mode, bytes otherwise.
        TypeError: ``text`` is no text.
        ValueError: ``text`` is empty or has half of a surrogate pair; no such level.
        ModuleNotFoundError: the extra ``qr`` is not installed.

    Spec: HCERT §4.2.2; VDS-NC 1.1; ISO/IEC 18004:2015 §7.3.
    """
    if not isinstance(text, str):
        raise TypeError("a QR code is made of a str")
    if not text:
        raise ValueError("an empty text makes no QR code")
    if level is None:
        level = _SEAL_LEVEL if text.lstrip()[:1] in _STARTS_OF_SEALS else _LEVEL
    chosen = _check_level(level)
    mode: Literal["alphanumeric", "byte"]
    content: str | bytes
    if ALPHANUMERIC.issuperset(text):
        mode, content, limit = "alphanumeric", text, ALPHANUMERIC_CAPACITY[chosen]
    else:
        try:
            content = text.encode()
        except UnicodeEncodeError as error:  # its own text would quote the character
            raise ValueError(f"half a surrogate pair at offset {error.start}") from None
        mode, limit = "byte", BYTE_CAPACITY[chosen]
    if len(content) > limit:
        unit = "bytes" if mode == "byte" else "characters"
        raise QrTooLargeError(len(content), limit, chosen, unit)
    try:
        import segno
    except ModuleNotFoundError as error:
        raise not_installed("segno") from error
    symbol = segno.make_qr(content, error=chosen, mode=mode, boost_error=False)
    return QrCode(
        version=int(symbol.version),
        level=chosen,
        mode=mode,
        matrix=tuple(bytes(row) for row in symbol.matrix),
        _symbol=symbol,
    )
