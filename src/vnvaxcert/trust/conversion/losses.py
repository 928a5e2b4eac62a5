"""What a conversion could not take along."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from vnvaxcert.trust.entry import SetAside, TrustedKey


class Loss(NamedTuple):
    """One thing that the converted list says and the target cannot.

    Attributes:
        kid: Of the key concerned; empty where it is the list as a whole, or where no kid could
            be read.
        source: File and place of the entry; empty where it is the list as a whole.
        what: What is lost, in words.
    """

    kid: bytes
    source: str
    what: str


class Conversion(NamedTuple):
    """A converted list.

    Attributes:
        data: The bytes of one file.
        losses: What the target does not carry: of the list, of what was set aside, of the keys.
    """

    data: bytes
    losses: tuple[Loss, ...]


class Losses:
    """The losses of one conversion, collected."""

    def __init__(self) -> None:
        self._of_list: list[Loss] = []
        self._aside: list[Loss] = []
        self._of_keys: list[Loss] = []

    def of_list(self, what: str) -> None:
        """Note a loss of the whole list."""
        self._of_list.append(Loss(b"", "", what))

    def of_key(self, key: TrustedKey, what: str) -> None:
        """Note a loss of one key."""
        self._of_keys.append(Loss(key.kid, key.source, what))

    def set_aside(self, entries: Iterable[SetAside]) -> None:
        """Note entries that were set aside, and so are not written."""
        for entry in entries:
            self._aside.append(Loss(entry.kid, entry.source, f"{SET_ASIDE}: {entry.reason}"))

    def found(self) -> tuple[Loss, ...]:
        """All of them: of the list, of what was set aside, of the keys in their order."""
        return (*self._of_list, *self._aside, *self._of_keys)


SET_ASIDE: Final = "the entry was set aside and is not written"
BARE_KEY: Final = "a bare key, without a certificate: it is not written"
