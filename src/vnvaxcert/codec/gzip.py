"""gzip (RFC 1952) with a bound on what comes out; binary work by zlib-ng."""

from __future__ import annotations

from typing import Final, cast

from zlib_ng import zlib_ng

from vnvaxcert.errors import CompressionError, InflatedTooLargeError

# The package's type stubs call its exception class an instance.
_ZlibError = cast(type[Exception], zlib_ng.error)

_GZIP_WINDOW: Final = 31  # a window of 32 KiB, and gzip's header and trailer around the data
_LEVEL: Final = 9
_MAGIC: Final = b"\x1f\x8b"


def compress(data: bytes) -> bytes:
    """Compress bytes into one gzip member, without a name or a time.

    Spec: RFC 1952 §2.3.
    """
    deflater = zlib_ng.compressobj(_LEVEL, zlib_ng.DEFLATED, _GZIP_WINDOW)
    return bytes(deflater.compress(data) + deflater.flush())


def decompress(data: bytes, *, max_bytes: int) -> bytes:
    """Inflate one gzip member, stopping as soon as it exceeds the bound.

    Args:
        data: The whole member and nothing else.
        max_bytes: Upper bound on the result, in bytes.

    Raises:
        CompressionError: No gzip member, a damaged or unfinished one, or bytes after its end.
        InflatedTooLargeError: It inflates to more than ``max_bytes``.

    Spec: RFC 1952 §2.2, §2.3.
    """
    inflater = zlib_ng.decompressobj(_GZIP_WINDOW)
    try:
        inflated: bytes = inflater.decompress(data, max_bytes + 1)
    except _ZlibError as error:
        is_gzip = data.startswith(_MAGIC)
        reason = "the compressed data are damaged" if is_gzip else "the data do not start as gzip"
        raise CompressionError(reason) from error
    if len(inflated) > max_bytes:
        raise InflatedTooLargeError(max_bytes)
    if not inflater.eof:
        raise CompressionError("the data end early")
    if inflater.unused_data:
        raise CompressionError("there are bytes after the end of the data")
    return inflated
