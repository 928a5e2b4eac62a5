"""Files from disk: one, bounded, or a directory of certificates and lists."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from vnvaxcert.errors import TrustListError, TrustListFormatError
from vnvaxcert.trust import formats
from vnvaxcert.trust.entry import Entry, SetAside, source
from vnvaxcert.trust.formats.content import MAX_ENTRIES, MAX_FILE_BYTES, Content, Context
from vnvaxcert.trust.reading import Reading

NAME: Final = "directory"
MAX_DEPTH: Final = 16  # a country in a domain in a type is 3


def read_file(path: str) -> bytes:
    """Read a file, one byte beyond `MAX_FILE_BYTES` at most.

    Raises:
        TrustListFormatError: It cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        raise TrustListFormatError("unknown", "", f"cannot be read: {_reason(error)}") from error


def read_directory(path: str, context: Context) -> Reading:
    """Read all files of a directory and of those in it, in the order of their names.

    Each file may be in any known format; files that are parts of one list are read as one. A
    signature that one carries is not checked. A file in no known format is set aside, and so are
    one that cannot be read and a link to a directory, which may lead round in a circle. Names
    with a leading dot are passed over.

    Args:
        path: The directory. Sources are named by their path inside it, with slashes.
        context: The moment at which lists that state times have to be valid.

    Raises:
        TrustListFormatError: It cannot be read; more than 64 MiB or `MAX_ENTRIES` files in all;
            nothing in it.
    """
    groups: dict[object, formats.Group] = {}
    found: list[formats.Group | SetAside] = []
    size = 0
    for number, (name, problem) in enumerate(_files(path), start=1):
        if number > MAX_ENTRIES:
            raise TrustListFormatError(NAME, "", f"more than {MAX_ENTRIES} files")
        if problem:
            found.append(SetAside(b"", None, name, problem))
            continue
        try:
            data = read_file(os.path.join(path, name))
            content = Content(data)
            known = formats.recognise(content)
        except TrustListError as error:
            found.append(_set_aside(name, error))
            continue
        size += len(data)
        if size > MAX_FILE_BYTES:
            raise TrustListFormatError(NAME, "", f"more than {MAX_FILE_BYTES} bytes in all")
        group = formats.group_of(groups, number, known)
        if not group.names:
            found.append(group)
        group.names.append(name)
        group.contents.append(content)
    entries: list[Entry] = []
    aside: list[SetAside] = []
    for one in found:
        if isinstance(one, SetAside):
            aside.append(one)
            continue
        try:
            reading = formats.read_group(one, context)
        except TrustListError as error:
            aside.append(_set_aside(one.name, error))
            continue
        entries += reading.entries
        aside += reading.set_aside
        if len(entries) + len(aside) > MAX_ENTRIES:
            raise TrustListFormatError(NAME, "", f"more than {MAX_ENTRIES} entries in all")
    if not entries and not aside:
        raise TrustListFormatError(NAME, "", "it is empty")
    return Reading(entries, aside)


def _set_aside(name: str, error: TrustListError) -> SetAside:
    reason = error.reason if error.format == "unknown" else f"{error.format}: {error.reason}"
    return SetAside(b"", None, source(name, error.place), reason)


class _Found(NamedTuple):
    """A name in the directory, and why it cannot be read; empty where it can."""

    name: str
    problem: str = ""


def _files(root: str) -> Iterator[_Found]:
    """What a directory holds, by path inside it: its files first, then those of each directory."""
    pending = [""]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(os.path.join(root, folder)) as listing:
                found = sorted(listing, key=lambda one: one.name)
        except (OSError, ValueError) as error:
            reason = f"cannot be read: {_reason(error)}"
            if not folder:
                raise TrustListFormatError(NAME, "", reason) from error
            yield _Found(folder, reason)
            continue
        inside = []
        for one in found:
            name = f"{folder}/{one.name}" if folder else one.name
            if one.name.startswith("."):
                continue
            kind, problem = _kind(one)
            if kind == "file":
                yield _Found(name)
            elif kind != "directory":
                yield _Found(name, problem)
            elif name.count("/") >= MAX_DEPTH:
                yield _Found(name, f"more than {MAX_DEPTH} directories deep")
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
        return "", f"cannot be read: {_reason(error)}"
    if found.is_symlink():
        return "", "a link to a directory is not followed"
    return "directory", ""


def _reason(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or "not a usable path"
