"""The three pipes of a child process, read and written without ever blocking the caller.

One thread a pipe, because that is what works on every system. What is kept is bounded: lines that
nobody has fetched yet, the length of a line, the end of standard error.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from enum import Enum
from subprocess import Popen
from typing import Final

CHUNK_BYTES: Final = 1 << 16

MAX_LINES_WAITING: Final = 16
"""Lines read ahead; a process that writes more than it was asked for waits for us."""

MAX_STDERR_BYTES: Final = 8192
"""The end of standard error that is kept: some stack traces."""

STEP_SECONDS: Final = 0.1
"""How soon a waiting thread sees that it is no longer needed."""


class End(Enum):
    """Why there is no next line."""

    CLOSED = "closed"
    TOO_LONG = "too long"
    TIME_OUT = "time-out"


class Pipes:
    """The pipes of one process, which was started with all three and without buffering."""

    def __init__(self, process: Popen[bytes], *, max_line_bytes: int) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._stdin, self._stdout, self._stderr = process.stdin, process.stdout, process.stderr
        self._max_line_bytes = max_line_bytes
        self._stopped = threading.Event()
        self._outgoing: queue.Queue[bytes | None] = queue.Queue()
        self._lines: queue.Queue[bytes | End] = queue.Queue(MAX_LINES_WAITING)
        self._tail = b""
        self._threads = [
            threading.Thread(target=target, daemon=True)
            for target in (self._write_all, self._read_lines, self._read_stderr)
        ]
        for thread in self._threads:
            thread.start()

    def send(self, data: bytes) -> None:
        """Have bytes written; a process that does not read them keeps nobody waiting."""
        self._outgoing.put(data)

    def end_input(self) -> None:
        """Close the process's standard input once everything was written."""
        self._outgoing.put(None)

    def line(self, seconds: float) -> bytes | End:
        """The next line without its newline, or why there is none within the time given."""
        try:
            return self._lines.get(timeout=max(seconds, 0))
        except queue.Empty:
            return End.TIME_OUT

    def stderr_tail(self) -> bytes:
        """The last of what the process wrote on standard error."""
        return self._tail

    def settle(self) -> None:
        """Give standard error a moment to be read to its end, of a process that has ended."""
        self._threads[-1].join(STEP_SECONDS * 3)

    def close(self) -> None:
        """Give the pipes up. The process has ended, or is none of ours any more."""
        self._stopped.set()
        self._outgoing.put(None)
        for thread in self._threads:
            # A descendant that left the process group may hold a pipe open for ever. Then its
            # thread is left behind with it: closing under a reader would be worse.
            thread.join(STEP_SECONDS * 3)

    # --- threads, each of which closes its own pipe -------------------------------------------

    def _write_all(self) -> None:
        with contextlib.suppress(OSError), self._stdin:  # nobody reads any more: not judged here
            while (data := self._outgoing.get()) is not None:
                rest = memoryview(data)
                while rest:
                    rest = rest[self._stdin.write(rest) :]

    def _read_lines(self) -> None:
        waiting = b""
        with self._stdout:
            while chunk := self._stdout.read(CHUNK_BYTES):
                *lines, waiting = (waiting + chunk).split(b"\n")
                for line in lines:
                    too_long = len(line) > self._max_line_bytes
                    if not self._put(End.TOO_LONG if too_long else line):
                        return
                if len(waiting) > self._max_line_bytes:
                    self._put(End.TOO_LONG)
                    return
        self._put(End.CLOSED)

    def _read_stderr(self) -> None:
        with self._stderr:
            while chunk := self._stderr.read(CHUNK_BYTES):
                self._tail = (self._tail + chunk)[-MAX_STDERR_BYTES:]

    def _put(self, line: bytes | End) -> bool:
        """Offer a line; False when the pipes were given up meanwhile."""
        while not self._stopped.is_set():
            with contextlib.suppress(queue.Full):
                self._lines.put(line, timeout=STEP_SECONDS)
                return True
        return False
