"""The persons that records are matched against, found by number or by name and birth date.

They stand for the answers of the population database. In memory for as many as fit there; in a
file of SQLite, whose memory does not grow, for a province or a country.

Spec: Công văn 9438/BYT-CNTT.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Protocol

from vnvaxcert.codec.json_text import JsonError, parse
from vnvaxcert.errors import RecordsError
from vnvaxcert.record import record
from vnvaxcert.vietnam.cleaning import name_key
from vnvaxcert.vietnam.exchange import MAX_FIELD_CHARS
from vnvaxcert.vietnam.matching.results import ITEMS

MAX_NAMESAKES: Final = 64
"""Persons of one number, or of one name and birth date, that are looked at."""

_MAX_LINE_BYTES: Final = 32_768  # four texts of 500 characters, each an escape of 12 bytes at most
_FORM: Final = 0x564E_5631  # "VNV1": that a file is ours, and whole


@record(shown=())
class ReferencePerson:
    """One person, as the population database has them. ``repr`` shows nothing.

    Who has an old number (CMND) and a new one (CCCD) is two of these.

    Attributes:
        full_name: Vietnamese letters, Unicode normal form C.
        birth_date: ISO 8601: ``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``.
        sex: ``M`` or ``F``.
        identity_number: Of the CCCD, CMND or passport.
        is_pending: Whether the database has been asked and has not answered yet.
    """

    full_name: str
    birth_date: str
    sex: str
    identity_number: str
    is_pending: bool = False


class Index(Protocol):
    """Where matching looks persons up."""

    def by_number(self, identity_number: str) -> tuple[ReferencePerson, ...]:
        """Those with this number, spaces, dots and case apart; `MAX_NAMESAKES` at most."""

    def by_name(self, full_name: str, birth_date: str) -> tuple[ReferencePerson, ...]:
        """Those with this name, marks and case apart, born on this day; as many at most."""


def number_key(identity_number: str) -> str:
    """The letters and digits of a number, as capitals: what it is looked up by."""
    if identity_number.isdecimal() and identity_number.isascii():
        return identity_number
    return "".join(sign for sign in identity_number.upper() if sign.isalnum())


class References:
    """Persons in memory: about 0.8 kB each."""

    def __init__(self, persons: Iterable[ReferencePerson]) -> None:
        """Take in all persons.

        Args:
            persons: In any order. Several may have one number, as where a database errs; a record
                is compared with each.
        """
        self._by_number: dict[str, list[ReferencePerson]] = {}
        self._by_name: dict[tuple[str, str], list[ReferencePerson]] | None = None
        for person in persons:
            self._by_number.setdefault(number_key(person.identity_number), []).append(person)

    def __len__(self) -> int:
        return sum(map(len, self._by_number.values()))

    def by_number(self, identity_number: str) -> tuple[ReferencePerson, ...]:
        """See `Index.by_number`."""
        return tuple(self._by_number.get(number_key(identity_number), ())[:MAX_NAMESAKES])

    def by_name(self, full_name: str, birth_date: str) -> tuple[ReferencePerson, ...]:
        """See `Index.by_name`."""
        if self._by_name is None:  # most records are found by number: made when one is not
            self._by_name = {}
            for persons in self._by_number.values():
                for person in persons:
                    key = (name_key(person.full_name), person.birth_date)
                    self._by_name.setdefault(key, []).append(person)
        return tuple(self._by_name.get((name_key(full_name), birth_date), ())[:MAX_NAMESAKES])


# --- On disk -------------------------------------------------------------------------------------

_TABLE: Final = """
CREATE TABLE person (
    number_key TEXT NOT NULL, name_key TEXT NOT NULL, full_name TEXT NOT NULL,
    birth_date TEXT NOT NULL, sex TEXT NOT NULL, identity_number TEXT NOT NULL,
    is_pending INTEGER NOT NULL
)
"""
_PERSONS: Final = "SELECT full_name, birth_date, sex, identity_number, is_pending FROM person"
_UNREADABLE: Final = "the file of references cannot be read"


def store_references(persons: Iterable[ReferencePerson], path: str | os.PathLike[str]) -> int:
    """Write persons into a file that `open_references` opens.

    The file holds personal data in the clear: keep it where the reference data are kept. It is
    whole or not there: one that was left half-way is refused by `open_references` and begun anew
    here.

    Args:
        persons: Taken one at a time.
        path: A file that does not exist yet, or was left half-way.

    Returns:
        How many persons were written.

    Raises:
        RecordsError: The file is another's or complete already, or cannot be written.
    """
    try:
        # Statements of ours alone begin and end transactions.
        with closing(sqlite3.connect(path, isolation_level=None)) as base:
            [(tables,)] = base.execute("SELECT count(*) FROM sqlite_master")
            if tables:
                raise RecordsError(0, "the file of references holds an index, or other data")
            # Nobody needs the file before it is whole, and after a crash it is made again.
            base.execute("PRAGMA synchronous = OFF")
            base.execute("BEGIN")
            base.execute(_TABLE)
            rows = (
                (
                    number_key(person.identity_number),
                    name_key(person.full_name),
                    person.full_name,
                    person.birth_date,
                    person.sex,
                    person.identity_number,
                    person.is_pending,
                )
                for person in persons
            )
            written = base.executemany("INSERT INTO person VALUES (?,?,?,?,?,?,?)", rows).rowcount
            base.execute("CREATE INDEX by_number ON person (number_key)")
            base.execute("CREATE INDEX by_name ON person (name_key, birth_date)")
            base.execute(f"PRAGMA user_version = {_FORM}")
            base.execute("COMMIT")
    except sqlite3.Error as error:
        raise RecordsError(0, "the file of references cannot be written") from error
    return max(written, 0)


class StoredReferences:
    """Persons in a file. A context manager; usable in the thread that opened it."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base

    def __len__(self) -> int:
        [(count,)] = self._rows("SELECT count(*) FROM person", ())
        return int(count)

    def by_number(self, identity_number: str) -> tuple[ReferencePerson, ...]:
        """See `Index.by_number`."""
        return self._persons("number_key = ?", (number_key(identity_number),))

    def by_name(self, full_name: str, birth_date: str) -> tuple[ReferencePerson, ...]:
        """See `Index.by_name`."""
        return self._persons("name_key = ? AND birth_date = ?", (name_key(full_name), birth_date))

    def __enter__(self) -> StoredReferences:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def _persons(self, where: str, values: tuple[str, ...]) -> tuple[ReferencePerson, ...]:
        rows = self._rows(f"{_PERSONS} WHERE {where} LIMIT {MAX_NAMESAKES}", values)
        return tuple(
            ReferencePerson(
                full_name=full_name,
                birth_date=birth_date,
                sex=sex,
                identity_number=identity_number,
                is_pending=bool(is_pending),
            )
            for full_name, birth_date, sex, identity_number, is_pending in rows
        )

    def _rows(self, question: str, values: tuple[str, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._base.execute(question, values).fetchall()
        except sqlite3.Error as error:
            raise RecordsError(0, _UNREADABLE) from error


def open_references(path: str | os.PathLike[str]) -> StoredReferences:
    """Open a file that `store_references` wrote, to read.

    Args:
        path: The file.

    Returns:
        The persons in it; close them, or use them in a ``with`` statement.

    Raises:
        RecordsError: No such file, or it is another's, or was left half-way. Reading a damaged
            file raises it later.
    """
    try:
        base = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)
        try:
            [(form,)] = base.execute("PRAGMA user_version")
        except sqlite3.Error:
            base.close()
            raise
    except (sqlite3.Error, ValueError) as error:  # ValueError: a null character in the path
        raise RecordsError(0, _UNREADABLE) from error
    if form != _FORM:
        base.close()
        raise RecordsError(0, "no whole file of references; make it anew with store_references")
    return StoredReferences(base)


# --- From a file of people -----------------------------------------------------------------------


def read_references(stream: IO[bytes]) -> Iterator[ReferencePerson]:
    """Read persons from JSON Lines: the attributes of `ReferencePerson` as members.

    Unlike records, which anybody may have entered, reference data are held to their form: the
    first line that breaks it ends the reading.

    Args:
        stream: A binary stream in UTF-8, which stays open.

    Yields:
        The persons, one at a time; lines without text are passed over.

    Raises:
        RecordsError: A line that is no such object, or is too long.

    Spec: RFC 8259; RFC 7493 §2.3.
    """
    number = 0
    while line := stream.readline(_MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > _MAX_LINE_BYTES:
            raise RecordsError(number, f"more than {_MAX_LINE_BYTES} bytes")
        if line.isspace():
            continue
        try:
            document = parse(line.rstrip())
        except JsonError as error:
            where = error.place.removeprefix("line 1, ")
            reason = f"{error.reason}, {where}" if where else error.reason
            raise RecordsError(number, reason) from error
        yield _person_of(document, number)


def _person_of(document: object, number: int) -> ReferencePerson:
    if not isinstance(document, dict):
        raise RecordsError(number, "expected an object")
    if not document.keys() <= {*ITEMS, "is_pending"}:
        raise RecordsError(number, "a member that no reference person has")
    for item in ITEMS:
        text = document.get(item)
        if type(text) is not str or not 0 < len(text) <= MAX_FIELD_CHARS:
            raise RecordsError(
                number, f"{item}: expected a text of 1 to {MAX_FIELD_CHARS} characters"
            )
    if type(document.get("is_pending", False)) is not bool:
        raise RecordsError(number, "is_pending: expected true or false")
    return ReferencePerson(**document)
