"""Windows-1258, read as Windows-1252: letters, and after them combining tones.

Spec: Microsoft's code page 1258 (Python's ``cp1258``).
"""

from __future__ import annotations

import unicodedata
from typing import Final

_BYTES: Final = bytes(range(0xC0, 0x100))

SHOWN: Final = dict(zip(_BYTES.decode("cp1252"), _BYTES.decode("cp1258"), strict=False))
"""What Windows-1252 shows for a byte from C0 up -> what the byte is. Those below are the same."""

_TABLE: Final = str.maketrans(SHOWN)


def decode(text: str) -> str | None:
    """Read a text as Windows-1258.

    Args:
        text: Bytes in Windows-1258 that were taken for Windows-1252.

    Returns:
        The text in normalisation form C; None where a character is no letter of either.
    """
    if any(character not in SHOWN and not character.isascii() for character in text):
        return None
    return unicodedata.normalize("NFC", text.translate(_TABLE))
