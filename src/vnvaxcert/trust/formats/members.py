"""Members that the JSON of many lists has alike: key identifiers and countries."""

from __future__ import annotations

from vnvaxcert.trust.entry import decode_base64


def read_kid(value: object) -> bytes:
    """The bytes of a kid in Base64; empty where it is missing, empty or not Base64."""
    return read_base64(value)


def read_base64(value: object) -> bytes:
    """The bytes of a text in Base64; empty for anything else."""
    if not isinstance(value, str | bytes):
        return b""
    try:
        return decode_base64(value)
    except ValueError:
        return b""


def read_country(value: object) -> str | None:
    """A country code of two or three ASCII letters, as it is; None for anything else."""
    if isinstance(value, bytes) and value.isascii():
        value = value.decode("ascii")
    if isinstance(value, str) and 2 <= len(value) <= 3 and value.isascii() and value.isalpha():
        return value
    return None
