"""The lines of a file of records: numbered, bounded, in UTF-8 as far as they are text.

Memory holds one line at a time, and never more of it than the bound.

Spec: RFC 2781 §3.2 (byte order mark of UTF-16); RFC 3629 §6 (of UTF-8).
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections import deque
from typing import IO, Final

from vnvaxcert.errors import RecordsError

MAX_LINE_BYTES: Final = 65_536
"""Bytes of one record: all 20 fields full, of letters of three bytes each, and their names."""

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
"""Of UTF-8, as Excel writes it."""
UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
"""Of UTF-16, in either order."""


class TooLong:
    """Stands for a line beyond the bound."""


class Source:
    """The lines of a stream, numbered and bounded; lines can be put back."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._given = stream
        self._stream: IO[bytes] | _Utf16 = stream
        self._waiting: deque[bytes | TooLong] = deque()
        self.number = 0  # of the line that was given last

    def next(self) -> bytes | TooLong | None:
        """The next line with its end, or None at the end of the stream."""
        if self._waiting:
            self.number += 1
            return self._waiting.popleft()
        line = self._stream.readline(MAX_LINE_BYTES + 1)
        if not line:
            return None
        self.number += 1
        if self.number == 1:
            line = self._first(line)
        if len(line) > MAX_LINE_BYTES:
            while line and not line.endswith(b"\n"):
                line = self._stream.readline(MAX_LINE_BYTES)
            return TooLong()
        return line

    def _first(self, line: object) -> bytes:
        """The first line, without a byte order mark and in UTF-8.

        Raises:
            RecordsError: It is no text.
            TypeError: The stream is one of text.
        """
        if not isinstance(line, bytes):
            raise TypeError("stream: expected a binary stream")
        if line.startswith(UTF16_MARKS):  # Excel's "Unicode text", the Vietnamese of old versions
            self._stream = _Utf16(line, self._given)
            return self._stream.readline(MAX_LINE_BYTES + 1)
        if line.startswith(b"PK\x03\x04"):
            raise RecordsError(1, "a workbook, or another archive; save it as 'CSV UTF-8'")
        if b"\0" in line:
            raise RecordsError(1, "no text, or UTF-16 without a byte order mark; expected UTF-8")
        return line.removeprefix(BYTE_ORDER_MARK)

    def put_back(self, lines: list[bytes | TooLong]) -> None:
        """Give these lines again, the first one first."""
        self._waiting.extendleft(reversed(lines))
        self.number -= len(lines)


class _Utf16:
    """A stream in UTF-16, given as UTF-8. What is out of place in it comes as U+FFFD."""

    def __init__(self, start: bytes, stream: IO[bytes]) -> None:
        self._stream = stream
        self._decoder = getincrementaldecoder("utf-16")("replace")
        self._ready = self._decoder.decode(start).encode()

    def readline(self, limit: int) -> bytes:
        """A line with its end, or a part of it with as many bytes as the limit says."""
        while b"\n" not in self._ready and len(self._ready) < limit:
            more = self._stream.read(8192)
            self._ready += self._decoder.decode(more, final=not more).encode()
            if not more:
                break
        end = self._ready.find(b"\n", 0, limit) + 1 or limit
        line, self._ready = self._ready[:end], self._ready[end:]
        return line
