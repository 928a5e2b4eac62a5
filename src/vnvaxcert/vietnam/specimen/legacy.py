"""Write Vietnamese text as old systems left it: TCVN3, VNI, VIQR, Windows-1258, UTF-8 misread.

The specimen maker's own tables, from the standards and apart from those that cleaning reads by, so
that the one checks the other. Each function answers what a reader sees who takes the bytes for
Windows-1252; VIQR is ASCII and looks the same to everybody.

Spec: TCVN 5712:1993 (VN3); VNI for Windows; RFC 1456 §3 (VIQR); Windows code page 1258.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

_GRAVE, _HOOK, _TILDE, _ACUTE, _DOT = "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"
_BREVE, _CIRCUMFLEX, _HORN = "\u0306", "\u0302", "\u031b"
_TONES: Final = _GRAVE + _HOOK + _TILDE + _ACUTE + _DOT
_SHAPES: Final = _BREVE + _CIRCUMFLEX + _HORN

# VN3, 0xB5 to 0xFE. A space is a code that no letter has.
_VN3_TONED: Final = "àảãáạ ằẳẵắ       ặầẩẫấậè ẻẽéẹềểễếệìỉ   ĩíịò ỏõóọồổỗốộờởỡớợù ủũúụừửữứựỳỷỹýỵ"
_VN3: Final[Mapping[str, str]] = {
    **{letter: chr(0xA1 + at) for at, letter in enumerate("ĂÂÊÔƠƯĐăâêôơưđ")},
    **{letter: chr(0xB5 + at) for at, letter in enumerate(_VN3_TONED) if letter != " "},
}

# VNI: one character after the letter says shape and tone together; a tone alone after ơ and ư.
_VNI_MARKS: Final = {
    "": "øûõùï",
    _CIRCUMFLEX: "àåãáä",
    _BREVE: "èúüéë",
    _HORN: "øûõùï",
}
_VNI_SHAPES: Final = {_CIRCUMFLEX: "â", _BREVE: "ê"}
_VNI_WHOLE: Final = {
    **dict(zip("ìỉĩíị", "ìæóíò", strict=True)),
    **dict(zip("ÌỈĨÍỊ", "ÌÆÓÍÒ", strict=True)),
    "đ": "ñ",
    "Đ": "Ñ",
    "ỵ": "î",
    "Ỵ": "Î",
}
_VNI_HORNS: Final = {"o": "ô", "u": "ö", "O": "Ô", "U": "Ö"}

_VIQR_MARKS: Final = dict(zip(_SHAPES + _TONES, "(^+`?~'.", strict=True))


def to_tcvn3(text: str) -> str:
    """Write text in TCVN3 (ABC).

    Args:
        text: Vietnamese text in NFC. A capital letter with a tone loses its capital: TCVN3 has
            none, the fonts had a second face for them.

    Returns:
        ``TiÕng ViÖt`` for ``Tiếng Việt``.
    """
    return "".join(_VN3.get(letter) or _VN3.get(letter.lower(), letter) for letter in text)


def to_vni(text: str) -> str:
    """Write text in VNI: a letter and, behind it, its mark.

    Args:
        text: Vietnamese text in NFC.

    Returns:
        ``Tieáng Vieät`` for ``Tiếng Việt``.
    """
    return "".join(map(_vni_letter, text))


def to_viqr(text: str) -> str:
    """Write text in VIQR: a letter and, behind it, its marks in ASCII.

    Args:
        text: Vietnamese text in NFC.

    Returns:
        ``Tie^'ng Vie^.t`` for ``Tiếng Việt``.
    """
    return "".join(map(_viqr_letter, text))


def to_windows1258(text: str) -> str:
    """Write text in Windows-1258: a letter with its shape, and its tone behind it.

    Args:
        text: Vietnamese text in NFC.

    Returns:
        ``Tiêìng Viêòt`` for ``Tiếng Việt``.
    """
    spelled = []
    for letter in text:
        base, shape, tone = split_letter(letter)
        spelled.append(unicodedata.normalize("NFC", base + shape) + tone)
    return "".join(spelled).encode("cp1258").decode("cp1252")


def to_misread_utf8(text: str) -> str:
    """Write text in UTF-8 and take it for Windows-1252.

    Args:
        text: Any text without a code that Windows-1252 leaves undefined; those become the control
            characters of the same number, as in a browser.

    Returns:
        ``Tiáº¿ng Viá»‡t`` for ``Tiếng Việt``.
    """
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


def split_letter(letter: str) -> tuple[str, str, str]:
    """Take a Vietnamese letter apart.

    Args:
        letter: One character in NFC.

    Returns:
        The bare letter, its breve, circumflex or horn, and its tone mark; each mark ``""`` where
        there is none. Đ is a bare letter.
    """
    base, *marks = list(unicodedata.normalize("NFD", letter))
    shape = "".join(mark for mark in marks if mark in _SHAPES)
    tone = "".join(mark for mark in marks if mark in _TONES)
    return base, shape, tone


def _vni_letter(letter: str) -> str:
    if letter in _VNI_WHOLE:
        return _VNI_WHOLE[letter]
    base, shape, tone = split_letter(letter)
    mark = _VNI_MARKS[shape][_TONES.index(tone)] if tone else _VNI_SHAPES.get(shape, "")
    if shape == _HORN:
        base = _VNI_HORNS[base]
    return base + (mark.upper() if letter.isupper() else mark)


def _viqr_letter(letter: str) -> str:
    if letter in "đĐ":
        return "dd" if letter == "đ" else "DD"
    base, shape, tone = split_letter(letter)
    return base + "".join(_VIQR_MARKS[mark] for mark in shape + tone)


ENCODERS: Final[Mapping[str, Callable[[str], str]]] = {
    "clean.tcvn3": to_tcvn3,
    "clean.vni": to_vni,
    "clean.viqr": to_viqr,
    "clean.windows1258": to_windows1258,
    "clean.utf8": to_misread_utf8,
}
"""By the code of the repair."""
