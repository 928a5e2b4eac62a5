"""The work file of a step: what was read, what was decided, and how far it came.

A step may be killed at any moment and started again. All it knows is in one SQLite file in its
folder, changed in transactions, and its outputs are written from there once everything is decided:
no line can be lost or doubled. SQLite also keeps a second process out, by a lock that ends with
the process, and sorts the lines by person without holding them in memory.

The lines are personal data. The file is for its owner alone, and is emptied when the step ends.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from vnvaxcert.cli.outcome import CommandError

NAME: Final = "progress.sqlite3"
PAGE: Final = 2_000  # lines of one transaction: some MiB
MAX_OF_PERSON: Final = 64  # lines under one identity number; nobody has had as many doses
_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_LAST: Final = 2**63 - 1  # the largest integer of SQLite: after every line

_TABLES: Final = (
    "facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "kept (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID",
    "lines (place INTEGER PRIMARY KEY, line INTEGER NOT NULL, record_id TEXT NOT NULL,"
    " key TEXT, body TEXT NOT NULL, reasons TEXT NOT NULL, tags TEXT NOT NULL)",
)
_COLUMNS: Final = "place, line, record_id, key, body, reasons, tags"


class Row(NamedTuple):
    """A line of the input, as far as the step came with it.

    Attributes:
        place: Which of the input it is, from 1.
        line: Its number in the first file of all steps.
        record_id: Of its record, ``""`` where it has none.
        key: What it is grouped by, or None to leave it out of all groups.
        body: What becomes its line of the accepted, JSON; ``""`` where another line stands for it.
        reasons: Why it is rejected, as `words.pack` writes it; ``""`` when it is accepted.
        tags: What else is counted about it, words with spaces between.
    """

    place: int
    line: int
    record_id: str
    key: str | None
    body: str
    reasons: str
    tags: str = ""


Decide: TypeAlias = Callable[[list[Row]], Iterable[Row]]
Tick: TypeAlias = Callable[[int], None]


class Work:
    """The open work file of one folder. Nobody else can open it meanwhile."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take an open and locked connection; see `open_work`."""
        self._connection = connection

    # --- facts ---

    def fact(self, name: str) -> str | None:
        """What was noted under a name."""
        found = self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,))
        row = found.fetchone()
        return None if row is None else str(row[0])

    def note(self, **facts: str) -> None:
        """Note facts, all of them or none; on disk at once, unless a transaction is open."""
        is_open = self._connection.in_transaction
        with nullcontext() if is_open else self.transaction():
            self._connection.executemany(
                "INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items()
            )

    # --- lines ---

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing of it."""
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:  # of a full disk SQLite goes back by itself
                self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def add(self, rows: Iterable[Row]) -> None:
        """Add lines of the input."""
        self._connection.executemany("INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def last_place(self) -> int:
        """How many lines of the input are in it."""
        return int(self._connection.execute("SELECT max(place) FROM lines").fetchone()[0] or 0)

    def count_grouped(self) -> int:
        """How many lines have a key."""
        return int(self._connection.execute("SELECT count(key) FROM lines").fetchone()[0])

    def count_settled(self) -> int:
        """How many of them are settled."""
        found = self._connection.execute(
            "SELECT count(*) FROM lines WHERE key IS NOT NULL AND (key, place) <= (?, ?)",
            self._position(),
        )
        return int(found.fetchone()[0])

    def sort(self) -> None:
        """Make the groups: an index by key."""
        self._connection.execute(
            "CREATE INDEX IF NOT EXISTS by_key ON lines (key, place) WHERE key IS NOT NULL"
        )

    def settle_groups(self, decide: Decide, *, too_many: str, tick: Tick) -> None:
        """Decide about each group as a whole, in the order of the keys, from where it was left.

        Args:
            decide: Gives the rows of a group, in the order of the input, as they are to be kept.
            too_many: The reasons (see `Row`) of every line of a group of more than
                `MAX_OF_PERSON`, which is not read.
            tick: Told how many lines are settled.
        """
        while rows := self._unsettled(PAGE):
            groups = [list(group) for _, group in groupby(rows, lambda row: row.key)]
            if len(rows) == PAGE and len(groups[-1]) <= MAX_OF_PERSON:
                # Its end is on the next page. There is a group before it: a page holds several.
                groups.pop()
            small = [group for group in groups if len(group) <= MAX_OF_PERSON]
            large = [group[0].key for group in groups if len(group) > MAX_OF_PERSON]
            with self.transaction():
                self._replace(row for group in small for row in decide(group))
                for key in large:
                    self._refuse(key, too_many)
                self._move(groups[-1][-1].key, _LAST)
            tick(sum(map(len, groups)))

    def settle_chunks(self, decide: Decide, *, size: int, tick: Tick) -> None:
        """Decide about up to ``size`` lines of one group at a time; else as `settle_groups`."""
        while rows := self._unsettled(size):
            chunk = [row for row in rows if row.key == rows[0].key]
            with self.transaction():
                self._replace(decide(chunk))
                self._move(chunk[-1].key, chunk[-1].place)
            tick(len(chunk))

    def all(self) -> Iterator[Row]:
        """Every line, in the order of the input."""
        found = self._connection.execute(f"SELECT {_COLUMNS} FROM lines ORDER BY place")
        return map(Row._make, found)

    def keep(self, name: str, body: str) -> None:
        """Keep a text that belongs to no single line, once for each name."""
        self._connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, body))

    def look_up(self, name: str) -> str | None:
        """The text that was kept under a name."""
        found = self._connection.execute("SELECT body FROM kept WHERE name = ?", (name,))
        row = found.fetchone()
        return None if row is None else str(row[0])

    def kept(self) -> Iterator[str]:
        """The texts that were kept, in the order of their names."""
        return (row[0] for row in self._connection.execute("SELECT body FROM kept ORDER BY name"))

    def empty(self) -> None:
        """Remove the lines, so that nothing of them is left in the file."""
        for table in ("lines", "kept"):
            self._connection.execute(f"DROP TABLE IF EXISTS {table}")
        # The key of the last group is an identity number.
        self._connection.execute("DELETE FROM facts WHERE name IN ('settled_key', 'settled_place')")
        self._connection.execute("VACUUM")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def begin_anew(self) -> None:
        """Forget everything."""
        with self.transaction():
            for table in ("facts", "lines", "kept"):
                self._connection.execute(f"DROP TABLE IF EXISTS {table}")
            _make_tables(self._connection)

    def _unsettled(self, limit: int) -> list[Row]:
        found = self._connection.execute(
            f"SELECT {_COLUMNS} FROM lines INDEXED BY by_key WHERE key IS NOT NULL"
            " AND (key, place) > (?, ?) ORDER BY key, place LIMIT ?",
            (*self._position(), limit),
        )
        return list(map(Row._make, found))

    def _position(self) -> tuple[str, int]:
        """The key and the place up to which all is settled."""
        return self.fact("settled_key") or "", int(self.fact("settled_place") or 0)

    def _move(self, key: str | None, place: int) -> None:
        self.note(settled_key=str(key), settled_place=str(place))

    def _replace(self, rows: Iterable[Row]) -> None:
        self._connection.executemany(
            "UPDATE lines SET body = ?, reasons = ?, tags = ? WHERE place = ?",
            ((row.body, row.reasons, row.tags, row.place) for row in rows),
        )

    def _refuse(self, key: str | None, reasons: str) -> None:
        self._connection.execute("UPDATE lines SET reasons = ? WHERE key = ?", (reasons, key))


@contextmanager
def open_work(folder: Path) -> Iterator[Work]:
    """Open the work file of a folder, or make it, and keep everybody else out of it.

    Args:
        folder: The folder of the step; it exists.

    Raises:
        CommandError: Another process works there, or the file cannot be used.
    """
    path = folder / NAME
    try:
        # SQLite would make it for everybody to read.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise CommandError(f"cannot use {path}: {_words(error)}") from error
    try:
        _lock(connection)
        yield Work(connection)
    except sqlite3.Error as error:
        raise CommandError(_explain(error, folder)) from error
    finally:
        connection.close()


def _lock(connection: sqlite3.Connection) -> None:
    # The lock is taken by the first transaction and kept until the connection is closed.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA journal_mode = WAL")
    # A killed process loses nothing; a machine that loses power may lose the last transactions,
    # and the step goes on before them.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("BEGIN EXCLUSIVE")
    _make_tables(connection)
    connection.execute("COMMIT")


def _make_tables(connection: sqlite3.Connection) -> None:
    for table in _TABLES:
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table}")


def _explain(error: sqlite3.Error, folder: Path) -> str:
    # Extended codes have the primary one in their lowest byte.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"another process is at work in {folder}"
    hint = "; remove it to begin anew" if code in _DAMAGED else ""
    return f"cannot use {folder / NAME}: {_words(error)}{hint}"


def _words(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error)  # of SQLite's own: it names no value
