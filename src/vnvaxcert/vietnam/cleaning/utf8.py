"""UTF-8, read as Windows-1252 or Latin-1: ``Nguyá»…n`` for Nguyễn.

The five bytes that Windows-1252 does not have (81, 8D, 8F, 90, 9D) stay control characters.

Spec: RFC 3629; the WHATWG Encoding Standard's windows-1252.
"""

from __future__ import annotations

import unicodedata
from typing import Final


def _shown(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


_BYTE: Final = {_shown(byte): byte for byte in range(0x80, 0x100)} | {
    chr(byte): byte for byte in range(0x80, 0x100)
}


def decode(text: str) -> str | None:
    """Read a text as UTF-8.

    Args:
        text: Bytes of UTF-8 that were taken for Windows-1252 or Latin-1.

    Returns:
        The text in normalisation form C; None where the bytes are no UTF-8, or plain ASCII.
    """
    if text.isascii():
        return None
    octets = bytearray()
    for character in text:
        byte = ord(character) if character.isascii() else _BYTE.get(character)
        if byte is None:
            return None
        octets.append(byte)
    try:
        return unicodedata.normalize("NFC", octets.decode("utf-8"))
    except UnicodeDecodeError:
        return None
