"""Files of suites: JSON, read once, within bounds."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from stat import S_ISREG
from typing import Any, Final

from vnvaxcert.conformance.case import SuiteError

MAX_FILE_BYTES: Final = 32 << 20
"""Of one file of a suite; the largest published ones have one or two megabytes."""


def read_bytes(path: Path) -> bytes:
    """The content of a file of a suite.

    Raises:
        SuiteError: It cannot be read, is too large, or is no file but a pipe, say.
    """
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            raise SuiteError(f"{path.name}: no file")  # reading a pipe could wait for ever
        if status.st_size > MAX_FILE_BYTES:
            raise SuiteError(f"{path.name}: more than {MAX_FILE_BYTES >> 20} MiB")
        return path.read_bytes()
    except OSError as error:
        raise SuiteError(f"{path.name}: cannot be read: {error.strerror}") from error


def read_json(path: Path) -> Any:
    """The JSON of a file, in UTF-8 with a byte order mark or without; None where it is no JSON.

    Numbers come as Python has them: a suite may well be about those that few programs take.

    Raises:
        SuiteError: It cannot be read, or is too large.
    """
    try:
        return json.loads(read_bytes(path).decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def is_object(document: object, *members: str) -> bool:
    """Whether a document is an object that has all these members."""
    return isinstance(document, dict) and all(name in document for name in members)


def b64(data: bytes) -> str:
    """Bytes in Base64, as requests carry them."""
    return b64encode(data).decode("ascii")
