"""Formats of trust lists: one small module each, and the table of all, told apart by content."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Final, NamedTuple, overload

from vnvaxcert.errors import TrustListError, TrustListFormatError
from vnvaxcert.trust.entry import placed
from vnvaxcert.trust.files import MAX_FILE_BYTES
from vnvaxcert.trust.formats.checks import check_can_be_signed, check_sequence, check_times
from vnvaxcert.trust.formats.content import (
    Content,
    Context,
    Format,
)
from vnvaxcert.trust.reading import Reading

# Module and name of each format, asked in this order; no content is of two of them. JSON is parsed
# for the first that asks.
_PLACES: Final = (
    "pem:DER",
    "master_list:MASTER_LIST",
    "germany:GERMAN_LIST",
    "pem:PEM",
    "gateway:GATEWAY",
    "gateway:KID_MAP",
    "eu_service:EU_SERVICE",
    "france:FRENCH_LIST",
    "united_kingdom:KEY_LIST",
    "poland:POLISH_LIST",
    "netherlands:DUTCH_LIST",
    "gdhcn:GDHCN",
    "sweden:SWEDISH_LIST",
    "switzerland:SWISS_LIST",
    "jwks:JWK_SET",
    "cbor_list:CBOR_LIST",
    "austria:AUSTRIAN_LIST",
    "austria:AUSTRIAN_JSON",
)


class _Table(Sequence[Format]):
    """The formats. Each is imported when it is its turn: a list of PEM needs no other."""

    def __init__(self, places: Sequence[str]) -> None:
        self._places = places

    @overload
    def __getitem__(self, index: int) -> Format: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Format]: ...
    def __getitem__(self, index: int | slice) -> Format | Sequence[Format]:
        if isinstance(index, slice):
            return _Table(self._places[index])
        module, _, name = self._places[index].partition(":")
        found: Format = getattr(import_module(f"{__name__}.{module}"), name)
        return found

    def __len__(self) -> int:
        return len(self._places)


FORMATS: Final[Sequence[Format]] = _Table(_PLACES)


class File(NamedTuple):
    """A file, or what takes its place.

    Attributes:
        name: What messages and `TrustedKey.source` call it.
        data: All of its bytes.
    """

    name: str
    data: bytes


class Recognised(NamedTuple):
    """A reading, and the format it was read in."""

    format: Format
    reading: Reading


def read(files: Sequence[File], context: Context) -> list[Recognised]:
    """Read files of any known formats: those that are parts of one list as one.

    Args:
        files: One or more, each of at most `MAX_FILE_BYTES`.
        context: What is known of them all; the names are those of the files.

    Returns:
        The lists, in the order of their first files.

    Raises:
        TrustListFormatError: More than 64 MiB, in no known format, damaged, or empty: a list
            from which nothing at all was read is a mistake, not a list. A part is missing.
        TrustListSignatureError: The signature does not fit what was given to check it with; or
            something was given and the format has no signature.
        TrustListStaleError: A list was not valid at the moment given.
        TrustListRollbackError: A list is older than the last one seen, or says nothing of it.
    """
    groups: dict[object, Group] = {}
    for number, file in enumerate(files):
        try:
            content = Content(file.data)
            found = recognise(content)
        except TrustListError as error:
            if len(files) == 1:
                raise
            raise placed(error, file.name) from error
        group = group_of(groups, number, found)
        group.names.append(file.name)
        group.contents.append(content)
    result = []
    for group in groups.values():
        try:
            reading = read_group(group, context)
        except TrustListError as error:
            if len(files) == 1:
                raise
            raise placed(error, group.name) from error
        result.append(Recognised(group.format, reading))
    return result


class Group(NamedTuple):
    """Files that are one list together, most often a single one."""

    format: Format
    names: list[str]
    contents: list[Content]

    @property
    def name(self) -> str:
        """Their names as one."""
        return " + ".join(self.names)


def group_of(groups: dict[object, Group], number: int, known: Format) -> Group:
    """The list that a file belongs to: one of its own, or that of the other parts."""
    return groups.setdefault(known.name if known.join else number, Group(known, [], []))


def recognise(content: Content) -> Format:
    """Tell the format of a file.

    Raises:
        TrustListFormatError: More than 64 MiB, in no known format, or too damaged to tell.
    """
    if len(content.data) > MAX_FILE_BYTES:
        raise TrustListFormatError("unknown", "", f"more than {MAX_FILE_BYTES} bytes")
    for known in FORMATS:
        if known.recognise(content):
            return known
    raise TrustListFormatError("unknown", "", f"no known trust list; expected one of: {_names()}")


def read_group(group: Group, context: Context) -> Reading:
    """Read one list; see `read`."""
    known, contents = group.format, group.contents
    context = context._replace(name=group.name)
    check_can_be_signed(known.name, known.is_signed, context)
    if known.join is not None and len(contents) > 1:
        reading = known.join(contents, context)
    else:
        reading = known.read(contents[0], context)
    if not reading.entries and not reading.set_aside:
        raise TrustListFormatError(known.name, "", "it is empty")
    check_times(known.name, reading.issued_at, reading.expires_at, context.at)
    check_sequence(known.name, reading.sequence, context.last_sequence)
    return reading


def _names() -> str:
    return ", ".join(known.name for known in FORMATS)
