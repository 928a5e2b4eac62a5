"""QR codes, read: the codes in a PNG, a JPEG or on the pages of a PDF.

A picture is hostile input like any other. What is small is read here; what could keep the
native readers busy without end (a large picture, any PDF) is read by a second Python process
with a limit on its time and memory, so that every call ends.
"""

from __future__ import annotations

import sys
from typing import Final

from vnvaxcert.errors import PictureError
from vnvaxcert.render import scan
from vnvaxcert.render.extra import not_installed

# A photograph of 48 million pixels has 10 to 20 MB, a scanned document less.
MAX_FILE_BYTES: Final = 32 * 1024 * 1024
# The search for codes takes time in the square of what looks like a corner mark: filled with
# them, a million pixels take a second in all attempts, ten million a minute, forty an hour.
MAX_PIXELS_IN_PROCESS: Final = 1_000_000
# Bytes that make no pixels take time too: 20 MB of filling in a small JPEG take 11 seconds.
MAX_BYTES_IN_PROCESS: Final = 2 * 1024 * 1024
# A photograph of 48 million pixels takes 2 to 6 seconds, a page of a PDF a third of one.
HELPER_SECONDS: Final = 30
# 48 million pixels in colour with transparency were measured to need 0.6 GB.
HELPER_MEMORY_BYTES: Final = 1536 * 1024 * 1024

_PDF_START = b"%PDF-"
_PDF_START_WITHIN = 1024  # bytes of other matter may come first: ISO 32000-1, annex H.3, note 13

# The helper must import what we would, so it is given our path; -I keeps the surroundings out.
_HELPER = (
    "import json, sys\n"
    "sys.path[:], seconds, memory = json.loads(sys.stdin.buffer.readline())\n"
    "from vnvaxcert.render.scan import main\n"
    "main(seconds, memory)\n"
)


def read_codes(data: bytes) -> tuple[str, ...]:
    """Return the texts of all QR and Aztec codes in a picture or document.

    The kind of file is recognised by its content, whatever it is called. Small pictures take
    milliseconds; a picture above `MAX_PIXELS_IN_PROCESS` pixels or `MAX_BYTES_IN_PROCESS` bytes,
    and every PDF, is read by a second process and takes some tenths of a second more.

    Args:
        data: The file: PNG, JPEG or PDF, at most `MAX_FILE_BYTES` bytes. Of a PDF each page is
            drawn; it must open without a password.

    Returns:
        The texts, at least one, character by character as encoded (spaces at the ends too), in
        reading order: pages in order, in each from the top down and from left to right. A text
        shown twice comes once. Nothing is known of them yet: pass them to ``verify``.

    Raises:
        PictureError: the file is of another kind, damaged, truncated, locked with a password,
            beyond a bound of this module or of `vnvaxcert.render.scan`, or shows no code.
        TypeError: ``data`` is not bytes.
        ModuleNotFoundError: the extra ``qr`` is not installed.

    Spec: HCERT §4.2.2; ISO/IEC 18004; ISO/IEC 24778.
    """
    if not isinstance(data, bytes):
        raise TypeError("a picture is given as bytes")
    if not data:
        raise PictureError("the file is empty")
    if len(data) > MAX_FILE_BYTES:
        raise PictureError(f"the file has {len(data)} bytes; at most {MAX_FILE_BYTES} are read")
    if data.startswith((scan.PNG_START, scan.JPEG_START)):
        if len(data) > MAX_BYTES_IN_PROCESS:
            _require("PIL")
            return _read_in_helper(data)
        image = scan.open_picture(data)
        if image.width * image.height <= MAX_PIXELS_IN_PROCESS:
            return scan.picture_texts(image)
        return _read_in_helper(data)
    if _PDF_START in data[:_PDF_START_WITHIN]:
        _require("PIL", "pypdfium2")
        return _read_in_helper(data)
    raise PictureError("expected a PNG, a JPEG or a PDF, found something else")


def _require(*packages: str) -> None:
    """Raise if a package is missing, without importing it: the helper process will."""
    from importlib.util import find_spec

    for package in (*packages, "zxingcpp"):
        if find_spec(package) is None:
            raise not_installed(package)


def _read_in_helper(data: bytes) -> tuple[str, ...]:
    import json
    import subprocess

    _require()
    if not sys.executable or getattr(sys, "frozen", False):
        # A frozen program is no interpreter: starting it again would start the program.
        raise PictureError("PDFs and large pictures need a Python interpreter to read them with")
    setting = json.dumps([sys.path, HELPER_SECONDS, HELPER_MEMORY_BYTES]).encode()
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _HELPER],
            input=setting + b"\n" + data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=HELPER_SECONDS,
            check=True,
        )
        found = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise PictureError(f"reading it took more than {HELPER_SECONDS} seconds") from error
    except (OSError, subprocess.CalledProcessError, ValueError) as error:
        raise PictureError("the reader failed on this file") from error
    if "reason" in found:
        raise PictureError(found["reason"])
    return tuple(found["texts"])
