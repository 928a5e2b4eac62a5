"""The HCERT envelope (HCERT §4): COSE message <-> the text of a QR code."""

from __future__ import annotations

from typing import Final

from vnvaxcert.codec import base45, deflate
from vnvaxcert.errors import InputTooLongError, PrefixError

PREFIX: Final = "HC1:"  # context identifier, HCERT §4.2.2
MAX_QR_CHARS: Final = 4296  # ISO/IEC 18004, version 40-L, alphanumeric


def unwrap(text: str, *, max_inflated_bytes: int = deflate.MAX_INFLATED_BYTES) -> bytes:
    """Unwrap the text of a QR code: prefix, Base45, zlib.

    Args:
        text: The text exactly as read; the spaces in it belong to it.
        max_inflated_bytes: Upper bound on the message, in bytes.

    Returns:
        The encoded COSE message.

    Raises:
        TypeError: Not a text.
        InputTooLongError: More than 4,296 characters.
        PrefixError: It does not start with ``HC1:``.
        Base45Error: The rest is not Base45; the offset counts from after the prefix.
        CompressionError: Not one whole zlib stream.
        InflatedTooLargeError: It inflates to more than the bound.

    Spec: HCERT §4.2; RFC 9285; RFC 1950.
    """
    return deflate.decompress(base45.decode(strip_prefix(text)), max_bytes=max_inflated_bytes)


def strip_prefix(text: str) -> str:
    """Take ``HC1:`` off the front of the text of a QR code.

    Raises:
        TypeError: Not a text.
        InputTooLongError: More than 4,296 characters.
        PrefixError: It does not start with ``HC1:``.

    Spec: HCERT §4.2.2.
    """
    if not isinstance(text, str):
        raise TypeError(f"expected the text of a QR code, not {type(text).__name__}")
    if len(text) > MAX_QR_CHARS:
        raise InputTooLongError(len(text), MAX_QR_CHARS)
    if not text.startswith(PREFIX):
        raise PrefixError(text[: len(PREFIX)])
    return text[len(PREFIX) :]


def wrap(message: bytes) -> str:
    """Wrap a COSE message into the text of a QR code.

    Args:
        message: The encoded COSE_Sign1 message.

    Returns:
        ``HC1:`` and Base45, all of it in the alphanumeric set of QR codes. Whether it fits into
        one is for the caller to check.

    Spec: HCERT §4.2.
    """
    return PREFIX + base45.encode(deflate.compress(message))
