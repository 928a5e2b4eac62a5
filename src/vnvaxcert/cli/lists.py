"""Trust lists from the files that arguments name."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from vnvaxcert.cli.outcome import CommandError
from vnvaxcert.errors import TrustListError, TrustListStaleError
from vnvaxcert.trust.formats import FORMATS
from vnvaxcert.trust.trustlist import TrustList


class Checks(NamedTuple):
    """What `TrustList.load` takes besides paths, under its names.

    Attributes:
        signing_key: Path of the publisher's key.
        authorities: Of the certificates that lists bring along for their own signatures.
        at: The moment at which the lists have to be valid.
        last_sequence: Of the list seen last.
    """

    signing_key: str | None
    authorities: TrustList | None
    at: datetime | None
    last_sequence: int | None


class Loaded(NamedTuple):
    """One list, however many files it is in.

    Attributes:
        name: Of its files, as they were given.
        trust: The list.
        is_stale: Whether it was not valid at the moment, and was read all the same.
    """

    name: str
    trust: TrustList
    is_stale: bool


def read_checks(values: Namespace, at: datetime) -> Checks:
    """What the arguments say of how lists are checked.

    Raises:
        CommandError: A list of authorities cannot be read.
    """
    authorities = load_authorities(values.list_authorities, at=None)
    return Checks(values.list_key, authorities, at, values.last_sequence)


def load_authorities(
    paths: Sequence[str], *, at: datetime | None, key: str | None = None
) -> TrustList | None:
    """Load lists of authorities, signed with the key where one is named; None without a list.

    Raises:
        CommandError: One cannot be read, or is stale at the moment.
    """
    return load_together(paths, Checks(key, None, at, None)) if paths else None


def load_together(paths: Sequence[str], checks: Checks) -> TrustList:
    """Load all files as one list: parts of one are joined, lists are merged.

    Raises:
        CommandError: One cannot be read or used, is stale, older than one seen before, or its
            signature is not right.
    """
    try:
        return TrustList.load(*paths, **checks._asdict())
    except TrustListError as error:
        raise CommandError(file_error(error, paths)) from error


def load_stale_too(paths: Sequence[str], checks: Checks) -> Loaded:
    """Load all files as one list, a stale one too.

    Raises:
        CommandError: As `load_together`, except for a stale list.
    """
    name = " + ".join(paths)
    try:
        return Loaded(name, TrustList.load(*paths, **checks._asdict()), False)
    except TrustListStaleError:
        return Loaded(name, load_together(paths, checks._replace(at=None)), True)
    except TrustListError as error:
        raise CommandError(file_error(error, paths)) from error


def load_each(paths: Sequence[str], checks: Checks) -> list[Loaded]:
    """Load each list by itself, stale ones too; files that are parts of one list are one.

    Raises:
        CommandError: As `load_stale_too`.
    """
    return [load_stale_too(group, checks) for group in _groups(paths)]


def _groups(paths: Sequence[str]) -> list[list[str]]:
    """The files of each list, told by their formats; what cannot be told stands alone."""
    if len(paths) == 1:
        return [list(paths)]
    from vnvaxcert.trust.files import read_file
    from vnvaxcert.trust.formats import recognise
    from vnvaxcert.trust.formats.content import Content

    groups: dict[object, list[str]] = {}
    for number, path in enumerate(paths):
        group: object = number
        try:
            known = recognise(Content(read_file(path)))
            group = known.name if known.join else number
        except TrustListError:
            pass  # a directory, or what loading will refuse with its own words
        groups.setdefault(group, []).append(path)
    return list(groups.values())


def has_signature(trust: TrustList) -> bool:
    """Whether every format it was read in carries a signature."""
    names = set(trust.format.split("+"))
    for known in FORMATS:
        if known.name in names:
            names.remove(known.name)
            if not known.is_signed or not names:
                return known.is_signed
    return False  # of no file


def file_error(error: TrustListError, paths: Sequence[str]) -> str:
    """What is wrong with a list, and with which of the files that were given."""
    from vnvaxcert.trust.signing_key import NAME

    if error.format == NAME:  # the place names the file, which is none of those
        return f"{error} ({error.code})"
    # Where several are read, the place names the file; of one that is not there nothing does.
    missing = [path for path in paths if not os.access(path, os.R_OK)]
    named = ", ".join(missing or paths)
    is_told = len(paths) > 1 and error.place and not missing
    return f"{error} ({error.code})" if is_told else f"{named}: {error} ({error.code})"
