"""A directory of certificates and lists, read as one list."""

from __future__ import annotations

import os
from typing import Final

from vnvaxcert.errors import TrustListError, TrustListFormatError
from vnvaxcert.trust import formats
from vnvaxcert.trust.entry import Entry, SetAside, source
from vnvaxcert.trust.files import MAX_FILE_BYTES, read_file, walk
from vnvaxcert.trust.formats.content import MAX_ENTRIES, Content, Context
from vnvaxcert.trust.reading import Reading

NAME: Final = "directory"


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
    for number, (name, problem) in enumerate(walk(path), start=1):
        if number > MAX_ENTRIES:
            raise TrustListFormatError(NAME, "", f"more than {MAX_ENTRIES} files")
        if problem and not name:
            raise TrustListFormatError(NAME, "", problem)
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
    # The names of all formats are of no use beside each paper that lies in the folder.
    reason = reason.partition("; expected one of: ")[0]
    return SetAside(b"", None, source(name, error.place), reason)
