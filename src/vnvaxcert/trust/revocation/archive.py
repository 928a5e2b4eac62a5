"""Tar archives (POSIX.1-1988 "ustar"), gzipped, as the distribution service hands slices out.

Only what such archives have: regular files with names of at most 100 bytes. The service does not
close its archive, so the two empty blocks at its end may be missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from vnvaxcert.codec import gzip
from vnvaxcert.errors import CompressionError, InflatedTooLargeError, TrustListFormatError

MAX_ARCHIVE_BYTES: Final = 64 << 20  # inflated; as for any list
MAX_ARCHIVE_FILES: Final = 65_536  # a signer has 4,096 chunks at most, and each a few expiries

_BLOCK: Final = 512
_MAX_NAME_BYTES: Final = 100
_REGULAR: Final = (b"0", b"\0")
_DIRECTORY: Final = b"5"
_MODE: Final = 0o644


def read_archive(data: bytes, format_name: str) -> Iterator[tuple[str, bytes]]:
    """The files of an archive, with their names.

    Args:
        data: The gzipped archive.
        format_name: For the errors.

    Raises:
        TrustListFormatError: Not gzip, or damaged; more than `MAX_ARCHIVE_BYTES` inflated or
            `MAX_ARCHIVE_FILES`; not a tar archive, or with something other than regular files
            and directories in it.

    Spec: RFC 1952; IEEE 1003.1, "ustar Interchange Format".
    """
    try:
        content = gzip.decompress(data, max_bytes=MAX_ARCHIVE_BYTES)
    except InflatedTooLargeError as error:
        raise TrustListFormatError(
            format_name, "", f"inflates to more than {error.limit} bytes"
        ) from error
    except CompressionError as error:
        raise TrustListFormatError(format_name, "", f"not gzip: {error.reason}") from error
    at, number = 0, 0
    while at < len(content):
        header = content[at : at + _BLOCK]
        at += _BLOCK
        if not header.strip(b"\0"):
            continue  # the end of the archive, and what fills it up
        number += 1
        where = f"archive, file {number}"
        if number > MAX_ARCHIVE_FILES:
            raise TrustListFormatError(format_name, "", f"more than {MAX_ARCHIVE_FILES} files")
        if len(header) < _BLOCK or _octal(header[148:156]) != _checksum(header):
            raise TrustListFormatError(format_name, where, "not a tar header, or a damaged one")
        kind, size = header[156:157], _octal(header[124:136])
        if size is None or size > len(content) - at:
            raise TrustListFormatError(format_name, where, "the archive ends inside it")
        body = content[at : at + size]
        at += -(-size // _BLOCK) * _BLOCK
        if kind == _DIRECTORY:
            continue
        if kind not in _REGULAR or header[345:500].strip(b"\0"):
            raise TrustListFormatError(
                format_name, where, "not a regular file with a name of at most 100 bytes"
            )
        name = header[:_MAX_NAME_BYTES].partition(b"\0")[0]
        if not name.isascii():
            raise TrustListFormatError(format_name, where, "its name is not ASCII")
        yield name.decode("ascii"), body


def write_archive(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Make an archive of files: the same bytes for the same files, always.

    Raises:
        ValueError: A name that is not ASCII of at most 100 characters; more than
            `MAX_ARCHIVE_FILES`, or `MAX_ARCHIVE_BYTES` in all.
    """
    blocks = []
    size = 0
    for number, (name, body) in enumerate(files, start=1):
        encoded = name.encode("ascii")
        if len(encoded) > _MAX_NAME_BYTES or number > MAX_ARCHIVE_FILES:
            raise ValueError("too long a name, or too many files, for an archive of slices")
        header = b"".join(
            (
                encoded.ljust(_MAX_NAME_BYTES, b"\0"),
                b"%07o\0%07o\0%07o\0" % (_MODE, 0, 0),  # mode, owner, group
                b"%011o\0%011o\0" % (len(body), 0),  # size, time
                b" " * 8,  # the checksum is over spaces in its place
                _REGULAR[0].ljust(_MAX_NAME_BYTES + 1, b"\0"),
                b"ustar\x0000",
            )
        ).ljust(_BLOCK, b"\0")
        checksum = b"%06o\0 " % _checksum(header)
        blocks += [header[:148], checksum, header[156:], body, bytes(-len(body) % _BLOCK)]
        size += _BLOCK + len(body) + -len(body) % _BLOCK
        if size > MAX_ARCHIVE_BYTES - 2 * _BLOCK:
            raise ValueError(f"an archive of slices has at most {MAX_ARCHIVE_BYTES} bytes")
    blocks.append(bytes(2 * _BLOCK))
    return gzip.compress(b"".join(blocks))


def _octal(field: bytes) -> int | None:
    """A number in a header, octal digits with spaces and zero bytes around; None: it is none."""
    digits = field.strip(b" \0")
    return int(digits, 8) if digits.isdigit() and digits.translate(None, b"89") == digits else None


def _checksum(header: bytes) -> int:
    """The sum of a header's bytes, those of the checksum itself as spaces."""
    return sum(header[:148]) + sum(header[156:]) + 8 * ord(" ")
