"""VNI for Windows: a letter, then a character for its marks, read as Windows-1252.

``aâ`` is â, ``aá`` is ấ, ``aù`` is á; đ, ơ, ư and i with a tone are single characters. A text gets
longer by it, and its characters are letters of other languages: ñ is đ, ö is ư.

Spec: VNI Software's encoding for Windows, as its fonts have it; there is no standard.
"""

from __future__ import annotations

import re
from typing import Final

_SINGLE: Final = "ñđ ôơ öư íí ìì æỉ óĩ òị îỵ"
_TONES: Final = {"ù": "áéóúý", "ø": "àèòùỳ", "û": "ảẻỏủỷ", "õ": "ãẽõũỹ", "ï": "ạẹọụ"}
_CIRCUMFLEX: Final = {"â": "âêô", "á": "ấếố", "à": "ầềồ", "å": "ẩểổ", "ã": "ẫễỗ", "ä": "ậệộ"}
_BREVE: Final = {"ê": "ă", "é": "ắ", "è": "ằ", "ú": "ẳ", "ü": "ẵ", "ë": "ặ"}
_HORN: Final = {"ù": "ớứ", "ø": "ờừ", "û": "ởử", "õ": "ỡữ", "ï": "ợự"}


def _small() -> dict[str, str]:
    table = {pair[0]: pair[1] for pair in _SINGLE.split()}
    for bases, marks in (("aeouy", _TONES), ("aeo", _CIRCUMFLEX), ("a", _BREVE), ("ôö", _HORN)):
        for mark, letters in marks.items():
            table |= {base + mark: letter for base, letter in zip(bases, letters, strict=False)}
    return table


SMALL: Final = _small()
"""One or two characters as Windows-1252 shows them -> the small letter; 67 of them."""

_ANY_CASE: Final = {
    first + second: letter.upper() if first.isupper() else letter
    for shown, letter in SMALL.items()
    for first in (shown[0], shown[0].upper())
    for second in ({shown[1], shown[1].upper()} if len(shown) == 2 else {""})
}

_PART: Final = re.compile("|".join(sorted(_ANY_CASE, key=len, reverse=True)))
"""Two characters where they make up a letter, else one: ``uôù`` is u and ớ."""


def decode(text: str) -> str | None:
    """Read a text as VNI.

    Args:
        text: Bytes in VNI that were taken for Windows-1252.

    Returns:
        The text in normalisation form C, each letter as its first character in capital or small;
        None where a character is none of VNI, or follows a letter that it cannot mark.
    """
    if not _PART.sub("", text).isascii():
        return None
    return _PART.sub(lambda match: _ANY_CASE[match.group()], text)
