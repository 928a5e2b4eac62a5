"""Another implementation, driven over a line protocol: ``spec/harness.md``.

A harness is any command that reads one JSON object a line and answers each with one. It may
crash, hang, write rubbish or never stop writing: each of these is an outcome of one vector, the
process group is ended, and the next vector meets a fresh process. Nothing that a harness does
raises here but one: a command that cannot be started at all, or does not speak the protocol.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Any, Final, Self

from .pipes import End, Pipes

PROTOCOL: Final = 1

ANSWER_SECONDS: Final = 10.0
"""For one answer, by default: slow interpreters need tenths of a second, not seconds."""

START_SECONDS: Final = 60.0
"""From starting the command to its greeting: a large JavaScript tree on a busy machine."""

MAX_ANSWER_BYTES: Final = 1 << 20
"""One line of a harness; the largest honest answer is an inflated certificate in hex, 128 KiB."""

MAX_RESTARTS: Final = 100
"""Then the command is given up: a harness that always crashes must not cost hours."""

MAX_TEXT_CHARS: Final = 200
"""Of a text of the harness that is shown: its name, its version, its last words."""

CODE: Final = re.compile(r"[a-z0-9_.-]{1,64}")
"""The form of a code: reports repeat it, so it has no room for a message or for data."""

END_SECONDS: Final = 2.0
"""For a process to end by itself when its input has ended, before it is killed."""


class HarnessError(RuntimeError):
    """A command that cannot be started, or that does not speak the protocol at all.

    It is the mistake of whoever gave the command, not the outcome of a vector.
    """


class Outcome(StrEnum):
    """What became of one request."""

    ACCEPT = "accept"
    REJECT = "reject"
    UNSUPPORTED = "unsupported"
    CRASH = "crash"
    TIME_OUT = "time-out"
    GARBLED = "garbled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer.

    Attributes:
        outcome: What became of the request.
        code: The refusal's code, as the harness maps it to ours; None when it does not say why.
        value: What was read, with the members that the operation names; None when not given.
        detail: Of a crash, a time-out or a garbled answer: what happened, in a few words that
            hold nothing of the request or of what the harness wrote.
    """

    outcome: Outcome
    code: str | None = None
    value: Mapping[str, Any] | None = field(default=None, repr=False)
    detail: str | None = None


class Harness:
    """A running harness; use it in a ``with`` statement.

    Requests go one after another, so an answer is always about the request before it.

    Attributes:
        name: What the harness calls itself.
        version: The version it states.
        operations: The operations it answers; others are ``unsupported`` without asking.
        restarts: How often it had to be started again.
    """

    def __init__(
        self,
        command: str | Sequence[str],
        *,
        timeout: float = ANSWER_SECONDS,
        start_timeout: float = START_SECONDS,
        max_restarts: int = MAX_RESTARTS,
        operations: Iterable[str] = (),
    ) -> None:
        """Start the command and greet it.

        Args:
            command: Program and arguments, or one text that is split as a shell would split it
                (quotes hold spaces together); no shell runs it.
            timeout: Seconds for one answer.
            start_timeout: Seconds from the start to the greeting.
            max_restarts: How often the command is started again before it is given up.
            operations: What the runner may ask, which the greeting tells.

        Raises:
            HarnessError: The command is empty, cannot be started, or does not greet as
                ``spec/harness.md`` section 2 says.
        """
        self._command = _split(command)
        self._timeout, self._start_timeout = timeout, start_timeout
        self._max_restarts = max_restarts
        self._offered = frozenset(operations)
        self._process: subprocess.Popen[bytes] | None = None
        self._pipes: Pipes | None = None
        self._stderr = b""
        self.restarts = 0
        self.name = self.version = ""
        self.operations: frozenset[str] = frozenset()
        self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def ask(self, request: Mapping[str, Any]) -> Answer:
        """Send one request and wait for its answer.

        Args:
            request: ``id``, ``op`` and ``input`` as ``spec/harness.md`` section 3 names them.

        Returns:
            The answer; crashes, time-outs and rubbish are answers too. Once the command was
            given up, every answer is a crash.

        Raises:
            ValueError: The request is no JSON.
        """
        line = json.dumps(request, allow_nan=False).encode() + b"\n"
        if request["op"] not in self.operations:
            return Answer(outcome=Outcome.UNSUPPORTED)
        if self._process is None and (failed := self._restart()) is not None:
            return failed
        answer = self._exchange(line, request["id"])
        if answer.outcome in (Outcome.CRASH, Outcome.TIME_OUT, Outcome.GARBLED):
            self._stop(grace=0)
        return answer

    @property
    def stderr_tail(self) -> str:
        """The end of what the harness wrote on standard error, in its last life.

        For the person who mends the harness. It may repeat what is in a vector: not for reports.
        """
        data = self._pipes.stderr_tail() if self._pipes is not None else self._stderr
        return data.decode("utf-8", "replace")

    def close(self) -> None:
        """End the process: first its input, then, when it stays, the process group."""
        self._stop(grace=END_SECONDS)

    # --- one life of the process --------------------------------------------------------------

    def _start(self) -> None:
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,  # a group of its own: its children end with it
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise HarnessError(f"cannot start {self._command[0]!r}: {reason}") from error
        self._pipes = Pipes(self._process, max_line_bytes=MAX_ANSWER_BYTES)
        try:
            self._greet()
        except HarnessError:
            self._stop(grace=0)
            raise

    def _greet(self) -> None:
        hello = {"hello": {"protocol": PROTOCOL, "ops": sorted(self._offered)}}
        answer = self._line(json.dumps(hello).encode() + b"\n", self._start_timeout)
        if isinstance(answer, Answer):
            # Nothing of a vector was sent yet, so what it wrote can be shown.
            words = self._last_words()
            raise HarnessError(f"the harness gave no greeting: {answer.detail}{words}")
        match answer.get("hello"):
            case {"protocol": int(protocol)} if protocol != PROTOCOL:
                raise HarnessError(
                    f"the harness speaks protocol {protocol}, this runner {PROTOCOL}"
                )
            case {
                "protocol": int(),
                "name": str(name),
                "version": str(version),
                "ops": list(operations),
            } if all(isinstance(operation, str) for operation in operations):
                self.name, self.version = _plain(name), _plain(version)
                self.operations = frozenset(operations)
            case _:
                raise HarnessError("the harness's first line is no greeting of this protocol")

    def _last_words(self) -> str:
        """The last line on standard error that says something, to end a message with."""
        assert self._pipes is not None
        self._pipes.settle()
        lines = [_plain(line) for line in self.stderr_tail.splitlines() if line.strip()]
        return f" ({lines[-1]})" if lines else ""

    def _exchange(self, line: bytes, request_id: str) -> Answer:
        answer = self._line(line, self._timeout)
        if isinstance(answer, Answer):
            return answer
        if answer.get("id") != request_id:
            return _garbled("an answer to another request, or without an id")
        return _understood(answer)

    def _line(self, line: bytes, seconds: float) -> dict[str, Any] | Answer:
        """Send a line; the JSON object that comes back, or what went wrong."""
        assert self._pipes is not None
        self._pipes.send(line)
        received = self._pipes.line(seconds)
        match received:
            case End.TIME_OUT:
                return Answer(outcome=Outcome.TIME_OUT, detail=f"no answer within {seconds:g} s")
            case End.TOO_LONG:
                return _garbled(f"a line of more than {MAX_ANSWER_BYTES} bytes")
            case End.CLOSED:
                return Answer(outcome=Outcome.CRASH, detail=self._how_it_ended())
        return _parsed(received)

    def _how_it_ended(self) -> str:
        """In words; called when standard output was closed."""
        assert self._process is not None
        try:
            status = self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            return "closed its output and stayed"
        return f"ended by signal {-status}" if status < 0 else f"ended with status {status}"

    def _restart(self) -> Answer | None:
        """Start the command again; None when it is there, else what to answer."""
        if self.restarts >= self._max_restarts:
            detail = f"given up after {self._max_restarts} restarts"
            return Answer(outcome=Outcome.CRASH, detail=detail)
        self.restarts += 1
        before = (self.name, self.version, self.operations)
        try:
            self._start()
        except HarnessError as error:
            return Answer(outcome=Outcome.CRASH, detail=str(error))
        if (self.name, self.version, self.operations) != before:
            # Half of a report about one program and half about another would mean nothing.
            self.name, self.version, self.operations = before
            self._stop(grace=0)
            return _garbled("another greeting than before")
        return None

    def _stop(self, *, grace: float) -> None:
        """End the process and what it started, and reap it."""
        process, pipes = self._process, self._pipes
        if process is None or pipes is None:
            return
        self._process = self._pipes = None
        if grace:
            pipes.end_input()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(grace)
        _kill(process)
        process.wait()
        pipes.close()
        self._stderr = pipes.stderr_tail()


def _split(command: str | Sequence[str]) -> list[str]:
    """The words of a command.

    Raises:
        HarnessError: There are none, or a quote is not closed.
    """
    try:
        words = shlex.split(command) if isinstance(command, str) else [*command]
    except ValueError as error:
        raise HarnessError(f"the harness command cannot be split: {error}") from error
    if not words:
        raise HarnessError("the harness command is empty")
    return words


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with its group, also when it has ended itself: its children may be there."""
    kill_group = getattr(os, "killpg", None)  # not on Windows
    if kill_group is None:
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        kill_group(process.pid, signal.SIGKILL)  # the leader's id is the group's


def _parsed(line: bytes) -> dict[str, Any] | Answer:
    try:
        value = json.loads(line.decode())
    except (ValueError, RecursionError):
        return _garbled("a line that is no JSON")
    return value if isinstance(value, dict) else _garbled("a line that is no JSON object")


def _understood(answer: Mapping[str, Any]) -> Answer:
    """An answer to the right request, typed."""
    code, value = answer.get("code"), answer.get("value")
    if not (code is None or (isinstance(code, str) and CODE.fullmatch(code))):
        return _garbled("a code that has not the form of one")
    if not (value is None or isinstance(value, dict)):
        return _garbled("a value that is no object")
    match answer.get("outcome"):
        case "accept" if code is None:
            return Answer(outcome=Outcome.ACCEPT, value=value)
        case "reject":
            return Answer(outcome=Outcome.REJECT, code=code)
        case "unsupported":
            return Answer(outcome=Outcome.UNSUPPORTED)
    return _garbled("an outcome that the protocol does not have")


def _garbled(detail: str) -> Answer:
    return Answer(outcome=Outcome.GARBLED, detail=detail)


def _plain(text: str) -> str:
    """A text as reports may show it: printable, and not for ever."""
    return "".join(c for c in text if c.isprintable())[:MAX_TEXT_CHARS]
