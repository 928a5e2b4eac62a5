"""ZLIB (RFC 1950) with a bound on what comes out; binary work by zlib-ng."""

from __future__ import annotations

from typing import cast

from zlib_ng import zlib_ng

from vnvaxcert.errors import CompressionError, InflatedTooLargeError

# A certificate inflates to under 2 KiB; 64 KiB leaves room for the largest code (4,296
# characters) without letting a few hundred bytes become megabytes.
MAX_INFLATED_BYTES = 64 * 1024

# The package's type stubs call its exception class an instance.
_ZlibError = cast(type[Exception], zlib_ng.error)

_LEVEL = 9  # as reference issuers; the same input gives the same bytes


def compress(data: bytes) -> bytes:
    """Compress bytes into one zlib stream.

    Args:
        data: Any bytes.

    Returns:
        A zlib stream with header ``78 DA``.

    Spec: RFC 1950; HCERT §4.2.1.
    """
    return bytes(zlib_ng.compress(data, _LEVEL))


def decompress(data: bytes, *, max_bytes: int = MAX_INFLATED_BYTES) -> bytes:
    """Inflate one zlib stream, stopping as soon as it exceeds the bound.

    Args:
        data: The whole zlib stream and nothing else.
        max_bytes: Upper bound on the result, in bytes.

    Returns:
        The inflated bytes, at most ``max_bytes``.

    Raises:
        CompressionError: No zlib stream, a damaged or unfinished one, one that needs a preset
            dictionary, or bytes after its end.
        InflatedTooLargeError: The stream inflates to more than ``max_bytes``.

    Spec: RFC 1950 §2.2, §2.3.
    """
    inflater = zlib_ng.decompressobj()
    try:
        inflated: bytes = inflater.decompress(data, max_bytes + 1)
    except _ZlibError as error:
        raise CompressionError(_reason(data)) from error
    if len(inflated) > max_bytes:
        raise InflatedTooLargeError(max_bytes)
    if not inflater.eof:
        raise CompressionError("the stream ends early")
    if inflater.unused_data:
        raise CompressionError("there are bytes after the end of the stream")
    return inflated


def _reason(data: bytes) -> str:
    if len(data) < 2 or data[0] & 0x0F != 8 or int.from_bytes(data[:2], "big") % 31:
        return "the data do not start with a zlib header"
    if data[1] & 0x20:
        return "the stream needs a preset dictionary"
    return "the compressed data are damaged"
