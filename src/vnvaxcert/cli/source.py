"""INPUT: the texts of QR codes from an argument, standard input, a text file, picture or PDF."""

from __future__ import annotations

import errno
import sys
from typing import BinaryIO, Final, NamedTuple

from vnvaxcert.cli.outcome import CommandError
from vnvaxcert.errors import PictureError
from vnvaxcert.hcert import PREFIX

MAX_INPUT_BYTES: Final = 32 * 1024 * 1024  # as for pictures; as text, some 60,000 codes

JSON_SPACE: Final = " \t\n\r"  # RFC 8259 §2

_PICTURE_STARTS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_PDF_START, _PDF_START_WITHIN = b"%PDF-", 1024  # other bytes may come first (ISO 32000-1, H.3)
_UTF16_STARTS: Final = (b"\xff\xfe", b"\xfe\xff")  # how some shells write text into files
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# An argument is no file if the system says that there is none, or that no file has such a name.
_NO_FILE: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.EINVAL})


class Code(NamedTuple):
    """The text of one code.

    Attributes:
        text: Exactly as read.
        place: Which of several it is, in words, or "" for the only one.
        is_argument: Whether it is the argument itself, because that names no file.
    """

    text: str
    place: str = ""
    is_argument: bool = False


def is_code_text(text: str) -> bool:
    """Whether this can only be the text of a code, and no name of a file.

    It begins with ``HC1:``, or as the JSON of a seal does: an object with a member in it, or an
    array of one. A name such as ``[2] certificate.png`` does not.
    """
    if text.startswith(PREFIX):
        return True
    rest = text.lstrip(JSON_SPACE)
    if rest.startswith("["):
        rest = rest[1:].lstrip(JSON_SPACE)
    return rest.startswith("{") and rest[1:].lstrip(JSON_SPACE).startswith('"')


def read_codes(argument: str) -> tuple[Code, ...]:
    """Read INPUT.

    What begins with ``HC1:``, or as the JSON of a seal does, is a text without a look at the file
    system, ``-`` is standard input; else it is a file if there is one of that name, and a text if
    not.

    Args:
        argument: As given.

    Returns:
        At least one code. In a text each line that is not empty is one; its end (LF or CR LF) is
        no part of it, spaces are. The JSON of a seal may go over several lines.

    Raises:
        CommandError: It cannot be read, is too large, empty, a directory, neither text nor
            picture nor PDF, or a picture without a code.
        ModuleNotFoundError: The packages that read pictures are not installed.
    """
    if is_code_text(argument):
        return (Code(argument, is_argument=True),)
    if argument == "-":
        if sys.stdin is None:
            raise CommandError("there is no standard input")
        name, content = "standard input", _limited(sys.stdin.buffer, "standard input")
    else:
        name = argument
        try:
            with open(argument, "rb") as file:
                content = _limited(file, argument)
        except OSError as error:
            if error.errno in _NO_FILE:
                return (Code(argument, is_argument=True),)
            raise CommandError(f"cannot read {name}: {error.strerror}") from error
        except UnicodeEncodeError:  # half a surrogate pair: no file has such a name either
            return (Code(argument, is_argument=True),)
    texts, unit = _texts(content, name)
    if len(texts) == 1:
        return (Code(texts[0][1]),)
    return tuple(Code(text, f"{unit} {number}") for number, text in texts)


def read_file(path: str, *, limit: int) -> bytes:
    """Read a small file whole; ``-`` is standard input.

    Raises:
        CommandError: It cannot be read or has more than ``limit`` bytes.
    """
    try:
        if path == "-" and sys.stdin is not None:
            return _limited(sys.stdin.buffer, "standard input", limit)
        with open(path, "rb") as file:
            return _limited(file, path, limit)
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror}") from error


def _limited(file: BinaryIO, name: str, limit: int = MAX_INPUT_BYTES) -> bytes:
    content = file.read(limit + 1)
    if len(content) > limit:
        raise CommandError(f"{name} is too large: at most {limit} bytes are read")
    return content


def _texts(content: bytes, name: str) -> tuple[list[tuple[int, str]], str]:
    """The texts with their numbers, from 1, and what is numbered."""
    # Else %PDF- could be a part of the Base45, or of a text in a seal.
    start = content.removeprefix(_BYTE_ORDER_MARK).lstrip(JSON_SPACE.encode())
    is_text = content.startswith(PREFIX.encode()) or start.startswith((b"{", b"["))
    if content.startswith(_PICTURE_STARTS) or (
        not is_text and _PDF_START in content[:_PDF_START_WITHIN]
    ):
        from vnvaxcert.render import picture

        try:
            found = picture.read_codes(content)
        except PictureError as error:
            raise CommandError(f"{name}: {error} ({error.code})") from error
        return list(enumerate(found, 1)), "code"
    texts = _lines(_decode(content, name))
    if not texts:
        raise CommandError(f"{name} is empty")
    return texts, "line"


def _lines(content: str) -> list[tuple[int, str]]:
    """Each line that is not empty; the lines of one seal together, under the number of its first.

    A seal that never ends keeps no other code from being read: it ends before a line that is a
    code by itself.
    """
    found: list[tuple[int, str]] = []
    seal: list[str] = []
    first = depth = 0
    for number, line in enumerate(content.split("\n"), 1):
        line = line.removesuffix("\r")
        is_element = len(seal) == 1 and seal[0].strip(JSON_SPACE) == "["
        if seal and not is_element and _is_code_by_itself(line):
            found.append((first, "\n".join(seal)))
            seal = []
        if not seal:
            if not line.lstrip(JSON_SPACE).startswith(("{", "[")):
                if line and not line.isspace():
                    found.append((number, line))
                continue
            first, depth = number, 0
        seal.append(line)
        depth += _depth(line)
        if depth <= 0:
            found.append((first, "\n".join(seal)))
            seal = []
    if seal:
        found.append((first, "\n".join(seal)))
    return found


def _is_code_by_itself(line: str) -> bool:
    """Whether a line among those of a seal is another code, and none of its own lines."""
    if line.startswith(PREFIX):
        return True
    is_whole = line.startswith(('{"', '[{"')) and line.endswith(("}", "]"))
    return is_whole and _depth(line) == 0


def _depth(line: str) -> int:
    """How many brackets a line of JSON opens more than it closes; those in texts do not count."""
    import re

    # A text never goes on after the end of its line (RFC 8259 §7).
    bare = re.sub(r'"[^"\\]*(?:\\.[^"\\]*)*"?', "", line)
    return sum(map(bare.count, "{[")) - sum(map(bare.count, "}]"))


def _decode(content: bytes, name: str) -> str:
    encoding = "utf-16" if content.startswith(_UTF16_STARTS) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise CommandError(f"{name} is neither a text nor a PNG, JPEG or PDF")
    return text
