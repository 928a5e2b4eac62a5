"""Files as lists come in: one, read within bounds, or the names of all in a directory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from vnvaxcert.errors import TrustListFormatError

# The largest real list, the gateway's with all its signatures, has 25 MB.
MAX_FILE_BYTES: Final = 64 * 1024 * 1024
MAX_DEPTH: Final = 16  # levels of directories; a country in a domain in a type is 3


def read_file(path: str) -> bytes:
    """Read a file, one byte beyond `MAX_FILE_BYTES` at most.

    Raises:
        TrustListFormatError: It cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        raise TrustListFormatError("unknown", "", _unreadable(error)) from error


class Found(NamedTuple):
    """A name in a directory.

    Attributes:
        name: Its path inside the directory, with slashes; empty for the directory itself.
        problem: Why it is not to be read; empty where it is a file.
    """

    name: str
    problem: str = ""


def walk(root: str) -> Iterator[Found]:
    """What a directory holds: its files first, then those of each directory in it, by name.

    Names with a leading dot are passed over. What is no file (a pipe would be waited for), cannot
    be looked at, lies more than `MAX_DEPTH` deep, or links to a directory, and so perhaps round
    in a circle, comes with its problem: the caller says what becomes of it.
    """
    pending = [""]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(os.path.join(root, folder)) as listing:
                found = sorted(listing, key=lambda one: one.name)
        except (OSError, ValueError) as error:
            yield Found(folder, _unreadable(error))
            continue
        inside = []
        for one in found:
            name = f"{folder}/{one.name}" if folder else one.name
            if one.name.startswith("."):
                continue
            kind, problem = _kind(one)
            if kind == "file":
                yield Found(name)
            elif kind != "directory":
                yield Found(name, problem)
            elif name.count("/") >= MAX_DEPTH:
                yield Found(name, f"more than {MAX_DEPTH} directories deep")
            else:
                inside.append(name)
        pending += reversed(inside)


def _kind(found: os.DirEntry[str]) -> tuple[Literal["file", "directory", ""], str]:
    """What a name stands for, and why it is not to be read; either is empty."""
    try:
        if found.is_file():
            return "file", ""
        if not found.is_dir():
            return "", "neither a file nor a directory"
    except OSError as error:  # a link to itself, or one through a directory that is closed
        return "", _unreadable(error)
    if found.is_symlink():
        return "", "a link to a directory is not followed"
    return "directory", ""


def _unreadable(error: OSError | ValueError) -> str:
    reason = getattr(error, "strerror", None) or "not a usable path"
    return f"cannot be read: {reason}"
